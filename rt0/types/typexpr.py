"""Identifiers and type expressions.

`typ` and friends turn a type expression into a Type and write it onto the node. Checks that need underlying types are put
off (`later`), because the declarations around may not be finished; in lazy mode they are skipped, since a dependency is
assumed to be correct and asking for underlying types would resolve declarations nobody needs.
Source: cmd/compile/internal/types2/typexpr.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt0.syntax import nodes as ast
from rt0.syntax.positions import start as start_pos
from rt0.types import call, constant, decl, expr, interface, signature, struct
from rt0.types.identity import comparable, type_set
from rt0.types.implements import verify
from rt0.types.instantiate import instance, validate_targ_len
from rt0.types.mono import record_instance as mono_record
from rt0.types.objects import Builtin, Const, Func, Nil, PkgName, TypeName, Var, is_valid_name
from rt0.types.operand import Operand
from rt0.types.predicates import is_generic, is_integer, is_untyped
from rt0.types.record import record_instance
from rt0.types.types import (
    INVALID,
    TYP,
    Alias,
    Array,
    Chan,
    Interface,
    Map,
    Named,
    Pointer,
    Signature,
    Slice,
    Tuple,
    Type,
    TypeParam,
    is_type_param,
    is_valid,
)
from rt0.types.universe import ANY, COMPARABLE, IOTA

if TYPE_CHECKING:
    from rt0.types.check import Checker

MAX_INT = (1 << 63) - 1
_OBJECT_KINDS: dict[type, str] = {PkgName: "package name", Const: "constant", Builtin: "built-in function", Nil: "untyped nil"}
_VAR_KINDS = {
    "package": "package-level variable", "local": "local variable", "recv": "receiver", "param": "parameter",
    "result": "result variable", "field": "struct field",
}  # fmt: skip


def object_kind(obj: object) -> str:
    """What obj is, for messages."""
    if isinstance(obj, Var):
        return _VAR_KINDS[obj.kind]
    if isinstance(obj, Func):
        return "method" if isinstance(obj.type, Signature) and obj.type.recv is not None else "function"
    if isinstance(obj, TypeName):
        return "type alias" if obj.is_alias else "type parameter" if isinstance(obj.type, TypeParam) else "defined type"
    return _OBJECT_KINDS.get(type(obj), "label")


def ident(check: Checker, x: Operand, e: ast.Ident, want_type: bool) -> None:
    """Check the identifier e; x becomes what it denotes."""
    x.mode = "invalid"
    x.expr = e
    name = e.name
    scope = check.scope
    while True:  # check.lookup_scope, written out: the most frequent operation of all
        obj = scope.elems.get(name)
        if obj is not None:
            break
        if scope.parent is None:
            break
        scope = scope.parent
    if obj is None:
        if name == "_":
            check.error(e, "InvalidBlank", "cannot use _ as value or type")
        elif is_valid_name(name):
            check.errorf(e, "UndeclaredName", "undefined: %s", name)
        return
    if obj.pkg is None and (obj.type is ANY or obj.type is COMPARABLE) and not check.verify_versionf(e, (1, 18), "predeclared %s", name):
        return
    e.obj = obj
    kind = type(obj)
    if want_type and kind is not TypeName:
        check.errorf(e, "NotAType", "%s (%s) is not a type", obj.name, object_kind(obj))
        if isinstance(obj, Var):
            obj.used = True
        return
    typ = obj.type
    if typ is None or (want_type and kind is TypeName and obj in check.obj_path_idx):
        decl.obj_decl(check, obj)
        typ = obj.type
        assert typ is not None, name
    if check.dot_imports:
        pkg_name = check.dot_imports.get((scope, name))
        if pkg_name is not None:
            pkg_name.used = True

    if kind is Var:
        assert isinstance(obj, Var)
        obj.used = True
        if obj.kind == "package":
            check.add_decl_dep(obj)
        if typ is INVALID:
            return
        x.mode = "variable"
    elif kind is Func:
        check.add_decl_dep(obj)
        x.mode = "value"
    elif kind is TypeName:
        x.mode = "typexpr"
    elif kind is Const:
        assert isinstance(obj, Const)
        check.add_decl_dep(obj)
        if not is_valid(typ):
            return
        if obj is IOTA:
            if check.iota is None:
                check.error(e, "InvalidIota", "cannot use iota outside constant declaration")
                return
            x.val = check.iota
        else:
            x.val = obj.val
        x.mode = "constant"
    elif kind is PkgName:
        check.errorf(e, "InvalidPkgUse", "use of package %s not in selector", obj.name)
        return
    elif kind is Builtin:
        x.id = obj.name
        x.mode = "builtin"
    elif kind is Nil:
        x.mode = "nilvalue"
    else:
        raise AssertionError(kind)
    x.type = typ


def typ(check: Checker, e: ast.Expr) -> Type:
    """The type e denotes; INVALID after an error. It must not be generic."""
    return declared_type(check, e, None)


def var_type(check: Checker, e: ast.Expr) -> Type:
    """Like typ, but the type must not be a constraint interface either."""
    t = declared_type(check, e, None)
    if check.whole:
        valid_var_type(check, e, t)
    return t


def valid_var_type(check: Checker, e: ast.Expr, t: Type) -> None:
    if not check.whole or is_type_param(t):
        return
    if type(t) is not Named and type(t) is not Interface and type(t) is not Alias:
        return

    def later() -> None:
        u = t.underlying()
        if not isinstance(u, Interface):
            return
        tset = type_set(u)
        if not tset.is_method_set():
            why = "is (or embeds) comparable" if tset.comparable else "contains type constraints"
            check.soft_errorf(start_pos(e), "MisplacedConstraintIface",
                              "cannot use type %s outside a type constraint: interface " + why, t)  # fmt: skip

    check.later(later)


def declared_type(check: Checker, e: ast.Expr, def_: TypeName | None) -> Type:
    """The type e, which is the right-hand side of def_'s declaration when def_ is given."""
    t = _typ_internal(check, e, def_)
    if is_generic(t):
        check.errorf(e, "WrongTypeArgCount", "cannot use generic type %s without instantiation", t)
        t = INVALID
    e.mode = "typexpr"
    e.type = t
    return t


