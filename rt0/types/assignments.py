"""Assignments, initialisations, short variable declarations, and the mismatch errors of all of them.

Source: cmd/compile/internal/types2/assignments.go, go1.27.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rt0.diag import Pos
from rt0.syntax import nodes as ast
from rt0.syntax.printer import expr_string
from rt0.types import decl, expr, stmt
from rt0.types.assignable import assignable_to
from rt0.types.const import take
from rt0.types.objects import Const, Var
from rt0.types.operand import Operand
from rt0.types.predicates import default_type, is_const_type, is_non_type_param_interface, is_numeric, is_untyped
from rt0.types.record import record_comma_ok
from rt0.types.types import INVALID, TYP, Basic, Signature, Slice, Tuple, Type, is_valid

if TYPE_CHECKING:
    from rt0.types.check import Checker

_VALUE_MODES: frozenset[ast.Mode] = frozenset(("nilvalue", "constant", "variable", "mapindex", "value", "commaok", "commaerr"))


def context_string(context: str) -> str:
    """The context in words; that of a call is made only here."""
    fun = getattr(context, "fun", None)
    return context if fun is None else f"argument to {expr_string(fun)}"


def assignment(check: Checker, x: Operand, target: Type | None, context: str) -> None:
    """x is assigned to a variable of type target (None: the blank identifier); untyped values are converted."""
    mode = x.mode
    if mode == "value" and type(x.type) is Tuple:
        expr.single_value(check, x)
        return
    if mode not in _VALUE_MODES:
        if mode != "invalid":
            check.errorf(x, "IncompatibleAssign", "cannot assign %s to %s in %s", x, target, context_string(context))
            x.mode = "invalid"
        return
    if is_untyped(x.type):
        t = target
        if mode == "nilvalue":
            if target is None:
                check.errorf(x, "UntypedNilUse", "use of untyped nil in %s", context_string(context))
                x.mode = "invalid"
                return
        elif target is None or is_non_type_param_interface(target):
            t = default_type(x.type)
        assert t is not None
        new_type, val, code = expr.implicit_type_and_value(check, x, t)
        if code:
            msg = check.sprintf("cannot use %s as %s value in %s", x, t, context_string(context))
            if code == "TruncatedFloat":
                msg += " (truncated)"
            elif code == "NumericOverflow":
                msg += " (overflows)"
            else:
                code = "IncompatibleAssign"
            check.error(x, code, msg)
            x.mode = "invalid"
            return
        assert new_type is not None
        take(check, x, new_type, val)
    xt = x.type
    if type(xt) is not Basic:
        expr.non_generic(check, expr.new_target(target, context) if type(xt) is Signature and xt.tparams else None, x)
        if x.mode == "invalid":
            return
    if target is None or x.type is target:
        return
    ok, code, cause = assignable_to(x, check, target)
    if not ok:
        if cause:
            check.errorf(x, code, "cannot use %s as %s value in %s: %s", x, target, context_string(context), cause)
        else:
            check.errorf(x, code, "cannot use %s as %s value in %s", x, target, context_string(context))
        x.mode = "invalid"


def init_const(check: Checker, lhs: Const, x: Operand) -> None:
    if x.mode == "invalid" or not is_valid(x.type) or lhs.type is INVALID:
        if lhs.type is None:
            lhs.type = INVALID
        return
    if x.mode != "constant":
        check.errorf(x, "InvalidConstInit", "%s is not constant", x)
        if lhs.type is None:
            lhs.type = INVALID
        return
    assert is_const_type(x.type)
    if lhs.type is None:
        lhs.type = x.type
    assignment(check, x, lhs.type, "constant declaration")
    if not x.failed():
        lhs.val = x.val


def init_var(check: Checker, lhs: Var, x: Operand, context: str) -> None:
    """lhs = x in a declaration; gives lhs its type if it has none."""
    if x.mode == "invalid" or not is_valid(x.type) or lhs.type is INVALID:
        if lhs.type is None:
            lhs.type = INVALID
        x.mode = "invalid"
        return
    if lhs.type is None:
        t = x.type
        if is_untyped(t):
            if t is TYP["untyped nil"]:
                check.errorf(x, "UntypedNilUse", "use of untyped nil in %s", context)
                lhs.type = INVALID
                x.mode = "invalid"
                return
            t = default_type(t)
        lhs.type = t
    assignment(check, x, lhs.type, context)


def lhs_var(check: Checker, lhs: ast.Expr) -> Type | None:
    """Type of the variable lhs; None for the blank identifier, INVALID after an error. An identifier is not used by this."""
    ident = ast.unparen(lhs)
    v: Var | None = None
    used = False
    if isinstance(ident, ast.Ident):
        if ident.name == "_":
            return None
        obj = check.lookup(ident.name)
        if isinstance(obj, Var):
            v = obj
            used = v.used
    x = Operand()
    expr.expr(check, None, x, lhs)
    if v is not None:
        if v.pkg is check.pkg:
            v.used = used
    if x.mode == "invalid" or not is_valid(x.type):
        return INVALID
    if x.mode != "variable" and x.mode != "mapindex":
        e = x.expr
        assert e is not None
        if isinstance(e, ast.SelectorExpr):
            op = Operand()
            expr.expr(check, None, op, e.x)
            if op.mode == "mapindex":
                check.errorf(x, "UnaddressableFieldAssign", "cannot assign to struct field %s in map", e)
                return INVALID
        check.errorf(x, "UnassignableOperand", "cannot assign to %s (neither addressable nor a map index expression)", e)
        return INVALID
    return x.type


def assign_var(check: Checker, lhs: ast.Expr, rhs: ast.Expr | None, x: Operand | None, context: str) -> None:
    """lhs = rhs; or lhs = x, when rhs has been evaluated to x."""
    t = lhs_var(check, lhs)
    if t is not None and not is_valid(t):
        if x is not None:
            x.mode = "invalid"
        elif rhs is not None:
            expr.use(check, [rhs])
        return
    if x is None:
        assert rhs is not None
        target = None
        if t is not None and isinstance(t.underlying(), Signature):
            target = expr.new_target(t, expr_string(lhs))
        x = Operand()
        expr.expr(check, target, x, rhs)
    if t is None and context == "assignment":
        context = "assignment to _ identifier"
    assignment(check, x, t, context)


def types_summary(check: Checker, types: Sequence[Type | None], variadic: bool, has_dots: bool) -> str:
    """ "(int, string)": the types of arguments or parameters, for have/want lines."""
    res: list[str] = []
    for i, t in enumerate(types):
        if t is None or not is_valid(t):
            s = "unknown type"
        elif is_untyped(t):
            assert isinstance(t, Basic)
            s = "number" if is_numeric(t) else t.name.replace("untyped ", "")
        else:
            s = check.sprintf("%s", t)
        if i == len(types) - 1:
            if variadic:
                if isinstance(t, Slice):
                    s = check.sprintf("%s", t.elem)
                s = "..." + s
            elif has_dots:
                s += "..."
        res.append(s)
    return "(" + ", ".join(res) + ")"


def _measure(n: int, unit: str) -> str:
    return f"{n} {unit}" if n == 1 else f"{n} {unit}s"


def assign_error(check: Checker, rhs: list[ast.Expr], nvars: int, nvals: int) -> None:
    variables, vals = _measure(nvars, "variable"), _measure(nvals, "value")
    if len(rhs) == 1:
        c = ast.unparen(rhs[0])
        if isinstance(c, ast.CallExpr):
            check.errorf(rhs[0], "WrongAssignCount", "assignment mismatch: %s but %s returns %s", variables, c.fun, vals)
            return
    check.errorf(rhs[0], "WrongAssignCount", "assignment mismatch: %s but %s", variables, vals)


def return_error(check: Checker, at: ast.Node, lhs: list[Var], rhs: list[Operand]) -> None:
    where: ast.Node | Operand = at
    qualifier = "not enough"
    if len(rhs) > len(lhs):
        where = rhs[len(lhs)]
        qualifier = "too many"
    elif rhs:
        where = rhs[-1]
    err = check.new_error("WrongResultCount")
    err.addf(where, "%s return values", qualifier)
    err.addf(0, "have %s", types_summary(check, [x.type for x in rhs], False, False))
    err.addf(0, "want %s", types_summary(check, [v.type for v in lhs], False, False))
    err.report()


def init_vars(check: Checker, lhs: list[Var], orig_rhs: list[ast.Expr], ret: ast.ReturnStmt | None) -> None:
    """lhs = orig_rhs in a declaration; or the results of a return statement."""
    n, r = len(lhs), len(orig_rhs)
    context = "return statement" if ret is not None else "multiple assignment" if n > 1 else "assignment"
    is_call = r == 1 and isinstance(ast.unparen(orig_rhs[0]), ast.CallExpr)
    if n == r and not is_call:
        x = Operand()
        for v, e in zip(lhs, orig_rhs, strict=True):
            desc = v.name
            if ret is not None and not desc:
                desc = "result variable"
            expr.expr(check, expr.new_target(v.type, desc), x, e)
            init_var(check, v, x, context)
        return
    if r != 1:
        if expr.use(check, orig_rhs):
            if ret is not None:
                return_error(check, ret, lhs, expr.expr_list(check, orig_rhs))
            else:
                assign_error(check, orig_rhs, n, r)
        _invalid_vars(lhs)
        return
    rhs, comma_ok = expr.multi_expr(check, orig_rhs[0], n == 2 and ret is None)
    r = len(rhs)
    if n == r:
        for v, x in zip(lhs, rhs, strict=True):
            init_var(check, v, x, context)
        if comma_ok and rhs[0].mode != "invalid" and rhs[1].mode != "invalid":
            record_comma_ok(orig_rhs[0], rhs[0].type, rhs[1].type)
        return
    if rhs[0].mode != "invalid":
        if ret is not None:
            return_error(check, ret, lhs, rhs)
        else:
            assign_error(check, orig_rhs, n, r)
    _invalid_vars(lhs)


def _invalid_vars(lhs: list[Var]) -> None:
    for v in lhs:
        if v.type is None:
            v.type = INVALID


def assign_vars(check: Checker, lhs: list[ast.Expr], orig_rhs: list[ast.Expr]) -> None:
    n, r = len(lhs), len(orig_rhs)
    context = "multiple assignment" if n > 1 else "assignment"
    is_call = r == 1 and isinstance(ast.unparen(orig_rhs[0]), ast.CallExpr)
    if n == r and not is_call:
        for v, e in zip(lhs, orig_rhs, strict=True):
            assign_var(check, v, e, None, context)
        return
    if r != 1:
        ok_lhs = expr.use_lhs(check, lhs)
        ok_rhs = expr.use(check, orig_rhs)
        if ok_lhs and ok_rhs:
            assign_error(check, orig_rhs, n, r)
        return
    rhs, comma_ok = expr.multi_expr(check, orig_rhs[0], n == 2)
    r = len(rhs)
    if n == r:
        for v, x in zip(lhs, rhs, strict=True):
            assign_var(check, v, None, x, context)
        if comma_ok and rhs[0].mode != "invalid" and rhs[1].mode != "invalid":
            record_comma_ok(orig_rhs[0], rhs[0].type, rhs[1].type)
        return
    if rhs[0].mode != "invalid":
        assign_error(check, orig_rhs, n, r)
    expr.use_lhs(check, lhs)


def short_var_decl(check: Checker, s: ast.AssignStmt, pos: Pos) -> None:
    """lhs := rhs."""
    lhs, rhs = s.lhs, s.rhs
    top = len(check.delayed)
    scope = check.scope
    seen: set[str] = set()
    lhs_vars: list[Var] = []
    new_vars: list[Var] = []
    declared: list[Var | None] = []
    has_err = False
    for e in lhs:
        var: Var | None = None
        new: Var | None = None
        if not isinstance(e, ast.Ident):
            expr.use_lhs(check, [e])
            check.errorf(e, "BadDecl", "non-name %s on left side of :=", e)
            has_err = True
        elif e.name != "_" and e.name in seen:
            check.errorf(e, "RepeatedDecl", "%s repeated on left side of :=", e)
            has_err = True
        else:
            seen.add(e.name)
            alt = scope.elems.get(e.name)
            if alt is not None:
                e.obj = alt
                if isinstance(alt, Var):
                    var = alt
                    e.mode = "variable"
                    e.type = alt.type
                else:
                    check.errorf(e, "UnassignableOperand", "cannot assign to %s", e)
                    has_err = True
            else:
                var = new = stmt.new_local(check, e)
                e.obj = var
                if e.name != "_":
                    new_vars.append(var)
        declared.append(new)
        if var is None:
            var = Var(e.pos, check.pkg, "_", None)
        lhs_vars.append(var)
    s.new_vars = declared
    init_vars(check, lhs_vars, rhs, None)
    for e, d in zip(lhs, declared, strict=True):
        if d is not None:
            e.mode = "variable"
            e.type = d.type
    check.process_delayed(top)
    if not new_vars and not has_err:
        check.soft_errorf(pos, "NoNewVar", "no new variables on left side of :=")
        return
    for v in new_vars:
        decl.declare(check, scope, None, v)
