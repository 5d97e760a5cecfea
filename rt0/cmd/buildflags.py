"""The build flags that `build`, `run` and `tool` share, and the way from them to an executable's bytes."""

from __future__ import annotations

import os
import sys
from typing import Any

from rt0.cmd import pkgflags
from rt0.cmd.flags import FlagSet
from rt0.diag import CompileError, fatal
from rt0.pipeline import STAGES

HEAP = 256 << 20  # bytes that a small build takes beside its stack

STAGE_NAMES = [s[0] for s in STAGES]
_NEED_CGO = ("race", "msan", "asan")
_BUILDMODES = ("archive", "c-archive", "c-shared", "default", "exe", "pie", "shared", "plugin")
_PER_PACKAGE = ("gcflags", "asmflags", "ldflags")


def add_build_flags(fs: FlagSet, opt: int) -> None:
    """Declare the build flags; opt: the default of -O."""
    fs.add("O", opt, "optimisation level 0 to 3; -O2 is the same as -O=2", "level")
    fs.add("a", False, "rebuild everything, ignoring the cache")
    fs.add("n", False, "print what -x prints, but run no LLVM and write nothing")
    fs.add("p", os.cpu_count() or 1, "number of worker processes", "n")
    fs.add("v", False, "print the names of packages as they are compiled")
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
    fs.add("json", False, "print what packages' builds say as JSON")
    fs.add("C", "", "change to dir first; must be the first flag", "dir")
    fs.add("d", [], "print a stage's result to standard output, whole or of one function; -d=help lists the stages", "stage[:func]")
    fs.add("stop", "", "end after this stage; nothing is written", "stage")
    fs.add("check", False, "verify after each stage: LLVM's verifier on every module, references and symbols of every object; implies -a")
    fs.add("verify", False, "run LLVM's verifier on every module")
    fs.add("bench", False, "print the seconds of each stage and the peak of memory")
    for name in ("cover", *_NEED_CGO):
        fs.add(name, False, "not supported yet")


def split_tags(text: str) -> list[str]:
    """The tags of -tags. Raises ValueError."""
    if " " in text or "'" in text:
        return pkgflags.split(text)
    return [t for t in text.split(",") if t]


def check_buildvcs(text: str) -> None:
    """Raises ValueError."""
    if text not in ("auto", "1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False"):
        raise ValueError("value is neither 'auto' nor a valid bool")


def check_compiler(text: str) -> None:
    """Raises ValueError."""
    if text != "gc":
        raise ValueError("rt0 takes the place of gc only" if text == "gccgo" else f'unknown compiler "{text}"')


def change_dir(values: dict[str, Any]) -> None:
    """-C."""
    if values["C"]:
        enter(values["C"])


def enter(d: str) -> None:
    """Make d the working directory. Raises CompileError."""
    try:
        os.chdir(d)
    except OSError as e:
        raise fatal(f"rt0: chdir {d}: {(e.strerror or str(e)).lower()}") from None


