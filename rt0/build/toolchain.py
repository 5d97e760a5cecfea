"""Identity of the toolchain itself: hashes over rt0's own files, part of every cache key.

There are two: of everything, for executables, and of what decides how a unit is compiled, for units (tests/test_layers.py keeps the
stages that make units from importing the others). The hashes are taken over file contents; a stamp (paths, sizes, times) tells
cheaply whether the last ones still hold.
"""

from __future__ import annotations

import os

from rt0.build.cache import Cache, key_of

AFTER_UNITS = ("cmd", "explain", "link", "test")  # folders that only work on finished units
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def own_files() -> list[str]:
    """rt0's source files: Python and the overlay, sorted."""
    out = []
    for d, dirs, files in os.walk(ROOT):
        dirs[:] = sorted(x for x in dirs if x != "__pycache__")
        out += [os.path.join(d, f) for f in files if f.endswith((".py", ".go", ".s", ".h", ".txt"))]
    out.sort()
    return out


def toolchain_ids(cache: Cache) -> tuple[str, str]:
    """SHA-256 (hex) of rt0's files and the versions of what generates code: (of what makes units, of everything)."""
    files = own_files()
    stats = [(os.path.relpath(f, ROOT), s.st_size, s.st_mtime_ns) for f in files for s in (os.stat(f),)]
    stamp = key_of("toolchain stamp", ROOT, stats)
    known = cache.get(stamp, "toolchain")
    if known is not None:
        units, _, whole = known.decode().partition(" ")
        return units, whole
    before: list[object] = ["toolchain", _llvmlite_version()]
    after: list[object] = []
    for f in files:
        name = os.path.relpath(f, ROOT)
        with open(f, "rb") as fh:
            (after if name.split(os.sep)[0] in AFTER_UNITS else before).extend((name, fh.read()))
    units = key_of(*before)
    whole = key_of(units, *after)
    cache.put(stamp, "toolchain", f"{units} {whole}".encode())
    return units, whole


def _llvmlite_version() -> str:
    """Version of llvmlite, without importing it."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("llvmlite")
    except PackageNotFoundError:
        return "none"
