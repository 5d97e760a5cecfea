"""Terminating statements: whether a function with results may fall off its end.

Source: cmd/compile/internal/types2/return.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt0.syntax import nodes as ast

if TYPE_CHECKING:
    from rt0.types.check import Checker


def is_terminating(check: Checker, s: ast.Stmt, label: str) -> bool:
    """Whether s, which has the given label or none (""), is a terminating statement."""
    match s:
        case ast.LabeledStmt():
            return is_terminating(check, s.stmt, s.label.name)
        case ast.ExprStmt():
            x = ast.unparen(s.x)
            return isinstance(x, ast.CallExpr) and x in check.is_panic
        case ast.ReturnStmt():
            return True
        case ast.BranchStmt():
            return s.tok == "goto" or s.tok == "fallthrough"
        case ast.BlockStmt():
            return is_terminating_list(check, s.list)
        case ast.IfStmt():
            return s.els is not None and is_terminating_list(check, s.body.list) and is_terminating(check, s.els, "")
        case ast.SwitchStmt() | ast.TypeSwitchStmt():
            has_default = False
            for cc in s.body:
                if cc.exprs is None:
                    has_default = True
                if not is_terminating_list(check, cc.body) or has_break_list(cc.body, label, True):
                    return False
            return has_default
        case ast.SelectStmt():
            return all(is_terminating_list(check, c.body) and not has_break_list(c.body, label, True) for c in s.body)
        case ast.ForStmt():
            return s.cond is None and not has_break_list(s.body.list, label, True)
    return False


def is_terminating_list(check: Checker, stmts: list[ast.Stmt]) -> bool:
    for s in reversed(stmts):
        if not isinstance(s, ast.EmptyStmt):
            return is_terminating(check, s, "")
    return False


def has_break(s: ast.Stmt, label: str, implicit: bool) -> bool:
    """Whether s holds a break that leaves the statement labelled `label` (or, with implicit, the innermost one)."""
    match s:
        case ast.LabeledStmt():
            return has_break(s.stmt, label, implicit)
        case ast.BranchStmt():
            if s.tok != "break":
                return False
            return implicit if s.label is None else s.label.name == label
        case ast.BlockStmt():
            return has_break_list(s.list, label, implicit)
        case ast.IfStmt():
            return has_break_list(s.body.list, label, implicit) or (s.els is not None and has_break(s.els, label, implicit))
        case ast.SwitchStmt() | ast.TypeSwitchStmt() | ast.SelectStmt():
            return bool(label) and any(has_break_list(c.body, label, False) for c in s.body)
        case ast.ForStmt() | ast.RangeStmt():
            return bool(label) and has_break_list(s.body.list, label, False)
    return False


def has_break_list(stmts: list[ast.Stmt], label: str, implicit: bool) -> bool:
    return any(has_break(s, label, implicit) for s in stmts)
