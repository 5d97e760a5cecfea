"""ELF64 little-endian x86-64 relocatable objects: reading, and adding sections.

The reader is on the linker's hot path (thousands of functions, each with its own section), so tables are decoded by `struct.iter_unpack` into tuples
and nothing else happens until asked: `Section.data` is a slice of the file, `Object.relocations(section)` an iterator.

    symbol  = (name offset, info, other, section index, value, size)     ELF64_Sym in field order; names in `Object.names`
    reloc   = (offset, info, addend)                                     ELF64_Rela; symbol index = info >> 32, type = info & 0xffffffff

Section indexes over 0xff00 (SHN_XINDEX) are resolved while reading, so `symbol[3]` is always the true index or one of SHN_UNDEF, SHN_ABS, SHN_COMMON.
Source: System V ABI (gABI) chapter 4; AMD64 psABI.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from rt0.abi import pclntab

SHT_PROGBITS, SHT_SYMTAB, SHT_STRTAB, SHT_RELA, SHT_NOTE, SHT_NOBITS, SHT_GROUP, SHT_SYMTAB_SHNDX = 1, 2, 3, 4, 7, 8, 17, 18
SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR, SHF_MERGE, SHF_STRINGS, SHF_GROUP, SHF_TLS = 1, 2, 4, 0x10, 0x20, 0x200, 0x400
SHN_UNDEF, SHN_LORESERVE, SHN_ABS, SHN_COMMON, SHN_XINDEX = 0, 0xFF00, 0xFFF1, 0xFFF2, 0xFFFF
STB_LOCAL, STB_GLOBAL, STB_WEAK = 0, 1, 2
STT_NOTYPE, STT_OBJECT, STT_FUNC, STT_SECTION, STT_FILE = 0, 1, 2, 3, 4
GRP_COMDAT = 1

R_NONE, R_64, R_PC32, R_PLT32, R_GOTPCREL, R_32, R_32S, R_16, R_8 = 0, 1, 2, 4, 9, 10, 11, 12, 14
R_PC8, R_PC64, R_SIZE32, R_SIZE64, R_GOTPCRELX, R_REX_GOTPCRELX = 15, 24, 32, 33, 41, 42

EHDR = struct.Struct("<16sHHIQQQIHHHHHH")
SHDR = struct.Struct("<IIQQQQIIQQ")
SYM = struct.Struct("<IBBHQQ")
RELA = struct.Struct("<QQq")
PHDR = struct.Struct("<IIQQQQQQ")

Symbol = tuple[int, int, int, int, int, int]
Reloc = tuple[int, int, int]


class FormatError(Exception):
    """Not an object this reader understands."""


DAMAGE = (struct.error, ValueError, IndexError, OverflowError)  # what reading a damaged file raises: an offset, an index or a name leads nowhere


class Section:
    """One section of an object. `rela` is the index of its relocation section, 0 if none; `group` of its group, 0 if none."""

    __slots__ = ("align", "entsize", "flags", "group", "index", "info", "link", "name", "offset", "rela", "size", "type")

    def __init__(self, index: int, name: str, typ: int, flags: int, offset: int, size: int, link: int, info: int, align: int, entsize: int) -> None:
        self.index = index
        self.name = name
        self.type = typ
        self.flags = flags
        self.offset = offset
        self.size = size
        self.link = link
        self.info = info
        self.align = align
        self.entsize = entsize
        self.rela = 0
        self.group = 0


class Object:
    """A parsed object. `names[i]` belongs to `symbols[i]`; groups: (signature, member section indexes)."""

    __slots__ = ("data", "first_global", "groups", "names", "sections", "symbols")

    def __init__(self, data: bytes, sections: list[Section], symbols: list[Symbol], names: list[str], first_global: int) -> None:
        self.data = data
        self.sections = sections
        self.symbols = symbols
        self.names = names
        self.first_global = first_global
        self.groups: list[tuple[str, list[int]]] = []

    def contents(self, s: Section) -> bytes:
        if s.type == SHT_NOBITS:
            return bytes(s.size)
        return self.data[s.offset : s.offset + s.size]

    def relocations(self, s: Section) -> Iterator[Reloc]:
        """Relocations that apply to `s`."""
        if not s.rela:
            return iter(())
        r = self.sections[s.rela]
        return RELA.iter_unpack(self.data[r.offset : r.offset + r.size])

    def references(self) -> dict[str, list[str]]:
        """Defined symbol -> names its section's relocations refer to, local sections followed. Undefined names included."""
        owners: dict[int, list[str]] = {}
        symbols, names = self.symbols, self.names
        for i in range(self.first_global, len(symbols)):
            shndx = symbols[i][3]
            if SHN_UNDEF < shndx < len(self.sections) and names[i]:
                owners.setdefault(shndx, []).append(names[i])
        direct: dict[int, tuple[set[str], set[int]]] = {}

        def edges(section: int) -> tuple[set[str], set[int]]:
            e = direct.get(section)
            if e is None:
                syms = {info >> 32 for _, info, _ in self.relocations(self.sections[section])}
                first = self.first_global
                e = direct[section] = (
                    {names[i] for i in syms if i >= first},
                    {symbols[i][3] for i in syms if i < first and SHN_UNDEF < symbols[i][3] < len(self.sections)},
                )
            return e

        out: dict[str, list[str]] = {}
        for section, defined in owners.items():
            refs: set[str] = set()
            seen = {section}
            work = [section]
            while work:
                found, local = edges(work.pop())
                refs |= found
                work += local - seen
                seen |= local
            for name in defined:
                out[name] = sorted(refs - {name})
        return out

    def section(self, name: str) -> Section | None:
        for s in self.sections:
            if s.name == name:
                return s
        return None


