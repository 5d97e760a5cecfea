package runtime

// Profiles. Allocations are sampled: after a random number of bytes, MemProfileRate on average, the next object is recorded
// with its stack, in a bucket of its size and stack, and gets a special (mfinal.go) so that the sweep can count it as freed.
// What MemProfile shows is the state at the last collection: allocations count once a collection has begun after them, frees are
// found by that collection's sweep; so the difference is what was live.
//
// Blocking is sampled where a goroutine goes on after it had to wait (chan.go, select.go, sema.go), by the time it waited; contention of mutexes where one is
// unlocked for which others wait, with the time they have waited. Their unit of time, a "cycle", is a nanosecond.
//
// CPU: cpuprof.go.
//
// Locks: profLock guards buckets and counters; it may be taken with specialLock held (sweep), not the other way round.

import (
	"internal/profilerecord"
	"internal/runtime/atomic"
	"unsafe"
)

// MemProfileRate controls the fraction of memory allocations that are recorded and reported in the memory profile.
var MemProfileRate int = 512 * 1024

const (
	profBuckets   = 1 << 12 // hash chains
	profMaxFrames = 64
)

// profBucket counts the sampled objects of one size allocated with one stack, or the events of one stack.
type profBucket struct {
	next    *profBucket // hash chain
	all     *profBucket // list of all of its kind
	kind    profKind
	size    uintptr // memProf
	hash    uintptr
	count   float64 // blockProf, mutexProf
	cycles  int64
	pending int64 // allocated since the last collection began
	allocs  int64
	frees   int64
	nstk    uintptr
	stk     [profMaxFrames]uintptr // only nstk are there
}

type profKind uint8

const (
	memProf profKind = iota
	blockProf
	mutexProf
	profKinds
)

