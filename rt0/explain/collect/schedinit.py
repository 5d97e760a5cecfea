"""Step 16, from the calls of schedinit and its children; each child's state before and after was read at its entry and return."""

from __future__ import annotations

from rt0.explain.collect import stack
from rt0.explain.collect.spans import span
from rt0.explain.facts.schedinit import Processor, SchedinitFacts
from rt0.explain.trace.watch import GC_CHILDREN, RT0_CHILDREN, Run


def collect(source: Run) -> SchedinitFacts:
    r = source
    facts = SchedinitFacts()
    found = r.function("runtime.schedinit")
    if found:
        facts.whole = span(found[0])
        facts.before, facts.after = found[0].before, found[0].after
    names = RT0_CHILDREN if r.exe.by_rt0 else GC_CHILDREN
    facts.children = [span(s, s.depth) for s in r.spans if s.step == "schedinit" and s.name.removeprefix("runtime.") in names]
    seen = {s.name for s in facts.children}
    facts.inlined = [n for n in names if "runtime." + n not in seen]
    facts.ps = [Processor(*p) for p in r.processors]
    facts.ps_why = why_so_many(r)
    facts.args, facts.environment = r.argv, len(environment(r))
    return facts


def environment(r: Run) -> dict[str, str]:
    """Variables as the kernel handed them over."""
    out = {}
    for w in stack.collect(r).words:
        if w.what.startswith("envp"):
            name, _, value = w.text.partition("=")
            out[name] = value
    return out


def why_so_many(r: Run) -> str:
    n = len(r.processors)
    if not n:
        return ""
    asked = environment(r).get("GOMAXPROCS", "")
    if asked.isdigit() and int(asked) == n:
        return f"the environment says GOMAXPROCS={asked}"
    ncpu = len(r.affinity)
    if n == ncpu:
        return f"the process may run on {ncpu} processor{'s' if ncpu != 1 else ''} (sched_getaffinity), and GOMAXPROCS says nothing else"
    if n < ncpu and not r.exe.by_rt0:
        return f"the process may run on {ncpu} processors, but its control group gives it the time of about {n}"
    return ""
