// What the runtime needs of Linux besides system calls by name: processors, threads, startup vectors.
//
// auxv keys: getauxval(3). clone flags: clone(2).

package runtime

import (
	"internal/goarch"
	"unsafe"
)

const (
	_PROT_NONE  = 0
	_PROT_READ  = 1
	_PROT_WRITE = 2

	_MAP_PRIVATE   = 2
	_MAP_FIXED     = 0x10
	_MAP_ANON      = 0x20
	_MAP_NORESERVE = 0x4000

	_EINTR  = 4
	_EAGAIN = 11
	_ENOMEM = 12

	_CLONE_VM      = 0x100
	_CLONE_FS      = 0x200
	_CLONE_FILES   = 0x400
	_CLONE_SIGHAND = 0x800
	_CLONE_THREAD  = 0x10000
	_CLONE_SYSVSEM = 0x40000
	_CLONE_SETTLS  = 0x80000

	cloneFlags = _CLONE_VM | _CLONE_FS | _CLONE_FILES | _CLONE_SIGHAND | _CLONE_SYSVSEM | _CLONE_THREAD | _CLONE_SETTLS

	_AT_NULL         = 0
	_AT_PAGESZ       = 6
	_AT_PLATFORM     = 15
	_AT_HWCAP        = 16
	_AT_SECURE       = 23
	_AT_RANDOM       = 25
	_AT_SYSINFO_EHDR = 33
)

// Sizes of the stacks of an M; only touched pages cost memory.
const (
	g0StackSize      = 256 << 10
	gsignalStackSize = 64 << 10
)

var (
	argc int32
	argv **byte

	physPageSize uintptr
	startupRand  []byte // 16 random bytes from the kernel
	secureMode   bool
	auxv         []uintptr
	auxvreadbuf  [128]uintptr
)

func argv_index(argv **byte, i int32) *byte {
	return *(**byte)(add(unsafe.Pointer(argv), uintptr(i)*goarch.PtrSize))
}

// args records the start-up vectors and reads the auxiliary one, which lies behind the environment.
//
//go:noinline
func args(c int32, v **byte) {
	argc = c
	argv = v
	n := argc + 1
	for argv_index(argv, n) != nil {
		n++
	}
	n++
	vec := (*[1 << 20]uintptr)(add(unsafe.Pointer(argv), uintptr(n)*goarch.PtrSize))
	pairs := sysauxv(vec[:])
	auxv = vec[: pairs*2 : pairs*2]
	if physPageSize == 0 {
		physPageSize = 4096
	}
}

func sysauxv(vec []uintptr) int {
	i := 0
	for ; vec[i] != _AT_NULL; i += 2 {
		tag, val := vec[i], vec[i+1]
		switch tag {
		case _AT_RANDOM:
			startupRand = (*[16]byte)(unsafe.Pointer(val))[:]
		case _AT_PAGESZ:
			physPageSize = val
		case _AT_SECURE:
			secureMode = val == 1
		case _AT_SYSINFO_EHDR:
			vdsoInit(val)
		}
	}
	return i / 2
}

//go:noinline
func osinit() {
	ncpu = getCPUCount()
}

func getCPUCount() int32 {
	var buf [8192]byte
	r := schedGetaffinity(0, unsafe.Sizeof(buf), &buf[0])
	if r < 0 {
		return 1
	}
	n := int32(0)
	for _, v := range buf[:r] {
		for v != 0 {
			n += int32(v & 1)
			v >>= 1
		}
	}
	if n == 0 {
		n = 1
	}
	return n
}

func getproccount() int32 { return getCPUCount() }

// readRandom fills r from the kernel; it returns how many bytes it got.
func readRandom(r []byte) int {
	n := int(syscall6(sysGetrandom, uintptr(unsafe.Pointer(&r[0])), uintptr(len(r)), 0, 0, 0, 0))
	if n < 0 {
		return 0
	}
	return n
}

//go:noinline
func goenvs() { goenvs_unix() }

//go:noinline
func goargs() {
	argslice = make([]string, argc)
	for i := int32(0); i < argc; i++ {
		argslice[i] = gostringnocopy(argv_index(argv, i))
	}
}

func goenvs_unix() {
	n := int32(0)
	for argv_index(argv, argc+1+n) != nil {
		n++
	}
	envs = make([]string, n)
	for i := int32(0); i < n; i++ {
		envs[i] = gostringnocopy(argv_index(argv, argc+1+i))
	}
}

var (
	envs     []string
	argslice []string
)

// newosproc starts a thread for mp, which begins at mstart on mp.g0's stack. Signals are blocked until minit.
func newosproc(mp *m) {
	stk := unsafe.Pointer(mp.g0.stackhi)
	mp.tls[tlsSelf] = uintptr(unsafe.Pointer(mp))
	mp.tls[tlsG] = uintptr(unsafe.Pointer(mp.g0))
	mp.tls[tlsLimit] = 0
	var oset sigset
	all := sigset_all
	rtsigprocmask(_SIG_SETMASK, &all, &oset, int32(unsafe.Sizeof(oset)))
	ret := int32(-_EAGAIN)
	for tries := uint32(0); tries < 20; tries++ {
		ret = clone(cloneFlags, stk, mp)
		if ret != -_EAGAIN {
			break
		}
		usleep((tries + 1) * 1000)
	}
	rtsigprocmask(_SIG_SETMASK, &oset, nil, int32(unsafe.Sizeof(oset)))
	if ret < 0 {
		print("runtime: failed to create new OS thread (have ", mcount(), " already; errno=", -ret, ")\n")
		if ret == -_EAGAIN {
			println("runtime: may need to increase max user processes (ulimit -u)")
		}
		throw("newosproc")
	}
}

// mpreinit gives mp its signal stack. Runs on the parent.
func mpreinit(mp *m) {
	if mp.gsignal == nil {
		mp.gsignal = malgsys(gsignalStackSize)
	}
	mp.gsignal.m = mp
	if mp.xsave == nil {
		mp.xsave = xsavealloc()
	}
}

// minit finishes the thread from inside: signal stack and mask.
func minit() {
	mp := getg().m
	mp.procid = uint64(gettid())
	minitSignalStack()
	minitSignalMask()
}

func unminit() {
	var st stackt
	st.ss_flags = _SS_DISABLE
	sigaltstack(&st, nil)
}

func signalM(mp *m, sig int) {
	tgkill(getpid(), int(mp.procid), sig)
}

func raise(sig uint32) {
	tgkill(getpid(), int(gettid()), int(sig))
}

func raiseproc(sig uint32) {
	syscall6(sysKill, uintptr(getpid()), uintptr(sig), 0, 0, 0, 0)
}
