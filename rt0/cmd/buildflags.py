"""The build flags that `build` and `run` share: declared, and turned into Options. program.py is the way on to an executable."""

from __future__ import annotations

import gc
import os
import resource
import sys
import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from rt0.build.dumpflags import DETAILS, NAMES, parse, stage_number
from rt0.build.options import Options
from rt0.cmd import pkgflags
from rt0.cmd.chdir import enter
from rt0.cmd.flags import FlagSet, Values
from rt0.cmd.linkflags import apply_asm, apply_compile, apply_link
from rt0.diag import fatal
from rt0.load.load import LoadedProgram

HEAP = 256 << 20  # bytes that a small build takes beside its stack

P = ParamSpec("P")
T = TypeVar("T")

_NEED_CGO = ("race", "msan", "asan")
_BUILDMODES = ("archive", "c-archive", "c-shared", "default", "exe", "pie", "shared", "plugin")
_PER_PACKAGE = ("gcflags", "asmflags", "ldflags")


def add_build_flags(fs: FlagSet, opt: int, *, test: bool = False) -> None:
    """Declare the build flags; opt: the default of -O. test: -v, -json and -bench are those of tests."""
    fs.add("O", opt, "optimisation level 0 to 3; -O2 is the same as -O=2", "level")
    fs.add("a", False, "rebuild everything, ignoring the cache")
    fs.add("n", False, "print what -x prints, but run no LLVM and write nothing")
    fs.add("p", os.cpu_count() or 1, "number of worker processes", "n")
    if not test:
        fs.add("v", False, "print the names of packages as they are compiled")
        fs.add("json", False, "print what packages' builds say as JSON")
        fs.add("bench", False, "print the seconds of each stage and the peak of memory")
    fs.add("x", False, "print what is done, step by step")
    fs.add("work", False, "keep the IR and the objects in a temporary folder and print its name")
    fs.add("tags", "", "build tags, separated by commas", "tag,list", check=split_tags)
    fs.add("gcflags", [], "flags of the compiler: -m prints escape decisions, -e reports all errors, -S prints assembly, -lang=go1.N,\n"
           "-d=STAGE as below; others of gc's code generator are ignored. pattern=flags applies to matching packages", "'[pattern=]flags'", check=pkgflags.parse)  # fmt: skip
    fs.add("asmflags", [], "recorded; only flags that do not change the code are accepted", "'[pattern=]flags'", check=pkgflags.parse)
    fs.add("ldflags", [], "flags of the linker: -s no symbol table, -w no DWARF, -X pkg.var=value, -B 0xNOTE, -buildid=ID,\n"
           "-checklinkname=0, -linkmode=internal", "'[pattern=]flags'", check=pkgflags.parse)  # fmt: skip
    fs.add("trimpath", False, "record package paths and module versions in place of folders of this machine")
    fs.add("mod", "", "vendor, readonly or mod: whether dependencies are taken from the vendor folder", "mode")
    fs.add("modfile", "", "read this file in place of go.mod", "file")
    fs.add("modcacherw", False, "accepted: rt0 writes no module cache")
    fs.add("overlay", "", 'read files as {"Replace": {PATH: OTHER}} in this JSON file says; an empty OTHER removes PATH', "file")
    fs.add("buildmode", "default", "only exe so far", "mode")
    fs.add("buildvcs", "auto", "whether the state of the git repository is recorded: true, false or auto", "mode", check=check_buildvcs, switch=True)
    fs.add("compiler", "gc", "accepted: gc", "name", check=check_compiler)
    fs.add("gccgoflags", [], "accepted and ignored", "'flags'", check=pkgflags.parse)
    fs.add("installsuffix", "", "accepted: rt0 installs no packages", "suffix")
    fs.add("pkgdir", "", "accepted: rt0 installs no packages", "dir")
    fs.add("pgo", "auto", "recorded; profiles do not guide the optimiser yet", "file")
    fs.add("toolexec", "", "not supported: rt0 runs no tools", "cmd")
    fs.add("linkshared", False, "not supported: programs are static")
    fs.add("C", "", "change to dir first; must be the first flag", "dir")
    fs.add("d", [], "print a stage's result to standard output, whole or of one function; -d=help lists the stages", "stage[:func]")
    fs.add("stop", "", "end after this stage; nothing is written", "stage")
    fs.add("check", False, "verify after each stage: LLVM's verifier on every module, references and symbols of every object; implies -a")
    fs.add("verify", False, "run LLVM's verifier on every module")
    for name in ("cover", *_NEED_CGO):
        fs.add(name, False, "not supported yet")


