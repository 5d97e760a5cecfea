"""x[i] and x[lo:hi:max] as values."""

from __future__ import annotations

from rt0.lower import maps
from rt0.lower.consts import int_of
from rt0.lower.func import INT, FuncBuilder
from rt0.lower.layout import layout
from rt0.lower.order import addressable, holds, in_order, keep, settle
from rt0.lower.places import (
    elem_of,
    index_addr,
    index_operand,
    to_i64,
)
from rt0.lower.tempstring import of_bytes, peek
from rt0.lower.value import Val
from rt0.syntax import nodes as ast
from rt0.types.types import (
    IS_STRING,
    TYP,
    Array,
    Basic,
    Interface,
    Map,
    Pointer,
    Slice,
    Type,
)

UINT8 = TYP["uint8"]


def map_key(fb: FuncBuilder, e: ast.Expr, t: Type) -> Val:
    """The key of a map element that is read."""
    return peek(fb, e) if not isinstance(t.underlying(), Interface) and of_bytes(fb, e) else fb.expr_as(e, t)


def index(fb: FuncBuilder, e: ast.IndexExpr) -> Val:
    t = fb.typ(e.x)
    u = t.underlying()
    if isinstance(u, Map):
        m, k = in_order(fb, [(e.x, lambda: fb.expr(e.x)), (e.indices[0], lambda: map_key(fb, e.indices[0], u.key))], (None, u.key))
        fb.dbg(e.pos)
        return maps.access(fb, u, m.one(), k)
    if isinstance(u, Basic) and u.info & IS_STRING:
        s, iv = in_order(fb, [(e.x, lambda: fb.expr(e.x)), (e.indices[0], lambda: index_val(fb, e.indices[0]))])
        i, signed = to_i64(fb, iv)
        fb.dbg(e.pos)
        p, n = s.p()
        fb.bounds_check(i, n, signed)
        return Val(fb.typ(e), (fb.load_ll(fb.gep_var(p, i, 1), "i8"),))
    if isinstance(u, Array) and not addressable(fb, e.x):
        v, iv = in_order(fb, [(e.x, lambda: fb.expr(e.x)), (e.indices[0], lambda: index_val(fb, e.indices[0]))])
        i, signed = to_i64(fb, iv)
        fb.dbg(e.pos)
        fb.bounds_check(i, str(u.len), signed)
        if layout(t).size == 0:
            return fb.zero(u.elem)
        a = fb.gep_var(fb.to_mem(v), i, layout(u.elem).size)
        return fb.load(a, u.elem)
    return fb.load(index_addr(fb, e), elem_of(t))


def index_val(fb: FuncBuilder, e: ast.Expr) -> Val:
    """An index as a Val (constants as int)."""
    if e.mode == "constant":
        return Val(INT, (str(int_of(e.val)),))
    return fb.expr(e)


def slice_expr(fb: FuncBuilder, e: ast.SliceExpr) -> Val:
    """x[lo:hi:max]; the checks and their panics are gc's (ssagen's slice): max against cap, hi against max, lo against hi."""
    t = fb.typ(e.x)
    u = t.underlying()
    ptr = length = cap = ""
    is_string = isinstance(u, Basic)
    is_array = False
    elem: Type = UINT8

    def base() -> None:
        nonlocal ptr, length, cap, is_array, elem
        if is_string:
            ptr, length = fb.expr(e.x).p()
            cap = length
        elif isinstance(u, Slice):
            ptr, length, cap = fb.expr(e.x).p()
            elem = u.elem
        else:
            if isinstance(u, Pointer):
                ptr = fb.expr(e.x).one()
                a = u.elem.underlying()
            else:
                ptr = fb.addr(e.x)
                a = u
            assert isinstance(a, Array)
            elem = a.elem
            length = cap = str(a.len)
            is_array = True

    bounds = [ix for ix in (e.lo, e.hi, e.max) if ix is not None]
    if any(holds(fb, ix) for ix in bounds):
        settle(fb, e.x)
        for ix in bounds:
            # a bound that is no name is complete before the next begins
            settle(fb, ix)
            if not isinstance(ast.unparen(ix), ast.Ident):
                keep(fb, ix)
    base()
    got = {name: index_operand(fb, ix) for name, ix in (("lo", e.lo), ("hi", e.hi), ("max", e.max)) if ix is not None}
    fb.dbg(e.pos)
    if is_array and isinstance(u, Pointer):
        fb.nil_check(ptr)
    lo, lo_signed = got.get("lo", ("0", True))
    hi, hi_signed = got.get("hi", (length, True))
    three = "max" in got
    mx, mx_signed = got.get("max", (cap, True))
    if three:
        _slice_check(fb, mx, cap, "panicSlice3" + ("Alen" if is_array else "Acap"), mx_signed)
        _slice_check(fb, hi, mx, "panicSlice3B", hi_signed)
        _slice_check(fb, lo, hi, "panicSlice3C", lo_signed)
    else:
        if "hi" in got:
            _slice_check(fb, hi, cap, "panicSlice" + ("Alen" if is_string or is_array else "Acap"), hi_signed)
        if "lo" in got:
            _slice_check(fb, lo, hi, "panicSliceB", lo_signed)
    new_len = _sub(fb, hi, lo)
    size = layout(elem).size
    rt = fb.typ(e)
    if is_string:
        if lo == "0":
            return Val(rt, (ptr, new_len))
        return Val(rt, (_advance(fb, ptr, lo, 1, new_len), new_len))
    new_cap = _sub(fb, mx, lo)
    return Val(rt, (ptr if lo == "0" or size == 0 else _advance(fb, ptr, lo, size, new_cap), new_len, new_cap))


def _slice_check(fb: FuncBuilder, i: str, n: str, name: str, signed: bool) -> None:
    """Panic unless 0 <= i <= n."""
    if i == n or (i.isdigit() and n.isdigit() and int(i) <= int(n)) or i == "0":
        return
    fb.panic_if(fb.tmp(f"icmp ugt i64 {i}, {n}"), name if signed else name + "U", [("i64", i), ("i64", n)])


def _sub(fb: FuncBuilder, a: str, b: str) -> str:
    if b == "0":
        return a
    if a.isdigit() and b.isdigit():
        return str(int(a) - int(b))
    return fb.tmp(f"sub nuw nsw i64 {a}, {b}")


def _advance(fb: FuncBuilder, ptr: str, lo: str, size: int, rest: str) -> str:
    """ptr + lo*size, but ptr itself when nothing is left: a pointer one past the end would keep the next object alive."""
    if rest.isdigit():
        return fb.gep_var(ptr, lo, size) if int(rest) else ptr
    z = fb.tmp(f"icmp eq i64 {rest}, 0")
    k = fb.tmp(f"select i1 {z}, i64 0, i64 {lo}")
    return fb.gep_var(ptr, k, size)
