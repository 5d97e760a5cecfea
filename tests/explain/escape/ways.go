// The ways on which addresses leave a function, one after another. tests/explain/test_code.py compares with gc.
package main

import "fmt"

type T struct {
	p *int
	s []string
}

var global *int

func id(p *int) *int { return p }

func store(t *T, p *int) { t.p = p }

func grow(xs []int, n int) []int { return append(xs, n) }

func f1() *int {
	x := 1
	p := &x
	return id(p)
}

func f2(t *T) {
	y := 2
	store(t, &y)
}

func f3() {
	z := 3
	global = &z
	w := 4
	go func() { w++ }()
	v := 5
	func() { v++ }()
	ch := make(chan *int, 1)
	u := 6
	ch <- &u
	var keep *int
	for range 2 {
		i := 7
		keep = &i
	}
	_ = keep
	n := len(fmt.Sprint(v))
	b := make([]byte, n)
	_ = b
	fmt.Println(n)
	var big [1 << 20]int
	big[n] = 1
	m := map[string]*int{}
	q := 8
	m["a"] = &q
	h := func(p *int) {}
	r := 9
	h(&r)
	var s fmt.Stringer
	k := &T{}
	defer fmt.Println(s, k)
}

func main() {
	f1()
	f2(&T{})
	f3()
	grow(nil, 3)
	k := &T{}
	store(k, id(global))
}
