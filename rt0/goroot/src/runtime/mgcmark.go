package runtime

// Marking.
//
// An object is found from an address by its span (mheap.go); its mark bit is in span.markBits. Objects that may hold pointers
// and were just marked go on a work list, kept in chunks outside the heap, and are scanned from there: no recursion, and
// no limit but memory. The world is stopped.
//
// A stack word may be any integer, a pointer into the middle of an object, or a pointer one past its end: optimised code
// keeps "base+len*size" alive across calls and reaches the object only through it. So for a word w both the object
// that holds w and the one that holds w-1 are marked. Free slots are not marked: their contents are old.
//
// Several threads mark. The M that collects scans the roots; helper threads, which have no P and sleep otherwise, take chunks of objects
// from a common list. A marker with a lot to do while others have nothing gives them half a chunk. The phase is over when no
// marker is active and the list is empty. Mark bits are set with an atomic or; that is the only write the markers share.
// Helpers are started after the first collection that took long enough to be worth it.

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

// gcWork is a marker's own work list.
type gcWork struct {
	buf   *workbuf // filled and emptied here
	bytes uint64   // marked so far
	tick  uint32   // objects scanned
}

// markWork is the list of the M that collects.
var markWork gcWork

// markq is what markers share. lock guards all but where noted.
var markq struct {
	lock   mutex
	full   *workbuf // chunks to scan; looked at without the lock
	empty  *workbuf
	active uint32 // markers that may still find work
	idle   uint32 // atomic: joined markers that look for work
	done   uint32 // atomic: 1 when marking is over, or was not begun
	bytes  uint64 // marked by markers that became inactive
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
}

// finish scans until no marker has work left. The caller is active.
func (w *gcWork) finish() {
	for {
		gcDrain(w)
		lock(&markq.lock)
		if markq.full != nil {
			unlock(&markq.lock)
			continue
		}
		markq.bytes += w.bytes
		w.bytes = 0
		markq.active--
		if markq.active == 0 {
			atomic.Store(&markq.done, 1)
			unlock(&markq.lock)
			return
		}
		unlock(&markq.lock)
		atomic.Xadd(&markq.idle, 1)
		if !waitForWork() {
			atomic.Xadd(&markq.idle, -1)
			return
		}
		atomic.Xadd(&markq.idle, -1)
	}
}

// waitForWork spins until there is a chunk (true; the marker is active again) or marking is over.
func waitForWork() bool {
	for i := 0; ; i++ {
		if atomic.Load(&markq.done) != 0 {
			return false
		}
		if atomic.Loadp(unsafe.Pointer(&markq.full)) != nil && joinMarking() {
			return true
		}
		if i < 20 {
			procyield(20)
		} else {
			osyield()
		}
	}
}

// joinMarking makes the caller an active marker unless marking is over.
func joinMarking() bool {
	lock(&markq.lock)
	ok := markq.done == 0
	if ok {
		markq.active++
	}
	unlock(&markq.lock)
	return ok
}

// Helper threads.

const maxMarkHelpers = 7

// markHelper: sleeping is atomic, 1 while the thread waits for wake.
type markHelper struct {
	wake     note
	sleeping uint32
	work     gcWork
}

var (
	markHelpers  [maxMarkHelpers]markHelper
	nmarkHelpers int32 // threads started; guarded by markq.lock, read without
)

// startMarkHelpers brings the number of helpers to one less than GOMAXPROCS. Called outside of collections.
func startMarkHelpers() {
	want := gomaxprocs - 1
	if want > maxMarkHelpers {
		want = maxMarkHelpers
	}
	for {
		lock(&markq.lock)
		more := nmarkHelpers < want
		if more {
			nmarkHelpers++
		}
		unlock(&markq.lock)
		if !more {
			return
		}
		systemstack(newMarkHelper)
	}
}

func newMarkHelper() { newm(markHelperMain, nil, -1) }

// nextHelper numbers helpers as they start.
var nextHelper uint32

// markHelperMain is the life of a helper: on the g0 of an M without a P.
func markHelperMain() {
	lock(&sched.lock)
	sched.nmsys++ // no candidate for running goroutines: the deadlock check must not count it
	unlock(&sched.lock)
	h := &markHelpers[atomic.Xadd(&nextHelper, 1)-1]
	for {
		noteclear(&h.wake)
		atomic.Store(&h.sleeping, 1)
		notesleep(&h.wake)
		if !joinMarking() {
			continue
		}
		h.work.finish()
	}
}

