package runtime

// The write barrier.
//
// While the collector marks (mgc.go), everything that was reachable when the world stood still at the beginning must be found, whatever the program does
// to the pointers meanwhile. So a pointer in the heap or in a package variable that is about to be overwritten is handed to the collector first: Yuasa's
// deletion barrier. New values need no help: they were reachable then too, or were allocated since and count as marked. Stacks need none because no
// goroutine runs between that moment and the scan of its stack (gcScanG).
//
// Compiled code stores a pointer with this piece of assembly (rt0/lower/func.py, _barrier_store):
//
//	cmpl $0, runtime.writeBarrier(%rip); je 1f; pushq SLOT; callq runtime.gcWriteBarrier; 1: movq NEW, SLOT
//
// A goroutine must not be stopped inside: the flag could be set, or the old value be noted for one collection and overwritten in the next. Signals see to that
// (inWriteBarrier); runtime code is not stopped at all.
//
// gcWriteBarrier (asm_amd64.s) puts the old value in a buffer of the M, whatever runs there: a goroutine, g0, with or without a P, with any lock held. When the
// buffer is full its objects are marked and listed on the spot: no allocation but of work lists, and no lock but theirs. On a signal stack it does nothing: handlers
// move no pointers into the heap. Code without a P may run while the world is stopped and miss a change of the flag: the only heap pointers that it
// overwrites are to g and p records, which allgs and allp keep.
//
// Copies and clearing go through this file. Words are shaded without looking at types: a word that is no pointer is seen to be none, or keeps some garbage alive
// for a while.

import (
	"internal/runtime/atomic"
	"unsafe"
)

// writeBarrier tells compiled code whether pointer writes need help. Changed only while the world is stopped. Compiled code reads 4 bytes.
var writeBarrier struct {
	enabled uint32
	_       uint32
}

const wbBufLen = 256

// gcFlushWB empties the M's buffer of overwritten pointers. From gcWriteBarrier, on g0, in any state; or with the world stopped.
//
//go:noinline
func gcFlushWB() {
	mp := getg().m
	wbFlush(mp, &mp.gcw)
	mp.gcw.flush()
}

// wbFlush lists what is in mp's buffer in w, or, when nobody marks, forgets it.
func wbFlush(mp *m, w *gcWork) {
	start := uintptr(unsafe.Pointer(&mp.wbBuf))
	end := mp.tls[tlsWBNext]
	mp.tls[tlsWBNext] = start
	mp.tls[tlsWBEnd] = start + wbBufLen*8
	if writeBarrier.enabled == 0 || end == 0 {
		return
	}
	for p := start; p < end; p += 8 {
		shadeWord(w, *(*uintptr)(unsafe.Pointer(p)))
	}
}

// gcShade keeps the object at p, which the caller got hold of without a pointer that the collector sees.
func gcShade(p unsafe.Pointer) {
	if writeBarrier.enabled != 0 {
		wbPut(uintptr(p))
	}
}

// wbPut does as gcWriteBarrier.
func wbPut(v uintptr) {
	if v-mheap_.base >= mheap_.used-mheap_.base {
		return
	}
	gp := getg()
	mp := gp.m
	if gp == mp.gsignal {
		return
	}
	if mp.tls[tlsWBNext] == mp.tls[tlsWBEnd] {
		systemstack(gcFlushWB)
	}
	*(*uintptr)(unsafe.Pointer(mp.tls[tlsWBNext])) = v
	mp.tls[tlsWBNext] += 8
}

// bulkBarrier shades what n bytes at p hold, which are about to be overwritten. Stacks need no barrier.
func bulkBarrier(p unsafe.Pointer, n uintptr) {
	if onGoroutineStack(uintptr(p)) {
		return
	}
	b := (uintptr(p) + 7) &^ 7
	end := (uintptr(p) + n) &^ 7
	for ; b < end; b += 8 {
		if v := *(*uintptr)(unsafe.Pointer(b)); v != 0 {
			wbPut(v)
		}
	}
}

