// Count with SSE2: equal bytes give -1, subtracted in byte lanes, summed by PSADBW. Uses AX CX DX SI DI R8-R10 and X0-X5 only.

#include "textflag.h"

// func Count(b []byte, c byte) int
// AX CX DX = b, DI = c.
TEXT ·Count<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-40
	MOVQ	DI, DX
	JMP	·CountString<ABIInternal>(SB)

// func CountString(s string, c byte) int
// AX CX = s, DX = c. Result in AX.
TEXT ·CountString<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-32
	XORL	R9, R9		// count
	MOVBLZX	DX, DX
	CMPQ	CX, $16
	JCS	tail
	MOVQ	DX, X0
	PUNPCKLBW	X0, X0
	PUNPCKLWL	X0, X0
	PSHUFL	$0, X0, X0
	PXOR	X4, X4		// zero
	PXOR	X5, X5		// two 64-bit sums
loop16:
	MOVUPS	(AX), X1
	PCMPEQB	X0, X1
	PXOR	X2, X2
	PSUBB	X1, X2		// 1 where equal
	PSADBW	X4, X2
	PADDQ	X2, X5
	ADDQ	$16, AX
	SUBQ	$16, CX
	CMPQ	CX, $16
	JCC	loop16
	MOVQ	X5, R9
	PSRLO	$8, X5
	MOVQ	X5, R10
	ADDQ	R10, R9
tail:
	TESTQ	CX, CX
	JZ	done
again:
	MOVBLZX	(AX), SI
	XORL	DI, DI
	CMPL	SI, DX
	SETEQ	DI
	ADDQ	DI, R9
	INCQ	AX
	DECQ	CX
	JNZ	again
done:
	MOVQ	R9, AX
	RET
