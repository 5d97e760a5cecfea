package runtime

// Channels.
//
// An hchan is a ring buffer, two queues of waiting goroutines, and a lock. Always true, with the lock held:
//
//	recvq or sendq is empty, or both hold only sudogs of one goroutine's select that sends and receives on the same channel
//	buffered: qcount > 0 implies recvq empty; qcount < dataqsiz implies sendq empty
//
// A waiting goroutine is a sudog on a queue; elem points to the value to send or to the room for the one to receive, often on
// the waiter's stack: stacks do not move, so the partner copies straight to or from it. Whoever takes a sudog off a queue
// completes its operation, stores success, and readies the goroutine.
//
// The collector: the buffer's elements are typed memory of their own when they hold pointers; sudogs lie outside the heap,
// and what they point to is reachable from the waiting goroutine's stack.
//
// A channel of a timer (time.NewTimer and so on) is synchronous to its user although it has a buffer of one: len and cap
// are 0 and each operation first lets the timer act (time.go).
//
// Locks: hchan.lock guards all fields but timer (constant after makechan) and the fields of sudogs on its queues. It may be held while
// a sudog's goroutine is readied; timer locks come after it.
//
// Source: behaviour and texts, go.dev/ref/spec and runtime/chan.go, go1.27.

import (
	"internal/runtime/atomic"
	"internal/runtime/math"
	"unsafe"
)

const hchanSize = (unsafe.Sizeof(hchan{}) + 7) &^ 7

type hchan struct {
	qcount   uint           // elements in the buffer
	dataqsiz uint           // room in it
	buf      unsafe.Pointer // [dataqsiz]elem
	elemsize uint16
	closed   uint32
	timer    *timer // feeds this channel
	elemtype *_type
	sendx    uint
	recvx    uint
	recvq    waitq
	sendq    waitq
	bubble   *synctestBubble
	lock     mutex
}

// waitq is a first-in first-out list of sudogs.
type waitq struct {
	first *sudog
	last  *sudog
}

func (q *waitq) enqueue(s *sudog) {
	s.next = nil
	s.prev = q.last
	if q.last == nil {
		q.first = s
	} else {
		q.last.next = s
	}
	q.last = s
}

// dequeue takes the first waiter that nobody has woken yet: another channel may have won the race for a goroutine in select.
func (q *waitq) dequeue() *sudog {
	for {
		s := q.first
		if s == nil {
			return nil
		}
		q.first = s.next
		if s.next == nil {
			q.last = nil
		} else {
			s.next.prev = nil
			s.next = nil
		}
		if s.isSelect && !s.g.selectDone.CompareAndSwap(0, 1) {
			continue
		}
		return s
	}
}

// remove unlinks s if it is still on the queue.
func (q *waitq) remove(s *sudog) {
	x, y := s.prev, s.next
	if x != nil {
		x.next = y
		if y != nil {
			y.prev = x
		} else {
			q.last = x
		}
	} else if y != nil {
		y.prev = nil
		q.first = y
	} else if q.first == s {
		q.first = nil
		q.last = nil
	}
	s.next = nil
	s.prev = nil
}

// Sudogs come from a per-P list, then from a central one.

const sudogCacheMax = 128

// sudogs: guarded by lock.
var sudogs struct {
	lock  mutex
	free  *sudog
	alloc fixalloc
}

func acquireSudog() *sudog {
	mp := acquirem()
	pp := mp.p
	s := pp.sudogcache
	if s != nil {
		pp.sudogcache = s.next
		pp.nsudogcache--
		s.next = nil
		releasem(mp)
		return s
	}
	lock(&sudogs.lock)
	if sudogs.alloc.size == 0 {
		sudogs.alloc.init(unsafe.Sizeof(sudog{}), &memstats.other_sys)
	}
	// Half a cache full at a time.
	for i := 0; i < sudogCacheMax/2; i++ {
		f := sudogs.free
		if f == nil {
			break
		}
		sudogs.free = f.next
		f.next = pp.sudogcache
		pp.sudogcache = f
		pp.nsudogcache++
	}
	s = pp.sudogcache
	if s != nil {
		pp.sudogcache = s.next
		pp.nsudogcache--
		s.next = nil
	} else {
		s = (*sudog)(sudogs.alloc.alloc())
	}
	unlock(&sudogs.lock)
	releasem(mp)
	return s
}

