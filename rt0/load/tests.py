"""The packages of `rt0 test`: each named package with its test files, and the programs that test them.

    PATH              as others import it
    PATH  (in tests)  with the test files of its own package: it takes the package's place in its test program, for everybody
    PATH_test         the test files of the package beside it
    PATH.test         the generated main, which hands what both offer to package testing

A program has one package PATH, so what imports it is compiled against the one with the test files, as go does it ("recompile for test",
cmd/go/internal/load/test.go, go1.27). What is wrong with one package keeps the others from nothing: it stands in `Tested.error`.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections import deque
from dataclasses import dataclass
from itertools import pairwise

from rt0.diag import CompileError
from rt0.load.find import Place
from rt0.load.graph import in_order
from rt0.load.load import Loader
from rt0.load.model import COMMAND_LINE, BuildContext, LoadedProgram, PackageInfo, closure
from rt0.load.read import NoFiles, Part
from rt0.load.workspace import Workspace

# What a generated main imports besides the tested packages.
TESTMAIN_IMPORTS = ("os", "reflect", "testing", "testing/internal/testdeps")


@dataclass(slots=True)
class Tested:
    """A package that is to be tested.

    plain     as others import it; None: it has test files only
    tests     with its own test files; None: it has none
    external  PATH_test; None: there is none
    error     why it cannot be built, as the go command says it
    """

    path: str
    dir: str
    module: str
    standard: bool
    plain: PackageInfo | None = None
    tests: PackageInfo | None = None
    external: PackageInfo | None = None
    error: str = ""

    @property
    def name(self) -> str:
        """The package's name."""
        info = self.plain or self.tests
        return info.name if info is not None else self.external.name.removesuffix("_test") if self.external is not None else ""

    def has_tests(self) -> bool:
        return self.tests is not None or self.external is not None


