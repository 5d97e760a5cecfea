"""Builds pclntab (rt0/abi/pclntab.py) from the `.rt0.pctab.SYMBOL` sections of the objects.

The rows were made when the objects were compiled; here functions are sorted by address, names and strings are interned, and the per-function
data is copied unchanged. Functions with the same list of strings (most functions of a file) share it. Everything is in the order of addresses, so the
table does not depend on how functions are spread over objects.
"""

from __future__ import annotations

import struct

from rt0.abi import pclntab as fmt
from rt0.link.state import Input, Link
from rt0.obj import elf


def live_functions(ln: Link) -> list[tuple[int, int, str, Input]]:
    """(address, size, symbol, object) of every function in the output, by address."""
    found: dict[int, tuple[int, int, str, Input]] = {}
    for inp in ln.inputs:
        live = inp.live
        addr = inp.addr
        names = inp.obj.names
        nsec = len(live)
        for i, (_, info, _, shndx, value, size) in enumerate(inp.obj.symbols):
            if info & 15 == elf.STT_FUNC and shndx < nsec and live[shndx]:
                at = addr[shndx] + value
                old = found.get(at)
                if old is None or old[1] < size:
                    found[at] = (at, size, names[i], inp)
    return sorted(found.values(), key=lambda f: f[0])


def build_pclntab(ln: Link, text: int, etext: int) -> tuple[bytes, int]:
    """(table, offset of its bucket table)."""
    funcs = live_functions(ln)
    strings = bytearray(b"\0")  # offsets into this region; 0 is unused
    interned: dict[str, int] = {}
    stridx: list[int] = []
    data = bytearray(b"\0\0\0\0")  # 0 = none
    rows: list[tuple[int, int, int, int, int]] = []
    bases: dict[tuple[int, ...], int] = {(): 0}  # strings of a function -> where they begin in stridx
    tabs: dict[int, dict[str, elf.Section]] = {}
    texts: dict[int, list[bytes]] = {}  # object -> its .rt0.pcstrs
    offsets: dict[tuple[int, int], int] = {}  # object, number in it -> offset of the string

    def intern(s: str) -> int:
        off = interned.get(s)
        if off is None:
            off = interned[s] = len(strings)
            raw = s.encode("utf-8", "surrogateescape")
            strings.extend(fmt.uvarint(len(raw)))
            strings.extend(raw)
        return off

    prefix = fmt.PCTAB_PREFIX
    sources = ln.job.sources
    uvarint = fmt.read_uvarint
    skip = len(prefix)
    for at, size, name, inp in funcs:
        sections = tabs.get(inp.index)
        if sections is None:
            sections = tabs[inp.index] = {s.name[skip:]: s for s in inp.obj.sections if s.name.startswith(prefix)}
            s = inp.obj.section(fmt.PCSTRS)
            texts[inp.index] = inp.obj.contents(s)[:-1].split(b"\0") if s is not None and s.size else []
        tab = sections.get(name)
        off = base = 0
        if tab is not None:
            index = inp.index
            raw = inp.obj.data
            n, p = uvarint(raw, tab.offset)
            used = []
            for _ in range(n):
                k, p = uvarint(raw, p)
                o = offsets.get((index, k))
                if o is None:
                    text_k = texts[index][k].decode("utf-8", "surrogateescape")
                    o = offsets[index, k] = intern(sources.get(text_k) or fmt.display_name(text_k))
                used.append(o)
            key = tuple(used)
            found = bases.get(key)
            if found is None:
                found = bases[key] = len(stridx)
                stridx += used
            base = found
            off = len(data)
            data += raw[p : tab.offset + tab.size]
        rows.append((at - text, size, intern(fmt.display_name(name)), base, off))

    functab = fmt.HEADER.size
    buckets = functab + fmt.FUNC.size * (len(rows) + 1)
    nbuckets = (etext - text) // fmt.BUCKET + 1
    index_off = buckets + 4 * nbuckets
    strings_off = index_off + 4 * len(stridx)
    data_off = strings_off + len(strings)
    pack = fmt.FUNC.pack
    table = b"".join(
        [pack(entry, size, name + strings_off, base, off + data_off if off else 0) for entry, size, name, base, off in rows]
        + [pack(etext - text, 0, 0, 0, 0)]
    )
    entries = [r[0] for r in rows]
    marks: list[int] = []
    i = 0
    last = len(entries) - 1
    for b in range(nbuckets):
        limit = b * fmt.BUCKET
        while i < last and entries[i + 1] <= limit:
            i += 1
        marks.append(i)
    size = data_off + len(data)
    head = fmt.HEADER.pack(fmt.MAGIC, len(rows), text, etext, functab, buckets, nbuckets, index_off, len(stridx), size)
    body = [
        head,
        table,
        struct.pack(f"<{nbuckets}I", *marks),
        struct.pack(f"<{len(stridx)}I", *[x + strings_off for x in stridx]),
        bytes(strings),
        bytes(data),
    ]
    return b"".join(body), buckets
