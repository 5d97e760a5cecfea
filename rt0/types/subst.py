"""Substitution of types for type parameters.

`subst(pos, t, smap)` is t with every TypeParam that smap maps replaced; t itself (the same object) when nothing in it
is mapped, so `is` tells whether something happened. Instances met on the way become other instances, which are expanded
only when somebody looks under them (rt0.types.instantiate), so recursive types cost nothing.

`Subst` is the same with a memory: lower makes one per instantiated function and calls it for every expression's type.

Types declared inside a generic function depend on all its type parameters, whether they mention them or not: F[int]'s and F[string]'s
local T are different types. Substitution makes a Named instance of such a type whose `targs` begin with the types put for the function's
type parameters (`local_tparams`), followed by its own type arguments if it is generic itself.

Source: go1.27 cmd/compile/internal/types2/subst.go.
"""

from __future__ import annotations

from collections.abc import Sequence

from rt0.diag import NO_POS, Pos
from rt0.types.objects import Func, TypeName, Var
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
    unalias,
)

SubstMap = dict[TypeParam, Type]


def make_subst_map(tparams: Sequence[TypeParam], targs: Sequence[Type | None]) -> SubstMap:
    """tparams -> targs; unknown (None) arguments are left out, so their parameters stay."""
    assert len(tparams) == len(targs)
    return {p: t for p, t in zip(tparams, targs) if t is not None}


def subst(pos: int, t: Type, smap: SubstMap) -> Type:
    """t with the parameters in smap replaced. pos is where an instance is said to be asked for that is new."""
    if not smap:
        return t
    k = type(t)
    if k is Basic:
        return t
    if k is TypeParam:
        return smap.get(t, t)  # type: ignore[call-overload,no-any-return]
    return Subst(smap, pos).typ(t)


