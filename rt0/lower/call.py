"""Calls: of declared functions, methods, interface methods, func values, built-ins; method values and method expressions.

`call(fb, e)` returns one Val per result. Generic callees are resolved here: the instance's symbol comes from program.callee, methods on
type parameters are looked up again on the concrete type.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

from rt0.lower import wrappers
from rt0.lower.composite import into
from rt0.lower.convert import assign_conv, conversion
from rt0.lower.expr import addr, expr
from rt0.lower.func import INT, FuncBuilder
from rt0.lower.intrinsics import try_call
from rt0.lower.itab import method_offset
from rt0.lower.layout import layout
from rt0.lower.locals import fb_facts
from rt0.lower.methodset import is_reflect_method, method_id, method_set
from rt0.lower.names import recv_is_pointer
from rt0.lower.order import addressable, in_order, settle
from rt0.lower.places import Place, field_value, mem_place, place, walk_place
from rt0.lower.typedesc import type_desc
from rt0.lower.value import Val
from rt0.syntax import nodes as ast
from rt0.types.objects import Func, Selection, Var
from rt0.types.types import TYP, Array, Interface, Named, Pointer, Signature, Slice, Struct, Tuple, Type, TypeParam, unalias
from rt0.types.typestring import type_string


def call(fb: FuncBuilder, e: ast.CallExpr) -> list[Val]:
    """Evaluate a call, conversion or built-in; one Val per result."""
    fun = ast.unparen(e.fun)
    mode = fun.mode
    if mode == "typexpr":
        return [conversion(fb, e)]
    if mode == "builtin":
        return fb.features.builtin(fb, e, str(fun.val))
    sig = fb.typ(fun).underlying()
    if not isinstance(sig, Signature):
        fb.bug(e.pos, f"call of {type_string(sig)}")
    target = resolve(fb, fun)
    args = arguments(fb, e, sig, target)
    fb.dbg(e.pos)
    if (static := static_callee(fun)) is None or not keeps_uintptrs(static[0]):
        return target.call(fb, sig, args)
    held = [(fb.alloca(8), a.one()) for a in args if a.typ.underlying() is TYP["uintptr"]]
    for slot, v in held:
        fb.emit(f"store volatile i64 {v}, ptr {slot}")
    result = target.call(fb, sig, args)
    if not fb.done:
        for slot, _ in held:
            fb.emit(f"store volatile i64 0, ptr {slot}")
    return result


def keeps_uintptrs(f: Func) -> bool:
    """What the function's arguments of type uintptr were made of stays reachable until it returns, and not longer (//go:uintptrescapes, //go:uintptrkeepalive)."""
    return f.decl is not None and not _KEEPING.isdisjoint(f.decl.pragmas)


_KEEPING = frozenset(("uintptrescapes", "uintptrkeepalive"))


class Target:
    """What a call calls.

    recv      thunk that evaluates the receiver or func value, or None
    symbol    the function's symbol when it is known
    by_value  the interface is known to hold a pointer, and the method takes what it points at: gc calls the method itself then, and a nil
              pointer is dereferenced here, not reported by the wrapper
    """

    __slots__ = ("by_value", "expr", "f", "iface", "kind", "recv", "recv_type", "symbol", "val")

    def __init__(self, kind: Literal["static", "method", "iface", "value"]) -> None:
        self.kind = kind
        self.symbol = ""
        self.recv: Callable[[], Val] | None = None
        self.recv_type: Type | None = None
        self.expr: ast.Expr | None = None  # what recv evaluates
        self.val: Val | None = None
        self.f: Func | None = None
        self.iface: Type | None = None
        self.by_value = False

    def call(self, fb: FuncBuilder, sig: Signature, args: list[Val]) -> list[Val]:
        kind = self.kind
        if kind == "static" or kind == "method":
            if kind == "method":
                assert self.val is not None
                args = [self.val, *args]
            r = try_call(fb, self.symbol, sig, args)
            if r is not None:
                return r
            mark_reflect(fb, self)
            return fb.call_go(self.symbol, sig, args, recv=self.recv_type)
        assert self.val is not None
        if kind == "iface":
            assert self.f is not None and self.iface is not None
            code, word = iface_method(fb, self.val, self.iface, self.f)
            if self.by_value:
                fb.nil_check(word)
            return fb.call_go(code, sig, [Val(_PTR, (word,)), *args], recv=_PTR)
        p = self.val.one()
        fb.nil_check(p)
        code = fb.load_ll(p, "ptr", "p")
        return fb.call_go(code, sig, args, ctx=p)


