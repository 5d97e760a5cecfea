"""Step 16: schedinit and its children."""

from __future__ import annotations

from dataclasses import dataclass, field

from rt0.explain.facts.process import Span, State
from rt0.explain.model import Facts


@dataclass(slots=True)
class Processor(Facts):
    """A P when schedinit is done."""

    id: int
    status: str
    m: int  # number of the M that holds it, -1 none


@dataclass(slots=True)
class SchedinitFacts(Facts):
    """whole: schedinit itself; children in order; inlined: functions that have no code of their own in this executable; ps_why: why so many Ps."""

    whole: Span | None = None
    children: list[Span] = field(default_factory=list)
    inlined: list[str] = field(default_factory=list)
    before: State | None = None
    after: State | None = None
    ps: list[Processor] = field(default_factory=list)
    ps_why: str = ""
    args: list[str] = field(default_factory=list)
    environment: int = 0  # number of variables
