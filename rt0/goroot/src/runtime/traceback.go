// Walking stacks and printing them.
//
// Every compiled function keeps a frame pointer: 0(BP) is the caller's BP, 8(BP) the return address. Where a call went through __morestack
// to a new segment, the return address is in __morestack and 0(BP) is its frame mf: the caller's pc is at 16(mf), its BP at 0(mf).
// A goroutine's chain ends in goexit with BP = 0.

package runtime

import (
	"internal/bytealg"
	"internal/runtime/atomic"
	"internal/runtime/pprof/label"
	"unsafe"
)

// unwinder is a position in a stack: a machine frame.
type unwinder struct {
	pc    uintptr // in the frame's function; 0 at the end
	bp    uintptr // the frame's frame pointer
	sp    uintptr // the stack pointer at pc if exact, else where the frame called; 0: unknown
	exact bool    // pc is the instruction itself, not behind a call
	entry bool    // pc is in the function's prologue: bp is the caller's, and no register is saved yet
	n     int
	regs  savedRegs
	g0    bool // stay on the system stack
}

// savedRegs is what R15, R14, R13, R12 and BX hold in a frame, as far as it is known: calls preserve them, so some frame further in may have them.
type savedRegs struct {
	value [5]uintptr
	known [5]bool
}

// restore finds the registers of the frame that called f's, which u is at.
//
//go:noinline
func (u *unwinder) restore(f funcInfo) {
	if u.entry {
		return
	}
	if u.pc == funcPC(mcallret) {
		// PUSH_CALLEE_SAVED
		for i := range u.regs.value {
			u.regs.value[i] = *(*uintptr)(unsafe.Pointer(u.bp - 40 + uintptr(i)*8))
			u.regs.known[i] = true
		}
		return
	}
	flags := f.flags()
	if u.exact || flags&(funcFlagAsm|funcFlagLost) != 0 { // of one that a signal stopped it is not known whether it has pushed them
		u.regs = savedRegs{}
		return
	}
	at := u.bp
	for i := range u.regs.value {
		if flags&(funcFlagSaves<<i) != 0 {
			at -= 8
			u.regs.value[i] = *(*uintptr)(unsafe.Pointer(at))
			u.regs.known[i] = true
		}
	}
}

// find looks for the registers of the frame u of gp, which has called systemstack or mcall.
func (u *unwinder) find(gp *g) {
	if gp == nil || gp.sched.pc != funcPC(mcallret) || gp.syscallsp != 0 {
		return
	}
	v := unwinder{pc: gp.sched.pc, bp: gp.sched.bp}
	for i := 0; i < 16 && v.valid(); i++ {
		if v.bp == u.bp && v.pc == u.pc {
			u.regs = v.regs
			return
		}
		f := findfunc(v.symPC())
		if !f.valid() {
			return
		}
		v.restore(f)
		v.next()
	}
}

func (u *unwinder) valid() bool { return u.pc != 0 }

// symPC returns the pc to look up.
func (u *unwinder) symPC() uintptr {
	if u.exact {
		return u.pc
	}
	return u.pc - 1
}

// callerframe returns where the frame fp returns to, and the frame pointer there.
func callerframe(fp uintptr) (pc, bp uintptr) {
	bp = *(*uintptr)(unsafe.Pointer(fp))
	pc = *(*uintptr)(unsafe.Pointer(fp + 8))
	if ismorestack(pc) {
		pc = *(*uintptr)(unsafe.Pointer(bp + 16))
		bp = *(*uintptr)(unsafe.Pointer(bp))
	}
	return pc, bp
}

