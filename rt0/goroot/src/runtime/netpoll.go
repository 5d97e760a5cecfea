// The network poller: goroutines that wait for file descriptors.
//
// internal/poll opens a pollDesc per descriptor. A goroutine that would block parks in it, one per direction; netpoll (netpoll_epoll.go), which the
// scheduler and sysmon call, returns those whose descriptor is ready. Deadlines are timers whose function wakes the waiter with an
// error. pollDescs are never freed to the system: a late event may still name one, and is recognised by its sequence number.
//
// Everything in a pollDesc is guarded by its lock. A readiness that finds nobody waiting is remembered (rready, wready).

package runtime

import (
	"internal/runtime/atomic"
	"unsafe"
)

// Codes that internal/poll knows.
const (
	pollNoError        = 0
	pollErrClosing     = 1
	pollErrTimeout     = 2
	pollErrNotPollable = 3
)

type pollDesc struct {
	link *pollDesc // free list; pollcache.lock
	seq  uint32    // counts uses; changed under lock, when closed
	fd   uintptr

	lock     mutex
	closing  bool
	eventErr bool
	rready   bool
	wready   bool
	rg       *g // waiting to read
	wg       *g // waiting to write

	rd, wd     int64 // deadlines: 0 none, < 0 passed
	rseq, wseq uintptr
	rt, wt     timer
	inited     bool
}

var pollcache struct {
	lock  mutex
	first *pollDesc
}

var (
	netpollInitLock mutex
	netpollInited   atomic.Uint32
	netpollWaiters  atomic.Int32
)

func netpollinited() bool { return netpollInited.Load() != 0 }

func netpollGenericInit() {
	if netpollInited.Load() == 0 {
		lock(&netpollInitLock)
		if netpollInited.Load() == 0 {
			netpollinit()
			netpollInited.Store(1)
		}
		unlock(&netpollInitLock)
	}
}

func netpollAnyWaiters() bool { return netpollWaiters.Load() > 0 }

func netpollAdjustWaiters(delta int32) {
	if delta != 0 {
		netpollWaiters.Add(delta)
	}
}

//go:linkname poll_runtime_pollServerInit internal/poll.runtime_pollServerInit
func poll_runtime_pollServerInit() { netpollGenericInit() }

//go:linkname poll_runtime_isPollServerDescriptor internal/poll.runtime_isPollServerDescriptor
func poll_runtime_isPollServerDescriptor(fd uintptr) bool { return netpollIsPollDescriptor(fd) }

func pollalloc() *pollDesc {
	lock(&pollcache.lock)
	pd := pollcache.first
	if pd != nil {
		pollcache.first = pd.link
	}
	unlock(&pollcache.lock)
	if pd == nil {
		pd = (*pollDesc)(persistentalloc(unsafe.Sizeof(pollDesc{}), 64, &memstatsStacksSys))
	}
	return pd
}

func pollfree(pd *pollDesc) {
	lock(&pd.lock)
	pd.seq++
	unlock(&pd.lock)
	lock(&pollcache.lock)
	pd.link = pollcache.first
	pollcache.first = pd
	unlock(&pollcache.lock)
}

//go:linkname poll_runtime_pollOpen internal/poll.runtime_pollOpen
func poll_runtime_pollOpen(fd uintptr) (*pollDesc, int) {
	pd := pollalloc()
	lock(&pd.lock)
	pd.fd = fd
	pd.closing = false
	pd.eventErr = false
	pd.rready = false
	pd.wready = false
	pd.rg = nil
	pd.wg = nil
	pd.rd = 0
	pd.wd = 0
	pd.rseq++
	pd.wseq++
	if !pd.inited {
		pd.inited = true
		pd.rt.init(netpollReadDeadline, pd)
		pd.wt.init(netpollWriteDeadline, pd)
	}
	unlock(&pd.lock)
	if errno := netpollopen(fd, pd); errno != 0 {
		pollfree(pd)
		return nil, int(errno)
	}
	return pd, 0
}

//go:linkname poll_runtime_pollClose internal/poll.runtime_pollClose
func poll_runtime_pollClose(pd *pollDesc) {
	if !pd.closing {
		throw("runtime: close polldesc w/o unblock")
	}
	if pd.rg != nil || pd.wg != nil {
		throw("runtime: blocked goroutine on closing polldesc")
	}
	netpollclose(pd.fd)
	pollfree(pd)
}

// checkerr returns the reason why an operation cannot go on. pd.lock held.
func (pd *pollDesc) checkerr(mode int) int {
	if pd.closing {
		return pollErrClosing
	}
	if mode == 'r' && pd.rd < 0 || mode == 'w' && pd.wd < 0 {
		return pollErrTimeout
	}
	if mode == 'r' && pd.eventErr {
		return pollErrNotPollable
	}
	return pollNoError
}

//go:linkname poll_runtime_pollReset internal/poll.runtime_pollReset
func poll_runtime_pollReset(pd *pollDesc, mode int) int {
	lock(&pd.lock)
	err := pd.checkerr(mode)
	if err == pollNoError {
		if mode == 'r' {
			pd.rready = false
		} else {
			pd.wready = false
		}
	}
	unlock(&pd.lock)
	return err
}

//go:linkname poll_runtime_pollWait internal/poll.runtime_pollWait
func poll_runtime_pollWait(pd *pollDesc, mode int) int {
	for {
		lock(&pd.lock)
		if err := pd.checkerr(mode); err != pollNoError {
			unlock(&pd.lock)
			return err
		}
		if pd.takeReady(mode) {
			unlock(&pd.lock)
			return pollNoError
		}
		pd.park(mode)
	}
}

