"""Fields and methods of types: selector lookup, missing methods, method sets.

Lookup goes breadth first through embedded fields, one depth at a time; a name found twice at one depth is a collision and
hides everything deeper. The result is (object, index path, indirect): the last index counts methods of the Named (as declared),
methods of the interface's type set (sorted), or fields of the struct; those before it are embedded fields. When nothing is
found, an index path means "ambiguous", and indirect "the method has a pointer receiver and cannot be called here".

A method found may not be type-checked yet: `resolve_method` makes sure of its signature.

Source: go1.27 cmd/compile/internal/types2/lookup.go.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from rt0.types.errors import sprintf
from rt0.types.identity import identical, type_set
from rt0.types.objects import Func, Package, Var, is_exported, same_id, same_pkg
from rt0.types.predicates import Cause, is_interface
from rt0.types.types import INVALID, Interface, Named, Pointer, Signature, Struct, Type, is_type_param, is_valid, unalias
from rt0.types.typestring import signature_string

if TYPE_CHECKING:
    from rt0.types.check import Checker
    from rt0.types.objects import Object

Found = tuple["Object | None", "tuple[int, ...] | None", bool]
NOT_FOUND: Found = (None, None, False)


def lookup_field_or_method(t: Type, addressable: bool, pkg: Package | None, name: str, fold_case: bool = False) -> Found:
    """What x.name means for x of type t (addressable if x is a variable), written in pkg."""
    n = unalias(t)
    if type(n) is Named:
        p = n.underlying()
        if type(p) is Pointer:  # a named pointer type has fields but no methods
            found = lookup_impl(p, False, pkg, name, fold_case)
            return NOT_FOUND if isinstance(found[0], Func) else found
    return lookup_impl(t, addressable, pkg, name, fold_case)


class _Embedded(NamedTuple):
    """A type to search at some depth. multiples: it occurs more than once at that depth."""

    typ: Type
    path: tuple[int, ...]
    indirect: bool
    multiples: bool


def lookup_impl(t: Type, addressable: bool, pkg: Package | None, name: str, fold_case: bool = False) -> Found:
    """lookup_field_or_method without the special case of named pointer types."""
    if name == "_":
        return NOT_FOUND
    typ, is_ptr = deref(t)
    if is_ptr and type(typ.underlying()) is Interface:
        return NOT_FOUND  # pointers to interfaces have no methods
    current = [_Embedded(typ, (), is_ptr, False)]
    seen: list[Named] = []
    while current:
        following: list[_Embedded] = []
        obj: Object | None = None
        index: tuple[int, ...] = ()
        indirect = False
        for e in current:
            typ = unalias(e.typ)
            if type(typ) is Named:
                if any(s is typ or identical(s, typ) for s in seen):
                    continue  # known from a shallower depth, which hides it here
                seen.append(typ)
                i, m = lookup_named_method(typ, pkg, name, fold_case)
                if m is not None:
                    index = (*e.path, i)
                    if obj is not None or e.multiples:
                        return None, index, False
                    obj, indirect = m, e.indirect
                    continue
            u = typ.underlying()
            if type(u) is Struct:
                for i, f in enumerate(u.fields):
                    if (f.name == name and same_id(f, pkg, name)) or (fold_case and same_id(f, pkg, name, True)):
                        index = (*e.path, i)
                        if obj is not None or e.multiples:
                            return None, index, False
                        obj, indirect = f, e.indirect
                    elif obj is None and f.embedded:
                        ft, ptr = deref(f.type or INVALID)
                        following.append(_Embedded(ft, (*e.path, i), e.indirect or ptr, e.multiples))
            elif type(u) is Interface:
                i, m = type_set(u).lookup_method(pkg, name, fold_case)
                if m is not None:
                    index = (*e.path, i)
                    if obj is not None or e.multiples:
                        return None, index, False
                    obj, indirect = m, e.indirect
        if obj is not None:
            if isinstance(obj, Func) and not indirect and not addressable and has_ptr_recv(obj):
                return None, None, True
            return obj, index, indirect
        current = _consolidate(following)
    return NOT_FOUND


def _consolidate(entries: list[_Embedded]) -> list[_Embedded]:
    """entries with each type once; those that occurred more often are marked."""
    if len(entries) <= 1:
        return entries
    out: list[_Embedded] = []
    for e in entries:
        for i, o in enumerate(out):
            if identical(o.typ, e.typ):
                out[i] = o._replace(multiples=True)
                break
        else:
            out.append(e)
    return out


def lookup_named_method(n: Named, pkg: Package | None, name: str, fold_case: bool = False) -> tuple[int, Func | None]:
    """(index, method) declared for n, or (-1, None)."""
    if fold_case or name[:1].isupper() or same_pkg(n.obj.pkg, pkg):
        origin = n.origin
        origin.resolve()
        for i, m in enumerate(origin.methods):
            if m.name == name or (fold_case and m.name.casefold() == name.casefold()):
                return i, n.method(i)
    return -1, None


def has_ptr_recv(f: Func) -> bool:
    """Whether f, a method, has a pointer receiver; known from its syntax when its signature is not."""
    sig = f.type
    if type(sig) is Signature and sig.recv is not None and sig.recv.type is not None:
        return type(unalias(sig.recv.type)) is Pointer
    return f.has_ptr_recv


def resolve_method(check: Checker | None, f: Func) -> Signature | None:
    """f's signature, checked now if need be."""
    if f.type is None:
        r = f.resolver or f.origin.resolver
        if r is not None:
            r(f)
        elif check is not None:
            check.obj_decl(f)
    return f.type if type(f.type) is Signature else None


