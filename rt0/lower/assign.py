"""Assignments, variable declarations, ++ and --.

The spec's two phases: the operands of index expressions and pointer indirections on the left and the expressions on the right, then the stores,
left to right. What is early in any of them (order.py) comes first, the left side's before the right side's. Of the rest:

    x = y          y, then the place x with its nil and bounds checks, then the store; arithmetic in x's indexes comes before y
    m[k] = y       y, then m and k, then the element is made
    x op= y        the place, its value, y, the operation, the store; for a map y comes first, and the element is made once, before the operation
                   unless that may panic (/ and %)
    x = T{a, b}    where x is a result that a recovered panic returns: x is zero, then a and b are stored one after the other (walk/complit.go, oaslit)
    x, y = a, b    one assignment after the other, and each as above: what a later one needs and an earlier one may change is read
                   before the first (`Changed`); so what panics second may find the first store done

Source: cmd/compile/internal/walk/order.go (stmt, mapAssign) and walk/assign.go (walkAssign, ascompatee), go1.27.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from rt0.lower.builtin import append_call
from rt0.lower.composite import into, literal_in_place
from rt0.lower.convert import assign_conv
from rt0.lower.expr import expr, multi
from rt0.lower.func import FuncBuilder, Storage
from rt0.lower.inline import CHILDREN
from rt0.lower.layout import layout
from rt0.lower.literal import values
from rt0.lower.locals import declare, declare_init, needs_addr, needs_heap
from rt0.lower.operators import arith, is_nil, shift
from rt0.lower.order import holds, keep, settle, settle_each, settle_place
from rt0.lower.places import field_path, kept_pointer, last_pointer, place, view
from rt0.lower.value import Val
from rt0.syntax import nodes as ast
from rt0.types.identity import identical
from rt0.types.objects import Var
from rt0.types.types import IS_INTEGER, IS_STRING, Array, Basic, Interface, Map, Slice, Struct, Type


def is_blank(e: ast.Expr) -> bool:
    x = ast.unparen(e)
    return isinstance(x, ast.Ident) and x.name == "_"


def assign_stmt(fb: FuncBuilder, s: ast.AssignStmt) -> None:
    fb.dbg(s.pos)
    op = s.op
    if op == "=":
        if len(s.lhs) == 1 and len(s.rhs) == 1:
            assign_one(fb, s.lhs[0], s.rhs[0], s.pos)
        elif len(s.rhs) == 1:
            assign_multi(fb, s)
        else:
            assign_tuple(fb, s)
    elif op == ":=":
        define(fb, s)
    else:
        op_assign(fb, s.lhs[0], op[:-1], s.rhs[0], s.pos)


def discard(fb: FuncBuilder, e: ast.Expr) -> None:
    """_ = e"""
    if not is_nil(e):
        expr(fb, e)


def assign_one(fb: FuncBuilder, lhs: ast.Expr, rhs: ast.Expr, pos: int) -> None:
    if is_blank(lhs):
        discard(fb, rhs)
        return
    t = _lhs_type(fb, lhs)
    x = ast.unparen(lhs)
    if isinstance(x, ast.IndexExpr) and is_map_element(fb, x):
        grown = _appended_to(fb, x, rhs)
        if grown is not None:
            _append_in_map(fb, x, grown, t, pos)
            return
        settle_place(fb, x)
        settle(fb, rhs, t)
    elif type(x) is not ast.Ident:
        if holds(fb, x) or holds(fb, rhs):
            settle_place(fb, x)
            settle(fb, rhs, t)
        _keep_arithmetic(fb, x)
    elif type(x.obj) is Var and assigned_in_place(fb, x.obj, fb.vars.get(x.obj), rhs):
        return
    v = _source(fb, rhs, t)
    fb.dbg(pos)
    place(fb, x).store(fb, v)


def assigned_in_place(fb: FuncBuilder, v: Var | None, st: Storage | None, e: ast.Expr) -> bool:
    """Assign e part by part, if it is a literal and the variable a result (v where it has a name) that deferred functions return, but do not name."""
    x = ast.unparen(e)
    if st is None or not st.volatile or type(x) is not ast.CompositeLit or not identical(fb.typ(x), st.typ):
        return False
    if not isinstance(st.typ.underlying(), (Struct, Array)) or (v is not None and _mentions(x, v)):
        return False
    settle(fb, x)
    literal_in_place(fb, x, st)
    return True


def _mentions(e: ast.Expr, v: Var) -> bool:
    """v is named in e, outside function literals."""
    work: list[ast.Node | list[ast.Node] | None] = [e]
    while work:
        x = work.pop()
        if type(x) is list:
            work += x
        elif type(x) is ast.Ident:
            if x.obj is v:
                return True
        elif x is not None:
            work += [getattr(x, a) for a in CHILDREN.get(type(x), ())]
    return False


def _source(fb: FuncBuilder, e: ast.Expr, t: Type) -> Val:
    """The right side of an assignment to a t. A mem value may be the variable e itself: nothing is written before it is stored."""
    if layout(t).is_flat or isinstance(t.underlying(), Interface):
        return fb.expr_as(e, t)
    return view(fb, e)


def is_map_element(fb: FuncBuilder, e: ast.Expr) -> bool:
    x = ast.unparen(e)
    return isinstance(x, ast.IndexExpr) and not x.targs and isinstance(fb.typ(x.x).underlying(), Map)


def _keep_arithmetic(fb: FuncBuilder, e: ast.Expr) -> None:
    """Evaluate what is computed on the way to the place e, except names and places (walk/walk.go, safeExpr)."""
    x = ast.unparen(e)
    if x in fb.early:
        return
    match x:
        case ast.Ident() | ast.BasicLit():
            return
        case ast.SelectorExpr() if x.selection is None or x.selection.kind == "field":
            if x.selection is not None:
                _keep_arithmetic(fb, x.x)
        case ast.StarExpr():
            _keep_arithmetic(fb, x.x)
        case ast.IndexExpr() if not is_map_element(fb, x):
            _keep_arithmetic(fb, x.x)
            _keep_arithmetic(fb, x.indices[0])
        case _:
            keep(fb, x)


def same_safe(a: ast.Expr, b: ast.Expr) -> bool:
    """a and b are spelled alike and mean the same, without calls (ir.SameSafeExpr)."""
    x, y = ast.unparen(a), ast.unparen(b)
    if x.mode == "constant" or y.mode == "constant":
        return x.mode == y.mode and x.val == y.val
    match x, y:
        case ast.Ident(), ast.Ident():
            return x.obj is not None and x.obj is y.obj
        case ast.SelectorExpr(), ast.SelectorExpr():
            if x.selection is None or y.selection is None:
                return x.selection is y.selection and x.sel.obj is y.sel.obj
            return x.selection.kind == y.selection.kind == "field" and x.selection.index == y.selection.index and same_safe(x.x, y.x)
        case ast.StarExpr(), ast.StarExpr():
            return same_safe(x.x, y.x)
        case ast.IndexExpr(), ast.IndexExpr():
            return not x.targs and not y.targs and same_safe(x.x, y.x) and same_safe(x.indices[0], y.indices[0])
    return False


def _appended_to(fb: FuncBuilder, lhs: ast.Expr, rhs: ast.Expr) -> ast.CallExpr | None:
    """The call in m[k] = append(m[k], ...)."""
    x = ast.unparen(rhs)
    if isinstance(x, ast.CallExpr) and x.fun.mode == "builtin" and x.fun.val == "append" and same_safe(lhs, x.args[0]):
        return x if isinstance(fb.typ(x).underlying(), Slice) and len(x.args) > 1 else None
    return None


def _append_in_map(fb: FuncBuilder, x: ast.IndexExpr, call: ast.CallExpr, t: Type, pos: int) -> None:
    """m[k] = append(m[k], ...): the element is made once, when the operands are there."""
    settle_place(fb, x)
    for operand in (x.x, x.indices[0]):
        if not isinstance(ast.unparen(operand), ast.Ident):
            keep(fb, operand)
    at = ""

    def old() -> Val:
        nonlocal at
        p = place(fb, x)
        fb.dbg(pos)
        at = p.made(fb)
        return fb.load(at, t)

    v = append_call(fb, call, old)
    fb.store(at, t, v)


def _lhs_type(fb: FuncBuilder, e: ast.Expr) -> Type:
    x = ast.unparen(e)
    if isinstance(x, ast.Ident) and type(x.obj) is Var:
        return fb.subst(x.obj.type)
    return fb.typ(x)


class Changed:
    """What the assignments of a statement that came so far may have changed for those that follow (walk/assign.go, ascompatee).

    vars    variables that only their name reaches
    memory  something that others may reach was written
    all     a result is visible to deferred functions: nothing may panic after it
    """

    __slots__ = ("all", "fb", "memory", "vars")

    def __init__(self, fb: FuncBuilder) -> None:
        self.fb = fb
        self.vars: set[Var] = set()
        self.memory = False
        self.all = False

    def variable(self, v: Var) -> None:
        """v was assigned."""
        if _shared(self.fb, v):
            self.memory = True
        else:
            self.vars.add(v)

    def place(self, lhs: ast.Expr) -> None:
        """lhs was assigned. A part of a variable counts as the variable."""
        x, _ = _whole(self.fb, lhs)
        if not isinstance(x, ast.Ident):
            self.memory = True
        elif type(x.obj) is Var and x.name != "_":
            if x.obj in self.fb.result_names and self.fb.exit:
                self.all = True
            else:
                self.variable(x.obj)

    def affects(self, e: ast.Expr) -> bool:
        """The value of e may be another than before."""
        return self.all or ((self.memory or bool(self.vars)) and self._affects(e))

    def _affects(self, e: ast.Expr) -> bool:
        x = ast.unparen(e)
        fb = self.fb
        if x in fb.early or x.mode in ("constant", "typexpr", "nilvalue"):
            return False
        m = self.memory
        match x:
            case ast.Ident():
                return type(x.obj) is Var and (x.obj in self.vars or (m and _shared(fb, x.obj)))
            case ast.SelectorExpr():
                if x.selection is None:
                    return m and type(x.sel.obj) is Var
                if x.selection.kind == "methodexpr":
                    return False
                return (m and (x.selection.kind != "field" or not _within(fb, x))) or self._affects(x.x)
            case ast.BinaryExpr():
                u = fb.typ(x).underlying()
                reads = x.op in ("==", "!=", "<", "<=", ">", ">=") or (isinstance(u, Basic) and bool(u.info & IS_STRING))
                return (m and reads) or self._affects(x.x) or self._affects(x.y)
            case ast.UnaryExpr():
                return (m and x.op in ("!", "&", "<-")) or self._affects(x.x)
            case ast.CallExpr() if x.fun.mode == "typexpr":
                return (m and _copies(fb, x)) or self._affects(x.args[0])
            case ast.CallExpr():
                return m or any(self._affects(a) for a in x.args)
            case ast.TypeAssertExpr():
                return self._affects(x.x)
            case ast.StarExpr():
                return m or self._affects(x.x)
            case ast.IndexExpr():
                return not x.targs and (m or self._affects(x.x) or self._affects(x.indices[0]))
            case ast.SliceExpr():
                return m or any(self._affects(y) for y in (x.x, x.lo, x.hi, x.max) if y is not None)
            case ast.CompositeLit():
                return m or any(self._affects(y) for y in values(x))
        return m

    def keep_left(self, lhs: ast.Expr) -> None:
        """Read now what the place lhs needs and an earlier assignment may have changed."""
        fb = self.fb
        x, indexes = _whole(fb, lhs)
        for i in indexes:
            self._keep(i)
        match x:
            case ast.IndexExpr():
                self._keep(x.x)
                self._keep(x.indices[0])
            case ast.StarExpr():
                self._keep(x.x)
            case ast.SelectorExpr() if x.selection is not None:
                if last_pointer(fb.typ(x.x), field_path(fb, x)) <= 0:
                    self._keep(x.x)
                elif self.memory or self.affects(x.x):
                    fb.early[x] = kept_pointer(fb, x)

    def _keep(self, e: ast.Expr) -> None:
        if self.affects(e):
            keep(self.fb, e)


def _whole(fb: FuncBuilder, lhs: ast.Expr) -> tuple[ast.Expr, list[ast.Expr]]:
    """What the place lhs is a part of, without following a pointer: the variable, or the dereference, element or field behind a pointer; and the indexes of
    arrays on the way, the outermost first."""
    x = ast.unparen(lhs)
    indexes = []
    while True:
        if isinstance(x, ast.IndexExpr) and isinstance(fb.typ(x.x).underlying(), Array):
            indexes.append(x.indices[0])
        elif not (isinstance(x, ast.SelectorExpr) and x.selection is not None and _within(fb, x)):
            return x, indexes
        x = ast.unparen(x.x)


def _within(fb: FuncBuilder, e: ast.SelectorExpr) -> bool:
    """The field e is part of what e.x is, not behind a pointer."""
    return last_pointer(fb.typ(e.x), field_path(fb, e)) < 0


def _shared(fb: FuncBuilder, v: Var) -> bool:
    """Others than v's name may reach v."""
    if v.kind == "package":
        return True
    st = fb.vars.get(v)
    return needs_addr(fb, v) or (st is not None and st.kind == "cell")


