"""The Checker: one per package; turns parsed files into a checked Package.

Two ways to run, one set of rules:

  whole=True   (the user's packages) every declaration and body is checked, in types2's order; all errors are found.
  whole=False  (dependencies) `check` only collects names. Every object gets a `resolver`: its declaration is worked on when
               somebody asks (`objects.resolve`), the right-hand side of a type when its underlying type is asked for,
               a body when `check_body` is called. Checks that could only report an error are skipped there.

What is found out is stored on the nodes (record.py) and objects. The rules live in functions that take the Checker, one
module per part of the language; this file holds the state they share and the order of the work:

  resolver.py   collect objects of all files, imports, methods by receiver      decl.py    declarations, cycles
  typexpr.py    type expressions (signature, struct_, interface, union)          expr.py    expressions
  call.py, index.py, operators.py, literals.py, builtins.py, const.py               parts of expressions
  stmt.py, assignments.py, range_.py, return_.py                      statements and bodies

The environment (scope, current declaration, iota ...) belongs to what is being checked; `save_env`/`restore_env` bracket
every jump to another declaration. Function literals are checked late (`later`), but before the enclosing scope changes.

Objects are in one of three states: white (type None), grey (on `obj_path`: being declared), black (type known). Meeting a
grey object is a cycle; decl.py decides whether it is allowed.

Source: cmd/compile/internal/types2/check.go, go1.27.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rt0.diag import NO_POS, Diagnostic, FileSet, Pos
from rt0.syntax import nodes as ast
from rt0.syntax.parser import parse_body
from rt0.types import decl, errors, expr, resolver, stmt
from rt0.types.goversion import ANY_VERSION, GoVersion, parse_version
from rt0.types.identity import TypeErr
from rt0.types.initorder import init_order
from rt0.types.mono import MonoGraph, monomorph
from rt0.types.objects import DeclInfo, Func, Initializer, Object, Package, PkgName, Scope, TypeName, Var
from rt0.types.operand import Operand
from rt0.types.restrictions import check_restrictions
from rt0.types.toolarge import check_sizes
from rt0.types.types import Interface, Named, Signature, Type
from rt0.types.typestring import paths_by_name
from rt0.types.universe import UNIVERSE
from rt0.types.validtype import valid_type


class Checker:
    """State of checking one package. Attributes up to the blank line are the package's, the rest is the environment."""

    def __init__(self, fset: FileSet, path: str, files: Sequence[ast.File], import_package: Callable[[str], Package], *,
                 go_version: str = "", errors: list[Diagnostic] | None = None, whole: bool = True, pkg: Package | None = None) -> None:
        self.fset = fset
        self.files = list(files)
        self.import_package = import_package
        self.go_version = go_version
        self.errors: list[Diagnostic] = errors if errors is not None else []
        self.whole = whole
        self.pkg = pkg if pkg is not None else Package(path, "", Scope(UNIVERSE))
        self.pkg.begin(Scope(UNIVERSE), self.files, go_version, self)
        self.first_error = False
        self.obj_map: dict[Object, DeclInfo] = {}
        self.methods: dict[TypeName, list[Func]] = {}  # collected by receiver base name, until the type takes them
        self.imports: list[PkgName] = []
        self.missing_imports: dict[str, Package] = {}  # path -> what stands for a package that could not be imported
        self.dot_imports: dict[tuple[Scope, str], PkgName] = {}
        self.untyped: dict[ast.Expr, bool] = {}  # expressions without final type -> is the left operand of a shift
        self.delayed: list[tuple[GoVersion, Callable[[], None]]] = []
        self.obj_path: list[Object] = []
        self.obj_path_idx: dict[Object, int] = {}
        self.mono = MonoGraph()
        self.valid_types: set[Named] = set()  # known to have a finite size, see validtype.py
        self.var_size: dict[Named, bool] = {}  # whether the size depends on type parameters, see has_var_size
        self.interfaces: list[tuple[Pos, Pos, Interface]] = []  # interface literals (begin, end, type): see restrictions.py
        self.pkg_paths: dict[str, set[str]] | None = None  # package name -> paths seen under it, for qualifier
        self.all_locals: list[Object] = []  # of a package that is checked whole
        self.depth = 0  # nesting of entries from outside (lazy mode)

        self.decl: DeclInfo | None = None
        self.scope: Scope = self.pkg.scope
        self.version: GoVersion = parse_version(go_version)
        self.iota: int | None = None
        self.errpos: Pos = NO_POS
        self.in_tparam_list = False
        self.sig: Signature | None = None
        self.is_panic: set[ast.CallExpr] = set()
        self.has_call_or_recv = False
        self.locals: list[Var] = []  # variables declared in the current function

    # ------------------------------------------------------------ entry points

    def check(self) -> Package:
        """Check the package (whole) or collect its objects (lazy); errors are in `errors`."""
        resolver.init_files(self)
        resolver.collect_objects(self)
        pkg = self.pkg
        if self.whole:
            self.depth += 1
            decl.direct_cycles(self)
            resolver.package_objects(self)
            self.process_delayed(0)
            self.init_order()
            resolver.unused_imports(self)
            if not self.first_error:
                monomorph(self)
            if not self.first_error:
                check_restrictions(self)
            if not self.first_error:
                check_sizes(self, [*(o for o in self.obj_map if isinstance(o, (Var, TypeName))), *self.all_locals])
            self.untyped.clear()
            self.depth -= 1
        pkg.complete = True
        return pkg

    def resolve_object(self, obj: Object) -> None:
        """`Object.resolver` of every object of this package."""
        if obj.type is not None:
            return
        self.depth += 1
        try:
            decl.obj_decl(self, obj)
        finally:
            self.depth -= 1
        if self.depth == 0:
            self.finish_entry()

    def check_body(self, fdecl: ast.FuncDecl) -> None:
        """Check fdecl's body if that has not happened yet (it is parsed first when need be)."""
        if fdecl.checked or not fdecl.has_body:
            return
        obj = fdecl.obj
        assert obj is not None
        self.depth += 1
        try:
            if obj.type is None:
                decl.obj_decl(self, obj)
            if fdecl.checked:
                return
            fdecl.checked = True
            if fdecl.body is None:
                parse_body(fdecl, self.errors)
            stmt.func_decl_body(self, obj, self.obj_map[obj])
        finally:
            self.depth -= 1
        if self.depth == 0:
            self.finish_entry()

    def finish_entry(self) -> None:
        """After an entry from outside: function literals that were put off, then nothing of it remains."""
        if self.delayed:
            self.depth += 1
            try:
                self.process_delayed(0)
            finally:
                self.depth -= 1
        if self.untyped:
            self.untyped.clear()

    def init_order(self) -> list[Initializer]:
        """Package variables in initialisation order; checks the initialisers and the bodies they reach."""
        self.pkg.init_order = init_order(self)
        return self.pkg.init_order

    # ------------------------------------------------------------ delayed work, environment

    def later(self, f: Callable[[], None]) -> None:
        self.delayed.append((self.version, f))

    def process_delayed(self, top: int) -> None:
        delayed = self.delayed
        if len(delayed) <= top:
            return
        saved = self.version
        i = top
        while i < len(delayed):
            self.version, f = delayed[i]
            f()
            i += 1
        del delayed[top:]
        self.version = saved

    def save_env(self) -> tuple[Any, ...]:
        return (self.decl, self.scope, self.version, self.iota, self.errpos, self.in_tparam_list, self.sig, self.is_panic,
                self.has_call_or_recv, self.locals)  # fmt: skip

    def restore_env(self, env: tuple[Any, ...]) -> None:
        (self.decl, self.scope, self.version, self.iota, self.errpos, self.in_tparam_list, self.sig, self.is_panic,
         self.has_call_or_recv, self.locals) = env  # fmt: skip

    def set_env(self, scope: Scope, version: GoVersion, decl_info: DeclInfo | None = None) -> None:
        """A fresh environment for checking a declaration."""
        self.decl = decl_info
        self.scope = scope
        self.version = version
        self.iota = None
        self.errpos = NO_POS
        self.in_tparam_list = False
        self.sig = None
        self.is_panic = set()
        self.has_call_or_recv = False
        self.locals = []

    def lookup(self, name: str) -> Object | None:
        s: Scope | None = self.scope
        while s is not None:
            obj = s.elems.get(name)
            if obj is not None:
                return obj
            s = s.parent
        return None

    def open_scope(self) -> None:
        self.scope = Scope(self.scope)

    def close_scope(self) -> None:
        parent = self.scope.parent
        assert parent is not None
        self.scope = parent

    def add_decl_dep(self, to: Object) -> None:
        """Record that the declaration being checked uses `to`, if both are of this package's level."""
        d = self.decl
        if d is not None and to in self.obj_map:
            d.deps[to] = True

    def push(self, obj: Object) -> None:
        self.obj_path_idx[obj] = len(self.obj_path)
        self.obj_path.append(obj)

    def pop(self) -> None:
        del self.obj_path_idx[self.obj_path.pop()]

    # ------------------------------------------------------------ versions

    def allow_version(self, want: GoVersion | str) -> bool:
        if isinstance(want, str):
            want = parse_version(want)
        v = self.version
        return v == ANY_VERSION or v >= want

    def verify_versionf(self, at: errors.Poser, v: GoVersion, fmt: str, *args: Any) -> bool:
        if self.allow_version(v):
            return True
        self.version_errorf(at, v, fmt, *args)
        return False

    def version_hint(self, pos: Pos) -> str:
        """What gc appends to an error about the language version."""
        f = self.fset.file(pos)
        for file in self.files:
            if file.source is f and file.go_version:
                v = parse_version(file.go_version)
                return f" (file declares //go:build go{v[0]}.{v[1]})"
        v = parse_version(self.go_version)
        return f" (-lang was set to go{v[0]}.{v[1]}; check go.mod)"

    # ------------------------------------------------------------ errors

    def qualifier(self, pkg: Package) -> str:
        """How objects of pkg are qualified in messages: by name, by quoted path when the name is ambiguous."""
        if pkg is self.pkg:
            return ""
        paths = self.pkg_paths
        if paths is None:
            paths = self.pkg_paths = paths_by_name(self.pkg)
        if len(paths.get(pkg.name, ())) > 1:
            return f'"{pkg.path}"'
        return pkg.name

    def explain(self, err: TypeErr) -> str:
        """The reason as messages give it."""
        return errors.sprintf(self, err.fmt, *err.args)

    def sprintf(self, fmt: str, *args: Any) -> str:
        return errors.sprintf(self, fmt, *args)

    def new_error(self, code: str) -> errors.Error:
        return errors.Error(self, code)

    def error(self, at: errors.Poser, code: str, msg: str) -> None:
        err = errors.Error(self, code)
        err.desc.append((errors.at_pos(at), msg))
        err.report()

    def errorf(self, at: errors.Poser, code: str, fmt: str, *args: Any) -> None:
        err = errors.Error(self, code)
        err.addf(at, fmt, *args)
        err.report()

    def soft_errorf(self, at: errors.Poser, code: str, fmt: str, *args: Any) -> None:
        err = errors.Error(self, code)
        err.soft = True
        err.addf(at, fmt, *args)
        err.report()

    def version_errorf(self, at: errors.Poser, v: GoVersion, fmt: str, *args: Any) -> None:
        msg = self.sprintf(fmt, *args)
        self.error(at, "UnsupportedFeature", f"{msg} requires go{v[0]}.{v[1]} or later")

    # ------------------------------------------------------------ what the type library calls back

    def obj_decl(self, obj: Object) -> None:
        decl.obj_decl(self, obj)

    def implicit_type_and_value(self, x: Operand, target: Type) -> tuple[Type | None, Any, str]:
        return expr.implicit_type_and_value(self, x, target)

    def update_expr_type(self, e: ast.Expr, typ: Type, final: bool) -> None:
        expr.update_expr_type(self, e, typ, final)

    def cycle_error(self, cycle: list[Object], start: int) -> None:
        decl.cycle_error(self, cycle, start)

    def valid_type(self, t: Named) -> None:
        valid_type(self, t)

