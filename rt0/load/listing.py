"""The packages of `go list`: all that is known of each from its files' heads, what is wrong with it beside it (cmd/go/internal/load/pkg.go, test.go, go1.27).

A build stops at the first package that is wrong; a listing goes on, and says in `error` of a package what is wrong with it and by which imports it was
reached. A Package's fields are Go's, by name, in `fields`; FIELDS has them in the order of Go's struct, which is that of the JSON.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from functools import cache

from rt0.diag import CompileError, go_quote
from rt0.load.dirfiles import DirFiles, Place, read_dir
from rt0.load.embed import EmbedError, match_embed
from rt0.load.find import Finder, PathError
from rt0.load.godebug import default_godebug, read_table
from rt0.load.model import COMMAND_LINE, PackageInfo
from rt0.load.workspace import Workspace

FIELDS = tuple(
    "Dir ImportPath ImportComment Name Doc Target Shlib Root ConflictDir ForTest Export BuildID Module Match Goroot Standard DepOnly BinaryOnly Incomplete "
    "DefaultGODEBUG Stale StaleReason GoFiles CgoFiles CompiledGoFiles IgnoredGoFiles InvalidGoFiles IgnoredOtherFiles CFiles CXXFiles MFiles HFiles FFiles "
    "SFiles SwigFiles SwigCXXFiles SysoFiles EmbedPatterns EmbedFiles CgoCFLAGS CgoCPPFLAGS CgoCXXFLAGS CgoFFLAGS CgoLDFLAGS CgoPkgConfig Imports ImportMap "
    "Deps Error DepsErrors TestGoFiles TestImports TestEmbedPatterns TestEmbedFiles XTestGoFiles XTestImports XTestEmbedPatterns XTestEmbedFiles".split()
)
TEXTS = frozenset("Dir ImportPath ImportComment Name Doc Target Shlib Root ConflictDir ForTest Export BuildID DefaultGODEBUG StaleReason".split())
FLAGS = frozenset("Goroot Standard DepOnly BinaryOnly Incomplete Stale".split())
POINTERS = frozenset(("Module", "Error"))
TESTMAIN_IMPORTS = ("os", "reflect", "testing", "testing/internal/testdeps")

Stack = list[tuple[str, str]]  # (import path, "file.go" that imports it), from the package of the command line on


@dataclass(slots=True, eq=False)
class PackageError:
    """What is wrong with a package. pos: "file:line:col" or "". with_stack: the imports that led to it are printed though it has a position."""

    stack: Stack
    err: str
    pos: str = ""
    cycle: bool = False
    with_stack: bool = False

    def __str__(self) -> str:
        if self.pos and (not self.stack or not self.with_stack):
            return f"{self.pos}: {self.err}"
        if not self.stack:
            return self.err
        paths = [f"{p} from {f}" if self.cycle and f else p for p, f in self.stack]
        return "package " + "\n\timports ".join(paths) + (f"\n\t{self.pos}" if self.pos else "") + f": {self.err}"


@dataclass(slots=True, eq=False)
class Module:
    """modinfo.ModulePublic, as far as it is known."""

    path: str
    version: str = ""
    replace: Module | None = None
    main: bool = False
    indirect: bool = False
    dir: str = ""
    gomod: str = ""
    go_version: str = ""


Value = str | bool | list[str] | dict[str, str] | list[PackageError] | PackageError | Module | None


@dataclass(slots=True, eq=False)
class Package:
    """fields: Go's, those that are empty may be missing. imports: the packages; raw: what the files say, one for each of fields["Imports"]."""

    fields: dict[str, Value]
    imports: list[Package] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    files: DirFiles | None = None
    loading: bool = False
    patterns: list[str] = field(default_factory=list)
    literal: bool = False

    @property
    def path(self) -> str:
        return str(self.fields["ImportPath"])

    @property
    def name(self) -> str:
        return str(self.fields.get("Name", ""))

    @property
    def error(self) -> PackageError | None:
        e = self.fields.get("Error")
        return e if isinstance(e, PackageError) else None

    def texts(self, name: str) -> list[str]:
        v = self.fields.get(name)
        return [x for x in v if isinstance(x, str)] if isinstance(v, list) else []

    def fail(self, error: PackageError) -> None:
        """The first error stays."""
        self.fields["Incomplete"] = True
        if self.error is None:
            self.fields["Error"] = error

    def description(self) -> str:
        """The import path, with the test that the package is compiled for."""
        return f"{self.path} [{self.fields['ForTest']}.test]" if self.fields.get("ForTest") else self.path

    def copy(self) -> Package:
        return replace(self, fields=dict(self.fields), imports=list(self.imports), raw=list(self.raw))


