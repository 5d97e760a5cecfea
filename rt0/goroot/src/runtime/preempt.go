// Preemption by signal.
//
// preemptM sends SIGURG to the thread. Its handler (signal_unix.go) looks at the interrupted pc: in compiled code outside the
// runtime, with no lock held, the goroutine may stop right there, so the handler makes it enter asyncPreempt (asm_amd64.s), which saves
// all registers and calls asyncPreempt2. Elsewhere nothing happens; whoever wanted the preemption asks again soon.
// SIGURG for Go's reasons: debuggers pass it on, C libraries do not use it, and a spurious one is harmless.

package runtime

const sigPreempt = _SIGURG

func preemptM(mp *m) {
	if mp.signalPending.CompareAndSwap(0, 1) {
		signalM(mp, sigPreempt)
	}
}

// doSigPreempt handles sigPreempt for the goroutine that the signal interrupted.
func doSigPreempt(gp *g, ctxt *sigctxt) {
	mp := getg().m
	if wantAsyncPreempt(gp) && isAsyncSafePoint(gp, uintptr(ctxt.rip()), uintptr(ctxt.rsp()), ctxt.limit) {
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
	if limit == 0 || sp < limit-stackSlop+448 {
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

// asyncPreempt2 gives the processor away; every register of the interrupted code is on the stack.
func asyncPreempt2() {
	gp := getg()
	gp.asyncSafe = true
	mcall(gopreempt_m)
	gp.asyncSafe = false
}
