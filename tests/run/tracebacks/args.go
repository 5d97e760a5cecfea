// What tracebacks print between the parentheses. Functions are not inlined; main calls the case named by its argument.
package main

import (
	"errors"
	"os"
	"unsafe"
)

type (
	pair  struct{ x, y int }
	small struct {
		a int8
		b bool
		c uint16
		d rune
	}
	nested struct {
		p pair
		s string
		q struct {
			r []int
			f float32
		}
	}
	deep struct {
		a struct {
			b struct{ c struct{ d struct{ e int } } }
		}
	}
	empty struct{}
	mixed struct {
		e empty
		n int
		z [0]int
		m int
	}
	list[T any] struct {
		v    T
		next *list[T]
	}
	iface interface{ Do(n int) }
	fn    func(int) string
)

var zero int

//go:noinline
func boom() { panic("boom") }

//go:noinline
func none() { boom() }

//go:noinline
func noneResult() (int, string) { boom(); return 1, "" }

//go:noinline
func ints(a int, b int8, c uint16, d int32, e uint64, f uintptr) { boom() }

//go:noinline
func narrow(a int8, b int16, c int32, d bool, e byte) { boom() }

//go:noinline
func unnamed(_ int, _ string, _ bool) { boom() }

//go:noinline
func floats(a float32, b float64, c complex64, d complex128) { boom() }

//go:noinline
func strs(a string, b []byte, c []string) { boom() }

//go:noinline
func ptrs(a *int, b map[string]int, c chan int, d func(), e unsafe.Pointer) { boom() }

//go:noinline
func ifaces(a any, b error, c iface) { boom() }

//go:noinline
func structs(a pair, b small) { boom() }

//go:noinline
func nests(a nested) { boom() }

//go:noinline
func deeps(a deep, b int) { boom() }

//go:noinline
func empties(a empty, b [0]int, c mixed, d int) { boom() }

//go:noinline
func ten(a, b, c, d, e, f, g, h, i, j int) { boom() }

//go:noinline
func eleven(a, b, c, d, e, f, g, h, i, j, k int) { boom() }

//go:noinline
func tenBraces(a [10]int) { boom() }

//go:noinline
func elevenBraces(a [11]int) { boom() }

//go:noinline
func stringsMany(a, b, c, d, e, f string) { boom() }

//go:noinline
func manyEmpties(a, b, c, d, e, f, g, h, i, j, k empty) { boom() }

//go:noinline
func arrays(a [1]int, b [2]int8, c [3]string) { boom() }

//go:noinline
func arrayOfStructs(a [2]pair, b [3]empty, c int) { boom() }

//go:noinline
func bigArg(a [100]int, b int) { boom() }

//go:noinline
func bigResult(a int, b string) (r [40]int) { boom(); return }

//go:noinline
func bigBoth(a [28]int8, b [2]int, c string) (r [24]int, s [2]string) { boom(); return }

//go:noinline
func far(a struct{ x [1][1][1][1][1000]byte }, b [3]int, c int) { boom() }

//go:noinline
func spill(a, b, c, d, e, f, g, h, i int, s string) (x [25]int) { boom(); return }

//go:noinline
func variadic(a int, b ...string) { boom() }

//go:noinline
func generic[T any](a T, b int) { boom() }

//go:noinline
func generic2[K comparable, V any](m map[K]V, k K, v V) { boom() }

//go:noinline
func genericClosure[T any]() func(T, int) {
	return func(p T, q int) { boom() }
}

//go:noinline
func genericClosureNone[T any]() func() {
	return func() { boom() }
}

//go:noinline
func (p pair) value(n int) { boom() }

//go:noinline
func (p *pair) pointer(n int) { boom() }

//go:noinline
func (p *pair) Do(n int) { boom() }

//go:noinline
func (e empty) Do(n int) { boom() }

//go:noinline
func (l *list[T]) pointer(n int) { boom() }

//go:noinline
func (l list[T]) value(n int) { boom() }

//go:noinline
func (f fn) method(n int) { boom() }

//go:noinline
func captured(a int, s string) {
	f := func(z int) {
		println(a, s)
		boom()
	}
	keep = f
	f(3)
}

//go:noinline
func direct(a int8, b int16, s string, p small) {
	func(z int32) {
		defer func() { keep = nil }()
		total += len(s)
		total += int(b)
		b++
		func() {
			defer func() { keep = nil }()
			total += int(a) + int(p.d)
			boom()
		}()
	}(5)
}

//go:noinline
func deferred(a int) {
	defer func(x int, s string) { boom() }(a, "d")
}

//go:noinline
func deferredNamed(a int) {
	defer ints(1, 2, 3, 4, 5, 6)
}

//go:noinline
func recursive(n int, s string) {
	if n == 0 {
		boom()
	}
	recursive(n-1, s)
	total++
}

//go:noinline
func mayBoom(n int) int {
	if n == zero {
		boom()
	}
	return n
}

// What is needed behind the call that panics: its places are known at every level.
//
//go:noinline
func live(a int, s string, c int32) int {
	n := mayBoom(0)
	println(a, s, c)
	return n
}

//go:noinline
func liveMany(a, b, c int, d uint16, s string, e []int, f *pair) int {
	n := mayBoom(0)
	println(a, b, c, d, s, e, f)
	return n
}

