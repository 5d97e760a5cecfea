package runtime

// Profiles. Allocations are sampled: after a random number of bytes, MemProfileRate on average, the next object is recorded
// with its stack, in a bucket of its size and stack, and gets a special (mfinal.go) so that the sweep can count it as freed.
// What MemProfile shows is the state at the last collection: allocations count once a collection has begun after them, frees are
// found by that collection's sweep; so the difference is what was live.
//
// TODO(profiles): blocking, mutexes and CPU are not sampled; their profiles are empty.
//
// Locks: profLock guards buckets and counters; it may be taken with specialLock held (sweep), not the other way round.

import (
	"internal/profilerecord"
	"unsafe"
)

// MemProfileRate controls the fraction of memory allocations that are recorded and reported in the memory profile.
var MemProfileRate int = 512 * 1024

const (
	profBuckets   = 1 << 12 // hash chains
	profMaxFrames = 64
)

// profBucket counts the sampled objects of one size allocated with one stack.
type profBucket struct {
	next    *profBucket // hash chain
	all     *profBucket // list of all
	size    uintptr
	hash    uintptr
	pending int64 // allocated since the last collection began
	allocs  int64
	frees   int64
	nstk    uintptr
	stk     [profMaxFrames]uintptr // only nstk are there
}

var (
	profLock  mutex
	profTable *[profBuckets]*profBucket // made at first use
	profAll   *profBucket
)

// nextSample is the number of bytes until the next sample: exponentially distributed, so that samples are independent of the program's pattern.
func nextSample() int64 {
	rate := MemProfileRate
	if rate <= 0 {
		return maxInt64
	}
	if rate == 1 {
		return 0
	}
	// -ln(u) * rate for u uniform in (0, 1].
	const bits = 26
	u := uint64(cheaprandn(1<<bits)) + 1
	e := 0 // u = m * 2^e, 1 <= m < 2
	for u>>(uint(e)+1) != 0 {
		e++
	}
	m := float64(u) / float64(uint64(1)<<uint(e))
	y := (m - 1) / (m + 1)
	y2 := y * y
	ln := 2 * y * (1 + y2*(1.0/3+y2*(1.0/5+y2*(1.0/7+y2*(1.0/9+y2/11)))))
	ln += float64(e-bits) * 0.6931471805599453
	return int64(-ln*float64(rate)) + 1
}

// sampleAlloc is called by mallocgc when the next sample is due or MemProfileRate has changed. Preemption is off; no lock is held.
//
//go:noinline
func sampleAlloc(c *mcache, x, size uintptr) {
	if size == 0 {
		return // shares a tiny block, which was or was not sampled
	}
	due := c.sampledRate == MemProfileRate || MemProfileRate == 1
	c.nextSample = nextSample()
	c.sampledRate = MemProfileRate
	if due && MemProfileRate > 0 {
		profilealloc(x, size)
	}
}

// profilealloc records the object at x.
//
//go:noinline
func profilealloc(x, size uintptr) {
	var pcs [profMaxFrames]uintptr
	pc, bp := callerframe(getfp())
	n := uintptr(callersfrom(unwinder{pc: pc, bp: bp}, 3, pcs[:])) // not sampleAlloc, mallocgc and newobject or the like
	h := size
	for i := uintptr(0); i < n; i++ {
		h = (h ^ pcs[i]) * 0x9E3779B97F4A7C15
		h ^= h >> 29
	}
	lock(&profLock)
	b := profBucketOf(size, h, pcs[:n])
	b.pending++
	unlock(&profLock)
	_, span, _ := findObject(x)
	hp := &mheap_
	lock(&hp.specialLock)
	s := (*special)(hp.specialalloc.alloc())
	s.obj = x
	s.kind = specialProfile
	s.fn = unsafe.Pointer(b)
	addspecial(span, s)
	unlock(&hp.specialLock)
}

// profBucketOf finds or makes a bucket; profLock is held.
func profBucketOf(size, hash uintptr, stk []uintptr) *profBucket {
	if profTable == nil {
		profTable = (*[profBuckets]*profBucket)(persistentalloc(profBuckets*8, 8, &memstats.buckhash_sys))
	}
	head := &profTable[hash%profBuckets]
scan:
	for b := *head; b != nil; b = b.next {
		if b.hash != hash || b.size != size || b.nstk != uintptr(len(stk)) {
			continue
		}
		for i, pc := range stk {
			if b.stk[i] != pc {
				continue scan
			}
		}
		return b
	}
	room := unsafe.Sizeof(profBucket{}) - (profMaxFrames-uintptr(len(stk)))*8
	b := (*profBucket)(persistentalloc(room, 8, &memstats.buckhash_sys))
	b.size = size
	b.hash = hash
	b.nstk = uintptr(len(stk))
	for i, pc := range stk {
		b.stk[i] = pc
	}
	b.next = *head
	*head = b
	b.all = profAll
	profAll = b
	return b
}

// profFreed is called by the sweep for a dead sampled object.
func profFreed(b *profBucket) {
	lock(&profLock)
	b.frees++
	unlock(&profLock)
}

