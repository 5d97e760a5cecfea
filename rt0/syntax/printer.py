"""Trees back to text: `expr_string` as gc writes expressions in messages, `dump` as a readable tree.

`expr_string` prints in one line, with "…" for the inside of function bodies and composite literals (the short form
of cmd/compile/internal/syntax/printer.go, go1.27); it prints simple statements too, which some messages quote. Parentheses appear
exactly where the source had them, since the tree keeps them.

`dump` prints one node per line, indented, with its position; what `-d=syntax` shows.
"""

from __future__ import annotations

from dataclasses import fields as dataclass_fields
from dataclasses import is_dataclass
from typing import Any

from rt0.diag import SourceFile
from rt0.syntax import nodes as n


def expr_string(x: n.Node | None) -> str:
    """x in gc's short form."""
    out: list[str] = []
    _Printer(out).node(x)
    return "".join(out)


class _Printer:
    """Appends the pieces of the text to `out`."""

    __slots__ = ("out",)

    def __init__(self, out: list[str]) -> None:
        self.out = out

    def node(self, x: n.Node | None) -> None:
        add = self.out.append
        node = self.node
        match x:
            case None:
                pass
            case n.Ident():
                add(x.name)
            case n.BasicLit():
                add(x.value.decode("utf-8", "replace"))
            case n.SelectorExpr():
                node(x.x)
                add("." + x.sel.name)
            case n.CallExpr():
                node(x.fun)
                add("(")
                self.exprs(x.args)
                add("...)" if x.ellipsis else ")")
            case n.BinaryExpr():
                self.binary(x)
            case n.UnaryExpr():
                add(x.op)
                node(x.x)
            case n.StarExpr():
                add("*")
                node(x.x)
            case n.ParenExpr():
                add("(")
                node(x.x)
                add(")")
            case n.IndexExpr():
                node(x.x)
                add("[")
                self.exprs(x.indices)
                add("]")
            case n.SliceExpr():
                node(x.x)
                add("[")
                node(x.lo)
                add(":")
                node(x.hi)
                if x.max is not None:
                    add(":")
                    node(x.max)
                add("]")
            case n.TypeAssertExpr():
                node(x.x)
                add(".(")
                if x.typ is None:
                    add("type")
                else:
                    node(x.typ)
                add(")")
            case n.CompositeLit():
                node(x.typ)
                add("{…}" if x.lazy is not None or x.elts else "{}")
            case n.KeyValueExpr():
                node(x.key)
                add(": ")
                node(x.value)
            case n.FuncLit():
                node(x.typ)
                add(" {…}" if x.body.list else " {}")
            case n.ArrayType():
                add("[")
                node(x.len)
                add("]")
                node(x.elt)
            case n.Ellipsis():
                add("...")
                node(x.elt)
            case n.StructType():
                add("struct{")
                for i, f in enumerate(x.fields.list):
                    if i:
                        add("; ")
                    self.names(f.names)
                    node(f.type)
                    if f.tag is not None:
                        add(" " + f.tag.value.decode("utf-8", "replace"))
                add("}")
            case n.FuncType():
                add("func")
                self.signature(x)
            case n.InterfaceType():
                add("interface{")
                for i, f in enumerate(x.methods.list):
                    if i:
                        add("; ")
                    if f.names and isinstance(f.type, n.FuncType):
                        add(f.names[0].name)
                        self.signature(f.type)
                    else:
                        node(f.type)
                add("}")
            case n.MapType():
                add("map[")
                node(x.key)
                add("]")
                node(x.value)
            case n.ChanType():
                add({"both": "chan ", "send": "chan<- ", "recv": "<-chan "}[x.dir])
                if x.dir == "both" and isinstance(x.elt, n.ChanType) and x.elt.dir == "recv":
                    add("(")
                    node(x.elt)
                    add(")")
                else:
                    node(x.elt)
            case n.ExprStmt():
                node(x.x)
            case n.SendStmt():
                node(x.chan)
                add(" <- ")
                node(x.value)
            case n.IncDecStmt():
                node(x.x)
                add(x.op)
            case n.AssignStmt():
                self.exprs(x.lhs)
                add(f" {x.op} ")
                self.exprs(x.rhs)
            case n.BadExpr():
                add("<bad expr>")
            case _:
                raise AssertionError(f"expr_string: {type(x).__name__}")

    def binary(self, x: n.BinaryExpr) -> None:
        """x op y op z ...; a loop down the left side, which may be long."""
        chain = [x]
        while isinstance(chain[-1].x, n.BinaryExpr):
            chain.append(chain[-1].x)
        self.node(chain[-1].x)
        for b in reversed(chain):
            self.out.append(f" {b.op} ")
            self.node(b.y)

    def exprs(self, xs: list[n.Expr]) -> None:
        for i, x in enumerate(xs):
            if i:
                self.out.append(", ")
            self.node(x)

    def names(self, names: list[n.Ident]) -> None:
        if names:
            self.out.append(", ".join(i.name for i in names) + " ")

    def params(self, fl: n.FieldList) -> None:
        self.out.append("(")
        for i, f in enumerate(fl.list):
            if i:
                self.out.append(", ")
            self.names(f.names)
            self.node(f.type)
        self.out.append(")")

    def signature(self, t: n.FuncType) -> None:
        self.params(t.params)
        r = t.results
        if r is not None:
            self.out.append(" ")
            if len(r.list) == 1 and not r.list[0].names:
                self.node(r.list[0].type)
            else:
                self.params(r)


