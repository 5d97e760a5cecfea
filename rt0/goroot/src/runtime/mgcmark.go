package runtime

// Marking.
//
// An object is found from an address by its span (mheap.go); its mark bit is in span.markBits. Objects that may hold pointers
// and were just marked go on a work list, kept in chunks outside the heap, and are scanned from there: no recursion, and
// no limit but memory. Large objects are listed a piece at a time.
//
// A stack word may be any integer, a pointer into the middle of an object, or a pointer one past its end: optimised code
// keeps "base+len*size" alive across calls and reaches the object only through it. So for a word w both the object
// that holds w and the one that holds w-1 are marked. Free slots are not marked: their contents are old.
//
// What is marked is what was reachable when the world stood still at the beginning (mbarrier.go), and what was allocated since: the
// spans that mcaches get meanwhile have the mark bits of their free slots set (markFree). A goroutine's stack is scanned before it runs again (execute, exitsyscall,
// coroswitch_m: gcScanG), or by a marker before that; whoever sets g.gcScan first does it.
//
// Marking is done in turns of well under a millisecond by Ms with a P, on g0: between two goroutines for a quarter of the P's time, as long as a P has nothing
// else to do, and by goroutines that allocate faster than marking gets on (gcAssist). Work is in three places: root jobs not begun (markq.next), the
// common list, and the gcWork of an M during its turn or scan, which is empty afterwards. A turn that ends with nothing left and no other turn
// under way says that marking is done (markq.done). Buffers of overwritten pointers, and what they lead to, are left for the stop of the world that follows
// (gcTerminate), which goes back to marking if they were the beginning of much.

import (
	"internal/runtime/atomic"
	"internal/runtime/sys"
	"unsafe"
)

// gcroot is a package variable with pointers: an entry of the linker's table.
type gcroot struct {
	ptr  uintptr
	size uintptr // bytes
	mask *byte   // a bit per word
}

func gcrootsTable() (lo, hi uintptr)

const workbufObjs = 1022

// workbuf is a chunk of the work list.
type workbuf struct {
	next *workbuf
	n    uintptr
	obj  [workbufObjs]uintptr
}

// gcWork is an M's own work list, empty but for a turn of marking.
type gcWork struct {
	buf   *workbuf // filled and emptied here
	bytes uint64   // marked and not yet counted
	words uintptr  // scanned in this turn
}

// markq is what markers share. lock guards all but where noted.
var markq struct {
	lock   mutex
	full   *workbuf // chunks to scan; looked at without the lock
	empty  *workbuf
	active uint32 // turns under way
	hungry uint32 // atomic: a marker found nothing
	done   uint32 // atomic: 1 when marking seems over
	next   uint32 // atomic: the next root job
	jobs   uint32 // how many there are; constant while marking
	roots  uint32 // how many of them are package variables
	gs     []*g   // goroutines to scan: those of the beginning
}

func getEmptyBuf() *workbuf {
	b := markq.empty // lock held
	if b != nil {
		markq.empty = b.next
	} else {
		b = (*workbuf)(persistentalloc(unsafe.Sizeof(workbuf{}), 64, &memstats.gcMiscSys))
	}
	b.n = 0
	b.next = nil
	return b
}

func (w *gcWork) put(obj uintptr) {
	b := w.buf
	if b == nil || b.n == workbufObjs {
		lock(&markq.lock)
		nb := getEmptyBuf()
		if b != nil {
			b.next = markq.full
			atomic.StorepNoWB(unsafe.Pointer(&markq.full), unsafe.Pointer(b))
		}
		unlock(&markq.lock)
		w.buf = nb
		b = nb
	}
	b.obj[b.n] = obj
	b.n++
}

// get takes an object off w, or a chunk off the common list; 0 when there is none.
func (w *gcWork) get() uintptr {
	b := w.buf
	if b == nil || b.n == 0 {
		if markq.full == nil {
			return 0
		}
		lock(&markq.lock)
		nb := markq.full
		if nb == nil {
			unlock(&markq.lock)
			return 0
		}
		markq.full = nb.next
		if b != nil {
			b.next = markq.empty
			markq.empty = b
		}
		unlock(&markq.lock)
		w.buf = nb
		b = nb
	}
	b.n--
	return b.obj[b.n]
}