//go:noinline
func (u *unwinder) next() {
	u.n++
	if u.exact && u.sp != 0 {
		f := findfunc(u.pc)
		if slot := returnslot(f, u.pc, u.sp); slot != 0 {
			u.exact = calledBySignal(u.pc)
			u.pc = *(*uintptr)(unsafe.Pointer(slot))
			u.sp = slot + 8
			u.overMorestack()
			return
		}
		if !onGoroutineStack(u.bp) && u.bp < u.sp && onSomeStack(u.sp) {
			u.bp = 0 // not a frame pointer
		}
	}
	if u.bp&7 != 0 || u.n > 1<<26 || !onSomeStack(u.bp) {
		u.pc = 0
		return
	}
	slot := u.bp + 8
	if u.exact && isMorestack(u.pc) {
		slot += 8
	}
	u.exact = calledBySignal(u.pc)
	below := onGoroutineStack(u.bp)
	u.sp = u.bp + 16
	u.entry = false
	u.pc = *(*uintptr)(unsafe.Pointer(slot))
	u.bp = *(*uintptr)(unsafe.Pointer(u.bp))
	u.overMorestack()
	if u.g0 && !below && onGoroutineStack(u.bp) {
		u.pc = 0 // what called systemstack or __morestack is the goroutine's part
	}
}

// isIn reports whether pc is in the function at entry, which is shorter than 4096 bytes.
func isIn(pc, entry uintptr) bool {
	if pc-entry >= 4096 {
		return false
	}
	f := findfunc(pc)
	return f.valid() && f.entry() == entry
}

// overMorestack leaves __morestack behind, if a new segment's first frame returns there: its frame is at bp. The walk ends where nothing returns to.
func (u *unwinder) overMorestack() {
	if ismorestack(u.pc) {
		if !onGoroutineStack(u.bp) {
			u.pc = 0
			return
		}
		u.pc = *(*uintptr)(unsafe.Pointer(u.bp + 16))
		u.bp = *(*uintptr)(unsafe.Pointer(u.bp))
	}
	if !inText(u.pc) {
		u.pc = 0
	}
}

// returnslot returns where the return address of f lies when a signal has found it at pc with stack pointer sp, if its frame is not made yet, no
// longer, or never: BP is the caller's then. 0: it has its frame, at BP.
//
// No table says how far a function has come; its code does. Compiled functions, and assembly with a frame, begin
//
//	[MOVQ/LEAQ, CMPQ SP with the limit, JBE]  PUSHQ BP; MOVQ SP, BP
//
// perhaps behind a path that needs no frame, and leave by POPQ BP; RET. Behind their end is the call of __morestack. Assembly without a frame has its return
// address at SP, below what it has pushed.
func returnslot(f funcInfo, pc, sp uintptr) uintptr {
	if !f.valid() || sp&7 != 0 || !onSomeStack(sp) {
		return 0
	}
	const (
		pushMovBP = 0xe5894855 // PUSHQ BP; MOVQ SP, BP
		farthest  = 2048       // for the search of it
	)
	e := f.entry()
	extra := uintptr(0)
	if isMorestack(pc) {
		extra = 8 // who calls __morestack has made no frame
	}
	if codeAt(pc) == 0xc3 {
		return sp + extra
	}
	if e != morestackpc() && callsMorestack(pc) {
		return sp
	}
	for p := e; p < e+farthest && p+4 <= e+uintptr(f.size); p++ {
		if *(*uint32)(unsafe.Pointer(p)) == pushMovBP {
			switch {
			case pc <= p:
				return sp + extra
			case pc == p+1:
				return sp + 8 + extra
			}
			return 0
		}
	}
	for p := sp; p < sp+32*8 && onSomeStack(p); p += 8 {
		if isReturnAddress(*(*uintptr)(unsafe.Pointer(p))) {
			return p + extra
		}
	}
	return 0
}

// calledBySignal reports whether pc is in a function that is entered from a signal handler: what it returns to was interrupted, not left by a call.
func calledBySignal(pc uintptr) bool {
	return isIn(pc, funcPC(sigpanic0)) || isIn(pc, funcPC(asyncPreempt))
}

func isMorestack(pc uintptr) bool {
	return isIn(pc, morestackpc()) || isIn(pc, funcPC(morestack_ret))
}

func codeAt(pc uintptr) byte { return *(*byte)(unsafe.Pointer(pc)) }

