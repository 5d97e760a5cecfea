"""Declarations: constants, variables, types, functions; and cycles among them.

`obj_decl` takes an object from white to black in the environment of its own file. Meeting a grey object again is a cycle:
fine through a defined type or a function, an error otherwise (values wait for the initialisation order's better report).

In lazy mode a defined type is black as soon as its Named exists; the right-hand side is worked on by the Named's resolver.
A variable with a written type does not need its initialiser for that: `check_var_init` does it on demand.
Source: cmd/compile/internal/types2/{decl,cycles}.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt0.diag import NO_POS, Pos
from rt0.syntax import nodes as ast
from rt0.syntax.parser import parse_body
from rt0.types import assignments, constant, expr, signature, stmt, typexpr
from rt0.types.identity import is_imported_constraint
from rt0.types.instantiate import instances_of
from rt0.types.objects import Const, Func, Object, Scope, TypeName, Var, obj_id
from rt0.types.operand import Operand
from rt0.types.predicates import is_const_type, is_generic
from rt0.types.types import (
    INVALID,
    Alias,
    Named,
    Pointer,
    Signature,
    Struct,
    Tuple,
    Type,
    TypeParam,
    as_named,
    is_type_param,
    is_valid,
)
from rt0.types.typestring import package_prefix, type_string

if TYPE_CHECKING:
    from rt0.types.check import Checker
    from rt0.types.objects import DeclInfo


def declare(check: Checker, scope: Scope, ident: ast.Ident | None, obj: Object) -> None:
    """Put obj into scope (unless it is blank); ident then denotes it."""
    name = obj.name
    if name != "_":
        alt = scope.elems.get(name)
        if alt is not None:
            err = check.new_error("DuplicateDecl")
            err.addf(obj.pos, "%s redeclared in this block", name)
            err.add_alt_decl(alt)
            err.report()
            return
        scope.elems[name] = obj
        if obj.parent is None:
            obj.parent = scope
        if type(obj) is Var and obj.kind == "local":
            check.locals.append(obj)
    if ident is not None:
        ident.obj = obj


def arity(check: Checker, pos: Pos, names: list[ast.Ident], inits: list[ast.Expr], const_decl: bool, inherited: bool) -> None:
    """Report a wrong number of initialisers in a const or var declaration."""
    n, r = len(names), len(inits)
    if n < r:
        if inherited:
            check.errorf(pos, "WrongAssignCount", "extra init expr at %s", check.fset.position(inits[n].pos))
        else:
            check.errorf(inits[n], "WrongAssignCount", "extra init expr %s", inits[n])
    elif n > r and (const_decl or r != 1):
        check.errorf(names[r], "WrongAssignCount", "missing init expr for %s", names[r].name)


# ---------------------------------------------------------------- objects and cycles


def obj_decl(check: Checker, obj: Object) -> None:
    """Determine obj's type (and value, for constants)."""
    if obj in check.obj_path_idx:
        if isinstance(obj, (Const, Var)):
            if not valid_cycle(check, obj) or obj.type is None:
                obj.type = INVALID
        elif isinstance(obj, TypeName):
            if not valid_cycle(check, obj):
                obj.type = INVALID
        else:
            valid_cycle(check, obj)
        assert obj.type is not None
        return
    if obj.type is not None:
        return
    d = check.obj_map.get(obj)
    if d is None:  # an object of another package
        r = obj.resolver
        assert r is not None, obj.name
        r(obj)
        return
    check.push(obj)
    env = check.save_env()
    check.set_env(d.file, d.version)
    try:
        if isinstance(obj, Func):
            func_decl(check, obj, d)
        elif isinstance(obj, TypeName):
            assert d.tdecl is not None
            type_decl(check, obj, d.tdecl, not check.whole)
            collect_methods(check, obj)
        elif isinstance(obj, Const):
            check.decl = d
            const_decl(check, obj, d.vtyp, d.init, d.inherited)
        elif isinstance(obj, Var):
            check.decl = d
            t = None if check.whole else _type_as_written(d)
            if t is not None:
                obj.type = typexpr.var_type(check, t)  # check_var_init does the rest
                if t is not d.vtyp and isinstance(d.init, ast.UnaryExpr):
                    obj.type = Pointer(obj.type)
            else:
                var_decl(check, obj, d.lhs, d.vtyp, d.init)
    finally:
        check.restore_env(env)
        check.pop()


