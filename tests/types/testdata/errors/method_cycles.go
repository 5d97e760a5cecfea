// Cycles through the declarations of methods.
package p

import "unsafe"

type A struct{}

func (A) m1()                         {}
func (A) m2([unsafe.Sizeof(A.m2)]int) {}
func (A) m3([unsafe.Sizeof(A.m1)]int) {}

type B struct{}

func (B) m1(a [unsafe.Sizeof(B.m2)]int) {}
func (B) m2(a [unsafe.Sizeof(B{}.m3)]int) {}
func (*B) m3(a [unsafe.Sizeof(B.m2)]int) {}

type C struct{ D }
type D struct{}

func (D) m() (x [unsafe.Sizeof(C.m)]int, y [unsafe.Sizeof(x)]int) { panic(0) }

type E struct{}

func (E) m([c]int) {}

const c = unsafe.Sizeof(E.m)

type F struct{}

func (F) m() { var _ [unsafe.Sizeof(F.m)]int }
