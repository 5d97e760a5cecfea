"""The user's packages, checked whole before anything of them is lowered: all their errors come together, as go's do.

A package that was found right is noted in the cache under its key and not looked at again; beside that note stands which symbols of others it
names by //go:linkname.
"""

from __future__ import annotations

from rt0.build.cache import Cache
from rt0.build.errors import BuildFailed, link_error
from rt0.build.frontend import Frontend
from rt0.build.keys import Keys
from rt0.build.log import Log
from rt0.build.options import Options
from rt0.build.references import References, linkname_pulls
from rt0.diag import CompileError, Diagnostic, Position
from rt0.load.godebug import line_errors, read_table
from rt0.load.load import LoadedProgram, PackageInfo


class UserCheck:
    """The checks of one build. has_main: the main package has a function main, as far as it was looked at."""

    __slots__ = ("cache", "frontend", "has_main", "keys", "loaded", "log", "options")

    def __init__(self, loaded: LoadedProgram, options: Options, cache: Cache, keys: Keys, frontend: Frontend, log: Log) -> None:
        self.loaded = loaded
        self.options = options
        self.cache = cache
        self.keys = keys
        self.frontend = frontend
        self.log = log
        self.has_main = True

    def packages(self) -> None:
        """Check every package that is not of the standard library. Raises BuildFailed; a package whose imports failed is left out."""
        failed: list[CompileError] = []
        bad: set[str] = set()
        for path, info in self.loaded.packages.items():
            if info.standard:
                continue
            if any(d in bad for d in info.imports.values()):
                bad.add(path)
                continue
            if not self.options.rebuild and self.cache.get(self.keys[path], "checked") is not None:
                continue
            self.log.command(f"check {path}")
            try:
                self._package(path, info)
            except CompileError as e:
                failed.append(e)
                bad.add(path)
        if failed:
            raise BuildFailed(failed)

    def _package(self, path: str, info: PackageInfo) -> None:
        if info.debug:
            context = self.loaded.context
            wrong = line_errors(read_table(context.goroot), info.debug, context.release.removeprefix("go"))
            if wrong:
                raise CompileError([Diagnostic(Position("", 0, 0), "\n".join(wrong))], package=path)
        pkg = self.frontend.package(path)
        if info.linknames and not self.options.dry_run:
            self.cache.put_json(self.keys[path], "pulls", linkname_pulls(pkg, info.linknames))
        if info.name == "main" and "main" not in pkg.scope.elems:
            self.has_main &= path != self.loaded.main  # the linker's complaint: after everybody else's
        elif not self.options.dry_run:
            self.cache.put(self.keys[path], "checked", b"ok")

    def linknames(self, references: References) -> None:
        """What the packages name of others may be named. Raises CompileError."""
        for path, info in self.loaded.packages.items():
            if not info.standard and info.linknames:
                pulls = self.cache.get_json(self.keys[path], "pulls")
                references.check(path, [s for s in pulls if isinstance(s, str)] if isinstance(pulls, list) else ())

    def main(self) -> None:
        """The main package has a function main. Raises CompileError."""
        if not self.has_main:
            raise link_error(self.loaded.main, "runtime.main_main·f: function main is undeclared in the main package")
