// The collector keeps what is reachable and frees the rest, maps, strings and interfaces included.
package main

import "runtime"

type node struct {
	l, r *node
	v    int
}

func build(d int) *node {
	if d == 0 {
		return &node{v: 1}
	}
	return &node{build(d - 1), build(d - 1), d}
}
func (n *node) sum() int {
	if n == nil {
		return 0
	}
	return n.v + n.l.sum() + n.r.sum()
}

var keep *node

func main() {
	keep = build(16)
	s := 0
	for i := 0; i < 200; i++ {
		s += build(12).sum()
	}
	println(s, keep.sum())
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	println(m.NumGC > 3, m.HeapObjects > 131071, m.HeapObjects < 140000)
	mm := map[string]int{}
	for i := 0; i < 100000; i++ {
		mm[string(rune('a'+i%26))+string(rune('0'+i%10))] += i
	}
	println(len(mm), mm["a0"])
	var ss []string
	for i := 0; i < 1000; i++ {
		ss = append(ss, "x"+string(rune(i)))
	}
	println(len(ss), ss[999] == "x"+string(rune(999)))
	var a any = 5
	_, ok := a.(string)
	println(ok)
}
