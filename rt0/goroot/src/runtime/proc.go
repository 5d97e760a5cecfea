// The scheduler: goroutines (g) onto threads (m) that hold a processor (p).
//
// A ready goroutine waits in a p's ring, in a p's runnext slot, or in the global queue. schedule, on an m's g0, takes the next one
// and jumps to it; the goroutine comes back to g0 through mcall (parking, yielding, exiting) or through a signal (preemption).
// An m without work spins looking for some, at most half as many ms as there are busy ps, then sleeps on its note.
//
// What must not be lost is a wakeup: whoever makes a goroutine ready and sees idle ps but no spinning m starts one (wakep); an m
// that stops spinning looks at all queues once more after it has given up its spinning mark. Both sides use sequentially
// consistent atomics, so one of them sees the other.
//
// Preemption: sysmon (a thread without a p) asks any goroutine that has run 10 ms, by signal; the handler enters asyncPreempt
// (preempt.go). Because nothing on a stack is described by maps, that is allowed at any instruction of compiled code outside
// the runtime. The same signal stops the world for the collector.
//
// Source for names and protocol: Go's runtime/proc.go.

package runtime

import (
	"internal/cpu"
	"internal/runtime/atomic"
	"internal/runtime/exithook"
	"unsafe"
)

var (
	mainStarted        bool // newproc may start threads
	mainInitDone       chan bool
	runtimeInitTime    int64
	runtimeInitialized bool

	runningPanicDefers atomic.Uint32
	panicking          atomic.Uint32

	worldsema uint32 = 1
	gcsema    uint32 = 1

	forcegc struct {
		lock mutex
		g    *g
		idle atomic.Bool
	}
	starttime int64
)

//go:linkname main_main main.main
func main_main()

// check verifies what assembly and compiler assume about types.
//
//go:noinline
func check() {
	var gg g
	var mm m
	if unsafe.Offsetof(gg.m) != 16 || unsafe.Offsetof(gg.sched) != 24 || unsafe.Offsetof(gg.sysregs) != 80 {
		throw("bad g layout")
	}
	if unsafe.Offsetof(mm.g0) != 256 || unsafe.Offsetof(mm.curg) != 272 || unsafe.Offsetof(mm.procid) != 280 {
		throw("bad m layout")
	}
	if unsafe.Sizeof(_defer{}) != 224 || unsafe.Offsetof(stackseg{}.frame) != 40 {
		throw("bad defer or stackseg layout")
	}
	if unsafe.Offsetof(mheap_.base) != 8 || unsafe.Offsetof(mheap_.used) != 16 {
		throw("bad mheap layout")
	}
	var i int64 = -1
	if uint32(i>>32) != 0xffffffff || unsafe.Sizeof(uintptr(0)) != 8 {
		throw("bad integers")
	}
}

// schedinit prepares everything that newproc and mstart rely on. On g0 of m0, before any other thread.
//
//go:noinline
func schedinit() {
	gp := getg()
	gp.m.curg = nil
	gp.stackhi = getsp() + 4096
	gp.goid = 0
	sched.maxmcount = 10000
	stackinit()
	randinit()
	mallocinit()
	godebug := getGodebugEarly()
	cpuinit(godebug)
	alginit()
	mcommoninit(gp.m, -1)
	modulesinit()
	itabsinit()
	goargs()
	goenvs()
	parsedebugvars()
	sigsave(&gp.m.sigmask)
	initSigmask = gp.m.sigmask
	gcinit()
	lock(&sched.lock)
	sched.lastpoll.Store(nanotime())
	procs := ncpu
	if n, ok := atoi32(gogetenv("GOMAXPROCS")); ok && n > 0 {
		procs = n
	}
	if procresize(procs) != nil {
		throw("unknown runnable goroutine during bootstrap")
	}
	unlock(&sched.lock)
	worldStarted()
}

func worldStarted() {}
func worldStopped() {}

func cpuinit(env string) {
	cpu.Initialize(env)
}

// mcommoninit numbers mp and links it into allm.
//
//go:noinline
func mcommoninit(mp *m, id int64) {
	lock(&sched.lock)
	if id >= 0 {
		mp.id = id
	} else {
		mp.id = mReserveID()
	}
	mrandinit(mp)
	mpreinit(mp)
	mp.alllink = allm
	atomic.StorepNoWB(unsafe.Pointer(&allm), unsafe.Pointer(mp))
	unlock(&sched.lock)
}

func mReserveID() int64 {
	if sched.mnext+1 < sched.mnext {
		throw("runtime: thread ID overflow")
	}
	id := sched.mnext
	sched.mnext++
	checkmcount()
	return id
}

func mcount() int32 { return int32(sched.mnext - sched.nmfreed) }

func checkmcount() {
	if mcount() > sched.maxmcount {
		print("runtime: program exceeds ", sched.maxmcount, "-thread limit\n")
		throw("thread exhaustion")
	}
}

// main is the first goroutine.
//
//go:noinline
func main() {
	mp := getg().m
	maxstacksize = 1000000000
	maxstackceiling = 2 * maxstacksize
	mainStarted = true
	if trace.watched {
		systemstack(traceWatch)
	}

	systemstack(func() { newm(sysmon, nil, -1) })

	// Initialisation runs on the main thread; programs that must call from it lock it in an init function.
	lockOSThread()
	if mp != &m0 {
		throw("runtime.main not on m0")
	}

	runtimeInitTime = nanotime()
	doInit(modinfo.inittasksRuntime)
	runtimeInitialized = true

	gcenable()
	if debug.preemptstress > 0 {
		systemstack(func() { newm(preemptStress, nil, -1) })
	}

	mainInitDone = make(chan bool)
	doInit(modinfo.inittasksMain)
	close(mainInitDone)

	unlockOSThread()
	main_main()

	// A panic on another goroutine that is printing now must win.
	if runningPanicDefers.Load() != 0 {
		for c := 0; c < 1000; c++ {
			if runningPanicDefers.Load() == 0 {
				break
			}
			Gosched()
		}
	}
	if panicking.Load() != 0 {
		gopark(nil, nil, waitReasonPanicWait, traceBlockForever, 1)
	}
	runExitHooks(0)
	exit(0)
	for {
		var x *int32
		*x = 0
	}
}

// doInit runs a table the linker made: a count, then code addresses of init steps in order.
func doInit(table *uintptr) {
	if debug.inittrace != 0 {
		doInitTraced(table)
		return
	}
	n := *table
	for i := uintptr(1); i <= n; i++ {
		entry := add(unsafe.Pointer(table), i*8)
		doInit1(*(*func())(unsafe.Pointer(&entry))) // the table's word is a func value without captures
	}
}

// doInitTraced is doInit with GODEBUG=inittrace=1: a line for each package, in Go's format.
func doInitTraced(table *uintptr) {
	n := *table
	for i := uintptr(1); i <= n; {
		pkg := initPackage(table, i)
		allocs, bytes := allocatedSoFar()
		start := nanotime()
		for ; i <= n && initPackage(table, i) == pkg; i++ {
			entry := add(unsafe.Pointer(table), i*8)
			doInit1(*(*func())(unsafe.Pointer(&entry)))
		}
		end := nanotime()
		allocs1, bytes1 := allocatedSoFar()
		printlock()
		print("init ", pkg, " @")
		printms(start - runtimeInitTime)
		print(" ms, ")
		printms(end - start)
		print(" ms clock, ", bytes1-bytes, " bytes, ", allocs1-allocs, " allocs\n")
		printunlock()
	}
}

// initPackage is the package that step i of a table belongs to.
func initPackage(table *uintptr, i uintptr) string {
	return funcpkgpath(findfunc(*(*uintptr)(add(unsafe.Pointer(table), i*8))))
}

// printms prints nanoseconds as milliseconds: whole ones from 10 on, else two digits, at most three of them decimals.
func printms(ns int64) {
	if ns >= 10e6 {
		print(ns / 1e6)
		return
	}
	us := ns / 1e3
	decimals := 3
	for ; us >= 100; decimals-- {
		us /= 10
	}
	if us == 0 {
		print("0")
		return
	}
	unit := int64(1)
	for range decimals {
		unit *= 10
	}
	print(us/unit, ".")
	for us %= unit; unit > 1; us %= unit {
		unit /= 10
		print(us / unit)
	}
}

// doInit1 runs one step of the initialisation. Stacks show it, as gc's do.
//
//go:noinline
func doInit1(step func()) { step() }

//go:linkname os_beforeExit os.runtime_beforeExit
func os_beforeExit(exitCode int) {
	runExitHooks(exitCode)
}

func init() {
	exithook.Gosched = Gosched
	exithook.Goid = func() uint64 { return getg().goid }
	exithook.Throw = throw
}

