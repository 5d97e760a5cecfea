"""What a Go file says before its first declaration: constraints, package name, imports; and the directives load needs.

No full parse: regular expressions read comments, the package clause and the import declarations, and stop at the first token that is
neither. Only when that fails does `_diagnose` walk the tokens again to say what is wrong, in the words of go/parser, whose errors
`go build` prints for the import section (anything later is the compiler's business).

What holds for a Header: offsets are byte offsets into the file; imports are in source order; directives of the whole file were read
(go:linkname and go:embed may stand anywhere).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rt0.load.embed import unquote

_GAP = rb"(?>[ \t\r\n]+|//[^\n]*|/\*.*?\*/)*"
_PACKAGE = re.compile(rb"(?:\xef\xbb\xbf)?(" + _GAP + rb")package(?=[^A-Za-z0-9_])" + _GAP + rb"([A-Za-z_\x80-\xff][A-Za-z_0-9\x80-\xff]*)", re.DOTALL)
_IMPORT = re.compile(rb"(?>[ \t\r\n;]+|//[^\n]*|/\*.*?\*/)*import(?=[^A-Za-z0-9_])(?>[ \t\r]+|//[^\n]*|/\*.*?\*/|\n)*", re.DOTALL)
_SPEC = re.compile(
    rb"(?>[ \t\r\n;]+|//[^\n]*|/\*.*?\*/)*(?:([A-Za-z_\x80-\xff][A-Za-z_0-9\x80-\xff]*|\.)(?>[ \t\r]+|/\*.*?\*/)*)?"
    rb"(\"(?:[^\"\\\n]|\\[^\n])*\"|`[^`]*`)(?>[ \t\r]+|/\*.*?\*/)*(?=[;)\n/]|\Z)?",
    re.DOTALL,
)
_CLOSE = re.compile(rb"(?>[ \t\r\n;]+|//[^\n]*|/\*.*?\*/)*\)", re.DOTALL)
_END = re.compile(_GAP, re.DOTALL)
_COMMENT = re.compile(rb"//[^\n]*|/\*.*?\*/", re.DOTALL)
_LINKNAME = re.compile(rb"(?m)^[ \t]*//go:linkname(?:std)?[ \t]+([^\s]+)[ \t]+([^\s]+)[ \t\r]*$")
_TOKEN = re.compile(
    rb"(?P<ident>[A-Za-z_\x80-\xff][A-Za-z_0-9\x80-\xff]*)|(?P<string>\"(?:[^\"\\\n]|\\.)*\"|`[^`]*`|'(?:[^'\\\n]|\\.)*')|(?P<badstring>[\"`])"
    rb"|(?P<number>[0-9][0-9A-Za-z_.]*)|(?P<comment>//[^\n]*|/\*.*?\*/)|(?P<badcomment>/\*)|(?P<newline>\n)|(?P<space>[ \t\r]+)|(?P<op>.)",
    re.DOTALL,
)
_KEYWORDS = frozenset(
    b"break case chan const continue default defer else fallthrough for func go goto if import interface map package range "
    b"return select struct switch type var".split()
)


@dataclass(slots=True)
class Import:
    path: str  # as written, unquoted
    offset: int  # of the spec: of the name when there is one
    name: str = ""  # local name, "" when none is given


@dataclass(slots=True)
class HeaderError(Exception):
    """The file's import section is malformed. offset < 0: the error has no place in the file."""

    msg: str
    offset: int = -1


@dataclass(slots=True)
class Header:
    package: str
    constraint: bytes  # the file up to the package's name, when it may have build constraints
    imports: list[Import]
    linknames: list[tuple[str, str]] = field(default_factory=list)
    embeds: list[tuple[str, int]] = field(default_factory=list)  # (arguments, offset of the first)
    debug: list[tuple[str, int]] = field(default_factory=list)  # //go:debug comments in front of the package clause: (text, offset)


