// The clock. The kernel maps a small ELF image (vDSO) into every process; its clock_gettime reads the time without entering the kernel.
//
// vdsoInit finds the function in the image's dynamic symbols. It needs more stack than a goroutine may have left, so it runs on the
// g0 stack. Without a vDSO the system call is made. Format: elf(5).

package runtime

import "unsafe"

const (
	_CLOCK_REALTIME  = 0
	_CLOCK_MONOTONIC = 1
)

var vdsoClockGettime uintptr

type elfEhdr struct {
	ident     [16]byte
	typ       uint16
	machine   uint16
	version   uint32
	entry     uint64
	phoff     uint64
	shoff     uint64
	flags     uint32
	ehsize    uint16
	phentsize uint16
	phnum     uint16
	shentsize uint16
	shnum     uint16
	shstrndx  uint16
}

type elfPhdr struct {
	typ    uint32
	flags  uint32
	offset uint64
	vaddr  uint64
	paddr  uint64
	filesz uint64
	memsz  uint64
	align  uint64
}

type elfSym struct {
	name  uint32
	info  byte
	other byte
	shndx uint16
	value uint64
	size  uint64
}

type elfShdr struct {
	name      uint32
	typ       uint32
	flags     uint64
	addr      uint64
	offset    uint64
	size      uint64
	link      uint32
	info      uint32
	addralign uint64
	entsize   uint64
}

// vdsoInit looks for __vdso_clock_gettime in the image at base, through its section headers.
func vdsoInit(base uintptr) {
	const (
		shtDynsym = 11
		ptLoad    = 1
	)
	if base == 0 {
		return
	}
	h := (*elfEhdr)(unsafe.Pointer(base))
	var bias uintptr
	for i := uintptr(0); i < uintptr(h.phnum); i++ {
		ph := (*elfPhdr)(unsafe.Pointer(base + uintptr(h.phoff) + i*unsafe.Sizeof(elfPhdr{})))
		if ph.typ == ptLoad {
			bias = base + uintptr(ph.offset) - uintptr(ph.vaddr)
			break
		}
	}
	for i := uintptr(0); i < uintptr(h.shnum); i++ {
		sh := (*elfShdr)(unsafe.Pointer(base + uintptr(h.shoff) + i*unsafe.Sizeof(elfShdr{})))
		if sh.typ != shtDynsym {
			continue
		}
		str := (*elfShdr)(unsafe.Pointer(base + uintptr(h.shoff) + uintptr(sh.link)*unsafe.Sizeof(elfShdr{})))
		n := uintptr(sh.size) / unsafe.Sizeof(elfSym{})
		for j := uintptr(0); j < n; j++ {
			sym := (*elfSym)(unsafe.Pointer(base + uintptr(sh.offset) + j*unsafe.Sizeof(elfSym{})))
			p := (*byte)(unsafe.Pointer(base + uintptr(str.offset) + uintptr(sym.name)))
			if sym.shndx != 0 && unsafe.String(p, findnull(p)) == "__vdso_clock_gettime" {
				vdsoClockGettime = bias + uintptr(sym.value)
				return
			}
		}
	}
}

// clock reads a clock.
//
//go:nosplit
func clock(id uintptr, ts *timespec) {
	if fn := vdsoClockGettime; fn != 0 {
		mp := getg().m
		sp := uintptr(0) // already on a system stack
		if getg() == mp.curg {
			sp = mp.tls[tlsG0SP]
			// The collector, or a traceback, must not take this for a goroutine stack: a signal here finds pc outside of Go.
		}
		callVDSO(fn, id, uintptr(unsafe.Pointer(ts)), sp)
		return
	}
	syscall6(sysClockGettime, id, uintptr(unsafe.Pointer(ts)), 0, 0, 0, 0)
}

// nanotime returns the monotonic clock.
//
//go:nosplit
func nanotime() int64 {
	var ts timespec
	clock(_CLOCK_MONOTONIC, &ts)
	return ts.sec*1e9 + ts.nsec
}

//go:nosplit
func nanotime1() int64 { return nanotime() }

// walltime returns the time of day.
//
//go:nosplit
func walltime() (sec int64, nsec int32) {
	var ts timespec
	clock(_CLOCK_REALTIME, &ts)
	return ts.sec, int32(ts.nsec)
}
