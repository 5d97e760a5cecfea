package runtime

// Stands in for the scheduler half: one goroutine, one P, the world always stopped. The test sets the roots.

import (
	"sync"
	"syscall"
	"time"
	"unsafe"
)

var (
	theM  m
	theG  = g{m: &theM}
	theG0 = g{m: &theM}
	theP  p
	big   sync.Mutex

	sched struct {
		lock      mutex
		npidle    counter
		gcwaiting flag
	}
	memstatsStacksSys sysMemStat
	runtimeInitTime   int64 = 1
	panicking         counter
	buildVersion      string
	traceback_env     int
	traceback_cache   int

	// roots is what gcrootsTable gives.
	roots []gcroot
	// conservative is scanned as a stack.
	conservative []uintptr
)

type counter struct{ n int32 }

func (c *counter) Load() int32 { return c.n }

type flag struct{}

func (flag) Load() bool { return false }

func getg() *g { return &theG }

func acquirem() *m   { theM.locks++; return &theM }
func releasem(mp *m) { mp.locks-- }
func lock(l *mutex) {
	if l.key != 0 {
		panic("lock: held")
	}
	l.key = 1
	theM.locks++
}
func unlock(l *mutex) {
	if l.key != 1 {
		panic("unlock: not held")
	}
	l.key = 0
	theM.locks--
}

func throw(s string) { panic("throw: " + s) }
func fatal(s string) { panic("fatal: " + s) }

type plainError string

func (e plainError) Error() string { return string(e) }

type errorString string

func (e errorString) Error() string { return "runtime error: " + string(e) }

type TypeAssertionError struct {
	_interface, concrete, asserted *_type
	missingMethod                  string
}

func (e *TypeAssertionError) Error() string { return "interface conversion" }

func funcPC(f func()) uintptr { return **(**uintptr)(unsafe.Pointer(&f)) }

func add(p unsafe.Pointer, x uintptr) unsafe.Pointer { return unsafe.Pointer(uintptr(p) + x) }
func noescape(p unsafe.Pointer) unsafe.Pointer       { return p }

func memmove(to, from unsafe.Pointer, n uintptr) {
	copy(unsafe.Slice((*byte)(to), n), unsafe.Slice((*byte)(from), n))
}
func memclrNoHeapPointers(p unsafe.Pointer, n uintptr) { clear(unsafe.Slice((*byte)(p), n)) }
func memequal(p, q unsafe.Pointer, n uintptr) bool {
	return string(unsafe.Slice((*byte)(p), n)) == string(unsafe.Slice((*byte)(q), n))
}

func mmap(addr unsafe.Pointer, n uintptr, prot, flags, fd int32, off uint32) (unsafe.Pointer, int) {
	if addr != nil && flags&_MAP_FIXED_ == 0 {
		addr = nil // the real runtime lives at the hint
	}
	r, _, e := syscall.Syscall6(syscall.SYS_MMAP, uintptr(addr), n, uintptr(prot), uintptr(flags), ^uintptr(0), 0)
	return unsafe.Pointer(r), int(e)
}
func munmap(p unsafe.Pointer, n uintptr) { syscall.Syscall(syscall.SYS_MUNMAP, uintptr(p), n, 0) }
func madvise(p unsafe.Pointer, n uintptr, f int32) int32 {
	syscall.Syscall(syscall.SYS_MADVISE, uintptr(p), n, uintptr(f))
	return 0
}

type stwReason int

const (
	stwGCMarkTerm stwReason = iota
	stwGCSweepTerm
	stwReadMemStats
	stwGOMAXPROCS
)

// Nothing is traced.
var trace struct{ on bool }

type traceBuf struct{}

func traceGCBegin()             {}
func traceGCEnd()               {}
func traceGoStop(*g, string)    {}
func traceGoUnblock(*g, uint64) {}

type worldStop struct{ start int64 }

