"""From a package's files to a checked Package: the one place where source is parsed, overlaid and checked.

    parse     every file (parser.py); of the standard library without bodies, each of which is parsed when it is asked for
    overlay   our functions take the place of GOROOT's (syntax/overlay.py)
    check     the user's packages whole, the standard library as far as it is asked (types/check.py)
    late      directives, missing bodies, //go:embed: gc looks at them only when all else is right

`Frontend` has the packages of a load, for as long as a build lasts; `Importer` those that a few sources import which no load has seen.
Both hand out a package of the standard library as a stub (`Package.stub`): nothing of it is opened until somebody calls its `load`. Which packages that
happens to depends on the program alone; what a package comes to does not depend on who asked first.

    python -m rt0.build.frontend [--bodies] [--no-overlay] [--quiet] PATTERN...

is for developers: it checks every declaration of the packages and of all they depend on, with --bodies every body too, prints the errors,
how much was checked, and the time.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from rt0.diag import CompileError, Diagnostic, FileSet, fatal
from rt0.load.load import BuildContext, LoadedProgram, PackageInfo, load_program
from rt0.syntax import nodes as ast
from rt0.syntax.late import late_errors
from rt0.syntax.overlay import apply_overlay
from rt0.syntax.parser import parse_file, stops_checking
from rt0.types.check import Checker
from rt0.types.embed import embed_errors
from rt0.types.errors import ErrorList, sorted_errors
from rt0.types.goversion import parse_version
from rt0.types.objects import Package, resolve
from rt0.types.universe import UNSAFE

Timer = Callable[[str], AbstractContextManager[None]]  # counts the time of a block for a stage


def _untimed(stage: str) -> AbstractContextManager[None]:
    return nullcontext()


class Frontend:
    """The packages of one program, each parsed and checked once.

    fset      positions of every file that was opened
    loaded    what load found; may grow while nothing is checked (Importer)
    main_path what the symbols of the package `loaded.main` begin with: "main" for a command, if nothing else is said
    complete  a package without assembly must have a body for each of its functions
    packages  import path -> package, stubs among them
    """

    __slots__ = ("complete", "fset", "loaded", "main_path", "packages", "timer")

    def __init__(self, loaded: LoadedProgram, fset: FileSet | None = None, *, main_path: str = "", complete: bool = True, timer: Timer = _untimed) -> None:
        self.loaded = loaded
        self.fset = fset if fset is not None else FileSet()
        self.main_path = main_path or ("main" if loaded.packages[loaded.main].name == "main" else loaded.main)
        self.complete = complete
        self.timer = timer
        self.packages: dict[str, Package] = {"unsafe": UNSAFE}

    def imported(self, path: str) -> Package:
        """The package as an import of it sees it: of the standard library a stub. Raises CompileError for a package of the user's that is wrong."""
        pkg = self.packages.get(path)
        if pkg is None:
            info = self.loaded.packages[path]
            if info.standard and path != self.loaded.main:
                pkg = self.packages[path] = Package.stub(
                    path, info.name, lambda stub: self._check(path, stub), lambda: [self.imported(p) for p in info.imports.values()]
                )
            else:
                pkg = self._check(path, None)
        return pkg

    def package(self, path: str) -> Package:
        """The package, open to be looked into. Raises CompileError with everything that is wrong in it."""
        return self.imported(path).load()

    def parse(self, info: PackageInfo, errors: list[Diagnostic], lazy: bool) -> list[ast.File]:
        """The package's files; lazy: without bodies. What the overlay replaces is still there."""
        files = []
        for name, filename in info.go_files:
            with open(filename, "rb") as f:
                files.append(parse_file(self.fset.add(name, f.read(), info.dir, info.record), errors, lazy=lazy, std=info.standard))
        return files

    def _check(self, path: str, stub: Package | None) -> Package:
        info = self.loaded.packages[path]
        errors = ErrorList(limit=0)
        with self.timer("syntax"):
            files = self.parse(info, errors, lazy=info.standard)
        if stops_checking(errors, files):
            raise CompileError(list(errors), package=path)
        if info.standard:
            apply_overlay(files, [f.startswith(self.loaded.context.overlay + "/") for _, f in info.go_files])
        checker = Checker(
            self.fset, self.main_path if path == self.loaded.main else path, files, lambda spec: self._resolve(info, spec), go_version=info.go_version,
            errors=errors, whole=not info.standard, pkg=stub,
        )
        with self.timer("types"):
            pkg = self.packages[path] = checker.check()
        if not errors and not info.standard:
            errors.extend(late_errors(files, self.complete and not info.s_files, parse_version(info.go_version)))
            if info.embed and not errors:
                errors.extend(embed_errors(files, pkg, info.embed))
        if errors:
            raise CompileError(list(errors), package=path)
        return pkg

    def _resolve(self, info: PackageInfo, spec: str) -> Package:
        """What an import of the package's names."""
        target = info.imports.get(spec, spec)
        if target != "unsafe" and target not in self.loaded.packages:
            raise fatal("import path cannot be absolute path" if spec.startswith("/") else "file not found")
        return self.imported(target)


