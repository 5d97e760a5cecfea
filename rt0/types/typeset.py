"""Type sets of interfaces: all methods, and the types allowed by unions and embedded types.

A `TypeSet` factors the methods out of the set: a type is in it when it has all `methods`, matches one of `terms`, and is
comparable if `comparable` says so (then terms is ALL_TERMS). terms is None for "all types", else a list of
(tilde, type) pairs in normal form: no pair contains another; [] is the empty set.

Computed once per Interface, on demand, and kept in it; nothing is computed or kept while the Checker still fills the
interface in (`complete` False): then the answer is the set of all types. Infinite embedding is found elsewhere
(validtype.py); here a set under computation counts as the set of all types, which ends the recursion.

Source: go1.27 cmd/compile/internal/types2 typeset.go, termlist.go, typeterm.go.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rt0.types.predicates import comparable_type, identical, is_valid, obj_id, same_id
from rt0.types.types import INVALID, Interface, Type, TypeParam, Union, unalias
from rt0.types.typestring import type_string

if TYPE_CHECKING:
    from rt0.types.objects import Func, Package

Term = tuple[bool, Type]  # (tilde, type)
Terms = list[Term] | None
ALL_TERMS: Terms = None
MAX_TERM_COUNT = 100


class TypeSet:
    """See the module's text. methods are sorted: exported first, then by name and package path."""

    __slots__ = ("_by_id", "comparable", "methods", "terms")

    def __init__(self, methods: list[Func], terms: Terms, comparable: bool) -> None:
        self.methods = methods
        self.terms = terms
        self.comparable = comparable
        self._by_id: dict[str, int] | None = None

    def is_empty(self) -> bool:
        return self.terms is not None and not self.terms

    def is_all(self) -> bool:
        """The set of the empty interface."""
        return self.terms is None and not self.comparable and not self.methods

    def is_method_set(self) -> bool:
        """Fully described by its methods: an ordinary interface."""
        return self.terms is None and not self.comparable

    def has_terms(self) -> bool:
        """Has specific types."""
        return bool(self.terms)

    def specific_terms(self) -> list[Term]:
        return self.terms or []

    def is_comparable(self, seen: set[Type] | None = None) -> bool:
        if self.terms is None:
            return self.comparable
        return bool(self.terms) and all(comparable_type(t, False, seen) is None for _, t in self.terms)

    def pairs(self) -> Iterator[tuple[Type | None, Type | None]]:
        """(type, underlying type) of the specific terms; one (None, None) when there are none."""
        if not self.terms:
            yield None, None
            return
        for tilde, t in self.terms:
            yield t, unalias(t) if tilde else t.underlying()

    def subset_of(self, other: TypeSet) -> bool:
        return terms_subset(self.terms, other.terms)

    def lookup_method(self, pkg: Package | None, name: str, fold_case: bool = False) -> tuple[int, Func | None]:
        """(index, method) or (-1, None)."""
        if fold_case:
            for i, m in enumerate(self.methods):
                if same_id(m, pkg, name, True):
                    return i, m
            return -1, None
        ids = self._by_id
        if ids is None:
            ids = self._by_id = {obj_id(m): i for i, m in enumerate(self.methods)}
        key = name if name[:1].isupper() else (pkg.path if pkg is not None and pkg.path else "_") + "." + name
        i = ids.get(key, -1)
        return (i, self.methods[i]) if i >= 0 else (-1, None)

    def __str__(self) -> str:
        return terms_string(self.terms)


TOP_TYPE_SET = TypeSet([], ALL_TERMS, False)


# ---------------------------------------------------------------- terms


def terms_string(terms: Terms, qf: Any = None) -> str:
    """terms as messages show them: `int | ~string`. Full package paths without qf."""
    if terms is None:
        return "𝓤"
    if not terms:
        return "∅"
    return " | ".join(("~" if tilde else "") + type_string(t, qf) for tilde, t in terms)


def term_includes(term: Term, t: Type) -> bool:
    return identical(term[1], t.underlying() if term[0] else t)


def _disjoint(x: Term, y: Term) -> bool:
    ux = x[1].underlying() if y[0] else x[1]
    uy = y[1].underlying() if x[0] else y[1]
    return not identical(ux, uy)


def _term_subset(x: Term, y: Term) -> bool:
    return not _disjoint(x, y) and (not x[0] or y[0])


def terms_subset(xs: Terms, ys: Terms) -> bool:
    if ys is None:
        return True
    if xs is None:
        return False
    return all(any(_term_subset(x, y) for y in ys) for x in xs)


def terms_equal(xs: Terms, ys: Terms) -> bool:
    return xs is ys or (terms_subset(xs, ys) and terms_subset(ys, xs))


def terms_norm(xs: list[Term]) -> list[Term]:
    """xs without terms that another one covers; the first of a covering chain stays in its place."""
    used = [False] * len(xs)
    out: list[Term] = []
    for i, x in enumerate(xs):
        if used[i]:
            continue
        for j in range(i + 1, len(xs)):
            y = xs[j]
            if not used[j] and not _disjoint(x, y):
                if not x[0] and y[0]:
                    x = y
                used[j] = True
        out.append(x)
    return out


def terms_union(xs: Terms, ys: Terms) -> Terms:
    if xs is None or ys is None:
        return None
    return terms_norm([*xs, *ys])


