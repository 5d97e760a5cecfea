package runtime

// Semaphores for package sync and others, and the notification lists of sync.Cond.
//
// A semaphore is any uint32. Waiters of all semaphores sit in 251 buckets by address; each bucket is a list of the
// distinct addresses that are waited on, each with a list of sudogs. Programs rarely wait on many semaphores of one bucket
// at a time, so plain lists beat a tree here until shown otherwise.
//
// semacquire: take a unit without the lock if there is one; else lock the bucket, announce the waiter (nwait), try again, queue
// and park. semrelease: add a unit; if nobody waits, done; else take a waiter off the queue, pass it the right to retry - or, with
// handoff, the unit itself (ticket = 1) - and ready it. The order "add, then look at nwait" against "announce, then look at
// the unit" is what makes no wakeup get lost.
//
// Source: interface and meaning, runtime/sema.go and sync/runtime.go, go1.27.

import (
	"internal/runtime/atomic"
	"unsafe"
)

const semTabSize = 251

// semaRoot is a bucket. lock guards list and all sudogs on it.
type semaRoot struct {
	lock  mutex
	nwait uint32   // atomic: waiters in the bucket
	list  *sudog   // the first waiter of each address, linked through next and prev; their fellows through waitlink
	_     [40]byte // a bucket per cache line
}

var semtable [semTabSize]semaRoot

func semroot(addr *uint32) *semaRoot {
	return &semtable[(uintptr(unsafe.Pointer(addr))>>3)%semTabSize]
}

// cansemacquire takes a unit if there is one.
func cansemacquire(addr *uint32) bool {
	for {
		v := atomic.Load(addr)
		if v == 0 {
			return false
		}
		if atomic.Cas(addr, v, v-1) {
			return true
		}
	}
}

func semacquire(addr *uint32) { semacquire1(addr, false, 0, 0, waitReasonSemacquire) }

// What waits are recorded as, if profiles ask for it.
type semaProfileFlags int

const (
	semaBlockProfile semaProfileFlags = 1 << iota
	semaMutexProfile
)

// semacquire1 takes a unit, waiting for it. lifo: wait at the head of the queue.
func semacquire1(addr *uint32, lifo bool, profile semaProfileFlags, skipframes int, reason waitReason) {
	gp := getg()
	if gp != gp.m.curg {
		throw("semacquire not on the G stack")
	}
	if cansemacquire(addr) {
		return
	}
	s := acquireSudog()
	root := semroot(addr)
	t0 := int64(0)
	s.releasetime = 0
	s.acquiretime = 0
	s.ticket = 0
	if profile&semaBlockProfile != 0 && blockprofilerate > 0 {
		t0 = nanotime()
		s.releasetime = -1
	}
	if profile&semaMutexProfile != 0 && mutexprofilerate > 0 {
		if t0 == 0 {
			t0 = nanotime()
		}
		s.acquiretime = t0
	}
	for {
		lock(&root.lock)
		atomic.Xadd(&root.nwait, 1)
		if cansemacquire(addr) {
			atomic.Xadd(&root.nwait, -1)
			unlock(&root.lock)
			break
		}
		root.queue(addr, s, lifo)
		goparkunlock(&root.lock, reason, traceBlockSync, 4+skipframes)
		if s.ticket != 0 || cansemacquire(addr) {
			break
		}
	}
	if s.releasetime > 0 {
		blockevent(s.releasetime-t0, 3+skipframes)
	}
	releaseSudog(s)
}

func semrelease(addr *uint32) { semrelease1(addr, false, 0) }

// semrelease1 adds a unit and wakes a waiter. handoff: the first waiter gets the unit, and runs at once.
func semrelease1(addr *uint32, handoff bool, skipframes int) {
	root := semroot(addr)
	atomic.Xadd(addr, 1)
	if atomic.Load(&root.nwait) == 0 {
		return
	}
	lock(&root.lock)
	if atomic.Load(&root.nwait) == 0 {
		unlock(&root.lock)
		return
	}
	s, waited := root.dequeue(addr)
	if s != nil {
		atomic.Xadd(&root.nwait, -1)
	}
	unlock(&root.lock)
	if s == nil {
		return
	}
	if waited != 0 {
		mutexevent(waited, 3+skipframes)
	}
	if handoff && cansemacquire(addr) {
		s.ticket = 1
	}
	s.setReleased()
	goready(s.g, 5+skipframes)
	if s.ticket == 1 && getg().m.locks == 0 && getg() != getg().m.g0 {
		goyield() // the waiter is next on this P
	}
}

// setReleased notes when the wait of s ended, if someone wants to know.
func (s *sudog) setReleased() {
	if s.releasetime != 0 {
		s.releasetime = nanotime()
	}
}

