"""switch: expression switches and type switches.

The tag is evaluated once; cases are compared in source order. Integer constants against an integer tag become an LLVM switch. A type
switch compares descriptor pointers (descriptors and itabs are unique in a program) and asks the runtime for interface cases.
"""

from __future__ import annotations

from typing import Any

from rt0.lower import closure
from rt0.lower.convert import assert_type, is_interface, is_type, unpack_direct
from rt0.lower.expr import BOOL, TYP_ANY, compare, cond, expr, is_nil, real_of, wrap
from rt0.lower.func import FuncBuilder
from rt0.lower.layout import layout
from rt0.lower.tempstring import peek
from rt0.lower.value import Val
from rt0.syntax import nodes as ast
from rt0.types.types import IS_INTEGER, Basic, Type


def switch(fb: FuncBuilder, s: ast.SwitchStmt, label: Any) -> None:
    from rt0.lower.stmt import stmt

    if s.init is not None:
        stmt(fb, s.init)
    end = fb.block("endswitch")
    blocks = [fb.block("case") for _ in s.body]
    default = next((b for c, b in zip(s.body, blocks, strict=True) if c.exprs is None), end)
    fb.dbg(s.pos)
    if s.tag is None:
        _conditions(fb, s, blocks, default)
    else:
        constant = all(x.mode == "constant" for c in s.body for x in c.exprs or ())
        tag = peek(fb, s.tag) if constant else expr(fb, s.tag)
        if s.tag.mode == "constant" and s.tag.type is not None:
            tag = fb.const(s.tag.val, fb.typ(s.tag))
        if not _dense(fb, s, tag, blocks, default):
            for c, b in zip(s.body, blocks, strict=True):
                for x in c.exprs or ():
                    fb.dbg(x.pos)
                    nxt = fb.block("next")
                    r = _equal(fb, tag, x)
                    if fb.done:
                        fb.start(fb.block("dead"))
                    fb.cond_br(r, b, nxt)
                    fb.start(nxt)
            fb.br(default)
    _bodies(fb, s, s.body, blocks, end, label)


def _bodies(fb: FuncBuilder, s: Any, clauses: list[ast.CaseClause], blocks: list[str], end: str, label: Any) -> None:
    from rt0.lower.stmt import Target, stmts

    fb.targets.append(Target(s, label, end, ""))
    saved = fb.x.get("fallthrough")
    for i, (c, b) in enumerate(zip(clauses, blocks, strict=True)):
        fb.start(b) if fb.done else _start(fb, b)
        fb.x["fallthrough"] = blocks[i + 1] if i + 1 < len(blocks) else None
        stmts(fb, c.body)
        fb.br(end)
    fb.x["fallthrough"] = saved
    fb.targets.pop()
    fb.start(end)


def _start(fb: FuncBuilder, b: str) -> None:
    fb.unreachable()
    fb.start(b)


def _conditions(fb: FuncBuilder, s: ast.SwitchStmt, blocks: list[str], default: str) -> None:
    for c, b in zip(s.body, blocks, strict=True):
        for x in c.exprs or ():
            fb.dbg(x.pos)
            nxt = fb.block("next")
            if is_interface(fb.typ(x)):
                fb.cond_br(mixed_equal(fb, expr(fb, x), Val(BOOL, ("true",))), b, nxt)
            else:
                cond(fb, x, b, nxt)
            fb.start(nxt)
    fb.br(default)


def _dense(fb: FuncBuilder, s: ast.SwitchStmt, tag: Val, blocks: list[str], default: str) -> bool:
    """Constants against an integer: one LLVM switch."""
    u = tag.typ.underlying()
    if not isinstance(u, Basic) or not u.info & IS_INTEGER:
        return False
    table = []
    seen = set()
    n = 0
    for c, b in zip(s.body, blocks, strict=True):
        for x in c.exprs or ():
            if x.mode != "constant" or not isinstance(fb.typ(x).underlying(), Basic):
                return False
            k = wrap(int(real_of(x.val)), u)
            n += 1
            if k in seen:
                continue
            seen.add(k)
            table.append((k, b))
    if n < 3:
        return False
    ll = layout(tag.typ).vals[0]
    fb.emit(f"switch {ll} {tag.one()}, label %{default} [ " + " ".join(f"{ll} {k}, label %{b}" for k, b in table) + f" ]{fb.loc()}")
    fb.done = True
    return True


