"""Declarations of a generated package: types with methods, interfaces, generics, globals, functions.

All signatures are written before any body, so that every body may call everything; package variables are initialised by expressions
without calls of impure functions (no initialisation cycle can arise).
"""

from __future__ import annotations

from tests.fuzz.gotypes import (
    BOOL,
    INT,
    STRING,
    Field,
    Method,
    Type,
    array_of,
    func_of,
    interface_of,
    is_num,
    map_of,
    new_named,
    ptr_to,
    results_text,
    slice_of,
    struct_of,
    value_method_set,
)
from tests.fuzz.scope import Func, FuncCtx
from tests.fuzz.stmts import Stmts

GUARD = "if pr.Out() {{ return{} }}"


class Decls(Stmts):
    """A package's declarations."""

    def declare_types(self) -> list[str]:
        out: list[str] = []
        for _ in range(self.upto(2, 5)):
            name = self.fresh("T")
            base = self.base_type()
            t = new_named(name, base)
            self.types.append(t)
            out.append(f"type {name} {base.text}")
            for j in range(self.upto(0, 3)):
                ps = tuple(self.some_type(1) for _ in range(self.upto(0, 2)))
                rs = tuple(self.some_type(1) for _ in range(self.pick([(2, 0), (5, 1), (1, 2)])))
                if t.kind != "interface" and t.kind != "ptr":
                    t.methods.append(Method(f"M{self.serial}x{j}" if self.chance(0.5) else f"m{self.serial}x{j}", ps, rs, self.chance(0.5)))
        for _ in range(self.upto(1, 2)):
            out += self.declare_interface()
        return out

    def base_type(self) -> Type:
        r = self.rnd.random()
        if r < 0.6:
            fields: list[Field] = []
            for i in range(self.upto(1, 4)):
                own = [t for t in self.types if t.kind in ("struct", "int", "string") and not any(f.embedded for f in t.fields)]
                if own and self.chance(0.3) and not any(f.embedded for f in fields):
                    t = self.one(own)
                    fields.append(Field(t.text, ptr_to(t) if self.chance(0.2) else t, True))
                else:
                    fields.append(Field(f"{self.one('fgF')}{i}x{self.serial}", self.some_type(2)))
            return struct_of(tuple(fields))
        if r < 0.8:
            return self.basic_type()
        return self.pick([(1, slice_of(self.basic_type())), (1, map_of(STRING, self.basic_type())), (1, array_of(3, self.basic_type())), (1, func_of((INT,), (INT,)))])

    def declare_interface(self) -> list[str]:
        """An interface that some types implement: from one type's methods, or new ones on several."""
        name = self.fresh("I")
        m = Method(f"Do{self.serial}", (INT,) if self.chance(0.5) else (), (self.basic_type(),))
        t = new_named(name, interface_of((m,)))
        t.methods = [m]
        for c in list(self.types):
            if c.kind not in ("interface", "ptr") and self.chance(0.7):
                c.methods.append(Method(m.name, m.params, m.results, self.chance(0.3)))
        for c in self.types:
            if m.name in value_method_set(c):
                t.impls.append(c)
            elif m.name in {x.name for x in c.methods}:
                t.impls.append(ptr_to(c))
        self.interfaces.append(t)
        return [f"type {name} {t.under.text}"]

    def methods_text(self) -> list[str]:
        out: list[str] = []
        for t in self.types:
            for m in t.methods if t not in self.generic_instances else []:
                recv = self.fresh("r")
                ps = [(self.fresh("a"), p) for p in m.params]
                rt = ptr_to(t) if m.pointer else t
                out += self.function(f"func ({recv} {rt.text}) {m.name}", [(recv, rt), *ps], m.results, skip=1, nilguard=recv if m.pointer else "")
        return out

    def function(self, head: str, params: list[tuple[str, Type]], results: tuple[Type, ...], *, skip: int = 0, variadic: bool = False, nilguard: str = "",
                 ctx: FuncCtx | None = None, size: int = 0) -> list[str]:  # fmt: skip
        """A function's text; the first `skip` parameters are declared by head already."""
        named = bool(results) and self.chance(0.4)
        self.ctx = ctx or FuncCtx(results)
        self.ctx.results = results
        self.blocks.append([])
        texts = []
        for i, (n, t) in enumerate(params):
            self.declare(n, t)
            if i >= skip:
                texts.append(f"{n} ...{t.elem.text}" if variadic and i == len(params) - 1 and t.elem else f"{n} {t.text}")
        if named:
            names = [self.fresh("r") for _ in results]
            self.ctx.named_results = tuple(names)
            for n, t in zip(names, results):
                self.declare(n, t)
            rt = " (" + ", ".join(f"{n} {t.text}" for n, t in zip(names, results)) + ")"
        else:
            rt = results_text(results)
        zeros = "" if named or not results else " " + ", ".join(self.zero(r) for r in results)
        lines = [f"{head}({', '.join(texts)}){rt} {{", GUARD.format(zeros)]
        if nilguard:
            lines.append(f"if {nilguard} == nil {{ return{zeros} }}")
        lines += self.body(size or self.upto(1, 7))
        self.blocks.pop()
        return [*lines, "}", ""]

    def declare_funcs(self, n: int) -> None:
        for i in range(n):
            ps = [self.some_type(2) for _ in range(self.upto(0, 4))]
            variadic = bool(ps) and self.chance(0.12)
            if variadic:
                ps[-1] = slice_of(self.basic_type())
            rs = tuple(self.some_type(1) for _ in range(self.pick([(2, 0), (6, 1), (2, 2), (1, 3)])))
            self.funcs.append(Func(f"{'p' if i < 2 else 'f'}{self.fresh('n')}", tuple(ps), rs, variadic, pure=i < 2))

    def funcs_text(self) -> list[str]:
        out: list[str] = []
        own = [f for f in self.funcs if "[" not in f.name]
        for f in own:
            ctx = FuncCtx(f.results, pure=f.pure)
            ps = [(self.fresh("a"), t) for t in f.params]
            known = self.funcs
            if f.pure:
                self.funcs = []
            if self.chance(0.1):
                out.append("//go:noinline")
            out += self.function(f"func {f.name}", ps, f.results, variadic=f.variadic, ctx=ctx, size=self.upto(2, 9))
            self.funcs = known
        return out

    def globals_text(self) -> list[str]:
        out: list[str] = []
        self.ctx = FuncCtx((), pure=True)
        funcs, self.funcs = self.funcs, [f for f in self.funcs if f.pure]
        done = []
        for _ in range(self.upto(2, 6)):
            t = self.some_type(2)
            name = self.fresh("G" if self.chance(0.3) else "g")
            without, self.without = self.without, self.without | {"order"}
            out.append(f"var {name} {t.text} = {self.expr(t, 2)}" if self.chance(0.8) or t.kind in ("ptr", "func", "interface", "map") else f"var {name} {t.text}")
            self.without = without
            done.append((name, t))
        self.funcs = funcs
        for name, t in done:
            self.declare(name, t)
        return out

    # ------------------------------------------------------------ generics

    def generics_text(self) -> list[str]:
        """Generic functions with bodies over their type parameters, their instances entered as functions to call; a generic type."""
        out: list[str] = []
        for _ in range(self.upto(1, 3)):
            name = self.fresh("h")
            num = self.chance(0.5)
            x = Type("tparam", f"X{self.serial}", num=num, cmp=num)
            y = Type("tparam", f"Y{self.serial}", num=False, cmp=True)
            two = self.chance(0.4)
            tps = (x, y) if two else (x,)
            ps = [self.one((x, slice_of(x), y if two else INT, INT, func_of((x,), (x,)), map_of(STRING, x), struct_of((Field("F0", x),)))) for _ in range(self.upto(1, 3))]
            ps[0] = x
            if two:
                ps.append(y)
            rs = (self.one((x, slice_of(x), INT, BOOL)),)
            tp = f"{x.text} {'pr.Num' if num else 'any'}" + (f", {y.text} comparable" if two else "")
            types, self.types = self.types, [t for t in self.types if t.kind != "func"]
            out += self.function(f"func {name}[{tp}]", [(self.fresh("a"), p) for p in ps], rs, ctx=FuncCtx(rs, tparams=tps), size=self.upto(2, 5))
            self.types, self.ctx = types, FuncCtx(())
            for _ in range(self.upto(1, 3)):
                own = [t for t in self.types if is_num(t) and t.kind not in ("complex64", "complex128")]
                a = self.one(own) if own and self.chance(0.3) else self.int_type() if num else self.some_type(1)
                b = self.one((INT, STRING, BOOL))
                sub = {x: a, y: b}
                inst = f"{name}[{a.text}, {b.text}]" if two else f"{name}[{a.text}]"
                self.funcs.append(Func(inst, tuple(subst(p, sub) for p in ps), tuple(subst(r, sub) for r in rs)))
        return out

    def generic_type(self) -> list[str]:
        """A generic container with methods, and instances of it as types."""
        name = self.fresh("Box")
        e = Type("tparam", "E", num=False, cmp=False)
        alias_elem = slice_of(e)
        out = [f"type {name}[E any] struct {{ V E; S []E; M map[string]E }}"]
        out += [f"func (b *{name}[E]) Put(x E) int {{ b.S = append(b.S, b.V); b.V = x; return len(b.S) }}",
                f"func (b {name}[E]) Get(i int) E {{ if len(b.S) == 0 {{ return b.V }}; return b.S[pr.Ix(i, len(b.S))] }}",
                f"func (b *{name}[E]) Each(f func(E) bool) {{ for _, x := range b.S {{ if !f(x) {{ return }} }}; f(b.V) }}",
                f"func (b *{name}[E]) All() func(func(int, E) bool) {{ return func(yield func(int, E) bool) {{ for i, x := range b.S {{ if !yield(i, x) {{ return }} }} }} }}"]  # fmt: skip
        if self.has("genmeth"):
            out.append(f"func (b {name}[E]) As[R any](f func(E) R) R {{ return f(b.V) }}")
        for _ in range(self.upto(1, 2)):
            a = self.some_type(1)
            if a.kind in ("tparam",):
                a = INT
            fields = (Field("V", a), Field("S", subst(alias_elem, {e: a})), Field("M", map_of(STRING, a)))
            t = Type("struct", f"{name}[{a.text}]", fields=(*fields,), base=struct_of(fields))
            t.methods = [Method("Put", (a,), (INT,), True), Method("Get", (INT,), (a,)), Method("Each", (func_of((a,), (BOOL,)),), (), True)]
            if not any(x.text == t.text for x in self.types):
                self.types.append(t)
                self.generic_instances.add(t)
        return out



def subst(t: Type, sub: dict[Type, Type]) -> Type:
    """t with type parameters replaced."""
    if t in sub:
        return sub[t]
    if t.named or t.kind in ("interface",):
        return t
    e = subst(t.elem, sub) if t.elem is not None else None
    match t.kind:
        case "slice":
            assert e is not None
            return slice_of(e)
        case "array":
            assert e is not None
            return array_of(t.n, e)
        case "ptr":
            assert e is not None
            return ptr_to(e)
        case "map":
            assert e is not None and t.key is not None
            return map_of(subst(t.key, sub), e)
        case "func":
            return func_of(tuple(subst(p, sub) for p in t.params), tuple(subst(r, sub) for r in t.results), t.variadic)
        case "struct":
            return struct_of(tuple(Field(f.name, subst(f.type, sub), f.embedded) for f in t.fields))
    return t
