// Compare is cmpstring without the capacities.

#include "textflag.h"

// func Compare(a, b []byte) int
// AX CX DX = a, DI SI R8 = b.
TEXT ·Compare<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-56
	MOVQ	DI, DX
	MOVQ	SI, DI
	JMP	runtime·cmpstring<ABIInternal>(SB)
