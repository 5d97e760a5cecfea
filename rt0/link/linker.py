"""The linker: symbol resolution and liveness, then the later steps in order.

    load      parse objects; one definition per name: strong over weak, first COMDAT group of a signature, duplicates are errors
    mark      sections reachable from the roots (entry, `live`, word tables), following relocations
    layout    addresses of every live section                        layout.py
    tables    itabs, typelinks, gcroots, word tables, pclntab         layout.py, pcln.py
    relocate  apply relocations                                       relocate.py
    image     headers, symbol table, DWARF                            image.py, dwarf.py

**Liveness.** With `job.live` (the demand walk's result) a reference from a type descriptor or itab (sections of `type:...` and
`go:itab....` symbols) to code or to another descriptor is followed only if the target is in `live`: those are the conditional edges (methods).
Every other reference is strong and always followed: the compiler adds references of its own (`__morestack`, memory moves) that
the demand walk does not list. A conditional reference to something dead becomes 0. With `live` None every reference is strong.

**Names.** `x.abi0` that nobody defines falls back to `x` where that is data. Symbols the linker defines (layout.py) win over definitions in objects, so the runtime may
declare them as ordinary variables.

**Constants** (mergeable sections, `.rodata.cst16`) belong to all functions of an object. They are taken apart into their entries: only what live
code refers to stays, each content once, in the order of contents.

Order of everything: by symbol name (which begins with the package path). How functions are spread over objects does not show in the result.
"""

from __future__ import annotations

import gc
import re
from dataclasses import dataclass, field

from rt0.abi.linksyms import GCROOTS
from rt0.diag import CompileError, Diagnostic, Position
from rt0.obj import elf
from rt0.obj.elf import Object, read_object

CONDITIONAL = re.compile(r"\.(?:data\.rel\.ro|rodata|data)\.(?:type:(?!\.)|go:itab\.)")
MAX_ERRORS = 20


@dataclass(slots=True)
class LinkJob:
    """What to link.

    objects    (name for messages, ELF bytes), in a deterministic order
    live       symbols the demand walk found live; None: whatever the entry reaches
    entry      symbol of the ELF entry point
    tables     symbol -> words (int, or symbol name for its address); the linker defines the symbol at the first word. A count word is part of the list
    x_values   -X: variable symbol -> string
    strip_symbols   -s (no symbol table, no DWARF)   strip_dwarf   -w
    build_id   text of .note.go.buildid, "" for none     gnu_build_id   content of .note.gnu.build-id, b"" for none
    build_info  what `go version -m` prints: lines "path\\t...", "mod\\t...", "dep\\t...", "build\\t..."; "" = no section
    go_version  the version it begins with; default: the Go that rt0 compiles
    sources    file name in line tables -> the name to put in its place
    gdb_script  file that a debugger loads with the executable, "" for none
    """

    objects: list[tuple[str, bytes]]
    live: set[str] | None = None
    entry: str = "_rt0_amd64_linux"
    tables: dict[str, list[int | str]] = field(default_factory=dict)
    x_values: dict[str, str] = field(default_factory=dict)
    strip_symbols: bool = False
    strip_dwarf: bool = False
    build_id: str = ""
    gnu_build_id: bytes = b""
    build_info: str = ""
    go_version: str = ""
    sources: dict[str, str] = field(default_factory=dict)
    gdb_script: str = ""


class Input:
    """One object being linked.

    discarded  1 for sections of a COMDAT group that another object supplies
    live       1 for sections that go into the output
    addr       address of each live section (offset within the output section for DWARF)
    values     symbol index -> address, None until asked
    merged     local symbols in sections of mergeable constants
    """

    __slots__ = ("addr", "discarded", "index", "live", "merged", "name", "obj", "seen", "values")

    def __init__(self, index: int, name: str, obj: Object) -> None:
        self.index = index
        self.name = name
        self.obj = obj
        n = len(obj.sections)
        self.discarded = bytearray(n)
        self.live = bytearray(n)
        self.addr: list[int] = [0] * n
        self.values: list[int | None] = [None] * len(obj.symbols)
        self.seen: set[int] = set()
        self.merged: frozenset[int] = frozenset()
        constants = {s.index for s in obj.sections if s.flags & elf.SHF_MERGE and mergeable(s)}
        if constants:
            self.merged = frozenset(i for i in range(obj.first_global) if obj.symbols[i][3] in constants)


