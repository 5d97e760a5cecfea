"""Calls, conversions, selectors, instantiation of generic functions.

Inference of type arguments is infer.py's; here arguments are collected, missing type arguments asked for, and the results
recorded: `targs` on the node that names the function, and the instantiated signature as its type.
Source: cmd/compile/internal/types2/{call,errsupport}.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt0.diag import Pos
from rt0.syntax import nodes as ast
from rt0.syntax.positions import start as start_pos
from rt0.types import assignments, builtins, decl, expr, index, typexpr
from rt0.types.conversions import conversion
from rt0.types.exportdata import in_export_data
from rt0.types.identity import TypeErr, type_set
from rt0.types.implements import verify
from rt0.types.infer import infer, is_parameterized, rename_tparams
from rt0.types.instantiate import instantiate_signature_type
from rt0.types.lookup import interface_ptr_error, is_interface_ptr, lookup_error, lookup_field_or_method, resolve_method
from rt0.types.mono import record_instance as mono_record
from rt0.types.objects import Builtin, Const, Func, PkgName, Selection, TypeName, Var, is_valid_name, resolve
from rt0.types.operand import Operand
from rt0.types.predicates import common_under
from rt0.types.record import record, record_instance, record_type_and_value
from rt0.types.subst import make_subst_map, subst
from rt0.types.types import INVALID, Interface, Pointer, Signature, Slice, Tuple, Type, TypeParam, is_type_param, is_valid

if TYPE_CHECKING:
    from rt0.types.check import Checker


# ---------------------------------------------------------------- instantiation


def func_inst(check: Checker, target: expr.Target | None, pos: Pos, x: Operand, inst: ast.IndexExpr | None,
              infer_missing: bool) -> list[Type] | None:
    """Instantiate the generic function x with inst's type arguments and what target tells.

    With infer_missing every missing type argument is inferred, and the result is None. Without, too few type arguments are
    returned and x stays generic.
    """
    at = pos
    if inst is not None:
        at = inst.pos
        x.expr = inst
    version_ok = check.verify_versionf(at, (1, 18), "function instantiation")
    targs: list[Type] = []
    xlist: list[ast.Expr] = []
    if inst is not None:
        xlist = inst.indices
        got_list = typexpr.type_list(check, xlist)
        if got_list is None:
            x.mode = "invalid"
            return None
        targs = got_list
    sig = x.type
    assert isinstance(sig, Signature)
    got, want = len(targs), len(sig.tparams)
    if got > want:
        check.errorf(xlist[got - 1], "WrongTypeArgCount", "got %s type arguments but want %s", got, want)
        x.mode = "invalid"
        return None
    if got < want:
        if not infer_missing:
            return targs
        args: list[Operand] = []
        params: list[Var] = []
        reverse = False
        if target is not None and sig.tparams:
            if version_ok and not check.allow_version((1, 21)):
                how = "partially" if inst is not None else "implicitly"
                check.version_errorf(at, (1, 21), f"{how} instantiated function in assignment")
            gsig = Signature(None, sig.params, sig.results, sig.variadic)
            params = [Var(x.expr.pos if x.expr is not None else pos, check.pkg, "", gsig, "param")]
            args = [Operand("value", ast.Ident(x.expr.pos if x.expr is not None else pos, target.desc), target.sig)]
            reverse = True
        tparams, params2 = rename_tparams(check, pos, sig.tparams, Tuple(params))
        assert isinstance(params2, Tuple)
        err = check.new_error("CannotInferTypeArgs")
        inferred = infer(check, pos, tparams, targs, params2, args, reverse, err)
        if inferred is None:
            if not err.empty():
                err.report()
            x.mode = "invalid"
            return None
        targs = inferred
    assert x.expr is not None
    x.type = instantiate_signature(check, start_pos(x.expr), x.expr, sig, targs, xlist)
    x.mode = "value"
    return None


def instantiate_signature(check: Checker, pos: Pos, e: ast.Expr, sig: Signature, targs: list[Type], xlist: list[ast.Expr]) -> Signature:
    """sig[targs], recorded on e; the constraints are verified later."""
    inst = instantiate_signature_type(pos, sig, targs)
    record_instance(e, targs)
    if check.whole:
        check.later(lambda: _verify(check, pos, sig.tparams, targs, xlist))
    return inst


def _verify(check: Checker, pos: Pos, tparams: list[TypeParam], targs: list[Type], xlist: list[ast.Expr]) -> None:
    i, why = verify(check, pos, tparams, targs)
    if i >= 0:
        check.soft_errorf(start_pos(xlist[i]) if i < len(xlist) else pos, "InvalidTypeArg", "%s", why)
    else:
        mono_record(check, pos, tparams, targs, xlist)


# ---------------------------------------------------------------- calls


def call_expr(check: Checker, x: Operand, e: ast.CallExpr) -> int:
    """Check a call, conversion or use of a built-in."""
    inst: ast.IndexExpr | None = None
    fun = e.fun
    if isinstance(fun, ast.IndexExpr):
        if index.index_expr(check, x, fun):
            inst = fun
        x.expr = fun
        record(check, x)
    else:
        expr.expr_or_type(check, x, fun, True)

    mode = x.mode
    if mode == "typexpr":
        return _conversion(check, x, e)
    if mode == "invalid":
        expr.use(check, e.args)
        x.expr = e
        return expr.STATEMENT
    if mode == "builtin":
        name = x.id
        if not builtins.builtin(check, x, e, name):
            x.mode = "invalid"
        x.expr = e
        if x.mode != "invalid" and x.mode != "constant":
            check.has_call_or_recv = True
        return builtins.PREDECLARED[name].kind

    sig = x.type
    if type(sig) is not Signature:
        u, err = common_under(x.type, _function)
        if err is not None:
            check.errorf(x, "InvalidCall", "invalid operation: cannot call %s: %s", x, check.explain(err))
            return _invalid(x, e)
        assert isinstance(u, Signature)
        sig = u
    was_generic = bool(sig.tparams)

    xlist: list[ast.Expr] = []
    targs: list[Type | None] = []
    if inst is not None:
        xlist = inst.indices
        explicit = typexpr.type_list(check, xlist)
        if explicit is None:
            expr.use(check, e.args)
            return _invalid(x, e)
        got, want = len(explicit), len(sig.tparams)
        if got > want:
            check.errorf(xlist[want], "WrongTypeArgCount", "got %s type arguments but want %s", got, want)
            expr.use(check, e.args)
            return _invalid(x, e)
        if got == want and want > 0:
            check.verify_versionf(inst, (1, 18), "function instantiation")
            sig = instantiate_signature(check, inst.pos, inst, sig, explicit, xlist)
            xlist = []
        else:
            targs = list(explicit)

    args, atargs = _generic_expr_list(check, e.args)
    sig = arguments(check, e, sig, targs, xlist, args, atargs)
    if was_generic and not sig.tparams:
        record_type_and_value(e.fun, "value", sig, None)

    results = sig.results.vars
    if not results:
        x.mode = "novalue"
    elif len(results) == 1:
        t = results[0].type
        assert t is not None
        if check.obj_path and not decl.is_complete(check, t):
            return _invalid(x, e)
        x.mode = "value"
        x.type = t
    else:
        x.mode = "value"
        x.type = sig.results
    x.expr = e
    check.has_call_or_recv = True
    if x.mode == "value" and sig.tparams and is_parameterized(sig.tparams, x.type):
        x.mode = "invalid"
    return expr.STATEMENT


def _function(t: Type | None, u: Type | None) -> TypeErr | None:
    if u is not None and not isinstance(u, Signature):
        return TypeErr("%s is not a function", t)
    return None


def _invalid(x: Operand, e: ast.Expr) -> int:
    x.mode = "invalid"
    x.expr = e
    return expr.STATEMENT


def _conversion(check: Checker, x: Operand, e: ast.CallExpr) -> int:
    """T(arg), x being T."""
    expr.non_generic(check, None, x)
    if x.mode == "invalid":
        x.expr = e
        return expr.CONVERSION
    t = x.type
    x.mode = "invalid"
    if not decl.is_complete(check, t):
        x.expr = e
        return expr.CONVERSION
    if not e.args:
        check.errorf(e, "WrongArgCount", "missing argument in conversion to %s", t)
    elif len(e.args) == 1:
        expr.expr(check, expr.new_target(t, "conversion"), x, e.args[0])
        if x.mode != "invalid":
            u = t.underlying()
            if isinstance(u, Interface) and not is_type_param(t) and not type_set(u).is_method_set():
                check.errorf(e, "MisplacedConstraintIface",
                             "cannot use interface %s in conversion (contains specific type constraints or is comparable)", t)  # fmt: skip
            elif e.ellipsis:
                check.errorf(e.args[0], "BadDotDotDotSyntax", "invalid use of ... in conversion to %s", t)
            else:
                conversion(check, x, t)
    else:
        expr.use(check, e.args)
        check.errorf(e.args[-1], "WrongArgCount", "too many arguments in conversion to %s", t)
    x.expr = e
    return expr.CONVERSION


def _generic_expr_list(check: Checker, elist: list[ast.Expr]) -> tuple[list[Operand], list[list[Type]]]:
    """Like expr_list, but values may be generic functions; second: the type arguments given for each (maybe too few)."""
    n = len(elist)
    infer_missing = not (n > 0 and check.allow_version((1, 21)))
    out: list[Operand] = []
    targs_list: list[list[Type]] = []
    for e in elist:
        x = Operand()
        targs: list[Type] | None = None
        if isinstance(e, ast.IndexExpr):
            if index.index_expr(check, x, e):
                targs = func_inst(check, None, e.pos, x, e, infer_missing)
                if targs is not None:
                    x.expr = e
                else:
                    record(check, x)
            else:
                x.expr = e
                record(check, x)
                expr._single(check, x)
        elif n == 1:
            expr.raw_expr(check, None, x, e, None, True)
            expr.exclude(check, x, True, True)
            if x.mode != "invalid" and isinstance(x.type, Tuple):
                return [Operand("value", e, v.type or INVALID) for v in x.type.vars], []
        else:
            expr.generic_expr(check, x, e, None)
        out.append(x)
        targs_list.append(targs or [])
    return out, targs_list


def arguments(check: Checker, e: ast.CallExpr, sig: Signature, targs: list[Type | None], xlist: list[ast.Expr], args: list[Operand],
              atargs: list[list[Type]]) -> Signature:
    """Check args against sig's parameters and infer missing type arguments; the signature actually called."""
    nargs = len(args)
    params = sig.params.vars
    npars = len(params)
    ddd = bool(e.ellipsis)
    sig_params = sig.params
    adjusted = False
    if sig.variadic:
        if ddd:
            if len(e.args) == 1 and nargs > 1:
                check.errorf(e, "InvalidDotDotDot", "cannot use ... with %s-valued %s", nargs, e.args[0])
                return sig
        elif nargs >= npars - 1:
            last = params[-1]
            st = last.type
            assert isinstance(st, Slice)
            vs = params[:-1]
            while len(vs) < nargs:
                vs.append(Var(last.pos, last.pkg, last.name, st.elem, "param"))
            sig_params = Tuple(vs)
            adjusted = True
            npars = nargs
        else:
            npars -= 1
    elif ddd:
        check.errorf(e, "NonVariadicDotDotDot", "cannot use ... in call to non-variadic %s", e.fun)
        return sig
    if nargs != npars:
        _arg_count_error(check, e, sig, args, npars, ddd)
        return sig

    tparams: list[TypeParam] = []
    n = len(sig.tparams)
    if n:
        if not check.allow_version((1, 18)):
            if isinstance(e.fun, ast.IndexExpr):
                check.version_errorf(e.fun, (1, 18), "function instantiation")
            else:
                check.version_errorf(e, (1, 18), "implicit function instantiation")
        tparams, tmp = rename_tparams(check, e.pos, sig.tparams, sig_params)
        assert isinstance(tmp, Tuple)
        sig_params = tmp
        targs = targs + [None] * (n - len(targs))
    generic_args: list[int] = []
    for i, arg in enumerate(args):
        asig = arg.type
        if type(asig) is Signature and asig.tparams and arg.mode != "invalid":
            atparams, renamed = rename_tparams(check, e.pos, asig.tparams, _without_tparams(asig))
            assert isinstance(renamed, Signature)
            asig = Signature(renamed.recv, renamed.params, renamed.results, renamed.variadic, atparams, renamed.recv_tparams)
            arg.type = asig
            tparams = tparams + atparams
            given: list[Type] = atargs[i] if i < len(atargs) else []
            targs = [*targs, *given]
            targs += [None] * (len(tparams) - len(targs))
            generic_args.append(i)
    if generic_args:
        check.verify_versionf(args[generic_args[0]], (1, 21), "implicitly instantiated function as argument")

    rsig = sig
    if tparams:
        err = check.new_error("CannotInferTypeArgs")
        inferred = infer(check, e.pos, tparams, targs, sig_params, args, False, err)
        if inferred is None:
            if not err.empty():
                check.errorf(err.pos(), "CannotInferTypeArgs", "in call to %s, %s", e.fun, err.msg())
            return sig
        if n:
            rsig = instantiate_signature(check, e.pos, e.fun, sig, inferred[:n], xlist)
            if adjusted:
                adj = subst(e.pos, sig_params, make_subst_map(tparams[:n], inferred[:n]))
                assert isinstance(adj, Tuple)
                sig_params = adj
            else:
                sig_params = rsig.params
        j = n
        for i in generic_args:
            arg = args[i]
            asig = arg.type
            assert isinstance(asig, Signature) and arg.expr is not None
            k = j + len(asig.tparams)
            arg.type = instantiate_signature(check, e.pos, arg.expr, asig, inferred[j:k], [])
            record(check, arg)
            j = k
    if args:
        context = CallContext(e.fun)
        for a, p in zip(args, sig_params.vars, strict=True):
            t = p.type
            assert t is not None
            if a.type is t and a.mode != "invalid" and a.mode != "typexpr" and a.mode != "builtin":
                continue  # most arguments need no thought
            assignments.assignment(check, a, t, context)
    return rsig


