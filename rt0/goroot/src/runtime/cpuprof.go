// The CPU profile: SIGPROF, and from it to runtime/pprof.
//
// Every thread that runs goroutines has a timer of its own on its own CPU clock, which signals that thread (timer_create, SIGEV_THREAD_ID): samples are spread
// over the threads as their work is. A thread starts or ends its timer in execute, when sched.profilehz is no longer what it was; where timers
// cannot be had (RLIMIT_SIGPENDING) one of the process does, ITIMER_PROF, whose signals count on threads without a timer.
//
// The handler (sigprof) walks the interrupted stack by its frame pointers (traceback.go: sigcaller finds the first step, where there may be no frame yet) and
// puts the machine frames, uncounted and unnamed, into a buffer. It may interrupt anything: the scheduler between two stacks, __morestack, the allocator, a
// collection. So it takes no lock, allocates nothing, calls nothing that could wait, and reads memory only of the goroutines' stack arena, which is
// all mapped, and of its own thread's system stacks. The reader expands frames to the calls inlined in them, as Callers does.
//
// The buffer (profBuf) takes records from many handlers at once and gives them to one reader. A full buffer counts what it loses.
//
// Nothing of this is in a program that cannot reach SetCPUProfileRate: the signal handler, the scheduler and mexit know it by profHooks only.
//
// Source: the interface is that of runtime/cpuprof.go and runtime/pprof/proto.go (addCPUData), go1.27; timers: timer_create(2), sigevent(3).

package runtime

import (
	"internal/runtime/atomic"
	"unsafe"
)

// profHooks is how the runtime reaches this file. Set once, by the first SetCPUProfileRate.
var profHooks struct {
	signal func(info *siginfo, ctx unsafe.Pointer, gp *g) // SIGPROF, on the signal stack
	thread func(hz int32)                                 // gives this thread its timer or, 0, takes it
}

const (
	maxCPUProfStack = 64      // machine frames of a sample
	profBufWords    = 1 << 17 // of a profBuf
	profAlign       = 4       // words: where records begin, so that each has a tag of its own
	profFiller      = ^uint64(0)
)

// profBuf is a ring of records, each
//
//	0   words of the record, without filling; 0 while it is written; profFiller: nothing more before the ring begins anew
//	1   time, nanoseconds
//	2   how many samples it stands for
//	3.. pcs: return addresses, innermost first
//
// A writer reserves room by moving w, writes, and stores word 0 last. The reader stops at the first record that is not complete, and zeroes what it
// has read before it moves r. Both count words since the beginning.
type profBuf struct {
	r, w    atomic.Uint64
	writers atomic.Int32  // handlers that may still write
	lost    atomic.Uint64 // samples for which there was no room
	closed  atomic.Bool
	hz      uint64
	started bool             // the reader has had the header
	data    []uint64         // profBufWords
	tags    []unsafe.Pointer // a record's tag is at 1/profAlign of its place
	out     []uint64         // the reader's
	outTags []unsafe.Pointer
}

// cpuprof: lock guards log and the rate; the handler reads log only.
var cpuprof struct {
	lock   mutex
	log    *profBuf // from the start of a profile until its reader has seen the end
	on     atomic.Pointer[profBuf]
	itimer atomic.Uint32 // ITIMER_PROF runs
	note   note          // for the reader
}

// SetCPUProfileRate sets the CPU profiling rate to hz samples per second. If hz <= 0, it turns off profiling. The rate cannot be changed without turning it off first.
//
// Most clients should use runtime/pprof or testing's -test.cpuprofile instead of calling SetCPUProfileRate directly.
func SetCPUProfileRate(hz int) {
	if hz < 0 {
		hz = 0
	}
	if hz > 1000000 {
		hz = 1000000
	}
	var log *profBuf
	if hz > 0 {
		log = newProfBuf(hz)
	}
	mp := acquirem()
	lock(&cpuprof.lock)
	if hz > 0 {
		if cpuprof.log != nil {
			print("runtime: cannot set cpu profile rate until previous profile has finished.\n")
		} else {
			profHooks.signal = sigprof
			profHooks.thread = setThreadCPUProfiler
			noteclear(&cpuprof.note)
			cpuprof.log = log
			cpuprof.on.Store(log)
			setProfileHz(int32(hz))
		}
	} else if log := cpuprof.on.Load(); log != nil {
		setProfileHz(0)
		cpuprof.on.Store(nil)
		// A handler that has seen the buffer finishes. This thread is in none.
		for log.writers.Load() != 0 {
			osyield()
		}
		log.closed.Store(true)
		notewakeup(&cpuprof.note)
	}
	unlock(&cpuprof.lock)
	releasem(mp)
}

