// What LLVM leaves undefined and Go does not: each case is computed twice, from values that the optimiser sees and from values that it does not.
package main

import (
	"defined/puns"
	"fmt"
	"math"
	"sync/atomic"
	"unsafe"
)

// opaque hides a value from the optimiser.
//
//go:noinline
func opaque[T any](x T) T { return x }

func caught(f func()) (s string) {
	defer func() {
		if r := recover(); r != nil {
			s = fmt.Sprint(r)
		}
	}()
	f()
	return "no panic"
}

// ---- Nil

type big struct {
	pad [1 << 20]byte
	x   int
	arr [4]int
	s   string
	in  struct{ y [3]int64 }
}

type small struct {
	b  bool
	i  int32
	f  float64
	e  any
	m  map[string]int
	fn func(int) int
}

func (s small) value() int    { return int(s.i) }
func (s *small) pointer() int { return int(s.i) }

type iface interface{ value() int }

var sinkInt int
var sinkAny any

func nils() {
	var i32 *int32
	var i64 *int64
	var u32 *uint32
	var u64 *uint64
	var up *uintptr
	var pp *unsafe.Pointer
	var ai32 *atomic.Int32
	var ai64 *atomic.Int64
	var au32 *atomic.Uint32
	var au64 *atomic.Uint64
	var aup *atomic.Uintptr
	var ab *atomic.Bool
	var ap *atomic.Pointer[int]
	var av *atomic.Value
	type part struct {
		n int32
		a atomic.Int64
		p atomic.Pointer[string]
	}
	var np *part
	n := 0
	for _, f := range []func(){
		func() { atomic.StoreInt32(i32, 1) }, func() { atomic.LoadInt32(i32) }, func() { atomic.AddInt32(i32, 1) }, func() { atomic.SwapInt32(i32, 1) },
		func() { atomic.CompareAndSwapInt32(i32, 0, 1) }, func() { atomic.AndInt32(i32, 1) }, func() { atomic.OrInt32(i32, 1) },
		func() { atomic.StoreInt64(i64, 1) }, func() { atomic.LoadInt64(i64) }, func() { atomic.AddInt64(i64, 1) }, func() { atomic.SwapInt64(i64, 1) },
		func() { atomic.CompareAndSwapInt64(i64, 0, 1) }, func() { atomic.AndInt64(i64, 1) }, func() { atomic.OrInt64(i64, 1) },
		func() { atomic.StoreUint32(u32, 1) }, func() { atomic.LoadUint32(u32) }, func() { atomic.AddUint32(u32, 1) }, func() { atomic.SwapUint32(u32, 1) },
		func() { atomic.CompareAndSwapUint32(u32, 0, 1) }, func() { atomic.AndUint32(u32, 1) }, func() { atomic.OrUint32(u32, 1) },
		func() { atomic.StoreUint64(u64, 1) }, func() { atomic.LoadUint64(u64) }, func() { atomic.AddUint64(u64, 1) }, func() { atomic.SwapUint64(u64, 1) },
		func() { atomic.CompareAndSwapUint64(u64, 0, 1) }, func() { atomic.AndUint64(u64, 1) }, func() { atomic.OrUint64(u64, 1) },
		func() { atomic.StoreUintptr(up, 1) }, func() { atomic.LoadUintptr(up) }, func() { atomic.AddUintptr(up, 1) }, func() { atomic.SwapUintptr(up, 1) },
		func() { atomic.CompareAndSwapUintptr(up, 0, 1) }, func() { atomic.AndUintptr(up, 1) }, func() { atomic.OrUintptr(up, 1) },
		func() { atomic.StorePointer(pp, nil) }, func() { atomic.LoadPointer(pp) }, func() { atomic.SwapPointer(pp, nil) },
		func() { atomic.CompareAndSwapPointer(pp, nil, nil) },
		func() { ai32.Store(1) }, func() { ai32.Load() }, func() { ai32.Add(1) }, func() { ai32.Swap(1) }, func() { ai32.CompareAndSwap(0, 1) },
		func() { ai64.Store(1) }, func() { ai64.Load() }, func() { ai64.Add(1) }, func() { ai64.Swap(1) }, func() { ai64.CompareAndSwap(0, 1) },
		func() { au32.Store(1) }, func() { au32.Load() }, func() { au32.Add(1) }, func() { au32.Swap(1) }, func() { au32.CompareAndSwap(0, 1) },
		func() { au64.Store(1) }, func() { au64.Load() }, func() { au64.Add(1) }, func() { au64.Swap(1) }, func() { au64.Or(1) },
		func() { aup.Store(1) }, func() { aup.Load() }, func() { aup.Add(1) }, func() { ab.Store(true) }, func() { ab.Load() }, func() { ab.Swap(true) },
		func() { ab.CompareAndSwap(true, false) }, func() { ap.Store(nil) }, func() { ap.Load() }, func() { ap.Swap(nil) },
		func() { ap.CompareAndSwap(nil, nil) }, func() { av.Load() }, func() { av.Store(1) }, func() { av.Swap(1) },
		func() { np.a.Store(1) }, func() { np.a.Add(1) }, func() { np.p.Store(nil) }, func() { np.p.Load() }, func() { atomic.AddInt32(&np.n, 1) },
		func() { atomic.StoreInt32(nil, 1) }, func() { atomic.AddInt64(nil, 1) }, func() { atomic.StoreInt32(opaque(i32), 1) },
		func() { atomic.AddUint64(opaque(u64), 1) }, func() { opaque(ai64).Swap(3) }, func() { opaque(ap).Store(nil) },
		func() { f := atomic.StoreInt32; f(opaque(i32), 2) }, func() { f := ai64.Add; f(1) }, func() { defer atomic.AddInt32(i32, 1) },
	} {
		if s := caught(f); s != "runtime error: invalid memory address or nil pointer dereference" {
			fmt.Println("atomic", n, s)
		}
		n++
	}
	for _, hide := range []bool{false, true} {
		var p *big
		var q *small
		var a *[5]int
		var e *[0]int
		var fn func(int) int
		var it iface
		var m map[string]int
		var sp *string
		var slp *[]int
		var ip *iface
		var z *struct{}
		if hide {
			p, q, a, e, fn, it, m, sp, slp, ip, z = opaque(p), opaque(q), opaque(a), opaque(e), opaque(fn), opaque(it), opaque(m), opaque(sp), opaque(slp), opaque(ip), opaque(z)
		}
		for i, f := range []func(){
			func() { sinkInt = p.x }, func() { p.x = 1 }, func() { p.x++ }, func() { p.arr[opaque(2)] = 1 }, func() { sinkInt = p.arr[3] }, func() { sinkAny = p.s },
			func() { p.in.y[opaque(1)]++ }, func() { sinkAny = &p.x }, func() { sinkAny = &p.arr[1] }, func() { sinkAny = p.arr[:] }, func() { *p = big{} },
			func() { _ = *p }, func() { x := *p; sinkInt = x.x }, func() { q.b = true }, func() { _ = q.b }, func() { q.f *= 2 }, func() { q.e = 1 },
			func() { q.m["a"] = 1 }, func() { sinkInt = q.m["a"] }, func() { q.fn(1) }, func() { *q = small{i: 1} }, func() { sinkInt = q.value() },
			func() { sinkInt = q.pointer() }, func() { f := q.value; f() }, func() { f := q.pointer; f() }, func() { a[opaque(1)] = 2 }, func() { sinkInt = a[2] },
			func() { *a = [5]int{} }, func() { sinkInt = len(a) }, func() {
				for i := range a {
					sinkInt = i
				}
			}, func() {
				for _, v := range a {
					sinkInt = v
				}
			},
			func() { sinkAny = a[1:2] }, func() { sinkAny = e[:] }, func() {
				for range e {
				}
			}, func() { *e = [0]int{} }, func() { fn(1) }, func() { go fn(1) },
			func() { defer fn(1) }, func() { it.value() }, func() { f := it.value; f() }, func() { m["a"] = 1 }, func() { sinkInt = m["a"] }, func() { delete(m, "a") },
			func() { sinkInt = len(*sp) }, func() { *sp += "x" }, func() { *sp = "" }, func() { *slp = append(*slp, 1) }, func() { sinkInt = (*slp)[0] },
			func() { (*ip).value() }, func() { _ = *ip }, func() { *ip = nil }, func() { *z = struct{}{} }, func() { _ = *z }, func() { sinkAny = *z },
			func() { sinkAny = [5]int(*(*[]int)(nil)) }, func() { copy(a[:], []int{1}) }, func() { clear(a[:]) }, func() { a, b := &p.in, 3; a.y[0] = int64(b) },
			func() {
				switch *sp {
				case "a":
				}
			}, func() {
				if *sp == "a" {
					sinkInt++
				}
			}, func() { sinkAny = *sp }, func() { var c *complex128; *c *= 2 },
			func() { var c *complex64; sinkInt = int(real(*c)) }, func() { print(); var x **int; **x = 1 }, func() { x := new(*int); **x = 1 },
		} {
			if i == 36 {
				continue // go of a nil func is fatal
			}
			fmt.Println("nil", i, caught(f))
		}
	}
}

