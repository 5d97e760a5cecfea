"""Step 15, from the calls of check, args and osinit, and from the variables that they and cpuinit set."""

from __future__ import annotations

from rt0.explain.collect.spans import span
from rt0.explain.facts.check import CheckFacts
from rt0.explain.trace.watch import Run


def collect(source: Run) -> CheckFacts:
    r = source
    spans = [span(s) for name in ("check", "args", "osinit") for s in r.function("runtime." + name)]
    aux = dict(r.auxv)
    facts = CheckFacts(spans, r.page_size, r.huge_page, r.ncpu, r.affinity, r.cpu_features)
    at = aux.get(25, 0)
    if r.regs is not None and r.regs.rsp <= at < r.regs.rsp + len(r.stack):
        facts.random = r.stack[at - r.regs.rsp : at - r.regs.rsp + 16].hex()
    facts.vdso = aux.get(33, 0)
    return facts
