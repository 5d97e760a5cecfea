"""Code that can never run, told from constants alone: it is not lowered, so that nothing it refers to is demanded.

A function without a body, called in `if debug { f() }` with a constant false debug, is no link error. The rules are gc's, which drops the same
code before anything else sees it: conditions with a constant part, clauses of a switch over constants, bodies of `for false`, and what stands after
return, goto and panic. No jump leads into what is dropped: goto cannot enter a block, and what a label names is kept.

Source: cmd/compile/internal/noder/writer.go, go1.27: stmts, ifStmt, forStmt, switchStmt, staticBool, terminates.
"""

from __future__ import annotations

from rt0.syntax import nodes as ast
from rt0.types import constant


def static_bool(e: ast.Expr) -> bool | None:
    """The value that a condition has whatever its operands are; None when that is not known. Operands before the one that decides are still
    evaluated: `f() && false` calls f."""
    e = ast.unparen(e)
    if e.mode == "constant":
        return bool(e.val)
    if isinstance(e, ast.UnaryExpr) and e.op == "!":
        x = static_bool(e.x)
        return None if x is None else not x
    if isinstance(e, ast.BinaryExpr) and e.op in ("&&", "||"):
        decides = e.op == "||"
        x = static_bool(e.x)
        if x is decides:
            return x
        y = static_bool(e.y)
        if x is not None or y is decides:
            return y
    return None


def terminates(s: ast.Stmt | None) -> bool:
    """Control never gets from s to the statement after it."""
    match s:
        case ast.ReturnStmt():
            return True
        case ast.BranchStmt():
            return s.tok == "goto"
        case ast.ExprStmt():
            x = ast.unparen(s.x)
            return isinstance(x, ast.CallExpr) and x.fun.mode == "builtin" and x.fun.val == "panic"
        case ast.IfStmt():
            known = static_bool(s.cond)
            return (known is True or (s.els is not None and terminates(s.els))) and (known is False or terminates(s.body))
        case ast.BlockStmt():
            return terminates(next((x for x in reversed(s.list) if not isinstance(x, ast.EmptyStmt)), None))
    return False


def last_label(ss: list[ast.Stmt]) -> int:
    """Index of the last labelled statement of a list; -1 without one."""
    for i in range(len(ss) - 1, -1, -1):
        if type(ss[i]) is ast.LabeledStmt:
            return i
    return -1


def declares(s: ast.Stmt) -> bool:
    """What follows a label may use a variable of this statement, although neither is ever reached."""
    return isinstance(s, ast.DeclStmt) or (isinstance(s, ast.AssignStmt) and s.op == ":=")


def chosen(s: ast.SwitchStmt) -> tuple[bool, ast.CaseClause | None]:
    """The one clause that a switch over constants runs: (it is known, the clause or None for none). A clause that falls through counts as not
    known."""
    if s.tag is not None and s.tag.mode != "constant":
        return False, None
    tag = True if s.tag is None else s.tag.val
    default: ast.CaseClause | None = None
    for c in s.body:
        if c.exprs is None:
            default = c
        for x in c.exprs or ():
            if x.mode != "constant":
                return False, None
            if constant.compare(tag, "==", x.val):
                return (False, None) if _falls_through(c) else (True, c)
    return (False, None) if default is not None and _falls_through(default) else (True, default)


def _falls_through(c: ast.CaseClause) -> bool:
    last = next((x for x in reversed(c.body) if not isinstance(x, ast.EmptyStmt)), None)
    return isinstance(last, ast.BranchStmt) and last.tok == "fallthrough"
