// Values and expressions of generic methods: promoted, inferred, deferred, captured, in package variables, in generic functions.
package main

import "fmt"

type T struct{ n int }

func (t T) M1(x int) string             { return fmt.Sprint("M1", t.n, x) }
func (t T) M[P any](x P) string         { return fmt.Sprintf("T.M[%T] %d %v", x, t.n, x) }
func (t *T) PM[P any](x P) string       { t.n++; return fmt.Sprintf("T.PM[%T] %d %v", x, t.n, x) }
func (t T) Two[P, Q any](x P, y Q) (Q, P) { return y, x }
func (t T) Zero[P any]() P              { var z P; return z }
func (t T) V[P any](xs ...P) int        { return len(xs) + t.n }

type W struct{ T }
type WP struct{ *T }
type WW struct {
	s string
	W
}
type WWP struct {
	s string
	*WP
}
type L[E any] struct{ xs []E }

func (l L[E]) Map[R any](f func(E) R) L[R] {
	var r L[R]
	for _, x := range l.xs {
		r.xs = append(r.xs, f(x))
	}
	return r
}
func (l *L[E]) Add[R fmt.Stringer](r R, e E) *L[E] { l.xs = append(l.xs, e); return l }
func (l L[E]) Fold[A any](a A, f func(A, E) A) A {
	if len(l.xs) == 0 {
		return a
	}
	return L[E]{l.xs[1:]}.Fold(f(a, l.xs[0]), f)
}

type LE[E any] struct {
	k int
	L[E]
}
type LP[E any] struct{ *L[E] }
type S string

func (s S) String() string { return string(s) }

var pv = T{5}.M[int]
var pe = T.M[string]
var ppe = (*T).PM[bool]
var pw = W.M[float64]

type fn func(int) string

func apply(f func(int) string, x int) string { return f(x) }

func gen[Q any](t T, q Q) string {
	f := t.M[Q]
	g := T.M[Q]
	h := (*T).PM[Q]
	return f(q) + g(t, q) + h(&t, q) + t.M(q) + W{t}.M[Q](q) + W.M[[]Q](W{t}, []Q{q})
}
func genL[E, R any](l L[E], f func(E) R) L[R] {
	m := l.Map[R]
	n := L[E].Map[R]
	k := LE[E]{1, l}.Map[R]
	j := (*LE[E]).Map[R]
	a, b, c, d := m(f), n(l, f), k(f), j(&LE[E]{2, l}, f)
	return L[R]{append(append(append(a.xs, b.xs...), c.xs...), d.xs...)}
}