// callsMorestack reports whether pc is in the sequence MOVL $frame, R10; MOVL $args, R11; CALL __morestack; RET; JMP body.
func callsMorestack(pc uintptr) bool {
	switch {
	case codeAt(pc) == 0x41 && codeAt(pc+1) == 0xba:
		pc += 17
	case codeAt(pc) == 0x41 && codeAt(pc+1) == 0xbb:
		pc += 11
	case codeAt(pc) == 0xe8:
		pc += 5
	default:
		if codeAt(pc-1) != 0xc3 {
			return false
		}
		pc--
	}
	return inText(pc) && codeAt(pc-5) == 0xe8 && pc+uintptr(*(*int32)(unsafe.Pointer(pc - 4))) == morestackpc()
}

// isReturnAddress reports whether pc is behind a call instruction.
func isReturnAddress(pc uintptr) bool {
	if !inText(pc) || pc-modinfo.text < 8 {
		return false
	}
	if codeAt(pc-5) == 0xe8 {
		return true
	}
	// FF /2 with each length of its operand.
	for n := uintptr(2); n <= 7; n++ {
		if codeAt(pc-n) == 0xff && codeAt(pc-n+1)>>3&7 == 2 {
			return true
		}
	}
	return false
}

// onSomeStack reports whether a frame may be at p: assembly that uses BP for itself must not send the walk astray.
func onSomeStack(p uintptr) bool {
	if onGoroutineStack(p) {
		return true
	}
	mp := getg().m
	if gp := mp.gsignal; gp != nil && p >= gp.stacklo && p < gp.stackhi {
		return true
	}
	gp := mp.g0
	lo := gp.stacklo
	if lo == 0 {
		lo = gp.stackhi - 4<<20 // the process's first stack
	}
	return p >= lo && p < gp.stackhi
}

// traceback prints the stack from the call before pc on, in the frame bp.
func traceback(pc, sp, bp uintptr, gp *g) {
	u := unwinder{pc: pc, sp: sp, bp: bp, g0: gp != nil && gp.stack == nil}
	u.find(gp)
	tracebackfrom(u, gp)
}

func tracebacktrap(pc, sp, bp uintptr, gp *g) {
	tracebackfrom(unwinder{pc: pc, sp: sp, bp: bp, exact: true}, gp)
}

const (
	tracebackInnerFrames = 50
	tracebackOuterFrames = 50
)

// tracebackfrom prints the frames that help the reader, or all of them where that would be none.
func tracebackfrom(u unwinder, gp *g) {
	if !tracebackshown(u, gp, false) {
		tracebackshown(u, gp, true)
	}
	printcreatedby(gp)
}

func tracebackshown(u unwinder, gp *g, runtime bool) bool {
	total := walkframes(u, gp, 0, -1, runtime, false)
	if total <= tracebackInnerFrames+tracebackOuterFrames {
		walkframes(u, gp, 0, total, runtime, true)
	} else {
		walkframes(u, gp, 0, tracebackInnerFrames, runtime, true)
		print("...", total-tracebackInnerFrames-tracebackOuterFrames, " frames elided...\n")
		walkframes(u, gp, total-tracebackOuterFrames, total, runtime, true)
	}
	return total > 0
}

// frameCount is how many frames of the source walkframes shows of one machine frame.
type frameCount struct {
	pc, inner uintptr // of the frame and of the one it called
	n         int
	called    string // by the frame that called it
}

// walkframes prints the shown frames lo to hi and returns how many there are; hi < 0: all. runtime: show package runtime's. Stacks of millions of frames
// repeat a few: counts are kept.
func walkframes(u unwinder, gp *g, lo, hi int, runtime, emit bool) int {
	var counts [8]frameCount
	n := 0
	inner := uintptr(0)
	called := "" // by the frame
	for ; u.valid(); u.next() {
		c := &counts[(u.pc^u.pc>>5^inner>>1)%uintptr(len(counts))]
		if c.pc == u.pc && c.inner == inner && (hi < 0 || n+c.n < hi) && (!emit || n+c.n <= lo) {
			n += c.n
			called = c.called
			inner = u.pc
			u.regs = savedRegs{}
			continue
		}
		from := n
		f := findfunc(u.symPC())
		if !f.valid() || f.entry() == funcPC(sigpanic0) {
			u.regs = savedRegs{}
			continue
		}
		iu := newInlineUnwinder(f, u.symPC())
		for {
			s, ok := iu.next()
			if !ok {
				break
			}
			callee := called
			if s.name != "runtime.runOneFinalizer" {
				called = s.name
			}
			if !runtime && !showframe(&s, gp, n == 0, callee) {
				continue
			}
			if emit && n >= lo && n < hi {
				printframe(&s, &u, f, gp, callee)
			}
			n++
			if hi >= 0 && n >= hi {
				return n
			}
		}
		if from != 0 { // showframe looks at whether it is the first
			*c = frameCount{u.pc, inner, n - from, called}
		}
		inner = u.pc
		if emit {
			u.restore(f)
		}
	}
	return n
}

