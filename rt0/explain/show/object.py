"""Step 9 as text."""

from __future__ import annotations

from rt0.explain.facts.object import ObjectFacts
from rt0.explain.model import Facts
from rt0.explain.text import columns, count, dim, name, number, shown, strong


def brief(facts: Facts) -> list[str]:
    assert isinstance(facts, ObjectFacts)
    own = facts.files
    out = [f"{count(facts.objects, 'object file')} with {count(facts.bytes, 'byte')}; yours: {count(sum(f.nsections for f in own), 'section')}, "
           f"{count(sum(f.symbols for f in own), 'symbol')} defined, {sum(f.undefined for f in own):,} wanted from others"]  # fmt: skip
    holes = sum(f.nrelocations for f in own)
    calls = [r for f in own for s in f.sections for r in s.relocations if r.type == "R_X86_64_PLT32" and r.after]
    out.append(f"{count(holes, 'hole')} for the linker to fill" + (f"; one of them: {shown(calls[0].words)}" if calls else ""))
    return out


def lines(facts: Facts) -> list[str]:
    assert isinstance(facts, ObjectFacts)
    out = [f"{count(facts.objects, 'object file')} in the program, {count(facts.bytes, 'byte')}"]
    for f in facts.files:
        out += ["", f"{strong(shown(f.name))}: {count(f.size, 'byte')}, {count(f.nsections, 'section')}, {count(f.symbols, 'symbol')} defined, "
                f"{f.undefined:,} wanted, {count(f.nrelocations, 'relocation')}"]  # fmt: skip
        for s in f.sections:
            at = f"at {number(f'{s.addr:#x}')}" if s.live else dim("not in the executable")
            out += ["", f"{name(shown(s.name))}  {count(s.size, 'byte')}, aligned to {s.align}, {s.flags}; {at}"]
            others = [n for n in s.symbols if not s.name.endswith(n)]
            if others:
                out.append(f"  symbols {', '.join(map(shown, others))}")
            out += ["  " + line for line in columns((number(f"+{r.offset:x}"), r.type, f"{r.before} -> {r.after}", dim(shown(r.words))) for r in s.relocations)]
    return out
