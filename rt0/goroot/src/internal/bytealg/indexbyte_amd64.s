// IndexByte with SSE2, 16 and 64 bytes at a time. Uses AX CX DX SI DI R8-R10 and X0-X5 only.

#include "textflag.h"

// func IndexByte(b []byte, c byte) int
// AX CX DX = b, DI = c.
TEXT ·IndexByte<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-40
	MOVQ	DI, DX
	JMP	·IndexByteString<ABIInternal>(SB)

// func IndexByteString(s string, c byte) int
// AX CX = s, DX = c. Result in AX.
TEXT ·IndexByteString<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-32
	CMPQ	CX, $16
	JCS	short
	MOVBLZX	DX, DX
	MOVQ	DX, X0
	PUNPCKLBW	X0, X0
	PUNPCKLWL	X0, X0
	PSHUFL	$0, X0, X0	// c in every byte
	XORL	R8, R8		// offset
	LEAQ	-16(CX), R9	// offset of the last whole 16
	CMPQ	CX, $64
	JCS	loop16
	LEAQ	-64(CX), R10
loop64:
	MOVUPS	(AX)(R8*1), X1
	MOVUPS	16(AX)(R8*1), X2
	MOVUPS	32(AX)(R8*1), X3
	MOVUPS	48(AX)(R8*1), X4
	PCMPEQB	X0, X1
	PCMPEQB	X0, X2
	PCMPEQB	X0, X3
	PCMPEQB	X0, X4
	MOVO	X1, X5
	POR	X2, X5
	POR	X3, X5
	POR	X4, X5
	PMOVMSKB	X5, SI
	TESTL	SI, SI
	JNZ	in64
	ADDQ	$64, R8
	CMPQ	R8, R10
	JLS	loop64
loop16:
	CMPQ	R8, R9
	JHI	last
	MOVUPS	(AX)(R8*1), X1
	PCMPEQB	X0, X1
	PMOVMSKB	X1, SI
	TESTL	SI, SI
	JNZ	found
	ADDQ	$16, R8
	JMP	loop16
last:
	// The last 16 bytes, some of them seen already.
	MOVQ	R9, R8
	MOVUPS	(AX)(R8*1), X1
	PCMPEQB	X0, X1
	PMOVMSKB	X1, SI
	TESTL	SI, SI
	JZ	none
found:
	BSFL	SI, SI
	LEAQ	(R8)(SI*1), AX
	RET
in64:
	// Which of the four?
	PMOVMSKB	X1, SI
	TESTL	SI, SI
	JNZ	found
	ADDQ	$16, R8
	PMOVMSKB	X2, SI
	TESTL	SI, SI
	JNZ	found
	ADDQ	$16, R8
	PMOVMSKB	X3, SI
	TESTL	SI, SI
	JNZ	found
	ADDQ	$16, R8
	PMOVMSKB	X4, SI
	JMP	found
short:
	XORL	R8, R8
again:
	CMPQ	R8, CX
	JEQ	none
	CMPB	(AX)(R8*1), DX
	JEQ	here
	INCQ	R8
	JMP	again
here:
	MOVQ	R8, AX
	RET
none:
	MOVQ	$-1, AX
	RET
