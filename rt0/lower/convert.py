"""Conversions: explicit T(x), implicit assignability, to and from interfaces, type assertions.

Floats to integers behave as gc's code on amd64 does: CVTTSD2SQ/SL give the most negative number for what does not fit, smaller
integers are the truncated 32-bit result, uint32 the truncated 64-bit one (ssagen's fpConvOpToSSA; its newer "ConvertHash" forms are
off by default in go1.27). The target intrinsic is used: LLVM's fptosi would be undefined there.

An interface's data word holds pointer-shaped types themselves, all others a pointer to memory that is never written again: constants get
read-only data, single bytes a table, the rest runtime.convT*.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from rt0.lower.func import FuncBuilder
from rt0.lower.itab import itab
from rt0.lower.layout import LEAF_SIZE, layout, wrap
from rt0.lower.methodset import method_id, method_set
from rt0.lower.tempstring import buffer
from rt0.lower.typedesc import type_desc
from rt0.lower.unit import symbol_of
from rt0.lower.value import Val
from rt0.syntax import nodes as ast
from rt0.types.identity import identical, type_set
from rt0.types.types import (
    IS_COMPLEX,
    IS_FLOAT,
    IS_INTEGER,
    IS_STRING,
    IS_UNSIGNED,
    TYP,
    Array,
    Basic,
    Interface,
    Pointer,
    Slice,
    Type,
)
from rt0.types.typestring import type_string

if TYPE_CHECKING:
    from rt0.diag import Pos

BOOL = TYP["bool"]


def is_interface(t: Type) -> bool:
    return isinstance(t.underlying(), Interface)


def is_empty(t: Type) -> bool:
    u = t.underlying()
    return isinstance(u, Interface) and not type_set(u).methods


def assign_conv(fb: FuncBuilder, v: Val, t: Type, pos: Pos) -> Val:
    """v converted as an assignment to a variable of type t converts it."""
    s = v.typ
    if s is t:
        return v
    u = t.underlying()
    if isinstance(u, Interface):
        if isinstance(s, Basic) and s.kind == "untyped nil":
            return fb.zero(t)
        if is_interface(s):
            return iface_to_iface(fb, v, t)
        return to_iface(fb, v, t)
    if isinstance(s, Basic) and s.kind == "untyped nil":
        return fb.zero(t)
    return Val(t, v.parts, v.addr, v.owned)


# ---------------------------------------------------------------- interfaces


def to_iface(fb: FuncBuilder, v: Val, t: Type) -> Val:
    """A value of concrete type as interface type t."""
    s = v.typ
    if isinstance(s, Basic) and s.kind.startswith("untyped"):
        s = {"untyped bool": BOOL, "untyped int": TYP["int"], "untyped rune": TYP["rune"], "untyped float": TYP["float64"],
             "untyped complex": TYP["complex128"], "untyped string": TYP["string"]}[s.kind]  # fmt: skip
        v = Val(s, v.parts, v.addr)
    word = type_desc(fb.unit, s) if is_empty(t) else itab(fb.unit, s, t)
    return Val(t, (word, data_word(fb, v)))


def data_word(fb: FuncBuilder, v: Val) -> str:
    """The interface data word that carries v."""
    t = v.typ
    lay = layout(t)
    if lay.direct_iface:
        if v.parts is None:
            return fb.load_ll(v.at(), "ptr", "p")
        return v.one()
    if lay.size == 0:
        return fb.unit.ref("runtime.zerobase")
    if v.parts is not None and all(_is_const(p) for p in v.parts):
        return const_data(fb, v)
    if fb.box_on_stack:
        to = fb.alloca_type(t)
        fb.store(to, t, v)
        return to
    if lay.is_flat and v.parts is not None:
        if lay.size == 1:
            ll = lay.vals[0]
            return fb.tmp(f"getelementptr inbounds i8, ptr {byte_table(fb)}, i64 {fb.tmp(f'zext {ll} {v.one()} to i64')}")
        u = t.underlying()
        if isinstance(u, Basic) and u.info & IS_STRING:
            return fb.call_rt("convTstring", [("ptr", v.parts[0]), ("i64", v.parts[1])], "ptr")[0]
        if isinstance(u, Slice):
            return fb.call_rt("convTslice", [("ptr", v.parts[0]), ("i64", v.parts[1]), ("i64", v.parts[2])], "ptr")[0]
        if not lay.has_pointers and len(lay.vals) == 1 and lay.size in (2, 4, 8) and LEAF_SIZE[lay.vals[0]] == lay.size:
            ll = lay.vals[0]
            op = v.one()
            n = lay.size * 8
            if ll in ("float", "double"):
                op = fb.tmp(f"bitcast {ll} {op} to i{n}")
            return fb.call_rt(f"convT{n}", [(f"i{n}", op)], "ptr")[0]
    return fb.call_rt("convT", [("ptr", type_desc(fb.unit, t)), ("ptr", fb.to_mem(v))], "ptr")[0]


def _is_const(p: str) -> bool:
    return p[0] != "%" and not p.startswith("inttoptr")


def const_data(fb: FuncBuilder, v: Val) -> str:
    """Read-only memory holding a flat constant value."""
    lay = layout(v.typ)
    fields = []
    at = 0
    relocs = False
    for (ll, off), p in zip(lay.leaves, v.p(), strict=True):
        if off > at:
            fields.append(f"[{off - at} x i8] zeroinitializer")
        if ll == "i8":
            p = {"true": "1", "false": "0"}.get(p, p)
        if p[0] == "@":
            relocs = True
        fields.append(f"{ll} {p}")
        at = off + LEAF_SIZE[ll]
    if at < lay.size:
        fields.append(f"[{lay.size - at} x i8] zeroinitializer")
    init = "<{ " + ", ".join(fields) + " }>"
    ty = "<{ " + ", ".join([f[: f.index("]") + 1] if f[0] == "[" else f.split(" ", 1)[0] for f in fields]) + " }>"
    sym = "go:const." + hashlib.sha256(f"{lay.align}{init}".encode()).hexdigest()[:24]
    unit = fb.unit
    if unit.begin(sym):
        with unit.defining(sym, "once") as meta:
            for p in v.p():
                if p[0] == "@":
                    meta.refs[symbol_of(p)] = None
            unit.define_data(sym, ty, init, section=".data.rel.ro" if relocs else ".rodata", const=True, align=lay.align, once=True)
    return unit.ref(sym)


def byte_table(fb: FuncBuilder) -> str:
    """256 bytes 0..255: what interfaces that hold a byte point into."""
    sym = "go:bytes"
    unit = fb.unit
    if unit.begin(sym):
        with unit.defining(sym, "once"):
            text = "".join(f"\\{i:02X}" for i in range(256))
            unit.define_data(sym, "[256 x i8]", f'c"{text}"', section=".rodata", const=True, align=1, once=True)
    return unit.ref(sym)


def unpack_direct(fb: FuncBuilder, data: str, t: Type) -> Val:
    """The value of type t that an interface's data word carries."""
    lay = layout(t)
    if lay.direct_iface:
        if lay.is_flat:
            return Val(t, (data,))
        to = fb.alloca(8)
        fb.store_ll(to, "ptr", data, "p")
        return Val(t, None, to, owned=True)
    if lay.size == 0:
        return fb.zero(t)
    return fb.at(data, t)


