"""Function types, receivers and parameters.

`func_type` fills in a Signature and returns the scope that holds its type parameters, receiver and parameters: the body is
checked in that scope. A method of a generic type declares the receiver's type parameters anew; their constraints are the
type's, renamed.
Source: cmd/compile/internal/types2/signature.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt0.syntax import nodes as ast
from rt0.syntax.positions import start as start_pos
from rt0.types import decl, typexpr
from rt0.types.instantiate import instance
from rt0.types.mono import record_canon
from rt0.types.objects import Scope, Var, VarKind
from rt0.types.subst import make_subst_map, subst
from rt0.types.types import INVALID, Alias, Basic, Interface, Named, Pointer, Signature, Slice, Tuple, Type, TypeParam, is_valid, unalias

if TYPE_CHECKING:
    from rt0.types.check import Checker


def func_type(check: Checker, sig: Signature, recv_list: ast.FieldList | None, ftyp: ast.FuncType) -> Scope:
    """Check the function type ftyp (of a method when recv_list is given) and fill in sig."""
    outer = check.scope
    scope = check.scope = Scope(outer)
    try:
        recv: Var | None = None
        recv_field: ast.Field | None = None
        if recv_list is not None and recv_list.list:
            recv_field = recv_list.list[0]
            recv, sig.recv_tparams = _collect_recv(check, recv_field)
        if ftyp.tparams is not None:
            decl.collect_type_params(check, sig, ftyp.tparams)
        pnames, params, variadic = _collect_params(check, "param", ftyp.params)
        rnames, results, _ = _collect_params(check, "result", ftyp.results) if ftyp.results is not None else ([], [], False)
        if recv is not None and recv.name and recv_field is not None and recv_field.names:
            decl.declare(check, scope, recv_field.names[0], recv)
            recv_field.names[0].obj = recv
        for name, par in zip(pnames, params, strict=True):
            if name is not None:
                decl.declare(check, scope, name, par)
                name.obj = par
        for name, par in zip(rnames, results, strict=True):
            if name is not None:
                decl.declare(check, scope, name, par)
                name.obj = par
    finally:
        check.scope = outer
    sig.recv = recv
    sig.params = Tuple(params)
    sig.results = Tuple(results)
    sig.variadic = variadic
    return scope


def _collect_params(check: Checker, kind: VarKind, fields: ast.FieldList) -> tuple[list[ast.Ident | None], list[Var], bool]:
    """The variables of a parameter or result list, their names, and whether the last is variadic."""
    names: list[ast.Ident | None] = []
    params: list[Var] = []
    variadic = False
    last = len(fields.list) - 1
    for i, f in enumerate(fields.list):
        texpr = f.type
        if isinstance(texpr, ast.Ellipsis) and texpr.elt is not None:
            if kind == "param" and i == last and len(f.names) <= 1:
                variadic = True
            else:
                check.error(texpr, "InvalidSyntaxTree", "can only use ... with final parameter in list")
            texpr = texpr.elt
        t = typexpr.var_type(check, texpr)
        if f.names:
            for name in f.names:
                names.append(name)
                params.append(Var(name.pos, check.pkg, name.name, t, kind))
        else:
            names.append(None)
            params.append(Var(f.pos, check.pkg, "", t, kind))
    if variadic:
        v = params[-1]
        assert v.type is not None
        v.type = Slice(v.type)
        fields.list[-1].type.mode = "typexpr"
        fields.list[-1].type.type = v.type
    return names, params, variadic


def _collect_recv(check: Checker, rparam: ast.Field) -> tuple[Var, list[TypeParam]]:
    """The receiver variable and the type parameters it declares (now in scope)."""
    rptr, rbase, rtparams = unpack_recv(check, rparam.type, True)
    recv_type: Type = INVALID
    recv_tparams: list[TypeParam] = []
    if not rtparams:
        recv_type = typexpr.var_type(check, rparam.type)
        a: Type | None = unpointer(recv_type)
        while isinstance(a, Alias):
            base = unpointer(a.rhs) if a.rhs is not None else INVALID
            if isinstance(base, (Named, Alias)) and base.targs:
                check.errorf(rbase, "InvalidRecv", "cannot define new methods on instantiated type %s", base)
                recv_type = INVALID
                break
            a = base
    else:
        recv_type, recv_tparams = _generic_recv(check, rparam, rptr, rbase, rtparams)
    if rparam.names:
        recv = Var(rparam.names[0].pos, check.pkg, rparam.names[0].name, recv_type, "recv")
    else:
        recv = Var(rparam.pos, check.pkg, "", recv_type, "recv")
    if check.whole:
        check.later(lambda: _valid_recv(check, rbase, recv))
    return recv, recv_tparams


def _generic_recv(check: Checker, rparam: ast.Field, rptr: bool, rbase: ast.Expr,
                  rtparams: list[ast.Ident]) -> tuple[Type, list[TypeParam]]:
    """The receiver type T[A, B] (or a pointer to it), where A and B are declared here."""
    base_type: Named | None = None
    t, cause = typexpr.generic_type(check, rbase)
    if isinstance(t, Named):
        base_type = t
    elif isinstance(t, Alias) and is_valid(t):
        check.errorf(rbase, "InvalidRecv", "cannot define new methods on generic alias type %s", t)
    elif cause:
        check.errorf(rbase, "InvalidRecv", "%s", cause)
    tparams: list[TypeParam] = []
    for i, name in enumerate(rtparams):
        tp = decl.declare_type_param(check, name)
        tp.index = i
        tparams.append(tp)
        name.mode = "typexpr"
        name.type = tp
    if base_type is None:
        return INVALID, tparams
    base_tparams = base_type.tparams
    if len(tparams) == len(base_tparams):
        smap = make_subst_map(base_tparams, list(tparams))
        for tp, base_tp in zip(tparams, base_tparams, strict=True):
            record_canon(check, tp, base_tp)
            if base_tp.bound is not None:
                tp.bound = subst(tp.obj.pos, base_tp.bound, smap)
    else:
        n = len(tparams)
        got = f"{n} type parameter{'s' if n != 1 else ''}"
        check.errorf(rbase, "BadRecv", "receiver declares %s, but receiver base type declares %s", got, len(base_tparams))
        return INVALID, tparams
    check.verify_versionf(rbase, (1, 18), "type instantiation")
    recv_type: Type = instance(check, start_pos(rparam.type), base_type, list(tparams))
    if rptr and is_valid(recv_type):
        recv_type = Pointer(recv_type)
    _record_recv_types(rparam.type, recv_type)
    return recv_type, tparams


def _record_recv_types(e: ast.Expr, t: Type) -> None:
    """Write the receiver's type onto (*(T[P])) and its parts."""
    while True:
        e.mode = "typexpr"
        e.type = t
        if isinstance(e, ast.ParenExpr):
            e = e.x
        elif isinstance(e, ast.StarExpr) and isinstance(t, Pointer):
            e = e.x
            t = t.elem
        else:
            return


