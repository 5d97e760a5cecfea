"""Expressions -> Vals: names, constants, selectors, indexing, slicing, operators, composite literals.

`expr(fb, e)` gives one value; `exprs` evaluates a list in Go's order; `place(fb, e)` what an assignment stores to; `addr` an address;
`into(fb, e, addr)` evaluates straight into memory (for mem types, so that big values are copied once).

In which order the operands of an expression are evaluated is said, and done, in order.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal, Never

from rt0.lower import alg, chans, maps
from rt0.lower.closure import make_closure
from rt0.lower.consts import const, int_of
from rt0.lower.convert import assert_type, assign_conv, unpack_direct
from rt0.lower.floats import float_op
from rt0.lower.func import INT, FuncBuilder, Storage
from rt0.lower.itab import itab
from rt0.lower.layout import bits, layout
from rt0.lower.literal import field_at, struct_elts
from rt0.lower.order import addressable, holds, in_order, is_static, keep, settle, settle_all, settle_each, settle_key
from rt0.lower.tempstring import buffer, of_bytes, peek
from rt0.lower.typedesc import type_desc
from rt0.lower.value import Val
from rt0.lower.wrappers import func_value
from rt0.syntax import nodes as ast
from rt0.types.identity import identical, type_set
from rt0.types.objects import Const, Func, Nil, Selection, Var
from rt0.types.types import (
    IS_COMPLEX,
    IS_FLOAT,
    IS_INTEGER,
    IS_STRING,
    IS_UNSIGNED,
    TYP,
    Array,
    Basic,
    Chan,
    Interface,
    Map,
    Pointer,
    Signature,
    Slice,
    Struct,
    Tuple,
    Type,
)
from rt0.types.typestring import type_string

BOOL = TYP["bool"]
STRING = TYP["string"]
UINT8 = TYP["uint8"]
# ---------------------------------------------------------------- entry points


def expr(fb: FuncBuilder, e: ast.Expr) -> Val:
    """Evaluate an expression that gives one value."""
    if e.mode == "constant":
        return const(fb, e.val, fb.typ(e))
    if fb.early and (v := fb.early.pop(e, None)) is not None:
        return v
    h = _EXPR.get(type(e))
    if h is None:
        fb.bug(e.pos, f"no lowering for {type(e).__name__}")
    return h(fb, e)  # type: ignore[arg-type]  # the table has for each type the function that takes it


def exprs(fb: FuncBuilder, es: Sequence[ast.Expr], types: Sequence[Type | None] | None = None) -> list[Val]:
    """Evaluate operands in order, converting each to its type when one is given."""
    return in_order(fb, [(e, partial(_one, fb, e, types[i] if types else None)) for i, e in enumerate(es)], types)


def _one(fb: FuncBuilder, e: ast.Expr, t: Type | None) -> Val:
    return fb.expr(e) if t is None else fb.expr_as(e, t)


# ---------------------------------------------------------------- names


def ident(fb: FuncBuilder, e: ast.Ident) -> Val:
    obj = e.obj
    if type(obj) is Var:
        return load_object(fb, obj, e)
    if type(obj) is Func:
        return func_val(fb, obj, e.targs, e)
    if type(obj) is Nil or e.mode in ("nilvalue",):
        return fb.zero(fb.typ(e))
    if type(obj) is Const:
        return const(fb, obj.val, fb.typ(e))
    fb.bug(e.pos, f"identifier {e.name} is no value")


def load_object(fb: FuncBuilder, obj: Var, e: ast.Expr) -> Val:
    st = fb.vars.get(obj)
    if st is not None:
        return fb.load_var(st)
    if obj.kind == "package":
        return fb.load(fb.unit.program.var_ref(fb.unit, obj), fb.subst(obj.type))
    return fb.load_var(lookup(fb, obj, e))


def lookup(fb: FuncBuilder, obj: Var, e: ast.Expr) -> Storage:
    st = fb.vars.get(obj)
    if st is None:
        fb.bug(e.pos, f"variable {obj.name} has no storage")
    return st


def func_val(fb: FuncBuilder, obj: Func, targs: Sequence[Type] | None, e: ast.Expr) -> Val:
    """A declared function as a func value."""
    sym = fb.unit.program.callee(fb.unit, obj, (), [fb.subst(t) for t in targs or ()])
    return Val(fb.typ(e), (func_value(fb.unit, sym),))


def paren(fb: FuncBuilder, e: ast.ParenExpr) -> Val:
    return expr(fb, e.x)


# ---------------------------------------------------------------- places


PlaceKind = Literal["blank", "slots", "val", "mem", "ptr", "map"]


class Place:
    """What an assignment stores to.

    kind  "blank"; "slots": leaves lo.. of a Storage; "val": the same of a value, read only; "mem": the memory at addr; "ptr": what the pointer
          of type typ, whose value is addr, will lead to (on the way along a path of fields only); "map": an element, stored through maps.assign_addr
    """

    __slots__ = ("addr", "key", "kind", "lo", "m", "pos", "st", "typ")

    def __init__(self, kind: PlaceKind, typ: Type) -> None:
        self.kind = kind
        self.typ = typ
        self.st: Storage | None = None
        self.lo = 0
        self.addr = ""
        self.m: Val | None = None
        self.key: Val | None = None
        self.pos = 0

    def load(self, fb: FuncBuilder) -> Val:
        if self.kind == "mem":
            return fb.load(self.addr, self.typ)
        if self.kind == "slots":
            assert self.st is not None
            lay = layout(self.typ)
            return Val(self.typ, tuple([fb.load_ll(self.st.addrs[self.lo + i], v, lay.kinds[i], self.st.volatile) for i, v in enumerate(lay.vals)]))
        if self.kind == "val":
            assert self.st is not None and self.st.val is not None
            return Val(self.typ, self.st.val.p()[self.lo : self.lo + len(layout(self.typ).vals)])
        if self.kind == "map":
            assert self.m is not None and self.key is not None
            mt = self.m.typ.underlying()
            assert isinstance(mt, Map)
            return maps.access(fb, mt, self.m.one(), self.key)
        return fb.zero(self.typ)

    def store(self, fb: FuncBuilder, v: Val) -> None:
        if self.kind == "mem":
            fb.store(self.addr, self.typ, v)
        elif self.kind == "slots":
            st = self.st
            assert st is not None
            lay = layout(self.typ)
            parts = v.p()
            for i, ll in enumerate(lay.vals):
                fb.store_ll(st.addrs[self.lo + i], ll, parts[i], lay.kinds[i], st.volatile)
        elif self.kind == "map":
            fb.store(self.made(fb), self.typ, v)

    def made(self, fb: FuncBuilder) -> str:
        """Address of a map's element, made if it is missing."""
        assert self.m is not None and self.key is not None
        mt = self.m.typ.underlying()
        assert isinstance(mt, Map)
        return maps.assign_addr(fb, mt, self.m.one(), self.key)


