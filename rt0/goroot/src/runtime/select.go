package runtime

// The select statement.
//
// selectgo looks at the cases in a random order, so that no ready case starves, while it holds the locks of all channels,
// taken in order of address, so that two selects never deadlock. If nothing is ready it puts a sudog on every channel,
// parks, and is woken by whoever completes one of them: g.selectDone, set with compare-and-swap, decides the race.
// gp.waiting lists the sudogs in lock order.
//
// Source: the method is that of runtime/select.go, go1.27; order of locks by a heap sort in place, since nothing may be
// allocated for it.

import (
	"unsafe"
)

// scase is a case: sends first, then receives. The compiler knows the layout.
type scase struct {
	c    *hchan
	elem unsafe.Pointer
}

// block is select {} and whatever else waits for ever.
func block() {
	gopark(nil, nil, waitReasonSelectNoCases, traceBlockForever, 1)
}

// sellock locks the channels of the cases in lockorder, each once.
func sellock(cases []scase, lockorder []uint16) {
	var c *hchan
	for _, o := range lockorder {
		if c0 := cases[o].c; c0 != c {
			c = c0
			lock(&c.lock)
		}
	}
}

func selunlock(cases []scase, lockorder []uint16) {
	for i := len(lockorder) - 1; i >= 0; i-- {
		c := cases[lockorder[i]].c
		if i > 0 && c == cases[lockorder[i-1]].c {
			continue // unlocked by the first of its run
		}
		unlock(&c.lock)
	}
}

// selparkcommit unlocks the channels once the goroutine is parked. After the last unlock the goroutine may run, so each
// channel is remembered before its successor is read.
func selparkcommit(gp *g, _ unsafe.Pointer) bool {
	var last *hchan
	for sg := gp.waiting; sg != nil; sg = sg.waitlink {
		if sg.c != last && last != nil {
			unlock(&last.lock)
		}
		last = sg.c
	}
	if last != nil {
		unlock(&last.lock)
	}
	return true
}

// selectgo implements select.
//
//	cas0    the cases, nsends sends and then nrecvs receives, on the caller's stack
//	order0  room for 2*(nsends+nrecvs) uint16
//	pc0     unused
//	block   there is no default case
//
// It returns the index of the chosen case (-1: default) and whether a chosen receive got a value that was sent.
func selectgo(cas0 *scase, order0 *uint16, pc0 *uintptr, nsends, nrecvs int, block bool) (int, bool) {
	ncases := nsends + nrecvs
	scases := unsafe.Slice(cas0, ncases)
	pollorder := unsafe.Slice(order0, ncases)
	lockorder := unsafe.Slice((*uint16)(add(unsafe.Pointer(order0), uintptr(ncases)*2)), ncases)

	gp := getg()
	// A random permutation of the cases with a channel, built by inserting each at a random place. A nil channel is never ready.
	n := 0
	durable := true // all channels belong to the goroutine's synctest bubble
	for i := range scases {
		c := scases[i].c
		if c == nil {
			scases[i].elem = nil
			continue
		}
		if c.bubble != nil {
			if gp.bubble != c.bubble {
				fatal("select on synctest channel from outside bubble")
			}
		} else {
			durable = false
		}
		if c.timer != nil {
			c.timer.maybeRunChan()
		}
		j := int(cheaprandn(uint32(n + 1)))
		pollorder[n] = pollorder[j]
		pollorder[j] = uint16(i)
		n++
	}
	pollorder = pollorder[:n]
	lockorder = lockorder[:n]
	sortByChan(scases, pollorder, lockorder)
	sellock(scases, lockorder)

	// Pass 1: is one ready?
	for _, o := range pollorder {
		casi := int(o)
		cas := &scases[casi]
		c := cas.c
		if casi >= nsends {
			if c.closed == 0 || c.qcount > 0 {
				if sg := c.sendq.dequeue(); sg != nil {
					// takeFrom unlocks c; the others are unlocked first.
					selunlockBut(scases, lockorder, c)
					c.takeFrom(sg, cas.elem)
					return casi, true
				}
				if c.qcount > 0 {
					c.shift(cas.elem)
					selunlock(scases, lockorder)
					return casi, true
				}
			}
			if c.closed != 0 {
				selunlock(scases, lockorder)
				if cas.elem != nil {
					typedmemclr(c.elemtype, cas.elem)
				}
				return casi, false
			}
			continue
		}
		if c.closed != 0 {
			selunlock(scases, lockorder)
			panic(plainError("send on closed channel"))
		}
		if sg := c.recvq.dequeue(); sg != nil {
			selunlockBut(scases, lockorder, c)
			c.handTo(sg, cas.elem)
			return casi, false
		}
		if c.qcount < c.dataqsiz {
			typedmemmove(c.elemtype, c.at(c.sendx), cas.elem)
			c.sendx++
			if c.sendx == c.dataqsiz {
				c.sendx = 0
			}
			c.qcount++
			selunlock(scases, lockorder)
			return casi, false
		}
	}
	if !block {
		selunlock(scases, lockorder)
		return -1, false
	}

	// Pass 2: wait on all.
	if gp.waiting != nil {
		throw("gp.waiting != nil")
	}
	t0 := int64(0)
	nextp := &gp.waiting
	for _, o := range lockorder {
		casi := int(o)
		c := scases[casi].c
		sg := acquireSudog()
		sg.g = gp
		sg.isSelect = true
		sg.success = false
		sg.elem = scases[casi].elem
		sg.c = c
		sg.waitlink = nil
		sg.releasetime = 0
		if t0 != 0 {
			sg.releasetime = -1
		} else {
			t0 = sg.startBlock()
		}
		*nextp = sg
		nextp = &sg.waitlink
		if casi < nsends {
			c.sendq.enqueue(sg)
		} else {
			c.recvq.enqueue(sg)
			if c.timer != nil {
				blockTimerChan(c)
			}
		}
	}
	gp.param = nil
	gp.selectDone.Store(0)
	reason := waitReasonSelect
	if n == 0 {
		reason = waitReasonSelectNoCases
	} else if gp.bubble != nil && durable {
		reason = waitReasonSynctestSelect
	}
	gopark(selparkcommit, nil, reason, traceBlockSelect, 1)

	// Pass 3: take the sudogs off the other channels.
	sellock(scases, lockorder)
	gp.selectDone.Store(0)
	won := (*sudog)(gp.param)
	gp.param = nil
	casi := -1
	success := false
	released := int64(0)
	sg := gp.waiting
	gp.waiting = nil
	for _, o := range lockorder {
		k := scases[o].c
		if k.timer != nil && int(o) >= nsends {
			unblockTimerChan(k)
		}
		if sg == won {
			casi = int(o)
			success = sg.success
			released = sg.releasetime
		} else if int(o) < nsends {
			k.sendq.remove(sg)
		} else {
			k.recvq.remove(sg)
		}
		next := sg.waitlink
		releaseSudog(sg)
		sg = next
	}
	if casi < 0 {
		throw("selectgo: bad wakeup")
	}
	c := scases[casi].c
	selunlock(scases, lockorder)
	if t0 != 0 {
		blockevent(released-t0, 1)
	}
	keepalive(unsafe.Pointer(cas0))
	if casi < nsends {
		if !success {
			panic(plainError("send on closed channel"))
		}
		if c.closed == 0 {
			keepalive(unsafe.Pointer(c))
		}
		return casi, false
	}
	return casi, success
}

