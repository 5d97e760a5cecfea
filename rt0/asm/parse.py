"""Operands of Go's amd64 assembler: tokens -> Operand.

    operand = ['$'|'*'] symbol ['<>'|'<ABI>'] [±expr] '(' SB|FP|SP|PC ')' {'(' reg ['*' scale] ')'}
            | ['$'] expr | [ '$' ] [expr] '(' reg ')' [ '(' reg '*' scale ')' ]
            | reg | '[' reg '-' reg ']' | seg ':' mem

Constant expressions are Go's: 64-bit wrap-around, `* / % << >> &` bind tighter than `+ - | ^`.
Nothing here knows instructions; frames and symbol names are settled in translate.py.
Source: cmd/asm/internal/asm/parse.go (go1.27) for grammar and error texts.
"""

from __future__ import annotations

import ast
import struct
from dataclasses import dataclass

M64 = (1 << 64) - 1

GPR_NAMES = ("AX", "CX", "DX", "BX", "SP", "BP", "SI", "DI", *(f"R{i}" for i in range(8, 16)))
REGISTERS: frozenset[str] = frozenset(
    [
        "AL", "CL", "DL", "BL", "SPB", "BPB", "SIB", "DIB", *(f"R{i}B" for i in range(8, 16)),
        *GPR_NAMES, "AH", "CH", "DH", "BH",
        *(f"F{i}" for i in range(8)), *(f"M{i}" for i in range(8)), *(f"K{i}" for i in range(8)),
        *(f"{c}{i}" for c in "XYZ" for i in range(32)),
        "CS", "SS", "DS", "ES", "FS", "GS", "GDTR", "IDTR", "LDTR", "MSW", "TASK",
        *(f"CR{i}" for i in range(16)), *(f"DR{i}" for i in range(8)), *(f"TR{i}" for i in range(8)), "TLS",
    ]
)  # fmt: skip
PSEUDO = frozenset(["SB", "FP", "PC"])
ALL_REGISTERS = REGISTERS | PSEUDO
SEGMENTS = frozenset(["FS", "GS"])

REG, IMM, FIMM, SIMM, MEM, ADDR, INDIR, LABEL, PCREL, REGLIST = range(10)


class ParseError(Exception):
    """Message for the statement being parsed."""


@dataclass(slots=True)
class Operand:
    """kind REG: reg. IMM: val (0 <= val < 2**64). FIMM: fval. SIMM: text. REGLIST: reg = first, base = last.
    LABEL: sym. PCREL: val signed. MEM, ADDR ($mem), INDIR (*sym(SB)): sym, static, abi, pseudo, val, base, index, scale, seg."""

    kind: int
    reg: str = ""
    val: int = 0
    fval: float = 0.0
    text: bytes = b""
    sym: str = ""
    static: bool = False
    abi: str = ""  # "", "ABI0", "ABIInternal"
    pseudo: str = ""  # SB, FP, SP: what the symbol is relative to
    base: str = ""
    index: str = ""
    scale: int = 0
    seg: str = ""
    bare: bool = False  # an integer without $: CMPPS X1, X0, 4


def unquote(tok: str) -> bytes:
    """Value of a Go string literal."""
    if tok[0] == "`":
        return tok[1:-1].encode("utf-8", "surrogateescape")
    out = bytearray()
    body = tok[1:-1]
    i = 0
    simple = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11, "\\": 92, '"': 34, "'": 39}
    while i < len(body):
        c = body[i]
        if c != "\\":
            out += c.encode("utf-8", "surrogateescape")
            i += 1
            continue
        c = body[i + 1] if i + 1 < len(body) else ""
        try:
            if c in simple:
                out.append(simple[c])
                i += 2
            elif c == "x":
                out.append(int(body[i + 2 : i + 4], 16))
                i += 4
            elif c in "uU" and c:
                n = 4 if c == "u" else 8
                out += chr(int(body[i + 2 : i + 2 + n], 16)).encode("utf-8")
                i += 2 + n
            else:
                out.append(int(body[i + 1 : i + 4], 8))
                i += 4
        except (ValueError, OverflowError):
            raise ParseError("string parse error: invalid syntax") from None
    return bytes(out)


