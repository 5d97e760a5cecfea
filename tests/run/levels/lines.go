// Line numbers of calls and panics in all forms of statements, as runtime.Caller, runtime.Callers, log and the frames of a panic give them.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// ---- what reports

//go:noinline
func at(...any) int { _, _, l, _ := runtime.Caller(1); return l }

func in(...any) int { _, _, l, _ := runtime.Caller(1); return l }

//go:noinline
func ok(...any) bool { _, _, l, _ := runtime.Caller(1); note(l); return true }

//go:noinline
func no(...any) bool { _, _, l, _ := runtime.Caller(1); note(l); return false }

//go:noinline
func str(...any) string { _, _, l, _ := runtime.Caller(1); return strconv.Itoa(l) }

//go:noinline
func fail(s string) error { _, _, l, _ := runtime.Caller(1); return errors.New(strconv.Itoa(l) + s) }

//go:noinline
func up(n int) int { _, _, l, _ := runtime.Caller(n); return l }

var notes []int

func note(l int) { notes = append(notes, l) }

func lg(s string) { logger.Output(2, s) }

var buf bytes.Buffer
var logger = log.New(&buf, "", log.Lshortfile)

type M struct{ n int }

//go:noinline
func (m *M) C(...any) *M { _, _, l, _ := runtime.Caller(1); note(l); return m }

//go:noinline
func (m M) V(...any) M { _, _, l, _ := runtime.Caller(1); note(l); return m }

func (m *M) I(...any) *M { _, _, l, _ := runtime.Caller(1); note(l); return m }

type I interface{ C(...any) *M }
type E struct{ *M }
type F func(...any) int

func flush(name string, v ...any) {
	fmt.Println(name, v, notes)
	notes = nil
}

// tr runs f and prints the frames of its panic.
func tr(name string, f func()) {
	defer func() {
		r := recover()
		pcs := make([]uintptr, 50)
		fs := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
		var out []string
		for {
			fr, more := fs.Next()
			if fr.Function == "main.tr" || !more {
				break
			}
			if strings.HasPrefix(fr.Function, "main.") {
				out = append(out, fmt.Sprint(strings.TrimPrefix(fr.Function, "main."), ":", fr.Line))
			}
		}
		st := ""
		lines := strings.Split(string(debug.Stack()), "\n")
		for i, l := range lines {
			if strings.HasPrefix(l, "panic(") {
				for _, l := range lines[i:] {
					if j := strings.LastIndex(l, ".go:"); j >= 0 && strings.Contains(l, "/main.go:") || strings.Contains(l, "/lines.go:") {
						st += strings.Fields(l[j+4:])[0] + " "
					}
				}
				break
			}
		}
		fmt.Println(name, r, out[1:], st, notes)
		notes = nil
	}()
	f()
}

// ---- if and switch

//go:noinline
func ifs(x int) error {
	if x == 0 {
		return fail("zero")
	}
	if x < 0 {
		return fail("neg")
	}
	if x > 1000 {
		return fail("neg")
	} else if x > 900 {
		return fail("neg")
	} else if x > 800 {
		return fail("zero")
	}
	if e := fail("init"); x > 700 {
		return e
	}
	if x > 600 &&
		ok(1) &&
		no(2) ||
		no(3) {
		return fail("cond")
	}
	if !(x > 500 ||
		ok() ||
		no()) {
		return nil
	}
	switch {
	case x > 400:
		return fail("")
	case x > 300:
		return fail("")
	case x > 200,
		x == 7 && ok():
		return fail("")
	}
	switch x {
	case 1:
		return fail("")
	case 2:
		return fail("")
	case 3, 4, 5:
		return fail("")
	case at():
		return fail("at")
	case in(),
		at():
		return fail("in")
	default:
		return fail("")
	}
}

//go:noinline
func assigns(x int) (r int) {
	if x == 1 {
		r = at()
	} else if x == 2 {
		r = at()
	} else {
		r = at()
	}
	var s int
	switch x {
	case 1:
		s = in()
		fallthrough
	case 2:
		s += in()
	case 3:
		s = in()
	default:
		s = in()
	}
	if x > 2 {
		ok()
	} else {
		ok()
	}
	if x&1 == 0 {
		note(x)
		ok("a")
		note(x)
	} else {
		note(x)
		ok("a")
		note(x)
	}
	return r*1000 + s
}

