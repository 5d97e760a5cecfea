"""What one command knows of modules: the main ones, their go.mod files, replacements and exclusions, and the go.mod of any other (cmd/go/internal/modload, init.go and
modfile.go, go1.27).

With -mod=readonly (the default) nothing may be learned that go.sum does not vouch for, and go.mod is not written; with -mod=mod both are brought up to date.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from rt0.diag import fatal, go_quote
from rt0.mod import gover, lockedfile, modfile, semver
from rt0.mod.fetch import Fetcher
from rt0.mod.path import (
    InvalidPath,
    InvalidVersion,
    ModError,
    Version,
    VersionError,
    check_import_path,
    check_major,
    split_path_version,
    version_error,
)
from rt0.mod.settings import short
from rt0.mod.sums import Sums, gomod_key, sum_file
from rt0.mod.workfile import WorkFile
from rt0.mod.workfile import read as read_work

COMMAND_LINE = "command-line-arguments"


class TooNew(ModError):
    """Something wants a later Go."""

    def __init__(self, what: str, version: str, local: str) -> None:
        self.version = version
        ModError.__init__(self, f"{what} requires go >= {version} (running go {local}; GOTOOLCHAIN=local)")


class SumMissing(ModError):
    """go.sum does not know a module."""


class Disallowed(ModError):
    """A version that may not be chosen: excluded or retracted."""


@dataclass(slots=True)
class Summary:
    """What counts of a go.mod for others."""

    path: str = ""
    go: str = ""
    toolchain: str = ""
    pruned: bool = False
    require: list[Version] = field(default_factory=list)
    retract: list[tuple[str, str, str]] = field(default_factory=list)  # low, high, rationale
    deprecated: str = ""
    too_new: TooNew | None = None


@dataclass(slots=True)
class Main:
    """A main module. data: its go.mod as it was read; fixed: a version in it was looked up, so that it must be written."""

    mod: Version
    root: str
    gomod: str
    file: modfile.ModFile
    data: bytes | None = None
    fixed: bool = False
    replace: dict[Version, Version] = field(default_factory=dict)
    exclude: set[Version] = field(default_factory=set)
    go: str = ""
    toolchain: str = ""
    require: dict[Version, bool] = field(default_factory=dict)  # -> indirect

    def index(self) -> None:
        """Note what the file says now, to know later whether it has changed."""
        f = self.file
        self.go = f.go.text if f.go is not None else ""
        self.toolchain = f.toolchain.text if f.toolchain is not None else ""
        self.require = {r.mod: r.indirect for r in f.require}
        self.replace = _replace_map(f.replace)
        self.exclude = {x.mod for x in f.exclude}

    def dirty(self, readonly: bool) -> bool:
        """Whether the file says something else than it did."""
        f = self.file
        return (
            self.data is None
            or self.fixed
            or f.path != self.mod.path
            or (f.go.text if f.go is not None else "") != self.go
            or (f.toolchain.text if f.toolchain is not None else "") != self.toolchain
            or len(f.require) != len(self.require)
            or any(r.mod not in self.require or (not readonly and r.indirect != self.require[r.mod]) for r in f.require)
        )


def _replace_map(replaces: list[modfile.Replace]) -> dict[Version, Version]:
    out: dict[Version, Version] = {}
    for r in replaces:
        if out.setdefault(r.old, r.new) != r.new:
            raise fatal(f"go: conflicting replacements for {r.old}:\n\t{out[r.old]}\n\t{r.new}")
    return out


class NoGo(ModError):
    """A folder without Go files that count."""


class Source(Protocol):
    """The file system and the standard library, as the loader of packages sees them. std_src: GOROOT/src."""

    std_src: str

    def is_std(self, path: str) -> bool: ...

    def is_file(self, path: str) -> bool: ...

    def actual(self, path: str) -> str:
        """The file that -overlay puts in place of one."""
        ...

    def has_go(self, d: str) -> bool:
        """Whether a folder has Go files, of whatever constraints."""
        ...

    def scan(self, d: str, any_tags: bool) -> tuple[list[str], list[str]]:
        """(imports of a folder's files, those of its test files), sorted. any_tags: as if all build tags were on. Raises NoGo, ModError."""
        ...

    def packages(self, root: str, prune_vendor: bool) -> Iterator[str]:
        """Folders of the module at root that may be packages, slash-separated, "" for root itself, sorted."""
        ...


@dataclass(slots=True)
class Options:
    """cmd: the command, as "mod tidy"; mod: -mod, "" when it was not given; modfile: -modfile; local: version of Go that we are."""

    cmd: str
    local: str
    cwd: str
    mod: str = ""
    modfile: str = ""
    modcacherw: bool = False
    work: str = ""  # path of the go.work that counts
    no_root: bool = False  # the current module is of no concern (pkg@version)


Query = Callable[[str, str], str]


class State:
    """One command's view. main: the main modules, in the order of go.work."""

    def __init__(self, options: Options, source: Source) -> None:
        self.o = options
        self.source = source
        self.cwd_root = ""
        self.local = options.local
        self.sums = Sums()
        self.sums.tidy = options.cmd == "mod tidy"
        self.fetcher = Fetcher(self.sums)
        self.fetcher.modcacherw = options.modcacherw
        self.fetcher.quiet = options.cmd == "mod download"
        self.main: list[Main] = []
        self.work: WorkFile | None = None
        self.work_replace: dict[Version, Version] = {}
        self.highest_replaced: dict[str, str] = {}
        self.build_mod = ""
        self.mod_reason = ""
        self.allow_missing = False
        self.query: Query | None = None  # resolves a version of go.mod that is no canonical one
        self.raw_go: dict[Version, str] = {}
        self._summaries: dict[Version, Summary | ModError] = {}

    # ------------------------------------------------------------ main modules

    @property
    def in_work(self) -> bool:
        return self.o.work != ""

    def has_root(self) -> bool:
        return bool(self.main)

    def contains(self, path: str) -> bool:
        return any(m.mod.path == path for m in self.main)

    def main_of(self, m: Version) -> Main | None:
        return next((x for x in self.main if x.mod == m), None) if not m.version else None

    def single(self) -> Main:
        assert len(self.main) == 1
        return self.main[0]

    def tools(self) -> list[str]:
        return list(dict.fromkeys(t.text for m in self.main for t in m.file.tool))

    def go_version(self) -> str:
        """That of the go.work or the go.mod."""
        if self.work is not None:
            return self.work.go.text if self.work.go is not None else gover.DEFAULT_GOWORK
        if len(self.main) == 1:
            go = self.main[0].file.go
            return go.text if go is not None else gover.DEFAULT_GOMOD
        return self.local if not self.main else gover.DEFAULT_GOMOD

    def read_main(self) -> None:
        """Read go.work and the go.mod files. Raises ModError, CompileError."""
        roots: list[str] = []
        self.cwd_root = "" if self.o.no_root else find_root(self.o.cwd)
        if self.in_work:
            roots = self._read_work()
        elif self.cwd_root:
            roots = [self.cwd_root]
        errors: list[str] = []
        for root in roots:
            gomod = self.o.modfile or os.path.join(root, "go.mod")
            try:
                self.main.append(self._read(root, gomod))
            except ModError as e:
                errors.append(self._in_work_words(gomod, e))
        if errors:
            raise ModError("\n".join(errors))
        if self.in_work:
            self.sums.workspace = [sum_file(m.gomod) for m in self.main]
            self.sums.file = self.o.work + ".sum"
        elif self.main:
            self.sums.file = sum_file(self.main[0].gomod)
        self._collect_replacements()

    def _in_work_words(self, gomod: str, e: ModError) -> str:
        if not self.in_work:
            return str(e)
        d = short(os.path.dirname(gomod))
        if isinstance(e, TooNew) and not self.o.cmd.startswith("work "):
            return self._work_too_old(d, e.version)
        return f"cannot load module {d} listed in go.work file: {e}"

    def _work_too_old(self, d: str, version: str) -> str:
        verb = "lists" if self.work is not None and self.work.go is not None else "implicitly requires"
        return (
            f"module {d} listed in go.work file requires go >= {version}, but go.work {verb} go {self.go_version()}; to download and use go {version}:\n\tgo work use"
        )

    def _read_work(self) -> list[str]:
        path = self.o.work
        name = short(path)
        w = self.work = read_work(path, name)
        if w.go is not None and gover.compare(w.go.text, self.local) > 0:
            raise TooNew(name, w.go.text, self.local)
        roots: list[str] = []
        for u in w.use:
            root = os.path.normpath(os.path.join(os.path.dirname(path), u.path))
            if root in roots:
                raise ModError(f"error loading go.work:\n{name}:{u.syntax.start.line}: path {root} appears multiple times in workspace")
            roots.append(root)
        return roots

    def _read(self, root: str, gomod: str) -> Main:
        data = lockedfile.read(self.source.actual(gomod))
        fixed = False

        def fix(path: str, version: str) -> str:
            nonlocal fixed
            v = self._fix(path, version)
            fixed = fixed or v != version
            return v

        name = short(gomod)
        try:
            f = modfile.parse(name, data, fix, gomod)
        except ModError as e:
            try:
                lax = modfile.parse_lax(name, data, fix)
            except ModError:
                lax = None
            if lax is not None and lax.go is not None and gover.compare(lax.go.text, self.local) > 0:
                raise TooNew(name, lax.go.text, self.local) from None
            raise ModError(f"errors parsing {name}:\n{e}") from None
        if f.go is not None and gover.compare(f.go.text, self.local) > 0:
            raise TooNew(name, f.go.text, self.local)
        if f.module is None:
            raise ModError(f"error reading {name}: missing module declaration. To specify the module path:\n\tgo mod edit -module=example.com/mod")
        if gover.is_toolchain(f.path):
            raise ModError(f"error reading {name}: invalid module path: {go_quote(f.path)}")
        own = f.go.text if f.go is not None else gover.DEFAULT_GOMOD
        if self.in_work and not self.o.cmd.startswith("work ") and gover.compare(own, self.go_version()) > 0 and gover.compare(own, gover.STRICT) >= 0:
            raise TooNew(name, own, self.local)
        try:
            check_import_path(f.path)
        except InvalidPath as e:
            raise InvalidPath("module", f.path, e.why) from None
        for t in f.tool:
            try:
                check_import_path(t.text)
            except InvalidPath as e:
                raise InvalidPath("tool", t.text, e.why) from None
        main = Main(Version(f.path), root, gomod, f, data, fixed)
        main.index()
        self.raw_go[main.mod] = main.go
        return main

    def _fix(self, path: str, version: str) -> str:
        """The version that a word in go.mod stands for. Raises ModError."""
        if path.startswith("gopkg.in/") and "-gopkgin-" in version:
            version = version.partition("-gopkgin-")[2]
        s = split_path_version(path)
        if s is None:
            raise VersionError(Version(path), InvalidVersion(version, f"malformed module path {go_quote(path)}"))
        if version and semver.canonical_version(version) == version:
            try:
                check_major(version, s[1])
            except ModError as e:
                raise version_error(Version(path, version), e) from None
            return version
        if self.query is None:
            raise VersionError(Version(path), InvalidVersion(version, "must be of the form v1.2.3"))
        return self.query(path, version)

    def _collect_replacements(self) -> None:
        seen: set[str] = set()
        errors: list[str] = []
        for m in self.main:
            if m.mod.path in seen:
                errors.append(f"go: module {m.mod.path} appears multiple times in workspace")
            seen.add(m.mod.path)
        by_work: set[str] = set()
        if self.work is not None:
            self.work_replace = _replace_map(self.work.replace)
            for old in self.work_replace:
                if old.path in seen and not old.version:
                    errors.append(
                        f"go: workspace module {old.path} is replaced at all versions in the go.work file. To fix, remove the replacement from the go.work file or "
                        "specify the version at which to replace the module."
                    )
                by_work.add(old.path)
                self._highest(old)
        if errors:
            raise fatal("\n".join(errors))
        all_replaces: dict[Version, Version] = dict(self.work_replace)
        for m in self.main:
            for old, new in m.replace.items():
                if old.path in by_work:
                    continue
                if self.in_work and not new.version and not os.path.isabs(new.path):
                    new = Version(os.path.normpath(os.path.join(m.root, new.path)))
                prev = all_replaces.setdefault(old, new)
                if prev != new:
                    raise fatal(
                        f'go: conflicting replacements for {old}:\n\t{prev}\n\t{new}\nuse "go work edit -replace {old}=[override]" to resolve'
                    )
                self._highest(old)

    def _highest(self, old: Version) -> None:
        v = self.highest_replaced.get(old.path)
        if v is None or gover.mod_compare(old.path, old.version, v) > 0:
            self.highest_replaced[old.path] = old.version

    # ------------------------------------------------------------ replacements

    def relative_to(self) -> str:
        """The folder that relative paths of replacements start at."""
        return os.path.dirname(self.o.work) if self.in_work else self.single().root

    def replacement(self, m: Version) -> Version | None:
        """What replaces a module, None for nothing."""
        if not self.main or (not m.version and self.contains(m.path)):
            return None
        for key in (m, Version(m.path)):
            if key in self.work_replace:
                return self.work_replace[key]
        for x in self.main:
            for key in (m, Version(m.path)):
                r = x.replace.get(key)
                if r is None:
                    continue
                if self.in_work and not r.version and not os.path.isabs(r.path):
                    rel = os.path.relpath(os.path.join(x.root, r.path), os.path.dirname(self.o.work))
                    return Version(rel if modfile.is_directory_path(rel) else "./" + rel)
                return r
        return None

    def actual(self, m: Version) -> Version:
        return self.replacement(m) or m

    def replaced_dir(self, r: Version) -> str:
        """The folder of a replacement without a version."""
        return r.path if os.path.isabs(r.path) else os.path.normpath(os.path.join(self.relative_to(), r.path))

    def excluded(self, m: Version) -> bool:
        return any(m in x.exclude for x in self.main)

    # ------------------------------------------------------------ other modules

    def must_have_sums(self) -> bool:
        return self.has_root() and self.build_mod == "readonly" and not self.in_work

    def complete(self) -> bool:
        """Whether the requirements must be complete as they are."""
        return self.build_mod != "mod" and not self.in_work

    def summary(self, m: Version) -> Summary:
        """What the go.mod of a module says, replaced and without what is excluded. Raises ModError."""
        if gover.is_toolchain(m.path):
            return self.raw_summary(m)
        actual = self.actual(m)
        if self.must_have_sums() and actual.version and not self.sums.has(gomod_key(actual)):
            raise version_error(actual, SumMissing(f"missing go.sum entry for go.mod file; to add it:\n\tgo mod download {m.path}"))
        s = self.raw_summary(actual)
        if s.too_new is not None:
            raise s.too_new
        if actual.version:
            if not s.path:
                raise version_error(actual, ModError("parsing go.mod: missing module line"))
            if s.path not in (m.path, actual.path):
                raise version_error(
                    actual, ModError(f"parsing go.mod:\n\tmodule declares its path as: {s.path}\n\t        but was required as: {m.path}")
                )
        if any(self.excluded(r) for r in s.require):
            s = Summary(s.path, s.go, s.toolchain, s.pruned, [r for r in s.require if not self.excluded(r)], s.retract, s.deprecated)
        return s

    def raw_summary(self, m: Version) -> Summary:
        """The same of the module itself. Raises ModError; a go.mod for a later Go has `too_new`."""
        if m.path == "go":
            return Summary(m.path, require=[Version("toolchain", f"go{m.version}")] if gover.compare(m.version, gover.STRICT) >= 0 else [])
        if m.path == "toolchain" or (not m.version and m.path == COMMAND_LINE):
            return Summary(m.path)
        main = self.main_of(m) if self.in_work else None
        if main is not None:
            return self._summarize(m, main.file)
        known = self._summaries.get(m)
        if known is None:
            try:
                known = self._load_summary(m)
            except ModError as e:
                known = e
            self._summaries[m] = known
        if isinstance(known, ModError):
            raise known
        return known

    def _load_summary(self, m: Version) -> Summary:
        if not m.version:
            name = os.path.join(self.replaced_dir(m), "go.mod")
            try:
                data = lockedfile.read(self.source.actual(name))
            except ModError as e:
                raise version_error(m, ModError(f"reading {short(name)}: {e}")) from None
        else:
            name = "go.mod"
            data = self.fetcher.gomod(m)
        try:
            f = modfile.parse_lax(name, data)
        except ModError as e:
            raise version_error(m, ModError(f"parsing {short(name)}: {e}")) from None
        return self._summarize(m, f)

    def _summarize(self, m: Version, f: modfile.ModFile) -> Summary:
        s = Summary(f.path, deprecated=f.module.deprecated if f.module is not None else "")
        if f.go is not None:
            s.go = f.go.text
            self.raw_go.setdefault(m, s.go)
            s.pruned = gover.compare(s.go, gover.EXPLICIT_INDIRECT) >= 0
        if f.toolchain is not None:
            s.toolchain = f.toolchain.text
        s.require = [r.mod for r in f.require]
        s.retract = [(r.low, r.high, r.rationale) for r in f.retract]
        if s.go and gover.compare(s.go, gover.STRICT) >= 0:
            s.require.append(Version("go", s.go))
            if gover.compare(s.go, self.local) > 0:
                s.too_new = TooNew(f"module {m}", s.go, self.local)
        return s

    def directory(self, m: Version) -> tuple[str, bool]:
        """(folder of a module, whether it is a local one); it is downloaded if need be. Raises ModError."""
        main = self.main_of(m)
        if main is not None:
            return main.root, True
        r = self.replacement(m)
        if r is not None:
            if not r.version:
                d = self.replaced_dir(r)
                if not os.path.exists(d):
                    raise version_error(m, ModError(f"replacement directory {r.path} does not exist"))
                return d, True
            m = r
        if self.must_have_sums() and not self.sums.has(m):
            raise version_error(m, SumMissing("missing go.sum entry"))
        return self.fetcher.download(m, self.local), False


def find_root(d: str) -> str:
    """The nearest folder with a go.mod; "" for none. One in the folder for temporary files does not count."""
    d = os.path.normpath(d)
    while not os.path.isfile(os.path.join(d, "go.mod")):
        up = os.path.dirname(d)
        if up == d:
            return ""
        d = up
    if d == os.path.normpath(os.environ.get("TMPDIR") or "/tmp"):
        print(f"go: warning: ignoring go.mod in system temp root {os.environ.get('TMPDIR') or '/tmp'}", file=sys.stderr)
        return ""
    return d
