"""Itabs: `go:itab.T,I`, abi.ITab for a concrete type T and an interface I with methods.

    0  *InterfaceType of I    8  *Type of T    16  T's hash (u32) and padding    24  code pointers of I's methods, sorted as in I

The code pointers take the interface's data word as receiver (wrappers.iface_method). Like those of a method table they are
conditional: [method key, symbol] in DefMeta.methods says that the entry lives when a live definition calls that method through
an interface; otherwise the linker writes 0 there, and nobody reads it. An itab is defined in each unit that converts T to I, once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt0.diag import InternalError
from rt0.lower.methodset import Method, interface_methods, method_id, method_set
from rt0.lower.names import link_string
from rt0.lower.typedesc import type_desc, type_hash, weak_ref
from rt0.types.objects import Func, Package
from rt0.types.types import Type, unalias
from rt0.types.typestring import type_string

if TYPE_CHECKING:
    from rt0.lower.unit import Unit

ITAB_FUN = 24


def method_offset(t: Type, name: str, pkg: Package | None) -> int:
    """Byte offset in I's itabs of the code pointer of a method."""
    key = method_id(name, pkg)
    for i, m in enumerate(interface_methods(t)):
        if m.name == name and method_id(m.name, m.pkg) == key:
            return ITAB_FUN + 8 * i
    raise InternalError(f"lower: itab: {type_string(t)} has no method {name}")


def itab_symbol(t: Type, iface: Type) -> str:
    return f"go:itab.{link_string(t)},{link_string(iface)}"


def itab(unit: Unit, t: Type, iface: Type) -> str:
    """Operand of the itab of (T, I); I has at least one method. When T lacks a method (possible in an instance of generic code, in a
    branch that never runs with that type) it is the address of a datum that is no itab: no interface value ever holds it."""
    t = unalias(t)
    iface = unalias(iface)
    sym = itab_symbol(t, iface)
    if unit.begin(sym):
        have = {method_id(m.func.name, m.func.pkg): m for m in method_set(t)}
        want = interface_methods(iface)
        if all(method_id(f.name, f.pkg) in have for f in want):
            _define(unit, t, iface, sym, have, want)
        else:
            unit.no_itab.add(sym)
    if sym in unit.no_itab:
        sym = "go:noitab"
        if unit.begin(sym):
            with unit.defining(sym, "once"):
                unit.define_data(sym, "ptr", "null", section=".rodata", const=True, align=8, once=True)
    return unit.ref(sym)


def _define(unit: Unit, t: Type, iface: Type, sym: str, have: dict[str, Method], want: list[Func]) -> None:
    with unit.defining(sym, "once") as meta:
        entries: list[str] = []
        for f in want:
            key = method_id(f.name, f.pkg)
            code = unit.program.features.iface_method(unit, t, have[key])
            meta.methods.append([key, code])
            entries.append(weak_ref(unit, code, "func"))
        ptrs = ", ".join(["ptr"] * len(entries))
        vals = ", ".join(f"ptr {e}" for e in entries)
        ty = f"<{{ ptr, ptr, i32, i32, {ptrs} }}>"
        init = f"<{{ ptr {type_desc(unit, iface)}, ptr {type_desc(unit, t)}, i32 {type_hash(t)}, i32 0, {vals} }}>"
        unit.define_data(sym, ty, init, section=".data.rel.ro", const=True, align=8, once=True)
