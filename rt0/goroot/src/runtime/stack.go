// Goroutine stacks: chains of segments that never move.
//
// A segment begins with its header (stackseg); frames grow down from its end. %fs:0x70 holds header + stackSlop: a function
// whose frame would reach below that calls __morestack (asm_amd64.s), which continues it on the next segment. The first segment has
// fixedStack bytes; each further one twice the one before it, so a stack of n bytes has log n segments. A segment once entered
// stays cached behind its predecessor until the goroutine ends: a call in a loop at the boundary costs a few nanoseconds, not an
// allocation. A collection frees cached segments of 64 KiB and more.
//
// Segments come in powers of two from one reservation of address space, and return to free lists by size; segments of 64 KiB and more give
// their pages back to the kernel. There are no guard pages: the check is exact, and stackSlop below it is what code without
// check may use (frames under 256 bytes, asyncPreempt, leaf assembly).
//
// maxstacksize limits the sum of all segments, as Go limits one contiguous stack.

package runtime

import (
	"internal/runtime/atomic"
	"unsafe"
)

const (
	stackSlop   = 1024 // asm_amd64.s: SLOP
	fixedStack  = 4096
	minOrder    = 12
	maxOrder    = 31
	stackArena  = 1 << 40 // reserved address space; nothing of it is committed
	stackRefill = 64 << 10
)

var (
	maxstacksize    uintptr = 1 << 20 // enough until main sets it
	maxstackceiling uintptr = maxstacksize

	stackpool struct {
		lock  mutex
		free  [maxOrder + 1]*stackseg // through next
		start uintptr
		next  uintptr // unused rest of the reservation
		end   uintptr
	}
	stacksInuse atomic.Uint64
)

//go:noinline
func stackinit() {
	n := uintptr(stackArena)
	for {
		p, err := mmap(nil, n, _PROT_READ|_PROT_WRITE, _MAP_ANON|_MAP_PRIVATE|_MAP_NORESERVE, -1, 0)
		if err == 0 {
			stackpool.start = uintptr(p)
			stackpool.next = uintptr(p)
			stackpool.end = uintptr(p) + n
			// Huge pages would make each small stack cost 2 MiB.
			madvise(p, n, _MADV_NOHUGEPAGE)
			return
		}
		n /= 2
		if n < 1<<28 {
			throw("runtime: cannot reserve memory for stacks")
		}
	}
}

const (
	_MADV_NOHUGEPAGE = 15
	_MADV_DONTNEED_  = 4
)

func stackOrder(n uintptr) uint {
	o := uint(minOrder)
	for uintptr(1)<<o < n {
		o++
	}
	return o
}

// stackalloc returns a segment of n bytes, a power of two, with size, hi and total set. Any stack.
func stackalloc(n uintptr) *stackseg {
	o := stackOrder(n)
	mp := acquirem()
	lock(&stackpool.lock)
	s := stackpool.free[o]
	if s != nil {
		stackpool.free[o] = s.next
	} else {
		if o == minOrder {
			// Several small ones at once, so that they are neighbours.
			p := stackpool.next
			stackpool.next += stackRefill
			for q := p + stackRefill - fixedStack; q > p; q -= fixedStack {
				f := (*stackseg)(unsafe.Pointer(q))
				f.next = stackpool.free[o]
				stackpool.free[o] = f
			}
			s = (*stackseg)(unsafe.Pointer(p))
		} else {
			s = (*stackseg)(unsafe.Pointer(alignUp(stackpool.next, uintptr(4096))))
			stackpool.next = uintptr(unsafe.Pointer(s)) + uintptr(1)<<o
		}
		if stackpool.next > stackpool.end {
			throw("runtime: out of memory for stacks")
		}
	}
	unlock(&stackpool.lock)
	size := uintptr(1) << o
	stacksInuse.Add(int64(size))
	s.prev = nil
	s.next = nil
	s.size = size
	s.total = size
	s.hi = uintptr(unsafe.Pointer(s)) + size
	s.frame = 0
	releasem(mp)
	return s
}

