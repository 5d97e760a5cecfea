"""Instantiation of generic types and functions; whether a type implements an interface or satisfies a constraint.

Instances are unique: a generic type has its `Instances`, from the names of the arguments to the instance, so the same instance met in several
packages is one object. An instance of a Named is only a promise: `underlying()` substitutes in its origin's
right-hand side when it is first asked for, and each method's signature is substituted when somebody calls `method(i)`.
Because an instance is entered there before it is expanded, types that refer to themselves end.

Source: go1.27 cmd/compile/internal/types2 instantiate.go, context.go, named.go (expandRHS, expandMethod).
"""

from __future__ import annotations

from typing import Any

from rt0.types.errors import sprintf
from rt0.types.lookup import has_all_methods, has_ptr_recv, interface_ptr_error, is_interface_ptr, resolve_method
from rt0.types.objects import Func, TypeName
from rt0.types.predicates import Cause, comparable_type, identical, is_valid
from rt0.types.subst import Subst, clone_func, clone_var, make_subst_map, replace_recv_type, subst
from rt0.types.types import (
    INVALID,
    Alias,
    Basic,
    Interface,
    Named,
    Pointer,
    Signature,
    Type,
    TypeParam,
    Union,
    unalias,
)
from rt0.types.typeset import Term, term_includes, terms_string
from rt0.types.typestring import link_string


def instance_object(n: Named) -> TypeName:
    """The object that stands for n in messages about cycles: instances have their own, shown with their type arguments."""
    if not n.targs:
        return n.obj
    if n.shown_as is None:
        n.shown_as = TypeName(n.asked_at or n.obj.pos, n.obj.pkg, n.obj.name, n)
    return n.shown_as


class Instances:
    """The instances of one type made so far. Looked up by the identity of the arguments first, then by their names."""

    __slots__ = ("by_id", "by_name")

    def __init__(self) -> None:
        self.by_id: dict[tuple[Type, ...], Named] = {}
        self.by_name: dict[tuple[str | TypeParam, ...], Named] = {}

    def lookup(self, targs: list[Type]) -> Named | None:
        key = tuple(targs)
        inst = self.by_id.get(key)
        if inst is None:
            inst = self.by_name.get(_names(targs))
            if inst is not None:
                self.by_id[key] = inst
        return inst

    def add(self, targs: list[Type], inst: Named) -> None:
        self.by_id[tuple(targs)] = inst
        self.by_name[_names(targs)] = inst


def _names(targs: list[Type]) -> tuple[str | TypeParam, ...]:
    return tuple([t.kind if type(t) is Basic else t if type(t) is TypeParam else link_string(t) for t in targs])


def instances_of(origin: Named) -> Instances:
    if origin.instances is None:
        origin.instances = Instances()
    return origin.instances


def instantiate(check: Any, pos: int, orig: Type, targs: list[Type]) -> Type:
    """instance(); the name the rest of the toolchain uses: instantiate(None, 0, generic, [types])."""
    return instance(check, pos, orig, targs)


def instance(check: Any, pos: int, orig: Type, targs: list[Type]) -> Type:
    """orig[targs] for a generic Named, Alias or Signature. Signatures: a new, non-generic signature.

    The number of arguments must have been checked for Named and Signature (validate_targ_len).
    """
    if type(orig) is Named:
        orig = orig.origin
        if not targs:
            return orig
        known = instances_of(orig)
        inst = known.lookup(targs)
        if inst is None:
            inst = new_named_instance(orig, targs)
            known.add(targs, inst)
            inst.asked_at = pos
        return inst
    if type(orig) is Alias:
        if not validate_targ_len(check, pos, orig.obj.name, len(orig.tparams), len(targs)):
            return INVALID
        return orig if not orig.tparams else new_alias_instance(check, pos, orig, targs)
    assert type(orig) is Signature, type(orig).__name__
    return instantiate_signature_type(check, pos, orig, targs)


def instantiate_signature_type(check: Any, pos: int, orig: Signature, targs: list[Type]) -> Signature:
    """The signature of a generic function instantiated: without type parameters."""
    sig = Subst(make_subst_map(orig.tparams, targs), check, pos).signature(orig)
    return Signature(sig.recv, sig.params, sig.results, sig.variadic, None, sig.recv_tparams)


