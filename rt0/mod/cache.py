"""The module cache: GOMODCACHE in go's own layout, with go's locks, so that both can use it at once (cmd/go/internal/modfetch/cache.go, go1.27).

    cache/lock                                      held while a go.mod or go.sum is written
    cache/download/PATH/@v/list                     versions of which there is a .mod
    cache/download/PATH/@v/V.info .mod .zip         what a proxy gave
    cache/download/PATH/@v/V.ziphash                h1: hash of the zip, once it was verified
    cache/download/PATH/@v/V.lock                   held while the zip is fetched or taken apart
    cache/download/PATH/@v/V.partial                is there while it is being taken apart
    PATH@V/                                         the files of the module, read-only

Files come into being under another name and are renamed: whoever finds one finds it whole.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager

from rt0.diag import go_quote
from rt0.mod import gover, semver
from rt0.mod.lockedfile import locked, os_error, read, transform
from rt0.mod.path import ModError, Version, escape_path, escape_version
from rt0.mod.settings import gomodcache


class NotExtracted(ModError):
    """The directory of a module is there, but not whole."""

    def __init__(self, d: str, why: str) -> None:
        ModError.__init__(self, f"{d}: {why}", missing=True)


def root() -> str:
    """The cache's folder, which is made if need be. Raises ModError."""
    d = gomodcache()
    if not d:
        raise ModError("module cache not found: neither GOMODCACHE nor GOPATH is set")
    if not os.path.isabs(d):
        raise ModError(f"GOMODCACHE entry is relative; must be absolute path: {go_quote(d)}.\n")
    try:
        os.makedirs(d, exist_ok=True)
    except FileExistsError:
        raise ModError(f"could not create module cache: {go_quote(d)} is not a directory") from None
    except OSError as e:
        raise ModError(f"could not create module cache: {os_error('mkdir', e.filename or d, e)}") from None
    return d


def _check(m: Version) -> None:
    if not gover.mod_is_valid(m.path, m.version):
        raise ModError(f"non-semver module version {go_quote(m.version)}")
    if semver.canonical_version(m.version) != m.version:
        raise ModError(f"non-canonical module version {go_quote(m.version)}")


def versions_dir(path: str) -> str:
    return os.path.join(root(), "cache", "download", escape_path(path), "@v")


def cache_path(m: Version, suffix: str) -> str:
    """Where a file of a module is or would be. Raises ModError."""
    d = versions_dir(m.path)
    _check(m)
    return os.path.join(d, f"{escape_version(m.version)}.{suffix}")


def module_dir(m: Version) -> str:
    """Where the module's files are or would be. Raises ModError."""
    d = root()
    name = escape_path(m.path)
    _check(m)
    return os.path.join(d, f"{name}@{escape_version(m.version)}")


def check_extracted(m: Version) -> str:
    """The directory with the module's files. Raises ModError, `missing` where it is not there, NotExtracted where it is not whole."""
    d = module_dir(m)
    if not os.path.lexists(d):
        raise ModError(f"stat {d}: no such file or directory", missing=True)
    if not os.path.isdir(d):
        raise NotExtracted(d, "not a directory")
    if os.path.exists(cache_path(m, "partial")):
        raise NotExtracted(d, "not completely extracted")
    if not os.path.exists(cache_path(m, "ziphash")):
        raise NotExtracted(d, "ziphash file is missing")
    return d


@contextmanager
def lock_version(m: Version) -> Iterator[None]:
    """Hold the lock of a module's zip and files."""
    path = cache_path(m, "lock")
    make_dirs(os.path.dirname(path))
    with locked(path):
        yield


@contextmanager
def side_lock() -> Iterator[None]:
    """Hold the lock of the whole cache, under which go.mod and go.sum are written; where there can be none, go on without."""
    try:
        d = os.path.join(root(), "cache")
        make_dirs(d)
        lock = locked(os.path.join(d, "lock"))
        lock.__enter__()
    except ModError:
        yield
        return
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


def make_dirs(d: str) -> None:
    try:
        os.makedirs(d, exist_ok=True)
    except OSError as e:
        raise os_error("mkdir", e.filename or d, e) from None


def read_file(m: Version, suffix: str) -> bytes | None:
    """A file of a module; None when it is not there."""
    try:
        with open(cache_path(m, suffix), "rb") as f:
            return f.read()
    except (OSError, ModError):
        return None


def temp_name(path: str) -> str:
    """A name beside path that a later run knows for a leftover."""
    return f"{path}{random.randrange(1_000_000_000)}.tmp"


def write_file(m: Version, suffix: str, data: bytes) -> None:
    """Raises ModError."""
    path = cache_path(m, suffix)
    make_dirs(os.path.dirname(path))
    tmp = temp_name(path)
    try:
        with open(tmp, "xb") as f:
            f.write(data)
        os.rename(tmp, path)
    except OSError as e:
        try:
            os.unlink(tmp)
        except OSError:
            pass
        raise os_error("open", tmp, e) from None
    if suffix == "mod":
        _rewrite_list(os.path.dirname(path))


def _rewrite_list(d: str) -> None:
    """Bring the list of versions up to date; where that cannot be, it stays as it is."""
    try:
        names = [n.removesuffix(".mod") for n in os.listdir(d) if n.endswith(".mod")]
        versions = sorted((v for v in names if v and semver.canonical_version(v) == v), key=lambda v: (semver.key(v), v))
        data = "".join(f"{v}\n" for v in versions).encode()
        transform(os.path.join(d, "list"), lambda old: None if old == data else data)
    except (OSError, ModError):
        pass


def read_ziphash(m: Version) -> str:
    """The recorded hash of a module's zip; "" when there is none. Raises ModError."""
    try:
        return read(cache_path(m, "ziphash")).decode("utf-8", "surrogateescape").strip()
    except ModError as e:
        if e.missing:
            return ""
        raise


def remove_all(d: str) -> None:
    """Remove a directory whose folders are read-only. Raises OSError."""
    import shutil

    for p, _, _ in os.walk(d):
        try:
            os.chmod(p, 0o777)
        except OSError:
            pass
    if os.path.isdir(d) and not os.path.islink(d):
        shutil.rmtree(d)
    elif os.path.lexists(d):
        os.unlink(d)


def make_read_only(d: str) -> None:
    """Take the right to write from all folders of a tree."""
    for p, _, _ in os.walk(d, topdown=False):
        mode = os.stat(p).st_mode & 0o7777
        try:
            os.chmod(p, mode & ~0o222)
        except OSError:
            pass
