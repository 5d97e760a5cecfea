"""Requirements changed so that some modules have the versions that were asked for: others go up with them, or down, or out (cmd/go/internal/modload/edit.go, go1.27).

A module that would bring a higher version than asked for is disqualified, and with it what requires it; a root that is disqualified is tried in an earlier version.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from rt0.mod import gover, mvs
from rt0.mod.graph import (
    ModuleGraph,
    Pruning,
    Requirements,
    _required,
    convert_pruning,
    pruning_for,
    read_graph,
    sort_mods,
)
from rt0.mod.path import ModError, Version, VersionError
from rt0.mod.query import Queries, VersionRepo, is_disallowed
from rt0.mod.state import State, TooNew


@dataclass(slots=True)
class Conflict:
    """way: from a root to what cannot be; constraint: what was asked for; error: why a module cannot be read."""

    way: list[Version]
    constraint: Version | None = None
    error: ModError | None = None

    def cause(self) -> ModError | None:
        e = self.error
        return e.cause if isinstance(e, VersionError) and e.m == self.way[-1] else e

    def summary(self) -> str:
        first, last = self.way[0], self.way[-1]
        want = self.constraint.version if self.constraint is not None else ""
        if len(self.way) == 1:
            return f"{first}: {self.cause()}" if self.error is not None else f"{first} is above {want}"
        adverb = "indirectly " if len(self.way) > 2 else ""
        if self.error is not None:
            return f"{first} {adverb}requires {last}: {self.cause()}"
        return f"{first} {adverb}requires {last}, but {want} is requested"


class ConstraintError(ModError):
    def __init__(self, conflicts: list[Conflict]) -> None:
        self.conflicts = conflicts
        ModError.__init__(self, "version constraints conflict:" + "".join(f"\n\t{c.summary()}" for c in conflicts))


Reason = Version | ModError


class _Tracker:
    """Which modules are disqualified, and why: for those whose graph is pruned, and for those whose is not."""

    def __init__(self, roots: dict[Version, Pruning]) -> None:
        self.roots = roots
        self.reasons: dict[Version, dict[str, Reason]] = {}
        self.requiring: dict[Version, list[Version]] = {}

    def check(self, m: Version, pruning: Pruning) -> Reason | None:
        return self.reasons.get(m, {}).get("unpruned" if pruning == "unpruned" else "pruned")

    def require(self, m: Version, r: Version) -> bool:
        """Note that m requires r; whether m may go on."""
        root = self.roots.get(r)
        if root is not None and self.check(r, root) is not None:
            self.disqualify(m, "pruned", r)
            return False
        if self.check(r, "unpruned") is not None:
            self.disqualify(m, "unpruned", r)
            if m not in self.roots:
                return False
        self.requiring.setdefault(r, []).append(m)
        return True

    def disqualify(self, m: Version, pruning: Pruning, reason: Reason) -> None:
        work = [(m, pruning, reason)]
        while work:
            m, pruning, reason = work.pop()
            own = self.reasons.setdefault(m, {})
            if pruning in own:
                continue
            root = self.roots.get(m)
            if pruning == "pruned":
                own["pruned"] = reason
                own.setdefault("unpruned", reason)
            else:
                own["unpruned"] = reason
                if root == "unpruned":
                    own["pruned"] = reason
            if root is not None and (pruning == "pruned" or root == "unpruned"):
                work += [(p, "pruned", m) for p in self.requiring.pop(m, [])]
                continue
            work += [(p, "unpruned", m) for p in self.requiring.get(m, [])]
            if root is None:
                self.requiring.pop(m, None)

    def path(self, m: Version, pruning: Pruning) -> tuple[list[Version], ModError | None]:
        """The way from m to what disqualifies it; [] when nothing does."""
        out: list[Version] = []
        while True:
            if self.roots.get(m) == "unpruned":
                pruning = "unpruned"
            reason = self.check(m, pruning)
            if reason is None:
                return out, None
            out.append(m)
            if isinstance(reason, ModError):
                return out, reason
            if reason == m:
                return out, None
            m = reason


def edit_requirements(rs: Requirements, upgrade: list[Version], must: list[Version], queries: Queries, verbose: bool) -> tuple[Requirements, bool]:
    """(requirements in which the modules of `must` have their versions and those of `upgrade` at least theirs, whether anything changed). Raises ModError."""
    return _Edit(rs, must, queries, verbose).run(upgrade)


class _Edit:
    def __init__(self, rs: Requirements, must: list[Version], queries: Queries, verbose: bool) -> None:
        self.state: State = rs.state
        self.original = rs
        self.queries = queries
        self.verbose = verbose
        self.must = must
        self.pruning: Pruning = rs.pruning
        for m in must:
            if m.path == "go":
                self.pruning = pruning_for(m.version)
                break
            if m.path == "toolchain" and pruning_for(gover.from_toolchain(m.version)) == "unpruned":
                self.pruning = "unpruned"
                break
        self.rs = convert_pruning(rs, self.pruning) if self.pruning != rs.pruning else rs
        self.selected: dict[str, str] = {}
        self.wanted: dict[str, str] = {}
        self.rejected: set[Version] = set()
        self.conflicts: list[Conflict] = []

    def run(self, upgrade: list[Version]) -> tuple[Requirements, bool]:
        rs, state = self.rs, self.state
        if self.pruning == "pruned":
            self.selected = dict(rs.highest)
        else:
            self.selected = {m.path: m.version for m in rs.good_graph().build_list()[len(state.main) :]}
        for r in upgrade:
            if mvs.compare(r.path, self.selected.get(r.path, "none"), r.version) < 0:
                if self.verbose:
                    print(f"go: trying upgrade to {r}", file=sys.stderr)
                self.selected[r.path] = r.version
        for r in self.must:
            v = self.wanted.get(r.path)
            if v is not None and v != r.version:
                other = Version(r.path, v)
                high, low = (other, r) if mvs.compare(r.path, v, r.version) > 0 else (r, other)
                self.conflicts.append(Conflict([high], low))
                continue
            self.wanted[r.path] = self.selected[r.path] = r.version
        roots: list[Version] = []
        again = True
        while again and not self.conflicts:
            roots = sort_mods(Version(p, v) for p, v in self.selected.items() if v != "none")
            again = self._round(roots)
        if self.conflicts:
            raise ConstraintError(self.conflicts)
        if self.pruning == "unpruned":
            paths = [m.path for m in self.must if m.version != "none" and not state.contains(m.path)]
            for m in roots:
                v = rs.root_selected(m.path)
                if v is not None and (v == m.version or m.path in rs.direct):
                    paths.append(m.path)
            roots = sort_mods(mvs.minimal(state.single().mod, paths, _required(state, roots)))
        if self.pruning == self.original.pruning and roots == self.original.roots:
            return self.original, False
        edited = Requirements(state, self.pruning, roots, {m.path for m in roots if m.path in rs.direct})
        if self.pruning == "unpruned" and pruning_for(edited.go) == "pruned":
            edited = convert_pruning(edited, "pruned")
        return edited, True

    def _extended(self, roots: list[Version]) -> tuple[ModuleGraph, set[Version]]:
        """The graph of the roots, and modules that it selects in place of roots, expanded like them."""
        more: set[Version] = set()
        while True:
            mg = read_graph(self.state, self.pruning, roots, more)
            if self.pruning == "unpruned":
                return mg, more
            new = {m for p in self.selected if (v := mg.selected(p)) != "none" and (m := Version(p, v)) not in mg.g.required and m not in more}
            if not new:
                return mg, more
            more |= new

    def _round(self, roots: list[Version]) -> bool:
        """One try; whether there must be another. Raises ModError."""
        mg, more = self._extended(roots)
        for e in mg.errors.values():
            if isinstance(e, TooNew):
                raise e

        def pruning_of(m: Version) -> Pruning:
            s = mg.summaries.get(m)
            return "unpruned" if self.pruning == "pruned" and s is not None and not s.pruned else self.pruning

        tracker = _Tracker({m: pruning_of(m) for m in [*roots, *more]})
        for m in list(mg.g.breadth_first()):
            self._look(tracker, mg, m)
        changed = False
        for m in roots:
            changed = self._root(tracker, mg, m) or changed
        if changed:
            return True
        accepted: list[Version] = []
        for p, v in list(self.selected.items()):
            if p not in self.wanted and (actual := mg.selected(p)) != v:
                accepted.append(Version(p, v))
                self.selected[p] = actual
        if self.verbose:
            for m in sort_mods(accepted):
                print(f"go: accepting indirect upgrade from {m} to {self.selected[m.path]}", file=sys.stderr)
        return bool(accepted)

    def _look(self, t: _Tracker, mg: ModuleGraph, m: Version) -> None:
        """Disqualify a module if it is, or requires, more than was asked for."""
        limit = self.wanted.get(m.path)
        if limit is not None and m.version and mvs.compare(m.path, m.version, limit) > 0:
            t.disqualify(m, "pruned", m)
            return
        if m in mg.errors:
            t.disqualify(m, "pruned", mg.errors[m])
            return
        reqs = mg.g.required.get(m)
        if reqs is None or m not in mg.summaries:
            return
        for r in reqs:
            limit = self.wanted.get(r.path)
            if limit is not None and mvs.compare(r.path, r.version, limit) > 0:
                t.disqualify(m, "pruned", r)
                return
        for r in reqs:
            if not t.require(m, r):
                break

    def _root(self, t: _Tracker, mg: ModuleGraph, m: Version) -> bool:
        """Whether a root was changed. Raises ModError."""
        way, error = t.path(m, t.roots[m])
        if not way and error is None:
            return False
        conflict = Conflict(way, None, error)
        if error is None:
            conflict.constraint = Version(way[-1].path, self.wanted[way[-1].path])
        if self.wanted.get(m.path) == m.version:
            self.conflicts.append(conflict)
            return False
        v = mg.selected(m.path)
        if v != m.version:
            u = Version(m.path, v)
            if t.check(u, t.roots.get(m, self.pruning)) is None and u not in self.rejected:
                return False
        was = self.original.graph().selected(m.path)
        if error is not None and was == m.version:
            self.conflicts.append(conflict)
            return False
        self.rejected.add(m)
        prev = m
        while True:
            try:
                prev = self._previous(prev)
            except ModError:
                if mvs.compare(m.path, m.version, was) <= 0:
                    raise
                prev = Version(m.path, was)
            if mvs.compare(m.path, m.version, was) > 0 and mvs.compare(m.path, prev.version, was) < 0:
                prev = Version(m.path, was)
            if prev in self.rejected:
                if prev.version in (was, "none") and prev.version == "none":
                    break
                continue
            pruning = self.pruning
            if pruning == "pruned" and m in mg.summaries:
                pruning = "pruned" if mg.summaries[m].pruned else "unpruned"
            if t.check(prev, pruning) is not None:
                self.rejected.add(prev)
                continue
            break
        self.selected[m.path] = prev.version
        if error is not None or self.verbose:
            action = f"removing {m}" if prev.version == "none" else f"restoring {prev}" if prev.version == was else f"trying {prev}"
            print(f"go: {conflict.summary()}\n\t{action}", file=sys.stderr)
        return True

    def _previous(self, m: Version) -> Version:
        """The version before, "none" when there is none. Raises ModError."""
        if gover.is_toolchain(m.path):
            return Version(m.path, "none")

        def ask(proxy: str) -> list[str]:
            out = []
            for v in VersionRepo(self.state, proxy, m.path).versions(""):
                try:
                    self.queries.check_allowed(Version(m.path, v))
                except ModError as e:
                    if not is_disallowed(e):
                        raise
                    continue
                out.append(v)
            return out

        try:
            versions = self.state.fetcher.try_proxies(ask)
        except ModError as e:
            if e.missing:
                return Version(m.path, "none")
            raise
        below = [v for v in versions if mvs.compare(m.path, v, m.version) < 0]
        return Version(m.path, below[-1] if below else "none")
