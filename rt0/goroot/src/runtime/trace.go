// The execution tracer: who ran where, in the format that GOROOT's internal/trace reads (version 1.26 of it).
//
// A trace is a row of generations. Within one, each M writes its events, in order, to a buffer of its own; a full buffer becomes a batch for
// ReadTrace. Events of goroutines and Ps that other Ms may have touched carry the next number of a sequence that the goroutine or P counts, so
// that the reader can put the Ms' events in order whatever the clocks say. A generation ends with the tables of strings and stacks that its
// events refer to by number, a sample of the clocks, and one byte that says so.
//
// A generation begins and ends with the world stopped: then every P but one is idle, no goroutine runs but the one that asks, and one pass over
// allp and allgs tells the status of each. (Go's runtime does without the stop and pays with a status before the first event of each.)
//
// Who may write. An M with a P writes without a lock: it is not running when the world is stopped. An M without one (sysmon, the end
// of a system call, the network poller's wait) holds trace.lock from before it changes a goroutine's status until it has written that. What
// an M does with a P in its hands that is on no list holds the stop up, and needs the lock for the buffer only. trace.lock is a leaf.
//
// When tracing is off an event costs a load of trace.on and a branch.
//
// Who watches the program from outside (rt0 explain, with ptrace) sets trace.watched before runtime.main and has a trace without a reader:
// the batches stay in trace.kept, and are read from the memory of the process when it ends. It is one generation, of which the first
// traceKeep batches are kept; trace.lost is the time from which on there is not everything.
//
// Source: internal/trace/tracev2/events.go and internal/trace/order.go, go1.27.

package runtime

import "unsafe"

const (
	traceEvEventBatch        = 1
	traceEvStacks            = 2
	traceEvStack             = 3
	traceEvStrings           = 4
	traceEvString            = 5
	traceEvFrequency         = 8
	traceEvProcsChange       = 9
	traceEvProcStart         = 10
	traceEvProcStop          = 11
	traceEvProcSteal         = 12
	traceEvProcStatus        = 13
	traceEvGoCreate          = 14
	traceEvGoStart           = 16
	traceEvGoDestroy         = 17
	traceEvGoStop            = 19
	traceEvGoBlock           = 20
	traceEvGoUnblock         = 21
	traceEvGoSyscallBegin    = 22
	traceEvGoSyscallEnd      = 23
	traceEvGoSyscallEndBlock = 24
	traceEvSTWBegin          = 26
	traceEvSTWEnd            = 27
	traceEvGCBegin           = 29
	traceEvGCEnd             = 30
	traceEvHeapAlloc         = 37
	traceEvHeapGoal          = 38
	traceEvUserTaskBegin     = 40
	traceEvUserTaskEnd       = 41
	traceEvUserRegionBegin   = 42
	traceEvUserRegionEnd     = 43
	traceEvUserLog           = 44
	traceEvGoSwitch          = 45
	traceEvGoSwitchDestroy   = 46
	traceEvGoCreateBlocked   = 47
	traceEvGoStatusStack     = 48
	traceEvSync              = 50
	traceEvClockSnapshot     = 51
	traceEvEndOfGeneration   = 52
	traceHeader              = "go 1.26 trace\x00\x00\x00"
	traceNoThread            = ^uint64(0)
	traceProcRunning         = 1
	traceProcIdle            = 2
	traceGoRunnable          = 1
	traceGoRunning           = 2
	traceGoSyscall           = 3
	traceGoWaiting           = 4
	traceMaxString           = 1024
	traceMaxFrames           = 64
	traceAdvancePeriod       = 1e9 // nanoseconds of a generation, about
	traceHead                = 48  // room for a batch's head before its data
	traceBufSize             = 64<<10 - 64
	traceMaxEvent            = 64 // bytes of an event, at most
	traceTableSize           = 1 << 11
	traceKeep                = 32 // batches for who watches
)

