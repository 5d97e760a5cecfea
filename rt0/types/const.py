"""Constant operands: overflow, representability, conversion of untyped values.

Source: cmd/compile/internal/types2/const.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rt0.diag import Pos
from rt0.syntax import nodes as ast
from rt0.types import constant
from rt0.types.operand import Operand
from rt0.types.predicates import is_integer, is_numeric, is_typed, safe_underlying
from rt0.types.types import Basic, Type, is_type_param

if TYPE_CHECKING:
    from rt0.types.check import Checker

MAX_BITS = 512  # of untyped integer constants
MAX_STRING = 2_000_000_000  # largest symbol


def overflow(check: Checker, x: Operand, op_pos: Pos) -> None:
    """The constant x must fit its type; untyped ones must not grow without limit."""
    if x.val is constant.UNKNOWN:
        check.error(op_pos, "InvalidConstVal", "constant result is not representable")
        return
    if is_typed(x.type):
        representable(check, x, x.type.underlying())
        return
    v = x.val
    if type(v) is int and v.bit_length() > MAX_BITS:
        op = op_name(x.expr)
        check.errorf(op_pos, "InvalidConstVal", "constant %soverflow", op + " " if op else "")
        x.val = constant.UNKNOWN
    elif type(v) is bytes and len(v) > MAX_STRING:
        check.errorf(op_pos, "InvalidConstVal", "constant string too long (%s bytes > %s bytes)", len(v), MAX_STRING)
        x.val = constant.UNKNOWN


_OP_NAMES = {"+": "addition", "-": "subtraction", "^": "bitwise XOR", "*": "multiplication", "<<": "shift"}


def op_name(e: ast.Expr | None) -> str:
    """Name of an operation that may overflow."""
    if isinstance(e, ast.UnaryExpr):
        return "bitwise complement" if e.op == "^" else ""
    if isinstance(e, ast.BinaryExpr):
        return _OP_NAMES.get(e.op, "")
    return ""


def representable(check: Checker, x: Operand, typ: Type) -> None:
    """The constant x must be representable as typ (basic); its value becomes typ's."""
    v, code = representation(x, typ)
    if code:
        invalid_conversion(check, code, x, typ)
        x.mode = "invalid"
        return
    x.val = v


def representation(x: Operand, typ: Type) -> tuple[Any, str]:
    """The value of the constant x in typ, or the code of why it has none."""
    assert isinstance(typ, Basic)
    v = constant.representable(x.val, typ)
    if v is not None:
        return v, ""
    if is_numeric(x.type) and is_numeric(typ):
        if not is_integer(x.type) and is_integer(typ):
            return None, "TruncatedFloat"
        return None, "NumericOverflow"
    return None, "InvalidConstVal"


def invalid_conversion(check: Checker, code: str, x: Operand, target: Type) -> None:
    msg = "cannot convert %s to type %s"
    if code == "TruncatedFloat":
        msg = "%s truncated to %s"
    elif code == "NumericOverflow":
        msg = "%s overflows %s"
    check.errorf(x, code, msg, x, target)


def convert_untyped(check: Checker, x: Operand, target: Type) -> None:
    """Give the untyped x the type target, if it can have it."""
    new_type, val, code = check.implicit_type_and_value(x, target)
    if code:
        t = target if is_type_param(target) else safe_underlying(target)
        invalid_conversion(check, code, x, t)
        x.mode = "invalid"
        return
    assert new_type is not None
    take(check, x, new_type, val)


def take(check: Checker, x: Operand, typ: Type, val: Any) -> None:
    """The untyped x becomes of type typ, its value (of a constant) val; the same holds for its expression."""
    if val is not None:
        x.val = val
        update_expr_val(check, x, val)
    if typ is not x.type:
        x.type = typ
        if x.expr is not None:
            check.update_expr_type(x.expr, typ, False)


def update_expr_val(check: Checker, x: Operand, val: Any) -> None:
    e = x.expr
    if e is not None and e in check.untyped:
        e.val = val
