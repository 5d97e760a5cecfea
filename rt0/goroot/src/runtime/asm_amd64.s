// The machine-level half of the runtime: how the program starts, how goroutines change places, how stacks grow.
//
// Conventions. A function marked <ABIInternal> is entered as compiled Go code is: integer arguments in AX CX DX DI SI R8 R9 R12-R15,
// results in the same order, the context of a func value last; BX, BP, X8-X15, and those of R12-R15 that carry no argument,
// belong to the caller. FS points at the block of the thread's M:
//
//	 0(FS)    the block's own address
//	 8(FS)    top of the g0 stack, for switching to it; multiple of 16
//	16(FS)    the current g
//	24(FS)    frame of the callVDSO that runs, or 0
//	0x70(FS)  stack limit: the lowest SP a function may begin with; 0 on g0 and signal stacks, which never grow
//
// Facts from rt0/abi/runtime_layout.py and docs/INTERFACES.md; "split-stack" prologue and its call of __morestack: LLVM's
// X86FrameLowering.cpp, adjustForSegmentedStacks.

#include "textflag.h"

// struct g and m (runtime2.go)
#define g_m		16
#define g_sched_sp	24
#define g_sched_pc	32
#define g_sched_bp	40
#define g_sched_limit	48
#define m_g0		256
#define m_gsignal	264
#define m_curg		272

// stackseg (runtime2.go), and the bytes below a limit that unchecked leaf code may use (stack.go: stackSlop)
#define seg_next	8
#define seg_hi		16
#define seg_size	24
#define seg_frame	40
#define SLOP		1024

// Callee-saved registers, below a pushed BP: 40 bytes of integers, 128 of vectors, 8 to stay on a multiple of 16.
#define PUSH_CALLEE_SAVED \
	PUSHQ	BX; \
	PUSHQ	R12; \
	PUSHQ	R13; \
	PUSHQ	R14; \
	PUSHQ	R15; \
	SUBQ	$136, SP; \
	MOVUPS	X8, 0(SP); \
	MOVUPS	X9, 16(SP); \
	MOVUPS	X10, 32(SP); \
	MOVUPS	X11, 48(SP); \
	MOVUPS	X12, 64(SP); \
	MOVUPS	X13, 80(SP); \
	MOVUPS	X14, 96(SP); \
	MOVUPS	X15, 112(SP)

#define POP_CALLEE_SAVED \
	MOVUPS	0(SP), X8; \
	MOVUPS	16(SP), X9; \
	MOVUPS	32(SP), X10; \
	MOVUPS	48(SP), X11; \
	MOVUPS	64(SP), X12; \
	MOVUPS	80(SP), X13; \
	MOVUPS	96(SP), X14; \
	MOVUPS	112(SP), X15; \
	ADDQ	$136, SP; \
	POPQ	R15; \
	POPQ	R14; \
	POPQ	R13; \
	POPQ	R12; \
	POPQ	BX

// _rt0_amd64 takes argc and argv from where the kernel put them.
TEXT _rt0_amd64(SB),NOSPLIT|NOFRAME,$0
	MOVQ	0(SP), DI	// argc
	LEAQ	8(SP), SI	// argv
	JMP	runtime·rt0_go<ABIInternal>(SB)

// rt0_go makes the thread an M (m0, with g0 on the process's stack), then starts the scheduler.
// DI = argc, SI = argv. Never returns.
TEXT runtime·rt0_go<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	ANDQ	$~15, SP
	SUBQ	$32, SP
	MOVQ	DI, 0(SP)
	MOVQ	SI, 8(SP)
	XORL	BP, BP		// the chain of frames ends here

	// m0.tls[0] is its own address; FS = &m0.tls.
	LEAQ	runtime·m0(SB), BX
	MOVQ	BX, 0(BX)
	MOVL	$158, AX	// arch_prctl
	MOVL	$0x1002, DI	// ARCH_SET_FS
	MOVQ	BX, SI
	SYSCALL
	CMPQ	AX, $0
	JNE	bad
	LEAQ	runtime·g0(SB), CX
	MOVQ	CX, 16(FS)
	MOVQ	$0, 0x70(FS)
	MOVQ	CX, m_g0(BX)
	MOVQ	BX, g_m(CX)
	// From here getg() is g0, and compiled Go code may run.

	CALL	runtime·check<ABIInternal>(SB)
	MOVQ	0(SP), AX
	MOVQ	8(SP), CX
	CALL	runtime·args<ABIInternal>(SB)
	CALL	runtime·osinit<ABIInternal>(SB)
	CALL	runtime·schedinit<ABIInternal>(SB)

	// The first goroutine: runtime.main.
	MOVQ	$runtime·mainPC(SB), AX
	CALL	runtime·newproc<ABIInternal>(SB)

	// This thread becomes a worker like any other.
	JMP	runtime·mstart<ABIInternal>(SB)
