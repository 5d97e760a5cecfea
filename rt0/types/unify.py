"""Type unification: find types for type parameters that make two types structurally equal.

A Unifier knows a list of (bound) type parameters. `unify(x, y, mode)` says whether x and y can be made equal and records what
that takes. Parameters that were matched with each other share one handle, a one-element list, so that inferring one infers all.

Modes are bits. ASSIGN: the types meet in an assignment; they may match inexactly at the top but their elements must be
exact. EXACT: identity. Without EXACT a defined type matches a literal through its underlying type, channel directions do not count,
and (since go1.21, `interfaces`) an interface matches what implements it.

Source: go1.27 cmd/compile/internal/types2/unify.go, whose order of cases decides what is inferred and is kept here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt0.types.identity import identical, identical_origin, tag, terms_equal, type_set
from rt0.types.lookup import lookup_field_or_method, resolve_method
from rt0.types.objects import Func, obj_id, same_id
from rt0.types.predicates import common_under, is_interface, is_type_lit
from rt0.types.types import (
    INVALID,
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
    Tuple,
    Type,
    TypeParam,
    as_named,
    is_type_param,
    unalias,
)

if TYPE_CHECKING:
    from rt0.types.check import Checker

ASSIGN = 1
EXACT = 2
DEPTH_LIMIT = 50  # catches recursion that does not end

Pairs = list[tuple[Interface, Interface]]
Handle = list["Type | None"]


class Unifier:
    """See the module's text. check may be None."""

    __slots__ = ("check", "depth", "handles", "interfaces")

    def __init__(self, check: Checker | None, tparams: list[TypeParam], targs: list[Type | None], interfaces: bool = True) -> None:
        self.check = check
        self.depth = 0
        self.interfaces = interfaces
        self.handles: dict[TypeParam, Handle] = {p: [targs[i] if i < len(targs) else None] for i, p in enumerate(tparams)}

    def unify(self, x: Type, y: Type, mode: int) -> bool:
        return self.nify(x, y, mode, [])

    def at(self, p: TypeParam) -> Type | None:
        return self.handles[p][0]

    def set(self, p: TypeParam, t: Type) -> None:
        self.handles[p][0] = t

    def unknowns(self) -> int:
        return sum(1 for h in self.handles.values() if h[0] is None)

    def inferred(self, tparams: list[TypeParam]) -> list[Type | None]:
        return [self.handles[p][0] for p in tparams]

    def join(self, x: TypeParam, y: TypeParam) -> bool:
        """Make x and y one; False if both have a type already."""
        hx, hy = self.handles[x], self.handles[y]
        if hx is hy:
            return True
        if hx[0] is not None and hy[0] is not None:
            return False
        if hx[0] is not None:
            hx, hy = hy, hx
        for p, h in self.handles.items():  # hx has no type: all that share it now share hy
            if h is hx:
                self.handles[p] = hy
        return True

    def bound_param(self, t: Type) -> TypeParam | None:
        """t if it is one of the parameters to infer."""
        t = unalias(t)
        return t if type(t) is TypeParam and t in self.handles else None

    def nify(self, x: Type, y: Type, mode: int, pairs: Pairs) -> bool:
        self.depth += 1
        try:
            return self._nify(x, y, mode, pairs)
        finally:
            self.depth -= 1

    def _nify(self, x: Type, y: Type, mode: int, pairs: Pairs) -> bool:
        if x is y or unalias(x) is unalias(y):
            return True
        if self.depth > DEPTH_LIMIT:
            return False
        # a defined type goes to y, a parameter to infer to x
        if as_named(x) is not None or self.bound_param(y) is not None:
            x, y = y, x
        if mode & EXACT == 0:
            ny = as_named(y)
            if ny is not None and is_type_lit(x) and not (self.interfaces and is_interface(x)):
                y = ny.underlying()
                if x is y or unalias(x) is unalias(y):
                    return True
        px, py = self.bound_param(x), self.bound_param(y)
        if px is not None and py is not None:
            if self.join(px, py):
                return True
            tx, ty = self.at(px), self.at(py)
            assert tx is not None and ty is not None
            return self.nify(tx, ty, mode, pairs)
        if px is not None:
            known = self.at(px)
            if known is not None:
                return self._match_known(px, known, y, mode, pairs)
            self.set(px, y)
            return True
        if self.interfaces and mode & EXACT == 0:
            answer = self._match_interfaces(x, y, pairs)
            if answer is not None:
                return answer
        if is_type_param(y):
            x, y = y, x
        return self._match_structure(x, y, mode, pairs)

    def _match_known(self, px: TypeParam, x: Type, y: Type, mode: int, pairs: Pairs) -> bool:
        """px has been inferred as x and meets y: they must match, and the better of the two is kept."""
        if not self.nify(x, y, mode, pairs):
            return False
        xi, yi = _as_interface(x), _as_interface(y)
        xn, yn = as_named(x) is not None, as_named(y) is not None
        if xi is not None and yi is not None:
            if xn and yn:
                return identical(x, y)
            if len(type_set(xi).methods) != len(type_set(yi).methods):
                return False
        elif xi is not None or yi is not None:
            return False  # either could be meant: the result would depend on the order
        if mode & EXACT == 0:
            if xn:
                pass
            elif yn:
                self.set(px, y)
            else:
                yc = y.underlying()
                if type(yc) is Chan and yc.dir != "both":
                    self.set(px, y)
        return True

    def _match_interfaces(self, x: Type, y: Type, pairs: Pairs) -> bool | None:
        """Inexact unification with interfaces; None if neither x nor y is one."""
        xi, yi = _as_interface(x), _as_interface(y)
        if xi is not None and yi is not None:
            xset, yset = type_set(xi), type_set(yi)
            if xset.comparable != yset.comparable or not terms_equal(xset.terms, yset.terms):
                return False
            if _seen(pairs, xi, yi):
                return True
            few, many = xset.methods, yset.methods
            if len(few) > len(many):
                few, many = many, few
            by_id = {obj_id(m): m for m in many}
            inner = [*pairs, (xi, yi)]
            for xm in few:
                ym = by_id.get(obj_id(xm))
                if ym is None or not self.nify(xm.type or INVALID, ym.type or INVALID, EXACT, inner):
                    return False
            return True
        if yi is not None:
            xi, y = yi, x
        if xi is None:
            return None
        for xm in type_set(xi).methods:
            obj = lookup_field_or_method(y, False, xm.pkg, xm.name)[0]
            if not isinstance(obj, Func):
                return False
            sig = resolve_method(self.check, obj)
            if sig is None or sig.tparams or not self.nify(xm.type or INVALID, sig, EXACT, pairs):
                return False
        return True

    def _match_structure(self, x: Type, y: Type, mode: int, pairs: Pairs) -> bool:
        emode = mode | EXACT if mode & ASSIGN else mode
        yorig = y
        x, y = unalias(x), unalias(y)
        match x, y:
            case Basic(), Basic():
                return x.kind == y.kind
            case Array(), Array():
                return (x.len < 0 or y.len < 0 or x.len == y.len) and self.nify(x.elem, y.elem, emode, pairs)
            case (Slice(), Slice()) | (Pointer(), Pointer()):
                return self.nify(x.elem, y.elem, emode, pairs)  # type: ignore[attr-defined]
            case Struct(), Struct():
                return self._match_structs(x, y, emode, pairs)
            case Tuple(), Tuple():
                return self._match_tuples(x, y, mode, pairs)
            case Signature(), Signature():
                return (
                    x.variadic == y.variadic
                    and self.nify(x.params, y.params, emode, pairs)
                    and self.nify(x.results, y.results, emode, pairs)
                )
            case Interface(), Interface():
                return self._match_exact_interfaces(x, y, pairs)
            case Map(), Map():
                return self.nify(x.key, y.key, emode, pairs) and self.nify(x.elem, y.elem, emode, pairs)
            case Chan(), Chan():
                return (mode & EXACT == 0 or x.dir == y.dir) and self.nify(x.elem, y.elem, emode, pairs)
            case Named(), Named():
                if len(x.targs) != len(y.targs):
                    return False
                # arguments first, so that they unify even if the types turn out to be different ones
                return all(self.nify(a, b, mode, pairs) for a, b in zip(x.targs, y.targs)) and identical_origin(x, y)
            case TypeParam(), _:
                core = common_under(x)[0]
                if core is not None:
                    return self.nify(core, yorig, ASSIGN, pairs)
        return False

    def _match_structs(self, x: Struct, y: Struct, mode: int, pairs: Pairs) -> bool:
        if len(x.fields) != len(y.fields):
            return False
        for i, f in enumerate(x.fields):
            g = y.fields[i]
            if f.embedded != g.embedded or tag(x, i) != tag(y, i) or not same_id(f, g.pkg, g.name):
                return False
            if not self.nify(f.type or INVALID, g.type or INVALID, mode, pairs):
                return False
        return True

    def _match_tuples(self, x: Tuple, y: Tuple, mode: int, pairs: Pairs) -> bool:
        if len(x.vars) != len(y.vars):
            return False
        return all(self.nify(v.type or INVALID, w.type or INVALID, mode, pairs) for v, w in zip(x.vars, y.vars))

    def _match_exact_interfaces(self, x: Interface, y: Interface, pairs: Pairs) -> bool:
        xset, yset = type_set(x), type_set(y)
        if xset.comparable != yset.comparable or not terms_equal(xset.terms, yset.terms) or len(xset.methods) != len(yset.methods):
            return False
        if _seen(pairs, x, y):
            return True
        inner = [*pairs, (x, y)]
        return all(
            obj_id(f) == obj_id(g) and self.nify(f.type or INVALID, g.type or INVALID, EXACT, inner)
            for f, g in zip(xset.methods, yset.methods)
        )


def _as_interface(t: Type) -> Interface | None:
    """The underlying interface of t, unless t is a type parameter."""
    if is_type_param(t):
        return None
    u = t.underlying()
    return u if type(u) is Interface else None


def _seen(pairs: Pairs, x: Interface, y: Interface) -> bool:
    return any((a is x and b is y) or (a is y and b is x) for a, b in pairs)
