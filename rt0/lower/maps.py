"""Maps: make, read, write, delete, clear, literals, range. The map itself is GOROOT's internal/runtime/maps.

A map value is a pointer to maps.Map. Keys of 4 or 8 plain bytes and strings use the _fast32, _fast64 and _faststr entry points, which take
the key in registers; all others take its address. Reads give a pointer to the element, to zeros when the key is missing (runtime.zeroVal,
which has ZERO_SIZE bytes: larger elements ask with mapaccess2 and clear the result themselves). Which entry point goes with which key is
cmd/compile/internal/walk's mapfast (go1.27); the runtime does not care as long as the hash is the type's.

`range` keeps a maps.Iter (ITER_SIZE bytes, its first words are the addresses of the current key and element; a nil key ends it) on the frame.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rt0.lower.layout import layout
from rt0.lower.typedesc import MAP_GROUP_SLOTS, MAP_MAX_ELEM, map_group, type_desc
from rt0.lower.value import Val
from rt0.syntax import nodes as ast
from rt0.types.types import Basic, Map

if TYPE_CHECKING:
    from rt0.lower.func import FuncBuilder

ITER_SIZE = 96
ITER_KEY = 0
ITER_ELEM = 8
ZERO_SIZE = 1024  # abi.ZeroValSize
MAP_SIZE, MAP_SEED, MAP_DIR = 48, 8, 16  # maps.Map, and its fields seed and dirPtr
CTRL_EMPTY = 0x8080808080808080 - (1 << 64)  # control word of a group without entries (abi.MapCtrlEmpty), as an i64


def fast_kind(t: Map) -> str:
    """ "", "32", "64", "64ptr" or "str": which entry points serve this map type."""
    if layout(t.elem).size > MAP_MAX_ELEM:
        return ""
    key = layout(t.key)
    if key.plain:
        if key.size == 4:
            return "32"
        if key.size == 8:
            return "64ptr" if key.has_pointers else "64"
        return ""
    u = t.key.underlying()
    return "str" if isinstance(u, Basic) and u.kind == "string" else ""


def _key(fb: FuncBuilder, t: Map, key: Val, fast: str, ptr_form: bool = False) -> list[tuple[str, str]]:
    """The key argument(s) of an entry point."""
    if fast == "str":
        p, n = key.p()
        return [("ptr", p), ("i64", n)]
    if fast:
        want = "i32" if fast == "32" else "ptr" if ptr_form else "i64"
        lay = layout(t.key)
        if lay.is_flat and len(lay.vals) == 1:
            v, ll = key.one(), lay.vals[0]
            if ll == want:
                return [(want, v)]
            if ll == "ptr":
                return [(want, fb.tmp(f"ptrtoint ptr {v} to {want}"))]
        return [(want, fb.load_ll(fb.to_mem(key), want, ""))]
    return [("ptr", fb.to_mem(key))]


def access(fb: FuncBuilder, t: Map, m: str, key: Val) -> Val:
    """m[key], zero when missing."""
    if layout(t.elem).size > ZERO_SIZE:
        v, _ = access2(fb, t, m, key)
        return v
    fast = fast_kind(t)
    name = "mapaccess1" + ("_fast" + fast.removesuffix("ptr") if fast else "")
    (p,) = fb.call_rt(name, [("ptr", type_desc(fb.unit, t)), ("ptr", m), *_key(fb, t, key, fast)], "ptr")
    return fb.load(p, t.elem)


def access2(fb: FuncBuilder, t: Map, m: str, key: Val) -> tuple[Val, str]:
    """m[key] and whether it is there (i1)."""
    fast = fast_kind(t)
    name = "mapaccess2" + ("_fast" + fast.removesuffix("ptr") if fast else "")
    p, ok = fb.call_rt(name, [("ptr", type_desc(fb.unit, t)), ("ptr", m), *_key(fb, t, key, fast)], ["ptr", "i1"])
    if layout(t.elem).size <= ZERO_SIZE:
        return fb.load(p, t.elem), ok
    to = fb.alloca_type(t.elem)
    have, miss, done = fb.block("have"), fb.block("miss"), fb.block("got")
    fb.cond_br(ok, have, miss)
    fb.start(have)
    fb.copy_mem(to, p, t.elem)
    fb.br(done)
    fb.start(miss)
    fb.store_zero(to, t.elem)
    fb.br(done)
    fb.start(done)
    return (Val(t.elem, None, to, owned=True) if not layout(t.elem).is_flat else fb.load(to, t.elem)), ok


def assign_addr(fb: FuncBuilder, t: Map, m: str, key: Val) -> str:
    """Address of m[key], made if it is missing; a nil map panics in the runtime. Valid until the map is used again."""
    fast = fast_kind(t)
    name = "mapassign" + ("_fast" + fast if fast else "")
    (p,) = fb.call_rt(name, [("ptr", type_desc(fb.unit, t)), ("ptr", m), *_key(fb, t, key, fast, ptr_form=fast == "64ptr")], "ptr")
    return p


def delete(fb: FuncBuilder, t: Map, m: str, key: Val) -> None:
    fast = fast_kind(t)
    name = "mapdelete" + ("_fast" + fast.removesuffix("ptr") if fast else "")
    fb.call_rt(name, [("ptr", type_desc(fb.unit, t)), ("ptr", m), *_key(fb, t, key, fast)])


def clear(fb: FuncBuilder, t: Map, m: str) -> None:
    fb.call_rt("mapclear", [("ptr", type_desc(fb.unit, t)), ("ptr", m)])


def make(fb: FuncBuilder, t: Map, hint: str, node: ast.Expr | None = None) -> str:
    """make(map, hint); hint an i64 operand. node: what makes it; where escape analysis keeps it, header and first group are on the frame."""
    if hint.isdigit() and int(hint) <= MAP_GROUP_SLOTS:
        if node is not None and fb.on_frame(node):
            return _on_frame(fb, t)
        (p,) = fb.call_rt("makemap_small", [], "ptr")
    else:
        (p,) = fb.call_rt("makemap", [("ptr", type_desc(fb.unit, t)), ("i64", hint), ("ptr", "null")], "ptr")
    return p


def _on_frame(fb: FuncBuilder, t: Map) -> str:
    """An empty map in the frame (cmd/compile/internal/walk/builtin.go, walkMakeMap, go1.27): header with its seed, one group."""
    group = layout(map_group(t)[0])
    m, g = fb.alloca(MAP_SIZE), fb.alloca(group.size, 8)
    fb.call_rt("memclrNoHeapPointers", [("ptr", m), ("i64", str(MAP_SIZE))])
    fb.call_rt("memclrNoHeapPointers", [("ptr", g), ("i64", str(group.size))])
    fb.store_ll(g, "i64", str(CTRL_EMPTY), "")
    (seed,) = fb.call_rt("rand", [], "i64")
    fb.store_ll(fb.gep(m, MAP_SEED), "i64", seed, "")
    fb.store_ll(fb.gep(m, MAP_DIR), "ptr", g, "")
    return m


def length(fb: FuncBuilder, m: str) -> str:
    """len(m): the first word of the map, 0 for nil."""
    out, some, done = fb.alloca_ll("i64"), fb.block("some"), fb.block("len")
    fb.store_ll(out, "i64", "0")
    fb.cond_br(fb.tmp(f"icmp eq ptr {m}, null"), done, some)
    fb.start(some)
    fb.store_ll(out, "i64", fb.load_ll(m, "i64", ""))
    fb.br(done)
    fb.start(done)
    return fb.load_ll(out, "i64")


def range_over(fb: FuncBuilder, t: Map, m: str, cont: str, end: str, body: Callable[[str, str], None]) -> None:
    """The loop of a range over map m. body(key address, element address) writes an iteration; cont and end are the labels that `continue`
    and `break` go to: both are started here."""
    it = fb.alloca(ITER_SIZE)
    fb.unit.declared.setdefault("llvm.memset.p0.i64", "declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)")
    fb.emit(f"call void @llvm.memset.p0.i64(ptr align 8 {it}, i8 0, i64 {ITER_SIZE}, i1 false)")
    fb.call_rt("mapIterStart", [("ptr", type_desc(fb.unit, t)), ("ptr", m), ("ptr", it)])
    head, inside = fb.block("mhead"), fb.block("mbody")
    fb.start(head)
    k = fb.load_ll(fb.gep(it, ITER_KEY), "ptr", "")
    fb.cond_br(fb.tmp(f"icmp eq ptr {k}, null"), end, inside)
    fb.start(inside)
    v = fb.load_ll(fb.gep(it, ITER_ELEM), "ptr", "")
    body(k, v)
    fb.start(cont)
    fb.call_rt("mapIterNext", [("ptr", it)])
    fb.br(head)
    fb.start(end)
