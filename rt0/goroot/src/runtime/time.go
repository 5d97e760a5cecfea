package runtime

// Timers: time.Sleep, time.Timer, time.Ticker, deadlines of the network poller.
//
// All armed timers sit in one 4-ary heap ordered by due time; the scheduler asks for the earliest (timersNext) and runs those
// that are due (timersCheck) between two goroutines. A timer knows its index in the heap, so stopping and resetting are
// direct. One heap with one lock is simple; with few Ps the lock is not contended. TODO(a heap per P when it is).
//
// A timer with a channel (isChan) is in the heap only while a goroutine waits on the channel. Otherwise operations on the channel
// look at the clock themselves (maybeRunChan); so an unused timer costs nothing and can be collected without Stop.
// The channel has a buffer of one, but Stop and Reset empty it and cancel a send under way: after they return
// no value of the old setting can be received. seq, isSending and sendLock do that:
//
//	run     takes seq under timers.lock, unlocks, locks sendLock, and sends only if seq is still the same
//	modify  locks sendLock, then timers.lock, and changes seq
//
// Lock order: sendLock, hchan.lock, timers.lock.
//
// Source: go.dev/doc/go1.23 "Timer changes"; names as runtime/time.go, go1.27.

import (
	"internal/runtime/atomic"
	"unsafe"
)

type timer struct {
	idx    int32 // 1 + index in the heap, 0: not in it. Guarded by timers.lock
	isChan bool  // constant
	fake   bool  // counts a synctest bubble's time; constant

	// Guarded by timers.lock; when is read atomically without it.
	when    int64 // due time, 0: not armed
	period  int64 // > 0: repeats
	f       func(arg any, seq uintptr, delay int64)
	arg     any
	seq     uintptr // isChan: changes with every setting; written with sendLock held too
	blocked uint32  // goroutines that wait on the channel

	sendLock  mutex  // isChan: held while f sends
	isSending uint32 // isChan, one-shot: 1 while a run waits for sendLock
	ts        *timers
}

type timerWhen struct {
	when int64
	t    *timer
}

// timers is a heap of timers; there is one for real time and one per synctest bubble.
type timers struct {
	lock    mutex
	heap    []timerWhen // guarded by lock
	minWhen int64       // atomic: due time of the first, 0 when empty
}

var realTimers timers

const maxWhen = 1<<63 - 1

func (t *timer) init(f func(arg any, seq uintptr, delay int64), arg any) {
	t.f = f
	t.arg = arg
}

// heapOf is the heap the timer belongs to.
func (t *timer) heapOf() *timers {
	if t.ts != nil {
		return t.ts
	}
	return &realTimers
}

// now is the clock that the timers of ts follow.
func (ts *timers) now() int64 {
	if ts == &realTimers {
		return nanotime()
	}
	return bubbleOf(ts).now
}

// The heap. lock is held.

func (ts *timers) place(i int, tw timerWhen) {
	ts.heap[i] = tw
	tw.t.idx = int32(i + 1)
}

func (ts *timers) siftUp(i int) {
	tw := ts.heap[i]
	for i > 0 {
		p := (i - 1) / 4
		if ts.heap[p].when <= tw.when {
			break
		}
		ts.place(i, ts.heap[p])
		i = p
	}
	ts.place(i, tw)
}

func (ts *timers) siftDown(i int) {
	tw := ts.heap[i]
	n := len(ts.heap)
	for {
		c := i*4 + 1
		if c >= n {
			break
		}
		best := c
		for k := c + 1; k < c+4 && k < n; k++ {
			if ts.heap[k].when < ts.heap[best].when {
				best = k
			}
		}
		if ts.heap[best].when >= tw.when {
			break
		}
		ts.place(i, ts.heap[best])
		i = best
	}
	ts.place(i, tw)
}

func (ts *timers) updateMin() {
	w := int64(0)
	if len(ts.heap) > 0 {
		w = ts.heap[0].when
	}
	atomic.Store64((*uint64)(unsafe.Pointer(&ts.minWhen)), uint64(w))
}

