"""Closures: what they capture, the objects they are, the functions of literals.

A func value points at {code, captured...}; a closure without captures is a read-only constant. What is captured is facts.py's to say, whether a copy of it
or its address locals.py's. The body of a range-over-func loop is a closure too, made by rangefor.py; for the facts it is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rt0.lower.facts import Facts
from rt0.lower.func import FuncBuilder, Storage
from rt0.lower.layout import layout, struct_of
from rt0.lower.locals import by_value, fb_facts
from rt0.lower.wrappers import func_value
from rt0.syntax import nodes as ast
from rt0.types.objects import Var
from rt0.types.types import TYP, Pointer, Signature, Struct, Type

if TYPE_CHECKING:
    from rt0.lower.generic import Env
    from rt0.lower.unit import Unit

def make_closure(fb: FuncBuilder, lit: ast.FuncLit) -> str:
    """Operand of the func value of a function literal."""
    sym = closure_symbol(fb, lit)
    fs = fb_facts(fb)
    caps = list(fs.captures.get(lit, ()))
    unit = fb.unit
    once = fb.once
    binds, types = capture_types(fb, caps)
    if unit.begin(sym):
        outer = OuterInfo(fb.unit, fb.env, fb_facts(fb), fb.nosplit, fb.tbaa)
        unit.need_later(lambda: lower_lit(outer, lit, sym, binds, once))
    fb.dbg(lit.pos)
    if not caps:
        return func_value(unit, sym)
    return closure_object(fb, lit, sym, binds, types)


def closure_symbol(fb: FuncBuilder, node: ast.FuncLit | ast.RangeStmt) -> str:
    fs = fb_facts(fb)
    return fb.closure_base + fs.names[node]


@dataclass(slots=True)
class OuterInfo:
    """What a closure's lowering needs of what is around it, once that is written."""

    unit: Unit
    env: Env | None
    facts: Facts
    nosplit: bool = False
    tbaa: bool = False  # as FuncBuilder.tbaa


def capture_types(fb: FuncBuilder, caps: list[Var]) -> tuple[list[tuple[Var, Type, bool]], list[Type]]:
    """(variable, its type, by value) and the types of the closure's fields."""
    fs = fb_facts(fb)
    binds = []
    types: list[Type] = []
    for v in caps:
        t = fb.subst(v.type)
        val = by_value(fb, v, fs.vars[v])
        binds.append((v, t, val))
        types.append(t if val else Pointer(t))
    return binds, types


def closure_object(fb: FuncBuilder, node: ast.FuncLit | ast.RangeStmt, sym: str, binds: list[tuple[Var, Type, bool]], types: list[Type], extra: list[str] | None = None,
                   extra_types: list[Type] | None = None) -> str:
    """A new {code, extra pointers..., captured...}."""
    ex = extra or []
    ext = extra_types or []
    fields: list[Type] = [TYP["uintptr"], *ext, *types]
    lay = struct_of(fields)
    st = Struct([Var(0, None, "F" if i == 0 else f"X{i}", t, "field") for i, t in enumerate(fields)], [""] * len(fields))
    obj = fb.new_object(st, node)
    with fb.filling(obj):
        fb.store_ll(obj, "ptr", fb.unit.ref(sym, "func"), "p")
        for i, p in enumerate(ex):
            fb.store_ll(fb.gep(obj, lay.offsets[1 + i]), "ptr", p, "p")
        for i, (v, t, val) in enumerate(binds):
            at = fb.gep(obj, lay.offsets[1 + len(ex) + i])
            s = fb.vars.get(v)
            if s is None:
                fb.bug(fb.pos, f"captured variable {v.name} has no storage")
            if val:
                if layout(t).is_flat or s.kind == "val":
                    fb.store(at, t, fb.load_var(s))
                else:
                    fb.copy_mem(at, fb.var_addr(s), t)
            else:
                fb.store_ll(at, "ptr", fb.var_addr(s), "p")
    return obj


def bind_captures(fb: FuncBuilder, binds: list[tuple[Var, Type, bool]], extra: list[Type] | None = None) -> list[str]:
    """In a closure's entry: give captured variables their storage; returns the extra pointers."""
    ext = extra or []
    types: list[Type] = [TYP["uintptr"], *ext, *[t if val else Pointer(t) for _, t, val in binds]]
    lay = struct_of(types)
    ctx = fb.ctx
    if ctx is None:
        return []
    out = [fb.load_ll(fb.gep(ctx, lay.offsets[1 + i]), "ptr", "p") for i in range(len(ext))]
    for i, (v, t, val) in enumerate(binds):
        at = fb.gep(ctx, lay.offsets[1 + len(ext) + i])
        if val:
            if layout(t).is_flat:
                fb.bind(v, Storage("val", t, (), fb.load(at, t)))
            else:
                fb.bind(v, Storage("mem", t, (at,)))
        else:
            fb.bind(v, Storage("mem", t, (fb.load_ll(at, "ptr", "p"),)))
    return out


def lower_lit(outer: OuterInfo, lit: ast.FuncLit, sym: str, binds: list[tuple[Var, Type, bool]], once: bool) -> None:
    """Write the function of a literal."""
    unit = outer.unit
    sig = lit.type
    assert sig is not None
    if outer.env is not None:
        sig = outer.env.subst(sig)
    s = sig.underlying()
    assert isinstance(s, Signature)
    params = [v.type or TYP["int"] for v in s.params.vars]
    results = [v.type or TYP["int"] for v in s.results.vars]
    with unit.defining(sym, "once" if once else "strong"):
        fb = FuncBuilder(unit, sym, params, results, ctx=bool(binds), once=once, pos=lit.pos, env=outer.env, nosplit=outer.nosplit)
        fb.tbaa = outer.tbaa
        fb.facts = outer.facts
        fb.decl = lit
        if lit in outer.facts.direct:
            fb.direct = [t if val else Pointer(t) for _, t, val in binds]
        bind_captures(fb, binds)
        fb.features.function_body(fb, lit, lit.typ, None, lit.body)
        fb.finish()
