// Types whose names need care, met in static data, code, itabs and by reflection: all must mean one descriptor.
package main

import (
	"fmt"
	"io"
	"reflect"
	"strings"
)

type E struct{ N int }

func (e E) Get() int   { return e.N }
func (e *E) Set(n int) { e.N = n }

type I interface{ Get() int }
type L[T any] struct {
	V    T
	Next *L[T]
}

func (l *L[T]) Len() int { return 1 }

type R struct {
	Up   *R
	Kids []R
	F    func(R) map[string]R
}
type A = struct {
	X int `a:"\"q\"" b:"\\"`
}

var data = []any{
	struct {
		A struct {
			B int `json:"b"`
		}
	}{},
	struct {
		A int "plain tag"
	}{},
	struct {
		A int `x:"é√ \\ \" "`
	}{},
	struct {
		E
		*strings.Builder
		I
	}{},
	struct{ a, b int }{1, 2},
	A{},
	&A{},
	[]A{},
	map[A]*A{},
	L[A]{},
	&L[struct {
		q int `k:"v"`
	}]{},
	R{},
	&R{},
	(func(int, ...string) (error, []A))(nil),
	(func(...A))(nil),
	(chan (<-chan int))(nil),
	(chan<- (chan int))(nil),
	(<-chan (chan<- A))(nil),
	(chan func() <-chan int)(nil),
	[3]A{},
	[0]struct{}{},
	struct {
		_ int `blank:"1"`
		_ struct{}
	}{},
	(*interface {
		io.Reader
		m() struct {
			Z int `z:"z"`
		}
	})(nil),
}

var getters = []I{struct{ E }{E{3}}, &struct{ E }{E{4}}, struct {
	*E `tag:"embedded"`
}{&E{5}}, struct{ I }{E{6}}}

func code() []any {
	type Local struct {
		L int `l:"l"`
	}
	type Gen[T any] struct{ G T }
	return []any{struct {
		A struct {
			B int `json:"b"`
		}
	}{}, struct {
		A int "plain tag"
	}{}, struct {
		A int `x:"é√ \\ \" "`
	}{}, struct {
		E
		*strings.Builder
		I
	}{}, struct{ a, b int }{1, 2}, A{}, &A{}, []A{}, map[A]*A{}, L[A]{}, &L[struct {
		q int `k:"v"`
	}]{}, R{}, &R{}, (func(int, ...string) (error, []A))(nil), (func(...A))(nil), (chan (<-chan int))(nil), (chan<- (chan int))(nil),
		(<-chan (chan<- A))(nil), (chan func() <-chan int)(nil), [3]A{}, [0]struct{}{}, struct {
			_ int `blank:"1"`
			_ struct{}
		}{}, (*interface {
			io.Reader
			m() struct {
				Z int `z:"z"`
			}
		})(nil), Local{}, &Local{}, Gen[Local]{}, L[Local]{}, L[Gen[struct {
			Q Local `q:"q"`
		}]]{}}
}

func main() {
	dyn := code()
	for i, x := range data {
		t := reflect.TypeOf(x)
		fmt.Println(t, t == reflect.TypeOf(dyn[i]), reflect.PointerTo(t) == reflect.TypeOf(reflect.New(t).Interface()), t.NumMethod())
	}
	for _, x := range dyn[len(data):] {
		fmt.Println(reflect.TypeOf(x), reflect.SliceOf(reflect.TypeOf(x)))
	}
	for _, g := range getters {
		fmt.Println(g.Get(), reflect.TypeOf(g))
	}
	_, ok := data[0].(struct {
		A struct {
			B int `json:"b"`
		}
	})
	_, no := data[0].(struct{ A struct{ B int } })
	fmt.Println(ok, no)
}
