"""Whole shapes that random statements do not reach: assembly, reflection, deep stacks, collections, preemption, packages' packages, old go lines.

Each shape gives extra files of the program's package and the name of a function that its Main calls through pr.Try. PKG stands for the program's
import path, NUM for a number that differs between programs.
"""

from __future__ import annotations

from random import Random

from tests.fuzz.control import defers, frames, gotos, iterators
from tests.fuzz.order import order
from tests.fuzz.values import generics, interfaces, keys, numbers, text

Files = dict[str, str]


def asm(rnd: Random) -> tuple[Files, str]:
    """Assembly functions with stack arguments, one that calls Go."""
    a, b = rnd.randint(1, 99), rnd.randint(1, 7)
    go = f"""package NAME

import "m/pr"

func asmAdd(x, y int64) int64
func asmMix(a uint8, s string, b []uint32, f float64) (n int64, res float64)
func asmCall(x int64) int64

func goBack(x int64) int64 {{ return x*{b} + 1 }}

func shapeAsm() {{
	pr.V(asmAdd({a}, -{b}))
	pr.V(asmMix({a}, "hello", make([]uint32, {b}), 2.5))
	f := asmAdd
	pr.V(f(1<<62, 1<<62))
	pr.V(asmCall({a}))
}}
"""
    s = f"""#include "textflag.h"

TEXT ·asmAdd(SB), NOSPLIT, $0-24
	MOVQ x+0(FP), AX
	ADDQ y+8(FP), AX
	{rnd.choice(("ADDQ $0, AX", "XORQ $" + str(a) + ", AX", "IMULQ $" + str(b) + ", AX", "NEGQ AX", "ROLQ $" + str(b) + ", AX"))}
	MOVQ AX, ret+16(FP)
	RET

TEXT ·asmMix(SB), NOSPLIT, $0-72
	MOVBQZX a+0(FP), AX
	ADDQ s_len+16(FP), AX
	ADDQ b_len+32(FP), AX
	MOVSD f+48(FP), X0
	ADDSD X0, X0
	MOVQ AX, n+56(FP)
	MOVSD X0, res+64(FP)
	RET

TEXT ·asmCall(SB), 0, $16-16
	MOVQ x+0(FP), AX
	MOVQ AX, 0(SP)
	CALL ·goBack(SB)
	MOVQ 8(SP), AX
	ADDQ ${a}, AX
	MOVQ AX, ret+8(FP)
	RET
"""
    return {"asm.go": go, "asm_amd64.s": s}, "shapeAsm"


def reflection(rnd: Random) -> tuple[Files, str]:
    """Functions, values and types made by reflect."""
    n = rnd.randint(0, 9)
    ts = ["int8", "string", "float32", "uint64", "[3]int", "[]string", "struct{ A int16; B string }", "any", "complex64", "bool", "map[string]int"]
    ps = [rnd.choice(ts) for _ in range(rnd.randint(1, 7))]
    rs = [rnd.choice(ps) for _ in range(rnd.randint(1, 3))]
    which = [rnd.choice([i for i, p in enumerate(ps) if p == r]) for r in rs]
    go = f"""package NAME

import (
	"reflect"

	"m/pr"
)

type refT struct {{
	A int `x:"{n}"`
	b string
	C []any
}}

func (r refT) Val(x int) int {{ return r.A + x }}
func (r *refT) Set(x int, s ...string) (int, string) {{ r.A = x; r.b = "" ; for _, t := range s {{ r.b += t }}; return len(s), r.b }}

func shapeReflect() {{
	var f func({", ".join(ps)}) ({", ".join(rs)})
	v := reflect.MakeFunc(reflect.TypeOf(f), func(args []reflect.Value) []reflect.Value {{
		pr.V(len(args))
		return []reflect.Value{{{", ".join(f"args[{w}]" for w in which)}}}
	}})
	f = v.Interface().(func({", ".join(ps)}) ({", ".join(rs)}))
	{"; ".join(f"var a{i} {p}; _ = a{i}" for i, p in enumerate(ps))}
	{"; ".join(f"a{i} = {lit(p, rnd)}" for i, p in enumerate(ps))}
	pr.V(f({", ".join(f"a{i}" for i in range(len(ps)))}))
	t := &refT{{A: {n}}}
	rv := reflect.ValueOf(t)
	pr.V(rv.Type().NumMethod(), rv.Elem().Type().NumMethod(), rv.Elem().Type().Field(0).Tag.Get("x"))
	for _, r := range rv.MethodByName("Set").Call([]reflect.Value{{reflect.ValueOf({n + 1}), reflect.ValueOf("q"), reflect.ValueOf("w")}}) {{
		pr.V(r.Interface())
	}}
	pr.V(rv.MethodByName("Val").Interface().(func(int) int)(5), *t)
	m := reflect.MakeMap(reflect.MapOf(reflect.TypeOf(""), reflect.TypeOf({lit(ps[0], rnd) if ps[0] not in ("any",) else '1'})))
	pr.V(m.Type().String(), m.Len())
	s := reflect.Append(reflect.MakeSlice(reflect.SliceOf(reflect.TypeOf(0)), 1, 2), reflect.ValueOf(4), reflect.ValueOf({n}))
	pr.V(s.Interface(), reflect.DeepEqual(s.Interface(), []int{{0, 4, {n}}}))
	pr.V(reflect.TypeFor[func({", ".join(ps)}) ({", ".join(rs)})]().String())
	var bad reflect.Value
	pr.V(bad.Kind().String())
	reflect.ValueOf(t).MethodByName("Set").Call(nil)
}}
"""
    return {"reflect.go": go}, "shapeReflect"


