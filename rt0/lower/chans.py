"""Channel operations: calls of the runtime, which takes and gives elements by address (chan.go's contract)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt0.lower.layout import layout
from rt0.lower.typedesc import type_desc
from rt0.lower.value import Val
from rt0.types.types import Chan, Type

if TYPE_CHECKING:
    from rt0.lower.func import FuncBuilder


def make(fb: FuncBuilder, t: Chan, size: str) -> str:
    (c,) = fb.call_rt("makechan", [("ptr", type_desc(fb.unit, t)), ("i64", size)], "ptr")
    return c


def elem_slot(fb: FuncBuilder, t: Type) -> str:
    """Memory that receives an element; "null" when there is nothing to receive."""
    return fb.alloca_type(t) if layout(t).size else "null"


def send_addr(fb: FuncBuilder, v: Val) -> str:
    """Address of the element to send."""
    return fb.to_mem(v) if layout(v.typ).size else fb.unit.ref("runtime.zerobase")


def take(fb: FuncBuilder, t: Type, slot: str) -> Val:
    """The element received into a slot."""
    if slot == "null":
        return fb.zero(t)
    if layout(t).is_flat:
        return fb.load(slot, t)
    return Val(t, None, slot, owned=True)


def send(fb: FuncBuilder, t: Chan, c: str, v: Val) -> None:
    fb.call_rt("chansend1", [("ptr", c), ("ptr", send_addr(fb, v))])


def recv(fb: FuncBuilder, t: Chan, c: str) -> Val:
    slot = elem_slot(fb, t.elem)
    fb.call_rt("chanrecv1", [("ptr", c), ("ptr", slot)])
    return take(fb, t.elem, slot)


def recv2(fb: FuncBuilder, t: Chan, c: str) -> tuple[Val, str]:
    slot = elem_slot(fb, t.elem)
    (ok,) = fb.call_rt("chanrecv2", [("ptr", c), ("ptr", slot)], "i1")
    return take(fb, t.elem, slot), ok


def close(fb: FuncBuilder, t: Chan, c: str) -> None:
    fb.call_rt("closechan", [("ptr", c)])


def length(fb: FuncBuilder, c: str) -> str:
    (n,) = fb.call_rt("chanlen", [("ptr", c)], "i64")
    return n


def capacity(fb: FuncBuilder, c: str) -> str:
    (n,) = fb.call_rt("chancap", [("ptr", c)], "i64")
    return n
