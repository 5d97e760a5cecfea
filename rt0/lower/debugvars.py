"""Where variables are, as LLVM's debug records.

`describe` is called when a variable gets its storage. What is in an alloca is declared there: while LLVM keeps the alloca the variable is in the frame,
and when SROA dissolves it the declaration turns into a record per assignment. What is a value, or the address of memory outside the frame,
is recorded as that. A variable of several scalars has a record per leaf, each for its fragment.

At -O0 the user's own functions keep their variables in memory for a debugger, as with gc's -N: an empty inline assembly that reads the alloca
keeps SROA from it (and costs no instruction). Values get an alloca of their own for that.

A variable that lives on the heap, or that a closure reaches by reference, is described twice: `x` where its address leads to, and `&x`, the address itself,
as gc names it.

Lexical scopes: a list of statements opens one, and so does a statement with an init part. A DILexicalBlock is made when the first variable is
declared in it, so its range begins at the declaration: what a new variable shadows is still seen before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt0.lower.layout import LEAF_SIZE, Layout, layout
from rt0.types.types import Pointer, Type

if TYPE_CHECKING:
    from rt0.lower.func import FuncBuilder, Storage
    from rt0.types.objects import Var

PIN_OPERANDS = 24  # of one inline assembly


def describe(fb: FuncBuilder, v: Var, st: Storage, arg: int = 0) -> None:
    """Record where the variable is from here on. arg: its number among the parameters and results, 0 for others."""
    if not fb.scope or fb.done or v.name in ("", "_") or fb.inline_only:
        return
    di = fb.unit.di
    if not arg and fb.scope_pending:
        fb.scope_pending = False
        fb.scope = di.block(fb.scope, v.pos)
        fb.dbg_moved()
    var = di.variable(fb.scope, v.name, st.typ, v.pos, arg)
    at = di.location(fb.scope, v.pos)
    lay = layout(st.typ)
    kind = st.kind
    if kind == "slots":
        for i, a in enumerate(st.addrs):
            _declare(fb, a, var, _fragment(lay, i), at)
        return
    if kind == "cell":
        _declare(fb, st.addrs[0], var, "DW_OP_deref", at)
        _pointer(fb, v, st.typ, at, slot=st.addrs[0])
        return
    if kind == "val":
        val = st.val
        assert val is not None
        if val.addr is None:
            for i, part in enumerate(val.p()):
                _value(fb, lay, i, part, var, at)
            return
        address = val.addr
    else:
        address = st.addrs[0]
    if address in fb.frame_slots:
        _declare(fb, address, var, "", at)
        return
    slot = _address(fb, address, var, "DW_OP_deref", at)
    if not arg or not address.startswith("%p"):
        _pointer(fb, v, st.typ, at, address, slot)


def _declare(fb: FuncBuilder, alloca: str, var: str, expr: str, at: str) -> None:
    fb.lines.append(f"#dbg_declare(ptr {alloca}, {var}, !DIExpression({expr}), {at})")
    if fb.unit.program.pinned(fb.unit.path):
        fb.pins[alloca] = None


def _address(fb: FuncBuilder, address: str, var: str, expr: str, at: str) -> str:
    """Record a variable behind a pointer; the alloca that now holds the pointer, "" if none was needed."""
    if fb.unit.program.pinned(fb.unit.path):
        slot = fb.alloca_ll("ptr")
        fb.lines.append(f"store ptr {address}, ptr {slot}, align 8")
        _declare(fb, slot, var, expr, at)
        return slot
    fb.lines.append(f"#dbg_value(ptr {address}, {var}, !DIExpression({expr}), {at})")
    return ""


def _pointer(fb: FuncBuilder, v: Var, t: Type, at: str, address: str = "", slot: str = "") -> None:
    """&x: the address of a variable that is not in the frame."""
    var = fb.unit.di.variable(fb.scope, "&" + v.name, Pointer(t), v.pos, 0)
    if slot:
        _declare(fb, slot, var, "", at)
    else:
        fb.lines.append(f"#dbg_value(ptr {address}, {var}, !DIExpression(), {at})")


def _value(fb: FuncBuilder, lay: Layout, i: int, part: str, var: str, at: str) -> None:
    """One leaf of a variable that is a value."""
    ll = lay.vals[i]
    if ll == "i1" or fb.unit.program.pinned(fb.unit.path):
        slot = fb.alloca_ll(ll)
        fb.store_ll(slot, ll, part, "")
        _declare(fb, slot, var, _fragment(lay, i), at)
    else:
        fb.lines.append(f"#dbg_value({ll} {part}, {var}, !DIExpression({_fragment(lay, i)}), {at})")


def _fragment(lay: Layout, i: int) -> str:
    """The part of a variable that leaf i is; "" when it is the whole."""
    ll, off = lay.leaves[i]
    size = LEAF_SIZE[ll]
    return "" if size == lay.size else f"DW_OP_LLVM_fragment, {off * 8}, {size * 8}"


def pin(fb: FuncBuilder) -> None:
    """Keep the declared allocas in memory: one or a few empty assemblies at the end of the entry block."""
    names = list(fb.pins)
    for k in range(0, len(names), PIN_OPERANDS):
        some = names[k : k + PIN_OPERANDS]
        fb.entry.append(f'call void asm sideeffect "", "{",".join(["*m"] * len(some))}"({", ".join([f"ptr elementtype(i8) {a}" for a in some])})')
