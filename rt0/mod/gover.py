"""Versions of Go, without "go" in front ("1.21", "1.21rc1", "1.21.0"), and comparison of versions of any "module", `go` and `toolchain` among them.

A language version comes before its first candidate. Source: internal/gover and cmd/go/internal/gover, go1.27.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from rt0.mod import semver

_VERSION = re.compile(r"(0|[1-9][0-9]*)(?:\.(0|[1-9][0-9]*)(?:\.(0|[1-9][0-9]*)|([a-z]+)(0|[1-9][0-9]*)?)?)?\Z")

# go lines from which on something is done another way
NARROW_ALL: Final = "1.16"
DEFAULT_GOMOD: Final = "1.16"
DEFAULT_GOWORK: Final = "1.18"
EXPLICIT_INDIRECT: Final = "1.17"
SEPARATE_INDIRECT: Final = "1.17"
SIMPLIFY_REQUIRE: Final = "1.27"
TIDY_GOMODSUM: Final = "1.21"
STRICT: Final = "1.21"
EXPLICIT_MODULES_TXT: Final = "1.23"
GOMOD_TOOL: Final = "1.24"

Parts = tuple[str, str, str, str, str]  # major, minor, patch, kind, number of the prerelease; "" for what is not there


@lru_cache(maxsize=256)
def parse(x: str) -> Parts | None:
    m = _VERSION.match(x)
    if m is None:
        return None
    if m[2] is None:
        return m[1], "0", "0", "", ""
    if m[3] is None and m[4] is None:
        return m[1], m[2], "0" if int(m[2]) < 21 else "", "", ""
    return m[1], m[2], m[3] or "", m[4] or "", m[5] or ""


def _number(text: str) -> int:
    return int(text) if text else -1


def key(x: str) -> tuple[int, int, int, str, int]:
    p = parse(x)
    return (-1, -1, -1, "", -1) if p is None else (_number(p[0]), _number(p[1]), _number(p[2]), p[3], _number(p[4]))


def compare(a: str, b: str) -> int:
    x, y = key(a), key(b)
    return (x > y) - (x < y)


def newest(a: str, b: str) -> str:
    return b if compare(a, b) < 0 else a


def is_valid(x: str) -> bool:
    return parse(x) is not None


def is_lang(x: str) -> bool:
    p = parse(x)
    return p is not None and not (p[2] or p[3] or p[4])


def lang(x: str) -> str:
    """The language version: 1.21 for 1.21.3; "" for a text that is no version."""
    p = parse(x)
    if p is None:
        return ""
    return p[0] if not p[1] or (p[0] == "1" and p[1] == "0") else f"{p[0]}.{p[1]}"


def is_prerelease(x: str) -> bool:
    p = parse(x)
    return p is not None and p[3] != ""


def prev(x: str) -> str:
    """The language version before that of x."""
    p = parse(x)
    if p is None or int(p[1] or 0) <= 1:
        return p[0] if p is not None else ""
    return f"{p[0]}.{int(p[1]) - 1}"


def from_toolchain(name: str) -> str:
    """The version in a toolchain's name: 1.21.3 for go1.21.3-suffix; "" for none."""
    if "/" in name or "\\" in name or not name.startswith("go"):
        return ""
    v = re.split(r"[ \t-]", name[2:], maxsplit=1)[0]
    return v if is_valid(v) else ""


def is_toolchain(path: str) -> bool:
    """Whether a module path is one of the two that stand for Go itself."""
    return path in ("go", "toolchain")


def _toolchain_version(name: str) -> str:
    return name if is_valid(name) else from_toolchain(name)


Key = tuple[int, int, int, str, int] | tuple[int, int, int, int, tuple[tuple[int, int, str], ...]]


def mod_compare(path: str, a: str, b: str) -> int:
    """-1, 0 or 1 for two versions of the module at `path`."""
    if path == "go":
        return compare(a, b)
    if path == "toolchain":
        return compare(_toolchain_version(a), _toolchain_version(b))
    return semver.compare(a, b)


def mod_is_valid(path: str, v: str) -> bool:
    return is_valid(from_toolchain(v) if path == "toolchain" else v) if is_toolchain(path) else semver.is_valid(v)


def mod_is_prefix(path: str, v: str) -> bool:
    if is_toolchain(path):
        return is_lang(from_toolchain(v) if path == "toolchain" else v)
    return "-" not in v and "+" not in v and v.count(".") < 2


def mod_is_prerelease(path: str, v: str) -> bool:
    if is_toolchain(path):
        return is_prerelease(from_toolchain(v) if path == "toolchain" else v)
    return semver.prerelease(v) != ""


def mod_major_minor(path: str, v: str) -> str:
    if path == "toolchain":
        return "go" + lang(from_toolchain(v))
    return lang(v) if path == "go" else semver.major_minor(v)


class _Order:
    """Sort key of (path, version)."""

    __slots__ = ("path", "suffix", "version")

    def __init__(self, m: tuple[str, str]) -> None:
        self.path = m[0]
        self.version, slash, rest = m[1].partition("/")
        self.suffix = slash + rest

    def __lt__(self, other: _Order) -> bool:
        if self.path != other.path:
            return self.path < other.path
        if self.version != other.version:
            return mod_compare(self.path, self.version, other.version) < 0
        return self.suffix < other.suffix


def sort_key(m: tuple[str, str]) -> _Order:
    """Orders modules by path, then version; a version may be followed by /go.mod."""
    return _Order(m)
