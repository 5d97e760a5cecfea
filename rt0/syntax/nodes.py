"""The syntax tree: one class per production of the Go specification, named as go/ast names them.

Expressions carry what the Checker finds out about them in slots of their own (`mode`, `type`, `val`), so that a later
stage reads one attribute instead of asking a table. What holds: a node is built by the Parser and only the Checker
writes the slots under "set by the Checker"; lower never changes a tree. `pos` is the position gc reports for the node
(for a binary expression the operator's, for a call the opening parenthesis is `lparen` ..., see each class);
`start(node)` gives its leftmost position.

Generic bodies are checked once: their types mention TypeParams and lower substitutes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from rt0.diag import Diagnostic, Pos, SourceFile

if TYPE_CHECKING:
    from rt0.types.objects import Func as FuncObj
    from rt0.types.objects import Object, Scope, Var
    from rt0.types.types import Type

# What an expression denotes, as the Checker says it; "" before it has looked, "invalid" when it has reported an error.
Mode = Literal[
    "", "invalid", "novalue", "builtin", "typexpr", "constant", "variable", "mapindex", "value", "nilvalue", "commaok", "commaerr"
]  # fmt: skip
ChanDir = Literal["both", "send", "recv"]  # chan, chan<-, <-chan


class Node:
    """Base of all nodes."""

    __slots__ = ("pos",)
    pos: Pos


class Expr(Node):
    """Base of expressions and type expressions.

    mode  set by the Checker: what the expression denotes
    type  set by the Checker: type of the expression (for typexpr: the type denoted). Untyped expressions have their
          final type after conversion, as go/types records them
    val   set by the Checker: exact constant value when mode is "constant": bool, str/bytes (strings are bytes), int,
          fractions.Fraction (or rt0.types.constant.BigFloat), or constant.Complex
    """

    __slots__ = ("mode", "type", "val")
    mode: Mode
    type: Type | None
    val: Any

    def __init__(self, pos: Pos) -> None:
        self.pos = pos
        self.mode = ""
        self.type = None
        self.val = None


class Stmt(Node):
    __slots__ = ()


class Decl(Node):
    __slots__ = ()


# ---------------------------------------------------------------- expressions


class BadExpr(Expr):
    __slots__ = ()


class Ident(Expr):
    """identifier. obj, set by the Checker: the Object it uses or defines. targs: types it was instantiated with when a
    generic function is used without explicit index (inferred), else None."""

    __slots__ = ("name", "obj", "targs")

    def __init__(self, pos: Pos, name: str) -> None:
        self.pos = pos
        self.mode = ""
        self.type = None
        self.val = None
        self.name = name
        self.obj: Object | None = None
        self.targs: list[Type] | None = None


class BasicLit(Expr):
    """A literal. kind: "int" "float" "imag" "char" "string"; value: source text, as bytes. bad: the scanner has reported an
    error in it, so its value means nothing and nobody complains again."""

    __slots__ = ("bad", "kind", "value")

    def __init__(self, pos: Pos, kind: str, value: bytes, bad: bool = False) -> None:
        self.pos = pos
        self.mode = ""
        self.type = None
        self.val = None
        self.kind = kind
        self.value = value
        self.bad = bad


class CompositeLit(Expr):
    """T{...}; typ None when elided inside another literal. pos = position of the type, or of "{" when elided.

    elts: KeyValueExpr or plain. In a dependency's package variables the elements of a large literal
    are parsed when `elts` is first read (`lazy` parses them).
    """

    __slots__ = ("_elts", "lazy", "lbrace", "rbrace", "typ")

    def __init__(self, pos: Pos, typ: Expr | None, lbrace: Pos, elts: list[Expr], rbrace: Pos) -> None:
        self.pos = pos
        self.mode = ""
        self.type = None
        self.val = None
        self.typ = typ
        self.lbrace = lbrace
        self._elts = elts
        self.rbrace = rbrace
        self.lazy: Callable[[], list[Expr]] | None = None

    @property
    def elts(self) -> list[Expr]:
        if self.lazy is not None:
            self._elts = self.lazy()
            self.lazy = None
        return self._elts


class KeyValueExpr(Expr):
    """key: value; pos = the colon's."""

    __slots__ = ("key", "value")

    def __init__(self, pos: Pos, key: Expr, value: Expr) -> None:
        self.pos = pos
        self.mode = ""
        self.type = None
        self.val = None
        self.key = key
        self.value = value


class FuncLit(Expr):
    """func(...) {...}."""

    __slots__ = ("body", "typ")

    def __init__(self, pos: Pos, typ: FuncType, body: BlockStmt) -> None:
        self.pos = pos
        self.mode = ""
        self.type = None
        self.val = None
        self.typ = typ
        self.body = body


