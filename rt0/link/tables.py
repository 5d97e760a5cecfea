"""Tables that the linker writes itself: arrays of addresses for the runtime, the strings of -X, the build information.

    .itablink       address of every live itab, by name
    .typelink       address of every live type descriptor, by reflect's string, then by name
    .rt0.words      the word tables of the job, by name: the runtime's lists of init steps among them
    .rt0.xstrings   the bytes of -X strings, to which their variables are made to point
    .go.buildinfo   what `go version -m` reads

What is in them is known when liveness is (`Tables`), and so are their sizes, which layout needs; their contents need every address (`fill`).
pclntab, which the linker writes as well, is pcln.py's.
"""

from __future__ import annotations

import struct

from rt0.abi.pclntab import uvarint
from rt0.link.state import Link
from rt0.obj import elf
from rt0.version import GO_VERSION

Image = list[tuple[int, bytearray]]  # (address, contents) of output sections


class Tables:
    """What goes into the tables.

    itabs, types  names of the live ones, sorted
    xplaces       -X: (variable, offset of its bytes in .rt0.xstrings, length)
    """

    __slots__ = ("buildinfo", "itabs", "ln", "types", "xplaces", "xstrings")

    def __init__(self, ln: Link) -> None:
        self.ln = ln
        self.itabs: list[str] = []
        self.types: list[str] = []
        for name, d in ln.globals.items():
            if d.section < len(d.inp.live) and d.inp.live[d.section]:
                if name.startswith("type:") and name[5:6] != ".":
                    self.types.append(name)
                elif name.startswith("go:itab."):
                    self.itabs.append(name)
        self.itabs.sort()
        self.types.sort()
        self.xplaces: list[tuple[str, int, int]] = []
        self.xstrings = b""
        self._find_strings()
        job = ln.job
        self.buildinfo = build_info(job.go_version or f"go{GO_VERSION}", job.build_info) if job.build_info or job.go_version else b""

    def _find_strings(self) -> None:
        ln = self.ln
        blob = bytearray()
        for name in sorted(ln.job.x_values):
            var = ln.lookup(name)
            if var is None or var.section >= len(var.inp.live) or not var.inp.live[var.section]:
                continue  # as gc: -X of a variable that is not in the program does nothing
            if var.inp.obj.symbols[var.sym][5] != 16 or var.inp.obj.sections[var.section].flags & elf.SHF_EXECINSTR:
                continue  # no variable of type string: build has complained where go does
            raw = ln.job.x_values[name].encode("utf-8", "surrogateescape")
            self.xplaces.append((name, len(blob), len(raw)))
            blob += raw
        self.xstrings = bytes(blob)

    def nwords(self) -> int:
        """Words in all word tables."""
        return sum(len(w) for w in self.ln.job.tables.values())

    def fill(self, image: Image, strings: int) -> dict[str, bytes]:
        """Contents of the sections, by name. The variables of -X, in image, are made to point into .rt0.xstrings, which begins at `strings`."""
        ln = self.ln
        types = sorted((type_string(image, a), n, a) for n in self.types if (a := ln.address(n)) > 0)
        words: list[bytes] = []
        for name in sorted(ln.job.tables):
            for w in ln.job.tables[name]:
                words.append(struct.pack("<Q", (w if isinstance(w, int) else ln.address(w)) & (1 << 64) - 1))
        for name, off, size in self.xplaces:
            at = ln.address(name)
            for base, buf in image:
                if base <= at < base + len(buf):
                    struct.pack_into("<QQ", buf, at - base, strings + off if size else 0, size)
        return {
            ".itablink": b"".join(struct.pack("<Q", ln.address(n)) for n in self.itabs),
            ".typelink": b"".join(struct.pack("<Q", a) for _, _, a in types),
            ".rt0.words": b"".join(words),
            ".rt0.xstrings": self.xstrings,
            ".go.buildinfo": self.buildinfo,
        }


def type_string(image: Image, addr: int) -> bytes:
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


def build_info(go_version: str, modinfo: str) -> bytes:
    """The blob `go version -m` reads (debug/buildinfo): 32-byte header with inline strings, then two length-prefixed strings."""
    start, end = bytes.fromhex("3077af0c9274080241e1c107e6d618e6"), bytes.fromhex("f932433186182072008242104116d8f2")
    mod = start + modinfo.encode("utf-8", "surrogateescape") + end if modinfo else b""
    vers = go_version.encode()
    head = b"\xff Go buildinf:" + bytes((8, 2))
    return head.ljust(32, b"\0") + uvarint(len(vers)) + vers + uvarint(len(mod)) + mod
