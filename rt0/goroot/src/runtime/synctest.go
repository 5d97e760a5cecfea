package runtime

// Bubbles of testing/synctest: a set of goroutines with a clock of their own.
//
// The clock stands still while any goroutine of the bubble can run. When all are durably blocked - on something that only
// the bubble itself can end - the bubble is idle: a goroutine in synctest.Wait continues, or else the root goroutine, the one that
// called Run, moves the clock to the next timer and runs it. A goroutine in a system call, on a mutex, or on a channel from outside
// is not durably blocked: the wait reason tells (isIdleInSynctest).
//
// casgstatus reports every change of state of a goroutine in a bubble (changegstatus); running counts those not durably blocked.
// active counts other reasons not to be idle: a goroutine on its way to park (park_m), a wakeup under way, Acquire.
//
// Locks: mu guards the counters and waiter, waiting, done; now changes only while the bubble is idle.
//
// Source: testing/synctest's documentation and runtime/synctest.go (rules, texts), go1.27.

import (
	"internal/runtime/atomic"
	"unsafe"
)

type synctestBubble struct {
	timers  timers // first: bubbleOf
	mu      mutex
	id      uint64
	now     int64 // the bubble's time, nanoseconds since 1970
	root    *g    // called Run
	waiter  *g    // parked in Wait
	main    *g    // runs Run's function
	waiting bool  // somebody is in Wait
	done    bool  // main has ended

	total   int
	running int
	active  int
}

// bubbleOf is the bubble whose timers ts are.
func bubbleOf(ts *timers) *synctestBubble { return (*synctestBubble)(unsafe.Pointer(ts)) }

// sameBubble reports whether the running goroutine may touch the timers of ts.
func sameBubble(ts *timers) bool {
	b := getg().bubble
	return b != nil && &b.timers == ts
}

// isIdleInSynctest reports whether only the bubble can end a wait for this reason.
func (w waitReason) isIdleInSynctest() bool {
	switch w {
	case waitReasonChanReceiveNilChan, waitReasonChanSendNilChan, waitReasonSelectNoCases, waitReasonSleep, waitReasonSyncCondWait,
		waitReasonSynctestWaitGroupWait, waitReasonCoroutine, waitReasonSynctestRun, waitReasonSynctestWait,
		waitReasonSynctestChanReceive, waitReasonSynctestChanSend, waitReasonSynctestSelect:
		return true
	}
	return false
}

// changegstatus: gp, a goroutine of the bubble, changes its status.
func (b *synctestBubble) changegstatus(gp *g, from, to uint32) {
	total := 0
	was := true
	if from == _Gdead {
		was = false
		total = 1
	} else if from == _Gwaiting {
		was = !gp.waitreason.isIdleInSynctest()
	}
	is := true
	if to == _Gdead {
		is = false
		total--
	} else if to == _Gwaiting {
		is = !gp.waitreason.isIdleInSynctest()
	}
	if was == is && total == 0 {
		return
	}
	lock(&b.mu)
	if to == _Gdead && gp == b.main {
		b.done = true
	}
	b.total += total
	if is && !was {
		b.running++
	} else if was && !is {
		b.running--
	}
	if b.total < 0 || b.running < 0 {
		throw("synctest: goroutine count is negative")
	}
	wake := b.maybeWakeLocked()
	unlock(&b.mu)
	if wake != nil {
		goready(wake, 0)
	}
}

func (b *synctestBubble) incActive() {
	lock(&b.mu)
	b.active++
	unlock(&b.mu)
}

func (b *synctestBubble) decActive() {
	lock(&b.mu)
	b.active--
	if b.active < 0 {
		throw("active < 0")
	}
	wake := b.maybeWakeLocked()
	unlock(&b.mu)
	if wake != nil {
		goready(wake, 0)
	}
}

// maybeWakeLocked is the goroutine to ready when the bubble has become idle. The wakeup itself counts as activity, until the woken
// goroutine takes it off.
func (b *synctestBubble) maybeWakeLocked() *g {
	if b.running > 0 || b.active > 0 {
		return nil
	}
	b.active++
	if next := b.nextTimer(); next > 0 && next <= b.now {
		return b.root // a timer is due already; it goes before Wait
	}
	if b.waiter != nil {
		return b.waiter
	}
	return b.root
}

func (b *synctestBubble) nextTimer() int64 {
	return int64(atomic.Load64((*uint64)(unsafe.Pointer(&b.timers.minWhen))))
}

// runTimers runs what is due, on the system stack, as the bubble.
func (b *synctestBubble) runTimers() {
	g0 := getg()
	g0.bubble = b
	timersRun(&b.timers, b.now)
	g0.bubble = nil
}

var bubbleGen atomic.Uint64

// synctestDeadlockError is what Run panics with.
type synctestDeadlockError struct {
	reason string
	bubble *synctestBubble
}

func (e synctestDeadlockError) Error() string { return e.reason }

