package runtime

// What is attached to single objects: finalizers, cleanups, weak handles.
//
// Each is a special, a record outside the heap, on a list of its span sorted by offset and on the list of all specials (which
// the marker walks). Sweeping looks at the specials of unmarked objects:
//
//	an object with a finalizer lives on once more: weak handles go nil, the finalizer moves to mheap_.finq, the object is marked;
//	any other dead object: weak handles go nil, cleanups move to finq.
//
// One goroutine, made when the first finalizer or cleanup is set, runs what is on finq, in order.
//
// Locks: mheap_.specialLock guards all of it, and is held while a span with specials is swept, so that nobody gets hold of an object
// through a weak handle while it is being freed.
//
// Source: runtime.SetFinalizer, runtime.AddCleanup and weak.Pointer documentation, go1.27; panic texts from runtime/mfinal.go, mcleanup.go.

import (
	"internal/abi"
	"internal/runtime/atomic"
	"unsafe"
)

const (
	specialFinalizer = 1
	specialWeak      = 2
	specialCleanup   = 3
	specialBubble    = 4 // belongs to a synctest bubble (synctest.go)
	specialProfile   = 5 // sampled: fn is its *profBucket (mprof.go)
)

type special struct {
	next    *special // on the span's list, or on finq
	allnext *special
	allprev *special
	obj     uintptr // the object (for tiny objects the address given)
	kind    uint8
	id      uint64         // cleanup: for Stop
	fn      unsafe.Pointer // finalizer, cleanup: the func value; weak: the handle
	fint    *_type         // finalizer: type of its parameter
	ot      *_type         // finalizer: static type of the object's pointer
	ft      *functype      // finalizer: type of fn
}

// addspecial attaches s to its object; specialLock is held.
func addspecial(span *mspan, s *special) {
	pp := &span.specials
	for *pp != nil && ((*pp).obj < s.obj || (*pp).obj == s.obj && (*pp).kind <= s.kind) {
		pp = &(*pp).next
	}
	s.next = *pp
	*pp = s
	h := &mheap_
	s.allprev = nil
	s.allnext = h.specialAll
	if h.specialAll != nil {
		h.specialAll.allprev = s
	}
	h.specialAll = s
}

// findspecial is the first special of a kind on obj; specialLock is held.
func findspecial(span *mspan, obj uintptr, kind uint8) *special {
	for s := span.specials; s != nil && s.obj <= obj; s = s.next {
		if s.obj == obj && s.kind == kind {
			return s
		}
	}
	return nil
}

// unlinkAll takes s off the list of all specials.
func unlinkAll(s *special) {
	if s.allprev != nil {
		s.allprev.allnext = s.allnext
	} else {
		mheap_.specialAll = s.allnext
	}
	if s.allnext != nil {
		s.allnext.allprev = s.allprev
	}
	s.allnext = nil
	s.allprev = nil
}

// removespecial detaches s from its span; specialLock is held.
func removespecial(span *mspan, s *special) {
	for pp := &span.specials; *pp != nil; pp = &(*pp).next {
		if *pp == s {
			*pp = s.next
			break
		}
	}
	s.next = nil
	unlinkAll(s)
}

// queuefin hands s to the goroutine that runs finalizers; specialLock is held.
func queuefin(s *special) {
	h := &mheap_
	s.next = nil
	if h.finqLast != nil {
		h.finqLast.next = s
	} else {
		h.finq = s
	}
	h.finqLast = s
	fing.pending = 1
	fing.queued[s.kind]++
}

