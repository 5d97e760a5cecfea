"""switch: expression switches and type switches.

The tag is evaluated once; cases are compared in source order. A run of constant cases has no order that anyone can see, so it is searched: an
integer by one LLVM switch; a string by its length, then by the byte that tells its candidates best apart, then compared with the one that
is left; a float by bisection. A type switch searches a run of concrete types by the hash that descriptors and itabs hold at the same place and
then compares the descriptor or itab itself (they are unique in a program); it asks the runtime for interface cases. So the time to run and
the code of n cases grow as gc's do (cmd/compile/internal/walk/switch.go, go1.27), not with n comparisons in a row, which LLVM also takes
time over that grows with their square.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rt0.lower import alg
from rt0.lower.consts import int_of
from rt0.lower.convert import assert_type, assign_conv, is_interface, is_type, may_hold, unpack_direct
from rt0.lower.deadcode import chosen
from rt0.lower.expr import BOOL, expr
from rt0.lower.func import BranchTarget, FuncBuilder
from rt0.lower.layout import layout, wrap
from rt0.lower.locals import declare_init, fb_facts
from rt0.lower.names import link_string
from rt0.lower.operators import TYP_ANY, compare, cond, is_nil
from rt0.lower.tempstring import peek
from rt0.lower.typedesc import type_hash
from rt0.lower.value import Val
from rt0.syntax import nodes as ast
from rt0.types import constant
from rt0.types.identity import identical
from rt0.types.objects import Var
from rt0.types.types import IS_FLOAT, IS_INTEGER, IS_STRING, Basic, Type

MIN_INTS = 3  # cases from which on a run is searched
MIN_STRINGS = 4
MIN_FLOATS = 5
MIN_TYPES = 5
HASH = 16  # byte offset of the hash in a descriptor (abi.Type) and in an itab (abi.ITab)

Case = tuple[ast.Expr, str]  # a case's expression, the block of its clause


def switch(fb: FuncBuilder, s: ast.SwitchStmt, label: ast.LabeledStmt | None) -> None:
    if s.init is not None:
        fb.stmt(s.init)
    end = fb.block("endswitch")
    fb.dbg(s.pos)
    known, only = chosen(s)
    if known:
        block = fb.block("case")
        fb.br(end if only is None else block)
        _bodies(fb, s, [] if only is None else [only], [block], end, label)
        return
    blocks = [fb.block("case") for _ in s.body]
    default = next((b for c, b in zip(s.body, blocks, strict=True) if c.exprs is None), end)
    if s.tag is None:
        _conditions(fb, s, blocks, default)
    else:
        cases = [(x, b) for c, b in zip(s.body, blocks, strict=True) for x in c.exprs or ()]
        tag = peek(fb, s.tag) if all(x.mode == "constant" for x, _ in cases) else expr(fb, s.tag)
        if s.tag.mode == "constant" and s.tag.type is not None:
            tag = fb.const(s.tag.val, fb.typ(s.tag))
        for is_const, group in groupby(cases, lambda c: c[0].mode == "constant" and isinstance(fb.typ(c[0]).underlying(), Basic)):
            run = list(group)
            if is_const and isinstance(u := tag.typ.underlying(), Basic):
                _constants(fb, tag, u, run)
            elif is_const and is_interface(tag.typ) and len(run) >= MIN_TYPES:
                _boxed(fb, tag, run)
            else:
                _in_order(fb, tag, run)
        fb.br(default)
    _bodies(fb, s, s.body, blocks, end, label)


def _bodies(fb: FuncBuilder, s: ast.SwitchStmt | ast.TypeSwitchStmt, clauses: Sequence[ast.CaseClause], blocks: list[str], end: str, label: ast.LabeledStmt | None) -> None:
    fb.targets.append(BranchTarget(s, label, end, ""))
    saved = fb.fallthrough
    for i, c in enumerate(clauses):
        b = blocks[i]
        fb.start(b) if fb.done else _start(fb, b)
        fb.fallthrough = blocks[i + 1] if i + 1 < len(blocks) else ""
        fb.stmts(c.body)
        fb.br(end)
    fb.fallthrough = saved
    fb.targets.pop()
    fb.start(end)


def _start(fb: FuncBuilder, b: str) -> None:
    fb.unreachable()
    fb.start(b)


def _conditions(fb: FuncBuilder, s: ast.SwitchStmt, blocks: list[str], default: str) -> None:
    for c, b in zip(s.body, blocks, strict=True):
        for x in c.exprs or ():
            fb.dbg(x.pos)
            nxt = fb.block("next")
            if is_interface(fb.typ(x)):
                fb.cond_br(mixed_equal(fb, expr(fb, x), Val(BOOL, ("true",))), b, nxt)
            else:
                cond(fb, x, b, nxt)
            fb.start(nxt)
    fb.br(default)


def _in_order(fb: FuncBuilder, tag: Val, cases: Sequence[Case]) -> None:
    """Compare with one after another; what matches none goes on here."""
    for x, b in cases:
        fb.dbg(x.pos)
        nxt = fb.block("next")
        r = _equal(fb, tag, x)
        if fb.done:
            fb.start(fb.block("dead"))
        fb.cond_br(r, b, nxt)
        fb.start(nxt)


# ---------------------------------------------------------------- runs of constants


def _constants(fb: FuncBuilder, tag: Val, u: Basic, run: list[Case]) -> None:
    """Find the tag among constants; of equal ones (an instance of generic code may have some) the first counts."""
    if u.info & IS_INTEGER and len(run) >= MIN_INTS:
        _integers(fb, tag, u, run)
    elif u.info & IS_STRING and len(run) >= MIN_STRINGS:
        nxt = fb.block("next")
        _strings(fb, tag, run, nxt)
        fb.start(nxt)
    elif u.info & IS_FLOAT and len(run) >= MIN_FLOATS:
        nxt = fb.block("next")
        _floats(fb, tag, sorted(run, key=lambda c: constant.float64_val(c[0].val)), nxt)
        fb.start(nxt)
    else:
        _in_order(fb, tag, run)


def _boxed(fb: FuncBuilder, tag: Val, run: list[Case]) -> None:
    """Find an interface value among constants: its type first, then its value among those of the type."""
    by_type: dict[str, list[Case]] = {}
    for x, b in run:
        by_type.setdefault(link_string(fb.typ(x)), []).append((x, b))
    miss = fb.block("next")
    for cases in by_type.values():
        t = fb.typ(cases[0][0])
        u = t.underlying()
        assert isinstance(u, Basic)
        fb.dbg(cases[0][0].pos)
        same, nxt = fb.block("same"), fb.block("other")
        fb.cond_br(is_type(fb, tag, t), same, nxt)
        fb.start(same)
        _constants(fb, unpack_direct(fb, tag.p()[1], t), u, cases)
        fb.br(miss)
        fb.start(nxt)
    fb.br(miss)
    fb.start(miss)


def _branch(fb: FuncBuilder, ll: str, op: str, table: dict[int, str], default: str) -> None:
    """LLVM's switch; the block ends."""
    fb.emit(f"switch {ll} {op}, label %{default} [ " + " ".join([f"{ll} {k}, label %{b}" for k, b in table.items()]) + f" ]{fb.loc()}")
    fb.done = True


