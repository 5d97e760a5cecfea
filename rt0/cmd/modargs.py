"""Arguments and flags of the commands about modules: path@version, path[@version]=path, intervals of versions (cmd/go/internal/modcmd/edit.go, go1.27)."""

from __future__ import annotations

import re
from collections.abc import Callable

from rt0.cmd.flags import FlagSet
from rt0.diag import fatal, go_quote
from rt0.mod import modfile
from rt0.mod.path import ModError, Version, check_import_path
from rt0.mod.syntax import FileSyntax, must_quote


def stop(text: str) -> Exception:
    """The error that ends a command: go's log.Fatalf("go: ...")."""
    return fatal(f"go: {text}")


def add_common(fs: FlagSet, build: bool = True) -> None:
    """-C and what every command about modules accepts; build: with -n and -x."""
    fs.add("C", "", "change to dir first; must be the first flag", "dir")
    fs.add("modcacherw", False, "leave folders in the module cache writable")
    fs.add("modfile", "", "read (and write) this file in place of go.mod", "file")
    fs.add("overlay", "", "a JSON file with replacements of files", "file")
    if build:
        fs.add("n", False, "print the commands but do not run them")
        fs.add("x", False, "print the commands")


def split_version(arg: str) -> tuple[str, str, bool]:
    """(path, version, whether there is one) of PATH@VERSION. Raises ModError."""
    path, at, version = arg.partition("@")
    if at and version.startswith((":", "/", "\\")):
        raise ModError(f"module@version syntax is not supported for {arg}")
    return path, version, bool(at)


def path_version(flag: str, arg: str) -> Version:
    path, version, found = split_version(arg)
    if not found:
        raise stop(f"-{flag}={arg}: need path@version")
    m = Version(path.strip(), version.strip())
    try:
        check_import_path(m.path)
    except ModError as e:
        raise stop(f"-{flag}={arg}: invalid path: {e}") from None
    if must_quote(m.version):
        raise stop(f"-{flag}={arg}: invalid version {go_quote(m.version)}")
    return m


def just_path(flag: str, arg: str) -> str:
    if "@" in arg:
        raise stop(f"-{flag}={arg}: need just path, not path@version")
    try:
        check_import_path(arg)
    except ModError as e:
        raise stop(f"-{flag}={arg}: invalid path: {e}") from None
    return arg


def maybe_version(adjective: str, arg: str, directory: bool, work: bool = False) -> Version:
    """PATH or PATH@VERSION; directory: a path of the file system will do. Raises ModError."""
    if directory and not work and modfile.is_directory_path(arg):
        return Version(arg)
    path, version, found = split_version(arg)
    m = Version(path.strip(), version.strip()) if found else Version(arg)
    try:
        check_import_path(m.path)
    except ModError as e:
        if not (work and directory and modfile.is_directory_path(m.path)):
            raise ModError(f"invalid {adjective} path: {e}") from None
    if m.path != arg and must_quote(m.version):
        raise ModError(f"invalid {adjective} version: {go_quote(m.version)}")
    return m


def replacement(arg: str, work: bool = False) -> tuple[Version, Version]:
    """OLD[@V]=NEW[@W]."""
    before, eq, after = arg.partition("=")
    if not eq:
        raise stop(f"-replace={arg}: need old[@v]=new[@w] (missing =)")
    old, new = before.strip(), after.strip()
    if new.startswith(">"):
        raise stop(f"-replace={arg}: separator between old and new is =, not =>")
    try:
        x = maybe_version("old", old, False, work)
        y = maybe_version("new", new, True, work)
    except ModError as e:
        raise stop(f"-replace={arg}: {e}") from None
    if y.path == new and not modfile.is_directory_path(new):
        raise stop(f"-replace={arg}: unversioned new path must be local directory")
    return x, y


def dropped_replacement(arg: str, work: bool = False) -> Version:
    try:
        return maybe_version("old", arg, True, work)
    except ModError as e:
        raise stop(f"-dropreplace={arg}: {e}") from None


def interval(flag: str, arg: str) -> tuple[str, str]:
    """V or [V,W]."""
    if not arg.startswith("["):
        if must_quote(arg):
            raise stop(f"-{flag}={arg}: invalid version: {go_quote(arg)}")
        return arg, arg
    low, comma, high = arg[1:-1].partition(",")
    low, high = low.strip(), high.strip()
    if not arg.endswith("]") or not comma or must_quote(low) or must_quote(high):
        raise stop(f"-{flag}={arg}: invalid version interval: {go_quote(arg)}")
    return low, high


def godebug(arg: str) -> tuple[str, str]:
    key, eq, value = arg.partition("=")
    if not eq or re.search("[\"`',]", arg):
        raise stop(f"-godebug={arg}: need key=value")
    return key, value


Shared = tuple[FileSyntax, list[modfile.Godebug], list[modfile.Replace]]


def add_shared_edits(fs: FlagSet, take: Callable[[Callable[[Shared], None]], None], work: bool) -> None:
    """The editing flags that go.mod and go.work share; each hands its edit to `take`, in the order of the command line."""

    def on_godebug(arg: str) -> None:
        key, value = godebug(arg)
        take(lambda s: modfile.add_godebug(s[0], s[1], key, value))

    def on_replace(arg: str) -> None:
        old, new = replacement(arg, work)
        take(lambda s: modfile.add_replace(s[0], s[2], old, new))

    def on_dropreplace(arg: str) -> None:
        old = dropped_replacement(arg, work)
        take(lambda s: modfile.drop_replace(s[2], old))

    fs.add("godebug", [], "add a godebug line", "key=value", check=on_godebug)
    fs.add("dropgodebug", [], "drop godebug lines", "key", check=lambda arg: take(lambda s: modfile.drop_godebug(s[1], arg)))
    fs.add("replace", [], "add a replacement", "old[@v]=new[@v]", check=on_replace)
    fs.add("dropreplace", [], "drop a replacement", "old[@v]", check=on_dropreplace)


def version_flags(fs: FlagSet) -> None:
    fs.add("fmt", False, "reformat the file, no more")
    fs.add("go", "", "set the go line; none drops it", "version")
    fs.add("toolchain", "", "set the toolchain line; none drops it", "name")
    fs.add("json", False, "print the file as JSON, write nothing")
    fs.add("print", False, "print the file, write nothing")
