"""Step 4 as text."""

from __future__ import annotations

from collections import Counter

from rt0.explain.facts.types import DeclaredType, TypesFacts
from rt0.explain.model import Facts
from rt0.explain.text import columns, count, dim, good, name, number, place, shown, strong


def brief(facts: Facts) -> list[str]:
    assert isinstance(facts, TypesFacts)
    kinds = Counter(n.of for n in facts.names if n.of)
    constants = sum(e.mode == "constant" for e in facts.expressions)
    out = [f"{count(len(facts.names), 'name')} ({', '.join(f'{n} {k}' for k, n in kinds.most_common(5))}), {count(len(facts.expressions), 'expression')}, "
           f"{constants} of them constant"]  # fmt: skip
    inferred = [n for n in facts.names if n.args]
    if inferred:
        calls = [f"{name(shown(n.name))}[{', '.join(map(shown, n.args))}]" for n in inferred[:4]]
        out.append(f"{count(len(inferred), 'use')} with inferred type arguments: {', '.join(calls)}")
    with_methods = [t for t in facts.types if t.methods]
    if with_methods:
        out.append("; ".join(f"{name(shown(t.name))} satisfies {_interfaces(t)}" for t in with_methods[:3]))
    else:
        call = next((n for n in facts.names if n.of == "func" and not n.defines), None)
        if call is not None:
            out.append(f"{name(shown(call.name))} is {shown(call.type)}")
    return out


def _interfaces(t: DeclaredType) -> str:
    words = [name(shown(s)) for s in t.satisfies] + [f"{name(shown(s))} {dim('(as *' + t.name + ')')}" for s in t.satisfied_by_pointer]
    return ", ".join(words) or "no interface seen here"


def lines(facts: Facts) -> list[str]:
    assert isinstance(facts, TypesFacts)
    out = [strong("Names:"), ""]
    rows = []
    for n in facts.names:
        what = f"{n.of or 'name'}{' (defined here)' if n.defines else ''}"
        extra = f"= {number(shown(n.value))}" if n.value else f"[{', '.join(map(shown, n.args))}] inferred" if n.args else ""
        where = "" if n.defines else place(n.declared) if n.declared else dim("the language's")
        rows.append((place(f"{n.file}:{n.line}:{n.col}"), name(shown(n.name)), what, shown(n.type), extra, where))
    out += columns(rows)
    out += ["", strong("Expressions:"), ""]
    out += columns((place(f"{e.file}:{e.line}:{e.col}"), shown(e.text), e.mode, shown(e.type), f"= {number(shown(e.value))}" if e.value else "") for e in facts.expressions)
    if facts.types:
        out += ["", strong("Types and their methods:") + dim(f" ({count(facts.interfaces, 'interface')} looked at)")]
        for t in facts.types:
            out += ["", f"{place(f'{t.file}:{t.line}')} {name(shown(t.name))} {shown(t.underlying)}"]
            out += [f"  {good(shown(m))}{dim('  only of *' + t.name) if m.partition('(')[0] in t.pointer_only else ''}" for m in t.methods]
            if t.methods:
                out.append(f"  satisfies {_interfaces(t)}")
    return out
