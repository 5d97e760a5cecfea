package p

import (
	"bytes"
	"fmt"
	"io"
)

type T struct{ inner }
type inner struct{ A, B int }

func (inner) Read(p []byte) (int, error)   { return 0, nil }
func (*inner) Write(p []byte) (int, error) { return 0, nil }
func (inner) close() error                 { return nil }

type U struct {
	T
	*V
}
type V struct{ A int }

func (V) Read() {}

var _ io.Reader = T{}
var _ io.Writer = T{}
var _ io.Writer = &T{}
var _ io.Closer = T{}
var _ io.Reader = U{}
var _ io.Reader = V{}
var _ fmt.Stringer = bytes.Buffer{}
var _ fmt.Stringer = (*io.Reader)(nil)
var _ = U{}.A
var _ = U{}.C
var _ = T{}.Close
var _ = T{}.a
var _ = (&T{}).Write
var _ = T.Write
var _ = (**T)(nil).Read

type P *T

func (P) m() {}

var _ = P(nil).Read
var _ = P(nil).A

type I interface {
	m()
	io.Reader
}

func _(x I, r io.Reader) {
	_ = x.(T)
	_ = r.(I)
	_ = r.(V)
	switch r.(type) {
	case *T, T:
	case int:
	case T:
	}
}
