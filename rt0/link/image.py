"""The executable file: headers, contents, symbol table, DWARF.

File layout follows the address layout; each segment begins on a page of the file, so offset and address are congruent. Sections that are not loaded
(.symtab, .strtab, .debug_*, .shstrtab) and the section headers come last.

    contents       bytes of the loaded sections, every reference filled in      `loaded_contents`
    notes          build ids, between the program headers and .text             `notes`
    not loaded     DWARF, symbol table                                          `not_loaded`
    the file       `write_image` joins them, writes the headers
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass

from rt0.link.dwarf import debug_sections
from rt0.link.frame import debug_frame
from rt0.link.layout import BASE, PAGE, Layout, up
from rt0.link.relocate import relocate
from rt0.link.state import Link, Output
from rt0.link.symtab import symbol_table
from rt0.obj import elf

NOTE_GO_BUILDID = 4
NOTE_GNU_BUILD_ID = 3
HEADERS = 64 + 56 * 4  # bytes of the ELF header and of the program headers that every file has
PT_LOAD, PT_NOTE, PT_GNU_STACK = 1, 4, 0x6474E551
PF_R, PF_W, PF_X = 4, 2, 1

Contents = dict[str, bytes | bytearray]  # output section -> its bytes


@dataclass(slots=True)
class Section:
    """A section that is not loaded, as its header describes it (ELF-64, "Section Headers")."""

    name: str
    type: int
    body: bytes
    link: int = 0
    info: int = 0
    align: int = 1
    entsize: int = 0


@dataclass(slots=True)
class Segment:
    """A program header; the memory is at `addr`, the file has `fsize` bytes of it."""

    type: int
    flags: int
    offset: int
    addr: int
    fsize: int
    msize: int
    align: int


def write_image(ln: Link, lay: Layout) -> bytes:
    """The file's bytes. Raises CompileError for references that do not fit."""
    loaded = loaded_contents(ln, lay)
    note_outputs = notes(ln, lay, loaded)
    ln.check()
    # Every byte of the loaded sections is known; what follows only puts them into a file.

    ro = [o for o in lay.readonly() if o.size]
    outputs = [lay.text, *note_outputs, *ro, lay.data, lay.bss]
    segments = program_headers(lay, note_outputs, max((o.addr + o.size for o in ro), default=0))
    exe = bytearray(segments[2].offset + segments[2].fsize)
    for o in outputs:
        if o.type != elf.SHT_NOBITS:
            body = loaded[o.name]
            assert len(body) == o.size, o.name
            exe[o.addr - BASE : o.addr - BASE + o.size] = body
    # The part of the file that is mapped is complete.

    table = SectionHeaders()
    for o in outputs:
        table.add(o.name, o.type, o.flags, o.addr, min(o.addr - BASE, len(exe)), o.size, 0, 0, o.align, 0)
    for s in not_loaded(ln, lay, loaded[lay.text.name], outputs):
        exe += bytes(-len(exe) % s.align)
        table.add(s.name, s.type, 0, 0, len(exe), len(s.body), s.link, s.info, s.align, s.entsize)
        exe += s.body
    table.add(".shstrtab", elf.SHT_STRTAB, 0, 0, len(exe), len(table.names) + 10, 0, 0, 1, 0)
    exe += table.names
    exe += bytes(-len(exe) % 8)
    at = len(exe)
    exe += b"".join(table.headers)

    ident = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    n = len(table.headers)
    elf.EHDR.pack_into(exe, 0, ident, 2, 62, 1, ln.address(ln.job.entry), 64, at, 0, 64, 56, len(segments), 64, n, n - 1)
    for i, p in enumerate(segments):
        elf.PHDR.pack_into(exe, 64 + 56 * i, p.type, p.flags, p.offset, p.addr, p.addr, p.fsize, p.msize, p.align)
    return bytes(exe)


# ---------------------------------------------------------------- contents


def loaded_contents(ln: Link, lay: Layout) -> Contents:
    """Contents of every loaded section but the notes."""
    made: dict[str, bytearray] = {}
    for out, fill in ((lay.text, b"\xcc"), (lay.rodata, b"\0"), (lay.relro, b"\0"), (lay.gcroots, b"\0"), (lay.data, b"\0")):
        made[out.name] = contents(ln, out, fill)
    for at, content in lay.entries:
        made[lay.rodata.name][at - lay.rodata.addr : at - lay.rodata.addr + len(content)] = content
    tables = lay.tables.fill([(o.addr, made[o.name]) for o in (lay.rodata, lay.relro, lay.data)], lay.xstrings.addr)
    return {**made, **tables, lay.pclntab.name: lay.pcln}