// insert adds t with t.when.
func (ts *timers) insert(t *timer) {
	ts.heap = append(ts.heap, timerWhen{t.when, t})
	ts.siftUp(len(ts.heap) - 1)
	ts.updateMin()
}

// remove takes t out.
func (ts *timers) remove(t *timer) {
	i := int(t.idx - 1)
	t.idx = 0
	last := len(ts.heap) - 1
	tw := ts.heap[last]
	ts.heap[last] = timerWhen{}
	ts.heap = ts.heap[:last]
	if i != last {
		ts.place(i, tw)
		ts.siftDown(i)
		ts.siftUp(int(tw.t.idx - 1))
	}
	ts.updateMin()
}

// update moves t to the place its changed t.when asks for.
func (ts *timers) update(t *timer) {
	i := int(t.idx - 1)
	ts.heap[i].when = t.when
	ts.siftDown(i)
	ts.siftUp(int(t.idx - 1))
	ts.updateMin()
}

// modify arms the timer anew and reports whether the old setting had not been delivered.
func (t *timer) modify(when, period int64, f func(arg any, seq uintptr, delay int64), arg any, seq uintptr) bool {
	if when <= 0 {
		throw("timer when must be positive")
	}
	if period < 0 {
		throw("timer period must be non-negative")
	}
	if t.isChan {
		lock(&t.sendLock)
	}
	ts := t.heapOf()
	lock(&ts.lock)
	pending := t.when > 0
	if t.isChan && t.period == 0 && atomic.Load(&t.isSending) != 0 {
		pending = true // the send was due but will not happen
	}
	atomic.Store64((*uint64)(unsafe.Pointer(&t.when)), uint64(when))
	t.period = period
	if f != nil {
		t.f = f
		t.arg = arg
		t.seq = seq
	}
	if t.isChan {
		t.seq++
	}
	if t.fake && !t.isChan && t.idx == 0 && when <= ts.now() {
		// Due at once: run it now, not when the bubble is idle.
		ts.run(t, ts.now())
		return pending
	}
	if t.idx != 0 {
		ts.update(t)
	} else if !t.isChan || t.blocked > 0 {
		ts.insert(t)
	}
	first := t.idx == 1
	unlock(&ts.lock)
	if t.isChan {
		if timerchandrain(t.hchan()) {
			pending = true
		}
		unlock(&t.sendLock)
	}
	if first && ts == &realTimers {
		wakeNetPoller(when)
	}
	return pending
}

// reset is modify without a change of the function.
func (t *timer) reset(when, period int64) bool { return t.modify(when, period, nil, nil, 0) }

// stop disarms the timer and reports whether its setting had not been delivered.
func (t *timer) stop() bool {
	if t.isChan {
		lock(&t.sendLock)
	}
	ts := t.heapOf()
	lock(&ts.lock)
	pending := t.when > 0
	if t.isChan && t.period == 0 && atomic.Load(&t.isSending) != 0 {
		pending = true
	}
	atomic.Store64((*uint64)(unsafe.Pointer(&t.when)), 0)
	if t.isChan {
		t.seq++
	}
	if t.idx != 0 {
		ts.remove(t)
	}
	unlock(&ts.lock)
	if t.isChan {
		if timerchandrain(t.hchan()) {
			pending = true
		}
		unlock(&t.sendLock)
	}
	return pending
}

// hchan is the channel of an isChan timer.
func (t *timer) hchan() *hchan { return (*hchan)(efaceOf(&t.arg).data) }

// timerchandrain empties the channel and reports whether something was in it.
func timerchandrain(c *hchan) bool {
	if atomic.Loaduint(&c.qcount) == 0 {
		return false
	}
	lock(&c.lock)
	any := c.qcount > 0
	for c.qcount > 0 {
		c.shift(nil)
	}
	unlock(&c.lock)
	return any
}

