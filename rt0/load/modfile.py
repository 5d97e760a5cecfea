"""The grammar of go.mod: lines and blocks of words (golang.org/x/mod/modfile, read.go and rule.go, go1.27).

    File      = { Comment | Statement newline } .
    Statement = verb { word } | verb "(" newline { word { word } newline } ")" .
    word      = anything printable without spaces and ( ) [ ] { } , | one of those characters | "string" | `string` .

A comment begins with // and ends the line. `statements` gives the lines with their positions, blocks taken apart; what directives mean is gomod.py's matter. A
wrong token ends the reading: such a file has one error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rt0.diag import go_quote
from rt0.load.embed import unquote

BLOCKS = frozenset(("module", "godebug", "require", "exclude", "replace", "retract", "tool", "ignore"))
_SINGLE = frozenset("()[]{},")
_SEMVER = re.compile(r"v(0|[1-9]\d*)(?:\.(0|[1-9]\d*)(?:\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?)?\Z", re.ASCII)


class SyntaxFailure(Exception):
    """The file cannot be read further; the text begins with the position."""


@dataclass(slots=True, frozen=True)
class Line:
    """A verb and its words, as written. at: position for messages; a block that no verb has comes with the verb "" and the message as its only word."""

    verb: str
    words: list[str]
    at: str


class _Reader:
    """Tokens of the text with one token of look-ahead, as go's reader has it: errors are placed where it has read to."""

    __slots__ = ("kind", "line", "name", "pos", "start", "start_of_line", "text", "word")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.pos = 0
        self.line = 1
        self.start_of_line = 0
        self.kind = ""  # "word", "\n" for every end of a line, "comment" for one on its own line, "EOF", or a character of _SINGLE
        self.word = ""
        self.start = ""
        self.read()

    def place(self, always: bool = False) -> str:
        col = self.pos - self.start_of_line + 1
        return f"{self.name}:{self.line}:{col}" if always or col > 1 else f"{self.name}:{self.line}"

    def fail(self, msg: str) -> SyntaxFailure:
        return SyntaxFailure(f"{self.place()}: {msg}")

    def newline(self) -> None:
        self.line += 1
        self.start_of_line = self.pos

    def read(self) -> None:
        text, n = self.text, len(self.text)
        while self.pos < n and text[self.pos] in " \t\r":
            self.pos += 1
        self.start = self.place()
        if self.pos >= n:
            self.kind = "EOF"
            return
        if text.startswith("//", self.pos):
            alone = not text[self.start_of_line : self.pos].strip()
            end = text.find("\n", self.pos)
            self.pos = n if end < 0 else end + 1
            if end >= 0:
                self.newline()
            self.kind = "comment" if alone else "\n"
            return
        if text.startswith("/*", self.pos):
            raise self.fail("mod files must use // comments (not /* */ comments)")
        c = text[self.pos]
        begin = self.pos
        if c == "\n":
            self.pos += 1
            self.newline()
            self.kind = "\n"
            return
        if c in _SINGLE:
            self.pos += 1
            self.kind, self.word = c, c
            return
        if c in "\"`":
            self.string(c)
        else:
            if not _word_char(c):
                raise self.fail(f"unexpected input character '{go_quote(c)[1:-1]}'")
            while self.pos < n and _word_char(text[self.pos]) and not text.startswith("//", self.pos):
                if text.startswith("/*", self.pos):
                    raise self.fail("mod files must use // comments (not /* */ comments)")
                self.pos += 1
        self.kind, self.word = "word", text[begin : self.pos]

    def string(self, quote: str) -> None:
        text, n, begin = self.text, len(self.text), self.pos
        self.pos += 1
        while True:
            if self.pos >= n:
                self.pos = begin
                raise self.fail("unexpected EOF in string")
            c = text[self.pos]
            if c == "\n":
                raise self.fail("unexpected newline in string")
            self.pos += 1
            if c == quote:
                return
            if c == "\\" and quote == '"':
                if self.pos >= n:
                    self.pos = begin
                    raise self.fail("unexpected EOF in string")
                self.pos += 1
                if text[self.pos - 1] == "\n":
                    self.newline()

    @property
    def ends(self) -> bool:
        return self.kind in ("\n", "EOF")


def _word_char(c: str) -> bool:
    return c not in _SINGLE and not c.isspace() and c.isprintable()


