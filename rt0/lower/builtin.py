"""The built-in functions, and package unsafe's.

append is inline: a comparison with the capacity and the stores; runtime.growslice when the slice must grow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from rt0.lower import chans, defer, maps
from rt0.lower.call import call
from rt0.lower.consts import int_of
from rt0.lower.convert import assign_conv
from rt0.lower.expr import expr
from rt0.lower.floats import float_max, float_min
from rt0.lower.func import INT, FuncBuilder
from rt0.lower.layout import Layout, bits, layout
from rt0.lower.operators import TYP_ANY, compare
from rt0.lower.order import calls, in_order
from rt0.lower.places import to_i64, view
from rt0.lower.typedesc import type_desc
from rt0.lower.value import Val
from rt0.syntax import nodes as ast
from rt0.types.identity import type_set
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
    Slice,
    Tuple,
    Type,
)
from rt0.types.typestring import type_string


def builtin(fb: FuncBuilder, e: ast.CallExpr, name: str) -> list[Val]:
    h = _BUILTIN.get(name)
    if h is None:
        fb.unsupported(e.pos, f"built-in {name}")
    r = h(fb, e)
    return [] if r is None else [r]


def _result(fb: FuncBuilder, e: ast.CallExpr) -> Type:
    return fb.typ(e)


def _spread(fb: FuncBuilder, e: ast.CallExpr) -> list[Val] | None:
    """The results of g in builtin(g()) when g has several; None otherwise."""
    if len(e.args) != 1 or not isinstance(e.args[0].type, Tuple):
        return None
    x = ast.unparen(e.args[0])
    if not isinstance(x, ast.CallExpr):
        return None
    return call(fb, x)


# ---------------------------------------------------------------- len, cap


def b_len(fb: FuncBuilder, e: ast.CallExpr) -> Val:
    return _len_cap(fb, e, 1)


def b_cap(fb: FuncBuilder, e: ast.CallExpr) -> Val:
    return _len_cap(fb, e, 2)


def _len_cap(fb: FuncBuilder, e: ast.CallExpr, part: int) -> Val:
    x = e.args[0]
    t = fb.typ(x)
    u = t.underlying()
    a = u.elem.underlying() if isinstance(u, Pointer) else u
    if isinstance(a, Array):
        if calls(x):
            expr(fb, x)
        return Val(INT, (str(a.len),))
    v = expr(fb, x)
    fb.dbg(e.pos)
    rt = _result(fb, e)
    if isinstance(u, Basic):
        return Val(rt, (v.p()[1],))
    if isinstance(u, Slice):
        return Val(rt, (v.p()[part],))
    if isinstance(u, Map):
        return Val(rt, (maps.length(fb, v.one()),))
    assert isinstance(u, Chan)
    return Val(rt, ((chans.length if part == 1 else chans.capacity)(fb, v.one()),))


# ---------------------------------------------------------------- append, copy, clear, delete


def b_append(fb: FuncBuilder, e: ast.CallExpr) -> Val:
    t = _result(fb, e)
    u = t.underlying()
    if not isinstance(u, Slice):
        # core type of a type parameter: []byte or a bytestring
        fb.unsupported(e.pos, f"append to {type_string(t)}")
    if len(e.args) == 1:
        several = _spread(fb, e)
        if several is not None:
            several = [assign_conv(fb, v, t if i == 0 else u.elem, e.pos) for i, v in enumerate(several)]
            fb.dbg(e.pos)
            return append_vals(fb, several[0], t, u.elem, several[1:])
        return fb.expr_as(e.args[0], t)
    return append_call(fb, e)


def append_call(fb: FuncBuilder, e: ast.CallExpr, old: Callable[[], Val] | None = None) -> Val:
    """append with two or more arguments. old: gives the slice in place of the first, after the others are evaluated."""
    t = _result(fb, e)
    u = t.underlying()
    assert isinstance(u, Slice)
    args = e.args
    first: ast.Expr | None = args[0] if old is None else None

    def base() -> Val:
        return fb.expr_as(args[0], t) if old is None else Val(INT, ())

    if e.ellipsis:
        x = args[1]
        if old is None and (length := _made_length(x)) is not None:
            return _extend(fb, e, t, u.elem, length)

        def rest() -> Val:
            v = expr(fb, x)
            return Val(u, ("null", "0", "0")) if isinstance(v.typ, Basic) and v.typ.kind == "untyped nil" else v

        s, y = in_order(fb, [(first, base), (x, rest)])
        if old is not None:
            s = old()
        fb.dbg(e.pos)
        p, n = y.p()[0], y.p()[1]
        return append_slice(fb, s, t, u.elem, p, n)
    items: list[tuple[ast.Expr | None, Callable[[], Val]]] = [(first, base)]
    one = len(args) == 2
    for a in args[1:]:
        if one and not layout(u.elem).is_flat and not isinstance(u.elem.underlying(), Interface):
            items.append((a, partial(view, fb, a)))
        else:
            items.append((a, partial(fb.expr_as, a, u.elem)))
    vals = in_order(fb, items, [None] + [u.elem] * len(args[1:]))
    if old is not None:
        vals[0] = old()
    fb.dbg(e.pos)
    return append_vals(fb, vals[0], t, u.elem, vals[1:])


def _made_length(e: ast.Expr) -> ast.Expr | None:
    """n when e is make([]T, n)."""
    x = ast.unparen(e)
    if isinstance(x, ast.CallExpr) and x.fun.mode == "builtin" and x.fun.val == "make" and len(x.args) == 2 and x.type is not None:
        return x.args[1] if isinstance(x.type.underlying(), Slice) else None
    return None


def _extend(fb: FuncBuilder, e: ast.CallExpr, t: Type, elem: Type, length: ast.Expr) -> Val:
    """append(s, make([]T, length)...): nothing is made but room in s (cmd/compile/internal/walk/assign.go, extendSlice, go1.27)."""
    s, nv = in_order(fb, [(e.args[0], lambda: fb.expr_as(e.args[0], t)), (length, partial(_size, fb, length))])
    fb.dbg(e.pos)
    n = nv.one()
    if not n.isdigit():
        fb.panic_if(fb.tmp(f"icmp slt i64 {n}, 0"), "panicmakeslicelen", [])
    p, ln, new, c = _grow(fb, s, elem, n)
    size = layout(elem).size
    if size and n != "0":
        b = str(int(n) * size) if n.isdigit() else n if size == 1 else fb.tmp(f"mul i64 {n}, {size}")
        fb.call_rt(_clear_of(elem), [("ptr", fb.gep_var(p, ln, size)), ("i64", b)])
    return Val(t, (p, new, c))


def _clear_of(elem: Type) -> str:
    """The runtime's function that clears elements of this type."""
    return "memclrHasPointers" if layout(elem).has_pointers else "memclrNoHeapPointers"


