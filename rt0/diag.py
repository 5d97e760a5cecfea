"""Positions and diagnostics, shared by every stage.

A `Pos` is one int: the base of its file in the FileSet plus a byte offset, so nodes carry positions at the cost of
one small integer; 0 (NO_POS) means "nowhere". Lines and columns are worked out only when something is printed.
Columns count bytes from 1, lines from 1, as gc's do. `//line` directives change what `position` reports.

Every user-visible error is a `Diagnostic`; a stage that cannot go on raises `CompileError` carrying one or more of them.
`InternalError` is for bugs of rt0 itself: it is reported as `rt0: internal error: ...`, never as a traceback.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple

Pos = int
NO_POS: Pos = 0

_LINE_DIRECTIVE = re.compile(rb"(?m)^//line ([^\r\n]+)|/\*line ([^*\r\n]+)\*/")


class Position(NamedTuple):
    """A printable position. `filename` as the user wrote it; line and col from 1; col 0 = unknown."""

    filename: str
    line: int
    col: int
    base: int = 0  # tells the //line directives that give one file name apart; 0 for the file itself

    def __str__(self) -> str:
        if not self.line:
            return self.filename
        return f"{self.filename}:{self.line}:{self.col}" if self.col else f"{self.filename}:{self.line}"


class SourceFile:
    """One source file: its bytes, and its place in the FileSet (positions base .. base+len(data)).

    It has two names: `name` is what errors say, relative to where the user stands; `recorded` is what line tables say, for tracebacks,
    runtime.Caller and debuggers, which must not depend on that. `folder` is the file's directory and `record` what takes its place in
    recorded names (the same, or a package path): `//line` may name a file in another directory.
    """

    __slots__ = ("_directives", "_lines", "base", "data", "folder", "name", "record", "recorded")

    def __init__(self, name: str, data: bytes, base: int, folder: str = "", record: str = "") -> None:
        self.name = name
        self.data = data
        self.base = base
        self.folder = folder
        self.record = record
        self.recorded = f"{record}/{os.path.basename(name)}" if record else name
        self._lines: list[int] | None = None  # offsets of line starts
        self._directives: list[tuple[int, str, int, int, str]] | None = None  # (offset after it, file, line, col, recorded file)

    def line_starts(self) -> list[int]:
        if self._lines is None:
            self._lines = [0, *(m.end() for m in re.finditer(rb"\n", self.data))]
        return self._lines

    def raw_position(self, offset: int) -> Position:
        """Position of a byte offset, ignoring //line."""
        starts = self.line_starts()
        i = bisect_right(starts, offset) - 1
        return Position(self.name, i + 1, offset - starts[i] + 1)

    def position(self, offset: int) -> Position:
        return self._position(offset, False)

    def recorded_position(self, offset: int) -> Position:
        """`position` with the name that line tables carry."""
        return self._position(offset, True)

    def _position(self, offset: int, recorded: bool) -> Position:
        raw = self.raw_position(offset)
        if recorded:
            raw = raw._replace(filename=self.recorded)
        if self._directives is None:
            self._directives = self._scan_directives() if b"line " in self.data else []
        if not self._directives:
            return raw
        i = bisect_right(self._directives, offset, key=lambda d: d[0]) - 1
        if i < 0:
            return raw
        start, name, line, col, record = self._directives[i]
        if recorded:
            name = record
        at = self.raw_position(start)
        if raw.line == at.line:
            return Position(name, line, col + (offset - start) if col else 0, self.base + start)
        return Position(name, line + raw.line - at.line, raw.col if col else 0, self.base + start)

    def _scan_directives(self) -> list[tuple[int, str, int, int, str]]:
        out: list[tuple[int, str, int, int, str]] = []
        for m in _LINE_DIRECTIVE.finditer(self.data):
            block = m.group(2) is not None
            parts = (m.group(2) or m.group(1)).decode("utf-8", "replace").strip().rsplit(":", 2)
            after = m.end() if block else self.data.find(b"\n", m.end()) + 1 or len(self.data)
            if len(parts) == 3 and parts[1].isdigit() and parts[2].isdigit():
                name, line, col = parts[0], int(parts[1]), int(parts[2])
            elif len(parts) >= 2 and parts[-1].isdigit():
                name, line, col = ":".join(parts[:-1]), int(parts[-1]), 0
            else:
                continue
            record = ""
            if name:  # relative to this file's directory, as gc takes it
                record = self._record(name)
                name = os.path.normpath(os.path.join(os.path.dirname(self.name), name))
                if self.name.startswith("./") and not name.startswith(("/", "../")):
                    name = "./" + name
            elif col:
                name, record = (out[-1][1], out[-1][4]) if out else (self.name, self.recorded)
            out.append((after, name, line, col, record))
        return out

    def _record(self, name: str) -> str:
        """The recorded name of a file that a directive names."""
        path = os.path.normpath(os.path.join(self.folder or os.path.dirname(self.name), name))
        if path.startswith("//"):  # POSIX allows it a meaning, Go does not
            path = path[1:]
        if self.record and path.startswith(self.folder + "/"):
            return self.record + path[len(self.folder) :]
        return path


