// The poller on epoll(7): edge-triggered, one registration per descriptor for both directions. netpollBreak interrupts a sleeping
// netpoll through an eventfd.

package runtime

import (
	"internal/runtime/atomic"
	"unsafe"
)

const (
	_EPOLLIN       = 0x1
	_EPOLLOUT      = 0x4
	_EPOLLERR      = 0x8
	_EPOLLHUP      = 0x10
	_EPOLLRDHUP    = 0x2000
	_EPOLLET       = 0x80000000
	_EPOLL_CLOEXEC = 0x80000
	_EPOLL_CTL_ADD = 1
	_EPOLL_CTL_DEL = 2
	_EFD_CLOEXEC   = 0x80000
	_EFD_NONBLOCK  = 0x800
)

// epollevent is 12 bytes on amd64: data is not aligned.
type epollevent struct {
	events uint32
	data   [2]uint32
}

func (e *epollevent) setData(v uint64) { e.data[0], e.data[1] = uint32(v), uint32(v>>32) }
func (e *epollevent) getData() uint64  { return uint64(e.data[0]) | uint64(e.data[1])<<32 }

var (
	epfd           int32         = -1
	netpollEventFd int32         = -1
	netpollWakeSig atomic.Uint32 // a break is under way
)

func epollctl(epfd, op, fd int32, ev *epollevent) int32 {
	return -int32(syscall6(sysEpollCtl, uintptr(epfd), uintptr(op), uintptr(fd), uintptr(unsafe.Pointer(ev)), 0, 0))
}

func netpollinit() {
	epfd = int32(syscall6(sysEpollCreate1, _EPOLL_CLOEXEC, 0, 0, 0, 0, 0))
	if epfd < 0 {
		println("runtime: epollcreate failed with", -epfd)
		throw("runtime: netpollinit failed")
	}
	netpollEventFd = int32(syscall6(sysEventfd2, 0, _EFD_CLOEXEC|_EFD_NONBLOCK, 0, 0, 0, 0))
	if netpollEventFd < 0 {
		println("runtime: eventfd failed with", -netpollEventFd)
		throw("runtime: netpollinit failed")
	}
	ev := epollevent{events: _EPOLLIN}
	if errno := epollctl(epfd, _EPOLL_CTL_ADD, netpollEventFd, &ev); errno != 0 { // data 0: the eventfd
		println("runtime: epollctl failed with", errno)
		throw("runtime: netpollinit failed")
	}
}

func netpollIsPollDescriptor(fd uintptr) bool {
	return fd == uintptr(epfd) || fd == uintptr(netpollEventFd)
}

// netpollopen registers fd; it returns errno: EPERM for plain files.
func netpollopen(fd uintptr, pd *pollDesc) int32 {
	ev := epollevent{events: _EPOLLIN | _EPOLLOUT | _EPOLLRDHUP | _EPOLLET}
	ev.setData(uint64(uintptr(unsafe.Pointer(pd)))<<16 | uint64(pd.seq&0xffff))
	return epollctl(epfd, _EPOLL_CTL_ADD, int32(fd), &ev)
}

func netpollclose(fd uintptr) int32 {
	var ev epollevent
	return epollctl(epfd, _EPOLL_CTL_DEL, int32(fd), &ev)
}

// netpollBreak wakes a sleeping netpoll.
func netpollBreak() {
	if !netpollWakeSig.CompareAndSwap(0, 1) {
		return
	}
	one := uint64(1)
	for {
		n := write1(uintptr(netpollEventFd), unsafe.Pointer(&one), 8)
		if n == 8 || n == -_EAGAIN {
			return
		}
		if n == -_EINTR {
			continue
		}
		println("runtime: netpollBreak write failed with", -n)
		throw("runtime: netpollBreak write failed")
	}
}

// netpoll returns goroutines that may run, and what to add to the number of waiters once they are on a queue. delay in nanoseconds:
// < 0 until something happens, 0 not at all.
func netpoll(delay int64) (toRun gList, delta int32) {
	if epfd == -1 {
		return
	}
	var waitms int32
	switch {
	case delay < 0:
		waitms = -1
	case delay == 0:
		waitms = 0
	case delay < 1e6:
		waitms = 1
	case delay < 1e15:
		waitms = int32(delay / 1e6)
	default:
		waitms = 1e9
	}
	var events [128]epollevent
	var n int32
	for {
		n = int32(syscall6(sysEpollWait, uintptr(epfd), uintptr(unsafe.Pointer(&events)), uintptr(len(events)), uintptr(waitms), 0, 0))
		if n >= 0 {
			break
		}
		if n != -_EINTR {
			println("runtime: epollwait on fd", epfd, "failed with", -n)
			throw("runtime: netpoll failed")
		}
		if waitms > 0 {
			return // the caller computes the delay anew
		}
	}
	for i := int32(0); i < n; i++ {
		ev := &events[i]
		if ev.events == 0 {
			continue
		}
		data := ev.getData()
		if data == 0 {
			if delay != 0 {
				// Only a poller that sleeps takes the break; others leave it.
				var one uint64
				read(netpollEventFd, unsafe.Pointer(&one), 8)
				netpollWakeSig.Store(0)
			}
			continue
		}
		mode := 0
		if ev.events&(_EPOLLIN|_EPOLLRDHUP|_EPOLLHUP|_EPOLLERR) != 0 {
			mode += 'r'
		}
		if ev.events&(_EPOLLOUT|_EPOLLHUP|_EPOLLERR) != 0 {
			mode += 'w'
		}
		if mode != 0 {
			pd := (*pollDesc)(unsafe.Pointer(uintptr(data >> 16)))
			delta += netpollready(&toRun, pd, uint32(data&0xffff), mode, ev.events == _EPOLLERR)
		}
	}
	return toRun, delta
}