def generic_type(check: Checker, e: ast.Expr) -> tuple[Type, str]:
    """The generic type e denotes; (INVALID, why) when it is a type but not generic."""
    t = _typ_internal(check, e, None)
    cause = ""
    if is_valid(t) and not is_generic(t):
        cause = check.sprintf("%s is not a generic type", t)
        t = INVALID
    e.mode = "typexpr"
    e.type = t
    return t, cause


def _typ_internal(check: Checker, e: ast.Expr, def_: TypeName | None) -> Type:
    match e:
        case ast.Ident() | ast.SelectorExpr():
            x = Operand()
            if isinstance(e, ast.Ident):
                ident(check, x, e, True)
            else:
                call.selector(check, x, e, True)
            if x.mode == "typexpr":
                return x.type
            if x.mode == "novalue":
                check.errorf(x, "NotAType", "%s used as type", x)
            elif x.mode != "invalid":
                check.errorf(x, "NotAType", "%s is not a type", x)
            return INVALID
        case ast.IndexExpr():
            check.verify_versionf(e, (1, 18), "type instantiation")
            return instantiated_type(check, e.x, e.indices)
        case ast.ParenExpr():
            return declared_type(check, e.x, def_)
        case ast.ArrayType():
            if e.len is None:
                s = Slice(INVALID)
                s.elem = var_type(check, e.elt)
                return s
            a = Array(INVALID, -1)
            if isinstance(e.len, ast.Ellipsis):
                check.error(e, "BadDotDotDotSyntax", "invalid use of [...] array (outside a composite literal)")
            else:
                a.len = array_length(check, e.len)
            a.elem = var_type(check, e.elt)
            return a if a.len >= 0 else INVALID
        case ast.Ellipsis():
            check.error(e, "InvalidSyntaxTree", "invalid syntax tree: invalid use of ...")
            if e.elt is not None:
                expr.use(check, [e.elt])
        case ast.StructType():
            return struct.struct_type(check, e)
        case ast.StarExpr():
            p = Pointer(INVALID)
            p.elem = var_type(check, e.x)
            return p if is_valid(p.elem) else INVALID
        case ast.FuncType():
            sig = Signature(None, Tuple([]), Tuple([]), False)
            signature.func_type(check, sig, None, e)
            return sig
        case ast.InterfaceType():
            ityp = Interface([], [])
            interface.interface_type(check, ityp, e, def_)
            return ityp
        case ast.MapType():
            m = Map(INVALID, INVALID)
            m.key = var_type(check, e.key)
            m.elem = var_type(check, e.value)
            if check.whole:
                check.later(lambda: _check_map_key(check, e, m))
            return m
        case ast.ChanType():
            c = Chan(e.dir, INVALID)
            c.elem = var_type(check, e.elt)
            return c
        case ast.BadExpr():
            pass
        case _:
            check.errorf(e, "NotAType", "%s is not a type", e)
            expr.use(check, [e])
    return INVALID


