"""Functions that become instructions: atomics, bit counting, wide arithmetic, what the runtime asks of the compiler.

`try_call(fb, symbol, sig, args)` gives the results when `symbol` is one of them, else None; the caller then makes an ordinary call.
The same table gives the body of such a function when its own symbol is demanded (its address was taken): `define`. The list is
gc's (cmd/compile/internal/ssagen/intrinsics.go, go1.27) as far as amd64 at GOAMD64=v1 has them: math.Floor, Ceil, Trunc and RoundToEven need
SSE4.1 and math.FMA needs FMA3, so at v1 they stay the Go functions they are (llvm.fma would become a call of C's fma).

Atomics are seq_cst as sync/atomic promises. Orders of results are gc's: Xadd gives the new value, Xchg, And32 and Or32 the old one. Their
addresses are tested like every other: LLVM takes an access to nil for code that is never reached.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rt0.abi.runtime_layout import TLS_G
from rt0.lower.func import define_func
from rt0.lower.layout import layout
from rt0.lower.unit import symbol_of
from rt0.lower.value import Val
from rt0.types.types import Signature

if TYPE_CHECKING:
    from rt0.lower.func import FuncBuilder
    from rt0.lower.unit import Unit

Parts = tuple[str, ...]
Intrinsic = Callable[["FuncBuilder", Sequence[Val]], Parts]

TABLE: dict[str, Intrinsic] = {}


def try_call(fb: FuncBuilder, symbol: str, sig: Signature, args: Sequence[Val]) -> list[Val] | None:
    """Results of an intrinsic; None when symbol is not one."""
    f = TABLE.get(symbol)
    if f is None:
        if not symbol.startswith("internal/abi.EscapeNonString["):
            return None
        return []
    if fb.done:
        fb.start(fb.block("dead"))
    parts = f(fb, args)
    out = []
    at = 0
    for v in sig.results.vars:
        assert v.type is not None
        n = len(layout(v.type).vals)
        out.append(Val(v.type, parts[at : at + n]))
        at += n
    return out


def has(symbol: str) -> bool:
    return symbol in TABLE and symbol not in _CALLER


def define(unit: Unit, symbol: str, sig: Signature) -> bool:
    """Defines an intrinsic as a function (for its func value); False when symbol is none."""
    if not has(symbol):
        return False
    params = [v.type for v in sig.params.vars if v.type is not None]
    results = [v.type for v in sig.results.vars if v.type is not None]

    def body(fb: FuncBuilder) -> None:
        fb.ret(try_call(fb, symbol, sig, fb.args) or [])

    define_func(unit, symbol, params, results, body, nosplit=True)
    return True


def _llvm(fb: FuncBuilder, name: str, ret: str, params: str, args: str) -> str:
    """Call of an LLVM intrinsic with a result."""
    fb.unit.declared.setdefault(name, f"declare {ret} @{name}({params})")
    return fb.tmp(f"call {ret} @{name}({args})")


# ---------------------------------------------------------------- atomics


def _address(fb: FuncBuilder, a: Sequence[Val]) -> str:
    """The first argument, which must not be nil. What package unsafe made may be misaligned, and LLVM has no atomics that are (it would call a
    library): where that can be, the address passes through an empty asm, so that nothing is concluded from its use here."""
    p = a[0].one()
    fb.nil_check(p)
    if fb.tbaa or fb.sym.startswith(("runtime.", "internal/runtime/")):
        return p
    return fb.tmp(f'call ptr asm "", "=r,0"(ptr {p})')


def _load(ll: str) -> Intrinsic:
    size = {"i8": 1, "i32": 4, "i64": 8, "ptr": 8}[ll]

    def f(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
        return (fb.tmp(f"load atomic {ll}, ptr {_address(fb, a)} seq_cst, align {size}"),)

    return f


def _store(ll: str) -> Intrinsic:
    size = {"i8": 1, "i32": 4, "i64": 8, "ptr": 8}[ll]

    def f(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
        fb.emit(f"store atomic {ll} {a[1].one()}, ptr {_address(fb, a)} seq_cst, align {size}")
        return ()

    return f


def _rmw(op: str, ll: str, result: str) -> Intrinsic:
    """result: "new" (operand applied), "old", or "" for none."""

    def f(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
        v = a[1].one()
        old = fb.tmp(f"atomicrmw {op} ptr {_address(fb, a)}, {ll} {v} seq_cst")
        if result == "new":
            return (fb.tmp(f"{op} {ll} {old}, {v}"),)
        return (old,) if result else ()

    return f


def _cas(ll: str) -> Intrinsic:
    def f(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
        r = fb.tmp(f"cmpxchg ptr {_address(fb, a)}, {ll} {a[1].one()}, {ll} {a[2].one()} seq_cst seq_cst")
        return (fb.tmp(f"extractvalue {{{ll}, i1}} {r}, 1"),)

    return f


def _atomics() -> None:
    p = "internal/runtime/atomic."
    for name, ll in (("Load", "i32"), ("Load8", "i8"), ("Load64", "i64"), ("LoadAcq", "i32"), ("LoadAcq64", "i64"), ("Loadp", "ptr"),
                     ("Loadint32", "i32"), ("Loadint64", "i64"), ("Loaduintptr", "i64"), ("Loaduint", "i64"), ("LoadAcquintptr", "i64")):  # fmt: skip
        TABLE[p + name] = _load(ll)
    for name, ll in (("Store", "i32"), ("Store8", "i8"), ("Store64", "i64"), ("StorepNoWB", "ptr"), ("StoreRel", "i32"), ("StoreRel64", "i64"),
                     ("Storeint32", "i32"), ("Storeint64", "i64"), ("Storeuintptr", "i64"), ("StoreReluintptr", "i64")):  # fmt: skip
        TABLE[p + name] = _store(ll)
    for name, ll in (("Xchg8", "i8"), ("Xchg", "i32"), ("Xchg64", "i64"), ("Xchgint32", "i32"), ("Xchgint64", "i64"), ("Xchguintptr", "i64")):
        TABLE[p + name] = _rmw("xchg", ll, "old")
    for name, ll in (("Xadd", "i32"), ("Xadd64", "i64"), ("Xaddint32", "i32"), ("Xaddint64", "i64"), ("Xadduintptr", "i64")):
        TABLE[p + name] = _rmw("add", ll, "new")
    for name, ll in (("Cas", "i32"), ("Cas64", "i64"), ("CasRel", "i32"), ("Casint32", "i32"), ("Casint64", "i64"), ("Casuintptr", "i64"),
                     ("Casp1", "ptr")):  # fmt: skip
        TABLE[p + name] = _cas(ll)
    for op in ("And", "Or"):
        low = op.lower()
        TABLE[p + op + "8"] = _rmw(low, "i8", "")
        TABLE[p + op] = _rmw(low, "i32", "")
        TABLE[p + op + "32"] = _rmw(low, "i32", "old")
        TABLE[p + op + "64"] = _rmw(low, "i64", "old")
        TABLE[p + op + "uintptr"] = _rmw(low, "i64", "old")
    s = "sync/atomic."
    for name, ll in (("Int32", "i32"), ("Int64", "i64"), ("Uint32", "i32"), ("Uint64", "i64"), ("Uintptr", "i64")):
        TABLE[s + "Load" + name] = _load(ll)
        TABLE[s + "Store" + name] = _store(ll)
        TABLE[s + "Swap" + name] = _rmw("xchg", ll, "old")
        TABLE[s + "CompareAndSwap" + name] = _cas(ll)
        TABLE[s + "Add" + name] = _rmw("add", ll, "new")
        TABLE[s + "And" + name] = _rmw("and", ll, "old")
        TABLE[s + "Or" + name] = _rmw("or", ll, "old")
    TABLE[s + "LoadPointer"] = _load("ptr")


# ---------------------------------------------------------------- bits


def _widen(fb: FuncBuilder, v: str, bits: int) -> str:
    """An iN as Go's int."""
    return v if bits == 64 else fb.tmp(f"zext i{bits} {v} to i64")