def mem_place(addr: str, t: Type) -> Place:
    p = Place("mem", t)
    p.addr = addr
    return p


def storage_place(fb: FuncBuilder, st: Storage) -> Place:
    if st.kind == "slots" or (st.kind == "val" and st.val is not None and st.val.addr is None):
        p = Place(st.kind, st.typ)
        p.st = st
        return p
    return mem_place(fb.var_addr(st), st.typ)


def place(fb: FuncBuilder, e: ast.Expr) -> Place:
    """Evaluate the operands of an assignable expression, with the checks that the store needs (a map's come with the store)."""
    e = ast.unparen(e)
    match e:
        case ast.Ident():
            obj = e.obj
            if e.name == "_" and not (isinstance(obj, Var) and obj in fb.vars):
                return Place("blank", INT if e.type is None else fb.typ(e))
            assert isinstance(obj, Var)
            st = fb.vars.get(obj)
            if st is not None:
                return storage_place(fb, st)
            if obj.kind != "package":
                fb.bug(e.pos, f"variable {obj.name} has no storage")
            return mem_place(fb.unit.program.var_ref(fb.unit, obj), fb.subst(obj.type))
        case ast.SelectorExpr():
            sel = e.selection
            if sel is None:
                obj = e.sel.obj
                assert isinstance(obj, Var)
                return mem_place(fb.unit.program.var_ref(fb.unit, obj), fb.subst(obj.type))
            return _field_place(fb, e)
        case ast.IndexExpr():
            t = fb.typ(e.x)
            u = t.underlying()
            if isinstance(u, Map):
                m, k = in_order(fb, [(e.x, lambda: expr(fb, e.x)), (e.indices[0], lambda: fb.expr_as(e.indices[0], u.key))], (None, u.key))
                p = Place("map", u.elem)
                p.m = fb.own(m)
                p.key = fb.own(k)
                p.pos = e.pos
                return p
            return mem_place(index_addr(fb, e), elem_of(t))
        case ast.StarExpr():
            pt = fb.typ(e.x).underlying()
            assert isinstance(pt, Pointer)
            p0 = expr(fb, e.x).one()
            fb.dbg(e.pos)
            fb.nil_check(p0)
            return mem_place(p0, pt.elem)
    return mem_place(addr(fb, e), fb.typ(e))


def _field_place(fb: FuncBuilder, e: ast.SelectorExpr) -> Place:
    """x.f as a place: part of a variable in registers, or memory."""
    t = fb.typ(e.x)
    path = field_path(fb, e)
    if fb.early and (v := fb.early.pop(e, None)) is not None:
        # a tuple assignment has kept the last pointer on the way (assign.py)
        fb.dbg(e.pos)
        base = mem_place(v.one(), v.typ)
        base.kind = "ptr"
        return walk_place(fb, base, v.typ, path[last_pointer(t, path) :])
    x = ast.unparen(e.x)
    fb.dbg(e.pos)
    if not isinstance(t.underlying(), Pointer) and addressable(fb, x):
        base = place(fb, x)
    else:
        v = expr(fb, e.x)
        if isinstance(t.underlying(), Pointer):
            base = mem_place(v.one(), t)
            base.kind = "ptr"
        else:
            base = mem_place(fb.to_mem(v), t)
    fb.dbg(e.pos)  # of the nil checks: evaluating x has moved it
    return walk_place(fb, base, t, path)


def last_pointer(t: Type, path: Sequence[int]) -> int:
    """How many indexes of a path lead to the last pointer that it goes through: 0 when that is t itself, -1 when there is none."""
    at = -1
    for n, i in enumerate(path):
        u = t.underlying()
        if isinstance(u, Pointer):
            at = n
            u = u.elem.underlying()
        assert isinstance(u, Struct)
        t = u.fields[i].type or INT
    return at


def kept_pointer(fb: FuncBuilder, e: ast.SelectorExpr) -> Val:
    """The last pointer on the way to the field e, which goes through one behind its first."""
    t, path = fb.typ(e.x), field_path(fb, e)
    n = last_pointer(t, path)
    x = ast.unparen(e.x)
    if isinstance(t.underlying(), Pointer):
        base = mem_place(expr(fb, x).one(), t)
        base.kind = "ptr"
    elif addressable(fb, x):
        base = place(fb, x)
    else:
        base = mem_place(fb.to_mem(expr(fb, x)), t)
    fb.dbg(e.pos)
    return walk_place(fb, base, t, path[:n]).load(fb)


def walk_place(fb: FuncBuilder, base: Place, t: Type, path: Sequence[int]) -> Place:
    """Follow field indexes from a place; kind "ptr" means addr is the value of a pointer still to be followed."""
    cur = base
    for i in path:
        u = t.underlying()
        if isinstance(u, Pointer):
            if cur.kind == "ptr":
                p = cur.addr
            else:
                cur.typ = t
                p = cur.load(fb).one()
            fb.nil_check(p)
            t = u.elem
            u = t.underlying()
            cur = mem_place(p, t)
        assert isinstance(u, Struct), t
        f = u.fields[i]
        ft = f.type
        assert ft is not None
        lay = layout(t)
        if cur.kind == "slots" or cur.kind == "val":
            nxt = Place(cur.kind, ft)
            nxt.st = cur.st
            nxt.lo = cur.lo + sum(len(layout(g.type or INT).vals) for g in u.fields[:i])
            cur = nxt
        else:
            cur = mem_place(fb.gep(cur.addr, lay.offsets[i]), ft)
        t = ft
    return cur


def field_path(fb: FuncBuilder, e: ast.SelectorExpr) -> tuple[int, ...]:
    """Field indexes of a field selector (through embedded fields)."""
    sel: Selection = e.selection
    return tuple(sel.index)


def addr(fb: FuncBuilder, e: ast.Expr) -> str:
    """Address of an addressable expression, or of a new object for &T{...}."""
    e = ast.unparen(e)
    match e:
        case ast.CompositeLit():
            t = fb.typ(e)
            to = fb.heap_alloc(t)
            composite_into(fb, e, to, t, zeroed=True)
            return to
        case ast.IndexExpr():
            u = fb.typ(e.x).underlying()
            if not isinstance(u, Map):
                return index_addr(fb, e)
    if addressable(fb, e):
        p = place(fb, e)
        if p.kind == "mem":
            return p.addr
        if p.kind == "slots":
            if layout(p.typ).size:
                fb.bug(e.pos, "address of a variable in registers")
            return fb.unit.ref("runtime.zerobase")  # an array without elements, or of elements of size zero, is indexed
        if p.kind == "val":
            v = p.load(fb)
            to = fb.alloca_type(v.typ)
            fb.store(to, v.typ, v)
            return to
    v = expr(fb, e)
    to = fb.alloca_type(v.typ)
    fb.store(to, v.typ, v)
    return to


