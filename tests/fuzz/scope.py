"""What is in scope while a function body is written: variables by block, functions, types; and the dice.

Everything a statement or expression may use is asked for here, so what is written is legal by construction: a variable is found only while
it is visible and not shadowed, a function only when the package may call it, a type only after its declaration is certain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from tests.fuzz.gotypes import BITS, BOOL, COMPLEXES, FLOATS, INT, INTEGERS, STRING, Type, basic

E = TypeVar("E")


@dataclass(eq=False, slots=True)
class Var:
    """A variable (or constant: assignable and addressable False)."""

    name: str
    type: Type
    assignable: bool = True
    addressable: bool = True


@dataclass(eq=False, slots=True)
class Func:
    """A declared function that calls may name. generic: its type parameters' constraints ("num", "any"), in order; params may hold them."""

    name: str
    params: tuple[Type, ...]
    results: tuple[Type, ...]
    variadic: bool = False
    pure: bool = False


@dataclass(eq=False, slots=True)
class Loop:
    """An enclosing statement that break or continue may name. label is written when used."""

    label: str
    can_continue: bool
    used: bool = False
    plain: bool = True  # an unlabelled break reaches it


@dataclass(eq=False)
class FuncCtx:
    """The function being written."""

    results: tuple[Type, ...]
    named_results: tuple[str, ...] = ()
    loops: list[Loop] = field(default_factory=list)
    tparams: tuple[Type, ...] = ()
    pure: bool = False
    deferring: bool = False


class Scopes:
    """Blocks of variables, and the state that all parts of the generator share."""

    def __init__(self, rnd: Random, without: frozenset[str] = frozenset()) -> None:
        self.rnd = rnd
        self.without = without
        self.blocks: list[list[Var]] = [[]]  # [0] is the package's
        self.funcs: list[Func] = []
        self.types: list[Type] = []  # named types of the package
        self.interfaces: list[Type] = []  # named interfaces
        self.structs: list[Type] = []
        self.ctx = FuncCtx(())
        self.serial = 0
        self.events = 0
        self.hazards = 0.0  # how often an operation that may panic is written unguarded
        self.generic_instances: set[Type] = set()
        self.hidden: set[str] = set()
        self.imports: set[str] = set()

    # dice
    def one(self, seq: Sequence[E]) -> E:
        return seq[int(self.rnd.random() * len(seq))]

    def chance(self, p: float) -> bool:
        return self.rnd.random() < p

    def upto(self, lo: int, hi: int) -> int:
        return lo + int(self.rnd.random() * (hi - lo + 1))

    def pick(self, weighted: Sequence[tuple[float, E]]) -> E:
        total = sum(w for w, _ in weighted)
        x = self.rnd.random() * total
        for w, e in weighted:
            x -= w
            if x < 0:
                return e
        return weighted[-1][1]

    def has(self, feature: str) -> bool:
        return feature not in self.without

    # names
    def fresh(self, prefix: str) -> str:
        self.serial += 1
        return f"{prefix}{self.serial}"

    def event(self) -> int:
        self.events += 1
        return self.events

    # variables
    def declare(self, name: str, t: Type, assignable: bool = True, addressable: bool = True) -> Var:
        v = Var(name, t, assignable, addressable)
        self.blocks[-1].append(v)
        return v

    def local_name(self, prefix: str = "v") -> str:
        """A new name, or one that shadows an outer local."""
        if len(self.blocks) > 3 and self.chance(0.12):
            here = {v.name for v in self.blocks[-1]}
            outer = [v.name for b in self.blocks[1:-1] for v in b if v.name not in here and v.name.startswith("v")]
            if outer:
                return self.one(outer)
        return self.fresh(prefix)

    def visible(self) -> list[Var]:
        """Variables that can be named here, innermost first."""
        seen: set[str] = set()
        out: list[Var] = []
        blocks = self.blocks[1:] if self.ctx.pure else self.blocks
        for b in reversed(blocks):
            for v in reversed(b):
                if v.name not in seen:
                    seen.add(v.name)
                    if v.name not in self.hidden:
                        out.append(v)
        return out

    def some_var(self) -> Var | None:
        """A visible variable, inner ones more often."""
        vs = self.visible()
        if not vs:
            return None
        return vs[min(int(self.rnd.expovariate(1 / 6)), len(vs) - 1)]

    # types
    def basic_type(self) -> Type:
        return self.pick([(6, INT), (3, STRING), (2, BOOL), (5, basic(self.one(INTEGERS))), (2, basic(self.one(FLOATS))), (0.5, basic(self.one(COMPLEXES)))])

    def int_type(self) -> Type:
        return self.pick([(3, INT), (4, basic(self.one(INTEGERS)))])

    def bits(self, t: Type) -> int:
        return BITS[t.kind]
