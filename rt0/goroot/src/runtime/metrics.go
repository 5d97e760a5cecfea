package runtime

// runtime/metrics: the metrics that can be told from what the runtime counts. A name that is missing here reads as KindBad,
// which is how the package documents unknown metrics: times in the scheduler and of stops of the world, waits for mutexes, and what the heap has to scan.

import (
	"internal/godebugs"
	"internal/runtime/gc"
	"unsafe"
)

// metricSample and metricValue are laid out as in runtime/metrics.
type metricSample struct {
	name  string
	value metricValue
}

type metricValue struct {
	kind    int
	scalar  uint64
	pointer unsafe.Pointer
}

// Kinds of metricValue.
const (
	metricBad = iota
	metricUint64
	metricFloat64
	metricHistogram // pointer: to a float64Histogram
)

//go:linkname readMetrics runtime/metrics.runtime_readMetrics
func readMetrics(samplesp unsafe.Pointer, len int, cap int) {
	samples := unsafe.Slice((*metricSample)(samplesp), cap)[:len]
	ms := new(MemStats)
	ReadMemStats(ms)
	for i := range samples {
		s := &samples[i]
		old := s.value
		s.value = metricValue{kind: metricUint64}
		v := &s.value.scalar
		switch s.name {
		case "/gc/heap/allocs:bytes":
			*v = ms.TotalAlloc
		case "/gc/heap/allocs:objects":
			*v = ms.Mallocs
		case "/gc/heap/frees:bytes":
			*v = ms.TotalAlloc - ms.Alloc
		case "/gc/heap/frees:objects":
			*v = ms.Frees
		case "/gc/heap/goal:bytes":
			*v = ms.NextGC
		case "/gc/heap/live:bytes":
			*v = gcController.marked
		case "/gc/heap/objects:objects":
			*v = ms.HeapObjects
		case "/gc/heap/tiny/allocs:objects":
			*v = memstats.tinyallocs
		case "/gc/cycles/automatic:gc-cycles":
			*v = uint64(ms.NumGC - ms.NumForcedGC)
		case "/gc/cycles/forced:gc-cycles":
			*v = uint64(ms.NumForcedGC)
		case "/gc/cycles/total:gc-cycles":
			*v = uint64(ms.NumGC)
		case "/gc/gogc:percent":
			*v = uint64(uint32(gcController.gcPercent))
		case "/gc/gomemlimit:bytes":
			*v = uint64(gcController.memoryLimit)
		case "/gc/scan/globals:bytes":
			*v = globalsBytes()
		case "/gc/scan/stack:bytes":
			*v = gcController.stackBytes
		case "/memory/classes/heap/objects:bytes":
			*v = ms.HeapAlloc
		case "/memory/classes/heap/unused:bytes":
			*v = ms.HeapInuse - ms.HeapAlloc
		case "/memory/classes/heap/free:bytes":
			*v = ms.HeapIdle - ms.HeapReleased
		case "/memory/classes/heap/released:bytes":
			*v = ms.HeapReleased
		case "/memory/classes/heap/stacks:bytes":
			*v = ms.StackInuse
		case "/memory/classes/metadata/mcache/inuse:bytes":
			*v = ms.MCacheInuse
		case "/memory/classes/metadata/mcache/free:bytes":
			*v = ms.MCacheSys - min(ms.MCacheInuse, ms.MCacheSys)
		case "/memory/classes/metadata/mspan/inuse:bytes":
			*v = ms.MSpanInuse
		case "/memory/classes/metadata/mspan/free:bytes":
			*v = ms.MSpanSys - min(ms.MSpanInuse, ms.MSpanSys)
		case "/memory/classes/metadata/other:bytes":
			*v = ms.GCSys
		case "/memory/classes/profiling/buckets:bytes":
			*v = ms.BuckHashSys
		case "/memory/classes/os-stacks:bytes":
			*v = 0
		case "/memory/classes/other:bytes":
			*v = ms.OtherSys
		case "/memory/classes/total:bytes":
			*v = ms.Sys
		case "/sched/gomaxprocs:threads":
			*v = uint64(gomaxprocs)
		case "/sched/goroutines:goroutines":
			*v = uint64(NumGoroutine())
		case "/sched/threads/total:threads":
			*v = uint64(mcount())
		case "/cgo/go-to-c-calls:calls":
			*v = 0
		case "/gc/limiter/last-enabled:gc-cycle":
			*v = 0 // there is no limiter
		case "/gc/stack/starting-size:bytes":
			*v = fixedStack
		case "/gc/cleanups/queued:cleanups":
			*v = fing.queued[specialCleanup]
		case "/gc/cleanups/executed:cleanups":
			*v = fing.executed[specialCleanup]
		case "/gc/finalizers/queued:finalizers":
			*v = fing.queued[specialFinalizer]
		case "/gc/finalizers/executed:finalizers":
			*v = fing.executed[specialFinalizer]
		case "/gc/heap/allocs-by-size:bytes":
			s.value = old // its room is used again
			sizeHistogram(&s.value, false)
		case "/gc/heap/frees-by-size:bytes":
			s.value = old
			sizeHistogram(&s.value, true)
		default:
			var ok bool
			if *v, ok = godebugEvents(s.name); !ok {
				s.value.kind = metricBad
			}
		}
	}
}

// sizeHistogram makes v the histogram of the sizes of objects allocated, or freed, so far: a bucket for each size class and one for what is larger.
func sizeHistogram(v *metricValue, freed bool) {
	h := (*float64Histogram)(v.pointer)
	if v.kind != metricHistogram || h == nil || len(h.counts) != gc.NumSizeClasses {
		h = &float64Histogram{counts: make([]uint64, gc.NumSizeClasses), buckets: make([]float64, gc.NumSizeClasses+1)}
	}
	*v = metricValue{kind: metricHistogram, pointer: unsafe.Pointer(h)}
	h.buckets[0] = 1
	for c := 1; c < gc.NumSizeClasses; c++ {
		h.buckets[c] = float64(gc.SizeClassToSize[c]) + 1
	}
	h.buckets[gc.NumSizeClasses] = float64frombits(0x7FF0000000000000)
	w := stopTheWorldGC(stwReadMemStats)
	systemstack(readmemstats_m)
	for c := range h.counts {
		n := uint64(0)
		for sc := 2 * c; sc < 2*c+2; sc++ {
			n += mheap_.nfreed[sc]
			if !freed {
				n += classAlloc[sc]
			}
		}
		h.counts[(c+gc.NumSizeClasses-1)%gc.NumSizeClasses] = n // class 0 is that of large objects
	}
	startTheWorldGC(w)
}

// godebugEvents is the metric of how often a setting of GODEBUG has changed what the program does: 0 for one that has not, or never was asked for.
func godebugEvents(name string) (n uint64, ok bool) {
	const prefix, suffix = "/godebug/non-default-behavior/", ":events"
	if !hasPrefix(name, prefix) || !hasSuffix(name, suffix) {
		return 0, false
	}
	for m := godebugMetrics.Load(); m != nil; m = m.next {
		if m.name == name {
			return m.read(), true
		}
	}
	info := godebugs.Lookup(name[len(prefix) : len(name)-len(suffix)])
	return 0, info != nil && !info.Opaque
}

// float64Histogram is laid out as runtime/metrics.Float64Histogram.
type float64Histogram struct {
	counts  []uint64
	buckets []float64 // limits; one more than counts
}
