// System calls. The kernel takes the number in AX and arguments in DI SI DX R10 R8 R9, and destroys CX and R11.

#include "textflag.h"

// func syscall6(nr, a1, a2, a3, a4, a5, a6 uintptr) uintptr
// AX = nr, CX DX DI SI R8 R9 = a1..a6. The result is the kernel's: errors are -4095..-1.
TEXT runtime·syscall6<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-64
	MOVQ	SI, R10
	MOVQ	DI, R11
	MOVQ	CX, DI
	MOVQ	DX, SI
	MOVQ	R11, DX
	SYSCALL			// a5 and a6 are in R8 and R9 already
	RET

// func clone(flags int32, stk unsafe.Pointer, mp *m) int32
// AX = flags, CX = stk, DX = mp. The child has FS = mp (CLONE_SETTLS) and starts at mstart on stk.
TEXT runtime·clone<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-28
	MOVL	AX, DI
	MOVQ	CX, SI
	MOVQ	DX, R8		// tls
	XORL	DX, DX
	XORL	R10, R10
	MOVL	$56, AX
	SYSCALL
	CMPQ	AX, $0
	JEQ	child
	RET
child:
	MOVL	$186, AX	// gettid
	SYSCALL
	MOVQ	0(FS), CX
	MOVQ	AX, 280(CX)	// m.procid
	JMP	runtime·mstart<ABIInternal>(SB)

// func exitThread(wait *uint32)
// Ends the thread; *wait = 0 tells that its stack is free.
TEXT runtime·exitThread<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-8
	MOVL	$0, (AX)
	MOVL	$0, DI
	MOVL	$60, AX
	SYSCALL
	INT	$3

// func callVDSO(fn, a, b, g0sp uintptr) uintptr
// AX = fn, CX DX = a, b; DI = top of the stack to run on, or 0 for this one. fn is C code: it takes DI, SI and keeps BX BP R12-R15.
// It may use any vector register, so X8-X15 are saved around it. Meanwhile 24(FS) (tlsVDSO) is the address of this frame, for a signal handler that wants to
// walk the stack; in a handler that calls here itself, it is what it was again afterwards.
TEXT runtime·callVDSO<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-40
	PUSHQ	BP
	MOVQ	SP, BP
	PUSHQ	24(FS)
	MOVQ	BP, 24(FS)
	TESTQ	DI, DI
	JZ	here
	MOVQ	DI, SP
here:
	ANDQ	$~15, SP
	SUBQ	$128, SP
	MOVUPS	X8, 0(SP)
	MOVUPS	X9, 16(SP)
	MOVUPS	X10, 32(SP)
	MOVUPS	X11, 48(SP)
	MOVUPS	X12, 64(SP)
	MOVUPS	X13, 80(SP)
	MOVUPS	X14, 96(SP)
	MOVUPS	X15, 112(SP)
	MOVQ	CX, DI
	MOVQ	DX, SI
	CALL	AX
	MOVUPS	0(SP), X8
	MOVUPS	16(SP), X9
	MOVUPS	32(SP), X10
	MOVUPS	48(SP), X11
	MOVUPS	64(SP), X12
	MOVUPS	80(SP), X13
	MOVUPS	96(SP), X14
	MOVUPS	112(SP), X15
	MOVQ	-8(BP), CX
	MOVQ	CX, 24(FS)
	MOVQ	BP, SP
	POPQ	BP
	RET
