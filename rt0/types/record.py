"""Writing results onto the nodes: `mode`, `type`, `val`, `obj`, `targs`.

An expression whose type is still untyped is written with that type and remembered in `check.untyped`; when its use gives it
a type, `update_expr_type` (expr.py) walks down again and writes the final one. What is never used in a typed context
(operands of constant expressions) keeps its untyped type.
Source: cmd/compile/internal/types2/recording.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rt0.syntax import nodes as ast
from rt0.types.objects import Var
from rt0.types.operand import Operand
from rt0.types.types import IS_UNTYPED, Basic, Signature, Tuple, Type

if TYPE_CHECKING:
    from rt0.types.check import Checker

NO_RESULT = Tuple([])  # type of a call without result


def record(check: Checker, x: Operand) -> None:
    """Write what x says onto its expression."""
    e = x.expr
    assert e is not None
    mode = x.mode
    if mode == "invalid":
        e.mode = "invalid"
        e.type = x.type
        return
    e.mode = mode
    if mode == "novalue":
        e.type = NO_RESULT
        e.val = None
        return
    t = x.type
    e.type = t
    e.val = x.val if mode == "constant" else None
    if type(t) is Basic and t.info & IS_UNTYPED:
        check.untyped[e] = False
    elif mode == "builtin" and type(t) is not Signature:
        e.val = x.id


def record_type_and_value(e: ast.Expr, mode: ast.Mode, typ: Type, val: Any) -> None:
    e.mode = mode
    e.type = typ
    e.val = val


def record_builtin_type(fun: ast.Expr, name: str, sig: Signature) -> None:
    """fun denotes the built-in `name`, used here with the signature sig."""
    e = fun
    while True:
        e.mode = "builtin"
        e.type = sig
        e.val = name
        if not isinstance(e, ast.ParenExpr):
            return
        e = e.x


def record_comma_ok(e: ast.Expr, t0: Type, t1: Type) -> None:
    """e was used in a two-value context: its type becomes the pair."""
    while True:
        e.type = Tuple([Var(e.pos, None, "", t0), Var(e.pos, None, "", t1)])
        if not isinstance(e, ast.ParenExpr):
            return
        e = e.x


def record_instance(e: ast.Expr, targs: list[Type]) -> None:
    """e names a generic function used with the type arguments targs."""
    if isinstance(e, (ast.Ident, ast.SelectorExpr, ast.IndexExpr)):
        e.targs = list(targs)