class ParenExpr(Expr):
    __slots__ = ("rparen", "x")

    def __init__(self, pos: Pos, x: Expr, rparen: Pos = 0) -> None:
        self.pos = pos
        self.mode = ""
        self.type = None
        self.val = None
        self.x = x
        self.rparen = rparen


class SelectorExpr(Expr):
    """x.sel; pos = the dot's (gc reports sel.pos for most errors); selection None for a qualified identifier pkg.Name (then
    sel.obj is the object). targs: as Ident.targs, for inferred instantiation of generic methods / pkg functions."""

    __slots__ = ("sel", "selection", "targs", "x")

    def __init__(self, pos: Pos, x: Expr, sel: Ident) -> None:
        self.pos = pos
        self.mode = ""
        self.type = None
        self.val = None
        self.x = x
        self.sel = sel
        self.selection: Any = None  # rt0.types.objects.Selection | None
        self.targs: list[Type] | None = None


class IndexExpr(Expr):
    """x[i] or an instantiation x[T1, T2]; pos = "[". When it instantiates a generic function, targs holds ALL type
    arguments, explicit and inferred; when it denotes an instantiated type, mode is typexpr and `type` the instance."""

    __slots__ = ("indices", "rbrack", "targs", "x")

    def __init__(self, pos: Pos, x: Expr, indices: list[Expr], rbrack: Pos = 0) -> None:
        self.pos = pos
        self.mode = ""
        self.type = None
        self.val = None
        self.x = x
        self.indices = indices
        self.rbrack = rbrack
        self.targs: list[Type] | None = None


class SliceExpr(Expr):
    """x[lo:hi:max]; pos = "["."""

    __slots__ = ("hi", "lo", "max", "slice3", "x")

    def __init__(self, pos: Pos, x: Expr, lo: Expr | None, hi: Expr | None, max: Expr | None, slice3: bool) -> None:
        self.pos = pos
        self.mode = ""
        self.type = None
        self.val = None
        self.x = x
        self.lo = lo
        self.hi = hi
        self.max = max
        self.slice3 = slice3


class TypeAssertExpr(Expr):
    """x.(T); typ None for x.(type). pos = "."."""

    __slots__ = ("typ", "x")

    def __init__(self, pos: Pos, x: Expr, typ: Expr | None) -> None:
        self.pos = pos
        self.mode = ""
        self.type = None
        self.val = None
        self.x = x
        self.typ = typ


class CallExpr(Expr):
    """fun(args...); pos = "(". Also conversions (fun.mode == "typexpr") and builtins (fun.mode == "builtin")."""

    __slots__ = ("args", "ellipsis", "fun", "rparen")

    def __init__(self, pos: Pos, fun: Expr, args: list[Expr], ellipsis: Pos, rparen: Pos) -> None:
        self.pos = pos
        self.mode = ""
        self.type = None
        self.val = None
        self.fun = fun
        self.args = args
        self.ellipsis = ellipsis  # position of "...", 0 = none
        self.rparen = rparen


class StarExpr(Expr):
    __slots__ = ("x",)

    def __init__(self, pos: Pos, x: Expr) -> None:
        self.pos = pos
        self.mode = ""
        self.type = None
        self.val = None
        self.x = x


class UnaryExpr(Expr):
    """op x, op in + - ! ^ & <- ~ (the last in constraints only)."""

    __slots__ = ("op", "x")

    def __init__(self, pos: Pos, op: str, x: Expr) -> None:
        self.pos = pos
        self.mode = ""
        self.type = None
        self.val = None
        self.op = op
        self.x = x


class BinaryExpr(Expr):
    """x op y; pos = the operator's."""

    __slots__ = ("op", "x", "y")

    def __init__(self, pos: Pos, op: str, x: Expr, y: Expr) -> None:
        self.pos = pos
        self.mode = ""
        self.type = None
        self.val = None
        self.op = op
        self.x = x
        self.y = y


# ---------------------------------------------------------------- type expressions


class Ellipsis(Expr):
    """...T in a parameter list, or [...] as an array length (elt None)."""

    __slots__ = ("elt",)

    def __init__(self, pos: Pos, elt: Expr | None) -> None:
        self.pos = pos
        self.mode = ""
        self.type = None
        self.val = None
        self.elt = elt


class ArrayType(Expr):
    """[len]elt; len None for a slice; an Ellipsis for [...]T."""

    __slots__ = ("elt", "len")

    def __init__(self, pos: Pos, len: Expr | None, elt: Expr) -> None:
        self.pos = pos
        self.mode = ""
        self.type = None
        self.val = None
        self.len = len
        self.elt = elt


