"""for range: over integers, strings, arrays, slices, maps, channels and functions.

The range expression is evaluated once; a range over an array with a value variable copies the array first (spec, "For
statements with range clause"). With := key and value are new variables in every iteration.

Range over a function. The body becomes a function `F-rangeN` that the iterator calls; gc's rewrite (cmd/compile/internal/rangefunc,
go1.27) is the source of the rules. A record on the heap connects the two:

    {state, next, defer record, results of the function that contains the loop...}

    state READY  the body may be called
          PANIC  the body is running (stays so when it panics)
          DONE   the loop was left by break, return, goto ...
          EXHAUSTED  the iterator returned
    The body: state != READY -> runtime.panicrangestate(state); state = PANIC; ...; state = READY; return true.
    Leaving:  next = a number for where to go; state = DONE; return false.
    After the iterator returned: state == PANIC -> panicrangestate(MISSING_PANIC); state = EXHAUSTED; then go where `next` says.

What leaves two nested bodies is passed on outwards: the inner loop's dispatch does the same action in the outer body, which leaves in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from rt0.lower import chans, maps
from rt0.lower.assign import assign_vals
from rt0.lower.closure import OuterInfo, bind_captures, capture_types, closure_object, closure_symbol
from rt0.lower.convert import assign_conv
from rt0.lower.expr import expr
from rt0.lower.func import INT, BranchTarget, FuncBuilder
from rt0.lower.layout import layout, struct_of
from rt0.lower.locals import declare, declare_init, fb_facts
from rt0.lower.order import addressable, calls, settle_place
from rt0.lower.places import place, view
from rt0.lower.tempstring import bytes_of
from rt0.lower.value import Val
from rt0.syntax import nodes as ast
from rt0.types.objects import Var
from rt0.types.types import TYP, Array, Basic, Chan, Map, Pointer, Signature, Slice, Struct, Type
from rt0.types.typestring import type_string

RF_DONE, RF_READY, RF_PANIC, RF_EXHAUSTED, RF_MISSING_PANIC = 0, 1, 2, 3, 4

RUNE = TYP["rune"]
UNSAFE_POINTER = TYP["unsafe.Pointer"]
BOOL = TYP["bool"]


def range_stmt(fb: FuncBuilder, s: ast.RangeStmt, label: ast.LabeledStmt | None) -> None:
    fb.dbg(s.pos)
    if s.define and not s.per_iteration:  # before go1.22 the iterations share their variables
        for e in (s.key, s.value):
            if isinstance(e, ast.Ident) and type(e.obj) is Var and e.obj in fb_facts(fb).vars:
                declare(fb, e.obj)
    t = fb.typ(s.x)
    u = t.underlying()
    if isinstance(u, Pointer):
        a = u.elem.underlying()
        if isinstance(a, Array):
            _range_array(fb, s, label, a)
            return
    match u:
        case Basic() if u.kind in ("string", "untyped string"):
            _range_string(fb, s, label)
        case Basic():
            _range_int(fb, s, label, t)
        case Slice():
            _range_slice(fb, s, label, u)
        case Array():
            _range_array(fb, s, label, u)
        case Map():
            _range_map(fb, s, label, u)
        case Chan():
            _range_chan(fb, s, label, u)
        case Signature():
            _range_func(fb, s, label, u)
        case _:
            fb.unsupported(s.pos, f"range over {type_string(t)}")


def _wants(e: ast.Expr | None) -> bool:
    return e is not None and not (isinstance(e, ast.Ident) and e.name == "_")


def bind(fb: FuncBuilder, s: ast.RangeStmt, e: ast.Expr | None, val: Callable[[], Val]) -> None:
    """Give the key or value of an iteration to its variable."""
    if e is None or not _wants(e):
        return
    if s.define:
        v = e.obj if isinstance(e, ast.Ident) else None
        assert type(v) is Var
        if v in fb_facts(fb).vars:
            x = assign_conv(fb, val(), fb.subst(v.type), e.pos)
            if s.per_iteration:
                declare_init(fb, v, x)
            else:
                fb.store_var(fb.vars[v], x)
        return
    p = place(fb, e)
    p.store(fb, assign_conv(fb, val(), fb.typ(e), e.pos))


def _loop(fb: FuncBuilder, s: ast.RangeStmt, label: ast.LabeledStmt | None, count: str, body: Callable[[str], None]) -> None:
    """for i := 0; i < count; i++ with a hidden i."""
    iv = fb.alloca_ll("i64")
    fb.store_ll(iv, "i64", "0", "")
    head, inside, post, end = fb.block("range"), fb.block("body"), fb.block("post"), fb.block("endrange")
    fb.start(head)
    i = fb.load_ll(iv, "i64", "")
    fb.cond_br(fb.tmp(f"icmp slt i64 {i}, {count}"), inside, end)
    fb.start(inside)
    body(i)
    fb.targets.append(BranchTarget(s, label, end, post))
    fb.stmts(s.body.list)
    fb.targets.pop()
    fb.start(post)
    j = fb.load_ll(iv, "i64", "")
    fb.store_ll(iv, "i64", fb.tmp(f"add nuw nsw i64 {j}, 1"), "")
    fb.br(head)
    fb.start(end)


def _range_int(fb: FuncBuilder, s: ast.RangeStmt, label: ast.LabeledStmt | None, t: Type) -> None:
    if s.key is not None and _wants(s.key):
        kt = fb.subst(s.key.obj.type) if s.define and isinstance(s.key, ast.Ident) and type(s.key.obj) is Var else fb.typ(s.key)
        if isinstance(t, Basic) and t.kind.startswith("untyped"):
            t = kt
    n = fb.expr_as(s.x, t) if s.x.mode != "constant" else fb.const(s.x.val, t)
    ll = layout(t).vals[0]
    u = t.underlying()
    assert isinstance(u, Basic)
    lt = "ult" if u.info & 4 else "slt"
    iv = fb.alloca_ll(ll)
    fb.store_ll(iv, ll, "0", "")
    head, inside, post, end = fb.block("range"), fb.block("body"), fb.block("post"), fb.block("endrange")
    fb.start(head)
    i = fb.load_ll(iv, ll, "")
    fb.cond_br(fb.tmp(f"icmp {lt} {ll} {i}, {n.one()}"), inside, end)
    fb.start(inside)
    bind(fb, s, s.key, lambda: Val(t, (i,)))
    fb.targets.append(BranchTarget(s, label, end, post))
    fb.stmts(s.body.list)
    fb.targets.pop()
    fb.start(post)
    j = fb.load_ll(iv, ll, "")
    fb.store_ll(iv, ll, fb.tmp(f"add {ll} {j}, 1"), "")
    fb.br(head)
    fb.start(end)


def _bind_both(fb: FuncBuilder, s: ast.RangeStmt, key: Callable[[], Val], value: Callable[[], Val]) -> None:
    """Key and value of an iteration: with = both values are ready before either is stored."""
    if s.define or not _wants(s.key) or not _wants(s.value):
        bind(fb, s, s.key, key)
        bind(fb, s, s.value, value)
        return
    assert s.key is not None and s.value is not None
    settle_place(fb, s.key)
    settle_place(fb, s.value)
    assign_vals(fb, (s.key, s.value), (key(), value()), s.pos)


def _range_slice(fb: FuncBuilder, s: ast.RangeStmt, label: ast.LabeledStmt | None, u: Slice) -> None:
    p, n, _ = (bytes_of(fb, s.x) or expr(fb, s.x)).p()
    size = layout(u.elem).size
    _loop(fb, s, label, n, lambda i: _bind_both(fb, s, lambda: Val(INT, (i,)), lambda: fb.at(fb.gep_var(p, i, size), u.elem)))


def _range_array(fb: FuncBuilder, s: ast.RangeStmt, label: ast.LabeledStmt | None, a: Array) -> None:
    base = ""
    is_ptr = isinstance(fb.typ(s.x).underlying(), Pointer)
    if _wants(s.value):
        if is_ptr:
            base = expr(fb, s.x).one()
            if a.len:
                fb.nil_check(base)
        else:
            v = view(fb, s.x) if _unchanged(fb, s.x) else expr(fb, s.x)
            base = v.at() if v.addr is not None else fb.to_mem(v)
    else:
        if calls(s.x):
            expr(fb, s.x)
    size = layout(a.elem).size
    _loop(fb, s, label, str(a.len), lambda i: _bind_both(fb, s, lambda: Val(INT, (i,)), lambda: fb.at(fb.gep_var(base, i, size), a.elem)))


def _unchanged(fb: FuncBuilder, e: ast.Expr) -> bool:
    """A variable that nothing but its declaration writes."""
    x = ast.unparen(e)
    if isinstance(x, ast.Ident) and type(x.obj) is Var:
        vf = fb_facts(fb).vars.get(x.obj)
        return vf is not None and not vf.reassigned and not vf.addrtaken
    return not addressable(fb, x)


def _range_string(fb: FuncBuilder, s: ast.RangeStmt, label: ast.LabeledStmt | None) -> None:
    p, n = expr(fb, s.x).p()
    iv, nv, rv = fb.alloca_ll("i64"), fb.alloca_ll("i64"), fb.alloca_ll("i32")
    fb.store_ll(iv, "i64", "0", "")
    head, inside, ascii_, multi, got, post, end = (fb.block(x) for x in ("range", "rune", "ascii", "multi", "body", "post", "endrange"))
    fb.start(head)
    i = fb.load_ll(iv, "i64", "")
    fb.cond_br(fb.tmp(f"icmp slt i64 {i}, {n}"), inside, end)
    fb.start(inside)
    c = fb.load_ll(fb.gep_var(p, i, 1), "i8")
    fb.cond_br(fb.tmp(f"icmp sgt i8 {c}, -1"), ascii_, multi)
    fb.start(ascii_)
    fb.store_ll(rv, "i32", fb.tmp(f"zext i8 {c} to i32"), "")
    fb.store_ll(nv, "i64", fb.tmp(f"add nuw nsw i64 {i}, 1"), "")
    fb.br(got)
    fb.start(multi)
    r, k = fb.call_rt("decoderune", [("ptr", p), ("i64", n), ("i64", i)], ("i32", "i64"))
    fb.store_ll(rv, "i32", r, "")
    fb.store_ll(nv, "i64", k, "")
    fb.start(got)
    _bind_both(fb, s, lambda: Val(INT, (i,)), lambda: Val(RUNE, (fb.load_ll(rv, "i32", ""),)))
    fb.targets.append(BranchTarget(s, label, end, post))
    fb.stmts(s.body.list)
    fb.targets.pop()
    fb.start(post)
    fb.store_ll(iv, "i64", fb.load_ll(nv, "i64", ""), "")
    fb.br(head)
    fb.start(end)


def _range_map(fb: FuncBuilder, s: ast.RangeStmt, label: ast.LabeledStmt | None, u: Map) -> None:
    m = expr(fb, s.x).one()
    post, end = fb.block("post"), fb.block("endrange")

    def body(k: str, v: str) -> None:
        _bind_both(fb, s, lambda: fb.load(k, u.key), lambda: fb.load(v, u.elem))
        fb.targets.append(BranchTarget(s, label, end, post))
        fb.stmts(s.body.list)
        fb.targets.pop()

    maps.range_over(fb, u, m, post, end, body)


def _range_chan(fb: FuncBuilder, s: ast.RangeStmt, label: ast.LabeledStmt | None, u: Chan) -> None:
    c = expr(fb, s.x).one()
    head, inside, end = fb.block("range"), fb.block("body"), fb.block("endrange")
    fb.start(head)
    fb.dbg(s.pos)
    v, ok = chans.recv2(fb, u, c)
    fb.cond_br(ok, inside, end)
    fb.start(inside)
    bind(fb, s, s.key, lambda: v)
    fb.targets.append(BranchTarget(s, label, end, head))
    fb.stmts(s.body.list)
    fb.targets.pop()
    fb.br(head)
    fb.start(end)


# ---------------------------------------------------------------- functions


class RangeBody:
    """What the writer of a loop body knows: the loop's record and the ways out that the body uses.

    exits  (tok, label) -> number stored in `next`
    """

    __slots__ = ("exits", "labels", "record", "record_layout", "stmt")

    def __init__(self, stmt: ast.RangeStmt, record: str, record_types: Sequence[Type]) -> None:
        self.stmt = stmt
        self.record = record
        self.record_layout = struct_of(record_types)
        self.exits: dict[tuple[str, ast.LabeledStmt | None], int] = {}
        self.labels: set[ast.LabeledStmt] | None = None


def _record_types(results: Sequence[Type]) -> list[Type]:
    return [INT, INT, UNSAFE_POINTER, *results]


def _range_func(fb: FuncBuilder, s: ast.RangeStmt, label: ast.LabeledStmt | None, sig: Signature) -> None:
    fn = expr(fb, s.x).one()
    fb.dbg(s.pos)
    results: list[Type] = fb.real_results
    rts = _record_types(results)
    lay = struct_of(rts)
    record = fb.heap_alloc(Struct([Var(0, None, f"X{i}", t, "field") for i, t in enumerate(rts)], [""] * len(rts)))
    fb.store_ll(record, "i64", str(RF_READY), "")
    has_defer = bool(fb.defer)
    if has_defer:
        fb.store_ll(fb.gep(record, lay.offsets[2]), "ptr", fb.defer, "")
    yield_type = sig.params.vars[0].type
    assert yield_type is not None
    ysig = yield_type.underlying()
    assert isinstance(ysig, Signature)
    fs = fb_facts(fb)
    sym = closure_symbol(fb, s)
    caps = list(fs.captures.get(s, ()))
    binds, types = capture_types(fb, caps)
    body = closure_object(fb, s, sym, binds, types, [record], [UNSAFE_POINTER])
    outer = OuterInfo(fb.unit, fb.env, fb_facts(fb), fb.nosplit, fb.tbaa)
    rb = RangeBody(s, "", rts)
    if fb.unit.begin(sym):
        # written at once: the ways out must be known
        _lower_body(fb, outer, s, label, sym, binds, ysig, rb, has_defer)
        fb.unit.range_bodies[sym] = rb
    else:
        rb = fb.unit.range_bodies[sym]
    fb.dbg(s.pos)
    fb.nil_check(fn)
    code = fb.load_ll(fn, "ptr", "p")
    fb.call_go(code, sig, [Val(yield_type, (body,))], ctx=fn)
    st = fb.load_ll(record, "i64", "")
    fb.panic_if(fb.tmp(f"icmp eq i64 {st}, {RF_PANIC}"), "panicrangestate", [("i64", str(RF_MISSING_PANIC))])
    fb.store_ll(record, "i64", str(RF_EXHAUSTED), "")
    end = fb.block("endrange")
    if rb.exits:
        nxt = fb.load_ll(fb.gep(record, lay.offsets[1]), "i64", "")
        blocks = [(n, fb.block("exit")) for n in rb.exits.values()]
        fb.emit(f"switch i64 {nxt}, label %{end} [ " + " ".join(f"i64 {n}, label %{b}" for n, b in blocks) + " ]")
        fb.done = True
        for ((tok, lab), _), (_, b) in zip(rb.exits.items(), blocks, strict=True):
            fb.start(b)
            _take_exit(fb, tok, lab, record, lay.offsets[3:], results)
    fb.start(end)


def _take_exit(fb: FuncBuilder, tok: str, label: ast.LabeledStmt | None, record: str, offsets: Sequence[int], results: Sequence[Type]) -> None:
    """What the body asked for, done in the function around it."""
    if tok == "return":
        fb.features.do_return(fb, [fb.load(fb.gep(record, off), t) for off, t in zip(offsets, results, strict=True)])
    elif tok == "return-named":
        fb.features.do_return(fb, None)
    else:
        fb.features.branch(fb, tok, label)


def _lower_body(fb: FuncBuilder, outer: OuterInfo, s: ast.RangeStmt, label: ast.LabeledStmt | None, sym: str, binds: list[tuple[Var, Type, bool]],
                ysig: Signature, rb: RangeBody, has_defer: bool) -> None:
    unit = outer.unit
    params = [v.type or INT for v in ysig.params.vars]
    with unit.defining(sym, "once" if fb.once else "strong"):
        b = FuncBuilder(unit, sym, params, [BOOL], ctx=True, once=fb.once, pos=s.pos, env=fb.env, nosplit=fb.nosplit)
        b.facts = outer.facts
        b.range_body = rb
        b.real_results = fb.real_results
        b.named = fb.named
        b.closure_base = fb.closure_base
        b.tbaa = fb.tbaa
        b.decl = fb.decl
        (record,) = bind_captures(b, binds, [UNSAFE_POINTER])
        rb.record = record
        if has_defer:
            b.defer = b.load_ll(b.gep(record, rb.record_layout.offsets[2]), "ptr", "")
            b.defer_heap = True
        b.dbg(s.pos)
        st = b.load_ll(record, "i64", "")
        b.panic_if(b.tmp(f"icmp ne i64 {st}, {RF_READY}"), "panicrangestate", [("i64", st)])
        b.store_ll(record, "i64", str(RF_PANIC), "")
        args = b.args
        for i, e in enumerate((s.key, s.value)):
            if _wants(e):
                bind(b, s, e, partial(args.__getitem__, i))
        cont, brk = b.block("continue"), b.block("break")
        b.targets.append(BranchTarget(s, label, brk, cont))
        b.stmts(s.body.list)
        b.targets.pop()
        b.start(cont)
        b.store_ll(record, "i64", str(RF_READY), "")
        b.ret([Val(BOOL, ("true",))])
        b.start(brk)
        b.store_ll(record, "i64", str(RF_DONE), "")
        b.ret([Val(BOOL, ("false",))])
        b.finish()


def leave_body(fb: FuncBuilder, tok: str, label: ast.LabeledStmt | None) -> None:
    """Leave the body for a target outside it."""
    rb = fb.range_body
    assert rb is not None
    n = rb.exits.setdefault((tok, label), len(rb.exits) + 1)
    fb.store_ll(fb.gep(rb.record, rb.record_layout.offsets[1]), "i64", str(n), "")
    fb.store_ll(rb.record, "i64", str(RF_DONE), "")
    fb.ret([Val(BOOL, ("false",))])


def return_from_body(fb: FuncBuilder, vals: list[Val] | None) -> None:
    """return inside the body: the results go to the named results, or to the record."""
    rb = fb.range_body
    assert rb is not None
    results: list[Type] = fb.real_results
    if vals is not None and fb.named:
        for v, val in zip(_result_objects(fb), vals, strict=True):
            if v is not None:
                fb.store_var(fb.vars[v], val)
        vals = None
    if vals is not None:
        for off, t, val in zip(rb.record_layout.offsets[3:], results, vals, strict=True):
            fb.store(fb.gep(rb.record, off), t, val)
        leave_body(fb, "return", None)
    else:
        leave_body(fb, "return-named" if fb.named else "return", None)


def _result_objects(fb: FuncBuilder) -> list[Var | None]:
    """The named results of the function that contains the loop."""
    out: list[Var | None] = []
    assert fb.decl is not None and fb.decl.typ.results is not None
    for f in fb.decl.typ.results.list:
        for n in f.names:
            out.append(n.obj if type(n.obj) is Var and n.name != "_" else None)
    return out


def labels_in(fb: FuncBuilder) -> set[ast.LabeledStmt]:
    """Labeled statements inside the loop body being written."""
    rb = fb.range_body
    assert rb is not None
    if rb.labels is None:
        found: set[ast.LabeledStmt] = set()
        _find_labels(rb.stmt.body, found)
        rb.labels = found
    return rb.labels


def _find_labels(s: ast.Node, out: set[ast.LabeledStmt]) -> None:
    if type(s) is ast.LabeledStmt:
        out.add(s)
        _find_labels(s.stmt, out)
    elif type(s) is ast.BlockStmt:
        for x in s.list:
            _find_labels(x, out)
    elif type(s) is ast.IfStmt:
        _find_labels(s.body, out)
        if s.els is not None:
            _find_labels(s.els, out)
    elif isinstance(s, (ast.ForStmt, ast.RangeStmt)):
        _find_labels(s.body, out)
    elif isinstance(s, (ast.SwitchStmt, ast.TypeSwitchStmt, ast.SelectStmt)):
        for c in s.body:
            for x in c.body:
                _find_labels(x, out)
