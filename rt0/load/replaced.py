"""-overlay: a JSON file that says which files stand in for others while a program is built (cmd/go/internal/fsys/fsys.go, go1.27).

    {"Replace": {"path/of/file.go": "other/file.go", "gone.go": ""}}

Paths are relative to the working directory. A path need not exist: its folders then seem to exist. "" removes a file. Everything that load reads of the
user's folders goes through a `Files`; without -overlay it is the plain file system.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from rt0.diag import CompileError, fatal
from rt0.load import gojson

_NOWHERE = os.path.join(os.devnull, "removed")  # a path that no file can have


def _pairs(top: gojson.Value) -> dict[str, str]:
    """The replacements that an overlay file tells. Raises CompileError as Go's json.Unmarshal words it."""
    out: dict[str, str] = {}
    if top is None:
        return out
    if not isinstance(top, gojson.Object):
        raise _mismatch(top, "value of type fsys.overlayJSON")
    for key, value in top.members:
        if key.lower() != "replace" or value is None:
            continue
        if not isinstance(value, gojson.Object):
            raise _mismatch(value, "struct field overlayJSON.Replace of type map[string]string")
        for path, to in value.members:
            if to is not None and (not isinstance(to, str) or isinstance(to, gojson.Number)):
                raise _mismatch(to, f"struct field overlayJSON.Replace.{path} of type string")
            out[path] = to or ""
    return out


def _mismatch(value: gojson.Value, what: str) -> CompileError:
    return fatal(f"go: parsing overlay JSON: json: cannot unmarshal {gojson.kind(value)} into Go {what}")


class Files:
    """The file system with some files replaced.

    _to     absolute path -> absolute path of what stands in for it, "" for removed
    _below  directory -> names of replaced files and virtual folders in it
    """

    __slots__ = ("_below", "_to", "source")

    def __init__(self, replace: dict[str, str], source: str = "") -> None:
        self.source = source  # the JSON file, "" for none
        self._to = replace
        self._below: dict[str, set[str]] = {}
        for path in replace:
            while True:
                up, name = os.path.split(path)
                if up == path or name in self._below.get(up, ()):
                    break
                self._below.setdefault(up, set()).add(name)
                path = up

    @classmethod
    def read(cls, name: str, cwd: str) -> Files:
        """Raises CompileError in the go command's words."""
        path = os.path.join(cwd, name)
        try:
            with open(path, "rb") as f:
                top = gojson.read(f.read())
        except OSError as e:
            raise fatal(f"go: reading overlay: open {name}: {(e.strerror or str(e)).lower()}") from None
        except gojson.JSONError as e:
            raise fatal(f"go: parsing overlay JSON: {e}") from None
        pairs = _pairs(top)
        out: dict[str, str] = {}
        seen: dict[str, str] = {}
        for old in sorted(pairs):
            if not old:
                raise fatal("go: empty string key in overlay map")
            full = os.path.normpath(os.path.join(cwd, old))
            if full in seen:
                raise fatal(f"go: duplicate paths {seen[full]} and {old} in overlay map")
            seen[full] = old
            out[full] = os.path.normpath(os.path.join(cwd, pairs[old])) if pairs[old] else ""
        kept = [p for p in out if out[p]]
        for p in sorted(kept):
            for q in sorted(kept):
                if q.startswith(p + "/"):
                    raise fatal(f"go: inconsistent files {p} and {q} in overlay map")
        return cls(out, path)

    def replaced(self, more: dict[str, str]) -> Files:
        """These, and more files replaced."""
        return Files({**self._to, **more}, self.source)

    def any(self) -> bool:
        """Whether a file is replaced."""
        return bool(self._to)

    def actual(self, path: str) -> str:
        """The file to read in place of path; a name that does not exist when it is removed."""
        if not self._to:
            return path
        to = self._to.get(path)
        if to is None:
            return path if not self._covered(path) else _NOWHERE
        return to or _NOWHERE

    def _covered(self, path: str) -> bool:
        """Some folder of the path is replaced by a file or removed."""
        up = os.path.dirname(path)
        while up != path:
            if up in self._to:
                return up not in self._below
            path, up = up, os.path.dirname(up)
        return False

    def is_file(self, path: str) -> bool:
        if self._to and path in self._below and self._has(path):
            return False
        return os.path.isfile(self.actual(path))

    def is_dir(self, path: str) -> bool:
        if not self._to:
            return os.path.isdir(path)
        return self._has(path) or (path not in self._to and os.path.isdir(path))

    def _has(self, path: str) -> bool:
        """Whether a file that stands in for another lies below path."""
        prefix = path.rstrip("/") + "/"
        return any(to and p.startswith(prefix) for p, to in self._to.items())

    def is_link(self, path: str) -> bool:
        return path not in self._to and os.path.islink(path)

    def exists(self, path: str) -> bool:
        return self.is_file(path) or self.is_dir(path) or (path not in self._to and os.path.lexists(path))

    def names(self, d: str) -> list[str]:
        """Names in a folder, sorted. Raises OSError."""
        if not self._to or d not in self._below:
            return sorted(os.listdir(d))
        try:
            found = set(os.listdir(d))
        except OSError:
            if not self._has(d):
                raise
            found = set()
        for name in self._below[d]:
            p = os.path.join(d, name)
            if self._to.get(p) == "" and not self._has(p):
                found.discard(name)
            elif p in self._to or self._has(p):
                found.add(name)
        return sorted(found)

    def walk(self, d: str) -> Iterator[tuple[str, list[str], list[str]]]:
        """os.walk, top-down and sorted, without following links."""
        try:
            names = self.names(d)
        except OSError:
            return
        dirs = [n for n in names if self.is_dir(os.path.join(d, n)) and not self.is_link(os.path.join(d, n))]
        files = [n for n in names if n not in dirs]
        yield d, dirs, files
        for n in dirs:
            yield from self.walk(os.path.join(d, n))

