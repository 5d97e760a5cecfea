"""Types and objects as text, in the three forms the toolchain needs.

type_string     for error messages: as gc prints types, packages by `qualifier` (None: full import paths). The Checker's
                qualifier gives nothing for its own package, the name for others, and the quoted path when two imported
                packages share a name (`make_qualifier`).
link_string     the unique name of a type: full package paths, local types told apart by where they are declared, type
                parameters by their id. Two types are identical iff their link strings are equal (as long as no Interface
                in them is still being declared). Symbol names and the instantiation context are built from it.
reflect_string  what reflect's String() gives: package names instead of paths, `interface {}`, `struct { F int }`.

The last two follow cmd/compile/internal/types/fmt.go (fmtTypeID, fmtTypeIDName); the first types2/typestring.go; go1.27.

A local type prints as `pkg.T·FILE.LINE.COL` in link strings: index of its file in the package, line and column of the name. So the
name depends neither on the folder nor on the order of checking. Types local to a generic function are instantiated with it
and carry the function's type arguments like any instance: see rt0.types.subst.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rt0.diag import go_quote
from rt0.syntax import nodes as ast
from rt0.types.identity import Terms, type_set
from rt0.types.objects import Builtin, Const, Func, Label, Nil, Object, Package, PkgName, TypeName, Var, resolve
from rt0.types.types import (
    Alias,
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
    unalias,
)
from rt0.types.universe import COMPARABLE_INTERFACE, UNIVERSE, UNSAFE

if TYPE_CHECKING:
    pass

Qualifier = Callable[[Package], str]


def paths_by_name(pkg: Package) -> dict[str, set[str]]:
    """The names of pkg and of all that it imports, directly or not, with the paths of who has each."""
    paths: dict[str, set[str]] = {}
    seen = {pkg.path}
    work = [pkg]
    while work:
        p = work.pop()
        paths.setdefault(p.name, set()).add(p.path)
        for q in p.direct_imports():
            if q.path not in seen:
                seen.add(q.path)
                work.append(q)
    return paths


def make_qualifier(pkg: Package) -> Qualifier:
    """How messages about pkg name other packages: see type_string above. The import graph is walked once, when first needed."""
    paths: dict[str, set[str]] = {}

    def qualify(other: Package) -> str:
        if other is pkg or other.path == pkg.path:
            return ""
        if not paths:
            paths.update(paths_by_name(pkg))
        if len(paths.get(other.name, ())) > 1:
            return f'"{other.path}"'
        return other.name

    return qualify


def package_prefix(pkg: Package | None, qf: Qualifier | None) -> str:
    if pkg is None:
        return ""
    s = qf(pkg) if qf is not None else pkg.path
    return s + "." if s else ""


# ---------------------------------------------------------------- messages


def type_string(t: Type | None, qf: Qualifier | None = None) -> str:
    w = TypeWriter(qf)
    w.typ(t)
    return "".join(w.buf)


def signature_string(sig: Signature, qf: Qualifier | None = None, param_names: bool = True, pkg_info: bool = False) -> str:
    """sig without a leading "func". pkg_info: say which package the first unexported struct field belongs to."""
    w = TypeWriter(qf)
    w.param_names = param_names
    w.pkg_info = pkg_info
    w.signature(sig)
    return "".join(w.buf)


def terms_string(terms: Terms, qf: Qualifier | None = None) -> str:
    """terms as messages show them: `int | ~string`. Full package paths without qf."""
    if terms is None:
        return "𝓤"
    if not terms:
        return "∅"
    return " | ".join(("~" if tilde else "") + type_string(t, qf) for tilde, t in terms)


class TypeWriter:
    """Builds one message string in `buf`; `seen` are the types being written (cycles through interfaces)."""

    __slots__ = ("buf", "param_names", "pkg_info", "qf", "seen")

    def __init__(self, qf: Qualifier | None) -> None:
        self.buf: list[str] = []
        self.qf = qf
        self.seen: set[Type] = set()
        self.param_names = True
        self.pkg_info = False

    def typ(self, t: Type | None) -> None:
        put = self.buf.append
        if t is None:
            put("<nil>")
            return
        if t in self.seen:
            put(f"<cycle to *{type(t).__name__}>")
            return
        self.seen.add(t)
        self.write(t)
        self.seen.discard(t)

    def write(self, t: Type) -> None:
        put = self.buf.append
        match t:
            case Basic():
                if t.kind == "unsafe.Pointer":
                    q = self.qf
                    put("unsafe.Pointer" if q is None else package_prefix(UNSAFE, q) + "Pointer")
                else:
                    put(t.name)
            case Array():
                put(f"[{t.len}]")
                self.typ(t.elem)
            case Slice():
                put("[]")
                self.typ(t.elem)
            case Struct():
                self.struct(t)
            case Pointer():
                put("*")
                self.typ(t.elem)
            case Tuple():
                self.tuple(t, False)
            case Signature():
                put("func")
                self.signature(t)
            case Union():
                for i, (tilde, u) in enumerate(t.terms):
                    if i:
                        put(" | ")
                    if tilde:
                        put("~")
                    self.typ(u)
            case Interface():
                self.interface(t)
            case Map():
                put("map[")
                self.typ(t.key)
                put("]")
                self.typ(t.elem)
            case Chan():
                self.chan(t)
            case Named() | Alias():
                put(package_prefix(t.obj.pkg, self.qf))
                put(t.obj.name)
                if t.targs:
                    self.type_list(t.targs)
                elif t.tparams:
                    self.tparam_list(t.tparams)
            case TypeParam():
                put(t.obj.name)
                if t.obj.name in UNIVERSE.elems:
                    put(f" /* with {t.obj.name} declared at {_position(t.obj)} */")
            case _:
                raise AssertionError(type(t).__name__)

    def struct(self, t: Struct) -> None:
        put = self.buf.append
        put("struct{")
        for i, f in enumerate(t.fields):
            if i:
                put("; ")
            annotate = self.qf is None and self.pkg_info and not f.exported()
            if annotate:
                self.pkg_info = False
            if not f.embedded:
                put(f.name)
                put(" ")
            self.typ(f.type)
            if annotate and f.pkg is not None:
                put(f" /* package {f.pkg.path} */ ")
            if i < len(t.tags) and t.tags[i]:
                put(" ")
                put(go_quote(t.tags[i]))
        put("}")

    def interface(self, t: Interface) -> None:
        put = self.buf.append
        if t is COMPARABLE_INTERFACE:
            put("interface{comparable}")
            return
        if t.implicit:
            if not t.methods and len(t.embeddeds) == 1:
                self.typ(t.embeddeds[0])
                return
            put("/* implicit */ ")
        put("interface{")
        first = True
        for m in t.methods:
            if not first:
                put("; ")
            first = False
            put(m.name)
            sig = m.type
            if type(sig) is Signature:
                self.signature(sig)
        for e in t.embeddeds:
            if not first:
                put("; ")
            first = False
            self.typ(e)
        put("}")

    def chan(self, t: Chan) -> None:
        put = self.buf.append
        put({"both": "chan ", "send": "chan<- ", "recv": "<-chan "}[t.dir])
        parens = t.dir == "both" and type(t.elem) is Chan and t.elem.dir == "recv"
        if parens:
            put("(")
        self.typ(t.elem)
        if parens:
            put(")")

    def type_list(self, ts: list[Type]) -> None:
        put = self.buf.append
        put("[")
        for i, t in enumerate(ts):
            if i:
                put(", ")
            self.typ(t)
        put("]")

    def tparam_list(self, ps: list[TypeParam]) -> None:
        put = self.buf.append
        put("[")
        prev: Type | None = None
        for i, p in enumerate(ps):
            if i:
                if p.bound is not prev:
                    put(" ")
                    self.typ(prev)
                put(", ")
            prev = p.bound
            self.typ(p)
        if prev is not None:
            put(" ")
            self.typ(prev)
        put("]")

    def tuple(self, t: Tuple, variadic: bool) -> None:
        put = self.buf.append
        put("(")
        last = len(t.vars) - 1
        for i, v in enumerate(t.vars):
            if i:
                put(", ")
            if v.name and self.param_names:
                put(v.name)
                put(" ")
            vt = v.type
            if variadic and i == last:
                if type(vt) is Slice:
                    put("...")
                    self.typ(vt.elem)
                else:  # append([]byte, s...)
                    self.typ(vt)
                    put("...")
            else:
                self.typ(vt)
        put(")")

    def signature(self, sig: Signature) -> None:
        if sig.tparams:
            self.tparam_list(sig.tparams)
        self.tuple(sig.params, sig.variadic)
        rs = sig.results.vars
        if not rs:
            return
        self.buf.append(" ")
        if len(rs) == 1 and not rs[0].name:
            self.typ(rs[0].type)
        else:
            self.tuple(sig.results, False)


def _position(obj: Object) -> str:
    """Declaring position of obj, as far as it can be found out without a FileSet."""
    checker = obj.pkg.checker if obj.pkg is not None else None
    return str(checker.fset.position(obj.pos)) if checker is not None else "-"


def object_string(obj: Object, qf: Qualifier | None = None) -> str:
    """An object as gc describes it: `var x int`, `func pkg.F(x int)`, `type T struct{...}`."""
    t = obj.type
    if isinstance(obj, PkgName):
        path = obj.imported.path
        return f"package {obj.name}" + (f" ({go_quote(path)})" if path and path != obj.name else "")
    if isinstance(obj, Nil):
        return "nil"
    if isinstance(obj, Func):
        return "func " + func_name(obj, qf) + (signature_string(t, qf) if type(t) is Signature else "")
    kind = ""
    if isinstance(obj, Const):
        kind = "const"
    elif isinstance(obj, TypeName):
        kind = "type parameter" if t is not None and type(unalias(t)) is TypeParam else "type"
    elif isinstance(obj, Var):
        kind = "field" if obj.kind == "field" else "var"
    elif isinstance(obj, Label):
        kind, t = "label", None
    elif isinstance(obj, Builtin):
        kind, t = "builtin", None
    name = obj.name
    if obj.pkg is not None and obj.pkg.scope.lookup(name) is obj:
        name = package_prefix(obj.pkg, qf) + name
    s = f"{kind} {name}"
    if t is None:
        return s
    if isinstance(obj, TypeName):
        if type(t) is Basic:
            return s
        if isinstance(t, (Named, Alias)) and t.tparams:
            w = TypeWriter(qf)
            w.tparam_list(t.tparams)
            s += "".join(w.buf)
        if obj.is_alias:
            s += " ="
            if type(t) is Alias and t.rhs is not None:
                t = t.rhs
        elif type(t) is TypeParam:
            t = t.bound
        else:
            t = t.underlying()
    return f"{s} {type_string(t, qf)}"


def func_name(f: Func, qf: Qualifier | None = None) -> str:
    sig = f.type
    if type(sig) is not Signature:
        return f.name
    if sig.recv is not None and sig.recv.type is not None:
        rt = sig.recv.type
        return f"({'interface' if type(rt) is Interface else type_string(rt, qf)}).{f.name}"
    return package_prefix(f.pkg, qf) + f.name


# ---------------------------------------------------------------- link and reflect strings


def link_string(t: Type) -> str:
    """Unique name of t: see the module's text."""
    return _LINK.string(t)