class Importer:
    """Packages of the standard library for sources that no load has seen: each is loaded when it is first imported."""

    __slots__ = ("context", "frontend", "fset")

    def __init__(self, context: BuildContext) -> None:
        self.context = context
        self.fset = FileSet()
        self.frontend: Frontend | None = None

    def __call__(self, path: str) -> Package:
        if self.frontend is None:
            self.frontend = Frontend(load_program(self.context, [path]), self.fset)
        elif path != "unsafe" and path not in self.frontend.loaded.packages:
            self.frontend.loaded.packages.update(load_program(self.context, [path]).packages)
        return self.frontend.imported(path)


def check_sources(importer: Importer, sources: Sequence[tuple[str, bytes]], path: str = "p", *, lang: str = "", complete: bool = False,
                  go_on: bool = False) -> list[Diagnostic]:  # fmt: skip
    """All errors of (name, text) as the files of one package, in the order they were found; as `rt0 tool compile -p path` with -complete or without.

    go_on  check files with syntax errors as well, as the tests of Go's type checker do
    """
    errors = ErrorList(limit=0)
    files = [parse_file(importer.fset.add(name, text), errors) for name, text in sources]
    if stops_checking(errors, files) and not go_on:
        return list(errors)
    try:
        Checker(importer.fset, path, files, importer, go_version=lang, errors=errors).check()
    except CompileError as e:
        errors.extend(d for d in e.errors if d not in errors)
    else:
        if not errors:
            errors.extend(late_errors(files, complete, parse_version(lang)))
    return list(errors)


# ---------------------------------------------------------------- for developers


def check_closure(frontend: Frontend, bodies: bool) -> tuple[list[Diagnostic], dict[str, int]]:
    """Check every declaration of every package, with `bodies` every body too: (errors, how many packages, objects and bodies)."""
    errors: list[Diagnostic] = []
    counts = {"packages": 0, "objects": 0, "bodies": 0}
    for path in frontend.loaded.packages:
        if path == "unsafe":
            continue
        try:
            checker = frontend.package(path).checked_by()
            counts["packages"] += 1
            for obj, d in list(checker.obj_map.items()):
                resolve(obj)
                if obj.type is not None:
                    obj.type.underlying()
                counts["objects"] += 1
                if d.fdecl is not None and bodies:
                    checker.check_body(d.fdecl)
                    counts["bodies"] += 1
            if bodies and not checker.whole:
                checker.init_order()
        except CompileError as e:
            errors += e.errors
        else:
            errors += sorted_errors(checker.errors)
    return errors, counts


def main(argv: list[str]) -> int:
    """See the module's text."""
    sys.setrecursionlimit(20000)
    context = BuildContext.default()
    if "--no-overlay" in argv:
        context.overlay = "/nonexistent"
    start = time.perf_counter()
    try:
        loaded = load_program(context, [a for a in argv if not a.startswith("--")])
    except CompileError as e:
        print(e)
        return 1
    middle = time.perf_counter()
    errors, counts = check_closure(Frontend(loaded, complete=False), "--bodies" in argv)
    for d in errors:
        print(d)
    if "--quiet" not in argv:
        print(f"load {middle - start:.2f}s check {time.perf_counter() - middle:.2f}s {counts}", file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
