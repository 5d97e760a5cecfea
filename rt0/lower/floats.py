"""Arithmetic of floats, such that a NaN has the bits the machine gives it.

A NaN that an operation makes of numbers (0/0, Inf-Inf, 0*Inf) is negative on x86-64; LLVM folds the same operation on constants to a positive one, and
math.Signbit, math.Float64bits and every copy of the value show it. gc folds no operation that gives NaN (cmd/compile/internal/ssa/_gen/generic.rules,
`Add64F` .. `Div64F`). So where both operands may turn out constant, what LLVM's folding gives is asked whether it is a constant NaN:

    %r = fdiv double %a, %b
    %k = and (llvm.is.constant(%r)), (fcmp uno %r, 0.0)
    %v = select %k, (asm "divsd %b, %a"), %r        the machine divides, and LLVM knows nothing of the quotient

`llvm.is.constant` becomes true as soon as the fold has happened, and false before the vectorisers run; what is left then is %r. Nothing can be made NaN by an
operation with a finite constant (but 0 in a product or quotient): those are emitted as they are.

What stays open, as in IEEE 754: which of two NaNs an operation passes on, and LLVM moves a negation through arithmetic (`1 - -x` is `1 + x`), which is seen
in the sign of a NaN only. Tried: constrained intrinsics, which nothing optimises; llvm.arithmetic.fence, through which LLVM knows the sign.
"""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rt0.lower.func import FuncBuilder

FLOAT_OPS = {"+": "fadd", "-": "fsub", "*": "fmul", "/": "fdiv"}


def float_op(fb: FuncBuilder, op: str, ll: str, a: str, b: str) -> str:
    """a op b; ll: float or double."""
    ins = f"{FLOAT_OPS[op]} {ll}"
    r = fb.tmp(f"{ins} {a}, {b}")
    if not all(_may_make_nan(op, x) for x in (a, b)):
        return r
    name = f"llvm.is.constant.{'f32' if ll == 'float' else 'f64'}"
    fb.unit.declared.setdefault(name, f"declare i1 @{name}({ll})")
    known = fb.tmp(f"call i1 @{name}({ll} {r})")
    folded = fb.tmp(f"and i1 {known}, {fb.tmp(f'fcmp uno {ll} {r}, 0.0')}")
    again = fb.tmp(f'call {ll} asm "{FLOAT_OPS[op][1:]}{"ss" if ll == "float" else "sd"} $2, $0", "=x,0,x"({ll} {a}, {ll} {b}) nounwind willreturn memory(none)')
    return fb.tmp(f"select i1 {folded}, {ll} {again}, {ll} {r}")


def _may_make_nan(op: str, x: str) -> bool:
    """The operand x may be part of an operation that makes a NaN of numbers: it is no constant, or infinite, or 0 in a product or quotient."""
    if x.startswith("%"):
        return True
    value = struct.unpack(">d", bytes.fromhex(x[2:]))[0] if x.startswith("0x") else float(x)
    return math.isinf(value) or (value == 0 and op in ("*", "/"))


def float_min(fb: FuncBuilder, ll: str, x: str, y: str) -> str:
    """min(x, y): NaN wins, -0 is less than +0. By two of the machine's minima, x < y ? x : y, and the bits of both:

        t = x < y ? x : y       wrong if x is NaN, or x is -0 and y is +0
        u = t < x ? t : x       x where x is NaN
        u | t                   -0 where one of them is; a NaN whose bits are those of gc (_gen/AMD64.rules, Min64F)
    """
    t = _machine_min(fb, ll, x, y)
    u = _machine_min(fb, ll, t, x)
    word = "i32" if ll == "float" else "i64"
    bits = [fb.tmp(f"bitcast {ll} {v} to {word}") for v in (u, t)]
    return fb.tmp(f"bitcast {word} {fb.tmp(f'or {word} {bits[0]}, {bits[1]}')} to {ll}")


def float_max(fb: FuncBuilder, ll: str, x: str, y: str) -> str:
    """max(x, y), as -min(-x, -y)."""
    return fb.tmp(f"fneg {ll} {float_min(fb, ll, fb.tmp(f'fneg {ll} {x}'), fb.tmp(f'fneg {ll} {y}'))}")


def _machine_min(fb: FuncBuilder, ll: str, x: str, y: str) -> str:
    return fb.tmp(f"select i1 {fb.tmp(f'fcmp olt {ll} {x}, {y}')}, {ll} {x}, {ll} {y}")