def _copies(fb: FuncBuilder, e: ast.CallExpr) -> bool:
    """A conversion that makes a string or a slice."""
    to, of = fb.typ(e).underlying(), fb.typ(e.args[0]).underlying()
    a, b = (isinstance(u, Basic) and bool(u.info & IS_STRING) for u in (to, of))
    return a != b and not isinstance(to, Interface)


def assign_tuple(fb: FuncBuilder, s: ast.AssignStmt) -> None:
    """a, b = x, y, and := of the same form."""
    n = range(len(s.lhs))
    _assign_each(fb, s.lhs, [new_var(s, i) for i in n], s.rhs, [_target_type(fb, s, i) for i in n], s.pos)


def _assign_each(fb: FuncBuilder, lhs: Sequence[ast.Expr], new: Sequence[Var | None], rhs: Sequence[ast.Expr], types: Sequence[Type | None], pos: int) -> None:
    """Assign each of rhs to its place, or to the new variable that stands there; types: what the values become, None where they are dropped."""
    for x in lhs:
        settle_place(fb, x)
    settle_each(fb, rhs, types)
    changed = Changed(fb)
    vals: list[Val | None] = []
    for x, v, e, t in zip(lhs, new, rhs, types, strict=True):
        if v is None:
            changed.keep_left(x)
        vals.append(_value(fb, e, t) if changed.affects(e) else None)
        if v is None:
            changed.place(x)
        else:
            changed.variable(v)
    for x, v, e, t, val in zip(lhs, new, rhs, types, vals, strict=True):
        if t is None and is_nil(e):
            continue
        assigned = v is None and not is_blank(x)
        if assigned and is_map_element(fb, x):
            if val is None:
                p = place(fb, x)
                fb.dbg(pos)
                at = p.made(fb)  # as gc does here: the element is made before what is late on the right
                fb.store(at, p.typ, _value(fb, e, t))
                continue
        elif assigned:
            _keep_arithmetic(fb, x)
            y = ast.unparen(x)
            if val is None and type(y) is ast.Ident and type(y.obj) is Var and assigned_in_place(fb, y.obj, fb.vars.get(y.obj), e):
                continue
        r = val or _value(fb, e, t)
        fb.dbg(pos)
        _assign(fb, x, v, r)


