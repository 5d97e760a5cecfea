"""Version queries: which version `latest`, `upgrade`, `patch`, `v1`, `<v2`, `none` or a revision means (cmd/go/internal/modload/query.go, go1.27).

Releases go before prereleases, prereleases before what @latest says. Versions that are excluded or retracted are not chosen. A module with a replacement has the
versions that it is replaced at, too.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from rt0.diag import go_quote
from rt0.mod import gover, semver
from rt0.mod.fetch import Info, info_json
from rt0.mod.importing import NotInModule, dir_in_module
from rt0.mod.path import (
    InvalidPath,
    InvalidVersion,
    ModError,
    Version,
    VersionError,
    check_path,
    matches_major,
    path_major,
    split_path_version,
    version_error,
)
from rt0.mod.state import Disallowed, State

# Raises Disallowed for a version that may not be chosen, ModError when it cannot be told.
Allowed = Callable[[Version], None]
Current = Callable[[str], str]

_ZERO = "0001-01-01T00:00:00Z"


class NoMatch(ModError):
    def __init__(self, query: str, current: str) -> None:
        suffix = f" (current version is {current})" if query in ("upgrade", "patch") and current not in ("", "none") else ""
        ModError.__init__(self, f"no matching versions for query {go_quote(query)}{suffix}")


class NoPatchBase(ModError):
    def __init__(self, path: str) -> None:
        ModError.__init__(self, f'can\'t query version "patch" of module {path}: no existing version is required')


class MatchesMain(ModError):
    """A version of a main module was asked for."""


class Retracted(Disallowed):
    def __init__(self, rationales: list[str]) -> None:
        self.rationales = rationales
        why = f": {short_message(rationales[0], 'retracted by module author')}" if rationales else ""
        Disallowed.__init__(self, f"retracted by module author{why}")


def short_message(text: str, default: str) -> str:
    """The first line of a message of somebody else's, if it is fit to be printed."""
    line = text.partition("\n")[0].strip()
    if not line:
        return default
    if len(line) > 500:
        return "(message omitted: too long)"
    if not all(c.isprintable() or c.isspace() for c in line):
        return "(message omitted: contains non-printable characters)"
    return line


@dataclass(slots=True)
class Result:
    """What a query gave. packages: those that match the pattern."""

    mod: Version
    info: Info
    packages: list[str]


@dataclass(slots=True)
class _Matcher:
    path: str
    prefix: str = ""
    keep: Callable[[str], bool] | None = None
    can_stat: bool = False
    lower: bool = False
    latest: bool = False
    incompatible: bool = False


def is_revision(path: str, v: str) -> bool:
    """Whether a query names one revision: a version in full, a branch, a commit."""
    return not (v in ("latest", "upgrade", "patch") or v[:1] in ("<", ">") or (gover.mod_is_valid(path, v) and gover.mod_is_prefix(path, v)))


