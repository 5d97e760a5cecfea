"""Interface types and the unions in them, as declared; identity.py computes what they mean.

Source: cmd/compile/internal/types2/{interface,union}.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt0.syntax import nodes as ast
from rt0.syntax.positions import start as start_pos
from rt0.types import signature, typexpr
from rt0.types.identity import disjoint, identical, sort_methods, type_set
from rt0.types.objects import Func, TypeName, Var
from rt0.types.types import INVALID, Interface, Signature, Tuple, Type, Union, as_named, is_type_param, is_valid
from rt0.types.typestring import terms_string, type_string
from rt0.types.universe import COMPARABLE

if TYPE_CHECKING:
    from rt0.types.check import Checker

MAX_TERM_COUNT = 100


def interface_type(check: Checker, ityp: Interface, e: ast.InterfaceType, def_: TypeName | None) -> None:
    """Fill in ityp from e; def_ is the type being declared with it, if any."""
    ityp.complete = False
    ityp.check = check if check.whole else None
    recv_type: Type = ityp
    if def_ is not None:
        named = as_named(def_.type)
        if named is not None:
            recv_type = named
    for f in e.methods.list:
        if not f.names:
            ityp.embeddeds.append(parse_union(check, f.type))
            ityp.embed_pos.append(start_pos(f.type))
            continue
        name = f.names[0]
        if name.name == "_":
            check.error(name, "BlankIfaceMethod", "methods must have a unique non-blank name")
            continue
        assert isinstance(f.type, ast.FuncType)
        sig = Signature(None, Tuple([]), Tuple([]), False)
        signature.func_type(check, sig, None, f.type)
        f.type.mode = "typexpr"
        f.type.type = sig
        sig.recv = Var(name.pos, check.pkg, "", recv_type, "recv")
        m = Func(name.pos, check.pkg, name.name, sig)
        name.obj = m
        ityp.methods.append(m)
    ityp.complete = True
    if len(ityp.methods) > 1:
        ityp.methods = sort_methods(ityp.methods)
    if check.whole and (ityp.methods or ityp.embeddeds):
        check.interfaces.append((e.pos, e.methods.closing, ityp))
        check.later(lambda: typexpr._touch_type_set(ityp))


def parse_union(check: Checker, uexpr: ast.Expr) -> Type:
    """The union A | ~B | C; a single type without ~ is that type."""
    parts, tlist = _flatten(uexpr)
    terms: list[tuple[bool, Type]] = []
    u: Type = INVALID
    too_many = False
    for i, x in enumerate(tlist):
        tilde, t = _parse_tilde(check, x)
        if len(tlist) == 1 and not tilde:
            return t
        if len(terms) >= MAX_TERM_COUNT:
            if not too_many:
                check.errorf(x, "InvalidUnion", "cannot handle more than %s union terms (implementation limitation)", MAX_TERM_COUNT)
                too_many = True
                u = INVALID
        else:
            terms.append((tilde, t))
            u = Union(terms)
        if i > 0:
            parts[i - 1].mode = "typexpr"
            parts[i - 1].type = u
    if too_many:
        return INVALID
    if check.whole:
        check.later(lambda: _check_terms(check, terms, tlist))
    return u


def _flatten(x: ast.Expr) -> tuple[list[ast.Expr], list[ast.Expr]]:
    """The binary expressions of A | B | C, innermost first, and its operands from left to right."""
    binaries: list[ast.Expr] = []
    operands: list[ast.Expr] = []
    while isinstance(x, ast.BinaryExpr) and x.op == "|":
        binaries.append(x)
        operands.append(x.y)
        x = x.x
    operands.append(x)
    return binaries[::-1], operands[::-1]


def _parse_tilde(check: Checker, tx: ast.Expr) -> tuple[bool, Type]:
    x = tx
    tilde = isinstance(x, ast.UnaryExpr) and x.op == "~"
    if isinstance(x, ast.UnaryExpr) and tilde:
        x = x.x
    t = typexpr.typ(check, x)
    if is_type_param(t):
        if tilde:
            check.errorf(x, "MisplacedTypeParam", "type in term %s cannot be a type parameter", tx)
        else:
            check.error(x, "MisplacedTypeParam", "term cannot be a type parameter")
        t = INVALID
    if tilde:
        tx.mode = "typexpr"
        tx.type = Union([(True, t)])
    return tilde, t


def _check_terms(check: Checker, terms: list[tuple[bool, Type]], tlist: list[ast.Expr]) -> None:
    for i, (tilde, t) in enumerate(terms):
        if not is_valid(t):
            continue
        at = tlist[i]
        u = t.underlying()
        is_iface = isinstance(u, Interface)
        if tilde:
            if is_iface:
                check.errorf(at, "InvalidUnion", "invalid use of ~ (%s is an interface)", t)
                continue
            if not identical(u, t):
                check.errorf(at, "InvalidUnion", "invalid use of ~ (underlying type of %s is %s)", t, u)
                continue
        if isinstance(u, Interface):
            tset = type_set(u)
            if tset.methods:
                check.errorf(at, "InvalidUnion", "cannot use %s in union (%s contains methods)", type_string(t), type_string(t))
            elif t is COMPARABLE:
                check.error(at, "InvalidUnion", "cannot use comparable in union")
            elif tset.comparable:
                check.errorf(at, "InvalidUnion", "cannot use %s in union (%s embeds comparable)", type_string(t), type_string(t))
            continue
        for other in terms[:i]:
            if not isinstance(other[1].underlying(), Interface) and not disjoint(other, (tilde, t)):
                check.soft_errorf(at, "InvalidUnion", "overlapping terms %s and %s", terms_string([terms[i]]),
                                  terms_string([other]))  # fmt: skip
                break
