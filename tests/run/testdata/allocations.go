// What gc does not allocate: counts of testing.AllocsPerRun, and the values that come out of the memory it saves.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

func count(name string, f func()) {
	f()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 100 {
		f()
	}
	runtime.ReadMemStats(&after)
	fmt.Printf("%s: %d\n", name, (after.Mallocs-before.Mallocs)/100)
}

var (
	sinkInt   int
	sinkStr   string
	sinkBytes []byte
	sinkMap   map[string]int
	sinkAny   any
)

//go:noinline
func length(s string) int { return len(s) }

//go:noinline
func first(b []byte) byte { return b[0] }

//go:noinline
func keep(s string) string { sinkStr = s; return s }

//go:noinline
func same(s string) string { return s }

//go:noinline
func fill(m map[string]int, k string) { m[k]++ }

//go:noinline
func mutate(b []byte) string { b[0] = 'X'; return string(b) }

//go:noinline
func pick(m map[string]int) map[string]int { return m }

//go:noinline
func scribble(b []byte) []byte { b[1]++; return b }

type named string
type namedBytes []byte

func strs(b, long []byte, s string, n int) {
	m := map[string]int{"abc": 1, "key": 2}
	count("compare", func() {
		if string(b) == "abc" || string(b) < s || s >= string(long) {
			sinkInt++
		}
	})
	count("compare two", func() {
		if string(b) == string(long) {
			sinkInt++
		}
	})
	count("compare call", func() {
		if same(s) == string(long) || string(long) != same(s)+"x" {
			sinkInt++
		}
	})
	count("rune to string", func() { sinkInt += length(string(rune(n + 5000))) })
	count("concat call", func() { sinkInt += length("<" + string(b) + same(s)) })
	count("map read call", func() { sinkInt += pick(m)[string(long)] })
	count("map read", func() { sinkInt += m[string(b)]; _, ok := m[string(long)]; _ = ok })
	count("map write", func() { m[string(b)] = 1 })
	count("map delete", func() { delete(m, string(b)) })
	count("switch", func() {
		switch string(long) {
		case "x", "yy":
			sinkInt++
		case "abc":
			sinkInt--
		}
	})
	count("concat literal", func() { sinkInt += len("<" + string(b) + ">") })
	count("concat", func() {
		if x := s + s; x == "defdef" {
			sinkInt += len(x)
		}
	})
	count("concat five", func() { sinkInt += length(s + s + s + s + s) })
	count("concat kept", func() { sinkStr = s + s })
	count("call", func() { sinkInt += length(string(b)) })
	count("call long", func() { sinkInt += length(string(long)) })
	count("call kept", func() { keep(string(b)) })
	count("call result kept", func() { sinkStr = same(string(b)) })
	count("bytes", func() { sinkInt += int(first([]byte(s))) })
	count("bytes kept", func() { sinkBytes = []byte(s) })
	count("runes", func() {
		for _, r := range []rune(s) {
			sinkInt += int(r)
		}
	})
	count("range bytes", func() {
		for _, c := range []byte(strings.ToLower("range over bytes that do not fit into a small buffer")) {
			sinkInt += int(c)
		}
	})
	count("rune count", func() { sinkInt += len([]rune(s)) })
	count("runes to string", func() { sinkInt += length(string([]rune{'a', 'b', rune(n)})) })
	count("named", func() { sinkInt += length(string(named(namedBytes(b)))) })
	count("loop", func() {
		last := ""
		for i := range 3 {
			b[0] = byte('a' + i)
			t := string(b)
			if t == last {
				panic("same")
			}
			last = t
		}
		sinkInt += len(last)
	})
	b[0] = 'a'
}

func slices(n int) {
	base := make([]int, 0, 4)
	count("append make", func() { sinkAny = append([]int(nil), make([]int, n)...) == nil })
	count("append make room", func() { sinkInt += len(append(base, make([]int, 3)...)) })
	count("append make grow", func() { sinkInt += cap(append(base[:2:2], make([]int, n)...)) })
	count("builder", func() {
		var sb strings.Builder
		sb.Grow(100)
		for range 10 {
			sb.WriteString("0123456789")
		}
		sinkInt += len(sb.String())
	})
}

func maps(n int) {
	count("small map", func() {
		m := map[string]int{}
		fill(m, "a")
		fill(m, "b")
		sinkInt += len(m)
	})
	count("small map literal", func() {
		m := map[int]string{1: "a", n: "b"}
		sinkInt += len(m[n])
	})
	count("small map make", func() {
		m := make(map[int]struct{ a, b int }, 8)
		for i := range 8 {
			m[i] = struct{ a, b int }{i, n}
		}
		sinkInt += len(m)
	})
	count("map kept", func() { sinkMap = map[string]int{"a": n} })
}

