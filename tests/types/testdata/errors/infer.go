package p

import (
	"io"
	"slices"
)

type Number interface{ ~int | ~float64 }

func pair[A, B any](a A, b B)               {}
func same[T any](x, y T)                    {}
func sum[T Number](xs ...T) (t T)           { return }
func apply[S ~[]E, E any](s S, f func(E) E) {}
func none[T any]()                          {}
func keys[M ~map[K]V, K comparable, V any](m M) []K {
	return nil
}
func ptr[T any, P interface {
	*T
	Set(string)
}](s string) T {
	var t T
	P(&t).Set(s)
	return t
}

type setter int

func (s *setter) Set(string) {}

type noSetter int

type MyInts []int

func _() {
	pair[int]("a", 1)
	same(1, "a")
	same(1, 2.5)
	sum("a")
	sum[string]()
	apply(MyInts{}, func(x int) int { return x })
	apply(MyInts{}, func(x string) string { return x })
	apply(3, func(x int) int { return x })
	none()
	keys([]int{})
	keys(map[string]int{})
	_ = ptr[setter]("x")
	_ = ptr[noSetter]("x")
	var f func(int, int) = same
	var g func(int, string) = same
	var h func(int) = pair[int]
	slices.Sort([]func(){})
	slices.IndexFunc([]int{1}, func(s string) bool { return true })
	same[io.Reader](nil, 1)
	_, _, _ = f, g, h
	same(nil, nil)
	same([]int(nil), nil)
}

func rec[P any](x P) {
	rec(&x)
}

type tree[T any] struct {
	left, right *tree[T]
	v           T
}

func (t *tree[T]) walk(f func(T) bool) {}
func (t tree[Q]) all() []Q              { return nil }

func _(t *tree[string]) {
	t.walk(func(int) bool { return true })
	var x []int = t.all()
	t.walks(nil)
	tree[int, int]{}.all()
	var y tree
	_, _ = x, y
}
