"""Escape analysis: what may live on the stack, across functions.

Every variable, allocation (composite literal behind & or for a slice, new, make, closure, boxed interface value, variadic slice, string or slice
that a conversion or + makes) and
parameter is a Location. Statements become edges dst <- src with a count of dereferences: -1 for `dst = &src`, 0 for `dst = src`, n for
`dst = *..*src`. A location whose address reaches something that outlives it (the heap, a result, a variable of an outer loop or
function) must be on the heap; everything else stays on the frame. What a function does with its parameters is its Summary: for each, the
fewest dereferences with which it reaches the heap or a result. Calls of functions with known bodies use it; all other calls send their
arguments to the heap.

One traversal of a body builds its graph, with call sites left open (escapegraph.py); Tarjan's algorithm then closes strongly connected groups of
functions, callees first, so the result of a function does not depend on where the analysis began. Generic bodies are analysed once.

    facts = Escape(body_of).analyze(decl)          (facts.Facts.escape)
    var.escapes                     the variable lives on the heap
    node in facts.stack             the allocation `node` makes stays on the frame
    node in facts.boxes             converting `node` to an interface boxes it on the frame

After Go's escape analysis (cmd/compile/internal/escape, go1.27); simplified where noted: method values and deferred calls in loops
go to the heap, map contents always do.
"""

from __future__ import annotations

from collections.abc import Callable

from rt0.lower.escapegraph import HEAP, Build, FuncFacts, Location, Summary
from rt0.lower.escapetrace import Decision, Edge, Trace
from rt0.lower.escapetypes import Pointers
from rt0.lower.facts import Facts
from rt0.lower.facts import facts as closure_facts
from rt0.syntax import nodes as ast
from rt0.syntax.printer import expr_string
from rt0.types import types as T
from rt0.types.objects import Func, Var