def _type_as_written(d: DeclInfo) -> ast.Expr | None:
    """The type of a variable where it can be read off: var x T, var x = T{...}, var x = &T{...}."""
    if d.vtyp is not None:
        return d.vtyp
    e = d.init.x if isinstance(d.init, ast.UnaryExpr) and d.init.op == "&" else d.init
    if isinstance(e, ast.CompositeLit) and not (isinstance(e.typ, ast.ArrayType) and isinstance(e.typ.len, ast.Ellipsis)):
        return e.typ
    return None


def check_var_init(check: Checker, obj: Var) -> None:
    """Make sure that the initialiser of a package variable has been checked (lazy mode puts it off)."""
    d = check.obj_map[obj]
    if obj.type is None:
        obj_decl(check, obj)
    if check.whole or d.init is None or d.init.mode:
        return
    env = check.save_env()
    check.set_env(d.file, d.version, d)
    try:
        if d.lhs is None or len(d.lhs) == 1:
            x = Operand()
            expr.expr(check, expr.new_target(obj.type, obj.name), x, d.init)
            assignments.init_var(check, obj, x, "variable declaration")
        else:
            for v in d.lhs:
                if v.type is None:
                    v.type = obj.type
            assignments.init_vars(check, d.lhs, [d.init], None)
    finally:
        check.restore_env(env)


def valid_cycle(check: Checker, obj: Object) -> bool:
    """Whether the cycle that begins at obj on the object path is allowed; reports it when not."""
    cycle = check.obj_path[check.obj_path_idx[obj] :]
    nval = ndef = 0
    for o in cycle:
        if isinstance(o, (Const, Var)):
            nval += 1
        elif isinstance(o, TypeName):
            if check.in_tparam_list and o.type is not None and is_generic(o.type):
                return True
            if not o.is_alias:
                ndef += 1
    if nval == len(cycle) or (nval == 0 and ndef > 0):
        return True
    cycle_error(check, cycle, first_in_src(cycle))
    return False


def cycle_error(check: Checker, cycle: list[Object], start: int) -> None:
    """Report a declaration cycle beginning at cycle[start]."""

    def name(o: Object) -> str:
        n = as_named(o.type)
        if n is not None and n.targs:
            return type_string(n, check.qualifier)
        return package_prefix(o.pkg, check.qualifier) + o.name

    obj = cycle[start]
    is_type = isinstance(obj, TypeName)
    if isinstance(obj.type, Alias):
        obj.type.rhs = INVALID
    if len(cycle) == 1:
        what = "invalid recursive type" if is_type else "invalid cycle in declaration"
        check.errorf(obj.pos, "InvalidDeclCycle", "%s: %s refers to itself", what, name(obj))
        return
    err = check.new_error("InvalidDeclCycle")
    what = "invalid recursive type" if is_type else "invalid cycle in declaration of"
    err.addf(obj.pos, "%s %s", what, name(obj))
    for i in range(len(cycle)):
        nxt = cycle[(start + i + 1) % len(cycle)]
        err.addf(obj.pos, "%s refers to %s", name(obj), name(nxt))
        obj = nxt
    err.report()


def first_in_src(path: list[Object]) -> int:
    return min(range(len(path)), key=lambda i: path[i].pos)