class TestLoad:
    """One load: `packages` are to be tested, in the order of the command line; the graph holds all they and their tests import."""

    __slots__ = ("loader", "packages", "ws")

    def __init__(self, ctx: BuildContext, patterns: list[str]) -> None:
        self.ws = Workspace(ctx)
        self.loader = Loader(self.ws)
        named = any(p.endswith(".go") for p in patterns)
        self.ws.load_modules(self.loader.named_files(patterns)[1] if named else patterns, files=named, tests=True)
        if named:
            self.packages = [self._files(patterns)]
        else:
            found: dict[str, Tested] = {}
            for pattern in patterns:
                for t in self._named(pattern):
                    found.setdefault(t.path, t)
            self.packages = list(found.values())
        if any(t.has_tests() for t in self.packages):
            for path in ("runtime", *TESTMAIN_IMPORTS):
                self.loader.graph.load(path, os.path.join(self.ws.src, path), True, "")
            self.loader.graph.check()
        self.loader.reader.keep()

    def _named(self, pattern: str) -> list[Tested]:
        """What a pattern names; when that cannot be told, the pattern stands in for a package."""
        wide = "..." in pattern or pattern in ("all", "std", "cmd")
        try:
            places = self.loader.finder.expand(pattern)
        except CompileError as e:
            return [Tested(pattern, "", "", False, error=str(e))]
        if wide and not places:
            print(f'go: warning: "{pattern}" matched no packages', file=sys.stderr)
        found = [self._load(place, None) for place in places]
        if not wide and found and found[0].error.startswith("no Go files") and pattern[0] in "./":
            found[0].path = pattern
        return found

    def _files(self, names: list[str]) -> Tested:
        """Files of one folder, given by name. Raises CompileError."""
        d, paths = self.loader.named_files(names)
        mod = self.ws.module
        module = mod.path if mod is not None and (d + "/").startswith(mod.dir + "/") else ""
        return self._load((COMMAND_LINE, d, False, module), paths)

    def _load(self, place: Place, only: list[str] | None) -> Tested:
        """The package at a place; only: of the folder's files these."""
        path, d, standard, module = place
        graph = self.loader.graph
        t = Tested(path, d, module, standard)
        try:
            try:
                if only is None:
                    graph.load(path, d, standard, module)
                else:
                    graph.follow(self.loader.reader.read_package(path, d, standard, module, only))
                t.plain = graph.packages.get(path)
            except NoFiles as e:
                if not e.msg.startswith((f"{path}: no non-test", "no Go files")):
                    raise
            whole = self._part(place, only, "tests", "")
            if whole is not None and any(f.endswith("_test.go") for _, f in whole.go_files):
                t.tests = whole
                graph.follow(whole, record=False)
            t.external = self._part(place, only, "external", t.name)
            if t.external is not None:
                graph.follow(t.external, record=False)
            if t.plain is None and not t.has_tests():
                raise NoFiles(f"no Go files in {d}")
            self._no_cycle(t)
        except NoFiles as e:
            t.error = e.msg
        except CompileError as e:
            t.error = str(e)
        wrong = [*graph.missing, *dict.fromkeys(graph.late)]
        if wrong:
            t.error = "\n".join([*([t.error] if t.error else []), *wrong])
            graph.missing, graph.late = [], []
            graph.seen_missing, graph.misused = set(), set()
        return t

    def _part(self, place: Place, only: list[str] | None, part: Part, of: str) -> PackageInfo | None:
        """That part of a directory; None when build constraints leave nothing of it, or there is nothing. Raises NoFiles."""
        path, d, standard, module = place
        try:
            return self.loader.reader.read_package(path, d, standard, module, only, part, of)
        except NoFiles as e:
            if e.msg.startswith(("no Go files", f"package {path}: build constraints")):
                return None
            raise

    def _no_cycle(self, t: Tested) -> None:
        """The package's own tests may not import what imports the package. Raises NoFiles with the shortest way round."""
        if t.tests is None:
            return
        packages = self.loader.graph.packages
        importer: dict[str, str] = dict.fromkeys(t.tests.imports.values(), "")
        queue = deque(importer)
        while queue:
            path = queue.popleft()
            if path == t.path:
                way = [path]
                while importer[way[-1]]:
                    way.append(importer[way[-1]])
                way = [t.path, *reversed(way)]
                lines = [f"package {way[0]}"]
                for user, used in pairwise(way):
                    info = t.tests if user == t.path else packages[user]
                    spec = next(s for s, p in info.imports.items() if p == used)
                    lines.append(f"\timports {used} from {os.path.basename(info.import_at[spec][0])}")
                raise NoFiles("\n".join(lines) + ": import cycle not allowed in test")
            if path in packages:
                for used in packages[path].imports.values():
                    if used not in importer:
                        importer[used] = path
                        queue.append(used)

    def program(self, t: Tested, testmain: str) -> LoadedProgram:
        """The test program of a package; testmain: the generated main's file."""
        packages = dict(self.loader.graph.packages)
        tested = t.tests or t.plain
        if tested is not None:
            packages[t.path] = tested
        main = PackageInfo(t.path + ".test", "main", t.dir, False, self.ws.language(True, ""), module=t.module, record="")
        main.imports = {p: p for p in TESTMAIN_IMPORTS}
        main.imports |= {i.path: i.path for i in (tested, t.external) if i is not None}
        if t.external is not None:
            packages[t.external.path] = t.external
        main.go_files = [(os.path.basename(testmain), testmain)]
        with open(testmain, "rb") as f:
            main.contents = {testmain: hashlib.sha256(f.read()).hexdigest()}
        main.debug = [d for i in (tested, t.external) if i is not None for d in i.debug]
        packages[main.path] = main
        return self._loaded(packages, main.path)

    def plain_program(self, t: Tested) -> LoadedProgram:
        """A package without tests, as `rt0 build` has it: to be checked."""
        assert t.plain is not None
        graph = self.loader.graph
        graph.load("runtime", os.path.join(self.ws.src, "runtime"), True, "")
        return self._loaded(graph.packages, t.path)

    def _loaded(self, packages: dict[str, PackageInfo], main: str) -> LoadedProgram:
        """What of the packages `main` consists of."""
        need = closure(packages, ["runtime", main])
        ws = self.ws
        module = ws.module.path if ws.module is not None else ""
        return LoadedProgram(in_order({p: i for p, i in packages.items() if p in need}), main, [main], ws.ctx, module, ws.gomod, ws.module, ws.looked_at)
