"""The build flags that `build`, `run` and `tool` share, and the way from them to an executable's bytes."""

from __future__ import annotations

import os
import sys
from typing import Any

from rt0.cmd import pkgflags
from rt0.cmd.flags import FlagSet
from rt0.cmd.pkgflags import PackageFlag
from rt0.diag import CompileError, Diagnostic, Position, fatal
from rt0.pipeline import STAGES

STAGE_NAMES = [s[0] for s in STAGES]
_UNSUPPORTED = ("race", "msan", "asan", "cover")


def add_build_flags(fs: FlagSet, opt: int) -> None:
    """Declare the build flags; opt: the default of -O."""
    fs.add("O", opt, "optimisation level 0 to 3; -O2 is the same as -O=2", "level")
    fs.add("a", False, "rebuild everything, ignoring the cache")
    fs.add("n", False, "print what -x prints, but run no LLVM and write nothing")
    fs.add("p", os.cpu_count() or 1, "number of worker processes", "n")
    fs.add("v", False, "print the names of packages as they are compiled")
    fs.add("x", False, "print what is done, step by step")
    fs.add("work", False, "keep the IR and the objects in a temporary folder and print its name")
    fs.add("tags", [], "build tags, separated by commas", "tag,list")
    fs.add("gcflags", [], "flags of the compiler: -m prints escape decisions, -e reports all errors, -S prints assembly,\n"
           "-d=STAGE as below; others of gc's code generator are ignored. pattern=flags applies to all packages", "'[pattern=]flags'")  # fmt: skip
    fs.add("asmflags", [], "accepted and ignored", "'flags'")
    fs.add("ldflags", [], "flags of the linker: -s no symbol table, -w no DWARF, -X pkg.var=value", "'flags'")
    fs.add("trimpath", False, "record package paths and module versions in place of folders of this machine")
    fs.add("mod", "", "accepted for modules without other modules", "mode")
    fs.add("buildmode", "exe", "only exe so far", "mode")
    fs.add("buildvcs", "", "accepted and ignored", "mode")
    fs.add("pgo", "", "accepted and ignored", "file")
    fs.add("C", "", "change to dir first", "dir")
    fs.add("d", [], "print a stage's result to standard output, whole or of one function; -d=help lists the stages", "stage[:func]")
    fs.add("stop", "", "end after this stage; nothing is written", "stage")
    fs.add("check", False, "verify after each stage: LLVM's verifier on every module, references and symbols of every object; implies -a")
    fs.add("verify", False, "run LLVM's verifier on every module")
    fs.add("bench", False, "print the seconds of each stage and the peak of memory")
    for name in _UNSUPPORTED:
        fs.add(name, False, "not supported yet")


def change_dir(values: dict[str, Any]) -> None:
    """-C."""
    if values["C"]:
        try:
            os.chdir(values["C"])
        except OSError as e:
            raise fatal(f"rt0: chdir {values['C']}: {(e.strerror or str(e)).lower()}") from None


def _package_flags(name: str, texts: list[str]) -> list[PackageFlag]:
    out = []
    for text in texts:
        try:
            out.append(pkgflags.parse(text))
        except ValueError as e:
            raise fatal(f'invalid value "{text}" for flag -{name}: {e}', 2) from None
    return out


