// The runtime's central structures: g, m, p, sched, and what hangs from them.
//
// A g is a goroutine: a stack and what is needed to put it on a thread and take it off again. An m is a thread of the
// operating system. A p is the right to run Go code, with the caches (run queue, memory, timers) that its holder may use
// without a lock. An m needs a p to run a g; an m blocked in a system call gives its p away.
//
// Where these live decides what the collector must look at:
//   - m, its g0 and gsignal come from persistentalloc and are never freed; the collector scans them as it scans stacks (markM).
//   - g comes from the heap and is reachable from allgs for ever (dead ones are reused from gfree lists).
//   - p comes from the heap and is reachable from allp.
//
// Three embedded structs belong to the memory half of the runtime and are declared in runtime2_mem.go: gMemory, mMemory
// and pMemory (mcache, sudog cache, timers, collector's work).
//
// Offsets that compiled code and assembly know: g._panic 0, g._defer 8, g.m 16; gobuf within g (go_asm.h style constants
// at the head of asm_amd64.s); m.tls (rt0/abi/runtime_layout.py).

package runtime

import (
	"internal/abi"
	"internal/runtime/atomic"
	"unsafe"
)

// The states of a g. Only the owner (the m running it, or who holds it between two states) moves it on.
const (
	_Gidle      = iota // allocated, not initialised
	_Grunnable         // on a run queue; owns its stack
	_Grunning          // has an m and a p
	_Gsyscall          // has an m, in a system call
	_Gwaiting          // parked; not on a run queue
	_Gmoribund         // unused, kept so that numbers agree with Go's
	_Gdead             // finished, or never used yet
	_Genqueue          // unused
	_Gcopystack        // unused: stacks never move here
	_Gpreempted        // unused: a preempted g becomes _Grunnable

	_Gscan = 0x1000 // never set: a goroutine does not run while its stack is scanned (g.gcScan)
)

// The states of a p.
const (
	_Pidle = iota
	_Prunning
	_Psyscall
	_Pgcstop
	_Pdead
)

// mutex is a futex lock: 0 unlocked, 1 locked, 2 locked and perhaps someone sleeps on it. (lock_futex.go)
type mutex struct {
	key uint32
}

// note is a one-shot event: 0 not yet, 1 has happened. (lock_futex.go)
type note struct {
	key uint32
}

// funcval is what a func value points to; captured variables follow fn.
type funcval struct {
	fn uintptr
}

type iface struct {
	tab  *itab
	data unsafe.Pointer
}

type eface struct {
	_type *_type
	data  unsafe.Pointer
}

func efaceOf(ep *any) *eface {
	return (*eface)(unsafe.Pointer(ep))
}

type (
	_type         = abi.Type
	itab          = abi.ITab
	interfacetype = abi.InterfaceType
	maptype       = abi.MapType
	arraytype     = abi.ArrayType
	chantype      = abi.ChanType
	slicetype     = abi.SliceType
	functype      = abi.FuncType
	ptrtype       = abi.PtrType
	structtype    = abi.StructType
	uncommontype  = abi.UncommonType
	name          = abi.Name
	nameOff       = abi.NameOff
	typeOff       = abi.TypeOff
	textOff       = abi.TextOff
)

// gobuf is where a g that does not run continues: all other registers were pushed to its stack (asm_amd64.s).
type gobuf struct {
	sp    uintptr // 0
	pc    uintptr // 8
	bp    uintptr // 16
	limit uintptr // 24: stack limit of the segment that sp is in
}

// stackseg heads a stack segment, at its low end. (stack.go)
type stackseg struct {
	prev  *stackseg // 0
	next  *stackseg // 8: cached, or nil; assembly reads it
	hi    uintptr   // 16: the first frame starts below this; multiple of 16
	size  uintptr   // 24: of the whole segment
	total uintptr   // 32: this and all below
	frame uintptr   // 40: frame of the __morestack that entered this segment; assembly writes it
}

