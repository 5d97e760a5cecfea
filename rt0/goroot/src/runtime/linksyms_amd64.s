// Tables that the linker lays out, handed to Go as a pair (start, end). See docs/INTERFACES.md, Symbols.
// Results in AX, CX; no other register changes.

#include "textflag.h"

// func gcrootsTable() (lo, hi uintptr)
TEXT runtime·gcrootsTable<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-16
	LEAQ	runtime·gcroots(SB), AX
	LEAQ	runtime·egcroots(SB), CX
	RET

// func itabsTable() (lo, hi uintptr)
TEXT runtime·itabsTable<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-16
	LEAQ	runtime·itabs(SB), AX
	LEAQ	runtime·eitabs(SB), CX
	RET

// func typesTable() (lo, hi uintptr)
TEXT runtime·typesTable<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-16
	LEAQ	runtime·types_start(SB), AX
	LEAQ	runtime·types_end(SB), CX
	RET

// func pclntabTable() (lo, hi uintptr)
TEXT runtime·pclntabTable<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-16
	LEAQ	runtime·pclntab(SB), AX
	LEAQ	runtime·epclntab(SB), CX
	RET

// func textTable() (lo, hi uintptr)
TEXT runtime·textTable<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-16
	LEAQ	runtime·text(SB), AX
	LEAQ	runtime·etext(SB), CX
	RET

// func inittasksTable() (runtime, main *uintptr)
TEXT runtime·inittasksTable<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-16
	LEAQ	runtime·inittasks_runtime(SB), AX
	LEAQ	runtime·inittasks_main(SB), CX
	RET

// func buildinfoBlob() *byte
TEXT runtime·buildinfoBlob<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-8
	LEAQ	runtime·buildinfo(SB), AX
	RET
