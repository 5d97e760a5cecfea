"""Module paths and versions: what is valid, how the cache and a proxy spell them, and the type for a module at a version.

A capital letter is written as ! and the small one (github.com/!azure), so that file systems which do not tell case apart can hold both.
Source: golang.org/x/mod/module/module.go, go1.27.
"""

from __future__ import annotations

import re
from fnmatch import translate
from typing import Final, Literal, NamedTuple

from rt0.diag import go_quote
from rt0.mod import semver


class ModError(Exception):
    """Something is wrong with a module; the text is go's, without "go: ". missing: no such module, version or file (go's fs.ErrNotExist)."""

    def __init__(self, text: str, missing: bool = False) -> None:
        Exception.__init__(self, text)
        self.missing = missing


class InvalidVersion(ModError):
    """`version "V" invalid: why`; `why` goes elsewhere in some messages."""

    def __init__(self, version: str, why: str, pseudo: bool = False) -> None:
        self.noun = "pseudo-version" if pseudo else "version"
        self.version = version
        self.why = why
        ModError.__init__(self, f"{self.noun} {go_quote(version)} invalid: {why}")


class InvalidPath(ModError):
    """`malformed KIND path "P": why`."""

    def __init__(self, kind: str, path: str, why: str) -> None:
        ModError.__init__(self, f"malformed {kind} path {go_quote(path)}: {why}")
        self.why = why


class Version(NamedTuple):
    """A module at a version. version: "" for a main module, or (of a replacement) for a directory."""

    path: str
    version: str = ""

    def __str__(self) -> str:
        return f"{self.path}@{self.version}" if self.version else self.path


class VersionError(ModError):
    """An error about one module (module.ModuleError)."""

    def __init__(self, m: Version, cause: ModError) -> None:
        self.m = m
        self.cause = cause
        if isinstance(cause, InvalidVersion):
            text = f"{m.path}@{cause.version}: invalid {cause.noun}: {cause.why}"
        else:
            text = f"{m}: {cause}" if m.version else f"module {m.path}: {cause}"
        ModError.__init__(self, text, cause.missing)


def version_error(m: Version, cause: ModError) -> VersionError:
    """The cause with the module it is about, said once."""
    if isinstance(cause, VersionError) and cause.m == m:
        return cause
    return VersionError(m, cause)


Kind = Literal["module", "import", "file"]

WINDOWS_NAMES: Final = frozenset(("con", "prn", "aux", "nul", *(f"com{i}" for i in range(1, 10)), *(f"lpt{i}" for i in range(1, 10))))
_BAD: Final = {
    "module": re.compile(r"[^-._~0-9A-Za-z]"),
    "import": re.compile(r"[^-._~0-9A-Za-z+]"),
    "file": re.compile(r"[^-!#$%&()+,.=@\[\]^_{}~ 0-9A-Za-z]"),
}
_FIRST_BAD = re.compile(r"[^-.0-9a-z]")


def quote_rune(c: str) -> str:
    """A character as %q of Go prints it."""
    return "'" + ("\\'" if c == "'" else '"' if c == '"' else go_quote(c)[1:-1]) + "'"


def _wrong_element(e: str, kind: Kind) -> str:
    if not e:
        return "empty path element"
    if e.strip(".") == "":
        return f"invalid path element {go_quote(e)}"
    if e[0] == "." and kind == "module":
        return "leading dot in path element"
    if e[-1] == ".":
        return "trailing dot in path element"
    for m in _BAD[kind].finditer(e):
        if kind != "file" or m[0].isascii() or not m[0].isalpha():
            return f"invalid char {quote_rune(m[0])}"
    short = e.partition(".")[0]
    if short.lower() in WINDOWS_NAMES:
        return f"{go_quote(short)} disallowed as path element component on Windows"
    if kind != "file" and re.search(r"~[0-9]+\Z", short):
        return "trailing tilde and digits in path element"
    return ""


def _wrong(path: str, kind: Kind) -> str:
    """Why a path is malformed, "" when it is not."""
    if any("\ud800" <= c <= "\udfff" for c in path):
        return "invalid UTF-8"
    if not path:
        return "empty string"
    if path[0] == "-" and kind != "file":
        return "leading dash"
    if "//" in path:
        return "double slash"
    if path[-1] == "/":
        return "trailing slash"
    return next(filter(None, (_wrong_element(e, kind) for e in path.split("/"))), "")


