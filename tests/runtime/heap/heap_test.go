package runtime

import (
	"internal/abi"
	"math/rand"
	"testing"
	"unsafe"
)

// node's objects link to each other; id and pad check that nobody else wrote there.
type node struct {
	id   uint64
	next *node
	pad  [3]uint64
	side *node
}

type bigNode struct {
	node
	fill [900]uint64
	tail *node
}

func alloc[T any]() *T {
	t := abi.TypeFor[T]()
	return (*T)(mallocgc(t.Size_, t, true))
}

var allPointers = func() (m [4096]byte) {
	for i := range m {
		m[i] = 0xff
	}
	return
}()

func rootOf(p unsafe.Pointer, n uintptr) gcroot {
	return gcroot{ptr: uintptr(p), size: n, mask: &allPointers[0]}
}

func reset() {
	roots = nil
	conservative = nil
	GC()
	GC()
}

func liveObjects() uint64 {
	var ms MemStats
	ReadMemStats(&ms)
	return ms.HeapObjects
}

func TestListSurvives(t *testing.T) {
	reset()
	base := liveObjects()
	var head *node
	roots = []gcroot{rootOf(unsafe.Pointer(&head), 8)}
	const n = 100000
	for i := 0; i < n; i++ {
		x := alloc[node]()
		x.id = uint64(i)
		x.next = head
		head = x
		alloc[node]().next = x // garbage
	}
	GC()
	if got := liveObjects() - base; got != n {
		t.Fatalf("%d objects live, want %d", got, n)
	}
	i := uint64(n)
	for x := head; x != nil; x = x.next {
		i--
		if x.id != i {
			t.Fatalf("node %d has id %d", i, x.id)
		}
	}
	head = nil
	GC()
	if got := liveObjects() - base; got != 0 {
		t.Fatalf("%d objects live, want 0", got)
	}
}

// A random graph is mutated while collections run; a shadow copy outside the heap knows what must be reachable.
func TestRandomGraph(t *testing.T) {
	reset()
	r := rand.New(rand.NewSource(1))
	const slots = 2000
	var table [slots]unsafe.Pointer
	var size [slots]int
	var want [slots]uint64
	roots = []gcroot{rootOf(unsafe.Pointer(&table), slots*8)}
	for step := 0; step < 300000; step++ {
		i := r.Intn(slots)
		n := 0
		switch r.Intn(10) {
		case 0:
			n = 1 + r.Intn(15)
		case 1:
			n = r.Intn(40000)
		case 2:
			if step%50 == 0 {
				n = r.Intn(1 << 20)
			}
		default:
			n = 8 + r.Intn(600)
		}
		if n == 0 {
			table[i] = nil
			size[i] = 0
			continue
		}
		var p unsafe.Pointer
		if r.Intn(2) == 0 && n >= 8 {
			// pointers to other objects
			k := n / 8
			p = newarray(abi.TypeFor[*byte](), k)
			s := unsafe.Slice((*unsafe.Pointer)(p), k)
			for j := range s {
				if s[j] != nil {
					t.Fatal("not zeroed")
				}
				s[j] = table[r.Intn(slots)]
			}
			size[i] = -k
			want[i] = sum(s)
			table[i] = p
			if r.Intn(2) == 0 { // flatten: no deep chains
				for j := range s {
					s[j] = nil
				}
				want[i] = 0
			}
		} else {
			p = mallocgc(uintptr(n), nil, true)
			b := unsafe.Slice((*byte)(p), n)
			for j := range b {
				if b[j] != 0 {
					t.Fatal("not zeroed")
				}
				b[j] = byte(step)
			}
			size[i] = n
			want[i] = uint64(byte(step))
			table[i] = p
		}
		if step%20000 == 19999 {
			if step%40000 == 19999 {
				GC()
			}
			for i, p := range table {
				switch {
				case size[i] > 0:
					for _, b := range unsafe.Slice((*byte)(p), size[i]) {
						if uint64(b) != want[i] {
							t.Fatalf("step %d slot %d: corrupt bytes", step, i)
						}
					}
				case size[i] < 0:
					if got := sum(unsafe.Slice((*unsafe.Pointer)(p), -size[i])); got != want[i] {
						t.Fatalf("step %d slot %d: corrupt pointers", step, i)
					}
				}
			}
		}
	}
}

func sum(s []unsafe.Pointer) uint64 {
	var x uint64
	for i, p := range s {
		x += uint64(uintptr(p)) * uint64(i+1)
	}
	return x
}

