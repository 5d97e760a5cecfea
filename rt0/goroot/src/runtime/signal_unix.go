// Signals: from the kernel's handler to a panic, to os/signal, to the scheduler, or to death.
//
// Every signal except the uncatchable two gets sigtramp (asm_amd64.s), on the thread's own signal stack, with all signals masked. A fault
// in Go code becomes a panic: the handler makes the faulting instruction call sigpanic0. SIGURG preempts. The rest goes to
// os/signal if someone asked for it, else does what the table says.

package runtime

import (
	"internal/runtime/atomic"
	"unsafe"
)

var (
	fwdSig      [_NSIG]uintptr // the handler found at start
	handlingSig [_NSIG]uint32
	initSigmask sigset
	signalsOK   bool
)

// initsig installs the handlers. On m0.
func initsig(preinit bool) {
	signalsOK = true
	for i := uint32(0); i < uint32(len(sigtable)); i++ {
		t := &sigtable[i]
		if t.flags == 0 || t.flags&_SigDefault != 0 {
			continue
		}
		atomic.Storeuintptr(&fwdSig[i], getsig(i))
		if !sigInstallGoHandler(i) {
			atomic.Or(&sig.ignored[i/32], 1<<(i&31)) // signal.Ignored tells
			continue
		}
		handlingSig[i] = 1
		setsig(i, funcPC(sigtramp))
	}
}

// sigInstallGoHandler: an ignored SIGHUP or SIGINT stays ignored (nohup).
func sigInstallGoHandler(sig uint32) bool {
	if sig == _SIGHUP || sig == _SIGINT {
		return fwdSig[sig] != _SIG_IGN
	}
	return true
}

func getsig(i uint32) uintptr {
	var sa sigactiont
	rt_sigaction(uintptr(i), nil, &sa, unsafe.Sizeof(sa.sa_mask))
	return sa.sa_handler
}

func setsig(i uint32, fn uintptr) {
	var sa sigactiont
	sa.sa_flags = _SA_SIGINFO | _SA_ONSTACK | _SA_RESTORER | _SA_RESTART
	sa.sa_mask = sigset_all
	sa.sa_restorer = funcPC(sigreturn)
	sa.sa_handler = fn
	rt_sigaction(uintptr(i), &sa, nil, unsafe.Sizeof(sa.sa_mask))
}

// clearSignalHandlers resets to default all signals we catch: between fork and exec.
func clearSignalHandlers() {
	for i := uint32(0); i < _NSIG; i++ {
		if atomic.Load(&handlingSig[i]) != 0 {
			setsig(i, _SIG_DFL)
		}
	}
}

func sigaddset(mask *sigset, i int) { mask.add(i) }

func sigsave(p *sigset) {
	rtsigprocmask(_SIG_SETMASK, nil, p, int32(unsafe.Sizeof(*p)))
}

func msigrestore(mask sigset) {
	rtsigprocmask(_SIG_SETMASK, &mask, nil, int32(unsafe.Sizeof(mask)))
}

func sigblock() {
	all := sigset_all
	rtsigprocmask(_SIG_SETMASK, &all, nil, int32(unsafe.Sizeof(all)))
}

func unblocksig(sig uint32) {
	var set sigset
	set.add(int(sig))
	rtsigprocmask(_SIG_UNBLOCK, &set, nil, int32(unsafe.Sizeof(set)))
}

func minitSignalStack() {
	gs := getg().m.gsignal
	st := stackt{ss_sp: gs.stacklo, ss_size: gs.stackhi - gs.stacklo}
	sigaltstack(&st, nil)
}

// minitSignalMask takes the mask the process began with, less the signals that must come through.
func minitSignalMask() {
	mp := getg().m
	mask := initSigmask
	for i := range sigtable {
		if sigtable[i].flags&_SigUnblock != 0 {
			mask.del(i)
		}
	}
	mask.del(sigPreempt)
	mask.del(sigPerThreadSyscall)
	mp.sigmask = mask
	rtsigprocmask(_SIG_SETMASK, &mask, nil, int32(unsafe.Sizeof(mask)))
}

// sigtrampgo is the Go half of sigtramp. limit, gp: the thread's stack limit and g when the signal came.
func sigtrampgo(sig uint32, info *siginfo, ctx unsafe.Pointer, limit uintptr, gp *g) {
	mp := gp.m
	c := sigctxt{info, ctx, limit}
	if sig == _SIGSYS && atomic.Load(&sigsysIgnored) != 0 {
		return
	}
	if sig == sigPerThreadSyscall && perThread.hook != nil {
		setg(mp.gsignal)
		perThread.hook(mp)
		setg(gp)
		return
	}
	if sig == _SIGPROF {
		if fn := profHooks.signal; fn != nil {
			setg(mp.gsignal)
			fn(info, ctx, gp)
			setg(gp)
		}
		return
	}
	setg(mp.gsignal)
	sighandler(sig, &c, gp)
	setg(gp)
}

