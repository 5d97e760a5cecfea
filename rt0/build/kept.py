"""Units of the last build in memory: what the zygote has read and parsed while nobody waited, for the build that is forked from it next.

Nothing here can be wrong, only absent: a file's content counts while the file has the same size, inode and times; what was parsed is found by the content it was parsed from.
In a process that is no fork of the zygote all of it is empty.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import cast

from rt0.abi.defrecord import DefRecord
from rt0.build.cache import Cache
from rt0.obj.elf import FormatError, Object, read_object

Records = dict[str, DefRecord]
Stamp = tuple[int, int, int, int]

MOST = 48 << 20  # bytes of files; a program with more is read as always


class Kept:
    """files: path -> (stamp, content). records, objects: content of a unit's .meta and .o -> what it says. used: units of this process's build, paths without extension."""

    __slots__ = ("files", "objects", "records", "used")

    def __init__(self) -> None:
        self.files: dict[str, tuple[Stamp, bytes]] = {}
        self.records: dict[bytes, Records] = {}
        self.objects: dict[bytes, Object] = {}
        self.used: list[str] = []

    def read(self, cache: Cache, path: str) -> bytes | None:
        """The content of an entry of the cache, as Cache.read gives it."""
        known = self.files.get(path)
        if known is not None and known[0] == _stamp(path):
            return known[1]
        return cache.read(path)

    def records_of(self, data: bytes) -> Records:
        """A .meta read as JSON."""
        known = self.records.get(data)
        return cast(Records, json.loads(data)) if known is None else known

    def object_of(self, data: bytes) -> Object:
        """Raises FormatError."""
        return self.objects.get(data) or read_object(data)

    def learn(self, units: list[str]) -> Iterator[None]:
        """Keep these units and no others; a step for each. Errors are the next build's to report."""
        new = Kept()
        size = 0
        cache = Cache("")
        for path in units:
            for name in (path + ".meta", path + ".o"):
                stamp = _stamp(name)
                known = self.files.get(name)
                data = known[1] if known is not None and known[0] == stamp else cache.read(name)
                if stamp is None or data is None or stamp != _stamp(name):
                    continue
                try:
                    if name.endswith(".o"):
                        new.objects[data] = self.object_of(data)
                    else:
                        new.records[data] = self.records_of(data)
                except (FormatError, ValueError):
                    continue
                new.files[name] = stamp, data
                size += len(data)
            if size > MOST:
                new = Kept()
                break
            yield
        self.files, self.records, self.objects = new.files, new.records, new.objects


def _stamp(path: str) -> Stamp | None:
    try:
        s = os.stat(path)
    except OSError:
        return None
    return s.st_size, s.st_ino, s.st_mtime_ns, s.st_ctime_ns


KEPT = Kept()  # this process's
