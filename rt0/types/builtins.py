"""Calls of built-in functions, unsafe's included.

`fun` gets the signature the built-in has in this call (go/types records the same), with the built-in's name in `val`; a call
that is a constant records its value like any constant expression.
Source: cmd/compile/internal/types2/builtins.go, go1.27.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from rt0.diag import NO_POS
from rt0.syntax import nodes as ast
from rt0.types import assignments, call, constant, decl, expr, index, operators, sizes, typexpr
from rt0.types.assignable import assignable_to
from rt0.types.const import convert_untyped
from rt0.types.identity import TypeErr, identical, type_set
from rt0.types.instantiate import instance_object
from rt0.types.lookup import deref_struct_ptr, lookup_field_or_method
from rt0.types.objects import Func, Selection, TypeName, Var
from rt0.types.operand import Operand, array_ptr_deref
from rt0.types.predicates import all_ordered, all_string, common_under, default_type, is_numeric, is_string, is_untyped, typeset, under_is
from rt0.types.record import record, record_builtin_type
from rt0.types.types import (
    INVALID,
    TYP,
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
    is_type_param,
    is_valid,
    unalias,
)
from rt0.types.universe import BUILTINS, EMPTY_INTERFACE

if TYPE_CHECKING:
    from rt0.types.check import Checker

INT = TYP["int"]
BYTE = TYP["byte"]
UINTPTR = TYP["uintptr"]
UNSAFE_POINTER = TYP["unsafe.Pointer"]


class Predeclared(NamedTuple):
    """nargs: least number of arguments; kind: how a call may be used (expr.EXPRESSION or expr.STATEMENT)."""

    nargs: int
    variadic: bool
    kind: int


_E, _S = 1, 2
PREDECLARED = {n: Predeclared(nargs, variadic, _E if kind == "expression" else _S) for n, (nargs, variadic, kind) in BUILTINS.items()}


def make_sig(res: Type | None, *args: Type) -> Signature:
    """A signature of these types; untyped arguments get their default types."""
    params = [Var(NO_POS, None, "", default_type(t), "param") for t in args]
    results = [Var(NO_POS, None, "", res, "result")] if res is not None else []
    return Signature(None, Tuple(params), Tuple(results), False)


def builtin(check: Checker, x: Operand, e: ast.CallExpr, name: str) -> bool:
    """Check the call e of built-in `name`; x becomes its result. False after an error."""
    bin_ = PREDECLARED[name]
    if e.ellipsis and name != "append":
        check.errorf(e, "InvalidDotDotDot", "invalid operation: invalid use of ... with built-in %s", name)
        expr.use(check, e.args)
        return False
    outer = check.has_call_or_recv
    if name == "len" or name == "cap":
        check.has_call_or_recv = False
    args: list[Operand] = []
    if name in ("make", "new", "Offsetof"):
        nargs = len(e.args)
    else:
        args = expr.expr_list(check, e.args) if e.args else []
        nargs = len(args)
        for a in args:
            if a.mode == "invalid":
                check.has_call_or_recv = outer
                return False
        if args:
            x.set(args[0])
    msg = "not enough" if nargs < bin_.nargs else "too many" if not bin_.variadic and nargs > bin_.nargs else ""
    if msg:
        check.errorf(e, "WrongArgCount", "invalid operation: %s arguments for %s (expected %s, found %s)", msg, e, bin_.nargs, nargs)
        return False
    ok = _DISPATCH[name](check, x, e, args, name)
    if name == "len" or name == "cap":
        check.has_call_or_recv = outer
    return ok


def _record(e: ast.CallExpr, name: str, sig: Signature) -> None:
    record_builtin_type(e.fun, name, sig)


def _value(x: Operand, t: Type) -> bool:
    x.mode = "value"
    x.type = t
    return True


def _novalue(x: Operand) -> bool:
    x.mode = "novalue"
    return True


def slice_elem(check: Checker, x: Operand) -> tuple[Type | None, str]:
    """The element type of x, a slice or a type parameter whose types are slices; or why there is none."""
    elem: Type | None = None
    for _, u in typeset(x.type):
        if not isinstance(u, Slice):
            if x.mode == "nilvalue":
                return None, "argument must be a slice; have untyped nil"
            return None, check.sprintf("argument must be a slice; have %s", x)
        if elem is None:
            elem = u.elem
        elif not identical(elem, u.elem):
            return None, check.sprintf("mismatched slice element types %s and %s in %s", elem, u.elem, x)
    return elem, ""


def _bytes_or_strings(t: Type) -> tuple[bool, bool]:
    """(all types of t's type set are []byte or strings, there is a string)."""
    has_string = False
    for _, u in typeset(t):
        if isinstance(u, Slice) and identical(u.elem, BYTE):
            continue
        if u is None or not is_string(u):
            return False, False
        has_string = True
    return True, has_string


def _append(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    elem, why = slice_elem(check, x)
    if elem is None:
        check.errorf(x, "InvalidAppend", "invalid append: %s", why)
        return False
    st = x.type
    sig: Signature | None = None
    if len(args) == 2 and e.ellipsis and identical(elem, BYTE) and assignable_to(x, check, Slice(BYTE))[0]:
        y = args[1]
        ok, has_string = _bytes_or_strings(y.type)
        if ok and has_string:
            sig = make_sig(st, st, y.type)
            sig.variadic = True
            if is_untyped(y.type):
                convert_untyped(check, y, TYP["string"])
    if sig is None:
        sig = make_sig(st, st, Slice(elem))
        sig.variadic = True
        call.arguments(check, e, sig, [], [], args, [])
    _record(e, name, sig)
    return _value(x, st)


def _len_cap(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    mode: ast.Mode = ""
    val: Any = None
    is_len = name == "len"
    t = array_ptr_deref(x.type.underlying())
    if isinstance(t, Basic):
        if is_string(t) and is_len:
            if x.mode == "constant":
                mode = "constant"
                val = len(x.val) if type(x.val) is bytes else constant.UNKNOWN
            else:
                mode = "value"
    elif isinstance(t, Array):
        mode = "value"
        if not check.has_call_or_recv:
            mode = "constant"
            val = t.len if t.len >= 0 else constant.UNKNOWN
    elif isinstance(t, (Slice, Chan)) or (isinstance(t, Map) and is_len):
        mode = "value"
    elif isinstance(t, Interface) and is_type_param(x.type):

        def ok(u: Type | None) -> bool:
            if u is None:
                return False
            a = array_ptr_deref(u)
            if isinstance(a, Basic):
                return is_string(a) and is_len
            return isinstance(a, (Array, Slice, Chan)) or (isinstance(a, Map) and is_len)

        if under_is(x.type, ok):
            mode = "value"
    if not mode:
        if is_valid(x.type.underlying()):
            check.errorf(x, "InvalidLen" if is_len else "InvalidCap", "invalid argument: %s for built-in %s", x, name)
        return False
    if mode != "constant":
        _record(e, name, make_sig(INT, x.type))
    elif is_untyped(x.type) and x.expr is not None:
        expr.update_expr_type(check, x.expr, default_type(x.type), True)
    x.mode = mode
    x.type = INT
    x.val = val
    return True


def _clear(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    check.verify_versionf(e.fun, (1, 21), "clear")

    def ok(u: Type | None) -> bool:
        if isinstance(u, (Map, Slice)):
            return True
        check.errorf(x, "InvalidClear", "invalid argument: cannot clear %s: argument must be (or constrained by) map or slice", x)
        return False

    if not under_is(x.type, ok):
        return False
    _record(e, name, make_sig(None, x.type))
    return _novalue(x)


def _close(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    def ok(u: Type | None) -> bool:
        if not isinstance(u, Chan):
            check.errorf(x, "InvalidClose", "invalid operation: cannot close non-channel %s", x)
            return False
        if u.dir == "recv":
            check.errorf(x, "InvalidClose", "invalid operation: cannot close receive-only channel %s", x)
            return False
        return True

    if not under_is(x.type, ok):
        return False
    _record(e, name, make_sig(None, x.type))
    return _novalue(x)


def _basic_map(table: dict[str, str]) -> Callable[[Type], Type | None]:
    def f(t: Type) -> Type | None:
        u = t.underlying()
        if isinstance(u, Basic) and u.kind in table:
            return TYP[table[u.kind]]
        return None

    return f


_TO_COMPLEX = _basic_map({"float32": "complex64", "float64": "complex128", "untyped float": "untyped complex"})
_TO_FLOAT = _basic_map({"complex64": "float32", "complex128": "float64", "untyped complex": "untyped float"})


def _complex(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    y = args[1]
    xu, yu = is_untyped(x.type), is_untyped(y.type)
    if xu and not yu:
        convert_untyped(check, x, y.type)
    elif yu and not xu:
        convert_untyped(check, y, x.type)
    elif xu and yu:
        if x.mode == "constant" and y.mode == "constant":
            for a in (x, y):
                if is_numeric(a.type) and constant.sign(constant.imag(a.val)) == 0:
                    a.type = TYP["untyped float"]
        else:
            convert_untyped(check, x, TYP["float64"])
            convert_untyped(check, y, TYP["float64"])
    if x.mode == "invalid" or y.mode == "invalid":
        return False
    if not identical(x.type, y.type):
        check.errorf(x, "InvalidComplex", "invalid operation: %s (mismatched types %s and %s)", e, x.type, y.type)
        return False
    res = _apply_type_func(check, _TO_COMPLEX, x, name)
    if res is None:
        check.errorf(x, "InvalidComplex", "invalid argument: arguments have type %s, expected floating-point", x.type)
        return False
    if x.mode == "constant" and y.mode == "constant":
        x.val = constant.binary_op(constant.to_float(x.val), "+", constant.make_imag(constant.to_float(y.val)))
    else:
        x.mode = "value"
        _record(e, name, make_sig(res, x.type, x.type))
    x.type = res
    return True


def _copy(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    dst_elem, why = slice_elem(check, x)
    if dst_elem is None:
        check.errorf(x, "InvalidCopy", "invalid copy: %s", why)
        return False
    y = args[1]
    special = assignable_to(x, check, Slice(BYTE))[0] and _bytes_or_strings(y.type)[0]
    if not special:
        src_elem, why = slice_elem(check, y)
        if src_elem is None:
            if not all_string(y.type):
                check.errorf(y, "InvalidCopy", "invalid copy: %s", why)
                return False
            src_elem = BYTE
        if not identical(dst_elem, src_elem):
            check.errorf(x, "InvalidCopy", "invalid copy: arguments %s and %s have different element types %s and %s", x, y,
                         dst_elem, src_elem)  # fmt: skip
            return False
    elif is_untyped(y.type):
        convert_untyped(check, y, TYP["string"])
    _record(e, name, make_sig(INT, x.type, y.type))
    return _value(x, INT)


def _delete(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    m = x.type
    key: Type | None = None

    def ok(u: Type | None) -> bool:
        nonlocal key
        if not isinstance(u, Map):
            check.errorf(x, "InvalidDelete", "invalid argument: %s is not a map", x)
            return False
        if key is not None and not identical(u.key, key):
            check.errorf(x, "InvalidDelete", "invalid argument: maps of %s must have identical key types", x)
            return False
        key = u.key
        return True

    if not under_is(m, ok):
        return False
    assert key is not None
    x.set(args[1])
    assignments.assignment(check, x, key, "argument to delete")
    if x.mode == "invalid":
        return False
    _record(e, name, make_sig(None, m, key))
    return _novalue(x)


def _real_imag(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    if is_untyped(x.type):
        if x.mode == "constant":
            if is_numeric(x.type):
                x.type = TYP["untyped complex"]
        else:
            convert_untyped(check, x, TYP["complex128"])
            if x.mode == "invalid":
                return False
    res = _apply_type_func(check, _TO_FLOAT, x, name)
    if res is None:
        check.errorf(x, "InvalidReal" if name == "real" else "InvalidImag",
                     "invalid argument: argument has type %s, expected complex type", x.type)  # fmt: skip
        return False
    if x.mode == "constant":
        x.val = constant.real(x.val) if name == "real" else constant.imag(x.val)
    else:
        x.mode = "value"
        _record(e, name, make_sig(res, x.type))
    x.type = res
    return True


def _make(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    arg0 = e.args[0]
    t = typexpr.var_type(check, arg0)
    if not is_valid(t):
        return False

    def cond(_: Type | None, u: Type | None) -> TypeErr | None:
        if isinstance(u, (Slice, Map, Chan)):
            return None
        return TypeErr("no specific type") if u is None else TypeErr("type must be slice, map, or channel")

    u, err = common_under(t, cond)
    if err is not None:
        check.errorf(arg0, "InvalidMake", "invalid argument: cannot make %s: %s", arg0, check.explain(err))
        return False
    least = 2 if isinstance(u, Slice) else 1
    nargs = len(e.args)
    if nargs < least or least + 1 < nargs:
        check.errorf(e, "WrongArgCount", "invalid operation: %s expects %s or %s arguments; found %s", e, least, least + 1, nargs)
        return False
    types: list[Type] = [t]
    sizes_: list[int] = []
    for a in e.args[1:]:
        typ, n = index.index(check, a, -1)
        types.append(typ)
        if n >= 0:
            sizes_.append(n)
    if len(sizes_) == 2 and sizes_[0] > sizes_[1]:
        check.error(e.args[1], "SwappedMakeArgs", "invalid argument: length and capacity swapped")
    _record(e, name, make_sig(t, *types))
    return _value(x, t)


def _min_max(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    check.verify_versionf(e.fun, (1, 21), "built-in %s", name)
    op = ">" if name == "max" else "<"
    for i, a in enumerate(args):
        if not all_ordered(a.type):
            check.errorf(a, "InvalidMinMaxOperand", "invalid argument: %s cannot be ordered", a)
            return False
        if i == 0:
            continue
        operators.match_types(check, x, a)
        if x.mode == "invalid":
            return False
        if not identical(x.type, a.type):
            check.errorf(a, "MismatchedTypes", "invalid argument: mismatched types %s (previous argument) and %s (type of %s)", x.type,
                         a.type, a.expr)  # fmt: skip
            return False
        if x.mode == "constant" and a.mode == "constant":
            if constant.compare(a.val, op, x.val):
                x.set(a)
        else:
            x.mode = "value"
    if x.mode != "constant":
        x.mode = "value"
        assignments.assignment(check, x, EMPTY_INTERFACE, "argument to built-in " + name)
        if x.failed():
            return False
    for a in args:
        if a.expr is not None:
            expr.update_expr_type(check, a.expr, x.type, True)
    if x.mode != "constant":
        _record(e, name, make_sig(x.type, *[x.type] * len(args)))
    return True


def _new(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    arg = e.args[0]
    expr.expr_or_type(check, x, arg, False)
    if x.mode == "builtin":
        expr.exclude(check, x, False, True)
    if x.mode == "invalid":
        return False
    if x.mode == "typexpr":
        typexpr.valid_var_type(check, arg, x.type)
    else:
        if is_untyped(x.type):
            assignments.assignment(check, x, None, "argument to new")
            if x.failed():
                return False
        check.verify_versionf(e.fun, (1, 26), "new(%s)", arg)
    t = x.type
    _record(e, name, make_sig(Pointer(t), t))
    return _value(x, Pointer(t))


def _panic(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    if check.sig is not None and check.sig.results.vars:
        check.is_panic.add(e)
    assignments.assignment(check, x, EMPTY_INTERFACE, "argument to panic")
    if x.mode == "invalid":
        return False
    _record(e, name, make_sig(None, EMPTY_INTERFACE))
    return _novalue(x)


def _print(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    for a in args:
        assignments.assignment(check, a, None, "argument to built-in " + name)
        if a.mode == "invalid":
            return False
    _record(e, name, make_sig(None, *[a.type for a in args]))
    return _novalue(x)


def _recover(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    _record(e, name, make_sig(EMPTY_INTERFACE))
    return _value(x, EMPTY_INTERFACE)


def _unsafe_add(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    check.verify_versionf(e.fun, (1, 17), "unsafe.Add")
    assignments.assignment(check, x, UNSAFE_POINTER, "argument to unsafe.Add")
    if x.mode == "invalid" or not index.is_valid_index(check, args[1], "InvalidUnsafeAdd", "length", True):
        return False
    _record(e, name, make_sig(UNSAFE_POINTER, UNSAFE_POINTER, args[1].type))
    return _value(x, UNSAFE_POINTER)


def _size(check: Checker, x: Operand, n: int) -> bool:
    """x becomes the uintptr constant n; n < 0: too large to have one."""
    if n < 0:
        check.errorf(x, "TypeTooLarge", "%s is too large", x)
        return False
    x.mode = "constant"
    x.val = n
    x.type = UINTPTR
    return True


def _alignof(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    return _of_type(check, x, e, name, sizes.alignof)


def _sizeof(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    return _of_type(check, x, e, name, sizes.sizeof)


def _of_type(check: Checker, x: Operand, e: ast.CallExpr, name: str, measure: Callable[[Type], int]) -> bool:
    """unsafe.Alignof and Sizeof: a constant, unless it depends on type parameters."""
    assignments.assignment(check, x, None, "argument to unsafe." + name)
    if x.mode == "invalid":
        return False
    if has_var_size(check, x.type):
        _record(e, name, make_sig(UINTPTR, x.type))
        return _value(x, UINTPTR)
    return _size(check, x, measure(x.type))


def _offsetof(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    arg0 = e.args[0]
    selx = ast.unparen(arg0)
    if not isinstance(selx, ast.SelectorExpr):
        check.errorf(arg0, "BadOffsetofSyntax", "invalid argument: %s is not a selector expression", arg0)
        expr.use(check, [arg0])
        return False
    expr.expr(check, None, x, selx.x)
    if x.mode == "invalid":
        return False
    base = deref_struct_ptr(x.type)
    sel = selx.sel.name
    obj, path, indirect = lookup_field_or_method(base, False, check.pkg, sel)
    if obj is None or path is None:
        check.errorf(x, "MissingFieldOrMethod", "invalid argument: %s has no single field %s", base, sel)
        return False
    if isinstance(obj, Func):
        check.errorf(arg0, "InvalidOffsetof", "invalid argument: %s is a method value", arg0)
        return False
    if indirect:
        check.errorf(x, "InvalidOffsetof", "invalid argument: field %s is embedded via a pointer in %s", sel, base)
        return False
    selx.sel.obj = obj
    ft = obj.type
    assert ft is not None
    selx.selection = Selection("field", base, obj, path, False, ft)
    record(check, Operand("variable" if x.mode == "variable" else "value", selx, ft))
    if has_var_size(check, base):
        _record(e, name, make_sig(UINTPTR, ft))
        return _value(x, UINTPTR)
    return _size(check, x, sizes.offsetof(base, path))


def _unsafe_slice(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    check.verify_versionf(e.fun, (1, 17), "unsafe.Slice")
    p, _ = common_under(x.type)
    if not isinstance(p, Pointer):
        check.errorf(x, "InvalidUnsafeSlice", "invalid argument: %s is not a pointer", x)
        return False
    if not index.is_valid_index(check, args[1], "InvalidUnsafeSlice", "length", False):
        return False
    _record(e, name, make_sig(Slice(p.elem), p, args[1].type))
    return _value(x, Slice(p.elem))


def _unsafe_slice_data(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    check.verify_versionf(e.fun, (1, 20), "unsafe.SliceData")
    s, _ = common_under(x.type)
    if not isinstance(s, Slice):
        check.errorf(x, "InvalidUnsafeSliceData", "invalid argument: %s is not a slice", x)
        return False
    _record(e, name, make_sig(Pointer(s.elem), s))
    return _value(x, Pointer(s.elem))


def _unsafe_string(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    check.verify_versionf(e.fun, (1, 20), "unsafe.String")
    assignments.assignment(check, x, Pointer(BYTE), "argument to unsafe.String")
    if x.mode == "invalid" or not index.is_valid_index(check, args[1], "InvalidUnsafeString", "length", False):
        return False
    _record(e, name, make_sig(TYP["string"], Pointer(BYTE), args[1].type))
    return _value(x, TYP["string"])


def _unsafe_string_data(check: Checker, x: Operand, e: ast.CallExpr, args: list[Operand], name: str) -> bool:
    check.verify_versionf(e.fun, (1, 20), "unsafe.StringData")
    assignments.assignment(check, x, TYP["string"], "argument to unsafe.StringData")
    if x.mode == "invalid":
        return False
    _record(e, name, make_sig(Pointer(BYTE), TYP["string"]))
    return _value(x, Pointer(BYTE))


_DISPATCH: dict[str, Callable[[Checker, Operand, ast.CallExpr, list[Operand], str], bool]] = {
    "append": _append, "cap": _len_cap, "clear": _clear, "close": _close, "complex": _complex, "copy": _copy, "delete": _delete,
    "imag": _real_imag, "len": _len_cap, "make": _make, "max": _min_max, "min": _min_max, "new": _new, "panic": _panic,
    "print": _print, "println": _print, "real": _real_imag, "recover": _recover, "Add": _unsafe_add, "Alignof": _alignof,
    "Offsetof": _offsetof, "Sizeof": _sizeof, "Slice": _unsafe_slice, "SliceData": _unsafe_slice_data,
    "String": _unsafe_string, "StringData": _unsafe_string_data,
}  # fmt: skip


def has_var_size(check: Checker, t: Type) -> bool:
    """Whether the size of t depends on type parameters; reports a type that contains itself."""
    t = unalias(t)
    if isinstance(t, TypeParam):
        return True
    if isinstance(t, Array):
        return has_var_size(check, t.elem)
    if isinstance(t, Struct):
        return any(has_var_size(check, f.type or INVALID) for f in t.fields)
    if isinstance(t, Named):
        obj = instance_object(t)
        if obj in check.obj_path_idx:
            cycle = check.obj_path[check.obj_path_idx[obj] :]
            check.cycle_error(cycle, decl.first_in_src(cycle))
            return True
        known = check.var_size.get(t)
        if known is not None:
            return known
        check.push(obj)
        t.resolve()
        rhs = t.rhs if t.rhs is not None else t._underlying
        res = rhs is None or has_var_size(check, rhs)
        check.pop()
        if rhs is not None:
            check.var_size[t] = res
        return res
    return False


def _apply_type_func(check: Checker, f: Callable[[Type], Type | None], x: Operand, name: str) -> Type | None:
    """f of x's type; for a type parameter a new one whose types are f of its types."""
    tp = unalias(x.type)
    if not isinstance(tp, TypeParam):
        return f(x.type)
    terms: list[tuple[bool, Type]] = []
    for tilde, t in type_set(tp.iface()).terms or []:
        r = f(t)
        if r is None:
            return None
        terms.append((tilde, r))
    if not terms:
        return None
    code = {"real": "InvalidReal", "imag": "InvalidImag", "complex": "InvalidComplex"}[name]
    check.soft_errorf(x, code, "%s not supported as argument to built-in %s for go1.18 (see go.dev/issue/50937)", x, name)
    tname = TypeName(NO_POS, check.pkg, tp.obj.name, None)
    new = TypeParam(tname, Interface([], [Union(terms)]))
    tname.type = new
    new.index = tp.index
    return new
