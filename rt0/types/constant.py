"""Exact constant values and their arithmetic.

A value is one of Python's own: bool, bytes (strings), int, Fraction, or `BigFloat`, `Complex`, `UNKNOWN`. The kind of a value
is that of its representation: Fraction(1) is a float constant whose value happens to be 1; `to_int` says whether it may be
an integer. Floats are exact fractions while numerator and denominator stay below 2**4096, and 512-bit floats
(round to nearest even) beyond; integers are exact, and the Checker limits untyped ones to 512 bits. UNKNOWN is the value of
constants whose computation failed: every operation on it gives UNKNOWN, every comparison False.

Ops are the token texts: + - * / % & | ^ &^ << >> == != < <= > >= && || !; "/" of integers is an exact quotient (a
Fraction), "/=" the truncated integer quotient, as in go/constant.

`to_string` prints values as gc's messages show them: at most 72 characters of a string, floats with six digits.

Source: go1.27 go/constant/value.go; rounding to a type: types2/const.go (representableConst).
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Final

from rt0.diag import go_quote
from rt0.types.types import IS_BOOLEAN, IS_COMPLEX, IS_FLOAT, IS_INTEGER, IS_STRING, Basic

PREC = 512  # bits of a BigFloat's mantissa
MAX_EXP = 4096  # fractions with more bits become BigFloats
MAX_BINARY_EXP = 2**31 - 1  # beyond: infinite, hence UNKNOWN


class Unknown:
    """The value of a constant that could not be computed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


class BigFloat:
    """mant * 2**exp, abs(mant) below 2**512. Zero is mant 0."""

    __slots__ = ("exp", "mant")

    def __init__(self, mant: int, exp: int) -> None:
        self.mant = mant
        self.exp = exp

    def magnitude(self) -> int:
        """e with 2**(e-1) <= abs(value) < 2**e; 0 for zero."""
        return self.mant.bit_length() + self.exp if self.mant else 0

    def fraction(self) -> Fraction:
        return Fraction(self.mant << self.exp) if self.exp >= 0 else Fraction(self.mant, 1 << -self.exp)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BigFloat) and _big_cmp(self, other) == 0

    def __hash__(self) -> int:
        m, e = self.mant, self.exp
        while m and not m & 1:
            m >>= 1
            e += 1
        return hash((m, e))

    def __repr__(self) -> str:
        return f"BigFloat({to_string(self)})"


class Complex:
    """re + im i; both are int, Fraction or BigFloat."""

    __slots__ = ("im", "re")

    def __init__(self, re: Real, im: Real) -> None:
        self.re = re
        self.im = im

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Complex) and compare(self.re, "==", other.re) and compare(self.im, "==", other.im)

    def __hash__(self) -> int:
        return hash((self.re, self.im))

    def __repr__(self) -> str:
        return f"Complex({to_string(self)})"


Real = int | Fraction | BigFloat
Value = bool | bytes | int | Fraction | BigFloat | Complex | Unknown

_RANK: dict[type, int] = {int: 2, Fraction: 4, BigFloat: 5, Complex: 6}


def kind(v: Value) -> str:
    """ "bool" "string" "int" "float" "complex" or "unknown"."""
    return _KINDS[type(v)]


_KINDS: dict[type, str] = {
    bool: "bool", bytes: "string", int: "int", Fraction: "float", BigFloat: "float", Complex: "complex", Unknown: "unknown",
}  # fmt: skip


# ---------------------------------------------------------------- BigFloat


def _round(mant: int, exp: int, sticky: bool = False, prec: int = PREC) -> BigFloat:
    """mant * 2**exp to `prec` bits, to nearest even. sticky: a non-zero rest below mant was cut off."""
    neg = mant < 0
    m = -mant if neg else mant
    n = m.bit_length() - prec
    if n > 0:
        rest = m & ((1 << n) - 1)
        half = 1 << (n - 1)
        m >>= n
        exp += n
        if rest > half or (rest == half and (sticky or m & 1)):
            m += 1
            if m.bit_length() > prec:
                m >>= 1
                exp += 1
    return BigFloat(-m if neg else m, exp)