type g struct {
	_panic *_panic // 0: innermost panic
	_defer *_defer // 8: innermost frame with deferred calls
	m      *m      // 16

	sched        gobuf      // 24: valid while not running Go code
	stack        *stackseg  // 56: first segment (nil for g0 and gsignal)
	stackhi      uintptr    // 64: g0, gsignal: upper bound of the stack
	stacklo      uintptr    // 72: g0, gsignal: lower bound, 0 if unknown
	sysregs      [21]uint64 // 80: registers kept by entersyscall for the collector
	syscallsp    uintptr    // nonzero while in a system call: where scanning starts
	syscallpc    uintptr
	syscallbp    uintptr
	syscalllimit uintptr

	param        unsafe.Pointer // passed by who wakes the g
	atomicstatus atomic.Uint32
	goid         uint64
	schedlink    *g // run queues and free lists
	waitsince    int64
	waitreason   waitReason

	preempt        bool // yield when you can
	asyncSafe      bool // stopped by a signal: xsave holds registers
	xsave          *xsavebuf
	throwsplit     bool
	paniconfault   bool
	lockedm        *m
	sig            uint32
	sigcode0       uintptr
	sigcode1       uintptr
	sigpc          uintptr
	writebuf       []byte
	parentGoid     uint64
	gopc           uintptr // pc of the go statement
	startpc        uintptr // code of the goroutine's function
	waiting        *sudog  // sudogs this g waits on, in lock order
	selectDone     atomic.Uint32
	coroarg        *coro
	labels         unsafe.Pointer // pprof labels
	sleepWhen      int64
	timer          *timer // for time.Sleep
	fipsOnlyBypass bool
	fipsIndicator  uint8
	alllink        *g

	// How long it waits, for runtime/metrics; every eighth time it stops running (casgstatus).
	tracking      bool
	trackingSeq   uint8
	trackingStamp int64 // when it became runnable, or began to wait for a mutex
	runnableTime  int64

	gMemory
}

// waiting list element: a g on a channel or semaphore.
type sudog struct {
	g    *g
	next *sudog
	prev *sudog
	elem unsafe.Pointer // may point into a stack: stacks do not move

	acquiretime int64
	releasetime int64
	ticket      uint32
	isSelect    bool
	success     bool
	waiters     uint16

	parent   *sudog
	waitlink *sudog
	waittail *sudog
	c        *hchan
}

// Words of m.tls; assembly and compiled code know the offsets (rt0/abi/runtime_layout.py).
const (
	tlsSelf   = 0
	tlsG0SP   = 1 // top of g0's stack, for switching
	tlsG      = 2
	tlsVDSO   = 3  // frame of the callVDSO that runs, or 0
	tlsWBNext = 5  // write barrier: where the next overwritten pointer goes in wbBuf
	tlsWBEnd  = 6  // end of wbBuf
	tlsLimit  = 14 // lowest SP allowed
	tlsWords  = 32
)

type m struct {
	tls [tlsWords]uintptr // 0: FS points here

	g0       *g // 256
	gsignal  *g // 264
	curg     *g // 272
	procid   uint64
	id       int64
	p        *p // attached p, or nil
	nextp    *p
	oldp     *p // the p before the system call
	mstartfn func()
	sigmask  sigset

	mallocing  int32
	throwing   throwType
	preemptoff string // not "": keep curg on this m
	locks      int32
	dying      int32
	spinning   bool
	blocked    bool
	printlock  int8
	chacha8    mrand
	cheaprand  uint64

	park      note
	alllink   *m
	schedlink *m
	lockedg   *g
	lockedExt uint32
	lockedInt uint32

	waitunlockf func(*g, unsafe.Pointer) bool
	waitlock    unsafe.Pointer

	syscalltick   uint32
	freelink      *m
	freeWait      atomic.Uint32
	exited        bool          // its thread has ended, or is about to; newmLock
	perThread     atomic.Uint32 // the thread owes a system call (allthreads_linux.go)
	signalPending atomic.Uint32
	xsave         *xsavebuf // for the next goroutine that a signal stops
	preemptGen    atomic.Uint32
	stressSteps   uint32 // instructions still to single-step (preempt.go: stressStep)
	throws        int32  // calls of throw and fatal; the second ends the process at once
	profilehz     int32
	profileTimer  int32 // id + 1 of the timer of SIGPROF
	traceback     uint8

	mMemory
}

type p struct {
	id          int32
	status      uint32
	link        *p
	schedtick   uint32 // every execute
	syscalltick uint32 // every system call
	sysmontick  sysmontick
	m           *m

	goidcache    uint64
	goidcacheend uint64

	// Run queue: a ring that its owner fills and anyone may steal from.
	runqhead uint32
	runqtail uint32
	runq     [256]*g
	runnext  *g // runs next, inheriting the time slice

	gFree gList

	preempt bool

	pMemory

	ncreated  uint64 // goroutines made here
	idleSince int64  // when it was put on the idle list; guarded by sched.lock
}

type gList struct {
	head *g
	size int32
}

func (l *gList) push(gp *g) {
	gp.schedlink = l.head
	l.head = gp
	l.size++
}

func (l *gList) pop() *g {
	gp := l.head
	if gp != nil {
		l.head = gp.schedlink
		gp.schedlink = nil
		l.size--
	}
	return gp
}

func (l *gList) empty() bool { return l.head == nil }

// gQueue is a first-in first-out list linked through schedlink.
type gQueue struct {
	head *g
	tail *g
	size int32
}

func (q *gQueue) empty() bool { return q.head == nil }

