"""Method sets of concrete types, promoted methods included: what goes into type descriptors and itabs.

`method_set(T)` is the language's method set of T (spec, "Method sets" and "Struct types"): for each method the path of embedded
fields that leads to it. It is found breadth first, one level of embedding at a time, as a selector would find it: a name met at a
shallower level hides deeper ones, and two of the same name at the same level hide each other (go/types' methodset.go has the same
algorithm). The result is sorted as descriptors need it: exported names first, then by name, then (unexported) by package path.
"""

from __future__ import annotations

from collections.abc import Sequence

from rt0.types.identity import type_set
from rt0.types.objects import Func, Package, resolve
from rt0.types.types import Interface, Named, Pointer, Signature, Struct, Type, unalias, under


class Method:
    """One method of a method set.

    func      the declared (or interface) method
    path      indexes of the embedded fields from the type's struct to the method's receiver; () = declared on the type itself
    recv      the type that declares it: a Named, or an Interface (embedded, or a Named interface)
    ptr_recv  declared with a pointer receiver
    indirect  an embedded pointer is followed on the way
    targs     type arguments of a generic method
    """

    __slots__ = ("func", "indirect", "path", "ptr_recv", "recv", "targs")

    def __init__(self, func: Func, path: tuple[int, ...], recv: Type, ptr_recv: bool, indirect: bool, targs: Sequence[Type] = ()) -> None:
        self.func = func
        self.path = path
        self.recv = recv
        self.ptr_recv = ptr_recv
        self.indirect = indirect
        self.targs = targs

    @property
    def name(self) -> str:
        return self.func.name


def method_id(name: str, pkg: Package | None) -> str:
    """The key of a method name: "Name" for exported, "pkgpath.name" for others."""
    if name[:1].isupper() or pkg is None:
        return name
    return pkg.path + "." + name


def sort_key(f: Func) -> tuple[bool, bytes, bytes]:
    exported = f.name[:1].isupper()
    return (not exported, f.name.encode(), b"" if exported or f.pkg is None else f.pkg.path.encode())


def has_pointer_receiver(f: Func) -> bool:
    sig = resolve(f.origin).type
    recv = sig.recv if isinstance(sig, Signature) else None
    if recv is not None and recv.type is not None:
        return isinstance(unalias(recv.type), Pointer)
    return f.has_ptr_recv


def method_set(t: Type, generic: bool = False) -> list[Method]:
    """The methods of T, sorted. T is not an interface (those have none in their descriptors' method tables).
    Generic methods hide others but cannot be called through interfaces or reflection: they are left out unless generic is set."""
    t = unalias(t)
    is_ptr = False
    if isinstance(t, Pointer):
        base = unalias(t.elem)
        if isinstance(under(base), (Interface, Pointer)):
            return []
        is_ptr = True
    else:
        base = t
        if isinstance(under(base), Interface):
            return []
    found: dict[str, Method | None] = {}  # None: hidden by a collision or a field
    seen: set[int] = set()
    current: list[tuple[Type, tuple[int, ...], bool, bool]] = [(base, (), is_ptr, False)]  # type, path, indirect, met twice
    while current:
        here: dict[str, Method | None] = {}
        fields_here: dict[str, bool] = {}
        nxt: list[tuple[Type, tuple[int, ...], bool, bool]] = []
        for typ, path, indirect, multiple in current:
            typ = unalias(typ)
            if isinstance(typ, Named):
                if id(typ) in seen:
                    continue
                seen.add(id(typ))
                for i in range(typ.num_methods()):
                    f = typ.method(i)
                    resolve(f)
                    if f.name == "_":
                        continue
                    key = method_id(f.name, f.pkg)
                    if key in found:
                        continue
                    if key in here or multiple:
                        here[key] = None
                    else:
                        here[key] = Method(f, path, typ, has_pointer_receiver(f), indirect)
            u = typ.underlying()
            if isinstance(u, Struct):
                for i, v in enumerate(u.fields):
                    key = method_id(v.name, v.pkg)
                    fields_here[key] = True
                    if v.embedded and v.type is not None:
                        ft = unalias(v.type)
                        if isinstance(ft, Pointer):
                            nxt.append((unalias(ft.elem), (*path, i), True, multiple))
                        else:
                            nxt.append((ft, (*path, i), indirect, multiple))
            elif isinstance(u, Interface) and path:
                for f in type_set(u).methods:
                    resolve(f)
                    key = method_id(f.name, f.pkg)
                    if key in found:
                        continue
                    if key in here or multiple:
                        here[key] = None
                    else:
                        here[key] = Method(f, path, typ, False, indirect)
        for key, m in here.items():
            if key not in found:
                found[key] = None if key in fields_here else m
        for key in fields_here:
            found.setdefault(key, None)
        current = _merge(nxt)
    out = [
        m
        for m in found.values()
        if m is not None and (generic or not (isinstance(m.func.type, Signature) and m.func.type.tparams)) and (not m.ptr_recv or m.indirect or (is_ptr and not m.path))
    ]
    out.sort(key=lambda m: sort_key(m.func))
    return out


def _merge(
    items: list[tuple[Type, tuple[int, ...], bool, bool]],
) -> list[tuple[Type, tuple[int, ...], bool, bool]]:
    """Embedded types of one level, a Named type met more than once marked so."""
    out: dict[int, tuple[Type, tuple[int, ...], bool, bool]] = {}
    for it in items:
        k = id(it[0])
        old = out.get(k)
        out[k] = it if old is None else (old[0], old[1], old[2], True)
    return list(out.values())


def is_reflect_method(f: Func) -> bool:
    """An interface method that can be reflect.Type's Method or MethodByName: named so, with a reflect.Method as first result."""
    if f.name not in ("Method", "MethodByName") or not isinstance(f.type, Signature) or not f.type.results.vars:
        return False
    r = f.type.results.vars[0].type
    return isinstance(r, Named) and r.obj.name == "Method" and r.obj.pkg is not None and r.obj.pkg.path == "reflect"


def interface_methods(t: Type) -> list[Func]:
    """All methods of an interface type in the order of its itabs."""
    u = t.underlying()
    assert isinstance(u, Interface)
    methods = sorted(type_set(u).methods, key=sort_key)
    for m in methods:
        resolve(m)
    return methods
