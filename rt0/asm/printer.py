"""AT&T assembly as LLVM prints it -> Plan 9 assembly, for `rt0 build -S`, `rt0 tool objdump` and the explorer.

The inverse of att.py. A line is split into mnemonic and operands, each operand becomes Go's form, and the mnemonic is found in the inverted tables
of att.py or by the families' patterns; lines repeat, so whole lines are remembered. Directives become TEXT, DATA and GLOBL; debug and unwind
directives are dropped, `.loc` becomes a comment with file and line when it changes.

    callq   runtime.newobject       CALL runtime.newobject(SB)
    leaq    .LBB0_3(%rip), %rax     LEAQ LBB0_3(SB), AX
    movq    %fs:16, %rax            MOVQ 16(FS), AX
    vaddpd  {rn-sae}, %zmm3, %zmm2, %zmm1 {%k1}    VADDPD.RN_SAE Z3, Z2, K1, Z1

Symbols keep the link names that rt0 uses (`main.(*T).m`): the text is for reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rt0.asm import att as rules

# AT&T register -> (Go's name, bytes; 0 for vector and special registers)
REGISTERS: dict[str, tuple[str, int]] = {}
for _size, _names in rules.GPR.items():
    for _go, _att in _names.items():
        if _go[0] != "R" and len(_go) == 2 and _go[1] in "LH" and _size != 1:
            continue
        if _go.endswith("B") and _go not in ("AB",) and (_go[0] == "R" or _go in ("SIB", "DIB", "BPB", "SPB")) and _size != 1:
            continue
        if _size == 1 and _go in ("AX", "BX", "CX", "DX", "SI", "DI", "BP", "SP"):
            continue
        if _size == 1 and _go[0] == "R" and _go.endswith("B"):
            continue
        REGISTERS[_att] = (_go, _size)
for _go, _att in rules.VREG.items():
    REGISTERS[_att] = (_go, 0)
REGISTERS["rip"] = ("SB", 8)

CONDITION = {a: g for g, a in rules.CC.items()}
CONDITION.update({"z": "EQ", "nz": "NE", "c": "CS", "nc": "CC", "nae": "CS", "nb": "CC", "na": "LS", "nbe": "HI"})
NO_OPERANDS = {a: g for g, a in rules.NOARG.items() if a and g not in ("INT1",)}
NO_OPERANDS.update({"ud2": "UNDEF", "leave": "LEAVEQ", "cltq": "CDQE", "cqto": "CQO", "cltd": "CDQ", "ret": "RET", "nop": "NOP"})
VECTOR_NAMES = {a: g for g, a in rules.SSE.items() if g not in ("MOVNTDQ", "MOVQOZX", "MOVDDUP", "PSADBW")}
INTEGER = {r.lower(): r for r in rules.INTEGER}
PREDICATES = ["eq", "lt", "le", "unord", "neq", "nlt", "nle", "ord"]

CMOV = re.compile(r"cmov([a-z]+?)([wlq])$")
EXTEND = re.compile(r"mov([sz])([bwl])([wlq])$")
CMP_PRED = re.compile(r"(v?)cmp(eq|lt|le|unord|neq|nlt|nle|ord)([ps][sd])$")
FLOAT_TO_INT = re.compile(r"(v?)cvt(t?)s([sd])2(u?)si[lq]?$")
INT_TO_FLOAT = re.compile(r"(v?)cvt(u?)si2s([sd])([lq]?)$")
SHIFT = re.compile(r"(sh[lr]|sar|ro[lr]|rc[lr])([bwlq])$")
DOUBLE_SHIFT = re.compile(r"(shl|shr)d([wlq])$")
MEMORY = re.compile(r"([^(]*)\(([^)]*)\)$")
INTEGER_TEXT = re.compile(r"-?(0x)?[0-9a-fA-F]+$")
DECORATION = re.compile(r"\{([^}]*)\}")


def split_operands(text: str) -> list[str]:
    """Cut at commas outside parentheses, braces and quotes."""
    if "(" not in text and "{" not in text and '"' not in text:
        return [x.strip() for x in text.split(",")] if text else []
    out: list[str] = []
    depth = start = 0
    quoted = False
    for i, c in enumerate(text):
        if c == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif c in "({":
            depth += 1
        elif c in ")}":
            depth -= 1
        elif c == "," and not depth:
            out.append(text[start:i].strip())
            start = i + 1
    out.append(text[start:].strip())
    return out


def symbol(name: str) -> str:
    """A link name as printed; local labels lose their dot."""
    name = name.strip()
    if '"' in name:
        name = name.replace('"', "")
    if name.startswith(".L"):
        return name[1:]
    return name.removesuffix("@PLT")


def operand(o: str) -> str:
    """One AT&T operand in Go's form."""
    c = o[0]
    if c == "%":
        if ":" not in o:
            r = REGISTERS.get(o[1:])
            if r is None:
                raise KeyError(o)
            return r[0]
        seg, _, rest = o[1:].partition(":")
        if "(" not in rest:
            return f"{'' if rest == '0' else rest}({seg.upper()})"
        return f"{seg.upper()}:{operand(rest)}"
    if c == "$":
        v = o[1:]
        return "$" + v if INTEGER_TEXT.match(v) else "$" + symbol(v) + "(SB)"
    if c == "*":
        return operand(o[1:])
    quoted_end = o.rfind('"') + 1
    m = MEMORY.match(o[quoted_end:]) if quoted_end else MEMORY.match(o)
    if m is None and quoted_end == 0 and o.endswith(")"):  # a name with parentheses that needs no quotes for LLVM
        i = o.rfind("(")
        off, par = o[:i], o[i + 1 : -1]
    elif m is None:
        return o if INTEGER_TEXT.match(o) else symbol(o) + "(SB)"
    else:
        off, par = o[:quoted_end] + m[1], m[2]
    parts = [x.strip() for x in par.split(",")]
    numeric = not off or INTEGER_TEXT.match(off)
    s = off if numeric else symbol(off)
    if parts[0]:
        s += f"({REGISTERS[parts[0][1:]][0]})"
    elif not numeric:
        s += "(SB)"
    if len(parts) > 1:
        s += f"({REGISTERS[parts[1][1:]][0]}*{parts[2] if len(parts) > 2 else '1'})"
    return s


