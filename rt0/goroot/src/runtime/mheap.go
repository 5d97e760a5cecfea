package runtime

// The page heap: address space in, spans out.
//
// One reservation of address space (512 GB, less if refused) is made at start. It is made ready from the low end upwards
// in chunks; inside the ready part every page belongs to exactly one span, in use or free. Two side tables cover
// the reservation, each itself reserved whole and made ready chunk by chunk with the pages it describes:
//
//	spans[page]   the *mspan of the page. Span in use: every page points to it. Free span: first and last page do, which is
//	              what joining with a neighbour needs; the others may be stale, so a reader checks state and bounds.
//	heapBits      one bit per 8-byte word: 1 means "pointer". Written by mallocgc for small objects with
//	              pointers; large objects are described by span.largeType instead.
//
// So "which object holds address x" is a subtraction, a load and a multiplication, with no search and no lock.
//
// Free spans are kept by size in 2-level segregated lists (TLSF): below 32 pages a list per page count, above 16 lists
// per power of two; a bitmap finds the first list whose spans all fit. Allocation and freeing are O(1) and a freed span
// joins its free neighbours at once. Rejected: a radix tree of page bitmaps (Go's): better packing toward low addresses,
// but much more code; a treap by size: O(log n) under the heap lock.
//
// While the collector marks no span is swept or freed, so a marker may look at any of them.
//
// Locks: mheap_.lock guards the span lists, the spans table's writes, fixalloc of spans and the page counters. It is a leaf but for persistent.lock.
//
// Source: M. Masmano et al., "TLSF: a new dynamic memory allocator for real-time systems" (2004); names follow
// runtime/mheap.go, go1.27.

import (
	"internal/runtime/atomic"
	"internal/runtime/gc"
	"internal/runtime/sys"
	"unsafe"
)

const (
	heapReserveMax = 1 << 39      // bytes
	heapReserveMin = 1 << 30      // bytes; below that the process cannot start
	heapHint       = 0xc000000000 // as Go's first arena, so that addresses look familiar
	heapChunkMin   = 4 << 20      // bytes made ready at a time, at least
	heapChunkMax   = 64 << 20

	exactPages = 32 // free lists 0..31 hold spans of exactly that many pages
	subLists   = 16 // lists per power of two above
	numFree    = exactPages + 26*subLists
)

// span states
const (
	mSpanDead   = 0 // the record is on the fixalloc list
	mSpanFree   = 1 // pages free, on a list of mheap_.free
	mSpanInUse  = 2 // holds objects
	mSpanManual = 3 // holds memory that the runtime frees itself (stacks); never marked or swept
)

// mspan is a run of pages.
type mspan struct {
	next *mspan // list links; guarded by mheap_.lock (free) or the mcentral's lock (in use)
	prev *mspan

	startAddr uintptr
	npages    uintptr

	// Objects. Written when the span is made; constant while it is in use.
	limit     uintptr // end of the last object
	elemsize  uintptr
	nelems    uintptr
	divMul    uint32 // for n/elemsize: n*divMul>>32
	spanclass spanClass
	state     uint8
	needzero  uint8  // the pages may hold old bytes
	largeType *_type // for a large object with pointers: its type, repeated to its length; else nil

	// Allocation. Owned by the P whose mcache holds the span, else by the mcentral that lists it.
	cacheBase  uintptr // index of the object that bit 0 of allocCache stands for
	allocCache uint64  // ones: free objects of the 64 from cacheBase on that were not handed out yet
	allocCount uintptr // objects allocated, live or not yet swept
	allocBits  *uint64 // [nwords()] one bit per object that survived the last collection
	markBits   *uint64 // [nwords()] set by the collector, swapped with allocBits by sweep

	specials *special // finalizers, cleanups, weak handles, sorted by offset; guarded by mheap_.specialLock
	sweepgen uint32   // mheap_.sweepgen when swept; less: its marks of the last collection still stand

	released uintptr // free span: pages known to be given back to the system
	userSize uintptr // large object: bytes scanned and cleared
}

