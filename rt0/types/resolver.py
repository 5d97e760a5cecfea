"""Collecting what the files of a package declare, before anything is checked.

`collect_objects` makes one object for every package-level name and every method, puts names into the package's scope and
imports into each file's, and ties methods to the type name of their receiver. Nothing is resolved here except imports, so
its cost is one small step per declaration.
Source: cmd/compile/internal/types2/resolver.go, go1.27.
"""

from __future__ import annotations

import posixpath
import unicodedata
from typing import TYPE_CHECKING

from rt0.diag import CompileError
from rt0.syntax import nodes as ast
from rt0.types import constant, decl, signature
from rt0.types.goversion import ANY_VERSION, parse_version
from rt0.types.objects import Const, DeclInfo, Func, Object, Package, PkgName, Scope, TypeName, Var
from rt0.types.universe import UNSAFE

if TYPE_CHECKING:
    from rt0.types.check import Checker
    from rt0.types.objects import DeclInfo

_ILLEGAL = frozenset("!\"#$%&'()*,:;<=>?[\\]^{|}`\ufffd")


def init_files(check: Checker) -> None:
    """Keep the files whose package clause agrees with the first one's, and note their language versions."""
    pkg = check.pkg
    kept: list[ast.File] = []
    for f in check.files:
        name = f.name.name
        if not kept and name == "_":
            check.error(f.name, "BlankPkgName", "invalid package name _")
        if kept and name != pkg.name:
            check.errorf(f.source.base, "MismatchedPkgName", "package %s; expected package %s", name, pkg.name)
            continue
        kept.append(f)
    check.files = kept
    pkg.files = kept


def file_version(check: Checker, f: ast.File) -> tuple[int, int]:
    """The language version of f: its //go:build line (at least go1.21) before the package's."""
    if f.go_version:
        v = parse_version(f.go_version)
        if v != ANY_VERSION:
            return max(v, (1, 21))
    return parse_version(check.go_version)


def import_path(lit: ast.BasicLit) -> tuple[str, str]:
    """The import path a literal spells, and what is wrong with it."""
    val = constant.make_from_literal(lit.value, lit.kind)
    path = val.decode("utf-8", "replace") if isinstance(val, bytes) else ""
    if not path:
        return "", "empty string"
    for c in path:
        if c in _ILLEGAL or c.isspace() or unicodedata.category(c)[0] in "CZ":
            return path, f"invalid character U+{ord(c):04X}" + (f" '{c}'" if c.isprintable() else "")
    return path, ""


def import_package(check: Checker, spec: ast.ImportSpec, path: str) -> Package | None:
    if path == "unsafe":
        return UNSAFE
    why = ""
    clean = posixpath.normpath(path)
    if path.startswith("/"):
        why = "import path cannot be absolute path"
    elif clean != path and not path.startswith("."):
        why = f'non-canonical import path "{path}" (should be "{clean}")'
    if why:
        check.errorf(spec.path, "BrokenImport", "could not import %s (%s)", path, why)
        return Package(path, clean.rpartition("/")[2], Scope(None), fake=True)
    if path in check.missing_imports:
        return check.missing_imports[path]
    try:
        imp = check.import_package(path)
    except CompileError as e:
        if not e.errors or e.errors[0].position.line:
            raise  # errors of the imported package itself
        check.errorf(spec.path, "BrokenImport", "could not import %s (%s)", path, e.errors[0].msg)
        name = path.rstrip("/").rpartition("/")[2]
        imp = check.missing_imports[path] = Package(path, name, Scope(None), fake=True)
    return imp


def collect_objects(check: Checker) -> None:
    methods: list[tuple[Func, bool, ast.Ident]] = []
    file_scopes: list[Scope] = []
    for f in check.files:
        scope = Scope(check.pkg.scope)
        f.scope = scope
        file_scopes.append(scope)
        check.version = file_version(check, f)
        for d in f.decls:
            if isinstance(d, ast.FuncDecl):
                _collect_func(check, scope, d, methods)
            elif isinstance(d, ast.GenDecl):
                _collect_gen(check, scope, d)
    if check.whole or check.dot_imports:
        for scope in file_scopes:
            _check_file_scope(check, scope)
    for m, ptr, recv in methods:
        ptr, base = resolve_base_type_name(check, ptr, recv.name)
        if base is not None:
            m.has_ptr_recv = ptr
            check.methods.setdefault(base, []).append(m)
            check.pkg.funcs.setdefault(f"(*{base.name}).{m.name}" if ptr else f"{base.name}.{m.name}", m)


