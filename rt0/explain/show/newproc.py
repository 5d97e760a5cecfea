"""Step 17 as text."""

from __future__ import annotations

from rt0.explain.facts.newproc import NewprocFacts
from rt0.explain.model import Facts
from rt0.explain.show.figures import address, duration, fitted, size
from rt0.explain.text import columns, name, place, shown


def brief(facts: Facts) -> list[str]:
    return fitted(_brief(facts))


def _brief(facts: Facts) -> list[str]:
    assert isinstance(facts, NewprocFacts)
    g = facts.g
    if g is None:
        return []
    return [f"goroutine {g.goid} ({g.status}) will run {name(g.entry)}; its stack: {size(g.stack_high - g.stack_low)} at {address(g.stack_low)}; it waits in {g.queue or '?'}"]


def lines(facts: Facts) -> list[str]:
    assert isinstance(facts, NewprocFacts)
    g, s = facts.g, facts.span
    if g is None:
        return []
    rows = [
        ("g", f"{address(g.addr)}"),
        ("goid", str(g.goid)),
        ("status", g.status),
        ("entry", f"{name(g.entry)} {place(shown(f'{g.file}:{g.line}')) if g.line else ''}"),
        ("begins at", f"{address(facts.start_pc)} {name(facts.start_name)}: it returns to runtime.goexit, which ends a goroutine"
         if facts.start_name == g.entry else f"{address(facts.start_pc)} {name(facts.start_name)}, which calls {name(g.entry)} and ends the goroutine after it"),
        ("stack", f"{g.stack_low:#x}-{g.stack_high:#x}, {size(g.stack_high - g.stack_low)}"),
        ("queue", g.queue or "not seen"),
        ("made by", f"{name(shown(g.creator))} {place(shown(f'{g.made_file}:{g.made_line}')) if g.made_line else ''}, on g0"),
    ]  # fmt: skip
    if s is not None:
        rows.append(("newproc took", f"{duration(s.took)}, {duration(s.cpu)} of processor"))
    return columns(rows)