# Whose assembly may say <ABIInternal> (cmd/internal/objabi/pkgspecial.go, go1.27).
ASM_ABI_PACKAGES = frozenset(
    "runtime reflect syscall internal/bytealg internal/chacha8rand internal/runtime/syscall/linux internal/runtime/startlinetest internal/runtime/maps".split()
)


class OperandParser:
    """Parses one operand; `pkg` is the prefix put before names that begin with a middle dot."""

    __slots__ = ("allow_abi", "complaint", "i", "pkg", "toks")

    def __init__(self, pkg: str) -> None:
        self.pkg = pkg
        self.allow_abi = pkg in ASM_ABI_PACKAGES
        self.complaint = ""  # what is wrong with an operand that could be read all the same
        self.toks: list[str] = []
        self.i = 0

    def peek(self) -> str:
        return self.toks[self.i] if self.i < len(self.toks) else ""

    def next(self) -> str:
        t = self.toks[self.i] if self.i < len(self.toks) else ""
        self.i += 1
        return t

    def get(self, want: str) -> None:
        t = self.next()
        if t != want:
            raise ParseError(f"expected {want}, found {t or 'EOF'}")

    def qualify(self, name: str) -> str:
        """Plan 9 name -> link name: `·` is `.`, `∕` is `/`; a leading dot means this package. A second `·f` at the end stays (func value)."""
        head, tail = name, ""
        if name.endswith("·f") and "·" in name[:-2]:
            head, tail = name[:-2], "·f"
        n = head.replace("·", ".").replace("∕", "/")
        return (self.pkg + n if n[:1] == "." else n) + tail

    def parse(self, toks: list[str], is_jump: bool = False) -> Operand:
        self.toks = toks
        self.i = 0
        n = len(toks)
        t = toks[0]
        if n == 1:
            if t in REGISTERS:
                return Operand(REG, reg=t)
            if is_jump and (t[0].isalpha() or t[0] in "_·"):
                return Operand(LABEL, sym=self.qualify(t))
        prefix = ""
        if t in ("$", "*"):
            prefix = t
            self.i = 1
            if n == 1:
                raise ParseError("missing operand")
            t = toks[1]
            if n == 2 and t in REGISTERS:
                if prefix == "*":
                    return Operand(REG, reg=t)
                raise ParseError(f"prefix $ not allowed for register: ${t}")
        if n >= 3 and t in SEGMENTS and self.toks[self.i + 1 : self.i + 2] == [":"]:
            self.i += 2
            rest = self.toks[self.i :]
            op = OperandParser(self.pkg).parse(rest)
            if op.kind != MEM:
                raise ParseError(f"{t}: needs a memory operand")
            op.seg = t
            op.bare = False
            return op
        if t == "[":
            return self.register_list(prefix)
        c = t[0]
        if (c.isalpha() or c in "_·∕") and t not in ALL_REGISTERS:
            return self.symbol(prefix)
        if t in ALL_REGISTERS:
            if t in PSEUDO:
                raise ParseError(f"illegal use of pseudo-register {t}")
            if prefix == "$":
                raise ParseError(f"prefix $ not allowed for register: ${t}")
            raise ParseError("expected end of operand, found " + "".join(toks[self.i + 1 :]))
        op = Operand(ADDR if prefix == "$" else MEM)
        have_const = True
        if t == "(":
            nxt = toks[self.i + 1] if self.i + 1 < n else ""
            if not nxt:
                raise ParseError("missing right parenthesis")
            have_const = nxt not in ALL_REGISTERS
        if have_const:
            rest = toks[self.i :]
            if any(is_float(x) for x in rest) and not any(x in ALL_REGISTERS for x in rest):
                if prefix != "$":
                    raise ParseError("floating-point constant must be an immediate")
                f = self.float_expr()
                self.finish()
                return Operand(FIMM, fval=f)
            if t[0] in '"`':
                if prefix != "$":
                    raise ParseError("string constant must be an immediate")
                self.i += 1
                self.finish()
                return Operand(SIMM, text=unquote(t))
            v = self.expr()
            if self.peek() != "(":
                self.finish()
                if prefix == "$":
                    return Operand(IMM, val=v)
                if prefix == "*":
                    raise ParseError("invalid instruction")
                return Operand(MEM, val=signed64(v), bare=True)
            op.val = signed64(v)
        self.indirect(op)
        self.finish()
        return op

    def finish(self) -> None:
        if self.i < len(self.toks):
            raise ParseError("expected end of operand, found " + self.toks[self.i])

    def symbol(self, prefix: str) -> Operand:
        name = self.qualify(self.next())
        op = Operand(ADDR if prefix == "$" else INDIR if prefix == "*" else MEM, sym=name)
        if self.peek() == "<":
            self.next()
            t = self.next()
            if t == ">":
                op.static = True
            elif not self.allow_abi:
                self.complaint = f'ABI selector only permitted when compiling runtime, reference was to "{name}"'
                self.get(">")
            elif t in ("ABI0", "ABIInternal"):
                op.abi = t
                self.get(">")
            else:
                raise ParseError(f'malformed ABI selector "{t}" in reference to "{name}"')
        if self.peek() in ("+", "-"):
            op.val = signed64(self.expr())
        if not self.peek():
            raise ParseError(f"illegal or missing addressing mode for symbol {name}")
        self.get("(")
        r = self.next()
        self.get(")")
        if r == "PC":
            if prefix:
                raise ParseError("illegal addressing mode for PC")
            op.kind = PCREL
        elif r in ("SB", "FP", "SP"):
            op.pseudo = r
        else:
            raise ParseError(f"expected pseudo-register; found {r}")
        if self.peek() == "(":
            self.index(op)
        self.finish()
        return op

    def index(self, op: Operand) -> None:
        """`(reg*scale)`, the second parenthesis."""
        self.get("(")
        r = self.next()
        if r not in ALL_REGISTERS:
            raise ParseError(f"expected register; found {r}")
        op.index = r
        op.scale = 1
        if self.peek() == "*":
            self.next()
            op.scale = self.scale()
        else:
            raise ParseError("invalid instruction")
        self.get(")")

    def scale(self) -> int:
        s = self.next()
        if s not in ("1", "2", "4", "8"):
            raise ParseError(f"bad scale: {s}")
        return int(s)

    def indirect(self, op: Operand) -> None:
        self.get("(")
        r = self.next()
        if r not in ALL_REGISTERS:
            raise ParseError(f"indirect through non-register {r}")
        if self.peek() == "*":
            self.next()
            op.index = r
            op.scale = self.scale()
            self.get(")")
            return
        self.get(")")
        if r == "PC":
            if op.kind != MEM:
                raise ParseError("illegal addressing mode for PC")
            op.kind = PCREL
            return
        if r in ("SB", "FP"):
            raise ParseError("cannot reference " + r + " without a symbol")
        if r == "TLS" or r in SEGMENTS:
            op.seg = r
        else:
            op.base = r
        if self.peek() == "(":
            t = self.toks[self.i + 1] if self.i + 1 < len(self.toks) else ""
            if t in ("TLS", "FS", "GS"):
                self.i += 2
                if self.peek() == "*":
                    self.next()
                    self.scale()
                self.get(")")
                op.seg = t
                return
            self.index(op)

    def register_list(self, prefix: str) -> Operand:
        if prefix:
            raise ParseError("illegal use of register list")
        t = "".join(self.toks[self.i :])
        body = t[1:-1]
        lo, _, hi = body.partition("-")
        if lo not in REGISTERS or hi not in REGISTERS:
            raise ParseError(f"invalid instruction: register list {t}")
        return Operand(REGLIST, reg=lo, base=hi)

    # -- constant expressions ---------------------------------------------------------------------------------------

    def expr(self) -> int:
        v = self.term()
        while True:
            t = self.peek()
            if t == "+":
                self.i += 1
                v += self.term()
            elif t == "-":
                self.i += 1
                v -= self.term()
            elif t == "|":
                self.i += 1
                v |= self.term()
            elif t == "^":
                self.i += 1
                v ^= self.term()
            else:
                return v & M64
            v &= M64

    def term(self) -> int:
        v = self.factor()
        while True:
            t = self.peek()
            if t == "*":
                self.i += 1
                v = v * self.factor() & M64
            elif t in ("/", "%"):
                self.i += 1
                d = self.factor()
                name = "divide" if t == "/" else "modulo"
                if v >> 63:
                    raise ParseError(f"{name} of value with high bit set")
                if d == 0:
                    raise ParseError("division by zero" if t == "/" else "modulo by zero")
                v = v // d if t == "/" else v % d
            elif t in ("<<", ">>"):
                self.i += 1
                s = self.factor()
                if s >> 63:
                    raise ParseError("negative left shift count" if t == "<<" else "negative right shift count")
                v = ((v << s) & M64 if s < 64 else 0) if t == "<<" else (v >> s if s < 64 else 0)
                if t == ">>" and v >> 63:
                    raise ParseError("right shift of value with high bit set")
            elif t == "&":
                self.i += 1
                v &= self.factor()
            else:
                return v

    def factor(self) -> int:
        t = self.next()
        if not t:
            raise ParseError("unexpected EOF evaluating expression")
        c = t[0]
        if c.isdigit():
            return integer(t)
        if c == "'":
            try:
                return ord(ast.literal_eval(t))
            except (ValueError, SyntaxError, TypeError):
                raise ParseError("illegal character constant") from None
        if c == "+":
            return self.factor()
        if c == "-":
            return -self.factor() & M64
        if c == "~":
            return ~self.factor() & M64
        if c == "(":
            v = self.expr()
            if self.next() != ")":
                raise ParseError("missing closing paren")
            return v
        raise ParseError(f"unexpected {t} evaluating expression")

    def float_expr(self) -> float:
        t = self.next()
        if t == "(":
            v = self.float_expr()
            if self.next() != ")":
                raise ParseError("missing closing paren")
            return v
        if t == "+":
            return self.float_expr()
        if t == "-":
            return -self.float_expr()
        if is_float(t):
            return float.fromhex(t) if t[:2] in ("0x", "0X") else float(t.replace("_", ""))
        raise ParseError(f"unexpected {t or 'EOF'} evaluating float expression")


def is_float(t: str) -> bool:
    if not (t[0].isdigit() or (t[0] == "." and len(t) > 1)):
        return False
    return ("." in t or "p" in t) if t[:2] in ("0x", "0X") else ("." in t or "e" in t or "E" in t)


def integer(t: str) -> int:
    s = t.replace("_", "")
    try:
        if len(s) > 1 and s[0] == "0" and s[1].isdigit():
            v = int(s, 8)
        else:
            v = int(s, 0)
    except ValueError:
        raise ParseError(f"strconv.ParseUint: parsing {t}: invalid syntax") from None
    if v > M64:
        raise ParseError(f'strconv.ParseUint: parsing "{t}": value out of range')
    return v


def signed64(v: int) -> int:
    return v - (1 << 64) if v >> 63 else v


def float_bits(f: float, size: int) -> int:
    """IEEE bits of a constant, rounded to float32 when size is 4 (overflow gives infinity, as Go's conversion)."""
    if size == 8:
        return int(struct.unpack("<Q", struct.pack("<d", f))[0])
    try:
        return int(struct.unpack("<I", struct.pack("<f", f))[0])
    except OverflowError:
        return 0x7F800000 if f > 0 else 0xFF800000
