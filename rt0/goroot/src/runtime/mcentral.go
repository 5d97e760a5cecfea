package runtime

// mcentral: the spans of one span class that no P holds.
//
// Four lists: swept spans with free objects, swept full ones, and the same two not yet swept since the last collection.
// The end of a collection moves the swept lists to the unswept ones; whoever takes a span off an unswept
// list owns it and sweeps it. Large spans (size class 0) live on the full lists only.
//
// Lock order: mcentral.lock before mheap_.lock; sweeping holds neither.

// The lists of an mcentral.
const (
	listNone = iota
	listPartial
	listFull
	listPartialUnswept
	listFullUnswept
	numLists
)

type mcentral struct {
	lock      mutex
	spanclass spanClass
	lists     [numLists]spanList // guarded by lock; index 0 unused
}

// pop takes a span off list l, or returns nil.
func (c *mcentral) pop(l uint8) *mspan {
	if c.lists[l].first == nil { // unlocked look; a miss costs one more span at most
		return nil
	}
	lock(&c.lock)
	s := c.lists[l].first
	if s != nil {
		c.lists[l].remove(s)
	}
	unlock(&c.lock)
	return s
}

// put lists a swept span that nobody holds.
func (c *mcentral) put(s *mspan) {
	l := uint8(listPartial)
	if s.allocCount == s.nelems {
		l = listFull
	}
	lock(&c.lock)
	c.lists[l].push(s)
	unlock(&c.lock)
}

// cacheSpan is a swept span with at least one free object, now owned by the caller; nil when memory ran out.
func (c *mcentral) cacheSpan() *mspan {
	if s := c.pop(listPartial); s != nil {
		return s
	}
	// Sweep what is listed, partial spans first. A full span may well have lost objects; but many in a row that did not
	// are not worth the wait.
	for budget := 100; budget > 0; budget-- {
		s := c.pop(listPartialUnswept)
		if s == nil {
			s = c.pop(listFullUnswept)
		}
		if s == nil {
			break
		}
		if s.sweep(true) {
			continue // all dead: its pages went back to the heap
		}
		if s.allocCount < s.nelems {
			return s
		}
		c.put(s)
	}
	if s := c.pop(listPartial); s != nil {
		return s
	}
	return mheap_.alloc(uintptr(classPages(c.spanclass)), c.spanclass)
}

// startCycle makes every span unswept. The world is stopped and nothing is unswept.
func (c *mcentral) startCycle() {
	c.lists[listPartialUnswept].take(&c.lists[listPartial])
	c.lists[listFullUnswept].take(&c.lists[listFull])
}