def register_size(ops: list[str]) -> int:
    """Bytes of the first general register among AT&T operands, 0 if there is none."""
    for o in ops:
        if o[0] == "%":
            r = REGISTERS.get(o[1:].partition("{")[0].strip())
            if r and r[1]:
                return r[1]
    return 0


def instruction(line: str) -> str:
    """One AT&T instruction as Plan 9 text."""
    mn, _, rest = line.strip().partition("\t")
    if not rest and " " in mn:
        mn, _, rest = mn.partition(" ")
    rest = rest.strip()
    if mn in ("rep", "lock", "repne", "repe", "repz", "repnz", "rep;", "notrack", "data16", "addr32", "rex64"):
        prefix = {"rep": "REP", "repe": "REP", "repz": "REP", "rep;": "REP", "repne": "REPN", "repnz": "REPN", "lock": "LOCK"}.get(mn)
        if not rest:
            return prefix or mn.upper()
        return f"{prefix}; {instruction(rest)}" if prefix else instruction(rest)
    if mn in STRING_OPS:
        return STRING_OPS[mn]
    if not rest:
        return NO_OPERANDS.get(mn) or mn.upper()
    ops = split_operands(rest)
    if mn in ("jmp", "jmpq", "call", "callq"):
        name = "JMP" if mn[0] == "j" else "CALL"
        o = ops[0]
        if o[0] == "*":
            return f"{name} {operand(o[1:])}"
        return f"{name} {symbol(o)}" + ("" if o.startswith(".L") or INTEGER_TEXT.match(o) else "(SB)")
    if mn[0] == "j" and mn[1:] in CONDITION:
        return f"J{CONDITION[mn[1:]]} {symbol(ops[0])}" + ("" if ops[0].startswith(".L") or INTEGER_TEXT.match(ops[0]) else "(SB)")
    if "{" in rest:
        return decorated(mn, ops)
    go = [operand(x) for x in ops]
    return named(mn, ops, go)