def _from_fraction(num: int, den: int, prec: int = PREC) -> BigFloat:
    if num == 0:
        return BigFloat(0, 0)
    shift = max(prec + 2 - abs(num).bit_length() + den.bit_length(), 0)
    q, r = divmod(abs(num) << shift, den)
    return _round(-q if num < 0 else q, -shift, r != 0, prec)


def _big(x: Real) -> BigFloat:
    if type(x) is BigFloat:
        return x
    if type(x) is Fraction:
        return _from_fraction(x.numerator, x.denominator)
    assert type(x) is int
    return _round(x, 0)


def _big_add(x: BigFloat, y: BigFloat) -> BigFloat:
    if x.mant == 0:
        return y
    if y.mant == 0:
        return x
    if x.exp < y.exp:
        x, y = y, x
    d = x.exp - y.exp
    if x.magnitude() - y.magnitude() > 2 * PREC + 2:  # y only nudges x: keep its sign as a sticky bit
        nudge = 1 if y.mant > 0 else -1
        return _round((x.mant << (PREC + 2)) + nudge, x.exp - PREC - 2)
    return _round((x.mant << d) + y.mant, y.exp)


def _big_quo(x: BigFloat, y: BigFloat) -> BigFloat:
    shift = max(PREC + 2 - x.mant.bit_length() + y.mant.bit_length(), 0)
    q, r = divmod(abs(x.mant) << shift, abs(y.mant))
    return _round(-q if (x.mant < 0) != (y.mant < 0) else q, x.exp - y.exp - shift, r != 0)


def _big_cmp(x: BigFloat, y: BigFloat) -> int:
    sx, sy = (x.mant > 0) - (x.mant < 0), (y.mant > 0) - (y.mant < 0)
    if sx != sy or sx == 0:
        return (sx > sy) - (sx < sy)
    mx, my = x.magnitude(), y.magnitude()
    if mx != my:
        return sx if mx > my else -sx
    d = x.exp - y.exp
    a, b = (x.mant << d, y.mant) if d >= 0 else (x.mant, y.mant << -d)
    return (a > b) - (a < b)


def _make_float(x: BigFloat) -> Value:
    """x as a value: infinite ones are UNKNOWN, those below the smallest are 0."""
    if x.mant == 0:
        return BigFloat(0, 0)
    m = x.magnitude()
    if m > MAX_BINARY_EXP:
        return UNKNOWN
    return x if m >= -MAX_BINARY_EXP else BigFloat(0, 0)


def _make_rat(x: Fraction) -> Real:
    if x.numerator.bit_length() < MAX_EXP and x.denominator.bit_length() < MAX_EXP:
        return x
    return _from_fraction(x.numerator, x.denominator)


def _small(x: BigFloat) -> bool:
    return -MAX_EXP < x.magnitude() < MAX_EXP


# ---------------------------------------------------------------- literals

_DECIMAL_FLOAT = re.compile(r"([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?")
_HEX_FLOAT = re.compile(r"0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?(?:[pP]([+-]?[0-9]+))?")


def make_from_literal(lit: bytes | str, kind: str) -> Value:
    """Value of a literal's source text. kind: "int" "float" "imag" "char" "string", as BasicLit.kind."""
    if kind == "string":
        return unquote(lit if isinstance(lit, bytes) else lit.encode())
    if kind == "char":
        b = lit if isinstance(lit, bytes) else lit.encode()
        return char_value(b)
    s = (lit.decode("ascii", "replace") if isinstance(lit, bytes) else lit).replace("_", "")
    if kind == "int":
        return _int_literal(s)
    if kind == "float":
        return _float_literal(s)
    assert kind == "imag", kind
    im = _float_literal(s[:-1])
    return im if isinstance(im, Unknown) else Complex(0, im)


