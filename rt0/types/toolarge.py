"""Types too large for the machine: reported once a package is otherwise right, as gc's back end does.

Source: cmd/compile/internal/types/size.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt0.diag import Pos
from rt0.types.sizes import sizeof
from rt0.types.subst import mentions_type_params
from rt0.types.types import Array, Basic, Chan, Map, Named, Pointer, Slice, Struct, Type, unalias

if TYPE_CHECKING:
    from rt0.types.check import Checker
    from rt0.types.objects import Object

MAX_WIDTH = 1 << 50
MAX_CHAN_ELEM = 1 << 16


def check_sizes(check: Checker, objs: list[Object]) -> None:
    """Report objects (types and variables) whose type cannot exist in memory."""
    seen: set[Type] = set()
    for obj in objs:
        t = obj.type
        if t is not None and type(t) is not Basic:
            _check(check, obj.pos, t, seen)


def _check(check: Checker, pos: Pos, t: Type, seen: set[Type]) -> bool:
    """False after an error."""
    t = unalias(t)
    if type(t) is Basic or t in seen:
        return True
    seen.add(t)
    if isinstance(t, Named):
        return bool(t.tparams and not t.targs) or _check(check, pos, t.underlying(), seen)
    if isinstance(t, Struct):
        return all(f.type is None or _check(check, pos, f.type, seen) for f in t.fields)
    if isinstance(t, (Pointer, Slice)):
        return _check(check, pos, t.elem, seen)
    if isinstance(t, Map):
        return _check(check, pos, t.key, seen) and _check(check, pos, t.elem, seen)
    if isinstance(t, Chan):
        if not _check(check, pos, t.elem, seen):
            return False
        if not mentions_type_params(t.elem) and sizeof(t.elem) >= MAX_CHAN_ELEM:
            check.error(pos, "TypeTooLarge", "channel element type too large (>64kB)")
            return False
    elif isinstance(t, Array):
        if not _check(check, pos, t.elem, seen):
            return False
        if t.len > 1 << 20 and not mentions_type_params(t.elem) and not 0 <= sizeof(t.elem) * t.len < MAX_WIDTH:
            check.errorf(pos, "TypeTooLarge", "type %s larger than address space", t)
            return False
    return True