func runExitHooks(code int) {
	exithook.Run(code)
}

// forcegchelper is started by gcenable's half: a goroutine that sysmon wakes when no collection ran for long.
func forcegchelper(collect func()) {
	forcegc.g = getg()
	for {
		lock(&forcegc.lock)
		forcegc.idle.Store(true)
		goparkunlock(&forcegc.lock, waitReasonForceGCIdle, traceBlockSystemGoroutine, 1)
		collect()
	}
}

// ---- Parking and waking

func casgstatus(gp *g, from, to uint32) {
	if !gp.atomicstatus.CompareAndSwap(from, to) {
		print("runtime: casgstatus: goroutine ", gp.goid, " is ", gp.atomicstatus.Load(), ", from ", from, " to ", to, "\n")
		throw("casgstatus: bad incoming values")
	}
	if gp.bubble != nil {
		gp.bubble.changegstatus(gp, from, to)
	}
	if from == _Grunning {
		gp.tracking = gp.trackingSeq%trackingPeriod == 0
		gp.trackingSeq++
	}
	if gp.tracking {
		trackStatus(gp, from, to)
	}
}

// trackingPeriod: of how many times that a goroutine stops running one is measured.
const trackingPeriod = 8

// trackStatus measures how long gp is runnable before it runs, and how long it waits for mutexes.
func trackStatus(gp *g, from, to uint32) {
	if stamp := gp.trackingStamp; stamp != 0 {
		gp.trackingStamp = 0
		d := nanotime() - stamp
		if from == _Grunnable {
			gp.runnableTime += d
		} else {
			sched.stats.mutexWait.Add(d * trackingPeriod)
		}
	}
	switch {
	case to == _Grunnable, to == _Gwaiting && gp.waitreason.isMutexWait():
		gp.trackingStamp = nanotime()
	case to == _Grunning:
		gp.tracking = false
		sched.stats.timeToRun.record(gp.runnableTime)
		gp.runnableTime = 0
	}
}

func readgstatus(gp *g) uint32 { return gp.atomicstatus.Load() }

// gopark parks the goroutine until goready. unlockf, if not nil, runs on g0 once the goroutine may be woken; if it returns
// false the goroutine goes on at once. It must not touch the goroutine's stack.
func gopark(unlockf func(*g, unsafe.Pointer) bool, lock unsafe.Pointer, reason waitReason, traceReason traceBlockReason, traceskip int) {
	mp := acquirem()
	gp := mp.curg
	status := readgstatus(gp)
	if status != _Grunning {
		throw("gopark: bad g status")
	}
	mp.waitlock = lock
	mp.waitunlockf = unlockf
	gp.waitreason = reason
	releasem(mp)
	mcall(park_m)
}

func goparkunlock(l *mutex, reason waitReason, traceReason traceBlockReason, traceskip int) {
	gopark(parkunlock_c, unsafe.Pointer(l), reason, traceReason, traceskip)
}

func parkunlock_c(gp *g, l unsafe.Pointer) bool {
	unlock((*mutex)(l))
	return true
}

// park_m continues gopark on g0.
func park_m(gp *g) {
	mp := getg().m
	bubble := gp.bubble // fn may let gp go and leave it
	if bubble != nil {
		bubble.incActive()
	}
	casgstatus(gp, _Grunning, _Gwaiting)
	if trace.on {
		traceGoBlock(gp)
	}
	dropg()
	if fn := mp.waitunlockf; fn != nil {
		ok := fn(gp, mp.waitlock)
		mp.waitunlockf = nil
		mp.waitlock = nil
		if !ok {
			casgstatus(gp, _Gwaiting, _Grunnable)
			if trace.on {
				traceGoUnblock(gp, 0)
			}
			if bubble != nil {
				bubble.decActive()
			}
			execute(gp, true)
		}
	}
	if bubble != nil {
		bubble.decActive()
	}
	schedule()
}

func goready(gp *g, traceskip int) {
	ready(gp, traceskip, true)
}

// ready makes a parked goroutine runnable on this p; next: run it before the others.
func ready(gp *g, traceskip int, next bool) {
	mp := acquirem()
	casgstatus(gp, _Gwaiting, _Grunnable)
	if trace.on {
		traceGoUnblock(gp, traceStack(nil, 2))
	}
	runqput(mp.p, gp, next)
	wakep()
	releasem(mp)
}

func dropg() {
	gp := getg()
	gp.m.curg.m = nil
	gp.m.curg = nil
}

// Gosched yields the processor, allowing other goroutines to run.
func Gosched() {
	checkTimeouts()
	mcall(gosched_m)
}

func checkTimeouts() {}

// goschedguarded yields unless that would be wrong here.
func goschedguarded() {
	gp := getg()
	if gp.m.locks != 0 || gp.m.mallocing != 0 || gp.m.preemptoff != "" || gp == gp.m.g0 {
		return
	}
	mcall(gosched_m)
}

func goschedIfBusy() {
	gp := getg()
	if !gp.preempt && sched.npidle.Load() > 0 {
		return
	}
	mcall(gosched_m)
}

func gosched_m(gp *g) { goschedImpl(gp, "runtime.Gosched") }

// goschedImpl puts the goroutine on the global queue; reason: for the trace.
func goschedImpl(gp *g, reason string) {
	if trace.on {
		traceGoStop(gp, reason)
	}
	casgstatus(gp, _Grunning, _Grunnable)
	dropg()
	lock(&sched.lock)
	globrunqput(gp)
	unlock(&sched.lock)
	if mainStarted {
		wakep()
	}
	schedule()
}

// gopreempt_m is what a preempted goroutine does on g0.
func gopreempt_m(gp *g) {
	gp.preempt = false
	goschedImpl(gp, "preempted")
}

// ---- Birth and death

// newproc starts a goroutine that calls fn. The go statement is lowered to this.
//
//go:noinline
func newproc(fn *funcval) {
	if fn == nil {
		fatal("go of nil func value")
	}
	callergp := getg()
	pc, _ := callerframe(getfp())
	newg := newproc1(fn, callergp, pc, false, waitReasonZero)
	mp := acquirem()
	runqput(mp.p, newg, true)
	if mainStarted {
		wakep()
	}
	releasem(mp)
}

// newproc1 makes a goroutine for fn: runnable, or parked.
func newproc1(fn *funcval, callergp *g, callerpc uintptr, parked bool, reason waitReason) *g {
	mp := acquirem()
	newg := gfget(mp.p)
	releasem(mp)
	if newg == nil {
		newg = malg()
		casgstatus(newg, _Gidle, _Gdead)
		allgadd(newg)
	}
	mp = acquirem()
	pp := mp.p
	seg := newg.stack
	seg.total = seg.size
	// goexit finds fn at its SP. One more word keeps SP on a multiple of 16 at its call.
	sp := seg.hi - 16
	*(**funcval)(unsafe.Pointer(sp)) = fn
	*(*uintptr)(unsafe.Pointer(sp + 8)) = 0
	newg.sched.sp = sp
	newg.sched.pc = funcPC(goexit)
	newg.sched.bp = 0
	newg.sched.limit = uintptr(unsafe.Pointer(seg)) + stackSlop
	newg.startpc = fn.fn
	newg.gopc = callerpc
	newg.parentGoid = callergp.goid
	newg.waitreason = waitReasonZero
	if callergp.m.curg != nil {
		newg.labels = callergp.m.curg.labels
	}
	newgMemory(newg, callergp)
	if isSystemGoroutine(newg, false) {
		sched.ngsys.Add(1)
	}
	if pp.goidcache == pp.goidcacheend {
		pp.goidcache = sched.goidgen.Add(16) - 16 + 1
		pp.goidcacheend = pp.goidcache + 16
	}
	newg.goid = pp.goidcache
	pp.goidcache++
	pp.ncreated++
	newg.gcScan.Store(work.cycles.Load()<<1 | 1) // nothing on it that the collector could miss
	newg.trackingSeq = uint8(newg.goid)
	newg.tracking = newg.trackingSeq%trackingPeriod == 0
	status := uint32(_Grunnable)
	if parked {
		status = _Gwaiting
		newg.waitreason = reason
	}
	if trace.on {
		traceGoCreate(newg, parked)
	}
	casgstatus(newg, _Gdead, status)
	releasem(mp)
	return newg
}

// malg makes a g with the smallest stack.
func malg() *g {
	newg := new(g)
	newg.stack = stackalloc(fixedStack)
	return newg
}

func allgadd(gp *g) {
	lock(&allglock)
	allgs = append(allgs, gp)
	unlock(&allglock)
}

// gfput keeps a dead g, with its first segment, for newproc.
func gfput(pp *p, gp *g) {
	pp.gFree.push(gp)
	if pp.gFree.size >= 64 {
		lock(&sched.gFree.lock)
		for pp.gFree.size >= 32 {
			sched.gFree.list.push(pp.gFree.pop())
		}
		unlock(&sched.gFree.lock)
	}
}

