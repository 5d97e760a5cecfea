"""Step 6 as text."""

from __future__ import annotations

from rt0.explain.facts.escape import Decided, EscapeFacts
from rt0.explain.model import Facts
from rt0.explain.text import bad, columns, count, dim, good, name, place, shown, strong


def brief(facts: Facts) -> list[str]:
    assert isinstance(facts, EscapeFacts)
    heap = [d for d in facts.decisions if d.heap]
    stack = [d for d in facts.decisions if not d.heap and d.kind != "parameter"]
    out = [f"{len(stack):,} of {count(len(heap) + len(stack), 'variable and allocation', 'variables and allocations')} stay on the stack, {bad(f'{len(heap):,} on the heap') if heap else 'none on the heap'}"]
    for d in heap[:2] or stack[:1]:
        out.append(f"{place(f'{d.file}:{d.line}:{d.col}')} {name(shown(d.name))}: {_short(d)}")
    if facts.inliner:
        inlined = [c for c in facts.calls if c.inlined]
        left = [c for c in facts.calls if not c.inlined]
        if facts.calls:
            out.append(f"{count(len(inlined), 'call')} inlined{_names([c.callee for c in inlined])}; not: {len(left):,}{_names([c.callee for c in left])}")
    return out


def _short(d: Decided) -> str:
    if not d.heap:
        return "stays: no pointer to it outlives the function"
    return "heap: " + ("; ".join(shown(r.text) for r in d.why[:2]) or "it has to be")


def _names(names: list[str]) -> str:
    few = list(dict.fromkeys(names))
    return f" ({', '.join(map(shown, few[:3]))}{', ...' if len(few) > 3 else ''})" if few else ""


def lines(facts: Facts) -> list[str]:
    assert isinstance(facts, EscapeFacts)
    out = []
    for d in facts.decisions:
        where = bad("heap ") if d.heap else good("stack")
        leaks = f", its value reaches {', '.join(map(shown, d.leaks))}" if d.leaks else ""
        out.append(f"{place(f'{d.file}:{d.line}:{d.col}')} {where} {name(shown(d.name))} {dim('(' + d.kind + ')')}{leaks}")
        out += [f"    {dim('->')} {place(f'{r.file}:{r.line}:{r.col}')} {shown(r.text)}" for r in d.why]
    out += ["", strong("Calls that were put into their callers, and those that were not:"), ""]
    if not facts.inliner:
        out.append("At -O0 and -O1 nothing is inlined.")
    rows = []
    for c in facts.calls:
        what = good("inlined") if c.inlined else bad("called")
        rows.append((place(f"{shown(c.file) or '(no line)'}:{c.line}"), what, name(shown(c.callee)), f"in {shown(c.caller)}", dim(shown(c.reason))))
    return out + columns(rows)