def _decimal_int(s: str) -> int:
    """int(s) without Python's limit on the number of digits."""
    if len(s) <= 4000:
        return int(s)
    h = len(s) // 2
    high: int = _decimal_int(s[:-h]) * 10**h
    return high + _decimal_int(s[-h:])


def _int_literal(s: str) -> Value:
    try:
        if len(s) > 1 and s[0] == "0":
            p = s[1]
            if p in "xX":
                return int(s[2:], 16)
            if p in "bB":
                return int(s[2:], 2)
            return int(s[2:] if p in "oO" else s[1:], 8)
        return _decimal_int(s)
    except ValueError:
        return UNKNOWN


def _float_literal(s: str) -> Real | Unknown:
    """Value of a floating-point literal; also of the integers of imaginary literals, where a leading 0 means nothing."""
    if s[:2] in ("0b", "0B", "0o", "0O"):
        v = _int_literal(s)
        return Fraction(v) if type(v) is int else UNKNOWN
    if s[:2] in ("0x", "0X"):
        m = _HEX_FLOAT.fullmatch(s)
        if m is None:
            return UNKNOWN
        frac = m[2] or ""
        mant = int((m[1] + frac) or "0", 16)
        exp = _decimal_int(m[3].lstrip("+")) if m[3] else 0
        return _scaled(mant, 2, exp - 4 * len(frac))
    m = _DECIMAL_FLOAT.fullmatch(s)
    if m is None:
        return UNKNOWN
    frac = m[2] or ""
    mant = _decimal_int((m[1] + frac) or "0")
    exp = int(m[3]) if m[3] and len(m[3]) < 20 else (0 if not m[3] else 10**19 * (-1 if m[3][0] == "-" else 1))
    return _scaled(mant, 10, exp - len(frac))


def _scaled(mant: int, base: int, exp: int) -> Real | Unknown:
    """mant * base**exp: a Fraction when its magnitude is small, else a BigFloat; UNKNOWN when infinite."""
    if mant == 0:
        return Fraction(0)
    log2 = mant.bit_length() + exp * (1.0 if base == 2 else math.log2(10))
    if abs(log2) < MAX_EXP + 64:
        f = Fraction(mant * base**exp) if exp >= 0 else Fraction(mant, base**-exp)
        return f if _small(_from_fraction(f.numerator, f.denominator)) else _from_fraction(f.numerator, f.denominator)
    if log2 > MAX_BINARY_EXP + 64:
        return UNKNOWN
    if log2 < -MAX_BINARY_EXP - 64:
        return Fraction(0)
    if base == 2:
        v = _make_float(_round(mant, exp))
    else:
        p = _power_of_ten(abs(exp))
        wide = _round(mant, 0, prec=PREC + 64)
        if exp >= 0:
            v = _make_float(_round(wide.mant * p.mant, wide.exp + p.exp))
        else:
            shift = PREC + 66 + p.mant.bit_length()
            q, r = divmod(wide.mant << shift, p.mant)
            v = _make_float(_round(q, wide.exp - p.exp - shift, r != 0))
    assert isinstance(v, (BigFloat, Unknown))
    return v


def _power_of_ten(n: int) -> BigFloat:
    """10**n with 64 guard bits."""
    result, square = BigFloat(1, 0), BigFloat(10, 0)
    while n:
        if n & 1:
            result = _round(result.mant * square.mant, result.exp + square.exp, prec=PREC + 64)
        square = _round(square.mant * square.mant, 2 * square.exp, prec=PREC + 64)
        n >>= 1
    return result


_SIMPLE = {97: 7, 98: 8, 102: 12, 110: 10, 114: 13, 116: 9, 118: 11, 92: 92, 39: 39, 34: 34}  # a b f n r t v \ ' "
_ESCAPE = re.compile(rb"\\(?:([abfnrtv\\'\"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))")


def _escape_bytes(m: re.Match[bytes]) -> bytes:
    simple, x, u, big, octal = m.groups()
    if simple:
        return bytes((_SIMPLE[simple[0]],))
    if x:
        return bytes((int(x, 16),))
    if octal:
        return bytes((int(octal, 8) & 0xFF,))
    return encode_rune(int(u or big, 16))


