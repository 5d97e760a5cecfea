"""Where a node begins and ends in the source.

`start` is where gc reports most errors: the leftmost position of an expression. It follows
cmd/compile/internal/syntax/positions.go (go1.27) in all its habits, since they decide the column a user sees: a slice expression
counts from its "[", a function type from its "(". `end` is exact for expressions where the tree knows the closing token and
the end of the last part elsewhere; scopes begin and end by it. Both walk with a loop, so a long chain cannot overflow.
"""

from __future__ import annotations

from rt0.diag import Pos
from rt0.syntax.nodes import (
    ArrayType,
    AssignStmt,
    BasicLit,
    BinaryExpr,
    BlockStmt,
    BranchStmt,
    CallExpr,
    CaseClause,
    ChanType,
    CommClause,
    CompositeLit,
    ConstSpec,
    DeclStmt,
    DeferStmt,
    Ellipsis,
    ExprStmt,
    Field,
    ForStmt,
    FuncDecl,
    FuncLit,
    FuncType,
    GenDecl,
    GoStmt,
    Ident,
    IfStmt,
    ImportSpec,
    IncDecStmt,
    IndexExpr,
    InterfaceType,
    KeyValueExpr,
    LabeledStmt,
    MapType,
    Node,
    ParenExpr,
    RangeStmt,
    ReturnStmt,
    SelectorExpr,
    SelectStmt,
    SendStmt,
    SliceExpr,
    StarExpr,
    StructType,
    SwitchStmt,
    TypeAssertExpr,
    TypeSpec,
    TypeSwitchStmt,
    UnaryExpr,
    VarSpec,
)


def start(n: Node) -> Pos:
    """Leftmost position of n, as gc counts it."""
    while True:
        if isinstance(n, (SelectorExpr, IndexExpr, TypeAssertExpr, BinaryExpr)):
            n = n.x
        elif isinstance(n, CallExpr):
            n = n.fun
        elif isinstance(n, CompositeLit):
            if n.typ is None:
                return n.lbrace
            n = n.typ
        elif isinstance(n, KeyValueExpr):
            n = n.key
        elif isinstance(n, SendStmt):
            n = n.chan
        elif isinstance(n, AssignStmt):
            n = n.lhs[0]
        elif isinstance(n, IncDecStmt):
            n = n.x
        else:
            return n.pos


def end(n: Node) -> Pos:
    """Position after n; for nodes closed by a brace, that of the brace."""
    while True:
        nxt: Node | None = None
        match n:
            case Ident():
                return n.pos + len(n.name.encode())
            case BasicLit():
                return n.pos + len(n.value)
            case CompositeLit() | BlockStmt() | SwitchStmt() | TypeSwitchStmt() | SelectStmt():
                return n.rbrace
            case KeyValueExpr() | MapType():
                nxt = n.value
            case FuncLit() | ForStmt() | RangeStmt():
                nxt = n.body
            case SelectorExpr():
                nxt = n.sel
            case ParenExpr() if n.rparen:
                return n.rparen + 1
            case CallExpr() if n.rparen:
                return n.rparen + 1
            case CallExpr():
                nxt = n.args[-1] if n.args else n.fun
            case IndexExpr() if n.rbrack:
                return n.rbrack + 1
            case IndexExpr():
                nxt = n.indices[-1]
            case SliceExpr():
                nxt = n.max or n.hi or n.lo or n.x
            case TypeAssertExpr():
                nxt = n.typ or n.x
            case BinaryExpr():
                nxt = n.y
            case UnaryExpr() | StarExpr() | ParenExpr() | ExprStmt():
                nxt = n.x
            case ArrayType() | ChanType() | Ellipsis():
                nxt = n.elt
            case StructType():
                nxt = n.fields.list[-1] if n.fields.list else None
            case InterfaceType():
                nxt = n.methods.list[-1] if n.methods.list else None
            case FuncType():
                fields = (n.results.list if n.results else []) or n.params.list
                nxt = fields[-1] if fields else None
            case Field():
                nxt = n.type
            case LabeledStmt():
                nxt = n.stmt
            case SendStmt():
                nxt = n.value
            case DeclStmt():
                nxt = n.decl
            case GenDecl():
                nxt = n.specs[-1] if n.specs else None
            case AssignStmt():
                nxt = n.rhs[-1]
            case IncDecStmt():
                return n.pos + 2
            case BranchStmt():
                nxt = n.label
            case GoStmt() | DeferStmt():
                nxt = n.call
            case ReturnStmt():
                nxt = n.results[-1] if n.results else None
            case IfStmt():
                nxt = n.els or n.body
            case CaseClause() | CommClause():
                if not n.body:
                    return n.colon
                nxt = n.body[-1]
            case ImportSpec():
                nxt = n.path
            case ConstSpec() | VarSpec():
                nxt = n.values[-1] if n.values else n.type or n.names[-1]
            case TypeSpec():
                nxt = n.type
            case FuncDecl():
                nxt = n.body or n.typ
            case _:
                pass
        if nxt is None:
            return n.pos
        n = nxt
