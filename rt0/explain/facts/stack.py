"""Step 13: the initial stack."""

from __future__ import annotations

from dataclasses import dataclass, field

from rt0.explain.model import Facts


@dataclass(slots=True)
class StackWord(Facts):
    """A word of the stack. what: argc, argv[0], envp[3], auxv key, nil; text: the string it points to, or what its value means."""

    addr: int
    value: int
    what: str
    text: str = ""


@dataclass(slots=True)
class Aux(Facts):
    """An entry of the auxiliary vector. meaning: in words; text: the value decoded."""

    addr: int
    key: int
    name: str
    value: int
    meaning: str
    text: str


@dataclass(slots=True)
class StackFacts(Facts):
    """Addresses grow downwards in the list, from the stack pointer to the strings and to the end of the stack.

    words    argc, argv, environment with their ends
    strings_start, strings_end   where the strings lie that they point to
    low, high   the mapping [stack]
    """

    rsp: int
    argc: int
    words: list[StackWord] = field(default_factory=list)
    auxv: list[Aux] = field(default_factory=list)
    strings_start: int = 0
    strings_end: int = 0
    low: int = 0
    high: int = 0