// goyield puts the goroutine at the end of its P's queue: the goroutine just readied runs at once.
func goyield() { mcall(goyield_m) }

func goyield_m(gp *g) {
	pp := gp.m.p
	if trace.on {
		traceGoStop(gp, "preempted")
	}
	casgstatus(gp, _Grunning, _Grunnable)
	dropg()
	runqput(pp, gp, false)
	schedule()
}

// queue adds s to the waiters of addr.
func (root *semaRoot) queue(addr *uint32, s *sudog, lifo bool) {
	s.g = getg()
	s.elem = unsafe.Pointer(addr)
	s.next = nil
	s.prev = nil
	s.waitlink = nil
	s.waittail = nil
	s.waiters = 0
	for t := root.list; t != nil; t = t.next {
		if t.elem != unsafe.Pointer(addr) {
			continue
		}
		first := t
		if lifo {
			root.replace(t, s)
			s.waitlink = t
			s.waittail = t.waittail
			if s.waittail == nil {
				s.waittail = t
			}
			s.waiters = t.waiters
			if t.acquiretime != 0 {
				s.acquiretime = t.acquiretime // the first of a list has the oldest time
			}
			t.next = nil
			t.prev = nil
			t.waittail = nil
		} else {
			if t.waittail == nil {
				t.waitlink = s
			} else {
				t.waittail.waitlink = s
			}
			t.waittail = s
		}
		if lifo {
			first = s
		}
		if first.waiters+1 != 0 {
			first.waiters++
		}
		return
	}
	s.next = root.list
	if root.list != nil {
		root.list.prev = s
	}
	root.list = s
}

// replace puts s into t's place in the list of addresses.
func (root *semaRoot) replace(t, s *sudog) {
	s.next = t.next
	s.prev = t.prev
	if s.next != nil {
		s.next.prev = s
	}
	if s.prev != nil {
		s.prev.next = s
	} else {
		root.list = s
	}
}

// dequeue takes the first waiter of addr, or returns nil; and for the mutex profile how long it and those behind it have waited, in all: these have between
// them waited as long as the first and the last on average. 0: nobody wants to know. Their time begins anew.
func (root *semaRoot) dequeue(addr *uint32) (*sudog, int64) {
	for s := root.list; s != nil; s = s.next {
		if s.elem != unsafe.Pointer(addr) {
			continue
		}
		waited := int64(0)
		if s.acquiretime != 0 {
			now := nanotime()
			waited = max(now-s.acquiretime, 1)
			if t := s.waitlink; t != nil && s.waittail.acquiretime != 0 {
				last := s.waittail
				waited += (now - s.acquiretime + now - last.acquiretime) / 2 * int64(s.waiters)
				t.acquiretime = now
				last.acquiretime = now
			}
		}
		if t := s.waitlink; t != nil {
			root.replace(s, t)
			t.waiters = s.waiters - 1
			if t.waitlink != nil {
				t.waittail = s.waittail
			} else {
				t.waittail = nil
			}
		} else {
			if s.prev != nil {
				s.prev.next = s.next
			} else {
				root.list = s.next
			}
			if s.next != nil {
				s.next.prev = s.prev
			}
		}
		s.next = nil
		s.prev = nil
		s.waitlink = nil
		s.waittail = nil
		s.elem = nil
		s.ticket = 0
		return s, waited
	}
	return nil, 0
}

//go:linkname sync_runtime_Semacquire sync.runtime_Semacquire
func sync_runtime_Semacquire(addr *uint32) {
	semacquire1(addr, false, semaBlockProfile, 0, waitReasonSemacquire)
}

//go:linkname sync_runtime_SemacquireWaitGroup sync.runtime_SemacquireWaitGroup
func sync_runtime_SemacquireWaitGroup(addr *uint32, synctestDurable bool) {
	reason := waitReasonSyncWaitGroupWait
	if synctestDurable {
		reason = waitReasonSynctestWaitGroupWait
	}
	semacquire1(addr, false, semaBlockProfile, 0, reason)
}

//go:linkname sync_runtime_SemacquireRWMutexR sync.runtime_SemacquireRWMutexR
func sync_runtime_SemacquireRWMutexR(addr *uint32, lifo bool, skipframes int) {
	semacquire1(addr, lifo, semaBlockProfile|semaMutexProfile, skipframes, waitReasonSyncRWMutexRLock)
}

//go:linkname sync_runtime_SemacquireRWMutex sync.runtime_SemacquireRWMutex
func sync_runtime_SemacquireRWMutex(addr *uint32, lifo bool, skipframes int) {
	semacquire1(addr, lifo, semaBlockProfile|semaMutexProfile, skipframes, waitReasonSyncRWMutexLock)
}