func releaseSudog(s *sudog) {
	s.g = nil
	s.elem = nil
	s.c = nil
	s.prev = nil
	s.waitlink = nil
	s.isSelect = false
	s.success = false
	mp := acquirem()
	pp := mp.p
	if pp.nsudogcache >= sudogCacheMax {
		lock(&sudogs.lock)
		for pp.nsudogcache > sudogCacheMax/2 {
			f := pp.sudogcache
			pp.sudogcache = f.next
			pp.nsudogcache--
			f.next = sudogs.free
			sudogs.free = f
		}
		unlock(&sudogs.lock)
	}
	s.next = pp.sudogcache
	pp.sudogcache = s
	pp.nsudogcache++
	releasem(mp)
}

// startBlock prepares s for the block profile, before it is queued: the time now, or 0 if there is no profile.
func (s *sudog) startBlock() int64 {
	s.releasetime = 0
	if blockprofilerate <= 0 {
		return 0
	}
	s.releasetime = -1
	return nanotime()
}

func (c *hchan) at(i uint) unsafe.Pointer {
	return add(c.buf, uintptr(i)*uintptr(c.elemsize))
}

func makechan64(t *chantype, size int64) *hchan { return makechan(t, int(size)) }

func makechan(t *chantype, size int) *hchan {
	elem := t.Elem
	if elem.Size_ >= 1<<16 {
		throw("makechan: invalid channel element type")
	}
	mem, overflow := math.MulUintptr(elem.Size_, uintptr(size))
	if overflow || mem > maxAlloc-hchanSize || size < 0 {
		panic(plainError("makechan: size out of range"))
	}
	c := new(hchan)
	if mem > 0 {
		c.buf = mallocgc(mem, elem, true)
	} else {
		c.buf = unsafe.Pointer(c) // some address, never read
	}
	c.elemsize = uint16(elem.Size_)
	c.elemtype = elem
	c.dataqsiz = uint(size)
	c.bubble = getg().bubble
	return c
}

func chansend1(c *hchan, elem unsafe.Pointer) { chansend(c, elem, true) }

// chansend sends the value at ep. False: not sent because block is false and nobody could take it.
func chansend(c *hchan, ep unsafe.Pointer, block bool) bool {
	if c == nil {
		if !block {
			return false
		}
		gopark(nil, nil, waitReasonChanSendNilChan, traceBlockForever, 2)
		throw("unreachable")
	}
	if c.bubble != nil && getg().bubble != c.bubble {
		fatal("send on synctest channel from outside bubble")
	}
	// Without the lock: a send that is full now and not closed is full at this moment, whatever follows.
	if !block && atomic.Load(&c.closed) == 0 && c.full() {
		return false
	}
	lock(&c.lock)
	if c.closed != 0 {
		unlock(&c.lock)
		panic(plainError("send on closed channel"))
	}
	if sg := c.recvq.dequeue(); sg != nil {
		c.handTo(sg, ep)
		return true
	}
	if c.qcount < c.dataqsiz {
		typedmemmove(c.elemtype, c.at(c.sendx), ep)
		c.sendx++
		if c.sendx == c.dataqsiz {
			c.sendx = 0
		}
		c.qcount++
		unlock(&c.lock)
		return true
	}
	if !block {
		unlock(&c.lock)
		return false
	}
	gp := getg()
	sg := acquireSudog()
	sg.elem = ep
	sg.g = gp
	sg.c = c
	sg.isSelect = false
	sg.success = false
	t0 := sg.startBlock()
	gp.waiting = sg
	gp.param = nil
	c.sendq.enqueue(sg)
	reason := waitReasonChanSend
	if c.bubble != nil {
		reason = waitReasonSynctestChanSend
	}
	goparkunlock(&c.lock, reason, traceBlockChanSend, 2)
	keepalive(ep)
	if gp.waiting != sg {
		throw("G waiting list is corrupted")
	}
	gp.waiting = nil
	ok := sg.success
	gp.param = nil
	if t0 != 0 {
		blockevent(sg.releasetime-t0, 2)
	}
	releaseSudog(sg)
	if !ok {
		if c.closed == 0 {
			throw("chansend: spurious wakeup")
		}
		panic(plainError("send on closed channel"))
	}
	return true
}

