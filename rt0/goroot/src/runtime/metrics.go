package runtime

// runtime/metrics. Collections stop the world, so their time is that of /cpu/classes/gc/pause, and nobody assists them. A name that is missing here reads as
// KindBad, which is how the package documents unknown metrics.

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
	scan := uint64(0)
	w := stopTheWorldGC(stwReadMemStats)
	systemstack(readmemstats_m)
	*ms = readStats
	scan = scannableBytes
	startTheWorldGC(w)
	var cpu cpuClasses
	cpu.read(ms)
	var gs gStates
	gs.read()
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
		case "/gc/pauses:seconds", "/sched/pauses/total/gc:seconds":
			s.value = old // its room is used again
			sched.stats.stoppedGC.write(&s.value)
		case "/gc/scan/globals:bytes":
			*v = globalsBytes()
		case "/gc/scan/heap:bytes":
			*v = scan
		case "/gc/scan/stack:bytes":
			*v = gcController.stackBytes
		case "/gc/scan/total:bytes":
			*v = globalsBytes() + scan + gcController.stackBytes
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
		case "/sched/goroutines-created:goroutines":
			*v = gs.created
		case "/sched/goroutines/not-in-go:goroutines":
			*v = gs.notInGo
		case "/sched/goroutines/runnable:goroutines":
			*v = gs.runnable
		case "/sched/goroutines/running:goroutines":
			*v = gs.running
		case "/sched/goroutines/waiting:goroutines":
			*v = gs.waiting
		case "/sched/goroutines:goroutines":
			*v = gs.notInGo + gs.runnable + gs.running + gs.waiting
		case "/sched/latencies:seconds":
			s.value = old
			sched.stats.timeToRun.write(&s.value)
		case "/sched/pauses/stopping/gc:seconds":
			s.value = old
			sched.stats.stoppingGC.write(&s.value)
		case "/sched/pauses/stopping/other:seconds":
			s.value = old
			sched.stats.stopping.write(&s.value)
		case "/sched/pauses/total/other:seconds":
			s.value = old
			sched.stats.stopped.write(&s.value)
		case "/sync/mutex/wait/total:seconds":
			s.value.seconds(sched.stats.mutexWait.Load())
		case "/cpu/classes/gc/mark/assist:cpu-seconds", "/cpu/classes/gc/mark/dedicated:cpu-seconds", "/cpu/classes/gc/mark/idle:cpu-seconds":
			s.value.seconds(0)
		case "/cpu/classes/gc/pause:cpu-seconds", "/cpu/classes/gc/total:cpu-seconds":
			s.value.seconds(cpu.pause)
		case "/cpu/classes/idle:cpu-seconds":
			s.value.seconds(cpu.idle)
		case "/cpu/classes/scavenge/assist:cpu-seconds":
			s.value.seconds(cpu.scavengeAsked)
		case "/cpu/classes/scavenge/background:cpu-seconds":
			s.value.seconds(cpu.scavenge)
		case "/cpu/classes/scavenge/total:cpu-seconds":
			s.value.seconds(cpu.scavengeAsked + cpu.scavenge)
		case "/cpu/classes/total:cpu-seconds":
			s.value.seconds(cpu.total)
		case "/cpu/classes/user:cpu-seconds":
			s.value.seconds(cpu.user)
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
			s.value = old
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
	h := v.histogram(gc.NumSizeClasses)
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

// histogram makes v a histogram of n buckets; the room of one that it is already is used again.
func (v *metricValue) histogram(n int) *float64Histogram {
	h := (*float64Histogram)(v.pointer)
	if v.kind != metricHistogram || h == nil || len(h.counts) != n {
		h = &float64Histogram{counts: make([]uint64, n), buckets: make([]float64, n+1)}
	}
	*v = metricValue{kind: metricHistogram, pointer: unsafe.Pointer(h)}
	return h
}

// seconds makes v that many nanoseconds, in seconds.
func (v *metricValue) seconds(ns int64) {
	*v = metricValue{kind: metricFloat64, scalar: float64bits(float64(ns) / 1e9)}
}

// cpuClasses is what the time of all Ps so far was for, in nanoseconds.
type cpuClasses struct {
	total         int64
	pause         int64 // of collections, by all Ps
	idle          int64
	scavenge      int64
	scavengeAsked int64
	user          int64 // the rest
}

func (c *cpuClasses) read(ms *MemStats) {
	c.pause = int64(memstats.gc_cpu_ns)
	c.scavenge = scavengeTime.Load()
	c.scavengeAsked = scavengeAskedTime.Load()
	st := &sched.stats
	lock(&sched.lock)
	now := nanotime()
	c.total = st.procTime + int64(gomaxprocs)*(now-st.procSince)
	c.idle = st.idleTime
	for pp := sched.pidle; pp != nil; pp = pp.link {
		c.idle += now - pp.idleSince
	}
	unlock(&sched.lock)
	c.user = max(c.total-c.pause-c.idle-c.scavenge-c.scavengeAsked, 0)
}

