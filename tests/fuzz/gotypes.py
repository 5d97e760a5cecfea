"""The generator's model of Go types: a type is one object, so `is` means identical.

Unnamed types are made by the functions below and interned by their text; named types (`named`, `tparam`) are made once by the declarations
that write them. `Type.text` is how the program spells the type; `under` the underlying type (itself for unnamed types).

Source: the specification, "Types" and "Type identity".
"""

from __future__ import annotations

from dataclasses import dataclass, field

SIGNED = ("int", "int8", "int16", "int32", "int64")
UNSIGNED = ("uint", "uint8", "uint16", "uint32", "uint64", "uintptr")
INTEGERS = SIGNED + UNSIGNED
FLOATS = ("float32", "float64")
COMPLEXES = ("complex64", "complex128")
BITS = {"int": 64, "int8": 8, "int16": 16, "int32": 32, "int64": 64, "uint": 64, "uint8": 8, "uint16": 16, "uint32": 32, "uint64": 64, "uintptr": 64}


@dataclass(frozen=True, slots=True)
class Field:
    """A struct field; name is the type's name when embedded."""

    name: str
    type: Type
    embedded: bool = False


@dataclass(eq=False, slots=True)
class Method:
    """A method of a named type (pointer: receiver *T) or of an interface."""

    name: str
    params: tuple[Type, ...]
    results: tuple[Type, ...]
    pointer: bool = False


@dataclass(eq=False, slots=True)
class Type:
    """kind: a predeclared name, or slice array map ptr chan func struct interface tparam.

    num        tparam: arithmetic works on it (constraint pr.Num)
    cmp        tparam: == works on it
    impls      interface: the types known to implement it
    fuelled    func: variadic
    """

    kind: str
    text: str
    elem: Type | None = None
    key: Type | None = None
    n: int = 0
    fields: tuple[Field, ...] = ()
    params: tuple[Type, ...] = ()
    results: tuple[Type, ...] = ()
    variadic: bool = False
    base: Type | None = None
    methods: list[Method] = field(default_factory=list)
    num: bool = False
    cmp: bool = True
    impls: list[Type] = field(default_factory=list)

    @property
    def under(self) -> Type:
        return self.base if self.base is not None else self

    @property
    def named(self) -> bool:
        return self.base is not None

    def __repr__(self) -> str:
        return self.text


_made: dict[str, Type] = {}


def _make(kind: str, text: str, **rest: object) -> Type:
    t = _made.get(text)
    if t is None:
        t = _made[text] = Type(kind, text, **rest)  # type: ignore[arg-type]
    return t


def basic(name: str) -> Type:
    return _make(name, name)


INT, BOOL, STRING, ANY, ERROR = basic("int"), basic("bool"), basic("string"), _make("interface", "any"), _make("interface", "error")
BYTE, RUNE, F64, U8 = basic("uint8"), basic("int32"), basic("float64"), basic("uint8")


def forget() -> None:
    """A new program begins: types of other programs are of no use (the texts of their named types may come again)."""
    keep = {k: t for k, t in _made.items() if t.kind == k or t in (ANY, ERROR)}
    _made.clear()
    _made.update(keep)


def slice_of(t: Type) -> Type:
    return _make("slice", "[]" + t.text, elem=t)


def array_of(n: int, t: Type) -> Type:
    return _make("array", f"[{n}]{t.text}", elem=t, n=n)


def ptr_to(t: Type) -> Type:
    return _make("ptr", "*" + t.text, elem=t)


def map_of(k: Type, v: Type) -> Type:
    return _make("map", f"map[{k.text}]{v.text}", key=k, elem=v)


def chan_of(t: Type) -> Type:
    return _make("chan", f"chan {t.text}" if t.kind != "chan" or t.named else f"chan ({t.text})", elem=t)


def results_text(results: tuple[Type, ...]) -> str:
    if not results:
        return ""
    return " " + results[0].text if len(results) == 1 else " (" + ", ".join(t.text for t in results) + ")"


def params_text(params: tuple[Type, ...], variadic: bool) -> str:
    texts = [t.text for t in params]
    if variadic:
        last = params[-1].elem
        assert last is not None
        texts[-1] = "..." + last.text
    return "(" + ", ".join(texts) + ")"


def func_of(params: tuple[Type, ...], results: tuple[Type, ...], variadic: bool = False) -> Type:
    return _make("func", "func" + params_text(params, variadic) + results_text(results), params=params, results=results, variadic=variadic)


def struct_of(fields: tuple[Field, ...]) -> Type:
    text = "struct{ " + "; ".join(f.type.text if f.embedded else f"{f.name} {f.type.text}" for f in fields) + " }" if fields else "struct{}"
    return _make("struct", text, fields=fields)


def interface_of(methods: tuple[Method, ...]) -> Type:
    text = "interface{ " + "; ".join(m.name + params_text(m.params, False) + results_text(m.results) for m in methods) + " }"
    t = _make("interface", text)
    if not t.methods:
        t.methods = list(methods)
    return t


def new_named(name: str, base: Type) -> Type:
    u = base.under
    return Type(u.kind, name, u.elem, u.key, u.n, u.fields, u.params, u.results, u.variadic, u)


def is_num(t: Type) -> bool:
    return t.kind in INTEGERS or t.kind in FLOATS or t.kind in COMPLEXES or (t.kind == "tparam" and t.num)


def is_ordered(t: Type) -> bool:
    return t.kind in INTEGERS or t.kind in FLOATS or t.kind == "string" or (t.kind == "tparam" and t.num)


def comparable(t: Type, strict: bool = True) -> bool:
    """Whether == is legal; strict: and cannot panic (no interface inside)."""
    match t.kind:
        case "slice" | "map" | "func":
            return False
        case "interface":
            return not strict
        case "array":
            assert t.elem is not None
            return comparable(t.elem, strict)
        case "struct":
            return all(comparable(f.type, strict) for f in t.fields)
        case "tparam":
            return t.cmp
    return True


def method_set(t: Type) -> dict[str, Method]:
    """Methods callable on an addressable variable of type t, promoted ones included (the shallowest wins; no ambiguities are generated)."""
    out: dict[str, Method] = {m.name: m for m in t.methods}
    if t.kind == "ptr" and t.elem is not None and not t.named:
        return method_set(t.elem) if t.elem.kind != "interface" else out
    for f in t.fields:
        if f.embedded:
            for name, m in method_set(f.type).items():
                out.setdefault(name, m)
    return out


def value_method_set(t: Type) -> dict[str, Method]:
    """The method set of t as the specification defines it: what counts for interfaces."""
    if t.kind == "interface":
        return {m.name: m for m in t.methods}
    if t.kind == "ptr" and not t.named:
        return method_set(t)
    out: dict[str, Method] = {m.name: m for m in t.methods if not m.pointer}
    for f in t.fields:
        if f.embedded:
            for name, m in value_method_set(f.type).items():
                if name not in {x.name for x in t.methods}:
                    out.setdefault(name, m)
    return out