def view(fb: FuncBuilder, e: ast.Expr) -> Val:
    """Like expr, but a mem value may be the variable itself: the caller is done with it before anything else is evaluated."""
    if e.mode != "constant" and not layout(fb.typ(e)).is_flat and addressable(fb, e):
        p = place(fb, e)
        if p.kind == "mem":
            return Val(p.typ, None, p.addr)
        return p.load(fb)
    return expr(fb, e)


def into(fb: FuncBuilder, e: ast.Expr, to: str, t: Type) -> None:
    """Evaluate e, converted to t, into memory at `to` that e cannot refer to."""
    x = ast.unparen(e)
    if type(x) is ast.CompositeLit and x.mode != "constant" and not isinstance(t.underlying(), Interface) and not layout(t).is_flat:
        composite_into(fb, x, to, t, zeroed=False)
        return
    if not layout(t).is_flat and not isinstance(t.underlying(), Interface):
        v = view(fb, e)
        fb.store(to, t, v)
        return
    fb.store(to, t, fb.expr_as(e, t))


# ---------------------------------------------------------------- selectors


def selector(fb: FuncBuilder, e: ast.SelectorExpr) -> Val:
    sel: Selection | None = e.selection
    if sel is None:
        obj = e.sel.obj
        if type(obj) is Var:
            return fb.load(fb.unit.program.var_ref(fb.unit, obj), fb.subst(obj.type))
        if type(obj) is Func:
            return func_val(fb, obj, e.targs or e.sel.targs, e)
        if type(obj) is Const:
            return const(fb, obj.val, fb.typ(e))
        fb.bug(e.pos, "qualified identifier is no value")
    if sel.kind == "field":
        t = fb.typ(e.x)
        if isinstance(t.underlying(), Pointer) or addressable(fb, e.x):
            return _field_place(fb, e).load(fb)
        v = expr(fb, e.x)
        fb.dbg(e.pos)
        return field_value(fb, v, field_path(fb, e))
    if sel.kind == "methodexpr":
        return fb.features.method_expr(fb, e, e.type)
    return fb.features.method_value(fb, e, e.type)


def field_value(fb: FuncBuilder, v: Val, path: Sequence[int]) -> Val:
    """The field of a struct value (or behind a pointer value) at a path."""
    for n, i in enumerate(path):
        u = v.typ.underlying()
        if isinstance(u, Pointer):
            p = mem_place(v.one(), v.typ)
            p.kind = "ptr"
            return walk_place(fb, p, v.typ, path[n:]).load(fb)
        assert isinstance(u, Struct), v.typ
        v = struct_field(fb, v, u, i)
    return v


def struct_field(fb: FuncBuilder, v: Val, u: Struct, i: int) -> Val:
    ft = u.fields[i].type
    assert ft is not None
    if v.parts is not None:
        lo = sum(len(layout(g.type or INT).vals) for g in u.fields[:i])
        return Val(ft, v.parts[lo : lo + len(layout(ft).vals)])
    a = fb.gep(v.at(), layout(v.typ).offsets[i])
    if layout(ft).is_flat:
        return fb.load(a, ft)
    return Val(ft, None, a, owned=v.owned)


def star(fb: FuncBuilder, e: ast.StarExpr) -> Val:
    p = expr(fb, e.x)
    u = p.typ.underlying()
    assert isinstance(u, Pointer)
    fb.dbg(e.pos)
    fb.nil_check(p.one())
    return fb.load(p.one(), u.elem)


# ---------------------------------------------------------------- index, slice


def elem_of(t: Type) -> Type:
    u = t.underlying()
    if isinstance(u, Pointer):
        u = u.elem.underlying()
    if isinstance(u, (Slice, Array)):
        return u.elem
    return UINT8


def to_i64(fb: FuncBuilder, v: Val) -> tuple[str, bool]:
    """An integer as i64, and whether its type is signed."""
    u = v.typ.underlying()
    assert isinstance(u, Basic), v.typ
    b = bits(u)
    signed = not u.info & IS_UNSIGNED
    op = v.one()
    if b == 64 or op.lstrip("-").isdigit():
        return op, signed
    return fb.tmp(f"{'sext' if signed else 'zext'} i{b} {op} to i64"), signed


def index_operand(fb: FuncBuilder, e: ast.Expr) -> tuple[str, bool]:
    if e.mode == "constant":
        return str(int_of(e.val)), True
    return to_i64(fb, expr(fb, e))


def index_addr(fb: FuncBuilder, e: ast.IndexExpr) -> str:
    """Address of x[i] for slices, pointers to arrays and addressable arrays, bounds checked."""
    t = fb.typ(e.x)
    u = t.underlying()
    ix = e.indices[0]
    base = length = ""

    i, signed = "", True

    def get_base() -> Val:
        nonlocal base, length
        if isinstance(u, Slice):
            p = expr(fb, e.x).p()
            base, length = p[0], p[1]
        elif isinstance(u, Pointer):
            base = expr(fb, e.x).one()
            a = u.elem.underlying()
            assert isinstance(a, Array)
            length = str(a.len)
        elif isinstance(u, Array):
            base = addr(fb, e.x)
            length = str(u.len)
        else:
            fb.bug(e.pos, f"index of {type_string(t)}")
        return Val(INT, ())

    def get_index() -> Val:
        nonlocal i, signed
        i, signed = index_operand(fb, ix)
        return Val(INT, ())

    in_order(fb, [(e.x, get_base), (ix, get_index)])
    fb.dbg(e.pos)

    if isinstance(u, Pointer):
        fb.nil_check(base)
    fb.bounds_check(i, length, signed)
    return fb.gep_var(base, i, layout(elem_of(t)).size)


def _map_key(fb: FuncBuilder, e: ast.Expr, t: Type) -> Val:
    """The key of a map element that is read."""
    return peek(fb, e) if not isinstance(t.underlying(), Interface) and of_bytes(fb, e) else fb.expr_as(e, t)


