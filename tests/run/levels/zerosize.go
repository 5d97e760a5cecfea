// Values of size zero: their operands are evaluated, with their panics.
package main

import "fmt"

type Z struct{}
type Z2 struct {
	_ [0]func()
	A Z
	B [0]int
}
type W struct{ Z }

func (Z) M(s string) { log("M" + s) }

var out []string

func log(s string) { out = append(out, s) }

func z(s string) Z         { log(s); return Z{} }
func a0(s string) [0]int   { log(s); return [0]int{} }
func az(s string) [2]Z     { log(s); return [2]Z{} }
func idx(s string, i int) int { log(s); return i }
func zz(s string) (Z, Z)   { log(s); return Z{}, Z{} }
func pz(s string, p *Z) *Z { log(s); return p }

func show(name string, f func()) {
	out = nil
	func() {
		defer func() {
			if r := recover(); r != nil {
				log(fmt.Sprint("panic: ", r))
			}
		}()
		f()
	}()
	fmt.Println(name, out)
}

var (
	pkgArr   = [2]Z{z("p1"), z("p2")}
	pkgNest  = [2][1]Z{{z("p3")}, {z("p4")}}
	pkgA0    = [2][0]int{a0("p5"), a0("p6")}
	pkgS     = Z2{A: z("p7"), B: a0("p8")}
	pkgPtr   = &[2]Z{z("p9"), z("p10")}
	pkgSlice = []Z{z("p11"), z("p12")}
	_        = [1]Z{z("p13")}
	pkgMap   = map[Z]Z{z("p14"): z("p15")}
	pkgAny   any = [1]Z{z("p16")}
	pkgW     = W{z("p17")}
	pkgFn    = [1]struct{ f [0]int }{{a0("p18")}}
	_        = [2]Z{}[idx("p19", 1)]
	_, pkgB  = zz("p20")
	pkgEq    = [1]Z{z("p21")} == [1]Z{z("p22")}
)

type G[T any] struct{ v [1]T }

func gen[T any](f func() T) G[T]     { return G[T]{v: [1]T{f()}} }
func genA[T any](f func() T) [2]T    { return [2]T{f(), f()} }
func ret() [2]Z                      { return [2]Z{z("r1"), z("r2")} }
func ret2() (Z2, [1]Z, error)        { return Z2{A: z("r3")}, [1]Z{z("r4")}, nil }
func named() (r [2]Z)                { r = [2]Z{z("n1"), z("n2")}; return }
func take(a [1]Z, b Z2, c ...[1]Z)   { log(fmt.Sprint(len(c))) }
func (w W) val(a [1]Z) [1]Z          { return a }

type I interface{ M(string) }

func nilp() *Z         { return nil }
func nilArr() *[2]Z    { return nil }
func nilW() *W         { return nil }

