// Names of frames as runtime.Callers, FuncForPC and debug.Stack give them: generic functions and methods, closures, wrappers, initialisation,
// deferred calls, goroutines.
package main

import (
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
)

type Stack[T any] struct{ xs []T }

//go:noinline
func frames(tag string) {
	pcs := make([]uintptr, 40)
	n := runtime.Callers(2, pcs)
	fs := runtime.CallersFrames(pcs[:n])
	var out []string
	for {
		f, more := fs.Next()
		out = append(out, f.Function)
		if !more || f.Function == "main.main" {
			break
		}
	}
	pc, _, _, _ := runtime.Caller(1)
	st := string(debug.Stack())
	var ds []string
	for _, l := range strings.Split(st, "\n") {
		if strings.HasPrefix(l, "main.") || strings.HasPrefix(l, "created") {
			if i := strings.LastIndex(l, "("); i > 0 && !strings.HasPrefix(l, "created") {
				l = l[:i]
			}
			ds = append(ds, l)
		}
	}
	fmt.Println(tag, runtime.FuncForPC(pc).Name(), out, ds[1:])
}

func (s Stack[T]) Each[R any](f func(T) R) {
	for _, x := range s.xs {
		f(x)
	}
	frames("Each")
}
func (s *Stack[T]) Push(x T)        { s.xs = append(s.xs, x); frames("Push") }
func (s *Stack[T]) Add[R any](x R)  { frames("Add"); func() { frames("Add.func1") }() }
func (s Stack[T]) Val()             { frames("Val"); func() { frames("Val.func1") }() }
func (s Stack[T]) String() string   { frames("String"); return "" }
func F[T any](x T)                  { frames("F"); f := func() { frames("F.func1") }; f(); defer func() { frames("F.func2") }() }
func F2[T, U any](x T, y U) {
	frames("F2")
	for range seq[T] {
		frames("range")
	}
	go2(func() { frames("go") })
	type loc struct{ t T }
	var l any = loc{x}
	fmt.Printf("%T %v\n", l, reflect.TypeOf(l).Name())
	fmt.Printf("%T\n", y)
}
func seq[T any](y func(int) bool) { y(1) }
func go2(f func()) {
	c := make(chan int)
	go func() { f(); close(c) }()
	<-c
}

type Plain struct{ n int }

func (p Plain) G[T any](x T)   { frames("G"); func() { frames("G.func1") }() }
func (p *Plain) PG[T any](x T) { frames("PG"); defer func() { frames("PG.d") }() }
func (p Plain) M()             { frames("M") }
func (p *Plain) PM()           { frames("PM") }

type Emb struct{ Plain }
type EmbP struct{ *Plain }
type EmbS[T any] struct{ Stack[T] }
type EmbSS struct{ Stack[string] }
type I interface{ Val() }
type J interface {
	Val()
	Push(string)
}

func call(f func())       { f() }
//go:noinline
func calli(f func(int)) { f(1) }

var gv = func() { frames("gv") }
var gi = func() int { frames("init closure"); return 1 }()
var gm = Plain{}.G[string]

func init() { frames("init"); func() { frames("init.func1") }() }
func init() { frames("init2"); func() { frames("init2.func1") }() }

func (Plain) deferred() {
	defer frames("deferred")
	defer Plain{}.M()
	defer func() { frames("deferred.func1") }()
	defer func(x int) { frames("deferred.func2") }(1)
	defer F[int](1)
	for i := range 2 {
		defer frames(fmt.Sprint("loop", i))
		defer func(x int) { frames("deferred.func3") }(1)
		defer func() { frames("deferred.func4") }()
	}
}
func gos() {
	c := make(chan int)
	go func() { frames("go func"); c <- 1 }()
	<-c
	go func(x int) { frames("go func x"); c <- 1 }(1)
	<-c
	go gof(c)
	<-c
	go Plain{}.gom(c)
	<-c
	go gogen[int](c, 1)
	<-c
	f := func() { frames("go var"); c <- 1 }
	go f()
	<-c
	m := Plain{}.gom
	go m(c)
	<-c
	g := Stack[int]{}.gos
	go g(c)
	<-c
}
func gof(c chan int)                { frames("gof"); c <- 1 }
func gogen[T any](c chan int, x T)  { frames("gogen"); c <- 1 }
func (Plain) gom(c chan int)        { frames("gom"); c <- 1 }
func (Stack[T]) gos(c chan int)     { frames("gos"); c <- 1 }

