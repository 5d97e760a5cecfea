"""Step 20: the program itself, and its end."""

from __future__ import annotations

from dataclasses import dataclass, field

from rt0.explain.facts.newproc import Goroutine
from rt0.explain.facts.process import Call
from rt0.explain.model import Facts


@dataclass(slots=True)
class ThreadOf(Facts):
    """A thread. m: number of its M, -1 unknown; made_by: the thread that cloned it; end None: alive at the end; calls: how many system calls."""

    tid: int
    m: int
    made_by: int
    flags: str
    at: float
    end: float | None
    calls: int
    role: str = ""


@dataclass(slots=True)
class Slice(Facts):
    """A goroutine on a thread. p: number of the P it held, -1 none or unknown; why: what ended it; syscall: it was in a system call."""

    goid: int
    tid: int
    m: int
    p: int
    start: float
    end: float
    why: str
    syscall: bool = False


@dataclass(slots=True)
class WorldStop(Facts):
    """The world was stopped: why, since when, how long. Seconds."""

    reason: str
    at: float
    took: float


@dataclass(slots=True)
class Waiting(Facts):
    """A goroutine that was there at the end: its state, what it waits for, and the innermost place in it that is not the runtime's."""

    goid: int
    status: str
    reason: str
    entry: str
    where: str
    file: str
    line: int


@dataclass(slots=True)
class Collection(Facts):
    """A garbage collection. Seconds since the first instruction, and how long; number as GODEBUG=gctrace=1 counts."""

    number: int
    at: float
    took: float


@dataclass(slots=True)
class CallCount(Facts):
    """How often a system call was made, by all threads; took: seconds in it, of those that came back."""

    name: str
    count: int
    took: float


@dataclass(slots=True)
class RunFacts(Facts):
    """From main.main to the end.

    at, took     seconds since the first instruction
    goroutines   all that were made, in order; their sums: made_system, made_user
    slices       who ran where, from the execution trace if `traced`, else by stops at the functions that schedule; until `slices_until` when there were too many to go on watching (0: all)
    calls        system calls since main.main, the first of them whole; counts: of the whole run by name
    calls_until  since when they were not counted any more (0: all were)
    threads      all of them
    out, err     what the program wrote, from the beginning; out_bytes, err_bytes: how much it was
    ending       one sentence: how it ended
    exit_code    None: ended by a signal
    panic        the text of a panic, a throw or a deadlock as the runtime printed it
    waiting      goroutines at the end
    children     processes the program started
    """

    at: float = -1.0
    took: float = 0.0
    total: float = 0.0
    wall: float = 0.0
    stops: int = 0
    goroutines: list[Goroutine] = field(default_factory=list)
    made_user: int = 0
    made_system: int = 0
    goroutines_until: float = 0.0
    slices: list[Slice] = field(default_factory=list)
    slices_until: float = 0.0
    calls: list[Call] = field(default_factory=list)
    ncalls: int = 0
    counts: list[CallCount] = field(default_factory=list)
    calls_until: float = 0.0
    threads: list[ThreadOf] = field(default_factory=list)
    traced: bool = False
    world_stops: list[WorldStop] = field(default_factory=list)
    collections: list[Collection] = field(default_factory=list)
    ncollections: int = -1
    gc_pause: float = -1.0
    heap_live: int = -1
    signals: list[str] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    out: str = ""
    out_bytes: int = 0
    err: str = ""
    err_bytes: int = 0
    user: float = 0.0
    system: float = 0.0
    max_rss: int = 0
    exit_code: int | None = None
    signal: str = ""
    ending: str = ""
    panic: str = ""
    waiting: list[Waiting] = field(default_factory=list)