// traceBuf is a batch that is written, waits for the reader, or is unused; and a block of a table's memory.
type traceBuf struct {
	link *traceBuf
	mid  uint64 // the thread whose events these are
	last int64  // time of the last event
	time int64  // of the first
	from int    // head and data are data[from:n]
	n    int
	end  bool // the last of its generation
	data [traceBufSize]byte
}

// traceNode is a string or a stack of a generation: its bytes follow.
type traceNode struct {
	link *traceNode
	hash uint64
	id   uint64
	n    uintptr // bytes
}

// traceTable numbers strings, or stacks. Guarded by trace.lock until its generation is over.
type traceTable struct {
	last  uint64
	nodes [traceTableSize]*traceNode
}

// traceGen is what belongs to one generation.
type traceGen struct {
	gen     uint64
	strings traceTable
	stacks  traceTable
	blocks  *traceBuf // the tables' memory
}

type traceState struct {
	on      bool // written with the world stopped and lock held
	watched bool // set from outside; false again when the program begins a trace of its own

	lock     mutex // guards what follows
	active   bool  // between StartTrace and the end of StopTrace
	finished bool  // everything is in queue
	headed   bool  // the file's head has been read
	closing  bool  // the tables of the generation before are being written: batches go to later
	session  uint64
	queue    traceQueue // for the reader
	later    traceQueue
	free     *traceBuf
	reading  *traceBuf // what ReadTrace has given out
	reader   *g        // waits in ReadTrace
	cur      *traceGen
	spare    *traceGen
	gcSeq    uint64 // changed by who stops the world for a collection

	kept    traceQueue // of a program that is watched
	keptGen *traceGen
	nkept   int
	lost    int64 // time of the first event that was dropped, 0 none

	sema uint32 // one StartTrace, StopTrace or traceAdvance at a time
	done uint32 // the reader has dealt with a whole generation; who has ended it waits for that
}

var trace traceState

func init() { trace.sema = 1 }

type traceQueue struct {
	head, tail *traceBuf
}

func (q *traceQueue) put(b *traceBuf) {
	b.link = nil
	if q.tail != nil {
		q.tail.link = b
	} else {
		q.head = b
	}
	q.tail = b
}

func (q *traceQueue) take() *traceBuf {
	b := q.head
	if b != nil {
		q.head = b.link
		if q.head == nil {
			q.tail = nil
		}
		b.link = nil
	}
	return b
}

// ---- Buffers. trace.lock held.

func traceNewBuf() *traceBuf {
	b := trace.free
	if b != nil {
		trace.free = b.link
	} else {
		b = (*traceBuf)(sysAlloc(unsafe.Sizeof(traceBuf{}), &memstats.other_sys))
		if b == nil {
			throw("trace: out of memory")
		}
	}
	b.link = nil
	b.n = traceHead
	b.from = traceHead
	b.time = 0
	b.end = false
	return b
}

func traceFreeBuf(b *traceBuf) {
	b.link = trace.free
	trace.free = b
}

// traceSeal writes the head of a batch.
func traceSeal(b *traceBuf, gen uint64) {
	var head [traceHead]byte
	head[0] = traceEvEventBatch
	n := 1
	n = tracePut(head[:], n, gen)
	n = tracePut(head[:], n, b.mid)
	n = tracePut(head[:], n, uint64(b.time))
	n = tracePut(head[:], n, uint64(b.n-traceHead))
	b.from = traceHead - n
	copy(b.data[b.from:traceHead], head[:n])
}

// traceFlush hands the M's batch over.
func traceFlush(mp *m) {
	b := mp.traceBuf
	if b == nil {
		return
	}
	mp.traceBuf = nil
	if b.n == traceHead {
		traceFreeBuf(b)
		return
	}
	traceSeal(b, trace.cur.gen)
	if trace.watched {
		traceKeepBuf(b)
	} else if trace.closing {
		trace.later.put(b)
	} else {
		trace.queue.put(b)
	}
}