bad:
	INT	$3

// mainPC is the func value of runtime.main.
DATA	runtime·mainPC+0(SB)/8, $runtime·main<ABIInternal>(SB)
GLOBL	runtime·mainPC(SB), RODATA, $8

// func mstart()
// First code of every M, on its g0 stack with FS and getg() set. Never returns.
TEXT runtime·mstart<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	ANDQ	$~15, SP
	XORL	BP, BP
	PUSHQ	BP		// an end of the frame chain that is readable
	PUSHQ	BP
	MOVQ	SP, 8(FS)	// everything that switches to g0 starts here
	CALL	runtime·mstart0<ABIInternal>(SB)
	INT	$3

// func goexit()
// First and last code of every goroutine: SP points at the func value to call.
TEXT runtime·goexit<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	XORL	BP, BP
	MOVQ	0(SP), AX
	MOVQ	(AX), CX
	CALL	CX		// a func() takes its context in AX
	CALL	runtime·goexit1<ABIInternal>(SB)
	INT	$3

// func gogo(buf *gobuf, gp *g)
TEXT runtime·gogo<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-16
	MOVQ	CX, 16(FS)
	MOVQ	24(AX), DX
	MOVQ	DX, 0x70(FS)
	MOVQ	0(AX), SP
	MOVQ	16(AX), BP
	MOVQ	8(AX), DX
	JMP	DX

// func mcall(fn func(*g))
TEXT runtime·mcall<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-8
	PUSHQ	BP
	MOVQ	SP, BP
	PUSH_CALLEE_SAVED
	MOVQ	16(FS), CX
	MOVQ	SP, g_sched_sp(CX)
	MOVQ	$runtime·mcallret<ABIInternal>(SB), DX
	MOVQ	DX, g_sched_pc(CX)
	MOVQ	BP, g_sched_bp(CX)
	MOVQ	0x70(FS), DX
	MOVQ	DX, g_sched_limit(CX)
	MOVQ	g_m(CX), DX
	MOVQ	m_g0(DX), DX
	CMPQ	DX, CX
	JEQ	bad		// on g0 already
	MOVQ	DX, 16(FS)
	MOVQ	$0, 0x70(FS)
	MOVQ	8(FS), SP
	XORL	BP, BP
	MOVQ	(AX), DX
	XCHGQ	AX, CX		// AX = g, CX = context
	CALL	DX
bad:
	INT	$3

// Where gogo continues a goroutine that left through mcall.
TEXT runtime·mcallret<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	POP_CALLEE_SAVED
	POPQ	BP
	RET

// func systemstack(fn func())
TEXT runtime·systemstack<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-8
	PUSHQ	BP
	MOVQ	SP, BP
	MOVQ	16(FS), CX
	MOVQ	g_m(CX), DX
	CMPQ	CX, m_g0(DX)
	JEQ	here
	CMPQ	CX, m_gsignal(DX)
	JEQ	here
	// Registers that fn saves on g0 may be the only home of a pointer: they go to the goroutine's stack, for the collector.
	PUSH_CALLEE_SAVED
	MOVQ	SP, g_sched_sp(CX)
	MOVQ	$runtime·mcallret<ABIInternal>(SB), SI
	MOVQ	SI, g_sched_pc(CX)
	MOVQ	BP, g_sched_bp(CX)
	MOVQ	0x70(FS), SI
	MOVQ	SI, g_sched_limit(CX)
	MOVQ	m_g0(DX), SI
	MOVQ	SI, 16(FS)
	MOVQ	$0, 0x70(FS)
	MOVQ	8(FS), SP
	MOVQ	(AX), CX
	CALL	CX
	MOVQ	16(FS), CX	// g0; the M may not have changed
	MOVQ	g_m(CX), CX
	MOVQ	m_curg(CX), CX
	MOVQ	g_sched_limit(CX), DX
	MOVQ	CX, 16(FS)
	MOVQ	DX, 0x70(FS)
	MOVQ	$0, g_sched_sp(CX)
	MOVQ	BP, SP		// kept by fn
	POPQ	BP
	RET
