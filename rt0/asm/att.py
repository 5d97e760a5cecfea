"""Instruction rules: one Go amd64 instruction -> one line of AT&T assembly.

Go's mnemonics are mostly Intel's with a size letter, operands left to right as AT&T's, so the default rule is "lower case". Everything
else is one of a few families (moves, extensions, shifts, conversions, x87, AVX-512 suffixes) plus the exception tables below.
Operands arrive rendered by translate.py as strings told apart by their first character:

    "AX", "X0", ...   register, Go's name          "@8(%rax)"   memory, already AT&T
    "$123"            immediate (unsigned 64)       "=.L1"       branch target or symbol

Tried and rejected: an encoder of our own. LLVM's MC agrees with Go's encoding tests on 99.7-100 % of the lines, and what differs is listed here.
Source: cmd/internal/obj/x86 (go1.27) for which spelling means which instruction; cmd/asm/internal/asm/testdata for the bytes.
"""

from __future__ import annotations

import re

_BASE8 = {"AX": "al", "BX": "bl", "CX": "cl", "DX": "dl", "SI": "sil", "DI": "dil", "BP": "bpl", "SP": "spl"}
_BASE64 = {"AX": "rax", "BX": "rbx", "CX": "rcx", "DX": "rdx", "SI": "rsi", "DI": "rdi", "BP": "rbp", "SP": "rsp"}

# size in bytes -> Go register -> AT&T name
GPR: dict[int, dict[str, str]] = {1: dict(_BASE8), 2: {}, 4: {}, 8: dict(_BASE64)}
for _r in ("A", "B", "C", "D"):
    GPR[1][_r + "L"] = _r.lower() + "l"
    GPR[1][_r + "H"] = _r.lower() + "h"
    GPR[8][_r + "L"] = f"r{_r.lower()}x"
for _r in ("SI", "DI", "BP", "SP"):
    GPR[1][_r + "B"] = _r.lower() + "l"
    GPR[8][_r + "B"] = f"r{_r.lower()}"
for _k, _v in GPR[8].items():
    GPR[2][_k] = _v[1:]
    GPR[4][_k] = "e" + _v[1:]
for _i in range(8, 16):
    for _s, _suf in ((8, ""), (4, "d"), (2, "w"), (1, "b")):
        GPR[_s][f"R{_i}"] = f"r{_i}{_suf}"
        GPR[_s][f"R{_i}B"] = f"r{_i}{_suf}"

VREG: dict[str, str] = {}
for _i in range(32):
    VREG[f"X{_i}"], VREG[f"Y{_i}"], VREG[f"Z{_i}"] = f"xmm{_i}", f"ymm{_i}", f"zmm{_i}"
for _i in range(8):
    VREG[f"K{_i}"], VREG[f"M{_i}"], VREG[f"DR{_i}"] = f"k{_i}", f"mm{_i}", f"dr{_i}"
    VREG[f"F{_i}"] = f"st({_i})" if _i else "st"
for _i in range(16):
    VREG[f"CR{_i}"] = f"cr{_i}"
SEGREGS = ("CS", "DS", "ES", "FS", "GS", "SS")
for _r in SEGREGS:
    VREG[_r] = _r.lower()

SIZE = {"B": 1, "W": 2, "L": 4, "Q": 8}
SUFFIX = {1: "b", 2: "w", 4: "l", 8: "q"}
CC = {
    "EQ": "e", "NE": "ne", "CS": "b", "CC": "ae", "HI": "a", "LS": "be", "LT": "l", "GE": "ge", "LE": "le", "GT": "g",
    "MI": "s", "PL": "ns", "OS": "o", "OC": "no", "PS": "p", "PC": "np",
}  # fmt: skip

