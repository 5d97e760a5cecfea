"""Statements whose parts have effects: calls on both sides of assignments, reads of variables that calls change, operations that may panic between them.

Every part says its number when it is evaluated. Where the specification leaves the order of reads open, gc's is the expected one. `order` gives such
statements one by one, each in a function that prints the state after it and what it panicked with.
"""

from __future__ import annotations

from random import Random

Files = dict[str, str]

HEAD = """package NAME

import "m/pr"

type ordN struct{ v int; a [3]int; q *int }

var (
	ordS []int
	ordM map[string]int
	ordNs []ordN
	ordX int
	ordP *ordN
	ordA [4]int
	ordY any
	ordF float64
	ordT string
)

func ordReset() {
	ordS, ordM, ordNs, ordX = []int{1, 2, 3, 4}, map[string]int{"a": 1, "b": 2}, []ordN{{v: 1}}, 1
	ordP, ordA, ordY, ordF, ordT = &ordN{v: 5, q: new(int)}, [4]int{7, 8, 9, 10}, 3, 1.5, "abcd"
}
func ordI(k, n int) int { pr.V(k); return n }
func ordFn(k, n int) int { pr.V(k); ordX += n; return ordX }
func ordKey(k int) string { pr.V(k); ordX++; return string(rune('a' + ordX%4)) }
func ordPtr(k int) *ordN { pr.V(k); ordX++; return ordP }
func ordInt(k int) *int { pr.V(k); return &ordA[ordX&3] }
func ordGrow(k int) int { pr.V(k); ordNs = append(ordNs, ordN{v: k}); ordS = append([]int{0}, ordS...); return len(ordNs) }
func ordSwap(k int) int { pr.V(k); ordP = &ordN{v: k, q: &ordA[1]}; ordA[0] = k; ordY = ordX; ordT = "xyz"; return k }
func ordNil(k int) int { pr.V(k); ordP = nil; return k }
func ordCh(k, n int) chan int { pr.V(k); c := make(chan int, 1); c <- n; return c }
func ordAdd(a, b int) int { return a*10 + b }
func ordTwo(k int) (int, int) { pr.V(k); ordX++; return ordX, k }
func (n ordN) val(x int) int { return n.v + x }
func (n *ordN) ptr(x int) int { n.v += x; return n.v }
func ordShow() { pr.V(ordS, ordM, ordNs, ordX, ordA, ordF, ordT); if ordP != nil { pr.V(ordP.v, ordP.a, *ordP.q) } }
"""


