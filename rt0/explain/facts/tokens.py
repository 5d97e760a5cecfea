"""Step 2: tokens."""

from __future__ import annotations

from dataclasses import dataclass, field

from rt0.explain.model import Facts


@dataclass(slots=True)
class Token(Facts):
    """line, col: of its first byte, from 1, in bytes.

    kind   name, keyword, operator, a literal's kind (int float imag char string), semicolon
    text   as written; "" for a semicolon that the scanner put in at the end of a line
    value  of a literal: the number in decimal, the text of a string in Go's quotes
    """

    line: int
    col: int
    kind: str
    text: str
    value: str = ""


@dataclass(slots=True)
class TokenFile(Facts):
    """bytes, lines: of the whole file. total, semicolons: how many tokens, and how many of them the scanner put in, in the whole file."""

    name: str
    bytes: int
    lines: int
    total: int
    semicolons: int
    kinds: dict[str, int] = field(default_factory=dict)
    tokens: list[Token] = field(default_factory=list)


@dataclass(slots=True)
class TokensFacts(Facts):
    files: list[TokenFile] = field(default_factory=list)