_PTR: Type = Pointer(INT)


def mark_reflect(fb: FuncBuilder, t: Target) -> None:
    """Remember calls of reflect's Method and MethodByName: they can reach every exported method."""
    if t.f is not None and t.symbol in _REFLECT_METHOD:
        fb.unit.cur.reflect_method = True


_REFLECT_METHOD = frozenset(("reflect.Value.Method", "reflect.Value.MethodByName", "reflect.(*rtype).Method", "reflect.(*rtype).MethodByName"))


def iface_method(fb: FuncBuilder, v: Val, iface: Type, f: Func) -> tuple[str, str]:
    """Code pointer and data word for calling method f of an interface value; a nil interface panics."""
    tab, data = v.p()
    fb.nil_check(tab)
    key = method_id(f.name, f.pkg)
    fb.unit.cur.icalls[key] = None
    if is_reflect_method(f):
        fb.unit.cur.reflect_method = True
    off = method_offset(iface, f.name, f.pkg)
    return fb.load_ll(fb.gep(tab, off), "ptr", "p"), data


def static_callee(fun: ast.Expr) -> tuple[Func, Sequence[Type]] | None:
    """The declared function a call expression names, with its type arguments."""
    x = ast.unparen(fun)
    targs: Sequence[Type] | None = None
    if isinstance(x, ast.IndexExpr):
        targs = x.targs
        x = ast.unparen(x.x)
    if isinstance(x, ast.Ident) and type(x.obj) is Func:
        return x.obj, targs or x.targs or ()
    if isinstance(x, ast.SelectorExpr) and x.selection is None and type(x.sel.obj) is Func:
        return x.sel.obj, targs or x.targs or x.sel.targs or ()
    return None


def resolve(fb: FuncBuilder, fun: ast.Expr) -> Target:
    """Find out what is called, without evaluating anything."""
    st = static_callee(fun)
    if st is not None:
        f, targs = st
        t = Target("static")
        t.f = f
        t.symbol = fb.unit.program.callee(fb.unit, f, (), [fb.subst(a) for a in targs])
        return t
    fun = x = ast.unparen(fun)
    targs2: Sequence[Type] = ()
    if isinstance(x, ast.IndexExpr) and x.targs and isinstance(y := ast.unparen(x.x), ast.SelectorExpr):
        targs2 = x.targs
        x = y
    if isinstance(x, ast.SelectorExpr) and x.selection is not None and x.selection.kind == "methodval":
        return method_target(fb, x, targs2 or x.targs or x.sel.targs or ())
    if isinstance(x, ast.SelectorExpr) and x.selection is not None and x.selection.kind == "methodexpr":
        t2 = method_expr_target(fb, x, targs2 or x.targs or x.sel.targs or ())
        if t2 is not None:
            return t2
    t = Target("value")
    t.expr = fun
    t.recv = lambda: expr(fb, fun)
    return t


class MethodRef:
    """A method found on a concrete type: fields to walk, then `f` on `recv` (a Named, or an interface type)."""

    __slots__ = ("f", "indirect", "path", "recv")

    def __init__(self, path: tuple[int, ...], f: Func, recv: Type, indirect: bool) -> None:
        self.path = path
        self.f = f
        self.recv = recv
        self.indirect = indirect


def follow(t: Type, path: Sequence[int]) -> Type:
    """Type reached from t by field indexes, through pointers."""
    for i in path:
        u = t.underlying()
        if isinstance(u, Pointer):
            u = u.elem.underlying()
        assert isinstance(u, Struct), t
        ft = u.fields[i].type
        assert ft is not None
        t = ft
    return t


def find_method(fb: FuncBuilder, e: ast.SelectorExpr) -> MethodRef:
    """The method a selection means for the concrete receiver type of this instance."""
    sel: Selection = e.selection
    t = fb.typ(e.x) if sel.kind == "methodval" else fb.subst(e.x.type)
    f = sel.obj
    assert isinstance(f, Func)
    return find_method_on(fb, t, f, tuple(sel.index), sel.recv)


def find_method_on(fb: FuncBuilder, t: Type, f: Func, index: tuple[int, ...], recv: Type) -> MethodRef:
    r = unalias(recv)
    if isinstance(r, Pointer):
        r = unalias(r.elem)
    path = index[:-1]
    if fb.env is not None and _through_type_param(recv, path, TypeParam):
        return lookup_method(fb, t, f)
    rt = unalias(follow(t, path))
    if isinstance(rt, Pointer) and not isinstance(rt, Named):
        rt = unalias(rt.elem)
    if isinstance(rt, Named) or isinstance(rt.underlying(), Interface):
        return MethodRef(path, f, rt, False)
    return lookup_method(fb, t, f)


