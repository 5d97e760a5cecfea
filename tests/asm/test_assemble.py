"""The assembler: bytes beside the instruction, frames, symbols, macros, errors."""

from __future__ import annotations

import struct

import pytest

from rt0.asm.assemble import assemble
from rt0.diag import CompileError
from rt0.obj.elf import Object, read_object

TEXTFLAG = {"textflag.h": b"#define NOSPLIT 4\n#define DUPOK 2\n#define RODATA 8\n#define NOPTR 16\n#define NOFRAME 512\n"}


def build(text: str, pkg: str = "main") -> Object:
    return read_object(assemble("x.s", text.encode(), pkg_path=pkg, headers=TEXTFLAG))


def code(obj: Object, symbol: str) -> str:
    i = obj.names.index(symbol)
    _, _, _, shndx, value, size = obj.symbols[i]
    return obj.contents(obj.sections[shndx])[value : value + size].hex()


def one(instruction: str) -> str:
    return code(build(f"TEXT t(SB), 516, $0\n\t{instruction}\n"), "t")


# hex from `go tool asm`
BYTES = [
    ("MOVQ $1, AX", "b801000000"), ("MOVQ $-1, AX", "48c7c0ffffffff"), ("MOVQ $0x123456789a, CX", "48b99a78563412000000"),
    ("MOVB AL, (DI)", "8807"), ("MOVW $7, 8(SI)", "66c746080700"), ("MOVL BX, R9", "4189d9"), ("MOVBQZX (SI), AX", "480fb606"),
    ("MOVLQZX AX, BX", "8bd8"), ("MOVLQSX AX, BX", "4863d8"), ("LEAQ 8(AX)(BX*4), CX", "488d4c9808"), ("CMPQ AX, $5", "4883f805"),
    ("CMPB (DI), $0", "803f00"), ("TESTQ AX, AX", "4885c0"), ("SHLQ $3, AX", "48c1e003"), ("SHLQ CX, AX", "48d3e0"), ("SHRQ $1, AX", "48d1e8"),
    ("SHLQ $8, AX:DX", "480fa4d008"), ("IMUL3Q $10, AX, BX", "486bd80a"), ("XCHGQ AX, (BX)", "488703"), ("CMOVQEQ AX, BX", "480f44d8"),
    ("SETEQ AL", "0f94c0"), ("CALL AX", "ffd0"), ("CALL (AX)", "ff10"), ("JMP R13", "41ffe5"), ("REP; MOVSQ", "f348a5"), ("LOCK; XADDQ AX, (BX)", "f0480fc103"),
    ("PUSHQ AX", "50"), ("MOVQ AX, X0", "66480f6ec0"), ("MOVO X1, X2", "660f6fd1"), ("MOVOU (AX), X3", "f30f6f18"), ("PSHUFL $1, X1, X2", "660f70d101"),
    ("CVTSQ2SD AX, X0", "f2480f2ac0"), ("CVTTSD2SQ X0, AX", "f2480f2cc0"), ("CRC32Q AX, BX", "f2480f38f1d8"), ("VPXOR Y0, Y1, Y2", "c5f5efd0"),
    ("VADDPD.RN_SAE Z3, Z2, K1, Z1", "62f1ed1958cb"), ("MOVQ 0x70(FS), R11", "644c8b1c2570000000"), ("MOVQ FS:0x70, R11", "644c8b1c2570000000"),
    ("MOVQ FS:8(AX), R11", "644c8b5808"), ("MOVQ (TLS), R10", "644c8b142510000000"), ("BYTE $0x90", "90"), ("LONG $0x11223344", "44332211"),
    ("UNDEF", "0f0b"), ("INT $3", "cd03"), ("SYSCALL", "0f05"), ("MOVSD $0.0, X3", "0f57db"), ("NOP", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "want"), BYTES[::1])
def test_bytes_sample(text: str, want: str, request: pytest.FixtureRequest) -> None:
    table = getattr(request.config, "_rt0_asm_bytes", None)
    if table is None:  # one run of the encoder for the whole table
        obj = build("".join(f"TEXT t{i}(SB), 516, $0\n\t{t}\n" for i, (t, _) in enumerate(BYTES)))
        table = {t: code(obj, f"t{i}") for i, (t, _) in enumerate(BYTES)}
        request.config._rt0_asm_bytes = table  # type: ignore[attr-defined]
    assert table[text] == want


def test_frame() -> None:
    """PUSHQ BP; MOVQ SP, BP; SUBQ; x-8(SP) and y+0(FP) relative to the frame; undone before RET."""
    obj = build("TEXT f(SB), 4, $16-8\n\tMOVQ y+0(FP), AX\n\tMOVQ AX, x-8(SP)\n\tMOVQ AX, 0(SP)\n\tRET\n")
    assert code(obj, "f") == "55" "4889e5" "4883ec10" "488b442420" "4889442408" "48890424" "4883c410" "5d" "c3"


def test_push_moves_fp() -> None:
    obj = build("TEXT f(SB), 4, $0-8\n\tPUSHQ AX\n\tMOVQ y+0(FP), AX\n\tPOPQ AX\n\tRET\n")
    assert code(obj, "f") == "50" "488b442410" "58" "c3"