// traceKeepBuf puts a batch with those that are read from outside.
func traceKeepBuf(b *traceBuf) {
	if trace.nkept < traceKeep {
		trace.nkept++
		trace.kept.put(b)
		return
	}
	if trace.lost == 0 || b.time < trace.lost {
		trace.lost = b.time
	}
	traceFreeBuf(b)
}

func tracePut(data []byte, n int, v uint64) int {
	for ; v >= 0x80; v >>= 7 {
		data[n] = byte(v) | 0x80
		n++
	}
	data[n] = byte(v)
	return n + 1
}

// traceEmit writes an event of this M with its first n arguments. The M has a P, or holds trace.lock.
func traceEmit(ev byte, n int, a, b, c, d uint64) {
	mp := getg().m
	mp.locks++
	buf := mp.traceBuf
	if buf == nil || buf.n > traceBufSize-traceMaxEvent || buf.mid != mp.procid {
		if mp.p != nil {
			lock(&trace.lock)
		}
		traceFlush(mp)
		buf = traceNewBuf()
		buf.mid = mp.procid
		mp.traceBuf = buf
		if mp.p != nil {
			unlock(&trace.lock)
		}
	}
	now := nanotime()
	if buf.time == 0 {
		buf.time = now
		buf.last = now
	}
	data := buf.data[:]
	i := buf.n
	data[i] = ev
	i = tracePut(data, i+1, uint64(now-buf.last))
	buf.last = now
	args := [4]uint64{a, b, c, d}
	for k := 0; k < n; k++ {
		i = tracePut(data, i, args[k])
	}
	buf.n = i
	mp.locks--
}

// ---- Tables

// traceIntern gives the number of n bytes at p in a table of the current generation.
func traceIntern(t *traceTable, p unsafe.Pointer, n uintptr) uint64 {
	h := uint64(memhash(p, 0x5bd1e995, n))
	slot := &t.nodes[h%traceTableSize]
	for node := *slot; node != nil; node = node.link {
		if node.hash == h && node.n == n && memequal(add(unsafe.Pointer(node), unsafe.Sizeof(traceNode{})), p, n) {
			return node.id
		}
	}
	size := int(unsafe.Sizeof(traceNode{})+n+7) &^ 7
	g := trace.cur
	if g.blocks == nil || g.blocks.n+size > traceBufSize {
		b := traceNewBuf()
		b.link = g.blocks
		g.blocks = b
	}
	node := (*traceNode)(unsafe.Pointer(&g.blocks.data[g.blocks.n]))
	g.blocks.n += size
	t.last++
	node.id = t.last
	node.hash = h
	node.n = n
	memmove(add(unsafe.Pointer(node), unsafe.Sizeof(traceNode{})), p, n)
	node.link = *slot
	*slot = node
	return node.id
}

// traceString is the number of a string. The M has a P, or holds trace.lock.
func traceString(s string) uint64 {
	if len(s) == 0 {
		return 0
	}
	if len(s) > traceMaxString {
		s = s[:traceMaxString]
	}
	mp := getg().m
	mp.locks++
	if mp.p != nil {
		lock(&trace.lock)
	}
	id := traceIntern(&trace.cur.strings, unsafe.Pointer(unsafe.StringData(s)), uintptr(len(s)))
	if mp.p != nil {
		unlock(&trace.lock)
	}
	mp.locks--
	return id
}

// traceStack is the number of the stack of gp, which does not run, or of the caller if gp is nil.
func traceStack(gp *g, skip int) uint64 {
	var pcs [traceMaxFrames]uintptr
	n := 0
	if gp != nil {
		n = gcallers(gp, skip, pcs[:])
	} else {
		n = callers(skip+1, pcs[:])
	}
	return traceStackPCs(pcs[:n])
}

