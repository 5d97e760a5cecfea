"""Statements -> GAS text: symbols, sections, frames, branch targets, debug information.

Each TEXT becomes a section `.text.SYM` with the function's label, size and type; each GLOBL a data section chosen by its flags.
A function body is numbered as Go numbers it (TEXT, instructions, PCDATA, FUNCDATA and PCALIGN count one each) so that `JMP 3(PC)` means the same.

Frames (Go's obj6.go `preprocess`): `TEXT f(SB), flags, $N-A` with N > 0, or with calls, and without NOFRAME begins PUSHQ BP; MOVQ SP, BP; SUBQ $N, SP.
`delta` is how far SP is below the return address at each instruction, tracked through PUSH, POP and ADJSP; `x+8(FP)` is 8+delta+8(%rsp), `x-8(SP)` is
-8+delta-8(%rsp) with a saved BP.

Func values. Go's convention calls one with its address in DX: `MOVQ f+0(FP), DX; MOVQ (DX), AX; CALL AX`. Compiled code here takes that address as its last
argument and needs an aligned stack, so an indirect call looks at run time whether it leads to compiled code (the linker lays assembly out first, up to
`runtime.eabi0`) and goes there by way of `runtime.asmcall`; an indirect jump does so where the target was loaded from (DX). The standard library's own assembly, which
calls no func values, is left alone (`func_values`).

The result carries, for every line of text, the statement it came from: an error of the encoder leads back to the `.s` line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rt0.abi import runtime_layout as rl
from rt0.abi.symbolpath import path_prefix
from rt0.asm import att as rules
from rt0.asm import parse as p
from rt0.asm.lex import AsmErrors, Preprocessor, Statement

SMALL_FRAME = 128  # a function without calls and a smaller frame is not checked, as with Go's assembler (StackSmall)
STACK_ROOM = 1024  # what a function may use beyond its frame: calls of unchecked functions, which Go limits to 800 bytes
DUPOK, NOSPLIT, RODATA, NOPTR, NOFRAME = 2, 4, 8, 16, 512

PLAIN_NAME = re.compile(r"[A-Za-z_.][A-Za-z0-9_.$]*$")
PUSH_DELTA = {"PUSHL": 4, "PUSHFL": 4, "PUSHQ": 8, "PUSHFQ": 8, "PUSHW": 2, "PUSHFW": 2}
PUSH_DELTA.update({k.replace("PUSH", "POP"): -v for k, v in list(PUSH_DELTA.items())})
FLOAT4 = frozenset(
    ["MOVSS", "VMOVSS", "ADDSS", "SUBSS", "MULSS", "DIVSS", "COMISS", "UCOMISS", "FMOVF", "FADDF", "FSUBF", "FSUBRF", "FMULF", "FDIVF", "FDIVRF", "FCOMF", "FCOMFP", "CMPSS", "SQRTSS", "MAXSS", "MINSS"]
)
FLOAT8 = frozenset(
    ["MOVSD", "VMOVSD", "ADDSD", "SUBSD", "MULSD", "DIVSD", "COMISD", "UCOMISD", "FMOVD", "FADDD", "FSUBD", "FSUBRD", "FMULD", "FDIVD", "FDIVRD", "FCOMD", "FCOMDP", "CMPSD", "SQRTSD", "MAXSD", "MINSD"]
)
CODE_ADDRESS = frozenset(["LEAQ", "LEAL"])


def quote(name: str) -> str:
    """A symbol name as GAS reads it."""
    return name if PLAIN_NAME.match(name) else f'"{name}"'


@dataclass(slots=True)
class Data:
    """One datum: DATA items in order (offset, size, directive text), and its GLOBL."""

    name: str
    static: bool
    items: list[tuple[int, int, str]] = field(default_factory=list)
    end: int = 0  # first free offset after the last DATA
    flags: int = 0
    size: int = -1
    where: Statement | None = None


@dataclass(slots=True)
class Function:
    name: str
    static: bool
    index: int
    flags: int
    frame: int
    args: int
    start: Statement
    statements: list[Statement] = field(default_factory=list)
    label_at: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class GasText:
    """lines of GAS text; where[i] is the statement lines[i] came from."""

    lines: list[str]
    where: list[Statement | None]
    symbols: list[str]  # global symbols defined


def _gas_string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def through_dx(op: p.Operand) -> bool:
    """The operand is the word DX points to: of a func value, its code."""
    return op.kind == p.MEM and op.base == "DX" and not (op.index or op.val or op.sym or op.seg)


class Translator:
    """One `.s` file. `pp` holds the statements and collects the errors."""

    def __init__(self, pp: Preprocessor, pkg_path: str, debug_name: str, func_values: bool = False) -> None:
        self.pp = pp
        self.func_values = func_values
        self.pkg = path_prefix(pkg_path)
        self.debug_name = debug_name
        self.out: list[str] = []
        self.where: list[Statement | None] = []
        self.data: dict[str, Data] = {}
        self.functions: list[Function] = []
        self.addresses: dict[tuple[str, int], p.Operand] = {}  # (datum, item) -> the address it holds
        self.texts: dict[str, Statement] = {}
        self.files: dict[str, int] = {}
        self.floats: dict[tuple[int, int], str] = {}
        self.operands = p.OperandParser(self.pkg)
        self.memo: dict[tuple[str, ...], str] = {}
        self.stmt: Statement | None = None
        # per function
        self.fn: Function | None = None
        self.delta = 0
        self.bpsize = 0
        self.from_dx: set[str] = set()  # registers that hold what was loaded from (DX)
        self.stubs: dict[str, str] = {}  # label -> target, of indirect calls

    def error(self, msg: str, s: Statement | None = None) -> None:
        s = s or self.stmt
        assert s is not None
        self.pp.error(s.file, s.line, msg)

    def emit(self, text: str) -> None:
        self.out.append(text)
        self.where.append(self.stmt)

    # -- names ------------------------------------------------------------------------------------------------------

    def text_name(self, op: p.Operand) -> str:
        """Link name of the code that `op` names."""
        if op.static or op.abi == "ABIInternal" or "." not in op.sym or op.sym.endswith("·f"):
            return op.sym
        return op.sym + ".abi0"

    def ref(self, op: p.Operand, code: bool) -> str:
        """GAS spelling of a reference; `code` when the address may be a function's."""
        name = op.sym
        if code and name not in self.data:
            name = self.text_name(op)
        elif op.abi == "ABI0":
            name = self.text_name(op)
        return quote(name)

    # -- whole file -------------------------------------------------------------------------------------------------

    def run(self) -> GasText:
        """First cut the file into functions and data, so that references know what is data; then write them."""
        for s in self.pp.statements:
            self.stmt = s
            try:
                self.top(s)
                self.complain()
            except p.ParseError as e:
                self.error(str(e))
        for fn in self.functions:
            self.function(fn)
        self.stmt = None
        for d in self.data.values():
            self.datum(d)
        for (size, bits), label in self.floats.items():
            self.emit(f'.section .rodata.cst{size},"aM",@progbits,{size}')
            self.emit(f".p2align {2 if size == 4 else 3}")
            self.emit(f"{label}:")
            self.emit(f"{'.long' if size == 4 else '.quad'} {bits:#x}")
        self.debug_info()
        symbols = [f.name for f in self.functions if not f.static] + [d.name for d in self.data.values() if not d.static and d.size >= 0]
        return GasText(self.out, self.where, symbols)

    def texts_only(self) -> list[Function]:
        """The functions of the file, without a look at their instructions."""
        for s in self.pp.statements:
            self.stmt = s
            try:
                self.top(s)
            except (p.ParseError, AsmErrors):
                break
        return self.functions

    def complain(self) -> None:
        if self.operands.complaint:
            self.error(self.operands.complaint)
            self.operands.complaint = ""

    def top(self, s: Statement) -> None:
        toks = s.tokens
        while len(toks) >= 2 and toks[1] == ":" and (toks[0][0].isalpha() or toks[0][0] in "_·"):
            if self.fn is None:
                self.error("label outside of TEXT")
                return
            label = self.operands.qualify(toks[0])
            if label in self.fn.label_at:
                self.error(f'label "{label}" multiply defined')
            self.fn.label_at[label] = len(self.fn.statements)
            toks = toks[2:]
        if not toks:
            return
        word = toks[0]
        if not (word[0].isalpha() or word[0] in "_·"):
            self.error(f'expected identifier, found "{word}"')
            raise AsmErrors
        if word == "TEXT":
            self.begin_text(s, split_operands(toks[1:]))
        elif word == "DATA":
            self.data_item(split_operands(toks[1:]))
        elif word == "GLOBL":
            self.globl(s, split_operands(toks[1:]))
        elif self.fn is None:
            if word in ("FUNCDATA", "PCDATA", "PCALIGN", "END"):
                return
            self.error(f'unexpected instruction "{word}" outside of TEXT')
        elif word != "END":
            self.fn.statements.append(s if toks is s.tokens else Statement(s.file, s.line, toks))

    def symbol_operand(self, pseudo: str, toks: list[str], offset_ok: bool) -> p.Operand:
        op = self.operands.parse(toks)
        if op.kind != p.MEM or op.pseudo != "SB" or op.index:
            raise p.ParseError(f'{pseudo} symbol "{op.sym}" must be a symbol(SB)')
        if op.val and not offset_ok:
            raise p.ParseError(f'{pseudo} symbol "{op.sym}" must not be offset from SB')
        return op

    def constant(self, pseudo: str, toks: list[str]) -> int:
        op = self.operands.parse(toks)
        if op.kind == p.IMM or (op.kind == p.MEM and op.bare):
            return p.signed64(op.val)
        raise p.ParseError(f"expected integer constant for {pseudo}")

    def begin_text(self, s: Statement, ops: list[list[str]]) -> None:
        if len(ops) not in (2, 3):
            raise p.ParseError("expect two or three operands for TEXT")
        op = self.symbol_operand("TEXT", ops[0], False)
        flags = self.constant("TEXT", ops[1]) if len(ops) == 3 else 0
        size = ops[-1]
        if len(size) < 2 or size[0] != "$":
            raise p.ParseError(f"TEXT {op.sym}: frame size must be an immediate constant")
        frame, args = self.frame_size(op.sym, size[1:])
        if op.abi == "ABIInternal" and not flags & NOSPLIT:
            self.error(f'TEXT "{op.sym}": ABIInternal requires NOSPLIT')
        name = self.text_name(op)
        if name in self.texts:
            old = self.texts[name]
            self.error(f"symbol {op.sym} redeclared\n\t{old.file}:{old.line}: other declaration of symbol {op.sym}")
        self.fn = Function(name, op.static, len(self.functions), flags, frame, args, s)
        if name not in self.texts:
            self.functions.append(self.fn)
        self.texts[name] = s

    def frame_size(self, name: str, toks: list[str]) -> tuple[int, int]:
        """`$frame-args`: both plain integers, args optional (-1: unknown)."""
        bad = p.ParseError(f"TEXT {name}: frame size must be an immediate constant")
        negative = toks[0] == "-"
        if negative:
            toks = toks[1:]
        if not toks or not toks[0][0].isdigit():
            raise bad
        frame = p.integer(toks[0])
        args = -1
        if len(toks) > 1:
            if len(toks) != 3 or toks[1] != "-" or not toks[2][0].isdigit():
                raise p.ParseError(f"TEXT {name}: argument size must be of form -integer")
            args = p.integer(toks[2])
        return (-frame if negative else frame), args

    # -- data -------------------------------------------------------------------------------------------------------

    def data_symbol(self, op: p.Operand) -> Data:
        d = self.data.get(op.sym)
        if d is None:
            d = self.data[op.sym] = Data(op.sym, op.static)
        return d

    def data_item(self, ops: list[list[str]]) -> None:
        if len(ops) != 2:
            raise p.ParseError("expect two operands for DATA")
        head = ops[0]
        if len(head) < 3 or head[-2] != "/" or not head[-1][0].isdigit():
            raise p.ParseError("expect /size for DATA argument")
        size = p.integer(head[-1])
        op = self.symbol_operand("DATA", head[:-2], True)
        val = self.operands.parse(ops[1])
        d = self.data_symbol(op)
        if op.val < d.end or op.val < 0:
            raise p.ParseError(f"overlapping DATA entry for {op.sym}")
        d.end = op.val + size
        if val.kind == p.IMM:
            if size not in (1, 2, 4, 8):
                raise p.ParseError(f"bad int size for DATA argument: {size}")
            text = {1: ".byte", 2: ".2byte", 4: ".4byte", 8: ".8byte"}[size] + f" {val.val & ((1 << 8 * size) - 1):#x}"
        elif val.kind == p.FIMM:
            if size not in (4, 8):
                raise p.ParseError(f"bad float size for DATA argument: {size}")
            text = f"{'.4byte' if size == 4 else '.8byte'} {p.float_bits(val.fval, size):#x}"
        elif val.kind == p.SIMM:
            if len(val.text) > size:
                raise p.ParseError(f"bad string size for DATA argument: {size}")
            raw = val.text.ljust(size, b"\0")
            text = ".byte " + ",".join(str(b) for b in raw) if raw else ""
        elif val.kind == p.ADDR and val.pseudo == "SB" and not val.index:
            if size != 8:
                raise p.ParseError(f"bad addr size for DATA argument: {size}")
            self.addresses[d.name, len(d.items)] = val  # spelled when every datum is known
            text = ""
        else:
            raise p.ParseError("DATA value must be an immediate constant or address")
        d.items.append((op.val, size, text))

    def globl(self, s: Statement, ops: list[list[str]]) -> None:
        if len(ops) not in (2, 3):
            raise p.ParseError("expect two or three operands for GLOBL")
        op = self.symbol_operand("GLOBL", ops[0], False)
        flags = self.constant("GLOBL", ops[1]) if len(ops) == 3 else 0
        size = self.operands.parse(ops[-1])
        if size.kind != p.IMM:
            raise p.ParseError("GLOBL: expected immediate constant")
        d = self.data_symbol(op)
        if d.size >= 0:
            assert d.where is not None
            self.error(f"symbol {op.sym} redeclared\n\t{d.where.file}:{d.where.line}: other declaration of symbol {op.sym}")
            return
        d.size, d.flags, d.where = p.signed64(size.val), flags, s

    def datum(self, d: Data) -> None:
        """Write one datum into its section."""
        if d.size < 0:
            if d.items and self.pp.statements:
                self.pp.error(self.pp.statements[0].file, 0, f"DATA for {d.name} without GLOBL")
            return
        self.stmt = d.where
        for k, (off, size, _) in enumerate(d.items):
            val = self.addresses.get((d.name, k))
            if val is not None:
                d.items[k] = (off, size, f".8byte {self.ref(val, True)}" + (f"{val.val:+d}" if val.val else ""))
        items = d.items
        if items and items[-1][0] + items[-1][1] > d.size:
            self.error(f"DATA for {d.name} beyond its size {d.size}")
        kind = "rodata" if d.flags & RODATA else "data" if items else "bss"
        bits = "a" if kind == "rodata" else "aw"
        typ = "@nobits" if kind == "bss" else "@progbits"
        sym = quote(d.name)
        group = f",{sym},comdat" if d.flags & DUPOK and not d.static else ""
        self.emit(f'.section ".{kind}.{d.name}","{bits}{"G" if group else ""}",{typ}{group}')
        if not d.static:
            self.emit(f".globl {sym}" if not d.flags & DUPOK else f".weak {sym}")
        self.emit(f".type {sym},@object")
        align = 5 if d.size >= 32 else 4 if d.size >= 16 else 3 if d.size >= 8 else 2 if d.size >= 4 else 1 if d.size >= 2 else 0
        self.emit(f".p2align {align}")
        self.emit(f"{sym}:")
        at = 0
        for off, size, text in items:
            if off > at:
                self.emit(f".zero {off - at}")
            self.emit(text)
            at = off + size
        if at < d.size:
            self.emit(f".zero {d.size - at}")
        self.emit(f".size {sym}, {d.size}")

    # -- functions --------------------------------------------------------------------------------------------------

    def function(self, fn: Function) -> None:
        self.fn = fn
        self.stmt = fn.start
        sts = fn.statements
        has_call = any(s.tokens[0] in ("CALL", "DUFFZERO", "DUFFCOPY") for s in sts)
        frame = max(fn.frame, 0)
        self.bpsize = 8 if not fn.flags & NOFRAME and (frame or has_call) else 0
        if frame % 8:
            self.error(f"unaligned stack size {frame + self.bpsize}")
        self.delta = 0
        sym = quote(fn.name)
        group = f",{sym},comdat" if fn.flags & DUPOK and not fn.static else ""
        section = fn.name if not fn.static else fn.name + ".abi0"  # the linker lays .abi0 out first
        self.emit(f'.section ".text.{section}","ax{"G" if group else ""}",@progbits{group}')
        if not fn.static:
            self.emit(f".weak {sym}" if fn.flags & DUPOK else f".globl {sym}")
        self.emit(f".type {sym},@function")
        self.emit(".p2align 5")
        self.emit(f"{sym}:")
        self.emit(f".Lf{fn.index}:")
        self.loc(fn.start)
        if not fn.flags & NOSPLIT and fn.name.endswith(".abi0") and (frame + self.bpsize >= SMALL_FRAME or has_call):
            self.stack_check(fn, frame)
        if self.bpsize:
            self.emit("pushq %rbp")
            self.emit("movq %rsp, %rbp")
            self.delta = 8
        if frame:
            self.emit(f"subq ${frame}, %rsp")
            self.delta += frame
        total = self.delta
        labels: dict[int, list[str]] = {}
        for name, at in fn.label_at.items():
            labels.setdefault(at, []).append(name)
        starts: list[int] = []  # output index at which each statement begins
        targets: set[int] = set()
        for i, s in enumerate(sts):
            self.stmt = s
            starts.append(len(self.out))
            for name in labels.get(i, ()):
                self.emit(f"{self.label(name)}:")
                self.from_dx.clear()
            try:
                self.instruction(s, i, total, frame, targets)
            except (p.ParseError, rules.BadInstruction) as e:
                msg = str(e)
                self.error(f"{msg}: {source(s)}" if msg == "invalid instruction" or "should be distinct" in msg else msg)
        starts.append(len(self.out))
        for name in labels.get(len(sts), ()):
            self.emit(f"{self.label(name)}:")
        for t in sorted(targets):  # PC-relative targets: prefix the first line of that statement
            k = starts[t] if 0 <= t <= len(sts) else -1
            if k < 0:
                self.error("branch target out of range", sts[0])
            elif k < len(self.out):
                self.out[k] = f".Lf{fn.index}_pc{t}: {self.out[k]}"
            else:
                self.emit(f".Lf{fn.index}_pc{t}:")
        self.stmt = fn.start
        self.write_stubs()
        self.emit(f".Le{fn.index}:")
        self.emit(f".size {sym}, .Le{fn.index}-{sym}")
        self.fn = None

    def stack_check(self, fn: Function, frame: int) -> None:
        """The check for room, in the form of LLVM's split stacks: see __morestack and abi0copy in the runtime's asm_amd64.s. Go's assembler checks
        in the same functions; its check changes CX, this one R10 and R11, and AX, CX, SI, DI when the stack grows."""
        need = frame + STACK_ROOM
        e = self.emit
        body = f".Lf{fn.index}_body"
        e(f"leaq {-need}(%rsp), %r11")
        e(f"cmpq %fs:{rl.TLS_STACK_LIMIT}, %r11")
        e(f"ja {body}")
        size = self.argument_bytes(fn)
        e(f"movl ${need + size + 64}, %r10d")
        e("xorl %r11d, %r11d")
        e("call __morestack")
        e("retq")
        e(f"movl ${size}, %ecx")
        e(f"leaq {body}(%rip), %rax")
        e("jmp runtime.abi0copy")
        e(f"{body}:")

    def argument_bytes(self, fn: Function) -> int:
        """Bytes of arguments and results above the return address; where TEXT does not say: up to the last one that is mentioned."""
        if fn.args >= 0:
            return fn.args
        size = 0
        for s in fn.statements:
            toks = s.tokens
            for k in range(len(toks) - 2):
                if toks[k] == "(" and toks[k + 1] == "FP":
                    j = k - 1
                    while j > 0 and toks[j] not in (",", "+"):
                        j -= 1
                    try:
                        at = p.OperandParser(self.pkg).parse(["$", *toks[j + 1 : k]]).val
                    except (p.ParseError, IndexError):
                        at = 0
                    size = max(size, at + 16)
        return size

    def label(self, name: str) -> str:
        assert self.fn is not None
        return quote(f".Lf{self.fn.index}.{name}")

    def loc(self, s: Statement) -> None:
        n = self.files.get(s.file)
        if n is None:
            n = self.files[s.file] = len(self.files) + 1
            self.emit(f'.file {n} {_gas_string(self.debug_name if s.file == self.pp.main else s.file)}')
        self.emit(f".loc {n} {s.line} 0")

    def instruction(self, s: Statement, i: int, total: int, frame: int, targets: set[int]) -> None:
        toks = s.tokens
        mn = toks[0]
        k = 1
        suffixes: list[str] = []
        while k + 1 < len(toks) and toks[k] == ".":
            suffixes.append(toks[k + 1])
            k += 2
        if suffixes:
            check_suffixes(suffixes)
        groups = split_operands(toks[k:]) if k < len(toks) else []
        if mn in ("PCDATA", "FUNCDATA"):
            return
        if mn == "PCALIGN":
            n = self.constant("PCALIGN", groups[0]) if groups else 0
            if n < 8 or n & (n - 1) or n > 2048:
                raise p.ParseError(f"alignment value of an instruction must be a power of two and in the range [8, 2048], got {n}")
            self.emit(f".p2align {n.bit_length() - 1}")
            return
        jump = mn in rules.BRANCHES
        if mn == "RET":
            self.ret(s, groups, total, frame)
            return
        ops = [self.operands.parse(g, jump) for g in groups]
        self.complain()
        if mn == "ADJSP":
            n = p.signed64(ops[0].val) if len(ops) == 1 and ops[0].kind == p.IMM else 0
            self.loc(s)
            self.emit(f"subq ${n}, %rsp" if n >= 0 else f"addq ${-n}, %rsp")
            self.delta += n
            return
        if mn in ("DUFFZERO", "DUFFCOPY"):
            name = "runtime.duffzero" if mn == "DUFFZERO" else "runtime.duffcopy"
            self.loc(s)
            self.emit(f"call {name}+{ops[0].val}" if len(ops) == 1 else "")
            return
        if (mn == "MOVQ" or mn == "MOVL") and len(ops) == 2:
            if ops[0].kind == p.REG and ops[0].reg == "TLS":
                return  # TLS accesses need no base register
            if ops[0].kind == p.ADDR:
                mn = "LEAQ" if mn == "MOVQ" else "LEAL"
        if self.func_values and mn in ("CALL", "JMP") and len(ops) == 1 and self.indirect(mn, ops[0], s, i, targets):
            return
        line = self.render(mn, suffixes, ops, i, targets)
        if line:
            self.loc(s)
            self.emit(line)
        self.note_load(mn, ops)
        d = PUSH_DELTA.get(mn)
        if d is not None:
            self.delta += d

    def ret(self, s: Statement, groups: list[list[str]], total: int, frame: int) -> None:
        if self.delta != total and (self.fn is None or not self.fn.flags & NOFRAME):
            raise p.ParseError(f"{self.fn.name if self.fn else ''}: unbalanced PUSH/POP")
        self.loc(s)
        if groups:
            op = self.operands.parse(groups[0], True)
            if op.kind == p.MEM and op.pseudo == "SB" and not op.index:
                last = f"jmp {self.ref(op, True)}" + (f"{op.val:+d}" if op.val else "")
            elif op.kind == p.REG:
                last = f"jmpq *{rules.operand(op.reg, 8)}"
            else:
                raise p.ParseError("invalid instruction")
        else:
            last = "retq"
        if frame:
            self.emit(f"addq ${frame}, %rsp")
        if self.bpsize:
            self.emit("popq %rbp")
        self.emit(last)

    # -- func values ------------------------------------------------------------------------------------------------

    def note_load(self, mn: str, ops: list[p.Operand]) -> None:
        """Keep from_dx: what a register was loaded from, in a straight piece of code."""
        if mn == "CALL":
            self.from_dx.clear()
        elif ops and ops[-1].kind == p.REG:
            self.from_dx.discard(ops[-1].reg)
            if ops[-1].reg == "DX":
                self.from_dx.clear()
            elif mn == "MOVQ" and through_dx(ops[0]):
                self.from_dx.add(ops[-1].reg)

    def indirect(self, mn: str, op: p.Operand, s: Statement, i: int, targets: set[int]) -> bool:
        """Write a call or jump that may lead to compiled code; False when `op` is a direct target, or a jump's is none of a func value."""
        register = op.kind == p.REG and op.reg in rules.GPR[8]
        if (not register and op.kind not in (p.MEM, p.INDIR)) or (op.kind == p.MEM and op.pseudo == "SB" and not op.index):
            return False
        call = mn == "CALL"
        if not call and not (op.reg in self.from_dx if register else through_dx(op)):
            return False
        assert self.fn is not None
        stub = f".Lf{self.fn.index}_to_{op.reg if register else 'memory'}"
        self.stubs[stub] = rules.operand(op.reg, 8) if register else ""
        self.loc(s)
        if register:
            self.emit(f"{'callq' if call else 'jmp'} {stub}")
        else:
            if call:
                after = f".Lf{self.fn.index}_after{i}"
                self.emit(f"pushq ${after}")
                if "SP" in (op.base, op.pseudo) or op.pseudo == "FP":
                    op.val += 8
            self.emit(self.render("PUSHQ", [], [op], i, targets))
            self.emit(f"jmp {stub}")
            if call:
                self.emit(f"{after}:")
        if call:
            self.from_dx.clear()
        return True

    def write_stubs(self) -> None:
        """Behind the function: where its indirect calls go. The target is in a register, or on the stack above the return address."""
        for label, register in self.stubs.items():
            self.emit(f"{label}:")
            self.emit(f"cmpq $runtime.eabi0, {register or '(%rsp)'}")
            self.emit(f"jae {label}_go")
            self.emit(f"jmpq *{register}" if register else "retq")
            self.emit(f"{label}_go:")
            self.emit(f"movq {register}, %r11" if register else "popq %r11")
            self.emit("jmp runtime.asmcall")
        self.stubs.clear()
        self.from_dx.clear()

    def render(self, mn: str, suffixes: list[str], ops: list[p.Operand], i: int, targets: set[int]) -> str:
        """AT&T text of an ordinary instruction."""
        jump = mn in rules.BRANCHES
        code = jump or mn in CODE_ADDRESS
        texts: list[str] = []
        for k, op in enumerate(ops):
            kind = op.kind
            if kind == p.REG:
                texts.append(op.reg)
            elif kind == p.IMM:
                texts.append(f"${op.val}")
            elif kind == p.FIMM:
                zero = mn in ("MOVSS", "MOVSD", "VMOVSS", "VMOVSD") and p.float_bits(op.fval, 8) == 0
                if zero and len(ops) == 2 and ops[1].kind == p.REG and ops[1].reg[0] == "X":
                    r = rules.operand(ops[1].reg, 8)
                    return f"xorps {r}, {r}"
                texts.append("@" + self.float_constant(mn, op.fval))
            elif kind == p.LABEL:
                assert self.fn is not None
                if op.sym not in self.fn.label_at:
                    raise p.ParseError(f"undefined label {op.sym}")
                texts.append("=" + self.label(op.sym))
            elif kind == p.PCREL:
                t = i + op.val
                assert self.fn is not None
                if not 0 <= t <= len(self.fn.statements):
                    raise p.ParseError("branch out of range: " + source(self.fn.statements[i]))
                targets.add(t)
                texts.append(f"=.Lf{self.fn.index}_pc{t}")
            elif kind == p.MEM or kind == p.ADDR:
                if op.bare and mn in ("CMPPS", "CMPPD", "CMPSS", "CMPSD") and k == 2:
                    texts.append(f"${op.val}")
                elif jump and kind == p.MEM and op.pseudo == "SB" and not op.index:
                    texts.append("=" + self.ref(op, True) + (f"{op.val:+d}" if op.val else ""))
                elif kind == p.ADDR and mn not in CODE_ADDRESS:
                    if op.pseudo == "SB" and not op.index:
                        texts.append("$" + self.ref(op, True) + (f"{op.val:+d}" if op.val else ""))
                    else:
                        raise p.ParseError("invalid instruction")
                else:
                    if mn == "LEAL" and op.val >> 31 == 1:
                        op.val -= 1 << 32
                    texts.append("@" + self.memory(op, code))
            elif kind == p.INDIR:
                texts.append("@" + self.memory(op, False))
            elif kind == p.REGLIST:
                texts.append(register_list(op))
            else:
                raise p.ParseError("invalid instruction")
        key = (mn, *suffixes, *texts)
        line = self.memo.get(key)
        if line is None:
            line = rules.att(mn, suffixes, texts)
            self.memo[key] = line
        return line

    def float_constant(self, mn: str, f: float) -> str:
        size = 4 if mn in FLOAT4 or mn.endswith("SS") else 8 if mn in FLOAT8 or mn.endswith("SD") else 0
        if not size:
            raise p.ParseError("invalid instruction")
        key = (size, p.float_bits(f, size))
        label = self.floats.get(key)
        if label is None:
            label = self.floats[key] = f".Lc{size}_{key[1]:x}"
        return label + "(%rip)"

    def memory(self, op: p.Operand, code: bool) -> str:
        """AT&T text of a memory operand."""
        off = op.val
        seg = ""
        if op.seg:
            seg = "%gs:" if op.seg == "GS" else "%fs:"
            if op.seg == "TLS":
                return f"%fs:{rl.TLS_G + off}"
        base = op.base
        index = ""
        if op.index:
            r = rules.GPR[8].get(op.index) or (rules.VREG.get(op.index) if op.index[0] in "XYZ" else None)
            if r is None or op.index not in p.REGISTERS:
                raise p.ParseError("invalid instruction")
            index = f",%{r},{op.scale}"
        if op.sym:
            if op.pseudo == "SB":
                name = self.ref(op, code or op.kind == p.ADDR)
                text = name + (f"{off:+d}" if off else "")
                return f"{seg}{text}({index})" if index else f"{seg}{text}(%rip)"
            if op.pseudo == "FP":
                off += self.delta + 8
            else:
                off += self.delta - self.bpsize
            base = "SP"
        if not -(1 << 31) <= off < 1 << 31:
            raise p.ParseError("offset too large")
        if not base and not index:
            return f"{seg}{off}"
        b = ""
        if base:
            r = rules.GPR[8].get(base)
            if r is None or base not in p.GPR_NAMES:
                raise p.ParseError("invalid instruction")
            b = "%" + r
        return f"{seg}{off or ''}({b}{index})"

    # -- debug information ------------------------------------------------------------------------------------------

    def debug_info(self) -> None:
        """A DWARF 5 unit, as compiled code has (readelf does not take units of both kinds in one file): the file, and one subprogram per TEXT."""
        if not self.functions:
            return
        e = self.emit
        e('.section .debug_line,"",@progbits')
        e(".Lline0:")
        e('.section .debug_abbrev,"",@progbits')
        e(".Labbrev0:")
        # 1: compile_unit, children: producer language name stmt_list low_pc ranges
        e(".byte 1,0x11,1, 0x25,8, 0x13,5, 0x03,8, 0x10,0x17, 0x11,1, 0x55,0x17, 0,0")
        # 2: subprogram: name low_pc high_pc(size)
        e(".byte 2,0x2e,0, 0x03,8, 0x11,1, 0x12,6, 0,0, 0")
        e('.section .debug_rnglists,"",@progbits')
        e(".4byte .Lranges_end-.Lranges_start")
        e(".Lranges_start:")
        e(".2byte 5")
        e(".byte 8,0")
        e(".4byte 0")
        e(".Lranges0:")
        for f in self.functions:
            e(".byte 7")  # DW_RLE_start_length
            e(f".quad .Lf{f.index}")
            e(f".uleb128 .Le{f.index}-.Lf{f.index}")
        e(".byte 0")
        e(".Lranges_end:")
        e('.section .debug_info,"",@progbits')
        e(".4byte .Linfo_end-.Linfo_start")
        e(".Linfo_start:")
        e(".2byte 5")
        e(".byte 1,8")  # DW_UT_compile, size of an address
        e(".4byte .Labbrev0")
        e(".byte 1")
        e('.asciz "rt0 asm"')
        e(".2byte 0x8001")
        e(f".asciz {_gas_string(self.debug_name)}")
        e(".4byte .Lline0")
        e(".quad 0")
        e(".4byte .Lranges0")
        for f in self.functions:
            e(".byte 2")
            e(f'.asciz "{f.name.removesuffix(".abi0")}"')
            e(f".quad .Lf{f.index}")
            e(f".4byte .Le{f.index}-.Lf{f.index}")
        e(".byte 0")
        e(".Linfo_end:")


