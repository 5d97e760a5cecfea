"""Functions rt0 invents around the user's: method wrappers, bound methods, method expressions, func values, ABI0 bridges.

    pkg.(*T).M        of a method declared on T, and pkg.T.M, pkg.(*T).M of methods promoted from embedded fields: find the receiver, call
    pkg.T.M·ifn       a method taking an interface's data word, for the few pointer-shaped types whose values are kept in memory ([1]*T)
    pkg.T.M-fm        code of a bound method (method value): the func value is {code, receiver}
    pkg.I.M           method expression of an interface type
    sym·f             func value of a declared function: read-only {code pointer}
    pkg.f             bridge to `pkg.f.abi0`, a function written in assembly with Go's stack calling convention
    pkg.f.abi0        entry of a Go function for assembly that calls it with its arguments on the stack; the work is done by pkg.f·abi0

Wrappers must not come between a deferred function and the frame that recover() looks for: one called by the panic machinery itself
tells the runtime so first (`deferwrapper`, docs/INTERFACES.md), and then the function it calls must have a frame of its own, or what that
function calls would count as deferred. `wrap` writes both: while no panic is under way nothing of it is needed, and LLVM may inline.

Who defines a wrapper: of a package-level type that is no instance, its package, when the demand walk asks for the name
(`lower_symbol`); every other is defined, once, in each unit that refers to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rt0.abi.pclntab import WRAPPERS
from rt0.abi.runtime_layout import G_PANIC, TLS_G
from rt0.diag import InternalError
from rt0.lower import names
from rt0.lower.func import FuncBuilder, define_func
from rt0.lower.itab import method_offset
from rt0.lower.layout import SigABI, layout, struct_of
from rt0.lower.methodset import Method, interface_methods, is_reflect_method, method_id, method_set
from rt0.lower.names import link_string
from rt0.lower.typedesc import owner_of
from rt0.lower.unit import LIKELY, quote, quote_str
from rt0.lower.value import Val
from rt0.types.objects import Func, Package, Selection, TypeName, Var, resolve
from rt0.types.types import TYP, Interface, Named, Pointer, Signature, Struct, Tuple, Type, unalias
from rt0.types.typestring import type_string

if TYPE_CHECKING:
    from rt0.lower.unit import Unit
    from rt0.syntax import nodes as ast

UNSAFE_POINTER = TYP["unsafe.Pointer"]
UINTPTR = TYP["uintptr"]
# Functions from source that are wrappers: the way from a function that reflection made to the one it stands for. Assembly calls deferwrapper itself.
PASS_ON = WRAPPERS - {"runtime.deferreturn"}
BRIDGE_MARGIN = 2048  # stack beyond its declared frame that an assembly function may use (calls of others)


def _vtypes(vs: Sequence[Var]) -> list[Type]:
    out = []
    for v in vs:
        assert v.type is not None
        out.append(v.type)
    return out


# ---------------------------------------------------------------- func values


def func_value(unit: Unit, symbol: str) -> str:
    """Operand of the read-only func value of a function symbol."""
    sym = symbol + "·f"
    if unit.begin(sym):
        with unit.defining(sym, "once"):
            unit.define_data(sym, "ptr", unit.ref(symbol, "func"), section=".rodata", const=True, align=8, once=True)
    return unit.ref(sym)


# ---------------------------------------------------------------- names of methods


def method_label(t: Type, f: Func) -> str:
    """How method f is spelled behind receiver type t. A type has several unexported methods of one name when it embeds types of other
    packages: all but that of t's own package carry theirs, in parentheses (a path's slashes and dots must not look like the type's)."""
    t = unalias(t)
    base = unalias(t.elem) if isinstance(t, Pointer) else t
    if f.exported() or f.pkg is None or (isinstance(base, Named) and f.pkg is base.obj.pkg):
        return f.name
    return f"({names.prefix(f.pkg)}).{f.name}"


