"""What several of the steps 12 to 20 tell: system calls, functions that ran, the state of the runtime."""

from __future__ import annotations

from dataclasses import dataclass, field

from rt0.explain.model import Facts


@dataclass(slots=True)
class Call(Facts):
    """A system call.

    tid      the thread
    name     mmap
    text     with arguments and result: mmap(nil, 65536, PROT_READ, ...) = 0x7f...
    at       seconds since the program's first instruction
    took     seconds; 0 when it has not come back
    within   the start function it was made in, "" when in none that is watched
    """

    tid: int
    name: str
    text: str
    at: float
    took: float
    within: str = ""


@dataclass(slots=True)
class State(Facts):
    """The runtime's variables at one moment; -1: not known of this executable.

    maxmcount    threads the program may have at most (sched.maxmcount)
    ms, ps, gs   how many of each there are
    heap_start, heap_ready, heap_reserved   address of the heap, bytes of it made ready, bytes of address space kept for it
    vm, rss      bytes of address space and of memory the process has, by the kernel's account
    """

    maxmcount: int = -1
    ms: int = -1
    ps: int = -1
    gs: int = -1
    heap_start: int = -1
    heap_ready: int = -1
    heap_reserved: int = -1
    vm: int = -1
    rss: int = -1


@dataclass(slots=True)
class Span(Facts):
    """One call of a function of the runtime.

    depth    0 for a function of the step itself, 1 for one that it called
    at, took seconds since the first instruction, and until it returned; what tracing costs in between is taken off as far as it is known
    cpu      seconds that the thread spent on a processor, by the kernel's account; -1 unknown
    calls    system calls made by then
    """

    name: str
    depth: int
    at: float
    took: float
    cpu: float
    calls: list[Call] = field(default_factory=list)
    before: State | None = None
    after: State | None = None


@dataclass(slots=True)
class Instruction(Facts):
    """An instruction that was executed under observation.

    code     its bytes in hexadecimal
    plan9, intel   its text in two notations, "" without the package capstone
    source   the line of assembly source, "" when the source is not there
    changed  register -> [before, after]; the instruction pointer is not among them
    call     the system call that it made, or what ran to its end because of it
    """

    addr: int
    function: str
    code: str
    plan9: str
    intel: str
    source: str
    file: str
    line: int
    changed: dict[str, list[int]]
    call: str = ""
