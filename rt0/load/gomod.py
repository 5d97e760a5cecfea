"""go.mod: the module of the user's own packages.

Read are `module`, `go`, `toolchain`, `require` and `replace`; other directives are recognised and passed over. The grammar is that of
golang.org/x/mod/modfile: one directive per line, blocks in parentheses, // comments, words bare or quoted.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field

from rt0.diag import fatal
from rt0.load.constraint import GO_MINOR
from rt0.load.replaced import Files

_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|`([^`]*)`|(\(|\)|,|\[|\]|=>|[^\s"`(),\[\]]+)')
_KNOWN = frozenset(["module", "go", "toolchain", "require", "replace", "exclude", "retract", "godebug", "tool", "ignore"])
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
    requires: dict[str, str] = field(default_factory=dict)  # module path -> version
    replaces: dict[str, str] = field(default_factory=dict)  # module path -> local directory or module path
    replace_versions: dict[str, str] = field(default_factory=dict)  # module path -> version of the module that replaces it
    godebug: list[tuple[str, str]] = field(default_factory=list)  # (key, value) in the order of the file
    godebug_at: list[str] = field(default_factory=list)  # position of each

    def version(self, path: str) -> str:
        """The required version of another module; "" for the main module."""
        return "" if path == self.path else self.requires.get(path, "")


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
    with open(path, encoding="utf-8", errors="replace") as f:
        text = f.read()
    mod = Module("", os.path.dirname(path))
    block = ""
    errors: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        indent = len(line) - len(line.lstrip())
        at = f"{show}:{number}:{indent + 1}" if indent else f"{show}:{number}"
        line = line.partition("//")[0].strip()
        if not line:
            continue
        words = [a or b or c for a, b, c in _WORD.findall(line)]
        quoted = '"' in line or "`" in line or "'" in line
        if not words:
            continue
        if block:
            if words[0] == ")":
                block = ""
                continue
            verb, args = block, words
        else:
            verb, args = words[0], words[1:]
            if args[:1] == ["("]:
                block = verb
                if verb not in _KNOWN:
                    errors.append(f"{at}: unknown block type: {verb}")
                if args[-1] == ")":
                    block = ""
                continue
        if verb == "godebug" and quoted:
            errors.append(f"{at}: usage: godebug key=value")
            continue
        _directive(mod, verb, args, at, errors)
    if errors:
        raise fatal(f"go: errors parsing {show}:\n" + "\n".join(errors))
    if not mod.path:
        raise fatal(f"go: error reading {show}: missing module declaration. To specify the module path:\n\tgo mod edit -module=example.com/mod")
    m = GO_VERSION.match(mod.go_version)
    if m and (int(m[1]), int(m[2])) > (1, GO_MINOR):
        raise fatal(f"go: {show} requires go >= {mod.go_version} (running go {release.removeprefix('go')}; GOTOOLCHAIN=local)")
    return mod


def _directive(mod: Module, verb: str, args: list[str], at: str, errors: list[str]) -> None:
    if verb == "module":
        if mod.path:
            errors.append(f"{at}: repeated module statement")
        elif len(args) != 1:
            errors.append(f"{at}: usage: module module/path")
        else:
            mod.path = args[0]
    elif verb == "go":
        if len(args) != 1:
            errors.append(f"{at}: go directive expects exactly one argument")
        elif not GO_VERSION.match(args[0]):
            errors.append(f"{at}: invalid go version '{args[0]}': must match format 1.23.0")
        else:
            mod.go_version = args[0]
    elif verb == "require":
        if len(args) != 2:
            errors.append(f"{at}: usage: require module/path v1.2.3")
        else:
            mod.requires[args[0]] = args[1]
    elif verb == "replace":
        if "=>" not in args or args.index("=>") + 1 >= len(args):
            errors.append(f"{at}: usage: replace module/path [v1.2.3] => other/module v1.4\n\t or replace module/path [v1.2.3] => ../local/directory")
        else:
            target = args[args.index("=>") + 1 :]
            mod.replaces[args[0]] = target[0]
            mod.replace_versions[args[0]] = target[1] if len(target) > 1 else ""
    elif verb == "godebug":
        key, eq, value = args[0].partition("=") if len(args) == 1 else ("", "", "")
        if not eq or re.search("[\"`',]", args[0]):
            errors.append(f"{at}: usage: godebug key=value")
        else:
            mod.godebug.append((key, value))
            mod.godebug_at.append(at)
    elif verb not in _KNOWN:
        errors.append(f"{at}: unknown directive: {verb}")