_HIDDEN = frozenset(("pos", "mode", "type", "val", "obj", "scope", "checked", "info", "target", "source", "file", "targs", "selection"))
_HIDDEN_END = frozenset(("rparen", "rbrace", "rbrack", "closing", "lbrace", "colon", "lazy", "_nkeys", "new_vars", "var"))


def dump(node: Any, src: SourceFile) -> str:
    """The tree under node, one node or value per line: `field: Kind line:col text`."""
    out: list[str] = []

    def visit(x: Any, label: str, depth: int) -> None:
        pad = "  " * depth + (label + ": " if label else "")
        if isinstance(x, n.Node):
            at = src.raw_position(x.pos - src.base)
            attrs, children = node_parts(x)
            text = "".join(f" {k}={v}" if k else f" {v}" for k, v in attrs)
            out.append(f"{pad}{type(x).__name__} {at.line}:{at.col}{text}")
            for k, v in children:
                if isinstance(v, list):
                    for i, e in enumerate(v):
                        visit(e, f"{k}[{i}]", depth + 1)
                else:
                    visit(v, k, depth + 1)
        else:
            out.append(f"{pad}{x}")

    visit(node, "", 0)
    return "\n".join(out) + "\n"


def _slots(x: n.Node) -> list[str]:
    if is_dataclass(x):
        return [f.name for f in dataclass_fields(x)]
    return [s for c in type(x).__mro__ for s in getattr(c, "__slots__", ())]


def node_children(x: n.Node) -> list[n.Node]:
    """The nodes right below x, in the order of the source."""
    out: list[n.Node] = []
    for _, v in node_parts(x)[1]:
        out += v if isinstance(v, list) else [v]
    return out


def node_parts(x: n.Node) -> tuple[list[tuple[str, Any]], list[tuple[str, Any]]]:
    """([(name or "", plain attribute)], [(field, node or list of nodes)]) of x, what the Checker adds left out."""
    attrs: list[tuple[str, Any]] = []
    children: list[tuple[str, Any]] = []
    for name in _slots(x):
        if name in _HIDDEN_END or (name in _HIDDEN and not (name == "type" and is_dataclass(x))):
            continue
        name = name.lstrip("_")  # the elements of a lazy literal are behind a property
        v = getattr(x, name, None)
        if v is None or v == [] or v == () or v == "" or v is False:
            continue
        if isinstance(v, n.Node) or (isinstance(v, list) and isinstance(v[0], n.Node)):
            children.append((name, v))
        elif isinstance(v, bytes):
            attrs.append(("", v.decode("utf-8", "replace")))
        elif name in ("name", "op", "tok", "kind", "dir"):
            attrs.append(("", v))
        elif name not in ("late_errors", "embeds"):
            attrs.append((name, v))
    return attrs, children