// profCycle is called when a collection begins, with the world stopped: what was allocated before it counts now.
func profCycle() {
	for b := profAll; b != nil; b = b.all {
		b.allocs += b.pending
		b.pending = 0
	}
}

// memProfile calls fn for every bucket to be shown, if there are at most size.
func memProfile(size int, inuseZero bool, fn func(i int, b *profBucket)) (n int, ok bool) {
	lock(&profLock)
	if memstats.numgc == 0 {
		profCycle()
	}
	for b := profAll; b != nil; b = b.all {
		if b.allocs != 0 && (inuseZero || b.allocs != b.frees) {
			n++
		}
	}
	if n <= size {
		ok = true
		i := 0
		for b := profAll; b != nil; b = b.all {
			if b.allocs != 0 && (inuseZero || b.allocs != b.frees) {
				fn(i, b)
				i++
			}
		}
	}
	unlock(&profLock)
	return n, ok
}

// A StackRecord describes a single execution stack.
type StackRecord struct {
	Stack0 [32]uintptr // stack trace for this record; ends at first 0 entry
}

// Stack returns the stack trace associated with the record, a prefix of r.Stack0.
func (r *StackRecord) Stack() []uintptr {
	for i, v := range r.Stack0 {
		if v == 0 {
			return r.Stack0[0:i]
		}
	}
	return r.Stack0[0:]
}

// A MemProfileRecord describes the live objects allocated by a particular call sequence (stack trace).
type MemProfileRecord struct {
	AllocBytes, FreeBytes     int64
	AllocObjects, FreeObjects int64
	Stack0                    [32]uintptr
}

// InUseBytes returns the number of bytes in use (AllocBytes - FreeBytes).
func (r *MemProfileRecord) InUseBytes() int64 { return r.AllocBytes - r.FreeBytes }

// InUseObjects returns the number of objects in use (AllocObjects - FreeObjects).
func (r *MemProfileRecord) InUseObjects() int64 { return r.AllocObjects - r.FreeObjects }

// Stack returns the stack trace associated with the record, a prefix of r.Stack0.
func (r *MemProfileRecord) Stack() []uintptr {
	for i, v := range r.Stack0 {
		if v == 0 {
			return r.Stack0[0:i]
		}
	}
	return r.Stack0[0:]
}

// BlockProfileRecord describes blocking events originated at a particular call sequence (stack trace).
type BlockProfileRecord struct {
	Count  int64
	Cycles int64
	StackRecord
}

// MemProfile returns a profile of memory allocated and freed per allocation site.
func MemProfile(p []MemProfileRecord, inuseZero bool) (n int, ok bool) {
	return memProfile(len(p), inuseZero, func(i int, b *profBucket) {
		r := &p[i]
		r.AllocBytes = b.allocs * int64(b.size)
		r.FreeBytes = b.frees * int64(b.size)
		r.AllocObjects = b.allocs
		r.FreeObjects = b.frees
		r.Stack0 = [32]uintptr{}
		copy(r.Stack0[:], b.stk[:b.nstk])
	})
}

// BlockProfile returns n, the number of records in the current blocking profile.
func BlockProfile(p []BlockProfileRecord) (n int, ok bool) { return 0, true }

// MutexProfile returns n, the number of records in the current mutex profile.
func MutexProfile(p []BlockProfileRecord) (n int, ok bool) { return 0, true }

// SetBlockProfileRate controls the fraction of goroutine blocking events that are reported in the blocking profile.
func SetBlockProfileRate(rate int) {}

// mutexProfileFraction is only remembered.
var mutexProfileFraction int

// SetMutexProfileFraction controls the fraction of mutex contention events that are reported in the mutex profile.
func SetMutexProfileFraction(rate int) int {
	old := mutexProfileFraction
	if rate >= 0 {
		mutexProfileFraction = rate
	}
	return old
}

// ThreadCreateProfile returns n, the number of records in the thread creation profile. Their stacks are empty.
func ThreadCreateProfile(p []StackRecord) (n int, ok bool) {
	n = int(mcount())
	if n > len(p) {
		return n, false
	}
	for i := 0; i < n; i++ {
		p[i].Stack0[0] = 0
	}
	return n, true
}

//go:linkname pprof_memProfileInternal
func pprof_memProfileInternal(p []profilerecord.MemProfileRecord, inuseZero bool) (n int, ok bool) {
	return memProfile(len(p), inuseZero, func(i int, b *profBucket) {
		r := &p[i]
		r.ObjectSize = int64(b.size)
		r.AllocObjects = b.allocs
		r.FreeObjects = b.frees
		r.Stack = b.stk[:b.nstk]
	})
}

//go:linkname pprof_blockProfileInternal
func pprof_blockProfileInternal(p []profilerecord.BlockProfileRecord) (n int, ok bool) {
	return 0, true
}

//go:linkname pprof_mutexProfileInternal
func pprof_mutexProfileInternal(p []profilerecord.BlockProfileRecord) (n int, ok bool) {
	return 0, true
}

