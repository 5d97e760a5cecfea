"""Step 8: machine instructions."""

from __future__ import annotations

from dataclasses import dataclass, field

from rt0.explain.model import Facts


@dataclass(slots=True)
class AsmPlace(Facts):
    """A frame an instruction belongs to: its own function, or one that was inlined."""

    function: str
    file: str
    line: int


@dataclass(slots=True)
class AsmInstruction(Facts):
    """One instruction. at: frames, innermost first. code: hex bytes, "" where they are not known. target: symbol it refers to."""

    addr: int
    code: str
    plan9: str
    intel: str
    target: str = ""
    at: list[AsmPlace] = field(default_factory=list)


@dataclass(slots=True)
class AsmFunction(Facts):
    symbol: str
    addr: int
    size: int
    file: str
    line: int
    instructions: list[AsmInstruction] = field(default_factory=list)


@dataclass(slots=True)
class AsmFacts(Facts):
    """decoded: the instructions are read off the executable; else they are LLVM's text, without addresses and bytes.

    all, bytes  how many functions of the user's there are, and their size, those too that are not in `functions`
    """

    decoded: bool
    functions: list[AsmFunction] = field(default_factory=list)
    all: int = 0
    bytes: int = 0