func traceStackPCs(pcs []uintptr) uint64 {
	if len(pcs) == 0 {
		return 0
	}
	mp := getg().m
	mp.locks++
	if mp.p != nil {
		lock(&trace.lock)
	}
	id := traceIntern(&trace.cur.stacks, unsafe.Pointer(&pcs[0]), uintptr(len(pcs))*8)
	if mp.p != nil {
		unlock(&trace.lock)
	}
	mp.locks--
	return id
}

// ---- Goroutines and Ps. Each is called only if trace.on.

func traceGoCreate(gp *g, blocked bool) {
	gp.traceSeq = 0
	pc := [1]uintptr{gp.startpc + 1}
	ev := byte(traceEvGoCreate)
	if blocked {
		ev = traceEvGoCreateBlocked
	}
	traceEmit(ev, 3, gp.goid, traceStackPCs(pc[:]), traceStack(nil, 2), 0)
}

func traceGoStart(gp *g) {
	gp.traceSeq++
	traceEmit(traceEvGoStart, 2, gp.goid, gp.traceSeq, 0, 0)
}

func traceGoBlock(gp *g) {
	traceEmit(traceEvGoBlock, 2, traceString(gp.waitreason.String()), traceStack(gp, 0), 0, 0)
}

func traceGoStop(gp *g, reason string) {
	traceEmit(traceEvGoStop, 2, traceString(reason), traceStack(gp, 0), 0, 0)
}

// traceGoUnblock: gp was waiting and is runnable now. stack: of who did it, 0 unknown.
func traceGoUnblock(gp *g, stack uint64) {
	gp.traceSeq++
	traceEmit(traceEvGoUnblock, 3, gp.goid, gp.traceSeq, stack, 0)
}

func traceGoDestroy() { traceEmit(traceEvGoDestroy, 0, 0, 0, 0, 0) }

// traceGoSwitch: the goroutine that runs gives its M to next and waits, or ends.
func traceGoSwitch(next *g, exit bool) {
	next.traceSeq++
	ev := byte(traceEvGoSwitch)
	if exit {
		ev = traceEvGoSwitchDestroy
	}
	traceEmit(ev, 2, next.goid, next.traceSeq, 0, 0)
}

func traceProcStart(pp *p) {
	pp.traceSeq++
	traceEmit(traceEvProcStart, 2, uint64(pp.id), pp.traceSeq, 0, 0)
}

func traceProcStop() { traceEmit(traceEvProcStop, 0, 0, 0, 0, 0) }

// traceStamp tells the current generation from all others of the process.
func traceStamp() uint64 { return trace.session<<32 | trace.cur.gen }

// traceProcNew: a P that procresize takes into use, for the first time in this generation.
func traceProcNew(pp *p) {
	if pp.traceGen != traceStamp() {
		pp.traceGen = traceStamp()
		pp.traceSeq = 0
		traceEmit(traceEvProcStatus, 2, uint64(pp.id), traceProcIdle, 0, 0)
	}
}

// traceProcSteal: pp was taken from the M that is in a system call with it.
func traceProcSteal(pp *p) {
	mp := getg().m
	if mp.p == nil {
		mp.locks++
		lock(&trace.lock)
	}
	pp.traceSeq++
	traceEmit(traceEvProcSteal, 3, uint64(pp.id), pp.traceSeq, pp.traceM, 0)
	if mp.p == nil {
		unlock(&trace.lock)
		mp.locks--
	}
}

func traceSyscallBegin(gp *g, pp *p) {
	pp.traceSeq++
	pp.traceM = gp.m.procid
	traceEmit(traceEvGoSyscallBegin, 2, pp.traceSeq, traceStack(gp, 0), 0, 0)
}

// traceSyscallEnd: the M has its P again. lost: another had it meanwhile, and it was taken from the system call that came after ours.
func traceSyscallEnd(gp *g, pp *p, lost bool) {
	if !lost {
		traceEmit(traceEvGoSyscallEnd, 0, 0, 0, 0, 0)
		return
	}
	traceProcSteal(pp)
	traceProcStart(pp)
	traceSyscallEndBlocked()
	traceGoStart(gp)
}