def _equal(fb: FuncBuilder, tag: Val, x: ast.Expr) -> str:
    """tag == x"""
    if is_nil(x):
        return fb.tmp(f"icmp eq ptr {tag.p()[0]}, null")
    t = tag.typ
    xt = fb.typ(x)
    if is_interface(t) == is_interface(xt):
        if is_interface(t) and t is not xt:
            from rt0.types.predicates import identical

            if not identical(t, xt):
                return compare(fb, "==", fb_conv(fb, tag, TYP_ANY), fb_conv(fb, expr(fb, x), TYP_ANY), TYP_ANY)
        return compare(fb, "==", tag, expr(fb, x), t)
    iface, concrete = (tag, expr(fb, x)) if is_interface(t) else (expr(fb, x), tag)
    return mixed_equal(fb, iface, concrete)


def fb_conv(fb: FuncBuilder, v: Val, t: Type) -> Val:
    from rt0.lower.convert import assign_conv

    return assign_conv(fb, v, t, fb.pos)


def mixed_equal(fb: FuncBuilder, iface: Val, concrete: Val) -> str:
    """An interface value holds this concrete value."""
    from rt0.lower import alg

    same = is_type(fb, iface, concrete.typ)
    out = fb.alloca_ll("i1")
    fb.store_ll(out, "i1", "false")
    yes, end = fb.block("same"), fb.block("cmp")
    fb.cond_br(same, yes, end)
    fb.start(yes)
    v = unpack_direct(fb, iface.p()[1], concrete.typ)
    fb.store_ll(out, "i1", alg.equal(fb, concrete.typ, v, concrete))
    fb.start(end)
    return fb.load_ll(out, "i1")


# ---------------------------------------------------------------- type switch


def type_switch(fb: FuncBuilder, s: ast.TypeSwitchStmt, label: Any) -> None:
    from rt0.lower.stmt import Target, stmt, stmts

    if s.init is not None:
        stmt(fb, s.init)
    x0 = s.x
    if isinstance(x0, ast.TypeAssertExpr):
        x0 = x0.x
    x = expr(fb, x0)
    fb.dbg(s.pos)
    end = fb.block("endswitch")
    default: ast.CaseClause | None = None
    word = x.p()[0]
    fb.targets.append(Target(s, label, end, ""))
    saved = fb.x.get("fallthrough")
    fb.x["fallthrough"] = None
    for c in s.body:
        if c.exprs is None:
            default = c
            continue
        body, nxt = fb.block("case"), fb.block("next")
        single = len(c.exprs) == 1
        val: Val | None = None
        for e in c.exprs:
            fb.dbg(e.pos)
            if is_nil(e):
                r = fb.tmp(f"icmp eq ptr {word}, null")
            else:
                t = fb.subst(e.type)
                if is_interface(t):
                    v, ok = assert_type(fb, x, t, True)
                    r = ok.one()
                    if single:
                        val = v
                else:
                    r = is_type(fb, x, t)
            after = nxt if e is c.exprs[-1] else fb.block("or")
            if fb.done:
                fb.start(fb.block("dead"))
            fb.cond_br(r, body, after)
            if after != nxt:
                fb.start(after)
        if not fb.done:
            fb.br(nxt)
        fb.start(body)
        scope = fb.open_scope()
        if c.var is not None and fb_used(fb, c.var):
            if single and not is_nil(c.exprs[0]):
                t = fb.subst(c.exprs[0].type)
                if val is None:
                    val = unpack_direct(fb, x.p()[1], t)
                closure.declare_init(fb, c.var, val)
            else:
                closure.declare_init(fb, c.var, x)
        stmts(fb, c.body)
        fb.close_scope(scope)
        fb.br(end)
        fb.start(nxt)
    if default is not None:
        if default.var is not None and fb_used(fb, default.var):
            closure.declare_init(fb, default.var, x)
        stmts(fb, default.body)
    fb.br(end)
    fb.targets.pop()
    fb.x["fallthrough"] = saved
    fb.start(end)


def fb_used(fb: FuncBuilder, v: Any) -> bool:
    return v in closure.fb_facts(fb).vars
