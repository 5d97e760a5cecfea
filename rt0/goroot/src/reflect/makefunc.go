package reflect

// Functions made by reflection: MakeFunc, and method values (makeMethodValue).
//
// Such a function is a closure like any other: its code must find the closure, which arrives as the last argument, in a register or
// stack word that depends on the arguments before it. So there is a stub for each place (asm_amd64.s); a stub fetches the closure
// and goes on to common code, which stores all argument registers and calls makeFuncEntry.
//
// Source: GOROOT's value.go gives callReflect and callMethod; docs/INTERFACES.md, reflection calls.

import (
	"internal/abi"
	"unsafe"
)

// makeFuncCtxt begins every such closure.
type makeFuncCtxt struct {
	fn     uintptr   // code: one of the stubs
	desc   *callDesc // of calls without receiver
	frame  *abi.Type // type of the frame for callReflect or callMethod
	method bool      // a methodValue, else a makeFuncImpl
}

type makeFuncImpl struct {
	makeFuncCtxt
	ftyp *funcType
	fn   func([]Value) []Value
}

type methodValue struct {
	makeFuncCtxt
	method int
	rcvr   Value
}

// newMakeFuncCtxt finds the stub for a signature.
func newMakeFuncCtxt(ftyp *funcType, method bool) makeFuncCtxt {
	frame, _, _ := funcLayout(ftyp, nil)
	d := callDescOf(frame)
	i := int(d.ctxIndex)
	if d.ctxPlace == abi.PlaceStack {
		i += abi.NumIntRegs
	}
	if i >= len(makeFuncStubs) {
		panic("reflect: rt0 makes no functions with so many parameters: " + stringFor(&ftyp.Type))
	}
	return makeFuncCtxt{fn: stubPC(i), desc: d, frame: frame, method: method}
}

func stubPC(i int) uintptr {
	f := makeFuncStubs[i]
	return **(**uintptr)(unsafe.Pointer(&f))
}

// MakeFunc returns a new function of the given [Type] that wraps the function fn: it converts its arguments to a slice of Values,
// runs results := fn(args), and returns the results, one per formal result.
func MakeFunc(typ Type, fn func(args []Value) (results []Value)) Value {
	t := typ.common()
	typ = toType(t) // a Type that embeds another must not shadow its methods
	if typ.Kind() != Func {
		panic("reflect: call of MakeFunc with non-Func type")
	}
	ftyp := (*funcType)(unsafe.Pointer(t))
	impl := &makeFuncImpl{makeFuncCtxt: newMakeFuncCtxt(ftyp, false), ftyp: ftyp, fn: fn}
	return Value{t, unsafe.Pointer(impl), flag(Func)}
}

// makeMethodValue turns v, a receiver and a method number, into a func value that can be called without reflection.
func makeMethodValue(op string, v Value) Value {
	if v.flag&flagMethod == 0 {
		panic("reflect: internal error: invalid use of makeMethodValue")
	}
	fl := v.flag & (flagRO | flagAddr | flagIndir)
	fl |= flag(v.typ().Kind())
	rcvr := Value{v.typ(), v.ptr, fl}
	ftyp := (*funcType)(unsafe.Pointer(v.Type().(*rtype)))
	fv := &methodValue{
		makeFuncCtxt: newMakeFuncCtxt(ftyp, true),
		method:       int(v.flag) >> flagMethodShift,
		rcvr:         rcvr,
	}
	// A method that may not be called panics here already, not at the call.
	methodReceiver(op, fv.rcvr, fv.method)
	return Value{ftyp.Common(), unsafe.Pointer(fv), v.flag&flagRO | flag(Func)}
}

// methodValueCallCodePtr stands for the code of all method values.
func methodValueCallCodePtr() uintptr { return stubPC(0) }

// makeFuncRegs is what the stubs store: asm_amd64.s knows the layout.
type makeFuncRegs struct {
	ints [abi.NumIntRegs]uintptr // 0
	low  [8]uint64               // 88: X0-X7
	high [8][2]uint64            // 152: X8-X15, whole: they belong to the caller when they are no arguments
}

func (r *makeFuncRegs) float(i uint16) *uint64 {
	if i < 8 {
		return &r.low[i]
	}
	return &r.high[i-8][0]
}