def read_object(data: bytes) -> Object:
    """Parse an ET_REL file; FormatError if it is not one of ours."""
    try:
        return _read(data)
    except DAMAGE:
        raise FormatError("malformed object") from None


def _read(data: bytes) -> Object:
    if len(data) < 64 or data[:6] != b"\x7fELF\x02\x01":
        raise FormatError("not a 64-bit little-endian ELF file")
    _, etype, machine, _, _, _, shoff, _, _, _, _, shentsize, shnum, shstrndx = EHDR.unpack_from(data)
    if etype != 1 or machine != 62 or shentsize != 64:
        raise FormatError("not an x86-64 relocatable object")
    if shoff == 0 or shoff + 64 > len(data):
        raise FormatError("truncated object")
    if shnum == 0:
        shnum = SHDR.unpack_from(data, shoff)[5]
    if shstrndx == SHN_XINDEX:
        shstrndx = SHDR.unpack_from(data, shoff)[6]
    if shoff + 64 * shnum > len(data) or shstrndx >= shnum:
        raise FormatError("truncated object")
    headers = list(SHDR.iter_unpack(data[shoff : shoff + 64 * shnum]))
    h = headers[shstrndx]
    strings = data[h[4] : h[4] + h[5]]
    index = strings.index
    sections: list[Section] = []
    symtab: Section | None = None
    shndx: Section | None = None
    relas: list[Section] = []
    groups: list[Section] = []
    end = len(data)
    for i, (name, typ, flags, _addr, offset, size, link, info, align, entsize) in enumerate(headers):
        s = Section(i, strings[name : index(b"\0", name)].decode("utf-8", "surrogateescape"), typ, flags, offset, size, link, info, align, entsize)
        if typ != SHT_NOBITS and offset + size > end:
            raise FormatError(f"section {s.name} lies outside the file")
        sections.append(s)
        if typ == SHT_RELA:
            relas.append(s)
        elif typ == SHT_SYMTAB:
            symtab = s
        elif typ == SHT_GROUP:
            groups.append(s)
        elif typ == SHT_SYMTAB_SHNDX:
            shndx = s
    symbols: list[Symbol] = []
    names: list[str] = []
    if symtab is not None:
        symbols = list(SYM.iter_unpack(data[symtab.offset : symtab.offset + symtab.size]))
        h = headers[symtab.link]
        strings = data[h[4] : h[4] + h[5]]
        index = strings.index
        names = [strings[x : index(b"\0", x)].decode("utf-8", "surrogateescape") if (x := s[0]) else "" for s in symbols]
        if shndx is not None:
            xs = struct.unpack_from(f"<{len(symbols)}I", data, shndx.offset)
            symbols = [(s[0], s[1], s[2], x, s[4], s[5]) if s[3] == SHN_XINDEX else s for s, x in zip(symbols, xs)]
    for r in relas:
        if 0 < r.info < shnum:
            sections[r.info].rela = r.index
    obj = Object(data, sections, symbols, names, symtab.info if symtab else 0)
    for g in groups:
        words = struct.unpack_from(f"<{g.size // 4}I", data, g.offset)
        if words and words[0] & GRP_COMDAT:
            for m in words[1:]:
                sections[m].group = g.index
            sym = symbols[g.info]
            name = names[g.info]
            if not name and sym[1] & 15 == STT_SECTION:
                name = sections[sym[3]].name
            obj.groups.append((name, list(words[1:])))
    return obj


_WIDTHS = {R_NONE: 0, R_64: 8, R_PC64: 8, R_SIZE64: 8, R_16: 2, R_8: 1, R_PC8: 1}  # bytes of a relocation's field; 4 for the others
MAX_SECTION, MAX_ALIGN = 1 << 30, 1 << 16


