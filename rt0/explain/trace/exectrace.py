"""The execution trace of a program that is watched: read from its memory when it ends, as lanes and as a file for `go tool trace`.

rt0's runtime keeps a trace for who sets trace.watched before runtime.main (rt0/goroot/src/runtime/trace.go): batches of events of each thread, and tables of strings
and stacks. Nothing is compiled for it, the executable is the same; an event costs the program some ten nanoseconds, and no stop.

    read     memory -> Trace: the batches, what the open buffers of the Ms hold, the tables
    to_file  Trace -> the official format (internal/trace/tracev2, go1.27), one generation
    lanes    Trace -> who ran where, who was made by whom, collections

The program may go on while its memory is read. So what is later than the moment at which reading began is cut off, and so is what is later than the first
event that was dropped: what is before a moment is a trace by itself. Times are nanoseconds of CLOCK_MONOTONIC.

Source: internal/trace/tracev2/events.go, internal/trace/order.go, go1.27.
"""

from __future__ import annotations

import struct
import time
from dataclasses import dataclass, field

from rt0.abi.runtime_layout import RUNTIME_FIELDS
from rt0.explain.trace.executable import Executable
from rt0.explain.trace.goruntime import GoRuntime
from rt0.explain.trace.process import Memory

MAX_BATCHES, MAX_NODES = 200, 100_000
_HEADER = b"go 1.26 trace\0\0\0"
_BATCH = 64 << 10
_HEAD = 48  # bytes before the data of a batch (traceHead)
_TABLE = 2048  # slots (traceTableSize)
_NODE = 32  # bytes before the content of a node
_NO_THREAD = (1 << 64) - 1

# event -> how many arguments follow the time (specs.go); those of rt0's runtime
_ARGS = {
    9: 2, 10: 2, 11: 0, 12: 3, 13: 2, 14: 3, 16: 2, 17: 0, 19: 2, 20: 2, 21: 3, 22: 2, 23: 0, 24: 0, 26: 2, 27: 0, 29: 2, 30: 1, 37: 1, 38: 1,
    40: 4, 41: 2, 42: 3, 43: 3, 44: 4, 45: 2, 46: 2, 47: 3, 48: 4,
}  # fmt: skip
PROC_START, PROC_STOP, PROC_STEAL, PROC_STATUS = 10, 11, 12, 13
GO_CREATE, GO_START, GO_DESTROY, GO_STOP, GO_BLOCK, GO_UNBLOCK = 14, 16, 17, 19, 20, 21
SYSCALL_BEGIN, SYSCALL_END, SYSCALL_END_BLOCKED = 22, 23, 24
STW_BEGIN, STW_END, GC_BEGIN, GC_END = 26, 27, 29, 30
GO_SWITCH, GO_SWITCH_DESTROY, GO_CREATE_BLOCKED, GO_STATUS = 45, 46, 47, 48
_PROC_RUNNING, _RUNNING, _SYSCALL = 1, 2, 3

Event = tuple[int, int, int, tuple[int, ...]]  # time, thread, kind, arguments


@dataclass(slots=True)
class Batch:
    mid: int
    time: int  # of its first event
    last: int  # of its last one
    data: bytes


@dataclass(slots=True)
class Trace:
    """until: what is later is not there, or not all of it; whole: nothing was dropped. stacks: number -> addresses, innermost first."""

    gen: int
    until: int
    whole: bool
    batches: list[Batch] = field(default_factory=list)
    strings: dict[int, str] = field(default_factory=dict)
    stacks: dict[int, tuple[int, ...]] = field(default_factory=dict)


def switch(exe: Executable) -> int:
    """Address of the byte that makes the runtime keep a trace; 0 when the executable has none."""
    at = exe.address("runtime.trace")
    return at + RUNTIME_FIELDS["traceState"]["watched"] if at and exe.by_rt0 else 0


def read(memory: Memory, exe: Executable, go: GoRuntime) -> Trace | None:
    """What is there now; None when there is no trace."""
    at = exe.address("runtime.trace")
    if not at or not exe.by_rt0:
        return None
    now = time.monotonic_ns()
    word, u64 = go.word, memory.u64
    gen = word("traceState", at, "keptGen")
    if not gen:
        return None
    lost = word("traceState", at, "lost")
    t = Trace(u64(gen), min(now, lost - 1) if lost else now, not lost)
    b = word("traceState", at, "kept.head")
    while b and len(t.batches) < MAX_BATCHES:
        _add(t, memory, b)
        b = u64(b)
    if memory.u8(at + RUNTIME_FIELDS["traceState"]["watched"]):
        m = exe.address("runtime.allm") and u64(exe.address("runtime.allm"))
        for _ in range(10_000):
            if not m:
                break
            b = word("m", m, "mMemory.traceBuf")
            if b:
                _add(t, memory, b)
            m = word("m", m, "alllink")
    for node, content in _nodes(memory, gen + RUNTIME_FIELDS["traceGen"]["strings"]):
        t.strings[node] = content.decode("utf-8", "replace")
    for node, content in _nodes(memory, gen + RUNTIME_FIELDS["traceGen"]["stacks"]):
        t.stacks[node] = struct.unpack(f"<{len(content) // 8}Q", content[: len(content) & ~7])
    return t


