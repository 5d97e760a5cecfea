"""Type errors: building, formatting and reporting them the way gc does.

An `Error` collects one main message and any number of further lines ("other declaration of x"); `report` turns it into a
`Diagnostic`. Positions given as a node or operand mean the leftmost position of that expression (as gc prints them);
an int is taken as it is. Two rules keep the list readable, both gc's: an error whose text mentions an invalid operand
or type is dropped when something else was reported before (it only follows from it), and after ten errors checking
stops with "too many errors".

`%s` in a format takes operands, expressions, types, objects and lists of them; `sprintf` renders each in gc's form,
with package qualifiers relative to the package being checked.

Source: cmd/compile/internal/types2/{errors,format}.go and cmd/compile/internal/base/print.go, go1.27.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rt0.diag import NO_POS, CompileError, Diagnostic, Pos, Position
from rt0.syntax import nodes as ast
from rt0.syntax.positions import start as start_pos
from rt0.syntax.printer import expr_string
from rt0.types.codes import codes
from rt0.types.objects import Object
from rt0.types.operand import Operand, operand_string
from rt0.types.types import Type
from rt0.types.typestring import object_string, type_string

if TYPE_CHECKING:
    from rt0.types.check import Checker

MAX_ERRORS = 10

_REQUIRES = re.compile(r"requires go[0-9]+\.[0-9]+ or later")

Poser = Any  # Operand | ast.Node | Object | Pos


def at_pos(at: Poser) -> Pos:
    """The position reported for `at`: leftmost for expressions and operands."""
    if isinstance(at, int):
        return at
    if isinstance(at, Operand):
        return start_pos(at.expr) if at.expr is not None else NO_POS
    if isinstance(at, ast.Node):
        return start_pos(at)
    pos: Pos = at.pos
    return pos


class ErrorList(list[Diagnostic]):
    """The errors of one package, in the order they were found. `limit` errors end the check (0 = no limit)."""

    def __init__(self, limit: int = MAX_ERRORS) -> None:
        super().__init__()
        self.limit = limit

    def add(self, d: Diagnostic) -> None:
        """Add d unless it repeats the last message on the same line; raise CompileError at the limit."""
        if self:
            last = self[-1]
            if last.msg == d.msg and last.position[:2] == d.position[:2]:
                return
        self.append(d)
        if self.limit and len(self) >= self.limit:
            raise CompileError([*sorted_errors(self), Diagnostic(d.position, "too many errors")])


def sorted_errors(errors: list[Diagnostic]) -> list[Diagnostic]:
    """errors by position, exact repetitions dropped: the order gc prints them in."""
    out: list[Diagnostic] = []
    for d in sorted(errors, key=lambda e: e.position):
        if not out or str(out[-1]) != str(d):
            out.append(d)
    return out


def sprintf(check: Checker | None, fmt: str, *args: Any) -> str:
    """fmt with its %s, %d and %v replaced; see the module's text."""
    if not args:
        return fmt
    return fmt.replace("%v", "%s") % tuple(format_arg(check, a) for a in args)


def format_arg(check: Checker | None, a: Any) -> Any:
    if isinstance(a, (str, int)):
        return a
    if isinstance(a, Position):
        return str(a)
    qf = check.qualifier if check is not None else None
    if isinstance(a, Operand):
        return operand_string(a, qf)
    if isinstance(a, Type):
        return type_string(a, qf)
    if isinstance(a, ast.Expr):
        return expr_string(a)
    if isinstance(a, Object):
        return object_string(a, qf)
    if a is None:
        return "<nil>"
    if isinstance(a, (list, tuple)):
        return "[" + ", ".join(str(format_arg(check, x)) for x in a) + "]"
    return str(a)


class Error:
    """An error being built: the first `addf` gives its position, later ones its continuation lines."""

    __slots__ = ("check", "code", "desc", "soft")

    def __init__(self, check: Checker, code: str) -> None:
        assert code in codes(), code
        self.check = check
        self.code = code
        self.soft = False
        self.desc: list[tuple[Pos, str]] = []

    def addf(self, at: Poser, fmt: str, *args: Any) -> None:
        self.desc.append((at_pos(at), sprintf(self.check, fmt, *args)))

    def add_alt_decl(self, obj: Object) -> None:
        if obj.pos != NO_POS:
            self.addf(obj.pos, "other declaration of %s", obj.name)

    def empty(self) -> bool:
        return not self.desc

    def pos(self) -> Pos:
        return self.desc[0][0] if self.desc else NO_POS

    def msg(self) -> str:
        fset = self.check.fset
        parts = [self.desc[0][1]]
        for pos, text in self.desc[1:]:
            parts.append(f"\n\t{fset.position(pos)}: {text}" if pos != NO_POS else f"\n\t{text}")
        return "".join(parts)

    def report(self) -> None:
        check = self.check
        assert self.desc
        if check.first_error:
            first = self.desc[0][1]
            if first.find("invalid operand") > 0 or first.find("invalid type") > 0:
                return
        pos = self.desc[0][0]
        msg = self.msg()
        self.desc = []
        if check.errpos != NO_POS:
            pos = check.errpos
        if _REQUIRES.search(msg):
            msg += check.version_hint(pos)
        check.first_error = True
        position = check.fset.position(pos) if pos != NO_POS else Position("", 0, 0)
        d = Diagnostic(position, msg, self.code, self.soft)
        if isinstance(check.errors, ErrorList):
            check.errors.add(d)
        else:
            check.errors.append(d)