// flush gives all of w to the common list.
func (w *gcWork) flush() {
	b := w.buf
	if b != nil && b.n != 0 {
		lock(&markq.lock)
		b.next = markq.full
		atomic.StorepNoWB(unsafe.Pointer(&markq.full), unsafe.Pointer(b))
		unlock(&markq.lock)
		w.buf = nil
	}
	if w.bytes != 0 {
		atomic.Xadd64(&work.bytesMarked, int64(w.bytes))
		w.bytes = 0
	}
}

// share gives half of w's chunk to the markers that have nothing.
func (w *gcWork) share() {
	b := w.buf
	lock(&markq.lock)
	nb := getEmptyBuf()
	unlock(&markq.lock)
	// The older half: it lies nearer to the roots and has more behind it.
	n := b.n / 2
	for i := uintptr(0); i < n; i++ {
		nb.obj[i] = b.obj[i]
	}
	for i := n; i < b.n; i++ {
		b.obj[i-n] = b.obj[i]
	}
	nb.n = n
	b.n -= n
	lock(&markq.lock)
	nb.next = markq.full
	atomic.StorepNoWB(unsafe.Pointer(&markq.full), unsafe.Pointer(nb))
	unlock(&markq.lock)
	atomic.Store(&markq.hungry, 0)
}

const (
	rootsPerJob = 64
	gsPerJob    = 16
)

// gcMarkPrepare lists the root jobs. The world is stopped.
func gcMarkPrepare() {
	lo, hi := gcrootsTable()
	n := (hi - lo) / unsafe.Sizeof(gcroot{})
	markq.roots = uint32((n + rootsPerJob - 1) / rootsPerJob)
	markq.gs = allgs
	markq.jobs = markq.roots + 2 + uint32((len(allgs)+gsPerJob-1)/gsPerJob)
	markq.next = 0
	markq.active = 0
	markq.hungry = 0
	markq.done = 0
}

// markRoot does a root job; false when all are taken.
func markRoot(w *gcWork) bool {
	if atomic.Load(&markq.next) >= markq.jobs {
		return false
	}
	i := atomic.Xadd(&markq.next, 1) - 1
	switch {
	case i >= markq.jobs:
		return false
	case i < markq.roots:
		lo, hi := gcrootsTable()
		lo += uintptr(i) * rootsPerJob * unsafe.Sizeof(gcroot{})
		for n := 0; n < rootsPerJob && lo < hi; n++ {
			r := (*gcroot)(unsafe.Pointer(lo))
			scanblock(w, r.ptr, r.size, r.mask)
			lo += unsafe.Sizeof(gcroot{})
		}
	case i == markq.roots:
		for mp := allm; mp != nil; mp = mp.alllink {
			markM(w, mp)
		}
	case i == markq.roots+1:
		markSpecials(w)
	default:
		at := int(i-markq.roots-2) * gsPerJob
		for n := at; n < at+gsPerJob && n < len(markq.gs); n++ {
			gp := markq.gs[n]
			if st := readgstatus(gp); st != _Gdead && st != _Gidle {
				scanG(w, gp)
			}
		}
	}
	return true
}

// turnWords is how many words are scanned between two looks at the clock.
const turnWords = 4 << 10

// gcMarkTurn marks for about budget nanoseconds, or until nothing is left; true if there was something. On g0. stopped: the world is, and nobody else marks.
func gcMarkTurn(budget int64, stopped bool) bool {
	w := &getg().m.gcw
	start := nanotime()
	lock(&markq.lock)
	markq.active++
	unlock(&markq.lock)
	found, empty := false, false
	w.words = 0
	for n := uint32(1); ; n++ {
		b := w.get()
		if b != 0 {
			scanobject(w, b)
		} else if markRoot(w) {
			w.words += turnWords / 8
		} else {
			empty = true
			break
		}
		found = true
		if n%16 == 0 && w.buf != nil && w.buf.n > 64 && markq.full == nil && atomic.Load(&markq.hungry) != 0 && !stopped {
			w.share()
			if sched.npidle.Load() != 0 {
				wakep()
			}
		}
		if !stopped && sched.gcwaiting.Load() {
			break
		}
		if w.words >= turnWords {
			w.words = 0
			if nanotime()-start > budget {
				break
			}
		}
	}
	w.flush()
	lock(&markq.lock)
	markq.active--
	if markq.active == 0 && markq.full == nil && markq.next >= markq.jobs {
		atomic.Store(&markq.done, 1)
	}
	unlock(&markq.lock)
	if empty {
		atomic.Store(&markq.hungry, 1)
	}
	d := nanotime() - start
	if !stopped {
		atomic.Xadd64(&memstats.gc_cpu_ns, d)
		atomic.Xadd64(&work.markNS, d)
	}
	return found
}

