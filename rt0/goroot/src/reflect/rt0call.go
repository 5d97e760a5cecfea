// Calls through reflection in rt0's calling convention.
//
// The official reflect lays arguments and results out in a frame in memory: with no argument registers (internal/abi's overlay) that is
// Go's stack convention, receiver and parameters as fields of a struct, results after them from a multiple of 8. Compiled code takes its
// arguments otherwise (docs/INTERFACES.md, "Reflection calls"): every scalar leaf of a flat value in the next free register of its kind, a
// pointer for every other value, the closure pointer last, and results in registers or through a pointer that comes first.
// That rule depends on the types alone, so one routine in assembly serves all signatures: a callPlan says which bytes of the frame
// belong to which register, regcall loads the registers, calls, and stores them back. makeFuncStubN do the same in the other direction:
// they differ only in where the closure pointer arrives.
//
// The functions below take the place of those of the same names in GOROOT/src/reflect.

package reflect

import (
	"internal/abi"
	"internal/goarch"
	"sync"
	"unsafe"
)

const (
	callIntRegs   = 11
	callFloatRegs = 16
	maxFlatLeaves = 6
	maxRetLeaves  = 10
	stackStubs    = 16
)

// callRegs is what regcall loads and stores; the order of ints is AX CX DX DI SI R8 R9 R12 R13 R14 R15.
type callRegs struct {
	ints   [callIntRegs]uintptr
	floats [callFloatRegs]uint64
}

// A leaf is one scalar of a value, or the pointer to a value that is passed in memory.
type leafKind uint8

const (
	leafInt leafKind = iota
	leafBool
	leafFloat
	leafMem // the address of the bytes at off
)

type callStep struct {
	kind leafKind
	size uint8
	reg  int16 // >= 0: register of its kind; < 0: stack word -1-reg
	off  uintptr
}

// A callPlan tells how the frame of one signature maps to registers.
type callPlan struct {
	args   []callStep
	rets   []callStep
	ctx    int16 // where the closure pointer goes, as callStep.reg
	nstack int
	out    bool // results through a pointer, the first argument
	retOff uintptr
}

// frameType is what funcLayout hands out as the type of a frame: reflect's call finds the plan behind it.
type frameType struct {
	abi.Type
	plan callPlan
}

// regAlloc hands out registers and stack words.
type regAlloc struct {
	ints, floats, stack int
}

func (a *regAlloc) next(float bool) int16 {
	if float {
		if a.floats < callFloatRegs {
			a.floats++
			return int16(a.floats - 1)
		}
	} else if a.ints < callIntRegs {
		a.ints++
		return int16(a.ints - 1)
	}
	a.stack++
	return int16(-a.stack)
}

// addLeaves appends the leaves of t at off; ok is false when t has more than maxFlatLeaves or an array with elements.
func addLeaves(t *abi.Type, off uintptr, steps []callStep) (out []callStep, ok bool) {
	if t.Size() == 0 {
		return steps, true
	}
	word := func(kind leafKind, size uint8, off uintptr) {
		steps = append(steps, callStep{kind: kind, size: size, off: off})
	}
	switch k := t.Kind(); Kind(k) {
	case Bool:
		word(leafBool, 1, off)
	case Float32, Float64:
		word(leafFloat, uint8(t.Size()), off)
	case Complex64, Complex128:
		half := t.Size() / 2
		word(leafFloat, uint8(half), off)
		word(leafFloat, uint8(half), off+half)
	case String, Interface:
		word(leafInt, 8, off)
		word(leafInt, 8, off+8)
	case Slice:
		word(leafInt, 8, off)
		word(leafInt, 8, off+8)
		word(leafInt, 8, off+16)
	case Array:
		return steps, false
	case Struct:
		st := (*structType)(unsafe.Pointer(t))
		for i := range st.Fields {
			f := &st.Fields[i]
			if steps, ok = addLeaves(f.Typ, off+f.Offset, steps); !ok {
				return steps, false
			}
		}
	default:
		word(leafInt, uint8(t.Size()), off)
	}
	return steps, true
}

// flatLeaves gives the leaves of a flat type; ok is false for a type that is passed in memory.
func flatLeaves(t *abi.Type, off uintptr) (steps []callStep, ok bool) {
	steps, ok = addLeaves(t, off, nil)
	return steps, ok && len(steps) <= maxFlatLeaves
}

