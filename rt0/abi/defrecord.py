"""What the demand walk knows of one definition, as it stands in the cache. lower (its DefMeta) and the assembler's units write it, the walk reads it.

    refs            symbols it needs
    link            "strong", or "once": weak_odr in a comdat, any unit may define it
    methods         conditional edges of a type descriptor or itab: [method key, symbol ...]; live only if a live definition calls that key through an
                    interface, or reflection can reach it
    icalls          method keys called through interfaces: "Name" for exported methods, "pkgpath.name" for others
    reflect_method  calls reflect's Method or MethodByName
    escape          a function's escape summary (lower/escape.py): per parameter target, dereferences, target, dereferences ...
"""

from __future__ import annotations

from typing import Literal, Required, TypedDict

Link = Literal["strong", "once"]


class DefRecord(TypedDict, total=False):
    refs: Required[list[str]]
    link: Link
    methods: list[list[str]]
    icalls: list[str]
    reflect_method: bool
    escape: list[list[int]]
