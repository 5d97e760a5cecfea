"""Step 4: what names and expressions are."""

from __future__ import annotations

from dataclasses import dataclass, field

from rt0.explain.model import Facts


@dataclass(slots=True)
class NameUse(Facts):
    """An identifier. of: var const type func field package label builtin nil, or "" for a name nothing stands for (the x in x.(type), _).

    declared  "file:line:col", "" for what the language declares
    args      type arguments that were inferred
    """

    file: str
    line: int
    col: int
    name: str
    of: str
    type: str
    declared: str
    value: str = ""
    args: list[str] = field(default_factory=list)
    defines: bool = False


@dataclass(slots=True)
class TypedExpr(Facts):
    """An expression. mode: constant, variable, value, typexpr, builtin, ... (as the Checker calls it)."""

    file: str
    line: int
    col: int
    text: str
    mode: str
    type: str
    value: str = ""


@dataclass(slots=True)
class DeclaredType(Facts):
    """A type declared in the user's packages. satisfies, satisfied_by_pointer: interfaces that T and *T have all methods of (those of T are not repeated)."""

    file: str
    line: int
    name: str
    underlying: str
    methods: list[str] = field(default_factory=list)  # of *T: the larger set; each with its signature
    pointer_only: list[str] = field(default_factory=list)  # names of those that T itself has not
    satisfies: list[str] = field(default_factory=list)
    satisfied_by_pointer: list[str] = field(default_factory=list)


@dataclass(slots=True)
class TypesFacts(Facts):
    """interfaces: how many interfaces were compared with."""

    names: list[NameUse] = field(default_factory=list)
    expressions: list[TypedExpr] = field(default_factory=list)
    types: list[DeclaredType] = field(default_factory=list)
    interfaces: int = 0
