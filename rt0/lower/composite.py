"""Composite literals, and evaluating straight into memory (`into`), so that big values are copied once."""

from __future__ import annotations

from rt0.lower import maps
from rt0.lower.consts import int_of
from rt0.lower.func import FuncBuilder, Storage
from rt0.lower.layout import layout
from rt0.lower.literal import field_at, struct_elts
from rt0.lower.order import exprs, is_static, settle, settle_all, settle_key
from rt0.lower.places import (
    Place,
    mem_place,
    storage_place,
    view,
    walk_place,
)
from rt0.lower.value import Val
from rt0.syntax import nodes as ast
from rt0.types.types import (
    Array,
    Interface,
    Map,
    Pointer,
    Slice,
    Struct,
    Type,
)


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
    with fb.filling(to):
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
    # not fb.expr(e): where &T is elided, the type of e is *T
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
    with fb.filling(to):
        if const_data is not None:
            fb.copy_bytes(to, const_data, layout(at).size, layout(at).align, pointers=False)
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