//go:noinline
func liveAbove(a int, s string, c int32) int {
	n := live(5, "in", -2) + liveMany(1, 2, 3, 4, "abc", nil, nil)
	println(a, s, c)
	return n
}

//go:noinline
func liveFault(a int, s string, p *pair) int {
	n := nilField(p, a)
	println(a, s)
	return n
}

//go:noinline
func variable(n int) func(string, bool) {
	return func(s string, b bool) { boom() }
}

//go:noinline
func index(s []int, i int) int { return s[i] }

//go:noinline
func nilField(p *pair, n int) int { return p.y + n }

//go:noinline
func divide(a, b int) int { return a / b }

var (
	keep  any
	total int
	deepA deep
	glob  int
)

var cases = map[string]func(){
	"none":         none,
	"noneResult":   func() { noneResult() },
	"ints":         func() { ints(1, -2, 3, -4, 1<<63, 6) },
	"narrow":       func() { narrow(-1, -2, -3, true, 255) },
	"unnamed":      func() { unnamed(1, "ab", true) },
	"floats":       func() { floats(1, 2, 3+4i, 5+6i) },
	"strs":         func() { strs("abc", []byte("abcd")[:2], make([]string, 1, 5)) },
	"ptrs":         func() { ptrs(nil, nil, nil, nil, nil) },
	"ifaces":       func() { ifaces(nil, nil, nil) },
	"ifacesFull":   func() { ifaces(1, errors.New("x"), &pair{}) },
	"structs":      func() { structs(pair{1, 2}, small{-1, true, 3, 'x'}) },
	"nests":        func() { nests(nested{p: pair{1, 2}, s: "abc"}) },
	"deeps":        func() { deeps(deepA, 7) },
	"empties":      func() { empties(empty{}, [0]int{}, mixed{n: 1, m: 2}, 3) },
	"ten":          func() { ten(1, 2, 3, 4, 5, 6, 7, 8, 9, 10) },
	"eleven":       func() { eleven(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) },
	"tenBraces":    func() { tenBraces([10]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}) },
	"elevenBraces": func() { elevenBraces([11]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}) },
	"stringsMany":  func() { stringsMany("", "a", "ab", "abc", "abcd", "abcde") },
	"manyEmpties": func() {
		manyEmpties(empty{}, empty{}, empty{}, empty{}, empty{}, empty{}, empty{}, empty{}, empty{}, empty{}, empty{})
	},
	"arrays":             func() { arrays([1]int{5}, [2]int8{-1, 1}, [3]string{}) },
	"arrayOfStructs":     func() { arrayOfStructs([2]pair{{1, 2}, {3, 4}}, [3]empty{}, 5) },
	"bigArg":             func() { bigArg([100]int{1, 2, 3}, 4) },
	"bigResult":          func() { bigResult(1, "ab") },
	"bigBoth":            func() { bigBoth([28]int8{1, 2}, [2]int{3, 4}, "abc") },
	"far":                func() { far(struct{ x [1][1][1][1][1000]byte }{}, [3]int{1, 2, 3}, 4) },
	"spill":              func() { spill(1, 2, 3, 4, 5, 6, 7, 8, 9, "s") },
	"variadic":           func() { variadic(1, "a", "b") },
	"variadicNone":       func() { variadic(1) },
	"generic":            func() { generic(int8(3), 4) },
	"genericString":      func() { generic("abc", 4) },
	"genericStruct":      func() { generic(pair{1, 2}, 4) },
	"generic2":           func() { generic2(map[string]bool(nil), "k", true) },
	"genericClosure":     func() { genericClosure[float64]()(1.5, 2) },
	"genericClosureNone": func() { genericClosureNone[int]()() },
	"value":              func() { pair{1, 2}.value(3) },
	"pointer":            func() { (*pair)(nil).pointer(3) },
	"listPointer":        func() { (*list[string])(nil).pointer(3) },
	"listValue":          func() { list[string]{}.value(3) },
	"fnMethod":           func() { fn(nil).method(3) },
	"viaInterface":       func() { var i iface = (*pair)(nil); i.Do(5) },
	"viaInterfaceValue":  func() { var i iface = empty{}; i.Do(5) },
	"methodValue":        func() { f := pair{1, 2}.value; keep = f; f(6) },
	"methodExpression":   func() { f := (*pair).pointer; keep = f; f(nil, 6) },
	"captured":           func() { captured(1, "ab") },
	"direct":             func() { direct(1, 2, "s", small{1, true, 3, 4}) },
	"deferred":           func() { deferred(4) },
	"deferredNamed":      func() { deferredNamed(4) },
	"recursive":          func() { recursive(3, "abc") },
	"live":               func() { println(live(7, "abcd", -3)) },
	"liveMany":           func() { println(liveMany(10, 11, 12, 13, "abcd", nil, nil)) },
	"liveAbove":          func() { println(liveAbove(7, "abcd", -3)) },
	"liveFault":          func() { println(liveFault(7, "abcd", nil)) },
	"variable":           func() { variable(1)("abc", true) },
	"index":              func() { println(index(make([]int, 3, 5), 7)) },
	"nilField":           func() { println(nilField(nil, 7)) },
	"divide":             func() { println(divide(7, glob)) },
}

func main() {
	cases[os.Args[1]]()
}