func printframe(s *srcFrame, u *unwinder, f funcInfo, gp *g, callee string) {
	printFuncName(s.name)
	print("(")
	if s.inlined {
		print("...")
	} else {
		printargs(f, u, callee)
	}
	print(")")
	print("\n\t", s.file, ":", s.line)
	if !s.inlined {
		if u.pc > f.entry() {
			print(" +", hex(u.pc-f.entry()))
		}
		level, _, _ := gotraceback()
		if gp != nil && gp.m != nil && gp.m.throwing >= throwTypeRuntime && gp == gp.m.curg || level >= 2 {
			fp := u.bp + 16 // where the caller's frame ends
			if u.bp == 0 {
				fp = u.sp
			}
			print(" fp=", hex(fp), " sp=", hex(u.sp), " pc=", hex(u.pc))
		}
	}
	print("\n")
}

// printargs prints the words of f's parameters as gc does: aggregates in braces, a limited number. u is at f's frame, which called callee.
//
//go:noinline
func printargs(f funcInfo, u *unwinder, callee string) {
	if f.entry() == funcPC(goexit) {
		print("{}") // its parameter says that it must not be called
		return
	}
	r, ok := f.reader()
	p := r.args
	if !ok || p == nil {
		return
	}
	w := wordReader{entry: f.entry(), end: r.argsEnd}
	for w.next = p; *w.next&15 != argEnd; {
		w.next = (*byte)(add(unsafe.Pointer(w.next), 1))
	}
	w.next = (*byte)(add(unsafe.Pointer(w.next), 1))
	w.find(p)
	// What does not return leaves nothing that could be known behind it.
	w.after = callee != "" && !hasPrefix(callee, "runtime.panic") && callee != "runtime.gopanic" && callee != "runtime.throw"
	comma := false
	for {
		op := *p & 15
		size := uint(1) << (*p >> 4 & 3)
		p = (*byte)(add(unsafe.Pointer(p), 1))
		if op == argEnd {
			return
		}
		if op == argClose {
			print("}")
			comma = true
			continue
		}
		if comma {
			print(", ")
		}
		comma = op != argOpen
		switch op {
		case argOpen:
			print("{")
		case argDots:
			print("...")
		case argFar:
			print("_")
		case argPair, argTriple:
			print("{")
			w.print(u, 8)
			for i := uint8(argPair - 1); i < op; i++ {
				print(", ")
				w.print(u, 8)
			}
			print("}")
		default:
			w.print(u, size)
		}
	}
}

// wordReader reads where the words of a function's arguments are.
type wordReader struct {
	entry  uintptr
	next   *byte // of the next word; behind them all the places begin
	places *byte
	end    *byte
	after  bool // the place behind the call may be taken
}

// find sets places. ops: the operators.
func (w *wordReader) find(ops *byte) {
	w.places = w.next
	for *ops&15 != argEnd && w.places != w.end {
		n := 0
		switch *ops & 15 {
		case argWord:
			n = 1
		case argPair:
			n = 2
		case argTriple:
			n = 3
		}
		for ; n > 0; n-- {
			var v uint32
			if v, w.places = uvarintAt(w.places); v != 0 {
				_, w.places = uvarintAt(w.places)
			}
		}
		ops = (*byte)(add(unsafe.Pointer(ops), 1))
	}
}

