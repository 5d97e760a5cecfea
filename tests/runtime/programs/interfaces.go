// Coroutines, type switches, assertions and interface keys of maps.
package main

import "iter"

func seq(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := 0; i < n; i++ {
			if !yield(i) {
				return
			}
		}
	}
}

type S interface{ M() string }
type A struct{ x, y int }

func (a A) M() string { return "A" }

type B string

func (b *B) M() string { return "B" }

func main() {
	next, stop := iter.Pull(seq(5))
	for {
		v, ok := next()
		if !ok {
			break
		}
		println(v)
	}
	stop()
	b := B("q")
	for _, x := range []any{A{1, 2}, &b, 3, "s", nil, 2.5, []int{1}} {
		switch y := x.(type) {
		case S:
			println("S", y.M())
		case int:
			println("int", y)
		case nil:
			println("nil")
		case string:
			println("string", y)
		case float64:
			println(y)
		default:
			println("other")
		}
		if s, ok := x.(S); ok {
			println(s.M())
		}
	}
	m := map[any]int{1: 2, "a": 3, A{1, 2}: 4, 2.5: 5}
	println(m[1], m["a"], m[A{1, 2}], m[2.5], m[3])
	defer func() {
		println(recover().(error).Error())
		defer func() { println(recover().(error).Error()) }()
		var x any = "s"
		_ = x.(S)
	}()
	m[[]int{1}] = 2
}