def _trailing_zeros(bits: int) -> Intrinsic:
    def f(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
        ty = f"i{bits}"
        return (_widen(fb, _llvm(fb, f"llvm.cttz.{ty}", ty, f"{ty}, i1", f"{ty} {a[0].one()}, i1 false"), bits),)

    return f


def _len(bits: int) -> Intrinsic:
    def f(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
        ty = f"i{bits}"
        n = _widen(fb, _llvm(fb, f"llvm.ctlz.{ty}", ty, f"{ty}, i1", f"{ty} {a[0].one()}, i1 false"), bits)
        return (fb.tmp(f"sub i64 {bits}, {n}"),)

    return f


def _ones_count(bits: int) -> Intrinsic:
    def f(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
        ty = f"i{bits}"
        return (_widen(fb, _llvm(fb, f"llvm.ctpop.{ty}", ty, ty, f"{ty} {a[0].one()}"), bits),)

    return f


def _unary(name: str, ty: str) -> Intrinsic:
    full = f"{name}.{'f64' if ty == 'double' else ty}"

    def f(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
        return (_llvm(fb, full, ty, ty, f"{ty} {a[0].one()}"),)

    return f


def _rotate(bits: int) -> Intrinsic:
    def f(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
        ty = f"i{bits}"
        x, k = a[0].one(), a[1].one()
        if bits != 64:
            k = fb.tmp(f"trunc i64 {k} to {ty}")
        return (_llvm(fb, f"llvm.fshl.{ty}", ty, f"{ty}, {ty}, {ty}", f"{ty} {x}, {ty} {x}, {ty} {k}"),)

    return f


def _mul64(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
    x = fb.tmp(f"zext i64 {a[0].one()} to i128")
    y = fb.tmp(f"zext i64 {a[1].one()} to i128")
    m = fb.tmp(f"mul nuw i128 {x}, {y}")
    hi = fb.tmp(f"lshr i128 {m}, 64")
    return (fb.tmp(f"trunc i128 {hi} to i64"), fb.tmp(f"trunc i128 {m} to i64"))


def _with_overflow(fb: FuncBuilder, op: str, x: str, y: str) -> Parts:
    r = _llvm(fb, f"llvm.{op}.with.overflow.i64", "{i64, i1}", "i64, i64", f"i64 {x}, i64 {y}")
    return fb.tmp(f"extractvalue {{i64, i1}} {r}, 0"), fb.tmp(f"extractvalue {{i64, i1}} {r}, 1")


def _carry(op: str) -> Intrinsic:
    """x + y + carry (x - y - borrow) and the carry out; carry is 0 or 1."""

    def f(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
        s, c = _with_overflow(fb, op, a[0].one(), a[1].one())
        s2, c2 = _with_overflow(fb, op, s, a[2].one())
        return s2, fb.tmp(f"zext i1 {fb.tmp(f'or i1 {c}, {c2}')} to i64")

    return f


def _div64(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
    """The 128-bit division instruction; it traps where bits.Div64 panics, so that is tested first."""
    hi, lo, y = (v.one() for v in a)
    fb.panic_if(fb.tmp(f"icmp eq i64 {y}, 0"), "panicdivide")
    fb.panic_if(fb.tmp(f"icmp ule i64 {y}, {hi}"), "panicoverflow")
    r = fb.tmp('call {i64, i64} asm "divq $4", "={rax},={rdx},0,1,r,~{flags},~{dirflag},~{fpsr}"' + f"(i64 {lo}, i64 {hi}, i64 {y})")
    return fb.tmp(f"extractvalue {{i64, i64}} {r}, 0"), fb.tmp(f"extractvalue {{i64, i64}} {r}, 1")


def _mul_uintptr(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
    return _with_overflow(fb, "umul", a[0].one(), a[1].one())


def _bits() -> None:
    b = "math/bits."
    s = "internal/runtime/sys."
    for n in (8, 16, 32, 64):
        TABLE[f"{b}TrailingZeros{n}"] = _trailing_zeros(n)
        TABLE[f"{b}Len{n}"] = _len(n)
        TABLE[f"{b}OnesCount{n}"] = _ones_count(n)
        TABLE[f"{b}RotateLeft{n}"] = _rotate(n)
        TABLE[f"{b}Reverse{n}"] = _unary("llvm.bitreverse", f"i{n}")
        if n > 8:
            TABLE[f"{b}ReverseBytes{n}"] = _unary("llvm.bswap", f"i{n}")
    for f in ("TrailingZeros", "Len", "OnesCount", "RotateLeft", "Reverse", "ReverseBytes"):
        TABLE[b + f] = TABLE[b + f + "64"]
    for f in ("TrailingZeros8", "TrailingZeros32", "TrailingZeros64", "Len8", "Len64", "OnesCount64"):
        TABLE[s + f] = TABLE[b + f]
    TABLE[s + "Bswap32"] = TABLE[b + "ReverseBytes32"]
    TABLE[s + "Bswap64"] = TABLE[b + "ReverseBytes64"]
    for f in ("Mul64", "Mul"):
        TABLE[b + f] = _mul64
    TABLE["math/big.mulWW"] = _mul64
    for f in ("Add64", "Add"):
        TABLE[b + f] = _carry("uadd")
    TABLE["internal/runtime/math.Add64"] = _carry("uadd")
    for f in ("Sub64", "Sub"):
        TABLE[b + f] = _carry("usub")
    for f in ("Div64", "Div"):
        TABLE[b + f] = _div64
    TABLE["internal/runtime/math.Mul64"] = _mul64
    TABLE["internal/runtime/math.MulUintptr"] = _mul_uintptr


# ---------------------------------------------------------------- math


def _copysign(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
    return (_llvm(fb, "llvm.copysign.f64", "double", "double, double", f"double {a[0].one()}, double {a[1].one()}"),)


def _math() -> None:
    TABLE["math.sqrt"] = TABLE["math.Sqrt"] = _unary("llvm.sqrt", "double")
    TABLE["math.Abs"] = _unary("llvm.fabs", "double")
    TABLE["math.Copysign"] = _copysign


# ---------------------------------------------------------------- what the runtime asks of the compiler


def _getg(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
    return (fb.tmp(f"load ptr, ptr addrspace(257) inttoptr (i64 {TLS_G} to ptr addrspace(257))"),)


def _keep_alive(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
    """The object is reachable up to here: its pointer is an operand of an empty statement."""
    fb.emit(f'call void asm sideeffect "", "r"(ptr {a[0].p()[1]})')
    return ()


def _publication_barrier(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
    fb.emit("fence release")
    return ()


def _caller_pc(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
    fb.noinline = True
    p = _llvm(fb, "llvm.returnaddress", "ptr", "i32", "i32 0")
    return (fb.tmp(f"ptrtoint ptr {p} to i64"),)


def frame_pointer(fb: FuncBuilder) -> str:
    """The function's own frame address (RBP) as i64; the function is not inlined."""
    fb.noinline = True
    p = _llvm(fb, "llvm.frameaddress.p0", "ptr", "i32", "i32 0")
    return fb.tmp(f"ptrtoint ptr {p} to i64")


def _caller_sp(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
    """Above the saved frame pointer and the return address."""
    return (fb.tmp(f"add i64 {frame_pointer(fb)}, 16"),)


def _frame_pointer(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
    return (frame_pointer(fb),)


def _closure_ptr(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
    if fb.ctx is None:
        fb.unsupported(fb.pos, "GetClosurePtr in a function without closure context")
    return (fb.tmp(f"ptrtoint ptr {fb.ctx} to i64"),)


def _prefetch(locality: int) -> Intrinsic:
    def f(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
        fb.unit.declared.setdefault("llvm.prefetch.p0", "declare void @llvm.prefetch.p0(ptr, i32, i32, i32)")
        p = fb.tmp(f"inttoptr i64 {a[0].one()} to ptr")
        fb.emit(f"call void @llvm.prefetch.p0(ptr {p}, i32 0, i32 {locality}, i32 1)")
        return ()

    return f


def _func_pc(abi0: bool) -> Intrinsic:
    """Entry address of a function handed over as an interface: its data word is the func value. A function written in assembly is
    named directly, not through its bridge."""

    def f(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
        fv = a[0].p()[1]
        if abi0 and fv.startswith('@"') and fv.endswith('·f"'):
            code = fb.unit.ref(symbol_of(fv).removesuffix("·f") + ".abi0", "func")
        else:
            code = fb.load_ll(fv, "ptr", "")
        return (fb.tmp(f"ptrtoint ptr {code} to i64"),)

    return f


def _bool_to_uint8(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
    return (fb.tmp(f"zext i1 {a[0].one()} to i8"),)


def _select(fb: FuncBuilder, a: Sequence[Val]) -> Parts:
    c = fb.tmp(f"icmp ne i64 {a[0].one()}, 0")
    return (fb.tmp(f"select i1 {c}, i64 {a[1].one()}, i64 {a[2].one()}"),)


# Those that speak of the function that calls them: they have no body of their own.
_CALLER = {"internal/runtime/sys.GetCallerPC", "internal/runtime/sys.GetCallerSP", "internal/runtime/sys.GetClosurePtr",
           "internal/abi.FuncPCABI0", "internal/abi.FuncPCABIInternal", "runtime.getg", "runtime.getfp", "runtime.KeepAlive"}  # fmt: skip


def _runtime() -> None:
    TABLE["runtime.getg"] = _getg
    TABLE["runtime.KeepAlive"] = _keep_alive
    TABLE["runtime.publicationBarrier"] = _publication_barrier
    TABLE["internal/runtime/sys.GetCallerPC"] = _caller_pc
    TABLE["internal/runtime/sys.GetCallerSP"] = _caller_sp
    TABLE["internal/runtime/sys.GetClosurePtr"] = _closure_ptr
    TABLE["runtime.getfp"] = _frame_pointer
    TABLE["internal/runtime/sys.Prefetch"] = _prefetch(3)
    TABLE["internal/runtime/sys.PrefetchStreamed"] = _prefetch(0)
    TABLE["internal/abi.FuncPCABI0"] = _func_pc(True)
    TABLE["internal/abi.FuncPCABIInternal"] = _func_pc(False)
    TABLE["crypto/internal/constanttime.boolToUint8"] = _bool_to_uint8
    TABLE["crypto/internal/constanttime.Select"] = _select


_atomics()
_bits()
_math()
_runtime()
