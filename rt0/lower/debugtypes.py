"""Go types as LLVM debug metadata, for the DWARF of units whose variables are described.

Shapes and names are gc's (cmd/link/internal/ld/dwarf.go, go1.27), so that what knows gc's programs knows ours: a string is a struct
{str, len}, a slice {array, len, cap}, a complex type a base type; maps, channels, interfaces and functions are typedefs of what they are at run time
(`map<K,V> *`, `hchan<T> *`, `runtime.iface`, a pointer to code). A type's name is its link string: "main.T", "map[string]int", "*encoding/json.Decoder".

**How far.** A variable's type is described whole, with what its pointers, slices, maps and channels lead to, as far as the types belong to the unit's
own package. The struct types of other packages are described when a variable leads to them directly, and what those lead to in turn is declared by
name: a debugger finds the description in the unit of the package that owns it. Otherwise every unit would describe net/http's Request.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rt0.diag import InternalError
from rt0.lower.layout import layout
from rt0.lower.names import link_string
from rt0.lower.typedesc import map_group
from rt0.lower.unit import quote_str
from rt0.types.identity import type_set
from rt0.types.types import TYP, Array, Basic, Chan, Interface, Map, Named, Pointer, Signature, Slice, Struct, Type, unalias

if TYPE_CHECKING:
    from rt0.lower.debuginfo import DebugInfo

# The memory behind a channel and a map as far as a debugger needs it: (field, byte offset); tests/run/test_gdb.py reads both through it.
_HCHAN = (("qcount", 0), ("dataqsiz", 8), ("buf", 16), ("closed", 28), ("sendx", 48), ("recvx", 56))
_MAP = (("used", 0), ("seed", 8), ("dirPtr", 16), ("dirLen", 24))


class DebugTypes:
    """Nodes of one unit's types.

    _nodes  (link string, whether it is reached through another package's struct) -> node
    """

    __slots__ = ("_di", "_nodes")

    def __init__(self, di: DebugInfo) -> None:
        self._di = di
        self._nodes: dict[tuple[str, bool], str] = {}

    def node(self, t: Type, foreign: bool = False) -> str:
        """The node of a concrete type. foreign: it is met inside a struct of another package."""
        t = unalias(t)
        name = link_string(t)
        key = (name, foreign)
        have = self._nodes.get(key)
        if have is None:
            have = self._nodes[key] = self._di.reserve()
            self._define(have, t, name, foreign)
        return have

    def _behind(self, t: Type, foreign: bool) -> str:
        """The node of a type that a pointer leads to."""
        t = unalias(t)
        if foreign and self._is_foreign(t) and (name := link_string(t), False) not in self._nodes:
            key = ("declared " + name, True)
            have = self._nodes.get(key)
            if have is None:
                have = self._nodes[key] = self._di.node(
                    f"!DICompositeType(tag: DW_TAG_structure_type, name: {quote_str(name)}, flags: DIFlagFwdDecl)"
                )
            return have
        return self.node(t, foreign)

    def _is_foreign(self, t: Type) -> bool:
        """A struct type that another package declares."""
        if type(t) is not Named or type(t.underlying()) is not Struct:
            return False
        pkg = t.obj.pkg
        return pkg is not None and pkg.path != self._di.unit.path and pkg.path != "main"

    # ------------------------------------------------------------ by kind

    def _define(self, node: str, t: Type, name: str, foreign: bool) -> None:
        di = self._di
        u = t.underlying()
        lay = layout(t)
        q = quote_str(name)
        bits = lay.size * 8
        match u:
            case Basic():
                self._basic(node, u, q, bits, foreign)
            case Struct():
                inside = foreign or self._is_foreign(t)
                self._struct(node, q, bits, [(f.name, f.type, off) for f, off in zip(u.fields, lay.offsets, strict=True)], inside)
            case Slice():
                elem = di.node(f"!DIDerivedType(tag: DW_TAG_pointer_type, name: {quote_str('*' + link_string(u.elem))}, "
                               f"baseType: {self._behind(u.elem, foreign)}, size: 64)")  # fmt: skip
                self._struct(node, q, bits, [("array", elem, 0), ("len", TYP["int"], 8), ("cap", TYP["int"], 16)], foreign)
            case Array():
                count = di.node(f"!DISubrange(count: {u.len})")
                elements = di.node(f"!{{{count}}}")
                di.define(node, f"!DICompositeType(tag: DW_TAG_array_type, name: {q}, baseType: {self.node(u.elem, foreign)}, size: {bits}, elements: {elements})")
            case Pointer():
                base = self._behind(u.elem, foreign)
                if type(t) is Pointer:
                    di.define(node, f"!DIDerivedType(tag: DW_TAG_pointer_type, name: {q}, baseType: {base}, size: 64)")
                else:
                    self._typedef(node, q, self.node(u, foreign))
            case Interface():
                kind = "runtime.iface" if type_set(u).methods else "runtime.eface"
                self._typedef(node, q, self._runtime(kind))
            case Signature():
                if type(t) is not Signature:
                    self._typedef(node, q, self.node(u, foreign))
                    return
                sig = di.node("!DISubroutineType(types: !{null})")
                self._typedef(node, q, di.node(f"!DIDerivedType(tag: DW_TAG_pointer_type, baseType: {sig}, size: 64)"))
            case Map():
                if type(t) is not Map:
                    self._typedef(node, q, self.node(u, foreign))
                    return
                self._map(node, u, q, foreign)
            case Chan():
                if type(t) is not Chan:
                    self._typedef(node, q, self.node(u, foreign))
                    return
                elem = di.node(f"!DIDerivedType(tag: DW_TAG_pointer_type, baseType: {self._behind(u.elem, foreign)}, size: 64)")
                kinds: dict[str, Type | str] = {"buf": elem, "closed": TYP["uint32"]}
                self._hidden(node, q, "hchan<" + link_string(u.elem) + ">", 96 * 8, [(f, kinds.get(f, TYP["uint"]), off) for f, off in _HCHAN], foreign)
            case _:
                raise InternalError(f"lower: no debug type for {name}")

    def _basic(self, node: str, u: Basic, q: str, bits: int, foreign: bool) -> None:
        kind = u.kind.removeprefix("untyped ")
        if kind == "string":
            self._struct(node, q, bits, [("str", Pointer(TYP["uint8"]), 0), ("len", TYP["int"], 8)], foreign)
            return
        if kind in ("unsafe.Pointer", "nil"):
            self._di.define(node, f"!DIDerivedType(tag: DW_TAG_pointer_type, name: {q}, baseType: null, size: 64)")
            return
        if kind == "bool":
            encoding = "DW_ATE_boolean"
        elif kind.startswith("uint"):
            encoding = "DW_ATE_unsigned"
        elif kind.startswith("float"):
            encoding = "DW_ATE_float"
        elif kind.startswith("complex"):
            encoding = "DW_ATE_complex_float"
        else:
            encoding = "DW_ATE_signed"
        self._di.define(node, f"!DIBasicType(name: {q}, size: {bits}, encoding: {encoding})")

    def _struct(self, node: str, q: str, bits: int, fields: Sequence[tuple[str, Type | str | None, int]], foreign: bool) -> None:
        """fields: (name, type or its node, byte offset)."""
        di = self._di
        members = []
        for name, t, off in fields:
            assert t is not None
            base = t if isinstance(t, str) else self.node(t, foreign)
            size = 64 if isinstance(t, str) else layout(t).size * 8
            members.append(di.node(f"!DIDerivedType(tag: DW_TAG_member, name: {quote_str(name)}, scope: {node}, baseType: {base}, size: {size}, offset: {off * 8})"))
        elements = di.node(f"!{{{', '.join(members)}}}")
        di.define(node, f"distinct !DICompositeType(tag: DW_TAG_structure_type, name: {q}, size: {bits}, elements: {elements})")

    def _typedef(self, node: str, q: str, base: str) -> None:
        self._di.define(node, f"!DIDerivedType(tag: DW_TAG_typedef, name: {q}, baseType: {base})")

    def _hidden(self, node: str, q: str, name: str, bits: int, fields: Sequence[tuple[str, Type | str | None, int]], foreign: bool) -> None:
        """A typedef of a pointer to a struct of the runtime's."""
        di = self._di
        at = di.reserve()
        self._struct(at, quote_str(name), bits, fields, foreign)
        self._typedef(node, q, di.node(f"!DIDerivedType(tag: DW_TAG_pointer_type, name: {quote_str('*' + name)}, baseType: {at}, size: 64)"))

    def _map(self, node: str, u: Map, q: str, foreign: bool) -> None:
        """dirPtr is described as what it is in a small map: the only group. A large map has an array of *table there."""
        di = self._di
        group, slot = map_group(u)
        kv = f"<{link_string(u.key)},{link_string(u.elem)}>"
        fields = []
        for f, inline, off in zip(slot.fields, (u.key, u.elem), layout(slot).offsets, strict=True):
            assert f.type is not None
            direct = f.type is inline
            t: Type | str = f.type
            if not direct:
                t = di.node(f"!DIDerivedType(tag: DW_TAG_pointer_type, baseType: {self._behind(inline, foreign)}, size: 64)")
            fields.append((f.name if direct else f.name + "p", t, off))
        snode, gnode = di.reserve(), di.reserve()
        self._struct(snode, quote_str("slot" + kv), layout(slot).size * 8, fields, foreign)
        slots = group.fields[1].type
        assert isinstance(slots, Array)
        count = di.node(f"!DISubrange(count: {slots.len})")
        elements = di.node(f"!{{{count}}}")
        array = di.node(f"!DICompositeType(tag: DW_TAG_array_type, baseType: {snode}, size: {layout(slots).size * 8}, elements: {elements})")
        self._struct(gnode, quote_str("group" + kv), layout(group).size * 8, [("ctrl", TYP["uint64"], 0), ("slots", array, layout(group).offsets[1])], foreign)
        at = di.node(f"!DIDerivedType(tag: DW_TAG_pointer_type, baseType: {gnode}, size: 64)")
        kinds: dict[str, Type | str] = {"used": TYP["uint64"], "seed": TYP["uintptr"], "dirPtr": at, "dirLen": TYP["int"]}
        self._hidden(node, q, "map" + kv, 48 * 8, [(f, kinds[f], off) for f, off in _MAP], foreign)

    def _runtime(self, name: str) -> str:
        """runtime.iface and runtime.eface: their first word leads to the dynamic type's descriptor, which has a symbol of its own."""
        have = self._nodes.get((name, False))
        if have is None:
            have = self._nodes[name, False] = self._di.reserve()
            pointer = TYP["unsafe.Pointer"]
            if name == "runtime.eface":
                first: tuple[str, Type | str | None, int] = ("_type", pointer, 0)
            else:
                di = self._di
                itab = di.reserve()
                self._struct(itab, '"runtime.itab"', 32 * 8, [("Inter", pointer, 0), ("Type", pointer, 8), ("Hash", TYP["uint32"], 16)], False)
                first = ("tab", di.node(f'!DIDerivedType(tag: DW_TAG_pointer_type, name: "*runtime.itab", baseType: {itab}, size: 64)'), 0)
            self._struct(have, quote_str(name), 128, [first, ("data", pointer, 8)], False)
        return have