// values: what lies in the frame is as good as what lies on the heap.
func values(b []byte, n int) {
	var kept []string
	for i := range 4 {
		b[0] = byte('0' + i)
		kept = append(kept, string(b))
	}
	fmt.Println(kept)
	var last, joined string
	for i := range 4 {
		b[0] = byte('0' + i)
		t := string(b) + "-"
		joined += t
		if i == 1 {
			last = t
		}
	}
	fmt.Println(last, joined)
	var fs []func() string
	for i := range 3 {
		b[0] = byte('0' + i)
		t := string(b)
		u := t + "!"
		fs = append(fs, func() string { return u })
	}
	fmt.Println(fs[0](), fs[1](), fs[2]())
	c := make(chan string, 3)
	for i := range 3 {
		b[0] = byte('a' + i)
		c <- string(b)
	}
	fmt.Println(<-c, <-c, <-c)
	b[0] = 'q'
	before := string(b)
	fmt.Println(before == mutate(b), mutate([]byte(before)), before, string(b) == mutate(b))
	fmt.Println(string(b) == string(scribble(b)))
	fmt.Println(string(scribble(b)) == string(b))
	fmt.Println(string(scribble(b)) == string(scribble(b)))
	fmt.Println("<" + string(b) + string(scribble(b)) + ">")
	fmt.Println(string(b) + string(scribble(b)))
	fmt.Println(mutate(b) + string(scribble(b)) + "!")
	fmt.Println(map[string]int{"Xgc": 1, "Xhc": 2, "Xic": 3}[string(scribble(b))])
	x, y := string(b), ""
	y = x + ""
	b[0] = '_'
	fmt.Println(x, y, string(b) == x)
	ms := map[string]map[string]int{}
	for i := range 3 {
		m := map[string]int{}
		for k := range 20 * i {
			fill(m, fmt.Sprint(k))
		}
		ms[fmt.Sprint(i)] = m
	}
	fmt.Println(len(ms["0"]), len(ms["1"]), len(ms["2"]))
	total := 0
	for i := range 50 {
		m := make(map[int]*int)
		for k := range i {
			v := k * k
			m[k] = &v
		}
		if i%10 == 0 {
			runtime.GC()
		}
		for k, v := range m {
			total += *v - k
		}
		clear(m)
		total += len(m)
		m[1] = &total
	}
	fmt.Println(total)
	s := []int{1, 2, 3, 4, 5, 6}
	t := append(s[:2], make([]int, 3)...)
	fmt.Println(s, t, len(append(s, make([]int, n)...)), append([]string(nil), make([]string, 2)...), append(s[:1:1], make([]int, 0)...))
	for _, k := range []int{-n, 1 << 62} {
		func() {
			defer func() { fmt.Println(recover()) }()
			sinkInt = len(append(s, make([]int, k)...))
		}()
	}
	for i, c := range []byte("h\xffé") {
		fmt.Print(i, c, " ")
	}
	for i, r := range []rune("h\xffé") {
		fmt.Print(i, r, " ")
	}
	fmt.Println()
	long := []byte(strings.Repeat("long ", 20))
	l := string(long)
	long[0] = 'L'
	fmt.Println(l[:5], string(long)[:5], string(long) == l, len([]byte(l)), cap([]byte(l)) >= len(l))
	defer func() {
		fmt.Println(recover())
	}()
	panic(string(b) + "panic")
}

type shape interface{ area(k int) int }
type square struct{ a, b int }
type circle struct{ r *int }

func (s square) area(k int) int  { return s.a * s.b * k }
func (c *circle) area(k int) int { return *c.r * k }

type wrapped struct{ shape }

var keptFunc func(int) int

func apply(f func(int) int, k int) int { return f(k) }

// Method values are closures: on the frame while they stay there.
func methodValues(n int) {
	c := &circle{&n}
	shapes := []shape{square{n, 2}, c, wrapped{square{3, n}}}
	count("of interfaces", func() {
		for _, s := range shapes {
			f := s.area
			sinkInt += f(2) + apply(s.area, 3)
		}
	})
	count("of values", func() {
		s := square{n, n}
		f := s.area
		s.a = 0
		w := wrapped{c}
		sinkInt += f(1) + apply(c.area, 2) + apply(w.area, 1)
	})
	count("chosen in a loop", func() {
		var f func(int) int
		for i, s := range shapes {
			if i == n%3 {
				f = s.area
			}
		}
		sinkInt += f(1)
	})
	count("kept", func() { keptFunc = shapes[n%3].area })
	var all [3]func(int) int
	for i, s := range shapes {
		all[i] = s.area
	}
	for _, f := range all {
		fmt.Print(f(1), " ")
	}
	fmt.Println(keptFunc(1))
}

type pair struct{ a, b int }

func (p *pair) sum() int { return p.a + p.b }

var keptPair *pair

// Function literals in initialisers of package variables.
var (
	local = func(n int) int {
		p := &pair{n, 2}
		s := make([]int, 4)
		s[0] = p.sum()
		g := func() int { n++; return s[0] }
		return g() + n
	}
	table = map[string]func(int) int{
		"a": func(n int) int { p := &pair{n, n}; return p.sum() },
		"b": func(n int) int { keptPair = &pair{n, n}; return n },
	}
	nested         = struct{ f func() func() int }{func() func() int { x := 1; return func() int { x++; return x } }}
	fromLit, value = both(func() *int { x := 5; return &x })
	called         = func() int { p := pair{1, 2}; q := &p; return q.sum() }()
)

func both(f func() *int) (*int, int) { return f(), *f() }

func initialisers(n int) {
	count("local", func() { sinkInt += local(n) })
	count("in a map", func() { sinkInt += table["a"](n) })
	count("kept by a literal", func() { sinkInt += table["b"](n) })
	count("returned by a literal", func() { nested.f() })
	f := nested.f()
	f()
	fmt.Println(f(), *fromLit, value, called, *keptPair, local(1), table["a"](4))
}

func main() {
	initialisers(len(os.Args) + 2)
	methodValues(len(os.Args) + 4)
	count("nothing", func() {})
	strs([]byte("abc"), []byte(strings.Repeat("x", 100)), "def", len(os.Args)+100)
	slices(len(os.Args) * 3)
	maps(len(os.Args) * 7)
	values([]byte("abc"), len(os.Args)+1)
}
