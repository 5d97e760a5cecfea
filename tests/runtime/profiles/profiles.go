// Programs whose profiles test_profiles.py reads: profiles MODE DIR.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"runtime/trace"
	"strings"
	"sync"
	"syscall"
	"time"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func cpu() time.Duration {
	var ru syscall.Rusage
	syscall.Getrusage(0, &ru)
	return time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
}

// burn calls f until the process has used d.
func burn(d time.Duration, f func()) {
	for end := cpu() + d; cpu() < end; {
		f()
	}
}

var sink int

//go:noinline
func hot(n int) int {
	s := 0
	for i := 0; i < n; i++ {
		s += i * i % 7
	}
	return s
}

func inlined(n int) int { return hot(n) + 1 }

//go:noinline
func outer() { sink += inlined(100000) }

//go:noinline
func copies(to, from []byte) {
	for range 1000 {
		copy(to, from)
	}
}

//go:noinline
func clocks() {
	for range 10000 {
		sink += time.Now().Nanosecond()
	}
}

// deep recurses over several stack segments.
func deep(n int, f func()) {
	var pad [128]byte
	if n > 0 {
		deep(n-1, f)
		sink += int(pad[n%len(pad)])
		return
	}
	f()
}

// grow enters a new segment again and again.
//
//go:noinline
func grow(n int) int {
	var pad [512]byte
	if n > 0 {
		return grow(n-1) + int(pad[n])
	}
	return 1
}

func labelled(job string, f func()) {
	pprof.Do(context.Background(), pprof.Labels("job", job), func(context.Context) { f() })
}

func profileCPU(path string, f func()) {
	w := must(os.Create(path))
	if err := pprof.StartCPUProfile(w); err != nil {
		panic(err)
	}
	if err := pprof.StartCPUProfile(io.Discard); err == nil {
		panic("a second profile was started")
	}
	f()
	pprof.StopCPUProfile()
	pprof.StopCPUProfile()
	w.Close()
}

func cpuMode(dir string) {
	const d = 200 * time.Millisecond
	profileCPU(filepath.Join(dir, "first"), func() {
		a, b := make([]byte, 1<<16), make([]byte, 1<<16)
		labelled("hot", func() { burn(d, outer) })
		labelled("copies", func() { burn(d, func() { copies(a, b) }) })
		labelled("clocks", func() { burn(d, clocks) })
		labelled("deep", func() { burn(d, func() { deep(20, outer) }) })
		labelled("grow", func() { burn(d, func() { sink += grow(200) }) })
	})
	profileCPU(filepath.Join(dir, "threads"), func() {
		// A thread each that ends with its goroutine.
		for n := 1; n <= 4; n++ {
			runtime.GOMAXPROCS(n)
			var wg sync.WaitGroup
			for range n {
				wg.Add(1)
				go labelled("thread", func() {
					defer wg.Done()
					runtime.LockOSThread()
					burn(d/2, outer)
				})
			}
			wg.Wait()
		}
	})
	profileCPU(filepath.Join(dir, "sleep"), func() { time.Sleep(300 * time.Millisecond) })
}

// itimerMode profiles without timers of threads: none can be had.
func itimerMode(dir string) {
	const pending = 11 // RLIMIT_SIGPENDING
	if err := syscall.Setrlimit(pending, &syscall.Rlimit{}); err != nil {
		panic(err)
	}
	profileCPU(filepath.Join(dir, "itimer"), func() { labelled("hot", func() { burn(200*time.Millisecond, outer) }) })
	time.Sleep(50 * time.Millisecond)
}

var workers sync.WaitGroup

// later lets the caller wait for f.
func later(f func()) {
	workers.Add(1)
	go func() {
		defer workers.Done()
		time.Sleep(2 * time.Millisecond)
		f()
	}()
}

func blockRecv() {
	c := make(chan bool)
	later(func() { c <- true })
	<-c
}

func blockRecv2() {
	c := make(chan bool)
	later(func() { close(c) })
	_, ok := <-c
	if ok {
		panic("a value")
	}
}

func blockSend() {
	c := make(chan bool)
	later(func() { <-c })
	c <- true
}

func blockSelect() {
	c, d := make(chan bool), make(chan int)
	later(func() { c <- true })
	select {
	case <-c:
	case d <- 1:
	}
}

func blockMutex() {
	var mu sync.Mutex
	mu.Lock()
	later(func() { unlock(&mu) })
	mu.Lock()
	mu.Unlock()
}

//go:noinline
func unlock(mu *sync.Mutex) { mu.Unlock() }

func blockRead() {
	var mu sync.RWMutex
	mu.Lock()
	later(func() { unlockWriter(&mu) })
	mu.RLock()
	mu.RUnlock()
}

//go:noinline
func unlockWriter(mu *sync.RWMutex) { mu.Unlock() }

func blockWrite() {
	var mu sync.RWMutex
	mu.RLock()
	later(func() { unlockReader(&mu) })
	mu.Lock()
	mu.Unlock()
}

//go:noinline
func unlockReader(mu *sync.RWMutex) { mu.RUnlock() }

func blockCond() {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	mu.Lock()
	later(func() { mu.Lock(); c.Signal(); mu.Unlock() })
	c.Wait()
	mu.Unlock()
}

func blockGroup() {
	var w sync.WaitGroup
	w.Add(1)
	later(w.Done)
	w.Wait()
}

