"""Step 18, from the arrivals at mstart, schedule, execute, gogo, and single steps through the first gogo."""

from __future__ import annotations

from rt0.explain.collect.spans import calls
from rt0.explain.facts.mstart import MstartFacts
from rt0.explain.trace.watch import Run

_NAMES = ("runtime.mstart", "runtime.schedule", "runtime.execute", "runtime.gogo")


def collect(source: Run) -> MstartFacts:
    r = source
    arrivals = [a for a in r.arrivals if a.function in _NAMES]
    return MstartFacts(arrivals, calls(r.calls_of("mstart")), r.gogo, *r.gogo_sp, r.gogo_goid, r.exe.name_at(r.gogo_lands))