def _add(t: Trace, memory: Memory, b: int) -> None:
    """A buffer, as far as its events are written: their number is read before they are."""
    f = RUNTIME_FIELDS["traceBuf"]
    head = memory.read(b, 48)
    if len(head) < 48:
        return
    mid, last, first, n = (struct.unpack_from("<Q", head, f[name])[0] for name in ("mid", "last", "time", "n"))
    if first and _HEAD < n <= _BATCH:
        t.batches.append(Batch(mid, first, last, memory.read(b + f["data"] + _HEAD, n - _HEAD)))


def _nodes(memory: Memory, table: int) -> list[tuple[int, bytes]]:
    out: list[tuple[int, bytes]] = []
    slots = memory.read(table + RUNTIME_FIELDS["traceTable"]["nodes"], 8 * _TABLE)
    for (node,) in struct.iter_unpack("<Q", slots[: len(slots) & ~7]):
        while node and len(out) < MAX_NODES:
            link, _, number, n = struct.unpack("<4Q", memory.read(node, _NODE).ljust(_NODE, b"\0"))
            out.append((number, memory.read(node + _NODE, min(n, 1 << 14))))
            node = link
    return out


def _events(b: Batch, until: int) -> tuple[list[Event], int]:
    """The events of a batch up to a time, and how many bytes they are."""
    out: list[Event] = []
    data, i, now, mid, end = b.data, 0, b.time, b.mid, len(b.data)
    try:
        while i < end:
            start = i
            kind = data[i]
            i += 1
            values = []
            for _ in range(_ARGS[kind] + 1):
                v = data[i]
                i += 1
                if v >= 0x80:
                    v &= 0x7F
                    shift = 7
                    while (c := data[i]) >= 0x80:
                        v |= (c & 0x7F) << shift
                        shift += 7
                        i += 1
                    v |= c << shift
                    i += 1
                values.append(v)
            now += values[0]
            if now > until:
                return out, start
            out.append((now, mid, kind, tuple(values[1:])))
    except (IndexError, KeyError):  # an event that is being written
        return out, start
    return out, end


def events(t: Trace) -> list[Event]:
    """All events, by time; those of one thread in their order."""
    out: list[Event] = []
    for b in t.batches:
        out += _events(b, t.until)[0]
    out.sort(key=lambda e: e[0])
    return out


# ---- as a file


def _varint(v: int) -> bytes:
    out = bytearray()
    while v >= 0x80:
        out.append(v & 0x7F | 0x80)
        v >>= 7
    out.append(v)
    return bytes(out)


def _batch(gen: int, mid: int, at: int, data: bytes) -> bytes:
    return b"\x01" + _varint(gen) + _varint(mid) + _varint(at) + _varint(len(data)) + data


def _tables(gen: int, at: int, kind: int, records: list[bytes]) -> bytes:
    out, data = b"", bytes([kind])
    for r in records:
        if len(data) + len(r) > _BATCH - 64:
            out += _batch(gen, _NO_THREAD, at, data)
            data = bytes([kind])
        data += r
    return out + _batch(gen, _NO_THREAD, at, data)


