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
are sorted by name. The same tree gives the same result, whatever the working directory, except for display names.
"""

from __future__ import annotations

import hashlib
import heapq
import os
import re
import sys
from dataclasses import dataclass, field, replace
from itertools import pairwise

from rt0.diag import CompileError, fatal, go_quote
from rt0.load import godebug
from rt0.load.constraint import ConstraintError, Tags
from rt0.load.embed import WINDOWS_NAMES, EmbedError, match_embed, parse_args
from rt0.load.godebug import default_godebug, read_table
from rt0.load.gomod import Module, compare_versions, find_gomod, read_gomod
from rt0.load.goroot import find_goroot
from rt0.load.header import Header, HeaderError, read_header
from rt0.load.replaced import Files
from rt0.load.vendor import Vendor, build_mod, check_consistent, load_vendor

COMMAND_LINE = "command-line-arguments"
OVERLAY = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "goroot", "src")

# what internal/buildcfg turns on by default in go1.27 on linux/amd64
EXPERIMENTS = (
    "regabiwrappers",
    "regabiargs",
    "dwarf5",
    "randomizedheapbase64",
    "greenteagc",
    "jsonv2",
    "sizespecializedmalloc",
)

_TEXT = re.compile(
    rb"(?m)^[ \t]*TEXT[ \t]+([^\s(<]*)(<>)?(<ABIInternal>|<ABI0>)?\(SB\)[ \t]*,[ \t]*(?:[^,$\n]+,[ \t]*)?\$([-0-9x()*+ ]+)"
)
_TEXT_WORD = re.compile(rb"(?m)^[^/\n]*\bTEXT\b")
_GLOBL = re.compile(rb"(?m)^[ \t]*GLOBL[ \t]+([^\s(<]*)\(SB\)")
_ILLEGAL = re.compile("[!\"#$%&'()*,:;<=>?[\\\\\\]^{|}`\ufffd\\s]")  # no import path has them (go/build/read.go, isValidImport)


@dataclass(slots=True)
class BuildContext:
    """What a load depends on besides the files."""

    goroot: str
    release: str  # "go1.27.3"
    tags: Tags
    cwd: str
    overlay: str = OVERLAY
    files: Files = field(default_factory=lambda: Files({}))  # what -overlay replaces
    mod: str = ""  # -mod
    modfile: str = ""  # -modfile
    trimpath: bool = False  # line tables name package paths in place of the user's directories
    verb: str = "build"  # the command's name: a few messages differ. "compile": the named files are read as the compiler reads
    # them, which reports syntax errors and missing imports itself; anything wrong with them is passed over here

    @classmethod
    def default(cls, tags: tuple[str, ...] = (), verb: str = "build", trimpath: bool = False, goamd64: str = "v1") -> BuildContext:
        goroot, release = find_goroot()
        return cls(goroot, release, Tags(tags, EXPERIMENTS, goamd64), working_dir(), trimpath=trimpath, verb=verb)


def working_dir() -> str:
    """The working directory; by the name in PWD when that is one of its names, as os.Getwd has it."""
    try:
        cwd = os.getcwd()
        named = os.environ.get("PWD", "")
        if named != cwd and os.path.isabs(named) and os.path.normpath(named) == named and os.path.samefile(named, cwd):
            return named
    except FileNotFoundError:
        raise fatal("go: getwd: no such file or directory") from None
    except OSError as e:
        raise fatal(f"go: getwd: {(e.strerror or str(e)).lower()}") from None
    return cwd


@dataclass(slots=True)
class PackageInfo:
    """One package of a build."""

    path: str
    name: str
    dir: str
    standard: bool
    go_version: str  # language version, "1.27"
    go_files: list[tuple[str, str]] = field(default_factory=list)  # (display name, absolute path)
    s_files: list[tuple[str, str]] = field(default_factory=list)
    h_files: list[tuple[str, str]] = field(default_factory=list)
    imports: dict[str, str] = field(default_factory=dict)  # import string -> package path
    linknames: dict[str, str] = field(default_factory=dict)  # local name -> symbol (two-argument form)
    asm_text: dict[str, tuple[str, int, int]] = field(default_factory=dict)  # TEXT name -> (abi, frame bytes, argument bytes or -1)
    # of the stack-argument entry; abi: "0", "internal", "0+internal" when there is one of each
    asm_data: set[str] = field(default_factory=set)  # variables that a .s file defines by GLOBL
    asm_exact: bool = True  # asm_text was read off the text for certain: no TEXT made by a macro, no frame size that only the assembler knows
    embed: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # pattern -> [(name in the FS, absolute path)], sorted
    module: str = ""  # path of the module it belongs to
    import_at: dict[str, tuple[str, int]] = field(default_factory=dict)  # import string -> (absolute path of the first file, offset)
    embed_at: dict[str, tuple[str, int]] = field(default_factory=dict)  # pattern -> (absolute path of the first file, offset)
    embed_errors: list[str] = field(default_factory=list)  # with verb "compile": patterns that match no file
    debug: list[tuple[str, str]] = field(default_factory=list)  # //go:debug lines: (position, text)
    record: str = ""  # what line tables say in place of `dir`: `dir` itself, or with -trimpath (std always) a package path
    contents: dict[str, str] = field(default_factory=dict)  # base name -> SHA-256 of the file

    def recorded(self, shown: str) -> str:
        """The name in line tables of one of this package's files, given by its display name."""
        return f"{self.record}/{os.path.basename(shown)}"

    def take_text(self, name: str, internal: bool, frame: int, args: int) -> None:
        """Note a TEXT in asm_text."""
        kind, old = "internal" if internal else "0", self.asm_text.get(name)
        if old is None or old[0] == kind:
            self.asm_text[name] = (kind, frame, args)
        elif internal:
            self.asm_text[name] = ("0+internal", *old[1:])
        else:
            self.asm_text[name] = ("0+internal", frame, args)

    def digest(self) -> str:
        """SHA-256 (hex) over everything of this package that a build reads, recorded file names included."""
        h = hashlib.sha256()
        for group in (self.go_files, self.s_files, self.h_files):
            for show, p in group:
                h.update(f"{self.recorded(show)}\0{self.contents[p]}\n".encode("utf-8", "surrogateescape"))
            h.update(b"-\n")
        for spec, path in sorted(self.imports.items()):
            h.update(f"{spec}\0{path}\n".encode())
        for pattern, files in sorted(self.embed.items()):
            h.update(f"embed {pattern}\n".encode())
            for name, p in files:
                with open(p, "rb") as f:
                    h.update(f"{name}\0{hashlib.sha256(f.read()).hexdigest()}\n".encode())
        h.update(f"{self.path}\0{self.name}\0{self.go_version}".encode())
        return h.hexdigest()


