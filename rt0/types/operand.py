"""Operands: what the Checker knows about an expression while it works on it.

An Operand is mutable and short-lived; what is found out about the expression ends up on its node (`record.py`).
`operand_string` is the form in which messages show operands: `x (variable of type int)`.
Source: cmd/compile/internal/types2/operand.go, go1.27.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rt0.syntax import nodes as ast
from rt0.syntax.printer import expr_string
from rt0.types import constant, predicates
from rt0.types.types import (
    INVALID,
    TYP,
    Alias,
    Array,
    Basic,
    Chan,
    Interface,
    Map,
    Named,
    Pointer,
    Signature,
    Slice,
    Struct,
    Tuple,
    Type,
    TypeParam,
    Union,
    is_valid,
    unalias,
)
from rt0.types.typestring import type_string

if TYPE_CHECKING:
    from rt0.types.objects import Package

MODE_STRING: dict[ast.Mode, str] = {
    "invalid": "invalid operand", "novalue": "no value", "builtin": "built-in", "typexpr": "type", "constant": "constant",
    "variable": "variable", "mapindex": "map index expression", "value": "value", "nilvalue": "nil",
    "commaok": "comma, ok expression", "commaerr": "comma, error expression",
}  # fmt: skip


class Operand:
    """mode: as of an Expr; id: the builtin's name when mode is "builtin"."""

    __slots__ = ("expr", "id", "mode", "type", "val")

    def __init__(self, mode: ast.Mode = "invalid", expr: ast.Expr | None = None, type: Type = INVALID, val: Any = None) -> None:
        self.mode = mode
        self.expr = expr
        self.type = type
        self.val = val
        self.id = ""

    def set(self, other: Operand) -> None:
        """Become a copy of other."""
        self.mode = other.mode
        self.expr = other.expr
        self.type = other.type
        self.val = other.val
        self.id = other.id

    def failed(self) -> bool:
        """mode == "invalid", for those who know more of mode and then call somebody who may report an error about x: mypy holds that for
        impossible."""
        return self.mode == "invalid"

    def copy(self) -> Operand:
        x = Operand(self.mode, self.expr, self.type, self.val)
        x.id = self.id
        return x


def composite_kind(t: Type) -> str:
    """ "array", "slice", ... for a composite type; "" for a basic one."""
    return COMPOSITE_KINDS.get(type(t.underlying()), "")


def array_ptr_deref(t: Type) -> Type:
    """A for *A where A is an array, else t."""
    p = unalias(t)
    if isinstance(p, Pointer):
        a = p.elem.underlying()
        if isinstance(a, Array):
            return a
    return t


COMPOSITE_KINDS: dict[type[Type], str] = {
    Array: "array", Slice: "slice", Struct: "struct", Pointer: "pointer", Signature: "func", Interface: "interface",
    Map: "map", Chan: "chan", Tuple: "tuple", Union: "union",
}  # fmt: skip


def operand_string(x: Operand, qf: Callable[[Package], str] | None = None) -> str:
    """x as messages show it."""
    t = x.type
    if x.mode == "nilvalue":
        if t is None or t is INVALID:
            return "nil (with invalid type)"
        return "nil" if t is TYP["untyped nil"] else f"nil (of type {type_string(t, qf)})"
    expr = ""
    if x.expr is not None:
        expr = expr_string(x.expr)
    elif x.mode == "builtin":
        expr = x.id
    elif x.mode == "typexpr":
        expr = type_string(t, qf)
    elif x.mode == "constant":
        expr = constant.to_string(x.val)
    out = f"{expr} (" if expr else ""
    has_type = False
    if x.mode not in ("invalid", "novalue", "builtin", "typexpr") and t is not None:
        if predicates.is_untyped(t):
            out += t.name + " " if isinstance(t, Basic) else ""
        else:
            has_type = True
    out += MODE_STRING.get(x.mode, x.mode)
    if x.mode == "constant":
        s = constant.to_string(x.val)
        if s != expr:
            out += " " + s
    if has_type:
        out += _type_part(t, qf)
    return out + ")" if expr else out


def _type_part(t: Type, qf: Callable[[Package], str] | None) -> str:
    if not is_valid(t):
        return " with invalid type"
    desc = "generic " if predicates.is_generic(t) else ""
    u = unalias(t)
    if not isinstance(u, TypeParam):
        if isinstance(t, (Alias, Named)):
            what = composite_kind(t)
            if not what:
                under = t.underlying()
                what = under.name if isinstance(under, Basic) else ""
            desc += what + " "
        return f" of {desc}type {type_string(t, qf)}"
    out = f" of {desc}type {type_string(t, qf)} constrained by {type_string(u.bound, qf) if u.bound is not None else '?'}"
    if predicates.has_empty_typeset(u):
        out += " with empty type set"
    return out
