package runtime

// Handing out the objects of a span.
//
// A span's free objects are the zero bits of allocBits. They are taken 64 at a time: allocCache holds the complement of
// one word of allocBits, its lowest set bit is the next free object, and taking an object clears that bit. Objects
// below cacheBase are all allocated; above cacheBase+63 allocBits still tells. A fresh span has allocBits all zero.
//
// The functions here are called with the span owned by the caller's P, preemption off.

import (
	"internal/runtime/atomic"
	"internal/runtime/sys"
)

// resetCache starts handing out from the first object, after allocBits was written.
func (s *mspan) resetCache() {
	s.cacheBase = 0
	s.allocCache = s.freeWord(0)
}

// freeWord is the complement of the word of allocBits at object base, without the bits past nelems.
func (s *mspan) freeWord(base uintptr) uint64 {
	w := ^*bitWord(s.allocBits, base)
	if n := s.nelems - base; n < 64 {
		w &= 1<<n - 1
	}
	return w
}

// nextFree takes the next free object and returns its address, or 0 when the span is full.
func (s *mspan) nextFree() uintptr {
	for s.allocCache == 0 {
		// A full span stays at its last word with an empty cache.
		if s.cacheBase+64 >= s.nelems {
			return 0
		}
		s.cacheBase += 64
		s.allocCache = s.freeWord(s.cacheBase)
	}
	i := s.cacheBase + uintptr(sys.TrailingZeros64(s.allocCache))
	s.allocCache &= s.allocCache - 1
	s.allocCount++
	return s.startAddr + i*s.elemsize
}

// countMarked is the number of marked objects.
func (s *mspan) countMarked() uintptr {
	n := uintptr(0)
	for i := uintptr(0); i < s.nelems; i += 64 {
		n += uintptr(sys.OnesCount64(*bitWord(s.markBits, i)))
	}
	return n
}

// markFree sets the mark bits of the free objects, which the caller will hand out while the collector marks.
func (s *mspan) markFree() {
	atomic.Or64(bitWord(s.markBits, s.cacheBase), s.allocCache)
	for i := s.cacheBase + 64; i < s.nelems; i += 64 {
		atomic.Or64(bitWord(s.markBits, i), s.freeWord(i))
	}
}

// unmarkFree takes that back for those that are still free.
func (s *mspan) unmarkFree() {
	atomic.And64(bitWord(s.markBits, s.cacheBase), ^s.allocCache)
	for i := s.cacheBase + 64; i < s.nelems; i += 64 {
		atomic.And64(bitWord(s.markBits, i), ^s.freeWord(i))
	}
}
