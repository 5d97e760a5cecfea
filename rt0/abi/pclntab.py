"""pclntab: from a code address to function, file, line and inlined frames.

The table lies between the linker-defined symbols `runtime.pclntab` and `runtime.epclntab`, in the read-only segment. All integers are little endian, all
offsets count bytes from `runtime.pclntab`. `rt0/goroot/src/runtime/symtab.go` reads it; tests/link compares both.

Header, 48 bytes:

    0   u32  magic      0x30746370 ("pct0")
    4   u32  nfunc      number of functions
    8   u64  text       address of the first function (= entry offset 0)
    16  u64  etext      address behind the last byte of code
    24  u32  functab    offset of the function table
    28  u32  buckets    offset of the bucket table
    32  u32  nbuckets
    36  u32  stridx     offset of the string index: u32 each, offset of a string
    40  u32  nstridx
    44  u32  size       bytes of the whole table

Function table: nfunc entries of 20 bytes sorted by entry, and one more with only `entry` = etext - text:

    0   u32  entry      address - text
    4   u32  size       code bytes; between entry+size and the next entry lies padding
    8   u32  name       offset of the name (a string, below)
    12  u32  strbase    where the strings of this function begin in the string index
    16  u32  data       offset of the function's data; 0 = no line information

Bucket table: u32 for every BUCKET (4096) bytes of text from offset 0: index of the last function with entry <= that offset. To find a pc:
`i = buckets[(pc-text)/4096]; for functab[i+1].entry <= pc-text { i++ }`. For a return address look up pc-1.

String: uvarint length, bytes (UTF-8, no NUL). "String number k" of a function is the string at offset stridx[strbase+k].

Function data, written by rt0/obj/pctab.py when the object is compiled (section `.rt0.pctab.SYMBOL`, copied by the linker); every
number a uvarint:

    flags                      FUNC_ASM, FUNC_WRAPPER, FUNC_RUNTIME, FUNC_ARGS; FUNC_SAVES: which registers it pushes, in the order of SAVED,
                               below the caller's BP; FUNC_LOST: they cannot be found
    file                       string number of the file that declares the function
    startLine                  line of `func` (0 unknown)
    args                       only with FUNC_ARGS: how many bytes follow, then what tracebacks print of the arguments (below)
    ninl                       number of inlined calls
    ninl times:                inlined call i (from 1):
        parent                 0: called from the function itself; else the number of the inlined call around it (always < i)
        name                   string number of the inlined function's name
        startLine              line of its `func`
        callFile, callLine     string number and line of the call
    rows until the end:        each says what holds from its pc on, as differences from the row before;
        pcdelta*2 + more       more = 1: two more numbers follow
        linedelta              zigzag
        [filedelta             zigzag: string number of the file
         inldelta]             zigzag: number of the innermost inlined call, 0 = none

The arguments are a byte per operator, low four bits ARG_*, up to ARG_END; lower/traceargs.py tells what gc prints of them:

    ARG_WORD | log2(size) << 4   the next word, of 1, 2, 4 or 8 bytes
    ARG_FAR                      a word of which nothing is known
    ARG_OPEN, ARG_CLOSE, ARG_DOTS    "{", "}", "..."
    ARG_PAIR, ARG_TRIPLE             two or three words of 8 bytes in braces: strings and interfaces, slices

Then, or not at all, where the words are. For each: its variable + 1 (0: nowhere), and unless that is 0 its offset + 1 in what the variable, an address,
points to (0: it is the variable). Then, until the end of the bytes, the places of variables; what is not there is known nowhere:

    variable
    start, length      from the function's entry; a return address is looked up as itself too: see traceback.go
    place              kind | value << 2: LOC_FRAME, in memory, value (zigzag) bytes from BP; LOC_REG, in SAVED[value]; LOC_CONST, value (zigzag) itself

Before the first row pc = entry, line = startLine, file = file, inl = 0. The last row reaches pc = entry + size: a reader stops there, or as soon as a row's pc is
beyond the wanted one. file:line of a pc are those of the innermost frame; its caller's are callFile:callLine of the inlined call.

Object sections: `.rt0.pctab.SYMBOL`, and one `.rt0.pcstrs` per object: its strings, numbered in order, each ended by a NUL byte. A `.rt0.pctab.SYMBOL`
begins with the function's strings (how many, then for number 0, 1 ... of the function its number in the object), the data as above follow.
Names in the final table have type arguments shortened as gc does: `main.Stack[...].Each[...]`; and no `.abi0` suffix.

Rejected: gc's own format (frame sizes, funcdata and unsafe points are not needed here: frames are found by the frame pointer).
"""