def encode_rune(r: int) -> bytes:
    """UTF-8 of r; of U+FFFD for surrogates and values out of range."""
    if r < 0 or r > 0x10FFFF or 0xD800 <= r < 0xE000:
        r = 0xFFFD
    return chr(r).encode()


def unquote(lit: bytes) -> bytes:
    """Value of a string literal (interpreted or raw); the scanner has checked its escapes."""
    body = lit[1:-1]
    if lit[:1] == b"`":
        return body.replace(b"\r", b"")
    return _ESCAPE.sub(_escape_bytes, body) if b"\\" in body else body


def char_value(lit: bytes) -> int:
    """Value of a rune literal."""
    body = lit[1:-1]
    if body[:1] == b"\\":
        m = _ESCAPE.match(body)
        if m is None:
            return 0xFFFD
        simple, x, u, big, octal = m.groups()
        if simple:
            return _SIMPLE[simple[0]]
        return int(octal, 8) if octal else int(x or u or big, 16)
    s = body.decode("utf-8", "replace")
    return ord(s[0]) if s else 0xFFFD


# ---------------------------------------------------------------- conversions between kinds


def to_int(v: Value) -> Value:
    """v as an int if it is integral (a BigFloat within 4 bits of one counts), else UNKNOWN."""
    t = type(v)
    if t is int:
        return v
    if type(v) is Fraction:
        return v.numerator if v.denominator == 1 else UNKNOWN
    if type(v) is BigFloat:
        return _big_to_int(v)
    if type(v) is Complex:
        return to_int(to_float(v))
    return UNKNOWN


def _big_to_int(x: BigFloat) -> Value:
    if not _small(x):
        return UNKNOWN
    if x.exp >= 0:
        return x.mant << x.exp
    m, n = abs(x.mant), -x.exp
    sign = -1 if x.mant < 0 else 1
    if m & ((1 << n) - 1) == 0:
        return sign * (m >> n)
    drop = m.bit_length() - (PREC - 4)  # the same with the last bits rounded away, down and up
    if drop > 0:
        down = m >> drop << drop
        for c in (down, down + (1 << drop)):
            if c & ((1 << n) - 1) == 0:
                return sign * (c >> n)
    return UNKNOWN


def to_float(v: Value) -> Value:
    """v as a float if it is real, else UNKNOWN."""
    if type(v) is int:
        return Fraction(v) if v.bit_length() < MAX_EXP else _round(v, 0)
    if type(v) is Fraction or type(v) is BigFloat:
        return v
    if type(v) is Complex:
        return to_float(v.re) if sign(v.im) == 0 else UNKNOWN
    return UNKNOWN


def to_complex(v: Value) -> Value:
    if type(v) is Complex:
        return v
    if type(v) is int or type(v) is Fraction or type(v) is BigFloat:
        return Complex(v, 0)
    return UNKNOWN


def real(v: Value) -> Value:
    return v.re if type(v) is Complex else v


def imag(v: Value) -> Value:
    if type(v) is Complex:
        return v.im
    return UNKNOWN if v is UNKNOWN else 0


def make_imag(v: Value) -> Value:
    """v i, for a real v."""
    return UNKNOWN if isinstance(v, Unknown) else _make_complex(0, v)


def _make_complex(re: Value, im: Value) -> Value:
    if isinstance(re, Unknown) or isinstance(im, Unknown):
        return UNKNOWN
    assert isinstance(re, (int, Fraction, BigFloat)) and isinstance(im, (int, Fraction, BigFloat))
    return Complex(re, im)


def sign(v: Value) -> int:
    """-1, 0 or 1; for complex values 0 iff zero; 1 for UNKNOWN, so that it never looks like a zero divisor."""
    if type(v) is int:
        return (v > 0) - (v < 0)
    if type(v) is Fraction:
        n = v.numerator
        return (n > 0) - (n < 0)
    if type(v) is BigFloat:
        return (v.mant > 0) - (v.mant < 0)
    if type(v) is Complex:
        return sign(v.re) | sign(v.im)
    return 1


