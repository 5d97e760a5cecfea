"""Questions about types: what kind, identical, comparable, default type, the types of a type set.

Two families, named as in types2: `is_x(t)` looks at the underlying type and is false for type parameters; `all_x(t)` asks
every type in the type set of a type parameter. Nothing here needs a Checker; texts that explain a "no" are a `TypeErr`
(a format and its arguments) and are turned into a string only when somebody prints them.

Type identity (`identical`) is the one place that decides whether two types are the same. byte and uint8 are two Basic
objects of one kind; instances of a generic type are compared by origin and arguments, because they are unique objects
only where the global context saw both. Cycles are possible only through interface methods: `pairs` is the stack of
interface pairs under comparison.

Source: go1.27 cmd/compile/internal/types2 predicates.go and under.go.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from rt0.types.objects import resolve
from rt0.types.subst import make_subst_map, subst
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
    Union,
    unalias,
)

if TYPE_CHECKING:
    from rt0.types.objects import Object, Package

KIND_ORDER = {k: i for i, k in enumerate(BASIC_KINDS)}  # kind -> go/types' number


class Cause:
    """Out-parameter for the reason of a "no": callees that know one set `text`."""

    __slots__ = ("text",)

    def __init__(self) -> None:
        self.text = ""

    def __str__(self) -> str:
        return self.text


class TypeErr:
    """A reason, formatted late: `format_(check)` (check may be None). Always true; absence is None."""

    __slots__ = ("args", "fmt")

    def __init__(self, fmt: str, *args: Any) -> None:
        self.fmt = fmt
        self.args = args

    def format_(self, check: Any) -> str:
        from rt0.types.errors import sprintf

        return sprintf(check, self.fmt, *self.args)


# ---------------------------------------------------------------- kinds


def is_valid(t: Type) -> bool:
    return unalias(t) is not INVALID


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
        tset = p.iface().type_set()
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


def is_type_param(t: Type) -> bool:
    return type(unalias(t)) is TypeParam


def as_named(t: Type | None) -> Named | None:
    """t as a Named, aliases looked through."""
    if t is None:
        return None
    t = unalias(t)
    return t if type(t) is Named else None


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


# ---------------------------------------------------------------- comparable


def comparable(t: Type) -> bool:
    """Comparable as the spec has it: == on interfaces may panic."""
    return comparable_type(t, True) is None


def comparable_type(t: Type, dynamic: bool, seen: set[Type] | None = None) -> TypeErr | None:
    """None if t is comparable, else why not.

    dynamic  non-type-parameter interfaces count as comparable, though == may panic
    seen     types under examination (recursive types)
    """
    if seen is None:
        seen = set()
    elif t in seen:
        return None
    seen.add(t)
    u = t.underlying()
    if type(u) is Basic:
        return TypeErr("") if u.kind == "untyped nil" else None
    if type(u) is Pointer or type(u) is Chan:
        return None
    if type(u) is Struct:
        for f in u.fields:
            if comparable_type(f.type or INVALID, dynamic, seen) is not None:
                return TypeErr("struct containing %s cannot be compared", f.type)
        return None
    if type(u) is Array:
        if comparable_type(u.elem, dynamic, seen) is not None:
            return TypeErr("%s cannot be compared", t)
        return None
    if type(u) is Interface:
        if (dynamic and not is_type_param(t)) or u.type_set().is_comparable(seen):
            return None
        return TypeErr("empty type set" if u.type_set().is_empty() else "incomparable types in type set")
    return TypeErr("")


# ---------------------------------------------------------------- identity


def same_pkg(a: Package | None, b: Package | None) -> bool:
    if a is None or b is None:
        return a is b
    return a is b or a.path == b.path


def is_valid_name(name: str) -> bool:
    """Whether name is a Go identifier. The scanner has complained about one that is not: nothing more is said of it."""
    return (name.isascii() and "\0" not in name) or all(c == "_" or unicodedata.category(c)[0] == "L" or (i and unicodedata.category(c) == "Nd") for i, c in enumerate(name))


def is_exported(name: str) -> bool:
    return name[:1].isupper()


def obj_id(obj: Object) -> str:
    """Key of a field or method name: the name if exported, else qualified by its package's path."""
    name = obj.name
    if name[:1].isupper():
        return name
    path = "_"
    if obj.pkg is not None and obj.pkg.path:
        path = obj.pkg.path
    return path + "." + name


def same_id(obj: Object, pkg: Package | None, name: str, fold_case: bool = False) -> bool:
    """Whether obj is what `name` means in pkg. fold_case: ignore capitalization and packages."""
    if fold_case and obj.name.casefold() == name.casefold():
        return True
    if obj.name != name:
        return False
    return name[:1].isupper() or same_pkg(obj.pkg, pkg)


Pairs = list[tuple[Interface, Interface]]


def identical(x: Type, y: Type) -> bool:
    """The spec's type identity."""
    return x is y or _identical(x, y, False, None)


def identical_ignore_tags(x: Type, y: Type) -> bool:
    """Identity as conversions want it: struct tags do not count."""
    return x is y or _identical(x, y, True, None)


