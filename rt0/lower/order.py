"""Order of evaluation: what an expression evaluates early, as gc does.

The spec orders calls, receives and the like, and leaves the reads of variables and other operands open. Programs see what gc does with
the rest: in `[]int{x, f(), x}` both x are read after f() has run. gc's rule, statement by statement (cmd/compile/internal/walk/order.go, go1.27):

    early    from left to right into temporaries: calls, receives, built-ins (append cap complex copy imag len make max min new real recover), slice
             expressions, `[]byte(s)` and `[]rune(s)`, type assertions to what an interface does not hold directly, && and ||, literals of maps, a map
             read whose key is string(b), and what becomes an interface value but has no address to box it from: in `Sprint(int8(x), f())` int8(x)
    late     when all that is done, where they stand: variables, fields, elements, dereferences, arithmetic, other conversions, map reads,
             concatenations, function literals, literals of structs, arrays and slices

`settle(fb, e)` evaluates the early parts of e, innermost first, and keeps their values in fb.early, by node; whoever evaluates e afterwards
(expr.expr) finds them there and takes them out. `in_order` is a list of operands evaluated so. What is kept true: a node is settled once and taken once;
between two statements fb.early is empty (`begin` asks), so nothing that was settled is evaluated again or forgotten.

Where no operand but the first holds anything early, or what is late in those before the last early one is `quiet`, plain evaluation from left to right is
the same, and nothing is settled: a table of a thousand calls does not keep a thousand values. What assignments and returns add to this is in assign.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from rt0.lower.func import FuncBuilder
from rt0.lower.layout import layout
from rt0.lower.literal import field_at, struct_elts, values
from rt0.lower.maps import fast_kind
from rt0.lower.tempstring import of_bytes
from rt0.lower.value import Val
from rt0.syntax import nodes as ast
from rt0.types.objects import Var
from rt0.types.types import IS_STRING, Array, Basic, Interface, Map, Pointer, Slice, Struct, Type

Operand = tuple[ast.Expr, Type | None]  # an expression and, where it is converted implicitly, the type it becomes

_LEAVES = frozenset((ast.Ident, ast.BasicLit, ast.FuncLit))
_SETTLED_MODES: frozenset[ast.Mode] = frozenset(("constant", "typexpr", "nilvalue", "builtin", "novalue"))  # of expressions that nothing is evaluated for
_LATE_BUILTINS = frozenset(("Add", "Slice", "SliceData", "String", "StringData"))  # of package unsafe
_NOTHING = frozenset(("Sizeof", "Alignof", "Offsetof"))
_ARITHMETIC = frozenset(("+", "-", "*", "&", "|", "^", "&^"))
_COMPARE = frozenset(("==", "!=", "<", "<=", ">", ">="))


def begin(fb: FuncBuilder) -> None:
    """A statement begins: what was settled for the one before has been used."""
    if fb.early:
        fb.bug(next(iter(fb.early)).pos, "a settled operand was not used")
    if fb.settled:
        fb.settled.clear()


def in_order(fb: FuncBuilder, items: Sequence[tuple[ast.Expr | None, Callable[[], Val]]], types: Sequence[Type | None] | None = None) -> list[Val]:
    """Evaluate operands: what is early in them, then each by its thunk, from left to right. types: what operands become by implicit conversion."""
    if len(items) > 1:
        settle_all(fb, [e for e, _ in items], types)
    return [f() for _, f in items]


def settle_all(fb: FuncBuilder, es: Sequence[ast.Expr | None], types: Sequence[Type | None] | None = None) -> None:
    """Settle operands that are about to be evaluated from left to right."""
    last = len(es) - 1
    while last > 0 and ((e := es[last]) is None or not holds(fb, e)):
        last -= 1
    if last <= 0 or all(e is None or quiet(fb, e) for e in es[:last]):
        return
    for i in range(last + 1):
        e = es[i]
        if e is not None:
            settle(fb, e, types[i] if types is not None and i < last else None)


def settle_each(fb: FuncBuilder, es: Sequence[ast.Expr], types: Sequence[Type | None]) -> None:
    """Settle operands that may be evaluated in another order than from left to right."""
    for e, t in zip(es, types, strict=True):
        settle(fb, e, t)


def settle(fb: FuncBuilder, e: ast.Expr, t: Type | None = None) -> None:
    """Evaluate what is early in e; t: the type it becomes by implicit conversion."""
    e = ast.unparen(e)
    if type(e) in _LEAVES or e.mode in _SETTLED_MODES:
        return
    if e not in fb.settled:
        fb.settled.add(e)
        if _early(fb, e):
            keep(fb, e)
        else:
            for x, xt in _operands(fb, e):
                settle(fb, x, xt)
            if type(e) is ast.BinaryExpr and e.op in _COMPARE and isinstance(fb.typ(e.x).underlying(), (Struct, Array)):
                _keep_unaddressed(fb, e.x)
                _keep_unaddressed(fb, e.y)
            elif type(e) is ast.IndexExpr and (m := _map_of(fb, e)) is not None:
                _keep_key(fb, m, e.indices[0])
    if t is not None and isinstance(t.underlying(), Interface):
        _box(fb, e)


def settle_place(fb: FuncBuilder, e: ast.Expr) -> None:
    """Evaluate what is early in a place that is assigned to: a map's element is not read."""
    e = ast.unparen(e)
    m = _map_of(fb, e) if type(e) is ast.IndexExpr else None
    if m is None:
        settle(fb, e)
    elif type(e) is ast.IndexExpr:
        settle(fb, e.x)
        settle_key(fb, m, e.indices[0])