def reflect_string(t: Type) -> str:
    """What reflect.TypeOf(x).String() gives for a value of type t."""
    return _REFLECT.string(t)


class _IdWriter:
    """Writer of link strings (link=True) and reflect strings. Stateless but for `active`, the types being written."""

    __slots__ = ("active", "link", "tparams")

    def __init__(self, link: bool) -> None:
        self.link = link
        self.active: list[Type] = []
        self.tparams: list[TypeParam] = []  # of enclosing generic signatures: written as $i

    def string(self, t: Type | None) -> str:
        k = type(t)
        if t is None:
            return "<nil>"
        if k is Basic:
            return t.kind  # type: ignore[attr-defined,no-any-return]
        if k is Named:
            return self.named(t)  # type: ignore[arg-type]
        if k is Pointer:
            return "*" + self.string(t.elem)  # type: ignore[attr-defined]
        if k is Slice:
            return "[]" + self.string(t.elem)  # type: ignore[attr-defined]
        if k is Alias:
            return self.string(unalias(t))
        if t in self.active:
            return f"@{len(self.active) - self.active.index(t)}"
        self.active.append(t)
        try:
            return self.literal(t)
        finally:
            self.active.pop()

    def named(self, t: Named) -> str:
        obj = t.obj
        pkg = obj.pkg
        if pkg is None:
            name = obj.name
        elif self.link:
            name = f"{pkg.prefix}.{obj.name}"
        else:
            name = f"{pkg.name}.{obj.name}"
        if t.targs:  # type arguments are always written in full; those of the function around a local type come first
            args = [_LINK.string(a) for a in t.targs]
            n = len(args) - len(t.origin.tparams)
            name += f"[{','.join(args[:n])};{','.join(args[n:])}]" if 0 < n < len(args) else f"[{','.join(args)}]"
        if self.link and is_local_type(obj):
            name += local_suffix(obj)
        return name

    def literal(self, t: Type) -> str:
        match t:
            case Array():
                return f"[{t.len}]{self.string(t.elem)}"
            case Map():
                return f"map[{self.string(t.key)}]{self.string(t.elem)}"
            case Chan():
                elem = self.string(t.elem)
                if t.dir == "both" and elem.startswith("<-chan "):
                    elem = f"({elem})"
                return {"both": "chan ", "send": "chan<- ", "recv": "<-chan "}[t.dir] + elem
            case Signature():
                return "func" + self.signature(t)
            case Struct():
                return "struct {" + ";".join([self.field(t, i, f) for i, f in enumerate(t.fields)]) + (" }" if t.fields else "}")
            case Interface():
                return self.interface(t)
            case TypeParam():
                for i, p in enumerate(self.tparams):
                    if p is t:
                        return f"${i}"
                return f"{t.obj.name}${t.id}"
            case Tuple():
                return self.params(t, False)
            case Union():
                return "|".join(("~" if tilde else "") + self.string(u) for tilde, u in t.terms)
        raise AssertionError(type(t).__name__)

    def name(self, obj: Object) -> str:
        """A field's or method's name: unexported ones carry their package, in link strings its path."""
        if obj.exported() or obj.pkg is None:
            return obj.name
        return f"{obj.pkg.prefix if self.link else obj.pkg.name}.{obj.name}"

    def field(self, s: Struct, i: int, f: Var) -> str:
        ft = self.string(f.type)
        name = ""
        if not f.embedded:
            name = self.name(f) if self.link else f.name
            name = f" {name} "
        elif self.link:
            base = unalias(f.type) if f.type is not None else None
            if type(base) is Pointer:
                base = unalias(base.elem)
            same = type(base) is Named and base.obj.name == f.name and (f.exported() or base.obj.pkg is f.pkg)
            name = " " if same else f" {self.name(f)} = "
        else:
            name = " "
        tag = s.tags[i] if i < len(s.tags) else ""
        return name + ft + (" " + go_quote(tag) if tag else "")

    def params(self, t: Tuple, variadic: bool) -> str:
        ps = [self.string(v.type) for v in t.vars]
        if variadic and ps:
            vt = t.vars[-1].type
            ps[-1] = "..." + (self.string(vt.elem) if type(vt) is Slice else ps[-1])
        return "(" + ", ".join(ps) + ")"

    def signature(self, sig: Signature) -> str:
        head = ""
        if sig.tparams:  # generic: names do not count, bounds do
            saved, self.tparams = self.tparams, [*sig.tparams]
            head = "[" + ",".join(self.string(p.bound) for p in sig.tparams) + "]"
        s = head + self.params(sig.params, sig.variadic)
        rs = sig.results.vars
        if len(rs) == 1:
            s += " " + self.string(rs[0].type)
        elif rs:
            s += " " + self.params(sig.results, False)
        if sig.tparams:
            self.tparams = saved
        return s

    def interface(self, t: Interface) -> str:
        tset = type_set(t)
        parts: list[str] = []
        for m in tset.methods:
            sig = resolve(m).type
            parts.append(" " + self.name(m) + (self.signature(sig) if type(sig) is Signature else "()"))
        if tset.comparable:
            parts.append(" comparable")
        if tset.has_terms():
            parts.append(" " + "|".join(sorted(("~" if tilde else "") + self.string(u) for tilde, u in tset.specific_terms())))
        elif tset.is_empty():
            parts.append(" ∅")
        if not parts:
            return "interface {}"
        return "interface {" + ";".join(parts) + " }"


