"""The Go runtime's own records in a running program, read by the offsets that its executable knows: g, m, p, sched, the heap.

Works for rt0's runtime and for gc's, whose fields differ in places (a goroutine's first stack, the heap). What an executable does not tell is -1
or empty. Nothing is written.

The current g: gc keeps it at -8(FS), rt0 at 16(FS) (rt0/abi/runtime_layout.py).
"""

from __future__ import annotations

import struct
from functools import cached_property

from rt0.abi.runtime_layout import CPU_FEATURES, CPU_FEATURES_AT, NUM_SPAN_CLASSES, TLS_G
from rt0.explain.facts.process import State
from rt0.explain.trace import procfs
from rt0.explain.trace.executable import Executable
from rt0.explain.trace.process import Memory

G_STATES = {0: "idle", 1: "runnable", 2: "running", 3: "in a system call", 4: "waiting", 6: "dead", 8: "its stack is copied", 9: "preempted", 10: "leaked"}
P_STATES = {0: "idle", 1: "running", 2: "in a system call", 3: "stopped for the collector", 4: "dead"}
_MAX_FRAMES = 64
_WAITING = ("runtime.", "internal/runtime/", "sync.", "internal/sync.", "internal/poll.", "time.Sleep", "syscall.")
_PAGE_SHIFT = 13
_SPAN_IN_USE = 2


