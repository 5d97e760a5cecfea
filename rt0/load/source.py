"""The file system and the standard library as rt0/mod sees them: which folders have Go files, and what they import.

With `any_tags` a file counts whatever its constraints say, but for `ignore`: `go mod tidy` keeps what a build on any system needs
(cmd/go/internal/imports/scan.go and build.go, go1.27).
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from rt0.diag import CompileError
from rt0.load.constraint import ConstraintError
from rt0.load.header import HeaderError, read_header
from rt0.load.model import BuildContext
from rt0.mod.path import ModError
from rt0.mod.state import NoGo


class LoadSource:
    """Implements rt0.mod.state.Source."""

    def __init__(self, ctx: BuildContext, leaves: bool = False) -> None:
        """leaves: what packages of the standard library import is of no concern."""
        self.ctx = ctx
        self.leaves = leaves
        self.fs = ctx.files
        self.std_src = os.path.join(ctx.goroot, "src")
        self._go: dict[str, bool] = {}
        self._std: dict[str, bool] = {}

    def is_std(self, path: str) -> bool:
        known = self._std.get(path)
        if known is None:
            known = self._std[path] = self.has_go(os.path.join(self.std_src, path)) or os.path.isdir(os.path.join(self.ctx.overlay, path))
        return known

    def actual(self, path: str) -> str:
        return self.fs.actual(path)

    def is_file(self, path: str) -> bool:
        return self.fs.is_file(path)

    def has_go(self, d: str) -> bool:
        known = self._go.get(d)
        if known is None:
            try:
                known = any(n.endswith(".go") and self.fs.is_file(os.path.join(d, n)) for n in self.fs.names(d))
            except OSError:
                known = False
            self._go[d] = known
        return known

    def packages(self, root: str, prune_vendor: bool) -> Iterator[str]:
        for d, dirs, files in self.fs.walk(root):
            if d != root and "go.mod" in files:
                dirs[:] = []
                continue
            dirs[:] = [x for x in dirs if x[0] not in "_." and x != "testdata" and not (x == "vendor" and (d == root or not prune_vendor))]
            if any(f.endswith(".go") for f in files):
                yield "" if d == root else os.path.relpath(d, root)

    def scan(self, d: str, any_tags: bool) -> tuple[list[str], list[str]]:
        if self.leaves and d.startswith(self.std_src + "/"):
            return [], []
        imports: set[str] = set()
        tests: set[str] = set()
        count = 0
        tags = self.ctx.tags
        try:
            names = self.fs.names(d)
        except OSError as e:
            raise ModError(f"open {d}: {(e.strerror or str(e)).lower()}") from None
        for name in names:
            if name[0] in "_." or not name.endswith(".go") or not (any_tags or tags.name_matches(name)):
                continue
            path = self.fs.actual(os.path.join(d, name))
            try:
                with open(path, "rb") as f:
                    data = f.read()
            except IsADirectoryError:
                continue
            except OSError as e:
                raise ModError(f"reading {path}: {(e.strerror or str(e)).lower()}") from None
            try:
                h = read_header(data)
                if h.constraint and not (tags.may_match(h.constraint) if any_tags else tags.header_matches(h.constraint)):
                    continue
            except (HeaderError, ConstraintError, CompileError) as e:
                raise ModError(f"reading {os.path.join(d, name)}: {e}") from None
            if not any_tags and any(i.path == "C" for i in h.imports):
                continue
            count += 1
            (tests if name.endswith("_test.go") else imports).update(i.path for i in h.imports if i.path)
        if not count:
            raise NoGo("no Go source files")
        return sorted(imports), sorted(tests)
