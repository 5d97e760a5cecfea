package runtime

// Memory statistics: MemStats, debug.ReadGCStats, and the numbers that runtime/metrics and tests ask for.
//
// Nothing is counted on the allocation path but span.allocCount; ReadMemStats stops the world and adds up all spans.
//
// Source: field meanings as documented in runtime.MemStats, go1.27.

import (
	"internal/runtime/gc"
	"unsafe"
)

// A MemStats records statistics about the memory allocator.
type MemStats struct {
	// General statistics: bytes of live heap objects, of all ever allocated, obtained from the system; counts.
	Alloc      uint64
	TotalAlloc uint64
	Sys        uint64
	Lookups    uint64
	Mallocs    uint64
	Frees      uint64

	// Heap.
	HeapAlloc    uint64
	HeapSys      uint64
	HeapIdle     uint64
	HeapInuse    uint64
	HeapReleased uint64
	HeapObjects  uint64

	// Stacks and what the runtime keeps beside the heap.
	StackInuse  uint64
	StackSys    uint64
	MSpanInuse  uint64
	MSpanSys    uint64
	MCacheInuse uint64
	MCacheSys   uint64
	BuckHashSys uint64
	GCSys       uint64
	OtherSys    uint64

	// Collector.
	NextGC        uint64
	LastGC        uint64
	PauseTotalNs  uint64
	PauseNs       [256]uint64
	PauseEnd      [256]uint64
	NumGC         uint32
	NumForcedGC   uint32
	GCCPUFraction float64
	EnableGC      bool
	DebugGC       bool

	// BySize reports per-size class allocation statistics.
	BySize [61]struct {
		Size    uint32
		Mallocs uint64
		Frees   uint64
	}
}

// readStats holds the result while the world is stopped; guarded by the stop.
var readStats MemStats

// ReadMemStats populates m with memory allocator statistics.
func ReadMemStats(m *MemStats) {
	w := stopTheWorldGC(stwReadMemStats)
	systemstack(readmemstats_m)
	*m = readStats
	startTheWorldGC(w)
}

// classAlloc counts objects in spans, by span class, and bytes of large objects; scratch of readmemstats_m.
var classAlloc [numSpanClasses]uint64

// scannableBytes is the size of the objects that may hold pointers; readmemstats_m's second result.
var scannableBytes uint64

func readmemstats_m() {
	h := &mheap_
	s := &readStats
	*s = MemStats{}
	for i := range classAlloc {
		classAlloc[i] = 0
	}
	var large, inuse, manual uint64
	scannableBytes = 0
	for p := h.base; p < h.used; {
		sp := h.getSpan(h.pageIndex(p))
		switch sp.state {
		case mSpanInUse:
			classAlloc[sp.spanclass] += uint64(sp.allocCount)
			inuse += uint64(sp.npages) << pageShift
			if !sp.spanclass.noscan() {
				scannableBytes += uint64(sp.allocCount) * uint64(sp.elemsize)
			}
			if sp.spanclass.sizeclass() == 0 {
				large += uint64(sp.elemsize)
			}
		case mSpanManual:
			manual += uint64(sp.npages) << pageShift
		}
		p += sp.npages << pageShift
	}
	for sc := 0; sc < numSpanClasses; sc++ {
		c := sc / 2
		live, freed := classAlloc[sc], h.nfreed[sc]
		s.Mallocs += live + freed
		s.Frees += freed
		if c == 0 {
			s.Alloc += large * b2u(sc == 0) // both classes at once
			continue
		}
		size := uint64(gc.SizeClassToSize[c])
		s.Alloc += live * size
		s.TotalAlloc += (live + freed) * size
		if c < len(s.BySize) {
			s.BySize[c].Mallocs += live + freed
			s.BySize[c].Frees += freed
		}
	}
	for c := range s.BySize {
		s.BySize[c].Size = uint32(gc.SizeClassToSize[c])
	}
	s.TotalAlloc += large + h.largeFreed
	// Each tiny object counts as an allocation and, its block being what is freed, as freed already.
	tiny := memstats.tinyallocs
	for _, pp := range allp {
		if pp.mcache != nil {
			tiny += uint64(pp.mcache.tinyAllocs)
		}
	}
	s.Mallocs += tiny
	s.Frees += tiny
	s.HeapAlloc = s.Alloc
	s.HeapObjects = s.Mallocs - s.Frees
	s.HeapSys = memstats.heap_sys.load() - manual
	s.HeapInuse = inuse
	s.HeapIdle = s.HeapSys - inuse
	s.HeapReleased = uint64(h.pagesFreeRel) << pageShift
	s.StackInuse = manual + memstats.stacks_sys.load() + memstatsStacksSys.load()
	s.StackSys = s.StackInuse
	s.MSpanInuse = uint64(h.spanalloc.inuse)
	s.MSpanSys = memstats.mspan_sys.load()
	s.MCacheInuse = uint64(gomaxprocs) * uint64(unsafe.Sizeof(mcache{}))
	s.MCacheSys = memstats.mcache_sys.load()
	s.BuckHashSys = memstats.buckhash_sys.load()
	s.GCSys = memstats.gcMiscSys.load()
	s.OtherSys = memstats.other_sys.load()
	s.Sys = s.HeapSys + s.StackSys + s.MSpanSys + s.MCacheSys + s.BuckHashSys + s.GCSys + s.OtherSys
	s.NextGC = gcController.goal
	s.LastGC = memstats.last_gc_unix
	s.PauseTotalNs = memstats.pause_total_ns
	s.PauseNs = memstats.pause_ns
	s.PauseEnd = memstats.pause_end
	// The documented position of the latest pause is (NumGC+255)%256, which is where endOfCycle put it.
	s.NumGC = memstats.numgc
	s.NumForcedGC = memstats.numforcedgc
	if now := nanotime(); now > runtimeInitTime && runtimeInitTime != 0 {
		s.GCCPUFraction = float64(memstats.gc_cpu_ns) / (float64(now-runtimeInitTime) * float64(gomaxprocs))
	}
	s.EnableGC = true
}

