"""select statements.

    no case             runtime.block()
    one case            the plain operation
    one case, default   selectnbsend / selectnbrecv
    else                an array of scase{c, elem}, sends first, and the order array for runtime.selectgo, which returns the index of the chosen
                        case (-1: default) and whether a receive got a value; then a switch

Channel operands and values to send are evaluated once, in source order, on entry (spec, "Select statements"); the left side of a
receive assignment only when that case was chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rt0.lower import chans
from rt0.lower.func import FuncBuilder
from rt0.lower.value import Val
from rt0.syntax import nodes as ast
from rt0.types.types import TYP, Chan, Type

if TYPE_CHECKING:
    pass

BOOL = TYP["bool"]


class Case:
    """One communication clause: what was evaluated for it."""

    __slots__ = ("c", "clause", "recv", "send", "slot", "typ", "val")

    def __init__(self, clause: ast.CommClause) -> None:
        self.clause = clause
        self.send: ast.SendStmt | None = None
        self.recv: ast.UnaryExpr | None = None
        self.c = ""  # channel operand
        self.typ: Type = BOOL  # element type
        self.slot = "null"  # address of the element
        self.val: Val | None = None
        comm = clause.comm
        if isinstance(comm, ast.SendStmt):
            self.send = comm
        elif isinstance(comm, ast.ExprStmt):
            x = ast.unparen(comm.x)
            assert isinstance(x, ast.UnaryExpr)
            self.recv = x
        elif isinstance(comm, ast.AssignStmt):
            x = ast.unparen(comm.rhs[0])
            assert isinstance(x, ast.UnaryExpr)
            self.recv = x


Body = Callable[[ast.CommClause, Val | None, str], None]


def select(fb: FuncBuilder, s: ast.SelectStmt, body: Body, end: str) -> None:
    """Writes the statement. body(clause, received value, ok operand) writes a chosen clause: its assignment and statements (value None
    when nothing was received); end is the label `break` goes to, started here."""
    cases = [Case(c) for c in s.body if c.comm is not None]
    default = next((c for c in s.body if c.comm is None), None)
    fb.dbg(s.pos)
    if not cases:
        if default is None:
            fb.call_rt("block", [])
            fb.unreachable()
        else:
            body(default, None, "")
        fb.start(end)
        return
    for k in cases:
        _evaluate(fb, k)
    only = cases[0].clause.comm if len(cases) == 1 else None
    fb.dbg(s.pos if only is None else only.pos)  # gc makes the plain operation of a single one, on its own line
    if len(cases) == 1:
        _single(fb, cases[0], default, body, end)
    else:
        _selectgo(fb, cases, default, body, end)


def _evaluate(fb: FuncBuilder, k: Case) -> None:
    if k.send is not None:
        send = k.send
        ct = fb.typ(send.chan).underlying()
        assert isinstance(ct, Chan)
        elem = ct.elem
        c = fb.expr(send.chan)  # stricter than elsewhere: each operand is complete before the next
        v = fb.expr_as(send.value, elem)
        k.c, k.typ = c.one(), elem
        k.slot = chans.send_addr(fb, fb.own(v))
    else:
        assert k.recv is not None
        cv = fb.expr(k.recv.x)
        ct = fb.typ(k.recv.x).underlying()
        assert isinstance(ct, Chan)
        k.c, k.typ = cv.one(), ct.elem
        if isinstance(k.clause.comm, ast.AssignStmt):
            k.slot = chans.elem_slot(fb, ct.elem)


def _chosen(fb: FuncBuilder, k: Case, ok: str, body: Body) -> None:
    v = None
    if k.recv is not None and isinstance(k.clause.comm, ast.AssignStmt):
        v = chans.take(fb, k.typ, k.slot)
    body(k.clause, v, ok)


def _single(fb: FuncBuilder, k: Case, default: ast.CommClause | None, body: Body, end: str) -> None:
    if default is None:
        ok = ""
        if k.send is not None:
            fb.call_rt("chansend1", [("ptr", k.c), ("ptr", k.slot)])
        else:
            (ok,) = fb.call_rt("chanrecv2", [("ptr", k.c), ("ptr", k.slot)], "i1")
        _chosen(fb, k, ok, body)
        fb.start(end)
        return
    yes, no = fb.block("sel"), fb.block("default")
    ok = ""
    if k.send is not None:
        (done,) = fb.call_rt("selectnbsend", [("ptr", k.c), ("ptr", k.slot)], "i1")
    else:
        done, ok = fb.call_rt("selectnbrecv", [("ptr", k.slot), ("ptr", k.c)], ["i1", "i1"])
    fb.cond_br(done, yes, no)
    fb.start(yes)
    _chosen(fb, k, ok, body)
    fb.br(end)
    fb.start(no)
    body(default, None, "")
    fb.start(end)


def _selectgo(fb: FuncBuilder, cases: list[Case], default: ast.CommClause | None, body: Body, end: str) -> None:
    sends = [k for k in cases if k.send is not None]
    recvs = [k for k in cases if k.send is None]
    order = sends + recvs
    n = len(order)
    array = fb.alloca(16 * n)
    orders = fb.alloca(4 * n, 2)
    for i, k in enumerate(order):
        fb.store_ll(fb.gep(array, 16 * i), "ptr", k.c, "")
        fb.store_ll(fb.gep(array, 16 * i + 8), "ptr", k.slot, "")
    index, ok = fb.call_rt("selectgo", [("ptr", array), ("ptr", orders), ("ptr", "null"), ("i64", str(len(sends))), ("i64", str(len(recvs))),
                                        ("i1", "true" if default is None else "false")], ["i64", "i1"])  # fmt: skip
    labels = [fb.block("case") for _ in order]
    other = fb.block("default")
    table = " ".join(f"i64 {i}, label %{lab}" for i, lab in enumerate(labels))
    fb.emit(f"switch i64 {index}, label %{other} [ {table} ]")
    fb.done = True
    for k, lab in zip(order, labels, strict=True):
        fb.start(lab)
        _chosen(fb, k, ok, body)
        fb.br(end)
    fb.start(other)
    if default is not None:
        body(default, None, "")
    else:
        fb.unreachable()
    fb.start(end)
