"""Liveness: the sections that are reachable from the roots (entry, `live`, word tables), following relocations.

With `job.live` (the demand walk's result) a reference from a type descriptor or itab (sections of `type:...` and
`go:itab....` symbols) to code or to another descriptor is followed only if the target is in `live`: those are the conditional edges (methods).
Every other reference is strong and always followed: the compiler adds references of its own (`__morestack`, memory moves) that
the demand walk does not list. A conditional reference to something dead becomes 0. With `live` None every reference is strong.

Constants (mergeable sections, `.rodata.cst16`) belong to all functions of an object. They are taken apart into their entries: only what live
code refers to stays, each content once, in the order of contents.
"""

from __future__ import annotations

import re

from rt0.abi.linksyms import GCROOTS
from rt0.link.state import Input, Link
from rt0.obj import elf

CONDITIONAL = re.compile(r"\.(?:data\.rel\.ro|rodata|data)\.(?:type:(?!\.)|go:itab\.)")


def mark(ln: Link) -> None:
    """Fill Input.live, Link.order and Link.pieces. Raises CompileError for references that nothing satisfies."""
    Marker(ln).run()


class Marker:
    """work: live sections whose references have not been followed. undefined: names that were complained about."""

    __slots__ = ("ln", "undefined", "work")

    def __init__(self, ln: Link) -> None:
        self.ln = ln
        self.work: list[tuple[Input, int]] = []
        self.undefined: set[str] = set()

    def run(self) -> None:
        self.push_roots()
        self.drain()
        self.push_gcroots()
        self.drain()
        self.ln.check()

    def push_roots(self) -> None:
        """The entry, what word tables name, and what the demand walk found live."""
        ln, job = self.ln, self.ln.job
        for r in [job.entry, *(w for words in job.tables.values() for w in words if isinstance(w, str))]:
            d = ln.lookup(r)
            if d is not None:
                self.push(d.inp, d.section)
            elif r not in ln.special:
                ln.error(f"undefined entry or table symbol {r}")
        for name in sorted(job.live or ()):
            d = ln.lookup(name)
            if d is not None:
                self.push(d.inp, d.section)

    def push_gcroots(self) -> None:
        """A GC root entry lives iff its variable does; its mask may be a new section. Overlapping units bring an entry each: one is enough."""
        rooted: set[str] = set()
        for inp in self.ln.inputs:
            for s in inp.obj.sections:
                if s.name.startswith(GCROOTS + ".") and not inp.discarded[s.index] and s.name not in rooted:
                    rooted.add(s.name)
                    d = self.ln.lookup(s.name[len(GCROOTS) + 1 :])
                    if d is not None and d.section < len(d.inp.live) and d.inp.live[d.section]:
                        self.push(inp, s.index)

    def push(self, inp: Input, section: int) -> None:
        if section < len(inp.live) and not inp.live[section]:
            inp.live[section] = 1
            self.ln.order.append((inp, section))
            self.work.append((inp, section))

    def drain(self) -> None:
        """Follow relocations until nothing new is found."""
        work = self.work
        unpack = elf.RELA.iter_unpack
        conditional = CONDITIONAL.match
        filtered = self.ln.job.live is not None
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
                    self.follow_conditional(inp, i)
                continue
            if inp.merged and not inp.merged.isdisjoint(syms):
                self.mark_entries(inp, section)
            syms -= inp.seen
            inp.seen |= syms
            for i in sorted(syms):
                self.follow(inp, i, section)

    def mark_entries(self, inp: Input, section: int) -> None:
        """Note the entries of mergeable sections that `section` refers to."""
        obj = inp.obj
        for _, info, addend in obj.relocations(obj.sections[section]):
            i = info >> 32
            if i in inp.merged:
                sym = obj.symbols[i]
                s = obj.sections[sym[3]]
                at = addend if sym[1] & 15 == elf.STT_SECTION else sym[4]  # as every linker: the addend of a section's symbol says which entry
                self.ln.pieces.setdefault((inp.index, sym[3]), {})[at // s.entsize] = 0

    def follow(self, inp: Input, i: int, section: int) -> None:
        sym = inp.obj.symbols[i]
        shndx = sym[3]
        if sym[1] >> 4 == elf.STB_LOCAL:
            if shndx < len(inp.live) and not inp.live[shndx]:
                self.push(inp, shndx)
            return
        name = inp.obj.names[i]
        if name in self.ln.special or name.removesuffix(".abi0") in self.ln.special:
            return
        d = self.ln.lookup(name)
        if d is None:
            if sym[1] >> 4 != elf.STB_WEAK and name not in self.undefined:
                self.undefined.add(name)
                plain = name.removesuffix(".abi0")
                other = " for ABI0 (but is defined for ABIInternal)" if plain != name and plain in self.ln.globals else ""
                self.ln.error(f"{self.ln.section_owner(inp, section).removesuffix('.abi0')}: relocation target {plain} not defined{other} ({inp.name})")
            return
        if d.section < len(d.inp.live) and not d.inp.live[d.section]:
            self.push(d.inp, d.section)

    def follow_conditional(self, inp: Input, i: int) -> None:
        """A reference from a type descriptor or itab: code and descriptors only when the demand walk kept them."""
        sym = inp.obj.symbols[i]
        if sym[1] >> 4 == elf.STB_LOCAL:
            if sym[3] < len(inp.live):
                self.push(inp, sym[3])
            return
        name = inp.obj.names[i]
        d = self.ln.lookup(name)
        live = self.ln.job.live
        assert live is not None
        if d is None or name in live or name in self.ln.special:
            if d is not None:
                self.push(d.inp, d.section)
            return
        if d.section >= len(d.inp.live):
            return
        target = d.inp.obj.sections[d.section]
        if not target.flags & elf.SHF_EXECINSTR and not name.startswith("type:"):
            self.push(d.inp, d.section)
