"""AT&T -> Plan 9: single lines, whole modules, and back through the assembler to the same bytes."""

from __future__ import annotations

import pytest

from rt0.asm.assemble import assemble
from rt0.asm.mc import assemble_gas
from rt0.asm.printer import instruction, plan9_listing
from rt0.obj.elf import read_object

LINES = [
    ("movq\t%rax, 8(%rcx,%rdx,4)", "MOVQ AX, 8(CX)(DX*4)"), ("movl\t$5, %eax", "MOVL $5, AX"), ("movzbl\t(%rsi), %eax", "MOVBLZX (SI), AX"),
    ("movslq\t%eax, %rbx", "MOVLQSX AX, BX"), ("cmpq\t$7, %rax", "CMPQ AX, $7"), ("testb\t$1, %al", "TESTB AL, $1"), ("sete\t%al", "SETEQ AL"),
    ("cmovneq\t%rax, %rbx", "CMOVQNE AX, BX"), ("shlq\t%rax", "SHLQ $1, AX"), ("shrq\t%cl, %rax", "SHRQ CX, AX"),
    ("shldq\t$3, %rax, %rbx", "SHLQ $3, AX, BX"), ("imulq\t$10, %rax, %rbx", "IMUL3Q $10, AX, BX"), ("callq\t*%rax", "CALL AX"),
    ("lock\t\taddq\t%rcx, (%rax)", "LOCK; ADDQ CX, (AX)"), ("movd\t%eax, %xmm0", "MOVL AX, X0"), ("movdqa\t%xmm1, %xmm2", "MOVO X1, X2"),
    ("cvtsi2sd\t%rax, %xmm0", "CVTSQ2SD AX, X0"), ("cvttsd2si\t%xmm0, %rax", "CVTTSD2SQ X0, AX"), ("cmpltsd\t%xmm1, %xmm0", "CMPSD X1, X0, $1"),
    ("vaddpd\t{rn-sae}, %zmm3, %zmm2, %zmm1 {%k1} {z}", "VADDPD.RN_SAE.Z Z3, Z2, K1, Z1"), ("bswapq\t%rax", "BSWAPQ AX"), ("cqto", "CQO"),
    ("vpaddd\t(%rax){1to8}, %ymm1, %ymm2", "VPADDD.BCST (AX), Y1, Y2"), ("andnq\t%rax, %rbx, %rcx", "ANDNQ AX, BX, CX"), ("ud2", "UNDEF"),
    ("pushq\t%rbp", "PUSHQ BP"), ("cmpq\t%fs:112, %rsp", "CMPQ SP, 112(FS)"),
]  # fmt: skip


@pytest.mark.parametrize(("att", "want"), LINES)
def test_lines(att: str, want: str) -> None:
    assert instruction(att) == want


def test_round_trip() -> None:
    """What was printed assembles to the bytes MC makes of the AT&T line."""
    lines = [x for x in LINES if "shlq\t%rax" not in x[0]]
    gas = read_object(assemble_gas(".text\n" + "\n".join(a for a, _ in lines) + "\n"))
    ours = read_object(assemble("x.s", b"TEXT t(SB), 516, $0\n" + "\n".join(p for _, p in lines).encode() + b"\n", pkg_path="p"))
    a, b = gas.section(".text"), ours.section(".text.t")
    assert a is not None and b is not None
    assert gas.contents(a).hex() == ours.contents(b).hex()


def test_symbols() -> None:
    assert instruction("callq\truntime.newobject@PLT") == "CALL runtime.newobject(SB)"
    assert instruction('callq\t"main.(*T).m"') == "CALL main.(*T).m(SB)"
    assert instruction('leaq\t"a/b.x"+8(%rip), %rax') == "LEAQ a/b.x+8(SB), AX"
    assert instruction("movl\t$main.x, %eax") == "MOVL $main.x(SB), AX"
    assert instruction("jne\t.LBB0_3") == "JNE LBB0_3"


def test_module() -> None:
    text = """\t.file\t1 "x.go"
\t.section\t.text.main.f,"ax",@progbits
\t.globl\tmain.f                          # -- Begin function main.f
\t.p2align\t4
\t.type\tmain.f,@function
main.f:                                 # @main.f
.Lfunc_begin0:
\t.loc\t1 3 0                           # x.go:3:0
\t.cfi_startproc
\tmovl\t.LCPI0_0(%rip), %eax
.LBB0_1:
\tjmp\t.LBB0_1
.Lfunc_end0:
\t.section\t.rodata.s,"a",@progbits
\t.globl\ts
s:
\t.ascii\t"hi\\"\\n"
\t.zero\t4
\t.quad\tmain.f+1
\t.section\t.debug_info,"",@progbits
\t.long\t5
"""
    assert plan9_listing(text) == (
        "TEXT main.f(SB), NOSPLIT|NOFRAME, $0\n\t// x.go:3\n\tMOVL LCPI0_0(SB), AX\nLBB0_1:\n\tJMP LBB0_1\n"
        'DATA s+0(SB)/4, $"hi\\"\\n"\nDATA s+8(SB)/8, $main.f+1(SB)\nGLOBL s(SB), RODATA, $16\n'
    )
