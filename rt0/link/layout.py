"""Layout: which live section goes where, and the symbols the linker defines.

    0x400000  ELF header, program headers, .note.go.buildid        R E   (one segment with .text)
    0x401000  .text: assembly with arguments on the stack (up to runtime.eabi0), then the rest
    next page .rodata, .data.rel.ro, .rt0.gcroots, .itablink, .typelink, .wordtab, .xstrings, .gopclntab, .go.buildinfo      R
    next page .data                                                  R W
              .bss                                                   R W, no file bytes

The program is static and lies below 2 GB, so every address fits R_X86_64_32S. Sections are sorted by symbol name; text is laid out first because pclntab
needs its addresses and lies behind it.

The symbols that mark these places: rt0/abi/linksyms.py, and the word tables of the job.
"""

from __future__ import annotations

from rt0.abi.linksyms import GCROOTS
from rt0.link.pcln import build_pclntab
from rt0.link.state import Input, Link, Output
from rt0.link.tables import Tables
from rt0.obj import elf

BASE = 0x400000
PAGE = 0x1000
TEXT = BASE + PAGE

ABI0 = ".abi0"  # ends the names of code with arguments on the stack, and of sections of assembly's local functions

SKIPPED = (".note", ".comment", ".eh_frame", ".llvm_faultmaps", ".llvm_addrsig", ".rt0.pc", ".debug", ".gnu.")


