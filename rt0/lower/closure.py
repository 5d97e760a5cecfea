"""Facts about a function's variables, and closures.

`facts(node)` walks a declared function (or the initialiser of a package variable) once, closures included, and notes per variable:
its address is taken, a closure uses it, it is assigned after its declaration; and per function: what it captures, whether it defers
or recovers, and the names of the closures in it. All that without types' instances, so the facts of a generic function serve all of its instances.

A variable lives in registers (allocas that SROA dissolves) unless its address is taken or a closure captures it by
reference; then it lives on the heap, unless escape analysis (escape.py) knows that it need not. Captured by value: never assigned after its declaration,
address never taken, at most 128 bytes.

The body of a range-over-func loop is a closure too, made by rangefor.py; for the facts it is one.

A func value points at {code, captured...}; a closure without captures is a read-only constant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rt0.lower.func import FuncBuilder, Storage
from rt0.lower.layout import layout, struct_of
from rt0.lower.names import recv_is_pointer
from rt0.lower.value import Val
from rt0.lower.wrappers import func_value
from rt0.syntax import nodes as ast
from rt0.types.infer import is_parameterized
from rt0.types.objects import Func, Var
from rt0.types.predicates import core_type
from rt0.types.types import TYP, Array, Interface, Pointer, Signature, Struct, Type, TypeParam

if TYPE_CHECKING:
    from rt0.lower.escape import FuncFacts
    from rt0.lower.generic import Env
    from rt0.lower.unit import Unit

MAX_BY_VALUE = 128  # bytes; closures capture larger variables by reference


class VarFacts:
    """init: what a variable is declared with, when it is one expression for one variable."""

    __slots__ = ("addrtaken", "captured", "init", "owner", "reassigned")

    def __init__(self, owner: Any) -> None:
        self.init: ast.Expr | None = None
        self.owner = owner
        self.addrtaken = False
        self.captured = False
        self.reassigned = False


class Facts:
    """What `facts` finds.

    vars      Var -> VarFacts
    captures  FuncLit or RangeStmt -> Vars of outer functions it uses, in order of first use
    direct    FuncLits that are called where they stand (not by go or defer): gc makes parameters of what they capture
    defers    function nodes that contain a defer statement (also in the bodies of range-over-func loops)
    recovers  function nodes that call recover
    names     FuncLit or RangeStmt -> what is appended to the enclosing function's name
    loops     defer statements that may run more than once
    ndefers   function node -> number of its defer statements; 1000 and more when gc would not open-code them, whatever their number
    nreturns  function node -> number of its return statements
    escape    what escape analysis says; None: everything with an address lives on the heap
    """

    __slots__ = ("captures", "defers", "direct", "escape", "loops", "names", "ndefers", "nreturns", "recovers", "vars")

    def __init__(self) -> None:
        self.vars: dict[Any, VarFacts] = {}
        self.captures: dict[Any, dict[Any, None]] = {}
        self.defers: set[Any] = set()
        self.direct: set[Any] = set()
        self.recovers: set[Any] = set()
        self.names: dict[Any, str] = {}
        self.loops: set[Any] = set()
        self.ndefers: dict[Any, int] = {}
        self.nreturns: dict[Any, int] = {}
        self.escape: FuncFacts | None = None


def is_range_func(s: ast.RangeStmt) -> bool:
    """The loop ranges over a function (of whatever instance)."""
    t = s.x.type
    if t is None:
        return False
    u = t.underlying()
    if isinstance(t, TypeParam) or isinstance(u, Interface):
        c = core_type(t)
        return isinstance(c, Signature)
    return isinstance(u, Signature)


class _Walk:
    """The walk. stack: enclosing function nodes, outermost first; tparams: type parameters of the declared function; callee: what is being called."""

    __slots__ = ("callee", "counts", "f", "loop", "stack", "tparams")

    def __init__(self, f: Facts, root: Any) -> None:
        self.f = f
        self.stack: list[Any] = [root]
        self.counts: dict[Any, list[int]] = {root: [0, 0]}
        self.loop = 0
        self.tparams: list[TypeParam] = []
        self.callee: Any = None

    def var(self, v: Var) -> None:
        """An occurrence of a local variable; the first one is its declaration."""
        vf = self.f.vars.get(v)
        if vf is None:
            self.f.vars[v] = VarFacts(self.stack[-1])
            return
        if vf.owner is not self.stack[-1]:
            vf.captured = True
            for fn in reversed(self.stack):
                if fn is vf.owner:
                    break
                self.f.captures[fn][v] = None

    def root(self, e: ast.Expr | None) -> Var | None:
        """The variable whose memory an operand denotes a part of."""
        while True:
            match e:
                case ast.ParenExpr():
                    e = e.x
                case ast.Ident():
                    return e.obj if type(e.obj) is Var and e.obj.kind not in ("package", "field") else None
                case ast.SelectorExpr():
                    if e.selection is None or e.selection.kind != "field":
                        return None
                    if e.x.type is None or isinstance(e.x.type.underlying(), Pointer):
                        return None
                    e = e.x
                case ast.IndexExpr():
                    t = e.x.type
                    if t is None or not isinstance(t.underlying(), (Array, Interface)):
                        return None
                    e = e.x
                case _:
                    return None

    def taken(self, e: ast.Expr) -> None:
        v = self.root(e)
        if v is not None:
            self.f.vars.setdefault(v, VarFacts(self.stack[-1])).addrtaken = True

    def assigned(self, e: ast.Expr) -> None:
        v = self.root(e)
        if v is not None:
            self.f.vars.setdefault(v, VarFacts(self.stack[-1])).reassigned = True

    def declared(self, x: ast.Ident, e: ast.Expr) -> None:
        vf = self.f.vars.get(x.obj)
        if vf is not None:
            vf.init = e

    def fields(self, fl: ast.FieldList | None) -> None:
        if fl is not None:
            for f in fl.list:
                for n in f.names:
                    if type(n.obj) is Var:
                        self.var(n.obj)

    def function(self, typ: ast.FuncType, body: ast.BlockStmt | None) -> None:
        self.fields(typ.params)
        self.fields(typ.results)
        if typ.results is not None:
            for f in typ.results.list:
                for n in f.names:
                    if type(n.obj) is Var:
                        self.f.vars[n.obj].reassigned = True
        if body is not None:
            self.nodes(body.list)

    def nodes(self, ns: Any) -> None:
        for n in ns:
            self.node(n)

    def node(self, n: Any) -> None:
        if n is None:
            return
        h = _HANDLERS.get(type(n))
        if h is not None:
            h(self, n)
            return
        for attr in _CHILDREN.get(type(n), ()):
            c = getattr(n, attr)
            if type(c) is list:
                for x in c:
                    self.node(x)
            elif c is not None:
                self.node(c)

    # -- expressions

    def ident(self, n: ast.Ident) -> None:
        o = n.obj
        if type(o) is Var and o.kind != "package" and o.kind != "field":
            self.var(o)
        elif self.tparams and n.targs and n is not self.callee:
            self.instance(n.targs)

    def index(self, n: ast.IndexExpr) -> None:
        if n.targs is None:
            self.node(n.x)
            self.nodes(n.indices)
            return
        x = ast.unparen(n.x)
        if n is self.callee:
            self.callee = x
        elif self.tparams and (isinstance(x, ast.Ident) or (isinstance(x, ast.SelectorExpr) and x.selection is None)):
            self.instance(n.targs)
        if isinstance(x, ast.SelectorExpr):
            self.node(x)

    # gc makes a closure, and counts it, where a value needs the dictionary of an instance (cmd/compile/internal/noder/reader.go, curry, go1.27)

    def instance(self, targs: Any) -> None:
        if any(is_parameterized(self.tparams, a) for a in targs):
            self.counts[self.outer()][0] += 1

    def method_instance(self, n: ast.SelectorExpr) -> None:
        s = n.selection
        if s.kind == "field" or (s.kind == "methodval" and n is self.callee):
            return
        sig = s.obj.type
        if isinstance(sig, Signature) and (sig.tparams or (self.tparams and sig.recv is not None and sig.recv.type is not None
                                                           and is_parameterized(self.tparams, sig.recv.type))):  # fmt: skip
            self.counts[self.outer()][0] += 1

    def outer(self) -> Any:
        """The innermost function that is no loop body."""
        i = len(self.stack) - 1
        while isinstance(self.stack[i], ast.RangeStmt):
            i -= 1
        return self.stack[i]

    def unary(self, n: ast.UnaryExpr) -> None:
        self.node(n.x)
        if n.op == "&":
            self.taken(n.x)

    def slice(self, n: ast.SliceExpr) -> None:
        self.node(n.x)
        self.node(n.lo)
        self.node(n.hi)
        self.node(n.max)
        if n.x.type is not None and isinstance(n.x.type.underlying(), (Array, Interface)):
            self.taken(n.x)

    def selector(self, n: ast.SelectorExpr) -> None:
        s = n.selection
        if s is None:
            if self.tparams and (n.targs or n.sel.targs) and n is not self.callee:
                self.instance(n.targs or n.sel.targs)
            return
        if type(s.obj) is Func:
            self.method_instance(n)
        if n.x.mode == "typexpr":
            return
        self.node(n.x)
        if s.kind == "methodval" and isinstance(s.obj, Func) and n.x.type is not None:
            u = n.x.type.underlying()
            if not isinstance(u, (Pointer, Interface)) and (len(s.index) > 1 or recv_is_pointer(s.obj)) and not _value_method(s):
                self.taken(n.x)

    def call(self, n: ast.CallExpr) -> None:
        if n.fun.mode == "builtin":
            if n.fun.val == "recover":
                self.f.recovers.add(self.stack[-1])
            self.nodes(n.args)
            return
        if n.fun.mode != "typexpr":
            self.callee = ast.unparen(n.fun)
            if isinstance(self.callee, ast.FuncLit):
                self.f.direct.add(self.callee)
            self.node(n.fun)
        self.nodes(n.args)

    def composite(self, n: ast.CompositeLit) -> None:
        is_struct = n.type is not None and _is_struct(n.type)
        for x in n.elts:
            if isinstance(x, ast.KeyValueExpr):
                if not is_struct:
                    self.node(x.key)
                self.node(x.value)
            else:
                self.node(x)

    def func_lit(self, n: ast.FuncLit) -> None:
        self.name(n, False)
        self.f.captures[n] = {}
        self.stack.append(n)
        self.counts[n] = [0, 0]
        saved, self.loop = self.loop, 0
        self.function(n.typ, n.body)
        self.loop = saved
        self.stack.pop()

    def name(self, n: Any, is_range: bool) -> None:
        """gc's names: closures are counted per enclosing function that is no loop body; bodies count apart."""
        outer = self.outer()
        c = self.counts[outer]
        if is_range:
            c[1] += 1
            self.f.names[n] = f"-range{c[1]}"
        else:
            c[0] += 1
            self.f.names[n] = f".{c[0]}" if isinstance(outer, ast.FuncLit) else f".func{c[0]}"

    # -- statements

    def assign(self, n: ast.AssignStmt) -> None:
        self.nodes(n.rhs)
        if n.op == ":=":
            new = n.new_vars or []
            for i, x in enumerate(n.lhs):
                self.node(x)
                if isinstance(x, ast.Ident) and type(x.obj) is Var:
                    if not (i < len(new) and new[i] is not None):
                        self.assigned(x)
                    elif len(n.lhs) == len(n.rhs):
                        self.declared(x, n.rhs[i])
            return
        for x in n.lhs:
            self.node(x)
            self.assigned(x)

    def inc_dec(self, n: ast.IncDecStmt) -> None:
        self.node(n.x)
        self.assigned(n.x)

    def range(self, n: ast.RangeStmt) -> None:
        self.callee = ast.unparen(n.x)
        self.node(n.x)
        if is_range_func(n):
            self.name(n, True)
            self.f.captures[n] = {}
            self.stack.append(n)
            self.counts[n] = [0, 0]
        self.loop += 1
        for x in (n.key, n.value):
            if x is not None:
                self.node(x)
                if not n.define or not n.per_iteration:
                    self.assigned(x)
        self.nodes(n.body.list)
        self.loop -= 1
        if self.stack[-1] is n:
            self.stack.pop()

    def for_(self, n: ast.ForStmt) -> None:
        self.node(n.init)
        self.loop += 1
        self.node(n.cond)
        self.node(n.post)
        self.nodes(n.body.list)
        self.loop -= 1

    def decl(self, n: ast.DeclStmt) -> None:
        if n.decl.tok == "var":
            for s in n.decl.specs:
                assert isinstance(s, ast.VarSpec)
                self.nodes(s.values)
                self.nodes(s.names)
                if len(s.values) == len(s.names):
                    for x, v in zip(s.names, s.values, strict=True):
                        self.declared(x, v)

    def defer(self, n: ast.DeferStmt) -> None:
        i = len(self.stack) - 1
        looped = self.loop > 0
        while isinstance(self.stack[i], ast.RangeStmt):
            i -= 1
            looped = True
        fn = self.stack[i]
        self.f.defers.add(fn)
        self.f.ndefers[fn] = self.f.ndefers.get(fn, 0) + (1000 if looped else 1)
        if looped:
            self.f.loops.add(n)
        self.go(n)

    def go(self, n: ast.GoStmt | ast.DeferStmt) -> None:
        self.node(n.call)
        if isinstance(n.call, ast.CallExpr):
            self.f.direct.discard(ast.unparen(n.call.fun))

    def ret(self, n: ast.ReturnStmt) -> None:
        self.nodes(n.results)
        fn = self.outer()
        self.f.nreturns[fn] = self.f.nreturns.get(fn, 0) + 1
        if fn is not self.stack[-1]:
            if n.results:
                self.f.ndefers[fn] = self.f.ndefers.get(fn, 0) + 1000  # the results move to the heap with gc
            typ = getattr(fn, "typ", None)
            if typ is not None and typ.results is not None:
                for f in typ.results.list:
                    for x in f.names:
                        if type(x.obj) is Var:
                            self.var(x.obj)

    def type_switch(self, n: ast.TypeSwitchStmt) -> None:
        self.node(n.init)
        self.node(n.x)
        for c in n.body:
            if c.var is not None:
                self.var(c.var)
            self.nodes(c.body)

    def labeled(self, n: ast.LabeledStmt) -> None:
        # a goto may run what follows again
        self.loop += 1
        self.node(n.stmt)

    def comm(self, n: ast.CommClause) -> None:
        self.node(n.comm)
        self.nodes(n.body)