def _check_file_scope(check: Checker, scope: Scope) -> None:
    """Objects in package and file scope must have different names."""
    for name, obj in scope.elems.items():
        alt = check.pkg.scope.elems.get(name)
        if alt is None:
            continue
        err = check.new_error("DuplicateDecl")
        if isinstance(obj, PkgName):
            err.addf(alt.pos, '%s already declared through import of package %s ("%s")', alt.name, obj.imported.name, obj.imported.path)
            err.add_alt_decl(obj)
        else:
            p = obj.pkg
            err.addf(alt.pos, '%s already declared through dot-import of package %s ("%s")', alt.name, p.name if p else "",
                     p.path if p else "")  # fmt: skip
        err.report()


def _collect_gen(check: Checker, scope: Scope, d: ast.GenDecl) -> None:
    for spec in d.specs:
        match spec:
            case ast.ImportSpec():
                _collect_import(check, scope, spec)
            case ast.ConstSpec():
                _collect_const(check, scope, spec)
            case ast.VarSpec():
                _collect_var(check, scope, spec)
            case ast.TypeSpec():
                info = new_decl(check, scope)
                info.tdecl = spec
                tname = TypeName(spec.name.pos, check.pkg, spec.name.name, None)
                declare_pkg_obj(check, spec.name, tname, info)


def new_decl(check: Checker, scope: Scope) -> DeclInfo:
    return DeclInfo(scope, check.version)


def declare_pkg_obj(check: Checker, ident: ast.Ident, obj: Object, d: DeclInfo) -> None:
    """Declare a package-level constant, variable or type."""
    if ident.name == "init":
        check.error(ident, "InvalidInitDecl", "cannot declare init - must be func")
        return
    if ident.name == "main" and check.pkg.name == "main":
        check.error(ident, "InvalidMainDecl", "cannot declare main - must be func")
        return
    ident.obj = obj
    decl.declare(check, check.pkg.scope, None, obj)
    check.obj_map[obj] = d
    obj.order = len(check.obj_map)
    obj.resolver = check.resolve_object


def _collect_const(check: Checker, scope: Scope, s: ast.ConstSpec) -> None:
    last = s.inherited if s.inherited is not None else s
    for i, name in enumerate(s.names):
        obj = Const(name.pos, check.pkg, name.name, None, s.iota)
        d = new_decl(check, scope)
        d.vtyp = last.type
        d.init = last.values[i] if i < len(last.values) else None
        d.inherited = s.inherited is not None
        declare_pkg_obj(check, name, obj, d)
    if check.whole:
        decl.arity(check, s.pos, s.names, last.values, True, s.inherited is not None)


def _collect_var(check: Checker, scope: Scope, s: ast.VarSpec) -> None:
    lhs: list[Var] = []
    shared: DeclInfo | None = None
    if len(s.values) <= 1:
        shared = new_decl(check, scope)
        shared.vtyp = s.type
        shared.init = s.values[0] if s.values else None
        shared.lhs = lhs if len(s.names) > 1 else None
    for i, name in enumerate(s.names):
        obj = Var(name.pos, check.pkg, name.name, None, "package")
        lhs.append(obj)
        d = shared
        if d is None:
            d = new_decl(check, scope)
            d.vtyp = s.type
            d.init = s.values[i] if i < len(s.values) else None
        obj.decl = d
        declare_pkg_obj(check, name, obj, d)
    if check.whole and (s.type is None or s.values):
        decl.arity(check, s.pos, s.names, s.values, False, False)


