"""Step 5: initialisation."""

from __future__ import annotations

from dataclasses import dataclass, field

from rt0.explain.model import Facts


@dataclass(slots=True)
class Init(Facts):
    """An initialiser or init function.

    names   the variables; empty for a function
    kind    static (its value lies in the file), pure (computed at start if it is used), dynamic (computed at start), function
    symbol  of the code that runs, "" for static
    after   chains: variable, functions it goes through, the variable that has to come before it
    runs    it runs at the start of this program
    """

    file: str
    line: int
    names: list[str]
    text: str
    kind: str
    symbol: str
    after: list[list[str]]
    runs: bool


@dataclass(slots=True)
class InitPackage(Facts):
    """steps: symbols that run at start, in order. left_out: how many more there are whose variables nothing uses. early: run by the runtime before the others."""

    path: str
    steps: list[str]
    left_out: int
    early: bool


@dataclass(slots=True)
class InitsFacts(Facts):
    """packages: in order, those without steps left out. known: which steps run is known (the program links)."""

    known: bool
    packages: list[InitPackage] = field(default_factory=list)
    own: list[Init] = field(default_factory=list)
