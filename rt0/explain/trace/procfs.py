"""What the kernel tells of a process in /proc: mappings, state, times; and the auxiliary vector.

Source: proc(5) (maps, stat, statm, schedstat), getauxval(3), <linux/auxvec.h>, sched(7).
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass

PAGE = os.sysconf("SC_PAGE_SIZE")

STATES = {"R": "running", "S": "sleeping", "D": "waiting for a device", "T": "stopped", "t": "stopped by its tracer", "Z": "zombie", "X": "dead"}
POLICIES = {0: "SCHED_OTHER", 1: "SCHED_FIFO", 2: "SCHED_RR", 3: "SCHED_BATCH", 5: "SCHED_IDLE", 6: "SCHED_DEADLINE"}

# key -> name without AT_, what it is
AUX = {
    0: ("NULL", "the end"), 3: ("PHDR", "address of the program headers"), 4: ("PHENT", "size of a program header"),
    5: ("PHNUM", "number of program headers"), 6: ("PAGESZ", "size of a page"), 7: ("BASE", "address of the dynamic loader"), 8: ("FLAGS", "flags"),
    9: ("ENTRY", "address of the first instruction"), 11: ("UID", "user"), 12: ("EUID", "effective user"), 13: ("GID", "group"),
    14: ("EGID", "effective group"), 15: ("PLATFORM", "name of the machine"), 16: ("HWCAP", "features of the processor (CPUID 1, EDX)"),
    17: ("CLKTCK", "ticks a second of times(2)"), 23: ("SECURE", "1 when the program runs with other rights than its caller"),
    24: ("BASE_PLATFORM", "name of the real machine"), 25: ("RANDOM", "address of 16 random bytes"), 26: ("HWCAP2", "more features of the processor"),
    27: ("RSEQ_FEATURE_SIZE", "size of what rseq(2) supports"), 28: ("RSEQ_ALIGN", "alignment that rseq(2) wants"),
    29: ("HWCAP3", "more features of the processor"), 30: ("HWCAP4", "more features of the processor"),
    31: ("EXECFN", "name that was executed"), 33: ("SYSINFO_EHDR", "address of the vdso"), 51: ("MINSIGSTKSZ", "smallest stack for signal handlers"),
}  # fmt: skip


@dataclass(slots=True)
class MapsLine:
    """A line of /proc/PID/maps."""

    start: int
    end: int
    perms: str
    offset: int
    path: str


@dataclass(slots=True)
class Stat:
    """Fields of /proc/PID/stat. vm and rss in bytes; the addresses are 0 for those who may not know them."""

    state: str
    parent: int
    threads: int
    priority: int
    vm: int
    rss: int
    processor: int
    policy: int
    brk: int


def maps(pid: int) -> list[MapsLine]:
    out = []
    with open(f"/proc/{pid}/maps", errors="surrogateescape") as f:
        for line in f:
            span, perms, offset, _, _, *path = line.rstrip("\n").split(None, 5)
            start, _, end = span.partition("-")
            out.append(MapsLine(int(start, 16), int(end, 16), perms, int(offset, 16), path[0] if path else ""))
    return out


def stat(pid: int) -> Stat:
    with open(f"/proc/{pid}/stat", errors="replace") as f:
        text = f.read()
    # The name in brackets may hold anything; field 3 follows the last bracket.
    f3 = text[text.rindex(")") + 2 :].split()

    def field(n: int) -> int:
        return int(f3[n - 3]) if n - 3 < len(f3) else 0

    return Stat(f3[0], field(4), field(20), field(18), field(23), field(24) * PAGE, field(39), field(41), field(47))


def memory(pid: int) -> tuple[int, int]:
    """Bytes of address space, bytes resident; (-1, -1) when the process is gone."""
    try:
        with open(f"/proc/{pid}/statm") as f:
            vm, rss = f.read().split()[:2]
    except (OSError, ValueError):
        return -1, -1
    return int(vm) * PAGE, int(rss) * PAGE


def resident(pid: int) -> int:
    """Bytes in memory, counted page by page (statm is told of them late); -1 unknown."""
    try:
        with open(f"/proc/{pid}/smaps_rollup") as f:
            for line in f:
                if line.startswith("Rss:"):
                    return int(line.split()[1]) << 10
    except (OSError, ValueError):
        pass
    return -1


def resident_now(pid: int) -> int:
    """Bytes in memory as statm has them: quickly, some pages a thread late; 0 when the process is gone."""
    try:
        with open(f"/proc/{pid}/statm") as f:
            return int(f.read().split()[1]) * PAGE
    except (OSError, ValueError, IndexError):
        return 0


def peak(pid: int) -> int:
    """The most bytes that were in memory at once since execve; -1 unknown. (wait4 tells of the time before it, too.)"""
    try:
        with open(f"/proc/{pid}/status") as f:
            for line in f:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) << 10
    except (OSError, ValueError):
        pass
    return -1


def cpu_time(pid: int, tid: int) -> float:
    """Seconds that a thread has been on a processor; -1 where the kernel does not tell."""
    try:
        with open(f"/proc/{pid}/task/{tid}/schedstat") as f:
            return int(f.read().split()[0]) / 1e9
    except (OSError, ValueError, IndexError):
        return -1.0


def auxv(raw: bytes) -> list[tuple[int, int]]:
    """(key, value) pairs up to and with AT_NULL."""
    out = []
    for key, value in struct.iter_unpack("<QQ", raw[: len(raw) // 16 * 16]):
        out.append((key, value))
        if key == 0:
            break
    return out
