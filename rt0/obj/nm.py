"""`rt0 tool nm [-n] [-size] [-sort {address,name,none,size}] [-type] file...`: symbols in the format of `go tool nm`."""

from __future__ import annotations

import sys
from typing import NamedTuple

from rt0.obj import elf


class NmSymbol(NamedTuple):
    addr: int
    size: int
    code: str  # T R D B, lower case when local; U undefined
    name: str


def symbols(data: bytes) -> list[NmSymbol]:
    """Functions and data of an ELF object or executable."""
    if data[:6] != b"\x7fELF\x02\x01":
        raise elf.FormatError("unrecognized object file")
    h = elf.EHDR.unpack_from(data)
    shoff, shnum = h[6], h[12] or elf.SHDR.unpack_from(data, h[6])[5]
    sections = list(elf.SHDR.iter_unpack(data[shoff : shoff + 64 * shnum]))
    out: list[NmSymbol] = []
    for s in sections:
        if s[1] != elf.SHT_SYMTAB:
            continue
        st = sections[s[6]]
        strings = data[st[4] : st[4] + st[5]]
        for name, info, _, shndx, value, size in elf.SYM.iter_unpack(data[s[4] : s[4] + s[5]]):
            typ = info & 15
            text = strings[name : strings.index(b"\0", name)].decode("utf-8", "replace")
            if typ in (elf.STT_SECTION, elf.STT_FILE) or not text:
                continue
            if shndx == elf.SHN_UNDEF:
                code = "U"
            elif shndx >= shnum:
                code = "A" if shndx == elf.SHN_ABS else "?"
            else:
                sec = sections[shndx]
                if sec[2] & elf.SHF_EXECINSTR:
                    code = "T"
                elif sec[2] & elf.SHF_WRITE:
                    code = "B" if sec[1] == elf.SHT_NOBITS else "D"
                else:
                    code = "R"
            if info >> 4 == elf.STB_LOCAL:
                code = code.lower()
            out.append(NmSymbol(value, size, code, text))
    return out


def main(args: list[str]) -> int:
    sort = "name"
    show_size = show_type = False
    files: list[str] = []
    i = 0
    while i < len(args):
        a = args[i]
        i += 1
        if a in ("-n", "--n"):
            sort = "address"
        elif a == "-size":
            show_size = True
        elif a == "-type":
            show_type = True
        elif a == "-sort" and i < len(args):
            sort = args[i]
            i += 1
        elif a.startswith("-sort="):
            sort = a[6:]
        elif a.startswith("-"):
            print(f"flag provided but not defined: {a}\nusage: rt0 tool nm [options] file...", file=sys.stderr)
            return 2
        else:
            files.append(a)
    if not files or sort not in ("address", "name", "none", "size"):
        print("usage: rt0 tool nm [options] file...", file=sys.stderr)
        return 2
    status = 0
    for f in files:
        try:
            with open(f, "rb") as fh:
                syms = symbols(fh.read())
        except OSError as e:
            print(f"nm: open {f}: {(e.strerror or '').lower()}", file=sys.stderr)
            status = 1
            continue
        except (elf.FormatError, *elf.DAMAGE):
            print(f"nm: open {f}: unrecognized object file", file=sys.stderr)
            status = 1
            continue
        if not syms:
            print(f"reading {f}: no symbol section\nreading {f}: no symbols", file=sys.stderr)
            status = 1
            continue
        if sort == "name":
            syms.sort(key=lambda s: s.name)
        elif sort == "address":
            syms.sort(key=lambda s: (s.addr, s.name))
        elif sort == "size":
            syms.sort(key=lambda s: -s.size)
        prefix = f"{f}:\t" if len(files) > 1 else ""
        lines = []
        for s in syms:
            addr = " " * 8 if s.code == "U" else f"{s.addr:8x}"
            lines.append(f"{prefix}{addr}{f' {s.size:10d}' if show_size else ''} {s.code} {s.name}{' ' if show_type else ''}\n")
        sys.stdout.write("".join(lines))
    return status
