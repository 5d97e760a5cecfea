"""FuncBuilder: one LLVM function being written.

Everything lower writes goes through here: temporaries, blocks, memory, calls, checks. A builder is made for a Go function, a closure, or
a function rt0 invents (wrappers, algorithms, thunks); the second kind uses `args` and `ret` directly:

    fb = FuncBuilder(unit, "type:.eq.T", [ptr_t, ptr_t], [bool_t], once=True)
    a, b = fb.args                     # Vals
    ...
    fb.ret([Val(bool_t, (x,))])
    fb.finish()

Go functions (program.py) also set `env` (the type parameters' bindings), `vars` and `body` facts; `expr`, `addr`, `stmt` dispatch to the
files named after what they lower.

What holds: temporaries are `%tN`, allocas `%aN` and stand in the entry block; a block is always ended by exactly one terminator
(`done` tells); code written after a terminator opens an unreachable block, which LLVM deletes. Cold blocks (panics) are kept in `cold` and
written after the others. Locals live in allocas, one per leaf for flat types: SROA makes registers of them. Operands are strings
without a type: "%t3", "7", "null", '@"sym"'.

Loads and stores carry one of three TBAA tags (header words, pointers, data) and the alignment of their type, unless the code may look at memory
under two types or at odd addresses (not tbaa; Program.puns decides). Loads of len and cap carry !range. No nsw: Go's integers wrap.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, NoReturn, Protocol

from rt0.diag import NO_POS, CompileError, Diagnostic, InternalError, Pos
from rt0.lower import traceargs
from rt0.lower.debugvars import describe, pin
from rt0.lower.layout import LEAF_SIZE, Layout, SigABI, layout, sig_abi
from rt0.lower.unit import CC, NOTHING, RANGE_BOOL, RANGE_LEN, TBAA_DATA, TBAA_HEADER, TBAA_POINTER, Unit, quote, quote_str
from rt0.lower.value import Val
from rt0.syntax import nodes as ast
from rt0.types.types import TYP, Signature, Type
from rt0.types.typestring import type_string

if TYPE_CHECKING:
    from rt0.lower.debuginfo import DebugInfo
    from rt0.lower.facts import Facts
    from rt0.lower.generic import Env
    from rt0.lower.methodset import Method
    from rt0.lower.program import Program
    from rt0.lower.rangefor import RangeBody
    from rt0.lower.static import Image
    from rt0.types.constant import Value
    from rt0.types.objects import Var

MAX_INLINE_COPY = 128
MAX_INLINE_CLEAR = 256
MAX_FRAME = 1 << 30

_TAG = {"p": ", !tbaa " + TBAA_POINTER, "l": ", !tbaa " + TBAA_HEADER, "d": ", !tbaa " + TBAA_DATA, "b": ", !tbaa " + TBAA_DATA}
_ZERO = {"ptr": "null", "float": "0.0", "double": "0.0", "i1": "false"}
INT = TYP["int"]


StorageKind = Literal["slots", "mem", "cell", "val"]


class Storage:
    """Where a variable lives.

    kind  "slots": one alloca per leaf (addrs parallel to the leaves)
          "mem": addrs[0] is the address of the whole variable (alloca, heap object, or memory of a closure)
          "cell": addrs[0] is an alloca that holds the address (variables of a loop, made anew per iteration)
          "val": val is the value; never assigned again (captured by value)
    volatile  result slot of a function with defer
    """

    __slots__ = ("addrs", "kind", "typ", "val", "volatile")

    def __init__(self, kind: StorageKind, typ: Type, addrs: tuple[str, ...], val: Val | None = None, volatile: bool = False) -> None:
        self.kind = kind
        self.typ = typ
        self.addrs = addrs
        self.val = val
        self.volatile = volatile


def float_const(x: float, ty: str) -> str:
    """An LLVM constant of type float or double (written as the bits of the double)."""
    if ty == "float":
        x = struct.unpack("<f", struct.pack("<f", x))[0]
    return "0x" + struct.pack(">d", x).hex().upper()


class BranchTarget:
    """A statement that break or continue may leave."""

    __slots__ = ("brk", "cont", "label", "node")

    def __init__(self, node: ast.Stmt, label: ast.LabeledStmt | None, brk: str, cont: str) -> None:
        self.node = node
        self.label = label  # the LabeledStmt around it, or None
        self.brk = brk
        self.cont = cont


class Features(Protocol):
    """What the ground asks of the files that stand on it: a FuncBuilder evaluates expressions and writes statements of every kind, and allocates
    objects by their descriptors. features.py hands it out."""

    def expr(self, fb: FuncBuilder, e: ast.Expr) -> Val: ...
    def addr(self, fb: FuncBuilder, e: ast.Expr) -> str: ...
    def const(self, fb: FuncBuilder, v: Value, t: Type) -> Val: ...
    def assign_conv(self, fb: FuncBuilder, v: Val, t: Type, pos: Pos) -> Val: ...
    def call(self, fb: FuncBuilder, e: ast.CallExpr) -> list[Val]: ...
    def builtin(self, fb: FuncBuilder, e: ast.CallExpr, name: str) -> list[Val]: ...
    def method_value(self, fb: FuncBuilder, e: ast.SelectorExpr, typ: Type | None, targs: Sequence[Type] = ()) -> Val: ...
    def method_expr(self, fb: FuncBuilder, e: ast.SelectorExpr, typ: Type | None, targs: Sequence[Type] = ()) -> Val: ...
    def stmt(self, fb: FuncBuilder, s: ast.Stmt) -> None: ...
    def stmts(self, fb: FuncBuilder, ss: list[ast.Stmt]) -> None: ...
    def branch(self, fb: FuncBuilder, tok: str, label: ast.LabeledStmt | None) -> None: ...
    def do_return(self, fb: FuncBuilder, vals: Sequence[Val | None] | None) -> None: ...
    def function_body(self, fb: FuncBuilder, node: ast.FuncDecl | ast.FuncLit, typ: ast.FuncType, recv: ast.FieldList | None, body: ast.BlockStmt) -> None: ...
    def type_desc(self, unit: Unit, t: Type) -> str: ...
    def eq_func(self, unit: Unit, t: Type) -> str: ...
    def hash_func(self, unit: Unit, t: Type) -> str: ...
    def eq_func_value(self, unit: Unit, t: Type) -> str: ...
    def hash_func_value(self, unit: Unit, t: Type) -> str: ...
    def iface_method(self, unit: Unit, t: Type, m: Method) -> str: ...
    def method_symbol(self, unit: Unit, t: Type, m: Method) -> str: ...
    def patterns_of(self, program: Program, var: Var) -> list[str] | None: ...
    def embed_image(self, unit: Unit, var: Var, patterns: list[str], symbol: str) -> Image | None: ...
    def debug_info(self, program: Program, unit: Unit) -> DebugInfo: ...


class FuncBuilder:
    """See the file's text.

    sym, unit      what is being written, and where
    params/results types of receiver + parameters, and of results
    args           Vals of the parameters; ctx: operand of the context pointer or None; out: the out pointer or None
    env            bindings of type parameters (None outside generic code)
    vars           Var -> Storage
    decl           the FuncDecl or FuncLit being lowered, None for invented functions
    result_vars    Storage of each result, for functions from source; result_names: their Vars, None where unnamed
    subprogram     debug info of the function ("" = none)
    scope          the subprogram or lexical block that the code being written is in
    scope_pending  a scope was opened in which no variable was declared yet (debugvars.py)
    fresh          addresses in memory that was allocated by the expression that is lowered, and is nil there: stores need no write barrier
    frame_slots    allocas that may be a variable of several scalars; pins: allocas to keep in memory for a debugger
    early          operands of the statement that are evaluated already: node -> value; settled, holds_early, quiet: what order.py knows of nodes
    facts          what facts.py and escape.py found out about the declaration; None for invented functions
    named          the results have names; real_results: the results as the source has them (a loop body's own are another's)
    exit           block that loads the results and returns, in functions with defer ("" = none)
    defer          operand of the address of the record of deferred calls ("" = none); defer_heap: calls are linked from the heap, as in a loop
    range_body     what is known of the range-over-func loop whose body this is
    fallthrough    block of the next case in a switch ("" = none)
    direct         types of the captured variables of a function literal that is only called, before the parameters in tracebacks
    closure_base   what the names of function literals begin with
    """

    __slots__ = (
        "_allocas",
        "_callee",
        "_dbg",
        "_dbg_pos",
        "_frame",
        "_nblock",
        "_ntmp",
        "abi",
        "args",
        "box_on_stack",
        "cold",
        "ctx",
        "closure_base",
        "decl",
        "defer",
        "defer_heap",
        "direct",
        "done",
        "early",
        "entry",
        "exit",
        "facts",
        "features",
        "fallthrough",
        "frame_slots",
        "fresh",
        "env",
        "holds_early",
        "inline_only",
        "label",
        "labels",
        "lines",
        "name",
        "named",
        "noinline",
        "noinline_calls",
        "nosplit",
        "once",
        "out",
        "outer",
        "params",
        "pins",
        "pos",
        "quiet",
        "range_body",
        "real_results",
        "result_names",
        "result_vars",
        "results",
        "scope",
        "scope_pending",
        "settled",
        "subprogram",
        "sym",
        "targets",
        "tbaa",
        "unit",
        "vars",
    )  # fmt: skip

    def __init__(self, unit: Unit, sym: str, params: Sequence[Type], results: Sequence[Type], *, ctx: bool = False, once: bool = False,
                 nosplit: bool = False, noinline: bool = False, pos: Pos = NO_POS, name: str = "", env: Env | None = None) -> None:
        self.unit = unit
        self.features: Features = unit.program.features
        self.sym = sym
        self.name = name or sym
        self.params = list(params)
        self.results = list(results)
        self.abi = SigABI(self.params, self.results)
        self.once = once
        self.nosplit = nosplit
        self.noinline = noinline
        self.noinline_calls = False  # Go calls written now must stay calls
        self.inline_only = False  # the body is another unit's, here for inlining
        self.pos = pos
        self.env = env
        self.decl: ast.FuncDecl | ast.FuncLit | None = None
        self.outer: FuncBuilder | None = None
        self.vars: dict[Var, Storage] = {}
        self.result_vars: list[Storage] = []
        self.result_names: list[Var | None] = []
        self.targets: list[BranchTarget] = []
        self.labels: dict[ast.LabeledStmt, str] = {}
        self.facts: Facts | None = None
        self.named = False
        self.real_results: list[Type] = []
        self.exit = ""
        self.defer = ""
        self.defer_heap = False
        self.range_body: RangeBody | None = None
        self.fallthrough = ""
        self.closure_base = sym
        self.direct: list[Type] = []
        self.early: dict[ast.Expr, Val] = {}
        self.settled: set[ast.Expr] = set()
        self.holds_early: dict[ast.Expr, bool] = {}
        self.quiet: dict[ast.Expr, bool] = {}
        self.tbaa = True
        self.entry: list[str] = []
        self.lines: list[str] = []
        self.cold: list[str] = []
        self.done = False
        self.label = "body"  # the block being written
        self._ntmp = 0
        self._nblock = 0
        self._allocas = 0
        self._frame = 0  # bytes of locals
        self._callee = 0  # bytes of the largest argument area in gc's convention
        self.box_on_stack = False  # the value being converted to an interface may be boxed on the frame
        self._dbg = ""
        self._dbg_pos: Pos = -1
        self.subprogram = unit.di.subprogram(sym, self.name, pos)  # without a position: "<autogenerated>", as gc says
        self.scope = self.subprogram
        self.scope_pending = False
        self.frame_slots: set[str] = set()
        self.fresh: set[str] = set()
        self.pins: dict[str, None] = {}
        self.args: list[Val] = []
        self.ctx: str | None = "%ctx" if ctx else None
        self.out: str | None = "%out" if self.abi.out else None
        for i, lay in enumerate(self.abi.params):
            t = self.params[i]
            if lay.is_flat:
                self.args.append(Val(t, tuple(f"%p{i}_{j}" for j in range(len(lay.vals)))))
            else:
                self.args.append(Val(t, None, f"%p{i}", owned=True))

    # ------------------------------------------------------------ text

    def emit(self, line: str) -> None:
        """One instruction without result."""
        if self.done:
            self.start(self.block("dead"))
        self.lines.append(line)

    def tmp(self, instr: str) -> str:
        """One instruction with a result; returns the result's name."""
        if self.done:
            self.start(self.block("dead"))
        n = self._ntmp
        self._ntmp = n + 1
        r = f"%t{n}"
        self.lines.append(f"{r} = {instr}")
        return r

    def block(self, name: str = "b") -> str:
        """A new label (without %), not started yet."""
        n = self._nblock
        self._nblock = n + 1
        return f"{name}.{n}"

    def start(self, label: str) -> None:
        """Begin a block; the block before it falls through to it when it has no terminator."""
        if not self.done:
            self.lines.append(f"br label %{label}")
        self.lines.append(f"{label}:")
        self.label = label
        self.done = False

    def br(self, label: str) -> None:
        if not self.done:
            self.lines.append(f"br label %{label}")
            self.done = True

    def cond_br(self, cond: str, a: str, b: str, meta: str = "") -> None:
        """meta: metadata of the branch, ", !prof " + LIKELY when a is all but certain."""
        if self.done:
            return
        if cond == "true":
            self.lines.append(f"br label %{a}")
        elif cond == "false":
            self.lines.append(f"br label %{b}")
        else:
            self.lines.append(f"br i1 {cond}, label %{a}, label %{b}{meta}")
        self.done = True

    def unreachable(self) -> None:
        if not self.done:
            self.lines.append("unreachable")
            self.done = True

    def phi(self, ll: str, edges: Sequence[tuple[str, str]]) -> str:
        """edges: (operand, label) of the predecessors. Prefer an alloca: labels must be the blocks that really branch here."""
        return self.tmp(f"phi {ll} " + ", ".join(f"[ {v}, %{b} ]" for v, b in edges))

    # ------------------------------------------------------------ positions

    def dbg(self, pos: Pos) -> None:
        """Calls and stores from here on belong to this source position."""
        if pos != self._dbg_pos:
            self._dbg_pos = pos
            self._dbg = ""

    def loc(self) -> str:
        """", !dbg !n" for the current position, "" without debug info."""
        if self._dbg:
            return self._dbg
        if not self.scope:
            return ""
        pos = self._dbg_pos if self._dbg_pos > 0 else self.pos
        self._dbg = ", !dbg " + self.unit.di.location(self.scope, pos)
        return self._dbg

    def dbg_moved(self) -> None:
        """The scope is another: the current position needs a new location."""
        self._dbg = ""

    def in_prologue(self, v: Var) -> None:
        """What gives parameter v its storage has no position: a debugger stops at the first instruction that has one, and there finds the
        parameters in their places. (An allocation keeps its position, for tracebacks and profiles.)"""
        if self.unit.program.variables:
            self._dbg = "" if v.escapes else " "

    def open_scope(self) -> tuple[str, bool]:
        """Begin a lexical scope; what to give `close_scope`."""
        saved = self.scope, self.scope_pending
        self.scope_pending = True
        return saved

    def close_scope(self, saved: tuple[str, bool]) -> None:
        if self.scope != saved[0]:
            self._dbg = ""
        self.scope, self.scope_pending = saved

    def bind(self, v: Var, st: Storage, arg: int = 0) -> None:
        """Give a source variable its storage. arg: its number among parameters and results, from 1; 0 for others."""
        self.vars[v] = st
        if self.unit.program.variables:
            describe(self, v, st, arg)

    def error(self, pos: Pos, msg: str) -> NoReturn:
        raise CompileError([Diagnostic(self.unit.program.fset.position(pos), msg)])

    def unsupported(self, pos: Pos, what: str) -> NoReturn:
        self.error(pos, what + " not supported yet")

    def bug(self, pos: Pos, what: str) -> NoReturn:
        raise InternalError(f"lower: {self.sym}: {self.unit.program.fset.position(pos)}: {what}")

    # ------------------------------------------------------------ memory

    def alloca(self, size: int, align: int = 8) -> str:
        """Uninitialised stack memory that lives until the function returns; hoisted to the entry block."""
        n = self._allocas
        self._allocas = n + 1
        self._frame += size
        r = f"%a{n}"
        self.entry.append(f"{r} = alloca [{size} x i8], align {align}")
        self.frame_slots.add(r)
        return r

    def alloca_ll(self, ll: str) -> str:
        """Stack memory for one scalar of this value type (i1 is kept as i8)."""
        n = self._allocas
        self._allocas = n + 1
        r = f"%a{n}"
        if ll == "i1":
            ll = "i8"
        self.entry.append(f"{r} = alloca {ll}, align {LEAF_SIZE[ll]}")
        return r

    def alloca_type(self, t: Type) -> str:
        lay = layout(t)
        return self.alloca(lay.size, lay.align)

    def gep(self, addr: str, offset: int) -> str:
        """addr + offset bytes, within the same object."""
        if offset == 0:
            return addr
        r = self.tmp(f"getelementptr inbounds i8, ptr {addr}, i64 {offset}")
        if self.needs_no_barrier(addr):
            self.fresh.add(r)
        return r

    def gep_var(self, addr: str, index: str, size: int) -> str:
        """addr + index*size; index is an i64 operand known to be in range."""
        if index.lstrip("-").isdigit():
            return self.gep(addr, int(index) * size)
        if size == 0:
            return addr
        r = self.tmp(f"getelementptr inbounds {f'i{size * 8}' if size in (1, 2, 4, 8) else f'[{size} x i8]'}, ptr {addr}, i64 {index}")
        if self.needs_no_barrier(addr):
            self.fresh.add(r)
        return r

    @contextmanager
    def filling(self, obj: str) -> Iterator[None]:
        """While the new object at obj, which nobody else knows, gets its first values."""
        before = self.fresh
        self.fresh = {*before, obj}
        yield
        self.fresh = before

    def needs_no_barrier(self, addr: str) -> bool:
        """A store to addr needs no write barrier: it is on the frame, in memory that is new and nil, or where results are left (once a call)."""
        return addr.startswith("%a") or addr == "%out" or addr in self.fresh

    def load_ll(self, addr: str, ll: str, kind: str = "d", volatile: bool = False) -> str:
        """One scalar of value type ll; kind as layout.kinds ("" = no TBAA tag)."""
        if self.done:
            self.start(self.block("dead"))
        n = self._ntmp
        self._ntmp = n + 1
        r = f"%t{n}"
        v = "volatile " if volatile else ""
        tag = _TAG[kind] if self.tbaa and kind else ""
        if ll == "i1":
            if not self.tbaa:  # unsafe code may have left any byte there
                self.lines.append(f"{r} = load {v}i8, ptr {addr}, align 1{tag}")
                return self.tmp(f"icmp ne i8 {r}, 0")
            self.lines.append(f"{r} = load {v}i8, ptr {addr}, align 1{tag}, !range {RANGE_BOOL}")
            return self.tmp(f"trunc i8 {r} to i1")
        if kind == "l":
            tag += ", !range " + RANGE_LEN
        self.lines.append(f"{r} = load {v}{ll}, ptr {addr}, align {LEAF_SIZE[ll] if self.tbaa else 1}{tag}")
        return r

    def store_ll(self, addr: str, ll: str, val: str, kind: str = "d", volatile: bool = False, barrier: bool = True) -> None:
        """barrier: the word may hold a pointer into the heap (false for the type word of an interface, which the collector does not look at)."""
        if ll == "ptr" and barrier and not self.needs_no_barrier(addr):
            self._barrier_store(addr, val)
            return
        v = "volatile " if volatile else ""
        tag = _TAG[kind] if self.tbaa and kind else ""
        if ll == "i1":
            val = "1" if val == "true" else "0" if val == "false" else self.tmp(f"zext i1 {val} to i8")
            ll = "i8"
        self.emit(f"store {v}{ll} {val}, ptr {addr}, align {LEAF_SIZE[ll] if self.tbaa else 1}{tag}{self.loc()}")

    def _barrier_store(self, addr: str, val: str) -> None:
        """Store a pointer behind the write barrier (runtime/mbarrier.go): while the collector marks, the word that is overwritten is pushed and handed to
        runtime.gcWriteBarrier, which pops it and keeps every register. One piece of assembly, so that LLVM moves nothing between the test and the store; the
        signal handler knows its bytes and stops no goroutine inside (runtime/preempt.go, inWriteBarrier): a change here is one there."""
        refs = self.unit.cur.refs
        refs["runtime.writeBarrier"] = None
        refs["runtime.gcWriteBarrier"] = None
        head = "cmpl $$0, runtime.writeBarrier(%rip)\\0Aje .Lwb${:uid}\\0Apushq $0\\0Acallq runtime.gcWriteBarrier\\0A.Lwb${:uid}:\\0A"
        end = ",~{flags},~{dirflag},~{fpsr}"
        attrs = f" nounwind willreturn memory(argmem: readwrite, inaccessiblemem: readwrite){self.loc()}"
        if val == "null":
            self.emit(f'call void asm sideeffect "{head}movq $$0, $0", "=*m{end}"(ptr elementtype(ptr) {addr}){attrs}')
        else:
            self.emit(f'call void asm sideeffect "{head}movq $1, $0", "=*m,r{end}"(ptr elementtype(ptr) {addr}, ptr {val}){attrs}')

    def load(self, addr: str, t: Type, volatile: bool = False) -> Val:
        """The value in memory now. A mem type is copied to a temporary."""
        lay = layout(t)
        if lay.is_flat:
            vals = lay.vals
            kinds = lay.kinds
            parts = []
            for i, (_, off) in enumerate(lay.leaves):
                parts.append(self.load_ll(self.gep(addr, off) if off else addr, vals[i], kinds[i], volatile))
            return Val(t, tuple(parts))
        to = self.alloca(lay.size, lay.align)
        self.copy_mem(to, addr, t)
        return Val(t, None, to, owned=True)

    def at(self, addr: str, t: Type) -> Val:
        """The value at addr without copying a mem type: the caller knows that nothing changes it meanwhile."""
        if layout(t).is_flat:
            return self.load(addr, t)
        return Val(t, None, addr)

    def store(self, addr: str, t: Type, val: Val, volatile: bool = False) -> None:
        lay = layout(t)
        if lay.is_flat:
            parts = val.p()
            vals = lay.vals
            kinds = lay.kinds
            for i, (_, off) in enumerate(lay.leaves):
                barrier = lay.ptrbits >> off // 8 & 1 != 0
                self.store_ll(self.gep(addr, off) if off else addr, vals[i], parts[i], kinds[i], volatile, barrier)
        else:
            src = val.at()
            if src != addr:
                self.copy_mem(addr, src, t)

    def zero(self, t: Type) -> Val:
        lay = layout(t)
        if lay.is_flat:
            return Val(t, tuple(_ZERO.get(v, "0") for v in lay.vals))
        to = self.alloca(lay.size, lay.align)
        self.clear_mem(to, lay)
        return Val(t, None, to, owned=True)

    def store_zero(self, addr: str, t: Type) -> None:
        lay = layout(t)
        if lay.is_flat:
            self.store(addr, t, self.zero(t))
        else:
            self.clear_mem(addr, lay)

    def clear_mem(self, addr: str, lay: Layout) -> None:
        """Zero lay.size bytes."""
        if lay.size == 0:
            return
        if lay.has_pointers and not self.needs_no_barrier(addr):
            self.call_rt("memclrHasPointers", [("ptr", addr), ("i64", str(lay.size))])
            return
        if lay.size <= MAX_INLINE_CLEAR:
            self.unit.declared.setdefault("llvm.memset.p0.i64", "declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)")
            self.emit(f"call void @llvm.memset.p0.i64(ptr align {lay.align if self.tbaa else 1} {addr}, i8 0, i64 {lay.size}, i1 false){self.loc()}")
        else:
            self.call_rt("memclrNoHeapPointers", [("ptr", addr), ("i64", str(lay.size))])

    def copy_mem(self, dst: str, src: str, t: Type) -> None:
        """Copy one value; the two places are the same or do not overlap."""
        self.copy_bytes(dst, src, layout(t).size, layout(t).align, pointers=layout(t).has_pointers)

    def copy_bytes(self, dst: str, src: str, size: int, align: int = 1, *, pointers: bool) -> None:
        """pointers: dst may hold pointers before."""
        if size == 0 or dst == src:
            return
        if pointers and not self.needs_no_barrier(dst):
            self.call_rt("wbmove", [("ptr", dst), ("ptr", src), ("i64", str(size))])
            return
        if size <= MAX_INLINE_COPY:
            if not self.tbaa:
                align = 1
            self.unit.declared.setdefault("llvm.memmove.p0.p0.i64", "declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)")
            self.emit(f"call void @llvm.memmove.p0.p0.i64(ptr align {align} {dst}, ptr align {align} {src}, i64 {size}, i1 false){self.loc()}")
        else:
            self.call_rt("memmove", [("ptr", dst), ("ptr", src), ("i64", str(size))])

    def to_mem(self, val: Val) -> str:
        """Address of memory that holds the value (not to be changed)."""
        if val.addr is not None:
            return val.addr
        lay = layout(val.typ)
        to = self.alloca(lay.size, lay.align)
        self.store(to, val.typ, val)
        return to

    def own(self, val: Val) -> Val:
        """The value in memory of its own when it is a mem type."""
        if val.addr is None or val.owned:
            return val
        return self.load(val.addr, val.typ)

    def on_frame(self, node: ast.Node) -> bool:
        """Escape analysis keeps what `node` allocates on the frame."""
        return self.facts is not None and self.facts.escape is not None and node in self.facts.escape.stack

    def new_object(self, t: Type, node: ast.Node) -> str:
        """Address of new zeroed memory for a t that `node` allocates: on the frame where escape analysis allows it."""
        if self.on_frame(node):
            to = self.alloca_type(t)
            self.store_zero(to, t)
            return to
        return self.heap_alloc(t)

    def heap_alloc(self, t: Type) -> str:
        """A new zeroed object of type t on the heap."""
        lay = layout(t)
        if lay.size == 0:
            return self.unit.ref("runtime.zerobase")
        desc = self.features.type_desc(self.unit, t)
        fn = self.unit.ref_func("runtime.newobject", "ptr", "ptr")
        return self.tmp(f"call {CC} noalias nonnull align {min(lay.align, 8)} dereferenceable({lay.size}) ptr {fn}(ptr {desc}) #5{self.loc()}")

    # ------------------------------------------------------------ calls

    def call_rt(self, name: str, args: Sequence[tuple[str, str]], ret: str | Sequence[str] = "void", group: str = "#5") -> tuple[str, ...]:
        """Call runtime.NAME (or, with a dot in it, any function symbol). args: (value type, operand) each; ret: value types of the results."""
        sym = name if "." in name else "runtime." + name
        rets = (ret,) if isinstance(ret, str) and ret != "void" else () if isinstance(ret, str) else tuple(ret)
        rt = "void" if not rets else rets[0] if len(rets) == 1 else "{" + ", ".join(rets) + "}"
        fn = self.unit.ref_func(sym, rt, ", ".join([a for a, _ in args]))
        text = f"call {CC} {rt} {fn}({', '.join([f'{a} {v}' for a, v in args])}) {group}{self.loc()}"
        if not rets:
            self.emit(text)
            return ()
        r = self.tmp(text)
        if len(rets) == 1:
            return (r,)
        return tuple([self.tmp(f"extractvalue {rt} {r}, {i}") for i in range(len(rets))])

    def call_go(self, target: str, sig: Signature, args: Sequence[Val], ctx: str | None = None, recv: Type | None = None) -> list[Val]:
        """Call a Go function. target: a symbol, or an operand ("%..." or '@...') of its code. sig: concrete; recv: type of the receiver, then
        args[0]. ctx: the func value for calls through one."""
        abi = sig_abi(sig, recv)
        return self.call_abi(target, abi, [v.type for v in sig.results.vars], args, ctx)

    def call_abi(self, target: str, abi: SigABI, result_types: Sequence[Type | None], args: Sequence[Val], ctx: str | None = None) -> list[Val]:
        lls = list(abi.ll_params)
        ops: list[str] = []
        out = ""
        area = 0
        if abi.out:
            assert abi.out_layout is not None
            out = self.alloca(abi.out_layout.size, abi.out_layout.align)
            ops.append(f"ptr {out}")
        for a, lay in zip(args, abi.params, strict=True):
            if lay.is_flat:
                parts = a.p()
                vals = lay.vals
                if len(parts) != len(vals):
                    raise InternalError(f"lower: {self.sym}: argument of type {type_string(a.typ)} for a parameter of {len(vals)} leaves")
                for i in range(len(vals)):
                    want = lls[len(ops)]
                    if want == vals[i]:
                        ops.append(f"{want} {parts[i]}")
                    else:
                        ops.append(f"{want} {self.tmp(f'zext {vals[i]} {parts[i]} to {want}')}")
            else:
                ops.append(f"ptr {self.own(a).at()}")
                area += lay.size
        if area > self._callee:
            self._callee = area
        if ctx is not None:
            ops.append(f"ptr {ctx}")
            lls.append("ptr")
        if target[0] == "%" or target[0] == "@":
            fn = target
        else:
            fn = self.unit.ref_func(target, abi.ret, ", ".join(lls), "#6" if target == "syscall.rawVforkSyscall" else "")
        group = "#8" if self.noinline_calls else "#5"
        if target == "syscall.rawVforkSyscall":
            group = "#6"  # parent and child both return from it, on one stack: no slot may serve two variables
        text = f"call {CC} {abi.ret} {fn}({', '.join(ops)}) {group}{self.loc()}"
        if abi.out:
            self.emit(text)
            res = []
            assert abi.out_layout is not None
            for off, t in zip(abi.out_layout.offsets, result_types, strict=True):
                assert t is not None
                p = self.gep(out, off)
                res.append(self.load(p, t) if layout(t).is_flat else Val(t, None, p, owned=True))
            return res
        n = len(abi.ret_vals)
        if n == 0:
            self.emit(text)
            parts = ()
        else:
            r = self.tmp(text)
            parts = (r,) if n == 1 else tuple([self.tmp(f"extractvalue {abi.ret} {r}, {i}") for i in range(n)])
            if abi.ret_lls != abi.ret_vals:
                parts = tuple([p if w == v else self.tmp(f"trunc {w} {p} to {v}") for p, w, v in zip(parts, abi.ret_lls, abi.ret_vals, strict=True)])
        res = []
        k = 0
        for lay, t in zip(abi.results, result_types, strict=True):
            assert t is not None
            res.append(Val(t, parts[k : k + len(lay.vals)]))
            k += len(lay.vals)
        return res

    def ret(self, vals: Sequence[Val]) -> None:
        """Return these results."""
        abi = self.abi
        if self.done:
            return
        if abi.out:
            assert abi.out_layout is not None and self.out is not None
            for v, off, t in zip(vals, abi.out_layout.offsets, self.results, strict=True):
                self.store(self.gep(self.out, off), t, v)
            self.emit(f"ret void{self.loc()}")
        else:
            parts = [p for v in vals for p in v.p()]
            if not parts:
                self.emit(f"ret void{self.loc()}")
            elif len(parts) == 1:
                self.emit(f"ret {abi.ret} {parts[0]}{self.loc()}")
            else:
                agg = "poison"
                for i, p in enumerate(parts):
                    w = abi.ret_lls[i]
                    if w != abi.ret_vals[i]:
                        p = self.tmp(f"zext {abi.ret_vals[i]} {p} to {w}")
                    agg = self.tmp(f"insertvalue {abi.ret} {agg}, {w} {p}, {i}")
                self.emit(f"ret {abi.ret} {agg}{self.loc()}")
        self.done = True

    # ------------------------------------------------------------ checks

    def panic_if(self, cond: str, name: str, args: Sequence[tuple[str, str]] = (), implicit: bool = False) -> None:
        """When cond (i1): call runtime.NAME(args), which does not return. The call stands in a cold block."""
        if cond == "false":
            return
        if self.done:
            self.start(self.block("dead"))
        n = self._nblock
        self._nblock = n + 2
        bad = f"cold.{n}"
        ok = f"ok.{n + 1}"
        self.lines.append(f"br i1 {cond}, label %{bad}, label %{ok}" + (f", !make.implicit {NOTHING}" if implicit else ""))
        self.lines.append(f"{ok}:")
        self.label = ok
        self._cold_call(bad, name, args)

    def _cold_call(self, label: str, name: str, args: Sequence[tuple[str, str]]) -> None:
        sym = name if "." in name else "runtime." + name
        fn = self.unit.ref_func(sym, "void", ", ".join([a for a, _ in args]))
        self.cold.append(f"{label}:")
        self.cold.append(f"call {CC} void {fn}({', '.join([f'{a} {v}' for a, v in args])}) #7{self.loc()}")
        self.cold.append("unreachable")

    def panic_call(self, name: str, args: Sequence[tuple[str, str]] = ()) -> None:
        """Call runtime.NAME, which does not return, here."""
        sym = name if "." in name else "runtime." + name
        fn = self.unit.ref_func(sym, "void", ", ".join([a for a, _ in args]))
        self.emit(f"call {CC} void {fn}({', '.join([f'{a} {v}' for a, v in args])}) #7{self.loc()}")
        self.unreachable()

    def nil_check(self, ptr: str) -> None:
        """Panic when ptr is nil. Operands that cannot be nil (stack, globals) are not tested."""
        c = ptr[0]
        if c == "@" or (c == "%" and ptr[1] == "a"):
            return
        if ptr == "null":
            self.panic_if("true", "panicmem")
            return
        self.panic_if(self.tmp(f"icmp eq ptr {ptr}, null"), "panicmem", implicit=True)

    def bounds_check(self, index: str, length: str, signed: bool = True) -> None:
        """Panic unless 0 <= index < length (i64 operands)."""
        if index.isdigit() and length.isdigit() and int(index) < int(length):
            return
        c = self.tmp(f"icmp uge i64 {index}, {length}")
        self.panic_if(c, "panicIndex" if signed else "panicIndexU", [("i64", index), ("i64", length)])

    # ------------------------------------------------------------ variables

    def load_var(self, st: Storage) -> Val:
        k = st.kind
        if k == "slots":
            lay = layout(st.typ)
            kinds = lay.kinds
            return Val(st.typ, tuple([self.load_ll(a, lay.vals[i], kinds[i], st.volatile) for i, a in enumerate(st.addrs)]))
        if k == "val":
            assert st.val is not None
            return st.val
        return self.load(self.var_addr(st), st.typ)

    def store_var(self, st: Storage, val: Val) -> None:
        if st.kind == "slots":
            lay = layout(st.typ)
            parts = val.p()
            kinds = lay.kinds
            for i, a in enumerate(st.addrs):
                self.store_ll(a, lay.vals[i], parts[i], kinds[i], st.volatile)
        else:
            assert st.kind != "val"
            self.store(self.var_addr(st), st.typ, val)

    def var_addr(self, st: Storage) -> str:
        """Address of a variable that has one (not "slots")."""
        if st.kind == "mem":
            return st.addrs[0]
        if st.kind == "cell":
            return self.load_ll(st.addrs[0], "ptr", "")
        if st.kind == "val" and st.val is not None and st.val.addr is not None:
            return st.val.addr
        raise InternalError(f"lower: {self.sym}: address of a variable in registers")

    def slots(self, t: Type, volatile: bool = False) -> Storage:
        """Storage of a local whose address is never taken: one alloca per leaf, or one for a mem type."""
        lay = layout(t)
        if lay.is_flat:
            return Storage("slots", t, tuple([self.alloca_ll(v) for v in lay.vals]), volatile=volatile)
        return Storage("mem", t, (self.alloca(lay.size, lay.align),), volatile=volatile)

    # ------------------------------------------------------------ source

    def typ(self, e: ast.Expr) -> Type:
        """Concrete type of an expression."""
        t = e.type
        if t is None:
            self.bug(e.pos, f"no type for {type(e).__name__}")
        env = self.env
        return t if env is None else env.subst(t)

    def subst(self, t: Type | None) -> Type:
        assert t is not None
        env = self.env
        return t if env is None else env.subst(t)

    def expr(self, e: ast.Expr) -> Val:
        """Evaluate to one value of type typ(e)."""
        return self.features.expr(self, e)

    def expr_as(self, e: ast.Expr, t: Type) -> Val:
        """Evaluate and convert implicitly (assignability) to t."""
        v = self.features.expr(self, e)
        if self.facts is None or self.facts.escape is None:
            return self.features.assign_conv(self, v, t, e.pos)
        self.box_on_stack = ast.unparen(e) in self.facts.escape.boxes
        v = self.features.assign_conv(self, v, t, e.pos)
        self.box_on_stack = False
        return v

    def addr(self, e: ast.Expr) -> str:
        """Address of an addressable expression (or composite literal)."""
        return self.features.addr(self, e)

    def stmt(self, s: ast.Stmt) -> None:
        self.features.stmt(self, s)

    def stmts(self, ss: list[ast.Stmt]) -> None:
        self.features.stmts(self, ss)

    def const(self, val: Value, t: Type) -> Val:
        """The constant as a value of type t."""
        return self.features.const(self, val, t)

    # ------------------------------------------------------------ end

    def header(self) -> str:
        """The define line."""
        abi = self.abi
        ps = []
        if abi.out:
            assert abi.out_layout is not None
            ps.append(f"ptr noalias align {abi.out_layout.align} %out")
        for i, lay in enumerate(abi.params):
            if lay.is_flat:
                # Nothing is said of pointers: what package unsafe made may be misaligned or point nowhere as long as nobody looks there.
                for j, v in enumerate(lay.vals):
                    if lay.kinds[j] == "l":
                        ps.append(f"i64 range(i64 0, -9223372036854775808) %p{i}_{j}")
                    elif (w := abi.ll_params[len(ps)]) != v:
                        ps.append(f"{w} %w{i}_{j}")
                        self.entry.append(f"%p{i}_{j} = trunc {w} %w{i}_{j} to {v}")
                    else:
                        ps.append(f"{v} %p{i}_{j}")
            else:
                ps.append(f"ptr align {lay.align} dereferenceable({lay.size}) %p{i}")
        if self.ctx is not None:
            ps.append("ptr %ctx")
        q, comdat = self.unit.definition(self.sym, not self.unit.program.inline)
        group = (4 if self.noinline else 1) if self.nosplit else (3 if self.noinline else 0)
        link = "weak_odr " if self.once else ""
        dbg = f" !dbg {self.subprogram}" if self.subprogram else ""
        if self.inline_only:
            return f"define available_externally dso_local {CC} {abi.ret} {q}({', '.join(ps)}) #{group}{dbg} {{"
        return f"define {link}dso_local {CC} {abi.ret} {q}({', '.join(ps)}) #{group} section {quote_str('.text.' + self.sym)} {comdat}{dbg} {{"

    def finish(self) -> None:
        """Close the function and give it to the unit."""
        if not self.done:
            self.lines.append("unreachable")
        args = sum(lay.size for lay in (*self.abi.params, *self.abi.results) if not lay.is_flat)
        if self._frame + args + self._callee > MAX_FRAME:
            # gc's words and limit. It is gc's convention that is measured, so that both take the same programs; here as there a function's
            # large arguments lie on the frame of its caller.
            pos = self.decl.recv.pos if isinstance(self.decl, ast.FuncDecl) and self.decl.recv is not None else self.pos
            self.error(pos, f"stack frame too large (>1GB): {self._frame >> 20} MB locals + {args >> 20} MB args"
                       + (f" + {self._callee >> 20} MB callee" if self._callee else ""))  # fmt: skip
        # A group of its own even when nobody else may define it: LLVM then puts its jump tables into a section of their own too, which does
        # not keep alive the functions of other tables.
        pre = "" if self.inline_only else f"${quote(self.sym)[1:]} = comdat {'any' if self.once else 'nodeduplicate'}\n"
        header = self.header()
        if not self.inline_only:
            traceargs.record(self)
        if self.pins:
            pin(self)
        lines = [*self.entry, "br label %body", "body:", *self.lines, *self.cold]
        self.unit.define_text(pre + header + "\nentry:\n" + "\n".join(lines) + "\n}\n")


def define_func(unit: Unit, sym: str, params: Sequence[Type], results: Sequence[Type], body: Callable[[FuncBuilder], None], *,
                ctx: bool = False, once: bool = False, nosplit: bool = False, noinline: bool = False) -> str:
    """Define an invented function once per unit; body(fb) writes it and must return on every path. Returns the symbol."""
    if unit.begin(sym):
        with unit.defining(sym, "once" if once else "strong"):
            fb = FuncBuilder(unit, sym, params, results, ctx=ctx, once=once, nosplit=nosplit, noinline=noinline)
            body(fb)
            fb.finish()
    return sym