class Escape:
    """The analysis over one build. body_of(f) gives the checked FuncDecl of a declared function, None when it has no Go body;
    known(f) gives a summary from elsewhere (the cache), or None."""

    def __init__(self, body_of: Callable[[Func], ast.FuncDecl | None], known: Callable[[Func], Summary | None] = lambda f: None) -> None:
        self.body_of = body_of
        self.known = known
        self.facts: dict[ast.FuncDecl | ast.Expr, FuncFacts] = {}
        self._order: dict[ast.FuncDecl | ast.Expr, int] = {}  # Tarjan's algorithm
        self._low: dict[ast.FuncDecl | ast.Expr, int] = {}
        self._stack: list[FuncFacts] = []
        self._on: set[ast.FuncDecl | ast.Expr] = set()
        self._external: dict[Func, Summary | None] = {}
        self.has_pointers = Pointers()
        self.notes: list[tuple[int, str]] | None = None  # -m: (position, text), collected when it is a list
        self.trace: Trace | None = None  # why, collected when it is there

    def analyze(self, decl: ast.FuncDecl) -> FuncFacts:
        """Facts of a declared function whose body has been checked."""
        f = self.facts.get(decl)
        if f is None:
            f = self._visit(decl, closure_facts(decl), None)
        return f

    def initializer(self, e: ast.Expr, types: list[T.Type | None], closures: Facts) -> FuncFacts:
        """Facts of the initialiser of package variables of these types, or of a function literal in it; closures: those of the package's initialisers."""
        f = self.facts.get(e)
        if f is None:
            f = self._visit(e, closures, types)
        return f

    def _callee(self, f: Func) -> ast.FuncDecl | None:
        """The body to analyse for a call of f; None when its summary is known without (see _summary)."""
        f = f.origin
        if f in self._external:
            return None
        s = self.known(f)
        d = None if s is not None else self.body_of(f)
        if d is None or d.body is None:
            self._external[f] = s if s is not None else _pragma_summary(f)
            return None
        return d

    def _visit(self, decl: ast.FuncDecl | ast.Expr, closures: Facts, types: list[T.Type | None] | None) -> FuncFacts:
        f = FuncFacts(decl)
        self.facts[decl] = f
        n = len(self._order)
        self._order[decl] = self._low[decl] = n
        self._stack.append(f)
        self._on.add(decl)
        build = Build(self.has_pointers, self.trace, f, closures)
        if isinstance(decl, ast.FuncDecl):
            build.function(decl)
        else:
            build.initializer(decl, types or [])
        low = n
        for callee, _, _, _ in f.open_calls:
            d = self._callee(callee)
            if d is None:
                continue
            if d not in self._order:
                self._visit(d, closure_facts(d), None)
                low = min(low, self._low[d])
            elif d in self._on:
                low = min(low, self._order[d])
        self._low[decl] = low
        if low == n:
            group: list[FuncFacts] = []
            while True:
                g = self._stack.pop()
                self._on.discard(g.decl)
                group.append(g)
                if g is f:
                    break
            self._solve(group)
        return f

    # ------------------------------------------------------------ solving

    def _solve(self, group: list[FuncFacts]) -> None:
        """Connect the calls of a group of mutually recursive functions, find what escapes, and make the summaries."""
        members = {g.decl: g for g in group}
        heap = group[0].heap
        for g in group:
            own = g.heap
            if own is not heap:
                heap.edges += own.edges
                own.edges = []
            for callee, args, results, call in g.open_calls:
                self._connect(callee, args, results, call, members, heap)
        locs = [x for g in group for x in g.locs]
        self._walk_all(heap, locs, self.trace)
        for g in group:
            self._finish(g)

    def _connect(self, callee: Func, args: list[Location | None], results: list[Location | None], call: ast.CallExpr,
                 members: dict[ast.FuncDecl | ast.Expr, FuncFacts], heap: Location) -> None:  # fmt: skip
        trace = self.trace
        d = self._callee(callee)
        facts = self.facts.get(d) if d is not None else None
        if facts is not None and facts.decl in members:
            for i, (a, p) in enumerate(zip(args, facts.params)):
                if a is not None:
                    p.edges.append((a, 0))
                    if trace is not None:
                        trace.edge(p, a, Edge(0, call, None, callee, i))
            for r, q in zip(results, facts.results):
                if r is not None:
                    r.edges.append((q, 0))
            return
        summary = facts.summary if facts is not None else self._external.get(callee.origin)
        for i, a in enumerate(args):
            if a is None:
                continue
            if summary is None or i >= len(summary):
                heap.edges.append((a, 0))
                if trace is not None:
                    trace.edge(heap, a, Edge(0, call, None, callee, i))
                continue
            for target, derefs in summary[i].items():
                dst = heap if target == HEAP else results[target]
                if dst is not None:
                    dst.edges.append((a, derefs))
                    if trace is not None:
                        trace.edge(dst, a, Edge(derefs, call, None, callee, i))

    @staticmethod
    def _walk_all(heap: Location, locs: list[Location], trace: Trace | None) -> None:
        """Find every location that must be on the heap, and where parameters leak to. A location can only cause an escape as a
        root when it outlives something pointed to: the heap, results, and holders at a lower loop depth or level."""
        deepest = max((x.depth for x in locs if x.pointed), default=-1)
        level = max((x.fn.level for x in locs if x.pointed and x.fn is not None), default=0)
        todo = [heap]
        todo += [x for x in locs if x.kind == "result" or (x.edges and (x.depth < deepest or (x.fn is not None and x.fn.level < level)))]
        todo += [x for x in locs if x.escapes]
        gen = 0
        while todo:
            root = todo.pop()
            gen += 1
            root.gen, root.derefs = gen, 0
            work = [root]
            while work:
                x = work.pop()
                d = x.derefs
                if d < 0:
                    d = 0
                    if not x.escapes and _outlives(root, x):
                        x.escapes = True
                        todo.append(x)
                        if trace is not None:
                            trace.escaped(x, root)
                        continue
                if x.kind == "param" and not x.escapes and x is not root and _outlives(root, x):
                    target = _leak(x, root, d)
                    if trace is not None:
                        trace.leaked(x, root, target)
                for src, n in x.edges:
                    if src.escapes:
                        continue  # what flows into it is walked from there
                    v = d + n
                    if src.gen != gen or src.derefs > v:
                        src.gen, src.derefs, src.via = gen, v, x
                        work.append(src)
        for x in locs:
            if x.kind == "param" and x.escapes:
                x.leaks[HEAP] = 0

    def _note_var(self, x: Location, v: Var) -> None:
        assert self.notes is not None
        if x.escapes:
            self.notes.append((v.pos, f"moved to heap: {v.name}"))
        elif x.kind == "param" and x.fn is not None and x.fn.level == 0 and v.name not in ("", "_") and self.has_pointers(v.type):
            if not x.leaks:
                self.notes.append((v.pos, f"{v.name} does not escape"))
            for target, derefs in sorted(x.leaks.items()):
                what = "leaking param" if derefs == 0 or target != HEAP else "leaking param content"
                to = "" if target == HEAP else f" to result {_result_name(x.fn.decl, target)} level={derefs}"
                self.notes.append((v.pos, f"{what}: {v.name}{to}"))

    def _note_alloc(self, x: Location, node: ast.Expr) -> None:
        assert self.notes is not None
        self.notes.append((_alloc_pos(node), f"{_alloc_name(x, node)} {'escapes to heap' if x.escapes else 'does not escape'}"))

    def _decide(self, trace: Trace, x: Location) -> None:
        """Write down what was decided about x, and why."""
        node = x.node
        if isinstance(node, Var):
            if x.kind not in ("var", "param") or node.name in ("", "_"):
                return
            d = Decision(node.pos, "variable" if x.kind == "var" else "parameter", node.name, x.escapes)
            if not x.escapes and x.fn is not None and x.fn.level == 0 and self.has_pointers(node.type):
                for target, derefs in sorted(x.leaks.items()):
                    where = "the heap" if target == HEAP else f"result {_result_name(x.fn.decl, target)}"
                    d.leaks.append(f"{'what it points to reaches ' if derefs else ''}{where}")
                    d.why += trace.leak(x, target)
        elif x.kind in ("alloc", "box") and isinstance(node, ast.Expr):
            d = Decision(_alloc_pos(node), "allocation" if x.kind == "alloc" else "interface", _alloc_name(x, node), x.escapes)
        else:
            return
        if x.escapes:
            d.why = trace.why(x)
        trace.decisions.append(d)

    def _finish(self, g: FuncFacts) -> None:
        heap: set[ast.Node] = set()  # a literal may make two objects, as {1} in []*[]int{{1}}: both stay on the frame or none
        for x in g.locs:
            node = x.node
            if self.notes is not None and x.kind in ("alloc", "box") and isinstance(node, ast.Expr):
                self._note_alloc(x, node)
            if self.trace is not None:
                self._decide(self.trace, x)
            if x.kind in ("var", "param", "result"):
                if isinstance(node, Var):
                    node.escapes = x.escapes
                    if self.notes is not None:
                        self._note_var(x, node)
            elif not isinstance(node, ast.Node):
                continue
            elif not x.escapes:
                if x.kind == "alloc":
                    g.stack.add(node)
                elif x.kind == "box":
                    g.boxes.add(node)
            elif x.kind == "alloc":
                heap.add(node)
        g.stack -= heap
        g.summary = [p.leaks for p in g.params]
        g.locs, g.open_calls, g.heap.edges = [], [], []


