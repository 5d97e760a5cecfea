// Assembly half of rt0call.go: registers between memory and a call.
//
// rt0's convention (docs/INTERFACES.md): integers AX CX DX DI SI R8 R9 R12 R13 R14 R15, floats X0-X15, both for arguments and results; BX and BP are
// kept by the callee, R12-R15 and X8-X15 too unless they carry arguments or results. R10 and R11 are free at every entry.

#include "textflag.h"

// Registers from the callRegs at R10.
#define LOADREGS \
	MOVQ 88(R10), X0; MOVQ 96(R10), X1; MOVQ 104(R10), X2; MOVQ 112(R10), X3; \
	MOVQ 120(R10), X4; MOVQ 128(R10), X5; MOVQ 136(R10), X6; MOVQ 144(R10), X7; \
	MOVQ 152(R10), X8; MOVQ 160(R10), X9; MOVQ 168(R10), X10; MOVQ 176(R10), X11; \
	MOVQ 184(R10), X12; MOVQ 192(R10), X13; MOVQ 200(R10), X14; MOVQ 208(R10), X15; \
	MOVQ 0(R10), AX; MOVQ 8(R10), CX; MOVQ 16(R10), DX; MOVQ 24(R10), DI; \
	MOVQ 32(R10), SI; MOVQ 40(R10), R8; MOVQ 48(R10), R9; MOVQ 56(R10), R12; \
	MOVQ 64(R10), R13; MOVQ 72(R10), R14; MOVQ 80(R10), R15

// The same back.
#define STOREREGS \
	MOVQ AX, 0(R10); MOVQ CX, 8(R10); MOVQ DX, 16(R10); MOVQ DI, 24(R10); \
	MOVQ SI, 32(R10); MOVQ R8, 40(R10); MOVQ R9, 48(R10); MOVQ R12, 56(R10); \
	MOVQ R13, 64(R10); MOVQ R14, 72(R10); MOVQ R15, 80(R10); MOVQ X0, 88(R10); \
	MOVQ X1, 96(R10); MOVQ X2, 104(R10); MOVQ X3, 112(R10); MOVQ X4, 120(R10); \
	MOVQ X5, 128(R10); MOVQ X6, 136(R10); MOVQ X7, 144(R10); MOVQ X8, 152(R10); \
	MOVQ X9, 160(R10); MOVQ X10, 168(R10); MOVQ X11, 176(R10); MOVQ X12, 184(R10); \
	MOVQ X13, 192(R10); MOVQ X14, 200(R10); MOVQ X15, 208(R10)

// func regcall(code unsafe.Pointer, regs *callRegs, stack unsafe.Pointer, nstack uintptr)
// The frame has room for the stack words and for aligning them; BX keeps SP over the call.
#define REGCALL \
	MOVQ	code+0(FP), R11; \
	MOVQ	regs+8(FP), R10; \
	MOVQ	stack+16(FP), SI; \
	MOVQ	nstack+24(FP), CX; \
	MOVQ	SP, BX; \
	LEAQ	15(SP), DI; \
	ANDQ	$~15, DI; \
	MOVQ	DI, SP; \
	CLD; \
	REP; MOVSQ; \
	LOADREGS; \
	CALL	R11; \
	MOVQ	BX, SP; \
	MOVQ	regs+8(FP), R10; \
	STOREREGS; \
	RET

TEXT ·regcall(SB),NOSPLIT,$144-32
	REGCALL

TEXT ·regcallBig(SB),NOSPLIT,$8016-32
	REGCALL

// What every stub jumps to: R11 is the closure pointer. The frame holds a callRegs.
TEXT ·stubCommon<ABIInternal>(SB),NOSPLIT,$224-0
	MOVQ	SP, R10
	STOREREGS
	MOVQ	R11, AX
	MOVQ	R10, CX
	LEAQ	argframe+0(FP), DX
	CALL	·callStub<ABIInternal>(SB)
	MOVQ	SP, R10
	LOADREGS
	RET

// Stub n: the closure pointer is in integer register n, or in stack word n-11.
#define STUB(NAME, FROM) \
TEXT NAME<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-0; \
	MOVQ	FROM, R11; \
	JMP	·stubCommon<ABIInternal>(SB)

