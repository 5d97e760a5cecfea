"""Reads a pclntab back (format: rt0/abi/pclntab.py), as rt0/goroot/src/runtime/symtab.go does: for tests and `rt0 tool objdump`.

`Pclntab(blob).frames(pc)` gives the frames at an address, innermost first, inlined calls unfolded. Nothing is decoded before it is asked for;
a blob that does not begin with the magic number is a ValueError, one cut short a struct.error.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from typing import NamedTuple

from rt0.abi import pclntab as fmt


class Frame(NamedTuple):
    function: str
    file: str
    line: int


class Pclntab:
    """A table in memory: `blob` is what lies from runtime.pclntab on."""

    def __init__(self, blob: bytes) -> None:
        self.blob = blob
        (magic, self.nfunc, self.text, _, self.functab, _, _, self.stridx, _, self.size) = (
            fmt.HEADER.unpack_from(blob)
        )
        if magic != fmt.MAGIC:
            raise ValueError("not a pclntab")
        self.funcs = [fmt.FUNC.unpack_from(blob, self.functab + fmt.FUNC.size * i) for i in range(self.nfunc)]
        self.entries = [f[0] for f in self.funcs]

    def string(self, off: int) -> str:
        n, i = fmt.read_uvarint(self.blob, off)
        return self.blob[i : i + n].decode("utf-8", "surrogateescape")

    def numbered(self, base: int, k: int) -> str:
        (off,) = struct.unpack_from("<I", self.blob, self.stridx + 4 * (base + k))
        return self.string(off)

    def frames(self, pc: int) -> list[Frame]:
        """Frames at a pc, innermost first."""
        off = pc - self.text
        i = bisect_right(self.entries, off) - 1
        if i < 0 or off >= self.entries[i] + self.funcs[i][1]:
            return []
        entry, _, name, base, data = self.funcs[i]
        if not data:
            return [Frame(self.string(name), "?", 0)]
        blob = self.blob
        at = data

        def u() -> int:
            nonlocal at
            v, at = fmt.read_uvarint(blob, at)
            return v

        flags = u()
        file, line = u(), u()
        if flags & fmt.FUNC_ARGS:
            n = u()
            at += n
        calls = [(0, 0, 0, 0, 0)] + [(u(), u(), u(), u(), u()) for _ in range(u())]
        inl = 0
        p = entry
        while True:
            d = u()
            p += d >> 1
            if p > off:
                break
            line += fmt.unzigzag(u())
            if d & 1:
                file += fmt.unzigzag(u())
                inl += fmt.unzigzag(u())
        out: list[Frame] = []
        f, n = self.numbered(base, file), line
        while inl:
            parent, callee, _, call_file, call_line = calls[inl]
            out.append(Frame(self.numbered(base, callee), f, n))
            f, n = self.numbered(base, call_file), call_line
            inl = parent
        out.append(Frame(self.string(name), f, n))
        return out
