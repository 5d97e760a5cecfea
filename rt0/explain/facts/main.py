"""Step 19: runtime.main until it calls main.main."""

from __future__ import annotations

from dataclasses import dataclass, field

from rt0.explain.facts.process import Call, Span
from rt0.explain.model import Facts


@dataclass(slots=True)
class Act(Facts):
    """Something runtime.main did. at: seconds since the first instruction; detail: in words, with this run's figures."""

    what: str
    at: float
    detail: str = ""
    calls: list[Call] = field(default_factory=list)


@dataclass(slots=True)
class Init(Facts):
    """Initialisation of one package.

    at       milliseconds since runtime.main began to initialise, as GODEBUG=inittrace=1 counts them
    clock    milliseconds
    cpu      milliseconds on a processor
    bytes, allocs   of the heap, -1 unknown
    steps    how many functions it took
    """

    package: str
    at: float
    clock: float
    cpu: float
    bytes: int
    allocs: int
    steps: int = 1
    calls: list[Call] = field(default_factory=list)


@dataclass(slots=True)
class MainFacts(Facts):
    """whole: from the entry of runtime.main to that of main.main; took -1 when main.main was not reached."""

    at: float = 0.0
    took: float = -1.0
    maxstacksize: int = -1
    sysmon_tid: int = 0
    clone_flags: list[str] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    inits: list[Init] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
