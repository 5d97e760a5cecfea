package runtime

// The garbage collector: mark and sweep, with the world stopped for marking.
//
// A collection
//
//	1. stops the world, finishes the sweep of the collection before, takes every P's spans back (mcache.releaseAll);
//	2. marks from the roots (mgcmark.go): package variables by their pointer masks, goroutine stacks and saved registers
//	   conservatively, specials, and the runtime's own structures;
//	3. turns all spans to "unswept", sets the next trigger (mgcpacer.go), starts the world;
//	4. sweeps lazily: an allocation sweeps spans of the class it needs, a background goroutine the rest (mgcsweep.go).
//
// Nothing moves, and an object is found by any address inside it. Heap objects and package variables are read exactly,
// so what keeps garbage alive can only be a stack word that looks like an address.
//
// The invariant all else rests on: outside of a collection no mark bit is set in a swept span, and a span handed to an mcache is swept.
//
// Locks: stopTheWorldGC lets one collector in at a time. Counters are atomic.
//
// Source: the phases are those of R. Jones, "The Garbage Collection Handbook", ch. 2; interfaces as runtime/mgc.go, go1.27.

import (
	"internal/runtime/atomic"
	"unsafe"
)

// mstats is what the memory half counts. All fields are atomic, or written while the world is stopped.
type mstats struct {
	heap_sys     sysMemStat // made ready for the heap
	stacks_sys   sysMemStat
	mspan_sys    sysMemStat
	mcache_sys   sysMemStat
	buckhash_sys sysMemStat
	gcMiscSys    sysMemStat
	other_sys    sysMemStat

	tinyallocs uint64 // atomic

	last_gc_nanotime uint64
	last_gc_unix     uint64
	pause_total_ns   uint64
	pause_ns         [256]uint64 // ring: numgc&255 is the oldest
	pause_end        [256]uint64
	numgc            uint32
	numforcedgc      uint32
	gc_cpu_ns        uint64
	enablegc         bool
	debuggc          bool
}

var memstats mstats

// work: state of the current or last collection; written with the world stopped.
var work struct {
	cycles      atomic.Uint32 // collections begun
	bytesMarked uint64
	stackBytes  uint64
	heap0       uint64 // heapLive at the start
	tstart      int64
	tmark       int64
	tend        int64
	forced      bool
}

// gcinit reads GOGC and GOMEMLIMIT. Called by schedinit.
//
//go:noinline
func gcinit() {
	gcController.init(readGOGC(), readGOMEMLIMIT())
}

// gcenable starts the background goroutines; from then on allocation may start collections. Called by runtime.main.
//
//go:noinline
func gcenable() {
	go bgsweep()
	go forcegchelper(gcPeriodic)
	memstats.enablegc = true
}

// forcegcperiod is how long a program may go without a collection.
const forcegcperiod = 2 * 60 * 1e9

// gcTimeTrigger reports whether a collection is due for its age. sysmon asks.
func gcTimeTrigger(now int64) bool {
	last := int64(atomic.Load64(&memstats.last_gc_nanotime))
	return memstats.enablegc && gcController.gcPercent >= 0 && last != 0 && now-last > forcegcperiod
}

func gcPeriodic() {
	if gcTimeTrigger(nanotime()) {
		gcStart(true)
	}
}

// gcFindRunnable is the goroutine that the memory half wants run now: the one for finalizers, if it has something to do.
func gcFindRunnable(pp *p) *g {
	if fing.pending == 0 || !fing.waiting {
		return nil
	}
	gp := takefing()
	if gp != nil {
		casgstatus(gp, _Gwaiting, _Grunnable)
		if trace.on {
			traceGoUnblock(gp, 0)
		}
	}
	return gp
}

// gcHandoffWork reports whether a P that would become idle has marking to do. Marking happens with the world stopped.
func gcHandoffWork(pp *p) bool { return false }

// gcTriggered starts a collection if the calling goroutine may.
func gcTriggered() {
	gp := getg()
	mp := gp.m
	if !memstats.enablegc || gp == mp.g0 || mp.locks != 0 || mp.mallocing != 0 || mp.preemptoff != "" || panicking.Load() != 0 {
		return
	}
	gcStart(false)
}

// GC runs a garbage collection and blocks the caller until the garbage collection is complete.
func GC() {
	gcStart(true)
	// Everybody who could run when the world was stopped goes first: calls in a loop must not keep the others from running at all.
	Gosched()
	for sweepone() != ^uintptr(0) {
		if getg().preempt {
			Gosched()
		}
	}
	wakefing()
}

// gcStart collects. force: even if the trigger is not reached.
func gcStart(force bool) {
	n := work.cycles.Load()
	w := stopTheWorldGC(stwGC)
	if work.cycles.Load() != n && !force || !force && atomic.Load64(&gcController.heapLive) < gcController.trigger {
		// Somebody else collected while we waited.
		startTheWorldGC(w)
		return
	}
	work.forced = force
	if trace.on {
		traceGCBegin()
	}
	systemstack(gcCollect)
	if trace.on {
		traceGCEnd()
	}
	startTheWorldGC(w)
	gcAfter()
}