def terms_intersect(xs: Terms, ys: Terms) -> Terms:
    if xs is None:
        return ys
    if ys is None:
        return xs
    out: list[Term] = []
    for x in xs:
        for y in ys:
            if not _disjoint(x, y):
                out.append(x if not x[0] or y[0] else y)
    return terms_norm(out)


def intersect_term_lists(xs: Terms, xcomp: bool, ys: Terms, ycomp: bool) -> tuple[Terms, bool]:
    """Intersection of two (terms, comparable) pairs."""
    terms = terms_intersect(xs, ys)
    comp = xcomp or ycomp
    if comp and terms is not None:
        terms = [t for t in terms if comparable_type(t[1], False) is None]
        comp = False
    return terms, comp


# ---------------------------------------------------------------- interfaces


def sort_methods(methods: list[Func]) -> list[Func]:
    """methods in the order of type sets and itabs: exported ones by name, then the others by name and package path."""
    return sorted(methods, key=method_key)


def method_key(m: Func) -> tuple[bool, bytes, str]:
    name = m.name
    exported = name[:1].isupper()
    return not exported, name.encode(), "" if exported or m.pkg is None else m.pkg.path


def compute_type_set(ityp: Interface, check: Any = None) -> TypeSet:
    """ityp's type set, computed when it is asked for the first time. With a Checker, duplicate methods are reported."""
    if ityp._tset is not None:
        return ityp._tset
    if not ityp.complete:
        return TOP_TYPE_SET
    tset = ityp._tset = TypeSet([], ALL_TERMS, False)
    seen: dict[str, Func] = {}
    mpos: dict[str, int] = {}

    def duplicate(at: int, m: Func, key: str) -> None:
        err = check.new_error("DuplicateDecl")
        err.addf(at, "duplicate method %s", m.name)
        err.addf(mpos[key], "other declaration of method %s", m.name)
        err.report()

    def add(at: int, m: Func, explicit: bool) -> None:
        key = obj_id(m)
        other = seen.get(key)
        if other is None:
            seen[key] = m
            mpos[key] = at
        elif check is not None:
            if explicit:
                duplicate(at, m, key)
            elif other is not m or (at and not check.allow_version((1, 14))):

                def later() -> None:
                    if (at and not check.allow_version((1, 14))) or not identical(m.type or INVALID, other.type or INVALID):
                        duplicate(at, m, key)

                check.later(later)

    for m in ityp.methods:
        add(m.pos, m, True)
    terms, comp = ALL_TERMS, False
    for i, t in enumerate(ityp.embeddeds):
        at = ityp.embed_pos[i] if i < len(ityp.embed_pos) else 0
        u = t.underlying()
        ucomp = False
        uterms: Terms
        if type(u) is Interface:
            if type(unalias(t)) is TypeParam:
                continue
            uset = compute_type_set(u, check)
            if at and check is not None and _is_imported_constraint(check, t) and not check.verify_versionf(
                at, (1, 18), "embedding constraint interface %s", t
            ):
                continue
            ucomp, uterms = uset.comparable, uset.terms
            for m in uset.methods:
                add(at, m, False)
        elif type(u) is Union:
            if at and check is not None and not check.verify_versionf(at, (1, 18), "embedding interface element %s", u):
                continue
            ut = _union_terms(u, check, at)
            if ut is _INVALID_UNION:
                continue
            uterms = ut.terms
        elif not is_valid(u):
            continue
        else:
            if at and check is not None and not check.verify_versionf(at, (1, 18), "embedding non-interface type %s", t):
                continue
            uterms = [(False, t)]
        terms, comp = intersect_term_lists(terms, comp, uterms, ucomp)
    tset.comparable = comp
    tset.methods = sort_methods(list(seen.values()))
    tset.terms = terms
    return tset


def _is_imported_constraint(check: Any, t: Type) -> bool:
    from rt0.types.decl import is_imported_constraint

    return is_imported_constraint(check, t)


_INVALID_UNION = TypeSet([], [], False)


def compute_union_type_set(u: Union) -> TypeSet:
    return _union_terms(u, None, 0)


def _union_terms(u: Union, check: Any, pos: int) -> TypeSet:
    """Type set of a union: _INVALID_UNION if it has too many terms."""
    terms: Terms = []
    for tilde, t in u.terms:
        ut = t.underlying()
        if type(ut) is Interface:
            part = TOP_TYPE_SET.terms if type(unalias(t)) is TypeParam else compute_type_set(ut, check).terms
        elif not is_valid(ut):
            continue
        elif tilde and not identical(t, ut):
            part = []  # ~T of a defined type T: no type has it as underlying type
        else:
            part = [(tilde, t)]
        terms = terms_union(terms, part)
        if terms is not None and len(terms) > MAX_TERM_COUNT:
            if check is not None:
                check.errorf(pos, "InvalidUnion", "cannot handle more than %d union terms (implementation limitation)", MAX_TERM_COUNT)
            return _INVALID_UNION
    return TypeSet([], terms, False)


def constraint_interface(tpar: TypeParam) -> Interface:
    """The constraint of tpar as an interface; a bound that is none is wrapped into an implicit one (and stays wrapped)."""
    bound = tpar.bound
    if bound is None:
        return _EMPTY
    u = bound.underlying()
    if type(u) is Interface:
        return _EMPTY if type(unalias(bound)) is TypeParam else u
    if u is INVALID:
        return _EMPTY
    ityp = Interface([], [bound], implicit=True)
    tpar.bound = ityp
    return ityp


_EMPTY = Interface([], [])
_EMPTY._tset = TOP_TYPE_SET