// gcMarkForP is a P's share of marking: a quarter of its time. On g0.
func gcMarkForP(pp *p) {
	if atomic.Load(&markq.done) != 0 {
		return
	}
	now := nanotime()
	due := (now-work.tmark)/4 - pp.gcMarkTime
	if due < 20e3 {
		return
	}
	gcMarkTurn(min(due, markTurnNS), false)
	pp.gcMarkTime += nanotime() - now
	if markq.full != nil && sched.npidle.Load() != 0 {
		wakep()
	}
}

const markTurnNS = 300e3

// gcMarkIdle marks on a P that has nothing else to do; true if the caller should look for something to do again. On g0.
func gcMarkIdle() bool {
	if atomic.Load(&markq.done) == 0 {
		if !gcMarkTurn(markTurnNS/3, false) {
			procyield(100) // others still find work
		}
	}
	return atomic.Load(&markq.done) == 0 || work.parked
}

// gcTakeDriver is the goroutine that waits for the end of marking, if that has come: the caller must make it run.
func gcTakeDriver() *g {
	if atomic.Load(&markq.done) == 0 || !work.parked {
		return nil
	}
	var gp *g
	lock(&markq.lock)
	if work.parked && markq.done != 0 {
		work.parked = false
		gp = work.driver
	}
	unlock(&markq.lock)
	return gp
}

// gcMarkWait parks the goroutine that collects until marking seems over.
func gcMarkWait() {
	lock(&markq.lock)
	if markq.done != 0 {
		unlock(&markq.lock)
		return
	}
	work.driver = getg()
	work.parked = true
	goparkunlock(&markq.lock, waitReasonWaitForGCCycle, traceBlockUntilGCEnds, 1)
}

// gcAssist is called by a goroutine that got room to allocate from while others mark: if marking is behind what was allocated, it helps.
func gcAssist() {
	gp := getg()
	mp := gp.m
	if gp == mp.g0 || mp.locks != 0 || mp.mallocing != 0 || mp.preemptoff != "" || atomic.Load(&markq.done) != 0 {
		return
	}
	live := atomic.Load64(&gcController.heapLive)
	if live <= work.heap0 {
		return
	}
	room := uint64(minHeapDistance)
	if gcController.goal > work.heap0+room {
		room = gcController.goal - work.heap0
	}
	marked := atomic.Load64(&work.bytesMarked)
	want := float64(gcController.marked) * float64(live-work.heap0) / float64(room)
	if float64(marked) >= want && live-work.heap0 < room {
		return
	}
	mp.locks++
	systemstack(gcAssistTurn)
	mp.locks--
	if dp := gcTakeDriver(); dp != nil {
		goready(dp, 1)
	}
	if live-work.heap0 > room && !work.assistFound {
		Gosched() // far behind, and nothing to be had: let others mark
	}
}

func gcAssistTurn() { work.assistFound = gcMarkTurn(markTurnNS/3, false) }

// gcScanG scans the stack of gp, which is about to run, unless that was done in this cycle. On g0; the M is not marking.
func gcScanG(gp *g) {
	w := &getg().m.gcw
	for !scanG(w, gp) {
		procyield(20)
	}
	w.flush()
}

// scanG scans gp's stack unless that was begun in this cycle; false if another M is at it.
func scanG(w *gcWork, gp *g) bool {
	c := work.cycles.Load() << 1
	v := gp.gcScan.Load()
	if v == c|1 {
		return true
	}
	if v == c || !gp.gcScan.CompareAndSwap(v, c) {
		return false
	}
	if st := readgstatus(gp); (st == _Gwaiting || st == _Gsyscall) && gp.waitsince == 0 {
		gp.waitsince = work.tstart // about when it began to wait: nobody reads a clock for each wait
	}
	scanstackranges(gp, scanStackRange)
	gp.gcScan.Store(c | 1)
	return true
}

func scanStackRange(lo, hi uintptr) {
	atomic.Xadd64(&work.stackBytes, int64(hi-lo))
	scanConservative(&getg().m.gcw, lo, hi)
}