func events() {
	for range 3 {
		blockRecv()
		blockRecv2()
		blockSend()
		blockSelect()
		blockMutex()
		blockRead()
		blockWrite()
		blockCond()
		blockGroup()
	}
	workers.Wait()
}

func eventsMode(dir string) {
	events()
	n, ok := runtime.BlockProfile(nil)
	m, ok2 := runtime.MutexProfile(nil)
	if n != 0 || m != 0 || !ok || !ok2 || runtime.SetMutexProfileFraction(-1) != 0 {
		panic("events are recorded while profiles are off")
	}
	runtime.SetBlockProfileRate(1)
	runtime.SetMutexProfileFraction(1)
	events()
	runtime.SetBlockProfileRate(0)
	if runtime.SetMutexProfileFraction(0) != 1 {
		panic("SetMutexProfileFraction forgets")
	}
	n, _ = runtime.BlockProfile(nil)
	m, _ = runtime.MutexProfile(nil)
	events()
	records := make([]runtime.BlockProfileRecord, n+10)
	if k, ok := runtime.BlockProfile(records); k != n || !ok {
		panic(fmt.Sprint("blocking was recorded while off: ", n, k, ok))
	}
	for _, r := range records[:n] {
		if r.Count < 1 || r.Cycles < 1 || len(r.Stack()) < 2 {
			panic(fmt.Sprint("bad record ", r))
		}
	}
	if k, ok := runtime.MutexProfile(records); k != m || !ok {
		panic(fmt.Sprint("contention was recorded while off: ", m, k, ok))
	}
	for _, name := range []string{"block", "mutex", "goroutine", "threadcreate", "heap", "allocs"} {
		for level := range 3 {
			w := must(os.Create(filepath.Join(dir, fmt.Sprint(name, level))))
			if err := pprof.Lookup(name).WriteTo(w, level); err != nil {
				panic(err)
			}
			w.Close()
		}
	}
}

// stressMode asks for everything that stops the world or walks stacks, all at once, while goroutines come and go and samples are taken often.
func stressMode(string) {
	runtime.GOMAXPROCS(4)
	runtime.SetCPUProfileRate(2000)
	pprof.StartCPUProfile(io.Discard)
	runtime.SetBlockProfileRate(1000)
	runtime.SetMutexProfileFraction(2)
	runtime.MemProfileRate = 4096
	stop := make(chan bool)
	var wg sync.WaitGroup
	loop := func(f func()) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				select {
				case <-stop:
					return
				default:
					f()
				}
			}
		}()
	}
	var mu sync.Mutex
	var list [][]byte
	for range 4 {
		loop(func() {
			done := make(chan []byte)
			go func() { deep(10, func() { done <- make([]byte, 10000) }) }()
			b := <-done
			mu.Lock()
			list = append(list, b)
			if len(list) > 100 {
				list = nil
			}
			mu.Unlock()
		})
	}
	loop(func() {
		_, _ = must(strings.NewReplacer("a", "b").WriteString(io.Discard, strings.Repeat("a", 100))), grow(100)
	})
	buf := make([]byte, 1<<16)
	loop(func() { runtime.Stack(buf, true); debug.Stack() })
	loop(func() {
		p := make([]runtime.StackRecord, runtime.NumGoroutine()+5)
		runtime.GoroutineProfile(p)
		pprof.Lookup("goroutine").WriteTo(io.Discard, 0)
	})
	loop(func() {
		runtime.MemProfile(make([]runtime.MemProfileRecord, 1000), true)
		runtime.BlockProfile(make([]runtime.BlockProfileRecord, 1000))
		pprof.Lookup("mutex").WriteTo(io.Discard, 1)
	})
	loop(func() { var m runtime.MemStats; runtime.ReadMemStats(&m); debug.ReadGCStats(new(debug.GCStats)) })
	loop(func() { debug.SetGCPercent(50 + sink%2); debug.SetGCPercent(20); time.Sleep(time.Millisecond) })
	time.Sleep(1500 * time.Millisecond)
	close(stop)
	wg.Wait()
	pprof.StopCPUProfile()
	fmt.Println("done")
}

// traceMode: tracing can be turned on and off.
func traceMode(string) {
	if trace.IsEnabled() {
		panic("tracing is on")
	}
	if err := trace.Start(io.Discard); err != nil {
		fmt.Println(err)
	} else {
		trace.Stop()
	}
	trace.Stop()
	ctx, task := trace.NewTask(context.Background(), "task")
	trace.WithRegion(ctx, "region", func() { trace.Log(ctx, "category", "message"); trace.Logf(ctx, "category", "%d", 1) })
	trace.StartRegion(ctx, "another").End()
	task.End()
	fr := trace.NewFlightRecorder(trace.FlightRecorderConfig{})
	if err := fr.Start(); err != nil {
		fmt.Println(err)
	}
	if _, err := fr.WriteTo(io.Discard); err != nil {
		fmt.Println(err)
	}
	fr.Stop()
	fmt.Println(fr.Enabled(), trace.IsEnabled())
}

func main() {
	modes := map[string]func(string){"cpu": cpuMode, "itimer": itimerMode, "events": eventsMode, "stress": stressMode, "trace": traceMode}
	modes[os.Args[1]](os.Args[2])
}
