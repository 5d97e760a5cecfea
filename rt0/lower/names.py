"""Symbol names: the one place that spells them. docs/INTERFACES.md, "Symbols", is the contract; gc's names are the model
(cmd/compile/internal/ir/func.go for closures, cmd/internal/objabi for the escaping of paths, go1.27).

    func_symbol(f, recv targs, targs)   pkg.F  pkg.T.M  pkg.(*T).M  pkg.F[int]  pkg.(*List[int]).Push
    closure names are made by closure.py from the enclosing function's symbol: F.func1, F.func1.2, F-range1, F.gowrap1, F.deferwrap1
"""

from __future__ import annotations

from collections.abc import Sequence

from rt0.lower.layout import layout
from rt0.syntax import nodes as ast
from rt0.types import typestring
from rt0.types.objects import Func, Package, TypeName, receiver_named, resolve
from rt0.types.types import Named, Pointer, Signature, Type, unalias


def link_string(t: Type) -> str:
    """Unique name of a concrete type, kept with its layout."""
    lay = layout(t)
    s = lay.linkstr
    if not s:
        s = lay.linkstr = typestring.link_string(t)
    return s


def prefix(pkg: Package | None) -> str:
    """What the symbols of a package begin with."""
    return pkg.prefix if pkg is not None else ""


def targs_suffix(targs: Sequence[Type]) -> str:
    return "[" + ",".join([link_string(t) for t in targs]) + "]" if targs else ""


def recv_is_pointer(f: Func) -> bool:
    """Declared with a pointer receiver."""
    sig = resolve(f.origin).type
    recv = sig.recv if isinstance(sig, Signature) else None
    return recv is not None and recv.type is not None and isinstance(unalias(recv.type), Pointer)


def func_symbol(f: Func, recv_targs: Sequence[Type] = (), targs: Sequence[Type] = ()) -> str:
    """Symbol of a declared function or method before //go:linkname is looked at."""
    f = f.origin
    pkg = prefix(f.pkg)
    if f.decl is not None:  # from the source: the signature may not be checked yet
        recv = receiver_in_source(f.decl)
        if recv is None:
            return f"{pkg}.{f.name}{targs_suffix(targs)}"
        ptr, tname = recv
    else:
        named: Named | None = receiver_named(f)
        if named is None:
            return f"{pkg}.{f.name}{targs_suffix(targs)}"
        ptr, tname = recv_is_pointer(f), local_name(named)
    tname += targs_suffix(recv_targs)
    if ptr:
        tname = f"(*{tname})"
    return f"{pkg}.{tname}.{f.name}{targs_suffix(targs)}"


def receiver_in_source(decl: ast.FuncDecl) -> tuple[bool, str] | None:
    """(pointer receiver, name of the receiver's type as the package declares it); None for a function. An alias is looked through."""
    if decl.recv is None or not decl.recv.list:
        return None
    x = ast.unparen(decl.recv.list[0].type)
    ptr = isinstance(x, ast.StarExpr)
    if isinstance(x, ast.StarExpr):
        x = ast.unparen(x.x)
    if isinstance(x, ast.IndexExpr):
        x = ast.unparen(x.x)
    if not isinstance(x, ast.Ident):
        return None
    obj = decl.obj
    if obj is not None and obj.pkg is not None:
        tn = obj.pkg.scope.lookup(x.name)
        if isinstance(tn, TypeName) and tn.is_alias:
            resolve(obj)
            named = receiver_named(obj)
            if named is not None:
                return recv_is_pointer(obj), local_name(named)
    return ptr, x.name


def local_name(named: Named) -> str:
    """A type's name without package and arguments."""
    return named.obj.name