// print prints the next word, of size bytes: _ when it is nowhere to be found, with a question mark when it is from a place that LLVM gives for the time after
// the call that the frame is in.
//
//go:noinline
func (w *wordReader) print(u *unwinder, size uint) {
	if w.next == w.end || u.entry {
		print("_")
		return
	}
	var v, off uint32
	if v, w.next = uvarintAt(w.next); v != 0 {
		off, w.next = uvarintAt(w.next)
	}
	mark := ""
	x, ok := uintptr(0), false
	if v != 0 {
		pc := u.symPC() - w.entry
		x, ok = w.value(u, v-1, pc)
		if !ok && w.after && !u.exact {
			x, ok = w.value(u, v-1, pc+1)
			mark = "?"
		}
	}
	if ok && off != 0 {
		// A parameter in memory: on a stack, as its caller put it there.
		x += uintptr(off - 1)
		if ok = onSomeStack(x); ok {
			x = *(*uintptr)(unsafe.Pointer(x))
		}
	}
	if !ok {
		print("_")
		return
	}
	if size < 8 {
		x &= 1<<(size*8) - 1
	}
	print(hex(x), mark)
}

// value returns what variable v is at pc, from the function's entry.
//
//go:noinline
func (w *wordReader) value(u *unwinder, v uint32, pc uintptr) (uintptr, bool) {
	for p := w.places; p != w.end; {
		var k, start, n, where uint32
		k, p = uvarintAt(p)
		start, p = uvarintAt(p)
		n, p = uvarintAt(p)
		where, p = uvarintAt(p)
		if k != v || pc-uintptr(start) >= uintptr(n) {
			continue
		}
		i := where >> 2
		switch where & 3 {
		case locFrame:
			at := u.bp + uintptr(int(int32(unzigzag(i))))
			if !onSomeStack(at) {
				return 0, false
			}
			return *(*uintptr)(unsafe.Pointer(at)), true
		case locReg:
			return u.regs.value[i], u.regs.known[i]
		case locConst:
			return uintptr(int(int32(unzigzag(i)))), true
		}
	}
	return 0, false
}

func printFuncName(name string) {
	switch name {
	case "runtime.gopanic":
		name = "panic"
	case "runtime.runCleanup":
		name = "runtime.runCleanups" // in gc a goroutine's function
	}
	print(name)
}

// showframe decides whether a frame helps the reader: the runtime's own are left out unless it is to blame. callee: what the frame called.
func showframe(s *srcFrame, gp *g, first bool, callee string) bool {
	mp := getg().m
	if mp.throwing >= throwTypeRuntime && gp != nil && gp == mp.curg {
		return true
	}
	level, _, _ := gotraceback()
	if level > 1 {
		return true
	}
	if s.wrapper && callee != "runtime.gopanic" && callee != "runtime.sigpanic" && callee != "runtime.panicwrap" {
		return false
	}
	if s.name == "runtime.gopanic" && !first {
		return true
	}
	if s.name == "runtime.runFinalizers" || s.name == "runtime.runCleanup" {
		return callee != "runtime.runCleanup" // it says that the program's code was called in the background
	}
	return bytealg.IndexByteString(s.name, '.') >= 0 && (!hasPrefix(s.name, "runtime.") || isExportedRuntime(s.name))
}