def index(fb: FuncBuilder, e: ast.IndexExpr) -> Val:
    if e.targs:
        x = ast.unparen(e.x)
        if isinstance(x, ast.SelectorExpr) and x.selection is not None:
            return (fb.features.method_value if x.selection.kind == "methodval" else fb.features.method_expr)(fb, x, e.type, e.targs)
        obj = x.obj if isinstance(x, ast.Ident) else x.sel.obj if isinstance(x, ast.SelectorExpr) else None
        assert isinstance(obj, Func)
        return func_val(fb, obj, e.targs, e)
    t = fb.typ(e.x)
    u = t.underlying()
    if isinstance(u, Map):
        m, k = in_order(fb, [(e.x, lambda: expr(fb, e.x)), (e.indices[0], lambda: _map_key(fb, e.indices[0], u.key))], (None, u.key))
        fb.dbg(e.pos)
        return maps.access(fb, u, m.one(), k)
    if isinstance(u, Basic) and u.info & IS_STRING:
        s, iv = in_order(fb, [(e.x, lambda: expr(fb, e.x)), (e.indices[0], lambda: index_val(fb, e.indices[0]))])
        i, signed = to_i64(fb, iv)
        fb.dbg(e.pos)
        p, n = s.p()
        fb.bounds_check(i, n, signed)
        return Val(fb.typ(e), (fb.load_ll(fb.gep_var(p, i, 1), "i8"),))
    if isinstance(u, Array) and not addressable(fb, e.x):
        v, iv = in_order(fb, [(e.x, lambda: expr(fb, e.x)), (e.indices[0], lambda: index_val(fb, e.indices[0]))])
        i, signed = to_i64(fb, iv)
        fb.dbg(e.pos)
        fb.bounds_check(i, str(u.len), signed)
        if layout(t).size == 0:
            return fb.zero(u.elem)
        a = fb.gep_var(fb.to_mem(v), i, layout(u.elem).size)
        return fb.load(a, u.elem)
    return fb.load(index_addr(fb, e), elem_of(t))


def index_val(fb: FuncBuilder, e: ast.Expr) -> Val:
    """An index as a Val (constants as int)."""
    if e.mode == "constant":
        return Val(INT, (str(int_of(e.val)),))
    return expr(fb, e)


def slice_expr(fb: FuncBuilder, e: ast.SliceExpr) -> Val:
    """x[lo:hi:max]; the checks and their panics are gc's (ssagen's slice): max against cap, hi against max, lo against hi."""
    t = fb.typ(e.x)
    u = t.underlying()
    ptr = length = cap = ""
    is_string = isinstance(u, Basic)
    is_array = False
    elem: Type = UINT8

    def base() -> None:
        nonlocal ptr, length, cap, is_array, elem
        if is_string:
            ptr, length = expr(fb, e.x).p()
            cap = length
        elif isinstance(u, Slice):
            ptr, length, cap = expr(fb, e.x).p()
            elem = u.elem
        else:
            if isinstance(u, Pointer):
                ptr = expr(fb, e.x).one()
                a = u.elem.underlying()
            else:
                ptr = addr(fb, e.x)
                a = u
            assert isinstance(a, Array)
            elem = a.elem
            length = cap = str(a.len)
            is_array = True

    bounds = [ix for ix in (e.lo, e.hi, e.max) if ix is not None]
    if any(holds(fb, ix) for ix in bounds):
        settle(fb, e.x)
        for ix in bounds:
            # a bound that is no name is complete before the next begins
            settle(fb, ix)
            if not isinstance(ast.unparen(ix), ast.Ident):
                keep(fb, ix)
    base()
    got = {name: index_operand(fb, ix) for name, ix in (("lo", e.lo), ("hi", e.hi), ("max", e.max)) if ix is not None}
    fb.dbg(e.pos)
    if is_array and isinstance(u, Pointer):
        fb.nil_check(ptr)
    lo, lo_signed = got.get("lo", ("0", True))
    hi, hi_signed = got.get("hi", (length, True))
    three = "max" in got
    mx, mx_signed = got.get("max", (cap, True))
    if three:
        _slice_check(fb, mx, cap, "panicSlice3" + ("Alen" if is_array else "Acap"), mx_signed)
        _slice_check(fb, hi, mx, "panicSlice3B", hi_signed)
        _slice_check(fb, lo, hi, "panicSlice3C", lo_signed)
    else:
        if "hi" in got:
            _slice_check(fb, hi, cap, "panicSlice" + ("Alen" if is_string or is_array else "Acap"), hi_signed)
        if "lo" in got:
            _slice_check(fb, lo, hi, "panicSliceB", lo_signed)
    new_len = _sub(fb, hi, lo)
    size = layout(elem).size
    rt = fb.typ(e)
    if is_string:
        if lo == "0":
            return Val(rt, (ptr, new_len))
        return Val(rt, (_advance(fb, ptr, lo, 1, new_len), new_len))
    new_cap = _sub(fb, mx, lo)
    return Val(rt, (ptr if lo == "0" or size == 0 else _advance(fb, ptr, lo, size, new_cap), new_len, new_cap))


def _slice_check(fb: FuncBuilder, i: str, n: str, name: str, signed: bool) -> None:
    """Panic unless 0 <= i <= n."""
    if i == n or (i.isdigit() and n.isdigit() and int(i) <= int(n)) or i == "0":
        return
    fb.panic_if(fb.tmp(f"icmp ugt i64 {i}, {n}"), name if signed else name + "U", [("i64", i), ("i64", n)])


def _sub(fb: FuncBuilder, a: str, b: str) -> str:
    if b == "0":
        return a
    if a.isdigit() and b.isdigit():
        return str(int(a) - int(b))
    return fb.tmp(f"sub nuw nsw i64 {a}, {b}")


def _advance(fb: FuncBuilder, ptr: str, lo: str, size: int, rest: str) -> str:
    """ptr + lo*size, but ptr itself when nothing is left: a pointer one past the end would keep the next object alive."""
    if rest.isdigit():
        return fb.gep_var(ptr, lo, size) if int(rest) else ptr
    z = fb.tmp(f"icmp eq i64 {rest}, 0")
    k = fb.tmp(f"select i1 {z}, i64 0, i64 {lo}")
    return fb.gep_var(ptr, k, size)


# ---------------------------------------------------------------- operators


def unary(fb: FuncBuilder, e: ast.UnaryExpr) -> Val:
    op = e.op
    if op == "&":
        x = ast.unparen(e.x)
        if not isinstance(x, ast.CompositeLit):
            fb.dbg(e.pos)
            return Val(fb.typ(e), (addr(fb, x),))
        t = fb.typ(x)
        to = fb.new_object(t, e)
        composite_into(fb, x, to, t, zeroed=True)
        return Val(fb.typ(e), (to,))
    if op == "<-":
        c = expr(fb, e.x)
        fb.dbg(e.pos)
        ct = c.typ.underlying()
        assert isinstance(ct, Chan)
        return chans.recv(fb, ct, c.one())
    v = expr(fb, e.x)
    fb.dbg(e.pos)
    t = fb.typ(e)
    return neg(fb, v, t) if op == "-" else v if op == "+" else invert(fb, v, t)


def neg(fb: FuncBuilder, v: Val, t: Type) -> Val:
    u = t.underlying()
    assert isinstance(u, Basic)
    lay = layout(t)
    if u.info & (IS_FLOAT | IS_COMPLEX):
        return Val(t, tuple([fb.tmp(f"fneg {lay.vals[i]} {p}") for i, p in enumerate(v.p())]))
    return Val(t, (fb.tmp(f"sub {lay.vals[0]} 0, {v.one()}"),))