func makePlan(t *funcType, rcvr *abi.Type, abid *abiDesc) callPlan {
	var p callPlan
	p.retOff = abid.retOffset
	var rets []callStep
	for i, typ := range t.OutSlice() {
		if typ.Size() == 0 {
			continue
		}
		s, ok := flatLeaves(typ, abid.ret.stepsForValue(i)[0].stkOff)
		if !ok {
			p.out = true
		}
		rets = append(rets, s...)
	}
	if len(rets) > maxRetLeaves {
		p.out = true
	}
	var a regAlloc
	if p.out {
		p.args = append(p.args, callStep{kind: leafMem, size: 8, reg: a.next(false), off: p.retOff})
	} else {
		var r regAlloc
		for i := range rets {
			rets[i].reg = r.next(rets[i].kind == leafFloat)
		}
		p.rets = rets
	}
	first := 0
	if rcvr != nil {
		p.args = append(p.args, callStep{kind: leafInt, size: 8, reg: a.next(false), off: abid.call.steps[0].stkOff})
		first = 1
	}
	for i, typ := range t.InSlice() {
		if typ.Size() == 0 {
			continue
		}
		off := abid.call.stepsForValue(i + first)[0].stkOff
		s, ok := flatLeaves(typ, off)
		if !ok {
			s = []callStep{{kind: leafMem, size: 8, off: off}}
		}
		for j := range s {
			s[j].reg = a.next(s[j].kind == leafFloat)
		}
		p.args = append(p.args, s...)
	}
	p.ctx = a.next(false)
	p.nstack = a.stack
	return p
}

// funcLayout gives the type of a frame for calling t (with a receiver word when rcvr is not nil), a pool of such frames, and where
// each value lies in it.
func funcLayout(t *funcType, rcvr *abi.Type) (frametype *abi.Type, framePool *sync.Pool, abid abiDesc) {
	if t.Kind() != abi.Func {
		panic("reflect: funcLayout of non-func type " + stringFor(&t.Type))
	}
	if rcvr != nil && rcvr.Kind() == abi.Interface {
		panic("reflect: funcLayout with interface receiver " + stringFor(rcvr))
	}
	k := layoutKey{t, rcvr}
	if have, ok := layoutCache.Load(k); ok {
		l := have.(layoutType)
		return l.t, l.framePool, l.abid
	}
	abid = newAbiDesc(t, rcvr)
	x := new(frameType)
	x.Align_ = goarch.PtrSize
	x.Size_ = align(abid.retOffset+abid.ret.stackBytes, goarch.PtrSize)
	x.PtrBytes = uintptr(abid.stackPtrs.n) * goarch.PtrSize
	if abid.stackPtrs.n > 0 {
		x.GCData = &abid.stackPtrs.data[0]
	}
	name := "funcargs(" + stringFor(&t.Type) + ")"
	if rcvr != nil {
		name = "methodargs(" + stringFor(rcvr) + ")(" + stringFor(&t.Type) + ")"
	}
	x.Str = resolveReflectName(newName(name, "", false, false))
	x.plan = makePlan(t, rcvr, &abid)
	framePool = &sync.Pool{New: func() any { return unsafe_New(&x.Type) }}
	have, _ := layoutCache.LoadOrStore(k, layoutType{t: &x.Type, framePool: framePool, abid: abid})
	l := have.(layoutType)
	return l.t, l.framePool, l.abid
}

// load reads the bits of a leaf in memory.
func (s *callStep) load(p unsafe.Pointer) uint64 {
	switch s.size {
	case 1:
		return uint64(*(*uint8)(p))
	case 2:
		return uint64(*(*uint16)(p))
	case 4:
		return uint64(*(*uint32)(p))
	}
	return *(*uint64)(p)
}

// store writes the bits of a leaf to memory.
func (s *callStep) store(p unsafe.Pointer, v uint64) {
	switch s.size {
	case 1:
		if s.kind == leafBool {
			v &= 1
		}
		*(*uint8)(p) = uint8(v)
	case 2:
		*(*uint16)(p) = uint16(v)
	case 4:
		*(*uint32)(p) = uint32(v)
	default:
		*(*uint64)(p) = v
	}
}

