"""Lines of text with marks for colours: what show/ makes, and terminal.py prints with colours or without.

    strong("x") dim("x") good("x") bad("x") name("x") number("x") place("x")     a piece with a mark around it
    shown("x")              text from the program: control characters and bytes that are no UTF-8 become visible (\\n, \\x1b, \\xff)
    columns(rows)           rows of cells as lines, each column as wide as its widest cell; marks do not count
    count(3, "package")     3 packages

A mark is two control characters around the piece. Texts of the program pass through `shown`, so none of their characters is taken for a mark and none
reaches the terminal as a command.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_END = "\x0f"
_OPEN = "\x0e"  # and one letter: the key of STYLES

STYLES = {"s": "strong", "d": "dim", "g": "good", "b": "bad", "n": "name", "#": "number", "p": "place"}
MARK = re.compile(f"{_OPEN}(.)|{_END}")
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_NAMED = {"\n": "\\n", "\r": "\\r"}


def strong(text: object) -> str:
    return f"{_OPEN}s{text}{_END}"


def dim(text: object) -> str:
    return f"{_OPEN}d{text}{_END}"


def good(text: object) -> str:
    return f"{_OPEN}g{text}{_END}"


def bad(text: object) -> str:
    return f"{_OPEN}b{text}{_END}"


def name(text: object) -> str:
    """A name of the program: package, function, symbol."""
    return f"{_OPEN}n{text}{_END}"


def number(text: object) -> str:
    """An address or a size."""
    return f"{_OPEN}#{text}{_END}"


def place(text: object) -> str:
    """A place in the source."""
    return f"{_OPEN}p{text}{_END}"


def shown(text: str) -> str:
    """Text of the program, safe to print; a byte that is no UTF-8 (surrogateescape) as \\xff. Tabs stay."""
    return _CONTROL.sub(_visible, text)


def _visible(m: re.Match[str]) -> str:
    c = ord(m[0])
    if m[0] in _NAMED:
        return _NAMED[m[0]]
    if 0xDC80 <= c <= 0xDCFF:
        return f"\\x{c - 0xDC00:02x}"
    return f"\\x{c:02x}" if c < 0x100 else f"\\u{c:04x}"


def bare(text: str) -> str:
    """Without marks."""
    return MARK.sub("", text)


def columns(rows: Iterable[Sequence[str]], gap: str = "  ", right: Sequence[int] = ()) -> list[str]:
    """right: numbers of the columns whose cells end at the same place. The last column is not padded."""
    table = [list(r) for r in rows]
    if not table:
        return []
    ncells = max(map(len, table))
    widths = [max((len(bare(r[i])) for r in table if i < len(r)), default=0) for i in range(ncells)]
    out = []
    for r in table:
        cells = []
        for i, cell in enumerate(r):
            pad = " " * (widths[i] - len(bare(cell)))
            cells.append(pad + cell if i in right else cell + pad if i < len(r) - 1 else cell)
        out.append(gap.join(cells).rstrip(" "))
    return out


def count(n: int, what: str, many: str = "") -> str:
    """`1 package`, `53 packages`, `1,254,872 bytes`."""
    return f"{n:,} {what if n == 1 else many or what + 's'}"


def wrap(text: str, width: int, indent: str = "") -> list[str]:
    """Lines of words of at most `width` characters, marks not counted."""
    out: list[str] = []
    line = ""
    for word in text.split(" "):
        if line and len(bare(line)) + 1 + len(bare(word)) > width - len(indent):
            out.append(indent + line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*out, indent + line] if line else out
