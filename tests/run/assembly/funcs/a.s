// Calls of Go func values, in all spellings, beside calls of assembly through registers, memory and tables.

#include "funcdata.h"
#include "textflag.h"

// func register(f func())
TEXT ·register(SB), 0, $24-8
	NO_LOCAL_POINTERS
	MOVQ f+0(FP), DX
	MOVQ (DX), AX
	CALL AX
	RET

// func memory(f func())
TEXT ·memory(SB), 0, $16-8
	NO_LOCAL_POINTERS
	MOVQ f+0(FP), DX
	CALL (DX)
	RET

// func onStack(f func()): the code pointer lies in the frame
TEXT ·onStack(SB), 0, $16-8
	NO_LOCAL_POINTERS
	MOVQ f+0(FP), DX
	MOVQ (DX), R15
	MOVQ R15, code-8(SP)
	CALL 8(SP)
	RET

// func jump(f func())
TEXT ·jump(SB), 0, $0-8
	MOVQ f+0(FP), DX
	MOVQ (DX), BX
	JMP BX

// func jumpMemory(f func())
TEXT ·jumpMemory(SB), 0, $0-8
	MOVQ f+0(FP), DX
	JMP (DX)

// func store(p *func(), f func())
TEXT ·store(SB), NOSPLIT, $0-16
	MOVQ p+0(FP), AX
	MOVQ f+8(FP), BX
	MOVQ BX, (AX)
	RET

TEXT add<>(SB), NOSPLIT, $0-24
	MOVQ a+0(FP), R8
	ADDQ b+8(FP), R8
	ADDQ AX, R8
	MOVQ R8, ret+16(FP)
	RET

TEXT sub<>(SB), NOSPLIT, $0-24
	MOVQ a+0(FP), R8
	SUBQ b+8(FP), R8
	ADDQ AX, R8
	MOVQ R8, ret+16(FP)
	RET

DATA table<>+0(SB)/8, $add<>(SB)
DATA table<>+8(SB)/8, $sub<>(SB)
GLOBL table<>(SB), RODATA, $16

// func dispatch(i, a, b int) int: AX is an argument of the functions in the table, too
TEXT ·dispatch(SB), 0, $32-32
	MOVQ i+0(FP), CX
	MOVQ a+8(FP), AX
	MOVQ b+16(FP), BX
	MOVQ AX, 0(SP)
	MOVQ BX, 8(SP)
	LEAQ table<>(SB), DX
	MOVQ $1000, AX
	CALL (DX)(CX*8)
	MOVQ 16(SP), BX
	MOVQ BX, ret+24(FP)
	LEAQ table<>(SB), DX
	MOVQ (DX), BX
	MOVQ $2000, AX
	CALL BX
	MOVQ 16(SP), BX
	ADDQ BX, ret+24(FP)
	LEAQ table<>(SB), DX
	MOVQ $4000, AX
	CALL (DX)
	MOVQ 16(SP), BX
	ADDQ BX, ret+24(FP)
	RET