func gfget(pp *p) *g {
	if pp.gFree.empty() && !sched.gFree.list.empty() {
		lock(&sched.gFree.lock)
		for pp.gFree.size < 32 {
			gp := sched.gFree.list.pop()
			if gp == nil {
				break
			}
			pp.gFree.push(gp)
		}
		unlock(&sched.gFree.lock)
	}
	return pp.gFree.pop()
}

func gfpurge(pp *p) {
	lock(&sched.gFree.lock)
	for !pp.gFree.empty() {
		sched.gFree.list.push(pp.gFree.pop())
	}
	unlock(&sched.gFree.lock)
}

// goexit1 is called when a goroutine's function has returned, or by Goexit.
func goexit1() {
	mcall(goexit0)
}

func goexit0(gp *g) {
	mp := getg().m
	if trace.on {
		traceGoDestroy()
	}
	gdestroy(gp)
	if mp.lockedInt != 0 {
		print("runtime: mp.lockedInt = ", mp.lockedInt, "\n")
		throw("exited a goroutine internally locked to the OS thread")
	}
	locked := mp.lockedExt != 0
	mp.lockedExt = 0
	gfput(mp.p, gp)
	if locked {
		// The goroutine may have changed its thread for ever: the thread ends with it.
		mexit()
	}
	schedule()
}

// gdestroy clears gp. Its later segments are given back.
func gdestroy(gp *g) {
	mp := getg().m
	if isSystemGoroutine(gp, false) {
		sched.ngsys.Add(-1)
	}
	casgstatus(gp, _Grunning, _Gdead)
	gp.m = nil
	gp.lockedm = nil
	mp.lockedg = nil
	gp.preempt = false
	gp.paniconfault = false
	gp._defer = nil
	gp._panic = nil
	gp.writebuf = nil
	gp.waitreason = waitReasonZero
	gp.param = nil
	gp.labels = nil
	gp.waiting = nil
	gp.coroarg = nil
	gp.sig = 0
	gp.sched.sp = 0
	gdestroyMemory(gp)
	stackfreeFrom(gp.stack)
	if gp.xsave != nil {
		xsaverelease(gp.xsave)
		gp.xsave = nil
	}
	mp.curg = nil
}

// ---- Threads

// malgsys makes a g whose stack is not a goroutine's: g0 or gsignal. Never freed.
func malgsys(size uintptr) *g {
	gp := (*g)(persistentalloc(unsafe.Sizeof(g{}), 16, &memstatsStacksSys))
	p, err := mmap(nil, size, _PROT_READ|_PROT_WRITE, _MAP_ANON|_MAP_PRIVATE|_MAP_NORESERVE, -1, 0)
	if err != 0 {
		throw("runtime: cannot allocate a thread's stack")
	}
	mprotect(p, 4096, _PROT_NONE)
	gp.stacklo = uintptr(p) + 4096
	gp.stackhi = uintptr(p) + size
	gp.atomicstatus.Store(_Grunning)
	return gp
}

var memstatsStacksSys sysMemStat

// allocm makes an m, or reuses one whose thread has ended.
func allocm(fn func(), id int64) *m {
	lock(&sched.lock)
	var mp *m
	for q := deadm; q != nil; q = q.freelink {
		if q.freeWait.Load() == 0 && q.dying == 0 {
			q.dying = 1
			mp = q
			break
		}
	}
	unlock(&sched.lock)
	if mp != nil {
		lock(&sched.lock)
		unlinkDeadm(mp)
		mp.dying = 0
		mp.mstartfn = fn
		sched.nmfreed--
		unlock(&sched.lock)
		return mp
	}
	mp = (*m)(persistentalloc(unsafe.Sizeof(m{}), 64, &memstatsStacksSys))
	mp.mstartfn = fn
	mp.g0 = malgsys(g0StackSize)
	mp.g0.m = mp
	mcommoninit(mp, id)
	return mp
}

var deadm *m // ms whose threads end, linked through freelink; sched.lock

func unlinkDeadm(mp *m) {
	for pm := &deadm; *pm != nil; pm = &(*pm).freelink {
		if *pm == mp {
			*pm = mp.freelink
			mp.freelink = nil
			return
		}
	}
}

// newm starts a thread that runs fn (or nothing), then schedules, holding pp if not nil.
func newm(fn func(), pp *p, id int64) {
	mp := getg().m
	mp.locks++
	lock(&newmLock)
	newmp := allocm(fn, id)
	newmp.exited = false
	newmp.procid = 0
	newmp.nextp = pp
	newmp.sigmask = initSigmask
	newosproc(newmp)
	unlock(&newmLock)
	mp.locks--
}

// mstart0 is the Go half of mstart.
func mstart0() {
	mstart1()
	throw("mstart1 returned")
}

func mstart1() {
	mp := getg().m
	minit()
	// A request that the m's former thread did not live to see would keep others from asking.
	mp.signalPending.Store(0)
	if mp == &m0 {
		mstartm0()
	}
	if fn := mp.mstartfn; fn != nil {
		fn()
	}
	if mp != &m0 {
		acquirep(mp.nextp)
		mp.nextp = nil
	}
	schedule()
}

func mstartm0() {
	initsig(false)
}

// mexit ends this thread. Its m waits in deadm for reuse. On g0, with a p.
func mexit() {
	mp := getg().m
	if mp.profilehz != 0 {
		profHooks.thread(0)
	}
	if mp == &m0 {
		// The process's first thread is never ended: others may wait for it. Park it for ever.
		handoffp(releasep())
		lock(&sched.lock)
		sched.nmfreed++
		checkdead()
		unlock(&sched.lock)
		mPark()
		throw("locked m0 woke up")
	}
	handoffp(releasep())
	threadEnds(mp)
	sigblock()
	unminit()
	lock(&sched.lock)
	sched.nmfreed++
	mp.freeWait.Store(1)
	mp.freelink = deadm
	deadm = mp
	checkdead()
	unlock(&sched.lock)
	exitThread((*uint32)(unsafe.Pointer(&mp.freeWait)))
}

func mPark() {
	mp := getg().m
	notesleep(&mp.park)
	noteclear(&mp.park)
}

// stopm sleeps until another m hands this one a p.
func stopm() {
	mp := getg().m
	if mp.locks != 0 {
		throw("stopm holding locks")
	}
	if mp.p != nil {
		throw("stopm holding p")
	}
	if mp.spinning {
		throw("stopm spinning")
	}
	lock(&sched.lock)
	mput(mp)
	unlock(&sched.lock)
	mPark()
	acquirep(mp.nextp)
	mp.nextp = nil
}

func mspinning() {
	getg().m.spinning = true
}

// startm puts some m on pp, or on any idle p. spinning: the caller has counted it in nmspinning.
func startm(pp *p, spinning bool) {
	mp := acquirem()
	lock(&sched.lock)
	if pp == nil {
		pp = pidleget()
		if pp == nil {
			unlock(&sched.lock)
			if spinning {
				if sched.nmspinning.Add(-1) < 0 {
					throw("startm: negative nmspinning")
				}
			}
			releasem(mp)
			return
		}
	}
	nmp := mget()
	unlock(&sched.lock)
	if nmp == nil {
		fn := func() {}
		if spinning {
			fn = mspinning
		}
		newm(fn, pp, -1)
		releasem(mp)
		return
	}
	if nmp.nextp != nil || (spinning && !runqempty(pp)) {
		throw("startm: m has p or p has runnable gs")
	}
	nmp.spinning = spinning
	nmp.nextp = pp
	notewakeup(&nmp.park)
	releasem(mp)
}

// handoffp finds work for a p that lost its m, or puts it on the idle list.
func handoffp(pp *p) {
	if !runqempty(pp) || sched.runq.size != 0 {
		startm(pp, false)
		return
	}
	if gcHandoffWork(pp) {
		startm(pp, false)
		return
	}
	if sched.nmspinning.Load()+sched.npidle.Load() == 0 && sched.nmspinning.CompareAndSwap(0, 1) {
		sched.needspinning.Store(0)
		startm(pp, true)
		return
	}
	lock(&sched.lock)
	if sched.gcwaiting.Load() {
		pp.status = _Pgcstop
		sched.stopwait--
		if sched.stopwait == 0 {
			notewakeup(&sched.stopnote)
		}
		unlock(&sched.lock)
		return
	}
	if sched.runq.size != 0 {
		unlock(&sched.lock)
		startm(pp, false)
		return
	}
	// The last running p must leave someone polling.
	if sched.npidle.Load() == gomaxprocs-1 && sched.lastpoll.Load() != 0 {
		unlock(&sched.lock)
		startm(pp, false)
		return
	}
	when := timersNext()
	pidleput(pp)
	unlock(&sched.lock)
	if when != 0 {
		wakeNetPoller(when)
	}
}