def method_name(t: Type, f: Func) -> str:
    """Symbol of method f with receiver type t, wrapper or not."""
    t = unalias(t)
    name = method_label(t, f)
    if isinstance(t, Pointer):
        base = unalias(t.elem)
        s = link_string(base)
        if isinstance(base, Named):
            # the package path may hold dots: split behind it
            obj = base.obj
            pre = names.prefix(obj.pkg)
            rest = s[len(pre) + 1 :] if pre else s
            return f"{pre}.(*{rest}).{name}" if pre else f"(*{rest}).{name}"
        return f"go.(*{s}).{name}"
    s = link_string(t)
    return f"{s}.{name}" if isinstance(t, Named) else f"go.{s}.{name}"


def _is_declared(t: Type, m: Method) -> bool:
    """The method is declared with exactly receiver type t."""
    t = unalias(t)
    return not m.path and isinstance(t, Pointer) == m.ptr_recv


def method_symbol(unit: Unit, t: Type, m: Method, sig: Signature | None = None) -> str:
    """Symbol of the function for method m with receiver type t; sees to its definition. sig: of a generic method, for its type arguments."""
    t = unalias(t)
    if _is_declared(t, m):
        return declared_method(unit, m.func, m.recv, m.targs)
    sym = method_name(t, m.func) + names.targs_suffix(m.targs)
    if m.targs or owner_of(t) is None:
        unit.need_later(lambda: define_wrapper(unit, sym, t, m, sig))
    return sym


def declared_method(unit: Unit, f: Func, recv: Type, targs: Sequence[Type] = ()) -> str:
    """Symbol of a declared method of Named recv (an instance's is asked to be made)."""
    recv = unalias(recv)
    sym: str = unit.program.callee(unit, f, recv.targs if isinstance(recv, Named) else (), targs)
    return sym


def define_wrapper(unit: Unit, sym: str, t: Type, m: Method, inst: Signature | None = None) -> None:
    """Defines the wrapper `sym` for method m with receiver type t. inst: signature of a generic method for its type arguments."""
    sig = inst or m.func.type
    assert isinstance(sig, Signature)
    results = _vtypes(sig.results.vars)

    nil_name = m.name if isinstance(t, Pointer) and not m.path and not m.ptr_recv else ""

    def body(fb: FuncBuilder) -> None:
        wrap(fb, lambda: call_method(fb, fb.args[0], m, sig, fb.args[1:], results, nil_name))

    define_func(unit, sym, [t, *_vtypes(sig.params.vars)], results, body, once=True)


def wrap(fb: FuncBuilder, call: Callable[[], list[Val]]) -> None:
    """The body of a wrapper: returns what `call`, which writes the call of what is wrapped, gives; `call` is used twice.

    A wrapper that the panic machinery called makes itself the frame that recover() looks for, and its call stays a call."""
    hot, cold = fb.block("nopanic"), fb.block("inpanic")
    _if_panicking(fb, cold, hot)
    fb.start(hot)
    fb.ret(call())
    fb.start(cold)
    _stand_in(fb)
    fb.noinline_calls = True
    fb.ret(call())
    fb.noinline_calls = False


def wrap_whole(fb: FuncBuilder) -> None:
    """As `wrap`, at the beginning of a function from source that is a wrapper (PASS_ON)."""
    hot, cold = fb.block("nopanic"), fb.block("inpanic")
    _if_panicking(fb, cold, hot)
    fb.start(cold)
    _stand_in(fb)
    fb.br(hot)
    fb.start(hot)
    fb.noinline_calls = True


def _if_panicking(fb: FuncBuilder, yes: str, no: str) -> None:
    g = fb.tmp(f"load ptr, ptr addrspace(257) inttoptr (i64 {TLS_G} to ptr addrspace(257))")
    p = fb.load_ll(fb.gep(g, G_PANIC), "ptr", "")
    fb.cond_br(fb.tmp(f"icmp eq ptr {p}, null"), no, yes, f", !prof {LIKELY}")


def _stand_in(fb: FuncBuilder) -> None:
    fb.noinline = True
    fb.call_rt("deferwrapper", [("ptr", frame_address(fb))])


def frame_address(fb: FuncBuilder) -> str:
    fb.unit.declared.setdefault("llvm.frameaddress.p0", "declare ptr @llvm.frameaddress.p0(i32)")
    return fb.tmp("call ptr @llvm.frameaddress.p0(i32 0)")


# ---------------------------------------------------------------- calling a method of a method set


