"""Step 11 as text."""

from __future__ import annotations

from rt0.explain.facts.elf import ELFFacts, ELFField
from rt0.explain.model import Facts
from rt0.explain.text import columns, count, dim, good, name, number, shown, strong


def brief(facts: Facts) -> list[str]:
    assert isinstance(facts, ELFFacts)
    loads = [s for s in facts.segments if s.type == "LOAD"]
    out = [f"{count(facts.size, 'byte')}, {count(len(facts.segments), 'program header')}, {count(len(facts.sections), 'section')}; "
           f"e_entry {number(f'{facts.entry:#x}')} is {name(shown(facts.entry_symbol) or 'without a symbol')}"]  # fmt: skip
    out.append("mapped: " + ", ".join(f"{number(f'{s.addr:#x}')} {s.flags} {s.memory_size:,}" for s in loads))
    if facts.instructions:
        out.append("first: " + "; ".join(shown(i.plan9) for i in facts.instructions[:4]))
    return out


def lines(facts: Facts) -> list[str]:
    assert isinstance(facts, ELFFacts)
    out = [strong("The header, byte by byte:"), "", *_table(facts.header)]
    for n, s in enumerate(facts.segments):
        out += ["", f"{strong(f'Program header {n}: {s.type}')}  {shown(s.words)}", "", *_table(s.fields)]
        if s.sections:
            out.append(f"  holds {', '.join(name(shown(x)) for x in s.sections)}")
    out += ["", strong("Sections:"), ""]
    rows = [(name(shown(s.name)), s.type, s.flags, number(f"{s.addr:#x}" if s.addr else ""), f"at {s.offset:#x}", f"{s.size:,}", dim(s.meaning)) for s in facts.sections]
    out += ["  " + line for line in columns(rows, right=(5,))]
    out += ["", f"{strong('The way in:')} e_entry {number(f'{facts.entry:#x}')} is {name(shown(facts.entry_symbol))}", ""]
    if not facts.instructions:
        out.append(dim("  to see its instructions: pip install 'rt0[explain]'"))
    last = ""
    for i in facts.instructions:
        if i.symbol != last:
            out.append(f"  {name(shown(i.symbol))}:")
            last = i.symbol
        out += ["    " + line for line in columns([(number(f"{i.addr:x}"), f"{i.code:<20}", f"{good(shown(i.plan9)):<44}", shown(i.intel))])]
    return out


def _table(fields: list[ELFField]) -> list[str]:
    return ["  " + line for line in columns((number(f"{f.offset:02x}"), f.bytes, name(f.name), shown(f.value), dim(f.meaning)) for f in fields)]
