// A goroutine that does nothing but call the runtime must not keep the others from running, nor a sleeper from waking.
package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"
)

var sink []byte

func main() {
	kinds := []struct {
		name string
		f    func()
	}{
		{"GC", runtime.GC},
		{"ReadMemStats", func() { var m runtime.MemStats; runtime.ReadMemStats(&m) }},
		{"Stack", func() { var b [4096]byte; runtime.Stack(b[:], true) }},
		{"GOMAXPROCS", func() { n := runtime.GOMAXPROCS(0); runtime.GOMAXPROCS(n + 1); runtime.GOMAXPROCS(n) }},
		{"SetGCPercent", func() { debug.SetGCPercent(100) }},
		{"FreeOSMemory", debug.FreeOSMemory},
		{"select", func() {
			select {
			default:
			}
		}},
		{"chan", func() { c := make(chan int, 1); c <- 1; <-c }},
		{"alloc", func() { sink = make([]byte, 1<<16) }},
		{"map", func() {
			m := map[int]int{}
			for i := range 100 {
				m[i] = i
			}
			clear(m)
		}},
	}
	for _, procs := range []int{1, 2} {
		runtime.GOMAXPROCS(procs)
		for _, k := range kinds {
			var stop atomic.Bool
			var calls, turns atomic.Int64
			done := make(chan bool)
			t0 := time.Now()
			go func() {
				for !stop.Load() {
					k.f()
					calls.Add(1)
				}
				done <- true
			}()
			go func() {
				for !stop.Load() {
					turns.Add(1)
				}
				done <- true
			}()
			time.Sleep(60 * time.Millisecond)
			stop.Store(true)
			<-done
			<-done
			if d := time.Since(t0); calls.Load() == 0 || turns.Load() < 1000 || d > 5*time.Second {
				fmt.Println(procs, k.name, calls.Load(), turns.Load(), d)
			}
		}
	}
	fmt.Println("done")
}
