package main

import "errors"

type Celsius float64
type Name string
type Ints []int

type Inner struct {
	X, Y int32
	ok   bool
}

type T struct {
	Inner
	A    int
	B    string
	next *T
	arr  [3]uint8
}

type I interface{ M(int) int }

func (t *T) M(x int) int {
	y := t.A + x
	return y // BREAK method
}

func (in Inner) Sum() int32 { return in.X + in.Y } // BREAK oneline

var pkgInt = 42
var pkgT = T{A: 7, B: "package"}
var pkgMap = map[string]int{"k": 9}

var sink int

//go:noinline
func use(a ...any) int {
	sink += len(a)
	return len(a)
}

//go:noinline
func basics(a int8, b uint16, c bool, d float32, e complex128, f rune, g uintptr, h Celsius, n Name) (res int, err error) {
	res = int(a) + int(b)
	err = errors.New("bad")
	use(a, b, c, d, e, f, g, h, n) // BREAK basics
	use(c, d, e, f, g, h, n, err)
	return res, err
}

//go:noinline
func compound(s string, sl []int, m map[string]int, i I, e any, fn func(int) int, t T, p *T, big map[int]int, named Ints, empty any) int {
	c := make(chan int, 4)
	c <- 7
	c <- 8
	var nilmap map[string]bool
	st := struct {
		P, Q int
	}{3, 4}
	n := use(s, sl, m, i, e, fn, t, p, c, nilmap, st, big, named, empty) // BREAK compound
	n += use(s, sl, m, i, e, fn, t, p, c, nilmap, st, big, named, empty)
	return n + use(s, sl, m, i, e, fn, t, p, c, nilmap, st, big, named, empty)
}

func main() {
	t := T{Inner: Inner{1, 2, true}, A: 5, B: "hello", arr: [3]uint8{1, 2, 3}}
	t.next = &T{A: 6}
	big := map[int]int{}
	for i := range 100 {
		big[i] = i * i
	}
	pkgInt += use(t.M(3), t.Sum())
	r, err := basics(-3, 500, true, 1.5, 2+3i, 'x', 77, 36.6, "bob")
	pkgInt += use(r, err)
	pkgInt += compound("str", []int{10, 20, 30}, map[string]int{"x": 1}, &t, 3.5, func(x int) int { return x * pkgInt }, t, &t, big, Ints{4, 5}, nil)
	println(pkgInt, len(pkgMap), pkgT.A)
}
