// Functions made at run time: MakeFunc, and method values as interfaces carry them.
//
// A func value is a pointer to {code, ...}. The closure arrives behind the last argument, so the code is one of a row of stubs,
// chosen by the place the closure has in this signature; all of them end in stubCall (abi.go).

package reflect

import (
	"internal/abi"
	"unsafe"
)

// makeFuncCtxt begins every func value made here.
type makeFuncCtxt struct {
	fn     uintptr
	ftyp   *funcType
	method bool // a methodValue, else a makeFuncImpl
}

type makeFuncImpl struct {
	makeFuncCtxt
	fn func([]Value) []Value
}

type methodValue struct {
	makeFuncCtxt
	method int
	rcvr   Value
}

// stubFor gives the code whose closure argument stands where it does in calls of t.
func stubFor(t *funcType) uintptr {
	var regs callRegs
	var words [maxStackWords]uintptr
	regs.stack = unsafe.Pointer(&words)
	c := regCursor{regs: &regs}
	if outPointer(t) {
		c.next('i')
	}
	for _, p := range t.InSlice() {
		var l leafList
		if !l.flatten(p, 0) {
			c.next('i')
			continue
		}
		for i := 0; i < l.n; i++ {
			c.next(l.leaf[i].class)
		}
	}
	n := uintptr(c.ni)
	if c.ni == intRegs {
		n += c.ns
	}
	if n >= numStubs {
		panic("reflect: a function made by reflection with so many parameters is not supported yet: " + stringFor(&t.Type))
	}
	return abi.FuncPCABI0(makeFuncStub) + n*stubSize
}

const (
	numStubs = intRegs + 16
	stubSize = 16
)

// makeFuncStub is the first of numStubs stubs, stubSize bytes apart. Assembly.
func makeFuncStub()

// methodValueCall stands for the code of a method value where reflection compares func values. Assembly.
func methodValueCall()

// MakeFunc returns a function of type typ that calls fn: with its arguments as Values, giving fn's results.
func MakeFunc(typ Type, fn func(args []Value) (results []Value)) Value {
	t := typ.common()
	if t.Kind() != abi.Func {
		panic("reflect: call of MakeFunc with non-Func type")
	}
	ftyp := (*funcType)(unsafe.Pointer(t))
	impl := &makeFuncImpl{makeFuncCtxt: makeFuncCtxt{fn: stubFor(ftyp), ftyp: ftyp}, fn: fn}
	return Value{t, unsafe.Pointer(impl), flag(Func)}
}

// makeMethodValue turns v, a method of a value, into an ordinary func value.
func makeMethodValue(op string, v Value) Value {
	if v.flag&flagMethod == 0 {
		panic("reflect: internal error: invalid use of makeMethodValue")
	}
	kind := flag(v.typ().Kind())
	rcvr := Value{v.typ(), v.ptr, v.flag&(flagRO|flagAddr|flagIndir) | kind}
	ftyp := (*funcType)(unsafe.Pointer(v.Type().(*rtype)))
	fv := &methodValue{
		makeFuncCtxt: makeFuncCtxt{fn: stubFor(ftyp), ftyp: ftyp, method: true},
		method:       int(v.flag) >> flagMethodShift,
		rcvr:         rcvr,
	}
	methodReceiver(op, fv.rcvr, fv.method) // panics now when the method cannot be called
	return Value{ftyp.Common(), unsafe.Pointer(fv), v.flag&flagRO | flag(Func)}
}

func methodValueCallCodePtr() uintptr { return abi.FuncPCABI0(methodValueCall) }
