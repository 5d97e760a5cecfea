"""Statements whose value depends on the order in which their operands are evaluated: a program of many small cases.

Every operand reads the world (package variables), changes it, or panics with a text of its own; a case puts two or three of them into a
statement, and prints what was called in which order, what the statement gave or how it panicked, and the world afterwards. Places
and operands are combined each with each as far as `count` reaches, drawn by the seed.

    python -m tests.run.order_cases SEED COUNT        print the program
"""

from __future__ import annotations

import random
import sys

WORLD = """
package main

import (
	"fmt"
	"strings"
)

type T struct {
	a   int
	q   *T
	arr [4]int
}

func (t *T) get() int { note("get"); return t.a }
func (t T) val() int  { note("val"); return t.a }

type E struct{ *T }
type Z struct{}
type I interface{ val() int }
type K struct{ a, b int }
type B struct{ a [6]int } // too big for registers

var (
	x, y, z, i, j int
	neg           = -1
	b8            int8
	fl            bool
	k             string
	str           string
	bs            []byte
	s, u          []int
	arr, arr2     [4]int
	m, nm         map[string]int
	mk            map[K]int
	mi            map[any]int
	ms            map[string][]int
	p, np         *T
	pp            *int
	emb           E
	st            T
	e, bad, ei    any
	iv            I
	fv            func() int
	ch            chan int
	c128          complex128
	trace         []string
	k2            []int
	big           B
	pb, nb        *B
	bigs          []B
	mb            map[string]B
	ib            any
)

func note(s string) { trace = append(trace, s) }

func reset() {
	x, y, z, i, j = 1, 2, 0, 1, 2
	b8, fl, k, str, bs = 3, true, "k", "hello", []byte("bytes")
	s, u = []int{10, 11, 12, 13}, []int{20, 21, 22, 23}
	arr, arr2 = [4]int{30, 31, 32, 33}, [4]int{40, 41, 42, 43}
	m, nm = map[string]int{"k": 50, "h": 51}, nil
	mk, mi = map[K]int{{1, 2}: 60, {2, 2}: 61}, map[any]int{1: 70, 2: 71, "k": 72}
	ms = map[string][]int{"k": {80, 81, 82, 83}}
	p, np = &T{a: 3, q: &T{a: 4, arr: [4]int{1, 2, 3, 0}}, arr: [4]int{5, 6, 7, 8}}, nil
	v := 90
	pp, emb, st = &v, E{&T{a: 5}}, T{a: 6, arr: [4]int{9, 8, 7, 6}}
	e, bad, ei, iv, fv = "text", 1.5, 7, T{a: 8}, func() int { note("fv"); return x }
	ch = make(chan int, 9)
	for n := range 5 {
		ch <- 100 + n
	}
	c128, trace, k2 = complex(1, 2), nil, []int{0}
	big, pb, bigs, mb, ib = mkB(1), &B{}, []B{mkB(3), mkB(4), mkB(5)}, map[string]B{"k": mkB(6), "h": mkB(7)}, mkB(8)
	*pb, nb = mkB(2), nil
}

func mkB(n int) B { return B{[6]int{n, n + 1, n + 2, n + 3, n + 4, n + 5}} }

// f changes all of the world.
func f() int {
	note("f")
	x, y, i, j = x+1, y+1, 2, 1
	b8, fl, k, str, bs[0] = b8+1, !fl, "h", "world", 'B'
	s, u = append([]int{-1}, s...), append([]int{-2}, u...)
	arr[1], arr[2], arr2[1], arr2[2] = 131, 132, 141, 142
	m = map[string]int{"k": 150, "h": 151}
	mk = map[K]int{{1, 2}: 160, {2, 3}: 161}
	mi = map[any]int{1: 170, 2: 171, "k": 172, "h": 173}
	ms = map[string][]int{"k": {180, 181, 182, 183}, "h": {190, 191, 192, 193}}
	p = &T{a: 13, q: &T{a: 14, arr: [4]int{3, 2, 1, 0}}, arr: [4]int{15, 16, 17, 18}}
	v := 95
	pp, emb.T, st.a, st.arr[1] = &v, &T{a: 15}, 16, 88
	e, ei, iv, fv = "other", 17, &T{a: 18}, func() int { note("fv2"); return y }
	c128 = complex(3, 4)
	big, pb, bigs, mb, ib = mkB(11), &B{[6]int{12}}, []B{mkB(13), mkB(14), mkB(15)}, map[string]B{"k": mkB(16), "h": mkB(17)}, mkB(18)
	return 7
}

func g() int      { note("g"); return 3 }
func in(n int) int { note(fmt.Sprint("in", n)); return n }
func pt() *T      { note("pt"); return p }
func ip() *int    { note("ip"); return pp }
func sl() []int   { note("sl"); return s }
func mp() map[string]int { note("mp"); return m }
func key() string { note("key"); return k }
func tr() bool    { note("tr"); return true }
func two() (int, int) { note("two"); f(); return 61, 62 }
func getB() B { note("getB"); f(); return big }
func sb(b B) int { return b.a[0]*100 + b.a[5] }
func (b B) val() int { return sb(b) }
func two2() (B, B) { note("two2"); f(); return big, *pb }
func zs() Z { note("zs"); return Z{} }
func sum(ns ...int) (r int) {
	for _, n := range ns {
		r = r*1000 + n
	}
	return
}
func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func t2s(t *T) string {
	if t == nil {
		return "nil"
	}
	return fmt.Sprint(t.a, t.arr)
}

// world is what every variable holds.
func world() []string {
	return strings.Split(fmt.Sprint("x=", x, "|y=", y, "|i=", i, "|j=", j, "|b8=", b8, "|fl=", fl, "|k=", k, "|str=", str, "|bs=", string(bs), "|s=", s, "|u=", u, "|arr=", arr,
		"|arr2=", arr2, "|m=", m, "|nm=", nm, "|mk=", mk, "|mi=", len(mi), mi[1], mi[2], mi["k"], mi["h"], "|ms=", ms, "|p=", t2s(p), "|q=", t2s(p.q), "|*pp=", *pp, "|emb=", t2s(emb.T), "|st=", t2s(&st), "|e=", e,
		"|ei=", ei, "|c=", c128, "|k2=", k2, "|big=", big, "|pb=", *pb, "|bigs=", bigs, "|mb=", mb, "|ib=", ib, "|ch=", len(ch)), "|")
}

func differs(a, b []string) (out []string) {
	for n := range b {
		if a[n] != b[n] {
			out = append(out, b[n])
		}
	}
	return
}

var before, after []string // the world, and what f makes of it

// try prints a case: calls, result, and where the world differs from what it was, or (~) from what f makes of it.
func try(n int, body func() string) {
	reset()
	r := func() (r string) {
		defer func() {
			if v := recover(); v != nil {
				r = fmt.Sprint("panic: ", v)
			}
		}()
		return body()
	}()
	calls := trace
	w := world()
	d := differs(before, w)
	if e := differs(after, w); len(e) < len(d) {
		d = append([]string{"~"}, e...)
	}
	fmt.Println(n, calls, r, d)
}
"""

