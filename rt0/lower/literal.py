"""Struct literals: which field each element is for.

Since go1.27 the key of an element may be a promoted field, reached through embedded structs (never through pointers): so an element is for a
path of field indexes.
"""

from __future__ import annotations

from collections.abc import Sequence

from rt0.lower.layout import layout
from rt0.syntax import nodes as ast
from rt0.types.lookup import lookup_field_or_method
from rt0.types.types import Struct, Type

Path = tuple[int, ...]


def struct_elts(e: ast.CompositeLit, u: Struct) -> list[tuple[Path, ast.Expr]]:
    """(path, value) of each element, in source order."""
    out: list[tuple[Path, ast.Expr]] = []
    names: dict[str, int] | None = None
    for i, x in enumerate(e.elts):
        if not isinstance(x, ast.KeyValueExpr):
            out.append(((i,), x))
            continue
        if names is None:
            names = {f.name: k for k, f in enumerate(u.fields)}
        assert isinstance(x.key, ast.Ident)
        k = names.get(x.key.name)
        if k is not None:
            out.append(((k,), x.value))
            continue
        pkg = x.key.obj.pkg if x.key.obj is not None else None
        _, path, _ = lookup_field_or_method(u, False, pkg, x.key.name)
        assert path is not None, x.key.name
        out.append((tuple(path), x.value))
    return out


def values(e: ast.CompositeLit) -> list[ast.Expr]:
    """The elements without their keys, in source order."""
    return [x.value if isinstance(x, ast.KeyValueExpr) else x for x in e.elts]


def field_at(t: Type, path: Sequence[int]) -> tuple[int, Type]:
    """(byte offset, type) of a field of struct type t."""
    off = 0
    for i in path:
        u = t.underlying()
        assert isinstance(u, Struct)
        off += layout(t).offsets[i]
        ft = u.fields[i].type
        assert ft is not None
        t = ft
    return off, t
