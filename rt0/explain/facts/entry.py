"""Step 14: the first instructions."""

from __future__ import annotations

from dataclasses import dataclass, field

from rt0.explain.facts.process import Instruction
from rt0.explain.model import Facts


@dataclass(slots=True)
class EntryFacts(Facts):
    """From the entry to the jump into the scheduler.

    path          functions in the order in which they were entered
    instructions  all that were executed in them; a called function runs as one
    fs            base of FS afterwards: the thread's block; 0 when the program has set none
    m0, g0        addresses of the first M and of its g0; g0_m: the M that g0 points to
    """

    path: list[str] = field(default_factory=list)
    instructions: list[Instruction] = field(default_factory=list)
    argc: int = 0
    argv: int = 0
    fs: int = 0
    m0: int = 0
    g0: int = 0
    g0_m: int = 0
