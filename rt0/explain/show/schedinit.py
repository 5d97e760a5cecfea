"""Step 16 as text."""

from __future__ import annotations

from rt0.explain.facts.schedinit import SchedinitFacts
from rt0.explain.model import Facts
from rt0.explain.show.figures import call_lines, change, duration, fitted, size, span_row
from rt0.explain.text import columns, count, dim, name, shown, strong, wrap


def brief(facts: Facts) -> list[str]:
    return fitted(_brief(facts))


def _brief(facts: Facts) -> list[str]:
    assert isinstance(facts, SchedinitFacts)
    f = facts
    if f.whole is None or f.after is None:
        return []
    calls = len(f.whole.calls) + sum(len(c.calls) for c in f.children)
    slowest = sorted((c for c in f.children if c.cpu >= 0), key=lambda c: -c.cpu)[:3]
    out = [f"{len(f.children)} functions seen in it, {count(calls, 'system call')}, {duration(f.whole.cpu)} of processor"
           + (f" (most: {', '.join(name(c.name.removeprefix('runtime.')) for c in slowest)})" if slowest else "")]  # fmt: skip
    a = f.after
    heap = f"; heap: {size(a.heap_reserved)} reserved at {a.heap_start:#x}, {size(a.heap_ready)} ready" if a.heap_reserved > 0 else ""
    out.append(f"maxmcount {a.maxmcount:,}; Ms {a.ms}, Ps {len(f.ps)}{heap}" if a.maxmcount >= 0 else f"Ps {len(f.ps)}")
    if f.ps_why:
        out.append(f"{count(len(f.ps), 'P')} because {f.ps_why}")
    return out


def lines(facts: Facts) -> list[str]:
    assert isinstance(facts, SchedinitFacts)
    f = facts
    if f.whole is None:
        return []
    head = tuple(dim(x) for x in ("function", "at", "took", "processor", "system calls", "changed"))
    rows = [head, (*span_row(f.whole), change(f.before, f.after))]
    rows += [(*span_row(c, "  " * max(c.depth, 1)), change(c.before, c.after)) for c in f.children]
    out = columns(rows, right=(1, 2, 3))
    if f.inlined:
        out += ["", *wrap(dim("Not seen, because they are inlined into schedinit or called by none: ") + ", ".join(f.inlined), 110)]
    for s in (f.whole, *f.children):
        if s.calls:
            own = " itself" if s is f.whole else ""
            out += ["", strong(f"System calls of {s.name.removeprefix('runtime.')}{own}:"), *call_lines(s.calls)]
    out.append("")
    out += columns([(f"P{p.id}", p.status, f"held by M{p.m}" if p.m >= 0 else dim("held by none")) for p in f.ps[:64]])
    if f.ps_why:
        out.append(f"{count(len(f.ps), 'P')} because {f.ps_why}.")
    if f.after is not None and f.after.maxmcount >= 0:
        a = f.after
        out.append(f"sched.maxmcount {a.maxmcount:,}: more threads end the program; {count(a.ms, 'M')} so far, {count(a.gs, 'G')} besides g0")
    out.append(f"goargs: {count(len(f.args), 'argument')} ({', '.join(shown(a) for a in f.args[:8])}); goenvs: {count(f.environment, 'variable')}")
    return out
