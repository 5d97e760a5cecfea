package runtime

// When to collect.
//
//	goal = live + (live + stacks + globals) * GOGC/100, at least 4 MB * GOGC/100
//
// live is what the last collection marked, with what was allocated meanwhile. The heap grows while a collection marks, so it begins before the
// goal is reached: by somewhat more than what was allocated during the last one, between 1/20 and 1/3 of the way. A goroutine that allocates faster than that helps
// marking (gcAssist). With GOMEMLIMIT the goal is also kept below the limit less what is not heap, but
// never so low that a collection would follow each refill of an mcache.
//
// heapLive counts bytes of spans as they are handed to mcaches, so allocation needs no counter of its own.
//
// Source: the Go GC guide (go.dev/doc/gc-guide), GOGC and memory limit.

import (
	"internal/runtime/atomic"
	_ "unsafe" // for go:linkname
)

const (
	defaultHeapMinimum = 4 << 20

	// minHeapDistance is what may be allocated between two collections at least, so that a tiny GOGC does not mean nothing but collections.
	minHeapDistance = 1 << 20
)

type gcControllerState struct {
	// Read by every mallocgc that refilled; the rest is written with the world stopped or under mheap_.lock.
	heapLive uint64 // atomic: bytes marked by the last collection, and handed out since
	trigger  uint64 // collect when heapLive reaches it

	gcPercent   int32 // negative: off
	memoryLimit int64
	marked      uint64 // live bytes after the last collection
	stackBytes  uint64 // stacks scanned then
	lastGoal    uint64 // goal of the collection before
	fresh       uint64 // allocated during the last collection
	goal        uint64
}

var gcController = gcControllerState{trigger: defaultHeapMinimum}

func (c *gcControllerState) addLive(n int64) { atomic.Xadd64(&c.heapLive, n) }

func (c *gcControllerState) init(percent int32, limit int64) {
	c.gcPercent = percent
	c.memoryLimit = limit
	c.commit()
}

// endCycle sets the next goal. The world is stopped; no mcache holds spans.
func (c *gcControllerState) endCycle(marked, fresh, stackBytes uint64) {
	marked += fresh
	c.marked = marked
	c.fresh = fresh
	c.stackBytes = stackBytes
	c.lastGoal = c.goal
	atomic.Store64(&c.heapLive, marked)
	c.commit()
}

// commit computes goal and trigger.
func (c *gcControllerState) commit() {
	goal := ^uint64(0)
	if c.gcPercent >= 0 {
		goal = c.marked + (c.marked+c.stackBytes+globalsBytes())*uint64(c.gcPercent)/100
		if least := defaultHeapMinimum * uint64(c.gcPercent) / 100; goal < least {
			goal = least
		}
		if least := c.marked + minHeapDistance; goal < least {
			goal = least
		}
	}
	if c.memoryLimit < maxInt64 {
		nonheap := memstats.stacks_sys.load() + memstats.mspan_sys.load() + memstats.mcache_sys.load() +
			memstats.gcMiscSys.load() + memstats.other_sys.load()
		limit := uint64(0)
		if uint64(c.memoryLimit) > nonheap {
			limit = uint64(c.memoryLimit) - nonheap
		}
		limit -= limit / 32 // fragmentation
		if floor := c.marked + c.marked/32 + 1<<20; limit < floor {
			limit = floor
		}
		if goal > limit {
			goal = limit
		}
	}
	c.goal = goal
	c.trigger = goal
	if goal != ^uint64(0) && goal > c.marked {
		way := goal - c.marked
		c.trigger = goal - min(max(c.fresh+c.fresh/4, way/20), way/3)
	}
}

const maxInt64 = 1<<63 - 1

func readGOGC() int32 {
	s := gogetenv("GOGC")
	if s == "off" {
		return -1
	}
	if n, ok := atoi32(s); ok {
		return n
	}
	return 100
}

func readGOMEMLIMIT() int64 {
	s := gogetenv("GOMEMLIMIT")
	if s == "" || s == "off" {
		return maxInt64
	}
	n, ok := parseByteCount(s)
	if !ok {
		print("GOMEMLIMIT=", s, "\n")
		throw("malformed GOMEMLIMIT; see `go doc runtime/debug.SetMemoryLimit`")
	}
	return n
}

//go:linkname setGCPercent runtime/debug.setGCPercent
func setGCPercent(in int32) (out int32) {
	w := stopTheWorldGC(stwGOMAXPROCS)
	out = gcController.gcPercent
	if in < 0 {
		in = -1
	}
	gcController.gcPercent = in
	gcController.commit()
	startTheWorldGC(w)
	if atomic.Load64(&gcController.heapLive) >= gcController.trigger {
		gcTriggered()
	}
	return out
}

//go:linkname setMemoryLimit runtime/debug.setMemoryLimit
func setMemoryLimit(in int64) (out int64) {
	w := stopTheWorldGC(stwGOMAXPROCS)
	out = gcController.memoryLimit
	if in >= 0 {
		gcController.memoryLimit = in
		gcController.commit()
	}
	startTheWorldGC(w)
	if atomic.Load64(&gcController.heapLive) >= gcController.trigger {
		gcTriggered()
	}
	return out
}
