"""Identity of the toolchain itself: a hash over rt0's own files, part of every cache key.

The hash is taken over file contents; a stamp (paths, sizes, times) tells cheaply whether the last hash still holds.
"""

from __future__ import annotations

import os

from rt0.build.cache import Cache, key_of

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def own_files() -> list[str]:
    """rt0's source files: Python and the overlay, sorted."""
    out = []
    for d, dirs, files in os.walk(ROOT):
        dirs[:] = sorted(x for x in dirs if x != "__pycache__")
        out += [os.path.join(d, f) for f in files if f.endswith((".py", ".go", ".s", ".h", ".txt"))]
    out.sort()
    return out


def toolchain_id(cache: Cache) -> str:
    """SHA-256 (hex) of rt0's files and the versions of what generates code."""
    files = own_files()
    stats = [(os.path.relpath(f, ROOT), s.st_size, s.st_mtime_ns) for f in files for s in (os.stat(f),)]
    stamp = key_of("toolchain stamp", ROOT, stats)
    known = cache.get(stamp, "toolchain")
    if known is not None:
        return known.decode()
    parts: list[object] = ["toolchain", _llvmlite_version()]
    for f in files:
        with open(f, "rb") as fh:
            parts += [os.path.relpath(f, ROOT), fh.read()]
    tid = key_of(*parts)
    cache.put(stamp, "toolchain", tid.encode())
    return tid


def _llvmlite_version() -> str:
    """Version of llvmlite, without importing it."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("llvmlite")
    except PackageNotFoundError:
        return "none"
