// Locks and one-shot events on futexes.
//
// mutex: 0 free, 1 held, 2 held and someone may sleep. lock spins a little, then marks 2 and sleeps; unlock wakes one if
// it finds 2. Holding one raises m.locks, so the holder is not preempted and no collection starts on its thread.
// note: 0 until notewakeup stores 1 and wakes the sleeper.
//
// From "Futexes Are Tricky" (Drepper), mutex 2.

package runtime

import (
	"internal/runtime/atomic"
	"unsafe"
)

const (
	mutex_unlocked = 0
	mutex_locked   = 1
	mutex_sleeping = 2

	active_spin     = 4
	active_spin_cnt = 30
	passive_spin    = 1

	_FUTEX_WAIT_PRIVATE = 128
	_FUTEX_WAKE_PRIVATE = 129
)

type lockRank int

func lockInit(l *mutex, rank lockRank)            {}
func lockWithRank(l *mutex, rank lockRank)        { lock(l) }
func assertLockHeld(l *mutex)                     {}
func assertWorldStopped()                         {}
func assertWorldStoppedOrLockHeld(l *mutex)       {}
func lockWithRankMayAcquire(l *mutex, r lockRank) {}

func lock(l *mutex) {
	getg().m.locks++
	if atomic.Cas(&l.key, mutex_unlocked, mutex_locked) {
		return
	}
	lockSlow(l)
}

func lockSlow(l *mutex) {
	spin := 0
	if ncpu > 1 {
		spin = active_spin
	}
	for i := 0; i < spin; i++ {
		if atomic.Load(&l.key) == mutex_unlocked && atomic.Cas(&l.key, mutex_unlocked, mutex_locked) {
			return
		}
		procyield(active_spin_cnt)
	}
	for i := 0; i < passive_spin; i++ {
		if atomic.Load(&l.key) == mutex_unlocked && atomic.Cas(&l.key, mutex_unlocked, mutex_locked) {
			return
		}
		osyield()
	}
	for atomic.Xchg(&l.key, mutex_sleeping) != mutex_unlocked {
		futexsleep(&l.key, mutex_sleeping, -1)
	}
}

func unlock(l *mutex) {
	v := atomic.Xchg(&l.key, mutex_unlocked)
	if v == mutex_unlocked {
		throw("unlock of unlocked lock")
	}
	if v == mutex_sleeping {
		futexwakeup(&l.key, 1)
	}
	mp := getg().m
	mp.locks--
	if mp.locks < 0 {
		throw("runtime·unlock: lock count")
	}
}

func mutexContended(l *mutex) bool { return atomic.Load(&l.key) == mutex_sleeping }

func noteclear(n *note) { n.key = 0 }

func notewakeup(n *note) {
	if atomic.Xchg(&n.key, 1) != 0 {
		throw("notewakeup - double wakeup")
	}
	futexwakeup(&n.key, 1)
}

// notesleep blocks the thread, with whatever P it holds, until notewakeup.
func notesleep(n *note) {
	mp := getg().m
	for atomic.Load(&n.key) == 0 {
		mp.blocked = true
		futexsleep(&n.key, 0, -1)
		mp.blocked = false
	}
}

// notetsleep is notesleep for at most ns; it reports whether the note is set.
func notetsleep(n *note, ns int64) bool {
	if ns < 0 {
		notesleep(n)
		return true
	}
	if atomic.Load(&n.key) != 0 {
		return true
	}
	mp := getg().m
	deadline := nanotime() + ns
	for {
		mp.blocked = true
		futexsleep(&n.key, 0, ns)
		mp.blocked = false
		if atomic.Load(&n.key) != 0 {
			return true
		}
		now := nanotime()
		if now >= deadline {
			return false
		}
		ns = deadline - now
	}
}

// notetsleepg is notetsleep for goroutines: the P is given away meanwhile. ns < 0 means no limit.
func notetsleepg(n *note, ns int64) bool {
	if getg() == getg().m.g0 {
		throw("notetsleepg on g0")
	}
	entersyscallblock()
	ok := notetsleep(n, ns)
	exitsyscall()
	return ok
}

// futexsleep sleeps while *addr == val, at most ns (< 0: no limit). May return early.
func futexsleep(addr *uint32, val uint32, ns int64) {
	if ns < 0 {
		futex(unsafe.Pointer(addr), _FUTEX_WAIT_PRIVATE, val, nil)
		return
	}
	var ts timespec
	ts.setNsec(ns)
	futex(unsafe.Pointer(addr), _FUTEX_WAIT_PRIVATE, val, unsafe.Pointer(&ts))
}

// futexwakeup wakes at most cnt sleepers.
func futexwakeup(addr *uint32, cnt uint32) {
	if ret := futex(unsafe.Pointer(addr), _FUTEX_WAKE_PRIVATE, cnt, nil); ret < 0 {
		throw("futexwakeup failed")
	}
}
