"""The scanner's tokens for people: `-d=tokens` and step 2 of `rt0 explain`. The parser reads the lists of scanner.py."""

from __future__ import annotations

from typing import NamedTuple

from rt0.diag import SourceFile
from rt0.syntax.scanner import KEYWORD_SET, scan


class Token(NamedTuple):
    """line, col: of its first byte. text: "" for a semicolon that the scanner put in. bad: a literal that is none, which the scanner has reported."""

    line: int
    col: int
    kind: str  # name keyword operator int float imag char string semicolon
    text: bytes
    bad: bool = False


def tokens(src: SourceFile) -> list[Token]:
    """All tokens of a file but the end. What the scanner finds wrong is the parser's to report."""
    found = scan(src)
    out = []
    for kind, offset, lit in zip(found.kinds, found.offs, found.lits):
        if kind == "EOF":
            break
        at = src.raw_position(offset)
        if kind == "literal":
            assert isinstance(lit, tuple)
            out.append(Token(at.line, at.col, lit[0], lit[1], len(lit) > 2))
        elif kind == ";":
            out.append(Token(at.line, at.col, "semicolon", b";" if lit == "semicolon" else b""))
        else:
            out.append(Token(at.line, at.col, "name" if kind == "name" else "keyword" if kind in KEYWORD_SET else "operator", str(lit).encode()))
    return out