def _identical(x: Type, y: Type, ignore_tags: bool, pairs: Pairs | None) -> bool:
    if type(x) is Alias:
        x = unalias(x)
    if type(y) is Alias:
        y = unalias(y)
    if x is y:
        return True
    k = type(x)
    if k is not type(y):
        return False
    if k is Basic:
        return x.kind == y.kind  # type: ignore[attr-defined,no-any-return]
    if k is Named:
        return _identical_named(x, y)  # type: ignore[arg-type]
    if k is Pointer or k is Slice:
        return _identical(x.elem, y.elem, ignore_tags, pairs)  # type: ignore[attr-defined]
    if k is TypeParam:
        return False
    return _identical_composite(x, y, ignore_tags, pairs)


def _identical_named(x: Named, y: Named) -> bool:
    if x.origin.obj is not y.origin.obj:
        return False
    xargs, yargs = x.targs, y.targs
    if len(xargs) != len(yargs):
        return False
    return all(a is b or _identical(a, b, False, None) for a, b in zip(xargs, yargs))


def _identical_composite(x: Type, y: Type, ignore_tags: bool, pairs: Pairs | None) -> bool:
    match x, y:
        case Array(), Array():
            return (x.len < 0 or y.len < 0 or x.len == y.len) and _identical(x.elem, y.elem, ignore_tags, pairs)
        case Map(), Map():
            return _identical(x.key, y.key, ignore_tags, pairs) and _identical(x.elem, y.elem, ignore_tags, pairs)
        case Chan(), Chan():
            return x.dir == y.dir and _identical(x.elem, y.elem, ignore_tags, pairs)
        case Struct(), Struct():
            return _identical_struct(x, y, ignore_tags, pairs)
        case Tuple(), Tuple():
            return _identical_tuple(x, y, ignore_tags, pairs)
        case Signature(), Signature():
            return _identical_signature(x, y, ignore_tags, pairs)
        case Interface(), Interface():
            return _identical_interface(x, y, ignore_tags, pairs)
        case Union(), Union():
            from rt0.types.typeset import compute_union_type_set, terms_equal

            return terms_equal(compute_union_type_set(x).terms, compute_union_type_set(y).terms)
    return False


def _identical_struct(x: Struct, y: Struct, ignore_tags: bool, pairs: Pairs | None) -> bool:
    if len(x.fields) != len(y.fields):
        return False
    for i, f in enumerate(x.fields):
        g = y.fields[i]
        if f.embedded != g.embedded or not same_id(f, g.pkg, g.name) or (not ignore_tags and tag(x, i) != tag(y, i)):
            return False
        if not _identical(f.type or INVALID, g.type or INVALID, ignore_tags, pairs):
            return False
    return True


def tag(s: Struct, i: int) -> str:
    """Tag of field i; tags may be shorter than fields when the last ones have none."""
    return s.tags[i] if i < len(s.tags) else ""


def _identical_tuple(x: Tuple, y: Tuple, ignore_tags: bool, pairs: Pairs | None) -> bool:
    if len(x.vars) != len(y.vars):
        return False
    return all(_identical(v.type or INVALID, w.type or INVALID, ignore_tags, pairs) for v, w in zip(x.vars, y.vars))


def _identical_signature(x: Signature, y: Signature, ignore_tags: bool, pairs: Pairs | None) -> bool:
    n = len(x.tparams)
    if x.variadic != y.variadic or n != len(y.tparams):
        return False
    yparams, yresults = y.params, y.results
    if n:  # identical up to renaming of type parameters: rename y's to x's
        smap = make_subst_map(y.tparams, list(x.tparams))
        for p, q in zip(x.tparams, y.tparams):
            if not _identical(p.bound or INVALID, subst(None, 0, q.bound or INVALID, smap), ignore_tags, pairs):
                return False
        t1, t2 = subst(None, 0, y.params, smap), subst(None, 0, y.results, smap)
        assert type(t1) is Tuple and type(t2) is Tuple
        yparams, yresults = t1, t2
    return _identical_tuple(x.params, yparams, ignore_tags, pairs) and _identical_tuple(x.results, yresults, ignore_tags, pairs)


def _identical_interface(x: Interface, y: Interface, ignore_tags: bool, pairs: Pairs | None) -> bool:
    from rt0.types.typeset import terms_equal

    xset, yset = x.type_set(), y.type_set()
    if xset.comparable != yset.comparable or len(xset.methods) != len(yset.methods) or not terms_equal(xset.terms, yset.terms):
        return False
    if not xset.methods:
        return True
    for a, b in pairs or ():
        if (a is x and b is y) or (a is y and b is x):
            return True  # under comparison further up: equal unless something else differs
    for f, g in zip(xset.methods, yset.methods):
        if f.name != g.name or obj_id(f) != obj_id(g):
            return False
    inner = [*(pairs or ()), (x, y)]
    for f, g in zip(xset.methods, yset.methods):
        ft, gt = resolve(f).type, resolve(g).type
        if ft is not gt and not _identical(ft or INVALID, gt or INVALID, ignore_tags, inner):
            return False
    return True


def identical_origin(x: Named, y: Named) -> bool:
    return x.origin.obj is y.origin.obj


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
        yield from p.iface().type_set().pairs()
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
