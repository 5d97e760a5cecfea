package runtime

// Atomic writes of pointers: the integer forms behind the write barrier (mbarrier.go).

import (
	"internal/runtime/atomic"
	"unsafe"
)

func atomicLoadp(p unsafe.Pointer) unsafe.Pointer { return atomic.Loadp(p) }

func atomicStorep(p, v unsafe.Pointer) {
	atomicwb(p)
	atomic.StorepNoWB(p, v)
}

func atomicstorep(ptr unsafe.Pointer, new unsafe.Pointer) {
	atomicwb(noescape(ptr))
	atomic.StorepNoWB(noescape(ptr), new)
}

//go:linkname atomic_storePointer internal/runtime/atomic.storePointer
func atomic_storePointer(ptr *unsafe.Pointer, new unsafe.Pointer) {
	atomicwb(unsafe.Pointer(ptr))
	atomic.StorepNoWB(unsafe.Pointer(ptr), new)
}

//go:linkname atomic_casPointer internal/runtime/atomic.casPointer
func atomic_casPointer(ptr *unsafe.Pointer, old, new unsafe.Pointer) bool {
	atomicwb(unsafe.Pointer(ptr))
	return atomic.Casp1(ptr, old, new)
}

//go:linkname sync_atomic_StorePointer sync/atomic.StorePointer
func sync_atomic_StorePointer(ptr *unsafe.Pointer, new unsafe.Pointer) {
	atomicwb(unsafe.Pointer(ptr))
	atomic.StorepNoWB(unsafe.Pointer(ptr), new)
}

//go:linkname sync_atomic_SwapPointer sync/atomic.SwapPointer
func sync_atomic_SwapPointer(ptr *unsafe.Pointer, new unsafe.Pointer) unsafe.Pointer {
	atomicwb(unsafe.Pointer(ptr))
	return unsafe.Pointer(atomic.Xchguintptr((*uintptr)(unsafe.Pointer(ptr)), uintptr(new)))
}

//go:linkname sync_atomic_CompareAndSwapPointer sync/atomic.CompareAndSwapPointer
func sync_atomic_CompareAndSwapPointer(ptr *unsafe.Pointer, old, new unsafe.Pointer) bool {
	atomicwb(unsafe.Pointer(ptr))
	return atomic.Casp1(ptr, old, new)
}
