"""What `build` and `run` need all stages for: to compile a program, to check packages, to show what a stage made. Errors come out as one CompileError,
whole and in the order of go."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rt0.build.builder import Builder
from rt0.build.dumpflags import stage_number
from rt0.build.errors import BuildFailed, DamagedUnit, DryRun
from rt0.build.options import Options
from rt0.build.product import Product
from rt0.build.progress import Progress
from rt0.cmd.report import failed, print_bench
from rt0.diag import CompileError
from rt0.load.load import LoadedProgram


@contextmanager
def _reported(options: Options, close: Callable[[], None]) -> Iterator[None]:
    """Errors of the block become one CompileError; close() comes before they are printed, and at the end in any case."""
    try:
        yield
    except BuildFailed as e:
        close()
        raise failed(e.errors, options.all_errors, options.json) from None
    except CompileError as e:
        close()
        raise failed([e], options.all_errors, options.json, e.exit_code) from None
    finally:
        close()


def compile_program(product: Product) -> bytes | None:
    """The executable, compiled; None when -n, -stop left none. Raises CompileError."""
    options = product.options
    while True:
        progress = Progress(sys.stderr, options.quiet)
        builder = Builder(product.loaded, options, product, progress=progress.show)
        try:
            with _reported(options, progress.close):
                if options.shows():
                    show(builder)
                exe = None if options.stop else builder.build()
                if exe is not None and options.dumps:
                    show_link(builder, exe)
        except DamagedUnit:  # it is gone from the cache now: at most once per entry
            continue
        except DryRun:
            return None
        finally:
            builder.pool.close()
        if options.bench:
            print_bench(options.load_seconds, builder.log.stats)
        return exe


def of_link(dump: str) -> bool:
    return stage_number(dump) == stage_number("link")


def show(builder: Builder) -> None:
    """-d, -gcflags=-m, -S: everything but the dump of link."""
    from rt0.build.dump import dump, run_until
    from rt0.build.listing import assembly_listing, escape_listing

    o = builder.options
    with builder.reported():
        if o.stop:
            run_until(builder, o.stop)
        shown = [d for d in o.dumps if not of_link(d[0]) and (not o.stop or stage_number(d[0]) <= stage_number(o.stop))]
        if o.escapes or o.assembly or any(stage_number(stage) >= stage_number("lower") for stage, _ in shown):
            builder.user.packages()
        for stage, func in shown:
            sys.stdout.write(dump(builder, stage, func))
        if o.escapes:
            sys.stderr.write(escape_listing(builder))
        if o.assembly:
            sys.stdout.write(assembly_listing(builder))


def show_link(builder: Builder, exe: bytes) -> None:
    """-d=link, and what else the linker can tell."""
    from rt0.build.dump import dump

    for stage, func in builder.options.dumps:
        if of_link(stage):
            sys.stdout.write(dump(builder, stage, func, exe))


def check_packages(loaded: LoadedProgram, options: Options) -> None:
    """Check all packages whole, so that the errors of all of them come together; show what -d, -m and -S ask for when no command follows."""
    builder = Builder(loaded, options)
    with _reported(options, builder.pool.close):
        builder.user.packages()
        if not any(loaded.packages[p].name == "main" for p in loaded.roots):
            if options.verbose:
                print("\n".join(p for p in loaded.roots), file=sys.stderr)
            show(builder)


def compile_library(loaded: LoadedProgram, options: Options) -> bytes:
    """The object of a package that is no command, as `rt0 tool compile` makes it."""
    from rt0.build.listing import compile_whole

    return compile_whole(Builder(loaded, options, main_path=loaded.main))[0]