def invert(fb: FuncBuilder, v: Val, t: Type) -> Val:
    """! on bools, ^ on integers."""
    ll = layout(t).vals[0]
    if ll == "i1":
        return Val(t, (fb.tmp(f"xor i1 {v.one()}, true"),))
    return Val(t, (fb.tmp(f"xor {ll} {v.one()}, -1"),))


COMPARE = {"==", "!=", "<", "<=", ">", ">="}


def binary(fb: FuncBuilder, e: ast.BinaryExpr) -> Val:
    op = e.op
    if op == "&&" or op == "||":
        return logical(fb, e)
    if op in COMPARE:
        return comparison(fb, e)
    t = fb.typ(e)
    if op == "<<" or op == ">>":
        x, n = in_order(fb, [(e.x, lambda: fb.expr_as(e.x, t)), (e.y, lambda: expr(fb, e.y))])
        fb.dbg(e.pos)
        return shift(fb, op, x, n, t)
    u = t.underlying()
    if op == "+" and isinstance(u, Basic) and u.info & IS_STRING:
        return concat(fb, e, t)
    x, y = in_order(fb, [(e.x, lambda: expr(fb, e.x)), (e.y, lambda: expr(fb, e.y))])
    fb.dbg(e.pos)
    return arith(fb, op, x, y, t)


def _flatten_concat(e: ast.Expr, out: list[ast.Expr]) -> None:
    x = ast.unparen(e)
    if isinstance(x, ast.BinaryExpr) and x.op == "+" and x.mode != "constant":
        _flatten_concat(x.x, out)
        _flatten_concat(x.y, out)
    else:
        out.append(x)


def concat(fb: FuncBuilder, e: ast.BinaryExpr, t: Type) -> Val:
    es: list[ast.Expr] = []
    _flatten_concat(e, es)
    if any(x.mode == "constant" and x.val for x in es):
        vals = in_order(fb, [(x, partial(peek, fb, x)) for x in es])  # with a literal the result is new bytes: an operand is never returned itself
    else:
        vals = exprs(fb, es)
    fb.dbg(e.pos)
    return concat_vals(fb, vals, t, buffer(fb, e))


def concat_vals(fb: FuncBuilder, vals: Sequence[Val], t: Type, buf: str = "null") -> Val:
    """buf: what the runtime may use for a short result."""
    n = len(vals)
    if n <= 3:
        args = [("ptr", buf)]
        for v in vals:
            p, ln = v.p()
            args += [("ptr", p), ("i64", ln)]
        return Val(t, fb.call_rt(f"concatstring{n}", args, ("ptr", "i64")))
    arr = fb.alloca(16 * n)
    for i, v in enumerate(vals):
        fb.store(fb.gep(arr, 16 * i), STRING, Val(STRING, v.p()))
    return Val(t, fb.call_rt("concatstrings", [("ptr", buf), ("ptr", arr), ("i64", str(n)), ("i64", str(n))], ("ptr", "i64")))


_INT_OPS = {"+": "add", "-": "sub", "*": "mul", "&": "and", "|": "or", "^": "xor"}


def arith(fb: FuncBuilder, op: str, x: Val, y: Val, t: Type) -> Val:
    """x op y for numbers and strings of type t (no shifts)."""
    u = t.underlying()
    if not isinstance(u, Basic):
        fb.bug(fb.pos, f"arithmetic on {type_string(t)}")
    info = u.info
    ll = layout(t).vals[0]
    if info & IS_INTEGER:
        a, b = x.one(), y.one()
        if op in _INT_OPS:
            return Val(t, (fb.tmp(f"{_INT_OPS[op]} {ll} {a}, {b}"),))
        if op == "&^":
            return Val(t, (fb.tmp(f"and {ll} {a}, {fb.tmp(f'xor {ll} {b}, -1')}"),))
        return Val(t, (int_div(fb, op, a, b, ll, bool(info & IS_UNSIGNED)),))
    if info & IS_FLOAT:
        return Val(t, (float_op(fb, op, ll, x.one(), y.one()),))
    if info & IS_COMPLEX:
        return complex_arith(fb, op, x, y, t, ll)
    if info & IS_STRING:
        return concat_vals(fb, [x, y], t)
    fb.bug(fb.pos, f"arithmetic on {type_string(t)}")


def int_div(fb: FuncBuilder, op: str, a: str, b: str, ll: str, unsigned: bool) -> str:
    """Quotient or remainder: panics on zero, MIN / -1 wraps to MIN."""
    ins = ("udiv" if op == "/" else "urem") if unsigned else ("sdiv" if op == "/" else "srem")
    if b.lstrip("-").isdigit():
        if int(b) == 0:
            fb.panic_if("true", "panicdivide")
        elif int(b) == -1 and not unsigned:
            return fb.tmp(f"sub {ll} 0, {a}") if op == "/" else "0"
        return fb.tmp(f"{ins} {ll} {a}, {b}")
    fb.panic_if(fb.tmp(f"icmp eq {ll} {b}, 0"), "panicdivide")
    if unsigned:
        return fb.tmp(f"{ins} {ll} {a}, {b}")
    m = fb.tmp(f"icmp eq {ll} {b}, -1")
    d = fb.tmp(f"select i1 {m}, {ll} 1, {ll} {b}")
    q = fb.tmp(f"{ins} {ll} {a}, {d}")
    alt = fb.tmp(f"sub {ll} 0, {a}") if op == "/" else "0"
    return fb.tmp(f"select i1 {m}, {ll} {alt}, {ll} {q}")


def complex_arith(fb: FuncBuilder, op: str, x: Val, y: Val, t: Type, ll: str) -> Val:
    (a, b), (c, d) = x.p(), y.p()
    if op in "+-":
        return Val(t, (float_op(fb, op, ll, a, c), float_op(fb, op, ll, b, d)))
    if op == "*":
        if ll == "float":  # gc computes complex64 products in float64
            a, b, c, d = [fb.tmp(f"fpext float {v} to double") for v in (a, b, c, d)]
        w = "double"
        re = float_op(fb, "-", w, float_op(fb, "*", w, a, c), float_op(fb, "*", w, b, d))
        im = float_op(fb, "+", w, float_op(fb, "*", w, a, d), float_op(fb, "*", w, b, c))
        if ll == "float":
            re, im = fb.tmp(f"fptrunc double {re} to float"), fb.tmp(f"fptrunc double {im} to float")
        return Val(t, (re, im))
    if ll == "float":
        a, b, c, d = [fb.tmp(f"fpext float {v} to double") for v in (a, b, c, d)]
    re, im = fb.call_rt("complex128div", [("double", a), ("double", b), ("double", c), ("double", d)], ("double", "double"))
    if ll == "float":
        re, im = fb.tmp(f"fptrunc double {re} to float"), fb.tmp(f"fptrunc double {im} to float")
    return Val(t, (re, im))