def new_named_instance(orig: Named, targs: list[Type]) -> Named:
    """An instance that expands itself; not entered anywhere."""
    inst = Named(orig.obj, None, expand_named)
    inst.origin = orig
    inst.targs = list(targs)
    return inst


def local_instance(t: Named, params: list[TypeParam], targs: list[Type]) -> Named:
    """A type local to a generic function. targs: for the function's type parameters `params`, then for those of t."""
    known = instances_of(t)
    inst = known.lookup(targs)
    if inst is None:
        inst = Named(t.obj, None, lambda n: _expand_local(n, params))
        inst.origin = t
        inst.targs = targs
        known.add(targs, inst)
    return inst


def _expand_local(inst: Named, params: list[TypeParam]) -> None:
    inst._underlying = subst(None, 0, inst.origin.underlying(), make_subst_map([*params, *inst.origin.tparams], inst.targs))


def new_alias_instance(check: Any, pos: int, orig: Alias, targs: list[Type]) -> Alias:
    """orig[targs] of a generic alias; its right-hand side is substituted at once."""
    rhs = orig.rhs
    if rhs is None and orig._resolver is not None:
        unalias(orig)
        rhs = orig.rhs
    out = Alias(orig.obj, subst(check, pos, rhs if rhs is not None else INVALID, make_subst_map(orig.tparams, targs)))
    out.origin = orig
    out.targs = list(targs)
    out.tparams = orig.tparams
    return out


def expand_named(inst: Named) -> None:
    """Resolver of instances: give inst its right-hand side. Tried again later if the origin is still being declared."""
    orig = inst.origin
    if orig._resolver is not None:
        orig.resolve()
    tparams = orig.tparams
    if len(tparams) != len(inst.targs):
        if orig.rhs is None and orig._underlying is None:
            inst._resolver = expand_named
        else:
            inst._underlying = inst.rhs = INVALID
        return
    rhs = orig.rhs if orig.rhs is not None else orig._underlying
    if rhs is None:
        inst._resolver = expand_named
        return
    new = subst(None, inst.asked_at, rhs, make_subst_map(tparams, inst.targs))
    if type(new) is Interface:
        methods, copied = replace_recv_type(new.methods, orig, inst)
        if copied:
            if new is rhs:
                new = Interface(methods, new.embeddeds, new.embed_pos)
            new.methods = methods
            new._tset = None
    inst.rhs = new


def instance_method(inst: Named, i: int) -> Func:
    """Method i of an instance: the origin's with receiver type parameters replaced by inst's type arguments."""
    cache = inst._instance_methods
    if cache is None:
        cache = inst._instance_methods = {}
    m = cache.get(i)
    if m is None:
        orig = inst.origin.methods[i]
        sig = resolve_method(None, orig)
        if sig is None:  # its signature is being checked right now: a Func that resolves itself later
            m = Func(orig.pos, orig.pkg, orig.name, None)
            m.origin = orig.origin
            m.decl = orig.decl
            m.has_ptr_recv = has_ptr_recv(orig)
            m.resolver = lambda f: _late_method(inst, i, f)
            return m
        m = cache[i] = _expand_method(inst, orig, sig)
    return m


def _late_method(inst: Named, i: int, f: Any) -> None:
    m = instance_method(inst, i)
    if m is not f:
        f.type = m.type


def _expand_method(inst: Named, orig: Func, sig: Signature) -> Func:
    params = sig.recv_tparams
    new = sig
    if len(params) == len(inst.targs):
        new = Subst(make_subst_map(params, inst.targs)).signature(sig)
    recv = sig.recv
    rtype: Type = Pointer(inst) if has_ptr_recv(orig) else inst
    out = Signature(clone_var(recv, rtype) if recv is not None else None, new.params, new.results, new.variadic, new.tparams)
    return clone_func(orig, out)


def validate_targ_len(check: Any, pos: int, name: str, want: int, got: int) -> bool:
    """Whether the number of type arguments is right; reports it if not."""
    if got == want:
        return True
    qual = "not enough" if got < want else "too many"
    if check is not None:
        check.errorf(pos, "WrongTypeArgCount", "%s type arguments for type %s: have %d, want %d", qual, name, got, want)
    return False


