package main

import (
	"sync"
	"time"
)

var sink int

//go:noinline
func use(a ...any) int {
	sink += len(a)
	return len(a)
}

type Pair[K comparable, V any] struct {
	Key K
	Val V
}

func (p *Pair[K, V]) Swap(v V) V {
	old := p.Val
	p.Val = v
	return old // BREAK generic
}

func Map[A, B any](xs []A, f func(A) B) []B {
	var out []B
	for i, x := range xs {
		out = append(out, f(x))
		use(i, x, out) // BREAK genericfunc
	}
	return out
}

//go:noinline
func shadow(x int) int {
	y := x + 1
	if x := y * 10; x > 5 {
		y := "inner"
		use(x, y) // BREAK inner
	}
	switch v := any(y).(type) {
	case int:
		use(v) // BREAK typeswitch
	case string:
		use(v)
	}
	use(x, y) // BREAK outer
	return x + y
}

//go:noinline
func closures(n int) int {
	byRef := n
	byVal := "val"
	f := func(arg int) int {
		local := arg + 1
		byRef += local
		use(byRef, byVal, arg) // BREAK closure
		return byRef
	}
	r := f(2)
	use(byRef, byVal) // BREAK afterclosure
	return r
}

func seq(yield func(int) bool) {
	_ = yield(1) && yield(2)
}

//go:noinline
func loops() int {
	total := 0
	for i := 0; i < 3; i++ {
		sq := i * i
		total += use(i, sq) // BREAK loop
	}
	for v := range seq {
		total += v
		use(v, total) // BREAK rangefunc
	}
	return total
}

//go:noinline
func deferred() (err error) {
	defer func() {
		r := recover()
		use(r, err) // BREAK deferred
	}()
	panic("boom")
}

var ready sync.WaitGroup

func worker(id int, stop chan bool) {
	ready.Done()
	<-stop
	use(id)
}

func main() {
	p := &Pair[string, int]{"key", 1}
	use(p.Swap(2))
	use(Map([]int{5, 6}, func(a int) string { return string(rune('a' + a)) }))
	use(shadow(3), closures(10), loops(), deferred())
	stop := make(chan bool)
	ready.Add(2)
	go worker(1, stop)
	go worker(2, stop)
	ready.Wait()
	time.Sleep(20 * time.Millisecond) // for them to wait in the receive
	println("ready") // BREAK goroutines
	close(stop)
}
