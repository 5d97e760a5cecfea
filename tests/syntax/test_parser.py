"""Trees: what the parser builds, and that lazy parsing builds the same."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

import pytest

from rt0.diag import CompileError, Diagnostic, FileSet
from rt0.syntax import nodes as n
from rt0.syntax.late import late_errors
from rt0.syntax.parser import Parser, parse_body, parse_file
from rt0.syntax.positions import end, start
from rt0.syntax.printer import dump, expr_string
from rt0.syntax.scanner import scan


def parse(text: str, lazy: bool = False) -> n.File:
    errors: list[Diagnostic] = []
    f = parse_file(FileSet().add("x.go", text.encode()), errors, lazy)
    assert not errors, errors
    return f


def parse_x(text: str) -> n.Expr:
    """A text that is one expression or type; its first byte has position 1."""
    src = FileSet().add("x", text.encode())
    p = Parser(src, scan(src), False)
    x = p.binary_expr(0)
    p.got(";")
    assert p.tok == "EOF"
    return x


# printed as gc prints them in messages: source text where they differ is on the right
EXPRESSIONS = {
    "a + b*c": "a + b * c",
    "(a + b) * c": "(a + b) * c",
    "f(x, y...)": "f(x, y...)",
    "T{1, 2}": "T{…}",
    "[]int{}": "[]int{}",
    "func(a, b int) (x error) { return nil }": "func(a, b int) (x error) {…}",
    "func() {}": "func() {}",
    "a[1:2:3]": "a[1:2:3]",
    "m[K, V](x)": "m[K, V](x)",
    "x.(type)": "x.(type)",
    "<-c": "<-c",
    "-x": "-x",
    "&T{}": "&T{}",
    "map[string]chan<- int{}": "map[string]chan<- int{}",
    "chan (<-chan int)(nil)": "chan (<-chan int)(nil)",
    "struct{a, b int; T `tag`}{}": "struct{a, b int; T `tag`}{}",
    "interface{m(int) string; ~int|E}(x)": "interface{m(int) string; ~int | E}(x)",
    "[...]int{1: 2}": "[...]int{…}",
    "*p.q": "*p.q",
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_expr_string(text: str) -> None:
    assert expr_string(parse_x(text)) == EXPRESSIONS[text]


def test_precedence() -> None:
    x = parse_x("a || b && c == d + e*f")
    assert isinstance(x, n.BinaryExpr) and x.op == "||"
    y = x.y
    assert isinstance(y, n.BinaryExpr) and y.op == "&&"
    z = y.y
    assert isinstance(z, n.BinaryExpr) and z.op == "=="


def test_literals() -> None:
    f = parse("package p\nvar x = []any{0x1p-2, 0b1_0, 0o17, 1_000, 1i, .5, 'a', '\\n', 'é', `r\n`, \"s\\t\", 017, 1e3}\n")
    d = f.decls[0]
    assert isinstance(d, n.GenDecl)
    spec = d.specs[0]
    assert isinstance(spec, n.VarSpec)
    lit = spec.values[0]
    assert isinstance(lit, n.CompositeLit)
    kinds = [e.kind for e in lit.elts if isinstance(e, n.BasicLit)]
    assert kinds == ["float", "int", "int", "int", "imag", "float", "char", "char", "char", "string", "string", "int", "float"]


def test_positions() -> None:
    x = parse_x("a.b[i](c)")  # offsets 0..8, base 1
    assert isinstance(x, n.CallExpr)
    assert (start(x), x.pos, end(x)) == (1, 7, 10)
    s = parse_x("a[1:2]")
    assert start(s) == s.pos == 2  # gc's habit


def test_const_group() -> None:
    f = parse("package p\nconst (\n\ta, b = iota, 1\n\tc, d\n\te int = 5\n\tf\n)\n")
    d = f.decls[0]
    assert isinstance(d, n.GenDecl)
    specs = [s for s in d.specs if isinstance(s, n.ConstSpec)]
    assert [s.iota for s in specs] == [0, 1, 2, 3]
    assert specs[1].inherited is specs[0] and specs[3].inherited is specs[2]


def test_type_parameters_or_array() -> None:
    f = parse("package p\ntype A[P *T,] int\ntype B[N * 2] int\ntype C[P interface{}] int\ntype D[P *int|~string] int\ntype E[n] int\ntype F[P []int] int\n")
    got = []
    for d in f.decls:
        assert isinstance(d, n.GenDecl)
        s = d.specs[0]
        assert isinstance(s, n.TypeSpec)
        got.append(s.tparams is not None)
    assert got == [True, False, True, True, False, True]


def test_fields_are_grouped() -> None:
    f = parse("package p\nfunc (r *R) M(a, b int, c ...string) (x, y error)\n")
    d = f.decls[0]
    assert isinstance(d, n.FuncDecl) and d.recv is not None and not d.has_body
    assert [[i.name for i in g.names] for g in d.typ.params.list] == [["a", "b"], ["c"]]
    assert d.typ.results is not None and len(d.typ.results.list[0].names) == 2


def test_type_switch() -> None:
    f = parse("package p\nfunc f() { switch a := b; x := a.(type) { case int, string: default: } }\n")
    d = f.decls[0]
    assert isinstance(d, n.FuncDecl) and d.body is not None
    s = d.body.list[0]
    assert isinstance(s, n.TypeSwitchStmt) and s.lhs is not None and s.lhs.name == "x" and s.init is not None


def test_pragmas_and_version() -> None:
    f = parse("//go:build go1.21 && linux\n\npackage p\n\nimport _ \"embed\"\n\n//go:noinline\n//go:linkname f g\nfunc f()\n\n//go:embed a.txt \"b c\"\nvar s string\n")
    d = f.decls[1]
    assert isinstance(d, n.FuncDecl) and d.pragmas == ("noinline", "linkname f g")
    v = f.decls[2]
    assert isinstance(v, n.GenDecl)
    spec = v.specs[0]
    assert isinstance(spec, n.VarSpec) and spec.embed == ["a.txt", "b c"]
    assert f.go_version == "go1.21" and not f.late_errors


def test_late_errors() -> None:
    f = parse("package p\n//go:noinline\nvar x int\n//go:embed a\nvar s string\n//go:linkname f g\nfunc f()\n")
    assert [str(e) for e in late_errors([f], True)] == [
        "x.go:2:3: misplaced compiler directive",
        'x.go:4:3: go:embed requires import "embed" (or import _ "embed", if package is not used)',
        'x.go:6:3: //go:linkname only allowed in Go files that import "unsafe"',
        "x.go:7:6: missing function body",
    ]


SOURCE = """package p

