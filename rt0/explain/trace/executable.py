"""An executable as the one who watches it needs it: its entry, segments, functions, variables, lines, and where the runtime keeps its fields.

Works for programs of rt0 and of gc, which is told by the sections (`.rt0.words` and its like are rt0's). The symbols come from .symtab; of a
stripped program the line table (.gopclntab) still names the functions, but no variables.

    functions  address -> function; `function_at(pc)` gives the one around an address, `where(pc)` also the file and the line
    variables  name -> address
    field      offset of a field of a struct of the runtime: of rt0's from rt0/abi/runtime_layout.py, of gc's from the DWARF it carries

A position-independent executable lies `bias` bytes further up than it says, which is known once it runs: from then on all addresses, asked or
given, are those in memory.

gc names assembly functions `runtime.gogo.abi0`; `address` finds them by the plain name.
"""

from __future__ import annotations

import struct
import zlib
from bisect import bisect_right
from dataclasses import dataclass

from rt0.abi.runtime_layout import RUNTIME_FIELDS
from rt0.explain.trace.dwarftypes import Types
from rt0.explain.trace.gcpcln import GcPclntab
from rt0.obj import elf
from rt0.obj.pclnread import Pclntab

SHF_COMPRESSED = 0x800


@dataclass(slots=True)
class Segment:
    """A program header. Sizes and addresses in bytes."""

    type: int
    flags: int
    offset: int
    vaddr: int
    filesz: int
    memsz: int
    align: int


