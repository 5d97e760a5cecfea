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

from rt0.syntax import nodes as ast
from rt0.syntax.positions import start as start_pos
from rt0.types import call, decl, index, literals, operators, typexpr
from rt0.types.const import convert_untyped, representation
from rt0.types.identity import identical, type_set
from rt0.types.lookup import assertable_to
from rt0.types.objects import Var
from rt0.types.operand import Operand
from rt0.types.predicates import (
    Cause,
    all_integer,
    common_under,
    default_type,
    has_nil,
    is_boolean,
    is_generic,
    is_numeric,
    is_string,
    is_typed,
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
    Interface,
    Named,
    Pointer,
    Signature,
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
    operators.unary(check, x, e)
    if x.mode == "invalid":
        return _fail(x, e)
    x.expr = e
    return STATEMENT if e.op == "<-" else EXPRESSION


def _binary(check: Checker, target: Target | None, x: Operand, e: ast.BinaryExpr, hint: Type | None) -> int:
    operators.binary(check, x, e, e.x, e.y, e.op)
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
        if e.op in operators.COMPARISONS:
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


def type_assertion(check: Checker, e: ast.Expr, x: Operand, t: Type, type_switch: bool) -> None:
    """x.(t) must be possible."""
    cause = Cause()
    if assertable_to(check, x.type, t, cause):
        return
    if type_switch:
        check.errorf(e, "ImpossibleAssert", "impossible type switch case: %s\n\t%s cannot have dynamic type %s %s", e, x, t, cause.text)
        return
    check.errorf(e, "ImpossibleAssert", "impossible type assertion: %s\n\t%s does not implement %s %s", e, t, x.type, cause.text)


