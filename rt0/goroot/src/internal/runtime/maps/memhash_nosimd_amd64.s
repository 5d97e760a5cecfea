// Hashes of 4 and 8 bytes; see memhash_amd64.s.

#include "textflag.h"

// func memHash32AES(k uint32, h uintptr) uintptr
// AX = k, CX = seed.
TEXT ·memHash32AES<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-24
	MOVL	AX, AX
	JMP	·memHash64AES<ABIInternal>(SB)

// func memHash64AES(k uint64, h uintptr) uintptr
// AX = k, CX = seed.
TEXT ·memHash64AES<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-24
	MOVQ	CX, X0
	MOVQ	AX, X1
	PUNPCKLQDQ	X1, X0
	MOVOU	·aeskeysched(SB), X1
	MOVOU	·aeskeysched+16(SB), X2
	MOVOU	·aeskeysched+32(SB), X3
	PXOR	X1, X0
	AESENC	X1, X0
	AESENC	X2, X0
	AESENC	X3, X0
	MOVQ	X0, AX
	RET
