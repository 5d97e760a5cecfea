// A panic in the middle of a literal: what of a result is stored already.
package main

import "fmt"

type T struct {
	a int
	b int
}
type N struct {
	x int
	t T
	z string
}
type Big struct{ a, b, c, d, e, f int }

func rec() { recover() }

func named(p *int) (x T)  { defer rec(); x = T{1, *p}; return }
func named0(p *int) (x T) { defer rec(); x = T{5, 6}; x = T{a: 1, b: *p}; return }
func named1(p *int) (x T) { defer rec(); x = T{5, 6}; x = T{b: *p}; return }
func ret(p *int) (x T)    { defer rec(); return T{1, *p} }
func ret0(p *int) T       { defer rec(); return T{1, *p} }
func two(p *int) (x T, y T) {
	defer rec()
	x, y = T{1, *p}, T{3, 4}
	return
}
func two1(p *int) (x T, y T) {
	defer rec()
	x, y = T{1, 2}, T{3, *p}
	return
}
func rtwo(p *int) (x T, y T)  { defer rec(); return T{1, 2}, T{3, *p} }
func rtwo1(p *int) (x T, y T) { defer rec(); return T{1, *p}, T{3, 4} }
func nest(p *int) (n N)       { defer rec(); n = N{1, T{2, *p}, "z"}; return }
func nest1(p *int) (n N)      { defer rec(); n = N{z: "z", t: T{2, 3}, x: *p}; return }
func arr(a []int) (n [3]int)  { defer rec(); n = [3]int{1, a[0], a[1]}; return }
func arr1(a []int) (n [3]int) { defer rec(); n = [3]int{2: 7, 0: a[0], 1: a[2]}; return }
func arr2(a []int) (n [6]int) { defer rec(); n = [6]int{1, 2, 3, a[0], a[3], 9}; return }
func big(p *int) (n Big)      { defer rec(); n = Big{1, 2, 3, *p, 5, 6}; return }
func uses(p *int) (x T)       { defer rec(); x = T{5, 6}; x = T{x.b, *p}; return }
func captured(p *int) (x T)   { defer func() { recover(); x.b++ }(); x = T{7, *p}; return }
func addr(p *int) (x T)       { defer rec(); y := &x; y.a = 3; x = T{7, *p}; return }
func slice(p *int) (x []int)  { defer rec(); x = []int{1, *p}; return }
func ptr(p *int) (x *T)       { defer rec(); x = &T{1, *p}; return }
func mapl(p *int) (x map[string]int) {
	defer rec()
	x = map[string]int{"a": 1, "b": *p}
	return
}
func iface(p *int) (x any) { defer rec(); x = T{1, *p}; return }
func field(p *int) (n N)   { defer rec(); n.x = 9; n.t = T{1, *p}; return }
func elem(p *int) (n [2]T) { defer rec(); n[1] = T{1, *p}; return }
func call(p *int) (x T)    { defer rec(); x = T{f(), *p}; return }
func call1(p *int) (x T)   { defer rec(); x = T{f(), g(p)}; return }
func div(a, b int) (x T)   { defer rec(); x = T{1, a / b}; return }
func idx(a []T) (x [2]T)   { defer rec(); x = [2]T{{1, 2}, a[1]}; return }
func conv(s []int) (x struct {
	n int
	a [2]int
}) {
	defer rec()
	x = struct {
		n int
		a [2]int
	}{4, [2]int(s)}
	return
}
func assert(e any) (x struct{ n, m int }) { defer rec(); x = struct{ n, m int }{4, e.(int)}; return }
func assertp(e any) (x struct {
	n int
	m *int
}) {
	defer rec()
	x = struct {
		n int
		m *int
	}{4, e.(*int)}
	return
}
func blank(p *int) (x struct{ n, _, m int }) {
	defer rec()
	x = struct{ n, _, m int }{n: 4, m: *p}
	return
}
func gen[V any](p *V) (x struct {
	n int
	v V
}) {
	defer rec()
	x = struct {
		n int
		v V
	}{4, *p}
	return
}
func one(p *int) (x struct{ v int }) { defer rec(); x.v = 3; x = struct{ v int }{*p}; return }
func emb(p *int) (x struct {
	T
	c int
}) {
	defer rec()
	x = struct {
		T
		c int
	}{T{1, 2}, *p}
	return
}
func strs(p *string) (x [2]string) { defer rec(); x = [2]string{"a", *p}; return }
func ifs(p *int) (x [2]any)        { defer rec(); x = [2]any{"a", *p}; return }
func loop(p *int) (x T) {
	defer rec()
	for i := range 3 {
		if i == 2 {
			x = T{i, *p}
		} else {
			x = T{i, i}
		}
	}
	return
}
func para(x T, p *int) (y T)         { defer func() { recover(); y = x }(); x = T{8, *p}; return }
func par(p *int) (x T)               { defer rec(); (x) = (T{1, *p}); return }
func nores(p *int) (x T, err error)  { defer rec(); return T{1, *p}, nil }
func nores1(p *int) (x T, err error) { defer rec(); return T{1, 2}, e1(*p) }
func e1(int) error                   { return nil }
func slc(p *int) (x struct {
	n int
	s []int
}) {
	defer rec()
	x = struct {
		n int
		s []int
	}{1, []int{2, *p}}
	return
}
func cplx(p *complex128) (x [2]complex128) { defer rec(); x = [2]complex128{1, *p}; return }
func heap(p *int) (x T)                    { defer rec(); sink = &x; x = T{1, *p}; return }

var sink any

//go:noinline
func f() int { return 3 }

//go:noinline
func g(p *int) int { return *p }

func main() {
	fmt.Println(named(nil), named0(nil), named1(nil), ret(nil), ret0(nil))
	fmt.Println(two(nil))
	fmt.Println(two1(nil))
	fmt.Println(rtwo(nil))
	fmt.Println(rtwo1(nil))
	fmt.Println(nest(nil), nest1(nil), arr([]int{8}), arr1([]int{8}), arr2([]int{8}), big(nil))
	fmt.Println(uses(nil), captured(nil), addr(nil), slice(nil), ptr(nil), mapl(nil), iface(nil), field(nil), elem(nil))
	fmt.Println(call(nil), call1(nil), div(1, 0), idx([]T{{}}), conv([]int{1}), assert(""), assertp(""), blank(nil), gen[string](nil), one(nil))
	fmt.Println(emb(nil), strs(nil), ifs(nil), loop(nil), para(T{}, nil), par(nil))
	fmt.Println(nores(nil))
	fmt.Println(nores1(nil))
	fmt.Println(slc(nil), cplx(nil), heap(nil))
}
