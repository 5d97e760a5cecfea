package runtime

// mcache: the spans a P allocates small objects from, one per span class, and its block for tiny objects.
//
// Only the P's current M touches it, with preemption off, so it needs no lock. When a collection stops the world every
// mcache gives its spans back to the mcentrals (flushmcache).

import (
	"internal/runtime/atomic"
	"internal/runtime/gc"
	"unsafe"
)

type mcache struct {
	alloc [numSpanClasses]*mspan // emptymspan when there is none

	// Tiny objects without pointers, up to 15 bytes, share 16-byte blocks: the current block and the first unused byte in it.
	tiny       uintptr
	tinyoffset uintptr
	tinyAllocs uintptr // objects that fitted into an existing block, since the last flush

	// Bytes until the next sample for the memory profile, and the MemProfileRate that number was drawn for.
	nextSample  int64
	sampledRate int
}

// emptymspan is a span without objects: allocating from it always fails.
var emptymspan mspan

// mcache0 serves until the first P exists.
var mcache0 *mcache

func allocmcache() *mcache {
	c := (*mcache)(persistentalloc(unsafe.Sizeof(mcache{}), 64, &memstats.mcache_sys))
	for i := range c.alloc {
		c.alloc[i] = &emptymspan
	}
	return c
}

// freemcache is for a P that is destroyed: its spans go back, the record is lost (a P index is reused with its mcache).
func freemcache(c *mcache) {
	c.releaseAll()
}

// getMCache is the cache of the M's P. Preemption is off.
func getMCache(mp *m) *mcache {
	if pp := mp.p; pp != nil {
		return pp.mcache
	}
	return mcache0
}

func classPages(sc spanClass) uint8 { return gc.SizeClassToNPages[sc.sizeclass()] }

// refill replaces the full span of class sc by one with a free object.
func (c *mcache) refill(sc spanClass) *mspan {
	s := c.alloc[sc]
	if s != &emptymspan {
		mheap_.central[sc].put(s)
		c.alloc[sc] = &emptymspan
	}
	s = mheap_.central[sc].cacheSpan()
	if s == nil {
		throw("out of memory")
	}
	if writeBarrier.enabled != 0 {
		s.markFree()
	}
	c.alloc[sc] = s
	// All of its free objects count as allocated from now on: the trigger errs towards collecting early by at most one span per class and P.
	gcController.addLive(int64((s.nelems - s.allocCount) * s.elemsize))
	return s
}

// releaseAll gives every span back. The world is stopped, or the P is going away.
func (c *mcache) releaseAll() {
	for i := range c.alloc {
		s := c.alloc[i]
		if s == &emptymspan {
			continue
		}
		c.alloc[i] = &emptymspan
		if writeBarrier.enabled != 0 {
			s.unmarkFree()
		}
		gcController.addLive(-int64((s.nelems - s.allocCount) * s.elemsize))
		mheap_.central[i].put(s)
	}
	c.tiny = 0
	c.tinyoffset = 0
	atomic.Xadd64(&memstats.tinyallocs, int64(c.tinyAllocs))
	c.tinyAllocs = 0
}