func stackfree(s *stackseg) {
	o := stackOrder(s.size)
	stacksInuse.Add(-int64(s.size))
	if o >= 16 {
		// The header's page stays.
		p := uintptr(unsafe.Pointer(s))
		madvise(unsafe.Pointer(p+4096), uintptr(1)<<o-4096, _MADV_DONTNEED_)
	}
	mp := acquirem()
	lock(&stackpool.lock)
	s.next = stackpool.free[o]
	stackpool.free[o] = s
	unlock(&stackpool.lock)
	releasem(mp)
}

// stackfreeFrom frees all segments after s.
func stackfreeFrom(s *stackseg) {
	n := s.next
	s.next = nil
	for n != nil {
		next := n.next
		stackfree(n)
		n = next
	}
}

// newstack makes the segment after cur for a frame of frame bytes and args bytes of stack arguments. Called by __morestack, on g0;
// the goroutine's position is in g.sched.
func newstack(cur *stackseg, frame, args uintptr) *stackseg {
	gp := getg().m.curg
	stackfreeFrom(cur) // too small, if any
	need := frame + args + stackSlop + 512
	size := cur.size * 2
	for size < need {
		size *= 2
	}
	if cur.total+size > maxstacksize {
		stackoverflow(gp, cur)
		throw("stack overflow")
	}
	s := stackalloc(size)
	s.prev = cur
	s.total = cur.total + size
	cur.next = s
	return s
}

// stackoverflow says what is wrong, before newstack gives up.
func stackoverflow(gp *g, cur *stackseg) {
	if maxstacksize < maxstackceiling {
		print("runtime: goroutine stack exceeds ", maxstacksize, "-byte limit\n")
	} else {
		print("runtime: goroutine stack exceeds ", maxstackceiling, "-byte limit\n")
	}
	print("runtime: sp=", hex(gp.sched.sp), " stack=[", hex(uintptr(unsafe.Pointer(cur))), ", ", hex(cur.hi), "]\n")
}

// onGoroutineStack reports whether p is in a segment.
func onGoroutineStack(p uintptr) bool {
	return p >= stackpool.start && p < stackpool.end
}

// segmentOf returns the segment whose limit is given.
func segmentOf(limit uintptr) *stackseg {
	if limit == 0 {
		return nil
	}
	return (*stackseg)(unsafe.Pointer(limit - stackSlop))
}

// scanstackranges calls fn with every address range that may hold a pointer of gp: registers, and the used part of each segment.
// gp must not run meanwhile; it may be in a system call. Run on g0.
func scanstackranges(gp *g, fn func(lo, hi uintptr)) {
	switch readgstatus(gp) {
	case _Gidle, _Gdead:
		return
	}
	sp, limit := gp.sched.sp, gp.sched.limit
	syscallsp := gp.syscallsp // exitsyscall0 may clear it meanwhile
	if syscallsp != 0 {
		sp, limit = syscallsp, gp.syscalllimit
		regs := uintptr(unsafe.Pointer(&gp.sysregs))
		fn(regs, regs+unsafe.Sizeof(gp.sysregs))
	}
	if gp.asyncSafe {
		p := uintptr(gp.xsave.image())
		fn(p, p+xsaveLen)
	}
	if sp == 0 {
		throw("scanstackranges: goroutine has no saved position")
	}
	sp &^= 7
	for s := segmentOf(limit); s != nil; s = s.prev {
		if sp < uintptr(unsafe.Pointer(s)) || sp > s.hi {
			throw("scanstackranges: sp outside its segment")
		}
		fn(sp, s.hi)
		// The segment before is in use from the frame of the __morestack that left it, with the three registers below.
		sp = s.frame - 32
	}
	if syscallsp == 0 {
		shrinkstack(segmentOf(limit))
	}
}

// shrinkstack frees the large segments cached behind s, the one in use. The goroutine is stopped: during a collection.
func shrinkstack(s *stackseg) {
	for s != nil && s.next != nil && s.next.size < 64<<10 {
		s = s.next
	}
	if s != nil {
		stackfreeFrom(s)
	}
}

//go:linkname setMaxStack runtime/debug.setMaxStack
func setMaxStack(in int) (out int) {
	out = int(maxstacksize)
	maxstacksize = uintptr(in)
	return out
}
