// Every kind of run-time panic, with gc's words.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"unsafe"

	"example.com/m/dir/p"
	"example.com/m/other/p"
)

type (
	big    [1 << 20]int
	I      interface{ M() }
	IJ     interface {
		M()
		N(int, string) (bool, error)
	}
	val    interface{ val(int) }
	T      struct{ x int }
	PT     struct{ x int }
	Str    string
	Err    struct{ s string }
	Stringer struct{ s string }
	Emb    struct{ *T }
	EmbI   struct{ I }
	Key    struct {
		a int
		f any
	}
	Gen[A, B any] struct {
		a A
		b B
	}
	Fn  func(int) string
	Rec struct{ next *Rec }
)

func (T) M()               {}
func (*PT) M()             {}
func (p *PT) Get() int     { return p.x }
func (e Err) Error() string { return "err:" + e.s }
func (s Stringer) String() string { return "str:" + s.s }
func (Gen[A, B]) M()       {}
func (T) val(int)          {}

var (
	n0, n1, n2, n3, n5, n10 = 0, 1, 2, 3, 5, 10
	neg                     = -1
	huge                    = 1 << 62
	u8                      = uint8(200)
	u64                     = uint64(1 << 63)
	i8                      = int8(-5)
	i32                     = int32(-7)
	s3                      = []int{1, 2, 3}
	str                     = "hello"
	arr                     [4]int
	parr                    *[4]int
	nilm                    map[string]int
	nilmm                   map[any]int
	mm                      = map[any]int{}
	ma                      = map[[2]any]int{}
	mk                      = map[Key]int{}
	mi                      = map[I]int{}
	nilt                    *T
	nilpt                   *PT
	nili                    I
	nilij                   IJ
	nilf                    func()
	nilany                  any
	nilval                  val
	nilrec                  *Rec
	one                     any = 1
	t                       any = T{1}
	sink                    any
	isink                   int
	ch                      chan int
	sl                      []int
	zs                      []struct{}
	ptr                     *int
	pbyte                   *byte
)

//go:noinline
func id[X any](x X) X { return x }

func use(x any) { sink = x }

func gassert[X any](x any) X       { return x.(X) }
func gidx[X any](s []X, i int) X   { return s[i] }
func gdiv[X ~int | ~uint8](a, b X) X { return a / b }

type test struct {
	name string
	f    func()
}

var tests []test

