"""Package variables: their memory, and initial values worked out by the compiler instead of by code.

An initialiser is one of three kinds (`classify`):

    static    its value is known now: constants, composite literals of such, addresses of variables and of such literals, functions, function
              literals, and conversions of these to interfaces. The variable's data holds it; no code runs. (gc's staticinit does the same.)
    pure      code must run, but nobody can see it run: map literals, make, errors.New("..."), reading other variables. It is an InitStep
              that runs only if the variable is live.
    dynamic   everything else: an InitStep that always runs.

An `Image` is memory being filled: bytes, and pointers (symbol and addend) at offsets. What an initialiser points at gets a symbol of its
own, `pkg.v..stmp_N`. Every variable that holds pointers gets an entry for the collector: section .rt0.gcroots.V, {address, bytes covered, mask}.
Data that nobody can change (what interfaces point at) is read-only and needs none: it can point to static data only.

`Filler.put` both checks and fills: with unit None it only answers whether the expression is static, so the two cannot disagree.
"""

from __future__ import annotations

import hashlib
import struct as _struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from rt0.abi.linksyms import GCROOTS
from rt0.lower.closure import OuterInfo, lower_lit
from rt0.lower.composite import array_items
from rt0.lower.consts import default_type, imag_of, int_of, real_of
from rt0.lower.itab import itab
from rt0.lower.layout import Layout, layout, wrap
from rt0.lower.literal import field_at, struct_elts
from rt0.lower.names import prefix
from rt0.lower.purity import is_pure
from rt0.lower.typedesc import gc_mask, type_desc
from rt0.lower.unit import c_string, quote, quote_str, symbol_of
from rt0.lower.wrappers import func_value, method_expr
from rt0.syntax import nodes as ast
from rt0.types.identity import identical, type_set
from rt0.types.objects import Const, Func, Initializer, Nil, Package, Var
from rt0.types.types import (
    IS_COMPLEX,
    IS_FLOAT,
    IS_INTEGER,
    IS_STRING,
    IS_UNTYPED,
    TYP,
    Array,
    Basic,
    Interface,
    Pointer,
    Signature,
    Slice,
    Struct,
    Type,
    unalias,
)

if TYPE_CHECKING:
    from rt0.lower.func import FuncBuilder
    from rt0.lower.generic import Env
    from rt0.lower.program import Program
    from rt0.lower.unit import Unit
    from rt0.types.constant import Value


Kind = Literal["static", "pure", "dynamic"]  # of an initialiser