def _as_ratio(v: Value) -> tuple[int, int] | None:
    """(numerator, denominator) of a real value; None when it is too large or small to write down."""
    if type(v) is int:
        return v, 1
    if type(v) is Fraction:
        return v.numerator, v.denominator
    assert type(v) is BigFloat
    if not _small(v):
        return None
    f = v.fraction()
    return f.numerator, f.denominator


def float64_val(v: Value) -> float:
    """Nearest float64 of a real value; infinite when it overflows."""
    r = _as_ratio(v)
    if r is None:
        assert type(v) is BigFloat
        return math.copysign(math.inf if v.magnitude() > 0 else 0.0, -1 if v.mant < 0 else 1)
    try:
        return r[0] / r[1]
    except OverflowError:
        return -math.inf if r[0] < 0 else math.inf


def float32_val(v: Value) -> float:
    """Nearest float32 of a real value (rounded once), as a Python float; infinite when it overflows."""
    r = _as_ratio(v)
    if r is None:
        return float64_val(v)
    num, den = r
    if num == 0:
        return 0.0
    neg, num = num < 0, abs(num)
    e = num.bit_length() - den.bit_length()  # 2**(e-1) < num/den < 2**(e+1)
    if num << max(-e, 0) < den << max(e, 0):
        e -= 1
    shift = max(e, -126) - 23  # exponent of the last place
    q, rest = divmod(num << max(-shift, 0), den << max(shift, 0))
    den2 = den << max(shift, 0)
    if 2 * rest > den2 or (2 * rest == den2 and q & 1):
        q += 1
    f = math.inf if q.bit_length() + shift > 128 else math.ldexp(q, shift)
    return -f if neg else f


# ---------------------------------------------------------------- operations


def unary_op(op: str, y: Value, size: int = 0) -> Value:
    """op y for op + - ^ !. size: bits of an unsigned type for ^, 0 otherwise."""
    if isinstance(y, Unknown) or op == "+":
        return y
    if op == "-":
        if type(y) is int or type(y) is Fraction:
            return -y
        if type(y) is BigFloat:
            return BigFloat(-y.mant, y.exp)
        if type(y) is Complex:
            return _make_complex(unary_op("-", y.re), unary_op("-", y.im))
    elif op == "^" and type(y) is int:
        return ~y & ((1 << size) - 1) if size > 0 else ~y
    elif op == "!" and type(y) is bool:
        return not y
    raise AssertionError(f"invalid unary operation {op}{y!r}")


def binary_op(x: Value, op: str, y: Value) -> Value:
    """x op y for + - * / % & | ^ &^ && ||, and "/=": integer division. The divisor is not zero."""
    tx, ty = type(x), type(y)
    if isinstance(x, Unknown) or isinstance(y, Unknown):
        return UNKNOWN
    if tx is not ty:
        rx, ry = _RANK.get(tx, 0), _RANK.get(ty, 0)
        top = Complex if max(rx, ry) == 6 else BigFloat if max(rx, ry) == 5 else Fraction
        x, y = _lift(x, top), _lift(y, top)
    if type(x) is int and type(y) is int:
        return _int_op(x, op, y)
    if type(x) is Fraction and type(y) is Fraction:
        return _make_rat(x + y if op == "+" else x - y if op == "-" else x * y if op == "*" else x / y)
    if type(x) is BigFloat and type(y) is BigFloat:
        if op == "+":
            return _make_float(_big_add(x, y))
        if op == "-":
            return _make_float(_big_add(x, BigFloat(-y.mant, y.exp)))
        if op == "*":
            return _make_float(_round(x.mant * y.mant, x.exp + y.exp))
        return _make_float(_big_quo(x, y))
    if type(x) is Complex and type(y) is Complex:
        return _complex_op(x, op, y)
    if type(x) is bytes and type(y) is bytes and op == "+":
        return x + y
    if type(x) is bool and type(y) is bool:
        return x and y if op == "&&" else x or y
    raise AssertionError(f"invalid binary operation {x!r} {op} {y!r}")


