"""`rt0 tool objdump [-s symregexp] file [start end]`: disassembly in the form of `go tool objdump`, in Plan 9 syntax.

    TEXT main.main(SB) /home/u/x.go
      x.go:3		0x401000		4883ec18		SUBQ $0x18, SP

Works on executables (lines from rt0's pclntab) and on objects. Decoding is capstone's, which is only needed here; its AT&T text goes through
rt0/asm/printer.py. Addresses of calls and of RIP-relative operands are shown as symbols.
"""

from __future__ import annotations

import os
import re
import sys
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, NamedTuple

from rt0.obj import elf

RIP = re.compile(r"(-?(?:0x)?[0-9a-f]+)?\(%rip\)")
INTEL_RIP = re.compile(r"\[rip(?: [+-] (?:0x)?[0-9a-f]+)?\]")
IMMEDIATE = re.compile(r"\$0x([0-9a-f]{6,8})\b")  # an address, perhaps
TARGET = re.compile(r"^(?:0x)?([0-9a-f]+)$")


class Image:
    """Functions, symbols and line table of one ELF file."""

    def __init__(self, data: bytes) -> None:
        if data[:6] != b"\x7fELF\x02\x01":
            raise elf.FormatError("unrecognized object file")
        h = elf.EHDR.unpack_from(data)
        shoff, shnum, strndx = h[6], h[12], h[13]
        if not shnum:
            shnum = elf.SHDR.unpack_from(data, shoff)[5]
        if strndx == elf.SHN_XINDEX:
            strndx = elf.SHDR.unpack_from(data, shoff)[6]
        self.data = data
        self.relocatable = h[1] == 1
        self.sections = list(elf.SHDR.iter_unpack(data[shoff : shoff + 64 * shnum]))
        names = self.sections[strndx]
        self.names = data[names[4] : names[4] + names[5]]
        self.functions: list[tuple[int, int, str, int]] = []  # address, size, name, section
        self.symbols: list[tuple[int, str]] = []
        for s in self.sections:
            if s[1] == elf.SHT_SYMTAB:
                self.read_symbols(s)
        self.functions.sort()
        self.symbols.sort()
        self.addresses = [a for a, _ in self.symbols]
        self.lines: Any = None
        for s in self.sections:
            if self.section_name(s) == ".gopclntab":
                from rt0.obj.pclnread import Pclntab

                try:
                    self.lines = Pclntab(data[s[4] : s[4] + s[5]])
                except elf.DAMAGE:
                    self.lines = None

    def section_name(self, s: tuple[int, ...]) -> str:
        return self.names[s[0] : self.names.index(b"\0", s[0])].decode("utf-8", "replace")

    def read_symbols(self, table: tuple[int, ...]) -> None:
        st = self.sections[table[6]]
        strings = self.data[st[4] : st[4] + st[5]]
        for name, info, _, shndx, value, size in elf.SYM.iter_unpack(self.data[table[4] : table[4] + table[5]]):
            if not 0 < shndx < len(self.sections):
                continue
            text = strings[name : strings.index(b"\0", name)].decode("utf-8", "replace")
            if info & 15 == elf.STT_FUNC:
                self.functions.append((value, size, text, shndx))
            if info & 15 in (elf.STT_FUNC, elf.STT_OBJECT) and not self.relocatable:
                self.symbols.append((value, text))

    def name_of(self, addr: int) -> str:
        """`sym` or `sym+off` for an address of an executable, "" if it is in none."""
        i = bisect_right(self.addresses, addr) - 1
        if i < 0 or self.relocatable:
            return ""
        base, name = self.symbols[i]
        return name if base == addr else f"{name}+{addr - base}"

    def symbol_at(self, addr: int) -> str:
        """The symbol that begins at an address of an executable, "" if none does."""
        name = self.name_of(addr)
        return "" if not name or self.addresses[bisect_right(self.addresses, addr) - 1] != addr else name

    def code(self, section: int, addr: int, size: int) -> bytes:
        s = self.sections[section]
        start = s[4] + addr - (0 if self.relocatable else s[3])
        return self.data[start : start + size]

    def position(self, addr: int) -> tuple[str, int]:
        frames = self.lines.frames(addr) if self.lines else []
        return (frames[0].file, frames[0].line) if frames else ("?", 0)


class Instruction(NamedTuple):
    """One instruction. plan9: in Go's notation; intel: as the processor's manuals write it, "" unless asked for. target: the symbol it refers to, or ""."""

    addr: int
    code: bytes
    plan9: str
    intel: str
    target: str


