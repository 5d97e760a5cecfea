"""What the collectors of steps 1 to 11 ask: one build of the program, gone through stage by stage as far as each step needs.

Lazy: a property is worked out when the first collector asks for it and kept. Errors of the program come out of it as CompileError or BuildFailed, in the step that
asked, which is the step whose stage found them.

What holds: the executable is the one `rt0 build` makes with the same flags, out of the cache when it is there; compiled the same way when not.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from rt0.build.builder import Builder
from rt0.build.cache import Cache, cache_dir
from rt0.build.errors import DamagedUnit
from rt0.build.keys import Keys
from rt0.build.options import Options
from rt0.build.product import Product
from rt0.diag import fatal
from rt0.explain.model import Request
from rt0.load.load import LoadedProgram


class Build:
    """One program on its way. load: loads the packages; args: the program's own arguments, for the steps that run it."""

    def __init__(self, load: Callable[[], LoadedProgram], options: Options, request: Request, args: list[str],
                 progress: Callable[[str], None] | None = None) -> None:  # fmt: skip
        self._load = load
        self.options = options
        self.request = request
        self.args = args
        self.progress = progress

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

    @cached_property
    def exe(self) -> bytes:
        """The executable's bytes."""
        while True:
            try:
                return self.builder.build()
            except DamagedUnit:  # it is gone from the cache now: at most once per entry
                del self.builder

    def close(self) -> None:
        """End the workers."""
        if "builder" in self.__dict__:
            self.builder.pool.close()
