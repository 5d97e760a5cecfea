"""Packages and the modules they come from, followed from roots until all imports are resolved (cmd/go/internal/modload/load.go, go1.27).

The result decides what go.mod must require: whenever a package shows that the requirements are not right yet, they are changed and all begins again, which is
quick since everything that was read is remembered.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field

from rt0.diag import fatal
from rt0.mod import gover
from rt0.mod.fetch import in_parallel
from rt0.mod.graph import (
    ModuleGraph,
    Requirements,
    convert_pruning,
    expand_graph,
    override_roots,
    pruning_for,
    sort_mods,
    tidy_roots,
    update_roots,
)
from rt0.mod.importing import (
    Ambiguous,
    Found,
    ImportMissing,
    ImportMissingSum,
    QueryPackages,
    import_from_modules,
    is_std_path,
    query_import,
)
from rt0.mod.mvs import BuildListError
from rt0.mod.path import InvalidPath, ModError, Version, check_import_path
from rt0.mod.state import NoGo, State, TooNew


class Package:
    """One package, or the tests of one (test_of).

    in_all        part of the pattern "all"
    is_root       asked for; from_root: imported by such a one, too
    stack         who imports it, on the shortest way from a root
    """

    __slots__ = (
        "alternatives", "dir", "error", "from_root", "imports", "in_all", "in_std", "is_root", "loaded", "mod", "path", "stack", "state", "test",
        "test_imports", "test_of",
    )  # fmt: skip

    def __init__(self, state: State, path: str, test_of: Package | None = None) -> None:
        self.state = state
        self.path = path
        self.test_of = test_of
        self.mod = Version("")
        self.dir = ""
        self.error: ModError | None = None
        self.imports: list[Package] = []
        self.test_imports: list[str] = []
        self.alternatives: list[Version] = []
        self.in_std = self.in_all = self.is_root = self.from_root = self.loaded = False
        self.test: Package | None = None
        self.stack: Package | None = None

    @property
    def external(self) -> bool:
        return self.mod.path != "" and not self.state.contains(self.mod.path)

    def chain(self) -> list[Package]:
        """From a root to this package."""
        out: list[Package] = []
        p: Package | None = self
        while p is not None:
            out.append(p)
            p = p.stack
        return out[::-1]

    def stack_text(self) -> str:
        chain = self.chain()
        text = ""
        for i, p in enumerate(chain):
            text += p.path + (".test" if p.test_of is not None else "")
            if i + 1 < len(chain):
                text += " tested by\n\t" if chain[i + 1].test_of is p else " imports\n\t"
        return text

    def why(self) -> str:
        return "".join(f"{p.path}.test\n" if p.test_of is not None else f"{p.path}\n" for p in self.chain())


@dataclass(slots=True)
class Wanted:
    """What a load is to do (modload.PackageOpts)."""

    any_tags: bool = False
    tidy: bool = False
    tidy_go: str = ""
    compat: str = ""
    resolve_missing: bool = False
    assume_roots_imported: bool = False
    load_tests: bool = False
    allow_errors: bool = False
    silence: bool = False
    silence_missing_std: bool = False
    silence_no_go: bool = False
    vendor_all: bool = False
    vendor_in_std: bool = False
    allow_package: Callable[[str, Version], ModError | None] | None = None


@dataclass(slots=True)
class Loader:
    """One load. all_is_root: the pattern "all" is among the roots; list_roots: paths of the roots, given the requirements."""

    state: State
    wanted: Wanted
    rs: Requirements
    list_roots: Callable[[Requirements], list[str]]
    all_is_root: bool
    query: QueryPackages
    packages: list[Package] = field(default_factory=list)
    roots: list[Package] = field(default_factory=list)
    by_path: dict[str, Package] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    skip_gomod: bool = False
    all_tests: bool = False
    found: dict[str, Found | ModError] = field(default_factory=dict)
    scans: dict[str, tuple[list[str], list[str]] | ModError] = field(default_factory=dict)
    _new: list[Package] = field(default_factory=list)

    # ------------------------------------------------------------ errors

    def error(self, e: ModError | str) -> None:
        if self.wanted.allow_errors:
            print(f"go: {e}", file=sys.stderr)
        else:
            self.errors += [f"go: {line}" for line in [str(e)]]

    def exit_if_errors(self) -> None:
        """Raises CompileError."""
        if self.errors:
            raise fatal("\n".join(self.errors))

    # ------------------------------------------------------------ the whole

    def run(self) -> None:
        """Load until nothing changes. Raises CompileError."""
        if self.rs.pruning == "unpruned":
            try:
                self.rs, _ = expand_graph(self.rs)
            except ModError as e:
                self.error(e)
        self.exit_if_errors()
        while True:
            self.packages, self.roots, self.by_path, self.found = [], [], {}, {}
            self._update_go()
            names = self.list_roots(self.rs)
            if self.rs.pruning == "pruned" and self.state.build_mod == "mod" and self._preload(names):
                continue
            for path in dict.fromkeys(names):
                self.roots.append(self.package(path, is_root=True))
            self._load_all()
            self._build_stacks()
            try:
                if self._update_requirements():
                    continue
                if not self.wanted.resolve_missing or (not self.state.has_root() and not self.state.allow_missing):
                    break
                added = self._resolve_missing()
            except ModError as e:
                self.error(e)
                break
            if not added:
                break
            try:
                self.rs = update_roots(self.rs.direct, self.rs, [], sort_mods(added), self.wanted.assume_roots_imported)
            except ModError as e:
                pkg = added.get(e.module) if isinstance(e, BuildListError) else None
                self.error(f"{pkg.stack_text()}: {e.cause}" if pkg is not None and isinstance(e, BuildListError) else e)
                break
        self.exit_if_errors()
        if self.wanted.tidy:
            self._tidy()
        self._report()

    def _update_go(self) -> None:
        go = self.wanted.tidy_go or self.rs.go
        if self.rs.pruning != "workspace":
            try:
                self.rs = convert_pruning(self.rs, pruning_for(go))
            except ModError as e:
                self.error(e)
                self.exit_if_errors()
        self.skip_gomod = self.wanted.tidy and gover.compare(go, gover.TIDY_GOMODSUM) < 0
        self.all_tests = gover.compare(go, gover.NARROW_ALL) < 0 and not self.wanted.vendor_all

    def _tidy(self) -> None:
        try:
            rs = tidy_roots(self.rs, self.packages)
            if self.wanted.tidy_go:
                go = Version("go", self.wanted.tidy_go)
                tidy = override_roots(rs, [go])
                mg = tidy.good_graph()
                v = mg.selected("go")
                if v == go.version:
                    rs = tidy
                else:
                    way = mg.g.find_path(lambda m: m == ("go", v))[1:]
                    adverb = "indirectly " if len(way) > 2 else ""
                    self.error(
                        f"{way[0]} {adverb}requires {way[-1]}, but {go.version} is requested" if len(way) > 1 else f"{way[0]} is above {go.version}"
                    )
            self.rs = rs
        except ModError as e:
            self.error(e)
        self.exit_if_errors()

    def _report(self) -> None:
        w = self.wanted
        for pkg in self.packages:
            e = pkg.error
            if e is None:
                continue
            if isinstance(e, ImportMissingSum) and pkg.stack is not None:
                e.importer, e.importer_version, e.importer_is_test = pkg.stack.path, pkg.stack.mod.version, pkg.stack.test_of is not None
            if w.silence or (isinstance(e, ImportMissing) and e.is_std and w.silence_missing_std) or (w.silence_no_go and isinstance(e, NoGo)):
                continue
            self.error(f"{pkg.stack_text()}: {e}")
        first: dict[Version, str] = {}
        mods = self.rs.graph_.build_list() if self.rs.graph_ is not None else self.rs.roots
        for m in mods:
            src = self.state.actual(m)
            if first.setdefault(src, m.path) != m.path:
                self.error(f"{src.path}@{src.version} used for two different module paths ({first[src]} and {m.path})")

    # ------------------------------------------------------------ packages

    def find(self, path: str, rs: Requirements, mg: ModuleGraph | None) -> Found:
        return import_from_modules(self.state, path, rs, mg, self.skip_gomod)

    def package(self, path: str, in_all: bool = False, is_root: bool = False, from_root: bool = False) -> Package:
        pkg = self.by_path.get(path)
        if pkg is None:
            pkg = self.by_path[path] = Package(self.state, path)
            self._new.append(pkg)
        self._flag(pkg, in_all, is_root, from_root)
        return pkg

    def _flag(self, pkg: Package, in_all: bool = False, is_root: bool = False, from_root: bool = False, loaded: bool = False) -> None:
        """Add flags, and what follows from them for what pkg imports and for its tests."""
        work = [(pkg, in_all, is_root, from_root, loaded)]
        while work:
            p, a, r, f, ld = work.pop()
            r = r or (a and self.all_is_root and p.test_of is None)
            f = f or r
            before = (p.in_all, p.is_root, p.from_root, p.loaded)
            p.in_all, p.is_root, p.from_root, p.loaded = p.in_all or a, p.is_root or r, p.from_root or f, p.loaded or ld
            if (p.in_all, p.is_root, p.from_root, p.loaded) == before or not p.loaded:
                continue
            if p.test_of is None:
                own = self.state.contains(p.mod.path)
                if (self.all_is_root and (own or (self.all_tests and p.in_all))) or (self.wanted.load_tests and p.is_root):
                    self._make_test(p, own or (self.all_tests and p.in_all))
            if p.in_all and not (before[0] and before[3]):
                work += [(d, True, False, False, False) for d in p.imports]
            if p.from_root and not (before[2] and before[3]):
                work += [(d, False, False, True, False) for d in p.imports]

    def _make_test(self, pkg: Package, in_all: bool) -> None:
        t = pkg.test
        if t is not None:
            self._flag(t, in_all=in_all)
            return
        t = pkg.test = Package(self.state, pkg.path, pkg)
        t.mod, t.dir, t.error, t.in_std = pkg.mod, pkg.dir, pkg.error, pkg.in_std
        t.in_all = in_all
        t.imports = [self.package(self._vendored(t, p), in_all=in_all) for p in pkg.test_imports]
        self._flag(t, loaded=True)

    def _load_all(self) -> None:
        """Load the packages that were named and not loaded yet, level by level."""
        mg: ModuleGraph | None = None
        if self.rs.pruning == "unpruned":
            mg = self.rs.graph()
            mg = mg if mg.error is None else None
        while self._new:
            level, self._new = self._new, []

            def look(pkg: Package) -> None:
                try:
                    self.found[pkg.path] = found = self.find(pkg.path, self.rs, mg)
                    if found.dir and found.dir not in self.scans:
                        self.scans[found.dir] = self.state.source.scan(found.dir, self.wanted.any_tags)
                except NoGo as e:
                    self.scans[found.dir] = e
                except ModError as e:
                    if pkg.path in self.found:
                        self.scans[found.dir] = e
                    else:
                        self.found[pkg.path] = e

            std = [p for p in level if is_std_path(p.path)]
            for p in std:
                look(p)
            in_parallel([p for p in level if not is_std_path(p.path)], look)
            for pkg in level:
                self._take(pkg)

    def _take(self, pkg: Package) -> None:
        found = self.found[pkg.path]
        if isinstance(found, ModError):
            pkg.error = found
            if pkg.path in self.state.tools():
                self._flag(pkg, in_all=True)
            return
        pkg.mod, _, pkg.dir, pkg.alternatives = found
        if pkg.path in self.state.tools():
            self._flag(pkg, in_all=True)
        if not pkg.dir:
            return
        if self.state.contains(pkg.mod.path):
            self._flag(pkg, in_all=True)
        if self.wanted.allow_package is not None and (e := self.wanted.allow_package(pkg.path, pkg.mod)) is not None:
            pkg.error = e
        pkg.in_std = is_std_path(pkg.path) and pkg.dir.startswith(self.state.source.std_src + "/")
        scan = self.scans[pkg.dir]
        if isinstance(scan, ModError):
            pkg.error = scan
            return
        imports, tests = ([p for p in ps if p != "C" and p.partition("/")[0] not in ("appengine", "appengine_internal")] for ps in scan)
        pkg.imports = [self.package(self._vendored(pkg, p), in_all=pkg.in_all) for p in imports]
        pkg.test_imports = tests
        self._flag(pkg, loaded=True)

    def _vendored(self, pkg: Package, path: str) -> str:
        """The standard library has its own copies of what it uses of other modules."""
        if not pkg.in_std or is_std_path(path):
            return path
        for parent, module in (("cmd/vendor/", "cmd"), ("vendor/", "std")):
            if (pkg.path == "cmd" or pkg.path.startswith("cmd/")) != (module == "cmd"):
                continue
            if (not self.wanted.vendor_in_std or not self.state.contains(module)) and self.state.source.is_std(parent + path):
                return parent + path
        return path

    def _build_stacks(self) -> None:
        for pkg in self.roots:
            pkg.stack = pkg
            self.packages.append(pkg)
        i = 0
        while i < len(self.packages):
            pkg = self.packages[i]
            for p in [*pkg.imports, *([pkg.test] if pkg.test is not None else [])]:
                if p.stack is None:
                    p.stack = pkg
                    self.packages.append(p)
            i += 1
        for pkg in self.roots:
            pkg.stack = None

    def pattern_all(self) -> list[str]:
        out = []
        for pkg in self.packages:
            try:
                check_import_path(pkg.path)
            except InvalidPath:
                continue
            if pkg.in_all and pkg.test_of is None:
                out.append(pkg.path)
        return sorted(out)

    # ------------------------------------------------------------ requirements

    def _preload(self, names: list[str]) -> bool:
        """Whether the modules of the root packages made new requirements."""
        need: dict[Version, None] = {}

        def look(path: str) -> None:
            try:
                m = self.find(path, self.rs, None).mod
            except ImportMissing:
                if not self.wanted.resolve_missing:
                    return
                try:
                    m = query_import(self.state, path, self.rs, self.query)
                except ModError:
                    return
            except ModError:
                return
            if m.path and self.rs.root_selected(m.path) != m.version:
                need[m] = None

        in_parallel(names, look)
        if not need:
            return False
        try:
            rs = update_roots(self.rs.direct, self.rs, [], sort_mods(need), self.wanted.assume_roots_imported)
        except ModError as e:
            self.error(e)
            self.exit_if_errors()
            return False
        changed = rs.roots != self.rs.roots
        self.rs = rs
        return changed

    def _update_requirements(self) -> bool:
        """Bring the requirements in line with what was loaded; whether it must be loaded again. Raises ModError."""
        state, rs = self.state, self.rs
        direct = {"go"} & rs.direct if self.all_is_root and self.wanted.any_tags else set(rs.direct)
        newest: TooNew | None = None
        for pkg in self.packages:
            if isinstance(pkg.error, TooNew) and (newest is None or gover.compare(pkg.error.version, newest.version) > 0):
                newest = pkg.error
            if pkg.mod.version or not state.contains(pkg.mod.path):
                continue
            for dep in pkg.imports:
                if not dep.external:
                    continue
                if state.in_work:
                    if dep.mod not in rs.good_graph().g.required:
                        pkg.error = _implicit(pkg, dep)
                elif pkg.error is None and state.build_mod != "mod" and rs.root_selected(dep.mod.path) != dep.mod.version:
                    pkg.error = _implicit(pkg, dep)
                    continue
                direct.add(dep.mod.path)
        if newest is not None:
            raise newest
        add = tidy_roots(rs, self.packages).roots if self.wanted.tidy else []
        new = update_roots(direct, rs, self.packages, add, self.wanted.assume_roots_imported)
        changed = new.go != rs.go
        if not changed and new is not rs and new.roots != rs.roots:
            mg = new.good_graph()
            for pkg in self.packages:
                if pkg.external and mg.selected(pkg.mod.path) != pkg.mod.version:
                    changed = True
                    break
                if pkg.error is not None:
                    try:
                        self.find(pkg.path, new, None)
                        changed = True
                        break
                    except ModError:
                        pass
        self.rs = new
        return changed

    def _resolve_missing(self) -> dict[Version, Package]:
        """Modules to add, each with a package of it. Raises ModError."""
        missing = [p for p in self.packages if p.test_of is None and isinstance(p.error, ImportMissing)]
        answers: dict[str, Version] = {}

        def ask(pkg: Package) -> None:
            try:
                answers[pkg.path] = query_import(self.state, pkg.path, self.rs, self.query)
            except ModError as e:
                if isinstance(e, ImportMissing):
                    e.importing = next((p.mod for p in reversed(pkg.chain()[:-1]) if self.state.contains(p.mod.path)), None)
                pkg.error = e

        in_parallel(missing, ask)
        for pkg in missing:
            if isinstance(pkg.error, TooNew):
                print(f"go: toolchain upgrade needed to resolve {pkg.path}", file=sys.stderr)
                raise pkg.error
        added: dict[Version, Package] = {}
        for pkg in missing:
            m = answers.get(pkg.path)
            if m is not None and m.path:
                print(f"go: found {pkg.path} in {m.path} {m.version}", file=sys.stderr)
                added.setdefault(m, pkg)
        return added

    # ------------------------------------------------------------ compatibility

    def check_compatible(self, rs: Requirements, compat: str) -> None:
        """Whether the older go that go.sum is to serve, too, would load the same packages from the same modules. Raises CompileError."""
        state, go = self.state, rs.go
        upgrade = e_flag = False

        def suggest() -> None:
            if self.wanted.allow_errors:
                return
            flag = f" -go={go}" if go != state.go_version() else ""
            c = f" -compat={compat}" if compat != gover.prev(go) else ""
            out = [""]
            if upgrade:
                e, desc = (" -e", ", leaving some packages unresolved") if e_flag else ("", "")
                out.append(f"To upgrade to the versions selected by go {compat}{desc}:\n\tgo mod tidy{e} -go={compat} && go mod tidy{e} -go={go}{c}")
            elif e_flag:
                out.append(f"To proceed despite packages unresolved in go {compat}:\n\tgo mod tidy -e{flag}{c}")
            out.append(f"If reproducibility with go {compat} is not needed:\n\tgo mod tidy{flag} -compat={go}")
            out.append("For information about 'go mod tidy' compatibility, see:\n\thttps://go.dev/ref/mod#graph-pruning")
            raise fatal("\n".join([*self.errors, *out]))

        mg = rs.graph()
        if mg.error is not None:
            self.error(f"error loading go {compat} module graph: {mg.error}")
            suggest()
            return
        for pkg in self.packages:
            if (not pkg.mod.path and pkg.error is None) or pkg.test_of is not None:
                continue
            other, why = Version(""), None
            try:
                other = self.find(pkg.path, rs, mg).mod
            except ModError as e:
                why = e
            if other == pkg.mod:
                continue
            if why is not None:
                if isinstance(why, ImportMissing):
                    selected = Version(pkg.mod.path, mg.selected(pkg.mod.path))
                    self.error(f"{pkg.stack_text()} loaded from {pkg.mod},\n\tbut go {compat} would fail to locate it in {selected}")
                else:
                    self.error(f"{pkg.stack_text()} loaded from {pkg.mod},\n\tbut go {compat} would fail to locate it:\n\t{why}")
                e_flag = True
                upgrade = upgrade or any(mg.selected(m.path) != m.version for m in self.rs.roots)
            elif pkg.error is not None:
                upgrade = True
                self.error(f"{pkg.path} failed to load from any module,\n\tbut go {compat} would load it from {other}")
            else:
                upgrade = True
                self.error(f"{pkg.stack_text()} loaded from {pkg.mod},\n\tbut go {compat} would select {other.version}\n")
        if self.errors or upgrade or e_flag:
            suggest()


def _implicit(pkg: Package, dep: Package) -> ModError:
    return ModError(
        f"package {pkg.path} imports {dep.path} from implicitly required module; to add missing requirements, run:\n\tgo get {dep.mod.path}@{dep.mod.version}"
    )


__all__ = ["Ambiguous", "Loader", "Package", "Wanted"]
