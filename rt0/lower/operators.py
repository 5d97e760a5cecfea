"""Operators: arithmetic, shifts, strings put together, && and ||, comparisons; and conditions as branches."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from rt0.lower import alg
from rt0.lower.convert import assign_conv, unpack_direct
from rt0.lower.floats import float_op
from rt0.lower.func import FuncBuilder
from rt0.lower.itab import itab
from rt0.lower.layout import bits, layout
from rt0.lower.order import exprs, in_order, settle_each
from rt0.lower.places import (
    view,
)
from rt0.lower.tempstring import buffer, peek
from rt0.lower.typedesc import type_desc
from rt0.lower.value import Val
from rt0.syntax import nodes as ast
from rt0.types.identity import identical, type_set
from rt0.types.objects import Nil
from rt0.types.types import (
    IS_COMPLEX,
    IS_FLOAT,
    IS_INTEGER,
    IS_STRING,
    IS_UNSIGNED,
    TYP,
    Basic,
    Chan,
    Interface,
    Map,
    Pointer,
    Signature,
    Type,
)
from rt0.types.typestring import type_string

STRING = TYP["string"]


COMPARE = {"==", "!=", "<", "<=", ">", ">="}


_INT_OPS = {"+": "add", "-": "sub", "*": "mul", "&": "and", "|": "or", "^": "xor"}


_ICMP = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}


TYP_ANY = Interface([], [])


def neg(fb: FuncBuilder, v: Val, t: Type) -> Val:
    u = t.underlying()
    assert isinstance(u, Basic)
    lay = layout(t)
    if u.info & (IS_FLOAT | IS_COMPLEX):
        return Val(t, tuple([fb.tmp(f"fneg {lay.vals[i]} {p}") for i, p in enumerate(v.p())]))
    return Val(t, (fb.tmp(f"sub {lay.vals[0]} 0, {v.one()}"),))


def invert(fb: FuncBuilder, v: Val, t: Type) -> Val:
    """! on bools, ^ on integers."""
    ll = layout(t).vals[0]
    if ll == "i1":
        return Val(t, (fb.tmp(f"xor i1 {v.one()}, true"),))
    return Val(t, (fb.tmp(f"xor {ll} {v.one()}, -1"),))


def binary(fb: FuncBuilder, e: ast.BinaryExpr) -> Val:
    op = e.op
    if op == "&&" or op == "||":
        return logical(fb, e)
    if op in COMPARE:
        return comparison(fb, e)
    t = fb.typ(e)
    if op == "<<" or op == ">>":
        x, n = in_order(fb, [(e.x, lambda: fb.expr_as(e.x, t)), (e.y, lambda: fb.expr(e.y))])
        fb.dbg(e.pos)
        return shift(fb, op, x, n, t)
    u = t.underlying()
    if op == "+" and isinstance(u, Basic) and u.info & IS_STRING:
        return concat(fb, e, t)
    x, y = in_order(fb, [(e.x, lambda: fb.expr(e.x)), (e.y, lambda: fb.expr(e.y))])
    fb.dbg(e.pos)
    return arith(fb, op, x, y, t)


def _flatten_concat(e: ast.Expr, out: list[ast.Expr]) -> None:
    x = ast.unparen(e)
    if isinstance(x, ast.BinaryExpr) and x.op == "+" and x.mode != "constant":
        _flatten_concat(x.x, out)
        _flatten_concat(x.y, out)
    else:
        out.append(x)


def concat(fb: FuncBuilder, e: ast.BinaryExpr, t: Type) -> Val:
    es: list[ast.Expr] = []
    _flatten_concat(e, es)
    if any(x.mode == "constant" and x.val for x in es):
        vals = in_order(fb, [(x, partial(peek, fb, x)) for x in es])  # with a literal the result is new bytes: an operand is never returned itself
    else:
        vals = exprs(fb, es)
    fb.dbg(e.pos)
    return concat_vals(fb, vals, t, buffer(fb, e))


def concat_vals(fb: FuncBuilder, vals: Sequence[Val], t: Type, buf: str = "null") -> Val:
    """buf: what the runtime may use for a short result."""
    n = len(vals)
    if n <= 3:
        args = [("ptr", buf)]
        for v in vals:
            p, ln = v.p()
            args += [("ptr", p), ("i64", ln)]
        return Val(t, fb.call_rt(f"concatstring{n}", args, ("ptr", "i64")))
    arr = fb.alloca(16 * n)
    for i, v in enumerate(vals):
        fb.store(fb.gep(arr, 16 * i), STRING, Val(STRING, v.p()))
    return Val(t, fb.call_rt("concatstrings", [("ptr", buf), ("ptr", arr), ("i64", str(n)), ("i64", str(n))], ("ptr", "i64")))


def arith(fb: FuncBuilder, op: str, x: Val, y: Val, t: Type) -> Val:
    """x op y for numbers and strings of type t (no shifts)."""
    u = t.underlying()
    if not isinstance(u, Basic):
        fb.bug(fb.pos, f"arithmetic on {type_string(t)}")
    info = u.info
    ll = layout(t).vals[0]
    if info & IS_INTEGER:
        a, b = x.one(), y.one()
        if op in _INT_OPS:
            return Val(t, (fb.tmp(f"{_INT_OPS[op]} {ll} {a}, {b}"),))
        if op == "&^":
            return Val(t, (fb.tmp(f"and {ll} {a}, {fb.tmp(f'xor {ll} {b}, -1')}"),))
        return Val(t, (int_div(fb, op, a, b, ll, bool(info & IS_UNSIGNED)),))
    if info & IS_FLOAT:
        return Val(t, (float_op(fb, op, ll, x.one(), y.one()),))
    if info & IS_COMPLEX:
        return complex_arith(fb, op, x, y, t, ll)
    if info & IS_STRING:
        return concat_vals(fb, [x, y], t)
    fb.bug(fb.pos, f"arithmetic on {type_string(t)}")


def int_div(fb: FuncBuilder, op: str, a: str, b: str, ll: str, unsigned: bool) -> str:
    """Quotient or remainder: panics on zero, MIN / -1 wraps to MIN."""
    ins = ("udiv" if op == "/" else "urem") if unsigned else ("sdiv" if op == "/" else "srem")
    if b.lstrip("-").isdigit():
        if int(b) == 0:
            fb.panic_if("true", "panicdivide")
        elif int(b) == -1 and not unsigned:
            return fb.tmp(f"sub {ll} 0, {a}") if op == "/" else "0"
        return fb.tmp(f"{ins} {ll} {a}, {b}")
    fb.panic_if(fb.tmp(f"icmp eq {ll} {b}, 0"), "panicdivide")
    if unsigned:
        return fb.tmp(f"{ins} {ll} {a}, {b}")
    m = fb.tmp(f"icmp eq {ll} {b}, -1")
    d = fb.tmp(f"select i1 {m}, {ll} 1, {ll} {b}")
    q = fb.tmp(f"{ins} {ll} {a}, {d}")
    alt = fb.tmp(f"sub {ll} 0, {a}") if op == "/" else "0"
    return fb.tmp(f"select i1 {m}, {ll} {alt}, {ll} {q}")


def complex_arith(fb: FuncBuilder, op: str, x: Val, y: Val, t: Type, ll: str) -> Val:
    (a, b), (c, d) = x.p(), y.p()
    if op in "+-":
        return Val(t, (float_op(fb, op, ll, a, c), float_op(fb, op, ll, b, d)))
    if op == "*":
        if ll == "float":  # gc computes complex64 products in float64
            a, b, c, d = [fb.tmp(f"fpext float {v} to double") for v in (a, b, c, d)]
        w = "double"
        re = float_op(fb, "-", w, float_op(fb, "*", w, a, c), float_op(fb, "*", w, b, d))
        im = float_op(fb, "+", w, float_op(fb, "*", w, a, d), float_op(fb, "*", w, b, c))
        if ll == "float":
            re, im = fb.tmp(f"fptrunc double {re} to float"), fb.tmp(f"fptrunc double {im} to float")
        return Val(t, (re, im))
    if ll == "float":
        a, b, c, d = [fb.tmp(f"fpext float {v} to double") for v in (a, b, c, d)]
    re, im = fb.call_rt("complex128div", [("double", a), ("double", b), ("double", c), ("double", d)], ("double", "double"))
    if ll == "float":
        re, im = fb.tmp(f"fptrunc double {re} to float"), fb.tmp(f"fptrunc double {im} to float")
    return Val(t, (re, im))


def shift(fb: FuncBuilder, op: str, x: Val, n: Val, t: Type) -> Val:
    """x << n, x >> n: a negative count panics, a count past the width gives 0 (or the sign)."""
    u = t.underlying()
    nu = n.typ.underlying()
    assert isinstance(u, Basic) and isinstance(nu, Basic), (t, n.typ)
    w = bits(u)
    ll = f"i{w}"
    signed = not u.info & IS_UNSIGNED
    a = x.one()
    c = n.one()
    ins = "shl" if op == "<<" else "ashr" if signed else "lshr"
    if c.lstrip("-").isdigit():
        k = int(c)
        if nu.info & IS_FLOAT:
            k = int(float(c))
        if k >= w:
            return Val(t, (fb.tmp(f"ashr {ll} {a}, {w - 1}") if ins == "ashr" else "0",))
        return Val(t, (fb.tmp(f"{ins} {ll} {a}, {k}"),))
    nw = bits(nu)
    if not nu.info & IS_UNSIGNED:
        fb.panic_if(fb.tmp(f"icmp slt i{nw} {c}, 0"), "panicshift")
    ok = fb.tmp(f"icmp ult i{nw} {c}, {w}") if nw >= 8 and w < 1 << nw else "true"
    if nw < w:
        c = fb.tmp(f"zext i{nw} {c} to {ll}")
    elif nw > w:
        c = fb.tmp(f"trunc i{nw} {c} to {ll}")
    if ins == "ashr":
        k2 = fb.tmp(f"select i1 {ok}, {ll} {c}, {ll} {w - 1}")
        return Val(t, (fb.tmp(f"ashr {ll} {a}, {k2}"),))
    r = fb.tmp(f"{ins} {ll} {a}, {c}")
    return Val(t, (fb.tmp(f"select i1 {ok}, {ll} {r}, {ll} 0"),))


def logical(fb: FuncBuilder, e: ast.BinaryExpr) -> Val:
    """&& and || as a value."""
    x = fb.expr(e.x).one()
    rhs, end = fb.block("rhs"), fb.block("logic")
    if fb.done:
        fb.start(fb.block("dead"))
    first = fb.label
    fb.cond_br(x, rhs, end) if e.op == "&&" else fb.cond_br(x, end, rhs)
    if x in ("true", "false"):
        # one edge is gone: the phi must not name it
        takes_rhs = (x == "true") == (e.op == "&&")
        if not takes_rhs:
            fb.start(end)
            return Val(fb.typ(e), (x,))
        fb.start(rhs)
        return Val(fb.typ(e), (fb.expr(e.y).one(),))
    fb.start(rhs)
    y = fb.expr(e.y).one()
    if fb.done:
        fb.start(fb.block("dead"))
    second = fb.label
    fb.start(end)
    return Val(fb.typ(e), (fb.phi("i1", [("false" if e.op == "&&" else "true", first), (y, second)]),))


def cond(fb: FuncBuilder, e: ast.Expr, yes: str, no: str) -> None:
    """Branch on a condition."""
    x = ast.unparen(e)
    if x.mode != "constant" and x not in fb.early:
        if isinstance(x, ast.BinaryExpr):
            if x.op in ("&&", "||") and ast.unparen(x.x).mode == "constant":
                known = bool(ast.unparen(x.x).val)
                if known == (x.op == "&&"):
                    cond(fb, x.y, yes, no)
                else:
                    fb.br(yes if known else no)
                return
            if x.op == "&&":
                mid = fb.block("and")
                cond(fb, x.x, mid, no)
                fb.start(mid)
                cond(fb, x.y, yes, no)
                return
            if x.op == "||":
                mid = fb.block("or")
                cond(fb, x.x, yes, mid)
                fb.start(mid)
                cond(fb, x.y, yes, no)
                return
        elif isinstance(x, ast.UnaryExpr) and x.op == "!":
            cond(fb, x.x, no, yes)
            return
    c = fb.expr(x).one()
    if fb.done:
        fb.start(fb.block("dead"))
    fb.cond_br(c, yes, no)


def is_nil(e: ast.Expr) -> bool:
    x = ast.unparen(e)
    return x.mode == "nilvalue" or (isinstance(x, ast.Ident) and type(x.obj) is Nil)


def comparison(fb: FuncBuilder, e: ast.BinaryExpr) -> Val:
    t = fb.typ(e)
    op = e.op
    if is_nil(e.y) or is_nil(e.x):
        x = e.x if is_nil(e.y) else e.y
        if is_nil(x):
            fb.bug(e.pos, "nil compared with nil")
        v = view(fb, x)
        fb.dbg(e.pos)
        p = v.p()[0]
        return Val(t, (fb.tmp(f"icmp {'eq' if op == '==' else 'ne'} ptr {p}, null"),))
    tx, ty = fb.typ(e.x), fb.typ(e.y)
    ct = tx
    ix, iy = isinstance(tx.underlying(), Interface), isinstance(ty.underlying(), Interface)
    if ix != iy:
        # comparing an interface with a concrete value: the types first, then the values
        return _mixed_comparison(fb, e, t, ix)
    if ix and iy:
        a, b = _interfaces(fb, e, tx, ty)
        return Val(t, (compare(fb, op, a, b, a.typ),))
    if not layout(tx).is_flat:
        a, b = in_order(fb, [(e.x, lambda: view(fb, e.x)), (e.y, lambda: view(fb, e.y))])
    else:
        a, b = in_order(fb, [(e.x, lambda: peek(fb, e.x)), (e.y, lambda: peek(fb, e.y))])
    fb.dbg(e.pos)
    return Val(t, (compare(fb, op, a, b, ct),))


def _interfaces(fb: FuncBuilder, e: ast.BinaryExpr, tx: Type, ty: Type) -> tuple[Val, Val]:
    """The operands of a comparison of interface values, as values of one type. What is late on the right comes first, as with gc
    (cmd/compile/internal/walk/compare.go, walkCompareInterface)."""
    settle_each(fb, (e.x, e.y), (None, None))
    b = fb.expr(e.y)
    a = fb.expr(e.x)
    fb.dbg(e.pos)
    if tx is ty or (is_empty_interface(tx) and is_empty_interface(ty)) or identical(tx, ty):
        return a, b
    # itab words of different interface types say nothing: both are compared as any
    return assign_conv(fb, a, TYP_ANY, e.pos), assign_conv(fb, b, TYP_ANY, e.pos)


def is_empty_interface(t: Type) -> bool:
    u = t.underlying()
    return isinstance(u, Interface) and not type_set(u).methods


def _mixed_comparison(fb: FuncBuilder, e: ast.BinaryExpr, t: Type, left: bool) -> Val:
    a, b = in_order(fb, [(e.x, lambda: fb.expr(e.x)), (e.y, lambda: fb.expr(e.y))], (fb.typ(e.y), fb.typ(e.x)))
    i, c = (a, b) if left else (b, a)
    fb.dbg(e.pos)
    it = i.typ.underlying()
    assert isinstance(it, Interface)
    word = type_desc(fb.unit, c.typ) if is_empty_interface(i.typ) else itab(fb.unit, c.typ, i.typ)
    tw, data = i.p()
    same = fb.tmp(f"icmp eq ptr {tw}, {word}")
    yes, end = fb.block("same"), fb.block("cmp")
    if fb.done:
        fb.start(fb.block("dead"))
    first = fb.label
    fb.cond_br(same, yes, end)
    fb.start(yes)
    v = unpack_direct(fb, data, c.typ)
    r = alg.equal(fb, c.typ, v, c)
    second = fb.label
    fb.start(end)
    r = fb.phi("i1", [("false", first), (r, second)])
    if e.op == "!=":
        r = fb.tmp(f"xor i1 {r}, true")
    return Val(t, (r,))


def compare(fb: FuncBuilder, op: str, a: Val, b: Val, t: Type) -> str:
    """a op b for two values of type t, as an i1 operand."""
    u = t.underlying()
    if isinstance(u, Basic):
        info = u.info
        ll = layout(t).vals[0]
        if info & IS_INTEGER:
            c = _ICMP[op]
            if op not in ("==", "!="):
                c = ("u" if info & IS_UNSIGNED else "s") + c
            return fb.tmp(f"icmp {c} {ll} {a.one()}, {b.one()}")
        if info & IS_FLOAT:
            return fb.tmp(f"fcmp {'une' if op == '!=' else 'o' + _ICMP[op]} {ll} {a.one()}, {b.one()}")
        if info & IS_STRING and op not in ("==", "!="):
            (p, n), (q, m) = a.p(), b.p()
            (r,) = fb.call_rt("cmpstring", [("ptr", p), ("i64", n), ("ptr", q), ("i64", m)], "i64")
            return fb.tmp(f"icmp s{_ICMP[op]} i64 {r}, 0")
        if ll == "i1" or u.kind == "unsafe.Pointer":
            return fb.tmp(f"icmp {_ICMP[op]} {ll} {a.one()}, {b.one()}")
    elif isinstance(u, (Pointer, Chan, Map, Signature)):
        return fb.tmp(f"icmp {_ICMP[op]} ptr {a.one()}, {b.one()}")
    r = alg.equal(fb, t, a, b)
    return r if op == "==" else fb.tmp(f"xor i1 {r}, true")