class Definition:
    """Where a global symbol is defined."""

    __slots__ = ("inp", "section", "strong", "sym")

    def __init__(self, inp: Input, sym: int, section: int, strong: bool) -> None:
        self.inp = inp
        self.sym = sym
        self.section = section
        self.strong = strong


class Linker:
    """State of one link."""

    def __init__(self, job: LinkJob) -> None:
        self.job = job
        self.inputs: list[Input] = []
        self.globals: dict[str, Definition] = {}
        self.order: list[tuple[Input, int]] = []  # live sections in the order they were found
        self.errors: list[str] = []
        self.undefined: set[str] = set()
        self.special: dict[str, int] = {}  # linker-defined symbols: address once laid out
        self.pieces: dict[tuple[int, int], dict[int, int]] = {}  # live mergeable section (object, index) -> live entry -> address once laid out

    def error(self, msg: str) -> None:
        self.errors.append(msg)
        if len(self.errors) >= MAX_ERRORS:
            self.errors.append("too many errors")
            self.check()

    def check(self) -> None:
        """Stop when there were errors."""
        if self.errors:
            raise CompileError([Diagnostic(Position("", 0, 0), m) for m in self.errors])

    # -- load -------------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Parse the objects and choose one definition per global name."""
        defs = self.globals
        comdats: dict[str, Input] = {}
        und, common, local = elf.SHN_UNDEF, elf.SHN_COMMON, elf.STB_LOCAL
        for name, data in self.job.objects:
            try:
                obj = read_object(data)
            except elf.FormatError as e:
                raise CompileError([Diagnostic(Position(name, 0, 0), str(e))]) from None
            inp = Input(len(self.inputs), name, obj)
            self.inputs.append(inp)
            discarded = inp.discarded
            for signature, members in obj.groups:
                if comdats.setdefault(signature, inp) is not inp:
                    for m in members:
                        discarded[m] = 1
            names = obj.names
            symbols = obj.symbols
            nsec = len(discarded)
            for i in range(obj.first_global, len(symbols)):
                sym = symbols[i]
                shndx = sym[3]
                if shndx == und or sym[1] >> 4 == local:
                    continue
                if shndx < nsec:
                    if discarded[shndx]:
                        continue
                elif shndx == common:
                    self.error(f"{name}: common symbol {names[i]} is not supported")
                    continue
                strong = sym[1] >> 4 == elf.STB_GLOBAL
                old = defs.get(names[i])
                if old is None or (strong and not old.strong):
                    defs[names[i]] = Definition(inp, i, shndx, strong)
                elif strong and old.strong and old.inp is not inp and not (self.job.live is not None and overlapping(name, old.inp.name)):
                    self.error(f"duplicated definition of symbol {names[i]}, from {name} and {old.inp.name}")
        self.check()

    def lookup(self, name: str) -> Definition | None:
        """The definition of a name; `x.abi0` also names a datum x."""
        d = self.globals.get(name)
        if d is None and name.endswith(".abi0"):
            d = self.globals.get(name[:-5])
            if d is not None and d.section < len(d.inp.live) and d.inp.obj.sections[d.section].flags & elf.SHF_EXECINSTR:
                return None  # a function with another calling convention
        return d

    # -- liveness ---------------------------------------------------------------------------------------------------

    def mark(self) -> None:
        """Fill Input.live and self.order."""
        job = self.job
        live = job.live
        work: list[tuple[Input, int]] = []
        roots: list[str] = [job.entry]
        for words in job.tables.values():
            roots += [w for w in words if isinstance(w, str)]
        for r in roots:
            d = self.lookup(r)
            if d is None and r not in self.special:
                self.error(f"undefined entry or table symbol {r}")
            elif d is not None:
                self.push(work, d.inp, d.section)
        if live is not None:
            for name in sorted(live):
                d = self.lookup(name)
                if d is not None:
                    self.push(work, d.inp, d.section)
        self.drain(work)
        rooted: set[str] = set()  # overlapping units bring an entry each: one is enough
        # a GC root entry lives iff its variable does; its mask may be a new section
        for inp in self.inputs:
            for s in inp.obj.sections:
                if s.name.startswith(GCROOTS + ".") and not inp.discarded[s.index] and s.name not in rooted:
                    d = self.lookup(s.name[13:])
                    rooted.add(s.name)
                    if d is not None and d.section < len(d.inp.live) and d.inp.live[d.section]:
                        self.push(work, inp, s.index)
        self.drain(work)
        self.check()

    def push(self, work: list[tuple[Input, int]], inp: Input, section: int) -> None:
        if section < len(inp.live) and not inp.live[section]:
            inp.live[section] = 1
            self.order.append((inp, section))
            work.append((inp, section))

    def drain(self, work: list[tuple[Input, int]]) -> None:
        """Follow relocations until nothing new is found."""
        unpack = elf.RELA.iter_unpack
        conditional = CONDITIONAL.match
        filtered = self.job.live is not None
        while work:
            inp, section = work.pop()
            obj = inp.obj
            s = obj.sections[section]
            if not s.rela:
                continue
            r = obj.sections[s.rela]
            syms = {info >> 32 for _, info, _ in unpack(obj.data[r.offset : r.offset + r.size])}
            if filtered and conditional(s.name):
                for i in sorted(syms):
                    self.follow_conditional(work, inp, i)
                continue
            if inp.merged and not inp.merged.isdisjoint(syms):
                self.mark_entries(inp, section)
            syms -= inp.seen
            inp.seen |= syms
            for i in sorted(syms):
                self.follow(work, inp, i, section)

    def mark_entries(self, inp: Input, section: int) -> None:
        """Note the entries of mergeable sections that `section` refers to."""
        obj = inp.obj
        for _, info, addend in obj.relocations(obj.sections[section]):
            i = info >> 32
            if i in inp.merged:
                sym = obj.symbols[i]
                s = obj.sections[sym[3]]
                at = addend if sym[1] & 15 == elf.STT_SECTION else sym[4]  # as every linker: the addend of a section's symbol says which entry
                self.pieces.setdefault((inp.index, sym[3]), {})[at // s.entsize] = 0

    def follow(self, work: list[tuple[Input, int]], inp: Input, i: int, section: int) -> None:
        sym = inp.obj.symbols[i]
        shndx = sym[3]
        if sym[1] >> 4 == elf.STB_LOCAL:
            if shndx < len(inp.live) and not inp.live[shndx]:
                self.push(work, inp, shndx)
            return
        name = inp.obj.names[i]
        if name in self.special or name.removesuffix(".abi0") in self.special:
            return
        d = self.lookup(name)
        if d is None:
            if sym[1] >> 4 != elf.STB_WEAK and name not in self.undefined:
                self.undefined.add(name)
                plain = name.removesuffix(".abi0")
                other = " for ABI0 (but is defined for ABIInternal)" if plain != name and plain in self.globals else ""
                self.error(f"{self.section_owner(inp, section).removesuffix('.abi0')}: relocation target {plain} not defined{other} ({inp.name})")
            return
        if d.section < len(d.inp.live) and not d.inp.live[d.section]:
            self.push(work, d.inp, d.section)

    def follow_conditional(self, work: list[tuple[Input, int]], inp: Input, i: int) -> None:
        """A reference from a type descriptor or itab: code and descriptors only when the demand walk kept them."""
        sym = inp.obj.symbols[i]
        if sym[1] >> 4 == elf.STB_LOCAL:
            if sym[3] < len(inp.live):
                self.push(work, inp, sym[3])
            return
        name = inp.obj.names[i]
        d = self.lookup(name)
        live = self.job.live
        assert live is not None
        if d is None or name in live or name in self.special:
            if d is not None:
                self.push(work, d.inp, d.section)
            return
        if d.section >= len(d.inp.live):
            return
        target = d.inp.obj.sections[d.section]
        if not target.flags & elf.SHF_EXECINSTR and not name.startswith("type:"):
            self.push(work, d.inp, d.section)

    def section_owner(self, inp: Input, section: int) -> str:
        """The symbol a section belongs to, for messages."""
        for n, s in zip(inp.obj.names, inp.obj.symbols):
            if s[3] == section and n and s[1] & 15 in (elf.STT_FUNC, elf.STT_OBJECT):
                return n
        return inp.obj.sections[section].name

    # -- values -----------------------------------------------------------------------------------------------------

    def value(self, inp: Input, i: int, addend: int) -> int:
        """Address of symbol `i` of `inp`, to which the caller adds `addend`; DEAD when it is not in the output."""
        obj = inp.obj
        sym = obj.symbols[i]
        if i in inp.merged:
            s = obj.sections[sym[3]]
            entries = self.pieces.get((inp.index, sym[3]), {})
            if sym[1] & 15 == elf.STT_SECTION:  # differs from use to use: not kept
                return entries[addend // s.entsize] + addend % s.entsize - addend
            v = entries.get(sym[4] // s.entsize, DEAD)
            if v != DEAD:
                v += sym[4] % s.entsize
        elif sym[1] >> 4 == elf.STB_LOCAL:
            v = self.place(inp, sym[3], sym[4])
        else:
            v = self.address(obj.names[i])
            if v == DEAD and sym[1] >> 4 == elf.STB_WEAK and sym[3] == elf.SHN_UNDEF:
                v = 0
        inp.values[i] = v
        return v

    def place(self, inp: Input, section: int, offset: int) -> int:
        if section >= len(inp.live):
            return offset  # SHN_ABS
        if not inp.live[section]:
            return DEAD
        return inp.addr[section] + offset

    def address(self, name: str) -> int:
        """Address of a global name; DEAD when it is not in the output."""
        v = self.special.get(name)
        if v is None and name.endswith(".abi0") and name not in self.globals:
            v = self.special.get(name[:-5])
        if v is not None:
            return v
        d = self.lookup(name)
        if d is None:
            return DEAD
        return self.place(d.inp, d.section, d.inp.obj.symbols[d.sym][4])


DEAD = -(1 << 62)


def mergeable(s: elf.Section) -> bool:
    """A section of constants of one size, without strings and references."""
    return s.flags & (elf.SHF_MERGE | elf.SHF_STRINGS | elf.SHF_ALLOC) == elf.SHF_MERGE | elf.SHF_ALLOC and s.entsize > 0 and not s.rela


def overlapping(a: str, b: str) -> bool:
    """Objects named "package(unit.o)" are units of one package that the demand walk compiled at different times.

    Such units may both define a function, and say the same: the first wins. Assembly files are units of another kind: they never overlap.
    """
    pa, _, ua = a.partition("(")
    pb, _, ub = b.partition("(")
    return bool(ua and ub) and pa == pb and not ua.startswith("asm-") and not ub.startswith("asm-")


def link(job: LinkJob) -> bytes:
    """The executable. CompileError lists undefined and duplicate symbols."""
    collecting = gc.isenabled()
    gc.disable()  # a link makes hundreds of thousands of tuples and no garbage cycles: -30 % time
    try:
        return _link(job)
    finally:
        if collecting:
            gc.enable()


def _link(job: LinkJob) -> bytes:
    from rt0.link.image import write_image
    from rt0.link.layout import Layout, reserve_special

    ln = Linker(job)
    reserve_special(ln)
    ln.load()
    ln.mark()
    layout = Layout(ln)
    layout.run()
    ln.check()
    return write_image(ln, layout)