STRING_OPS = {}
for _g in ("MOVS", "STOS", "LODS", "SCAS", "CMPS", "INS", "OUTS"):
    for _s in "BWLQ":
        STRING_OPS[(_g + _s).lower()] = _g + _s
STRING_OPS.pop("movsl", None)  # only without operands
STRING_OPS = {k: v for k, v in STRING_OPS.items() if k not in ("cmpsl",)}


def named(mn: str, ops: list[str], go: list[str]) -> str:
    """Mnemonic and operands, no decorations. `ops` AT&T, `go` the same in Go's form."""
    text = ", ".join(go)
    if mn.startswith("set") and mn[3:] in CONDITION:
        return f"SET{CONDITION[mn[3:]]} {text}"
    m = CMOV.match(mn)
    if m and m[1] in CONDITION:
        return f"CMOV{m[2].upper()}{CONDITION[m[1]]} {text}"
    m = EXTEND.match(mn)
    if m:
        return f"MOV{m[2].upper()}{m[3].upper()}{m[1].upper()}X {text}"
    if mn in ("movd", "movabsq", "movq2dq", "movdq2q"):
        return f"{'MOVL' if mn == 'movd' else 'MOVQ'} {text}"
    m = CMP_PRED.match(mn)
    if m:
        pred = PREDICATES.index(m[2])
        if m[1]:
            return f"VCMP{m[3].upper()} ${pred}, {text}"
        return f"CMP{m[3].upper()} {text}, ${pred}"
    if mn in ("cmpps", "cmppd", "cmpss", "cmpsd") and len(go) == 3:
        return f"{mn.upper()} {go[1]}, {go[2]}, {go[0]}"
    m = FLOAT_TO_INT.match(mn)
    if m:
        quad = register_size(ops) == 8
        if m[1]:
            return f"VCVT{m[2].upper()}S{m[3].upper()}2{m[4].upper()}SI{'Q' if quad else ''} {text}"
        return f"CVT{m[2].upper()}S{m[3].upper()}2S{'Q' if quad else 'L'} {text}"
    m = INT_TO_FLOAT.match(mn)
    if m:
        quad = m[4] == "q" or (not m[4] and register_size(ops) == 8)
        if m[1]:
            return f"VCVT{m[2].upper()}SI2S{m[3].upper()}{'Q' if quad else 'L'} {text}"
        return f"CVTS{'Q' if quad else 'L'}2S{m[3].upper()} {text}"
    if mn in VECTOR_NAMES:
        return f"{VECTOR_NAMES[mn]} {text}"
    m = DOUBLE_SHIFT.match(mn)
    if m:
        return f"{m[1].upper()}{m[2].upper()} {text if go[0][0] == '$' else ', '.join(['CX', *go[1:]])}"
    m = SHIFT.match(mn)
    if m:
        if len(go) == 1:
            go = ["$1", *go]
        return f"{mn.upper()} {', '.join(['CX' if go[0] == 'CL' else go[0], *go[1:]])}"
    if mn[:4] == "imul" and len(mn) == 5 and len(go) == 3:
        return f"IMUL3{mn[4].upper()} {text}"
    root, suffix = mn[:-1], mn[-1]
    if suffix in "bwlq" and root in INTEGER and INTEGER[root] not in rules.NO_SUFFIX:
        if root == "cmp" or (root == "test" and go[0][0] == "$"):
            text = ", ".join(reversed(go))
        return f"{mn.upper()} {text}"
    if mn in INTEGER and INTEGER[mn] in rules.NO_SUFFIX:
        return f"{mn.upper()}{ {1: 'B', 2: 'W', 4: 'L', 8: 'Q', 0: 'L'}[register_size(ops)] } {text}"
    if mn.startswith("bswap"):
        return f"BSWAP{'Q' if register_size(ops) == 8 else 'L'} {text}"
    if mn == "int" or mn == "int3":
        return "INT $3" if mn == "int3" else f"INT {text}"
    if mn.startswith("crc32"):
        return f"{mn.upper()} {text}"
    if mn.startswith("nop"):
        return f"NOP{mn[3:].upper()} {text}"
    return f"{mn.upper()} {text}"


