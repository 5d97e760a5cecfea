"""DWARF: the objects' `.debug_*` sections, one behind the other, relocated.

Only objects with live code take part; .debug_names, an index per object, is left out, and .debug_frame is made anew (frame.py). References between debug sections become offsets into the merged sections; references to code that was dropped become 0, or 1 in
.debug_ranges and .debug_loc where two zeros would end the list. Strings (.debug_str, .debug_line_str) are kept once: units name the same types
over and over.
"""

from __future__ import annotations

import struct
from collections import Counter

from rt0.link.state import DEAD, Input, Link
from rt0.obj import elf

ORDER = (".debug_abbrev", ".debug_info", ".debug_line", ".debug_str", ".debug_line_str", ".debug_str_offsets", ".debug_addr", ".debug_ranges",
         ".debug_rnglists", ".debug_loc", ".debug_loclists", ".debug_aranges")  # fmt: skip

STRINGS = (".debug_str", ".debug_line_str")


def debug_sections(ln: Link) -> list[tuple[str, bytes]]:
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
    sources = Sources(ln.job.sources)
    strings = {name: Strings(sources, name) for name in STRINGS}
    merged = {name: merge(ln, name, parts[name], strings) for name in names if name not in strings}
    return [(name, merged[name] if name in merged else bytes(strings[name].data)) for name in names]


class Sources:
    """File names that LinkJob.sources replaces.

    LLVM splits a name into a folder and a base name. A folder is replaced by the one where most of its files are.
    """

    __slots__ = ("files", "folders")

    def __init__(self, sources: dict[str, str]) -> None:
        self.files = {k.encode("utf-8", "surrogateescape"): v.encode("utf-8", "surrogateescape") for k, v in sources.items()}
        votes: dict[bytes, Counter[bytes]] = {}
        for old, new in self.files.items():
            votes.setdefault(old.rpartition(b"/")[0], Counter())[new.rpartition(b"/")[0]] += 1
        self.folders = {old: count.most_common(1)[0][0] for old, count in votes.items()}


class Strings:
    """A merged string section: what is referred to, each string once.

    data   its contents
    known  string -> offset
    """

    __slots__ = ("data", "folders", "known", "sources")

    def __init__(self, sources: Sources, section: str) -> None:
        self.sources = sources
        self.folders = sources.folders if section == ".debug_line_str" else {}
        self.data = bytearray()
        self.known: dict[bytes, int] = {}

    def offset(self, text: bytes, at: int, names: bool) -> int:
        """The place of the string at `at` of an object's section. names: it may be the name of a file."""
        s = text[at : text.index(b"\0", at)]
        if names and (new := self.sources.files.get(s) or self.folders.get(s)) is not None:
            s = new
        found = self.known.get(s)
        if found is None:
            found = self.known[s] = len(self.data)
            self.data += s + b"\0"
        return found


def merge(ln: Link, name: str, items: list[tuple[Input, elf.Section]], strings: dict[str, Strings]) -> bytes:
    """One section's bytes; the strings that it refers to are entered in `strings` (section name -> Strings)."""
    last, s = items[-1]
    buf = bytearray(last.addr[s.index] + s.size)
    tombstone = 1 if name in (".debug_ranges", ".debug_loc") else 0
    names = name in (".debug_line", ".debug_str_offsets")
    u32 = struct.Struct("<I").pack_into
    u64 = struct.Struct("<Q").pack_into
    for inp, s in items:
        start = inp.addr[s.index]
        obj = inp.obj
        buf[start : start + s.size] = obj.data[s.offset : s.offset + s.size]
        values = inp.values
        symbols = obj.symbols
        texts = {t.index: (strings[t.name].offset, obj.contents(t)) for t in obj.sections if t.name in strings}
        for offset, info, addend in obj.relocations(s):
            sym = info >> 32
            text = texts.get(symbols[sym][3])
            if text is not None:
                u32(buf, start + offset, text[0](text[1], symbols[sym][4] + addend, names))
                continue
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
