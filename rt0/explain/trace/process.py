"""One run of a program under ptrace: started, stopped where asked, every thread and every child followed, none left behind.

`Tracee(argv)` starts the program and holds it before its first instruction. Whoever watches sets breakpoints and hooks and calls `go`,
which returns when a breakpoint's callback asks for it, or when the program has ended.

Breakpoints. The first byte of a function becomes int3. A breakpoint that is met once is then taken out. One that stays is stepped over without
being taken out, else another thread could run through the gap: the instruction it covers runs from a copy in the first bytes of
runtime.rt0_go, which are executed once, at the start, and never again ("displaced stepping", as gdb has it with _start). That works for
instructions that mean the same at another place (`movable`); functions begin with such ones. A breakpoint on another instruction is met once.

Time. `clock` is the time since the program's first instruction, less the time during which this process held a thread: what the
watching costs in between (two changes of process a stop, some microseconds) stays in. While one thread is held the others run on, so
with several busy threads the times are a little short.

Bounds. A program may make millions of system calls: after `max_calls` the kernel is asked not to stop for them any more, and `calls_from`
says since when they are missing. A watcher bounds its breakpoints itself (`take_out`).

Limits. Every process and thread that comes of the program is traced from its first instruction on and stands still until it is let go: so they can be
counted, and no fork escapes (`Limits.tasks`). What they have in memory together is looked at 20 times a second (`Limits.memory`).

The end. The kernel kills all traced processes when this one dies, however it dies (EXITKILL). At the timeout, over a limit, or when the watcher stops it,
the program gets SIGKILL; children that outlive the program are killed too. SIGSTOP and its like are not passed on: a stopped program could not end.
`os.wait4(-1)` may meet children of this process that are not traced: they are remembered in `strangers` with their status.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import struct
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rt0.explain.trace import procfs, ptrace, syscalls

OPTIONS = (
    ptrace.O_TRACESYSGOOD | ptrace.O_TRACEFORK | ptrace.O_TRACEVFORK | ptrace.O_TRACECLONE | ptrace.O_TRACEEXEC | ptrace.O_TRACEEXIT | ptrace.O_EXITKILL
)
_JOB_CONTROL = (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)
_GRACE = 2.0  # seconds between ctrl-C and SIGKILL
MAX_CALLS = 10_000
MAX_TEXTS = 2_000  # system calls whose strings are fetched


class NotPermitted(Exception):
    """The kernel does not let this process trace a child. The message is a sentence that says so."""


class NotStarted(Exception):
    """The program could not be executed. The message says why."""


_running: list[Tracee] = []  # at most one: what ctrl-C ends


def interrupt() -> bool:
    """The user wants the watched program to end. False when none runs. May be called from any thread."""
    for t in _running:
        t.interrupt()
    return bool(_running)


@dataclass(slots=True)
class Limits:
    """What a program and all it starts may take together before they are ended; 0: as much as they like.

    tasks   processes and threads at a time
    memory  resident bytes
    output  bytes to standard output and standard error
    file    bytes of one file that it writes
    """

    tasks: int = 0
    memory: int = 0
    output: int = 0
    file: int = 0


@dataclass(slots=True)
class SystemCall:
    """One call of one thread. Times in seconds of `Tracee.clock`; `result` None while it has not come back; `step` and `within` are the watcher's."""

    tid: int
    number: int
    args: tuple[int, ...]
    texts: tuple[str, ...]
    start: float
    end: float = 0.0
    result: int | None = None
    step: str = ""
    within: str = ""


@dataclass(slots=True)
class Thread:
    """A thread of the program, or of a process that it started (`foreign`)."""

    tid: int
    start: float
    parent: int = 0
    foreign: bool = False
    own_memory: bool = False  # a forked child: breakpoints of its copy are taken out at its first stop
    replaced: bool = False  # a child that has executed another program
    seen: bool = False  # its first stop has been
    end: float | None = None
    call: SystemCall | None = None
    creation: SystemCall | None = None  # the clone that made it
    within: list[str] = field(default_factory=list)  # functions of the watcher that it is in
    signals: list[int] = field(default_factory=list)  # to be delivered when it goes on
    moved: bool = False  # a callback has stepped it away from its breakpoint


