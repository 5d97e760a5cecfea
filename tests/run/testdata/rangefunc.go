package main

import (
	"fmt"
	"iter"
	"maps"
	"slices"
)

func seq(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		defer fmt.Println("seq done", n)
		for i := 0; i < n; i++ {
			if !yield(i) {
				return
			}
		}
	}
}

func bad(yield func(int) bool) {
	yield(1)
	yield(2)
	yield(3)
}

func ret() (x int, err error) {
	defer func() { fmt.Println("ret defer", x) }()
	for i := range seq(5) {
		defer fmt.Println("deferred in body", i)
		if i == 2 {
			return i * 10, nil
		}
	}
	return -1, nil
}

func unnamed() (int, string, [3]int) {
	for i := range seq(4) {
		for j := range seq(4) {
			if i == 1 && j == 2 {
				return i, "r", [3]int{i, j, 7}
			}
		}
	}
	return 0, "", [3]int{}
}

func lab() {
	n := 0
outer:
	for i := range seq(3) {
		for j := range seq(3) {
			if j == 1 {
				continue outer
			}
			if i == 2 {
				break outer
			}
			n += i*10 + j
		}
	}
	fmt.Println("lab", n)
	for i := range seq(3) {
		switch {
		case i == 1:
			break
		default:
			n++
		}
		if i == 1 {
			goto end
		}
	}
end:
	fmt.Println("end", n)
}

func try(name string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println(name, "panic:", r)
		}
	}()
	f()
}

type Tree[T any] struct {
	l, r *Tree[T]
	v    T
}

func (t *Tree[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) { t.push(yield) }
}
func (t *Tree[T]) push(yield func(T) bool) bool {
	return t == nil || t.l.push(yield) && yield(t.v) && t.r.push(yield)
}

func closures() {
	var fs []func() int
	for i := range seq(3) {
		fs = append(fs, func() int { i++; return i })
	}
	for _, f := range fs {
		fmt.Print(f(), f(), " ")
	}
	fmt.Println()
	s := 0
	for i := 0; i < 3; i++ {
		fs = append(fs, func() int { s += i; return s })
		i := i
		_ = i
	}
	for _, f := range fs[3:] {
		fmt.Print(f(), " ")
	}
	fmt.Println()
}

func main() {
	fmt.Println(ret())
	fmt.Println(unnamed())
	lab()
	try("bad", func() {
		for x := range bad {
			if x == 2 {
				break
			}
		}
	})
	try("bodypanic", func() {
		for x := range seq(3) {
			if x == 1 {
				panic("body")
			}
		}
	})
	var saved func(int) bool
	try("late", func() {
		for x := range func(yield func(int) bool) { saved = yield; yield(1) } {
			fmt.Println("x", x)
		}
		saved(2)
	})
	t := &Tree[string]{&Tree[string]{nil, nil, "a"}, &Tree[string]{nil, nil, "c"}, "b"}
	for v := range t.All() {
		fmt.Print(v)
	}
	fmt.Println()
	closures()
	m := map[string]int{"a": 1, "b": 2, "c": 3}
	fmt.Println(slices.Sorted(maps.Keys(m)), slices.Collect(seq(3)))
	next, stop := iter.Pull(seq(3))
	fmt.Println(next())
	fmt.Println(next())
	stop()
	for range 2 {
		fmt.Println("r")
	}
	var k, v any
	for k, v = range m {
		if k == "a" {
			fmt.Println(v)
		}
	}
	for i, s := range slices.Backward([]string{"x", "y"}) {
		fmt.Println(i, s)
	}
	type pt struct{ x, y int }
	for i := range func(yield func(pt) bool) { yield(pt{1, 2}) } {
		fmt.Println(i)
	}
	fmt.Println(min(1, 2, 3), max("a", "b"), min(1.5, 2))
	clear(m)
	fmt.Println(len(m))
}
