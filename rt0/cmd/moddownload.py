"""`rt0 mod download` and `rt0 mod verify`."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

from rt0.cmd.modargs import stop
from rt0.cmd.modedit import indented, nonempty
from rt0.cmd.modsession import guarded, new_flags, new_session
from rt0.diag import fatal
from rt0.mod import cache, gover, zips
from rt0.mod.fetch import in_parallel, ziphash_of
from rt0.mod.path import ModError, Version
from rt0.mod.resolve import Session


@dataclass(slots=True)
class _Wanted:
    path: str
    version: str
    query: str = ""
    error: str = ""
    info: str = ""
    gomod: str = ""
    zip: str = ""
    dir: str = ""
    sum: str = ""
    gomod_sum: str = ""
    origin: object = None

    def json(self) -> dict[str, object]:
        return nonempty(
            Path=self.path, Version=self.version, Query=self.query, Error=self.error, Info=self.info, GoMod=self.gomod, Zip=self.zip, Dir=self.dir,
            Sum=self.sum, GoModSum=self.gomod_sum, Origin=self.origin,
        )  # fmt: skip


def download(args: list[str]) -> int:
    fs = new_flags("rt0 mod download [-x] [-json] [-reuse=old.json] [modules]", "Downloads modules into the cache; without arguments those that the main module requires.")
    fs.add("json", False, "print what was downloaded as JSON")
    fs.add("reuse", "", "accepted: what a proxy gives is never reused", "file")
    values, rest = fs.parse(args)

    def run() -> int:
        s = new_session(values, "mod download")
        s.load()
        return _download(s, rest, values.switch("json"), values.text("reuse"))

    return guarded(run)


def _download(s: Session, args: list[str], as_json: bool, reuse: str) -> int:
    state, explicit = s.state, bool(args)
    if state.has_root():
        if explicit:
            for main in state.main:
                for arg in args:
                    if arg in (main.mod.path, f"{main.mod.path}@upgrade", f"{main.mod.path}@patch"):
                        print(f"go: skipping download of {arg} that resolves to the main module", file=sys.stderr)
        elif state.in_work:
            args = ["all"]
        else:
            f = state.single().file
            if f.go is None or gover.compare(f.go.text, gover.EXPLICIT_INDIRECT) < 0:
                args = ["all"] if f.require else []
            else:
                s.graph()
                args = [r.mod.path for r in f.require]
    if not args:
        if not state.has_root():
            raise stop("no modules specified (see 'go help mod download')")
        print("go: no module dependencies to download", file=sys.stderr)
        return 0
    if reuse and state.has_root():
        raise fatal("go mod download -reuse cannot be used inside a module")
    wanted = [w for arg in args for w in _resolve(s, arg)]
    if not explicit and not state.in_work:
        s.commit()

    def fetch(w: _Wanted) -> None:
        if w.error:
            return
        m = Version(w.path, w.version)
        try:
            _fetch(s, w, m)
        except ModError as e:
            w.error = str(e)

    in_parallel(wanted, fetch)
    errors = [w.error for w in wanted if w.error]
    if as_json:
        for w in wanted:
            print(indented(w.json()))
    elif errors:
        raise fatal("\n".join(f"go: {e}" for e in errors))
    if explicit or state.in_work:
        s.commit()
    return 1 if errors else 0


def _fetch(s: Session, w: _Wanted, m: Version) -> None:
    fetcher = s.state.fetcher
    info, w.info = fetcher.info(m)
    data = fetcher.gomod(m)
    w.gomod = cache.cache_path(m, "mod")
    w.gomod_sum = zips.hash_gomod(data)
    w.zip = fetcher.download_zip(m)
    w.sum = ziphash_of(m)
    w.dir = fetcher.download(m, s.state.local)
    import json

    try:
        w.origin = json.loads(info.text).get("Origin")
    except (ValueError, AttributeError):
        w.origin = None


def _resolve(s: Session, arg: str) -> list[_Wanted]:
    """The modules that an argument names, replaced; those without a version are left out."""
    state = s.state
    path, at, query = arg.partition("@")
    if at:
        if not path or not query or "@" in query:
            raise ModError(f"invalid module argument {arg}")
        if state.contains(path) and query in ("upgrade", "patch"):
            return []
        try:
            current = "" if not state.has_root() else s.graph().selected(path)
            allowed = None if _exact(query) else s.queries.check_allowed
            info = s.queries.query(path, query, "" if current == "none" else current, allowed)
        except ModError as e:
            return [_Wanted(path, query, "", str(e))]
        m = Version(path, info.version)
        return [_of(s, m, query if query != info.version else "")]
    if arg == "all" or "..." in arg:
        from rt0.mod.query import _matches

        mg = s.graph()
        mods = [m for m in mg.build_list() if not gover.is_toolchain(m.path) and (arg == "all" or _matches(arg, m.path))]
        return [w for w in (_of(s, m) for m in mods) if w.version]
    if state.contains(path):
        return []
    rs = s.load()
    v = rs.root_selected(path)
    if v is None and state.has_root():
        v = s.graph().selected(path)
    if v is None or v == "none":
        if not state.has_root():
            try:
                v = s.queries.query(path, "upgrade", "", s.queries.check_allowed).version
            except ModError as e:
                return [_Wanted(path, "", "", str(e))]
            return [_of(s, Version(path, v), "upgrade")]
        return [_Wanted(path, "", "", f"module {path}: not a known dependency")]
    w = _of(s, Version(path, v))
    return [w] if w.version else []


def _exact(query: str) -> bool:
    return query[:1] == "v" and query.count(".") >= 2


def _of(s: Session, m: Version, query: str = "") -> _Wanted:
    actual = s.state.actual(m)
    return _Wanted(actual.path, actual.version, query if actual == m else "")


def verify(args: list[str]) -> int:
    fs = new_flags("rt0 mod verify", "Checks that the modules in the cache are as they were downloaded.")
    values, rest = fs.parse(args)
    if rest:
        raise stop("verify takes no arguments")

    def run() -> int:
        s = new_session(values, "mod verify")
        s.need_root()
        mods = [m for m in s.graph().build_list() if m.version and not gover.is_toolchain(m.path)]
        found: dict[Version, list[str]] = {}

        def check(m: Version) -> None:
            found[m] = _verify(m)

        in_parallel(mods, check)
        errors = [e for m in mods for e in found[m]]
        if errors:
            raise fatal("\n".join(errors))
        print("all modules verified")
        return 0

    return guarded(run)


def _verify(m: Version) -> list[str]:
    """What has been changed of a module in the cache."""
    path = cache.cache_path(m, "zip")
    have_zip = os.path.exists(path)
    try:
        d = cache.check_extracted(m)
    except ModError as e:
        d = "" if e.missing else cache.module_dir(m)
    try:
        with open(path + "hash", "rb") as f:
            h = f.read().decode("utf-8", "replace").strip()
    except OSError as e:
        if not have_zip and not d:
            return []
        return [f"{m.path} {m.version}: missing ziphash: open {path}hash: {(e.strerror or str(e)).lower()}"]
    out: list[str] = []
    try:
        if have_zip and zips.hash_zip(path) != h:
            out.append(f"{m.path} {m.version}: zip has been modified ({path})")
        if d and zips.hash_dir(d, f"{m.path}@{m.version}") != h:
            out.append(f"{m.path} {m.version}: dir has been modified ({d})")
    except ModError as e:
        out.append(f"{m.path} {m.version}: {e}")
    return out



