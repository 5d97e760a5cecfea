// Generics: a heap over any ordered type and a map that remembers insertion order, with iterators.
package main

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
)

type Heap[T any] struct {
	items []T
	less  func(a, b T) bool
}

func NewHeap[T cmp.Ordered]() *Heap[T] {
	return &Heap[T]{less: func(a, b T) bool { return a < b }}
}

func (h *Heap[T]) Push(x T) {
	h.items = append(h.items, x)
	for i := len(h.items) - 1; i > 0; {
		p := (i - 1) / 2
		if !h.less(h.items[i], h.items[p]) {
			break
		}
		h.items[i], h.items[p] = h.items[p], h.items[i]
		i = p
	}
}

func (h *Heap[T]) Pop() (top T, ok bool) {
	if len(h.items) == 0 {
		return top, false
	}
	top = h.items[0]
	n := len(h.items) - 1
	h.items[0] = h.items[n]
	h.items = h.items[:n]
	for i := 0; ; {
		c := 2*i + 1
		if c >= n {
			break
		}
		if c+1 < n && h.less(h.items[c+1], h.items[c]) {
			c++
		}
		if !h.less(h.items[c], h.items[i]) {
			break
		}
		h.items[i], h.items[c] = h.items[c], h.items[i]
		i = c
	}
	return top, true
}

func (h *Heap[T]) Drain() iter.Seq[T] {
	return func(yield func(T) bool) {
		for x, ok := h.Pop(); ok; x, ok = h.Pop() {
			if !yield(x) {
				return
			}
		}
	}
}

type entry[K comparable, V any] struct {
	key        K
	val        V
	prev, next *entry[K, V]
}

type LinkedMap[K comparable, V any] struct {
	index map[K]*entry[K, V]
	root  entry[K, V]
}

func NewLinkedMap[K comparable, V any]() *LinkedMap[K, V] {
	m := &LinkedMap[K, V]{index: make(map[K]*entry[K, V])}
	m.root.prev, m.root.next = &m.root, &m.root
	return m
}

func (m *LinkedMap[K, V]) Set(k K, v V) {
	if e, ok := m.index[k]; ok {
		e.val = v
		return
	}
	e := &entry[K, V]{key: k, val: v, prev: m.root.prev, next: &m.root}
	e.prev.next, e.next.prev = e, e
	m.index[k] = e
}

func (m *LinkedMap[K, V]) Delete(k K) {
	if e, ok := m.index[k]; ok {
		e.prev.next, e.next.prev = e.next, e.prev
		delete(m.index, k)
	}
}

func (m *LinkedMap[K, V]) All() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for e := m.root.next; e != &m.root; e = e.next {
			if !yield(e.key, e.val) {
				return
			}
		}
	}
}

type Number interface{ ~int | ~int64 | ~float64 }

func Sum[S ~[]E, E Number](s S) (total E) {
	for _, x := range s {
		total += x
	}
	return
}

func Map[T, U any](s []T, f func(T) U) []U {
	out := make([]U, 0, len(s))
	for _, x := range s {
		out = append(out, f(x))
	}
	return out
}

type celsius float64

func main() {
	h := NewHeap[int]()
	for _, x := range []int{5, 2, 9, 1, 7, 3} {
		h.Push(x)
	}
	for x := range h.Drain() {
		if x > 7 {
			break
		}
		fmt.Print(x, " ")
	}
	fmt.Println()

	words := NewHeap[string]()
	for _, w := range strings.Fields("the quick brown fox jumps") {
		words.Push(w)
	}
	fmt.Println(slices.Collect(words.Drain()))

	m := NewLinkedMap[string, celsius]()
	m.Set("oslo", -3.5)
	m.Set("cairo", 31)
	m.Set("lima", 19.25)
	m.Set("oslo", 2)
	m.Delete("cairo")
	for city, t := range m.All() {
		fmt.Printf("%s %.1f\n", city, t)
	}
	temps := []celsius{1.5, 2.5, 3}
	fmt.Println(Sum(temps), Sum([]int{1, 2, 3}), Map(temps, func(c celsius) string { return fmt.Sprint(int(c*9/5 + 32)) }))
	fmt.Printf("%T %T\n", h, m)
}
