package runtime

// The garbage collector: concurrent mark and sweep.
//
// A collection
//
//	1. finishes the sweep of the one before;
//	2. stops the world for a moment (gcBegin): takes every P's spans back (mcache.releaseAll), drops what sync.Pool caches, turns the write barrier on;
//	3. marks while the program runs (mgcmark.go, mbarrier.go);
//	4. stops the world again (gcTerminate): marks what is in the buffers of the write barrier; if that was little, turns the barrier off, turns all spans to
//	   "unswept" and sets the next trigger (mgcpacer.go); else lets 3 go on;
//	5. sweeps lazily: an allocation sweeps spans of the class it needs, a background goroutine the rest (mgcsweep.go).
//
// The goroutine that collects is gcDriver for those that allocation triggers, the caller for runtime.GC.
//
// Nothing moves, and an object is found by any address inside it. Heap objects and package variables are read exactly,
// so what keeps garbage alive can only be a stack word that looks like an address, or a word of memory that was copied over or cleared.
//
// The invariants all else rests on: outside of a collection no mark bit is set in a swept span; a span handed to an mcache is swept; while the write barrier
// is on no span is swept or freed, and no goroutine runs whose stack was not scanned.
//
// Locks: gcsema lets one collector in at a time, and is held until the end of marking. Counters are atomic.
//
// GODEBUG: gcstoptheworld=1 marks with the world stopped; gccheckmark=1 looks, at the end of marking, whether all that marked objects and package variables
// point to is marked; clobberfree=1 overwrites what is freed; gctrace=1 prints a line for each collection. RT0DEBUG=gcstress=N collects at every Nth refill of an mcache.
//
// Source: the phases are those of R. Jones, "The Garbage Collection Handbook", ch. 2 and 15 (snapshot at the beginning: T. Yuasa, 1990); interfaces as
// runtime/mgc.go, go1.27.

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