def type_word(fb: FuncBuilder, v: Val) -> str:
    """The dynamic type of an interface value (null for nil)."""
    w = v.p()[0]
    if is_empty(v.typ) or w == "null":
        return w
    yes, end = fb.block("tab"), fb.block("tabx")
    if fb.done:
        fb.start(fb.block("dead"))
    first = fb.label
    fb.cond_br(fb.tmp(f"icmp eq ptr {w}, null"), end, yes)
    fb.start(yes)
    t = fb.load_ll(fb.gep(w, 8), "ptr", "p")
    second = fb.label
    fb.start(end)
    return fb.phi("ptr", [("null", first), (t, second)])


def iface_to_iface(fb: FuncBuilder, v: Val, t: Type) -> Val:
    """Between interface types where the source implements the target: never panics, nil stays nil."""
    s = v.typ
    se, te = is_empty(s), is_empty(t)
    if (se and te) or (not se and not te and identical(s, t)):
        return Val(t, v.parts)
    w = type_word(fb, v)
    data = v.p()[1]
    if te:
        return Val(t, (w, data))
    if w == "null":
        return fb.zero(t)
    yes, end = fb.block("conv"), fb.block("convx")
    if fb.done:
        fb.start(fb.block("dead"))
    first = fb.label
    fb.cond_br(fb.tmp(f"icmp eq ptr {w}, null"), end, yes)
    fb.start(yes)
    (tab,) = fb.call_rt("assertE2I", [("ptr", type_desc(fb.unit, t)), ("ptr", w)], "ptr")
    second = fb.label
    fb.start(end)
    return Val(t, (fb.phi("ptr", [("null", first), (tab, second)]), data))