def to_file(t: Trace, exe: Executable) -> bytes:
    """The trace as GOROOT's internal/trace reads it."""
    out = bytearray(_HEADER)
    for b in t.batches:
        data = b.data
        if b.last > t.until or b is t.batches[-1] or not t.whole:
            data = data[: _events(b, t.until)[1]]
        if data:
            out += _batch(t.gen, b.mid, b.time, data)
    names: dict[str, int] = {}
    strings = dict(t.strings)

    def name(text: str) -> int:
        if not text:
            return 0
        if text not in names:
            names[text] = len(strings) + 1
            strings[names[text]] = text[:1024]
        return names[text]

    while strings and max(strings) > len(strings):  # numbers without a hole: a table that was being written
        strings.setdefault(next(i for i in range(1, max(strings)) if i not in strings), "?")
    stacks = []
    for number, pcs in t.stacks.items():
        frames = []
        for pc in pcs:
            for inlined, f in enumerate(exe.frames(pc - 1)):
                frames.append(_varint(pc - 1 | inlined << 48) + _varint(name(f[0])) + _varint(name(f[1])) + _varint(f[2]))
        stacks.append(b"\x03" + _varint(number) + _varint(len(frames[:64])) + b"".join(frames[:64]))
    out += _tables(t.gen, t.until, 2, stacks)
    texts = [(number, text.encode("utf-8", "replace")) for number, text in strings.items()]
    out += _tables(t.gen, t.until, 4, [b"\x05" + _varint(number) + _varint(len(x)) + x for number, x in texts])
    wall = time.time_ns() - time.monotonic_ns() + t.until
    sync = b"\x32\x08" + _varint(1_000_000_000) + b"\x33" + _varint(0) + _varint(t.until) + _varint(wall // 1_000_000_000) + _varint(wall % 1_000_000_000)
    out += _batch(t.gen, _NO_THREAD, t.until, sync)
    return bytes(out + b"\x34")


# ---- as lanes


@dataclass(slots=True)
class Lane:
    """A goroutine on a thread. state: running, or in a system call; p: the P it held, -1 none; why: what ended it."""

    goid: int
    mid: int
    p: int
    start: int
    end: int
    state: str
    why: str = ""


@dataclass(slots=True)
class Birth:
    """parent: the goroutine that made it, 0 unknown; stack: of where it was made; entry: address in the function it runs; ended 0: it was there to the end."""

    goid: int
    parent: int
    time: int
    entry: int
    stack: tuple[int, ...]
    ended: int = 0


@dataclass(slots=True)
class Lanes:
    """collections: (number, begin, end 0 while it ran); stops: (reason, begin, end) of the world. first: goroutines that were there when the trace began."""

    lanes: list[Lane] = field(default_factory=list)
    births: dict[int, Birth] = field(default_factory=dict)
    first: list[int] = field(default_factory=list)
    collections: list[tuple[int, int, int]] = field(default_factory=list)
    stops: list[tuple[str, int, int]] = field(default_factory=list)


class _Threads:
    """What runs on each thread while the events go by."""

    def __init__(self) -> None:
        self.open: dict[int, Lane] = {}
        self.p: dict[int, int] = {}
        self.out: list[Lane] = []

    def begin(self, mid: int, goid: int, at: int, state: str = "running") -> None:
        self.end(mid, at, "another goroutine")
        self.open[mid] = Lane(goid, mid, self.p.get(mid, -1), at, at, state)

    def end(self, mid: int, at: int, why: str) -> int:
        """The goroutine that was there; 0 none."""
        lane = self.open.pop(mid, None)
        if lane is None:
            return 0
        lane.end, lane.why = at, why
        self.out.append(lane)
        return lane.goid


def lanes(t: Trace) -> Lanes:
    """Who ran where, from the first event to the last."""
    out = Lanes()
    on = _Threads()
    world: tuple[str, int] | None = None
    last = 0
    for at, mid, kind, args in events(t):
        last = at
        if kind == GO_START:
            on.begin(mid, args[0], at)
        elif kind in (GO_BLOCK, GO_STOP):
            on.end(mid, at, t.strings.get(args[0], "") or "parked")
        elif kind in (GO_DESTROY, GO_SWITCH_DESTROY):
            gone = out.births.get(on.end(mid, at, "ended"))
            if gone is not None:
                gone.ended = at
            if kind == GO_SWITCH_DESTROY:
                on.begin(mid, args[0], at)
        elif kind == GO_SWITCH:
            on.end(mid, at, "switched to another goroutine")
            on.begin(mid, args[0], at)
        elif kind in (GO_CREATE, GO_CREATE_BLOCKED):
            running = on.open.get(mid)
            out.births[args[0]] = Birth(args[0], running.goid if running else 0, at, (t.stacks.get(args[1]) or (1,))[0] - 1, t.stacks.get(args[2], ()))
        elif kind == SYSCALL_BEGIN:
            goid = on.end(mid, at, "system call")
            on.begin(mid, goid, at, "system call")
        elif kind == SYSCALL_END:
            goid = on.end(mid, at, "back from the system call")
            on.begin(mid, goid, at)
        elif kind == SYSCALL_END_BLOCKED:
            on.end(mid, at, "no P after a system call")
            on.p[mid] = -1
        elif kind == PROC_START:
            on.p[mid] = args[0]
        elif kind == PROC_STOP:
            on.p[mid] = -1
        elif kind == PROC_STEAL:
            if on.p.get(args[2]) == args[0]:
                on.p[args[2]] = -1
        elif kind == PROC_STATUS:
            if args[1] == _PROC_RUNNING:
                on.p[mid] = args[0]
        elif kind == GO_STATUS:
            out.first.append(args[0])
            if args[2] in (_RUNNING, _SYSCALL):
                on.begin(args[1], args[0], at, "running" if args[2] == _RUNNING else "system call")
        elif kind == STW_BEGIN:
            world = t.strings.get(args[0], ""), at
        elif kind == STW_END and world is not None:
            out.stops.append((*world, at))
            world = None
        elif kind == GC_BEGIN:
            out.collections.append((len(out.collections) + 1, at, 0))
        elif kind == GC_END and out.collections:
            out.collections[-1] = (*out.collections[-1][:2], at)
    for mid in list(on.open):
        on.end(mid, last, "the end")
    out.lanes = sorted(on.out, key=lambda x: x.start)
    return out
