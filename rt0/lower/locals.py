"""Local variables: where each lives.

A variable lives in registers (allocas that SROA dissolves) unless its address is taken or a closure captures it by reference; then it lives on the heap,
unless escape analysis (escape.py) knows that it need not. Captured by value: never assigned after its declaration, address never taken, at most 128 bytes.
"""

from __future__ import annotations

from rt0.lower.facts import Facts, VarFacts
from rt0.lower.func import FuncBuilder, Storage
from rt0.lower.layout import layout
from rt0.lower.value import Val
from rt0.types.objects import Var

MAX_BY_VALUE = 128  # bytes; closures capture larger variables by reference


def by_value(fb: FuncBuilder, v: Var, vf: VarFacts) -> bool:
    """Closures copy the variable."""
    return not vf.reassigned and not vf.addrtaken and layout(fb.subst(v.type)).size <= MAX_BY_VALUE


def needs_heap(fb: FuncBuilder, v: Var) -> bool:
    """The variable must have an address that outlives the function."""
    vf = fb_facts(fb).vars.get(v)
    if vf is None:
        return False
    if vf.addrtaken or (vf.captured and not by_value(fb, v, vf)):
        return v.escapes or fb_facts(fb).escape is None
    return False


def needs_addr(fb: FuncBuilder, v: Var) -> bool:
    """The variable must have an address."""
    vf = fb_facts(fb).vars.get(v)
    return vf is not None and (vf.addrtaken or (vf.captured and not by_value(fb, v, vf)))


def fb_facts(fb: FuncBuilder) -> Facts:
    assert fb.facts is not None
    return fb.facts


def declare(fb: FuncBuilder, v: Var, *, volatile: bool = False, arg: int = 0) -> Storage:
    """Storage for a variable about to be initialised (its memory is not zeroed, except on the heap). arg: see FuncBuilder.bind."""
    t = fb.subst(v.type)
    if needs_heap(fb, v):
        st = Storage("mem", t, (fb.heap_alloc(t),))
    elif needs_addr(fb, v):
        st = Storage("mem", t, (fb.alloca_type(t),))
    else:
        st = fb.slots(t, volatile)
    fb.bind(v, st, arg)
    return st


def declare_init(fb: FuncBuilder, v: Var, val: Val, arg: int = 0) -> None:
    """Declare and initialise."""
    st = declare(fb, v, arg=arg)
    fb.store_var(st, val)