def _grow(fb: FuncBuilder, s: Val, elem: Type, n: str) -> tuple[str, str, str, str]:
    """Room for n more elements: (pointer, old length, new length, capacity)."""
    p, ln, c = s.p()
    if ln.isdigit() and n.isdigit():
        new = str(int(ln) + int(n))
    elif n == "0":
        new = ln
    else:
        new = fb.tmp(f"add i64 {ln}, {n}")
    slow, end = fb.block("grow"), fb.block("grown")
    more = fb.tmp(f"icmp ugt i64 {new}, {c}")
    if fb.done:
        fb.start(fb.block("dead"))
    first = fb.label
    fb.cond_br(more, slow, end)
    fb.start(slow)
    desc = type_desc(fb.unit, elem)
    q, _, qc = fb.call_rt("growslice", [("ptr", p), ("i64", new), ("i64", c), ("i64", n), ("ptr", desc)], ("ptr", "i64", "i64"))
    second = fb.label
    fb.start(end)
    p2 = fb.phi("ptr", [(p, first), (q, second)])
    c2 = fb.phi("i64", [(c, first), (qc, second)])
    return p2, ln, new, c2


def append_vals(fb: FuncBuilder, s: Val, t: Type, elem: Type, vals: Sequence[Val]) -> Val:
    p, ln, new, c = _grow(fb, s, elem, str(len(vals)))
    size = layout(elem).size
    at = fb.gep_var(p, ln, size)
    for i, v in enumerate(vals):
        fb.store(fb.gep(at, i * size), elem, v)
    return Val(t, (p, new, c))