# ---------------------------------------------------------------- missing methods


def missing_method(
    check: Checker | None, v: Type, t: Type, static: bool, equivalent: Callable[[Type, Type], bool] = identical, cause: Cause | None = None
) -> tuple[Func | None, bool]:
    """(None, False) if v has all methods of interface t, else (method, whether v has it with another type or receiver).

    static     methods must be present in v even if v is an interface (else only those present are compared)
    equivalent compares signatures
    cause      gets the explanation in parentheses, with have/want lines
    """
    ti = t.underlying()
    assert type(ti) is Interface
    methods = type_set(ti).methods
    if not methods:
        return None, False
    state = ""
    f: Func | None = None
    m: Func | None = None
    vi = v.underlying()
    if type(vi) is Interface:
        vset = type_set(vi)
        for m in methods:
            f = vset.lookup_method(m.pkg, m.name)[1]
            if f is None:
                if not static:
                    continue
                state = "missing"
                break
            if not _same_signature(check, f, m, equivalent):
                state = "wrongsig"
                break
    else:
        for m in methods:
            obj, index, indirect = lookup_impl(v, False, m.pkg, m.name)
            if obj is None:
                f = None
                if index is not None:
                    state = "ambiguous"
                elif indirect:
                    state = "ptrrecv"
                else:
                    state = "missing"
                    alt = lookup_impl(v, False, m.pkg, m.name, True)[0]
                    if isinstance(alt, Func):
                        f = alt
                        state = "unexported" if f.name == m.name else "wrongname"
                break
            if not isinstance(obj, Func):
                f = None
                state = "field"
                break
            f = obj
            if not _same_signature(check, f, m, equivalent):
                state = "wrongsig"
                break
    if not state:
        return None, False
    if cause is not None:
        cause.text = _missing_cause(check, v, t, state, f, m)
    return m, state in ("wrongsig", "ptrrecv")


def _same_signature(check: Checker | None, f: Func, m: Func, equivalent: Callable[[Type, Type], bool]) -> bool:
    if f is m:
        return True
    fs, ms = resolve_method(check, f), resolve_method(check, m)
    return fs is None or ms is None or equivalent(fs, ms)


def _missing_cause(check: Checker | None, v: Type, t: Type, state: str, f: Func | None, m: Func | None) -> str:
    assert m is not None
    name = m.name
    match state:
        case "missing":
            if is_interface_ptr(v):
                return f"({interface_ptr_error(check, v)})"
            if is_interface_ptr(t):
                return f"({interface_ptr_error(check, t)})"
            return f"(missing method {name})"
        case "unexported":
            return f"(unexported method {name})"
        case "ambiguous":
            return sprintf(check, "(ambiguous selector %s.%s)", v, name)
        case "ptrrecv":
            return f"(method {name} has pointer receiver)"
        case "field":
            return sprintf(check, "(%s.%s is a field, not a method)", v, name)
    assert f is not None
    resolve_method(check, f)
    have, want = func_string(check, f, False), func_string(check, m, False)
    if state == "wrongsig":
        if have == want:
            have, want = func_string(check, f, True), func_string(check, m, True)
        if have == want:
            return f"(wrong type for method {name})"
        return f"(wrong type for method {name})\n\t\thave {have}\n\t\twant {want}"
    return f"(missing method {name})\n\t\thave {have}\n\t\twant {want}"