// setProfileHz makes hz the rate: of this thread now, of the others when they next choose a goroutine. cpuprof.lock is held.
func setProfileHz(hz int32) {
	atomic.Storeint32(&sched.profilehz, hz)
	setThreadCPUProfiler(hz)
	if hz == 0 && cpuprof.itimer.Load() != 0 {
		setProcessTimer(0)
		cpuprof.itimer.Store(0)
	}
}

// setThreadCPUProfiler gives this thread a timer of hz signals per second of its CPU time, or none.
func setThreadCPUProfiler(hz int32) {
	mp := getg().m
	mp.profilehz = hz
	if mp.profileTimer != 0 {
		syscall6(sysTimerDelete, uintptr(mp.profileTimer-1), 0, 0, 0, 0, 0)
		mp.profileTimer = 0
	}
	if hz == 0 {
		return
	}
	ev := sigevent{signo: _SIGPROF, notify: _SIGEV_THREAD_ID, tid: int32(mp.procid)}
	var id int32
	if r := int32(syscall6(sysTimerCreate, _CLOCK_THREAD_CPUTIME_ID, uintptr(unsafe.Pointer(&ev)), uintptr(unsafe.Pointer(&id)), 0, 0, 0)); r != 0 {
		if cpuprof.itimer.CompareAndSwap(0, 1) {
			setProcessTimer(hz)
		}
		return
	}
	mp.profileTimer = id + 1
	// The first signal comes at a random part of the period: else short-lived threads would never be seen.
	period := 1e9 / int64(hz)
	var it itimerspec
	it.interval.setNsec(period)
	it.value.setNsec(1 + int64(cheaprandn(uint32(period))))
	syscall6(sysTimerSettime, uintptr(id), 0, uintptr(unsafe.Pointer(&it)), 0, 0, 0)
}

// setProcessTimer sets ITIMER_PROF.
func setProcessTimer(hz int32) {
	var it itimerval
	if hz != 0 {
		us := 1e6 / int64(hz)
		it.interval.sec = us / 1e6
		it.interval.usec = us % 1e6
		it.value = it.interval
	}
	syscall6(sysSetitimer, _ITIMER_PROF, uintptr(unsafe.Pointer(&it)), 0, 0, 0, 0)
}

const (
	_CLOCK_THREAD_CPUTIME_ID = 3
	_SIGEV_THREAD_ID         = 4
	_ITIMER_PROF             = 2
)

type sigevent struct {
	value  uint64
	signo  int32
	notify int32
	tid    int32
	_      [44]byte
}

type itimerspec struct {
	interval, value timespec
}

type itimerval struct {
	interval, value timeval
}

// sigprof takes a sample. On the signal stack of the interrupted thread; gp is what it ran, perhaps its g0.
func sigprof(info *siginfo, ctx unsafe.Pointer, gp *g) {
	mp := gp.m
	if info.si_code == _SI_KERNEL && mp.profileTimer != 0 {
		return // of the process's timer, while this thread has its own
	}
	log := cpuprof.on.Load()
	if log == nil {
		return
	}
	log.writers.Add(1)
	if cpuprof.on.Load() == log { // else the profile ended meanwhile, and nobody waits for this handler
		count := uint64(1)
		if info.si_code == _SI_TIMER {
			// The periods that ended while the signal was under way, or the thread without a tick of the kernel's clock.
			if n := int32(info.si_addr >> 32); n > 0 {
				count += uint64(n)
			}
		}
		log.sample((*ucontext)(ctx), mp, count)
	}
	log.writers.Add(-1)
}

// sample adds what the thread did.
func (b *profBuf) sample(regs *ucontext, mp *m, count uint64) {
	var stk [maxCPUProfStack]uintptr
	n := 0
	u := unwinder{pc: uintptr(regs.rip), bp: uintptr(regs.rbp), sp: uintptr(regs.rsp), exact: true}
	if u.pc == funcPC(asyncPreempt) && onGoroutineStack(u.sp) {
		// A preemption that came with this signal. The sample is of the goroutine's code.
		u.pc = *(*uintptr)(unsafe.Pointer(u.sp))
		u.sp += 8
	}
	if !inText(u.pc) && mp.tls[tlsVDSO] != 0 {
		// In the kernel's code, which keeps no frame pointers: go on at the call of it.
		stk[0] = vdsoPC()
		n = 1
		u = unwinder{pc: vdsoPC(), bp: mp.tls[tlsVDSO]}
		u.next()
	}
	if inText(u.pc) {
		for ; u.valid() && n < len(stk); u.next() {
			stk[n] = u.symPC() + 1
			n++
		}
	}
	if n == 0 {
		stk[0] = funcPC(_ExternalCode) + 1
		stk[1] = funcPC(_System) + 1
		n = 2
	}
	var tag unsafe.Pointer
	if mp.curg != nil {
		tag = mp.curg.labels
	}
	b.write(tag, count, stk[:n])
}

