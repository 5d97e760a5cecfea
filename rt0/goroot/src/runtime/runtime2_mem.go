// What the memory, channel and timer half of the runtime keeps in each g, m and p.

package runtime

import "internal/runtime/atomic"

type gMemory struct {
	bubble   *synctestBubble // the synctest bubble g runs in, or nil
	coroexit bool            // coroswitch_m: end this goroutine

	traceSeq uint64 // its events in this generation of the trace

	gcScan atomic.Uint32 // cycle<<1 when its stack is being scanned in that cycle, |1 when that is done (mgcmark.go)
}

type mMemory struct {
	traceBuf *traceBuf // events of this M; only it writes them, and who stops the world

	gcw   gcWork            // this thread's part in marking; empty between its turns
	wbBuf [wbBufLen]uintptr // overwritten pointers (mbarrier.go); tls[tlsWBNext] tells how many
}

type pMemory struct {
	mcache *mcache

	gcMarkTime int64 // nanoseconds spent on marking in this cycle, but for idle time and assists

	// Free sudogs, linked through next; at most sudogCacheMax. Owned by the P.
	sudogcache  *sudog
	nsudogcache int32

	traceSeq uint64 // its events in this generation of the trace
	traceGen uint64 // the last generation that knows it
	traceM   uint64 // the thread that made a system call with it last
}

// initMemory prepares a p that comes into use (again). The world is stopped.
func (pp *p) initMemory(id int32) {
	if pp.mcache != nil {
		return
	}
	if id == 0 && mcache0 != nil {
		pp.mcache = mcache0 // what was allocated while starting stays with the first P
		return
	}
	pp.mcache = allocmcache()
}

// destroyMemory empties the caches of a p that goes out of use. The world is stopped.
func (pp *p) destroyMemory() {
	if pp.mcache != nil {
		pp.mcache.releaseAll()
	}
}

// gdestroyMemory forgets what a goroutine that ended held.
func gdestroyMemory(gp *g) {
	gp.bubble = nil
	gp.coroarg = nil
	gp.coroexit = false
}

// newgMemory prepares a new goroutine: it belongs to its creator's bubble.
func newgMemory(newg, callergp *g) {
	if callergp != nil {
		newg.bubble = callergp.bubble
	}
}
