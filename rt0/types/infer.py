"""Inference of type arguments.

`infer` finds the type arguments of a generic function from (1) typed arguments, by unification with the parameters, (2) the
core types and methods of the constraints, as long as that brings something new, (3) untyped constants, by their default
types. What was inferred may mention other parameters; it is simplified by substitution until nothing changes, after types
that refer to themselves were dropped (`kill_cycles`). Reverse inference (a generic function assigned to a variable of function
type) is the same with the variable as the only argument: see funcInst in the Checker.

Callers rename the type parameters first (`rename_tparams`), because a recursive call may have them in its arguments too.

Source: go1.27 cmd/compile/internal/types2/infer.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rt0.types.identity import Term, type_set
from rt0.types.lookup import has_all_methods
from rt0.types.predicates import Cause, common_under, default_type, is_typed, max_type
from rt0.types.subst import SubstMap, clone_type_param, make_subst_map, subst
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
from rt0.types.unify import ASSIGN, EXACT, Unifier

if TYPE_CHECKING:
    from rt0.types.check import Checker
    from rt0.types.objects import Var
    from rt0.types.operand import Operand


def infer(
    check: Checker | None, pos: Any, tparams: list[TypeParam], targs: list[Type] | list[Type | None], params: Tuple, args: list[Operand], reverse: bool, err: Any
) -> list[Type] | None:
    """The complete list of type arguments, or None after explaining why not through err.addf.

    tparams  type parameters to solve for; at least one
    targs    known type arguments, may be fewer than tparams and contain None
    params   parameters, one per argument
    args     operands; if one is invalid nothing is inferred and nothing reported
    reverse  the "arguments" are really the variables assigned to: turns messages around
    """
    n = len(tparams)
    assert n > 0 and len(targs) <= n and len(params.vars) == len(args)
    known: list[Type | None] = [*targs, *[None] * (n - len(targs))]
    if all(t is not None for t in known):
        return [t for t in known if t is not None]
    if any(a.mode == "invalid" for a in args):
        return None
    if params.vars:
        p = subst(0, params, make_subst_map(tparams, known))
        assert type(p) is Tuple
        params = p
    u = Unifier(check, tparams, known, check is None or check.allow_version((1, 21)))

    untyped = _use_arguments(check, u, tparams, params, args, reverse, err)
    if untyped is None or not _use_constraints(check, u, tparams, pos, err):
        return None
    if not _use_untyped(u, params, args, untyped, err):
        return None
    inferred = u.inferred(tparams)
    kill_cycles(tparams, inferred)
    _simplify(check, tparams, known, inferred)
    out: list[Type] = []
    for i, t in enumerate(inferred):
        if t is None or is_parameterized(tparams, t):
            obj = tparams[i].obj
            where = str(check.fset.position(obj.pos)) if check is not None and obj.pos else "-"
            err.addf(pos, "cannot infer %s (declared at %s)", obj.name, where)
            return None
        out.append(t)
    return out


def _use_arguments(
    check: Checker | None, u: Unifier, tparams: list[TypeParam], params: Tuple, args: list[Operand], reverse: bool, err: Any
) -> list[int] | None:
    """Unify parameters with typed arguments. Indexes of untyped arguments for bare type parameters, or None on failure."""
    untyped: list[int] = []
    for i, arg in enumerate(args):
        ptype = params.vars[i].type or INVALID
        atype = arg.type
        if not (is_parameterized(tparams, ptype) or is_parameterized(tparams, atype)):
            continue
        if is_typed(atype):
            if not u.unify(ptype, atype, ASSIGN):
                _report_mismatch(check, u, tparams, ptype, atype, arg, reverse, err)
                return None
        elif type(ptype) is TypeParam and arg.mode != "nilvalue":
            untyped.append(i)
    return untyped


def _report_mismatch(
    check: Checker | None, u: Unifier, tparams: list[TypeParam], ptype: Type, atype: Type, arg: Operand, reverse: bool, err: Any
) -> None:
    inferred = u.inferred(tparams)
    if all(t is None for t in inferred):
        err.addf(arg, "type %s of %s does not match %s (cannot infer %s)", atype, arg.expr, ptype, tparams_string(tparams))
        return
    t = subst(0, ptype, make_subst_map(tparams, inferred))
    if t is ptype:
        err.addf(arg, "type %s of %s does not match %s", atype, arg.expr, ptype)
    elif reverse:
        err.addf(arg, "inferred type %s for %s does not match type %s of %s", t, ptype, atype, arg.expr)
    else:
        err.addf(arg, "type %s of %s does not match inferred type %s for %s", atype, arg.expr, t, ptype)


def _use_constraints(check: Checker | None, u: Unifier, tparams: list[TypeParam], pos: Any, err: Any) -> bool:
    """Unify parameters with their constraints' core types and methods, until nothing new is found."""
    while True:
        unknown = u.unknowns()
        for p in tparams:
            tx = u.at(p)
            core, single = core_term(p)
            if core is not None:
                tilde, typ = core
                if tx is not None:
                    if not u.unify(tx, typ, 0):
                        err.addf(pos, "%s (type %s) does not satisfy %s", p, tx, p.bound)
                        return False
                elif single and not tilde:
                    u.set(p, typ)
            if tx is not None and not is_parameterized(tparams, tx):
                cause = Cause()
                if not has_all_methods(check, tx, p.iface(), True, lambda x, y: u.unify(x, y, EXACT), cause):
                    err.addf(pos, "%s (type %s) does not satisfy %s %s", p, tx, p.bound, cause.text)
                    return False
        if u.unknowns() == unknown:
            return True


