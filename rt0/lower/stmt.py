"""Statements, and the frame of a function's body: parameters, results, returns.

`targets` of the FuncBuilder is the stack of statements that break and continue can leave: (node, label node or None, break block, continue
block or ""). What is not found there leaves the body of a range-over-func loop: rangefor.leave_body.

Returns. Without defer a return evaluates its operands and returns them. With defer the results live in volatile slots, every return stores
to them and goes to one exit block: run what is deferred, load, return (defer.py says why).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Never

from rt0.lower import chans, defer, order, rangefor
from rt0.lower.assign import Changed, assign_stmt, assigned_in_place, inc_dec, store_to, var_spec
from rt0.lower.call import call
from rt0.lower.convert import assign_conv
from rt0.lower.deadcode import declares, last_label, static_bool, terminates
from rt0.lower.expr import expr, multi
from rt0.lower.func import BranchTarget, FuncBuilder, Storage
from rt0.lower.layout import layout
from rt0.lower.locals import declare, declare_init, fb_facts, needs_addr, needs_heap
from rt0.lower.operators import cond
from rt0.lower.select import select
from rt0.lower.switch import switch, type_switch
from rt0.lower.value import Val
from rt0.syntax import nodes as ast
from rt0.types.objects import Var
from rt0.types.types import TYP, Chan, Type

_UNNAMED: list[ast.Ident | None] = [None]  # what a field list without names stands for


# ---------------------------------------------------------------- functions


def function_body(fb: FuncBuilder, node: ast.FuncDecl | ast.FuncLit, typ: ast.FuncType, recv: ast.FieldList | None, body: ast.BlockStmt) -> None:
    """Write parameters, results and body. fb.facts is set; node is the FuncDecl or FuncLit."""
    fs = fb_facts(fb)
    fb.dbg(fb.pos)
    has_defer = node in fs.defers
    if node in fs.recovers:
        fb.noinline = True
    i = 0
    for fl in (recv, typ.params):
        if fl is None:
            continue
        for f in fl.list:
            for n in f.names or _UNNAMED:
                if n is not None and type(n.obj) is Var and n.name != "_":
                    fb.in_prologue(n.obj)
                    bind_param(fb, n.obj, fb.args[i], i + 1)
                i += 1
    results = fb.results
    named = False
    k = 0
    if typ.results is not None:
        for f in typ.results.list:
            for n in f.names or _UNNAMED:
                if n is not None:
                    named = True
                fb.result_names.append(n.obj if n is not None and type(n.obj) is Var and n.name != "_" else None)
                if n is not None and type(n.obj) is Var and n.name != "_":
                    fb.in_prologue(n.obj)
                    st = declare(fb, n.obj, volatile=has_defer, arg=len(fb.args) + k + 1)
                    fb.store_var(st, fb.zero(st.typ)) if layout(st.typ).is_flat else fb.store_zero(fb.var_addr(st), st.typ)
                    fb.result_vars.append(st)
                elif has_defer or named:
                    st = fb.slots(results[k], has_defer)
                    fb.store_var(st, fb.zero(st.typ)) if layout(st.typ).is_flat else fb.store_zero(fb.var_addr(st), st.typ)
                    fb.result_vars.append(st)
                k += 1
    fb.dbg_moved()
    fb.named = named
    fb.real_results = results
    if has_defer:
        for st in fb.result_vars:
            if st.kind == "mem":
                # read after a recovery: LLVM must believe that others can see it
                fb.emit(f'call void asm sideeffect "", "r,~{{memory}}"(ptr {st.addrs[0]}){fb.loc()}')
        fb.exit = fb.block("exit")
        defer.enter(fb)
    _list(fb, body.list)  # in the scope of the parameters
    if not fb.done:
        fb.dbg(body.rbrace)
        if not results or named or has_defer:
            do_return(fb, None)
        else:
            fb.unreachable()
    if has_defer:
        fb.dbg(body.rbrace)
        fb.start(fb.exit)
        fb.ret([fb.load_var(st) for st in fb.result_vars])


def bind_param(fb: FuncBuilder, v: Var, val: Val, arg: int) -> None:
    """Give a parameter its storage; arg: its number, from 1."""
    fs = fb_facts(fb)
    vf = fs.vars.get(v)
    t = val.typ
    if needs_addr(fb, v):
        declare_init(fb, v, val, arg)
    elif val.addr is not None:
        fb.bind(v, Storage("mem", t, (val.addr,)), arg)
    elif vf is not None and vf.reassigned:
        declare_init(fb, v, val, arg)
    else:
        fb.bind(v, Storage("val", t, (), val), arg)


def do_return(fb: FuncBuilder, vals: Sequence[Val | None] | None) -> None:
    """Return vals, or the result variables when None; in vals, None is what the variable has already."""
    if fb.range_body is not None:
        rangefor.return_from_body(fb, None if vals is None else [v for v in vals if v is not None])
        return
    if vals is not None and (fb.named or fb.exit):
        for st, v in zip(fb.result_vars, vals, strict=True):
            if v is not None:
                fb.store_var(st, v)
        vals = None
    if fb.exit:
        if not fb.done:
            defer.exit_line(fb)
            defer.leave(fb)  # here, not in the common block: deferred calls see this return's line
            fb.br(fb.exit)
        return
    fb.ret([fb.load_var(st) for st in fb.result_vars] if vals is None else [v for v in vals if v is not None])


def return_stmt(fb: FuncBuilder, s: ast.ReturnStmt) -> None:
    fb.dbg(s.pos)
    results = fb.real_results
    es = s.results
    if not es:
        do_return(fb, None)
        return
    if len(es) == 1 and len(results) > 1:
        vals = multi(fb, es[0], len(results))
        fb.dbg(s.pos)
        do_return(fb, [assign_conv(fb, v, t, s.pos) for v, t in zip(vals, results, strict=True)])
        return
    operands = _results(fb, es, results)
    fb.dbg(s.pos)
    do_return(fb, operands)


def _in_place(fb: FuncBuilder, i: int, e: ast.Expr) -> bool:
    """e, a literal that becomes result i, was stored part by part."""
    if not fb.exit or fb.range_body is not None:
        return False
    return assigned_in_place(fb, fb.result_names[i] if i < len(fb.result_names) else None, fb.result_vars[i], e)


def _results(fb: FuncBuilder, es: list[ast.Expr], types: list[Type]) -> list[Val | None]:
    """The operands of a return: as a tuple assignment to the results, except that no store comes before the last operand but those of a literal's
    parts, which give None."""
    if len(es) == 1:
        return [None if _in_place(fb, 0, es[0]) else fb.expr_as(es[0], types[0])]
    order.settle_each(fb, es, types)
    changed = Changed(fb)
    inside = fb.range_body is not None
    vals: list[Val | None] = []
    for i, (e, t) in enumerate(zip(es, types, strict=True)):
        v = fb.result_names[i] if i < len(fb.result_names) else None
        x = ast.unparen(e)
        if v is not None and isinstance(x, ast.Ident) and x.obj is v:
            vals.append(None)
            continue
        vals.append(fb.own(fb.expr_as(e, t)) if changed.affects(e) else None)
        if inside:
            changed.memory = True
        elif fb.exit:
            changed.all = True
        elif v is not None:
            changed.variable(v)
    return [v or (None if _in_place(fb, i, e) else fb.own(fb.expr_as(e, t))) for i, (v, e, t) in enumerate(zip(vals, es, types, strict=True))]


# ---------------------------------------------------------------- statements


def stmts(fb: FuncBuilder, ss: list[ast.Stmt]) -> None:
    saved = fb.open_scope()
    _list(fb, ss)
    fb.close_scope(saved)


def _list(fb: FuncBuilder, ss: list[ast.Stmt]) -> None:
    """The statements of a list, but for those that cannot be reached."""
    label = last_label(ss)
    dead = False
    for i, s in enumerate(ss):
        if type(s) is ast.LabeledStmt:
            dead = False
        elif (dead or fb.done) and (i > label or not declares(s)):
            dead = True
            continue
        stmt(fb, s)
        dead = i + 1 < len(ss) and terminates(s)


def stmt(fb: FuncBuilder, s: ast.Stmt, label: ast.LabeledStmt | None = None) -> None:
    order.begin(fb)
    k = type(s)
    h = _LABELED.get(k)
    if h is not None:
        saved = fb.open_scope()
        h(fb, s, label)  # type: ignore[arg-type]  # the tables have for each type the function that takes it
        fb.close_scope(saved)
        return
    h2 = _STMT.get(k)
    if h2 is None:
        fb.bug(s.pos, f"no lowering for {k.__name__}")
    h2(fb, s)  # type: ignore[arg-type]


def expr_stmt(fb: FuncBuilder, s: ast.ExprStmt) -> None:
    x = ast.unparen(s.x)
    fb.dbg(x.pos)
    if isinstance(x, ast.CallExpr) and x.fun.mode != "typexpr":
        call(fb, x)
        return
    if isinstance(x, ast.UnaryExpr) and x.op == "<-":
        c = expr(fb, x.x)
        fb.dbg(x.pos)
        ct = c.typ.underlying()
        assert isinstance(ct, Chan)
        chans.recv(fb, ct, c.one())
        return
    expr(fb, x)


def send_stmt(fb: FuncBuilder, s: ast.SendStmt) -> None:
    ct = fb.typ(s.chan).underlying()
    assert isinstance(ct, Chan)
    order.settle(fb, s.chan)
    order.settle(fb, s.value, ct.elem)
    if s.value.mode not in ("constant", "nilvalue") and not order.addressable(fb, s.value):
        order.keep(fb, s.value)  # what is sent without an address is copied first
    c = expr(fb, s.chan)
    v = fb.expr_as(s.value, ct.elem)
    fb.dbg(s.pos)
    chans.send(fb, ct, c.one(), v)


def block_stmt(fb: FuncBuilder, s: ast.BlockStmt) -> None:
    stmts(fb, s.list)


def decl_stmt(fb: FuncBuilder, s: ast.DeclStmt) -> None:
    if s.decl.tok == "var":
        for spec in s.decl.specs:
            assert isinstance(spec, ast.VarSpec)
            var_spec(fb, spec)


def empty_stmt(fb: FuncBuilder, s: ast.EmptyStmt) -> None:
    return


def if_stmt(fb: FuncBuilder, s: ast.IfStmt) -> None:
    if s.init is not None:
        saved = fb.open_scope()
        stmt(fb, s.init)
        _if(fb, s)
        fb.close_scope(saved)
    else:
        _if(fb, s)


def _if(fb: FuncBuilder, s: ast.IfStmt) -> None:
    c = ast.unparen(s.cond)
    fb.dbg(c.pos)
    known = static_bool(c)
    if known is not None:
        if c.mode != "constant":
            expr(fb, c)  # for what the operands do that come before the deciding one
        if known:
            stmts(fb, s.body.list)
        elif s.els is not None:
            stmt(fb, s.els)
        return
    then, end = fb.block("then"), fb.block("endif")
    els = fb.block("else") if s.els is not None else end
    cond(fb, s.cond, then, els)
    fb.start(then)
    stmts(fb, s.body.list)
    fb.br(end)
    if s.els is not None:
        fb.start(els)
        stmt(fb, s.els)
    fb.start(end)


def for_stmt(fb: FuncBuilder, s: ast.ForStmt, label: ast.LabeledStmt | None) -> None:
    if s.init is not None:
        stmt(fb, s.init)
    cells: list[tuple[Var, Storage]] = []
    if s.per_iteration and isinstance(s.init, ast.AssignStmt) and s.init.op == ":=":
        for x in s.init.lhs:
            v = x.obj if isinstance(x, ast.Ident) else None
            if type(v) is Var and v in fb.vars and needs_addr(fb, v):
                old = fb.vars[v]
                if not needs_heap(fb, v) and not _captured(fb, v):
                    continue
                slot = fb.alloca_ll("ptr")
                fb.store_ll(slot, "ptr", fb.var_addr(old), "")
                st = Storage("cell", old.typ, (slot,))
                fb.scope_pending = True
                fb.bind(v, st)
                cells.append((v, st))
    head, body, end = fb.block("for"), fb.block("body"), fb.block("endfor")
    post = fb.block("post") if s.post is not None or cells else head
    fb.start(head)
    if s.cond is not None:
        fb.dbg(s.cond.pos)
        if static_bool(s.cond) is False:
            expr(fb, s.cond)
            fb.br(end)
            fb.start(end)
            return
        cond(fb, s.cond, body, end)
        fb.start(body)
    fb.targets.append(BranchTarget(s, label, end, post))
    stmts(fb, s.body.list)
    fb.targets.pop()
    if post != head:
        fb.start(post)
        for _, st in cells:
            new = fb.heap_alloc(st.typ)
            fb.copy_mem(new, fb.var_addr(st), st.typ)
            fb.store_ll(st.addrs[0], "ptr", new, "")
        if s.post is not None:
            stmt(fb, s.post)
    fb.br(head)
    fb.start(end)


def _captured(fb: FuncBuilder, v: Var) -> bool:
    vf = fb_facts(fb).vars.get(v)
    return vf is not None and vf.captured


def labeled_stmt(fb: FuncBuilder, s: ast.LabeledStmt) -> None:
    lab = fb.labels.get(s)
    if lab is None:
        lab = fb.labels[s] = fb.block("label")
    fb.start(lab)
    inner = s.stmt
    if type(inner) in _LABELED:
        stmt(fb, inner, s)
        return
    # break L out of a labeled block-like statement
    stmt(fb, inner)


def branch_stmt(fb: FuncBuilder, s: ast.BranchStmt) -> None:
    fb.dbg(s.pos)
    tok = s.tok
    if tok == "fallthrough":
        if not fb.fallthrough:
            fb.bug(s.pos, "fallthrough outside a switch")
        fb.br(fb.fallthrough)
        return
    if tok == "goto":
        branch(fb, "goto", s.target)
        return
    branch(fb, tok, s.target if s.label is not None else None)


def branch(fb: FuncBuilder, tok: str, label: ast.LabeledStmt | None) -> None:
    """break, continue or goto; label: the LabeledStmt, or None for the innermost statement."""
    if tok == "goto":
        assert label is not None
        if fb.range_body is not None and not _label_inside(fb, label):
            rangefor.leave_body(fb, tok, label)
            return
        lab = fb.labels.get(label)
        if lab is None:
            lab = fb.labels[label] = fb.block("label")
        fb.br(lab)
        return
    for t in reversed(fb.targets):
        if (label is None or t.label is label) and (tok == "break" or t.cont):
            fb.br(t.brk if tok == "break" else t.cont)
            return
    if fb.range_body is not None:
        rangefor.leave_body(fb, tok, label)
        return
    fb.bug(fb.pos, f"{tok} without a target")


def _label_inside(fb: FuncBuilder, label: ast.LabeledStmt) -> bool:
    """The label stands in the loop body being written."""
    return label in rangefor.labels_in(fb)


def go_stmt(fb: FuncBuilder, s: ast.GoStmt) -> None:
    fb.dbg(s.pos)
    defer.go_stmt(fb, s)


def defer_stmt(fb: FuncBuilder, s: ast.DeferStmt) -> None:
    fb.dbg(s.pos)
    defer.defer_stmt(fb, s)


def switch_stmt(fb: FuncBuilder, s: ast.SwitchStmt, label: ast.LabeledStmt | None) -> None:
    switch(fb, s, label)


def type_switch_stmt(fb: FuncBuilder, s: ast.TypeSwitchStmt, label: ast.LabeledStmt | None) -> None:
    type_switch(fb, s, label)


def range_stmt(fb: FuncBuilder, s: ast.RangeStmt, label: ast.LabeledStmt | None) -> None:
    rangefor.range_stmt(fb, s, label)


def select_stmt(fb: FuncBuilder, s: ast.SelectStmt, label: ast.LabeledStmt | None) -> None:
    end = fb.block("endselect")
    fb.targets.append(BranchTarget(s, label, end, ""))

    def body(c: ast.CommClause, v: Val | None, ok: str) -> None:
        comm = c.comm
        saved = fb.open_scope()
        if v is not None and isinstance(comm, ast.AssignStmt):
            vals = [v] if len(comm.lhs) == 1 else [v, Val(TYP["bool"], (ok,))]
            store_to(fb, comm, vals)
        stmts(fb, c.body)
        fb.close_scope(saved)
        fb.br(end)

    select(fb, s, body, end)
    fb.targets.pop()


_LABELED: dict[type[ast.Stmt], Callable[[FuncBuilder, Never, ast.LabeledStmt | None], None]] = {
    ast.ForStmt: for_stmt,
    ast.RangeStmt: range_stmt,
    ast.SwitchStmt: switch_stmt,
    ast.TypeSwitchStmt: type_switch_stmt,
    ast.SelectStmt: select_stmt,
}

_STMT: dict[type[ast.Stmt], Callable[[FuncBuilder, Never], None]] = {
    ast.ExprStmt: expr_stmt,
    ast.AssignStmt: assign_stmt,
    ast.IncDecStmt: inc_dec,
    ast.ReturnStmt: return_stmt,
    ast.BlockStmt: block_stmt,
    ast.IfStmt: if_stmt,
    ast.DeclStmt: decl_stmt,
    ast.BranchStmt: branch_stmt,
    ast.LabeledStmt: labeled_stmt,
    ast.GoStmt: go_stmt,
    ast.DeferStmt: defer_stmt,
    ast.SendStmt: send_stmt,
    ast.EmptyStmt: empty_stmt,
}
