"""What a traceback prints between the parentheses of a function: `main.f(0x1, {0x49b059, 0x3}, ...)`.

gc prints the words of the parameters, aggregates in braces, ten words or empty braces at most, then `...`; an aggregate nested deeper than
MAX_DEPTH prints as `{...}`. A word prints as `_` where gc's record of it has no room: when its offset in the frame that gc would lay out is
240 or more. So `shape` needs gc's calling convention, which is not ours, for these offsets alone.

    func(a int, s string, p [2]int8)      value 8, string, {, value 1, value 1, }, end

The functions of an instance have in gc a parameter for the dictionary. gc leaves the first parameter out for it, which is the dictionary in a
function; but a method has it behind the receiver, and a function literal does not have it. We print what then stands there: a method's
receiver in place of the dictionary (a pointer, or a word of which nothing is known), and function literals without their first parameter.

A function literal that is called where it stands has in gc what it captures as parameters before its own.

A word's value is found through LLVM's debug records: one invented variable per parameter word, or per pointer to a parameter that is passed
in memory, named by its number (`_bind`). rt0/obj/pctab.py hides them from debuggers. At -O0 the user's functions keep the words in slots of the
frame. At other levels a word is where LLVM has it at a call, or nowhere: then it prints as `_`. No instruction is spent on it. The value is that at
entry. Functions of the standard library have shapes only; so has code at -O1 that describes its variables (these records would cost LLVM some of
the variables).

Source: cmd/compile/internal/ssagen/ssa.go, EmitArgInfo; internal/abi/type.go, TraceArgs*; cmd/compile/internal/abi/abiutils.go (go1.27).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rt0.abi import pclntab as fmt
from rt0.lower.layout import LEAF_SIZE, layout
from rt0.syntax import nodes as ast
from rt0.types.types import TYP, Array, Basic, Interface, Pointer, Slice, Struct, Type, unalias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rt0.lower.func import FuncBuilder

LIMIT = 10  # words and empty braces
MAX_DEPTH = 5
TOO_FAR = 0xF0  # offsets from here on are not recorded
INT_REGS, FLOAT_REGS = 9, 15
NO_REGS = 1 << 20
UINTPTR = TYP["uintptr"]
_WORD8 = fmt.ARG_WORD | 3 << 4
_TWO, _PAIR = bytes((fmt.ARG_OPEN, _WORD8, _WORD8, fmt.ARG_CLOSE)), bytes((fmt.ARG_PAIR,))
_THREE, _TRIPLE = bytes((fmt.ARG_OPEN, _WORD8, _WORD8, _WORD8, fmt.ARG_CLOSE)), bytes((fmt.ARG_TRIPLE,))


class Word(NamedTuple):
    """One printed word: `size` bytes at `offset` of parameter `param`."""

    param: int
    offset: int
    size: int


def registers(t: Type) -> tuple[int, int]:
    """How many integer and floating-point registers a value takes in gc's convention; NO_REGS: it goes in memory."""
    t = unalias(t).underlying()
    match t:
        case Basic():
            kind = t.kind.removeprefix("untyped ")
            if kind.startswith("float"):
                return 0, 1
            if kind.startswith("complex"):
                return 0, 2
            return (2, 0) if kind == "string" else (1, 0)
        case Interface():
            return 2, 0
        case Slice():
            return 3, 0
        case Array():
            return (0, 0) if t.len == 0 else registers(t.elem) if t.len == 1 else (NO_REGS, NO_REGS)
        case Struct():
            ints = floats = 0
            for f in t.fields:
                assert f.type is not None
                a, b = registers(f.type)
                ints += a
                floats += b
            return ints, floats
    return 1, 0


def frame_offsets(params: Sequence[Type], results: Sequence[Type]) -> list[int]:
    """Where each parameter lies in the frame that gc's callee sees: arguments in memory, results in memory, room to spill the others."""
    in_memory: list[tuple[int, bool]] = []
    stack = spill = 0

    def place(types: Sequence[Type], result: bool) -> None:
        nonlocal stack, spill
        ints = floats = 0
        for t in types:
            lay = layout(t)
            a, b = registers(t)
            if lay.size == 0 or ints + a > INT_REGS or floats + b > FLOAT_REGS:
                stack = (stack + lay.align - 1) & -lay.align
                if not result:
                    in_memory.append((stack, True))
                stack += lay.size
                continue
            ints += a
            floats += b
            if not result:
                spill = (spill + lay.align - 1) & -lay.align
                in_memory.append((spill, False))
                spill += lay.size

    place(params, False)
    stack = (stack + 7) & -8
    place(results, True)
    base = (stack + 7) & -8
    return [off if memory else base + off for off, memory in in_memory]