func main() {
	fmt.Println(out)
	_, _, _, _, _, _, _, _, _, _, _ = pkgArr, pkgNest, pkgA0, pkgS, pkgPtr, pkgSlice, pkgMap, pkgAny, pkgW, pkgFn, pkgB
	fmt.Println(pkgEq, len(pkgSlice), len(pkgMap))
	show("blank", func() { _ = [2]Z{z("1"), z("2")} })
	show("define", func() { x := [2]Z{z("1"), z("2")}; _ = x })
	show("nest", func() { x := [1][1]Z{{z("1")}}; _ = x })
	show("nest3", func() { x := [2][1][1]Z{{{z("1")}}, {{z("2")}}}; _ = x })
	show("keyed", func() { x := [3]Z{2: z("1"), 0: z("2")}; _ = x })
	show("zeroarr", func() { x := [2][0]int{a0("1"), a0("2")}; _ = x })
	show("struct", func() { x := Z2{A: z("1"), B: a0("2")}; _ = x })
	show("struct rev", func() { x := Z2{B: a0("1"), A: z("2")}; _ = x })
	show("promoted", func() { x := W{Z: z("1")}; _ = x })
	show("anon", func() { x := struct{ a, b [1]Z }{[1]Z{z("1")}, [1]Z{z("2")}}; _ = x })
	show("arr of struct", func() { x := [2]Z2{{A: z("1")}, {B: a0("2")}}; _ = x })
	show("ptr", func() { x := &[2]Z{z("1"), z("2")}; _ = x })
	show("ptr elided", func() { x := []*[1]Z{{z("1")}, {z("2")}}; _ = x })
	show("ptr escapes", func() { sink = &[2]Z{z("1"), z("2")} })
	show("slice", func() { x := []Z{z("1"), z("2")}; _ = x })
	show("slice nest", func() { x := [][1]Z{{z("1")}, {z("2")}}; _ = x })
	show("map", func() { x := map[Z]Z{z("1"): z("2")}; log(fmt.Sprint(len(x))) })
	show("map arr", func() { x := map[[1]Z][1]Z{[1]Z{z("1")}: {z("2")}}; log(fmt.Sprint(len(x))) })
	show("map set", func() { x := map[Z]Z{}; x[z("1")] = z("2"); log(fmt.Sprint(len(x))) })
	show("map get", func() { x := map[Z]Z{}; _ = x[z("1")]; _, ok := x[z("2")]; log(fmt.Sprint(ok)) })
	show("map set lit", func() { x := map[[1]Z][1]Z{}; x[[1]Z{z("1")}] = [1]Z{z("2")}; delete(x, [1]Z{z("3")}); log(fmt.Sprint(len(x))) })
	show("nil map", func() { var x map[Z]Z; x[z("1")] = z("2") })
	show("iface", func() { var x any = [2]Z{z("1"), z("2")}; _ = x })
	show("iface method", func() { var x I = z("1"); x.M("2") })
	show("mixed cmp", func() { var x any = Z{}; log(fmt.Sprint(x == z("1"), x == any([1]Z{z("2")}))) })
	show("cmp", func() { log(fmt.Sprint([2]Z{z("1"), z("2")} == [2]Z{z("3"), z("4")})) })
	show("cmp ne", func() { log(fmt.Sprint(z("1") != z("2"), a0("3") == a0("4"), az("5") == az("6"))) })
	show("cmp struct", func() { log(fmt.Sprint(W{z("1")} == W{z("2")})) })
	show("if cmp", func() {
		if [1]Z{z("1")} == [1]Z{z("2")} {
			log("eq")
		}
	})
	show("switch", func() {
		switch z("1") {
		case z("2"):
			log("a")
		case z("3"):
			log("b")
		}
	})
	show("switch arr", func() {
		switch [1]Z{z("1")} {
		case [1]Z{z("2")}:
			log("a")
		}
	})
	show("range", func() {
		for range [2]Z{z("1"), z("2")} {
			log("x")
		}
	})
	show("range i", func() {
		for i := range [2]Z{z("1"), z("2")} {
			log(fmt.Sprint(i))
		}
	})
	show("range iv", func() {
		for i, v := range [2]Z{z("1"), z("2")} {
			log(fmt.Sprint(i, v))
		}
	})
	show("range _v", func() {
		for _, v := range az("1") {
			log(fmt.Sprint(v))
		}
	})
	show("range call", func() {
		for range az("1") {
			log("x")
		}
	})
	show("range call i", func() {
		for i := range az("1") {
			log(fmt.Sprint(i))
		}
	})
	show("range len0", func() {
		for range a0("1") {
			log("x")
		}
		for i := range a0("2") {
			log(fmt.Sprint(i))
		}
		for i, v := range a0("3") {
			log(fmt.Sprint(i, v))
		}
	})
	show("range &", func() {
		for i := range &[2]Z{z("1"), z("2")} {
			log(fmt.Sprint(i))
		}
	})
	show("range slice", func() {
		for i := range []Z{z("1"), z("2")} {
			log(fmt.Sprint(i))
		}
	})
	show("range assign", func() {
		var s [2]Z
		var i int
		for i, s[idx("i", i2)] = range [2]Z{} {
			log(fmt.Sprint(i))
		}
	})
	show("range oob", func() {
		var s [2]Z
		for _, s[idx("i", 5)] = range [2]Z{} {
			log("x")
		}
	})
	show("index", func() { _ = [2]Z{z("1"), z("2")}[idx("3", 1)] })
	show("index oob", func() { _ = [2]Z{z("1"), z("2")}[idx("3", 2)] })
	show("index neg", func() { x := [2]Z{z("1"), z("2")}[idx("3", -1)]; _ = x })
	show("index call", func() { x := az("1")[idx("2", 7)]; _ = x })
	show("index len0", func() { _ = a0("1")[idx("2", 0)] })
	show("index var", func() { var v [2]Z; x := v[idx("1", 3)]; _ = x })
	show("index blank", func() { var v [2]Z; _ = v[idx("1", 3)] })
	show("index set ok", func() { var v [2]Z; v[idx("1", 1)] = z("2") })
	show("index slice r", func() { v := make([]Z, 2); _ = v[idx("1", 2)] })
	show("index ptr", func() { v := nilArr(); _ = v[idx("1", 1)] })
	show("index ptr range", func() {
		for i := range nilArr() {
			log(fmt.Sprint(i))
		}
	})
	show("index ptr range v", func() {
		for i, v := range nilArr() {
			log(fmt.Sprint(i, v))
		}
	})
	show("len", func() { log(fmt.Sprint(len([2]Z{z("1"), z("2")}), len(az("3")), cap(a0("4")))) })
	show("slice of", func() { v := az("1"); s := v[idx("2", 1):idx("3", 2)]; log(fmt.Sprint(len(s), cap(s))) })
	show("slice of oob", func() { v := az("1"); s := v[idx("2", 1):idx("3", 3)]; log(fmt.Sprint(len(s), cap(s))) })
	show("slice nil", func() { s := nilArr()[:]; log(fmt.Sprint(len(s))) })
	show("field", func() { _ = Z2{A: z("1"), B: a0("2")}.A })
	show("field nest", func() { _ = struct{ a [1]Z }{[1]Z{z("1")}}.a[idx("2", 0)] })
	show("field nest oob", func() { _ = struct{ a [1]Z }{[1]Z{z("1")}}.a[idx("2", 1)] })
	show("assign", func() { var x [2]Z; x = [2]Z{z("1"), z("2")}; _ = x })
	show("assign tuple", func() { var x, y [1]Z; x, y = [1]Z{z("1")}, [1]Z{z("2")}; _, _ = x, y })
	show("assign field", func() { var x Z2; x.A = z("1"); x.B = a0("2"); _ = x })
	show("assign multi", func() { var x [2]Z; x[idx("1", 0)], x[idx("2", 1)] = zz("3"); _ = x })
	show("deref", func() { _ = *nilp() })
	show("deref x", func() { x := *nilp(); _ = x })
	show("deref arr", func() { x := [1]Z{*pz("1", nil)}; _ = x })
	show("deref lit", func() { _ = Z2{A: *pz("1", nil)} })
	show("deref iface", func() { var x any = *pz("1", nil); _ = x })
	show("deref send", func() { c := make(chan Z, 1); c <- *pz("1", nil) })
	show("deref arg", func() { takeZ(*pz("1", nil)) })
	show("deref ret", func() { _ = retDeref() })
	show("deref method", func() { pz("1", nil).M("2") })
	show("deref embedded", func() { nilW().M("2") })
	show("deref field", func() { _ = nilW().Z })
	show("deref addr", func() { p := &nilW().Z; log(fmt.Sprint(p != nil)) })
	show("deref idx addr", func() { p := &nilArr()[idx("1", 1)]; log(fmt.Sprint(p != nil)) })
	show("deref map", func() { m := map[Z]int{}; m[*pz("1", nil)] = 1 })
	show("deref append", func() { s := append([]Z{}, *pz("1", nil)); log(fmt.Sprint(len(s))) })
	show("deref closure", func() { p := nilp(); func() { _ = *p }() })
	show("send", func() { c := make(chan Z, 2); c <- z("1"); c <- Z{}; log(fmt.Sprint(len(c))); <-c; x, ok := <-c; log(fmt.Sprint(x, ok)) })
	show("send lit", func() { c := make(chan [2]Z, 2); c <- [2]Z{z("1"), z("2")}; log(fmt.Sprint(<-c)) })
	show("send closed", func() { c := make(chan struct{}); close(c); c <- z("1") })
	show("select", func() {
		c := make(chan [1]Z, 1)
		select {
		case c <- [1]Z{z("1")}:
			log("sent")
		default:
		}
		var v [2][1]Z
		select {
		case v[idx("2", 1)] = <-c:
			log("got")
		}
		close(c)
		select {
		case v[idx("3", 2)] = <-c:
			log("got")
		}
	})
	show("return", func() { _ = ret() })
	show("return2", func() { _, _, _ = ret2() })
	show("named", func() { _ = named() })
	show("args", func() { take([1]Z{z("1")}, Z2{A: z("2")}, [1]Z{z("3")}, [1]Z{z("4")}) })
	show("variadic", func() { take([1]Z{}, Z2{}, [][1]Z{{z("1")}}...) })
	show("append", func() { s := append([]Z{z("1")}, z("2"), z("3")); log(fmt.Sprint(len(s))) })
	show("append lit", func() { s := append([][1]Z(nil), [1]Z{z("1")}, [1]Z{z("2")}); log(fmt.Sprint(len(s))) })
	show("append...", func() { s := append([]Z{z("1")}, []Z{z("2"), z("3")}...); log(fmt.Sprint(len(s))) })
	show("copy", func() { s := make([]Z, 3); log(fmt.Sprint(copy(s, []Z{z("1"), z("2")}))) })
	show("clear", func() { clear([]Z{z("1"), z("2")}) })
	show("make neg", func() { s := make([]Z, idx("1", -3)); log(fmt.Sprint(len(s))) })
	show("make huge", func() { s := make([]Z, idx("1", 1<<62)); log(fmt.Sprint(len(s))) })
	show("new", func() { p := new(z("1")); log(fmt.Sprint(*p)) })
	show("new lit", func() { p := new([1]Z{z("1")}); log(fmt.Sprint(*p)) })
	show("conv", func() { type Y struct{}; x := Y(z("1")); _ = x })
	show("conv arr", func() { type Y [1]Z; x := Y([1]Z{z("1")}); _ = x })
	show("slice->arr", func() { s := []Z{{}}; x := [2]Z(s); _ = x })
	show("slice->arr0", func() { s := []int(nil); x := [0]int(s); _ = x })
	show("slice->ptr0", func() { s := []int(nil); x := (*[0]int)(s); log(fmt.Sprint(x == nil)) })
	show("slice->ptr0b", func() { s := []int{}; x := (*[0]int)(s); log(fmt.Sprint(x == nil)) })
	show("slice->ptr", func() { s := []Z{{}}; x := (*[2]Z)(s); _ = x })
	show("assert", func() { var x any = 1; _ = x.(Z) })
	show("assert ok", func() { var x any = z("1"); y, ok := x.(Z); log(fmt.Sprint(y, ok)) })
	show("assert arr", func() { var x any = z("1"); _ = x.([1]Z) })
	show("method", func() { z("1").M("2") })
	show("method lit", func() { _ = W{z("1")}.val([1]Z{z("2")}) })
	show("method val", func() { f := z("1").M; f("2") })
	show("method expr", func() { Z.M(z("1"), "2") })
	show("promoted lit", func() { W{z("1")}.M("2") })
	show("defer", func() { defer func(a [1]Z) { log("d") }([1]Z{z("1")}); log("body") })
	show("defer m", func() { defer z("1").M("2"); log("body") })
	show("go", func() {
		c := make(chan int)
		go func(a [1]Z, b Z2) { c <- 1 }([1]Z{z("1")}, Z2{A: z("2")})
		<-c
	})
	show("closure", func() { x := [1]Z{z("1")}; func() { x = [1]Z{z("2")} }(); _ = x })
	show("generic", func() { _ = gen(func() Z { return z("1") }) })
	show("generic arr", func() { _ = genA(func() Z { return z("1") }) })
	show("generic [0]", func() { _ = genA(func() [0]string { log("1"); return [0]string{} }) })
	show("func in lit", func() { _ = [1]Z{func() Z { log("1"); return Z{} }()} })
	show("recv in lit", func() { c := make(chan Z, 2); c <- Z{}; _ = [1]Z{<-c}; log(fmt.Sprint(len(c))) })
	show("assert in lit", func() { var x any = 5; _ = [1]Z{x.(Z)} })
	show("index in lit", func() { var x []Z; _ = [1]Z{x[idx("1", 0)]} })
	show("map in lit", func() { var x map[any]Z; _ = [1]Z{x[func() any { return []int{} }()]} })
	show("order", func() { x := struct { a int; b [1]Z; c string }{idx("1", 1), [1]Z{z("2")}, fmt.Sprint(idx("3", 4))}; log(fmt.Sprint(x.a, x.c)) })
	show("big", func() { x := struct { a [40]int; b [1]Z }{b: [1]Z{z("1")}}; log(fmt.Sprint(len(x.a))) })
	show("blank field", func() { x := struct { _ [1]Z; b Z }{[1]Z{z("1")}, z("2")}; _ = x })
	show("min", func() { log(fmt.Sprint(max(len([1]Z{z("1")}), 3))) })
	show("const len", func() { const n = len([2]Z{}); log(fmt.Sprint(n)) })
	show("conv iface", func() { _ = any(any([1]Z{z("1")})) == any([1]Z{z("2")}) })
	show("panic", func() { panic(fmt.Sprint([1]Z{z("1")})) })
}

var i2 = 1
var sink any

func takeZ(Z)      {}
func retDeref() Z { return *pz("1", nil) }
