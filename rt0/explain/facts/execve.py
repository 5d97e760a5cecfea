"""Step 12: what the kernel mapped, and the process it made."""

from __future__ import annotations

from dataclasses import dataclass, field

from rt0.explain.model import Facts


@dataclass(slots=True)
class Mapping(Facts):
    """A line of /proc/PID/maps, read before the first instruction. what: words for those that are no part of the file."""

    start: int
    end: int
    perms: str
    offset: int
    path: str
    what: str = ""


@dataclass(slots=True)
class Load(Facts):
    """A PT_LOAD segment of the file beside the mappings that it became. flags as readelf writes them: R E."""

    flags: str
    offset: int
    vaddr: int
    filesz: int
    memsz: int
    mappings: list[Mapping] = field(default_factory=list)


@dataclass(slots=True)
class ExecveFacts(Facts):
    """Before the first instruction.

    state, policy, priority   as ps tells them; processor: the one it last ran on
    entry, rip   e_entry of the file, and the instruction pointer that was seen; for a position-independent file `bias` lies between them
    brk      where the heap of brk(2) would begin; 0 unknown
    others   mappings that are no part of the file
    """

    path: str
    argv: list[str]
    pid: int
    tid: int
    parent: int
    state: str
    policy: str
    priority: int
    processor: int
    threads: int
    entry: int
    rip: int
    bias: int
    rsp: int
    brk: int
    vm: int
    rss: int
    loads: list[Load] = field(default_factory=list)
    others: list[Mapping] = field(default_factory=list)
