"""Whether a type implements an interface, or satisfies it as a constraint; and why not.

Source: go1.27 cmd/compile/internal/types2 instantiate.go (implements, verify).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt0.diag import Pos
from rt0.types.errors import sprintf
from rt0.types.identity import Term, comparable_type, identical, term_includes, type_set
from rt0.types.lookup import has_all_methods, interface_ptr_error, is_interface_ptr
from rt0.types.predicates import Cause
from rt0.types.subst import make_subst_map, subst
from rt0.types.types import INVALID, Interface, Pointer, Type, TypeParam, Union, is_valid
from rt0.types.typestring import terms_string

if TYPE_CHECKING:
    from rt0.types.check import Checker


def verify(check: Checker | None, pos: Pos, tparams: list[TypeParam], targs: list[Type]) -> tuple[int, str]:
    """(-1, "") if each type argument satisfies its constraint, else (index of the first that does not, why)."""
    smap = make_subst_map(tparams, targs)
    for i, p in enumerate(tparams):
        p.iface()
        bound = subst(pos, p.bound if p.bound is not None else INVALID, smap)
        ok, cause = implements(targs[i], bound, True, check)
        if not ok:
            return i, cause
    return -1, ""


def implements(v: Type, t: Type, constraint: bool = False, check: Checker | None = None) -> tuple[bool, str]:
    """(True, "") if v implements interface t, or satisfies it as a constraint; else (False, why)."""
    vu, tu = v.underlying(), t.underlying()
    if not is_valid(vu) or not is_valid(tu):
        return True, ""
    if type(vu) is Pointer and not is_valid(vu.elem.underlying()):
        return True, ""
    verb = "satisfy" if constraint else "implement"
    if type(tu) is not Interface:
        return False, _not_interface_cause(check, v, t, verb)
    tset = type_set(tu)
    if tset.is_all():
        return True, ""
    vi = vu if type(vu) is Interface else None
    if vi is not None and type_set(vi).is_empty():
        return True, ""
    if tset.is_empty():
        return False, sprintf(check, "cannot %s %s (empty type set)", verb, t)
    why = Cause()
    if not has_all_methods(check, v, t, True, identical, why):
        return False, sprintf(check, "%s does not %s %s %s", v, verb, t, why.text)
    if not tset.has_terms():
        return _check_comparability(check, v, tu, constraint, verb)
    if vi is not None:
        if not type_set(vi).subset_of(tset):
            return False, sprintf(check, "%s does not %s %s", v, verb, t)
        return _check_comparability(check, v, tu, constraint, verb)
    if not any(term_includes(term, v) for term in tset.specific_terms()):
        return False, _not_in_type_set(check, v, t, tu, tset.specific_terms(), verb)
    return _check_comparability(check, v, tu, constraint, verb)


def _not_interface_cause(check: Checker | None, v: Type, t: Type, verb: str) -> str:
    detail = interface_ptr_error(check, t) if is_interface_ptr(t.underlying()) else sprintf(check, "%s is not an interface", t)
    return sprintf(check, "%s does not %s %s (%s)", v, verb, t, detail)


def _check_comparability(check: Checker | None, v: Type, ti: Interface, constraint: bool, verb: str) -> tuple[bool, str]:
    """If ti demands comparable types, v must be one; ordinary interfaces satisfy comparable since go1.20."""
    if not type_set(ti).is_comparable():
        return True, ""
    if comparable_type(v, False) is None:
        return True, ""
    if constraint and comparable_type(v, True) is None:
        if check is None or check.allow_version((1, 20)):
            return True, ""
        return False, sprintf(check, "%s to %s comparable requires go1.20 or later", v, verb)
    return False, sprintf(check, "%s does not %s comparable", v, verb)


def _not_in_type_set(check: Checker | None, v: Type, t: Type, ti: Interface, terms: list[Term], verb: str) -> str:
    alt: Type | None = None
    for tilde, u in terms:
        if not tilde and identical(u, u.underlying()) and term_includes((True, u), v):
            alt = u
            break
    if alt is not None:
        detail = sprintf(check, "possibly missing ~ for %s in %s", alt, t)
    elif mentions(ti, v):
        detail = sprintf(check, "%s mentions %s, but %s is not in the type set of %s", t, v, v, t)
    else:
        detail = sprintf(check, "%s missing in %s", v, terms_string(terms))
    return sprintf(check, "%s does not %s %s (%s)", v, verb, t, detail)


def mentions(t: Type, typ: Type) -> bool:
    """Whether typ is written somewhere in the elements of constraint t."""
    if type(t) is Interface:
        return any(mentions(e, typ) for e in t.embeddeds)
    if type(t) is Union:
        return any(mentions(u, typ) for _, u in t.terms)
    return identical(t, typ)