func traceSyscallEndBlocked() { traceEmit(traceEvGoSyscallEndBlock, 0, 0, 0, 0, 0) }

// ---- The world, the collector

var stwReasonStrings = [...]string{
	stwUnknown:                 "unknown",
	stwGCMarkTerm:              "GC mark termination",
	stwGCSweepTerm:             "GC sweep termination",
	stwWriteHeapDump:           "write heap dump",
	stwGoroutineProfile:        "goroutine profile",
	stwGoroutineProfileCleanup: "goroutine profile cleanup",
	stwAllGoroutinesStack:      "all goroutines stack trace",
	stwReadMemStats:            "read mem stats",
	stwAllThreadsSyscall:       "AllThreadsSyscall",
	stwGOMAXPROCS:              "GOMAXPROCS",
	stwStartTrace:              "start trace",
	stwStopTrace:               "stop trace",
	stwForTestCountPagesInUse:  "CountPagesInUse (test)",
}

// traceSTWBegin reports whether the end of this stop is to be told too.
func traceSTWBegin(reason stwReason) bool {
	if reason == stwStartTrace || reason == stwStopTrace {
		return false // ends in another generation than it begins in
	}
	traceEmit(traceEvSTWBegin, 2, traceString(stwReasonStrings[reason]), traceStack(nil, 2), 0, 0)
	return true
}

func traceSTWEnd() { traceEmit(traceEvSTWEnd, 0, 0, 0, 0, 0) }

func traceGCBegin() {
	trace.gcSeq++
	traceEmit(traceEvGCBegin, 2, trace.gcSeq, traceStack(nil, 2), 0, 0)
}

func traceGCEnd() {
	trace.gcSeq++
	traceEmit(traceEvGCEnd, 1, trace.gcSeq, 0, 0, 0)
	traceEmit(traceEvHeapAlloc, 1, gcController.heapLive, 0, 0, 0)
	traceEmit(traceEvHeapGoal, 1, gcController.goal, 0, 0, 0)
}

func traceProcsChange() {
	traceEmit(traceEvProcsChange, 2, uint64(gomaxprocs), traceStack(nil, 2), 0, 0)
}

// ---- What package runtime/trace asks

//go:linkname trace_userTaskCreate runtime/trace.userTaskCreate
func trace_userTaskCreate(id, parentID uint64, taskType string) {
	mp := acquirem()
	if trace.on {
		traceEmit(traceEvUserTaskBegin, 4, id, parentID, traceString(taskType), traceStack(nil, 2))
	}
	releasem(mp)
}

//go:linkname trace_userTaskEnd runtime/trace.userTaskEnd
func trace_userTaskEnd(id uint64) {
	mp := acquirem()
	if trace.on {
		traceEmit(traceEvUserTaskEnd, 2, id, traceStack(nil, 2), 0, 0)
	}
	releasem(mp)
}

//go:linkname trace_userRegion runtime/trace.userRegion
func trace_userRegion(id, mode uint64, name string) {
	mp := acquirem()
	if trace.on {
		ev := byte(traceEvUserRegionBegin)
		if mode != 0 {
			ev = traceEvUserRegionEnd
		}
		traceEmit(ev, 3, id, traceString(name), traceStack(nil, 3), 0)
	}
	releasem(mp)
}

//go:linkname trace_userLog runtime/trace.userLog
func trace_userLog(id uint64, category, message string) {
	mp := acquirem()
	if trace.on {
		traceEmit(traceEvUserLog, 4, id, traceString(category), traceString(message), traceStack(nil, 2))
	}
	releasem(mp)
}

//go:linkname traceClockUnitsPerSecond runtime/trace.runtime_traceClockUnitsPerSecond
func traceClockUnitsPerSecond() uint64 { return 1e9 }

