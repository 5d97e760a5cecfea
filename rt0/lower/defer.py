"""defer, go, recover.

A function with defer statements has one record on its frame, `_defer { link, head, fp, buf }` (rt0/abi/runtime_layout.py), pushed on g's
list on entry: `runtime.deferpush(d, fp)`, then `runtime.rsetrec(&d.buf)`, which returns 0 now and 1 when a panic was recovered in this frame:

    entry:      deferpush(d, frameaddress); if rsetrec(&d.buf) == 0 goto body
    recovered:  deferreturn(d); return the result slots          (results are volatile slots: LLVM must not keep them in registers)
    body:       ...
    each exit:  store results; deferreturn(d); br common: load results; return

A defer statement evaluates function and arguments now, makes a func() of them (a closure whose code is `F.deferwrapN`, unless the call is
already of a func() value), and links a node `_deferfn { link, fn }`: on the frame when the statement runs at most once per call, else on the
heap. `go` hands the same kind of func() to `runtime.newproc`.

recover() is runtime.gorecover(frame address of the function that calls it): valid iff the panic machinery called that frame. The thunks
here come in between, so they tell the runtime (wrappers.wrap).

Body closures of range-over-func loops defer on behalf of the function they stand in: lower sets fb.defer to the record's address
(captured) and fb.defer_heap.

docs/INTERFACES.md, "Defer, panic, recover"; FACTS: the setjmp-like rsetrec must be declared and called returns_twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rt0.abi.runtime_layout import DEFER_BUF, DEFER_SIZE
from rt0.lower.call import arguments, resolve
from rt0.lower.func import FuncBuilder, Storage
from rt0.lower.intrinsics import TABLE, frame_pointer
from rt0.lower.layout import layout, sig_abi
from rt0.lower.locals import fb_facts
from rt0.lower.operators import TYP_ANY
from rt0.lower.order import settle_all
from rt0.lower.unit import CC
from rt0.lower.value import Val
from rt0.lower.wrappers import func_value, wrap
from rt0.syntax import nodes as ast
from rt0.types.objects import Var
from rt0.types.types import TYP, Signature, Struct
from rt0.types.universe import EMPTY_INTERFACE

UINTPTR = TYP["uintptr"]


def _runs_once(fb: FuncBuilder, s: ast.DeferStmt) -> bool:
    """The statement runs at most once per call of the function."""
    return not fb.defer_heap and s not in fb_facts(fb).loops


# ---------------------------------------------------------------- prologue, exits


def frame_address(fb: FuncBuilder) -> str:
    return frame_pointer(fb)


def enter(fb: FuncBuilder) -> None:
    """The prologue of a function with defer; result_vars are set, and everything that must survive a recovery is in them."""
    d = fb.alloca(DEFER_SIZE, 16)
    fb.defer = d
    fb.call_rt("deferpush", [("ptr", d), ("i64", frame_address(fb))])
    for st in fb.result_vars:
        if st.kind == "mem" and not st.volatile:
            # A captured result: its address must be seen to escape before rsetrec, or LLVM takes the recovered path's load for the initial value.
            fb.emit(f'call void asm sideeffect "", "r,~{{memory}}"(ptr {fb.var_addr(st)})')
    fn = fb.unit.ref_func("runtime.rsetrec", "i32", "ptr", "#6")
    r = fb.tmp(f"call {CC} i32 {fn}(ptr {fb.gep(d, DEFER_BUF)}) #6{fb.loc()}")
    body, recovered = fb.block("armed"), fb.block("recovered")
    fb.cond_br(fb.tmp(f"icmp eq i32 {r}, 0"), body, recovered)
    fb.start(recovered)
    fb.dbg(_last(fb))
    leave(fb)
    fb.ret([fb.load_var(st) for st in fb.result_vars])
    fb.start(body)
    fb.dbg(fb.pos)


def exit_line(fb: FuncBuilder) -> None:
    """The position that deferred calls see at the end of the function: of the return where gc makes the calls there and then, else of the closing
    brace (cmd/compile/internal/ssagen, buildssa and exit, go1.27)."""
    fs = fb_facts(fb)
    n = fs.ndefers.get(fb.decl, 0)
    on_heap = any(st.kind == "mem" and not st.addrs[0].startswith("%a") for st in fb.result_vars)
    if n > 8 or n * fs.nreturns.get(fb.decl, 0) > 15 or on_heap:
        fb.dbg(_body(fb).rbrace)


def _body(fb: FuncBuilder) -> ast.BlockStmt:
    """The body that is being written: of a function with a defer statement."""
    assert fb.decl is not None and fb.decl.body is not None
    return fb.decl.body


def _last(fb: FuncBuilder) -> int:
    """Position of the function's last exit."""
    body = _body(fb)
    s = body.list[-1] if body.list else None
    return s.pos if isinstance(s, ast.ReturnStmt) else body.rbrace