def _matcher(path: str, query: str, current: str) -> _Matcher | None:
    """None for a query that names a revision. Raises ModError."""
    m = _Matcher(path, incompatible=current.endswith("+incompatible"))
    cmp = gover.mod_compare
    fits = split_path_version(path) is not None
    if query == "latest":
        m.latest = True
    elif query in ("upgrade", "patch"):
        if current in ("", "none"):
            if query == "patch":
                raise NoPatchBase(path)
            m.latest = True
        else:
            m.latest = semver.is_pseudo(current)
            m.keep = lambda v: cmp(path, v, current) >= 0
            if query == "patch":
                m.prefix = gover.mod_major_minor(path, current) + "."
    elif query[:1] in ("<", ">"):
        op = query[:2] if query[1:2] == "=" else query[0]
        v = query[len(op) :]
        if not gover.mod_is_valid(path, v):
            raise ModError(f"invalid semantic version {go_quote(v)} in range {go_quote(query)}")
        if op in ("<=", ">") and gover.mod_is_prefix(path, v):
            raise ModError(f"ambiguous semantic version {go_quote(v)} in range {go_quote(query)}")
        keep: dict[str, Callable[[str], bool]] = {
            "<": lambda x: cmp(path, x, v) < 0,
            "<=": lambda x: cmp(path, x, v) <= 0,
            ">": lambda x: cmp(path, x, v) > 0,
            ">=": lambda x: cmp(path, x, v) >= 0,
        }
        m.keep = keep[op]
        m.lower = op[0] == ">"
        m.incompatible = m.incompatible or not (fits and matches_major(v, path_major(path)))
    elif gover.mod_is_valid(path, query):
        if gover.mod_is_prefix(path, query):
            m.prefix = query + "."
            m.keep = lambda v: cmp(path, v, query) >= 0
        else:
            m.can_stat = True
            m.keep = lambda v: cmp(path, v, query) == 0
            m.prefix = semver.canonical(query)
        m.incompatible = m.incompatible or not (fits and matches_major(query, path_major(path)))
    else:
        return None
    return m