// gStates counts goroutines, those of the runtime included.
type gStates struct {
	created, notInGo, runnable, running, waiting uint64
}

func (c *gStates) read() {
	lock(&sched.lock)
	c.created = sched.stats.ncreated
	for _, pp := range allp {
		c.created += pp.ncreated
	}
	unlock(&sched.lock)
	lock(&allglock)
	for _, gp := range allgs {
		switch readgstatus(gp) {
		case _Grunnable:
			c.runnable++
		case _Grunning:
			c.running++
		case _Gsyscall:
			c.notInGo++
		case _Gwaiting:
			c.waiting++
		}
	}
	unlock(&allglock)
}

// metricNames are the names that readMetrics knows, but for those of settings of GODEBUG.
var metricNames = [...]string{
	"/cgo/go-to-c-calls:calls",
	"/cpu/classes/gc/mark/assist:cpu-seconds",
	"/cpu/classes/gc/mark/dedicated:cpu-seconds",
	"/cpu/classes/gc/mark/idle:cpu-seconds",
	"/cpu/classes/gc/pause:cpu-seconds",
	"/cpu/classes/gc/total:cpu-seconds",
	"/cpu/classes/idle:cpu-seconds",
	"/cpu/classes/scavenge/assist:cpu-seconds",
	"/cpu/classes/scavenge/background:cpu-seconds",
	"/cpu/classes/scavenge/total:cpu-seconds",
	"/cpu/classes/total:cpu-seconds",
	"/cpu/classes/user:cpu-seconds",
	"/gc/cleanups/executed:cleanups",
	"/gc/cleanups/queued:cleanups",
	"/gc/cycles/automatic:gc-cycles",
	"/gc/cycles/forced:gc-cycles",
	"/gc/cycles/total:gc-cycles",
	"/gc/finalizers/executed:finalizers",
	"/gc/finalizers/queued:finalizers",
	"/gc/gogc:percent",
	"/gc/gomemlimit:bytes",
	"/gc/heap/allocs-by-size:bytes",
	"/gc/heap/allocs:bytes",
	"/gc/heap/allocs:objects",
	"/gc/heap/frees-by-size:bytes",
	"/gc/heap/frees:bytes",
	"/gc/heap/frees:objects",
	"/gc/heap/goal:bytes",
	"/gc/heap/live:bytes",
	"/gc/heap/objects:objects",
	"/gc/heap/tiny/allocs:objects",
	"/gc/limiter/last-enabled:gc-cycle",
	"/gc/pauses:seconds",
	"/gc/scan/globals:bytes",
	"/gc/scan/heap:bytes",
	"/gc/scan/stack:bytes",
	"/gc/scan/total:bytes",
	"/gc/stack/starting-size:bytes",
	"/memory/classes/heap/free:bytes",
	"/memory/classes/heap/objects:bytes",
	"/memory/classes/heap/released:bytes",
	"/memory/classes/heap/stacks:bytes",
	"/memory/classes/heap/unused:bytes",
	"/memory/classes/metadata/mcache/free:bytes",
	"/memory/classes/metadata/mcache/inuse:bytes",
	"/memory/classes/metadata/mspan/free:bytes",
	"/memory/classes/metadata/mspan/inuse:bytes",
	"/memory/classes/metadata/other:bytes",
	"/memory/classes/os-stacks:bytes",
	"/memory/classes/other:bytes",
	"/memory/classes/profiling/buckets:bytes",
	"/memory/classes/total:bytes",
	"/sched/gomaxprocs:threads",
	"/sched/goroutines-created:goroutines",
	"/sched/goroutines/not-in-go:goroutines",
	"/sched/goroutines/runnable:goroutines",
	"/sched/goroutines/running:goroutines",
	"/sched/goroutines/waiting:goroutines",
	"/sched/goroutines:goroutines",
	"/sched/latencies:seconds",
	"/sched/pauses/stopping/gc:seconds",
	"/sched/pauses/stopping/other:seconds",
	"/sched/pauses/total/gc:seconds",
	"/sched/pauses/total/other:seconds",
	"/sched/threads/total:threads",
	"/sync/mutex/wait/total:seconds",
}

// readMetricNames is for the tests of runtime/metrics.
//
//go:linkname readMetricNames runtime/metrics_test.runtime_readMetricNames
func readMetricNames() []string {
	names := append([]string(nil), metricNames[:]...)
	for _, info := range godebugs.All {
		if !info.Opaque {
			names = append(names, "/godebug/non-default-behavior/"+info.Name+":events")
		}
	}
	return names
}
