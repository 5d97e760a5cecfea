"""The main module: what its go.mod says, as far as a load needs it.

The file is read by rt0/mod/modfile.py, which is imported only where there is one.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rt0.diag import fatal
from rt0.load.constraint import GO_MINOR

if TYPE_CHECKING:
    from rt0.load.replaced import Files

GO_VERSION = re.compile(r"([1-9][0-9]*)\.(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))?([a-z]+[0-9]+)?\Z")


_VERSION = re.compile(r"([0-9]+)(?:\.([0-9]+)(?:\.([0-9]+))?)?(?:(alpha|beta|rc)([0-9]+))?\Z")


def compare_versions(a: str, b: str) -> int:
    """-1, 0 or 1 for Go versions without "go" ("1.21", "1.21rc1", "1.21.0"): a language version is before its first candidate (internal/gover)."""

    def key(text: str) -> tuple[int, int, int, str, int]:
        m = _VERSION.match(text)
        if m is None:
            return (0, 0, 0, "", 0)
        release = m[3] is not None or int(m[2] or 0) < 21
        return (int(m[1]), int(m[2] or 0), int(m[3] or 0), m[4] or ("z" if release else ""), int(m[5] or 0))

    x, y = key(a), key(b)
    return (x > y) - (x < y)


@dataclass(slots=True)
class Module:
    """A main module."""

    path: str
    dir: str
    go_version: str = "1.16"  # what a go.mod without a go line means
    go_line: bool = False  # the file has one
    required: list[tuple[str, str]] = field(default_factory=list)  # (module path, version) in the order of the file
    replaced: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)  # (path, version or "" for any) -> (directory or path, version)
    requires: dict[str, str] = field(default_factory=dict)  # module path -> version
    replaces: dict[str, str] = field(default_factory=dict)  # module path -> local directory or module path, of replacements that apply
    replace_versions: dict[str, str] = field(default_factory=dict)  # module path -> version of the module that replaces it
    godebug: list[tuple[str, str]] = field(default_factory=list)  # (key, value) in the order of the file
    godebug_at: list[str] = field(default_factory=list)  # position of each

    def version(self, path: str) -> str:
        """The required version of another module; "" for the main module."""
        return "" if path == self.path else self.requires.get(path, "")

    def replacement(self, module: tuple[str, str]) -> tuple[str, str] | None:
        """What replaces a (path, version): a replacement of that version goes before one of any."""
        return self.replaced.get(module) or self.replaced.get((module[0], ""))


def find_gomod(start: str, fs: Files | None = None) -> str:
    """Path of the go.mod of `start` or the nearest directory above it; "" when there is none."""
    d = os.path.abspath(start)
    while True:
        p = os.path.join(d, "go.mod")
        if fs.is_file(p) if fs is not None else os.path.isfile(p):
            return p
        up = os.path.dirname(d)
        if up == d:
            return ""
        d = up


def read_gomod(path: str, show: str, release: str) -> Module:
    """Parse a go.mod. Raises CompileError in the go command's words.

    show     how to name the file in errors
    release  the release of the standard library, for the message when the module wants a newer one
    """
    from rt0.mod.modfile import parse
    from rt0.mod.path import ModError
    from rt0.mod.syntax import place

    with open(path, "rb") as f:
        data = f.read()
    try:
        file = parse(show, data, canonical_only, path)
    except ModError as e:
        raise fatal(f"go: errors parsing {show}:\n{e}") from None
    mod = Module(file.path, os.path.dirname(path))
    if file.go is not None:
        mod.go_version, mod.go_line = file.go.text, True
    for r in file.require:
        mod.requires[r.mod.path] = r.mod.version
        mod.required.append(r.mod)
    for x in file.replace:
        mod.replaced[x.old] = x.new
    for g in file.godebug:
        mod.godebug.append((g.key, g.value))
        mod.godebug_at.append(place(show, g.syntax.start))
    if not mod.path:
        raise fatal(f"go: error reading {show}: missing module declaration. To specify the module path:\n\tgo mod edit -module=example.com/mod")
    for old, of in mod.replaced:
        if (use := mod.replacement((old, mod.requires.get(old, of)))) is not None:
            mod.replaces[old], mod.replace_versions[old] = use
    m = GO_VERSION.match(mod.go_version)
    if m and (int(m[1]), int(m[2])) > (1, GO_MINOR):
        raise fatal(f"go: {show} requires go >= {mod.go_version} (running go {release.removeprefix('go')}; GOTOOLCHAIN=local)")
    return mod


def canonical_only(path: str, version: str) -> str:
    """The canonical form of a version of a go.mod; one that must be looked up stays as it is: rt0/mod does that. Raises ModError."""
    from rt0.diag import go_quote
    from rt0.mod.path import InvalidVersion, Version, VersionError, split_path_version
    from rt0.mod.semver import canonical_version

    if split_path_version(path) is None:
        raise VersionError(Version(path), InvalidVersion(version, f"malformed module path {go_quote(path)}"))
    return canonical_version(version) or version