//go:linkname traceClockNow
func traceClockNow() uint64 { return uint64(nanotime()) }

// ---- Generations

// traceNewGen makes an empty generation the current one. trace.lock held.
func traceNewGen(gen uint64) {
	g := trace.spare
	trace.spare = nil
	if g == nil {
		g = (*traceGen)(persistentalloc(unsafe.Sizeof(traceGen{}), 8, &memstats.other_sys))
	}
	g.gen = gen
	g.strings = traceTable{}
	g.stacks = traceTable{}
	g.blocks = nil
	trace.cur = g
}

// traceStatuses writes where everything stands. The world is stopped, trace.lock held; on the system stack of the goroutine that asked.
func traceStatuses() {
	mp := getg().m
	pp := mp.p
	mp.p = nil // we hold the lock already
	for _, other := range allp {
		other.traceGen = traceStamp()
		other.traceSeq = 0
		status := uint64(traceProcIdle)
		if other == pp {
			status = traceProcRunning
		}
		traceEmit(traceEvProcStatus, 2, uint64(other.id), status, 0, 0)
	}
	// The one that runs first: others' events of this M need it.
	traceGoStatus(mp.curg, traceGoRunning, mp.procid)
	for _, gp := range allgs {
		if gp == mp.curg {
			continue
		}
		switch readgstatus(gp) {
		case _Grunnable:
			traceGoStatus(gp, traceGoRunnable, traceNoThread)
		case _Gwaiting:
			traceGoStatus(gp, traceGoWaiting, traceNoThread)
		case _Gsyscall:
			traceGoStatus(gp, traceGoSyscall, gp.m.procid)
		}
	}
	traceEmit(traceEvProcsChange, 2, uint64(gomaxprocs), 0, 0, 0)
	mp.p = pp
}

func traceGoStatus(gp *g, status, mid uint64) {
	gp.traceSeq = 0
	stack := uint64(0)
	if status != traceGoRunning && gp.sched.pc != funcPC(goexit) {
		stack = traceStack(gp, 0)
	}
	traceEmit(traceEvGoStatusStack, 4, gp.goid, mid, status, stack)
}

// traceWatch begins the trace of a program that is watched. On the system stack of the first goroutine; no other M has a P yet.
func traceWatch() {
	lock(&trace.lock)
	trace.session++
	traceNewGen(1)
	trace.keptGen = trace.cur
	trace.on = true
	traceStatuses()
	unlock(&trace.lock)
}

// traceUnwatch ends it, for a trace of the program's own. The world is stopped, trace.lock held.
func traceUnwatch() {
	for mp := allm; mp != nil; mp = mp.alllink {
		traceFlush(mp)
	}
	if trace.lost == 0 {
		trace.lost = nanotime()
	}
	trace.watched = false
	trace.on = false
}

// StartTrace enables tracing for the current process.
func StartTrace() error {
	semacquire(&trace.sema)
	if trace.active {
		semrelease(&trace.sema)
		return plainError("tracing is already enabled")
	}
	w := stopTheWorldGC(stwStartTrace)
	systemstack(func() {
		lock(&trace.lock)
		if trace.watched {
			traceUnwatch()
		}
		trace.active = true
		trace.finished = false
		trace.headed = false
		trace.session++
		traceNewGen(1)
		trace.on = true
		traceStatuses()
		unlock(&trace.lock)
	})
	startTheWorldGC(w)
	session := trace.session
	go traceAdvancer(session)
	semrelease(&trace.sema)
	return nil
}

// traceAdvancer begins a new generation now and then, so that tables do not grow for ever and a reader need not wait for the end.
func traceAdvancer(session uint64) {
	for {
		timeSleep(traceAdvancePeriod)
		semacquire(&trace.sema)
		if !trace.active || trace.session != session {
			semrelease(&trace.sema)
			return
		}
		traceEndGeneration(false)
		semrelease(&trace.sema)
	}
}