//go:noinline
func types(v any) int {
	switch v := v.(type) {
	case int:
		return at(v)
	case string:
		return at(v)
	case nil:
		return at(v)
	case error:
		return at(v)
	case []int, map[string]int:
		return at(v)
	default:
		return at(v)
	}
}

//go:noinline
func strs(s string) int {
	switch s {
	case "a":
		return at()
	case "b":
		return at()
	case "hello":
		return at()
	case "world":
		return at()
	case "x" + str():
		return at()
	}
	return at()
}

// ---- loops

//go:noinline
func loops(n int) int {
	t := 0
	for i := at(); i < at()+2; i += at() - in() + 1 {
		t += at()
	}
	for i := 0; ok() &&
		i < n; i++ {
		if i == 1 {
			at()
			continue
		}
		if i == 3 {
			ok()
			break
		}
		ok()
	}
	for i := 0; i < 2; func() { ok(); i++ }() {
		ok(i)
	}
	for i := range n {
		ok(i)
	}
	for _, v := range []int{
		at(),
		at(),
		in(),
	} {
		note(v)
	}
	for k := range map[string]int{
		"x": at(),
	} {
		ok(k)
	}
	for range seq(at()) {
		ok()
		for range seq(in()) {
			ok()
			if n > 3 {
				continue
			}
			ok()
		}
	}
	for _, c := range "ab" {
		switch c {
		case 'a':
			ok()
		case 'b':
			ok()
		}
	}
outer:
	for i := 0; i < 3; i++ {
		for j := 0; j < 3; j++ {
			if i == j {
				ok()
				continue outer
			}
			if j == 2 {
				ok()
				break outer
			}
			ok()
		}
	}
	i := 0
again:
	ok()
	i++
	if i < 2 {
		goto again
	}
	goto end
end:
	return at() + t
}

//go:noinline
func seq(n int) func(func(int) bool) {
	return func(y func(int) bool) {
		if !y(n) {
			return
		}
		y(n + 1)
	}
}

// ---- expressions over lines

//go:noinline
func exprs(x int) {
	m := &M{}
	m.
		C().
		C(
			1,
		).
		I().
		V().
		V(
			at(),
			in(),
		)
	m.C().I().C()
	E{m}.
		C().
		C()
	var i I = m
	i.
		C(
			at(),
			at()).
		C()
	var f F = at
	note(f(
		1,
		2,
	))
	note(
		at(),
	)
	note(at(
		at(),
		in(
			at(),
			str(),
		),
	))
	a := []any{
		at(),
		in(),
		str(), []int{
			at(),
			at(), at(),
		},
		map[int]string{
			at(): str(),
			1:    str(),
			in(): str() +
				str() +
				str(),
		},
		struct{ a, b int }{
			at(),
			in(),
		},
		&M{
			n: at(),
		},
		func() int {
			return at()
		}(),
		at() + at() +
			at()*
				at() -
			in(),
		-at(),
		!ok(),
		[...]int{2: at(),
			at()},
	}
	fmt.Println(a[:6], a[6].(*M).n, a[7:])
	b := at() +
		at()
	c,
		d := at(),
		in()
	var e,
		g = at(),
		at()
	e, g = at(),
		at()
	var arr [10]int
	arr[at()%10],
		arr[in()%10] = at(),
		in()
	arr[at()-at()] += at()
	s := str() + "x" +
		str() + "y" +
		fmt.Sprint(
			at(), at(),
			in(),
		) + str()
	k := x > 0 && at() > 0 &&
		at() > 0 ||
		at() < 0
	q := fmt.Sprintf("%d %d",
		at(),
		at())
	sl := []int{1, 2, 3, 4}[at()-at() : at()-
		at()+2]
	var iface any = at()
	w := iface.(int) +
		at()
	z := int64(at()) +
		int64(
			at())
	fmt.Println(b, c, d, e, g, arr, s, k, q, sl, w, z)
	lg("one")
	lg(
		"two" +
			str(),
	)
	logger.Println("three")
	logger.Printf(
		"four %d",
		at(),
	)
	if x > 0 {
		logger.Print("p")
	} else {
		logger.Print("p")
	}
	if x > 1 {
		logger.Print("p")
	} else {
		logger.Print("p")
	}
	fmt.Print(buf.String())
	buf.Reset()
	flush("exprs")
}

