package main

type P struct{ x, y int }
type Big struct {
	a [10]int
	s string
	p *P
}
type Shape interface {
	Area() float64
	Name() string
}
type Sq struct{ s float64 }

func (q Sq) Area() float64  { return q.s * q.s }
func (q *Sq) Name() string { return "sq" }
func (p *P) Move(dx, dy int) { p.x += dx; p.y += dy }
func (p P) Sum() int         { return p.x + p.y }

type Emb struct {
	P
	*Sq
	n int8
}

var g = 3
var tab = [...]string{"a", "b"}
var m0 = map[string]int{"x": 1}

func div(a, b int) (q, r int) { q = a / b; r = a % b; return }
func two() (int, string)      { return 1, "x" }
func use(a int, b string)     { println(a, b) }
func va(xs ...int) int {
	s := 0
	for _, x := range xs {
		s += x
	}
	return s
}
func Map[T, U any](xs []T, f func(T) U) []U {
	var r []U
	for _, x := range xs {
		r = append(r, f(x))
	}
	return r
}

type List[T any] struct {
	head *node[T]
	n    int
}
type node[T any] struct {
	v    T
	next *node[T]
}

func (l *List[T]) Push(v T) { l.head = &node[T]{v, l.head}; l.n++ }
func (l *List[T]) All() func(yield func(int, T) bool) {
	return func(yield func(int, T) bool) {
		i := 0
		for n := l.head; n != nil; n = n.next {
			if !yield(i, n.v) {
				return
			}
			i++
		}
	}
}

type Num interface{ ~int | ~float64 }

func Max[T Num](a, b T) T {
	if a > b {
		return a
	}
	return b
}
func sum[T Num](l *List[T]) (t T) {
	for i, v := range l.All() {
		if i > 10 {
			break
		}
		if v == 3 {
			continue
		}
		if v > 100 {
			return v
		}
		t += v
	}
	return t
}
func find(l *List[string], w string) (int, bool) {
outer:
	for i, v := range l.All() {
		for j, u := range l.All() {
			if u == w {
				return i, true
			}
			if j > 3 {
				continue outer
			}
			if j > 5 {
				break outer
			}
		}
		_ = v
	}
	return 0, false
}
func sw(x any, n int, s string) string {
	switch v := x.(type) {
	case nil:
		return "nil"
	case int:
		n += v
	case string, []byte:
		_ = v
		return "s"
	case Shape:
		return v.Name()
	case error:
		return v.Error()
	default:
		return "d"
	}
	switch n {
	case 1, 2:
		n = 3
		fallthrough
	case 3:
		n++
	case 4:
		return "4"
	default:
		n--
	}
	switch s {
	case "a":
		return "A"
	case "bcd":
		return "B"
	}
	switch {
	case n > 3 && s != "":
		return "x" + s + "y" + tab[n&1]
	}
	return s[1:2]
}
func def() (err error) {
	defer func() {
		if r := recover(); r != nil {
			println("rec")
		}
	}()
	for i := 0; i < 3; i++ {
		defer println(i)
	}
	panic("x")
}
func conv(i int, f float64, u uint8, s string, b []byte) {
	println(float64(i), int(f), uint32(f), uint64(f), int8(f), string(rune(i)), string(b), len([]byte(s)), len([]rune(s)), u>>1, i<<u, uint8(i))
	var c complex128 = complex(f, 2)
	c = c * c / c
	println(real(c), imag(c), c == c)
	println(min(i, 3), max(f, 2.0), min(s, "x"))
}
func chans() {
	c := make(chan int, 3)
	d := make(chan string)
	go func() { c <- 1; close(c) }()
	select {
	case v, ok := <-c:
		println(v, ok)
	case d <- "x":
	}
	for v := range c {
		println(v)
	}
	x, ok := <-c
	println(x, ok, len(c), cap(c))
}
func maps() {
	m := make(map[string]P)
	m["a"] = P{1, 2}
	v, ok := m["b"]
	delete(m, "a")
	for k, v := range m {
		println(k, v.x)
	}
	mm := map[int]int{}
	mm[3]++
	mm[4] += 5
	println(v.x, ok, len(m), mm[3])
	clear(m)
}
func labels() {
	i := 0
L:
	for {
		for j := range 10 {
			if j == 3 {
				continue L
			}
			if i > 5 {
				break L
			}
			i++
		}
		goto done
	}
done:
	println(i)
}
func bigs(b Big) Big {
	c := b
	c.a[3] = 4
	d := &c
	d.a[4]++
	e := [3]Big{b, c, *d}
	for i, x := range e {
		println(i, x.s)
	}
	return e[1]
}
func closures() func() int {
	x := 1
	y := 2
	var fs []func()
	for i := 0; i < 3; i++ {
		fs = append(fs, func() { println(i, y); i++ })
	}
	for _, f := range fs {
		f()
	}
	return func() int { x++; return x + y }
}
func slices(a []int, p *[5]int, s string) {
	b := a[1:3]
	c := a[:2:4]
	d := p[:]
	copy(b, c)
	e := append(d, b...)
	f := append([]byte("x"), s...)
	println(len(e), len(f), cap(c))
	for i, r := range s {
		println(i, r)
	}
	arr := [4]int(a)
	q := (*[2]int)(a)
	println(arr[1], q[0])
	for i := range p {
		p[i] = i
	}
	a[0], a[1] = a[1], a[0]
	x, y := a[0], s
	println(x, y, s < y, s == "abc", &a[0] == &a[1])
}
func main() {
	q, r := div(7, g)
	use(two())
	println(q, r, va(), va(1, 2, 3))
	e := Emb{P: P{1, 2}, Sq: &Sq{3}}
	e.Move(1, 2)
	println(e.Sum(), e.Area(), e.x)
	var s Shape = &Sq{2}
	println(s.Area(), s.Name())
	f := e.Move
	f(1, 2)
	g2 := P.Sum
	g3 := (*P).Move
	g3(&e.P, 1, 1)
	println(g2(e.P))
	var l List[int]
	l.Push(3)
	println(sum(&l), Max(1, 2), Max(1.5, 2))
	println(len(Map([]int{1, 2, 3, 4, 5, 6, 7, 8}, func(i int) string { return "x" })))
	var ls List[string]
	println(find(&ls, "x"))
	println(sw(3, 4, "x"))
	def()
	closures()()
	labels()
	var ee error
	println(ee == nil, s == nil, any(3) == any(4), s == Shape(&Sq{}))
	var i8 int8 = 3
	println(any(i8) == 3, tab[0])
	go va(1, 2)
	x := struct{ a, b any }{1, "x"}
	println(x.a == x.b, x == x)
	bigs(Big{s: "x"})
	conv(1, 2, 3, "x", nil)
	slices([]int{1, 2, 3, 4}, new([5]int), "héllo")
	chans()
	maps()
}
