"""What the Checker leaves on nodes and objects for lower, and that dependencies are checked on demand only."""

from __future__ import annotations

import ast as python_ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from rt0.diag import FileSet
from rt0.syntax import nodes as ast
from rt0.syntax.parser import parse_file
from rt0.syntax.printer import expr_string
from rt0.types.check import Checker
from rt0.types.errors import ErrorList
from rt0.types.objects import Func, Package, Var, resolve
from rt0.types.typestring import type_string

RT0 = Path(__file__).parents[2] / "rt0"


def check(src: str, whole: bool = True, version: str = "go1.27", imports: dict[str, Package] | None = None) -> tuple[Checker, list[str]]:
    fset = FileSet()
    errors = ErrorList(0)
    f = parse_file(fset.add("a.go", src.encode()), errors, not whole)
    c = Checker(fset, "p", [f], lambda path: (imports or {})[path], go_version=version, errors=errors, whole=whole)
    c.check()
    return c, [str(e) for e in errors]


def walk(n: Any) -> Iterator[ast.Node]:
    """All nodes below n."""
    if isinstance(n, list):
        for x in n:
            yield from walk(x)
    elif isinstance(n, ast.Node):
        yield n
        for cls in type(n).__mro__:
            for slot in getattr(cls, "__slots__", ()):
                if slot not in ("obj", "type", "selection", "info", "scope", "source", "file", "targs", "target", "var", "val") or (
                    slot == "type" and not isinstance(n, ast.Expr)
                ):
                    yield from walk(getattr(n, slot, None))


def exprs(c: Checker) -> dict[str, ast.Expr]:
    """The package's expressions by their text (the last one of each)."""
    return {expr_string(n): n for f in c.files for n in walk(f.decls) if isinstance(n, ast.Expr)}


def local(c: Checker, name: str) -> Var:
    for f in c.files:
        for n in walk(f.decls):
            if isinstance(n, ast.Ident) and n.name == name and isinstance(n.obj, Var):
                return n.obj
    raise KeyError(name)


def test_untyped_expressions_get_their_final_type() -> None:
    c, errs = check("package p\nvar f float64 = 1 + 2\nvar s uint = 3\nvar i int64 = 1 << s\nvar x any = 'a'\nvar b = s == 7\n")
    assert errs == []
    e = exprs(c)
    assert (type_string(e["1 + 2"].type), e["1 + 2"].val) == ("float64", 3)
    assert type_string(e["1 << s"].type) == "int64" and e["1 << s"].mode == "value"
    assert type_string(e["'a'"].type) == "rune"
    assert type_string(e["7"].type) == "uint" and e["7"].val == 7
    assert type_string(e["s == 7"].type) == "bool"


def test_type_arguments_are_recorded_where_the_function_is_named() -> None:
    src = """package p
func F[A, B any](a A, b B) (r B) { return b }
func G[T any](f func(T) T) {}
func H[T any](x T) T { return x }
var a = F(1, "x")
var b = F[uint8](1, true)
var c func(int) int = H
func init() { G[string](H) }
"""
    c, errs = check(src)
    assert errs == []
    calls = [n for f in c.files for n in walk(f.decls) if isinstance(n, ast.CallExpr)]
    f1, f2, g = (x.fun for x in calls)
    assert isinstance(f1, ast.Ident) and isinstance(f2, ast.IndexExpr) and isinstance(g, ast.IndexExpr)
    assert [type_string(t) for t in f1.targs or []] == ["int", "string"]
    assert [type_string(t) for t in f2.targs or []] == ["uint8", "bool"]
    h = calls[2].args[0]
    assert isinstance(h, ast.Ident) and [type_string(t) for t in h.targs or []] == ["string"]
    assert type_string(h.type) == "func(x string) string"


def test_comma_ok_and_selections() -> None:
    src = """package p
type E struct{ x int }
func (E) M() int { return 0 }
type S struct{ *E }
func f(m map[string]int, s S) {
	v, ok := m["a"]
	_, _, _ = v, ok, s.x
	_ = s.M
	_ = S.M
}
"""
    c, errs = check(src)
    assert errs == []
    e = exprs(c)
    assert type_string(e['m["a"]'].type) == "(int, bool)"
    sx, sm, me = e["s.x"], e["s.M"], e["S.M"]
    assert isinstance(sx, ast.SelectorExpr) and isinstance(sm, ast.SelectorExpr) and isinstance(me, ast.SelectorExpr)
    assert (sx.selection.kind, sx.selection.index, sx.selection.indirect, sx.mode) == ("field", (0, 0), True, "variable")
    assert (sm.selection.kind, type_string(sm.type)) == ("methodval", "func() int")
    assert (me.selection.kind, type_string(me.type)) == ("methodexpr", "func(p.S) int")


def test_loop_variables_follow_the_language_version() -> None:
    src = "package p\nfunc f() {\n\tfor i := 0; i < 3; i++ {\n\t}\n\tfor range []int{} {\n\t}\n}\n"
    for version, want in (("go1.21", False), ("go1.22", True)):
        c, _ = check(src, version=version)
        loops = [n for f in c.files for n in walk(f.decls) if isinstance(n, (ast.ForStmt, ast.RangeStmt))]
        assert [x.per_iteration for x in loops] == [want, want]


def test_a_dependency_is_checked_on_demand() -> None:
    src = """package p
type A struct{ b B }
type B struct{ a *A; c undefined1 }
func (b *B) Get() A { return undefined2 }
func F(a A) { undefined3() }
var V A = undefined4
var W = undefined5
"""
    c, errs = check(src, whole=False)
    assert errs == []
    scope = c.pkg.scope
    f = resolve(scope.elems["F"])
    assert type_string(f.type) == "func(a p.A)"
    assert c.errors == []
    a = scope.elems["A"].type
    assert a is not None and type_string(a.underlying()) == "struct{b p.B}"
    assert c.errors == []  # B's fields are nobody's business yet
    resolve(scope.elems["V"])
    assert c.errors == []
    resolve(scope.elems["W"])
    assert [e.msg for e in c.errors] == ["undefined: undefined5"]
    assert isinstance(f, Func) and f.decl is not None
    c.check_body(f.decl)
    c.check_body(f.decl)
    assert [e.msg for e in c.errors] == ["undefined: undefined5", "undefined: undefined3"]


def test_initialisation_order_of_a_dependency_checks_what_it_reaches() -> None:
    src = """package p
var a = f()
var b = 1
func f() int { return g() }
func g() int { return b }
func unused() { undefined() }
"""
    c, errs = check(src, whole=False)
    assert errs == []
    assert [i.lhs[0].name for i in c.init_order()] == ["b", "a"]
    assert c.errors == []


def test_modes_in_sets_are_modes() -> None:
    """mypy compares `x.mode == "..."` with ast.Mode, but not what stands in `x.mode in (...)`."""
    seen = 0
    for path in sorted(RT0.rglob("*.py")):
        for n in python_ast.walk(python_ast.parse(path.read_bytes())):
            if not isinstance(n, python_ast.Compare) or not isinstance(n.ops[0], (python_ast.In, python_ast.NotIn)):
                continue
            left, right = n.left, n.comparators[0]
            if isinstance(left, python_ast.Attribute) and left.attr == "mode" and isinstance(right, (python_ast.Tuple, python_ast.Set)):
                words = [x.value for x in right.elts if isinstance(x, python_ast.Constant)]
                assert len(words) == len(right.elts) and set(words) <= set(get_args(ast.Mode)), f"{path}:{n.lineno}: {words}"
                seen += 1
    assert seen > 5