def shape(params: Sequence[Type], results: Sequence[Type], first: int = 0) -> tuple[bytes, list[Word]]:
    """(operators of rt0/abi/pclntab.py up to ARG_END, the words they take in order). first: number of the first parameter printed."""
    out = bytearray()
    words: list[Word] = []
    count = 0

    def one(param: int, base: int, offset: int, size: int) -> None:
        nonlocal count
        count += 1
        if base + offset >= TOO_FAR:
            out.append(fmt.ARG_FAR)
        else:
            out.append(fmt.ARG_WORD | (size.bit_length() - 1) << 4)
            words.append(Word(param, offset, size))

    def visit(param: int, base: int, offset: int, t: Type, depth: int) -> bool:
        """Write t; False when no more is to be written."""
        nonlocal count
        if count >= LIMIT:
            out.append(fmt.ARG_DOTS)
            return False
        t = unalias(t).underlying()
        parts: list[tuple[int, Type | None]]
        match t:
            case Basic() if t.kind.removeprefix("untyped ") == "string":
                parts = [(0, None), (8, None)]
            case Basic() if t.kind.removeprefix("untyped ").startswith("complex"):
                half = layout(t).size // 2
                parts = [(0, None), (half, None)]
            case Interface():
                parts = [(0, None), (8, None)]
            case Slice():
                parts = [(0, None), (8, None), (16, None)]
            case Array():
                size = layout(t.elem).size
                parts = [(i * size, t.elem) for i in range(min(t.len, LIMIT + 1))]
            case Struct():
                parts = [(off, f.type) for off, f in zip(layout(t).offsets, t.fields, strict=True)]
            case _:
                one(param, base, offset, layout(t).size)
                return True
        out.append(fmt.ARG_OPEN)
        if depth + 1 >= MAX_DEPTH:
            out.extend((fmt.ARG_DOTS, fmt.ARG_CLOSE))
            count += 1
            return True
        if not parts:
            count += 1  # {} counts as a word
        for at, elem in parts:
            if elem is not None:
                if not visit(param, base, offset + at, elem, depth + 1):
                    break
            elif count >= LIMIT:
                out.append(fmt.ARG_DOTS)
                break
            else:
                one(param, base, offset + at, parts[1][0])
        out.append(fmt.ARG_CLOSE)
        return True

    for i, base in list(enumerate(frame_offsets(params, results)))[first:]:
        if not visit(i, base, 0, params[i], 0):
            break
    out.append(fmt.ARG_END)
    return bytes(out).replace(_THREE, _TRIPLE).replace(_TWO, _PAIR), words


def record(fb: FuncBuilder) -> None:
    """Tell the unit what tracebacks print for this function, and LLVM where the words are (in fb.entry; after fb.header)."""
    params: list[Type] = fb.params
    first = known = 0  # known: the first parameter that is one of ours
    ours = 0  # its number in fb.params
    if fb.direct:
        captured = fb.direct
        params = [*captured, *params]
        known = len(captured)
    elif "[" in fb.sym and params:
        if isinstance(fb.decl, ast.FuncLit):
            first = 1
        elif isinstance(fb.decl, ast.FuncDecl) and fb.decl.recv is not None and not isinstance(unalias(params[0]).underlying(), Pointer):
            params = [UINTPTR, *params[1:]]
            known = ours = 1
    ops, words = shape(params, fb.results, first)
    if len(ops) == 1:
        return
    where: list[str] = []
    program = fb.unit.program
    if fb.subprogram and program.user(fb.unit.path) and (program.keep_args or not program.variables):
        numbers: dict[str, int] = {}
        for w in words:
            where.append("" if w.param < known else _bind(fb, w, w.param - known + ours, numbers))
    fb.unit.trace_args[fb.sym] = (ops + b"".join(_source(x) for x in where)).hex()


def _source(x: str) -> bytes:
    """What follows the operators for one word: variable + 1 and, in memory, the offset + 1; 0 for none."""
    if not x:
        return b"\0"
    var, _, off = x.partition("+")
    return fmt.uvarint(int(var) + 1) + fmt.uvarint(int(off) + 1 if off else 0)


def _bind(fb: FuncBuilder, w: Word, i: int, numbers: dict[str, int]) -> str:
    """Record where a word of fb.params[i] is: "variable", or "variable+offset" when the variable is the address of the parameter."""
    lay = fb.abi.params[i]
    suffix = ""
    if lay.is_flat:
        j = next(j for j, (_, off) in enumerate(lay.leaves) if off == w.offset)
        operand, ll = f"%p{i}_{j}", lay.vals[j]
    else:
        operand, ll = f"%p{i}", "ptr"
        suffix = f"+{w.offset}"
    k = numbers.get(operand)
    if k is None:
        k = numbers[operand] = len(numbers)
        di = fb.unit.di
        var = di.argument(fb.subprogram, k, LEAF_SIZE[ll], fb.pos, len(fb.params) + len(fb.results) + 1 + k)
        at = di.location(fb.subprogram, fb.pos)
        if fb.unit.program.keep_args:
            slot = fb.alloca_ll(ll)
            if ll == "i1":
                fb.entry.append(f"%arg{k} = zext i1 {operand} to i8")
                operand, ll = f"%arg{k}", "i8"
            fb.entry.append(f"store {ll} {operand}, ptr {slot}, align {LEAF_SIZE[ll]}")
            fb.entry.append(f"#dbg_declare(ptr {slot}, {var}, !DIExpression(), {at})")
            fb.pins[slot] = None
        else:
            fb.entry.append(f"#dbg_value({ll} {operand}, {var}, !DIExpression(), {at})")
    return f"{k}{suffix}"
