// Goroutines that change linked structures, maps, slices and atomic pointers in place, pass them on through channels, and check what they find: an object that the
// collector loses has another checksum under clobberfree. The argument: rounds of each goroutine.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

type node struct {
	l, r   *node
	key    uint32
	pri    uint32
	val    *[2]uint64
	name   string
	any    any
	parent *node
}

func newVal(k uint32) *[2]uint64 { return &[2]uint64{uint64(k) * 7, ^(uint64(k) * 7)} }
func (n *node) check() {
	if n.val[0] != ^n.val[1] || n.val[0] != uint64(n.key)*7 || n.name != fmt.Sprint("n", n.key) {
		panic(fmt.Sprintf("corrupt %+v %v", n, *n.val))
	}
	if n.any != nil && *n.any.(*uint32) != n.key {
		panic("corrupt any")
	}
}

type rng uint64

func (r *rng) next() uint32 {
	*r = *r*6364136223846793005 + 1442695040888963407
	return uint32(*r >> 33)
}
func insert(t *node, n *node) *node {
	if t == nil {
		return n
	}
	t.check()
	if n.key < t.key {
		t.l = insert(t.l, n)
		t.l.parent = t
		if t.l.pri > t.pri {
			x := t.l
			t.l, x.r = x.r, t
			t.parent = x
			return x
		}
	} else {
		t.r = insert(t.r, n)
		t.r.parent = t
		if t.r.pri > t.pri {
			x := t.r
			t.r, x.l = x.l, t
			t.parent = x
			return x
		}
	}
	return t
}
func remove(t *node, k uint32) *node {
	if t == nil {
		return nil
	}
	switch {
	case k < t.key:
		t.l = remove(t.l, k)
	case k > t.key:
		t.r = remove(t.r, k)
	default:
		return merge(t.l, t.r)
	}
	return t
}
func merge(a, b *node) *node {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	if a.pri > b.pri {
		a.r = merge(a.r, b)
		return a
	}
	b.l = merge(a, b.l)
	return b
}
func walk(t *node, f func(*node)) {
	if t != nil {
		walk(t.l, f)
		f(t)
		walk(t.r, f)
	}
}

type big struct {
	a [9]*uint64
	s []string
	m map[string]*uint64
}

var shared [64]atomic.Pointer[node]
var stop atomic.Bool

func mutate(id int, rounds int, ch chan *node, wg *sync.WaitGroup) {
	defer wg.Done()
	r := rng(id*77 + 1)
	var t *node
	lst := &node{key: 0, val: newVal(0), name: "n0"}
	m := map[uint32]*node{}
	bigs := []big{}
	for i := 0; i < rounds; i++ {
		k := r.next() % 5000
		n := &node{key: k, pri: r.next(), val: newVal(k), name: fmt.Sprint("n", k)}
		if k%3 == 0 {
			kk := k
			n.any = &kk
		}
		t = insert(remove(t, k), n)
		m[k] = n
		if k%5 == 0 {
			delete(m, r.next()%5000)
		}
		old := shared[k%64].Swap(n2(n))
		if old != nil {
			old.check()
			old.l, old.r = nil, &node{key: k, val: newVal(k), name: fmt.Sprint("n", k)}
			old2 := *old
			old2.r.check()
			old2.check()
		}
		if p := shared[(k+1)%64].Load(); p != nil {
			p.check()
		}
		select {
		case ch <- n2(n):
		case x := <-ch:
			x.check()
		default:
		}
		// move list nodes about
		x := &node{key: k, val: n.val, name: n.name, l: lst.l}
		lst.l = x
		if k%7 == 0 {
			a := lst.l
			lst.l = a.l
			a.l = nil
		}
		if i%512 == 0 {
			lst.l = nil
			lst.r = t
			for _, v := range m {
				v.check()
			}
			walk(t, (*node).check)
		}
		if i%64 == 0 {
			b := big{m: map[string]*uint64{}}
			for j := range b.a {
				v := uint64(i + j)
				b.a[j] = &v
				s := strings.Repeat("x", j)
				b.s = append(b.s, s)
				b.m[s] = &v
			}
			bigs = append(bigs, b)
			if len(bigs) > 50 {
				copy(bigs, bigs[10:])
				clear(bigs[len(bigs)-10:])
				bigs = bigs[:len(bigs)-10]
			}
			sort.Slice(bigs, func(i, j int) bool { return *bigs[i].a[0] < *bigs[j].a[0] })
			for _, b := range bigs {
				for j := range b.a {
					if *b.a[j] != *b.a[0]+uint64(j) || *b.m[b.s[j]] != *b.a[j] {
						panic("corrupt big")
					}
				}
			}
		}
	}
	walk(t, (*node).check)
}
func n2(n *node) *node { return &node{key: n.key, val: n.val, name: n.name} }

func main() {
	rounds := 20000
	if len(os.Args) > 1 {
		fmt.Sscan(os.Args[1], &rounds)
	}
	var wg sync.WaitGroup
	ch := make(chan *node, 30)
	unb := make(chan *node)
	go func() {
		for n := range unb {
			n.check()
		}
	}()
	for i := range 10 {
		wg.Add(1)
		go mutate(i, rounds, ch, &wg)
		go func() {
			r := rng(i)
			for !stop.Load() {
				k := r.next() % 5000
				unb <- &node{key: k, val: newVal(k), name: fmt.Sprint("n", k)}
				p := shared[k%64].Load()
				if p != nil {
					p.check()
				}
				time.Sleep(time.Microsecond)
			}
		}()
	}
	wg.Wait()
	stop.Store(true)
	var ms runtime.MemStats
	runtime.ReadMemStats(&ms)
	fmt.Println("ok", ms.NumGC > 1)
}