class Listing:
    """Loads packages for a listing. find_only: without what they import. embeds: with the files that embed patterns match"""

    def __init__(self, ws: Workspace, find_only: bool, bin_dir: str, embeds: bool = True) -> None:
        self.embeds = embeds
        self.ws = ws
        self.finder = Finder(ws)
        self.find_only = find_only
        self.bin_dir = bin_dir
        self.cache: dict[str, Package] = {}
        self.folded: dict[str, str] = {}
        self.module_of = cache(self._module_of)
        self.position = cache(ws.at)

    # ------------------------------------------------------------ the command line

    def named(self, patterns: list[str]) -> list[Package]:
        """The packages that patterns name, in their order; what cannot be found stands as a package with an error. Prints what matches nothing."""
        if any(p.endswith(".go") and self.ws.fs.is_file(os.path.join(self.ws.ctx.cwd, p)) for p in patterns):
            return [self._go_files(patterns)]
        out: list[Package] = []
        for pattern in patterns:
            wide = "..." in pattern or pattern in ("all", "std", "cmd")
            try:
                found = self.finder.expand(pattern)
            except CompileError as e:
                path = pattern
                p = Package({"ImportPath": path, "Incomplete": True, "Match": [pattern]}, literal=True)
                p.fail(PackageError([], str(e)))
                out.append(p)
                continue
            for path, d, standard, module in found:
                p = self.load(path, d, standard, module, [], [])
                if wide and p.files is not None and p.files.error is not None and p.files.error.kind == "nogo":
                    continue
                problem = p.files.error if p.files is not None else None
                if problem is not None and problem.kind == "nogo" and pattern[0] in "./" and p.files is not None and not p.files.lists.get("IgnoredGoFiles"):
                    p = Package({"ImportPath": pattern, "Dir": d, "Match": [pattern]})
                    p.fail(PackageError([], f"no Go files in {d}"))
                p.literal |= not wide
                p.patterns.append(pattern)
                if p not in out:
                    out.append(p)
            if wide and not found:
                import sys

                print(f'go: warning: "{pattern}" matched no packages', file=sys.stderr)
        for p in out:
            if p.patterns:
                p.fields["Match"] = p.patterns
        return out

    def _go_files(self, names: list[str]) -> Package:
        """The package that files of one folder make."""
        from rt0.load.load import Loader

        d, paths = Loader(self.ws).named_files(names)
        p = Package({"ImportPath": COMMAND_LINE, "Match": list(names)})
        module = self.ws.module.path if self.ws.module is not None and (d + "/").startswith(self.ws.module.dir + "/") else ""
        self._fill(p, COMMAND_LINE, d, False, module, [], [], [os.path.basename(f) for f in paths])
        return p

    # ------------------------------------------------------------ a package

    def load(self, path: str, d: str, standard: bool, module: str, stack: Stack, at: list[Place]) -> Package:
        """The package at a place, with all it imports; stack: how it was reached; at: where the import stands."""
        p = self.cache.get(path)
        if p is not None:
            self._reuse(p, [*stack, (path, self._file(at))])
            return p
        p = self.cache[path] = Package({"ImportPath": path})
        self._fill(p, path, d, standard, module, stack, at, None)
        return p

    def _reuse(self, p: Package, stack: Stack) -> None:
        """A package that is there already: in a cycle when it is still being loaded. The shortest way to an error is the one that is told."""
        if p.loading:
            if p.error is None:
                p.fields["Error"] = PackageError(stack, "import cycle not allowed", cycle=True)
            p.fields["Incomplete"] = True
        e = p.error
        if e is not None and e.stack and not e.cycle and [s for s, _ in stack] != [s for s, _ in e.stack]:
            mine, other = [s for s, _ in stack], [s for s, _ in e.stack]
            if (len(mine), mine) < (len(other), other) and e.stack[-1][0] == p.path:
                e.stack = stack

    def _file(self, at: list[Place]) -> str:
        return os.path.basename(at[0][0]) if at else ""

    def _pos(self, at: list[Place]) -> str:
        return self.position(*at[0]) if at else ""

    def _fill(self, p: Package, path: str, d: str, standard: bool, module: str, stack: Stack, at: list[Place], only: list[str] | None) -> None:
        f = p.fields
        f["Dir"] = d
        own = [*stack, (path, self._file(at))]
        try:
            files = read_dir(self.ws.fs, d, self.ws.ctx.tags, only)
        except OSError as e:
            if standard:
                p.fail(PackageError(list(stack), f"package {path} is not in std ({d})", self._pos(at)))
                del f["Dir"]
            else:
                p.fail(PackageError(own, f"open {d}: {(e.strerror or str(e)).lower()}"))
            return
        p.files = files
        f |= {"Name": files.name, "Doc": files.doc, "Goroot": standard, "Standard": standard}
        f |= {name: list(names) for name, names in files.lists.items()}
        mod = self.module_of(module) if module else None
        f["Root"] = self.ws.ctx.goroot if standard else mod.dir if mod is not None else ""
        for kind in ("", "Test", "XTest"):
            f[f"{kind}EmbedPatterns"] = sorted(files.embeds[kind])
            f[f"{kind}Imports"] = [] if self.find_only else sorted(files.imports[kind])
        if files.error is not None:
            self._dir_error(p, path, files, stack, own, at)
        if files.name == "main":
            f["Target"] = self._target(path, d, standard)
        if (other := self.folded.setdefault(path.casefold(), path)) != path:
            p.fail(PackageError(list(stack), f"case-insensitive import collision: {go_quote(path)} and {go_quote(other)}", self._pos(at)))
            return
        if mod is not None:
            f["Module"] = mod
        if files.name == "main":
            self._godebug(p, files, standard)
        self._embed(p, files, "", own)
        everything = [n for names in files.lists.values() for n in names]
        seen: dict[str, str] = {}
        for name in everything:
            other = seen.setdefault(name.casefold(), name)
            if other != name and everything.count(name) == 1:
                a, b = sorted((name, other))
                p.fail(PackageError(own, f"case-insensitive file name collision: {go_quote(a)} and {go_quote(b)}"))
                return
        p.raw = p.texts("Imports")
        p.loading = True
        self._follow(p, files, own)
        p.loading = False

    def _dir_error(self, p: Package, path: str, files: DirFiles, stack: Stack, own: Stack, at: list[Place]) -> None:
        e = files.error
        assert e is not None
        if e.kind == "nogo":
            tests = files.lists.get("TestGoFiles") or files.lists.get("XTestGoFiles")
            msg = "build constraints exclude all Go files in" if files.lists.get("IgnoredGoFiles") else "no non-test Go files in" if tests else "no Go files in"
            p.fail(PackageError(own, f"{msg} {files.dir}"))
        elif e.kind == "syntax" and e.at is not None:
            p.fail(PackageError(own, e.msg, self.ws.at(*e.at)))
        else:
            p.fail(PackageError(list(stack), e.msg, self._pos(at) if stack else ""))

    def _follow(self, p: Package, files: DirFiles, own: Stack) -> None:
        """Load what a package imports, and a command's runtime."""
        specs = list(p.raw)
        if p.name == "main" and "runtime" not in specs and not self.find_only:
            specs.append("runtime")
        paths = p.texts("Imports")
        for i, spec in enumerate(specs):
            if spec == "C":
                continue
            q = self.imported(p, spec, files.imports[""].get(spec, []), own)
            if i < len(paths):
                paths[i] = q.path
            p.imports.append(q)
            if q.fields.get("Incomplete"):
                p.fields["Incomplete"] = True
        p.fields["Imports"] = paths

    def imported(self, importer: Package, spec: str, at: list[Place], own: Stack) -> Package:
        """The package that an import names; what is wrong with the import becomes the importer's error."""
        info = PackageInfo(importer.path, "", "", bool(importer.fields.get("Standard")), "")
        try:
            path, d, standard, module = self.finder.resolve(spec, info)
        except PathError as e:
            q = self.cache.get(spec)
            if q is None:
                q = self.cache[spec] = Package({"ImportPath": spec})
                self.folded.setdefault(spec.casefold(), spec)
                q.fail(PackageError(list(own), e.msg, self._pos(at)))
            return q
        q = self.load(path, d, standard, module, own, at)
        if (problem := self._misuse(importer, spec, path, standard, q, own, at)) is not None:
            importer.fail(problem)
        return q

    def _misuse(self, importer: Package, spec: str, path: str, standard: bool, q: Package, own: Stack, at: list[Place]) -> PackageError | None:
        """An import that exists but may not be imported so."""
        if self._hidden(importer, path, standard):
            return PackageError([*own, (path, "")][:-1], f"use of internal package {path} not allowed", self._pos(at), with_stack=True)
        if q.name == "main" and q.fields.get("Dir") != importer.fields.get("Dir"):
            return PackageError(list(own), f"import {go_quote(spec)} is a program, not an importable package", self._pos(at))
        return None

    def _hidden(self, importer: Package, path: str, standard: bool) -> bool:
        if importer.fields.get("Standard"):
            return False
        m = re.search(r"(^|.*/)internal(/.*|)$", path)
        if m is None:
            return False
        if standard:
            return True
        parent = m[1].rstrip("/")
        by = importer.path
        if by == COMMAND_LINE:
            by = self.ws.package_path(str(importer.fields.get("Dir", ""))) or by
        return not (by == parent or by.startswith(parent + "/"))

    def _embed(self, p: Package, files: DirFiles, kind: str, stack: Stack) -> PackageError | None:
        """Resolve the embed patterns; the error, which a package's own patterns also set."""
        if not self.embeds:
            return None
        found: set[str] = set()
        for pattern in sorted(files.embeds[kind]):
            try:
                found.update(name for name, _ in match_embed(self.ws.fs, files.dir, pattern))
            except EmbedError as e:
                error = PackageError(list(stack), str(e), self._pos(files.embeds[kind][pattern]))
                if not kind:
                    p.fail(error)
                return error
        p.fields[f"{kind}EmbedFiles"] = sorted(found)
        return None

    def _target(self, path: str, d: str, standard: bool) -> str:
        """Where `install` puts a command."""
        name = os.path.basename(d) if path == COMMAND_LINE else command_name(path)
        if standard and path.startswith("cmd/"):
            tools = {"cmd/go", "cmd/gofmt"}
            root = self.ws.ctx.goroot
            return os.path.join(root, "bin", name) if path in tools else os.path.join(root, "pkg", "tool", "linux_amd64", name)
        return os.path.join(self.bin_dir, name) if self.bin_dir else ""

    def _godebug(self, p: Package, files: DirFiles, standard: bool) -> None:
        mod = self.ws.module
        release = self.ws.ctx.release.removeprefix("go").split()[0]
        if standard:
            return
        own = mod.godebug if mod is not None else []
        version = mod.go_version if mod is not None else release
        text = default_godebug(read_table(self.ws.ctx.goroot), version, own, files.debug, release)
        if text:
            p.fields["DefaultGODEBUG"] = text

    def _module_of(self, path: str) -> Module | None:
        """What is known of a module that holds packages."""
        ws = self.ws
        main = ws.module
        if main is None:
            return None
        if path == main.path:
            gomod = os.path.join(ws.ctx.cwd, ws.ctx.modfile) if ws.ctx.modfile else ws.gomod
            return Module(path, main=True, dir=main.dir, gomod=gomod, go_version=main.go_version if main.go_line else "")
        out = Module(path, main.requires.get(path, ""))
        to = main.replaces.get(path, "")
        if to:
            out.replace = Module(to, main.replace_versions.get(path, ""))
        if to.startswith(("./", "../", "/")) and ws.vendor is None and out.replace is not None:
            out.dir = out.replace.dir = os.path.normpath(os.path.join(main.dir, to))
            out.gomod = out.replace.gomod = os.path.join(out.dir, "go.mod")
            out.go_version = out.replace.go_version = ws.other_language(path)
        return out

    # ------------------------------------------------------------ tests

    def tests(self, p: Package) -> tuple[Package, Package, Package | None]:
        """(the generated main, the package with its tests, PATH_test) of a package that has test files."""
        files = p.files
        assert files is not None
        stack: Stack = [(f"{p.path} (test)", "")]
        inner: list[Package] = []
        outer: list[Package] = []
        wrong: list[PackageError] = []
        raw_test, raw_outer = p.texts("TestImports"), p.texts("XTestImports")
        needs_inner = False
        for kind, raw, to in (("Test", raw_test, inner), ("XTest", raw_outer, outer)):
            shadow = Package({"ImportPath": p.path, "Dir": p.fields.get("Dir", ""), "Standard": p.fields.get("Standard", False)})
            paths = []
            for spec in raw:
                q = self.imported(shadow, spec, files.imports[kind].get(spec, []), stack)
                paths.append(q.path)
                if kind == "XTest" and q is p:
                    needs_inner = True
                else:
                    to.append(q)
            p.fields[f"{kind}Imports"] = paths
            error = self._embed(p, files, kind, stack)
            wrong += [e for e in (shadow.error, error) if e is not None][:1]
            if kind == "Test":
                test_error = wrong[0] if wrong else None
                wrong = []
            stack = [(f"{p.path}_test", "")]
        test = p
        if p.fields.get("TestGoFiles") or p.name == "main":
            test = p.copy()
            if test_error is not None:
                test.fail(test_error)
            if any(q.fields.get("Incomplete") for q in inner):
                test.fields["Incomplete"] = True
            test.fields |= {"ForTest": p.path, "Target": "", "GoFiles": p.texts("GoFiles") + p.texts("TestGoFiles"),
                            "Imports": p.texts("TestImports") + p.texts("Imports"), "EmbedFiles": p.texts("EmbedFiles") + p.texts("TestEmbedFiles")}  # fmt: skip
            test.imports = inner + p.imports
            test.raw = raw_test + p.raw
        external = None
        if p.fields.get("XTestGoFiles"):
            external = Package({"Name": p.name + "_test", "ImportPath": p.path + "_test", "Root": p.fields.get("Root", ""), "Dir": p.fields.get("Dir", ""),
                                "Goroot": p.fields.get("Goroot", False), "GoFiles": p.texts("XTestGoFiles"), "Imports": p.texts("XTestImports"),
                                "ForTest": p.path, "Module": p.fields.get("Module"), "EmbedFiles": p.texts("XTestEmbedFiles")}, outer, raw_outer)  # fmt: skip
            if wrong:
                external.fail(wrong[0])
            if any(q.fields.get("Incomplete") for q in outer):
                external.fields["Incomplete"] = True
            if needs_inner:
                external.imports.append(test)
        main = Package({"Name": "main", "Dir": p.fields.get("Dir", ""), "GoFiles": ["_testmain.go"], "ImportPath": p.path + ".test",
                        "Root": p.fields.get("Root", ""), "Module": p.fields.get("Module")})  # fmt: skip
        names = list(TESTMAIN_IMPORTS)
        for path in (*TESTMAIN_IMPORTS, "runtime"):
            if path == p.path:
                main.imports.append(test)
            else:
                main.imports.append(self.load(path, os.path.join(self.ws.src, path), True, "", [("testmain", "")], []))
        if test.fields.get("GoFiles"):
            main.imports.append(test)
            names.append(test.path)
        if external is not None:
            main.imports.append(external)
            names.append(external.path)
        if any(q.fields.get("Incomplete") for q in main.imports):
            main.fields["Incomplete"] = True
        main.fields["Imports"] = sorted(set(names))
        main.raw = main.texts("Imports")
        if p.files is not None and not p.fields.get("Standard"):
            self._godebug(main, p.files, False)
        _recompile(main, p, test, external)
        return main, test, external


