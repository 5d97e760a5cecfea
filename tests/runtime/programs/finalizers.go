// Finalizers, cleanups, weak pointers, unique and runtime/debug.
package main

import (
	"runtime"
	"runtime/debug"
	"time"
	"unique"
	"weak"
)

type T struct{ a, b int }

func mk() weak.Pointer[T] {
	t := &T{1, 2}
	runtime.SetFinalizer(t, func(t *T) { println("fin", t.a, t.b) })
	return weak.Make(t)
}
func mk2() {
	t := &T{3, 4}
	runtime.AddCleanup(t, func(x int) { println("cleanup", x) }, 99)
}

type I interface{ F() }

func (t *T) F() { println("F", t.a) }

func mk3() {
	t := &T{5, 6}
	runtime.SetFinalizer(t, func(i I) (x [3]int) { i.F(); return })
}

func do(f func()) {
	c := make(chan bool)
	go func() { f(); close(c) }()
	<-c
}

func clobber(n int) int {
	var a [100]int
	for i := range a {
		a[i] = n
	}
	if n == 0 {
		return a[7]
	}
	return clobber(n-1) + a[n%100]
}

func main() {
	var w weak.Pointer[T]
	do(func() { w = mk() })
	clobber(20)
	for i := 0; i < 3; i++ {
		runtime.GC()
		time.Sleep(5 * time.Millisecond)
	}
	println(w.Value() == nil)
	do(mk2)
	clobber(20)
	for i := 0; i < 3; i++ {
		runtime.GC()
		time.Sleep(5 * time.Millisecond)
	}
	do(mk3)
	clobber(20)
	for i := 0; i < 3; i++ {
		runtime.GC()
		time.Sleep(5 * time.Millisecond)
	}
	x := &T{7, 8}
	w = weak.Make(x)
	println(w.Value() == x, weak.Make(x) == w)
	h1 := unique.Make("abc")
	h2 := unique.Make("ab" + string(rune('c')))
	println(h1 == h2, h1.Value())
	println(debug.SetGCPercent(50), debug.SetGCPercent(100))
	debug.FreeOSMemory()
	var st debug.GCStats
	debug.ReadGCStats(&st)
	println(st.NumGC >= 9, len(st.Pause) >= 9)
	runtime.KeepAlive(x)
}
