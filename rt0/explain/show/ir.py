"""Step 7 as text."""

from __future__ import annotations

import os

from rt0.explain.facts.ir import IRFacts, IRLine
from rt0.explain.model import Facts
from rt0.explain.text import bad, columns, count, dim, good, name, number, place, shown, strong


def brief(facts: Facts) -> list[str]:
    assert isinstance(facts, IRFacts)
    before, after = sum(f.before for f in facts.functions), sum(f.after for f in facts.functions)
    gone = [f for f in facts.functions if not f.after]
    out = [f"{count(len(facts.functions), 'function')} of yours: {before:,} instructions as written, {after:,} after -O{facts.level}"
           + (f"; of {', '.join(name(shown(f.symbol)) for f in gone[:3])}{', ...' if len(gone) > 3 else ''} nothing is left" if gone else "")]  # fmt: skip
    if facts.checks:
        out.append(f"{count(facts.checks, 'check')} that may panic as written; after -O{facts.level} {facts.checks_left:,}, those of inlined code included")
    most = max(facts.functions, key=lambda f: f.before, default=None)
    if most is not None:
        out.append(f"largest: {name(shown(most.symbol))} {most.before:,} -> {most.after:,}")
    return out


def lines(facts: Facts) -> list[str]:
    assert isinstance(facts, IRFacts)
    out = []
    for f in facts.functions:
        out += ["", f"{strong(shown(f.symbol))}  {place(f'{f.file}:{f.line}')}  {number(f.before)} instructions as written, {number(f.after)} after -O{facts.level}"]
        out += ["", dim("as lowered:"), *_text(f.lowered)]
        out += ["", dim("as optimised:"), *(_text(f.optimised) or ["  nothing is left: every call of it was inlined"])]
        for p in f.passes:
            out += ["", f"{strong(p.name)} changed it: {count(p.instructions, 'instruction')} now"]
            out += [f"  {good(shown(c)) if c[0] == '+' else bad(shown(c))}" for c in p.changes]
    return out[1:]


def _text(ir: list[IRLine]) -> list[str]:
    rows = []
    for x in ir:
        where = f"{os.path.basename(x.file)}:{x.line}" if x.line else ""
        rows.append((place(shown(where)) + (dim(f" (line {x.at})") if x.at else ""), shown(x.text)))
    return ["  " + line for line in columns(rows)]