def assert_type(fb: FuncBuilder, v: Val, t: Type, comma_ok: bool) -> tuple[Val, Val]:
    """v.(t): the value and, for the comma-ok form, whether it holds (else it panics)."""
    st = v.typ
    word, data = v.p()
    if is_interface(t):
        w = type_word(fb, v)
        want = type_desc(fb.unit, t)
        if is_empty(t):
            nil = fb.tmp(f"icmp eq ptr {w}, null")
            if not comma_ok:
                fb.panic_if(nil, "panicnildottype", [("ptr", want)])
                return Val(t, (w, data)), Val(BOOL, ("true",))
            return Val(t, (w, fb.tmp(f"select i1 {nil}, ptr null, ptr {data}"))), Val(BOOL, (fb.tmp(f"xor i1 {nil}, true"),))
        if not comma_ok:
            (tab,) = fb.call_rt("assertE2I", [("ptr", want), ("ptr", w)], "ptr")
            return Val(t, (tab, data)), Val(BOOL, ("true",))
        (tab,) = fb.call_rt("assertE2I2", [("ptr", want), ("ptr", w)], "ptr")
        ok = fb.tmp(f"icmp ne ptr {tab}, null")
        return Val(t, (tab, fb.tmp(f"select i1 {ok}, ptr {data}, ptr null"))), Val(BOOL, (ok,))
    same = is_type(fb, v, t)
    if not comma_ok:
        differ = "true" if same == "false" else fb.tmp(f"xor i1 {same}, true")
        desc = type_desc(fb.unit, t)
        idesc = type_desc(fb.unit, st)
        fb.panic_if(differ, "panicdottypeE" if is_empty(st) else "panicdottypeI", [("ptr", word), ("ptr", desc), ("ptr", idesc)])
        return unpack_direct(fb, data, t), Val(BOOL, ("true",))
    lay = layout(t)
    if lay.size == 0 or (lay.direct_iface and lay.is_flat):
        x = unpack_direct(fb, data, t)
        if lay.size:
            x = Val(t, (fb.tmp(f"select i1 {same}, ptr {x.one()}, ptr null"),))
        return x, Val(BOOL, (same,))
    to = fb.slots(t) if lay.is_flat else None
    mem = "" if to is not None else fb.alloca(lay.size, lay.align)
    yes, no, end = fb.block("is"), fb.block("isnot"), fb.block("isx")
    fb.cond_br(same, yes, no)
    fb.start(yes)
    x = unpack_direct(fb, data, t)
    if to is not None:
        fb.store_var(to, x)
    else:
        fb.store(mem, t, x)
    fb.br(end)
    fb.start(no)
    if to is not None:
        fb.store_var(to, fb.zero(t))
    else:
        fb.store_zero(mem, t)
    fb.start(end)
    return (fb.load_var(to) if to is not None else Val(t, None, mem, owned=True)), Val(BOOL, (same,))


def is_type(fb: FuncBuilder, v: Val, t: Type) -> str:
    """i1: the dynamic type of interface value v is the concrete type t."""
    if not may_hold(v.typ, t):
        return "false"
    word = v.p()[0]
    want = type_desc(fb.unit, t) if is_empty(v.typ) else itab(fb.unit, t, v.typ)
    return fb.tmp(f"icmp eq ptr {word}, {want}")


def may_hold(iface: Type, t: Type) -> bool:
    """t implements the interface. In instances of generic functions it may not: then no itab must be made for the two."""
    u = iface.underlying()
    if not isinstance(u, Interface) or is_empty(iface):
        return True
    have = {method_id(m.func.name, m.func.pkg) for m in method_set(t)}
    return all(method_id(f.name, f.pkg) in have for f in type_set(u).methods)


# ---------------------------------------------------------------- explicit conversions


