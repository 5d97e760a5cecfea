// Preemption by signal.
//
// preemptM sends SIGURG to the thread. Its handler (signal_unix.go) looks at the interrupted pc: in compiled code outside the
// runtime, with no lock held, the goroutine may stop right there, so the handler makes it enter asyncPreempt (asm_amd64.s), which saves
// all registers and calls asyncPreempt2. Elsewhere nothing happens; whoever wanted the preemption asks again soon.
// SIGURG for Go's reasons: debuggers pass it on, C libraries do not use it, and a spurious one is harmless.
//
// Vector registers and what else XSAVE covers (up to several KiB) do not fit below a stack limit. But the kernel has saved them in the
// signal frame, in XSAVE's own format: the handler copies that image to a buffer of the goroutine, and asyncPreempt loads it before
// it returns to the interrupted code. A handler cannot allocate, so every M has a spare buffer for a goroutine without one.

package runtime

import "unsafe"

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
	if wantAsyncPreempt(gp) && isAsyncSafePoint(gp, uintptr(ctxt.rip()), uintptr(ctxt.rsp()), ctxt.limit) && saveFPState(gp, ctxt) {
		ctxt.pushCall(funcPC(asyncPreempt))
	}
	mp.preemptGen.Add(1)
	mp.signalPending.Store(0)
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
	return isUserCode(pc)
}

// isUserCode reports whether pc is in compiled code that does not belong to the runtime, inlined calls considered.
func isUserCode(pc uintptr) bool {
	f := findfunc(pc)
	if !f.valid() || f.flags()&funcFlagAsm != 0 {
		return false
	}
	name := f.innermostName(pc)
	return !isRuntimeName(name) && !isRuntimeName(f.name())
}

// isRuntimeName reports whether a function of this name must not be stopped in the middle.
func isRuntimeName(name string) bool {
	return hasPrefix(name, "runtime.") || hasPrefix(name, "internal/runtime/") || hasPrefix(name, "internal/abi.") ||
		hasPrefix(name, "reflect.callMethod") || hasPrefix(name, "reflect.callReflect")
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