def _through_type_param(recv: Type, path: Sequence[int], tp: type) -> bool:
    """The receiver as written is a type parameter, or a field of type-parameter type is on the way."""
    t = unalias(recv)
    if isinstance(t, Pointer):
        t = unalias(t.elem)
    if isinstance(t, tp):
        return True
    for i in path:
        u = t.underlying()
        if isinstance(u, Pointer):
            u = u.elem.underlying()
        if not isinstance(u, Struct):
            return True
        ft = u.fields[i].type
        assert ft is not None
        t = unalias(ft)
        if isinstance(t, Pointer):
            t = unalias(t.elem)
        if isinstance(t, tp):
            return True
    return False


def lookup_method(fb: FuncBuilder, t: Type, f: Func) -> MethodRef:
    """Method named as f in the method set of t (or of *t)."""
    t = unalias(t)
    if isinstance(t.underlying(), Interface):
        return MethodRef((), f, t, False)
    key = method_id(f.name, f.pkg)
    for typ in (t, Pointer(t)):
        for m in method_set(typ):
            if method_id(m.func.name, m.func.pkg) == key:
                return MethodRef(m.path, m.func, m.recv, m.indirect)
    fb.bug(fb.pos, f"no method {f.name} on {type_string(t)}")


def recv_targs(t: Type) -> Sequence[Type]:
    t = unalias(t)
    return t.targs if isinstance(t, Named) else ()


def method_target(fb: FuncBuilder, e: ast.SelectorExpr, targs: Sequence[Type]) -> Target:
    """x.m as the function of a call."""
    ref = find_method(fb, e)
    t = fb.typ(e.x)
    rt = ref.recv
    if isinstance(rt.underlying(), Interface):
        tg = Target("iface")
        tg.iface = rt
        tg.f = ref.f
        tg.expr = e.x
        tg.recv = lambda: field_at(fb, e.x, t, ref.path)
        if not ref.path and (held := held_type(fb, e.x)) is not None and isinstance(held, Pointer):
            m = lookup_method(fb, held, ref.f)
            tg.by_value = not m.path and not recv_is_pointer(m.f)
        return tg
    tg = Target("method")
    tg.f = ref.f
    tg.symbol = fb.unit.program.callee(fb.unit, ref.f, recv_targs(rt), [fb.subst(a) for a in targs])
    tg.expr = e.x
    ptr = recv_is_pointer(ref.f)
    tg.recv_type = Pointer(rt) if ptr else rt
    tg.recv = lambda: receiver(fb, e.x, t, ref.path, ptr, rt, e.pos)
    return tg


def held_type(fb: FuncBuilder, e: ast.Expr) -> Type | None:
    """The concrete type that the value of an expression of interface type is known to hold: it is a conversion, or a variable set by one and never
    again (cmd/compile/internal/devirtualize, go1.27)."""
    if fb.facts is None:
        return None
    seen = 0
    while seen < 20:
        seen += 1
        e = ast.unparen(e)
        t = fb.typ(e) if e.type is not None and e.mode not in ("nilvalue", "typexpr", "constant") else None
        if t is None or not isinstance(t.underlying(), Interface):
            return None if t is None else unalias(t)
        if isinstance(e, ast.CallExpr) and e.fun.mode == "typexpr" and len(e.args) == 1:
            e = e.args[0]
        elif isinstance(e, ast.Ident) and isinstance(e.obj, Var) and (vf := fb_facts(fb).vars.get(e.obj)) is not None and vf.init is not None and not vf.reassigned and not vf.addrtaken:
            e = vf.init
        else:
            return None
    return None


def field_at(fb: FuncBuilder, x: ast.Expr, t: Type, path: Sequence[int]) -> Val:
    """The embedded field x.path."""
    if not path:
        v = expr(fb, x)
        u = t.underlying()
        if isinstance(u, Pointer):
            fb.nil_check(v.one())
            return fb.load(v.one(), u.elem)
        return v
    base = _base_place(fb, x, t)
    if base is None:
        return field_value(fb, expr(fb, x), path)
    p = walk_place(fb, base, t, path)
    if isinstance(p.typ.underlying(), Pointer):
        u = p.typ.underlying()
        assert isinstance(u, Pointer)
        q = p.load(fb).one()
        fb.nil_check(q)
        return fb.load(q, u.elem)
    return p.load(fb)


