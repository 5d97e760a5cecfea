"""Step 4, from the trees as the Checker has annotated them."""

from __future__ import annotations

from collections.abc import Iterator

from rt0.build.dump import constant_text
from rt0.explain.facts.types import DeclaredType, NameUse, TypedExpr, TypesFacts
from rt0.explain.source import Build
from rt0.lower.methodset import interface_methods, method_set
from rt0.syntax import nodes as ast
from rt0.syntax.printer import expr_string, node_children
from rt0.types.identity import type_set
from rt0.types.implements import implements
from rt0.types.objects import Builtin, Const, Func, Label, Nil, Object, Package, PkgName, TypeName, Var, resolve
from rt0.types.types import Interface, Named, Pointer, Type, under
from rt0.types.typestring import Qualifier, make_qualifier, type_string
from rt0.types.universe import UNIVERSE

KINDS: list[tuple[type[Object], str]] = [
    (PkgName, "package"), (Const, "const"), (TypeName, "type"), (Func, "func"), (Label, "label"), (Builtin, "builtin"), (Nil, "nil"), (Var, "var"),
]  # fmt: skip


def collect(source: Build) -> TypesFacts:
    source.checked()
    facts = TypesFacts()
    front = source.builder.frontend
    packages = [front.package(path) for path in source.packages]
    for pkg in packages:
        qf = make_qualifier(pkg)
        for file in pkg.files:
            if source.covers(file.source.name, 1, 1 << 30):
                decls = [d for d in file.decls if source.detail is None or source.covers(file.source.name, front.fset.position(d.pos).line)]
                for d in decls:
                    if isinstance(d, ast.FuncDecl) and d.has_body:
                        pkg.checked_by().check_body(d)
                for x in _nodes(decls):
                    _look(source, x, qf, facts)
    facts.names.sort(key=lambda n: (n.file, n.line, n.col))
    facts.expressions.sort(key=lambda e: (e.file, e.line, e.col))
    _declared_types(source, packages, facts)
    return facts


def _nodes(roots: list[ast.Decl]) -> Iterator[ast.Node]:
    """All nodes, outer before inner."""
    stack: list[ast.Node] = list(reversed(roots))
    while stack:
        x = stack.pop()
        yield x
        stack += reversed(node_children(x))


def _look(source: Build, x: ast.Node, qf: Qualifier, facts: TypesFacts) -> None:
    if not isinstance(x, ast.Expr):
        return
    at = source.builder.frontend.fset.position(x.pos)
    if not source.covers(at.filename, at.line):
        return
    if isinstance(x, ast.Ident):
        obj = x.obj
        of = next((name for kind, name in KINDS if isinstance(obj, kind)), "")
        if isinstance(obj, Var) and obj.kind != "local":
            of = {"package": "var"}.get(obj.kind, obj.kind)
        args = [type_string(t, qf) for t in x.targs or ()]
        use = NameUse(at.filename, at.line, at.col, x.name, of, _type(x, obj, qf), "", args=args)
        if obj is not None:
            use.defines = obj.pos == x.pos
            use.declared = str(source.builder.frontend.fset.position(obj.pos)) if obj.pos and obj.pkg is not None else ""
            if isinstance(obj, Const) and not use.type.startswith("invalid"):
                use.value = constant_text(obj.val)
        facts.names.append(use)
    if x.mode and not isinstance(x, (ast.ParenExpr, ast.Ident)):
        value = constant_text(x.val) if x.mode == "constant" else ""
        facts.expressions.append(TypedExpr(at.filename, at.line, at.col, expr_string(x), x.mode, _type(x, None, qf), value))


def _type(x: ast.Expr, obj: Object | None, qf: Qualifier) -> str:
    """The type of the expression where it is used, with the type arguments in; else of the object."""
    if isinstance(obj, (PkgName, Label)):
        return ""
    t = x.type if x.type is not None else obj.type if obj is not None else None
    return type_string(t, qf) if t is not None else ""


def _declared_types(source: Build, packages: list[Package], facts: TypesFacts) -> None:
    known = _interfaces(source, packages)
    facts.interfaces = len(known)
    fset = source.builder.frontend.fset
    for pkg in packages:
        qf = make_qualifier(pkg)
        for name in pkg.scope.names():
            obj = resolve(pkg.scope.elems[name])
            at = fset.position(obj.pos)
            if not isinstance(obj, TypeName) or obj.is_alias or not isinstance(obj.type, Named) or not source.covers(at.filename, at.line):
                continue
            t = obj.type
            d = DeclaredType(at.filename, at.line, name, type_string(under(t), qf))
            facts.types.append(d)
            if t.tparams or isinstance(under(t), Interface):
                continue
            own = {m.func.name for m in method_set(t)}
            for m in method_set(Pointer(t)):
                d.methods.append(f"{m.func.name}{type_string(m.func.type, qf).removeprefix('func')}")
                if m.func.name not in own:
                    d.pointer_only.append(m.func.name)
            for text, interface in known:
                if implements(t, interface)[0]:
                    d.satisfies.append(text)
                elif implements(Pointer(t), interface)[0]:
                    d.satisfied_by_pointer.append(text)


def _interfaces(source: Build, packages: list[Package]) -> list[tuple[str, Type]]:
    """Interfaces with methods: error, those of the user's packages, the exported ones of packages they import that are open already."""
    error = UNIVERSE.elems["error"].type
    assert error is not None
    out: list[tuple[str, Type]] = [("error", error)]
    front = source.builder.frontend
    imported = sorted({p for path in source.packages for p in source.loaded.packages[path].imports.values()})
    for pkg in [*packages, *(front.packages[p] for p in imported if p in front.packages and p not in source.packages and p != "unsafe")]:
        own = pkg in packages
        if not own and pkg.loader is not None:
            continue
        for name in pkg.scope.names():
            obj = pkg.scope.elems[name]
            if isinstance(obj, TypeName) and (own or obj.exported()):
                t = resolve(obj).type
                if isinstance(t, Named) and not t.tparams and isinstance(u := under(t), Interface) and interface_methods(u) and type_set(u).is_method_set():
                    out.append((name if own and len(packages) == 1 else f"{pkg.name}.{name}", t))
    return out
