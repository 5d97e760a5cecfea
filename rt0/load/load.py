"""Stage 1: patterns -> packages, dependencies first.

`load_program` finds out which packages a build consists of and which files each has, from the heads of the files alone: no file is
parsed, none is executed. It answers what `go list -deps` answers, with CGO_ENABLED=0, and reports what is wrong in the go command's words.

Where packages come from, in this order:

    standard library   an import path whose first element has no dot: GOROOT/src/P, overlaid by rt0/goroot/src/P. Inside the
                       standard library golang.org/x/... means GOROOT/src/vendor/golang.org/x/..., inside cmd GOROOT/src/cmd/vendor
    main module        the module of the nearest go.mod above the working directory: MODULE/sub/dir -> dir
    local replacement  `replace M => ./dir` in go.mod, and the module's vendor directory
    anything else      "no required module provides package ..."

The overlay: rt0/goroot/src/P/FILE takes the place of GOROOT's FILE. P/overlay.txt may say `replace` (nothing of GOROOT's directory is
used), `drop NAME` (this file is not used) or `keep NAME` (with `replace`: this one is used all the same).

What holds for the result: `packages` is in initialisation order, which is Go's (since 1.21: repeatedly the first package by import
path whose imports are all done), with runtime and what it imports in front; every import of a listed package is listed; files
are sorted by name, or stand in the order of the command line. The same tree gives the same result, whatever the working directory, except for display names.
"""

from __future__ import annotations

import os

from rt0.diag import CompileError, fatal
from rt0.load.find import Finder
from rt0.load.graph import Graph, in_order
from rt0.load.model import COMMAND_LINE, EXPERIMENTS, OVERLAY, BuildContext, LoadedProgram, PackageInfo
from rt0.load.read import NoFiles, Reader
from rt0.load.workspace import Workspace

__all__ = ["COMMAND_LINE", "EXPERIMENTS", "OVERLAY", "BuildContext", "LoadedProgram", "PackageInfo", "load_program"]


def load_program(ctx: BuildContext, patterns: list[str]) -> LoadedProgram:
    """Find all packages of a build.

    patterns  .go files, or directories (./x, ./x/...) and import paths; none means "."
    returns   the packages in initialisation order; `main` is the first root that is a command, else the first root
    raises    CompileError, exit code 1, with the text the go command prints
    """
    if any("@" in p for p in patterns) and not patterns[0].endswith(".go") and ctx.verb != "compile":
        patterns = without_version(ctx, patterns)
    ws = Workspace(ctx)
    loader = Loader(ws)
    graph = loader.graph
    roots = loader.roots(patterns or ["."])
    graph.check()
    if not roots:
        raise fatal(f'go: warning: "{" ".join(patterns)}" matched no packages', 0 if any("..." in p for p in patterns) else 1)
    graph.load("runtime", os.path.join(ws.src, "runtime"), True, "")
    graph.check()
    # Every import is resolved.
    loader.reader.keep()
    main = next((r for r in roots if graph.packages[r].name == "main"), roots[0])
    mod = ws.module.path if ws.module is not None else ""
    return LoadedProgram(in_order(graph.packages), main, roots, ctx, mod, ws.gomod, ws.module, ws.looked_at, ws.modules)


def without_version(ctx: BuildContext, patterns: list[str]) -> list[str]:
    """The packages of patterns PACKAGE@VERSION, whose version becomes that of the context. Raises CompileError."""
    out: list[str] = []
    for p in patterns:
        path, at, version = p.partition("@")
        if not at:
            raise fatal(f"go: {p}: all arguments must refer to packages in the same module at the same version (@{ctx.at or patterns[0].partition('@')[2]})")
        if not version or not path:
            raise fatal(f"go: {p}: version must not be empty")
        if ctx.at not in ("", version):
            raise fatal(f"go: {p}: all arguments must refer to packages in the same module at the same version (@{ctx.at})")
        if path.startswith((".", "/")):
            raise fatal(f"go: {p}: argument must be a package path, not {'a relative' if path[0] == '.' else 'an absolute'} path")
        if "." not in path.partition("/")[0]:
            raise fatal(f"go: {p}: argument must not be a package in the standard library")
        ctx.at = version
        out.append(path)
    return out


class Loader:
    """What the command line names, and from there the packages."""

    __slots__ = ("finder", "graph", "reader", "ws")

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self.finder = Finder(ws)
        self.reader = Reader(ws)
        self.graph = Graph(ws, self.finder, self.reader)

    def roots(self, patterns: list[str]) -> list[str]:
        """Load what the patterns name; returns the package paths."""
        files = [p for p in patterns if p.endswith(".go")]
        if files and (self.ws.fs.is_file(os.path.join(self.ws.ctx.cwd, files[0])) or self.ws.ctx.verb == "run"):
            return [self.command_line(patterns)]
        self.ws.load_modules(patterns)
        out: list[str] = []
        for pattern in patterns:
            wide = "..." in pattern or pattern in ("all", "std", "cmd")  # packages without files are passed over
            try:
                found = self.finder.expand(pattern)
            except CompileError as e:
                self.graph.missing.append(str(e))
                continue
            for path, d, standard, module in found:
                if path in out:
                    continue
                if path not in self.graph.packages:
                    try:
                        self.graph.load(path, d, standard, module)
                    except NoFiles as e:
                        if wide and e.msg.startswith(("no Go files", f"package {path}: build constraints", f"{path}: no non-test")):
                            continue
                        self.graph.missing.append(e.msg)
                        continue
                out.append(path)
        return out

    def command_line(self, files: list[str]) -> str:
        """The package that files of one folder make, given by name. Raises CompileError."""
        d, paths = self.named_files(files)
        self.ws.load_modules(paths, files=True)
        mod = self.ws.module
        in_module = mod is not None and (d + "/").startswith(mod.dir + "/")
        try:
            info = self.reader.read_package(COMMAND_LINE, d, False, mod.path if mod is not None and in_module else "", only=paths)
        except NoFiles as e:
            raise fatal(e.msg) from None
        if mod is not None and not in_module:
            info.go_version = ".".join(mod.go_version.split(".")[:2])
        self.graph.follow(info)
        return COMMAND_LINE

    def named_files(self, files: list[str]) -> tuple[str, list[str]]:
        """(their folder, absolute paths, sorted) of files given by name. Raises CompileError."""
        dirs: list[str] = []
        paths: list[str] = []
        for f in files:
            if not f.endswith(".go"):
                raise fatal(f"named files must be .go files: {f}")
            if f.endswith("_test.go") and self.ws.ctx.verb == "run":
                raise fatal(f"go: cannot run *_test.go files ({f})")
            p = os.path.normpath(os.path.join(self.ws.ctx.cwd, f))
            if self.ws.fs.is_dir(p):
                raise fatal(f"{f} is a directory, should be a Go file")
            if not self.ws.fs.is_file(p) and not os.path.exists(self.ws.fs.actual(p)):
                raise fatal(f"stat {f}: no such file or directory")
            d = os.path.dirname(p)
            if d not in dirs:
                dirs.append(d)
            paths.append(p)
        if len(dirs) > 1:
            shown = [os.path.relpath(d, self.ws.ctx.cwd) for d in dirs]
            raise fatal(f"named files must all be in one directory; have {shown[0]} and {shown[1]}")
        return dirs[0], paths