// wakep starts one more spinning m if a p is idle and nobody spins.
func wakep() {
	if sched.npidle.Load() == 0 || sched.nmspinning.Load() != 0 || !sched.nmspinning.CompareAndSwap(0, 1) {
		return
	}
	mp := acquirem()
	lock(&sched.lock)
	pp := pidlegetSpinning()
	if pp == nil {
		if sched.nmspinning.Add(-1) < 0 {
			throw("wakep: negative nmspinning")
		}
		unlock(&sched.lock)
		releasem(mp)
		return
	}
	unlock(&sched.lock)
	startm(pp, true)
	releasem(mp)
}

// stoplockedm waits on this m until its locked goroutine may run, having given its p away.
func stoplockedm() {
	mp := getg().m
	if mp.p != nil {
		handoffp(releasep())
	}
	incidlelocked(1)
	mPark()
	acquirep(mp.nextp)
	mp.nextp = nil
}

// startlockedm hands this p to the m that gp is locked to.
func startlockedm(gp *g) {
	mp := gp.lockedm
	if mp == getg().m {
		throw("startlockedm: locked to me")
	}
	incidlelocked(-1)
	pp := releasep()
	mp.nextp = pp
	notewakeup(&mp.park)
	stopm()
}

func incidlelocked(v int32) {
	lock(&sched.lock)
	sched.nmidlelocked += v
	if v > 0 {
		checkdead()
	}
	unlock(&sched.lock)
}

// gcstopm stops this m for stopTheWorld.
func gcstopm() {
	mp := getg().m
	if mp.spinning {
		mp.spinning = false
		if sched.nmspinning.Add(-1) < 0 {
			throw("gcstopm: negative nmspinning")
		}
	}
	pp := releasep()
	lock(&sched.lock)
	pp.status = _Pgcstop
	sched.stopwait--
	if sched.stopwait == 0 {
		notewakeup(&sched.stopnote)
	}
	unlock(&sched.lock)
	stopm()
}

// ---- Choosing what to run

// execute runs gp on this m. Never returns.
func execute(gp *g, inheritTime bool) {
	mp := getg().m
	if needsScan(gp) {
		gcScanG(gp)
	}
	mp.curg = gp
	gp.m = mp
	casgstatus(gp, _Grunnable, _Grunning)
	if trace.on {
		traceGoStart(gp)
	}
	gp.waitsince = 0
	gp.preempt = false
	if !inheritTime {
		mp.p.schedtick++
	}
	if hz := atomic.Loadint32(&sched.profilehz); hz != mp.profilehz {
		profHooks.thread(hz)
	}
	gogo(&gp.sched, gp)
}

// schedule finds a runnable goroutine and runs it. On g0; never returns.
//
//go:noinline
func schedule() {
	mp := getg().m
	if mp.locks != 0 {
		throw("schedule: holding locks")
	}
	if mp.lockedg != nil {
		stoplockedm()
		execute(mp.lockedg, false)
	}
top:
	pp := mp.p
	pp.preempt = false
	if mp.spinning && (pp.runnext != nil || pp.runqhead != pp.runqtail) {
		throw("schedule: spinning with local work")
	}
	gp, inheritTime, tryWakeP := findRunnable()
	if mp.spinning {
		resetspinning()
	}
	if tryWakeP {
		wakep()
	}
	if gp.lockedm != nil {
		startlockedm(gp)
		goto top
	}
	execute(gp, inheritTime)
}

func resetspinning() {
	mp := getg().m
	mp.spinning = false
	if sched.nmspinning.Add(-1) < 0 {
		throw("findRunnable: negative nmspinning")
	}
	wakep()
}

// findRunnable returns a goroutine to run, sleeping until there is one.
func findRunnable() (gp *g, inheritTime, tryWakeP bool) {
	mp := getg().m
top:
	pp := mp.p
	if sched.gcwaiting.Load() {
		gcstopm()
		goto top
	}

	now, pollUntil, _ := timersCheck(pp, 0)

	// Goroutines the collector or finalizers want run.
	if gp := gcFindRunnable(pp); gp != nil {
		return gp, false, true
	}
	if sched.gcwaiting.Load() {
		goto top
	}

	// Once in a while the global queue goes first, so that two goroutines that wake each other do not starve it.
	if pp.schedtick%61 == 0 && sched.runq.size > 0 {
		lock(&sched.lock)
		gp := globrunqget()
		unlock(&sched.lock)
		if gp != nil {
			return gp, false, false
		}
	}
	if gp, inheritTime := runqget(pp); gp != nil {
		return gp, inheritTime, false
	}
	if sched.runq.size != 0 {
		lock(&sched.lock)
		gp := globrunqgetbatch(pp)
		unlock(&sched.lock)
		if gp != nil {
			return gp, false, false
		}
	}
	if netpollinited() && netpollAnyWaiters() && sched.lastpoll.Load() != 0 {
		list, delta := netpoll(0)
		if !list.empty() {
			gp := list.pop()
			injectglist(&list)
			netpollAdjustWaiters(delta)
			casgstatus(gp, _Gwaiting, _Grunnable)
			if trace.on {
				traceGoUnblock(gp, 0)
			}
			return gp, false, false
		}
	}

	// Steal, unless enough others already look for work.
	if mp.spinning || 2*sched.nmspinning.Load() < gomaxprocs-sched.npidle.Load() {
		if !mp.spinning {
			mp.spinning = true
			sched.nmspinning.Add(1)
		}
		if gp, again := stealWork(pp); gp != nil {
			return gp, false, false
		} else if again {
			goto top
		}
	}

	if writeBarrier.enabled != 0 && gcMarkIdle() {
		goto top
	}

	// Nothing. Give the p up.
	lock(&sched.lock)
	if sched.gcwaiting.Load() {
		unlock(&sched.lock)
		goto top
	}
	if sched.runq.size != 0 {
		gp := globrunqget()
		unlock(&sched.lock)
		return gp, false, false
	}
	if !mp.spinning && sched.needspinning.Load() == 1 {
		mp.spinning = true
		sched.nmspinning.Add(1)
		unlock(&sched.lock)
		goto top
	}
	if releasep() != pp {
		throw("findRunnable: wrong p")
	}
	pidleput(pp)
	unlock(&sched.lock)

	wasSpinning := mp.spinning
	if mp.spinning {
		mp.spinning = false
		if sched.nmspinning.Add(-1) < 0 {
			throw("findRunnable: negative nmspinning")
		}
		// Look once more: work may have come while others believed that we were still looking.
		lock(&sched.lock)
		if sched.runq.size != 0 {
			if pp := pidlegetSpinning(); pp != nil {
				gp := globrunqget()
				unlock(&sched.lock)
				acquirep(pp)
				mp.spinning = true
				sched.nmspinning.Add(1)
				return gp, false, false
			}
		}
		unlock(&sched.lock)
		if pp := checkRunqsNoP(); pp != nil {
			acquirep(pp)
			mp.spinning = true
			sched.nmspinning.Add(1)
			goto top
		}
	}
	if when := timersNext(); when != 0 {
		pollUntil = when
	} else {
		pollUntil = 0
	}

	// One m without a p waits for the network and for timers.
	if (netpollinited() && (netpollAnyWaiters() || pollUntil != 0)) && sched.lastpoll.Swap(0) != 0 {
		sched.pollUntil.Store(pollUntil)
		if mp.p != nil || mp.spinning {
			throw("findRunnable: netpoll with p or spinning")
		}
		delay := int64(-1)
		if pollUntil != 0 {
			delay = pollUntil - nanotime()
			if delay < 0 {
				delay = 0
			}
		}
		list, delta := netpoll(delay)
		now = nanotime()
		sched.pollUntil.Store(0)
		sched.lastpoll.Store(now)
		lock(&sched.lock)
		pp := pidleget()
		unlock(&sched.lock)
		if pp == nil {
			injectglist(&list)
			netpollAdjustWaiters(delta)
		} else {
			acquirep(pp)
			if !list.empty() {
				gp := list.pop()
				injectglist(&list)
				netpollAdjustWaiters(delta)
				casgstatus(gp, _Gwaiting, _Grunnable)
				if trace.on {
					traceGoUnblock(gp, 0)
				}
				return gp, false, false
			}
			if wasSpinning {
				mp.spinning = true
				sched.nmspinning.Add(1)
			}
			goto top
		}
	} else if pollUntil != 0 && netpollinited() {
		if until := sched.pollUntil.Load(); until == 0 || until > pollUntil {
			netpollBreak()
		}
	}
	stopm()
	goto top
}