func init() {
	tests = []test{
		// indexes
		{"index", func() { use(s3[n5]) }},
		{"index neg", func() { use(s3[neg]) }},
		{"index const", func() { use(sl[2]) }},
		{"index u8", func() { use(s3[u8]) }},
		{"index u64", func() { use(s3[u64]) }},
		{"index i8", func() { use(s3[i8]) }},
		{"index i32", func() { use(s3[i32]) }},
		{"index set", func() { s3[n5] = 1 }},
		{"index op", func() { s3[n5] += 1 }},
		{"index inc", func() { s3[neg]++ }},
		{"index addr", func() { use(&s3[n3]) }},
		{"index array", func() { use(arr[n5]) }},
		{"index array neg", func() { use(arr[neg]) }},
		{"index array u64", func() { use(arr[u64]) }},
		{"index parray nil", func() { use(parr[n1]) }},
		{"index parray range", func() { use((&arr)[n10]) }},
		{"index array value", func() { use(id(arr)[n5]) }},
		{"index string", func() { use(str[n5]) }},
		{"index string neg", func() { use(str[neg]) }},
		{"index string const", func() { use("abc"[n3]) }},
		{"index string u64", func() { use(str[u64]) }},
		{"index nil slice", func() { use(sl[n0]) }},
		{"index generic", func() { use(gidx(s3, 7)) }},
		{"index 2d", func() { use([][]int{{1}}[n0][n1]) }},
		{"index huge", func() { use(s3[huge]) }},
		// slices
		{"slice hi", func() { use(s3[:n5]) }},
		{"slice hi neg", func() { use(s3[:neg]) }},
		{"slice lo", func() { use(s3[n5:]) }},
		{"slice lo neg", func() { use(s3[neg:]) }},
		{"slice lo>hi", func() { use(s3[n3:n2]) }},
		{"slice lo>hi2", func() { use(s3[n2:n1]) }},
		{"slice u64", func() { use(s3[:u64]) }},
		{"slice lo u64", func() { use(s3[u64:]) }},
		{"slice u8", func() { use(s3[u8:]) }},
		{"slice i8", func() { use(s3[i8:]) }},
		{"slice cap", func() { use(s3[:2:2][:n3]) }},
		{"slice string hi", func() { use(str[:n10]) }},
		{"slice string lo", func() { use(str[n10:]) }},
		{"slice string lo>hi", func() { use(str[n3:n2]) }},
		{"slice string neg", func() { use(str[neg:]) }},
		{"slice string u64", func() { use(str[:u64]) }},
		{"slice array hi", func() { use(arr[:n5]) }},
		{"slice array lo", func() { use(arr[n5:]) }},
		{"slice array lo>hi", func() { use(arr[n3:n2]) }},
		{"slice parray nil", func() { use(parr[:]) }},
		{"slice parray nil2", func() { use(parr[n1:n2]) }},
		{"slice const", func() { use(sl[1:]) }},
		{"slice const hi", func() { use(sl[:3]) }},
		{"slice const2", func() { use(sl[2:4]) }},
		{"slice3 max", func() { use(s3[n0:n1:n5]) }},
		{"slice3 max neg", func() { use(s3[n0:n1:neg]) }},
		{"slice3 max u64", func() { use(s3[n0:n1:u64]) }},
		{"slice3 hi", func() { use(s3[n0:n3:n2]) }},
		{"slice3 hi neg", func() { use(s3[n0:neg:n2]) }},
		{"slice3 hi u64", func() { use(s3[n0:u64:n2]) }},
		{"slice3 lo", func() { use(s3[n2:n1:n3]) }},
		{"slice3 lo neg", func() { use(s3[neg:n1:n3]) }},
		{"slice3 lo u64", func() { use(s3[u64:n1:n3]) }},
		{"slice3 array", func() { use(arr[n0:n1:n5]) }},
		{"slice3 array hi", func() { use(arr[n0:n3:n2]) }},
		{"slice3 array lo", func() { use(arr[n3:n2:n2]) }},
		{"slice3 parray", func() { use((&arr)[:n1:n10]) }},
		{"slice3 const", func() { use(sl[1:2:3]) }},
		// conversions
		{"to array", func() { use([4]int(s3)) }},
		{"to array ptr", func() { use((*[4]int)(s3)) }},
		{"to array nil", func() { use([1]int(sl)) }},
		{"to array big", func() { use((*[1 << 40]int)(s3)) }},
		// make, append
		{"make neg", func() { use(make([]int, neg)) }},
		{"make huge", func() { use(make([]int, huge)) }},
		{"make u64", func() { use(make([]int, u64)) }},
		{"make i8", func() { use(make([]int, i8)) }},
		{"make cap neg", func() { use(make([]int, n1, neg)) }},
		{"make cap small", func() { use(make([]int, n2, n1)) }},
		{"make cap huge", func() { use(make([]int, n2, huge)) }},
		{"make len huge cap small", func() { use(make([]int, huge, n2)) }},
		{"make len huge cap const", func() { use(make([]int, huge, 10)) }},
		{"make len const cap small", func() { use(make([]int, 5, n2)) }},
		{"make len const cap huge", func() { use(make([]int, 5, huge)) }},
		{"make both huge", func() { use(make([]int, huge, huge)) }},
		{"make len neg cap neg", func() { use(make([]int, neg, neg)) }},
		{"make zero huge", func() { use(len(make([]struct{}, u64))) }},
		{"make zero cap", func() { use(len(make([]struct{}, n2, n1))) }},
		{"make local", func() { s := make([]byte, neg); isink = len(s) }},
		{"make local cap", func() { s := make([]byte, n2, n1); isink = len(s) }},
		{"make local cap const", func() { s := make([]byte, n5, 2); isink = len(s) }},
		{"make const", func() { s := make([]int64, 1<<60); isink = len(s) }},
		{"make const cap", func() { use(make([]int64, 1, 1<<60)) }},
		{"make big elem", func() { use(make([]big, huge)) }},
		{"make map neg", func() { isink = len(make(map[int]int, neg)) }},
		{"make chan neg", func() { use(make(chan int, neg)) }},
		{"make chan huge", func() { use(make(chan int, huge)) }},
		{"make chan u64", func() { use(make(chan int, u64)) }},
		{"make chan zero huge", func() { use(cap(make(chan struct{}, u64))) }},
		{"append make huge", func() { use(append(s3, make([]int, huge)...)) }},
		{"append make const", func() { use(append(s3, make([]int, 1<<60)...)) }},
		{"append make neg", func() { use(append(s3, make([]int, neg)...)) }},
		{"append make u64", func() { use(append(s3, make([]int, u64)...)) }},
		{"append make cap", func() { use(append(s3, make([]int, n2, n1)...)) }},
		{"append make len cap", func() { use(append(s3, make([]int, huge, 3)...)) }},
		{"append make nil", func() { use(append([]int(nil), make([]int, huge)...)) }},
		{"append make bytes", func() { use(append([]byte("a"), make([]byte, 1<<62)...)) }},
		{"append make zero", func() { use(len(append(make([]struct{}, 1<<62), make([]struct{}, huge)...))) }},
		{"append zero", func() { zs = make([]struct{}, 1<<63-1); use(len(append(zs, struct{}{}))) }},
		{"append zero...", func() { zs = make([]struct{}, 1<<63-1); use(len(append(zs, zs...))) }},
		{"append make i32", func() { use(append(s3, make([]int, i32)...)) }},
		{"append make elem", func() { use(append([]string{}, make([]string, 1<<59)...)) }},
		{"unsafe.Slice neg", func() { use(unsafe.Slice(&s3[0], neg)) }},
		{"unsafe.Slice nil", func() { use(unsafe.Slice(ptr, n1)) }},
		{"unsafe.Slice huge", func() { use(unsafe.Slice(&s3[0], huge)) }},
		{"unsafe.Slice u64", func() { use(unsafe.Slice(&s3[0], u64)) }},
		{"unsafe.Slice const", func() { use(unsafe.Slice(&s3[0], 1<<60)) }},
		{"unsafe.Slice i8", func() { use(unsafe.Slice(&s3[0], i8)) }},
		{"unsafe.Slice zero", func() { use(len(unsafe.Slice((*struct{})(nil), n1))) }},
		{"unsafe.String neg", func() { use(unsafe.String(&[]byte("a")[0], neg)) }},
		{"unsafe.String nil", func() { use(unsafe.String(pbyte, n1)) }},
		{"unsafe.String huge", func() { use(len(unsafe.String(&[]byte("a")[0], 1<<62))) }},
		{"unsafe.String u64", func() { use(unsafe.String(&[]byte("a")[0], u64)) }},
		{"strings.Repeat", func() { use(strings.Repeat("ab", neg)) }},
		{"strings.Repeat huge", func() { use(strings.Repeat("ab", huge)) }},
		{"string index func", func() { use(strings.Repeat("ab", n1)[n2:][n1]) }},
		// numbers
		{"div", func() { use(n1 / n0) }},
		{"mod", func() { use(n1 % n0) }},
		{"div u8", func() { use(u8 / uint8(n0)) }},
		{"div i8", func() { use(i8 % int8(n0)) }},
		{"div op", func() { isink /= n0 }},
		{"div u64", func() { use(u64 / uint64(n0)) }},
		{"div generic", func() { use(gdiv(1, n0)) }},
		{"div generic u8", func() { use(gdiv(uint8(1), uint8(n0))) }},
		{"shift", func() { use(n1 << neg) }},
		{"shift right", func() { use(n1 >> i8) }},
		{"shift op", func() { isink <<= i32 }},
		{"shift u8", func() { use(u8 << neg) }},
		{"shift const", func() { use(1 << neg) }},
		// nil
		{"nil deref", func() { use(*ptr) }},
		{"nil store", func() { *ptr = 1 }},
		{"nil field", func() { use(nilt.x) }},
		{"nil field set", func() { nilpt.x = 1 }},
		{"nil field addr", func() { use(&nilpt.x) }},
		{"nil far", func() { use((*big)(nil)[n5]) }},
		{"nil chain", func() { use(nilrec.next.next) }},
		{"nil method value recv", func() { nilt.M() }},
		{"nil method ptr", func() { use(nilpt.Get()) }},
		{"nil wrapper", func() { I(nilt).M() }},
		{"nil wrapper val", func() { var v val = nilt; v.val(1) }},
		{"nil embedded", func() { Emb{}.M() }},
		{"nil embedded iface", func() { EmbI{}.M() }},
		{"nil embedded via iface", func() { var i I = Emb{}; i.M() }},
		{"nil embedded iface via iface", func() { var i I = EmbI{}; i.M() }},
		{"nil func", func() { nilf() }},
		{"nil func go-like", func() { defer nilf() }},
		{"nil func arg", func() { func(f Fn) { use(f(1)) }(nil) }},
		{"nil iface call", func() { nili.M() }},
		{"nil iface method value", func() { use(nili.M) }},
		{"nil iface method value val", func() { use(nilval.val) }},
		{"nil method value", func() { use(nilt.M) }},
		{"nil method value ptr", func() { f := nilpt.Get; use(f()) }},
		{"nil iface literal", func() { use(interface{ val(int) }(nilval).val) }},
		{"nil ptr literal", func() { f := interface{ val(int) }(nilt).val; f(1) }},
		{"nil method expr", func() { I.M(nili) }},
		{"nil method expr ptr", func() { (*T).M(nilt) }},
		{"nil defer method", func() { defer nili.M() }},
		{"nil error", func() { var e error; use(e.Error()) }},
		{"nil struct copy", func() { x := *nilt; use(x) }},
		{"nil array range", func() { for _, x := range parr { isink += x } }},
		{"nil big copy", func() { x := *(*big)(nil); isink = x[3] }},
		// maps
		{"nil map", func() { nilm["a"] = 1 }},
		{"nil map op", func() { nilm["a"] += 1 }},
		{"nil map inc", func() { nilm["a"]++ }},
		{"nil map any", func() { nilmm[1] = 1 }},
		{"nil map int", func() { var m map[int]string; m[n1] = "x" }},
		{"nil map struct", func() { var m map[T]T; m[T{}] = T{} }},
		{"nil map i32", func() { var m map[int32]bool; m[i32] = true }},
		{"nil map multi", func() { var m map[uint64]int; m[u64], isink = 1, 2 }},
		{"unhashable set", func() { mm[sl] = 1 }},
		{"unhashable get", func() { use(mm[sl]) }},
		{"unhashable ok", func() { _, ok := mm[map[int]int{}]; use(ok) }},
		{"unhashable delete", func() { delete(mm, func() {}) }},
		{"unhashable func", func() { mm[nilf] = 1 }},
		{"unhashable struct", func() { mm[struct{ a []int }{}] = 1 }},
		{"unhashable named", func() { mm[pp.Unhash{}] = 1 }},
		{"unhashable array", func() { mm[[2][]string{}] = 1 }},
		{"unhashable array key", func() { ma[[2]any{1, sl}] = 1 }},
		{"unhashable key field", func() { mk[Key{1, sl}] = 1 }},
		{"unhashable key field get", func() { use(mk[Key{1, map[string]T{}}]) }},
		{"unhashable nil map get", func() { use(nilmm[sl]) }},
		{"unhashable nil map delete", func() { delete(nilmm, any(sl)) }},
		{"unhashable literal", func() { use(map[any]int{id(one): 1, any(sl): 2}) }},
		{"unhashable iface", func() { mm[any([]I{})] = 1 }},
		{"unhashable generic", func() { mm[Gen[[]int, string]{}] = 1 }},
		{"unhashable literal key", func() { use(map[Key]int{{1, nilf}: 2}) }},
		// comparisons
		{"compare slices", func() { var a, b any = sl, sl; use(a == b) }},
		{"compare maps", func() { var a, b any = nilm, nilm; use(a != b) }},
		{"compare funcs", func() { var a, b any = nilf, nilf; use(a == b) }},
		{"compare struct", func() { var a, b any = pp.Unhash{}, pp.Unhash{}; use(a == b) }},
		{"compare key", func() { a, b := Key{1, sl}, Key{1, sl}; use(a == b) }},
		{"compare array", func() { a, b := [2]any{1, sl}, [2]any{1, sl}; use(a == b) }},
		{"compare switch", func() { var a any = sl; switch a { case any(sl): use(1) } }},
		{"compare anon", func() { var a, b any = struct{ x int; f []string }{}, struct{ x int; f []string }{}; use(a == b) }},
		// assertions
		{"assert nil", func() { use(nilany.(int)) }},
		{"assert nil iface", func() { use(nilany.(I)) }},
		{"assert nil I", func() { use(nili.(T)) }},
		{"assert nil I to IJ", func() { use(nili.(IJ)) }},
		{"assert int string", func() { use(one.(string)) }},
		{"assert named", func() { use(one.(Str)) }},
		{"assert T ptr", func() { use(t.(*T)) }},
		{"assert pp.T", func() { use(t.(pp.T)) }},
		{"assert p.T", func() { use(any(pp.T{}).(p.T)) }},
		{"assert pp.T from p.T", func() { use(any(p.T{}).(pp.T)) }},
		{"assert *p.T", func() { use(any(&p.T{}).(*pp.T)) }},
		{"assert []p.T", func() { use(any([]p.T{}).([]pp.T)) }},
		{"assert local", func() { type T struct{ y int }; use(t.(T)) }},
		{"assert two locals", func() {
			type L int
			var x any = L(1)
			func() { type L int; use(x.(L)) }()
		}},
		{"assert local of package", func() { use(pp.Local().(pp.T)) }},
		{"assert missing", func() { use(one.(I)) }},
		{"assert missing ptr", func() { use(any(PT{}).(I)) }},
		{"assert missing N", func() { use(t.(IJ)) }},
		{"assert missing I", func() { use(I(T{}).(IJ)) }},
		{"assert missing error", func() { use(one.(error)) }},
		{"assert missing Stringer", func() { use(t.(fmt.Stringer)) }},
		{"assert missing pp.I", func() { use(one.(pp.I)) }},
		{"assert secret", func() { pp.Secret(1) }},
		{"assert secret T", func() { use(pp.Secret(p.T{})) }},
		{"assert secret own", func() { use(pp.AsS(t)) }},
		{"assert secret S", func() { use(pp.AsS(1)) }},
		{"assert secret nil", func() { use(pp.Secret(nil)) }},
		{"assert anon", func() { use(one.(interface{ Foo(int) string })) }},
		{"assert anon two", func() { use(one.(interface { Foo(int) string; bar() })) }},
		{"assert anon nil", func() { use(nilany.(interface { Foo(int, ...string) (a, b int); bar() })) }},
		{"assert anon from", func() { var x interface{ M() } = T{}; use(x.(interface{ X() })) }},
		{"assert anon emb", func() { use(one.(interface { I; fmt.Stringer })) }},
		{"assert anon ptr", func() { use(any(PT{}).(interface{ Get() int })) }},
		{"assert wrong sig", func() { use(t.(interface{ M() int })) }},
		{"assert func", func() { use(one.(func(int, ...string) (bool, error))) }},
		{"assert map", func() { use(one.(map[string][]*T)) }},
		{"assert chan", func() { use(one.(<-chan int)) }},
		{"assert array", func() { use(one.([3]T)) }},
		{"assert struct", func() { use(one.(struct{ A int "tag"; b string })) }},
		{"assert struct pp", func() { use(one.(struct { pp.T; x p.T })) }},
		{"assert generic", func() { use(one.(Gen[int, string])) }},
		{"assert generic p", func() { use(one.(pp.Gen[p.T])) }},
		{"assert generic two", func() { use(any(Gen[int, T]{}).(Gen[int, pp.T])) }},
		{"assert generic same", func() { use(any(pp.Gen[int]{}).(p.Gen[int])) }},
		{"assert gen type", func() { use(gassert[string](1)) }},
		{"assert gen type nil", func() { use(gassert[T](nil)) }},
		{"assert gen iface", func() { use(gassert[IJ](T{})) }},
		{"assert error", func() { use(error(Err{"a"}).(*os.PathError)) }},
		{"assert error to", func() { use(errors.New("x").(Err)) }},
		{"assert Fn", func() { use(any(func(int) string { return "" }).(Fn)) }},
		{"assert any", func() { use(nilany.(any)) }},
		{"assert unsafe", func() { use(one.(unsafe.Pointer)) }},
		{"assert rune byte", func() { use(any('a').(byte)) }},
		{"assert any slice", func() { use(one.([]any)) }},
		{"assert error func", func() { use(one.(func(error) any)) }},
		{"assert val to IJ", func() { use(val(T{}).(IJ)) }},
		{"assert iface p", func() { use(one.(interface{ F(pp.T, *p.T) })) }},
		{"nil secret", func() { pp.Nil().(interface{ X() }).X() }},
		{"nil secret call", func() { pp.CallNil() }},
		// channels
		{"close nil", func() { close(ch) }},
		{"close closed", func() { c := make(chan int); close(c); close(c) }},
		{"send closed", func() { c := make(chan int, 1); close(c); c <- 1 }},
		{"select send closed", func() { c := make(chan int, 1); close(c); select { case c <- 1: default: } }},
		{"select2 send closed", func() { c := make(chan int, 1); close(c); select { case c <- 1: case <-ch: } }},
		// panics of values
		{"panic string", func() { panic("text\nmore") }},
		{"panic error", func() { panic(errors.New("an error")) }},
		{"panic Err", func() { panic(Err{"e"}) }},
		{"panic Stringer", func() { panic(Stringer{"s"}) }},
		{"panic int", func() { panic(5) }},
		{"panic Str", func() { panic(Str("named")) }},
		{"panic float", func() { panic(1.5) }},
		{"panic complex", func() { panic(1 + 2i) }},
		{"panic bool", func() { panic(true) }},
		{"panic rune", func() { panic('a') }},
		{"panic u8", func() { panic(u8) }},
		{"panic named int", func() { type N int; panic(N(3)) }},
		{"panic named float", func() { type N float32; panic(N(3)) }},
		{"panic named bool", func() { type N bool; panic(N(true)) }},
		{"panic nil", func() { panic(nil) }},
		{"panic nilany", func() { panic(nilany) }},
		{"panic struct", func() { panic(struct{ a int }{1}) }},
		{"panic pp.T", func() { panic(pp.T{}) }},
		{"panic generic", func() { panic(Gen[int, pp.T]{}) }},
		{"panic slice", func() { panic([]pp.T{}) }},
		{"panic *Err", func() { panic(&Err{"e"}) }},
		{"panic nil *Err", func() { panic((*Err)(nil)) }},
		{"panic wrapped", func() { panic(fmt.Errorf("w: %w", os.ErrNotExist)) }},
		{"panic func", func() { panic(struct{ f func() }{}) }},
		{"panic again", func() { defer func() { panic(fmt.Sprint(recover(), " again")) }(); panic("first") }},
		{"panic in defer", func() { defer func() { panic("second") }(); panic("first") }},
		{"panic runtime in defer", func() { defer func() { use(s3[n5]) }(); panic(Err{"first"}) }},
		{"repanic", func() { defer func() { panic(recover()) }(); use(s3[n5]) }},
		{"panic in Error", func() { panic(badErr{}) }},
		{"panic in String", func() { panic(badStr{}) }},
		{"goexit", func() { defer func() { panic("after goexit") }(); runtime.Goexit() }},
	}
}

