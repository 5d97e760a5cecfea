"""Step 20, from the whole run: births and slices of goroutines, threads, system calls, collections, output, the end."""

from __future__ import annotations

import os
import re
import signal

from rt0.explain.collect.spans import calls
from rt0.explain.facts.run import CallCount, RunFacts, ThreadOf
from rt0.explain.trace import syscalls
from rt0.explain.trace.watch import Run

_CALLS = 500  # system calls since main.main that are kept whole
_DEATH = re.compile(rb"^(panic: |fatal error: |SIG[A-Z]+: |unexpected fault address )", re.M)
_RUNTIME_EXIT = 2  # exit code of panics and fatal errors


def collect(source: Run) -> RunFacts:
    r = source
    f = RunFacts(r.user_at, max(r.took - r.user_at, 0.0) if r.user_at >= 0 else 0.0, r.took, r.wall, r.stops)
    f.goroutines, f.slices = r.births, r.slices
    f.made_system = sum(b.system for b in r.births)
    f.made_user = len(r.births) - f.made_system
    if r.ntraced > len(r.births):  # more than are listed
        f.made_user += r.ntraced - len(r.births)
    f.goroutines_until, f.slices_until = r.births_until, r.slices_until
    f.traced, f.world_stops = r.trace is not None, r.world_stops
    mine = r.calls_of("run")
    f.calls, f.ncalls = calls(mine[:_CALLS]), len(mine)
    sums: dict[str, CallCount] = {}
    per_thread: dict[int, int] = {}
    for c in r.calls:
        name = syscalls.name_of(c.number)
        s = sums.setdefault(name, CallCount(name, 0, 0.0))
        s.count += 1
        s.took += c.end - c.start if c.result is not None else 0.0
        per_thread[c.tid] = per_thread.get(c.tid, 0) + 1
    f.counts = sorted(sums.values(), key=lambda s: (-s.count, s.name))
    f.calls_until = r.calls_until
    for t in r.threads:
        flags = syscalls.flags_text("clone", t.creation.args[0] & 0xFFFFFFFF) if t.creation is not None and t.creation.number == syscalls.NUMBERS["clone"] else ""
        role = r.roles.get(t.tid, "the main thread" if t.tid == r.pid else "")
        f.threads.append(ThreadOf(t.tid, r.m_of_thread.get(t.tid, -1), t.parent, flags, t.start, t.end, per_thread.get(t.tid, 0), role))
    f.collections, f.ncollections, f.gc_pause, f.heap_live = r.collections, r.numgc, r.gc_pause, r.heap_live
    f.signals = [f"{syscalls.signal_name(sig)} to thread {tid} at {at * 1e3:.3f} ms" for at, tid, sig in r.signals[:200]]
    f.children = [f"process {pid}" + (f": {path}" if path else "") for pid, path in r.children]
    for stream, name in ((r.out, "out"), (r.err, "err")):
        if stream is not None:
            setattr(f, name, stream.kept.decode("utf-8", "surrogateescape"))
            setattr(f, name + "_bytes", stream.total)
    f.user, f.system, f.max_rss = r.rusage[0], r.rusage[1], r.peak
    f.waiting = r.waiting
    if r.status is not None:
        if os.WIFSIGNALED(r.status):
            f.signal = syscalls.signal_name(os.WTERMSIG(r.status))
        else:
            f.exit_code = os.WEXITSTATUS(r.status)
    kept = r.err.kept if r.err is not None else b""
    if (f.exit_code == _RUNTIME_EXIT or f.signal == "SIGABRT") and (m := _DEATH.search(kept)):
        f.panic = kept[m.start() :].decode("utf-8", "surrogateescape")
    f.ending = ending(r, f)
    return f


def ending(r: Run, f: RunFacts) -> str:
    """One sentence: how it ended."""
    if r.interrupted:
        return "You interrupted it." if f.signal == "SIGKILL" else f"You interrupted it, and it ended with {_code(f)}."
    if r.over:
        return f"It was ended because {r.over}."
    if r.timed_out:
        return f"It was still running after the time that -timeout allows and was stopped then ({r.wall:.1f} s)."
    more = f" It had become {r.replaced_by} by execve." if r.replaced_by else ""
    more += f" Processes it had started and left behind were ended: {r.killed_children}." if r.killed_children else ""
    if f.signal:
        try:
            words = (signal.strsignal(int(signal.Signals[f.signal])) or "").lower()
        except KeyError:
            words = ""
        return f"It was ended by the signal {f.signal}{f' ({words})' if words else ''}." + more
    if f.panic:
        first = f.panic.split("\n")[0]
        kind = "A panic that nobody recovered" if first.startswith("panic: ") else "The runtime gave up"
        return f"{kind}: {first}; exit code {f.exit_code}." + more
    if f.exit_code == 0:
        return ("main.main returned or the program called os.Exit(0): exit code 0." if r.user_at >= 0 else "Exit code 0.") + more
    return f"The program called os.Exit or its like: exit code {f.exit_code}." + more


def _code(f: RunFacts) -> str:
    return f"exit code {f.exit_code}" if f.exit_code is not None else f"the signal {f.signal}"
