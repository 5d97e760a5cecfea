"""Bytes -> tokens: one master regular expression over the whole file, and three parallel lists for the parser.

A token is an index into `Tokens.kinds`, `.offs` and `.lits`:

    kind   what the parser compares: "name", "literal", ";", "EOF", "op=" for the assignment operators, and for everything
           else (keywords, operators, punctuation) its own text. All kinds are interned, so == is a pointer comparison.
    offs   byte offset of the token's first byte; for an automatic semicolon that of the newline (or of the comment that
           contains it), as gc counts it
    lits   the name as str; (kind, bytes) for a literal; "semicolon", "newline" or "EOF" for a semicolon; the operator's text

The regular expression swallows white space and ordinary comments in front of a token, so they cost no step of the Python
loop; names, keywords and operators share one group and one dictionary look-up. A literal is taken on a fast path only when
it is certainly valid; everything else goes through the slow methods below, which walk it character by character as the language
defines it and reports gc's errors (cmd/compile/internal/syntax/scanner.go and source.go, go1.27).

Lazy scanning (`lazy=True`, for dependencies): the braces of function bodies, and of large composite literals in package
variables, are matched on the bytes and not tokenised; in their place stands one token of kind "lazy" whose lit is the byte
range inside the braces. The matcher knows strings, runes and comments.

What holds: `kinds` ends with EOF tokens enough for any look-ahead; scanner errors are kept in `errors` with their offsets, in
order; every `//go:` comment is in `directives` with the index of the token that follows it.
"""

from __future__ import annotations

import re
import unicodedata
from sys import intern

from rt0.diag import SourceFile