@dataclass(slots=True, eq=False)
class Field(Node):
    """One group: names type `tag`. names empty for an embedded field, an unnamed parameter, or an embedded constraint."""

    pos: Pos
    names: list[Ident]
    type: Expr
    tag: BasicLit | None = None


@dataclass(slots=True, eq=False)
class FieldList(Node):
    pos: Pos  # opening delimiter
    list: list[Field]
    closing: Pos = 0


class StructType(Expr):
    __slots__ = ("fields",)

    def __init__(self, pos: Pos, fields: FieldList) -> None:
        self.pos = pos
        self.mode = ""
        self.type = None
        self.val = None
        self.fields = fields


class FuncType(Expr):
    """tparams only on declarations (functions, and methods since go1.27). results None = no results."""

    __slots__ = ("params", "results", "tparams")

    def __init__(self, pos: Pos, tparams: FieldList | None, params: FieldList, results: FieldList | None) -> None:
        self.pos = pos
        self.mode = ""
        self.type = None
        self.val = None
        self.tparams = tparams
        self.params = params
        self.results = results


class InterfaceType(Expr):
    """methods: Field with one name and a FuncType type = method; without names = embedded type or union (BinaryExpr "|",
    UnaryExpr "~")."""

    __slots__ = ("methods",)

    def __init__(self, pos: Pos, methods: FieldList) -> None:
        self.pos = pos
        self.mode = ""
        self.type = None
        self.val = None
        self.methods = methods


class MapType(Expr):
    __slots__ = ("key", "value")

    def __init__(self, pos: Pos, key: Expr, value: Expr) -> None:
        self.pos = pos
        self.mode = ""
        self.type = None
        self.val = None
        self.key = key
        self.value = value


class ChanType(Expr):
    """dir: "both", "send" (chan<-), "recv" (<-chan)."""

    __slots__ = ("dir", "elt")

    def __init__(self, pos: Pos, dir: ChanDir, elt: Expr) -> None:
        self.pos = pos
        self.mode = ""
        self.type = None
        self.val = None
        self.dir = dir
        self.elt = elt


# ---------------------------------------------------------------- statements


@dataclass(slots=True, eq=False)
class BadStmt(Stmt):
    pos: Pos


@dataclass(slots=True, eq=False)
class EmptyStmt(Stmt):
    pos: Pos


@dataclass(slots=True, eq=False)
class DeclStmt(Stmt):
    pos: Pos
    decl: GenDecl


@dataclass(slots=True, eq=False)
class ExprStmt(Stmt):
    pos: Pos
    x: Expr


@dataclass(slots=True, eq=False)
class SendStmt(Stmt):
    pos: Pos  # of the arrow
    chan: Expr
    value: Expr


@dataclass(slots=True, eq=False)
class IncDecStmt(Stmt):
    pos: Pos  # of the operator
    x: Expr
    op: str  # "++" or "--"


@dataclass(slots=True, eq=False)
class AssignStmt(Stmt):
    """lhs op rhs; op is "=", ":=", "+=", ... pos = the operator's. new_vars, set by the Checker: for ":=", the Vars
    this statement declares (parallel to lhs, None where it only assigns)."""

    pos: Pos
    lhs: list[Expr]
    op: str
    rhs: list[Expr]
    new_vars: list[Var | None] | None = None


@dataclass(slots=True, eq=False)
class GoStmt(Stmt):
    pos: Pos
    call: Expr


@dataclass(slots=True, eq=False)
class DeferStmt(Stmt):
    pos: Pos
    call: Expr


@dataclass(slots=True, eq=False)
class ReturnStmt(Stmt):
    pos: Pos
    results: list[Expr]


@dataclass(slots=True, eq=False)
class BranchStmt(Stmt):
    """tok: break continue goto fallthrough."""

    pos: Pos
    tok: str
    label: Ident | None
    target: LabeledStmt | None = None  # set by the Checker: the LabeledStmt a label names


@dataclass(slots=True, eq=False)
class BlockStmt(Stmt):
    pos: Pos  # "{"
    list: list[Stmt]
    rbrace: Pos


@dataclass(slots=True, eq=False)
class IfStmt(Stmt):
    pos: Pos
    init: Stmt | None
    cond: Expr
    body: BlockStmt
    els: Stmt | None  # IfStmt or BlockStmt


@dataclass(slots=True, eq=False)
class CaseClause(Stmt):
    """exprs None = default. var: set by the Checker, the implicit Var of a type switch `x := y.(type)`, per clause."""

    pos: Pos
    exprs: list[Expr] | None
    body: list[Stmt]
    colon: Pos = 0
    var: Any = None