def call_method(fb: FuncBuilder, recv: Val, m: Method, sig: Signature, args: Sequence[Val], results: Sequence[Type],
                nil_name: str = "") -> list[Val]:
    """Calls m on recv (of the type whose method set m is from): walks the embedded fields, then calls the declared or interface method.
    nil_name: not "" = the wrapper of a value method, which reports a nil pointer by runtime.panicwrap."""
    t = unalias(recv.typ)
    if isinstance(t, Pointer):
        addr = recv.one()
        t = unalias(t.elem)
        if m.path:
            fb.nil_check(addr)
    else:
        addr = fb.to_mem(recv)
    checked = True
    if isinstance(unalias(recv.typ), Pointer) and not m.path:
        checked = False
    for i, index in enumerate(m.path):
        st = t.underlying()
        assert isinstance(st, Struct)
        ft = unalias(st.fields[index].type or UNSAFE_POINTER)
        if not checked:
            fb.nil_check(addr)
        addr = fb.gep(addr, layout(t).offsets[index])
        checked = True
        t = ft
        if isinstance(ft, Pointer) and not (i == len(m.path) - 1 and isinstance(m.recv.underlying(), Pointer)):
            addr = fb.load_ll(addr, "ptr", "p")
            t = unalias(ft.elem)
            checked = False
    if isinstance(t.underlying(), Interface):
        if not checked:
            fb.nil_check(addr)
        return call_iface(fb, t, fb.load(addr, t), m.func, sig, args, results)
    target = declared_method(fb.unit, m.func, t, m.targs)
    if m.ptr_recv:
        rv = Val(Pointer(t), (addr,))
        return fb.call_abi(target, SigABI([Pointer(t), *_vtypes(sig.params.vars)], results), results, [rv, *args])
    if not checked:
        if nil_name:
            fb.panic_if(fb.tmp(f"icmp eq ptr {addr}, null"), "panicwrap")
        else:
            fb.nil_check(addr)
    return fb.call_abi(target, SigABI([t, *_vtypes(sig.params.vars)], results), results, [fb.load(addr, t), *args])


def call_iface(fb: FuncBuilder, t: Type, iface: Val, f: Func, sig: Signature, args: Sequence[Val], results: Sequence[Type]) -> list[Val]:
    """Calls method f of interface value `iface` of type t; a nil interface is a nil dereference."""
    tab, word = iface.p()
    fb.nil_check(tab)
    code = fb.load_ll(fb.gep(tab, method_offset(t, f.name, f.pkg)), "ptr", "")
    fb.unit.cur.icalls[method_id(f.name, f.pkg)] = None
    if is_reflect_method(f):
        fb.unit.cur.reflect_method = True
    abi = SigABI([UNSAFE_POINTER, *_vtypes(sig.params.vars)], results)
    return fb.call_abi(code, abi, results, [Val(UNSAFE_POINTER, (word,)), *args])


def iface_method(unit: Unit, t: Type, m: Method) -> str:
    """Symbol of the function that takes the interface data word of a value of type t as receiver."""
    t = unalias(t)
    lay = layout(t)
    if not lay.direct_iface:
        p = Pointer(t)
        return method_symbol(unit, p, Method(m.func, m.path, m.recv, m.ptr_recv, True))
    if lay.is_flat:
        return method_symbol(unit, t, m)
    target = method_symbol(unit, t, m)
    sym = method_name(t, m.func) + "·ifn"

    def define() -> None:
        sig = m.func.type
        assert isinstance(sig, Signature)
        results = _vtypes(sig.results.vars)
        params = _vtypes(sig.params.vars)

        def body(fb: FuncBuilder) -> None:
            at = fb.alloca(8)
            fb.store_ll(at, "ptr", fb.args[0].one(), "")
            recv = Val(t, None, at, owned=True)
            wrap(fb, lambda: fb.call_abi(target, SigABI([t, *params], results), results, [recv, *fb.args[1:]]))

        define_func(unit, sym, [UNSAFE_POINTER, *params], results, body, once=True)

    unit.need_later(define)
    return sym


# ---------------------------------------------------------------- demanded by name