class CallContext(str):
    """The context "argument to F", put into words only when an error needs it."""

    __slots__ = ("fun",)
    fun: ast.Expr

    def __new__(cls, fun: ast.Expr) -> CallContext:
        self = str.__new__(cls, "argument")
        self.fun = fun
        return self


def _without_tparams(sig: Signature) -> Signature:
    return Signature(sig.recv, sig.params, sig.results, sig.variadic, None, sig.recv_tparams)


def _arg_count_error(check: Checker, e: ast.CallExpr, sig: Signature, args: list[Operand], npars: int, ddd: bool) -> None:
    nargs = len(args)
    at: ast.Expr | Pos = e
    qualifier = "not enough"
    if nargs > npars:
        at = args[npars].expr or e
        qualifier = "too many"
    elif nargs > 0:
        at = args[-1].expr or e
    err = check.new_error("WrongArgCount")
    err.addf(at, "%s arguments in call to %s", qualifier, e.fun)
    err.addf(0, "have %s", assignments.types_summary(check, [a.type for a in args], False, ddd))
    err.addf(0, "want %s", assignments.types_summary(check, [v.type for v in sig.params.vars], sig.variadic, False))
    err.report()


# ---------------------------------------------------------------- selectors


def _package_member(check: Checker, x: Operand, e: ast.SelectorExpr, pname: PkgName) -> bool:
    """pkg.Name; False after an error."""
    pname.used = True
    pkg = pname.imported.load()
    sel = e.sel.name
    obj = pkg.scope.elems.get(sel)
    if obj is None or (not obj.exported() and not in_export_data(pkg, sel)):
        if not pkg.fake and is_valid_name(sel):
            folded = sel.lower()
            alts = sorted(n for n, o in pkg.scope.elems.items() if n.lower() == folded and o.exported())
            if alts:
                check.errorf(e.sel, "UndeclaredImportedName", "undefined: %s (but have %s)", e, alts[0])
            else:
                check.errorf(e.sel, "UndeclaredImportedName", "undefined: %s", e)
        return False
    if not obj.exported():
        check.errorf(e.sel, "UnexportedName", "name %s not exported by package %s", sel, pkg.name)
    e.sel.obj = obj
    if obj.type is None:
        resolve(obj)
    t = obj.type
    if isinstance(obj, Builtin):
        x.mode = "builtin"
        x.id = obj.name
        x.type = t if t is not None else INVALID
        return True
    assert t is not None, sel
    if isinstance(obj, Func):
        x.mode = "value"
    elif isinstance(obj, TypeName):
        x.mode = "typexpr"
    elif isinstance(obj, Const):
        if not is_valid(t):
            return False
        x.mode = "constant"
        x.val = obj.val
    else:
        assert isinstance(obj, Var)
        x.mode = "variable"
    x.type = t
    return True