def _base_place(fb: FuncBuilder, x: ast.Expr, t: Type) -> Place | None:
    """x as a place from which fields can be walked; None when it is a plain value."""
    if isinstance(t.underlying(), Pointer):
        p = mem_place(expr(fb, x).one(), t)
        p.kind = "ptr"
        return p
    if addressable(fb, x):
        return place(fb, x)
    return None


def receiver(fb: FuncBuilder, x: ast.Expr, t: Type, path: Sequence[int], ptr: bool, rt: Type, pos: int) -> Val:
    """The receiver argument: a pointer to rt, or a value of rt, reached from x through embedded fields."""
    is_ptr = isinstance(t.underlying(), Pointer) and not (isinstance(unalias(t), Named) and unalias(t) is rt)
    if not path:
        if ptr:
            if is_ptr:
                v = expr(fb, x)
                return Val(Pointer(rt), v.parts)
            return Val(Pointer(rt), (addr(fb, x),))
        v = expr(fb, x)
        if is_ptr:
            fb.dbg(pos)
            fb.nil_check(v.one())
            return fb.load(v.one(), rt)
        return v
    base = _base_place(fb, x, t)
    if base is None:
        v = expr(fb, x)
        if not ptr:
            v = field_value(fb, v, path)
            u = v.typ.underlying()
            if isinstance(u, Pointer) and v.typ is not rt:
                fb.nil_check(v.one())
                return fb.load(v.one(), rt)
            return v
        base = mem_place(fb.to_mem(v), t)
    fb.dbg(pos)
    p = walk_place(fb, base, t, path)
    ft = unalias(p.typ)
    through = isinstance(ft, Pointer)
    if ptr:
        if through:
            return Val(Pointer(rt), p.load(fb).parts)
        if p.kind in ("slots", "val"):
            fb.bug(pos, "address of a field of a variable in registers")
        return Val(Pointer(rt), (p.addr,))
    v = p.load(fb)
    if through:
        fb.nil_check(v.one())
        return fb.load(v.one(), rt)
    return v


# ---------------------------------------------------------------- arguments


def arguments(fb: FuncBuilder, e: ast.CallExpr, sig: Signature, target: Target) -> list[Val]:
    """Evaluate receiver (into target.val) and arguments; variadic ones are packed."""
    params = [fb.subst(v.type) for v in sig.params.vars] if fb.env is not None else [v.type or INT for v in sig.params.vars]
    args = e.args
    if len(args) == 1 and isinstance(args[0].type, Tuple) and len(args[0].type.vars) != 1:
        # f(g()) with several results
        if target.expr is not None:
            settle(fb, target.expr)
        x = ast.unparen(args[0])
        assert isinstance(x, ast.CallExpr)
        vals = call(fb, x)
        if target.recv is not None:
            target.val = target.recv()
        fb.dbg(e.pos)
        return _spread(fb, vals, params, sig.variadic, e)
    items: list[tuple[ast.Expr | None, Callable[[], Val]]] = []
    types: list[Type | None] = []
    if target.recv is not None:
        recv = target.recv
        items.append((target.expr, recv))
        types.append(None)
    n = len(params)
    plain = n - 1 if sig.variadic and not e.ellipsis else n
    for i in range(min(plain, len(args))):
        a = args[i]
        items.append((a, partial(fb.expr_as, a, params[i])))
        types.append(params[i])
    extra = args[plain:]
    packed = ""
    if sig.variadic and not e.ellipsis and extra:
        st = params[-1].underlying()
        assert isinstance(st, Slice)
        elem = st.elem
        flat = layout(elem).is_flat
        if not flat:
            packed = variadic_array(fb, e, elem, len(extra))
        types += [elem] * len(extra)
        for k, a in enumerate(extra):
            if flat:
                items.append((a, partial(fb.expr_as, a, elem)))
            else:

                def put(a: ast.Expr = a, k: int = k) -> Val:
                    into(fb, a, fb.gep(packed, k * layout(elem).size), elem)
                    return Val(INT, ())

                items.append((a, put))
    vals = in_order(fb, items, types) if items else []
    if target.recv is not None:
        target.val = fb.own(vals[0]) if len(vals) > 1 else vals[0]
        vals = vals[1:]
    if sig.variadic and not e.ellipsis:
        out = vals[:plain]
        if not extra:
            out.append(fb.zero(params[-1]))
            return out
        fb.dbg(e.pos)
        if not packed:
            return [*out, pack(fb, e, vals[plain:], params[-1])]
        out.append(Val(params[-1], (packed, str(len(extra)), str(len(extra)))))
        return out
    return vals


