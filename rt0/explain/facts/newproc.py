"""Step 17: the first goroutine."""

from __future__ import annotations

from dataclasses import dataclass

from rt0.explain.facts.process import Span
from rt0.explain.model import Facts


@dataclass(slots=True)
class Goroutine(Facts):
    """A goroutine as it was made.

    goid, parent   numbers; parent 0: made by g0, at the start
    status         right after it was made
    entry          the function it runs; file, line: of the function
    creator        the function with the go statement; made_file, made_line: the statement
    stack_low, stack_high   its first stack
    queue          where it waits to run: P0.runnext, P0.runq[3], global
    system         the runtime's own
    at             seconds since the first instruction
    ended          the same, None: it had not ended
    """

    goid: int
    parent: int
    addr: int
    status: str
    entry: str
    file: str
    line: int
    creator: str
    made_file: str
    made_line: int
    stack_low: int
    stack_high: int
    queue: str
    system: bool
    at: float
    ended: float | None = None


@dataclass(slots=True)
class NewprocFacts(Facts):
    """span: the call of newproc; start_pc: where the new goroutine will begin to run, start_name the function there."""

    span: Span | None = None
    g: Goroutine | None = None
    start_pc: int = 0
    start_name: str = ""
