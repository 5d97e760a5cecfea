"""`rt0 build [-o output] [build flags] [packages]`: compiles packages; executables of commands are written.

    one main package                 ./NAME, or -o
    -o names a folder (or ends in /) an executable per main package in it
    anything else                    every package is checked, every command built; nothing is written

Everything but `-o` is a flag of buildflags.py.
"""

from __future__ import annotations

import os

from rt0.build import runindex
from rt0.cmd.output import write_executable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rt0.cmd.flags import FlagSet, Values


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
    from rt0.zygote import client

    built = client.ask("build", args)
    if built is not None:
        return built.code
    try:
        return build(args)
    finally:
        client.leave(starts=False)


def build(args: list[str]) -> int:
    """The way of a build that is not answered from the cache at once."""
    from rt0.cmd.buildflags import big_stack, change_dir

    head = ["build", *args] if runindex.flags_end(args, "-o") >= 0 else []

    values, patterns = flags().parse(args)
    change_dir(values)
    return big_stack(_build, values, patterns or ["."], head)


def _build(values: Values, patterns: list[str], head: list[str]) -> int:
    """head: the command line, when it may be answered from the cache next time."""
    from rt0.build.cache import Cache
    from rt0.build.cachedir import cache_dir
    from rt0.build.vcs import find_root
    from rt0.cmd.buildflags import options_from
    from rt0.cmd.program import build_program, load
    from rt0.diag import fatal

    options = options_from(values)
    options.auto_vcs = True
    loaded = load(values, patterns, options)
    options.assembly |= values.switch("S")
    output = values.text("o")
    if values.text("buildmode") == "exe" and output and sum(loaded.packages[p].name == "main" for p in loaded.roots) != 1:
        raise fatal("-buildmode=exe requires exactly one main package")
    mains = [p for p in loaded.roots if loaded.packages[p].name == "main"]
    if output != os.devnull and output and (output.endswith("/") or os.path.isdir(output)):
        from rt0.cmd.stages import check_packages

        if not mains:
            raise fatal("rt0: no main packages to build")
        check_packages(loaded, options)
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
    from rt0.cmd.stages import check_packages, compile_library

    check_packages(loaded, options)
    for path in mains:
        build_program(loaded.with_main(path), options)
    if len(loaded.roots) == 1 and output:
        write_executable(output, compile_library(loaded, options), 0o666)
    return 0
