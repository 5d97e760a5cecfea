// Bubbles of testing/synctest.
package main

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func run(name string, f func(t *testing.T)) {
	ok := testing.RunTests(func(pat, str string) (bool, error) { return true, nil }, []testing.InternalTest{{name, f}})
	fmt.Println(name, ok)
}

func main() {
	testing.Init()
	run("a", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			fmt.Println(start.UTC())
			time.Sleep(5 * time.Hour)
			fmt.Println(time.Since(start))
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			select {
			case <-ctx.Done():
				fmt.Println(ctx.Err(), time.Since(start))
			}
			var wg sync.WaitGroup
			var mu sync.Mutex
			n := 0
			for i := range 10 {
				wg.Add(1)
				go func() {
					defer wg.Done()
					time.Sleep(time.Duration(i) * time.Second)
					mu.Lock()
					n++
					mu.Unlock()
				}()
			}
			time.Sleep(4*time.Second + 1)
			synctest.Wait()
			fmt.Println(n)
			wg.Wait()
			fmt.Println(n, time.Since(start))
			tk := time.NewTicker(time.Second)
			for range 3 {
				fmt.Println((<-tk.C).Sub(start))
			}
			tk.Stop()
			done := false
			time.AfterFunc(time.Second, func() { done = true })
			time.Sleep(time.Second - 1)
			synctest.Wait()
			fmt.Println(done)
			time.Sleep(1)
			synctest.Wait()
			fmt.Println(done)
			c := sync.NewCond(&mu)
			go func() { time.Sleep(3 * time.Second); c.Broadcast() }()
			mu.Lock()
			c.Wait()
			mu.Unlock()
			fmt.Println(time.Since(start))
		})
	})
	func() {
		defer func() { fmt.Println("recovered", recover()) }()
		run2()
	}()
}

func run2() {
	synctest.Test(new(testing.T), func(t *testing.T) {
		<-make(chan int)
	})
}