def lower_symbol(unit: Unit, symbol: str, package: Package) -> bool:
    """Defines the wrapper `pkg.T.M` or `pkg.(*T).M` of a package-level type of `package`; False when there is no such method.
    Also `pkg.I.M`, the method expression of an interface type."""
    pre = names.prefix(package) + "."
    if not symbol.startswith(pre):
        return False
    rest = symbol[len(pre) :]
    ptr = rest.startswith("(*")
    if ptr:
        tname, _, mname = rest[2:].partition(").")
    else:
        tname, _, mname = rest.partition(".")
    obj = package.scope.lookup(tname)
    if not mname or not isinstance(obj, TypeName):
        return False
    t = unalias(resolve(obj).type or UNSAFE_POINTER)
    full: Type = Pointer(t) if ptr else t
    if isinstance(t.underlying(), Interface) and not ptr:
        return _define_iface_expr(unit, t, mname, symbol)
    for m in method_set(full):
        if mname == method_label(full, m.func) and not _is_declared(full, m):
            define_wrapper(unit, symbol, full, m)
            return True
    return False


def _define_iface_expr(unit: Unit, t: Type, name: str, symbol: str) -> bool:
    u = t.underlying()
    assert isinstance(u, Interface)
    for f in interface_methods(u):
        if method_label(t, f) == name:
            _iface_expr(unit, t, f, symbol)
            return True
    return False


def _iface_expr(unit: Unit, t: Type, f: Func, sym: str) -> None:
    sig = f.type
    assert isinstance(sig, Signature)
    results = _vtypes(sig.results.vars)

    def body(fb: FuncBuilder) -> None:
        wrap(fb, lambda: call_iface(fb, t, fb.args[0], f, sig, fb.args[1:], results))

    define_func(unit, sym, [t, *_vtypes(sig.params.vars)], results, body, once=True)


# ---------------------------------------------------------------- method expressions and method values


def find_method(t: Type, f: Func, targs: Sequence[Type] = ()) -> Method:
    """The entry of t's method set that f names; targs: of a generic method."""
    key = method_id(f.name, f.pkg)
    for m in method_set(t, bool(targs)):
        if method_id(m.func.name, m.func.pkg) == key:
            m.targs = targs
            return m
    raise InternalError(f"lower: {type_string(t)} has no method {f.name}")


def method_expr(unit: Unit, sel: Selection, recv: Type, targs: Sequence[Type], sig: Signature) -> str:
    """Operand of the func value of T.M[targs], of type sig: its first parameter is the receiver. recv: the concrete T."""
    return func_value(unit, method_expr_symbol(unit, sel, recv, targs, sig))


def method_expr_symbol(unit: Unit, sel: Selection, recv: Type, targs: Sequence[Type], sig: Signature) -> str:
    """Symbol of the function T.M denotes, receiver first."""
    t = unalias(recv)
    f = sel.obj
    assert isinstance(f, Func)
    u = t.underlying()
    if isinstance(u, Interface):
        im = next(m for m in interface_methods(u) if method_id(m.name, m.pkg) == method_id(f.name, f.pkg))
        sym = method_name(t, f) + "·expr"
        _iface_expr(unit, t, im, sym)
        return sym
    without = Signature(None, Tuple(sig.params.vars[1:]), sig.results, sig.variadic) if targs else None
    return method_symbol(unit, t, find_method(t, f, targs), without)