func (s *mspan) base() uintptr   { return s.startAddr }
func (s *mspan) end() uintptr    { return s.startAddr + s.npages<<pageShift }
func (s *mspan) nwords() uintptr { return (s.nelems + 63) / 64 }

// objIndex is the index of the object that holds address p, base <= p < limit.
func (s *mspan) objIndex(p uintptr) uintptr {
	return uintptr((uint64(p-s.startAddr) * uint64(s.divMul)) >> 32)
}

// objIndexOf is objIndex for spans of one large object too.
func (s *mspan) objIndexOf(p uintptr) uintptr {
	if s.divMul == 0 {
		return 0
	}
	return s.objIndex(p)
}

// bitWord is the address of the 64-bit word that holds bit i.
func bitWord(bits *uint64, i uintptr) *uint64 {
	return (*uint64)(unsafe.Pointer(uintptr(unsafe.Pointer(bits)) + i/64*8))
}

// isFree reports whether object i is not allocated. The caller owns the span, or asks for the marker: while that works, a
// slot that is handed out between two looks is marked already.
func (s *mspan) isFree(i uintptr) bool {
	w := i &^ 63
	if w < s.cacheBase {
		return false
	}
	if w == s.cacheBase {
		return s.allocCache>>(i&63)&1 != 0
	}
	return *bitWord(s.allocBits, i)>>(i&63)&1 == 0
}

func (s *mspan) isMarked(i uintptr) bool {
	return *bitWord(s.markBits, i)>>(i&63)&1 != 0
}

// spanList is a doubly linked list of spans; its owner's lock guards it.
type spanList struct {
	first *mspan
	last  *mspan
}

func (l *spanList) push(s *mspan) {
	s.prev = nil
	s.next = l.first
	if l.first != nil {
		l.first.prev = s
	} else {
		l.last = s
	}
	l.first = s
}

func (l *spanList) remove(s *mspan) {
	if s.prev != nil {
		s.prev.next = s.next
	} else {
		l.first = s.next
	}
	if s.next != nil {
		s.next.prev = s.prev
	} else {
		l.last = s.prev
	}
	s.next = nil
	s.prev = nil
}

// take moves all of m to the front of l.
func (l *spanList) take(m *spanList) {
	if m.first == nil {
		return
	}
	m.last.next = l.first
	if l.first != nil {
		l.first.prev = m.last
	} else {
		l.last = m.last
	}
	l.first = m.first
	m.first = nil
	m.last = nil
}

// mheap is the page heap; there is one.
type mheap struct {
	lock mutex

	// Address space: [base, used) is ready, [used, limit) reserved. used and the tables grow under lock;
	// base, limit, spans and heapBits are constant after mallocinit.
	base  uintptr
	used  uintptr
	limit uintptr

	spans    uintptr // address of [npages]*mspan
	spansEnd uintptr // ready part of it
	heapBits uintptr // address of the pointer bits: 1 byte per 64 bytes of heap
	bitsEnd  uintptr // ready part of it

	// Free spans; guarded by lock.
	free     [numFree]spanList
	freeMask [(numFree + 63) / 64]uint64 // a bit per non-empty list

	spanalloc fixalloc    // guarded by lock
	bitsalloc [5]fixalloc // mark bits of 1, 2, 4, 8, 16 words; guarded by lock
	central   [numSpanClasses]mcentral

	specialLock  mutex // guards every special, the lists of them, and the sweep of spans that have some
	specialalloc fixalloc
	specialAll   *special // all specials on spans, linked through allnext
	finq         *special // specials whose object died and whose function has to run, linked through next
	finqLast     *special

	// Pages; guarded by lock, read with atomics.
	pagesInUse   uintptr // in use and manual
	pagesFree    uintptr
	pagesFreeRel uintptr // of pagesFree: given back

	sweepgen    uint32                 // collections finished
	sweepCursor uint32                 // atomic: span class where sweepone looks next
	unswept     uint32                 // atomic: 1 while spans may need sweeping
	nfreed      [numSpanClasses]uint64 // atomic: objects freed so far
	largeFreed  uint64                 // atomic: bytes of large objects freed so far
}