def direct_cycles(check: Checker) -> None:
    """Report type declarations that lead back to themselves through names alone: type A B; type B A."""
    done: set[TypeName] = set()
    for obj in list(check.obj_map):
        if not isinstance(obj, TypeName):
            continue
        path: dict[TypeName, int] = {}
        t = obj
        while t not in done:
            if t in path:
                t.type = INVALID
                cycle: list[Object] = [*list(path)[path[t] :]]
                cycle_error(check, cycle, first_in_src(cycle))
                break
            path[t] = len(path)
            tdecl = check.obj_map[t].tdecl
            assert tdecl is not None
            if not isinstance(tdecl.type, ast.Ident):
                break
            nxt = check.pkg.scope.elems.get(tdecl.type.name)
            if not isinstance(nxt, TypeName):
                break
            t = nxt
        done.update(path)


def is_complete(check: Checker, t: Type | None) -> bool:
    """Whether t's declaration is far enough for underlying(); reports a cycle when not."""
    while isinstance(t, (Alias, Named)):
        i = check.obj_path_idx.get(t.obj)
        if i is not None and not t.targs:  # an instance shares its origin's object, but not its state
            cycle = check.obj_path[i:]
            cycle_error(check, cycle, first_in_src(cycle))
            return False
        t = t.rhs
    return True


# ---------------------------------------------------------------- constants and variables


def const_decl(check: Checker, obj: Const, typ: ast.Expr | None, init: ast.Expr | None, inherited: bool) -> None:
    iota, errpos = check.iota, check.errpos
    check.iota = obj.val
    check.errpos = NO_POS
    obj.val = constant.UNKNOWN
    try:
        if typ is not None:
            t = typexpr.typ(check, typ)
            if not is_const_type(t):
                if is_valid(t.underlying()):
                    check.errorf(typ, "InvalidConstType", "invalid constant type %s", t)
                obj.type = INVALID
                return
            obj.type = t
        x = Operand()
        if init is not None:
            if inherited:
                check.errpos = obj.pos
            expr.expr(check, None, x, init)
        assignments.init_const(check, obj, x)
    finally:
        check.iota, check.errpos = iota, errpos


def var_decl(check: Checker, obj: Var, lhs: list[Var] | None, typ: ast.Expr | None, init: ast.Expr | None) -> None:
    if typ is not None:
        obj.type = typexpr.var_type(check, typ)
    if init is None:
        if typ is None:
            obj.type = INVALID
        return
    if lhs is None or len(lhs) == 1:
        x = Operand()
        expr.expr(check, expr.new_target(obj.type, obj.name), x, init)
        assignments.init_var(check, obj, x, "variable declaration")
        return
    if typ is not None:
        for v in lhs:
            v.type = obj.type
    assignments.init_vars(check, lhs, [init], None)


# ---------------------------------------------------------------- types


def type_decl(check: Checker, obj: TypeName, tdecl: ast.TypeSpec, lazy: bool = False) -> None:
    """Declare the type obj; lazy: leave the right-hand side of a definition to the Named's resolver."""
    tparams = tdecl.tparams.list if tdecl.tparams is not None else []
    scope = check.scope
    try:
        if tdecl.alias:
            _alias_decl(check, obj, tdecl, tparams)
            return
        if tparams:
            check.verify_versionf(tparams[0].pos, (1, 18), "type parameter")
        named = Named(obj, None)
        obj.type = named
        if obj.parent is not check.pkg.scope:
            instances_of(named)  # where substitution looks for the type's instances, if the function around it is generic
        if check.whole:
            check.later(lambda: _check_type_decl(check, obj, tdecl, named))
        if tdecl.tparams is not None:
            check.open_scope()
            collect_type_params(check, named, tdecl.tparams)
        if lazy:
            rhs_scope, version = check.scope, check.version
            named._resolver = lambda n: _resolve_named(check, n, obj, tdecl, rhs_scope, version)
            return
        _type_rhs(check, named, obj, tdecl)
    finally:
        check.scope = scope


def _check_type_decl(check: Checker, obj: TypeName, tdecl: ast.TypeSpec, named: Named) -> None:
    if as_named(obj.type) is not None:
        check.valid_type(named)
    if is_imported_constraint(check, named.rhs):
        check.verify_versionf(tdecl.type, (1, 18), "using type constraint %s", named.rhs)