// A comment with { braces } and "quotes".
var table = map[string][]int{
	"a": {1, 2, 3}, "}": {4}, // }
	`{`: {5}, /* } */ "c": {'}', '\\'', 7}, "long enough to be left out": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
}

var fn = func(x int) struct{ a int } { if x > 0 { return T{a: 1, b: []int{1, 2, 3, 4, 5, 6, 7, 8, 9}} }; for { } }

type S struct { a int; f func() interface{ M() } }

func (s *S) M() interface{ M() } { return s }
func one() { x := "}"; _ = '{'; return }
func two(f func() struct{ x int }) map[string]struct{} {
	// }
	return map[string]struct{}{"`": {}}
}
const c = 1
func noBody(x int) int
"""


def test_lazy_is_the_same_tree() -> None:
    eager, lazy = parse(SOURCE), parse(SOURCE, lazy=True)
    errors: list[Diagnostic] = []
    skipped = 0
    for d in lazy.decls:
        if isinstance(d, n.FuncDecl) and d.has_body:
            skipped += d.lazy is not None
            body = parse_body(d, errors)
            assert parse_body(d, errors) is body
    assert skipped == 3 and not errors
    assert dump(lazy, lazy.source) == dump(eager, eager.source)


def test_errors_inside_lazy_parts() -> None:
    errors: list[Diagnostic] = []
    f = parse_file(FileSet().add("x.go", b"package p\nfunc f() { x := }\nvar y = []int{1 2, " + b"3, " * 100 + b"}\n"), errors, lazy=True)
    assert not errors
    d, v = f.decls
    assert isinstance(d, n.FuncDecl) and isinstance(v, n.GenDecl)
    parse_body(d, errors)
    assert [str(e) for e in errors] == ["x.go:2:17: syntax error: unexpected }, expected expression"]
    spec = v.specs[0]
    assert isinstance(spec, n.VarSpec)
    lit = spec.values[0]
    assert isinstance(lit, n.CompositeLit)
    with pytest.raises(CompileError, match="3:17: syntax error: unexpected literal 2 in composite literal; possibly missing comma or }"):
        _ = lit.elts


def big_stack(f: Callable[[], None]) -> None:
    failed: list[BaseException] = []

    def run() -> None:
        try:
            f()
        except BaseException as e:
            failed.append(e)

    old_limit, old_size = sys.getrecursionlimit(), threading.stack_size(256 << 20)
    sys.setrecursionlimit(200_000)
    try:
        t = threading.Thread(target=run)
        t.start()
        t.join()
    finally:
        sys.setrecursionlimit(old_limit)
        threading.stack_size(old_size)
    if failed:
        raise failed[0]


def test_deep_nesting() -> None:
    def run() -> None:
        parse("package p\nvar x = " + "(" * 10_000 + "1" + ")" * 10_000 + "\n")
        parse("package p\nfunc f() " + "{" * 10_000 + "}" * 10_000 + "\n")
        parse("package p\nfunc f() { if a {}" + " else if a {}" * 20_000 + "}\n")
        x = parse_x("+".join(["a"] * 20_000))
        assert len(expr_string(x)) == 20_000 + 3 * 19_999 and start(x) == 1

    big_stack(run)


def test_too_deep_is_an_error() -> None:
    errors: list[Diagnostic] = []
    parse_file(FileSet().add("x.go", b"package p\nvar x = " + b"(" * 5_000 + b"1" + b")" * 5_000 + b"\n"), errors)
    assert [e.msg for e in errors] == ["nesting depth limit exceeded"]
