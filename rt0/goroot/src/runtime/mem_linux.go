package runtime

// Memory from the operating system.
//
// Every byte the runtime manages itself passes one of the functions below, in one of four states:
//
//	none      not ours
//	reserved  address space held with PROT_NONE; touching it faults     sysReserve
//	ready     readable and writable, zero, costs nothing until touched  sysMap (from reserved), sysAlloc (from none)
//	unused    was ready and touched; the kernel may take the pages back  sysUnused; sysUsed makes it ready again
//
// Source: mmap(2), madvise(2). The state names follow Go's runtime (runtime/mem.go, go1.27), which has the same machine.

import (
	"internal/runtime/atomic"
	"unsafe"
)

const (
	_PROT_NONE_  = 0x0
	_PROT_RW_    = 0x3
	_MAP_ANON_   = 0x22 // MAP_PRIVATE|MAP_ANONYMOUS
	_MAP_FIXED_  = 0x10
	_MAP_NORES_  = 0x4000
	_MADV_FREE_  = 4 // MADV_DONTNEED: pages are gone at once and read as zero afterwards
	_MADV_NOHUGE = 15
	_ENOMEM_     = 12
)

// sysMemStat counts bytes of one kind of memory obtained from the system. Updated with atomic adds.
type sysMemStat uint64

func (s *sysMemStat) add(n int64) {
	if s != nil {
		atomic.Xadd64((*uint64)(s), n)
	}
}

func (s *sysMemStat) load() uint64 { return atomic.Load64((*uint64)(s)) }

// sysAlloc returns n zeroed bytes, ready, or nil.
func sysAlloc(n uintptr, stat *sysMemStat) unsafe.Pointer {
	p, err := mmap(nil, n, _PROT_RW_, _MAP_ANON_, -1, 0)
	if err != 0 {
		return nil
	}
	stat.add(int64(n))
	return p
}

// sysFree gives ready or reserved memory back whole.
func sysFree(p unsafe.Pointer, n uintptr, stat *sysMemStat) {
	stat.add(-int64(n))
	munmap(p, n)
}

// sysReserve holds n bytes of address space, at hint if that is free, without memory behind it; nil when refused.
func sysReserve(hint unsafe.Pointer, n uintptr) unsafe.Pointer {
	p, err := mmap(hint, n, _PROT_NONE_, _MAP_ANON_|_MAP_NORES_, -1, 0)
	if err != 0 {
		return nil
	}
	return p
}

// sysMap makes reserved memory ready.
func sysMap(p unsafe.Pointer, n uintptr, stat *sysMemStat) {
	q, err := mmap(p, n, _PROT_RW_, _MAP_ANON_|_MAP_FIXED_, -1, 0)
	if err == _ENOMEM_ {
		throw("runtime: out of memory")
	}
	if err != 0 || q != p {
		throw("runtime: cannot map pages in arena address space")
	}
	stat.add(int64(n))
}

// sysUnused lets the kernel take the pages; they read as zero afterwards.
func sysUnused(p unsafe.Pointer, n uintptr) {
	madvise(p, n, _MADV_FREE_)
}
