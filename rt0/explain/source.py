"""What the collectors of steps 1 to 11 ask: one build of the program, gone through stage by stage as far as each step needs.

Lazy: a property is worked out when the first collector asks for it and kept. Errors of the program come out of it as CompileError or BuildFailed, in the step that
asked, which is the step whose stage found them.

What holds: the executable is the one `rt0 build` makes with the same flags, out of the cache when it is there; compiled the same way when not.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from rt0.build import dump
from rt0.build.builder import Builder
from rt0.build.cache import Cache, cache_dir
from rt0.build.demand import Demand
from rt0.build.errors import DamagedUnit
from rt0.build.keys import Keys
from rt0.build.linkstep import InitSteps
from rt0.build.options import Options
from rt0.build.product import Product
from rt0.build.symbols import owner_of
from rt0.build.units import CompiledUnit, wanted_symbols
from rt0.diag import CompileError, Diagnostic, fatal
from rt0.explain.model import Request
from rt0.link.linker import Linked
from rt0.load.load import LoadedProgram
from rt0.obj.objdump import Image
from rt0.syntax import nodes as ast
from rt0.syntax.positions import end, start


@dataclass(slots=True)
class Region:
    """Lines of one file that -func or -line picks; func: the name as the dumps take it, "" for a line outside of functions."""

    package: str
    file: str
    first: int
    last: int
    func: str


DETAIL = 3_000  # lines of functions that are shown when nothing is picked and there are more


@dataclass(slots=True)
class Detail:
    """What is shown of a large program. functions: how many, of all; lines: file -> (first, last) of each, in order; symbols: theirs."""

    functions: int
    all: int
    lines: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    symbols: set[str] = field(default_factory=set)

    @property
    def sentence(self) -> str:
        return (f"The program is large: {self.functions:,} of its {self.all:,} functions are shown in detail, main.main and the first ones. -func NAME shows any other, "
                "-step NAME by itself everything of a step.")  # fmt: skip


class Build:
    """One program on its way. load: loads the packages; args: the program's own arguments, for the steps that run it."""

    def __init__(self, load: Callable[[], LoadedProgram], options: Options, request: Request, args: list[str],
                 progress: Callable[[str], None] | None = None) -> None:  # fmt: skip
        self._load = load
        self.options = options
        self.request = request
        self.args = args
        self.progress = progress
        self._ir: dict[str, list[str]] = {}
        self._parsed: dict[str, tuple[list[ast.File], list[Diagnostic]]] = {}

    @cached_property
    def loaded(self) -> LoadedProgram:
        """The packages, one of them the command. Raises CompileError."""
        loaded = self._load()
        if len(loaded.roots) > 1:
            raise fatal("rt0: explain takes one package, found:\n\t" + "\n\t".join(loaded.roots))
        if loaded.packages[loaded.roots[0]].name != "main":
            raise fatal(f"package {loaded.roots[0]} is not a main package")
        return loaded

    @cached_property
    def product(self) -> Product:
        cache = Cache(cache_dir())
        return Product(self.loaded, self.options, Keys(self.loaded, self.options, cache), cache)

    @cached_property
    def builder(self) -> Builder:
        return Builder(self.loaded, self.options, self.product, progress=self.progress)

    # ------------------------------------------------------------ what is looked at

    @property
    def own(self) -> list[str]:
        """The packages that are not of the standard library, in order."""
        return [p for p, i in self.loaded.packages.items() if not i.standard]

    @property
    def packages(self) -> list[str]:
        """Packages whose source is shown: the user's; with -func or -line the one that has it."""
        return [self.region.package] if self.region is not None else self.own

    def files(self, path: str) -> list[tuple[str, str]]:
        """(display name, absolute path) of the Go files of a package that are shown."""
        return [f for f in self.loaded.packages[path].go_files if self.region is None or f[0] == self.region.file]

    def shows(self, symbol: str) -> bool:
        """Whether a symbol belongs to one of these packages."""
        owner = owner_of(symbol)
        return (self.loaded.main if owner == "main" else owner) in self.packages

    def covers(self, file: str, first: int, last: int = 0) -> bool:
        """Whether something on these lines of a file, given by its display name, is shown."""
        r = self.region
        if r is not None:
            return file == r.file and first <= r.last and (last or first) >= r.first
        if self.detail is None:
            return True
        ranges = self.detail.lines.get(file, [])
        i = bisect_right(ranges, (last or first, 1 << 62)) - 1
        return i >= 0 and first <= ranges[i][1]

    def shows_symbol(self, symbol: str) -> bool:
        """Whether a symbol of these packages belongs to a function that is shown, or the program is so small that all are."""
        d = self.detail
        if self.region is not None or d is None:
            return True
        return symbol in d.symbols or any(symbol[:i] in d.symbols for i, c in enumerate(symbol) if c in ".[·")

    @cached_property
    def detail(self) -> Detail | None:
        """Of a large program the functions that are shown when none is picked: main.main, and the first ones. None: all of them.

        What a step tells in figures is told of the whole program all the same; -step NAME by itself tells everything.
        """
        if self.region is not None or self.request.steps:
            return None
        found: list[tuple[Region, str]] = []
        files = [(path, file) for path in self.own for file in self._some(path)]
        for path, file in files:
            prefix = self.builder.symbols.prefix(path)
            found += [(self._region(path, file, d), prefix + dump.func_name(d)) for d in file.decls if isinstance(d, ast.FuncDecl)]
        if sum(r.last - r.first + 1 for r, _ in found) <= DETAIL * 4 // 3:
            return None
        found.sort(key=lambda f: f[1] != "main.main")
        out = Detail(0, len(found))
        left = DETAIL
        for r, symbol in found:
            left -= r.last - r.first + 1
            if left < 0 and out.functions:
                break
            out.functions += 1
            out.symbols.add(symbol)
            out.lines.setdefault(r.file, []).append((r.first, r.last))
        for ranges in out.lines.values():
            ranges.sort()
        return out

    def parsed(self, path: str) -> list[ast.File]:
        """A package's files with their bodies. Raises CompileError with its syntax errors."""
        if path not in self._parsed:
            errors: list[Diagnostic] = []
            self._parsed[path] = self.builder.frontend.parse(self.loaded.packages[path], errors, lazy=False), errors
        files, errors = self._parsed[path]
        if errors:
            raise CompileError(errors, package=path)
        return files

    @cached_property
    def region(self) -> Region | None:
        """What -func and -line pick; None: everything of the user's. Raises CompileError when there is no such thing in the program."""
        r = self.request
        if r.func:
            paths, name = dump.split(self.builder, r.func)
            for path in paths:
                for file in self._some(path):
                    for d in file.decls:
                        if isinstance(d, ast.FuncDecl) and dump.func_name(d) == name:
                            return self._region(path, file, d)
            if r.steps == ["link"]:  # any symbol will do there
                return None
            raise fatal(f"rt0: explain: no function {r.func} in the program")
        if not r.line:
            return None
        for path in self.loaded.packages:
            for shown, _ in self.loaded.packages[path].go_files:
                if shown in (r.file, "./" + r.file) or (path in self.own and shown.endswith("/" + r.file)):
                    return self._region_of_line(path, shown, r.line)
        raise fatal(f"rt0: explain: no file {r.file} in the program")

    def _some(self, path: str) -> list[ast.File]:
        """The files of a package as far as they could be parsed."""
        try:
            return self.parsed(path)
        except CompileError:
            return self._parsed[path][0]

    def _region(self, path: str, file: ast.File, d: ast.FuncDecl) -> Region:
        src = file.source
        first, last = (src.raw_position(p - src.base).line for p in (start(d), end(d)))
        prefix = "" if path in self.loaded.roots else f"{path}."
        return Region(path, src.name, first, last, prefix + dump.func_name(d))

    def _region_of_line(self, path: str, shown: str, line: int) -> Region:
        for file in self._some(path):
            if file.source.name == shown:
                for d in file.decls:
                    if isinstance(d, ast.FuncDecl):
                        r = self._region(path, file, d)
                        if r.first <= line <= r.last:
                            return Region(path, shown, line, line, r.func)
        return Region(path, shown, line, line, "")

    # ------------------------------------------------------------ what was made

    def checked(self) -> None:
        """The user's packages are right. Raises BuildFailed with everything that is wrong."""
        self.builder.check_user_packages()

    @cached_property
    def init_steps(self) -> InitSteps:
        """(package, symbol, variables it is for) of all that may run at start."""
        return self.builder.init_steps()

    @cached_property
    def walked(self) -> tuple[Demand, InitSteps, list[tuple[str, bytes]]]:
        """What is linked: the finished walk, what runs at start, the objects. All in the cache afterwards. Raises CompileError."""
        with self.builder.reported():
            while True:
                try:
                    return self.builder.parts()
                except DamagedUnit:  # it is gone from the cache now: at most once per entry
                    continue

    @property
    def demand(self) -> Demand:
        """Which symbols are live, and why."""
        return self.walked[0]

    @cached_property
    def linked(self) -> Linked:
        """The linked program, with the state of the link. The bytes are those of the build."""
        demand, steps, objects = self.walked
        with self.builder.reported():
            linked = self.builder.link(objects, demand, steps)
        if self.product.cached() != linked.exe:
            self.product.store(linked.exe, demand.record())
        return linked

    @property
    def exe(self) -> bytes:
        """The executable's bytes: what rt0 build makes."""
        if "linked" not in self.__dict__:
            cached = self.product.cached()
            if cached is not None:
                return cached
        return self.linked.exe

    def units(self, path: str) -> list[CompiledUnit]:
        """The units of a package that the program is made of: of Go code and of assembly."""
        return sorted((u for u in self.demand.used.values() if u.package == path), key=lambda u: u.name)

    def ir(self, path: str) -> list[str]:
        """LLVM IR of a package's units of Go code, as it was compiled: lower writes the same again for the same symbols. Of a large program (`detail`) only of the
        functions that are shown: what is inlined may then differ from the build's."""
        if path not in self._ir:
            program, out = self.builder.program, []
            for unit in self.units(path):
                symbols = wanted_symbols(self.product.cache, self.product.keys[path], unit)
                shown = [x for x in symbols if self.shows_symbol(x)]
                if shown:  # of a large program the functions that are shown, by themselves
                    out.append(program.lower(path, shown).ir)
            self._ir[path] = out
        return self._ir[path]

    @cached_property
    def image(self) -> Image:
        """The executable's functions, symbols and line table."""
        return Image(self.exe)

    @cached_property
    def recorded(self) -> dict[str, str]:
        """File names in line tables -> names as errors show them."""
        return {i.recorded(shown): shown for i in self.loaded.packages.values() for group in (i.go_files, i.s_files) for shown, _ in group}

    def symbol_of(self, func: str) -> str:
        """The symbol of a function named as -func takes it."""
        paths, name = dump.split(self.builder, func)
        return self.builder.symbols.prefix(paths[0]) + name if name else ""

    def sources(self) -> dict[str, str]:
        """Texts of the files whose source is shown, by display name."""
        out: dict[str, str] = {}
        if "loaded" not in self.__dict__:
            return out
        try:
            packages = self.packages
        except CompileError:  # -func and -line pick nothing
            packages = self.own
        for path in packages:
            for shown, filename in self.loaded.packages[path].go_files:
                with open(filename, "rb") as f:
                    out[shown] = f.read().decode("utf-8", "replace")
        return out

    def close(self) -> None:
        """End the workers."""
        if "builder" in self.__dict__:
            self.builder.pool.close()