class Subst:
    """A substitution and what it has computed so far. Call it with a type."""

    __slots__ = ("memo", "pos", "smap")

    def __init__(self, smap: SubstMap, pos: Pos = NO_POS) -> None:
        self.smap = smap
        self.pos = pos
        self.memo: dict[Type, Type] = {}

    def __call__(self, t: Type) -> Type:
        return self.typ(t)

    def typ(self, t: Type) -> Type:
        k = type(t)
        if k is Basic:
            return t
        if k is TypeParam:
            return self.smap.get(t, t)  # type: ignore[call-overload,no-any-return]
        r = self.memo.get(t)
        if r is None:
            r = self.compute(t)
            self.memo[t] = r
        return r

    def compute(self, t: Type) -> Type:
        match t:
            case Named():
                return self.named(t)
            case Pointer():
                e = self.typ(t.elem)
                return t if e is t.elem else Pointer(e)
            case Slice():
                e = self.typ(t.elem)
                return t if e is t.elem else Slice(e)
            case Array():
                e = self.typ(t.elem)
                return t if e is t.elem else Array(e, t.len)
            case Map():
                key, e = self.typ(t.key), self.typ(t.elem)
                return t if key is t.key and e is t.elem else Map(key, e)
            case Chan():
                e = self.typ(t.elem)
                return t if e is t.elem else Chan(t.dir, e)
            case Struct():
                fields = self.vars(t.fields)
                return t if fields is t.fields else Struct(fields, t.tags)
            case Tuple():
                return self.tuple(t)
            case Signature():
                return self.signature(t)
            case Interface():
                return self.interface(t)
            case Union():
                terms = [(tilde, self.typ(u)) for tilde, u in t.terms]
                return t if all(a[1] is b[1] for a, b in zip(terms, t.terms)) else Union(terms)
            case Alias():
                return self.alias(t)
        raise AssertionError(type(t).__name__)

    def types(self, ts: list[Type]) -> list[Type]:
        """ts itself if nothing changes."""
        out = [self.typ(t) for t in ts]
        return ts if all(a is b for a, b in zip(out, ts)) else out

    def named(self, t: Named) -> Type:
        targs = t.targs
        obj = t.obj
        pkg = obj.pkg
        if pkg is not None and obj.parent is not pkg.scope and obj.parent is not None:
            params = local_tparams(t.origin)
            if params:
                return self.local(t, params)
        if targs:
            new = self.types(targs)
            if new is targs:
                return t
            n = len(t.origin.tparams)
            if n and n != len(targs):
                return INVALID  # reported where it is written
            return t.origin.made().of(new, self.pos)
        return t

    def local(self, t: Named, params: list[TypeParam]) -> Named:
        """A type local to a generic function with type parameters `params`."""
        old: list[Type] = t.targs if is_local_instance(t) else [*params, *t.targs]
        new = self.types(old)
        if new is old:
            return t
        return t.origin.made().local(params, new)

    def alias(self, t: Alias) -> Type:
        if not t.targs:
            u = unalias(t)
            if t.tparams or type(u) is Basic:
                return t
            r = self.typ(u)  # a local alias may mention the function's type parameters
            return t if r is u else r
        new = self.types(t.targs)
        if new is t.targs:
            return t
        if len(new) != len(t.origin.tparams):
            return INVALID
        return new_alias_instance(self.pos, t.origin, new)

    def vars(self, vs: list[Var]) -> list[Var]:
        out = [self.var(v) for v in vs]
        return vs if all(a is b for a, b in zip(out, vs)) else out

    def var(self, v: Var) -> Var:
        if v.type is None:
            return v
        t = self.typ(v.type)
        return v if t is v.type else clone_var(v, t)

    def tuple(self, t: Tuple) -> Tuple:
        vs = self.vars(t.vars)
        return t if vs is t.vars else Tuple(vs)

    def signature(self, t: Signature) -> Signature:
        s = self
        tparams = t.tparams
        if tparams and tparams[0] not in self.smap:
            same = self.tuple(t.params) is t.params and self.tuple(t.results) is t.results
            if same and all(p.bound is None or self.typ(p.bound) is p.bound for p in tparams):
                return t
            # a generic method of a type that is instantiated: it gets type parameters of its own
            fresh = [clone_type_param(p) for p in tparams]
            s = Subst({**self.smap, **dict(zip(tparams, fresh))}, self.pos)
            for p, q in zip(tparams, fresh):
                q.bound = s.typ(p.bound) if p.bound is not None else None
            tparams = fresh
        params, results = s.tuple(t.params), s.tuple(t.results)
        if params is t.params and results is t.results and tparams is t.tparams:
            return t
        return Signature(t.recv, params, results, t.variadic, tparams, t.recv_tparams)

    def func(self, f: Func) -> Func:
        if f.type is None:
            return f
        t = self.typ(f.type)
        return f if t is f.type else clone_func(f, t)

    def interface(self, t: Interface) -> Interface:
        methods = [self.func(f) for f in t.methods]
        embeddeds = self.types(t.embeddeds)
        if embeddeds is t.embeddeds and all(a is b for a, b in zip(methods, t.methods)):
            return t
        iface = Interface(methods, embeddeds, t.embed_pos, t.implicit)
        iface.methods = replace_recv_type(methods, t, iface)[0]
        return iface


def new_alias_instance(pos: Pos, orig: Alias, targs: list[Type]) -> Alias:
    """orig[targs] of a generic alias; its right-hand side is substituted at once."""
    rhs = orig.rhs
    if rhs is None and orig._resolver is not None:
        unalias(orig)
        rhs = orig.rhs
    out = Alias(orig.obj, subst(pos, rhs if rhs is not None else INVALID, make_subst_map(orig.tparams, targs)))
    out.origin = orig
    out.targs = list(targs)
    out.tparams = orig.tparams
    return out


def clone_type_param(p: TypeParam) -> TypeParam:
    """A new type parameter of p's name and index, without a bound yet."""
    obj = TypeName(p.obj.pos, p.obj.pkg, p.obj.name, None)
    q = TypeParam(obj, None)
    obj.type = q
    q.index = p.index
    q.origin = p.origin
    return q