// sweepSpecials looks after the specials of objects that the sweep of s will free; specialLock is held.
func (s *mspan) sweepSpecials() {
	pp := &s.specials
	for *pp != nil {
		sp := *pp
		idx := uintptr(0)
		if s.divMul != 0 {
			idx = s.objIndex(sp.obj)
		}
		if s.isMarked(idx) {
			pp = &sp.next
			continue
		}
		// The specials of this object are a run, also when a tiny block holds several addresses.
		end := s.startAddr + (idx+1)*s.elemsize
		hasFin := false
		for t := sp; t != nil && t.obj < end; t = t.next {
			if t.kind == specialFinalizer {
				hasFin = true
			}
		}
		for *pp != nil && (*pp).obj < end {
			t := *pp
			switch {
			case t.kind == specialWeak:
				atomic.Storeuintptr((*uintptr)(t.fn), 0)
				*pp = t.next
				unlinkAll(t)
				mheap_.specialalloc.free(unsafe.Pointer(t))
			case (t.kind == specialBubble || t.kind == specialProfile) && !hasFin:
				if t.kind == specialProfile {
					profFreed((*profBucket)(t.fn))
				}
				*pp = t.next
				unlinkAll(t)
				mheap_.specialalloc.free(unsafe.Pointer(t))
			case t.kind == specialFinalizer:
				*pp = t.next
				unlinkAll(t)
				queuefin(t)
			case hasFin:
				pp = &t.next // a cleanup, say, waits until the object is dead for good
			default:
				*pp = t.next
				unlinkAll(t)
				t.obj = 0
				queuefin(t)
			}
		}
		if hasFin {
			*bitWord(s.markBits, idx) |= 1 << (idx & 63)
		}
	}
}

// fing is the goroutine that runs finalizers and cleanups. lock guards created, waiting and wake.
var fing struct {
	lock    mutex
	g       *g
	created bool
	waiting bool
	pending uint32 // something was put on finq; written with specialLock held
	running uint32 // atomic: 1 while a function runs

	queued, executed [specialCleanup + 1]uint64 // how many by kind; specialLock
}

func createfing() {
	lock(&fing.lock)
	c := fing.created
	fing.created = true
	unlock(&fing.lock)
	if !c {
		go runFinalizers()
	}
}

// takefing is the goroutine if it waits and there is something for it: the caller must make it run.
func takefing() *g {
	var gp *g
	lock(&fing.lock)
	if fing.waiting && fing.pending != 0 {
		fing.waiting = false
		fing.pending = 0
		gp = fing.g
	}
	unlock(&fing.lock)
	return gp
}

// wakefing readies the goroutine if there is something for it.
func wakefing() {
	if fing.pending != 0 {
		if gp := takefing(); gp != nil {
			goready(gp, 1)
		}
	}
}

func runFinalizers() {
	fing.g = getg()
	for {
		if runOneFinalizer() {
			continue
		}
		lock(&fing.lock)
		if fing.pending != 0 {
			fing.pending = 0
			unlock(&fing.lock)
			continue
		}
		fing.waiting = true
		goparkunlock(&fing.lock, waitReasonFinalizerWait, traceBlockSystemGoroutine, 1)
	}
}

// runOneFinalizer runs what is first on finq; false when that is empty. A function of its own, so that no address of an object
// stays on the frame that waits.
//
//go:noinline
func runOneFinalizer() bool {
	h := &mheap_
	lock(&h.specialLock)
	s := h.finq
	if s == nil {
		unlock(&h.specialLock)
		return false
	}
	h.finq = s.next
	if h.finq == nil {
		h.finqLast = nil
	}
	kind, fn, obj, fint, ot, ft := s.kind, s.fn, s.obj, s.fint, s.ot, s.ft
	gcShade(fn) // the collector may not have seen the list yet
	gcShade(unsafe.Pointer(obj))
	h.specialalloc.free(unsafe.Pointer(s))
	fing.executed[kind]++
	unlock(&h.specialLock)
	atomic.Store(&fing.running, 1)
	if kind == specialCleanup {
		runCleanup(*(*func())(unsafe.Pointer(&fn)))
	} else {
		callFinalizer(fn, unsafe.Pointer(obj), fint, ot, ft)
	}
	atomic.Store(&fing.running, 0)
	return true
}

// runCleanup is for tracebacks, which show that it is cleanups that are run.
//
//go:noinline
func runCleanup(fn func()) { fn() }

