"""Keys of the packages of a build: what names their units and check results in the cache.

    key of a package    hash of rt0, its sources, its imports' keys and the options that decide how it is compiled

The key of the program is product.py's.
"""

from __future__ import annotations

from rt0.build.cache import Cache, key_of
from rt0.build.options import Options
from rt0.build.toolchain import toolchain_ids
from rt0.load.load import LoadedProgram


class Keys:
    """Computed once for a load; only its sources, rt0 itself and the options count.

    toolchain  hash of all of rt0's files
    packages   import path -> key, in the order of initialisation
    """

    __slots__ = ("packages", "toolchain")

    def __init__(self, loaded: LoadedProgram, options: Options, cache: Cache) -> None:
        unit_toolchain, self.toolchain = toolchain_ids(cache)
        opt = options.key()
        keys: dict[str, str] = {}
        for path, p in loaded.packages.items():
            deps = [keys[d] for d in sorted(set(p.imports.values())) if d in keys]
            keys[path] = key_of("package", unit_toolchain, path, p.digest(), p.go_version, deps, opt)
        self.packages = keys

    def __getitem__(self, path: str) -> str:
        return self.packages[path]