here:
	MOVQ	(AX), CX
	CALL	CX
	POPQ	BP
	RET

// __morestack is called by the prologue of a function that does not fit below the current limit:
//
//	MOVL $frame, R10; MOVL $stackargs, R11; CALL __morestack; RET; body...
//
// so the return address points at a RET, and one byte further the function's body begins. We call the body on the next segment and, when
// it returns, return to that RET. Every register but R10 and R11 may carry an argument on the way in and a result on the
// way out. The next segment is cached in the current one's header; newstack makes or enlarges it.
//
// Frame: 0(BP) caller's BP, 8(BP) address of the RET, 16(BP) return address into the caller, 24(BP) stack arguments.
TEXT __morestack(SB),NOSPLIT|NOFRAME,$0
	PUSHQ	BP
	MOVQ	SP, BP
	PUSHQ	0x70(FS)	// -8(BP)
	PUSHQ	DI		// -16(BP)
	PUSHQ	SI		// -24(BP)
	PUSHQ	CX		// -32(BP)
	MOVQ	0x70(FS), DI
	MOVQ	(seg_next-SLOP)(DI), DI
	TESTQ	DI, DI
	JZ	slow
	LEAQ	(SLOP+128)(R10)(R11*1), CX
	CMPQ	seg_size(DI), CX
	JCS	slow
have:
	MOVQ	BP, seg_frame(DI)
	LEAQ	SLOP(DI), CX
	MOVQ	CX, 0x70(FS)
	MOVQ	seg_hi(DI), R10
	TESTQ	R11, R11
	JNZ	copy
enter:
	MOVQ	-16(BP), DI
	MOVQ	-24(BP), SI
	MOVQ	-32(BP), CX
	MOVQ	R10, SP
	MOVQ	8(BP), R10
	INCQ	R10
	CALL	R10		// ismorestack (traceback.go): this return address is within 160 bytes of __morestack
	JMP	runtime·morestack_ret<ABIInternal>(SB)

copy:
	LEAQ	15(R11), CX
	ANDQ	$~15, CX
	SUBQ	CX, R10		// the new SP
	SHRQ	$3, CX
copyword:
	MOVQ	24-8(BP)(CX*8), DI	// may read one word past the arguments: still the caller's frame
	MOVQ	DI, -8(R10)(CX*8)
	DECQ	CX
	JNZ	copyword
	JMP	enter

slow:
	MOVQ	16(FS), DI
	MOVQ	SP, g_sched_sp(DI)
	MOVQ	BP, g_sched_bp(DI)
	MOVQ	$runtime·morestack_ret<ABIInternal>(SB), CX
	MOVQ	CX, g_sched_pc(DI)
	MOVQ	0x70(FS), CX
	MOVQ	CX, g_sched_limit(DI)
	MOVQ	g_m(DI), DI
	MOVQ	m_g0(DI), DI
	MOVQ	DI, 16(FS)
	MOVQ	8(FS), SP
	MOVQ	$0, 0x70(FS)
	// newstack keeps BX, BP, R12-R15 and X8-X15; the rest may be arguments.
	SUBQ	$(48+128), SP
	MOVQ	AX, 0(SP)
	MOVQ	DX, 8(SP)
	MOVQ	R8, 16(SP)
	MOVQ	R9, 24(SP)
	MOVQ	R11, 32(SP)
	MOVUPS	X0, 48(SP)
	MOVUPS	X1, 64(SP)
	MOVUPS	X2, 80(SP)
	MOVUPS	X3, 96(SP)
	MOVUPS	X4, 112(SP)
	MOVUPS	X5, 128(SP)
	MOVUPS	X6, 144(SP)
	MOVUPS	X7, 160(SP)
	LEAQ	-SLOP(CX), AX
	MOVQ	R10, CX
	MOVQ	R11, DX
	CALL	runtime·newstack<ABIInternal>(SB)
	MOVQ	AX, DI
	MOVQ	0(SP), AX
	MOVQ	8(SP), DX
	MOVQ	16(SP), R8
	MOVQ	24(SP), R9
	MOVQ	32(SP), R11
	MOVUPS	48(SP), X0
	MOVUPS	64(SP), X1
	MOVUPS	80(SP), X2
	MOVUPS	96(SP), X3
	MOVUPS	112(SP), X4
	MOVUPS	128(SP), X5
	MOVUPS	144(SP), X6
	MOVUPS	160(SP), X7
	MOVQ	16(FS), CX
	MOVQ	g_m(CX), CX
	MOVQ	m_curg(CX), CX
	MOVQ	CX, 16(FS)
	MOVQ	$0, g_sched_sp(CX)
	LEAQ	-32(BP), SP
	JMP	have

