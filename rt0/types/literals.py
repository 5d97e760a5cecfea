"""Literals: basic, function and composite.

The body of a function literal is checked late, before the enclosing scope changes (see check.py).
Source: cmd/compile/internal/types2/literals.go, go1.27.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rt0.syntax import nodes as ast
from rt0.types import assignments, constant, decl, expr, index, signature, stmt, typexpr
from rt0.types.const import overflow
from rt0.types.identity import identical
from rt0.types.lookup import deref, field_path, lookup_error, lookup_field_or_method
from rt0.types.objects import Var
from rt0.types.operand import Operand
from rt0.types.predicates import common_under, is_non_type_param_interface
from rt0.types.types import INVALID, TYP, Array, Map, Signature, Slice, Struct, Tuple, Type, is_valid

if TYPE_CHECKING:
    from rt0.types.check import Checker

_LIT_TYPES = {
    "int": TYP["untyped int"], "float": TYP["untyped float"], "imag": TYP["untyped complex"], "char": TYP["untyped rune"],
    "string": TYP["untyped string"],
}  # fmt: skip
MAX_DIGITS = 10000


def basic_lit(check: Checker, x: Operand, e: ast.BasicLit) -> None:
    x.expr = e
    if e.bad:
        x.mode = "invalid"
        return
    kind = e.kind
    if kind == "int" or kind == "float" or kind == "imag":
        if check.version != (0, 0) and check.version < (1, 13):
            _lang_compat(check, e)
        if len(e.value) > MAX_DIGITS:
            head = e.value[:10].decode("utf-8", "replace")
            check.errorf(e, "InvalidConstVal", "excessively long constant: %s... (%s chars)", head, len(e.value))
            x.mode = "invalid"
            return
    val = constant.make_from_literal(e.value, kind)
    if val is constant.UNKNOWN:
        check.errorf(e, "InvalidConstVal", "malformed constant: %s", e.value.decode("utf-8", "replace"))
        x.mode = "invalid"
        return
    x.mode = "constant"
    x.type = _LIT_TYPES[kind]
    x.val = val
    if kind == "int":
        overflow(check, x, e.pos)


def _lang_compat(check: Checker, e: ast.BasicLit) -> None:
    """Number literals of go1.13 in older code."""
    s = e.value
    if len(s) <= 2:
        return
    what = ""
    if b"_" in s:
        what = "underscore in numeric literal"
    elif s[:2] in (b"0b", b"0B"):
        what = "binary literal"
    elif s[:2] in (b"0o", b"0O"):
        what = "0o/0O-style octal literal"
    elif e.kind != "int" and s[:2] in (b"0x", b"0X"):
        what = "hexadecimal floating-point literal"
    if what:
        check.version_errorf(e, (1, 13), what)


def func_lit(check: Checker, x: Operand, e: ast.FuncLit) -> None:
    sig = Signature(None, Tuple([]), Tuple([]), False)
    scope = signature.func_type(check, sig, None, e.typ)
    e.typ.mode = "typexpr"
    e.typ.type = sig
    info, iota = check.decl, check.iota
    check.later(lambda: stmt.func_body(check, info, sig, scope, e.body, iota))
    x.mode = "value"
    x.type = sig


def composite_lit(check: Checker, x: Operand, e: ast.CompositeLit, hint: Type | None) -> None:
    is_elem = False
    typ: Type
    base: Type
    if e.typ is not None:
        if isinstance(e.typ, ast.ArrayType) and isinstance(e.typ.len, ast.Ellipsis):
            typ = base = Array(typexpr.var_type(check, e.typ.elt), -1)
        else:
            typ = base = typexpr.typ(check, e.typ)
    elif hint is not None:
        typ = base = hint
        u, _ = common_under(base)
        if u is not None:
            b, is_ptr = deref(u)
            if is_ptr:
                base = b
        is_elem = True
    else:
        check.error(e, "UntypedLit", "missing type in composite literal")
        typ = base = INVALID
    if not decl.is_complete(check, base):
        x.mode = "invalid"
        return
    utyp, _ = common_under(base)
    if isinstance(utyp, Struct):
        if e.elts:
            if isinstance(e.elts[0], ast.KeyValueExpr):
                _keyed_struct(check, x, e, base, utyp)
            else:
                _positional_struct(check, x, e, base, utyp)
    elif isinstance(utyp, Array):
        n = indexed_elts(check, e.elts, utyp.elem, utyp.len)
        if utyp.len < 0:
            utyp.len = n
            if e.typ is not None:
                e.typ.mode = "typexpr"
                e.typ.type = utyp
    elif isinstance(utyp, Slice):
        indexed_elts(check, e.elts, utyp.elem, -1)
    elif isinstance(utyp, Map):
        _map_lit(check, x, e, utyp)
    else:
        for elt in e.elts:
            expr.use(check, [elt.value if isinstance(elt, ast.KeyValueExpr) else elt])
        if utyp is None or is_valid(utyp):
            qualifier = " element" if is_elem else ""
            cause = " (no common underlying type)" if utyp is None else ""
            check.errorf(e, "InvalidLit", "invalid composite literal%s type %s%s", qualifier, typ, cause)
            x.mode = "invalid"
            return
    x.mode = "value"
    x.type = typ


def _keyed_struct(check: Checker, x: Operand, e: ast.CompositeLit, base: Type, utyp: Struct) -> None:
    """T{f: v, ...}. Since go1.27 a key may be a promoted field."""
    visited: dict[tuple[int, ...], Var] = {}
    for elt in e.elts:
        if not isinstance(elt, ast.KeyValueExpr):
            check.error(elt, "MixedStructLit", "mixture of field:value and value elements in struct literal")
            continue
        key = elt.key
        hint: Type | None = None
        expr.generic_expr(check, x, elt.value, hint)
        if not isinstance(key, ast.Ident):
            check.errorf(elt, "InvalidLitField", "invalid field name %s in struct literal", key)
            continue
        obj, path, indirect = lookup_field_or_method(utyp, False, check.pkg, key.name)
        if obj is None:
            alt = lookup_field_or_method(utyp, False, check.pkg, key.name, True)[0]
            check.error(key, "MissingLitField", lookup_error(check, base, key.name, alt, True))
            continue
        if not isinstance(obj, Var) or path is None:
            check.errorf(key, "MissingLitField", "%s is not a field", key)
            continue
        if len(path) > 1 and not check.verify_versionf(key, (1, 27), "use of promoted field %s in struct literal of type %s",
                                                       field_path(utyp, path), base):  # fmt: skip
            continue
        if indirect:
            check.errorf(key, "InvalidLitField", "invalid implicit pointer indirection to reach %s", key)
            continue
        key.obj = obj
        assert obj.type is not None
        assignments.assignment(check, x, obj.type, "struct literal")
        _visit(check, visited, elt, path, obj)


def _visit(check: Checker, visited: dict[tuple[int, ...], Var], elt: ast.Expr, path: tuple[int, ...], fld: Var) -> None:
    """Report a field that is given twice, or together with the embedded field around it."""
    for other, alt in visited.items():
        n = min(len(other), len(path))
        if other[:n] != path[:n]:
            continue
        if len(other) == len(path):
            check.errorf(elt, "DuplicateLitField", "duplicate field name %s in struct literal", fld.name)
        elif len(other) < len(path):
            check.errorf(elt, "DuplicateLitField", "cannot specify promoted field %s and enclosing embedded field %s", fld.name, alt.name)
        else:
            check.errorf(elt, "DuplicateLitField", "cannot specify embedded field %s and enclosed promoted field %s", fld.name, alt.name)
        return
    visited[path] = fld


def _positional_struct(check: Checker, x: Operand, e: ast.CompositeLit, base: Type, utyp: Struct) -> None:
    fields = utyp.fields
    for i, elt in enumerate(e.elts):
        if isinstance(elt, ast.KeyValueExpr):
            check.error(elt, "MixedStructLit", "mixture of field:value and value elements in struct literal")
            continue
        expr.generic_expr(check, x, elt, None)
        if i >= len(fields):
            check.errorf(x, "InvalidStructLit", "too many values in struct literal of type %s", base)
            break
        fld = fields[i]
        if not fld.exported() and fld.pkg is not check.pkg:
            check.errorf(x, "UnexportedLitField", "implicit assignment to unexported field %s in struct literal of type %s",
                         fld.name, base)  # fmt: skip
            continue
        assert fld.type is not None
        assignments.assignment(check, x, fld.type, "struct literal")
    if len(e.elts) < len(fields):
        hint = ""
        if any(not f.exported() and f.pkg is not check.pkg for f in fields):
            hint = " (type has unexported fields - use key:value pairs)"
        check.errorf(e.rbrace, "InvalidStructLit", "too few values in struct literal of type %s%s", base, hint)


def _map_lit(check: Checker, x: Operand, e: ast.CompositeLit, utyp: Map) -> None:
    key_is_interface = is_non_type_param_interface(utyp.key)
    visited: dict[Any, list[Type]] = {}
    for elt in e.elts:
        if not isinstance(elt, ast.KeyValueExpr):
            check.error(elt, "MissingLitKey", "missing key in map literal")
            continue
        expr.generic_expr(check, x, elt.key, utyp.key)
        assignments.assignment(check, x, utyp.key, "map literal")
        if x.mode == "invalid":
            continue
        if x.mode == "constant":
            k = key_val(x.val)
            types = visited.get(k)
            duplicate = types is not None and (not key_is_interface or any(identical(t, x.type) for t in types))
            visited.setdefault(k, []).append(x.type)
            if duplicate:
                check.errorf(x, "DuplicateLitKey", "duplicate key %s in map literal", constant.to_string(x.val))
                continue
        expr.generic_expr(check, x, elt.value, utyp.elem)
        assignments.assignment(check, x, utyp.elem, "map literal")


def key_val(v: Any) -> Any:
    """v as a dict key under which equal constants of different kinds meet; bools and strings stay apart from numbers."""
    if type(v) is bool or type(v) is bytes:
        return (type(v), v)
    i = constant.to_int(v)
    if type(i) is int:
        return i
    return v if type(v) is Fraction else repr(v)


def indexed_elts(check: Checker, elts: list[ast.Expr], typ: Type, length: int) -> int:
    """Check the elements of an array or slice literal; the length the literal has."""
    visited: set[int] = set()
    i = max_len = 0
    x = Operand()
    for e in elts:
        valid = False
        val = e
        if isinstance(e, ast.KeyValueExpr):
            t, n = index.index(check, e.key, length)
            if is_valid(t):
                if n >= 0:
                    i = n
                    valid = True
                else:
                    check.errorf(e, "InvalidLitIndex", "index %s must be integer constant", e.key)
            val = e.value
        elif 0 <= length <= i:
            check.errorf(e, "OversizeArrayLit", "index %s is out of bounds (>= %s)", i, length)
        else:
            valid = True
        if valid:
            if i in visited:
                check.errorf(e, "DuplicateLitKey", "duplicate index %s in array or slice literal", i)
            visited.add(i)
        i += 1
        if i > max_len:
            max_len = i
        expr.generic_expr(check, x, val, typ)
        assignments.assignment(check, x, typ, "array or slice literal")
    return max_len