def has_all_methods(
    check: Checker | None, v: Type, t: Type, static: bool, equivalent: Callable[[Type, Type], bool] = identical, cause: Cause | None = None
) -> bool:
    """missing_method as a yes or no; yes for invalid types, to avoid errors that only follow from others."""
    if not is_valid(v):
        return True
    return missing_method(check, v, t, static, equivalent, cause)[0] is None or has_invalid_embedded_fields(v)


def has_invalid_embedded_fields(t: Type, seen: set[Struct] | None = None) -> bool:
    s = deref_struct_ptr(t).underlying()
    if seen is None:
        seen = set()
    if type(s) is Struct and s not in seen:
        seen.add(s)
        for f in s.fields:
            if f.embedded and f.type is not None and (not is_valid(f.type) or has_invalid_embedded_fields(f.type, seen)):
                return True
    return False


def is_interface_ptr(t: Type) -> bool:
    p = t.underlying()
    return type(p) is Pointer and is_interface(p.elem)


def interface_ptr_error(check: Checker | None, t: Type) -> str:
    p = t.underlying()
    assert type(p) is Pointer
    if is_type_param(p.elem):
        return sprintf(check, "type %s is pointer to type parameter, not type parameter", t)
    return sprintf(check, "type %s is pointer to interface, not interface", t)


def func_string(check: Checker | None, f: Func, pkg_info: bool) -> str:
    """name(params) results, for have/want lines. pkg_info: with full package paths."""
    qf = check.qualifier if check is not None and not pkg_info else None
    sig = f.type
    assert type(sig) is Signature
    return f.name + signature_string(sig, qf, param_names=False, pkg_info=pkg_info)


def assertable_to(check: Checker | None, v: Type, t: Type, cause: Cause | None = None) -> bool:
    """Whether x.(t) can succeed for x of interface type v."""
    if is_interface(t):
        return True
    return has_all_methods(check, t, v, False, identical, cause)


# ---------------------------------------------------------------- small helpers


def deref(t: Type) -> tuple[Type, bool]:
    """(elem, True) of an unnamed pointer type, else (t, False)."""
    p = unalias(t)
    if type(p) is Pointer:
        return p.elem, True
    return t, False


def deref_struct_ptr(t: Type) -> Type:
    """The struct type a (named or unnamed) pointer type leads to, else t."""
    p = t.underlying()
    if type(p) is Pointer and type(p.elem.underlying()) is Struct:
        return p.elem
    return t


def field_path(t: Type, index: tuple[int, ...]) -> str:
    """Names of the fields an index path goes through: "a.b.c"."""
    names: list[str] = []
    for i in index:
        u = deref_struct_ptr(t).underlying()
        if type(u) is not Struct:
            break
        f = u.fields[i]
        names.append(f.name)
        t = f.type or INVALID
    return ".".join(names)


def lookup_error(check: Checker, t: Type, sel: str, obj: Object | None, struct_lit: bool) -> str:
    """Why t has no sel; obj is what was found under a name that differs in case only."""
    case = "missing"
    alt = ""
    if obj is not None:
        alt = obj.name
        if obj.pkg is check.pkg:
            case = "misspelled"
        elif is_exported(sel):
            if is_exported(alt):
                case = "misspelled"
            elif sel[1:] == alt[1:]:
                case = "unexported"
        elif is_exported(alt):
            if sel[1:] == alt[1:]:
                case = "misspelled"
        elif sel == alt:
            case = "inaccessible"
    if struct_lit:
        if case == "inaccessible":
            return check.sprintf("cannot refer to unexported field %s in struct literal of type %s", alt, t)
        msg = check.sprintf("unknown field %s in struct literal of type %s", sel, t)
        if case == "misspelled":
            return f"{msg}, but does have {alt}"
        return f"{msg}, but does have unexported {alt}" if case == "unexported" else msg
    what = "field" if isinstance(obj, Var) else "method" if isinstance(obj, Func) else "object"
    if case == "inaccessible":
        return f"cannot refer to unexported {what} {alt}"
    msg = check.sprintf("type %s has no field or method %s", t, sel)
    if case == "misspelled":
        return f"{msg}, but does have {what} {alt}"
    return f"{msg}, but does have unexported {what} {alt}" if case == "unexported" else msg
