"""Build constraints: `//go:build` lines, `// +build` lines, file name suffixes, and which tags hold.

The grammar of a constraint is `||`, `&&`, `!`, parentheses and tags (go/build/constraint). A file without a //go:build line may have +build lines,
the older form, all of which must hold; go takes them whatever the language version. A file `*_GOOS.go`, `*_GOARCH.go` or
`*_GOOS_GOARCH.go` is built only there (go/build, goodOSArchFile). Tags that hold here: linux, amd64, amd64.v1 up to GOAMD64, unix, gc, go1.1 to
go1.27, the experiments that are on by default in this release (internal/buildcfg/exp.go), and what `-tags` adds. cgo never holds.

`file_go_version` answers a different question about the same expression: the lowest release under which it can hold, which is the
language version of the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable

GOOS = "linux"
GOARCH = "amd64"
UNIX = frozenset(("aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "linux", "netbsd", "openbsd", "solaris"))  # syslist.UnixOS
GO_MINOR = 27

KNOWN_OS = frozenset(
    ["aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux", "nacl", "netbsd", "openbsd", "plan9", "solaris", "wasip1", "windows", "zos"]
)
KNOWN_ARCH = frozenset(
    ["386", "amd64", "amd64p32", "arm", "armbe", "arm64", "arm64be", "loong64", "mips", "mipsle", "mips64", "mips64le", "mips64p32", "mips64p32le", "ppc", "ppc64", "ppc64le", "riscv", "riscv64", "s390", "s390x", "sparc", "sparc64", "wasm"]
)
_LEVELS = ("v1", "v2", "v3", "v4")  # of GOAMD64: each holds the tags of those before it
_MAX_SIZE = 1000  # operands of a //go:build expression
_MAX_OLD_SIZE = 100  # operators of a +build line


class ConstraintError(Exception):
    """A //go:build line that cannot be parsed; the text says why."""


Expr = tuple[str, "Expr | str", "Expr | None"]  # ("tag", name, None) ("!", x, None) ("&&", x, y) ("||", x, y)


class _Parser:
    """Recursive descent over the text after //go:build; tokens are cut as they are asked for, so that errors come in Go's order."""

    __slots__ = ("at", "is_tag", "size", "text", "tok")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.tok = ""
        self.is_tag = False
        self.size = 0

    def lex(self) -> None:
        text = self.text
        self.is_tag = False
        while self.at < len(text) and text[self.at] in " \t":
            self.at += 1
        start = self.at
        if start >= len(text):
            self.tok = ""
            return
        c = text[start]
        if c in "()!":
            self.at += 1
        elif c in "&|":
            if text[start + 1 : start + 2] != c:
                raise ConstraintError("invalid syntax at " + c)
            self.at += 2
        else:
            while self.at < len(text) and _tag_char(text[self.at]):
                self.at += 1
            if self.at == start:
                raise ConstraintError("invalid syntax at " + c)
            self.is_tag = True
        self.tok = text[start : self.at]

    def or_(self) -> Expr:
        x = self.and_()
        while self.tok == "||":
            x = ("||", x, self.and_())
        return x

    def and_(self) -> Expr:
        x = self.not_()
        while self.tok == "&&":
            x = ("&&", x, self.not_())
        return x

    def not_(self) -> Expr:
        self.size += 1
        if self.size > _MAX_SIZE:
            raise ConstraintError("build expression too large")
        self.lex()
        if self.tok != "!":
            return self.atom()
        self.lex()
        if self.tok == "!":
            raise ConstraintError("double negation not allowed")
        return ("!", self.atom(), None)

    def atom(self) -> Expr:
        if self.tok == "(":
            try:
                x = self.or_()
            except ConstraintError as e:
                raise ConstraintError("missing close paren" if str(e) == "unexpected end of expression" else str(e)) from None
            if self.tok != ")":
                raise ConstraintError("missing close paren")
            self.lex()
            return x
        if not self.is_tag:
            raise ConstraintError("unexpected token " + self.tok if self.tok else "unexpected end of expression")
        tok = self.tok
        self.lex()
        return ("tag", tok, None)


def _tag_char(c: str) -> bool:
    """A letter or digit of Unicode (categories L and Nd), "_" or "."."""
    return c.isalpha() or c.isdecimal() or c in "_."


def parse(text: str) -> Expr:
    """Parse the expression after //go:build. Raises ConstraintError (go/build/constraint/expr.go, go1.27)."""
    p = _Parser(text.strip())
    x = p.or_()
    if p.tok:
        raise ConstraintError("unexpected token " + p.tok)
    return x


def parse_plus_build(text: str) -> Expr:
    """Parse what stands after // +build: options apart by spaces, of which one must hold; terms apart by commas, which all must.

    What is no tag counts as `ignore`. raises ConstraintError for more than 100 operators: such a line has no effect
    """
    out: Expr | None = None
    size = 0
    for clause in text.split():
        both: Expr | None = None
        for word in clause.split(","):
            negated = word.startswith("!") and not word.startswith("!!") and word != "!"
            name = word[1:] if negated else word
            z: Expr = ("tag", name if name and all(map(_tag_char, name)) else "ignore", None)
            if negated:
                z = ("!", z, None)
            size += both is not None
            both = z if both is None else ("&&", both, z)
        assert both is not None
        size += out is not None
        out = both if out is None else ("||", out, both)
        if size > _MAX_OLD_SIZE:
            raise ConstraintError("expression too complex for // +build lines")
    return out or ("tag", "ignore", None)


def _after(line: bytes, prefix: bytes) -> bytes | None:
    """The rest of a line after a word that stands alone; None when the line does not begin with it."""
    if not line.startswith(prefix):
        return None
    rest = line[len(prefix) :]
    return rest.strip() if not rest or rest[:1].isspace() else None


