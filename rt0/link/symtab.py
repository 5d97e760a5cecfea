"""The symbol table of the executable, for debuggers, profilers and `nm`."""

from __future__ import annotations

from rt0.link.state import Link, Output
from rt0.obj import elf


def symbol_table(ln: Link, outputs: list[Output]) -> tuple[bytes, bytes, int]:
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
