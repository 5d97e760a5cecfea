// The block function in Go is what LLVM vectorises; there is no separate assembly.

#include "textflag.h"

// func block(seed *[4]uint64, blocks *[32]uint64, counter uint32)
TEXT ·block<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-20
	JMP	·block_generic<ABIInternal>(SB)