class FileSet:
    """All files of one build. Bases are handed out in the order of `add`."""

    __slots__ = ("_bases", "files")

    def __init__(self) -> None:
        self.files: list[SourceFile] = []
        self._bases: list[int] = []

    def add(self, name: str, data: bytes, folder: str = "", record: str = "") -> SourceFile:
        base = self.files[-1].base + len(self.files[-1].data) + 1 if self.files else 1
        f = SourceFile(name, data, base, folder, record)
        self.files.append(f)
        self._bases.append(base)
        return f

    def file(self, pos: Pos) -> SourceFile | None:
        i = bisect_right(self._bases, pos) - 1
        return self.files[i] if pos > 0 and i >= 0 else None

    def position(self, pos: Pos) -> Position:
        f = self.file(pos)
        return f.position(pos - f.base) if f else Position("-", 0, 0)


@dataclass(slots=True)
class Diagnostic:
    """One error for the user. `msg` is gc's wording, lower case; continuation lines start with a tab."""

    position: Position
    msg: str
    code: str = ""  # name of the error class, as in go's internal/types/errors/codes.go
    soft: bool = False

    def __str__(self) -> str:
        return f"{self.position}: {self.msg}" if self.position.filename or self.position.line else self.msg


@dataclass(slots=True)
class CompileError(Exception):
    """The user's input is wrong: `errors` is what to print; exit code 1 unless `exit_code` says otherwise."""

    errors: list[Diagnostic] = field(default_factory=list)
    package: str = ""  # printed as "# package" above the errors when set
    exit_code: int = 1

    def __str__(self) -> str:
        return "\n".join(str(e) for e in self.errors)


class InternalError(Exception):
    """A bug in rt0: `rt0: internal error: STAGE: FUNC: POSITION: what`."""


def fatal(msg: str, exit_code: int = 1) -> CompileError:
    """A CompileError without a position: `raise fatal("no required module provides package x")`."""
    return CompileError([Diagnostic(Position("", 0, 0), msg)], exit_code=exit_code)


def go_quote(s: str) -> str:
    """s as a Go string literal in double quotes (strconv.Quote). Bytes that are not UTF-8 come as surrogate escapes."""
    out = ['"']
    for c in s:
        o = ord(c)
        if c == '"' or c == "\\":
            out.append("\\" + c)
        elif 0xDC80 <= o <= 0xDCFF:
            out.append(f"\\x{o - 0xDC00:02x}")
        elif c.isprintable():
            out.append(c)
        elif c in _ESCAPES:
            out.append(_ESCAPES[c])
        elif o < 0x20 or o == 0x7F:
            out.append(f"\\x{o:02x}")
        elif o < 0x10000:
            out.append(f"\\u{o:04x}")
        else:
            out.append(f"\\U{o:08x}")
    out.append('"')
    return "".join(out)


_ESCAPES = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