def check_object(data: bytes) -> None:
    """Refuse an object that refers to what it does not have: the linker asks no more. For objects that rt0 has not made in the same build.

    raises   FormatError
    """
    obj = read_object(data)
    sections, nsyms = obj.sections, len(obj.symbols)
    if obj.first_global > nsyms:
        raise FormatError("malformed symbol table")
    for s in sections:
        if s.size > MAX_SECTION or s.align > MAX_ALIGN or s.align & (s.align - 1) or (s.flags & SHF_MERGE and (s.entsize == 0 or s.size % s.entsize)):
            raise FormatError(f"section {s.name}: malformed header")
        if s.type == SHT_RELA and s.size % RELA.size:
            raise FormatError(f"section {s.name}: not a table of relocations")
        if s.flags & SHF_EXECINSTR and s.flags & ~(SHF_ALLOC | SHF_EXECINSTR | SHF_GROUP):
            raise FormatError(f"section {s.name}: code with flags {s.flags:#x}")
        if s.flags & SHF_ALLOC and s.type not in (SHT_PROGBITS, SHT_NOBITS, SHT_NOTE) and s.type < 0x60000000:
            raise FormatError(f"section {s.name}: allocated section of type {s.type}")
    for s in sections:
        for offset, info, _ in obj.relocations(s):
            if info >> 32 >= nsyms or offset + _WIDTHS.get(info & 0xFFFFFFFF, 4) > s.size:
                raise FormatError(f"section {s.name}: relocation at {offset:#x} out of range")
    for name, (_, info, _, shndx, value, size) in zip(obj.names, obj.symbols):
        if shndx in (SHN_UNDEF, SHN_ABS, SHN_COMMON) or info & 15 == STT_FILE:
            continue
        if shndx >= len(sections) or value + size > sections[shndx].size:
            raise FormatError(f"symbol {name} lies outside its section")
        if info & 15 == STT_FUNC and not sections[shndx].flags & SHF_EXECINSTR:
            raise FormatError(f"function {name} lies in section {sections[shndx].name}")
    for _, members in obj.groups:
        if any(m >= len(sections) for m in members):
            raise FormatError("malformed section group")
    strings = obj.section(pclntab.PCSTRS)
    nstrings = obj.contents(strings).count(b"\0") if strings is not None else 0
    for s in sections:
        if s.name.startswith(pclntab.PCTAB_PREFIX):
            body = obj.contents(s)
            try:
                n, p = pclntab.read_uvarint(body, 0)
                for _ in range(n):
                    k, p = pclntab.read_uvarint(body, p)
                    if k >= nstrings:
                        raise IndexError
            except IndexError:
                raise FormatError(f"section {s.name}: malformed line table") from None


def rewrite_sections(data: bytes, drop: str, new: list[tuple[str, bytes]]) -> bytes:
    """The object without sections whose name begins with `drop` ("" drops none) and with the sections `new`: (name, contents).

    New sections are not allocated, byte aligned and without relocations. Indexes of the other sections stay: a dropped one becomes an
    empty SHT_NULL section, together with its relocations.
    """
    if not new and not drop:
        return data
    ident, etype, machine, version, entry, phoff, shoff, flags, ehsize, phentsize, phnum, shentsize, shnum, shstrndx = EHDR.unpack_from(data)
    if shnum == 0:
        shnum = SHDR.unpack_from(data, shoff)[5]
    wide_str = shstrndx == SHN_XINDEX
    strndx = SHDR.unpack_from(data, shoff)[6] if wide_str else shstrndx
    headers = [list(h) for h in SHDR.iter_unpack(data[shoff : shoff + 64 * shnum])]
    h = headers[strndx]
    names = bytearray(data[h[4] : h[4] + h[5]])
    prefixes = (drop.encode(), b".rela" + drop.encode()) if drop else ()
    parts: list[bytes] = [bytes(64)]
    at = 64
    for i, h in enumerate(headers):
        if not i or i == strndx:
            continue
        if prefixes and names.startswith(prefixes, h[0]):
            headers[i] = [h[0], 0, 0, 0, 0, 0, 0, 0, 0, 0]
            continue
        if h[1] == SHT_NOBITS:
            h[4] = at
            continue
        pad = -at % max(h[8], 1)
        if pad:
            parts.append(bytes(pad))
            at += pad
        parts.append(data[h[4] : h[4] + h[5]])
        h[4] = at
        at += h[5]
    for name, body in new:
        headers.append([len(names), SHT_PROGBITS, 0, 0, at, len(body), 0, 0, 1, 0])
        names += name.encode("utf-8", "surrogateescape") + b"\0"
        parts.append(body)
        at += len(body)
    headers[strndx][4], headers[strndx][5] = at, len(names)
    parts.append(bytes(names))
    at += len(names)
    parts.append(bytes(-at % 8))
    at += -at % 8
    count = len(headers)
    if count >= SHN_LORESERVE:
        headers[0][5] = count
        count = 0
    pack = SHDR.pack
    parts += [pack(*h) for h in headers]
    parts[0] = EHDR.pack(
        ident, etype, machine, version, entry, phoff, at, flags, ehsize, phentsize, phnum, shentsize, count, SHN_XINDEX if wide_str else strndx
    )
    return b"".join(parts)
