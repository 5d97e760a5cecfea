"""Step 19 as text."""

from __future__ import annotations

from rt0.explain.facts.main import MainFacts
from rt0.explain.model import Facts
from rt0.explain.show.figures import call_names, duration, fitted, moment
from rt0.explain.text import columns, count, dim, name, shown, strong, wrap


def brief(facts: Facts) -> list[str]:
    return fitted(_brief(facts))


def _brief(facts: Facts) -> list[str]:
    assert isinstance(facts, MainFacts)
    f = facts
    out = []
    if f.sysmon_tid:
        out.append(f"sysmon runs on thread {f.sysmon_tid}; stacks may grow to {f.maxstacksize:,} bytes" if f.maxstacksize > 0 else f"sysmon runs on thread {f.sysmon_tid}")
    if f.inits:
        known = [i for i in f.inits if i.allocs >= 0]
        sums = f", {count(sum(i.allocs for i in known), 'allocation')} of {sum(i.bytes for i in known):,} bytes" if known else ""
        most = sorted(f.inits, key=lambda i: -max(i.cpu, i.clock if i.cpu < 0 else 0))[:3]
        longest = ", ".join(f"{name(i.package)} {duration((i.cpu if i.cpu >= 0 else i.clock) / 1e3)}" for i in most)
        out.append(f"{count(len(f.inits), 'package')} initialised{sums}; longest: {longest}")
    if f.acts:
        out.append(f"main.main is called {moment(f.at + f.took)} after the first instruction" if f.took >= 0 else "main.main was not reached")
    return out


def lines(facts: Facts) -> list[str]:
    assert isinstance(facts, MainFacts)
    f = facts
    out = [strong("What runtime.main did:"), ""] if f.acts else []
    for a in f.acts:
        first, *more = wrap(shown(a.detail), 96) or [""]
        out.append(f"{moment(a.at):>12}  {name(a.what)}{': ' if first else ''}{first}")
        out += [f"{'':14}{line}" for line in more]
        if a.calls and a.what == "gcenable":
            out.append(f"{'':14}{dim('system calls: ' + call_names(a.calls))}")
    if f.inits:
        out += ["", strong("Initialisation, as GODEBUG=inittrace=1 tells it:"), ""]
        rows = [tuple(dim(x) for x in ("package", "at", "clock", "processor", "bytes", "allocs", "steps", "system calls"))]
        for i in f.inits:
            known = i.allocs >= 0
            rows.append((name(i.package), f"{i.at:.3f} ms", f"{i.clock:.3f} ms", f"{i.cpu:.3f} ms" if i.cpu >= 0 else "-", f"{i.bytes:,}" if known else "-", f"{i.allocs:,}" if known else "-",
                         str(i.steps), call_names(i.calls)))  # fmt: skip
        out += columns(rows, right=(1, 2, 3, 4, 5, 6))
        if any(i.allocs < 0 for i in f.inits):
            out.append(dim("gc's runtime counts the allocations of initialisation only when GODEBUG=inittrace=1 asks for it."))
    return out
