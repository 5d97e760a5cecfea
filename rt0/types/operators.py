"""Operators: which operands they take, what comes out; comparisons, shifts, receiving; constant operands are computed.

Source: cmd/compile/internal/types2/expr.go, go1.27.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rt0.diag import Pos
from rt0.syntax import nodes as ast
from rt0.syntax.positions import start as start_pos
from rt0.types import constant, decl, expr
from rt0.types.assignable import assignable_to
from rt0.types.const import convert_untyped, overflow, representable
from rt0.types.identity import TypeErr, comparable, comparable_type, identical
from rt0.types.operand import Operand, composite_kind
from rt0.types.predicates import (
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
    is_complex,
    is_integer,
    is_non_type_param_interface,
    is_pointer,
    is_unsigned,
    is_untyped,
)
from rt0.types.types import (
    TYP,
    Basic,
    Chan,
    Map,
    Pointer,
    Signature,
    Slice,
    Type,
    is_type_param,
    is_valid,
)

if TYPE_CHECKING:
    from rt0.types.check import Checker

SHIFT_BOUND = 1023 - 1 + 52  # so that the smallest float64 can be written
COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">="))

_UNARY_PREDICATES: dict[str, Callable[[Type], bool]] = {
    "+": all_numeric, "-": all_numeric, "^": all_integer, "!": all_boolean,
}  # fmt: skip

_BINARY_PREDICATES: dict[str, Callable[[Type], bool]] = {
    "+": all_numeric_or_string, "-": all_numeric, "*": all_numeric, "/": all_numeric, "%": all_integer, "&": all_integer,
    "|": all_integer, "^": all_integer, "&^": all_integer, "&&": all_boolean, "||": all_boolean,
}  # fmt: skip


def op_pos(e: ast.Expr | None) -> Pos:
    if e is None:
        return 0
    return e.pos if isinstance(e, (ast.BinaryExpr, ast.UnaryExpr, ast.StarExpr)) else start_pos(e)


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
    expr.expr(check, None, x, e.x)
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
            expr.update_expr_type(check, x.expr, default_type(x.type), True)
            expr.update_expr_type(check, y.expr, default_type(y.type), True)
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
                expr.update_expr_type(check, y.expr, TYP["uint"], True)
            x.mode = "value"
            return
    if not all_integer(x.type):
        check.errorf(x, "InvalidShiftOperand", "invalid operation: shifted operand %s must be integer", x)
        x.mode = "invalid"
        return
    if y.mode == "constant" and is_untyped(y.type) and y.expr is not None:
        expr.update_expr_type(check, y.expr, TYP["uint"], True)  # run-time shifts want a typed count
    x.mode = "value"


def binary(check: Checker, x: Operand, e: ast.Expr | None, lhs: ast.Expr, rhs: ast.Expr, op: str) -> None:
    """lhs op rhs; e is None for the implicit operation of `lhs op= rhs`."""
    y = Operand()
    expr.expr(check, None, x, lhs)
    expr.expr(check, None, y, rhs)
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
    if op in COMPARISONS:
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
