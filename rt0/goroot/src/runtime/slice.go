package runtime

// make([]T), append's growth, and the conversions that need a new array.
//
// Growth is gc's, because cap() shows it: double below 256 elements, then 1.25 times plus 192, rounded up to what the
// allocator would use anyway.
//
// Source: texts of the panics and the growth formula, runtime/slice.go, go1.27.

import (
	"internal/runtime/math"
	"internal/runtime/sys"
	"unsafe"
)

type slice struct {
	array unsafe.Pointer
	len   int
	cap   int
}

func panicmakeslicelen() {
	panic(errorString("makeslice: len out of range"))
}

func panicmakeslicecap() {
	panic(errorString("makeslice: cap out of range"))
}

// makeslice allocates the array of make([]T, len, cap).
func makeslice(et *_type, len, cap int) unsafe.Pointer {
	mem, overflow := math.MulUintptr(et.Size_, uintptr(cap))
	if overflow || mem > maxAlloc || len < 0 || len > cap {
		// A length that is itself too large is reported as such, whatever cap is: make([]T, n) gives both.
		mem, overflow := math.MulUintptr(et.Size_, uintptr(len))
		if overflow || mem > maxAlloc || len < 0 {
			panicmakeslicelen()
		}
		panicmakeslicecap()
	}
	return mallocgc(mem, et, true)
}

func makeslice64(et *_type, len64, cap64 int64) unsafe.Pointer {
	return makeslice(et, int(len64), int(cap64))
}

// makeslicecopy allocates tolen elements and copies the first of fromlen from `from`: make followed by copy.
func makeslicecopy(et *_type, tolen, fromlen int, from unsafe.Pointer) unsafe.Pointer {
	mem, overflow := math.MulUintptr(et.Size_, uintptr(tolen))
	if overflow || mem > maxAlloc || tolen < 0 {
		panicmakeslicelen()
	}
	copymem := mem
	if tolen > fromlen {
		copymem = et.Size_ * uintptr(fromlen)
	}
	if et.PtrBytes != 0 {
		to := mallocgc(mem, et, true)
		memmove(to, from, copymem)
		return to
	}
	to := mallocgc(mem, nil, false)
	memmove(to, from, copymem)
	if copymem < mem {
		memclrNoHeapPointers(add(to, copymem), mem-copymem)
	}
	return to
}

// growslice gives append a larger array.
//
//	oldPtr  the old array; its first newLen-num elements are copied
//	newLen  length wanted, > oldCap
//	num     elements that append is about to add
//	et      element type
//
// The result has length newLen; the num new elements are zero for types with pointers, undefined otherwise.
func growslice(oldPtr unsafe.Pointer, newLen, oldCap, num int, et *_type) slice {
	oldLen := newLen - num
	if newLen < 0 {
		panic(errorString("growslice: len out of range"))
	}
	size := et.Size_
	if size == 0 {
		// The array must not be nil: append(nil-ish, zero-size...) is not nil.
		return slice{unsafe.Pointer(&zerobase), newLen, newLen}
	}
	newcap := nextslicecap(newLen, oldCap)
	noscan := et.PtrBytes == 0
	capmem, overflow := math.MulUintptr(size, uintptr(newcap))
	if !overflow && capmem <= maxAlloc {
		capmem = roundupsize(capmem, noscan)
		if size == 1 {
			newcap = int(capmem)
		} else if size&(size-1) == 0 {
			shift := uintptr(sys.TrailingZeros64(uint64(size))) & 63
			newcap = int(capmem >> shift)
			capmem = uintptr(newcap) << shift
		} else {
			newcap = int(capmem / size)
			capmem = uintptr(newcap) * size
		}
	}
	if overflow || capmem > maxAlloc {
		panic(errorString("growslice: len out of range"))
	}
	lenmem := uintptr(oldLen) * size
	var p unsafe.Pointer
	if noscan {
		p = mallocgc(capmem, nil, false)
		newlenmem := uintptr(newLen) * size
		memclrNoHeapPointers(add(p, newlenmem), capmem-newlenmem)
	} else {
		p = mallocgc(capmem, et, true)
	}
	memmove(p, oldPtr, lenmem)
	return slice{p, newLen, newcap}
}

