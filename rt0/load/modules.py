"""Packages of other modules, for a build: rt0/mod finds the module of every import, once, before the packages are read.

Used where the main module requires others, and in workspaces; imported only there.
"""

from __future__ import annotations

import os

from rt0.diag import fatal
from rt0.load.header import HeaderError, read_header
from rt0.load.model import BuildContext
from rt0.load.source import LoadSource
from rt0.mod import gover
from rt0.mod.importing import ImportMissingSum
from rt0.mod.path import ModError, Version
from rt0.mod.resolve import Module, Options, Session, Wanted
from rt0.mod.state import NoGo

Place = tuple[str, str, bool, str]  # (package path, directory, standard, module path)


class Modules:
    """The modules of one load. matches: pattern -> paths of the packages it names."""

    def __init__(self, ctx: BuildContext, gowork: str) -> None:
        options = Options(ctx.verb, ctx.release.removeprefix("go"), ctx.cwd, ctx.mod, ctx.modfile, work=gowork)
        if gowork and ctx.modfile:
            raise fatal("go: -modfile cannot be used in workspace mode")
        self.session = Session(options, LoadSource(ctx, leaves=True))
        self.src = os.path.join(ctx.goroot, "src")
        self.matches: dict[str, list[str]] = {}
        self._known: dict[str, Module] = {}

    def load(self, patterns: list[str], tests: bool) -> None:
        """Find the modules of all packages that the patterns name. Raises CompileError."""
        wanted = Wanted(resolve_missing=True, silence=True, load_tests=tests)
        try:
            for m in self.session.load_packages(wanted, patterns):
                if m.errors:
                    raise m.errors[0]
                self.matches[m.pattern] = m.packages
        except ModError as e:
            raise fatal(f"go: {e}") from None

    def load_files(self, paths: list[str], tests: bool) -> None:
        """The same for what named files import."""
        imports: list[str] = []
        for path in paths:
            try:
                with open(self.session.state.source.actual(path), "rb") as f:
                    imports += [i.path for i in read_header(f.read()).imports if i.path and i.path != "C"]
            except (OSError, HeaderError):
                continue  # reported when the package is read
        self.load([p for p in dict.fromkeys(imports) if not p.startswith((".", "/"))], tests)

    def find(self, path: str) -> Place:
        """Where a package is. Raises ModError."""
        pkg = self.session.package(path)
        if pkg is None:
            raise ModError(f"cannot find package {path}")
        if pkg.error is not None and not (isinstance(pkg.error, NoGo) and pkg.dir):
            raise pkg.error
        return path, pkg.dir, not pkg.mod.path, pkg.mod.path

    def importer_of(self, e: ModError) -> bool:
        """Whether an error names who imports the package itself."""
        return isinstance(e, ImportMissingSum)

    def module(self, path: str) -> Module | None:
        """A module that packages of the build come from."""
        known = self._known.get(path)
        if known is None and self.session.loader is not None:
            for pkg in self.session.loader.packages:
                if pkg.mod.path and pkg.mod.path not in self._known:
                    self._known[pkg.mod.path] = self.session.module(pkg.mod)
            known = self._known.get(path)
        return known

    def language(self, path: str) -> str:
        """Language version of a module."""
        state = self.session.state
        main = next((m for m in state.main if m.mod.path == path), None)
        if main is not None:
            return gover.lang(main.file.go.text if main.file.go is not None else gover.DEFAULT_GOMOD)
        m = self.module(path)
        return gover.lang(m.goversion) if m is not None and m.goversion else "1.16"

    def main_of(self, d: str) -> Version | None:
        """The main module that a folder lies in."""
        state = self.session.state
        roots = [m for m in state.main if d == m.root or d.startswith(m.root + "/")]
        return max(roots, key=lambda m: len(m.root)).mod if roots else None

    def files(self) -> list[str]:
        """Files whose change may change what was found."""
        state = self.session.state
        out = [state.sums.file, *state.sums.workspace, *(m.gomod for m in state.main)]
        return [p for p in [*out, state.o.work] if p]
