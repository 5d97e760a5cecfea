"""GODEBUG settings that a program is built with: `//go:debug` lines, the main module's `godebug` lines, and what its go line implies.

A module that says `go 1.20` keeps the behaviour of Go 1.20 where a later release changed a default: for each setting of GOROOT's
internal/godebugs/table.go that changed after the go line, the old value applies. `godebug` lines of go.mod override that, `//go:debug` lines of the
main package's files override both; `default=go1.21` replaces the go line. The result is a string for runtime.godebugDefault.
Follows cmd/go/internal/load/godebug.go and CheckGodebug in cmd/go/internal/modload/init.go (go1.27).
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cache

from rt0.diag import go_quote
from rt0.load.gomod import GO_VERSION, compare_versions

_ENTRY = re.compile(r'\{Name: "(\w+)"([^}\n]*)\}')


class BadSetting(Exception):
    """A setting that no Go program may have; the text says why."""


@dataclass(slots=True, frozen=True)
class Setting:
    """One row of the table. changed: minor release in which the default changed, 0 for never; old: the value from before."""

    changed: int
    old: str


@dataclass(slots=True, frozen=True)
class Table:
    """known: name -> row; removed: name -> (release, values that mean the behaviour that is gone)."""

    known: dict[str, Setting]
    removed: dict[str, tuple[int, frozenset[str]]]


@cache
def read_table(goroot: str) -> Table:
    """GOROOT's table of settings."""
    path = os.path.join(goroot, "src", "internal", "godebugs", "table.go")
    try:
        with open(path, encoding="utf-8") as f:
            text = f.read()
    except OSError:
        return Table({}, {})
    current, _, gone = text.partition("var Removed")
    known: dict[str, Setting] = {}
    for name, rest in _ENTRY.findall(current):
        changed = re.search(r"Changed: (\d+)", rest)
        old = re.search(r'Old: "([^"]*)"', rest)
        known[name] = Setting(int(changed[1]) if changed else 0, old[1] if old else "")
    removed: dict[str, tuple[int, frozenset[str]]] = {}
    for m in re.finditer(r'\{Name: "(\w+)", Removed: (\d+), Old: .*// Old: (.*)', gone):
        removed[m[1]] = (int(m[2]), frozenset(re.findall(r'"([^"]*)"', m[3])))
    return Table(known, removed)


def check(table: Table, what: str, key: str, value: str, release: str) -> None:
    """Raises BadSetting. what: how the message calls the place; release: of the library, "1.27.3"."""
    for part, name in ((key, "key"), (value, "value")):
        if re.search(r"[ \t]", part):
            raise BadSetting(f"{name} contains space")
    for part, name in ((key, "key"), (value, "value")):
        if "," in part:
            raise BadSetting(f"{name} contains comma")
    if key == "default":
        version = value.removeprefix("go")
        if version == value or not GO_VERSION.match(version):
            raise BadSetting("value for default= must be goVERSION")
        if compare_versions(version, release) > 0:
            raise BadSetting(f"default={value} too new (toolchain is go{release})")
    elif key in table.removed:
        since, old = table.removed[key]
        if value in old:
            raise BadSetting(f"removed GODEBUG {go_quote(key)} set to old value {go_quote(value)} (https://go.dev/doc/godebug#go-1{since})")
    elif key not in table.known:
        raise BadSetting(f"unknown {what} {go_quote(key)}")


def parse_line(table: Table, text: str, release: str) -> tuple[str, str] | None:
    """(key, value) of a //go:debug line; None when the comment is something else. Raises BadSetting."""
    if not text.startswith("//go:debug"):
        return None
    m = re.search(r"[ \t]", text)
    if m is None:
        if text.strip() == "//go:debug":
            raise BadSetting("missing key=value")
        return None
    key, eq, value = text[m.start() :].strip().partition("=")
    if not eq:
        raise BadSetting("missing key=value")
    check(table, "//go:debug setting", key, value, release)
    return key, value


def line_errors(table: Table, lines: list[tuple[str, str]], release: str) -> list[str]:
    """What is wrong with a package's //go:debug lines. lines: (position, text)."""
    out: list[str] = []
    seen: dict[str, str] = {}
    for at, text in lines:
        try:
            found = parse_line(table, text, release)
        except BadSetting as e:
            out.append(f"{at}: invalid //go:debug: {e}")
            continue
        key = found[0] if found is not None else ""
        if key in seen:
            out.append(f"{at}: repeated //go:debug for {key}\n\t{seen[key]}: previous //go:debug")
        else:
            seen[key] = at
    return out


def default_godebug(table: Table, go_version: str, module: list[tuple[str, str]], lines: list[str], release: str) -> str:
    """The string for runtime.godebugDefault of a main package.

    go_version  of the main module, "1.20" or "1.21.3"
    module      (key, value) of its godebug lines
    lines       //go:debug comments of the main package's files, those of later files later
    """
    own = dict(module)
    for text in lines:
        try:
            found = parse_line(table, text, release)
        except BadSetting:
            continue
        if found is not None:
            own[found[0]] = found[1]
    version = own.pop("default", "").removeprefix("go") or go_version
    if version.count(".") >= 2:
        version = ".".join(version.split(".")[:2])
    m = re.fullmatch(r"1\.(\d+)", version)  # 1.21rc1 counts as the newest, as go has it
    minor = int(m[1]) if m else 1 << 30
    settings = {name: s.old for name, s in table.known.items() if minor < s.changed}
    settings.update(own)
    return ",".join(f"{k}={settings[k]}" for k in sorted(settings))