// work: state of the current or last collection; written with the world stopped but where noted.
var work struct {
	cycles      atomic.Uint32 // collections begun
	bytesMarked uint64        // atomic: bytes of the objects that were found
	stackBytes  uint64        // atomic
	markNS      uint64        // atomic: of all turns of marking
	heap0       uint64        // heapLive at the start
	heap1       uint64        // and at the end
	tstart      int64         // sweep termination begins
	tmark       int64         // marking begins
	tend        int64         // mark termination begins
	pauses      int64         // nanoseconds the world was stopped in this collection
	term        int64         // of these, mark termination
	forced      bool

	driver      *g   // the goroutine that collects, while it is parked; markq.lock
	parked      bool // markq.lock
	assistFound bool // the last assist found something to do

	refills atomic.Uint32 // for gcstress
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
	go gcDriver()
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
	if writeBarrier.enabled != 0 {
		gcMarkForP(pp)
		if gp := gcTakeDriver(); gp != nil {
			casgstatus(gp, _Gwaiting, _Grunnable)
			if trace.on {
				traceGoUnblock(gp, 0)
			}
			return gp
		}
	}
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

// gcHandoffWork reports whether a P that would become idle has marking to do.
func gcHandoffWork(pp *p) bool { return writeBarrier.enabled != 0 && atomic.Load(&markq.done) == 0 }

// gcTriggered starts a collection if the calling goroutine may.
func gcTriggered() {
	gp := getg()
	mp := gp.m
	if !memstats.enablegc || gp == mp.g0 || mp.locks != 0 || mp.mallocing != 0 || mp.preemptoff != "" || panicking.Load() != 0 {
		return
	}
	lock(&bggc.lock)
	dp := bggc.g
	if !bggc.parked {
		unlock(&bggc.lock)
		return
	}
	bggc.parked = false
	unlock(&bggc.lock)
	goready(dp, 1)
	Gosched() // it is next
}

// bggc is the goroutine that does the collections that allocation triggers; lock guards parked.
var bggc struct {
	lock   mutex
	g      *g
	parked bool
}

func gcDriver() {
	bggc.g = getg()
	for {
		lock(&bggc.lock)
		bggc.parked = true
		goparkunlock(&bggc.lock, waitReasonGCWorkerIdle, traceBlockSystemGoroutine, 1)
		gcStart(false)
	}
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

// gcStart collects, and returns when the sweep can begin. force: even if the trigger is not reached.
func gcStart(force bool) {
	n := work.cycles.Load()
	semacquire(&gcsema)
	stress := debug.gcstress > 0
	if !force && (work.cycles.Load() != n || !stress && atomic.Load64(&gcController.heapLive) < gcController.trigger) {
		// Somebody else collected while we waited.
		semrelease(&gcsema)
		return
	}
	for sweepone() != ^uintptr(0) {
		if getg().preempt {
			Gosched()
		}
	}
	w := stopTheWorld(stwGCSweepTerm)
	work.forced = force
	work.pauses = 0
	work.tstart = w.start
	systemstack(gcBegin)
	if trace.on {
		traceGCBegin()
	}
	for {
		if debug.gcstoptheworld == 0 {
			work.pauses += nanotime() - w.start
			startTheWorld(w)
			gcMarkWait()
			w = stopTheWorld(stwGCMarkTerm)
			work.tend = w.start
		}
		systemstack(gcTerminate)
		if writeBarrier.enabled == 0 {
			break
		}
	}
	if trace.on {
		traceGCEnd()
	}
	work.term = nanotime() - w.start
	work.pauses += work.term
	systemstack(gcCount)
	startTheWorld(w)
	semrelease(&gcsema)
	wakeSweeper()
}

// gcBegin is step 2. On the system stack.
func gcBegin() {
	for sweepone() != ^uintptr(0) {
	}
	flushallmcaches()
	clearpools()
	profCycle()
	work.cycles.Add(1)
	work.heap0 = atomic.Load64(&gcController.heapLive)
	work.bytesMarked = 0
	work.stackBytes = 0
	work.markNS = 0
	for _, pp := range allp {
		pp.gcMarkTime = 0
	}
	for mp := allm; mp != nil; mp = mp.alllink {
		wbFlush(mp, nil) // leaves it empty
	}
	gcMarkPrepare()
	writeBarrier.enabled = 1
	gcScanG(getg().m.curg) // it goes on running
	work.tmark = nanotime()
	work.tend = work.tmark
}

// termBudget is how long mark termination may mark what turned up last, in nanoseconds.
const termBudget = 200e3

// gcTerminate is step 4; it leaves the barrier on if there is still much to mark. On the system stack.
func gcTerminate() {
	mp := getg().m
	for q := allm; q != nil; q = q.alllink {
		wbFlush(q, &mp.gcw)
	}
	mp.gcw.flush()
	markq.done = 0
	budget := int64(termBudget)
	if debug.gcstoptheworld != 0 {
		budget = maxInt64
	}
	gcMarkTurn(budget, true)
	if markq.done == 0 {
		return
	}
	flushallmcaches()
	if debug.gccheckmark > 0 {
		gcCheckMark()
	}
	writeBarrier.enabled = 0
	markq.gs = nil

	h := &mheap_
	h.sweepgen++
	for i := range h.central {
		h.central[i].startCycle()
	}
	atomic.Store(&h.sweepCursor, 0)
	atomic.Store(&h.unswept, 1)

	work.heap1 = atomic.Load64(&gcController.heapLive)
	fresh := uint64(0) // allocated since the beginning
	if work.heap1 > work.heap0 {
		fresh = work.heap1 - work.heap0
	}
	gcController.endCycle(work.bytesMarked, fresh, work.stackBytes)
}

// gcCount writes down what the collection took. The world is stopped. On the system stack.
func gcCount() {
	now := nanotime()
	sec, nsec := walltime()
	unix := uint64(sec)*1e9 + uint64(nsec)
	memstats.last_gc_nanotime = uint64(now)
	memstats.last_gc_unix = unix
	memstats.pause_ns[memstats.numgc%256] = uint64(work.pauses)
	memstats.pause_end[memstats.numgc%256] = unix
	memstats.pause_total_ns += uint64(work.pauses)
	atomic.Xadd64(&memstats.gc_cpu_ns, work.pauses*int64(gomaxprocs))
	memstats.numgc++
	if work.forced {
		memstats.numforcedgc++
	}
	if debug.gctrace > 0 {
		gctrace(now)
	}
}

// gcCheckMark looks for unmarked objects that marked ones or package variables point to: a fault of the collector. The world is stopped, marking is over.
func gcCheckMark() {
	lo, hi := gcrootsTable()
	for ; lo < hi; lo += unsafe.Sizeof(gcroot{}) {
		r := (*gcroot)(unsafe.Pointer(lo))
		if r.mask == nil {
			continue
		}
		for i := uintptr(0); i < r.size/8; i++ {
			if *(*uint8)(unsafe.Pointer(uintptr(unsafe.Pointer(r.mask)) + i/8))>>(i%8)&1 != 0 {
				checkMarked(r.ptr, r.ptr+i*8)
			}
		}
	}
	h := &mheap_
	for p := h.base; p < h.used; {
		s := h.getSpan(h.pageIndex(p))
		if s.state == mSpanInUse && !s.spanclass.noscan() {
			for i := uintptr(0); i < s.nelems; i++ {
				if s.isMarked(i) {
					checkObject(s, s.startAddr+i*s.elemsize)
				}
			}
		}
		p = s.end()
	}
}

// checkObject is gcCheckMark for the marked object at b.
func checkObject(s *mspan, b uintptr) {
	if s.spanclass.sizeclass() != 0 {
		for at := b; at < b+s.elemsize; at += 8 {
			word := (at - mheap_.base) / 8
			if *(*uint64)(unsafe.Pointer(mheap_.heapBits + word/64*8))>>(word%64)&1 != 0 {
				checkMarked(b, at)
			}
		}
		return
	}
	t := s.largeType
	if t == nil {
		return
	}
	mask := uintptr(unsafe.Pointer(getGCMask(t)))
	for at := b; at+t.PtrBytes <= b+s.userSize; at += t.Size_ {
		for i := uintptr(0); i < t.PtrBytes/8; i++ {
			if *(*uint8)(unsafe.Pointer(mask + i/8))>>(i%8)&1 != 0 {
				checkMarked(b, at+i*8)
			}
		}
	}
}

// checkMarked throws if the pointer at slot, which belongs to what begins at owner, leads to an unmarked object.
func checkMarked(owner, slot uintptr) {
	v := *(*uintptr)(unsafe.Pointer(slot))
	s := spanOfHeap(v)
	if s == nil || s.isMarked(s.objIndexOf(v)) {
		return
	}
	print("runtime: checkmark found unmarked object ", hex(v), " (", s.elemsize, " bytes, free ", s.isFree(s.objIndexOf(v)), ") at ", hex(owner), "+", slot-owner, "\n")
	throw("checkmark found unmarked object")
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
	term := work.term / 1000
	printThousandths(sweep)
	print("+")
	printThousandths(mark)
	print("+")
	printThousandths(term)
	print(" ms clock, ")
	printThousandths(sweep * int64(gomaxprocs))
	print("+0/")
	printThousandths(int64(work.markNS / 1000))
	print("/0+")
	printThousandths(term * int64(gomaxprocs))
	print(" ms cpu, ")
	print(work.heap0>>20, "->", work.heap1>>20, "->", gcController.marked>>20, " MB, ")
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