def settle_key(fb: FuncBuilder, m: Map, e: ast.Expr) -> None:
    """Evaluate what is early in e, a key of m."""
    settle(fb, e, m.key)
    _keep_key(fb, m, e)


def _map_of(fb: FuncBuilder, e: ast.IndexExpr) -> Map | None:
    u = None if e.targs else fb.typ(e.x).underlying()
    return u if isinstance(u, Map) else None


def _keep_key(fb: FuncBuilder, m: Map, e: ast.Expr) -> None:
    """The key of a map that takes its address is evaluated now when it has none; one that is read as an integer always (mapKeyTemp)."""
    if not fast_kind(m):
        if not addressable(fb, e) or isinstance(m.key.underlying(), Interface) != isinstance(fb.typ(e).underlying(), Interface):
            keep(fb, e)
    elif isinstance(m.key.underlying(), (Struct, Array)):
        keep(fb, e)


def keep(fb: FuncBuilder, e: ast.Expr) -> None:
    """Evaluate e now, for whoever evaluates it later in the statement."""
    e = ast.unparen(e)
    if e not in fb.early and e.mode not in _SETTLED_MODES:
        fb.early[e] = fb.own(fb.expr(e))


def _keep_unaddressed(fb: FuncBuilder, e: ast.Expr) -> None:
    if not addressable(fb, e):
        keep(fb, e)


def _box(fb: FuncBuilder, e: ast.Expr) -> None:
    """e becomes an interface value: what is boxed from memory and has no address is evaluated now."""
    t = fb.typ(e)
    if not isinstance(t.underlying(), Interface) and _boxed_from_memory(t):
        _keep_unaddressed(fb, e)


def _boxed_from_memory(t: Type) -> bool:
    """gc hands the address of such a value to the runtime (walk/convert.go, dataWordFuncName)."""
    lay = layout(t)
    if lay.size == lay.align and (lay.size == 2 or (lay.size in (4, 8) and not lay.has_pointers)):
        return False
    u = t.underlying()
    while isinstance(u, (Struct, Array)):
        if isinstance(u, Struct):
            if len(u.fields) != 1 or u.fields[0].type is None:
                return True
            u = u.fields[0].type.underlying()
        else:
            if u.len != 1:
                return True
            u = u.elem.underlying()
    return not isinstance(u, Slice) and not (isinstance(u, Basic) and u.info & IS_STRING)


# ---------------------------------------------------------------- what is early