// handTo completes the receive of sg with the value at ep, and unlocks c.
func (c *hchan) handTo(sg *sudog, ep unsafe.Pointer) {
	if sg.elem != nil {
		typedmemmove(c.elemtype, sg.elem, ep)
		sg.elem = nil
	}
	gp := sg.g
	unlock(&c.lock)
	gp.param = unsafe.Pointer(sg)
	sg.success = true
	sg.setReleased()
	goready(gp, 4)
}

// full reports, possibly without the lock, whether a send would block.
func (c *hchan) full() bool {
	if c.dataqsiz == 0 {
		return c.recvq.first == nil
	}
	return c.qcount == c.dataqsiz
}

// empty reports, possibly without the lock, whether a receive would block.
func (c *hchan) empty() bool {
	if c.dataqsiz == 0 {
		return atomic.Loadp(unsafe.Pointer(&c.sendq.first)) == nil
	}
	if c.timer != nil {
		c.timer.maybeRunChan()
	}
	return atomic.Loaduint(&c.qcount) == 0
}

func chanrecv1(c *hchan, elem unsafe.Pointer) { chanrecv(c, elem, true) }

func chanrecv2(c *hchan, elem unsafe.Pointer) bool {
	_, received := chanrecv(c, elem, true)
	return received
}

// chanrecv receives into ep (nil: drop the value).
//
//	selected  false: block is false and nothing was there
//	received  false: the channel is closed; *ep was zeroed
func chanrecv(c *hchan, ep unsafe.Pointer, block bool) (selected, received bool) {
	if c == nil {
		if !block {
			return false, false
		}
		gopark(nil, nil, waitReasonChanReceiveNilChan, traceBlockForever, 2)
		throw("unreachable")
	}
	if c.bubble != nil && getg().bubble != c.bubble {
		fatal("receive on synctest channel from outside bubble")
	}
	if c.timer != nil {
		c.timer.maybeRunChan()
	}
	if !block && c.empty() {
		// The order matters: a channel seen empty and then open was empty and open when it was seen empty. Once closed, it
		// may have been filled and closed in between, so look again.
		if atomic.Load(&c.closed) == 0 {
			return false, false
		}
		if c.empty() {
			if ep != nil {
				typedmemclr(c.elemtype, ep)
			}
			return true, false
		}
	}
	lock(&c.lock)
	if c.closed != 0 && c.qcount == 0 {
		unlock(&c.lock)
		if ep != nil {
			typedmemclr(c.elemtype, ep)
		}
		return true, false
	}
	if c.closed == 0 {
		if sg := c.sendq.dequeue(); sg != nil {
			c.takeFrom(sg, ep)
			return true, true
		}
	}
	if c.qcount > 0 {
		c.shift(ep)
		unlock(&c.lock)
		return true, true
	}
	if !block {
		unlock(&c.lock)
		return false, false
	}
	gp := getg()
	sg := acquireSudog()
	sg.elem = ep
	sg.g = gp
	sg.c = c
	sg.isSelect = false
	sg.success = false
	t0 := sg.startBlock()
	gp.waiting = sg
	gp.param = nil
	c.recvq.enqueue(sg)
	if c.timer != nil {
		blockTimerChan(c)
	}
	reason := waitReasonChanReceive
	if c.bubble != nil {
		reason = waitReasonSynctestChanReceive
	}
	goparkunlock(&c.lock, reason, traceBlockChanRecv, 2)
	keepalive(ep)
	if gp.waiting != sg {
		throw("G waiting list is corrupted")
	}
	if c.timer != nil {
		unblockTimerChan(c)
	}
	gp.waiting = nil
	ok := sg.success
	gp.param = nil
	if t0 != 0 {
		blockevent(sg.releasetime-t0, 2)
	}
	releaseSudog(sg)
	return true, ok
}

// shift moves the oldest element of the buffer to ep (nil: drops it).
func (c *hchan) shift(ep unsafe.Pointer) {
	qp := c.at(c.recvx)
	if ep != nil {
		typedmemmove(c.elemtype, ep, qp)
	}
	typedmemclr(c.elemtype, qp)
	c.recvx++
	if c.recvx == c.dataqsiz {
		c.recvx = 0
	}
	c.qcount--
}

