package runtime

// What other standard packages take from the runtime by go:linkname and that belongs to no other file here.
// docs/BORDER.md lists the whole border.

import (
	"internal/abi"
	"internal/runtime/maps"
	"unsafe"
)

//go:linkname sysrand_fatal crypto/internal/sysrand.fatal
func sysrand_fatal(s string) { fatal(s) }

// FIPS 140 marks that belong to a goroutine.

//go:linkname fips_getIndicator crypto/internal/fips140.getIndicator
func fips_getIndicator() uint8 { return getg().fipsIndicator }

//go:linkname fips_setIndicator crypto/internal/fips140.setIndicator
func fips_setIndicator(indicator uint8) { getg().fipsIndicator = indicator }

//go:linkname fips140_setBypass crypto/fips140.setBypass
func fips140_setBypass() { getg().fipsOnlyBypass = true }

//go:linkname fips140_unsetBypass crypto/fips140.unsetBypass
func fips140_unsetBypass() { getg().fipsOnlyBypass = false }

//go:linkname fips140_isBypassed crypto/fips140.isBypassed
func fips140_isBypassed() bool { return getg().fipsOnlyBypass }

// Data-independent timing is an arm64 feature.

//go:linkname dit_setEnabled crypto/subtle.setDITEnabled
func dit_setEnabled() bool { return false }

//go:linkname dit_setDisabled crypto/subtle.setDITDisabled
func dit_setDisabled() {}

// vgetrandom: the vDSO's generator is not used; the caller falls back to the system call.
//
//go:linkname vgetrandom
func vgetrandom(p []byte, flags uint32) (ret int, supported bool) { return -1, false }

//go:linkname syscall_cgocaller syscall.cgocaller
func syscall_cgocaller(fn unsafe.Pointer, args ...uintptr) uintptr {
	throw("syscall: cgo call in a program without cgo")
	return 0
}

// Pinner is a set of Go objects each pinned to a fixed location in memory. Objects never move here; pinning keeps them alive.
type Pinner struct {
	refs []unsafe.Pointer
}

// Pin pins a Go object, preventing it from being moved or freed by the garbage collector until the Unpin method has been called.
func (p *Pinner) Pin(pointer any) {
	e := efaceOf(&pointer)
	if e._type == nil {
		panic(errorString("runtime.Pinner: argument is nil"))
	}
	switch e._type.Kind_ {
	case abi.Pointer, abi.UnsafePointer:
	default:
		panic(errorString("runtime.Pinner: argument is not a pointer: " + toRType(e._type).string()))
	}
	if len(p.refs) == 0 {
		lock(&pinners.lock)
		p.refs = make([]unsafe.Pointer, 0, 4)
		pinners.all = append(pinners.all, p)
		unlock(&pinners.lock)
	}
	p.refs = append(p.refs, e.data)
}

// Unpin unpins all pinned objects of the Pinner.
func (p *Pinner) Unpin() {
	if p.refs == nil {
		return
	}
	p.refs = nil
	lock(&pinners.lock)
	n := len(pinners.all)
	for i := 0; i < n; i++ {
		if pinners.all[i] == p {
			pinners.all[i] = pinners.all[n-1]
			pinners.all[n-1] = nil
			pinners.all = pinners.all[:n-1]
			break
		}
	}
	unlock(&pinners.lock)
}

// pinners keeps the pinners in use alive. Guarded by lock.
var pinners struct {
	lock mutex
	all  []*Pinner
}

//go:linkname syscall_runtimeClearenv syscall.runtimeClearenv
func syscall_runtimeClearenv(env map[string]int) {
	for k := range env {
		syscall_runtimeUnsetenv(k)
	}
}

// Iteration over maps for packages that linked to the runtime before Go 1.24; the struct keeps the first fields of the old one.
type linknameIter struct {
	key  unsafe.Pointer
	elem unsafe.Pointer
	typ  *abi.MapType
	it   *maps.Iter
}

//go:linkname mapiterinit
func mapiterinit(t *abi.MapType, m *maps.Map, it *linknameIter) {
	it.typ = t
	it.it = new(maps.Iter)
	it.it.Init(t, m)
	mapiternext(it)
}

//go:linkname mapiternext
func mapiternext(it *linknameIter) {
	it.it.Next()
	it.key = it.it.Key()
	it.elem = it.it.Elem()
}

//go:linkname reflect_mapiterinit reflect.mapiterinit
func reflect_mapiterinit(t *abi.MapType, m *maps.Map, it *linknameIter) { mapiterinit(t, m, it) }

//go:linkname reflect_mapiternext reflect.mapiternext
func reflect_mapiternext(it *linknameIter) { mapiternext(it) }

//go:linkname reflect_mapiterkey reflect.mapiterkey
func reflect_mapiterkey(it *linknameIter) unsafe.Pointer { return it.it.Key() }

//go:linkname reflect_mapiterelem reflect.mapiterelem
func reflect_mapiterelem(it *linknameIter) unsafe.Pointer { return it.it.Elem() }

//go:linkname reflect_memclrNoHeapPointers reflect.memclrNoHeapPointers
func reflect_memclrNoHeapPointers(ptr unsafe.Pointer, n uintptr) { memclrNoHeapPointers(ptr, n) }

// Breakpoint executes a breakpoint trap.
func Breakpoint() { breakpoint() }

// SetCgoTraceback records three C functions to use to gather traceback information from C code. There is no C code.
func SetCgoTraceback(version int, traceback, context, symbolizer unsafe.Pointer) {}

//go:linkname sync_test_runtime_blockUntilEmptyCleanupQueue sync_test.runtime_blockUntilEmptyCleanupQueue
func sync_test_runtime_blockUntilEmptyCleanupQueue(timeout int64) bool {
	return blockUntilEmptyFinalizerQueue(timeout)
}

//go:linkname unique_runtime_blockUntilEmptyCleanupQueue unique.runtime_blockUntilEmptyCleanupQueue
func unique_runtime_blockUntilEmptyCleanupQueue(timeout int64) bool {
	return blockUntilEmptyFinalizerQueue(timeout)
}