def check_import_path(path: str) -> None:
    if why := _wrong(path, "import"):
        raise InvalidPath("import", path, why)


def check_file_path(path: str) -> None:
    if why := _wrong(path, "file"):
        raise InvalidPath("file", path, why)


def check_path(path: str) -> None:
    """Raises InvalidPath unless path can be a module's."""
    why = _wrong(path, "module")
    first = path.partition("/")[0]
    if not why:
        bad = _FIRST_BAD.search(first)
        if not first:
            why = "leading slash"
        elif "." not in first:
            why = "missing dot in first path element"
        elif path[0] == "-":
            why = "leading dash in first path element"
        elif bad:
            why = f"invalid char {quote_rune(bad[0])} in first path element"
        elif split_path_version(path) is None:
            why = "invalid version"
    if why:
        raise InvalidPath("module", path, why)


def check(path: str, version: str) -> None:
    """Raises ModError unless the path, the version and the two together are valid."""
    check_path(path)
    if not semver.is_valid(version):
        raise VersionError(Version(path), InvalidVersion(version, "not a semantic version"))
    try:
        check_major(version, path_major(path))
    except ModError as e:
        raise VersionError(Version(path), e) from None


_GOPKG = re.compile(r"(.+)(\.v(?:0|[1-9][0-9]*)(?:-unstable)?)\Z", re.DOTALL)
_MAJOR = re.compile(r"(.*)(/v[0-9.]+)\Z", re.DOTALL)


def split_path_version(path: str) -> tuple[str, str] | None:
    """(prefix, suffix that names the major version: "/v2", ".v3" in gopkg.in, or ""); None for a suffix that cannot be."""
    if path.startswith("gopkg.in/"):
        m = _GOPKG.match(path)
        return (m[1], m[2]) if m else None
    m = _MAJOR.match(path)
    if m is None or not m[1]:
        return path, ""
    if "." in m[2] or m[2][2] == "0" or m[2] == "/v1":
        return None
    return m[1], m[2]


def path_major(path: str) -> str:
    """The suffix of a module path that names its major version; "" for none, or for one that cannot be."""
    s = split_path_version(path)
    return s[1] if s else ""


def major_prefix(suffix: str) -> str:
    """The major version that a suffix demands: v2 for /v2."""
    return suffix.removesuffix("-unstable")[1:]


def check_major(version: str, suffix: str) -> None:
    """Raises InvalidVersion unless the version has the major number that its path says."""
    suffix = suffix.removesuffix("-unstable")
    if version.startswith("v0.0.0-") and suffix == ".v1":
        return
    m = semver.major(version)
    if not suffix:
        if m in ("v0", "v1") or semver.build(version) == "+incompatible":
            return
        want = "v0 or v1"
    else:
        want = suffix[1:]
        if m == want:
            return
    raise InvalidVersion(version, f"should be {want}, not {m}")


def matches_major(version: str, suffix: str) -> bool:
    try:
        check_major(version, suffix)
    except InvalidVersion:
        return False
    return True


def _escape(s: str) -> str:
    return re.sub("[A-Z]", lambda m: "!" + m[0].lower(), s)


def escape_path(path: str) -> str:
    """The path as it is spelled in the cache. Raises InvalidPath."""
    check_path(path)
    return _escape(path)


def escape_version(v: str) -> str:
    """Raises InvalidVersion."""
    if _wrong_element(v, "file") or "!" in v or not v.isascii():
        raise InvalidVersion(v, "disallowed version string")
    return _escape(v)


def unescape(s: str) -> str | None:
    """A path or version from its spelling in the cache; None when it is no such spelling."""
    if not s.isascii() or re.search(r"[A-Z]|!(?![a-z])", s):
        return None
    return re.sub("!([a-z])", lambda m: m[1].upper(), s)


def match_prefix_patterns(globs: str, target: str) -> bool:
    """Whether one of the comma-separated patterns matches a prefix of target, element by element."""
    parts = target.split("/")
    for g in globs.split(","):
        glob = g.removesuffix("/")
        if not glob:
            continue
        want = glob.split("/")
        if len(want) <= len(parts) and all(_glob(w).match(p) for w, p in zip(want, parts)):
            return True
    return False


def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern.replace("[^", "[!")))