def _target_type(fb: FuncBuilder, s: ast.AssignStmt, i: int) -> Type | None:
    """The type that the value at position i becomes; None where it is dropped."""
    v = new_var(s, i)
    if v is not None:
        return fb.subst(v.type)
    return None if is_blank(s.lhs[i]) else _lhs_type(fb, s.lhs[i])


def _assign(fb: FuncBuilder, x: ast.Expr, v: Var | None, val: Val) -> None:
    """Store a value of the right type: to the new variable v, or to the place x."""
    if v is not None:
        declare_init(fb, v, val)
    elif not is_blank(x):
        place(fb, x).store(fb, val)


def assign_multi(fb: FuncBuilder, s: ast.AssignStmt) -> None:
    """a, b = f() and the comma-ok forms, and := of them."""
    for i, x in enumerate(s.lhs):
        if new_var(s, i) is None:
            settle_place(fb, x)
    vals = multi(fb, s.rhs[0], len(s.lhs))
    fb.dbg(s.pos)
    assign_vals(fb, s.lhs, vals, s.pos, [new_var(s, i) for i in range(len(s.lhs))])


def assign_vals(fb: FuncBuilder, lhs: Sequence[ast.Expr], vals: Sequence[Val], pos: int, new: Sequence[Var | None] = ()) -> None:
    """Store ready values to settled places, or to the new variables among them, as a tuple assignment does."""
    changed = Changed(fb)
    for i, x in enumerate(lhs):
        v = new[i] if new else None
        if v is not None:
            changed.variable(v)
        elif not is_blank(x):
            changed.keep_left(x)
            changed.place(x)
    for i, (x, val) in enumerate(zip(lhs, vals, strict=True)):
        v = new[i] if new else None
        if v is not None or not is_blank(x):
            _assign(fb, x, v, assign_conv(fb, val, fb.subst(v.type) if v is not None else _lhs_type(fb, x), pos))