// The bits that mallocgc writes are the type's mask, repeated, for all shapes.
func TestHeapBits(t *testing.T) {
	type odd struct {
		a *int
		b uint64
		c *int
	}
	for _, typ := range []*abi.Type{
		abi.TypeFor[*int](), abi.TypeFor[string](), abi.TypeFor[[]int](), abi.TypeFor[odd](), abi.TypeFor[node](),
		abi.TypeFor[bigNode](), abi.TypeFor[[70]odd](), abi.TypeFor[[33]string](), abi.TypeFor[struct {
			p *int
			f [200]uint64
		}](),
	} {
		mask := getGCMask(typ)
		for n := 1; n < 40; n++ {
			size := typ.Size_ * uintptr(n)
			if size > maxSmallSize {
				break
			}
			p := uintptr(mallocgc(size, typ, true))
			s := spanOf(p)
			for w := uintptr(0); w < s.elemsize/8; w++ {
				word := (p-mheap_.base)/8 + w
				got := *(*byte)(unsafe.Pointer(mheap_.heapBits + word/8))>>(word%8)&1 != 0
				want := false
				if k := w % (typ.Size_ / 8); w < size/8 && k < typ.PtrBytes/8 {
					want = *(*byte)(unsafe.Pointer(uintptr(unsafe.Pointer(mask)) + k/8))>>(k%8)&1 != 0
				}
				if got != want {
					t.Fatalf("size %d x %d word %d: bit %v, want %v", typ.Size_, n, w, got, want)
				}
			}
		}
	}
}

func TestConservative(t *testing.T) {
	reset()
	base := liveObjects()
	x := alloc[node]()
	y := alloc[bigNode]()
	z := mallocgc(100000, nil, true)
	conservative = []uintptr{uintptr(unsafe.Pointer(x)) + 17, uintptr(unsafe.Pointer(y)) + unsafe.Sizeof(*y) - 1, uintptr(z) + 99999}
	x, y = nil, nil
	GC()
	if got := liveObjects() - base; got != 3 {
		t.Fatalf("interior: %d live, want 3", got)
	}
	// One past the end of an object keeps it alive.
	a := newarray(abi.TypeFor[uint64](), 4)
	conservative = []uintptr{uintptr(a) + 32}
	GC()
	_, s, i := findObject(uintptr(a))
	if s.isFree(i) {
		t.Fatal("object one past the end was freed")
	}
	conservative = []uintptr{12345, ^uintptr(0), mheap_.base, mheap_.used, mheap_.limit}
	GC()
}

func TestLargeSpans(t *testing.T) {
	reset()
	var keep [64]unsafe.Pointer
	roots = []gcroot{rootOf(unsafe.Pointer(&keep), 64*8)}
	for i := 0; i < 2000; i++ {
		n := uintptr(32769 + i*7919%3000000)
		p := mallocgc(n, nil, true)
		b := unsafe.Slice((*byte)(p), n)
		for _, j := range []uintptr{0, n / 2, n - 1} {
			if b[j] != 0 {
				t.Fatal("not zeroed")
			}
			b[j] = 0xAA
		}
		keep[i%64] = p
	}
	checkHeap(t)
	roots = nil
	keep = [64]unsafe.Pointer{}
	GC()
	checkHeap(t)
	before := mheap_.pagesFree - mheap_.pagesFreeRel
	mheap_.scavenge(1)
	if before == 0 || mheap_.pagesFree != mheap_.pagesFreeRel {
		t.Fatalf("scavenge left %d of %d pages", mheap_.pagesFree-mheap_.pagesFreeRel, before)
	}
	checkHeap(t)
}

// checkHeap walks all spans: they tile the heap, neighbours that are both free do not exist, counters agree.
func checkHeap(t *testing.T) {
	t.Helper()
	h := &mheap_
	var free, used, rel uintptr
	wasFree := false
	for p := h.base; p < h.used; {
		s := h.getSpan(h.pageIndex(p))
		if s.startAddr != p || s.npages == 0 {
			t.Fatalf("span at %x starts at %x", p, s.startAddr)
		}
		switch s.state {
		case mSpanFree:
			if wasFree {
				t.Fatal("two free spans in a row")
			}
			free += s.npages
			rel += s.released
			if h.getSpan(h.pageIndex(p)+s.npages-1) != s {
				t.Fatal("last page of a free span")
			}
		case mSpanInUse, mSpanManual:
			used += s.npages
		default:
			t.Fatalf("span state %d", s.state)
		}
		wasFree = s.state == mSpanFree
		p += s.npages << pageShift
	}
	if free != h.pagesFree || used != h.pagesInUse || rel != h.pagesFreeRel {
		t.Fatalf("pages: free %d/%d used %d/%d released %d/%d", free, h.pagesFree, used, h.pagesInUse, rel, h.pagesFreeRel)
	}
}