@dataclass(slots=True)
class LoadedProgram:
    """All packages of a build, in initialisation order."""

    packages: dict[str, PackageInfo]
    main: str  # path of the package that has func main; the first root when none has
    roots: list[str]  # what the patterns named
    context: BuildContext
    module: str = ""  # path of the main module, "" outside one
    gomod: str = ""
    main_module: Module | None = None
    looked_at: list[str] = field(default_factory=list)  # directories read: a new file there changes the result

    @property
    def include_dirs(self) -> list[str]:
        """Where assembly's #include looks besides the package's directory."""
        return [os.path.join(self.context.overlay, "runtime"), os.path.join(self.context.goroot, "src", "runtime"),
                os.path.join(self.context.goroot, "pkg", "include")]  # fmt: skip

    def std_sources(self) -> dict[str, str]:
        """Recorded name -> absolute path of the standard library's files, an overlay's file where it lies. The linker puts them into a program
        that is built without -trimpath: compiled units of the library are the same wherever GOROOT is."""
        return {p.recorded(show): f for p in self.packages.values() if p.standard for group in (p.go_files, p.s_files) for show, f in group}

    def godebug(self) -> str:
        """The settings that the main package is built with: what runtime.godebugDefault says."""
        info = self.packages[self.main]
        if info.name != "main":
            return ""
        mod = self.main_module
        release = self.context.release.removeprefix("go")
        own = mod.godebug if mod is not None else []
        return default_godebug(read_table(self.context.goroot), mod.go_version if mod is not None else release, own, [t for _, t in info.debug], release)

    def inputs(self) -> list[str]:
        """Every file and directory the result depends on."""
        out = [f for f in (self.gomod, self.context.files.source) if f]
        out += self.looked_at
        for p in self.packages.values():
            for group in (p.go_files, p.s_files, p.h_files):
                out += [f for _, f in group]
            for files in p.embed.values():
                out += [f for _, f in files]
        return out

    def with_main(self, path: str) -> LoadedProgram:
        """The part of this program that the command `path` consists of."""
        need = _closure(self.packages, ["runtime", path])
        return replace(self, packages={p: i for p, i in self.packages.items() if p in need}, main=path, roots=[path])

    def renamed_main(self, path: str) -> LoadedProgram:
        """The same program; the main package's import path is `path`. Only for a package that no other imports."""
        if path == self.main:
            return self
        info = replace(self.packages[self.main], path=path)
        packages = {p: i for p, i in self.packages.items() if p not in (self.main, path)}
        packages[path] = info
        return replace(self, packages=packages, main=path, roots=[path])


def _closure(packages: dict[str, PackageInfo], roots: list[str]) -> set[str]:
    out: set[str] = set()
    work = [r for r in roots if r in packages]
    while work:
        p = work.pop()
        if p not in out:
            out.add(p)
            work += packages[p].imports.values()
    return out


class _NoFiles(Exception):
    """A directory without buildable Go files; `msg` is the go command's sentence."""

    def __init__(self, msg: str) -> None:
        self.msg = msg


class _PathError(Exception):
    """An import path that cannot be resolved; `msg` goes after the position of the import."""

    def __init__(self, msg: str) -> None:
        self.msg = msg