def _integers(fb: FuncBuilder, tag: Val, u: Basic, run: list[Case]) -> None:
    table: dict[int, str] = {}
    for x, b in run:
        table.setdefault(wrap(int_of(x.val), u), b)
    nxt = fb.block("next")
    _branch(fb, layout(tag.typ).vals[0], tag.one(), table, nxt)
    fb.start(nxt)


def _strings(fb: FuncBuilder, tag: Val, run: list[Case], miss: str) -> None:
    by_value: dict[bytes, Case] = {}
    for x, b in run:
        by_value.setdefault(x.val if isinstance(x.val, bytes) else str(x.val).encode("utf-8", "surrogateescape"), (x, b))
    by_length: dict[int, list[bytes]] = {}
    for v in by_value:
        by_length.setdefault(len(v), []).append(v)
    blocks = {n: fb.block("len") for n in by_length}
    p, n = tag.p()
    if fb.done:
        fb.start(fb.block("dead"))
    _branch(fb, "i64", n, blocks, miss)
    for size, vals in by_length.items():
        fb.start(blocks[size])
        same = Val(tag.typ, (p, str(size)))  # its length is known from here on
        _same_length(fb, same, vals, by_value, miss)


def _same_length(fb: FuncBuilder, tag: Val, vals: list[bytes], cases: dict[bytes, Case], miss: str) -> None:
    """Go on to the case of the one of these strings that equals tag, or to miss. All are of the tag's length; the block ends."""
    p = tag.p()[0]
    if len(vals) == 1:
        x, b = cases[vals[0]]
        fb.dbg(x.pos)
        if vals[0]:
            fb.cond_br(compare(fb, "==", tag, fb.const(x.val, tag.typ), tag.typ), b, miss)
        else:
            fb.br(b)
        return
    at, parts = _best_byte(vals)
    most = max(len(part) for part in parts.values())
    if most == len(vals) or (most * 4 > len(vals) * 3 and len(vals) > 2):
        # no byte tells them apart well: bisection
        vals = sorted(vals)
        mid = len(vals) // 2
        x, _ = cases[vals[mid]]
        fb.dbg(x.pos)
        low, high = fb.block("low"), fb.block("high")
        fb.cond_br(compare(fb, "<", tag, fb.const(x.val, tag.typ), tag.typ), low, high)
        for block, half in ((low, vals[:mid]), (high, vals[mid:])):
            fb.start(block)
            _same_length(fb, tag, half, cases, miss)
        return
    blocks = {c: fb.block("byte") for c in parts}
    byte = fb.load_ll(fb.gep(p, at), "i8")
    _branch(fb, "i8", byte, blocks, miss)
    for c, part in parts.items():
        fb.start(blocks[c])
        _same_length(fb, tag, part, cases, miss)