// ---- Shifts

func shifts() {
	h := uint64(14695981039346656037)
	mix := func(x uint64) { h = (h ^ x) * 1099511628211 }
	for _, c := range []uint{0, 1, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 127, 128, 255, 256, 1 << 20, 1 << 31, 1 << 32, 1 << 40, math.MaxUint} {
		for _, x := range []int64{0, 1, -1, math.MinInt64, math.MaxInt64, 0x123456789abcdef0, -0x123456789abcdef} {
			mix(uint64(x << c))
			mix(uint64(x >> c))
			mix(uint64(x) << c)
			mix(uint64(x) >> c)
			mix(uint64(int32(x) << c))
			mix(uint64(int32(x) >> c))
			mix(uint64(uint32(x) >> c))
			mix(uint64(int16(x) << c))
			mix(uint64(int16(x) >> c))
			mix(uint64(uint16(x) << c))
			mix(uint64(int8(x) << c))
			mix(uint64(int8(x) >> c))
			mix(uint64(uint8(x) >> c))
			mix(uint64(x << uint8(c)))
			mix(uint64(x >> uint8(c)))
			mix(uint64(int8(x) << uint16(c)))
			mix(uint64(uint32(x) << uint32(c)))
			if int(c) >= 0 {
				mix(uint64(x << int(c)))
				mix(uint64(int32(x) >> int(c)))
			}
			mix(bits(uint64(x), int(c&63)))
		}
	}
	fmt.Println("shifts", h)
	one := opaque(1)
	fmt.Println(one<<opaque(64), one<<opaque(uint8(200)), -one>>opaque(uint(500)), int8(one)<<opaque(7), int8(one)<<opaque(8), uint32(one)<<opaque(uint64(1<<32)))
	fmt.Println(1<<opaque(uint(64)) == 0, uint8(255)>>opaque(uint8(8)), int16(-1)>>opaque(uint8(16)), one<<64>>1)
	fmt.Println(caught(func() { sinkInt = one << opaque(-1) }), caught(func() { sinkInt = one >> opaque(int8(-128)) }), caught(func() { s := -1; sinkInt = one << s }))
}