// setg sets the thread's current g; the compiler has no intrinsic for it.
func setg(gp *g) {
	gp.m.tls[tlsG] = uintptr(unsafe.Pointer(gp))
}

func sighandler(sig uint32, c *sigctxt, gp *g) {
	if sig == sigPreempt {
		doSigPreempt(gp, c)
		// Fall through: someone may want SIGURG itself.
	}
	if sig == _SIGTRAP && debug.preemptstress > 0 && c.stepped() {
		stressStep(gp, c)
		return
	}
	flags := int32(_SigThrow)
	if sig < uint32(len(sigtable)) {
		flags = sigtable[sig].flags
	}
	fromUser := c.info.si_code == _SI_USER || c.info.si_code == _SI_TKILL
	if !fromUser && flags&_SigPanic != 0 && gp.throwsplit {
		flags = _SigThrow
	}
	if !fromUser && flags&_SigPanic != 0 && c.limit != 0 && gp.m.curg == gp {
		preparePanic(sig, c, gp)
		return
	}
	if fromUser || flags&_SigNotify != 0 {
		if sigsend(sig) {
			return
		}
	}
	if fromUser && signal_ignored(sig) {
		return
	}
	if flags&_SigIgn != 0 {
		return
	}
	if flags&_SigKill != 0 {
		dieFromSignal(sig)
	}
	if flags&(_SigThrow|_SigPanic) == 0 {
		return
	}
	fatalsignal(sig, c, gp)
}

// fatalsignal reports a signal that is nobody's, and ends the process.
func fatalsignal(sig uint32, c *sigctxt, gp *g) {
	mp := getg().m
	mp.throwing = throwTypeRuntime
	if startpanic_m() {
		if sig < uint32(len(sigtable)) {
			print(sigtable[sig].name, "\n")
		} else {
			print("Signal ", sig, "\n")
		}
		if isSIGfault(sig) {
			print("PC=", hex(c.sigpc()), " m=", mp.id, " sigcode=", c.info.si_code, " addr=", hex(c.fault()), "\n")
		} else {
			print("PC=", hex(c.sigpc()), " m=", mp.id, " sigcode=", c.info.si_code, "\n")
		}
		print("\n")
	}
	level, _, docrash := gotraceback()
	if level > 0 {
		goroutineheader(gp)
		tracebacktrap(c.sigpc(), uintptr(c.rsp()), uintptr(c.rbp()), gp)
		if gp != mp.curg && mp.curg != nil && readgstatus(mp.curg) == _Grunning {
			print("\n")
			goroutineheader(mp.curg)
			traceback(mp.curg.sched.pc, mp.curg.sched.sp, mp.curg.sched.bp, mp.curg)
		}
		tracebackothers(gp, nil)
		print("\n")
		dumpregs(c)
	}
	if docrash {
		crash()
	}
	exit(2)
}

func isSIGfault(sig uint32) bool {
	return sig == _SIGSEGV || sig == _SIGBUS || sig == _SIGFPE || sig == _SIGILL
}

// preparePanic makes the faulting code call sigpanic. gp's record of the fault is read there.
func preparePanic(sig uint32, c *sigctxt, gp *g) {
	gp.sig = sig
	gp.sigcode0 = uintptr(uint32(c.info.si_code))
	gp.sigcode1 = c.fault()
	gp.sigpc = c.sigpc()
	pc := c.sigpc()
	if pc == 0 || !inText(pc) {
		// A call of a bad address: the return address on the stack is the better place to blame.
		r := c.regs()
		r.rip = uint64(funcPC(sigpanic0))
		return
	}
	c.pushCall(funcPC(sigpanic0))
}

// sigpanic turns a fault into a panic; it runs on the goroutine, called by sigpanic0.
func sigpanic() {
	gp := getg()
	if !canpanic() {
		throw("unexpected signal during runtime execution")
	}
	switch gp.sig {
	case _SIGBUS:
		if gp.sigcode0 == _BUS_ADRERR && gp.sigcode1 < 0x1000 {
			panicmem()
		}
		if gp.paniconfault {
			panicmemAddr(gp.sigcode1)
		}
		print("unexpected fault address ", hex(gp.sigcode1), "\n")
		throw("fault")
	case _SIGSEGV:
		if (gp.sigcode0 == 0 || gp.sigcode0 == _SEGV_MAPERR || gp.sigcode0 == _SEGV_ACCERR) && gp.sigcode1 < 0x1000 {
			panicmem()
		}
		if gp.paniconfault {
			panicmemAddr(gp.sigcode1)
		}
		print("unexpected fault address ", hex(gp.sigcode1), "\n")
		throw("fault")
	case _SIGFPE:
		switch gp.sigcode0 {
		case _FPE_INTDIV:
			panicdivide()
		case _FPE_INTOVF:
			panicoverflow()
		}
		panicfloat()
	}
	panic(errorString(sigtable[gp.sig].name))
}