var (
	profLock  mutex
	profTable *[profBuckets]*profBucket // made at first use
	profAll   [profKinds]*profBucket
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
	n := uintptr(callersfrom(unwinder{pc: pc, bp: bp}, 1, pcs[:])) // not sampleAlloc
	lock(&profLock)
	b := profBucketOf(memProf, size, pcs[:n])
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
func profBucketOf(kind profKind, size uintptr, stk []uintptr) *profBucket {
	hash := size<<2 + uintptr(kind)
	for _, pc := range stk {
		hash = (hash ^ pc) * 0x9E3779B97F4A7C15
		hash ^= hash >> 29
	}
	if profTable == nil {
		profTable = (*[profBuckets]*profBucket)(persistentalloc(profBuckets*8, 8, &memstats.buckhash_sys))
	}
	head := &profTable[hash%profBuckets]
scan:
	for b := *head; b != nil; b = b.next {
		if b.hash != hash || b.kind != kind || b.size != size || b.nstk != uintptr(len(stk)) {
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
	b.kind = kind
	b.size = size
	b.hash = hash
	b.nstk = uintptr(len(stk))
	for i, pc := range stk {
		b.stk[i] = pc
	}
	b.next = *head
	*head = b
	b.all = profAll[kind]
	profAll[kind] = b
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
	for b := profAll[memProf]; b != nil; b = b.all {
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
	for b := profAll[memProf]; b != nil; b = b.all {
		if b.allocs != 0 && (inuseZero || b.allocs != b.frees) {
			n++
		}
	}
	if n <= size {
		ok = true
		i := 0
		for b := profAll[memProf]; b != nil; b = b.all {
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

// ---- Blocking and contention

var (
	blockprofilerate int64 // in nanoseconds; atomic
	mutexprofilerate int64 // fraction; atomic
)

// SetBlockProfileRate controls the fraction of goroutine blocking events that are reported in the blocking profile: one sample on average per rate nanoseconds
// spent blocked. 1 includes every event, rate <= 0 turns profiling off.
func SetBlockProfileRate(rate int) {
	atomic.Store64((*uint64)(unsafe.Pointer(&blockprofilerate)), uint64(max(rate, 0)))
}

// SetMutexProfileFraction controls the fraction of mutex contention events that are reported in the mutex profile: on average 1/rate. It returns the previous
// rate. 0 turns profiling off; rate < 0 only reads.
func SetMutexProfileFraction(rate int) int {
	old := mutexprofilerate
	if rate >= 0 {
		atomic.Store64((*uint64)(unsafe.Pointer(&mutexprofilerate)), uint64(rate))
	}
	return int(old)
}

// blockevent records that the goroutine was blocked for cycles. skip: source frames to leave out, blockevent the first of them.
//
//go:noinline
func blockevent(cycles int64, skip int) {
	cycles = max(cycles, 1)
	rate := int64(atomic.Load64((*uint64)(unsafe.Pointer(&blockprofilerate))))
	if rate <= 0 || rate > cycles && cheaprand64()%rate > cycles {
		return
	}
	count := 1.0
	if cycles < rate {
		// Of events this short one in rate/cycles is recorded, for all of them.
		count = float64(rate) / float64(cycles)
		cycles = rate
	}
	pc, bp := callerframe(getfp())
	saveevent(blockProf, count, cycles, pc, bp, skip-1)
}

// mutexevent records that an unlock ended waits of cycles in all. skip: as for blockevent.
//
//go:noinline
func mutexevent(cycles int64, skip int) {
	rate := int64(atomic.Load64((*uint64)(unsafe.Pointer(&mutexprofilerate))))
	if rate <= 0 || cheaprand64()%rate != 0 {
		return
	}
	pc, bp := callerframe(getfp())
	saveevent(mutexProf, float64(rate), rate*max(cycles, 0), pc, bp, skip-1)
}

// saveevent adds to the bucket of the stack from pc, bp on. No lock is held.
//
//go:noinline
func saveevent(kind profKind, count float64, cycles int64, pc, bp uintptr, skip int) {
	var pcs [profMaxFrames]uintptr
	n := callersfrom(unwinder{pc: pc, bp: bp}, skip, pcs[:])
	lock(&profLock)
	b := profBucketOf(kind, 0, pcs[:n])
	b.count += count
	b.cycles += cycles
	unlock(&profLock)
}

// eventProfile calls fn for every bucket of kind, if there are at most size.
func eventProfile(kind profKind, size int, fn func(i int, b *profBucket)) (n int, ok bool) {
	lock(&profLock)
	for b := profAll[kind]; b != nil; b = b.all {
		n++
	}
	if n <= size {
		ok = true
		i := 0
		for b := profAll[kind]; b != nil; b = b.all {
			fn(i, b)
			i++
		}
	}
	unlock(&profLock)
	return n, ok
}

// events is what b counts; never 0, since readers divide by it.
func (b *profBucket) events() int64 { return max(int64(b.count), 1) }

func eventRecords(kind profKind, p []BlockProfileRecord) (n int, ok bool) {
	return eventProfile(kind, len(p), func(i int, b *profBucket) {
		r := &p[i]
		r.Count = b.events()
		r.Cycles = b.cycles
		r.Stack0 = [32]uintptr{}
		copy(r.Stack0[:], b.stk[:b.nstk])
	})
}

// BlockProfile returns n, the number of records in the current blocking profile. If len(p) >= n, BlockProfile copies the profile into p and returns n, true.
// If len(p) < n, BlockProfile does not change p and returns n, false.
func BlockProfile(p []BlockProfileRecord) (n int, ok bool) { return eventRecords(blockProf, p) }

// MutexProfile returns n, the number of records in the current mutex profile. If len(p) >= n, MutexProfile copies the profile into p and returns n, true.
// Otherwise, MutexProfile does not change p, and returns n, false.
func MutexProfile(p []BlockProfileRecord) (n int, ok bool) { return eventRecords(mutexProf, p) }

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
	return eventRecordsInternal(blockProf, p)
}

func eventRecordsInternal(kind profKind, p []profilerecord.BlockProfileRecord) (n int, ok bool) {
	return eventProfile(kind, len(p), func(i int, b *profBucket) {
		r := &p[i]
		r.Count = b.events()
		r.Cycles = b.cycles
		r.Stack = b.stk[:b.nstk]
	})
}

//go:linkname pprof_mutexProfileInternal
func pprof_mutexProfileInternal(p []profilerecord.BlockProfileRecord) (n int, ok bool) {
	return eventRecordsInternal(mutexProf, p)
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

// goroutineProfile records the stack of every user goroutine, the caller's first. While the world is stopped nothing may be allocated: a collection that
// this starts would wait for the world. So all stacks go to one block made before, and if that was too small, once more to a larger one.
func goroutineProfile(p []profilerecord.StackRecord, labels []unsafe.Pointer) (n int, ok bool) {
	if len(p) == 0 {
		return NumGoroutine(), false
	}
	for room := 16 * len(p); ; {
		buf := make([]uintptr, room)
		n, words, ok := goroutineStacks(p, labels, buf)
		if words <= room {
			return n, ok
		}
		room = words + words/4
	}
}

// goroutineStacks is goroutineProfile with all stacks in buf. words: of buf, that were needed; no result holds if there were too few.
func goroutineStacks(p []profilerecord.StackRecord, labels []unsafe.Pointer, buf []uintptr) (n, words int, ok bool) {
	me := getg()
	var pcs [profMaxFrames]uintptr
	add := func(gp *g, depth int) {
		if n < len(p) && words+depth <= len(buf) {
			p[n].Stack = buf[words : words+depth : words+depth]
			copy(p[n].Stack, pcs[:depth])
			if labels != nil {
				labels[n] = gp.labels
			}
		}
		n++
		words += depth
	}
	w := stopTheWorld(stwGoroutineProfile)
	add(me, Callers(3, pcs[:])) // above goroutineProfile
	forEachGRace(func(gp *g) {
		if gp != me && readgstatus(gp) != _Gdead && !isSystemGoroutine(gp, false) {
			add(gp, gcallers(gp, 0, pcs[:]))
		}
	})
	startTheWorld(w)
	if n > len(p) {
		return n, 0, false
	}
	return n, words, true
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
