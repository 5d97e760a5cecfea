package reflect

// How reflect calls functions, and is called as one.
//
// Value.Call, callReflect (MakeFunc) and callMethod (method values) are GOROOT's own. They know a call as a frame in memory and a
// description of where in it each argument and result lies. That description (abiDesc) is made here, and says: everything in
// the frame, nothing in registers, laid out like two structs, the arguments and then the results. The step between that frame and
// rt0's calling convention is ours: runtime.reflectcall takes the frame to registers for a call, makeFuncEntry (makefunc.go)
// takes registers to a frame. Both follow a callDesc: for each scalar part ("leaf") of arguments and results, its offset in
// the frame and the register or stack word it travels in.
//
// runtime.reflectcall is told the frame's type only, so the callDesc's address lies behind that type's pointer mask
// (stackPtrs.data), which is a place that nobody else reads. The descs live for ever, as layoutCache does.
//
// Source: docs/INTERFACES.md (layout and calling, reflection calls); the names value.go and type.go use, reflect/abi.go, go1.27.

import (
	"internal/abi"
	"internal/goarch"
	"sync"
	"unsafe"
)

// Kept for reflect's own tests.
var (
	intArgRegs   = 0
	floatArgRegs = 0
	floatRegSize = uintptr(0)
)

// callLeaf is one scalar of a call.
type callLeaf struct {
	off   uint32 // in the frame
	size  uint32 // bytes; mem: of the whole value
	class uint8  // abi.LeafInt ...
	place uint8  // abi.PlaceInt ...
	index uint16 // number of the register or stack word
}

// callDesc describes calls with one signature and receiver type. runtime.callDesc has the same layout.
type callDesc struct {
	in       []callLeaf
	out      []callLeaf // empty when outMem
	retOff   uintptr    // of the results in the frame
	retSize  uintptr
	nstack   uintptr // stack words of the arguments, ctx included
	outMem   bool    // results go through a pointer, the first argument
	ctxPlace uint8
	ctxIndex uint16
}

// leafSeq hands out registers in order.
type leafSeq struct {
	leaves []callLeaf
	ints   int
	floats int
	stack  int
}

func (a *leafSeq) place(class uint8) (place uint8, index uint16) {
	if class == abi.LeafFloat {
		if a.floats < abi.NumFloatRegs {
			a.floats++
			return abi.PlaceFloat, uint16(a.floats - 1)
		}
	} else if a.ints < abi.NumIntRegs {
		a.ints++
		return abi.PlaceInt, uint16(a.ints - 1)
	}
	a.stack++
	return abi.PlaceStack, uint16(a.stack - 1)
}

func (a *leafSeq) leaf(class uint8, off, size uintptr) {
	p, i := a.place(class)
	a.leaves = append(a.leaves, callLeaf{uint32(off), uint32(size), class, p, i})
}

// numLeaves counts the leaves of t; more than abi.MaxFlatLeaves for a type that is passed in memory.
func numLeaves(t *abi.Type) int {
	switch Kind(t.Kind()) {
	case Array:
		if (*arrayType)(unsafe.Pointer(t)).Len == 0 {
			return 0
		}
		return abi.MaxFlatLeaves + 1
	case Struct:
		n := 0
		st := (*structType)(unsafe.Pointer(t))
		for i := range st.Fields {
			k := numLeaves(st.Fields[i].Typ)
			if k > abi.MaxFlatLeaves {
				return k
			}
			n += k
		}
		return n
	case Slice:
		return 3
	case String, Interface, Complex64, Complex128:
		return 2
	}
	return 1
}

// value adds the leaves of a value of type t at off.
func (a *leafSeq) value(t *abi.Type, off uintptr) {
	if numLeaves(t) > abi.MaxFlatLeaves {
		a.leaf(abi.LeafMem, off, t.Size())
		return
	}
	a.flat(t, off)
}

func (a *leafSeq) flat(t *abi.Type, off uintptr) {
	switch Kind(t.Kind()) {
	case Array:
	case Struct:
		st := (*structType)(unsafe.Pointer(t))
		for i := range st.Fields {
			a.flat(st.Fields[i].Typ, off+st.Fields[i].Offset)
		}
	case Slice:
		a.leaf(abi.LeafInt, off, 8)
		a.leaf(abi.LeafInt, off+8, 8)
		a.leaf(abi.LeafInt, off+16, 8)
	case String, Interface:
		a.leaf(abi.LeafInt, off, 8)
		a.leaf(abi.LeafInt, off+8, 8)
	case Complex64:
		a.leaf(abi.LeafFloat, off, 4)
		a.leaf(abi.LeafFloat, off+4, 4)
	case Complex128:
		a.leaf(abi.LeafFloat, off, 8)
		a.leaf(abi.LeafFloat, off+8, 8)
	case Float32, Float64:
		a.leaf(abi.LeafFloat, off, t.Size())
	default:
		a.leaf(abi.LeafInt, off, t.Size())
	}
}

// What value.go and type.go see.

type abiStep struct {
	kind   abiStepKind
	offset uintptr // of the part in its value: always 0
	size   uintptr
	stkOff uintptr // in the frame
	ireg   int
	freg   int
}