func bits(x uint64, k int) uint64 { return x<<(k&63) | x>>(64-k&63) ^ x>>(64-k) }

// ---- Overflow

type integer interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~int | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uint | ~uintptr
}

func wraps[T integer](min, max T) (r []any) {
	for _, hide := range []bool{false, true} {
		lo, hi, m1 := min, max, ^T(0)
		if hide {
			lo, hi, m1 = opaque(lo), opaque(hi), opaque(m1)
		}
		n := 0
		for i := hi - 3; i <= hi; i++ { // wraps
			n++
			if n > 10 {
				break
			}
		}
		for i := lo + 3; i >= lo; i-- {
			n++
			if n > 20 {
				break
			}
		}
		abs := lo
		if abs < 0 {
			abs = -abs
		}
		r = append(r, hi+1 == lo, hi+1 > hi, lo-1 < lo, -lo, abs < 0, lo*m1, lo/m1, lo%m1, hi*hi, hi*2/2 == hi, n, (hi+hi)/2, hi+hi+2 == 0, lo-hi, hi-lo < 0, (hi+1)-1 == hi)
		x := hi
		x++
		y := lo
		y--
		x, y = x+0, y*1
		r = append(r, x, y, x < y, ^x, -y)
		var zero T
		zero = opaque(zero)
		r = append(r, caught(func() { sinkAny = lo / zero }), caught(func() { sinkAny = lo % zero }), caught(func() { _ = hi / zero }))
	}
	return
}