func (q *gQueue) pushBack(gp *g) {
	gp.schedlink = nil
	if q.tail != nil {
		q.tail.schedlink = gp
	} else {
		q.head = gp
	}
	q.tail = gp
	q.size++
}

func (q *gQueue) push(gp *g) {
	gp.schedlink = q.head
	q.head = gp
	if q.tail == nil {
		q.tail = gp
	}
	q.size++
}

func (q *gQueue) pushBackAll(o gQueue) {
	if o.tail == nil {
		return
	}
	o.tail.schedlink = nil
	if q.tail != nil {
		q.tail.schedlink = o.head
	} else {
		q.head = o.head
	}
	q.tail = o.tail
	q.size += o.size
}

func (q *gQueue) pop() *g {
	gp := q.head
	if gp != nil {
		q.head = gp.schedlink
		if q.head == nil {
			q.tail = nil
		}
		gp.schedlink = nil
		q.size--
	}
	return gp
}

type schedt struct {
	goidgen   atomic.Uint64
	lastpoll  atomic.Int64 // 0 while someone polls
	pollUntil atomic.Int64

	lock mutex // guards everything below that is not atomic

	midle        *m
	nmidle       int32
	nmidlelocked int32
	mnext        int64
	maxmcount    int32
	nmsys        int32 // ms not counted for deadlock
	nmfreed      int64

	ngsys atomic.Int32 // goroutines of the runtime itself

	pidle        *p
	npidle       atomic.Int32
	nmspinning   atomic.Int32
	needspinning atomic.Uint32

	runq gQueue // global run queue

	gFree struct {
		lock mutex
		list gList
	}

	gcwaiting  atomic.Bool // the world is being stopped
	stopwait   int32
	stopnote   note
	sysmonwait atomic.Bool
	sysmonnote note

	profilehz int32

	// For runtime/metrics.
	stats struct {
		ncreated   uint64       // goroutines made on Ps that are gone
		procTime   int64        // nanoseconds of all Ps until procSince, when their number changed
		procSince  int64        // 0: not started
		idleTime   int64        // nanoseconds of Ps on the idle list, but for those that are there
		mutexWait  atomic.Int64 // estimated nanoseconds of waits for sync.Mutex and RWMutex
		timeToRun  timeHistogram
		stoppingGC timeHistogram // from the wish to stop the world until it stands
		stopping   timeHistogram // for other reasons
		stoppedGC  timeHistogram // from the wish until it runs again
		stopped    timeHistogram
	}
}

// _defer heads the deferred calls of one frame; it lies on that frame. (panic.go; rt0/abi/runtime_layout.py)
type _defer struct {
	link *_defer
	head *_deferfn
	fp   uintptr
	buf  [25]uint64 // rsetrec
}

// _deferfn is one deferred call.
type _deferfn struct {
	link *_deferfn
	fn   func()
}

// _panic is a running panic or Goexit; it lies on the frame of gopanic.
type _panic struct {
	fp         uintptr // 0: frame that calls the deferred functions; recover compares with it
	arg        any
	link       *_panic
	d          *_defer // record whose call runs now
	recovered  bool
	aborted    bool // a later panic took over
	goexit     bool
	repanicked bool
}

type waitReason uint8

const (
	waitReasonZero waitReason = iota
	waitReasonGCAssistMarking
	waitReasonIOWait
	waitReasonChanReceiveNilChan
	waitReasonChanSendNilChan
	waitReasonDumpingHeap
	waitReasonGarbageCollection
	waitReasonGarbageCollectionScan
	waitReasonPanicWait
	waitReasonSelect
	waitReasonSelectNoCases
	waitReasonGCAssistWait
	waitReasonGCSweepWait
	waitReasonGCScavengeWait
	waitReasonChanReceive
	waitReasonChanSend
	waitReasonFinalizerWait
	waitReasonForceGCIdle
	waitReasonUpdateGOMAXPROCSIdle
	waitReasonSemacquire
	waitReasonSleep
	waitReasonSyncCondWait
	waitReasonSyncMutexLock
	waitReasonSyncRWMutexRLock
	waitReasonSyncRWMutexLock
	waitReasonSyncWaitGroupWait
	waitReasonTraceReaderBlocked
	waitReasonWaitForGCCycle
	waitReasonGCWorkerIdle
	waitReasonGCWorkerActive
	waitReasonPreempted
	waitReasonDebugCall
	waitReasonGCMarkTermination
	waitReasonStoppingTheWorld
	waitReasonFlushProcCaches
	waitReasonTraceGoroutineStatus
	waitReasonTraceProcStatus
	waitReasonPageTraceFlush
	waitReasonCoroutine
	waitReasonGCWeakToStrongWait
	waitReasonSynctestRun
	waitReasonSynctestWaitGroupWait
	waitReasonSynctestWait
	waitReasonSynctestChanReceive
	waitReasonSynctestChanSend
	waitReasonSynctestSelect
	waitReasonCleanupWait
)

