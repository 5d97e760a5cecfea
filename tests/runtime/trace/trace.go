package main

// Writes traces of everything a scheduler does: trace PREFIX writes PREFIX0, PREFIX1, ... and PREFIXflight.

import (
	"context"
	"fmt"
	"iter"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/trace"
	"sync"
	"syscall"
	"time"
)

var sink []byte

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func count(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func pause() { syscall.Select(0, nil, nil, nil, &syscall.Timeval{Usec: 200}) }

// everything starts goroutines that wait, yield, compute, call the system, collect, switch, and change the number of Ps.
func everything(ctx context.Context) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	run := func(fn func(i int)) {
		for i := range 3 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				fn(i)
			}()
		}
	}
	run(func(i int) {
		for k := range 40 {
			sink = make([]byte, 1000*k)
		}
	})
	run(func(i int) { fib(20) })
	run(func(i int) {
		next, stop := iter.Pull(count(50))
		for range 40 + i*10 {
			next()
		}
		stop()
	})
	run(func(i int) {
		runtime.LockOSThread()
		time.Sleep(time.Millisecond)
		if i == 0 {
			runtime.UnlockOSThread()
		}
	})
	run(func(i int) {
		for range 30 {
			pause()
		}
	})
	run(func(i int) {
		for k := range 3 {
			runtime.GOMAXPROCS(1 + (i+k)%4)
			time.Sleep(100 * time.Microsecond)
		}
	})
	run(func(i int) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		debug.FreeOSMemory()
	})
	run(func(i int) {
		for range 100 {
			mu.Lock()
			runtime.Gosched()
			mu.Unlock()
		}
	})
	run(func(i int) {
		trace.WithRegion(ctx, "region", func() { trace.Logf(ctx, "category", "log %d", i) })
	})
	c := make(chan int)
	run(func(i int) {
		for range 50 {
			c <- i
		}
	})
	for range 150 {
		<-c
	}
	r, w, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	go func() {
		time.Sleep(time.Millisecond)
		w.Write([]byte("x"))
		w.Close()
	}()
	var b [8]byte
	r.Read(b[:])
	r.Close()
	wg.Wait()
}

func main() {
	go func() { // there before the first trace
		for {
			time.Sleep(50 * time.Microsecond)
			runtime.Gosched()
		}
	}()
	go func() {
		for {
			fib(18)
			time.Sleep(100 * time.Microsecond)
		}
	}()
	go func() {
		for {
			pause()
		}
	}()
	for round := range 4 {
		f, err := os.Create(fmt.Sprint(os.Args[1], round))
		if err != nil {
			panic(err)
		}
		if err := trace.Start(f); err != nil {
			panic(err)
		}
		if err := trace.Start(f); err == nil || !trace.IsEnabled() {
			panic("started twice")
		}
		ctx, task := trace.NewTask(context.Background(), "the task")
		everything(ctx)
		if round == 3 {
			time.Sleep(1300 * time.Millisecond) // a second generation
			everything(ctx)
		}
		task.End()
		trace.Stop()
		f.Close()
	}
	fr := trace.NewFlightRecorder(trace.FlightRecorderConfig{})
	if err := fr.Start(); err != nil {
		panic(err)
	}
	everything(context.Background())
	f, err := os.Create(os.Args[1] + "flight")
	if err != nil {
		panic(err)
	}
	if _, err := fr.WriteTo(f); err != nil {
		panic(err)
	}
	fr.Stop()
	f.Close()
	fmt.Println("done")
}