def _use_untyped(u: Unifier, params: Tuple, args: list[Operand], untyped: list[int], err: Any) -> bool:
    """Parameters that are still unknown get the default type of the largest untyped argument passed for them."""
    largest: dict[TypeParam, Type] = {}
    for i in untyped:
        p = params.vars[i].type
        assert type(p) is TypeParam
        if u.at(p) is not None:
            continue
        arg = args[i]
        t = largest.get(p)
        if t is None:
            largest[p] = arg.type
            continue
        m = max_type(t, arg.type)
        if m is None:
            err.addf(arg, "mismatched types %s and %s (cannot infer %s)", t, arg.type, p)
            return False
        largest[p] = m
    for p, t in largest.items():
        u.set(p, default_type(t))
    return True


def _simplify(check: Checker | None, tparams: list[TypeParam], known: list[Type | None], inferred: list[Type | None]) -> None:
    """Replace type parameters in what was inferred by what was inferred for them."""
    dirty = [i for i, t in enumerate(inferred) if t is not None and known[i] is None]
    while dirty:
        smap: SubstMap = make_subst_map(tparams, inferred)
        again: list[int] = []
        for i in dirty:
            t0 = inferred[i]
            assert t0 is not None
            t1 = subst(0, t0, smap)
            if t1 is not t0:
                if type(t1) is Signature and t1.tparams and not is_parameterized(tparams, t1):
                    t1 = Signature(t1.recv, t1.params, t1.results, t1.variadic, None, t1.recv_tparams)
                inferred[i] = t1
                again.append(i)
        dirty = again


def rename_tparams(check: Checker | None, pos: int, tparams: list[TypeParam], t: Type) -> tuple[list[TypeParam], Type]:
    """Fresh copies of tparams, and t with the copies in their place."""
    if not tparams:
        return [], t
    fresh = [clone_type_param(p) for p in tparams]
    smap: SubstMap = dict(zip(tparams, fresh))
    for p, q in zip(tparams, fresh):
        q.bound = subst(pos, p.bound, smap) if p.bound is not None else None
    return fresh, subst(pos, t, smap)


