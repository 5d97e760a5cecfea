"""Constants as values: what the Checker worked out exactly, in the type it is used in."""

from __future__ import annotations

from fractions import Fraction

from rt0.lower.convert import assign_conv
from rt0.lower.func import INT, FuncBuilder, float_const
from rt0.lower.layout import wrap
from rt0.lower.value import Val
from rt0.types.constant import Complex, Value, float64_val, imag, real
from rt0.types.types import IS_COMPLEX, IS_FLOAT, IS_INTEGER, IS_STRING, TYP, Basic, Interface, Type


def const(fb: FuncBuilder, v: Value, t: Type) -> Val:
    """The exact constant v as a value of type t."""
    u = t.underlying()
    if type(u) is not Basic:
        if isinstance(u, Interface):
            return assign_conv(fb, const(fb, v, default_type(v)), t, fb.pos)
        return fb.zero(t)
    info = u.info
    if info & IS_INTEGER:
        return Val(t, (str(wrap(int_of(v), u)),))
    if info & IS_STRING:
        assert isinstance(v, bytes)
        return Val(t, (fb.unit.string(v), str(len(v))))
    if info & IS_FLOAT:
        return Val(t, (float_const(real_of(v), "float" if u.kind == "float32" else "double"),))
    if info & IS_COMPLEX:
        ll = "float" if u.kind == "complex64" else "double"
        return Val(t, (float_const(real_of(v), ll), float_const(imag_of(v), ll)))
    if u.kind in ("bool", "untyped bool"):
        return Val(t, ("true" if v else "false",))
    if u.kind == "unsafe.Pointer" and isinstance(v, int):
        return Val(t, (f"inttoptr (i64 {v} to ptr)" if v else "null",))
    return fb.zero(t)


def int_of(v: Value) -> int:
    """A constant that has an integer value, of whatever kind."""
    x = real(v)
    assert isinstance(x, (int, Fraction)), x
    return int(x)


def real_of(v: Value) -> float:
    """The real part of a numeric constant, nearest float64."""
    return float64_val(real(v))


def imag_of(v: Value) -> float:
    return float64_val(imag(v))


def default_type(v: Value) -> Type:
    """The type of a constant that nothing else gives one."""
    if isinstance(v, bool):
        return TYP["bool"]
    if isinstance(v, bytes):
        return TYP["string"]
    if isinstance(v, int):
        return INT
    return TYP["complex128"] if isinstance(v, Complex) else TYP["float64"]
