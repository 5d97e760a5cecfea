// Calls through reflection.
//
// value.go builds a frame in memory: receiver word, arguments, results, each at its aligned offset. `abiDesc` describes only
// that frame (every step is a stack step). The functions here carry a frame to and from the registers of rt0's calling
// convention (docs/INTERFACES.md, "Layout and calling"), which follow from the types alone:
//
//	leaves in order (out pointer, receiver, parameters, closure): integers and pointers in 11 registers, floats in 16,
//	what finds none left in 8-byte stack words; a type with more than 6 leaves, or with an array, as a pointer to its copy;
//	results in the same registers, or through the out pointer when there are more than 10 leaves or one is no flat type.
//
// The frame's type keeps a pointer to the function type beside its pointer mask (frameInfo), since that is all that `call` gets.

package reflect

import (
	"internal/abi"
	"internal/goarch"
	"unsafe"
)

const (
	maxFlatLeaves   = 6
	maxResultLeaves = 10
	intRegs         = 11
	floatRegs       = 16
	maxStackWords   = 256
)

// callRegs is what callRegisters loads before a call and stores after it, and what the stubs save.
// asm_amd64.s knows the offsets.
type callRegs struct {
	ints   [intRegs]uintptr // 0
	floats [floatRegs]uint64 // 88
	nstack uintptr           // 216
	stack  unsafe.Pointer    // 224: nstack words
}

type abiStepKind int

const (
	abiStepBad abiStepKind = iota
	abiStepStack
	abiStepIntReg
	abiStepPointer
	abiStepFloatReg
)

type abiStep struct {
	kind   abiStepKind
	offset uintptr
	size   uintptr
	stkOff uintptr
	ireg   int
	freg   int
}

// abiSeq is a run of values in the frame.
type abiSeq struct {
	steps      []abiStep
	valueStart []int
	stackBytes uintptr
}

func (a *abiSeq) stepsForValue(i int) []abiStep {
	end := len(a.steps)
	if i+1 < len(a.valueStart) {
		end = a.valueStart[i+1]
	}
	return a.steps[a.valueStart[i]:end]
}

// add gives a value of type t the next place and returns its offset.
func (a *abiSeq) add(t *abi.Type) uintptr {
	a.valueStart = append(a.valueStart, len(a.steps))
	a.stackBytes = align(a.stackBytes, uintptr(t.Align()))
	off := a.stackBytes
	if t.Size() != 0 {
		a.steps = append(a.steps, abiStep{kind: abiStepStack, size: t.Size(), stkOff: off})
	}
	a.stackBytes += t.Size()
	return off
}

type abiDesc struct {
	call, ret         abiSeq
	stackCallArgsSize uintptr
	retOffset         uintptr
	spill             uintptr
	stackPtrs         *bitVector
	inRegPtrs         abi.IntArgRegBitmap
	outRegPtrs        abi.IntArgRegBitmap
}

func (a *abiDesc) dump() {
	println("frame: arguments", a.stackCallArgsSize, "results at", a.retOffset, "words with pointers", a.stackPtrs.n)
}

// frameInfo holds a frame type's pointer mask; what reflectcall needs stands before it.
type frameInfo struct {
	ftyp *funcType
	rcvr *abi.Type
	bits [64]byte
}

// bigFrameInfo is a frameInfo for frames of more than 512 words.
type bigFrameInfo struct {
	ftyp *funcType
	rcvr *abi.Type
	bits [1 << 14]byte
}

const frameInfoBits = unsafe.Offsetof(frameInfo{}.bits)

func newAbiDesc(t *funcType, rcvr *abi.Type) abiDesc {
	var d abiDesc
	ptrs := new(bitVector)
	if rcvr != nil {
		d.call.valueStart = append(d.call.valueStart, 0)
		d.call.steps = append(d.call.steps, abiStep{kind: abiStepStack, size: goarch.PtrSize})
		d.call.stackBytes = goarch.PtrSize
		if rcvr.Pointers() {
			ptrs.append(1)
		} else {
			ptrs.append(0)
		}
	}
	for _, p := range t.InSlice() {
		addTypeBits(ptrs, d.call.add(p), p)
	}
	d.stackCallArgsSize = d.call.stackBytes
	d.retOffset = align(d.call.stackBytes, goarch.PtrSize)
	d.ret.stackBytes = d.retOffset
	for _, r := range t.OutSlice() {
		addTypeBits(ptrs, d.ret.add(r), r)
	}
	d.ret.stackBytes -= d.retOffset
	if ptrs.n == 0 {
		ptrs.append(0)
	}
	var bits []byte
	if n := len(ptrs.data); n <= len(frameInfo{}.bits) {
		info := &frameInfo{ftyp: t, rcvr: rcvr}
		bits = info.bits[:n]
	} else {
		info := &bigFrameInfo{ftyp: t, rcvr: rcvr}
		if n > len(info.bits) {
			panic("reflect: arguments of " + stringFor(&t.Type) + " are too large for a call by reflection")
		}
		bits = info.bits[:n]
	}
	copy(bits, ptrs.data)
	ptrs.data = bits
	d.stackPtrs = ptrs
	return d
}

