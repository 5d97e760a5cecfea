// What recover sees: only the function that was deferred may recover, whatever stands or is inlined between.
package main

import (
	"fmt"
	"reflect"
	"runtime"
)

func rec() { show("rec", recover()) }

//go:noinline
func recN() { show("recN", recover()) }

var log []string

func show(who string, v any) { log = append(log, fmt.Sprint(who, "=", v)) }

func mid() { rec() }

type T struct{ a, b int }

func (t T) Val()           { rec() }
func (t T) ValArg(x int)   { rec() }
func (t *T) Ptr()          { rec() }
func (t *T) PtrArg(x int)  { rec() }
func (t T) RVal()          { show("RVal", recover()) }
func (t *T) RPtr()         { show("RPtr", recover()) }
func (t *T) RPtrArg(x int) { show("RPtrArg", recover()) }
func (t T) RValArg(x int)  { show("RValArg", recover()) }

type E struct{ T }
type EP struct{ *T }
type EE struct {
	x int
	E
}
type I interface {
	Val()
	ValArg(int)
	Ptr()
	PtrArg(int)
	RVal()
	RPtr()
	RPtrArg(int)
	RValArg(int)
}
type EI struct{ I }
type D int

func (D) Val()  { rec() }
func (D) RVal() { show("D.RVal", recover()) }

type IV interface {
	Val()
	RVal()
}

type G[P any] struct{ p P }

func (g G[P]) Val(x P)   { rec() }
func (g *G[P]) Ptr(x P)  { rec() }
func (g G[P]) RVal(x P)  { show("G.RVal", recover()) }
func (g *G[P]) RPtr(x P) { show("G.RPtr", recover()) }

func A0()                     { rec() }
func A(x int)                 { rec() }
func Am(x int)                { mid() }
func Av(x ...int)             { rec() }
func Ag[P any](x P)           { rec() }
func Ares(x int) int          { rec(); return x }
func Abig(x [20]int) [20]int  { rec(); return x }
func R0()                     { show("R0", recover()) }
func R1(x int)                { show("R1", recover()) }
func Rv(x ...int)             { show("Rv", recover()) }
func Rg[P any](x P)           { show("Rg", recover()) }
func Rres(x int) int          { show("Rres", recover()); return x }
func Rbig(x [20]int) [20]int  { show("Rbig", recover()); return x }
func Ra(v any)                { show("Ra", v); show("Ra2", recover()) }
func Aclos(x int)             { func() { show("Aclos", recover()) }() }
func Adefers(x int)           { defer rec() }
func Adefers1(x int)          { defer R1(x) }
func AdeferRecover(x int)     { defer recover() }
func AdeferRecoverLoop(x int) {
	for i := 0; i < x; i++ {
		defer recover()
	}
}
func Apanics(x int) {
	defer func() { show("inner", recover()) }()
	panic("second")
}
func ApanicsThenRec(x int) {
	func() {
		defer func() { show("inner", recover()) }()
		panic("second")
	}()
	rec()
}
func ApanicsThenRecover(x int) {
	func() {
		defer func() { show("inner", recover()) }()
		panic("second")
	}()
	show("after", recover())
}
func Arange(x int) {
	for range seq(2) {
		show("range", recover())
	}
}
func Arange2(x int) {
	for range seq(2) {
		rec()
	}
}
func ArangeDefer(x int) {
	for range seq(2) {
		defer rec()
	}
}
func seq(n int) func(func(int) bool) {
	return func(y func(int) bool) {
		for i := range n {
			if !y(i) {
				return
			}
		}
	}
}

func Arepanic(x int) {
	r := recover()
	show("re", r)
	panic(fmt.Sprint("re-", r))
}
func AcallsMethodValue(x int) { f := T{}.RVal; f() }
func AcallsIface(x int)       { var i IV = E{}; i.RVal() }
func AcallsPromoted(x int)    { EE{}.RVal() }
func AcallsReflect(x int)     { reflect.ValueOf(R1).Call([]reflect.Value{reflect.ValueOf(1)}) }
func AcallsMade(x int)        { made("in")() }