def command_name(path: str) -> str:
    """What the executable of a command is called: the last element of its import path that is no major version."""
    parts = path.split("/")
    return parts[-2] if len(parts) > 1 and re.fullmatch(r"v([2-9]|[1-9]\d+)", parts[-1]) else parts[-1]


def install_target(path: str, info: PackageInfo) -> str:
    """What `install` calls the executable: for files given by name that of the first of them."""
    return os.path.basename(info.go_files[0][1]).removesuffix(".go") if path == COMMAND_LINE else command_name(path)


def _recompile(main: Package, real: Package, test: Package, external: Package | None) -> None:
    """What is imported by a test program and imports the package that it tests is compiled again, against the one with the tests."""
    copies: dict[int, Package] = {id(real): test}
    for p in in_postorder([main]):
        if p is real:
            continue
        use = p
        for i, q in enumerate(p.imports):
            other = copies.get(id(q))
            if other is not None and other is not q:
                if use is p and p not in (main, external, test):
                    use = p.copy()
                    use.fields |= {"ForTest": real.path, "Target": ""}
                    copies[id(p)] = use
                use.imports[i] = other


def in_postorder(roots: list[Package]) -> list[Package]:
    """The packages and all they import, dependencies first, imports in the order of a package."""
    out: list[Package] = []
    seen: set[int] = set()
    stack = [(p, False) for p in reversed(roots)]
    while stack:
        p, done = stack.pop()
        if done:
            out.append(p)
        elif id(p) not in seen:
            seen.add(id(p))
            stack.append((p, True))
            stack += [(q, False) for q in reversed(p.imports) if id(q) not in seen]
    return out


def collect(packages: list[Package], deps: bool, errors: bool) -> None:
    """Fill Deps and DepsErrors; packages: in postorder."""
    for p in packages:
        if deps:
            names = {q.path for q in p.imports}.union(*(q.texts("Deps") for q in p.imports))
            p.fields["Deps"] = sorted(names)
        if errors:
            found: dict[int, PackageError] = {}
            for q in p.imports:
                below = q.fields.get("DepsErrors")
                for e in [q.error, *(below if isinstance(below, list) else [])]:
                    if isinstance(e, PackageError):
                        found[id(e)] = e
            p.fields["DepsErrors"] = sorted(found.values(), key=lambda e: (e.stack != [], e.stack[-1][0] if e.stack else e.err))