def decorated(mn: str, ops: list[str]) -> str:
    """AVX-512: mask, zeroing, broadcast, rounding."""
    suffix = ""
    mask = ""
    plain: list[str] = []
    for x in ops:
        for d in DECORATION.findall(x):
            if d == "z":
                suffix += ".Z"
            elif d.startswith("%k"):
                mask = d[1:].upper()
            elif d.startswith("1to"):
                suffix = ".BCST" + suffix
            elif d.endswith("sae"):
                suffix = "." + d.replace("-", "_").upper() + suffix
        bare = DECORATION.sub("", x).strip()
        if bare:
            plain.append(bare)
    go = [operand(x) for x in plain]
    if mask:
        go.insert(len(go) - 1, mask)
    name, _, rest = named(mn, plain, go).partition(" ")
    return f"{name}{suffix} {rest}"


DIRECTIVE = re.compile(r"\s*(\.[a-zA-Z_0-9]+)\s*(.*)$")
FILE_DIRECTIVE = re.compile(r'(\d+)\s+"([^"]*)"(?:\s+"([^"]*)")?')
DATA_WIDTH = {".quad": 8, ".8byte": 8, ".long": 4, ".4byte": 4, ".short": 2, ".2byte": 2, ".value": 2, ".byte": 1}
DATA_STRINGS = (".ascii", ".asciz", ".string")
SKIPPED_LABEL = re.compile(r"\.L(func_|tmp|debug_|info_|line_|section_|str_offsets|addr_table|rnglists|cu_|names|cfi|Linfo|set)")
ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)")