@dataclass(slots=True, eq=False)
class SwitchStmt(Stmt):
    pos: Pos
    init: Stmt | None
    tag: Expr | None
    body: list[CaseClause]
    rbrace: Pos


@dataclass(slots=True, eq=False)
class TypeSwitchStmt(Stmt):
    """switch init; lhs := x.(type) {...}; lhs None without a variable. x: the operand of .(type)."""

    pos: Pos
    init: Stmt | None
    lhs: Ident | None
    x: Expr
    body: list[CaseClause]
    rbrace: Pos


@dataclass(slots=True, eq=False)
class CommClause(Stmt):
    """comm None = default; else SendStmt, ExprStmt(<-c) or AssignStmt(... = <-c)."""

    pos: Pos
    comm: Stmt | None
    body: list[Stmt]
    colon: Pos = 0


@dataclass(slots=True, eq=False)
class SelectStmt(Stmt):
    pos: Pos
    body: list[CommClause]
    rbrace: Pos


@dataclass(slots=True, eq=False)
class ForStmt(Stmt):
    """loop_vars: set by the Checker: Vars declared by init, which are per-iteration (go >= 1.22) and shared otherwise."""

    pos: Pos
    init: Stmt | None
    cond: Expr | None
    post: Stmt | None
    body: BlockStmt
    per_iteration: bool = True


@dataclass(slots=True, eq=False)
class RangeStmt(Stmt):
    """for key, value := range x; define tells := from =. extra: a third variable, which the Checker rejects."""

    pos: Pos
    key: Expr | None
    value: Expr | None
    define: bool
    x: Expr
    body: BlockStmt
    per_iteration: bool = True
    extra: Expr | None = None


@dataclass(slots=True, eq=False)
class LabeledStmt(Stmt):
    pos: Pos
    label: Ident
    stmt: Stmt


# ---------------------------------------------------------------- declarations


@dataclass(slots=True, eq=False)
class ImportSpec(Node):
    pos: Pos
    name: Ident | None
    path: BasicLit
    obj: Any = None


@dataclass(slots=True, eq=False)
class ConstSpec(Node):
    """One line of a const group. values/type are those written; when both are absent `inherited` is the spec whose
    type and values are repeated. iota: index in the group."""

    pos: Pos
    names: list[Ident]
    type: Expr | None
    values: list[Expr]
    iota: int
    inherited: ConstSpec | None = None


@dataclass(slots=True, eq=False)
class VarSpec(Node):
    pos: Pos
    names: list[Ident]
    type: Expr | None
    values: list[Expr]
    embed: list[str] | None = None  # //go:embed patterns


@dataclass(slots=True, eq=False)
class TypeSpec(Node):
    pos: Pos
    name: Ident
    tparams: FieldList | None
    alias: bool
    type: Expr
    pragmas: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class GenDecl(Decl):
    """tok: import const type var."""

    pos: Pos
    tok: str
    specs: list[ImportSpec | ConstSpec | VarSpec | TypeSpec]


@dataclass(slots=True, eq=False)
class FuncDecl(Decl):
    """func (recv) name[tparams](params) results { body }; pos = the name's.

    A dependency's body is not parsed until `rt0.syntax.parser.body(decl)` is called: then `lazy` is the (start, end)
    byte range of the body in `file`, and body is None though has_body is True.
    pragmas: the //go: lines above it without "//go:", e.g. ("nosplit", "linkname a b").
    """

    pos: Pos
    name: Ident
    recv: FieldList | None
    typ: FuncType
    body: BlockStmt | None
    has_body: bool
    file: SourceFile
    pragmas: tuple[str, ...] = ()
    lazy: tuple[int, int] | None = None
    obj: FuncObj | None = None  # set by the Checker
    checked: bool = False  # body has been checked
    info: object = None  # lower keeps its facts about the function here


@dataclass(slots=True, eq=False)
class File(Node):
    """One source file. pos = of the package clause. scope: set by the Checker (file scope, holds imports)."""

    pos: Pos
    source: SourceFile
    name: Ident
    decls: list[Decl]
    imports: list[ImportSpec]
    pragmas: list[tuple[Pos, str]] = field(default_factory=list)  # every //go: line: (pos, text without "//go:")
    go_version: str = ""  # from //go:build go1.N, "" = the module's
    embeds: list[Pos] = field(default_factory=list)  # of the //go:embed directives that stand where they may
    late_errors: list[Diagnostic] = field(default_factory=list)  # misplaced directives: gc reports them after type checking
    scope: Scope | None = None


def unparen(x: Expr) -> Expr:
    while isinstance(x, ParenExpr):
        x = x.x
    return x