def _collect_import(check: Checker, scope: Scope, s: ast.ImportSpec) -> None:
    if s.path.bad:
        return
    path, bad = import_path(s.path)
    if bad:
        check.errorf(s.path, "BadImportPath", "invalid import path (%s)", bad)
        return
    imp = import_package(check, s, path)
    if imp is None:
        return
    name = s.name.name if s.name is not None else imp.name
    if name == "init":
        check.error(s, "InvalidInitDecl", "cannot import package as init - init must be a func")
        return
    pkg = check.pkg
    if imp not in pkg.imports:
        pkg.imports.append(imp)
    pos = s.name.pos if s.name is not None else s.pos
    pkg_name = PkgName(pos, pkg, name, imp)
    s.obj = pkg_name
    if imp.fake:
        pkg_name.used = True
    check.imports.append(pkg_name)
    if name != ".":
        decl.declare(check, scope, None, pkg_name)
        return
    for n, obj in imp.load().scope.elems.items():
        if not obj.exported():
            continue
        alt = scope.elems.get(n)
        if alt is not None:
            err = check.new_error("DuplicateDecl")
            err.addf(pos, "%s redeclared in this block", alt.name)
            err.add_alt_decl(alt)
            err.report()
        else:
            scope.elems[n] = obj
            check.dot_imports[scope, n] = pkg_name


def _collect_func(check: Checker, scope: Scope, s: ast.FuncDecl, methods: list[tuple[Func, bool, ast.Ident]]) -> None:
    name = s.name.name
    pkg = check.pkg
    obj = Func(s.name.pos, pkg, name, None)
    obj.decl = s
    s.obj = obj
    s.name.obj = obj
    tparams = s.typ.tparams
    if s.recv is None:
        if name == "init" or (name == "main" and pkg.name == "main"):
            code = "InvalidInitDecl" if name == "init" else "InvalidMainDecl"
            if tparams is not None and tparams.list:
                check.soft_errorf(tparams.list[0].pos, code, "func %s must have no type parameters", name)
            if s.typ.params.list or (s.typ.results is not None and s.typ.results.list):
                check.soft_errorf(s.name, code, "func %s must have no arguments and no return values", name)
        elif tparams is not None and tparams.list:
            check.verify_versionf(tparams.list[0].pos, (1, 18), "type parameter")
        if name == "init":
            obj.parent = pkg.scope
            if not s.has_body:
                check.soft_errorf(obj.pos, "MissingInitBody", "func init must have a body")
        else:
            decl.declare(check, pkg.scope, None, obj)
            pkg.funcs.setdefault(name, obj)
    else:
        if s.recv.list:
            ptr, base, _ = signature.unpack_recv(check, s.recv.list[0].type, False)
            if isinstance(base, ast.Ident) and name != "_":
                methods.append((obj, ptr, base))
        if tparams is not None and tparams.list:
            check.verify_versionf(tparams.list[0].pos, (1, 27), "generic method")
    info = new_decl(check, scope)
    info.fdecl = s
    check.obj_map[obj] = info
    obj.order = len(check.obj_map)
    obj.resolver = check.resolve_object



def resolve_base_type_name(check: Checker, ptr: bool, name: str) -> tuple[bool, TypeName | None]:
    """The defined type a receiver name stands for, through non-generic aliases; and whether a pointer was on the way."""
    seen: set[TypeName] = set()
    while True:
        tname = check.pkg.scope.elems.get(name)
        if not isinstance(tname, TypeName) or tname in seen:
            return False, None
        tdecl = check.obj_map[tname].tdecl
        assert tdecl is not None
        if not tdecl.alias:
            return ptr, tname
        if tdecl.tparams is not None:
            return False, None
        seen.add(tname)
        typ = ast.unparen(tdecl.type)
        if isinstance(typ, ast.StarExpr):
            if ptr:
                return False, None
            ptr = True
            typ = ast.unparen(typ.x)
        if not isinstance(typ, ast.Ident):
            return False, None
        name = typ.name


def package_objects(check: Checker) -> None:
    """Resolve every package-level object: types first, then aliases, then the rest, as types2 does."""
    aliases: list[Object] = []
    others: list[Object] = []
    for obj, d in list(check.obj_map.items()):
        if d.tdecl is None:
            others.append(obj)
        elif d.tdecl.alias:
            aliases.append(obj)
        else:
            decl.obj_decl(check, obj)
    for obj in aliases:
        decl.obj_decl(check, obj)
    for obj in others:
        decl.obj_decl(check, obj)
    check.methods.clear()


def unused_imports(check: Checker) -> None:
    for p in check.imports:
        if p.name == "_" or p.used:
            continue
        path = p.imported.path
        if p.name in ("", ".", path.rpartition("/")[2]):
            check.soft_errorf(p.pos, "UnusedImport", '"%s" imported and not used', path)
        else:
            check.soft_errorf(p.pos, "UnusedImport", '"%s" imported as %s and not used', path, p.name)
