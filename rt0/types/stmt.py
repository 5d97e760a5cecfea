"""Statements and function bodies.

Function literals met in a statement are checked when the statement is done (before scopes change). The variables a function
declares are collected in `check.locals`; those never used are reported when its body is done.
Source: cmd/compile/internal/types2/stmt.go, go1.27.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rt0.syntax import nodes as ast
from rt0.types import assignments, constant, decl, expr, operators, range_, return_, typexpr
from rt0.types.const import convert_untyped
from rt0.types.identity import comparable, identical
from rt0.types.objects import Func, Nil, Scope, Var
from rt0.types.operand import Operand
from rt0.types.predicates import all_boolean, all_numeric, has_nil, is_interface
from rt0.types.types import INVALID, TYP, Signature, Type, is_type_param, is_valid

if TYPE_CHECKING:
    from rt0.types.check import Checker
    from rt0.types.objects import DeclInfo


def new_local(check: Checker, name: ast.Ident) -> Var:
    """A new local variable of the function being checked; not declared yet."""
    return Var(name.pos, check.pkg, name.name, None)


# ---------------------------------------------------------------- bodies


def func_decl_body(check: Checker, obj: Func, d: DeclInfo) -> None:
    """Check the body of a declared function or method."""
    fdecl = d.fdecl
    sig = obj.type
    assert fdecl is not None and fdecl.body is not None and isinstance(sig, Signature) and d.scope is not None
    saved = check.version
    check.version = d.version
    func_body(check, d, sig, d.scope, fdecl.body, None)
    check.version = saved


def func_body(check: Checker, d: DeclInfo | None, sig: Signature, scope: Scope, body: ast.BlockStmt, iota: int | None) -> None:
    """Check a function body in the scope of its signature."""
    env = check.save_env()
    check.set_env(scope, check.version, d)
    check.iota = iota
    check.sig = sig
    try:
        stmt_list(check, body.list)
        if check.whole:
            if sig.results.vars and not return_.is_terminating_list(check, body.list):
                check.error(body.rbrace, "MissingReturn", "missing return")
            check.all_locals += check.locals
            unused = [v for v in check.locals if not v.used]
            unused.sort(key=lambda v: v.pos)
            for v in unused:
                check.soft_errorf(v.pos, "UnusedVar", "declared and not used: %s", v.name)
    finally:
        check.restore_env(env)


# ---------------------------------------------------------------- statements


def stmt_list(check: Checker, stmts: list[ast.Stmt]) -> None:
    for s in stmts:
        stmt(check, s)


def stmt(check: Checker, s: ast.Stmt) -> None:
    top = len(check.delayed)
    _DISPATCH[type(s)](check, s)
    if len(check.delayed) > top:
        check.process_delayed(top)


def _nothing(check: Checker, s: Any) -> None:
    pass


def _decl_stmt(check: Checker, s: ast.DeclStmt) -> None:
    decl.decl_stmt(check, s.decl)


def _labeled_stmt(check: Checker, s: ast.LabeledStmt) -> None:
    stmt(check, s.stmt)


def _expr_stmt(check: Checker, s: ast.ExprStmt) -> None:
    x = Operand()
    kind = expr.raw_expr(check, None, x, s.x, None, False)
    if x.mode == "builtin":
        check.errorf(x, "UncalledBuiltin", "%s must be called", x)
    elif x.mode == "typexpr":
        check.errorf(x, "NotAnExpr", "%s is not an expression", x)
    elif kind != expr.STATEMENT:
        check.errorf(x, "UnusedExpr", "%s is not used", x)


def _send_stmt(check: Checker, s: ast.SendStmt) -> None:
    ch = Operand()
    val = Operand()
    expr.expr(check, None, ch, s.chan)
    expr.generic_expr(check, val, s.value, None)
    if ch.mode == "invalid" or val.mode == "invalid":
        return
    elem = operators.chan_elem(check, s, ch, False)
    if elem is not None:
        assignments.assignment(check, val, elem, "send")


def _inc_dec_stmt(check: Checker, s: ast.IncDecStmt) -> None:
    x = Operand()
    expr.expr(check, None, x, s.x)
    if x.mode == "invalid":
        return
    if not all_numeric(x.type):
        check.errorf(s.x, "NonNumericIncDec", "invalid operation: %s%s (non-numeric type %s)", s.x, s.op, x.type)
        return
    assignments.assign_var(check, s.x, None, x, "assignment")


def _assign_stmt(check: Checker, s: ast.AssignStmt) -> None:
    op = s.op
    if op == "=":
        assignments.assign_vars(check, s.lhs, s.rhs)
    elif op == ":=":
        assignments.short_var_decl(check, s, s.pos)
    else:
        x = Operand()
        operators.binary(check, x, None, s.lhs[0], s.rhs[0], op[:-1])
        assignments.assign_var(check, s.lhs[0], None, x, "assignment")


def _go_stmt(check: Checker, s: ast.GoStmt) -> None:
    _suspended_call(check, "go", "InvalidGo", s.call)


def _defer_stmt(check: Checker, s: ast.DeferStmt) -> None:
    _suspended_call(check, "defer", "InvalidDefer", s.call)


def _suspended_call(check: Checker, keyword: str, code: str, c: ast.Expr) -> None:
    if not isinstance(c, ast.CallExpr):
        check.errorf(c, code, "expression in %s must be function call", keyword)
        expr.use(check, [c])
        return
    x = Operand()
    kind = expr.raw_expr(check, None, x, c, None, False)
    if kind == expr.CONVERSION:
        check.errorf(x, code, "%s requires function call, not conversion %s", keyword, x)
    elif kind == expr.EXPRESSION:
        check.errorf(x, "UnusedResults", "%s discards result of %s", keyword, x)


def _return_stmt(check: Checker, s: ast.ReturnStmt) -> None:
    sig = check.sig
    assert sig is not None
    res = sig.results.vars
    if s.results or not res or not res[0].name:
        if s.results or res:
            assignments.init_vars(check, res, s.results, s)
        return
    for obj in res:
        alt = check.lookup(obj.name)
        if alt is not None and alt is not obj:
            err = check.new_error("OutOfScopeResult")
            err.addf(s, "result parameter %s not in scope at return", obj.name)
            err.addf(alt.pos, "inner declaration of %s", obj)
            err.report()


def _block_stmt(check: Checker, s: ast.BlockStmt) -> None:
    check.open_scope()
    stmt_list(check, s.list)
    check.close_scope()


def _if_stmt(check: Checker, s: ast.IfStmt) -> None:
    check.open_scope()
    if s.init is not None:
        stmt(check, s.init)
    x = Operand()
    expr.expr(check, None, x, s.cond)
    if x.mode != "invalid" and not all_boolean(x.type):
        check.error(s.cond, "InvalidCond", "non-boolean condition in if statement")
    stmt(check, s.body)
    if s.els is not None:
        stmt(check, s.els)
    check.close_scope()


def _for_stmt(check: Checker, s: ast.ForStmt) -> None:
    s.per_iteration = check.allow_version((1, 22))
    check.open_scope()
    if s.init is not None:
        stmt(check, s.init)
    if s.cond is not None:
        x = Operand()
        expr.expr(check, None, x, s.cond)
        if x.mode != "invalid" and not all_boolean(x.type):
            check.error(s.cond, "InvalidCond", "non-boolean condition in for statement")
    if s.post is not None:
        stmt(check, s.post)
    stmt(check, s.body)
    check.close_scope()


def _multiple_defaults(check: Checker, clauses: list[ast.CaseClause] | list[ast.CommClause]) -> None:
    first: ast.CaseClause | ast.CommClause | None = None
    for c in clauses:
        if (c.exprs if isinstance(c, ast.CaseClause) else c.comm) is None:
            if first is not None:
                check.errorf(c.pos, "DuplicateDefault", "multiple defaults (first at %s)", check.fset.position(first.pos))
            else:
                first = c


def _switch_stmt(check: Checker, s: ast.SwitchStmt) -> None:
    check.open_scope()
    if s.init is not None:
        stmt(check, s.init)
    x = Operand()
    if s.tag is not None:
        expr.expr(check, None, x, s.tag)
        assignments.assignment(check, x, None, "switch expression")
        if x.mode != "invalid" and not comparable(x.type) and not has_nil(x.type):
            check.errorf(x, "InvalidExprSwitch", "cannot switch on %s (%s is not comparable)", x, x.type)
            x.mode = "invalid"
    else:
        pos = s.body[0].pos if s.body else s.rbrace
        x = Operand("constant", ast.Ident(pos, "true"), TYP["bool"], True)
    _multiple_defaults(check, s.body)
    seen: dict[Any, list[tuple[int, Type]]] = {}
    for clause in s.body:
        if clause.exprs:
            _case_values(check, x, clause.exprs, seen)
        check.open_scope()
        stmt_list(check, clause.body)
        check.close_scope()
    check.close_scope()


def _go_val(v: Any) -> Any:
    """A dict key for the constants gc looks for duplicates of: integers, floats, strings."""
    if type(v) is bytes or type(v) is int:
        return v
    if type(v) is Fraction or type(v) is constant.BigFloat:
        return ("float", constant.float64_val(v))
    return None


def _case_values(check: Checker, x: Operand, values: list[ast.Expr], seen: dict[Any, list[tuple[int, Type]]]) -> None:
    for e in values:
        v = Operand()
        expr.expr(check, None, v, e)
        if x.mode == "invalid" or v.mode == "invalid":
            continue
        convert_untyped(check, v, x.type)
        if v.failed():
            continue
        res = v.copy()
        tag = x.copy()
        operators.comparison(check, res, tag, "==", True)
        if res.mode == "invalid" or v.mode != "constant":
            continue
        val = _go_val(v.val)
        if val is None:
            continue
        for pos, t in seen.get(val, ()):
            if identical(v.type, t):
                err = check.new_error("DuplicateCase")
                err.addf(v, "duplicate case %s in expression switch", v)
                err.addf(pos, "previous case")
                err.report()
                break
        else:
            seen.setdefault(val, []).append((e.pos, v.type))


def _is_nil(check: Checker, e: ast.Expr) -> bool:
    e = ast.unparen(e)
    return isinstance(e, ast.Ident) and isinstance(check.lookup(e.name), Nil)


def _case_types(check: Checker, x: Operand | None, types: list[ast.Expr], seen: list[tuple[Type | None, ast.Expr]]) -> Type:
    """Check the types of a type switch case; the type of its variable."""
    t: Type | None = None
    for e in types:
        if _is_nil(check, e):
            t = None
            expr.expr(check, None, Operand(), e)
        else:
            t = typexpr.var_type(check, e)
            if not is_valid(t):
                continue
        if check.whole:
            dup = False
            for other, at in seen:
                if (t is None and other is None) or (t is not None and other is not None and identical(t, other)):
                    err = check.new_error("DuplicateCase")
                    err.addf(e, "duplicate case %s in type switch", "nil" if t is None else check.sprintf("%s", t))
                    err.addf(at, "previous case")
                    err.report()
                    dup = True
                    break
            if dup:
                continue
            seen.append((t, e))
            if x is not None and t is not None:
                expr.type_assertion(check, e, x, t, True)
    if len(types) != 1 or t is None:
        return x.type if x is not None else INVALID
    return t


def _type_switch_stmt(check: Checker, s: ast.TypeSwitchStmt) -> None:
    check.open_scope()
    if s.init is not None:
        stmt(check, s.init)
    lhs = s.lhs
    if lhs is not None and lhs.name == "_":
        check.soft_errorf(lhs, "NoNewVar", "no new variable on left side of :=")
        lhs = None
    sx: Operand | None = None
    x = Operand()
    expr.expr(check, None, x, s.x)
    if x.mode != "invalid":
        if is_type_param(x.type):
            check.errorf(x, "InvalidTypeSwitch", "cannot use type switch on type parameter value %s", x)
        elif is_interface(x.type):
            sx = x
        else:
            check.errorf(x, "InvalidTypeSwitch", "%s is not an interface", x)
    _multiple_defaults(check, s.body)
    lhs_vars: list[Var] = []
    seen: list[tuple[Type | None, ast.Expr]] = []
    for clause in s.body:
        t = _case_types(check, sx, clause.exprs or [], seen)
        check.open_scope()
        if lhs is not None:
            v = new_local(check, lhs)
            v.type = t
            decl.declare(check, check.scope, None, v)
            clause.var = v
            lhs_vars.append(v)
        stmt_list(check, clause.body)
        check.close_scope()
    if lhs is not None:
        used = any(v.used for v in lhs_vars)
        for v in lhs_vars:
            v.used = True
        if not used:
            check.soft_errorf(lhs, "UnusedVar", "%s declared and not used", lhs.name)
    check.close_scope()


def _select_stmt(check: Checker, s: ast.SelectStmt) -> None:
    _multiple_defaults(check, s.body)
    for clause in s.body:
        comm = clause.comm
        valid = comm is None or isinstance(comm, ast.SendStmt)
        rhs: ast.Expr | None = None
        if isinstance(comm, ast.AssignStmt) and len(comm.rhs) == 1:
            rhs = comm.rhs[0]
        elif isinstance(comm, ast.ExprStmt):
            rhs = comm.x
        if rhs is not None:
            r = ast.unparen(rhs)
            valid = isinstance(r, ast.UnaryExpr) and r.op == "<-"
        if not valid:
            check.error(comm, "InvalidSelectCase", "select case must be send or receive (possibly with assignment)")
            continue
        check.open_scope()
        if comm is not None:
            stmt(check, comm)
        stmt_list(check, clause.body)
        check.close_scope()


def _range_stmt(check: Checker, s: ast.RangeStmt) -> None:
    range_.range_stmt(check, s)


_DISPATCH: dict[type[ast.Stmt], Callable[[Checker, Any], None]] = {
    ast.BadStmt: _nothing, ast.EmptyStmt: _nothing, ast.DeclStmt: _decl_stmt, ast.LabeledStmt: _labeled_stmt,
    ast.ExprStmt: _expr_stmt, ast.SendStmt: _send_stmt, ast.IncDecStmt: _inc_dec_stmt, ast.AssignStmt: _assign_stmt,
    ast.GoStmt: _go_stmt, ast.DeferStmt: _defer_stmt, ast.ReturnStmt: _return_stmt, ast.BranchStmt: _nothing,
    ast.BlockStmt: _block_stmt, ast.IfStmt: _if_stmt, ast.SwitchStmt: _switch_stmt, ast.TypeSwitchStmt: _type_switch_stmt,
    ast.SelectStmt: _select_stmt, ast.ForStmt: _for_stmt, ast.RangeStmt: _range_stmt,
}  # fmt: skip