func TestGrowsliceCaps(t *testing.T) {
	// The capacities that gc gives: append one element at a time, for several element sizes, against the real append.
	check := func(name string, et *abi.Type, real func(n int) []int) {
		var s slice
		for _, c := range real(5000) {
			for s.len < s.cap {
				s.len++
			}
			s = growslice(s.array, s.len+1, s.cap, 1, et)
			if s.cap != c {
				t.Fatalf("%s: cap %d, gc has %d", name, s.cap, c)
			}
		}
	}
	check("byte", abi.TypeFor[byte](), caps[byte])
	check("int", abi.TypeFor[int](), caps[int])
	check("*int", abi.TypeFor[*int](), caps[*int])
	check("string", abi.TypeFor[string](), caps[string])
	check("[]int", abi.TypeFor[[]int](), caps[[]int])
	check("[3]int32", abi.TypeFor[[3]int32](), caps[[3]int32])
	check("node", abi.TypeFor[node](), caps[node])
}

// escape keeps append's array on the heap: gc gives small ones that do not escape room on the stack.
var escape any

func caps[T any](n int) []int {
	var s []T
	var r []int
	for i := 0; i < n; i++ {
		c := cap(s)
		s = append(s, *new(T))
		escape = s
		if cap(s) != c {
			r = append(r, cap(s))
		}
	}
	return r
}

func TestFinalizersAndWeak(t *testing.T) {
	reset()
	var head *node
	roots = []gcroot{rootOf(unsafe.Pointer(&head), 8)}
	head = alloc[node]()
	head.next = alloc[node]()
	x := head.next
	fing.created = true // nobody runs the queue: the test looks at it
	ran := func(*node) {}
	SetFinalizer(x, ran)
	w := internal_weak_runtime_registerWeakPointer(unsafe.Pointer(x))
	roots = append(roots, rootOf(unsafe.Pointer(&w), 8))
	addr := uintptr(unsafe.Pointer(x))
	x = nil
	GC()
	if internal_weak_runtime_makeStrongFromWeak(w) == nil {
		t.Fatal("weak pointer lost a live object")
	}
	head.next.next = alloc[node]() // reachable only from the object with the finalizer
	inner := uintptr(unsafe.Pointer(head.next.next))
	head.next = nil
	GC()
	if internal_weak_runtime_makeStrongFromWeak(w) != nil {
		t.Fatal("weak pointer to a finalized object")
	}
	if mheap_.finq == nil || mheap_.finq.obj != addr {
		t.Fatal("finalizer not queued")
	}
	for _, p := range []uintptr{addr, inner} {
		if _, s, i := findObject(p); s == nil || s.isFree(i) {
			t.Fatal("object freed before its finalizer ran")
		}
	}
	mheap_.finq, mheap_.finqLast = nil, nil
	GC()
	if _, s, i := findObject(addr); s != nil && !s.isFree(i) {
		t.Fatal("object not freed after its finalizer")
	}
}

func TestTimerHeap(t *testing.T) {
	var fired []int64
	r := rand.New(rand.NewSource(2))
	f := func(arg any, seq uintptr, delay int64) { fired = append(fired, arg.(int64)) }
	ts := make([]*timer, 500)
	for i := range ts {
		ts[i] = new(timer)
		when := clock + int64(r.Intn(1000000))
		ts[i].modify(when, 0, f, when, 0)
	}
	for i := 0; i < 2000; i++ {
		k := ts[r.Intn(len(ts))]
		if r.Intn(3) == 0 {
			k.stop()
		} else {
			when := clock + int64(r.Intn(1000000))
			k.modify(when, 0, f, when, 0)
		}
	}
	want := 0
	for _, k := range ts {
		if k.when != 0 {
			want++
		}
	}
	for timersNext() != 0 {
		clock = timersNext()
		timersCheck(nil, 0)
	}
	if len(fired) != want {
		t.Fatalf("%d fired, want %d", len(fired), want)
	}
	for i := 1; i < len(fired); i++ {
		if fired[i] < fired[i-1] {
			t.Fatal("out of order")
		}
	}
	// A ticker keeps its phase.
	fired = nil
	k := new(timer)
	k.modify(clock+10, 10, func(any, uintptr, int64) { fired = append(fired, clock) }, nil, 0)
	end := clock + 105
	for timersNext() <= end {
		clock = timersNext()
		timersCheck(nil, 0)
	}
	if len(fired) != 10 {
		t.Fatalf("ticker fired %d times", len(fired))
	}
	k.stop()
	if timersNext() != 0 {
		t.Fatal("timer left")
	}
}