func cmpPlus(a, b int) bool     { return a+1 > b+1 }
func midpoint(a, b int32) int32 { return (a + b) / 2 }
func average(a, b uint8) uint8  { return (a + b) >> 1 }
func wide(a, b int32) int64     { return int64(a * b) }
func wideU(a, b uint32) uint64  { return uint64(a + b) }
func ptrsub(a []int, i int) int { return a[i-5+5] }
func sum(n int32) (s int32) {
	for i := int32(0); i < n; i++ {
		s += i * i
	}
	return
}
func sum8(n int8) (s int8) {
	for i := int8(0); i >= 0 && i <= n; i++ {
		s += i
	}
	return
}
func collatz(n int64) (k int) {
	for n != 1 && k < 500 {
		if n%2 == 0 {
			n /= 2
		} else {
			n = 3*n + 1
		}
		k++
	}
	return
}
func countUp(x int) (n int) {
	for i := x; i > 0; i += math.MaxInt / 3 {
		n++
	}
	return
}
func indexDown(s []byte) (n int) {
	for i := uint(len(s)) - 1; i < uint(len(s)); i-- {
		n += int(s[i])
	}
	return
}

func overflow() {
	fmt.Println(wraps[int8](math.MinInt8, math.MaxInt8)...)
	fmt.Println(wraps[int16](math.MinInt16, math.MaxInt16)...)
	fmt.Println(wraps[int32](math.MinInt32, math.MaxInt32)...)
	fmt.Println(wraps[int64](math.MinInt64, math.MaxInt64)...)
	fmt.Println(wraps[int](math.MinInt, math.MaxInt)...)
	fmt.Println(wraps[uint8](0, math.MaxUint8)...)
	fmt.Println(wraps[uint16](0, math.MaxUint16)...)
	fmt.Println(wraps[uint32](0, math.MaxUint32)...)
	fmt.Println(wraps[uint64](0, math.MaxUint64)...)
	fmt.Println(wraps[uintptr](0, math.MaxUint)...)
	fmt.Println(cmpPlus(math.MaxInt, 0), cmpPlus(opaque(math.MaxInt), 0), midpoint(math.MaxInt32, 1), midpoint(opaque[int32](math.MaxInt32), 1), average(200, 100),
		average(opaque[uint8](200), 100), wide(1<<20, 1<<20+1), wide(opaque[int32](1<<20), 1<<20+1), wideU(1<<31, 1<<31+1), ptrsub([]int{7}, 0))
	fmt.Println(sum(100000), sum(opaque[int32](100000)), sum8(127), sum8(opaque[int8](127)), collatz(27), collatz(math.MaxInt64), countUp(1), countUp(opaque(5)),
		indexDown([]byte{1, 2, 3}), indexDown(nil))
	fmt.Println(caught(func() { a := []int{1, 2, 3}; i := opaque(math.MaxInt); sinkInt = a[i+1] }), caught(func() { a := []int{1, 2, 3}; i := opaque(math.MaxInt); sinkAny = a[i+2 : 3] }),
		caught(func() { a := []int{1, 2, 3}; sinkAny = a[opaque(2):opaque(1)] }), caught(func() { a := []int{1, 2, 3}; sinkAny = a[opaque(int8(-1)):] }),
		caught(func() { sinkAny = make([]int, opaque(-1)) }), caught(func() { sinkAny = make([]int, opaque(math.MaxInt)) }), caught(func() { sinkAny = make([]int, opaque(2), opaque(1)) }))
}

// ---- Conversions of floats

func toInts(f float64) []any {
	g := float32(f)
	return []any{int8(f), int16(f), int32(f), int64(f), int(f), uint8(f), uint16(f), uint32(f), uint64(f), uint(f), uintptr(f),
		int8(g), int16(g), int32(g), int64(g), int(g), uint8(g), uint16(g), uint32(g), uint64(g), uint(g), uintptr(g)}
}

//go:noinline
func toIntsHidden(f float64) []any { return toInts(f) }

func floats() {
	for _, f := range []float64{0, 0.9, -0.9, 1.5, -1.5, 127.5, 128, 255.9, 256, -128.9, -129, 32768, -32769, 65536, 1 << 31, 1<<31 - 0.5, -1<<31 - 1, 1 << 32, 1<<32 - 0.5, 1 << 53,
		1<<63 - 1024, 1 << 63, -1 << 63, -1<<63 - 2048, 1<<63 + 4096, 1<<64 - 2048, 1 << 64, 1e30, -1e30, 1e300, -1e300, math.Inf(1), math.Inf(-1), math.NaN(), -1, 5e-324} {
		fmt.Println(f, toIntsHidden(f))
	}
	a, b := fmt.Sprint(toInts(1e30)), fmt.Sprint(toInts(opaque(1e30)))
	c, d := fmt.Sprint(toInts(-1)), fmt.Sprint(toInts(math.NaN()))
	big := 3e9
	minus := -5.0
	fmt.Println(a == b, a, c, d, int32(big), uint8(big), uint64(minus), uint32(minus), uint8(minus))
	for _, u := range []uint64{0, 1, 1 << 53, 1<<53 + 1, 1<<63 - 1, 1 << 63, 1<<63 + 1, 1<<63 + 1025, math.MaxUint64, 0xfffffffffffffbff, 0xfffffffffffffc00, 1<<62 + 1<<37 + 1, 1<<63 + 1<<39 + 1} {
		fmt.Println(float64(u), float32(u), float64(int64(u)), float32(int64(u)), float64(uint32(u)), float32(uint32(u)), float32(int32(u)))
	}
	for _, f := range []float64{1e39, -1e39, 1e-46, 3.4028235677973366e+38, 3.4028234663852886e+38, math.NaN()} {
		fmt.Println(float32(f), float32(opaque(f)))
	}
	fmt.Println(complex64(opaque(complex(1e39, -1e39))), int(real(complex(opaque(1e30), 0))))
}