def split_tags(text: str) -> list[str]:
    """The tags of -tags. Raises ValueError."""
    if " " in text or "'" in text:
        tags = pkgflags.split(text)
        if any("," in t for t in tags):
            raise fatal("go: -tags space-separated list contains comma")
        return tags
    return [t for t in text.split(",") if t]


def check_buildvcs(text: str) -> None:
    """Raises ValueError."""
    if text not in ("auto", "1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False"):
        raise ValueError("value is neither 'auto' nor a valid bool")


def check_compiler(text: str) -> None:
    """Raises ValueError."""
    if text != "gc":
        raise ValueError("rt0 takes the place of gc only" if text == "gccgo" else f'unknown compiler "{text}"')


def platform() -> tuple[str, str]:
    """(GOOS, GOARCH), as they are set; a pair that Go knows. Raises CompileError."""
    goos, goarch = os.environ.get("GOOS", ""), os.environ.get("GOARCH", "")
    if not goos or not goarch:
        from rt0.mod.settings import getenv

        goos, goarch = getenv("GOOS") or "linux", getenv("GOARCH") or "amd64"
    if (goos, goarch) != ("linux", "amd64"):
        from rt0.cmd.platforms import PAIRS

        if f"{goos}/{goarch}" not in PAIRS:
            raise fatal(f"go: unsupported GOOS/GOARCH pair {goos}/{goarch}", 2)
    return goos, goarch


def check_platform() -> None:
    """Programs are built for linux/amd64. Raises CompileError."""
    goos, goarch = platform()
    if (goos, goarch) != ("linux", "amd64"):
        raise fatal(f"go: GOOS/GOARCH pair {goos}/{goarch} is not supported: rt0 builds for linux/amd64", 2)


def change_dir(values: Values) -> None:
    """-C."""
    if values.text("C"):
        enter(values.text("C"))


def options_from(values: Values) -> Options:
    """What parsed flags say, those of -gcflags and -ldflags excepted: which packages they apply to is known after load."""
    for name in _NEED_CGO:
        if values.switch(name):
            raise fatal(f"rt0: -{name} requires cgo, which rt0 does not support", 2)
    if values.switch("cover"):
        raise fatal("-cover is not supported yet", 2)
    if values.switch("linkshared"):
        raise fatal("-linkshared requires external (cgo) linking, which rt0 does not support")
    if values.text("toolexec"):
        raise fatal("-toolexec is not supported: rt0 runs no tools")
    check_platform()
    if values.text("buildmode") not in _BUILDMODES:
        raise fatal(f"buildmode={values.text('buildmode')} not supported")
    if values.text("buildmode") not in ("exe", "default"):
        raise fatal(f"-buildmode={values.text('buildmode')} not supported yet")
    if values.text("mod") not in ("", "mod", "readonly", "vendor"):
        raise fatal(f"-mod={values.text('mod')} not supported (can be '', 'mod', 'readonly', or 'vendor')")
    if not 0 <= values.number("O") <= 3:
        raise fatal(f"invalid value \"{values.number('O')}\" for flag -O: want 0 to 3", 2)
    if values.number("p") < 1:
        raise fatal(f"go: -p must be a positive integer: {values.number('p')}")
    goamd64 = os.environ.get("GOAMD64") or "v1"
    if goamd64 not in ("v1", "v2", "v3", "v4"):
        raise fatal(f"invalid GOAMD64: must be v1, v2, v3, v4, got {goamd64}", 2)
    o = Options(opt=values.number("O"), goamd64=goamd64, jobs=values.number("p"))
    o.trimpath, o.json = values.switch("trimpath"), values.on("json")
    o.tags = tuple(split_tags(values.text("tags")))
    o.buildvcs = values.text("buildvcs") if values.text("buildvcs") == "auto" else str(values.text("buildvcs") in ("1", "t", "T", "true", "TRUE", "True")).lower()
    o.pgo = values.text("pgo")
    if o.pgo not in ("", "auto", "off") and not os.path.isfile(o.pgo):
        raise fatal(f"open {os.path.abspath(o.pgo)}: no such file or directory")
    o.raw_flags = tuple((name, values.last(name)) for name in _PER_PACKAGE if values.texts(name))
    check = o.check = values.switch("check")
    o.dry_run, o.bench, o.stop = values.switch("n"), values.on("bench"), values.text("stop")
    o.commands = values.switch("x") or o.dry_run
    o.verbose, o.rebuild, o.verify = values.on("v") or o.commands, values.switch("a") or check, values.switch("verify") or check
    o.dumps = tuple(parse(text) for text in values.texts("d"))
    if o.stop:
        stage_number(o.stop)
    if values.switch("work"):
        import tempfile

        o.workdir = tempfile.mkdtemp(prefix="rt0-build")
        print(f"WORK={o.workdir}", file=sys.stderr)
    return o


