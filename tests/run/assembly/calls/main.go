package main

import _ "syscall"

func one(x int) int { println("one", x); return x * 3 }

func callone(x int) int

func mixed(a int8, b float64, s string, c []byte, e any, st struct {
	A, B int32
	C string
}, f float32, ok bool) (r int16, s2 string, fl float32, e2 any, b2 bool) {
	println(a, b, s, len(c), e.(int), st.A, st.B, st.C, f, ok)
	return int16(a) + 1000, s + "!", f * 2, e, !ok
}
func callmixed(a int8, b float64, s string, c []byte, e any, st struct {
	A, B int32
	C string
}, f float32, ok bool) (r int16, s2 string, fl float32, e2 any, b2 bool)

func jmpone(x int) int

var cb uintptr

func viaptr(x int) int
func vialea(x int) int

type T struct{ n int }

func M(t T, x int) int { return t.n * x }
func callM(t T, x int) int
func usebp(x, y int) int
func panics(x int) { panic("from go") }
func callpanics(x int)
func deep(n int) int
func deepgo(n int) int {
	if n == 0 {
		return 0
	}
	return deep(n-1) + 1
}
func recasm(n int) int

func loop(x int) (r int) {
	for i := 0; i < 100; i++ {
		r += usebp(i, x)
	}
	return
}
func sys(n, a, b, c uintptr) (r1, r2, errno uintptr)
func mm(to, from *byte, n uintptr)
func try() {
	defer func() { println(recover().(string)) }()
	callpanics(3)
}
func main() {
	println(callone(5))
	r, s2, fl, e2, b2 := callmixed(-3, 2.5, "str", []byte("abc"), 42, struct {
		A, B int32
		C string
	}{1, 2, "c"}, 1.5, true)
	println(r, s2, fl, e2.(int), b2)
	println(jmpone(6))
	println(viaptr(7), vialea(8))
	println(callM(T{9}, 10))
	println(usebp(1, 2), loop(3))
	try()
	println(deepgo(1000))
	println(deepgo(100000))
	println(recasm(100000))
	r1, r2, e := sys(1, ^uintptr(0), 0, 0)
	println(int(r1), r2, e)
	a, b := [5]byte{1, 2, 3, 4, 5}, [5]byte{}
	mm(&b[0], &a[0], 4)
	println(b[0], b[3], b[4])
	done := make(chan int)
	for i := 0; i < 4; i++ {
		go func() { done <- deepgo(5000) + recasm(3000) }()
	}
	for i := 0; i < 4; i++ {
		println(<-done)
	}
}
