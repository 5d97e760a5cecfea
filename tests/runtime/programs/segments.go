// Whatever looks for its caller finds it at every depth of the stack: also where the call went to a new segment.
package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

type T struct{ a, b int }

func (t T) Val() int       { return t.a }
func (t T) String() string { return "T" }

type I interface{ Val() int }

type Outer struct{ *T }

type G[P any] struct{ p P }

func (g G[P]) Val() int { return 2 }

// caught returns what f panics with.
func caught(f func()) (s string) {
	defer func() {
		if r := recover(); r != nil {
			s = fmt.Sprint(r)
		}
	}()
	f()
	return "nothing"
}

//go:noinline
func callVal(i I) { i.Val() }

//go:noinline
func callBound(f func() int) { f() }

var ch = make(chan string)

//go:noinline
func spawn() {
	go func() { ch <- string(debug.Stack()) }()
}

//go:noinline
func caller() (string, int) {
	pc, _, line, _ := runtime.Caller(1)
	return runtime.FuncForPC(pc).Name(), line
}

//go:noinline
func callers() string {
	var pcs [2]uintptr
	runtime.Callers(2, pcs[:])
	f, _ := runtime.CallersFrames(pcs[:]).Next()
	return f.Function
}

//go:noinline
func bad() { panic("x") }

type recoverer struct{ got *any }

func (r recoverer) Recover() { *r.got = recover() }

// deferred calls: a method value, a wrapper (through an interface), a promoted method.
//
//go:noinline
func deferred(r interface{ Recover() }) {
	defer r.Recover()
	bad()
}

//go:noinline
func deferredBound(f func()) {
	defer f()
	bad()
}

func nested() { recover() }

// notDeferred must not recover: the call is not by the panic itself.
//
//go:noinline
func notDeferred() {
	defer func() { nested() }()
	bad()
}

//go:noinline
func faults(p *T) int { return p.b }

var wrong = map[string]int{}

func want(what, have, want string) {
	if have != want {
		wrong[what+": "+have]++
	}
}

//go:noinline
func check() {
	want("interface", caught(func() { callVal((*T)(nil)) }), "value method main.T.Val called using nil *T pointer")
	want("generic", caught(func() { callVal((*G[int])(nil)) }), "value method main.G[...].Val called using nil *G[...] pointer")
	want("expression", caught(func() { f := (*T).Val; callBound(func() int { return f(nil) }) }), "value method main.T.Val called using nil *T pointer")
	want("promoted", caught(func() { callVal(Outer{}) }), "runtime error: invalid memory address or nil pointer dereference")
	want("nil", caught(func() { faults(nil) }), "runtime error: invalid memory address or nil pointer dereference")
	name, line := caller()
	want("caller", name, "main.check")
	want("line", fmt.Sprint(line), "111")
	want("callers", callers(), "main.check")
	var got any
	deferred(recoverer{&got})
	want("deferred", fmt.Sprint(got), "x")
	got = nil
	deferred(&recoverer{&got})
	want("deferred pointer", fmt.Sprint(got), "x")
	got = nil
	deferredBound(recoverer{&got}.Recover)
	want("bound", fmt.Sprint(got), "x")
	want("not deferred", caught(notDeferred), "x")
}

//go:noinline
func checkGo() {
	spawn()
	s := <-ch
	_, by, _ := strings.Cut(s, "created by ")
	by, _, _ = strings.Cut(by, "\n")
	want("created by", by, "main.spawn in goroutine 1")
}

//go:noinline
func down(n int, f func(), every int) int {
	if n%every == 0 {
		f()
	}
	if n == 0 {
		return 0
	}
	return down(n-1, f, every) + 1
}

//go:noinline
func downWide(n int, f func(), every int) int {
	var a [9]int
	a[n%9] = n
	if n%every == 0 {
		f()
	}
	if n == 0 {
		return a[0]
	}
	return downWide(n-1, f, every) + a[n%9] - n + 1
}

func main() {
	fmt.Println(down(3000, check, 1), downWide(2000, check, 1))
	fmt.Println(down(20000, check, 7))
	fmt.Println(down(3000, checkGo, 2), downWide(1500, checkGo, 3))
	fmt.Println(wrong)
}
