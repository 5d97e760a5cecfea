"""Build constraints: `//go:build` lines, file name suffixes, and which tags hold.

The grammar of a constraint is `||`, `&&`, `!`, parentheses and tags (go/build/constraint). A file `*_GOOS.go`, `*_GOARCH.go` or
`*_GOOS_GOARCH.go` is built only there (go/build, goodOSArchFile). Tags that hold here: linux, amd64, unix, gc, go1.1 to go1.27, the
experiments that are on by default in this release (internal/buildcfg/exp.go), and what `-tags` adds. cgo never holds.

`file_go_version` answers a different question about the same expression: the lowest release under which it can hold, which is the
language version of the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable

GOOS = "linux"
GOARCH = "amd64"
GO_MINOR = 27

KNOWN_OS = frozenset(
    ["aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux", "nacl", "netbsd", "openbsd", "plan9", "solaris", "wasip1", "windows", "zos"]
)
KNOWN_ARCH = frozenset(
    ["386", "amd64", "amd64p32", "arm", "armbe", "arm64", "arm64be", "loong64", "mips", "mipsle", "mips64", "mips64le", "mips64p32", "mips64p32le", "ppc", "ppc64", "ppc64le", "riscv", "riscv64", "s390", "s390x", "sparc", "sparc64", "wasm"]
)
_TOKEN = re.compile(r"\s*(\|\||&&|!|\(|\)|[^\s()&|!]+)")
_TAG = re.compile(r"[\w.]+\Z")
_BUILD_LINE = re.compile(rb"(?m)^[ \t]*//go:build[ \t]+([^\n\r]*)")


class ConstraintError(Exception):
    """A //go:build line that cannot be parsed; the text says why."""


Expr = tuple[str, "Expr | str", "Expr | None"]  # ("tag", name, None) ("!", x, None) ("&&", x, y) ("||", x, y)


def parse(text: str) -> Expr:
    """Parse the expression after //go:build."""
    toks: list[str] = []
    pos = 0
    text = text.strip()
    while pos < len(text):
        m = _TOKEN.match(text, pos)
        if m is None:
            raise ConstraintError("invalid syntax at " + text[pos])
        toks.append(m[1])
        pos = m.end()
    toks.append("")
    i = 0

    def binary(op: str, operand: Callable[[], Expr]) -> Expr:
        nonlocal i
        x = operand()
        while toks[i] == op:
            i += 1
            x = (op, x, operand())
        return x

    def or_() -> Expr:
        return binary("||", and_)

    def and_() -> Expr:
        return binary("&&", not_)

    def not_() -> Expr:
        nonlocal i
        t = toks[i]
        if t == "!":
            i += 1
            if toks[i] == "!":
                raise ConstraintError("double negation not allowed")
            return ("!", not_(), None)
        if t == "(":
            i += 1
            x = or_()
            if toks[i] != ")":
                raise ConstraintError("missing close paren")
            i += 1
            return x
        if not t:
            raise ConstraintError("unexpected end of expression")
        if t in ("||", "&&", ")"):
            raise ConstraintError("unexpected token " + t)
        if not _TAG.match(t):
            raise ConstraintError("invalid syntax at " + t)
        i += 1
        return ("tag", t, None)

    x = or_()
    if toks[i]:
        raise ConstraintError("unexpected token " + toks[i])
    return x


def evaluate(x: Expr, ok: Callable[[str], bool]) -> bool:
    op, a, b = x
    if op == "tag":
        assert isinstance(a, str)
        return ok(a)
    assert not isinstance(a, str)
    if op == "!":
        return not evaluate(a, ok)
    assert b is not None
    if op == "&&":
        return evaluate(a, ok) and evaluate(b, ok)
    return evaluate(a, ok) or evaluate(b, ok)


def _min_version(x: Expr, sign: int) -> int:
    """Lowest N of go1.N tags that x (or, sign < 0, its negation) needs; -1: none."""
    op, a, b = x
    if op == "tag":
        assert isinstance(a, str)
        if sign < 0:
            return -1
        if a == "go1":
            return 0
        m = re.fullmatch(r"go1\.(\d+)", a)
        return int(m[1]) if m else -1
    assert not isinstance(a, str)
    if op == "!":
        return _min_version(a, -sign)
    assert b is not None
    pick = max if (op == "&&") == (sign > 0) else min
    return pick(_min_version(a, sign), _min_version(b, sign))


def file_go_version(text: str) -> str:
    """The language version a //go:build expression asks for: "go1.N", or "" when it says nothing."""
    try:
        n = _min_version(parse(text), 1)
    except ConstraintError:
        return ""
    return "" if n < 0 else "go1" if n == 0 else f"go1.{n}"


class Tags:
    """Which build tags hold."""

    __slots__ = ("_memo", "held")

    def __init__(self, extra: tuple[str, ...] = (), experiments: tuple[str, ...] = ()) -> None:
        self.held = frozenset(
            (GOOS, GOARCH, "unix", "gc", *(f"go1.{n}" for n in range(1, GO_MINOR + 1)), *(f"goexperiment.{e}" for e in experiments), *extra)
        )
        self._memo: dict[bytes, bool] = {}  # expression text -> does it hold

    def holds(self, tag: str) -> bool:
        return tag in self.held

    def name_matches(self, name: str) -> bool:
        """Does the file's name, by its _GOOS and _GOARCH suffixes, belong to this build?"""
        stem = name.partition(".")[0]
        i = stem.find("_")
        if i < 0:
            return True
        parts = stem[i + 1 :].split("_")
        if parts and parts[-1] == "test":
            parts.pop()
        n = len(parts)
        if n >= 2 and parts[-2] in KNOWN_OS and parts[-1] in KNOWN_ARCH:
            return self.holds(parts[-1]) and self.holds(parts[-2])
        if n >= 1 and (parts[-1] in KNOWN_OS or parts[-1] in KNOWN_ARCH):
            return self.holds(parts[-1])
        return True

    def header_matches(self, header: bytes) -> bool:
        """Does the //go:build line of a file hold? header: the text in front of the package clause.

        raises ConstraintError when the line is malformed
        """
        if b"//go:build" not in header:
            return True
        m = _BUILD_LINE.search(header)
        if m is None:
            return True
        text = m[1]
        known = self._memo.get(text)
        if known is None:
            known = self._memo[text] = evaluate(parse(text.decode("utf-8", "replace")), self.holds)
        return known