def holds(fb: FuncBuilder, e: ast.Expr) -> bool:
    """e is early or an operand in it is."""
    if type(e) in _LEAVES or e.mode in _SETTLED_MODES:
        return False
    r = fb.holds_early.get(e)
    if r is None:
        r = fb.holds_early[e] = _early(fb, e) or any(holds(fb, x) for x, _ in _operands(fb, e))
    return r


def quiet(fb: FuncBuilder, e: ast.Expr) -> bool:
    """What is late in e gives the same whatever else is evaluated before it, and does not panic."""
    e = ast.unparen(e)
    if isinstance(e, ast.Ident):
        return type(e.obj) is not Var or ((st := fb.vars.get(e.obj)) is not None and st.kind in ("slots", "val"))
    if type(e) in _LEAVES or e.mode in _SETTLED_MODES:
        return True
    r = fb.quiet.get(e)
    if r is None:
        r = fb.quiet[e] = _early(fb, e) or (_quiet_itself(fb, e) and all(quiet(fb, x) for x, _ in _operands(fb, e)))
    return r


def _quiet_itself(fb: FuncBuilder, e: ast.Expr) -> bool:
    match e:
        case ast.BinaryExpr():
            return e.op in _ARITHMETIC or (e.op in _COMPARE and all(isinstance(fb.typ(x).underlying(), Basic) for x in (e.x, e.y)))
        case ast.UnaryExpr():
            return e.op in ("-", "+", "^", "!") or type(ast.unparen(e.x)) is ast.CompositeLit
        case ast.CompositeLit():
            return True
        case ast.CallExpr():
            return isinstance(fb.typ(e).underlying(), (Basic, Interface)) and of_bytes(fb, e) is None and isinstance(fb.typ(e.args[0]).underlying(), Basic)
    return False


def _early(fb: FuncBuilder, e: ast.Expr) -> bool:
    match e:
        case ast.CallExpr():
            mode = e.fun.mode
            if mode == "typexpr":
                return _bytes_of_string(fb, e)
            if mode == "builtin":
                return e.fun.val not in _LATE_BUILTINS and e.fun.val not in _NOTHING
            return True
        case ast.UnaryExpr():
            return e.op == "<-" or (e.op == "&" and type(x := ast.unparen(e.x)) is ast.CompositeLit and _map_literal(fb, x))
        case ast.BinaryExpr():
            return e.op in ("&&", "||")
        case ast.SliceExpr():
            return True
        case ast.TypeAssertExpr():
            # what depends on type parameters is asserted by a descriptor that is found at run time: late
            return e.typ is not None and (t := fb.subst(e.typ.type)) is e.typ.type and not layout(t).direct_iface
        case ast.IndexExpr():
            return _map_of(fb, e) is not None and _has_bytes(fb, e.indices[0])
        case ast.CompositeLit():
            return _map_literal(fb, e)
    return False


def _bytes_of_string(fb: FuncBuilder, e: ast.CallExpr) -> bool:
    """[]byte(s), []rune(s)"""
    if not isinstance(fb.typ(e).underlying(), Slice):
        return False
    u = fb.typ(e.args[0]).underlying()
    return isinstance(u, Basic) and bool(u.info & IS_STRING)


def _has_bytes(fb: FuncBuilder, key: ast.Expr) -> bool:
    """A map key string(b), or a literal of structs and arrays around one."""
    x = ast.unparen(key)
    if type(x) is ast.CompositeLit:
        return any(_has_bytes(fb, y) for y in values(x))
    return of_bytes(fb, x) is not None


def _map_literal(fb: FuncBuilder, e: ast.CompositeLit) -> bool:
    """A literal of a map, or of &map elided, whose entries are not all constant."""
    u = fb.typ(e).underlying()
    if isinstance(u, Pointer):
        u = u.elem.underlying()
    return isinstance(u, Map) and not all(isinstance(x, ast.KeyValueExpr) and is_static(x.key) and is_static(x.value) for x in e.elts)


def is_static(e: ast.Expr) -> bool:
    """e is known before the program runs."""
    x = ast.unparen(e)
    if type(x) is ast.CompositeLit:
        return all(is_static(y) for y in values(x))
    return x.mode == "constant" or x.mode == "nilvalue" or type(x) is ast.FuncLit