// abi0copy is where assembly with stack arguments continues on a new segment: __morestack's callee. The arguments are copied there, the code at AX is
// called, and arguments and results are copied back. CX = their bytes; BP = __morestack's frame. Keeps DX.
TEXT runtime·abi0copy<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	PUSHQ	BP
	MOVQ	SP, BP
	ADDQ	$7, CX
	SHRQ	$3, CX
	PUSHQ	CX
	MOVQ	0(BP), SI
	LEAQ	24(SI), SI
	LEAQ	(CX*8), DI
	SUBQ	DI, SP
	MOVQ	SP, DI
	CLD
	REP
	MOVSQ
	CALL	AX
	MOVQ	-8(BP), CX
	MOVQ	SP, SI
	MOVQ	0(BP), DI
	LEAQ	24(DI), DI
	CLD
	REP
	MOVSQ
	MOVQ	BP, SP
	POPQ	BP
	RET

// asmcall is where an indirect call in assembly goes whose target, R11, is compiled code: that of the func() at DX. It takes DX as its argument
// and wants an aligned stack.
TEXT runtime·asmcall<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	PUSHQ	BP
	MOVQ	SP, BP
	ANDQ	$~15, SP
	MOVQ	DX, AX
	CALL	R11
	MOVQ	BP, SP
	POPQ	BP
	RET

// Back on the old segment. Only R10 and R11 may be used: all others may carry results.
TEXT runtime·morestack_ret<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVQ	-8(BP), R11
	MOVQ	R11, 0x70(FS)
	MOVQ	BP, SP
	POPQ	BP
	RET

// func morestackpc() uintptr
TEXT runtime·morestackpc<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-8
	MOVQ	$__morestack(SB), AX
	RET

// The goroutine is about to leave Go: what its caller holds in registers must be seen by the collector, so they are stored in
// g.sysregs before compiled code can move them. Then f(g, sp, pc, bp, limit), of the caller.
#define LEAVE_GO(f) \
	MOVQ	16(FS), AX; \
	MOVQ	BX, 80(AX); \
	MOVQ	R12, 88(AX); \
	MOVQ	R13, 96(AX); \
	MOVQ	R14, 104(AX); \
	MOVQ	R15, 112(AX); \
	MOVUPS	X8, 120(AX); \
	MOVUPS	X9, 136(AX); \
	MOVUPS	X10, 152(AX); \
	MOVUPS	X11, 168(AX); \
	MOVUPS	X12, 184(AX); \
	MOVUPS	X13, 200(AX); \
	MOVUPS	X14, 216(AX); \
	MOVUPS	X15, 232(AX); \
	LEAQ	8(SP), CX; \
	MOVQ	(SP), DX; \
	MOVQ	BP, DI; \
	MOVQ	0x70(FS), SI; \
	JMP	f

// func entersyscall()
TEXT runtime·entersyscall<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	LEAVE_GO(runtime·entersyscall1<ABIInternal>(SB))

// The same for assembly of other packages, which has its system call on its own frame: SP may be misaligned.
TEXT runtime·entersyscall(SB),NOSPLIT|NOFRAME,$0
	MOVQ	16(FS), AX
	LEAQ	8(SP), CX
	MOVQ	(SP), DX
	MOVQ	BP, DI
	MOVQ	0x70(FS), SI
	PUSHQ	BP
	MOVQ	SP, BP
	ANDQ	$~15, SP
	CALL	runtime·entersyscall1<ABIInternal>(SB)
	MOVQ	BP, SP
	POPQ	BP
	RET

// func entersyscallblock()
TEXT runtime·entersyscallblock<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	LEAVE_GO(runtime·entersyscallblock1<ABIInternal>(SB))