// StopTrace stops tracing, if it was previously enabled. StopTrace only returns after all the reads for the trace have completed.
func StopTrace() { traceAdvance(true) }

//go:linkname traceAdvance
func traceAdvance(stopTrace bool) {
	semacquire(&trace.sema)
	if trace.active {
		traceEndGeneration(stopTrace)
	}
	semrelease(&trace.sema)
}

// traceEndGeneration completes the generation and begins the next, or none, and waits until the reader has dealt with it. trace.sema held.
func traceEndGeneration(stop bool) {
	var old *traceGen
	w := stopTheWorldGC(stwStopTrace)
	systemstack(func() {
		lock(&trace.lock)
		for mp := allm; mp != nil; mp = mp.alllink {
			traceFlush(mp)
		}
		trace.closing = true
		old = trace.cur
		if stop {
			trace.on = false
		} else {
			traceNewGen(old.gen + 1)
			traceStatuses()
		}
		unlock(&trace.lock)
	})
	startTheWorldGC(w)
	var tables traceQueue
	traceWriteTables(old, &tables)

	mp := acquirem()
	lock(&trace.lock)
	for b := tables.take(); b != nil; b = tables.take() {
		trace.queue.put(b)
	}
	end := traceNewBuf()
	end.data[end.n] = traceEvEndOfGeneration
	end.n++
	end.end = true
	trace.queue.put(end)
	for b := trace.later.take(); b != nil; b = trace.later.take() {
		trace.queue.put(b)
	}
	trace.closing = false
	trace.finished = stop
	for b := old.blocks; b != nil; {
		next := b.link
		traceFreeBuf(b)
		b = next
	}
	old.blocks = nil
	trace.spare = old
	gp := trace.reader
	trace.reader = nil
	unlock(&trace.lock)
	releasem(mp)
	if gp != nil {
		goready(gp, 0)
	}
	semacquire(&trace.done)
}

// traceWriter writes batches that belong to no M.
type traceWriter struct {
	gen  uint64
	kind byte
	buf  *traceBuf
	out  *traceQueue
}

func (w *traceWriter) room(n int) {
	if w.buf != nil && w.buf.n+n <= traceBufSize {
		return
	}
	w.flush()
	mp := acquirem()
	lock(&trace.lock)
	w.buf = traceNewBuf()
	unlock(&trace.lock)
	releasem(mp)
	w.buf.mid = traceNoThread
	w.buf.time = nanotime()
	w.byte(w.kind)
}

func (w *traceWriter) flush() {
	if w.buf != nil {
		traceSeal(w.buf, w.gen)
		w.out.put(w.buf)
		w.buf = nil
	}
}

func (w *traceWriter) byte(b byte) {
	w.buf.data[w.buf.n] = b
	w.buf.n++
}

func (w *traceWriter) number(v uint64) { w.buf.n = tracePut(w.buf.data[:], w.buf.n, v) }

