"""Objects (what identifiers denote), scopes, packages, selections.

As in go/types: PkgName, Const, TypeName, Var, Func, Label, Builtin, Nil. An object's type is None until its
declaration has been resolved; `Checker.obj_decl(obj)` resolves it. Objects of dependencies are resolved lazily: any
stage that holds a Package may look an object up in its scope and must then call `resolve(obj)` before it reads `type`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from rt0.abi.symbolpath import path_prefix
from rt0.diag import Pos
from rt0.types.types import INVALID, Named, Pointer, Signature, unalias

if TYPE_CHECKING:
    from rt0.syntax import nodes as ast
    from rt0.types.check import Checker
    from rt0.types.goversion import GoVersion
    from rt0.types.types import Type

VarKind = Literal["package", "local", "param", "result", "recv", "field"]
SelectionKind = Literal["field", "methodval", "methodexpr"]  # x.f, x.m, T.m


class Object:
    """Base. pos: of the declaring identifier. pkg None for universe objects. resolver: set for objects of packages whose
    declarations are resolved on demand; `resolve(obj)` runs it."""

    __slots__ = ("name", "order", "parent", "pkg", "pos", "resolver", "type")

    def __init__(self, pos: Pos, pkg: Package | None, name: str, type: Type | None) -> None:
        self.pos = pos
        self.pkg = pkg
        self.name = name
        self.type = type
        self.parent: Scope | None = None
        self.order = 0  # source order of package-level objects, 0 otherwise
        self.resolver: Callable[[Object], None] | None = None

    def exported(self) -> bool:
        c = self.name[:1]
        return c.isupper() if c else False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


class PkgName(Object):
    __slots__ = ("imported", "used")

    def __init__(self, pos: Pos, pkg: Package, name: str, imported: Package) -> None:
        Object.__init__(self, pos, pkg, name, INVALID)
        self.imported = imported
        self.used = False


class Const(Object):
    __slots__ = ("val",)

    def __init__(self, pos: Pos, pkg: Package | None, name: str, type: Type | None, val: Any) -> None:
        Object.__init__(self, pos, pkg, name, type)
        self.val = val


class TypeName(Object):
    """is_alias  `type` is an Alias (or a Basic under another name)
    suffix    what tells a type declared in a function from others of its name, once typestring.local_suffix knows it
    """

    __slots__ = ("is_alias", "suffix")

    def __init__(self, pos: Pos, pkg: Package | None, name: str, type: Type | None) -> None:
        Object.__init__(self, pos, pkg, name, type)
        self.is_alias = False
        self.suffix = ""


class Var(Object):
    """A variable, parameter, result or field.

    used      read somewhere
    decl      of a package variable, what its declaration says
    escapes   lives on the heap (set by lower's escape analysis)
    link      the symbol of a package variable (set by lower)
    """

    __slots__ = ("decl", "embedded", "escapes", "kind", "link", "used")

    def __init__(self, pos: Pos, pkg: Package | None, name: str, type: Type | None, kind: VarKind = "local") -> None:
        Object.__init__(self, pos, pkg, name, type)
        self.kind = kind
        self.embedded = False
        self.used = False
        self.escapes = False
        self.decl: DeclInfo | None = None
        self.link: str | None = None


class DeclInfo:
    """A package-level declaration (or method): what is needed to check it, and what it depends on.

    lhs       the variables of `var a, b = f()`; None for one-to-one declarations
    deps      package-level objects its initialiser or body uses: an ordered set, for initialisation order
    """

    __slots__ = ("deps", "fdecl", "file", "inherited", "init", "lhs", "scope", "tdecl", "version", "vtyp")

    def __init__(self, file: Scope, version: GoVersion) -> None:
        self.file = file
        self.version = version
        self.lhs: list[Var] | None = None
        self.vtyp: ast.Expr | None = None
        self.init: ast.Expr | None = None
        self.inherited = False
        self.tdecl: ast.TypeSpec | None = None
        self.fdecl: ast.FuncDecl | None = None
        self.scope: Scope | None = None  # of the signature, for the body
        self.deps: dict[Object, bool] = {}


class Func(Object):
    """A function or method (declared, or an interface's). type is its Signature.

    decl    the FuncDecl, None for interface methods
    origin  the generic method this one was substituted from; itself otherwise
    """

    __slots__ = ("decl", "has_ptr_recv", "origin")

    def __init__(self, pos: Pos, pkg: Package | None, name: str, type: Signature | None) -> None:
        Object.__init__(self, pos, pkg, name, type)
        self.decl: ast.FuncDecl | None = None
        self.origin: Func = self
        self.has_ptr_recv = False


class Label(Object):
    __slots__ = ("used",)

    def __init__(self, pos: Pos, pkg: Package | None, name: str) -> None:
        Object.__init__(self, pos, pkg, name, INVALID)
        self.used = False


class Builtin(Object):
    """append cap clear close complex copy delete imag len make max min new panic print println real recover, and
    unsafe's Add Alignof Offsetof Sizeof Slice SliceData String StringData (names as written there)."""

    __slots__ = ()


class Nil(Object):
    __slots__ = ()


def resolve(obj: Object) -> Object:
    """obj with its declaration resolved (its type set)."""
    r = obj.resolver
    if r is not None and obj.type is None:
        r(obj)
    return obj


class Scope:
    """names -> objects of one block. `Checker.lookup` walks outward; a local name is inserted where its scope begins."""

    __slots__ = ("elems", "parent")

    def __init__(self, parent: Scope | None) -> None:
        self.parent = parent
        self.elems: dict[str, Object] = {}

    def lookup(self, name: str) -> Object | None:
        return self.elems.get(name)

    def insert(self, obj: Object) -> Object | None:
        """Insert obj; the object already there under that name is returned instead, and nothing changes."""
        alt = self.elems.get(obj.name)
        if alt is not None:
            return alt
        self.elems[obj.name] = obj
        if obj.parent is None:
            obj.parent = self
        return None

    def names(self) -> Iterator[str]:
        return iter(sorted(self.elems))


@dataclass(slots=True, eq=False)
class Package:
    """A package as the Checker sees it. path is what symbol names begin with ("main" for the command's package), prefix how they spell it.

    A dependency is a stub until something wants to look into it and says so by `load`: then its loader parses and collects it. So a program
    pays only for the packages whose declarations it reaches. Whoever holds an object of a package need not ask: the package is loaded.
    """

    path: str
    name: str
    scope: Scope
    imports: list[Package] = field(default_factory=list)  # direct, in order of first import
    complete: bool = False
    fake: bool = False  # created after a failed import
    go_version: str = ""
    files: list[ast.File] = field(default_factory=list)
    init_order: list[Initializer] = field(default_factory=list)  # package variables in initialisation order
    funcs: dict[str, Func] = field(default_factory=dict)  # "F", "T.M", "(*T).M" -> declared Func, for linkname and asm
    checker: Checker | None = None
    local_types: dict[Pos, int] | None = None  # position of the name of a type declared in a function -> gc's number of it, once it is asked for
    prefix: str = field(init=False)
    loader: Callable[[Package], object] | None = None  # what `load` has to call yet
    foreseen: Callable[[], list[Package]] | None = None  # of a stub: what its files say that they import

    def __post_init__(self) -> None:
        self.prefix = path_prefix(self.path)

    @classmethod
    def stub(cls, path: str, name: str, loader: Callable[[Package], object], imports: Callable[[], list[Package]] | None = None) -> Package:
        """A package of which path, name, fake and (by `imports`) direct imports are known; `loader` has a Checker `begin` and fill it. To read anything else of it before
        `load` is a bug of the reader and an AttributeError, since an empty scope would pass for an answer."""
        p = cls(path, name, Scope(None), loader=loader, foreseen=imports)
        del p.scope, p.imports, p.files, p.funcs, p.checker
        return p

    def checked_by(self) -> Checker:
        """The Checker of a package that has one: of every package from source that is loaded."""
        assert self.checker is not None, self.path
        return self.checker

    def load(self) -> Package:
        """The package itself, parsed and collected. Raises CompileError for what its files are."""
        loader = self.loader
        if loader is not None:
            self.loader = None
            loader(self)
        return self

    def direct_imports(self) -> list[Package]:
        """What it imports, without loading it where its stub knows."""
        return self.foreseen() if self.loader is not None and self.foreseen is not None else self.load().imports

    def begin(self, scope: Scope, files: list[ast.File], go_version: str, checker: Checker) -> None:
        """A Checker starts to fill the package."""
        self.scope, self.files, self.go_version, self.checker = scope, files, go_version, checker
        self.name = files[0].name.name if files else ""
        self.imports, self.funcs = [], {}


@dataclass(slots=True, eq=False)
class Initializer:
    """lhs = rhs: one step of package initialisation (go/types.Initializer). lhs may be blank-only: then len(lhs) is 1
    and the Var's name is "_"."""

    lhs: list[Var]
    rhs: ast.Expr


@dataclass(slots=True, eq=False)
class Selection:
    """What x.f means.

    recv      type of x (or T)
    obj       the Var or Func selected
    index     path of field indexes; the last one indexes the method in its Named/Interface or the field in its Struct
    indirect  a pointer was followed on the way
    """

    kind: SelectionKind
    recv: Type
    obj: Object
    index: tuple[int, ...]
    indirect: bool
    type: Type | None = None


def receiver_named(f: Func) -> Named | None:
    """The Named type f is a method of; None for functions and interface methods of unnamed interfaces."""
    sig = f.type
    recv = sig.recv if isinstance(sig, Signature) else None
    if recv is None or recv.type is None:
        return None
    t = unalias(recv.type)
    if isinstance(t, Pointer):
        t = unalias(t.elem)
    return t if isinstance(t, Named) else None


# ---------------------------------------------------------------- names


def same_pkg(a: Package | None, b: Package | None) -> bool:
    if a is None or b is None:
        return a is b
    return a is b or a.path == b.path


def is_valid_name(name: str) -> bool:
    """Whether name is a Go identifier. The scanner has complained about one that is not: nothing more is said of it."""
    return (name.isascii() and "\0" not in name) or all(c == "_" or unicodedata.category(c)[0] == "L" or (i and unicodedata.category(c) == "Nd") for i, c in enumerate(name))


def is_exported(name: str) -> bool:
    return name[:1].isupper()


def obj_id(obj: Object) -> str:
    """Key of a field or method name: the name if exported, else qualified by its package's path."""
    name = obj.name
    if name[:1].isupper():
        return name
    path = "_"
    if obj.pkg is not None and obj.pkg.path:
        path = obj.pkg.path
    return path + "." + name


def same_id(obj: Object, pkg: Package | None, name: str, fold_case: bool = False) -> bool:
    """Whether obj is what `name` means in pkg. fold_case: ignore capitalization and packages."""
    if fold_case and obj.name.casefold() == name.casefold():
        return True
    if obj.name != name:
        return False
    return name[:1].isupper() or same_pkg(obj.pkg, pkg)
