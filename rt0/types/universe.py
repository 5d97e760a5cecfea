"""The predeclared identifiers, and package unsafe.

UNIVERSE is the outermost scope of every package; UNSAFE what `import "unsafe"` gives. Everything here is built once when
the module is loaded and never changes. `error` is a Named with one method; `any` is an Alias of the empty interface;
`comparable` a Named whose interface has the comparable bit set. byte and rune are Basic types of their own names.

Source: go1.27 cmd/compile/internal/types2/universe.go.
"""

from __future__ import annotations

from rt0.diag import NO_POS
from rt0.types.identity import ALL_TERMS, TypeSet, type_set
from rt0.types.objects import Builtin, Const, Func, Nil, Object, Package, Scope, TypeName, Var
from rt0.types.types import INVALID, TYP, Alias, Interface, Named, Signature, Tuple, Type

UNIVERSE = Scope(None)
UNSAFE = Package("unsafe", "unsafe", Scope(UNIVERSE), complete=True)

# builtin -> (minimum number of arguments, variadic, kind: "expression" has a value, "statement" may stand alone)
BUILTINS: dict[str, tuple[int, bool, str]] = {
    "append": (1, True, "expression"),
    "cap": (1, False, "expression"),
    "clear": (1, False, "statement"),
    "close": (1, False, "statement"),
    "complex": (2, False, "expression"),
    "copy": (2, False, "statement"),
    "delete": (2, False, "statement"),
    "imag": (1, False, "expression"),
    "len": (1, False, "expression"),
    "make": (1, True, "expression"),
    "max": (1, True, "expression"),
    "min": (1, True, "expression"),
    "new": (1, False, "expression"),
    "panic": (1, False, "statement"),
    "print": (0, True, "statement"),
    "println": (0, True, "statement"),
    "real": (1, False, "expression"),
    "recover": (0, False, "statement"),
    "Add": (2, False, "expression"),
    "Alignof": (1, False, "expression"),
    "Offsetof": (1, False, "expression"),
    "Sizeof": (1, False, "expression"),
    "Slice": (2, False, "expression"),
    "SliceData": (1, False, "expression"),
    "String": (2, False, "expression"),
    "StringData": (1, False, "expression"),
}


def _define(obj: Object) -> Object:
    """Enter obj: exported names belong to package unsafe."""
    if obj.exported():
        obj.pkg = UNSAFE
        UNSAFE.scope.insert(obj)
    else:
        UNIVERSE.insert(obj)
    return obj


def _type_name(name: str, t: Type | None) -> TypeName:
    obj = TypeName(NO_POS, None, name, t)
    _define(obj)
    return obj


def _make_error() -> Named:
    obj = TypeName(NO_POS, None, "error", None)
    named = Named(obj, None)
    recv = Var(NO_POS, None, "", named, "recv")
    result = Var(NO_POS, None, "", TYP["string"], "result")
    m = Func(NO_POS, None, "Error", Signature(recv, Tuple([]), Tuple([result]), False))
    iface = Interface([m], [])
    type_set(iface)
    named._underlying = named.rhs = iface
    obj.type = named
    _define(obj)
    return named


def _make_any() -> Alias:
    obj = TypeName(NO_POS, None, "any", None)
    obj.is_alias = True
    alias = Alias(obj, EMPTY_INTERFACE)
    obj.type = alias
    _define(obj)
    return alias


def _make_comparable() -> Named:
    obj = TypeName(NO_POS, None, "comparable", None)
    iface = Interface([], [])
    iface._tset = TypeSet([], ALL_TERMS, True)
    named = Named(obj, iface)
    obj.type = named
    _define(obj)
    return named


for _name in ("bool", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr",
              "float32", "float64", "complex64", "complex128", "string", "byte", "rune"):  # fmt: skip
    _type_name(_name, TYP[_name]).is_alias = _name in ("byte", "rune")
_type_name("Pointer", TYP["unsafe.Pointer"])

EMPTY_INTERFACE = Interface([], [])
type_set(EMPTY_INTERFACE)
ERROR = _make_error()
ANY = _make_any()
COMPARABLE = _make_comparable()
COMPARABLE_INTERFACE = COMPARABLE.underlying()

_define(Const(NO_POS, None, "true", TYP["untyped bool"], True))
_define(Const(NO_POS, None, "false", TYP["untyped bool"], False))
IOTA = _define(Const(NO_POS, None, "iota", TYP["untyped int"], 0))
_define(Nil(NO_POS, None, "nil", TYP["untyped nil"]))
for _name in BUILTINS:
    _define(Builtin(NO_POS, None, _name, INVALID))