def store_to(fb: FuncBuilder, s: ast.AssignStmt, vals: Sequence[Val]) -> None:
    """Assign ready values to the left side of s (a receive clause of a select), one after the other."""
    for i, (x, val) in enumerate(zip(s.lhs, vals, strict=True)):
        t = _target_type(fb, s, i)
        if t is not None:
            _assign(fb, x, new_var(s, i), assign_conv(fb, val, t, s.pos))


def new_var(s: ast.AssignStmt, i: int) -> Var | None:
    """The variable that := declares at position i; None where it assigns or is blank."""
    new = s.new_vars
    x = s.lhs[i]
    v = new[i] if new is not None and i < len(new) else None
    if type(v) is Var and not (isinstance(x, ast.Ident) and x.name == "_"):
        return v
    return None


def _value(fb: FuncBuilder, e: ast.Expr, t: Type | None) -> Val:
    return fb.expr(e) if t is None else fb.expr_as(e, t)


def define(fb: FuncBuilder, s: ast.AssignStmt) -> None:
    if len(s.rhs) != len(s.lhs):
        assign_multi(fb, s)
    elif len(s.lhs) == 1:
        v = new_var(s, 0)
        if v is None:
            assign_one(fb, s.lhs[0], s.rhs[0], s.pos)
        else:
            init_var(fb, v, s.rhs[0])
    else:
        assign_tuple(fb, s)


