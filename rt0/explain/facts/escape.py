"""Step 6: stack or heap, and inlining."""

from __future__ import annotations

from dataclasses import dataclass, field

from rt0.explain.model import Facts


@dataclass(slots=True)
class Reason(Facts):
    """A step of the way that a pointer takes."""

    file: str
    line: int
    col: int
    text: str


@dataclass(slots=True)
class Decided(Facts):
    """A variable, parameter or allocation.

    kind   variable, parameter, allocation, interface (a value put into an interface)
    heap   on the heap; else on the stack
    leaks  of a parameter: where its value gets to
    why    the way there, in order
    """

    file: str
    line: int
    col: int
    kind: str
    name: str
    heap: bool
    leaks: list[str] = field(default_factory=list)
    why: list[Reason] = field(default_factory=list)


@dataclass(slots=True)
class InlineCall(Facts):
    """A call that LLVM's inliner looked at. reason: cost and threshold, or why not."""

    file: str
    line: int
    callee: str
    caller: str
    inlined: bool
    reason: str


@dataclass(slots=True)
class EscapeFacts(Facts):
    """inliner: it ran (-O2 and up)."""

    inliner: bool
    decisions: list[Decided] = field(default_factory=list)
    calls: list[InlineCall] = field(default_factory=list)
