// Panic, defer, recover, Goexit, and the ends of a process that is beyond them.
//
// A function with defer statements has a _defer record on its frame, linked from g; each executed defer statement hangs a
// _deferfn on the record. On the normal path the function calls deferreturn, which runs them. gopanic, called at the point of the
// panic, walks the records innermost first and runs their calls on top of the panicking stack, so that the stack can still be
// printed. When one of them has recovered, gopanic leaves by rdorec: the frame's rsetrec returns a second time, with 1, and the
// function runs what is left of its deferred calls and returns its named results.
//
// recover takes effect only in the function that was deferred itself. gopanic stores its own frame's address in p.fp before each call, and
// gorecover is told the frame of the function that calls it: recover is valid iff that function was called from p.fp. Stack segments
// make that a look through __morestack's frame (callerfp). A wrapper between the two (method value, go/defer thunk) moves p.fp to its own frame.
//
// A panic while deferred calls run for an earlier panic, once it reaches the record the earlier one was working on, takes over: the earlier is
// aborted and its gopanic frame never continues. Recovery removes it together with those it aborted; an aborted Goexit goes on.

package runtime

import (
	"internal/abi"
	"unsafe"
)

// ---- Failed checks; the compiler calls these.

func panicIndex(x int, y int)        { panicBounds(int64(x), y, true, abi.BoundsIndex) }
func panicIndexU(x uint, y int)      { panicBounds(int64(x), y, false, abi.BoundsIndex) }
func panicSliceAlen(x int, y int)    { panicBounds(int64(x), y, true, abi.BoundsSliceAlen) }
func panicSliceAlenU(x uint, y int)  { panicBounds(int64(x), y, false, abi.BoundsSliceAlen) }
func panicSliceAcap(x int, y int)    { panicBounds(int64(x), y, true, abi.BoundsSliceAcap) }
func panicSliceAcapU(x uint, y int)  { panicBounds(int64(x), y, false, abi.BoundsSliceAcap) }
func panicSliceB(x int, y int)       { panicBounds(int64(x), y, true, abi.BoundsSliceB) }
func panicSliceBU(x uint, y int)     { panicBounds(int64(x), y, false, abi.BoundsSliceB) }
func panicSlice3Alen(x int, y int)   { panicBounds(int64(x), y, true, abi.BoundsSlice3Alen) }
func panicSlice3AlenU(x uint, y int) { panicBounds(int64(x), y, false, abi.BoundsSlice3Alen) }
func panicSlice3Acap(x int, y int)   { panicBounds(int64(x), y, true, abi.BoundsSlice3Acap) }
func panicSlice3AcapU(x uint, y int) { panicBounds(int64(x), y, false, abi.BoundsSlice3Acap) }
func panicSlice3B(x int, y int)      { panicBounds(int64(x), y, true, abi.BoundsSlice3B) }
func panicSlice3BU(x uint, y int)    { panicBounds(int64(x), y, false, abi.BoundsSlice3B) }
func panicSlice3C(x int, y int)      { panicBounds(int64(x), y, true, abi.BoundsSlice3C) }
func panicSlice3CU(x uint, y int)    { panicBounds(int64(x), y, false, abi.BoundsSlice3C) }
func panicSliceConvert(x int, y int) { panicBounds(int64(x), y, true, abi.BoundsConvert) }

func panicBounds(x int64, y int, signed bool, code abi.BoundsErrorCode) {
	panicCheck("index out of range")
	panic(boundsError{x, y, signed, code})
}

// panicCheck turns a failed check inside the runtime into a throw.
func panicCheck(msg string) {
	gp := getg()
	if gp == nil || gp.m == nil {
		return
	}
	if gp.m.curg != gp || gp.m.mallocing != 0 {
		throw(msg)
	}
}

var (
	divideError   = error(errorString("integer divide by zero"))
	overflowError = error(errorString("integer overflow"))
	shiftError    = error(errorString("negative shift amount"))
	floatError    = error(errorString("floating point error"))
	memoryError   = error(errorString("invalid memory address or nil pointer dereference"))
)

func panicdivide() {
	panicCheck("integer divide by zero")
	panic(divideError)
}

func panicoverflow() {
	panicCheck("integer overflow")
	panic(overflowError)
}

func panicshift() {
	panicCheck("negative shift amount")
	panic(shiftError)
}

func panicfloat() {
	panicCheck("floating point error")
	panic(floatError)
}

// panicmem is a failed nil check. Compiled code that tests instead of faulting calls it too; the report is the same.
//
//go:noinline
func panicmem() {
	gp := getg()
	panicCheck("invalid memory address or nil pointer dereference")
	if gp.sig == 0 {
		gp.sig = _SIGSEGV
		gp.sigcode0 = _SEGV_MAPERR
		gp.sigcode1 = 0
		gp.sigpc, _ = callerframe(getfp())
	}
	panic(memoryError)
}