// selunlockBut unlocks all channels but c.
func selunlockBut(cases []scase, lockorder []uint16, but *hchan) {
	for i := len(lockorder) - 1; i >= 0; i-- {
		c := cases[lockorder[i]].c
		if c == but || i > 0 && c == cases[lockorder[i-1]].c {
			continue
		}
		unlock(&c.lock)
	}
}

// sortByChan fills lockorder with pollorder's cases sorted by channel address: heap sort, no recursion, no allocation.
func sortByChan(cases []scase, pollorder, lockorder []uint16) {
	n := len(pollorder)
	for i := 0; i < n; i++ {
		j := i
		k := uintptr(unsafe.Pointer(cases[pollorder[i]].c))
		for j > 0 && uintptr(unsafe.Pointer(cases[lockorder[(j-1)/2]].c)) < k {
			lockorder[j] = lockorder[(j-1)/2]
			j = (j - 1) / 2
		}
		lockorder[j] = pollorder[i]
	}
	for i := n - 1; i > 0; i-- {
		o := lockorder[i]
		k := uintptr(unsafe.Pointer(cases[o].c))
		lockorder[i] = lockorder[0]
		j := 0
		for {
			m := j*2 + 1
			if m >= i {
				break
			}
			if m+1 < i && uintptr(unsafe.Pointer(cases[lockorder[m]].c)) < uintptr(unsafe.Pointer(cases[lockorder[m+1]].c)) {
				m++
			}
			if k >= uintptr(unsafe.Pointer(cases[lockorder[m]].c)) {
				break
			}
			lockorder[j] = lockorder[m]
			j = m
		}
		lockorder[j] = o
	}
}

// runtimeSelect is a case of reflect.Select; the layout is reflect's.
type runtimeSelect struct {
	dir selectDir
	typ unsafe.Pointer
	ch  *hchan
	val unsafe.Pointer
}

type selectDir int

const (
	_ selectDir = iota
	selectSend
	selectRecv
	selectDefault
)

//go:linkname reflect_rselect reflect.rselect
func reflect_rselect(cases []runtimeSelect) (int, bool) {
	if len(cases) == 0 {
		block()
	}
	sel := make([]scase, len(cases))
	orig := make([]int, len(cases)) // index in sel -> index in cases
	nsends, nrecvs := 0, 0
	dflt := -1
	for i := range cases {
		rc := &cases[i]
		switch rc.dir {
		case selectDefault:
			dflt = i
		case selectSend:
			sel[nsends] = scase{rc.ch, rc.val}
			orig[nsends] = i
			nsends++
		case selectRecv:
			nrecvs++
			j := len(cases) - nrecvs
			sel[j] = scase{rc.ch, rc.val}
			orig[j] = i
		}
	}
	if nsends+nrecvs == 0 {
		return dflt, false
	}
	// Receives were collected from the end; close the gap that a default left.
	if nsends+nrecvs < len(cases) {
		copy(sel[nsends:], sel[len(cases)-nrecvs:])
		copy(orig[nsends:], orig[len(cases)-nrecvs:])
	}
	order := make([]uint16, 2*(nsends+nrecvs))
	chosen, recvOK := selectgo(&sel[0], &order[0], nil, nsends, nrecvs, dflt == -1)
	if chosen < 0 {
		return dflt, recvOK
	}
	return orig[chosen], recvOK
}
