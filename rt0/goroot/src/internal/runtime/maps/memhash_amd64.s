// Hashing with the AES instructions, for maps.
//
// The state is 128 bits: seed and length, scrambled with the process's random key (aeskeysched). Every 16 bytes of input are xored in and followed by two
// rounds; from 64 bytes on there are four states side by side, which the processor works on at once. The last block overlaps the one
// before it, so nothing outside the input is read. Three rounds end it; the hash is the low half.
//
// Two rounds between blocks, not one: after one round a difference in one byte has passed one S-box, and the next block could cancel it
// with a chance of 1 in 128; after two it has passed at least five.

#include "textflag.h"

// func memHashAES(p unsafe.Pointer, h, s uintptr) uintptr
// AX = p, CX = seed, DX = length. Uses DI SI R8 X0-X7.
TEXT ·memHashAES<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-32
	MOVQ	CX, X0
	MOVQ	DX, X1
	PUNPCKLQDQ	X1, X0
	MOVOU	·aeskeysched(SB), X7
	PXOR	X7, X0
	AESENC	X0, X0
	CMPQ	DX, $16
	JCS	short
	CMPQ	DX, $64
	JCC	long
	LEAQ	-16(DX), R8
	XORL	SI, SI
loop16:
	MOVOU	(AX)(SI*1), X1
	PXOR	X1, X0
	AESENC	X0, X0
	AESENC	X7, X0
	ADDQ	$16, SI
	CMPQ	SI, R8
	JCS	loop16
	MOVOU	(AX)(R8*1), X1
	PXOR	X1, X0
	JMP	finish

long:
	MOVOU	·aeskeysched+16(SB), X4
	MOVOU	·aeskeysched+32(SB), X5
	MOVOU	·aeskeysched+48(SB), X6
	MOVO	X0, X1
	MOVO	X0, X2
	MOVO	X0, X3
	PXOR	X4, X1
	PXOR	X5, X2
	PXOR	X6, X3
	AESENC	X1, X1
	AESENC	X2, X2
	AESENC	X3, X3
	LEAQ	-64(DX), R8
	XORL	SI, SI
loop64:
	MOVOU	(AX)(SI*1), X4
	MOVOU	16(AX)(SI*1), X5
	PXOR	X4, X0
	PXOR	X5, X1
	MOVOU	32(AX)(SI*1), X4
	MOVOU	48(AX)(SI*1), X5
	PXOR	X4, X2
	PXOR	X5, X3
	AESENC	X0, X0
	AESENC	X1, X1
	AESENC	X2, X2
	AESENC	X3, X3
	AESENC	X7, X0
	AESENC	X7, X1
	AESENC	X7, X2
	AESENC	X7, X3
	ADDQ	$64, SI
	CMPQ	SI, R8
	JCS	loop64
	// The last 64 bytes.
	MOVOU	(AX)(R8*1), X4
	MOVOU	16(AX)(R8*1), X5
	PXOR	X4, X0
	PXOR	X5, X1
	MOVOU	32(AX)(R8*1), X4
	MOVOU	48(AX)(R8*1), X5
	PXOR	X4, X2
	PXOR	X5, X3
	AESENC	X0, X0
	AESENC	X1, X1
	AESENC	X2, X2
	AESENC	X3, X3
	AESENC	X7, X0
	AESENC	X6, X1
	AESENC	X7, X2
	AESENC	X6, X3
	PXOR	X1, X0
	PXOR	X3, X2
	AESENC	X2, X0
	JMP	finish

short:
	CMPQ	DX, $8
	JCC	from8
	CMPQ	DX, $4
	JCC	from4
	XORL	SI, SI
	TESTQ	DX, DX
	JZ	one
	// 1 to 3 bytes: the first, the middle, the last.
	MOVBLZX	(AX), SI
	MOVBLZX	-1(AX)(DX*1), DI
	SHRQ	$1, DX
	MOVBLZX	(AX)(DX*1), R8
	SHLL	$8, R8
	SHLL	$16, DI
	ORL	R8, SI
	ORL	DI, SI
one:
	MOVQ	SI, X1
	PXOR	X1, X0
	JMP	finish
from4:
	MOVL	(AX), SI
	MOVL	-4(AX)(DX*1), DI
	SHLQ	$32, DI
	ORQ	DI, SI
	JMP	one
from8:
	MOVQ	(AX), X1
	MOVQ	-8(AX)(DX*1), X2
	PUNPCKLQDQ	X2, X1
	PXOR	X1, X0
finish:
	MOVOU	·aeskeysched+64(SB), X1
	AESENC	X0, X0
	AESENC	X1, X0
	AESENC	X0, X0
	MOVQ	X0, AX
	RET

// func checkMasksAndShiftsAlignment() bool
// There are no masks here that need alignment.
TEXT ·checkMasksAndShiftsAlignment<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-1
	MOVL	$1, AX
	RET
