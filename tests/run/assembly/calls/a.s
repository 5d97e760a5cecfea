#include "textflag.h"
#include "funcdata.h"

TEXT ·callone(SB), 0, $16-16
	NO_LOCAL_POINTERS
	MOVQ x+0(FP), AX
	MOVQ AX, 0(SP)
	CALL ·one(SB)
	MOVQ 8(SP), AX
	MOVQ AX, ret+8(FP)
	RET

TEXT ·jmpone(SB), NOSPLIT, $0-16
	JMP ·one(SB)

DATA ·cb(SB)/8, $·one(SB)
GLOBL ·cb(SB), NOPTR, $8

TEXT ·viaptr(SB), 0, $16-16
	NO_LOCAL_POINTERS
	MOVQ x+0(FP), AX
	MOVQ AX, 0(SP)
	MOVQ ·cb(SB), AX
	CALL AX
	MOVQ 8(SP), AX
	MOVQ AX, ret+8(FP)
	RET

TEXT ·vialea(SB), 0, $16-16
	NO_LOCAL_POINTERS
	MOVQ x+0(FP), AX
	MOVQ AX, 0(SP)
	LEAQ ·one(SB), AX
	MOVQ $·one(SB), BX
	CMPQ AX, BX
	JNE bad
	CALL AX
	MOVQ 8(SP), AX
	MOVQ AX, ret+8(FP)
	RET
bad:
	INT $3

TEXT ·callM(SB), 0, $24-24
	NO_LOCAL_POINTERS
	MOVQ t+0(FP), AX
	MOVQ AX, 0(SP)
	MOVQ x+8(FP), AX
	MOVQ AX, 8(SP)
	CALL ·M(SB)
	MOVQ 16(SP), AX
	MOVQ AX, ret+16(FP)
	RET

// args 8+8+16+24+16+24+8 = 104; results 2(104) str 112 fl 128 e 136 b 152 ->153
TEXT ·callmixed(SB), 0, $160-153
	NO_LOCAL_POINTERS
	LEAQ a+0(FP), SI
	MOVQ SP, DI
	MOVQ $13, CX
	REP
	MOVSQ
	CALL ·mixed(SB)
	LEAQ 104(SP), SI
	LEAQ r+104(FP), DI
	MOVQ $49, CX
	REP
	MOVSB
	RET

TEXT ·usebp(SB), NOSPLIT, $0-24
	MOVQ x+0(FP), BP
	MOVQ y+8(FP), R12
	MOVQ $-1, BX
	MOVQ $-1, R13
	MOVQ $-1, R14
	MOVQ $-1, R15
	PCMPEQL X8, X8
	PCMPEQL X15, X15
	STD
	ADDQ R12, BP
	MOVQ BP, ret+16(FP)
	RET

TEXT ·callpanics(SB), 0, $8-8
	NO_LOCAL_POINTERS
	MOVQ x+0(FP), BP
	MOVQ BP, 0(SP)
	CALL ·panics(SB)
	RET

TEXT ·deep(SB), 0, $1016-16
	NO_LOCAL_POINTERS
	MOVQ n+0(FP), AX
	MOVQ AX, 0(SP)
	CALL ·deepgo(SB)
	MOVQ 8(SP), AX
	MOVQ AX, ret+8(FP)
	RET

TEXT ·recasm(SB), 0, $216-16
	NO_LOCAL_POINTERS
	MOVQ n+0(FP), AX
	CMPQ AX, $0
	JEQ  zero
	DECQ AX
	MOVQ AX, 0(SP)
	CALL ·recasm(SB)
	MOVQ 8(SP), AX
	INCQ AX
	MOVQ AX, ret+8(FP)
	RET
zero:
	MOVQ $0, ret+8(FP)
	RET

TEXT ·sys(SB), NOSPLIT, $0-56
	JMP syscall·Syscall(SB)

TEXT ·mm(SB), NOSPLIT, $24-24
	NO_LOCAL_POINTERS
	MOVQ to+0(FP), AX
	MOVQ AX, 0(SP)
	MOVQ from+8(FP), AX
	MOVQ AX, 8(SP)
	MOVQ n+16(FP), AX
	MOVQ AX, 16(SP)
	CALL runtime·memmove(SB)
	RET