def _type_rhs(check: Checker, named: Named, obj: TypeName, tdecl: ast.TypeSpec) -> None:
    rhs = typexpr.declared_type(check, tdecl.type, obj)
    if is_type_param(rhs):
        check.error(tdecl.type, "MisplacedTypeParam", "cannot use a type parameter as RHS in type declaration")
        rhs = INVALID
    named.rhs = rhs


def _resolve_named(check: Checker, named: Named, obj: TypeName, tdecl: ast.TypeSpec, scope: Scope, version: tuple[int, int]) -> None:
    """The resolver of a lazily declared type: work on its right-hand side now."""
    env = check.save_env()
    check.set_env(scope, version)
    check.depth += 1
    try:
        _type_rhs(check, named, obj, tdecl)
    finally:
        check.depth -= 1
        check.restore_env(env)
    if check.depth == 0:
        check.finish_entry()


def _alias_decl(check: Checker, obj: TypeName, tdecl: ast.TypeSpec, tparams: list[ast.Field]) -> None:
    if not (tparams and not check.verify_versionf(tparams[0].pos, (1, 23), "generic type alias")):
        check.verify_versionf(tdecl.pos, (1, 9), "type alias")
    alias = Alias(obj, None)
    obj.type = alias
    obj.is_alias = True
    if tparams and tdecl.tparams is not None:
        check.open_scope()
        collect_type_params(check, alias, tdecl.tparams)
    rhs = typexpr.declared_type(check, tdecl.type, obj)
    if alias.rhs is None:  # a cycle error may have set it
        alias.rhs = rhs
    if isinstance(rhs, TypeParam) and rhs in alias.tparams:
        check.error(tdecl.type, "MisplacedTypeParam", "cannot use type parameter declared in alias declaration as RHS")
        alias.rhs = INVALID
    if check.whole and is_imported_constraint(check, rhs):
        check.verify_versionf(tdecl.type, (1, 18), "using type constraint %s", rhs)


def collect_type_params(check: Checker, owner: Named | Alias | Signature, fields: ast.FieldList) -> None:
    """Declare the type parameters of owner in the current scope, then resolve their constraints."""
    tparams: list[TypeParam] = []
    for f in fields.list:
        for name in f.names:
            tparams.append(declare_type_param(check, name))
    for i, tp in enumerate(tparams):
        tp.index = i
    owner.tparams = tparams
    saved = check.in_tparam_list
    check.in_tparam_list = True
    try:
        i = 0
        for f in fields.list:
            b = bound(check, f.type)
            if is_type_param(b):
                check.error(f.type, "MisplacedTypeParam", "cannot use a type parameter as constraint")
                b = INVALID
            for _ in f.names:
                tparams[i].bound = b
                i += 1
    finally:
        check.in_tparam_list = saved


def bound(check: Checker, x: ast.Expr) -> Type:
    """The constraint x; ~T and A|B are wrapped in an implicit interface."""
    if (isinstance(x, ast.UnaryExpr) and x.op == "~") or (isinstance(x, ast.BinaryExpr) and x.op == "|"):
        return typexpr.implicit_interface(check, x)
    return typexpr.typ(check, x)


def declare_type_param(check: Checker, name: ast.Ident) -> TypeParam:
    tname = TypeName(name.pos, check.pkg, name.name, None)
    tpar = TypeParam(tname, INVALID)
    tname.type = tpar
    declare(check, check.scope, name, tname)
    name.obj = tname
    return tpar


# ---------------------------------------------------------------- functions and methods


