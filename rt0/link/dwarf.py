"""DWARF: the objects' `.debug_*` sections, one behind the other, relocated.

Only objects with live code take part; .debug_names, an index per object, is left out, and .debug_frame is made anew (frame.py). References between debug sections become offsets into the merged sections; references to code that was dropped become 0, or 1 in
.debug_ranges and .debug_loc where two zeros would end the list.
"""

from __future__ import annotations

import struct
from collections import Counter

from rt0.link.linker import DEAD, Input, Linker
from rt0.obj import elf

ORDER = (".debug_abbrev", ".debug_info", ".debug_line", ".debug_str", ".debug_line_str", ".debug_str_offsets", ".debug_addr", ".debug_ranges",
         ".debug_rnglists", ".debug_loc", ".debug_loclists", ".debug_aranges")  # fmt: skip

STRINGS = (".debug_str", ".debug_line_str")


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
    renamed = Renamed(ln.job.sources, {n: p[-1][0].addr[p[-1][1].index] + p[-1][1].size for n, p in parts.items() if n in STRINGS})
    merged = {name: merge(ln, name, parts[name], renamed) for name in names}
    return [(name, merged[name] + renamed.added.get(name, b"")) for name in names]


class Renamed:
    """File names that LinkJob.sources replaces: the new name stands behind the merged strings, and references lead to it.

    LLVM splits a name into a folder and a base name. A folder is replaced by the one where most of its files are.

    added  string section -> what comes at its end
    """

    __slots__ = ("added", "ends", "folders", "known", "sources")

    def __init__(self, sources: dict[str, str], ends: dict[str, int]) -> None:
        self.sources = {k.encode("utf-8", "surrogateescape"): v.encode("utf-8", "surrogateescape") for k, v in sources.items()}
        votes: dict[bytes, Counter[bytes]] = {}
        for old, new in self.sources.items():
            votes.setdefault(old.rpartition(b"/")[0], Counter())[new.rpartition(b"/")[0]] += 1
        self.folders = {old: count.most_common(1)[0][0] for old, count in votes.items()}
        self.ends = ends  # section -> size of the merged one
        self.known: dict[tuple[str, bytes], int] = {}
        self.added: dict[str, bytearray] = {}

    def offset(self, inp: Input, shndx: int, at: int) -> int:
        """Offset of the name that replaces the string at `at` of a string section; -1 when it stays."""
        s = inp.obj.sections[shndx] if shndx < len(inp.obj.sections) else None
        if s is None or s.name not in self.ends:
            return -1
        data = inp.obj.data
        start = s.offset + at
        old = bytes(data[start : data.index(b"\0", start)])
        new = self.sources.get(old) or (self.folders.get(old) if s.name == ".debug_line_str" else None)
        if new is None:
            return -1
        key = (s.name, new)
        found = self.known.get(key)
        if found is None:
            tail = self.added.setdefault(s.name, bytearray())
            found = self.known[key] = self.ends[s.name] + len(tail)
            tail += new + b"\0"
        return found


def merge(ln: Linker, name: str, items: list[tuple[Input, elf.Section]], renamed: Renamed) -> bytes:
    last, s = items[-1]
    buf = bytearray(last.addr[s.index] + s.size)
    tombstone = 1 if name in (".debug_ranges", ".debug_loc") else 0
    names = bool(renamed.sources) and name in (".debug_line", ".debug_str_offsets")
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
            if names:
                other = renamed.offset(inp, obj.symbols[sym][3], addend)
                if other >= 0:
                    x = other
            if t == elf.R_64:
                u64(buf, start + offset, x & (1 << 64) - 1)
            elif t in (elf.R_32, elf.R_32S):
                u32(buf, start + offset, x & 0xFFFFFFFF)
            elif t == elf.R_PC32:
                u32(buf, start + offset, (x - start - offset) & 0xFFFFFFFF)
    return bytes(buf)