class _Loader:
    """The state of one load."""

    __slots__ = (
        "broken",
        "ctx",
        "dirs",
        "fs",
        "gomod",
        "late",
        "looked_at",
        "missing",
        "misused",
        "mod",
        "mod_reason",
        "module",
        "packages",
        "seen_missing",
        "src",
        "vendor",
    )

    def __init__(self, ctx: BuildContext) -> None:
        self.ctx = ctx
        self.src = os.path.join(ctx.goroot, "src")
        self.fs = ctx.files
        self.packages: dict[str, PackageInfo] = {}
        self.missing: list[str] = []  # errors found while resolving imports
        self.seen_missing: set[str] = set()
        self.late: list[str] = []  # errors about how packages are used
        self.misused: set[str] = set()  # packages with an error in late
        self.looked_at: list[str] = []
        self.broken: set[str] = set()  # paths that could not be loaded
        self.dirs: dict[str, bool] = {}
        self.mod = ""  # the value of -mod that counts
        self.mod_reason = ""
        self.vendor: Vendor | None = None
        self.gomod = find_gomod(ctx.cwd, self.fs)
        self.module: Module | None = None
        if self.gomod:
            self.module = self.main_module()
            self.check_godebug()
            self.mod, self.mod_reason = build_mod(self.module, ctx.mod, self.fs)
            if self.mod == "vendor":
                self.vendor = load_vendor(self.module, self.fs)
                check_consistent(self.module, self.vendor, self.show(self.gomod))
            if ctx.mod in ("", "vendor"):
                vendor = os.path.join(self.module.dir, "vendor")
                self.looked_at += [p for p in (self.module.dir, vendor, os.path.join(vendor, "modules.txt")) if self.fs.exists(p)]
        elif ctx.modfile:
            raise fatal("go: -modfile cannot be used with commands that ignore the current module")

    def main_module(self) -> Module:
        """The module of the go.mod that was found, or of the file that -modfile names in its place."""
        name = self.ctx.modfile
        if not name:
            return read_gomod(self.fs.actual(self.gomod), self.show(self.gomod), self.ctx.release)
        if not name.endswith(".mod"):
            raise fatal(f"go: -modfile={name}: file does not have .mod extension")
        path = os.path.join(self.ctx.cwd, name)
        if not self.fs.is_file(path):
            raise fatal(f"go: open {name}: no such file or directory")
        mod = read_gomod(self.fs.actual(path), self.show(path), self.ctx.release)
        mod.dir = os.path.dirname(self.gomod)
        self.looked_at.append(self.fs.actual(path))
        return mod

    def check_godebug(self) -> None:
        """The main module's godebug lines. Raises CompileError."""
        mod = self.module
        if mod is None or not mod.godebug:
            return
        table = read_table(self.ctx.goroot)
        wrong = []
        for (key, value), at in zip(mod.godebug, mod.godebug_at, strict=True):
            try:
                godebug.check(table, "godebug", key, value, self.ctx.release.removeprefix("go"))
            except godebug.BadSetting as e:
                wrong.append(f"go: error loading {at.partition(':')[0]}:\n{at}: {e}")
        if wrong:
            raise fatal("\n".join(wrong))

    # ------------------------------------------------------------ names

    def show(self, path: str) -> str:
        """A path as the go command prints it: relative to the working directory when that is shorter."""
        rel = os.path.relpath(path, self.ctx.cwd)
        return rel if len(rel) < len(path) else path

    def display(self, path: str) -> str:
        """The name of a user's file in errors: ./x.go in the working directory, dir/x.go below it."""
        rel = self.show(path)
        return "./" + rel if os.sep not in rel and not os.path.isabs(rel) else rel

    def trimmed(self, path: str, module: str) -> str:
        """What takes the place of a package's directory under -trimpath: `module@version/dir`, or the import path in the main module
        (cmd/go/internal/work/gc.go, trimpath, go1.27)."""
        if path == COMMAND_LINE:
            return "."
        version = self.module.version(module) if self.module is not None else ""
        return f"{module}@{version}{path[len(module) :]}" if version else path

    def is_dir(self, d: str) -> bool:
        known = self.dirs.get(d)
        if known is None:
            known = self.dirs[d] = self.fs.is_dir(d)
        return known

    # ------------------------------------------------------------ finding packages

    def std_dir(self, path: str) -> bool:
        return self.is_dir(os.path.join(self.src, path)) or self.is_dir(os.path.join(self.ctx.overlay, path))

    def resolve(self, spec: str, importer: PackageInfo | None) -> tuple[str, str, bool, str]:
        """(package path, directory, standard, module path) of an import string; importer: None for the command line. Raises _PathError."""
        first, _, _ = spec.partition("/")
        if importer is not None and importer.standard:
            if "." in first:
                # the commands of GOROOT are a module of their own, with a vendor directory of its own
                vendor = "cmd/vendor/" if importer.path.startswith("cmd/") else "vendor/"
                if self.std_dir(vendor + spec):
                    spec = vendor + spec
            return spec, os.path.join(self.src, spec), True, ""
        if spec.startswith(("./", "../")) or spec in (".", ".."):
            raise _PathError(f'"{spec}" is relative, but relative import paths are not supported in module mode')
        if spec.startswith("/"):
            raise _PathError(f"\"{spec}\" is not a package path; see 'go help packages'")
        bad = _bad_element(spec)
        if bad:
            raise _PathError(f'malformed import path {go_quote(spec)}: {bad}')
        mod = self.module
        if mod is not None and (spec == mod.path or spec.startswith(mod.path + "/")):
            d = os.path.join(mod.dir, spec[len(mod.path) + 1 :]) if spec != mod.path else mod.dir
            if self.has_go_files(d, mod.dir):
                return spec, d, False, mod.path
        if mod is not None and self.vendor is not None:
            d = os.path.join(mod.dir, "vendor", spec)
            if self.has_go_files(d, d):
                if spec in self.vendor.packages:
                    return spec, d, False, self.vendor.packages[spec][0]
                if compare_versions(mod.go_version, "1.23") < 0:
                    return spec, d, False, self.required(spec) or spec
                print(f"go: ignoring package {spec} which exists in the vendor directory but is missing from vendor/modules.txt. "
                      "To sync the vendor directory run go mod vendor.", file=sys.stderr)  # fmt: skip
        if "." not in first:
            if self.std_dir(spec):
                return spec, os.path.join(self.src, spec), True, ""
            raise _PathError(f"package {spec} is not in std ({os.path.join(self.src, spec)})")
        if mod is None:
            raise _PathError(
                f"no required module provides package {spec}: go.mod file not found in current directory or any parent directory; "
                "see 'go help modules'"
            )
        owner = self.required(spec)
        if self.vendor is not None or (self.ctx.mod == "readonly" and not owner):
            reason = f"\n\t({self.mod_reason})" if self.mod_reason else ""
            raise _PathError(f"cannot find module providing package {spec}: import lookup disabled by -mod={self.mod}{reason}")
        if owner:
            to = mod.replaces.get(owner, "")
            if to.startswith(("./", "../", "/")):
                root = os.path.normpath(os.path.join(mod.dir, to))
                d = os.path.join(root, spec[len(owner) + 1 :]) if spec != owner else root
                if self.has_go_files(d, root):
                    return spec, d, False, owner
                raise _PathError(f"module {owner}@latest found ({mod.requires.get(owner, '')}, replaced by {to}), but does not contain package {spec}")
            raise _PathError(f"package {spec} is in module {owner}, and rt0 does not download modules: `go mod vendor` puts it where rt0 finds it")
        raise _PathError(f"no required module provides package {spec}; to add it:\n\tgo get {spec}")

    def required(self, spec: str) -> str:
        """The required or replaced module that would contain the package; the longest path wins."""
        mod = self.module
        if mod is None:
            return ""
        owners = [m for m in (*mod.requires, *mod.replaces) if spec == m or spec.startswith(m + "/")]
        return max(owners, key=len, default="")

    def has_go_files(self, d: str, root: str) -> bool:
        """d is a directory of the module at root (no go.mod of its own on the way) with at least one .go file."""
        try:
            names = self.fs.names(d)
        except OSError:
            return False
        if not any(n.endswith(".go") for n in names):
            return False
        while d != root:
            if self.fs.is_file(os.path.join(d, "go.mod")):
                return False
            d = os.path.dirname(d)
        return True

    # ------------------------------------------------------------ reading a directory

    def candidates(self, path: str, d: str, standard: bool) -> list[tuple[str, str]]:
        """(base name, absolute path) of the files of a package directory, overlay applied, sorted by name."""
        found: dict[str, str] = {}
        if not standard:
            return [(n, os.path.join(d, n)) for n in self.fs.names(d)]
        over = os.path.join(self.ctx.overlay, path)
        drop: set[str] = set()
        keep: set[str] | None = None
        names: list[str] = []
        if self.is_dir(over):
            names = os.listdir(over)
            if "overlay.txt" in names:
                with open(os.path.join(over, "overlay.txt"), encoding="utf-8") as f:
                    for line in f:
                        words = line.partition("#")[0].split()
                        if words == ["replace"]:
                            keep = keep or set()
                        elif len(words) == 2 and words[0] == "drop":
                            drop.add(words[1])
                        elif len(words) == 2 and words[0] == "keep":
                            keep = (keep or set()) | {words[1]}
                        elif words:
                            raise fatal(f"{path}/overlay.txt: cannot read {line.strip()!r}")
        try:
            for n in self.fs.names(d):
                if n not in drop and (keep is None or n in keep):
                    found[n] = os.path.join(d, n)
        except OSError:
            if not names:
                raise
        for n in names:
            found[n] = os.path.join(over, n)
        return sorted(found.items())

    def read_package(self, path: str, d: str, standard: bool, module: str, only: list[str] | None = None) -> PackageInfo:
        """Read the heads of a package's files. Raises _NoFiles, or CompileError for files that cannot be understood.

        only  the absolute paths given on the command line, which are taken whatever their names say
        """
        tags = self.ctx.tags
        info = PackageInfo(path, "", d, standard, self.language(standard, module), module=module)
        info.record = path if standard else self.trimmed(path, module) if self.ctx.trimpath else d
        self.looked_at.append(d)
        ignored = tests = cgo = 0
        names: list[str] = []
        first = ""
        try:
            files = [(os.path.basename(p), p) for p in only] if only is not None else self.candidates(path, d, standard)
        except OSError as e:
            raise _NoFiles(f"open {d}: {(e.strerror or str(e)).lower()}") from None
        for name, p in files:
            dot = name.rfind(".")
            ext = name[dot:] if dot > 0 else ""
            if ext not in (".go", ".s", ".h") or name[0] in "_.":
                continue
            names.append(name)
            if ext == ".go" and name.endswith("_test.go") and only is None:
                tests += 1
                continue
            if only is None and not tags.name_matches(name):
                ignored += ext == ".go"
                continue
            try:
                with open(self.fs.actual(p), "rb") as f:
                    data = f.read()
            except IsADirectoryError:
                continue
            except OSError as e:
                what = f"open {self.show(p)}" if self.fs.actual(p) == p else f"stat {self.fs.actual(p)}"
                raise _NoFiles(f"{what}: {(e.strerror or str(e)).lower()}") from None
            show = f"{path}/{name}" if standard else self.display(p)
            if ext == ".go":
                h = self.head(p, data, name, only is not None)
                if h is None:
                    ignored += 1
                    continue
                if any(i.path == "C" for i in h.imports) and self.ctx.verb != "compile":
                    cgo += 1
                    at = next(i.offset for i in h.imports if i.path == "C")
                    if only is not None:
                        raise fatal(f'{self.at(p, at, data)}: import "C": rt0 does not support cgo')
                    continue
                if h.package == "documentation":
                    ignored += 1
                    continue
                if not info.name:
                    info.name, first = h.package, name
                elif h.package != info.name and self.ctx.verb != "compile":
                    raise _NoFiles(f"found packages {info.name} ({first}) and {h.package} ({name}) in {d}")
                info.go_files.append((show, self.fs.actual(p)))
                self.take(info, h, p, data)
            else:
                if not self.constraint_holds(name, data):
                    continue
                if ext == ".s":
                    info.s_files.append((show, self.fs.actual(p)))
                    self.take_asm(info, data)
                else:
                    info.h_files.append((show, self.fs.actual(p)))
            info.contents[self.fs.actual(p)] = hashlib.sha256(data).hexdigest()
        if not info.go_files:
            if cgo:
                raise _NoFiles(f"package {path}: all Go files in {d} import \"C\": rt0 does not support cgo")
            if ignored:
                raise _NoFiles(f"package {path}: build constraints exclude all Go files in {d}")
            if tests:
                raise _NoFiles(f"{path}: no non-test Go files in {d}")
            raise _NoFiles(f"no Go files in {d}")
        self.embed(info)
        if not standard:
            names += dict.fromkeys(name for group in info.embed.values() for name, _ in group if name not in names)
            self.check_case(path, names)
        return info

    def check_case(self, path: str, names: list[str]) -> None:
        """Two files whose names differ in case only cannot be together on every system. Raises _NoFiles."""
        seen: dict[str, str] = {}
        for name in names:
            other = seen.setdefault(name.casefold(), name)
            if other is not name:
                a, b = sorted((name, other))
                raise _NoFiles(f"package {path}: case-insensitive file name collision: {go_quote(a)} and {go_quote(b)}")

    def language(self, standard: bool, module: str) -> str:
        mod = self.module
        if standard or mod is None:
            return self.ctx.release.removeprefix("go").rsplit(".", 1)[0] if self.ctx.release.count(".") > 1 else self.ctx.release.removeprefix("go")
        if module == mod.path:
            return ".".join(mod.go_version.split(".")[:2])
        return self.other_language(module)

    def other_language(self, module: str) -> str:
        """Language version of a vendored or replaced module."""
        mod = self.module
        assert mod is not None
        if self.vendor is not None:
            return self.vendor.language(module) or "1.16"
        to = mod.replaces.get(module, "")
        if to.startswith(("./", "../", "/")):
            gomod = os.path.join(mod.dir, to, "go.mod")
            if self.fs.is_file(gomod):
                return ".".join(read_gomod(self.fs.actual(gomod), self.show(gomod), self.ctx.release).go_version.split(".")[:2])
        return "1.16"

    def at(self, p: str, offset: int, data: bytes | None = None) -> str:
        """file:line:col of an offset, the file as the go command shows it."""
        if data is None:
            with open(self.fs.actual(p), "rb") as f:
                data = f.read()
        # go/token does not begin a line at the very end of a file
        stop = offset - 1 if offset == len(data) and data.endswith(b"\n") else offset
        line, col = data.count(b"\n", 0, stop) + 1, offset - data.rfind(b"\n", 0, stop)
        return f"{self.show(p)}:{line}:{col}"

    def display_at(self, p: str, offset: int, data: bytes) -> str:
        """file:line:col as the compiler's errors have it."""
        return self.display(p) + self.at(p, offset, data)[len(self.show(p)) :]

    def head(self, p: str, data: bytes, name: str, taken: bool) -> Header | None:
        """The head of a Go file; None when constraints exclude it, however wrong it may be. taken: they do not count, but must be well formed."""
        free = taken and self.ctx.verb == "compile"
        try:
            h = read_header(data)
            if h.constraint and not free and not self.constraint_holds(name, h.constraint) and not taken:
                return None
        except HeaderError as e:
            if not free and not self.constraint_holds(name, data) and not taken:
                return None
            if self.ctx.verb == "compile":
                return Header("p", b"", [])
            if e.offset < 0:
                raise _NoFiles(f"read {p}: {e.msg}") from None
            raise fatal(f"{self.at(p, e.offset, data)}: {e.msg}") from None
        for i in h.imports:
            if not i.path or _ILLEGAL.search(i.path) or not i.path.isprintable():
                if self.ctx.verb == "compile":
                    continue
                raise fatal(f"{p}:{self.at(p, i.offset, data).split(':', 1)[1]}: invalid import path: {i.path}")
        return h

    def constraint_holds(self, name: str, head: bytes) -> bool:
        try:
            return self.ctx.tags.header_matches(head)
        except ConstraintError as e:
            raise _NoFiles(f"{name}: {e}") from None

    def take(self, info: PackageInfo, h: Header, p: str, data: bytes) -> None:
        """Add what a Go file's head says to its package."""
        for i in h.imports:
            if i.path and i.path not in info.imports:
                info.imports[i.path] = ""
                info.import_at[i.path] = (p, i.offset)
        info.debug += [(self.display_at(p, offset, data), text) for text, offset in h.debug]
        for local, symbol in h.linknames:
            info.linknames[local] = symbol
        for text, offset in h.embeds:
            for pattern, at in parse_args(text)[0]:
                info.embed_at.setdefault(pattern, (p, offset + len(text[:at].encode("utf-8", "replace"))))

    def embed(self, info: PackageInfo) -> None:
        """Resolve the package's patterns; the first one that cannot be, in their order, is an error."""
        for pattern in sorted(info.embed_at):
            try:
                info.embed[pattern] = match_embed(self.fs, info.dir, pattern)
            except EmbedError as e:
                msg = f"{self.at(*info.embed_at[pattern])}: {e}"
                if self.ctx.verb != "compile":
                    raise fatal(msg) from None
                info.embed_errors.append(msg)

    def take_asm(self, info: PackageInfo, data: bytes) -> None:
        for sym in _GLOBL.findall(data):
            pkg, dot, last = sym.decode("utf-8", "replace").replace("∕", "/").rpartition("·")
            if dot and pkg in ("", info.path):
                info.asm_data.add(last)
        found = _TEXT.findall(data)
        if len(found) != len(_TEXT_WORD.findall(data)):
            info.asm_exact = False
        for sym, local, abi, size in found:
            if local:
                continue
            pkg, dot, last = sym.decode("utf-8", "replace").replace("∕", "/").rpartition("·")
            if not dot:
                continue  # a name without a package: no Go function has it
            frame, _, args = size.decode().replace(" ", "").lstrip("-").partition("-")
            if _size(frame) < 0:
                info.asm_exact = False
            info.take_text(last if pkg in ("", info.path) else f"{pkg}.{last}", abi == b"<ABIInternal>", _size(frame), _size(args) if args else -1)

    # ------------------------------------------------------------ the graph

    def load(self, path: str, d: str, standard: bool, module: str) -> None:
        """Load a package and all it imports."""
        if path in self.packages or path in self.broken:
            return
        info = self.read_package(path, d, standard, module)
        self.follow(info)

    def follow(self, info: PackageInfo) -> None:
        """Record a package and load its imports, each one after those of its predecessors."""
        packages = self.packages
        packages[info.path] = info
        on_stack = {info.path: 0}
        # an explicit stack: (package, its sorted import strings, next one); a chain of imports may be long
        stack = [(info, sorted(info.imports), 0)]
        while stack:
            cur, specs, k = stack.pop()
            if k == len(specs):
                del on_stack[cur.path]
                continue
            stack.append((cur, specs, k + 1))
            spec = specs[k]
            try:
                path, d, standard, module = self.resolve(spec, cur)
            except _PathError as e:
                if cur.path == COMMAND_LINE and self.ctx.verb == "compile":
                    del cur.imports[spec]
                    continue
                self.import_error(cur, spec, e.msg)
                if spec.startswith("./") or spec.startswith("../"):
                    self.misuse(cur, f'{self.import_position(cur, spec)}: local import "{spec}" in non-local package')
                del cur.imports[spec]
                continue
            cur.imports[spec] = path
            if path in on_stack:
                self.cycle([p for p, _, _ in stack], cur, spec, path)
                continue
            self.check_use(cur, spec, path)
            if path in packages or path in self.broken:
                continue
            try:
                dep = self.read_package(path, d, standard, module)
            except _NoFiles as e:
                self.broken.add(path)
                self.no_files(cur, spec, path, e.msg, [p for p, _, _ in stack])
                continue
            if dep.name == "main" and not standard:
                self.misuse(cur, f'{self.import_position(cur, spec)}: import "{path}" is a program, not an importable package')
            packages[path] = dep
            on_stack[path] = len(stack)
            stack.append((dep, sorted(dep.imports), 0))

    def import_position(self, info: PackageInfo, spec: str) -> str:
        p, offset = info.import_at[spec]
        return self.at(p, offset)

    def import_error(self, info: PackageInfo, spec: str, msg: str) -> None:
        if spec in self.seen_missing:
            return
        self.seen_missing.add(spec)
        if info.standard and not spec:
            return
        self.missing.append(f"{self.import_position(info, spec)}: {msg}")

    def no_files(self, info: PackageInfo, spec: str, path: str, msg: str, stack: list[PackageInfo]) -> None:
        if msg.startswith("package "):
            trail = "".join(f"\n\timports {p.path}" for p in stack[1:])
            self.missing.append(f"package {stack[0].path}{trail}\n\timports {msg.removeprefix('package ')}")
        elif msg.startswith(f"{path}: no non-test"):
            self.missing.append(msg)
        elif msg.startswith("no Go files"):
            self.import_error(info, spec, f"no required module provides package {path}; to add it:\n\tgo get {path}" if not info.standard else msg)
        else:
            self.missing.append(f"{self.import_position(info, spec)}: {msg}")

    def cycle(self, stack: list[PackageInfo], cur: PackageInfo, spec: str, path: str) -> None:
        """`import cycle not allowed`, with the way from the root into the cycle and around it."""
        lines = [f"package {stack[0].path}"]
        for prev, p in pairwise(stack):
            via = next(s for s, t in prev.imports.items() if t == p.path)
            lines.append(f"\timports {p.path} from {os.path.basename(prev.import_at[via][0])}")
        lines.append(f"\timports {path} from {os.path.basename(cur.import_at[spec][0])}: import cycle not allowed")
        self.missing.append("\n".join(lines))

    def check_use(self, info: PackageInfo, spec: str, path: str) -> None:
        """The internal rule: P/internal/... may be imported by what is under P only."""
        if info.standard or "internal" not in path or self.ctx.verb == "compile":
            return
        parts = path.split("/")
        i = max((k for k, part in enumerate(parts) if part == "internal"), default=-1)
        if i < 0:
            return
        parent = "/".join(parts[:i])
        importer = info.path
        if importer == COMMAND_LINE and self.module is not None:
            importer = self.package_path(info.dir) or importer
        allowed = bool(parent) and (importer == parent or importer.startswith(parent + "/")) and self.resolve_is_user(path)
        if not allowed:
            self.misuse(info, f"package {info.path}\n\t{self.import_position(info, spec)}: use of internal package {path} not allowed")

    def misuse(self, info: PackageInfo, msg: str) -> None:
        """An import that exists but may not be imported so; the go command reports one for each importing package."""
        if info.path not in self.misused:
            self.misused.add(info.path)
            self.late.append(msg)

    def resolve_is_user(self, path: str) -> bool:
        return "." in path.partition("/")[0] or not self.std_dir(path)

    def package_path(self, d: str) -> str:
        """Import path of a directory of the main module; "" when it is not one."""
        mod = self.module
        if mod is None:
            return ""
        rel = os.path.relpath(d, mod.dir)
        if rel == ".":
            return mod.path
        return "" if rel.startswith("..") else f"{mod.path}/{rel}"

    # ------------------------------------------------------------ patterns

    def roots(self, patterns: list[str]) -> list[str]:
        """Load what the patterns name; returns the package paths."""
        files = [p for p in patterns if p.endswith(".go")]
        if files and (self.fs.is_file(os.path.join(self.ctx.cwd, files[0])) or self.ctx.verb == "run"):
            return [self.command_line(patterns)]
        out: list[str] = []
        for pattern in patterns:
            wide = "..." in pattern or pattern in ("all", "std", "cmd")  # packages without files are passed over
            try:
                found = self.expand(pattern)
            except CompileError as e:
                self.missing.append(str(e))
                continue
            for path, d, standard, module in found:
                if path in out:
                    continue
                if path not in self.packages:
                    try:
                        self.load(path, d, standard, module)
                    except _NoFiles as e:
                        if wide and e.msg.startswith(("no Go files", f"package {path}: build constraints", f"{path}: no non-test")):
                            continue
                        self.missing.append(e.msg)
                        continue
                out.append(path)
        return out

    def command_line(self, files: list[str]) -> str:
        dirs: list[str] = []
        paths: list[str] = []
        for f in files:
            if not f.endswith(".go"):
                raise fatal(f"named files must be .go files: {f}")
            if f.endswith("_test.go") and self.ctx.verb == "run":
                raise fatal(f"go: cannot run *_test.go files ({f})")
            p = os.path.normpath(os.path.join(self.ctx.cwd, f))
            if self.fs.is_dir(p):
                raise fatal(f"{f} is a directory, should be a Go file")
            if not self.fs.is_file(p) and not os.path.exists(self.fs.actual(p)):
                raise fatal(f"stat {f}: no such file or directory")
            d = os.path.dirname(p)
            if d not in dirs:
                dirs.append(d)
            paths.append(p)
        if len(dirs) > 1:
            shown = [os.path.relpath(d, self.ctx.cwd) for d in dirs]
            raise fatal(f"named files must all be in one directory; have {shown[0]} and {shown[1]}")
        mod = self.module
        in_module = mod is not None and (dirs[0] + "/").startswith(mod.dir + "/")
        try:
            info = self.read_package(COMMAND_LINE, dirs[0], False, mod.path if mod is not None and in_module else "", only=sorted(set(paths)))
        except _NoFiles as e:
            raise fatal(e.msg) from None
        if mod is not None and not in_module:
            info.go_version = ".".join(mod.go_version.split(".")[:2])
        self.follow(info)
        return COMMAND_LINE

    def expand(self, pattern: str) -> list[tuple[str, str, bool, str]]:
        """(path, directory, standard, module) of every package a pattern names."""
        local = pattern in (".", "..") or pattern.startswith(("./", "../", "/"))
        mod = self.module
        if local:
            base = pattern.partition("...")[0]
            d = os.path.normpath(os.path.join(self.ctx.cwd, base))
            if d == self.src or d.startswith(self.src + "/"):
                if "..." not in pattern:
                    return [(d[len(self.src) + 1 :], d, True, "")]
            if "..." in pattern:
                if mod is None:
                    raise fatal(f"pattern {pattern}: directory prefix {base.rstrip('/') or '.'} does not contain main module or its selected dependencies")
                if not os.path.isdir(os.path.dirname(d) if not base.endswith("/") and not os.path.isdir(d) else d):
                    raise fatal(f"pattern {pattern}: lstat {base}: no such file or directory")
                rx = _pattern(os.path.normpath(os.path.join(self.ctx.cwd, pattern)))
                return [x for x in self.module_packages(mod) if rx.match(x[1])]
            if not self.fs.is_dir(d):
                raise fatal(f"stat {d}: directory not found")
            if mod is None:
                raise fatal("go: go.mod file not found in current directory or any parent directory; see 'go help modules'")
            path = self.package_path(d)
            if not path or self.inside_other_module(d, mod.dir):
                raise fatal(f"directory {pattern} outside main module or its selected dependencies")
            return [(path, d, False, mod.path)]
        if pattern in ("all", "std", "cmd") or "..." in pattern:
            rx = _pattern(pattern)
            found = [x for x in (self.module_packages(mod) if mod else []) if pattern == "all" or rx.match(x[0])]
            if pattern == "std" or (not found and "." not in pattern.partition("/")[0]):
                found += [x for x in self.std_packages() if pattern == "std" or rx.match(x[0])]
            return found
        try:
            return [self.resolve(pattern, None)]
        except _PathError as e:
            raise fatal(e.msg) from None

    def inside_other_module(self, d: str, root: str) -> bool:
        while d != root:
            if self.fs.is_file(os.path.join(d, "go.mod")):
                return True
            d = os.path.dirname(d)
        return False

    def module_packages(self, mod: Module) -> list[tuple[str, str, bool, str]]:
        """All directories of the module with Go files, in the order of their paths."""
        out = []
        for d, dirs, files in self.fs.walk(mod.dir):
            if d != mod.dir and "go.mod" in files:
                dirs[:] = []
                continue
            dirs[:] = [x for x in dirs if x[0] not in "_." and x != "testdata" and not (d == mod.dir and x == "vendor")]
            if any(f.endswith(".go") for f in files):
                out.append((self.package_path(d), d, False, mod.path))
        return out

    def std_packages(self) -> list[tuple[str, str, bool, str]]:
        out = []
        for d, dirs, files in os.walk(self.src):
            dirs[:] = sorted(x for x in dirs if x[0] not in "_." and x != "testdata" and not (d == self.src and x in ("cmd", "vendor")))
            if d != self.src and any(f.endswith(".go") and not f.endswith("_test.go") for f in files):
                out.append((d[len(self.src) + 1 :], d, True, ""))
        return out

    # ------------------------------------------------------------ the result

    def order(self) -> dict[str, PackageInfo]:
        """The packages in initialisation order, runtime's part first."""
        packages = self.packages
        done: dict[str, PackageInfo] = {}
        for part in (_closure(packages, ["runtime"]), set(packages)):
            todo = part - done.keys()
            waits: dict[str, int] = {}
            users: dict[str, list[str]] = {}
            heap: list[str] = []
            for p in todo:
                deps = {q for q in packages[p].imports.values() if q in todo}
                waits[p] = len(deps)
                for q in deps:
                    users.setdefault(q, []).append(p)
                if not deps:
                    heap.append(p)
            heapq.heapify(heap)
            while heap:
                p = heapq.heappop(heap)
                done[p] = packages[p]
                for u in users.get(p, ()):
                    waits[u] -= 1
                    if not waits[u]:
                        heapq.heappush(heap, u)
        return done


