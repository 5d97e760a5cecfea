"""Which types are identical, which comparable, and the type sets of interfaces: three questions that are asked of one another.

Type identity (`identical`) is the one place that decides whether two types are the same. byte and uint8 are two Basic objects of one kind;
instances of a generic type are compared by origin and arguments. Cycles are possible only through interface methods: `pairs` is the stack of
interface pairs under comparison.

A `TypeSet` says which types an interface stands for; it factors the methods out: a type is in it when it has all `methods`, matches one of `terms`,
and is comparable if `comparable` says so (then terms is ALL_TERMS). terms is None for "all types", else a list of (tilde, type) pairs in normal form:
no pair contains another; [] is the empty set. `type_set(iface)` computes it once per Interface, on demand, and keeps it there; nothing is computed or
kept while the Checker still fills the interface in (`complete` False): then the answer is the set of all types. Infinite embedding is found elsewhere
(validtype.py); here a set under computation counts as the set of all types, which ends the recursion.

Nothing here needs a Checker, but one is told of what is wrong in an interface. Texts that explain a "no" are a `TypeErr` (a format and its arguments),
turned into a string only when somebody prints them.

Source: go1.27 cmd/compile/internal/types2 predicates.go, typeset.go, termlist.go, typeterm.go.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rt0.types.objects import Func, Package, obj_id, resolve, same_id
from rt0.types.subst import make_subst_map, subst
from rt0.types.types import (
    INVALID,
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
    as_named,
    is_type_param,
    is_valid,
    unalias,
)

if TYPE_CHECKING:
    from rt0.types.check import Checker

class TypeErr:
    """A reason, formatted late (Checker.explain). Always true; absence is None."""

    __slots__ = ("args", "fmt")

    def __init__(self, fmt: str, *args: Any) -> None:
        self.fmt = fmt
        self.args = args


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
        if (dynamic and not is_type_param(t)) or type_set(u).is_comparable(seen):
            return None
        return TypeErr("empty type set" if type_set(u).is_empty() else "incomparable types in type set")
    return TypeErr("")


# ---------------------------------------------------------------- identity


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
            if not _identical(p.bound or INVALID, subst(0, q.bound or INVALID, smap), ignore_tags, pairs):
                return False
        t1, t2 = subst(0, y.params, smap), subst(0, y.results, smap)
        assert type(t1) is Tuple and type(t2) is Tuple
        yparams, yresults = t1, t2
    return _identical_tuple(x.params, yparams, ignore_tags, pairs) and _identical_tuple(x.results, yresults, ignore_tags, pairs)


def _identical_interface(x: Interface, y: Interface, ignore_tags: bool, pairs: Pairs | None) -> bool:
    xset, yset = type_set(x), type_set(y)
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


# ---------------------------------------------------------------- type sets


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


TOP_TYPE_SET = TypeSet([], ALL_TERMS, False)


def term_includes(term: Term, t: Type) -> bool:
    return identical(term[1], t.underlying() if term[0] else t)


def disjoint(x: Term, y: Term) -> bool:
    ux = x[1].underlying() if y[0] else x[1]
    uy = y[1].underlying() if x[0] else y[1]
    return not identical(ux, uy)


def _term_subset(x: Term, y: Term) -> bool:
    return not disjoint(x, y) and (not x[0] or y[0])


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
            if not used[j] and not disjoint(x, y):
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
            if not disjoint(x, y):
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


def sort_methods(methods: list[Func]) -> list[Func]:
    """methods in the order of type sets and itabs: exported ones by name, then the others by name and package path."""
    return sorted(methods, key=method_key)


def method_key(m: Func) -> tuple[bool, bytes, str]:
    name = m.name
    exported = name[:1].isupper()
    return not exported, name.encode(), "" if exported or m.pkg is None else m.pkg.path


def type_set(ityp: Interface) -> TypeSet:
    """ityp's type set, computed when it is asked for the first time; what is wrong in it is reported to the Checker that declares ityp."""
    t = ityp._tset
    return t if t is not None else _compute_type_set(ityp, ityp.check)


def _compute_type_set(ityp: Interface, check: Checker | None) -> TypeSet:
    if ityp._tset is not None:
        return ityp._tset
    if not ityp.complete:
        return TOP_TYPE_SET
    tset = ityp._tset = TypeSet([], ALL_TERMS, False)
    seen: dict[str, Func] = {}
    mpos: dict[str, int] = {}

    def duplicate(at: int, m: Func, key: str) -> None:
        assert check is not None
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
            uset = _compute_type_set(u, check)
            if at and check is not None and is_imported_constraint(check, t) and not check.verify_versionf(
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


_INVALID_UNION = TypeSet([], [], False)


def compute_union_type_set(u: Union) -> TypeSet:
    return _union_terms(u, None, 0)


def _union_terms(u: Union, check: Checker | None, pos: int) -> TypeSet:
    """Type set of a union: _INVALID_UNION if it has too many terms."""
    terms: Terms = []
    for tilde, t in u.terms:
        ut = t.underlying()
        if type(ut) is Interface:
            part = TOP_TYPE_SET.terms if type(unalias(t)) is TypeParam else _compute_type_set(ut, check).terms
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


def is_imported_constraint(check: Checker, t: Type | None) -> bool:
    named = as_named(t)
    if named is None or named.obj.pkg is check.pkg or named.obj.pkg is None:
        return False
    u = named.underlying()
    return isinstance(u, Interface) and not type_set(u).is_method_set()