def _alloc_name(x: Location, node: ast.Expr) -> str:
    """What -m calls an allocation."""
    if isinstance(node, ast.FuncLit):
        return "func literal"
    if x.kind == "alloc" and isinstance(node, ast.CallExpr) and node.fun.mode not in ("builtin", "typexpr"):
        return "... argument"
    return expr_string(node)


def _alloc_pos(node: ast.Expr) -> int:
    return node.lbrace if isinstance(node, ast.CompositeLit) else node.pos


def _outlives(holder: Location, x: Location) -> bool:
    """Whether what `holder` keeps may be used after x's lifetime on its frame has ended."""
    if holder.escapes:
        return True
    if holder.kind == "result":
        return True
    if holder.fn is x.fn:
        return holder.depth < x.depth
    f = x.fn
    while f is not None:
        if f is holder.fn:
            return True  # x belongs to a literal inside the holder's function
        f = f.outer
    return False


def _leak(param: Location, root: Location, derefs: int) -> int:
    """Note that param flows to root; gives the target: HEAP or the number of a result."""
    target = HEAP
    if root.kind == "result" and not root.escapes and root.fn is param.fn:
        target = root.index
    if param.leaks.get(target, 1 << 30) > derefs:
        param.leaks[target] = derefs
    return target


def _result_name(decl: ast.FuncDecl | ast.Expr, i: int) -> str:
    assert isinstance(decl, ast.FuncDecl) and decl.obj is not None and isinstance(decl.obj.type, T.Signature)
    return decl.obj.type.results.vars[i].name or f"~r{i}"


def _pragma_summary(f: Func) -> Summary | None:
    """A function without a Go body leaks everything, unless //go:noescape says it leaks nothing."""
    decl = f.decl
    if decl is not None and "noescape" in decl.pragmas:
        return [{} for _ in range(64)]
    return None