def append_slice(fb: FuncBuilder, s: Val, t: Type, elem: Type, src: str, n: str) -> Val:
    p, ln, new, c = _grow(fb, s, elem, n)
    size = layout(elem).size
    move(fb, fb.gep_var(p, ln, size), src, n, layout(elem))
    return Val(t, (p, new, c))


def move(fb: FuncBuilder, dst: str, src: str, n: str, elem: Layout) -> None:
    """memmove of n elements."""
    size = elem.size
    if size == 0 or n == "0":
        return
    if n.isdigit():
        fb.copy_bytes(dst, src, int(n) * size, pointers=elem.has_pointers)
        return
    b = n if size == 1 else fb.tmp(f"mul nuw nsw i64 {n}, {size}")
    fb.call_rt("wbmove" if elem.has_pointers else "memmove", [("ptr", dst), ("ptr", src), ("i64", b)])


def b_copy(fb: FuncBuilder, e: ast.CallExpr) -> Val:
    d, s = _spread(fb, e) or in_order(fb, [(a, partial(expr, fb, a)) for a in e.args])
    fb.dbg(e.pos)
    du = d.typ.underlying()
    elem = layout(du.elem if isinstance(du, Slice) else TYP["uint8"])
    fb.unit.declared.setdefault("llvm.umin.i64", "declare i64 @llvm.umin.i64(i64, i64)")
    n = fb.tmp(f"call i64 @llvm.umin.i64(i64 {d.p()[1]}, i64 {s.p()[1]}){fb.loc()}")
    move(fb, d.p()[0], s.p()[0], n, elem)
    return Val(INT, (n,))


def b_clear(fb: FuncBuilder, e: ast.CallExpr) -> None:
    v = expr(fb, e.args[0])
    fb.dbg(e.pos)
    u = v.typ.underlying()
    if isinstance(u, Map):
        maps.clear(fb, u, v.one())
        return
    assert isinstance(u, Slice)
    size = layout(u.elem).size
    if size:
        n = v.p()[1]
        b = n if size == 1 else fb.tmp(f"mul nuw nsw i64 {n}, {size}")
        fb.call_rt(_clear_of(u.elem), [("ptr", v.p()[0]), ("i64", b)])


def b_delete(fb: FuncBuilder, e: ast.CallExpr) -> None:
    several = _spread(fb, e)
    if several is not None:
        mt = several[0].typ.underlying()
        assert isinstance(mt, Map)
        maps.delete(fb, mt, several[0].one(), assign_conv(fb, several[1], mt.key, e.pos))
        return
    mt = fb.typ(e.args[0]).underlying()
    assert isinstance(mt, Map)
    m, k = in_order(fb, [(e.args[0], lambda: expr(fb, e.args[0])), (e.args[1], lambda: fb.expr_as(e.args[1], mt.key))])
    fb.dbg(e.pos)
    maps.delete(fb, mt, m.one(), k)


def b_close(fb: FuncBuilder, e: ast.CallExpr) -> None:
    c = expr(fb, e.args[0])
    fb.dbg(e.pos)
    ct = c.typ.underlying()
    assert isinstance(ct, Chan)
    chans.close(fb, ct, c.one())


# ---------------------------------------------------------------- make, new


def b_new(fb: FuncBuilder, e: ast.CallExpr) -> Val:
    x = e.args[0]
    t = _result(fb, e)
    fb.dbg(e.pos)
    u = t.underlying()
    assert isinstance(u, Pointer)
    if x.mode == "typexpr":
        return Val(t, (fb.new_object(u.elem, e),))
    # new(expr), go1.26
    v = fb.expr_as(x, u.elem)
    to = fb.new_object(u.elem, e)
    fb.store(to, u.elem, v)
    return Val(t, (to,))


