"""Facts about a function's variables, found out in one walk before anything of it is written.

`facts(node)` walks a declared function (or the initialiser of a package variable) once, closures included, and notes per variable:
its address is taken, a closure uses it, it is assigned after its declaration; and per function: what it captures, whether it defers
or recovers, and the names of the closures in it. All that without types' instances, so the facts of a generic function serve all of its instances.

The body of a range-over-func loop is a closure too, made by rangefor.py; for the facts it is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Never

from rt0.lower.names import recv_is_pointer
from rt0.syntax import nodes as ast
from rt0.types.infer import is_parameterized
from rt0.types.objects import Func, Var
from rt0.types.predicates import core_type
from rt0.types.types import Array, Interface, Pointer, Signature, Struct, Type, TypeParam

if TYPE_CHECKING:
    from rt0.lower.escapegraph import FuncFacts

# What a variable or a statement belongs to: the FuncDecl, the FuncLit, the RangeStmt of a loop over a function; or what else a walk began with.
Owner = object


class VarFacts:
    """init: what a variable is declared with, when it is one expression for one variable."""

    __slots__ = ("addrtaken", "captured", "init", "owner", "reassigned")

    def __init__(self, owner: Owner) -> None:
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
        self.vars: dict[Var, VarFacts] = {}
        self.captures: dict[Owner, dict[Var, None]] = {}
        self.defers: set[Owner] = set()
        self.direct: set[ast.Expr] = set()
        self.recovers: set[Owner] = set()
        self.names: dict[ast.FuncLit | ast.RangeStmt, str] = {}
        self.loops: set[ast.DeferStmt] = set()
        self.ndefers: dict[Owner, int] = {}
        self.nreturns: dict[Owner, int] = {}
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


class Walk:
    """The walk. stack: enclosing function nodes, outermost first; tparams: type parameters of the declared function; callee: what is being called."""

    __slots__ = ("callee", "counts", "f", "loop", "stack", "tparams")

    def __init__(self, f: Facts, root: Owner) -> None:
        self.f = f
        self.stack: list[Owner] = [root]
        self.counts: dict[Owner, list[int]] = {root: [0, 0]}
        self.loop = 0
        self.tparams: list[TypeParam] = []
        self.callee: ast.Expr | None = None

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
        if type(x.obj) is Var and x.obj in self.f.vars:
            self.f.vars[x.obj].init = e

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

    def nodes(self, ns: Iterable[ast.Node | None]) -> None:
        for n in ns:
            self.node(n)

    def node(self, n: ast.Node | None) -> None:
        if n is None:
            return
        h = _HANDLERS.get(type(n))
        if h is not None:
            h(self, n)  # type: ignore[arg-type]  # the table has for each type the method that takes it
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

    def instance(self, targs: Iterable[Type]) -> None:
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

    def outer(self) -> Owner:
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
            targs = n.targs or n.sel.targs
            if self.tparams and targs and n is not self.callee:
                self.instance(targs)
            return
        if type(s.obj) is Func:
            self.method_instance(n)
        if n.x.mode == "typexpr":
            return
        self.node(n.x)
        if s.kind == "methodval" and isinstance(s.obj, Func) and n.x.type is not None:
            u = n.x.type.underlying()
            if not isinstance(u, (Pointer, Interface)) and (len(s.index) > 1 or recv_is_pointer(s.obj)) and not _value_method(s.obj):
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

    def name(self, n: ast.FuncLit | ast.RangeStmt, is_range: bool) -> None:
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
            if isinstance(fn, (ast.FuncDecl, ast.FuncLit)) and fn.typ.results is not None:
                for f in fn.typ.results.list:
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


def _value_method(f: Func) -> bool:
    """A promoted value method through plain fields needs no address."""
    return not recv_is_pointer(f)


def _is_struct(t: Type) -> bool:
    u = t.underlying()
    if isinstance(u, Pointer):
        u = u.elem.underlying()
    if isinstance(u, Interface):
        c = core_type(t)
        return isinstance(c, Struct)
    return isinstance(u, Struct)


_HANDLERS: dict[type[ast.Node], Callable[[Walk, Never], None]] = {
    ast.Ident: Walk.ident,
    ast.UnaryExpr: Walk.unary,
    ast.SliceExpr: Walk.slice,
    ast.SelectorExpr: Walk.selector,
    ast.IndexExpr: Walk.index,
    ast.CallExpr: Walk.call,
    ast.CompositeLit: Walk.composite,
    ast.FuncLit: Walk.func_lit,
    ast.AssignStmt: Walk.assign,
    ast.IncDecStmt: Walk.inc_dec,
    ast.RangeStmt: Walk.range,
    ast.ForStmt: Walk.for_,
    ast.DeclStmt: Walk.decl,
    ast.DeferStmt: Walk.defer,
    ast.GoStmt: Walk.go,
    ast.ReturnStmt: Walk.ret,
    ast.TypeSwitchStmt: Walk.type_switch,
    ast.LabeledStmt: Walk.labeled,
    ast.CommClause: Walk.comm,
}

_CHILDREN: dict[type[ast.Node], tuple[str, ...]] = {
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


def facts(node: ast.FuncDecl | ast.Expr) -> Facts:
    """Facts of a FuncDecl, or of an expression that initialises a package variable. Kept in FuncDecl.info."""
    if isinstance(node, ast.FuncDecl):
        if isinstance(node.info, Facts):
            return node.info
        f = Facts()
        w = Walk(f, node)
        if node.obj is not None and isinstance(node.obj.type, Signature):
            w.tparams = [*node.obj.type.recv_tparams, *node.obj.type.tparams]
        w.fields(node.recv)
        w.function(node.typ, node.body)
        node.info = f
        return f
    f = Facts()
    Walk(f, node).node(node)
    return f