def collect_methods(check: Checker, obj: TypeName) -> None:
    """Give the type obj the methods that were collected for it."""
    methods = check.methods.pop(obj, None)
    if methods is None:
        return
    base = as_named(obj.type)
    if base is not None and check.whole:
        check.later(lambda: check_field_uniqueness(check, base))
    seen: dict[str, Func] = {}
    for m in methods:
        alt = seen.setdefault(obj_id(m), m)
        if alt is not m:
            check.errorf(m.pos, "DuplicateMethod", "method %s.%s already declared at %s", obj.name, m.name,
                         check.fset.position(alt.pos))  # fmt: skip
            continue
        if base is not None:
            base.methods.append(m)


def check_field_uniqueness(check: Checker, base: Named) -> None:
    """Fields and methods of a struct type must have different names."""
    t = base.underlying()
    if not isinstance(t, Struct):
        return
    names = {obj_id(m): m for m in base.methods}
    for f in t.fields:
        alt = names.get(obj_id(f)) if f.name != "_" else None
        if alt is not None:
            err = check.new_error("DuplicateFieldAndMethod")
            err.addf(alt.pos, "field and method with the same name %s", f.name)
            err.add_alt_decl(f)
            err.report()


def func_decl(check: Checker, obj: Func, d: DeclInfo) -> None:
    fdecl = d.fdecl
    assert fdecl is not None
    sig = Signature(None, Tuple([]), Tuple([]), False)
    obj.type = sig  # guards against cycles
    d.scope = signature.func_type(check, sig, fdecl.recv, fdecl.typ)
    if not check.whole:
        return
    if fdecl.typ.tparams is not None and fdecl.typ.tparams.list and not fdecl.has_body:
        check.soft_errorf(fdecl, "BadDecl", "generic function is missing function body")
    if fdecl.has_body:
        check.later(lambda: _body_later(check, obj, d, fdecl))


def _body_later(check: Checker, obj: Func, d: DeclInfo, fdecl: ast.FuncDecl) -> None:
    if not fdecl.checked:
        fdecl.checked = True
        if fdecl.body is None:

            parse_body(fdecl, check.errors)
        stmt.func_decl_body(check, obj, d)


def decl_stmt(check: Checker, d: ast.GenDecl) -> None:
    """A declaration inside a function."""
    for spec in d.specs:
        match spec:
            case ast.ConstSpec():
                _local_const(check, spec)
            case ast.VarSpec():
                _local_var(check, spec)
            case ast.TypeSpec():
                obj = TypeName(spec.name.pos, check.pkg, spec.name.name, None)
                declare(check, check.scope, spec.name, obj)
                check.push(obj)
                try:
                    type_decl(check, obj, spec)
                finally:
                    check.pop()


def _local_const(check: Checker, s: ast.ConstSpec) -> None:
    top = len(check.delayed)
    last = s.inherited if s.inherited is not None else s
    inherited = s.inherited is not None
    lhs: list[Const] = []
    for i, name in enumerate(s.names):
        obj = Const(name.pos, check.pkg, name.name, None, s.iota)
        lhs.append(obj)
        const_decl(check, obj, last.type, last.values[i] if i < len(last.values) else None, inherited)
    arity(check, s.pos, s.names, last.values, True, inherited)
    check.process_delayed(top)
    for name, obj in zip(s.names, lhs, strict=True):
        declare(check, check.scope, name, obj)


def _local_var(check: Checker, s: ast.VarSpec) -> None:
    top = len(check.delayed)
    lhs0 = [stmt.new_local(check, name) for name in s.names]
    values = s.values
    for i, obj in enumerate(lhs0):
        lhs: list[Var] | None = None
        init: ast.Expr | None = None
        if len(values) == len(s.names):
            init = values[i]
        elif len(values) == 1:
            lhs = lhs0
            init = values[0]
        elif i < len(values):
            init = values[i]
        var_decl(check, obj, lhs, s.type, init)
        if len(values) == 1:
            break
    if s.type is None or values:
        arity(check, s.pos, s.names, values, False, False)
    check.process_delayed(top)
    for name, obj in zip(s.names, lhs0, strict=True):
        declare(check, check.scope, name, obj)
        name.obj = obj