def _size(fb: FuncBuilder, e: ast.Expr) -> Val:
    if e.mode == "constant":
        return Val(INT, (str(int_of(e.val)),))
    v = expr(fb, e)
    u = v.typ.underlying()
    assert isinstance(u, Basic)
    n, signed = to_i64(fb, v)
    if not signed and bits(u) == 64:
        # too big for an int: any negative number gives the same panic
        return Val(INT, (n,))
    return Val(INT, (n,))


def b_make(fb: FuncBuilder, e: ast.CallExpr) -> Val:
    t = _result(fb, e)
    u = t.underlying()
    sizes = in_order(fb, [(a, partial(_size, fb, a)) for a in e.args[1:]]) if len(e.args) > 1 else []
    fb.dbg(e.pos)
    if isinstance(u, Slice):
        n = sizes[0].one()
        c = sizes[1].one() if len(sizes) > 1 else n
        if n == "0" and c == "0":
            return Val(t, (fb.unit.ref("runtime.zerobase"), "0", "0"))
        if fb.on_frame(e) and c.isdigit():
            if not n.isdigit():
                fb.panic_if(fb.tmp(f"icmp slt i64 {n}, 0"), "panicmakeslicelen")
                fb.panic_if(fb.tmp(f"icmp ugt i64 {n}, {c}"), "panicmakeslicecap")
            at = Array(u.elem, int(c))
            return Val(t, (fb.new_object(at, e), n, c))
        (p,) = fb.call_rt("makeslice", [("ptr", type_desc(fb.unit, u.elem)), ("i64", n), ("i64", c)], "ptr")
        return Val(t, (p, n, c))
    if isinstance(u, Map):
        return Val(t, (maps.make(fb, u, sizes[0].one() if sizes else "0", e),))
    if isinstance(u, Chan):
        return Val(t, (chans.make(fb, u, sizes[0].one() if sizes else "0"),))
    fb.unsupported(e.pos, f"make of {type_string(t)}")


# ---------------------------------------------------------------- numbers


def _number(fb: FuncBuilder, e: ast.Expr, t: Type) -> Val:
    return fb.const(e.val, t) if e.mode == "constant" else expr(fb, e)


def b_complex(fb: FuncBuilder, e: ast.CallExpr) -> Val:
    t = _result(fb, e)
    part = TYP["float32"] if layout(t).vals[0] == "float" else TYP["float64"]
    vals = _spread(fb, e) or in_order(fb, [(a, partial(_number, fb, a, part)) for a in e.args])
    return Val(t, (vals[0].one(), vals[1].one()))


def b_real(fb: FuncBuilder, e: ast.CallExpr) -> Val:
    return Val(_result(fb, e), (expr(fb, e.args[0]).p()[0],))


def b_imag(fb: FuncBuilder, e: ast.CallExpr) -> Val:
    return Val(_result(fb, e), (expr(fb, e.args[0]).p()[1],))


def b_min(fb: FuncBuilder, e: ast.CallExpr) -> Val:
    return _minmax(fb, e, "<")


def b_max(fb: FuncBuilder, e: ast.CallExpr) -> Val:
    return _minmax(fb, e, ">")


def _minmax(fb: FuncBuilder, e: ast.CallExpr, op: str) -> Val:
    t = _result(fb, e)
    u = t.underlying()
    assert isinstance(u, Basic)
    vals = in_order(fb, [(a, partial(_number, fb, a, t)) for a in e.args])
    fb.dbg(e.pos)
    cur = vals[0]
    ll = layout(t).vals[0]
    for v in vals[1:]:
        if u.info & IS_FLOAT:
            cur = Val(t, ((float_min if op == "<" else float_max)(fb, ll, cur.one(), v.one()),))
        elif u.info & IS_INTEGER:
            fn = f"llvm.{'u' if u.info & IS_UNSIGNED else 's'}{'min' if op == '<' else 'max'}.{ll}"
            fb.unit.declared.setdefault(fn, f"declare {ll} @{fn}({ll}, {ll})")
            cur = Val(t, (fb.tmp(f"call {ll} @{fn}({ll} {cur.one()}, {ll} {v.one()}){fb.loc()}"),))
        else:
            c = compare(fb, op, v, cur, t)
            cur = Val(t, tuple([fb.tmp(f"select i1 {c}, {w} {a}, {w} {b}") for w, a, b in zip(layout(t).vals, v.p(), cur.p(), strict=True)]))
    return cur


