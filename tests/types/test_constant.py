"""Constants against go/constant: tests/types/testdata/constants.txt, recorded by constants_record.go beside it."""

from __future__ import annotations

import math
from pathlib import Path

from rt0.types import constant as c

GOLDEN = Path(__file__).parent / "testdata" / "constants.txt"
KINDS = {"INT": "int", "FLOAT": "float", "IMAG": "imag", "CHAR": "char", "STRING": "string"}


def hexfloat(f: float) -> str:
    """f as Go's %x prints it."""
    if math.isinf(f):
        return "+Inf" if f > 0 else "-Inf"
    if f == 0:
        return "-0x0p+00" if math.copysign(1, f) < 0 else "0x0p+00"
    m, e = math.frexp(abs(f))
    n = int(m * 2**53)
    frac = f"{(n & ((1 << 52) - 1)):013x}".rstrip("0")
    e -= 1
    return f"{'-' if f < 0 else ''}0x1{'.' + frac if frac else ''}p{'-' if e < 0 else '+'}{abs(e):02d}"


def show(v: c.Value) -> str:
    k = c.kind(v).capitalize()
    s = f"{k} {c.to_string(v)}"
    if k in ("Int", "Float"):
        s += f" {hexfloat(c.float64_val(v))} {hexfloat(c.float32_val(v))} toint={c.kind(c.to_int(v)).capitalize()}"
    elif k == "Complex":
        s += f" tofloat={c.kind(c.to_float(v)).capitalize()}"
    return s


def test_against_go() -> None:
    values: list[c.Value] = []
    wrong: list[str] = []
    for line in GOLDEN.read_text().splitlines()[1:]:
        f = line.split("\t")
        if f[0] == "lit":
            lit = f[2]
            v = c.make_from_literal(lit.removeprefix("-").encode(), KINDS[f[1]])
            values.append(c.unary_op("-", v) if lit.startswith("-") else v)
            got, want = show(values[-1]), f[3]
        elif f[0] == "op":
            got, want = show(c.binary_op(values[int(f[1])], f[2], values[int(f[3])])), f[4]
        else:
            x, y = values[int(f[1])], values[int(f[2])]
            got = " ".join(str(c.compare(x, op, y)).lower() for op in ("<", "==", ">="))
            want = f[3]
        if got != want:
            wrong.append(f"{line}\n  got {got}")
    assert not wrong, f"{len(wrong)} wrong\n" + "\n".join(wrong[:10])


def test_long_literal() -> None:
    assert c.make_from_literal(b"9" * 9000, "int") == 10**4500 * 10**4500 - 1
    assert len(c.to_string(10**9000)) == 9001
