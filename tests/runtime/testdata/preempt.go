package main

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

// floating and integer loops under preemption: results must be exact
func uloop(n int) float64 {
	s := 0.0
	for i := 0; i < n; i++ {
		s += float64(i) * 0.5
	}
	return s
}
func urec(n int, d float64, a, b, c, e int) int {
	if n == 0 {
		return int(d) + a + b + c + e
	}
	return urec(n-1, d+1.5, a, b, c, e) + 1
}

func main() {
	runtime.GOMAXPROCS(2)
	var wg sync.WaitGroup
	stop := time.Now().Add(2 * time.Second)
	bad := 0
	var mu sync.Mutex
	for k := 0; k < 6; k++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for time.Now().Before(stop) {
				n := 2000000 + k
				want := 0.5 * float64(n-1) * float64(n) / 2
				if g := uloop(n); g != want {
					mu.Lock()
					bad++
					fmt.Println("bad float", g, want)
					mu.Unlock()
				}
				m := 1000 + k*53
				if g := urec(m, 0, 1, 2, 3, 4); g != int(float64(m)*1.5)+10+m {
					mu.Lock()
					bad++
					fmt.Println("bad rec", g)
					mu.Unlock()
				}
				x := make([]byte, 1000)
				_ = x
			}
		}()
	}
	go func() {
		for {
			runtime.GC()
			time.Sleep(5 * time.Millisecond)
		}
	}()
	wg.Wait()
	fmt.Println("bad", bad)
}
