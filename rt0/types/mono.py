"""Detects generic code that would need infinitely many instances: func f[T any]() { f[*T]() }.

A directed graph: vertices are type parameters and types declared inside generic functions; an edge says "what stands for src is
part of what dst is instantiated with", with weight 0 if it is passed on as it is, 1 if a larger type is made of it. A cycle of positive
weight never ends. It is found as a path with as many edges as there are vertices (Bellman-Ford for heaviest paths).

Receiver type parameters of methods stand for those of the type (`record_canon`), those of an instance's generic method for the ones declared. Only one package is looked at:
cycles cannot cross packages.

Source: go1.27 cmd/compile/internal/types2/mono.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt0.syntax.positions import start as start_pos
from rt0.types.identity import type_set
from rt0.types.objects import Package, TypeName
from rt0.types.types import (
    Array,
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
    unalias,
)
from rt0.types.typestring import type_string

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rt0.diag import Pos
    from rt0.syntax import nodes as ast
    from rt0.types.check import Checker


class _Vertex:
    """obj: a type parameter or local type. weight of the heaviest path found to it, `pre` its last edge, `len` its length."""

    __slots__ = ("len", "obj", "pre", "weight")

    def __init__(self, obj: TypeName) -> None:
        self.obj = obj
        self.weight = 0
        self.pre = -1
        self.len = 0


class MonoGraph:
    """See the module's text. edges: (dst, src, weight, position, type argument)."""

    __slots__ = ("canon", "edges", "index", "vertices")

    def __init__(self) -> None:
        self.canon: dict[TypeParam, TypeParam] = {}
        self.edges: list[tuple[int, int, int, Pos, Type]] = []
        self.index: dict[TypeName, int] = {}
        self.vertices: list[_Vertex] = []

    def vertex(self, obj: TypeName) -> int:
        i = self.index.get(obj, -1)
        if i < 0:
            i = self.index[obj] = len(self.vertices)
            self.vertices.append(_Vertex(obj))
        return i

    def tparam_vertex(self, p: TypeParam) -> int:
        p = p.origin
        return self.vertex(self.canon.get(p, p).obj)

    def local_vertex(self, pkg: Package, named: Named) -> int:
        """Vertex of a type declared inside a generic function of pkg, else -1."""
        obj = named.obj
        if obj.pkg is not pkg or obj.parent is pkg.scope:
            return -1
        known = self.index.get(obj)
        if known is not None:
            return known
        i = -1
        scope = obj.parent
        while scope is not None and scope is not pkg.scope:
            for elem in scope.elems.values():
                if isinstance(elem, TypeName) and type(elem.type) is TypeParam and elem.pos < obj.pos:
                    i = self.vertex(obj)
                    self.edges.append((i, self.tparam_vertex(elem.type), 1, obj.pos, elem.type))
            scope = scope.parent
        self.index[obj] = i
        return i

    def assign(self, pkg: Package, pos: Pos, tpar: TypeParam, targ: Type) -> None:
        """tpar was instantiated with targ at pos."""
        if tpar.obj.pkg is not pkg:
            return
        seen: set[Type] = set()
        work: list[Type | None] = [targ]
        while work:
            t0 = work.pop()
            if t0 is None or t0 in seen:
                continue
            seen.add(t0)
            t = unalias(t0)
            weight = 0 if t is unalias(targ) else 1
            match t:
                case TypeParam():
                    self.edges.append((self.tparam_vertex(tpar), self.tparam_vertex(t), weight, pos, targ))
                case Named():
                    src = self.local_vertex(pkg, t.origin)
                    if src >= 0:
                        self.edges.append((self.tparam_vertex(tpar), src, weight, pos, targ))
                    work.extend(t.targs)
                case Array() | Slice() | Pointer() | Chan():
                    work.append(t.elem)
                case Map():
                    work += [t.key, t.elem]
                case Interface():
                    work.extend(m.type for m in type_set(t).methods)
                case Signature():
                    work += [t.params, t.results]
                case Tuple():
                    work.extend(v.type for v in t.vars)
                case Struct():
                    work.extend(f.type for f in t.fields)


def record_canon(check: Checker, mpar: TypeParam, tpar: TypeParam) -> None:
    """mpar, a type parameter of a method's receiver, stands for tpar of the type's declaration."""
    check.mono.canon[mpar] = tpar


def record_instance(check: Checker, pos: Pos, tparams: Sequence[TypeParam], targs: Sequence[Type], xlist: Sequence[ast.Expr]) -> None:
    """tparams were instantiated with targs at pos; xlist: the type arguments as written, for better positions."""
    if not check.whole:
        return
    for i, p in enumerate(tparams):
        check.mono.assign(check.pkg, start_pos(xlist[i]) if i < len(xlist) else pos, p, targs[i])


def monomorph(check: Checker) -> None:
    """Report an instantiation cycle, if there is one."""
    g = check.mono
    vertices = g.vertices
    again = True
    while again:
        again = False
        for i, (d, s, weight, _, _) in enumerate(g.edges):
            src, dst = vertices[s], vertices[d]
            if src.weight + weight <= dst.weight:
                continue
            dst.pre = i
            dst.len = src.len + 1
            if dst.len == len(vertices):
                _report_loop(check, d)
                return
            dst.weight = src.weight + weight
            again = True


def _report_loop(check: Checker, v: int) -> None:
    g = check.mono
    stack: list[int] = []
    while v not in stack:  # backwards along the path until a vertex comes twice
        stack.append(v)
        v = g.edges[g.vertices[v].pre][1]
    stack = stack[stack.index(v) :]
    err = check.new_error("InvalidInstanceCycle")
    err.addf(g.vertices[v].obj.pos, "instantiation cycle:")
    for u in stack:
        d, _, _, pos, t = g.edges[g.vertices[u].pre]
        obj = g.vertices[d].obj
        what = "implicitly parameterized by" if type(obj.type) is Named else "instantiated as"
        err.addf(pos, "%s %s %s", obj.name, what, type_string(t, lambda p: "" if p is check.pkg else p.path))
    err.report()