def options_from(values: dict[str, Any]) -> Any:
    """builder.Options of parsed flags, those of -gcflags and -ldflags excepted: which packages they apply to is known after load."""
    from rt0.build.builder import Options

    for name in _NEED_CGO:
        if values[name]:
            raise fatal(f"rt0: -{name} requires cgo, which rt0 does not support", 2)
    if values["cover"]:
        raise fatal("-cover is not supported yet", 2)
    if values["linkshared"]:
        raise fatal("-linkshared requires external (cgo) linking, which rt0 does not support")
    if values["toolexec"]:
        raise fatal("-toolexec is not supported: rt0 runs no tools")
    if values["buildmode"] not in _BUILDMODES:
        raise fatal(f"buildmode={values['buildmode']} not supported")
    if values["buildmode"] not in ("exe", "default"):
        raise fatal(f"-buildmode={values['buildmode']} not supported yet")
    if values["mod"] not in ("", "mod", "readonly", "vendor"):
        raise fatal(f"-mod={values['mod']} not supported (can be '', 'mod', 'readonly', or 'vendor')")
    if not 0 <= values["O"] <= 3:
        raise fatal(f"invalid value \"{values['O']}\" for flag -O: want 0 to 3", 2)
    if values["p"] < 1:
        raise fatal(f"rt0: -p must be a positive integer: {values['p']}")
    goamd64 = os.environ.get("GOAMD64") or "v1"
    if goamd64 not in ("v1", "v2", "v3", "v4"):
        raise fatal(f"invalid GOAMD64: must be v1, v2, v3, v4, got {goamd64}", 2)
    o = Options(opt=values["O"], goamd64=goamd64, jobs=values["p"])
    o.trimpath, o.json = values["trimpath"], values["json"]
    o.tags = tuple(split_tags(values["tags"]))
    o.buildvcs = values["buildvcs"] if values["buildvcs"] == "auto" else str(values["buildvcs"] in ("1", "t", "T", "true", "TRUE", "True")).lower()
    o.pgo = values["pgo"]
    if o.pgo not in ("", "auto", "off") and not os.path.isfile(o.pgo):
        raise fatal(f"open {os.path.abspath(o.pgo)}: no such file or directory")
    o.raw_flags = tuple((name, values[name][-1]) for name in _PER_PACKAGE if values[name])
    check = o.check = values["check"]
    o.dry_run, o.bench, o.stop = values["n"], values["bench"], values["stop"]
    o.commands = values["x"] or o.dry_run
    o.verbose, o.rebuild, o.verify = values["v"] or o.commands, values["a"] or check, values["verify"] or check
    dumps = values["d"]
    if dumps or o.stop:
        from rt0.build.dump import parse, stage_number

        o.dumps = tuple(parse(text) for text in dumps)
        if o.stop:
            stage_number(o.stop)
    if values["work"]:
        import tempfile

        o.workdir = tempfile.mkdtemp(prefix="rt0-build")
        print(f"WORK={o.workdir}", file=sys.stderr)
    return o


def load(values: dict[str, Any], patterns: list[str], options: Any) -> Any:
    """The packages that the patterns name, with their dependencies. Flags per package take effect on options and packages."""
    import time

    from rt0.load.load import BuildContext, load_program
    from rt0.load.replaced import Files

    start = time.perf_counter()
    context = BuildContext.default(tags=options.tags, trimpath=options.trimpath, goamd64=options.goamd64)
    context.mod, context.modfile = values["mod"], values["modfile"]
    if values["overlay"]:
        context.files = Files.read(values["overlay"], context.cwd)
    loaded = load_program(context, patterns)
    options.load_seconds = time.perf_counter() - start
    package_flags(values, loaded, options)
    return loaded


def package_flags(values: dict[str, Any], loaded: Any, options: Any) -> None:
    """-gcflags, -asmflags, -ldflags: of each flag's values, the last one whose pattern fits a package counts for it."""
    from rt0.build.dump import parse
    from rt0.cmd.linkflags import apply_asm, apply_compile, apply_link

    def words(name: str, path: str) -> list[str]:
        info = loaded.packages[path]
        flags = [f for f in map(pkgflags.parse, values[name]) if f.pattern or path in loaded.roots]
        return pkgflags.words_for(flags, path, info.dir, info.standard, loaded.context.cwd)

    dumps: list[str] = []
    for path, info in loaded.packages.items():
        flags = words("gcflags", path) if values["gcflags"] else []
        if flags:
            lang, ds = apply_compile(options, flags, path)
            if lang:
                info.go_version = lang
            dumps += [d for d in ds if d.partition(":")[0] in STAGE_NAMES and d not in dumps]
        if values["asmflags"] and info.s_files:
            apply_asm(words("asmflags", path), path)
    options.dumps += tuple(parse(d) for d in dumps)
    if values["ldflags"]:
        apply_link(options, words("ldflags", loaded.main), loaded.main)


def _room(size: int) -> bool:
    """Whether the process may have `size` more bytes of address space."""
    import resource

    if resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
        return True
    import mmap

    try:
        mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ).close()
    except OSError:
        return False
    return True