def shift(fb: FuncBuilder, op: str, x: Val, n: Val, t: Type) -> Val:
    """x << n, x >> n: a negative count panics, a count past the width gives 0 (or the sign)."""
    u = t.underlying()
    nu = n.typ.underlying()
    assert isinstance(u, Basic) and isinstance(nu, Basic), (t, n.typ)
    w = bits(u)
    ll = f"i{w}"
    signed = not u.info & IS_UNSIGNED
    a = x.one()
    c = n.one()
    ins = "shl" if op == "<<" else "ashr" if signed else "lshr"
    if c.lstrip("-").isdigit():
        k = int(c)
        if nu.info & IS_FLOAT:
            k = int(float(c))
        if k >= w:
            return Val(t, (fb.tmp(f"ashr {ll} {a}, {w - 1}") if ins == "ashr" else "0",))
        return Val(t, (fb.tmp(f"{ins} {ll} {a}, {k}"),))
    nw = bits(nu)
    if not nu.info & IS_UNSIGNED:
        fb.panic_if(fb.tmp(f"icmp slt i{nw} {c}, 0"), "panicshift")
    ok = fb.tmp(f"icmp ult i{nw} {c}, {w}") if nw >= 8 and w < 1 << nw else "true"
    if nw < w:
        c = fb.tmp(f"zext i{nw} {c} to {ll}")
    elif nw > w:
        c = fb.tmp(f"trunc i{nw} {c} to {ll}")
    if ins == "ashr":
        k2 = fb.tmp(f"select i1 {ok}, {ll} {c}, {ll} {w - 1}")
        return Val(t, (fb.tmp(f"ashr {ll} {a}, {k2}"),))
    r = fb.tmp(f"{ins} {ll} {a}, {c}")
    return Val(t, (fb.tmp(f"select i1 {ok}, {ll} {r}, {ll} 0"),))


def logical(fb: FuncBuilder, e: ast.BinaryExpr) -> Val:
    """&& and || as a value."""
    x = expr(fb, e.x).one()
    rhs, end = fb.block("rhs"), fb.block("logic")
    if fb.done:
        fb.start(fb.block("dead"))
    first = fb.label
    fb.cond_br(x, rhs, end) if e.op == "&&" else fb.cond_br(x, end, rhs)
    if x in ("true", "false"):
        # one edge is gone: the phi must not name it
        takes_rhs = (x == "true") == (e.op == "&&")
        if not takes_rhs:
            fb.start(end)
            return Val(fb.typ(e), (x,))
        fb.start(rhs)
        return Val(fb.typ(e), (expr(fb, e.y).one(),))
    fb.start(rhs)
    y = expr(fb, e.y).one()
    if fb.done:
        fb.start(fb.block("dead"))
    second = fb.label
    fb.start(end)
    return Val(fb.typ(e), (fb.phi("i1", [("false" if e.op == "&&" else "true", first), (y, second)]),))


def cond(fb: FuncBuilder, e: ast.Expr, yes: str, no: str) -> None:
    """Branch on a condition."""
    x = ast.unparen(e)
    if x.mode != "constant" and x not in fb.early:
        if isinstance(x, ast.BinaryExpr):
            if x.op in ("&&", "||") and ast.unparen(x.x).mode == "constant":
                known = bool(ast.unparen(x.x).val)
                if known == (x.op == "&&"):
                    cond(fb, x.y, yes, no)
                else:
                    fb.br(yes if known else no)
                return
            if x.op == "&&":
                mid = fb.block("and")
                cond(fb, x.x, mid, no)
                fb.start(mid)
                cond(fb, x.y, yes, no)
                return
            if x.op == "||":
                mid = fb.block("or")
                cond(fb, x.x, yes, mid)
                fb.start(mid)
                cond(fb, x.y, yes, no)
                return
        elif isinstance(x, ast.UnaryExpr) and x.op == "!":
            cond(fb, x.x, no, yes)
            return
    c = expr(fb, x).one()
    if fb.done:
        fb.start(fb.block("dead"))
    fb.cond_br(c, yes, no)


def is_nil(e: ast.Expr) -> bool:
    x = ast.unparen(e)
    return x.mode == "nilvalue" or (isinstance(x, ast.Ident) and type(x.obj) is Nil)


def comparison(fb: FuncBuilder, e: ast.BinaryExpr) -> Val:
    t = fb.typ(e)
    op = e.op
    if is_nil(e.y) or is_nil(e.x):
        x = e.x if is_nil(e.y) else e.y
        if is_nil(x):
            fb.bug(e.pos, "nil compared with nil")
        v = view(fb, x)
        fb.dbg(e.pos)
        p = v.p()[0]
        return Val(t, (fb.tmp(f"icmp {'eq' if op == '==' else 'ne'} ptr {p}, null"),))
    tx, ty = fb.typ(e.x), fb.typ(e.y)
    ct = tx
    ix, iy = isinstance(tx.underlying(), Interface), isinstance(ty.underlying(), Interface)
    if ix != iy:
        # comparing an interface with a concrete value: the types first, then the values
        return _mixed_comparison(fb, e, t, ix)
    if ix and iy:
        a, b = _interfaces(fb, e, tx, ty)
        return Val(t, (compare(fb, op, a, b, a.typ),))
    if not layout(tx).is_flat:
        a, b = in_order(fb, [(e.x, lambda: view(fb, e.x)), (e.y, lambda: view(fb, e.y))])
    else:
        a, b = in_order(fb, [(e.x, lambda: peek(fb, e.x)), (e.y, lambda: peek(fb, e.y))])
    fb.dbg(e.pos)
    return Val(t, (compare(fb, op, a, b, ct),))


def _interfaces(fb: FuncBuilder, e: ast.BinaryExpr, tx: Type, ty: Type) -> tuple[Val, Val]:
    """The operands of a comparison of interface values, as values of one type. What is late on the right comes first, as with gc
    (cmd/compile/internal/walk/compare.go, walkCompareInterface)."""
    settle_each(fb, (e.x, e.y), (None, None))
    b = expr(fb, e.y)
    a = expr(fb, e.x)
    fb.dbg(e.pos)
    if tx is ty or (is_empty_interface(tx) and is_empty_interface(ty)) or identical(tx, ty):
        return a, b
    # itab words of different interface types say nothing: both are compared as any
    return assign_conv(fb, a, TYP_ANY, e.pos), assign_conv(fb, b, TYP_ANY, e.pos)


TYP_ANY = Interface([], [])


