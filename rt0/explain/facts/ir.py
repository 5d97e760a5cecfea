"""Step 7: LLVM IR."""

from __future__ import annotations

from dataclasses import dataclass, field

from rt0.explain.model import Facts


@dataclass(slots=True)
class IRLine(Facts):
    """A line of IR. file, line: what it was written for, as the source has it; at: for inlined code, the line of the call in this function, else 0."""

    text: str
    file: str = ""
    line: int = 0
    at: int = 0


@dataclass(slots=True)
class IRPass(Facts):
    """A pass of the optimiser that changed the function: lines taken out and put in, as a unified diff has them."""

    name: str
    instructions: int
    changes: list[str]


@dataclass(slots=True)
class IRFunction(Facts):
    """before, after: instructions as lowered and as optimised; optimised is empty when nothing is left of the function (it was inlined everywhere)."""

    symbol: str
    file: str
    line: int
    before: int
    after: int
    lowered: list[IRLine] = field(default_factory=list)
    optimised: list[IRLine] = field(default_factory=list)
    passes: list[IRPass] = field(default_factory=list)


@dataclass(slots=True)
class IRFacts(Facts):
    """level: of -O. checks: calls of panicking runtime functions (indices, nil, division) as lowered, and as optimised with those of inlined code."""

    level: int
    checks: int
    checks_left: int
    functions: list[IRFunction] = field(default_factory=list)