// takeFrom receives while sg waits to send: with a buffer, which is then full, the oldest element goes to ep and sg's value takes its
// place at the end. Unlocks c.
func (c *hchan) takeFrom(sg *sudog, ep unsafe.Pointer) {
	if c.dataqsiz == 0 {
		if ep != nil {
			typedmemmove(c.elemtype, ep, sg.elem)
		}
	} else {
		qp := c.at(c.recvx)
		if ep != nil {
			typedmemmove(c.elemtype, ep, qp)
		}
		typedmemmove(c.elemtype, qp, sg.elem)
		c.recvx++
		if c.recvx == c.dataqsiz {
			c.recvx = 0
		}
		c.sendx = c.recvx
	}
	sg.elem = nil
	gp := sg.g
	unlock(&c.lock)
	gp.param = unsafe.Pointer(sg)
	sg.success = true
	sg.setReleased()
	goready(gp, 4)
}

func closechan(c *hchan) {
	if c == nil {
		panic(plainError("close of nil channel"))
	}
	if c.bubble != nil && getg().bubble != c.bubble {
		fatal("close of synctest channel from outside bubble")
	}
	lock(&c.lock)
	if c.closed != 0 {
		unlock(&c.lock)
		panic(plainError("close of closed channel"))
	}
	c.closed = 1
	// Everyone waiting is released: receivers with a zero value, senders to panic.
	var list gList
	for {
		sg := c.recvq.dequeue()
		if sg == nil {
			break
		}
		if sg.elem != nil {
			typedmemclr(c.elemtype, sg.elem)
			sg.elem = nil
		}
		gp := sg.g
		gp.param = unsafe.Pointer(sg)
		sg.success = false
		sg.setReleased()
		list.push(gp)
	}
	for {
		sg := c.sendq.dequeue()
		if sg == nil {
			break
		}
		sg.elem = nil
		gp := sg.g
		gp.param = unsafe.Pointer(sg)
		sg.success = false
		sg.setReleased()
		list.push(gp)
	}
	unlock(&c.lock)
	for !list.empty() {
		goready(list.pop(), 3)
	}
}

// selectnbsend is: select { case c <- v: true; default: false }
func selectnbsend(c *hchan, elem unsafe.Pointer) bool { return chansend(c, elem, false) }

// selectnbrecv is: select { case v, ok = <-c: true, ok; default: false, false }
func selectnbrecv(elem unsafe.Pointer, c *hchan) (selected, received bool) {
	return chanrecv(c, elem, false)
}

func chanlen(c *hchan) int {
	if c == nil {
		return 0
	}
	if c.timer != nil {
		c.timer.maybeRunChan()
		return 0 // a timer channel looks unbuffered
	}
	return int(c.qcount)
}

func chancap(c *hchan) int {
	if c == nil || c.timer != nil {
		return 0
	}
	return int(c.dataqsiz)
}

// keepalive makes p count as used here.
//
//go:noinline
func keepalive(p unsafe.Pointer) {}

//go:linkname reflect_makechan reflect.makechan
func reflect_makechan(t *chantype, size int) *hchan { return makechan(t, size) }

//go:linkname reflect_chansend reflect.chansend0
func reflect_chansend(c *hchan, elem unsafe.Pointer, nb bool) bool { return chansend(c, elem, !nb) }

//go:linkname reflect_chanrecv reflect.chanrecv
func reflect_chanrecv(c *hchan, nb bool, elem unsafe.Pointer) (selected, received bool) {
	return chanrecv(c, elem, !nb)
}

//go:linkname reflect_chanlen reflect.chanlen
func reflect_chanlen(c *hchan) int { return chanlen(c) }

//go:linkname reflectlite_chanlen internal/reflectlite.chanlen
func reflectlite_chanlen(c *hchan) int { return chanlen(c) }

//go:linkname reflect_chancap reflect.chancap
func reflect_chancap(c *hchan) int { return chancap(c) }

//go:linkname reflect_chanclose reflect.chanclose
func reflect_chanclose(c *hchan) { closechan(c) }