_LINK = _IdWriter(True)
_REFLECT = _IdWriter(False)


def is_local_type(obj: TypeName) -> bool:
    """Whether obj is declared inside a function."""
    return obj.pkg is not None and obj.parent is not None and obj.parent is not obj.pkg.scope


def local_suffix(obj: TypeName) -> str:
    """·N, gc's number of a type declared in a function: in packages that are parsed whole, its place among them in source order. Bodies of
    other packages are parsed on demand: there ·FILE.LINE.COL of the declaration (hand-made objects without files: its position)."""
    if not obj.suffix:
        obj.suffix = "·" + _local_number(obj)
    return obj.suffix


def _local_number(obj: TypeName) -> str:
    pkg = obj.pkg
    assert pkg is not None
    if pkg.checker is not None and pkg.checker.whole:
        if pkg.local_types is None:
            pkg.local_types = _number_local_types(pkg.files)
        if obj.pos in pkg.local_types:
            return str(pkg.local_types[obj.pos])
    for i, f in enumerate(pkg.files):
        src = f.source
        if src.base <= obj.pos <= src.base + len(src.data):
            p = src.raw_position(obj.pos - src.base)
            return f"{i}.{p.line}.{p.col}"
    return str(obj.pos)


_LINKS = frozenset(("type", "obj", "val", "info", "selection", "target", "var", "new_vars", "scope", "inherited", "targs", "source"))


def _number_local_types(files: list[ast.File]) -> dict[int, int]:
    """Numbers of the defined types in function bodies, from 1, in source order (cmd/compile/internal/noder, collectDecls)."""
    found: list[int] = []

    def walk(n: Any, in_func: bool) -> None:
        if type(n) is list:
            for x in n:
                walk(x, in_func)
            return
        if not isinstance(n, ast.Node):
            return
        if isinstance(n, ast.TypeSpec) and in_func and not n.alias:
            found.append(n.name.pos)
        inside = in_func or isinstance(n, (ast.FuncDecl, ast.FuncLit))
        for cls in type(n).__mro__:
            for slot in getattr(cls, "__slots__", ()):
                if slot in _LINKS and not (slot == "type" and isinstance(n, (ast.TypeSpec, ast.VarSpec, ast.Field))):
                    continue
                v = getattr(n, slot, None)
                if type(v) is list or isinstance(v, ast.Node):
                    walk(v, inside)

    for f in files:
        walk(f.decls, False)
    return {pos: i + 1 for i, pos in enumerate(sorted(found))}