//go:linkname pprof_threadCreateInternal
func pprof_threadCreateInternal(p []profilerecord.StackRecord) (n int, ok bool) {
	n = int(mcount())
	if n > len(p) {
		return n, false
	}
	for i := 0; i < n; i++ {
		p[i].Stack = nil
	}
	return n, true
}

//go:linkname pprof_goroutineProfileWithLabels
func pprof_goroutineProfileWithLabels(p []profilerecord.StackRecord, labels []unsafe.Pointer) (n int, ok bool) {
	return goroutineProfile(p, labels)
}

//go:linkname pprof_goroutineLeakProfileWithLabels
func pprof_goroutineLeakProfileWithLabels(p []profilerecord.StackRecord, labels []unsafe.Pointer) (n int, ok bool) {
	return 0, true
}

//go:linkname goroutineleakcount runtime/pprof.runtime_goroutineleakcount
func goroutineleakcount() int { return 0 }

//go:linkname goroutineLeakGC runtime/pprof.runtime_goroutineLeakGC
func goroutineLeakGC() { GC() }

//go:linkname pprof_fpunwindExpand
func pprof_fpunwindExpand(dst, src []uintptr) int { return copy(dst, src) }

//go:linkname pprof_makeProfStack
func pprof_makeProfStack() []uintptr { return make([]uintptr, debug.profstackdepth) }

//go:linkname runtime_setProfLabel runtime/pprof.runtime_setProfLabel
func runtime_setProfLabel(labels unsafe.Pointer) { getg().labels = labels }

//go:linkname runtime_getProfLabel runtime/pprof.runtime_getProfLabel
func runtime_getProfLabel() unsafe.Pointer { return getg().labels }

//go:linkname pprof_cyclesPerSecond runtime/pprof.runtime_cyclesPerSecond
func pprof_cyclesPerSecond() int64 { return 1e9 }

//go:linkname runtime_pprof_readProfile runtime/pprof.readProfile
func runtime_pprof_readProfile() (data []uint64, tags []unsafe.Pointer, eof bool) {
	return nil, nil, true
}

// CPUProfile panics. It formerly provided raw access to chunks of a pprof-format profile generated by the runtime.
func CPUProfile() []byte { panic("CPUProfile no longer available") }

// SetCPUProfileRate sets the CPU profiling rate to hz samples per second. Nothing is sampled yet.
func SetCPUProfileRate(hz int) {}

// goroutineProfile records the stack of every user goroutine.
func goroutineProfile(p []profilerecord.StackRecord, labels []unsafe.Pointer) (n int, ok bool) {
	w := stopTheWorld(stwGoroutineProfile)
	me := getg()
	var total int
	forEachGRace(func(gp *g) {
		if readgstatus(gp) != _Gdead && !isSystemGoroutine(gp, false) {
			total++
		}
	})
	if total > len(p) {
		startTheWorld(w)
		return total, false
	}
	i := 0
	forEachGRace(func(gp *g) {
		if readgstatus(gp) == _Gdead || isSystemGoroutine(gp, false) {
			return
		}
		var pcs [64]uintptr
		var k int
		if gp == me {
			k = Callers(1, pcs[:])
		} else {
			k = gcallers(gp, 0, pcs[:])
		}
		s := make([]uintptr, k)
		copy(s, pcs[:k])
		p[i].Stack = s
		if labels != nil {
			labels[i] = gp.labels
		}
		i++
	})
	startTheWorld(w)
	return i, true
}

// GoroutineProfile returns n, the number of records in the active goroutine stack profile.
func GoroutineProfile(p []StackRecord) (n int, ok bool) {
	recs := make([]profilerecord.StackRecord, len(p))
	n, ok = goroutineProfile(recs, nil)
	if !ok {
		return n, false
	}
	for i := 0; i < n; i++ {
		k := copy(p[i].Stack0[:], recs[i].Stack)
		if k < len(p[i].Stack0) {
			p[i].Stack0[k] = 0
		}
	}
	return n, true
}

// The execution tracer does not exist; its interface answers that it is off.

// StartTrace enables tracing for the current process.
func StartTrace() error { return errorString("rt0: execution tracing is not supported") }

// StopTrace stops tracing, if it was previously enabled.
func StopTrace() {}

// ReadTrace returns the next chunk of binary tracing data; nil: tracing is off.
func ReadTrace() []byte { return nil }

//go:linkname trace_userTaskCreate runtime/trace.userTaskCreate
func trace_userTaskCreate(id, parentID uint64, taskType string) {}

//go:linkname trace_userTaskEnd runtime/trace.userTaskEnd
func trace_userTaskEnd(id uint64) {}

//go:linkname trace_userRegion runtime/trace.userRegion
func trace_userRegion(id, mode uint64, name string) {}

//go:linkname trace_userLog runtime/trace.userLog
func trace_userLog(id uint64, category, message string) {}

//go:linkname traceClockUnitsPerSecond runtime/trace.runtime_traceClockUnitsPerSecond
func traceClockUnitsPerSecond() uint64 { return 1e9 }

//go:linkname traceAdvance
func traceAdvance(stopTrace bool) {}

//go:linkname traceClockNow
func traceClockNow() uint64 { return uint64(nanotime()) }
