"""Type descriptors: `type:T`, laid out exactly as GOROOT's internal/abi says.

The official reflect, internal/reflectlite, internal/runtime/maps and encoding packages read these, so every field is where
internal/abi/type.go and map.go (go1.27) put it; cmd/compile/internal/reflectdata is the source for what goes in. In memory:

    abi.Type (48 bytes) | the rest of the kind's struct | UncommonType (16, named types and types with methods) | fields,
    parameters or interface methods | method table (16 bytes each)

NameOff, TypeOff and TextOff are 32-bit addresses (programs lie below 2 GB): `trunc (ptrtoint)`.

Who defines what. A descriptor of a package-level defined type that is no instance, of a pointer to one, and of the predeclared
types (package runtime) is defined by its package when the demand walk asks for it: `lower_symbol`. Every other descriptor is
defined, once, in each unit that refers to it: so no symbol needs to be turned back into a type, and the walk over types stops at names.

Methods. An entry of a method table is three words that live only if a live definition calls that method through an interface or
reflection can reach it: the edges are in DefMeta.methods, the references weak: the linker writes 0 for what is not in the program.

Pointer masks are always emitted in full up to MAX_MASK bytes; larger types set TFlagGCMaskOnDemand and GCData points to a word
where the runtime keeps the mask once it has made it. (gc's limit, abi.MaxPtrmaskBytes, is 16 bytes: that trades start-up time
for size; readers must handle both anyway.)
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from rt0.abi.pclntab import uvarint
from rt0.lower.layout import Layout, layout
from rt0.lower.methodset import Method, interface_methods, method_id, method_set
from rt0.lower.names import link_string
from rt0.lower.unit import RefKind, c_string, quote
from rt0.types.objects import Package, TypeName, Var, resolve
from rt0.types.types import (
    TYP,
    Array,
    Basic,
    Chan,
    Interface,
    Map,
    Named,
    Pointer,
    Signature,
    Slice,
    Struct,
    Type,
    unalias,
)
from rt0.types.typestring import is_local_type, reflect_string
from rt0.types.universe import UNIVERSE

if TYPE_CHECKING:
    from rt0.lower.unit import DefMeta, Unit

MAX_MASK = 1 << 16

# abi.Kind
KIND = {
    "bool": 1, "int": 2, "int8": 3, "int16": 4, "int32": 5, "int64": 6, "uint": 7, "uint8": 8, "uint16": 9, "uint32": 10,
    "uint64": 11, "uintptr": 12, "float32": 13, "float64": 14, "complex64": 15, "complex128": 16, "string": 24, "unsafe.Pointer": 26,
}  # fmt: skip
ARRAY, CHAN, FUNC, INTERFACE, MAP, POINTER, SLICE, STRUCT = 17, 18, 19, 20, 21, 22, 23, 25

TFLAG_UNCOMMON, TFLAG_NAMED, TFLAG_REGULAR, TFLAG_ON_DEMAND, TFLAG_DIRECT = 1, 4, 8, 16, 32

UNCOMMON_SIZE = 16

MAP_GROUP_SLOTS = 8
MAP_MAX_KEY = MAP_MAX_ELEM = 128
MAP_NEED_KEY_UPDATE, MAP_HASH_MIGHT_PANIC, MAP_INDIRECT_KEY, MAP_INDIRECT_ELEM = 1, 2, 4, 8


def kind_of(t: Type) -> int:
    """abi.Kind of a type."""
    u = t.underlying()
    if isinstance(u, Basic):
        return KIND[u.kind]
    return _KINDS[type(u)]


_KINDS: dict[type, int] = {Array: ARRAY, Chan: CHAN, Signature: FUNC, Interface: INTERFACE, Map: MAP, Pointer: POINTER, Slice: SLICE,
                           Struct: STRUCT}  # fmt: skip


# ---------------------------------------------------------------- names of types


def type_symbol(t: Type) -> str:
    return "type:" + link_string(t)


def type_hash(t: Type) -> int:
    """abi.Type.Hash: 32 bits of a hash of the link string, equal in every unit."""
    return int.from_bytes(hashlib.sha256(link_string(t).encode()).digest()[:4], "little")


def to_bytes(s: str | bytes) -> bytes:
    """Text of the program as bytes (what is not UTF-8 came in as surrogate escapes)."""
    return s if isinstance(s, bytes) else s.encode("utf-8", "surrogateescape")


# ---------------------------------------------------------------- abi.Name


def name_bytes(name: str, tag: str = "", exported: bool = False, embedded: bool = False, has_pkg: bool = False) -> bytes:
    """abi.Name: flag byte, varint length, name, then varint length and tag. A package path offset (4 bytes) may follow."""
    n = to_bytes(name)
    flags = exported | 2 * bool(tag) | 4 * has_pkg | 8 * embedded
    out = bytes([flags]) + uvarint(len(n)) + n
    if tag:
        tb = to_bytes(tag)
        out += uvarint(len(tb)) + tb
    return out


def name_symbol(unit: Unit, name: str, tag: str = "", exported: bool = False, embedded: bool = False, pkg: Package | None = None) -> str:
    """Operand of a read-only abi.Name; equal names are one symbol in the program."""
    data = name_bytes(name, tag, exported, embedded, pkg is not None)
    key = data if pkg is None else data + b"\0" + pkg.path.encode()
    sym = "go:name." + hashlib.sha256(key).hexdigest()[:20]
    if unit.begin(sym):
        with unit.defining(sym, "once"):
            if pkg is None:
                unit.define_data(sym, f"[{len(data)} x i8]", c_string(data), section=".rodata", const=True, align=1, once=True)
            else:
                p = name_symbol(unit, pkg.path)
                init = f"<{{ [{len(data)} x i8] {c_string(data)}, i32 {off32(p)} }}>"
                unit.define_data(sym, f"<{{ [{len(data)} x i8], i32 }}>", init, section=".rodata", const=True, align=1, once=True)
    return unit.ref(sym)


def off32(operand: str) -> str:
    """A 32-bit address constant (NameOff, TypeOff, TextOff)."""
    return f"trunc (i64 ptrtoint (ptr {operand} to i64) to i32)"


def import_path(pkg: Package) -> str:
    """The path of a package as reflect reports it (PkgPath)."""
    return pkg.path


# ---------------------------------------------------------------- who defines a descriptor


def owner_of(t: Type) -> str | None:
    """The package whose units define the descriptor of t; None: every unit that refers to it."""
    t = unalias(t)
    if isinstance(t, Pointer):
        t = unalias(t.elem)
    if isinstance(t, Basic):
        return "runtime"
    if isinstance(t, Named) and not t.targs:
        if t.obj.pkg is None:
            return "runtime"
        if not is_local_type(t.obj):
            return t.obj.pkg.path
    return None


def type_desc(unit: Unit, t: Type) -> str:
    """Operand '@"type:T"'; sees to it that the descriptor gets defined."""
    t = unalias(t)
    sym = type_symbol(t)
    if owner_of(t) is None and unit.begin(sym):
        unit.need_later(lambda: _define(unit, t, sym))
    return unit.ref(sym)


def define(unit: Unit, t: Type) -> None:
    """Defines the descriptor of t in this unit (the owner's, asked by the demand walk)."""
    t = unalias(t)
    sym = type_symbol(t)
    if unit.begin(sym):
        _define(unit, t, sym)


def lower_symbol(unit: Unit, symbol: str, package: Package | None) -> bool:
    """Defines a demanded symbol `type:[*]pkg.T`, `type:.eq.pkg.T` or `type:.hash.pkg.T` (with or without ·f); False: not such a symbol.
    package: the owner, None for predeclared types."""
    if not symbol.startswith("type:"):
        return False
    rest = symbol[5:]
    what = ""
    for p in (".eq.", ".hash."):
        if rest.startswith(p):
            what, rest = p, rest[len(p) :].removesuffix("·f")
    ptr = rest.startswith("*")
    if ptr:
        rest = rest[1:]
    t = _find_named(rest, package)
    if t is None:
        return False
    full: Type = Pointer(t) if ptr else t
    if not what:
        define(unit, full)
    else:
        (unit.program.features.eq_func if what == ".eq." else unit.program.features.hash_func)(unit, full)
    return True


_PREDECLARED = {k for k in KIND if k != "unsafe.Pointer"} | {"unsafe.Pointer"}


def _find_named(name: str, package: Package | None) -> Type | None:
    if name in _PREDECLARED:
        return TYP[name]
    base = name.rsplit(".", 1)[-1]
    if package is None or name == "error" or "." not in name:
        obj = UNIVERSE.lookup(base)
    else:
        obj = package.scope.lookup(base)
    if not isinstance(obj, TypeName):
        return None
    t = resolve(obj).type
    return None if t is None else unalias(t)


# ---------------------------------------------------------------- the descriptor


class _Words:
    """A packed constant under construction: LLVM types and values side by side, and its size so far."""

    __slots__ = ("size", "types", "values")

    def __init__(self) -> None:
        self.types: list[str] = []
        self.values: list[str] = []
        self.size = 0

    def put(self, ty: str, value: str | int, size: int) -> None:
        self.types.append(ty)
        self.values.append(f"{ty} {value}")
        self.size += size

    def ptr(self, operand: str) -> None:
        self.put("ptr", operand, 8)

    def i64(self, v: int) -> None:
        self.put("i64", v, 8)

    def i32(self, v: str | int) -> None:
        self.put("i32", v, 4)

    def i16(self, v: int) -> None:
        self.put("i16", v, 2)

    def i8(self, v: int) -> None:
        self.put("i8", v, 1)

    def type(self) -> str:
        return "<{ " + ", ".join(self.types) + " }>"

    def init(self) -> str:
        return "<{ " + ", ".join(self.values) + " }>"


def weak_ref(unit: Unit, symbol: str, kind: RefKind = "data") -> str:
    """The operand of a symbol that need not be in the program (then it reads as 0): no edge is recorded."""
    q = quote(symbol)
    if symbol not in unit.declared:
        if kind == "func":
            unit.declared[symbol] = f"declare extern_weak dso_local x86_regcallcc void {q}()"
        else:
            unit.declared[symbol] = f"{q} = extern_weak dso_local global i8"
    return q


def gc_mask(unit: Unit, lay: Layout) -> str:
    """Operand of the pointer mask of a layout, one bit per word, padded to whole words; "null" without pointers."""
    if not lay.has_pointers:
        return "null"
    data = lay.ptrmask()
    data += bytes(-len(data) % 8)
    h = data.hex() if len(data) <= 16 else hashlib.sha256(data).hexdigest()[:24]
    sym = "gcmask." + h
    if unit.begin(sym):
        with unit.defining(sym, "once"):
            unit.define_data(sym, f"[{len(data)} x i8]", c_string(data), section=".rodata", const=True, align=8, once=True)
    return unit.ref(sym)


def _gc_data(unit: Unit, t: Type, lay: Layout) -> tuple[str, bool]:
    """(operand of GCData, on demand?)"""
    if lay.ptrdata // 64 <= MAX_MASK:
        return gc_mask(unit, lay), False
    sym = "type:.gcmask." + link_string(t)
    if unit.begin(sym):
        with unit.defining(sym, "once"):
            unit.define_data(sym, "ptr", "null", section=".bss", const=False, align=8, once=True)
    return unit.ref(sym), True


def _define(unit: Unit, t: Type, sym: str) -> None:
    with unit.defining(sym, "once") as meta:
        w = _descriptor(unit, t, sym, meta)
        unit.define_data(sym, w.type(), w.init(), section=".data.rel.ro", const=True, align=8, once=True)


def _descriptor(unit: Unit, t: Type, sym: str, meta: DefMeta) -> _Words:
    lay = layout(t)
    u = t.underlying()
    kind = kind_of(t)
    named = isinstance(t, (Named, Basic))
    methods = [] if kind == INTERFACE else method_set(t)
    uncommon = named or bool(methods)
    gcdata, on_demand = _gc_data(unit, t, lay)
    tflag = (TFLAG_UNCOMMON * uncommon | TFLAG_NAMED * named | TFLAG_REGULAR * (lay.plain and lay.comparable)
             | TFLAG_ON_DEMAND * on_demand | TFLAG_DIRECT * lay.direct_iface)  # fmt: skip
    w = _Words()
    w.i64(lay.size)
    w.i64(lay.ptrdata)
    w.i32(type_hash(t))
    w.i8(tflag)
    w.i8(lay.align)
    w.i8(lay.align)
    w.i8(kind)
    w.ptr(unit.program.features.eq_func_value(unit, t) if lay.comparable else "null")
    w.ptr(gcdata)
    w.i32(off32(name_symbol(unit, reflect_string(t), exported=_type_name_exported(t))))
    # A pointer type to this one, so that reflection finds the program's own: a strong edge for types with a name and structs with embedded
    # fields, whose pointer type has methods that reflection could not make; else only if the program has it.
    if isinstance(t, Pointer):
        w.i32(off32(weak_ref(unit, type_symbol(Pointer(t)))))
    elif named or methods or (kind == STRUCT and method_set(Pointer(t))):
        w.i32(off32(type_desc(unit, Pointer(t))))
    else:
        w.i32(off32(weak_ref(unit, type_symbol(Pointer(t)))))

    tail = _Words()  # the variable-length data behind the uncommon type
    _kind_part(unit, t, u, sym, w, tail, uncommon)
    if uncommon:
        pkg = _type_pkg(t)
        path = import_path(pkg) if pkg is not None else "unsafe" if isinstance(t, Basic) and t.kind == "unsafe.Pointer" else ""
        w.i32(off32(name_symbol(unit, path)) if path else 0)
        w.i16(len(methods))
        w.i16(sum(1 for m in methods if m.func.exported()))
        w.i32(UNCOMMON_SIZE + tail.size)
        w.i32(0)
    w.types += tail.types
    w.values += tail.values
    w.size += tail.size
    for m in methods:
        _method_entry(unit, t, m, w, meta)
    return w


def _type_name_exported(t: Type) -> bool:
    t = unalias(t)
    if isinstance(t, Pointer):
        t = unalias(t.elem)
    return isinstance(t, Named) and t.obj.exported()


def _type_pkg(t: Type) -> Package | None:
    t = unalias(t)
    if not isinstance(t, Named) and isinstance(t, (Array, Slice, Pointer, Chan)):
        t = unalias(t.elem)
    return t.obj.pkg if isinstance(t, Named) else None


def _method_entry(unit: Unit, t: Type, m: Method, w: _Words, meta: DefMeta) -> None:
    f = m.func
    pkg = f.pkg if not f.exported() and f.pkg is not _type_pkg(t) else None
    w.i32(off32(name_symbol(unit, f.name, exported=f.exported(), pkg=pkg)))
    assert isinstance(f.type, Signature)
    mtyp = method_type(f.type)
    mtyp_sym = type_symbol(mtyp)
    if owner_of(mtyp) is None and unit.begin(mtyp_sym):
        unit.need_later(lambda: _define(unit, mtyp, mtyp_sym))
    ifn = unit.program.features.iface_method(unit, t, m)
    tfn = unit.program.features.method_symbol(unit, t, m)
    meta.methods.append([method_id(f.name, f.pkg), *dict.fromkeys((mtyp_sym, ifn, tfn))])
    w.i32(off32(weak_ref(unit, mtyp_sym)))
    w.i32(off32(weak_ref(unit, ifn, "func")))
    w.i32(off32(weak_ref(unit, tfn, "func")))


def method_type(sig: Signature) -> Signature:
    """The signature without receiver."""
    if sig.recv is None:
        return sig
    return Signature(None, sig.params, sig.results, sig.variadic)


def _self(sym: str, offset: int) -> str:
    return f"getelementptr (i8, ptr {quote(sym)}, i64 {offset})"


def _kind_part(unit: Unit, t: Type, u: Type, sym: str, w: _Words, tail: _Words, uncommon: bool) -> None:
    match u:
        case Array():
            w.ptr(type_desc(unit, u.elem))
            w.ptr(type_desc(unit, Slice(u.elem)))
            w.i64(u.len)
        case Chan():
            w.ptr(type_desc(unit, u.elem))
            w.i64({"recv": 1, "send": 2, "both": 3}[u.dir])
        case Signature():
            w.i16(len(u.params.vars))
            w.i16(len(u.results.vars) | (0x8000 if u.variadic else 0))
            w.i32(0)
            for v in (*u.params.vars, *u.results.vars):
                assert v.type is not None
                tail.ptr(type_desc(unit, v.type))
        case Interface():
            methods = interface_methods(u)
            tpkg = t.obj.pkg if isinstance(t, Named) else None
            w.ptr(name_symbol(unit, import_path(tpkg)) if tpkg is not None else "null")
            w.ptr(_self(sym, 80 + UNCOMMON_SIZE * uncommon) if methods else _self(sym, 80))
            w.i64(len(methods))
            w.i64(len(methods))
            for m in methods:
                assert isinstance(m.type, Signature)
                pkg = m.pkg if not m.exported() and m.pkg is not tpkg else None
                tail.i32(off32(name_symbol(unit, m.name, exported=m.exported(), pkg=pkg)))
                tail.i32(off32(type_desc(unit, method_type(m.type))))
        case Map():
            _map_part(unit, u, w)
        case Pointer() | Slice():
            w.ptr(type_desc(unit, u.elem))
        case Struct():
            spkg = next((v.pkg for v in u.fields if not v.exported()), None)
            w.ptr(name_symbol(unit, import_path(spkg)) if spkg is not None else "null")
            w.ptr(_self(sym, 80 + UNCOMMON_SIZE * uncommon) if u.fields else _self(sym, 80))
            w.i64(len(u.fields))
            w.i64(len(u.fields))
            for v, tag, off in zip(u.fields, u.tags, layout(u).offsets, strict=True):
                assert v.type is not None
                tail.ptr(name_symbol(unit, v.name, tag, v.exported(), v.embedded))
                tail.ptr(type_desc(unit, v.type))
                tail.i64(off)


def map_group(m: Map) -> tuple[Struct, Struct]:
    """(group, slot): struct { ctrl uint64; slots [8]struct { key K; elem E } } with large keys and elems behind pointers."""
    key: Type = m.key
    elem: Type = m.elem
    if layout(key).size > MAP_MAX_KEY:
        key = Pointer(key)
    if layout(elem).size > MAP_MAX_ELEM:
        elem = Pointer(elem)
    slot = Struct([Var(0, None, "key", key, "field"), Var(0, None, "elem", elem, "field")], ["", ""])
    group = Struct([Var(0, None, "ctrl", TYP["uint64"], "field"), Var(0, None, "slots", Array(slot, MAP_GROUP_SLOTS), "field")], ["", ""])
    return group, slot


def _map_part(unit: Unit, m: Map, w: _Words) -> None:
    """The fields of abi.MapType, interleaved slots (GOEXPERIMENT nomapsplitgroup, the default)."""
    group, slot = map_group(m)
    g, s = layout(group), layout(slot)
    keys_off = g.offsets[1]
    elem_off = s.offsets[1]
    w.ptr(type_desc(unit, m.key))
    w.ptr(type_desc(unit, m.elem))
    w.ptr(_group_desc(unit, m, group))
    w.ptr(unit.program.features.hash_func_value(unit, m.key))
    w.i64(g.size)
    w.i64(keys_off)
    w.i64(s.size)
    w.i64(keys_off + elem_off)
    w.i64(s.size)
    w.i64(elem_off)
    w.i32(need_key_update(m.key) * MAP_NEED_KEY_UPDATE | hash_might_panic(m.key) * MAP_HASH_MIGHT_PANIC
          | (layout(m.key).size > MAP_MAX_KEY) * MAP_INDIRECT_KEY | (layout(m.elem).size > MAP_MAX_ELEM) * MAP_INDIRECT_ELEM)  # fmt: skip
    w.i32(0)


def _group_desc(unit: Unit, m: Map, group: Struct) -> str:
    """A descriptor of the slot group: only size, alignment and pointer mask are ever read, so it has no fields and no name."""
    sym = "type:.mapgroup." + link_string(m)
    if unit.begin(sym):
        with unit.defining(sym, "once"):
            lay = layout(group)
            gcdata, on_demand = _gc_data(unit, group, lay)
            w = _Words()
            w.i64(lay.size)
            w.i64(lay.ptrdata)
            w.i32(int.from_bytes(hashlib.sha256(sym.encode()).digest()[:4], "little"))
            w.i8(TFLAG_ON_DEMAND * on_demand)
            w.i8(lay.align)
            w.i8(lay.align)
            w.i8(STRUCT)
            w.ptr("null")
            w.ptr(gcdata)
            w.i32(off32(name_symbol(unit, "map.group[" + reflect_string(m.key) + "]" + reflect_string(m.elem))))
            w.i32(0)
            w.ptr("null")
            w.ptr(_self(sym, 80))
            w.i64(0)
            w.i64(0)
            unit.define_data(sym, w.type(), w.init(), section=".data.rel.ro", const=True, align=8, once=True)
    return unit.ref(sym)


def need_key_update(t: Type) -> bool:
    """Overwriting a map element must store the key again: equal keys may differ in their bytes or in what they keep alive."""
    u = t.underlying()
    match u:
        case Basic():
            return u.kind in ("float32", "float64", "complex64", "complex128", "string")
        case Interface():
            return True
        case Array():
            return need_key_update(u.elem)
        case Struct():
            return any(need_key_update(f.type) for f in u.fields if f.type is not None)
    return False


def hash_might_panic(t: Type) -> bool:
    u = t.underlying()
    match u:
        case Interface():
            return True
        case Array():
            return hash_might_panic(u.elem)
        case Struct():
            return any(hash_might_panic(f.type) for f in u.fields if f.type is not None)
    return False