// call calls the func value f with the arguments in the frame and puts the results there.
func call(stackArgsType *abi.Type, f, stackArgs unsafe.Pointer, stackArgsSize, stackRetOffset, frameSize uint32, regArgs *abi.RegArgs) {
	p := &(*frameType)(unsafe.Pointer(stackArgsType)).plan
	var regs callRegs
	var words [stackStubs]uint64
	stack := words[:]
	if p.nstack > len(stack) {
		stack = make([]uint64, p.nstack)
	}
	put := func(float bool, reg int16, v uint64) {
		if reg < 0 {
			stack[-1-reg] = v
		} else if float {
			regs.floats[reg] = v
		} else {
			regs.ints[reg] = uintptr(v)
		}
	}
	for i := range p.args {
		s := &p.args[i]
		at := unsafe.Pointer(uintptr(stackArgs) + s.off)
		if s.kind == leafMem {
			put(false, s.reg, uint64(uintptr(at)))
		} else {
			put(s.kind == leafFloat, s.reg, s.load(at))
		}
	}
	put(false, p.ctx, uint64(uintptr(f)))
	code := *(*unsafe.Pointer)(f)
	if p.nstack <= stackStubs {
		regcall(code, &regs, unsafe.Pointer(&stack[0]), uintptr(p.nstack))
	} else if p.nstack <= maxStackWords {
		regcallBig(code, &regs, unsafe.Pointer(&stack[0]), uintptr(p.nstack))
	} else {
		panic("reflect: call with too many arguments")
	}
	for i := range p.rets {
		s := &p.rets[i]
		at := unsafe.Pointer(uintptr(stackArgs) + s.off)
		if s.kind == leafFloat {
			s.store(at, regs.floats[s.reg])
		} else {
			s.store(at, uint64(regs.ints[s.reg]))
		}
	}
	keepFrame(stackArgs)
}

const maxStackWords = 1000

// keepFrame keeps a frame alive whose address the call had only as a number.
//
//go:noinline
func keepFrame(p unsafe.Pointer) {}

// regcall calls code with the registers of regs and nstack words of stack, and stores the registers the call returned.
//
//go:noescape
func regcall(code unsafe.Pointer, regs *callRegs, stack unsafe.Pointer, nstack uintptr)

// regcallBig is regcall with room for maxStackWords.
//
//go:noescape
func regcallBig(code unsafe.Pointer, regs *callRegs, stack unsafe.Pointer, nstack uintptr)

// MakeFunc returns a new function of the given type that calls fn with its arguments as Values and returns fn's results.
func MakeFunc(typ Type, fn func(args []Value) (results []Value)) Value {
	t := typ.common()
	typ = toType(t) // the methods of t itself, whatever the caller's Type embeds
	if typ.Kind() != Func {
		panic("reflect: call of MakeFunc with non-Func type")
	}
	ftyp := (*funcType)(unsafe.Pointer(t))
	impl := &makeFuncImpl{makeFuncCtxt: newStubContext(ftyp, stubMakeFunc), ftyp: ftyp, fn: fn}
	return Value{t, unsafe.Pointer(impl), flag(Func)}
}

// makeMethodValue turns a Value that stands for a method of a receiver into a func value.
func makeMethodValue(op string, v Value) Value {
	if v.flag&flagMethod == 0 {
		panic("reflect: internal error: invalid use of makeMethodValue")
	}
	fl := v.flag&(flagRO|flagAddr|flagIndir) | flag(v.typ().Kind())
	rcvr := Value{v.typ(), v.ptr, fl}
	ftyp := (*funcType)(unsafe.Pointer(v.Type().(*rtype)))
	fv := &methodValue{
		makeFuncCtxt: newStubContext(ftyp, stubMethod),
		method:       int(v.flag) >> flagMethodShift,
		rcvr:         rcvr,
	}
	methodReceiver(op, fv.rcvr, fv.method) // panics now if the method cannot be called
	return Value{ftyp.Common(), unsafe.Pointer(fv), v.flag&flagRO | flag(Func)}
}

// methodValueCallCodePtr is the code address that Value.Pointer reports for every method value.
func methodValueCallCodePtr() uintptr {
	return abi.FuncPCABIInternal(callStub)
}