def _size(text: str) -> int:
    """A frame or argument size: a number or simple arithmetic on numbers; -1 when it is neither."""
    if text.isdigit():
        return int(text)
    total = 0
    for term in text.replace("(", "").replace(")", "").split("+"):
        product = 1
        for factor in term.split("*"):
            if not factor.isdigit():
                return -1
            product *= int(factor)
        total += product
    return total


def _bad_element(spec: str) -> str:
    """What makes an import path malformed; "" when nothing does (golang.org/x/mod/module, CheckImportPath)."""
    if spec.startswith("-"):
        return "leading dash"
    if "//" in spec:
        return "double slash"
    if spec.endswith("/"):
        return "trailing slash"
    for part in spec.split("/"):
        if not part:
            return "empty path element"
        if part.strip(".") == "":
            return f"invalid path element {go_quote(part)}"
        if part[-1] == ".":
            return "trailing dot in path element"
        for c in part:
            if not (c.isascii() and (c.isalnum() or c in "-._~+")):
                return f"invalid char '{c}'"
        short = part.partition(".")[0]
        if short.lower() in WINDOWS_NAMES:
            return f"{go_quote(short)} disallowed as path element component on Windows"
        if re.search(r"~[0-9]+\Z", short):
            return "trailing tilde and digits in path element"
    return ""


