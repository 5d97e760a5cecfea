"""`rt0 clean [-n] [-x] [-cache] [-fuzzcache] [-modcache] [-testcache] [packages]`: removes what builds left in package folders, or with -cache the build cache, with -testcache
the kept results of tests.

In the folder of each command it removes the executables `rt0 build` may have written there: the package's name, and
the name of each file without .go when the package is main. As with go, -cache or -testcache alone touch no folder.
"""

from __future__ import annotations

import os

from rt0.cmd.flags import FlagSet


def flags() -> FlagSet:
    fs = FlagSet("rt0 clean [-n] [-x] [-cache] [-fuzzcache] [-modcache] [-testcache] [packages]", "Removes the executables that rt0 build left in the folders of the named packages; with -cache all of RT0CACHE.")
    fs.add("cache", False, "remove the build cache")
    fs.add("testcache", False, "forget the results of tests")
    fs.add("fuzzcache", False, "remove the inputs that fuzzing found")
    fs.add("modcache", False, "remove the module cache")
    fs.add("n", False, "print what would be removed, remove nothing")
    fs.add("x", False, "print what is removed")
    fs.add("tags", [], "build tags, separated by commas", "tag,list")
    return fs


def run(args: list[str]) -> int:
    values, rest = flags().parse(args)
    show, dry = values.switch("x") or values.switch("n"), values.switch("n")
    if values.switch("cache"):
        from rt0.build.cache import Cache, cache_dir

        if show:
            print(f"rm -r {cache_dir()}")
        if not dry:
            Cache(cache_dir()).clean()
    if values.switch("testcache"):
        from rt0.build.cache import Cache, cache_dir
        from rt0.test.results import expire

        if not dry:
            expire(Cache(cache_dir()))
    folders = []
    if values.switch("fuzzcache"):
        from rt0.build.cachedir import cache_dir

        folders.append(os.path.join(cache_dir(), "fuzz"))
    if values.switch("modcache"):
        from rt0.diag import fatal
        from rt0.mod.settings import gomodcache

        if not gomodcache():
            raise fatal("go: cannot clean -modcache without a module cache")
        folders.append(gomodcache())
    for folder in folders:
        from rt0.mod.cache import remove_all

        if show:
            print(f"rm -rf {folder}")
        if not dry and os.path.isdir(folder):
            remove_all(folder)
    if any(values.switch(n) for n in ("cache", "testcache", "fuzzcache", "modcache")) and not rest:
        return 0
    from rt0.build.runindex import program_name
    from rt0.load.load import BuildContext, load_program

    tags = tuple(t for text in values.texts("tags") for t in text.split(",") if t)
    loaded = load_program(BuildContext.default(tags=tags), rest or ["."])
    for path in loaded.roots:
        info = loaded.packages[path]
        if info.standard or not info.go_files:
            continue
        d = os.path.dirname(info.go_files[0][1])
        names = [program_name(loaded.with_main(path)), os.path.basename(d)] if info.name == "main" else []
        names += [os.path.basename(f).removesuffix(".go") for _, f in info.go_files if info.name == "main"]
        for name in dict.fromkeys(names):
            target = os.path.join(d, name)
            if os.path.isfile(target) and not os.path.islink(target):
                if show:
                    print(f"rm -f {os.path.relpath(target)}")
                if not dry:
                    os.unlink(target)
    return 0
