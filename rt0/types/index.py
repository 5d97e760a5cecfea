"""Index and slice expressions.

Source: cmd/compile/internal/types2/index.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt0.syntax import nodes as ast
from rt0.types import assignments, constant, decl, expr, typexpr
from rt0.types.const import convert_untyped
from rt0.types.identity import identical
from rt0.types.operand import Operand
from rt0.types.predicates import all_integer, is_string, is_untyped, typeset
from rt0.types.types import INVALID, TYP, Array, Basic, Interface, Map, Pointer, Signature, Slice, Type, is_type_param, is_valid

if TYPE_CHECKING:
    from rt0.types.check import Checker

BYTE = TYP["byte"]


def index_expr(check: Checker, x: Operand, e: ast.IndexExpr) -> bool:
    """Check e. True: x is a generic function and e an instantiation of it, which the caller does."""
    expr.expr_or_type(check, x, e.x, True)
    if x.mode == "invalid":
        expr.use(check, e.indices)
        return False
    if x.mode == "typexpr":
        x.mode = "invalid"
        x.type = typexpr.var_type(check, e)
        if is_valid(x.type):
            x.mode = "typexpr"
        return False
    if x.mode == "value":
        sig = x.type.underlying()
        if isinstance(sig, Signature) and sig.tparams:
            return True
    expr.non_generic(check, None, x)
    if x.failed():
        return False
    if not decl.is_complete(check, x.type):
        x.mode = "invalid"
        return False
    t = x.type.underlying()
    if (isinstance(t, Pointer) and not decl.is_complete(check, t.elem)) or (isinstance(t, Map) and not decl.is_complete(check, t.elem)):
        x.mode = "invalid"
        return False

    valid = False
    length = -1
    if isinstance(t, Slice):
        valid = True
        x.mode = "variable"
        x.type = t.elem
    elif isinstance(t, Map):
        _map_index(check, x, e, t.key, t.elem)
        return False
    elif isinstance(t, Array):
        valid = True
        length = t.len
        if x.mode != "variable":
            x.mode = "value"
        x.type = t.elem
    elif isinstance(t, Pointer):
        a = t.elem.underlying()
        if isinstance(a, Array):
            valid = True
            length = a.len
            x.mode = "variable"
            x.type = a.elem
    elif isinstance(t, Basic):
        if is_string(t):
            valid = True
            if x.mode == "constant":
                length = len(x.val) if type(x.val) is bytes else 0
                if is_untyped(x.type) and x.expr is not None:
                    expr.update_expr_type(check, x.expr, TYP["string"], True)
            x.mode = "value"
            x.type = BYTE
    elif isinstance(t, Interface) and is_type_param(x.type):
        res = _type_set_index(x)
        if res is not None:
            key, elem, mode, length = res
            if key is not None:
                _map_index(check, x, e, key, elem)
                return False
            valid = True
            x.mode = mode
            x.type = elem
    if not valid:
        check.errorf(e.pos, "NonSliceableOperand", "cannot index %s", x)
        expr.use(check, e.indices)
        x.mode = "invalid"
        return False
    i = _single_index(check, e)
    index(check, i, length)
    return False


def _map_index(check: Checker, x: Operand, e: ast.IndexExpr, key: Type, elem: Type) -> None:
    k = Operand()
    expr.generic_expr(check, k, _single_index(check, e), None)
    assignments.assignment(check, k, key, "map index")
    x.mode = "mapindex"
    x.type = elem
    x.expr = e


def _type_set_index(x: Operand) -> tuple[Type | None, Type, ast.Mode, int] | None:
    """(key of maps, element, mode, least length) if all types of x's type set can be indexed alike."""
    key: Type | None = None
    elem: Type | None = None
    mode: ast.Mode = "variable"
    length = -1
    for _, u in typeset(x.type):
        n = -1
        k: Type | None = None
        el: Type | None = None
        if isinstance(u, Basic):
            if is_string(u):
                el = BYTE
                mode = "value"
        elif isinstance(u, Array):
            n = u.len
            el = u.elem
            if x.mode != "variable":
                mode = "value"
        elif isinstance(u, Pointer):
            a = u.elem.underlying()
            if isinstance(a, Array):
                n = a.len
                el = a.elem
        elif isinstance(u, Slice):
            el = u.elem
        elif isinstance(u, Map):
            k = u.key
            el = u.elem
        if el is None:
            return None
        if elem is None:
            length, key, elem = n, k, el
            continue
        if (key is None) != (k is None) or (key is not None and k is not None and not identical(key, k)) or not identical(elem, el):
            return None
        if 0 <= n < length:
            length = n
    return None if elem is None else (key, elem, mode, length)


