"""The executable file: headers, contents, symbol table, DWARF.

File layout follows the address layout; each segment begins on a page of the file, so offset and address are congruent. Sections that are not loaded
(.symtab, .strtab, .debug_*, .shstrtab) and the section headers come last.
"""

from __future__ import annotations

import os
import struct

from rt0.link.dwarf import debug_sections
from rt0.link.frame import debug_frame
from rt0.link.layout import BASE, PAGE, Layout, Output, up
from rt0.link.linker import Linker
from rt0.link.relocate import relocate
from rt0.obj import elf

NOTE_GO_BUILDID = 4
NOTE_GNU_BUILD_ID = 3


def contents(ln: Linker, out: Output, fill: bytes) -> bytearray:
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


def symbol_table(ln: Linker, outputs: list[Output]) -> tuple[bytes, bytes, int]:
    """(.symtab, .strtab, index of the first global): functions and data in the output, by address; locals first."""
    ranges = [(o.addr, o.addr + o.size, i + 1) for i, o in enumerate(outputs) if o.size]
    local: list[tuple[int, str, int, int]] = []
    glob: list[tuple[int, str, int, int]] = []
    defs = ln.globals
    for inp in ln.inputs:
        live, addr, names = inp.live, inp.addr, inp.obj.names
        nsec = len(live)
        first = inp.obj.first_global
        for i, (_, info, _, shndx, value, size) in enumerate(inp.obj.symbols):
            typ = info & 15
            if shndx >= nsec or not live[shndx] or typ == elf.STT_SECTION or not names[i]:
                continue
            name = names[i]
            if i < first:
                if name.startswith(".L"):
                    continue
                local.append((addr[shndx] + value, name, typ, size))
            else:
                d = defs.get(name)
                if d is not None and d.inp is inp and name not in ln.special:
                    glob.append((addr[shndx] + value, name, elf.STB_GLOBAL << 4 | typ, size))
    for name, a in ln.special.items():
        if a:
            glob.append((a, name, elf.STB_GLOBAL << 4, 0))
    local.sort()
    glob.sort()
    strtab = bytearray(b"\0")
    pack = elf.SYM.pack
    rows = [bytes(24)]
    for a, name, info, size in local + glob:
        shndx = elf.SHN_ABS
        for lo, hi, n in ranges:
            if lo <= a < hi or (a == hi and not size):
                shndx = n
                if a < hi:
                    break
        rows.append(pack(len(strtab), info, 0, shndx, a, size))
        strtab += name.encode("utf-8", "surrogateescape") + b"\0"
    return b"".join(rows), bytes(strtab), 1 + len(local)


def type_string(image: list[tuple[int, bytearray]], addr: int) -> bytes:
    """reflect's String of the type descriptor at `addr` (internal/abi: Str is a NameOff at 40, TFlag at 20)."""

    def read(a: int, n: int) -> bytes:
        for base, buf in image:
            if base <= a < base + len(buf):
                return bytes(buf[a - base : a - base + n])
        return bytes(n)

    tflag = read(addr + 20, 1)[0]
    (name,) = struct.unpack("<I", read(addr + 40, 4))
    at = name + 1
    n = shift = 0
    while True:
        b = (read(at, 1) or b"\0")[0]
        at += 1
        n |= (b & 0x7F) << shift
        if b < 0x80:
            break
        shift += 7
    s = read(at, n)
    return s[1:] if tflag & 2 else s


def fill_tables(ln: Linker, lay: Layout, image: list[tuple[int, bytearray]]) -> None:
    """Contents of the generated sections that need addresses; -X variables."""
    lay.generated[".itablink"] = b"".join(struct.pack("<Q", ln.address(n)) for n in lay.itabs)
    types = sorted((type_string(image, a), n, a) for n in lay.types if (a := ln.address(n)) > 0)
    lay.generated[".typelink"] = b"".join(struct.pack("<Q", a) for _, _, a in types)
    words: list[bytes] = []
    for name in sorted(ln.job.tables):
        for w in ln.job.tables[name]:
            words.append(struct.pack("<Q", (w if isinstance(w, int) else ln.address(w)) & (1 << 64) - 1))
    lay.generated[".rt0.words"] = b"".join(words)
    for name, off, size in lay.xplaces:
        at = ln.address(name)
        for base, buf in image:
            if base <= at < base + len(buf):
                struct.pack_into("<QQ", buf, at - base, lay.xstrings.addr + off if size else 0, size)


