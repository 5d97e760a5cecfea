"""Memory layout of types and the calling sequence of signatures: sizes, offsets, leaves, pointer masks.

Everything later in lower asks one question first: how does a value of this type lie in memory, and is it kept as scalars?
`layout(t)` answers it for a concrete type (no type parameters) and caches the answer in `t.link`.

A scalar **leaf** is what one LLVM value holds: a string has two (pointer, length), a slice three, an interface two, a
complex number two, a struct those of its fields in order. A type is **flat** when it has at most MAX_FLAT_LEAVES leaves
and no array of length > 0 (types of size zero are flat with no leaves at all): its value is a tuple of scalars. Every
other type is **mem**: its value is the address of memory that nobody changes. docs/INTERFACES.md states the rule,
rt0/abi/runtime_layout.py the numbers.

In memory a bool is an i8 that is 0 or 1, as a value and in calls it is an i1: `leaves` holds memory types, `vals` value
types. The memory type of anything that is not one leaf at offset 0 is `[size x i8]`: addresses are computed in bytes,
which is LLVM's own canonical form, and no struct type needs to be spelled.

Sizes and offsets are gc's on amd64 (cmd/compile/internal/types/size.go, go1.27): every basic type is aligned to its size
(complex to its half), and a struct of non-zero size that ends in a field of size zero is padded by one byte, so that the
address of that field is not the address of the next object. Checked in tests/lower/test_layout.py against gc's answers.

Pointer masks have one bit per 8-byte word, bit 0 for the word at offset 0, and are kept as Python integers: an array's
mask is made by doubling, so `[1<<20]*T` costs nothing to speak of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, NoReturn

from rt0.abi.runtime_layout import INT_REGS, MAX_FLAT_LEAVES, MAX_RESULT_LEAVES
from rt0.diag import InternalError
from rt0.types.types import (
    IS_UNSIGNED,
    Alias,
    Array,
    Basic,
    Chan,
    Interface,
    Map,
    Named,
    Pointer,
    Signature,
    Slice,
    Struct,
    Tuple,
    Type,
    unalias,
)
from rt0.types.typestring import type_string

PTR_SIZE = 8
MAX_WIDTH = 1 << 50  # gc's types.MaxWidth: a larger type is an error of the program, found by the Checker


class Leaf(NamedTuple):
    """One scalar of a flat type. ll: its SSA type ("i1" for bool, i8 in memory); off: byte offset; kind: "" "ptr" "len"."""

    ll: str
    off: int
    kind: str


LEAF_KIND = {"p": "ptr", "l": "len", "d": "", "b": ""}


class Layout:
    """How values of one type lie in memory.

    size, align   bytes
    leaves        (LLVM memory type, offset) of each scalar; () for mem types whose leaves were never counted (arrays)
    vals          LLVM value types, parallel to leaves (differs for bool: i1)
    kinds         one letter per leaf: p pointer, l length or capacity, d other data, b bool
    is_flat       value is a tuple of scalars (len(vals) of them); else the address of memory
    offsets       field offsets of a struct or Tuple; () otherwise
    ptrbits       pointer mask as an integer, bit i = word i
    ptrdata       bytes up to and including the last pointer word (abi.Type.PtrBytes)
    direct_iface  an interface's data word holds the value itself
    comparable    == is defined (interfaces count: they may panic)
    plain         equality is equality of all bytes
    """

    __slots__ = ("align", "comparable", "direct_iface", "has_pointers", "is_flat", "kinds", "leafs", "leaves", "linkstr",
                 "offsets", "plain", "ptrbits", "ptrdata", "sig", "size", "vals")  # fmt: skip

    def __init__(self, size: int, align: int, leaves: tuple[tuple[str, int], ...] | None, vals: tuple[str, ...], kinds: str,
                 ptrbits: int, comparable: bool, plain: bool, offsets: tuple[int, ...] = ()) -> None:
        self.size = size
        self.align = align
        self.is_flat = leaves is not None and len(leaves) <= MAX_FLAT_LEAVES
        self.leaves = leaves or ()
        assert len(self.leaves) == len(vals)
        self.vals = vals
        self.kinds = kinds
        self.leafs: tuple[Leaf, ...] = tuple(
            Leaf(v, o, LEAF_KIND[k]) for (_, o), v, k in zip(self.leaves, vals, kinds, strict=True)
        )
        self.ptrbits = ptrbits
        self.ptrdata = ptrbits.bit_length() * PTR_SIZE
        self.has_pointers = ptrbits != 0
        self.direct_iface = size == PTR_SIZE and ptrbits == 1
        self.comparable = comparable
        self.plain = plain
        self.offsets = offsets
        self.linkstr = ""  # names.py's cache of the type's link string
        self.sig: SigABI | None = None  # of a signature: how it is called

    def ptrmask(self) -> bytes:
        """The pointer mask, one bit per word, least significant bit first; covers ptrdata, b"" without pointers."""
        n = self.ptrbits.bit_length()
        return self.ptrbits.to_bytes((n + 7) // 8, "little")

    def copy(self) -> Layout:
        """The same layout for another type (a Named and its underlying type share facts but not names)."""
        new = Layout.__new__(Layout)
        for s in _COPIED:
            setattr(new, s, getattr(self, s))
        new.linkstr = ""
        new.sig = None
        return new


_COPIED = tuple(s for s in Layout.__slots__ if s not in ("linkstr", "sig"))

LEAF_SIZE = {"i8": 1, "i16": 2, "i32": 4, "i64": 8, "ptr": 8, "float": 4, "double": 8, "i1": 1}


def _scalar(mem: str, val: str, kind: str, ptr: int = 0, comparable: bool = True, plain: bool = True) -> Layout:
    size = LEAF_SIZE[mem]
    return Layout(size, size, ((mem, 0),), (val,), kind, ptr, comparable, plain)


def _pair(mem: str, kinds: str, ptrbits: int, comparable: bool = True) -> Layout:
    size = LEAF_SIZE[mem]
    return Layout(2 * size, size, ((mem, 0), (mem, size)), (mem, mem), kinds, ptrbits, comparable, False)


def _string() -> Layout:
    return Layout(16, 8, (("ptr", 0), ("i64", 8)), ("ptr", "i64"), "pl", 1, True, False)


def _slice() -> Layout:
    return Layout(24, 8, (("ptr", 0), ("i64", 8), ("i64", 16)), ("ptr", "i64", "i64"), "pll", 1, False, False)


def _basic(kind: str) -> Layout:
    match kind:
        case "bool" | "untyped bool":
            return _scalar("i8", "i1", "b")
        case "int8" | "uint8":
            return _scalar("i8", "i8", "d")
        case "int16" | "uint16":
            return _scalar("i16", "i16", "d")
        case "int32" | "uint32" | "untyped rune":
            return _scalar("i32", "i32", "d")
        case "int" | "int64" | "uint" | "uint64" | "uintptr" | "untyped int":
            return _scalar("i64", "i64", "d")
        case "float32":
            return _scalar("float", "float", "d", plain=False)
        case "float64" | "untyped float":
            return _scalar("double", "double", "d", plain=False)
        case "complex64":
            return _pair("float", "dd", 0)
        case "complex128" | "untyped complex":
            return _pair("double", "dd", 0)
        case "string" | "untyped string":
            return _string()
        case "unsafe.Pointer" | "untyped nil":
            return _scalar("ptr", "ptr", "p", 1)
    raise InternalError(f"lower: layout: no layout for type {kind}")


def _repeat(bits: int, words: int, n: int) -> int:
    """bits, a mask of `words` words, repeated n times."""
    if bits == 0 or n == 0:
        return 0
    out = 0
    at = 0
    run, run_words = bits, words
    while n:
        if n & 1:
            out |= run << at
            at += run_words
        n >>= 1
        if n:
            run |= run << run_words
            run_words *= 2
    return out


def _struct(types: Sequence[Type], blank: Sequence[bool]) -> Layout:
    size = 0
    align = 1
    leaves: list[tuple[str, int]] | None = []
    vals: list[str] = []
    kinds = ""
    offsets = []
    bits = 0
    comparable = plain = True
    last = 1
    end = 0  # end of the last field, to see padding
    for t, b in zip(types, blank, strict=True):
        f = layout(t)
        a = f.align
        if a > align:
            align = a
        size = (size + a - 1) & -a
        offsets.append(size)
        if size != end or b or not f.plain:
            plain = False
        if not f.comparable:
            comparable = False
        bits |= f.ptrbits << (size // PTR_SIZE)
        if leaves is not None:
            if f.is_flat and len(leaves) + len(f.leaves) <= MAX_FLAT_LEAVES:
                leaves.extend((m, o + size) for m, o in f.leaves)
                vals.extend(f.vals)
                kinds += f.kinds
            else:
                leaves = None
        last = f.size
        size += last
        end = size
    if size > 0 and last == 0:
        size += 1
    size = (size + align - 1) & -align
    if size != end:
        plain = False
    if size > MAX_WIDTH:
        raise InternalError("lower: layout: type too large")
    return Layout(size, align, None if leaves is None else tuple(leaves), tuple(vals) if leaves is not None else (),
                  kinds if leaves is not None else "", bits, comparable, plain, tuple(offsets))  # fmt: skip


def layout(t: Type) -> Layout:
    """The Layout of a concrete type; computed once per type object."""
    have = t.link
    if type(have) is Layout:
        return have
    lay = _compute(t)
    t.link = lay
    return lay


def _compute(t: Type) -> Layout:
    match t:
        case Basic():
            return _basic(t.kind)
        case Named():
            return layout(t.underlying()).copy()
        case Pointer() | Map() | Chan():
            return _scalar("ptr", "ptr", "p", 1, comparable=type(t) is not Map)
        case Signature():
            return _scalar("ptr", "ptr", "p", 1, comparable=False)
        case Slice():
            return _slice()
        case Interface():
            return _pair("ptr", "pp", 3)
        case Struct():
            return _struct([f.type or _bad(t) for f in t.fields], [f.name == "_" for f in t.fields])
        case Tuple():
            return _struct([f.type or _bad(t) for f in t.vars], [False] * len(t.vars))
        case Array():
            e = layout(t.elem)
            size = e.size * t.len
            if size > MAX_WIDTH:
                raise InternalError("lower: layout: type too large")
            bits = _repeat(e.ptrbits, e.size // PTR_SIZE, t.len)
            return Layout(size, e.align, () if size == 0 else None, (), "", bits, e.comparable, e.plain)
        case Alias():
            return layout(unalias(t)).copy()
    _bad(t)


def _bad(t: Type) -> NoReturn:
    raise InternalError(f"lower: layout: type {type_string(t)} ({type(t).__name__}) has no layout")


def sizeof(t: Type) -> int:
    return layout(t).size


def field_offsets(t: Type) -> tuple[int, ...]:
    """Byte offsets of the fields of a struct type (or of a Tuple laid out as a struct)."""
    return layout(t).offsets


def is_flat(t: Type) -> bool:
    return layout(t).is_flat


def leaves(t: Type) -> tuple[Leaf, ...]:
    """The scalar leaves of a flat type."""
    return layout(t).leafs


def has_pointers(t: Type) -> bool:
    return layout(t).has_pointers


def is_direct_iface(t: Type) -> bool:
    return layout(t).direct_iface


def struct_of(types: Sequence[Type]) -> Layout:
    """Layout of a struct with fields of these types (closures, argument frames)."""
    return _struct(types, [False] * len(types))


# ---------------------------------------------------------------- signatures


class SigABI:
    """How a function of some signature is called (docs/INTERFACES.md, "Layout and calling").

    params       layouts of receiver and parameters in order
    ll_params    LLVM parameter types in order, the out pointer (if any) first, WITHOUT the trailing context pointer. Narrow integers
                 that travel in R12-R15 are widened to i64: LLVM 22 strikes only R12D from the registers a call preserves when an i32
                 goes there, and then keeps 64-bit values in R12 across the call
    results      layouts of the results
    out          results go through a pointer, the first LLVM parameter, to memory laid out like `out_layout`
    ret          LLVM return type: "void", one scalar, or a literal struct
    ret_vals     value types of all result leaves in order (empty when out)
    ret_lls      their LLVM types in `ret`: ret_vals, widened as ll_params
    """

    __slots__ = ("ll_params", "out", "out_layout", "params", "results", "ret", "ret_lls", "ret_vals")

    def __init__(self, params: Sequence[Type], results: Sequence[Type]) -> None:
        self.params = tuple(layout(p) for p in params)
        self.results = tuple(layout(r) for r in results)
        leaves = 0
        out = False
        for r in self.results:
            if not r.is_flat:
                out = True
            leaves += len(r.vals)
        self.out = out or leaves > MAX_RESULT_LEAVES
        ll = ["ptr"] if self.out else []
        for p in self.params:
            if p.is_flat:
                ll.extend(p.vals)
            else:
                ll.append("ptr")
        self.ll_params = _widen(ll)
        self.out_layout = struct_of(results) if self.out else None
        self.ret_vals: tuple[str, ...] = () if self.out else tuple(v for r in self.results for v in r.vals)
        self.ret_lls = _widen(self.ret_vals)
        if not self.ret_vals:
            self.ret = "void"
        elif len(self.ret_vals) == 1:
            self.ret = self.ret_vals[0]
        else:
            self.ret = "{" + ", ".join(self.ret_lls) + "}"


_NARROW_REGS = INT_REGS.index("r12")  # LLVM mishandles a narrow integer in R12 to R15


def _widen(types: Sequence[str]) -> tuple[str, ...]:
    """The types with integers in those registers, and beyond, made 64 bits wide."""
    if len(types) <= _NARROW_REGS:
        return tuple(types)
    out = []
    ints = 0
    for t in types:
        if t in ("float", "double"):
            out.append(t)
            continue
        ints += 1
        out.append("i64" if ints > _NARROW_REGS and t != "ptr" else t)
    return tuple(out)


def sig_abi(sig: Signature, recv: Type | None = None) -> SigABI:
    """ABI of a signature; recv: receiver type for a method called with its receiver first. Without it cached in its layout."""
    if recv is None:
        lay = layout(sig)
        if lay.sig is None:
            lay.sig = SigABI([v.type or _bad(sig) for v in sig.params.vars], [v.type or _bad(sig) for v in sig.results.vars])
        return lay.sig
    return SigABI([recv, *(v.type or _bad(sig) for v in sig.params.vars)], [v.type or _bad(sig) for v in sig.results.vars])


# ---------------------------------------------------------------- integers

INT_BITS = {"int8": 8, "uint8": 8, "int16": 16, "uint16": 16, "int32": 32, "uint32": 32, "untyped rune": 32}


def bits(u: Basic) -> int:
    """Width of an integer type."""
    return INT_BITS.get(u.kind, 64)


def wrap(n: int, u: Basic) -> int:
    """n as LLVM writes it: signed for signed types, else unsigned."""
    b = bits(u)
    n &= (1 << b) - 1
    if not u.info & IS_UNSIGNED and n >> (b - 1):
        n -= 1 << b
    return n