type pair struct{ a, b int }

//go:noinline
func results(x int) (int, int, error) {
	if x == 0 {
		return at(),
			at(),
			nil
	}
	if x == 1 {
		return two(at(),
			at())
	}
	if x == 2 {
		return two(at(), at())
	}
	p := pair{at(),
		at()}
	return p.a, p.b,
		fail("")
}

//go:noinline
func two(a, b int) (int, int, error) { return a, b, nil }

// ---- select, channels, goroutines, defers, closures

//go:noinline
func chans(x int) {
	c := make(chan int, at())
	c <- at()
	c <-
		in()
	note(<-c)
	select {
	case c <- at():
		ok()
	default:
		ok()
	}
	for range 4 {
		select {
		case v := <-c:
			note(v)
			ok()
		case v, o := <-make(chan int):
			note(v)
			ok(o)
		default:
			ok()
		}
	}
	select {
	default:
		ok()
	}
	var n chan int
	select {
	case n <- at():
		ok()
	case <-n:
		ok()
	default:
		ok()
	}
	done := make(chan bool)
	go func() {
		ok()
		done <- ok()
	}()
	<-done
	go func(int) {
		defer close(done)
		ok()
	}(
		at(),
	)
	<-done
	flush("chans")
}

//go:noinline
func defers(x int) (r int) {
	defer ok()
	defer func() {
		ok()
		note(up(2))
	}()
	defer ok(
		at(),
		in(),
	)
	for i := range 2 {
		defer ok(
			i)
	}
	if x == 1 {
		return at()
	}
	if x == 2 {
		defer ok()
		return at()
	}
	func() {
		defer ok()
		ok()
	}()
	return at()
}

//go:noinline
func returns(x int) (r int, err error) {
	defer func() {
		note(up(2))
	}()
	if x == 0 {
		return 1,
			fail("a")
	}
	if x == 1 {
		return
	}
	for i := range seq(x) {
		if i == 3 {
			return i, nil
		}
		if i == 5 {
			return i,
				fail("b")
		}
	}
	for {
		if x == 7 {
			break
		}
		switch x {
		case 8:
			return two2(
				x)
		case 9:
			return at(), nil
		}
		func() {
			defer func() { note(up(2)) }()
			if x == 10 {
				return
			}
			ok()
		}()
		if x > 9 {
			return at(), fail("")
		}
		x++
	}
	return at(), nil
}

//go:noinline
func two2(x int) (int, error) { return x, nil }

//go:noinline
func loopdefers(x int) {
	for i := range x {
		defer func() { note(up(2)) }()
		if i == 3 {
			return
		}
	}
	for i := range seq(x) {
		defer func() { note(up(2)) }()
		if i == 1 {
			return
		}
	}
}

//go:noinline
func many(x int) {
	defer func() { note(up(2)) }()
	defer func() { note(up(2)) }()
	defer func() { note(up(2)) }()
	defer func() { note(up(2)) }()
	defer func() { note(up(2)) }()
	defer func() { note(up(2)) }()
	defer func() { note(up(2)) }()
	defer func() { note(up(2)) }()
	defer func() { note(up(2)) }()
	if x == 1 {
		return
	}
	defer func() { note(up(2)) }()
}

//go:noinline
func recovered(x int) (r int) {
	defer func() { note(up(2)) }()
	defer func() {
		recover()
	}()
	if x == 1 {
		thrower("x")
	}
	return slc[x+zero]
}

//go:noinline
func closures(x int) {
	f := func() int { return at() }
	g := func(n int) int {
		if n > 1 {
			return at()
		}
		if n > 0 {
			return at()
		}
		return at()
	}
	h := func() func() int {
		return func() int {
			return up(1)*100000 +
				up(2)
		}
	}
	fmt.Println(f(), g(0), g(1), g(2), h()(),
		h()(),
		func() int { return at() }(),
		func() int {
			return func() int {
				return at()
			}()
		}(),
	)
	mv := (&M{}).C
	mv()
	mv(1)
	me := (*M).C
	me(&M{})
	me(&M{},
		at())
	flush("closures")
}

func inl1(x int) int {
	if x > 0 {
		return up(1) + up(2)*1000
	}
	return up(1) + up(2)*1000
}
func inl2(x int) int { return inl1(x) + inl1(-x)*1000000 }
func inl3(x int) int {
	return inl2(x) +
		inl2(x-1)
}

