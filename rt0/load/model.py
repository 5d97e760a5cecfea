"""What a load is given and what it gives: the context, a package, the program."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from rt0.diag import fatal
from rt0.load.constraint import Tags
from rt0.load.godebug import default_godebug, read_table
from rt0.load.gomod import Module
from rt0.load.goroot import find_goroot
from rt0.load.replaced import Files

if TYPE_CHECKING:
    from rt0.load.modules import Modules

COMMAND_LINE = "command-line-arguments"


class Shelf(Protocol):
    """Keeps bytes by name from one build to the next: what comes back is what was put, or nothing."""

    def get(self, name: str) -> bytes | None: ...

    def put(self, name: str, content: bytes) -> None: ...


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
    at: str = ""  # VERSION of the patterns PACKAGE@VERSION: the module that we stand in is of no concern
    shelf: Shelf | None = None  # where what is known of the standard library lies between builds
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
    record: str = ""  # what line tables say in place of `dir`: `dir` itself, or with -trimpath (std always) a package path; "": the bare name
    folder_counts: bool = False  # line tables name files by where `dir` lies, though `record` does not say: a //line leads out of it
    contents: dict[str, str] = field(default_factory=dict)  # absolute path -> SHA-256 of the file
    left_out: list[tuple[str, str]] = field(default_factory=list)  # (base name, why) of the folder's other .go, .s and .h files

    def recorded(self, shown: str) -> str:
        """The name in line tables of one of this package's files, given by its display name."""
        name = os.path.basename(shown)
        return f"{self.record}/{name}" if self.record else name

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
        h.update(f"{self.path}\0{self.name}\0{self.go_version}\0".encode())
        if self.folder_counts:
            h.update(self.dir.encode("utf-8", "surrogateescape"))
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
    modules: Modules | None = None  # where packages of other modules come from

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
        need = closure(self.packages, ["runtime", path])
        return replace(self, packages={p: i for p, i in self.packages.items() if p in need}, main=path, roots=[path])

    def renamed_main(self, path: str) -> LoadedProgram:
        """The same program; the main package's import path is `path`. Only for a package that no other imports."""
        if path == self.main:
            return self
        info = replace(self.packages[self.main], path=path)
        packages = {p: i for p, i in self.packages.items() if p not in (self.main, path)}
        packages[path] = info
        return replace(self, packages=packages, main=path, roots=[path])


def closure(packages: dict[str, PackageInfo], roots: list[str]) -> set[str]:
    out: set[str] = set()
    work = [r for r in roots if r in packages]
    while work:
        p = work.pop()
        if p not in out:
            out.add(p)
            work += packages[p].imports.values()
    return out
