"""Conversions T(x): whether they are allowed, and the value of constant ones.

`conversion` checks an operand and turns it into the result; `convertible_to` is the question alone, which for type parameters
must be answered yes for every type of their type sets, and explains a no through `cause`.

Source: go1.27 cmd/compile/internal/types2/conversions.go; the spec's section Conversions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rt0.types import constant
from rt0.types.assignable import assignable_to
from rt0.types.identity import identical, identical_ignore_tags, type_set
from rt0.types.predicates import (
    Cause,
    all_string,
    default_type,
    is_bytes_or_runes,
    is_complex,
    is_const_type,
    is_integer,
    is_integer_or_float,
    is_non_type_param_interface,
    is_pointer,
    is_string,
    is_uintptr,
    is_unsafe_pointer,
    is_untyped,
    typeset,
)
from rt0.types.types import TYP, Array, Basic, Pointer, Slice, Type, TypeParam, is_type_param, unalias

if TYPE_CHECKING:
    from rt0.types.check import Checker
    from rt0.types.operand import Operand


def conversion(check: Checker, x: Operand, t: Type) -> None:
    """Type-check t(x) and make x the result."""
    const_arg = x.mode == "constant"
    ok = False
    cause = Cause()
    if const_arg and is_const_type(t):
        val = _const_convertible(x, t)
        ok = val is not None
        if val is not None:
            x.val = val
        elif is_integer(x.type) and is_integer(t):
            check.errorf(x, "InvalidConversion", "constant %s overflows %s", constant.to_string(x.val), t)
            x.mode = "invalid"
            return
    elif const_arg and is_type_param(t):
        ok = all(_const_convertible_in(check, x, t, u, cause) for _, u in typeset(t))
        x.mode = "value"  # type parameters are not constants
    elif convertible_to(x, check, t, cause):
        ok = True
        x.mode = "value"
    if not ok:
        if cause.text:
            check.errorf(x, "InvalidConversion", "cannot convert %s to type %s: %s", x, t, cause.text)
        else:
            check.errorf(x, "InvalidConversion", "cannot convert %s to type %s", x, t)
        x.mode = "invalid"
        return
    if is_untyped(x.type):
        final: Type = t
        if x.type is TYP["untyped nil"]:
            pass
        elif is_non_type_param_interface(t) or (const_arg and not is_const_type(t)):
            final = default_type(x.type)  # the operand keeps its default type: interface{}(1), []byte("s")
        elif x.mode == "constant" and is_integer(x.type) and all_string(t):
            final = x.type
        check.update_expr_type(x.expr, final, True)  # type: ignore[arg-type]
    x.type = t


def _const_convertible(x: Operand, t: Type) -> constant.Value | None:
    """The constant x converted to t, None if that is not possible. Integers become strings of one character."""
    b = t.underlying()
    if type(b) is not Basic:
        return None
    v = constant.representable(x.val, b)
    if v is not None:
        return v
    if is_integer(x.type) and is_string(b):
        return constant.encode_rune(x.val if type(x.val) is int else -1)
    if is_integer(b) and type(i := constant.to_int(x.val)) is int:
        x.val = i  # the message shows the integer
    return None


def _const_convertible_in(check: Checker, x: Operand, t: Type, u: Type | None, cause: Cause) -> bool:
    """Whether the constant x can be converted to u, one of the types of type parameter t."""
    if u is None:
        cause.text = check.sprintf("%s does not contain specific types", t)
        return False
    if is_string(x.type) and is_bytes_or_runes(u):
        return True
    if _const_convertible(x, u) is None:
        if is_integer(x.type) and is_integer(u):
            cause.text = check.sprintf("constant %s overflows %s (in %s)", constant.to_string(x.val), u, t)
        else:
            cause.text = check.sprintf("cannot convert %s to type %s (in %s)", x, u, t)
        return False
    return True


def convertible_to(x: Operand, check: Checker, t: Type, cause: Cause | None = None) -> bool:
    """Whether x (not a constant of constant type) can be converted to t."""
    ok, _, why = assignable_to(x, check, t)
    if ok:
        return True
    if cause is not None and why:
        cause.text = why
    v = unalias(x.type)
    orig, t = t, unalias(t)
    vu, tu = v.underlying(), t.underlying()
    vp = v if type(v) is TypeParam else None
    tp = t if type(t) is TypeParam else None
    if vp is None and tp is None:
        if identical_ignore_tags(vu, tu):
            return True
    if type(v) is Pointer and type(t) is Pointer and not is_type_param(v.elem) and not is_type_param(t.elem):
        if identical_ignore_tags(v.elem.underlying(), t.elem.underlying()):
            return True
    if _basic_convertible(vu, tu):
        return True
    if type(vu) is Slice:
        answer = _slice_to_array(check, vu, tu, cause)
        if answer is not None:
            return answer
    if vp is None and tp is None:
        return False
    return _convertible_params(x, check, orig, t, vp, tp, cause)


def _basic_convertible(vu: Type, tu: Type) -> bool:
    """Numbers, strings and unsafe pointers, by underlying types."""
    if (is_integer_or_float(vu) and is_integer_or_float(tu)) or (is_complex(vu) and is_complex(tu)):
        return True
    if (is_string(tu) and (is_integer(vu) or is_bytes_or_runes(vu))) or (is_string(vu) and is_bytes_or_runes(tu)):
        return True
    if is_unsafe_pointer(tu) and (is_pointer(vu) or is_uintptr(vu)):
        return True
    return is_unsafe_pointer(vu) and (is_pointer(tu) or is_uintptr(tu))


def _slice_to_array(check: Checker, s: Slice, tu: Type, cause: Cause | None) -> bool | None:
    """Slice to array or array pointer; None if that is not what is asked."""
    if type(tu) is Array and identical(s.elem, tu.elem):
        version, what = (1, 20), "array"
    elif type(tu) is Pointer and type(a := tu.elem.underlying()) is Array and identical(s.elem, a.elem):
        version, what = (1, 17), "array pointer"
    else:
        return None
    if check is None or check.allow_version(version):
        return True
    if cause is not None:
        cause.text = f"conversion of slice to {what} requires go1.{version[1]} or later"
    return False


def _convertible_params(
    x: Operand, check: Checker, orig: Type, t: Type, vp: TypeParam | None, tp: TypeParam | None, cause: Cause | None
) -> bool:
    """The case of type parameters: every type of the one must convert to every type of the other."""

    def explain(fmt: str, *args: Any) -> bool:
        if check is not None and cause is not None:
            msg = check.sprintf(fmt, *args)
            cause.text = f"{msg}\n\t{cause.text}" if cause.text else msg
        return False

    sources = type_set(vp.iface()).specific_terms() if vp is not None else None
    targets = type_set(tp.iface()).specific_terms() if tp is not None else None
    if (sources is not None and not sources) or (targets is not None and not targets):
        return False  # no specific types
    y = x.copy()
    for src in [s for _, s in sources] if sources is not None else [x.type]:
        y.type = src
        for dst in [d for _, d in targets] if targets is not None else [t]:
            if not convertible_to(y, check, dst, cause):
                if vp is not None and tp is not None:
                    return explain("cannot convert %s (in %s) to type %s (in %s)", src, vp, dst, tp)
                if vp is not None:
                    return explain("cannot convert %s (in %s) to type %s", src, vp, orig)
                return explain("cannot convert %s to type %s (in %s)", x.type, dst, tp)
    return True