def init_var(fb: FuncBuilder, v: Var, e: ast.Expr) -> None:
    """Declare v with its value."""
    t = fb.subst(v.type)
    if layout(t).is_flat or isinstance(t.underlying(), Interface):
        declare_init(fb, v, fb.expr_as(e, t))
        return
    x = ast.unparen(e)
    if type(x) is ast.CompositeLit and x.mode != "constant":
        # its parts go straight to where they belong; v is not in scope in them
        into(fb, e, fb.var_addr(declare(fb, v)), t)
        return
    if isinstance(x, ast.CallExpr) and not needs_addr(fb, v):
        val = fb.expr_as(e, t)
        if val.owned and val.addr is not None:
            # the call's result memory becomes the variable; each call site has its own
            fb.bind(v, Storage("mem", t, (val.addr,)))
            return
    else:
        val = view(fb, e)
    declare_init(fb, v, val)


def var_spec(fb: FuncBuilder, s: ast.VarSpec) -> None:
    fb.dbg(s.pos)
    objs: list[Var | None] = [n.obj if type(n.obj) is Var else None for n in s.names]
    if not s.values:
        for v, n in zip(objs, s.names, strict=True):
            if v is not None and n.name != "_":
                st = declare(fb, v)
                if layout(st.typ).is_flat and st.kind == "slots":
                    fb.store_var(st, fb.zero(st.typ))
                elif not needs_heap(fb, v):
                    fb.store_zero(fb.var_addr(st), st.typ)
        return
    new = [v if n.name != "_" else None for v, n in zip(objs, s.names, strict=True)]
    types = [fb.subst(v.type) if v is not None and v.type is not None else None for v in objs]
    if len(s.values) != len(s.names):
        vals = multi(fb, s.values[0], len(s.names))
        fb.dbg(s.pos)
        for v, t, val in zip(new, types, vals, strict=True):
            if v is not None and t is not None:
                declare_init(fb, v, assign_conv(fb, val, t, s.pos))
    elif len(s.values) == 1:
        if new[0] is not None:
            init_var(fb, new[0], s.values[0])
        elif types[0] is not None:
            fb.expr_as(s.values[0], types[0])
        else:
            discard(fb, s.values[0])
    else:
        _assign_each(fb, s.names, new, s.values, types, s.pos)


