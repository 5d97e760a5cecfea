// Ends of a program: values of panics, chains of panics, fatal errors, levels of GOTRACEBACK.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"unsafe"
)

type (
	T        int
	S        string
	B        bool
	U8       uint8
	F        float64
	C        complex64
	St       struct{ a, b int }
	P        *int
	Err      struct{ s string }
	Str      struct{ n int }
	IErr     int
	G[T any] struct{ v T }
	Arr      [2]int
)

func (e Err) Error() string   { return "Err:" + e.s }
func (s *Str) String() string { return fmt.Sprint("Str:", s.n) }
func (e IErr) Error() string  { return fmt.Sprint("IErr ", int(e)) }

type badErr struct{}

func (badErr) Error() string { panic("in Error") }

type badErr2 struct{}

func (badErr2) Error() string { panic(St{}) }

//go:noinline
func f(v any) { panic(v) }

//go:noinline
func again(fn func()) {
	defer func() {
		r := recover()
		panic(r)
	}()
	fn()
}

//go:noinline
func other(fn func(), v any) {
	defer func() {
		panic(v)
	}()
	fn()
}

//go:noinline
func recovered(fn func()) {
	defer func() {
		recover()
		panic("second")
	}()
	fn()
}

//go:noinline
func deep(n int) {
	if n == 0 {
		panic("deep")
	}
	deep(n - 1)
	sink++
}

//go:noinline
func forever(n int) int { return forever(n+1) + 1 }

//go:noinline
func load(p uintptr) int { return *(*int)(unsafe.Pointer(p)) }

var (
	sink int
	zero int
	none []int
	nilm map[string]int
	nilp *St
	anyv any
	mu   sync.Mutex
)