def _lift(v: Value, top: type) -> Value:
    if type(v) is top:
        return v
    if top is Complex:
        return to_complex(v)
    if top is BigFloat:
        assert type(v) is int or type(v) is Fraction
        return _big(v)
    assert type(v) is int
    return Fraction(v)


def _int_op(x: int, op: str, y: int) -> Value:
    match op:
        case "+":
            return x + y
        case "-":
            return x - y
        case "*":
            return x * y
        case "/":
            return _make_rat(Fraction(x, y))
        case "/=":
            q = abs(x) // abs(y)
            return q if (x < 0) == (y < 0) else -q
        case "%":
            r = abs(x) % abs(y)
            return -r if x < 0 else r
        case "&":
            return x & y
        case "|":
            return x | y
        case "^":
            return x ^ y
        case "&^":
            return x & ~y
    raise AssertionError(f"invalid binary operation {x} {op} {y}")


def _complex_op(x: Complex, op: str, y: Complex) -> Value:
    a, b, c, d = x.re, x.im, y.re, y.im
    if op in "+-":
        return _make_complex(binary_op(a, op, c), binary_op(b, op, d))
    ac, bd = binary_op(a, "*", c), binary_op(b, "*", d)
    bc, ad = binary_op(b, "*", c), binary_op(a, "*", d)
    if op == "*":
        return _make_complex(binary_op(ac, "-", bd), binary_op(bc, "+", ad))
    s = binary_op(binary_op(c, "*", c), "+", binary_op(d, "*", d))
    return _make_complex(binary_op(binary_op(ac, "+", bd), "/", s), binary_op(binary_op(bc, "-", ad), "/", s))


def shift(x: Value, op: str, s: int) -> Value:
    """x << s or x >> s of an int."""
    if isinstance(x, Unknown):
        return x
    assert type(x) is int
    return x << s if op == "<<" else x >> s


def compare(x: Value, op: str, y: Value) -> bool:
    """x op y for == != < <= > >=; complex values and bools only == and !=. False for UNKNOWN."""
    if isinstance(x, Unknown) or isinstance(y, Unknown):
        return False
    if type(x) is Complex or type(y) is Complex:
        cx, cy = to_complex(x), to_complex(y)
        assert type(cx) is Complex and type(cy) is Complex
        eq = compare(cx.re, "==", cy.re) and compare(cx.im, "==", cy.im)
        return eq if op == "==" else not eq
    if type(x) is BigFloat or type(y) is BigFloat:
        assert isinstance(x, (int, Fraction, BigFloat)) and isinstance(y, (int, Fraction, BigFloat))
        c = _big_cmp(_big(x), _big(y))
    else:
        c = (x > y) - (x < y)  # type: ignore[operator]
    match op:
        case "==":
            return c == 0
        case "!=":
            return c != 0
        case "<":
            return c < 0
        case "<=":
            return c <= 0
        case ">":
            return c > 0
    return c >= 0


# ---------------------------------------------------------------- types

_INT_RANGES = {
    "int": (-(1 << 63), (1 << 63) - 1), "int8": (-128, 127), "int16": (-(1 << 15), (1 << 15) - 1),
    "int32": (-(1 << 31), (1 << 31) - 1), "int64": (-(1 << 63), (1 << 63) - 1), "uint": (0, (1 << 64) - 1), "uint8": (0, 255),
    "uint16": (0, (1 << 16) - 1), "uint32": (0, (1 << 32) - 1), "uint64": (0, (1 << 64) - 1), "uintptr": (0, (1 << 64) - 1),
}  # fmt: skip