// wbmove is memmove for memory that may hold pointers.
func wbmove(dst, src unsafe.Pointer, n uintptr) {
	if writeBarrier.enabled != 0 {
		bulkBarrier(dst, n)
	}
	memmove(dst, src, n)
}

func typedmemmove(typ *_type, dst, src unsafe.Pointer) {
	if dst == src {
		return
	}
	if writeBarrier.enabled != 0 && typ.PtrBytes != 0 {
		bulkBarrier(dst, typ.PtrBytes)
	}
	memmove(dst, src, typ.Size_)
}

func typedslicecopy(typ *_type, dstPtr unsafe.Pointer, dstLen int, srcPtr unsafe.Pointer, srcLen int) int {
	n := dstLen
	if n > srcLen {
		n = srcLen
	}
	if n == 0 || dstPtr == srcPtr {
		return n
	}
	if writeBarrier.enabled != 0 && typ.PtrBytes != 0 {
		bulkBarrier(dstPtr, uintptr(n)*typ.Size_)
	}
	memmove(dstPtr, srcPtr, uintptr(n)*typ.Size_)
	return n
}

func typedmemclr(typ *_type, ptr unsafe.Pointer) {
	if writeBarrier.enabled != 0 && typ.PtrBytes != 0 {
		bulkBarrier(ptr, typ.PtrBytes)
	}
	memclrNoHeapPointers(ptr, typ.Size_)
}

// memclrHasPointers clears n bytes that may hold pointers.
func memclrHasPointers(ptr unsafe.Pointer, n uintptr) {
	if writeBarrier.enabled != 0 {
		bulkBarrier(ptr, n)
	}
	memclrNoHeapPointers(ptr, n)
}

// atomicwb is the barrier of an atomic store, swap or successful comparison at ptr. What another thread puts there between this and the store, that thread
// has replaced the old value for.
func atomicwb(ptr unsafe.Pointer) {
	if writeBarrier.enabled != 0 {
		wbPut(uintptr(atomic.Loadp(ptr)))
	}
}

//go:linkname maps_typedmemmove internal/runtime/maps.typedmemmove
func maps_typedmemmove(typ *_type, dst, src unsafe.Pointer) { typedmemmove(typ, dst, src) }

//go:linkname maps_typedmemclr internal/runtime/maps.typedmemclr
func maps_typedmemclr(typ *_type, ptr unsafe.Pointer) { typedmemclr(typ, ptr) }

//go:linkname reflect_typedmemmove reflect.typedmemmove
func reflect_typedmemmove(typ *_type, dst, src unsafe.Pointer) { typedmemmove(typ, dst, src) }

//go:linkname reflectlite_typedmemmove internal/reflectlite.typedmemmove
func reflectlite_typedmemmove(typ *_type, dst, src unsafe.Pointer) { typedmemmove(typ, dst, src) }

//go:linkname reflect_memmove reflect.memmove
func reflect_memmove(to, from unsafe.Pointer, n uintptr) { wbmove(to, from, n) }

//go:linkname reflect_typedslicecopy reflect.typedslicecopy
func reflect_typedslicecopy(elemType *_type, dst, src slice) int {
	return typedslicecopy(elemType, dst.array, dst.len, src.array, src.len)
}

//go:linkname reflect_typedmemclr reflect.typedmemclr
func reflect_typedmemclr(typ *_type, ptr unsafe.Pointer) { typedmemclr(typ, ptr) }

//go:linkname reflect_typedmemclrpartial reflect.typedmemclrpartial
func reflect_typedmemclrpartial(typ *_type, ptr unsafe.Pointer, off, size uintptr) {
	memclrHasPointers(ptr, size)
}

//go:linkname reflect_typedarrayclear reflect.typedarrayclear
func reflect_typedarrayclear(typ *_type, ptr unsafe.Pointer, len int) {
	memclrHasPointers(ptr, typ.Size_*uintptr(len))
}
