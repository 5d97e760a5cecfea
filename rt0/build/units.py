"""Compiled units of one package in the cache, and what the demand walk needs to know of them.

A unit is one LLVM module or one assembled `.s` file: an object and, per symbol it defines, a DefMeta. Units of a package
stand in `units/PKGKEY/NAME.meta`, `.want` and `.o`; PKGKEY covers the sources, the options and everything the package depends on, so
all units in the folder are valid together. NAME is the hash of the demanded symbols, so the same demand gives the same unit.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import cast

from rt0.abi.defrecord import DefRecord
from rt0.build.cache import Cache
from rt0.build.kept import KEPT
from rt0.build.workers import Job


@dataclass(slots=True, eq=False)
class CompiledUnit:
    """One object on its way or done. defs: symbol -> what is known of its definition. symbols: that were asked for, of a unit of Go code made in this build."""

    package: str
    name: str
    defs: dict[str, DefRecord] = field(default_factory=dict)
    job: Job | None = None  # the worker's job while it is being compiled
    path: str = ""  # of the .o in the cache
    data: bytes | None = None
    symbols: list[str] = field(default_factory=list)

    def object_bytes(self, cache: Cache) -> bytes | None:
        """The object; None when the cache entry is damaged."""
        if self.data is None:
            self.data = self.job.result() if self.job is not None else KEPT.read(cache, self.path)
        return self.data


def unit_dir(cache: Cache, pkg_key: str) -> str:
    return os.path.join(cache.root, "units", pkg_key)


def cached_names(cache: Cache, pkg_key: str) -> list[str]:
    """Names of the units of a package in the cache, sorted; whether they are whole is not looked at."""
    try:
        return sorted(n[:-5] for n in os.listdir(unit_dir(cache, pkg_key)) if n.endswith(".meta")) if cache.root else []
    except OSError:
        return []


def cached_units(cache: Cache, pkg_key: str, package: str) -> list[CompiledUnit]:
    """All complete units of a package, in a stable order."""
    units = [recorded_unit(cache, pkg_key, package, n) for n in cached_names(cache, pkg_key)]
    return [u for u in units if u is not None]


def recorded_unit(cache: Cache, pkg_key: str, package: str, name: str) -> CompiledUnit | None:
    """A unit by its name; None when it is not there as a whole."""
    d = unit_dir(cache, pkg_key)
    data = KEPT.read(cache, os.path.join(d, name + ".meta"))
    path = os.path.join(d, name + ".o")
    if data is None or not os.path.exists(path):
        return None
    return CompiledUnit(package, name, KEPT.records_of(data), path=path)


def store_unit(cache: Cache, pkg_key: str, unit: CompiledUnit) -> None:
    """Write a finished unit: object first, so that a .meta never stands without the others."""
    d = unit_dir(cache, pkg_key)
    assert unit.data is not None
    if cache.write(os.path.join(d, unit.name + ".o"), unit.data):
        meta = json.dumps(unit.defs, separators=(",", ":"), sort_keys=True).encode()
        cache.write(os.path.join(d, unit.name + ".want"), json.dumps(unit.symbols, separators=(",", ":")).encode())
        cache.write(os.path.join(d, unit.name + ".meta"), meta)


def wanted_symbols(cache: Cache, pkg_key: str, unit: CompiledUnit) -> list[str]:
    """The symbols that lower was asked for when it made the unit: with them it writes the same IR again. [] for a unit of assembly."""
    if unit.symbols or not cache.root:
        return unit.symbols
    data = cache.read(os.path.join(unit_dir(cache, pkg_key), unit.name + ".want"))
    return [] if data is None else cast(list[str], json.loads(data))


def drop_unit(cache: Cache, pkg_key: str, name: str) -> None:
    """Remove a unit whose object turned out to be damaged."""
    for ext in (".meta", ".want", ".o"):
        try:
            os.unlink(os.path.join(unit_dir(cache, pkg_key), name + ext))
        except OSError:
            pass
