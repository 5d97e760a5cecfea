"""Step 17, from the first call of newproc: the g is read when newproc1 has returned, its queue when newproc has."""

from __future__ import annotations

from rt0.explain.collect.spans import span
from rt0.explain.facts.newproc import NewprocFacts
from rt0.explain.trace.watch import Run


def collect(source: Run) -> NewprocFacts:
    r = source
    found = r.function("runtime.newproc")
    return NewprocFacts(span(found[0]) if found else None, r.first_g, r.first_pc, r.exe.name_at(r.first_pc))
