"""The assignability rules: whether an operand may be assigned to a variable of some type, and why not.

Source: cmd/compile/internal/types2/operand.go (assignableTo), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt0.types.identity import identical, type_set
from rt0.types.implements import implements
from rt0.types.lookup import is_interface_ptr
from rt0.types.operand import Operand
from rt0.types.predicates import has_name, is_untyped, typeset
from rt0.types.types import Chan, Interface, Type, TypeParam, is_valid, unalias

if TYPE_CHECKING:
    from rt0.types.check import Checker


def assignable_to(x: Operand, check: Checker, target: Type) -> tuple[bool, str, str]:
    """(ok, code, cause): the assignability rules of the specification."""
    if x.mode == "invalid" or not is_valid(target):
        return True, "", ""
    vt = unalias(x.type)
    tt = unalias(target)
    if vt is tt or identical(vt, tt):
        return True, "", ""
    vu = vt.underlying()
    tu = tt.underlying()
    vp = vt if isinstance(vt, TypeParam) else None
    tp = tt if isinstance(tt, TypeParam) else None

    if is_untyped(vu):
        if tp is not None:
            terms = list(typeset(tp))
            ok = all(u is not None and t is not None and check.implicit_type_and_value(x, t)[0] is not None for t, u in terms)
            return ok, "IncompatibleAssign", ""
        return check.implicit_type_and_value(x, tt)[0] is not None, "IncompatibleAssign", ""

    if vp is None and tp is None and (not has_name(vt) or not has_name(tt)) and identical(vu, tu):
        return True, "", ""

    cause = ""
    if (isinstance(tu, Interface) and tp is None) or is_interface_ptr(tu):
        if type(vu) is Interface:
            type_set(vu)  # before tu's: in an invalid cycle of interfaces the order tells who has the methods
        ok, cause = implements(vt, tt, False, check)
        if ok:
            return True, "", ""
        if vp is None:
            return False, "InvalidIfaceAssign", cause
        cause = ""

    if isinstance(vu, Interface) and vp is None and implements(tt, vt, False, check)[0]:
        return False, "IncompatibleAssign", "need type assertion"

    if isinstance(vu, Chan) and vu.dir == "both" and isinstance(tu, Chan) and identical(vu.elem, tu.elem):
        return not has_name(vt) or not has_name(tt), "InvalidChanAssign", cause

    if vp is None and tp is None:
        return False, "IncompatibleAssign", cause
    return _assignable_type_params(x, check, target, vt, tt, vp, tp, cause)


def _assignable_type_params(x: Operand, check: Checker, target: Type, vt: Type, tt: Type, vp: TypeParam | None,
                            tp: TypeParam | None, cause: str) -> tuple[bool, str, str]:
    """The rules for a value or target of type parameter type: every type of the type set must fit."""
    if tp is not None and not has_name(vt):
        ok, code = False, "IncompatibleAssign"
        for t, u in typeset(tp):
            if u is None or t is None:
                return False, code, cause
            ok, code, why = assignable_to(x, check, t)
            if not ok:
                msg = check.sprintf("cannot assign %s to %s (in %s)", x.type, t, tp)
                return False, code, msg + "\n\t" + why if why else msg
        return ok, code, cause
    if vp is not None and not has_name(tt):
        ok, code = False, "IncompatibleAssign"
        y = x.copy()
        for t, u in typeset(vp):
            if u is None or t is None:
                return False, code, cause
            y.type = t
            ok, code, why = assignable_to(y, check, tt)
            if not ok:
                msg = check.sprintf("cannot assign %s (in %s) to %s", t, vp, target)
                return False, code, msg + "\n\t" + why if why else msg
        return ok, code, cause
    return False, "IncompatibleAssign", cause
