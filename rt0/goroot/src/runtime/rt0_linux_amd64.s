// The door of every program: the ELF entry point.
//
// The kernel enters here with argc at 0(SP), argv from 8(SP), then a nil, the environment, a nil, and the auxiliary vector;
// all other registers are unspecified. From here: _rt0_amd64 -> rt0_go (asm_amd64.s).

#include "textflag.h"

TEXT _rt0_amd64_linux(SB),NOSPLIT|NOFRAME,$0
	JMP	_rt0_amd64(SB)