def is_empty_interface(t: Type) -> bool:
    u = t.underlying()
    return isinstance(u, Interface) and not type_set(u).methods


def _mixed_comparison(fb: FuncBuilder, e: ast.BinaryExpr, t: Type, left: bool) -> Val:
    a, b = in_order(fb, [(e.x, lambda: expr(fb, e.x)), (e.y, lambda: expr(fb, e.y))], (fb.typ(e.y), fb.typ(e.x)))
    i, c = (a, b) if left else (b, a)
    fb.dbg(e.pos)
    it = i.typ.underlying()
    assert isinstance(it, Interface)
    word = type_desc(fb.unit, c.typ) if is_empty_interface(i.typ) else itab(fb.unit, c.typ, i.typ)
    tw, data = i.p()
    same = fb.tmp(f"icmp eq ptr {tw}, {word}")
    yes, end = fb.block("same"), fb.block("cmp")
    if fb.done:
        fb.start(fb.block("dead"))
    first = fb.label
    fb.cond_br(same, yes, end)
    fb.start(yes)
    v = unpack_direct(fb, data, c.typ)
    r = alg.equal(fb, c.typ, v, c)
    second = fb.label
    fb.start(end)
    r = fb.phi("i1", [("false", first), (r, second)])
    if e.op == "!=":
        r = fb.tmp(f"xor i1 {r}, true")
    return Val(t, (r,))


_ICMP = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}


def compare(fb: FuncBuilder, op: str, a: Val, b: Val, t: Type) -> str:
    """a op b for two values of type t, as an i1 operand."""
    u = t.underlying()
    if isinstance(u, Basic):
        info = u.info
        ll = layout(t).vals[0]
        if info & IS_INTEGER:
            c = _ICMP[op]
            if op not in ("==", "!="):
                c = ("u" if info & IS_UNSIGNED else "s") + c
            return fb.tmp(f"icmp {c} {ll} {a.one()}, {b.one()}")
        if info & IS_FLOAT:
            return fb.tmp(f"fcmp {'une' if op == '!=' else 'o' + _ICMP[op]} {ll} {a.one()}, {b.one()}")
        if info & IS_STRING and op not in ("==", "!="):
            (p, n), (q, m) = a.p(), b.p()
            (r,) = fb.call_rt("cmpstring", [("ptr", p), ("i64", n), ("ptr", q), ("i64", m)], "i64")
            return fb.tmp(f"icmp s{_ICMP[op]} i64 {r}, 0")
        if ll == "i1" or u.kind == "unsafe.Pointer":
            return fb.tmp(f"icmp {_ICMP[op]} {ll} {a.one()}, {b.one()}")
    elif isinstance(u, (Pointer, Chan, Map, Signature)):
        return fb.tmp(f"icmp {_ICMP[op]} ptr {a.one()}, {b.one()}")
    r = alg.equal(fb, t, a, b)
    return r if op == "==" else fb.tmp(f"xor i1 {r}, true")


# ---------------------------------------------------------------- composite literals


def composite(fb: FuncBuilder, e: ast.CompositeLit) -> Val:
    t = fb.typ(e)
    u = t.underlying()
    if isinstance(u, Pointer):  # elided &T in a literal of []*T
        return Val(t, (pointer_literal(fb, e, u.elem),))
    if isinstance(u, Struct) and layout(t).is_flat:
        return struct_literal(fb, e, t, u)
    if isinstance(u, Slice):
        return slice_literal(fb, e, t, u)
    if isinstance(u, Map):
        return map_literal(fb, e, t)
    if layout(t).is_flat:  # an array of size zero: nothing to keep, but what the elements do is done
        assert isinstance(u, Array)
        exprs(fb, [x for _, x in array_items(e)[0]], [u.elem] * len(e.elts))
        return fb.zero(t)
    to = fb.alloca_type(t)
    composite_into(fb, e, to, t, zeroed=False)
    return Val(t, None, to, owned=True)


def pointer_literal(fb: FuncBuilder, e: ast.CompositeLit, t: Type) -> str:
    to = fb.new_object(t, e)
    composite_into(fb, e, to, t, zeroed=True)
    return to


def struct_literal(fb: FuncBuilder, e: ast.CompositeLit, t: Type, u: Struct) -> Val:
    elts = struct_elts(e, u)
    where = [field_at(t, path) for path, _ in elts]
    vals = exprs(fb, [x for _, x in elts], [ft for _, ft in where])
    parts = list(fb.zero(t).p())
    leaf_at = {leaf.off: i for i, leaf in enumerate(layout(t).leafs)}
    for (off, ft), v, (path, _) in zip(where, vals, elts, strict=True):
        if u.fields[path[0]].name == "_":
            continue  # blank fields stay zero, as gc has it
        for leaf, p in zip(layout(ft).leafs, v.p(), strict=True):
            parts[leaf_at[off + leaf.off]] = p
    return Val(t, tuple(parts))


def composite_into(fb: FuncBuilder, e: ast.CompositeLit, to: str, t: Type, zeroed: bool) -> None:
    """Evaluate the literal of type t into memory; zeroed: the memory is zero already. Nothing in e may refer to `to`."""
    u = t.underlying()
    if isinstance(u, Struct):
        elts = struct_elts(e, u)
        if not zeroed and (len(elts) < len(u.fields) or any(len(path) > 1 or u.fields[path[0]].name == "_" for path, _ in elts)):
            fb.store_zero(to, t)
            zeroed = True
        where = [field_at(t, path) for path, _ in elts]
        settle_all(fb, [x for _, x in elts], [ft for _, ft in where])
        for (path, x), (off, ft) in zip(elts, where, strict=True):
            if u.fields[path[0]].name == "_":
                fb.expr_as(x, ft)
                continue
            _elt_into(fb, x, fb.gep(to, off), ft, zeroed)
        return
    if isinstance(u, Array):
        size = layout(u.elem).size
        items, _ = array_items(e)
        if not zeroed and len(items) < u.len:
            fb.store_zero(to, t)
            zeroed = True
        settle_all(fb, [x for _, x in items], [u.elem] * len(items))
        for i, x in items:
            _elt_into(fb, x, fb.gep(to, i * size), u.elem, zeroed)
        return
    # not expr(fb, e): where &T is elided, the type of e is *T
    if isinstance(u, Slice):
        fb.store(to, t, slice_literal(fb, e, t, u))
    else:
        fb.store(to, t, map_literal(fb, e, t))


def literal_in_place(fb: FuncBuilder, e: ast.CompositeLit, st: Storage) -> None:
    """Assign a literal of a struct or array type to a variable part by part, so that a panic finds what came before it stored (walk/complit.go, oaslit).
    What is early in e is settled, and e does not refer to the variable."""
    p = storage_place(fb, st)
    if p.kind == "mem":
        fb.store_zero(p.addr, st.typ)
    else:
        p.store(fb, fb.zero(st.typ))
    if len(e.elts) > 4:  # what is constant is copied before the rest
        _parts_in_place(fb, e, p, True)
        _parts_in_place(fb, e, p, False)
    else:
        _parts_in_place(fb, e, p, None)


