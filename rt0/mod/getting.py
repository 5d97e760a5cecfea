"""`go get`: from packages and modules with versions on the command line to requirements (cmd/go/internal/modget, go1.27).

Each argument is a query; what it may mean are its candidates (a module that has the package, or one with that path). Candidates are resolved, the requirements are
edited, and since a changed build list may change what the next one means, all is repeated until nothing changes any more. With -u the modules of imported
packages are upgraded, too.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

from rt0.diag import fatal, go_quote
from rt0.mod import gover, mvs
from rt0.mod.editing import ConstraintError, edit_requirements
from rt0.mod.fetch import in_parallel
from rt0.mod.importing import Ambiguous, ImportMissing, NotInModule, is_std_path
from rt0.mod.packages import Wanted
from rt0.mod.path import InvalidPath, ModError, Version, check_path
from rt0.mod.query import MatchesMain, NoMatch, Retracted, _in_main, _main_error, _matches, short_message
from rt0.mod.resolve import Session, Write

_META = frozenset(("all", "std", "cmd", "tool", "work"))


@dataclass(slots=True)
class Candidates:
    """What one path of a query may mean. packages: modules that have it; module: one of that path without packages."""

    path: str = ""
    packages: list[Version] = field(default_factory=list)
    module: Version | None = None
    error: ModError | None = None


@dataclass(slots=True, eq=False)
class Query:
    """raw: as on the command line; version: "upgrade" when none was given."""

    raw: str
    raw_version: str
    pattern: str
    version: str
    seen: set[str] = field(default_factory=set)
    candidates: list[Candidates] = field(default_factory=list)
    resolved: list[Version] = field(default_factory=list)
    matches_packages: bool = False
    conflict: Query | None = None

    @property
    def local(self) -> bool:
        return self.pattern in (".", "..") or self.pattern.startswith(("./", "../", "/"))

    @property
    def wild(self) -> bool:
        return "..." in self.pattern

    def matches_path(self, path: str) -> bool:
        return _matches(self.pattern, path) if self.wild and not gover.is_toolchain(path) else path == self.pattern

    def may_match_in(self, path: str) -> bool:
        if gover.is_toolchain(path):
            return False
        if self.wild:
            fixed = self.pattern.partition("...")[0]
            return fixed.startswith(path + "/") or path.startswith(fixed) or fixed.rstrip("/") == path
        return self.pattern == path or self.pattern.startswith(path + "/")

    def resolved_string(self, m: Version) -> str:
        if m.path != self.pattern:
            return f"{m} (matching {self.pattern}@{self.version})" if m.version != self.version else f"{m} (matching {self.raw})"
        return f"{self.pattern}@{self.version} ({m.version})" if m.version != self.version else self.raw

    def once(self, path: str, ask: Callable[[], Candidates]) -> None:
        """The candidates of a path, unless they were found before."""
        if path in self.seen:
            return
        self.seen.add(path)
        try:
            c = ask()
        except ModError as e:
            c = Candidates(error=e)
        if c.packages or c.module is not None or c.error is not None:
            c.path = path
            self.candidates.append(c)


class Get:
    """One `go get`. u: of -u, "" without; t: -t, whether tests of the packages count."""

    def __init__(self, session: Session, u: str, t: bool, tool: bool, verbose: bool) -> None:
        self.s = session
        self.state = session.state
        self.u = u
        self.t = t
        self.tool = tool
        self.verbose = verbose
        self.errors: list[str] = []
        self.chosen: dict[str, tuple[str, Query]] = {}
        self.list: list[Version] = []
        self.versions: dict[str, str] = {}
        self.initial: dict[str, str] = {}
        self.write = Write()

    # ------------------------------------------------------------ errors

    def report(self, q: Query, e: ModError | str) -> None:
        """An error about a query, which is named unless the text does."""
        text = str(e)
        name = re.search(rf"(?m)(?:[ \t(\"`]|^){re.escape(q.pattern)}(?:[ @:;)\"`]|$)", text)
        version = re.search(rf"(?m)(?:[ @(\"`]|^){re.escape(q.version)}(?:[ :;)\"`]|$)", text)
        if (name and (not q.raw_version or version)) or not q.raw:
            self.errors.append(f"go: {text}")
        else:
            self.errors.append(f"go: {q.raw}: {text}")

    def stop_if_errors(self) -> None:
        if self.errors:
            raise fatal("\n".join(self.errors))

    # ------------------------------------------------------------ the whole

    def run(self, args: list[str]) -> int:
        """Raises CompileError, ModError. The exit code."""
        queries = self._parse(args)
        self.stop_if_errors()
        self._take_list()
        self.initial = dict(self.versions)
        for q in queries:
            if q.local and q.pattern not in _META:
                self._local(q)
        paths = [q for q in queries if not q.local and not q.wild and q.pattern not in ("all", "work", "tool")]
        in_parallel(paths, lambda q: self._none(q) if q.version == "none" else self._path(q))
        for q in queries:
            if q.pattern == "tool":
                for tool in self.state.tools():
                    q.once(tool, lambda tool=tool, q=q: Candidates(packages=self._packages(tool, q.version, self.initially)))  # type: ignore[misc]
            elif q.pattern == "work":
                q.once(q.pattern, lambda: Candidates(packages=[self.state.single().mod]))
        wild = [q for q in queries if q.wild and not q.local]
        everything = [q for q in queries if q.pattern == "all"]
        while True:
            for q in wild:
                if q.version == "none":
                    self._none(q)
                else:
                    self._wildcard(q)
            if everything:
                self._all(everything)
            if self._resolve(queries) or self._upgrade(queries):
                continue
            for q in wild:
                if q.version != "none" and not q.matches_packages:
                    self._missing_wildcard(q)
            if not self._resolve(wild):
                break
        if self.tool:
            self._tools(queries)
        code = self._problems([q.pattern for q in queries if q.matches_packages])
        old = self._requirements()
        self.s.commit(self.write)
        self._report_changes(old, self._requirements())
        return code

    def _parse(self, args: list[str]) -> list[Query]:
        out: list[Query] = []
        for arg in args or ["."]:
            pattern, at, version = arg.partition("@")
            if at and ("@" in version or not version):
                self.errors.append(f"go: invalid module version syntax {go_quote(arg)}")
                continue
            q = Query(arg if args else "", version, pattern.rstrip("/") if pattern != "/" else pattern, version or self.u or "upgrade")
            try:
                self._validate(q)
            except ModError as e:
                self.errors.append(f"go: {e}")
                continue
            if q.version == "none" and q.pattern == "go":
                self.errors.append("go: cannot use go@none")
            elif q.version == "none" and q.pattern == "toolchain":
                self.write.drop_toolchain = True
            elif q.raw.endswith(".go") and not q.raw_version and "/" not in q.raw:
                self.errors.append(f"go: {q.raw}: arguments must be package or module paths")
            elif q.raw.endswith(".go") and not q.raw_version and os.path.isfile(q.raw):
                self.errors.append(f"go: {q.raw} exists as a file, but 'go get' requires package arguments")
            else:
                out.append(q)
                self.write.explicit_toolchain = self.write.explicit_toolchain or q.pattern == "toolchain"
        return out

    def _validate(self, q: Query) -> None:
        if q.local:
            if q.raw_version:
                raise ModError(f"can't request explicit version {go_quote(q.raw_version)} of path {go_quote(q.pattern)} in main module")
        elif q.pattern == "all":
            if q.version not in ("upgrade", "patch"):
                raise ModError(f'can\'t request version {go_quote(q.version)} of pattern "all" that includes the main module')
        elif q.pattern in _META and q.raw_version:
            if q.pattern == "tool":
                raise ModError('can\'t request explicit version of "tool" pattern')
            raise ModError(f"can't request explicit version of standard-library pattern {go_quote(q.pattern)}")

    def _take_list(self) -> None:
        self.list = self.s.graph().build_list()
        self.versions = {m.path: m.version for m in self.list}

    def initially(self, path: str) -> str:
        return self.initial.get(path, "none")

    def selected(self, path: str) -> str:
        return self.versions.get(path, "none")

    # ------------------------------------------------------------ queries

    def _allowed(self, requested: str, selected: Callable[[str], str]) -> Callable[[Version], None]:
        def allowed(m: Version) -> None:
            if m.version == requested:
                self.s.queries.check_exclusions(m)
            elif not (requested in ("upgrade", "patch") and m.version == selected(m.path)):
                self.s.queries.check_allowed(m)

        return allowed

    def _module(self, path: str, version: str) -> Version:
        info = self.s.queries.query(path, version, self.initially(path), self._allowed(version, self.initially))
        return Version(path, info.version)

    def _packages(self, pattern: str, version: str, selected: Callable[[str], str]) -> list[Version]:
        return [r.mod for r in self.s.queries.packages(pattern, version, selected, self._allowed(version, selected))]

    def _pattern(self, q: Query) -> Candidates:
        results, only = self.s.queries.pattern(q.pattern, q.version, self.initially, self._allowed(q.version, self.initially))
        return Candidates(packages=[r.mod for r in results], module=only.mod if only is not None else None)

    def _match(self, pattern: str, m: Version) -> list[str]:
        root, local = self.state.directory(m)
        return self.s.queries.match(pattern, m, root, local)

    def _local(self, q: Query) -> None:
        def ask() -> Candidates:
            main = self.state.single()
            head, dots, _ = q.pattern.partition("...")
            d = os.path.normpath(os.path.join(self.s.o.cwd, head))
            detail = "" if os.path.isabs(q.pattern) else f" ({os.path.normpath(os.path.join(self.s.o.cwd, q.pattern))})"
            if d != main.root and not d.startswith(main.root + "/"):
                raise ModError(f"{q.pattern}{detail} is not within module rooted at {main.root}")
            if dots:
                found = [p for p in self.s.main_packages(main.mod, main.root) if os.path.join(main.root, p[len(main.mod.path) + 1 :]).startswith(d)]
            else:
                found = [d] if self.state.source.has_go(d) else []
            if not found:
                if q.raw in ("", "."):
                    raise ModError("no package to get in current directory")
                if not dots:
                    raise ModError(f"{q.pattern}{detail} is not a package in module rooted at {main.root}")
                print(f'go: warning: "{q.pattern}" matched no packages', file=sys.stderr)
                return Candidates()
            return Candidates(packages=[main.mod])

        q.once(q.pattern, ask)

    def _path(self, q: Query) -> None:
        def ask() -> Candidates:
            if is_std_path(q.pattern) and self.state.source.is_std(q.pattern):
                if q.raw_version:
                    raise ModError(f"can't request explicit version {go_quote(q.version)} of standard library package {q.pattern}")
                q.matches_packages = True
                return Candidates()
            return self._pattern(q)

        q.once(q.pattern, ask)

    def _none(self, q: Query) -> None:
        def none(path: str) -> Candidates:
            if self.state.contains(path):
                raise _main_error(self.state, [Version(path)], q.pattern, q.version)
            return Candidates(module=Version(path, "none"))

        if not q.wild:
            q.once(q.pattern, lambda: none(q.pattern))
        for m in self.list:
            if q.matches_path(m.path):
                q.once(m.path, lambda m=m: none(m.path))  # type: ignore[misc]

    def _wildcard(self, q: Query) -> None:
        def ask(m: Version) -> Candidates:
            if self.state.contains(m.path) and q.version not in ("upgrade", "patch"):
                if q.matches_path(m.path):
                    raise _main_error(self.state, [m], q.pattern, q.version)
                if found := self._match(q.pattern, m):
                    raise _in_main(q.pattern, q.version, found)
                return self._try(q, m)
            try:
                m = self._module(m.path, q.version)
            except ModError as e:
                if e.missing or isinstance(e, NoMatch):
                    return Candidates()
                raise
            return self._try(q, m)

        for m in self.list:
            if q.may_match_in(m.path):
                q.once(m.path, lambda m=m: ask(m))  # type: ignore[misc]

    def _try(self, q: Query, m: Version) -> Candidates:
        if self._match(q.pattern, m):
            return Candidates(packages=[m])
        return Candidates(module=m if q.matches_path(m.path) else None)

    def _missing_wildcard(self, q: Query) -> None:
        def ask() -> Candidates:
            try:
                return self._pattern(q)
            except ModError as e:
                if _no_such(e) and q.resolved:
                    return Candidates()
                raise

        q.once(q.pattern, ask)

    def _all(self, queries: list[Query]) -> None:
        def find(path: str, m: Version) -> bool:
            good = True
            for q in queries:

                def ask(q: Query = q) -> Candidates:
                    nonlocal good
                    try:
                        mods = self._packages(path, q.version, self.initially)
                    except ModError:
                        good = False
                        raise
                    good = good and mods == [m]
                    return Candidates(packages=mods)

                q.once(path, ask)
            return good

        self._load(["all"], find)
        for q in queries:
            q.candidates.sort(key=lambda c: c.path)

    def _load(self, patterns: list[str], find: Callable[[str, Version], bool]) -> None:
        """Load packages; find(path, module) says for each of another module whether it is right, and for what is missing with no module."""

        def allow(path: str, m: Version) -> ModError | None:
            return None if not m.path or not m.version or find(path, m) else _Change("version change needed")

        self.s.load_packages(
            Wanted(any_tags=True, vendor_in_std=True, load_tests=self.t, assume_roots_imported=True, silence=True, allow_package=allow), patterns, True
        )
        assert self.s.loader is not None
        missing = [p.path for p in self.s.loader.packages if p.test_of is None and isinstance(p.error, (ImportMissing, Ambiguous))]
        for path in dict.fromkeys(missing):
            find(path, Version(""))

    # ------------------------------------------------------------ resolving

    def _disambiguate(self, c: Candidates) -> tuple[Candidates, bool, Version | None, bool]:
        """(what is left, whether it has packages, the module, whether it is the only one)."""
        left = Candidates(c.path)
        for m in c.packages:
            if self._gone(m.path):
                continue
            if self.state.contains(m.path):
                if not m.version:
                    return left, True, m, True
                continue
            chosen = self.chosen.get(m.path)
            if chosen is None:
                left.packages.append(m)
            elif chosen[0] == m.version:
                return left, True, m, True
        if c.module is not None:
            chosen = self.chosen.get(c.module.path)
            if chosen is None or chosen[0] == c.module.version:
                left.module = c.module
        if len(left.packages) == 1 and left.module in (None, left.packages[0]):
            return left, True, left.packages[0], True
        if not left.packages:
            return left, False, left.module, True
        return left, False, None, False

    def _gone(self, path: str) -> bool:
        return any(v == "none" and p == path for p, (v, _) in self.chosen.items())

    def _any(self, c: Candidates) -> tuple[bool, Version | None]:
        for m in c.packages:
            if self.initially(m.path) != "none":
                return True, m
        return (True, c.packages[0]) if c.packages else (False, c.module)

    def _choose(self, q: Query, m: Version) -> None:
        if self.state.contains(m.path) and m.version:
            self.report(q, _main_error(self.state, [Version(m.path)], q.pattern, q.version))
            return
        chosen = self.chosen.get(m.path)
        if chosen is not None and chosen[0] != m.version:
            self._conflict(q, m, chosen)
            return
        self.chosen[m.path] = (m.version, q)
        q.resolved.append(m)

    def _conflict(self, q: Query, m: Version, chosen: tuple[str, Query]) -> None:
        if q.conflict is not None:
            return
        q.conflict = chosen[1]
        proposed = (m.version, q)
        if q.wild and not chosen[1].wild:
            proposed, chosen = chosen, proposed

        def show(x: tuple[str, Query]) -> str:
            return f"{x[1].pattern}@{x[1].version} ({x[0]})" if x[0] != x[1].version else x[1].raw

        detail = "" if m.path == proposed[1].pattern else f"for module {m.path}, "
        self.report(q, f"{detail}{show(proposed)} conflicts with {show(chosen)}")

    def _resolve(self, queries: list[Query]) -> bool:
        """Resolve what is clear, then the rest; whether the build list changed."""
        count = 0
        while True:
            before = count
            for q in queries:
                left: list[Candidates] = []
                for c in q.candidates:
                    if c.error is not None:
                        self.report(q, c.error)
                        count += 1
                        continue
                    rest, package, m, unique = self._disambiguate(c)
                    if not unique:
                        left.append(rest)
                        continue
                    if m is None:
                        package, m = self._any(c)
                    q.matches_packages = q.matches_packages or package
                    if m is not None:
                        self._choose(q, m)
                    count += 1
                q.candidates = left
            self.stop_if_errors()
            if count == before:
                break
        if count and self._update([]):
            return True
        more = False
        for q in queries:
            for c in q.candidates:
                package, m = self._any(c)
                q.matches_packages = q.matches_packages or package
                if m is not None:
                    self._choose(q, m)
                    more = True
            q.candidates = []
        self.stop_if_errors()
        return more and self._update([])

    def _update(self, additions: list[Version]) -> bool:
        """Edit the requirements; whether the build list changed."""
        must = [Version(p, v) for p, (v, _) in self.chosen.items() if not self.state.contains(p)]
        try:
            rs, changed = edit_requirements(self.s.requirements, additions, must, self.s.queries, self.verbose)
        except ConstraintError as e:
            for c in e.conflicts:
                first, last = c.way[0], c.way[-1]
                adverb = "indirectly " if len(c.way) > 2 else ""
                if c.error is not None:
                    self.errors.append(f"go: {self._reason(first)} {adverb}requires {last}: {c.cause()}")
                else:
                    self.errors.append(f"go: {self._reason(first)} {adverb}requires {last}, not {self._reason(c.constraint or last)}")
            self.stop_if_errors()
            return False
        if not changed:
            return False
        self.s.requirements = rs
        self._take_list()
        return True

    def _reason(self, m: Version) -> str:
        chosen = self.chosen.get(m.path)
        return chosen[1].resolved_string(Version(m.path, chosen[0])) if chosen is not None else str(m)

    def _upgrade(self, queries: list[Query]) -> bool:
        """Find modules for what the packages import, with -u newer ones; whether the build list changed."""
        patterns = [q.pattern for q in queries if q.matches_packages]
        if not patterns:
            return False
        found: list[Candidates] = []

        def find(path: str, m: Version) -> bool:
            version = "latest"
            if m.path:
                if not self.u or m.path in self.chosen:
                    return True
                version = self.u
            mods: list[Version] = []
            error: ModError | None = None
            try:
                mods = self._packages(path, version, self.selected)
            except ModError as e:
                error = e
            if m in mods:
                return True
            if error is not None and (_no_such(error) or (not m.path and not _valid(path))):
                return True
            found.append(Candidates(path, mods, None, error))
            return False

        self._load(patterns, find)
        tentative: list[Version] = []
        for c in sorted(found, key=lambda c: c.path):
            if c.error is not None:
                self.errors.append(f"go: {c.error}")
                continue
            rest, _, m, unique = self._disambiguate(c)
            if not unique:
                _, m = self._any(rest)
            if m is not None and m.path:
                tentative.append(m)
        self.stop_if_errors()
        return self._update(tentative)

    # ------------------------------------------------------------ the end

    def _tools(self, queries: list[Query]) -> None:
        for q in queries:
            if q.pattern in _META or q.pattern == "toolchain":
                raise fatal(f'go: go get -tool does not work with "{q.pattern}".')
        wanted = Wanted(vendor_in_std=True, load_tests=self.t, allow_errors=True, silence_no_go=True)
        for q, m in zip(queries, self.s.load_packages(wanted, [q.pattern for q in queries], True)):
            if q.version == "none":
                self.write.drop_tools += m.packages
            else:
                self.write.add_tools += m.packages
        self._take_list()

    def _problems(self, patterns: list[str]) -> int:
        """Tell of packages that are still missing, and of modules that are retracted or deprecated; the exit code."""
        code = 0
        relevant: dict[Version, set[str]] = {}

        def note(m: Version, word: str) -> None:
            relevant.setdefault(m, set()).add(word)

        for path, (v, _) in self.chosen.items():
            note(Version(path, v), "resolved")
        if patterns:
            wanted = Wanted(vendor_in_std=True, load_tests=self.t, allow_errors=True, silence_no_go=True)
            matches = self.s.load_packages(wanted, patterns, True)
            assert self.s.loader is not None
            code = 1 if any(m.errors for m in matches) else 0
            for pkg in self.s.loader.packages:
                if pkg.error is not None and str(pkg.error) != "no Go source files":
                    code = 1
                if pkg.mod.path:
                    note(pkg.mod, "package")
            for match in matches:
                for p in match.packages:
                    pkg2 = self.s.package(p)
                    if pkg2 is not None and pkg2.mod.path:
                        note(pkg2.mod, "named")
        for m, words in relevant.items():
            if m.path in self.s.requirements.direct:
                words.add("direct")
        mods = sorted((m for m in relevant if m.version and m.version != "none"), key=lambda m: m.path)
        retracted: dict[Version, str] = {}
        deprecated: dict[Version, str] = {}

        def look(m: Version) -> None:
            words = relevant[m]
            try:
                if words & {"resolved", "named", "package"}:
                    self.s.queries.check_retractions(m)
            except ModError as e:
                if isinstance(getattr(e, "cause", None), Retracted):
                    retracted[m] = str(e)
            try:
                if words & {"resolved", "named"} or {"package", "direct"} <= words:
                    text = self.s.queries.deprecation(m)
                    if text:
                        deprecated[m] = short_message(text, "")
            except ModError:
                pass

        in_parallel([m for m in mods if not gover.is_toolchain(m.path)], look)
        sums = self._sums()
        for m in mods:
            if deprecated.get(m):
                print(f"go: module {m.path} is deprecated: {deprecated[m]}", file=sys.stderr)
        for m in mods:
            if m in retracted:
                print(f"go: warning: {retracted[m]}", file=sys.stderr)
        if retracted:
            name = next(iter(retracted)).path if len(retracted) == 1 else "<module>"
            print(f"go: to switch to the latest unretracted version, run:\n\tgo get {name}@latest", file=sys.stderr)
        if sums:
            raise fatal("\n".join(sums))
        if code:
            raise fatal("")
        return code

    def _sums(self) -> list[str]:
        """Fetch what go.sum must have since it had it of the old version; errors."""
        errors: dict[Version, str] = {}

        def fetch(m: Version) -> None:
            old = Version(m.path, self.initial.get(m.path, ""))
            new, was = self.state.actual(m), self.state.actual(old)
            if not old.version or new == was or not new.version or not self.state.sums.has(was):
                return
            try:
                self.state.fetcher.download_zip(new)
            except ModError as e:
                verb = "downgraded" if mvs.compare(m.path, m.version, old.version) < 0 else "upgraded"
                by = f" (replaced by {new})" if new != m else ""
                errors[m] = f"go: {verb} {m.path} {old.version} => {m.version}{by}: error finding sum for {new}: {e}"

        in_parallel([m for m in self.list if not gover.is_toolchain(m.path) and m.version], fetch)
        return [errors[m] for m in self.list if m in errors]

    def _requirements(self) -> dict[str, str]:
        f = self.state.single().file
        out = {r.mod.path: r.mod.version for r in f.require}
        if f.go is not None:
            out["go"] = f.go.text
        if f.toolchain is not None:
            out["toolchain"] = f.toolchain.text
        return out

    def _report_changes(self, old: dict[str, str], new: dict[str, str]) -> None:
        changes: dict[str, tuple[str, str]] = {}
        for path, (v, _) in self.chosen.items():
            was = self.initial.get(path, "")
            if not gover.is_toolchain(path) and was != v and (was or v != "none"):
                changes[path] = (was, v)
        for path, was in old.items():
            if not gover.is_toolchain(path) and was != self.versions.get(path, ""):
                changes[path] = (was, self.versions.get(path, ""))
        for path, v in new.items():
            if not gover.is_toolchain(path) and self.initial.get(path, "") != v:
                changes[path] = (self.initial.get(path, ""), v)
        for path in ("go", "toolchain"):
            if old.get(path, "") != new.get(path, ""):
                changes[path] = (old.get(path, ""), new.get(path, ""))
        for path in sorted(changes, key=lambda p: (p != "go", p != "toolchain", p)):
            was, v = changes[path]
            if not was:
                text = f"added {path} {v}"
            elif v in ("none", ""):
                text = f"removed {path} {was}"
            elif gover.mod_compare(path, v, was) > 0:
                text = f"upgraded {path} {was} => {v}"
                if path == "go" and gover.compare(was, gover.EXPLICIT_INDIRECT) < 0 <= gover.compare(v, gover.EXPLICIT_INDIRECT):
                    text += f"\n\tnote: expanded dependencies to upgrade to go {gover.EXPLICIT_INDIRECT} or higher; run 'go mod tidy' to clean up"
            else:
                text = f"downgraded {path} {was} => {v}"
            print(f"go: {text}", file=sys.stderr)


class _Change(ModError):
    pass


def _no_such(e: ModError) -> bool:
    return e.missing or isinstance(e, (NoMatch, NotInModule))


def _valid(path: str) -> bool:
    try:
        check_path(path)
    except InvalidPath:
        return False
    return True


__all__ = ["Get", "MatchesMain"]