# ---------------------------------------------------------------- panic, print, recover


def b_panic(fb: FuncBuilder, e: ast.CallExpr) -> None:
    v = fb.expr_as(e.args[0], TYP_ANY)
    fb.dbg(e.pos)
    fb.panic_call("gopanic", [("ptr", v.p()[0]), ("ptr", v.p()[1])])


def b_recover(fb: FuncBuilder, e: ast.CallExpr) -> Val:
    fb.dbg(e.pos)
    v = defer.recover(fb)
    return Val(_result(fb, e), v.parts)


def b_print(fb: FuncBuilder, e: ast.CallExpr) -> None:
    _print(fb, e, False)


def b_println(fb: FuncBuilder, e: ast.CallExpr) -> None:
    _print(fb, e, True)


def _print(fb: FuncBuilder, e: ast.CallExpr, ln: bool) -> None:
    vals = _spread(fb, e)
    if vals is None:
        vals = in_order(fb, [(a, partial(expr, fb, a)) for a in e.args]) if e.args else []
    fb.dbg(e.pos)
    fb.call_rt("printlock", [])
    for i, v in enumerate(vals):
        if ln and i:
            fb.call_rt("printsp", [])
        _print_one(fb, v)
    if ln:
        fb.call_rt("printnl", [])
    fb.call_rt("printunlock", [])


def _print_one(fb: FuncBuilder, v: Val) -> None:
    u = v.typ.underlying()
    p = v.p()
    if isinstance(u, Interface):
        fb.call_rt("printiface" if type_set(u).methods else "printeface", [("ptr", p[0]), ("ptr", p[1])])
    elif isinstance(u, Slice):
        fb.call_rt("printslice", [("ptr", p[0]), ("i64", p[1]), ("i64", p[2])])
    elif isinstance(u, Basic) and u.kind not in ("unsafe.Pointer", "untyped nil"):
        info = u.info
        if info & IS_INTEGER:
            n, signed = to_i64(fb, v)
            if v.typ.underlying() is not v.typ and type_string(v.typ) == "runtime.hex":
                fb.call_rt("printhex", [("i64", n)])
            else:
                fb.call_rt("printint" if signed else "printuint", [("i64", n)])
        elif info & IS_FLOAT:
            x = p[0]
            if u.kind == "float32":
                fb.call_rt("printfloat32", [("float", x)])
            else:
                fb.call_rt("printfloat64", [("double", x)])
        elif info & IS_COMPLEX:
            if u.kind == "complex64":
                fb.call_rt("printcomplex64", [("float", p[0]), ("float", p[1])])
            else:
                fb.call_rt("printcomplex128", [("double", p[0]), ("double", p[1])])
        elif info & IS_STRING:
            fb.call_rt("printstring", [("ptr", p[0]), ("i64", p[1])])
        else:
            fb.call_rt("printbool", [("i1", p[0])])
    else:
        fb.call_rt("printpointer", [("ptr", p[0])])


# ---------------------------------------------------------------- unsafe


def _const_size(fb: FuncBuilder, e: ast.CallExpr, n: int) -> Val:
    return Val(_result(fb, e), (str(n),))


def u_sizeof(fb: FuncBuilder, e: ast.CallExpr) -> Val:
    return _const_size(fb, e, layout(fb.typ(e.args[0])).size)


def u_alignof(fb: FuncBuilder, e: ast.CallExpr) -> Val:
    return _const_size(fb, e, layout(fb.typ(e.args[0])).align)


