"""JSON as Go's encoding/json reads it, with its messages, and writes it (encoding/json, internal/jsonwire, go1.27).

`write(value)` gives the text of a value; `read(data)` gives a value; what it cannot read is a JSONError with the text of Go's error. Keys keep their order and may come twice. Bytes that are not UTF-8
and surrogates without their other half become U+FFFD.
"""

from __future__ import annotations

import json
import re
from typing import Final

from rt0.diag import go_quote

_SPACE = re.compile(r"[ \t\r\n]*")
_PLAIN = re.compile('[^"\\\\\x00-\x1f]*')
_ESCAPES: Final = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_LITERALS: Final = {"t": ("true", True), "f": ("false", False), "n": ("null", None)}
_BYTES = re.compile("[\udc80-\udcff]")  # that are not UTF-8
_HALVES = re.compile("[\ud800-\udfff]")
_HIDDEN = [(c, f"\\u{ord(c):04x}") for c in "<>&\u2028\u2029"]
_HEX = re.compile("[0-9a-fA-F]{4}")
_HEX_PREFIX = re.compile("u[0-9a-fA-F]*")
MAX_DEPTH = 10000
_END = "unexpected end of JSON input"


class JSONError(ValueError):
    """Its text is Go's."""


class Number(str):
    """A number as it is spelled."""

    __slots__ = ()


class Object:
    """An object. members: (key, value), in order."""

    __slots__ = ("members",)

    def __init__(self) -> None:
        self.members: list[tuple[str, Value]] = []


Value = None | bool | Number | str | list["Value"] | Object


def kind(v: Value) -> str:
    """What Go's errors call a value."""
    match v:
        case None:
            return "null"
        case bool():
            return "bool"
        case Number():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
    return "object"


def write(value: object) -> str:
    """The text of a value of json's types, in one line. It may stand in a script element of a page: <, > and & are escaped, as Go does it. Half surrogates, which
    stand for bytes that are not UTF-8, become U+FFFD. A whole number that is a float has no fraction."""
    return _escaped(json.dumps(_whole(value), separators=(",", ":"), ensure_ascii=False))


def indented(value: object) -> str:
    """The text of a value as json.MarshalIndent(value, "", "\\t") has it."""
    return _escaped(json.dumps(_whole(value), indent="\t", ensure_ascii=False))


def _escaped(text: str) -> str:
    for c, escape in _HIDDEN:
        text = text.replace(c, escape)
    return text if text.isascii() else _HALVES.sub("\ufffd", text)


def _whole(value: object) -> object:
    """The value with floats that are whole numbers as such."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {k: v if type(v) is str or type(v) is int else _whole(v) for k, v in value.items()}
    if isinstance(value, list):
        return [v if type(v) is int or type(v) is str else _whole(v) for v in value]
    return value


def read(data: bytes) -> Value:
    """The one value in data. Raises JSONError."""
    r = _Reader(data.decode("utf-8", "surrogateescape"))
    try:
        v = r.value(1)
    except RecursionError:
        raise JSONError("exceeded max depth") from None
    if r.skip() != "":
        raise r.unexpected("after top-level value")
    return v


class _Reader:
    __slots__ = ("at", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def skip(self) -> str:
        """Past white space: the character there, "" at the end."""
        m = _SPACE.match(self.text, self.at)
        assert m is not None
        self.at = m.end()
        return self.text[self.at : self.at + 1]

    def unexpected(self, where: str) -> JSONError:
        c = self.text[self.at : self.at + 1]
        if not c:
            return JSONError(_END)
        quoted = go_quote(c)[1:-1].replace('\\"', '"').replace("'", "\\'")
        return JSONError(f"invalid character '{quoted}' {where}")

    def value(self, depth: int) -> Value:
        c = self.skip()
        match c:
            case "{":
                return self.object(depth)
            case "[":
                return self.array(depth)
            case '"':
                return self.string()
            case "t" | "f" | "n":
                word, v = _LITERALS[c]
                for want in word:
                    if self.text[self.at : self.at + 1] != want:
                        raise self.unexpected(f"in literal {word} (expecting '{want}')")
                    self.at += 1
                return v
            case _ if c and c in "-0123456789":
                return self.number()
        raise self.unexpected("looking for beginning of value")

    def enter(self, depth: int) -> None:
        self.at += 1
        if depth > MAX_DEPTH:
            raise JSONError("exceeded max depth")

    def object(self, depth: int) -> Object:
        self.enter(depth)
        o = Object()
        c = self.skip()
        while c != "}" or o.members:
            if c != '"':
                raise self.unexpected("looking for beginning of object key string")
            key = self.string()
            if self.skip() != ":":
                raise self.unexpected("after object key")
            self.at += 1
            o.members.append((key, self.value(depth + 1)))
            c = self.skip()
            if c == "}":
                break
            if c != ",":
                raise self.unexpected("after object key:value pair")
            self.at += 1
            c = self.skip()
        self.at += 1
        return o

    def array(self, depth: int) -> list[Value]:
        self.enter(depth)
        out: list[Value] = []
        c = self.skip()
        while c != "]" or out:
            out.append(self.value(depth + 1))
            c = self.skip()
            if c == "]":
                break
            if c != ",":
                raise self.unexpected("after array element")
            self.at += 1
            c = self.skip()
        self.at += 1
        return out

    def number(self) -> Number:
        start = self.at
        if self.text[start] == "-":
            self.at += 1
        if self.text[self.at : self.at + 1] == "0":
            self.at += 1
        else:
            self.digits()
        if self.text[self.at : self.at + 1] == ".":
            self.at += 1
            self.digits()
        if self.text[self.at : self.at + 1] in ("e", "E"):
            self.at += 1
            if self.text[self.at : self.at + 1] in ("+", "-"):
                self.at += 1
            self.digits()
        return Number(self.text[start : self.at])

    def digits(self) -> None:
        start = self.at
        while "0" <= self.text[self.at : self.at + 1] <= "9":
            self.at += 1
        if self.at == start:
            raise self.unexpected("in numeric literal")

    def string(self) -> str:
        self.at += 1
        out: list[str] = []
        while True:
            m = _PLAIN.match(self.text, self.at)
            assert m is not None
            out.append(_BYTES.sub("\ufffd", m[0]))
            self.at = m.end()
            c = self.text[self.at : self.at + 1]
            if c == '"':
                self.at += 1
                return _valid("".join(out))
            if c != "\\":
                raise self.unexpected("in string")
            out.append(self.escape())

    def escape(self) -> str:
        c = self.text[self.at + 1 : self.at + 2]
        if not c:
            raise JSONError(_END)
        if c in _ESCAPES:
            self.at += 2
            return _ESCAPES[c]
        rest = self.text[self.at + 1 : self.at + 6]
        if c != "u":
            raise _bad_escape("\\" + c)
        if not _HEX.fullmatch(rest[1:]):
            if len(rest) < 5 and _HEX_PREFIX.fullmatch(rest):
                raise JSONError(_END)
            raise _bad_escape("\\" + rest)
        self.at += 6
        return chr(int(rest[1:], 16))


def _bad_escape(what: str) -> JSONError:
    plain = what.isprintable() and not any(c.isspace() or c == "`" for c in what)
    return JSONError(f"invalid escape sequence {f'`{what}`' if plain else go_quote(what)} in string")


def _valid(s: str) -> str:
    """s with the halves of surrogate pairs joined; one alone is U+FFFD."""
    return s if s.isascii() else s.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
