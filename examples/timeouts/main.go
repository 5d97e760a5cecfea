// Timeouts: timers, tickers and select.
package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

func ask(delay time.Duration) <-chan string {
	answer := make(chan string, 1)
	go func() {
		time.Sleep(delay)
		answer <- "answered"
	}()
	return answer
}

func main() {
	for _, d := range []time.Duration{time.Millisecond, 500 * time.Millisecond} {
		select {
		case a := <-ask(d):
			fmt.Println(d, a)
		case <-time.After(100 * time.Millisecond):
			fmt.Println(d, "timed out")
		}
	}

	ticks := 0
	tick := time.NewTicker(5 * time.Millisecond)
	stop := time.NewTimer(200 * time.Millisecond)
loop:
	for {
		select {
		case <-tick.C:
			if ticks++; ticks == 5 {
				tick.Stop()
				break loop
			}
		case <-stop.C:
			break loop
		}
	}
	fmt.Println("ticks:", ticks, "timer was still running:", stop.Stop())

	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	start := time.Now()
	<-ctx.Done()
	fmt.Println(ctx.Err(), errors.Is(ctx.Err(), context.DeadlineExceeded), time.Since(start) >= 20*time.Millisecond)

	var never chan int
	select {
	case <-never:
	default:
		fmt.Println("nothing ready")
	}
	done := make(chan struct{})
	time.AfterFunc(time.Millisecond, func() { close(done) })
	<-done
	fmt.Println("done")
}