def _value_method(s: Any) -> bool:
    """A promoted value method through plain fields needs no address."""
    return not recv_is_pointer(s.obj)


def _is_struct(t: Type) -> bool:
    u = t.underlying()
    if isinstance(u, Pointer):
        u = u.elem.underlying()
    if isinstance(u, Interface):
        c = core_type(t)
        return isinstance(c, Struct)
    return isinstance(u, Struct)


_HANDLERS: dict[type, Callable[[_Walk, Any], None]] = {
    ast.Ident: _Walk.ident,
    ast.UnaryExpr: _Walk.unary,
    ast.SliceExpr: _Walk.slice,
    ast.SelectorExpr: _Walk.selector,
    ast.IndexExpr: _Walk.index,
    ast.CallExpr: _Walk.call,
    ast.CompositeLit: _Walk.composite,
    ast.FuncLit: _Walk.func_lit,
    ast.AssignStmt: _Walk.assign,
    ast.IncDecStmt: _Walk.inc_dec,
    ast.RangeStmt: _Walk.range,
    ast.ForStmt: _Walk.for_,
    ast.DeclStmt: _Walk.decl,
    ast.DeferStmt: _Walk.defer,
    ast.GoStmt: _Walk.go,
    ast.ReturnStmt: _Walk.ret,
    ast.TypeSwitchStmt: _Walk.type_switch,
    ast.LabeledStmt: _Walk.labeled,
    ast.CommClause: _Walk.comm,
}