Callback = Callable[[Thread, ptrace.Registers], bool | None]  # True: let `go` return


@dataclass(slots=True)
class Breakpoint:
    addr: int
    saved: int  # the byte that int3 replaced
    callback: Callback
    once: bool
    code: bytes  # what stands there


@dataclass(slots=True)
class _Return:
    """Where a function is awaited back: the frame it returns to (`Tracee.frame`), and what to do."""

    frame: tuple[int, int]
    callback: Callback


class Memory:
    """The program's memory, read while it stands or runs; b"" and 0 where there is none."""

    def __init__(self, pid: int) -> None:
        self._fd = os.open(f"/proc/{pid}/mem", os.O_RDONLY | os.O_CLOEXEC)

    def close(self) -> None:
        os.close(self._fd)

    def read(self, addr: int, size: int) -> bytes:
        try:
            return os.pread(self._fd, size, addr)
        except (OSError, OverflowError):
            # The range may end in memory that is not there: what is before it counts.
            end = (addr + size) & ~0xFFF
            if addr < end < addr + size:
                return self.read(addr, end - addr)
            return b""

    def _int(self, addr: int, size: int, signed: bool) -> int:
        return int.from_bytes(self.read(addr, size), "little", signed=signed)

    def u64(self, addr: int) -> int:
        return self._int(addr, 8, False)

    def u32(self, addr: int) -> int:
        return self._int(addr, 4, False)

    def i32(self, addr: int) -> int:
        return self._int(addr, 4, True)

    def u8(self, addr: int) -> int:
        return self._int(addr, 1, False)

    def cstring(self, addr: int, limit: int = 4096) -> str:
        out = b""
        while len(out) < limit:
            part = self.read(addr + len(out), 256 - (addr + len(out)) % 256)
            at = part.find(b"\0")
            if at >= 0 or not part:
                out += part[: max(at, 0)]
                break
            out += part
        return out[:limit].decode("utf-8", "surrogateescape")


def movable(code: bytes) -> bool:
    """Whether an instruction does the same at another address: no jump, no call, nothing relative to RIP. Only what functions begin with is known."""
    i = 0
    while i < len(code) and (code[i] in (0x64, 0x65, 0x66) or 0x40 <= code[i] <= 0x4F):
        i += 1
    if i + 1 >= len(code):
        return False
    op, modrm = code[i], code[i + 1]
    if 0x50 <= op <= 0x57:  # push
        return True
    moves = (0x89, 0x8B, 0x8D, 0xC7)  # mov, lea
    arithmetic = (0x01, 0x03, 0x09, 0x0B, 0x21, 0x23, 0x29, 0x2B, 0x31, 0x33, 0x39, 0x3B, 0x85, 0x81, 0x83)
    return op in moves + arithmetic and modrm & 0xC7 != 0x05