func made(s string) func() {
	return reflect.MakeFunc(reflect.TypeOf(func() {}), func([]reflect.Value) []reflect.Value {
		show("made "+s, recover())
		return nil
	}).Interface().(func())
}
func madeN(s string) func(int, string, float64, [9]int) (int, error) {
	var f func(int, string, float64, [9]int) (int, error)
	return reflect.MakeFunc(reflect.TypeOf(f), func(a []reflect.Value) []reflect.Value {
		show("madeN "+s, recover())
		return []reflect.Value{a[0], reflect.Zero(reflect.TypeFor[error]())}
	}).Interface().(func(int, string, float64, [9]int) (int, error))
}
func madeDeep() func() {
	return reflect.MakeFunc(reflect.TypeOf(func() {}), func([]reflect.Value) []reflect.Value {
		rec()
		return nil
	}).Interface().(func())
}
func method(v any, name string) func()       { return reflect.ValueOf(v).MethodByName(name).Interface().(func()) }
func method1(v any, name string) func(int)   { return reflect.ValueOf(v).MethodByName(name).Interface().(func(int)) }

var fv func(int) = A
var fr func(int) = R1

func try(name string, f func()) {
	log = nil
	done := make(chan bool)
	var res string
	go func() {
		defer close(done)
		ok := false
		defer func() {
			if ok {
				res = "returned"
				return
			}
			r := recover()
			if r == nil {
				res = "goexit"
			} else {
				res = fmt.Sprint("escaped ", r)
			}
		}()
		func() {
			f()
		}()
		ok = true
	}()
	<-done
	fmt.Println(name, res, log)
}