def conversion(fb: FuncBuilder, e: ast.CallExpr) -> Val:
    """T(x)."""
    t = fb.subst(e.fun.type)
    x = e.args[0]
    u = t.underlying()
    if x.mode == "constant" and isinstance(u, Basic) and isinstance(fb.typ(x).underlying(), Basic):
        # constants in generic code, and constants of types that are not constant types
        xu = fb.typ(x).underlying()
        assert isinstance(xu, Basic)
        if not (u.info & IS_STRING and xu.info & IS_INTEGER):
            return fb.const(x.val, t)
    if not layout(t).is_flat and not isinstance(u, Interface):
        v = fb.expr(x)
        fb.dbg(e.pos)
        return convert(fb, v, t, e.pos)
    v = fb.expr(x)
    fb.dbg(e.pos)
    return convert(fb, v, t, e.pos, e)


def convert(fb: FuncBuilder, v: Val, t: Type, pos: Pos, node: ast.Expr | None = None) -> Val:
    """v as a t, explicitly. node: the conversion, for what escape analysis knows of its result."""
    u = t.underlying()
    s = v.typ
    if isinstance(u, Interface):
        return assign_conv(fb, v, t, pos)
    if isinstance(s, Basic) and s.kind == "untyped nil":
        return fb.zero(t)
    su = s.underlying()
    if isinstance(u, Basic):
        if isinstance(su, Basic):
            return _basic(fb, v, su, u, t, node)
        if u.info & IS_STRING:
            if isinstance(su, Slice):
                return _slice_to_string(fb, v, su, t, node)
        elif u.kind == "unsafe.Pointer":
            return Val(t, v.parts)
        fb.bug(pos, f"conversion of {type_string(s)} to {type_string(t)}")
    if isinstance(su, Basic):
        if su.info & IS_STRING and isinstance(u, Slice):
            return _string_to_slice(fb, v, u, t, node)
        if su.kind == "unsafe.Pointer":
            return Val(t, v.parts)
    if isinstance(su, Slice) and isinstance(u, (Array, Pointer)):
        a = u if isinstance(u, Array) else u.elem.underlying()
        assert isinstance(a, Array)
        p, n, _ = v.p()
        if a.len:
            fb.panic_if(fb.tmp(f"icmp ult i64 {n}, {a.len}"), "panicSliceConvert", [("i64", n), ("i64", str(a.len))])
        if isinstance(u, Pointer):
            return Val(t, (p,))
        return fb.load(p, t) if a.len else fb.zero(t)
    return Val(t, v.parts, v.addr, v.owned)


def _basic(fb: FuncBuilder, v: Val, s: Basic, u: Basic, t: Type, node: ast.Expr | None) -> Val:
    si, ui = s.info, u.info
    if ui & IS_INTEGER:
        if si & IS_INTEGER:
            return Val(t, (int_to_int(fb, v.one(), s, u),))
        if si & IS_FLOAT:
            return Val(t, (float_to_int(fb, v.one(), layout(s).vals[0], u),))
        if s.kind == "unsafe.Pointer":
            return Val(t, (fb.tmp(f"ptrtoint ptr {v.one()} to i64"),))
    elif ui & IS_FLOAT:
        ll = layout(u).vals[0]
        if si & IS_INTEGER:
            op = "uitofp" if si & IS_UNSIGNED else "sitofp"
            return Val(t, (fb.tmp(f"{op} {layout(s).vals[0]} {v.one()} to {ll}"),))
        if si & IS_FLOAT:
            return Val(t, (float_to_float(fb, v.one(), layout(s).vals[0], ll),))
    elif ui & IS_COMPLEX:
        ll = layout(u).vals[0]
        if si & IS_COMPLEX:
            a = layout(s).vals[0]
            return Val(t, tuple([float_to_float(fb, p, a, ll) for p in v.p()]))
    elif ui & IS_STRING:
        if si & IS_STRING:
            return Val(t, v.parts)
        if si & IS_INTEGER:
            x = int_to_int(fb, v.one(), s, TYP["int64"])
            if si & IS_UNSIGNED and s.kind in ("uint64", "uint", "uintptr"):
                big = fb.tmp(f"icmp slt i64 {x}, 0")
                x = fb.tmp(f"select i1 {big}, i64 65533, i64 {x}")
            return Val(t, fb.call_rt("intstring", [("ptr", buffer(fb, node)), ("i64", x)], ("ptr", "i64")))
    elif u.kind == "unsafe.Pointer":
        if si & IS_INTEGER:
            x = int_to_int(fb, v.one(), s, TYP["uintptr"])
            return Val(t, (fb.tmp(f"inttoptr i64 {x} to ptr"),))
        return Val(t, v.parts)
    return Val(t, v.parts)