var cases = map[string]func(){
	// values
	"nil":          func() { f(nil) },
	"int":          func() { f(-5) },
	"int8":         func() { f(int8(-5)) },
	"uint64":       func() { f(uint64(1 << 63)) },
	"uintptr":      func() { f(uintptr(77)) },
	"bool":         func() { f(true) },
	"float64":      func() { f(1.5) },
	"float32":      func() { f(float32(1e20)) },
	"complex128":   func() { f(complex(1, -2)) },
	"complex64":    func() { f(complex64(complex(1, -2))) },
	"string":       func() { f("text") },
	"multiline":    func() { f("one\ntwo\n\nfour\n") },
	"goroutine":    func() { f("x\n\ngoroutine 7 [running]:\nfake") },
	"rune":         func() { f('x') },
	"named":        func() { f(T(3)) },
	"namedString":  func() { f(S("a\nb")) },
	"namedBool":    func() { f(B(true)) },
	"namedUint8":   func() { f(U8(200)) },
	"namedFloat":   func() { f(F(2.5)) },
	"namedComplex": func() { f(C(1 + 2i)) },
	"struct":       func() { f(St{1, 2}) },
	"pointer":      func() { f(&St{1, 2}) },
	"nilPointer":   func() { f((*St)(nil)) },
	"slice":        func() { f([]int{1}) },
	"mapValue":     func() { f(map[string]int{}) },
	"array":        func() { f(Arr{}) },
	"func":         func() { f(settle) },
	"chan":         func() { f(make(chan int)) },
	"unsafe":       func() { f(unsafe.Pointer(&sink)) },
	"genericType":  func() { f(G[int]{}) },
	"anonymous":    func() { f(struct{ X int }{1}) },
	"error":        func() { f(errors.New("an error")) },
	"errorLines":   func() { f(errors.New("an\nerror")) },
	"wrapped":      func() { f(fmt.Errorf("w: %w", io.EOF)) },
	"errType":      func() { f(Err{"x"}) },
	"errInt":       func() { f(IErr(4)) },
	"stringer":     func() { f(&Str{4}) },
	"sprintf":      func() { f(fmt.Sprintf("%d items", 4)) },
	"errno":        func() { f(syscall.ENOENT) },
	"runtimeError": func() { defer func() { f(recover()) }(); sink = none[zero] },
	"badError":     func() { f(badErr{}) },
	"badError2":    func() { f(badErr2{}) },
	// chains
	"again":        func() { again(func() { f("first") }) },
	"again2":       func() { again(func() { again(func() { f(io.EOF) }) }) },
	"other":        func() { other(func() { f("first") }, "second") },
	"other3":       func() { other(func() { other(func() { f(1) }, T(2)) }, errors.New("third")) },
	"recovered":    func() { recovered(func() { f("first") }) },
	"recovered2":   func() { again(func() { recovered(func() { f("first") }) }) },
	"sameValue":    func() { other(func() { f("x") }, "x") },
	"inDefer":      func() { defer func() { defer func() { panic("inner") }(); panic("middle") }(); panic("outer") },
	"goexitPanic":  func() { defer func() { panic("after goexit") }(); runtime.Goexit() },
	"panicGoexit":  func() { defer func() { runtime.Goexit() }(); panic("lost") },
	"panicGoexit2": func() { defer func() { panic("p2") }(); defer runtime.Goexit(); panic("p1") },
	"nilDeref2":    func() { again(func() { sink = nilp.b }) },
	"deferNil":     func() { var g func(); defer g(); sink = 1 },
	// runtime errors
	"index":        func() { sink = none[zero+5] },
	"sliceBounds":  func() { none = none[zero+1 : zero] },
	"sliceToArray": func() { _ = [3]int(none) },
	"divide":       func() { sink /= zero },
	"shift":        func() { sink <<= zero - 1 },
	"makeslice":    func() { none = make([]int, zero-1) },
	"makechan":     func() { anyv = make(chan int, zero-1) },
	"nilMap":       func() { nilm["a"] = 1 },
	"nilDeref":     func() { sink = nilp.a },
	"nilFunc": func() {
		var g func()
		if zero == 0 {
			g()
		}
	},
	"assertNil":   func() { _ = anyv.(int) },
	"assertOther": func() { anyv = "s"; _ = anyv.(int) },
	"assertIface": func() { anyv = 5; _ = anyv.(error) },
	"unhashable":  func() { m := map[any]int{}; m[[]int{1}] = 2 },
	"compare":     func() { a := any([]int{}); sink = map[bool]int{true: 1}[a == a] },
	"closeNil":    func() { var c chan int; close(c) },
	"closeTwice":  func() { c := make(chan int); close(c); close(c) },
	"sendClosed":  func() { c := make(chan int, 1); close(c); c <- 1 },
	"negativeWG":  func() { var w sync.WaitGroup; w.Done() },
	"repeat":      func() { _ = strings.Repeat("x", zero-1) },
	"segv":        func() { sink = *(*int)(unsafe.Pointer(uintptr(0x10000 + zero))) },
	"segvWrite":   func() { *(*int)(unsafe.Pointer(uintptr(0x10000 + zero))) = 1 },
	"faultOn":     func() { debug.SetPanicOnFault(true); sink = load(0x10000) },
	// fatal errors
	"unlock":       func() { mu.Unlock() },
	"runlock":      func() { var m sync.RWMutex; m.RUnlock() },
	"wunlock":      func() { var m sync.RWMutex; m.Unlock() },
	"fatalInDefer": func() { defer func() { mu.Unlock() }(); panic("first") },
	"overflow":     func() { sink = forever(0) },
	"concurrentMap": func() {
		m := map[int]int{}
		for range 4 {
			go func() {
				for i := 0; ; i++ {
					m[i%100] = i
				}
			}()
		}
		select {}
	},
	"deadlock":   func() { <-make(chan int) },
	"goexitMain": func() { runtime.Goexit() },
	"maxThreads": func() { debug.SetMaxThreads(1) },
	"exit3":      func() { defer println("no"); os.Exit(3) },
	"stackLimit": func() { debug.SetMaxStack(1 << 16); sink = forever(0) },
	// depth
	"deep98":  func() { deep(96) },
	"deep99":  func() { deep(97) },
	"deep100": func() { deep(98) },
	"deep300": func() { deep(300) },
	// GOTRACEBACK
	"f/GOTRACEBACK=none":        func() { go block(); settle(); f("x") },
	"f/GOTRACEBACK=0":           func() {},
	"f/GOTRACEBACK=single":      func() {},
	"f/GOTRACEBACK=1":           func() {},
	"f/GOTRACEBACK=all":         func() {},
	"f/GOTRACEBACK=crash":       func() {},
	"f/GOTRACEBACK=wer":         func() {},
	"f/GOTRACEBACK=bogus":       func() {},
	"deadlock/GOTRACEBACK=none": func() {},
	"deadlock/GOTRACEBACK=all":  func() {},
	"setNone":                   func() { debug.SetTraceback("none"); f("x") },
	"setAll":                    func() { debug.SetTraceback("all"); go block(); settle(); f("x") },
	"setSingle":                 func() { debug.SetTraceback("single"); go block(); settle(); f("x") },
	"setNone/GOTRACEBACK=all":   func() {},
}

//go:noinline
func block() { select {} }

func settle() {
	for range 100 {
		runtime.Gosched()
	}
}

func main() {
	if os.Args[1] == "f" {
		cases["f/GOTRACEBACK=none"]()
	}
	cases[os.Args[1]]()
}
