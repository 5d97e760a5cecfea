package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
)

type MyErr struct{}

func (*MyErr) Error() string { return "my" }

func try(name string, f func()) {
	defer func() {
		r := recover()
		if e, ok := r.(runtime.Error); ok {
			fmt.Println(name, "runtime error:", e.Error())
		} else {
			fmt.Println(name, r)
		}
	}()
	f()
}

type I interface{ M() }
type A struct{}

func (A) M() {}

type W struct{ x int }

var ip interface{ V() int } // a package variable: the call is not resolved at compile time

func (w W) V() int { return w.x }

func rec(n int) (r int) {
	defer func() {
		if n%100 == 0 {
			if e := recover(); e != nil {
				r = n + e.(int)
			}
		}
	}()
	if n == 1050 {
		panic(7)
	}
	return rec(n+1) + 1
}

func main() {
	var m map[string]int
	var s []int
	var i any
	var p *W
	var im I
	z := 0
	try("map", func() { m["a"] = 1 })
	try("idx", func() { _ = s[z+5] })
	try("slice", func() { _ = s[z+1:] })
	try("slice2", func() { _ = "abc"[z+3 : z+2] })
	try("div", func() { fmt.Println(1 / z) })
	try("assert", func() { _ = i.(int) })
	try("assert2", func() { i = "x"; _ = i.(int) })
	try("assert3", func() { i = "x"; _ = i.(I) })
	try("nilmethod", func() { im.M() })
	try("nilptr", func() { fmt.Println(p.x) })
	try("panicwrap", func() { ip = p; ip.V() })
	try("err", func() { panic(errors.New("e")) })
	try("nil", func() { panic(nil) })
	try("neg", func() { _ = make([]int, z-1) })
	try("arr", func() { _ = [4]int(make([]int, z+2)) })
	try("closed", func() { c := make(chan int); close(c); close(c) })
	try("sendclosed", func() { c := make(chan int); close(c); c <- 1 })
	try("hash", func() { mm := map[any]int{}; mm[[]int{1}] = 2 })
	try("cmp", func() { var a, b any = []int{1}, []int{1}; fmt.Println(a == b) })
	try("shift", func() { fmt.Println(1 << (z - 1)) })
	fmt.Println(rec(1))
	done := make(chan bool)
	go func() {
		defer close(done)
		defer fmt.Println("goexit deferred", recover())
		runtime.Goexit()
	}()
	<-done
	// Goexit aborted by panic, recovered, still exits
	done = make(chan bool)
	go func() {
		defer close(done)
		defer func() {
			defer func() { fmt.Println("rec", recover()) }()
			panic("in defer")
		}()
		runtime.Goexit()
	}()
	<-done
	st := string(debug.Stack())
	fmt.Println(strings.Contains(st, "main.main()"), strings.Contains(st, "goroutine 1 [running]"))
	pcs := make([]uintptr, 10)
	n := runtime.Callers(0, pcs)
	fr := runtime.CallersFrames(pcs[:n])
	for {
		f, more := fr.Next()
		fmt.Println(f.Function, f.Line > 0)
		if !more {
			break
		}
	}
	var once sync.Once
	once.Do(func() { fmt.Println("once") })
	var mu sync.Mutex
	try("unlock", func() {
		defer func() { fmt.Println("x") }()
	})
	if len(os.Args) > 1 {
		mu.Unlock()
	}
	defer func() {
		panic(fmt.Errorf("second: %w", recover().(error)))
	}()
	panic(&MyErr{})
}
