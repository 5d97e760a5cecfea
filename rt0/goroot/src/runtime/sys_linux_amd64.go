// System calls by name, over syscall6 (sys_linux_amd64.s). All are nosplit: some run on signal stacks or between two stacks.

package runtime

import "unsafe"

// syscall6 enters the kernel. Errors are -4095..-1.
func syscall6(nr, a1, a2, a3, a4, a5, a6 uintptr) uintptr

// clone starts a thread on stk with FS = mp, at mstart. It returns the thread's id, or -errno.
//
//go:noescape
func clone(flags int32, stk unsafe.Pointer, mp *m) int32

// exitThread ends this thread after storing 0 to *wait.
//
//go:noescape
func exitThread(wait *uint32)

// callVDSO calls the C function fn(a, b) on the stack that ends at g0sp, or on this one when it is 0.
func callVDSO(fn, a, b, g0sp uintptr) uintptr

const (
	sysRead             = 0
	sysWrite            = 1
	sysOpen             = 2
	sysClose            = 3
	sysMmap             = 9
	sysMprotect         = 10
	sysMunmap           = 11
	sysRtSigaction      = 13
	sysRtSigprocmask    = 14
	sysMincore          = 27
	sysMadvise          = 28
	sysNanosleep        = 35
	sysSetitimer        = 38
	sysGetpid           = 39
	sysExit             = 60
	sysKill             = 62
	sysFcntl            = 72
	sysSigaltstack      = 131
	sysArchPrctl        = 158
	sysGettid           = 186
	sysFutex            = 202
	sysSchedGetaffinity = 204
	sysSchedYield       = 24
	sysClockGettime     = 228
	sysTimerCreate      = 222
	sysTimerSettime     = 223
	sysTimerDelete      = 226
	sysExitGroup        = 231
	sysEpollWait        = 232
	sysEpollCtl         = 233
	sysTgkill           = 234
	sysEventfd2         = 290
	sysEpollCreate1     = 291
	sysPipe2            = 293
	sysPrctl            = 157
	sysGetrandom        = 318
)

//go:nosplit
func exit(code int32) {
	syscall6(sysExitGroup, uintptr(code), 0, 0, 0, 0, 0)
}

//go:nosplit
func read(fd int32, p unsafe.Pointer, n int32) int32 {
	return int32(syscall6(sysRead, uintptr(fd), uintptr(p), uintptr(n), 0, 0, 0))
}

// write1 writes n bytes; negative results are errors.
//
//go:nosplit
func write1(fd uintptr, p unsafe.Pointer, n int32) int32 {
	return int32(syscall6(sysWrite, fd, uintptr(p), uintptr(n), 0, 0, 0))
}

//go:nosplit
func write(fd uintptr, p unsafe.Pointer, n int32) int32 {
	return write1(fd, p, n)
}

//go:nosplit
func open(name *byte, mode, perm int32) int32 {
	return int32(syscall6(sysOpen, uintptr(unsafe.Pointer(name)), uintptr(mode), uintptr(perm), 0, 0, 0))
}

//go:nosplit
func closefd(fd int32) int32 {
	return int32(syscall6(sysClose, uintptr(fd), 0, 0, 0, 0, 0))
}

// mmap returns the address and 0, or nil and errno.
//
//go:nosplit
func mmap(addr unsafe.Pointer, n uintptr, prot, flags, fd int32, off uint32) (p unsafe.Pointer, err int) {
	r := syscall6(sysMmap, uintptr(addr), n, uintptr(prot), uintptr(flags), uintptr(fd), uintptr(off))
	if r > ^uintptr(4095) {
		return nil, int(-r)
	}
	return unsafe.Pointer(r), 0
}

//go:nosplit
func munmap(addr unsafe.Pointer, n uintptr) {
	syscall6(sysMunmap, uintptr(addr), n, 0, 0, 0, 0)
}

//go:nosplit
func mprotect(addr unsafe.Pointer, n uintptr, prot int32) int32 {
	return int32(syscall6(sysMprotect, uintptr(addr), n, uintptr(prot), 0, 0, 0))
}

//go:nosplit
func madvise(addr unsafe.Pointer, n uintptr, flags int32) int32 {
	return int32(syscall6(sysMadvise, uintptr(addr), n, uintptr(flags), 0, 0, 0))
}

//go:nosplit
func futex(addr unsafe.Pointer, op int32, val uint32, ts unsafe.Pointer) int32 {
	return int32(syscall6(sysFutex, uintptr(addr), uintptr(op), uintptr(val), uintptr(ts), 0, 0))
}

//go:nosplit
func rt_sigaction(sig uintptr, new, old *sigactiont, size uintptr) int32 {
	return int32(syscall6(sysRtSigaction, sig, uintptr(unsafe.Pointer(new)), uintptr(unsafe.Pointer(old)), size, 0, 0))
}

//go:nosplit
func rtsigprocmask(how int32, new, old *sigset, size int32) {
	syscall6(sysRtSigprocmask, uintptr(how), uintptr(unsafe.Pointer(new)), uintptr(unsafe.Pointer(old)), uintptr(size), 0, 0)
}

//go:nosplit
func sigaltstack(new, old *stackt) {
	syscall6(sysSigaltstack, uintptr(unsafe.Pointer(new)), uintptr(unsafe.Pointer(old)), 0, 0, 0, 0)
}

//go:nosplit
func getpid() int { return int(syscall6(sysGetpid, 0, 0, 0, 0, 0, 0)) }

//go:nosplit
func gettid() uint32 { return uint32(syscall6(sysGettid, 0, 0, 0, 0, 0, 0)) }

//go:nosplit
func tgkill(tgid, tid, sig int) {
	syscall6(sysTgkill, uintptr(tgid), uintptr(tid), uintptr(sig), 0, 0, 0)
}

//go:nosplit
func osyield() { syscall6(sysSchedYield, 0, 0, 0, 0, 0, 0) }

//go:nosplit
func osyield_no_g() { osyield() }

//go:nosplit
func schedGetaffinity(pid, n uintptr, buf *byte) int32 {
	return int32(syscall6(sysSchedGetaffinity, pid, n, uintptr(unsafe.Pointer(buf)), 0, 0, 0))
}

type timespec struct {
	sec  int64
	nsec int64
}

func (ts *timespec) setNsec(ns int64) {
	ts.sec = ns / 1e9
	ts.nsec = ns % 1e9
}

type timeval struct {
	sec  int64
	usec int64
}

//go:nosplit
func usleep(usec uint32) {
	var ts timespec
	ts.sec = int64(usec / 1000000)
	ts.nsec = int64(usec%1000000) * 1000
	syscall6(sysNanosleep, uintptr(unsafe.Pointer(&ts)), 0, 0, 0, 0, 0)
}

//go:nosplit
func usleep_no_g(usec uint32) { usleep(usec) }

// fcntl returns the result and 0, or -1 and errno.
//
//go:nosplit
func fcntl(fd, cmd, arg int32) (ret int32, errno int32) {
	r := int32(syscall6(sysFcntl, uintptr(fd), uintptr(cmd), uintptr(arg), 0, 0, 0))
	if r < 0 {
		return -1, -r
	}
	return r, 0
}

//go:nosplit
func pipe2(flags int32) (r, w int32, errno int32) {
	var fds [2]int32
	e := int32(syscall6(sysPipe2, uintptr(unsafe.Pointer(&fds)), uintptr(flags), 0, 0, 0, 0))
	return fds[0], fds[1], e
}
