"""DWARF: the objects' `.debug_*` sections, one behind the other, relocated.

Only objects with live code take part; .debug_names, an index per object, is left out, and .debug_frame is made anew (frame.py). References between debug sections become offsets into the merged sections; references to code that was dropped become 0, or 1 in
.debug_ranges and .debug_loc where two zeros would end the list.
"""

from __future__ import annotations

import struct

from rt0.link.linker import DEAD, Input, Linker
from rt0.obj import elf

ORDER = (".debug_abbrev", ".debug_info", ".debug_line", ".debug_str", ".debug_line_str", ".debug_str_offsets", ".debug_addr", ".debug_ranges",
         ".debug_rnglists", ".debug_loc", ".debug_loclists", ".debug_aranges")  # fmt: skip


def debug_sections(ln: Linker) -> list[tuple[str, bytes]]:
    """(name, bytes) of every merged debug section."""
    parts: dict[str, list[tuple[Input, elf.Section]]] = {}
    for inp in ln.inputs:
        sections = inp.obj.sections
        if not any(inp.live[s.index] and s.flags & elf.SHF_EXECINSTR for s in sections):
            continue
        for s in sections:
            if s.name.startswith(".debug_") and s.name not in (".debug_names", ".debug_frame") and s.type == elf.SHT_PROGBITS and not inp.discarded[s.index]:
                parts.setdefault(s.name, []).append((inp, s))
    for items in parts.values():
        at = 0
        for inp, s in items:
            at = -(-at // max(s.align, 1)) * max(s.align, 1)
            inp.addr[s.index] = at
            inp.live[s.index] = 1
            at += s.size
    names = [n for n in ORDER if n in parts] + sorted(n for n in parts if n not in ORDER)
    return [(name, merge(ln, name, parts[name])) for name in names]


def merge(ln: Linker, name: str, items: list[tuple[Input, elf.Section]]) -> bytes:
    last, s = items[-1]
    buf = bytearray(last.addr[s.index] + s.size)
    tombstone = 1 if name in (".debug_ranges", ".debug_loc") else 0
    u32 = struct.Struct("<I").pack_into
    u64 = struct.Struct("<Q").pack_into
    for inp, s in items:
        start = inp.addr[s.index]
        obj = inp.obj
        buf[start : start + s.size] = obj.data[s.offset : s.offset + s.size]
        values = inp.values
        for offset, info, addend in obj.relocations(s):
            sym = info >> 32
            v = values[sym]
            if v is None:
                v = ln.value(inp, sym, addend)
            t = info & 0xFFFFFFFF
            x = tombstone if v == DEAD else v + addend
            if t == elf.R_64:
                u64(buf, start + offset, x & (1 << 64) - 1)
            elif t in (elf.R_32, elf.R_32S):
                u32(buf, start + offset, x & 0xFFFFFFFF)
            elif t == elf.R_PC32:
                u32(buf, start + offset, (x - start - offset) & 0xFFFFFFFF)
    return bytes(buf)