# Other spellings of jumps that Go accepts -> Go's own.
JUMP_ALIAS = {
    "JA": "JHI", "JAE": "JCC", "JB": "JCS", "JBE": "JLS", "JC": "JCS", "JE": "JEQ", "JG": "JGT", "JHS": "JCC", "JL": "JLT", "JLO": "JCS",
    "JNA": "JLS", "JNAE": "JCS", "JNB": "JCC", "JNBE": "JHI", "JNC": "JCC", "JNG": "JLE", "JNGE": "JLT", "JNL": "JGE", "JNLE": "JGT",
    "JNO": "JOC", "JNP": "JPC", "JNS": "JPL", "JNZ": "JNE", "JO": "JOS", "JP": "JPS", "JPE": "JPS", "JPO": "JPC", "JS": "JMI", "JZ": "JEQ",
}  # fmt: skip
ALIAS = {
    "MASKMOVDQU": "MASKMOVOU", "MOVD": "MOVQ", "MOVDQ2Q": "MOVQ", "MOVNTDQ": "MOVNTO", "MOVOA": "MOVO", "PSLLDQ": "PSLLO", "PSRLDQ": "PSRLO",
    "PADDD": "PADDL", "MOVBELL": "MOVBEL", "MOVBEQQ": "MOVBEQ", "MOVBEWW": "MOVBEW",
}  # fmt: skip
JUMPS = {f"J{c}": f"j{a}" for c, a in CC.items()}
JUMPS.update({alias: JUMPS[go] for alias, go in JUMP_ALIAS.items()})
LOOPS = {"JCXZL": "jecxz", "JCXZQ": "jrcxz", "LOOP": "loop", "LOOPEQ": "loope", "LOOPNE": "loopne", "XBEGIN": "xbegin"}
BRANCHES = frozenset([*JUMPS, *LOOPS, "JMP", "CALL", "DUFFZERO", "DUFFCOPY"])

# Go's name -> AT&T mnemonic, operands unchanged.
SSE = {
    "MOVO": "movdqa", "MOVOU": "movdqu", "MOVNTO": "movntdq", "MOVQOZX": "movq", "MASKMOVOU": "maskmovdqu", "MASKMOVQ": "maskmovq",
    "PSLLO": "pslldq", "PSRLO": "psrldq", "PMULULQ": "pmuludq", "PMADDWL": "pmaddwd", "PACKSSLW": "packssdw", "PUNPCKHLQ": "punpckhdq",
    "PUNPCKHWL": "punpckhwd", "PUNPCKLLQ": "punpckldq", "PUNPCKLWL": "punpcklwd", "CVTPL2PD": "cvtdq2pd", "CVTPL2PS": "cvtdq2ps",
    "CVTPD2PL": "cvtpd2dq", "CVTPS2PL": "cvtps2dq", "CVTTPD2PL": "cvttpd2dq", "CVTTPS2PL": "cvttps2dq", "CVTPD2PS": "cvtpd2ps",
    "PSHUFL": "pshufd", "MOVNTDQ": "movntdq", "PSADBW": "psadbw", "MOVDDUP": "movddup",
    "PADDL": "paddd", "PSUBL": "psubd", "PCMPEQL": "pcmpeqd", "PCMPGTL": "pcmpgtd", "PSLLL": "pslld", "PSRLL": "psrld", "PSRAL": "psrad",
}  # fmt: skip

# Instructions whose general register operand has a size of its own: Go's name -> (mnemonic, bytes).
CVT: dict[str, tuple[str, int]] = {
    "CVTSL2SS": ("cvtsi2ssl", 4), "CVTSL2SD": ("cvtsi2sdl", 4), "CVTSQ2SS": ("cvtsi2ssq", 8), "CVTSQ2SD": ("cvtsi2sdq", 8),
    "CVTSS2SL": ("cvtss2si", 4), "CVTSD2SL": ("cvtsd2si", 4), "CVTSS2SQ": ("cvtss2si", 8), "CVTSD2SQ": ("cvtsd2si", 8),
    "CVTTSS2SL": ("cvttss2si", 4), "CVTTSD2SL": ("cvttsd2si", 4), "CVTTSS2SQ": ("cvttss2si", 8), "CVTTSD2SQ": ("cvttsd2si", 8),
    "PEXTRB": ("pextrb", 4), "PEXTRW": ("pextrw", 4), "PEXTRD": ("pextrd", 4), "PEXTRQ": ("pextrq", 8), "PINSRB": ("pinsrb", 4),
    "PINSRW": ("pinsrw", 4), "PINSRD": ("pinsrd", 4), "PINSRQ": ("pinsrq", 8), "PMOVMSKB": ("pmovmskb", 4),
    "MOVMSKPS": ("movmskps", 4), "MOVMSKPD": ("movmskpd", 4), "EXTRACTPS": ("extractps", 4),
}  # fmt: skip
for _n in ("VCVTSD2SI", "VCVTSS2SI", "VCVTTSD2SI", "VCVTTSS2SI", "VCVTSD2USI", "VCVTSS2USI", "VCVTTSD2USI", "VCVTTSS2USI"):
    CVT[_n] = CVT[_n + "L"] = (_n.lower(), 4)
    CVT[_n + "Q"] = (_n.lower(), 8)
