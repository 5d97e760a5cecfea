"""What func.py's FuncBuilder asks of the files above it (func.Features): here the floors meet.

Expressions, statements and conversions call each other through the FuncBuilder, so that each of their files imports only what is below it.
"""

from __future__ import annotations

from rt0.lower.convert import assign_conv
from rt0.lower.debuginfo import DebugInfo
from rt0.lower.expr import addr, const, expr
from rt0.lower.stmt import stmt
from rt0.lower.typedesc import type_desc


class Features:
    """func.Features."""

    expr = staticmethod(expr)
    addr = staticmethod(addr)
    const = staticmethod(const)
    assign_conv = staticmethod(assign_conv)
    stmt = staticmethod(stmt)
    type_desc = staticmethod(type_desc)
    debug_info = staticmethod(DebugInfo)
