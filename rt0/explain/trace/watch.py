"""What is watched in a Go program, from the kernel's hand-over to its exit: fills a `Run`, from which the collectors of steps 12 to 20 take their facts.

    before the first instruction   mappings, state of the process, auxiliary vector, initial stack
    entry to mstart                single steps through _rt0_amd64_linux, _rt0_amd64, runtime.rt0_go; the functions they call run, watched
    the start functions            breakpoints, met once: when each is entered and returns, the system calls in it, the runtime's state before and after
    gogo                           single steps, the first time: the thread changes its stack
    runtime.main                   each step of initialisation with its time and its allocations
    from the first goroutine on    newproc1 (births), up to MAX_HITS stops, then no more; who runs where, and collections: of rt0's programs from the execution
                                   trace that the runtime keeps for us (exectrace.py), of others by stops at gogo, mcall and gcStart

A function that this executable does not name (inlined, another runtime, stripped) is left out; the collectors say what is missing. gc's runtime
has the same names for nearly all. Arguments are in registers in both, gc's order is AX BX CX.

`watch` runs the program to its end, or to `timeout`, and leaves nothing of it behind.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from rt0.diag import CompileError
from rt0.explain.facts.mstart import Arrival
from rt0.explain.facts.newproc import Goroutine
from rt0.explain.facts.process import Instruction, State
from rt0.explain.facts.run import Collection, Slice, Waiting, WorldStop
from rt0.explain.trace import exectrace, procfs, ptrace, syscalls
from rt0.explain.trace.executable import Executable
from rt0.explain.trace.goruntime import GoRuntime
from rt0.explain.trace.output import Stream
from rt0.explain.trace.process import Limits, SystemCall, Thread, Tracee
from rt0.obj.objdump import Disassembler, Image
from rt0.obj.objdump import Instruction as Decoded

# schedinit's children in the order of its source: rt0's runtime/proc.go, gc's runtime/proc.go (go1.27)
RT0_CHILDREN = (
    "stackinit randinit mallocinit getGodebugEarly cpuinit alginit mcommoninit modulesinit itabsinit goargs goenvs parsedebugvars sigsave gcinit procresize"
).split()
GC_CHILDREN = (
    "getGodebugEarly moduledataverify stackinit randinit mallocinit cpuinit mcommoninit modulesinit typelinksinit itabsinit stkobjinit sigsave goargs goenvs "
    "secure checkfds parseRuntimeDebugVars finishDebugVarsSetup gcinit mProfStackInit defaultGOMAXPROCSInit procresize"
).split()

MAX_STEPS = 400  # single steps through the entry
MAX_HITS = 4_000  # stops at the functions that schedule and make goroutines
MAX_SLICES = 20_000  # of goroutines on threads that are kept
MAX_BIRTHS = 10_000
MAX_GS = 2_000  # goroutines looked at in the end
MAX_STACK = 1 << 20  # bytes of initial stack that are read
_WHY = {"runtime.Gosched": "gave way", "preempted": "preempted"}
_AT_ENTRY = 9
_INIT_DONE = 2  # state of gc's initTask: initialised before, with the runtime's


@dataclass(slots=True)
class RawSpan:
    """A call of a watched function. Times in seconds; end -1: it did not return; allocs, bytes: of the heap until its entry, and until its return."""

    name: str
    tid: int
    depth: int
    step: str
    start: float
    cpu_start: float
    end: float = -1.0
    cpu_end: float = -1.0
    before: State | None = None
    after: State | None = None
    calls: list[SystemCall] = field(default_factory=list)
    target: int = 0  # code that the function was given to run
    allocs: tuple[int, int] = (-1, -1)
    bytes: tuple[int, int] = (-1, -1)


@dataclass(slots=True)
class Run:
    """One watched run. `trouble`: why there was none, or only part of it."""

    exe: Executable
    path: str
    argv: list[str]
    trouble: str = ""
    untraced: bool = False  # it ran without ptrace (untraced.py)
    printed_inits: list[tuple[str, float, float, int, int]] = field(default_factory=list)  # of an untraced run: package, at ms, clock ms, bytes, allocs
    pid: int = 0
    # before the first instruction
    regs: ptrace.Registers | None = None
    bias: int = 0
    maps: list[procfs.MapsLine] = field(default_factory=list)
    stat: procfs.Stat | None = None
    auxv: list[tuple[int, int]] = field(default_factory=list)
    stack: bytes = b""  # from RSP to the end of the mapping
    affinity: list[int] = field(default_factory=list)
    # the start
    path_of_entry: list[str] = field(default_factory=list)
    instructions: list[Instruction] = field(default_factory=list)
    fs: int = 0
    argc_argv: tuple[int, int] = (0, 0)
    g0_m: int = 0
    spans: list[RawSpan] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    first_g: Goroutine | None = None
    first_pc: int = 0
    gogo: list[Instruction] = field(default_factory=list)
    gogo_sp: tuple[int, int] = (0, 0)
    gogo_goid: int = 0
    gogo_lands: int = 0
    page_size: int = -1
    huge_page: int = -1
    ncpu: int = -1
    cpu_features: list[str] = field(default_factory=list)
    processors: list[tuple[int, str, int]] = field(default_factory=list)  # id, status, number of the M
    maxstacksize: int = -1
    # the run
    main_at: float = -1.0  # runtime.main
    user_at: float = -1.0  # main.main
    births: list[Goroutine] = field(default_factory=list)
    slices: list[Slice] = field(default_factory=list)
    collections: list[Collection] = field(default_factory=list)
    world_stops: list[WorldStop] = field(default_factory=list)
    trace: exectrace.Trace | None = None  # what the runtime kept for us
    ntraced: int = -1  # goroutines that it saw being made
    hits_until: float = 0.0  # when stops ceased, 0: never
    births_until: float = 0.0  # since when births and slices are not all there, 0: they are
    slices_until: float = 0.0
    calls: list[SystemCall] = field(default_factory=list)
    calls_until: float = 0.0
    threads: list[Thread] = field(default_factory=list)
    m_of_thread: dict[int, int] = field(default_factory=dict)
    roles: dict[int, str] = field(default_factory=dict)
    signals: list[tuple[float, int, int]] = field(default_factory=list)
    children: list[tuple[int, str]] = field(default_factory=list)
    # the end
    status: int | None = None
    took: float = 0.0
    wall: float = 0.0
    stops: int = 0
    timed_out: bool = False
    over: str = ""  # the limit it went over
    interrupted: bool = False
    replaced_by: str = ""
    killed_children: int = 0
    rusage: tuple[float, float, int, int, int] = (0.0, 0.0, 0, 0, 0)
    peak: int = -1  # bytes in memory at most
    waiting: list[Waiting] = field(default_factory=list)
    numgc: int = -1
    gc_pause: float = -1.0
    heap_live: int = -1
    out: Stream | None = None
    err: Stream | None = None

    def function(self, name: str) -> list[RawSpan]:
        return [s for s in self.spans if s.name == name]

    def calls_of(self, step: str) -> list[SystemCall]:
        return [c for c in self.calls if c.step == step]


def watch(exe: Executable, path: str, argv: list[str], *, timeout: float = 0.0, env: dict[str, str] | None = None, stdin: int = 0, pass_to: int = 2,
          limits: Limits | None = None) -> Run:  # fmt: skip
    """Run a program under observation. NotPermitted where the kernel does not allow that, NotStarted when it cannot be executed.

    timeout  seconds, 0 for none
    pass_to  descriptor to which the program's output is passed on, -1 for none
    """
    tracee: Tracee | None = None

    def written(_: int) -> None:
        if limits is not None and limits.output and tracee is not None and out.total + err.total > limits.output:
            tracee.exceed(f"it wrote more than {limits.output >> 20} MB")

    out, err = Stream(pass_to, written), Stream(pass_to, written)
    begun = time.perf_counter()
    try:
        try:
            tracee = Tracee(argv, path, env, (stdin, out.fd, err.fd), timeout, limits)
        finally:
            out.started()
            err.started()
        w = _Watcher(exe, path, argv, tracee)
        w.run.out, w.run.err = out, err
        w.watch()
    finally:
        if tracee is not None:
            tracee.close()
        out.finish()
        err.finish()
    w.run.wall = time.perf_counter() - begun
    return w.run


class _Watcher:
    """What `watch` does."""

    def __init__(self, exe: Executable, path: str, argv: list[str], tracee: Tracee) -> None:
        self.exe = exe
        self.t = tracee
        self.memory = tracee.memory
        self.run = Run(exe, path, argv, pid=tracee.pid)
        self.go = GoRuntime(exe, tracee.memory, tracee.pid)
        self.step = "entry"
        self.hits = 0
        self.repeated: list[int] = []  # breakpoints that MAX_HITS bounds
        self.open: dict[int, Slice] = {}  # thread -> the goroutine on it
        self.alive: dict[int, Goroutine] = {}  # goid -> as it was made
        self.traced = False  # the runtime keeps an execution trace
        self.stepped = 0  # the instruction of rt0_go that runs
        self.sources: dict[str, list[str]] = {}
        self.decoded: dict[int, Decoded] = {}
        self.disassembler: Disassembler | None = None

    def watch(self) -> None:
        t, run = self.t, self.run
        main = t.threads[t.pid]
        self._before_the_first_instruction()
        t.on_call = self._on_call
        t.on_last_look = self._last_look
        if not self.exe.by_rt0:
            t.frame = self._frame
        if not self.exe.address("runtime.rt0_go"):
            why = "has no symbols" if self.exe.stripped else "has no function runtime.rt0_go"
            run.trouble = f"The executable {why}, so the functions of its start cannot be watched: only what the kernel sees is shown."
        else:
            held: Thread | None = main
            if run.regs is not None and run.regs.rip != self.exe.entry + run.bias:  # the dynamic loader runs first
                t.break_at(self.exe.entry + run.bias, self._code(self.exe.entry + run.bias), lambda _thread, _regs: True, once=True)
                held = t.go(main)
            if held is not None:
                self._set_breakpoints()
                held = self._through_the_entry(main)
            if held is None:
                t.go()
                self._finish()
                return
        t.go(main)
        self._finish()

    # ---- before the first instruction

    def _before_the_first_instruction(self) -> None:
        run, pid = self.run, self.t.pid
        run.regs = regs = ptrace.registers(pid)
        run.maps = procfs.maps(pid)
        run.stat = procfs.stat(pid)
        run.stat.rss = procfs.resident(pid)
        with open(f"/proc/{pid}/auxv", "rb") as f:
            run.auxv = procfs.auxv(f.read())
        run.bias = self.exe.bias = dict(run.auxv).get(_AT_ENTRY, self.exe.entry) - self.exe.entry
        run.affinity = sorted(os.sched_getaffinity(pid))
        end = next((m.end for m in run.maps if m.start <= regs.rsp < m.end), regs.rsp)
        run.stack = self.memory.read(regs.rsp, min(end - regs.rsp, MAX_STACK))

    # ---- breakpoints

    def _code(self, addr: int) -> bytes:
        return self.exe.static_bytes(addr, 16).ljust(16, b"\x90")

    def _at(self, name: str, callback: Callable[[Thread, ptrace.Registers], bool | None], *, once: bool = True) -> None:
        addr = self.exe.address(name)
        if addr:
            self.t.break_at(addr, self._code(addr), callback, once=once)
            if not once:
                self.repeated.append(addr)

    def _set_breakpoints(self) -> None:
        exe, t = self.exe, self.t
        _, at, end = exe.function_at(exe.address("runtime.rt0_go"))
        t.scratch = at if end - at >= 64 else 0
        for name in ("check", "args", "osinit"):
            self._span(name, "check")
        self._span("schedinit", "schedinit", state=True)
        for name in RT0_CHILDREN if exe.by_rt0 else GC_CHILDREN:
            self._span(name, "schedinit", state=True)
        self._span("newproc", "newproc")
        for name, step in (("mstart", "mstart"), ("schedule", ""), ("execute", ""), ("main", "main"), ("lockOSThread", ""), ("unlockOSThread", "")):
            self._arrival(name, step)
        for name in ("gcenable", "doInit"):
            self._span(name, "")
        self._at("runtime.sysmon", self._sysmon)
        self._at("main.main", self._user_main)
        # Those that are met again and again. Where that cannot be, once.
        self._at("runtime.newproc1", self._newproc1, once=False)
        self._at("runtime.doInit1", self._init_step, once=False)
        self._at("runtime.gogo", self._gogo, once=False)
        self._at("runtime.mcall", self._mcall, once=False)
        self._at("runtime.gcStart", self._gc_start, once=False)

    def _arrive(self, name: str, thread: Thread, regs: ptrace.Registers, step: str) -> None:
        if step:
            self.step = step
        self.run.arrivals.append(Arrival(name, self.t.clock(), regs.rsp))

    def _arrival(self, name: str, step: str) -> None:
        def met(thread: Thread, regs: ptrace.Registers) -> None:
            self._arrive("runtime." + name, thread, regs, step)
            if name == "main":
                self.run.main_at = self.t.clock()
                self._keep_trace(thread)

        self._at("runtime." + name, met)

    def _keep_trace(self, thread: Thread) -> None:
        """Nothing runs yet but the first goroutine: from here on the runtime tells itself who runs where, if it can."""
        at = exectrace.switch(self.exe)
        if not at:
            return
        ptrace.poke_byte(thread.tid, at, 1)
        self.traced = True
        for name in ("gogo", "mcall", "gcStart"):
            self.t.take_out(self.exe.address("runtime." + name))
        self.open.clear()

    def _span(self, name: str, step: str, *, state: bool = False) -> None:
        def met(thread: Thread, regs: ptrace.Registers) -> None:
            self._arrive("runtime." + name, thread, regs, step)
            done = {"newproc": self._first_queue, "schedinit": self._scheduler_ready}.get(name)
            self._enter("runtime." + name, thread, regs, state=state, done=done)

        self._at("runtime." + name, met)

    def _enter(self, name: str, thread: Thread, regs: ptrace.Registers, *, state: bool = False, done: Callable[[ptrace.Registers], None] | None = None) -> RawSpan:
        s = RawSpan(name, thread.tid, len(thread.within), self.step, 0.0, 0.0)
        if state:
            s.before = self.go.state()
        self.run.spans.append(s)
        thread.within.append(name)

        def back(now: Thread, regs: ptrace.Registers) -> None:
            s.end = self.t.clock()
            s.cpu_end = procfs.cpu_time(self.t.pid, thread.tid) if now is thread else -1.0
            if name in thread.within:
                del thread.within[thread.within.index(name) :]
            if state:
                s.after = self.go.state()
            if done is not None:
                done(regs)

        self.t.on_return(thread, regs, back)
        s.start = self.t.clock()
        s.cpu_start = procfs.cpu_time(self.t.pid, thread.tid)
        return s

    def _frame(self, regs: ptrace.Registers, rsp: int) -> tuple[int, int]:
        """gc moves the stacks of goroutines: a frame is the goroutine's and so far below the end of its stack."""
        g = self.go.current_g(regs["fs_base"])
        return g, self.go.stack(g)[1] - rsp

    def _hit(self) -> None:
        """Counts a stop at a breakpoint that stays."""
        self.hits += 1
        if self.hits >= MAX_HITS and not self.run.hits_until:
            self.run.hits_until = self.t.clock()
            for addr in self.repeated:
                self.t.take_out(addr)

    # ---- entry

    def _through_the_entry(self, main: Thread) -> Thread | None:
        """Single steps until the jump into mstart. The thread, held; None when the program has ended meanwhile."""
        run = self.run
        inside = ("_rt0_amd64_linux", "_rt0_amd64", "runtime.rt0_go")
        regs = ptrace.registers(main.tid)
        for _ in range(MAX_STEPS):
            name = self.exe.function_at(regs.rip)[0]
            if name not in inside:
                break
            if not run.path_of_entry or run.path_of_entry[-1] != name:
                run.path_of_entry.append(name)
            if name == "runtime.rt0_go" and run.argc_argv == (0, 0):
                run.argc_argv = regs["rdi"] & 0xFFFFFFFF, regs["rsi"]
            step = self._one_step(main, regs, inside)
            if step is None:
                return None
            instruction, regs = step
            run.instructions.append(instruction)
        run.fs = regs["fs_base"]
        m0, g0 = self.exe.address("runtime.m0"), self.exe.address("runtime.g0")
        run.g0_m = self.go.m_of(g0) if g0 and m0 else 0
        return main

    def _one_step(self, thread: Thread, regs: ptrace.Registers, inside: tuple[str, ...]) -> tuple[Instruction, ptrace.Registers] | None:
        """Execute the instruction that the thread stands at; a function that it calls runs to its end."""
        addr = self.stepped = regs.rip
        code = self._code(addr)
        decoded = self._decoded(addr)
        size, plan9, intel = (len(decoded.code), decoded.plan9, decoded.intel) if decoded is not None else (0, "", "")
        file, line = self.exe.where(addr)
        i = Instruction(addr, self.exe.name_at(addr), "", plan9, intel, self._source(file, line), file, line, {})
        before = regs
        if addr in self.t.breakpoints:  # its first byte is int3
            self._meet(thread, regs, inside)
        called = addr + 5 if code[0] == 0xE8 else addr + 2 if code[:1] == b"\xff" and code[1] & 0x38 == 0x10 and code[1] >= 0xC0 else 0
        if called:
            to = addr + 5 + int.from_bytes(code[1:5], "little", signed=True) if code[0] == 0xE8 else 0
            target = self.exe.function_at(to)[0]
            if target == "runtime.mstart":
                called = 0  # it does not come back
            else:
                self.t.pause_after_call(regs, called)
                held = self.t.go(thread)
                if held is None:
                    return None
                i.call = f"{target or 'a function'} ran"
        if not called:
            if code[:2] == b"\x0f\x05":
                number, args = regs["rax"], tuple(regs[r] for r in ("rdi", "rsi", "rdx", "r10", "r8", "r9"))
                call = SystemCall(thread.tid, number, args, syscalls.pointed(number, args, self.memory.read), self.t.clock(), step=self.step)
                self.t.calls.append(call)
            if not self.t.single_step(thread):
                return None
            self._unstep(thread, addr)
        regs = ptrace.registers(thread.tid)
        if not size:  # no disassembler: where the next one begins tells, but for jumps
            size = 5 if code[0] in (0xE8, 0xE9) else 2 if code[0] == 0xEB else regs.rip - addr if 0 < regs.rip - addr < 16 else 0
        i.code = code[:size].hex()
        if not called and code[:2] == b"\x0f\x05":
            call.end, call.result = self.t.clock(), regs["rax"] - (1 << 64) if regs["rax"] >> 63 else regs["rax"]
            i.call = syscalls.shown(call.number, call.args, call.texts, call.result)
        if not called:
            names = [n for n in ptrace.REGISTERS if n not in ("rip", "orig_rax", "eflags", "cs", "ss", "ds", "es", "fs", "gs")]
            i.changed = {n: [before[n], regs[n]] for n in names if before[n] != regs[n]}
        return i, regs

    def _meet(self, thread: Thread, regs: ptrace.Registers, inside: tuple[str, ...]) -> None:
        """The thread stands at a breakpoint: what is to be done there is done, unless that is what steps, and the instruction is put back."""
        b = self.t.breakpoints[regs.rip]
        if inside:
            b.callback(thread, regs)
        if regs.rip in self.t.breakpoints:
            if b.once:
                self.t.take_out(b.addr)
            else:
                ptrace.poke_byte(thread.tid, b.addr, b.saved)

    def _unstep(self, thread: Thread, addr: int) -> None:
        """After a step away from a breakpoint that stays."""
        if addr in self.t.breakpoints:
            ptrace.poke_byte(thread.tid, addr, 0xCC)

    def _decoded(self, addr: int) -> Decoded | None:
        """The instruction at an address of a function; None without a disassembler."""
        if addr not in self.decoded:
            try:
                if self.disassembler is None:
                    self.disassembler = Disassembler(Image(self.exe.data), True)
                bias = self.exe.bias
                for at, size, _, section in self.disassembler.image.functions:
                    if at <= addr - bias < at + size:
                        self.decoded |= {i.addr + bias: i for i in self.disassembler.function(at, size, section)}
            except CompileError:
                return None
        return self.decoded.get(addr)

    def _source(self, file: str, line: int) -> str:
        if not file or not line:
            return ""
        if file not in self.sources:
            try:
                with open(file, encoding="utf-8", errors="replace") as f:
                    self.sources[file] = f.read().split("\n")
            except OSError:
                self.sources[file] = []
        text = self.sources[file]
        return text[line - 1].strip().replace("\t", " ") if line <= len(text) else ""

    # ---- the first goroutine

    def _first_queue(self, regs: ptrace.Registers) -> None:
        """newproc has returned: the first goroutine is in its queue."""
        g = self.run.first_g
        if g is not None:
            g.queue = self.go.queue_of(g.addr, self.go.p_of(self.go.m_of(self.go.current_g(regs["fs_base"]))))

    def _newproc1(self, thread: Thread, regs: ptrace.Registers) -> None:
        self._hit()
        order = ("rax", "rcx", "rdx") if self.exe.by_rt0 else ("rax", "rbx", "rcx")
        fn, maker, pc = (regs[r] for r in order)
        entry = self.memory.u64(fn) if fn else 0
        parent = self.go.goid(maker) if maker else 0
        first = not self.run.births

        def made(thread: Thread, regs: ptrace.Registers) -> None:
            g = regs["rax"]
            name = self.exe.function_at(entry)[0]
            file, line = self.exe.where(entry)
            made_at = pc - 1
            creator, _, _ = self.exe.function_at(made_at)
            if creator == "runtime.newproc":  # the wrapper through which gc's assembly calls it
                made_at = self.stepped
                creator, _, _ = self.exe.function_at(made_at)
            made_file, made_line = self.exe.where(made_at)
            low, high = self.go.stack(g)
            b = Goroutine(self.go.goid(g), parent, g, self.go.status(g), name, file, line, creator, made_file, made_line, low, high, "",
                          name.startswith("runtime.") and name != "runtime.main", self.t.clock())  # fmt: skip
            self.run.births.append(b)
            self.alive[b.goid] = b
            if first:
                self.run.first_g, self.run.first_pc = b, self.go.word("g", g, "sched.pc")

        self.t.on_return(thread, regs, made)

    def _scheduler_ready(self, regs: ptrace.Registers) -> None:
        """schedinit has returned: its Ps."""
        go = self.go
        self.run.processors = [(go.p_id(p), go.p_status(p), go.m_id(go.word("p", p, "m"))) for p in go.all_ps()]
        self._facts_of_start()

    # ---- goroutines on threads

    def _gogo(self, thread: Thread, regs: ptrace.Registers) -> None:
        self._hit()
        if self.exe.by_rt0:
            g = regs["rcx"]
        else:
            at = self.exe.field("gobuf", "g")
            g = self.memory.u64(self.memory.u64(regs.rsp + 8) + at) if at is not None else 0
        goid = self.go.goid(g)
        m = self.go.m_of(g)
        now = self.t.clock()
        before = self.open.get(thread.tid)
        if before is not None and before.goid == goid:
            return  # back from a change of its stack
        self._leave(thread.tid, now, "another goroutine")
        self.run.m_of_thread.setdefault(thread.tid, self.go.m_id(m))
        self.open[thread.tid] = Slice(goid, thread.tid, self.go.m_id(m), self.go.p_id(self.go.p_of(m)), now, now, "")
        if not self.run.gogo:
            self._first_gogo(thread, regs, goid)

    def _first_gogo(self, thread: Thread, regs: ptrace.Registers, goid: int) -> None:
        run = self.run
        self._arrive("runtime.gogo", thread, regs, "")
        run.gogo_goid = goid
        sp = regs.rsp
        thread.moved = True
        for _ in range(32):
            step = self._one_step(thread, regs, ())
            if step is None:
                return
            instruction, regs = step
            run.gogo.append(instruction)
            name = self.exe.function_at(regs.rip)[0]
            if not name.endswith("gogo"):
                break
        run.gogo_sp, run.gogo_lands = (sp, regs.rsp), regs.rip

    def _leave(self, tid: int, now: float, why: str) -> None:
        s = self.open.pop(tid, None)
        if s is not None:
            s.end, s.why = now, why
            self.run.slices.append(s)

    def _mcall(self, thread: Thread, regs: ptrace.Registers) -> None:
        self._hit()
        now = self.t.clock()
        what = self.exe.function_at(self.memory.u64(regs["rax"]))[0]
        why = what.removeprefix("runtime.")
        if why == "park_m":
            why = self.go.wait_reason(self.go.current_g(regs["fs_base"])) or "parked"
        elif why.startswith("goexit0"):
            why = "ended"
            gone = self.alive.pop(self.go.goid(self.go.current_g(regs["fs_base"])), None)
            if gone is not None:
                gone.ended = now
        elif why.startswith(("gosched", "gopreempt", "goyield")):
            why = "gave way" if why.startswith(("gosched", "goyield")) else "preempted"
        elif why.startswith("exitsyscall0"):
            why = "no P after a system call"
        self._leave(thread.tid, now, why)

    def _sysmon(self, thread: Thread, regs: ptrace.Registers) -> None:
        self._arrive("runtime.sysmon", thread, regs, "")
        self.run.roles[thread.tid] = "sysmon"
        self.run.m_of_thread.setdefault(thread.tid, self.go.m_id(self.go.m_of(self.go.current_g(regs["fs_base"]))))

    # ---- runtime.main

    def _init_step(self, thread: Thread, regs: ptrace.Registers) -> None:
        self._hit()
        task = regs["rax"]
        if not self.exe.by_rt0 and self.memory.u32(task) == _INIT_DONE:
            return
        first = self.memory.u64(task + (0 if self.exe.by_rt0 else 8))
        objects, size = self.go.allocated()

        def done(_: ptrace.Registers) -> None:
            n, b = self.go.allocated()
            s.allocs, s.bytes = (objects, n), (size, b)

        s = self._enter("runtime.doInit1", thread, regs, done=done)
        s.target = first

    def _user_main(self, thread: Thread, regs: ptrace.Registers) -> None:
        self._arrive("main.main", thread, regs, "run")
        self.run.user_at = self.t.clock()
        self.run.maxstacksize = self.go.variable("maxstacksize")
        addr = self.exe.address("runtime.doInit1")
        self.t.take_out(addr)

    def _facts_of_start(self) -> None:
        run, go = self.run, self.go
        run.page_size, run.huge_page = go.variable("physPageSize"), go.variable("physHugePageSize")
        run.ncpu = go.variable32("ncpu", "numCPUStartup")
        run.cpu_features = go.cpu_features()

    # ---- collections

    def _gc_start(self, thread: Thread, regs: ptrace.Registers) -> None:
        self._hit()
        start = self.t.clock()
        before = self._numgc()

        def done(thread: Thread, regs: ptrace.Registers) -> None:
            n = self._numgc()
            if n > before or not self.exe.by_rt0:
                self.run.collections.append(Collection(n if self.exe.by_rt0 else len(self.run.collections) + 1, start, self.t.clock() - start))

        self.t.on_return(thread, regs, done)

    def _numgc(self) -> int:
        at = self.exe.address("runtime.memstats")
        return self.go.small("mstats", at, "numgc") if at and self.exe.field("mstats", "numgc") is not None else -1

    # ---- system calls, and the end

    def _on_call(self, thread: Thread, call: SystemCall) -> None:
        call.step = self.step
        call.within = thread.within[-1] if thread.within else ""
        for s in reversed(self.run.spans):
            if s.tid == thread.tid and s.end < 0 and s.name == call.within:
                s.calls.append(call)
                break
        if call.number == syscalls.NUMBERS["exit_group"]:
            self._last_look(thread)
        elif call.number == syscalls.NUMBERS["execve"]:
            self._read_trace()

    def _last_look(self, thread: Thread | None) -> None:
        run, go = self.run, self.go
        if self.t.replaced_by:
            return
        self._read_trace()
        run.peak = procfs.peak(self.t.pid)
        if run.trouble:
            return
        now = self.t.clock()
        for tid in list(self.open):
            self._leave(tid, now, "the end")
        run.numgc = self._numgc()
        at = self.exe.address("runtime.memstats")
        if at and self.exe.field("mstats", "pause_total_ns") is not None:
            run.gc_pause = go.word("mstats", at, "pause_total_ns") / 1e9
        at = self.exe.address("runtime.gcController")
        if at and self.exe.field("gcControllerState", "heapLive") is not None:
            run.heap_live = go.word("gcControllerState", at, "heapLive")
        run.waiting = []
        for g in go.all_gs(MAX_GS):
            status = go.status(g)
            if status in ("dead", "idle"):
                continue
            entry = self.exe.function_at(go.word("g", g, "startpc"))[0]
            reason = go.wait_reason(g) if status == "waiting" else ""
            function, file, line = go.place(go.frames(g)) if status != "running" else ("", "", 0)
            run.waiting.append(Waiting(go.goid(g), status, reason, entry, function, file, line))

    def _read_trace(self) -> None:
        if self.traced and not self.t.replaced_by:
            self.run.trace = exectrace.read(self.t.memory, self.exe, self.go) or self.run.trace
            m = self.memory.u64(self.exe.address("runtime.allm"))
            for _ in range(MAX_GS):
                if not m:
                    break
                self.run.m_of_thread[self.go.word("m", m, "procid")] = self.go.m_id(m)
                m = self.go.word("m", m, "alllink")

    def _lanes(self, trace: exectrace.Trace) -> None:
        """What the execution trace tells, on the clock of the other figures."""
        run = self.run

        def clock(ns: int) -> float:
            return self.t.clock_at(ns / 1e9)

        told = exectrace.lanes(trace)
        run.slices = [Slice(x.goid, x.mid, run.m_of_thread.get(x.mid, -1), x.p, clock(x.start), clock(x.end), _WHY.get(x.why, x.why), x.state != "running")
                      for x in told.lanes[:MAX_SLICES]]  # fmt: skip
        cut = clock(told.lanes[MAX_SLICES].start) if len(told.lanes) > MAX_SLICES else 0.0
        run.slices_until = cut or (0.0 if trace.whole else clock(trace.until))
        seen = {b.goid: b for b in run.births}
        for birth in told.births.values():
            b = seen.get(birth.goid)
            if b is None and len(run.births) < MAX_BIRTHS:
                run.births.append(b := self._born(birth, clock(birth.time)))
            if b is not None and birth.ended:
                b.ended = max(clock(birth.ended), b.at)  # the making was seen on another clock
        run.births_until = 0.0 if trace.whole and len(run.births) >= len(told.births) else run.hits_until
        run.ntraced = len(told.births)
        run.collections = [Collection(number, clock(begin), clock(end or trace.until) - clock(begin)) for number, begin, end in told.collections]
        run.world_stops = [WorldStop(reason, clock(begin), clock(end) - clock(begin)) for reason, begin, end in told.stops[:MAX_SLICES]]

    def _born(self, birth: exectrace.Birth, at: float) -> Goroutine:
        """One whose making was not stopped at: its stack is not known."""
        name = self.exe.function_at(birth.entry)[0]
        file, line = self.exe.where(birth.entry)
        made = next((f for pc in birth.stack for f in self.exe.frames(pc - 1) if f[0] != "runtime.newproc"), ("", "", 0))
        system = name.startswith("runtime.") and name != "runtime.main"
        return Goroutine(birth.goid, birth.parent, 0, "", name, file, line, made[0], made[1], made[2], 0, 0, "", system, at)

    def _finish(self) -> None:
        run, t = self.run, self.t
        run.births_until = run.slices_until = run.hits_until
        now = t.clock()
        for tid in list(self.open):
            self._leave(tid, now, "the end")
        if run.trace is not None:
            self._lanes(run.trace)
        run.slices.sort(key=lambda s: s.start)
        run.status, run.took, run.stops = t.status, now, t.stops
        run.calls, run.calls_until = t.calls, t.calls_from
        run.threads, run.signals = t.everyone, t.signals
        run.timed_out, run.interrupted, run.replaced_by = t.timed_out and (t.stopped or t.status == signal.SIGKILL), t.interrupted, t.replaced_by
        run.over = t.over
        run.killed_children, run.rusage = t.killed_children, t.rusage
        if "sysmon" not in run.roles.values() and run.main_at >= 0:  # the program was over before its thread got to run
            first = next((x.tid for x in t.everyone[1:] if x.start >= run.main_at), 0)  # runtime.main makes no other before it
            if first:
                run.roles[first] = "sysmon"
        run.children = [(pid, t.programs.get(pid, "")) for pid in t.children]