def int_to_int(fb: FuncBuilder, x: str, s: Basic, u: Basic) -> str:
    a, b = layout(s).vals[0], layout(u).vals[0]
    if a == b:
        return x
    if x.lstrip("-").isdigit():
        n = int(x)
        if s.info & IS_UNSIGNED and n < 0:
            n += 1 << (layout(s).size * 8)
        return str(wrap(n, u))
    if LEAF_SIZE[a] > LEAF_SIZE[b]:
        return fb.tmp(f"trunc {a} {x} to {b}")
    return fb.tmp(f"{'zext' if s.info & IS_UNSIGNED else 'sext'} {a} {x} to {b}")


def float_to_float(fb: FuncBuilder, x: str, a: str, b: str) -> str:
    if a == b:
        return x
    return fb.tmp(f"fpext float {x} to double" if a == "float" else f"fptrunc double {x} to float")


def _cvtt(fb: FuncBuilder, x: str, ll: str, width: int) -> str:
    """CVTTSD2SI and relatives."""
    if ll == "double":
        vec, name = "<2 x double>", "llvm.x86.sse2.cvttsd2si"
    else:
        vec, name = "<4 x float>", "llvm.x86.sse.cvttss2si"
    if width == 64:
        name += "64"
    fb.unit.declared.setdefault(name, f"declare i{width} @{name}({vec})")
    e = fb.tmp(f"insertelement {vec} zeroinitializer, {ll} {x}, i64 0")
    return fb.tmp(f"call i{width} @{name}({vec} {e}){fb.loc()}")


def float_to_int(fb: FuncBuilder, x: str, ll: str, u: Basic) -> str:
    lay = layout(u)
    out = lay.vals[0]
    if u.info & IS_UNSIGNED:
        if lay.size == 8:
            cut = "0x43E0000000000000"
            small = fb.tmp(f"fcmp olt {ll} {x}, {cut}")
            y = fb.tmp(f"fsub {ll} {x}, {cut}")
            z = fb.tmp(f"select i1 {small}, {ll} {x}, {ll} {y}")
            r = _cvtt(fb, z, ll, 64)
            hi = fb.tmp(f"or i64 {r}, -9223372036854775808")
            return fb.tmp(f"select i1 {small}, i64 {r}, i64 {hi}")
        if lay.size == 4:
            return fb.tmp(f"trunc i64 {_cvtt(fb, x, ll, 64)} to i32")
    if lay.size == 8:
        return _cvtt(fb, x, ll, 64)
    r = _cvtt(fb, x, ll, 32)
    return r if lay.size == 4 else fb.tmp(f"trunc i32 {r} to {out}")


def _slice_to_string(fb: FuncBuilder, v: Val, s: Slice, t: Type, node: ast.Expr | None) -> Val:
    buf = buffer(fb, node)
    p, n, c = v.p()
    e = s.elem.underlying()
    if isinstance(e, Basic) and e.kind == "uint8":
        return Val(t, fb.call_rt("slicebytetostring", [("ptr", buf), ("ptr", p), ("i64", n)], ("ptr", "i64")))
    return Val(t, fb.call_rt("slicerunetostring", [("ptr", buf), ("ptr", p), ("i64", n), ("i64", c)], ("ptr", "i64")))


def _string_to_slice(fb: FuncBuilder, v: Val, u: Slice, t: Type, node: ast.Expr | None) -> Val:
    p, n = v.p()
    e = u.elem.underlying()
    name = "stringtoslicebyte" if isinstance(e, Basic) and e.kind == "uint8" else "stringtoslicerune"
    buf = buffer(fb, node, 1 if name == "stringtoslicebyte" else 4)
    return Val(t, fb.call_rt(name, [("ptr", buf), ("ptr", p), ("i64", n)], ("ptr", "i64", "i64")))
