package runtime

// Size classes of small objects: which of the 68 sizes holds an object, and the span that carries that size.
//
// The tables are internal/runtime/gc's, used as they are. What append's growth rounds to (roundupsize) is visible
// to programs through cap, so it follows gc's rule to the byte, including the 8 bytes gc keeps free for the type
// header of pointerful objects above 512 bytes: rt0 keeps pointer bits in a table beside the heap and needs no header.
//
// Source: internal/runtime/gc/sizeclasses.go, runtime/msize.go, go1.27.

import "internal/runtime/gc"

const (
	pageShift = gc.PageShift
	pageSize  = 1 << pageShift
	pageMask  = pageSize - 1

	maxSmallSize   = gc.MaxSmallSize
	maxTinySize    = 16
	numSizeClasses = gc.NumSizeClasses
	numSpanClasses = numSizeClasses * 2

	// maxAlloc is one more than the largest allocation: the user address space of amd64.
	maxAlloc = 1 << 48
)

// spanClass is a size class with the noscan bit below it.
type spanClass uint8

func makeSpanClass(sizeclass uint8, noscan bool) spanClass {
	sc := spanClass(sizeclass) << 1
	if noscan {
		sc |= 1
	}
	return sc
}

func (sc spanClass) sizeclass() uint8 { return uint8(sc >> 1) }
func (sc spanClass) noscan() bool     { return sc&1 != 0 }

// sizeToClass is the size class of an object of size bytes, 0 < size <= maxSmallSize.
func sizeToClass(size uintptr) uint8 {
	if size <= gc.SmallSizeMax-8 {
		return gc.SizeToSizeClass8[(size+gc.SmallSizeDiv-1)/gc.SmallSizeDiv]
	}
	return gc.SizeToSizeClass128[(size-gc.SmallSizeMax+gc.LargeSizeDiv-1)/gc.LargeSizeDiv]
}

// roundupsize is the number of bytes a request of size bytes may use: gc's answer, because cap() shows it.
func roundupsize(size uintptr, noscan bool) uintptr {
	if size <= maxSmallSize-gc.MallocHeaderSize {
		head := uintptr(0)
		if !noscan && size > gc.MinSizeForMallocHeader {
			head = gc.MallocHeaderSize
		}
		return uintptr(gc.SizeClassToSize[sizeToClass0(size+head)]) - head
	}
	n := size + pageMask
	if n < size {
		return size
	}
	return n &^ pageMask
}

// sizeToClass0 is sizeToClass that also takes 0 (class 0).
func sizeToClass0(size uintptr) uint8 {
	if size == 0 {
		return 0
	}
	return sizeToClass(size)
}