//go:noinline
func inlined(x int) {
	fmt.Println(inl1(1), inl1(0),
		inl1(1),
		inl2(1),
		inl3(1))
	if x > 0 {
		fmt.Println(inl2(x))
	} else {
		fmt.Println(inl2(x))
	}
}

// ---- panics

var zero int
var nilp *M
var nilm map[string]int
var arr5 [5]int
var slc = []int{1, 2, 3}
var anyv any = "s"
var nili I
var nilf func()
var nilc chan int

type big struct{ a, b [100]int }

var nilbig *big

//go:noinline
func idx(s []int, i int) int {
	if i == 100 {
		return s[i]
	}
	if i == 101 {
		return s[i]
	}
	x := s[i]
	y := s[i+1]
	z := s[i+2] +
		s[i+3]
	return x + y +
		s[i+4] + z
}

//go:noinline
func arith(a, b int) int {
	if a == 1 {
		return a / b
	}
	if a == 2 {
		return a / b
	}
	if a == 3 {
		return a % b
	}
	c := a +
		a/b
	return c
}

//go:noinline
func deref(p, q *M, w int) int {
	switch w {
	case 0:
		return p.n
	case 1:
		return p.n
	case 2:
		return q.n
	case 3:
		return p.n +
			q.n
	case 4:
		p.n = 1
	case 5:
		p.n = 1
	case 6:
		p.n++
	case 7:
		q.
			n = 2
	}
	return 0
}

//go:noinline
func convs(v any, w int) (r int) {
	switch w {
	case 0:
		return v.(int)
	case 1:
		return v.(int)
	case 2:
		r = len(v.(fmt.Stringer).
			String())
	case 3:
		_ = v.(I).
			C()
	case 4:
		r = int(v.(int64)) +
			int(v.(int32))
	}
	return
}

//go:noinline
func slices(s []int, a, b, w int) []int {
	switch w {
	case 0:
		return s[a:b]
	case 1:
		return s[a:b]
	case 2:
		return s[a:]
	case 3:
		return s[:b]
	case 4:
		return s[:a:b]
	case 5:
		p := (*[4]int)(s)
		return p[:]
	case 6:
		p := [4]int(s)
		return p[:]
	}
	return make([]int, a)
}

//go:noinline
func lits(n int) []int {
	return []int{
		1 / n,
		2,
		slc[n+10],
	}
}

//go:noinline
func call3(a, b, c int) int { return a + b + c }

//go:noinline
func thrower(s string) int { panic(s) }

func inlThrow(s string) int {
	if s == "" {
		panic("inlined")
	}
	return len(s)
}
func inlDiv(a, b int) int { return a / b }
func inlIdx(s []int, i int) int {
	return s[i]
}