// func rsetrec(buf *[25]uint64) int32
// Returns 0, and again 1 for each rdorec(buf) while the caller's frame lives.
TEXT runtime·rsetrec<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-12
	MOVQ	(SP), CX
	MOVQ	CX, 0(AX)
	LEAQ	8(SP), CX
	MOVQ	CX, 8(AX)
	MOVQ	BP, 16(AX)
	MOVQ	BX, 24(AX)
	MOVQ	R12, 32(AX)
	MOVQ	R13, 40(AX)
	MOVQ	R14, 48(AX)
	MOVQ	R15, 56(AX)
	MOVQ	0x70(FS), CX
	MOVQ	CX, 64(AX)
	MOVUPS	X8, 72(AX)
	MOVUPS	X9, 88(AX)
	MOVUPS	X10, 104(AX)
	MOVUPS	X11, 120(AX)
	MOVUPS	X12, 136(AX)
	MOVUPS	X13, 152(AX)
	MOVUPS	X14, 168(AX)
	MOVUPS	X15, 184(AX)
	XORL	AX, AX
	RET

// func rdorec(buf *[25]uint64)
TEXT runtime·rdorec<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-8
	MOVQ	64(AX), CX
	MOVQ	CX, 0x70(FS)
	MOVUPS	72(AX), X8
	MOVUPS	88(AX), X9
	MOVUPS	104(AX), X10
	MOVUPS	120(AX), X11
	MOVUPS	136(AX), X12
	MOVUPS	152(AX), X13
	MOVUPS	168(AX), X14
	MOVUPS	184(AX), X15
	MOVQ	56(AX), R15
	MOVQ	48(AX), R14
	MOVQ	40(AX), R13
	MOVQ	32(AX), R12
	MOVQ	24(AX), BX
	MOVQ	16(AX), BP
	MOVQ	8(AX), SP
	MOVQ	0(AX), CX
	MOVL	$1, AX
	JMP	CX

// func getfp() uintptr
TEXT runtime·getfp<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-8
	MOVQ	BP, AX
	RET

// func getsp() uintptr
TEXT runtime·getsp<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-8
	LEAQ	8(SP), AX
	RET

// func procyield(cycles uint32)
TEXT runtime·procyield<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-4
	TESTL	AX, AX
	JZ	done
again:
	PAUSE
	SUBL	$1, AX
	JNZ	again
done:
	RET

// func cputicks() int64
TEXT runtime·cputicks<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-8
	RDTSC
	SHLQ	$32, DX
	ORQ	DX, AX
	RET

// func breakpoint()
TEXT runtime·breakpoint<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	INT	$3
	RET

// func publicationBarrier()
TEXT runtime·publicationBarrier<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	RET

// sigtramp is the handler the kernel calls, on the M's signal stack: DI = signal, SI = *siginfo, DX = *ucontext.
// It needs to keep only what sigreturn does not restore: the M's block. The limit is 0 meanwhile: a signal stack does not grow.
TEXT runtime·sigtramp<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	PUSHQ	BP
	MOVQ	SP, BP
	PUSHQ	0x70(FS)
	PUSHQ	16(FS)
	MOVQ	DI, AX
	MOVQ	SI, CX
	MOVQ	0x70(FS), DI
	MOVQ	16(FS), SI
	MOVQ	$0, 0x70(FS)
	CLD
	CALL	runtime·sigtrampgo<ABIInternal>(SB)
	POPQ	16(FS)
	POPQ	0x70(FS)
	POPQ	BP
	RET

// sigreturn is what sigtramp returns to (SA_RESTORER).
TEXT runtime·sigreturn<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	MOVL	$15, AX		// rt_sigreturn
	SYSCALL
	INT	$3

// sigpanic0 is entered as if the faulting instruction had called it; SP may be misaligned. Does not return.
TEXT runtime·sigpanic0<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	PUSHQ	BP
	MOVQ	SP, BP
	ANDQ	$~15, SP
	CLD
	CALL	runtime·sigpanic<ABIInternal>(SB)
	INT	$3