var mheap_ mheap

// mallocinit reserves the heap. It runs on g0 before anything is allocated.
//
//go:noinline
func mallocinit() {
	h := &mheap_
	n := uintptr(heapReserveMax)
	for {
		p := uintptr(sysReserve(unsafe.Pointer(uintptr(heapHint)), n))
		if p != 0 {
			q := (p + heapChunkMin - 1) &^ (heapChunkMin - 1)
			h.base, h.used, h.limit = q, q, (p+n)&^(heapChunkMin-1)
			break
		}
		if n <= heapReserveMin {
			throw("runtime: cannot reserve arena virtual address space")
		}
		n /= 2
	}
	n = h.limit - h.base
	h.spans = uintptr(sysReserve(nil, n>>pageShift*8))
	h.heapBits = uintptr(sysReserve(nil, n/64))
	if h.spans == 0 || h.heapBits == 0 {
		throw("runtime: cannot reserve heap metadata")
	}
	h.spansEnd = h.spans
	h.bitsEnd = h.heapBits
	h.spanalloc.init(unsafe.Sizeof(mspan{}), &memstats.mspan_sys)
	for i := range h.bitsalloc {
		h.bitsalloc[i].init(8<<uint(i), &memstats.gcMiscSys)
	}
	for i := range h.central {
		h.central[i].spanclass = spanClass(i)
	}
	h.specialalloc.init(unsafe.Sizeof(special{}), &memstats.other_sys)
	mcache0 = allocmcache()
}

// spanOf is the span that holds address p, or nil. It may be free: check state. Takes no lock.
func spanOf(p uintptr) *mspan {
	off := p - mheap_.base
	if off >= mheap_.used-mheap_.base {
		return nil
	}
	return *(**mspan)(unsafe.Pointer(mheap_.spans + off>>pageShift*8))
}

// spanOfHeap is the in-use span whose objects may hold p, or nil.
func spanOfHeap(p uintptr) *mspan {
	s := spanOf(p)
	if s == nil || s.state != mSpanInUse || p < s.startAddr || p >= s.limit {
		return nil
	}
	return s
}

// inHeap reports whether p points into an allocated span.
func inheap(p uintptr) bool { return spanOfHeap(p) != nil }

func (h *mheap) setSpan(page uintptr, s *mspan) {
	*(**mspan)(unsafe.Pointer(h.spans + page*8)) = s
}

func (h *mheap) getSpan(page uintptr) *mspan {
	return *(**mspan)(unsafe.Pointer(h.spans + page*8))
}

func (h *mheap) pageIndex(p uintptr) uintptr { return (p - h.base) >> pageShift }

// freeListOf is the list that a free span of n pages is kept on.
func freeListOf(n uintptr) uintptr {
	if n < exactPages {
		return n
	}
	l := uintptr(63 - sys.LeadingZeros64(uint64(n))) // n in [2^l, 2^(l+1)), l >= 5
	return exactPages + (l-5)*subLists + (n>>(l-4))&(subLists-1)
}

// freeListFor is the first list all of whose spans have at least n pages.
func freeListFor(n uintptr) uintptr {
	if n < exactPages {
		return n
	}
	l := uintptr(63 - sys.LeadingZeros64(uint64(n)))
	return freeListOf(n + 1<<(l-4) - 1)
}

func (h *mheap) pushFree(s *mspan) {
	i := freeListOf(s.npages)
	s.state = mSpanFree
	h.free[i].push(s)
	h.freeMask[i/64] |= 1 << (i % 64)
	h.pagesFree += s.npages
	h.pagesFreeRel += s.released
	first := h.pageIndex(s.startAddr)
	h.setSpan(first, s)
	h.setSpan(first+s.npages-1, s)
}

func (h *mheap) popFree(s *mspan) {
	i := freeListOf(s.npages)
	h.free[i].remove(s)
	if h.free[i].first == nil {
		h.freeMask[i/64] &^= 1 << (i % 64)
	}
	h.pagesFree -= s.npages
	h.pagesFreeRel -= s.released
}