// ---- Lengths, addresses, overlaps

//go:noinline
func lenOf(s []struct{}) (int, int, bool, bool) {
	return len(s), cap(s), len(s) == math.MaxInt, len(s)+1 < 0
}

//go:noinline
func aligned(p *uint64, q *uint32, r *[4]uint64) (bool, bool, bool) {
	return uintptr(unsafe.Pointer(p))%8 == 0, uintptr(unsafe.Pointer(q))&3 == 0, uintptr(unsafe.Pointer(r))&7 == 0
}

func alignedInline(p *uint64) bool { return uintptr(unsafe.Pointer(p))%8 == 0 }

//go:noinline
func sumIf(p *[64]int64, use bool) (s int64) {
	for i := 0; i < 100; i++ {
		if use {
			s += p[i&63]
		}
	}
	return s
}

//go:noinline
func either(p, q *small, first bool) int32 {
	s := int32(0)
	for i := 0; i < 10; i++ {
		if first {
			s += p.i
		} else {
			s += q.i
		}
	}
	return s
}

type header struct {
	p        *byte
	len, cap int
}

func memory() {
	z := make([]struct{}, math.MaxInt)
	fmt.Println(lenOf(z))
	fmt.Println(len(z) == math.MaxInt, lenOfAll(z), len(z[1:]), len(z[opaque(5):]), cap(z[:2]), len(append(z[:math.MaxInt-2], struct{}{}, struct{}{})))
	n := 0
	for i := range z {
		if n++; i == 100 {
			break
		}
	}
	sp := new([]struct{})
	*sp = z
	fmt.Println(n, len(*sp) == math.MaxInt, cap(*opaque(sp))+1, caught(func() { sinkAny = append(z, struct{}{}) }), caught(func() { sinkAny = append(z, z...) }))
	var za [math.MaxInt]struct{}
	fmt.Println(len(za), len(za[:]) == math.MaxInt)

	buf := make([]uint64, 16)
	b := unsafe.Slice((*byte)(unsafe.Pointer(&buf[0])), 128)
	for i := range b {
		b[i] = byte(i)
	}
	for off := 0; off < 8; off++ {
		p, q, r := (*uint64)(unsafe.Pointer(&b[off])), (*uint32)(unsafe.Pointer(&b[off])), (*[4]uint64)(unsafe.Pointer(&b[off]))
		x, y, w := aligned(p, q, r)
		var s uint64
		for _, v := range r {
			s = s*31 + v
		}
		cp := *r
		fmt.Println(off, x, y, w, alignedInline(p), *p, *q, s, cp == *r, cp[3])
	}
	for off := 0; off < 8; off++ {
		p, q := (*uint64)(unsafe.Pointer(&b[off])), (*uint32)(unsafe.Pointer(&b[off+16]))
		atomic.StoreUint64(p, uint64(off)<<40)
		v, old := atomic.AddUint64(p, 7), atomic.SwapUint32(q, 5)
		swapped := atomic.CompareAndSwapUint64(p, v, 99)
		a := (*atomic.Int64)(unsafe.Pointer(&b[off+32]))
		a.Store(-5)
		a.Add(3)
		fmt.Println(off, v, old, swapped, atomic.LoadUint64(p), *p, atomic.AddUint32(q, 3), a.Load(), a.Or(64), uintptr(unsafe.Pointer(p))&7, uintptr(unsafe.Pointer(q))%4 == 0,
			uintptr(unsafe.Pointer(a))%8)
	}
	for v := range 9 {
		x := *(*bool)(unsafe.Pointer(&[]byte{byte(v * 31)}[0]))
		if opaque(x) {
			fmt.Print(v, " true, ")
		} else {
			fmt.Print(v, " false, ")
		}
		s := (*small)(unsafe.Pointer(&[8]uint64{uint64(v) << 1}))
		if s.b && v > 0 || v == 0 && !s.b {
			fmt.Print("right, ")
		}
	}
	fmt.Println()
	odd := (*[2]float64)(unsafe.Pointer(&b[3]))
	odd[0], odd[1] = 1.5, 2.5
	odd[0] += odd[1]
	fmt.Println(odd[0], odd[1])

	sentinel := (*small)(unsafe.Pointer(&b[127]))
	fmt.Println(sumIf((*[64]int64)(unsafe.Pointer(&b[120])), false), either(&small{i: 3}, sentinel, true))
	bad := opaque(uintptr(8))
	notMapped := *(**small)(unsafe.Pointer(&bad))
	notMapped2 := *(**[64]int64)(unsafe.Pointer(&bad))
	fmt.Println(sumIf(notMapped2, false), either(&small{i: 3}, notMapped, true), either(nil, &small{i: 4}, false))

	s := []int{1, 2, 3, 4, 5, 6, 7, 8}
	*(*[6]int)(s[2:]) = *(*[6]int)(s)
	fmt.Println(s)
	*(*[6]int)(s) = *(*[6]int)(s[2:])
	fmt.Println(s)
	large := make([]int, 300)
	for i := range large {
		large[i] = i
	}
	*(*[290]int)(large[5:]) = *(*[290]int)(large)
	fmt.Println(large[4:8], large[290:297])
	copy(s[1:], s)
	fmt.Println(s)
	copy(s, s[2:])
	fmt.Println(s, append(s[:1], s...), append(s[:0], s[3:]...), copy(b[5:], b[1:100]), b[5:12])
	type two struct{ a, b [3]int }
	t := two{[3]int{1, 2, 3}, [3]int{4, 5, 6}}
	t.a, t.b = t.b, t.a
	fmt.Println(t)

	sl := []int{1, 2, 3, 4}
	h := (*header)(unsafe.Pointer(&sl))
	h.len = 2
	fmt.Println(len(sl), cap(sl), sl)
	h.cap = 3
	fmt.Println(cap(sl), len(sl[:cap(sl)]))
	ptrs := []*int{&sinkInt, nil}
	words := *(*[]uintptr)(unsafe.Pointer(&ptrs))
	words[1] = words[0]
	fmt.Println(ptrs[0] == ptrs[1], unsafe.Add(unsafe.Pointer(&sl[0]), -8) == unsafe.Pointer(uintptr(unsafe.Pointer(&sl[0]))-8), uintptr(unsafe.Add(nil, 16)))
	fmt.Println(uintptr(unsafe.Add(unsafe.Pointer(nil), opaque(-1))) == math.MaxUint, unsafe.Add(nil, opaque(0)) == nil)
}

