"""Range statements: over integers, strings, arrays, slices, maps, channels and iterator functions.

Source: cmd/compile/internal/types2/range.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt0.syntax import nodes as ast
from rt0.types import assignments, decl, expr, stmt
from rt0.types.identity import TypeErr, identical
from rt0.types.objects import Var
from rt0.types.operand import Operand, array_ptr_deref
from rt0.types.predicates import common_under, is_boolean, is_integer, is_string
from rt0.types.types import INVALID, TYP, Array, Basic, Chan, Map, Signature, Slice, Type

if TYPE_CHECKING:
    from rt0.types.check import Checker

BOOL = TYP["bool"]


def range_stmt(check: Checker, s: ast.RangeStmt) -> None:
    s.per_iteration = check.allow_version((1, 22))
    x = Operand()
    check.has_call_or_recv = False
    expr.expr(check, None, x, s.x)
    key: Type | None = None
    val: Type | None = None
    if x.mode != "invalid":
        key, val, cause, ok = range_key_val(check, x.type)
        if not ok:
            if cause:
                check.soft_errorf(x, "InvalidRangeExpr", "cannot range over %s: %s", x, cause)
            else:
                check.soft_errorf(x, "InvalidRangeExpr", "cannot range over %s", x)
        elif key is None and s.key is not None:
            check.soft_errorf(s.key, "InvalidIterVar", "range over %s permits no iteration variables", x)
        elif val is None and s.value is not None:
            check.soft_errorf(s.value, "InvalidIterVar", "range over %s permits only one iteration variable", x)
        elif s.extra is not None:
            check.soft_errorf(s.extra, "InvalidIterVar", "range clause permits at most two iteration variables")
    check.open_scope()
    over_int = is_integer(x.type)
    if s.define:
        _define(check, s, x, (key, val), over_int)
    elif s.key is not None:
        _assign(check, s, x, (key, val), over_int)
    elif over_int:
        assignments.assignment(check, x, None, "range clause")
    stmt.stmt(check, s.body)
    check.close_scope()


def _define(check: Checker, s: ast.RangeStmt, x: Operand, types: tuple[Type | None, Type | None], over_int: bool) -> None:
    """for key, value := range x."""
    new: list[Var] = []
    for lhs, t in zip((s.key, s.value), types, strict=True):
        if lhs is None:
            continue
        if isinstance(lhs, ast.Ident):
            v = stmt.new_local(check, lhs)
            lhs.obj = v
            if lhs.name != "_":
                new.append(v)
        else:
            check.errorf(lhs, "InvalidSyntaxTree", "invalid syntax tree: cannot declare %s", lhs)
            v = Var(lhs.pos, check.pkg, "_", None)
        if t is None or t is INVALID:
            v.type = INVALID
            v.used = True
            continue
        if over_int:
            assignments.init_var(check, v, x, "range clause")
        else:
            assignments.init_var(check, v, Operand("value", lhs, t), "assignment")
        lhs.mode = "variable"
        lhs.type = v.type
    if not new:
        check.error(s.pos, "NoNewVar", "no new variables on left side of :=")
    for v in new:
        decl.declare(check, check.scope, None, v)


def _assign(check: Checker, s: ast.RangeStmt, x: Operand, types: tuple[Type | None, Type | None], over_int: bool) -> None:
    """for key, value = range x."""
    for lhs, t in zip((s.key, s.value), types, strict=True):
        if lhs is None or t is None or t is INVALID:
            continue
        if over_int:
            assignments.assign_var(check, lhs, None, x, "range clause")
            if x.mode != "invalid" and not is_integer(x.type):
                check.soft_errorf(lhs, "InvalidRangeExpr", "cannot use iteration variable of type %s", x.type)
        else:
            assignments.assign_var(check, lhs, None, Operand("value", lhs, t), "assignment")


def range_key_val(check: Checker, orig: Type) -> tuple[Type | None, Type | None, str, bool]:
    """(key type, value type, "", True) of ranging over a value of type orig; (INVALID, INVALID, why, False) if that is wrong."""

    def bad(cause: str) -> tuple[Type | None, Type | None, str, bool]:
        return INVALID, INVALID, cause, False

    def cond(t: Type | None, u: Type | None) -> TypeErr | None:
        if isinstance(u, Chan) and u.dir == "send":
            return TypeErr("receive from send-only channel %s", t)
        return None

    rtyp, err = common_under(orig, cond)
    if rtyp is None:
        return bad(check.explain(err) if err is not None else "")
    t = array_ptr_deref(rtyp)
    if isinstance(t, Basic):
        if is_string(t):
            return TYP["int"], TYP["rune"], "", True
        if is_integer(t):
            if not check.allow_version((1, 22)):
                return bad("requires go1.22 or later")
            return orig, None, "", True
    elif isinstance(t, (Array, Slice)):
        return TYP["int"], t.elem, "", True
    elif isinstance(t, Map):
        return t.key, t.elem, "", True
    elif isinstance(t, Chan):
        return t.elem, None, "", True
    elif isinstance(t, Signature):
        return _range_func(check, t)
    return None, None, "", False


def _range_func(check: Checker, t: Signature) -> tuple[Type | None, Type | None, str, bool]:
    """Ranging over an iterator function func(yield func(K, V) bool)."""
    form = "func must be func(yield func(...) bool): "
    cause = ""
    cb: Type | None = None
    if not check.allow_version((1, 23)):
        cause = "requires go1.23 or later"
    elif len(t.params.vars) != 1:
        cause = form + "wrong argument count"
    elif t.results.vars:
        cause = form + "unexpected results"
    else:
        ptype = t.params.vars[0].type
        assert ptype is not None
        cb, err = common_under(ptype)
        if not isinstance(cb, Signature):
            cause = f"{form}in yield type, {check.explain(err)}" if err is not None else form + "argument is not func"
        elif len(cb.params.vars) > 2:
            cause = form + "yield func has too many parameters"
        elif len(cb.results.vars) != 1 or not identical(cb.results.vars[0].type or INVALID, BOOL):
            if len(cb.results.vars) == 1 and is_boolean(cb.results.vars[0].type or INVALID):
                cause = form + "yield func returns user-defined boolean, not bool"
            else:
                cause = form + "yield func does not return bool"
        elif cb.variadic:
            cause = check.sprintf("yield func of type %s cannot be variadic", cb)
    if cause:
        return INVALID, INVALID, cause, False
    assert isinstance(cb, Signature)
    ps = cb.params.vars
    return ps[0].type if ps else None, ps[1].type if len(ps) > 1 else None, "", True