//go:linkname sync_runtime_Semrelease sync.runtime_Semrelease
func sync_runtime_Semrelease(addr *uint32, handoff bool, skipframes int) {
	semrelease1(addr, handoff, skipframes)
}

//go:linkname internal_sync_runtime_SemacquireMutex internal/sync.runtime_SemacquireMutex
func internal_sync_runtime_SemacquireMutex(addr *uint32, lifo bool, skipframes int) {
	semacquire1(addr, lifo, semaBlockProfile|semaMutexProfile, skipframes, waitReasonSyncMutexLock)
}

//go:linkname internal_sync_runtime_Semrelease internal/sync.runtime_Semrelease
func internal_sync_runtime_Semrelease(addr *uint32, handoff bool, skipframes int) {
	semrelease1(addr, handoff, skipframes)
}

//go:linkname poll_runtime_Semacquire internal/poll.runtime_Semacquire
func poll_runtime_Semacquire(addr *uint32) {
	semacquire1(addr, false, semaBlockProfile, 0, waitReasonSemacquire)
}

//go:linkname poll_runtime_Semrelease internal/poll.runtime_Semrelease
func poll_runtime_Semrelease(addr *uint32) { semrelease(addr) }

//go:linkname internal_sync_nanotime internal/sync.runtime_nanotime
func internal_sync_nanotime() int64 { return nanotime() }

// notifyList is the ticket list of sync.Cond; sync.notifyList has the same layout.
type notifyList struct {
	wait   uint32  // atomic: ticket of the next waiter
	notify uint32  // ticket of the next waiter to be notified; written with lock held, read without
	lock   uintptr // a mutex (4 bytes used)
	head   *sudog  // waiters that parked; guarded by lock
	tail   *sudog
}

func (l *notifyList) mutex() *mutex { return (*mutex)(unsafe.Pointer(&l.lock)) }

// less compares tickets, which wrap around.
func less(a, b uint32) bool { return int32(a-b) < 0 }

//go:linkname notifyListAdd sync.runtime_notifyListAdd
func notifyListAdd(l *notifyList) uint32 { return atomic.Xadd(&l.wait, 1) - 1 }

//go:linkname notifyListWait sync.runtime_notifyListWait
func notifyListWait(l *notifyList, t uint32) {
	lock(l.mutex())
	if less(t, l.notify) {
		unlock(l.mutex()) // notified before it could park
		return
	}
	s := acquireSudog()
	s.g = getg()
	s.ticket = t
	t0 := s.startBlock()
	s.next = nil
	if l.tail == nil {
		l.head = s
	} else {
		l.tail.next = s
	}
	l.tail = s
	goparkunlock(l.mutex(), waitReasonSyncCondWait, traceBlockCondWait, 3)
	if t0 != 0 {
		blockevent(s.releasetime-t0, 2)
	}
	releaseSudog(s)
}

//go:linkname notifyListNotifyAll sync.runtime_notifyListNotifyAll
func notifyListNotifyAll(l *notifyList) {
	if atomic.Load(&l.wait) == atomic.Load(&l.notify) {
		return
	}
	lock(l.mutex())
	s := l.head
	l.head = nil
	l.tail = nil
	atomic.Store(&l.notify, atomic.Load(&l.wait))
	unlock(l.mutex())
	for s != nil {
		next := s.next
		s.next = nil
		readyNotified(s)
		s = next
	}
}

//go:linkname notifyListNotifyOne sync.runtime_notifyListNotifyOne
func notifyListNotifyOne(l *notifyList) {
	if atomic.Load(&l.wait) == atomic.Load(&l.notify) {
		return
	}
	lock(l.mutex())
	t := l.notify
	if t == atomic.Load(&l.wait) {
		unlock(l.mutex())
		return
	}
	atomic.Store(&l.notify, t+1)
	// The holder of ticket t may not have parked yet; then it will see notify and not park.
	var p *sudog
	for s := l.head; s != nil; p, s = s, s.next {
		if s.ticket != t {
			continue
		}
		n := s.next
		if p != nil {
			p.next = n
		} else {
			l.head = n
		}
		if n == nil {
			l.tail = p
		}
		unlock(l.mutex())
		s.next = nil
		readyNotified(s)
		return
	}
	unlock(l.mutex())
}

func readyNotified(s *sudog) {
	gp := s.g
	if gp.bubble != nil && getg().bubble != gp.bubble {
		fatal("semaphore wake of synctest goroutine from outside bubble")
	}
	s.setReleased()
	goready(gp, 4)
}

//go:linkname notifyListCheck sync.runtime_notifyListCheck
func notifyListCheck(sz uintptr) {
	if sz != unsafe.Sizeof(notifyList{}) {
		print("runtime: bad notifyList size - sync=", sz, " runtime=", unsafe.Sizeof(notifyList{}), "\n")
		throw("bad notifyList size")
	}
}