// needsScan reports whether gp's stack must be scanned before gp runs. The caller holds a P.
func needsScan(gp *g) bool {
	return writeBarrier.enabled != 0 && gp.gcScan.Load() != work.cycles.Load()<<1|1
}

// markM scans an M's record, which lies outside the heap and refers to goroutines, functions and buffers.
func markM(w *gcWork, mp *m) {
	scanConservative(w, uintptr(unsafe.Pointer(mp)), uintptr(unsafe.Pointer(mp))+unsafe.Sizeof(m{}))
	if mp.g0 != nil {
		scanConservative(w, uintptr(unsafe.Pointer(mp.g0)), uintptr(unsafe.Pointer(mp.g0))+unsafe.Sizeof(g{}))
	}
	if mp.gsignal != nil {
		scanConservative(w, uintptr(unsafe.Pointer(mp.gsignal)), uintptr(unsafe.Pointer(mp.gsignal))+unsafe.Sizeof(g{}))
	}
}

// scanblock scans n bytes at b whose pointer words mask tells; mask nil: every word, conservatively.
func scanblock(w *gcWork, b, n uintptr, mask *byte) {
	if mask == nil {
		scanConservative(w, b, b+n)
		return
	}
	nw := n / 8
	m := uintptr(unsafe.Pointer(mask))
	for i := uintptr(0); i < nw; i += 8 {
		bits := *(*uint8)(unsafe.Pointer(m + i/8))
		for j := i; bits != 0 && j < nw; j++ {
			if bits&1 != 0 {
				markPointer(w, *(*uintptr)(unsafe.Pointer(b + j*8)))
			}
			bits >>= 1
		}
	}
}

// scanConservative treats each aligned word in [lo, hi) as a possible pointer.
func scanConservative(w *gcWork, lo, hi uintptr) {
	base, n := mheap_.base, mheap_.used-mheap_.base
	for p := (lo + 7) &^ 7; p+8 <= hi; p += 8 {
		v := *(*uintptr)(unsafe.Pointer(p))
		if v-base > n { // v may be the end of the heap: then v-1 is in it
			continue
		}
		markConservative(w, v)
		if v&7 == 0 {
			markConservative(w, v-1)
		}
	}
}

// shadeWord marks the object that v points into, if it is an address in the heap.
func shadeWord(w *gcWork, v uintptr) {
	if v-mheap_.base < mheap_.used-mheap_.base {
		markConservative(w, v)
	}
}

// markConservative marks the object that holds address v, if one does.
func markConservative(w *gcWork, v uintptr) {
	s := spanOfHeap(v)
	if s == nil {
		return
	}
	i := s.objIndexOf(v)
	if s.isFree(i) {
		return
	}
	greyobject(w, s, i)
}

// markPointer marks the object that an exact pointer points into; pointers out of the heap are skipped.
func markPointer(w *gcWork, v uintptr) {
	off := v - mheap_.base
	if off >= mheap_.used-mheap_.base {
		return
	}
	s := *(**mspan)(unsafe.Pointer(mheap_.spans + off>>pageShift*8))
	if s == nil || s.state != mSpanInUse || v < s.startAddr || v >= s.limit {
		return
	}
	i := uintptr((uint64(v-s.startAddr) * uint64(s.divMul)) >> 32)
	greyobject(w, s, i)
}

// greyobject marks object i of s and lists it for scanning.
func greyobject(w *gcWork, s *mspan, i uintptr) {
	word := bitWord(s.markBits, i)
	bit := uint64(1) << (i & 63)
	if *word&bit != 0 {
		return
	}
	if atomic.Or64(word, bit)&bit != 0 {
		return
	}
	w.bytes += uint64(s.elemsize)
	if s.spanclass&1 == 0 {
		w.put(s.startAddr + i*s.elemsize)
	}
}

// scanobject marks what the object at b points to.
func scanobject(w *gcWork, b uintptr) {
	s := spanOf(b)
	if s.spanclass>>1 == 0 {
		scanLarge(w, s, b)
		return
	}
	n := s.elemsize / 8 // words left
	w.words += n
	word := (b - mheap_.base) / 8
	p := mheap_.heapBits + word/64*8
	shift := word % 64
	for {
		bits := *(*uint64)(unsafe.Pointer(p)) >> shift
		have := 64 - shift
		if n < have {
			bits &= 1<<n - 1
			have = n
		}
		for bits != 0 {
			j := uintptr(sys.TrailingZeros64(bits))
			bits &= bits - 1
			if v := *(*uintptr)(unsafe.Pointer(b + j*8)); v != 0 {
				markPointer(w, v)
			}
		}
		n -= have
		if n == 0 {
			return
		}
		b += have * 8
		p += 8
		shift = 0
	}
}