// stwGC is what collections stop the world for.
const stwGC = stwGCMarkTerm

// gcCollect does steps 1 to 3, on the system stack.
func gcCollect() {
	work.cycles.Add(1)
	work.tstart = nanotime()
	work.heap0 = atomic.Load64(&gcController.heapLive)
	for sweepone() != ^uintptr(0) {
	}
	flushallmcaches()
	clearpools()
	profCycle()
	work.tmark = nanotime()
	gcMark()
	work.tend = nanotime()

	h := &mheap_
	h.sweepgen++
	for i := range h.central {
		h.central[i].startCycle()
	}
	atomic.Store(&h.sweepCursor, 0)
	atomic.Store(&h.unswept, 1)

	gcController.endCycle(work.bytesMarked, work.stackBytes)
	now := nanotime()
	sec, nsec := walltime()
	unix := uint64(sec)*1e9 + uint64(nsec)
	pause := uint64(now - work.tstart)
	memstats.last_gc_nanotime = uint64(now)
	memstats.last_gc_unix = unix
	memstats.pause_ns[memstats.numgc%256] = pause
	memstats.pause_end[memstats.numgc%256] = unix
	memstats.pause_total_ns += pause
	memstats.gc_cpu_ns += pause * uint64(gomaxprocs)
	memstats.numgc++
	if work.forced {
		memstats.numforcedgc++
	}
	if debug.gctrace > 0 {
		gctrace(now)
	}
}

// gcAfter is what follows once the world runs again.
func gcAfter() {
	if nmarkHelpers < gomaxprocs-1 && work.tend-work.tmark > 1e6 {
		startMarkHelpers()
	}
	wakeSweeper()
}

// flushallmcaches takes the spans of all Ps back. The world is stopped.
func flushallmcaches() {
	if mcache0 != nil {
		mcache0.releaseAll()
	}
	for _, pp := range allp {
		if pp != nil && pp.mcache != nil {
			pp.mcache.releaseAll()
		}
	}
}

// poolcleanup is sync's: it drops what sync.Pool caches. Runs with the world stopped and must not allocate.
var poolcleanup func()

// uniqueMapCleanup and friends are plain cleanups; nothing else is cleared here.
func clearpools() {
	if poolcleanup != nil {
		poolcleanup()
	}
	// Free sudogs of the Ps stay: they are outside the heap and hold no pointers.
}

//go:linkname sync_runtime_registerPoolCleanup sync.runtime_registerPoolCleanup
func sync_runtime_registerPoolCleanup(f func()) { poolcleanup = f }

// gctrace prints the line that GODEBUG=gctrace=1 asks for, in Go's format.
func gctrace(now int64) {
	util := 0
	if now > runtimeInitTime {
		util = int(memstats.gc_cpu_ns * 100 / (uint64(now-runtimeInitTime) * uint64(gomaxprocs)))
	}
	printlock()
	print("gc ", memstats.numgc, " @")
	printThousandths((now - runtimeInitTime) / 1e6)
	print("s ", util, "%: ")
	sweep := (work.tmark - work.tstart) / 1000 // microseconds
	mark := (work.tend - work.tmark) / 1000
	term := (now - work.tend) / 1000
	printThousandths(sweep)
	print("+")
	printThousandths(mark)
	print("+")
	printThousandths(term)
	print(" ms clock, ")
	printThousandths(sweep)
	print("+0/")
	printThousandths(mark)
	print("/0+")
	printThousandths(term)
	print(" ms cpu, ")
	print(work.heap0>>20, "->", work.heap0>>20, "->", work.bytesMarked>>20, " MB, ")
	print(gcController.lastGoal>>20, " MB goal, ", work.stackBytes>>20, " MB stacks, ", globalsBytes()>>20, " MB globals, ", gomaxprocs, " P")
	if work.forced {
		print(" (forced)")
	}
	print("\n")
	printunlock()
}

// fmtThousandths writes v/1000 with three decimals into buf and returns the used part. No allocation: the world is stopped.
func fmtThousandths(buf *[24]byte, v int64) string {
	i := len(buf)
	for n := 0; n < 3; n++ {
		i--
		buf[i] = byte(v%10) + '0'
		v /= 10
	}
	i--
	buf[i] = '.'
	for {
		i--
		buf[i] = byte(v%10) + '0'
		v /= 10
		if v == 0 {
			break
		}
	}
	return unsafe.String(&buf[i], len(buf)-i)
}

func printThousandths(v int64) {
	var buf [24]byte
	printstring(fmtThousandths(&buf, v))
}

// globalsBytes is the size of package variables with pointers.
func globalsBytes() uint64 {
	lo, hi := gcrootsTable()
	n := uint64(0)
	for ; lo < hi; lo += unsafe.Sizeof(gcroot{}) {
		n += uint64((*gcroot)(unsafe.Pointer(lo)).size)
	}
	return n
}
