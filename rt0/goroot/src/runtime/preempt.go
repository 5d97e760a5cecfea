// Preemption by signal.
//
// preemptM sends SIGURG to the thread. Its handler (signal_unix.go) looks at the interrupted pc: in compiled code outside the
// runtime, with no lock held, the goroutine may stop right there, so the handler makes it enter asyncPreempt (asm_amd64.s), which saves
// all registers and calls asyncPreempt2. Elsewhere nothing happens; whoever wanted the preemption asks again soon.
// SIGURG for Go's reasons: debuggers pass it on, C libraries do not use it, and a spurious one is harmless.
//
// What the runtime must be spared: a goroutine that has read getg().m, or anything reached from it, goes on with it on another thread. So
// "outside the runtime" is a property of machine functions, not of names or lines, which an optimiser moves: pclntab marks all code of
// the runtime's units (funcFlagRuntime), linknamed functions like sync.runtime_procPin included, and the compiler never inlines a function of
// package runtime into a unit without that mark (rt0/abi/pclntab.py, is_runtime). Code that is handed an M or P by the runtime, as sync.Pool is,
// runs with m.locks raised. Generic functions of package runtime are written into their users' units: they must not touch getg().m.
//
// RT0DEBUG=preemptstress=N tests this: see preemptStress.
//
// Vector registers and what else XSAVE covers (up to several KiB) do not fit below a stack limit. But the kernel has saved them in the
// signal frame, in XSAVE's own format: the handler copies that image to a buffer of the goroutine, and asyncPreempt loads it before
// it returns to the interrupted code. A handler cannot allocate, so every M has a spare buffer for a goroutine without one.

package runtime

import (
	"internal/runtime/atomic"
	"unsafe"
)

const sigPreempt = _SIGURG

// xsavebuf holds an XSAVE image of xsaveLen bytes, behind a header that fills its first 64.
type xsavebuf struct {
	next *xsavebuf // free list
	pad  [56]byte
}

var (
	xsaveLen  uintptr
	xsavefree struct {
		lock mutex
		list *xsavebuf
	}
)

func xsaveSize() uintptr

func (b *xsavebuf) image() unsafe.Pointer { return add(unsafe.Pointer(b), 64) }

// xsavealloc returns a buffer whose image is a multiple of 64.
func xsavealloc() *xsavebuf {
	lock(&xsavefree.lock)
	b := xsavefree.list
	if b != nil {
		xsavefree.list = b.next
	}
	unlock(&xsavefree.lock)
	if b == nil {
		if xsaveLen == 0 {
			xsaveLen = alignUp(xsaveSize(), 64)
		}
		b = (*xsavebuf)(persistentalloc(64+xsaveLen, 64, &memstatsStacksSys))
	}
	return b
}

func xsaverelease(b *xsavebuf) {
	lock(&xsavefree.lock)
	b.next = xsavefree.list
	xsavefree.list = b
	unlock(&xsavefree.lock)
}

// saveFPState copies the kernel's image of the interrupted code's state to gp's buffer; false if that is impossible now. On the signal stack.
func saveFPState(gp *g, c *sigctxt) bool {
	// struct _fpx_sw_bytes, at 464 of the legacy area: magic1, extended_size, xfeatures, xstate_size
	fp := c.regs().fpstate
	if fp == 0 || *(*uint32)(unsafe.Pointer(fp + 464)) != 0x46505853 {
		return false
	}
	size := uintptr(*(*uint32)(unsafe.Pointer(fp + 480)))
	if size > xsaveLen || size < 576 {
		return false
	}
	b := gp.xsave
	if b == nil {
		b = gp.m.xsave
		if b == nil {
			return false
		}
		gp.m.xsave = nil
		gp.xsave = b
	}
	memmove(b.image(), unsafe.Pointer(fp), size)
	return true
}

func preemptM(mp *m) {
	if mp.signalPending.CompareAndSwap(0, 1) {
		signalM(mp, sigPreempt)
	}
}

// doSigPreempt handles sigPreempt for the goroutine that the signal interrupted.
func doSigPreempt(gp *g, ctxt *sigctxt) {
	mp := getg().m
	if wantAsyncPreempt(gp) {
		stress := debug.preemptstress > 0
		if stress && cputicks()&1 == 0 || !asyncPreemptHere(gp, ctxt) && stress {
			mp.stressSteps = 64
			stressStep(gp, ctxt)
		}
	}
	mp.preemptGen.Add(1)
	mp.signalPending.Store(0)
}

// asyncPreemptHere makes gp stop where the signal found it; false if that is impossible now.
func asyncPreemptHere(gp *g, ctxt *sigctxt) bool {
	if !isAsyncSafePoint(gp, uintptr(ctxt.rip()), uintptr(ctxt.rsp()), ctxt.limit) || !saveFPState(gp, ctxt) {
		return false
	}
	ctxt.pushCall(funcPC(asyncPreempt))
	return true
}

func wantAsyncPreempt(gp *g) bool {
	return gp.preempt && readgstatus(gp) == _Grunning
}