for _n in ("VCVTSI2SD", "VCVTSI2SS", "VCVTUSI2SD", "VCVTUSI2SS"):
    CVT[_n + "L"] = (_n.lower() + "l", 4)
    CVT[_n + "Q"] = (_n.lower() + "q", 8)
for _n in (
    "VPEXTRB", "VPEXTRW", "VPEXTRD", "VPINSRB", "VPINSRW", "VPINSRD", "VPMOVMSKB", "VMOVMSKPS", "VMOVMSKPD", "VEXTRACTPS", "VMOVD",
    "KMOVB", "KMOVW", "KMOVD", "VPBROADCASTB", "VPBROADCASTW", "VPBROADCASTD",
):  # fmt: skip
    CVT[_n] = (_n.lower(), 4)
for _n in ("VPEXTRQ", "VPINSRQ", "VMOVQ", "KMOVQ", "VPBROADCASTQ"):
    CVT[_n] = (_n.lower(), 8)

# Without operands.
NOARG = {
    "RET": "retq", "CBW": "cbtw", "CWD": "cwtd", "CWDE": "cwtl", "CDQ": "cltd", "CDQE": "cltq", "CQO": "cqto", "SYSRET": "sysretl",
    "SYSEXIT": "sysexitl", "SYSEXIT64": "sysexitq", "IRETL": "iretl", "IRETQ": "iretq", "IRETW": "iretw", "XLAT": "xlatb", "REP": "rep",
    "REPN": "repne", "LOCK": "lock", "ICEBP": ".byte 0xf1", "INT1": ".byte 0xf1", "LEAVEQ": "leaveq", "LEAVEL": "leave", "LEAVEW": "data16 leave",
    "PUSHFQ": "pushfq", "PUSHFW": "pushfw", "POPFQ": "popfq", "POPFW": "popfw", "SYSENTER64": "rex64 sysenter", "FNOP": "fnop", "WAIT": "wait",
    "UNDEF": "ud2", "UD1": ".byte 0x0f,0xb9", "RETFL": "lretl", "RETFQ": "lretq", "RETFW": "lretw", "NOP": "", "END": "",
    "STOSB": "stosb", "STOSW": "stosw", "STOSL": "stosl", "STOSQ": "stosq", "LODSB": "lodsb", "LODSW": "lodsw", "LODSL": "lodsl", "LODSQ": "lodsq",
    "MOVSB": "movsb", "MOVSW": "movsw", "MOVSL": "movsl", "MOVSQ": "movsq", "SCASB": "scasb", "SCASW": "scasw", "SCASL": "scasl", "SCASQ": "scasq",
    "CMPSB": "cmpsb", "CMPSW": "cmpsw", "CMPSL": "cmpsl", "CMPSQ": "cmpsq", "INSB": "insb", "INSW": "insw", "INSL": "insl",
    "OUTSB": "outsb", "OUTSW": "outsw", "OUTSL": "outsl",
}  # fmt: skip

X87 = {"FADDD": "fadd", "FSUBD": "fsub", "FMULD": "fmul", "FDIVD": "fdiv", "FCOMD": "fcom", "FADDDP": "faddp", "FMOVD": "fld"}

