"""Step 10 as text."""

from __future__ import annotations

from collections.abc import Callable

from rt0.explain.facts.link import FilePiece, LinkFacts
from rt0.explain.model import Facts
from rt0.explain.text import columns, count, dim, name, number, shown, strong


def brief(facts: Facts) -> list[str]:
    assert isinstance(facts, LinkFacts)
    kinds = sums(facts.pieces, lambda p: p.kind)
    share = ", ".join(f"{k} {100 * n / facts.size:.0f}%" for k, n in kinds[:5])
    out = [f"{count(facts.live, 'symbol')} kept, {count(facts.functions, 'function')} among them; {count(facts.dropped_methods, 'method')} of types in use left out: nobody calls them",
           f"{count(facts.size, 'byte')}: {share}"]  # fmt: skip
    packages = [(p, n) for p, n in sums(facts.pieces, lambda p: p.package) if p not in ("", "(shared)")]
    out.append("largest packages: " + ", ".join(f"{name(shown(p))} {n:,}" for p, n in packages[:4]))
    if facts.dropped:
        out.append(f"of yours left out: {', '.join(map(shown, facts.dropped[:4]))}{', ...' if len(facts.dropped) > 4 else ''}")
    return out[:3] if not facts.dropped else out


def sums(pieces: list[FilePiece], key: Callable[[FilePiece], str]) -> list[tuple[str, int]]:
    """(key, bytes), the largest first."""
    found: dict[str, int] = {}
    for p in pieces:
        found[key(p)] = found.get(key(p), 0) + p.size
    return sorted(found.items(), key=lambda x: (-x[1], x[0]))


def chain(facts: LinkFacts, symbol: str) -> list[tuple[str, str]]:
    """(symbol, what it does with the next one) from a root to the symbol; the first one's word says why it is a root."""
    out: list[tuple[str, str]] = []
    how = ""
    while symbol in facts.why:
        kept = facts.why[symbol]
        out.append((symbol, how))
        symbol, how = kept.by, kept.how
        if not symbol:
            out.append(("", how))
    return out[::-1]


def lines(facts: Facts) -> list[str]:
    assert isinstance(facts, LinkFacts)
    if facts.asked:
        return _why(facts, facts.asked)
    out = [f"{count(facts.size, 'byte')} in the file, {count(facts.memory, 'byte')} more of memory that begins as zero (.bss)", ""]
    for title, key in (("kind", lambda p: p.kind), ("package", lambda p: p.package or "(none)"), ("section", lambda p: p.section or "(none)")):
        out += [strong(f"By {title}:"), ""]
        rows = [(number(f"{n:,}"), f"{100 * n / facts.size:.1f}%", name(shown(k))) for k, n in sums(facts.pieces, key)]
        out += ["  " + line for line in columns(rows, right=(0, 1))] + [""]
    out += [strong("The largest symbols:"), ""]
    largest = sorted((p for p in facts.pieces if p.symbol and p.section), key=lambda p: -p.size)[:25]
    out += ["  " + line for line in columns(((number(f"{p.size:,}"), p.kind, name(shown(p.symbol))) for p in largest), right=(0,))]
    if facts.dropped:
        out += ["", strong("Of yours, not in the executable: nothing refers to them"), ""]
        out += [f"  {name(shown(s))}" for s in facts.dropped]
    out += ["", dim("Why a symbol is here: rt0 explain -step link -F SYMBOL")]
    return out


def _why(facts: LinkFacts, symbol: str) -> list[str]:
    """The chain that keeps one symbol, and its bytes."""
    if symbol not in facts.why:
        return [f"{name(shown(symbol))} is not in the executable: nothing that is reached refers to it, or every call of it was inlined."]
    out = [f"Why {name(shown(symbol))} is in the executable:", ""]
    for i, (s, how) in enumerate(chain(facts, symbol)):
        out.append(f"  {dim(shown(how))}" if not s else f"  {'  ' * (i - 1)}{name(shown(s))}{dim(' ' + shown(how)) if how else ''}")
    own = [p for p in facts.pieces if p.symbol in (symbol, symbol + "·f")]
    if own:
        out += ["", f"Its bytes: {', '.join(f'{p.size:,} of {p.kind} at {p.offset:#x} of the file ({p.section})' for p in own)}"]
    return out