class Queries:
    """The queries of one command."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._latest: dict[str, Version | ModError] = {}

    # ------------------------------------------------------------ what may be chosen

    def check_exclusions(self, m: Version) -> None:
        """Raises ModError."""
        if self.state.excluded(m):
            raise _Wrapped(m, Disallowed("excluded by go.mod"))

    def check_allowed(self, m: Version) -> None:
        """Raises ModError: `is_disallowed` says whether for the version itself."""
        self.check_exclusions(m)
        self.check_retractions(m)

    def check_retractions(self, m: Version) -> None:
        """Raises ModError."""
        if not m.version or self.state.replacement(Version(m.path)) is not None:
            return
        try:
            latest = self.latest_ignoring_retractions(m.path)
            s = self.state.raw_summary(latest)
        except ModError as e:
            inner = e.cause if isinstance(e, VersionError) else e
            raise ModError(f"loading module retractions for {m}: {inner}", e.missing) from None
        hits = [why for low, high, why in s.retract if gover.mod_compare(m.path, low, m.version) <= 0 <= gover.mod_compare(m.path, high, m.version)]
        if hits:
            raise _Wrapped(m, Retracted([w for w in hits if w]))

    def deprecation(self, m: Version) -> str:
        """What the author says about the end of a module. Raises ModError."""
        if not m.version or self.state.replacement(Version(m.path)) is not None:
            return ""
        try:
            return self.state.raw_summary(self.latest_ignoring_retractions(m.path)).deprecated
        except ModError as e:
            raise ModError(f"loading deprecation for {m.path}: {e}", e.missing) from None

    def latest_ignoring_retractions(self, path: str) -> Version:
        known = self._latest.get(path)
        if known is None:
            try:
                m = Version(path, self.query(path, "latest", "", None).version)
                known = self.state.actual(m)
            except ModError as e:
                known = e
            self._latest[path] = known
        if isinstance(known, ModError):
            raise known
        return known

    # ------------------------------------------------------------ one module

    def query(self, path: str, query: str, current: str, allowed: Allowed | None) -> Info:
        """Raises ModError."""
        return self.state.fetcher.try_proxies(lambda proxy: self.on_proxy(proxy, path, query, current, allowed))

    def on_proxy(self, proxy: str, path: str, query: str, current: str, allowed: Allowed | None) -> Info:
        state = self.state
        if current not in ("", "none") and not gover.mod_is_valid(path, current):
            raise ModError(f"invalid previous version {path}@{current}")
        if state.build_mod == "vendor":
            reason = f"\n\t({state.mod_reason})" if state.mod_reason else ""
            raise ModError(f"cannot query module due to -mod=vendor{reason}")
        allowed = allowed or (lambda _: None)
        if state.contains(path) and query in ("upgrade", "patch"):
            return Info("", _ZERO, "")
        if path in ("std", "cmd"):
            raise ModError(f"can't query specific version ({go_quote(query)}) of standard-library module {go_quote(path)}")
        if gover.is_toolchain(path):
            return self._toolchain(path, query, current)
        repo = VersionRepo(state, proxy, path)
        m = _matcher(path, query, current)
        if m is None or m.can_stat:
            try:
                info = repo.stat(query)
            except ModError as e:
                canonical = semver.canonical_version(query)
                if not canonical or canonical == query:
                    raise
                try:
                    info = repo.stat(canonical)
                except ModError as e2:
                    if not e2.missing:
                        raise
                    raise e from None
            _unless_unknown(allowed, Version(path, info.version))
            return info
        releases, pres = self._filter(m, repo.versions(m.prefix), allowed)
        found = releases or pres
        if found:
            return self._lookup(repo, found[0] if m.lower else found[-1], query, current, allowed)
        if m.latest:
            try:
                latest = repo.latest()
            except ModError as e:
                if not e.missing:
                    raise
            else:
                if self._allows(m, latest.version, allowed):
                    return self._lookup(repo, latest.version, query, current, allowed)
        if query in ("upgrade", "patch") and current not in ("", "none"):
            _unless_unknown(allowed, Version(path, current))
            return self._lookup(repo, current, query, current, allowed)
        raise NoMatch(query, current)

    def _toolchain(self, path: str, query: str, current: str) -> Info:
        """Go itself: only the one that we are is to be had."""
        local = self.state.local if path == "go" else f"go{self.state.local}"
        v = query if gover.mod_is_valid(path, query) else local
        if query in ("upgrade", "patch") and current not in ("", "none") and gover.mod_compare(path, current, v) > 0:
            v = current
        return Info(v, _ZERO, "")

    def _lookup(self, repo: VersionRepo, v: str, query: str, current: str, allowed: Allowed) -> Info:
        info = repo.stat(v)
        if query in ("upgrade", "patch") and semver.is_pseudo(current) and info.time != _ZERO:
            t = semver.pseudo_time(current)
            if t and info.time < t:
                _unless_unknown(allowed, Version(repo.path, current))
                return repo.stat(current)
        return info

    def _allows(self, m: _Matcher, v: str, allowed: Allowed) -> bool:
        if m.prefix and not v.startswith(m.prefix):
            return False
        if m.keep is not None and not m.keep(v):
            return False
        try:
            _unless_unknown(allowed, Version(m.path, v))
        except ModError:
            return False
        return True

    def _filter(self, m: _Matcher, versions: list[str], allowed: Allowed) -> tuple[list[str], list[str]]:
        releases: list[str] = []
        pres: list[str] = []
        need, last = m.incompatible, ""
        for v in versions:
            if not self._allows(m, v, allowed):
                continue
            if not need:
                if not v.endswith("+incompatible"):
                    last = v
                elif last:
                    if self.state.fetcher.gomod(self.state.actual(Version(m.path, last))) != f"module {m.path}\n".encode():
                        break
                    need = True
            (pres if gover.mod_is_prerelease(m.path, v) else releases).append(v)
        return releases, pres

    # ------------------------------------------------------------ packages

    def pattern(self, pattern: str, query: str, current: Current, allowed: Allowed) -> tuple[list[Result], Result | None]:
        """(modules with packages that match, one that matches without packages). Raises ModError."""
        state = self.state
        wild = "..." in pattern
        base = pattern
        if wild:
            base = pattern[: pattern.index("...")].rpartition("/")[0]
            if not base:
                raise ModError(f"no modules to query for {pattern}@{query} because first path element contains a wildcard")
        only: Result | None = None
        mains: list[Version] = []
        for main in state.main:
            found = self.match(pattern, main.mod, main.root, True)
            if found:
                if query not in ("upgrade", "patch"):
                    raise _in_main(pattern, query, found)
                return [Result(main.mod, Info("", _ZERO, ""), found)], None
            if _matches(pattern, main.mod.path):
                mains.append(main.mod)
                if query in ("upgrade", "patch"):
                    only = Result(main.mod, Info("", _ZERO, ""), [])
        candidates = [p for p in _prefixes(base) if not state.contains(p) and split_path_version(p) is not None]
        if not candidates:
            if only is not None:
                return [], only
            if mains:
                raise _main_error(state, mains, pattern, query)
            raise NotInModule(state, Version(""), query, pattern, [m.mod for m in state.main])
        try:
            results, only2 = state.fetcher.try_proxies(lambda proxy: self._all(proxy, candidates, pattern, query, current, allowed))
        except ModError as e:
            if mains and e.missing and only is None:
                raise _main_error(state, mains, pattern, query) from None
            raise
        return results, only2 or only

    def packages(self, pattern: str, query: str, current: Current, allowed: Allowed) -> list[Result]:
        """The same, where a module without packages will not do."""
        results, only = self.pattern(pattern, query, current, allowed)
        if not results and only is not None:
            raise NotInModule(self.state, only.mod, query, pattern)
        return results

    def match(self, pattern: str, m: Version, root: str, local: bool) -> list[str]:
        """Packages of a module that match a pattern."""
        if "..." not in pattern:
            return [pattern] if dir_in_module(self.state, pattern, m.path, root, local)[1] else []
        out = []
        for rel in self.state.source.packages(root, False):
            path = f"{m.path}/{rel}" if rel else m.path
            if _matches(pattern, path):
                out.append(path)
        return out

    def _all(self, proxy: str, paths: list[str], pattern: str, query: str, current: Current, allowed: Allowed) -> tuple[list[Result], Result | None]:
        def one(path: str) -> Result | ModError:
            try:
                info = self.on_proxy(proxy, path, query, current(path), allowed)
                m = Version(path, info.version)
                if gover.is_toolchain(path):
                    return Result(m, info, [])
                root, local = self.state.directory(m)
                found = self.match(pattern, m, root, local)
                if not found and not _matches(pattern, path):
                    return NotInModule(self.state, m, query, pattern)
                return Result(m, info, found)
            except ModError as e:
                return e

        with ThreadPoolExecutor(len(paths)) as pool:
            answers = list(pool.map(one, paths))
        found = [a for a in answers if isinstance(a, Result)]
        errors = [a for a in answers if isinstance(a, ModError)]
        error = _best(errors, bool(found))
        if error is not None:
            raise error
        only = next((r for r in reversed(found) if not r.packages), None)
        return [r for r in found if r.packages], only


def _best(errors: list[ModError], found: bool) -> ModError | None:
    """The error that says most about why no prefix of a path is a module."""
    no_package = next((e for e in errors if isinstance(e, NotInModule)), None)

    def invalid(e: ModError) -> bool:
        return isinstance(e, InvalidVersion) or (isinstance(e, VersionError) and isinstance(e.cause, InvalidVersion))

    kinds: list[Callable[[ModError], bool]] = [
        lambda e: isinstance(e, NotInModule),
        lambda e: isinstance(e, NoMatch),
        lambda e: isinstance(e, NoPatchBase),
        lambda e: isinstance(e, InvalidPath),
        lambda e: not e.missing and invalid(e),
        lambda e: e.missing,
    ]
    for e in errors:
        if not any(k(e) for k in kinds) and not found and no_package is None:
            return e
    if found:
        return None
    for k in kinds:
        for e in errors:
            if k(e):
                return e
    return None


class _Wrapped(VersionError, Disallowed):
    """A Disallowed with the module it is about."""


def is_disallowed(e: ModError) -> bool:
    return isinstance(e, Disallowed)


def _unless_unknown(allowed: Allowed, m: Version) -> None:
    """Raises Disallowed; that it cannot be told whether a version is allowed does not count."""
    try:
        allowed(m)
    except ModError as e:
        if isinstance(e, Disallowed):
            raise


def _prefixes(path: str) -> list[str]:
    out = []
    while path:
        out.append(path)
        path = path.rpartition("/")[0]
    return out


def _matches(pattern: str, path: str) -> bool:
    if "..." not in pattern:
        return pattern == path
    import re

    text = re.escape(pattern).replace(r"\.\.\.", ".*")
    if text.endswith("/.*"):
        text = text[:-3] + "(/.*)?"
    return re.fullmatch(text, path) is not None


def _main_error(state: State, mains: list[Version], pattern: str, query: str) -> ModError:
    if state.contains(pattern):
        return MatchesMain(f"can't request version {go_quote(query)} of the main module ({pattern})")
    plural = "s" if len(mains) > 1 else ""
    return MatchesMain(f"can't request version {go_quote(query)} of pattern {go_quote(pattern)} that includes the main module{plural} ({', '.join(m.path for m in mains)})")


def _in_main(pattern: str, query: str, packages: list[str]) -> ModError:
    if len(packages) > 1:
        return MatchesMain(f"pattern {pattern} matches {len(packages)} packages in the main module, so can't request version {query}")
    if "..." in pattern or pattern in ("all", "std", "cmd", "work", "tool"):
        return MatchesMain(f"pattern {pattern} matches package {packages[0]} in the main module, so can't request version {query}")
    return MatchesMain(f"package {packages[0]} is in the main module, so can't request version {query}")


class VersionRepo:
    """A module on a proxy, with the versions that it is replaced at."""

    def __init__(self, state: State, proxy: str, path: str) -> None:
        self.state = state
        self.proxy = proxy
        self.path = path
        self.replaced = path in state.highest_replaced
        self.bad: ModError | None = None
        try:
            check_path(path)
        except ModError as e:
            if not self.replaced:
                raise
            self.bad = e

    def versions(self, prefix: str) -> list[str]:
        try:
            out = [] if self.bad is not None else self.state.fetcher.versions(self.proxy, self.path, prefix)
        except ModError as e:
            if not self.replaced or not e.missing:
                raise
            out = []
        if not self.replaced:
            return out
        more = {
            m.version
            for main in self.state.main
            for m in main.replace
            if m.path == self.path and m.version and m.version.startswith(prefix) and not semver.is_pseudo(m.version)
        }
        return sorted({*out, *more}, key=lambda v: (semver.key(v), v))

    def stat(self, rev: str) -> Info:
        try:
            if self.bad is not None:
                raise self.bad
            return self.state.fetcher.stat(self.proxy, self.path, rev)
        except ModError:
            v = semver.canonical_version(rev)
            if not self.replaced or v != rev:
                raise
            if not path_major(self.path) and not matches_major(v, "") and not semver.build(v):
                v += "+incompatible"
            if self.state.replacement(Version(self.path, v)) is None:
                raise
            return _replaced_info(v)

    def latest(self) -> Info:
        info: Info | None = None
        error: ModError | None = self.bad
        if error is None:
            try:
                info = self.state.fetcher.latest(self.proxy, self.path)
            except ModError as e:
                error = e
        if self.replaced:
            v = self.state.highest_replaced[self.path]
            if not v:
                suffix = path_major(self.path)
                v = f"{suffix[1:] if suffix else 'v0'}.0.0-00010101000000-000000000000"
            if info is None or semver.compare(v, info.version) > 0:
                return _replaced_info(v)
        if info is None:
            assert error is not None
            raise error
        return info


def _replaced_info(v: str) -> Info:
    time = (semver.pseudo_time(v) if semver.is_pseudo(v) else "") or _ZERO
    return Info(v, time, info_json(v, time))


def disallowed(m: Version, why: str) -> ModError:
    return version_error(m, Disallowed(why))