_CHILDREN: dict[type, tuple[str, ...]] = {
    ast.ParenExpr: ("x",),
    ast.KeyValueExpr: ("key", "value"),
    ast.TypeAssertExpr: ("x",),
    ast.StarExpr: ("x",),
    ast.BinaryExpr: ("x", "y"),
    ast.ExprStmt: ("x",),
    ast.SendStmt: ("chan", "value"),
    ast.BlockStmt: ("list",),
    ast.IfStmt: ("init", "cond", "body", "els"),
    ast.CaseClause: ("exprs", "body"),
    ast.SwitchStmt: ("init", "tag", "body"),
    ast.SelectStmt: ("body",),
}


def facts(node: Any) -> Facts:
    """Facts of a FuncDecl, or of an expression that initialises a package variable. Kept in FuncDecl.info."""
    if isinstance(node, ast.FuncDecl):
        if isinstance(node.info, Facts):
            return node.info
        f = Facts()
        w = _Walk(f, node)
        if node.obj is not None and isinstance(node.obj.type, Signature):
            w.tparams = [*node.obj.type.recv_tparams, *node.obj.type.tparams]
        w.fields(node.recv)
        w.function(node.typ, node.body)
        node.info = f
        return f
    f = Facts()
    _Walk(f, node).node(node)
    return f


