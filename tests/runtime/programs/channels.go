// Channels, sync and timers.
package main

import (
	"sync"
	"time"
)

func worker(in <-chan int, out chan<- int, wg *sync.WaitGroup) {
	defer wg.Done()
	for v := range in {
		out <- v * v
	}
}

func main() {
	in := make(chan int)
	out := make(chan int, 10)
	var wg sync.WaitGroup
	for i := 0; i < 8; i++ {
		wg.Add(1)
		go worker(in, out, &wg)
	}
	go func() {
		for i := 0; i < 10000; i++ {
			in <- i
		}
		close(in)
		wg.Wait()
		close(out)
	}()
	s := 0
	for v := range out {
		s += v
	}
	println(s)
	var mu sync.Mutex
	n := 0
	var wg2 sync.WaitGroup
	for i := 0; i < 100; i++ {
		wg2.Add(1)
		go func() {
			for j := 0; j < 1000; j++ {
				mu.Lock()
				n++
				mu.Unlock()
			}
			wg2.Done()
		}()
	}
	wg2.Wait()
	println(n)
	t := time.NewTimer(20 * time.Millisecond)
	tick := time.NewTicker(3 * time.Millisecond)
	k := 0
loop:
	for {
		select {
		case <-tick.C:
			k++
		case <-t.C:
			break loop
		}
	}
	println(k >= 4 && k <= 7)
	println(t.Stop(), t.Reset(time.Hour), t.Stop())
	select {
	case <-time.After(5 * time.Millisecond):
		println("after")
	}
	time.AfterFunc(time.Millisecond, func() { println("func") })
	time.Sleep(5 * time.Millisecond)
	c := sync.NewCond(&mu)
	ready := false
	go func() { mu.Lock(); ready = true; c.Broadcast(); mu.Unlock() }()
	mu.Lock()
	for !ready {
		c.Wait()
	}
	mu.Unlock()
	println("cond")
	var once sync.Once
	once.Do(func() { println("once") })
	p := sync.Pool{New: func() any { return 7 }}
	println(p.Get().(int))
}
