// Literals with & left out whose element type is a slice, a map or an array; elements of arrays without memory.

package main

type S []int

type M map[string]*S

type A [2]struct{}

var n = 1

var table = map[string]*S{"a": {n, 2}}

func elided() (int, int) {
	x := []*S{{n}, {2, n}}
	m := []*M{{"a": {n}}}
	return len(*x[1]), len(*(*m[0])["a"])
}

func escapes() S {
	x := []*S{{n, 2}}
	return *x[0]
}

func empty(i int) {
	var a A
	a[i] = struct{}{}
	var b [0][2]int
	b[i][0]++
	var c [0]struct{ a, b, c, d, e int }
	c[i].a = 1
}

func main() {
	_, _ = elided()
	_ = escapes()
	empty(0)
}