def variadic_array(fb: FuncBuilder, e: ast.CallExpr, elem: Type, n: int) -> str:
    """New zeroed memory for the n variadic arguments of call e."""
    if fb.on_frame(e):
        return fb.new_object(Array(elem, n), e)

    lay = layout(elem)
    if lay.size == 0:
        return fb.unit.ref("runtime.zerobase")
    if n == 1:
        return fb.heap_alloc(elem)
    (p,) = fb.call_rt("newarray", [("ptr", type_desc(fb.unit, elem)), ("i64", str(n))], "ptr")
    return p


def pack(fb: FuncBuilder, e: ast.CallExpr, vals: Sequence[Val], slice_type: Type) -> Val:
    """Variadic arguments as a slice."""
    st = slice_type.underlying()
    assert isinstance(st, Slice)
    n = len(vals)
    to = variadic_array(fb, e, st.elem, n)
    size = layout(st.elem).size
    with fb.filling(to):
        for i, v in enumerate(vals):
            fb.store(fb.gep(to, i * size), st.elem, v)
    return Val(slice_type, (to, str(n), str(n)))


def _spread(fb: FuncBuilder, vals: Sequence[Val], params: Sequence[Type], variadic: bool, e: ast.CallExpr) -> list[Val]:
    n = len(params)
    if not variadic:
        return [assign_conv(fb, v, t, e.pos) for v, t in zip(vals, params, strict=True)]
    out = [assign_conv(fb, v, t, e.pos) for v, t in zip(vals[: n - 1], params[: n - 1], strict=True)]
    st = params[-1].underlying()
    assert isinstance(st, Slice)
    rest = [assign_conv(fb, v, st.elem, e.pos) for v in vals[n - 1 :]]
    out.append(pack(fb, e, rest, params[-1]) if rest else fb.zero(params[-1]))
    return out


# ---------------------------------------------------------------- method values and expressions


def method_expr_target(fb: FuncBuilder, e: ast.SelectorExpr, targs: Sequence[Type]) -> Target | None:
    """T.m(x, ...) called directly, when no wrapper is needed in between."""
    ref = find_method(fb, e)
    t = unalias(fb.subst(e.x.type))
    if ref.path or isinstance(ref.recv.underlying(), Interface):
        return None
    is_ptr = isinstance(t, Pointer)
    if is_ptr != recv_is_pointer(ref.f):
        return None
    tg = Target("static")
    tg.f = ref.f
    tg.symbol = fb.unit.program.callee(fb.unit, ref.f, recv_targs(ref.recv), [fb.subst(a) for a in targs])
    return tg


def method_value(fb: FuncBuilder, e: ast.SelectorExpr, typ: Type | None, targs: Sequence[Type] = ()) -> Val:
    """x.m or x.m[targs], of type typ, as a func value: the receiver is evaluated (and copied) now."""
    ref = find_method(fb, e)
    t = fb.typ(e.x)
    if not isinstance(t.underlying(), (Pointer, Interface)) and (recv_is_pointer(ref.f) or ref.path) and addressable(fb, e.x):
        p = place(fb, e.x)
        v = Val(Pointer(t), (p.addr,)) if p.kind == "mem" else p.load(fb)
    else:
        v = expr(fb, e.x)
    fb.dbg(e.pos)
    args = [fb.subst(a) for a in targs or e.targs or e.sel.targs or ()]
    sig = fb.subst(typ).underlying()
    assert isinstance(sig, Signature)
    return Val(sig, (wrappers.method_value(fb, e, v, args, sig),))


def method_expr(fb: FuncBuilder, e: ast.SelectorExpr, typ: Type | None, targs: Sequence[Type] = ()) -> Val:
    """T.m or T.m[targs], of type typ, as a func value whose first parameter is the receiver."""
    ft = fb.subst(typ).underlying()
    assert isinstance(ft, Signature)
    tg = method_expr_target(fb, e, targs or e.targs or e.sel.targs or ())
    if tg is not None:
        return Val(ft, (wrappers.func_value(fb.unit, tg.symbol),))
    args = [fb.subst(a) for a in targs or e.targs or e.sel.targs or ()]
    return Val(ft, (wrappers.method_expr(fb.unit, e.selection, fb.subst(e.x.type), args, ft),))
