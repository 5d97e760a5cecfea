"""What func.py's FuncBuilder and the files near it ask of the files above them (func.Features): here the floors meet.

Expressions, calls, statements and conversions call each other through the FuncBuilder, descriptors name the functions that are written for types through
their Unit: so each file imports only what is below it. A feature of the language that others need by more than `fb.expr` and `fb.stmt` gets a line here.
"""

from __future__ import annotations

from rt0.lower.alg import eq_func, eq_func_value, hash_func, hash_func_value
from rt0.lower.builtin import builtin
from rt0.lower.call import call, method_expr, method_value
from rt0.lower.consts import const
from rt0.lower.convert import assign_conv
from rt0.lower.debuginfo import DebugInfo
from rt0.lower.embed import embed_image, patterns_of
from rt0.lower.expr import addr, expr
from rt0.lower.stmt import branch, do_return, function_body, stmt, stmts
from rt0.lower.typedesc import type_desc
from rt0.lower.wrappers import iface_method, method_symbol


class Features:
    """func.Features."""

    # the language
    expr = staticmethod(expr)
    addr = staticmethod(addr)
    const = staticmethod(const)
    assign_conv = staticmethod(assign_conv)
    call = staticmethod(call)
    builtin = staticmethod(builtin)
    method_value = staticmethod(method_value)
    method_expr = staticmethod(method_expr)
    stmt = staticmethod(stmt)
    stmts = staticmethod(stmts)
    branch = staticmethod(branch)
    do_return = staticmethod(do_return)
    function_body = staticmethod(function_body)

    # what is written for types and variables
    type_desc = staticmethod(type_desc)
    eq_func = staticmethod(eq_func)
    hash_func = staticmethod(hash_func)
    eq_func_value = staticmethod(eq_func_value)
    hash_func_value = staticmethod(hash_func_value)
    iface_method = staticmethod(iface_method)
    method_symbol = staticmethod(method_symbol)
    patterns_of = staticmethod(patterns_of)
    embed_image = staticmethod(embed_image)
    debug_info = staticmethod(DebugInfo)