def op_assign(fb: FuncBuilder, lhs: ast.Expr, op: str, rhs: ast.Expr, pos: int) -> None:
    """lhs op= rhs: the operands of lhs are evaluated once."""
    t = fb.typ(lhs)
    if is_map_element(fb, lhs) or holds(fb, lhs) or holds(fb, rhs):
        settle_place(fb, lhs)
        settle(fb, rhs)

    def value() -> Val:
        if op in ("<<", ">>"):
            return expr(fb, rhs)
        return fb.const(rhs.val, t) if rhs.mode == "constant" else expr(fb, rhs)

    _update(fb, lhs, op, value, t, pos)


def inc_dec(fb: FuncBuilder, s: ast.IncDecStmt) -> None:
    fb.dbg(s.pos)
    t = fb.typ(s.x)
    settle_place(fb, s.x)
    _update(fb, s.x, s.op[0], partial(_one, fb, t), t, s.pos)


def _one(fb: FuncBuilder, t: Type) -> Val:
    u = t.underlying()
    assert isinstance(u, Basic)
    return Val(t, ("1",)) if u.info & IS_INTEGER else fb.const(1, t)


def _update(fb: FuncBuilder, lhs: ast.Expr, op: str, value: Callable[[], Val], t: Type, pos: int) -> None:
    """The late part of lhs op= value()."""

    def operation(x: Val, y: Val) -> Val:
        fb.dbg(pos)
        return shift(fb, op, x, y, t) if op in ("<<", ">>") else arith(fb, op, x, y, t)

    if is_map_element(fb, lhs):
        if op in ("/", "%"):
            p = place(fb, lhs)
            fb.dbg(pos)
            x = p.load(fb)
            p.store(fb, operation(x, value()))
            return
        y = value()
        p = place(fb, lhs)
        fb.dbg(pos)
        at = p.made(fb)
        fb.store(at, t, operation(fb.load(at, t), y))
        return
    _keep_arithmetic(fb, lhs)
    p = place(fb, lhs)
    fb.dbg(pos)
    x = p.load(fb)
    p.store(fb, operation(x, value()))