def u_offsetof(fb: FuncBuilder, e: ast.CallExpr) -> Val:
    x = ast.unparen(e.args[0])
    assert isinstance(x, ast.SelectorExpr)
    t = fb.typ(x.x)
    u = t.underlying()
    if isinstance(u, Pointer):
        t = u.elem
    at = 0
    for i in x.selection.index:
        lay = layout(t)
        at += lay.offsets[i]
        st = t.underlying()
        t = st.fields[i].type  # type: ignore[attr-defined]
    return _const_size(fb, e, at)


def u_add(fb: FuncBuilder, e: ast.CallExpr) -> Val:
    p, n = in_order(fb, [(e.args[0], lambda: expr(fb, e.args[0])), (e.args[1], lambda: _size(fb, e.args[1]))])
    return Val(_result(fb, e), (fb.tmp(f"getelementptr i8, ptr {p.one()}, i64 {n.one()}"),))


def _span_check(fb: FuncBuilder, p: str, n: str, size: int, what: str) -> None:
    """unsafe.Slice and unsafe.String: the length is not negative, the bytes end before the address space does, nil has none
    (cmd/compile/internal/walk/builtin.go, walkUnsafeSlice, go1.27)."""
    if n == "0":
        return
    small = n.isdigit() and int(n) * max(size, 1) < 1 << 47
    if not small:
        fb.panic_if(fb.tmp(f"icmp slt i64 {n}, 0"), f"panicunsafe{what}len")
    if size == 0:
        none = fb.tmp(f"icmp eq ptr {p}, null")
        some = fb.tmp(f"icmp ne i64 {n}, 0")
        fb.panic_if(fb.tmp(f"and i1 {none}, {some}"), f"panicunsafe{what}nilptr")
        return
    if size > 1 and not small:
        fb.panic_if(fb.tmp(f"icmp ugt i64 {n}, {((1 << 64) - 1) // size}"), f"panicunsafe{what}len")
    b = n if size == 1 else fb.tmp(f"mul i64 {n}, {size}")
    a = fb.tmp(f"ptrtoint ptr {p} to i64")
    room = fb.tmp(f"sub i64 0, {a}")
    over = fb.tmp(f"icmp ugt i64 {b}, {room}")
    nil = fb.tmp(f"icmp eq ptr {p}, null")
    fb.panic_if(fb.tmp(f"and i1 {over}, {nil}"), f"panicunsafe{what}nilptr")
    fb.panic_if(over, f"panicunsafe{what}len")


def u_slice(fb: FuncBuilder, e: ast.CallExpr) -> Val:
    t = _result(fb, e)
    u = t.underlying()
    assert isinstance(u, Slice)
    p, n = in_order(fb, [(e.args[0], lambda: expr(fb, e.args[0])), (e.args[1], lambda: _size(fb, e.args[1]))])
    fb.dbg(e.pos)
    _span_check(fb, p.one(), n.one(), layout(u.elem).size, "slice")
    return Val(t, (p.one(), n.one(), n.one()))


def u_string(fb: FuncBuilder, e: ast.CallExpr) -> Val:
    p, n = in_order(fb, [(e.args[0], lambda: expr(fb, e.args[0])), (e.args[1], lambda: _size(fb, e.args[1]))])
    fb.dbg(e.pos)
    _span_check(fb, p.one(), n.one(), 1, "string")
    return Val(_result(fb, e), (p.one(), n.one()))


def u_data(fb: FuncBuilder, e: ast.CallExpr) -> Val:
    return Val(_result(fb, e), (expr(fb, e.args[0]).p()[0],))


_BUILTIN: dict[str, Callable[[FuncBuilder, ast.CallExpr], Val | None]] = {
    "append": b_append, "cap": b_cap, "clear": b_clear, "close": b_close, "complex": b_complex, "copy": b_copy, "delete": b_delete,
    "imag": b_imag, "len": b_len, "make": b_make, "max": b_max, "min": b_min, "new": b_new, "panic": b_panic, "print": b_print,
    "println": b_println, "real": b_real, "recover": b_recover,
    "Add": u_add, "Alignof": u_alignof, "Offsetof": u_offsetof, "Sizeof": u_sizeof, "Slice": u_slice, "SliceData": u_data,
    "String": u_string, "StringData": u_data,
}  # fmt: skip
