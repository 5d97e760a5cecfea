"""Questions about types: what kind, default type, the types of a type set.

Two families, named as in types2: `is_x(t)` looks at the underlying type and is false for type parameters; `all_x(t)` asks every type in the type set of
a type parameter. Nothing here needs a Checker. Which types are identical or comparable: identity.py.

Source: go1.27 cmd/compile/internal/types2 predicates.go and under.go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rt0.types.identity import TypeErr, identical, type_set
from rt0.types.types import (
    BASIC_KINDS,
    INVALID,
    IS_BOOLEAN,
    IS_COMPLEX,
    IS_CONST_TYPE,
    IS_FLOAT,
    IS_INTEGER,
    IS_NUMERIC,
    IS_ORDERED,
    IS_STRING,
    IS_UNSIGNED,
    IS_UNTYPED,
    TYP,
    Alias,
    Basic,
    Chan,
    Interface,
    Map,
    Named,
    Pointer,
    Signature,
    Slice,
    Type,
    TypeParam,
    is_type_param,
    unalias,
)

if TYPE_CHECKING:
    pass

KIND_ORDER = {k: i for i, k in enumerate(BASIC_KINDS)}  # kind -> go/types' number


class Cause:
    """Out-parameter for the reason of a "no": callees that know one set `text`."""

    __slots__ = ("text",)

    def __init__(self) -> None:
        self.text = ""

    def __str__(self) -> str:
        return self.text


# ---------------------------------------------------------------- kinds


def is_basic(t: Type, info: int) -> bool:
    """Whether the underlying type of t is Basic with one of the `info` flags; false for type parameters."""
    u = t.underlying()
    return type(u) is Basic and u.info & info != 0


def is_boolean(t: Type) -> bool:
    return is_basic(t, IS_BOOLEAN)


def is_integer(t: Type) -> bool:
    return is_basic(t, IS_INTEGER)


def is_unsigned(t: Type) -> bool:
    return is_basic(t, IS_UNSIGNED)


def is_complex(t: Type) -> bool:
    return is_basic(t, IS_COMPLEX)


def is_numeric(t: Type) -> bool:
    return is_basic(t, IS_NUMERIC)


def is_string(t: Type) -> bool:
    return is_basic(t, IS_STRING)


def is_integer_or_float(t: Type) -> bool:
    return is_basic(t, IS_INTEGER | IS_FLOAT)


def is_const_type(t: Type) -> bool:
    return is_basic(t, IS_CONST_TYPE)


def all_basic(t: Type, info: int) -> bool:
    """is_basic, but of a type parameter every type in its type set must qualify."""
    p = unalias(t)
    if type(p) is TypeParam:
        tset = type_set(p.iface())
        if not tset.has_terms():
            return False
        return all(is_basic(term[1], info) for term in tset.specific_terms())
    return is_basic(p, info)


def all_boolean(t: Type) -> bool:
    return all_basic(t, IS_BOOLEAN)


def all_integer(t: Type) -> bool:
    return all_basic(t, IS_INTEGER)


def all_unsigned(t: Type) -> bool:
    return all_basic(t, IS_UNSIGNED)


def all_numeric(t: Type) -> bool:
    return all_basic(t, IS_NUMERIC)


def all_string(t: Type) -> bool:
    return all_basic(t, IS_STRING)


def all_ordered(t: Type) -> bool:
    return all_basic(t, IS_ORDERED)


def all_numeric_or_string(t: Type) -> bool:
    return all_basic(t, IS_NUMERIC | IS_STRING)


def has_name(t: Type) -> bool:
    """Predeclared types, defined types and type parameters have a name. Works on types that are not set up yet."""
    return type(unalias(t)) in (Basic, Named, TypeParam)


def is_type_lit(t: Type) -> bool:
    """All but defined types and type parameters; basic types count as literals."""
    return type(unalias(t)) not in (Named, TypeParam)


def is_typed(t: Type) -> bool:
    return type(t) is not Basic or t.info & IS_UNTYPED == 0


def is_untyped(t: Type) -> bool:
    return type(t) is Basic and t.info & IS_UNTYPED != 0


def is_untyped_numeric(t: Type) -> bool:
    return type(t) is Basic and t.info & IS_UNTYPED != 0 and t.info & IS_NUMERIC != 0


def is_interface(t: Type) -> bool:
    """The underlying type is an interface: also true for type parameters."""
    return type(t.underlying()) is Interface


def is_non_type_param_interface(t: Type) -> bool:
    return not is_type_param(t) and is_interface(t)


def has_empty_typeset(t: Type) -> bool:
    """t is a type parameter whose type set is known to be empty (not computed here)."""
    p = unalias(t)
    if type(p) is TypeParam and p.bound is not None:
        i = safe_underlying(p.bound)
        return type(i) is Interface and i._tset is not None and i._tset.is_empty()
    return False


def safe_underlying(t: Type) -> Type:
    """underlying() that does not expand instances; INVALID where it is not known yet."""
    n = unalias(t)
    if type(n) is Named:
        return n._underlying if n._underlying is not None else (n._find_underlying() if n.origin is n else INVALID)
    return n.underlying()


def is_generic(t: Type) -> bool:
    """A generic type that is not instantiated (generic signatures are not asked about here)."""
    if type(t) is Alias and t.tparams and not t.targs:
        return True
    n = unalias(t)
    return type(n) is Named and n.origin is n and bool(n.tparams) and not n.targs


def is_uintptr(t: Type) -> bool:
    u = t.underlying()
    return type(u) is Basic and u.kind == "uintptr"


def is_unsafe_pointer(t: Type) -> bool:
    u = t.underlying()
    return type(u) is Basic and u.kind == "unsafe.Pointer"


def is_pointer(t: Type) -> bool:
    return type(t.underlying()) is Pointer


def is_bytes_or_runes(t: Type) -> bool:
    s = t.underlying()
    if type(s) is Slice:
        e = s.elem.underlying()
        return type(e) is Basic and e.kind in ("uint8", "int32")
    return False


def has_nil(t: Type) -> bool:
    """Whether nil is a value of type t (of every type of a type parameter's type set)."""
    u = t.underlying()
    if type(u) is Basic:
        return u.kind == "unsafe.Pointer"
    if type(u) is Interface:
        return not is_type_param(t) or under_is(t, lambda u: u is not None and has_nil(u))
    return type(u) in (Slice, Pointer, Signature, Map, Chan)


# ---------------------------------------------------------------- untyped


_DEFAULTS = {
    "untyped bool": "bool",
    "untyped int": "int",
    "untyped rune": "rune",
    "untyped float": "float64",
    "untyped complex": "complex128",
    "untyped string": "string",
}


def default_type(t: Type) -> Type:
    """The type an untyped value gets when nothing else decides; t itself for typed ones and untyped nil."""
    if type(t) is Basic:
        d = _DEFAULTS.get(t.kind)
        if d is not None:
            return TYP[d]
    return t


def max_type(x: Type, y: Type) -> Type | None:
    """The larger of two untyped numeric types (int < rune < float < complex); None if they differ otherwise."""
    if x is y:
        return x
    if is_untyped_numeric(x) and is_untyped_numeric(y):
        assert type(x) is Basic and type(y) is Basic
        return x if KIND_ORDER[x.kind] > KIND_ORDER[y.kind] else y
    return None


# ---------------------------------------------------------------- type sets


def typeset(t: Type) -> Iterator[tuple[Type | None, Type | None]]:
    """The (type, underlying type) pairs of t's type set; one (None, None) for a type parameter without specific types;
    just (t, under(t)) for all other types."""
    p = unalias(t)
    if type(p) is TypeParam:
        yield from type_set(p.iface()).pairs()
    else:
        yield t, t.underlying()


def under_is(t: Type, f: Callable[[Type | None], bool]) -> bool:
    """f(u) for the underlying types in t's type set, until one is false; f(None) when there are no specific types."""
    return all(f(u) for _, u in typeset(t))


def common_under(t: Type, cond: Callable[[Type | None, Type | None], TypeErr | None] | None = None) -> tuple[Type | None, TypeErr | None]:
    """The underlying type all types in t's type set share, or why there is none.

    Channels of one element type are taken together as long as their directions do not conflict: the result is a most
    restricted one. cond(t, u) is asked first for every pair (also (None, None)) and ends the search when it objects.
    """
    ct: Type | None = None
    cu: Type | None = None
    for t1, u in typeset(t):
        if cond is not None:
            err = cond(t1, u)
            if err is not None:
                return None, err
        if u is None:
            return None, TypeErr("no specific type")
        if cu is None:
            ct, cu = t1, u
            continue
        if type(cu) is Chan and type(u) is Chan:
            if not identical(cu.elem, u.elem):
                return None, TypeErr("channels %s and %s have different element types", ct, t1)
            if cu.dir != u.dir:
                if cu.dir == "both":
                    ct, cu = t1, u
                elif u.dir != "both":
                    return None, TypeErr("channels %s and %s have conflicting directions", ct, t1)
            continue
        if not identical(cu, u):
            return None, TypeErr("%s and %s have different underlying types", ct, t1)
    return cu, None


def core_type(t: Type) -> Type | None:
    """common_under without the reason."""
    if type(t) is not TypeParam and type(t) is not Alias:
        return t.underlying()
    return common_under(t)[0]