MAX_PROBES = 64  # bytes looked at to tell strings apart


def _best_byte(vals: list[bytes]) -> tuple[int, dict[int, list[bytes]]]:
    """A position whose byte leaves few candidates in its largest part, and the parts. All strings are of one length."""
    best: tuple[int, dict[int, list[bytes]]] | None = None
    least = 0
    for at in range(min(len(vals[0]), MAX_PROBES)):
        parts: dict[int, list[bytes]] = {}
        for v in vals:
            parts.setdefault(v[at], []).append(v)
        most = max(len(part) for part in parts.values())
        if best is None or most < least:
            best, least = (at, parts), most
            if most == 1 or most * 8 <= len(vals):
                break
    assert best is not None
    return best


def _floats(fb: FuncBuilder, tag: Val, run: list[Case], miss: str) -> None:
    """Bisection of sorted cases; NaN is not less than any and equals none. The block ends."""
    if len(run) < MIN_FLOATS:
        _in_order(fb, tag, run)
        fb.br(miss)
        return
    mid = len(run) // 2
    fb.dbg(run[mid][0].pos)
    low, high = fb.block("low"), fb.block("high")
    fb.cond_br(compare(fb, "<", tag, fb.const(run[mid][0].val, tag.typ), tag.typ), low, high)
    fb.start(low)
    _floats(fb, tag, run[:mid], miss)
    fb.start(high)
    _floats(fb, tag, run[mid:], miss)


def _equal(fb: FuncBuilder, tag: Val, x: ast.Expr) -> str:
    """tag == x"""
    if is_nil(x):
        return fb.tmp(f"icmp eq ptr {tag.p()[0]}, null")
    t = tag.typ
    xt = fb.typ(x)
    if is_interface(t) == is_interface(xt):
        if is_interface(t) and t is not xt:
            if not identical(t, xt):
                return compare(fb, "==", fb_conv(fb, tag, TYP_ANY), fb_conv(fb, expr(fb, x), TYP_ANY), TYP_ANY)
        return compare(fb, "==", tag, expr(fb, x), t)
    iface, concrete = (tag, expr(fb, x)) if is_interface(t) else (expr(fb, x), tag)
    return mixed_equal(fb, iface, concrete)


def fb_conv(fb: FuncBuilder, v: Val, t: Type) -> Val:
    return assign_conv(fb, v, t, fb.pos)