def lit(t: str, rnd: Random) -> str:
    n = rnd.randint(0, 99)
    match t:
        case "string":
            return f'"s{n}"'
        case "any":
            return rnd.choice((f"any({n})", "any(nil)", f'any("a{n}")'))
        case "bool":
            return rnd.choice(("true", "false"))
        case "int8" | "uint64" | "float32" | "complex64":
            return f"{t}({n})"
        case "map[string]int":
            return f'map[string]int{{"k": {n}}}'
        case "struct{ A int16; B string }":
            return f'struct{{ A int16; B string }}{{{n}, "b"}}'
        case "[]string":
            return '[]string{"a", "b"}'
    return f"[3]int{{{n}, 2}}"


def deep(rnd: Random) -> tuple[Files, str]:
    """Deep stacks: pointers into frames across growth, a panic from the depth, deferred calls on the way."""
    depth, size = rnd.choice((100, 3000, 20000)), rnd.choice((1, 7, 40))
    go = f"""package NAME

import "m/pr"

func shapeDeepRec(n int, p *int, a [{size}]int) (sum int) {{
	if n%1000 == 0 {{
		defer func() {{ sum += *p }}()
	}}
	x := n + a[n%{size}]
	a[n%{size}]++
	if n == 0 {{
		*p += x
		return a[0]
	}}
	sum = shapeDeepRec(n-1, &x, a) + x
	*p += x & 3
	return sum
}}

func shapeDeepPanic(n int, m map[string]int) {{
	defer func() {{ m["d"]++ }}()
	if n == 0 {{
		var q *[{size}]int
		m["v"] = q[{size - 1}]
	}}
	shapeDeepPanic(n-1, m)
}}

func shapeDeep() {{
	y := 1
	pr.V(shapeDeepRec({depth}, &y, [{size}]int{{1}}), y)
	m := map[string]int{{}}
	func() {{
		defer func() {{ pr.S(pr.Err(recover())) }}()
		shapeDeepPanic({depth // 10}, m)
	}}()
	pr.V(m)
	done := make(chan int)
	go func() {{ z := 2; done <- shapeDeepRec({depth // 2}, &z, [{size}]int{{}}) }}()
	pr.V(<-done)
}}
"""
    return {"deep.go": go}, "shapeDeep"


def collect(rnd: Random) -> tuple[Files, str]:
    """Trees, maps and closures that must survive collections while garbage is made; goroutines that spin."""
    n, k = rnd.randint(50, 400), rnd.randint(1, 4)
    go = f"""package NAME

import (
	"runtime"
	"sync"
	"sync/atomic"

	"m/pr"
)

type gcNode struct {{
	l, r *gcNode
	key  {rnd.choice(("int", "uint16", "int64"))}
	data {rnd.choice(("[]byte", "string", "*int", "any", "[4]*int"))}
	f    func() int
}}

func gcInsert(t *gcNode, k int) *gcNode {{
	if t == nil {{
		n := &gcNode{{}}
		n.key += 1
		n.f = func() int {{ return k*2 + int(n.key) }}
		return n
	}}
	if k&1 == 0 {{
		t.l = gcInsert(t.l, k>>1)
	}} else {{
		t.r = gcInsert(t.r, k>>1)
	}}
	return t
}}

func gcSum(t *gcNode) int {{
	if t == nil {{
		return 0
	}}
	return t.f() + gcSum(t.l)*3 + gcSum(t.r)
}}

func shapeCollect() {{
	var t *gcNode
	m := map[int]*gcNode{{}}
	for i := range {n} {{
		t = gcInsert(t, i*{rnd.choice((7, 31, 37))})
		m[i%17] = t
		if i%{rnd.randint(20, 60)} == 0 {{
			runtime.GC()
		}}
		_ = make([]*gcNode, i)
	}}
	pr.V(gcSum(t), len(m), gcSum(m[3]) == gcSum(t))
	var wg sync.WaitGroup
	var mu sync.Mutex
	var stop, total atomic.Int64
	out := make([]int, {k})
	for w := range {k} {{
		wg.Add(1)
		go func() {{
			defer wg.Done()
			x := 0
			for i := range {n * 100} {{
				x = x*31 + i ^ w
			}}
			var s []int
			for i := range {n} {{
				s = append(s, i)
			}}
			mu.Lock()
			out[w] = x + len(s)
			mu.Unlock()
			total.Add(int64(len(s)))
		}}()
	}}
	go func() {{
		for stop.Load() == 0 {{
		}}
		stop.Store(2)
	}}()
	wg.Wait()
	runtime.GC()
	stop.Store(1)
	for stop.Load() != 2 {{
		runtime.Gosched()
	}}
	pr.V(out, total.Load())
}}
"""
    return {"collect.go": go}, "shapeCollect"


