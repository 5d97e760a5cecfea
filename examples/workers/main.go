// Workers shares jobs among a pool of goroutines with channels, a WaitGroup and a Mutex.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

type tally struct {
	mu    sync.Mutex
	steps map[int]int // start -> steps of its Collatz sequence
	best  int
}

func (t *tally) record(start, steps int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.steps[start] = steps
	if steps > t.steps[t.best] || steps == t.steps[t.best] && start < t.best {
		t.best = start
	}
}

func collatz(n int) int {
	steps := 0
	for n != 1 {
		if n%2 == 0 {
			n /= 2
		} else {
			n = 3*n + 1
		}
		steps++
	}
	return steps
}

func main() {
	const workers, jobs = 8, 20000
	queue := make(chan int, 64)
	t := &tally{steps: make(map[int]int), best: 1}
	var wg sync.WaitGroup
	var total atomic.Int64
	for w := 0; w < workers; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := range queue {
				s := collatz(n)
				total.Add(int64(s))
				t.record(n, s)
			}
		}()
	}
	for n := 1; n <= jobs; n++ {
		queue <- n
	}
	close(queue)
	wg.Wait()
	var once sync.Once
	for i := 0; i < 3; i++ {
		once.Do(func() { fmt.Println("all workers are done") })
	}
	fmt.Printf("%d numbers, %d steps in all, longest from %d: %d steps\n", len(t.steps), total.Load(), t.best, t.steps[t.best])
}
