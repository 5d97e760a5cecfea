"""Values while lowering.

A `Val` is what an expression evaluated to. For a flat type (layout.is_flat) `parts` holds one SSA operand per leaf, without its
LLVM type ("%t3", "0", "null", '@"sym"'); bool leaves are i1. For every other ("mem") type `addr` is the address of memory
that nobody changes while the Val is in use; `owned` says it is a temporary that the holder may pass on or change. A zero-size flat type has parts ().
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt0.types.typestring import type_string

if TYPE_CHECKING:
    from rt0.types.types import Type


class Val:
    __slots__ = ("addr", "owned", "parts", "typ")

    def __init__(self, typ: Type, parts: tuple[str, ...] | None, addr: str | None = None, owned: bool = False) -> None:
        self.typ = typ
        self.parts = parts
        self.addr = addr
        self.owned = owned

    def p(self) -> tuple[str, ...]:
        """The leaves of a flat value."""
        assert self.parts is not None, self.typ
        return self.parts

    def one(self) -> str:
        """The only leaf of a one-leaf value (an integer, a pointer, a bool ...)."""
        assert self.parts is not None and len(self.parts) == 1, (self.typ, self.parts)
        return self.parts[0]

    def at(self) -> str:
        """The address of a mem value."""
        assert self.addr is not None, self.typ
        return self.addr

    def __repr__(self) -> str:
        return f"Val({type_string(self.typ)}, {self.parts if self.addr is None else '@' + self.addr})"