def register_list(op: p.Operand) -> str:
    """[Z0-Z3]: four registers; MC takes the first."""
    lo, hi = op.reg, op.base
    if lo[0] not in "XYZ" or hi[0] != lo[0] or not lo[1:].isdigit() or not hi[1:].isdigit() or int(hi[1:]) - int(lo[1:]) != 3:
        raise p.ParseError("invalid instruction")
    return lo


SUFFIXES = frozenset(["Z", "BCST", "SAE", "RN_SAE", "RD_SAE", "RU_SAE", "RZ_SAE"])


def check_suffixes(suffixes: list[str]) -> None:
    for s in suffixes:
        if s not in SUFFIXES:
            raise p.ParseError(f'unknown suffix "{s}"')
    if len(set(suffixes)) != len(suffixes):
        raise p.ParseError("duplicate suffix in ." + ".".join(suffixes))
    if "Z" in suffixes and suffixes[-1] != "Z":
        raise p.ParseError("Z suffix should be the last")


def split_operands(toks: list[str]) -> list[list[str]]:
    """Cut at commas outside parentheses. `AX:DX` (old register pairs) becomes DX, AX; `FS:...` stays whole."""
    out: list[list[str]] = []
    cur: list[str] = []
    depth = 0
    pair = -1
    for t in toks:
        if t == "," and not depth:
            if not cur:
                raise p.ParseError("missing operand")
            out.append(cur)
            cur = []
            continue
        if t == ":" and not depth and not (cur and cur[-1] in p.SEGMENTS):
            if not cur:
                raise p.ParseError("missing operand")
            pair = len(out)
            out.append(cur)
            cur = []
            continue
        if t in ("(", "["):
            depth += 1
        elif t in (")", "]"):
            depth -= 1
        cur.append(t)
    if cur:
        out.append(cur)
    elif out:
        raise p.ParseError("missing operand")
    if pair >= 0 and pair + 1 < len(out):
        out[pair], out[pair + 1] = out[pair + 1], out[pair]
    return out


def source(s: Statement) -> str:
    """The statement as text, for messages."""
    k = 1
    while k + 1 < len(s.tokens) and s.tokens[k] == ".":
        k += 2
    operands = "".join(", " if t == "," else t for t in s.tokens[k:])
    return "".join(s.tokens[:k]) + (" " + operands if operands else "")