func panicmemAddr(addr uintptr) {
	panicCheck("invalid memory address or nil pointer dereference")
	panic(errorAddressString{msg: "invalid memory address or nil pointer dereference", addr: addr})
}

func panicnil() { panicmem() }

// panicrangestate reports misuse of a range-over-func loop body.
func panicrangestate(state int) {
	switch abi.RF_State(state) {
	case abi.RF_DONE:
		panic(rangeDoneError)
	case abi.RF_PANIC:
		panic(rangePanicError)
	case abi.RF_EXHAUSTED:
		panic(rangeExhaustedError)
	case abi.RF_MISSING_PANIC:
		panic(rangeMissingPanicError)
	}
	throw("unexpected state set by range func")
}

var (
	rangeDoneError         = error(errorString("range function continued iteration after function for loop body returned false"))
	rangePanicError        = error(errorString("range function continued iteration after loop body panic"))
	rangeExhaustedError    = error(errorString("range function continued iteration after whole loop exit"))
	rangeMissingPanicError = error(errorString("range function recovered a loop body panic and did not resume panicking"))
)

// ---- Defer

// deferpush links the record of a frame that begins to defer. fp: the frame's address.
func deferpush(d *_defer, fp uintptr) {
	gp := getg()
	frameStore(unsafe.Pointer(&d.head), nil)
	d.fp = fp
	frameStore(unsafe.Pointer(&d.link), unsafe.Pointer(gp._defer))
	frameStore(unsafe.Pointer(&gp._defer), unsafe.Pointer(d))
}

// frameStore writes a word of a frame, or one that points into a frame, without a barrier: what a stack refers to when a collection begins is found when that stack is
// scanned, which is before its goroutine can write here again.
func frameStore(at, v unsafe.Pointer) {
	*(*uintptr)(at) = uintptr(v)
}

// deferadd hangs n on d: the last one added runs first.
func deferadd(d *_defer, n *_deferfn) {
	n.link = d.head
	frameStore(unsafe.Pointer(&d.head), unsafe.Pointer(n))
}

// deferreturn runs d's calls and unlinks it. Stacks do not show it (rt0/abi/pclntab.py, WRAPPERS).
//
//go:noinline
func deferreturn(d *_defer) {
	for {
		n := d.head
		if n == nil {
			break
		}
		frameStore(unsafe.Pointer(&d.head), unsafe.Pointer(n.link))
		n.fn()
	}
	frameStore(unsafe.Pointer(&getg()._defer), unsafe.Pointer(d.link))
}

// callerfp returns the frame that called the frame fp.
func callerfp(fp uintptr) uintptr {
	up := *(*uintptr)(unsafe.Pointer(fp))
	if ismorestack(*(*uintptr)(unsafe.Pointer(fp + 8))) {
		return *(*uintptr)(unsafe.Pointer(up))
	}
	return up
}

// ismorestack reports whether pc is where __morestack's callee returns to.
func ismorestack(pc uintptr) bool {
	return pc-morestackpc() < 160
}

// deferwrapper is called by a wrapper, with its frame, when some panic is under way: if the panic called the wrapper, what
// the wrapper calls counts as deferred.
func deferwrapper(fp uintptr) {
	p := getg()._panic
	if p != nil && callerfp(fp) == p.fp {
		p.fp = fp
	}
}

// gorecover implements recover. fp: the frame of the function that calls recover.
func gorecover(fp uintptr) any {
	p := getg()._panic
	if p != nil && !p.goexit && !p.recovered && callerfp(fp) == p.fp {
		p.recovered = true
		return p.arg
	}
	return nil
}

// ---- Panic

// gopanic implements panic. It returns only into a frame that recovered.
//
//go:noinline
func gopanic(e any) {
	gp := getg()
	if e == nil {
		if debug.panicnil != 1 {
			e = new(PanicNilError)
		}
	}
	if gp.m.curg != gp {
		badpanic(e, "panic on system stack")
	}
	if gp.m.mallocing != 0 {
		badpanic(e, "panic during malloc")
	}
	if gp.m.preemptoff != "" {
		badpanic(e, "panic during preemptoff")
	}
	if gp.m.locks != 0 {
		badpanic(e, "panic holding locks")
	}
	var p _panic
	p.arg = e
	p.link = gp._panic
	gp._panic = (*_panic)(noescape(unsafe.Pointer(&p)))
	runningPanicDefers.Add(1)
	for {
		d, n := nextdefer(gp, &p)
		if n == nil {
			break
		}
		p.fp = getfp()
		n.fn()
		p.fp = 0 // a wrapper may have left its frame's address, which others use again
		if p.recovered {
			recovery(gp, &p, d)
		}
	}
	p.d = nil
	preprintpanics(gp._panic)
	fatalpanic(gp._panic)
}