def representable(v: Value, t: Basic) -> Value | None:
    """v as a value of type t, rounded if t is a floating-point or complex type; None if t cannot hold it."""
    if isinstance(v, Unknown):
        return v
    info = t.info
    if info & IS_INTEGER:
        i = to_int(v)
        if type(i) is not int:
            return None
        r = _INT_RANGES.get(t.kind)
        return i if r is None or r[0] <= i <= r[1] else None
    if info & IS_FLOAT:
        f = to_float(v)
        return None if isinstance(f, Unknown) else _round_real(f, t.kind)
    if info & IS_COMPLEX:
        c = to_complex(v)
        if type(c) is not Complex:
            return None
        if t.kind == "untyped complex":
            return c
        part = "float32" if t.kind == "complex64" else "float64"
        re, im = _round_real(c.re, part), _round_real(c.im, part)
        return None if re is None or im is None else _make_complex(re, im)
    if info & IS_STRING:
        return v if type(v) is bytes else None
    if info & IS_BOOLEAN:
        return v if type(v) is bool else None
    return None


def _round_real(v: Value, kind: str) -> Value | None:
    """v rounded to float32 or float64; as it is for "untyped float"; None on overflow."""
    if kind == "untyped float":
        return v
    f = float32_val(v) if kind == "float32" else float64_val(v)
    return None if math.isinf(f) else Fraction(f)


# ---------------------------------------------------------------- printing


def to_string(v: Value) -> str:
    """v as messages show it (short)."""
    t = type(v)
    if t is bool:
        return "true" if v else "false"
    if type(v) is bytes:
        s = go_quote(v.decode("utf-8", "surrogateescape"))
        return s[:69] + "..." if len(s) > 72 else s
    if type(v) is int:
        return _int_string(v)
    if type(v) is Fraction:
        return _float_string(_from_fraction(v.numerator, v.denominator))
    if type(v) is BigFloat:
        return _float_string(v)
    if type(v) is Complex:
        return f"({to_string(v.re)} + {to_string(v.im)}i)"
    return "unknown"


def _int_string(v: int) -> str:
    """str(v) without Python's limit on the number of digits."""
    if v.bit_length() < 14000:
        return str(v)
    if v < 0:
        return "-" + _int_string(-v)
    n = int(v.bit_length() * 0.15)  # split at about half of the digits
    q, r = divmod(v, 10**n)
    return _int_string(q) + _int_string(r).rjust(n, "0")


def _float_string(x: BigFloat) -> str:
    f = float64_val(x)
    if (x.mant == 0) == (f == 0) and not math.isinf(f):
        s = f"{f:.6g}"
        integral = x.exp >= 0 or x.mant & ((1 << -x.exp) - 1) == 0
        if not integral and "." not in s:
            s = format_g(f)
        return s
    exp = x.magnitude()  # too large or small for a float64: mantissa and power of ten
    m = float(Fraction(x.mant, 1 << x.mant.bit_length()))
    d = exp * (math.log(2) / math.log(10))
    e = int(d)
    m *= 10.0 ** (d - e)
    if abs(m) < 1 - 0.5e-6:
        m *= 10
        e -= 1
    elif abs(m) >= 10:
        m /= 10
        e += 1
    return f"{m:.6g}e{e:+d}"


def format_g(f: float) -> str:
    """f with the fewest digits that give it back, as Go's %g."""
    mant, _, exp = f"{f!r}".partition("e")
    neg = mant.startswith("-")
    whole, _, frac = mant.lstrip("-").partition(".")
    digits = (whole + frac).lstrip("0")
    point = len(whole.lstrip("0")) if whole.strip("0") else -(len(frac) - len(frac.lstrip("0")))
    point += int(exp) if exp else 0
    digits = digits.rstrip("0") or "0"
    e = point - 1
    if e < -4 or e >= 6:
        s = digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + f"e{'-' if e < 0 else '+'}{abs(e):02d}"
    elif point <= 0:
        s = "0." + "0" * -point + digits
    elif len(digits) <= point:
        s = digits + "0" * (point - len(digits))
    else:
        s = digits[:point] + "." + digits[point:]
    return "-" + s if neg else s
