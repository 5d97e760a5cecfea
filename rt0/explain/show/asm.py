"""Step 8 as text."""

from __future__ import annotations

import os

from rt0.explain.facts.asm import AsmFacts, AsmInstruction
from rt0.explain.model import Facts
from rt0.explain.text import columns, count, dim, good, name, number, place, shown, strong


def brief(facts: Facts) -> list[str]:
    assert isinstance(facts, AsmFacts)
    n = sum(len(f.instructions) for f in facts.functions)
    if not facts.decoded:
        return [f"{count(len(facts.functions), 'function')} of yours, {count(n, 'instruction')}",
                dim("addresses, bytes and Intel's notation need capstone: pip install 'rt0[explain]'")]  # fmt: skip
    inlined = sum(len(i.at) > 1 for f in facts.functions for i in f.instructions)
    those = f" in the {len(facts.functions):,} that are shown" if facts.all > len(facts.functions) else ""
    out = [f"{count(facts.all, 'function')} of yours, {count(facts.bytes, 'byte')}; {count(n, 'instruction')}{those}, {inlined:,} of them inlined from elsewhere"]
    main = next((f for f in facts.functions if f.symbol == "main.main"), None)
    if main is not None:
        first = main.instructions[0]
        out.append(f"{name('main.main')} is at {number(f'{main.addr:#x}')}, {count(main.size, 'byte')}, and begins {number(first.code)} {shown(first.plan9)}")
    return out


def lines(facts: Facts) -> list[str]:
    assert isinstance(facts, AsmFacts)
    out = []
    for f in facts.functions:
        where = f"at {number(f'{f.addr:#x}')}, {count(f.size, 'byte')}" if facts.decoded else ""
        out += ["", f"{strong(shown(f.symbol))}  {place(f'{f.file}:{f.line}')}  {where}", ""]
        rows = []
        last = ""
        for i in f.instructions:
            at = _at(i)
            rows.append((place(at if at != last else ""), number(f"{i.addr:x}") if i.addr else "", i.code, good(shown(i.plan9)), shown(i.intel), _note(i)))
            last = at
        out += ["  " + line for line in columns(rows)]
    if not facts.decoded:
        out += ["", dim("Addresses, bytes and Intel's notation need capstone: pip install 'rt0[explain]'")]
    return out[1:]


def _note(i: AsmInstruction) -> str:
    """What a bare address in it stands for."""
    return dim(f"; {shown(i.target)}") if i.target and i.target not in i.plan9 else ""


def _at(i: AsmInstruction) -> str:
    """file:line, from the inside out."""
    return " < ".join(f"{shown(os.path.basename(p.file))}:{p.line}" for p in i.at)
