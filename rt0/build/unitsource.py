"""Where units come from: the cache, lower and LLVM, the assembler. This is what the demand walk asks (demand.Source).

    cached    units that an earlier build left under the package's key
    provide   symbols of a package -> new units: one LLVM module for what Go defines, a unit per `.s` file for the rest

A new unit is usable at once, since the walk reads what it refers to off the definitions; its object comes from a worker later. What is finished goes
into the cache while the walk goes on, so that a build that is interrupted was not for nothing.
"""

from __future__ import annotations

from rt0.build.asmunits import Assembly
from rt0.build.cache import Cache, key_of
from rt0.build.demand import Demand
from rt0.build.errors import DamagedUnit
from rt0.build.keys import Keys
from rt0.build.log import Log
from rt0.build.modules import Modules
from rt0.build.options import Options
from rt0.build.symbols import Symbols
from rt0.build.units import CompiledUnit, cached_units, drop_unit, store_unit
from rt0.diag import InternalError
from rt0.load.load import LoadedProgram
from rt0.lower.program import Program
from rt0.obj.elf import SHN_UNDEF, FormatError, read_object


class UnitSource:
    """The units of one build.

    new        compiled in this build, not in the cache yet
    assembled  packages whose .s files are units already
    functions  package -> symbol that assembly refers to -> whether Go declares it as a function
    """

    __slots__ = ("assembled", "assembly", "cache", "functions", "keys", "loaded", "log", "modules", "new", "options", "program", "symbols")

    def __init__(self, loaded: LoadedProgram, options: Options, cache: Cache, keys: Keys, symbols: Symbols, program: Program, assembly: Assembly,
                 modules: Modules, log: Log) -> None:  # fmt: skip
        self.loaded = loaded
        self.options = options
        self.cache = cache
        self.keys = keys
        self.symbols = symbols
        self.program = program
        self.assembly = assembly
        self.modules = modules
        self.log = log
        self.new: list[CompiledUnit] = []
        self.assembled: set[str] = set()
        self.functions: dict[str, dict[str, bool]] = {}

    # ------------------------------------------------------------ demand.Source

    def candidates(self, symbol: str) -> list[str]:
        return self.symbols.candidates(symbol)

    def has_abi0(self, symbol: str) -> bool:
        """Whether a .s file defines the symbol's stack-argument entry."""
        for path in self.candidates(symbol):
            if self.assembly.has_abi0(self.loaded.packages[path], symbol[len(self.symbols.prefix(path)) : -5]):
                return True
        return False

    def is_go_function(self, symbol: str) -> bool:
        """Whether a Go file declares the symbol as a function: assembly then reaches it through an entry made for it (wrappers.abi0_entry)."""
        for path in self.candidates(symbol):
            known = self.functions.get(path)
            if known is None:
                stored = self.cache.get_json(self.keys[path], "functions")
                known = self.functions[path] = {s: bool(v) for s, v in stored.items()} if isinstance(stored, dict) else {}
            if symbol not in known:
                known[symbol] = self.program.declares_function(path, symbol)
                if not self.options.dry_run:
                    self.cache.put_json(self.keys[path], "functions", known)
            if known[symbol]:
                return True
        return False

    def cached(self, path: str) -> list[CompiledUnit]:
        return [] if self.options.rebuild else cached_units(self.cache, self.keys[path], path)

    def provide(self, path: str, symbols: list[str]) -> list[CompiledUnit]:
        """Units of package `path` that define as many of `symbols` as it can."""
        units = []
        info = self.loaded.packages[path]
        go_symbols = [s for s in symbols if not self.assembly.defines(info, s)]
        if len(go_symbols) < len(symbols) and path not in self.assembled:
            self.assembled.add(path)
            units += self.assembly.units(info)
        if go_symbols:
            unit = self._lower(path, go_symbols)
            if unit is not None:
                units.append(unit)
        self.new += units
        self._store_finished()
        return units

    def _lower(self, path: str, symbols: list[str]) -> CompiledUnit | None:
        """The unit of what Go defines, on its way through LLVM."""
        with self.log.stats.stage("lower"):
            unit = self.program.lower(path, symbols)
        if not unit.defs:
            return None
        name = key_of(*symbols)[:32]
        defs = {s: d.to_json() for s, d in unit.defs.items()}
        self.log.compiled(path, len(defs))
        self.log.keep(path, f"{name}.ll", unit.ir.encode())
        self.log.command(f"llvm -O{self.options.opt} {path} # {len(defs)} definitions")
        if self.options.dry_run:
            return CompiledUnit(path, name, defs, data=b"", symbols=symbols)
        job = self.modules.submit(f"{path}.{name}", path, unit.ir, args=unit.trace_args)
        self.log.submitted(path)
        return CompiledUnit(path, name, defs, job=job, symbols=symbols)

    # ------------------------------------------------------------ objects

    def objects(self, demand: Demand) -> list[tuple[str, bytes]]:
        """(name, bytes) of every used unit in a stable order; the new ones are in the cache afterwards. Raises WorkerError, DamagedUnit."""
        order = {p: i for i, p in enumerate(self.loaded.packages)}
        units = sorted(demand.used.values(), key=lambda u: (order[u.package], u.name))
        for u in self.new:
            self._store(u)
        self.new = []
        out = []
        for u in units:
            data = u.object_bytes(self.cache)
            if data is None:
                drop_unit(self.cache, self.keys[u.package], u.name)
                raise DamagedUnit(u.name)
            out.append((f"{u.package}({u.name[:8]}.o)", data))
            self.log.keep(u.package, f"{u.name}.o", data)
        return out

    def _store_finished(self) -> None:
        if self.options.dry_run:
            return
        left = []
        for u in self.new:
            if u.job is None or (u.job.done() and u.job.error is None):
                self._store(u)
            else:
                left.append(u)
        self.new = left

    def _store(self, unit: CompiledUnit) -> None:
        data = unit.object_bytes(self.cache)
        if self.options.check:
            verify(unit, data or b"")
        store_unit(self.cache, self.keys[unit.package], unit)


def verify(unit: CompiledUnit, data: bytes) -> None:
    """-check: the object parses and defines what its metadata says."""
    try:
        obj = read_object(data)
    except FormatError as e:
        raise InternalError(f"obj: {unit.package}({unit.name[:8]}.o): {e}") from None
    defined = {name for name, symbol in zip(obj.names, obj.symbols) if symbol[3] != SHN_UNDEF}
    for symbol in unit.defs:
        if symbol not in defined:
            raise InternalError(f"obj: {unit.package}({unit.name[:8]}.o): {symbol} is in the metadata, not in the object")