//go:noinline
func panics() {
	for i := range 6 {
		tr("idx", func() { idx(slc, i) })
	}
	tr("idx", func() { idx(slc, -1) })
	tr("idx", func() { idx(slc, 100) })
	tr("idx", func() { idx(slc, 101) })
	tr("idx", func() { idx([]int{1, 2, 3, 4, 5}, 2) })
	tr("idx", func() { idx([]int{1, 2, 3, 4, 5}, 1) })
	for i := 1; i < 5; i++ {
		tr("arith", func() { arith(i, zero) })
	}
	for i := range 8 {
		tr("deref", func() { deref(nilp, nilp, i) })
	}
	tr("deref", func() { deref(&M{}, nilp, 3) })
	for i := range 5 {
		tr("convs", func() { convs(anyv, i) })
	}
	tr("convs", func() { convs(int64(1), 4) })
	tr("convs", func() { convs(nil, 0) })
	for i := range 8 {
		tr("slices", func() { slices(slc, 4-i%2*5, -3, i) })
	}
	tr("lits", func() { lits(0) })
	tr("lits", func() { lits(1) })
	tr("map", func() {
		nilm["a"] = 1
	})
	tr("map", func() {
		nilm["a"] = 1
		nilm["b"]++
	})
	tr("map", func() {
		m := map[any]int{}
		m[1] = 2
		m[[]int{}] =
			3
	})
	tr("map", func() {
		_ = map[any]int{
			1:       2,
			func() {}: 3,
		}
	})
	tr("eq", func() {
		var a, b any = slc, slc
		if a ==
			b {
			ok()
		}
	})
	tr("iface", func() {
		nili.C()
	})
	tr("iface", func() {
		ok()
		nili.
			C()
	})
	tr("func", func() {
		ok()
		nilf()
	})
	tr("method value", func() {
		f := nili.C
		f()
	})
	tr("close", func() {
		close(nilc)
	})
	tr("close", func() {
		c := make(chan int)
		close(c)
		close(c)
	})
	tr("send", func() {
		c := make(chan int)
		close(c)
		c <- 1
	})
	tr("make", func() {
		n := -1 + zero
		_ = make([]int, 1+zero)
		_ = make([]int, n)
	})
	tr("make", func() {
		_ = make(chan int, zero-1)
	})
	tr("shift", func() {
		n := zero - 1
		zero = 0
		note(1 << n)
	})
	tr("big", func() {
		nilbig.b[3] = 4
	})
	tr("big", func() {
		x := *nilbig
		_ = x
	})
	tr("array", func() {
		i := zero + 5
		arr5[i] = at()
	})
	tr("array", func() {
		i := zero + 5
		arr5[i-1] = at()
		arr5[zero],
			arr5[i] = at(),
			at()
	})
	tr("str", func() {
		s := "abc"
		_ = s[zero]
		_ = s[zero+3]
	})
	tr("str", func() {
		s := "abc"
		_ = s[zero+2 : zero+1]
	})
	tr("explicit", func() {
		panic(at())
	})
	tr("explicit", func() {
		if zero == 0 {
			panic("a")
		}
		panic("a")
	})
	tr("explicit", func() {
		if zero == 1 {
			panic("a")
		}
		panic("a")
	})
	tr("explicit", func() {
		panic(fmt.Sprintf("%d %d",
			at(),
			at(),
		))
	})
	tr("nested", func() {
		call3(
			1,
			thrower("x"),
			2,
		)
	})
	tr("nested", func() {
		call3(
			1,
			2,
			thrower("x"))
	})
	tr("nested", func() {
		call3(1,
			2/zero,
			3)
	})
	tr("nested", func() {
		call3(call3(1, 2,
			slc[zero+7]),
			2,
			3)
	})
	tr("inlined", func() {
		inlThrow("x")
		inlThrow("")
	})
	tr("inlined", func() {
		inlDiv(1, 1)
		note(inlDiv(
			1, zero))
	})
	tr("inlined", func() {
		note(inlIdx(slc, 1) +
			inlIdx(slc, 5))
	})
	tr("return", func() {
		func() int {
			return call3(1, 2,
				3) / zero
		}()
	})
	tr("assert", func() {
		x, y := anyv.(string),
			anyv.(int)
		_, _ = x, y
	})
	tr("cond", func() {
		if zero == 0 &&
			slc[zero+4] > 0 ||
			zero == 1 {
			ok()
		}
	})
	tr("cond", func() {
		for i := 0; i < 10; i++ {
			if slc[i] > 5 {
				ok()
			}
		}
	})
	tr("for", func() {
		for i := 0; i < slc[i]; i++ {
			ok()
		}
	})
	tr("for post", func() {
		for i := 0; i < 10; i += 1 /
			zero {
			ok()
		}
	})
	tr("switch", func() {
		switch x := slc[zero]; {
		case x > 5:
		case slc[zero+9] > 1:
			ok()
		}
	})
	tr("switch", func() {
		switch slc[zero+8] {
		case 1:
			ok()
		}
	})
	tr("range", func() {
		for i := range slc {
			slc[i] = slc[i+1]
		}
	})
	tr("defer", func() {
		defer func() { ok() }()
		ok()
		thrower("d")
	})
	tr("defer2", func() {
		defer thrower("d2")
		ok()
	})
	tr("defer3", func() {
		defer func() {
			thrower("d3")
		}()
		ok()
		return
	})
	tr("defer4", func() {
		defer func() {
			r := recover()
			panic(r)
		}()
		ok()
		slc[zero+11]++
	})
	tr("defer nil", func() {
		defer nilf()
		ok()
	})
	tr("rangefunc", func() {
		for x := range seq(1) {
			if x == 2 {
				thrower("rf")
			}
		}
	})
	tr("ops", func() {
		slc[zero+3] += at()
	})
	tr("ops", func() {
		zero /= zero
	})
	tr("ops", func() {
		slc[0] %= zero
	})
	tr("copy", func() {
		var p *[5]int
		copy(slc, p[:])
	})
	tr("rangearr", func() {
		var p *[5]int
		for _, v := range p {
			note(v)
		}
	})
	tr("struct", func() {
		var p *struct{ m M }
		p.m.C()
		q := p.m
		_ = q
	})
	tr("method", func() {
		var e E
		ok()
		note(e.n)
	})
	tr("method", func() {
		var p *M
		ok()
		p.V()
	})
}