// gcMark marks everything reachable.
func gcMark() {
	w := &markWork
	work.stackBytes = 0
	markq.active = 1
	markq.bytes = 0
	markq.done = 0
	markParallel = nmarkHelpers > 0 && work.heap0 >= parallelHeap
	if markParallel {
		for i := range markHelpers {
			h := &markHelpers[i]
			if atomic.Cas(&h.sleeping, 1, 0) {
				notewakeup(&h.wake)
			}
		}
	}

	lo, hi := gcrootsTable()
	for ; lo < hi; lo += unsafe.Sizeof(gcroot{}) {
		r := (*gcroot)(unsafe.Pointer(lo))
		scanblock(r.ptr, r.size, r.mask)
		gcDrain(w)
	}
	markSpecials()
	forEachM(markM)
	forEachG(markG)
	w.finish()
	work.bytesMarked = markq.bytes
}

// markParallel: helpers take part in this collection.
var markParallel bool

// parallelHeap is the heap size from which helpers are woken: below, waking them costs more than they save.
const parallelHeap = 2 << 20

// markM scans an M's record, which lies outside the heap and refers to goroutines, functions and buffers.
func markM(mp *m) {
	scanConservative(uintptr(unsafe.Pointer(mp)), uintptr(unsafe.Pointer(mp))+unsafe.Sizeof(m{}))
	if mp.g0 != nil {
		scanConservative(uintptr(unsafe.Pointer(mp.g0)), uintptr(unsafe.Pointer(mp.g0))+unsafe.Sizeof(g{}))
	}
	if mp.gsignal != nil {
		scanConservative(uintptr(unsafe.Pointer(mp.gsignal)), uintptr(unsafe.Pointer(mp.gsignal))+unsafe.Sizeof(g{}))
	}
}

// markG scans a goroutine's stack. Its g is reachable from allgs.
func markG(gp *g) {
	if st := readgstatus(gp) &^ _Gscan; (st == _Gwaiting || st == _Gsyscall) && gp.waitsince == 0 {
		gp.waitsince = work.tstart // about when it began to wait: nobody reads a clock for each wait
	}
	scanstackranges(gp, scanStackRange)
	gcDrain(&markWork)
}

func scanStackRange(lo, hi uintptr) {
	work.stackBytes += uint64(hi - lo)
	scanConservative(lo, hi)
}

// scanblock scans n bytes at b whose pointer words mask tells; mask nil: every word, conservatively.
func scanblock(b, n uintptr, mask *byte) {
	if mask == nil {
		scanConservative(b, b+n)
		return
	}
	w := &markWork
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
func scanConservative(lo, hi uintptr) {
	w := &markWork
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

// markConservative marks the object that holds address v, if one does.
func markConservative(w *gcWork, v uintptr) {
	s := spanOfHeap(v)
	if s == nil {
		return
	}
	i := uintptr(0)
	if s.divMul != 0 {
		i = s.objIndex(v)
	}
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
	if markParallel {
		if atomic.Or64(word, bit)&bit != 0 {
			return
		}
	} else {
		*word |= bit
	}
	w.bytes += uint64(s.elemsize)
	if s.spanclass&1 == 0 {
		w.put(s.startAddr + i*s.elemsize)
	}
}

// gcDrain scans until the work list is empty.
func gcDrain(w *gcWork) {
	for {
		b := w.get()
		if b == 0 {
			return
		}
		scanobject(w, b)
		w.tick++
		if w.tick%16 == 0 && markParallel && w.buf.n > 64 && atomic.Load(&markq.idle) != 0 && markq.full == nil {
			w.share()
		}
	}
}

// scanobject marks what the object at b points to.
func scanobject(w *gcWork, b uintptr) {
	s := spanOf(b)
	if s.spanclass>>1 == 0 {
		scanLarge(w, s)
		return
	}
	n := s.elemsize / 8 // words left
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

// scanLarge scans an object that has its span for itself: largeType, repeated.
func scanLarge(w *gcWork, s *mspan) {
	t := s.largeType
	if t == nil {
		return
	}
	mask := uintptr(unsafe.Pointer(getGCMask(t)))
	pw := t.PtrBytes / 8
	end := s.startAddr + s.userSize
	for b := s.startAddr; b+t.PtrBytes <= end; b += t.Size_ {
		for i := uintptr(0); i < pw; i += 64 {
			bits := *(*uint64)(unsafe.Pointer(mask + i/8))
			if pw-i < 64 {
				bits &= 1<<(pw-i) - 1
			}
			for bits != 0 {
				j := i + uintptr(sys.TrailingZeros64(bits))
				bits &= bits - 1
				if v := *(*uintptr)(unsafe.Pointer(b + j*8)); v != 0 {
					markPointer(w, v)
				}
			}
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
func markSpecials() {
	w := &markWork
	for sp := mheap_.specialAll; sp != nil; sp = sp.allnext {
		markPointer(w, uintptr(sp.fn))
		if sp.kind == specialFinalizer {
			s := spanOf(sp.obj)
			if s != nil && !s.spanclass.noscan() {
				scanobject(w, sp.obj)
			}
		}
		gcDrain(w)
	}
	for sp := mheap_.finq; sp != nil; sp = sp.next {
		markPointer(w, uintptr(sp.fn))
		markPointer(w, sp.obj)
		gcDrain(w)
	}
}
