"""What lower finds out about the variables of a function before it writes it (rt0/lower/closure.py, Facts)."""

from __future__ import annotations

from rt0.lower.facts import facts
from rt0.syntax import nodes as ast
from tests.types.test_record import check, local, walk


def test_captures_and_what_happens_to_variables() -> None:
    src = """package p
type T struct{ n int; arr [4]int }
func (t *T) M() {}
func f(par int) {
	kept, changed, addr, meth, sliced, elem := 1, 2, 3, T{}, [3]int{}, T{}
	changed++
	p := &addr
	meth.M()
	q := sliced[:]
	elem.arr[1] = 2
	g := func() { func() { _ = kept + par }() }
	_, _, _ = p, q, g
}
"""
    c, errs = check(src)
    assert errs == []
    nodes = [n for f in c.files for n in walk(f.decls)]
    f = facts(next(n for n in nodes if isinstance(n, ast.FuncDecl) and n.name.name == "f"))
    of = {name: f.vars[local(c, name)] for name in ("kept", "changed", "addr", "meth", "sliced", "elem", "p", "par")}
    assert {n for n, v in of.items() if v.captured} == {"kept", "par"}
    assert {n for n, v in of.items() if v.reassigned} == {"changed", "elem"}
    assert {n for n, v in of.items() if v.addrtaken} == {"addr", "meth", "sliced"}
    lits = [n for n in nodes if isinstance(n, ast.FuncLit)]
    assert [[v.name for v in f.captures[lit]] for lit in lits] == [["kept", "par"], ["kept", "par"]]