def method_value(fb: FuncBuilder, node: ast.SelectorExpr, recv: Val, targs: Sequence[Type], sig: Signature) -> str:
    """Operand of a new func value for `node`, x.M[targs], of type sig. recv: the evaluated x (any type whose method set, or whose address's, has M),
    a nil interface panics here, as does the copy of a value receiver through a nil pointer."""
    sel = node.selection
    unit = fb.unit
    f = sel.obj
    assert isinstance(f, Func)
    t = unalias(recv.typ)
    u = t.underlying()
    if isinstance(u, Interface):
        im = next(m for m in interface_methods(u) if method_id(m.name, m.pkg) == method_id(f.name, f.pkg))
        fb.nil_check(recv.p()[0])
        sym = method_name(t, f) + "-fm"
        m = None
    else:
        m = find_method(t, f, targs)
        im = m.func
        if isinstance(t, Pointer) and not m.ptr_recv and not m.path:
            # bind the value, not the pointer
            t = unalias(t.elem)
            p = recv.one()
            fb.nil_check(p)
            recv = fb.load(p, t)
            m = find_method(t, f, targs)
        elif m.path:
            recv, m = _bind_receiver(fb, recv, m)
            t = unalias(recv.typ)
            if isinstance(t.underlying(), Interface):
                fb.nil_check(recv.p()[0])
                m = None
        sym = method_name(t, f) + names.targs_suffix(targs) + "-fm"
    _define_bound(unit, sym, t, m, im, sig)
    closure = Struct([Var(0, None, "F", UINTPTR, "field"), Var(0, None, "R", t, "field")], ["", ""])
    lay = struct_of([UINTPTR, t])
    obj = fb.new_object(closure, node)
    with fb.filling(obj):
        fb.store_ll(obj, "ptr", unit.ref(sym, "func"), "")
        fb.store(fb.gep(obj, lay.offsets[1]), t, recv)
    return obj


def _bind_receiver(fb: FuncBuilder, recv: Val, m: Method) -> tuple[Val, Method | None]:
    """The receiver a promoted method is called with: the embedded value, its address, or the embedded interface."""
    t = unalias(recv.typ)
    if isinstance(t, Pointer):
        addr = recv.one()
        t = unalias(t.elem)
    else:
        addr = fb.to_mem(recv)
    for index in m.path:
        fb.nil_check(addr)
        st = t.underlying()
        assert isinstance(st, Struct)
        addr = fb.gep(addr, layout(t).offsets[index])
        t = unalias(st.fields[index].type or UNSAFE_POINTER)
        if isinstance(t, Pointer):
            addr = fb.load_ll(addr, "ptr", "p")
            t = unalias(t.elem)
    if m.ptr_recv:
        return Val(Pointer(t), (addr,)), Method(m.func, (), m.recv, True, True, m.targs)
    fb.nil_check(addr)
    v = fb.load(addr, t)
    if isinstance(t.underlying(), Interface):
        return v, None
    return v, Method(m.func, (), m.recv, False, False, m.targs)


def _define_bound(unit: Unit, sym: str, t: Type, m: Method | None, f: Func, sig: Signature) -> None:
    results = _vtypes(sig.results.vars)
    lay = struct_of([UINTPTR, t])

    def body(fb: FuncBuilder) -> None:
        assert fb.ctx is not None
        ctx = fb.ctx

        def call() -> list[Val]:
            r = fb.load(fb.gep(ctx, lay.offsets[1]), t)
            if m is None:
                return call_iface(fb, t, r, f, sig, fb.args, results)
            return call_method(fb, r, m, sig, fb.args, results)

        wrap(fb, call)

    define_func(unit, sym, _vtypes(sig.params.vars), results, body, ctx=True, once=True)


# ---------------------------------------------------------------- ABI0