def _import(m: re.Match[bytes], alone: bool) -> Import | None:
    """The import of a spec; None when go/parser would say something about it. alone: not in parentheses, where anything may follow."""
    lit = m[2]
    path: str | None = lit[1:-1].decode("utf-8", "replace").replace("\r", "" if lit[:1] == b"`" else "\r")
    if lit[:1] == b'"' and b"\\" in lit:
        path = unquote(path or "")
    if path is None or not (alone or m[0][-1:] in b"\n;" or m.string[m.end() : m.end() + 1] in (b"", b";", b")", b"\n", b"/")):
        return None
    return Import(path, m.start(1) if m[1] else m.start(2), m[1].decode("utf-8", "replace") if m[1] else "")


def read_header(data: bytes) -> Header:
    """Read the head of a Go file. Raises HeaderError."""
    m = _PACKAGE.match(data)
    if m is None or m[2] in _KEYWORDS:
        raise _diagnose(data)
    head = m[1]
    h = Header(m[2].decode("utf-8", "replace"), m[0] if b"go:build" in head or b"+build" in head else b"", [])
    if b"//go:debug" in head:
        found = (c for c in _COMMENT.finditer(data, m.start(1), m.end(1)) if c[0].startswith(b"//go:debug"))
        h.debug = [(c[0].rstrip(b"\r").decode("utf-8", "replace"), c.start()) for c in found]
    pos = m.end()
    imports = h.imports
    spec_match = _SPEC.match
    while True:
        im = _IMPORT.match(data, pos)
        if im is None:
            break
        pos = im.end()
        if data[pos : pos + 1] == b"(":
            pos += 1
            while True:
                s = spec_match(data, pos)
                if s is None:
                    c = _CLOSE.match(data, pos)
                    if c is None:
                        raise _diagnose(data)
                    pos = c.end()
                    break
                spec = _import(s, False)
                if spec is None:
                    raise _diagnose(data)
                imports.append(spec)
                pos = s.end()
        else:
            s = spec_match(data, pos)
            spec = None if s is None else _import(s, True)
            if s is None or spec is None:
                raise _diagnose(data)
            imports.append(spec)
            pos = s.end()
    after = _end_of_gap(data, pos)
    if b"\0" in data[: after + 1]:
        raise HeaderError("unexpected NUL in input")
    if data.startswith(b"/*", after):
        raise HeaderError("comment not terminated", after)
    if b"//go:linkname" in data:
        h.linknames = [(a.decode(), b.decode()) for a, b in _LINKNAME.findall(data)]
    if b"//go:embed" in data and any(i.path == "embed" for i in imports):
        h.embeds = _embeds(data)
    return h


def _embeds(data: bytes) -> list[tuple[str, int]]:
    """The //go:embed comments of the whole file; what looks like one inside a string or another comment is none."""
    out = []
    for m in _TOKEN.finditer(data):
        if m.lastgroup == "comment" and m[0].startswith(b"//go:embed") and (len(m[0]) == 10 or m[0][10:11] in b" \t\r"):
            out.append((m[0][10:].decode("utf-8", "replace"), m.start() + 10))
    return out


def _end_of_gap(data: bytes, pos: int) -> int:
    m = _END.match(data, pos)
    return m.end() if m else pos


class _Reader:
    """Tokens with automatic semicolons, as go/scanner gives them; for diagnosis only."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 3 if data.startswith(b"\xef\xbb\xbf") else 0
        self.ends = False  # a newline here is a semicolon
        self.kind = ""
        self.text = b""
        self.offset = 0
        self.next()

    def next(self) -> None:
        while self.at < len(self.data):
            m = _TOKEN.match(self.data, self.at)
            assert m is not None
            kind = m.lastgroup or ""
            self.offset, self.text, self.at = m.start(), m[0], m.end()
            if kind == "newline":
                if not self.ends:
                    continue
                kind = ";"
            elif kind in ("space", "comment"):
                if self.ends and b"\n" in self.text:
                    self.kind, self.ends = ";", False
                    return
                continue
            elif kind == "badstring":
                word = "raw string" if self.text == b"`" else "string"
                raise HeaderError(f"{word} literal not terminated", self.offset)
            elif kind == "badcomment":
                raise HeaderError("comment not terminated", self.offset)
            elif kind == "ident" and self.text in _KEYWORDS:
                kind = self.text.decode()
            elif kind == "op":
                if self.text == b"\0":
                    raise HeaderError("unexpected NUL in input")
                kind = self.text.decode("latin-1")
            self.kind = kind
            self.ends = kind in ("ident", "string", "number", ")", "]", "}", "break", "continue", "fallthrough", "return")
            return
        self.offset = len(self.data)
        self.text = b""
        self.kind, self.ends = (";" if self.ends else "EOF"), False

    def expected(self, what: str) -> HeaderError:
        """`expected X, found Y` in go/parser's form."""
        if self.kind == ";" and self.text != b";":
            found = "newline"
            if self.at >= len(self.data) and not self.text:
                found = "'EOF'"
        elif self.kind in ("ident", "string", "number"):
            found = self.text.decode("utf-8", "replace")
        else:
            found = f"'{self.kind}'"
        return HeaderError(f"expected '{what}', found {found}", self.offset)