// callFinalizer calls fn(obj). The parameter is obj's pointer type or an interface; results are dropped. A function whose results do
// not fit registers takes the address for them first (docs/INTERFACES.md).
func callFinalizer(fn, obj unsafe.Pointer, fint, ot *_type, ft *functype) {
	var results unsafe.Pointer
	if n := memResultSize(ft); n != 0 {
		results = mallocgc(n, nil, true)
	}
	if fint.Kind_ != abi.Interface {
		if results != nil {
			(*(*func(unsafe.Pointer, unsafe.Pointer))(unsafe.Pointer(&fn)))(results, obj)
		} else {
			(*(*func(unsafe.Pointer))(unsafe.Pointer(&fn)))(obj)
		}
		return
	}
	var i iface
	it := (*interfacetype)(unsafe.Pointer(fint))
	if len(it.Methods) == 0 {
		i.tab = (*itab)(unsafe.Pointer(ot))
	} else {
		i.tab = getitab(it, ot, false)
	}
	i.data = obj
	if results != nil {
		(*(*func(unsafe.Pointer, iface))(unsafe.Pointer(&fn)))(results, i)
	} else {
		(*(*func(iface))(unsafe.Pointer(&fn)))(i)
	}
}

// memResultSize is the size of ft's results if they are returned in memory, else 0.
func memResultSize(ft *functype) uintptr {
	size := uintptr(0)
	leaves := 0
	mem := false
	for _, t := range ft.OutSlice() {
		n := flatLeaves(t)
		if n < 0 || n > abi.MaxFlatLeaves {
			mem = true
		}
		leaves += n
		a := uintptr(t.Align_)
		size = (size+a-1)&^(a-1) + t.Size_
	}
	if mem || leaves > abi.MaxResultLeaves {
		return (size + 15) &^ 7
	}
	return 0
}

// flatLeaves counts the scalar leaves of a type; more than any limit when it has an array of length above 0.
func flatLeaves(t *_type) int {
	switch t.Kind_ {
	case abi.Array:
		if (*arraytype)(unsafe.Pointer(t)).Len == 0 {
			return 0
		}
		return abi.MaxResultLeaves + 1
	case abi.Struct:
		n := 0
		st := (*structtype)(unsafe.Pointer(t))
		for i := range st.Fields {
			n += flatLeaves(st.Fields[i].Typ)
		}
		return n
	case abi.Slice:
		return 3
	case abi.String, abi.Interface, abi.Complex64, abi.Complex128:
		return 2
	}
	return 1
}

// findObject is the object that holds address p: its base and span; 0 when p is not in the heap.
func findObject(p uintptr) (base uintptr, s *mspan, idx uintptr) {
	s = spanOfHeap(p)
	if s == nil {
		return 0, nil, 0
	}
	if s.divMul != 0 {
		idx = s.objIndex(p)
	}
	return s.startAddr + idx*s.elemsize, s, idx
}

// isStaticData reports whether p points to a package variable or constant.
func isStaticData(p uintptr) bool {
	return p == uintptr(unsafe.Pointer(&zerobase)) || p < 1<<31
}