func noRegisters() { panic("reflect: no value is assigned to registers") }

func intFromReg(r *abi.RegArgs, reg int, argSize uintptr, to unsafe.Pointer)   { noRegisters() }
func intToReg(r *abi.RegArgs, reg int, argSize uintptr, from unsafe.Pointer)   { noRegisters() }
func floatFromReg(r *abi.RegArgs, reg int, argSize uintptr, to unsafe.Pointer) { noRegisters() }
func floatToReg(r *abi.RegArgs, reg int, argSize uintptr, from unsafe.Pointer) { noRegisters() }

// ---------------------------------------------------------------- leaves

// leaf is one scalar of a flat type. class: 'i' integer or pointer, 'b' bool, 'f' float.
type leaf struct {
	off, size uintptr
	class     byte
}

type leafList struct {
	n    int
	leaf [maxFlatLeaves + 1]leaf
}

func (l *leafList) add(off, size uintptr, class byte) bool {
	if l.n < len(l.leaf) {
		l.leaf[l.n] = leaf{off, size, class}
	}
	l.n++
	return l.n <= maxFlatLeaves
}

// flatten appends the leaves of t at offset off; false when the type is not flat.
func (l *leafList) flatten(t *abi.Type, off uintptr) bool {
	if t.Size() == 0 {
		return true
	}
	switch t.Kind() {
	case abi.Bool:
		return l.add(off, 1, 'b')
	case abi.Float32, abi.Float64:
		return l.add(off, t.Size(), 'f')
	case abi.Complex64, abi.Complex128:
		half := t.Size() / 2
		return l.add(off, half, 'f') && l.add(off+half, half, 'f')
	case abi.String, abi.Interface:
		return l.add(off, 8, 'i') && l.add(off+8, 8, 'i')
	case abi.Slice:
		return l.add(off, 8, 'i') && l.add(off+8, 8, 'i') && l.add(off+16, 8, 'i')
	case abi.Array:
		return false
	case abi.Struct:
		st := (*structType)(unsafe.Pointer(t))
		for i := range st.Fields {
			f := &st.Fields[i]
			if !l.flatten(f.Typ, off+f.Offset) {
				return false
			}
		}
		return true
	}
	return l.add(off, t.Size(), 'i')
}

// outPointer reports whether the results of t go through memory.
func outPointer(t *funcType) bool {
	n := 0
	for _, r := range t.OutSlice() {
		var l leafList
		if !l.flatten(r, 0) {
			return true
		}
		n += l.n
	}
	return n > maxResultLeaves
}

// regCursor hands out registers in order.
type regCursor struct {
	regs   *callRegs
	ni, nf int
	ns     uintptr
}

// next is the place of the next leaf.
func (c *regCursor) next(class byte) unsafe.Pointer {
	if class == 'f' {
		if c.nf < floatRegs {
			c.nf++
			return unsafe.Pointer(&c.regs.floats[c.nf-1])
		}
	} else if c.ni < intRegs {
		c.ni++
		return unsafe.Pointer(&c.regs.ints[c.ni-1])
	}
	if c.ns >= maxStackWords {
		panic("reflect: too many arguments for a call by reflection")
	}
	c.ns++
	return add(c.regs.stack, (c.ns-1)*8, "within the stack words")
}

func copyLeaf(to, from unsafe.Pointer, l leaf) {
	switch {
	case l.class == 'b':
		*(*uint8)(to) = *(*uint8)(from) & 1
	case l.size == 8:
		*(*uint64)(to) = *(*uint64)(from)
	case l.size == 4:
		*(*uint32)(to) = *(*uint32)(from)
	case l.size == 2:
		*(*uint16)(to) = *(*uint16)(from)
	default:
		*(*uint8)(to) = *(*uint8)(from)
	}
}

