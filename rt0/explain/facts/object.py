"""Step 9: object files."""

from __future__ import annotations

from dataclasses import dataclass, field

from rt0.explain.model import Facts


@dataclass(slots=True)
class Relocation(Facts):
    """A hole. offset: in its section. type: the psABI's name. before, after: the bytes in the object and in the executable, hex. words: what is done, in a sentence."""

    offset: int
    type: str
    symbol: str
    addend: int
    before: str
    after: str
    words: str


@dataclass(slots=True)
class ObjectSection(Facts):
    """live: it is in the executable, at addr."""

    name: str
    size: int
    align: int
    flags: str
    live: bool
    addr: int
    symbols: list[str] = field(default_factory=list)
    relocations: list[Relocation] = field(default_factory=list)


@dataclass(slots=True)
class ObjectFile(Facts):
    """One object. symbols, undefined: how many it defines, and names of how many others it mentions. sections: those that are shown."""

    package: str
    name: str
    size: int
    nsections: int
    symbols: int
    undefined: int
    nrelocations: int
    sections: list[ObjectSection] = field(default_factory=list)


@dataclass(slots=True)
class ObjectFacts(Facts):
    """files: of the packages that are shown. objects, bytes: of the whole program."""

    objects: int
    bytes: int
    files: list[ObjectFile] = field(default_factory=list)
