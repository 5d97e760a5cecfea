// memmove, memclrNoHeapPointers and memequal: leaf functions, entered with the register convention; they use AX CX DX SI DI
// R8-R11 and X0-X7 only, so the caller's X8-X15 stay.

#include "textflag.h"

// func memmove(to, from unsafe.Pointer, n uintptr)
// AX = to, CX = from, DX = n. Up to 128 bytes everything is loaded before anything is stored, so overlap does not matter;
// beyond that the direction is chosen, and the ends are loaded first.
TEXT runtime·memmove<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-24
	CMPQ	DX, $16
	JHI	over16
	CMPQ	DX, $8
	JCC	from8to16
	CMPQ	DX, $4
	JCC	from4to7
	CMPQ	DX, $2
	JCC	from2to3
	TESTQ	DX, DX
	JZ	done
	MOVBLZX	(CX), SI
	MOVB	SI, (AX)
done:
	RET
from2to3:
	MOVWLZX	(CX), SI
	MOVBLZX	-1(CX)(DX*1), DI
	MOVW	SI, (AX)
	MOVB	DI, -1(AX)(DX*1)
	RET
from4to7:
	MOVL	(CX), SI
	MOVL	-4(CX)(DX*1), DI
	MOVL	SI, (AX)
	MOVL	DI, -4(AX)(DX*1)
	RET
from8to16:
	MOVQ	(CX), SI
	MOVQ	-8(CX)(DX*1), DI
	MOVQ	SI, (AX)
	MOVQ	DI, -8(AX)(DX*1)
	RET
over16:
	CMPQ	DX, $32
	JHI	over32
	MOVUPS	(CX), X0
	MOVUPS	-16(CX)(DX*1), X1
	MOVUPS	X0, (AX)
	MOVUPS	X1, -16(AX)(DX*1)
	RET
over32:
	CMPQ	DX, $64
	JHI	over64
	MOVUPS	(CX), X0
	MOVUPS	16(CX), X1
	MOVUPS	-32(CX)(DX*1), X2
	MOVUPS	-16(CX)(DX*1), X3
	MOVUPS	X0, (AX)
	MOVUPS	X1, 16(AX)
	MOVUPS	X2, -32(AX)(DX*1)
	MOVUPS	X3, -16(AX)(DX*1)
	RET
over64:
	CMPQ	DX, $128
	JHI	over128
	MOVUPS	(CX), X0
	MOVUPS	16(CX), X1
	MOVUPS	32(CX), X2
	MOVUPS	48(CX), X3
	MOVUPS	-64(CX)(DX*1), X4
	MOVUPS	-48(CX)(DX*1), X5
	MOVUPS	-32(CX)(DX*1), X6
	MOVUPS	-16(CX)(DX*1), X7
	MOVUPS	X0, (AX)
	MOVUPS	X1, 16(AX)
	MOVUPS	X2, 32(AX)
	MOVUPS	X3, 48(AX)
	MOVUPS	X4, -64(AX)(DX*1)
	MOVUPS	X5, -48(AX)(DX*1)
	MOVUPS	X6, -32(AX)(DX*1)
	MOVUPS	X7, -16(AX)(DX*1)
	RET
over128:
	MOVQ	AX, SI
	SUBQ	CX, SI		// to - from
	JEQ	done
	CMPQ	SI, DX
	JCS	backward	// from < to < from+n
	CMPQ	DX, $2048
	JCC	rep
	// Forward: the last 64 bytes are loaded before the loop may overwrite them.
	MOVUPS	-64(CX)(DX*1), X4
	MOVUPS	-48(CX)(DX*1), X5
	MOVUPS	-32(CX)(DX*1), X6
	MOVUPS	-16(CX)(DX*1), X7
	LEAQ	-64(AX)(DX*1), R8	// where they go
forward:
	MOVUPS	(CX), X0
	MOVUPS	16(CX), X1
	MOVUPS	32(CX), X2
	MOVUPS	48(CX), X3
	MOVUPS	X0, (AX)
	MOVUPS	X1, 16(AX)
	MOVUPS	X2, 32(AX)
	MOVUPS	X3, 48(AX)
	ADDQ	$64, CX
	ADDQ	$64, AX
	CMPQ	AX, R8
	JCS	forward
	MOVUPS	X4, (R8)
	MOVUPS	X5, 16(R8)
	MOVUPS	X6, 32(R8)
	MOVUPS	X7, 48(R8)
	RET
rep:
	MOVQ	AX, DI
	MOVQ	CX, SI
	MOVQ	DX, CX
	REP; MOVSB
	RET
backward:
	MOVUPS	(CX), X4
	MOVUPS	16(CX), X5
	MOVUPS	32(CX), X6
	MOVUPS	48(CX), X7
	LEAQ	(CX)(DX*1), R9
	LEAQ	(AX)(DX*1), R10
	LEAQ	64(AX), R8
back64:
	MOVUPS	-64(R9), X0
	MOVUPS	-48(R9), X1
	MOVUPS	-32(R9), X2
	MOVUPS	-16(R9), X3
	MOVUPS	X0, -64(R10)
	MOVUPS	X1, -48(R10)
	MOVUPS	X2, -32(R10)
	MOVUPS	X3, -16(R10)
	SUBQ	$64, R9
	SUBQ	$64, R10
	CMPQ	R10, R8
	JHI	back64
	MOVUPS	X4, (AX)
	MOVUPS	X5, 16(AX)
	MOVUPS	X6, 32(AX)
	MOVUPS	X7, 48(AX)
	RET