// isExportedRuntime reports whether name is runtime.F, or runtime.T.M or runtime.(*T).M, with all of it exported. (Of an instance, runtime.F[...], the last
// dot is in the brackets: these are not shown, in gc neither.)
func isExportedRuntime(name string) bool {
	const n = len("runtime.")
	if name == "runtime.panicmem" || len(name) <= n {
		return false
	}
	name = name[n:]
	i := len(name) - 1
	for i >= 0 && name[i] != '.' {
		i--
	}
	if i == len(name)-1 || !isUpper(name[i+1]) {
		return false
	}
	if i < 0 {
		return true
	}
	recv := name[:i]
	if len(recv) > 2 && recv[0] == '(' && recv[1] == '*' {
		recv = recv[2:]
	}
	return recv != "" && isUpper(recv[0])
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

func printcreatedby(gp *g) {
	if gp == nil || gp.goid == 1 || gp.gopc == 0 {
		return
	}
	f := findfunc(gp.gopc - 1)
	if !f.valid() {
		return
	}
	u := newInlineUnwinder(f, gp.gopc-1)
	s, _ := u.next()
	if !showframe(&s, gp, false, "") {
		return
	}
	print("created by ")
	printFuncName(s.name)
	if gp.parentGoid != 0 {
		print(" in goroutine ", gp.parentGoid)
	}
	print("\n\t", s.file, ":", s.line)
	if gp.gopc > f.entry() {
		print(" +", hex(gp.gopc-f.entry()))
	}
	print("\n")
}

var gStatusStrings = [...]string{
	_Gidle:     "idle",
	_Grunnable: "runnable",
	_Grunning:  "running",
	_Gsyscall:  "syscall",
	_Gwaiting:  "waiting",
	_Gdead:     "dead",
}

func goroutineheader(gp *g) {
	level, _, _ := gotraceback()
	st := readgstatus(gp)
	scan := st&_Gscan != 0
	st &^= _Gscan
	status := "???"
	if st < uint32(len(gStatusStrings)) {
		status = gStatusStrings[st]
	}
	if st == _Gwaiting && gp.waitreason != waitReasonZero {
		status = gp.waitreason.String()
	}
	var waitfor int64
	if (st == _Gwaiting || st == _Gsyscall) && gp.waitsince != 0 {
		waitfor = (nanotime() - gp.waitsince) / 60e9
	}
	print("goroutine ", gp.goid)
	if gp.m != nil && gp.m.throwing >= throwTypeRuntime && gp == gp.m.curg || level >= 2 {
		print(" gp=", unsafe.Pointer(gp))
		if gp.m != nil {
			print(" m=", gp.m.id, " mp=", unsafe.Pointer(gp.m))
		} else {
			print(" m=nil")
		}
	}
	print(" [", status)
	if scan {
		print(" (scan)")
	}
	if gp.bubble != nil && st == _Gwaiting && gp.waitreason.isIdleInSynctest() && !hasSuffix(status, "(durable)") {
		print(" (durable)")
	}
	if waitfor >= 1 {
		print(", ", waitfor, " minutes")
	}
	if gp.lockedm != nil {
		print(", locked to thread")
	}
	if gp.bubble != nil {
		print(", synctest bubble ", gp.bubble.id)
	}
	print("]")
	printlabels(gp)
	print(":\n")
}

// printlabels prints the goroutine's pprof labels: {key: value, "a key": "a value"}.
func printlabels(gp *g) {
	if gp.labels == nil || debug.tracebacklabels != 1 {
		return
	}
	list := (*label.Set)(gp.labels).List
	if len(list) == 0 {
		return
	}
	print(" {")
	for i := range list {
		if i > 0 {
			print(", ")
		}
		printlabel(list[i].Key)
		print(": ")
		printlabel(list[i].Value)
	}
	print("}")
}

func printlabel(s string) {
	for i := 0; i < len(s); i++ {
		if c := s[i]; !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '/' || c == '_') {
			printquoted(s)
			return
		}
	}
	print(s)
}

// tracebackothers prints all goroutines but me; of a bubble, if that is not nil.
func tracebackothers(me *g, bubble *synctestBubble) {
	level, _, _ := gotraceback()
	curgp := getg().m.curg
	if curgp != nil && curgp != me {
		print("\n")
		goroutineheader(curgp)
		tracebackg(curgp)
	}
	for _, gp := range allgs {
		st := readgstatus(gp)
		if gp == me || gp == curgp || st == _Gdead || st == _Gidle || bubble != nil && gp.bubble != bubble || isSystemGoroutine(gp, false) && level < 2 {
			continue
		}
		print("\n")
		goroutineheader(gp)
		if gp.m != nil && gp.m != getg().m && st == _Grunning && gp.syscallsp == 0 {
			print("\tgoroutine running on other thread; stack unavailable\n")
			printcreatedby(gp)
		} else {
			tracebackg(gp)
		}
	}
}

