"""The modules of one command: from go.mod or go.work to the build list, to packages, and back into go.mod and go.sum.

    s = Session(options, source)     source: rt0/load/source.py
    s.load()                         reads go.work and the go.mod files: `requirements`
    s.graph()                        the module graph, read whole
    s.load_packages(wanted, ["all"]) packages, and requirements that fit them
    s.commit()                       writes go.mod and go.sum where they need it

Source: cmd/go/internal/modload/init.go and load.go, go1.27.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field

from rt0.mod import gover, lockedfile, modfile
from rt0.mod.cache import side_lock
from rt0.mod.graph import (
    ModuleGraph,
    Requirements,
    convert_pruning,
    dirty,
    expand_graph,
    from_files,
    override_roots,
    pruning_for,
    update_roots,
)
from rt0.mod.importing import ImportMissing, no_root
from rt0.mod.packages import Loader, Package, Wanted
from rt0.mod.path import InvalidPath, ModError, Version, check_import_path
from rt0.mod.query import Queries
from rt0.mod.settings import short
from rt0.mod.state import Options, Source, State, find_root
from rt0.mod.sums import gomod_key

_ALWAYS_MOD = frozenset(("get", "mod download", "mod init", "mod tidy", "work sync", "mod graph", "mod verify", "mod why"))


@dataclass(slots=True)
class Module:
    """A module of the build list. dir: "" when it is not downloaded; replace: what stands in for it."""

    path: str
    version: str
    dir: str = ""
    gomod: str = ""
    replace: Module | None = None
    main: bool = False
    indirect: bool = False
    goversion: str = ""
    sum: str = ""
    gomod_sum: str = ""


@dataclass(slots=True)
class Write:
    """What `go get` wants of go.mod besides requirements."""

    drop_toolchain: bool = False
    explicit_toolchain: bool = False
    add_tools: list[str] = field(default_factory=list)
    drop_tools: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Match:
    pattern: str
    packages: list[str] = field(default_factory=list)
    errors: list[ModError] = field(default_factory=list)


class Session:
    def __init__(self, options: Options, source: Source) -> None:
        self.o = options
        self.state = State(options, source)
        self.queries = Queries(self.state)
        self.state.query = lambda path, v: self.queries.query(path, v, "", None).version
        self.loader: Loader | None = None
        self.tidy_keep: set[Version] = set()  # what go.sum is to have after tidy
        self.compat = ""  # the Go version that tidy serves, too
        self._rs: Requirements | None = None

    # ------------------------------------------------------------ requirements

    @property
    def requirements(self) -> Requirements:
        """Raises ModError, CompileError."""
        return self.load()

    @requirements.setter
    def requirements(self, rs: Requirements) -> None:
        self._rs = rs

    def need_root(self) -> None:
        """Raises ModError where there is no main module."""
        if not self.o.work and not find_root(self.o.cwd):
            raise no_root(self.state)

    def load(self, tidy_go: str = "") -> Requirements:
        if self._rs is not None:
            return self._rs
        state = self.state
        self._set_build_mod()
        state.read_main()
        self._set_build_mod()
        rs = from_files(state)
        if state.main and not state.in_work:
            if rs.has_redundant_root():
                rs = update_roots(rs.direct, rs)
            main = state.single()
            if not main.go and rs.pruning != "workspace":
                if state.build_mod == "mod" and self.o.cmd not in ("mod graph", "mod why"):
                    v = tidy_go or state.local
                    main.file.add_go(v)
                    state.raw_go[main.mod] = v
                    rs = override_roots(rs, [Version("go", v)])
                    if gover.compare(v, gover.EXPLICIT_INDIRECT) >= 0:
                        rs = convert_pruning(rs, "pruned")
                else:
                    state.raw_go[main.mod] = gover.DEFAULT_GOMOD
        self._rs = rs
        return rs

    def _set_build_mod(self) -> None:
        """Which -mod counts when none is given, and why. Raises ModError."""
        state, mod = self.state, self.o.mod
        if mod:
            if state.in_work and mod not in ("readonly", "vendor"):
                raise ModError(
                    f'-mod may only be set to readonly or vendor when in workspace mode, but it is set to "{mod}"'
                    "\n\tRemove the -mod flag to use the default readonly value, \n\tor set GOWORK=off to disable workspace mode."
                )
            state.build_mod = mod
        elif self.o.cmd in _ALWAYS_MOD or (not state.main and state.allow_missing):
            state.build_mod = "mod"
        else:
            state.build_mod = "readonly"

    def graph(self, go: str = "") -> ModuleGraph:
        """The whole graph, as the Go version `go` would read it. Raises ModError."""
        rs = self.load()
        if go:
            if gover.compare(rs.go, gover.STRICT) >= 0 and gover.compare(go, rs.go) < 0:
                raise ModError(f"requested Go version {go} cannot load module graph (requires Go >= {rs.go})")
            if pruning_for(go) == "unpruned" and rs.pruning != "unpruned":
                rs = Requirements(self.state, "unpruned", rs.roots, rs.direct)
            return rs.good_graph()
        self._rs, mg = expand_graph(rs)
        return mg

    # ------------------------------------------------------------ packages

    def _candidates(self, pattern: str, query: str, current: Callable[[str], str]) -> list[tuple[Version, list[str]]]:
        return [(r.mod, r.packages) for r in self.queries.packages(pattern, query, current, self.queries.check_allowed)]

    def load_packages(self, wanted: Wanted, patterns: list[str], explicit_write: bool = False) -> list[Match]:
        """Load what patterns name with all it imports. explicit_write: go.mod and go.sum are left to `commit`. Raises CompileError, ModError."""
        matches = [Match(p) for p in patterns]
        before = self.load(wanted.tidy_go)

        def roots(rs: Requirements) -> list[str]:
            for m in matches:
                self._expand(m, rs, None)
            return [p for m in matches for p in m.packages]

        loader = Loader(self.state, wanted, before, roots, "all" in patterns, self._candidates)
        loader.run()
        for m in matches:
            self._expand(m, loader.rs, loader)
            if not wanted.silence:
                for e in m.errors:
                    loader.error(e)
        loader.exit_if_errors()
        self.loader = loader
        if wanted.tidy:
            keep = self.tidy_keep = self._tidy_sums(loader)
            if not explicit_write:
                self.state.sums.trim(keep)
                self.state.sums.write(keep, self.state.complete())
        self._rs = loader.rs
        if wanted.resolve_missing and not explicit_write:
            self.commit()
        return matches

    def _tidy_sums(self, loader: Loader) -> set[Version]:
        keep = self.keep_sums(loader.rs, False, loader)
        go = loader.rs.go
        compat = loader.wanted.compat or (gover.prev(go) if gover.compare(go, gover.STRICT) < 0 else go)
        if gover.compare(compat, go) > 0:
            compat = go
        self.compat = compat
        if pruning_for(compat) != loader.rs.pruning:
            rs = Requirements(self.state, pruning_for(compat), loader.rs.roots, loader.rs.direct)
            loader.check_compatible(rs, compat)
            keep |= self.keep_sums(rs, False, loader)
        return keep

    def _expand(self, m: Match, rs: Requirements, loader: Loader | None) -> None:
        """Which packages a pattern names."""
        p, state = m.pattern, self.state
        if p == "all":
            m.packages = loader.pattern_all() if loader is not None else [x for main in state.main for x in self.main_packages(main.mod, main.root)] + state.tools()
        elif p == "tool":
            m.packages = state.tools()
        elif p == "work":
            m.packages = [x for main in state.main for x in self.main_packages(main.mod, main.root)]
        elif p in (".", "..") or p.startswith(("./", "../", "/")):
            m.errors, m.packages = [], []
            self._expand_local(m)
        elif "..." in p:
            m.errors, m.packages = [], []
            mg = rs.graph()
            if mg.error is not None:
                m.errors.append(mg.error)
            for mod in mg.build_list():
                if gover.is_toolchain(mod.path) or not _may_match(p, mod.path):
                    continue
                try:
                    root, local = state.directory(mod)
                except ModError as e:
                    m.errors.append(e)
                    continue
                m.packages += self.queries.match(p, mod, root, local)
        else:
            m.packages = [p]

    def main_packages(self, m: Version, root: str) -> list[str]:
        return [f"{m.path}/{rel}" if rel else m.path for rel in self.state.source.packages(root, True) if self.state.source.has_go(os.path.join(root, rel))]

    def _expand_local(self, m: Match) -> None:
        state = self.state
        head, dots, _ = m.pattern.partition("...")
        base = os.path.normpath(os.path.join(self.o.cwd, head))
        if not dots:
            try:
                m.packages = [self.local_package(base, m.pattern)]
            except ModError as e:
                m.errors.append(e)
            return
        found = []
        for main in state.main:
            for rel in state.source.packages(main.root, True):
                d = os.path.join(main.root, rel) if rel else main.root
                if (d == base or d.startswith(base.rstrip("/") + "/")) and state.source.has_go(d):
                    found.append(f"{main.mod.path}/{rel}" if rel else main.mod.path)
        if not any(base == x.root or base.startswith(x.root + "/") or x.root.startswith(base + "/") for x in state.main):
            scope = "modules listed in go.work or their selected dependencies" if state.in_work else "main module or its selected dependencies"
            m.errors.append(ModError(f"pattern {m.pattern}: directory prefix {short(base)} does not contain {scope}"))
        m.packages = found

    def local_package(self, d: str, pattern: str) -> str:
        """The import path of a folder of a main module. Raises ModError."""
        state = self.state
        if not os.path.exists(d):
            raise ModError(f"stat {d}: directory not found")
        for main in state.main:
            if d == main.root:
                return main.mod.path
        for main in state.main:
            if d.startswith(main.root + "/"):
                rel = os.path.relpath(d, main.root)
                path = f"{main.mod.path}/{rel}"
                at = d
                while at != main.root:
                    if state.source.is_file(os.path.join(at, "go.mod")):
                        break
                    at = os.path.dirname(at)
                else:
                    if state.source.has_go(d):
                        return path
                    raise ModError(f"main module ({main.mod.path}) does not contain package {path}")
        if not state.main:
            raise no_root(state)
        name = "current directory" if d == self.o.cwd else f"directory {short(d)}"
        if state.in_work:
            root = find_root(d)
            if root:
                raise ModError(
                    f"{name} is contained in a module that is not one of the workspace modules listed in go.work. "
                    f"You can add the module to the workspace using:\n\tgo work use {short(root)}"
                )
            raise ModError(f"{name} outside modules listed in go.work or their selected dependencies")
        raise ModError(f"{name} outside main module or its selected dependencies")

    # ------------------------------------------------------------ writing

    def keep_sums(self, rs: Requirements, zips: bool, loader: Loader | None) -> set[Version]:
        """Modules whose hashes go.sum is to have; zips: those of the whole build list."""
        state, keep = self.state, set[Version]()
        gomods = True
        if loader is None:
            gomods = not (gover.compare(state.go_version(), gover.TIDY_GOMODSUM) < 0 and state.build_mod != "mod")
        else:
            packages_too = True
            if gover.compare(loader.rs.go, gover.TIDY_GOMODSUM) < 0 and (loader.wanted.tidy or state.build_mod != "mod"):
                packages_too = gomods = False
            for pkg in loader.packages:
                if pkg.test_of is not None or (not pkg.mod.path and pkg.error is None):
                    continue
                try:
                    check_import_path(pkg.path)
                except InvalidPath:
                    continue
                if packages_too:
                    keep.add(gomod_key(state.actual(pkg.mod)))
                by_roots = rs.pruning == "pruned" and pkg.mod.path != "" and rs.root_selected(pkg.mod.path) == pkg.mod.version
                prefix = pkg.path
                while prefix:
                    v = rs.root_selected(prefix) if by_roots else rs.graph().selected(prefix)
                    if v is not None and v != "none":
                        keep.add(state.actual(Version(prefix, v)))
                    prefix = prefix.rpartition("/")[0]
        if rs.graph_ is None:
            for m in rs.roots:
                r = state.actual(m)
                keep.add(gomod_key(r))
                if zips:
                    keep.add(r)
        else:
            mg = rs.graph_
            keep.update(gomod_key(state.actual(m)) for m in mg.g.breadth_first() if m in mg.g.required)
            if zips:
                for m in mg.build_list():
                    r = state.actual(m)
                    keep.add(r)
                    if gomods:
                        keep.add(gomod_key(r))
        return keep

    def commit(self, w: Write | None = None) -> None:
        """Write go.mod, if what it says has changed, and go.sum. Raises ModError."""
        state, rs = self.state, self.load()
        w = w or Write()
        if state.in_work or not state.main:
            if state.in_work:
                state.sums.write(self.keep_sums(rs, True, self.loader), state.complete())
            return
        main = state.single()
        text = self.updated(w)
        changed = main.dirty(state.build_mod == "readonly") or bool(w.add_tools or w.drop_tools)
        if changed and state.build_mod != "mod":
            raise dirty(state)
        if state.source.actual(main.gomod) != main.gomod:
            if changed:
                raise ModError("updates to go.mod needed, but go.mod is part of the overlay specified with -overlay")
            return
        if changed or self.o.cmd == "mod tidy":

            def change(old: bytes) -> bytes | None:
                if old == text:
                    return None
                if main.data is not None and old != main.data:
                    raise ModError("existing contents have changed since last read")
                return text

            with side_lock():
                try:
                    lockedfile.transform(main.gomod, change)
                except ModError as e:
                    raise ModError(f"updating go.mod: {e}") from None
            main.data, main.fixed = text, False
            main.index()
        if self.o.cmd != "mod init":
            state.sums.write(self.keep_sums(rs, True, self.loader), state.complete())

    def updated(self, w: Write) -> bytes:
        """What go.mod would be now; the tree in memory is changed. Raises ModError."""
        state, rs = self.state, self.load()
        main = state.single()
        f = main.file
        go = toolchain = ""
        wanted: list[modfile.Require] = []
        for m in rs.roots:
            if m.path == "go":
                go = m.version
            elif m.path == "toolchain":
                toolchain = m.version
            else:
                wanted.append(modfile.Require(m, m.path not in rs.direct))
        if gover.compare(go, state.local) > 0:
            raise ModError(f"updating go.mod requires go >= {go} (running go {state.local}; GOTOOLCHAIN=local)")
        if f.go is None or f.go.text != go:
            always = state.build_mod == "mod" or self.o.cmd in ("mod tidy", "get")
            if f.go is not None or go != gover.DEFAULT_GOMOD or always:
                f.add_go(go)
                state.raw_go[main.mod] = go
        tools = ({t.text for t in f.tool} - set(w.drop_tools)) | set(w.add_tools)
        if tools and gover.compare(go, gover.GOMOD_TOOL) < 0 and self.o.cmd == "get":
            if w.explicit_toolchain:
                raise ModError(f"{gover.GOMOD_TOOL} is required for tool directives in go.mod: go get go@{gover.GOMOD_TOOL}.0")
            go = gover.GOMOD_TOOL
            f.add_go(go)
        toolchain = toolchain or f"go{go}"
        own = gover.from_toolchain(toolchain)
        if w.drop_toolchain or toolchain == f"go{go}" or (gover.compare(own, gover.STRICT) < 0 and not w.explicit_toolchain):
            f.drop_toolchain()
        else:
            f.add_toolchain(toolchain)
        for path in w.add_tools:
            f.add_word("tool", f.tool, path)
        for path in w.drop_tools:
            f.drop_word(f.tool, path)
        f.tool = [t for t in f.tool if t.text]
        if gover.compare(go, gover.SEPARATE_INDIRECT) < 0:
            f.set_require(wanted)
        else:
            f.set_require_separate_indirect(wanted, gover.compare(go, gover.SIMPLIFY_REQUIRE) >= 0)
        f.cleanup()
        return f.format()

    def updated_for_diff(self) -> bytes:
        """The same for a command that will not write."""
        self.state.build_mod = "readonly"
        return self.updated(Write())

    # ------------------------------------------------------------ what others ask

    def package(self, path: str) -> Package | None:
        return self.loader.by_path.get(path) if self.loader is not None else None

    def module(self, m: Version) -> Module:
        """What `list -m` tells of a module of the build list."""
        from rt0.mod import cache
        from rt0.mod.fetch import ziphash_of

        state = self.state
        main = state.main_of(m)
        if main is not None:
            return Module(m.path, "", main.root, main.gomod, main=True, goversion=main.file.go.text if main.file.go is not None else "")
        out = Module(m.path, m.version, indirect=m.path not in self.load().direct)
        r = state.replacement(m)
        actual = r or m
        target = out
        if r is not None:
            target = out.replace = Module(r.path, r.version)
        if not actual.version:
            target.dir = state.replaced_dir(actual)
            target.gomod = os.path.join(target.dir, "go.mod")
        else:
            try:
                target.dir = cache.check_extracted(actual)
            except ModError:
                target.dir = ""
            try:
                state.fetcher.info(actual)  # for its time; go asks, too
            except ModError:
                pass
            gomod = cache.cache_path(actual, "mod")
            target.gomod = gomod if os.path.exists(gomod) else ""
            target.sum = state.sums.recorded(actual) or (ziphash_of(actual) if not state.has_root() else "")
            target.gomod_sum = state.sums.recorded(gomod_key(actual)) or ""
        out.dir, out.gomod = target.dir, target.gomod
        try:
            out.goversion = state.raw_summary(actual).go if target.gomod else ""
        except ModError:
            out.goversion = ""
        return out


def build_list(session: Session) -> list[Module]:
    """The build list of a session, the main modules first. Raises ModError, CompileError."""
    mg = session.graph()
    return [session.module(m) for m in mg.build_list() if not gover.is_toolchain(m.path)]


def _may_match(pattern: str, path: str) -> bool:
    """Whether a package of the module at path may match."""
    fixed = pattern.partition("...")[0]
    return fixed.startswith(path + "/") or path.startswith(fixed) or fixed.rstrip("/") == path


__all__ = ["ImportMissing", "Match", "Module", "Options", "Session", "Wanted", "Write", "build_list"]