type st struct {
	a, b string
	c    any
	d    [3]int
}

//go:noinline
func cmps(x, y st, i int) bool {
	if i == 0 {
		return x == y
	}
	if i == 1 {
		return x != y
	}
	m := map[st]int{}
	if i == 2 {
		m[x] = 1
	}
	if i == 3 {
		delete(m, x)
	}
	if i == 4 {
		_ = m[y]
	}
	if i == 5 {
		_, o := m[y]
		return o
	}
	switch x {
	case y:
		return true
	}
	return false
}

//go:noinline
func conv(w int, p *[3]int, v any, f func(int) int, c chan int) (r int) {
	if w > 10 && (*p)[0] > 0 || w == 11 {
		return p[1]
	}
	switch w {
	case 0:
		for _, x := range *p {
			r += x
		}
	case 1:
		for i := range p {
			r += p[i]
		}
	case 2:
		return f(
			at())
	case 3:
		return f(1)
	case 4:
		r = len(p[:])
		q := p[1:]
		return q[0]
	case 5:
		*p = [3]int{
			1, 2, 3,
		}
	case 6:
		p[w-6], p[w-5] = at(),
			at()
	case 7:
		switch y := v.(fmt.Stringer); y.String() {
		case "":
		}
	case 8:
		go f(1)
	case 9:
		func() {
			defer f(
				slc[w+zero])
			ok()
		}()
	case 10:
		r = f(f(
			1))
	}
	return
}

func morePanics() {
	u := st{"a", "b", slc, [3]int{}}
	for i := range 7 {
		tr("cmps", func() { cmps(u, u, i) })
	}
	for i := range 13 {
		if i != 8 {
			tr("conv", func() { conv(i, nil, nil, nil, nil) })
		}
	}
	tr("err", func() {
		var e error
		ok()
		note(len(e.
			Error()))
	})
	tr("err", func() {
		var e *strconv.NumError
		ok()
		note(len(e.Error()))
	})
	tr("std", func() {
		strings.Repeat("x", zero-
			1)
	})
	tr("std", func() {
		_ = strings.Repeat("x",
			-1)
	})
	tr("std", func() {
		var b *bytes.Buffer
		b.WriteString(
			str())
	})
	tr("std", func() {
		var l *log.Logger
		l.Print(
			str(),
		)
	})
	tr("two", func() {
		x, y := slc[zero], slc[zero+
			5]
		_, _ = x, y
	})
	tr("two", func() {
		var a [3]int
		a[zero+3]++
		a[zero+4]--
	})
	tr("two", func() {
		var a [3]int
		a[zero]++
		a[zero+4]--
	})
	tr("lit", func() {
		_ = []*M{
			{1},
			{slc[zero+5]},
		}
	})
	tr("lit", func() {
		_ = &pair{
			a: 1,
			b: 1 /
				zero,
		}
	})
	tr("lit", func() {
		_ = [][]int{
			{1},
			{2, slc[3+zero]},
		}
	})
	tr("closure", func() {
		f := func(i int) int { return slc[i] }
		note(f(1))
		note(f(
			7))
	})
	tr("unary", func() {
		note(-slc[zero+3])
	})
	tr("addr", func() {
		p := &slc[zero+3]
		*p = 1
	})
	tr("addr", func() {
		p := &nilp.n
		ok()
		*p = 1
	})
	tr("addr", func() {
		p := &nilbig.b
		ok()
		p[3] = 1
	})
	tr("append", func() {
		_ = append(slc,
			slc[zero+3])
	})
	tr("append", func() {
		_ = append(slc,
			slc[zero+2:zero+1]...)
	})
	tr("min", func() {
		note(min(1,
			slc[zero+3]))
	})
	tr("clear", func() {
		x := map[any]int{}
		clear(x)
		x[u] = 1
	})
	tr("rf", func() {
		for range nilseq {
			ok()
		}
	})
	tr("rf", func() {
		seq(1)(nil)
	})
	tr("print", func() {
		fmt.Sprintln(
			slc[0],
			slc[zero+3],
		)
	})
}

