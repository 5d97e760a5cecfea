"""Verification of Ed25519 signatures (RFC 8032, 5.1.7), with Python's integers.

Nothing secret is handled here: a key, a message and a signature of the checksum database are public, so that arithmetic in variable time gives nothing away, and
no library from outside is needed. One verification takes some 3 ms. Points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.
"""

from __future__ import annotations

import hashlib
from typing import Final

_P: Final = (1 << 255) - 19
ORDER: Final = (1 << 252) + 27742317777372353535851937790883648493
_D: Final = -121665 * pow(121666, -1, _P) % _P
_ROOT: Final = pow(2, (_P - 1) // 4, _P)  # of -1

Point = tuple[int, int, int, int]


def add(a: Point, b: Point) -> Point:
    """The sum of two points."""
    p = (a[1] - a[0]) * (b[1] - b[0]) % _P
    q = (a[1] + a[0]) * (b[1] + b[0]) % _P
    c = 2 * a[3] * b[3] * _D % _P
    d = 2 * a[2] * b[2] % _P
    e, f, g, h = q - p, d - c, d + c, q + p
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def multiply(n: int, a: Point) -> Point:
    """n times a."""
    out: Point = (0, 1, 1, 0)
    while n:
        if n & 1:
            out = add(out, a)
        a = add(a, a)
        n >>= 1
    return out


def _x_of(y: int, sign: int) -> int | None:
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    if square == 0:
        return None if sign else 0
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P:
        return None
    return _P - x if x & 1 != sign else x


def _decode(data: bytes) -> Point | None:
    n = int.from_bytes(data, "little")
    y = n & ((1 << 255) - 1)
    x = _x_of(y, n >> 255)
    return None if x is None else (x, y, 1, x * y % _P)


def encode(a: Point) -> bytes:
    """32 bytes: y, and the sign of x."""
    z = pow(a[2], -1, _P)
    x, y = a[0] * z % _P, a[1] * z % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


_BASE_Y: Final = 4 * pow(5, -1, _P) % _P
_BASE_X: Final = _x_of(_BASE_Y, 0) or 0
BASE: Final[Point] = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % _P)


def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether signature (64 bytes) is that of message by the owner of key (32 bytes)."""
    if len(key) != 32 or len(signature) != 64:
        return False
    a = _decode(key)
    s = int.from_bytes(signature[32:], "little")
    if a is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    minus: Point = (_P - a[0], a[1], a[2], (_P - a[3]) % _P)
    return encode(add(multiply(s, BASE), multiply(k, minus))) == signature[:32]