func main() {
	f := T{}.M[int]
	fmt.Println(f(1))
	fmt.Println((*T).M[int](&T{2}, 3))
	fmt.Println(T.M[int](T{3}, 3))
	w := W{T{4}}
	fmt.Println(W.M[int](w, 7))
	fmt.Println((*W).M[int](&w, 7))
	fmt.Println((*W).PM[int](&w, 7), w.n)
	wp := WP{&T{5}}
	fmt.Println(WP.M[int](wp, 7), WP.PM[string](wp, "x"), (*WP).PM[int](&wp, 8))
	ww := WW{"s", w}
	wwp := WWP{"s", &wp}
	fmt.Println(WW.M[int](ww, 7), (*WW).PM[int](&ww, 8), WWP.M[int](wwp, 9), WWP.PM[int](wwp, 9), (*WWP).PM[int](&wwp, 9))
	g := ww.M[string]
	h := ww.PM[string]
	i := wwp.PM[string]
	j := wwp.M[int]
	ww.n = 100
	wwp.WP.T.n = 200
	fmt.Println(g("a"), h("b"), i("c"), j(1), ww.n, wwp.n)
	p := &ww
	k := p.M[int]
	l := p.PM[int]
	p.n = 7
	fmt.Println(k(1), l(2))
	fmt.Println(ww.M(1), ww.PM("x"), wwp.M(true), w.M[any](1), wp.PM[error](nil))
	var q func(int) string = w.M[int]
	var r fn = w.PM[int]
	fmt.Println(q(3), r(4))
	var inf func(string) string = w.M
	inf2 := fn(w.M)
	fmt.Println(inf("z"), inf2(2), apply(w.M, 6), apply(w.M[int], 7), apply(wwp.PM, 8))
	fmt.Println(pv(1), pe(T{6}, "q"), ppe(&T{7}, true), pw(W{}, 2.5))
	fmt.Println(gen(T{1}, 2), gen(T{1}, "s"))
	li := L[int]{[]int{1, 2, 3}}
	fmt.Println(li.Map(func(x int) string { return fmt.Sprint("<", x, ">") }))
	mm := li.Map[float64]
	fmt.Println(mm(func(x int) float64 { return float64(x) / 2 }))
	fmt.Println(genL(li, func(x int) string { return fmt.Sprint(x * x) }))
	fmt.Println(li.Fold("", func(s string, x int) string { return s + fmt.Sprint(x) }))
	ff := li.Fold[int]
	fmt.Println(ff(0, func(a, x int) int { return a + x }))
	fe := L[int].Fold[string]
	fmt.Println(fe(li, ">", func(a string, x int) string { return a + fmt.Sprint(x) }))
	ad := (&li).Add[S]
	ad(S("x"), 4)
	ad2 := (*L[int]).Add[S]
	ad2(&li, "s", 5)
	le := LE[int]{1, li}
	lp := LP[int]{&li}
	le.Add(S(""), 6)
	lp.Add[S]("", 7)
	ad3 := lp.Add[S]
	ad3("", 8)
	fmt.Println(li, le, lp.xs)
	fmt.Println(LE[int].Map[string](le, func(x int) string { return "!" }), LP[int].Fold[int](lp, 1, func(a, x int) int { return a * x }))
	defer func() { fmt.Println("end", w.n) }()
	defer w.PM[int](1)
	defer ww.M[int](1)
	defer (*T).PM[int](&w.T, 2)
	defer W.M[int](w, 3)
	defer func(f func(int) string) { fmt.Println(f(5)) }(w.PM[int])
	c := make(chan string)
	go func(f func(int) string) { c <- f(6) }(w.M[int])
	fmt.Println(<-c)
	go chanM[int](c)(T{1}, 2)
	fmt.Println(<-c)
	x, y := T{}.Two[int, string](1, "a")
	fmt.Println(x, y)
	t2 := T{}.Two[int, string]
	fmt.Println(t2(3, "b"))
	t3 := T.Two[bool, []int]
	fmt.Println(t3(T{}, true, []int{1}))
	z := T{}.Zero[map[string]int]
	fmt.Println(z() == nil, T.Zero[int](T{}), T{}.Zero[string]() == "")
	v := T{3}.V[int]
	fmt.Println(v(), v(1, 2), v([]int{1, 2, 3}...), T.V[string](T{1}, "a", "b"), w.V(1, 2, 3))
	ms := map[string]func(int) string{"a": w.M[int], "b": ww.PM[int]}
	fmt.Println(ms["a"](1), ms["b"](2))
	fs := []func(int) string{w.M[int], (&w).PM[int]}
	for _, f := range fs {
		fmt.Println(f(9))
	}
	var e any = w.M[int]
	fmt.Printf("%T %T\n", e, T.M[string])
	func() {
		defer func() { fmt.Println("rec", recover()) }()
		var np *T
		f := np.M[int]
		fmt.Println(f(1))
	}()
	func() {
		defer func() { fmt.Println("rec", recover()) }()
		var np *WW
		f := np.PM[int]
		fmt.Println("made")
		fmt.Println(f(1))
	}()
	func() {
		defer func() { fmt.Println("rec", recover()) }()
		var np *W
		fmt.Println((*W).M[int](np, 1))
	}()
	func() {
		defer func() { fmt.Println("rec", recover()) }()
		fmt.Println(WP.PM[int](WP{}, 1))
	}()
	func() {
		type loc struct{ T }
		lo := loc{T{9}}
		fmt.Println(lo.M[int](1), loc.M[string](lo, "s"))
		u := struct{ T }{T{8}}
		a := u.M[int]
		b := u.PM[int]
		fmt.Println(a(1), b(2), struct{ T }.M[int](u, 4), (*struct{ T }).PM[int](&u, 4))
	}()
}

func chanM[P any](c chan string) func(t T, p P) {
	return func(t T, p P) { f := T.M[P]; c <- f(t, p) }
}
