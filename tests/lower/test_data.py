"""Data that lower makes: initial values of package variables, type descriptors, itabs."""

from __future__ import annotations

import re

from tests.lower.harness import lower_snippet, verify


def data_line(ir: str, symbol: str) -> str:
    m = re.search(r'(?m)^@"' + re.escape(symbol) + '" = (.*)$', ir)
    assert m is not None, symbol
    return m.group(1)


def test_static_values() -> None:
    u = lower_snippet("""package main
import "errors"
type T struct { a int8; s string; p *T }
type I interface { M() }
func (t *T) M() {}
var a = T{1, "xy", &b}
var b = T{a: 3}
var c = []int{1, 2, 3}
var d I = &T{a: 2}
var e any = 7
var f = func(x int) int { return x + 1 }
var g = map[string]int{"a": 1}
var h = errors.New("x")
var i, j = two()
var k = [...]float32{1.5, 2: 3}
var z [100]int
func two() (int, int) { return 1, 2 }
func main() { println(a.a, b.a, c[0], d, e, f(1), g["a"], h, i, j, k[0], z[1]) }
""")
    assert verify({"u": u.ir}) == ""
    assert 'ptr @"main.b"' in data_line(u.ir, "main.a")
    assert 'ptr @"main.c..stmp_0"' in data_line(u.ir, "main.c")
    assert 'go:itab.*main.T,main.I' in data_line(u.ir, "main.d")
    assert 'type:int' in data_line(u.ir, "main.e")
    assert 'main.init.func1·f' in data_line(u.ir, "main.f")
    for dynamic in ("g", "h", "i", "j"):
        assert "zeroinitializer" in data_line(u.ir, "main." + dynamic)
    assert data_line(u.ir, "main.k").startswith('dso_local global [12 x i8] c"\\00\\00\\C0?')
    assert ".bss.main.z" in data_line(u.ir, "main.z")
    assert 'rt0.gcroots.main.z' not in u.ir and 'rt0.gcroots.main.a' in u.ir
    steps = {s.symbol: s.vars for s in u.program.init_steps(u.path)}
    assert ["main.g"] in steps.values() and ["main.h"] in steps.values()  # run only if the variable is used
    assert [] in steps.values()  # two() always runs


def test_method_tables_are_conditional() -> None:
    u = lower_snippet("""package main
type I interface { A(); b() }
type T struct{ x int }
func (T) A() {}
func (*T) b() {}
func (*T) C() {}
func main() { var i I = &T{}; i.A() }
""")
    assert verify({"u": u.ir}) == ""
    itab = u.defs["go:itab.*main.T,main.I"]
    assert [m[0] for m in itab.methods] == ["A", "main.b"]
    assert "main.(*T).A" not in itab.refs
    assert "A" in u.defs["main.main"].icalls


def test_descriptor_words() -> None:
    """Size_, PtrBytes, then hash, flags, align, kind: abi.Type of a struct with a pointer in its second word."""
    u = lower_snippet("""package main
func main() { var e any = struct{ A int; B *int; C bool }{}; println(e) }
""")
    line = next(ln for ln in u.ir.splitlines() if ln.startswith('@"type:struct') and "weak_odr" in ln)
    words = re.findall(r"(i64|i32|i8) (-?\d+)", line)
    assert words[:2] == [("i64", "24"), ("i64", "16")]
    assert [v for t, v in words[3:7]] == ["0", "8", "8", "25"]  # no flags, aligned to 8, Struct


def test_embedded_promotion() -> None:
    u = lower_snippet("""package main
type In struct{ n int }
func (i In) V() int { return i.n }
func (i *In) P() int { return i.n }
type Out struct{ In }
type VP interface{ V() int; P() int }
func main() { var x VP = &Out{In{3}}; f := x.V; g := Out.V; println(x.P(), f(), g(Out{})) }
""")
    assert verify({"u": u.ir}) == ""
    assert "go:itab.*main.Out,main.VP" in u.defs
