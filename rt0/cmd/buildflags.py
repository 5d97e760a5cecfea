"""The build flags that `build`, `run` and `tool` share, and the way from them to an executable's bytes."""

from __future__ import annotations

import os
import sys
import threading
from typing import Any

from rt0.cmd.flags import FlagSet
from rt0.diag import CompileError, fatal

_UNSUPPORTED = ("race", "msan", "asan", "cover")


def add_build_flags(fs: FlagSet, opt: int) -> None:
    fs.add("O", opt, "optimisation level 0 to 3; -O2 is the same as -O=2", "level")
    fs.add("a", False, "rebuild everything, ignoring the cache")
    fs.add("p", 0, "number of worker processes (default: the number of CPUs)", "n")
    fs.add("v", False, "print the names of packages as they are compiled")
    fs.add("x", False, "print what is done, step by step")
    fs.add("work", False, "keep the IR and the objects in a temporary folder and print its name")
    fs.add("tags", [], "build tags, separated by commas", "tag,list")
    fs.add("gcflags", [], "flags of the compiler: -m prints escape decisions, -e reports all errors;\nothers of gc's code generator are ignored", "'flags'")
    fs.add("asmflags", [], "accepted and ignored", "'flags'")
    fs.add("ldflags", [], "flags of the linker: -s no symbol table, -w no DWARF, -X pkg.var=value", "'flags'")
    fs.add("trimpath", False, "accepted: rt0 never writes paths of the machine into a program")
    fs.add("mod", "", "accepted for modules without other modules", "mode")
    fs.add("buildmode", "exe", "only exe so far", "mode")
    fs.add("buildvcs", "", "accepted and ignored", "mode")
    fs.add("C", "", "change to dir first", "dir")
    fs.add("verify", False, "run LLVM's verifier on every module")
    fs.add("bench", False, "print the seconds of each step")
    for name in _UNSUPPORTED:
        fs.add(name, False, "not supported yet")


def _split(text: str) -> list[str]:
    """A flags string as go splits it: by spaces, with single or double quotes."""
    import shlex

    try:
        return shlex.split(text)
    except ValueError as e:
        raise fatal(f"cannot parse flags {text!r}: {e}", 2) from None


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
    goamd64 = os.environ.get("GOAMD64", "v1")
    if goamd64 not in ("v1", "v2", "v3", "v4"):
        raise fatal(f"invalid GOAMD64: must be v1, v2, v3, v4, got {goamd64}", 2)
    o = Options(opt=values["O"], goamd64=goamd64, jobs=values["p"] or os.cpu_count() or 1)
    o.tags = tuple(t for text in values["tags"] for t in text.replace(" ", ",").split(",") if t)
    o.verbose, o.commands, o.rebuild, o.verify = values["v"] or values["x"], values["x"], values["a"], values["verify"]
    for text in values["gcflags"]:
        _, eq, rest = text.partition("=")
        for f in _split(rest if eq and not text.startswith("-") else text):
            o.escapes |= f == "-m"
            o.all_errors |= f == "-e"
    xs = []
    for text in values["ldflags"]:
        words = iter(_split(text))
        for w in words:
            w = "-" + w.lstrip("-")
            if w in ("-s", "-w"):
                o.strip_symbols |= w == "-s"
                o.strip_dwarf = True
            elif w == "-X" or w.startswith("-X="):
                name, eq, value = (w[3:] if w.startswith("-X=") else next(words, "")).partition("=")
                if not eq:
                    raise fatal("-X flag requires argument of the form importpath.name=value", 2)
                xs.append((name, value))
            elif not w.startswith(("-buildid", "-compressdwarf", "-linkmode", "-extldflags")):
                raise fatal(f"flag provided but not defined: {w} (in -ldflags)", 2)
    o.x_values = tuple(xs)
    if values["work"]:
        import tempfile

        o.workdir = tempfile.mkdtemp(prefix="rt0-build")
        print(f"WORK={o.workdir}", file=sys.stderr)
    return o


def load(values: dict[str, Any], patterns: list[str], tags: tuple[str, ...]) -> Any:
    from rt0.load.load import BuildContext, load_program

    return load_program(BuildContext.default(tags=tags), patterns)


def big_stack(fn: Any, *args: Any) -> Any:
    """fn(*args) in a thread with a 512 MB stack and a high recursion limit: source may nest deeply. An interrupt of the user
    arrives in the main thread, which only waits."""
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
    t.join()
    result, error = out[0]
    if error is not None:
        raise error
    return result


def build_program(loaded: Any, options: Any, bench: bool = False) -> bytes:
    """The executable for a loaded main package. Reports the errors of all packages, then raises CompileError with exit code 1."""
    from rt0.build.builder import Builder, BuildFailed, DamagedUnit
    from rt0.build.progress import Progress
    from rt0.cmd.report import format_errors

    for attempt in range(3):
        progress = Progress(sys.stderr)
        builder = Builder(loaded, options, progress=progress.show)
        try:
            exe = builder.build()
        except DamagedUnit:
            if attempt == 2:
                raise
            continue
        except BuildFailed as e:
            progress.close()
            text = "\n".join(format_errors(err, options.all_errors) for err in e.errors)
            raise fatal(text) from None
        except CompileError as e:
            progress.close()
            raise fatal(format_errors(e, options.all_errors), e.exit_code) from None
        finally:
            progress.close()
        if bench:
            for step, seconds in builder.stats.seconds.items():
                print(f"{seconds:8.3f} s  {step}", file=sys.stderr)
            print(f"{builder.stats.units} units, {builder.stats.functions} definitions compiled", file=sys.stderr)
        return exe
    raise AssertionError("unreachable")
