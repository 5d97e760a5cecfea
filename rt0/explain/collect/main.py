"""Step 19, from the functions that runtime.main calls, the threads and goroutines made meanwhile, and each step of initialisation."""

from __future__ import annotations

import re

from rt0.explain.collect.spans import call, calls, span
from rt0.explain.facts.main import Act, Init, MainFacts
from rt0.explain.trace import syscalls
from rt0.explain.trace.watch import RawSpan, Run


def collect(source: Run) -> MainFacts:
    r = source
    if r.untraced:
        return MainFacts(inits=[Init(name, at, clock, -1.0, size, n) for name, at, clock, size, n in r.printed_inits])
    end = r.user_at if r.user_at >= 0 else r.took
    facts = MainFacts(r.main_at, r.user_at - r.main_at if r.user_at >= 0 and r.main_at >= 0 else -1.0, r.maxstacksize)
    steps = list(r.function("runtime.doInit1"))
    facts.inits = inits(steps, r)
    facts.spans = [span(s) for s in r.spans if s.step == "main" and s.name == "runtime.gcenable"]
    acts = []
    if r.maxstacksize > 0 and r.main_at >= 0:
        acts.append(Act("limits stacks", r.main_at, f"no goroutine's stack may grow beyond {r.maxstacksize:,} bytes"))
    acts += _threads(r, end, facts)
    for a in r.arrivals:
        if a.function == "runtime.lockOSThread":
            acts.append(Act("lockOSThread", a.at, "the main goroutine stays on the main thread during initialisation"))
        elif a.function == "runtime.unlockOSThread":
            acts.append(Act("unlockOSThread", a.at, "from here it may run on any thread"))
        elif a.function == "main.main":
            acts.append(Act("calls main.main", a.at, ""))
    acts += _groups(steps, r)
    for s in r.function("runtime.gcenable"):
        born = [b for b in r.births if b.creator.startswith("runtime.gcenable")]
        acts.append(Act("gcenable", s.start, "starts " + ", ".join(f"goroutine {b.goid} ({b.entry})" for b in born) if born else "", calls(s.calls)))
    facts.acts = sorted(acts, key=lambda a: a.at)
    return facts


def _threads(r: Run, end: float, facts: MainFacts) -> list[Act]:
    out = []
    for t in r.threads[1:]:
        if not r.main_at <= t.start <= end:
            continue
        flags = syscalls.flags_text("clone", t.creation.args[0] & 0xFFFFFFFF) if t.creation is not None and t.creation.number == syscalls.NUMBERS["clone"] else ""
        number = r.m_of_thread.get(t.tid, -1)
        role = r.roles.get(t.tid, "")
        if role == "sysmon":
            facts.sysmon_tid, facts.clone_flags = t.tid, flags.split("|") if flags else []
        what = "starts sysmon" if role == "sysmon" else "a thread to run goroutines"
        detail = f"thread {t.tid}" + (f", M{number}" if number >= 0 else "") + (f": clone({flags})" if flags else "")
        out.append(Act(what, t.start, detail, [call(t.creation)] if t.creation is not None else []))
    return out


def _groups(steps: list[RawSpan], r: Run) -> list[Act]:
    """Two acts: the runtime's own initialisation before gcenable, that of all other packages after it."""
    gc = next((s.start for s in r.function("runtime.gcenable")), -1.0)
    out = []
    for what, group in (("initialises the runtime", [s for s in steps if s.start < gc]), ("initialises packages", [s for s in steps if s.start >= gc])):
        if group:
            packages = list(dict.fromkeys(package_of(r.exe.function_at(s.target)[0]) for s in group))
            out.append(Act(what, group[0].start, f"{len(packages)} package{'s' if len(packages) != 1 else ''}: {', '.join(packages)}"))
    return out


def inits(steps: list[RawSpan], r: Run) -> list[Init]:
    """Packages in order; consecutive steps of one package are one."""
    out: list[Init] = []
    if not steps:
        return out
    zero = steps[0].start
    for s in steps:
        package = package_of(r.exe.function_at(s.target)[0])
        clock = (s.end - s.start) * 1e3 if s.end >= 0 else 0.0
        cpu = (s.cpu_end - s.cpu_start) * 1e3 if s.cpu_end >= 0 and s.cpu_start >= 0 else 0.0
        known = s.allocs[0] >= 0 and s.allocs[1] >= 0
        n, size = (s.allocs[1] - s.allocs[0], s.bytes[1] - s.bytes[0]) if known else (-1, -1)
        if out and out[-1].package == package:
            last = out[-1]
            last.clock, last.cpu, last.steps = last.clock + clock, last.cpu + cpu, last.steps + 1
            last.calls += calls(s.calls)
            if known and last.allocs >= 0:
                last.allocs, last.bytes = last.allocs + n, last.bytes + size
        else:
            out.append(Init(package, (s.start - zero) * 1e3, clock, cpu, size, n, 1, calls(s.calls)))
    for i in out:
        i.at, i.clock, i.cpu = round(i.at, 4), round(i.clock, 4), round(i.cpu, 4)
    return out


def package_of(symbol: str) -> str:
    """internal/oserror of internal/oserror.init.v0; dots of a path's last element are escaped in symbols (rt0/abi/symbolpath.py)."""
    slash = symbol.rfind("/")
    path = symbol[: symbol.find(".", slash + 1)] if "." in symbol[slash + 1 :] else symbol
    return re.sub(r"%([0-9a-f]{2})", lambda m: chr(int(m[1], 16)), path)
