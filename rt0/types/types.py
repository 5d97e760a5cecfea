"""Go types: the structures the Checker builds and lower reads.

One final class per kind, named as in go/types. Identity is `rt0.types.predicates.identical`; only Basic, Named without
type arguments and TypeParam may be compared with `is`. (Instances of a generic type are made unique by the Checker's
context, so equal instances are the same object wherever that is possible, but only `identical` decides.)
What holds after checking: no type is None, lazily resolved parts (Named.underlying, Interface type sets) are reached
through the methods below and never by peeking at the slots that start with an underscore.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rt0.diag import NO_POS, Pos

if TYPE_CHECKING:
    from rt0.syntax.nodes import ChanDir
    from rt0.types.check import Checker
    from rt0.types.identity import TypeSet
    from rt0.types.instantiate import Instances
    from rt0.types.objects import Func, TypeName, Var


class Type:
    """Base of all types. link: lower keeps its layout of the type here."""

    __slots__ = ("link",)
    link: object

    def underlying(self) -> Type:
        return self


# Basic kinds: the numbers are go/types' order; name -> kind in BASIC_KINDS.
BASIC_KINDS = (
    "invalid type", "bool", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64",
    "uintptr", "float32", "float64", "complex64", "complex128", "string", "unsafe.Pointer",
    "untyped bool", "untyped int", "untyped rune", "untyped float", "untyped complex", "untyped string", "untyped nil",
)  # fmt: skip

IS_BOOLEAN = 1
IS_INTEGER = 2
IS_UNSIGNED = 4
IS_FLOAT = 8
IS_COMPLEX = 16
IS_STRING = 32
IS_UNTYPED = 64
IS_ORDERED = IS_INTEGER | IS_FLOAT | IS_STRING
IS_NUMERIC = IS_INTEGER | IS_FLOAT | IS_COMPLEX
IS_CONST_TYPE = IS_BOOLEAN | IS_NUMERIC | IS_STRING


class Basic(Type):
    """A predeclared type. byte and rune are the same objects as uint8 and int32 for identity but print by their own
    names: they are separate Basic objects with the same `kind`; compare kinds, not objects."""

    __slots__ = ("info", "kind", "name", "size")

    def __init__(self, kind: str, info: int, name: str, size: int) -> None:
        self.link = None
        self.kind = kind  # one of BASIC_KINDS
        self.info = info  # IS_* flags
        self.name = name  # as printed: "byte" prints as byte
        self.size = size  # bytes on amd64; 0 for untyped and invalid


def _basics() -> dict[str, Basic]:
    b, i, u, f, c, s, n = IS_BOOLEAN, IS_INTEGER, IS_UNSIGNED, IS_FLOAT, IS_COMPLEX, IS_STRING, IS_UNTYPED
    table = [
        ("invalid type", 0, 0), ("bool", b, 1), ("int", i, 8), ("int8", i, 1), ("int16", i, 2), ("int32", i, 4),
        ("int64", i, 8), ("uint", i | u, 8), ("uint8", i | u, 1), ("uint16", i | u, 2), ("uint32", i | u, 4),
        ("uint64", i | u, 8), ("uintptr", i | u, 8), ("float32", f, 4), ("float64", f, 8), ("complex64", c, 8),
        ("complex128", c, 16), ("string", s, 16), ("unsafe.Pointer", 0, 8), ("untyped bool", b | n, 0),
        ("untyped int", i | n, 0), ("untyped rune", i | n, 0), ("untyped float", f | n, 0),
        ("untyped complex", c | n, 0), ("untyped string", s | n, 0), ("untyped nil", n, 0),
    ]  # fmt: skip
    out = {k: Basic(k, info, k.removeprefix("unsafe.") if k == "unsafe.Pointer" else k, size) for k, info, size in table}
    out["byte"] = Basic("uint8", i | u, "byte", 1)
    out["rune"] = Basic("int32", i, "rune", 4)
    return out


TYP = _basics()  # every Basic by name: TYP["int"], TYP["byte"], TYP["untyped nil"], TYP["invalid type"] ...
INVALID = TYP["invalid type"]


class Array(Type):
    """measure: see Struct."""

    __slots__ = ("elem", "len", "measure")

    def __init__(self, elem: Type, len: int) -> None:
        self.link = None
        self.measure: tuple[int, int] | None = None
        self.elem = elem
        self.len = len  # -1: unknown because of an error


class Slice(Type):
    __slots__ = ("elem",)

    def __init__(self, elem: Type) -> None:
        self.link = None
        self.elem = elem


class Pointer(Type):
    __slots__ = ("elem",)

    def __init__(self, elem: Type) -> None:
        self.link = None
        self.elem = elem


class Map(Type):
    __slots__ = ("elem", "key")

    def __init__(self, key: Type, elem: Type) -> None:
        self.link = None
        self.key = key
        self.elem = elem


class Chan(Type):
    __slots__ = ("dir", "elem")

    def __init__(self, dir: ChanDir, elem: Type) -> None:
        self.link = None
        self.dir = dir
        self.elem = elem


class Struct(Type):
    """fields: Vars with is_field; tags parallel to fields, "" = none (decoded tag text); measure: (size, alignment), once sizes.py knows them."""

    __slots__ = ("fields", "measure", "tags")

    def __init__(self, fields: list[Var], tags: list[str]) -> None:
        self.link = None
        self.measure: tuple[int, int] | None = None
        self.fields = fields
        self.tags = tags


class Tuple(Type):
    """Results of a multi-value call, parameter lists."""

    __slots__ = ("vars",)

    def __init__(self, vars: list[Var]) -> None:
        self.link = None
        self.vars = vars


class Signature(Type):
    """A function type. recv: the receiver of a declared or interface method, ignored by identity. In a variadic
    signature the last parameter has type Slice (or string for append([]byte, string...))."""

    __slots__ = ("params", "recv", "recv_tparams", "results", "tparams", "variadic")

    def __init__(self, recv: Var | None, params: Tuple, results: Tuple, variadic: bool, tparams: list[TypeParam] | None = None,
                 recv_tparams: list[TypeParam] | None = None) -> None:
        self.link = None
        self.recv = recv
        self.params = params
        self.results = results
        self.variadic = variadic
        self.tparams: list[TypeParam] = tparams or []  # type parameters of a generic function or generic method
        self.recv_tparams: list[TypeParam] = recv_tparams or []  # of a method of a generic type, as declared there


class Union(Type):
    """~int | string in a constraint: terms are (tilde, type)."""

    __slots__ = ("terms",)

    def __init__(self, terms: list[tuple[bool, Type]]) -> None:
        self.link = None
        self.terms = terms


class Interface(Type):
    """methods: explicitly declared; embeddeds: embedded types. `type_set` (identity.py) gives the whole, and keeps it in _tset.

    complete  False while the Checker is still filling in methods and embeddeds: the type set is then not computed
    check     the Checker that declares it, so that errors of its type set are reported; None elsewhere
    """

    __slots__ = ("_tset", "check", "complete", "embed_pos", "embeddeds", "implicit", "methods")

    def __init__(self, methods: list[Func], embeddeds: list[Type], embed_pos: list[int] | None = None,
                 implicit: bool = False) -> None:
        self.link = None
        self.methods = methods
        self.embeddeds = embeddeds
        self.embed_pos = embed_pos or []
        self.implicit = implicit  # wraps a constraint written without interface{}: [T ~int]
        self.complete = True
        self.check: Checker | None = None
        self._tset: TypeSet | None = None

class Named(Type):
    """A defined type, generic or not, or an instance of a generic one (origin is the generic, targs its arguments).

    underlying() resolves on demand; an instance substitutes its origin's. methods: declared Funcs of a non-instance;
    an instance's methods come from `method(i)` (lazily substituted, Func.origin leads back).
    rhs: the type on the right of the declaration as written (it may be another Named); the Checker sets it (or
    `_underlying` directly) and underlying() follows the chain. INVALID is given while the declaration is being worked on.

    What instantiate.py and subst.py keep here: `instances` of a generic (or local) type, made so far; `outer_tparams` of a type declared in a function;
    of an instance where it was first asked for (`asked_at`) and what stands for it in messages about cycles (`shown_as`).
    """

    __slots__ = ("_instance_methods", "_resolver", "_underlying", "asked_at", "instances", "methods", "obj", "origin", "outer_tparams", "rhs",
                 "shown_as", "targs", "tparams")  # fmt: skip

    def __init__(self, obj: TypeName, underlying: Type | None, resolver: Callable[[Named], None] | None = None) -> None:
        self.link = None
        self.obj = obj
        self._underlying = underlying
        self.rhs: Type | None = underlying
        self._resolver = resolver  # called once to set rhs or _underlying (and methods)
        self.methods: list[Func] = []
        self.tparams: list[TypeParam] = []
        self.targs: list[Type] = []
        self.origin: Named = self
        self._instance_methods: dict[int, Func] | None = None
        self.instances: Instances | None = None
        self.outer_tparams: list[TypeParam] | None = None
        self.asked_at: Pos = NO_POS
        self.shown_as: TypeName | None = None

    def underlying(self) -> Type:
        u = self._underlying
        return u if u is not None else self._find_underlying()

    def _find_underlying(self) -> Type:
        """Follow right-hand sides to the first type literal; remember it in every Named on the way."""
        path: list[Named] = []
        t: Type = self
        while True:
            if type(t) is Named:
                if t._underlying is None:
                    t.resolve()
                if t._underlying is not None:
                    t = t._underlying
                    break
                if t.rhs is None or t in path:
                    return INVALID  # still being declared, or a cycle that is reported elsewhere
                path.append(t)
                t = t.rhs
            elif type(t) is Alias:
                t = unalias(t)
            else:
                break
        if type(t) is TypeParam:
            t = t.underlying()
        for n in path:
            n._underlying = t
        return t

    def resolve(self) -> None:
        r = self._resolver
        if r is not None:
            self._resolver = None
            r(self)

    def num_methods(self) -> int:
        self.origin.resolve()
        return len(self.origin.methods)

    def method(self, i: int) -> Func:
        """The i-th method; for an instance, with its signature substituted."""
        if self.origin is self:
            return self.methods[i]
        return self.origin.made().method(self, i)

    def made(self) -> Instances:
        """The instances of a type that has or may have some."""
        assert self.instances is not None, self.obj
        return self.instances


_NO_CONSTRAINT = Interface([], [])


class TypeParam(Type):
    """A type parameter. bound: its constraint, any type; underlying() is the constraint interface.

    origin: the one it was made from, for the generic method of an instance (subst.py); itself otherwise.
    """

    __slots__ = ("bound", "id", "index", "obj", "origin")
    _next = 0

    def __init__(self, obj: TypeName, bound: Type | None) -> None:
        self.link = None
        self.obj = obj
        self.bound = bound
        self.index = -1
        self.origin: TypeParam = self
        TypeParam._next += 1
        self.id = TypeParam._next

    def iface(self) -> Interface:
        """The constraint as an interface; a bound that is none is wrapped into an implicit one, and stays wrapped."""
        bound = self.bound
        if bound is None:
            return _NO_CONSTRAINT
        u = bound.underlying()
        if type(u) is Interface:
            return _NO_CONSTRAINT if type(unalias(bound)) is TypeParam else u
        if u is INVALID:
            return _NO_CONSTRAINT
        self.bound = Interface([], [bound], implicit=True)
        return self.bound

    def underlying(self) -> Type:
        return self.iface()


class Alias(Type):
    """type A = T, possibly generic. Everything but printing looks through it: `unalias(t)`."""

    __slots__ = ("_resolver", "obj", "origin", "rhs", "targs", "tparams")

    def __init__(self, obj: TypeName, rhs: Type | None) -> None:
        self.link = None
        self.obj = obj
        self.rhs = rhs  # None while being resolved
        self.tparams: list[TypeParam] = []
        self.targs: list[Type] = []
        self.origin: Alias = self
        self._resolver: Callable[[Alias], None] | None = None

    def underlying(self) -> Type:
        return unalias(self).underlying()


def unalias(t: Type) -> Type:
    """t with any chain of aliases looked through."""
    while type(t) is Alias:
        if t.rhs is None and t._resolver is not None:
            r, t._resolver = t._resolver, None
            r(t)
        if t.rhs is None:
            return INVALID
        t = t.rhs
    return t


def is_valid(t: Type) -> bool:
    """No error has been reported about it."""
    return unalias(t) is not INVALID


def is_type_param(t: Type) -> bool:
    return type(unalias(t)) is TypeParam


def as_named(t: Type | None) -> Named | None:
    """t as a Named, aliases looked through."""
    if t is None:
        return None
    t = unalias(t)
    return t if type(t) is Named else None


def under(t: Type) -> Type:
    """Underlying type, through aliases."""
    return t.underlying()