// What a stub's context is, kept in makeFuncCtxt.argLen.
const (
	stubMakeFunc = iota
	stubMethod
)

func newStubContext(ftyp *funcType, what uintptr) makeFuncCtxt {
	_, _, abid := funcLayout(ftyp, nil)
	plan := makePlan(ftyp, nil, &abid)
	n := int(plan.ctx)
	if n < 0 {
		n = callIntRegs - 1 - n
	}
	if n >= callIntRegs+stackStubs {
		panic("reflect: too many arguments for a function made by reflection")
	}
	return makeFuncCtxt{fn: stubTable(n), stack: abid.stackPtrs, argLen: what}
}

// stubTable gives the entry address of the n-th stub: closure pointer in integer register n, or in stack word n-11.
func stubTable(n int) uintptr

// callStub is what the stubs call: ctxt is the closure they were called with, regs the registers at entry (to be changed to those
// at return), stack the stack words of the call.
func callStub(ctxt *makeFuncCtxt, regs *callRegs, stack unsafe.Pointer) {
	var ftyp *funcType
	if ctxt.argLen == stubMakeFunc {
		ftyp = (*makeFuncImpl)(unsafe.Pointer(ctxt)).ftyp
	} else {
		m := (*methodValue)(unsafe.Pointer(ctxt))
		_, ftyp, _ = methodReceiver("call", m.rcvr, m.method)
	}
	frametype, _, _ := funcLayout(ftyp, nil)
	p := &(*frameType)(unsafe.Pointer(frametype)).plan
	frame := unsafe.Pointer(&zeroFrame)
	if frametype.Size() != 0 {
		frame = unsafe_New(frametype)
	}
	get := func(float bool, reg int16) uint64 {
		if reg < 0 {
			return *(*uint64)(unsafe.Pointer(uintptr(stack) + uintptr(-1-reg)*8))
		}
		if float {
			return regs.floats[reg]
		}
		return uint64(regs.ints[reg])
	}
	for i := range p.args {
		s := &p.args[i]
		at := unsafe.Pointer(uintptr(frame) + s.off)
		switch {
		case s.kind != leafMem:
			s.store(at, get(s.kind == leafFloat, s.reg))
		case i == 0 && p.out:
			// results: copied below
		default:
			size := p.memSize(frametype, ftyp, s.off)
			memmove(at, unsafe.Pointer(uintptr(get(false, s.reg))), size)
		}
	}
	var retValid bool
	var none abi.RegArgs
	if ctxt.argLen == stubMakeFunc {
		callReflect((*makeFuncImpl)(unsafe.Pointer(ctxt)), frame, &retValid, &none)
	} else {
		callMethod((*methodValue)(unsafe.Pointer(ctxt)), frame, &retValid, &none)
	}
	if p.out {
		to := unsafe.Pointer(uintptr(get(false, p.args[0].reg)))
		if n := frametype.Size() - p.retOff; n != 0 {
			memmove(to, unsafe.Pointer(uintptr(frame)+p.retOff), p.outSize(ftyp))
		}
		return
	}
	for i := range p.rets {
		s := &p.rets[i]
		v := s.load(unsafe.Pointer(uintptr(frame) + s.off))
		if s.kind == leafFloat {
			regs.floats[s.reg] = v
		} else {
			regs.ints[s.reg] = uintptr(v)
		}
	}
	keepFrame(frame)
}

var zeroFrame uintptr

// memSize is the size of the parameter at offset off of a frame.
func (p *callPlan) memSize(frametype *abi.Type, ftyp *funcType, off uintptr) uintptr {
	_, _, abid := funcLayout(ftyp, nil)
	for i, typ := range ftyp.InSlice() {
		if typ.Size() != 0 && abid.call.stepsForValue(i)[0].stkOff == off {
			return typ.Size()
		}
	}
	panic("reflect: no parameter at this offset")
}

// outSize is the number of bytes from the first result to the end of the last.
func (p *callPlan) outSize(ftyp *funcType) uintptr {
	_, _, abid := funcLayout(ftyp, nil)
	end := uintptr(0)
	for i, typ := range ftyp.OutSlice() {
		if typ.Size() != 0 {
			end = abid.ret.stepsForValue(i)[0].stkOff + typ.Size() - p.retOff
		}
	}
	return end
}