def tparams_string(tparams: list[TypeParam]) -> str:
    """ "P", "P and Q", "P, Q, and R"."""
    names = [p.obj.name for p in tparams]
    if len(names) <= 2:
        return " and ".join(names)
    return ", ".join(names[:-1]) + ", and " + names[-1]


def is_parameterized(tparams: list[TypeParam], t: Type) -> bool:
    """Whether t mentions one of tparams. Type parameters a signature declares itself do not count."""
    return _Walker(tparams).typ(t)


class _Walker:
    __slots__ = ("seen", "tparams")

    def __init__(self, tparams: list[TypeParam]) -> None:
        self.tparams = set(tparams)
        self.seen: dict[Type, bool] = {}

    def typ(self, t: Type) -> bool:
        if type(t) is Basic:
            return False
        if type(t) is TypeParam:
            return t in self.tparams
        known = self.seen.get(t)
        if known is not None:
            return known
        self.seen[t] = False
        r = self.seen[t] = self.compute(t)
        return r

    def compute(self, t: Type) -> bool:
        match t:
            case Alias():
                return self.typ(unalias(t))
            case Pointer() | Slice() | Array() | Chan():
                return self.typ(t.elem)
            case Map():
                return self.typ(t.key) or self.typ(t.elem)
            case Struct():
                return self.vars(t.fields)
            case Tuple():
                return self.vars(t.vars)
            case Signature():
                return self.vars(t.params.vars) or self.vars(t.results.vars)
            case Interface():
                tset = type_set(t)
                if any(m.type is not None and self.typ(m.type) for m in tset.methods):
                    return True
                return tset.has_terms() and all(self.typ(u) for _, u in tset.specific_terms())
            case Named():
                return any(self.typ(a) for a in t.targs)
            case Union():
                return any(self.typ(u) for _, u in t.terms)
        raise AssertionError(type(t).__name__)

    def vars(self, vs: list[Var]) -> bool:
        return any(v.type is not None and self.typ(v.type) for v in vs)


def core_term(p: TypeParam) -> tuple[Term | None, bool]:
    """(term, True) of the only specific type of p's type set; (core type with its tilde, False) if there are several types with
    a core type; else (None, False)."""
    terms = type_set(p.iface()).specific_terms()
    if len(terms) == 1:
        return terms[0], True
    core = common_under(p)[0]
    if core is not None:
        return (any(tilde for tilde, _ in terms), core), False
    return None, False


def kill_cycles(tparams: list[TypeParam], inferred: list[Type | None]) -> None:
    """Drop inferred types that would expand for ever: those that lead back to their own type parameter."""
    w = _CycleFinder(tparams, inferred)
    for p in tparams:
        w.typ(p)


class _CycleFinder:
    __slots__ = ("active", "index", "inferred")

    def __init__(self, tparams: list[TypeParam], inferred: list[Type | None]) -> None:
        self.index = {p: i for i, p in enumerate(tparams)}
        self.inferred = inferred
        self.active: set[Type] = set()

    def typ(self, t: Type | None) -> None:
        if t is None:
            return
        t = unalias(t)
        if t in self.active:
            if type(t) is TypeParam and t in self.index:
                self.inferred[self.index[t]] = None
            return
        self.active.add(t)
        match t:
            case Pointer() | Slice() | Array() | Chan():
                self.typ(t.elem)
            case Map():
                self.typ(t.key)
                self.typ(t.elem)
            case Struct():
                self.vars(t.fields)
            case Signature():
                self.vars(t.params.vars)
                self.vars(t.results.vars)
            case Union():
                for _, u in t.terms:
                    self.typ(u)
            case Interface():
                for m in t.methods:
                    self.typ(m.type)
                for e in t.embeddeds:
                    self.typ(e)
            case Named():
                for a in t.targs:
                    self.typ(a)
            case TypeParam():
                i = self.index.get(t, -1)
                if i >= 0:
                    self.typ(self.inferred[i])
        self.active.discard(t)

    def vars(self, vs: list[Var]) -> None:
        for v in vs:
            self.typ(v.type)
