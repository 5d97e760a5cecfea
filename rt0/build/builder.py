"""Builds one command: load -> check the user's packages -> demand walk -> link, with the cache at every step.

    key of a package     hash of rt0, its sources, its imports' keys and the options: names its units and check results
    key of a program     hash of all package keys in order, main, link flags: names the finished executable

What holds: a step whose key is in the cache is not repeated; user packages are checked whole before anything of them is
lowered; the executable is the same whether it came from the cache or not.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rt0.abi.linksyms import INITTASKS_MAIN, INITTASKS_RUNTIME
from rt0.asm.translate import path_prefix
from rt0.build.cache import Cache, cache_dir, key_of
from rt0.build.demand import Demand, MissingSymbol, owner_of
from rt0.build.modinfo import build_info
from rt0.build.toolchain import toolchain_ids
from rt0.build.units import CompiledUnit, cached_units, drop_unit, store_unit
from rt0.build.vcs import Stamp, VcsError, stamp
from rt0.build.workers import Pool, WorkerError
from rt0.diag import CompileError, Diagnostic, FileSet, InternalError, Position, fatal
from rt0.load.godebug import line_errors, read_table
from rt0.load.linkname import StdSymbols
from rt0.load.load import COMMAND_LINE
from rt0.types.objects import Func, Var

if TYPE_CHECKING:
    from rt0.load.load import LoadedProgram, PackageInfo
    from rt0.lower.program import Program
    from rt0.types.objects import Package

# Symbols that are reached without a relocation the walk could see: the entry, what LLVM calls on its own, what the linker's tables name.
ROOTS = ("_rt0_amd64_linux", "__morestack", "memcpy", "memmove", "memset", "runtime.main", "main.main")


@dataclass(slots=True)
class Options:
    """Everything on the command line that changes the result."""

    opt: int = 2
    goamd64: str = "v1"  # or "native"
    tags: tuple[str, ...] = ()
    strip_symbols: bool = False  # -ldflags=-s
    strip_dwarf: bool = False  # -ldflags=-w
    x_values: tuple[tuple[str, str], ...] = ()  # -ldflags=-X
    check_linkname: bool = True  # not -ldflags=-checklinkname=0
    escapes: bool = False  # -gcflags=-m
    all_errors: bool = False  # -gcflags=-e
    jobs: int = 2
    verbose: bool = False  # -v
    commands: bool = False  # -x
    verify: bool = False  # run LLVM's verifier on every module
    rebuild: bool = False  # -a
    trimpath: bool = False  # -trimpath
    json: bool = False  # -json: errors as events on standard output
    buildvcs: str = "auto"  # -buildvcs
    auto_vcs: bool = False  # what -buildvcs=auto means: rt0 build stamps, rt0 run does not
    pgo: str = "auto"  # -pgo
    raw_flags: tuple[tuple[str, str], ...] = ()  # (gcflags | asmflags | ldflags, text), as recorded in the build information
    build_id: str = ""  # -ldflags=-buildid
    gnu_build_id: str = ""  # -ldflags=-B: hexadecimal digits, or gobuildid
    complete: bool = True  # a package without assembly has no function without a body
    workdir: str = ""  # -work: keep IR, objects and assembly here
    dry_run: bool = False  # -n: no LLVM, nothing written
    bench: bool = False  # -bench
    dumps: tuple[tuple[str, str], ...] = ()  # -d: (stage, function)
    stop: str = ""  # -stop: last stage
    assembly: bool = False  # -S
    check: bool = False  # -check: verify after each stage
    load_seconds: float = 0.0  # how long load took, for -bench

    def key(self) -> list[Any]:
        return [self.opt, self.goamd64, list(self.tags), self.variables()]

    def variables(self) -> bool:
        """DWARF describes variables and types: where LLVM leaves them somewhere to be found, and the executable keeps it."""
        return self.opt <= 1 and not self.strip_dwarf and not self.strip_symbols

    def cpu(self) -> str:
        from rt0.llvm.codegen import CPU_LEVELS

        return self.goamd64 if self.goamd64 == "native" else CPU_LEVELS[self.goamd64]


@dataclass(slots=True)
class Stats:
    """What -bench prints. seconds: wall time per stage, each moment counted for the innermost stage only."""

    seconds: dict[str, float] = field(default_factory=dict)
    units: int = 0
    functions: int = 0
    _running: list[str] = field(default_factory=list)
    _since: float = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time of the block for `name`."""
        self._switch()
        self._running.append(name)
        self.seconds.setdefault(name, 0.0)
        try:
            yield
        finally:
            self._switch()
            self._running.pop()

    def _switch(self) -> None:
        now = time.perf_counter()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        self._since = now


