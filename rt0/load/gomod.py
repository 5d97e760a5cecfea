"""go.mod: the module of the user's own packages.

All directives are checked as golang.org/x/mod/modfile does (rule.go, go1.27); kept are `module`, `go`, `godebug`, `require` and `replace`. The grammar is
modfile.py's.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field

from rt0.diag import fatal, go_quote
from rt0.load.constraint import GO_MINOR
from rt0.load.modfile import Line, SyntaxFailure, check_major, parse_string, parse_version, path_major, statements
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
    with open(path, encoding="utf-8", errors="replace", newline="") as f:
        text = f.read()
    mod = Module("", os.path.dirname(path))
    errors: list[str] = []
    try:
        lines = statements(show, text, path)
    except SyntaxFailure as e:
        raise fatal(f"go: errors parsing {show}:\n{e}") from None
    seen: set[str] = set()
    for line in lines:
        try:
            _directive(mod, line, seen)
        except ValueError as e:
            errors.append(f"{line.at}: {e}")
    if errors:
        raise fatal(f"go: errors parsing {show}:\n" + "\n".join(errors))
    if not mod.path:
        raise fatal(f"go: error reading {show}: missing module declaration. To specify the module path:\n\tgo mod edit -module=example.com/mod")
    for path, of in mod.replaced:
        if (use := mod.replacement((path, mod.requires.get(path, of)))) is not None:
            mod.replaces[path], mod.replace_versions[path] = use
    m = GO_VERSION.match(mod.go_version)
    if m and (int(m[1]), int(m[2])) > (1, GO_MINOR):
        raise fatal(f"go: {show} requires go >= {mod.go_version} (running go {release.removeprefix('go')}; GOTOOLCHAIN=local)")
    return mod


_REPLACE = "usage: replace module/path [v1.2.3] => other/module v1.4\n\t or replace module/path [v1.2.3] => ../local/directory"


def _directive(mod: Module, line: Line, seen: set[str]) -> None:
    """Take one line. seen: verbs that may come once only. Raises ValueError with what is wrong with it."""
    verb, args = line.verb, line.words
    if not verb:
        raise ValueError(args[0])
    if verb in ("go", "toolchain", "module"):
        if verb in seen:
            raise ValueError(f"repeated {verb} statement")
        if verb == "module":
            seen.add(verb)
    if verb == "module":
        if len(args) != 1:
            raise ValueError("usage: module module/path")
        mod.path = _string(args[0])
    elif verb == "go":
        if len(args) != 1:
            raise ValueError("go directive expects exactly one argument")
        if not GO_VERSION.match(args[0]):
            raise ValueError(f"invalid go version '{args[0]}': must match format 1.23.0")
        seen.add(verb)
        mod.go_version = args[0]
        mod.go_line = True
    elif verb == "toolchain":
        if len(args) != 1:
            raise ValueError("toolchain directive expects exactly one argument")
        if not re.match(r"default\Z|go1(\Z|\.)", args[0]):
            raise ValueError(f"invalid toolchain version '{args[0]}': must match format go1.23.0 or default")
        seen.add(verb)
    elif verb == "godebug":
        key, eq, value = args[0].partition("=") if len(args) == 1 else ("", "", "")
        if not eq or re.search("[\"`',]", args[0]):
            raise ValueError("usage: godebug key=value")
        mod.godebug.append((key, value))
        mod.godebug_at.append(line.at)
    elif verb in ("require", "exclude"):
        if len(args) != 2:
            raise ValueError(f"usage: {verb} module/path v1.2.3")
        path = _string(args[0])
        version = parse_version(verb, path, args[1])
        try:
            major = path_major(path)
        except ValueError:
            raise ValueError(f"{verb} {path}: version {go_quote(version)} invalid: malformed module path {go_quote(path)}") from None
        _checked(verb, path, version, major)
        if verb == "require":
            mod.requires[path] = version
            mod.required.append((path, version))
    elif verb == "replace":
        _replace(mod, args)
    elif verb == "retract":
        _retract(args)
    elif verb in ("tool", "ignore"):
        if len(args) != 1:
            raise ValueError(f"{verb} directive expects exactly one argument")
        _string(args[0])
    else:
        raise ValueError(f"unknown directive: {verb}")


def _string(word: str) -> str:
    try:
        return parse_string(word)
    except ValueError as e:
        raise ValueError(f"invalid quoted string: {e}") from None


def _checked(verb: str, path: str, version: str, major: str) -> None:
    try:
        check_major(version, major)
    except ValueError as e:
        raise ValueError(f"{verb} {path}: {e}") from None


def _replace(mod: Module, args: list[str]) -> None:
    arrow = 1 if args[1:2] == ["=>"] else 2
    of = ""
    if not arrow + 2 <= len(args) <= arrow + 3 or args[arrow] != "=>":
        raise ValueError(_REPLACE)
    path = _string(args[0])
    try:
        major = path_major(path)
    except ValueError as e:
        raise ValueError(f"replace {path}: {e}") from None
    if arrow == 2:
        of = parse_version("replace", path, args[1])
        _checked("replace", path, of, major)
    to = _string(args[arrow + 1])
    local = to in (".", "..") or to.startswith(("./", "../", ".\\", "..\\", "/", "\\")) or re.match(r"[A-Za-z]:", to) is not None
    version = ""
    if len(args) == arrow + 2:
        if not local:
            if "@" in to:
                raise ValueError("replacement module must match format 'path version', not 'path@version'")
            raise ValueError("replacement module without version must be directory path (rooted or starting with . or ..)")
        if "\\" in to:
            raise ValueError("replacement directory appears to be Windows path (on a non-windows system)")
    else:
        version = parse_version("replace", to, args[arrow + 2])
        if local:
            raise ValueError(f"replacement module directory path {go_quote(to)} cannot have version")
    mod.replaced[path, of] = (to, version)


def _retract(args: list[str]) -> None:
    """A version, or `[v1.0.0, v1.1.0]`."""
    if not args or args[0] == "(":
        raise ValueError("expected '[' or version")
    rest = args[1:]
    if args[0] != "[":
        _retracted(args[0])
    else:
        for want, said in (("", "after '['"), (",", "after version"), ("", "after ','"), ("]", "after version")):
            if not want:
                if not rest:
                    raise ValueError(f"expected version {said}")
                _retracted(rest[0])
            elif rest[:1] != [want]:
                raise ValueError(f"expected '{want}' {said}")
            rest = rest[1:]
    if rest:
        raise ValueError(f"unexpected token after version: {go_quote(rest[0])}")


def _retracted(word: str) -> None:
    """Any word may stand for a version here: go looks closer only when it writes the file."""
    try:
        parse_string(word)
    except ValueError as e:
        raise ValueError(f"retract: version {go_quote(word)} invalid: {e}") from None
