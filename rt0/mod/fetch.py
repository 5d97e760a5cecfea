"""Modules from proxies into the cache (cmd/go/internal/modfetch, go1.27).

    PROXY/PATH/@v/list      versions, a line each            PROXY/PATH/@latest     {"Version": ..., "Time": ...} of the newest
    PROXY/PATH/@v/V.info    the same of a version            PROXY/PATH/@v/V.mod    its go.mod           PROXY/PATH/@v/V.zip    its files

GOPROXY is a list: after `,` the next one is asked when there is no such module (404, 410), after `|` on any error. `direct`, the repository of the module
itself, is not supported: it is answered with an error that says so. What is in the cache is not asked for again; what comes into it is checked against go.sum.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

from rt0.diag import fatal, go_quote
from rt0.mod import cache, gover, semver, web, zips
from rt0.mod.lockedfile import os_error, transform
from rt0.mod.path import (
    InvalidVersion,
    ModError,
    Version,
    VersionError,
    check,
    escape_path,
    escape_version,
    match_prefix_patterns,
    version_error,
)
from rt0.mod.proxies import proxies
from rt0.mod.settings import gonoproxy
from rt0.mod.sums import Sums

T = TypeVar("T")

_ZERO_TIME = "0001-01-01T00:00:00Z"
_OFF = "module lookup disabled by GOPROXY=off"
NO_COMMITS = "no commits"


@dataclass(slots=True, frozen=True)
class Info:
    """What is known of a version. time: RFC 3339; text: JSON as it stands in the cache."""

    version: str
    time: str
    text: str


class Repo:
    """One module as one proxy has it."""

    def __init__(self, url: str, path: str) -> None:
        self.base = url
        self.path = path
        self.url = f"{url.removesuffix('/')}/{escape_path(path)}"
        self._list: list[str] | None = None

    def error(self, version: str, e: ModError) -> VersionError:
        """The error with the module and version it is about."""
        if version and version != semver.canonical_version(version):
            inner = e if isinstance(e, InvalidVersion) else InvalidVersion(version, str(e), semver.is_pseudo(version))
            inner.missing = e.missing
            return VersionError(Version(self.path), inner)
        return VersionError(Version(self.path, version), e)

    def _lines(self) -> list[str]:
        if self._list is None:
            try:
                self._list = web.get(f"{self.url}/@v/list").decode("utf-8", "replace").split("\n")
            except ModError as e:
                raise self.error("", e) from None
        return self._list

    def versions(self, prefix: str) -> list[str]:
        """Tagged versions that begin with prefix, sorted."""
        words = [f[0] for f in map(str.split, self._lines()) if f]
        return sorted((v for v in words if semver.is_valid(v) and v.startswith(prefix) and not semver.is_pseudo(v)), key=lambda v: (semver.key(v), v))

    def _info(self, version: str, data: bytes) -> Info:
        try:
            value = json.loads(data)
            v = value.get("Version", "")
            time = value.get("Time", _ZERO_TIME)
            if not isinstance(v, str) or not isinstance(time, str):
                raise ValueError
        except (ValueError, AttributeError, RecursionError):
            raise self.error(version, ModError(f"invalid response from proxy {go_quote(web.redacted(self.base))}: {_json_error(data)}")) from None
        return Info(v, time, info_json(v, time, value.get("Origin")))

    def stat(self, rev: str) -> Info:
        """Raises ModError."""
        try:
            data = web.get(f"{self.url}/@v/{_quote(escape_version(rev))}.info")
        except ModError as e:
            raise self.error(rev, e) from None
        info = self._info(rev, data)
        if info.version != rev and rev == semver.canonical_version(rev) and _fits(self.path, rev):
            raise self.error(rev, ModError(f"proxy returned info for version {info.version} instead of requested version"))
        return info

    def latest(self) -> Info:
        """The newest version. Raises ModError."""
        try:
            data = web.get(f"{self.url}/@latest")
        except ModError as e:
            if not e.missing:
                raise self.error("", e) from None
            return self._latest_of_list()
        return self._info("", data)

    def _latest_of_list(self) -> Info:
        best, at = "", ""
        for f in map(str.split, self._lines()):
            if f and semver.is_valid(f[0]):
                t = f[1] if len(f) > 1 else semver.pseudo_time(f[0]) if semver.is_pseudo(f[0]) else ""
                if t and t > at:
                    best, at = f[0], t
        if not best:
            raise self.error("", ModError(NO_COMMITS, missing=True))
        return self.stat(best)

    def gomod(self, version: str) -> bytes:
        """Raises ModError."""
        try:
            return web.get(f"{self.url}/@v/{_quote(escape_version(version))}.mod")
        except ModError as e:
            raise self.error(version, e) from None

    def zip(self, version: str, out: str) -> None:
        """Write the archive to a file. Raises ModError."""
        size = 0
        try:
            with open(out, "wb") as f:
                for data in web.blocks(f"{self.url}/@v/{_quote(escape_version(version))}.zip"):
                    size += len(data)
                    if size > zips.MAX_ZIP:
                        raise ModError("downloaded zip file too large")
                    f.write(data)
        except ModError as e:
            raise self.error(version, e) from None
        except OSError as e:
            raise self.error(version, os_error("write", out, e)) from None


class NoRepo(Repo):
    """A module that cannot be asked for: every question is answered with the same error."""

    def __init__(self, path: str, why: ModError) -> None:
        self.path = path
        self.why = why

    def versions(self, prefix: str) -> list[str]:
        raise self.why

    def stat(self, rev: str) -> Info:
        raise self.why

    def latest(self) -> Info:
        raise self.why

    def gomod(self, version: str) -> bytes:
        raise self.why

    def zip(self, version: str, out: str) -> None:
        raise self.why


def _quote(s: str) -> str:
    from urllib.parse import quote

    return quote(s, safe="!$&'()*+,;=:@~")


def _fits(path: str, version: str) -> bool:
    try:
        check(path, version)
    except ModError:
        return False
    return True


def _json_error(data: bytes) -> str:
    """What Go says of a text that is no JSON object."""
    text = data.decode("utf-8", "replace").lstrip()
    if not text:
        return "unexpected end of JSON input"
    if text[0] not in '{["-0123456789tfn':
        return f"invalid character '{text[0]}' looking for beginning of value"
    return "unexpected end of JSON input" if text[0] == "{" and "}" not in text else "json: cannot unmarshal into Go value of type modfetch.RevInfo"


def info_json(version: str, time: str, origin: object = None) -> str:
    """The text of a .info file."""
    value: dict[str, object] = {"Version": version, "Time": time}
    if isinstance(origin, dict):
        value["Origin"] = {k: v for k, v in origin.items() if k not in ("TagSum", "TagPrefix", "RepoSum") and v and not (k == "Ref" and semver.is_pseudo(version))}
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


class Fetcher:
    """Fetches modules for one command; what was asked once is remembered.

    sums          go.sum
    lookup_off    why no module may be looked up at all (-mod=vendor), "" when it may
    quiet         `mod download` says nothing while it downloads
    modcacherw    folders of the cache stay writable
    """

    def __init__(self, sums: Sums) -> None:
        self.sums = sums
        self.lookup_off = ""
        self.quiet = False
        self.modcacherw = False
        self._repos: dict[tuple[str, str], Repo] = {}
        self._answers: dict[tuple[str, str, str], Info | bytes | str | list[str] | ModError] = {}
        self._locks: dict[tuple[str, str, str], Lock] = {}
        self._lock = Lock()

    # ------------------------------------------------------------ proxies

    def repo(self, proxy: str, path: str) -> Repo:
        with self._lock:
            known = self._repos.get((proxy, path))
            if known is None:
                known = self._repos[proxy, path] = self._new_repo(proxy, path)
            return known

    def _new_repo(self, proxy: str, path: str) -> Repo:
        if self.lookup_off:
            return NoRepo(path, ModError(self.lookup_off))
        if gover.is_toolchain(path):
            return NoRepo(path, ModError("no matching versions for query", missing=True))
        if match_prefix_patterns(gonoproxy(), path):
            if proxy in ("noproxy", "direct"):
                return NoRepo(path, _direct(path))
            return NoRepo(path, ModError("disabled by GOPRIVATE/GONOPROXY", missing=True))
        if proxy == "off":
            return NoRepo(path, ModError(_OFF, missing=True))
        if proxy == "direct":
            return NoRepo(path, _direct(path))
        if proxy == "noproxy":
            return NoRepo(path, ModError("path does not match GOPRIVATE/GONOPROXY", missing=True))
        try:
            return Repo(proxy, path)
        except ModError as e:
            return NoRepo(path, e)

    def try_proxies(self, ask: Callable[[str], T]) -> T:
        """The first answer; else the error that says most. Raises ModError."""
        best: ModError | None = None
        rank = 0  # 0: no such module, 1: another error of a proxy, 2: of the repository itself
        for p in proxies():
            try:
                return ask(p.url)
            except ModError as e:
                if p.url == "direct" or (p.url == "noproxy" and "path does not match GOPRIVATE" not in str(e)):
                    best, rank = e, 2
                elif rank <= 1 and not e.missing:
                    best, rank = e, 1
                elif rank == 0:
                    best = e
                if not p.on_error and not e.missing:
                    break
        assert best is not None
        raise best

    def _once(self, what: str, path: str, version: str, ask: Callable[[], T]) -> T:
        """The answer of the first call with these arguments. Raises ModError."""
        key = (what, path, version)
        with self._lock:
            lock = self._locks.setdefault(key, Lock())
        with lock:
            known = self._answers.get(key)
            if known is None:
                try:
                    known = ask()  # type: ignore[assignment]
                except ModError as e:
                    known = e
                self._answers[key] = known  # type: ignore[assignment]
            if isinstance(known, ModError):
                raise known
            return known  # type: ignore[return-value]

    # ------------------------------------------------------------ questions

    def versions(self, proxy: str, path: str, prefix: str) -> list[str]:
        return self._once(f"list {proxy}", path, prefix, lambda: self.repo(proxy, path).versions(prefix))

    def latest(self, proxy: str, path: str) -> Info:
        def ask() -> Info:
            info = self.repo(proxy, path).latest()
            if read_info(Version(path, info.version)) is None:
                self._write(Version(path, info.version), "info", info.text.encode(), "stat cache")
            return info

        return self._once(f"latest {proxy}", path, "", ask)

    def stat(self, proxy: str, path: str, rev: str) -> Info:
        """Raises ModError."""
        def ask() -> Info:
            known = read_info(Version(path, rev))
            if known is not None:
                return known
            if proxy == "off" and (known := _by_hash(path, rev)) is not None:
                return known
            info = self.repo(proxy, path).stat(rev)
            self._write(Version(path, info.version), "info", info.text.encode(), "stat cache")
            return info

        return self._once(f"stat {proxy}", path, rev, ask)

    def info(self, m: Version) -> tuple[Info, str]:
        """What is known of a version, and the file in the cache that says it. Raises ModError."""
        if not gover.mod_is_valid(m.path, m.version):
            raise ModError(f"invalid version {go_quote(m.version)}")
        info = read_info(m) or self.try_proxies(lambda proxy: self.stat(proxy, m.path, m.version))
        return info, cache.cache_path(m, "info")

    def gomod(self, m: Version) -> bytes:
        """The go.mod of a version, checked against go.sum. Raises ModError."""
        def ask() -> bytes:
            data = cache.read_file(m, "mod")
            if data is not None and not data.startswith(b"//vgo 0.0."):
                self.sums.check_gomod(m, zips.hash_gomod(data))
                return data
            data = self.try_proxies(lambda proxy: self.repo(proxy, m.path).gomod(m.version))
            self.sums.check_gomod(m, zips.hash_gomod(data))
            self._write(m, "mod", data, "go.mod cache")
            return data

        return self._once("mod", m.path, m.version, ask)

    @staticmethod
    def _write(m: Version, suffix: str, data: bytes, what: str) -> None:
        try:
            cache.write_file(m, suffix, data)
        except ModError as e:
            if "read-only file system" not in str(e):
                print(f"go: writing {what}: {e}", file=sys.stderr)

    # ------------------------------------------------------------ archives

    def download_zip(self, m: Version) -> str:
        """Path of the archive in the cache, with its hash beside it. Raises ModError."""
        if m.path == "golang.org/fips140":
            raise ModError("golang.org/fips140 is bundled with the Go distribution and cannot be downloaded")

        def ask() -> str:
            path = cache.cache_path(m, "zip")
            if os.path.exists(path) and os.path.exists(path + "hash"):
                if not self.sums.has(m):
                    self._check(m)
                return path
            if not self.quiet:
                sys.stderr.write(f"go: downloading {m.path} {m.version}\n")  # one write: others print, too
            with cache.lock_version(m):
                self._fetch(m, path)
            return path

        return self._once("zip", m.path, m.version, ask)

    def _fetch(self, m: Version, path: str) -> None:
        """Under the version's lock."""
        exists = os.path.exists(path)
        if exists and os.path.exists(path + "hash"):
            return
        d, name = os.path.split(path)
        cache.make_dirs(d)
        for old in os.listdir(d):
            if old.startswith(name) and old.endswith(".tmp"):
                try:
                    os.unlink(os.path.join(d, old))
                except OSError:
                    pass
        if exists:
            self._hash(m, path, path + "hash")
            return
        tmp = cache.temp_name(path)
        try:
            self.try_proxies(lambda proxy: self.repo(proxy, m.path).zip(m.version, tmp))
            prefix = f"{m.path}@{m.version}/"
            for n in zips.names_of(tmp):
                if not n.startswith(prefix):
                    raise ModError(f"zip for {prefix[:-1]} has unexpected file {n}")
            self._hash(m, tmp, path + "hash")
            try:
                os.rename(tmp, path)
            except OSError as e:
                raise os_error("rename", tmp, e) from None
        except BaseException:
            if os.path.exists(tmp):
                os.unlink(tmp)
            raise

    def _hash(self, m: Version, path: str, hash_path: str) -> None:
        """Check an archive's hash and record it."""
        h = zips.hash_zip(path)
        self.sums.check(m, h)
        transform(hash_path, lambda _: h.encode())

    def _check(self, m: Version) -> None:
        """Check what is in the cache against go.sum. Raises CompileError."""
        try:
            h = cache.read_ziphash(m)
            if not h and not os.path.exists(cache.cache_path(m, "ziphash")):
                raise os_error("open", cache.cache_path(m, "ziphash"), FileNotFoundError(2, "no such file or directory"))
            if len(h) != 47 or "\0" in h:
                self._hash(m, cache.cache_path(m, "zip"), cache.cache_path(m, "ziphash"))
                return
            if not h.startswith("h1:"):
                raise ModError(f"unexpected ziphash: {go_quote(h)}")
        except ModError as e:
            raise fatal(f"verifying {version_error(m, e)}") from None
        try:
            self.sums.check(m, h)
        except ModError as e:
            raise fatal(str(e)) from None

    def download(self, m: Version, local: str) -> str:
        """The directory with a module's files, downloaded if need be. local: the version of Go we are. Raises ModError."""
        if m.path == "golang.org/fips140":
            raise ModError("golang.org/fips140 is bundled with the Go distribution and cannot be downloaded")

        def ask() -> str:
            d = self._download(m)
            self._check(m)
            try:
                with open(os.path.join(d, "go.mod"), "rb") as f:
                    v = lookup_line(f.read(), "go")
            except OSError:
                v = ""
            if gover.compare(v, local) > 0:
                raise ModError(f"{m} requires go >= {v} (running go {local}; GOTOOLCHAIN=local)")
            return d

        return self._once("dir", m.path, m.version, ask)

    def _download(self, m: Version) -> str:
        try:
            return cache.check_extracted(m)
        except ModError as e:
            if not e.missing:
                raise
        path = self.download_zip(m)
        with cache.lock_version(m):
            d = cache.module_dir(m)
            try:
                return cache.check_extracted(m)
            except ModError as e:
                partial = isinstance(e, cache.NotExtracted)
            up, name = os.path.split(d)
            try:
                for old in os.listdir(up) if os.path.isdir(up) else ():
                    if old.startswith(f"{name}.tmp-"):
                        cache.remove_all(os.path.join(up, old))
                if partial:
                    cache.remove_all(d)
                os.makedirs(up, exist_ok=True)
                mark = cache.cache_path(m, "partial")
                with open(mark, "wb"):
                    pass
            except OSError as e:
                raise os_error("mkdir", e.filename or d, e) from None
            try:
                zips.unzip(d, m, path)
            except ModError as e:
                print(f"-> {e}", file=sys.stderr)
                try:
                    cache.remove_all(d)
                    os.unlink(mark)
                except OSError:
                    pass
                raise
            os.unlink(mark)
            if not self.modcacherw:
                cache.make_read_only(d)
            return d


