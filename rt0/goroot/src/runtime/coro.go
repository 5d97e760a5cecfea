package runtime

// Coroutines: iter.Pull's two sides, of which exactly one runs.
//
// A coro holds the goroutine that is not running. coroswitch puts the caller there and continues the one that was. It is a direct
// hand-over on the same thread: neither side passes a run queue.
//
// Source: semantics of runtime/coro.go, go1.27; R. Cox, "Coroutines for Go" (2023).

import "unsafe"

type coro struct {
	gp *g // the side that waits; nil once the coroutine has ended
	f  func(*coro)
}

// newcoro makes a coroutine that will run f at the first switch. When f returns, the other side continues.
//
//go:linkname newcoro
func newcoro(f func(*coro)) *coro {
	c := new(coro)
	c.f = f
	start := corostart
	gp := newproc1(*(**funcval)(unsafe.Pointer(&start)), getg(), 0, true, waitReasonCoroutine)
	gp.coroarg = c
	c.gp = gp
	return c
}

// corostart is where the new goroutine begins.
func corostart() {
	gp := getg()
	c := gp.coroarg
	gp.coroarg = nil
	defer coroexit(c)
	c.f(c)
}

func coroexit(c *coro) {
	gp := getg()
	gp.coroarg = c
	gp.coroexit = true
	mcall(coroswitch_m)
}

//go:linkname coroswitch
func coroswitch(c *coro) {
	gp := getg()
	gp.coroarg = c
	mcall(coroswitch_m)
}

// coroswitch_m does the switch on g0.
func coroswitch_m(gp *g) {
	c := gp.coroarg
	gp.coroarg = nil
	exit := gp.coroexit
	gp.coroexit = false
	mp := gp.m
	locked := gp.lockedm
	bubble := gp.bubble
	if bubble != nil {
		bubble.incActive() // no idle moment between the two
	}
	next := c.gp
	if next == nil {
		throw("coroswitch on exited coro")
	}
	if next == gp {
		throw("coroswitch of a goroutine to itself")
	}
	if locked != nil {
		gp.lockedm = nil
	}
	if trace.on {
		traceGoSwitch(next, exit)
	}
	if exit {
		c.gp = nil
		gdestroy(gp)
	} else {
		c.gp = gp
		gp.waitreason = waitReasonCoroutine
		casgstatus(gp, _Grunning, _Gwaiting)
		gp.m = nil
	}
	if needsScan(next) {
		gcScanG(next)
	}
	mp.curg = next
	next.m = mp
	if locked != nil {
		mp.lockedg = next
		next.lockedm = mp
	}
	casgstatus(next, _Gwaiting, _Grunning)
	if bubble != nil {
		bubble.decActive()
	}
	gogo(&next.sched, next)
}