# Roots that take a size letter; the letter stays in AT&T unless the root is in NO_SUFFIX.
INTEGER = frozenset(
    ["ADD", "ADC", "SUB", "SBB", "AND", "OR", "XOR", "CMP", "TEST", "MOV", "LEA", "INC", "DEC", "NEG", "NOT", "MUL", "IMUL", "DIV", "IDIV", "SHL", "SHR", "SAR", "SAL", "ROL", "ROR", "RCL", "RCR", "BT", "BTS", "BTR", "BTC", "BSF", "BSR", "BSWAP", "XCHG", "XADD", "CMPXCHG", "PUSH", "POP", "POPCNT", "LZCNT", "TZCNT", "LSL", "LAR", "MOVBE", "ADCX", "ADOX", "ANDN", "BEXTR", "BLSI", "BLSR", "BLSMSK", "BZHI", "PDEP", "PEXT", "MULX", "RORX", "SARX", "SHLX", "SHRX", "STR", "SLDT", "SMSW", "NOP", "RDRAND", "RDSEED", "RDFSBASE", "RDGSBASE", "WRFSBASE", "WRGSBASE", "LSS", "LFS", "LGS", "LMSW", "LLDT", "LTR", "VERR", "VERW", "MOVNTI"]
)
NO_SUFFIX = frozenset(["ANDN", "BEXTR", "BLSI", "BLSR", "BLSMSK", "BZHI", "PDEP", "PEXT", "MULX", "RORX", "SARX", "SHLX", "SHRX", "RDRAND", "RDSEED", "ADCX", "ADOX", "LSL", "LAR", "BSWAP"])
SHIFTS = frozenset(["SHL", "SHR", "SAR", "SAL", "ROL", "ROR", "RCL", "RCR"])

CMOV_RE = re.compile(r"CMOV([WLQ])(..)$")
SET_RE = re.compile(r"SET(..)$")
EXT_RE = re.compile(r"MOV([BWL])([WLQ])(S|Z)X$")
MASK_RE = re.compile(r"K\d$")
CVT_RE = re.compile(r"VCVTT?(U?[QD]Q|P[SD])2(U?[QD]Q|P[SD])([XY]?)$")
QUAD_ELEMENT_RE = re.compile(r"(PD|Q|QB|UQ|QQ|LQDQ|HQDQ|I64)$")
QUAD_ELEMENT = frozenset(
    ["VPMULTISHIFTQB", "VPSHUFBITQMB", "VPMULDQ", "VPMULUDQ", "VGF2P8AFFINEQB", "VGF2P8AFFINEINVQB", "VPMADD52HUQ", "VPMADD52LUQ"]
)
STORE_FORM_RE = re.compile(r"VMOV(AP|UP|DQ|S[SD]$)")
VECTOR_INDEX_RE = re.compile(r",%[xyz]mm(\d+),")
VECTOR_BYTES = {"X": 16, "Y": 32, "Z": 64}


class BadInstruction(Exception):
    """The rules know that no such instruction exists; the message is Go's."""


def operand(o: str, size: int) -> str:
    """AT&T text of one operand; general registers are taken at `size` bytes."""
    c = o[0]
    if c == "$":
        return o
    if c in "@=":
        return o[1:]
    r = VREG.get(o) or GPR[size].get(o)
    if r is None:
        if size != 1 and o in GPR[1]:
            r = GPR[1][o]
        else:
            raise BadInstruction("invalid instruction")
    return "%" + r


def is_mem(o: str) -> bool:
    return o[0] == "@"


def is_gpr(o: str) -> bool:
    return o in GPR[8] or o in GPR[1]


def number(o: str) -> int | None:
    """Value of an immediate, None for anything else."""
    if o[0] != "$":
        return None
    try:
        return int(o[1:])
    except ValueError:
        return None


def signed(v: int, bits: int) -> int:
    v &= (1 << bits) - 1
    return v - (1 << bits) if v >> (bits - 1) else v


def join(mn: str, ops: list[str]) -> str:
    return f"{mn} {', '.join(ops)}" if ops else mn


def imm(o: str, size: int) -> str:
    """An immediate reduced to `size` bytes (8: a sign-extended 64-bit value); anything else as operand()."""
    v = number(o)
    return operand(o, size) if v is None else f"${signed(v, 8 * size)}"


