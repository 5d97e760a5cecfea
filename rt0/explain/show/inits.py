"""Step 5 as text."""

from __future__ import annotations

from rt0.explain.facts.inits import Init, InitsFacts
from rt0.explain.model import Facts
from rt0.explain.text import columns, count, dim, good, name, place, shown, strong

HOW = {"static": "its value lies in the file", "pure": "computed at start, if it is used", "dynamic": "computed at start", "function": "init function"}


def brief(facts: Facts) -> list[str]:
    assert isinstance(facts, InitsFacts)
    steps = [s for p in facts.packages for s in p.steps]
    left = sum(p.left_out for p in facts.packages)
    running = [p for p in facts.packages if p.steps]
    out = [f"{count(len(steps), 'step')} in {count(len(running), 'package')} run before main.main, {left} more are not needed: nothing uses their variables"
           if facts.known else f"up to {count(len(steps), 'step')} in {count(len(running), 'package')} run before main.main"]  # fmt: skip
    if running:
        out.append("in this order: " + ", ".join(name(p.path) for p in running[:5]) + (", ..." if len(running) > 5 else ""))
    if facts.own:
        out.append("yours: " + "; ".join(_short(i) for i in facts.own[:3]) + ("; ..." if len(facts.own) > 3 else ""))
    return out


def _short(i: Init) -> str:
    after = f" after {i.after[0][-1]}" if i.after else ""
    return f"{name(', '.join(i.names) or i.symbol)} {HOW[i.kind]}{after}"


def lines(facts: Facts) -> list[str]:
    assert isinstance(facts, InitsFacts)
    out = [strong("Your variables and init functions, in the order they are initialised:"), ""]
    rows = []
    for i in facts.own:
        what = HOW[i.kind] + ("" if i.kind == "static" or i.runs else dim(" (nothing uses it: it does not run)"))
        rows.append((place(f"{i.file}:{i.line}"), name(shown(", ".join(i.names) or i.symbol)), shown(f"= {i.text}") if i.text else "", what))
        for chain in i.after:
            through = f" through {', '.join(chain[1:-1])}" if chain[1:-1] else ""
            rows.append(("", "", "", dim(f"has to wait for {chain[-1]}{through}")))
    out += ["  " + line for line in columns(rows)] or ["  none"]
    out += ["", strong("All packages, in order:"), ""]
    for p in facts.packages:
        note = dim("  run by the runtime before the rest") if p.early else ""
        left = dim(f"  {p.left_out} not needed") if p.left_out else ""
        out.append(f"  {name(shown(p.path))}  {good(' '.join(map(shown, (s.removeprefix(p.path + '.') for s in p.steps)))) or dim('nothing to run')}{left}{note}")
    return out