// findFree is a free span of at least n pages, or nil.
func (h *mheap) findFree(n uintptr) *mspan {
	i := freeListFor(n)
	w := i / 64
	if w >= uintptr(len(h.freeMask)) {
		return nil
	}
	mask := h.freeMask[w] &^ (1<<(i%64) - 1)
	for mask == 0 {
		w++
		if w >= uintptr(len(h.freeMask)) {
			// The list n itself falls on may hold a span that fits, larger than most of its list.
			for s := h.free[freeListOf(n)].first; s != nil; s = s.next {
				if s.npages >= n {
					return s
				}
			}
			return nil
		}
		mask = h.freeMask[w]
	}
	return h.free[w*64+uintptr(sys.TrailingZeros64(mask))].first
}

// grow makes at least n more pages ready and frees them as one span. False when address space or memory ran out.
func (h *mheap) grow(n uintptr) bool {
	ask := (n<<pageShift + heapChunkMin - 1) &^ (heapChunkMin - 1)
	if step := ((h.used - h.base) / 8) &^ (heapChunkMin - 1); ask < step {
		ask = step
		if ask > heapChunkMax && ask > n<<pageShift {
			ask = (n<<pageShift + heapChunkMax - 1) &^ (heapChunkMax - 1)
		}
	}
	if ask > h.limit-h.used {
		ask = h.limit - h.used
		if ask < n<<pageShift {
			return false
		}
	}
	v := h.used
	end := v + ask
	if e := (h.spans + (end-h.base)>>pageShift*8 + 4095) &^ 4095; e > h.spansEnd {
		sysMap(unsafe.Pointer(h.spansEnd), e-h.spansEnd, &memstats.gcMiscSys)
		h.spansEnd = e
	}
	if e := (h.heapBits + (end-h.base)/64 + 4095) &^ 4095; e > h.bitsEnd {
		sysMap(unsafe.Pointer(h.bitsEnd), e-h.bitsEnd, &memstats.gcMiscSys)
		h.bitsEnd = e
	}
	sysMap(unsafe.Pointer(v), ask, &memstats.heap_sys)
	atomic.Storeuintptr(&h.used, end)
	s := (*mspan)(h.spanalloc.alloc())
	s.startAddr = v
	s.npages = ask >> pageShift
	s.released = s.npages
	h.freeSpanLocked(s)
	return true
}

// freeSpanLocked joins s with its free neighbours and lists the result. s is on no list; its pages are not counted.
func (h *mheap) freeSpanLocked(s *mspan) {
	first := h.pageIndex(s.startAddr)
	if first > 0 {
		if p := h.getSpan(first - 1); p != nil && p.state == mSpanFree {
			h.popFree(p)
			s.startAddr = p.startAddr
			s.npages += p.npages
			s.released += p.released
			s.needzero |= p.needzero
			h.dropSpan(p)
		}
	}
	if s.end() < h.used {
		if p := h.getSpan(h.pageIndex(s.end())); p != nil && p.state == mSpanFree {
			h.popFree(p)
			s.npages += p.npages
			s.released += p.released
			s.needzero |= p.needzero
			h.dropSpan(p)
		}
	}
	h.pushFree(s)
}

func (h *mheap) dropSpan(s *mspan) {
	s.state = mSpanDead
	h.spanalloc.free(unsafe.Pointer(s))
}

// allocPages takes n pages, or returns nil. The result's npages is n and its pages all point to it.
func (h *mheap) allocPages(n uintptr, state uint8) *mspan {
	lock(&h.lock)
	s := h.findFree(n)
	if s == nil {
		if !h.grow(n) {
			unlock(&h.lock)
			return nil
		}
		s = h.findFree(n)
	}
	h.popFree(s)
	if s.npages > n {
		// The rest goes back to the lists; its neighbours are in use, so it joins nothing.
		rest := (*mspan)(h.spanalloc.alloc())
		rest.startAddr = s.startAddr + n<<pageShift
		rest.npages = s.npages - n
		rest.needzero = s.needzero
		if s.released > n {
			rest.released = s.released - n
		}
		s.npages = n
		h.pushFree(rest)
	}
	s.released = 0
	first := h.pageIndex(s.startAddr)
	for i := uintptr(0); i < n; i++ {
		h.setSpan(first+i, s)
	}
	s.state = state
	h.pagesInUse += n
	unlock(&h.lock)
	return s
}