// nextdefer takes the next deferred call, innermost frame first, and notes that p runs it.
func nextdefer(gp *g, p *_panic) (*_defer, *_deferfn) {
	for {
		d := gp._defer
		if d == nil {
			return nil, nil
		}
		for q := p.link; q != nil; q = q.link {
			if q.d == d {
				q.aborted = true
			}
		}
		n := d.head
		if n != nil {
			d.head = n.link
			p.d = d
			return d, n
		}
		gp._defer = d.link
	}
}

// recovery continues in the frame of d. p has been recovered by one of d's calls.
func recovery(gp *g, p *_panic, d *_defer) {
	runningPanicDefers.Add(-1)
	goexiting := false
	q := p.link
	for q != nil && q.aborted {
		if q.goexit {
			goexiting = true
		} else {
			runningPanicDefers.Add(-1)
		}
		q = q.link
	}
	gp._panic = q
	gp.sig = 0
	if goexiting {
		Goexit()
	}
	rdorec(&d.buf)
}

// Goexit terminates the goroutine that calls it, after running its deferred calls.
//
//go:noinline
func Goexit() {
	gp := getg()
	var p _panic
	p.goexit = true
	p.link = gp._panic
	gp._panic = (*_panic)(noescape(unsafe.Pointer(&p)))
	for {
		_, n := nextdefer(gp, &p)
		if n == nil {
			break
		}
		p.fp = getfp()
		n.fn()
		p.fp = 0 // a wrapper may have left its frame's address, which others use again
	}
	for q := p.link; q != nil; q = q.link {
		if !q.goexit {
			runningPanicDefers.Add(-1)
		}
	}
	gp._panic = nil
	goexit1()
}

func badpanic(e any, why string) {
	print("panic: ")
	printpanicval(e)
	print("\n")
	throw(why)
}

// preprintpanics calls the Error and String methods of panic values while that is still allowed.
func preprintpanics(p *_panic) {
	defer func() {
		const text = "panic while printing panic value"
		switch r := recover().(type) {
		case nil:
		case string:
			throw(text + ": " + r)
		default:
			throw(text + ": type " + toRType(efaceOf(&r)._type).string())
		}
	}()
	for p != nil {
		if p.link != nil && *efaceOf(&p.link.arg) == *efaceOf(&p.arg) {
			// The same value panicked again: one line tells both.
			p.link.repanicked = true
			p = p.link
			continue
		}
		switch v := p.arg.(type) {
		case error:
			p.arg = v.Error()
		case stringer:
			p.arg = v.String()
		}
		p = p.link
	}
}

// printpanics prints the chain, earliest first.
func printpanics(p *_panic) {
	if p.link != nil {
		printpanics(p.link)
		if p.link.repanicked {
			return
		}
		if !p.link.goexit {
			print("\t")
		}
	}
	if p.goexit {
		return
	}
	print("panic: ")
	printpanicval(p.arg)
	if p.recovered && p.repanicked {
		print(" [recovered, repanicked]")
	} else if p.recovered {
		print(" [recovered]")
	}
	print("\n")
}

// ---- The end

var (
	paniclk  mutex
	deadlock mutex

	didothers bool
)

// beginThrow makes sure that what follows ends: a throw that printing or a traceback runs into is reported without any help, and is the last.
// The count of locks may be what is broken: from here on no unlock finds it negative.
//
//go:noinline
func beginThrow(s string) {
	mp := getg().m
	mp.throws++
	if mp.throws > 1 {
		write(2, unsafe.Pointer(unsafe.StringData(nestedThrow)), int32(len(nestedThrow)))
		write(2, unsafe.Pointer(unsafe.StringData(s)), int32(len(s)))
		write(2, unsafe.Pointer(unsafe.StringData("\n")), 1)
		exit(2)
	}
	if mp.locks < 0 {
		mp.locks = 0
	}
	mp.locks++
}

const nestedThrow = "\npanic during panic\nfatal error: "

// throw ends the process: the runtime found itself broken.
//
//go:noinline
func throw(s string) {
	beginThrow(s)
	systemstack(func() {
		print("fatal error: ")
		printindented(s)
		print("\n")
	})
	fatalthrow(throwTypeRuntime)
}

// fatal ends the process: the program did what cannot be survived.
//
//go:noinline
func fatal(s string) {
	p := getg()._panic
	beginThrow(s)
	printlock()
	systemstack(func() {
		printPreFatalDeferPanic(p)
		print("fatal error: ")
		printindented(s)
		print("\n")
	})
	fatalthrow(throwTypeUser)
}