func main() {
	t := &T{1, 2}
	e := E{T{1, 2}}
	ep := EP{t}
	ee := EE{1, e}
	var i I = t
	var ie I = &e
	var iee I = &ee
	var iep I = ep
	var iei I = EI{t}
	var iv IV = T{}
	var ivd IV = D(1)
	g := &G[int]{}
	gs := &G[string]{}
	try("A0", func() { defer A0(); panic(1) })
	try("A", func() { defer A(1); panic(1) })
	try("Am", func() { defer Am(1); panic(1) })
	try("Av", func() { defer Av(1, 2); panic(1) })
	try("Av0", func() { defer Av(); panic(1) })
	try("Ag", func() { defer Ag("x"); panic(1) })
	try("Ag2", func() { defer Ag(1); panic(1) })
	try("Ares", func() { defer Ares(1); panic(1) })
	try("Abig", func() { defer Abig([20]int{}); panic(1) })
	try("t.Val", func() { defer t.Val(); panic(1) })
	try("t.ValArg", func() { defer t.ValArg(1); panic(1) })
	try("t.Ptr", func() { defer t.Ptr(); panic(1) })
	try("t.PtrArg", func() { defer t.PtrArg(1); panic(1) })
	try("T.Val", func() { defer T{}.Val(); panic(1) })
	try("e.Val", func() { defer e.Val(); panic(1) })
	try("e.ValArg", func() { defer e.ValArg(1); panic(1) })
	try("e.Ptr", func() { defer e.Ptr(); panic(1) })
	try("ep.Ptr", func() { defer ep.Ptr(); panic(1) })
	try("ep.PtrArg", func() { defer ep.PtrArg(1); panic(1) })
	try("ep.Val", func() { defer ep.Val(); panic(1) })
	try("ee.Val", func() { defer ee.Val(); panic(1) })
	try("ee.PtrArg", func() { defer ee.PtrArg(1); panic(1) })
	for k, i := range []I{i, ie, iee, iep, iei} {
		try(fmt.Sprint(k, "i.Val"), func() { defer i.Val(); panic(1) })
		try(fmt.Sprint(k, "i.ValArg"), func() { defer i.ValArg(1); panic(1) })
		try(fmt.Sprint(k, "i.Ptr"), func() { defer i.Ptr(); panic(1) })
		try(fmt.Sprint(k, "i.PtrArg"), func() { defer i.PtrArg(1); panic(1) })
		try(fmt.Sprint(k, "i.RVal"), func() { defer i.RVal(); panic(1) })
		try(fmt.Sprint(k, "i.RValArg"), func() { defer i.RValArg(1); panic(1) })
		try(fmt.Sprint(k, "i.RPtr"), func() { defer i.RPtr(); panic(1) })
		try(fmt.Sprint(k, "i.RPtrArg"), func() { defer i.RPtrArg(1); panic(1) })
		try(fmt.Sprint(k, "mv.Val"), func() { f := i.Val; defer f(); panic(1) })
		try(fmt.Sprint(k, "mv.ValArg"), func() { f := i.ValArg; defer f(1); panic(1) })
		try(fmt.Sprint(k, "mv.RVal"), func() { f := i.RVal; defer f(); panic(1) })
		try(fmt.Sprint(k, "mv.RPtrArg"), func() { f := i.RPtrArg; defer f(1); panic(1) })
		try(fmt.Sprint(k, "rv.Val"), func() { defer method(i, "Val")(); panic(1) })
		try(fmt.Sprint(k, "rv.RVal"), func() { defer method(i, "RVal")(); panic(1) })
		try(fmt.Sprint(k, "rv.RPtr"), func() { defer method(i, "RPtr")(); panic(1) })
		try(fmt.Sprint(k, "rv.RValArg"), func() { defer method1(i, "RValArg")(1); panic(1) })
		try(fmt.Sprint(k, "rv.RPtrArg"), func() { defer method1(i, "RPtrArg")(1); panic(1) })
		try(fmt.Sprint(k, "rv.PtrArg"), func() { defer method1(i, "PtrArg")(1); panic(1) })
		try(fmt.Sprint(k, "me.RVal"), func() { defer I.RVal(i); panic(1) })
		try(fmt.Sprint(k, "me.Val"), func() { defer I.Val(i); panic(1) })
		try(fmt.Sprint(k, "call.RVal"), func() { defer reflect.ValueOf(i).MethodByName("RVal").Call(nil); panic(1) })
	}
	for k, i := range []IV{iv, ivd, e, ep, ee, EI{t}} {
		try(fmt.Sprint(k, "iv.Val"), func() { defer i.Val(); panic(1) })
		try(fmt.Sprint(k, "iv.RVal"), func() { defer i.RVal(); panic(1) })
		try(fmt.Sprint(k, "ivm.Val"), func() { f := i.Val; defer f(); panic(1) })
		try(fmt.Sprint(k, "ivm.RVal"), func() { f := i.RVal; defer f(); panic(1) })
		try(fmt.Sprint(k, "ivr.RVal"), func() { defer method(i, "RVal")(); panic(1) })
		try(fmt.Sprint(k, "ivr.Val"), func() { defer method(i, "Val")(); panic(1) })
	}
	try("T.Val expr", func() { defer T.Val(*t); panic(1) })
	try("T.RVal expr", func() { defer T.RVal(*t); panic(1) })
	try("(*T).Val expr", func() { defer (*T).Val(t); panic(1) })
	try("(*T).RVal expr", func() { defer (*T).RVal(t); panic(1) })
	try("E.RVal expr", func() { defer E.RVal(e); panic(1) })
	try("(*EE).RPtr expr", func() { defer (*EE).RPtr(&ee); panic(1) })
	try("(*EE).Ptr expr", func() { defer (*EE).Ptr(&ee); panic(1) })
	try("mv t.Ptr", func() { f := t.Ptr; defer f(); panic(1) })
	try("mv t.RPtr", func() { f := t.RPtr; defer f(); panic(1) })
	try("mv t.RPtrArg", func() { f := t.RPtrArg; defer f(1); panic(1) })
	try("mv t.PtrArg", func() { f := t.PtrArg; defer f(1); panic(1) })
	try("mv ee.RVal", func() { f := ee.RVal; defer f(); panic(1) })
	try("g.Val", func() { defer g.Val(1); panic(1) })
	try("g.Ptr", func() { defer g.Ptr(1); panic(1) })
	try("g.RVal", func() { defer g.RVal(1); panic(1) })
	try("g.RPtr", func() { defer g.RPtr(1); panic(1) })
	try("gs.Val", func() { defer gs.Val("1"); panic(1) })
	try("gs.RPtr", func() { defer gs.RPtr("1"); panic(1) })
	try("gs.RPtr mv", func() { f := gs.RPtr; defer f("1"); panic(1) })
	try("gs.Ptr mv", func() { f := gs.Ptr; defer f("1"); panic(1) })
	try("fv", func() { defer fv(1); panic(1) })
	try("fr", func() { defer fr(1); panic(1) })
	try("R0", func() { defer R0(); panic(1) })
	try("R1", func() { defer R1(1); panic(1) })
	try("Rv", func() { defer Rv(1, 2); panic(1) })
	try("Rg", func() { defer Rg("x"); panic(1) })
	try("Rres", func() { defer Rres(1); panic(1) })
	try("Rbig", func() { defer Rbig([20]int{}); panic(1) })
	try("loop", func() {
		for i := 0; i < 3; i++ {
			defer A(i)
		}
		panic(1)
	})
	try("loopR", func() {
		for i := 0; i < 3; i++ {
			defer R1(i)
		}
		panic(1)
	})
	try("recover arg", func() { defer Ra(recover()); panic(1) })
	try("recover arg in deferred", func() { defer func() { defer Ra(recover()) }(); panic(1) })
	try("defer recover", func() { defer recover(); panic(1) })
	try("defer panic", func() { defer R0(); defer panic(2); panic(1) })
	try("defer panic A", func() { defer A(1); defer panic(2); panic(1) })
	try("defer print", func() { defer R0(); var m map[string]int; defer delete(m, "x"); panic(1) })
	try("defer close nil", func() { defer R0(); var c chan int; defer close(c); panic(1) })
	try("Aclos", func() { defer Aclos(1); panic(1) })
	try("Adefers", func() { defer Adefers(1); panic(1) })
	try("Adefers1", func() { defer Adefers1(1); panic(1) })
	try("AdeferRecover", func() { defer AdeferRecover(1); panic(1) })
	try("AdeferRecoverLoop", func() { defer AdeferRecoverLoop(1); panic(1) })
	try("Apanics", func() { defer Apanics(1); panic(1) })
	try("ApanicsThenRec", func() { defer ApanicsThenRec(1); panic(1) })
	try("ApanicsThenRecover", func() { defer ApanicsThenRecover(1); panic(1) })
	try("Arange", func() { defer Arange(1); panic(1) })
	try("Arange2", func() { defer Arange2(1); panic(1) })
	try("ArangeDefer", func() { defer ArangeDefer(1); panic(1) })
	try("range defers", func() {
		for x := range seq(3) {
			defer A(x)
			defer func() { rec() }()
		}
		panic(1)
	})
	try("range defersR", func() {
		for x := range seq(3) {
			defer R1(x)
		}
		panic(1)
	})
	try("range panic inside", func() {
		for x := range seq(3) {
			defer R1(x)
			panic(x)
		}
	})
	try("range panic insideA", func() {
		for x := range seq(3) {
			defer A(x)
			panic(x)
		}
	})
	try("Arepanic", func() { defer R0(); defer Arepanic(1); panic(1) })
	try("Arepanic A", func() { defer A(1); defer Arepanic(1); panic(1) })
	try("goexit", func() { defer R0(); defer A(1); runtime.Goexit() })
	try("goexit panic", func() { defer R0(); defer func() { panic(5) }(); runtime.Goexit() })
	try("goexit panic A", func() { defer A(1); defer func() { panic(5) }(); runtime.Goexit() })
	try("panic goexit", func() { defer R1(1); defer func() { runtime.Goexit() }(); panic(5) })
	try("mvcall", func() { defer AcallsMethodValue(1); panic(1) })
	try("ifcall", func() { defer AcallsIface(1); panic(1) })
	try("promcall", func() { defer AcallsPromoted(1); panic(1) })
	try("reflcall", func() { defer AcallsReflect(1); panic(1) })
	try("madecall", func() { defer AcallsMade(1); panic(1) })
	try("made", func() { defer made("x")(); panic(1) })
	try("madeDeep", func() { defer madeDeep()(); panic(1) })
	try("madeN", func() { defer madeN("x")(1, "s", 2.5, [9]int{}); panic(1) })
	try("made var", func() { f := made("y"); defer f(); panic(1) })
	try("made in clos", func() { f := made("y"); defer func() { f() }(); panic(1) })
	try("reflect.Call", func() { defer reflect.ValueOf(R0).Call(nil); panic(1) })
	try("reflect.Call 1", func() { defer reflect.ValueOf(R1).Call([]reflect.Value{reflect.ValueOf(1)}); panic(1) })
	try("reflect iface of func", func() { defer reflect.ValueOf(R1).Interface().(func(int))(1); panic(1) })
	try("reflect swap", func() { defer reflect.ValueOf(made("z")).Call(nil); panic(1) })
	try("nested", func() {
		defer func() {
			show("outer", recover())
		}()
		defer func() {
			defer func() {
				show("inner1", recover())
				show("inner2", recover())
			}()
			panic(2)
		}()
		panic(1)
	})
	try("closure args", func() { defer func(x int, s string) { show("ca", recover()) }(1, "x"); panic(1) })
	try("closure args deep", func() { defer func(x int, s string) { rec() }(1, "x"); panic(1) })
	try("closure args deep2", func() { y := 3; defer func(x int, s string) { func() { y++; recover() }() }(1, "x"); panic(y) })
	try("direct nested", func() { defer func() { func() { show("dn", recover()) }() }(); panic(1) })
	try("generic closure", func() { genDefer("s"); })
	try("generic closure A", func() { genDeferA("s"); })
	genericMethods()
	deep(2000)
}