def att(mn: str, suffixes: list[str], o: list[str]) -> str:
    """The AT&T line for one instruction, or BadInstruction.

    mn        Go's mnemonic, without suffixes
    suffixes  AVX-512 suffixes: ["BCST", "Z"]
    o         operands in Go's order
    """
    if "GATHER" in mn:
        gather(mn, o)
    elif "SCATTER" not in mn and any(x[0] == "@" and VECTOR_INDEX_RE.search(x) for x in o):
        raise BadInstruction("invalid instruction")
    if suffixes or (mn[0] == "V" and any(MASK_RE.match(x) for x in o)) or mn.startswith(("VGATHERPF", "VSCATTERPF")):
        return evex(mn, suffixes, o)
    j = JUMPS.get(mn)
    if not o and (j is not None or mn in ("JMP", "CALL") or mn in LOOPS):
        raise BadInstruction(f"wrong number of arguments to {mn} instruction")
    if j is not None:
        return f"{j} {o[-1][1:]}"
    if mn in ("JMP", "CALL"):
        x = o[-1]
        if x[0] == "=":
            return f"{mn.lower()} {x[1:]}"
        return f"{mn.lower()}q *{operand(x, 8)}"
    if mn in LOOPS:
        return f"{LOOPS[mn]} {o[-1][1:]}"
    mn = ALIAS.get(mn, mn)
    if not o and mn in NOARG:
        return NOARG[mn]
    family = FAMILIES.get(mn)
    if family is not None:
        return family(mn, o)
    m = CMOV_RE.match(mn)
    if m and m[2] in CC:
        s = SIZE[m[1]]
        return join("cmov" + CC[m[2]] + m[1].lower(), [operand(x, s) for x in o])
    m = SET_RE.match(mn)
    if m and m[1] in CC:
        return join("set" + CC[m[1]], [operand(x, 1) for x in o])
    if mn in X87 or (mn[0] == "F" and mn not in ("FXSAVE", "FXSAVE64", "FXRSTOR", "FXRSTOR64")):
        return x87(mn, o)
    m = EXT_RE.match(mn)
    if m:
        a, b = SIZE[m[1]], SIZE[m[2]]
        if m[3] == "Z" and a == 4:
            return join("movl" if is_mem(o[0]) else "movl.s", [operand(o[0], 4), operand(o[1], 4)])
        return join("mov" + m[3].lower() + m[1].lower() + m[2].lower(), [operand(o[0], a), operand(o[1], b)])
    if mn in SSE:
        return join(SSE[mn], [operand(x, 8) for x in o])
    if mn in CVT:
        n, s = CVT[mn]
        return join(n, [operand(x, s) for x in o])
    if mn.startswith("IMUL3"):
        s = SIZE[mn[5]]
        return join("imul" + SUFFIX[s], [imm(o[0], s), *(operand(x, s) for x in o[1:])])
    root, suf = mn[:-1], mn[-1]
    if suf in SIZE and root in INTEGER:
        return integer(mn, root, suf, o)
    return join(mn.lower(), [operand(x, 8 if mn in ("INVPCID", "XABORT", "INVLPG", "UMONITOR", "RDPID") else 4) for x in o])


def move(mn: str, o: list[str]) -> str:
    """MOVB MOVW MOVL MOVQ between any two things."""
    if len(o) != 2:
        raise BadInstruction("invalid instruction")
    s = SIZE[mn[3]]
    a, b = o
    if a in VREG or b in VREG:
        special = a if a in VREG else b
        kind = special[0]
        if special in SEGREGS:
            return join("mov" + ("w" if is_mem(a) or is_mem(b) else SUFFIX[s]), [operand(x, s) for x in o])
        if special[:2] in ("CR", "DR"):
            if is_mem(a) or is_mem(b):
                raise BadInstruction("invalid instruction")
            return join("movq", [operand(x, 8) for x in o])
        if kind in "XM":
            if s == 4:
                return join("movd", [operand(x, 4) for x in o])
            if s != 8:
                raise BadInstruction("invalid instruction")
            if a in VREG and b in VREG and {a[0], b[0]} == {"X", "M"}:
                return join("movq2dq" if a[0] == "M" else "movdq2q", [operand(x, 8) for x in o])
            if a == "$0" and kind == "X":
                return f"xorps %{VREG[b]}, %{VREG[b]}"
            return join("movq", [operand(x, 8) for x in o])
        return join("movq", [operand(x, 8) for x in o])
    v = number(a)
    if v is None:
        if a[0] == "$":
            raise BadInstruction("invalid instruction")
        return join("mov" + SUFFIX[s], [operand(a, s), operand(b, s)])
    if s == 8 and is_gpr(b):
        v &= (1 << 64) - 1
        if v < 1 << 32:
            return f"movl ${v}, {operand(b, 4)}"
        if v >= (1 << 64) - (1 << 31):
            return f"movq ${v - (1 << 64)}, {operand(b, 8)}"
        return f"movabsq ${v}, {operand(b, 8)}"
    if s == 8 and not -(1 << 31) <= signed(v, 64) < 1 << 31:
        raise BadInstruction("invalid instruction")
    return join("mov" + SUFFIX[s], [f"${signed(v, 8 * s)}", operand(b, s)])