// asyncPreempt is entered, through the signal handler, as if the interrupted instruction had called it. It saves the integer registers and the
// flags on the stack, about 130 bytes below the limit (SLOP); the handler has kept the others, in the form XRSTOR wants (preempt.go).
// asyncPreempt2 gives the processor away and returns that form's address.
TEXT runtime·asyncPreempt<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	PUSHQ	BP
	MOVQ	SP, BP
	PUSHFQ
	CLD
	PUSHQ	AX
	PUSHQ	CX
	PUSHQ	DX
	PUSHQ	BX
	PUSHQ	SI
	PUSHQ	DI
	PUSHQ	R8
	PUSHQ	R9
	PUSHQ	R10
	PUSHQ	R11
	PUSHQ	R12
	PUSHQ	R13
	PUSHQ	R14
	PUSHQ	R15
	ANDQ	$~15, SP
	CALL	runtime·asyncPreempt2<ABIInternal>(SB)
	MOVQ	AX, CX
	MOVL	$-1, AX
	MOVL	$-1, DX
	XRSTOR64	(CX)
	LEAQ	-120(BP), SP
	POPQ	R15
	POPQ	R14
	POPQ	R13
	POPQ	R12
	POPQ	R11
	POPQ	R10
	POPQ	R9
	POPQ	R8
	POPQ	DI
	POPQ	SI
	POPQ	BX
	POPQ	DX
	POPQ	CX
	POPQ	AX
	POPFQ
	POPQ	BP
	RET

// func xsaveSize() uintptr
// Bytes that XSAVE needs for the state components the system has enabled: CPUID leaf 13.
TEXT runtime·xsaveSize<ABIInternal>(SB),NOSPLIT|NOFRAME,$0-8
	PUSHQ	BX
	MOVL	$13, AX
	XORL	CX, CX
	CPUID
	MOVL	BX, AX
	POPQ	BX
	RET

// gcWriteBarrier notes the pointer pushed before its call, which is about to be overwritten, for the collector (mbarrier.go), and pops it. It keeps every register
// but the flags, and works on any stack: of a goroutine, below its limit (SLOP), or g0. On a signal stack it does nothing.
TEXT runtime·gcWriteBarrier<ABIInternal>(SB),NOSPLIT|NOFRAME,$0
	PUSHQ	BP
	MOVQ	SP, BP
	PUSHQ	AX
	PUSHQ	CX
	MOVQ	16(BP), AX
	CMPQ	AX, runtime·mheap_+8(SB)	// base
	JCS	out
	CMPQ	AX, runtime·mheap_+16(SB)	// used
	JCC	out
	MOVQ	16(FS), CX
	CMPQ	CX, m_gsignal(FS)
	JEQ	out
	MOVQ	40(FS), CX
	CMPQ	CX, 48(FS)
	JEQ	full
put:
	MOVQ	AX, (CX)
	ADDQ	$8, CX
	MOVQ	CX, 40(FS)
out:
	MOVQ	8(BP), AX
	MOVQ	AX, 16(BP)
	POPQ	CX
	POPQ	AX
	POPQ	BP
	ADDQ	$8, SP
	RET
full:
	PUSHQ	DX
	PUSHQ	SI
	PUSHQ	DI
	PUSHQ	R8
	PUSHQ	R9
	PUSHQ	R10
	PUSHQ	R11
	MOVQ	16(FS), DX
	MOVQ	0x70(FS), SI
	MOVQ	SP, R8
	CMPQ	DX, m_g0(FS)
	JEQ	here
	MOVQ	m_g0(FS), CX
	MOVQ	CX, 16(FS)
	MOVQ	$0, 0x70(FS)
	MOVQ	8(FS), SP
here:
	SUBQ	$160, SP
	ANDQ	$~15, SP
	MOVUPS	X0, 0(SP)
	MOVUPS	X1, 16(SP)
	MOVUPS	X2, 32(SP)
	MOVUPS	X3, 48(SP)
	MOVUPS	X4, 64(SP)
	MOVUPS	X5, 80(SP)
	MOVUPS	X6, 96(SP)
	MOVUPS	X7, 112(SP)
	MOVQ	DX, 128(SP)
	MOVQ	SI, 136(SP)
	MOVQ	R8, 144(SP)
	CLD
	CALL	runtime·gcFlushWB<ABIInternal>(SB)
	MOVUPS	0(SP), X0
	MOVUPS	16(SP), X1
	MOVUPS	32(SP), X2
	MOVUPS	48(SP), X3
	MOVUPS	64(SP), X4
	MOVUPS	80(SP), X5
	MOVUPS	96(SP), X6
	MOVUPS	112(SP), X7
	MOVQ	128(SP), DX
	MOVQ	136(SP), SI
	MOVQ	144(SP), SP
	MOVQ	DX, 16(FS)
	MOVQ	SI, 0x70(FS)
	POPQ	R11
	POPQ	R10
	POPQ	R9
	POPQ	R8
	POPQ	DI
	POPQ	SI
	POPQ	DX
	MOVQ	16(BP), AX
	MOVQ	40(FS), CX
	JMP	put
