"""Assignments, variable declarations, ++ and --.

The two phases of the spec: first the operands of index expressions and pointer indirections on the left and the expressions on the
right, then the stores, left to right. Where the right side calls something and the left does not, the right side is evaluated first: gc reads
plain variables on the left after the calls (see expr.py on order).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from rt0.lower.closure import declare, declare_init
from rt0.lower.convert import assign_conv
from rt0.lower.expr import Place, arith, expr, has_call, in_order, into, is_nil, multi, place, shift
from rt0.lower.func import INT, FuncBuilder
from rt0.lower.layout import layout
from rt0.lower.value import Val
from rt0.syntax import nodes as ast
from rt0.types.objects import Var
from rt0.types.types import IS_FLOAT, IS_INTEGER, Basic, Interface, Type


def is_blank(e: ast.Expr) -> bool:
    x = ast.unparen(e)
    return isinstance(x, ast.Ident) and x.name == "_"


def assign_stmt(fb: FuncBuilder, s: ast.AssignStmt) -> None:
    fb.dbg(s.pos)
    op = s.op
    if op == "=":
        if len(s.lhs) == 1 and len(s.rhs) == 1:
            assign_one(fb, s.lhs[0], s.rhs[0], s.pos)
        elif len(s.rhs) == 1:
            assign_multi(fb, s)
        else:
            assign_tuple(fb, s)
    elif op == ":=":
        define(fb, s)
    else:
        op_assign(fb, s.lhs[0], op[:-1], s.rhs[0], s.pos)


def discard(fb: FuncBuilder, e: ast.Expr) -> None:
    """_ = e"""
    if not is_nil(e):
        expr(fb, e)


def assign_one(fb: FuncBuilder, lhs: ast.Expr, rhs: ast.Expr, pos: int) -> None:
    if is_blank(lhs):
        discard(fb, rhs)
        return
    t = _lhs_type(fb, lhs)
    mem = not layout(t).is_flat and not isinstance(t.underlying(), Interface)
    if has_call(rhs) and not has_call(lhs):
        v = fb.expr_as(rhs, t)
        fb.dbg(pos)
        place(fb, lhs).store(fb, v)
        return
    if has_call(lhs):
        p, v = _place_then(fb, lhs, rhs, t)
        fb.dbg(pos)
        p.store(fb, v)
        return
    p = place(fb, lhs)
    if mem and p.kind == "mem" and not isinstance(ast.unparen(rhs), ast.CompositeLit):
        into(fb, rhs, p.addr, t)
        return
    v = fb.expr_as(rhs, t)
    fb.dbg(pos)
    p.store(fb, v)


def _place_then(fb: FuncBuilder, lhs: ast.Expr, rhs: ast.Expr, t: Type) -> tuple[Place, Val]:
    p = place(fb, lhs)
    return p, fb.expr_as(rhs, t)


def _lhs_type(fb: FuncBuilder, e: ast.Expr) -> Type:
    x = ast.unparen(e)
    if isinstance(x, ast.Ident) and type(x.obj) is Var:
        return fb.subst(x.obj.type)
    return fb.typ(x)


def assign_tuple(fb: FuncBuilder, s: ast.AssignStmt) -> None:
    """a, b = x, y"""
    n = len(s.lhs)
    places: list[Place | None] = [None] * n

    def left(i: int) -> Val:
        places[i] = place(fb, s.lhs[i], late=True)
        return Val(INT, ())

    def right(i: int) -> Val:
        if is_blank(s.lhs[i]):
            if is_nil(s.rhs[i]):
                return Val(INT, ())
            return fb.expr(s.rhs[i])
        return fb.expr_as(s.rhs[i], _lhs_type(fb, s.lhs[i]))

    items: list[tuple[ast.Expr | None, Callable[[], Val]]] = []
    for i in range(n):
        if not is_blank(s.lhs[i]):
            items.append((s.lhs[i], partial(left, i)))
    first = len(items)
    for i in range(n):
        items.append((s.rhs[i], partial(right, i)))
    vals = in_order(fb, items)[first:]
    fb.dbg(s.pos)
    for p, v in zip(places, vals, strict=True):
        if p is not None:
            p.store(fb, v)


def assign_multi(fb: FuncBuilder, s: ast.AssignStmt) -> None:
    """a, b = f() and the comma-ok forms."""
    lhs = s.lhs
    places: list[Place | None] = [None] * len(lhs)
    before = any(has_call(x) for x in lhs)
    if before:
        places = [None if is_blank(x) else place(fb, x, late=True) for x in lhs]
    vals = multi(fb, s.rhs[0], len(lhs))
    fb.dbg(s.pos)
    if not before:
        places = [None if is_blank(x) else place(fb, x, late=True) for x in lhs]
    for p, v, x in zip(places, vals, lhs, strict=True):
        if p is not None:
            p.store(fb, assign_conv(fb, v, _lhs_type(fb, x), s.pos))


def store_to(fb: FuncBuilder, s: ast.AssignStmt, vals: Sequence[Val]) -> None:
    """Assign ready values to the left side of s (a receive clause of a select)."""
    if s.op == ":=":
        define_vals(fb, s, vals)
        return
    for x, v in zip(s.lhs, vals, strict=True):
        if not is_blank(x):
            place(fb, x).store(fb, assign_conv(fb, v, _lhs_type(fb, x), s.pos))


def new_var(s: ast.AssignStmt, i: int) -> Var | None:
    """The variable that := declares at position i; None where it assigns or is blank."""
    new = s.new_vars
    x = s.lhs[i]
    v: Any = new[i] if new is not None and i < len(new) else None
    if type(v) is Var and not (isinstance(x, ast.Ident) and x.name == "_"):
        return v
    return None


def _value(fb: FuncBuilder, e: ast.Expr, t: Type | None) -> Val:
    return fb.expr(e) if t is None else fb.expr_as(e, t)


def define(fb: FuncBuilder, s: ast.AssignStmt) -> None:
    if len(s.rhs) != len(s.lhs):
        vals = multi(fb, s.rhs[0], len(s.lhs))
        fb.dbg(s.pos)
        define_vals(fb, s, vals)
        return
    if len(s.lhs) == 1:
        v = new_var(s, 0)
        if v is None:
            assign_one(fb, s.lhs[0], s.rhs[0], s.pos)
        else:
            init_var(fb, v, s.rhs[0])
        return
    items: list[tuple[ast.Expr | None, Callable[[], Val]]] = []
    for i, r in enumerate(s.rhs):
        v = new_var(s, i)
        if v is not None:
            t: Type | None = fb.subst(v.type)
        else:
            t = None if is_blank(s.lhs[i]) else _lhs_type(fb, s.lhs[i])
        items.append((r, partial(_value, fb, r, t)))
    vals = in_order(fb, items)
    fb.dbg(s.pos)
    define_vals(fb, s, vals)


def define_vals(fb: FuncBuilder, s: ast.AssignStmt, vals: Sequence[Val]) -> None:
    for i, (x, val) in enumerate(zip(s.lhs, vals, strict=True)):
        v = new_var(s, i)
        if v is not None:
            declare_init(fb, v, assign_conv(fb, val, fb.subst(v.type), s.pos))
        elif not is_blank(x):
            place(fb, x).store(fb, assign_conv(fb, val, _lhs_type(fb, x), s.pos))


def init_var(fb: FuncBuilder, v: Var, e: ast.Expr) -> None:
    """Declare v with its value."""
    t = fb.subst(v.type)
    if layout(t).is_flat or isinstance(t.underlying(), Interface):
        val = fb.expr_as(e, t)
        declare_init(fb, v, val)
        return
    from rt0.lower.closure import needs_addr

    if has_call(e) and not needs_addr(fb, v) and isinstance(ast.unparen(e), ast.CallExpr):
        val = fb.expr_as(e, t)
        if val.owned and val.addr is not None:
            from rt0.lower.func import Storage

            # the call's result memory becomes the variable; each call site has its own
            fb.bind(v, Storage("mem", t, (val.addr,)))
            return
        declare_init(fb, v, val)
        return
    val2 = None
    if has_call(e):
        val2 = fb.expr_as(e, t)
    st = declare(fb, v)
    if val2 is not None:
        fb.store_var(st, val2)
    else:
        into(fb, e, fb.var_addr(st), t)


def var_spec(fb: FuncBuilder, s: ast.VarSpec) -> None:
    fb.dbg(s.pos)
    objs = [n.obj if type(n.obj) is Var else None for n in s.names]
    if not s.values:
        for v, n in zip(objs, s.names, strict=True):
            if v is not None and n.name != "_":
                st = declare(fb, v)
                if layout(st.typ).is_flat and st.kind == "slots":
                    fb.store_var(st, fb.zero(st.typ))
                elif not _fresh_heap(fb, v):
                    fb.store_zero(fb.var_addr(st), st.typ)
        return
    if len(s.values) != len(s.names):
        vals = multi(fb, s.values[0], len(s.names))
    elif len(s.values) == 1:
        v = objs[0]
        if v is None or s.names[0].name == "_":
            if v is not None and v.type is not None:
                fb.expr_as(s.values[0], fb.subst(v.type))
            else:
                discard(fb, s.values[0])
        else:
            init_var(fb, v, s.values[0])
        return
    else:
        vals = in_order(fb, [(e, partial(_value, fb, e, fb.subst(v.type) if v is not None and v.type is not None else None))
                             for e, v in zip(s.values, objs, strict=True)])  # fmt: skip
    fb.dbg(s.pos)
    for v, n, val in zip(objs, s.names, vals, strict=True):
        if v is not None and n.name != "_":
            declare_init(fb, v, assign_conv(fb, val, fb.subst(v.type), s.pos))


def _fresh_heap(fb: FuncBuilder, v: Var) -> bool:
    from rt0.lower.closure import needs_heap

    return needs_heap(fb, v)


def op_assign(fb: FuncBuilder, lhs: ast.Expr, op: str, rhs: ast.Expr, pos: int) -> None:
    """lhs op= rhs: the operands of lhs are evaluated once, lhs is read after rhs."""
    t = fb.typ(lhs)

    def value() -> Val:
        if op in ("<<", ">>"):
            return expr(fb, rhs)
        return fb.const(rhs.val, t) if rhs.mode == "constant" else expr(fb, rhs)

    if has_call(rhs) and not has_call(lhs):
        y = value()
        p = place(fb, lhs)
    else:
        p = place(fb, lhs)
        y = value()
    fb.dbg(pos)
    x = p.load(fb)
    r = shift(fb, op, x, y, t) if op in ("<<", ">>") else arith(fb, op, x, y, t)
    p.store(fb, r)


def inc_dec(fb: FuncBuilder, s: ast.IncDecStmt) -> None:
    fb.dbg(s.pos)
    p = place(fb, s.x)
    t = fb.typ(s.x)
    u = t.underlying()
    assert isinstance(u, Basic)
    one = Val(t, ("1",)) if u.info & IS_INTEGER else fb.const(1, t)
    assert u.info & (IS_INTEGER | IS_FLOAT) or True
    p.store(fb, arith(fb, s.op[0], p.load(fb), one, t))