def selector(check: Checker, x: Operand, e: ast.SelectorExpr, want_type: bool) -> None:
    """x.sel: a member of a package, a field, a method value, a method expression."""
    x.expr = e
    if isinstance(e.x, ast.Ident):
        pname = check.lookup(e.x.name)
        if isinstance(pname, PkgName):
            e.x.obj = pname
            if not _package_member(check, x, e, pname):
                _no_selector(x)
            return
    if not _select(check, x, e, want_type):
        _no_selector(x)
    x.expr = e


def _no_selector(x: Operand) -> None:
    x.mode = "invalid"
    x.type = INVALID


def _select(check: Checker, x: Operand, e: ast.SelectorExpr, want_type: bool) -> bool:
    sel = e.sel.name
    expr.expr_or_type(check, x, e.x, False)
    if x.mode == "invalid":
        return False
    if x.mode == "builtin":
        check.errorf(e.pos, "UncalledBuiltin", "invalid use of %s in selector expression", x)
        return False
    t = x.type
    if check.obj_path and not decl.is_complete(check, t):
        return False
    if want_type:
        check.errorf(e.sel, "NotAType", "%s is not a type", e)
        return False
    if check.obj_path:
        p = t.underlying()
        if isinstance(p, Pointer) and not decl.is_complete(check, p.elem):
            return False
    obj, path, indirect = lookup_field_or_method(t, x.mode == "variable", check.pkg, sel)
    if obj is None:
        if is_valid(t.underlying()):
            _selector_error(check, x, e, path, indirect)
        return False
    assert path is not None
    if type(obj) is Var:
        if x.mode == "typexpr":
            check.errorf(e.x, "MissingFieldOrMethod", "operand for field selector %s must be value of type %s", sel, t)
            return False
        e.sel.obj = obj
        ft = obj.type
        assert ft is not None
        e.selection = Selection("field", t, obj, path, indirect, ft)
        x.mode = "variable" if x.mode == "variable" or indirect else "value"
        x.type = ft
        return True
    assert isinstance(obj, Func)
    return _method(check, x, e, obj, path, indirect)


