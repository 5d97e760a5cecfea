"""Step 10: linking."""

from __future__ import annotations

from dataclasses import dataclass, field

from rt0.explain.model import Facts


@dataclass(slots=True)
class Kept(Facts):
    """Why a symbol is in the executable. by: who keeps it, "" for a root; how: what `by` does with it, or why it is a root."""

    by: str
    how: str


@dataclass(slots=True)
class FilePiece(Facts):
    """Some bytes of the file. package: import path, "" for what is no package's."""

    offset: int
    size: int
    section: str
    package: str
    kind: str
    symbol: str


@dataclass(slots=True)
class LinkFacts(Facts):
    """size: of the file; the pieces add up to it. memory: bytes of .bss, which the file does not have.

    why              live symbol -> what keeps it: following `by` gives the shortest chain to the entry
    dropped          functions and variables of the user's packages that are left out
    dropped_methods  methods of types in use that nobody calls, how many in the whole program
    asked            the symbol that -func names, or ""
    """

    size: int
    memory: int
    functions: int
    live: int
    asked: str
    dropped_methods: int
    dropped: list[str] = field(default_factory=list)
    why: dict[str, Kept] = field(default_factory=dict)
    pieces: list[FilePiece] = field(default_factory=list)
