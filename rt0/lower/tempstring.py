"""Strings and slices that a conversion or + makes for a moment: no allocation where gc makes none.

Two kinds. A result that escape analysis keeps on the frame gets a buffer there, which the runtime uses when the bytes fit (32, or 32 runes). And a
string(b) that is only looked at while b cannot change (compared, looked up in a map, concatenated, switched on) is b's memory itself.
Rules of cmd/compile/internal/walk/order.go and walk/convert.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt0.lower.value import Val
from rt0.syntax import nodes as ast
from rt0.types.types import IS_STRING, Basic, Slice, Type

if TYPE_CHECKING:
    from rt0.lower.func import FuncBuilder

BUFFER = 32  # bytes, or runes (runtime: tmpStringBufSize)


def buffer(fb: FuncBuilder, node: ast.Expr | None, unit: int = 1) -> str:
    """The runtime's buffer argument for what `node` makes: memory on the frame, or null. unit: bytes per element."""
    if node is None or not fb.on_frame(node):
        return "null"
    return fb.alloca(BUFFER * unit, unit)


def _is(t: Type | None, kind: str) -> bool:
    u = t.underlying() if t is not None else None
    return isinstance(u, Basic) and (bool(u.info & IS_STRING) if kind == "string" else u.kind == kind)


def of_bytes(fb: FuncBuilder, e: ast.Expr) -> ast.CallExpr | None:
    """The conversion when e is string(b) of a slice of bytes."""
    x = ast.unparen(e)
    if not isinstance(x, ast.CallExpr) or x.fun.mode != "typexpr" or x.mode == "constant" or not _is(fb.typ(x), "string"):
        return None
    u = fb.typ(x.args[0]).underlying()
    return x if isinstance(u, Slice) and _is(u.elem, "uint8") else None


def peek(fb: FuncBuilder, e: ast.Expr) -> Val:
    """The value of e; string(b) without a copy. The caller looks at it when all its operands are evaluated. A call among them may change b: as with
    gc, which calls first and converts afterwards, the change is seen."""
    x = of_bytes(fb, e)
    if x is None:
        return fb.expr(e)
    t = fb.typ(x)
    v = fb.expr(x.args[0])
    return Val(t, v.p()[:2])


def bytes_of(fb: FuncBuilder, e: ast.Expr) -> Val | None:
    """What a range over []byte(s) runs through: s itself; None for other expressions."""
    x = ast.unparen(e)
    if not isinstance(x, ast.CallExpr) or x.fun.mode != "typexpr" or not _is(fb.typ(x.args[0]), "string"):
        return None
    u = fb.typ(x).underlying()
    if not isinstance(u, Slice) or not _is(u.elem, "uint8"):
        return None
    p, n = fb.expr(x.args[0]).p()
    return Val(fb.typ(x), (p, n, n))
