// Package puns has no unsafe of its own, but memory with two types.
package puns

import (
	"defined/cast"
	"fmt"
)

//go:noinline
func hdr(b []byte) int { h := cast.Header(&b); n := len(b); h.Len = 3; return n*100 + len(b) }

//go:noinline
func rhdr(b []byte) (int, int) {
	h := cast.RHeader(&b)
	n := cap(b)
	h.Cap = 7
	h.Len = 2
	return n, cap(b)*10 + len(b)
}

//go:noinline
func shdr(s string) (int, string) { h := cast.SHeader(&s); n := len(s); h.Len = 2; return n, s }

//go:noinline
func bytesOf(s []*int, b []byte) (bool, bool) {
	a := s[0] == nil
	for i := range 8 {
		b[i] = 0
	}
	return a, s[0] == nil
}

//go:noinline
func lens(s [][]byte, w []int) (int, int) { a := len(s[0]); w[1] = 2; return a, len(s[0]) }

//go:noinline
func ifaces(s []any, w []uintptr) (bool, bool) {
	a := s[0] == nil
	w[0] = 0
	w[1] = 0
	return a, s[0] == nil
}

//go:noinline
func floats(p *float64, q *uint64) float64 { *p = 1; *q = 1 << 62; return *p }

// Print prints what is read through one type after it was written through another.
func Print() {
	x, y := 1, 2
	fmt.Println(hdr(make([]byte, 9)))
	fmt.Println(rhdr(make([]byte, 9)))
	fmt.Println(shdr("hello"))
	s := []*int{&x, &y}
	fmt.Println(bytesOf(s, cast.Bytes(s)))
	l := [][]byte{make([]byte, 5)}
	w := cast.As[[3]int](&l[0])
	fmt.Println(lens(l, w[:]))
	a := []any{1}
	v := cast.As[[2]uintptr](&a[0])
	fmt.Println(ifaces(a, v[:]))
	f := 0.0
	fmt.Println(floats(&f, cast.As[uint64](&f)))
}