def integer(mn: str, root: str, suf: str, o: list[str]) -> str:
    s = SIZE[suf]
    n = root.lower() + ("" if root in NO_SUFFIX else suf.lower())
    if not o:
        return n
    if root == "BSWAP":
        n = "bswap" + suf.lower()
    if root in ("LSL", "LAR"):
        return join(n + suf.lower(), [operand(o[0], s), operand(o[1], s)])
    if root in ("RDFSBASE", "RDGSBASE", "WRFSBASE", "WRGSBASE"):
        n = root.lower() + suf.lower()
    if root in SHIFTS:
        if len(o) == 3:
            return join(root.lower() + "d" + suf.lower(), [imm(o[0], 1) if o[0][0] == "$" else "%cl", *(operand(x, s) for x in o[1:])])
        if len(o) == 1:
            return join(n, [operand(o[0], s)])
        if o[0] == "$1":
            return join(n, [operand(o[1], s)])
        if o[0][0] == "$":
            v = number(o[0])
            if v is None or v > 255:
                raise BadInstruction("invalid instruction")
            return join(n, [f"${v}", operand(o[1], s)])
        if o[0] not in ("CX", "CL"):
            raise BadInstruction("invalid instruction")
        return join(n, ["%cl", operand(o[1], s)])
    if root in ("LMSW", "LLDT", "LTR", "VERR", "VERW"):
        return join(root.lower() + "w", [operand(o[0], 2)])
    if root in ("STR", "SLDT", "SMSW"):
        if is_mem(o[0]):
            if s == 8:
                return system_store(root, o[0][1:])
            return {2: "data16 ", 4: ""}[s] + join(root.lower() + "w", [operand(o[0], s)])
        return join(root.lower() + suf.lower(), [operand(o[0], s)])
    if s == 8 and any((v := number(x)) is not None and not -(1 << 31) <= signed(v, 64) < 1 << 31 for x in o):
        if root == "PUSH":
            return join(n, [f"${signed(number(o[0]) or 0, 32)}"])
        raise BadInstruction("offset too large" if root == "LEA" else "invalid instruction")
    ops = [imm(x, s) for x in o]
    if (
        root == "CMP"
        or (root == "TEST" and len(o) == 2 and o[1][0] == "$")
        or (root == "XCHG" and not is_mem(o[0]) and not is_mem(o[-1]))
    ):
        ops.reverse()
    return join(n, ops)


MEMORY_RE = re.compile(r"(-?\d*)\(%(\w+)\)$")
REG64 = ("rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", *(f"r{i}" for i in range(8, 16)))
SYSTEM_STORE = {"SLDT": (0, 0), "STR": (0, 1), "SMSW": (1, 4)}  # 0F xx /n


def system_store(root: str, mem: str) -> str:
    """SLDTQ, STRQ, SMSWQ to memory: AT&T has no word for the REX.W form, so its bytes are written out."""
    m = MEMORY_RE.match(mem)
    if m is None or m[2] not in REG64:
        return f"rex64 {root.lower()}w {mem}"
    op, ext = SYSTEM_STORE[root]
    base = REG64.index(m[2])
    disp = int(m[1] or 0)
    mod = 0 if not disp and base & 7 != 5 else 1 if -128 <= disp < 128 else 2
    code = [0x48 | base >> 3, 0x0F, op, mod << 6 | ext << 3 | base & 7]
    if base & 7 == 4:
        code.append(0x24)
    code += (disp & 0xFFFFFFFF).to_bytes(4, "little")[: (0, 1, 4)[mod]]
    return ".byte " + ",".join(map(str, code))


def x87(mn: str, o: list[str]) -> str:
    if not o:
        return mn.lower()
    if mn == "FCOMD" and not is_mem(o[0]):
        return join("fcom", [operand(o[0], 8)])
    if mn == "FDIVD" and len(o) > 1 and o[1] != "F0" and not is_mem(o[0]):
        return join("fdivr", [operand(x, 8) for x in o])
    if mn in X87:
        mem = [x for x in o if is_mem(x)]
        if mem:
            return join(X87[mn] + "l", [operand(x, 8) for x in mem])
        return join(X87[mn], [operand(x, 8) for x in o])
    return join({"FCOMIP": "fcompi"}.get(mn, mn.lower()), [operand(x, 8) for x in o])