READS = (
    "x", "p.a", "*pp", "s[i]", "arr[i]", "m[k]", "mk[K{x, y}]", "mi[x]", "mi[k]", "x+y", "-x", "int(b8)", "len(s)", "cap(u)", "min(x, y)", "int(real(c128))",
    "s[i:][0]", "p.q.a", "T{a: x}.a", "[2]int{x, y}[1]", "ei.(int)", "int(str[i])", "len(string(bs))", "int([]byte(str)[0])", "b2i(x > 1 && fl)",
    "b2i(T{a: x} == T{a: 1})", "emb.a", "st.a", "st.arr[i]", "ms[k][i]", "len(e.(string))", "len(k + str)", "map[string]int{k: x}[k]", "p.arr[i]", "lx", "ls[li]",
    "sb(big)", "sb(*pb)", "sb(bigs[i])", "sb(mb[k])", "mb[k].a[i]", "bigs[i].a[j]", "ib.(B).a[i]", "b2i(big == *pb)", "b2i(bigs[i] == mkB(4))", "big.val()", "pb.val()", "B{[6]int{x}}.a[0]",
    "sum([]int{x, y}...)", "len(str[i:])", "m[string(bs[:1])]", "*&x", "func() int { return x }()", "int(^b8)", "len([]any{x, b8})", "len(fmt.Sprint(b8, x, fl))",
)  # fmt: skip
CALLS = (
    "sb(getB())", "getB().a[j]", "sb(B{[6]int{x, f(), x}})", "sb(big) + f()", "b2i(big == getB())", "sb([]B{big, getB(), big}[0])", "len(fmt.Sprint(big, getB()))", "sb([2]B{big, getB()}[0])",
    "f()", "g()", "in(1)", "<-ch", "pt().a", "*ip()", "p.get()", "p.val()", "iv.val()", "fv()", "sl()[i]", "mp()[k]", "m[key()]", "s[in(2)]", "b2i(fl && tr())",
    "len(append(s, f()))", "sum(x, f())", "sum(x, g(), y)", "x + f()", "f() + x", "sum(two())", "len(s[i:f()-4])", "len(zss(zs()))", "[]int{x, f(), x}[2]", "p.arr[f()&3]",
)  # fmt: skip
FAULTS = ("sb(*nb)", "sb(bigs[i+3])", "bad.(B).a[0]", "nb.val()", "np.a", "s[i+98]", "x/z", "bad.(int)", "x<<neg", "s[3:i][0]", "arr[i+3]", "np.arr[i]", "*np.qq()", "len(bad.(string))", "mi[s2any()]", "fn()", "in(1)/z")
PLACES = ("x", "p.a", "s[i]", "arr[i]", "*pp", "m[k]", "mk[K{x, y}]", "mi[x]", "mi[k]", "p.q.a", "emb.a", "st.a", "st.arr[i]", "ms[k][i]", "p.arr[i]", "lx", "ls[li]", "lst.a", "s[x+1]",
          "u[i+0]", "i", "k2[0]")  # fmt: skip