func TestChannels(t *testing.T) {
	ct := (*chantype)(unsafe.Pointer(abi.TypeFor[chan int]()))
	c := makechan(ct, 3)
	v := 0
	for i := 1; i <= 3; i++ {
		v = i
		if !selectnbsend(c, unsafe.Pointer(&v)) {
			t.Fatal("send")
		}
	}
	if selectnbsend(c, unsafe.Pointer(&v)) {
		t.Fatal("send to a full channel")
	}
	for i := 1; i <= 2; i++ {
		if s, ok := selectnbrecv(unsafe.Pointer(&v), c); !s || !ok || v != i {
			t.Fatal("recv", s, ok, v)
		}
	}
	d := makechan(ct, 1)
	w := 7
	cas := [2]scase{{d, unsafe.Pointer(&w)}, {c, unsafe.Pointer(&v)}}
	var order [4]uint16
	seen := [2]int{}
	for i := 0; i < 2; i++ {
		k, _ := selectgo(&cas[0], &order[0], nil, 1, 1, false)
		seen[k]++
	}
	if seen[0] != 1 || seen[1] != 1 {
		t.Fatal("select", seen)
	}
	if k, _ := selectgo(&cas[0], &order[0], nil, 1, 1, false); k != -1 {
		t.Fatal("select default", k)
	}
	closechan(c)
	if s, ok := selectnbrecv(unsafe.Pointer(&v), c); !s || ok || v != 0 {
		t.Fatal("recv from closed", s, ok, v)
	}
}

func TestSelectLockOrder(t *testing.T) {
	ct := (*chantype)(unsafe.Pointer(abi.TypeFor[chan int]()))
	r := rand.New(rand.NewSource(3))
	for n := 1; n < 60; n++ {
		cases := make([]scase, n)
		poll := make([]uint16, n)
		lockorder := make([]uint16, n)
		for i := range cases {
			cases[i].c = makechan(ct, 0)
			poll[i] = uint16(i)
		}
		r.Shuffle(n, func(i, j int) { poll[i], poll[j] = poll[j], poll[i] })
		sortByChan(cases, poll, lockorder)
		for i := 1; i < n; i++ {
			if uintptr(unsafe.Pointer(cases[lockorder[i-1]].c)) > uintptr(unsafe.Pointer(cases[lockorder[i]].c)) {
				t.Fatal("not sorted")
			}
		}
	}
}

func TestSemaQueue(t *testing.T) {
	root := new(semaRoot)
	var addrs [5]uint32
	r := rand.New(rand.NewSource(4))
	want := map[*uint32][]*sudog{}
	for i := 0; i < 5000; i++ {
		a := &addrs[r.Intn(5)]
		switch r.Intn(3) {
		case 0:
			s := new(sudog)
			root.queue(a, s, false)
			want[a] = append(want[a], s)
		case 1:
			s := new(sudog)
			root.queue(a, s, true)
			want[a] = append([]*sudog{s}, want[a]...)
		default:
			s, _ := root.dequeue(a)
			if len(want[a]) == 0 {
				if s != nil {
					t.Fatal("dequeue of nothing")
				}
				continue
			}
			if s != want[a][0] {
				t.Fatal("wrong order")
			}
			want[a] = want[a][1:]
		}
	}
}

func TestDecoderune(t *testing.T) {
	r := rand.New(rand.NewSource(5))
	alphabet := []byte{0, 'a', 0x7f, 0x80, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xed, 0xa0, 0x9f, 0xef, 0xf0, 0x8f, 0x90, 0xf4, 0xf5, 0xff}
	for i := 0; i < 200000; i++ {
		b := make([]byte, r.Intn(6))
		for j := range b {
			b[j] = alphabet[r.Intn(len(alphabet))]
		}
		s := string(b)
		k := 0
		for i, want := range s {
			if i != k {
				t.Fatalf("%q: index %d, want %d", s, k, i)
			}
			var got rune
			got, k = decoderune(s, k)
			if got != want {
				t.Fatalf("%q: rune %x, want %x", s, got, want)
			}
		}
		if k != len(s) || countrunes(s) != len([]rune(s)) {
			t.Fatalf("%q", s)
		}
		if slicerunetostring(nil, []rune(s)) != string([]rune(s)) {
			t.Fatalf("%q: encode", s)
		}
	}
}