// run fires t, which is due, and unlocks ts.
func (ts *timers) run(t *timer, now int64) {
	f, arg, seq := t.f, t.arg, t.seq
	delay := now - t.when
	oneShot := t.period == 0
	if oneShot {
		atomic.Store64((*uint64)(unsafe.Pointer(&t.when)), 0)
		if t.idx != 0 {
			ts.remove(t)
		}
	} else {
		next := t.when + t.period*(1+delay/t.period)
		if next < 0 {
			next = maxWhen
		}
		atomic.Store64((*uint64)(unsafe.Pointer(&t.when)), uint64(next))
		if t.idx != 0 {
			ts.update(t)
		}
	}
	if t.isChan && oneShot {
		atomic.Xadd(&t.isSending, 1)
	}
	unlock(&ts.lock)
	if !t.isChan {
		f(arg, seq, delay)
		return
	}
	lock(&t.sendLock)
	if oneShot {
		atomic.Xadd(&t.isSending, -1)
	}
	if t.seq == seq {
		f(arg, seq, delay)
	}
	unlock(&t.sendLock)
}

// maybeRunChan fires a channel's timer if it is due and the scheduler does not look after it.
func (t *timer) maybeRunChan() {
	w := int64(atomic.Load64((*uint64)(unsafe.Pointer(&t.when))))
	if w == 0 || t.idx != 0 {
		return
	}
	ts := t.heapOf()
	if ts != &realTimers && !sameBubble(ts) {
		// Only goroutines of the bubble may touch its timers; the channel operation itself will say so.
		return
	}
	now := ts.now()
	if w > now {
		return
	}
	lock(&ts.lock)
	if t.idx != 0 || t.when == 0 || t.when > now {
		unlock(&ts.lock)
		return
	}
	ts.run(t, now)
}

// blockTimerChan: a goroutine is about to wait on c, whose lock is held.
func blockTimerChan(c *hchan) {
	t := c.timer
	ts := t.heapOf()
	lock(&ts.lock)
	t.blocked++
	if t.idx == 0 && t.when > 0 {
		ts.insert(t)
	}
	when := int64(0)
	if t.idx == 1 {
		when = t.when
	}
	unlock(&ts.lock)
	if when != 0 && ts == &realTimers {
		wakeNetPoller(when)
	}
}

// unblockTimerChan: it waits no longer.
func unblockTimerChan(c *hchan) {
	t := c.timer
	ts := t.heapOf()
	lock(&ts.lock)
	if t.blocked == 0 {
		throw("unblockTimerChan: not blocked")
	}
	t.blocked--
	if t.blocked == 0 && t.idx != 0 {
		ts.remove(t)
	}
	unlock(&ts.lock)
}

// timersCheck runs the timers that are due. The scheduler calls it with a P.
//
//	now        the time, or 0 if the caller does not know it
//	rnow       now, or 0 if it was not needed
//	pollUntil  when the next timer is due, 0: never
//	ran        something ran: there may be new goroutines
func timersCheck(pp *p, now int64) (rnow, pollUntil int64, ran bool) {
	ts := &realTimers
	next := int64(atomic.Load64((*uint64)(unsafe.Pointer(&ts.minWhen))))
	if next == 0 {
		return now, 0, false
	}
	if now == 0 {
		now = nanotime()
	}
	if next > now {
		return now, next, false
	}
	pollUntil, ran = timersRun(ts, now)
	return now, pollUntil, ran
}

// timersRun runs the timers of ts that are due at now.
func timersRun(ts *timers, now int64) (pollUntil int64, ran bool) {
	for {
		lock(&ts.lock)
		if len(ts.heap) == 0 || ts.heap[0].when > now {
			break
		}
		ts.run(ts.heap[0].t, now)
		ran = true
	}
	if len(ts.heap) > 0 {
		pollUntil = ts.heap[0].when
	}
	unlock(&ts.lock)
	return pollUntil, ran
}

