"""Instances of generic functions: what their type parameters stand for.

Generic bodies are checked once, with TypeParams in the types of their nodes; lower makes every instance by itself (full
monomorphisation), so an instance is as fast as code written by hand. `Env.subst` answers every question about types while an
instance is lowered (FuncBuilder.typ calls it); it remembers its answers per type object.
"""

from __future__ import annotations

from collections.abc import Sequence

from rt0.types.objects import Func
from rt0.types.subst import Subst
from rt0.types.types import Basic, Signature, Type, TypeParam, unalias


class Env:
    """Bindings of type parameters."""

    __slots__ = ("cache", "smap", "sub")

    def __init__(self, tparams: Sequence[TypeParam], targs: Sequence[Type]) -> None:
        self.smap = dict(zip(tparams, targs, strict=True))
        self.sub = Subst(self.smap)
        self.cache: dict[Type, Type] = {}

    def subst(self, t: Type) -> Type:
        if type(t) is Basic:
            return t
        r = self.cache.get(t)
        if r is None:
            r = self.cache[t] = unalias(self.sub.typ(t))
        return r


def env_of(f: Func, recv_targs: Sequence[Type], targs: Sequence[Type]) -> Env | None:
    """The environment in which declared function f is lowered for these arguments; None when it is not generic."""
    sig = f.origin.type
    assert isinstance(sig, Signature)
    params = [*sig.recv_tparams, *sig.tparams]
    args = [*recv_targs, *targs]
    return Env(params, args) if params else None