def mixed_equal(fb: FuncBuilder, iface: Val, concrete: Val) -> str:
    """An interface value holds this concrete value."""
    same = is_type(fb, iface, concrete.typ)
    out = fb.alloca_ll("i1")
    fb.store_ll(out, "i1", "false")
    yes, end = fb.block("same"), fb.block("cmp")
    fb.cond_br(same, yes, end)
    fb.start(yes)
    v = unpack_direct(fb, iface.p()[1], concrete.typ)
    fb.store_ll(out, "i1", alg.equal(fb, concrete.typ, v, concrete))
    fb.start(end)
    return fb.load_ll(out, "i1")


# ---------------------------------------------------------------- type switch


def type_switch(fb: FuncBuilder, s: ast.TypeSwitchStmt, label: ast.LabeledStmt | None) -> None:
    if s.init is not None:
        fb.stmt(s.init)
    x0 = s.x
    if isinstance(x0, ast.TypeAssertExpr):
        x0 = x0.x
    x = expr(fb, x0)
    fb.dbg(s.pos)
    end = fb.block("endswitch")
    blocks = [fb.block("case") for _ in s.body]
    default = next((b for c, b in zip(s.body, blocks, strict=True) if c.exprs is None), end)
    cases = [(e, b) for c, b in zip(s.body, blocks, strict=True) for e in c.exprs or ()]
    asserted: dict[ast.Expr, Val] = {}  # interface case -> the value as that interface
    for concrete, group in groupby(cases, lambda c: not is_nil(c[0]) and not is_interface(fb.subst(c[0].type))):
        run = list(group)
        if concrete and len(run) >= MIN_TYPES:
            _types(fb, x, run)
        else:
            _types_in_order(fb, x, run, asserted)
    fb.br(default)
    fb.targets.append(BranchTarget(s, label, end, ""))
    saved = fb.fallthrough
    fb.fallthrough = ""
    for c, b in zip(s.body, blocks, strict=True):
        fb.start(b) if fb.done else _start(fb, b)
        scope = fb.open_scope()
        if c.var is not None and fb_used(fb, c.var):
            val = x
            if c.exprs is not None and len(c.exprs) == 1 and not is_nil(c.exprs[0]):
                val = asserted.get(c.exprs[0]) or unpack_direct(fb, x.p()[1], fb.subst(c.exprs[0].type))
            declare_init(fb, c.var, val)
        fb.stmts(c.body)
        fb.close_scope(scope)
        fb.br(end)
    fb.targets.pop()
    fb.fallthrough = saved
    fb.start(end)


def _types_in_order(fb: FuncBuilder, x: Val, run: Sequence[Case], asserted: dict[ast.Expr, Val]) -> None:
    """Compare with one after another; what matches none goes on here."""
    for e, b in run:
        fb.dbg(e.pos)
        if is_nil(e):
            r = fb.tmp(f"icmp eq ptr {x.p()[0]}, null")
        elif is_interface(t := fb.subst(e.type)):
            asserted[e], ok = assert_type(fb, x, t, True)
            r = ok.one()
        else:
            r = is_type(fb, x, t)
        nxt = fb.block("next")
        if fb.done:
            fb.start(fb.block("dead"))
        fb.cond_br(r, b, nxt)
        fb.start(nxt)


def _types(fb: FuncBuilder, x: Val, run: Sequence[Case]) -> None:
    """Find the dynamic type of x among concrete types. An itab made at run time has hash 0 and is none that is looked for here: those of the
    cases are in the program."""
    by_hash: dict[int, list[Case]] = {}
    for e, b in run:
        t = fb.subst(e.type)
        if may_hold(x.typ, t):
            by_hash.setdefault(type_hash(t), []).append((e, b))
    nxt, some = fb.block("next"), fb.block("type")
    word = x.p()[0]
    null = fb.tmp(f"icmp eq ptr {word}, null")
    fb.cond_br(null, nxt, some)
    fb.start(some)
    blocks = {k: fb.block("hash") for k in by_hash}
    _branch(fb, "i32", fb.load_ll(fb.gep(word, HASH), "i32"), blocks, nxt)
    for k, cases in by_hash.items():
        fb.start(blocks[k])
        _types_in_order(fb, x, cases, {})
        fb.br(nxt)
    fb.start(nxt)


def fb_used(fb: FuncBuilder, v: Var) -> bool:
    return v in fb_facts(fb).vars