def _method(check: Checker, x: Operand, e: ast.SelectorExpr, obj: Func, path: tuple[int, ...], indirect: bool) -> bool:
    t = x.type
    e.sel.obj = obj
    sig = obj.type if obj.type is not None else resolve_method(check, obj)
    if obj.origin in check.obj_path_idx:
        decl.valid_cycle(check, obj.origin)
    assert isinstance(sig, Signature), obj.name
    check.add_decl_dep(obj)
    if x.mode == "typexpr":
        if sig.recv is None:
            check.error(e, "InvalidDeclCycle", "illegal cycle in method declaration")
            return False
        params = sig.params.vars
        name = ""
        if params and params[0].name:
            name = sig.recv.name or "_"
        recv = Var(sig.recv.pos, sig.recv.pkg, name, t, "param")
        x.type = Signature(None, Tuple([recv, *params]), sig.results, sig.variadic, sig.tparams)
        e.selection = Selection("methodexpr", t, obj, path, indirect, x.type)
    else:
        x.type = Signature(None, sig.params, sig.results, sig.variadic, sig.tparams)
        e.selection = Selection("methodval", t, obj, path, indirect, x.type)
    x.mode = "value"
    return True


def _selector_error(check: Checker, x: Operand, e: ast.SelectorExpr, path: tuple[int, ...] | None, indirect: bool) -> None:
    sel = e.sel.name
    t = x.type
    if path is not None:
        check.errorf(e.sel, "AmbiguousSelector", "ambiguous selector %s.%s", x.expr, sel)
        return
    if indirect:
        if x.mode == "typexpr":
            check.errorf(e.sel, "InvalidMethodExpr", "invalid method expression %s.%s (needs pointer receiver (*%s).%s)", t, sel, t, sel)
        else:
            check.errorf(e.sel, "InvalidMethodExpr", "cannot call pointer method %s on %s", sel, t)
        return
    if is_interface_ptr(t):
        why = interface_ptr_error(check, t)
    else:
        alt = lookup_field_or_method(t, x.mode == "variable", check.pkg, sel, True)[0]
        why = lookup_error(check, t, sel, alt, False)
    check.errorf(e.sel, "MissingFieldOrMethod", "%s.%s undefined (%s)", x.expr, sel, why)