def test_symbols() -> None:
    obj = build(
        "TEXT ·f(SB), 4, $0\n\tCALL ·g(SB)\n\tCALL other∕pkg·h(SB)\n\tMOVQ ·v(SB), AX\n\tLEAQ ·f·f(SB), AX\n\tRET\n"
        "TEXT _start(SB), 4, $0\n\tRET\n",
        "a.b/c.d",
    )
    defined = {n for n, s in zip(obj.names, obj.symbols) if s[1] >> 4 and s[3]}
    undefined = {n for n, s in zip(obj.names, obj.symbols) if s[1] >> 4 and not s[3]}
    assert defined == {"a.b/c%2ed.f.abi0", "_start"}
    assert undefined == {"a.b/c%2ed.g.abi0", "other/pkg.h.abi0", "a.b/c%2ed.v", "a.b/c%2ed.f·f"}
    assert {s.name for s in obj.sections} >= {".text.a.b/c%2ed.f.abi0", ".text._start"}
    obj = build("TEXT ·f<ABIInternal>(SB), 4, $0\n\tCALL other∕pkg·h<ABIInternal>(SB)\n\tRET\n", "runtime")
    assert {n for n, s in zip(obj.names, obj.symbols) if s[1] >> 4} == {"runtime.f", "other/pkg.h"}


def test_data() -> None:
    obj = build(
        'DATA t<>+0(SB)/8, $0x1122334455667788\nDATA t<>+8(SB)/4, $"hi"\nDATA t<>+12(SB)/4, $1.5\nGLOBL t<>(SB), 8, $24\n'
        "DATA ·p+0(SB)/8, $·q+4(SB)\nGLOBL ·p(SB), 16, $8\nGLOBL ·q(SB), 16, $64\n"
    )
    ro = obj.section(".rodata.t")
    assert ro is not None
    assert obj.contents(ro) == struct.pack("<Q2s2xf8x", 0x1122334455667788, b"hi", 1.5)
    p, q = obj.section(".data.main.p"), obj.section(".bss.main.q")
    assert p is not None and q is not None and q.size == 64
    (off, info, addend), = obj.relocations(p)
    assert (off, info & 0xFFFFFFFF, obj.names[info >> 32], addend) == (0, 1, "main.q", 4)


def test_macros() -> None:
    obj = build(
        '#include "textflag.h"\n#define TWO(x, y) ADDQ x, y; \\\n\tSUBQ y, x // both\n#define N 3\n#ifdef NOT\nbad\n#else\n#ifndef NOT\n'
        "TEXT f(SB), NOSPLIT|NOFRAME, $0\n\tTWO(AX, BX)\n\tADDQ $(N*2+1<<1), AX\n\tRET\n#endif\n#endif\n"
    )
    assert code(obj, "f") == "4801c3" "4829d8" "4883c008" "c3"


def test_branches() -> None:
    obj = build("TEXT f(SB), 4, $0\nback:\n\tJMP 2(PC)\n\tJEQ back\n\tJMP end\n\tJMP -3(PC)\nend:\n\tRET\n")
    assert code(obj, "f") == "eb02" "74fc" "eb02" "ebf8" "c3"


ERRORS = [
    ("TEXT f(SB), 4, $0\n\tFOO AX\n", 'x.s:2: unrecognized instruction "FOO"'),
    ("TEXT f(SB), 4, $0\n\tMOVQ AX\n\tRET\n\tMOVL (AX)(SP*1), AX\n", "x.s:2: invalid instruction: MOVQ AX\nx.s:4: invalid instruction: MOVL (AX)(SP*1), AX"),
    ("TEXT f(SB), 4, $0\n\tJMP nowhere\n", "x.s:2: undefined label nowhere"),
    ("TEXT f(SB), 4, $8\n\tPUSHQ AX\n\tRET\n", "x.s:3: f: unbalanced PUSH/POP"),
    ("TEXT f(SB), 4, $0\n\tMOVQ x(FP), AX,\n", "x.s:2: missing operand"),
    ("#include \"no.h\"\n", "x.s:2: #include: open no.h: no such file or directory"),
    ("#define A B\n#define B A\nTEXT f(SB), 4, $0\n\tA\n", "x.s:4: recursive macro invocation"),
    ("#ifdef A\n", "x.s:2: unclosed #ifdef or #ifndef"),
    ("TEXT f(SB), 4, $0\nTEXT f(SB), 4, $0\n", "x.s:2: symbol f redeclared\n\tx.s:1: other declaration of symbol f"),
    ("\tRET\n", 'x.s:1: unexpected instruction "RET" outside of TEXT'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "want"), ERRORS)
def test_errors(text: str, want: str) -> None:
    with pytest.raises(CompileError) as e:
        build(text)
    assert str(e.value) == want


def test_same_bytes() -> None:
    text = b"TEXT f(SB), 4, $0\n\tMOVSD $1.5, X0\n\tRET\n"
    assert assemble("x.s", text, pkg_path="main") == assemble("x.s", text, pkg_path="main")
