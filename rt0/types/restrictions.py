"""Restrictions of gc that the language does not have, checked when a package has no other errors.

Anonymous interface cycles: `type A interface { m() interface { A } }` is a type whose name would be infinitely long, because the
interface literal has no name to stop at. Types with such cycles cannot be given link strings (rt0.types.typestring).

Source: go1.27 cmd/compile/internal/noder/irgen.go (checkFiles, cycleFinder).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt0.types.identity import type_set
from rt0.types.types import Array, Chan, Interface, Map, Pointer, Signature, Slice, Struct, Tuple, Type, unalias

if TYPE_CHECKING:
    from rt0.types.check import Checker


def check_restrictions(check: Checker) -> None:
    """Report interface literals that contain themselves without a name in between."""
    f = _CycleFinder()
    end = -1
    for pos, closing, ityp in sorted(check.interfaces, key=lambda i: i[0]):
        if pos < end:
            continue  # inside the one before, which has been looked through
        end = closing
        if f.has_cycle(ityp):
            msg = "invalid recursive type: anonymous interface refers to itself (see https://go.dev/issue/56103)"
            check.error(pos, "InvalidTypeCycle", msg)
            f.cyclic = dict.fromkeys(f.cyclic, False)


class _CycleFinder:
    """cyclic: interface literals met -> being visited, or known to be on a cycle."""

    __slots__ = ("cyclic",)

    def __init__(self) -> None:
        self.cyclic: dict[Interface, bool] = {}

    def has_cycle(self, t: Interface) -> bool:
        return any(m.type is not None and self.visit(m.type) for m in type_set(t).methods)

    def visit(self, t: Type) -> bool:
        t = unalias(t)
        match t:
            case Pointer() | Array() | Slice() | Chan():
                return self.visit(t.elem)
            case Map():
                return self.visit(t.key) or self.visit(t.elem)
            case Struct():
                return any(f.type is not None and self.visit(f.type) for f in t.fields)
            case Signature():
                return self.visit(t.params) or self.visit(t.results)
            case Tuple():
                return any(v.type is not None and self.visit(v.type) for v in t.vars)
            case Interface() if t.methods or t.embeddeds:
                known = self.cyclic.get(t)
                if known is not None:
                    return known
                self.cyclic[t] = True
                found = self.has_cycle(t)
                self.cyclic[t] = found
                return found
        return False
