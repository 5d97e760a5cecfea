package runtime

// runtime/metrics: the metrics that can be told from what the runtime counts. A name that is missing here reads as KindBad,
// which is how the package documents unknown metrics.

import "unsafe"

// metricSample and metricValue are laid out as in runtime/metrics.
type metricSample struct {
	name  string
	value metricValue
}

type metricValue struct {
	kind    int // 0 bad, 1 uint64, 2 float64, 3 *Float64Histogram
	scalar  uint64
	pointer unsafe.Pointer
}

//go:linkname readMetrics runtime/metrics.runtime_readMetrics
func readMetrics(samplesp unsafe.Pointer, len int, cap int) {
	samples := unsafe.Slice((*metricSample)(samplesp), cap)[:len]
	var ms MemStats
	ReadMemStats(&ms)
	for i := range samples {
		s := &samples[i]
		s.value = metricValue{kind: 1}
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
		default:
			s.value.kind = 0
		}
	}
}
