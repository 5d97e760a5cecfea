"""Types of infinite size: a type must not contain itself but through a pointer, slice, map, channel, function or interface method.

`valid_type` walks what a defined type holds by value (array elements, struct fields, embedded interfaces, union terms).
`nest` are the Named types around the current one, innermost last; meeting one again is the error. Type arguments are looked at where
the instance's declaration uses the parameter, in the nest of the place where they were written; `path` is all that was walked,
for the message. Types already found finite are remembered, which is allowed for non-generic ones only.

Source: go1.27 cmd/compile/internal/types2/validtype.go, which explains nest and path at length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt0.types.identity import identical
from rt0.types.instantiate import instance_object
from rt0.types.types import INVALID, Array, Interface, Named, Struct, Type, TypeParam, Union, unalias

if TYPE_CHECKING:
    from rt0.types.check import Checker


def valid_type(check: Checker, t: Named) -> None:
    """Report t if it has infinite size; its right-hand side becomes INVALID then."""
    _Walk(check).typ(t, [], [])


class _Walk:
    __slots__ = ("check", "valid")

    def __init__(self, check: Checker) -> None:
        self.check = check
        self.valid = check.valid_types

    def typ(self, t: Type, nest: list[Named], path: list[Named]) -> bool:
        t = unalias(t)
        match t:
            case Array():
                return self.typ(t.elem, nest, path)
            case Struct():
                return all(f.type is None or self.typ(f.type, nest, path) for f in t.fields)
            case Union():
                return all(self.typ(u, nest, path) for _, u in t.terms)
            case Interface():
                return all(self.typ(e, nest, path) for e in t.embeddeds)
            case Named():
                return self.named(t, nest, path)
            case TypeParam():
                if nest:
                    inst = nest[-1]
                    for p, a in zip(inst.origin.tparams, inst.targs):
                        if p is t:
                            return self.typ(a, nest[:-1], path)
        return True

    def named(self, t: Named, nest: list[Named], path: list[Named]) -> bool:
        if t in self.valid or (not t.targs and not t.tparams and t.obj.pkg is not self.check.pkg):
            return True
        for e in nest:
            if e is t or identical(e, t):
                t.origin.rhs = t.origin._underlying = INVALID
                for i, p in enumerate(path):
                    if identical(p, t):
                        self.check.cycle_error([instance_object(n) for n in path[i:]], 0)
                        break
                return False
        origin = t.origin
        origin.resolve()
        rhs = origin.rhs if origin.rhs is not None else origin._underlying
        if rhs is not None and not self.typ(rhs, [*nest, t], [*path, t]):
            return False
        if not t.targs and not t.tparams:
            self.valid.add(t)
        return True


