"""Labels, break, continue, goto and fallthrough of one function body.

Finds what the specification forbids: branches out of place, labels undefined, unused or declared twice, goto into a block or over a
variable declaration. Messages and the order of discovery are those of cmd/compile/internal/syntax/branches.go (go1.27). Runs once
per function literal as well, each being its own scope of labels.

What holds afterwards: `BranchStmt.target` of a labelled branch is the LabeledStmt it names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rt0.diag import NO_POS, Pos, SourceFile
from rt0.syntax.nodes import (
    AssignStmt,
    BlockStmt,
    BranchStmt,
    CaseClause,
    CommClause,
    DeclStmt,
    EmptyStmt,
    ForStmt,
    IfStmt,
    LabeledStmt,
    RangeStmt,
    SelectStmt,
    Stmt,
    SwitchStmt,
    TypeSwitchStmt,
    VarSpec,
)
from rt0.syntax.printer import expr_string

ErrorAt = Callable[[Pos, str], None]
_LOOPS = (ForStmt, RangeStmt)
_BREAKABLE = (ForStmt, RangeStmt, SwitchStmt, TypeSwitchStmt, SelectStmt)


class _Block:
    """A block on the way down: where it starts, and the labelled statement whose body it is."""

    __slots__ = ("lstmt", "parent", "start")

    def __init__(self, parent: _Block | None, start: Pos, lstmt: LabeledStmt | None) -> None:
        self.parent = parent
        self.start = start
        self.lstmt = lstmt


class _Label:
    __slots__ = ("lstmt", "parent", "used")

    def __init__(self, parent: _Block, lstmt: LabeledStmt) -> None:
        self.parent = parent
        self.lstmt = lstmt
        self.used = False


class _Targets:
    """What an unlabelled break or continue would leave; case_index < 0 when not directly in a switch clause."""

    __slots__ = ("breaks", "case_index", "continues")

    def __init__(self, breaks: Stmt | None, continues: Stmt | None, case_index: int) -> None:
        self.breaks = breaks
        self.continues = continues
        self.case_index = case_index


def check_branches(body: BlockStmt, src: SourceFile, error_at: ErrorAt) -> None:
    """Check one function body; nested function literals have been checked on their own."""
    scope = _LabelScope(src, error_at)
    for fwd in scope.block(None, _Targets(None, None, 0), None, body.pos, body.list):
        assert fwd.label is not None
        label = scope.labels.get(fwd.label.name)
        if label is not None:
            label.used = True
            error_at(fwd.label.pos, f"goto {fwd.label.name} jumps into block starting at {scope.where(label.parent.start)}")
        else:
            error_at(fwd.label.pos, f"label {fwd.label.name} not defined")
    for label in scope.labels.values():
        if not label.used:
            error_at(label.lstmt.label.pos, f"label {label.lstmt.label.name} defined and not used")


class _LabelScope:
    """All labels of one function body."""

    __slots__ = ("error_at", "labels", "src")

    def __init__(self, src: SourceFile, error_at: ErrorAt) -> None:
        self.src = src
        self.error_at = error_at
        self.labels: dict[str, _Label] = {}

    def where(self, pos: Pos) -> str:
        return str(self.src.position(pos - self.src.base))

    def declare(self, b: _Block, s: LabeledStmt) -> _Label:
        name = s.label.name
        alt = self.labels.get(name)
        if alt is not None:
            self.error_at(s.label.pos, f"label {name} already defined at {self.where(alt.lstmt.label.pos)}")
            return alt
        label = self.labels[name] = _Label(b, s)
        return label

    def goto_target(self, b: _Block | None, name: str) -> LabeledStmt | None:
        label = self.labels.get(name)
        if label is not None:
            label.used = True
            while b is not None:
                if label.parent is b:
                    return label.lstmt
                b = b.parent
        return None

    def enclosing(self, b: _Block | None, name: str) -> tuple[bool, LabeledStmt | None]:
        """(the label exists, the enclosing statement it labels)."""
        label = self.labels.get(name)
        if label is None:
            return False, None
        label.used = True
        while b is not None:
            if label.lstmt is b.lstmt:
                return True, label.lstmt
            b = b.parent
        return True, None

    def block(self, parent: _Block | None, ctxt: _Targets, lstmt: LabeledStmt | None, start: Pos, body: list[Stmt]) -> list[BranchStmt]:
        """Check a statement list; returns the gotos whose label has not been seen yet."""
        b = _Block(parent, start, lstmt)
        fwd: list[BranchStmt] = []
        bad: list[BranchStmt] = []  # gotos in front of the last variable declaration
        var_pos: Pos = NO_POS
        var_name = ""
        n = len(body)
        while n and isinstance(body[n - 1], EmptyStmt):
            n -= 1  # a fallthrough counts as last even before empty statements
        for index in range(n):
            stmt = body[index]
            lstmt = None
            while isinstance(stmt, LabeledStmt):
                name = stmt.label.name
                if name != "_":
                    label = self.declare(b, stmt)
                    keep: list[BranchStmt] = []
                    for f in fwd:
                        assert f.label is not None
                        if f.label.name == name:
                            f.target = stmt
                            label.used = True
                            if var_pos and any(f is x for x in bad):
                                self.error_at(
                                    f.label.pos, f"goto {name} jumps over declaration of {var_name} at {self.where(var_pos)}"
                                )
                        else:
                            keep.append(f)
                    fwd = keep
                    lstmt = stmt
                stmt = stmt.stmt
            kind = type(stmt)
            if kind is DeclStmt:
                assert isinstance(stmt, DeclStmt)
                for spec in stmt.decl.specs:
                    if isinstance(spec, VarSpec):
                        var_pos, var_name, bad = spec.pos, spec.names[0].name, list(fwd)
                        break
            elif kind is AssignStmt:
                assert isinstance(stmt, AssignStmt)
                if stmt.op == ":=":
                    var_pos, bad = stmt.pos, list(fwd)
                    var_name = ", ".join(map(expr_string, stmt.lhs)) if fwd else ""
            elif kind is BranchStmt:
                assert isinstance(stmt, BranchStmt)
                if stmt.label is None:
                    self.plain(stmt, ctxt, index + 1 == n)
                else:
                    self.labelled(stmt, b, fwd)
            elif kind is BlockStmt:
                assert isinstance(stmt, BlockStmt)
                fwd += self.block(b, _Targets(ctxt.breaks, ctxt.continues, -1), lstmt, stmt.pos, stmt.list)
            elif kind is IfStmt:
                assert isinstance(stmt, IfStmt)
                inner = _Targets(ctxt.breaks, ctxt.continues, -1)
                s: Stmt | None = stmt
                outer = b
                while isinstance(s, IfStmt):  # a chain of else-ifs; each else is a block inside the one before
                    fwd += self.block(outer, inner, lstmt, s.body.pos, s.body.list)
                    s = s.els
                    if isinstance(s, IfStmt):
                        outer = _Block(outer, s.pos, lstmt)
                if isinstance(s, BlockStmt):
                    fwd += self.block(outer, inner, lstmt, s.pos, s.list)
            elif kind in _LOOPS:
                assert isinstance(stmt, (ForStmt, RangeStmt))
                fwd += self.block(b, _Targets(stmt, stmt, -1), lstmt, stmt.body.pos, stmt.body.list)
            elif kind in _BREAKABLE:
                assert isinstance(stmt, (SwitchStmt, TypeSwitchStmt, SelectStmt))
                clauses: Sequence[CaseClause | CommClause] = stmt.body
                for i, cc in enumerate(clauses):
                    case_index = -1 if kind is SelectStmt else i
                    fwd += self.block(b, _Targets(stmt, ctxt.continues, case_index), lstmt, cc.pos, cc.body)
        return fwd

    def plain(self, s: BranchStmt, ctxt: _Targets, last: bool) -> None:
        """break, continue or fallthrough without a label."""
        if s.tok == "break":
            if ctxt.breaks is None:
                self.error_at(s.pos, "break is not in a loop, switch, or select")
        elif s.tok == "continue":
            if ctxt.continues is None:
                self.error_at(s.pos, "continue is not in a loop")
        elif s.tok == "fallthrough":
            msg = "fallthrough statement out of place"
            t = ctxt.breaks
            if isinstance(t, TypeSwitchStmt):
                msg = "cannot fallthrough in type switch"
            elif isinstance(t, SwitchStmt) and ctxt.case_index >= 0 and last:
                if ctxt.case_index + 1 < len(t.body):
                    return
                msg = "cannot fallthrough final case in switch"
            self.error_at(s.pos, msg)

    def labelled(self, s: BranchStmt, b: _Block, fwd: list[BranchStmt]) -> None:
        assert s.label is not None
        name, pos = s.label.name, s.label.pos
        if s.tok == "goto":
            target = self.goto_target(b, name)
            if target is not None:
                s.target = target
            else:
                fwd.append(s)
            return
        exists, target = self.enclosing(b, name)
        if not exists:
            self.error_at(pos, f"{s.tok} label not defined: {name}")
            return
        inner: Stmt | None = target.stmt if target is not None else None
        if isinstance(inner, _BREAKABLE if s.tok == "break" else _LOOPS):
            s.target = target
        else:
            self.error_at(pos, f"invalid {s.tok} label {name}")
