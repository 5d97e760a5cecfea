"""Equality and hash functions of types.

`equal(fb, T, a, b)` compares two values of one type in line where that is short, and calls `type:.eq.T` where it is not: arrays that
are not plain memory, structs with many parts. Two values are equal when their parts are (spec, "Comparison operators"); parts
that are plain memory and lie side by side are compared as one run. Blank fields and padding are not compared. The order is
as in gc (`_Conds`): cheap parts first, contents of strings later; but an interface part, which may panic, only when all before it are equal.

Descriptors hold `Equal func(p, q unsafe.Pointer) bool`, map types `Hasher func(p unsafe.Pointer, seed uintptr) uintptr`, as func values:
`type:.eqmem.N·f` for plain memory of N bytes, `type:.eq.T·f`, and for hashes the runtime's memhash32 strhash interhash ... or
`type:.hash.T·f`, which feeds each part's hash to the next as seed. -0 == 0 and NaN != NaN, so floats are never plain memory.

Source for the contracts: cmd/compile/internal/reflectdata/alg.go and runtime/alg.go, go1.27.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from rt0.diag import InternalError
from rt0.lower.func import define_func
from rt0.lower.layout import layout
from rt0.lower.names import link_string
from rt0.lower.typedesc import hash_might_panic
from rt0.lower.value import Val
from rt0.lower.wrappers import func_value
from rt0.types.identity import type_set
from rt0.types.types import TYP, Array, Basic, Chan, Interface, Pointer, Struct, Type, unalias
from rt0.types.typestring import type_string

Cond = Callable[[], str]  # writes a test, returns its i1

if TYPE_CHECKING:
    from rt0.lower.func import FuncBuilder
    from rt0.lower.unit import Unit

UNSAFE_POINTER = TYP["unsafe.Pointer"]
BOOL = TYP["bool"]
UINTPTR = TYP["uintptr"]


_MEM = {1: "i8", 2: "i16", 4: "i32", 8: "i64"}


# ---------------------------------------------------------------- comparison of values


def equal(fb: FuncBuilder, t: Type, a: Val, b: Val) -> str:
    """i1 operand: a == b, both of type t (not nil comparisons)."""
    u = t.underlying()
    match u:
        case Basic():
            return _equal_basic(fb, u, a, b)
        case Pointer() | Chan():
            return fb.tmp(f"icmp eq ptr {a.one()}, {b.one()}")
        case Interface():
            return equal_iface(fb, u, a.p(), b.p())
    lay = layout(t)
    if lay.size == 0:
        return "true"
    if isinstance(u, Struct) and lay.is_flat:
        return _equal_flat_struct(fb, t, a, b)
    return equal_mem(fb, t, fb.to_mem(a), fb.to_mem(b))


def _equal_basic(fb: FuncBuilder, u: Basic, a: Val, b: Val) -> str:
    k = u.kind
    x, y = a.p(), b.p()
    if k in ("string", "untyped string"):
        return equal_string(fb, x, y)
    if k in ("float32", "float64", "untyped float"):
        return fb.tmp(f"fcmp oeq {layout(u).vals[0]} {x[0]}, {y[0]}")
    if k in ("complex64", "complex128", "untyped complex"):
        ll = layout(u).vals[0]
        p = fb.tmp(f"fcmp oeq {ll} {x[0]}, {y[0]}")
        q = fb.tmp(f"fcmp oeq {ll} {x[1]}, {y[1]}")
        return fb.tmp(f"and i1 {p}, {q}")
    return fb.tmp(f"icmp eq {layout(u).vals[0]} {x[0]}, {y[0]}")


def equal_string(fb: FuncBuilder, x: tuple[str, ...], y: tuple[str, ...]) -> str:
    """Same length, then same bytes; against a constant of at most 8 bytes the bytes are compared by loads."""
    if x[1] == "0" or y[1] == "0":
        return fb.tmp(f"icmp eq i64 {x[1]}, {y[1]}")
    n = x[1] if x[1].isdigit() else y[1]
    same = fb.tmp(f"icmp eq i64 {x[1]}, {y[1]}")
    first, more, done = fb.label, fb.block("seq"), fb.block("seqx")
    fb.cond_br(same, more, done)
    fb.start(more)
    if n.isdigit() and int(n) in (1, 2, 4, 8):
        ty = _MEM[int(n)]
        p = fb.tmp(f"load {ty}, ptr {x[0]}, align 1")
        q = fb.tmp(f"load {ty}, ptr {y[0]}, align 1")
        r = fb.tmp(f"icmp eq {ty} {p}, {q}")
    else:
        (r,) = fb.call_rt("memequal", [("ptr", x[0]), ("ptr", y[0]), ("i64", x[1])], "i1")
    fb.start(done)
    return fb.phi("i1", [("false", first), (r, more)])


def equal_iface(fb: FuncBuilder, u: Type, x: tuple[str, ...], y: tuple[str, ...]) -> str:
    """Same type word (nil too), then the runtime compares the data."""
    if x[0] == "null" or y[0] == "null":
        return fb.tmp(f"icmp eq ptr {x[0]}, {y[0]}")
    assert isinstance(u, Interface)
    fn = "ifaceeq" if type_set(u).methods else "efaceeq"
    same = fb.tmp(f"icmp eq ptr {x[0]}, {y[0]}")
    first, more, done = fb.label, fb.block("ieq"), fb.block("ieqx")
    fb.cond_br(same, more, done)
    fb.start(more)
    (r,) = fb.call_rt(fn, [("ptr", x[0]), ("ptr", x[1]), ("ptr", y[1])], "i1")
    fb.start(done)
    return fb.phi("i1", [("false", first), (r, more)])


class _Conds:
    """The conditions of a comparison of many parts, in the order gc tests them (cmd/compile/internal/compare, EqStruct): within a segment the
    cheap ones first, then those that follow pointers or call; a part whose comparison may panic is a segment of its own, so
    that it panics only when everything before it is equal."""

    __slots__ = ("segments",)

    def __init__(self) -> None:
        self.segments: list[tuple[list[Cond], list[Cond]]] = [([], [])]

    def add(self, c: Cond, cheap: bool) -> None:
        self.segments[-1][0 if cheap else 1].append(c)

    def barrier(self) -> None:
        if self.segments[-1][0] or self.segments[-1][1]:
            self.segments.append(([], []))

    def emit(self, fb: FuncBuilder) -> str:
        """i1: all hold."""
        out = done = ""
        acc = "true"
        for cheap, dear in self.segments:
            for c in cheap:
                r = c()
                acc = r if acc == "true" else fb.tmp(f"and i1 {acc}, {r}")
            for c in dear:
                if acc != "true":
                    if not done:
                        out, done = fb.alloca_ll("i1"), fb.block("eqx")
                        fb.store_ll(out, "i1", "false")
                    more = fb.block("eqm")
                    fb.cond_br(acc, more, done)
                    fb.start(more)
                acc = c()
        if not done:
            return acc
        fb.store_ll(out, "i1", acc)
        fb.br(done)
        fb.start(done)
        return fb.load_ll(out, "i1")

    def value(self, fb: FuncBuilder, t: Type, x: tuple[str, ...], y: tuple[str, ...]) -> None:
        """Add the comparison of two values of a flat type."""
        u = t.underlying()
        if isinstance(u, Struct):
            at = 0
            for f in u.fields:
                assert f.type is not None
                n = len(layout(f.type).vals)
                if f.name != "_" and n:
                    self.value(fb, f.type, x[at : at + n], y[at : at + n])
                at += n
        elif isinstance(u, Basic) and u.kind == "string":
            self.add(lambda: fb.tmp(f"icmp eq i64 {x[1]}, {y[1]}"), True)
            self.add(lambda: fb.call_rt("memequal", [("ptr", x[0]), ("ptr", y[0]), ("i64", x[1])], "i1")[0], False)
        elif isinstance(u, Interface):
            fn = "ifaceeq" if type_set(u).methods else "efaceeq"
            self.barrier()
            self.add(lambda: fb.tmp(f"icmp eq ptr {x[0]}, {y[0]}"), True)
            self.add(lambda: fb.call_rt(fn, [("ptr", x[0]), ("ptr", x[1]), ("ptr", y[1])], "i1")[0], False)
            self.barrier()
        else:
            self.add(lambda: equal(fb, t, Val(t, x), Val(t, y)), True)


def _equal_flat_struct(fb: FuncBuilder, t: Type, a: Val, b: Val) -> str:
    c = _Conds()
    c.value(fb, t, a.p(), b.p())
    return c.emit(fb)


# ---------------------------------------------------------------- comparison in memory


def equal_mem(fb: FuncBuilder, t: Type, p: str, q: str) -> str:
    """i1: the values of type t at addresses p and q are equal."""
    lay = layout(t)
    if not lay.comparable:
        raise InternalError(f"lower: {fb.sym}: {type_string(t)} is not comparable")
    if lay.size == 0:
        return "true"
    if lay.plain:
        return _run_equal(fb, p, q, lay.size)
    (r,) = fb.call_rt(eq_func(fb.unit, t), [("ptr", p), ("ptr", q)], "i1")
    return r


def _run_equal(fb: FuncBuilder, p: str, q: str, size: int) -> str:
    """size plain bytes are equal."""
    if size <= 32:
        acc = "true"
        off = 0
        while off < size:
            n = 8 if size - off >= 8 else 4 if size - off >= 4 else 2 if size - off >= 2 else 1
            ty = _MEM[n]
            x = fb.tmp(f"load {ty}, ptr {fb.gep(p, off)}, align 1")
            y = fb.tmp(f"load {ty}, ptr {fb.gep(q, off)}, align 1")
            r = fb.tmp(f"icmp eq {ty} {x}, {y}")
            acc = r if acc == "true" else fb.tmp(f"and i1 {acc}, {r}")
            off += n
        return acc
    (r,) = fb.call_rt("memequal", [("ptr", p), ("ptr", q), ("i64", str(size))], "i1")
    return r


def _parts(t: Type, base: int, out: list[tuple[int, int, Type | None]]) -> None:
    """Flatten a struct into (offset, size, type) parts; type None: a run of plain bytes, merged with a run just before it."""
    u = t.underlying()
    lay = layout(t)
    if lay.size == 0:
        return
    if lay.plain:
        if out and out[-1][2] is None and out[-1][0] + out[-1][1] == base:
            o, s, _ = out[-1]
            out[-1] = (o, s + lay.size, None)
        else:
            out.append((base, lay.size, None))
    elif isinstance(u, Struct):
        for f, off in zip(u.fields, lay.offsets, strict=True):
            if f.name != "_" and f.type is not None:
                _parts(f.type, base + off, out)
    else:
        out.append((base, lay.size, t))


def eq_func(unit: Unit, t: Type) -> str:
    """Symbol of func(p, q unsafe.Pointer) bool for a comparable t; defined in this unit."""
    lay = layout(t)
    if lay.plain:
        size = lay.size
        return define_func(unit, f"type:.eqmem.{size}", [UNSAFE_POINTER] * 2, [BOOL], lambda fb: _ret_bool(
            fb, _run_equal(fb, fb.args[0].one(), fb.args[1].one(), size)), once=True)  # fmt: skip
    return define_func(unit, "type:.eq." + link_string(t), [UNSAFE_POINTER] * 2, [BOOL], lambda fb: _eq_body(fb, t), once=True)


def _ret_bool(fb: FuncBuilder, x: str) -> None:
    fb.ret([Val(BOOL, (x,))])


def _eq_body(fb: FuncBuilder, t: Type) -> None:
    fb.tbaa = False
    p, q = fb.args[0].one(), fb.args[1].one()
    u = t.underlying()
    if isinstance(u, Array):
        eu = u.elem.underlying()
        if isinstance(eu, Basic) and eu.kind == "string":  # the lengths of all before any content
            _all(fb, u, p, q, lambda a, b: fb.tmp(f"icmp eq i64 {fb.load_ll(fb.gep(a, 8), 'i64', '')}, {fb.load_ll(fb.gep(b, 8), 'i64', '')}"))
        _all(fb, u, p, q, lambda a, b: _equal_at(fb, u.elem, a, b))
        _ret_bool(fb, "true")
        return
    parts: list[tuple[int, int, Type | None]] = []
    _parts(t, 0, parts)
    conds = _Conds()
    for off, size, pt in parts:
        a, b = fb.gep(p, off), fb.gep(q, off)
        if pt is None:
            conds.add(lambda a=a, b=b, size=size: _run_equal(fb, a, b, size), size <= 32)  # type: ignore[misc]
        elif layout(pt).is_flat:
            # headers are loaded now: the frame behind p and q is readable
            conds.value(fb, pt, fb.load(a, pt).p(), fb.load(b, pt).p())
        else:
            panics = hash_might_panic(pt)
            if panics:
                conds.barrier()
            conds.add(lambda a=a, b=b, pt=pt: equal_mem(fb, pt, a, b), False)  # type: ignore[misc]
            if panics:
                conds.barrier()
    _ret_bool(fb, conds.emit(fb))


def _all(fb: FuncBuilder, u: Array, p: str, q: str, test: Callable[[str, str], str]) -> None:
    """Return false unless test holds for every element."""
    loop = _loop(fb, u.len)
    size = layout(u.elem).size
    r = test(fb.gep_var(p, loop.i, size), fb.gep_var(q, loop.i, size))
    no, more = fb.block("ne"), fb.block("same")
    fb.cond_br(r, more, no)
    fb.start(no)
    _ret_bool(fb, "false")
    fb.start(more)
    _loop_end(fb, loop)


def _equal_at(fb: FuncBuilder, t: Type, p: str, q: str) -> str:
    lay = layout(t)
    if lay.is_flat and not isinstance(t.underlying(), Struct):
        return equal(fb, t, fb.load(p, t), fb.load(q, t))
    return equal_mem(fb, t, p, q)


class _Loop(NamedTuple):
    """A counted loop being written: the index, its slot, the blocks of its head and after it."""

    i: str
    var: str
    head: str
    end: str


def _loop(fb: FuncBuilder, n: int) -> _Loop:
    """for i := 0; i < n; i++ {: starts the body; `_loop_end` closes it."""
    iv = fb.alloca_ll("i64")
    fb.store_ll(iv, "i64", "0")
    head, body, end = fb.block("head"), fb.block("body"), fb.block("end")
    fb.start(head)
    i = fb.load_ll(iv, "i64", "")
    fb.cond_br(fb.tmp(f"icmp ult i64 {i}, {n}"), body, end)
    fb.start(body)
    return _Loop(i, iv, head, end)


def _loop_end(fb: FuncBuilder, loop: _Loop) -> None:
    fb.store_ll(loop.var, "i64", fb.tmp(f"add nuw nsw i64 {loop.i}, 1"))
    fb.br(loop.head)
    fb.start(loop.end)


def eq_func_value(unit: Unit, t: Type) -> str:
    """Operand of the func value for abi.Type.Equal."""
    u = t.underlying()
    if isinstance(u, (Basic, Interface)):
        t = u  # one function for all types with this underlying type
    return func_value(unit, eq_func(unit, unalias(t)))


# ---------------------------------------------------------------- hashes


_HASH_BASIC = {"string": "strhash", "float32": "f32hash", "float64": "f64hash", "complex64": "c64hash", "complex128": "c128hash"}


def hash_symbol(unit: Unit, t: Type) -> str:
    """Symbol of func(p unsafe.Pointer, seed uintptr) uintptr for keys of type t."""
    u = t.underlying()
    lay = layout(t)
    if lay.plain:
        if lay.size == 4:
            return "runtime.memhash32"
        if lay.size == 8:
            return "runtime.memhash64"
        size = lay.size
        return define_func(unit, f"type:.hashmem.{size}", [UNSAFE_POINTER, UINTPTR], [UINTPTR], lambda fb: fb.ret(
            [Val(UINTPTR, (_hash_run(fb, fb.args[0].one(), fb.args[1].one(), size),))]), once=True)  # fmt: skip
    match u:
        case Basic() if u.kind in _HASH_BASIC:
            return "runtime." + _HASH_BASIC[u.kind]
        case Interface():
            return "runtime.interhash" if type_set(u).methods else "runtime.nilinterhash"
    return define_func(unit, "type:.hash." + link_string(t), [UNSAFE_POINTER, UINTPTR], [UINTPTR], lambda fb: _hash_body(fb, t), once=True)


hash_func = hash_symbol


def hash_func_value(unit: Unit, t: Type) -> str:
    return func_value(unit, hash_symbol(unit, unalias(t)))


def _hash_run(fb: FuncBuilder, p: str, h: str, size: int) -> str:
    if size == 0:
        return h
    (r,) = fb.call_rt("memhash", [("ptr", p), ("i64", h), ("i64", str(size))], "i64")
    return r


def _hash_body(fb: FuncBuilder, t: Type) -> None:
    fb.tbaa = False
    p, h = fb.args[0].one(), fb.args[1].one()
    u = t.underlying()
    if isinstance(u, Array):
        acc = fb.alloca_ll("i64")
        fb.store_ll(acc, "i64", h)
        fn = hash_symbol(fb.unit, u.elem)
        loop = _loop(fb, u.len)
        (r,) = fb.call_rt(fn, [("ptr", fb.gep_var(p, loop.i, layout(u.elem).size)), ("i64", fb.load_ll(acc, "i64"))], "i64")
        fb.store_ll(acc, "i64", r)
        _loop_end(fb, loop)
        h = fb.load_ll(acc, "i64")
    else:
        parts: list[tuple[int, int, Type | None]] = []
        _parts(t, 0, parts)
        for off, size, pt in parts:
            at = fb.gep(p, off)
            if pt is None:
                h = _hash_run(fb, at, h, size)
            else:
                (h,) = fb.call_rt(hash_symbol(fb.unit, pt), [("ptr", at), ("i64", h)], "i64")
    fb.ret([Val(UINTPTR, (h,))])