class Builder:
    """One build. Implements demand.Source."""

    def __init__(self, loaded: LoadedProgram, options: Options, cache: Cache | None = None,
                 progress: Callable[[str], None] | None = None) -> None:
        self.loaded = loaded
        self.options = options
        self.cache = cache if cache is not None else Cache(cache_dir())
        self.progress = progress
        self.fset = FileSet()
        self.stats = Stats()
        self.unit_toolchain, self.toolchain = toolchain_ids(self.cache)
        self.keys: dict[str, str] = {}  # package path -> key
        self.packages: dict[str, Package] = {}
        self.pool = Pool(options.jobs)
        self.pushed: dict[str, list[str]] = {}  # symbol -> packages that push it by linkname
        self._program: Program | None = None
        self.demand: Demand | None = None
        self._new: list[CompiledUnit] = []
        self._asm_done: set[str] = set()
        self._printed: set[str] = set()
        self._functions: dict[str, dict[str, bool]] = {}  # package -> symbol that assembly refers to -> whether Go declares it as a function
        self._has_main = True
        self._info: str | None = None
        self.main_symbol_path = "main"  # import path of the loaded main package as symbols spell it
        self._compute_keys()

    # ------------------------------------------------------------ keys

    def _compute_keys(self) -> None:
        opt = self.options.key()
        for path, p in self.loaded.packages.items():
            deps = [self.keys[d] for d in sorted(set(p.imports.values())) if d in self.keys]
            self.keys[path] = key_of("package", self.unit_toolchain, path, p.digest(), p.go_version, deps, opt)
            for local, symbol in p.linknames.items():
                if owner_of(symbol) != path:
                    self.pushed.setdefault(symbol, []).append(path)
                del local

    def program_key(self) -> str:
        o = self.options
        root = "" if o.trimpath else self.loaded.context.goroot  # decides what `sources` and `linker_values` say
        link = [o.strip_symbols, o.strip_dwarf, [list(x) for x in o.x_values], root, o.build_id, o.gnu_build_id, o.check_linkname, self.gdb_script() if o.variables() else ""]
        return key_of("program", self.toolchain, self.loaded.main, [self.keys[p] for p in self.loaded.packages], link, self.build_info())

    # ------------------------------------------------------------ front end

    def package(self, path: str) -> Package:
        """The package; of the standard library as a stub that is parsed and collected when something looks into it."""
        pkg = self.packages.get(path)
        if pkg is None:
            info = self.loaded.packages.get(path)
            if info is not None and info.standard and path != self.loaded.main:
                from rt0.types.objects import Package

                pkg = self.packages[path] = Package.stub(path, info.name, lambda stub: self._load_package(path, stub))
            else:
                pkg = self._load_package(path, None)
        return pkg

    def _load_package(self, path: str, stub: Package | None) -> Package:
        from rt0.syntax.overlay import apply_overlay
        from rt0.syntax.parser import parse_file, stops_checking
        from rt0.types.check import Checker, parse_version
        from rt0.types.errors import ErrorList
        from rt0.types.universe import UNSAFE

        if path == "unsafe":
            return UNSAFE
        info = self.loaded.packages[path]
        errors: list[Diagnostic] = []
        lazy = info.standard
        files = []
        with self.stats.stage("syntax"):
            for name, filename in info.go_files:
                with open(filename, "rb") as f:
                    files.append(parse_file(self.fset.add(name, f.read(), info.dir, info.record), errors, lazy=lazy, std=info.standard))
        if stops_checking(errors, files):
            raise CompileError(errors, package=path)
        if info.standard:
            apply_overlay(files, [f.startswith(self.loaded.context.overlay + "/") for _, f in info.go_files])

        def import_package(spec: str) -> Package:
            target = info.imports.get(spec, spec)
            if target != "unsafe" and target not in self.loaded.packages:
                raise fatal("import path cannot be absolute path" if spec.startswith("/") else "file not found")
            return self.package(target)

        sink = ErrorList(limit=0)
        sink.extend(errors)
        if stub is not None:
            self.packages[path] = stub
        checker = Checker(
            self.fset, self.main_symbol_path if path == self.loaded.main else path, files, import_package, go_version=info.go_version, errors=sink, whole=not lazy, stub=stub,
        )
        with self.stats.stage("types"):
            pkg = checker.check()
        self.packages[path] = pkg
        if not sink and not info.standard:  # directives and missing bodies: gc looks at them only when all else is right
            from rt0.syntax.late import late_errors

            sink.extend(late_errors(files, self.options.complete and not info.s_files, parse_version(info.go_version)))
            if info.embed and not sink:
                from rt0.types.embed import embed_errors

                sink.extend(embed_errors(files, pkg, info.embed))
        if sink:
            raise CompileError(list(sink), package=path)
        return pkg

    def check_user_packages(self) -> None:
        """Check every non-standard package whole; all packages' errors are reported together, as go does."""
        failed: list[CompileError] = []
        bad: set[str] = set()
        for path, info in self.loaded.packages.items():
            if info.standard or any(d in bad for d in info.imports.values()):
                if not info.standard:
                    bad.add(path)
                continue
            if not self.options.rebuild and self.cache.get(self.keys[path], "checked") is not None:
                continue
            if self.options.commands:
                print(f"check {path}", file=sys.stderr)
            try:
                self._check_directives(path, info)
                pkg = self.package(path)
            except CompileError as e:
                failed.append(e)
                bad.add(path)
                continue
            if info.linknames and not self.options.dry_run:
                self.cache.put_json(self.keys[path], "pulls", linkname_pulls(pkg, info.linknames))
            if info.name == "main" and "main" not in pkg.scope.elems:
                self._has_main &= path != self.loaded.main  # the linker's complaint: after everybody else's
            elif not self.options.dry_run:
                self.cache.put(self.keys[path], "checked", b"ok")
        if failed:
            raise BuildFailed(failed)

    def _check_directives(self, path: str, info: PackageInfo) -> None:
        """//go:debug lines. Raises CompileError."""
        if info.debug:
            context = self.loaded.context
            wrong = line_errors(read_table(context.goroot), info.debug, context.release.removeprefix("go"))
            if wrong:
                raise CompileError([Diagnostic(Position("", 0, 0), "\n".join(wrong))], package=path)

    def program(self) -> Program:
        if self._program is None:
            from rt0.lower.program import Program

            self._program = Program(self.fset, self.loaded, self.package, self.escape_summary)
            self._program.inline = self.options.opt >= 2
            self._program.variables = self.options.variables()
            self._program.pin = self.options.opt == 0
        return self._program

    def escape_summary(self, symbol: str) -> list[list[int]] | None:
        """The escape summary of a function that some cached unit defines."""
        if self.demand is None:
            return None
        d = self.demand.known(symbol)
        summary: list[list[int]] | None = None if d is None else d.get("escape")
        return summary

    # ------------------------------------------------------------ demand.Source

    def candidates(self, symbol: str) -> list[str]:
        owner = owner_of(symbol) or "runtime"
        if owner == "main":
            owner = self.loaded.main
        out = [owner] if owner in self.loaded.packages else []
        return out + [p for p in self.pushed.get(symbol, ()) if p != owner]

    def has_abi0(self, symbol: str) -> bool:
        """Whether a .s file defines the symbol's stack-argument entry."""
        for path in self.candidates(symbol):
            info = self.loaded.packages[path]
            text = self.asm_text(info).get(symbol[len(self.symbol_prefix(path)) : -5])
            if text is not None and text[0].startswith("0"):
                return True
        return False

    def asm_text(self, info: PackageInfo) -> dict[str, tuple[str, int, int]]:
        """PackageInfo.asm_text; made by the assembler's preprocessor where load could not tell."""
        if not info.asm_exact:
            from rt0.build.asmunits import read_texts

            info.asm_exact = True
            read_texts(self, info.path, info)
        return info.asm_text

    def is_go_function(self, symbol: str) -> bool:
        """Whether a Go file declares the symbol as a function: assembly then reaches it through an entry made for it (wrappers.abi0_entry)."""
        for path in self.candidates(symbol):
            known = self._functions.get(path)
            if known is None:
                known = self._functions[path] = self.cache.get_json(self.keys[path], "functions") or {}
            if symbol not in known:
                known[symbol] = self.program().declares_function(path, symbol)
                if not self.options.dry_run:
                    self.cache.put_json(self.keys[path], "functions", known)
            if known[symbol]:
                return True
        return False

    def cached(self, path: str) -> list[CompiledUnit]:
        return [] if self.options.rebuild else cached_units(self.cache, self.keys[path], path)

    def provide(self, path: str, symbols: list[str]) -> tuple[list[CompiledUnit], set[str]]:
        """Compile units of package `path` that define as many of `symbols` as it can."""
        units = []
        info = self.loaded.packages[path]
        go_symbols = [s for s in symbols if not self._is_asm(info, s)]
        if len(go_symbols) < len(symbols) and path not in self._asm_done:
            self._asm_done.add(path)
            units += self._assemble(path, info)
        if go_symbols:
            unit = self._lower(path, go_symbols)
            if unit is not None:
                units.append(unit)
        self._new += units
        self._store_finished()
        return units, set()

    def _is_asm(self, info: PackageInfo, symbol: str) -> bool:
        """Whether the symbol is defined by one of the package's .s files."""
        if not info.s_files:
            return False
        if owner_of(symbol) == "":
            return not symbol.startswith(("type:", "go:"))
        name = symbol.removeprefix(self.symbol_prefix(info.path))  # another package's symbol, pushed from here, keeps its own
        if name.endswith(".abi0"):
            text = self.asm_text(info).get(name[:-5]) or self.asm_text(info).get(symbol[:-5])
            return text is not None and text[0].startswith("0")
        text = self.asm_text(info).get(name) or self.asm_text(info).get(symbol)
        return name in info.asm_data or (text is not None and text[0].endswith("internal"))

    def symbol_prefix(self, path: str) -> str:
        if path == self.loaded.main:
            return "main."
        head, _, last = path.rpartition("/")
        return f"{head}/{last.replace('.', '%2e')}." if head else last.replace(".", "%2e") + "."

    def _lower(self, path: str, symbols: list[str]) -> CompiledUnit | None:
        program = self.program()
        with self.stats.stage("lower"):
            unit = program.lower(path, symbols)
        if not unit.defs:
            return None
        name = key_of(*symbols)[:32]
        defs = {s: (d if isinstance(d, dict) else d.to_json()) for s, d in unit.defs.items()}
        self.stats.units += 1
        self.stats.functions += len(defs)
        if self.options.verbose and path not in self._printed:
            self._printed.add(path)
            print(path, file=sys.stderr)
        if self.options.workdir:
            self._keep(f"{path.replace('/', '_')}.{name}.ll", unit.ir.encode())
        o = self.options
        if o.commands:
            print(f"llvm -O{o.opt} {path} # {len(unit.defs)} definitions", file=sys.stderr)
        if o.dry_run:
            return CompiledUnit(path, name, defs, data=b"")
        header = {"op": "ir", "opt": o.opt, "cpu": o.cpu(), "features": "", "want": "obj", "verify": o.verify, "package": path, "variables": o.variables(),
                  "args": unit.trace_args}  # fmt: skip
        job = self.pool.submit(f"{path}.{name}", header, unit.ir.encode())
        if self.progress is not None:
            self.progress(path)
        return CompiledUnit(path, name, defs, job=job)

    def _assemble(self, path: str, info: PackageInfo) -> list[CompiledUnit]:
        from rt0.build.asmunits import asm_units

        return asm_units(self, path, info)

    def _keep(self, name: str, data: bytes) -> None:
        with open(os.path.join(self.options.workdir, name), "wb") as f:
            f.write(data)

    def compile_whole(self, want_asm: bool = False) -> tuple[bytes, str]:
        """(object, Plan 9 listing or "") with every function of the main package, for `rt0 tool compile`."""
        path = self.loaded.main
        try:
            unit = self.program().lower_all(path)
            o = self.options
            header = {"op": "ir", "opt": o.opt, "cpu": o.cpu(), "features": "", "want": "obj", "verify": o.verify, "package": path,
                      "variables": o.variables(), "args": unit.trace_args}  # fmt: skip
            job = self.pool.submit(path, header, unit.ir.encode())
            listing = ""
            if want_asm:
                from rt0.asm.printer import plan9_listing

                listing = plan9_listing(self.pool.submit(path, dict(header, want="asm"), unit.ir.encode()).result().decode())
            return job.result(), listing
        except WorkerError as e:
            raise self._worker_failed(e) from None
        finally:
            self.pool.close()

    # ------------------------------------------------------------ the whole

    @contextmanager
    def reported(self) -> Iterator[None]:
        """Failures of workers and symbols nobody defines become errors for the user."""
        try:
            yield
        except WorkerError as e:
            raise self._worker_failed(e) from None
        except MissingSymbol as e:
            by = f"{e.referrer.removesuffix('.abi0')}: " if e.referrer else ""
            raise self.link_error(f"{by}relocation target {e.symbol.removesuffix('.abi0')} not defined") from None

    def init_steps(self) -> list[tuple[str, str, list[str]]]:
        """(package, step symbol, variables) of all packages in dependency order; cached per package."""
        out = []
        for path in self.loaded.packages:
            if path == "unsafe":
                continue
            steps = self.cache.get_json(self.keys[path], "init")
            if steps is None:
                steps = [[s.symbol, list(s.vars)] for s in self.program().init_steps(path)]
                self.cache.put_json(self.keys[path], "init", steps)
            out += [(path, s, v) for s, v in steps]
        return out

    def build(self) -> bytes:
        """The executable's bytes."""
        try:
            with self.reported():
                return self._build()
        finally:
            self.pool.close()

    def _build(self) -> bytes:
        key = self.program_key()
        if not self.options.rebuild and not self.options.dry_run:
            exe = self.cache.get(key, "exe")
            if exe is not None:
                return exe
        self.check_user_packages()
        self._check_linknames()
        if not self._has_main:
            raise self.link_error("runtime.main_main·f: function main is undeclared in the main package")
        with self.stats.stage("demand"):
            demand, steps = self._walk()
        self.check_x_values()
        if self.options.dry_run:
            print(f"link {len(demand.used)} objects, {len(demand.live)} symbols", file=sys.stderr)
            raise DryRun
        runtime_packages = self._runtime_packages()
        tables: dict[str, list[int | str]] = {INITTASKS_RUNTIME: [0], INITTASKS_MAIN: [0]}
        for path, symbol, _ in steps:
            if symbol in demand.live:
                table = tables[INITTASKS_RUNTIME if path in runtime_packages else INITTASKS_MAIN]
                table.append(symbol)
        for table in tables.values():
            table[0] = len(table) - 1
        with self.stats.stage("llvm"):  # what the workers had not finished in the meantime
            objects = self._objects(demand)
        with self.stats.stage("link"):
            exe = self._link(objects, demand, tables)
        self.cache.put(key, "exe", exe)
        return exe

    def _walk(self) -> tuple[Demand, list[tuple[str, str, list[str]]]]:
        """The finished demand walk and the init steps."""
        demand = self.demand = Demand(self)
        if not self.options.dry_run:
            self.pool.warm()
        steps = self.init_steps()
        for root in ROOTS:
            demand.root(root)
        for _, symbol, variables in steps:
            if not variables:
                demand.root(symbol)
            for v in variables:
                demand.when_live(v, symbol)
        demand.run()
        return demand, steps

    def link_error(self, text: str) -> CompileError:
        """An error found when the program is put together."""
        return CompileError([Diagnostic(Position("", 0, 0), text)], package=self.loaded.main)

    def _runtime_packages(self) -> set[str]:
        """runtime and everything it imports."""
        out: set[str] = set()
        work = ["runtime"]
        while work:
            p = work.pop()
            if p not in out and p in self.loaded.packages:
                out.add(p)
                work += self.loaded.packages[p].imports.values()
        return out

    def _objects(self, demand: Demand) -> list[tuple[str, bytes]]:
        """(name, bytes) of every used unit in a stable order; finished ones are stored."""
        order = {p: i for i, p in enumerate(self.loaded.packages)}
        units = sorted(demand.used.values(), key=lambda u: (order[u.package], u.name))
        for u in self._new:
            self._store(u)
        self._new = []
        out = []
        for u in units:
            data = u.object_bytes(self.cache)
            if data is None:
                drop_unit(self.cache, self.keys[u.package], u.name)
                raise DamagedUnit(u.name)
            out.append((f"{u.package}({u.name[:8]}.o)", data))
            if self.options.workdir:
                self._keep(f"{u.package.replace('/', '_')}.{u.name}.o", data)
        return out

    def _store_finished(self) -> None:
        """Units go into the cache as soon as they are compiled, so that a build that is interrupted was not for nothing."""
        if self.options.dry_run:
            return
        left = []
        for u in self._new:
            if u.job is None or (u.job.done() and u.job.error is None):
                self._store(u)
            else:
                left.append(u)
        self._new = left

    def _store(self, unit: CompiledUnit) -> None:
        if self.options.check:
            self._verify(unit)
        unit.object_bytes(self.cache)
        store_unit(self.cache, self.keys[unit.package], unit)

    def _verify(self, unit: CompiledUnit) -> None:
        """-check: the object parses and defines what its metadata says."""
        from rt0.obj.elf import SHN_UNDEF, FormatError, read_object

        try:
            obj = read_object(unit.object_bytes(self.cache) or b"")
        except FormatError as e:
            raise InternalError(f"obj: {unit.package}({unit.name[:8]}.o): {e}") from None
        defined = {name for name, symbol in zip(obj.names, obj.symbols) if symbol[3] != SHN_UNDEF}
        for symbol in unit.defs:
            if symbol not in defined:
                raise InternalError(f"obj: {unit.package}({unit.name[:8]}.o): {symbol} is in the metadata, not in the object")

    def _link(self, objects: list[tuple[str, bytes]], demand: Demand, tables: dict[str, list[int | str]]) -> bytes:
        from rt0.link.linker import LinkJob, link

        o = self.options
        if o.commands:
            print(f"link {len(objects)} objects, {len(demand.live)} symbols", file=sys.stderr)
        job = LinkJob(
            objects=objects, live=demand.live, entry="_rt0_amd64_linux", tables=tables, strip_symbols=o.strip_symbols,
            strip_dwarf=o.strip_dwarf, x_values=self.linker_values(), build_info=self.build_info(),
            go_version=self.loaded.context.release, sources={} if o.trimpath else self.loaded.std_sources(),
            build_id=o.build_id, gnu_build_id=self._gnu_build_id(),
            gdb_script=self.gdb_script() if o.variables() else "",
        )
        return link(job)

    def _check_linknames(self) -> None:
        for path, info in self.loaded.packages.items():
            if not info.standard and info.linknames:
                self.check_references(path, self.cache.get_json(self.keys[path], "pulls") or ())

    def check_references(self, path: str, symbols: Iterable[str], by: str = "") -> None:
        """What a package outside std names by //go:linkname or from assembly must be free to be named. The first that is not ends the link, as with go.
        by: the assembly function that refers to them; it reaches Go functions through entries that go makes for marked functions only."""
        if self.options.check_linkname:
            for symbol in symbols:
                if not self.std_symbols.may_refer(symbol):
                    if by and not self.std_symbols.is_assembly(symbol):
                        raise self.link_error(f"{by}: relocation target {symbol} not defined for ABI0 (but is defined for ABIInternal)")
                    raise self.link_error(f"link: {self.symbol_prefix(path)[:-1]}: invalid reference to {symbol}")

    @cached_property
    def std_symbols(self) -> StdSymbols:
        ctx = self.loaded.context
        return StdSymbols(ctx.goroot, ctx.tags, [p for p, info in self.loaded.packages.items() if info.standard])

    def check_x_values(self) -> None:
        """-X sets variables of type string only; names that no package of the program has as a variable are passed over (cmd/link, addstrdata)."""
        bad = []
        for name in dict(self.options.x_values):
            symbol = x_symbol(name)
            head, _, last = name.rpartition(".")
            path = self.loaded.main if head == "main" else head
            if path not in self.loaded.packages or path == "unsafe" or head == self.loaded.main != "main":
                continue
            if (kind := self.program().variable_type(path, last)) not in ("", "string"):
                bad.append(Diagnostic(Position("", 0, 0), f"{symbol}: cannot set with -X: not a var of type string (type:{kind})"))
        if bad:
            raise CompileError(bad, package=self.loaded.main)

    def gdb_script(self) -> str:
        """The printers for gdb, beside the runtime's sources, named as these are."""
        folder = "" if self.options.trimpath else self.loaded.context.overlay + "/"
        return folder + "runtime/runtime_gdb.py"

    def _gnu_build_id(self) -> bytes:
        """-B. The id that `gobuildid` stands for comes from -buildid, or from what goes into the program."""
        text = self.options.gnu_build_id
        if text == "gobuildid":
            return hashlib.sha256((self.options.build_id or self.program_key()).encode("utf-8", "surrogateescape")).digest()[:20]
        return bytes.fromhex(text)

    def linker_values(self) -> dict[str, str]:
        """Variables that the linker sets: those of -X, and what go's linker sets on its own."""
        own = {}
        settings = self.loaded.godebug()
        if settings:
            own["runtime.godebugDefault"] = settings
        if not self.options.trimpath:
            own["runtime.defaultGOROOT"] = self.loaded.context.goroot
        return {**own, **{x_symbol(name): value for name, value in self.options.x_values}}

    def build_info(self) -> str:
        """The module information that `go version -m` prints."""
        if self._info is None:
            self._info = build_info(self.loaded, self.options, self._stamp())
        return self._info

    def _stamp(self) -> Stamp | None:
        """What is recorded of the repository. Raises CompileError with -buildvcs=true when it cannot be told."""
        o = self.options
        mod = self.loaded.main_module
        info = self.loaded.packages[self.loaded.main]
        if o.buildvcs == "false" or (o.buildvcs == "auto" and not o.auto_vcs) or mod is None or info.module != mod.path or info.path == COMMAND_LINE:
            return None
        try:
            return stamp(self.loaded.context.cwd, info.dir, mod.dir, mod.path, o.buildvcs == "true")
        except VcsError as e:
            raise fatal(f"error obtaining VCS status: {e}\n\tUse -buildvcs=false to disable VCS stamping.") from None

    def _worker_failed(self, e: WorkerError) -> Exception:
        if e.kind == "user":
            return CompileError([Diagnostic(Position("", 0, 0), e.text)])
        return InternalError(f"llvm: {e.text}")


def x_symbol(name: str) -> str:
    """The symbol that -X names by import path and variable."""
    head, _, last = name.rpartition(".")
    return f"{path_prefix(head)}.{last}"


def linkname_pulls(pkg: Package, linknames: dict[str, str]) -> list[str]:
    """Symbols of others that a checked package refers to by //go:linkname: variables without a value, and functions without a body that it uses."""
    decls = pkg.checker.obj_map.values() if pkg.checker is not None else ()
    used = {o for d in decls for o in d.deps}
    variables, functions = [], []
    for local, symbol in linknames.items():
        obj = pkg.scope.lookup(local)
        if type(obj) is Var and obj.decl is not None and obj.decl.init is None:
            variables.append(symbol)
        elif type(obj) is Func and obj.decl is not None and not obj.decl.has_body and obj in used:
            functions.append(symbol)
    return variables + functions


class BuildFailed(Exception):
    """Errors of several packages, in build order."""

    def __init__(self, errors: list[CompileError]) -> None:
        Exception.__init__(self)
        self.errors = errors


class DryRun(Exception):
    """-n has printed what it had to."""


class DamagedUnit(Exception):
    """A cached object failed its checksum and was dropped: build again."""
