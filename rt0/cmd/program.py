"""From parsed flags to an executable: `build` and `run` go this way.

    load             patterns -> packages                  rt0/load/load.py
    build_program    packages -> the executable, out of the cache, or by stages.py when it is not there
"""

from __future__ import annotations

import time

from rt0.build.cache import Cache, Shelf, cache_dir
from rt0.build.keys import Keys
from rt0.build.log import Stats
from rt0.build.options import Options
from rt0.build.product import Product
from rt0.cmd.buildflags import package_flags
from rt0.cmd.flags import Values
from rt0.cmd.report import failed, print_bench
from rt0.diag import CompileError
from rt0.load.load import BuildContext, LoadedProgram, load_program
from rt0.load.replaced import Files


def context_of(values: Values, options: Options, verb: str = "build") -> BuildContext:
    """What the flags say of a load. Raises CompileError for a wrong -overlay."""
    context = BuildContext.default(options.tags, verb, options.trimpath, options.goamd64)
    context.mod, context.modfile = values.text("mod"), values.text("modfile")
    context.shelf = Shelf(Cache(cache_dir()))
    if values.text("overlay"):
        context.files = Files.read(values.text("overlay"), context.cwd)
    return context


def load(values: Values, patterns: list[str], options: Options, edited: dict[str, str] | None = None) -> LoadedProgram:
    """The packages that the patterns name, with their dependencies. Flags per package take effect on options and packages.

    edited: absolute path -> path of what stands in for the file, besides -overlay
    """
    start = time.perf_counter()
    context = context_of(values, options)
    if edited:
        context.files = context.files.replaced(edited)
    loaded = load_program(context, patterns)
    options.load_seconds = time.perf_counter() - start
    package_flags(values, loaded, options)
    return loaded


def build_program(loaded: LoadedProgram, options: Options) -> bytes | None:
    """The executable for a loaded main package; None when -n, -stop left none.

    Prints the dumps and listings that were asked for. raises CompileError with the errors of all packages, exit code 1
    """
    cache = Cache(cache_dir())
    product = Product(loaded, options, Keys(loaded, options, cache), cache)
    try:
        exe = None if options.shows() else product.cached()
    except CompileError as e:
        raise failed([e], options.all_errors, options.json, e.exit_code) from None
    if exe is None:
        from rt0.cmd.stages import (
            compile_program,  # front end, lower and linker: a fifth of a second that what is in the cache does not cost
        )

        return compile_program(product)
    if options.bench:
        print_bench(options.load_seconds, Stats())
    return exe