def _pattern(pattern: str) -> re.Pattern[str]:
    """`...` matches any string; `x/...` matches x as well. What stands between two of them is found at its first place only."""
    below = pattern.endswith("/...")
    first, *middle = map(re.escape, (pattern[:-4] if below else pattern).split("..."))
    last = f".*{middle.pop()}" if middle else ""
    return re.compile(first + "".join(f"(?>.*?{m})" for m in middle) + last + (r"(?:/.*)?\Z" if below else r"\Z"))


def load_program(ctx: BuildContext, patterns: list[str]) -> LoadedProgram:
    """Find all packages of a build.

    patterns  .go files, or directories (./x, ./x/...) and import paths; none means "."
    returns   the packages in initialisation order; `main` is the first root that is a command, else the first root
    raises    CompileError, exit code 1, with the text the go command prints
    """
    ld = _Loader(ctx)
    roots = ld.roots(patterns or ["."])
    if ld.missing or ld.late:
        raise fatal("\n".join([*ld.missing, *dict.fromkeys(ld.late)]))
    if not roots:
        raise fatal(f'go: warning: "{" ".join(patterns)}" matched no packages', 0 if any("..." in p for p in patterns) else 1)
    ld.load("runtime", os.path.join(ld.src, "runtime"), True, "")
    if ld.missing or ld.late:
        raise fatal("\n".join([*ld.missing, *dict.fromkeys(ld.late)]))
    main = next((r for r in roots if ld.packages[r].name == "main"), roots[0])
    mod = ld.module.path if ld.module is not None else ""
    return LoadedProgram(ld.order(), main, roots, ctx, mod, ld.gomod, ld.module, ld.looked_at)
