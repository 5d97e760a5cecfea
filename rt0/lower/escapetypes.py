"""What escape analysis asks of types. Generic bodies are analysed once, so type parameters are types here: they may have pointers, and their size is unknown."""

from __future__ import annotations

from collections.abc import Sequence

from rt0.lower.layout import is_direct_iface, sizeof
from rt0.types import types as T
from rt0.types.subst import depends_on_function
from rt0.types.types import under


class Pointers:
    """Whether values of a type have pointers: as layout.has_pointers, with type parameters taken to have some. Remembers its answers."""

    __slots__ = ("known",)

    def __init__(self) -> None:
        self.known: dict[T.Type, bool] = {}

    def __call__(self, t: T.Type | None) -> bool:
        if t is None:
            return False
        r = self.known.get(t)
        if r is None:
            r = self.known[t] = self._compute(t)
        return r

    def _compute(self, t: T.Type) -> bool:
        if isinstance(T.unalias(t), T.TypeParam):
            return True
        u = under(t)
        if isinstance(u, T.Basic):
            return u.kind in ("string", "unsafe.Pointer", "untyped string", "untyped nil")
        if isinstance(u, T.Array):
            return u.len != 0 and self(u.elem)
        if isinstance(u, T.Struct):
            return any(self(f.type) for f in u.fields)
        if isinstance(u, T.Tuple):
            return any(self(v.type) for v in u.vars)
        return True


def has_type_param(t: T.Type, depth: int = 0) -> bool:
    t = T.unalias(t)
    if isinstance(t, T.TypeParam):
        return True
    if depth > 8:
        return False
    if isinstance(t, T.Named):
        if t.targs:
            return any(has_type_param(a, depth + 1) for a in t.targs) or depends_on_function(t)
        return depends_on_function(t)
    if isinstance(t, T.Array):
        return has_type_param(t.elem, depth + 1)
    if isinstance(t, T.Struct):
        return any(f.type is not None and has_type_param(f.type, depth + 1) for f in t.fields)
    return False


def is_interface(t: T.Type | None) -> bool:
    return t is not None and not isinstance(T.unalias(t), T.TypeParam) and isinstance(under(t), T.Interface)


def too_large(t: T.Type | None, limit: int) -> bool:
    if t is None or has_type_param(t):
        return False
    return sizeof(t) > limit


def is_direct(t: T.Type) -> bool:
    """Whether an interface's data word holds a value of type t itself."""
    if has_type_param(t):
        return False
    return is_direct_iface(t)


def field_of(t: T.Type | None, index: Sequence[int]) -> tuple[T.Type | None, int]:
    """(type, pointers followed) of the field that `index` leads to from a value of type t."""
    derefs = 0
    for i in index:
        if t is None:
            break
        u = under(t)
        if isinstance(u, T.Pointer):
            derefs += 1
            u = under(u.elem)
        if not isinstance(u, T.Struct):
            break
        t = u.fields[i].type
    return t, derefs
