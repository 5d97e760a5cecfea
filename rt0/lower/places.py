"""Places: what is assigned to, loaded from by parts, or has an address. Variables, fields along a path, elements, what pointers lead to.

`place(fb, e)` evaluates the operands of an assignable expression, with the checks that the store needs; the Place is then loaded or stored, perhaps
later. Elements are bounds checked here. In which order operands are evaluated is order.py's to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from rt0.lower import maps
from rt0.lower.consts import int_of
from rt0.lower.func import INT, FuncBuilder, Storage
from rt0.lower.layout import bits, layout
from rt0.lower.order import addressable, in_order
from rt0.lower.value import Val
from rt0.syntax import nodes as ast
from rt0.types.objects import Selection, Var
from rt0.types.types import (
    IS_UNSIGNED,
    TYP,
    Array,
    Basic,
    Map,
    Pointer,
    Slice,
    Struct,
    Type,
)
from rt0.types.typestring import type_string

UINT8 = TYP["uint8"]


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
            return field_place(fb, e)
        case ast.IndexExpr():
            t = fb.typ(e.x)
            u = t.underlying()
            if isinstance(u, Map):
                m, k = in_order(fb, [(e.x, lambda: fb.expr(e.x)), (e.indices[0], lambda: fb.expr_as(e.indices[0], u.key))], (None, u.key))
                p = Place("map", u.elem)
                p.m = fb.own(m)
                p.key = fb.own(k)
                p.pos = e.pos
                return p
            return mem_place(index_addr(fb, e), elem_of(t))
        case ast.StarExpr():
            pt = fb.typ(e.x).underlying()
            assert isinstance(pt, Pointer)
            p0 = fb.expr(e.x).one()
            fb.dbg(e.pos)
            fb.nil_check(p0)
            return mem_place(p0, pt.elem)
    return mem_place(fb.addr(e), fb.typ(e))


def field_place(fb: FuncBuilder, e: ast.SelectorExpr) -> Place:
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
        v = fb.expr(e.x)
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
        base = mem_place(fb.expr(x).one(), t)
        base.kind = "ptr"
    elif addressable(fb, x):
        base = place(fb, x)
    else:
        base = mem_place(fb.to_mem(fb.expr(x)), t)
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


def view(fb: FuncBuilder, e: ast.Expr) -> Val:
    """Like expr, but a mem value may be the variable itself: the caller is done with it before anything else is evaluated."""
    if e.mode != "constant" and not layout(fb.typ(e)).is_flat and addressable(fb, e):
        p = place(fb, e)
        if p.kind == "mem":
            return Val(p.typ, None, p.addr)
        return p.load(fb)
    return fb.expr(e)


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
    return to_i64(fb, fb.expr(e))


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
            p = fb.expr(e.x).p()
            base, length = p[0], p[1]
        elif isinstance(u, Pointer):
            base = fb.expr(e.x).one()
            a = u.elem.underlying()
            assert isinstance(a, Array)
            length = str(a.len)
        elif isinstance(u, Array):
            base = fb.addr(e.x)
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