# ---------------------------------------------------------------- variables


def by_value(fb: FuncBuilder, v: Var, vf: VarFacts) -> bool:
    """Closures copy the variable."""
    return not vf.reassigned and not vf.addrtaken and layout(fb.subst(v.type)).size <= MAX_BY_VALUE


def needs_heap(fb: FuncBuilder, v: Var) -> bool:
    """The variable must have an address that outlives the function."""
    vf = fb_facts(fb).vars.get(v)
    if vf is None:
        return False
    if vf.addrtaken or (vf.captured and not by_value(fb, v, vf)):
        return v.escapes or fb_facts(fb).escape is None
    return False


def needs_addr(fb: FuncBuilder, v: Var) -> bool:
    """The variable must have an address."""
    vf = fb_facts(fb).vars.get(v)
    return vf is not None and (vf.addrtaken or (vf.captured and not by_value(fb, v, vf)))


def fb_facts(fb: FuncBuilder) -> Facts:
    assert fb.facts is not None
    return fb.facts


def declare(fb: FuncBuilder, v: Var, *, volatile: bool = False, arg: int = 0) -> Storage:
    """Storage for a variable about to be initialised (its memory is not zeroed, except on the heap). arg: see FuncBuilder.bind."""
    t = fb.subst(v.type)
    if needs_heap(fb, v):
        st = Storage("mem", t, (fb.heap_alloc(t),))
    elif needs_addr(fb, v):
        st = Storage("mem", t, (fb.alloca_type(t),))
    else:
        st = fb.slots(t, volatile)
    fb.bind(v, st, arg)
    return st


def declare_init(fb: FuncBuilder, v: Var, val: Val, arg: int = 0) -> None:
    """Declare and initialise."""
    st = declare(fb, v, arg=arg)
    fb.store_var(st, val)


# ---------------------------------------------------------------- closures


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


def closure_symbol(fb: FuncBuilder, node: Any) -> str:
    fs = fb_facts(fb)
    base: FuncBuilder = fb
    name = base.closure_base
    return str(name) + fs.names[node]


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


def closure_object(fb: FuncBuilder, node: Any, sym: str, binds: list[tuple[Var, Type, bool]], types: list[Type], extra: list[str] | None = None,
                   extra_types: list[Type] | None = None) -> str:
    """A new {code, extra pointers..., captured...}."""
    ex = extra or []
    ext = extra_types or []
    fields: list[Type] = [TYP["uintptr"], *ext, *types]
    lay = struct_of(fields)
    st = Struct([Var(0, None, "F" if i == 0 else f"X{i}", t, "field") for i, t in enumerate(fields)], [""] * len(fields))
    obj = fb.new_object(st, node)
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
