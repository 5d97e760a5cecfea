"""`rt0 build [-o output] [build flags] [packages]`: compiles packages; executables of commands are written.

    one main package                 ./NAME, or -o
    -o names a folder (or ends in /) an executable per main package in it
    anything else                    every package is checked, every command built; nothing is written

Everything but `-o` is a flag of buildflags.py.
"""

from __future__ import annotations

import os
import sys

from rt0.build import runindex
from rt0.cmd.output import write_executable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from rt0.cmd.flags import FlagSet


def flags() -> FlagSet:
    from rt0.cmd.buildflags import add_build_flags
    from rt0.cmd.flags import FlagSet

    fs = FlagSet(
        "rt0 build [-o output] [build flags] [packages]",
        "Compiles the named packages and their dependencies. For a single main package the executable is written to\n"
        "the current folder, or to -o; other packages are only checked and compiled.",
    )
    fs.add("o", "", "write the executable (or object) to this file, or into this folder", "output")
    fs.add("S", False, "print the packages' functions as Plan 9 assembly to standard output")
    add_build_flags(fs, 2)
    return fs


def run(args: list[str]) -> int:
    head = ["build", *args] if runindex.flags_end(args, "-o") >= 0 else []
    found = runindex.find(head) if head else None
    if found is not None and not os.path.isdir(found[1]):
        with open(found[0], "rb") as f:
            write_executable(found[1], f.read())
        return 0
    from rt0.cmd.buildflags import big_stack, change_dir

    values, patterns = flags().parse(args)
    change_dir(values)
    result: int = big_stack(_build, values, patterns or ["."], head)
    return result


def _build(values: dict[str, Any], patterns: list[str], head: list[str]) -> int:
    """head: the command line, when it may be answered from the cache next time."""
    from rt0.build.cache import Cache
    from rt0.build.cachedir import cache_dir
    from rt0.build.vcs import find_root
    from rt0.cmd.buildflags import build_program, load, options_from
    from rt0.diag import fatal

    options = options_from(values)
    options.auto_vcs = True
    loaded = load(values, patterns, options)
    options.assembly |= values["S"]
    output: str = values["o"]
    mains = [p for p in loaded.roots if loaded.packages[p].name == "main"]
    if output != os.devnull and output and (output.endswith("/") or os.path.isdir(output)):
        if not mains:
            raise fatal("rt0: no main packages to build")
        _check_packages(loaded, options)
        for path in mains:
            one = loaded.with_main(path)
            exe = build_program(one, options)
            if exe is not None:
                write_executable(os.path.join(output, runindex.program_name(one)), exe)
        return 0
    if output and output != os.devnull and len(loaded.roots) > 1:
        raise fatal(f"rt0: cannot write multiple packages to non-directory {output}")
    if len(loaded.roots) == 1 and mains:
        if not output:
            output = runindex.program_name(loaded)
            if os.path.isdir(output):
                raise fatal(f'rt0: build output "{output}" already exists and is a directory')
        exe = build_program(loaded, options)
        if exe is not None:
            write_executable(output, exe)
            if options.buildvcs == "false" or not find_root(loaded.context.cwd)[0]:  # else the state of the repository counts each time
                runindex.store(Cache(cache_dir()), head, loaded, exe, output)
        return 0
    _check_packages(loaded, options)
    for path in mains:
        build_program(loaded.with_main(path), options)
    if len(loaded.roots) == 1 and output:
        _write_library(loaded, options, output)
    return 0


def _check_packages(loaded: Any, options: Any) -> None:
    """Check all packages whole, so that the errors of all of them come together; show what -d, -m and -S ask for when no command follows."""
    from rt0.build.builder import Builder, BuildFailed
    from rt0.cmd.buildflags import show
    from rt0.cmd.report import failed
    from rt0.diag import CompileError

    builder = Builder(loaded, options)
    try:
        builder.check_user_packages()
        if not any(loaded.packages[p].name == "main" for p in loaded.roots):
            if options.verbose:
                print("\n".join(p for p in loaded.roots), file=sys.stderr)
            show(builder)
    except BuildFailed as e:
        raise failed(e.errors, options.all_errors, options.json) from None
    except CompileError as e:
        raise failed([e], options.all_errors, options.json, e.exit_code) from None
    finally:
        builder.pool.close()


def _write_library(loaded: Any, options: Any, output: str) -> None:
    """`build -o file` of a package that is no command: its object, as `rt0 tool compile` makes it."""
    from rt0.build.builder import Builder

    builder = Builder(loaded, options)
    builder.main_symbol_path = loaded.main
    obj, _ = builder.compile_whole()
    write_executable(output, obj, 0o666)