// largePiece is how much of a large object is scanned at a time. A multiple of 512: of the words whose bits share a word of a mask.
const largePiece = 128 << 10

// scanLarge scans the piece at b of an object that has its span for itself: largeType, repeated. The first piece lists the others.
func scanLarge(w *gcWork, s *mspan, b uintptr) {
	t := s.largeType
	if t == nil {
		return
	}
	end := s.startAddr + s.userSize
	if b == s.startAddr {
		for at := b + largePiece; at < end; at += largePiece {
			w.put(at)
		}
	}
	if end > b+largePiece {
		end = b + largePiece
	}
	w.words += (end - b) / 8
	mask := uintptr(unsafe.Pointer(getGCMask(t)))
	pw := t.PtrBytes / 8
	ew := t.Size_ / 8
	i := (b - s.startAddr) / 8 % ew // word of the element
	for b < end {
		if i >= pw {
			b += (ew - i) * 8
			i = 0
			continue
		}
		bits := *(*uint64)(unsafe.Pointer(mask + i/64*8)) >> (i % 64)
		n := min(64-i%64, pw-i, (end-b)/8)
		if n < 64 {
			bits &= 1<<n - 1
		}
		for bits != 0 {
			j := uintptr(sys.TrailingZeros64(bits))
			bits &= bits - 1
			if v := *(*uintptr)(unsafe.Pointer(b + j*8)); v != 0 {
				markPointer(w, v)
			}
		}
		b += n * 8
		i += n
		if i == ew {
			i = 0
		}
	}
}

// reflect_gcbits is what the collector knows of the heap object that x points to: a byte per word up to the last pointer, 1 where one is. Tests of
// package reflect compare it with the types.
//
//go:linkname reflect_gcbits reflect.gcbits
func reflect_gcbits(x any) []byte {
	p := uintptr(efaceOf(&x).data)
	s := spanOfHeap(p)
	if s == nil || s.spanclass&1 != 0 {
		return nil
	}
	base := s.startAddr + s.objIndex(p)*s.elemsize
	bits := make([]byte, s.elemsize/8)
	if t := s.largeType; s.spanclass>>1 == 0 {
		if t != nil {
			for off := uintptr(0); off+t.PtrBytes <= s.userSize; off += t.Size_ {
				maskBytes(bits[off/8:], uintptr(unsafe.Pointer(getGCMask(t))), 0, t.PtrBytes/8)
			}
		}
	} else {
		word := (base - mheap_.base) / 8
		maskBytes(bits, mheap_.heapBits, word, s.elemsize/8)
	}
	for len(bits) > 0 && bits[len(bits)-1] == 0 {
		bits = bits[:len(bits)-1]
	}
	return bits
}

// maskBytes writes n bits of the mask, from bit `first` on, a byte each.
func maskBytes(dst []byte, mask, first, n uintptr) {
	for i := range n {
		dst[i] = *(*byte)(unsafe.Pointer(mask + (first+i)/8)) >> ((first + i) % 8) & 1
	}
}

// markSpecials marks what specials keep: functions of finalizers and cleanups, everything an object with a finalizer points
// to (but not the object: that it is unreachable is what the finalizer waits for), weak handles, and the queue of those to run.
func markSpecials(w *gcWork) {
	lock(&mheap_.specialLock)
	for sp := mheap_.specialAll; sp != nil; sp = sp.allnext {
		markPointer(w, uintptr(sp.fn))
		if sp.kind == specialFinalizer {
			s := spanOf(sp.obj)
			if s != nil && !s.spanclass.noscan() {
				scanobject(w, s.startAddr+s.objIndexOf(sp.obj)*s.elemsize)
			}
		}
	}
	for sp := mheap_.finq; sp != nil; sp = sp.next {
		markPointer(w, uintptr(sp.fn))
		markPointer(w, sp.obj)
	}
	unlock(&mheap_.specialLock)
}
