// Functions written in assembly, declared for Go, and the few pointer helpers everyone uses.
//
// All are entered with rt0's register convention (TEXT ·f<ABIInternal>). "leaf" means: keeps every callee-saved register,
// uses less than 128 bytes of stack, never grows it.

package runtime

import "unsafe"

// getg returns the current g: the compiler loads it from the thread's block (FS:16). On a g0 stack it is g0.
func getg() *g

// systemstack runs fn on the thread's g0 stack, where nothing grows or is preempted, and returns. Already there, it
// just calls fn.
//
//go:noescape
func systemstack(fn func())

// mcall saves the goroutine in g.sched, switches to g0 and calls fn(g). fn never returns; gogo(&g.sched) resumes after mcall.
//
//go:noescape
func mcall(fn func(*g))

// gogo continues at buf on g's stack. Does not return.
//
//go:noescape
func gogo(buf *gobuf, gp *g)

// memmove copies n bytes; the ranges may overlap. leaf.
//
//go:noescape
func memmove(to, from unsafe.Pointer, n uintptr)

// memclrNoHeapPointers clears n bytes. leaf.
//
//go:noescape
func memclrNoHeapPointers(ptr unsafe.Pointer, n uintptr)

// memequal reports whether n bytes at a and b are equal. leaf.
//
//go:noescape
func memequal(a, b unsafe.Pointer, n uintptr) bool

// rsetrec records a place to come back to and returns 0; rdorec makes it return 1. The compiler calls rsetrec.
//
//go:noescape
func rsetrec(buf *[25]uint64) int32

//go:noescape
func rdorec(buf *[25]uint64)

// getfp returns the frame pointer of its caller: the address where the caller saved its caller's.
func getfp() uintptr

// getsp returns the stack pointer of its caller.
func getsp() uintptr

// procyield spins for cycles PAUSE instructions.
func procyield(cycles uint32)

func cputicks() int64

func breakpoint()

// morestackpc returns the entry of __morestack.
func morestackpc() uintptr

// entersyscall begins a system call that may block: the collector and the scheduler may go on without this goroutine.
func entersyscall()

// entersyscallblock is entersyscall for calls known to block: the p goes to others at once.
func entersyscallblock()

// Below: code addresses only, never called from Go.
func goexit()
func mcallret()
func mstart()
func sigtramp()
func sigreturn()
func asyncPreempt()
func sigpanic0()
func morestack_ret()

// funcPC returns the entry address of a function value.
func funcPC(f func()) uintptr {
	return **(**uintptr)(unsafe.Pointer(&f))
}

//go:nosplit
func add(p unsafe.Pointer, x uintptr) unsafe.Pointer {
	return unsafe.Pointer(uintptr(p) + x)
}

// noescape hides a pointer from escape analysis.
//
//go:nosplit
//go:nocheckptr
func noescape(p unsafe.Pointer) unsafe.Pointer {
	x := uintptr(p)
	return unsafe.Pointer(x ^ 0)
}

func noEscapePtr[T any](p *T) *T {
	x := uintptr(unsafe.Pointer(p))
	return (*T)(unsafe.Pointer(x ^ 0))
}

func alignUp(n, a uintptr) uintptr   { return (n + a - 1) &^ (a - 1) }
func alignDown(n, a uintptr) uintptr { return n &^ (a - 1) }
func divRoundUp(n, a uintptr) uintptr {
	return (n + a - 1) / a
}

func bool2int(x bool) int {
	if x {
		return 1
	}
	return 0
}

func acquirem() *m {
	gp := getg()
	gp.m.locks++
	return gp.m
}

func releasem(mp *m) {
	mp.locks--
}

// gcWriteBarrier is for compiled code alone (mbarrier.go).
func gcWriteBarrier()
