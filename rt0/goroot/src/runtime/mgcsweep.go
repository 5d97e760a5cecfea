package runtime

// Sweeping: what a collection did not mark becomes free, a span at a time.
//
// Sweeping a span swaps its mark bits for its allocation bits. A span without survivors gives its pages back.
// Whoever takes a span off an unswept list of its mcentral owns it and sweeps it; so no span is swept twice.

import (
	"internal/runtime/atomic"
	"unsafe"
)

// sweep makes a span that the caller took off an unswept list usable. keep: leave an empty span to the caller instead of
// freeing it. True: the span is gone.
func (s *mspan) sweep(keep bool) bool {
	h := &mheap_
	if s.specials != nil {
		lock(&h.specialLock)
		s.sweepSpecials()
		freed := s.sweepBits()
		unlock(&h.specialLock)
		if freed && !keep {
			h.freeSpan(s)
			return true
		}
		return false
	}
	if s.sweepBits() && !keep {
		h.freeSpan(s)
		return true
	}
	return false
}

// sweepBits frees the unmarked objects; true when none is left.
func (s *mspan) sweepBits() bool {
	h := &mheap_
	n := s.countMarked()
	if debug.clobberfree != 0 {
		s.clobber()
	}
	if freed := s.allocCount - n; freed != 0 {
		s.needzero = 1
		atomic.Xadd64(&h.nfreed[s.spanclass], int64(freed))
		if s.spanclass.sizeclass() == 0 {
			atomic.Xadd64(&h.largeFreed, int64(s.elemsize))
		}
	}
	s.allocCount = n
	s.allocBits, s.markBits = s.markBits, s.allocBits
	memclrNoHeapPointers(unsafe.Pointer(s.markBits), s.nwords()*8)
	s.resetCache()
	s.sweepgen = h.sweepgen
	return n == 0
}

// clobber overwrites the objects that the sweep frees (GODEBUG=clobberfree=1).
func (s *mspan) clobber() {
	for i := uintptr(0); i < s.nelems; i++ {
		if !s.isMarked(i) {
			for p := s.startAddr + i*s.elemsize; p < s.startAddr+(i+1)*s.elemsize; p += 4 {
				*(*uint32)(unsafe.Pointer(p)) = 0xdeadbeef
			}
		}
	}
	s.needzero = 1
}

// sweepone sweeps some span and returns the pages it freed, or ^0 when no unswept span is listed.
func sweepone() uintptr {
	h := &mheap_
	if atomic.Load(&h.unswept) == 0 {
		return ^uintptr(0)
	}
	mp := acquirem()
	for {
		i := atomic.Load(&h.sweepCursor)
		if i >= numSpanClasses {
			atomic.Store(&h.unswept, 0)
			releasem(mp)
			return ^uintptr(0)
		}
		c := &h.central[i]
		s := c.pop(listFullUnswept)
		if s == nil {
			s = c.pop(listPartialUnswept)
		}
		if s == nil {
			atomic.Cas(&h.sweepCursor, i, i+1)
			continue
		}
		n := s.npages
		if !s.sweep(false) {
			c.put(s)
			n = 0
		}
		releasem(mp)
		return n
	}
}

// reclaim sweeps until n pages were freed or nothing is left, so that the heap does not grow over garbage.
func (h *mheap) reclaim(n uintptr) {
	for {
		got := sweepone()
		if got == ^uintptr(0) || got >= n {
			return
		}
		n -= got
	}
}

// sweeper is the background sweeper; lock guards parked.
var sweeper struct {
	lock   mutex
	g      *g
	parked bool
}

// bgsweep sweeps after each collection, then gives surplus pages back to the system.
func bgsweep() {
	sweeper.g = getg()
	for {
		n := 0
		for sweepone() != ^uintptr(0) {
			n++
			if n%32 == 0 {
				Gosched()
			}
		}
		wakefing()
		scavengeSurplus()
		lock(&sweeper.lock)
		if atomic.Load(&mheap_.unswept) != 0 {
			unlock(&sweeper.lock)
			continue
		}
		sweeper.parked = true
		goparkunlock(&sweeper.lock, waitReasonGCSweepWait, traceBlockGCSweep, 1)
	}
}

// wakeSweeper is called after a collection.
func wakeSweeper() {
	lock(&sweeper.lock)
	if sweeper.parked {
		sweeper.parked = false
		gp := sweeper.g
		unlock(&sweeper.lock)
		goready(gp, 1)
		return
	}
	unlock(&sweeper.lock)
}

// Nanoseconds spent on giving pages back: because there were many, and because debug.FreeOSMemory asked.
var scavengeTime, scavengeAskedTime atomic.Int64

// scavengeSurplus gives free pages back when much more is ready than the next goal needs, at most once a second.
func scavengeSurplus() {
	h := &mheap_
	now := nanotime()
	if now-lastScavenge < 1e9 {
		return
	}
	held := uint64(h.pagesInUse+h.pagesFree-h.pagesFreeRel) << pageShift
	goal := gcController.goal
	if goal == ^uint64(0) {
		return
	}
	if held > goal+goal/4+16<<20 {
		lastScavenge = now
		start := nanotime()
		h.scavenge(16)
		scavengeTime.Add(nanotime() - start)
	}
}

// lastScavenge is bgsweep's own.
var lastScavenge int64

//go:linkname runtime_debug_freeOSMemory runtime/debug.freeOSMemory
func runtime_debug_freeOSMemory() {
	GC()
	start := nanotime()
	mheap_.scavenge(1)
	scavengeAskedTime.Add(nanotime() - start)
}