CALLED = ("s[in(1)]", "pt().a", "*ip()", "m[key()]", "arr[g()]", "sl()[i]", "mp()[key()]", "s[len(s)-1]", "s[min(i, 2)]", "p.arr[f()&3]", "pt().q.a", "ms[key()][in(1)]", "s[b2i(tr() && fl)]")
BROKEN = ("np.a", "s[i+98]", "nm[k]", "arr[i+3]", "s[x/z]", "np.arr[i]", "mi[s2any()]", "*np.qq()", "s[bad.(int)]")

MORE = """
func (t *T) qq() *int { return &t.a }
func s2any() any { return []int{1} }
func zss(z ...Z) []Z { return z }

var fn func() int
"""

LOCALS = "lx, li, ls, lst, lb := 4, 1, []int{6, 7, 8}, T{a: 9}, mkB(30); _, _, _, _, _ = lx, li, ls, lst, lb"
AFTER = "fmt.Sprint(lx, li, ls, lst.a, lb.a[0])"
BIG_PLACES = ("big", "*pb", "bigs[i]", "mb[k]", "bigs[in(1)]", "mb[key()]", "*nb", "bigs[i+3]", "lb", "bigs[x/z]")
BIG_VALUES = ("big", "*pb", "bigs[i]", "mb[k]", "getB()", "B{[6]int{x, f(), x}}", "ib.(B)", "*nb", "bigs[i+3]", "bad.(B)", "mkB(x)", "B{a: big.a}", "[]B{big, getB(), *pb}[2]", "lb",
              "func() B { return big }()")  # fmt: skip
OPS = ("+=", "-=", "*=", "/=", "%=", "<<=", "&^=")

# Contexts of operands A, B, C (ints).
VALUES = (
    "fmt.Sprint({A}, {B})", "fmt.Sprint({A}, {B}, {C})", "fmt.Sprint([]int{{{A}, {B}, {C}}})", "fmt.Sprint([2]int{{{A}, {B}}})", "fmt.Sprint(K{{{A}, {B}}})", "fmt.Sprint(K{{b: {A}, a: {B}}})",
    "fmt.Sprint(sum({A}, {B}, {C}))", "fmt.Sprint({A} + {B})", "fmt.Sprint({A} == {B})", "fmt.Sprint([]any{{int8({A}), {B}, int16({C})}})", "fmt.Sprint(map[int]int{{{A}: {B}}}, {C})",
    "fmt.Sprint(map[int]int{{1: {A}, 2: {B}}}, {C})", "fmt.Sprint([]*K{{{{{A}, {B}}}, {{{C}, 1}}}}[0].a)", "fmt.Sprint(({A} > 3 && {B} > 3) || {C} > 3)",
    "fmt.Sprint(any({A}) == any({B}), {C})", "fmt.Sprint(K{{{A}, 1}} == K{{{B}, 1}}, {C})", "fmt.Sprint(uint8({A}), float64({B}), uint16({C}))", "fmt.Sprint(append([]int{{{A}}}, {B}, {C}))",
    "fmt.Sprint(complex(float64({A}), float64({B})), {C})", "fmt.Sprint(max({A}, {B}), min({B}, {C}))", "fmt.Sprint(struct{{ a any; b int }}{{{A}, {B}}})", "str[{A}&1:{B}&3+1]",
    "string(bs) + fmt.Sprint({A}) + string(bs) + str + fmt.Sprint({B})", "fmt.Sprint(mi[{A}], {B})", "fmt.Sprint(mk[K{{{A}, {B}}}], {C})", "fmt.Sprint(&K{{{A}, {B}}}, {C})", "fmt.Sprint([2]Z{{zs(), zs()}}, {A})",
)  # fmt: skip
STATEMENTS = (
    "r, t := {A}, {B}; return fmt.Sprint(r, t)", "var r, t any = {A}, {B}; return fmt.Sprint(r, t)", "func() {{ defer sum({A}, {B}) }}(); return \"\"",
    "return func() string {{ a, b := func() (int, int) {{ return {A}, {B} }}(); return fmt.Sprint(a, b) }}()", "return func() string {{ a, b := func() (x, r int) {{ x = 5; r = 6; return {A}, {B} + x }}(); return fmt.Sprint(a, b) }}()",
    "return func() (ret string) {{ defer func() {{ ret += fmt.Sprint(recover()) }}(); a, b := func() (r, q int) {{ defer func() {{ note(fmt.Sprint(r, q)) }}(); return {A}, {B} }}(); return fmt.Sprint(a, b) }}()",
    "ch <- {A}; return fmt.Sprint(len(ch))", "switch ({A}) {{ case {B}: return \"b\"; case {C}: return \"c\" }}; return \"none\"", "if ({A}) > ({B}) && ({C}) > 2 {{ return \"yes\" }}; return \"no\"",
    "for q := range []int{{{A}, {B}}} {{ x += q }}; return \"\"", "var q any = K{{{A}, {B}}}; return fmt.Sprint(q)", "go sum({A}, {B}); return \"\"", "copy(s[{A}&1:], u[{B}&1:]); return \"\"", "delete(mi, {A}); return fmt.Sprint({B})",
    "select {{ case ch <- {A}: return fmt.Sprint({B}); default: return \"default\" }}", "var q [2]int; q[{A}&1], q[{B}&1] = {C}, x; return fmt.Sprint(q)", "r, ok := mi[{A}]; return fmt.Sprint(r, ok, {B})",
)  # fmt: skip


