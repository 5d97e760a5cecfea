"""Sizes, alignments and field offsets, as gc lays types out on amd64.

Used for unsafe.Sizeof and friends in constants and by lower's layout. A size that does not fit int64 is -1. A struct whose last
field has size zero gets one byte more, so that a pointer to that field stays inside the object.

Source: go1.27 cmd/compile/internal/types2/gcsizes.go, sizes.go.
"""

from __future__ import annotations

from rt0.types.objects import Var
from rt0.types.types import INVALID, IS_COMPLEX, IS_STRING, Array, Basic, Interface, Slice, Struct, Type

WORD_SIZE = 8
MAX_INT64 = (1 << 63) - 1

def sizeof(t: Type) -> int:
    """Bytes of a value of type t; t is not a type parameter."""
    return _size_align(t)[0]


def alignof(t: Type) -> int:
    return _size_align(t)[1]


def _size_align(t: Type) -> tuple[int, int]:
    u = t.underlying()
    if type(u) is Basic:
        if u.info & IS_STRING:
            return 16, WORD_SIZE
        size = u.size
        return size, max(size // 2 if u.info & IS_COMPLEX else size, 1)
    if type(u) is Struct:
        if u.measure is None:
            u.measure = _struct(u)
        return u.measure
    if type(u) is Array:
        if u.measure is None:
            u.measure = _array(u)
        return u.measure
    if type(u) is Slice:
        return 24, WORD_SIZE
    if type(u) is Interface:
        return 16, WORD_SIZE
    return WORD_SIZE, WORD_SIZE


def _array(t: Array) -> tuple[int, int]:
    size, a = _size_align(t.elem)
    if t.len <= 0 or size == 0:
        return 0, a
    if size < 0 or size * t.len > MAX_INT64:
        return -1, a
    return size * t.len, a


def _struct(t: Struct) -> tuple[int, int]:
    if not t.fields:
        return 0, 1
    offsets = offsetsof(t.fields)
    a = max(alignof(f.type or INVALID) for f in t.fields)
    offs, size = offsets[-1], sizeof(t.fields[-1].type or INVALID)
    if offs < 0 or size < 0:
        return -1, a
    if offs > 0 and size == 0:
        size = 1
    end = align(offs + size, a)
    return (end if end <= MAX_INT64 else -1), a


def offsetsof(fields: list[Var]) -> list[int]:
    """Byte offsets of a struct's fields; -1 from where they do not fit int64."""
    out: list[int] = []
    offs = 0
    for f in fields:
        if offs < 0:
            out.append(-1)
            continue
        size, a = _size_align(f.type or INVALID)
        offs = align(offs, a)
        out.append(offs)
        offs = offs + size if size >= 0 and offs + size <= MAX_INT64 else -1
    return out


def offsetof(t: Type, index: tuple[int, ...]) -> int:
    """Offset of the field at an index path without pointers on the way; -1 if too large."""
    offs = 0
    for i in index:
        s = t.underlying()
        assert type(s) is Struct
        d = offsetsof(s.fields)[i]
        if d < 0 or offs + d > MAX_INT64:
            return -1
        offs += d
        t = s.fields[i].type or INVALID
    return offs


def align(x: int, a: int) -> int:
    """x rounded up to a multiple of a."""
    return (x + a - 1) // a * a