def _operands(fb: FuncBuilder, e: ast.Expr) -> Sequence[Operand]:
    """The operands of a late expression, in order."""
    match e:
        case ast.ParenExpr() | ast.StarExpr() | ast.TypeAssertExpr():
            return ((e.x, None),)
        case ast.UnaryExpr():
            return ((e.x, None),)
        case ast.SelectorExpr():
            return () if e.selection is None or e.selection.kind == "methodexpr" else ((e.x, None),)
        case ast.BinaryExpr():
            if e.op in ("==", "!="):
                tx, ty = fb.typ(e.x), fb.typ(e.y)
                return ((e.x, ty), (e.y, tx))
            return ((e.x, None), (e.y, None))
        case ast.IndexExpr():
            m = _map_of(fb, e)
            return ((e.x, None),) if e.targs else ((e.x, None), (e.indices[0], m.key if m is not None else None))
        case ast.CallExpr():
            if e.fun.mode == "typexpr":
                return ((e.args[0], fb.typ(e)),)
            return [(x, None) for x in e.args] if e.fun.val in _LATE_BUILTINS else ()
        case ast.CompositeLit():
            return _elements(fb, e)
    return ()


def _elements(fb: FuncBuilder, e: ast.CompositeLit) -> Sequence[Operand]:
    t = fb.typ(e)
    u = t.underlying()
    if isinstance(u, Pointer):
        t = u.elem
        u = t.underlying()
    if isinstance(u, Struct):
        return [(x, field_at(t, path)[1]) for path, x in struct_elts(e, u)]
    if isinstance(u, (Slice, Array)):
        return [(x, u.elem) for x in values(e)]
    return ()


# ---------------------------------------------------------------- about expressions


def addressable(fb: FuncBuilder, e: ast.Expr) -> bool:
    """e denotes memory (or a variable), so parts of it can be read without evaluating the whole."""
    e = ast.unparen(e)
    match e:
        case ast.Ident():
            return type(e.obj) is Var
        case ast.SelectorExpr():
            if e.selection is None:
                return type(e.sel.obj) is Var
            if e.selection.kind != "field":
                return False
            return isinstance(fb.typ(e.x).underlying(), Pointer) or e.selection.indirect or addressable(fb, e.x)
        case ast.IndexExpr():
            if e.mode == "typexpr" or e.targs:
                return False
            u = fb.typ(e.x).underlying()
            return isinstance(u, (Slice, Pointer)) or (isinstance(u, Array) and addressable(fb, e.x))
        case ast.StarExpr():
            return True
    return False


def calls(e: ast.Expr) -> bool:
    """e contains a call or a receive: len(e) of an array evaluates it (spec, "Length and capacity")."""
    if e.mode == "constant" or e.mode == "typexpr":
        return False
    match e:
        case ast.CallExpr():
            return e.fun.mode != "typexpr" or calls(e.args[0])
        case ast.UnaryExpr():
            return e.op == "<-" or calls(e.x)
        case ast.BinaryExpr():
            return calls(e.x) or calls(e.y)
        case ast.ParenExpr() | ast.SelectorExpr() | ast.StarExpr() | ast.TypeAssertExpr():
            return calls(e.x)
        case ast.IndexExpr():
            return calls(e.x) or any(calls(i) for i in e.indices)
        case ast.SliceExpr():
            return calls(e.x) or any(calls(i) for i in (e.lo, e.hi, e.max) if i is not None)
        case ast.CompositeLit():
            return any(calls(x) for x in e.elts)
        case ast.KeyValueExpr():
            return calls(e.key) or calls(e.value)
    return False


def exprs(fb: FuncBuilder, es: Sequence[ast.Expr], types: Sequence[Type | None] | None = None) -> list[Val]:
    """Evaluate operands in order, converting each to its type when one is given."""
    return in_order(fb, [(e, partial(_one, fb, e, types[i] if types else None)) for i, e in enumerate(es)], types)


def _one(fb: FuncBuilder, e: ast.Expr, t: Type | None) -> Val:
    return fb.expr(e) if t is None else fb.expr_as(e, t)
