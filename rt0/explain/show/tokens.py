"""Step 2 as text."""

from __future__ import annotations

from rt0.explain.facts.tokens import Token, TokensFacts
from rt0.explain.model import Facts
from rt0.explain.text import columns, count, dim, good, name, number, place, shown, strong


def brief(facts: Facts) -> list[str]:
    assert isinstance(facts, TokensFacts)
    total = sum(f.total for f in facts.files)
    kinds: dict[str, int] = {}
    for f in facts.files:
        for kind, n in f.kinds.items():
            kinds[kind] = kinds.get(kind, 0) + n
    most = ", ".join(f"{n:,} {kind}" for kind, n in sorted(kinds.items(), key=lambda k: -k[1])[:6])
    out = [f"{count(total, 'token')} in {count(sum(f.lines for f in facts.files), 'line')}: {most}"]
    out.append(f"{count(sum(f.semicolons for f in facts.files), 'semicolon')} put in at ends of lines; first: "
               + " ".join(_word(t) for f in facts.files[:1] for t in f.tokens[:9]))  # fmt: skip
    return out


def _word(t: Token) -> str:
    return dim(";") if t.kind == "semicolon" else shown(t.text[:24])


def lines(facts: Facts) -> list[str]:
    assert isinstance(facts, TokensFacts)
    out = []
    for f in facts.files:
        out.append(f"{strong(shown(f.name))}: {count(f.bytes, 'byte')}, {count(f.lines, 'line')}, {count(f.total, 'token')}")
        rows = []
        for t in f.tokens:
            text = dim("put in at the end of the line") if t.kind == "semicolon" and not t.text else shown(t.text)
            value = f"= {number(shown(t.value))}" if t.value and t.value != t.text else ""
            kind = {"name": name, "keyword": strong, "string": good}.get(t.kind, str)(t.kind)
            rows.append((place(f"{t.line}:{t.col}"), kind, text, value))
        out += ["  " + line for line in columns(rows)]
    return out
