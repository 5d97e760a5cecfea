"""Why escape analysis decided as it did: the way of an address, step by step. escape.py fills a Trace when somebody wants to know.

An edge of its graph remembers the statement, call or literal that made it; when a location is found to need the heap, the edges on the way from it to
what outlives it are written down. `decisions` has the result in words:

    ./main.go:38:2: x (variable) on the heap
        ./main.go:39:9: its address is returned

Only the first edge between two places is remembered: one way is enough to force the heap.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rt0.diag import Pos
from rt0.syntax import nodes as ast
from rt0.syntax.nodes import unparen
from rt0.syntax.printer import expr_string
from rt0.types.objects import Func, Var
from rt0.types.types import Signature

if TYPE_CHECKING:
    from rt0.lower.escapegraph import Location


@dataclass(slots=True)
class Decision:
    """What was decided about one variable, parameter or allocation.

    kind   "variable", "parameter", "allocation" (a literal, new, make, a closure ...) or "interface" (a value converted to an interface type)
    heap   it has to be on the heap
    why    (place, words): the way of its address to what outlives it, or of a parameter's value out of the function; [] when it gets nowhere
    leaks  of a parameter: "the heap", "result 0", ... with "what it points to" for its content
    """

    pos: Pos
    kind: str
    name: str
    heap: bool
    why: list[tuple[Pos, str]] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Edge:
    """What made an edge: the node (a call, a literal) or else the statement; of a call of a known function also this and the number of the argument."""

    derefs: int
    cause: ast.Node | None
    stmt: ast.Stmt | None
    callee: Func | None = None
    arg: int = 0


class Trace:
    """edges: (destination, source), by id. ways: location -> [(destination, source, edge)] from it to its root. leaks: (parameter, target) -> the same."""

    __slots__ = ("causes", "decisions", "edges", "keep", "leaks", "ways")

    def __init__(self) -> None:
        self.decisions: list[Decision] = []
        self.edges: dict[tuple[int, int], Edge] = {}
        self.ways: dict[int, tuple[list[Step], Location]] = {}
        self.leaks: dict[tuple[int, int], list[Step]] = {}
        self.causes: dict[int, str] = {}  # location -> why it is on the heap without a way
        self.keep: list[Location] = []  # so that no id is given twice

    def edge(self, dst: Location, src: Location, edge: Edge) -> None:
        self.keep += (dst, src)
        self.edges.setdefault((id(dst), id(src)), edge)

    def escaped(self, x: Location, root: Location) -> None:
        """x must be on the heap, since its address reaches root: the `via` of the places on the way are still those of this walk."""
        self.ways[id(x)] = self._way(x, root), root

    def leaked(self, param: Location, root: Location, target: int) -> None:
        self.leaks.setdefault((id(param), target), self._way(param, root))

    def _way(self, x: Location, root: Location) -> list[Step]:
        out: list[Step] = []
        while x is not root and x.via is not None:
            dst = x.via
            out.append((dst, x, self.edges.get((id(dst), id(x)))))
            x = dst
        return out

    # ------------------------------------------------------------ in words

    def why(self, x: Location) -> list[tuple[Pos, str]]:
        """The whole way of x to the heap, also from what it is kept in onwards."""
        out: list[tuple[Pos, str]] = []
        seen: set[int] = set()
        at: Location | None = x
        while at is not None and id(at) not in seen:
            seen.add(id(at))
            if id(at) in self.causes:
                out.append((_pos(at), f"{_name(at)} {self.causes[id(at)]}" if at is not x else self.causes[id(at)]))
            if id(at) not in self.ways:
                break
            steps, root = self.ways[id(at)]
            out += words(steps)
            if root.kind in ("var", "param") and not root.escapes:
                out.append((_pos(root), f"{_name(root)} is declared further out and lives longer"))
            elif root.kind not in ("heap", "result"):
                out.append((_pos(root), f"{_name(root)} is on the heap itself"))
            at = root
        return _once(out)

    def leak(self, param: Location, target: int) -> list[tuple[Pos, str]]:
        return _once(words(self.leaks.get((id(param), target), [])))


Step = tuple["Location", "Location", "Edge | None"]


def words(steps: list[Step]) -> list[tuple[Pos, str]]:
    """A way in words; places that only join expressions are left out."""
    out = []
    address = False  # a place that was left out took the address
    for dst, src, edge in steps:
        text = _step(dst, src, edge)
        if text and edge is not None:
            node = edge.cause or edge.stmt
            out.append((node.pos if node is not None else _pos(src), f"its address is {text}" if address and edge.derefs == 0 else text))
            address = False
        elif edge is not None:
            address |= edge.derefs < 0
    return out


def _once(steps: list[tuple[Pos, str]]) -> list[tuple[Pos, str]]:
    """Without repetitions of the step before."""
    return [s for i, s in enumerate(steps) if not i or s != steps[i - 1]]


def _name(x: Location) -> str:
    if isinstance(x.node, Var):
        return x.node.name or "a result"
    if isinstance(x.node, ast.FuncLit):
        return "the function literal"
    return expr_string(x.node) if isinstance(x.node, ast.Expr) else "it"


def _pos(x: Location) -> Pos:
    return x.node.pos if isinstance(x.node, (Var, ast.Node)) else 0


def _step(dst: Location, src: Location, edge: Edge | None) -> str:
    """One edge in words; "" when it says nothing."""
    if edge is None:
        return ""
    who = "its address is " if edge.derefs < 0 else "what it points to is " if edge.derefs > 0 else ""
    cause = edge.cause
    if edge.callee is not None:
        name = edge.callee.name if edge.callee.pkg is None else f"{edge.callee.pkg.name}.{edge.callee.name}"
        if dst.kind == "heap":
            return f"{who}passed to {name}, which keeps {_parameter(edge)}{', or may: its body is not Go' if _bodyless(edge.callee) else ''}"
        return f"{who}passed to {name}, which {'returns' if dst.kind != 'param' else 'takes'} {_parameter(edge)}"
    match dst.kind:
        case "heap":
            return who + _to_heap(cause, edge.stmt)
        case "result":
            return f"{who}returned" if isinstance(edge.stmt, ast.ReturnStmt) else f"{who}assigned to a result"
        case "var":
            return f"{who}assigned to {_name(dst)}"
        case "param":
            return f"{who}passed to the function literal"
        case "box":
            return f"{who}put into an interface value"
        case "alloc" if isinstance(dst.node, ast.FuncLit):
            return f"{'its address is ' if edge.derefs < 0 else ''}captured by the function literal"
        case "alloc" if isinstance(dst.node, ast.CallExpr) and dst.node.fun.mode not in ("builtin", "typexpr"):
            return f"{who}one of the arguments ... of {expr_string(dst.node.fun)}"
        case "alloc":
            return f"{who}stored in {_name(dst)}"
    return ""


def _parameter(edge: Edge) -> str:
    """The parameter of the callee that the argument goes to."""
    sig = edge.callee.type if edge.callee is not None else None
    if isinstance(sig, Signature):
        params = [*([sig.recv] if sig.recv is not None else []), *sig.params.vars]
        if edge.arg < len(params) and params[edge.arg].name not in ("", "_"):
            kind = "receiver" if sig.recv is params[edge.arg] else "parameter"
            what = f"its {kind} {params[edge.arg].name}"
            return f"what {what} points to" if edge.derefs > 0 else what
    return "it"


def _bodyless(f: Func) -> bool:
    return f.origin.decl is not None and not f.origin.decl.has_body


def _to_heap(cause: ast.Node | None, stmt: ast.Stmt | None) -> str:
    """What put it where everything may see it."""
    if isinstance(cause, ast.CallExpr):
        fun = unparen(cause.fun)
        if fun.mode == "builtin":
            name = expr_string(fun)
            return "appended: memory that grows is on the heap" if name == "append" else f"given to {name}"
        of = "a method of an interface" if isinstance(fun, ast.SelectorExpr) and fun.selection is not None else "a func value"
        return f"passed to {expr_string(fun)}, {of}: which code it is, is known only when the program runs"
    if isinstance(cause, ast.CompositeLit):
        return "stored in a map"
    if isinstance(cause, ast.FuncLit):
        return "returned by a function literal"
    if isinstance(cause, ast.SelectorExpr):
        return "kept by a method value"
    match stmt:
        case ast.GoStmt():
            return "given to a goroutine, which may run longer"
        case ast.DeferStmt():
            return "kept by a defer in a loop"
        case ast.SendStmt():
            return "sent to a channel"
        case ast.AssignStmt() if stmt.lhs:
            x = unparen(stmt.lhs[0])
            if isinstance(x, ast.Ident) and isinstance(x.obj, Var) and x.obj.kind == "package":
                return f"stored in the package variable {x.name}"
            return f"stored in {', '.join(map(expr_string, stmt.lhs))}, which may be anywhere"
    return "stored where it may outlive the function"