def big_stack(fn: Any, *args: Any) -> Any:
    """fn(*args) in a thread with a 512 MB stack and a high recursion limit: source may nest deeply. Where the process may not have as
    much address space, an eighth of both. An interrupt of the user arrives in the main thread, which only waits. Both limits are as before
    afterwards: other threads have smaller stacks.

    Python's cyclic collector is off from here on: the trees of a build live to its end, and looking through them again
    and again doubled the time of parsing. What a build drops on its way is freed by reference counts.
    """
    import gc
    import threading

    gc.disable()
    out: list[Any] = []
    limit, size = sys.getrecursionlimit(), threading.stack_size()

    def call() -> None:
        try:
            out.append((fn(*args), None))
        except BaseException as e:
            out.append((None, e))

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
    result, error = out[0]
    if error is not None:
        raise error
    return result


def build_program(loaded: Any, options: Any) -> bytes | None:
    """The executable for a loaded main package; None when -n, -stop left none.

    Prints the dumps and listings that were asked for. raises CompileError with the errors of all packages, exit code 1
    """
    from rt0.build.builder import Builder, BuildFailed, DamagedUnit, DryRun
    from rt0.build.progress import Progress
    from rt0.cmd.report import failed

    while True:
        progress = Progress(sys.stderr)
        builder = Builder(loaded, options, progress=progress.show)
        try:
            if options.dumps or options.stop or options.escapes or options.assembly:
                show(builder)
            exe = None if options.stop else builder.build()
            if exe is not None:
                _show_link(builder, exe)
        except DamagedUnit:  # it is gone from the cache now: at most once per entry
            continue
        except DryRun:
            return None
        except BuildFailed as e:
            progress.close()
            raise failed(e.errors, options.all_errors, options.json) from None
        except CompileError as e:
            progress.close()
            raise failed([e], options.all_errors, options.json, e.exit_code) from None
        finally:
            progress.close()
            builder.pool.close()
        if options.bench:
            _bench(builder)
        return exe


def show(builder: Any) -> None:
    """-d, -gcflags=-m, -S: everything but the dump of link."""
    from rt0.build.dump import dump, run_until, stage_number
    from rt0.build.listing import assembly_listing, escape_listing

    o = builder.options
    with builder.reported():
        if o.stop:
            run_until(builder, o.stop)
        shown = [d for d in o.dumps if d[0] != "link" and (not o.stop or stage_number(d[0]) <= stage_number(o.stop))]
        if o.escapes or o.assembly or any(stage_number(stage) >= stage_number("lower") for stage, _ in shown):
            builder.check_user_packages()
        for stage, func in shown:
            sys.stdout.write(dump(builder, stage, func))
        if o.escapes:
            sys.stderr.write(escape_listing(builder))
        if o.assembly:
            sys.stdout.write(assembly_listing(builder))


def _show_link(builder: Any, exe: bytes) -> None:
    """-d=link."""
    for stage, func in builder.options.dumps:
        if stage == "link":
            from rt0.build.dump import dump

            sys.stdout.write(dump(builder, stage, func, exe))


def _bench(builder: Any) -> None:
    """-bench: seconds per stage as this process saw them, then the workers' CPU time and the peak of memory."""
    import resource

    rows = {"load": builder.options.load_seconds, **builder.stats.seconds}
    for step, seconds in rows.items():
        print(f"{seconds:8.3f} s  {step}", file=sys.stderr)
    own, workers = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{own.ru_utime + own.ru_stime:8.3f} s  CPU of rt0, {workers.ru_utime + workers.ru_stime:.3f} s of its workers", file=sys.stderr)
    print(f"{own.ru_maxrss / 1024:8.1f} MB peak of rt0, {workers.ru_maxrss / 1024:.1f} MB of the largest worker", file=sys.stderr)
    print(f"{builder.stats.units} units, {builder.stats.functions} definitions compiled", file=sys.stderr)