def unpointer(t: Type) -> Type:
    while isinstance(t, Pointer):
        t = t.elem
    return t


def _valid_recv(check: Checker, at: ast.Expr, recv: Var) -> None:
    """The receiver's base type must be a local defined type that is neither pointer nor interface."""
    assert recv.type is not None
    rtyp = recv.type
    p = unalias(rtyp)
    if isinstance(p, Pointer):
        rtyp = p.elem
    t = unalias(rtyp)
    if not is_valid(t):
        return
    if isinstance(t, Named):
        if t.obj.pkg is not check.pkg:
            check.errorf(at, "InvalidRecv", "cannot define new methods on non-local type %s", rtyp)
            return
        u = t.underlying()
        cause = ""
        if isinstance(u, Basic) and u.kind == "unsafe.Pointer":
            cause = "unsafe.Pointer"
        elif isinstance(u, (Pointer, Interface)):
            cause = "pointer or interface type"
        if cause:
            check.errorf(at, "InvalidRecv", "invalid receiver type %s (%s)", rtyp, cause)
    elif isinstance(t, Basic):
        check.errorf(at, "InvalidRecv", "cannot define new methods on non-local type %s", rtyp)
    else:
        check.errorf(at, "InvalidRecv", "invalid receiver type %s", recv.type)


def unpack_recv(check: Checker, rtyp: ast.Expr, unpack_params: bool) -> tuple[bool, ast.Expr, list[ast.Ident]]:
    """A receiver type `*T[A, _]` taken apart: is it a pointer, T, and the names A, _ (when wanted)."""
    ptr = False
    base = ast.unparen(rtyp)
    if isinstance(base, ast.StarExpr):
        ptr = True
        base = ast.unparen(base.x)
    tparams: list[ast.Ident] = []
    if isinstance(base, ast.IndexExpr):
        if unpack_params:
            for arg in base.indices:
                if isinstance(arg, ast.Ident):
                    tparams.append(arg)
                    continue
                if not isinstance(arg, ast.BadExpr):
                    check.errorf(arg, "BadDecl", "receiver type parameter %s must be an identifier", arg)
                tparams.append(ast.Ident(arg.pos, "_"))
        base = base.x
    return ptr, base, tparams
