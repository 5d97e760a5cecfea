"""Step 18: from the start's stack to the first goroutine."""

from __future__ import annotations

from dataclasses import dataclass, field

from rt0.explain.facts.process import Call, Instruction
from rt0.explain.model import Facts


@dataclass(slots=True)
class Arrival(Facts):
    """A function was entered. at: seconds since the first instruction."""

    function: str
    at: float
    rsp: int


@dataclass(slots=True)
class MstartFacts(Facts):
    """arrivals: mstart ... gogo; gogo: the instructions that change the stack; g0_sp, g_sp: stack pointers before and after; goid: who runs then."""

    arrivals: list[Arrival] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    gogo: list[Instruction] = field(default_factory=list)
    g0_sp: int = 0
    g_sp: int = 0
    goid: int = 0
    lands: str = ""  # where the goroutine begins
