// Package pp has another name than its folder.
package pp

type T struct{ X int }

type I interface{ M() }

type S interface{ secret() int }

type Gen[A any] struct{ a A }

func (T) secret() int  { return 1 }
func (*T) Ptr()        {}
func (Gen[A]) M()      {}

func Secret(x any) int { return x.(interface{ secret() int }).secret() }
func AsS(x any) S      { return x.(S) }
func Nil() interface{ secret() int } { return nil }
func CallNil() int     { var s S; return s.secret() }

type Unhash struct {
	A int
	F func()
}

func Local() any { type T struct{ y int }; return T{} }