def _parts_in_place(fb: FuncBuilder, e: ast.CompositeLit, p: Place, static: bool | None) -> None:
    """static: store those elements only that are known before the program runs, or (False) only the others."""
    u = p.typ.underlying()
    if isinstance(u, Struct):
        parts = [(x, None if u.fields[path[0]].name == "_" else walk_place(fb, p, p.typ, path)) for path, x in struct_elts(e, u)]
    else:
        assert isinstance(u, Array)
        size = layout(u.elem).size
        parts = [(x, mem_place(fb.gep(p.addr, i * size), u.elem)) for i, x in array_items(e)[0]]
    for x, to in parts:
        y = ast.unparen(x)
        if to is not None and type(y) is ast.CompositeLit and isinstance(fb.typ(y).underlying(), (Struct, Array)) and not isinstance(to.typ.underlying(), Interface):
            _parts_in_place(fb, y, to, static)
        elif static is None or static == is_static(y):
            v = fb.expr_as(x, to.typ if to is not None else fb.typ(x))
            if to is not None:
                to.store(fb, v)


def _elt_into(fb: FuncBuilder, x: ast.Expr, to: str, t: Type, zeroed: bool) -> None:
    y = ast.unparen(x)
    if type(y) is ast.CompositeLit and not layout(t).is_flat and not isinstance(t.underlying(), (Interface, Slice, Map, Pointer)):
        composite_into(fb, y, to, t, zeroed)
    else:
        into(fb, x, to, t)


def array_items(e: ast.CompositeLit) -> tuple[list[tuple[int, ast.Expr]], int]:
    """(index, value) in source order, and the length."""
    out = []
    i = n = 0
    for x in e.elts:
        if isinstance(x, ast.KeyValueExpr):
            i = int_of(x.key.val)
            out.append((i, x.value))
        else:
            out.append((i, x))
        i += 1
        n = max(n, i)
    return out, n


def slice_literal(fb: FuncBuilder, e: ast.CompositeLit, t: Type, u: Slice) -> Val:
    items, n = array_items(e)
    if n == 0:
        return Val(t, (fb.unit.ref("runtime.zerobase"), "0", "0"))
    at = Array(u.elem, n)
    const_data = fb.unit.program.const_array(fb.unit, items, u.elem, n, fb)
    to = fb.new_object(at, e)
    if const_data is not None:
        fb.copy_bytes(to, const_data, layout(at).size, layout(at).align)
    else:
        size = layout(u.elem).size
        settle_all(fb, [x for _, x in items], [u.elem] * len(items))
        for i, x in items:
            _elt_into(fb, x, fb.gep(to, i * size), u.elem, True)
    return Val(t, (to, str(n), str(n)))


def map_literal(fb: FuncBuilder, e: ast.CompositeLit, t: Type) -> Val:
    """map[K]V{...}: a map with the entries known before, then the others one by one, each as an assignment is made."""
    mt = t.underlying()
    assert isinstance(mt, Map)
    m = maps.make(fb, mt, str(len(e.elts)), e)
    entries = [x for x in e.elts if isinstance(x, ast.KeyValueExpr)]
    known = [is_static(x.key) and is_static(x.value) for x in entries]
    for static in (True, False):
        for x, is_known in zip(entries, known, strict=True):
            if is_known is not static:
                continue
            if not static:
                settle_key(fb, mt, x.key)
                settle(fb, x.value, mt.elem)
            v = fb.own(fb.expr_as(x.value, mt.elem))
            k = fb.expr_as(x.key, mt.key)
            fb.dbg(e.pos)  # as gc says for a key that cannot be hashed
            fb.store(maps.assign_addr(fb, mt, m, k), mt.elem, v)
    return Val(t, (m,))


def func_lit(fb: FuncBuilder, e: ast.FuncLit) -> Val:
    return Val(fb.typ(e), (make_closure(fb, e),))


def call_expr(fb: FuncBuilder, e: ast.CallExpr) -> Val:
    vals = fb.features.call(fb, e)
    if len(vals) != 1:
        fb.bug(e.pos, f"call with {len(vals)} results used as a value")
    return vals[0]


def type_assert(fb: FuncBuilder, e: ast.TypeAssertExpr) -> Val:
    x = expr(fb, e.x)
    fb.dbg(e.pos)
    t = fb.typ(e)
    if isinstance(t, Tuple):
        assert t.vars[0].type is not None
        t = t.vars[0].type
    return assert_type(fb, x, t, False)[0]


def multi(fb: FuncBuilder, e: ast.Expr, n: int) -> list[Val]:
    """The values of an expression that gives n of them: a call, or a comma-ok form (then the second is a bool)."""
    x = ast.unparen(e)
    if isinstance(x, ast.CallExpr) and x.fun.mode not in ("typexpr",):
        return fb.features.call(fb, x)
    if n == 1:
        return [expr(fb, x)]
    if isinstance(x, ast.TypeAssertExpr):
        assert x.typ is not None
        v = expr(fb, x.x)
        fb.dbg(x.pos)
        return list(assert_type(fb, v, fb.subst(x.typ.type), True))
    if isinstance(x, ast.IndexExpr):
        mt = fb.typ(x.x).underlying()
        assert isinstance(mt, Map)
        m, k = in_order(fb, [(x.x, lambda: expr(fb, x.x)), (x.indices[0], lambda: _map_key(fb, x.indices[0], mt.key))], (None, mt.key))
        fb.dbg(x.pos)
        v, ok = maps.access2(fb, mt, m.one(), k)
        return [v, Val(BOOL, (ok,))]
    if isinstance(x, ast.UnaryExpr) and x.op == "<-":
        c = expr(fb, x.x)
        fb.dbg(x.pos)
        ct = c.typ.underlying()
        assert isinstance(ct, Chan)
        v, ok = chans.recv2(fb, ct, c.one())
        return [v, Val(BOOL, (ok,))]
    fb.bug(e.pos, "expression does not give several values")


_EXPR: dict[type[ast.Expr], Callable[[FuncBuilder, Never], Val]] = {
    ast.Ident: ident,
    ast.ParenExpr: paren,
    ast.SelectorExpr: selector,
    ast.StarExpr: star,
    ast.IndexExpr: index,
    ast.SliceExpr: slice_expr,
    ast.UnaryExpr: unary,
    ast.BinaryExpr: binary,
    ast.CompositeLit: composite,
    ast.FuncLit: func_lit,
    ast.CallExpr: call_expr,
    ast.TypeAssertExpr: type_assert,
}