// growsliceNoAlias is growslice for an old array nobody else refers to. It is not freed early here.
func growsliceNoAlias(oldPtr unsafe.Pointer, newLen, oldCap, num int, et *_type) slice {
	return growslice(oldPtr, newLen, oldCap, num, et)
}

// nextslicecap is the capacity to aim for, before rounding.
func nextslicecap(newLen, oldCap int) int {
	newcap := oldCap
	doublecap := newcap + newcap
	if newLen > doublecap {
		return newLen
	}
	const threshold = 256
	if oldCap < threshold {
		return doublecap
	}
	for {
		// From 2 times for small slices to 1.25 times for large ones, smoothly.
		newcap += (newcap + 3*threshold) >> 2
		// Unsigned: an overflowed newcap ends the loop too.
		if uint(newcap) >= uint(newLen) {
			break
		}
	}
	if newcap <= 0 {
		return newLen
	}
	return newcap
}

//go:linkname reflect_growslice reflect.growslice
func reflect_growslice(et *_type, old slice, num int) slice {
	// reflect wants all of old[:cap] kept, and everything behind it zero.
	num -= old.cap - old.len
	s := growslice(old.array, old.cap+num, old.cap, num, et)
	if et.PtrBytes == 0 {
		oldcapmem := uintptr(old.cap) * et.Size_
		newlenmem := uintptr(s.len) * et.Size_
		memclrNoHeapPointers(add(s.array, oldcapmem), newlenmem-oldcapmem)
	}
	s.len = old.len
	return s
}

// slicecopy copies elements of width bytes without pointers, or whose pointers need no care.
func slicecopy(toPtr unsafe.Pointer, toLen int, fromPtr unsafe.Pointer, fromLen int, width uintptr) int {
	n := fromLen
	if toLen < n {
		n = toLen
	}
	if n == 0 || width == 0 {
		return n
	}
	memmove(toPtr, fromPtr, uintptr(n)*width)
	return n
}

//go:linkname bytealg_MakeNoZero internal/bytealg.MakeNoZero
func bytealg_MakeNoZero(len int) []byte {
	if uintptr(len) > maxAlloc {
		panicmakeslicelen()
	}
	cap := roundupsize(uintptr(len), true)
	return unsafe.Slice((*byte)(mallocgc(cap, nil, false)), cap)[:len]
}

// unsafestring, unsafeslice: the checks of unsafe.String and unsafe.Slice.

func unsafestring(ptr unsafe.Pointer, len int) {
	if len < 0 {
		panicunsafestringlen()
	}
	if uintptr(len) > -uintptr(ptr) {
		if ptr == nil {
			panicunsafestringnilptr()
		}
		panicunsafestringlen()
	}
}

func unsafestring64(ptr unsafe.Pointer, len64 int64) { unsafestring(ptr, int(len64)) }

func panicunsafestringlen() {
	panic(errorString("unsafe.String: len out of range"))
}

func panicunsafestringnilptr() {
	panic(errorString("unsafe.String: ptr is nil and len is not zero"))
}

func unsafeslice(et *_type, ptr unsafe.Pointer, len int) {
	if len < 0 {
		panicunsafeslicelen()
	}
	if et.Size_ == 0 && ptr == nil && len > 0 {
		panicunsafeslicenilptr()
	}
	mem, overflow := math.MulUintptr(et.Size_, uintptr(len))
	if overflow || mem > -uintptr(ptr) {
		if ptr == nil {
			panicunsafeslicenilptr()
		}
		panicunsafeslicelen()
	}
}

func unsafeslice64(et *_type, ptr unsafe.Pointer, len64 int64) { unsafeslice(et, ptr, int(len64)) }

func panicunsafeslicelen() {
	panic(errorString("unsafe.Slice: len out of range"))
}

func panicunsafeslicenilptr() {
	panic(errorString("unsafe.Slice: ptr is nil and len is not zero"))
}

//go:linkname reflect_unsafeslice reflect.unsafeslice
func reflect_unsafeslice(et *_type, ptr unsafe.Pointer, len int) {
	unsafeslice(et, ptr, len)
}