// stealWork takes half of another p's queue. again: something may have appeared; look from the top.
func stealWork(pp *p) (gp *g, again bool) {
	n := uint32(len(allp))
	const tries = 4
	for i := 0; i < tries; i++ {
		stealRunNext := i == tries-1
		at := cheaprandn(n)
		for j := uint32(0); j < n; j++ {
			if sched.gcwaiting.Load() {
				return nil, true
			}
			p2 := allp[(at+j)%n]
			if p2 == pp {
				continue
			}
			if gp := runqsteal(pp, p2, stealRunNext); gp != nil {
				return gp, false
			}
		}
	}
	if _, _, ran := timersCheck(pp, 0); ran {
		return nil, true
	}
	return nil, false
}

// checkRunqsNoP returns an idle p if any p has work.
func checkRunqsNoP() *p {
	for _, p2 := range allp {
		if !runqempty(p2) {
			lock(&sched.lock)
			pp := pidlegetSpinning()
			unlock(&sched.lock)
			return pp
		}
	}
	return nil
}

// wakeNetPoller makes sure a timer at `when` is noticed by whoever sleeps in netpoll.
func wakeNetPoller(when int64) {
	if !netpollinited() {
		netpollGenericInit()
	}
	if sched.lastpoll.Load() == 0 {
		until := sched.pollUntil.Load()
		if until == 0 || until > when {
			netpollBreak()
		}
	} else {
		wakep()
	}
}

// injectglist makes all of the list runnable: on the global queue, and on this p.
func injectglist(list *gList) {
	if list.empty() {
		return
	}
	var q gQueue
	noP := getg().m.p == nil // then a trace that begins or ends must not do so between the change and its event (trace.go)
	if noP {
		lock(&trace.lock)
	}
	for {
		gp := list.pop()
		if gp == nil {
			break
		}
		casgstatus(gp, _Gwaiting, _Grunnable)
		if trace.on {
			traceGoUnblock(gp, 0)
		}
		q.pushBack(gp)
	}
	if noP {
		unlock(&trace.lock)
	}
	n := q.size
	lock(&sched.lock)
	sched.runq.pushBackAll(q)
	unlock(&sched.lock)
	for ; n > 0; n-- {
		if sched.npidle.Load() == 0 {
			break
		}
		startIdle()
	}
}

func startIdle() {
	mp := acquirem()
	lock(&sched.lock)
	pp := pidlegetSpinning()
	unlock(&sched.lock)
	if pp != nil {
		startm(pp, false)
	}
	releasem(mp)
}

// ---- Run queues

func runqempty(pp *p) bool {
	for {
		head := atomic.Load(&pp.runqhead)
		tail := atomic.Load(&pp.runqtail)
		next := atomic.Loadp(unsafe.Pointer(&pp.runnext))
		if tail == atomic.Load(&pp.runqtail) {
			return head == tail && next == nil
		}
	}
}

// runqput puts gp on pp's queue; next: into runnext, moving its former content to the ring. Owner only.
func runqput(pp *p, gp *g, next bool) {
	if next {
		for {
			old := pp.runnext
			if atomic.Casp1((*unsafe.Pointer)(unsafe.Pointer(&pp.runnext)), unsafe.Pointer(old), unsafe.Pointer(gp)) {
				if old == nil {
					return
				}
				gp = old
				break
			}
		}
	}
	for {
		h := atomic.LoadAcq(&pp.runqhead)
		t := pp.runqtail
		if t-h < uint32(len(pp.runq)) {
			pp.runq[t%uint32(len(pp.runq))] = gp
			atomic.StoreRel(&pp.runqtail, t+1)
			return
		}
		if runqputslow(pp, gp, h, t) {
			return
		}
	}
}

// runqputslow moves half of a full ring, and gp, to the global queue.
func runqputslow(pp *p, gp *g, h, t uint32) bool {
	var batch [len(pp.runq)/2 + 1]*g
	n := (t - h) / 2
	for i := uint32(0); i < n; i++ {
		batch[i] = pp.runq[(h+i)%uint32(len(pp.runq))]
	}
	if !atomic.CasRel(&pp.runqhead, h, h+n) {
		return false
	}
	batch[n] = gp
	var q gQueue
	for i := uint32(0); i <= n; i++ {
		q.pushBack(batch[i])
	}
	lock(&sched.lock)
	sched.runq.pushBackAll(q)
	unlock(&sched.lock)
	return true
}

// runqget takes the next goroutine. Owner only.
func runqget(pp *p) (gp *g, inheritTime bool) {
	next := pp.runnext
	if next != nil && atomic.Casp1((*unsafe.Pointer)(unsafe.Pointer(&pp.runnext)), unsafe.Pointer(next), nil) {
		return next, true
	}
	for {
		h := atomic.LoadAcq(&pp.runqhead)
		t := pp.runqtail
		if t == h {
			return nil, false
		}
		gp := pp.runq[h%uint32(len(pp.runq))]
		if atomic.CasRel(&pp.runqhead, h, h+1) {
			return gp, false
		}
	}
}

// runqgrab copies half of p2's ring into batch and returns how many.
func runqgrab(p2 *p, batch *[256]*g, batchHead uint32, stealRunNext bool) uint32 {
	for {
		h := atomic.LoadAcq(&p2.runqhead)
		t := atomic.LoadAcq(&p2.runqtail)
		n := t - h
		n = n - n/2
		if n == 0 {
			if stealRunNext {
				if next := (*g)(atomic.Loadp(unsafe.Pointer(&p2.runnext))); next != nil {
					if p2.status == _Prunning {
						// Its owner is likely to run it in a moment: let it.
						usleep(3)
					}
					if !atomic.Casp1((*unsafe.Pointer)(unsafe.Pointer(&p2.runnext)), unsafe.Pointer(next), nil) {
						continue
					}
					batch[batchHead%uint32(len(batch))] = next
					return 1
				}
			}
			return 0
		}
		if n > uint32(len(p2.runq)/2) {
			continue // h and t were read at different times
		}
		for i := uint32(0); i < n; i++ {
			batch[(batchHead+i)%uint32(len(batch))] = p2.runq[(h+i)%uint32(len(p2.runq))]
		}
		if atomic.CasRel(&p2.runqhead, h, h+n) {
			return n
		}
	}
}

// runqsteal moves half of p2's ring to pp's and returns one of them.
func runqsteal(pp, p2 *p, stealRunNext bool) *g {
	t := pp.runqtail
	n := runqgrab(p2, &pp.runq, t, stealRunNext)
	if n == 0 {
		return nil
	}
	n--
	gp := pp.runq[(t+n)%uint32(len(pp.runq))]
	if n == 0 {
		return gp
	}
	h := atomic.LoadAcq(&pp.runqhead)
	if t-h+n >= uint32(len(pp.runq)) {
		throw("runqsteal: runq overflow")
	}
	atomic.StoreRel(&pp.runqtail, t+n)
	return gp
}

// The global queue. sched.lock held.

func globrunqput(gp *g) { sched.runq.pushBack(gp) }

func globrunqget() *g { return sched.runq.pop() }

// globrunqgetbatch takes this p's share and returns the first.
func globrunqgetbatch(pp *p) *g {
	if sched.runq.size == 0 {
		return nil
	}
	n := sched.runq.size/gomaxprocs + 1
	if n > sched.runq.size {
		n = sched.runq.size
	}
	if n > int32(len(pp.runq)/2) {
		n = int32(len(pp.runq) / 2)
	}
	gp := sched.runq.pop()
	for n--; n > 0; n-- {
		t := pp.runqtail
		if t-atomic.LoadAcq(&pp.runqhead) >= uint32(len(pp.runq)) {
			break
		}
		pp.runq[t%uint32(len(pp.runq))] = sched.runq.pop()
		atomic.StoreRel(&pp.runqtail, t+1)
	}
	return gp
}

// ---- Idle lists. sched.lock held.

func mput(mp *m) {
	mp.schedlink = sched.midle
	sched.midle = mp
	sched.nmidle++
	checkdead()
}

func mget() *m {
	mp := sched.midle
	if mp != nil {
		sched.midle = mp.schedlink
		mp.schedlink = nil
		sched.nmidle--
	}
	return mp
}

func pidleput(pp *p) {
	if !runqempty(pp) {
		throw("pidleput: P has non-empty run queue")
	}
	pp.status = _Pidle
	pp.idleSince = nanotime()
	pp.link = sched.pidle
	sched.pidle = pp
	sched.npidle.Add(1)
}

func pidleget() *p {
	pp := sched.pidle
	if pp != nil {
		sched.pidle = pp.link
		pp.link = nil
		sched.npidle.Add(-1)
		sched.stats.idleTime += nanotime() - pp.idleSince
	}
	return pp
}