// allocatedSoFar counts all objects that were ever allocated, and their bytes, with the world stopped.
func allocatedSoFar() (objects, bytes uint64) {
	w := stopTheWorld(stwReadMemStats)
	h := &mheap_
	for p := h.base; p < h.used; {
		sp := h.getSpan(h.pageIndex(p))
		if sp.state == mSpanInUse {
			objects += uint64(sp.allocCount)
			bytes += uint64(sp.allocCount * sp.elemsize)
		}
		p += sp.npages << pageShift
	}
	for sc := range h.nfreed {
		objects += h.nfreed[sc]
		bytes += h.nfreed[sc] * uint64(gc.SizeClassToSize[sc/2])
	}
	bytes += h.largeFreed
	objects += memstats.tinyallocs
	for _, pp := range allp {
		if pp.mcache != nil {
			objects += uint64(pp.mcache.tinyAllocs)
		}
	}
	startTheWorld(w)
	return
}

func b2u(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// readGCStats fills *pauses as runtime/debug wants it: up to 256 pauses, latest first, their ends, then last GC, number, total.
//
//go:linkname readGCStats runtime/debug.readGCStats
func readGCStats(pauses *[]uint64) {
	w := stopTheWorldGC(stwReadMemStats)
	p := *pauses
	if cap(p) < len(memstats.pause_ns)+3 {
		throw("short slice passed to readGCStats")
	}
	n := memstats.numgc
	if n > 256 {
		n = 256
	}
	p = p[:cap(p)]
	for i := uint32(0); i < n; i++ {
		j := (memstats.numgc - 1 - i) % 256
		p[i] = memstats.pause_ns[j]
		p[n+i] = memstats.pause_end[j]
	}
	p[n+n] = memstats.last_gc_unix
	p[n+n+1] = uint64(memstats.numgc)
	p[n+n+2] = memstats.pause_total_ns
	*pauses = p[:n+n+3]
	startTheWorldGC(w)
}

// heapObjectsCanMove: not here.
//
//go:linkname heapObjectsCanMove
func heapObjectsCanMove() bool { return false }

//go:linkname runtime_debug_WriteHeapDump runtime/debug.WriteHeapDump
func runtime_debug_WriteHeapDump(fd uintptr) {
	panic(plainError("rt0: runtime/debug.WriteHeapDump is not supported"))
}
