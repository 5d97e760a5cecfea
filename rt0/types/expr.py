"""Expressions.

`raw_expr` dispatches on the node and writes what it found onto it. Untyped expressions get their final type later, top down
(`update_expr_type`), when they are used where a type is known: so a constant shift count or the operands of an untyped
comparison end up with the type they have at run time.

`target` carries the type of the variable an expression is assigned to, for inferring the type arguments of a generic
function; `hint` the element type for composite literals whose type is elided.
Source: cmd/compile/internal/types2/expr.go, go1.27.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from rt0.diag import Pos
from rt0.syntax import nodes as ast
from rt0.syntax.positions import start as start_pos
from rt0.types import call, constant, decl, index, literals, typexpr
from rt0.types.assignable import assignable_to
from rt0.types.const import convert_untyped, overflow, representable, representation
from rt0.types.identity import TypeErr, comparable, comparable_type, identical, type_set
from rt0.types.lookup import assertable_to
from rt0.types.objects import Var
from rt0.types.operand import Operand, composite_kind
from rt0.types.predicates import (
    Cause,
    all_boolean,
    all_integer,
    all_numeric,
    all_numeric_or_string,
    all_ordered,
    all_string,
    all_unsigned,
    common_under,
    default_type,
    has_nil,
    is_boolean,
    is_complex,
    is_generic,
    is_integer,
    is_non_type_param_interface,
    is_numeric,
    is_pointer,
    is_string,
    is_typed,
    is_unsigned,
    is_untyped,
    max_type,
    under_is,
)
from rt0.types.record import record
from rt0.types.types import (
    INVALID,
    TYP,
    Alias,
    Basic,
    Chan,
    Interface,
    Map,
    Named,
    Pointer,
    Signature,
    Slice,
    Tuple,
    Type,
    is_type_param,
    is_valid,
)

if TYPE_CHECKING:
    from rt0.types.check import Checker

# What an expression is, for use as a statement.
CONVERSION = 0
EXPRESSION = 1
STATEMENT = 2

_COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">="))

_UNARY_PREDICATES: dict[str, Callable[[Type], bool]] = {
    "+": all_numeric, "-": all_numeric, "^": all_integer, "!": all_boolean,
}  # fmt: skip
_BINARY_PREDICATES: dict[str, Callable[[Type], bool]] = {
    "+": all_numeric_or_string, "-": all_numeric, "*": all_numeric, "/": all_numeric, "%": all_integer, "&": all_integer,
    "|": all_integer, "^": all_integer, "&^": all_integer, "&&": all_boolean, "||": all_boolean,
}  # fmt: skip


class Target:
    """The function type an expression is assigned to, and how messages call what it is assigned to."""

    __slots__ = ("desc", "sig")

    def __init__(self, sig: Signature, desc: str) -> None:
        self.sig = sig
        self.desc = desc


def new_target(t: Type | None, desc: str) -> Target | None:
    if t is None or type(t) is Basic:
        return None
    u, _ = common_under(t)
    return Target(u, desc) if isinstance(u, Signature) else None


def op_pos(e: ast.Expr | None) -> Pos:
    if e is None:
        return 0
    return e.pos if isinstance(e, (ast.BinaryExpr, ast.UnaryExpr, ast.StarExpr)) else start_pos(e)


# ---------------------------------------------------------------- entry points


def raw_expr(check: Checker, target: Target | None, x: Operand, e: ast.Expr, hint: Type | None, allow_generic: bool) -> int:
    """Check e, whatever it denotes; the result tells how it may be used as a statement."""
    x.mode = "invalid"
    x.type = INVALID
    kind = _DISPATCH[type(e)](check, target, x, e, hint)
    if not allow_generic and x.mode != "invalid":
        non_generic(check, target, x)
    record(check, x)
    return kind


def expr(check: Checker, target: Target | None, x: Operand, e: ast.Expr) -> None:
    """Check e, which must be a single value."""
    raw_expr(check, target, x, e, None, False)
    _single(check, x)


def generic_expr(check: Checker, x: Operand, e: ast.Expr, hint: Type | None) -> None:
    """Like expr, but the value may be a generic function."""
    raw_expr(check, None, x, e, hint, True)
    _single(check, x)


def _single(check: Checker, x: Operand) -> None:
    mode = x.mode
    if mode == "value":
        if type(x.type) is Tuple:
            single_value(check, x)
    elif mode == "typexpr" or mode == "novalue" or mode == "builtin":
        exclude(check, x, True, True)


def expr_or_type(check: Checker, x: Operand, e: ast.Expr, allow_generic: bool) -> None:
    raw_expr(check, None, x, e, None, allow_generic)
    exclude(check, x, False, False)
    single_value(check, x)


def expr_list(check: Checker, elist: list[ast.Expr]) -> list[Operand]:
    """The values of elist; a single call may give several."""
    if len(elist) == 1:
        return multi_expr(check, elist[0], False)[0]
    out: list[Operand] = []
    for e in elist:
        x = Operand()
        expr(check, None, x, e)
        out.append(x)
    return out


def multi_expr(check: Checker, e: ast.Expr, allow_comma_ok: bool) -> tuple[list[Operand], bool]:
    """The value or values of e; with allow_comma_ok, a map index, receive or type assertion gives two."""
    x = Operand()
    raw_expr(check, None, x, e, None, False)
    exclude(check, x, True, True)
    if x.mode != "invalid" and isinstance(x.type, Tuple):
        pos = start_pos(e)
        return [Operand("value", ast.Ident(pos, _nth(i + 1)), v.type or INVALID) for i, v in enumerate(x.type.vars)], False
    if allow_comma_ok and x.mode in ("mapindex", "commaok", "commaerr"):
        dummy = ast.Ident(start_pos(e), "ok value of (comma, ok) expression")
        return [x, Operand("value", dummy, TYP["untyped bool"])], True
    return [x], False


def _nth(n: int) -> str:
    ext = {1: "st", 2: "nd", 3: "rd"}.get(n, "th")
    return f"{n}{ext} function result"


def exclude(check: Checker, x: Operand, no_types: bool, values_only: bool) -> None:
    """Report x if it is no value (or, with no_types, a type; with values_only, a builtin)."""
    mode = x.mode
    if mode == "novalue":
        check.errorf(x, "TooManyValues", "%s used as value" if no_types else "%s used as value or type", x)
    elif mode == "builtin" and values_only:
        check.errorf(x, "UncalledBuiltin", "%s must be called", x)
    elif mode == "typexpr" and no_types:
        check.errorf(x, "NotAnExpr", "%s is not an expression", x)
    else:
        return
    x.mode = "invalid"


def single_value(check: Checker, x: Operand) -> None:
    if x.mode == "value" and isinstance(x.type, Tuple):
        check.errorf(x, "TooManyValues", "multiple-value %s in single-value context", x)
        x.mode = "invalid"


def non_generic(check: Checker, target: Target | None, x: Operand) -> None:
    """x must not be generic, unless target tells how to instantiate it."""
    t = x.type
    if x.mode == "invalid" or x.mode == "novalue":
        return
    what = ""
    if type(t) is Signature:
        if t.tparams:
            if target is not None:
                call.func_inst(check, target, x.expr.pos if x.expr is not None else 0, x, None, True)
                return
            what = "function"
    elif (type(t) is Named or type(t) is Alias) and is_generic(t):
        what = "type"
    if what:
        check.errorf(x.expr, "WrongTypeArgCount", "cannot use generic %s %s without instantiation", what, x.expr)
        x.mode = "invalid"
        x.type = INVALID


# ---------------------------------------------------------------- use of expressions whose value does not matter any more


def use(check: Checker, args: Sequence[ast.Expr | None]) -> bool:
    """Check args for their own sake (so that what they mention counts as used); whether all were right."""
    ok = True
    for e in args:
        if e is not None and not _use1(check, e, False):
            ok = False
    return ok


def use_lhs(check: Checker, args: Sequence[ast.Expr]) -> bool:
    """Like use, but identifiers that are assigned to do not count as used."""
    ok = True
    for e in args:
        if not _use1(check, e, True):
            ok = False
    return ok


def _use1(check: Checker, e: ast.Expr, lhs: bool) -> bool:
    x = Operand("value")
    n = ast.unparen(e)
    if isinstance(n, ast.Ident):
        if n.name == "_":
            return True
        v = check.lookup(n.name) if lhs else None
        used = v.used if isinstance(v, Var) else False
        expr_or_type(check, x, n, True)
        if isinstance(v, Var):
            v.used = used
    elif isinstance(n, ast.KeyValueExpr):
        return _use1(check, n.value, lhs)
    else:
        raw_expr(check, None, x, e, None, True)
    return x.mode != "invalid"


# ---------------------------------------------------------------- the kinds of expressions


def _fail(x: Operand, e: ast.Expr) -> int:
    x.mode = "invalid"
    x.expr = e
    return STATEMENT


def _done(x: Operand, e: ast.Expr) -> int:
    x.expr = e
    return STATEMENT if x.mode == "invalid" else EXPRESSION


def _bad(check: Checker, target: Target | None, x: Operand, e: ast.Expr, hint: Type | None) -> int:
    return _fail(x, e)


def _ident(check: Checker, target: Target | None, x: Operand, e: Any, hint: Type | None) -> int:
    typexpr.ident(check, x, e, False)
    return EXPRESSION


def _ellipsis(check: Checker, target: Target | None, x: Operand, e: Any, hint: Type | None) -> int:
    check.error(e, "InvalidSyntaxTree", "invalid syntax tree: invalid use of ...")
    return _fail(x, e)


def _basic_lit(check: Checker, target: Target | None, x: Operand, e: Any, hint: Type | None) -> int:
    literals.basic_lit(check, x, e)
    return _done(x, e)


def _func_lit(check: Checker, target: Target | None, x: Operand, e: Any, hint: Type | None) -> int:
    literals.func_lit(check, x, e)
    return _done(x, e)


def _composite_lit(check: Checker, target: Target | None, x: Operand, e: Any, hint: Type | None) -> int:
    literals.composite_lit(check, x, e, hint)
    return _done(x, e)


def _paren(check: Checker, target: Target | None, x: Operand, e: Any, hint: Type | None) -> int:
    kind = raw_expr(check, None, x, e.x, None, False)
    x.expr = e
    return kind


def _selector(check: Checker, target: Target | None, x: Operand, e: Any, hint: Type | None) -> int:
    call.selector(check, x, e, False)
    x.expr = e
    return EXPRESSION


def _index(check: Checker, target: Target | None, x: Operand, e: Any, hint: Type | None) -> int:
    if index.index_expr(check, x, e):
        call.func_inst(check, target, e.pos, x, e, True)
    return _done(x, e)


def _slice(check: Checker, target: Target | None, x: Operand, e: Any, hint: Type | None) -> int:
    index.slice_expr(check, x, e)
    return _done(x, e)


def _type_assert(check: Checker, target: Target | None, x: Operand, e: ast.TypeAssertExpr, hint: Type | None) -> int:
    if e.typ is None:
        check.error(e, "InvalidSyntaxTree", "invalid syntax tree: use of .(type) outside type switch")
        use(check, [e.x])
        return _fail(x, e)
    expr(check, None, x, e.x)
    if x.mode == "invalid":
        return _fail(x, e)
    if is_type_param(x.type):
        check.errorf(x, "InvalidAssert", "invalid operation: cannot use type assertion on type parameter value %s", x)
        return _fail(x, e)
    if not isinstance(x.type.underlying(), Interface):
        check.errorf(x, "InvalidAssert", "invalid operation: %s is not an interface", x)
        return _fail(x, e)
    t = typexpr.var_type(check, e.typ)
    if not is_valid(t) or not decl.is_complete(check, t):
        return _fail(x, e)
    type_assertion(check, e, x, t, False)
    x.mode = "commaok"
    x.type = t
    return _done(x, e)


def _call(check: Checker, target: Target | None, x: Operand, e: Any, hint: Type | None) -> int:
    return call.call_expr(check, x, e)


def _star(check: Checker, target: Target | None, x: Operand, e: ast.StarExpr, hint: Type | None) -> int:
    expr_or_type(check, x, e.x, False)
    if x.mode == "invalid":
        return _fail(x, e)
    if x.mode == "typexpr":
        typexpr.valid_var_type(check, e.x, x.type)
        x.type = Pointer(x.type)
        return _done(x, e)
    base: Type | None = None

    def pointer(u: Type | None) -> bool:
        nonlocal base
        if not isinstance(u, Pointer):
            check.errorf(x, "InvalidIndirection", "invalid operation: cannot indirect %s", x)
            return False
        if base is not None and not identical(u.elem, base):
            check.errorf(x, "InvalidIndirection", "invalid operation: pointers of %s must have identical base types", x)
            return False
        base = u.elem
        return True

    if not under_is(x.type, pointer) or not decl.is_complete(check, base):
        return _fail(x, e)
    assert base is not None
    x.mode = "variable"
    x.type = base
    return _done(x, e)


def _unary(check: Checker, target: Target | None, x: Operand, e: ast.UnaryExpr, hint: Type | None) -> int:
    unary(check, x, e)
    if x.mode == "invalid":
        return _fail(x, e)
    x.expr = e
    return STATEMENT if e.op == "<-" else EXPRESSION


def _binary(check: Checker, target: Target | None, x: Operand, e: ast.BinaryExpr, hint: Type | None) -> int:
    binary(check, x, e, e.x, e.y, e.op)
    return _done(x, e)


def _key_value(check: Checker, target: Target | None, x: Operand, e: Any, hint: Type | None) -> int:
    check.error(e, "InvalidSyntaxTree", "invalid syntax tree: no key:value expected")
    return _fail(x, e)


def _type_expr(check: Checker, target: Target | None, x: Operand, e: ast.Expr, hint: Type | None) -> int:
    x.mode = "typexpr"
    x.type = typexpr.typ(check, e)
    return _done(x, e)


_DISPATCH: dict[type[ast.Expr], Callable[[Checker, Target | None, Operand, Any, Type | None], int]] = {
    ast.BadExpr: _bad, ast.Ident: _ident, ast.Ellipsis: _ellipsis, ast.BasicLit: _basic_lit, ast.FuncLit: _func_lit,
    ast.CompositeLit: _composite_lit, ast.ParenExpr: _paren, ast.SelectorExpr: _selector, ast.IndexExpr: _index,
    ast.SliceExpr: _slice, ast.TypeAssertExpr: _type_assert, ast.CallExpr: _call, ast.StarExpr: _star,
    ast.UnaryExpr: _unary, ast.BinaryExpr: _binary, ast.KeyValueExpr: _key_value, ast.ArrayType: _type_expr,
    ast.StructType: _type_expr, ast.FuncType: _type_expr, ast.InterfaceType: _type_expr, ast.MapType: _type_expr,
    ast.ChanType: _type_expr,
}  # fmt: skip


# ---------------------------------------------------------------- operators


def _op(check: Checker, table: dict[str, Callable[[Type], bool]], x: Operand, op: str) -> bool:
    pred = table.get(op)
    if pred is None:
        check.errorf(x, "InvalidSyntaxTree", "invalid syntax tree: unknown operator %s", op)
        return False
    if not pred(x.type):
        check.errorf(x, "UndefinedOp", "invalid operation: operator %s not defined on %s", op, x)
        return False
    return True


def unary(check: Checker, x: Operand, e: ast.UnaryExpr) -> None:
    expr(check, None, x, e.x)
    if x.mode == "invalid":
        return
    op = e.op
    if op == "&":
        if x.mode != "variable" and not isinstance(ast.unparen(e.x), ast.CompositeLit):
            check.errorf(x, "UnaddressableOperand", "invalid operation: cannot take address of %s", x)
            x.mode = "invalid"
            return
        x.mode = "value"
        x.type = Pointer(x.type)
        return
    if op == "<-":
        elem = chan_elem(check, x, x, True)
        if elem is None or not decl.is_complete(check, elem):
            x.mode = "invalid"
            return
        x.mode = "commaok"
        x.type = elem
        check.has_call_or_recv = True
        return
    if op == "~":
        if not all_integer(x.type):
            check.error(e, "UndefinedOp", "cannot use ~ outside of interface or type constraint")
            x.mode = "invalid"
            return
        check.error(e, "UndefinedOp", "cannot use ~ outside of interface or type constraint (use ^ for bitwise complement)")
        op = "^"
    if not _op(check, _UNARY_PREDICATES, x, op):
        x.mode = "invalid"
        return
    if x.mode == "constant":
        if x.val is constant.UNKNOWN:
            return
        bits = 0
        if is_unsigned(x.type):
            u = x.type.underlying()
            bits = u.size * 8 if isinstance(u, Basic) else 0
        x.val = constant.unary_op(op, x.val, bits)
        x.expr = e
        overflow(check, x, op_pos(e))
        return
    x.mode = "value"


def chan_elem(check: Checker, at: Any, x: Operand, recv: bool) -> Type | None:
    """The element type for receiving from (recv) or sending to x; None after an error."""

    def cond(t: Type | None, u: Type | None) -> TypeErr | None:
        if u is None:
            return TypeErr("no specific channel type")
        if not isinstance(u, Chan):
            return TypeErr("non-channel %s", t)
        if recv and u.dir == "send":
            return TypeErr("send-only channel %s", t)
        if not recv and u.dir == "recv":
            return TypeErr("receive-only channel %s", t)
        return None

    u, err = common_under(x.type, cond)
    if isinstance(u, Chan):
        return u.elem
    assert err is not None
    cause = check.explain(err)
    what, code = ("receive from", "InvalidReceive") if recv else ("send to", "InvalidSend")
    if is_type_param(x.type):
        check.errorf(at, code, "invalid operation: cannot %s %s: %s", what, x, cause)
    else:
        check.errorf(at, code, "invalid operation: cannot %s %s %s", what, cause, x)
    return None


def update_expr_type(check: Checker, e: ast.Expr, typ: Type, final: bool) -> None:
    """Give the untyped expression e, and the operands that take their type from it, the type typ."""
    untyped = check.untyped
    is_lhs = untyped.get(e)
    if is_lhs is None:
        return
    kind = type(e)
    if kind is ast.ParenExpr:
        update_expr_type(check, e.x, typ, final)  # type: ignore[attr-defined]
    elif kind is ast.UnaryExpr:
        if e.val is None:
            update_expr_type(check, e.x, typ, final)  # type: ignore[attr-defined]
    elif kind is ast.BinaryExpr and e.val is None:
        assert isinstance(e, ast.BinaryExpr)
        if e.op in _COMPARISONS:
            pass  # the result does not depend on the operands, which have their types
        elif e.op == "<<" or e.op == ">>":
            update_expr_type(check, e.x, typ, final)
        else:
            update_expr_type(check, e.x, typ, final)
            update_expr_type(check, e.y, typ, final)
    if not final and is_untyped(typ):
        e.type = typ.underlying()
        return
    del untyped[e]
    if is_lhs and not all_integer(typ):
        check.errorf(e, "InvalidShiftOperand", "invalid operation: shifted operand %s (type %s) must be integer", e, typ)
        return
    if e.val is not None:
        assert e.type is not None
        c = Operand(e.mode, e, e.type, e.val)
        convert_untyped(check, c, typ)
        if c.mode == "invalid":
            return
        e.val = c.val
    e.type = typ


def implicit_type_and_value(check: Checker, x: Operand, target: Type) -> tuple[Type | None, Any, str]:
    """(type, value, "") x takes where target is expected; (None, None, code) if it cannot."""
    if x.mode == "invalid" or is_typed(x.type) or not is_valid(target):
        return x.type, None, ""
    if is_untyped(target):
        m = max_type(x.type, target)
        return (m, None, "") if m is not None else (None, None, "InvalidUntypedConversion")
    if x.mode == "nilvalue":
        return (target, None, "") if has_nil(target) else (None, None, "InvalidUntypedConversion")
    u = target.underlying()
    if type(u) is Basic:
        if x.mode == "constant":
            v, code = representation(x, u)
            return (None, None, code) if code else (target, v, "")
        kind = x.type.kind if isinstance(x.type, Basic) else ""
        if kind == "untyped bool":
            ok = is_boolean(target)
        elif kind in ("untyped int", "untyped rune", "untyped float", "untyped complex"):
            ok = is_numeric(target)
        elif kind == "untyped string":
            ok = is_string(target)
        else:
            ok = False
        return (target, None, "") if ok else (None, None, "InvalidUntypedConversion")
    if type(u) is Interface:
        if is_type_param(target):
            ok = under_is(target, lambda t: t is not None and implicit_type_and_value(check, x, t)[0] is not None)
            return (target, None, "") if ok else (None, None, "InvalidUntypedConversion")
        if not type_set(u).is_all():
            return None, None, "InvalidUntypedConversion"
        return default_type(x.type), None, ""
    return None, None, "InvalidUntypedConversion"


def comparison(check: Checker, x: Operand, y: Operand, op: str, switch_case: bool = False) -> None:
    """x op y; in a switch case x is the case value and y the tag."""
    if not is_valid(x.type) or not is_valid(y.type):
        x.mode = "invalid"
        return
    if switch_case:
        op = "=="
    err_op = x
    cause = ""
    code = "MismatchedTypes"
    ok = x.type is y.type or assignable_to(x, check, y.type)[0] or assignable_to(y, check, x.type)[0]
    if not ok:
        err_op = y
        cause = check.sprintf("mismatched types %s and %s", x.type, y.type)
    else:
        code = "UndefinedOp"
        if op == "==" or op == "!=":
            if x.mode == "nilvalue" or y.mode == "nilvalue":
                t = y.type if x.mode == "nilvalue" else x.type
                if not has_nil(t):
                    ok = False
                    err_op = y
            elif not comparable(x.type):
                ok = False
                cause = _incomparable_cause(check, x.type)
            elif not comparable(y.type):
                ok = False
                err_op = y
                cause = _incomparable_cause(check, y.type)
        elif not all_ordered(x.type):
            ok = False
        elif not all_ordered(y.type):
            ok = False
            err_op = y
    if ok:
        if x.mode == "constant" and y.mode == "constant":
            x.val = constant.compare(x.val, op, y.val)
        else:
            x.mode = "value"
            assert x.expr is not None and y.expr is not None
            update_expr_type(check, x.expr, default_type(x.type), True)
            update_expr_type(check, y.expr, default_type(y.type), True)
        x.type = TYP["untyped bool"]
        return
    if not cause:
        if is_type_param(x.type) or is_type_param(y.type):
            if not is_type_param(x.type):
                err_op = y
            cause = check.sprintf("type parameter %s cannot use operator %s", err_op.type, op)
        else:
            what = composite_kind(err_op.type) or check.sprintf("%s", err_op.type)
            cause = f"operator {op} not defined on {what}"
    if switch_case:
        check.errorf(x, code, "invalid case %s in switch on %s (%s)", x.expr, y.expr, cause)
    else:
        check.errorf(err_op, code, "invalid operation: %s %s %s (%s)", x.expr, op, y.expr, cause)
    x.mode = "invalid"


def _incomparable_cause(check: Checker, t: Type) -> str:
    if isinstance(t.underlying(), (Slice, Signature, Map)):
        return composite_kind(t) + " can only be compared to nil"
    err = comparable_type(t, True)
    return check.explain(err) if err is not None else ""


SHIFT_BOUND = 1023 - 1 + 52  # so that the smallest float64 can be written


def shift(check: Checker, x: Operand, y: Operand, e: ast.Expr | None, op: str) -> None:
    """x << y or x >> y."""
    xval = constant.to_int(x.val) if x.mode == "constant" else None
    if not all_integer(x.type) and not (is_untyped(x.type) and type(xval) is int):
        check.errorf(x, "InvalidShiftOperand", "invalid operation: shifted operand %s must be integer", x)
        x.mode = "invalid"
        return
    yval: Any = None
    if y.mode == "constant":
        yval = constant.to_int(y.val)
        if type(yval) is int and yval < 0:
            check.errorf(y, "InvalidShiftCount", "invalid operation: negative shift count %s", y)
            x.mode = "invalid"
            return
        if is_untyped(y.type):
            representable(check, y, TYP["uint"])
            if y.failed():
                x.mode = "invalid"
                return
    elif all_integer(y.type):
        if not all_unsigned(y.type) and not check.verify_versionf(y, (1, 13), "invalid operation: signed shift count %s", y):
            x.mode = "invalid"
            return
    elif is_untyped(y.type):
        convert_untyped(check, y, TYP["uint"])
        if y.mode == "invalid":
            x.mode = "invalid"
            return
    else:
        check.errorf(y, "InvalidShiftCount", "invalid operation: shift count %s must be integer", y)
        x.mode = "invalid"
        return

    if x.mode == "constant":
        if y.mode == "constant":
            if x.val is constant.UNKNOWN or y.val is constant.UNKNOWN:
                x.val = constant.UNKNOWN
                if not is_integer(x.type):
                    x.type = TYP["untyped int"]
                return
            if type(yval) is not int or yval > SHIFT_BOUND:
                check.errorf(y, "InvalidShiftCount", "invalid operation: invalid shift count %s", y)
                x.mode = "invalid"
                return
            if not is_integer(x.type):
                x.type = TYP["untyped int"]
            assert xval is not None
            x.val = constant.shift(xval, op, yval)
            x.expr = e
            overflow(check, x, op_pos(e))
            return
        if is_untyped(x.type):
            assert x.expr is not None
            if x.expr in check.untyped:
                check.untyped[x.expr] = True
            if is_untyped(y.type) and y.expr is not None:
                update_expr_type(check, y.expr, TYP["uint"], True)
            x.mode = "value"
            return
    if not all_integer(x.type):
        check.errorf(x, "InvalidShiftOperand", "invalid operation: shifted operand %s must be integer", x)
        x.mode = "invalid"
        return
    if y.mode == "constant" and is_untyped(y.type) and y.expr is not None:
        update_expr_type(check, y.expr, TYP["uint"], True)  # run-time shifts want a typed count
    x.mode = "value"


def binary(check: Checker, x: Operand, e: ast.Expr | None, lhs: ast.Expr, rhs: ast.Expr, op: str) -> None:
    """lhs op rhs; e is None for the implicit operation of `lhs op= rhs`."""
    y = Operand()
    expr(check, None, x, lhs)
    expr(check, None, y, rhs)
    if x.mode == "invalid":
        return
    if y.mode == "invalid":
        x.mode = "invalid"
        x.expr = y.expr
        return
    if op == "<<" or op == ">>":
        shift(check, x, y, e, op)
        return
    match_types(check, x, y)
    if x.failed():
        return
    if op in _COMPARISONS:
        comparison(check, x, y, op)
        return
    if x.type is not y.type and not identical(x.type, y.type):
        if is_valid(x.type) and is_valid(y.type):
            if e is not None:
                check.errorf(x, "MismatchedTypes", "invalid operation: %s (mismatched types %s and %s)", e, x.type, y.type)
            else:
                check.errorf(x, "MismatchedTypes", "invalid operation: %s %s= %s (mismatched types %s and %s)", lhs, op, rhs,
                             x.type, y.type)  # fmt: skip
        x.mode = "invalid"
        return
    if not _op(check, _BINARY_PREDICATES, x, op):
        x.mode = "invalid"
        return
    both = x.mode == "constant" and y.mode == "constant"
    if (op == "/" or op == "%") and y.mode == "constant" and _zero_divisor(x, y, both):
        check.error(y, "DivByZero", "invalid operation: division by zero")
        x.mode = "invalid"
        return
    if both:
        if x.val is constant.UNKNOWN or y.val is constant.UNKNOWN:
            x.val = constant.UNKNOWN
            return
        if op == "/" and is_integer(x.type):
            op = "/="
        x.val = constant.binary_op(x.val, op, y.val)
        x.expr = e
        overflow(check, x, op_pos(e))
        return
    x.mode = "value"


def _zero_divisor(x: Operand, y: Operand, both: bool) -> bool:
    if y.val is constant.UNKNOWN:
        return False
    if (x.mode == "constant" or all_integer(x.type)) and constant.sign(y.val) == 0:
        return True
    if both and is_complex(x.type):
        re, im = constant.real(y.val), constant.imag(y.val)
        return constant.sign(constant.binary_op(re, "*", re)) == 0 and constant.sign(constant.binary_op(im, "*", im)) == 0
    return False


def _may_convert(x: Operand, y: Operand) -> bool:
    """Whether it makes sense to convert one operand to the other's type (else types mismatch, which is said instead)."""
    xt, yt = x.type, y.type
    if all_numeric(xt) != all_numeric(yt):
        return False
    if is_non_type_param_interface(xt) or is_non_type_param_interface(yt):
        return True
    if all_boolean(xt) != all_boolean(yt) or all_string(xt) != all_string(yt):
        return False
    if x.mode == "nilvalue":
        return has_nil(yt)
    if y.mode == "nilvalue":
        return has_nil(xt)
    return not is_pointer(xt) and not is_pointer(yt)


def match_types(check: Checker, x: Operand, y: Operand) -> None:
    """Convert untyped operands so that x and y have the same type, where that may work."""
    if (is_untyped(x.type) or is_untyped(y.type)) and _may_convert(x, y):
        convert_untyped(check, x, y.type)
        if x.mode == "invalid":
            return
        convert_untyped(check, y, x.type)
        if y.mode == "invalid":
            x.mode = "invalid"


def type_assertion(check: Checker, e: ast.Expr, x: Operand, t: Type, type_switch: bool) -> None:
    """x.(t) must be possible."""
    cause = Cause()
    if assertable_to(check, x.type, t, cause):
        return
    if type_switch:
        check.errorf(e, "ImpossibleAssert", "impossible type switch case: %s\n\t%s cannot have dynamic type %s %s", e, x, t, cause.text)
        return
    check.errorf(e, "ImpossibleAssert", "impossible type assertion: %s\n\t%s does not implement %s %s", e, t, x.type, cause.text)


