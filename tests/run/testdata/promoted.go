// Types that reflection reaches first: their pointer types have the methods of embedded fields.
package main

import (
	"encoding/json"
	"fmt"
	"reflect"
)

type M interface{ Get() int }
type E struct{ N int }

func (e E) Get() int   { return e.N }
func (e *E) Set(n int) { e.N = n }

type G interface {
	Get() int
	Set(int)
}

func try(name string, f func()) {
	defer func() {
		if e := recover(); e != nil {
			fmt.Println(name, "panic:", e)
		}
	}()
	f()
}
func show(name string, v reflect.Value) {
	try(name, func() {
		m, ok := v.Interface().(M)
		_, ok2 := v.Interface().(G)
		fmt.Println(name, v.Type(), v.NumMethod(), ok, ok2)
		if ok {
			fmt.Println(m.Get())
		}
		for i := 0; i < v.NumMethod(); i++ {
			fmt.Println(v.Type().Method(i).Name, v.Type().Method(i).Type)
		}
	})
}
type T struct{ x int }

func (t *T) MarshalJSON() ([]byte, error) {
	if t == nil {
		return []byte(`"nil!"`), nil
	}
	return []byte(`"set"`), nil
}

func marshal(x any) {
	b, err := json.Marshal(x)
	fmt.Println(string(b), err)
}

func main() {
	marshal(struct{ M json.Marshaler }{(*T)(nil)})
	marshal([]json.Marshaler{(*T)(nil), &T{}, nil})
	marshal(map[string]any{"a": (*T)(nil)})
	marshal(struct{ json.Marshaler }{(*T)(nil)})
	marshal(&struct{ *T }{})
	marshal([]struct{ *T }{{&T{}}})
	a := reflect.New(reflect.TypeOf(struct{ M }{}))
	a.Elem().Field(0).Set(reflect.ValueOf(E{1}))
	show("iface", a)
	b := reflect.New(reflect.TypeOf(struct{ E }{E{2}}))
	show("struct", b)
	show("structelem", b.Elem())
	c := reflect.New(reflect.TypeOf(struct{ *E }{}))
	c.Elem().Field(0).Set(reflect.ValueOf(&E{3}))
	show("ptr", c)
	show("ptrelem", c.Elem())
	d := reflect.MakeSlice(reflect.TypeOf([]struct{ E }{}), 1, 1)
	show("elem addr", d.Index(0).Addr())
	e := reflect.New(reflect.TypeOf(map[string]*struct{ E }{}).Elem().Elem())
	show("map elem", e)
	f := reflect.New(reflect.TypeOf((func(struct{ *E }) struct{ M })(nil)).In(0))
	f.Elem().Field(0).Set(reflect.ValueOf(&E{5}))
	show("func in", f)
	try("structof", func() {
		st := reflect.StructOf([]reflect.StructField{{Name: "E", Type: reflect.TypeOf(E{}), Anonymous: true}})
		show("StructOf", reflect.New(st).Elem())
		show("StructOf ptr", reflect.New(st))
	})
	var x struct{ In struct{ E } }
	show("field addr", reflect.ValueOf(&x).Elem().Field(0).Addr())
	show("field", reflect.ValueOf(&x).Elem().Field(0))
	arr := [2]struct{ *E }{{&E{8}}, {&E{9}}}
	show("array", reflect.ValueOf(&arr).Elem().Index(1).Addr())
	show("PointerTo", reflect.New(reflect.PointerTo(reflect.TypeOf(struct{ E }{}))))
}