KEYWORDS = ["break", "case", "chan", "const", "continue", "default", "defer", "else", "fallthrough", "for", "func", "go", "goto", "if", "import", "interface", "map", "package", "range", "return", "select", "struct", "switch", "type", "var"]
_OPERATORS = ["||", "&&", "==", "!=", "<", "<=", ">", ">=", "+", "-", "|", "^", "*", "/", "%", "&", "&^", "<<", ">>", "!", "~"]
_ASSIGN_OPS = ["+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "&^=", "<<=", ">>="]
_PUNCT = ["(", "[", "{", ",", ".", "...", ":", ":=", "=", "<-"]
_CLOSERS = [")", "]", "}", "++", "--"]

PREC: dict[str, int] = {
    "||": 1, "&&": 2,
    "==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3,
    "+": 4, "-": 4, "|": 4, "^": 4,
    "*": 5, "/": 5, "%": 5, "&": 5, "&^": 5, "<<": 5, ">>": 5,
}  # fmt: skip
KEYWORD_SET = frozenset(KEYWORDS)

Entry = tuple[str, str, bool]  # kind, lit, a newline after it ends the statement


def _table() -> dict[bytes, Entry]:
    t: dict[bytes, Entry] = {}
    for w in KEYWORDS:
        t[w.encode()] = (intern(w), w, w in ("break", "continue", "fallthrough", "return"))
    for w in _OPERATORS + _PUNCT:
        t[w.encode()] = (intern(w), w, False)
    for w in _ASSIGN_OPS:
        t[w.encode()] = (intern("op="), w, False)
    for w in _CLOSERS:
        t[w.encode()] = (intern(w), w, True)
    t[b";"] = (intern(";"), "semicolon", False)
    return t


_TABLE = _table()  # grows: every identifier met is added, so that each is decoded once

_TOKEN = re.compile(
    rb"""(?:[ \t\r]+|//(?!go:|line )[^\n]*)*(?:
      ([A-Za-z_][A-Za-z_0-9]*(?![A-Za-z_0-9\x80-\xff])
        |[(){}\[\],;]|\.\.\.|\.(?![0-9])
        |:=?|=(?:=)?|<(?:<=?|=|-)?|>(?:>=?|=)?|\+[+=]?|-[-=]?|\*=?|/(?:=|(?![/*]))|%=?|&(?:&|\^=?|=)?|\|[|=]?|\^=?|!=?|~)
     |(\n[ \t\r\n]*)
     |("[^"\\\n]*"|`[^`]*`|'[^'\\\n\x80-\xff]'|(?:[1-9][0-9]*|0)(?![0-9A-Za-z_.]))
     |(0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?i?
        |(?:0[oObB][0-9_]*|[0-9][0-9_]*)(?:\.[0-9_]*)?(?:[eEpP][+-]?[0-9_]*)?i?
        |\.[0-9][0-9_]*(?:[eEpP][+-]?[0-9_]*)?i?)
     |(["'`])
     |(//[^\n]*)
     |(/\*)
     |([A-Za-z0-9_\x80-\xff]+)
     |(.)
     |\Z
    )""",
    re.VERBOSE | re.DOTALL,
)

# one valid escape or plain character; used to accept a whole literal at once
_ESCAPE = (
    rb"(?:[^\\\n]|\\(?:[abfnrtv\\%s]|[0-3][0-7]{2}|x[0-9a-fA-F]{2}|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}"
    rb"|U(?!0000[dD][89a-fA-F])00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}))"
)
_STRING = re.compile(rb'"(?:(?!")' + _ESCAPE % b'"' + rb')*"')
_ESC_RUNE = re.compile(rb"'\\(?:[abfnrtv\\']|[0-3][0-7]{2}|x[0-9a-fA-F]{2}|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}"
                       rb"|U(?!0000[dD][89a-fA-F])00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4})'")  # fmt: skip
_SKIP = re.compile(
    rb"""(?:[^{}"'`/]+|"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+'|//[^\n]*|/\*.*?\*/|/)*([{}])""",
    re.DOTALL,
)
# well-formed characters outside ASCII, or (group 1) one byte that belongs to none
_UTF8 = re.compile(
    rb"(?:[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})+|([\x80-\xff])"
)
_NAME_BEFORE = re.compile(rb"(?<![A-Za-z0-9_.])[A-Za-z_][A-Za-z0-9_]*$")
_MIN_LAZY_LITERAL = 160  # bytes; shorter composite literals are parsed at once


class Tokens:
    """The tokens of one file, or of one range of it."""

    __slots__ = ("directives", "errors", "kinds", "lits", "offs")

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.offs: list[int] = []
        self.lits: list[object] = []
        self.errors: list[tuple[int, str]] = []  # (offset, message)
        # //go: comments: (index of the next token, offset of the text after "//", text, alone on its line)
        self.directives: list[tuple[int, int, str, bool]] = []


def quote_rune(c: str) -> str:
    """U+0040 '@', as Go's %#U prints a character."""
    n = ord(c)
    s = f"U+{n:04X}"
    return f"{s} '{c}'" if c.isprintable() else s


def _decode(data: bytes, i: int) -> tuple[str, int]:
    """The character at offset i and its width; U+FFFD, 1 when the bytes are not UTF-8."""
    b = data[i]
    if b < 0x80:
        return chr(b), 1
    n = 2 if b < 0xE0 else 3 if b < 0xF0 else 4
    try:
        return data[i : i + n].decode(), n
    except UnicodeDecodeError:
        return "�", 1


def _bad_encoding(data: bytes, errors: list[tuple[int, str]]) -> bytes:
    """Report NUL, byte order marks and invalid UTF-8; returns the data with another character for each such byte.

    gc drops these characters, so what stands around them still makes sense; offsets must not move, hence a space, or an
    underscore inside a name (where the byte stays part of the name).
    """
    out = bytearray(data)

    def blot(i: int) -> None:
        out[i] = 0x5F if _NAME_BEFORE.search(out, max(0, i - 80), i) else 0x20

    for m in re.finditer(rb"\x00", data):
        errors.append((m.start(), "invalid NUL character"))
        blot(m.start())
    for m in re.finditer(rb"\xef\xbb\xbf", data):
        if m.start():
            errors.append((m.start(), "invalid BOM in the middle of the file"))
        for i in range(*m.span()):
            blot(i)
    for i in [m.start() for m in _UTF8.finditer(data) if m[1]]:
        errors.append((i, "invalid UTF-8 encoding"))
        blot(i)
    errors.sort()
    return bytes(out)


def _close_brace(data: bytes, start: int, end: int) -> int:
    """Offset of the "}" that closes the block whose inside begins at start, or -1."""
    depth = 1
    for m in _SKIP.finditer(data, start, end):
        if m[1] == b"{":
            depth += 1
        else:
            depth -= 1
            if not depth:
                return m.start(1)
    return -1


def scan(src: SourceFile, start: int = 0, end: int = -1, lazy: bool = False) -> Tokens:
    """Tokens of src.data[start:end]. See the head of this file for what they look like."""
    data = src.data
    if end < 0:
        end = len(data)
    toks = Tokens()
    if start == 0 and end == len(data) and (not data.isascii() or b"\0" in data):
        clean = b"\0" not in data and b"\xef\xbb\xbf" not in data
        if clean:
            try:
                data.decode()
            except UnicodeDecodeError:
                clean = False
        if not clean:
            data = _bad_encoding(data, toks.errors)
    elif b"\0" in data or not data.isascii():
        data = _bad_encoding(data, []) if _is_bad(data) else data
    _Scan(data, end, toks, lazy).run(start)
    if data is not src.data:
        _bad_bytes_in_names(src.data, data, toks)
        if b"\0" in src.data:
            _nul_in_numbers(src.data, toks)
    toks.errors.sort(key=lambda e: e[0])
    return toks


def _bad_bytes_in_names(data: bytes, blotted: bytes, toks: Tokens) -> None:
    """Names get back the bytes that _bad_encoding took, as in gc: the Checker then finds no name in them."""
    for i, (off, lit) in enumerate(zip(toks.offs, toks.lits)):
        if toks.kinds[i] == "name" and isinstance(lit, str):
            end = off + len(lit.encode())
            if data[off:end] != blotted[off:end]:
                toks.lits[i] = data[off:end].decode(errors="replace")


def _nul_in_numbers(data: bytes, toks: Tokens) -> None:
    """A NUL right after a number stays part of it, as in gc: the Checker then finds the literal malformed."""
    for i, (off, lit) in enumerate(zip(toks.offs, toks.lits)):
        if toks.kinds[i] == "literal" and isinstance(lit, tuple) and lit[0] in ("int", "float", "imag"):
            end = off + len(lit[1])
            nuls = end
            while nuls < len(data) and not data[nuls]:
                nuls += 1
            if nuls > end:
                toks.lits[i] = (lit[0], lit[1] + data[end:nuls], *lit[2:])


def _is_bad(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return True
    return b"\0" in data or b"\xef\xbb\xbf" in data


class _Scan:
    """The state of one scan."""

    __slots__ = ("data", "end", "lazy", "toks")

    def __init__(self, data: bytes, end: int, toks: Tokens, lazy: bool) -> None:
        self.data = data
        self.end = end
        self.toks = toks
        self.lazy = lazy

    def run(self, pos: int) -> None:
        data, end, toks = self.data, self.end, self.toks
        kinds, offs, lits = toks.kinds, toks.offs, toks.lits
        kind_add, off_add, lit_add = kinds.append, offs.append, lits.append
        table = _TABLE
        get = table.get
        nl = False  # a newline here becomes a semicolon
        lazy = self.lazy
        # lazy: which declaration we are in ("" between), brackets open, and at how many the "func" of this spec stood (-1: none)
        decl, depth, func_depth = "", 0, -1
        again = True
        while again:
            again = False
            for m in _TOKEN.finditer(data, pos, end):
                k = m.lastindex
                if k == 1:
                    text = m[1]
                    e = get(text)
                    if e is None:
                        e = table[text] = ("name", intern(text.decode()), True)
                    kind, lit, nl = e
                    kind_add(kind)
                    lit_add(lit)
                    off_add(m.start(1))
                    if lazy:
                        if kind == "{":
                            if kinds[-2:-1] not in (["struct"], ["interface"]) and (
                                (decl == "func" and depth == 0) or (decl == "var" and func_depth < 0)
                            ):
                                inside = m.end()
                                close = _close_brace(data, inside, end)
                                if close > 0 and (decl == "func" or close - inside >= _MIN_LAZY_LITERAL):
                                    kind_add("lazy")
                                    lit_add((inside, close))
                                    off_add(inside)
                                    kind_add("}")
                                    lit_add("}")
                                    off_add(close)
                                    nl = True
                                    pos = close + 1
                                    again = True
                                    break
                            depth += 1
                        elif kind == "(" or kind == "[":
                            depth += 1
                        elif kind == ")" or kind == "]" or kind == "}":
                            depth -= 1
                        elif kind == ";":
                            if depth <= func_depth:
                                func_depth = -1
                        elif kind == "func":
                            if depth == 0 and kinds[-2:-1] in ([";"], []):
                                decl = "func"
                            elif func_depth < 0:
                                func_depth = depth
                        elif depth == 0 and kind in ("var", "type", "const", "import"):
                            decl = kind
                elif k == 2:
                    if nl:
                        kind_add(";")
                        lit_add("newline")
                        off_add(m.start(2))
                        nl = False
                        if depth <= func_depth:
                            func_depth = -1
                elif k == 3:
                    text = m[3]
                    c = text[0]
                    kind_add("literal")
                    lit_add(("string" if c == 34 or c == 96 else "char" if c == 39 else "int", text))
                    off_add(m.start(3))
                    nl = True
                elif k is None:
                    break  # the end of the input
                else:
                    pos, nl = self.unusual(m, nl)
                    if pos >= 0:
                        again = True
                        break
        if nl:
            kind_add(";")
            lit_add("EOF")
            off_add(end)
        for _ in range(4):
            kind_add("EOF")
            lit_add("EOF")
            off_add(end)

    def unusual(self, m: re.Match[bytes], nl: bool) -> tuple[int, bool]:
        """Everything the loop of `run` does not do itself. Returns where to go on (-1: after the match) and the new `nl`."""
        toks, data = self.toks, self.data
        k = m.lastindex or 0
        off = m.start(k)
        if k == 4:
            text = m[4]
            self.literal(off, self.number(off, text), text)
            return -1, True
        if k == 5:
            quote = data[off]
            if quote == 34:
                s = _STRING.match(data, off, self.end)
            elif quote == 39:
                s = _ESC_RUNE.match(data, off, self.end)
            else:
                s = None
            if s:
                self.literal(off, "string" if quote == 34 else "char", s[0])
                return s.end(), True
            return self.quoted(off, quote), True
        if k == 6:
            self.directive(off, m[6])
            return -1, nl
        if k == 7:
            close = data.find(b"*/", off + 2, self.end)
            if close < 0:
                toks.errors.append((off, "comment not terminated"))
                # a newline inside the comment still ends the statement
                if nl and b"\n" in data[off : self.end]:
                    self.semicolon(off)
                    nl = False
                return self.end, nl
            if data.startswith(b"/*line ", off):
                self.line_directive(off + 7, data[off + 7 : close], b"\n" in data[off:close])
            if nl and data.find(b"\n", off, close) >= 0:
                self.semicolon(off)
                nl = False
            return close + 2, nl
        if k == 8:
            self.identifier(off, m[8])
            return -1, True
        c, _ = _decode(data, off)
        toks.errors.append((off, f"invalid character {quote_rune(c)}"))
        return -1, nl

    def semicolon(self, off: int) -> None:
        self.toks.kinds.append(";")
        self.toks.lits.append("newline")
        self.toks.offs.append(off)

    def literal(self, off: int, kind: str, text: bytes) -> None:
        bad = kind.startswith("bad ")
        self.toks.kinds.append("literal")
        self.toks.lits.append((kind[4:], text, True) if bad else (kind, text))
        self.toks.offs.append(off)

    def identifier(self, off: int, text: bytes) -> None:
        """A name with characters outside ASCII."""
        s = text.decode("utf-8", "replace")
        at = off
        for i, c in enumerate(s):
            if c >= "\x80":
                cat = unicodedata.category(c)
                if cat == "Nd":
                    if i == 0:
                        self.toks.errors.append((at, f"identifier cannot begin with digit {quote_rune(c)}"))
                elif cat[0] != "L":
                    self.toks.errors.append((at, f"invalid character {quote_rune(c)} in identifier"))
            at += len(c.encode("utf-8", "replace"))
        self.toks.kinds.append("name")
        self.toks.lits.append(intern(s))
        self.toks.offs.append(off)

    def directive(self, off: int, text: bytes) -> None:
        """A comment that begins with //go: or //line."""
        line_start = self.data.rfind(b"\n", 0, off) + 1
        s = text.rstrip(b"\r")
        if s.startswith(b"//line "):
            if off == line_start:
                self.line_directive(off + 7, s[7:], False)
            return
        blank = not self.data[line_start:off].strip(b" \t\r")
        self.toks.directives.append((len(self.toks.kinds), off + 2, s[2:].decode("utf-8", "replace"), blank))

    def line_directive(self, off: int, text: bytes, spans_lines: bool) -> None:
        """Check the numbers of a //line directive; `SourceFile.position` applies it."""
        parts = text.split(b":")
        if len(parts) < 2 or spans_lines:
            return
        last_at = off + len(text) - len(parts[-1])
        errors = self.toks.errors
        if not parts[-1].isdigit():
            errors.append((last_at, f"invalid line number: {parts[-1].decode('utf-8', 'replace')}"))
            return
        line, line_at = parts[-1], last_at
        if len(parts) > 2 and parts[-2].isdigit():
            col, line = parts[-1], parts[-2]
            line_at = last_at - len(line) - 1
            if not 0 < int(col) <= 1 << 30:
                errors.append((last_at, f"invalid column number: {col.decode()}"))
                return
        if not 0 < int(line) <= 1 << 30:
            errors.append((line_at, f"invalid line number: {text[line_at - off :].decode('utf-8', 'replace')}"))

    def number(self, off: int, text: bytes) -> str:
        """Check a number literal; returns its kind, with "bad " in front when an error was reported."""
        errors = self.toks.errors
        s = text.decode()
        n = len(s)
        i, base, prefix = 0, 10, ""
        kind, ok = "int", True
        digits = seps = False
        invalid = -1

        def run_digits(i: int, base: int) -> int:
            nonlocal digits, seps, invalid
            while i < n:
                c = s[i]
                if c == "_":
                    seps = True
                elif c.isdigit() or (base == 16 and c in "abcdefABCDEF"):
                    digits = True
                    if base < 10 and int(c) >= base and invalid < 0:
                        invalid = i
                else:
                    break
                i += 1
            return i

        if s[0] != ".":
            if s[0] == "0":
                p = s[1:2].lower()
                if p in ("x", "o", "b") and p:
                    base, prefix, i = {"x": 16, "o": 8, "b": 2}[p], p, 2
                else:
                    base, prefix, i, digits = 8, "0", 1, True
            i = run_digits(i, base)
        name = {2: "binary", 8: "octal", 10: "decimal", 16: "hexadecimal"}[base]
        if s[i : i + 1] == ".":
            if prefix in ("o", "b"):
                errors.append((off + i, f"invalid radix point in {name} literal"))
                ok = False
            kind = "float"
            i = run_digits(i + 1, base)
        if not digits and ok:
            errors.append((off + i, f"{name} literal has no digits"))
            ok = False
        e = s[i : i + 1].lower()
        if e in ("e", "p") and e:
            if ok:
                if e == "e" and prefix not in ("", "0"):
                    errors.append((off + i, f"'{s[i]}' exponent requires decimal mantissa"))
                    ok = False
                elif e == "p" and prefix != "x":
                    errors.append((off + i, f"'{s[i]}' exponent requires hexadecimal mantissa"))
                    ok = False
            kind = "float"
            i += 1
            if s[i : i + 1] in ("+", "-"):
                i += 1
            digits = False
            i = run_digits(i, 10)
            if not digits and ok:
                errors.append((off + i, "exponent has no digits"))
                ok = False
        elif prefix == "x" and kind == "float" and ok:
            errors.append((off + i, "hexadecimal mantissa requires a 'p' exponent"))
            ok = False
        if s[i : i + 1] == "i":
            kind = "imag"
        if kind == "int" and invalid >= 0 and ok:
            errors.append((off + invalid, f"invalid digit '{s[invalid]}' in {name} literal"))
            ok = False
        if seps and ok:
            bad = _invalid_separator(s)
            if bad >= 0:
                errors.append((off + bad, "'_' must separate successive digits"))
                ok = False
        return kind if ok else "bad " + kind

    def quoted(self, off: int, quote: int) -> int:
        """A string or rune literal that has an error (or is a rune outside ASCII); returns the offset after it."""
        data, end, errors = self.data, self.end, self.toks.errors
        i = off + 1
        ok = True
        kind = "char" if quote == 39 else "string"
        count = 0
        while True:
            if i >= end:
                if quote != 39:
                    errors.append((off, "string not terminated"))
                elif ok:
                    errors.append((off, "rune literal not terminated"))
                ok = False
                break
            c = data[i]
            if c == quote:
                if quote == 39 and ok:
                    if count == 0:
                        errors.append((i, "empty rune literal or unescaped '"))
                        ok = False
                    elif count != 1:
                        errors.append((off, "more than one character in rune literal"))
                        ok = False
                i += 1
                break
            if c == 92 and quote != 96:
                i, good = self.escape(i + 1, quote)
                ok = ok and good
                count += 1
                continue
            if c == 10 and quote != 96:
                if quote == 34:
                    errors.append((i, "newline in string"))
                elif ok:
                    errors.append((i, "newline in rune literal"))
                ok = False
                break
            i += 1 if c < 0x80 else _decode(data, i)[1]
            count += 1
        self.literal(off, kind if ok else "bad " + kind, data[off:i])
        return i

    def escape(self, i: int, quote: int) -> tuple[int, bool]:
        """The part of an escape sequence after the backslash. Returns the next offset and whether it is valid."""
        data, end, errors = self.data, self.end, self.toks.errors
        if i >= end:
            return i, True
        c = data[i]
        if c == quote or c in b"abfnrtv\\":
            return i + 1, True
        if c in b"01234567":
            n, base, limit = 3, 8, 255
        elif c in b"xuU":
            i += 1
            n, limit = {120: (2, 255), 117: (4, 0x10FFFF), 85: (8, 0x10FFFF)}[c]
            base = 16
        else:
            errors.append((i, "unknown escape"))
            return i, False
        x = 0
        for _ in range(n):
            if i >= end:
                return i, True
            ch, _w = _decode(data, i)
            d = int(ch, 16) if ch in "0123456789abcdefABCDEF" else 99
            if d >= base:
                shown = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "'": "\\'", "\\": "\\\\"}.get(ch, ch)
                errors.append((i, f"invalid character '{shown}' in {'octal' if base == 8 else 'hexadecimal'} escape"))
                return i, False
            x = x * base + d
            i += 1
        if x > limit and base == 8:
            errors.append((i, f"octal escape value {x} > 255"))
            return i, False
        if x > limit or 0xD800 <= x < 0xE000:
            errors.append((i, f"escape is invalid Unicode code point U+{x:04X}"))
            return i, False
        return i, True


def _invalid_separator(s: str) -> int:
    """Index of the first misplaced "_" of a number, or -1."""
    hex_ = s[1:2] in ("x", "X")
    start, prev = 0, "."
    if s[0] == "0" and s[1:2] and s[1] in "xXoObB":
        start, prev = 2, "0"
    for i in range(start, len(s)):
        c = s[i]
        if c == "_":
            if prev != "0":
                return i
            prev = "_"
        elif c.isdigit() or (hex_ and c in "abcdefABCDEF"):
            prev = "0"
        else:
            if prev == "_":
                return i - 1
            prev = "."
    return len(s) - 1 if prev == "_" else -1