// isAsyncSafePoint reports whether gp may stop at pc. On the signal stack.
func isAsyncSafePoint(gp *g, pc, sp, limit uintptr) bool {
	mp := gp.m
	if mp == nil || mp.curg != gp || gp == mp.g0 || mp.p == nil {
		return false
	}
	if mp.locks != 0 || mp.mallocing != 0 || mp.preemptoff != "" || mp.p.status != _Prunning {
		return false
	}
	// The thread's block must describe the goroutine's own stack, with room left.
	if limit == 0 || sp < limit-stackSlop+400 {
		return false
	}
	return isUserCode(pc) && !inWriteBarrier(pc)
}

// inWriteBarrier reports whether pc is between the test of the write barrier's flag and the store (rt0/lower/func.py, _barrier_store):
//
//	83 3d rel32 00  cmpl $0, runtime.writeBarrier(%rip)
//	74 rel8         je 1f
//	...             pushq SLOT
//	e8 rel32        callq runtime.gcWriteBarrier
//	                1: movq NEW, SLOT
func inWriteBarrier(pc uintptr) bool {
	return testsFlag(pc-7) || *(*uint8)(unsafe.Pointer(pc - 2)) == 0x74 && testsFlag(pc-9) || callsBarrier(pc) || callsBarrier(pc-5)
}

// testsFlag reports whether the instruction at pc compares the flag.
func testsFlag(pc uintptr) bool {
	p := (*[7]uint8)(unsafe.Pointer(pc))
	return p[0] == 0x83 && p[1] == 0x3d && p[6] == 0 && pc+7+rel32(pc+2) == uintptr(unsafe.Pointer(&writeBarrier))
}

// callsBarrier reports whether the instruction at pc calls gcWriteBarrier.
func callsBarrier(pc uintptr) bool {
	return *(*uint8)(unsafe.Pointer(pc)) == 0xe8 && pc+5+rel32(pc+1) == funcPC(gcWriteBarrier)
}

func rel32(p uintptr) uintptr { return uintptr(int64(*(*int32)(unsafe.Pointer(p)))) }

// isUserCode reports whether pc is in compiled code that does not belong to the runtime.
func isUserCode(pc uintptr) bool {
	f := findfunc(pc)
	return f.valid() && f.flags()&(funcFlagAsm|funcFlagRuntime) == 0
}

// asyncPreempt2 gives the processor away; the interrupted code's registers are on the stack and in gp.xsave, whose image it returns.
func asyncPreempt2() unsafe.Pointer {
	gp := getg()
	if gp.m.xsave == nil {
		gp.m.xsave = xsavealloc()
	}
	gp.asyncSafe = true
	mcall(gopreempt_m)
	gp.asyncSafe = false
	return gp.xsave.image()
}

// ---- Stress: RT0DEBUG=preemptstress=N
//
// A thread asks every running goroutine to stop, at random moments N microseconds apart on average. Time alone rarely hits a window of one or two
// instructions, so a request that finds the goroutine where it may not stop single-steps it from there: the processor traps after every
// instruction (TF in the flags), and about every eighth of those at which it may stop, the first behind a call of the runtime like any
// other, does stop it. Steps end at assembly, where signals may be blocked.

const (
	eflagsTF = 0x100
	trapDB   = 1 // trapno of a debug exception; a breakpoint instruction has 3
)

// stepped reports whether a SIGTRAP comes from single-stepping. Its si_code does not tell: it is TRAP_TRACE where the kernel finds the reason in
// the debug registers, which a virtual machine may lose (TRAP_BRKPT then, about once in ten million steps).
func (c *sigctxt) stepped() bool {
	r := c.regs()
	return c.info.si_code > 0 && r.trapno == trapDB && r.eflags&eflagsTF != 0
}

// preemptStress is the thread that asks. It has no P.
func preemptStress() {
	lock(&sched.lock)
	sched.nmsys++
	checkdead()
	unlock(&sched.lock)
	for {
		usleep(cheaprandn(2*uint32(debug.preemptstress)) + 1)
		lock(&allpLock)
		for _, pp := range allp {
			if pp != nil && atomic.Load(&pp.status) == _Prunning {
				preemptone(pp)
			}
		}
		unlock(&allpLock)
	}
}

// stressStep decides what comes after an instruction of gp: a stop, a further step, or nothing special. On the signal stack.
func stressStep(gp *g, ctxt *sigctxt) {
	mp := getg().m
	r := ctxt.regs()
	r.eflags &^= eflagsTF
	f := findfunc(uintptr(r.rip))
	if !f.valid() || f.flags()&funcFlagAsm != 0 || mp.stressSteps == 0 || gp != mp.curg || ctxt.limit == 0 {
		return
	}
	mp.stressSteps--
	x := uint32(cputicks()) * 0x9e3779b1
	if x>>29 == 0 && readgstatus(gp) == _Grunning && asyncPreemptHere(gp, ctxt) {
		return
	}
	r.eflags |= eflagsTF
}