def verify(check: Any, pos: int, tparams: list[TypeParam], targs: list[Type]) -> tuple[int, str]:
    """(-1, "") if each type argument satisfies its constraint, else (index of the first that does not, why)."""
    smap = make_subst_map(tparams, targs)
    for i, p in enumerate(tparams):
        p.iface()
        bound = subst(check, pos, p.bound if p.bound is not None else INVALID, smap)
        ok, cause = implements(targs[i], bound, True, check)
        if not ok:
            return i, cause
    return -1, ""


def implements(v: Type, t: Type, constraint: bool = False, check: Any = None) -> tuple[bool, str]:
    """(True, "") if v implements interface t, or satisfies it as a constraint; else (False, why)."""
    vu, tu = v.underlying(), t.underlying()
    if not is_valid(vu) or not is_valid(tu):
        return True, ""
    if type(vu) is Pointer and not is_valid(vu.elem.underlying()):
        return True, ""
    verb = "satisfy" if constraint else "implement"
    if type(tu) is not Interface:
        return False, _not_interface_cause(check, v, t, verb)
    tset = tu.type_set()
    if tset.is_all():
        return True, ""
    vi = vu if type(vu) is Interface else None
    if vi is not None and vi.type_set().is_empty():
        return True, ""
    if tset.is_empty():
        return False, sprintf(check, "cannot %s %s (empty type set)", verb, t)
    why = Cause()
    if not has_all_methods(check, v, t, True, identical, why):
        return False, sprintf(check, "%s does not %s %s %s", v, verb, t, why.text)
    if not tset.has_terms():
        return _check_comparability(check, v, tu, constraint, verb)
    if vi is not None:
        if not vi.type_set().subset_of(tset):
            return False, sprintf(check, "%s does not %s %s", v, verb, t)
        return _check_comparability(check, v, tu, constraint, verb)
    if not any(term_includes(term, v) for term in tset.specific_terms()):
        return False, _not_in_type_set(check, v, t, tu, tset.specific_terms(), verb)
    return _check_comparability(check, v, tu, constraint, verb)


def _not_interface_cause(check: Any, v: Type, t: Type, verb: str) -> str:
    detail = interface_ptr_error(check, t) if is_interface_ptr(t.underlying()) else sprintf(check, "%s is not an interface", t)
    return sprintf(check, "%s does not %s %s (%s)", v, verb, t, detail)


def _check_comparability(check: Any, v: Type, ti: Interface, constraint: bool, verb: str) -> tuple[bool, str]:
    """If ti demands comparable types, v must be one; ordinary interfaces satisfy comparable since go1.20."""
    if not ti.type_set().is_comparable():
        return True, ""
    if comparable_type(v, False) is None:
        return True, ""
    if constraint and comparable_type(v, True) is None:
        if check is None or check.allow_version((1, 20)):
            return True, ""
        return False, sprintf(check, "%s to %s comparable requires go1.20 or later", v, verb)
    return False, sprintf(check, "%s does not %s comparable", v, verb)


def _not_in_type_set(check: Any, v: Type, t: Type, ti: Interface, terms: list[Term], verb: str) -> str:
    alt: Type | None = None
    for tilde, u in terms:
        if not tilde and identical(u, u.underlying()) and term_includes((True, u), v):
            alt = u
            break
    if alt is not None:
        detail = sprintf(check, "possibly missing ~ for %s in %s", alt, t)
    elif mentions(ti, v):
        detail = sprintf(check, "%s mentions %s, but %s is not in the type set of %s", t, v, v, t)
    else:
        detail = sprintf(check, "%s missing in %s", v, terms_string(terms))
    return sprintf(check, "%s does not %s %s (%s)", v, verb, t, detail)


def mentions(t: Type, typ: Type) -> bool:
    """Whether typ is written somewhere in the elements of constraint t."""
    if type(t) is Interface:
        return any(mentions(e, typ) for e in t.embeddeds)
    if type(t) is Union:
        return any(mentions(u, typ) for _, u in t.terms)
    return identical(t, typ)