// traceWriteTables writes what completes a generation: stacks, the strings, theirs too, and the clocks. Nobody changes g any more.
func traceWriteTables(g *traceGen, out *traceQueue) {
	stacks := traceWriter{gen: g.gen, kind: traceEvStacks, out: out}
	strings := traceWriter{gen: g.gen, kind: traceEvStrings, out: out}
	names := make(map[string]uint64)
	last := g.strings.last
	name := func(s string) uint64 {
		if len(s) > traceMaxString {
			s = s[:traceMaxString]
		}
		id := names[s]
		if id == 0 && s != "" {
			last++
			id = last
			names[s] = id
			strings.string(id, s)
		}
		return id
	}
	for _, node := range g.strings.nodes {
		for ; node != nil; node = node.link {
			s := unsafe.String((*byte)(add(unsafe.Pointer(node), unsafe.Sizeof(traceNode{}))), int(node.n))
			strings.string(node.id, s)
		}
	}
	type frame struct {
		pc, fn, file, line uint64
	}
	var frames []frame
	for _, node := range g.stacks.nodes {
		for ; node != nil; node = node.link {
			pcs := unsafe.Slice((*uintptr)(add(unsafe.Pointer(node), unsafe.Sizeof(traceNode{}))), int(node.n/8))
			frames = frames[:0]
			it := CallersFrames(pcs)
			inlined := uint64(0)
			for len(frames) < traceMaxFrames {
				f, more := it.Next()
				if f.PC != 0 {
					// Calls inlined into one another share an instruction; the format wants one place for each pc.
					pc := uint64(f.PC)
					if len(frames) > 0 && frames[len(frames)-1].pc&(1<<48-1) == pc {
						inlined++
					} else {
						inlined = 0
					}
					frames = append(frames, frame{pc | inlined<<48, name(f.Function), name(f.File), uint64(f.Line)})
				}
				if !more {
					break
				}
			}
			stacks.room(32 + 40*len(frames))
			stacks.byte(traceEvStack)
			stacks.number(node.id)
			stacks.number(uint64(len(frames)))
			for _, f := range frames {
				stacks.number(f.pc)
				stacks.number(f.fn)
				stacks.number(f.file)
				stacks.number(f.line)
			}
		}
	}
	stacks.flush()
	strings.flush()
	sync := traceWriter{gen: g.gen, kind: traceEvSync, out: out}
	sync.room(traceMaxEvent)
	sync.byte(traceEvFrequency)
	sync.number(traceClockUnitsPerSecond())
	sync.byte(traceEvClockSnapshot)
	now := nanotime()
	sec, nsec := walltime()
	sync.number(uint64(now - sync.buf.time))
	sync.number(uint64(now))
	sync.number(uint64(sec))
	sync.number(uint64(nsec))
	sync.flush()
}

func (w *traceWriter) string(id uint64, s string) {
	w.room(len(s) + 32)
	w.byte(traceEvString)
	w.number(id)
	w.number(uint64(len(s)))
	w.buf.n += copy(w.buf.data[w.buf.n:], s)
}

// ReadTrace returns the next chunk of binary tracing data, blocking until data is available; nil when tracing is turned off and all data accumulated
// while it was on has been returned. The caller must copy the returned data before calling ReadTrace again.
func ReadTrace() []byte {
	for {
		mp := acquirem()
		lock(&trace.lock)
		if b := trace.reading; b != nil {
			trace.reading = nil
			end := b.end
			traceFreeBuf(b)
			if end {
				if trace.finished && trace.queue.head == nil {
					trace.active = false
				}
				unlock(&trace.lock)
				releasem(mp)
				semrelease(&trace.done)
				continue
			}
		}
		if !trace.active {
			unlock(&trace.lock)
			releasem(mp)
			return nil
		}
		if !trace.headed {
			trace.headed = true
			unlock(&trace.lock)
			releasem(mp)
			return []byte(traceHeader)
		}
		b := trace.queue.take()
		if b != nil {
			trace.reading = b
			unlock(&trace.lock)
			releasem(mp)
			return b.data[b.from:b.n:b.n]
		}
		unlock(&trace.lock)
		releasem(mp)
		gopark(traceReaderWaits, nil, waitReasonTraceReaderBlocked, traceBlockSystemGoroutine, 1)
	}
}

// traceReaderWaits parks the reader unless there is something for it now.
func traceReaderWaits(gp *g, _ unsafe.Pointer) bool {
	lock(&trace.lock)
	wait := trace.queue.head == nil && trace.active
	if wait {
		trace.reader = gp
	}
	unlock(&trace.lock)
	return wait
}

// traceWakeReader is for sysmon: the reader if it waits and has something to read.
func traceWakeReader() *g {
	lock(&trace.lock)
	var gp *g
	if trace.queue.head != nil {
		gp = trace.reader
		trace.reader = nil
	}
	unlock(&trace.lock)
	return gp
}