_CLOBBERS = ",".join(
    ["~{" + r + "}" for r in ("rax", "rbx", "rcx", "rdx", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15")]
    + [f"~{{xmm{i}}}" for i in range(16)]
    + ["~{memory}", "~{dirflag}", "~{fpsr}", "~{flags}"]
)


def abi0_frame(params: Sequence[Type], results: Sequence[Type]) -> tuple[list[int], list[int], int]:
    """Offsets of parameters and results from 0(SP) at the call (8(SP) inside), and the size of it all: Go's ABI0
    (cmd/compile/abi-internal.md: laid out as struct fields, results beginning at a multiple of 8)."""
    at = 0
    offs: list[list[int]] = []
    for group in (params, results):
        row = []
        for t in group:
            lay = layout(t)
            at = (at + lay.align - 1) & -lay.align
            row.append(at)
            at += lay.size
        at = (at + 7) & -8
        offs.append(row)
    return offs[0], offs[1], at


def bridge(unit: Unit, sym: str, params: Sequence[Type], results: Sequence[Type], frame: int = 0, trusted: bool = True) -> None:
    """Defines `sym`, which calls `sym.abi0`. frame: the assembly function's own frame size.

    The call runs on a piece of this function's frame: the buffer is [room for the callee | arguments and results | saved SP | saved RBP]
    and SP points at the arguments during the call, so the split-stack check of this function's prologue covers the callee too. Every
    register may be lost in the callee. Only the standard library is trusted to keep RBP and the direction flag (go vet's
    framepointer check holds there; gc's code does not need RBP). A signal between the callee's return and the restored RBP finds
    a chain of frames that leads nowhere, which the runtime's unwinder bears (onSomeStack)."""

    def body(fb: FuncBuilder) -> None:
        p_off, r_off, size = abi0_frame(params, results)
        room = (max(frame, 0) + BRIDGE_MARGIN + 15) & -16
        area = (size + 15) & -16
        buf = fb.alloca(room + area + 16, 16)
        top = fb.gep(buf, room)
        fb.tbaa = False
        for a, off in zip(fb.args, p_off, strict=True):
            fb.store(fb.gep(top, off), a.typ, a)
        for t, off in zip(results, r_off, strict=True):
            fb.store_zero(fb.gep(top, off), t)
        target = sym + ".abi0"
        fb.unit.cur.refs[target] = None
        fb.unit.declared.setdefault(target, f"declare dso_local void {quote(target)}()")
        save, restore = ("", "") if trusted else (f"movq %rbp, {area + 8}(%rsi)\\0A", f"movq {area + 8}(%rsp), %rbp\\0Acld\\0A")
        text = f"movq %rsp, {area}(%rsi)\\0A{save}movq %rsi, %rsp\\0Acallq ${{2:P}}\\0A{restore}movq {area}(%rsp), %rsp"
        fb.emit(f'call ptr asm sideeffect "{text}", "={{rsi}},0,i,{_CLOBBERS}"(ptr {top}, ptr {quote(target)}){fb.loc()}')
        if fb.lines[-1].startswith("call ptr asm"):
            fb.lines[-1] = f"%asm = {fb.lines[-1]}"
        fb.ret([fb.load(fb.gep(top, off), t) for t, off in zip(results, r_off, strict=True)])

    define_func(unit, sym, params, results, body, noinline=True)


# What the assembly sees of a Go function: the frame is chained for tracebacks, SP aligned as compiled code wants it.
_ENTRY = "\\0A".join(["pushq %rbp", "movq %rsp, %rbp", "leaq 16(%rbp), %rax", "andq $$-16, %rsp", "callq ${0:P}", "movq %rbp, %rsp", "popq %rbp", "retq"])


def abi0_entry(unit: Unit, sym: str, sig: Signature) -> None:
    """Defines `sym.abi0`, which calls the Go function `sym` for a caller that passes arguments and wants results on the stack.

    Two functions: the entry itself is assembly, since LLVM has no such convention, and hands the address of the arguments to
    `sym·abi0`, compiled code that checks the stack, loads the arguments, calls and stores the results."""
    params, results = _vtypes(sig.params.vars), _vtypes(sig.results.vars)

    def body(fb: FuncBuilder) -> None:
        p_off, r_off, _ = abi0_frame(params, results)
        fb.tbaa = False
        at = fb.args[0].one()
        args = [fb.load(fb.gep(at, off), t) for t, off in zip(params, p_off, strict=True)]
        for t, off, v in zip(results, r_off, fb.call_abi(sym, SigABI(params, results), results, args), strict=True):
            fb.store(fb.gep(at, off), t, v)
        fb.ret([])

    inner = define_func(unit, sym + "·abi0", [UNSAFE_POINTER], [], body, noinline=True)
    entry = sym + ".abi0"
    if not unit.begin(entry):
        return
    with unit.defining(entry):
        target = unit.ref(inner, "func")
        scope = unit.di.subprogram(entry, sym, 0)
        q, comdat = unit.definition(entry, not unit.program.inline)
        unit.define_text(
            f"${quote(entry)[1:]} = comdat nodeduplicate\ndefine dso_local void {q}() naked noinline nounwind section {quote_str('.text.' + entry)} {comdat}"
            f" !dbg {scope} {{\nentry:\ncall void asm sideeffect \"{_ENTRY}\", \"i,~{{memory}}\"(ptr {target}), !dbg {unit.di.location(scope, 0)}\n"
            "unreachable\n}\n"
        )
