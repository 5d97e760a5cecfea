"""Instantiation of generic types and functions.

Instances are unique: a generic type has its `Instances`, from the names of the arguments to the instance, so the same instance met in several
packages is one object. So has a type declared in a function, whose instances are for that function's type arguments (subst.py). An instance of a Named
is only a promise: `underlying()` substitutes in its origin's right-hand side when it is first asked for, and each method's signature is substituted when
somebody calls `method(i)`. Because an instance is entered there before it is expanded, types that refer to themselves end.

Source: go1.27 cmd/compile/internal/types2 instantiate.go, context.go, named.go (expandRHS, expandMethod).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rt0.diag import NO_POS, Pos
from rt0.types.lookup import has_ptr_recv, resolve_method
from rt0.types.objects import Func, Object, TypeName
from rt0.types.subst import Subst, clone_func, clone_var, make_subst_map, new_alias_instance, replace_recv_type, subst
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
)
from rt0.types.typestring import link_string

if TYPE_CHECKING:
    from rt0.types.check import Checker


def instance_object(n: Named) -> TypeName:
    """The object that stands for n in messages about cycles: instances have their own, shown with their type arguments."""
    if not n.targs:
        return n.obj
    if n.shown_as is None:
        n.shown_as = TypeName(n.asked_at or n.obj.pos, n.obj.pkg, n.obj.name, n)
    return n.shown_as


class Instances:
    """The instances of one type made so far. Looked up by the identity of the arguments first, then by their names."""

    __slots__ = ("by_id", "by_name", "origin")

    def __init__(self, origin: Named) -> None:
        self.origin = origin
        self.by_id: dict[tuple[Type, ...], Named] = {}
        self.by_name: dict[tuple[str | TypeParam, ...], Named] = {}

    def of(self, targs: list[Type], pos: Pos) -> Named:
        """origin[targs], asked for at pos."""
        return self._lookup(targs) or self._add(targs, expand_named, pos)

    def local(self, params: list[TypeParam], targs: list[Type]) -> Named:
        """The instance of a type local to a generic function. targs: for the function's type parameters `params`, then for those of the type."""
        return self._lookup(targs) or self._add(targs, lambda n: _expand_local(n, params), NO_POS)

    def method(self, inst: Named, i: int) -> Func:
        """Method i of one of the instances."""
        return _instance_method(inst, i)

    def _lookup(self, targs: list[Type]) -> Named | None:
        key = tuple(targs)
        inst = self.by_id.get(key)
        if inst is None:
            inst = self.by_name.get(_names(targs))
            if inst is not None:
                self.by_id[key] = inst
        return inst

    def _add(self, targs: list[Type], expand: Callable[[Named], None], pos: Pos) -> Named:
        inst = Named(self.origin.obj, None, expand)
        inst.origin = self.origin
        inst.targs = list(targs)
        inst.asked_at = pos
        self.by_id[tuple(targs)] = self.by_name[_names(targs)] = inst
        return inst


def _names(targs: list[Type]) -> tuple[str | TypeParam, ...]:
    return tuple([t.kind if type(t) is Basic else t if type(t) is TypeParam else link_string(t) for t in targs])


def _expand_local(inst: Named, params: list[TypeParam]) -> None:
    inst._underlying = subst(NO_POS, inst.origin.underlying(), make_subst_map([*params, *inst.origin.tparams], inst.targs))


def instances_of(origin: Named) -> Instances:
    if origin.instances is None:
        origin.instances = Instances(origin)
    return origin.instances


def instance(check: Checker | None, pos: Pos, orig: Type, targs: list[Type]) -> Type:
    """orig[targs] for a generic Named, Alias or Signature. Signatures: a new, non-generic signature.

    The number of arguments must have been checked for Named and Signature (validate_targ_len).
    """
    if type(orig) is Named:
        return instances_of(orig.origin).of(targs, pos) if targs else orig.origin
    if type(orig) is Alias:
        if not validate_targ_len(check, pos, orig.obj.name, len(orig.tparams), len(targs)):
            return INVALID
        return orig if not orig.tparams else new_alias_instance(pos, orig, targs)
    assert type(orig) is Signature, type(orig).__name__
    return instantiate_signature_type(pos, orig, targs)


def instantiate_signature_type(pos: Pos, orig: Signature, targs: list[Type]) -> Signature:
    """The signature of a generic function instantiated: without type parameters."""
    sig = Subst(make_subst_map(orig.tparams, targs), pos).signature(orig)
    return Signature(sig.recv, sig.params, sig.results, sig.variadic, None, sig.recv_tparams)


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
    new = subst(inst.asked_at, rhs, make_subst_map(tparams, inst.targs))
    if type(new) is Interface:
        methods, copied = replace_recv_type(new.methods, orig, inst)
        if copied:
            if new is rhs:
                new = Interface(methods, new.embeddeds, new.embed_pos)
            new.methods = methods
            new._tset = None
    inst.rhs = new


def _instance_method(inst: Named, i: int) -> Func:
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


def _late_method(inst: Named, i: int, f: Object) -> None:
    m = _instance_method(inst, i)
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


def validate_targ_len(check: Checker | None, pos: Pos, name: str, want: int, got: int) -> bool:
    """Whether the number of type arguments is right; reports it if not."""
    if got == want:
        return True
    qual = "not enough" if got < want else "too many"
    if check is not None:
        check.errorf(pos, "WrongTypeArgCount", "%s type arguments for type %s: have %d, want %d", qual, name, got, want)
    return False