def contents(ln: Link, out: Output, fill: bytes) -> bytearray:
    """Bytes of an output section made of input sections, relocated."""
    buf = bytearray(fill * out.size)
    base = out.addr
    for inp, s in out.items:
        at = inp.addr[s.index] - base
        if s.type != elf.SHT_NOBITS:
            buf[at : at + s.size] = inp.obj.data[s.offset : s.offset + s.size]
            if s.rela:
                relocate(ln, inp, s, buf, at)
        else:
            buf[at : at + s.size] = bytes(s.size)
    return buf


def notes(ln: Link, lay: Layout, loaded: Contents) -> list[Output]:
    """The notes of the build ids, placed behind the program headers; their contents go into `loaded`."""
    job = ln.job
    out = []
    for section, owner, kind, desc in (
        (".note.gnu.build-id", b"GNU\0", NOTE_GNU_BUILD_ID, job.gnu_build_id),
        (".note.go.buildid", b"Go\0\0", NOTE_GO_BUILDID, job.build_id.encode("utf-8", "surrogateescape")),
    ):
        if desc:
            body = loaded[section] = struct.pack("<III", 4, len(desc), kind) + owner + desc.ljust(up(len(desc), 4), b"\0")
            o = Output(section, elf.SHT_NOTE, elf.SHF_ALLOC)
            o.size, o.align = len(body), 4
            out.append(o)
    at = BASE + HEADERS + 56 * len(out)
    for o in out:
        o.addr = at
        at += o.size
    if at > lay.text.addr:
        ln.error("build id too long")
    return out


# ---------------------------------------------------------------- headers


def program_headers(lay: Layout, note_outputs: list[Output], ro_end: int) -> list[Segment]:
    """Text with the headers in front of it, what is only read, data with .bss behind it; ro_end: where the second ends, 0 when it is empty."""
    text_end = lay.text.addr + lay.text.size
    ro_start = up(text_end, PAGE)
    ro_end = max(ro_end, ro_start)
    data_start = up(ro_end, PAGE)
    data_end = max(lay.data.addr + lay.data.size, data_start)
    bss_end = max(lay.bss.addr + lay.bss.size, data_end)
    return [
        Segment(PT_LOAD, PF_R | PF_X, 0, BASE, text_end - BASE, text_end - BASE, PAGE),
        Segment(PT_LOAD, PF_R, ro_start - BASE, ro_start, ro_end - ro_start, ro_end - ro_start, PAGE),
        Segment(PT_LOAD, PF_R | PF_W, data_start - BASE, data_start, data_end - data_start, bss_end - data_start, PAGE),
        Segment(PT_GNU_STACK, PF_R | PF_W, 0, 0, 0, 0, 8),
        *(Segment(PT_NOTE, PF_R, o.addr - BASE, o.addr, o.size, o.size, 4) for o in note_outputs),
    ]


class SectionHeaders:
    """Section headers while they are made. names: contents of .shstrtab so far."""

    __slots__ = ("headers", "names")

    def __init__(self) -> None:
        self.headers: list[bytes] = [bytes(64)]
        self.names = bytearray(b"\0")

    def add(self, name: str, typ: int, flags: int, addr: int, offset: int, size: int, link: int, info: int, align: int, entsize: int) -> None:
        self.headers.append(elf.SHDR.pack(len(self.names), typ, flags, addr, offset, size, link, info, align, entsize))
        self.names.extend(name.encode("utf-8", "surrogateescape") + b"\0")


def not_loaded(ln: Link, lay: Layout, text: bytes | bytearray, outputs: list[Output]) -> list[Section]:
    """DWARF and the symbol table, as far as they are wanted. text: contents of .text; outputs: the sections in front."""
    job = ln.job
    out: list[Section] = []
    if job.strip_symbols:
        return out
    if not job.strip_dwarf:
        out += [Section(name, elf.SHT_PROGBITS, body) for name, body in debug_sections(ln)]
        if job.gdb_script:  # 1: the name of a Python file (gdb manual, "The .debug_gdb_scripts section")
            out.append(Section(".debug_gdb_scripts", elf.SHT_PROGBITS, b"\1" + os.fsencode(job.gdb_script) + b"\0"))
        functions = [(inp.addr[s.index], s.size) for inp, s in lay.text.items if s.size]
        out.append(Section(".debug_frame", elf.SHT_PROGBITS, debug_frame(lay.text, text, functions), align=8))
    symtab, strtab, first = symbol_table(ln, outputs)
    n = 1 + len(outputs) + len(out)
    out.append(Section(".symtab", elf.SHT_SYMTAB, symtab, link=n + 1, info=first, align=8, entsize=24))
    out.append(Section(".strtab", elf.SHT_STRTAB, strtab))
    return out
