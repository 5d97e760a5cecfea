"""One build, from loaded packages to an executable: `Builder.build` is the story, each step a method that says what holds after it.

Who owns what, all for the length of one build:

    Options     options.py      what of the command line counts
    Keys        keys.py         names of packages in the cache
    Product     product.py      name of the executable, and what is written into it besides code
    Log         log.py          -v -x -work -bench
    Frontend    frontend.py     checked packages
    UserCheck   usercheck.py    the user's packages are right
    References  references.py   what they may name of others
    Program     lower           checked packages -> LLVM modules
    UnitSource  unitsource.py   units: cached, lowered, assembled (Assembly, Modules); the workers (Pool) make objects of them
    Demand      demand.py       the live symbols

What holds: a step whose key is in the cache is not repeated; user packages are checked whole before anything of them is
lowered; the executable is the same whether it came from the cache or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rt0.build.asmunits import Assembly
from rt0.build.cache import Cache, cache_dir
from rt0.build.demand import Demand, MissingSymbol
from rt0.build.errors import DryRun, link_error, worker_failed
from rt0.build.frontend import Frontend
from rt0.build.kept import KEPT
from rt0.build.keys import Keys
from rt0.build.linkstep import ENTRY, InitSteps, check_x_values, init_tables, link_program
from rt0.build.log import Log
from rt0.build.modules import Modules
from rt0.build.options import Options
from rt0.build.product import Product
from rt0.build.references import References
from rt0.build.symbols import Symbols
from rt0.build.units import recorded_unit
from rt0.build.unitsource import UnitSource
from rt0.build.usercheck import UserCheck
from rt0.build.workers import Pool, WorkerError
from rt0.link.linker import Linked
from rt0.load.load import LoadedProgram
from rt0.lower.program import Program

# Symbols that are reached without a relocation the walk could see: the entry, what LLVM calls on its own, what the linker's tables name.
ROOTS = (ENTRY, "__morestack", "memcpy", "memmove", "memset", "runtime.gcWriteBarrier", "runtime.writeBarrier", "runtime.main", "main.main")


class Builder:
    """One build. main_path: what the symbols of the main package begin with."""

    def __init__(self, loaded: LoadedProgram, options: Options, product: Product | None = None, *, main_path: str = "main",
                 progress: Callable[[str], None] | None = None) -> None:  # fmt: skip
        self.loaded = loaded
        self.options = options
        if product is None:
            cache = Cache(cache_dir())
            product = Product(loaded, options, Keys(loaded, options, cache), cache)
        self.product = product
        self.cache = product.cache
        self.keys = product.keys
        self.log = Log(options, progress)
        self.pool = Pool(options.jobs)
        self.modules = Modules(options, self.pool)
        self.symbols = Symbols(loaded, main_path)
        self.references = References(loaded, options, self.symbols)
        self.frontend = Frontend(loaded, main_path=main_path, complete=options.complete, timer=self.log.stats.stage)
        self.user = UserCheck(loaded, options, self.cache, self.keys, self.frontend, self.log)
        self.program = Program(self.frontend.fset, loaded, self.frontend.package, self._escape_summary)
        self.program.inline = options.opt >= 2
        self.program.variables = options.variables()
        self.program.pin = self.program.keep_args = options.opt == 0
        assembly = Assembly(loaded, options, self.symbols, self.frontend, self.references, self.pool, self.log)
        self.units = UnitSource(loaded, options, self.cache, self.keys, self.symbols, self.program, assembly, self.modules, self.log)
        self.demand: Demand | None = None

    # ------------------------------------------------------------ the story

    def build(self) -> bytes:
        """The executable's bytes. Raises CompileError, BuildFailed (errors of several packages), DamagedUnit (build again), DryRun."""
        with self.running():
            exe = self.product.cached()
            if exe is not None:
                return exe

            return self.linked().exe

    def linked(self) -> Linked:
        """The executable with the state of its link; it is in the cache afterwards. One that was there is linked again, from the same parts."""
        demand, steps, objects = self.parts()
        linked = self.link(objects, demand, steps)
        if self.product.cached() != linked.exe:
            self.product.store(linked.exe, demand.record())
        return linked

    def parts(self) -> tuple[Demand, InitSteps, list[tuple[str, bytes]]]:
        """What is linked. `demand` is there afterwards."""
        self.check_user_packages()
        # From here on the user's packages are right: what fails now is what the linker finds, or a bug of ours.
        demand = self.demand = Demand(self.units)
        # From here on lower knows what the cache knows of functions.
        steps = self.init_steps()
        self.roots(demand, steps)
        self.recall(demand)
        self.walk(demand)
        # Every live symbol has a definition. No unit is added below this line, and no package is parsed but for -X.
        check_x_values(self.loaded, self.options, self.program)
        self.end_dry_run(demand)
        objects = self.collect_objects(demand)
        # Every object is there, and in the cache.
        return demand, steps, objects

    def check_user_packages(self) -> None:
        """Everything that is wrong in the user's packages, and what go's linker finds wrong with their references. Raises BuildFailed, CompileError."""
        self.user.packages()
        self.user.linknames(self.references)
        self.user.main()

    def init_steps(self) -> InitSteps:
        """The init steps of all packages in dependency order; cached per package."""
        with self.log.stats.stage("demand"):
            if not self.options.dry_run:
                self.pool.warm()
            out: InitSteps = []
            for path in self.loaded.packages:
                if path != "unsafe":
                    out += [(path, symbol, variables) for symbol, variables in self._package_steps(path)]
            return out

    def _package_steps(self, path: str) -> list[tuple[str, list[str]]]:
        stored = self.cache.get_json(self.keys[path], "init")
        if isinstance(stored, list):
            return [(symbol, variables) for symbol, variables in stored]
        steps = [(s.symbol, list(s.vars)) for s in self.program.init_steps(path)]
        self.cache.put_json(self.keys[path], "init", steps)
        return steps

    def roots(self, demand: Demand, steps: InitSteps) -> None:
        """What the program needs in any case."""
        for root in ROOTS:
            demand.root(root)
        for _, symbol, variables in steps:
            if not variables:
                demand.root(symbol)
            for v in variables:
                demand.when_live(v, symbol)

    def recall(self, demand: Demand) -> None:
        """Begin with the units of the executable in the cache, if it and all its parts are there.

        The cache may hold more units by now than when the executable was linked, and a new walk could choose others.
        """
        record = self.product.record()
        units = [recorded_unit(self.cache, self.keys[path], path, name) for path, name in record or ()]
        found = [u for u in units if u is not None]
        if len(found) == len(units):
            demand.recall(found)

    def walk(self, demand: Demand) -> None:
        """The demand walk, to its end. Raises MissingSymbol, and what lowering and assembling raise."""
        with self.log.stats.stage("demand"):
            demand.run()

    def end_dry_run(self, demand: Demand) -> None:
        """-n ends here."""
        if self.options.dry_run:
            self.log.command(f"link {len(demand.used)} objects, {len(demand.live)} symbols")
            raise DryRun

    def collect_objects(self, demand: Demand) -> list[tuple[str, bytes]]:
        """Wait for what the workers have not finished in the meantime."""
        with self.log.stats.stage("llvm"):
            objects = self.units.objects(demand)
        KEPT.used = [u.path.removesuffix(".o") for u in demand.used.values() if u.path]
        return objects

    def link(self, objects: list[tuple[str, bytes]], demand: Demand, steps: InitSteps) -> Linked:
        self.log.command(f"link {len(objects)} objects, {len(demand.live)} symbols")
        with self.log.stats.stage("link"):
            return link_program(self.product, objects, demand.live, init_tables(self.loaded, steps, demand.live))

    # ------------------------------------------------------------ around it

    @contextmanager
    def running(self) -> Iterator[None]:
        """The workers end with the block; their failures, and symbols nobody defines, become errors for the user."""
        try:
            with self.reported():
                yield
        finally:
            self.pool.close()

    @contextmanager
    def reported(self) -> Iterator[None]:
        try:
            yield
        except WorkerError as e:
            raise worker_failed(e) from None
        except MissingSymbol as e:
            by = f"{e.referrer.removesuffix('.abi0')}: " if e.referrer else ""
            raise link_error(self.loaded.main, f"{by}relocation target {e.symbol.removesuffix('.abi0')} not defined") from None

    def _escape_summary(self, symbol: str) -> list[list[int]] | None:
        """The escape summary of a function that some cached unit defines. Before the walk nothing is known: dumps do not depend on the cache."""
        d = self.demand.known(symbol) if self.demand is not None else None
        return None if d is None else d.get("escape")