// load moves a value from memory to the next registers.
func (c *regCursor) load(t *abi.Type, from unsafe.Pointer) {
	var l leafList
	if !l.flatten(t, 0) {
		*(*unsafe.Pointer)(c.next('i')) = from
		return
	}
	for i := 0; i < l.n; i++ {
		x := l.leaf[i]
		p := c.next(x.class)
		*(*uint64)(p) = 0
		copyLeaf(p, add(from, x.off, "within the value"), x)
	}
}

// store moves a value from the next registers to memory.
func (c *regCursor) store(t *abi.Type, to unsafe.Pointer) {
	var l leafList
	if !l.flatten(t, 0) {
		typedmemmove(t, to, *(*unsafe.Pointer)(c.next('i')))
		return
	}
	for i := 0; i < l.n; i++ {
		x := l.leaf[i]
		copyLeaf(add(to, x.off, "within the value"), c.next(x.class), x)
	}
}

// ---------------------------------------------------------------- calls

// callRegisters calls code with the registers and stack words of r, and stores the result registers to r. Assembly.
func callRegisters(r *callRegs, code uintptr)

// reflectcall calls the func value fn with a frame that funcLayout described. value.go knows it as `call`.
//
//go:linkname reflectcall runtime.reflectcall
func reflectcall(frametype *abi.Type, fn, frame unsafe.Pointer, argSize, retOffset, frameSize uint32, _ *abi.RegArgs) {
	var words [maxStackWords]uintptr
	var regs callRegs
	regs.stack = unsafe.Pointer(&words)
	code := *(*uintptr)(fn)
	c := regCursor{regs: &regs}
	if frametype == nil || frametype.Size() == 0 {
		// No receiver, arguments or results of any size.
		*(*unsafe.Pointer)(c.next('i')) = fn
		callRegisters(&regs, code)
		return
	}
	info := (*frameInfo)(unsafe.Pointer(uintptr(unsafe.Pointer(frametype.GCData)) - frameInfoBits))
	t := info.ftyp
	results := add(frame, uintptr(retOffset), "results follow the arguments")
	out := outPointer(t)
	if out {
		*(*unsafe.Pointer)(c.next('i')) = results
	}
	off := uintptr(0)
	if info.rcvr != nil {
		*(*unsafe.Pointer)(c.next('i')) = *(*unsafe.Pointer)(frame)
		off = goarch.PtrSize
	}
	for _, p := range t.InSlice() {
		off = align(off, uintptr(p.Align()))
		c.load(p, add(frame, off, "within the frame"))
		off += p.Size()
	}
	*(*unsafe.Pointer)(c.next('i')) = fn
	regs.nstack = c.ns
	callRegisters(&regs, code)
	if out {
		return
	}
	c = regCursor{regs: &regs}
	off = 0
	for _, r := range t.OutSlice() {
		off = align(off, uintptr(r.Align()))
		c.store(r, add(results, off, "within the results"))
		off += r.Size()
	}
}

// stubCall is called by the stubs of MakeFunc and of method values: regs are the argument registers as they came, stack the
// stack words. The results are left in regs.
func stubCall(ctxt *makeFuncCtxt, regs *callRegs, stack unsafe.Pointer) {
	regs.stack = stack
	t := ctxt.ftyp
	frametype, _, d := funcLayout(t, nil)
	var frame unsafe.Pointer
	if frametype.Size() != 0 {
		frame = unsafe_New(frametype)
	}
	c := regCursor{regs: regs}
	out := outPointer(t)
	var outp unsafe.Pointer
	if out {
		outp = *(*unsafe.Pointer)(c.next('i'))
	}
	off := uintptr(0)
	for _, p := range t.InSlice() {
		off = align(off, uintptr(p.Align()))
		if p.Size() != 0 {
			c.store(p, add(frame, off, "within the frame"))
		}
		off += p.Size()
	}
	var valid bool
	var none abi.RegArgs
	if ctxt.method {
		callMethod((*methodValue)(unsafe.Pointer(ctxt)), frame, &valid, &none)
	} else {
		callReflect((*makeFuncImpl)(unsafe.Pointer(ctxt)), frame, &valid, &none)
	}
	c = regCursor{regs: regs}
	off = 0
	for _, r := range t.OutSlice() {
		off = align(off, uintptr(r.Align()))
		if r.Size() != 0 {
			from := add(frame, d.retOffset+off, "within the frame")
			if out {
				typedmemmove(r, add(outp, off, "within the results"), from)
			} else {
				c.load(r, from)
			}
		}
		off += r.Size()
	}
}