//go:linkname poll_runtime_pollWaitCanceled internal/poll.runtime_pollWaitCanceled
func poll_runtime_pollWaitCanceled(pd *pollDesc, mode int) {
	for {
		lock(&pd.lock)
		if pd.takeReady(mode) {
			unlock(&pd.lock)
			return
		}
		pd.park(mode)
	}
}

func (pd *pollDesc) takeReady(mode int) bool {
	if mode == 'r' {
		ok := pd.rready
		pd.rready = false
		return ok
	}
	ok := pd.wready
	pd.wready = false
	return ok
}

// park parks the goroutine in pd, whose lock is held and released.
func (pd *pollDesc) park(mode int) {
	gp := getg()
	if mode == 'r' {
		if pd.rg != nil {
			throw("runtime: double wait")
		}
		pd.rg = gp
	} else {
		if pd.wg != nil {
			throw("runtime: double wait")
		}
		pd.wg = gp
	}
	netpollAdjustWaiters(1)
	goparkunlock(&pd.lock, waitReasonIOWait, traceBlockNet, 5)
}

// take returns the goroutine that waits in direction mode, and forgets it. pd.lock held. The caller makes it run and counts it.
func (pd *pollDesc) take(mode int) *g {
	var gp *g
	if mode == 'r' {
		gp = pd.rg
		pd.rg = nil
	} else {
		gp = pd.wg
		pd.wg = nil
	}
	return gp
}

func netpollgoready(gp *g) {
	if gp != nil {
		netpollAdjustWaiters(-1)
		goready(gp, 4)
	}
}

//go:linkname poll_runtime_pollSetDeadline internal/poll.runtime_pollSetDeadline
func poll_runtime_pollSetDeadline(pd *pollDesc, d int64, mode int) {
	lock(&pd.lock)
	if pd.closing {
		unlock(&pd.lock)
		return
	}
	if d > 0 {
		d += nanotime()
		if d <= 0 {
			d = maxWhen
		}
	}
	var rg, wg *g
	if mode == 'r' || mode == 'r'+'w' {
		pd.rd = d
		pd.rseq++
		if d < 0 {
			rg = pd.take('r')
		}
	}
	if mode == 'w' || mode == 'r'+'w' {
		pd.wd = d
		pd.wseq++
		if d < 0 {
			wg = pd.take('w')
		}
	}
	rd, wd, rseq, wseq := pd.rd, pd.wd, pd.rseq, pd.wseq
	unlock(&pd.lock)
	if mode == 'r' || mode == 'r'+'w' {
		setPollTimer(&pd.rt, rd, netpollReadDeadline, pd, rseq)
	}
	if mode == 'w' || mode == 'r'+'w' {
		setPollTimer(&pd.wt, wd, netpollWriteDeadline, pd, wseq)
	}
	netpollgoready(rg)
	netpollgoready(wg)
}

func setPollTimer(t *timer, when int64, f func(any, uintptr, int64), pd *pollDesc, seq uintptr) {
	if when > 0 {
		t.modify(when, 0, f, pd, seq)
	} else {
		t.stop()
	}
}

// The deadline timers' functions. seq tells a timer that was replaced while it was about to run.

func netpollReadDeadline(arg any, seq uintptr, delta int64) {
	pd := arg.(*pollDesc)
	lock(&pd.lock)
	var gp *g
	if seq == pd.rseq && pd.rd > 0 && !pd.closing {
		pd.rd = -1
		gp = pd.take('r')
	}
	unlock(&pd.lock)
	netpollgoready(gp)
}

func netpollWriteDeadline(arg any, seq uintptr, delta int64) {
	pd := arg.(*pollDesc)
	lock(&pd.lock)
	var gp *g
	if seq == pd.wseq && pd.wd > 0 && !pd.closing {
		pd.wd = -1
		gp = pd.take('w')
	}
	unlock(&pd.lock)
	netpollgoready(gp)
}

//go:linkname poll_runtime_pollUnblock internal/poll.runtime_pollUnblock
func poll_runtime_pollUnblock(pd *pollDesc) {
	lock(&pd.lock)
	if pd.closing {
		throw("runtime: unblock on closing polldesc")
	}
	pd.closing = true
	pd.rseq++
	pd.wseq++
	rg := pd.take('r')
	wg := pd.take('w')
	unlock(&pd.lock)
	pd.rt.stop()
	pd.wt.stop()
	netpollgoready(rg)
	netpollgoready(wg)
}

// netpollready puts pd's waiters for mode ('r', 'w', 'r'+'w') on toRun and returns the change of netpollWaiters. seq: of the event.
func netpollready(toRun *gList, pd *pollDesc, seq uint32, mode int, failed bool) int32 {
	delta := int32(0)
	lock(&pd.lock)
	if pd.seq&0xffff == seq {
		pd.eventErr = failed
		if mode == 'r' || mode == 'r'+'w' {
			pd.rready = true
			if gp := pd.take('r'); gp != nil {
				toRun.push(gp)
				delta--
			}
		}
		if mode == 'w' || mode == 'r'+'w' {
			pd.wready = true
			if gp := pd.take('w'); gp != nil {
				toRun.push(gp)
				delta--
			}
		}
	}
	unlock(&pd.lock)
	return delta
}
