// The code of functions made by reflection (makefunc.go). A stub is entered like any Go function; it differs from the next only in
// where the closure arrives: makeFuncStub0 to 10 in an integer register, from 11 on in a stack word. All arguments stay as they are.
// R10 and R11 carry no arguments.

#include "textflag.h"

TEXT reflect·makeFuncStub0<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	AX, R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub1<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	CX, R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub2<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	DX, R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub3<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	DI, R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub4<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	SI, R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub5<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	R8, R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub6<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	R9, R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub7<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	R12, R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub8<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	R13, R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub9<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	R14, R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub10<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	R15, R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub11<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	8(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub12<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	16(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub13<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	24(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub14<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	32(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub15<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	40(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub16<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	48(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub17<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	56(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub18<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	64(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub19<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	72(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub20<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	80(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub21<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	88(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub22<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	96(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub23<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	104(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub24<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	112(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub25<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	120(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub26<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	128(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub27<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	136(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub28<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	144(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub29<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	152(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub30<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	160(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub31<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	168(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub32<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	176(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub33<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	184(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub34<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	192(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub35<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	200(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub36<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	208(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub37<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	216(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub38<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	224(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub39<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	232(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub40<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	240(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub41<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	248(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

TEXT reflect·makeFuncStub42<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	256(SP), R10
	JMP	reflect·makeFuncCommon<ABIInternal>(SB)

// R10: the closure. Stores the registers in a makeFuncRegs, calls makeFuncEntry(regs, closure, stack words), and loads them again: results
// have replaced arguments where there are any, the rest is as the caller left it. 288 bytes of stack, which the slop below
// the limit has room for.
TEXT reflect·makeFuncCommon<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	PUSHQ	BP
	MOVQ	SP, BP
	SUBQ	$288, SP
	MOVQ	AX, 0(SP)
	MOVQ	CX, 8(SP)
	MOVQ	DX, 16(SP)
	MOVQ	DI, 24(SP)
	MOVQ	SI, 32(SP)
	MOVQ	R8, 40(SP)
	MOVQ	R9, 48(SP)
	MOVQ	R12, 56(SP)
	MOVQ	R13, 64(SP)
	MOVQ	R14, 72(SP)
	MOVQ	R15, 80(SP)
	MOVSD	X0, 88(SP)
	MOVSD	X1, 96(SP)
	MOVSD	X2, 104(SP)
	MOVSD	X3, 112(SP)
	MOVSD	X4, 120(SP)
	MOVSD	X5, 128(SP)
	MOVSD	X6, 136(SP)
	MOVSD	X7, 144(SP)
	MOVUPS	X8, 152(SP)
	MOVUPS	X9, 168(SP)
	MOVUPS	X10, 184(SP)
	MOVUPS	X11, 200(SP)
	MOVUPS	X12, 216(SP)
	MOVUPS	X13, 232(SP)
	MOVUPS	X14, 248(SP)
	MOVUPS	X15, 264(SP)
	MOVQ	16(FS), R11	// g
	CMPQ	(R11), $0	// its _panic
	JEQ	enter
	MOVQ	R10, 280(SP)
	MOVQ	BP, AX
	CALL	runtime·deferwrapper<ABIInternal>(SB)	// this is a wrapper: recover works in what it calls
	MOVQ	280(SP), R10
enter:
	MOVQ	SP, AX
	MOVQ	R10, CX
	LEAQ	16(BP), DX
	CALL	reflect·makeFuncEntry<ABIInternal>(SB)
	MOVUPS	152(SP), X8
	MOVUPS	168(SP), X9
	MOVUPS	184(SP), X10
	MOVUPS	200(SP), X11
	MOVUPS	216(SP), X12
	MOVUPS	232(SP), X13
	MOVUPS	248(SP), X14
	MOVUPS	264(SP), X15
	MOVSD	88(SP), X0
	MOVSD	96(SP), X1
	MOVSD	104(SP), X2
	MOVSD	112(SP), X3
	MOVSD	120(SP), X4
	MOVSD	128(SP), X5
	MOVSD	136(SP), X6
	MOVSD	144(SP), X7
	MOVQ	0(SP), AX
	MOVQ	8(SP), CX
	MOVQ	16(SP), DX
	MOVQ	24(SP), DI
	MOVQ	32(SP), SI
	MOVQ	40(SP), R8
	MOVQ	48(SP), R9
	MOVQ	56(SP), R12
	MOVQ	64(SP), R13
	MOVQ	72(SP), R14
	MOVQ	80(SP), R15
	MOVQ	BP, SP
	POPQ	BP
	RET
