// Calls and made functions through reflect, all ways values can travel.
package main

import (
	"fmt"
	"reflect"
	"strings"
)

type Big struct{ A [5]int }
type Flat struct {
	A int8
	B bool
	C float32
	D string
}
type T struct{ n int }

func (t T) Add(a int, f float32, b Big, fl Flat) (Flat, Big, error) {
	fl.A += int8(a) + int8(t.n)
	fl.C *= f
	b.A[2] += t.n
	return fl, b, fmt.Errorf("e%d", a)
}
func (t *T) Set(n int) *T { t.n = n; return t }

type Adder interface {
	Add(a int, f float32, b Big, fl Flat) (Flat, Big, error)
}

func many(a, b, c, d, e, f, g, h, i, j, k, l, m int, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13, x14, x15, x16, x17, x18 float64, s string, c64 complex64) (int, float64, string, complex64, bool) {
	return a + 2*b + 3*c + 4*d + 5*e + 6*f + 7*g + 8*h + 9*i + 10*j + 11*k + 12*l + 13*m, x1 + 2*x2 + 3*x16 + 4*x17 + 5*x18 + x9, s + "!", c64 * 2, true
}
func varf(p string, xs ...int) string               { return fmt.Sprint(p, xs) }
func ten() (a, b, c, d, e, f, g, h, i, j int)       { return 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }
func eleven() (a, b, c, d, e, f, g, h, i, j, k int) { return 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 }
func none()                                         {}
func sl(x []int) []int                              { return append(x, 9) }
func ifc(x any, e error) (error, any)               { return e, x }

func call(f any, args ...any) {
	in := make([]reflect.Value, len(args))
	for i, a := range args {
		in[i] = reflect.ValueOf(a)
	}
	out := reflect.ValueOf(f).Call(in)
	for _, o := range out {
		fmt.Print(o.Interface(), " ")
	}
	fmt.Println()
}

func main() {
	var a []any
	for i := 0; i < 13; i++ {
		a = append(a, i)
	}
	for i := 0; i < 18; i++ {
		a = append(a, float64(i)*1.5)
	}
	a = append(a, "s", complex64(3+4i))
	call(many, a...)
	call(varf, "x", 1, 2, 3)
	call(ten)
	call(eleven)
	call(none)
	call(sl, []int{1, 2})
	call(ifc, 5, fmt.Errorf("x"))
	t := T{3}
	call(t.Add, 4, float32(2), Big{}, Flat{1, true, 2.5, "q"})
	fmt.Println(reflect.ValueOf(t).Method(0).Call([]reflect.Value{reflect.ValueOf(4), reflect.ValueOf(float32(2)), reflect.ValueOf(Big{}), reflect.ValueOf(Flat{1, true, 2.5, "q"})})[0])
	fmt.Println(reflect.ValueOf(&t).MethodByName("Set").Call([]reflect.Value{reflect.ValueOf(8)})[0].Elem().Field(0))
	var ad Adder = t
	fmt.Println(reflect.ValueOf(&ad).Elem().Method(0).Call([]reflect.Value{reflect.ValueOf(4), reflect.ValueOf(float32(2)), reflect.ValueOf(Big{}), reflect.ValueOf(Flat{1, true, 2.5, "q"})})[1])
	mv := reflect.ValueOf(t).Method(0).Interface().(func(int, float32, Big, Flat) (Flat, Big, error))
	fmt.Println(mv(1, 3, Big{[5]int{1, 2, 3, 4, 5}}, Flat{1, false, 1.5, "zz"}))
	mk := func(f any) any {
		v := reflect.ValueOf(f)
		return reflect.MakeFunc(v.Type(), func(in []reflect.Value) []reflect.Value {
			if v.Type().IsVariadic() {
				return v.CallSlice(in)
			}
			return v.Call(in)
		}).Interface()
	}
	m2 := mk(many).(func(a, b, c, d, e, f, g, h, i, j, k, l, m int, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13, x14, x15, x16, x17, x18 float64, s string, c64 complex64) (int, float64, string, complex64, bool))
	fmt.Println(m2(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, "s", 2i))
	fmt.Println(mk(ten).(func() (a, b, c, d, e, f, g, h, i, j int))())
	fmt.Println(mk(eleven).(func() (a, b, c, d, e, f, g, h, i, j, k int))())
	fmt.Println(mk(varf).(func(string, ...int) string)("p", 3, 4))
	fmt.Println(mk(sl).(func([]int) []int)([]int{5}))
	fmt.Println(mk(t.Add).(func(int, float32, Big, Flat) (Flat, Big, error))(1, 3, Big{[5]int{1, 2, 3, 4, 5}}, Flat{1, false, 1.5, "zz"}))
	swap := func(in []reflect.Value) []reflect.Value { return []reflect.Value{in[1], in[0]} }
	var is func(int, int) (int, int)
	reflect.ValueOf(&is).Elem().Set(reflect.MakeFunc(reflect.TypeOf(is), swap))
	fmt.Println(is(1, 2))
	st := reflect.StructOf([]reflect.StructField{{Name: "X", Type: reflect.TypeOf(1), Tag: `json:"x"`}, {Name: "Y", Type: reflect.TypeOf("")}})
	v := reflect.New(st).Elem()
	v.Field(0).SetInt(5)
	fmt.Printf("%+v %v\n", v.Interface(), st)
	fmt.Println(reflect.FuncOf([]reflect.Type{reflect.TypeOf(1)}, []reflect.Type{reflect.TypeOf("")}, false), reflect.SliceOf(st), reflect.MapOf(reflect.TypeOf(1), st), reflect.ArrayOf(3, reflect.TypeOf("")), reflect.ChanOf(reflect.BothDir, reflect.TypeOf(1)))
	mp := reflect.MakeMap(reflect.MapOf(reflect.TypeOf(""), reflect.TypeOf(1)))
	mp.SetMapIndex(reflect.ValueOf("k"), reflect.ValueOf(7))
	fmt.Println(mp.Interface(), mp.Len())
	ch := reflect.MakeChan(reflect.ChanOf(reflect.BothDir, reflect.TypeOf(1)), 2)
	ch.Send(reflect.ValueOf(3))
	i, x, ok := reflect.Select([]reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: ch}, {Dir: reflect.SelectDefault}})
	fmt.Println(i, x, ok)
	fmt.Println(reflect.DeepEqual(map[string][]int{"a": {1}}, map[string][]int{"a": {1}}), strings.Repeat("ab", 3))
	rt := reflect.TypeOf(&t)
	for i := 0; i < rt.NumMethod(); i++ {
		fmt.Println(rt.Method(i).Name, rt.Method(i).Type)
	}
	s := reflect.ValueOf([]int{1, 2, 3})
	s = reflect.Append(s, reflect.ValueOf(4))
	sw := reflect.Swapper(s.Interface())
	sw(0, 3)
	fmt.Println(s, s.Cap() >= 4)
	defer func() { fmt.Println(recover()) }()
	reflect.ValueOf(many).Call(nil)
}
