"""`rt0 install [build flags] [packages]`: builds packages; commands are written to GOBIN, or to bin below the first folder of GOPATH.

Other packages are compiled and checked, nothing of them is written: as with go since 1.20, the cache holds them.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rt0.cmd.flags import FlagSet, Values


def flags() -> FlagSet:
    from rt0.cmd.buildflags import add_build_flags
    from rt0.cmd.flags import FlagSet

    fs = FlagSet("rt0 install [build flags] [packages]", "Compiles and installs the named packages: executables of commands go to $GOBIN, or to $GOPATH/bin.")
    add_build_flags(fs, 2)
    return fs


def run(args: list[str]) -> int:
    from rt0.cmd.buildflags import big_stack, change_dir

    values, patterns = flags().parse(args)
    change_dir(values)
    return big_stack(_install, values, patterns or ["."])


def _install(values: Values, patterns: list[str]) -> int:
    from rt0.cmd.buildflags import options_from
    from rt0.cmd.output import write_executable
    from rt0.cmd.program import build_program, load
    from rt0.cmd.stages import check_packages
    from rt0.diag import fatal
    from rt0.load.listing import install_target
    from rt0.mod.settings import getenv, gopath

    if any("@" in p for p in patterns):
        raise fatal("go: rt0 install package@version is not there yet")
    options = options_from(values)
    options.auto_vcs = True
    loaded = load(values, patterns, options)
    mains = [p for p in loaded.roots if loaded.packages[p].name == "main"]
    folder = getenv("GOBIN")
    if folder and not os.path.isabs(folder):
        raise fatal("cannot install, GOBIN must be an absolute path")
    if not folder and mains:
        if not gopath():
            raise fatal("go: no install location for directory " + loaded.packages[mains[0]].dir + " outside GOPATH\n\tFor more details see: 'go help gopath'")
        folder = os.path.join(gopath().partition(":")[0], "bin")
    if len(loaded.roots) > len(mains) or len(mains) > 1:
        check_packages(loaded, options)
    for path in mains:
        exe = build_program(loaded.with_main(path) if len(loaded.roots) > 1 else loaded, options)
        if exe is not None:
            target = os.path.join(folder, install_target(path, loaded.packages[path]))
            os.makedirs(folder, exist_ok=True)
            write_executable(target, exe)
    return 0