func stopTheWorld(stwReason) worldStop   { return worldStop{} }
func startTheWorld(worldStop)            {}
func stopTheWorldGC(stwReason) worldStop { return worldStop{} }
func startTheWorldGC(worldStop)          {}
func systemstack(f func())               { f() }
func onGoroutineStack(uintptr) bool      { return false }
func scanstackranges(gp *g, fn func(lo, hi uintptr)) {
	if len(conservative) > 0 {
		lo := uintptr(unsafe.Pointer(&conservative[0]))
		fn(lo, lo+uintptr(len(conservative))*8)
	}
}
func gcrootsTable() (lo, hi uintptr) {
	if len(roots) == 0 {
		return 0, 0
	}
	lo = uintptr(unsafe.Pointer(&roots[0]))
	return lo, lo + uintptr(len(roots))*unsafe.Sizeof(gcroot{})
}
func itabsTable() (lo, hi uintptr) { return 0, 0 }
func typesTable() (lo, hi uintptr) { return 0, 0 }

// clock is the time; tests move it.
var clock int64 = 1e9

func nanotime() int64          { return clock }
func walltime() (int64, int32) { return time.Now().Unix(), 0 }
func gogetenv(string) string   { return "" }
func setTraceback(string)      {}
func cheaprandn(n uint32) uint32 {
	seed = seed*6364136223846793005 + 1442695040888963407
	return uint32(uint64(uint32(seed>>33)) * uint64(n) >> 32 % uint64(max(n, 1)))
}

var seed uint64 = 1

func procyield(uint32)                                    {}
func osyield()                                            { time.Sleep(0) }
func noteclear(*note)                                     {}
func notesleep(*note)                                     {}
func notewakeup(*note)                                    {}
func newproc1(*funcval, *g, uintptr, bool, waitReason) *g { return nil }
func newm(func(), *p, int64)                              {}
func Gosched()                                            {}
func yieldIfAsked()                                       {}
func mcall(func(*g))                                      {}
func casgstatus(*g, uint32, uint32)                       {}
func dropg()                                              {}
func schedule()                                           {}
func runqput(*p, *g, bool)                                {}
func wakep()                                              {}
func goready(gp *g, skip int)                             {}
func wakeNetPoller(int64)                                 {}
func forcegchelper(func())                                {}
func write2(b []byte)                                     {}
func writeErr(b []byte)                                   { syscall.Write(2, b) }
func gopark(f func(*g, unsafe.Pointer) bool, l unsafe.Pointer, r waitReason, t traceBlockReason, s int) {
	panic("gopark: " + r.String())
}

// goparkunlock of who waits for the end of marking marks.
func goparkunlock(l *mutex, r waitReason, t traceBlockReason, s int) {
	if r != waitReasonWaitForGCCycle {
		panic("gopark: " + r.String())
	}
	unlock(l)
	for markq.done == 0 {
		gcMarkTurn(1e9, false)
	}
	work.parked = false
}

var (
	allp             = []*p{&theP}
	gomaxprocs int32 = 1

	allm          = &theM
	allgs         = []*g{&theG}
	gcsema uint32 = 1
)

const (
	_Gidle = iota
	_Grunnable
	_Grunning
	_Gsyscall
	_Gwaiting
	_Gdead
	_Gscan = 0x1000
)

func readgstatus(gp *g) uint32 { return _Grunning }

func init() {
	theM.curg = &theG
	theM.g0 = &theG0
	mallocinit()
	theM.p = &theP
	theP.initMemory(0)
	gcinit()
}

// No profile here.

type profBucket struct{}

var MemProfileRate = 0

func sampleAlloc(c *mcache, x, size uintptr) {
	c.nextSample = maxInt64
	c.sampledRate = MemProfileRate
}
func profFreed(b *profBucket) {}
func profCycle()              {}

var blockprofilerate, mutexprofilerate int64

func blockevent(cycles int64, skip int) {}
func mutexevent(cycles int64, skip int) {}
