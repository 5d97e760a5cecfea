// runtime/metrics: counters of GODEBUG settings, sizes, finalizers and cleanups.
package main

import (
	"fmt"
	"net/url"
	"os"
	"runtime"
	"runtime/metrics"
	"strings"
	"time"
)

var sink *[100]int

func read(name string) metrics.Value {
	s := []metrics.Sample{{Name: name}}
	metrics.Read(s)
	return s[0].Value
}

func count(name string) uint64 { return read(name).Uint64() }

func total(h *metrics.Float64Histogram) (n uint64) {
	if len(h.Buckets) != len(h.Counts)+1 {
		panic("buckets")
	}
	for _, c := range h.Counts {
		n += c
	}
	return n
}

func main() {
	// Every setting that is not opaque has its counter, which is 0 at first.
	n := 0
	for _, d := range metrics.All() {
		if strings.HasPrefix(d.Name, "/godebug/") {
			n++
			if v := read(d.Name); v.Kind() != metrics.KindUint64 || v.Uint64() != 0 {
				fmt.Println(d.Name, v.Kind())
			}
		}
	}
	fmt.Println(n > 30, read("/godebug/non-default-behavior/nothing:events").Kind() == metrics.KindBad)
	const colons = "/godebug/non-default-behavior/urlstrictcolons:events"
	os.Setenv("GODEBUG", "urlstrictcolons=0")
	for range 3 {
		if _, err := url.Parse("http://a:b:c/"); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(count(colons))

	// Objects of 800 bytes are in the bucket of size class 896.
	v := read("/gc/heap/allocs-by-size:bytes")
	before := map[float64]uint64{}
	for i, c := range v.Float64Histogram().Counts {
		before[v.Float64Histogram().Buckets[i]] = c
	}
	for range 1000 {
		sink = new([100]int)
	}
	h := read("/gc/heap/allocs-by-size:bytes").Float64Histogram()
	for i, c := range h.Counts {
		if more := c - before[h.Buckets[i]]; more >= 900 {
			fmt.Println("from", h.Buckets[i], "to", h.Buckets[i+1])
		}
	}
	fmt.Println(total(h) >= 1000, total(read("/gc/heap/frees-by-size:bytes").Float64Histogram()) <= total(h))

	for range 10 {
		x := new([100]int)
		runtime.SetFinalizer(x, func(*[100]int) {})
		y := new([100]int)
		runtime.AddCleanup(y, func(int) {}, 1)
	}
	for range 100 {
		runtime.GC()
		if count("/gc/finalizers/executed:finalizers") >= 5 && count("/gc/cleanups/executed:cleanups") >= 5 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	for _, what := range []string{"finalizers", "cleanups"} {
		q, e := count("/gc/"+what+"/queued:"+what), count("/gc/"+what+"/executed:"+what)
		fmt.Println(what, q >= e, e >= 5)
	}
}
