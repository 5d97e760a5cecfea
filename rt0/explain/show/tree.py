"""Step 3 as text."""

from __future__ import annotations

from collections.abc import Iterator

from rt0.explain.facts.tree import TreeFacts, TreeNode
from rt0.explain.model import Facts
from rt0.explain.text import columns, count, dim, name, place, shown, strong


def brief(facts: Facts) -> list[str]:
    assert isinstance(facts, TreeFacts)
    kinds: dict[str, int] = {}
    for f in facts.files:
        for kind, n in f.kinds.items():
            kinds[kind] = kinds.get(kind, 0) + n
    most = ", ".join(f"{n:,} {kind}" for kind, n in sorted(kinds.items(), key=lambda k: -k[1])[:5])
    functions = [n for f in facts.files for n in f.functions]
    return [
        f"{count(sum(f.nodes for f in facts.files), 'node')}, {max((f.depth for f in facts.files), default=0)} deep: {most}",
        f"{count(len(functions), 'function')}: {', '.join(name(shown(n)) for n in functions[:8])}{', ...' if len(functions) > 8 else ''}",
    ]


def lines(facts: Facts) -> list[str]:
    assert isinstance(facts, TreeFacts)
    out = []
    for f in facts.files:
        out.append(f"{strong(shown(f.name))}: {count(f.nodes, 'node')}, {f.depth} deep")
        out += columns(row for d in f.decls for row in _rows(d, 1))
    return out


def _rows(x: TreeNode, depth: int) -> Iterator[tuple[str, str]]:
    label = dim(f"{x.role}: ") if x.role else ""
    yield f"{'  ' * depth}{label}{x.kind}{' ' + name(shown(x.text)) if x.text else ''}", place(f"{x.at[0]}:{x.at[1]}-{x.at[2]}:{x.at[3]}")
    for c in x.children:
        yield from _rows(c, depth + 1)
