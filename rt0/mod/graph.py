"""Requirements of the main modules, and the module graph they open (cmd/go/internal/modload/buildlist.go, go1.27).

Since go 1.17 a go.mod lists everything its packages need, so that the go.mod files of dependencies' dependencies need not be read (`pruned`), often not even those of the
dependencies (lazy loading): the graph is read when something is asked that the roots do not tell. A module before that (`unpruned`) leaves the rest to the
graph. In a workspace the main modules are the roots (`workspace`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from rt0.mod import gover, mvs
from rt0.mod.fetch import in_parallel
from rt0.mod.mvs import BuildListError
from rt0.mod.path import ModError, Version
from rt0.mod.state import COMMAND_LINE, State, Summary

if TYPE_CHECKING:
    from rt0.mod.packages import Package

Pruning = Literal["pruned", "unpruned", "workspace"]


class GoModDirty(ModError):
    """go.mod would have to be written, and may not."""


def dirty(state: State) -> GoModDirty:
    if state.o.mod:
        return GoModDirty(f"updates to go.mod needed, disabled by -mod={state.build_mod}; to update it:\n\tgo mod tidy")
    if state.mod_reason:
        return GoModDirty(f"updates to go.mod needed, disabled by -mod={state.build_mod}\n\t({state.mod_reason})\n\tto update it:\n\tgo mod tidy")
    return GoModDirty("updates to go.mod needed; to update it:\n\tgo mod tidy")


def pruning_for(go: str) -> Pruning:
    return "unpruned" if gover.compare(go, gover.EXPLICIT_INDIRECT) < 0 else "pruned"


class ModuleGraph:
    """A graph that was read. error: what could not be read, with the way to it."""

    __slots__ = ("_list", "error", "errors", "g", "summaries")

    def __init__(self, g: mvs.Graph) -> None:
        self.g = g
        self.summaries: dict[Version, Summary] = {}
        self.errors: dict[Version, ModError] = {}
        self.error: ModError | None = None
        self._list: list[Version] | None = None

    def selected(self, path: str) -> str:
        return self.g.selected(path)

    def build_list(self) -> list[Version]:
        if self._list is None:
            self._list = self.g.build_list()
        return self._list

    def find_error(self) -> ModError | None:
        way = self.g.find_path(lambda m: m in self.errors)
        return BuildListError(self.errors[way[-1]], way) if way else None


class Requirements:
    """Roots: what go.mod requires, sorted, `go` and `toolchain` among them. direct: paths of modules whose packages the main modules import."""

    __slots__ = ("direct", "graph_", "highest", "pruning", "roots", "state")

    def __init__(self, state: State, pruning: Pruning, roots: list[Version], direct: Iterable[str]) -> None:
        self.state = state
        self.pruning: Pruning = pruning
        self.roots = roots
        self.direct = set(direct)
        self.graph_: ModuleGraph | None = None
        self.highest: dict[str, str] = {}
        for m in roots:
            old = self.highest.get(m.path)
            if old is None or (old and gover.mod_compare(m.path, old, m.version) < 0):
                self.highest[m.path] = m.version

    @property
    def go(self) -> str:
        return self.highest["go"]

    def root_selected(self, path: str) -> str | None:
        """The version of a root; "" for a main module, None for what is no root."""
        return "" if self.state.contains(path) else self.highest.get(path)

    def has_redundant_root(self) -> bool:
        return any(self.state.contains(m.path) or (i and m.path == self.roots[i - 1].path) for i, m in enumerate(self.roots))

    def graph(self) -> ModuleGraph:
        """Read the graph; `error` says what was wrong."""
        if self.graph_ is None:
            self.graph_ = read_graph(self.state, self.pruning, self.roots)
        return self.graph_

    def good_graph(self) -> ModuleGraph:
        """The graph. Raises ModError."""
        mg = self.graph()
        if mg.error is not None:
            raise mg.error
        return mg


def sort_mods(mods: Iterable[Version]) -> list[Version]:
    return sorted(mods, key=gover.sort_key)


def read_graph(state: State, pruning: Pruning, roots: list[Version], expand: Iterable[Version] = ()) -> ModuleGraph:
    """expand: modules whose requirements are read although nobody who counts asks for it."""
    wide = set(expand)
    mains = [m.mod for m in state.main] or [Version(COMMAND_LINE)]
    mg = ModuleGraph(mvs.Graph(roots if state.in_work else mains))
    if pruning != "workspace":
        mg.g.require(mains[0], roots)
    seen: set[tuple[Version, Pruning]] = set()

    def load(m: Version) -> None:
        try:
            mg.summaries[m] = state.summary(m)
        except ModError as e:
            mg.errors[m] = e

    def walk(start: list[tuple[Version, Pruning]]) -> None:
        """Read level by level, the files of a level at once."""
        level = start
        while level:
            level = [x for x in dict.fromkeys(level) if x[0].version != "none" and x not in seen]
            seen.update(level)
            new = [m for m in dict.fromkeys(m for m, _ in level) if m not in mg.summaries and m not in mg.errors]
            in_parallel(new, load)
            for m in new:
                if m in mg.summaries:
                    mg.g.require(m, mg.summaries[m].require)
            following: list[tuple[Version, Pruning]] = []
            for m, p in level:
                s = mg.summaries.get(m)
                if s is None:
                    continue
                after: Pruning = "unpruned" if p == "unpruned" or not s.pruned else "pruned"
                following += [(r, after) for r in s.require if p != "pruned" or not s.pruned or r in wide]
            level = following

    walk([(m, pruning) for m in roots])
    if pruning == "workspace":
        deps = {m.path for m in roots}
        expanded: set[Version] = set()
        while True:
            need: dict[Version, None] = {}
            for p in sorted(deps):
                m = Version(p, mg.selected(p))
                if m not in expanded:
                    need[m] = None
                    continue
                for r in mg.g.required.get(m, ()):
                    s = Version(r.path, mg.selected(r.path))
                    if mvs.compare(r.path, s.version, r.version) > 0 and s not in expanded:
                        need[s] = None
            if not need:
                break
            expanded.update(need)
            deps.update(m.path for m in need)
            walk([(m, "workspace") for m in need])
    if mg.errors:
        mg.error = mg.find_error()
    return mg


# ---------------------------------------------------------------- from go.mod


def from_files(state: State) -> Requirements:
    """The requirements that the files say. Raises ModError."""
    import sys

    if not state.main:
        go = state.go_version() if state.in_work else state.local
        roots = [Version("go", go), Version("toolchain", f"go{state.local}")]
        if state.in_work:
            return Requirements(state, "workspace", sort_mods([Version(COMMAND_LINE), *roots]), {"go"})
        return Requirements(state, pruning_for(go), roots, {"go"})
    if state.work is not None:
        roots = [m.mod for m in state.main]
        direct = {r.mod.path for m in state.main for r in m.file.require if not r.indirect}
        roots.append(Version("go", state.go_version()))
        if state.work.toolchain is not None:
            roots.append(Version("toolchain", state.work.toolchain.text))
        return Requirements(state, "workspace", sort_mods(roots), direct)
    main = state.single()
    roots, direct = [], {"go"}
    for q in main.file.require:
        if q.mod in main.exclude:
            word = "dropping" if state.build_mod == "mod" else "ignoring"
            print(f"go: {word} requirement on excluded version {q.mod.path} {q.mod.version}", file=sys.stderr)
            continue
        roots.append(q.mod)
        if not q.indirect:
            direct.add(q.mod.path)
    roots.append(Version("go", state.go_version()))
    if main.file.toolchain is not None:
        roots.append(Version("toolchain", main.file.toolchain.text))
    return Requirements(state, pruning_for(state.go_version()), sort_mods(roots), direct)


def override_roots(rs: Requirements, replace: list[Version]) -> Requirements:
    drop = {m.path for m in replace}
    return Requirements(rs.state, rs.pruning, sort_mods([*(m for m in rs.roots if m.path not in drop), *replace]), rs.direct)


def convert_pruning(rs: Requirements, pruning: Pruning) -> Requirements:
    """The same requirements for a module that is pruned, or not. Raises ModError."""
    if rs.pruning == pruning:
        return rs
    if pruning == "unpruned":
        return _update_unpruned(rs.direct, rs, [])
    mg = rs.good_graph()
    return Requirements(rs.state, "pruned", mg.build_list()[len(rs.state.main) :], rs.direct)


def expand_graph(rs: Requirements) -> tuple[Requirements, ModuleGraph]:
    """With the graph read, and roots as it selects them. Raises ModError."""
    mg = rs.good_graph()
    state = rs.state
    roots = [m.mod for m in state.main] if state.in_work else mg.g.required.get(state.main[0].mod if state.main else Version(COMMAND_LINE), [])
    if any(mg.selected(m.path) != m.version for m in roots):
        rs = update_roots(rs.direct, rs)
        mg = rs.good_graph()
    return rs, mg


# ---------------------------------------------------------------- roots


def update_roots(
    direct: set[str], rs: Requirements, packages: list[Package] | None = None, add: list[Version] | None = None, roots_imported: bool = False
) -> Requirements:
    """Requirements that contain `add` and the modules of the packages, and agree with the graph as far as it must be read. Raises ModError."""
    if rs.pruning == "unpruned":
        return _update_unpruned(direct, rs, add or [])
    if rs.pruning == "workspace":
        new = Requirements(rs.state, "workspace", rs.roots, direct)
        new.graph_ = rs.graph_
        return new
    return _update_pruned(direct, rs, packages or [], add or [], roots_imported)


def _update_pruned(direct: set[str], rs: Requirements, packages: list[Package], add: list[Version], roots_imported: bool) -> Requirements:
    state = rs.state
    roots = list(rs.roots)
    upgraded = False
    check: dict[Version, None] = {}
    new_roots: set[str] = set()
    for pkg in packages:
        if not pkg.external or not (pkg.in_all or (roots_imported and pkg.from_root) or pkg.is_root):
            continue
        if rs.root_selected(pkg.mod.path) is not None:
            check[pkg.mod] = None
        else:
            upgraded = True
            if pkg.mod.path not in new_roots:
                new_roots.add(pkg.mod.path)
                roots.append(pkg.mod)
    for m in add:
        v = rs.root_selected(m.path)
        if v is None or mvs.compare(m.path, v, m.version) < 0:
            roots.append(m)
            upgraded = True
    roots = sort_mods(roots)
    while True:
        mg: ModuleGraph | None = None
        if upgraded:
            if state.complete():
                raise dirty(state)
            rs = Requirements(state, "pruned", roots, direct)
            mg = rs.good_graph()
        elif rs.graph_ is not None:
            mg = rs.graph_
        elif not _spot_check(rs, list(check)):
            mg = rs.good_graph()
        roots, upgraded = [], False
        seen = {m.mod.path for m in state.main}
        for m in rs.roots:
            if m.path in seen:
                continue
            seen.add(m.path)
            v = (rs.root_selected(m.path) or "") if mg is None else mg.selected(m.path)
            roots.append(Version(m.path, v))
            upgraded = upgraded or v != m.version
        if not upgraded:
            if state.build_mod != "mod":
                return rs
            break
    if roots == rs.roots and direct == rs.direct:
        return rs
    return Requirements(state, "pruned", roots, direct)


def _spot_check(rs: Requirements, mods: list[Version]) -> bool:
    """Whether the go.mod files of these modules require nothing above the roots."""
    good = True

    def check(m: Version) -> None:
        nonlocal good
        try:
            reqs = rs.state.summary(m).require
        except ModError:
            good = False
            return
        for r in reqs:
            v = rs.root_selected(r.path)
            if v is not None and mvs.compare(r.path, v, r.version) < 0:
                good = False

    in_parallel(mods, check)
    return good


def _required(state: State, roots: list[Version]) -> mvs.Required:
    def required(m: Version) -> list[Version]:
        if not m.version and (state.contains(m.path) or m.path == COMMAND_LINE):
            return roots
        return [] if m.version == "none" else state.summary(m).require

    return required


def _update_unpruned(direct: set[str], rs: Requirements, add: list[Version]) -> Requirements:
    state = rs.state
    mg = rs.good_graph()
    if state.complete():
        if (
            any(m.version != mg.selected(m.path) for m in [*rs.roots, *add])
            or any(rs.root_selected(p) is None for p in direct)
        ):
            raise dirty(state)
        return rs
    paths = list(dict.fromkeys(m.path for m in rs.roots if mg.selected(m.path) == m.version))
    keep = [*mg.build_list()[len(state.main) :], *add]
    paths += [m.path for m in keep if m.path in direct and m.path not in paths]
    roots = mvs.minimal(state.single().mod, paths, _required(state, keep))
    if rs.pruning == "unpruned" and roots == rs.roots and direct == rs.direct:
        return rs
    return Requirements(state, "unpruned", roots, direct)


# ---------------------------------------------------------------- tidy


def tidy_roots(rs: Requirements, packages: list[Package]) -> Requirements:
    """Exactly the roots that the packages need. Raises ModError."""
    return _tidy_unpruned(rs, packages) if rs.pruning == "unpruned" else _tidy_pruned(rs, packages)


def _toolchain_roots(rs: Requirements) -> list[Version]:
    return [Version(p, v) for p in ("go", "toolchain") if (v := rs.root_selected(p)) is not None]


def _tidy_pruned(old: Requirements, packages: list[Package]) -> Requirements:
    from rt0.mod.importing import Ambiguous, import_from_modules

    state = old.state
    roots = _toolchain_roots(old)
    have = {state.single().mod.path, *(m.path for m in roots)}
    queue: list[Package] = []
    for pkg in packages:
        if not pkg.in_all:
            continue
        if pkg.external and pkg.mod.path not in have:
            roots.append(pkg.mod)
            have.add(pkg.mod.path)
        queue.append(pkg)
    queued = set(queue)
    tidy = Requirements(state, "pruned", sort_mods(roots), old.direct)
    while queue:
        roots = list(tidy.roots)
        mg = tidy.good_graph()
        before, queue = queue, []
        for pkg in before:
            m = pkg.mod
            if not m.path:
                continue
            for dep in [*pkg.imports, *([pkg.test] if pkg.test is not None else [])]:
                if dep not in queued:
                    queued.add(dep)
                    queue.append(dep)
            if m.path not in have and mvs.compare(m.path, mg.selected(m.path), m.version) < 0:
                roots.append(m)
                have.add(m.path)
        if len(roots) > len(tidy.roots):
            tidy = Requirements(state, "pruned", sort_mods(roots), tidy.direct)
    tidy.good_graph()
    while True:
        more: dict[Version, None] = {}
        for pkg in packages:
            if pkg.mod.path and pkg.mod.path not in have:
                try:
                    import_from_modules(state, pkg.path, tidy, None, True)
                except Ambiguous:
                    more[pkg.mod] = None
                except ModError:
                    pass
        if not more:
            return tidy
        have.update(m.path for m in more)
        tidy = Requirements(state, "pruned", sort_mods([*tidy.roots, *more]), tidy.direct)
        tidy.good_graph()


def _tidy_unpruned(old: Requirements, packages: list[Package]) -> Requirements:
    state = old.state
    main = state.single().mod
    keep = _toolchain_roots(old)
    kept = {m.path for m in keep}
    paths: list[str] = []
    alternatives: dict[str, str] = {}
    for pkg in packages:
        if not pkg.external:
            continue
        if pkg.mod.path not in kept:
            keep.append(pkg.mod)
            kept.add(pkg.mod.path)
            if pkg.mod.path in old.direct and pkg.mod.path not in paths:
                paths.append(pkg.mod.path)
        for m in pkg.alternatives:
            alternatives[m.path] = m.version
    roots = mvs.minimal(main, paths, _required(state, keep))
    more = [
        Version(m.path, alternatives[m.path])
        for m in mvs.build_list(main, _required(state, keep))
        if m.path in alternatives and mvs.compare(m.path, m.version, alternatives[m.path]) < 0
    ]
    if more:
        roots = mvs.minimal(main, paths, _required(state, [*keep, *more]))
    return Requirements(state, "unpruned", roots, old.direct)