var waitReasonStrings = [...]string{
	waitReasonZero:                  "",
	waitReasonGCAssistMarking:       "GC assist marking",
	waitReasonIOWait:                "IO wait",
	waitReasonChanReceiveNilChan:    "chan receive (nil chan)",
	waitReasonChanSendNilChan:       "chan send (nil chan)",
	waitReasonDumpingHeap:           "dumping heap",
	waitReasonGarbageCollection:     "garbage collection",
	waitReasonGarbageCollectionScan: "garbage collection scan",
	waitReasonPanicWait:             "panicwait",
	waitReasonSelect:                "select",
	waitReasonSelectNoCases:         "select (no cases)",
	waitReasonGCAssistWait:          "GC assist wait",
	waitReasonGCSweepWait:           "GC sweep wait",
	waitReasonGCScavengeWait:        "GC scavenge wait",
	waitReasonChanReceive:           "chan receive",
	waitReasonChanSend:              "chan send",
	waitReasonFinalizerWait:         "finalizer wait",
	waitReasonForceGCIdle:           "force gc (idle)",
	waitReasonUpdateGOMAXPROCSIdle:  "GOMAXPROCS updater (idle)",
	waitReasonSemacquire:            "semacquire",
	waitReasonSleep:                 "sleep",
	waitReasonSyncCondWait:          "sync.Cond.Wait",
	waitReasonSyncMutexLock:         "sync.Mutex.Lock",
	waitReasonSyncRWMutexRLock:      "sync.RWMutex.RLock",
	waitReasonSyncRWMutexLock:       "sync.RWMutex.Lock",
	waitReasonSyncWaitGroupWait:     "sync.WaitGroup.Wait",
	waitReasonTraceReaderBlocked:    "trace reader (blocked)",
	waitReasonWaitForGCCycle:        "wait for GC cycle",
	waitReasonGCWorkerIdle:          "GC worker (idle)",
	waitReasonGCWorkerActive:        "GC worker (active)",
	waitReasonPreempted:             "preempted",
	waitReasonDebugCall:             "debug call",
	waitReasonGCMarkTermination:     "GC mark termination",
	waitReasonStoppingTheWorld:      "stopping the world",
	waitReasonFlushProcCaches:       "flushing proc caches",
	waitReasonTraceGoroutineStatus:  "trace goroutine status",
	waitReasonTraceProcStatus:       "trace proc status",
	waitReasonPageTraceFlush:        "page trace flush",
	waitReasonCoroutine:             "coroutine",
	waitReasonGCWeakToStrongWait:    "GC weak to strong wait",
	waitReasonSynctestRun:           "synctest.Run",
	waitReasonSynctestWaitGroupWait: "sync.WaitGroup.Wait (durable)",
	waitReasonSynctestWait:          "synctest.Wait",
	waitReasonSynctestChanReceive:   "chan receive (durable)",
	waitReasonSynctestChanSend:      "chan send (durable)",
	waitReasonSynctestSelect:        "select (durable)",
	waitReasonCleanupWait:           "cleanup wait",
}

// isMutexWait: the wait counts for /sync/mutex/wait/total:seconds.
func (w waitReason) isMutexWait() bool {
	return w == waitReasonSyncMutexLock || w == waitReasonSyncRWMutexRLock || w == waitReasonSyncRWMutexLock
}

func (w waitReason) String() string {
	if int(w) >= len(waitReasonStrings) {
		return "unknown wait reason"
	}
	return waitReasonStrings[w]
}

// traceBlockReason is accepted by gopark for the sake of Go's signature; the trace tells the waitReason.
type traceBlockReason uint8

const (
	traceBlockGeneric traceBlockReason = iota
	traceBlockForever
	traceBlockNet
	traceBlockSelect
	traceBlockCondWait
	traceBlockSync
	traceBlockChanSend
	traceBlockChanRecv
	traceBlockGCMarkAssist
	traceBlockGCSweep
	traceBlockSystemGoroutine
	traceBlockPreempted
	traceBlockDebugCall
	traceBlockUntilGCEnds
	traceBlockSleep
	traceBlockGCWeakToStrongWait
	traceBlockSynctest
)

type throwType uint32

const (
	throwTypeNone    throwType = iota
	throwTypeUser              // fatal: the program's fault; no runtime frames
	throwTypeRuntime           // throw: the runtime's fault
)

var (
	m0 m
	g0 g

	allm       *m
	allp       []*p // len is GOMAXPROCS; guarded by allpLock, and changed only while the world is stopped
	allpLock   mutex
	gomaxprocs int32
	ncpu       int32
	sched      schedt

	allglock mutex
	allgs    []*g
)