def _check_map_key(check: Checker, e: ast.MapType, m: Map) -> None:
    if not comparable(m.key):
        why = " (missing comparable constraint)" if is_type_param(m.key) else ""
        check.errorf(e.key, "IncomparableMapKey", "invalid map key type %s%s", m.key, why)


def implicit_interface(check: Checker, e: ast.Expr) -> Interface:
    """The interface that stands for a constraint literal like ~int or A|B."""
    ityp = Interface([], [], implicit=True)
    ityp.complete = False
    ityp.check = check if check.whole else None
    ityp.embeddeds.append(interface.parse_union(check, e))
    ityp.embed_pos.append(start_pos(e))
    ityp.complete = True
    e.mode = "typexpr"
    e.type = ityp
    if check.whole:
        check.later(lambda: _touch_type_set(ityp))
    return ityp


def _touch_type_set(ityp: Interface) -> None:
    type_set(ityp)


def instantiated_type(check: Checker, x: ast.Expr, xlist: list[ast.Expr]) -> Type:
    """The generic type x instantiated with the types xlist."""
    gtyp, cause = generic_type(check, x)
    if cause:
        check.errorf(x, "NotAGenericType", "invalid operation: %s%s (%s)", x, xlist, cause)
    if not is_valid(gtyp):
        return INVALID
    assert isinstance(gtyp, (Named, Alias))
    targs = type_list(check, xlist)
    if targs is None:
        return INVALID
    inst = instance(check, x.pos, gtyp, targs)
    if not isinstance(inst, (Named, Alias)):
        return INVALID
    record_instance(x, targs)
    if check.whole:
        check.later(lambda: _verify_instance(check, x, gtyp, targs, xlist))
    return inst


def _verify_instance(check: Checker, x: ast.Expr, gtyp: Named | Alias, targs: list[Type], xlist: list[ast.Expr]) -> None:
    tparams = gtyp.tparams
    if not validate_targ_len(check, start_pos(x), gtyp.obj.name, len(tparams), len(targs)):
        return
    i, err = verify(check, start_pos(x), tparams, targs)
    if i >= 0:
        pos = start_pos(xlist[i]) if i < len(xlist) else start_pos(x)
        check.soft_errorf(pos, "InvalidTypeArg", "%s", err)
    else:
        mono_record(check, x.pos, tparams, targs, xlist)


def array_length(check: Checker, e: ast.Expr) -> int:
    """The constant array length e; -1 after an error."""
    if isinstance(e, ast.Ident):
        obj = check.lookup(e.name)
        if obj is None:
            check.errorf(e, "InvalidArrayLen", "undefined array length %s or missing type constraint", e.name)
            return -1
        if not isinstance(obj, Const):
            check.errorf(e, "InvalidArrayLen", "invalid array length %s", e.name)
            return -1
    x = Operand()
    expr.expr(check, None, x, e)
    if x.mode != "constant":
        if x.mode != "invalid":
            check.errorf(x, "InvalidArrayLen", "array length %s must be constant", x)
        return -1
    if is_untyped(x.type) or is_integer(x.type):
        val = constant.to_int(x.val)
        if type(val) is int and 0 <= val <= MAX_INT:
            if is_untyped(x.type):
                expr.update_expr_type(check, e, TYP["int"], True)
            return val
    msg = "invalid array length %s" if is_integer(x.type) else "array length %s must be integer"
    check.errorf(x, "InvalidArrayLen", msg, x)
    return -1


def type_list(check: Checker, xs: list[ast.Expr]) -> list[Type] | None:
    """The types xs denote; None after an error in any."""
    out: list[Type] | None = []
    for x in xs:
        t = var_type(check, x)
        if not is_valid(t):
            out = None
        if out is not None:
            out.append(t)
    return out