func pidlegetSpinning() *p {
	pp := pidleget()
	if pp == nil {
		sched.needspinning.Store(1)
	}
	return pp
}

// ---- Processors

// procresize sets the number of ps and returns those that have work, linked. sched.lock held, world stopped.
//
//go:noinline
func procresize(nprocs int32) *p {
	old := gomaxprocs
	if old < 0 || nprocs <= 0 {
		throw("procresize: invalid arg")
	}
	now := nanotime()
	if sched.stats.procSince != 0 {
		sched.stats.procTime += int64(old) * (now - sched.stats.procSince)
	}
	sched.stats.procSince = now
	if nprocs > int32(len(allp)) {
		lock(&allpLock)
		if nprocs <= int32(cap(allp)) {
			allp = allp[:nprocs]
		} else {
			n := make([]*p, nprocs)
			copy(n, allp[:cap(allp)])
			allp = n
		}
		unlock(&allpLock)
	}
	for i := old; i < nprocs; i++ {
		pp := allp[i]
		if pp == nil {
			pp = new(p)
			allp[i] = pp
		}
		pp.id = i
		pp.status = _Pgcstop
		pp.initMemory(i)
		if trace.on {
			traceProcNew(pp)
		}
	}
	mp := getg().m
	if mp.p != nil && mp.p.id < nprocs {
		mp.p.status = _Prunning
	} else {
		if mp.p != nil {
			if trace.on {
				traceProcStop()
			}
			mp.p.m = nil
		}
		mp.p = nil
		pp := allp[0]
		pp.m = nil
		pp.status = _Pidle
		acquirep(pp)
	}
	for i := nprocs; i < old; i++ {
		pdestroy(allp[i])
	}
	if int32(len(allp)) != nprocs {
		lock(&allpLock)
		allp = allp[:nprocs]
		unlock(&allpLock)
	}
	var runnable *p
	for i := nprocs - 1; i >= 0; i-- {
		pp := allp[i]
		if mp.p == pp {
			continue
		}
		pp.status = _Pidle
		if runqempty(pp) {
			pidleput(pp)
		} else {
			pp.m = mget()
			pp.link = runnable
			runnable = pp
		}
	}
	atomic.Store((*uint32)(unsafe.Pointer(&gomaxprocs)), uint32(nprocs))
	return runnable
}

// pdestroy empties a p that is taken out of use. It stays in allp's array: an m may be in a system call with it.
func pdestroy(pp *p) {
	for pp.runqhead != pp.runqtail {
		pp.runqtail--
		gp := pp.runq[pp.runqtail%uint32(len(pp.runq))]
		sched.runq.push(gp)
	}
	if pp.runnext != nil {
		sched.runq.push(pp.runnext)
		pp.runnext = nil
	}
	sched.stats.ncreated += pp.ncreated
	pp.ncreated = 0
	pp.destroyMemory()
	gfpurge(pp)
	pp.status = _Pdead
}

func acquirep(pp *p) {
	wirep(pp)
	if trace.on {
		traceProcStart(pp)
	}
}

func wirep(pp *p) {
	mp := getg().m
	if mp.p != nil {
		throw("wirep: already in go")
	}
	if pp.m != nil || pp.status != _Pidle {
		print("wirep: p->m=", pp.m, " p->status=", pp.status, "\n")
		throw("wirep: invalid p state")
	}
	mp.p = pp
	pp.m = mp
	pp.status = _Prunning
}

func releasep() *p {
	mp := getg().m
	pp := mp.p
	if pp == nil || pp.m != mp || pp.status != _Prunning {
		throw("releasep: invalid p state")
	}
	if trace.on {
		traceProcStop()
	}
	mp.p = nil
	pp.m = nil
	pp.status = _Pidle
	return pp
}

// ---- System calls

// entersyscall1 continues entersyscall (asm_amd64.s), which has stored the registers. sp, pc, bp, limit: of the caller.
// The p stays linked through m.oldp; sysmon may take it.
func entersyscall1(gp *g, sp, pc, bp, limit uintptr) {
	mp := gp.m
	mp.locks++
	gp.syscallsp = sp
	gp.syscallpc = pc
	gp.syscallbp = bp
	gp.syscalllimit = limit
	gp.sched.pc = pc
	gp.sched.bp = bp
	casgstatus(gp, _Grunning, _Gsyscall)
	if trace.on {
		traceSyscallBegin(gp, mp.p)
	}
	if sched.sysmonwait.Load() {
		entersyscallSysmon()
	}
	pp := mp.p
	mp.syscalltick = pp.syscalltick
	pp.m = nil
	mp.oldp = pp
	mp.p = nil
	atomic.Store(&pp.status, _Psyscall)
	if sched.gcwaiting.Load() {
		entersyscallGCWait(pp)
	}
	mp.locks--
}

func entersyscallSysmon() {
	lock(&sched.lock)
	if sched.sysmonwait.Load() {
		sched.sysmonwait.Store(false)
		notewakeup(&sched.sysmonnote)
	}
	unlock(&sched.lock)
}

func entersyscallGCWait(pp *p) {
	lock(&sched.lock)
	if sched.stopwait > 0 && atomic.Cas(&pp.status, _Psyscall, _Pgcstop) {
		if trace.on {
			traceProcSteal(pp)
		}
		pp.syscalltick++
		sched.stopwait--
		if sched.stopwait == 0 {
			notewakeup(&sched.stopnote)
		}
	}
	unlock(&sched.lock)
}

// entersyscallblock1 continues entersyscallblock.
func entersyscallblock1(gp *g, sp, pc, bp, limit uintptr) {
	mp := gp.m
	mp.locks++
	gp.syscallsp = sp
	gp.syscallpc = pc
	gp.syscallbp = bp
	gp.syscalllimit = limit
	gp.sched.pc = pc
	gp.sched.bp = bp
	casgstatus(gp, _Grunning, _Gsyscall)
	if trace.on {
		traceSyscallBegin(gp, mp.p)
	}
	mp.p.syscalltick++
	entersyscallHandoff(mp)
	mp.locks--
}

func entersyscallHandoff(mp *m) {
	if sched.sysmonwait.Load() {
		entersyscallSysmon()
	}
	handoffp(releasep())
}

// exitsyscall ends a system call: it gets a p back, its own if nobody took it, or parks the goroutine.
func exitsyscall() {
	gp := getg()
	mp := gp.m
	mp.locks++
	oldp := mp.oldp
	mp.oldp = nil
	if exitsyscallfast(oldp) {
		mp.p.syscalltick++
		if needsScan(gp) {
			systemstack(scanCaller)
		}
		casgstatus(gp, _Gsyscall, _Grunning)
		gp.syscallsp = 0
		mp.locks--
		return
	}
	mp.locks--
	mcall(exitsyscall0)
	// Running again, perhaps on another m. The collector needed syscallsp until here.
	gp.syscallsp = 0
}

// scanCaller scans the stack of the goroutine that called systemstack.
func scanCaller() { gcScanG(getg().m.curg) }

func exitsyscallfast(oldp *p) bool {
	if oldp != nil && atomic.Load(&oldp.status) == _Psyscall && atomic.Cas(&oldp.status, _Psyscall, _Pidle) {
		wirep(oldp)
		if trace.on {
			traceSyscallEnd(getg(), oldp, oldp.syscalltick != getg().m.syscalltick)
		}
		return true
	}
	if sched.pidle != nil && !sched.gcwaiting.Load() {
		lock(&sched.lock)
		var pp *p
		if !sched.gcwaiting.Load() {
			pp = pidleget()
		}
		if pp != nil && sched.sysmonwait.Load() {
			sched.sysmonwait.Store(false)
			notewakeup(&sched.sysmonnote)
		}
		unlock(&sched.lock)
		if pp != nil {
			acquirep(pp)
			if trace.on {
				traceSyscallEndBlocked()
				traceGoStart(getg())
			}
			return true
		}
	}
	return false
}

// exitsyscall0 parks a goroutine that found no p. On g0, without a p.
func exitsyscall0(gp *g) {
	gp.syscallsp = 0  // sched describes the whole stack now
	lock(&trace.lock) // a trace must not begin or end between the change and its event (trace.go)
	casgstatus(gp, _Gsyscall, _Grunnable)
	if trace.on {
		traceSyscallEndBlocked()
	}
	unlock(&trace.lock)
	dropg()
	lock(&sched.lock)
	var pp *p
	if !sched.gcwaiting.Load() {
		pp = pidleget()
	}
	locked := false
	if pp == nil {
		globrunqput(gp)
		locked = gp.lockedm != nil
	} else if sched.sysmonwait.Load() {
		sched.sysmonwait.Store(false)
		notewakeup(&sched.sysmonnote)
	}
	unlock(&sched.lock)
	if pp != nil {
		acquirep(pp)
		execute(gp, false)
	}
	if locked {
		stoplockedm()
		execute(gp, false)
	}
	stopm()
	schedule()
}

