// The system call instruction for Go code. See runtime/sys_linux_amd64.s.

#include "textflag.h"

// func Syscall6(num, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2, errno uintptr)
// AX = num, CX DX DI SI R8 R9 = a1..a6; results in AX, CX, DX. The kernel wants DI SI DX R10 R8 R9 and destroys CX and R11.
// An error is a result in -4095..-1: then r1 = -1, r2 = 0, errno = its negative.
TEXT ·Syscall6<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-80
	MOVQ	SI, R10
	MOVQ	DI, R11
	MOVQ	CX, DI
	MOVQ	DX, SI
	MOVQ	R11, DX
	SYSCALL
	CMPQ	AX, $0xfffffffffffff001
	JCC	failed
	MOVQ	DX, CX
	XORL	DX, DX
	RET
failed:
	NEGQ	AX
	MOVQ	AX, DX
	MOVQ	$-1, AX
	XORL	CX, CX
	RET
