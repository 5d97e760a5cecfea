"""Which functions are carried across units so that LLVM can inline them.

Units are made per package and demand round, so a callee is usually in another one, even of its own package. Small functions are written
again, as `available_externally`, into each unit that calls them: LLVM may inline the body and otherwise drops it; the
function itself is still made where it belongs. LLVM decides with its own cost model: this only bounds the work.

`cost` counts the nodes of a body, as gc's inliner does (cmd/compile/internal/inline, budget 80), and gives up at MAX_COST. Not
carried: //go:noinline, recover, defer, go, select, function literals (their symbols belong to one place), loops over functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt0.lower.facts import is_range_func
from rt0.syntax import nodes as ast
from rt0.types.objects import Func, resolve
from rt0.types.types import Signature

if TYPE_CHECKING:
    from rt0.lower.program import Program

MAX_COST = 80
MAX_SOURCE = 1500  # bytes of a body that is worth parsing to find out

_NEVER = (ast.FuncLit, ast.DeferStmt, ast.GoStmt, ast.SelectStmt)
_PRAGMAS = frozenset(("noinline", "systemstack", "nowritebarrierrec", "yeswritebarrierrec", "uintptrescapes", "cgo_unsafe_args"))

# node class -> its attributes that hold nodes, or lists of them
CHILDREN: dict[type, tuple[str, ...]] = {
    ast.ParenExpr: ("x",), ast.KeyValueExpr: ("key", "value"), ast.IndexExpr: ("x", "indices"), ast.TypeAssertExpr: ("x",),
    ast.StarExpr: ("x",), ast.BinaryExpr: ("x", "y"), ast.UnaryExpr: ("x",), ast.SelectorExpr: ("x",), ast.SliceExpr: ("x", "lo", "hi", "max"),
    ast.CompositeLit: ("elts",), ast.CallExpr: ("fun", "args"), ast.ExprStmt: ("x",), ast.SendStmt: ("chan", "value"),
    ast.BlockStmt: ("list",), ast.IfStmt: ("init", "cond", "body", "els"), ast.CaseClause: ("exprs", "body"),
    ast.SwitchStmt: ("init", "tag", "body"), ast.TypeSwitchStmt: ("init", "x", "body"), ast.AssignStmt: ("lhs", "rhs"),
    ast.IncDecStmt: ("x",), ast.ForStmt: ("init", "cond", "post", "body"), ast.RangeStmt: ("key", "value", "x", "body"),
    ast.ReturnStmt: ("results",), ast.LabeledStmt: ("stmt",), ast.VarSpec: ("values",), ast.GenDecl: ("specs",), ast.DeclStmt: ("decl",),
}  # fmt: skip


def cost(body: ast.BlockStmt) -> int:
    """Nodes in a body; MAX_COST + 1 when there are more, or when it must not be carried."""
    n = 0
    work: list[ast.Node | list[ast.Node] | None] = [body]
    while work:
        x = work.pop()
        if isinstance(x, list):
            work.extend(x)
            continue
        if x is None:
            continue
        n += 1
        if n > MAX_COST or isinstance(x, _NEVER):
            return MAX_COST + 1
        if isinstance(x, ast.Expr) and (x.mode == "constant" or x.mode == "typexpr"):
            continue
        if type(x) is ast.CallExpr:
            if x.fun.mode == "builtin" and x.fun.val == "recover":
                return MAX_COST + 1
            n += 4
        elif type(x) is ast.RangeStmt:
            if is_range_func(x):
                return MAX_COST + 1
        for a in CHILDREN.get(type(x), ()):
            work.append(getattr(x, a))
    return n


def can_carry(program: Program, f: Func) -> bool:
    """f has a body that other units may hold a copy of."""
    decl = f.decl
    if decl is None or not decl.has_body or f.pkg is None or _PRAGMAS.intersection(decl.pragmas):
        return False
    if decl.lazy is not None and decl.lazy[1] - decl.lazy[0] > MAX_SOURCE:
        return False
    resolve(f)
    sig = f.type
    if not isinstance(sig, Signature) or sig.tparams or sig.recv_tparams:
        return False
    d = program.body_of(f)
    return d is not None and d.body is not None and cost(d.body) <= MAX_COST