//go:linkname syscall_runtime_BeforeFork syscall.runtime_BeforeFork
func syscall_runtime_BeforeFork() {
	mp := getg().m
	// Between fork and exec the child must not run handlers: block all signals.
	mp.locks++
	sigsave(&mp.sigmask)
	sigblock()
}

//go:linkname syscall_runtime_AfterFork syscall.runtime_AfterFork
func syscall_runtime_AfterFork() {
	mp := getg().m
	msigrestore(mp.sigmask)
	mp.locks--
}

var inForkedChild bool

//go:linkname syscall_runtime_AfterForkInChild syscall.runtime_AfterForkInChild
func syscall_runtime_AfterForkInChild() {
	// Shares memory with the parent (CLONE_VM): nothing is written that the parent would miss.
	inForkedChild = true
	clearSignalHandlers()
	msigrestore(getg().m.sigmask)
	inForkedChild = false
}

//go:linkname syscall_runtime_BeforeExec syscall.runtime_BeforeExec
func syscall_runtime_BeforeExec() {} // a thread that cannot be made while the process replaces itself is tried again (newosproc)

//go:linkname syscall_runtime_AfterExec syscall.runtime_AfterExec
func syscall_runtime_AfterExec() {}

// ---- Stopping the world

type stwReason uint8

const (
	stwUnknown stwReason = iota
	stwGCMarkTerm
	stwGCSweepTerm
	stwWriteHeapDump
	stwGoroutineProfile
	stwGoroutineProfileCleanup
	stwAllGoroutinesStack
	stwReadMemStats
	stwAllThreadsSyscall
	stwGOMAXPROCS
	stwStartTrace
	stwStopTrace
	stwForTestCountPagesInUse
)

func (r stwReason) isGC() bool { return r == stwGCMarkTerm || r == stwGCSweepTerm }

type worldStop struct {
	reason stwReason
	start  int64 // when it was asked for
	traced bool  // its end belongs in the trace
}

// stopTheWorld stops every goroutine but the caller's. The caller must not hold locks; pair with startTheWorld.
func stopTheWorld(reason stwReason) worldStop {
	semacquire(&worldsema)
	gp := getg()
	gp.m.preemptoff = "stopping"
	traced := trace.on && traceSTWBegin(reason)
	start := nanotime()
	systemstack(stopTheWorldWithSema)
	if d := nanotime() - start; reason.isGC() {
		sched.stats.stoppingGC.record(d)
	} else {
		sched.stats.stopping.record(d)
	}
	return worldStop{reason, start, traced}
}

func startTheWorld(w worldStop) {
	d := nanotime() - w.start // with the world running this thread may have to wait for a processor
	systemstack(startTheWorldWithSema)
	mp := acquirem()
	if w.reason.isGC() {
		sched.stats.stoppedGC.record(d)
	} else {
		sched.stats.stopped.record(d)
	}
	if w.traced && trace.on {
		traceSTWEnd()
	}
	mp.preemptoff = ""
	semrelease1(&worldsema, true, 0)
	releasem(mp)
	yieldIfAsked()
}

// yieldIfAsked gives the processor away if sysmon wants it: at the end of what takes long and is the runtime's, so that a signal
// never finds a goroutine that does it again and again where it may be stopped.
func yieldIfAsked() {
	gp := getg()
	if gp.preempt && gp.m.locks == 0 && gp.m.preemptoff == "" {
		Gosched()
	}
}

// stopTheWorldGC also keeps collections and other stops out.
func stopTheWorldGC(reason stwReason) worldStop {
	semacquire(&gcsema)
	return stopTheWorld(reason)
}

func startTheWorldGC(w worldStop) {
	startTheWorld(w)
	semrelease(&gcsema)
}

func stopTheWorldWithSema() {
	mp := getg().m
	lock(&sched.lock)
	sched.stopwait = gomaxprocs
	sched.gcwaiting.Store(true)
	preemptall()
	mp.p.status = _Pgcstop
	sched.stopwait--
	for _, pp := range allp {
		if atomic.Load(&pp.status) == _Psyscall && atomic.Cas(&pp.status, _Psyscall, _Pgcstop) {
			if trace.on {
				traceProcSteal(pp)
			}
			pp.syscalltick++
			sched.stopwait--
		}
	}
	for {
		pp := pidleget()
		if pp == nil {
			break
		}
		pp.status = _Pgcstop
		sched.stopwait--
	}
	wait := sched.stopwait > 0
	unlock(&sched.lock)
	if wait {
		for {
			if notetsleep(&sched.stopnote, 100*1000) {
				noteclear(&sched.stopnote)
				break
			}
			preemptall()
		}
	}
	if sched.stopwait != 0 {
		throw("stopTheWorld: not stopped (stopwait != 0)")
	}
	for _, pp := range allp {
		if pp.status != _Pgcstop {
			throw("stopTheWorld: not stopped (status != _Pgcstop)")
		}
	}
}

func startTheWorldWithSema() {
	mp := acquirem()
	if netpollinited() {
		list, delta := netpoll(0)
		injectglist(&list)
		netpollAdjustWaiters(delta)
	}
	lock(&sched.lock)
	procs := gomaxprocs
	if newprocs != 0 {
		procs = newprocs
		newprocs = 0
	}
	p1 := procresize(procs)
	sched.gcwaiting.Store(false)
	if sched.sysmonwait.Load() {
		sched.sysmonwait.Store(false)
		notewakeup(&sched.sysmonnote)
	}
	unlock(&sched.lock)
	for p1 != nil {
		pp := p1
		p1 = p1.link
		pp.link = nil
		if pp.m != nil {
			nmp := pp.m
			pp.m = nil
			if nmp.nextp != nil {
				throw("startTheWorld: inconsistent mp->nextp")
			}
			nmp.nextp = pp
			notewakeup(&nmp.park)
		} else {
			newm(nil, pp, -1)
		}
	}
	wakep()
	releasem(mp)
}

var newprocs int32

// forEachG calls fn for every g, dead ones too.
func forEachG(fn func(gp *g)) {
	lock(&allglock)
	for _, gp := range allgs {
		fn(gp)
	}
	unlock(&allglock)
}

// forEachGRace is forEachG without the lock: while the world is stopped, or for a glimpse.
func forEachGRace(fn func(gp *g)) {
	for _, gp := range allgs {
		fn(gp)
	}
}

func forEachM(fn func(mp *m)) {
	for mp := allm; mp != nil; mp = mp.alllink {
		fn(mp)
	}
}

// ---- sysmon

type sysmontick struct {
	schedtick   uint32
	syscalltick uint32
	schedwhen   int64
	syscallwhen int64
}

const (
	forcePreemptNS = 10 * 1000 * 1000
	markPreemptNS  = 1000 * 1000 // while the collector marks: turns of marking are short then
)

// sysmon watches, on a thread of its own without a p: it takes ps from long system calls, preempts long-running goroutines, polls the
// network when nobody did for 10 ms, and asks for a collection every two minutes.
//
//go:noinline
func sysmon() {
	lock(&sched.lock)
	sched.nmsys++
	checkdead()
	unlock(&sched.lock)
	idle := 0
	delay := uint32(0)
	for {
		if idle == 0 {
			delay = 20
		} else if idle > 50 {
			delay *= 2
		}
		if delay > 10*1000 {
			delay = 10 * 1000
		}
		if delay > 500 && writeBarrier.enabled != 0 {
			delay = 500
		}
		usleep(delay)
		now := nanotime()
		if sched.gcwaiting.Load() || sched.npidle.Load() == gomaxprocs {
			lock(&sched.lock)
			if sched.gcwaiting.Load() || sched.npidle.Load() == gomaxprocs {
				next := timersNext()
				if next == 0 || next > now {
					sched.sysmonwait.Store(true)
					unlock(&sched.lock)
					sleep := int64(60e9)
					if next != 0 && next-now < sleep {
						sleep = next - now
					}
					notetsleep(&sched.sysmonnote, sleep)
					now = nanotime()
					lock(&sched.lock)
					sched.sysmonwait.Store(false)
					noteclear(&sched.sysmonnote)
				}
				idle = 0
				delay = 20
			}
			unlock(&sched.lock)
		}
		lastpoll := sched.lastpoll.Load()
		if netpollinited() && lastpoll != 0 && lastpoll+10*1000*1000 < now {
			sched.lastpoll.CompareAndSwap(lastpoll, now)
			list, delta := netpoll(0)
			if !list.empty() {
				incidlelocked(-1)
				injectglist(&list)
				incidlelocked(1)
				netpollAdjustWaiters(delta)
			}
		}
		if next := timersNext(); next != 0 && next < now {
			startIdle()
		}
		took, asked := retake(now)
		if took != 0 {
			idle = 0
		} else {
			idle++
		}
		if asked && delay > 200 {
			// A goroutine that is mostly in the runtime, in map code for example, is where it may be stopped a hundredth of the time only.
			delay = 200
		}
		if trace.queue.head != nil {
			if gp := traceWakeReader(); gp != nil {
				var list gList
				list.push(gp)
				injectglist(&list)
			}
		}
		if gcTimeTrigger(now) && forcegc.idle.Load() {
			lock(&forcegc.lock)
			forcegc.idle.Store(false)
			var list gList
			list.push(forcegc.g)
			injectglist(&list)
			unlock(&forcegc.lock)
		}
	}
}

