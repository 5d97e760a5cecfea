"""Where every byte of an executable comes from: the file taken apart into pieces that follow one another without a gap.

    headers      ELF header, program headers, section headers
    sections     one piece per input section that the linker placed, with its symbol; tables that the linker wrote itself as a whole
    padding      what lies between, for alignment and for pages

`pieces(linked)` reads the state that the link left behind (linker.Linked) for what lies where, and the section headers of the file for what the linker
added afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

from rt0.abi import pclntab as fmt
from rt0.link.layout import BASE
from rt0.link.linker import Linked
from rt0.link.pcln import live_functions
from rt0.obj import elf

# prefix of a symbol of read-only data -> what it is
_DATA = {"type:": "type descriptor", "go:itab.": "itab", "go:string.": "string", "go:const.": "constant", "gcmask.": "pointer mask"}

# section that the linker writes as a whole -> what it is
_WHOLE = {
    ".itablink": "tables for the runtime", ".typelink": "tables for the runtime", ".rt0.words": "tables for the runtime", ".rt0.xstrings": "string",
    ".go.buildinfo": "build information", ".symtab": "symbol table", ".strtab": "symbol table", ".shstrtab": "headers",
}  # fmt: skip


@dataclass(slots=True)
class Piece:
    """offset, size: in the file. section, symbol: "" for headers and padding; symbol "" for what is nobody's. kind: one of a few words."""

    offset: int
    size: int
    section: str
    symbol: str
    kind: str


def pieces(linked: Linked) -> list[Piece]:
    """All of the file, in order; sizes add up to its length."""
    found = _headers(linked.exe)
    sections = {name: (off, size) for name, off, size in _sections(linked.exe)}
    lay = linked.layout
    for out in (lay.text, lay.rodata, lay.relro, lay.gcroots, lay.data):
        if out.name not in sections:
            continue
        _, size = sections.pop(out.name)
        for inp, s in out.items:
            if s.size:
                found.append(Piece(inp.addr[s.index] - BASE, s.size, out.name, (symbol := _symbol(s.name)), _kind(out.name, symbol)))
        if out is lay.rodata:
            found += [Piece(at - BASE, len(content), out.name, "", "constant") for at, content in lay.entries]
    if ".gopclntab" in sections:
        found += _line_tables(linked, *sections.pop(".gopclntab"))
    for name, (offset, size) in sections.items():
        if size:
            found.append(Piece(offset, size, name, "", _WHOLE.get(name, "debug information" if name.startswith(".debug_") else "notes")))
    return _filled(sorted(found, key=lambda p: p.offset), linked)


def _line_tables(linked: Linked, offset: int, size: int) -> list[Piece]:
    """pclntab (rt0/abi/pclntab.py): the tables that all functions share, and each function's own lines."""
    blob = linked.exe[offset : offset + size]
    _, nfunc, _, _, functab, buckets, _, stridx, nstridx, _ = fmt.HEADER.unpack_from(blob)
    rows = [fmt.FUNC.unpack_from(blob, functab + fmt.FUNC.size * i) for i in range(nfunc)]
    own = [(data, name) for (_, _, _, _, data), (_, _, name, _) in zip(rows, live_functions(linked.state), strict=True) if data]
    first = own[0][0] if own else size
    ends = [at for at, _ in own[1:]] + [size]
    shared = [(0, "its header"), (functab, "table of functions"), (buckets, "buckets of addresses"), (stridx, "index of strings"), (stridx + 4 * nstridx, "names and files")]
    out = [Piece(offset + at, end - at, ".gopclntab", what, "line tables") for (at, what), (end, _) in zip(shared, [*shared[1:], (first, "")])]
    return out + [Piece(offset + at, end - at, ".gopclntab", name, "line tables") for (at, name), end in zip(own, ends)]


def _headers(exe: bytes) -> list[Piece]:
    h = elf.EHDR.unpack_from(exe)
    return [
        Piece(0, 64, "", "ELF header", "headers"),
        Piece(h[5], 56 * h[10], "", "program headers", "headers"),
        Piece(h[6], 64 * h[12], "", "section headers", "headers"),
    ]


def _sections(exe: bytes) -> list[tuple[str, int, int]]:
    """(name, offset, bytes in the file)."""
    h = elf.EHDR.unpack_from(exe)
    headers = list(elf.SHDR.iter_unpack(exe[h[6] : h[6] + 64 * h[12]]))
    names = exe[headers[h[13]][4] :]
    return [(names[s[0] : names.index(b"\0", s[0])].decode(), s[4], s[5]) for s in headers if s[1] not in (0, elf.SHT_NOBITS)]


def _symbol(section: str) -> str:
    """The symbol that an input section is named for."""
    for prefix in (".text.", ".rodata.", ".data.rel.ro.", ".data.", ".rt0.gcroots."):
        if section.startswith(prefix):
            return section[len(prefix) :]
    return ""


def _kind(section: str, symbol: str) -> str:
    if section == ".text":
        return "code"
    if section == ".rt0.gcroots":
        return "pointer mask"
    if symbol.endswith("·f"):
        return "func value"
    for prefix, kind in _DATA.items():
        if symbol.startswith(prefix):
            return kind
    return "variable" if section == ".data" else "read-only data"


def _filled(found: list[Piece], linked: Linked) -> list[Piece]:
    """With padding where nothing lies."""
    out: list[Piece] = []
    at = 0
    for p in [*found, Piece(len(linked.exe), 0, "", "", "")]:
        if p.offset > at:
            out.append(Piece(at, p.offset - at, "", "", "padding"))
        if p.size:
            out.append(p)
        at = p.offset + p.size
    return out
