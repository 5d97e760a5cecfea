"""Packages of other modules, for a build: rt0/mod finds the module of every import, once, before the packages are read.

Used where the main module requires others, and in workspaces; imported only there.
"""

from __future__ import annotations

import os
import sys

from rt0.diag import fatal
from rt0.load.header import HeaderError, read_header
from rt0.load.model import BuildContext
from rt0.load.source import LoadSource
from rt0.mod import gover, modfile
from rt0.mod.editing import edit_requirements
from rt0.mod.importing import ImportMissingSum
from rt0.mod.modfile import FileErrors
from rt0.mod.path import ModError, Version
from rt0.mod.query import is_revision, short_message
from rt0.mod.resolve import Module, Options, Session, Wanted
from rt0.mod.state import NoGo

Place = tuple[str, str, bool, str]  # (package path, directory, standard, module path)


class Modules:
    """The modules of one load. matches: pattern -> paths of the packages it names."""

    def __init__(self, ctx: BuildContext, gowork: str) -> None:
        options = Options(ctx.verb, ctx.release.removeprefix("go"), ctx.cwd, ctx.mod, ctx.modfile, work=gowork, no_root=bool(ctx.at))
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

    def load_at(self, patterns: list[str], version: str) -> None:
        """The same for packages of one module at a version, without regard to the module that we stand in. Raises CompileError."""
        s = self.session
        s.state.allow_missing = True
        try:
            s.load()
            exact = is_revision(patterns[0], version)
            found = s.queries.packages(patterns[0], version, lambda _: "none", (lambda _: None) if exact else s.queries.check_allowed)
            m = found[0].mod
            try:
                if text := s.queries.deprecation(m):
                    print(f"go: module {m.path} is deprecated: {short_message(text, '')}", file=sys.stderr)
            except ModError:
                pass
            self._check_directives(f"{patterns[0]}@{version}", m)
            s.requirements, _ = edit_requirements(s.requirements, [], [m], s.queries, False)
        except ModError as e:
            raise fatal(f"go: {patterns[0]}@{version}: {e}") from None
        self.load(patterns, False)
        for path in (p for paths in self.matches.values() for p in paths):
            pkg = s.package(path)
            if pkg is not None and pkg.error is None and pkg.mod != m:
                raise fatal(f"go: package {path} provided by module {pkg.mod}\n\tAll packages must be provided by the same module ({m}).")

    def _check_directives(self, pattern: str, m: Version) -> None:
        """Raises ModError for a go.mod that means something else when it is not the main one."""
        try:
            f = modfile.parse("go.mod", self.session.state.fetcher.gomod(m))
        except FileErrors as e:
            raise ModError(f"(in {m}): {e}") from None
        for word, of in (("replace", f.replace), ("exclude", f.exclude)):
            if of:
                raise fatal(
                    f"go: {pattern} (in {m}):\n\tThe go.mod file for the module providing named packages contains one or\n"
                    f"\tmore {word} directives. It must not contain directives that would cause\n\tit to be interpreted differently than if it were the main module."
                )

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