def compare_float(mn: str, o: list[str]) -> str:
    if len(o) != 3:
        raise BadInstruction("invalid instruction")
    return join(mn.lower(), [o[2], *(operand(x, 8) for x in o[:2])])


def crc32(mn: str, o: list[str]) -> str:
    return join(mn.lower(), [operand(o[0], SIZE[mn[-1]]), operand(o[1], 8 if mn == "CRC32Q" else 4)])


def same_size(mn: str, o: list[str]) -> str:
    """MOVSWW, MOVZWW: 66 0F BF/B7, 16 bits to 16; AT&T has no word for it."""
    return "data16 " + join("mov" + mn[3].lower() + "wl", [operand(o[0], 2), operand(o[1], 4)])


def movqozx(mn: str, o: list[str]) -> str:
    if any(x[0] == "M" for x in o):
        return join("movq2dq" if o[0][0] == "M" else "movdq2q", [operand(x, 8) for x in o])
    return join("movq", [operand(x, 8) for x in o])


def movnti(mn: str, o: list[str]) -> str:
    return join(mn.lower(), [operand(x, SIZE[mn[-1]]) for x in o])


def verify(mn: str, o: list[str]) -> str:
    return join(mn.lower() if mn in ("VERR", "VERW") else mn.lower() + "w", [operand(o[0], 2)])


def data_bytes(mn: str, o: list[str]) -> str:
    """BYTE $1; WORD; LONG; QUAD: literal data in the instruction stream."""
    kind = {"BYTE": (".byte", 8), "WORD": (".2byte", 16), "LONG": (".4byte", 32), "QUAD": (".8byte", 64)}[mn]
    v = number(o[0]) if len(o) == 1 else None
    if v is None:
        raise BadInstruction("invalid instruction")
    return f"{kind[0]} {v & ((1 << kind[1]) - 1)}"


def no_operation(mn: str, o: list[str]) -> str:
    """NOP is a pseudo instruction in Go: it only notes a use of its operand."""
    return ""


def gather(mn: str, o: list[str]) -> None:
    """AVX2 gathers: mask, index and destination differ; AVX-512: index and destination."""
    mem = next((x for x in o if is_mem(x)), "")
    m = VECTOR_INDEX_RE.search(mem)
    if m is None:
        return
    regs = [m[1]] + [x[1:] for x in o if x[0] in "XYZ" and x in VREG]
    if len(set(regs)) != len(regs):
        masked = any(MASK_RE.match(x) for x in o)
        raise BadInstruction(("index and" if masked else "mask, index, and") + " destination registers should be distinct")


def extractps(mn: str, o: list[str]) -> str:
    v = number(o[0])
    if v is None or not 0 <= v <= 3:
        raise BadInstruction("invalid instruction")
    return join("extractps", [operand(x, 4) for x in o])


def vpextrw(mn: str, o: list[str]) -> str:
    """Go encodes the register form as VEX.128.66.0F3A.W0 15 /r ib, for which MC has no word: its bytes are written out."""
    if len(o) == 3 and not is_mem(o[2]) and o[1] in VREG and int(o[1][1:] or 0) < 16:
        v, x, name = number(o[0]), int(o[1][1:]), GPR[8].get(o[2])
        if v is not None and name in REG64:
            r = REG64.index(name)
            code = (0xC4, (x < 8) << 7 | 0x40 | (r < 8) << 5 | 3, 0x79, 0x15, 0xC0 | (x & 7) << 3 | r & 7, v & 0xFF)
            return ".byte " + ",".join(map(str, code))
    return join("vpextrw", [imm(o[0], 1), *(operand(x, 4) for x in o[1:])])


def interrupt(mn: str, o: list[str]) -> str:
    v = number(o[0]) if len(o) == 1 else None
    if v is None:
        raise BadInstruction("invalid instruction")
    return ".byte 0xcd,3" if v == 3 else f"int ${v}"  # MC would take the one-byte form