// makeFuncEntry runs a made function.
//
//	regs   argument registers; result registers on return
//	ctxt   the closure
//	stack  the arguments' stack words
func makeFuncEntry(regs *makeFuncRegs, ctxt *makeFuncCtxt, stack unsafe.Pointer) {
	d := ctxt.desc
	frame := unsafe_New(ctxt.frame)
	var results unsafe.Pointer
	if d.outMem {
		results = unsafe.Pointer(regs.ints[0])
	}
	for i := range d.in {
		l := &d.in[i]
		var from unsafe.Pointer
		switch l.place {
		case abi.PlaceInt:
			from = unsafe.Pointer(&regs.ints[l.index])
		case abi.PlaceFloat:
			from = unsafe.Pointer(regs.float(l.index))
		default:
			from = add(stack, uintptr(l.index)*8, "argument words")
		}
		if l.class == abi.LeafMem {
			from = *(*unsafe.Pointer)(from)
		}
		to := add(frame, uintptr(l.off), "in the frame")
		memmove(to, from, uintptr(l.size))
	}
	var retValid bool
	var none abi.RegArgs
	if ctxt.method {
		callMethod((*methodValue)(unsafe.Pointer(ctxt)), frame, &retValid, &none)
	} else {
		callReflect((*makeFuncImpl)(unsafe.Pointer(ctxt)), frame, &retValid, &none)
	}
	if d.outMem {
		memmove(results, add(frame, d.retOff, "in the frame"), d.retSize)
		return
	}
	for i := range d.out {
		l := &d.out[i]
		to := unsafe.Pointer(&regs.ints[l.index])
		if l.place == abi.PlaceFloat {
			to = unsafe.Pointer(regs.float(l.index))
		}
		*(*uint64)(to) = 0
		memmove(to, add(frame, uintptr(l.off), "in the frame"), uintptr(l.size))
	}
}

func makeFuncStub0()
func makeFuncStub1()
func makeFuncStub2()
func makeFuncStub3()
func makeFuncStub4()
func makeFuncStub5()
func makeFuncStub6()
func makeFuncStub7()
func makeFuncStub8()
func makeFuncStub9()
func makeFuncStub10()
func makeFuncStub11()
func makeFuncStub12()
func makeFuncStub13()
func makeFuncStub14()
func makeFuncStub15()
func makeFuncStub16()
func makeFuncStub17()
func makeFuncStub18()
func makeFuncStub19()
func makeFuncStub20()
func makeFuncStub21()
func makeFuncStub22()
func makeFuncStub23()
func makeFuncStub24()
func makeFuncStub25()
func makeFuncStub26()
func makeFuncStub27()
func makeFuncStub28()
func makeFuncStub29()
func makeFuncStub30()
func makeFuncStub31()
func makeFuncStub32()
func makeFuncStub33()
func makeFuncStub34()
func makeFuncStub35()
func makeFuncStub36()
func makeFuncStub37()
func makeFuncStub38()
func makeFuncStub39()
func makeFuncStub40()
func makeFuncStub41()
func makeFuncStub42()

var makeFuncStubs = [...]func(){
	makeFuncStub0, makeFuncStub1, makeFuncStub2, makeFuncStub3, makeFuncStub4, makeFuncStub5,
	makeFuncStub6, makeFuncStub7, makeFuncStub8, makeFuncStub9, makeFuncStub10, makeFuncStub11,
	makeFuncStub12, makeFuncStub13, makeFuncStub14, makeFuncStub15, makeFuncStub16, makeFuncStub17,
	makeFuncStub18, makeFuncStub19, makeFuncStub20, makeFuncStub21, makeFuncStub22, makeFuncStub23,
	makeFuncStub24, makeFuncStub25, makeFuncStub26, makeFuncStub27, makeFuncStub28, makeFuncStub29,
	makeFuncStub30, makeFuncStub31, makeFuncStub32, makeFuncStub33, makeFuncStub34, makeFuncStub35,
	makeFuncStub36, makeFuncStub37, makeFuncStub38, makeFuncStub39, makeFuncStub40, makeFuncStub41,
	makeFuncStub42,
}