// printPreFatalDeferPanic prints the panics that were under way when a deferred call did something fatal.
func printPreFatalDeferPanic(p *_panic) {
	for x := p; x != nil; x = x.link {
		if x.link != nil && *efaceOf(&x.link.arg) == *efaceOf(&x.arg) {
			x.link.repanicked = true
		}
	}
	if p != nil {
		printpanics(p)
		print("\t")
	}
}

// fatalthrow prints the stacks, from throw or fatal on, and exits.
//
//go:noinline
func fatalthrow(t throwType) {
	gp := getg()
	if gp.m.throwing == throwTypeNone {
		gp.m.throwing = t
	}
	sp := getfp() + 16
	pc, bp := callerframe(getfp())
	systemstack(func() {
		startpanic_m()
		if dopanic_m(gp, pc, sp, bp, nil) {
			crash()
		}
		exit(2)
	})
}

// fatalpanic ends the process with an unrecovered panic.
//
//go:noinline
func fatalpanic(msgs *_panic) {
	gp := getg()
	sp := getfp() + 16
	pc, bp := callerframe(getfp()) // in gopanic
	systemstack(func() {
		if startpanic_m() && msgs != nil {
			runningPanicDefers.Add(-1)
			printpanics(msgs)
		}
		var bubble *synctestBubble
		if de, ok := msgs.arg.(synctestDeadlockError); ok {
			bubble = de.bubble
		}
		if dopanic_m(gp, pc, sp, bp, bubble) {
			crash()
		}
		exit(2)
	})
}

// startpanic_m prepares for an unrecoverable panic; it reports whether messages may be printed.
func startpanic_m() bool {
	mp := getg().m
	mp.mallocing++ // nothing may allocate from here on
	if mp.locks < 0 {
		mp.locks = 1
	}
	switch mp.dying {
	case 0:
		mp.dying = 1
		panicking.Add(1)
		lock(&paniclk)
		freezetheworld()
		return true
	case 1:
		mp.dying = 2
		print("panic during panic\n")
		return false
	case 2:
		mp.dying = 3
		print("stack trace unavailable\n")
		exit(4)
	}
	exit(5)
	return false
}

// freezetheworld stops the others as well as it can, without waiting for long.
func freezetheworld() {
	for i := 0; i < 5; i++ {
		sched.stopwait = 0x7fffffff
		sched.gcwaiting.Store(true)
		if !preemptall() {
			break
		}
		usleep(1000)
	}
	usleep(1000)
	preemptall()
	usleep(1000)
}

// dopanic_m prints signal and stacks; it reports whether to dump core. pc, sp, bp: where gp is. bubble: one that is in a deadlock, whose goroutines are shown.
func dopanic_m(gp *g, pc, sp, bp uintptr, bubble *synctestBubble) bool {
	if gp.sig != 0 {
		name := signame(gp.sig)
		if name != "" {
			print("[signal ", name)
		} else {
			print("[signal ", hex(gp.sig))
		}
		print(" code=", hex(gp.sigcode0), " addr=", hex(gp.sigcode1), " pc=", hex(gp.sigpc), "]\n")
	}
	level, all, docrash := gotraceback()
	if level > 0 {
		if gp != gp.m.curg {
			all = true
		}
		if gp != gp.m.g0 {
			print("\n")
			goroutineheader(gp)
			traceback(pc, sp, bp, gp)
		} else if level >= 2 || gp.m.throwing >= throwTypeRuntime {
			print("\nruntime stack:\n")
			traceback(pc, sp, bp, gp)
		}
		if !didothers {
			if all {
				didothers = true
				tracebackothers(gp, nil)
			} else if bubble != nil {
				tracebackothers(gp, bubble)
			}
		}
	}
	unlock(&paniclk)
	if panicking.Add(-1) != 0 {
		// Another thread panics too, and will exit when it has printed.
		lock(&deadlock)
		lock(&deadlock)
	}
	return docrash
}

// Names under which other packages report the end.

//go:linkname sync_throw sync.throw
func sync_throw(s string) { throw(s) }

//go:linkname sync_fatal sync.fatal
func sync_fatal(s string) { fatal(s) }

//go:linkname maps_fatal internal/runtime/maps.fatal
func maps_fatal(s string) { fatal(s) }

//go:linkname internal_sync_throw internal/sync.throw
func internal_sync_throw(s string) { throw(s) }

//go:linkname internal_sync_fatal internal/sync.fatal
func internal_sync_fatal(s string) { fatal(s) }

//go:linkname cgroup_throw internal/runtime/cgroup.throw
func cgroup_throw(s string) { throw(s) }