class GoRuntime:
    """The runtime in one process."""

    def __init__(self, exe: Executable, memory: Memory, pid: int) -> None:
        self.exe = exe
        self.memory = memory
        self.pid = pid

    # ---- fields

    def word(self, struct_name: str, addr: int, path: str) -> int:
        """An 8-byte field; 0 when the field or the memory is not there."""
        at = self.exe.field(struct_name, path)
        return self.memory.u64(addr + at) if at is not None and addr else 0

    def small(self, struct_name: str, addr: int, path: str) -> int:
        """A 4-byte field, signed; -1 when there is none."""
        at = self.exe.field(struct_name, path)
        return self.memory.i32(addr + at) if at is not None and addr else -1

    def variable(self, name: str) -> int:
        """An 8-byte variable of the runtime; -1 when the executable does not name it."""
        at = self.exe.address("runtime." + name)
        return self.memory.u64(at) if at else -1

    def variable32(self, *names: str) -> int:
        """The first of these 4-byte variables that is there; -1 for none."""
        for name in names:
            at = self.exe.address("runtime." + name)
            if at:
                return self.memory.i32(at)
        return -1

    # ---- g, m, p

    def current_g(self, fs: int) -> int:
        return self.memory.u64(fs + TLS_G if self.exe.by_rt0 else fs - 8) if fs else 0

    def goid(self, g: int) -> int:
        return self.word("g", g, "goid")

    def status(self, g: int) -> str:
        value = self.small("g", g, "atomicstatus")
        scan = " (scanned)" if value >= 0x1000 else ""
        return G_STATES.get(value & 0xFFF, str(value)) + scan

    def wait_reason(self, g: int) -> str:
        """Why a goroutine waits, in the runtime's words."""
        at, table = self.exe.field("g", "waitreason"), self.exe.address("runtime.waitReasonStrings")
        if at is None or not table:
            return ""
        value = self.memory.u8(g + at)
        if value > 100:
            return ""
        ptr, n = struct.unpack("<QQ", self.memory.read(table + 16 * value, 16).ljust(16, b"\0"))
        return self.memory.read(ptr, min(n, 64)).decode("utf-8", "replace")

    def stack(self, g: int) -> tuple[int, int]:
        """Bounds of a goroutine's first stack."""
        if self.exe.by_rt0:
            seg = self.word("g", g, "stack")
            if seg:
                return seg, self.word("stackseg", seg, "hi")
            return self.word("g", g, "stacklo"), self.word("g", g, "stackhi")
        return self.word("g", g, "stack.lo"), self.word("g", g, "stack.hi")

    def m_of(self, g: int) -> int:
        return self.word("g", g, "m")

    def m_id(self, m: int) -> int:
        return self.word("m", m, "id") if m and self.exe.field("m", "id") is not None else -1

    def p_of(self, m: int) -> int:
        return self.word("m", m, "p")

    def p_id(self, p: int) -> int:
        return self.small("p", p, "id") if p else -1

    def queue_of(self, g: int, p: int) -> str:
        """Where a goroutine waits to run: P0.runnext, P0.runq[2], the global queue, or ""."""
        if p:
            name = f"P{self.p_id(p)}"
            if self.word("p", p, "runnext") == g:
                return f"{name}.runnext"
            at = self.exe.field("p", "runq")
            head, tail = self.small("p", p, "runqhead") & 0xFFFFFFFF, self.small("p", p, "runqtail") & 0xFFFFFFFF
            if at is not None and tail - head <= 256:
                for i in range(head, tail):
                    if self.memory.u64(p + at + 8 * (i % 256)) == g:
                        return f"{name}.runq[{i - head}]"
        sched = self.exe.address("runtime.sched")
        if sched and self.word("schedt", sched, "runq.head") == g:
            return "the global queue"
        return ""

    def all_gs(self, limit: int) -> list[int]:
        """Addresses of all goroutines, dead ones too."""
        at = self.exe.address("runtime.allgs")
        if not at:
            return []
        ptr, n = struct.unpack("<QQ", self.memory.read(at, 16).ljust(16, b"\0"))
        raw = self.memory.read(ptr, 8 * min(n, limit))
        return [g for (g,) in struct.iter_unpack("<Q", raw[: len(raw) // 8 * 8])]

    def all_ps(self) -> list[int]:
        at = self.exe.address("runtime.allp")
        if not at:
            return []
        ptr, n = struct.unpack("<QQ", self.memory.read(at, 16).ljust(16, b"\0"))
        raw = self.memory.read(ptr, 8 * min(n, 4096))
        return [p for (p,) in struct.iter_unpack("<Q", raw[: len(raw) // 8 * 8]) if p]

    def p_status(self, p: int) -> str:
        value = self.small("p", p, "status")
        return P_STATES.get(value, str(value))

    def frames(self, g: int) -> list[int]:
        """Return addresses of a goroutine that does not run, innermost first, by frame pointers."""
        in_call = self.word("g", g, "syscallsp")
        kept = "syscallbp" if in_call else "sched.bp"
        bp, pc = self.word("g", g, kept), self.word("g", g, "syscallpc" if in_call else "sched.pc")
        out = [pc] if pc else []
        while bp and bp % 8 == 0 and len(out) < _MAX_FRAMES:
            raw = self.memory.read(bp, 16)
            if len(raw) < 16:
                break
            bp, ret = struct.unpack("<QQ", raw)
            if not ret:
                break
            out.append(ret)
        return out

    def place(self, pcs: list[int]) -> tuple[str, str, int]:
        """(function, file, line) of the innermost frame that is not of the packages that make goroutines wait; of the outermost if all are."""
        last: tuple[str, str, int] = ("", "", 0)
        for pc in pcs:
            name, _, _ = self.exe.function_at(pc - 1)
            if not name or (name in ("runtime.goexit", "runtime.main") and last[0]):
                continue
            last = (name, *self.exe.where(pc - 1))
            if not name.startswith(_WAITING):
                break
        return last

    # ---- the whole

    def state(self) -> State:
        s = State()
        sched = self.exe.address("runtime.sched")
        if sched and self.exe.field("schedt", "maxmcount") is not None:
            s.maxmcount = self.small("schedt", sched, "maxmcount")
            s.ms = self.word("schedt", sched, "mnext") - self.word("schedt", sched, "nmfreed")
        for name, what in (("allp", "ps"), ("allgs", "gs")):
            at = self.exe.address("runtime." + name)
            if at:
                setattr(s, what, self.memory.u64(at + 8))
        heap = self.exe.address("runtime.mheap_")
        if heap and self.exe.by_rt0:
            base = self.word("mheap", heap, "base")
            s.heap_start = base
            s.heap_ready = self.word("mheap", heap, "used") - base
            s.heap_reserved = self.word("mheap", heap, "limit") - base
        elif heap and self.exe.field("mheap", "curArena.base") is not None:
            base, end = self.word("mheap", heap, "curArena.base"), self.word("mheap", heap, "curArena.end")
            s.heap_start, s.heap_ready, s.heap_reserved = base, 0, end - base
            in_use = self.exe.field("mheap", "pagesInUse")
            s.heap_ready = self.memory.u64(heap + in_use) << _PAGE_SHIFT if in_use is not None else -1
        s.vm, s.rss = procfs.memory(self.pid)
        return s

    def cpu_features(self) -> list[str]:
        """What internal/cpu found, without `Has`."""
        at = self.exe.address("internal/cpu.X86")
        flags = self.memory.read(at + CPU_FEATURES_AT, len(CPU_FEATURES)) if at else b""
        return [name.removeprefix("Has") for name, flag in zip(CPU_FEATURES, flags) if flag == 1]

    # ---- allocations

    @cached_property
    def _span_fields(self) -> dict[str, int]:
        return {n: self.exe.field("mspan", n) or 0 for n in ("startAddr", "npages", "elemsize", "spanclass", "state", "allocCount")}

    def allocated(self) -> tuple[int, int]:
        """(objects, bytes) that the heap has handed out since the start, as rt0's readmemstats_m adds them up; (-1, -1) for gc, which does not keep the sum."""
        heap = self.exe.address("runtime.mheap_")
        if not heap or not self.exe.by_rt0:
            return -1, -1
        base, used = self.word("mheap", heap, "base"), self.word("mheap", heap, "used")
        if used - base > 1 << 30:
            return -1, -1
        table = self.memory.read(self.word("mheap", heap, "spans"), (used - base >> _PAGE_SHIFT) * 8)
        f = self._span_fields
        size = max(f.values()) + 8
        objects = total = page = 0
        elem: dict[int, int] = {}
        while page * 8 + 8 <= len(table):
            (span,) = struct.unpack_from("<Q", table, page * 8)
            raw = self.memory.read(span, size) if span else b""
            npages = struct.unpack_from("<Q", raw, f["npages"])[0] if len(raw) == size else 0
            if not npages:
                break
            if raw[f["state"]] == _SPAN_IN_USE:
                n, each = struct.unpack_from("<Q", raw, f["allocCount"])[0], struct.unpack_from("<Q", raw, f["elemsize"])[0]
                objects += n
                total += n * each
                elem[raw[f["spanclass"]]] = each
            page += npages
        freed = self.memory.read(heap + (self.exe.field("mheap", "nfreed") or 0), 8 * NUM_SPAN_CLASSES)
        for c, (n,) in enumerate(struct.iter_unpack("<Q", freed)):
            objects += n
            total += n * elem.get(c, 0)
        objects += self._tiny()
        return objects, total

    def _tiny(self) -> int:
        """Small objects that shared a block."""
        n = self.word("mstats", self.exe.address("runtime.memstats"), "tinyallocs")
        caches = {self.word("p", p, "pMemory.mcache") for p in self.all_ps()}
        return n + sum(self.word("mcache", c, "tinyAllocs") for c in caches if c)
