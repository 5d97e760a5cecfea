"""Step 14, from single steps."""

from __future__ import annotations

from rt0.explain.facts.entry import EntryFacts
from rt0.explain.trace.watch import Run


def collect(source: Run) -> EntryFacts:
    r = source
    return EntryFacts(r.path_of_entry, r.instructions, *r.argc_argv, r.fs, r.exe.address("runtime.m0"), r.exe.address("runtime.g0"), r.g0_m)