def leave(fb: FuncBuilder) -> None:
    """Run what is deferred: after the results are stored, before they are loaded for the return."""
    fb.call_rt("deferreturn", [("ptr", fb.defer)])


def recover(fb: FuncBuilder) -> Val:
    """recover(): an any."""
    t, p = fb.call_rt("gorecover", [("i64", frame_address(fb))], ["ptr", "ptr"])
    return Val(EMPTY_INTERFACE, (t, p))


# ---------------------------------------------------------------- statements


def defer_stmt(fb: FuncBuilder, s: ast.DeferStmt) -> None:
    once = _runs_once(fb, s)
    fn = thunk(fb, s.call, s.pos, stack=once, word="deferwrap")
    fb.dbg(s.pos)
    if once:
        node = fb.alloca(16)
    else:
        new = fb.unit.ref_func("runtime.newobject", "ptr", "ptr")
        node = fb.tmp(f"call {CC} noalias nonnull ptr {new}(ptr {fb.unit.ref('type:runtime._deferfn')}) #5{fb.loc()}")
    fb.store_ll(fb.gep(node, 8), "ptr", fn, "")
    fb.call_rt("deferadd", [("ptr", fb.defer), ("ptr", node)])


def go_stmt(fb: FuncBuilder, s: ast.GoStmt) -> None:
    fn = thunk(fb, s.call, s.pos, stack=False, word="gowrap")
    fb.dbg(s.pos)
    fb.call_rt("newproc", [("ptr", fn)])


def thunk(fb: FuncBuilder, call: ast.Expr, pos: int, stack: bool, word: str) -> str:
    """Operand of a func() value that makes this call with the operands' values of now. stack: its closure may live on the frame."""
    e = ast.unparen(call)
    if not isinstance(e, ast.CallExpr):
        fb.bug(pos, "defer or go of something that is no call")
    fun = ast.unparen(e.fun)
    if fun.mode == "builtin":
        return _builtin_thunk(fb, e, str(fun.val), stack, word)
    if fun.mode == "typexpr":
        fb.error(pos, f"{'defer' if word == 'deferwrap' else 'go'} requires function call, not conversion")
    sig = fb.typ(fun).underlying()
    assert isinstance(sig, Signature)
    target = resolve(fb, fun)
    if target.kind == "value" and not sig.params.vars and not sig_abi(sig).out:
        assert target.recv is not None
        v = target.recv().one()
        return v
    args = arguments(fb, e, sig, target)
    fb.dbg(e.pos)
    if target.kind == "static" and not args and not sig_abi(sig).out:
        if target.symbol not in TABLE:
            return func_value(fb.unit, target.symbol)
    if target.kind == "iface" and target.val is not None:
        fb.nil_check(target.val.p()[0])
    captured = ([target.val] if target.val is not None else []) + args
    has_recv = target.val is not None

    def body(tb: FuncBuilder, vals: list[Val]) -> None:
        if has_recv:
            target.val = vals[0]
            vals = vals[1:]
        target.call(tb, sig, vals)

    return _closure(fb, captured, body, stack, word, word == "deferwrap")


