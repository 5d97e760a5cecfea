// System calls with their own entry, in rt0's register convention.

#include "textflag.h"

// func rawVforkSyscall(trap, a1, a2, a3 uintptr) (r1 uintptr, err Errno)
// AX = trap, CX DX DI = a1..a3; results in AX, CX.
// The child shares our memory and our stack, and goes on from here before we do. What it may overwrite is kept in registers, which are
// ours alone: the return address in R9 and the thread's stack limit, which the child changes if it grows its stack, in R8.
TEXT ·rawVforkSyscall<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-48
	MOVQ	DI, R10
	MOVQ	CX, DI
	MOVQ	DX, SI
	MOVQ	R10, DX
	XORL	R10, R10
	MOVQ	0x70(FS), R8
	POPQ	R9
	SYSCALL
	PUSHQ	R9
	MOVQ	R8, 0x70(FS)
	XORL	CX, CX
	CMPQ	AX, $0xfffffffffffff001
	JCS	done
	NEGQ	AX
	MOVQ	AX, CX
	MOVQ	$-1, AX
done:
	RET

// func rawSyscallNoError(trap, a1, a2, a3 uintptr) (r1, r2 uintptr)
// AX = trap, CX DX DI = a1..a3; results in AX, CX.
TEXT ·rawSyscallNoError<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-48
	MOVQ	DI, R10
	MOVQ	CX, DI
	MOVQ	DX, SI
	MOVQ	R10, DX
	SYSCALL
	MOVQ	DX, CX
	RET

// func gettimeofday(tv *Timeval) (err Errno)
// AX = tv; result in AX.
TEXT ·gettimeofday<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-16
	MOVQ	AX, DI
	XORL	SI, SI
	MOVL	$96, AX
	SYSCALL
	NEGQ	AX
	RET