def package_flags(values: Values, loaded: LoadedProgram, options: Options) -> None:
    """-gcflags, -asmflags, -ldflags: of each flag's values, the last one whose pattern fits a package counts for it."""
    def words(name: str, path: str) -> list[str]:
        info = loaded.packages[path]
        flags = [f for f in map(pkgflags.parse, values.texts(name)) if f.pattern or path in loaded.roots]
        return pkgflags.words_for(flags, path, info.dir, info.standard, loaded.context.cwd)

    dumps: list[str] = []
    for path, info in loaded.packages.items():
        flags = words("gcflags", path) if values.texts("gcflags") else []
        if flags:
            lang, ds = apply_compile(options, flags, path)
            if lang:
                info.go_version = lang
            dumps += [d for d in ds if d.partition(":")[0] in (*NAMES, *DETAILS) and d not in dumps]
        if values.texts("asmflags") and info.s_files:
            apply_asm(words("asmflags", path), path)
    options.dumps += tuple(parse(d) for d in dumps)
    if values.texts("ldflags"):
        apply_link(options, words("ldflags", loaded.main), loaded.main)


def _room(size: int) -> bool:
    """Whether the process may have `size` more bytes of address space."""
    if resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
        return True
    import mmap

    try:
        mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ).close()
    except OSError:
        return False
    return True


def big_stack(fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """fn(*args, **kwargs) in a thread with a 512 MB stack and a high recursion limit: source may nest deeply. Where the process may not have as
    much address space, an eighth of both. An interrupt of the user arrives in the main thread, which only waits. Both limits are as before
    afterwards: other threads have smaller stacks.

    Python's cyclic collector is off from here on: the trees of a build live to its end, and looking through them again
    and again doubled the time of parsing. What a build drops on its way is freed by reference counts.
    """
    gc.disable()
    results: list[T] = []
    errors: list[BaseException] = []
    limit, size = sys.getrecursionlimit(), threading.stack_size()

    def call() -> None:
        try:
            results.append(fn(*args, **kwargs))
        except BaseException as e:
            errors.append(e)

    t = threading.Thread(target=call, daemon=True)
    try:
        for share in (1, 8):
            sys.setrecursionlimit(400_000 // share)
            threading.stack_size((512 << 20) // share)
            if share == 1 and not _room((512 << 20) + HEAP):
                continue
            try:
                t.start()
                break
            except RuntimeError:
                t = threading.Thread(target=call, daemon=True)
        else:
            from rt0.build.workers import NO_THREAD

            raise fatal(NO_THREAD)
        threading.stack_size(size)
        t.join()
    except KeyboardInterrupt:
        workers = sys.modules.get("rt0.build.workers")
        if workers is not None:
            workers.kill_all()
        raise
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(size)
    for error in errors:
        raise error
    return results[0]
