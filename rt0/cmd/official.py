"""The official programs of GOROOT/src/cmd that rt0 has no part in: compiled by rt0 the first time they are asked for (-O1, as
`rt0 run`), found in the cache from then on.

`rt0 tool NAME ...` and `rt0 fmt` end in one of them: it takes the place of this process, so its exit code and the signals it gets are its own.
"""

from __future__ import annotations

import os

from rt0.build import runindex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

# name -> what it does
PROGRAMS = {
    "addr2line": "file and line of addresses",
    "buildid": "the build id of a file",
    "cover": "profiles of coverage, as text or a page",
    "gofmt": "format source",
    "pack": "archives of object files",
    "pprof": "look into profiles",
    "test2json": "the output of a test program as JSON",
}


def run_official(name: str, args: list[str]) -> NoReturn:
    """Become cmd/NAME. Raises CompileError when it cannot be built, OSError when it cannot be started."""
    exe = executable(name)
    os.execv(exe, [exe, *args])


def executable(name: str) -> str:
    """Path of the program in the cache; built when it is not there."""
    head = ["tool", name]
    here = os.getcwd()
    os.chdir("/")  # the record of an unchanged program holds for a folder
    try:
        found = runindex.find(head)
        if found is not None:
            return found[0]
        from rt0.cmd.buildflags import big_stack

        return big_stack(_build, name, head)
    finally:
        os.chdir(here)


def _build(name: str, head: list[str]) -> str:
    from rt0.build.cache import Cache
    from rt0.build.cachedir import cache_dir
    from rt0.build.options import Options
    from rt0.cmd.program import build_program
    from rt0.diag import fatal
    from rt0.load.load import BuildContext, load_program

    loaded = load_program(BuildContext.default(), [f"cmd/{name}"])
    options = Options(opt=1, jobs=os.cpu_count() or 1, strip_dwarf=True, strip_symbols=True)
    exe = build_program(loaded, options)
    assert exe is not None
    path = runindex.store(Cache(cache_dir()), head, loaded, exe)
    if path is None:
        raise fatal(f"rt0: cmd/{name} needs a cache that can be written (RT0CACHE)")
    return path