// timersNext is the due time of the earliest timer, 0 when there is none.
func timersNext() int64 {
	return int64(atomic.Load64((*uint64)(unsafe.Pointer(&realTimers.minWhen))))
}

// What package time calls.

// haveHighResSleep says that sleeps are as exact as the clock; tests of package time ask.
//
//go:linkname haveHighResSleep
var haveHighResSleep = true

// timeTimer is time.Timer and time.Ticker, which know the first two fields.
type timeTimer struct {
	c    unsafe.Pointer // <-chan time.Time
	init bool
	timer
}

//go:linkname newTimer time.newTimer
func newTimer(when, period int64, f func(arg any, seq uintptr, delta int64), arg any, c *hchan) *timeTimer {
	t := new(timeTimer)
	if gp := getg(); gp.bubble != nil {
		t.timer.fake = true
		t.timer.ts = &gp.bubble.timers
	}
	if c != nil {
		if c.dataqsiz == 0 {
			throw("invalid timer channel: no capacity")
		}
		t.timer.isChan = true
		t.timer.arg = arg
		c.timer = &t.timer
	}
	t.timer.modify(when, period, f, arg, 0)
	t.init = true
	return t
}

//go:linkname stopTimer time.stopTimer
func stopTimer(t *timeTimer) bool {
	if t.timer.fake && !sameBubble(t.timer.ts) {
		fatal("stop of synctest timer from outside bubble")
	}
	return t.timer.stop()
}

//go:linkname resetTimer time.resetTimer
func resetTimer(t *timeTimer, when, period int64) bool {
	if t.timer.fake && !sameBubble(t.timer.ts) {
		fatal("reset of synctest timer from outside bubble")
	}
	return t.timer.reset(when, period)
}

// timeSleep implements time.Sleep.
//
//go:linkname timeSleep time.Sleep
func timeSleep(ns int64) {
	if ns <= 0 {
		return
	}
	gp := getg()
	t := gp.timer
	if t == nil || (t.ts == nil) != (gp.bubble == nil) {
		t = new(timer)
		t.init(goroutineReady, gp)
		if gp.bubble != nil {
			t.fake = true
			t.ts = &gp.bubble.timers
		}
		gp.timer = t
	}
	when := t.heapOf().now() + ns
	if when < 0 {
		when = maxWhen
	}
	gp.sleepWhen = when
	if gp.bubble != nil {
		// Armed from here: this goroutine is in the bubble, g0 is not. Nobody moves the bubble's clock before it is parked.
		t.reset(when, 0)
		gopark(nil, nil, waitReasonSleep, traceBlockSleep, 1)
		return
	}
	gopark(resetForSleep, nil, waitReasonSleep, traceBlockSleep, 1)
}

// resetForSleep arms the timer once the goroutine is parked: before, it might be readied too early.
func resetForSleep(gp *g, _ unsafe.Pointer) bool {
	gp.timer.reset(gp.sleepWhen, 0)
	return true
}

func goroutineReady(arg any, _ uintptr, _ int64) { goready(arg.(*g), 2) }

//go:linkname time_now time.now
func time_now() (sec int64, nsec int32, mono int64) {
	sec, nsec = walltime()
	return sec, nsec, nanotime()
}

//go:linkname time_runtimeNow time.runtimeNow
func time_runtimeNow() (sec int64, nsec int32, mono int64) {
	if b := getg().bubble; b != nil {
		return b.now / 1e9, int32(b.now % 1e9), 0
	}
	return time_now()
}

//go:linkname time_runtimeNano time.runtimeNano
func time_runtimeNano() int64 {
	if b := getg().bubble; b != nil {
		return b.now
	}
	return nanotime()
}

//go:linkname time_runtimeIsBubbled time.runtimeIsBubbled
func time_runtimeIsBubbled() bool { return getg().bubble != nil }

//go:linkname crypto_internal_fips140deps_time_monoTime crypto/internal/fips140deps/time.monoTime
func crypto_internal_fips140deps_time_monoTime() int64 { return nanotime() }
