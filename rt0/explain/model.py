"""The model between collectors and renderers: a Report of 20 Steps, each with its facts. JSON of it is a stable format: docs/EXPLAIN.md.

    Report    program, flags, errors, steps
    Step      number, name, title, why, missing, facts
    Facts     base of the dataclasses in facts/
    Request   what the user wants to see: steps, function, line

`to_json` writes dataclasses as objects with their fields' names, in order. Facts hold text, numbers, lists, dicts with text keys, and one another; bytes are hex text
by then. Readers: fields may be added without a new SCHEMA; one that changes its meaning or goes makes a new one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from typing import TypeAlias

from rt0.load import gojson

SCHEMA = 1

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


class Facts:
    """What is known of one step."""

    __slots__ = ()


@dataclass(slots=True)
class Problem(Facts):
    """An error in the program. file "" when it has no place; source: the text of the line."""

    package: str
    file: str
    line: int
    col: int
    text: str
    source: str = ""


@dataclass(slots=True)
class Step(Facts):
    """One step of the way.

    why      a paragraph: what happens, and why Go does it so
    missing  "", or one sentence: why there are no facts, or not all
    seconds  what collecting the facts cost
    """

    number: int
    name: str
    title: str
    why: str
    missing: str = ""
    seconds: float = 0.0
    facts: Facts | None = None


@dataclass(slots=True)
class Report(Facts):
    """Everything that is known. flags: the build flags, as given; problems: why the program does not compile, found in the step `stopped`."""

    schema: int
    version: str
    program: str
    flags: list[str]
    args: list[str]
    steps: list[Step]
    stopped: str = ""
    problems: list[Problem] = field(default_factory=list)

    def step(self, name: str) -> Step:
        return next(s for s in self.steps if s.name == name)


@dataclass(slots=True)
class Request:
    """What is asked for.

    steps   names; empty: all
    func    "", or one function: f, T.m, (*T).m, or with its package
    file    "", or a file of the program as the user names it, with line > 0: only what concerns that line
    """

    steps: list[str] = field(default_factory=list)
    func: str = ""
    file: str = ""
    line: int = 0

    def wants(self, step: str) -> bool:
        """Whether the step is asked for by name, or shown because all are."""
        return not self.steps or step in self.steps

    def whole(self, step: str) -> bool:
        """Whether everything is wanted of the step, not only what the report of all steps tells."""
        return step in self.steps


_fields: dict[type[Facts], tuple[str, ...]] = {}


def _names(of: type[Facts]) -> tuple[str, ...]:
    """Names of the fields."""
    if of not in _fields:
        assert is_dataclass(of)
        _fields[of] = tuple(f.name for f in fields(of))
    return _fields[of]


def plain(value: object) -> Json:
    """The value as JSON has it. Raises TypeError for what facts may not hold."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Facts):
        return {name: plain(getattr(value, name)) for name in _names(type(value))}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    raise TypeError(f"{type(value).__name__} in facts")


def to_json(report: Report) -> str:
    """The report as JSON text (RFC 8259, UTF-8). Bytes of the program's texts that are no UTF-8 are U+FFFD."""
    return gojson.write(plain(report)) + "\n"
