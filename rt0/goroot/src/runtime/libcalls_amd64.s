// The functions that LLVM calls on its own for large copies and clears. They have C's calling convention:
// arguments in DI, SI, DX; result in AX; they keep BX, BP, R12-R15 and all of XMM.

#include "textflag.h"

// void *memcpy(void *to, const void *from, size_t n)
TEXT memcpy(SB), NOSPLIT|NOFRAME, $0-0
	MOVQ	DI, AX
	MOVQ	DX, CX
	REP; MOVSB
	RET

// void *memmove(void *to, const void *from, size_t n)
TEXT memmove(SB), NOSPLIT|NOFRAME, $0-0
	MOVQ	DI, AX
	MOVQ	DX, CX
	MOVQ	DI, R8
	SUBQ	SI, R8
	CMPQ	R8, DX
	JCS	backward // from < to < from+n, unsigned
	REP; MOVSB
	RET
backward:
	LEAQ	-1(DI)(DX*1), DI
	LEAQ	-1(SI)(DX*1), SI
	STD
	REP; MOVSB
	CLD
	RET

// void *memset(void *to, int byte, size_t n)
TEXT memset(SB), NOSPLIT|NOFRAME, $0-0
	MOVQ	DI, R8
	MOVL	SI, AX
	MOVQ	DX, CX
	REP; STOSB
	MOVQ	R8, AX
	RET