// SetFinalizer sets the finalizer associated with obj to the provided finalizer function, or clears it when finalizer is nil.
// When the garbage collector finds obj unreachable it clears the association and runs finalizer(obj) in a separate goroutine.
func SetFinalizer(obj any, finalizer any) {
	if alwaysFalse {
		escapeSink = obj // an object with a finalizer must be in the heap
		escapeSink = finalizer
	}
	e := efaceOf(&obj)
	etyp := e._type
	if etyp == nil {
		throw("runtime.SetFinalizer: first argument is nil")
	}
	if etyp.Kind_ != abi.Pointer {
		throw("runtime.SetFinalizer: first argument is " + toRType(etyp).string() + ", not pointer")
	}
	ot := (*ptrtype)(unsafe.Pointer(etyp))
	if ot.Elem == nil {
		throw("nil elem type!")
	}
	if e.data == nil {
		throw("nil pointer passed to SetFinalizer") // never reached with a valid program
	}
	p := uintptr(e.data)
	base, span, _ := findObject(p)
	if base == 0 {
		if isStaticData(p) {
			return // lives for ever
		}
		throw("runtime.SetFinalizer: pointer not in heap")
	}
	if p != base {
		// Tiny objects share a block.
		if ot.Elem.PtrBytes != 0 || ot.Elem.Size_ >= maxTinySize || span.spanclass != tinySpanClass {
			throw("runtime.SetFinalizer: pointer not at beginning of allocated block")
		}
	}
	f := efaceOf(&finalizer)
	ftyp := f._type
	h := &mheap_
	if ftyp == nil {
		lock(&h.specialLock)
		if s := findspecial(span, p, specialFinalizer); s != nil {
			removespecial(span, s)
			h.specialalloc.free(unsafe.Pointer(s))
		}
		unlock(&h.specialLock)
		return
	}
	if ftyp.Kind_ != abi.Func {
		throw("runtime.SetFinalizer: second argument is " + toRType(ftyp).string() + ", not a function")
	}
	ft := (*functype)(unsafe.Pointer(ftyp))
	if ft.IsVariadic() {
		throw("runtime.SetFinalizer: cannot pass " + toRType(etyp).string() + " to finalizer " + toRType(ftyp).string() + " because dotdotdot")
	}
	if ft.InCount != 1 {
		throw("runtime.SetFinalizer: cannot pass " + toRType(etyp).string() + " to finalizer " + toRType(ftyp).string())
	}
	fint := ft.InSlice()[0]
	ok := false
	switch {
	case fint == etyp:
		ok = true
	case fint.Kind_ == abi.Pointer:
		// Assignable when one of them is an unnamed type with the same element.
		if (fint.Uncommon() == nil || etyp.Uncommon() == nil) && (*ptrtype)(unsafe.Pointer(fint)).Elem == ot.Elem {
			ok = true
		}
	case fint.Kind_ == abi.Interface:
		it := (*interfacetype)(unsafe.Pointer(fint))
		ok = len(it.Methods) == 0 || getitab(it, etyp, true) != nil
	}
	if !ok {
		throw("runtime.SetFinalizer: cannot pass " + toRType(etyp).string() + " to finalizer " + toRType(ftyp).string())
	}
	createfing()
	lock(&h.specialLock)
	if findspecial(span, p, specialFinalizer) != nil {
		unlock(&h.specialLock)
		throw("runtime.SetFinalizer: finalizer already set")
	}
	s := (*special)(h.specialalloc.alloc())
	s.obj = p
	s.kind = specialFinalizer
	s.fn = f.data
	s.fint = fint
	s.ot = etyp
	s.ft = ft
	addspecial(span, s)
	unlock(&h.specialLock)
	KeepAlive(obj)
}

// alwaysFalse and escapeSink make a value escape at no cost.
var (
	alwaysFalse bool
	escapeSink  any
)

// Cleanup is a handle to a cleanup call for a specific object.
type Cleanup struct {
	id  uint64
	ptr uintptr // the object; does not keep it alive
}

// cleanupID: guarded by specialLock.
var cleanupID uint64

// AddCleanup attaches a cleanup function to ptr. Some time after ptr is no longer reachable, the runtime will call
// cleanup(arg) in a separate goroutine.
func AddCleanup[T, S any](ptr *T, cleanup func(S), arg S) Cleanup {
	if ptr == nil {
		panic(plainError("runtime.AddCleanup: ptr is nil"))
	}
	// An argument that is ptr itself would keep the object alive for ever.
	if t := abi.TypeOf(arg); t != nil && t.Kind_ == abi.Pointer {
		if *(*unsafe.Pointer)(unsafe.Pointer(&arg)) == unsafe.Pointer(ptr) {
			panic(plainError("runtime.AddCleanup: ptr is equal to arg, cleanup will never run"))
		}
	}
	fn := func() { cleanup(arg) }
	if alwaysFalse {
		escapeSink = ptr // as for SetFinalizer
		escapeSink = fn
	}
	c := addCleanup(unsafe.Pointer(ptr), *(*unsafe.Pointer)(unsafe.Pointer(&fn)))
	KeepAlive(ptr)
	return c
}