func canpanic() bool {
	gp := getg()
	mp := gp.m
	if gp != mp.curg || mp.locks != 0 || mp.mallocing != 0 || mp.throwing != throwTypeNone || mp.dying != 0 {
		return false
	}
	return readgstatus(gp) == _Grunning && gp.syscallsp == 0
}

// dieFromSignal kills the process as sig would have without us.
func dieFromSignal(sig uint32) {
	unblocksig(sig)
	atomic.Store(&handlingSig[sig], 0)
	setsig(sig, _SIG_DFL)
	raise(sig)
	osyield()
	osyield()
	osyield()
	exit(2)
}

func crash() {
	dieFromSignal(_SIGABRT)
}

//go:linkname os_sigpipe os.sigpipe
func os_sigpipe() {
	sigpipe()
}

func sigpipe() {
	if signal_ignored(_SIGPIPE) || sigsend(_SIGPIPE) {
		return
	}
	dieFromSignal(_SIGPIPE)
}

func signame(sig uint32) string {
	if sig >= uint32(len(sigtable)) {
		return ""
	}
	return sigtable[sig].name
}

func dumpregs(c *sigctxt) {
	r := c.regs()
	print("rax    ", hex(r.rax), "\nrbx    ", hex(r.rbx), "\nrcx    ", hex(r.rcx), "\nrdx    ", hex(r.rdx), "\n")
	print("rdi    ", hex(r.rdi), "\nrsi    ", hex(r.rsi), "\nrbp    ", hex(r.rbp), "\nrsp    ", hex(r.rsp), "\n")
	print("r8     ", hex(r.r8), "\nr9     ", hex(r.r9), "\nr10    ", hex(r.r10), "\nr11    ", hex(r.r11), "\n")
	print("r12    ", hex(r.r12), "\nr13    ", hex(r.r13), "\nr14    ", hex(r.r14), "\nr15    ", hex(r.r15), "\n")
	print("rip    ", hex(r.rip), "\nrflags ", hex(r.eflags), "\ncs     ", hex(uint64(r.cs)), "\nfs     ", hex(uint64(r.fs)), "\ngs     ", hex(uint64(r.gs)), "\n")
}

// sigenable catches sig for os/signal.
func sigenable(sig uint32) {
	if sig >= uint32(len(sigtable)) || sig == _SIGPROF {
		return
	}
	t := &sigtable[sig]
	if t.flags&_SigNotify != 0 {
		if atomic.Cas(&handlingSig[sig], 0, 1) {
			atomic.Storeuintptr(&fwdSig[sig], getsig(sig))
			setsig(sig, funcPC(sigtramp))
		}
	}
}

func sigdisable(sig uint32) {
	if sig >= uint32(len(sigtable)) || sig == _SIGPROF {
		return
	}
	t := &sigtable[sig]
	if t.flags&_SigNotify != 0 && !sigInstallGoHandler(sig) || t.flags&_SigDefault != 0 {
		atomic.Store(&handlingSig[sig], 0)
		setsig(sig, fwdSig[sig])
	}
}

func sigignore(sig uint32) {
	if sig >= uint32(len(sigtable)) || sig == _SIGPROF {
		return
	}
	if sigtable[sig].flags&_SigNotify != 0 {
		atomic.Store(&handlingSig[sig], 0)
		setsig(sig, _SIG_IGN)
	}
}

//go:linkname setPanicOnFault runtime/debug.setPanicOnFault
func setPanicOnFault(on bool) (old bool) {
	gp := getg()
	old = gp.paniconfault
	gp.paniconfault = on
	return old
}

// os uses these around a pidfd probe that a sandbox may answer with SIGSYS.
//
//go:linkname ignoreSIGSYS os.ignoreSIGSYS
func ignoreSIGSYS() { atomic.Store(&sigsysIgnored, 1) }

//go:linkname restoreSIGSYS os.restoreSIGSYS
func restoreSIGSYS() { atomic.Store(&sigsysIgnored, 0) }

var sigsysIgnored uint32