class Layout:
    """The output sections, in `run` filled with input sections and given addresses.

    pcln     contents of .gopclntab, which are known as soon as text has addresses
    entries  of mergeable sections: address, content
    """

    def __init__(self, ln: Link, tables: Tables) -> None:
        self.ln = ln
        self.tables = tables
        A, W, X = elf.SHF_ALLOC, elf.SHF_WRITE, elf.SHF_EXECINSTR
        P = elf.SHT_PROGBITS
        self.text = Output(".text", P, A | X)
        self.rodata = Output(".rodata", P, A)
        self.relro = Output(".data.rel.ro", P, A)
        self.gcroots = Output(GCROOTS, P, A)
        self.itablink = Output(".itablink", P, A)
        self.typelink = Output(".typelink", P, A)
        self.wordtab = Output(".rt0.words", P, A)
        self.xstrings = Output(".rt0.xstrings", P, A)
        self.pclntab = Output(".gopclntab", P, A)
        self.buildinfo = Output(".go.buildinfo", P, A)
        self.data = Output(".data", P, A | W)
        self.bss = Output(".bss", elf.SHT_NOBITS, A | W)
        self.pcln = b""
        self.entries: list[tuple[int, bytes]] = []

    def run(self) -> None:
        """Fill Input.addr, the addresses of Link.pieces, and Link.special. Raises CompileError when the program does not fit."""
        self.classify()
        at = self.place_text()
        at = self.place_read_only(up(at, PAGE))
        at = self.place_data(up(at, PAGE))
        if at >= 1 << 31:
            self.ln.error(f"program too large: ends at {at:#x}, beyond 2 GB")
        self.ln.check()

    def readonly(self) -> list[Output]:
        """What lies between text and data, in order."""
        return [self.rodata, self.relro, self.gcroots, self.itablink, self.typelink, self.wordtab, self.xstrings, self.pclntab, self.buildinfo]

    # -- addresses --------------------------------------------------------------------------------------------------

    def place_text(self) -> int:
        """Code, and the table that tells functions by address. Returns the end."""
        special = self.ln.special
        at = self.assign(self.text, TEXT)
        special["runtime.text"], special["runtime.etext"], special["_etext"] = self.text.addr, at, at
        special["runtime.eabi0"] = next((inp.addr[s.index] for inp, s in self.text.items if not s.name.endswith(ABI0)), at)
        self.pcln, buckets = build_pclntab(self.ln, self.text.addr, at)
        special["runtime.findfunctab"] = buckets  # from the table's beginning, until that has an address
        return at

    def place_read_only(self, at: int) -> int:
        ln, tables, special = self.ln, self.tables, self.ln.special
        special["runtime.rodata"] = special["runtime.types"] = at
        at = self.assign(self.rodata, at)
        at = self.constants(self.rodata, at)
        at = self.assign(self.relro, at)
        at = self.assign(self.gcroots, at)
        special["runtime.gcroots"], special["runtime.egcroots"] = self.gcroots.addr, at
        at = self.fixed(self.itablink, at, 8 * len(tables.itabs))
        special["runtime.itabs"], special["runtime.eitabs"] = self.itablink.addr, at
        at = self.fixed(self.typelink, at, 8 * len(tables.types))
        for a, b in (("runtime.typelinks", "runtime.etypelinks"), ("runtime.types_start", "runtime.types_end")):
            special[a], special[b] = self.typelink.addr, at
        at = self.fixed(self.wordtab, at, 8 * tables.nwords())
        word = self.wordtab.addr
        for name in sorted(ln.job.tables):
            special[name] = word
            word += 8 * len(ln.job.tables[name])
        at = self.fixed(self.xstrings, at, len(tables.xstrings))
        special["runtime.etypes"] = at
        at = self.fixed(self.pclntab, at, len(self.pcln))
        special["runtime.pclntab"], special["runtime.epclntab"] = self.pclntab.addr, at
        special["runtime.findfunctab"] += self.pclntab.addr
        at = self.fixed(self.buildinfo, at, len(tables.buildinfo))
        special["runtime.buildinfo"] = self.buildinfo.addr
        special["runtime.erodata"] = at
        return at

    def place_data(self, at: int) -> int:
        special = self.ln.special
        special["runtime.data"] = special["runtime.noptrdata"] = special["runtime.enoptrdata"] = at
        at = self.assign(self.data, at)
        special["runtime.edata"] = special["_edata"] = at
        at = self.assign(self.bss, at)
        special["runtime.bss"] = special["__bss_start"] = self.bss.addr
        for name in ("runtime.ebss", "runtime.noptrbss", "runtime.enoptrbss", "runtime.end", "_end", "end"):
            special[name] = at
        return at

    # -- what goes where --------------------------------------------------------------------------------------------

    def classify(self) -> None:
        """Put every live section into its output section, in the order of symbol names."""
        ln = self.ln
        xvars = {name for name in ln.job.x_values if ln.lookup(name) is not None}
        xsections = set()
        for name in xvars:
            var = ln.lookup(name)
            assert var is not None
            xsections.add((var.inp.index, var.section))
        keyed: list[tuple[str, int, int, Output, Input, elf.Section]] = []
        alloc, write, execute, tls = elf.SHF_ALLOC, elf.SHF_WRITE, elf.SHF_EXECINSTR, elf.SHF_TLS
        order = sorted(ln.order, key=lambda x: (x[0].index, x[1]))
        for inp, i in order:
            s = inp.obj.sections[i]
            name = s.name
            flags = s.flags
            if not flags & alloc or name.startswith(SKIPPED):
                inp.live[i] = 0
                continue
            if flags & tls:
                ln.error(f"{inp.name}: section {name}: ELF thread-local storage is not supported")
                continue
            if flags & execute:
                out = self.text
                key = name[6:] if name.startswith(".text.") else name
            elif flags & write:
                if name.startswith(".data.rel.ro"):
                    out = self.relro
                    key = name[13:]
                elif s.type == elf.SHT_NOBITS and (inp.index, i) not in xsections:
                    out = self.bss
                    key = name[5:]
                else:
                    out = self.data
                    key = name[6:]
            elif name.startswith(GCROOTS + "."):
                out = self.gcroots
                key = name[len(GCROOTS) + 1 :]
            elif name.startswith(".data.rel.ro"):
                out = self.relro
                key = name[13:]
            else:
                out = self.rodata
                key = name[8:]
                if (inp.index, i) in ln.pieces:
                    continue
            keyed.append((key, inp.index, i, out, inp, s))
        keyed.sort(key=lambda k: (k[3] is self.text and not k[0].endswith(ABI0), *k[:3]))
        for _, _, _, out, inp, s in keyed:
            out.items.append((inp, s))

    def assign(self, out: Output, at: int) -> int:
        """Addresses of the items of `out` from `at` on; returns the end. Behind code a byte is left: the return address of a call that does
        not return and ends a function belongs to that function, not to the next (runtime/symtab.go, findfunc)."""
        gap = 1 if out is self.text else 0
        align = max((s.align for _, s in out.items), default=1)
        out.align = max(align, 1)
        at = out.addr = up(at, max(align, 16))
        for inp, s in out.items:
            a = s.align
            if a > 1:
                at = -(-at // a) * a
            inp.addr[s.index] = at
            at += s.size + gap
        out.size = at - out.addr
        return at

    def constants(self, out: Output, at: int) -> int:
        """Entries of mergeable sections, at the end of `out`: the largest first, then by content."""
        ln = self.ln
        uses: dict[tuple[int, bytes], list[tuple[dict[int, int], int]]] = {}
        for (index, i), entries in ln.pieces.items():
            obj = ln.inputs[index].obj
            s = obj.sections[i]
            for k in entries:
                at0 = s.offset + k * s.entsize
                uses.setdefault((-max(s.align, s.entsize & -s.entsize), obj.data[at0 : at0 + s.entsize]), []).append((entries, k))
        for align, content in sorted(uses):
            at = up(at, -align)
            out.align = max(out.align, -align)
            self.entries.append((at, content))
            for entries, k in uses[align, content]:
                entries[k] = at
            at += len(content)
        out.size = at - out.addr
        return at

    def fixed(self, out: Output, at: int, size: int) -> int:
        at = out.addr = up(at, 16)
        out.size = size
        return at + size


def up(n: int, align: int) -> int:
    return -(-n // align) * align