type badErr struct{}
type badStr struct{}

func (badErr) Error() string  { panic("in Error") }
func (badStr) String() string { panic(Err{"in String"}) }

func isRuntime(v any) (r string) {
	if _, ok := v.(runtime.Error); ok {
		r = "runtime.Error "
	}
	if e, ok := v.(*runtime.TypeAssertionError); ok {
		r += "assertion " + e.Error()
	}
	return fmt.Sprintf("%s%T", r, v)
}

func text(v any) (s string) {
	defer func() {
		if recover() != nil {
			s = "bad"
		}
	}()
	if e, ok := v.(error); ok {
		return e.Error()
	}
	return fmt.Sprintf("%v", v)
}

func try(t test) {
	done := make(chan string)
	go func() {
		s := "no panic"
		defer func() { done <- s }()
		defer func() {
			if v := recover(); v != nil {
				s = isRuntime(v) + ": " + text(v)
			}
		}()
		t.f()
	}()
	fmt.Printf("%s: %s\n", t.name, <-done)
}

func main() {
	if len(os.Args) > 1 {
		i, _ := strconv.Atoi(os.Args[1])
		if i >= len(tests) {
			return
		}
		tests[i].f()
		os.Exit(0)
	}
	for _, t := range tests {
		if t.name != "goexit" {
			try(t)
		}
	}
}