func addCleanup(ptr, fn unsafe.Pointer) Cleanup {
	base, span, _ := findObject(uintptr(ptr))
	if base == 0 {
		if isStaticData(uintptr(ptr)) {
			return Cleanup{} // lives for ever
		}
		throw("runtime.AddCleanup: ptr not in allocated block")
	}
	createfing()
	h := &mheap_
	lock(&h.specialLock)
	cleanupID++
	id := cleanupID
	s := (*special)(h.specialalloc.alloc())
	s.obj = uintptr(ptr)
	s.kind = specialCleanup
	s.fn = fn
	s.id = id
	addspecial(span, s)
	unlock(&h.specialLock)
	return Cleanup{id, uintptr(ptr)}
}

// Stop cancels the cleanup call. Stop will have no effect if the cleanup call has already been queued for execution.
func (c Cleanup) Stop() {
	if c.id == 0 {
		return
	}
	h := &mheap_
	lock(&h.specialLock)
	if span := spanOfHeap(c.ptr); span != nil {
		for s := span.specials; s != nil && s.obj <= c.ptr; s = s.next {
			if s.kind == specialCleanup && s.id == c.id {
				removespecial(span, s)
				h.specialalloc.free(unsafe.Pointer(s))
				break
			}
		}
	}
	unlock(&h.specialLock)
}

// Weak pointers: a handle is a heap word with the object's address, zeroed when the object dies. Equal pointers get the same handle
// as long as the object lives.

//go:linkname internal_weak_runtime_registerWeakPointer weak.runtime_registerWeakPointer
func internal_weak_runtime_registerWeakPointer(p unsafe.Pointer) unsafe.Pointer {
	h := &mheap_
	addr := uintptr(p)
	base, span, _ := findObject(addr)
	handle := (*uintptr)(mallocgc(8, nil, true)) // before the lock; lost if one exists
	if base == 0 {
		*handle = addr // static data never dies
		return unsafe.Pointer(immortalHandle(addr, handle))
	}
	lock(&h.specialLock)
	if s := findspecial(span, addr, specialWeak); s != nil {
		handle = (*uintptr)(s.fn)
	} else {
		*handle = addr
		s = (*special)(h.specialalloc.alloc())
		s.obj = addr
		s.kind = specialWeak
		s.fn = unsafe.Pointer(handle)
		addspecial(span, s)
	}
	unlock(&h.specialLock)
	keepalive(p)
	return unsafe.Pointer(handle)
}

// immortalHandles: handles of objects that are not in the heap; guarded by specialLock.
var immortalHandles map[uintptr]*uintptr

func immortalHandle(addr uintptr, fresh *uintptr) *uintptr {
	lock(&mheap_.specialLock)
	if immortalHandles == nil {
		immortalHandles = make(map[uintptr]*uintptr)
	}
	hd, ok := immortalHandles[addr]
	if !ok {
		hd = fresh
		immortalHandles[addr] = hd
	}
	unlock(&mheap_.specialLock)
	return hd
}

//go:linkname internal_weak_runtime_makeStrongFromWeak weak.runtime_makeStrongFromWeak
func internal_weak_runtime_makeStrongFromWeak(u unsafe.Pointer) unsafe.Pointer {
	handle := (*uintptr)(u)
	if handle == nil || atomic.Loaduintptr(handle) == 0 {
		return nil
	}
	h := &mheap_
	lock(&h.specialLock)
	p := *handle
	if p != 0 {
		// Dead since the last collection, but not swept yet?
		if base, s, idx := findObject(p); base != 0 && s.sweepgen != h.sweepgen && !s.isMarked(idx) {
			p = 0
		}
		gcShade(unsafe.Pointer(p)) // nothing else may lead to it
	}
	unlock(&h.specialLock)
	return unsafe.Pointer(p)
}

// KeepAlive marks its argument as currently reachable.
//
//go:noinline
func KeepAlive(x any) {}

// blockUntilEmptyFinalizerQueue waits until all finalizers that were queued have run; for tests.
func blockUntilEmptyFinalizerQueue(timeout int64) bool {
	start := nanotime()
	for nanotime()-start < timeout {
		lock(&mheap_.specialLock)
		done := mheap_.finq == nil && atomic.Load(&fing.running) == 0
		unlock(&mheap_.specialLock)
		if done {
			return true
		}
		Gosched()
	}
	return false
}