def options_from(values: dict[str, Any]) -> Any:
    """builder.Options of parsed flags."""
    from rt0.build.builder import Options

    for name in _UNSUPPORTED:
        if values[name]:
            raise fatal(f"-{name} is not supported yet", 2)
    if values["buildmode"] not in ("exe", "default"):
        raise fatal(f"-buildmode={values['buildmode']} not supported yet", 2)
    if not 0 <= values["O"] <= 3:
        raise fatal(f"invalid value \"{values['O']}\" for flag -O: want 0 to 3", 2)
    if values["p"] < 1:
        raise fatal(f"rt0: -p must be a positive integer: {values['p']}", 2)
    goamd64 = os.environ.get("GOAMD64", "v1")
    if goamd64 not in ("v1", "v2", "v3", "v4"):
        raise fatal(f"invalid GOAMD64: must be v1, v2, v3, v4, got {goamd64}", 2)
    o = Options(opt=values["O"], goamd64=goamd64, jobs=values["p"])
    o.trimpath = values["trimpath"]
    o.tags = tuple(t for text in values["tags"] for t in text.replace(" ", ",").split(",") if t)
    check = o.check = values["check"]
    o.dry_run, o.bench, o.stop = values["n"], values["bench"], values["stop"]
    o.commands = values["x"] or o.dry_run
    o.verbose, o.rebuild, o.verify = values["v"] or o.commands, values["a"] or check, values["verify"] or check
    dumps = list(values["d"])
    for flags in _package_flags("gcflags", values["gcflags"]):
        for f in flags.words:
            o.escapes |= f == "-m" or f.startswith("-m=")
            o.all_errors |= f == "-e"
            o.assembly |= f == "-S"
            if f.startswith("-d=") and f[3:].partition(":")[0] in STAGE_NAMES:
                dumps.append(f[3:])
    _package_flags("ldflags", values["ldflags"])  # checked now, used when the main package is known
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
    """The packages that the patterns name, with their dependencies."""
    import time

    from rt0.load.load import BuildContext, load_program

    start = time.perf_counter()
    loaded = load_program(BuildContext.default(tags=options.tags, trimpath=options.trimpath), patterns)
    options.load_seconds = time.perf_counter() - start
    _linker_flags(values, loaded, options)
    return loaded


def _linker_flags(values: dict[str, Any], loaded: Any, o: Any) -> None:
    """-ldflags, for the program's main package."""
    main = loaded.packages[loaded.main]
    xs = []
    words = iter(pkgflags.words_for(_package_flags("ldflags", values["ldflags"]), main.path, main.dir, main.standard, loaded.context.cwd))
    for w in words:
        if w.startswith("--"):
            w = w[1:]
        if w in ("-s", "-w"):
            o.strip_symbols |= w == "-s"
            o.strip_dwarf = True
        elif w == "-X" or w.startswith("-X="):
            name, eq, value = (w[3:] if w.startswith("-X=") else next(words, "")).partition("=")
            if not eq or "." not in name:
                said = "link: -X flag requires argument of the form importpath.name=value"
                raise CompileError([Diagnostic(Position("", 0, 0), said)], package=loaded.main)
            xs.append((name, value))
        elif w.partition("=")[0] == "-checklinkname":
            o.check_linkname = w.partition("=")[2] not in ("0", "f", "F", "false", "False", "FALSE")
        elif not w.startswith(("-buildid", "-compressdwarf", "-linkmode", "-extldflags")):
            raise fatal(f"flag provided but not defined: {w} (in -ldflags)", 2)
    o.x_values = tuple(xs)


def big_stack(fn: Any, *args: Any) -> Any:
    """fn(*args) in a thread with a 512 MB stack and a high recursion limit: source may nest deeply. An interrupt of the user
    arrives in the main thread, which only waits.

    Python's cyclic collector is off from here on: the trees of a build live to its end, and looking through them again
    and again doubled the time of parsing. What a build drops on its way is freed by reference counts.
    """
    import gc
    import threading

    gc.disable()
    out: list[Any] = []
    sys.setrecursionlimit(400_000)
    threading.stack_size(512 << 20)

    def call() -> None:
        try:
            out.append((fn(*args), None))
        except BaseException as e:
            out.append((None, e))

    t = threading.Thread(target=call, daemon=True)
    t.start()
    try:
        t.join()
    except KeyboardInterrupt:
        workers = sys.modules.get("rt0.build.workers")
        if workers is not None:
            workers.kill_all()
        raise
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
    from rt0.cmd.report import format_errors

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
            raise fatal("\n".join(format_errors(err, options.all_errors) for err in e.errors)) from None
        except CompileError as e:
            progress.close()
            raise fatal(format_errors(e, options.all_errors), e.exit_code) from None
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