def _diagnose(data: bytes) -> HeaderError:
    """What is wrong with the import section of data."""
    try:
        r = _Reader(data)
        if r.kind != "package":
            return r.expected("package")
        r.next()
        if r.kind != "ident":
            return r.expected("IDENT")
        r.next()
        if r.kind != ";":
            return r.expected(";")
        r.next()
        while r.kind == "import":
            r.next()
            if r.kind == "(":
                r.next()
                while r.kind not in (")", "EOF"):
                    bad = _spec(r, True)
                    if bad is not None:
                        return bad
                if r.kind != ")":
                    return r.expected(")")
                r.next()
            else:
                bad = _spec(r, False)
                if bad is not None:
                    return bad
                continue
            if r.kind not in (";", "EOF"):
                return r.expected(";")
            r.next()
    except HeaderError as e:
        return e
    return HeaderError("syntax error in the import section", r.offset)


_ESCAPE = re.compile(rb"\\(?:[abfnrtv\\\"]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3})")
_DIGITS = {b"x": (2, 16), b"u": (4, 16), b"U": (8, 16)}


def _bad_escape(text: bytes, offset: int) -> HeaderError:
    """What go/scanner says about the first wrong escape sequence of a string."""
    i = 1
    while i < len(text) - 1:
        if text[i] != 92:
            i += 1
            continue
        m = _ESCAPE.match(text, i)
        if m is not None:
            value = int(m[0][2:], 16) if m[0][1:2] in (b"u", b"U") else int(m[0][1:], 8) if m[0][1:2].isdigit() else 0
            if value > (255 if m[0][1:2].isdigit() else 0x10FFFF) or (0xD800 <= value < 0xE000):
                return HeaderError("escape sequence is invalid Unicode code point", offset + i + 1)
            i = m.end()
            continue
        kind = text[i + 1 : i + 2]
        count, base = _DIGITS.get(kind, (3, 8) if kind.isdigit() and kind < b"8" else (0, 0))
        if not count:
            return HeaderError("unknown escape sequence", offset + i + 1)
        j = i + 1 + (base == 16)
        for _ in range(count):
            c = text[j : j + 1].decode("latin-1")
            if c not in ("0123456789abcdefABCDEF" if base == 16 else "01234567"):
                return HeaderError(f"illegal character U+{ord(c):04X} '{c}' in escape sequence", offset + j)
            j += 1
        i = j
    return HeaderError("unknown escape sequence", offset)


def _spec(r: _Reader, grouped: bool) -> HeaderError | None:
    if r.kind in ("ident", "."):
        r.next()
    if r.kind != "string" or r.text[:1] == b"'":
        return HeaderError("import path must be a string" if r.kind in ("number", "string") else "missing import path", r.offset)
    if r.text[:1] == b'"' and b"\\" in r.text and unquote(r.text[1:-1].decode("utf-8", "replace")) is None:
        return _bad_escape(r.text, r.offset)
    r.next()
    if r.kind not in (";", ")", "EOF"):
        return r.expected(";") if grouped else None
    if r.kind == ";":
        r.next()
    return None
