"""Random statements, and the fixed shapes around them that keep a program finite and deterministic.

Loops are bounded by their own counters or by `pr.Out` (fuel); map ranges only add up; goroutines hand over by a channel before the next step.
Every local is used where it is declared (`; _ = v`), one statement stands on one line as far as it has no body: the reducer deletes lines.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzz.exprs import Exprs
from tests.fuzz.gotypes import ANY, BITS, BOOL, COMPLEXES, FLOATS, INT, STRING, Type, basic, is_num, slice_of
from tests.fuzz.scope import FuncCtx, Loop

OPS = ("+=", "-=", "*=", "&=", "|=", "^=", "&^=", "<<=", ">>=", "/=", "%=")


class Stmts(Exprs):
    """Statement lists of a function."""

    depth = 0

    def body(self, size: int) -> list[str]:
        """The statements of a function body, with the final return its results need."""
        out = self.stmts(size)
        if self.ctx.results:
            out.append(self.ret())
        return out

    def ret(self) -> str:
        r = self.ctx.results
        if not r:
            return "return"
        if self.ctx.named_results and self.chance(0.4):
            return "return"
        if len(r) > 1 and self.chance(0.2):
            c = self.call_of(r, 2)
            if c is not None:
                return f"return {c}"
        return "return " + ", ".join(self.expr(t, 2) for t in r)

    def block(self, size: int) -> list[str]:
        self.blocks.append([])
        self.depth += 1
        out = self.stmts(size)
        self.depth -= 1
        self.blocks.pop()
        return out

    def stmts(self, size: int) -> list[str]:
        out: list[str] = []
        while len(out) < size:
            out += self.stmt(size - len(out))
        return out

    def stmt(self, left: int) -> list[str]:
        simple: list[tuple[float, Callable[[], list[str]]]] = [
            (5, self.declare_var), (5, self.assign), (2, self.op_assign), (1.5, self.tuple_assign), (2.5, self.show), (1, self.call_stmt),
            (0.8, self.multi_call), (0.6, self.comma_ok), (0.5, self.map_stmt), (0.4, self.append_stmt), (0.5, self.defer_stmt),
            (0.2, self.const_decl), (0.2, self.swap), (0.25, self.line_stmt), (0.15, self.copy_stmt),
        ]  # fmt: skip
        nested: list[tuple[float, Callable[[], list[str]]]] = [
            (3, self.if_stmt), (3, self.for_stmt), (1.5, self.switch_stmt), (0.7, self.type_switch), (0.5, self.select_stmt),
            (0.6, self.go_stmt), (0.4, self.goto_stmt), (0.4, self.block_stmt), (0.7, self.leave), (0.5, self.try_stmt), (0.4, self.range_func),
            (0.4, self.closure_loop), (0.3, self.two_panics),
        ]  # fmt: skip
        if self.depth < 4 and left > 1 and self.chance(0.4):
            return self.pick(nested)()
        return self.pick(simple)()

    # ------------------------------------------------------------ simple statements

    def declare_var(self) -> list[str]:
        t = self.some_type(2)
        form = self.rnd.random()
        if form < 0.6:
            e = self.typed(t, 3)
            name = self.local_name()
            text = f"var {name} {t.text} = {e}" if t.kind in ("interface", "func") or self.chance(0.4) or not e else f"{name} := {self.sure(t, e)}"
        elif form < 0.75:
            name = self.local_name()
            text = f"var {name} {t.text}" if t.kind not in ("ptr", "chan", "func", "interface", "map") else f"var {name} {t.text} = {self.expr(t, 1)}"
        else:
            u = self.some_type(1)
            a, b = self.expr(t, 2), self.expr(u, 2)
            name, other = self.local_name(), self.fresh("v")
            self.declare(other, u)
            self.declare(name, t)
            return [f"var {name}, {other} = {self.exact(t, a)}, {self.exact(u, b)}; _, _ = {name}, {other}"]
        self.declare(name, t)
        return [f"{text}; _ = {name}"]

    def sure(self, t: Type, e: str) -> str:
        return self.exact(t, e)

    def exact(self, t: Type, e: str) -> str:
        """e with t as its type even where e is a constant or nil."""
        return f"{self.paren(t)}({e})"

    def assign(self) -> list[str]:
        t = self.some_type(1) if self.chance(0.4) else self.basic_type()
        if self.chance(0.5):
            vs = [v for v in self.visible() if v.assignable]
            if vs:
                t = self.one(vs).type
        place = self.find(t, place=True)
        if place is None:
            return self.declare_var()
        return [f"{place} = {self.expr(t, 3)}"]

    def op_assign(self) -> list[str]:
        t = self.basic_type()
        place = self.find(t, place=True)
        if place is None:
            return self.assign()
        if t.kind in BITS:
            if self.chance(0.2):
                return [f"{place}{self.one(('++', '--'))}"]
            op = self.one(OPS)
            e = self.expr(t, 2)
            if op in ("<<=", ">>="):
                e = f"({self.nc(basic('uint8'), 1)} & 63)"
            elif op in ("/=", "%="):
                e = f"({self.nc(t, 1)} | 1)"
            return [f"{place} {op} {e}"]
        if t.kind in FLOATS or t.kind in COMPLEXES:
            return [f"{place} {self.one(('+=', '-=', '*='))} {self.expr(t, 2)}"]
        return [f"{place} += {self.expr(t, 2)}"] if t.kind == "string" else [f"{place} = {self.expr(t, 2)}"]

    def tuple_assign(self) -> list[str]:
        ts = [self.basic_type() for _ in range(self.upto(2, 3))]
        places = []
        for i, t in enumerate(ts):
            p = self.find(t, place=True)
            if p is None:
                p = "_"
                ts[i] = INT
            places.append(p)
        return [", ".join(places) + " = " + ", ".join(self.exact(t, self.expr(t, 2)) for t in ts)]

    def swap(self) -> list[str]:
        t = self.basic_type()
        a, b = self.find(t, place=True), self.find(t, place=True)
        return [f"{a}, {b} = {b}, {a}"] if a and b else self.assign()

    def show(self) -> list[str]:
        vs = self.visible()
        names = [self.one(vs).name for _ in range(self.upto(1, 3))] if vs else []
        if self.chance(0.4):
            t = self.basic_type()
            names.append(self.typed(t, 2))
        return [f"pr.V({', '.join(names)})"]

    def call_stmt(self) -> list[str]:
        fs = [f for f in self.funcs if f.pure or not self.ctx.pure]
        if not fs:
            return self.show()
        f = self.one(fs)
        call = f"{f.name}({self.arguments(f.params, f.variadic, 2)})"
        return [f"pr.V({call})" if len(f.results) and self.chance(0.7) else call]

    def multi_call(self) -> list[str]:
        fs = [f for f in self.funcs if len(f.results) > 1 and (f.pure or not self.ctx.pure)]
        if not fs:
            return self.show()
        f = self.one(fs)
        call = f"{f.name}({self.arguments(f.params, f.variadic, 2)})"
        if self.chance(0.4):
            places = [self.find(t, place=True) or "_" for t in f.results]
            return [f"{', '.join(places)} = {call}"]
        names = [self.fresh("v") for _ in f.results]
        for n, t in zip(names, f.results):
            self.declare(n, t)
        return [f"{', '.join(names)} := {call}; " + ", ".join("_" for _ in names) + " = " + ", ".join(names)]

    def comma_ok(self) -> list[str]:
        a, b = self.fresh("v"), self.fresh("v")
        maps = [v for v in self.visible() if v.type.kind == "map"]
        anys = [v for v in self.visible() if v.type is ANY]
        if maps and self.chance(0.5):
            m = self.one(maps)
            assert m.type.key is not None and m.type.elem is not None
            text, t = f"{a}, {b} := {m.name}[{self.expr(m.type.key, 1)}]", m.type.elem
        elif anys:
            t = self.some_type(1)
            text = f"{a}, {b} := {self.one(anys).name}.({t.text})"
        else:
            return self.show()
        self.declare(a, t)
        self.declare(b, BOOL)
        return [f"{text}; _, _ = {a}, {b}"]

    def map_stmt(self) -> list[str]:
        maps = [v for v in self.visible() if v.type.kind == "map"]
        if not maps:
            return self.declare_var()
        m = self.one(maps)
        assert m.type.key is not None and m.type.elem is not None
        k = self.expr(m.type.key, 1)
        r = self.rnd.random()
        if r < 0.25:
            return [f"delete({m.name}, {k})"]
        if r < 0.3:
            return [f"clear({m.name})"]
        if is_num(m.type.elem) and r < 0.7:
            return [f"if {m.name} != nil {{ {m.name}[{k}] += {self.expr(m.type.elem, 2)} }}"]
        return [f"if {m.name} != nil {{ {m.name}[{k}] = {self.expr(m.type.elem, 2)} }}"]

    def append_stmt(self) -> list[str]:
        vs = [v for v in self.visible() if v.type.kind == "slice" and v.assignable]
        if not vs:
            return self.declare_var()
        v = self.one(vs)
        assert v.type.elem is not None
        return [f"if len({v.name}) < 50 {{ {v.name} = append({v.name}, {self.expr(v.type.elem, 2)}) }}"]

    def copy_stmt(self) -> list[str]:
        vs = [v for v in self.visible() if v.type.kind == "slice"]
        if not vs:
            return self.assign()
        v = self.one(vs)
        return [f"pr.V(copy({v.name}, {self.nc(v.type, 2)}))"]

    def const_decl(self) -> list[str]:
        a, b, c = self.fresh("c"), self.fresh("c"), self.fresh("c")
        t = self.int_type()
        return [f"const ( {a} {t.text} = iota + {self.upto(0, 9)}; {b}; {c} = \"{self.upto(0, 9)}\" + \"x\" )", f"pr.V({a}, {b}, {c}, {self.constant()})"]

    def constant(self) -> str:
        """A constant expression with its exact value worked out here, so that it fits."""
        value, text = 1, "1"
        for _ in range(self.upto(1, 6)):
            n = self.upto(1, 1000)
            op = self.one(("+", "*", "-", "<<", ">>", "&", "|", "^", "/", "%"))
            if op in ("<<", ">>"):
                n = self.upto(0, 60)
            new = {"+": value + n, "*": value * n, "-": value - n, "<<": value << n, ">>": value >> n, "&": value & n, "|": value | n,
                   "^": value ^ n, "/": abs(value) // max(n, 1) * (1 if value >= 0 else -1), "%": abs(value) % max(n, 1) * (1 if value >= 0 else -1)}[op]  # fmt: skip
            if abs(new) < 1 << 400:
                value, text = new, f"({text} {op} {n})"
        return f"int64({text} % 1000003)"

    def line_stmt(self) -> list[str]:
        return ["pr.Line()"] if self.has("lines") else self.show()

    def defer_stmt(self) -> list[str]:
        if self.ctx.loops:
            return self.show()
        r = self.rnd.random()
        vs = self.visible()
        if r < 0.35:
            return [f"defer pr.V({self.event()}, {self.nc(self.basic_type(), 2)})"]
        if r < 0.6 and vs:
            return [f"defer func() {{ pr.V({self.event()}, {self.one(vs).name}) }}()"]
        if r < 0.8 and self.ctx.named_results:
            i = self.upto(0, len(self.ctx.results) - 1)
            return [f"defer func() {{ {self.ctx.named_results[i]} = {self.expr(self.ctx.results[i], 2)} }}()"]
        if r < 0.95:
            return ['defer func() { if r := recover(); r != nil { pr.S("rec " + pr.Err(r)) } }()']
        return self.show()

    # ------------------------------------------------------------ statements with bodies

    def inside(self, size: int, loop: Loop | None = None) -> list[str]:
        if loop is not None:
            self.ctx.loops.append(loop)
        out = self.block(size)
        if loop is not None:
            self.ctx.loops.pop()
        return out

    def labelled(self, loop: Loop, lines: list[str]) -> list[str]:
        return [f"{loop.label}:", *lines] if loop.used else lines

    def if_stmt(self) -> list[str]:
        self.blocks.append([])
        init = ""
        if self.chance(0.25):
            t = self.basic_type()
            e = self.exact(t, self.expr(t, 2))
            name = self.fresh("v")
            self.declare(name, t)
            init = f"{name} := {e}; "
        cond = self.expr(BOOL, 3)
        out = [f"if {init}{cond} {{", *([f"_ = {name}"] if init else []), *self.inside(self.upto(1, 3))]
        if self.chance(0.4):
            if self.chance(0.3):
                out += [f"}} else if {self.expr(BOOL, 2)} {{", *self.inside(self.upto(1, 2))]
            out += ["} else {", *self.inside(self.upto(1, 3))]
        self.blocks.pop()
        return [*out, "}"]

    def for_stmt(self) -> list[str]:
        loop = Loop(self.fresh("L"), True)
        self.blocks.append([])
        head, first = self.for_head()
        lines = [head, "if pr.Out() { break }", *first, *self.inside(self.upto(1, 4), loop), "}"]
        self.blocks.pop()
        return self.labelled(loop, lines)

    def for_head(self) -> tuple[str, list[str]]:
        r = self.rnd.random()
        i = self.fresh("i")
        if r < 0.3:
            t = self.int_type()
            self.declare(i, t, assignable=self.chance(0.1))
            return f"for {i} := {t.text}(0); {i} < {self.upto(1, 6)}; {i}++ {{", []
        if r < 0.4:
            t = self.int_type()
            n = f"{t.text}({self.upto(0, 5)})" if self.chance(0.6) else f"{self.paren(t)}(pr.Ix({self.nc(INT, 1)}, 6))"
            self.declare(i, t)
            return f"for {i} := range {n} {{", [f"_ = {i}"]
        if r < 0.5:
            return f"for range pr.Ix({self.nc(INT, 1)}, 5) {{", []
        if r < 0.55:
            return f"for {self.nc(BOOL, 2)} {{", []
        if r < 0.62:
            return "for {", ["if pr.Out() { break }"]
        if r < 0.72:
            s = self.nc(STRING, 2)
            c = self.fresh("v")
            self.declare(i, INT)
            self.declare(c, basic("int32"))
            return f"for {i}, {c} := range {s} {{", [f"_, _ = {i}, {c}"]
        if r < 0.8:
            vs = [v for v in self.visible() if v.type.kind in ("slice", "array") or (v.type.kind == "ptr" and v.type.elem and v.type.elem.kind == "array" and not v.type.named)]
            if vs:
                v = self.one(vs)
                elem = v.type.elem
                if v.type.kind == "ptr" and elem is not None:
                    elem = elem.elem
                assert elem is not None
                x = self.fresh("v")
                self.declare(i, INT)
                self.declare(x, elem)
                return f"for {i}, {x} := range {v.name} {{", [f"_, _ = {i}, {x}"]
        t = self.some_type(1)
        e = self.composite(slice_of(t), 2)
        x = self.fresh("v")
        p = self.find(t, place=True) if self.chance(0.15) else None
        if p is not None:
            return f"for _, {p} = range {e} {{", []
        self.declare(i, INT)
        self.declare(x, t)
        return f"for {i}, {x} := range {e} {{", [f"_, _ = {i}, {x}"]

    def range_func(self) -> list[str]:
        """A range over a function: a literal iterator, or a map's sorted-out sum."""
        loop = Loop(self.fresh("L"), True)
        t = self.some_type(1)
        vals = [self.expr(t, 1) for _ in range(self.upto(1, 4))]
        x = self.fresh("v")
        it = f"func(yield func({t.text}) bool) {{ " + "; ".join(f"if !yield({v}) {{ return }}" for v in vals) + " }"
        if self.chance(0.3):
            it = f"func(yield func({t.text}) bool) {{ defer pr.S(\"iter done\"); " + "; ".join(f"if !yield({v}) {{ return }}" for v in vals) + " }"
        self.blocks.append([])
        self.declare(x, t)
        lines = [f"for {x} := range {it} {{", f"if pr.Out() {{ break }}; _ = {x}", *self.inside(self.upto(1, 3), loop), "}"]
        self.blocks.pop()
        return self.labelled(loop, lines)

    def closure_loop(self) -> list[str]:
        """Closures that capture the loop's variable."""
        fs, i = self.fresh("v"), self.fresh("i")
        add = self.one((f"{fs} = append({fs}, func() int {{ {i} += 10; return {i} }})", f"{fs} = append({fs}, func() int {{ return {i} }})"))
        head = self.one((f"for {i} := 0; {i} < 3; {i}++ {{", f"for {i} := range 3 {{", f"for _, {i} := range []int{{5, 6, 7}} {{"))
        return [f"var {fs} []func() int", f"{head} {add} }}", f"for _, f := range {fs} {{ pr.V(f(), f()) }}"]

    def leave(self) -> list[str]:
        if not self.ctx.loops or self.chance(0.15):
            return [f"if {self.expr(BOOL, 2)} {{ {self.ret()} }}"]
        loop = self.one(self.ctx.loops)
        words = ["break", "continue"] if loop.can_continue else ["break"]
        word = self.one(words)
        if loop is self.ctx.loops[-1] and self.chance(0.5):
            return [f"if {self.expr(BOOL, 2)} {{ {word} }}"]
        loop.used = True
        return [f"if {self.expr(BOOL, 2)} {{ {word} {loop.label} }}"]

    def switch_stmt(self) -> list[str]:
        loop = Loop(self.fresh("L"), False)
        tagless = self.chance(0.25)
        t = self.one((INT, STRING, self.int_type()))
        tag = "" if tagless else self.nc(t, 2) + " "
        out = [f"switch {tag}{{"]
        n = self.upto(1, 4)
        values = self.rnd.sample(range(0, 30), 3 * n)
        for c in range(n):
            if tagless:
                label = self.nc(BOOL, 2)
            elif t is STRING:
                label = ", ".join(f'"s{v}"' if v > 9 else f'"{"abcdefghij"[v]}"' for v in values[3 * c : 3 * c + self.upto(1, 2)])
            else:
                label = ", ".join(str(v) for v in values[3 * c : 3 * c + self.upto(1, 3)]) if self.chance(0.7) else self.nc(t, 2)
            out += [f"case {label}:", *self.inside(self.upto(1, 2), loop)]
            if c < n - 1 and self.chance(0.15):
                out.append("fallthrough")
        if self.chance(0.5):
            out += ["default:", *self.inside(self.upto(1, 2), loop)]
        return self.labelled(loop, [*out, "}"])

    def type_switch(self) -> list[str]:
        loop = Loop(self.fresh("L"), False)
        x = self.fresh("w")
        cases: list[Type] = []
        for _ in range(self.upto(1, 4)):
            t = self.some_type(1)
            if t not in cases and t is not ANY and t.kind != "tparam":
                cases.append(t)
        out = [f"switch {x} := {self.nc(ANY, 2)}.(type) {{"]
        while cases:
            if len(cases) > 1 and self.chance(0.2):
                a, b = cases.pop(), cases.pop()
                self.blocks.append([])
                self.declare(x, ANY)
                out += [f"case {a.text}, {b.text}:", f"_ = {x}", *self.inside(1, loop)]
            else:
                a = cases.pop()
                self.blocks.append([])
                self.declare(x, a)
                out += [f"case {a.text}:", f"_ = {x}", *self.inside(self.upto(1, 2), loop)]
            self.blocks.pop()
        out += ["case nil:", 'pr.S("nil case")'] if self.chance(0.3) else []
        out += ["default:", f"_ = {x}", *self.inside(1, loop)]
        return self.labelled(loop, [*out, "}"])

    def select_stmt(self) -> list[str]:
        """At most one case is ready."""
        t = self.some_type(1)
        c, x = self.fresh("v"), self.fresh("w")
        e = self.expr(t, 2)
        out = [f"{c} := make(chan {t.text if t.kind != 'chan' else '(' + t.text + ')'}, 1)"]
        ready = self.chance(0.6)
        if ready:
            out.append(f"{c} <- {e}")
        out += ["select {", f"case {x} := <-{c}:"]
        self.blocks.append([])
        self.declare(x, t)
        loop = Loop(self.fresh("L"), False)
        out += [f"_ = {x}", *self.inside(self.upto(1, 2), loop)]
        self.blocks.pop()
        out += ["case <-(chan int)(nil):"] if self.chance(0.3) else []
        out += [f"case (chan {t.text if t.kind != 'chan' else '(' + t.text + ')'})(nil) <- {self.expr(t, 1)}:"] if self.chance(0.3) else []
        out += ["default:", *self.inside(1, loop)]
        out.append("}")
        if loop.used:
            out.insert(2 if ready else 1, f"{loop.label}:")
        return out

    def go_stmt(self) -> list[str]:
        t = self.some_type(1)
        c = self.fresh("v")
        saved, self.ctx = self.ctx, FuncCtx((), tparams=self.ctx.tparams, pure=self.ctx.pure)
        inner = self.inside(self.upto(1, 3))
        e = self.expr(t, 2)
        self.ctx = saved
        tt = t.text if t.kind != "chan" else f"({t.text})"
        out = [f"{c} := make(chan {tt})", "go func() {", f"defer close({c})", 'defer func() { if r := recover(); r != nil { pr.S("go " + pr.Err(r)) } }()']
        out += [*inner, f"{c} <- {e}", "}()"]
        if self.chance(0.4):
            x = self.fresh("v")
            return [*out, f"for {x} := range {c} {{ pr.V({x}) }}"]
        return [*out, f"pr.V(<-{c})", f"<-{c}"]

    def goto_stmt(self) -> list[str]:
        label, n = self.fresh("L"), self.fresh("v")
        loops, self.ctx.loops = self.ctx.loops, []
        inner = self.inside(self.upto(1, 2))
        self.ctx.loops = loops
        return ["{", f"{n} := 0", f"{label}:", f"{n}++", "{", *inner, "}", f"if {n} < {self.upto(2, 4)} {{ goto {label} }}", "}"]

    def block_stmt(self) -> list[str]:
        return ["{", *self.inside(self.upto(1, 3)), "}"]

    def try_stmt(self) -> list[str]:
        """Statements with dangers, and what becomes of the variables when one panics."""
        saved, self.ctx = self.ctx, FuncCtx((), tparams=self.ctx.tparams, pure=self.ctx.pure)
        danger, self.hazards = self.hazards, 0.5
        inner = self.inside(self.upto(1, 4))
        self.hazards = danger
        self.ctx = saved
        return ["func() {", 'defer func() { if r := recover(); r != nil { pr.S("try " + pr.Err(r)) } }()', *inner, "}()"]

    def two_panics(self) -> list[str]:
        """One statement, several operations that may panic: which comes first?"""
        t = self.int_type()
        a, p, m, y = self.fresh("v"), self.fresh("v"), self.fresh("v"), self.fresh("v")
        decls = [
            f"{a} := []{t.text}{{1, 2, 3}}; _ = {a}", f"var {p} *{t.text}; _ = {p}", f"var {m} map[string]{t.text}; _ = {m}",
            f"var {y} any = {self.one(('nil', '1', chr(34) + 'x' + chr(34)))}; _ = {y}",
        ]  # fmt: skip
        k = self.event()
        ops = [f"{a}[pr.Id({self.upto(0, 4)})]", f"*{p}", f"{y}.({t.text})", f"{t.text}(1) / pr.Id[{t.text}](0)", f"pr.T[{t.text}]({k}, 3)", f"{t.text}(len({a}[pr.Id({self.upto(1, 4)}):]))"]
        places = [f"{a}[pr.Id({self.upto(0, 4)})]", f"*{p}", f'{m}["k"]', f"{a}[pr.T({self.event()}, 1)]"]
        form = self.rnd.random()
        if form < 0.5 or not self.has("order"):
            stmt = f"{self.one(places)} = {self.one(ops)} + {self.one(ops)}"
        elif form < 0.8:
            stmt = f"{self.one(places)}, {self.one(places)} = {self.one(ops)}, {self.one(ops)}"
        else:
            stmt = f"pr.V({self.one(ops)}, {self.one(ops)}, {self.one(ops)})"
        return ["func() {", *decls, f'defer func() {{ pr.S("two " + pr.Err(recover())); pr.V({a}, len({m})) }}()', stmt, "}()"]