// func memclrNoHeapPointers(ptr unsafe.Pointer, n uintptr)
// AX = ptr, CX = n.
TEXT runtime·memclrNoHeapPointers<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-16
	CMPQ	CX, $16
	JCC	over15
	XORL	DX, DX
	CMPQ	CX, $8
	JCC	from8
	CMPQ	CX, $4
	JCC	from4
	TESTQ	CX, CX
	JZ	done
again:
	MOVB	DX, -1(AX)(CX*1)
	DECQ	CX
	JNZ	again
done:
	RET
from4:
	MOVL	DX, (AX)
	MOVL	DX, -4(AX)(CX*1)
	RET
from8:
	MOVQ	DX, (AX)
	MOVQ	DX, -8(AX)(CX*1)
	RET
over15:
	XORPS	X0, X0
	CMPQ	CX, $64
	JHI	over64
	MOVUPS	X0, (AX)
	MOVUPS	X0, -16(AX)(CX*1)
	CMPQ	CX, $32
	JLS	done
	MOVUPS	X0, 16(AX)
	MOVUPS	X0, -32(AX)(CX*1)
	RET
over64:
	CMPQ	CX, $4096
	JCC	rep
	LEAQ	-64(AX)(CX*1), DX
loop:
	MOVUPS	X0, (AX)
	MOVUPS	X0, 16(AX)
	MOVUPS	X0, 32(AX)
	MOVUPS	X0, 48(AX)
	ADDQ	$64, AX
	CMPQ	AX, DX
	JCS	loop
	MOVUPS	X0, (DX)
	MOVUPS	X0, 16(DX)
	MOVUPS	X0, 32(DX)
	MOVUPS	X0, 48(DX)
	RET
rep:
	MOVQ	AX, DI
	XORL	AX, AX
	REP; STOSB
	RET

// func memequal(a, b unsafe.Pointer, n uintptr) bool
// AX = a, CX = b, DX = n.
TEXT runtime·memequal<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-25
	CMPQ	AX, CX
	JEQ	yes
	CMPQ	DX, $16
	JCC	over15
	CMPQ	DX, $8
	JCC	from8
	CMPQ	DX, $4
	JCC	from4
	TESTQ	DX, DX
	JZ	yes
again:
	MOVBLZX	-1(AX)(DX*1), SI
	MOVBLZX	-1(CX)(DX*1), DI
	CMPL	SI, DI
	JNE	no
	DECQ	DX
	JNZ	again
yes:
	MOVL	$1, AX
	RET
no:
	XORL	AX, AX
	RET
from4:
	MOVL	(AX), SI
	MOVL	-4(AX)(DX*1), DI
	XORL	(CX), SI
	XORL	-4(CX)(DX*1), DI
	ORL	SI, DI
	JNZ	no
	MOVL	$1, AX
	RET
from8:
	MOVQ	(AX), SI
	MOVQ	-8(AX)(DX*1), DI
	XORQ	(CX), SI
	XORQ	-8(CX)(DX*1), DI
	ORQ	SI, DI
	JNZ	no
	MOVL	$1, AX
	RET
over15:
	LEAQ	-16(DX), R8	// offset of the last 16 bytes
	XORL	R9, R9
	CMPQ	DX, $64
	JCS	loop16
	LEAQ	-64(DX), R10
loop64:
	MOVUPS	(AX)(R9*1), X0
	MOVUPS	16(AX)(R9*1), X1
	MOVUPS	32(AX)(R9*1), X2
	MOVUPS	48(AX)(R9*1), X3
	MOVUPS	(CX)(R9*1), X4
	MOVUPS	16(CX)(R9*1), X5
	MOVUPS	32(CX)(R9*1), X6
	MOVUPS	48(CX)(R9*1), X7
	PCMPEQB	X4, X0
	PCMPEQB	X5, X1
	PCMPEQB	X6, X2
	PCMPEQB	X7, X3
	PAND	X1, X0
	PAND	X3, X2
	PAND	X2, X0
	PMOVMSKB	X0, SI
	CMPL	SI, $0xffff
	JNE	no
	ADDQ	$64, R9
	CMPQ	R9, R10
	JLS	loop64
loop16:
	CMPQ	R9, R8
	JCC	last
	MOVUPS	(AX)(R9*1), X0
	MOVUPS	(CX)(R9*1), X1
	PCMPEQB	X1, X0
	PMOVMSKB	X0, SI
	CMPL	SI, $0xffff
	JNE	no
	ADDQ	$16, R9
	JMP	loop16
last:
	MOVUPS	(AX)(R8*1), X0
	MOVUPS	(CX)(R8*1), X1
	PCMPEQB	X1, X0
	PMOVMSKB	X0, SI
	CMPL	SI, $0xffff
	JNE	no
	MOVL	$1, AX
	RET

// The C functions that LLVM may call for the copies and fills of large values: arguments in DI SI DX, result in AX. They keep
// BX BP R12-R15 as C does, and X8-X15 besides.

// void *memcpy(void *to, const void *from, size_t n)
TEXT memcpy(SB),NOSPLIT|NOFRAME,$0
	JMP	memmove(SB)

// void *memmove(void *to, const void *from, size_t n)
TEXT memmove(SB),NOSPLIT|NOFRAME,$0
	MOVQ	DI, R11		// runtime·memmove does not use it
	MOVQ	DI, AX
	MOVQ	SI, CX
	CALL	runtime·memmove<ABIInternal>(SB)
	MOVQ	R11, AX
	RET

// void *memset(void *to, int c, size_t n)
TEXT memset(SB),NOSPLIT|NOFRAME,$0
	MOVQ	DI, R11
	MOVL	SI, AX
	MOVQ	DX, CX
	CLD
	REP; STOSB
	MOVQ	R11, AX
	RET
