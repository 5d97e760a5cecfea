// System calls on all threads, for what Linux keeps per thread and programs think of as the process's: user and group ids, capabilities.
//
// The world is stopped, so that no goroutine sees one thread changed and another not. newmLock keeps threads from being made and from ending meanwhile.
// The calling thread makes the call; if that succeeds, every other thread does so in a signal handler, wherever it is: asleep, in a system call, in the scheduler.
// A thread that is just being made blocks signals until it is set up; it has its id, and makes the call when it unblocks them.
//
// Source: what is promised, syscall.AllThreadsSyscall, go1.27; the signal is the one the C library uses for the same purpose.

package runtime

import "internal/runtime/atomic"

const sigPerThreadSyscall = 33

// newmLock is held while a thread is made or ends. It is taken with signals unblocked.
var newmLock mutex

// perThread is the call under way. Written with the world stopped and newmLock held; read by handlers.
var perThread struct {
	hook func(mp *m) // what the signal does; nil until there is a first call
	args [7]uintptr
	r1   uintptr
	left atomic.Int32 // threads that have to make the call
}

//go:linkname syscall_runtime_doAllThreadsSyscall syscall.runtime_doAllThreadsSyscall
func syscall_runtime_doAllThreadsSyscall(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2, err uintptr) {
	w := stopTheWorld(stwAllThreadsSyscall)
	lock(&newmLock)
	r1 = syscall6(trap, a1, a2, a3, a4, a5, a6)
	if r1 > ^uintptr(4095) {
		err = -r1
		r1 = ^uintptr(0)
	} else {
		perThread.args = [7]uintptr{trap, a1, a2, a3, a4, a5, a6}
		perThread.r1 = r1
		if perThread.hook == nil {
			perThread.hook = perThreadSyscall
			setsig(sigPerThreadSyscall, funcPC(sigtramp))
		}
		callOthers()
	}
	unlock(&newmLock)
	startTheWorld(w)
	return r1, a3, err // the kernel leaves the register of the second result alone
}

// callOthers makes all other threads do perThread's call, and waits for them.
func callOthers() {
	me := getg().m
	n := int32(0)
	for mp := allm; mp != nil; mp = mp.alllink {
		if mp == me || mp.exited {
			continue
		}
		for atomic.Load64(&mp.procid) == 0 {
			osyield() // just made
		}
		n++
		mp.perThread.Store(1)
	}
	perThread.left.Store(n)
	for mp := allm; mp != nil; mp = mp.alllink {
		if mp.perThread.Load() != 0 {
			signalM(mp, sigPerThreadSyscall)
		}
	}
	for perThread.left.Load() != 0 {
		osyield()
	}
}

// perThreadSyscall makes the call, if this thread has not yet. On the signal stack.
func perThreadSyscall(mp *m) {
	if !mp.perThread.CompareAndSwap(1, 0) {
		return
	}
	a := &perThread.args
	if r1 := syscall6(a[0], a[1], a[2], a[3], a[4], a[5], a[6]); r1 != perThread.r1 {
		print("runtime: system call ", a[0], " gave ", hex(r1), " on one thread, ", hex(perThread.r1), " on another\n")
		fatal("AllThreadsSyscall6 results differ between threads; runtime corrupted")
	}
	perThread.left.Add(-1)
}

// threadEnds makes mp a thread that no call has to be made on. Signals are not blocked yet.
func threadEnds(mp *m) {
	lock(&newmLock)
	mp.exited = true
	unlock(&newmLock)
}
