"""Checking a whole program: the packages of a load, dependencies on demand.

`Program` hands out checked packages by path: the roots are checked whole, everything else lazily, each parsed when first asked for.
`check_closure` is for developers: it forces declarations (and bodies) of every package and collects the errors.

    python -m rt0.types.driver [--bodies] [--no-overlay] PATTERN...

prints the errors, how many declarations and bodies were checked, and the time. And

    python -m rt0.types.driver check [-e] [-lang=go1.N] FILE.go...

checks files as one package "p", like `go tool compile -p p`: for the conformance tests. Standard packages are loaded as they are
imported.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field

from rt0.diag import CompileError, Diagnostic, FileSet
from rt0.load.load import BuildContext, LoadedProgram, PackageInfo, load_program
from rt0.syntax import nodes as ast
from rt0.syntax.late import late_errors
from rt0.syntax.overlay import apply_overlay
from rt0.syntax.parser import parse_file
from rt0.types.check import Checker, parse_version
from rt0.types.errors import ErrorList, sorted_errors
from rt0.types.objects import Package, resolve
from rt0.types.universe import UNSAFE


@dataclass
class Program:
    """The packages of one load, checked as they are asked for. errors: per package path."""

    fset: FileSet
    loaded: LoadedProgram
    whole: set[str]
    limit: int = 10
    packages: dict[str, Package] = field(default_factory=dict)
    errors: dict[str, ErrorList] = field(default_factory=dict)

    def package(self, path: str) -> Package:
        """The package `path`, checked (whole) or collected (lazy)."""
        pkg = self.packages.get(path)
        if pkg is not None:
            return pkg
        if path == "unsafe":
            return UNSAFE
        info = self.loaded.packages[path]
        whole = path in self.whole
        errors = self.errors[path] = ErrorList(self.limit)
        files = self.parse(info, errors, lazy=not whole)
        checker = Checker(self.fset, path, files, lambda p: self.package(info.imports.get(p, p)),
                          go_version="go" + info.go_version if info.go_version else "", errors=errors, whole=whole)  # fmt: skip
        self.packages[path] = checker.pkg
        if errors:
            return checker.pkg  # syntax errors: nothing to check
        checker.check()
        if whole and not errors:
            errors.extend(late_errors(files, not info.s_files and not info.standard))
        return checker.pkg

    def parse(self, info: PackageInfo, errors: ErrorList, lazy: bool) -> list[ast.File]:
        files: list[ast.File] = []
        for name, path in info.go_files:
            with open(path, "rb") as f:
                src = self.fset.add(name, f.read())
            files.append(parse_file(src, errors, lazy, std=info.standard))
        if info.standard:
            apply_overlay(files, [f.startswith(self.loaded.context.overlay + "/") for _, f in info.go_files])
        return files


def check_closure(loaded: LoadedProgram, force_bodies: bool, whole: set[str] | None = None) -> tuple[Program, list[Diagnostic], dict[str, int]]:
    """Check every package of loaded completely, bodies too with force_bodies: the program, its errors, and counts."""
    prog = Program(FileSet(), loaded, whole if whole is not None else set(loaded.roots), 0)
    counts = {"packages": 0, "objects": 0, "bodies": 0}
    for path in loaded.packages:
        pkg = prog.package(path)
        if path == "unsafe":
            continue
        checker = pkg.checker
        counts["packages"] += 1
        try:
            for obj in list(checker.obj_map):
                resolve(obj)
                t = obj.type
                if t is not None:
                    t.underlying()
                counts["objects"] += 1
                d = checker.obj_map[obj]
                if d.fdecl is not None and force_bodies:
                    checker.check_body(d.fdecl)
                    counts["bodies"] += 1
            if force_bodies and not checker.whole:
                checker.init_order()
        except CompileError as e:
            prog.errors[path].extend(e.errors)
    return prog, [d for errs in prog.errors.values() for d in sorted_errors(errs)], counts


def check_files(argv: list[str]) -> int:
    """The `check` command: see the module's text."""
    lang = ""
    complete = False
    names: list[str] = []
    limit = 10
    for a in argv:
        if a == "-e":
            limit = 0
        elif a.startswith("-lang="):
            lang = a[6:]
        elif a == "-complete":
            complete = True
        elif not a.startswith("-"):
            names.append(a)
    ctx = BuildContext.default()
    ctx.overlay = "/nonexistent"
    fset = FileSet()
    errors = ErrorList(limit)
    prog: Program | None = None

    def import_package(path: str) -> Package:
        nonlocal prog
        loaded = load_program(ctx, [path])
        if prog is None:
            prog = Program(fset, loaded, set())
        else:
            prog.loaded.packages.update(loaded.packages)
        return prog.package(path)

    files: list[ast.File] = []
    for name in names:
        with open(name, "rb") as f:
            files.append(parse_file(fset.add(name, f.read()), errors))
    try:
        if not any(d.msg.startswith("syntax error") for d in errors):
            checker = Checker(fset, "p", files, import_package, go_version=lang, errors=errors, whole=True)
            checker.check()
            if not errors:
                errors.extend(late_errors(files, complete, parse_version(lang)))
    except CompileError as e:
        for d in e.errors:
            print(d)
        return 1
    for d in sorted_errors(errors):
        print(d)
    return 1 if errors else 0


def main(argv: list[str]) -> int:
    sys.setrecursionlimit(20000)
    if argv and argv[0] == "check":
        return check_files(argv[1:])
    bodies = "--bodies" in argv
    closure = bodies or "--closure" in argv
    ctx = BuildContext.default()
    if "--no-overlay" in argv:
        ctx.overlay = "/nonexistent"
    patterns = [a for a in argv if not a.startswith("--")]
    t0 = time.perf_counter()
    try:
        loaded = load_program(ctx, patterns)
    except CompileError as e:
        print(e)
        return 1
    t1 = time.perf_counter()
    if closure:
        whole = set() if "--lazy" in argv else set(loaded.roots)
        _, errors, counts = check_closure(loaded, bodies, whole)
    else:
        prog = Program(FileSet(), loaded, set(loaded.roots))
        errors = []
        counts = {}
        for root in loaded.roots:
            try:
                prog.package(root)
                errors += sorted_errors(prog.errors[root])
            except CompileError as e:
                errors += e.errors
        errors += [d for p, errs in prog.errors.items() if p not in prog.whole for d in sorted_errors(errs)]
    t2 = time.perf_counter()
    for d in errors:
        print(d)
    if "--quiet" not in argv:
        print(f"load {t1 - t0:.2f}s check {t2 - t1:.2f}s packages {len(loaded.packages)} {counts}", file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