type abiStepKind int

const (
	abiStepBad abiStepKind = iota
	abiStepStack
	abiStepIntReg
	abiStepPointer
	abiStepFloatReg
)

// abiSeq is a sequence of values in the frame; each is one step, of kind abiStepStack, but zero-size values have none.
type abiSeq struct {
	steps        []abiStep
	valueStart   []int
	stackBytes   uintptr
	iregs, fregs int
}

func (a *abiSeq) dump() {
	for i := range a.steps {
		println("part", i, a.steps[i].size, a.steps[i].stkOff)
	}
	println("stack", a.stackBytes)
}

func (a *abiSeq) stepsForValue(i int) []abiStep {
	s := a.valueStart[i]
	if i == len(a.valueStart)-1 {
		return a.steps[s:]
	}
	return a.steps[s:a.valueStart[i+1]]
}

// add lays out the next value and returns its offset.
func (a *abiSeq) add(size, alignment uintptr) uintptr {
	a.valueStart = append(a.valueStart, len(a.steps))
	a.stackBytes = align(a.stackBytes, alignment)
	off := a.stackBytes
	if size != 0 {
		a.steps = append(a.steps, abiStep{kind: abiStepStack, size: size, stkOff: off})
		a.stackBytes += size
	}
	return off
}

type abiDesc struct {
	call, ret                           abiSeq
	stackCallArgsSize, retOffset, spill uintptr
	stackPtrs                           *bitVector // pointer mask of the frame; the callDesc's address follows it
	inRegPtrs, outRegPtrs               abi.IntArgRegBitmap
}

func (a *abiDesc) dump() {
	a.call.dump()
	a.ret.dump()
	println("retOffset", a.retOffset)
}

// callDescs keeps all callDescs reachable.
var callDescs struct {
	sync.Mutex
	all []*callDesc
}

func newAbiDesc(t *funcType, rcvr *abi.Type) abiDesc {
	d := new(callDesc)
	var regs leafSeq
	outLeaves := 0
	for _, res := range t.OutSlice() {
		n := numLeaves(res)
		if n > abi.MaxFlatLeaves {
			d.outMem = true
		}
		outLeaves += n
	}
	if outLeaves > abi.MaxResultLeaves {
		d.outMem = true
	}
	if d.outMem {
		regs.ints = 1 // the first register carries the address for the results
	}

	ptrs := new(bitVector)
	var in abiSeq
	if rcvr != nil {
		off := in.add(goarch.PtrSize, goarch.PtrSize)
		ptrs.append(1)
		regs.leaf(abi.LeafInt, off, goarch.PtrSize)
	}
	for _, arg := range t.InSlice() {
		off := in.add(arg.Size(), uintptr(arg.Align()))
		addTypeBits(ptrs, off, arg)
		regs.value(arg, off)
	}
	d.ctxPlace, d.ctxIndex = regs.place(abi.LeafInt)
	d.in = regs.leaves
	d.nstack = uintptr(regs.stack)

	retOffset := align(in.stackBytes, goarch.PtrSize)
	var out abiSeq
	var results leafSeq
	out.stackBytes = retOffset
	for _, res := range t.OutSlice() {
		off := out.add(res.Size(), uintptr(res.Align()))
		addTypeBits(ptrs, off, res)
		if !d.outMem {
			results.value(res, off)
		}
	}
	out.stackBytes -= retOffset
	d.out = results.leaves
	d.retOff = retOffset
	d.retSize = out.stackBytes

	// The mask must exist for the address to hide behind it.
	if ptrs.n == 0 {
		ptrs.append(0)
	}
	for len(ptrs.data)%8 != 0 {
		ptrs.data = append(ptrs.data, 0)
	}
	for i, p := 0, uintptr(unsafe.Pointer(d)); i < 8; i++ {
		ptrs.data = append(ptrs.data, byte(p>>(8*i)))
	}
	callDescs.Lock()
	callDescs.all = append(callDescs.all, d)
	callDescs.Unlock()
	return abiDesc{call: in, ret: out, stackCallArgsSize: in.stackBytes, retOffset: retOffset, stackPtrs: ptrs}
}

// callDescOf finds the desc of a frame type made by funcLayout.
func callDescOf(frametype *abi.Type) *callDesc {
	n := (frametype.PtrBytes/8 + 63) / 64 * 8
	return *(**callDesc)(add(unsafe.Pointer(frametype.GCData), n, "behind the mask"))
}

// Nothing travels in value.go's registers.

func intFromReg(r *abi.RegArgs, reg int, argSize uintptr, to unsafe.Pointer) {
	panic("reflect: internal error: register argument")
}

func intToReg(r *abi.RegArgs, reg int, argSize uintptr, from unsafe.Pointer) {
	panic("reflect: internal error: register argument")
}

func floatFromReg(r *abi.RegArgs, reg int, argSize uintptr, to unsafe.Pointer) {
	panic("reflect: internal error: register argument")
}

func floatToReg(r *abi.RegArgs, reg int, argSize uintptr, from unsafe.Pointer) {
	panic("reflect: internal error: register argument")
}
