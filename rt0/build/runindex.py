"""From a command line straight to a cached executable.

After a successful `rt0 run`, `run/KEY` in the cache says which executable the command line gave and which files and folders
went into it, each with size, inode and the times of its last change. `find` believes it only while all of them are
untouched, nothing relevant in the environment differs, and the executable's checksum holds. Files that changed in the
last moments before the record was written are not trusted: their next change might carry the same time.

The record is text, a line per fact, since this is the hottest path of the command: no json, no heavy import.
"""

from __future__ import annotations

import hashlib
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rt0.build.cache import Cache
    from rt0.load.load import LoadedProgram

_ENV = ("GOROOT", "GOAMD64", "GOFLAGS", "PATH", "GOEXPERIMENT", "GOWORK")
_RACY_NS = 20_000_000


def _root() -> str:
    from rt0.build.cache import cache_dir

    return cache_dir()


def _key(head: list[str]) -> str:
    text = "\0".join(["run", os.getcwd(), *(os.environ.get(n, "") for n in _ENV), *head])
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _stat_line(path: str) -> str:
    try:
        s = os.stat(path)
    except OSError:
        return f"- {path}"
    return f"{s.st_size}.{s.st_ino}.{s.st_mtime_ns}.{s.st_ctime_ns} {path}"


def find(head: list[str]) -> str | None:
    """Path of the executable for an unchanged command line, else None."""
    root = _root()
    if not root:
        return None
    try:
        with open(os.path.join(root, "run", _key(head)), encoding="utf-8", errors="surrogateescape") as f:
            lines = f.read().split("\n")
        exe, digest = lines[0], lines[1]
        if lines[-1] != "end":
            return None
        stat = os.stat
        for line in lines[2:-1]:
            want, _, path = line.partition(" ")
            if want == "-":
                if os.path.exists(path):
                    return None
                continue
            s = stat(path)
            if f"{s.st_size}.{s.st_ino}.{s.st_mtime_ns}.{s.st_ctime_ns}" != want:
                return None
        with open(exe, "rb") as fb:
            if hashlib.sha256(fb.read()).hexdigest() != digest:
                return None
        return exe
    except (OSError, IndexError):
        return None


def store(cache: Cache, head: list[str], loaded: LoadedProgram, exe: bytes) -> str | None:
    """Put the executable into the cache and record what it was made of. None when the cache cannot be written."""
    digest = hashlib.sha256(exe).hexdigest()
    path = os.path.join(cache.root, "exe", digest[:2], digest, os.path.basename(program_name(loaded)))
    if not cache.root or not _good(path, digest) and not cache.write(path, exe, raw=True, mode=0o755):
        return None
    if not head:
        return path
    from rt0.build.toolchain import own_files

    inputs: list[str] = [*own_files(), *loaded.inputs()]
    lines = [_stat_line(p) for p in dict.fromkeys(inputs)]
    now = time.time_ns()
    user = [p for info in loaded.packages.values() if not info.standard for _, p in info.go_files]
    if any(now - os.stat(p).st_ctime_ns < _RACY_NS for p in user):
        return path
    text = "\n".join([path, digest, *lines, "end"])
    cache.write(os.path.join(cache.root, "run", _key(head)), text.encode("utf-8", "surrogateescape"), raw=True)
    return path


def _good(path: str, digest: str) -> bool:
    try:
        with open(path, "rb") as f:
            return hashlib.sha256(f.read()).hexdigest() == digest
    except OSError:
        return False


def program_name(loaded: LoadedProgram) -> str:
    """The name `go run` gives the executable."""
    info = loaded.packages[loaded.main]
    if info.path == "command-line-arguments":
        return os.path.basename(info.go_files[0][0]).removesuffix(".go")
    return os.path.basename(info.path)