def pext_legacy(mn: str, o: list[str]) -> str:
    """PEXTL/PEXTQ is BMI2's PEXT unless the first operand is an immediate (SSE4 PEXTRD/Q)."""
    s = SIZE[mn[-1]]
    if o[0][0] == "$":
        return join("pextrd" if s == 4 else "pextrq", [operand(x, s) for x in o])
    return join("pext", [operand(x, s) for x in o])


def return_far(mn: str, o: list[str]) -> str:
    return join(NOARG[mn], o)


FAMILIES = {
    **dict.fromkeys(("MOVB", "MOVW", "MOVL", "MOVQ"), move),
    **dict.fromkeys(("CMPSS", "CMPSD", "CMPPS", "CMPPD"), compare_float),
    **dict.fromkeys(("CRC32B", "CRC32W", "CRC32L", "CRC32Q"), crc32),
    **dict.fromkeys(("MOVSWW", "MOVZWW"), same_size),
    **dict.fromkeys(("MOVNTIL", "MOVNTIQ"), movnti),
    **dict.fromkeys(("LMSW", "LLDT", "LTR", "VERR", "VERW"), verify),
    **dict.fromkeys(("BYTE", "WORD", "LONG", "QUAD"), data_bytes),
    **dict.fromkeys(("PEXTL", "PEXTQ"), pext_legacy),
    **dict.fromkeys(("RETFL", "RETFQ", "RETFW"), return_far),
    "INT": interrupt,
    "EXTRACTPS": extractps,
    "NOP": no_operation,
    "VPEXTRW": vpextrw,
    "MOVQOZX": movqozx,
}


def evex(mn: str, suffixes: list[str], o: list[str]) -> str:
    """AVX-512: the mask register is the operand before the destination; .Z, .BCST, .RN_SAE, .SAE are suffixes."""
    if mn[0] != "V" and mn[0] != "K":
        raise BadInstruction("invalid instruction")
    n, s = CVT.get(mn) or (mn.lower(), 4)
    rounding = [x for x in suffixes if x.endswith("SAE")]
    zeroing = "Z" in suffixes
    o = list(o)
    mask = ""
    if mn.startswith(("VGATHERPF", "VSCATTERPF")):
        mask = o.pop(0)
    elif mn[0] == "V" and len(o) >= 2 and MASK_RE.match(o[-2]) and not mn.startswith(("VPMOVM2", "VPBROADCASTM")):
        mask = o.pop(-2)
    if mask == "K0":
        raise BadInstruction("invalid instruction")  # means "no mask" in the encoding
    ops = [operand(x, s) for x in o]
    if mask and len(ops) > 1 and STORE_FORM_RE.match(mn) and not any(is_mem(x) for x in o):
        n += ".s"  # between registers Go takes the store form
    if "BCST" in suffixes:
        mems = [k for k, x in enumerate(o) if is_mem(x)]
        if not mems:
            raise BadInstruction("illegal broadcast without memory argument")
        for k in mems:
            ops[k] += f"{{1to{broadcast_count(mn, o)}}}"
    if zeroing and not mask:
        raise BadInstruction("mask register must be specified for .Z instructions")
    if mask:
        ops[-1] += "{%" + VREG[mask] + "}" + ("{z}" if zeroing else "")
    if rounding:
        ops.insert(1 if o[0][0] == "$" else 0, "{" + rounding[0].lower().replace("_", "-") + "}")
    return join(n, ops)


def broadcast_count(mn: str, o: list[str]) -> int:
    """N of {1toN}: vector bytes / element bytes."""
    regs = [x for x in o if x in VREG and x[0] in VECTOR_BYTES]
    vl = max((VECTOR_BYTES[x[0]] for x in regs), default=64)
    m = CVT_RE.match(mn)
    if m:
        wide = ("PD", "QQ", "UQQ")
        src, dst = (8 if m[1] in wide else 4), (8 if m[2] in wide else 4)
        return {"X": 2, "Y": 4, "": 8}[m[3]] if src > dst else vl // dst
    if mn.startswith("VFPCLASS"):
        return VECTOR_BYTES.get(mn[-1], 64) // (8 if mn[-2] == "D" else 4)
    es = 8 if (QUAD_ELEMENT_RE.search(mn) and not mn.endswith(("LDQ", "HDQ"))) or mn.endswith(("LQDQ", "HQDQ")) else 4
    if mn in QUAD_ELEMENT:
        es = 8
    return vl // es