def file_constraints(head: bytes) -> tuple[bytes | None, list[bytes]]:
    """(expression of the //go:build line or None, those of the +build lines) in the text at the beginning of a file.

    A //go:build line may stand anywhere before the first text that is no comment; +build lines only in the // comments and blank lines at the top,
    and before the last blank line there (go/build/build.go, parseFileHeader, go1.27).
    raises ConstraintError for a second //go:build line
    """
    go_build: bytes | None = None
    plus: list[bytes] = []  # those before the last blank line
    pending: list[bytes] = []
    ended = in_block = False
    for raw in head.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        line = raw.strip()
        if not line and not ended:
            plus += pending
            pending = []
            continue
        ended |= not line.startswith(b"//")
        if not in_block:
            text = _after(line, b"//go:build")
            if text is not None:
                if go_build is not None:
                    raise ConstraintError("multiple //go:build comments")
                go_build = text
            elif not ended:
                old = _after(line[2:].strip(), b"+build")
                if old is not None:
                    pending.append(old)
        while line:
            if in_block:
                _, closed, line = line.partition(b"*/")
                if not closed:
                    break
                in_block = False
                line = line.strip()
            elif line.startswith(b"//"):
                break
            elif line.startswith(b"/*"):
                in_block = True
                line = line[2:].strip()
            else:
                return go_build, plus
    return go_build, plus


def constraint_text(head: bytes) -> str:
    """The constraint at the beginning of a file as its lines say it: `//go:build a && b`."""
    go_build, plus = file_constraints(head)
    lines = [b"//go:build " + go_build] if go_build is not None else [b"// +build " + text for text in plus]
    return b"; ".join(lines).decode("utf-8", "surrogateescape")


def name_target(name: str) -> str:
    """The system that a file name's suffixes name: `windows`, `linux/arm64`, `arm64`."""
    parts = name.partition(".")[0].removesuffix("_test").split("_")[1:]
    named = [p for p in parts[-2:] if p in KNOWN_OS or p in KNOWN_ARCH]
    return "/".join(named if len(named) == 2 and named[0] in KNOWN_OS and named[1] in KNOWN_ARCH else parts[-1:])


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


def _possible(x: Expr, wanted: bool) -> bool:
    """What `evaluate` gives when every tag but "ignore" is whatever its place wants. wanted: false below an odd number of negations."""
    op, a, b = x
    if op == "tag":
        return wanted if a != "ignore" else False
    assert not isinstance(a, str)
    if op == "!":
        return not _possible(a, not wanted)
    assert b is not None
    if op == "&&":
        return _possible(a, wanted) and _possible(b, wanted)
    return _possible(a, wanted) or _possible(b, wanted)


def _min_version(x: Expr, sign: int) -> int:
    """Lowest N of go1.N tags that x (or, sign < 0, its negation) needs; -1: none."""
    op, a, b = x
    if op == "tag":
        assert isinstance(a, str)
        if sign < 0:
            return -1
        if a == "go1":
            return 0
        number = a.partition("go1.")[2]
        return int(number) if re.fullmatch(r"[0-9]{1,18}", number) else -1
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

    __slots__ = ("_memo", "extra", "held")

    def __init__(self, extra: tuple[str, ...] = (), experiments: tuple[str, ...] = (), goamd64: str = "v1", platform: tuple[str, str] = (GOOS, GOARCH)) -> None:
        levels = _LEVELS[: _LEVELS.index(goamd64) + 1] if goamd64 in _LEVELS else _LEVELS[:1]
        goos = platform[0]
        self.extra = extra
        self.held = frozenset(
            (*platform, *(("unix",) if goos in UNIX else ()), *({"android": ("linux",), "illumos": ("solaris",), "ios": ("darwin",)}.get(goos, ())), "gc", *(f"go1.{n}" for n in range(1, GO_MINOR + 1)), *(f"goexperiment.{e}" for e in experiments),
             *(f"amd64.{level}" for level in levels if platform[1] == GOARCH), *extra)
        )  # fmt: skip
        self._memo: dict[bytes, bool] = {}  # head of a file -> does it hold

    def holds(self, tag: str) -> bool:
        return tag in self.held or (tag == "boringcrypto" and "goexperiment.boringcrypto" in self.held)

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

    def header_matches(self, head: bytes) -> bool:
        """Do the constraints of a file hold? head: its beginning, up to the package clause at least.

        raises ConstraintError when a //go:build line is malformed
        """
        if b"go:build" not in head and b"+build" not in head:
            return True
        known = self._memo.get(head)
        if known is None:
            known = self._memo[head] = self._evaluate(head)
        return known

    @staticmethod
    def may_match(head: bytes) -> bool:
        """Could the constraints of a file hold under some tags, "ignore" not among them? Each tag counts as on and off as its place wants it. Raises ConstraintError."""
        if b"go:build" not in head and b"+build" not in head:
            return True
        go_build, plus = file_constraints(head)
        if go_build is not None:
            return _possible(parse(go_build.decode("utf-8", "replace")), True)
        return all(_possible(parse_plus_build(text.decode("utf-8", "replace")), True) for text in plus)

    def _evaluate(self, head: bytes) -> bool:
        go_build, plus = file_constraints(head)
        if go_build is not None:
            try:
                return evaluate(parse(go_build.decode("utf-8", "replace")), self.holds)
            except ConstraintError as e:
                raise ConstraintError(f"parsing //go:build line: {e}") from None
        for text in plus:
            try:
                if not evaluate(parse_plus_build(text.decode("utf-8", "replace")), self.holds):
                    return False
            except ConstraintError:
                pass
        return True
