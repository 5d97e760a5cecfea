// runtime/metrics: every metric has its kind, and the values fit together.
package main

import (
	"fmt"
	"math"
	"runtime"
	"runtime/metrics"
	"sync"
	"time"
)

func main() {
	start := time.Now()
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 20 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 50 {
				mu.Lock()
				time.Sleep(20 * time.Microsecond)
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
	for range 5 {
		runtime.GC()
	}
	block := make(chan int)
	for range 7 {
		go func() { <-block }()
	}
	x := 0
	for i := range 50_000_000 {
		x += i
	}
	time.Sleep(20 * time.Millisecond)
	descs := metrics.All()
	s := make([]metrics.Sample, len(descs))
	for i := range descs {
		s[i].Name = descs[i].Name
	}
	metrics.Read(s)
	metrics.Read(s)
	v := map[string]metrics.Value{}
	for i, d := range descs {
		if s[i].Value.Kind() != d.Kind {
			fmt.Println(d.Name, s[i].Value.Kind(), d.Kind)
		}
		v[d.Name] = s[i].Value
	}
	f := func(n string) float64 { return v["/cpu/classes/"+n+":cpu-seconds"].Float64() }
	limit := time.Since(start).Seconds() * float64(runtime.GOMAXPROCS(0))
	fmt.Println("total", f("total") > 0, f("total") <= limit+0.1, f("total") >= limit/2)
	fmt.Println("sum", math.Abs(f("user")+f("idle")+f("gc/total")+f("scavenge/total")-f("total")) < 1e-3)
	fmt.Println("parts", f("idle") > 0, f("user") > 0.01, f("gc/pause") > 0, f("gc/total") >= f("gc/pause"))
	u := func(n string) uint64 { return v["/sched/goroutines"+n+":goroutines"].Uint64() }
	fmt.Println("goroutines", u("") == u("/not-in-go")+u("/runnable")+u("/running")+u("/waiting"), u("") >= 8, u("/running") >= 1, u("/waiting") >= 7, u("-created") >= 28, u("-created") < 60)
	fmt.Println("mutex", v["/sync/mutex/wait/total:seconds"].Float64() > 0.001)
	for _, n := range []string{"/gc/pauses", "/sched/latencies", "/sched/pauses/stopping/gc", "/sched/pauses/stopping/other", "/sched/pauses/total/gc", "/sched/pauses/total/other"} {
		h := v[n+":seconds"].Float64Histogram()
		sum := uint64(0)
		up := true
		for i, c := range h.Counts {
			sum += c
			up = up && h.Buckets[i] < h.Buckets[i+1]
		}
		fmt.Println(n, sum > 0 || n[len(n)-5:] == "other", up, len(h.Buckets), h.Buckets[0], h.Buckets[1], h.Buckets[2], h.Buckets[9], h.Buckets[len(h.Buckets)-2])
	}
	b := func(n string) uint64 { return v["/gc/scan/"+n+":bytes"].Uint64() }
	fmt.Println("scan", b("heap") > 0, b("total") == b("heap")+b("globals")+b("stack"))
	runtime.KeepAlive(x)
}