def _direct(path: str) -> ModError:
    return ModError(f"rt0 fetches modules from proxies only: {path} would have to come from its repository (GOPROXY=direct)", missing=True)


def read_info(m: Version) -> Info | None:
    """What the cache says of a version."""
    data = cache.read_file(m, "info")
    if data is None:
        return None
    try:
        value = json.loads(data)
        return Info(value["Version"], value.get("Time", _ZERO_TIME), data.decode())
    except (ValueError, KeyError, AttributeError, TypeError):
        return None


def _by_hash(path: str, rev: str) -> Info | None:
    """The newest pseudo-version in the cache for a commit."""
    if not re.fullmatch("[0-9a-f]{12,}", rev):
        return None
    try:
        names = os.listdir(cache.versions_dir(path))
    except (OSError, ModError):
        return None
    found = [n.removesuffix(".info") for n in names if n.endswith(f"-{rev[:12]}.info")]
    best = max(filter(semver.is_pseudo, found), key=semver.key, default="")
    return read_info(Version(path, best)) if best else None


def lookup_line(data: bytes, key: str) -> str:
    """The word after key at the beginning of a line of a go.mod; "" for none."""
    for line in data.decode("utf-8", "replace").split("\n"):
        rest = line.strip().removeprefix(key)
        if rest != line.strip() and rest[:1] in (" ", "\t"):
            return rest.partition("//")[0].strip()
    return ""


def ziphash_of(m: Version) -> str:
    """The hash of a module's archive in the cache; "" when it is not there."""
    try:
        h = cache.read_ziphash(m)
    except ModError:
        return ""
    return h if len(h) == 47 else ""


def in_parallel(items: list[T], do: Callable[[T], None]) -> None:
    """Call do for all items, several at once."""
    if len(items) < 2:
        for x in items:
            do(x)
        return
    with ThreadPoolExecutor(min(len(items), max(4, 2 * (os.cpu_count() or 1)))) as pool:
        for f in [pool.submit(do, x) for x in items]:
            f.result()


def escaped(path: str, version: str) -> bool:
    """Whether a version can be spelled in the cache."""
    try:
        escape_version(version)
    except ModError:
        return False
    return True