class Tracee:
    """See above. Everything is to be called from the thread that made it."""

    def __init__(self, argv: Sequence[str], path: str = "", env: dict[str, str] | None = None, files: tuple[int, int, int] = (0, 1, 2),
                 timeout: float = 0.0, limits: Limits | None = None) -> None:  # fmt: skip
        self.threads: dict[int, Thread] = {}
        self.everyone: list[Thread] = []  # threads of the program, ended ones too, in the order of their making
        self.children: list[int] = []  # processes it started
        self.programs: dict[int, str] = {}  # process -> what it executed then
        self.breakpoints: dict[int, Breakpoint] = {}
        self.calls: list[SystemCall] = []
        self.calls_from = 0.0  # since when system calls are not seen any more, 0: all were
        self.max_calls = MAX_CALLS
        self.on_call: Callable[[Thread, SystemCall], None] | None = None  # before the call
        self.on_called: Callable[[Thread, SystemCall], None] | None = None  # after it
        self.on_thread: Callable[[Thread], None] | None = None
        self.on_last_look: Callable[[Thread | None], None] | None = None  # the program is about to end; its memory is still there
        # What tells one frame from all others, wherever its goroutine runs then; where stacks move the watcher knows better.
        self.frame: Callable[[ptrace.Registers, int], tuple[int, int]] = lambda _regs, rsp: (0, rsp)
        self.scratch = 0  # where instructions of 16 bytes may be put to be stepped
        self.status: int | None = None  # wait status of the program
        self.rusage = (0.0, 0.0, 0, 0, 0)  # user and system seconds, largest resident KB, page faults, changes of context by force
        self.timed_out = False
        self.limits = limits or Limits()
        self.over = ""  # the limit that it went over, as words
        self.interrupted = False
        self.stopped = False  # killed by us
        self.killed_children = 0
        self.replaced_by = ""  # the program that this one executed in its own place
        self.signals: list[tuple[float, int, int]] = []  # (clock, tid, signal) delivered
        self.stops = 0
        self.strangers: dict[int, int] = {}
        self._returns: dict[int, list[_Return]] = {}
        self._gone: set[int] = set()  # where breakpoints were
        self._scratch_code = b""
        self._early: set[int] = set()  # threads that stopped before the event of their making
        self._held = 0.0
        self._holds: list[tuple[float, float, float]] = []  # when a thread was held: from, to, and how long before
        self._entered = 0.0
        self.pid = self._start(argv, path or argv[0], env, files)
        self.memory = Memory(self.pid)
        self._timers: list[threading.Timer] = []
        self._current = self.pid  # the thread that stopped last
        self._entered = self._t0 = time.perf_counter()
        self._timeout = timeout
        _running.append(self)
        if self.limits.memory:
            threading.Thread(target=self._look_at_memory, daemon=True).start()

    # ---- time

    def clock(self) -> float:
        """Seconds since the first instruction, less those that threads were held."""
        return (self._entered if self._entered else time.perf_counter()) - self._t0 - self._held

    def clock_at(self, at: float) -> float:
        """`clock` at a moment of CLOCK_MONOTONIC, which time.perf_counter reads too. What happens elsewhere while a thread is held happens in one moment."""
        i = bisect_right(self._holds, (at, float("inf"), 0.0)) - 1
        if i < 0:
            return max(at - self._t0, 0.0)
        begin, end, before = self._holds[i]
        return min(at, begin) - self._t0 - before if at <= end else at - self._t0 - before - (end - begin)

    # ---- start and end

    def _start(self, argv: Sequence[str], path: str, env: dict[str, str] | None, files: tuple[int, int, int]) -> int:
        r, w = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.close(r)
                for i, fd in enumerate(files):
                    os.dup2(fd, i + 10 + w, inheritable=True)
                for i in range(3):
                    os.dup2(i + 10 + w, i)
                    os.close(i + 10 + w)
                for s in (signal.SIGPIPE, signal.SIGXFSZ):
                    signal.signal(s, signal.SIG_DFL)
                if self.limits.file:
                    resource.setrlimit(resource.RLIMIT_FSIZE, (self.limits.file, self.limits.file))
                    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                try:
                    ptrace.call(ptrace.TRACEME, 0)
                except OSError as e:
                    os.write(w, struct.pack("<cI", b"T", e.errno or 1))
                    os._exit(1)
                try:
                    os.execve(path, list(argv), dict(os.environ) if env is None else env)
                except OSError as e:
                    os.write(w, struct.pack("<cI", b"X", e.errno or 1))
            finally:
                os._exit(127)
        os.close(w)
        with open(r, "rb") as pipe:
            trouble = pipe.read(5)
        _, status = os.waitpid(pid, ptrace.WALL)
        if len(trouble) == 5:
            kind, error = struct.unpack("<cI", trouble)
            if not os.WIFEXITED(status):  # it was stopped by a signal first
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, ptrace.WALL)
            text = os.strerror(error).lower()
            if kind == b"T":
                raise NotPermitted(f"this system does not let a process trace the program it starts (ptrace: {text})")
            raise NotStarted(f"cannot execute {path}: {text}")
        if not os.WIFSTOPPED(status):
            raise NotStarted(f"{path} ended before its first instruction")
        ptrace.call(ptrace.SETOPTIONS, pid, 0, OPTIONS)
        t = Thread(pid, 0.0, seen=True)
        self.threads[pid] = t
        self.everyone.append(t)
        return pid

    def _after(self, seconds: float, what: Callable[[], None]) -> None:
        timer = threading.Timer(seconds, what)
        timer.daemon = True
        self._timers.append(timer)
        timer.start()

    def _signal(self, sig: int) -> None:
        if self.status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, sig)

    def _expire(self) -> None:
        """The time is over: a stop, so that `go` can look at the program once more; and if it does not come to that, the end."""
        self.timed_out = True
        self._signal(signal.SIGSTOP)
        self._after(1.0, lambda: self._signal(signal.SIGKILL))

    def exceed(self, what: str) -> None:
        """The program went over a limit: it ends. May be called from any thread."""
        if not self.over and not self.timed_out:
            self.over = what
            self._signal(signal.SIGSTOP)
            self._after(1.0, lambda: self._signal(signal.SIGKILL))

    def _look_at_memory(self) -> None:
        while self.status is None and not self.over:
            total = 0
            for pid in (self.pid, *[p for p in list(self.children) if p in self.threads]):
                total += procfs.resident_now(pid)
            if total > self.limits.memory:
                self.exceed(f"it had more than {self.limits.memory >> 20} MB in memory")
            time.sleep(0.05)

    def interrupt(self) -> None:
        """ctrl-C: the terminal has sent it to the program as well, which may end as it likes; soon, or at the second ctrl-C, it must."""
        if not self.interrupted:
            self.interrupted = True
            self._after(_GRACE, self._expire_interrupted)
        else:
            self._expire_interrupted()

    def _expire_interrupted(self) -> None:
        self._signal(signal.SIGSTOP)
        self._after(1.0, lambda: self._signal(signal.SIGKILL))

    def kill(self) -> None:
        """End the program and all it started, and wait for that."""
        self._signal(signal.SIGKILL)
        self._sweep()

    def _sweep(self) -> None:
        """End every traced process, those too that were being made and were not met yet: none can make more once it is told to die."""
        while True:
            try:
                tid, status, usage = os.wait4(-1, ptrace.WALL | os.WNOHANG)
            except ChildProcessError:
                break
            if not tid:
                left = _traced()
                if not left:
                    break
                for t in left:
                    with contextlib.suppress(OSError):
                        os.kill(t, signal.SIGKILL)
                time.sleep(0.001)
            elif os.WIFSTOPPED(status):  # on its way out, or not begun yet
                with contextlib.suppress(OSError):
                    if status >> 16 != ptrace.EVENT_EXIT:
                        os.kill(tid, signal.SIGKILL)
                    ptrace.call(ptrace.CONT, tid, 0, 0)
            else:
                self._thread_ended(tid, status, usage)

    def close(self) -> None:
        """Nothing of the program is left after this."""
        if self in _running:
            _running.remove(self)
        if self.status is None:
            self.kill()
        for t in self._timers:
            t.cancel()
        self.memory.close()

    def _end_children(self) -> None:
        """Processes that the program started and left behind."""
        alive = [t for t in self.threads.values() if t.foreign]
        self.killed_children += len({p for p in self.children if any(t.tid == p for t in alive)})
        if alive:
            self._sweep()

    # ---- breakpoints

    def break_at(self, addr: int, code: bytes, callback: Callback, *, once: bool = False) -> None:
        """Stop at an instruction; `code` is what stands there (15 bytes, from the file). Without `once` again and again, if that can be (see above)."""
        if addr in self.breakpoints:
            return
        once = once or not (self.scratch and movable(code))
        self.breakpoints[addr] = Breakpoint(addr, ptrace.poke_byte(self._stopped_tid(), addr, 0xCC), callback, once, code)

    def take_out(self, addr: int) -> None:
        b = self.breakpoints.pop(addr, None)
        if b is not None:
            ptrace.poke_byte(self._stopped_tid(), addr, b.saved)
            self._gone.add(addr)

    def on_return(self, thread: Thread, regs: ptrace.Registers, callback: Callback) -> None:
        """Called at the first instruction of a function: `callback` runs when this call of it has returned."""
        self._await(self.memory.u64(regs.rsp), self.frame(regs, regs.rsp + 8), callback)

    def pause_after_call(self, regs: ptrace.Registers, addr: int) -> None:
        """Let `go` return when the function that is about to be called has come back to `addr`."""
        self._await(addr, self.frame(regs, regs.rsp), lambda _thread, _regs: True)

    def _await(self, addr: int, frame: tuple[int, int], callback: Callback) -> None:
        self._returns.setdefault(addr, []).append(_Return(frame, callback))
        if addr not in self.breakpoints:
            self.break_at(addr, self.memory.read(addr, 15), self._returned)
            self.breakpoints[addr].once = False  # one that cannot be moved is put back and stepped in its place (_step_over)

    def _returned(self, thread: Thread, regs: ptrace.Registers) -> bool | None:
        waiting = self._returns.get(regs.rip, [])
        pause = False
        frame = self.frame(regs, regs.rsp)
        for r in list(waiting):
            if r.frame == frame:
                waiting.remove(r)
                pause = bool(r.callback(thread, regs)) or pause
        if not waiting:
            self._returns.pop(regs.rip, None)
            self.take_out(regs.rip)
        return pause

    def _stopped_tid(self) -> int:
        """A thread through which memory may be written now: the one that stopped last."""
        return self._current

    # ---- the loop

    def single_step(self, thread: Thread) -> bool:
        """One instruction of a thread; signals that come in between are kept for later. False when the thread is gone."""
        while True:
            try:
                ptrace.call(ptrace.SINGLESTEP, thread.tid, 0, 0)
                status = self._wait_for_step(thread.tid)
            except OSError:
                return False
            if status < 0:
                return False
            if not os.WIFSTOPPED(status):
                self._thread_ended(thread.tid, status, None)
                return False
            sig = os.WSTOPSIG(status)
            if sig == signal.SIGTRAP and not status >> 16:
                return True
            if status >> 16:
                return False  # an exit; the loop meets it again as the thread's end
            if sig == signal.SIGSTOP and (self.timed_out or self.interrupted or self.over):
                self.stopped = True
                return False
            if sig not in _JOB_CONTROL:
                thread.signals.append(sig)
                if sig in (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE):
                    return True  # the instruction faults: its handler must see it

    def _wait_for_step(self, tid: int) -> int:
        """The wait status of a thread that makes a step; -1 for the main thread when it has ended before the others: its end is told last, after theirs."""
        if tid != self.pid:
            return os.waitpid(tid, ptrace.WALL)[1]
        tries = 0
        while True:
            done, status = os.waitpid(tid, ptrace.WALL | os.WNOHANG)
            if done:
                return status
            tries += 1
            if tries > 100:
                if procfs.stat(tid).state in "ZX":
                    return -1
                time.sleep(0.0001)

    def go(self, thread: Thread | None = None) -> Thread | None:
        """Let the program run: all of it, after `thread` was held. Returns the thread that a callback wants held, or None at the end."""
        if self._timeout > 0:  # from here on, not while the watcher prepares
            self._after(self._timeout, self._expire)
            self._timeout = 0.0
        if thread is not None:
            self._resume(thread)
        while self.status is None:
            if self.stopped:
                self.kill()
                break
            if self._entered:
                now = time.perf_counter()
                self._holds.append((self._entered, now, self._held))
                self._held += now - self._entered
            self._entered = 0.0
            try:
                tid, status, usage = os.wait4(-1, ptrace.WALL)
            except ChildProcessError:
                break
            self._entered = time.perf_counter()
            self.stops += 1
            if not os.WIFSTOPPED(status):
                self._thread_ended(tid, status, usage)
                continue
            t = self.threads.get(tid)
            if t is None:
                if status >> 16 == ptrace.EVENT_EXIT:  # it ends before it has begun
                    with contextlib.suppress(OSError):
                        ptrace.call(ptrace.CONT, tid)
                elif _is_traced(tid):
                    self._early.add(tid)  # resumed when the event of its making comes
                continue
            self._current = tid
            try:
                pause = self._stopped_at(t, status)
            except ProcessLookupError:  # killed meanwhile
                pause = False
            if self.stopped:
                continue
            if pause:
                return t
            self._resume(t)
        self._end_children()
        return None

    def _resume(self, t: Thread) -> None:
        sig = 0
        if t.signals:
            sig = t.signals.pop(0)
            for other in t.signals:
                with contextlib.suppress(OSError):
                    ptrace.tgkill(self.pid, t.tid, other)
            t.signals.clear()
        request = ptrace.CONT if t.foreign or self.calls_from else ptrace.SYSCALL
        with contextlib.suppress(ProcessLookupError):
            ptrace.call(request, t.tid, 0, sig)

    def _stopped_at(self, t: Thread, status: int) -> bool | None:
        sig, event = os.WSTOPSIG(status), status >> 16
        if event:
            return self._event(t, event)
        if sig == signal.SIGTRAP | 0x80:
            self._system_call(t)
            return False
        if sig == signal.SIGTRAP:
            return self._trap(t)
        if sig == signal.SIGSTOP and not t.seen:
            self._first_stop(t)
            return False
        if sig == signal.SIGSTOP and not t.foreign and (self.timed_out or self.interrupted or self.over):
            if self.on_last_look:
                self.on_last_look(t)
            self.stopped = True
            return False
        if sig not in _JOB_CONTROL:
            t.signals.append(sig)
            if not t.foreign:
                self.signals.append((self.clock(), t.tid, sig))
        return False

    def _first_stop(self, t: Thread) -> None:
        t.seen = True
        if t.own_memory:
            for b in self.breakpoints.values():
                ptrace.poke_byte(t.tid, b.addr, b.saved)

    def _event(self, t: Thread, event: int) -> bool:
        if event in (ptrace.EVENT_CLONE, ptrace.EVENT_FORK, ptrace.EVENT_VFORK):
            self._new_thread(t, ptrace.event_message(t.tid), event)
        elif event == ptrace.EVENT_EXEC:
            self._executed(t)
        elif event == ptrace.EVENT_EXIT and not t.foreign:
            code = ptrace.event_message(t.tid)
            if (code & 0x7F or t.tid == self.pid) and self.on_last_look:
                self.on_last_look(t)
        return False

    def _new_thread(self, maker: Thread, tid: int, event: int) -> None:
        if self.limits.tasks and len(self.threads) >= self.limits.tasks and not self.over:
            self.over = f"it had more than {self.limits.tasks} processes and threads at a time"
            if self.on_last_look:
                self.on_last_look(maker if not maker.foreign else None)
            self.stopped = True
        foreign = maker.foreign or _group(tid) not in (self.pid, 0)
        new = Thread(tid, self.clock(), maker.tid, foreign, own_memory=foreign and event == ptrace.EVENT_FORK and not maker.replaced, replaced=maker.replaced)
        new.creation = maker.call
        self.threads[tid] = new
        if not foreign:
            self.everyone.append(new)
            if self.on_thread:
                self.on_thread(new)
        elif _group(tid) == tid:
            self.children.append(tid)
        if tid in self._early:
            self._early.discard(tid)
            self._first_stop(new)
            self._resume(new)

    def _executed(self, t: Thread) -> None:
        """A process has executed another program: its other threads are gone, and with its memory our breakpoints."""
        if t.foreign:
            t.replaced = True
            with contextlib.suppress(OSError):
                self.programs[t.tid] = os.readlink(f"/proc/{t.tid}/exe")
            return
        former = ptrace.event_message(t.tid)
        for tid in [x.tid for x in self.threads.values() if not x.foreign and x.tid != t.tid]:
            self._forget(tid)
        if former != t.tid:
            t.call = None
        try:
            self.replaced_by = os.readlink(f"/proc/{self.pid}/exe")
        except OSError:
            self.replaced_by = "another program"
        self.breakpoints.clear()
        self._returns.clear()
        self._gone.clear()
        self.memory.close()
        self.memory = Memory(self.pid)

    def _system_call(self, t: Thread) -> None:
        op, value, args = ptrace.syscall_info(t.tid)
        if op == ptrace.SYSCALL_ENTRY:
            texts: tuple[str, ...] = ()
            if len(self.calls) < MAX_TEXTS:
                texts = syscalls.pointed(value, args, self.memory.read)
            t.call = SystemCall(t.tid, value, args, texts, self.clock())
            self.calls.append(t.call)
            if self.on_call:
                self.on_call(t, t.call)
            if len(self.calls) >= self.max_calls:
                self.calls_from = self.clock()
        elif op == ptrace.SYSCALL_EXIT and t.call is not None:
            t.call.end = self.clock()
            t.call.result = value
            if self.on_called:
                self.on_called(t, t.call)
            t.call = None

    def _trap(self, t: Thread) -> bool | None:
        regs = ptrace.registers(t.tid)
        addr = regs.rip - 1
        b = self.breakpoints.get(addr)
        if t.replaced or b is None:
            if addr in self._gone and not t.replaced:  # it was taken out while this thread was about to stop there
                regs["rip"] = addr
                ptrace.set_registers(t.tid, regs)
            else:
                t.signals.append(signal.SIGTRAP)
            return False
        regs["rip"] = addr
        pause: bool | None = False
        if b.once and not t.foreign:
            self.take_out(addr)
        ptrace.set_registers(t.tid, regs)
        if not t.foreign:
            t.moved = False
            pause = b.callback(t, regs)
        if addr in self.breakpoints and not pause and not t.moved:
            self._step_over(t, b, regs)
        return pause

    def _step_over(self, t: Thread, b: Breakpoint, regs: ptrace.Registers) -> None:
        if not (self.scratch and movable(b.code)):
            ptrace.poke_byte(t.tid, b.addr, b.saved)
            if self.single_step(t) and b.addr in self.breakpoints:
                ptrace.poke_byte(t.tid, b.addr, 0xCC)
            return
        if self._scratch_code != b.code:
            for i in range(0, 16, 8):
                ptrace.call(ptrace.POKETEXT, t.tid, self.scratch + i, int.from_bytes(b.code[i : i + 8].ljust(8, b"\x90"), "little"))
            self._scratch_code = b.code
        regs["rip"] = self.scratch
        ptrace.set_registers(t.tid, regs)
        if self.single_step(t):
            regs = ptrace.registers(t.tid)
            if self.scratch <= regs.rip <= self.scratch + 16:
                regs["rip"] = b.addr + regs.rip - self.scratch
                ptrace.set_registers(t.tid, regs)

    def _forget(self, tid: int) -> None:
        t = self.threads.pop(tid, None)
        if t is not None:
            t.end = self.clock()

    def _note_end(self, status: int, usage: object) -> None:
        self.status = status
        self._forget(self.pid)
        u = usage
        self.rusage = tuple(getattr(u, n, 0) for n in ("ru_utime", "ru_stime", "ru_maxrss", "ru_minflt", "ru_nivcsw"))  # type: ignore[assignment]

    def _thread_ended(self, tid: int, status: int, usage: object) -> None:
        if tid == self.pid:
            self._note_end(status, usage)
        elif tid in self.threads:
            self._forget(tid)
        else:
            self.strangers[tid] = status


def _group(tid: int) -> int:
    """The process that a thread belongs to; 0 when it is gone."""
    try:
        with open(f"/proc/{tid}/status") as f:
            for line in f:
                if line.startswith("Tgid:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def _is_traced(tid: int) -> bool:
    """Whether this thread traces that one (other children of the process may be waited for as well)."""
    try:
        with open(f"/proc/{tid}/status") as f:
            return any(line.startswith("TracerPid:") and int(line.split()[1]) == threading.get_native_id() for line in f)
    except OSError:
        return False


def _traced() -> list[int]:
    """The processes that this thread traces."""
    out = []
    for name in os.listdir("/proc"):
        if name.isdigit() and _is_traced(int(name)):
            out.append(int(name))
    return out