// tracebackg prints the stack of a goroutine that does not run.
func tracebackg(gp *g) {
	if gp.syscallsp != 0 {
		traceback(gp.syscallpc, gp.syscallsp, gp.syscallbp, gp)
		return
	}
	if gp.sched.pc == funcPC(goexit) {
		// It has not begun: its function is yet to be called.
		tracebackfrom(unwinder{pc: gp.startpc, sp: gp.sched.sp, exact: true}, gp)
		return
	}
	u := unwinder{pc: gp.sched.pc, sp: gp.sched.sp, bp: gp.sched.bp, g0: gp.stack == nil}
	u.entry = u.pc != funcPC(mcallret) // stopped in __morestack
	tracebackfrom(u, gp)
}

// isSystemGoroutine reports whether gp was started by the runtime for itself. fixed: say what cannot change.
func isSystemGoroutine(gp *g, fixed bool) bool {
	f := findfunc(gp.startpc)
	if !f.valid() {
		return false
	}
	name := f.name()
	if name == "runtime.runFinalizers" {
		return !fixed && atomic.Load(&fing.running) == 0 // else it is the program's code that runs
	}
	return hasPrefix(name, "runtime.") && name != "runtime.main" && name != "runtime.corostart"
}

// callers fills pcs with return addresses, innermost first, after skipping skip source frames. fp: the frame to begin above.
// With inlined frames, see pcFrame.
func callersfrom(u unwinder, skip int, pcs []uintptr) int {
	n := 0
	for ; u.valid() && n < len(pcs); u.next() {
		f := findfunc(u.symPC())
		if !f.valid() {
			continue
		}
		iu := newInlineUnwinder(f, u.symPC())
		pc := u.pc
		if u.exact {
			pc++
		}
		for ; n < len(pcs); pc += inlPC {
			s, ok := iu.next()
			if !ok {
				break
			}
			if s.wrapper {
				continue
			}
			if skip > 0 {
				skip--
				continue
			}
			pcs[n] = pc
			n++
		}
	}
	return n
}

// callers is Callers for the runtime: skip 0 is the caller of callers.
//
//go:noinline
func callers(skip int, pcs []uintptr) int {
	pc, bp := callerframe(getfp())
	return callersfrom(unwinder{pc: pc, bp: bp}, skip, pcs)
}

// gcallers is callers for another goroutine that does not run.
func gcallers(gp *g, skip int, pcs []uintptr) int {
	if gp.syscallsp != 0 {
		return callersfrom(unwinder{pc: gp.syscallpc, bp: gp.syscallbp}, skip, pcs)
	}
	return callersfrom(unwinder{pc: gp.sched.pc, bp: gp.sched.bp}, skip, pcs)
}

//go:linkname setTraceback runtime/debug.SetTraceback
func setTraceback(level string) {
	var t uint32
	switch level {
	case "none":
		t = 0
	case "single", "":
		t = 1 << tracebackShift
	case "all":
		t = 1<<tracebackShift | tracebackAll
	case "system":
		t = 2<<tracebackShift | tracebackAll
	case "crash": // "wer" is for Windows
		t = 2<<tracebackShift | tracebackAll | tracebackCrash
	default:
		t = tracebackAll
		if n, ok := atoi(level); ok && n == int(uint32(n)) {
			t |= uint32(n) << tracebackShift
		}
	}
	traceback_cache = t | traceback_env
}

const (
	tracebackCrash = 1 << iota
	tracebackAll
	tracebackShift = iota
)

var (
	traceback_cache uint32 = 2 << tracebackShift
	traceback_env   uint32
)

// gotraceback says how much to print: level 0 nothing, 1 the program's frames, 2 the runtime's too; all goroutines; dump core.
func gotraceback() (level int32, all, crash bool) {
	mp := getg().m
	t := traceback_cache
	crash = t&tracebackCrash != 0
	all = mp.throwing > throwTypeUser || t&tracebackAll != 0
	if mp.traceback != 0 {
		level = int32(mp.traceback)
	} else if mp.throwing >= throwTypeRuntime {
		level = 2
	} else {
		level = int32(t >> tracebackShift)
	}
	return
}