class Printer:
    """State while one module's text is converted."""

    def __init__(self) -> None:
        self.memo: dict[str, str] = {}
        self.section = ".text"
        self.globals: set[str] = set()
        self.files: dict[str, str] = {}
        self.location = ""
        self.datum = ""
        self.offset = 0
        self.in_code = True

    def lines(self, text: str) -> Iterator[str]:
        """Plan 9 lines of the whole text."""
        memo = self.memo
        for raw in text.splitlines():
            if not raw:
                continue
            if raw[0] != "\t" and raw[0] != " ":
                yield from self.label(raw)
                continue
            line = raw.strip()
            if not line or line[0] == "#":
                continue
            if line[0] == ".":
                yield from self.directive(line)
                continue
            if not self.in_code:
                continue
            out = memo.get(line)
            if out is None:
                bare = strip_comment(line)
                out = memo[line] = "\t" + instruction(bare) if bare else ""
            if out:
                yield out
        yield from self.end_datum()

    def label(self, raw: str) -> Iterator[str]:
        line = strip_comment(raw)
        if not line.endswith(":"):
            return
        name = line[:-1].strip().strip('"')
        if name.startswith(".L"):
            if SKIPPED_LABEL.match(name):
                return
            if self.in_code:
                yield f"{name[1:]}:"
                return
        if self.in_code:
            self.location = ""
            local = "" if name in self.globals else "<>"
            yield f"\nTEXT {name}{local}(SB), NOSPLIT|NOFRAME, $0"
        elif self.section:
            yield from self.end_datum()
            self.datum = symbol(name) + ("" if name in self.globals else "<>")
            self.offset = 0

    def end_datum(self) -> Iterator[str]:
        if self.datum and self.section:
            flags = "RODATA" if "rodata" in self.section or ".rel.ro" in self.section else "NOPTR" if "bss" in self.section else "0"
            yield f"GLOBL {self.datum}(SB), {flags}, ${self.offset}"
        self.datum = ""

    def directive(self, line: str) -> Iterator[str]:
        m = DIRECTIVE.match(line)
        if m is None:
            return
        d, rest = m[1], m[2]
        if d == ".loc":
            if self.in_code:
                f = rest.split()
                at = f"{self.files.get(f[0], '?')}:{f[1]}"
                if at != self.location and f[1] != "0":
                    self.location = at
                    yield f"\t// {at}"
        elif d == ".file":
            n = FILE_DIRECTIVE.match(rest)
            if n:
                self.files[n[1]] = f"{n[2]}/{n[3]}" if n[3] and n[2] else n[3] or n[2]
        elif d in (".globl", ".weak"):
            self.globals.add(strip_comment(rest).strip('"'))
        elif d in (".text", ".data", ".bss"):
            yield from self.end_datum()
            self.section, self.in_code = d, d == ".text"
        elif d == ".section":
            yield from self.end_datum()
            parts = split_operands(rest)
            name = parts[0].strip('"')
            self.in_code = len(parts) > 1 and "x" in parts[1]
            self.section = "" if name.startswith((".debug", ".note", ".eh_frame", ".llvm")) else name
        elif self.in_code:
            if d in (".p2align", ".balign"):
                n2 = int(rest.split(",")[0], 0)
                if d == ".p2align":
                    n2 = 1 << n2
                if n2 > 16:
                    yield f"\tPCALIGN ${n2}"
            elif d in (".byte", ".long", ".quad", ".short") and self.section == ".text":
                yield f"\t{ {'.byte': 'BYTE', '.long': 'LONG', '.quad': 'QUAD', '.short': 'WORD'}[d] } ${rest}"
        elif self.section and self.datum:
            yield from self.data(d, rest)

    def data(self, d: str, rest: str) -> Iterator[str]:
        rest = strip_comment(rest)
        width = DATA_WIDTH.get(d)
        if width:
            for v in split_operands(rest):
                value = v if INTEGER_TEXT.match(v) else symbol(v) + "(SB)"
                yield f"DATA {self.datum}+{self.offset}(SB)/{width}, ${value}"
                self.offset += width
        elif d in DATA_STRINGS:
            body = unescape(rest) + (b"" if d == ".ascii" else b"\0")
            for i in range(0, len(body), 8):
                part = body[i : i + 8]
                yield f"DATA {self.datum}+{self.offset}(SB)/{len(part)}, ${go_string(part)}"
                self.offset += len(part)
        elif d in (".zero", ".skip", ".space"):
            self.offset += int(rest.split(",")[0], 0)


def strip_comment(line: str) -> str:
    """Without a `#` comment (never inside quotes)."""
    if "#" not in line:
        return line.strip()
    quoted = False
    for i, c in enumerate(line):
        if c == '"':
            quoted = not quoted
        elif c == "#" and not quoted:
            return line[:i].strip()
    return line.strip()


def unescape(quoted: str) -> bytes:
    """Bytes of a GAS string."""
    raw = quoted.strip()[1:-1].encode("utf-8", "surrogateescape")
    simple = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"f": b"\f"}

    def one(m: re.Match[bytes]) -> bytes:
        x = m[1]
        return bytes((int(x, 8) & 255,)) if x[:1].isdigit() else simple.get(x, x)

    return ESCAPE.sub(one, raw)


def go_string(b: bytes) -> str:
    out = []
    for c in b:
        if c in (0x22, 0x5C):
            out.append("\\" + chr(c))
        elif 0x20 <= c < 0x7F:
            out.append(chr(c))
        elif c == 10:
            out.append("\\n")
        else:
            out.append(f"\\x{c:02x}")
    return '"' + "".join(out) + '"'


def plan9_listing(text: str) -> str:
    """Plan 9 text of a module that LLVM printed as AT&T assembly."""
    return "\n".join(Printer().lines(text)).lstrip("\n") + "\n"
