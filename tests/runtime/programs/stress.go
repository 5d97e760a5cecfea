// Goroutines that allocate, one that only computes, and a collection each millisecond.
package main

import (
	"fmt"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"
)

type Tree struct {
	k    int
	v    string
	l, r *Tree
}

func (t *Tree) ins(k int, v string) *Tree {
	if t == nil {
		return &Tree{k: k, v: v}
	}
	if k < t.k {
		t.l = t.l.ins(k, v)
	} else if k > t.k {
		t.r = t.r.ins(k, v)
	} else {
		t.v = v
	}
	return t
}
func (t *Tree) walk(f func(*Tree)) {
	if t != nil {
		t.l.walk(f)
		f(t)
		t.r.walk(f)
	}
}

func work(id, n int) string {
	rng := uint32(id*7919 + 1)
	next := func() int { rng = rng*1664525 + 1013904223; return int(rng >> 8) }
	var t *Tree
	m := map[string][]int{}
	for i := 0; i < n; i++ {
		k := next() % 1000
		s := fmt.Sprintf("%d-%d", id, k)
		t = t.ins(k, s)
		m[s] = append(m[s], i)
		if i%100 == 0 {
			b := make([]byte, next()%100000)
			for j := range b {
				b[j] = byte(i)
			}
			_ = strings.ToUpper(string(b[:len(b)/2]))
		}
		if i%1000 == 999 {
			t = nil
		}
	}
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	sum := 0
	for _, k := range keys {
		for _, x := range m[k] {
			sum += x
		}
	}
	c := 0
	t.walk(func(x *Tree) {
		if x.v != fmt.Sprintf("%d-%d", id, x.k) {
			panic("corrupt")
		}
		c++
	})
	return fmt.Sprint(len(keys), " ", sum, " ", c)
}

func main() {
	var wg sync.WaitGroup
	res := make([]string, 16)
	stop := make(chan bool)
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
				runtime.GC()
			}
		}
	}()
	for i := range res {
		wg.Add(1)
		go func() { defer wg.Done(); res[i] = work(i, 5000) }()
	}
	// a spinning goroutine: needs preemption by signal
	var x int
	done := make(chan bool)
	go func() {
		for i := 0; i < 300000000; i++ {
			x += i
		}
		close(done)
	}()
	wg.Wait()
	<-done
	close(stop)
	for _, r := range res {
		fmt.Println(r)
	}
	fmt.Println(x)
}