class Image:
    """Memory of a known size under construction. ptrs: offset -> (symbol operand, addend)."""

    __slots__ = ("data", "ptrs", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self.data = bytearray(size)
        self.ptrs: dict[int, tuple[str, int]] = {}

    def constant(self) -> tuple[str, str]:
        """(LLVM type, LLVM constant)."""
        if not self.ptrs:
            if not any(self.data):
                return f"[{self.size} x i8]", "zeroinitializer"
            return f"[{self.size} x i8]", c_string(bytes(self.data))
        types: list[str] = []
        vals: list[str] = []
        at = 0
        data = self.data
        for off in sorted(self.ptrs):
            if off > at:
                self._run(data[at:off], types, vals)
            op, add = self.ptrs[off]
            types.append("ptr")
            vals.append(f"ptr {op}" if not add else f"ptr getelementptr (i8, ptr {op}, i64 {add})")
            at = off + 8
        if at < self.size:
            self._run(data[at:], types, vals)
        return "<{ " + ", ".join(types) + " }>", "<{ " + ", ".join(vals) + " }>"

    @staticmethod
    def _run(run: bytearray, types: list[str], vals: list[str]) -> None:
        t = f"[{len(run)} x i8]"
        types.append(t)
        vals.append(f"{t} {c_string(bytes(run)) if any(run) else 'zeroinitializer'}")


_INT_FORMAT = {1: "<B", 2: "<H", 4: "<I", 8: "<Q"}


class Filler:
    """Fills images for one initialiser.

    unit   None: only check
    base   symbols of the data pointed at are base..stmp_N
    ro     data pointed at is read-only (never true of what & and slices make)
    """

    __slots__ = ("base", "env", "n", "pkg", "program", "unit")

    def __init__(self, program: Program | None, unit: Unit | None, base: str, env: Env | None = None, pkg: Package | None = None) -> None:
        self.pkg = pkg  # of the variable
        self.program = program
        self.unit = unit
        self.base = base
        self.n = 0
        self.env = env

    def typ(self, t: Type | None) -> Type:
        assert t is not None
        return t if self.env is None else self.env.subst(t)

    def image(self, t: Type) -> Image | None:
        return Image(layout(t).size) if self.unit is not None else None

    # ------------------------------------------------------------ values

    def put(self, img: Image | None, off: int, e: ast.Expr, t: Type) -> bool:
        """Write e, converted to type t, at off; False: e is not static."""
        e = ast.unparen(e)
        if isinstance(t.underlying(), Interface):
            return self._iface(img, off, e, t)
        if e.mode == "constant" or (e.val is not None and e.mode not in ("builtin",)):
            return self.const(img, off, e.val, t)
        match e:
            case ast.Ident():
                obj = e.obj
                if type(obj) is Const:
                    return self.const(img, off, obj.val, t)
                if type(obj) is Nil or e.mode == "nilvalue":
                    return True
                if type(obj) is Func:
                    return self._func(img, off, obj, e.targs)
                return False
            case ast.SelectorExpr():
                if e.selection is None and type(e.sel.obj) is Func:
                    return self._func(img, off, e.sel.obj, e.targs or e.sel.targs)
                if e.selection is not None and e.selection.kind == "methodexpr":
                    return self._method_expr(img, off, e, e.type, e.targs or e.sel.targs)
                return False
            case ast.IndexExpr():
                x = ast.unparen(e.x)
                if isinstance(x, ast.SelectorExpr) and e.targs is not None and x.selection is not None and x.selection.kind == "methodexpr":
                    return self._method_expr(img, off, x, e.type, e.targs)
                f = x.obj if isinstance(x, ast.Ident) else x.sel.obj if isinstance(x, ast.SelectorExpr) and x.selection is None else None
                return type(f) is Func and e.targs is not None and self._func(img, off, f, e.targs)
            case ast.FuncLit():
                return self._func_lit(img, off, e)
            case ast.CompositeLit():
                return self._composite(img, off, e, t)
            case ast.UnaryExpr() if e.op == "&":
                return self._address(img, off, ast.unparen(e.x))
            case ast.CallExpr() if ast.unparen(e.fun).mode == "typexpr":
                return self._conversion(img, off, e)
        return False

    def const(self, img: Image | None, off: int, v: Value, t: Type) -> bool:
        """An exact constant."""
        u = t.underlying()
        if not isinstance(u, Basic):
            return False
        if img is None:
            return True
        lay = layout(t)
        info = u.info
        if info & IS_INTEGER:
            n = wrap(int_of(v), u) & ((1 << 8 * lay.size) - 1)
            _struct.pack_into(_INT_FORMAT[lay.size], img.data, off, n)
        elif info & IS_STRING:
            assert isinstance(v, bytes)
            if v:
                assert self.unit is not None
                img.ptrs[off] = (self.unit.string(v), 0)
                _struct.pack_into("<Q", img.data, off + 8, len(v))
        elif info & IS_FLOAT:
            _struct.pack_into("<f" if u.kind == "float32" else "<d", img.data, off, _float(real_of(v), u.kind == "float32"))
        elif info & IS_COMPLEX:
            small = u.kind == "complex64"
            f = "<f" if small else "<d"
            _struct.pack_into(f, img.data, off, _float(real_of(v), small))
            _struct.pack_into(f, img.data, off + lay.size // 2, _float(imag_of(v), small))
        elif u.kind in ("bool", "untyped bool"):
            img.data[off] = 1 if v else 0
        elif u.kind == "unsafe.Pointer" and isinstance(v, int):
            _struct.pack_into("<Q", img.data, off, v)
        return True

    def _ptr(self, img: Image | None, off: int, operand: str, addend: int = 0) -> bool:
        if img is not None and operand != "null":
            img.ptrs[off] = (operand, addend)
        return True

    def _func(self, img: Image | None, off: int, f: Func, targs: Sequence[Type] | None) -> bool:
        sig = f.type
        if isinstance(sig, Signature) and sig.tparams and not targs:
            return False
        if img is not None:
            assert self.unit is not None
            sym = self.unit.program.callee(self.unit, f, (), [self.typ(a) for a in targs or ()])
            self._ptr(img, off, func_value(self.unit, sym))
        return True

    def _method_expr(self, img: Image | None, off: int, e: ast.SelectorExpr, t: Type | None, targs: Sequence[Type] | None) -> bool:
        if img is not None:
            assert self.unit is not None
            sig = self.typ(t).underlying()
            assert isinstance(sig, Signature)
            self._ptr(img, off, method_expr(self.unit, e.selection, self.typ(e.x.type), [self.typ(a) for a in targs or ()], sig))
        return True

    def _func_lit(self, img: Image | None, off: int, e: ast.FuncLit) -> bool:
        if self.env is not None or self.program is None:
            return False  # inside a function: may capture
        if img is not None:
            assert self.unit is not None and self.pkg is not None
            self._ptr(img, off, func_value(self.unit, package_func_lit(self.unit, self.pkg, e)))
        return True

    def _iface(self, img: Image | None, off: int, e: ast.Expr, t: Type) -> bool:
        """A value converted to interface type t."""
        if e.mode == "nilvalue" or (isinstance(e, ast.Ident) and type(e.obj) is Nil):
            return True
        if isinstance(e, ast.CallExpr) and ast.unparen(e.fun).mode == "typexpr" and isinstance(self.typ(e.type).underlying(), Interface):
            return len(e.args) == 1 and (self._same_iface(e, t) and self._iface(img, off, ast.unparen(e.args[0]), t))
        st = self.typ(e.type)
        su = st.underlying()
        if isinstance(su, Basic) and su.info & IS_UNTYPED:
            st = default_type(e.val)
        elif isinstance(su, Interface):
            if e.mode != "constant":
                return False
            st = default_type(e.val)
        st = unalias(st)
        lay = layout(st)
        if lay.direct_iface:
            if not self.put(img, off + 8, e, st):
                return False
        elif lay.size == 0:
            if not self.put(self.image(st), 0, e, st):
                return False
            if img is not None and self.unit is not None:
                self._ptr(img, off + 8, self.unit.ref("runtime.zerobase"))
        else:
            data = self.image(st)
            if not self.put(data, 0, e, st):
                return False
            if img is not None and data is not None:
                self._ptr(img, off + 8, self.read_only(data, lay))
        if img is not None and self.unit is not None:
            u = t.underlying()
            assert isinstance(u, Interface)
            self._ptr(img, off, itab(self.unit, st, t) if type_set(u).methods else type_desc(self.unit, st))
        return True

    def _same_iface(self, e: ast.CallExpr, t: Type) -> bool:
        return identical(self.typ(e.type).underlying(), t.underlying())

    def _conversion(self, img: Image | None, off: int, e: ast.CallExpr) -> bool:
        if len(e.args) != 1:
            return False
        a = ast.unparen(e.args[0])
        to = self.typ(e.type)
        tu = to.underlying()
        if a.mode == "nilvalue":
            return True
        st = self.typ(a.type)
        su = st.underlying()
        if isinstance(tu, Slice) and a.mode == "constant" and isinstance(a.val, (bytes, str)):
            el = tu.elem.underlying()
            if not (isinstance(el, Basic) and el.kind == "uint8"):
                return False
            if img is None:
                return True
            data = a.val if isinstance(a.val, bytes) else a.val.encode("utf-8", "surrogateescape")
            back = Image(len(data))
            back.data[:] = data
            at = Array(tu.elem, len(data))
            self._slice(img, off, back, at, len(data))
            return True
        if isinstance(su, Interface) or isinstance(tu, Interface):
            return False
        if identical(su, tu) or (isinstance(su, Pointer) and isinstance(tu, Pointer)) or _unsafe_pointers(su, tu):
            return self.put(img, off, a, st)
        return False

    def _composite(self, img: Image | None, off: int, e: ast.CompositeLit, t: Type) -> bool:
        u = t.underlying()
        if isinstance(u, Struct):
            for path, x in struct_elts(e, u):
                at, ft = field_at(t, path)
                blank = u.fields[path[0]].name == "_"  # stays zero
                if not self.put(None if blank else img, off + at, x, ft):
                    return False
            return True
        if isinstance(u, Array):
            return self._elements(img, off, e, u.elem)
        if isinstance(u, Slice):
            _, n = array_items(e)
            if img is None:
                return self._elements(None, 0, e, u.elem)
            back = Image(n * layout(u.elem).size)
            if not self._elements(back, 0, e, u.elem):
                return False
            self._slice(img, off, back, Array(u.elem, n), n)
            return True
        if isinstance(u, Pointer):  # elided &T in a literal of pointers
            return self._new(img, off, e, u.elem)
        return False

    def _elements(self, img: Image | None, off: int, e: ast.CompositeLit, elem: Type) -> bool:
        size = layout(elem).size
        items, _ = array_items(e)
        put = self.put
        return all(put(img, off + i * size, x, elem) for i, x in items)

    def _slice(self, img: Image, off: int, back: Image, at: Array, n: int) -> None:
        assert self.unit is not None
        self._ptr(img, off, self.data(back, at) if back.size else self.unit.ref("runtime.zerobase"))
        _struct.pack_into("<QQ", img.data, off + 8, n, n)

    def _new(self, img: Image | None, off: int, e: ast.CompositeLit, t: Type) -> bool:
        """&T{...}"""
        obj = self.image(t)
        if not self._composite(obj, 0, e, t):
            return False
        if obj is not None and self.unit is not None:
            self._ptr(img, off, self.data(obj, t) if obj.size else self.unit.ref("runtime.zerobase"))
        return True

    def _address(self, img: Image | None, off: int, x: ast.Expr) -> bool:
        if isinstance(x, ast.CompositeLit):
            return self._new(img, off, x, self.typ(x.type))
        loc = self.location(x)
        if loc is None:
            return False
        var, add = loc
        if img is not None:
            assert self.unit is not None
            self._ptr(img, off, self.unit.program.var_ref(self.unit, var), add)
        return True

    def location(self, x: ast.Expr) -> tuple[Var, int] | None:
        """The package variable and byte offset that an addressable expression means, if that is known now."""
        x = ast.unparen(x)
        if isinstance(x, ast.Ident):
            return (x.obj, 0) if type(x.obj) is Var and x.obj.kind == "package" else None
        if isinstance(x, ast.SelectorExpr):
            if x.selection is None:
                v = x.sel.obj
                return (v, 0) if type(v) is Var and v.kind == "package" else None
            if x.selection.kind != "field" or x.selection.indirect:
                return None
            loc = self.location(x.x)
            if loc is None:
                return None
            t = self.typ(x.x.type)
            off = loc[1]
            for i in x.selection.index:
                u = t.underlying()
                if not isinstance(u, Struct):
                    return None
                off += layout(t).offsets[i]
                t = u.fields[i].type or TYP["int"]
            return loc[0], off
        if isinstance(x, ast.IndexExpr) and len(x.indices) == 1:
            u = self.typ(x.x.type).underlying()
            i = x.indices[0]
            if not isinstance(u, Array) or i.mode != "constant":
                return None
            loc = self.location(x.x)
            k = int_of(i.val)
            return None if loc is None or not 0 <= k < u.len else (loc[0], loc[1] + k * layout(u.elem).size)
        return None

    # ------------------------------------------------------------ data pointed at

    def data(self, img: Image, t: Type) -> str:
        """A new variable without a name, of type t, with this content; returns its operand."""
        assert self.unit is not None
        sym = f"{self.base}..stmp_{self.n}"
        self.n += 1
        if self.unit.begin(sym):
            with self.unit.defining(sym):
                for op, _ in img.ptrs.values():
                    self.unit.cur.refs[symbol_of(op)] = None
                define_memory(self.unit, sym, layout(t), img)
        return self.unit.ref(sym)

    def read_only(self, img: Image, lay: Layout) -> str:
        """Constant data; equal data is one symbol."""
        assert self.unit is not None
        unit = self.unit
        ty, init = img.constant()
        sym = "go:const." + hashlib.sha256(f"{lay.align}{init}{img.size}".encode()).hexdigest()[:24]
        if unit.begin(sym):
            with unit.defining(sym, "once"):
                for op, _ in img.ptrs.values():
                    unit.cur.refs[symbol_of(op)] = None
                unit.define_data(sym, ty, init, section=".data.rel.ro" if img.ptrs else ".rodata", const=True, align=lay.align, once=True)
        return unit.ref(sym)


def package_func_lit(unit: Unit, pkg: Package, lit: ast.FuncLit) -> str:
    """Symbol of a function literal in the initialiser of a package variable; its function is written after the variable."""
    program = unit.program
    fs = program.initializer_facts(program.state_of(pkg), lit, [None])
    base = f"{prefix(pkg)}.init"
    sym = base + fs.names[lit]
    if unit.begin(sym):
        outer = OuterInfo(unit, None, fs)
        unit.need_later(lambda: lower_lit(outer, lit, sym, [], False))
    return sym


def _unsafe_pointers(a: Type, b: Type) -> bool:
    def is_ptr(t: Type) -> bool:
        return isinstance(t, Pointer) or (isinstance(t, Basic) and t.kind == "unsafe.Pointer")

    return is_ptr(a) and is_ptr(b)


def _float(x: float, single: bool) -> float:
    """x as it is kept in a float64 or (single) float32."""
    if single:
        try:
            return _struct.unpack("<f", _struct.pack("<f", x))[0]  # type: ignore[no-any-return]
        except OverflowError:
            return float("inf") if x > 0 else float("-inf")
    return x


# ---------------------------------------------------------------- variables


def define_memory(unit: Unit, sym: str, lay: Layout, img: Image | None, dbg: str = "") -> None:
    """The data of a variable, zero without an image, and its entry for the collector. Call it inside `defining`."""
    if img is None or not (img.ptrs or any(img.data)):
        unit.define_data(sym, f"[{lay.size} x i8]", "zeroinitializer", section=".bss", const=False, align=_align(lay), dbg=dbg)
    else:
        ty, init = img.constant()
        unit.define_data(sym, ty, init, section=".data", const=False, align=_align(lay), dbg=dbg)
    if lay.has_pointers:
        mask = gc_mask(unit, lay)
        root = quote(f"{GCROOTS[1:]}.{sym}")
        unit.define_text(f"{root} = dso_local constant {{ ptr, i64, ptr }} {{ ptr {quote(sym)}, i64 {lay.ptrdata}, ptr {mask} }}, "
                         f"section {quote_str(f'{GCROOTS}.{sym}')}, align 8")  # fmt: skip


def _align(lay: Layout) -> int:
    return max(lay.align, 16 if lay.size >= 64 else 1)


def var_symbol(var: Var) -> str:
    return f"{prefix(var.pkg)}.{var.name}"


def define_var(unit: Unit, var: Var, init: Initializer | None, symbol: str = "") -> bool:
    """Defines package variable `var`; True when its initial value is in its data (or it has none), False when an InitStep sets it."""
    sym = symbol or var_symbol(var)
    static = init is None or classify(unit.program, init) == "static"
    if unit.begin(sym):
        with unit.defining(sym):
            assert var.type is not None
            img = None
            patterns = unit.program.features.patterns_of(unit.program, var) if init is None else None
            if patterns:
                img = unit.program.features.embed_image(unit, var, patterns, sym)
            if init is not None and static:
                img = Image(layout(var.type).size)
                Filler(unit.program, unit, sym, None, var.pkg).put(img, 0, init.rhs, var.type)
            define_memory(unit, sym, layout(var.type), img, unit.di.package_variable(sym, var.type, var.pos))
    return static


# ---------------------------------------------------------------- classification


def classify(program: Program, init: Initializer) -> Kind:
    """What kind of initialiser it is; asked once per build."""
    k = program.kinds.get(init)
    if k is None:
        k = program.kinds[init] = _classify(program, init)
    return k


def _classify(program: Program, init: Initializer) -> Kind:
    if len(init.lhs) == 1:
        v = init.lhs[0]
        if v.type is not None and Filler(program, None, "").put(None, 0, init.rhs, v.type):
            return "static"
    return "pure" if is_pure(init.rhs) else "dynamic"


# ---------------------------------------------------------------- constant data inside functions


def const_array(unit: Unit, items: Sequence[tuple[int, ast.Expr]], elem: Type, n: int, fb: FuncBuilder | None) -> str | None:
    """Operand of read-only data with the elements of an array or slice literal in a function, when all are known and it is worth it;
    None otherwise."""
    size = layout(elem).size
    if n * size < 32 or len(items) < 4 or (layout(elem).has_pointers and not isinstance(elem.underlying(), Basic)):
        return None
    filler = Filler(None, None, "", fb.env if fb is not None else None)
    if not all(filler.put(None, 0, x, elem) for _, x in items):
        return None
    filler.unit = unit
    filler.base = fb.sym if fb is not None else "go:array"
    img = Image(n * size)
    for i, x in items:
        if not filler.put(img, i * size, x, elem):
            return None
    return filler.read_only(img, layout(elem))