def statements(name: str, text: str, path: str = "") -> list[Line]:
    """The lines of a go.mod. name: for positions; path: where one message names the file whole. Raises SyntaxFailure."""
    r = _Reader(name, text)
    out: list[Line] = []
    while r.kind != "EOF":
        if r.kind in ("\n", "comment"):
            r.read()
            continue
        at = r.start
        full = (path or name) + at[len(name) :] + ("" if at.count(":") > name.count(":") + 1 else ":1")
        words = [r.word]
        r.read()
        while not r.ends:
            word, kind = r.word, r.kind
            r.read()
            if kind == "(" and r.ends:
                out += _block(r, words, at, full)
                words = []
                break
            if kind == "(" and r.kind == ")":
                r.read()
                if r.ends:
                    r.read()
                    out += _block_lines(words, [], at)
                    words = []
                    break
                words += [word, ")"]
                continue
            words.append(word)
        if words:
            out.append(Line(words[0], words[1:], at))
            r.read()
    return out


def _block(r: _Reader, words: list[str], at: str, full: str) -> list[Line]:
    lines: list[tuple[list[str], str]] = []
    while True:
        if r.kind in ("\n", "comment"):
            r.read()
        elif r.kind == "EOF":
            raise r.fail(f"syntax error (unterminated block started at {full})")
        elif r.kind == ")":
            r.read()
            if not r.ends:
                raise r.fail("syntax error (expected newline after closing paren)")
            r.read()
            return _block_lines(words, lines, at)
        else:
            start, line = r.start, [r.word]
            r.read()
            while not r.ends:
                line.append(r.word)
                r.read()
            r.read()
            lines.append((line, start))


def _block_lines(words: list[str], lines: list[tuple[list[str], str]], at: str) -> list[Line]:
    if len(words) > 1 or words[0] not in BLOCKS:
        return [Line("", [f"unknown block type: {' '.join(words)}"], at)]
    return [Line(words[0], line, start) for line, start in lines]


def parse_string(word: str) -> str:
    """A word without its quotes. Raises ValueError."""
    if word.startswith('"'):
        text = unquote(word[1:-1]) if len(word) > 1 and word.endswith('"') and "\n" not in word else None
        if text is None:
            raise ValueError("invalid syntax")
        return text
    if re.search("[\"'`]", word):
        raise ValueError("unquoted string cannot contain quote")
    return word


def parse_version(verb: str, path: str, word: str) -> str:
    """The canonical form of a version. Raises ValueError with go's text."""
    try:
        text = parse_string(word)
    except ValueError as e:
        raise ValueError(f"{verb} {path}: version {go_quote(word)} invalid: {e}" if path else f"{verb}: version {go_quote(word)} invalid: {e}") from None
    m = _SEMVER.match(text)
    ok = m is not None and not any(p.isdigit() and len(p) > 1 and p[0] == "0" for p in (m[4] or "")[1:].split("."))
    if m is None or not ok:
        raise ValueError(f"{verb} {path}: version {go_quote(text)} invalid: must be of the form v1.2.3" if path else f"{verb}: version {go_quote(text)} invalid: must be of the form v1.2.3")
    return f"v{m[1]}.{m[2] or 0}.{m[3] or 0}{m[4] or ''}{'+incompatible' if m[5] == '+incompatible' else ''}"


def path_major(path: str) -> str:
    """The suffix of a module path that names its major version: "/v2", ".v3" in gopkg.in, or "". Raises ValueError."""
    if path.startswith("gopkg.in/"):
        m = re.search(r"(\.v(0|[1-9][0-9]*))(-unstable)?\Z", path)
        if m is None:
            raise ValueError("invalid module path")
        return m[1] + (m[3] or "")
    m = re.search(r"/v([0-9.]+)\Z", path)
    if m is None:
        return ""
    if "." in m[1] or m[1][0] == "0" or m[1] == "1":
        raise ValueError("invalid module path")
    return "/v" + m[1]


def check_major(version: str, suffix: str) -> None:
    """A version must have the major number that its path says. Raises ValueError."""
    suffix = suffix.removesuffix("-unstable")
    major = version.partition(".")[0]
    if version.startswith("v0.0.0-") and suffix == ".v1":
        return
    if not suffix:
        if major in ("v0", "v1") or version.endswith("+incompatible"):
            return
        suffix = ".v0 or v1"
    elif major == suffix[1:]:
        return
    raise ValueError(f"version {go_quote(version)} invalid: should be {suffix[1:]}, not {major}")
