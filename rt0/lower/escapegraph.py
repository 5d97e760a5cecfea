"""The graph of escape analysis: one traversal of a body turns statements into edges between Locations, with call sites left open. escape.py says what
the edges mean, closes the calls and finds what escapes.

Values flow to a Hole: a destination, and how many pointers are followed on the way (-1: the address is taken). What must be on the heap wherever
its address goes (too large, of unknown size, made by go statements) is marked at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, Never

from rt0.lower.escapetrace import Edge, Trace
from rt0.lower.escapetypes import Pointers, field_of, has_type_param, is_direct, is_interface, too_large
from rt0.lower.facts import Facts
from rt0.lower.layout import sizeof
from rt0.lower.locals import MAX_BY_VALUE
from rt0.syntax import nodes as ast
from rt0.syntax.nodes import unparen
from rt0.types import types as T
from rt0.types.objects import Func, Selection, Var
from rt0.types.predicates import core_type
from rt0.types.types import under

MAX_VARIABLE = 128 << 10  # a larger variable lives on the heap (ir.MaxStackVarSize)
MAX_IMPLICIT = 64 << 10  # a larger new, &T{}, make (ir.MaxImplicitStackVarSize)
MAP_SLOTS = 8  # of a map's group (abi.MapGroupSlots)

# Summary: per parameter (receiver first) a dict target -> dereferences; target -1 is the heap, n >= 0 the n-th result.
Summary = list[dict[int, int]]
HEAP: Final = -1


LocationKind = Literal["heap", "var", "param", "result", "alloc", "box", "temp"]


class Location:
    """A place a pointer can point to or be kept in.

    fn     index of the function literal nesting it belongs to (0 = the declared function)
    depth  loop nesting at its declaration
    edges  (source, dereferences) of what flows into it
    """

    __slots__ = ("depth", "derefs", "edges", "escapes", "fn", "gen", "index", "kind", "leaks", "node", "pointed", "via")

    def __init__(self, kind: LocationKind, node: Var | ast.Node | None, fn: Fn | None, depth: int) -> None:
        self.kind = kind
        self.node = node
        self.fn = fn
        self.depth = depth
        self.edges: list[tuple[Location, int]] = []
        self.escapes = kind == "heap"
        self.gen = 0
        self.derefs = 0
        self.index = -1
        self.leaks: dict[int, int] = {}
        self.pointed = False  # some edge takes its address
        self.via: Location | None = None  # what it flows into, on the way to the root of the walk that has seen it


class Fn:
    """A function or function literal being analysed. level: nesting depth."""

    __slots__ = ("captured", "decl", "level", "outer", "results")

    def __init__(self, decl: ast.FuncDecl | ast.Expr, outer: Fn | None) -> None:
        self.decl = decl
        self.captured: dict[Var, Location] = {}  # variables of outer functions that it, or a literal in it, uses
        self.outer = outer
        self.level: int = outer.level + 1 if outer is not None else 0
        self.results: list[Location] = []


Hole = tuple[Location, int]  # (destination, dereferences applied to what flows in)


class FuncFacts:
    """What was found out about one declared function, or the initialiser of a package variable, and the literals in it.

    stack    nodes whose allocation stays on the frame; boxes: those whose conversion to an interface does
    summary  what the function does with its parameters
    """

    __slots__ = ("boxes", "decl", "heap", "locs", "open_calls", "params", "results", "stack", "summary")

    def __init__(self, decl: ast.FuncDecl | ast.Expr) -> None:
        self.decl = decl
        self.stack: set[ast.Node] = set()
        self.boxes: set[ast.Node] = set()
        self.summary: Summary = []
        self.params: list[Location] = []
        self.results: list[Location] = []
        self.locs: list[Location] = []
        self.open_calls: list[tuple[Func, list[Location | None], list[Location | None], ast.CallExpr]] = []
        self.heap = Location("heap", None, None, -1)


def captured_by_ref(v: Var, facts: Facts) -> bool:
    """Whether closures hold the address of v: it is assigned after its declaration, its address is taken, or it is large
    (locals.by_value, for all instances)."""
    vf = facts.vars.get(v)
    if vf is None or vf.addrtaken or vf.reassigned:
        return True
    return v.type is None or has_type_param(v.type) or sizeof(v.type) > MAX_BY_VALUE


class Build:
    """Builds the graph of one declared function."""

    __slots__ = ("at", "cause", "closures", "depth", "discard", "facts", "fn", "gotos", "has_pointers", "heap", "locs", "trace", "vars")

    def __init__(self, has_pointers: Pointers, trace: Trace | None, facts: FuncFacts, closures: Facts) -> None:
        self.has_pointers = has_pointers
        self.closures = closures
        self.facts = facts
        self.locs = facts.locs
        self.heap = facts.heap
        self.discard = Location("temp", None, None, 1 << 20)
        self.vars: dict[Var, Location] = {}
        self.fn: Fn | None = None
        self.depth = 0
        self.gotos = True  # some goto may jump backwards
        self.trace = trace
        self.at: ast.Stmt | None = None  # for the trace: the statement, and the call or literal in it that says where things go
        self.cause: ast.Node | None = None

    # ------------------------------------------------------------ locations

    def new(self, kind: LocationKind, node: Var | ast.Node | None) -> Location:
        x = Location(kind, node, self.fn, self.depth)
        self.locs.append(x)
        return x

    def var(self, v: Var) -> Location:
        x = self.vars.get(v)
        if x is None:
            x = self.new("var", v)
            self.vars[v] = x
            if too_large(v.type, MAX_VARIABLE):
                self.force(x, "is too large for the stack")
        elif x.fn is not self.fn:
            f = self.fn
            while f is not None and f is not x.fn:
                f.captured[v] = x
                f = f.outer
        return x

    def flow(self, k: Hole, src: Location) -> None:
        dst, n = k
        if dst is self.discard or (dst is src and n >= 0):
            return
        if n < 0:
            src.pointed = True
            n = -1
        if src.escapes and n >= 0 and src.kind == "heap":
            return
        dst.edges.append((src, n))
        if self.trace is not None:
            self.trace.edge(dst, src, Edge(n, self.cause, self.at))

    def force(self, x: Location, cause: str) -> None:
        """x is on the heap, wherever its address goes."""
        x.escapes = True
        if self.trace is not None:
            self.trace.keep.append(x)
            self.trace.causes[id(x)] = cause

    def spill(self, k: Hole, node: Var | ast.Node | None, kind: LocationKind = "alloc") -> Hole:
        """A new object whose address flows to k; gives the hole for its content."""
        x = self.new(kind, node)
        self.flow((k[0], k[1] - 1), x)
        return x, 0

    def tee(self, *holes: Hole) -> Hole:
        x = self.new("temp", None)
        for k in holes:
            self.flow(k, x)
        return x, 0

    # ------------------------------------------------------------ functions

    def function(self, decl: ast.FuncDecl) -> None:
        assert decl.obj is not None and decl.body is not None
        self.fn = Fn(decl, None)
        base = decl.file.base
        self.gotos = b"goto" in decl.file.data[decl.body.pos - base : decl.body.rbrace - base]
        sig = decl.obj.type
        assert isinstance(sig, T.Signature)
        self.signature(sig, self.facts.params, self.facts.results)
        self.fn.results = self.facts.results
        self.block(decl.body.list)

    def initializer(self, e: ast.Expr, types: list[T.Type | None]) -> None:
        """e is assigned to package variables."""
        self.fn = Fn(e, None)
        self.assign([(self.heap, 0)] * len(types), types, [e])

    def signature(self, sig: T.Signature, params: list[Location], results: list[Location]) -> None:
        for v in ([sig.recv] if sig.recv is not None else []) + list(sig.params.vars):
            x = self.new("param", v)
            x.index = len(params)
            params.append(x)
            self.vars[v] = x
            if too_large(v.type, MAX_VARIABLE):
                self.force(x, "is too large for the stack")
        for i, v in enumerate(sig.results.vars):
            x = self.new("result", v)
            x.index = i
            results.append(x)
            self.vars[v] = x

    def literal(self, e: ast.FuncLit, k: Hole) -> tuple[list[Location], list[Location]]:
        """A function literal: its object, its captures, its body. Gives its parameter and result locations."""
        obj = self.spill(k, e)
        outer, depth = self.fn, self.depth
        self.fn, self.depth = Fn(e, outer), 0
        params: list[Location] = []
        results: list[Location] = []
        sig = under(e.type) if e.type is not None else None
        assert isinstance(sig, T.Signature)
        self.signature(sig, params, results)
        self.fn.results = results
        self.block(e.body.list)
        captured = self.fn.captured
        self.fn, self.depth = outer, depth
        for v, x in captured.items():
            by_ref = captured_by_ref(v, self.closures)
            if by_ref:
                self.flow((obj[0], -1), x)
            if not by_ref or (v.type is not None and has_type_param(v.type)):
                self.flow(obj, x)
        return params, results

    # ------------------------------------------------------------ expressions

    def ignore(self, e: ast.Expr | None) -> None:
        if e is not None:
            self.expr((self.discard, 0), e)

    def to(self, k: Hole, e: ast.Expr, want: T.Type | None) -> None:
        """e assigned to something of type `want`: with the conversion to an interface that it may imply."""
        if want is not None and is_interface(want):
            have = e.type
            if have is not None and e.mode not in ("constant", "nilvalue") and not is_interface(have) and not isinstance(under(have), T.Tuple):
                self.box(k, e, have)
                return
        self.expr(k, e)

    def box(self, k: Hole, e: ast.Expr, have: T.Type) -> None:
        """The conversion of e to an interface: its value, or a boxed copy, flows to k."""
        if isinstance(have, T.Basic) and have.kind == "untyped nil":
            return
        if is_direct(have):
            self.expr(k, e)
            return
        inner = self.spill(k, unparen(e), "box")
        if too_large(have, MAX_IMPLICIT):
            self.force(inner[0], "is too large for the stack")
        self.expr(inner, e)

    def expr(self, k: Hole, e: ast.Expr) -> None:
        """What e evaluates to flows to k."""
        m = _EXPR.get(type(e))
        if e.mode in ("constant", "typexpr", "builtin", "nilvalue") or m is None:
            return
        if k[1] >= 0 and k[0] is not self.discard and not self.has_pointers(e.type):
            k = (self.discard, 0)
        m(self, k, e)  # type: ignore[arg-type]  # the tables have for each type the method that takes it

    def x_ident(self, k: Hole, e: ast.Ident) -> None:
        obj = e.obj
        if isinstance(obj, Var):
            if obj.kind == "package" or obj.kind == "field":
                return
            x = self.var(obj)
            if k[0] is not self.discard:
                self.flow(k, x)

    def x_paren(self, k: Hole, e: ast.ParenExpr) -> None:
        self.expr(k, e.x)

    def x_funclit(self, k: Hole, e: ast.FuncLit) -> None:
        _params, results = self.literal(e, k)
        cause, self.cause = self.cause, e
        for r in results:  # unknown callers
            self.flow((self.heap, 0), r)
        self.cause = cause

    def x_composite(self, k: Hole, e: ast.CompositeLit) -> None:
        u = under(e.type) if e.type is not None else None
        if isinstance(u, T.Pointer):  # elided &T in a literal
            inner = self.spill(k, e)
            self.elements(inner, e, under(u.elem))
        else:
            self.elements(k, e, u)

    def elements(self, k: Hole, e: ast.CompositeLit, u: T.Type | None) -> None:
        if isinstance(u, T.Struct):
            for i, x in enumerate(e.elts):
                if isinstance(x, ast.KeyValueExpr):
                    f = next((f for f in u.fields if isinstance(x.key, ast.Ident) and f.name == x.key.name), None)
                    self.to(k, x.value, f.type if f is not None else None)
                else:
                    self.to(k, x, u.fields[i].type if i < len(u.fields) else None)
        elif isinstance(u, T.Map):
            self.spill(k, e)
            cause, self.cause = self.cause, e
            for x in e.elts:
                if isinstance(x, ast.KeyValueExpr):
                    self.to((self.heap, 0), x.key, u.key)
                    self.to((self.heap, 0), x.value, u.elem)
            self.cause = cause
        else:
            elem = u.elem if isinstance(u, (T.Array, T.Slice)) else None
            if isinstance(u, T.Slice):
                k = self.spill(k, e)
                n = _literal_length(e)
                if elem is not None and not has_type_param(elem):
                    if n * sizeof(elem) > MAX_IMPLICIT:
                        self.force(k[0], "is too large for the stack")
            for x in e.elts:
                if isinstance(x, ast.KeyValueExpr):
                    x = x.value
                self.to(k, x, elem)

    def x_selector(self, k: Hole, e: ast.SelectorExpr) -> None:
        s = e.selection
        if s is None:
            return
        if s.kind == "field":
            self.path(k, e.x, s.index)
        elif s.kind == "methodval":
            self.spill(k, e)
            cause, self.cause = self.cause, e
            self.receiver((self.heap, 0), e)
            self.cause = cause

    def path(self, k: Hole, x: ast.Expr, index: tuple[int, ...]) -> None:
        """The field reached from x by `index`, following embedded pointers."""
        _, derefs = field_of(x.type, index)
        self.expr((k[0], k[1] + derefs), x)

    def receiver(self, k: Hole, e: ast.SelectorExpr) -> None:
        """The receiver of method selection e flows to k, with the implied & or *."""
        s = e.selection
        f = s.obj
        sig = f.type
        want_ptr = isinstance(sig, T.Signature) and sig.recv is not None and sig.recv.type is not None and isinstance(under(sig.recv.type), T.Pointer)
        t, derefs = field_of(e.x.type, s.index[:-1])
        if t is not None:
            have_ptr = isinstance(under(t), T.Pointer) and not isinstance(T.unalias(t), T.TypeParam)
            if want_ptr and not have_ptr:
                derefs -= 1
            elif have_ptr and not want_ptr and not is_interface(t):
                derefs += 1
        self.expr((k[0], k[1] + derefs), e.x)

    def x_index(self, k: Hole, e: ast.IndexExpr) -> None:
        if e.targs is not None:
            x = unparen(e.x)
            if isinstance(x, ast.SelectorExpr):  # a generic method's value
                self.x_selector(k, x)
            return
        self.ignore(e.indices[0])
        t = e.x.type
        u = under(t) if t is not None and not isinstance(T.unalias(t), T.TypeParam) else None
        if isinstance(u, T.Array):
            self.expr(k, e.x)
        elif isinstance(u, (T.Map, T.Basic)):
            if isinstance(u, T.Map):
                self.to((self.discard, 0), e.indices[0], u.key)
            self.ignore(e.x)
        else:
            self.expr((k[0], k[1] + 1), e.x)
            if u is None:
                self.expr(k, e.x)

    def x_slice(self, k: Hole, e: ast.SliceExpr) -> None:
        for x in (e.lo, e.hi, e.max):
            self.ignore(x)
        u = under(e.x.type) if e.x.type is not None else None
        self.expr((k[0], k[1] - 1) if isinstance(u, T.Array) else k, e.x)

    def x_assert(self, k: Hole, e: ast.TypeAssertExpr) -> None:
        t = e.typ.type if e.typ is not None else None
        if t is not None and not is_interface(t) and not is_direct(t):
            k = (k[0], k[1] + 1)
        self.expr(k, e.x)
        if t is not None and has_type_param(t):
            self.expr((k[0], k[1] - 1), e.x)

    def x_star(self, k: Hole, e: ast.StarExpr) -> None:
        self.expr((k[0], k[1] + 1), e.x)

    def x_unary(self, k: Hole, e: ast.UnaryExpr) -> None:
        if e.op != "&":
            self.ignore(e.x)
            return
        x = unparen(e.x)
        if isinstance(x, ast.CompositeLit):
            inner = self.spill(k, e)
            if too_large(x.type, MAX_IMPLICIT):
                self.force(inner[0], "is too large for the stack")
            self.expr(inner, x)
        else:
            self.expr((k[0], k[1] - 1), x)

    def x_binary(self, k: Hole, e: ast.BinaryExpr) -> None:
        if e.op in ("==", "!="):
            self.to((self.discard, 0), e.x, e.y.type)
            self.to((self.discard, 0), e.y, e.x.type)
            return
        if e.op == "+" and e.type is not None and not isinstance(T.unalias(e.type), T.TypeParam) and _is_string(under(e.type)):
            self.spill(k, e)
        self.ignore(e.x)
        self.ignore(e.y)

    def x_call(self, k: Hole, e: ast.CallExpr) -> None:
        self.call([k], e)

    # ------------------------------------------------------------ calls

    def many(self, holes: list[Hole], e: ast.Expr) -> None:
        """A possibly multi-valued expression flows to holes."""
        x = unparen(e)
        if isinstance(x, ast.CallExpr) and x.fun.mode not in ("typexpr", "builtin"):
            self.call(holes, x)
        else:
            self.expr(holes[0], x)

    def call(self, holes: list[Hole], e: ast.CallExpr, deferred: bool = False) -> None:
        fun = unparen(e.fun)
        if fun.mode == "typexpr":
            self.conversion(holes[0], e)
            return
        if fun.mode == "builtin":
            cause, self.cause = self.cause, e
            self.builtin(holes[0], e, fun)
            self.cause = cause
            return
        sig = self.sig_of(fun)
        callee, recv = self.static_callee(fun)
        if isinstance(fun, ast.FuncLit):
            params, results = self.literal(fun, self.tee((self.heap, 0)) if self.depth and deferred else (self.new("temp", None), 0))
            self.arguments(e, sig, [(p, 0) for p in params])
            for k, r in zip(holes, results):
                self.flow(k, r)
            return
        if callee is None:
            cause, self.cause = self.cause, e
            if isinstance(fun, ast.SelectorExpr) and fun.selection is not None and fun.selection.kind == "methodval":
                self.receiver((self.heap, 0), fun)
            else:
                self.expr((self.discard, 0), fun)
            n = len(sig.params.vars) if sig is not None else len(e.args)
            self.arguments(e, sig, [(self.heap, 0)] * n)
            self.cause = cause
            return
        args: list[Location | None] = []
        if recv is not None:
            x = self.new("temp", None)
            args.append(x)
            self.receiver((x, 0), recv)
        assert sig is not None
        param_holes: list[Hole] = []
        for v in sig.params.vars:
            if self.has_pointers(v.type):
                x = self.new("temp", None)
                args.append(x)
                param_holes.append((x, 0))
            else:
                args.append(None)
                param_holes.append((self.discard, 0))
        self.arguments(e, sig, param_holes)
        results_: list[Location | None] = []
        for i, v in enumerate(sig.results.vars):
            k = holes[i] if i < len(holes) and len(holes) == len(sig.results.vars) else holes[0] if i == 0 else (self.discard, 0)
            if self.has_pointers(v.type) and k[0] is not self.discard:
                x = self.new("temp", None)
                self.flow(k, x)
                results_.append(x)
            else:
                results_.append(None)
        self.facts.open_calls.append((callee, args, results_, e))

    def sig_of(self, fun: ast.Expr) -> T.Signature | None:
        t = fun.type
        u = under(t) if t is not None else None
        if isinstance(u, T.Interface):
            u = core_type(u)
        return u if isinstance(u, T.Signature) else None

    def static_callee(self, fun: ast.Expr) -> tuple[Func | None, ast.SelectorExpr | None]:
        """(function, selector with the receiver or None) when the called function is known."""
        if isinstance(fun, ast.IndexExpr):
            fun = unparen(fun.x)
        if isinstance(fun, ast.Ident):
            return (fun.obj, None) if isinstance(fun.obj, Func) else (None, None)
        if isinstance(fun, ast.SelectorExpr):
            s = fun.selection
            if s is None:
                return (fun.sel.obj, None) if isinstance(fun.sel.obj, Func) else (None, None)
            if s.kind == "methodval" and isinstance(s.obj, Func) and s.obj.origin.decl is not None and not self.dynamic(s):
                return s.obj, fun
            if s.kind == "methodexpr" and isinstance(s.obj, Func) and s.obj.origin.decl is not None and len(s.index) == 1:
                sig = s.obj.type
                ptr = isinstance(sig, T.Signature) and sig.recv is not None and sig.recv.type is not None and isinstance(under(sig.recv.type), T.Pointer)
                if ptr == isinstance(under(s.recv), T.Pointer):
                    return s.obj, None
        return None, None

    @staticmethod
    def dynamic(s: Selection) -> bool:
        """Whether method selection s is a call through an interface or a type parameter."""
        sig = s.obj.type
        r = sig.recv.type if isinstance(sig, T.Signature) and sig.recv is not None else None
        return r is None or isinstance(T.unalias(r), T.TypeParam) or is_interface(r)

    def arguments(self, e: ast.CallExpr, sig: T.Signature | None, holes: list[Hole]) -> None:
        args = e.args
        if sig is None:
            for a in args:
                self.expr((self.heap, 0), a)
            return
        params = sig.params.vars
        if len(args) == 1 and isinstance(args[0].type, T.Tuple):
            self.spread(args[0], sig, holes)
            return
        n = len(params)
        for i, a in enumerate(args):
            if sig.variadic and i >= n - 1 and not e.ellipsis:
                break
            self.to(holes[i] if i < len(holes) else (self.heap, 0), a, params[i].type if i < n else None)
        if sig.variadic and not e.ellipsis and len(args) >= n:
            st = under(params[-1].type) if params[-1].type is not None else None
            elem = st.elem if isinstance(st, T.Slice) else None
            rest = self.spill(holes[n - 1], e)
            for a in args[n - 1 :]:
                self.to(rest, a, elem)

    def spread(self, call: ast.Expr, sig: T.Signature, holes: list[Hole]) -> None:
        """f(g()): g's results flow to f's parameters; boxing goes to the heap."""
        tup = call.type
        assert isinstance(tup, T.Tuple)
        params = sig.params.vars
        targets: list[Hole] = []
        for i, v in enumerate(tup.vars):
            if sig.variadic and i >= len(params) - 1:
                targets.append((self.heap, 0))
            else:
                boxed = is_interface(params[i].type) and not is_interface(v.type)
                targets.append((self.heap, 0) if boxed else holes[i])
        self.many(targets, call)

    def conversion(self, k: Hole, e: ast.CallExpr) -> None:
        x = e.args[0]
        want, have = e.type, x.type
        if want is None or have is None:
            self.expr(k, x)
            return
        if is_interface(want) and not is_interface(have):
            self.to(k, x, want)
            return
        w = under(want) if not isinstance(T.unalias(want), T.TypeParam) else None
        h = under(have) if not isinstance(T.unalias(have), T.TypeParam) else None
        if isinstance(w, T.Basic) and w.kind == "unsafe.Pointer" and isinstance(h, T.Basic) and h.kind != "unsafe.Pointer":
            self.unsafe(k, x)
        elif w is None or h is None:  # new bytes in some instances, the same memory in others
            self.expr(k, x)
            self.force(self.spill(k, e)[0], "may be new memory of a size known only when the program runs")
        elif _copies(w, h):
            self.spill(k, e)
            self.ignore(x)
        elif isinstance(w, T.Array) and isinstance(h, T.Slice):
            self.expr((k[0], k[1] + 1), x)
        else:
            self.expr(k, x)

    def unsafe(self, k: Hole, e: ast.Expr) -> None:
        """A uintptr expression that becomes a pointer: follow the pointers it was made of."""
        x = unparen(e)
        if isinstance(x, ast.CallExpr) and x.fun.mode == "typexpr":
            t = x.args[0].type
            if t is not None and self.has_pointers(t):
                self.expr(k, x.args[0])
            else:
                self.unsafe(k, x.args[0])
        elif isinstance(x, ast.BinaryExpr):
            self.unsafe(k, x.x)
            self.unsafe(k, x.y)
        elif isinstance(x, ast.UnaryExpr):
            self.unsafe(k, x.x)
        else:
            self.ignore(x)

    def builtin(self, k: Hole, e: ast.CallExpr, fun: ast.Expr) -> None:
        name = fun.sel.name if isinstance(fun, ast.SelectorExpr) else fun.name if isinstance(fun, ast.Ident) else ""
        args = e.args
        heap = (self.heap, 0)
        if len(args) == 1 and isinstance(args[0].type, T.Tuple):  # copy(f()), append(f()): rare
            self.many([heap] * len(args[0].type.vars), args[0])
            return
        if name == "append":
            st = under(e.type) if e.type is not None else None
            elem = st.elem if isinstance(st, T.Slice) else None
            pointers = elem is None or self.has_pointers(elem)
            first = self.tee(k, (self.heap, 1)) if pointers else k
            self.expr(first, args[0])
            for a in args[1:]:
                if e.ellipsis:
                    self.expr((self.heap, 1) if pointers else (self.discard, 0), a)
                else:
                    self.to(heap, a, elem)
        elif name == "copy":
            self.ignore(args[0])
            t = args[1].type
            u = under(t) if t is not None else None
            pointers = not isinstance(u, T.Basic) and not (isinstance(u, T.Slice) and not self.has_pointers(u.elem))
            self.expr((self.heap, 1) if pointers else (self.discard, 0), args[1])
        elif name == "panic":
            self.to(heap, args[0], e.args[0].type)
            self.box_to_heap(args[0])
        elif name == "new":
            x = self.spill(k, e)
            t = e.type
            u = under(t) if t is not None else None
            if isinstance(u, T.Pointer) and too_large(u.elem, MAX_IMPLICIT):
                self.force(x[0], "is too large for the stack")
            if args[0].mode != "typexpr":
                self.expr(x, args[0])
        elif name == "make":
            x = self.spill(k, e)
            for a in args[1:]:
                self.ignore(a)
            if not _constant_make(e):
                self.force(x[0], _make_cause(e))
        elif name in ("min", "max"):
            for a in args:
                self.expr(k, a)
        elif name in ("Add", "Slice", "String", "SliceData", "StringData"):
            self.expr(k, args[0])
            for a in args[1:]:
                self.ignore(a)
        elif name == "delete":
            mt = under(args[0].type) if args[0].type is not None else None
            self.ignore(args[0])
            self.to((self.discard, 0), args[1], mt.key if isinstance(mt, T.Map) else None)
        else:
            for a in args:
                if a.mode != "typexpr":
                    self.ignore(a)

    def box_to_heap(self, e: ast.Expr) -> None:
        t = e.type
        if t is not None and e.mode != "constant" and not is_interface(t):
            self.box((self.heap, 0), e, t)

    # ------------------------------------------------------------ statements

    def target(self, e: ast.Expr) -> Hole:
        """The hole an assignment to e fills."""
        x = unparen(e)
        if isinstance(x, ast.Ident):
            if x.name == "_" or not isinstance(x.obj, Var):
                return self.discard, 0
            if x.obj.kind == "package":
                return self.heap, 0
            return self.var(x.obj), 0
        if isinstance(x, ast.SelectorExpr):
            s = x.selection
            if s is None:
                return self.heap, 0
            t = x.x.type
            for i in s.index:
                if t is None:
                    break
                u = under(t)
                if isinstance(u, T.Pointer):
                    self.ignore(x.x)
                    return self.heap, 0
                if not isinstance(u, T.Struct):
                    break
                t = u.fields[i].type
            return self.target(x.x)
        if isinstance(x, ast.IndexExpr):
            of = under(x.x.type) if x.x.type is not None else None
            if isinstance(of, T.Map):
                self.ignore(x.x)
                self.to((self.heap, 0), x.indices[0], of.key)
                return self.heap, 0
            self.ignore(x.indices[0])
            if isinstance(of, T.Array):
                return self.target(x.x)
            self.ignore(x.x)
            return self.heap, 0
        if isinstance(x, ast.StarExpr):
            self.ignore(x.x)
            return self.heap, 0
        self.ignore(x)
        return self.heap, 0

    def block(self, stmts: list[ast.Stmt]) -> None:
        for s in stmts:
            self.stmt(s)

    def stmt(self, s: ast.Stmt | None) -> None:
        if s is not None:
            m = _STMT.get(type(s))
            if m is not None:
                outer, cause, self.at, self.cause = self.at, self.cause, s, None
                m(self, s)  # type: ignore[arg-type]
                self.at, self.cause = outer, cause

    def s_block(self, s: ast.BlockStmt) -> None:
        self.block(s.list)

    def s_decl(self, s: ast.DeclStmt) -> None:
        if s.decl.tok != "var":
            return
        for spec in s.decl.specs:
            if not isinstance(spec, ast.VarSpec):
                continue
            holes: list[Hole] = []
            types: list[T.Type | None] = []
            for n in spec.names:
                v = n.obj
                holes.append((self.var(v), 0) if isinstance(v, Var) and n.name != "_" else (self.discard, 0))
                types.append(v.type if isinstance(v, Var) else None)
            self.assign(holes, types, spec.values)

    def assign(self, holes: list[Hole], types: list[T.Type | None], values: list[ast.Expr]) -> None:
        if len(values) == len(holes):
            for k, t, v in zip(holes, types, values):
                self.to(k, v, t)
        elif values:
            e = values[0]
            tup = e.type
            if isinstance(tup, T.Tuple) and isinstance(unparen(e), ast.CallExpr):
                ks = [(self.heap, 0) if is_interface(t) and not is_interface(v.type) else k for k, t, v in zip(holes, types, tup.vars)]
                self.many(ks, e)
            elif is_interface(types[0]) and e.type is not None:
                self.expr((self.heap, 0), e)
            else:
                self.expr(holes[0], e)

    def s_expr(self, s: ast.ExprStmt) -> None:
        self.ignore(s.x)

    def s_send(self, s: ast.SendStmt) -> None:
        self.ignore(s.chan)
        t = s.chan.type
        u = under(t) if t is not None else None
        self.to((self.heap, 0), s.value, u.elem if isinstance(u, T.Chan) else None)

    def s_incdec(self, s: ast.IncDecStmt) -> None:
        self.target(s.x)

    def s_assign(self, s: ast.AssignStmt) -> None:
        if s.op not in ("=", ":="):
            self.target(s.lhs[0])
            self.ignore(s.rhs[0])
            return
        holes = [self.target(x) for x in s.lhs]
        types = [x.type if not (isinstance(x, ast.Ident) and x.name == "_") else None for x in s.lhs]
        for i, v in enumerate(s.new_vars or ()):
            if v is not None:
                types[i] = v.type
        self.assign(holes, types, s.rhs)

    def s_go(self, s: ast.GoStmt) -> None:
        self.detached(s.call)

    def detached(self, e: ast.Expr) -> None:
        """go, and defer in a loop: function and arguments go to the heap."""
        c = unparen(e)
        if not isinstance(c, ast.CallExpr):
            return
        fun = unparen(c.fun)
        if fun.mode == "builtin":
            for a in c.args:
                if a.mode != "typexpr":
                    self.expr((self.heap, 0), a)
            return
        if isinstance(fun, ast.FuncLit):
            params, _ = self.literal(fun, (self.heap, 0))
            self.arguments(c, self.sig_of(fun), [(self.heap, 0)] * len(params))
            return
        sig = self.sig_of(fun)
        if isinstance(fun, ast.IndexExpr) and fun.targs is not None:
            fun = unparen(fun.x)
        if isinstance(fun, ast.SelectorExpr) and fun.selection is not None and fun.selection.kind == "methodval":
            self.receiver((self.heap, 0), fun)
        else:
            self.expr((self.heap, 0), fun)
        self.arguments(c, sig, [(self.heap, 0)] * (len(sig.params.vars) if sig is not None else 0))

    def s_defer(self, s: ast.DeferStmt) -> None:
        c = unparen(s.call)
        if self.depth or not isinstance(c, ast.CallExpr):
            self.detached(s.call)
            return
        self.call([(self.discard, 0)], c)

    def s_return(self, s: ast.ReturnStmt) -> None:
        assert self.fn is not None
        results = self.fn.results
        if s.results:
            types = [r.node.type if isinstance(r.node, Var) else None for r in results]
            self.assign([(r, 0) for r in results], types, s.results)

    def s_if(self, s: ast.IfStmt) -> None:
        self.stmt(s.init)
        self.ignore(s.cond)
        self.block(s.body.list)
        self.stmt(s.els)

    def s_switch(self, s: ast.SwitchStmt) -> None:
        self.stmt(s.init)
        self.ignore(s.tag)
        for c in s.body:
            for x in c.exprs or ():
                self.ignore(x)
            self.block(c.body)

    def s_typeswitch(self, s: ast.TypeSwitchStmt) -> None:
        self.stmt(s.init)
        holes: list[Hole] = []
        for c in s.body:
            v = c.var
            if v is not None and self.has_pointers(v.type):
                x = self.var(v)
                derefs = 0 if is_interface(v.type) or is_direct(v.type) else 1
                holes.append((x, derefs))
                if has_type_param(v.type):
                    holes.append((x, 0))
        if holes:
            self.expr(self.tee(*holes), s.x)
        else:
            self.ignore(s.x)
        for c in s.body:
            self.block(c.body)

    def s_select(self, s: ast.SelectStmt) -> None:
        for c in s.body:
            self.stmt(c.comm)
            self.block(c.body)

    def s_for(self, s: ast.ForStmt) -> None:
        if s.per_iteration:
            self.depth += 1
            self.stmt(s.init)
        else:
            self.stmt(s.init)
            self.depth += 1
        self.ignore(s.cond)
        self.block(s.body.list)
        self.stmt(s.post)
        self.depth -= 1

    def s_range(self, s: ast.RangeStmt) -> None:
        t = s.x.type
        u = under(t) if t is not None else None
        if isinstance(T.unalias(t) if t is not None else None, T.TypeParam):
            assert t is not None
            u = core_type(t)
        if s.define and s.per_iteration:
            self.depth += 1
        holes: list[Hole] = []
        for x in (s.key, s.value):
            holes.append((self.discard, 0) if x is None else self.target(x))
        if s.define and not s.per_iteration:
            self.depth += 1
        elif not s.define:
            self.depth += 1
        if isinstance(u, T.Signature):
            self.ignore(s.x)
        elif isinstance(u, T.Array):
            self.expr(holes[1], s.x)
        elif isinstance(u, (T.Slice, T.Pointer)):
            k = holes[1]
            if s.value is not None and not s.define and is_interface(s.value.type) and isinstance(u, T.Slice) and not is_interface(u.elem):
                k = (self.heap, 0)
            self.depth -= 1
            self.expr((k[0], k[1] + 1), s.x)
            self.depth += 1
        else:
            self.ignore(s.x)
        self.block(s.body.list)
        self.depth -= 1

    def s_labeled(self, s: ast.LabeledStmt) -> None:
        # A goto may jump back here: take what follows for a loop.
        if self.gotos:
            self.depth += 1
        self.stmt(s.stmt)

    def s_clause(self, s: ast.CommClause) -> None:
        self.stmt(s.comm)
        self.block(s.body)


def _literal_length(e: ast.CompositeLit) -> int:
    n = at = 0
    for x in e.elts:
        if isinstance(x, ast.KeyValueExpr) and isinstance(x.key.val, int):
            at = x.key.val
        at += 1
        n = max(n, at)
    return n


def _constant_make(e: ast.CallExpr) -> bool:
    """make of a slice with a constant, small capacity, or of a map of one group (channels live on the heap)."""
    t = e.type
    u = under(t) if t is not None else None
    if isinstance(u, T.Map):
        return len(e.args) == 1 or (isinstance(e.args[1].val, int) and 0 <= e.args[1].val <= MAP_SLOTS)
    if not isinstance(u, T.Slice) or has_type_param(u.elem):
        return False
    cap = e.args[-1].val if len(e.args) > 1 else None
    return isinstance(cap, int) and 0 <= cap * sizeof(u.elem) <= MAX_IMPLICIT


def _make_cause(e: ast.CallExpr) -> str:
    """Why a make that is no _constant_make is on the heap."""
    u = under(e.type) if e.type is not None else None
    if isinstance(u, T.Chan):
        return "is a channel, and channels live on the heap"
    if isinstance(e.args[-1].val, int) and len(e.args) > 1:
        return "is too large for the stack"
    return "has a size that is known only when the program runs"


def _copies(w: T.Type, h: T.Type) -> bool:
    """Conversions between strings and slices, and from integers to strings: they make new bytes."""
    return _is_string(w) != _is_string(h)


def _is_string(t: T.Type) -> bool:
    return isinstance(t, T.Basic) and bool(t.info & T.IS_STRING)


_EXPR: dict[type[ast.Expr], Callable[[Build, Hole, Never], None]] = {
    ast.Ident: Build.x_ident, ast.ParenExpr: Build.x_paren, ast.FuncLit: Build.x_funclit, ast.CompositeLit: Build.x_composite,
    ast.SelectorExpr: Build.x_selector, ast.IndexExpr: Build.x_index, ast.SliceExpr: Build.x_slice, ast.TypeAssertExpr: Build.x_assert,
    ast.StarExpr: Build.x_star, ast.UnaryExpr: Build.x_unary, ast.BinaryExpr: Build.x_binary, ast.CallExpr: Build.x_call,
}  # fmt: skip

_STMT: dict[type[ast.Stmt], Callable[[Build, Never], None]] = {
    ast.BlockStmt: Build.s_block, ast.DeclStmt: Build.s_decl, ast.ExprStmt: Build.s_expr, ast.SendStmt: Build.s_send,
    ast.IncDecStmt: Build.s_incdec, ast.AssignStmt: Build.s_assign, ast.GoStmt: Build.s_go, ast.DeferStmt: Build.s_defer,
    ast.ReturnStmt: Build.s_return, ast.IfStmt: Build.s_if, ast.SwitchStmt: Build.s_switch, ast.TypeSwitchStmt: Build.s_typeswitch,
    ast.SelectStmt: Build.s_select, ast.ForStmt: Build.s_for, ast.RangeStmt: Build.s_range, ast.LabeledStmt: Build.s_labeled,
    ast.CommClause: Build.s_clause,
}  # fmt: skip