class Executable:
    """One ELF executable, read whole. elf.FormatError when it is not one for linux/amd64."""

    def __init__(self, path: str) -> None:
        with open(path, "rb") as f:
            data = f.read()
        if data[:6] != b"\x7fELF\x02\x01" or len(data) < 64:
            raise elf.FormatError("not an ELF executable for this machine")
        try:
            self._read(path, data)
        except elf.DAMAGE:
            raise elf.FormatError("damaged ELF executable") from None

    def _read(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        h = elf.EHDR.unpack_from(data)
        if h[1] not in (2, 3) or h[2] != 62:
            raise elf.FormatError("not an ELF executable for this machine")
        self.entry: int = h[4]
        self.bias = 0
        phoff, shoff, phnum, shnum, strndx = h[5], h[6], h[10], h[12], h[13]
        self.phoff: int = phoff
        self.segments = []
        for i in range(phnum):
            t, flags, offset, vaddr, _, filesz, memsz, align = elf.PHDR.unpack_from(data, phoff + 56 * i)
            self.segments.append(Segment(t, flags, offset, vaddr, filesz, memsz, align))
        self._sections: dict[str, tuple[int, ...]] = {}
        if shnum and shoff:
            headers = list(elf.SHDR.iter_unpack(data[shoff : shoff + 64 * shnum]))
            names = headers[strndx]
            text = data[names[4] : names[4] + names[5]]
            self._sections = {text[s[0] : text.index(b"\0", s[0])].decode("utf-8", "replace"): s for s in headers}
        self.by_rt0 = ".rt0.words" in self._sections or ".rt0.gcroots" in self._sections
        self.by_go = ".go.buildinfo" in self._sections
        self.addresses: dict[str, int] = {}  # functions and variables
        self._functions: list[tuple[int, int, str]] = []  # address, size, name
        self.stripped = True
        self._symbols()
        self._lines: Pclntab | GcPclntab | None = None
        self._line_table()
        if not self._functions and self._lines is not None:
            self._functions = self._lines_functions()
            self.addresses = {name: at for at, _, name in self._functions}
        self._functions.sort()
        self._starts = [f[0] for f in self._functions]
        self._types: Types | None = None

    def section(self, name: str) -> bytes:
        """Content of a section, b"" when there is none; compressed ones are inflated."""
        s = self._sections.get(name)
        if s is None or s[1] == elf.SHT_NOBITS:
            return b""
        raw = self.data[s[4] : s[4] + s[5]]
        if s[2] & SHF_COMPRESSED:
            try:
                return zlib.decompress(raw[24:])
            except zlib.error:
                return b""
        return raw

    def section_address(self, name: str) -> int:
        s = self._sections.get(name)
        return s[3] if s is not None else 0

    def _symbols(self) -> None:
        table, strings = self.section(".symtab"), self.section(".strtab")
        for name, info, _, shndx, value, size in elf.SYM.iter_unpack(table):
            if not shndx or info & 15 not in (elf.STT_FUNC, elf.STT_OBJECT, elf.STT_NOTYPE) or not name:
                continue
            text = strings[name : strings.index(b"\0", name)].decode("utf-8", "replace")
            self.stripped = False
            if info & 15 == elf.STT_FUNC:
                self._functions.append((value, size, text))
            if text.endswith(".abi0"):
                text = text[:-5]
                # An ABI0 wrapper of a Go function is not the function: that one keeps the name.
                if text in self.addresses:
                    continue
                self.addresses[text] = value
            else:
                self.addresses[text] = value

    def _line_table(self) -> None:
        blob = self.section(".gopclntab")
        try:
            if self.by_rt0:
                self._lines = Pclntab(blob)
            elif blob:
                self._lines = GcPclntab(blob, self.section_address(".text"))
        except elf.DAMAGE:
            self._lines = None

    def _lines_functions(self) -> list[tuple[int, int, str]]:
        t = self._lines
        if isinstance(t, Pclntab):
            return [(t.text + f[0], f[1], t.string(f[2])) for f in t.funcs]
        return t.functions() if t is not None else []

    def address(self, name: str) -> int:
        """Of a function or variable; 0 when the executable does not name it."""
        at = self.addresses.get(name, 0)
        return at + self.bias if at else 0

    def function_at(self, pc: int) -> tuple[str, int, int]:
        """(name, entry, end) of the function around an address; ("", 0, 0) when there is none."""
        pc -= self.bias
        i = bisect_right(self._starts, pc) - 1
        if i < 0:
            return "", 0, 0
        at, size, name = self._functions[i]
        if size and pc >= at + size:
            return "", 0, 0
        return name.removesuffix(".abi0"), at + self.bias, at + self.bias + size

    def name_at(self, pc: int) -> str:
        """main.f or main.f+0x12."""
        name, at, _ = self.function_at(pc)
        return "" if not name else name if at == pc else f"{name}+{pc - at:#x}"

    def where(self, pc: int) -> tuple[str, int]:
        """File and line of an instruction as the line table records them; ("", 0) when unknown. The innermost of inlined calls."""
        if self._lines is None:
            return "", 0
        pc -= self.bias
        try:
            if isinstance(self._lines, Pclntab):
                frames = self._lines.frames(pc)
                return (frames[0].file, frames[0].line) if frames and frames[0].line else ("", 0)
            return self._lines.position(pc)
        except elf.DAMAGE:
            return "", 0

    def frames(self, pc: int) -> list[tuple[str, str, int]]:
        """(function, file, line) of an instruction of rt0's code and of the calls it was inlined into, innermost first."""
        if not isinstance(self._lines, Pclntab):
            return []
        try:
            return [(f.function, f.file, f.line) for f in self._lines.frames(pc - self.bias)]
        except elf.DAMAGE:
            return []

    def field(self, struct_name: str, path: str) -> int | None:
        """Offset in bytes of a field of a struct of the runtime: `field("g", "goid")`; None when it is not known for this executable."""
        if self.by_rt0:
            return RUNTIME_FIELDS.get(struct_name, {}).get(path)
        if self._types is None:
            self._types = Types(self.section(".debug_info"), self.section(".debug_abbrev"))
        return self._types.offset("runtime." + struct_name, path)

    def static_bytes(self, addr: int, size: int) -> bytes:
        """What the file puts at an address; b"" outside of all segments."""
        addr -= self.bias
        for s in self.segments:
            if s.type == 1 and s.vaddr <= addr < s.vaddr + s.filesz:
                at = s.offset + addr - s.vaddr
                return self.data[at : min(at + size, s.offset + s.filesz)]
        return b""


def word(data: bytes, at: int = 0) -> int:
    return int(struct.unpack_from("<Q", data, at)[0])
