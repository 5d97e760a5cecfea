// func reflectcallregs(r *callRegs)
// Calls r.code with the registers and stack words that r holds and stores the result registers in r. (reflectcall.go has the layout.)
// BX keeps r over the call. The frame's size varies, so the check of the stack is written out as the compiler would emit it.

#include "textflag.h"

TEXT runtime·reflectcallregs<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-8
	MOVQ	224(AX), R10	// nstack
	SHLQ	$3, R10
	ADDQ	$256, R10
	MOVQ	SP, R11
	SUBQ	R10, R11
	CMPQ	R11, 0x70(FS)
	JHI	body
	XORL	R11, R11	// no stack arguments of our own
	CALL	__morestack(SB)
	RET			// __morestack calls what follows this byte, on the new segment
body:
	PUSHQ	BP
	MOVQ	SP, BP
	PUSHQ	BX
	PUSHQ	R12
	PUSHQ	R13
	PUSHQ	R14
	PUSHQ	R15
	SUBQ	$136, SP
	MOVUPS	X8, 0(SP)
	MOVUPS	X9, 16(SP)
	MOVUPS	X10, 32(SP)
	MOVUPS	X11, 48(SP)
	MOVUPS	X12, 64(SP)
	MOVUPS	X13, 80(SP)
	MOVUPS	X14, 96(SP)
	MOVUPS	X15, 112(SP)
	MOVQ	AX, BX
	MOVQ	16(FS), CX	// g
	CMPQ	(CX), $0	// its _panic
	JEQ	quiet
	MOVQ	BP, AX
	CALL	runtime·deferwrapper<ABIInternal>(SB)	// this is a wrapper: recover works in what it calls
quiet:
	MOVQ	224(BX), CX
	LEAQ	1(CX), DX
	ANDQ	$-2, DX
	SHLQ	$3, DX
	SUBQ	DX, SP
	MOVQ	216(BX), SI
	XORL	DX, DX
words:
	CMPQ	DX, CX
	JGE	loaded
	MOVQ	(SI)(DX*8), AX
	MOVQ	AX, (SP)(DX*8)
	INCQ	DX
	JMP	words
loaded:
	MOVSD	88(BX), X0
	MOVSD	96(BX), X1
	MOVSD	104(BX), X2
	MOVSD	112(BX), X3
	MOVSD	120(BX), X4
	MOVSD	128(BX), X5
	MOVSD	136(BX), X6
	MOVSD	144(BX), X7
	MOVSD	152(BX), X8
	MOVSD	160(BX), X9
	MOVSD	168(BX), X10
	MOVSD	176(BX), X11
	MOVSD	184(BX), X12
	MOVSD	192(BX), X13
	MOVSD	200(BX), X14
	MOVSD	208(BX), X15
	MOVQ	0(BX), AX
	MOVQ	8(BX), CX
	MOVQ	16(BX), DX
	MOVQ	24(BX), DI
	MOVQ	32(BX), SI
	MOVQ	40(BX), R8
	MOVQ	48(BX), R9
	MOVQ	56(BX), R12
	MOVQ	64(BX), R13
	MOVQ	72(BX), R14
	MOVQ	80(BX), R15
	MOVQ	232(BX), R11
	CALL	R11
	MOVQ	AX, 0(BX)
	MOVQ	CX, 8(BX)
	MOVQ	DX, 16(BX)
	MOVQ	DI, 24(BX)
	MOVQ	SI, 32(BX)
	MOVQ	R8, 40(BX)
	MOVQ	R9, 48(BX)
	MOVQ	R12, 56(BX)
	MOVQ	R13, 64(BX)
	MOVQ	R14, 72(BX)
	MOVQ	R15, 80(BX)
	MOVSD	X0, 88(BX)
	MOVSD	X1, 96(BX)
	MOVSD	X2, 104(BX)
	MOVSD	X3, 112(BX)
	MOVSD	X4, 120(BX)
	MOVSD	X5, 128(BX)
	MOVSD	X6, 136(BX)
	MOVSD	X7, 144(BX)
	MOVSD	X8, 152(BX)
	MOVSD	X9, 160(BX)
	MOVSD	X10, 168(BX)
	MOVSD	X11, 176(BX)
	MOVSD	X12, 184(BX)
	MOVSD	X13, 192(BX)
	MOVSD	X14, 200(BX)
	MOVSD	X15, 208(BX)
	LEAQ	-176(BP), SP
	MOVUPS	0(SP), X8
	MOVUPS	16(SP), X9
	MOVUPS	32(SP), X10
	MOVUPS	48(SP), X11
	MOVUPS	64(SP), X12
	MOVUPS	80(SP), X13
	MOVUPS	96(SP), X14
	MOVUPS	112(SP), X15
	ADDQ	$136, SP
	POPQ	R15
	POPQ	R14
	POPQ	R13
	POPQ	R12
	POPQ	BX
	POPQ	BP
	RET