def clone_var(v: Var, t: Type) -> Var:
    w = Var(v.pos, v.pkg, v.name, t, v.kind)
    w.embedded = v.embedded
    w.used = v.used
    w.parent = v.parent
    w.decl = v.decl
    return w


def clone_func(f: Func, t: Type) -> Func:
    """f with signature t, leading back to what f came from."""
    g = Func(f.pos, f.pkg, f.name, None)
    g.type = t
    g.parent = f.parent
    g.decl = f.decl
    g.has_ptr_recv = f.has_ptr_recv
    g.origin = f.origin
    return g


def replace_recv_type(methods: list[Func], old: Type, new: Type) -> tuple[list[Func], bool]:
    """methods, those with receiver type `old` replaced by copies with receiver `new`; and whether there were any."""
    out = methods
    copied = False
    for i, m in enumerate(methods):
        sig = m.type
        if type(sig) is Signature and sig.recv is not None and sig.recv.type is old:
            if not copied:
                out, copied = list(methods), True
            s = Signature(clone_var(sig.recv, new), sig.params, sig.results, sig.variadic, sig.tparams, sig.recv_tparams)
            out[i] = clone_func(m, s)
    return out, copied


# ---------------------------------------------------------------- type parameters in types


def local_tparams(t: Named) -> list[TypeParam]:
    """The type parameters of the function that t (not an instance) is declared in: receiver's and function's, in order."""
    ps = t.outer_tparams
    if ps is None:
        ps = []
        scope, top = t.obj.parent, t.obj.pkg.scope if t.obj.pkg is not None else None
        while scope is not None and scope is not top:
            inner = [o.type for o in scope.elems.values() if isinstance(o, TypeName) and type(o.type) is TypeParam]
            ps = [p for p in inner if p not in t.tparams] + ps
            scope = scope.parent
        t.outer_tparams = ps
    return ps


def is_local_instance(t: Named) -> bool:
    """Whether t, declared in a generic function, has types in place of the function's type parameters."""
    return t.origin is not t and len(t.targs) != len(t.origin.tparams)


def depends_on_function(t: Named) -> bool:
    """Whether t is declared in a generic function and still means "for whatever type parameters"."""
    obj = t.obj
    if obj.pkg is None or obj.parent is None or obj.parent is obj.pkg.scope:
        return False
    return not is_local_instance(t) and bool(local_tparams(t.origin))


def _collect(t: Type | None, found: dict[TypeParam, None], seen: set[Type]) -> None:
    if t is None or t in seen or type(t) is Basic:
        return
    seen.add(t)
    match t:
        case TypeParam():
            found[t] = None
        case Named():
            for a in t.targs:
                _collect(a, found, seen)
            if depends_on_function(t):
                found.update(dict.fromkeys(local_tparams(t.origin)))
        case Alias():
            for a in t.targs:
                _collect(a, found, seen)
            _collect(unalias(t), found, seen)
        case Pointer() | Slice() | Array() | Chan():
            _collect(t.elem, found, seen)
        case Map():
            _collect(t.key, found, seen)
            _collect(t.elem, found, seen)
        case Struct():
            for f in t.fields:
                _collect(f.type, found, seen)
        case Tuple():
            for v in t.vars:
                _collect(v.type, found, seen)
        case Signature():
            _collect(t.params, found, seen)
            _collect(t.results, found, seen)
        case Interface():
            for m in t.methods:
                _collect(m.type, found, seen)
            for e in t.embeddeds:
                _collect(e, found, seen)
        case Union():
            for _, u in t.terms:
                _collect(u, found, seen)


def mentions_type_params(t: Type) -> bool:
    """Whether any type parameter occurs in t: such types cannot be laid out or named in symbols."""
    found: dict[TypeParam, None] = {}
    _collect(t, found, set())
    return bool(found)
