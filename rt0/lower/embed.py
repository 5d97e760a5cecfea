"""//go:embed variables: the files' bytes become read-only data when the program is built.

    var s string, var b []byte   the one file a pattern matches
    var fs embed.FS              struct { files *[]file }, file = struct { name, data string; hash [16]byte } (GOROOT/src/embed/embed.go);
                                 the list holds every file and every directory above one (name ends in "/", no data), sorted by
                                 directory, then by last element, as embed's binary search wants it

The hash is the first 16 bytes of the data's SHA-256 (embed only promises that equal data have equal hashes; nothing reads it yet).
Source: cmd/compile/internal/staticdata/embed.go, go1.27.
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING

from rt0.lower.layout import layout
from rt0.lower.static import Image
from rt0.lower.unit import c_string
from rt0.syntax import nodes as ast
from rt0.types.embed import embed_kind
from rt0.types.types import unalias

if TYPE_CHECKING:
    from rt0.lower.program import Program
    from rt0.lower.unit import Unit
    from rt0.types.objects import Package, Var


def patterns_of(program: Program, var: Var) -> list[str] | None:
    """The patterns of the directive above a package variable; None without one."""
    pkg = var.pkg
    if pkg is None:
        return None
    info = program.info(pkg)
    if info is None or not info.embed:
        return None
    known = program.embeds.get(pkg.path)
    if known is None:
        known = program.embeds[pkg.path] = _collect(pkg)
    return known.get(var.name)


def _collect(pkg: Package) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for file in pkg.files:
        for d in file.decls:
            if isinstance(d, ast.GenDecl) and d.tok == "var":
                for s in d.specs:
                    if isinstance(s, ast.VarSpec) and s.embed:
                        for n in s.names:
                            out[n.name] = s.embed
    return out


def files_of(program: Program, var: Var, patterns: list[str]) -> dict[str, str]:
    """Name in the file system -> absolute path."""
    assert var.pkg is not None
    info = program.info(var.pkg)
    assert info is not None
    return {name: path for p in patterns for name, path in info.embed.get(p, [])}


def _order(name: str) -> tuple[bytes, bytes]:
    head, _, tail = name.rstrip("/").rpartition("/")
    return (head or ".").encode(), tail.encode()


def embed_image(unit: Unit, var: Var, patterns: list[str], symbol: str) -> Image | None:
    """The variable's memory; None for a type that cannot be embedded into (the Checker reports it)."""
    files = files_of(unit.program, var, patterns)
    assert var.type is not None
    t = unalias(var.type)
    kind = embed_kind(t)
    img = Image(layout(t).size)
    if kind in ("bytes", "string"):
        for path in files.values():
            data = _read(path)
            if kind == "bytes":
                img.ptrs[0] = (_bytes(unit, symbol, data or b"\0"), 0)  # the slice of an empty file is not nil
                struct.pack_into("<QQ", img.data, 8, len(data), len(data))
            elif data:
                img.ptrs[0] = (unit.string(data), 0)
                struct.pack_into("<Q", img.data, 8, len(data))
            break
        return img
    if kind != "files":
        return None
    names = dict.fromkeys(files)
    for n in files:
        while "/" in n:
            n = n.rpartition("/")[0]
            names[n + "/"] = None
    order = sorted(names, key=_order)
    table = Image(24 + 48 * len(order))
    list_sym = symbol + ".files"
    if unit.begin(list_sym):
        with unit.defining(list_sym):
            struct.pack_into("<QQ", table.data, 8, len(order), len(order))
            for i, n in enumerate(order):
                at = 24 + 48 * i
                raw = n.encode("utf-8", "surrogateescape")
                table.ptrs[at] = (unit.string(raw), 0)
                struct.pack_into("<Q", table.data, at + 8, len(raw))
                if not n.endswith("/"):
                    data = _read(files[n])
                    if data:
                        table.ptrs[at + 16] = (unit.string(data), 0)
                    struct.pack_into("<Q", table.data, at + 24, len(data))
                    table.data[at + 32 : at + 48] = hashlib.sha256(data).digest()[:16]
            table.ptrs[0] = (unit.ref(list_sym), 24)
            ty, init = table.constant()
            unit.define_data(list_sym, ty, init, section=".data.rel.ro", const=True, align=8)
    img.ptrs[0] = (unit.ref(list_sym), 0)
    return img


def _bytes(unit: Unit, symbol: str, data: bytes) -> str:
    sym = symbol + ".data"
    if unit.begin(sym):
        with unit.defining(sym):
            unit.define_data(sym, f"[{len(data)} x i8]", c_string(data), section=".data", const=False, align=1)
    return unit.ref(sym)


def _read(path: str) -> bytes:
    with open(path, "rb") as f:
        return f.read()
