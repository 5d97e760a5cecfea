package runtime

// reflect.Value.Call's last step: from a frame in memory to registers, and back with the results.
//
// reflect lays arguments and results out in a frame and describes how they travel (reflect/abi.go in the overlay, callDesc). The
// assembly routine reflectcallregs loads all registers from a callRegs, calls, and stores them again: one routine for all signatures.

import (
	"internal/abi"
	"unsafe"
)

// callLeaf and callDesc are reflect's.
type callLeaf struct {
	off   uint32
	size  uint32
	class uint8
	place uint8
	index uint16
}

type callDesc struct {
	in       []callLeaf
	out      []callLeaf
	retOff   uintptr
	retSize  uintptr
	nstack   uintptr
	outMem   bool
	ctxPlace uint8
	ctxIndex uint16
}

// callRegs: reflectcall_amd64.s knows the offsets.
type callRegs struct {
	ints   [abi.NumIntRegs]uintptr  // 0
	floats [abi.NumFloatRegs]uint64 // 88
	stack  unsafe.Pointer           // 216: [nstack]uint64
	nstack uintptr                  // 224
	code   uintptr                  // 232
}

func reflectcallregs(r *callRegs)

// reflectcall calls fn, the address of a code pointer, with the frame at stackArgs.
//
//go:linkname reflectcall
func reflectcall(stackArgsType *_type, fn, stackArgs unsafe.Pointer, stackArgsSize, stackRetOffset, frameSize uint32, regArgs *abi.RegArgs) {
	mask := (stackArgsType.PtrBytes/8 + 63) / 64 * 8
	d := *(**callDesc)(add(unsafe.Pointer(stackArgsType.GCData), mask))
	var r callRegs
	var few [8]uint64
	words := unsafe.Pointer(&few)
	if d.nstack > uintptr(len(few)) {
		words = unsafe.Pointer(unsafe.SliceData(make([]unsafe.Pointer, d.nstack)))
	}
	r.stack = words
	r.nstack = d.nstack
	r.code = *(*uintptr)(fn)
	if d.outMem {
		r.ints[0] = uintptr(stackArgs) + d.retOff
	}
	for i := range d.in {
		l := &d.in[i]
		from := add(stackArgs, uintptr(l.off))
		var v uint64
		if l.class == abi.LeafMem {
			v = uint64(uintptr(from))
		} else {
			switch l.size {
			case 1:
				v = uint64(*(*uint8)(from))
			case 2:
				v = uint64(*(*uint16)(from))
			case 4:
				v = uint64(*(*uint32)(from))
			default:
				v = *(*uint64)(from)
			}
		}
		switch l.place {
		case abi.PlaceInt:
			r.ints[l.index] = uintptr(v)
		case abi.PlaceFloat:
			r.floats[l.index] = v
		default:
			*(*uint64)(add(words, uintptr(l.index)*8)) = v
		}
	}
	if d.ctxPlace == abi.PlaceInt {
		r.ints[d.ctxIndex] = uintptr(fn)
	} else {
		*(*uint64)(add(words, uintptr(d.ctxIndex)*8)) = uint64(uintptr(fn))
	}
	reflectcallregs(&r)
	for i := range d.out {
		l := &d.out[i]
		to := add(stackArgs, uintptr(l.off))
		v := uint64(r.ints[l.index%abi.NumIntRegs])
		if l.place == abi.PlaceFloat {
			v = r.floats[l.index]
		}
		switch l.size {
		case 1:
			*(*uint8)(to) = uint8(v)
		case 2:
			*(*uint16)(to) = uint16(v)
		case 4:
			*(*uint32)(to) = uint32(v)
		default:
			*(*uint64)(to) = v
		}
	}
	keepalive(stackArgs)
	keepalive(words)
	keepalive(fn)
}