class Parts:
    """The parts of statements. serial numbers the events."""

    def __init__(self, rnd: Random) -> None:
        self.rnd = rnd
        self.serial = 0

    def k(self) -> int:
        self.serial += 1
        return self.serial

    def small(self) -> int:
        return self.rnd.randint(0, 3)

    def index(self) -> str:
        """An int that is an index of four elements, mostly."""
        k = self.k
        return self.rnd.choice((
            f"ordI({k()}, {self.small()})", f"ordI({k()}, {self.small()})", "ordX&3", f"ordFn({k()}, 1)&3", str(self.small()), "len(ordNs)-1", "len(ordS)-1",
            "ordY.(int)", f"ordP.v-{self.small()}", f"min(ordX, ordI({k()}, 2))", f"ordI({k()}, 5)",
        ))  # fmt: skip

    def place(self) -> str:
        i, k = self.index, self.k
        return self.rnd.choice((
            f"ordS[{i()}]", f"ordM[ordKey({k()})]", f"ordPtr({k()}).v", f"*ordInt({k()})", "ordNs[len(ordNs)-1].v", f"ordNs[{self.rnd.choice(('0', i()))}].a[{i()}]", f"ordA[{i()}]", "ordX", "ordP.v",
            f"ordP.a[{i()}]", "*ordP.q", f"(*ordPtr({k()})).a[{i()}]", f"ordM[ordT[{i()}:]]", f"(&ordA)[{i()}]", f"ordS[{i()}:][0]", "_",
        ))  # fmt: skip

    def value(self, d: int = 2) -> str:
        """An int."""
        i, k, v = self.index, self.k, self.value
        leaves = (
            "ordX", f"ordFn({k()}, {self.small()})", f"ordI({k()}, {self.small()})", f"ordS[{i()}]", "ordP.v", f"*ordInt({k()})", f"<-ordCh({k()}, {self.small()})", f"ordGrow({k()})", f"ordSwap({k()})",
            f"ordM[ordKey({k()})]", "ordNs[0].v", f"ordA[{i()}]", "len(ordS)", f"func() int {{ ordX += {k()}; return ordX }}()", "ordY.(int)", f"ordNil({k()})" if self.rnd.random() < 0.2 else "ordX",
            f"ordPtr({k()}).val(ordX)", f"ordP.ptr({self.small()})", f"ordP.val(ordFn({k()}, 2))", "int(ordF)", f"int(ordT[{i()}])", f"len(ordT[{i()}:])",
        )  # fmt: skip
        if d <= 0 or self.rnd.random() < 0.55:
            return self.rnd.choice(leaves)
        return self.rnd.choice((
            f"({v(d - 1)} {self.rnd.choice('+-*&|^')} {v(d - 1)})", f"ordAdd({v(d - 1)}, {v(d - 1)})", f"max({v(d - 1)}, {v(d - 1)})", f"([]int{{{v(d - 1)}, {v(d - 1)}}})[{self.rnd.choice(('0', '1'))}]",
            f"({v(d - 1)} / {v(d - 1)})", f"(ordN{{v: {v(d - 1)}, a: [3]int{{{v(d - 1)}}}}}).v", f"len(append(ordS[:{i()}], {v(d - 1)}))", f"ordS[{i()}]",
            f"any({v(d - 1)}).(int)", f"len(string(rune({v(d - 1)})))", f"int(int8({v(d - 1)}))", f"({v(d - 1)} << (uint({v(d - 1)}) & 7))",
        ))  # fmt: skip

    def cond(self) -> str:
        return f"{self.value(1)} {self.rnd.choice(('<', '==', '>=', '!='))} {self.value(1)}"

    def statement(self) -> str:
        p, v, k, i = self.place, self.value, self.k, self.index
        form = self.rnd.randrange(20)
        match form:
            case 0 | 1 | 2:
                return f"{p()} = {v()}"
            case 3 | 4 | 5:
                return f"{p()}, {p()} = {v(1)}, {v(1)}"
            case 6:
                return f"{p()}, {p()}, {p()} = {v(1)}, {v(1)}, {v(0)}"
            case 7 | 8:
                op = self.rnd.choice(("+=", "-=", "*=", "|=", "^=", "&^="))
                return f"{self.named_place()} {op} {v()}"
            case 9:
                return f"{self.named_place()}++"
            case 10:
                return f"pr.V({v(1)}, {v(1)}, {v(1)})"
            case 11:
                return f"pr.V([]int{{{v(1)}, {v(1)}, {v(1)}}}, [2]int{{{v(0)}, {v(0)}}})"
            case 12:
                return f"{p()}, {p()} = ordTwo({k()})"
            case 13:
                return f"ordS = append(ordS[:{i()}], {v(1)}, {v(1)})"
            case 14:
                return f"switch {v(1)} {{ case {v(0)}, {v(0)}: pr.S(\"one\"); case {v(1)}: pr.S(\"two\") }}"
            case 15:
                return f"if {self.cond()} && {self.cond()} || {self.cond()} {{ pr.S(\"yes\") }}"
            case 16:
                return f"func() {{ defer pr.V({v(1)}, {v(0)}); {p()} = {v(0)} }}()"
            case 17:
                return f"var a, b = {v(1)}, {v(1)}; pr.V(a, b)"
            case 18:
                return f"pr.V(map[int]int{{{v(0)}: {v(0)}}}, ordS[{i()}:{i()}:4], ordT + string(rune('a' + {v(0)}&7)) + ordT)"
        return f"for {p()} = range 2 {{ {p()} = {v(0)} }}"

    def named_place(self) -> str:
        while (p := self.place()) == "_":
            pass
        return p


def order(rnd: Random) -> tuple[Files, str]:
    """A dozen statements of Parts."""
    parts = Parts(rnd)
    out = [HEAD, "func shapeOrder() {"]
    for n in range(rnd.randint(8, 14)):
        locals_ = rnd.random() < 0.4  # variables of the function in place of the package's
        stmt = parts.statement()
        head = "ordX, ordS, ordA, ordY, ordF, ordT := ordX, ordS, ordA, ordY, ordF, ordT; _, _, _, _, _, _ = ordX, ordS, ordA, ordY, ordF, ordT" if locals_ else ""
        out += ["func() {", "ordReset()", f'defer func() {{ pr.S("{n} " + pr.Err(recover())); ordShow() }}()', *([head] if head else []), stmt]
        out += ["pr.V(ordX, ordS, ordA)" if locals_ else "", "}()"]
    return {"order.go": "\n".join([*out, "}", ""])}, "shapeOrder"