STUB(·makeFuncStub0, AX)
STUB(·makeFuncStub1, CX)
STUB(·makeFuncStub2, DX)
STUB(·makeFuncStub3, DI)
STUB(·makeFuncStub4, SI)
STUB(·makeFuncStub5, R8)
STUB(·makeFuncStub6, R9)
STUB(·makeFuncStub7, R12)
STUB(·makeFuncStub8, R13)
STUB(·makeFuncStub9, R14)
STUB(·makeFuncStub10, R15)
STUB(·makeFuncStub11, 8(SP))
STUB(·makeFuncStub12, 16(SP))
STUB(·makeFuncStub13, 24(SP))
STUB(·makeFuncStub14, 32(SP))
STUB(·makeFuncStub15, 40(SP))
STUB(·makeFuncStub16, 48(SP))
STUB(·makeFuncStub17, 56(SP))
STUB(·makeFuncStub18, 64(SP))
STUB(·makeFuncStub19, 72(SP))
STUB(·makeFuncStub20, 80(SP))
STUB(·makeFuncStub21, 88(SP))
STUB(·makeFuncStub22, 96(SP))
STUB(·makeFuncStub23, 104(SP))
STUB(·makeFuncStub24, 112(SP))
STUB(·makeFuncStub25, 120(SP))
STUB(·makeFuncStub26, 128(SP))

DATA stubs<>+0(SB)/8, $·makeFuncStub0<ABIInternal>(SB)
DATA stubs<>+8(SB)/8, $·makeFuncStub1<ABIInternal>(SB)
DATA stubs<>+16(SB)/8, $·makeFuncStub2<ABIInternal>(SB)
DATA stubs<>+24(SB)/8, $·makeFuncStub3<ABIInternal>(SB)
DATA stubs<>+32(SB)/8, $·makeFuncStub4<ABIInternal>(SB)
DATA stubs<>+40(SB)/8, $·makeFuncStub5<ABIInternal>(SB)
DATA stubs<>+48(SB)/8, $·makeFuncStub6<ABIInternal>(SB)
DATA stubs<>+56(SB)/8, $·makeFuncStub7<ABIInternal>(SB)
DATA stubs<>+64(SB)/8, $·makeFuncStub8<ABIInternal>(SB)
DATA stubs<>+72(SB)/8, $·makeFuncStub9<ABIInternal>(SB)
DATA stubs<>+80(SB)/8, $·makeFuncStub10<ABIInternal>(SB)
DATA stubs<>+88(SB)/8, $·makeFuncStub11<ABIInternal>(SB)
DATA stubs<>+96(SB)/8, $·makeFuncStub12<ABIInternal>(SB)
DATA stubs<>+104(SB)/8, $·makeFuncStub13<ABIInternal>(SB)
DATA stubs<>+112(SB)/8, $·makeFuncStub14<ABIInternal>(SB)
DATA stubs<>+120(SB)/8, $·makeFuncStub15<ABIInternal>(SB)
DATA stubs<>+128(SB)/8, $·makeFuncStub16<ABIInternal>(SB)
DATA stubs<>+136(SB)/8, $·makeFuncStub17<ABIInternal>(SB)
DATA stubs<>+144(SB)/8, $·makeFuncStub18<ABIInternal>(SB)
DATA stubs<>+152(SB)/8, $·makeFuncStub19<ABIInternal>(SB)
DATA stubs<>+160(SB)/8, $·makeFuncStub20<ABIInternal>(SB)
DATA stubs<>+168(SB)/8, $·makeFuncStub21<ABIInternal>(SB)
DATA stubs<>+176(SB)/8, $·makeFuncStub22<ABIInternal>(SB)
DATA stubs<>+184(SB)/8, $·makeFuncStub23<ABIInternal>(SB)
DATA stubs<>+192(SB)/8, $·makeFuncStub24<ABIInternal>(SB)
DATA stubs<>+200(SB)/8, $·makeFuncStub25<ABIInternal>(SB)
DATA stubs<>+208(SB)/8, $·makeFuncStub26<ABIInternal>(SB)
GLOBL stubs<>(SB),RODATA,$216

// func stubTable(n int) uintptr
TEXT ·stubTable<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-16
	LEAQ	stubs<>(SB), CX
	MOVQ	(CX)(AX*8), AX
	RET