type GM struct{ n int }

func (g GM) V[P any](x P)   { rec() }
func (g *GM) P[P any](x P)  { rec() }
func (g GM) RV[P any](x P)  { show("GM.RV", recover()) }
func (g *GM) RP[P any](x P) { show("GM.RP", recover()) }

type GE struct{ GM }
type GEP struct {
	k int
	*GE
}

func genericMethods() {
	g := GM{1}
	e := GE{g}
	p := GEP{1, &e}
	try("g.V", func() { defer g.V(1); panic(1) })
	try("g.RV", func() { defer g.RV("s"); panic(1) })
	try("g.P", func() { defer g.P[int](1); panic(1) })
	try("g.RP", func() { defer g.RP[any](1); panic(1) })
	try("e.V", func() { defer e.V(1); panic(1) })
	try("p.RV", func() { defer p.RV(1); panic(1) })
	try("p.RP", func() { defer p.RP(1); panic(1) })
	try("E.V", func() { defer GE.V[int](e, 1); panic(1) })
	try("E.RV", func() { defer GE.RV[int](e, 1); panic(1) })
	try("(*E).RP", func() { defer (*GE).RP[int](&e, 1); panic(1) })
	try("(*E).P", func() { defer (*GE).P[int](&e, 1); panic(1) })
	try("GEP.RP", func() { defer GEP.RP[int](p, 1); panic(1) })
	try("GEP.P", func() { defer GEP.P[int](p, 1); panic(1) })
	try("mv", func() { f := e.V[int]; defer f(1); panic(1) })
	try("mvR", func() { f := e.RV[int]; defer f(1); panic(1) })
	try("mvP", func() { f := p.P[string]; defer f("1"); panic(1) })
	try("mvRP", func() { f := p.RP[string]; defer f("1"); panic(1) })
	try("meR", func() { f := GEP.RP[string]; defer f(p, "1"); panic(1) })
	try("meV", func() { f := GEP.V[string]; defer f(p, "1"); panic(1) })
	try("reflect of made", func() { defer reflect.ValueOf(p.RV[int]).Interface().(func(int))(1); panic(1) })
	try("reflect call", func() { defer reflect.ValueOf(p.RV[int]).Call([]reflect.Value{reflect.ValueOf(1)}); panic(1) })
}

func genDefer[P any](p P) {
	defer func(q P) { show("gd", recover()) }(p)
	panic(p)
}
func genDeferA[P any](p P) {
	defer func(q P) { Ag(q) }(p)
	panic(p)
}

func deep(n int) {
	if n > 0 {
		var pad [100]byte
		pad[n%100] = 1
		deep(n - 1)
		_ = pad
		return
	}
	try("deep", func() { deepA(3000) })
	for i := range 40 {
		try("deepAt", func() { deepR(i * 100) })
	}
}
func deepA(n int) {
	if n == 0 {
		defer method(T{}, "RVal")()
		defer method(T{}, "Val")()
		panic(1)
	}
	deepA(n - 1)
}
func deepR(n int) {
	if n == 0 {
		defer made("deep")()
		defer method1(&EE{}, "PtrArg")(1)
		defer A(1)
		panic(n)
	}
	deepR(n - 1)
}