class Disassembler:
    """Decodes functions of an image with capstone. Raises CompileError where that is not installed."""

    def __init__(self, image: Image, intel: bool = False) -> None:
        try:
            import capstone
        except ImportError:
            from rt0.diag import fatal

            raise fatal("objdump needs the package capstone: pip install capstone") from None
        self.image = image
        cs: Any = capstone
        self.att = cs.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)
        self.att.syntax = capstone.CS_OPT_SYNTAX_ATT
        self.att.skipdata = True
        self.intel = cs.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64) if intel else None
        if self.intel is not None:
            self.intel.skipdata = True

    def function(self, addr: int, size: int, section: int) -> Iterator[Instruction]:
        """The instructions of the function at an address (of a section, for an object)."""
        from rt0.asm.printer import instruction

        image = self.image
        code = image.code(section, addr, size)
        intel = self.intel.disasm_lite(code, addr) if self.intel is not None else None
        for at, length, mn, ops in self.att.disasm_lite(code, addr):
            raw = image.code(section, at, length)
            mn = mn.replace(" ", "\t")  # prefixes
            text = f"{mn}\t{ops}" if ops else mn
            sym = ""
            if ops:
                m = RIP.search(ops)
                if m:
                    target = at + length + int(m[1] or "0", 0)
                    sym = image.name_of(target)
                    if sym:
                        text = f'{mn}\t{ops[: m.start()]}"{sym}"(%rip){ops[m.end() :]}'
                elif mn.startswith(("call", "j")) and (t := TARGET.match(ops)):
                    target = int(t[1], 16)
                    sym = "" if addr <= target < addr + size else image.name_of(target)
                    text = f'{mn}\t"{sym}"' if sym else f"{mn}\t0x{target:x}"
            refers = sym
            if intel is not None and not sym and (m := IMMEDIATE.search(ops)):
                refers = image.symbol_at(int(m[1], 16))
            try:
                shown = instruction(text)
            except (KeyError, ValueError, IndexError):
                shown = text.replace("\t", " ")
            other = ""
            if intel is not None:
                _, _, imn, iops = next(intel)
                other = f"{imn} {iops}".rstrip()
                if sym:
                    r = INTEL_RIP.search(other)
                    other = f"{other[: r.start()]}[{sym}]{other[r.end() :]}" if r else f"{imn} {sym}"
            yield Instruction(at, raw, shown, other, refers)


def disassemble(image: Image, want: re.Pattern[str] | None, start: int, end: int) -> Iterator[str]:
    """Lines of the listing."""
    decoder = Disassembler(image)
    for addr, size, name, section in image.functions:
        if (want is not None and not want.search(name)) or not size or addr + size <= start or addr >= end:
            continue
        file, _ = image.position(addr)
        yield f"TEXT {name}(SB) {file}"
        for i in decoder.function(addr, size, section):
            if start <= i.addr < end:
                f, line = image.position(i.addr)
                yield f"  {os.path.basename(f)}:{line}\t\t0x{i.addr:x}\t\t{i.code.hex()}\t\t{i.plan9}"
        yield ""


def main(args: list[str]) -> int:
    pattern: re.Pattern[str] | None = None
    rest: list[str] = []
    i = 0
    while i < len(args):
        a = args[i]
        i += 1
        if a in ("-s", "--s") and i < len(args):
            value, i = args[i], i + 1
        elif a.startswith("-s="):
            value = a[3:]
        elif a.startswith("-"):
            print(f"flag provided but not defined: {a}\nusage: rt0 tool objdump [-s symregexp] file [start end]", file=sys.stderr)
            return 2
        else:
            rest.append(a)
            continue
        try:
            pattern = re.compile(value)
        except re.error as e:
            print(f"objdump: invalid -s regexp: {e}", file=sys.stderr)
            return 1
    if len(rest) not in (1, 3):
        print("usage: rt0 tool objdump [-s symregexp] file [start end]", file=sys.stderr)
        return 2
    try:
        with open(rest[0], "rb") as f:
            image = Image(f.read())
    except OSError as e:
        print(f"objdump: open {rest[0]}: {(e.strerror or '').lower()}", file=sys.stderr)
        return 1
    except (elf.FormatError, *elf.DAMAGE):
        print(f"objdump: open {rest[0]}: unrecognized object file", file=sys.stderr)
        return 1
    try:
        start, end = (int(rest[1], 16), int(rest[2], 16)) if len(rest) == 3 else (0, 1 << 64)
    except ValueError:
        print(f"objdump: invalid address: {rest[1:]}", file=sys.stderr)
        return 1
    out: list[str] = []
    for line in disassemble(image, pattern, start, end):
        out.append(line)
        if len(out) > 1000:
            sys.stdout.write("\n".join(out) + "\n")
            out = []
    if out:
        sys.stdout.write("\n".join(out) + "\n")
    return 0