func lenOfAll[T any](s []T) int { return len(s) + 0 }

// ---- Ends

func endless(stop *atomic.Bool) int {
	for {
		if stop.Load() {
			return 1
		}
	}
}

func neverReturns(k int) int {
	switch {
	case k == 0:
		panic("zero")
	default:
		panic(fmt.Sprint("k", k))
	}
}

func spin() {
	for {
	}
}

//go:noinline
func pure(n int) int {
	for n != 0 { // endless for odd n: not known to end, so it must not be left out
		n -= 2
	}
	return 1
}

func noReturn() (r int) {
	defer func() { recover(); r++ }()
	r = neverReturns(3)
	return 100
}

func gotos(n int) int {
again:
	if n > 0 {
		n -= 3
		goto again
	}
	if n == 0 {
		return 1
	}
	panic(n)
}

func ends() {
	var stop atomic.Bool
	done := make(chan int)
	go func() { done <- endless(&stop) }()
	go spin()
	stop.Store(true)
	fmt.Println(<-done, caught(func() { neverReturns(0) }), caught(func() { neverReturns(opaque(2)) }), noReturn(), gotos(9), caught(func() { gotos(10) }))
	reached := make(chan bool, 1)
	go func() {
		pure(opaque(3))
		reached <- true
	}()
	for range 1000 {
		select {
		case <-reached:
			fmt.Println("an endless loop has ended")
			return
		default:
		}
	}
	fmt.Println("endless")
}

func main() {
	nils()
	shifts()
	overflow()
	floats()
	memory()
	puns.Print()
	ends()
}
