"""Relocations: contents of live sections with every reference filled in.

S = address of the symbol, A = addend, P = address of the field. GOT references are relaxed away (the program is static and low): `mov x@GOTPCREL(%rip), r`
becomes `lea x(%rip), r`, calls and jumps through the GOT become direct. A reference to something dead (only from type descriptors and itabs) is 0.
Source: AMD64 psABI, table of relocation types and "Optimize GOTPCRELX Relocations".
"""

from __future__ import annotations

import struct

from rt0.link.state import DEAD, Input, Link
from rt0.obj import elf
from rt0.obj.elf import R_32, R_32S, R_64, R_PC32, R_PC64, R_PLT32

_I32 = struct.Struct("<i").pack_into
_U32 = struct.Struct("<I").pack_into
_U64 = struct.Struct("<Q").pack_into
M64 = (1 << 64) - 1
PC32 = frozenset((R_PC32, R_PLT32))
GOT = frozenset((elf.R_GOTPCREL, elf.R_GOTPCRELX, elf.R_REX_GOTPCRELX))
WIDE = frozenset((R_64, R_PC64))


def relocate(ln: Link, inp: Input, s: elf.Section, buf: bytearray, start: int) -> None:
    """Apply the relocations of section `s`, whose bytes begin at buf[start] and whose address is inp.addr[s.index]."""
    obj = inp.obj
    r = obj.sections[s.rela]
    values = inp.values
    delta = inp.addr[s.index] - start  # address - buffer position
    value = ln.value
    for offset, info, addend in elf.RELA.iter_unpack(obj.data[r.offset : r.offset + r.size]):
        at = start + offset
        v = values[info >> 32]
        if v is None:
            v = value(inp, info >> 32, addend)
        t = info & 0xFFFFFFFF
        if v == DEAD:
            dead(t, buf, at)
            continue
        try:
            if t in PC32:
                _I32(buf, at, v + addend - at - delta)
            elif t == R_64:
                _U64(buf, at, v + addend & M64)
            elif t == R_32:
                _U32(buf, at, v + addend)
            elif t == R_32S:
                _I32(buf, at, v + addend)
            elif t == R_PC64:
                _U64(buf, at, v + addend - at - delta & M64)
            elif t in GOT:
                relax_got(buf, at, v, addend, at + delta)
            else:
                rare(t, buf, at, v + addend, at + delta)
        except (struct.error, ValueError) as e:
            name = obj.names[info >> 32] or obj.sections[obj.symbols[info >> 32][3]].name
            ln.error(f"{ln.section_owner(inp, s.index)}+{offset:#x}: relocation {t} against {name} does not fit ({e})")


def dead(t: int, buf: bytearray, at: int) -> None:
    """A conditional reference to something that is not in the program."""
    if t in WIDE:
        _U64(buf, at, 0)
    else:
        _U32(buf, at, 0)


def relax_got(buf: bytearray, at: int, v: int, addend: int, p: int) -> None:
    """Rewrite an instruction that loads an address from the GOT so that it uses the address itself."""
    op, modrm = buf[at - 2], buf[at - 1]
    if op == 0x8B:  # mov x@GOT(%rip), r -> lea
        buf[at - 2] = 0x8D
        _I32(buf, at, v + addend - p)
    elif op == 0xFF and modrm == 0x15:  # call *x@GOT(%rip) -> addr32 call x
        buf[at - 2], buf[at - 1] = 0x67, 0xE8
        _I32(buf, at, v + addend - p)
    elif op == 0xFF and modrm == 0x25:  # jmp *x@GOT(%rip) -> jmp x; nop
        buf[at - 2] = 0xE9
        _I32(buf, at - 1, v + addend - (p - 1))
        buf[at + 3] = 0x90
    elif op == 0x85:  # test %r, x@GOT(%rip) -> test $x, %r
        buf[at - 2] = 0xF7
        immediate_form(buf, at, modrm, 0, v + addend + 4)
    elif op & 0xC7 == 0x03:  # add, or, adc, sbb, and, sub, xor, cmp
        buf[at - 2] = 0x81
        immediate_form(buf, at, modrm, op >> 3 & 7, v + addend + 4)
    else:
        raise ValueError(f"GOT reference in opcode {op:#x}")


def immediate_form(buf: bytearray, at: int, modrm: int, ext: int, v: int) -> None:
    reg = modrm >> 3 & 7
    buf[at - 1] = 0xC0 | ext << 3 | reg
    rex = buf[at - 3]
    if rex & 0xF0 == 0x40:  # the register moves from ModRM.reg to ModRM.rm: REX.R -> REX.B
        buf[at - 3] = rex & ~4 | (rex >> 2 & 1)
    _I32(buf, at, v)


def rare(t: int, buf: bytearray, at: int, v: int, p: int) -> None:
    if t == elf.R_NONE:
        return
    if t == elf.R_16:
        struct.pack_into("<H", buf, at, v)
    elif t == elf.R_8:
        struct.pack_into("<B", buf, at, v)
    elif t == elf.R_PC8:
        struct.pack_into("<b", buf, at, v - p)
    else:
        raise ValueError("unsupported relocation type")