type spt struct{ a, b int }

var selp = [2]*spt{{1, 2}, nil}
var sels = []*spt{{1, 2}, nil}
var selm = map[int]*spt{}
var sel1 = 1

//go:noinline
func id(x int) int { return x }

//go:noinline
func idp(x ...int) *spt { return nil }

func tri(f func() int) { tr("selectors", func() { note(f()) }) }

//go:noinline
func selectors() {
	tri(func() int {
		return selp[(sel1+
			0)&1].b
	})
	tri(func() int {
		return selp[id(
			1)].b
	})
	tri(func() int {
		return selp[(id(
			0)+
			1)&1].b
	})
	tri(func() int {
		return sels[(id(
			0)+
			1)&1].b
	})
	tri(func() int {
		return idp(
			1,
		).b
	})
	tri(func() int {
		return idp(
			1,
		).
			b
	})
	tri(func() int {
		return selm[id(
			1)].
			b
	})
	tri(func() int {
		x := *idp(
			1)
		return x.
			b
	})
	tri(func() int {
		selp[id(
			1)].b = id(
			3)
		return 1
	})
	tri(func() int {
		idp(
			1).b += id(
			3)
		return 1
	})
	tri(func() int {
		return sels[id(
			5)].b
	})
	tri(func() int {
		return sels[id(
			5):][id(
			6)].b
	})
	tri(func() int {
		return id(1) /
			id(
				0)
	})
	tri(func() int {
		return id(
			1) / id(
			0)
	})
	tri(func() int {
		var x any = id(1)
		return len(x.(string)) +
			id(
				0)
	})
	tri(func() int {
		var x any = id(1)
		return id(
			2) + len(x.(string))
	})
	tri(func() int {
		return id(
			2) + (*idp(
			3)).
			a
	})
	tri(func() int {
		return len("abc"[id(
			2) : id(
			1)])
	})
	tri(func() int {
		return 1 << id(
			-1)
	})
	tri(func() int {
		return id(
			1) <<
			id(
				-1)
	})
}

var nilseq func(func(int) bool)

func gen[T any](x T, y int) int {
	if y > 0 {
		return at(x)
	}
	if y < 0 {
		return at(x)
	}
	f := func() int {
		return at(x)
	}
	return f() + at(x)
}

var pkgv = at() +
	at()
var pkgs = []int{
	at(),
	at(), in(),
	func() int {
		return at()
	}(),
}

func init() {
	ok()
	flush("init")
}

func main() {
	log.SetOutput(os.Stdout)
	log.SetFlags(log.Lshortfile)
	for _, x := range []int{0, -1, 1001, 901, 801, 701, 601, 501, 401, 301, 201, 7, 1, 2, 3, 8} {
		flush("ifs", ifs(x))
	}
	for x := range 5 {
		flush("assigns", assigns(x))
	}
	for _, v := range []any{1, "s", nil, errors.New(""), []int{}, 2.5} {
		flush("types", types(v))
	}
	for _, s := range []string{"a", "b", "hello", "world", "x", ""} {
		flush("strs", strs(s))
	}
	flush("loops", loops(3))
	flush("loops", loops(5))
	exprs(1)
	exprs(2)
	exprs(0)
	for i := range 4 {
		a, b, c := results(i)
		flush("results", a, b, c)
	}
	chans(0)
	for i := range 3 {
		flush("defers", defers(i))
	}
	for i := range 12 {
		a, b := returns(i)
		flush("returns", a, b)
	}
	for i := range 5 {
		loopdefers(i)
		flush("loopdefers")
		many(i)
		flush("many")
		flush("recovered", recovered(i))
	}
	closures(1)
	inlined(1)
	inlined(0)
	panics()
	morePanics()
	selectors()
	fmt.Println(gen(1, 1), gen(1, -1), gen("", 0), gen(2.5, 0), pkgv, pkgs)
	log.Print("x")
	if len(os.Args) > 5 {
		log.Print("y")
	} else {
		log.Print("y")
	}
}