from __future__ import annotations

import re
import struct

MAGIC = 0x30746370
HEADER = struct.Struct("<IIQQIIIIII")
FUNC = struct.Struct("<5I")
BUCKET = 4096

FUNC_ASM = 1
FUNC_WRAPPER = 2  # not shown: between a call and what it calls as written. Functions of "<autogenerated>" are, and WRAPPERS
FUNC_RUNTIME = 4  # no signal stops a goroutine in its code: see is_runtime
FUNC_ARGS = 8  # it has parameters
FUNC_SAVES = 16  # the bit of SAVED[0]
FUNC_LOST = 512

SAVED = (15, 14, 13, 12, 3)  # R15, R14, R13, R12, BX: the registers that calls preserve, in the order in which LLVM pushes them
LOC_FRAME, LOC_REG, LOC_CONST = range(3)

ARG_END, ARG_WORD, ARG_FAR, ARG_OPEN, ARG_CLOSE, ARG_DOTS, ARG_PAIR, ARG_TRIPLE = range(8)

# Functions of the library that are wrappers, with what gc marks so: the way from a function that reflection made to the one it stands for, and
# from the end of a function to its deferred calls.
WRAPPERS = frozenset((
    "reflect.makeFuncCommon", "reflect.makeFuncEntry", "reflect.callReflect", "reflect.callMethod", "runtime.reflectcall", "runtime.reflectcallregs",
    "runtime.deferreturn",
))  # fmt: skip

PCTAB_PREFIX = ".rt0.pctab."
PCSTRS = ".rt0.pcstrs"


def is_runtime(package: str, symbol: str = "") -> bool:
    """Whether a goroutine must not be stopped inside a function.

    package  of the unit whose object holds the function's code. What the runtime defines for others by linkname (sync.runtime_procPin) is in its units,
             whatever its name; so is what was inlined into it. Code of package runtime is never inlined into units of packages for which this is false
             (lower/program.py: carry), so a function's mark holds for all of its instructions.
    symbol   of the function: methods and instances (runtime.AddCleanup[...]) may be written in other units, and reflect has functions that hold a
             caller's argument registers.
    """
    return package == "runtime" or package == "internal/abi" or package.startswith("internal/runtime/") or symbol.startswith(_RUNTIME_SYMBOLS)


_RUNTIME_SYMBOLS = ("runtime.", "internal/runtime/", "internal/abi.", "reflect.callMethod", "reflect.callReflect")


def uvarint(n: int) -> bytes:
    if n < 0x80:
        return bytes((n,))
    out = bytearray()
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def zigzag(n: int) -> int:
    return n << 1 if n >= 0 else ((-n) << 1) - 1


def unzigzag(n: int) -> int:
    return n >> 1 if not n & 1 else -((n + 1) >> 1)


def read_uvarint(data: bytes, i: int) -> tuple[int, int]:
    """(value, offset behind it): 7 bits a byte, low ones first, as Go's varints and DWARF's ULEB128 are."""
    b = data[i]
    i += 1
    if b < 0x80:
        return b, i
    v = b & 0x7F
    shift = 7
    while True:
        b = data[i]
        i += 1
        v |= (b & 0x7F) << shift
        if b < 0x80:
            return v, i
        shift += 7


def display_name(symbol: str) -> str:
    """Name shown for a function's symbol: each list of type arguments as `[...]`, no ABI suffix, a step of a package's initialisation as `init`."""
    if symbol.endswith(".abi0"):
        symbol = symbol[:-5]
    if "\u00b7" in symbol:  # method expressions of interfaces, methods that take an interface's data word
        symbol = symbol.removesuffix("\u00b7expr").removesuffix("\u00b7ifn")
    if "[" in symbol:
        out = []
        depth = at = 0
        for m in _BRACKET.finditer(symbol):
            if m[0] == "[":
                if depth == 0:
                    out.append(symbol[at : m.end()] + "...")
                depth += 1
            else:
                depth -= 1
                if depth == 0:
                    at = m.start()
        if depth == 0:
            symbol = "".join(out) + symbol[at:]
    if ".init.v" in symbol:
        symbol = _INIT_STEP.sub(".init", symbol)
    return symbol


_BRACKET = re.compile(r"[][]")
_INIT_STEP = re.compile(r"\.init\.v\d+$")