def program(seed: int, count: int) -> str:
    """A Go program of `count` cases."""
    r = random.Random(seed)
    every = READS + CALLS + FAULTS

    def operand() -> str:
        return r.choice(r.choice((READS, CALLS, CALLS, FAULTS, every)))

    def place() -> str:
        return r.choice(r.choice((PLACES, PLACES, CALLED, BROKEN)))

    def case() -> str:
        what = r.randrange(8)
        if what == 0:
            if r.random() < 0.2:
                return f"{r.choice(BIG_PLACES)} = {r.choice(BIG_VALUES)}; return {AFTER}"
            return f"{place()} = {operand()}; return {AFTER}"
        if what == 1:
            return f"{place()} {r.choice(OPS)} {operand()}; return {AFTER}"
        if what == 2:
            if r.random() < 0.3:
                a, b, v, w = r.choice(BIG_PLACES), r.choice((place(), r.choice(BIG_PLACES))), r.choice(BIG_VALUES), operand()
                return f"{a}, {b} = {v}, {r.choice(BIG_VALUES) if b in BIG_PLACES else w}; return {AFTER}"
            return f"{place()}, {place()} = {operand()}, {operand()}; return {AFTER}"
        if what == 3:
            return r.choice((f"{place()}, {place()} = two(); return {AFTER}", f"var ok bool; {place()}, ok = mi[{operand()}]; return {AFTER} + fmt.Sprint(ok)", f"{place()}++; return {AFTER}",
                             f"{place()}, {place()}, {place()} = {operand()}, {operand()}, {operand()}; return {AFTER}", f"for {place()}, {place()} = range []int{{{operand()}, {operand()}}} {{}}; return {AFTER}",
                             f"ms[k] = append(ms[k], {operand()}, {operand()}); return {AFTER}", f"p.q, p.q.a = np, {operand()}; return {AFTER}", f"emb.T, emb.a = p, {operand()}; return {AFTER}",
                             f"i, s[i] = {operand()}, {operand()}; return {AFTER}", f"s, s[i] = u, {operand()}; return {AFTER}", f"{r.choice(BIG_PLACES)}, {r.choice(BIG_PLACES)} = two2(); return {AFTER}",
                             f"bigs = append(bigs, {r.choice(BIG_VALUES)}, {r.choice(BIG_VALUES)}); return {AFTER}", f"q, t := {r.choice(BIG_VALUES)}, {operand()}; return fmt.Sprint(q, t)", f"ms[key()] = append(ms[key()], {operand()}); return {AFTER}"))  # fmt: skip
        text = r.choice(STATEMENTS if what == 4 else VALUES).format(A=operand(), B=operand(), C=operand())
        return text if what == 4 else f"return {text}"

    lines = [WORLD, MORE]
    for n in range(count):
        lines.append(f"func case{n}() string {{\n\t{LOCALS}\n\t{case()}\n}}\n")
    lines.append("func main() {\n\treset()\n\tbefore = world()\n\tf()\n\tafter = world()")
    lines += [f"\ttry({n}, case{n})" for n in range(count)]
    lines.append("}\n")
    return "\n".join(lines)


if __name__ == "__main__":
    print(program(int(sys.argv[1]), int(sys.argv[2])), end="")