def write_image(ln: Linker, lay: Layout) -> bytes:
    """The file's bytes."""
    job = ln.job
    made: dict[str, bytearray] = {}
    for out, fill in ((lay.text, b"\xcc"), (lay.rodata, b"\0"), (lay.relro, b"\0"), (lay.gcroots, b"\0"), (lay.data, b"\0")):
        made[out.name] = contents(ln, out, fill)
    for at, content in lay.entries:
        made[lay.rodata.name][at - lay.rodata.addr : at - lay.rodata.addr + len(content)] = content
    image = [(o.addr, made[o.name]) for o in (lay.rodata, lay.relro, lay.data)]
    fill_tables(ln, lay, image)
    ln.check()

    notes: list[tuple[Output, bytes]] = []
    for section, owner, kind, desc in (
        (".note.gnu.build-id", b"GNU\0", NOTE_GNU_BUILD_ID, job.gnu_build_id),
        (".note.go.buildid", b"Go\0\0", NOTE_GO_BUILDID, job.build_id.encode("utf-8", "surrogateescape")),
    ):
        if desc:
            body = struct.pack("<III", 4, len(desc), kind) + owner + desc.ljust(up(len(desc), 4), b"\0")
            notes.append((Output(section, elf.SHT_NOTE, elf.SHF_ALLOC), body))
    nph = 4 + len(notes)
    at = BASE + 64 + 56 * nph
    for note_out, body in notes:
        note_out.addr, note_out.size, note_out.align = at, len(body), 4
        at += len(body)
    if at > lay.text.addr:
        ln.error("build id too long")
        ln.check()
    note_bytes = {out.name: body for out, body in notes}

    ro = [lay.rodata, lay.relro, lay.gcroots, lay.itablink, lay.typelink, lay.wordtab, lay.xstrings, lay.pclntab, lay.buildinfo]
    outputs = [o for o in [lay.text, *(out for out, _ in notes), *ro, lay.data, lay.bss] if o.size or o in (lay.text, lay.data, lay.bss)]
    ro_live = [o for o in ro if o.size]
    ro_start = up(lay.text.addr + lay.text.size, PAGE)
    ro_end = max((o.addr + o.size for o in ro_live), default=ro_start)
    data_start = up(ro_end, PAGE)
    shift = BASE  # file offset = address - BASE throughout the loaded part
    text_end = lay.text.addr + lay.text.size
    data_end = max(lay.data.addr + lay.data.size, data_start)
    bss_end = max(lay.bss.addr + lay.bss.size, data_end)
    exe = bytearray(data_end - shift)
    for o in outputs:
        filling: bytes | bytearray
        if o.type == elf.SHT_NOBITS:
            continue
        if o.name in note_bytes:
            filling = note_bytes[o.name]
        elif o.name in made:
            filling = made[o.name]
        else:
            filling = lay.generated[o.name]
            assert len(filling) == o.size, o.name
        exe[o.addr - shift : o.addr - shift + len(filling)] = filling

    # not loaded: name, type, flags, bytes, link, info, align, entsize
    extra: list[tuple[str, int, int, bytes, int, int, int, int]] = []
    if not job.strip_symbols:
        if not job.strip_dwarf:
            for name, body in debug_sections(ln):
                extra.append((name, elf.SHT_PROGBITS, 0, body, 0, 0, 1, 0))
            if job.gdb_script:  # 1: the name of a Python file (gdb manual, "The .debug_gdb_scripts section")
                extra.append((".debug_gdb_scripts", elf.SHT_PROGBITS, 0, b"\1" + os.fsencode(job.gdb_script) + b"\0", 0, 0, 1, 0))
            functions = [(inp.addr[s.index], s.size) for inp, s in lay.text.items if s.size]
            extra.append((".debug_frame", elf.SHT_PROGBITS, 0, debug_frame(lay.text, made[lay.text.name], functions), 0, 0, 8, 0))
        symtab, strtab, first = symbol_table(ln, outputs)
        n = 1 + len(outputs) + len(extra)
        extra.append((".symtab", elf.SHT_SYMTAB, 0, symtab, n + 1, first, 8, 24))
        extra.append((".strtab", elf.SHT_STRTAB, 0, strtab, 0, 0, 1, 0))
    names = bytearray(b"\0")
    headers: list[bytes] = [bytes(64)]

    def header(name: str, typ: int, flags: int, addr: int, off: int, size: int, link: int, info: int, align: int, entsize: int) -> None:
        headers.append(elf.SHDR.pack(len(names), typ, flags, addr, off, size, link, info, align, entsize))
        names.extend(name.encode("utf-8", "surrogateescape") + b"\0")

    for o in outputs:
        off = min(o.addr - shift, data_end - shift) if o.type == elf.SHT_NOBITS else o.addr - shift
        header(o.name, o.type, o.flags, o.addr, off, o.size, 0, 0, o.align, 0)
    for name, typ, flags, body, lnk, info, align, entsize in extra:
        exe += bytes(-len(exe) % align)
        header(name, typ, flags, 0, len(exe), len(body), lnk, info, align, entsize)
        exe += body
    header(".shstrtab", elf.SHT_STRTAB, 0, 0, len(exe), len(names) + 10, 0, 0, 1, 0)
    exe += names
    exe += bytes(-len(exe) % 8)
    shoff = len(exe)
    exe += b"".join(headers)

    entry = ln.address(job.entry)
    ident = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    elf.EHDR.pack_into(exe, 0, ident, 2, 62, 1, entry, 64, shoff, 0, 64, 56, nph, 64, len(headers), len(headers) - 1)
    R, W, X = 4, 2, 1
    load = 1
    ph = [
        (load, R | X, 0, BASE, text_end - BASE, text_end - BASE, PAGE),
        (load, R, ro_start - shift, ro_start, ro_end - ro_start, ro_end - ro_start, PAGE),
        (load, R | W, data_start - shift, data_start, data_end - data_start, bss_end - data_start, PAGE),
        (0x6474E551, R | W, 0, 0, 0, 0, 8),  # PT_GNU_STACK
    ]
    for out, _ in notes:
        ph.append((4, R, out.addr - shift, out.addr, out.size, out.size, 4))
    for i, (typ, flags, off, addr, fsize, msize, align) in enumerate(ph):
        elf.PHDR.pack_into(exe, 64 + 56 * i, typ, flags, off, addr, addr, fsize, msize, align)
    return bytes(exe)
