//go:build amd64

#include "textflag.h"
#include "go_asm.h"
#include "funcdata.h"

#define LOAD(p, r)	\ // load one
	MOVQ (p), r	/* and */ \
	ADDQ $8, p

#define STEP(sum, p, t) LOAD(p, t); \
	ADDQ t, sum \ // add
	// nothing here

#ifdef GOARCH_amd64
#define ONE $1
#else
#define ONE $2
#endif
#ifndef NOT_THERE
#define TWO $2
#undef TWO
#define TWO $3
#endif

// func Sum(p []uint64) uint64
TEXT ·Sum(SB), NOSPLIT, $0-32
	MOVQ p_base+0(FP), SI
	MOVQ p_len+8(FP), CX
	XORQ AX, AX
loop:
	TESTQ CX, CX
	JZ    done
	STEP(AX, SI, DX)
	SUBQ  ONE, CX
	JMP   loop
done:
	MOVQ AX, ret+24(FP)
	RET

TEXT ·Count(SB), NOSPLIT, $0-24
	MOVQ h+0(FP), AX
	MOVL hdr_count(AX), CX
	MOVL CX, n+8(FP)
	MOVQ (hdr_name+8)(AX), CX
	MOVQ CX, l+16(FP)
	RET

TEXT ·Consts(SB), NOSPLIT, $0-40
	MOVQ $const_Width, w+0(FP)
	MOVQ $const_big, AX
	MOVQ AX, b+8(FP)
	MOVQ $hdr__size, hs+16(FP)
	MOVQ $Pair__size, ps+24(FP)
	MOVQ $(hdr_in+Pair_y), off+32(FP)
	RET

// func Dot(a, b []float64) float64
TEXT ·Dot(SB), NOSPLIT, $0-56
	MOVQ  a_base+0(FP), SI
	MOVQ  b_base+24(FP), DI
	MOVQ  a_len+8(FP), CX
	XORPS X0, X0
dot:
	CMPQ  CX, $0
	JEQ   out
	MOVSD (SI), X1
	MULSD (DI), X1
	ADDSD X1, X0
	ADDQ  $8, SI
	ADDQ  $8, DI
	DECQ  CX
	JMP   dot
out:
	MOVSD X0, ret+48(FP)
	RET

DATA crc<>+0(SB)/4, $0x11111111
DATA crc<>+4(SB)/4, $0x22222222
DATA crc<>+8(SB)/8, $0x4444444433333333
GLOBL crc<>(SB), RODATA|NOPTR, $16

DATA ·tab+4(SB)/4, $77
GLOBL ·tab(SB), NOPTR, $32


DATA text<>+0(SB)/8, $"hello, w"
DATA text<>+8(SB)/5, $"orld\n"
GLOBL text<>(SB), RODATA|NOPTR, $13

TEXT ·Table(SB), NOSPLIT, $0-12
	MOVQ i+0(FP), AX
	LEAQ crc<>(SB), CX
	MOVL (CX)(AX*4), DX
	LEAQ ·tab(SB), CX
	ADDL 4(CX), DX
	MOVL DX, ret+8(FP)
	RET

TEXT ·Str(SB), NOSPLIT, $0-16
	LEAQ text<>(SB), AX
	MOVQ AX, ret_base+0(FP)
	MOVQ $13, ret_len+8(FP)
	RET

TEXT ·level(SB), NOSPLIT, $0-8
#ifdef GOAMD64_v3
	MOVQ $3, ret+0(FP)
#else
#ifdef GOAMD64_v1
	MOVQ $1, ret+0(FP)
#else
	MOVQ $0, ret+0(FP)
#endif
#endif
	RET

TEXT helper<>(SB), NOSPLIT, $0-16
	MOVQ a+0(FP), AX
	ADDQ TWO, AX
	MOVQ AX, r+8(FP)
	RET

TEXT ·Apply(SB), 0, $24-16
	NO_LOCAL_POINTERS
	MOVQ n+0(FP), AX
	MOVQ AX, 0(SP)
	CALL helper<>(SB)
	MOVQ 8(SP), AX
	MOVQ AX, 0(SP)
	CALL ·callback(SB)
	MOVQ 8(SP), AX
	MOVQ AX, ret+8(FP)
	RET

TEXT ·Abs(SB), NOSPLIT, $0-9
	MOVB x+0(FP), AX
	CMPB AX, $0
	JGE  pos
	NEGB AX
pos:
	MOVB AX, ret+8(FP)
	RET

TEXT ·Half(SB), NOSPLIT, $0-12
	MOVSS x+0(FP), X0
	MULSS $0.5, X0
	MOVSS X0, ret+8(FP)
	RET

TEXT ·Sub(SB), NOSPLIT, $0-25
	MOVB a+0(FP), AX
	MOVB AX, e+16(FP)
	MOVW b+2(FP), AX
	MOVW AX, f+18(FP)
	MOVL c+4(FP), AX
	MOVL AX, gg+20(FP)
	MOVB d+8(FP), AX
	XORB $1, AX
	MOVB AX, h+24(FP)
	RET

TEXT ·MemEq(SB), NOSPLIT, $0-25
	JMP runtime·memequal(SB)

TEXT ·Clr(SB), NOSPLIT, $16-16
	MOVQ a+0(FP), AX
	MOVQ AX, 0(SP)
	MOVQ n+8(FP), AX
	MOVQ AX, 8(SP)
	CALL runtime·memclrNoHeapPointers(SB)
	RET

TEXT ·Hash(SB), NOSPLIT, $0-32
	JMP runtime·memhash(SB)

TEXT ·CallBump(SB), 0, $8-8
	NO_LOCAL_POINTERS
	CALL ·Bump(SB)
	CALL ·Bump(SB)
	MOVQ 0(SP), AX
	MOVQ AX, ret+0(FP)
	RET

TEXT ·Idx(SB), 0, $16-16
	NO_LOCAL_POINTERS
	MOVQ n+0(FP), AX
	MOVQ AX, 0(SP)
	CALL ·oops(SB)
	MOVQ 8(SP), AX
	MOVQ AX, r+8(FP)
	RET
