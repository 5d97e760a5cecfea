"""Expressions -> Vals. `expr(fb, e)` gives one value, whatever e is; `multi` several; `addr` an address.

The kinds have files of their own: names and selectors here, places.py what has an address or is assigned to, index.py elements and slices, operators.py,
composite.py literals, call.py, convert.py. In which order the operands of an expression are evaluated is said, and done, in order.py. The files reach one
another's expressions through the FuncBuilder (fb.expr, fb.addr).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Never

from rt0.lower import chans, maps
from rt0.lower.closure import make_closure
from rt0.lower.composite import (
    composite,
    composite_into,
)
from rt0.lower.consts import const
from rt0.lower.convert import assert_type
from rt0.lower.func import FuncBuilder, Storage
from rt0.lower.index import index, map_key, slice_expr
from rt0.lower.layout import layout
from rt0.lower.operators import (
    binary,
    invert,
    neg,
)
from rt0.lower.order import addressable, in_order
from rt0.lower.places import (
    field_path,
    field_place,
    field_value,
    index_addr,
    place,
)
from rt0.lower.value import Val
from rt0.lower.wrappers import func_value
from rt0.syntax import nodes as ast
from rt0.types.objects import Const, Func, Nil, Selection, Var
from rt0.types.types import (
    TYP,
    Chan,
    Map,
    Pointer,
    Tuple,
    Type,
)

BOOL = TYP["bool"]


def expr(fb: FuncBuilder, e: ast.Expr) -> Val:
    """Evaluate an expression that gives one value."""
    if e.mode == "constant":
        return const(fb, e.val, fb.typ(e))
    if fb.early and (v := fb.early.pop(e, None)) is not None:
        return v
    h = _EXPR.get(type(e))
    if h is None:
        fb.bug(e.pos, f"no lowering for {type(e).__name__}")
    return h(fb, e)  # type: ignore[arg-type]  # the table has for each type the function that takes it


def ident(fb: FuncBuilder, e: ast.Ident) -> Val:
    obj = e.obj
    if type(obj) is Var:
        return load_object(fb, obj, e)
    if type(obj) is Func:
        return func_val(fb, obj, e.targs, e)
    if type(obj) is Nil or e.mode in ("nilvalue",):
        return fb.zero(fb.typ(e))
    if type(obj) is Const:
        return const(fb, obj.val, fb.typ(e))
    fb.bug(e.pos, f"identifier {e.name} is no value")


def load_object(fb: FuncBuilder, obj: Var, e: ast.Expr) -> Val:
    st = fb.vars.get(obj)
    if st is not None:
        return fb.load_var(st)
    if obj.kind == "package":
        return fb.load(fb.unit.program.var_ref(fb.unit, obj), fb.subst(obj.type))
    return fb.load_var(lookup(fb, obj, e))


def lookup(fb: FuncBuilder, obj: Var, e: ast.Expr) -> Storage:
    st = fb.vars.get(obj)
    if st is None:
        fb.bug(e.pos, f"variable {obj.name} has no storage")
    return st


def func_val(fb: FuncBuilder, obj: Func, targs: Sequence[Type] | None, e: ast.Expr) -> Val:
    """A declared function as a func value."""
    sym = fb.unit.program.callee(fb.unit, obj, (), [fb.subst(t) for t in targs or ()])
    return Val(fb.typ(e), (func_value(fb.unit, sym),))


def paren(fb: FuncBuilder, e: ast.ParenExpr) -> Val:
    return expr(fb, e.x)


def addr(fb: FuncBuilder, e: ast.Expr) -> str:
    """Address of an addressable expression, or of a new object for &T{...}."""
    e = ast.unparen(e)
    match e:
        case ast.CompositeLit():
            t = fb.typ(e)
            to = fb.heap_alloc(t)
            with fb.filling(to):
                composite_into(fb, e, to, t, zeroed=True)
            return to
        case ast.IndexExpr():
            u = fb.typ(e.x).underlying()
            if not isinstance(u, Map):
                return index_addr(fb, e)
    if addressable(fb, e):
        p = place(fb, e)
        if p.kind == "mem":
            return p.addr
        if p.kind == "slots":
            if layout(p.typ).size:
                fb.bug(e.pos, "address of a variable in registers")
            return fb.unit.ref("runtime.zerobase")  # an array without elements, or of elements of size zero, is indexed
        if p.kind == "val":
            v = p.load(fb)
            to = fb.alloca_type(v.typ)
            fb.store(to, v.typ, v)
            return to
    v = expr(fb, e)
    to = fb.alloca_type(v.typ)
    fb.store(to, v.typ, v)
    return to


def selector(fb: FuncBuilder, e: ast.SelectorExpr) -> Val:
    sel: Selection | None = e.selection
    if sel is None:
        obj = e.sel.obj
        if type(obj) is Var:
            return fb.load(fb.unit.program.var_ref(fb.unit, obj), fb.subst(obj.type))
        if type(obj) is Func:
            return func_val(fb, obj, e.targs or e.sel.targs, e)
        if type(obj) is Const:
            return const(fb, obj.val, fb.typ(e))
        fb.bug(e.pos, "qualified identifier is no value")
    if sel.kind == "field":
        t = fb.typ(e.x)
        if isinstance(t.underlying(), Pointer) or addressable(fb, e.x):
            return field_place(fb, e).load(fb)
        v = expr(fb, e.x)
        fb.dbg(e.pos)
        return field_value(fb, v, field_path(fb, e))
    if sel.kind == "methodexpr":
        return fb.features.method_expr(fb, e, e.type)
    return fb.features.method_value(fb, e, e.type)


def star(fb: FuncBuilder, e: ast.StarExpr) -> Val:
    p = expr(fb, e.x)
    u = p.typ.underlying()
    assert isinstance(u, Pointer)
    fb.dbg(e.pos)
    fb.nil_check(p.one())
    return fb.load(p.one(), u.elem)


def unary(fb: FuncBuilder, e: ast.UnaryExpr) -> Val:
    op = e.op
    if op == "&":
        x = ast.unparen(e.x)
        if not isinstance(x, ast.CompositeLit):
            fb.dbg(e.pos)
            return Val(fb.typ(e), (addr(fb, x),))
        t = fb.typ(x)
        to = fb.new_object(t, e)
        with fb.filling(to):
            composite_into(fb, x, to, t, zeroed=True)
        return Val(fb.typ(e), (to,))
    if op == "<-":
        c = expr(fb, e.x)
        fb.dbg(e.pos)
        ct = c.typ.underlying()
        assert isinstance(ct, Chan)
        return chans.recv(fb, ct, c.one())
    v = expr(fb, e.x)
    fb.dbg(e.pos)
    t = fb.typ(e)
    return neg(fb, v, t) if op == "-" else v if op == "+" else invert(fb, v, t)


def index_expr(fb: FuncBuilder, e: ast.IndexExpr) -> Val:
    """An element, or an instance of a generic function or method."""
    if e.targs:
        x = ast.unparen(e.x)
        if isinstance(x, ast.SelectorExpr) and x.selection is not None:
            return (fb.features.method_value if x.selection.kind == "methodval" else fb.features.method_expr)(fb, x, e.type, e.targs)
        obj = x.obj if isinstance(x, ast.Ident) else x.sel.obj if isinstance(x, ast.SelectorExpr) else None
        assert isinstance(obj, Func)
        return func_val(fb, obj, e.targs, e)
    return index(fb, e)


def func_lit(fb: FuncBuilder, e: ast.FuncLit) -> Val:
    return Val(fb.typ(e), (make_closure(fb, e),))


def call_expr(fb: FuncBuilder, e: ast.CallExpr) -> Val:
    vals = fb.features.call(fb, e)
    if len(vals) != 1:
        fb.bug(e.pos, f"call with {len(vals)} results used as a value")
    return vals[0]


def type_assert(fb: FuncBuilder, e: ast.TypeAssertExpr) -> Val:
    x = expr(fb, e.x)
    fb.dbg(e.pos)
    t = fb.typ(e)
    if isinstance(t, Tuple):
        assert t.vars[0].type is not None
        t = t.vars[0].type
    return assert_type(fb, x, t, False)[0]


def multi(fb: FuncBuilder, e: ast.Expr, n: int) -> list[Val]:
    """The values of an expression that gives n of them: a call, or a comma-ok form (then the second is a bool)."""
    x = ast.unparen(e)
    if isinstance(x, ast.CallExpr) and x.fun.mode not in ("typexpr",):
        return fb.features.call(fb, x)
    if n == 1:
        return [expr(fb, x)]
    if isinstance(x, ast.TypeAssertExpr):
        assert x.typ is not None
        v = expr(fb, x.x)
        fb.dbg(x.pos)
        return list(assert_type(fb, v, fb.subst(x.typ.type), True))
    if isinstance(x, ast.IndexExpr):
        mt = fb.typ(x.x).underlying()
        assert isinstance(mt, Map)
        m, k = in_order(fb, [(x.x, lambda: expr(fb, x.x)), (x.indices[0], lambda: map_key(fb, x.indices[0], mt.key))], (None, mt.key))
        fb.dbg(x.pos)
        v, ok = maps.access2(fb, mt, m.one(), k)
        return [v, Val(BOOL, (ok,))]
    if isinstance(x, ast.UnaryExpr) and x.op == "<-":
        c = expr(fb, x.x)
        fb.dbg(x.pos)
        ct = c.typ.underlying()
        assert isinstance(ct, Chan)
        v, ok = chans.recv2(fb, ct, c.one())
        return [v, Val(BOOL, (ok,))]
    fb.bug(e.pos, "expression does not give several values")


_EXPR: dict[type[ast.Expr], Callable[[FuncBuilder, Never], Val]] = {
    ast.Ident: ident,
    ast.ParenExpr: paren,
    ast.SelectorExpr: selector,
    ast.StarExpr: star,
    ast.IndexExpr: index_expr,
    ast.SliceExpr: slice_expr,
    ast.UnaryExpr: unary,
    ast.BinaryExpr: binary,
    ast.CompositeLit: composite,
    ast.FuncLit: func_lit,
    ast.CallExpr: call_expr,
    ast.TypeAssertExpr: type_assert,
}
