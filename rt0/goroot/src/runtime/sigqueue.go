// The queue between the signal handler and os/signal's goroutine.
//
// sigsend, in the handler, marks the signal in a bit mask and wakes the receiver; signal_recv, on the goroutine, takes the mask and
// hands its signals out one by one. A signal that is marked already is lost, as in the kernel. state says who must wake
// whom: sigIdle; sigReceiving: the receiver sleeps on note; sigSending: a signal came while nobody received.

package runtime

import (
	"internal/runtime/atomic"
	_ "unsafe" // for linkname
)

const (
	sigIdle = iota
	sigReceiving
	sigSending
)

var sig struct {
	note       note
	mask       [(_NSIG + 31) / 32]uint32
	wanted     [(_NSIG + 31) / 32]uint32
	ignored    [(_NSIG + 31) / 32]uint32
	recv       [(_NSIG + 31) / 32]uint32
	state      atomic.Uint32
	delivering atomic.Uint32
	inuse      bool
}

// sigsend queues s for os/signal; false when nobody wants it. On the signal stack.
func sigsend(s uint32) bool {
	bit := uint32(1) << (s & 31)
	if s >= uint32(32*len(sig.wanted)) {
		return false
	}
	sig.delivering.Add(1)
	if atomic.Load(&sig.wanted[s/32])&bit == 0 {
		sig.delivering.Add(-1)
		return false
	}
	for {
		mask := atomic.Load(&sig.mask[s/32])
		if mask&bit != 0 {
			sig.delivering.Add(-1)
			return true
		}
		if atomic.Cas(&sig.mask[s/32], mask, mask|bit) {
			break
		}
	}
	for {
		switch sig.state.Load() {
		case sigIdle:
			if sig.state.CompareAndSwap(sigIdle, sigSending) {
				sig.delivering.Add(-1)
				return true
			}
		case sigSending:
			sig.delivering.Add(-1)
			return true
		case sigReceiving:
			if sig.state.CompareAndSwap(sigReceiving, sigIdle) {
				notewakeup(&sig.note)
				sig.delivering.Add(-1)
				return true
			}
		}
	}
}

//go:linkname signal_recv os/signal.signal_recv
func signal_recv() uint32 {
	for {
		for i := uint32(0); i < _NSIG; i++ {
			if sig.recv[i/32]&(1<<(i&31)) != 0 {
				sig.recv[i/32] &^= 1 << (i & 31)
				return i
			}
		}
	receive:
		for {
			switch sig.state.Load() {
			case sigIdle:
				if sig.state.CompareAndSwap(sigIdle, sigReceiving) {
					notetsleepg(&sig.note, -1)
					noteclear(&sig.note)
					break receive
				}
			case sigSending:
				if sig.state.CompareAndSwap(sigSending, sigIdle) {
					break receive
				}
			}
		}
		for i := range sig.mask {
			sig.recv[i] = atomic.Xchg(&sig.mask[i], 0)
		}
	}
}

//go:linkname signalWaitUntilIdle os/signal.signalWaitUntilIdle
func signalWaitUntilIdle() {
	for sig.delivering.Load() != 0 {
		Gosched()
	}
	for sig.state.Load() == sigSending {
		Gosched()
	}
}

//go:linkname signal_enable os/signal.signal_enable
func signal_enable(s uint32) {
	if !sig.inuse {
		sig.inuse = true
		noteclear(&sig.note)
	}
	if s >= uint32(len(sig.wanted)*32) {
		return
	}
	atomic.Or(&sig.wanted[s/32], 1<<(s&31))
	atomic.And(&sig.ignored[s/32], ^uint32(1<<(s&31)))
	sigenable(s)
}

//go:linkname signal_disable os/signal.signal_disable
func signal_disable(s uint32) {
	if s >= uint32(len(sig.wanted)*32) {
		return
	}
	sigdisable(s)
	atomic.And(&sig.wanted[s/32], ^uint32(1<<(s&31)))
}

//go:linkname signal_ignore os/signal.signal_ignore
func signal_ignore(s uint32) {
	if s >= uint32(len(sig.wanted)*32) {
		return
	}
	sigignore(s)
	atomic.And(&sig.wanted[s/32], ^uint32(1<<(s&31)))
	atomic.Or(&sig.ignored[s/32], 1<<(s&31))
}

//go:linkname signal_ignored os/signal.signal_ignored
func signal_ignored(s uint32) bool {
	if s >= uint32(len(sig.wanted)*32) {
		return false
	}
	return atomic.Load(&sig.ignored[s/32])&(1<<(s&31)) != 0
}
