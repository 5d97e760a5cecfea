// Everything that leans on an M or a P, at once, for as many milliseconds as the first argument says; each part checks its own
// results. Run with RT0DEBUG=preemptstress=N, which stops goroutines at random instructions.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand"
	"os"
	"reflect"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

var stop atomic.Bool

type part struct {
	name string
	n    int // goroutines
	f    func(i int) error
}

var pool = sync.Pool{New: func() any { return new([4]int) }}

func usePool(i int) error {
	p := pool.Get().(*[4]int)
	if p[0] != p[1] || p[1] != p[2] {
		return errors.New("somebody else has it")
	}
	p[0]++
	p[1]++
	p[2]++
	pool.Put(p)
	return nil
}

func useFprintf(i int) error {
	fmt.Fprintf(io.Discard, "%d %s %v\n", i, "text", i)
	if s := fmt.Sprint(i, "x", 1.5); s != strconv.Itoa(i)+"x1.5" && s != strconv.Itoa(i)+" x1.5" && s != strconv.Itoa(i)+"x 1.5" {
		return errors.New("Sprint: " + s)
	}
	return nil
}

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

// useRegisters: integers, floats and flags must survive a stop at any instruction.
func useRegisters(i int) error {
	a, b, c, d := 1, 2, 3, 4
	x, y, z := 1.0, 0.5, 0.25
	for k := 0; k < 100; k++ {
		a, b, c, d = b+d, c^a, d-b, a+1
		x, y, z = x+y, y+z, z+1
	}
	if a != wantA || b != wantB || x != wantX {
		return fmt.Errorf("registers: %d %d %g", a, b, x)
	}
	if f := fib(12); f != 144 {
		return fmt.Errorf("fib: %d", f)
	}
	return nil
}

var wantA, wantB, wantX = func() (int, int, float64) {
	a, b, c, d := 1, 2, 3, 4
	x, y, z := 1.0, 0.5, 0.25
	for k := 0; k < 100; k++ {
		a, b, c, d = b+d, c^a, d-b, a+1
		x, y, z = x+y, y+z, z+1
	}
	return a, b, x
}()

func deep(n int, s string) int {
	var room [100]byte
	copy(room[:], s)
	if n == 0 {
		return int(room[0])
	}
	return deep(n-1, s) + int(room[1]) - int(room[1])
}

func useStack(i int) error {
	if r := deep(200, "ab"); r != 'a' {
		return fmt.Errorf("deep: %d", r)
	}
	return nil
}

func useMap(i int) error {
	m := map[string]int{}
	for k := 0; k < 20; k++ {
		m[strconv.Itoa(k)] += k
	}
	sum := 0
	for k, v := range m {
		if k != strconv.Itoa(v) {
			return errors.New("map: " + k)
		}
		sum += v
	}
	if sum != 190 || len(m) != 20 {
		return errors.New("map: wrong sum")
	}
	return nil
}

func recovers(k int) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("caught %v", r)
		}
	}()
	defer func() { k++ }()
	var p *int
	switch k {
	case 0:
		panic("zero")
	case 1:
		_ = *p
	case 2:
		_ = []int{}[k]
	}
	return nil
}

func usePanic(i int) error {
	for k, want := range []string{"caught zero", "caught runtime error: invalid memory address or nil pointer dereference",
		"caught runtime error: index out of range [2] with length 0"} {
		if err := recovers(k); err == nil || err.Error() != want {
			return fmt.Errorf("recovers(%d): %v", k, err)
		}
	}
	return nil
}

func useSelect(i int) error {
	a, b, done := make(chan int), make(chan int, 2), make(chan bool)
	go func() {
		for k := 0; k < 4; k++ {
			select {
			case a <- k:
			case b <- k:
			}
		}
		close(done)
	}()
	sum, n := 0, 0
	for n < 4 {
		select {
		case v := <-a:
			sum += v
			n++
		case v := <-b:
			sum += v
			n++
		}
	}
	<-done
	if sum != 6 {
		return errors.New("select: wrong sum")
	}
	return nil
}

var (
	mu      sync.Mutex
	rw      sync.RWMutex
	cond    = sync.NewCond(&mu)
	counter int
	shared  [3]int
	smap    sync.Map
)

func useLocks(i int) error {
	mu.Lock()
	counter++
	c := counter
	if c%8 == 0 {
		cond.Broadcast()
	}
	mu.Unlock()
	if i%4 == 0 {
		rw.Lock()
		shared[0]++
		shared[1]++
		shared[2]++
		rw.Unlock()
	} else {
		rw.RLock()
		a, b, c := shared[0], shared[1], shared[2]
		rw.RUnlock()
		if a != b || b != c {
			return errors.New("rwmutex: torn")
		}
	}
	smap.Store(i, c)
	if v, ok := smap.Load(i); !ok || v.(int) != c {
		return errors.New("sync.Map: lost")
	}
	var once sync.Once
	var wg sync.WaitGroup
	n := 0
	for k := 0; k < 3; k++ {
		wg.Go(func() { once.Do(func() { n++ }) })
	}
	wg.Wait()
	if n != 1 {
		return errors.New("once")
	}
	return nil
}

