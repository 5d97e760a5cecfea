"""Which module an import path is in (cmd/go/internal/modload/import.go, go1.27).

A package belongs to the module of the build list whose path is a prefix of the import path and whose folder has Go files there; when two have, that is an error. The
roots are asked first, the whole graph only when none of them has it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from rt0.diag import go_quote
from rt0.mod import gover, mvs, semver
from rt0.mod.path import InvalidPath, ModError, Version, check_import_path, check_path, path_major
from rt0.mod.state import State, SumMissing

if TYPE_CHECKING:
    from rt0.mod.graph import ModuleGraph, Requirements


class ImportMissing(ModError):
    """No module of the build list has the package.

    module      a module that has it, in a version that is not selected
    query       why it was not found elsewhere
    """

    def __init__(self, state: State, path: str, is_std: bool = False, query: ModError | None = None, replaced: Version | None = None) -> None:
        self.state = state
        self.path = path
        self.is_std = is_std
        self.query = query
        self.replaced = replaced
        self.importing: Version | None = None
        self.module: Version | None = None
        self.old_version = ""
        ModError.__init__(self, "", missing=query.missing if query is not None else False)

    def __str__(self) -> str:
        s, path = self.state, self.path
        if self.module is not None:
            if self.old_version:
                return (
                    f"package {path} provided by {self.module.path} at latest version {self.module.version} "
                    f"but not at required version {self.old_version}"
                )
            return f"missing module for import: {self.module} provides {path}"
        if self.is_std:
            return f"package {path} is not in std ({os.path.join(s.source.std_src, path)})"
        if self.query is not None and not isinstance(self.query, NoRoot):
            return f"cannot find module providing package {path}: {self.query}"
        if s.build_mod == "mod" or (s.build_mod == "readonly" and s.allow_missing):
            return f"cannot find module providing package {path}"
        if self.replaced is not None:
            r = self.replaced
            arg = r.path if semver.is_zero_pseudo(r.version) else str(r)
            return f"module {r.path} provides package {path} and is replaced but not required; to add it:\n\tgo get {arg}"
        text = f"no required module provides package {path}"
        if self.query is not None:
            return f"{text}: {self.query}"
        main = next((m for m in s.main if m.mod == self.importing), None)
        if main is not None and main.root != s.cwd_root:
            return f"{text}; to add it:\n\tcd {main.root}\n\tgo get {path}"
        return f"{text}; to add it:\n\tgo get {path}"


class NoRoot(ModError):
    """There is no main module."""


class Disabled(ModError):
    """import lookup disabled by -mod=..."""


class Ambiguous(ModError):
    """Two modules, or directories, have the package."""

    def __init__(self, path: str, dirs: list[str], mods: list[Version]) -> None:
        where = "modules" if mods else "directories"
        lines = [f"{m.path} {m.version} ({d})" if m.version else f"{m.path} ({d})" for m, d in zip(mods, dirs)] if mods else dirs
        ModError.__init__(self, f"ambiguous import: found package {path} in multiple {where}:" + "".join(f"\n\t{x}" for x in lines))


class ImportMissingSum(ModError):
    """go.sum has no hash of a module that may have the package."""

    def __init__(self, path: str, mods: list[Version], found: bool) -> None:
        self.path = path
        self.mods = mods
        self.found = found
        self.importer = self.importer_version = ""
        self.importer_is_test = False
        ModError.__init__(self, "")

    def __str__(self) -> str:
        by = f" (imported by {self.importer})" if self.importer else ""
        if self.found:
            text = f"missing go.sum entry needed to verify package {self.path}{by} is provided by exactly one module"
        else:
            text = f"missing go.sum entry for module providing package {self.path}{by}"
        if not self.importer:
            return f"{text}; to add:\n\tgo mod download {' '.join(m.path for m in self.mods)}" if self.mods else text
        flag = " -t" if self.importer_is_test else ""
        version = f"@{self.importer_version}" if self.importer_version else ""
        return f"{text}; to add:\n\tgo get{flag} {self.importer}{version}"


class Found(NamedTuple):
    """mod: Version("") for the standard library; alternatives: modules that could have had the package and do not."""

    mod: Version
    root: str
    dir: str
    alternatives: list[Version]


def is_std_path(path: str) -> bool:
    return "." not in path.partition("/")[0]


def dir_in_module(state: State, path: str, mpath: str, root: str, local: bool) -> tuple[str, bool]:
    """(the folder where a package of the module would be, whether it has Go files)."""
    if path == mpath:
        d = root
    elif not mpath:
        d = os.path.join(root, path)
    elif path.startswith(mpath + "/"):
        d = os.path.join(root, path[len(mpath) + 1 :])
    else:
        return "", False
    if local:
        at = d
        while at != root and len(at) > len(root):
            if state.source.is_file(os.path.join(at, "go.mod")):
                return "", False
            at = os.path.dirname(at)
    return d, state.source.has_go(d)


def import_from_modules(
    state: State, path: str, rs: Requirements, mg: ModuleGraph | None, skip_gomod: bool
) -> Found:
    """Raises ModError: ImportMissing, Ambiguous, ImportMissingSum, or what kept a module from being looked at."""
    if "@" in path:
        raise ModError(f"import path {go_quote(path)} should not have @version")
    if path in (".", "..") or path.startswith(("./", "../")):
        raise ModError(f"{go_quote(path)} is relative, but relative import paths are not supported in module mode")
    if path.startswith("/"):
        raise ModError(f"{go_quote(path)} is not a package path; see 'go help packages'")
    if path in ("all", "cmd", "std", "tool", "work"):
        raise ModError(f"{go_quote(path)} is not an importable package; see 'go help packages'")
    if path == "C":
        return Found(Version(""), "", "", [])
    check_import_path(path)
    mods: list[Version] = []
    roots: list[str] = []
    dirs: list[str] = []
    std = is_std_path(path)
    if std and state.source.is_std(path):
        mods.append(Version(""))
        roots.append(state.source.std_src)
        dirs.append(os.path.join(state.source.std_src, path))
    while True:
        no_sum: list[Version] = []
        alternatives: list[Version] = []
        prefix = path
        while prefix:
            v = rs.root_selected(prefix) if mg is None else mg.selected(prefix)
            m = Version(prefix, v or "")
            if not gover.is_toolchain(prefix) and v is not None and v != "none" and (v or state.contains(prefix)):
                try:
                    root, local = state.directory(m)
                except ModError as e:
                    if not isinstance(getattr(e, "cause", e), SumMissing):
                        raise
                    no_sum.append(m)
                else:
                    d, ok = dir_in_module(state, path, m.path, root, local)
                    if ok:
                        mods.append(m)
                        roots.append(root)
                        dirs.append(d)
                    else:
                        alternatives.append(m)
            prefix = prefix.rpartition("/")[0]
        if len(mods) > 1:
            raise Ambiguous(path, dirs[::-1], mods[::-1])
        if no_sum:
            raise ImportMissingSum(path, no_sum[::-1], bool(mods))
        if mods:
            m = mods[0]
            if not skip_gomod and m.path and not state.contains(m.path):
                state.summary(m)
            return Found(m, roots[0], dirs[0], alternatives)
        if mg is not None:
            raise ImportMissing(state, path, std, None if state.has_root() else no_root(state))
        mg = rs.good_graph()


def no_root(state: State) -> NoRoot:
    if state.in_work:
        return NoRoot("no modules were found in the current workspace; see 'go help work'")
    return NoRoot("go.mod file not found in current directory or any parent directory; see 'go help modules'")


class NotInModule(ModError):
    """A module has no such package (modload.PackageNotInModuleError). mains: the main modules that it is said of, instead."""

    def __init__(self, state: State, mod: Version, query: str, pattern: str, mains: list[Version] | None = None) -> None:
        self.mod = mod
        what = f"packages matching {pattern}" if "..." in pattern else f"package {pattern}"
        if mains:
            who = f"main module ({mains[0]}) does" if len(mains) == 1 else "workspace modules do"
            ModError.__init__(self, f"{who} not contain {what}")
            return
        r = state.replacement(mod)
        found = "" if query == mod.version else f" ({mod.version})"
        if r is not None:
            found = f" (replaced by {r})" if query == mod.version else f" ({mod.version}, replaced by {r})"
        ModError.__init__(self, f"module {mod.path}@{query} found{found}, but does not contain {what}")


Candidate = tuple[Version, list[str]]
# (pattern, query, selected) -> candidates
QueryPackages = Callable[[str, str, Callable[[str], str]], list[Candidate]]


def query_import(state: State, path: str, rs: Requirements, query_packages: QueryPackages) -> Version:
    """The module to add for a package that none of the build list has. Raises ModError."""
    mods: list[Version] = []
    for mpath, version in state.highest_replaced.items():
        if path != mpath and not path.startswith(mpath + "/"):
            continue
        v = version
        if not v:
            suffix = path_major(mpath)
            v = f"{suffix[1:] if suffix else 'v0'}.0.0-00010101000000-000000000000"
        if mvs.compare(mpath, rs.good_graph().selected(mpath), v) < 0:
            mods.append(Version(mpath, v))
    mods.sort(key=lambda m: -len(m.path))
    for m in mods:
        try:
            root, local = state.directory(m)
        except ModError as e:
            if isinstance(getattr(e, "cause", e), SumMissing):
                raise ImportMissingSum(path, [], False) from None
            raise
        if dir_in_module(state, path, m.path, root, local)[1]:
            if state.build_mod == "readonly":
                raise ImportMissing(state, path, replaced=m)
            return m
    if mods:
        try:
            check_path(path)
        except InvalidPath:
            raise NotInModule(state, mods[0], "latest", path) from None
    if is_std_path(path):
        raise ImportMissing(state, path, True)
    if state.build_mod in ("readonly", "vendor") and not state.allow_missing:
        query: ModError | None = None
        if state.o.mod:
            query = Disabled(f"import lookup disabled by -mod={state.build_mod}")
        elif state.mod_reason:
            query = Disabled(f"import lookup disabled by -mod={state.build_mod}\n\t({state.mod_reason})")
        raise ImportMissing(state, path, query=query)
    sys.stderr.write(f"go: finding module for package {path}\n")
    mg = rs.good_graph()
    try:
        candidates = query_packages(path, "latest", mg.selected)
    except ModError as e:
        if e.missing:
            raise ImportMissing(state, path, query=e) from None
        raise
    old = ""
    for i, (m, _) in enumerate(candidates):
        v = mg.selected(m.path)
        if mvs.compare(m.path, v, m.version) > 0:
            if not i:
                old = v
            continue
        return m
    e2 = ImportMissing(state, path)
    e2.module, e2.old_version = candidates[0][0], old
    raise e2