def _closure(fb: FuncBuilder, captured: Sequence[Val], body: Callable[[FuncBuilder, list[Val]], None], stack: bool, word: str, deferred: bool) -> str:
    """A func value {code, captured...}; body(tb, vals) writes the code with the captured values loaded; it is used twice when deferred: the code
    calls a function of Go's that may recover."""
    unit = fb.unit
    n = unit.thunks
    base = fb.sym
    n[base] = n.get(base, 0) + 1
    sym = f"{base}.{word}{n[base]}"
    fields = [Var(0, None, "F", UINTPTR, "field")]
    fields += [Var(0, None, f"X{i}", v.typ, "field") for i, v in enumerate(captured)]
    ct = Struct(fields, [""] * len(fields))
    lay = layout(ct)
    if not captured:
        obj = ""
    elif stack:
        obj = fb.alloca(lay.size, lay.align)
    else:
        obj = fb.heap_alloc(ct)
    if obj:
        with fb.filling(obj):
            fb.store_ll(obj, "ptr", unit.ref(sym, "func"), "")
            for v, off in zip(captured, lay.offsets[1:], strict=True):
                fb.store(fb.gep(obj, off), v.typ, v)
    if unit.begin(sym):
        with unit.defining(sym, "once" if fb.once else "strong"):
            tb = FuncBuilder(unit, sym, [], [], ctx=True, once=fb.once, name=sym, env=fb.env)  # no position: tracebacks leave wrappers out
            tb.tbaa = fb.tbaa

            def run() -> list[Val]:
                vals = []
                for v, off in zip(captured, lay.offsets[1:], strict=True):
                    assert tb.ctx is not None
                    vals.append(tb.load(tb.gep(tb.ctx, off), v.typ))
                body(tb, vals)
                return []

            if deferred:
                wrap(tb, run)
            else:
                tb.ret(run())
            tb.finish()
    if not obj:
        return func_value(unit, sym)
    return obj


def _builtin_thunk(fb: FuncBuilder, e: ast.CallExpr, name: str, stack: bool, word: str) -> str:
    """A built-in: its arguments become variables of the thunk that hold the values of now."""
    if name == "recover":
        # it recovers as if this function called it
        def recover_for(tb: FuncBuilder, vals: list[Val]) -> None:
            tb.call_rt("gorecover", [("i64", vals[0].one())], ["ptr", "ptr"])

        return _closure(fb, [Val(UINTPTR, (frame_address(fb),))], recover_for, stack, word, False)
    new = ast.CallExpr(e.pos, e.fun, [], e.ellipsis, e.rparen)
    new.mode, new.type, new.val = e.mode, e.type, e.val
    captured: list[Val] = []
    params: list[Var] = []
    settle_all(fb, e.args)
    for a in e.args:
        if a.mode in ("typexpr", "constant", "nilvalue"):
            new.args.append(a)
            continue
        if name == "panic":
            v = fb.expr_as(a, TYP_ANY)
        else:
            v = fb.expr(a)
        var = Var(a.pos, None, f"a{len(params)}", v.typ, "local")
        ident = ast.Ident(a.pos, var.name)
        ident.mode, ident.type, ident.obj = "variable", v.typ, var
        params.append(var)
        captured.append(v)
        new.args.append(ident)

    def body(tb: FuncBuilder, vals: list[Val]) -> None:
        tb.env = None if all(_is_concrete(a) for a in new.args) else tb.env
        for var, v in zip(params, vals, strict=True):
            assert var.type is not None
            tb.vars[var] = Storage("val", var.type, (), v)
        tb.features.builtin(tb, new, name)

    return _closure(fb, captured, body, stack, word, False)


def _is_concrete(a: ast.Expr) -> bool:
    return a.mode != "typexpr"