func useTimers(i int) error {
	fired := make(chan bool)
	t := time.AfterFunc(50*time.Microsecond, func() { close(fired) })
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Microsecond)
	defer cancel()
	select {
	case <-fired:
	case <-ctx.Done():
		<-fired
	}
	t.Stop()
	time.Sleep(10 * time.Microsecond)
	if time.Now().Before(t0) || time.Since(t0) < 0 {
		return errors.New("time runs backwards")
	}
	return nil
}

var t0 = time.Now()

type node struct {
	next *node
	data []byte
}

func useHeap(i int) error {
	var list *node
	for k := 0; k < 50; k++ {
		list = &node{list, bytes.Repeat([]byte{byte(k)}, 10+k)}
	}
	k := 50
	for ; list != nil; list = list.next {
		k--
		if len(list.data) != 10+k || list.data[0] != byte(k) || list.data[9+k] != byte(k) {
			return errors.New("heap: an object has changed")
		}
	}
	return nil
}

func useGC(i int) error {
	runtime.GC()
	time.Sleep(2 * time.Millisecond)
	return nil
}

func useExits(i int) error {
	ch := make(chan int)
	go func() {
		defer close(ch)
		runtime.LockOSThread()
		defer runtime.Goexit()
	}()
	<-ch
	go func() {
		defer func() { recover() }()
		panic(i)
	}()
	runtime.Gosched()
	return nil
}

func useIter(i int) error {
	next, end := iter.Pull(func(yield func(int) bool) {
		for k := 0; yield(k); k++ {
		}
	})
	defer end()
	for k := 0; k < 5; k++ {
		if v, ok := next(); v != k || !ok {
			return errors.New("iter.Pull")
		}
	}
	return nil
}

func useSort(i int) error {
	r := rand.Perm(50)
	sort.Ints(r)
	for k, v := range r {
		if k != v {
			return errors.New("sort")
		}
	}
	f := reflect.ValueOf(strings.Repeat)
	if s := f.Call([]reflect.Value{reflect.ValueOf("ab"), reflect.ValueOf(3)})[0].String(); s != "ababab" {
		return errors.New("reflect: " + s)
	}
	g := reflect.MakeFunc(reflect.TypeOf(fib), func(a []reflect.Value) []reflect.Value { return []reflect.Value{reflect.ValueOf(int(a[0].Int()) + 1)} })
	if v := g.Interface().(func(int) int)(i); v != i+1 {
		return errors.New("MakeFunc")
	}
	return nil
}

func useClock(i int) error {
	if d := time.Since(time.Now()); d < 0 {
		return errors.New("clock")
	}
	if runtime.NumGoroutine() < 2 {
		return errors.New("NumGoroutine")
	}
	_, _, line, ok := runtime.Caller(0)
	if !ok || line < 100 {
		return errors.New("Caller")
	}
	return nil
}

func usePipe(i int) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	go func() {
		w.Write([]byte("hello"))
		w.Close()
	}()
	b, err := io.ReadAll(r)
	r.Close()
	if string(b) != "hello" {
		return fmt.Errorf("pipe: %q %v", b, err)
	}
	return err
}

var parts = []part{
	{"pool", 6, usePool}, {"fprintf", 4, useFprintf}, {"registers", 2, useRegisters}, {"stack", 1, useStack}, {"map", 2, useMap}, {"panic", 2, usePanic},
	{"select", 2, useSelect}, {"locks", 4, useLocks}, {"timers", 2, useTimers}, {"heap", 2, useHeap}, {"gc", 1, useGC}, {"exits", 2, useExits},
	{"iter", 1, useIter}, {"sort", 1, useSort}, {"clock", 2, useClock}, {"pipe", 1, usePipe},
}

func main() {
	ms, _ := strconv.Atoi(os.Args[1])
	runtime.GOMAXPROCS(4)
	var wg sync.WaitGroup
	counts := make([]atomic.Int64, len(parts))
	failed := make([]atomic.Pointer[error], len(parts))
	for k, p := range parts {
		for i := range p.n {
			wg.Go(func() {
				for !stop.Load() {
					if err := p.f(i); err != nil {
						failed[k].Store(&err)
						return
					}
					counts[k].Add(1)
				}
			})
		}
	}
	time.Sleep(time.Duration(ms) * time.Millisecond)
	stop.Store(true)
	wg.Wait()
	for k, p := range parts {
		switch {
		case failed[k].Load() != nil:
			fmt.Println(p.name, *failed[k].Load())
		case counts[k].Load() == 0:
			fmt.Println(p.name, "never got to run")
		default:
			fmt.Println(p.name, "ok")
			if len(os.Args) > 2 {
				fmt.Println("\t", counts[k].Load())
			}
		}
	}
}