//go:linkname synctestRun internal/synctest.Run
func synctestRun(f func()) {
	gp := getg()
	if gp.bubble != nil {
		panic("synctest.Run called from within a synctest bubble")
	}
	b := &synctestBubble{id: bubbleGen.Add(1), total: 1, running: 1, root: gp}
	b.now = 946684800000000000 // 2000-01-01 00:00 UTC
	gp.bubble = b
	defer func() { gp.bubble = nil }()

	b.main = newproc1(*(**funcval)(unsafe.Pointer(&f)), gp, 0, false, waitReasonZero)
	mp := acquirem()
	runqput(mp.p, b.main, true)
	releasem(mp)

	lock(&b.mu)
	b.active++ // taken off by synctestidle_c, put on again by who wakes us
	for {
		unlock(&b.mu)
		systemstack(b.runTimers)
		gopark(synctestidle_c, nil, waitReasonSynctestRun, traceBlockSynctest, 0)
		lock(&b.mu)
		next := b.nextTimer()
		if next == 0 || b.done {
			break
		}
		if next < b.now {
			throw("time went backwards")
		}
		b.now = next
	}
	total := b.total
	done := b.done
	unlock(&b.mu)
	if total != 1 {
		if done {
			panic(synctestDeadlockError{"deadlock: main bubble goroutine has exited but blocked goroutines remain", b})
		}
		panic(synctestDeadlockError{"deadlock: all goroutines in bubble are blocked", b})
	}
}

// synctestidle_c: the root may park unless the bubble became idle meanwhile.
func synctestidle_c(gp *g, _ unsafe.Pointer) bool {
	b := gp.bubble
	lock(&b.mu)
	// park_m holds one unit of activity of its own.
	canIdle := b.running != 0 || b.active != 2
	if canIdle {
		b.active--
	}
	unlock(&b.mu)
	return canIdle
}

//go:linkname synctestWait internal/synctest.Wait
func synctestWait() {
	b := getg().bubble
	if b == nil {
		panic("goroutine is not in a bubble")
	}
	lock(&b.mu)
	if b.waiting {
		unlock(&b.mu)
		panic("wait already in progress")
	}
	b.waiting = true
	unlock(&b.mu)
	gopark(synctestwait_c, nil, waitReasonSynctestWait, traceBlockSynctest, 0)
	lock(&b.mu)
	b.active--
	if b.active < 0 {
		throw("active < 0")
	}
	b.waiter = nil
	b.waiting = false
	unlock(&b.mu)
}

func synctestwait_c(gp *g, _ unsafe.Pointer) bool {
	b := gp.bubble
	lock(&b.mu)
	b.waiter = gp
	unlock(&b.mu)
	return true
}

//go:linkname synctest_isInBubble internal/synctest.IsInBubble
func synctest_isInBubble() bool { return getg().bubble != nil }

//go:linkname synctest_acquire internal/synctest.acquire
func synctest_acquire() any {
	if b := getg().bubble; b != nil {
		b.incActive()
		return b
	}
	return nil
}

//go:linkname synctest_release internal/synctest.release
func synctest_release(b any) { b.(*synctestBubble).decActive() }

//go:linkname synctest_inBubble internal/synctest.inBubble
func synctest_inBubble(b any, f func()) {
	gp := getg()
	if gp.bubble != nil {
		panic("goroutine is already bubbled")
	}
	gp.bubble = b.(*synctestBubble)
	defer func() { gp.bubble = nil }()
	f()
}

// Association of an object in the heap with a bubble: a special (mfinal.go).

const (
	bubbleAssocUnbubbled     = 0
	bubbleAssocCurrentBubble = 1
	bubbleAssocOtherBubble   = 2
)

func getOrSetBubbleSpecial(p unsafe.Pointer, id uint64, add bool) int {
	_, span, _ := findObject(uintptr(p))
	if span == nil {
		return bubbleAssocUnbubbled
	}
	h := &mheap_
	assoc := bubbleAssocUnbubbled
	lock(&h.specialLock)
	if s := findspecial(span, uintptr(p), specialBubble); s != nil {
		assoc = bubbleAssocOtherBubble
		if s.id == id {
			assoc = bubbleAssocCurrentBubble
		}
	} else if add {
		s = (*special)(h.specialalloc.alloc())
		s.obj = uintptr(p)
		s.kind = specialBubble
		s.id = id
		addspecial(span, s)
		assoc = bubbleAssocCurrentBubble
	}
	unlock(&h.specialLock)
	return assoc
}

//go:linkname synctest_associate internal/synctest.associate
func synctest_associate(p unsafe.Pointer) int {
	return getOrSetBubbleSpecial(p, getg().bubble.id, true)
}

//go:linkname synctest_disassociate internal/synctest.disassociate
func synctest_disassociate(p unsafe.Pointer) {
	_, span, _ := findObject(uintptr(p))
	if span == nil {
		return
	}
	h := &mheap_
	lock(&h.specialLock)
	if s := findspecial(span, uintptr(p), specialBubble); s != nil {
		removespecial(span, s)
		h.specialalloc.free(unsafe.Pointer(s))
	}
	unlock(&h.specialLock)
}

//go:linkname synctest_isAssociated internal/synctest.isAssociated
func synctest_isAssociated(p unsafe.Pointer) bool {
	return getOrSetBubbleSpecial(p, getg().bubble.id, false) == bubbleAssocCurrentBubble
}