type node[K comparable, V any] struct {
	k K
	v V
}

func (n *node[K, V]) visit(f func(K, V)) { f(n.k, n.v); func() { frames("visit") }() }

func Map[T, U any](xs []T, f func(T) U) (r []U) {
	for _, x := range xs {
		r = append(r, f(x))
	}
	frames("Map")
	return
}

func main() {
	gv()
	gm("x")
	s := Stack[int]{[]int{1}}
	s.Each(func(x int) string { frames("lit"); return "" })
	s.Each[int](func(x int) int { return 0 })
	s.Push(1)
	s.Add("x")
	s.Val()
	(&s).Val()
	F(1)
	F("x")
	F(s)
	F2(1, "x")
	F2(s, map[string]int{})
	p := Plain{}
	p.G(1)
	p.G[Stack[int]](s)
	p.PG(1)
	f := p.G[int]
	f(1)
	g := p.PG[string]
	g("")
	h := Plain.G[int]
	h(p, 1)
	k := (*Plain).PG[int]
	k(&p, 1)
	(*Plain).G[int](&p, 1)
	m := (*Plain).G[int]
	m(&p, 1)
	e := Emb{p}
	Emb.G[int](e, 1)
	n := (*Emb).PG[int]
	n(&e, 2)
	EmbP.PG[int](EmbP{&p}, 1)
	call(p.M)
	call(p.PM)
	call(e.M)
	call(e.PM)
	call(EmbP{&p}.PM)
	call(EmbP{&p}.M)
	es := EmbS[int]{s}
	call(es.Val)
	calli(es.Push)
	call(s.Val)
	es.Add(1)
	es.Each(func(int) int { return 0 })
	EmbS[int].Each[int](es, func(int) int { return 0 })
	var i I = s
	i.Val()
	i = &s
	i.Val()
	i = es
	i.Val()
	i = &es
	i.Val()
	i = EmbSS{}
	i.Val()
	call(i.Val)
	call(func() { I.Val(i) })
	ie := I.Val
	ie(i)
	var j J = &EmbSS{}
	j.Push("x")
	j.Val()
	i = j
	call(i.Val)
	p.deferred()
	gos()
	(&node[string, int]{}).visit(func(k string, v int) { frames("vf") })
	Map([]int{1}, func(x int) string { frames("mapf"); return "" })
	Map([]int{1}, func(x int) Stack[int] { return s })
	reflect.ValueOf(s).MethodByName("Val").Call(nil)
	reflect.ValueOf(s).MethodByName("Val").Interface().(func())()
	reflect.ValueOf(frames).Call([]reflect.Value{reflect.ValueOf("refl")})
	reflect.MakeFunc(reflect.TypeOf(func() {}), func([]reflect.Value) []reflect.Value { frames("made"); return nil }).Interface().(func())()
	fmt.Println(&s)
	for _, fn := range []any{F[int], s.Val, (*Stack[int]).Push, e.PM, Emb.M, (*Emb).PM, I.Val, i.Val, call, main, func() {}, EmbS[int].Val, (*EmbSS).Push, Map[int, string]} {
		rf := runtime.FuncForPC(reflect.ValueOf(fn).Pointer())
		fmt.Println(rf.Name())
	}
	func() {
		defer func() { fmt.Println(recover()); }()
		var np *Plain
		I2.M(np)
	}()
}

type I2 interface{ M() }