// alloc takes a span of n pages for objects of class sc. For class 0 (large) the span is one object of n pages.
// The caller sets largeType. nil when memory ran out.
func (h *mheap) alloc(n uintptr, sc spanClass) *mspan {
	if atomic.Load(&h.unswept) != 0 {
		h.reclaim(n)
	}
	// The span must not look in use before its fields are set: a scanner may meet its pages. Manual does that.
	s := h.allocPages(n, mSpanManual)
	if s == nil {
		return nil
	}
	s.spanclass = sc
	if c := sc.sizeclass(); c == 0 {
		s.elemsize = n << pageShift
		s.nelems = 1
		s.divMul = 0
	} else {
		s.elemsize = uintptr(gc.SizeClassToSize[c])
		s.nelems = n << pageShift / s.elemsize
		s.divMul = gc.SizeClassToDivMagic[c]
	}
	s.limit = s.startAddr + s.nelems*s.elemsize
	s.allocCount = 0
	s.largeType = nil
	s.specials = nil
	s.userSize = 0
	lock(&h.lock)
	s.allocBits = h.allocBitmap(s.nwords())
	s.markBits = h.allocBitmap(s.nwords())
	unlock(&h.lock)
	s.resetCache()
	s.sweepgen = h.sweepgen
	atomic.Store8(&s.state, mSpanInUse)
	return s
}

// freeSpan gives an in-use or manual span back. Nobody else knows it: it is on no list.
func (h *mheap) freeSpan(s *mspan) {
	lock(&h.lock)
	if s.allocBits != nil {
		n := s.nwords()
		h.freeBitmap(s.allocBits, n)
		h.freeBitmap(s.markBits, n)
		s.allocBits = nil
		s.markBits = nil
	}
	s.largeType = nil
	s.needzero = 1
	s.released = 0
	h.pagesInUse -= s.npages
	h.freeSpanLocked(s)
	unlock(&h.lock)
}

func bitmapClass(nwords uintptr) uintptr {
	c := uintptr(0)
	for 1<<c < nwords {
		c++
	}
	return c
}

func (h *mheap) allocBitmap(nwords uintptr) *uint64 {
	return (*uint64)(h.bitsalloc[bitmapClass(nwords)].alloc())
}

func (h *mheap) freeBitmap(b *uint64, nwords uintptr) {
	h.bitsalloc[bitmapClass(nwords)].free(unsafe.Pointer(b))
}

// allocManual takes n pages that the runtime frees itself with freeManual (goroutine stacks, say). Not zeroed unless needzero is 0.
func (h *mheap) allocManual(n uintptr) *mspan {
	s := h.allocPages(n, mSpanManual)
	if s != nil {
		s.elemsize = 0
		s.nelems = 0
		s.limit = 0
		s.allocBits = nil
		s.specials = nil
	}
	return s
}

func (h *mheap) freeManual(s *mspan) { h.freeSpan(s) }

// scavenge gives free pages back to the system: all of every free span of at least minPages that still has some.
// Returns bytes newly given back.
func (h *mheap) scavenge(minPages uintptr) uintptr {
	var n uintptr
	lock(&h.lock)
	for i := range h.free {
		for s := h.free[i].first; s != nil; s = s.next {
			if s.npages < minPages || s.released == s.npages {
				continue
			}
			sysUnused(unsafe.Pointer(s.startAddr), s.npages<<pageShift)
			n += (s.npages - s.released) << pageShift
			h.pagesFreeRel += s.npages - s.released
			s.released = s.npages
			s.needzero = 0
		}
	}
	unlock(&h.lock)
	return n
}
