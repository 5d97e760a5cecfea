"""What is known of the standard library's packages from an earlier load, so that the heads of 600 files are not read for every build.

A record is a PackageInfo as Reader made it, before anything was resolved, with a stamp: the folders of the package and every file whose text had a say, each with size, inode
and the times of its last change. It counts while all of them are untouched. All records of one GOROOT, set of build tags and state of this stage's code lie in one
entry of the caller's (`model.Shelf`), each as marshal's bytes, since a build needs some of them.

Kept are packages without embedded files, read with no file replaced. Files that changed in the last second are not trusted: their next change might carry the same time.
"""

from __future__ import annotations

import marshal
import os
import time
from dataclasses import fields
from typing import cast

from rt0.load.model import BuildContext, PackageInfo, Shelf

Stamp = list[tuple[str, int, int, int, int]]

_FIELDS = tuple(f.name for f in fields(PackageInfo))
_FRESH_NS = 1_000_000_000


def _stamp(paths: list[str]) -> Stamp:
    """A path that does not exist counts as such. Raises OSError for other reasons."""
    out: Stamp = []
    for p in paths:
        try:
            s = os.stat(p)
        except FileNotFoundError:
            out.append((p, -1, 0, 0, 0))
        else:
            out.append((p, s.st_size, s.st_ino, s.st_mtime_ns, s.st_ctime_ns))
    return out


class StdRecords:
    """The records of one load."""

    __slots__ = ("_changed", "_name", "_records", "_shelf")

    def __init__(self, ctx: BuildContext, shelf: Shelf) -> None:
        self._shelf = shelf
        here = os.path.dirname(os.path.abspath(__file__))
        code = _stamp(sorted(e.path for e in os.scandir(here) if e.name.endswith(".py")))
        self._name = repr((code, ctx.goroot, ctx.release, ctx.overlay, sorted(ctx.tags.held)))
        data = shelf.get(self._name)
        self._records: dict[str, tuple[Stamp, bytes]] = marshal.loads(data) if data is not None else {}
        self._changed = False

    def find(self, path: str) -> PackageInfo | None:
        """The package as it was read, if it still is so."""
        known = self._records.get(path)
        if known is None:
            return None
        stamp, data = known
        try:
            if _stamp([s[0] for s in stamp]) != stamp:
                return None
        except OSError:
            return None
        return PackageInfo(**dict(zip(_FIELDS, cast("list[object]", marshal.loads(data)), strict=True)))  # type: ignore[arg-type]

    def keep(self, info: PackageInfo, read: list[str]) -> None:
        """Remember a package of which nothing is resolved yet. read: folders and files that decided what it is."""
        if info.embed_at:
            return
        try:
            stamp = _stamp(read)
        except OSError:
            return
        if max(max(s[3:]) for s in stamp) > time.time_ns() - _FRESH_NS:
            return
        self._records[info.path] = stamp, marshal.dumps([getattr(info, name) for name in _FIELDS])
        self._changed = True

    def save(self) -> None:
        if self._changed:
            self._shelf.put(self._name, marshal.dumps(self._records))
            self._changed = False