def packages(rnd: Random) -> tuple[Files, str]:
    """A package of its own with unexported parts, aliases, embedded exported types, init order over packages and files."""
    n = rnd.randint(1, 99)
    sub = f"""package sub

import "m/pr"

type hidden struct{{ N int; s string }}

func (h *hidden) Inc() int {{ h.N++; h.s += "x"; return h.N }}
func (h hidden) String() string {{ return h.s }}
func (h hidden) secret() int {{ return h.N }}

type Open struct {{ hidden; V {rnd.choice(("int", "string", "float64", "any"))} }}
type Secret interface {{ secret() int }}
type Alias = map[string][]Open
type Gen[T any] struct {{ X T; in []T }}

func (g *Gen[T]) Push(x T) *Gen[T] {{ g.in = append(g.in, x); g.X = x; return g }}
func (g Gen[T]) Len() int {{ return len(g.in) }}

var Log []string
var A = add("A", B+{n})
var B = add("B", c*2)
var c = add("c", {n})

func add(s string, n int) int {{ Log = append(Log, s); return n }}
func init() {{ Log = append(Log, "init1") }}
func init() {{ Log = append(Log, "init2") }}

func New(n int) *Open {{ return &Open{{hidden: hidden{{N: n}}}} }}
func Map[K comparable, V any](k []K, f func(K) V) map[K]V {{ m := map[K]V{{}}; for _, x := range k {{ m[x] = f(x) }}; return m }}
func Show() {{ pr.V(Log, A, B, c) }}
"""
    go = f"""package NAME

import (
	"m/pr"
	. "PKG/sub"
	other "PKG/sub"
)

type mine struct {{ *other.Open; other.Gen[string] }}

func (mine) secret() int {{ return -1 }}

func shapePackages() {{
	other.Show()
	o := New({n})
	pr.V(o.Inc(), o.Inc(), o.String(), o.N)
	var s any = *o
	_, ok := s.(Secret)
	pr.V(ok)
	_, ok = any(mine{{}}).(Secret)
	pr.V(ok)
	_, ok = any(mine{{}}).(interface{{ secret() int }})
	pr.V(ok)
	m := mine{{Open: o}}
	m.Push("a").Push("b")
	pr.V(m.Len(), m.X, m.Inc(), m)
	var al other.Alias = Alias{{"k": {{*o}}}}
	pr.V(al)
	pr.V(Map([]int{{1, 2, {n}}}, func(i int) string {{ return string(rune('a' + i%26)) }}))
	pr.V(any(Gen[int]{{}}), any(&Gen[Open]{{}}))
	_ = s.(Secret).(interface{{ secret() int }})
}}
"""
    return {"packages.go": go, "sub/sub.go": sub, f"sub/{rnd.choice(('a', 'z'))}.go": 'package sub\n\nvar d = add("d", A)\n\nfunc init() { Log = append(Log, "init3") }\n\nvar _ = d\n'}, "shapePackages"


def oldgo(rnd: Random) -> tuple[Files, str]:
    """A file of go1.21: one variable per loop; and files that tags choose."""
    v = rnd.choice(("1.21", "1.22", "1.21", "1.23"))
    go = f"""//go:build go{v}

package NAME

import "m/pr"

func shapeOld() {{
	var fs []func() int
	for i := 0; i < 3; i++ {{
		fs = append(fs, func() int {{ i += {rnd.randint(0, 2)}; return i }})
	}}
	for _, x := range []int{{4, 5, 6}} {{
		fs = append(fs, func() int {{ x++; return x }})
	}}
	for k, c := range "ab" {{
		defer func() {{ pr.V(k, c) }}()
	}}
	var ps []*int
	for _, x := range [2]int{{7, 8}} {{
		ps = append(ps, &x)
	}}
	for _, f := range fs {{
		pr.V(f(), f())
	}}
	pr.V(ps, tagged, suffixed)
}}
"""
    tag, no = rnd.choice((("linux && !windows", "!linux || windows"), ("(amd64 || arm64) && unix", "!(amd64 || arm64) || !unix"), ("!cgo || go1.20", "cgo && !go1.20")))
    return {
        "old.go": go,
        "tag_a.go": f'//go:build {tag}\n\npackage NAME\n\nconst tagged = "a"\n',
        "tag_b.go": f'//go:build {no}\n\npackage NAME\n\nconst tagged = "b"\n',
        "suf_linux_amd64.go": 'package NAME\n\nconst suffixed = "linux"\n',
        "suf_windows.go": 'package NAME\n\nconst suffixed = "windows"\n',
    }, "shapeOld"


SHAPES = {"asm": asm, "reflect": reflection, "deep": deep, "collect": collect, "packages": packages, "oldgo": oldgo}
MORE = {
    "order": order, "defers": defers, "iterators": iterators, "gotos": gotos, "frames": frames, "numbers": numbers, "keys": keys, "text": text, "interfaces": interfaces, "generics": generics,
}  # fmt: skip
