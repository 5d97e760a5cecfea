"""Which expressions have no effect but their value: no panic, no call of unknown code, no wait. What initialises a variable that nothing uses is left
out of the program when it is one of them (static.py, "pure")."""

from __future__ import annotations

from rt0.lower.typedesc import hash_might_panic
from rt0.syntax import nodes as ast
from rt0.types.objects import Func, receiver_named
from rt0.types.types import (
    IS_COMPLEX,
    IS_FLOAT,
    Array,
    Basic,
    Interface,
    Map,
    Named,
    Pointer,
    Slice,
    Struct,
    Type,
)

# Functions whose call nobody can observe when the result is not used. Methods as Type.Method of the static receiver type.
PURE_FUNCS = frozenset((
    "errors.New", "internal/godebug.New", "sync.OnceFunc", "sync.OnceValue", "sync.OnceValues", "strings.NewReplacer", "math/big.NewInt",
    "reflect.TypeOf", "reflect.TypeFor", "reflect.ValueOf", "reflect.Zero", "internal/reflectlite.TypeOf", "math.Inf", "math.NaN",
    "math.Float64frombits", "math.Float32frombits", "math/big.NewFloat", "strings.Repeat", "unicode/utf8.RuneLen", "time.Unix",
    "encoding/base64.NewEncoding", "encoding/base32.NewEncoding", "hash/crc32.MakeTable", "bytes.NewReader", "strings.NewReader",
    "math.Log", "math.Pow", "math.Sqrt", "math.Exp", "internal/abi.NoEscape", "internal/abi.TypeFor", "internal/abi.TypeOf",
    "net/netip.AddrFrom4", "net/netip.AddrFrom16", "net.IPv4", "net.IPv4Mask",
))  # fmt: skip
PURE_METHODS = frozenset(("reflect.Type.Elem", "encoding/base64.Encoding.WithPadding", "encoding/base64.Encoding.Strict",
                          "encoding/base32.Encoding.WithPadding", "internal/reflectlite.Type.Elem"))  # fmt: skip
PURE_BUILTINS = frozenset(("len", "cap", "make", "new", "complex", "real", "imag", "min", "max", "append", "Sizeof", "Alignof", "Offsetof", "Pointer",
                           "String", "StringData", "SliceData", "Slice", "Add"))  # fmt: skip


def is_pure(e: ast.Expr | None) -> bool:
    """Evaluating e has no effect but its value: no panic, no call of unknown code, no wait."""
    if e is None:
        return True
    if e.mode in ("constant", "typexpr", "nilvalue"):
        return True
    match e:
        case ast.ParenExpr():
            return is_pure(e.x)
        case ast.Ident() | ast.FuncLit() | ast.BasicLit():
            return True
        case ast.SelectorExpr():
            s = e.selection
            return s is None or s.kind == "methodexpr" or (s.kind == "field" and not s.indirect and is_pure(e.x))
        case ast.UnaryExpr():
            return e.op != "<-" and is_pure(e.x)
        case ast.BinaryExpr():
            if e.op in ("/", "%") and not (e.y.mode == "constant" and e.y.val) and not _is_float(e):
                return False
            if e.op in ("<<", ">>") and e.y.mode != "constant":
                return False
            if e.op in ("==", "!=") and e.x.type is not None and isinstance(e.x.type.underlying(), (Interface, Struct, Array)):
                return e.y.mode == "nilvalue" or e.x.mode == "nilvalue"
            return is_pure(e.x) and is_pure(e.y)
        case ast.CompositeLit():
            u = e.type.underlying() if e.type is not None else None
            if isinstance(u, Map) and _may_panic_hash(u.key):
                return False
            return all(is_pure(x.value) and _pure_key(x.key) if isinstance(x, ast.KeyValueExpr) else is_pure(x) for x in e.elts)
        case ast.IndexExpr():
            if e.targs is not None:
                return is_pure(e.x)
            u = e.x.type.underlying() if e.x.type is not None else None
            return isinstance(u, Map) and not _may_panic_hash(u.key) and is_pure(e.x) and is_pure(e.indices[0])
        case ast.CallExpr():
            return _pure_call(e)
    return False


def _pure_key(k: ast.Expr) -> bool:
    return isinstance(k, ast.Ident) or is_pure(k)


def _is_float(e: ast.Expr) -> bool:
    u = e.type.underlying() if e.type is not None else None
    return isinstance(u, Basic) and bool(u.info & (IS_FLOAT | IS_COMPLEX))


def _may_panic_hash(t: Type) -> bool:
    return hash_might_panic(t)


def _pure_call(e: ast.CallExpr) -> bool:
    fun = ast.unparen(e.fun)
    if not all(is_pure(a) for a in e.args):
        return False
    if fun.mode == "typexpr":
        t = e.type
        if t is None or len(e.args) != 1:
            return False
        a = e.args[0]
        # a slice converted to an array may panic
        return not (isinstance(t.underlying(), (Array, Pointer)) and a.type is not None and isinstance(a.type.underlying(), Slice))
    if fun.mode == "builtin":
        name = str(fun.val)
        if name == "make":
            return all(a.mode == "constant" for a in e.args[1:])
        return name in PURE_BUILTINS and not (name == "append" and len(e.args) > 64)
    x = fun
    if isinstance(x, ast.IndexExpr):
        x = ast.unparen(x.x)
    if isinstance(x, ast.Ident) and type(x.obj) is Func:
        return _func_name(x.obj) in PURE_FUNCS
    if isinstance(x, ast.SelectorExpr):
        if x.selection is None:
            return type(x.sel.obj) is Func and _func_name(x.sel.obj) in PURE_FUNCS
        f = x.selection.obj
        if x.selection.kind == "methodval" and isinstance(f, Func) and is_pure(x.x):
            n = receiver_named(f.origin)
            t = x.x.type
            if n is None and isinstance(t, Named):
                n = t
            return n is not None and n.obj.pkg is not None and f"{n.obj.pkg.path}.{n.obj.name}.{f.name}" in PURE_METHODS
    return False


def _func_name(f: Func) -> str:
    return f"{f.pkg.path if f.pkg is not None else ''}.{f.name}"