// What is shown for time that no function of the program accounts for.

//go:noinline
func _System() { throw("_System") }

//go:noinline
func _ExternalCode() { throw("_ExternalCode") }

//go:noinline
func _VDSO() { throw("_VDSO") }

func vdsoPC() uintptr { return funcPC(_VDSO) + 1 }

func newProfBuf(hz int) *profBuf {
	b := new(profBuf)
	b.hz = uint64(hz)
	b.data = make([]uint64, profBufWords)
	b.tags = make([]unsafe.Pointer, profBufWords/profAlign)
	return b
}

// write adds a record, or counts it as lost. In signal handlers, on several threads at once.
func (b *profBuf) write(tag unsafe.Pointer, count uint64, stk []uintptr) {
	n := uint64(3 + len(stk))
	room := (n + profAlign - 1) &^ (profAlign - 1)
	var at uint64
	for {
		w := b.w.Load()
		at = w % profBufWords
		pad := uint64(0)
		if at+room > profBufWords {
			pad = profBufWords - at
		}
		if w+pad+room-b.r.Load() > profBufWords {
			b.lost.Add(int64(count))
			return
		}
		if !b.w.CompareAndSwap(w, w+pad+room) {
			continue
		}
		if pad != 0 {
			atomic.Store64(&b.data[at], profFiller)
			at = 0
		}
		break
	}
	rec := b.data[at : at+n]
	rec[1] = uint64(nanotime())
	rec[2] = count
	for i, pc := range stk {
		rec[3+i] = uint64(pc)
	}
	// No write barrier in a signal handler. The labels are alive: their goroutine has them now, and who takes them away from it tells the collector.
	*(*uintptr)(unsafe.Pointer(&b.tags[at/profAlign])) = uintptr(tag)
	atomic.Store64(&rec[0], n)
}

// read moves the complete records to out and outTags, in the form that runtime/pprof wants: words of the record, time, count, pcs; a count of 0 with
// one pc says how many samples are missing.
func (b *profBuf) read() {
	b.out = b.out[:0]
	b.outTags = b.outTags[:0]
	if !b.started {
		b.started = true
		b.out = append(b.out, 3, uint64(nanotime()), b.hz)
		b.outTags = append(b.outTags, nil)
	}
	for r := b.r.Load(); r != b.w.Load(); b.r.Store(r) {
		at := r % profBufWords
		n := atomic.Load64(&b.data[at])
		if n == 0 {
			break
		}
		if n == profFiller {
			b.data[at] = 0
			r += profBufWords - at
			continue
		}
		rec := b.data[at : at+n]
		head := len(b.out)
		b.out = append(b.out, 0, rec[1], rec[2])
		for _, pc := range rec[3:] {
			b.out = expandPC(b.out, uintptr(pc))
		}
		b.out[head] = uint64(len(b.out) - head)
		b.outTags = append(b.outTags, b.tags[at/profAlign])
		b.tags[at/profAlign] = nil
		clear(rec)
		r += (n + profAlign - 1) &^ (profAlign - 1)
	}
	if n := b.lost.Swap(0); n != 0 {
		b.out = append(b.out, 4, uint64(nanotime()), 0, n)
		b.outTags = append(b.outTags, nil)
	}
}

// expandPC appends pc and the calls that its code is inlined into, each in the form of Callers.
func expandPC(out []uint64, pc uintptr) []uint64 {
	f := findfunc(pc - 1)
	if !f.valid() {
		return append(out, uint64(pc))
	}
	iu := newInlineUnwinder(f, pc-1)
	for {
		s, ok := iu.next()
		if !ok {
			return out
		}
		if !s.wrapper {
			out = append(out, uint64(pc))
		}
		pc += inlPC
	}
}

// runtime_pprof_readProfile waits for samples and returns them; they hold until the next call. eof: the profile has ended and these are the last. Samples
// are asked for ten times a second: so handlers have nobody to wake.
//
//go:linkname runtime_pprof_readProfile runtime/pprof.readProfile
func runtime_pprof_readProfile() (data []uint64, tags []unsafe.Pointer, eof bool) {
	b := cpuprof.log
	if b == nil {
		return nil, nil, true
	}
	if b.started && !b.closed.Load() {
		notetsleepg(&cpuprof.note, 100e6)
	}
	eof = b.closed.Load()
	b.read()
	if eof {
		lock(&cpuprof.lock)
		cpuprof.log = nil
		unlock(&cpuprof.lock)
	}
	return b.out, b.outTags, eof
}

// CPUProfile panics. It formerly provided raw access to chunks of a pprof-format profile generated by the runtime.
//
// Deprecated: Use the runtime/pprof package, or the handlers in the net/http/pprof package, or the testing package's -test.cpuprofile flag instead.
func CPUProfile() []byte { panic("CPUProfile no longer available") }