// retake takes ps back from system calls and preempts; it returns how many it took, and whether it asked a goroutine to stop.
func retake(now int64) (n int, asked bool) {
	lock(&allpLock)
	for i := 0; i < len(allp); i++ {
		pp := allp[i]
		if pp == nil {
			continue
		}
		pd := &pp.sysmontick
		s := atomic.Load(&pp.status)
		took := false
		if s == _Prunning || s == _Psyscall {
			if pd.schedtick != pp.schedtick {
				pd.schedtick = pp.schedtick
				pd.schedwhen = now
			} else if pd.schedwhen+forcePreemptNS <= now || writeBarrier.enabled != 0 && pd.schedwhen+markPreemptNS <= now {
				asked = preemptone(pp) || asked
				took = s == _Psyscall
			}
		}
		if s == _Psyscall {
			if !took && pd.syscalltick != pp.syscalltick {
				pd.syscalltick = pp.syscalltick
				pd.syscallwhen = now
				continue
			}
			if runqempty(pp) && sched.nmspinning.Load()+sched.npidle.Load() > 0 && pd.syscallwhen+10*1000*1000 > now {
				continue
			}
			unlock(&allpLock)
			incidlelocked(-1) // the m in the call counts as running for checkdead
			if atomic.Cas(&pp.status, s, _Pidle) {
				if trace.on {
					traceProcSteal(pp)
				}
				n++
				pp.syscalltick++
				handoffp(pp)
			}
			incidlelocked(1)
			lock(&allpLock)
		}
	}
	unlock(&allpLock)
	return n, asked
}

// preemptall asks every running goroutine to yield.
func preemptall() bool {
	res := false
	for _, pp := range allp {
		if pp.status != _Prunning {
			continue
		}
		if preemptone(pp) {
			res = true
		}
	}
	return res
}

func preemptone(pp *p) bool {
	mp := pp.m
	if mp == nil || mp == getg().m {
		return false
	}
	gp := mp.curg
	if gp == nil || gp == mp.g0 {
		return false
	}
	gp.preempt = true
	pp.preempt = true
	preemptM(mp)
	return true
}

// ---- Deadlock

// checkdead finds out whether nothing can ever run again. sched.lock held.
func checkdead() {
	if panicking.Load() > 0 || inForkedChild {
		return
	}
	run := mcount() - sched.nmidle - sched.nmidlelocked - sched.nmsys
	if run > 0 {
		return
	}
	if run < 0 {
		print("runtime: checkdead: nmidle=", sched.nmidle, " nmidlelocked=", sched.nmidlelocked, " mcount=", mcount(), " nmsys=", sched.nmsys, "\n")
		unlock(&sched.lock)
		throw("checkdead: inconsistent counts")
	}
	grunning := 0
	for _, gp := range allgs {
		if isSystemGoroutine(gp, false) {
			continue
		}
		switch s := readgstatus(gp); s {
		case _Gwaiting, _Gpreempted:
			grunning++
		case _Grunnable, _Grunning, _Gsyscall:
			unlock(&sched.lock)
			print("runtime: checkdead: find g ", gp.goid, " in status ", s, "\n")
			throw("checkdead: runnable g")
		}
	}
	if grunning == 0 {
		unlock(&sched.lock)
		fatal("no goroutines (main called runtime.Goexit) - deadlock!")
	}
	if timersNext() != 0 {
		return
	}
	unlock(&sched.lock)
	fatal("all goroutines are asleep - deadlock!")
}

// ---- Threads and goroutines tied together

func lockOSThread() {
	getg().m.lockedInt++
	dolockOSThread()
}

func unlockOSThread() {
	gp := getg()
	if gp.m.lockedInt == 0 {
		badunlockosthread()
	}
	gp.m.lockedInt--
	dounlockOSThread()
}

func badunlockosthread() {
	throw("runtime: internal error: misuse of lockOSThread/unlockOSThread")
}

func dolockOSThread() {
	gp := getg()
	gp.m.lockedg = gp
	gp.lockedm = gp.m
}

func dounlockOSThread() {
	gp := getg()
	if gp.m.lockedInt != 0 || gp.m.lockedExt != 0 {
		return
	}
	gp.m.lockedg = nil
	gp.lockedm = nil
}

// LockOSThread wires the calling goroutine to its current operating system thread.
func LockOSThread() {
	gp := getg()
	gp.m.lockedExt++
	if gp.m.lockedExt == 0 {
		gp.m.lockedExt--
		panic("LockOSThread nesting overflow")
	}
	dolockOSThread()
}

// UnlockOSThread undoes one earlier call to LockOSThread.
func UnlockOSThread() {
	gp := getg()
	if gp.m.lockedExt == 0 {
		return
	}
	gp.m.lockedExt--
	dounlockOSThread()
}

// ---- Queries

func gcount() int32 {
	n := int32(0)
	lock(&allglock)
	for _, gp := range allgs {
		if readgstatus(gp) != _Gdead && readgstatus(gp) != _Gidle && !isSystemGoroutine(gp, false) {
			n++
		}
	}
	unlock(&allglock)
	return n
}

// GOMAXPROCS sets the number of processors that run Go code at once, and returns the former one; n < 1 changes nothing.
func GOMAXPROCS(n int) int {
	lock(&sched.lock)
	ret := int(gomaxprocs)
	unlock(&sched.lock)
	if n <= 0 || n == ret {
		return ret
	}
	w := stopTheWorldGC(stwGOMAXPROCS)
	newprocs = int32(n)
	startTheWorldGC(w)
	mp := acquirem()
	if trace.on {
		traceProcsChange()
	}
	releasem(mp)
	return ret
}

// SetDefaultGOMAXPROCS sets GOMAXPROCS to what it is without the environment variable.
func SetDefaultGOMAXPROCS() {
	GOMAXPROCS(int(getCPUCount()))
}

// NumCPU returns the number of processors usable by the process at its start.
func NumCPU() int { return int(ncpu) }

// NumCgoCall returns the number of cgo calls made.
func NumCgoCall() int64 { return 0 }

// NumGoroutine returns the number of goroutines that exist.
func NumGoroutine() int { return int(gcount()) }

func procPin() int {
	mp := getg().m
	mp.locks++
	return int(mp.p.id)
}

func procUnpin() { getg().m.locks-- }

//go:linkname sync_runtime_procPin sync.runtime_procPin
func sync_runtime_procPin() int { return procPin() }

//go:linkname sync_runtime_procUnpin sync.runtime_procUnpin
func sync_runtime_procUnpin() { procUnpin() }

//go:linkname sync_atomic_runtime_procPin sync/atomic.runtime_procPin
func sync_atomic_runtime_procPin() int { return procPin() }

//go:linkname sync_atomic_runtime_procUnpin sync/atomic.runtime_procUnpin
func sync_atomic_runtime_procUnpin() { procUnpin() }

// sync_runtime_canSpin: spinning makes sense a few times, when others run and nothing waits here.
func sync_runtime_canSpin(i int) bool {
	if i >= active_spin || ncpu <= 1 || gomaxprocs <= sched.npidle.Load()+sched.nmspinning.Load()+1 {
		return false
	}
	return runqempty(getg().m.p)
}

func sync_runtime_doSpin() { procyield(active_spin_cnt) }

//go:linkname internal_sync_runtime_canSpin internal/sync.runtime_canSpin
func internal_sync_runtime_canSpin(i int) bool { return sync_runtime_canSpin(i) }

//go:linkname internal_sync_runtime_doSpin internal/sync.runtime_doSpin
func internal_sync_runtime_doSpin() { sync_runtime_doSpin() }

//go:linkname setMaxThreads runtime/debug.setMaxThreads
func setMaxThreads(in int) (out int) {
	lock(&sched.lock)
	out = int(sched.maxmcount)
	if in > 0x7fffffff {
		sched.maxmcount = 0x7fffffff
	} else {
		sched.maxmcount = int32(in)
	}
	checkmcount()
	unlock(&sched.lock)
	return
}
