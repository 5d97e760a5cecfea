"""Struct types: fields, tags, embedding.

Source: cmd/compile/internal/types2/struct.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt0.diag import Pos, go_quote
from rt0.syntax import nodes as ast
from rt0.syntax.positions import start as start_pos
from rt0.types import constant, typexpr
from rt0.types.objects import Var, obj_id
from rt0.types.types import INVALID, Basic, Interface, Pointer, Struct, Type, is_type_param, is_valid, unalias

if TYPE_CHECKING:
    from rt0.types.check import Checker


def struct_type(check: Checker, e: ast.StructType) -> Struct:
    fields: list[Var] = []
    tags: list[str] = []
    seen: dict[str, Var] = {}

    def add(name: ast.Ident, t: Type, embedded: bool, tag: str, pos: Pos) -> None:
        f = Var(pos, check.pkg, name.name, t, "field")
        f.embedded = embedded
        if f.name != "_":
            alt = seen.setdefault(obj_id(f), f)
            if alt is not f:
                err = check.new_error("DuplicateDecl")
                err.addf(pos, "%s redeclared", f.name)
                err.add_alt_decl(alt)
                err.report()
                return
        fields.append(f)
        tags.append(tag)
        if not embedded:
            name.obj = f

    for fld in e.fields.list:
        t = typexpr.var_type(check, fld.type)
        tag = ""
        if fld.tag is not None:
            val = constant.make_from_literal(fld.tag.value, fld.tag.kind)
            if isinstance(val, bytes):
                tag = val.decode("utf-8", "surrogateescape")
            elif not fld.tag.bad:
                check.errorf(fld.tag, "InvalidSyntaxTree", "invalid syntax tree: incorrect tag syntax: %s",
                             go_quote(fld.tag.value.decode("utf-8", "replace")))  # fmt: skip
        if fld.names:
            for name in fld.names:
                add(name, t, False, tag, name.pos)
            continue
        pos = start_pos(fld.type)
        embedded = embedded_field_ident(fld.type)
        if embedded is None:
            check.errorf(pos, "InvalidSyntaxTree", "invalid syntax tree: invalid embedded field type %s", fld.type)
            add(ast.Ident(pos, "_"), INVALID, True, "", pos)
            continue
        add(embedded, t, True, tag, embedded.pos)
        if check.whole:
            _check_embedded_later(check, pos, t)
    return Struct(fields, tags)


def embedded_field_ident(e: ast.Expr) -> ast.Ident | None:
    """The name of an embedded field of type e; None if e cannot be embedded."""
    match e:
        case ast.Ident():
            return e
        case ast.StarExpr():
            return None if isinstance(e.x, ast.StarExpr) else embedded_field_ident(e.x)
        case ast.ParenExpr():
            return embedded_field_ident(e.x)
        case ast.SelectorExpr():
            return e.sel
        case ast.IndexExpr():
            return embedded_field_ident(e.x)
    return None


def _check_embedded_later(check: Checker, pos: Pos, typ: Type) -> None:
    """What is embedded must not be a pointer, nor a pointer to an interface, nor a type parameter."""

    def later() -> None:
        p = unalias(typ)
        is_ptr = isinstance(p, Pointer)
        t = p.elem if isinstance(p, Pointer) else typ
        u = t.underlying()
        if isinstance(u, Basic):
            if is_valid(t) and u.kind == "unsafe.Pointer":
                check.error(pos, "InvalidPtrEmbed", "embedded field type cannot be unsafe.Pointer")
        elif isinstance(u, Pointer):
            check.error(pos, "InvalidPtrEmbed", "embedded field type cannot be a pointer")
        elif isinstance(u, Interface):
            if is_type_param(t):
                check.error(pos, "MisplacedTypeParam", "embedded field type cannot be a (pointer to a) type parameter")
            elif is_ptr:
                check.error(pos, "InvalidPtrEmbed", "embedded field type cannot be a pointer to an interface")

    check.later(later)
