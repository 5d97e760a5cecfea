"""The executable as a whole: what it is called in the cache, and what the linker writes into it besides code.

    key of a program    hash of all package keys in order, main, everything below: names the finished executable
    build information   modinfo.py: `go version -m`
    variables           -X, and what go's linker sets on its own
    build ids, and the file that a debugger loads

Nothing here needs a compiler: an executable that the cache has is found without one.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import cast

from rt0.abi.symbolpath import path_prefix
from rt0.build.cache import Cache, key_of
from rt0.build.demand import Record
from rt0.build.keys import Keys
from rt0.build.modinfo import build_info
from rt0.build.options import Options
from rt0.build.vcs import Stamp, VcsError, stamp
from rt0.diag import fatal
from rt0.load.load import COMMAND_LINE, LoadedProgram


class Product:
    """One executable to be."""

    def __init__(self, loaded: LoadedProgram, options: Options, keys: Keys, cache: Cache) -> None:
        self.loaded = loaded
        self.options = options
        self.keys = keys
        self.cache = cache

    # ------------------------------------------------------------ in the cache

    @cached_property
    def key(self) -> str:
        o = self.options
        root = "" if o.trimpath else self.loaded.context.goroot  # decides what `sources` and `variables` say
        link = [o.strip_symbols, o.strip_dwarf, [list(x) for x in o.x_values], root, o.build_id, o.gnu_build_id, o.check_linkname, self.gdb_script]
        return key_of("program", self.keys.toolchain, self.loaded.main, list(self.keys.packages.values()), link, self.build_info)

    def cached(self) -> bytes | None:
        """The executable, when it has been built before and may be taken from there."""
        if self.options.rebuild or self.options.dry_run:
            return None
        return self.cache.get(self.key, "exe")

    def store(self, exe: bytes, record: Record) -> None:
        self.cache.put_json(self.key, "parts", record)
        self.cache.put(self.key, "exe", exe)

    def record(self) -> Record | None:
        """What the cached executable was linked from, when it may be taken from the cache."""
        if self.options.rebuild or self.options.dry_run:
            return None
        stored = cast(Record | None, self.cache.get_json(self.key, "parts"))
        return None if stored is None else [(path, name) for path, name in stored]

    # ------------------------------------------------------------ what the linker is told

    @cached_property
    def build_info(self) -> str:
        """The module information that `go version -m` prints."""
        return build_info(self.loaded, self.options, self._stamp())

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

    @property
    def gdb_script(self) -> str:
        """The printers for gdb, beside the runtime's sources, named as these are; "" when DWARF describes no variables."""
        if not self.options.variables():
            return ""
        folder = "" if self.options.trimpath else self.loaded.context.overlay + "/"
        return folder + "runtime/runtime_gdb.py"

    @property
    def gnu_build_id(self) -> bytes:
        """-B. The id that `gobuildid` stands for comes from -buildid, or from what goes into the program."""
        text = self.options.gnu_build_id
        if text == "gobuildid":
            return hashlib.sha256((self.options.build_id or self.key).encode("utf-8", "surrogateescape")).digest()[:20]
        return bytes.fromhex(text)

    @property
    def sources(self) -> dict[str, str]:
        """Names in line tables that the linker replaces."""
        return {} if self.options.trimpath else self.loaded.std_sources()

    @property
    def variables(self) -> dict[str, str]:
        """Variables that the linker sets: those of -X, and what go's linker sets on its own."""
        own = {}
        settings = self.loaded.godebug()
        if settings:
            own["runtime.godebugDefault"] = settings
        if not self.options.trimpath:
            own["runtime.defaultGOROOT"] = self.loaded.context.goroot
        return {**own, **{x_symbol(name): value for name, value in self.options.x_values}}


def x_symbol(name: str) -> str:
    """The symbol that -X names by import path and variable."""
    head, _, last = name.rpartition(".")
    return f"{path_prefix(head)}.{last}"