def slice_expr(check: Checker, x: Operand, e: ast.SliceExpr) -> None:
    expr.expr(check, None, x, e.x)
    if x.mode == "invalid":
        expr.use(check, [e.lo, e.hi, e.max])
        return
    cu = _common_slice_type(check, x)
    if cu is None:
        x.mode = "invalid"
        return
    p = x.type.underlying()
    if isinstance(p, Pointer) and not decl.is_complete(check, p.elem):
        x.mode = "invalid"
        return
    valid = False
    length = -1
    if isinstance(cu, Slice):
        valid = True
    elif isinstance(cu, Basic):
        if is_string(cu):
            if e.slice3:
                check.error(e.max if e.max is not None else e, "InvalidSliceExpr", "invalid operation: 3-index slice of string")
                x.mode = "invalid"
                return
            valid = True
            if x.mode == "constant":
                length = len(x.val) if type(x.val) is bytes else 0
            if is_untyped(x.type):
                if x.expr is not None:
                    expr.update_expr_type(check, x.expr, TYP["string"], True)
                x.type = TYP["string"]
    elif isinstance(cu, Array):
        valid = True
        length = cu.len
        if x.mode != "variable":
            check.errorf(x, "NonSliceableOperand", "cannot slice unaddressable value %s", x)
            x.mode = "invalid"
            return
        x.type = Slice(cu.elem)
    elif isinstance(cu, Pointer):
        a = cu.elem.underlying()
        if isinstance(a, Array):
            valid = True
            length = a.len
            x.type = Slice(a.elem)
    if not valid:
        check.errorf(x, "NonSliceableOperand", "cannot slice %s", x)
        x.mode = "invalid"
        return
    x.mode = "value"
    _slice_indices(check, e, length)


def _common_slice_type(check: Checker, x: Operand) -> Type | None:
    """The underlying type all types of x's type set share, strings counting as byte slices; None after an error. A string seen before the error
    counts all the same, as in gc."""
    ct: Type | None = None
    cu: Type | None = None
    has_string = False
    for t, u in typeset(x.type):
        if u is None:
            check.errorf(x, "NonSliceableOperand", "cannot slice %s: no specific type in %s", x, x.type)
            cu = None
            break
        if is_string(u):
            u = Slice(BYTE)
            has_string = True
        if cu is None:
            ct, cu = t, u
        elif not identical(cu, u):
            check.errorf(x, "NonSliceableOperand", "cannot slice %s: %s and %s have different underlying types", x, ct, t)
            cu = None
            break
    if has_string:
        return TYP["string"] if is_type_param(x.type) else x.type.underlying()
    return cu


def _slice_indices(check: Checker, e: ast.SliceExpr, length: int) -> None:
    """Check lo, hi and max: in range, and in order where constant."""
    ind: list[int] = []
    exprs = (e.lo, e.hi, e.max)
    for i, a in enumerate(exprs):
        v = -1
        if a is not None:
            _, n = index(check, a, length + 1 if length >= 0 else -1)
            if n >= 0:
                v = n
        elif i == 0:
            v = 0
        elif length >= 0:
            v = length
        ind.append(v)
    for i in (0, 1):
        if ind[i] <= 0:
            continue
        for j in range(i + 1, 3):
            if 0 <= ind[j] < ind[i]:
                at = exprs[j]
                check.errorf(at if at is not None else e, "SwappedSliceIndices", "invalid slice indices: %s < %s", ind[j], ind[i])
                return


def _single_index(check: Checker, e: ast.IndexExpr) -> ast.Expr:
    if len(e.indices) > 1:
        check.error(e.indices[1], "InvalidIndex", "invalid operation: more than one index")
    return e.indices[0]


def index(check: Checker, e: ast.Expr, limit: int) -> tuple[Type, int]:
    """Check the index e (below limit, if that is >= 0): its type (INVALID after an error) and constant value or -1."""
    x = Operand()
    expr.expr(check, None, x, e)
    if not is_valid_index(check, x, "InvalidIndex", "index", False):
        return INVALID, -1
    if x.mode != "constant":
        return x.type, -1
    if x.val is constant.UNKNOWN:
        return INVALID, -1
    v: int = x.val
    if 0 <= limit <= v:
        check.errorf(x, "InvalidIndex", "invalid argument: index %s out of bounds [0:%s]", constant.to_string(v), limit)
        return INVALID, -1
    return x.type, v


def is_valid_index(check: Checker, x: Operand, code: str, what: str, allow_negative: bool) -> bool:
    """x must be an integer, and as a constant not negative and an int."""
    if x.mode == "invalid":
        return False
    convert_untyped(check, x, TYP["int"])
    if x.failed():
        return False
    if not all_integer(x.type):
        check.errorf(x, code, "invalid argument: %s %s must be integer", what, x)
        return False
    if x.mode == "constant" and x.val is not constant.UNKNOWN:
        if not allow_negative and constant.sign(x.val) < 0:
            check.errorf(x, code, "invalid argument: %s %s must not be negative", what, x)
            return False
        v = constant.representable(x.val, TYP["int"])
        if v is None:
            check.errorf(x, code, "invalid argument: %s %s overflows int", what, x)
            return False
        x.val = v
    return True


