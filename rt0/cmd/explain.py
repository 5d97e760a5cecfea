"""`rt0 explain [-step s,s] [-func F] [-line f.go:12] [-json] [-html f] [-serve[=addr]] [build flags] [package|files] [args...]`, or `-exe ./prog [args...]`: the way of a program from main.go to exit.

rt0/explain/ does it; here are the flags, the choice of renderer, and the line of progress on a terminal.
"""

from __future__ import annotations

import os
import re
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rt0.cmd.flags import FlagSet, Values


def flags() -> FlagSet:
    from rt0.cmd.buildflags import add_build_flags
    from rt0.cmd.flags import FlagSet
    from rt0.explain.steps import STEPS

    fs = FlagSet(
        "rt0 explain [-step s,s] [-func F] [-line f.go:N] [-json] [-html file] [-serve[=addr]] [build flags] [package|files] [arguments...]",
        "Builds the named main package (or the one in the current folder) as `rt0 build` does, and tells how it comes from source to exit, every figure\n"
        "taken from this build. Without -step: a few lines a step.\n\nThe steps:\n\n" + "\n".join(f"\t{s.number:>2} {s.name:<9} {s.title}" for s in STEPS),
    )
    fs.add("step", "", "everything about these steps, separated by commas; all is every step", "s,s", check=split_steps)
    fs.add("func", "", "only what concerns this function: f, T.m, (*T).m, or with its package: fmt.Println", "F")
    fs.add("F", "", "the same as -func", "F")
    fs.add("line", "", "only what concerns this line of the program", "f.go:N", check=split_line)
    fs.add("exe", "", "explain this finished executable instead of a package, steps 10 to 20; one that gc built, too", "file")
    fs.add("html", "", "write the report as a page to this file, in place of printing it", "file")
    fs.add("trace", "", "write the execution trace of the watched run to this file, for go tool trace", "file")
    fs.add("serve", "", "serve the page with an editor, until ctrl-C: on the loopback address, or here (HOST:PORT, PORT)", "addr", switch=True, check=_address)
    fs.add("timeout", "10s", "end the program after this time (300ms, 2s, 1m)", "d", check=seconds)
    add_build_flags(fs, 2)
    fs.flags = [f for f in fs.flags if f.name != "json"]
    fs.add("json", False, "print the report as JSON: docs/EXPLAIN.md describes it")
    return fs


def split_steps(text: str) -> list[str]:
    """The names in -step. Raises ValueError."""
    from rt0.explain.steps import NAMES

    names = [n.strip() for n in text.split(",") if n.strip()]
    if names == ["all"]:
        return list(NAMES)
    for n in names:
        if n not in NAMES:
            raise ValueError(f'no step "{n}": want some of {" ".join(NAMES)}')
    return names


def split_line(text: str) -> tuple[str, int]:
    """(file, line) of -line. Raises ValueError."""
    file, colon, line = text.rpartition(":")
    if not colon or not file or not line.isascii() or not line.isdigit() or not int(line):
        raise ValueError("want FILE.go:LINE")
    return file, int(line)


def seconds(text: str) -> float:
    """A duration as Go writes it: 300ms, 1.5s, 1m30s. Raises ValueError."""
    units = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
    parts = re.findall(r"(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)", text)
    if not parts or "".join(n + u for n, u in parts) != text:
        raise ValueError("want a duration such as 300ms or 2s")
    return sum(float(n) * units[u] for n, u in parts)


def run(args: list[str]) -> int:
    from rt0.cmd.buildflags import big_stack, change_dir
    from rt0.diag import fatal

    values, rest = flags().parse(args)
    change_dir(values)
    for flag in ("d", "n", "stop", "x", "work", "bench"):
        if values.given(flag):
            raise fatal(f"rt0: -{flag} is a flag of rt0 build, explain does not take it", 2)
    signal.signal(signal.SIGINT, _interrupted)
    if values.text("exe"):
        return big_stack(_explain, values, [], rest, _build_flags(args, rest))
    n = 0
    while n < len(rest) and rest[n].endswith(".go"):
        n += 1
    if not n and rest:
        n = 1
    if values.text("serve"):
        for flag in ("json", "html", "trace", "step", "func", "F", "line"):
            if values.given(flag):
                raise fatal(f"rt0: explain -serve does not take -{flag}: the page shows all", 2)
        return _serve(values, rest[:n] or ["."], _build_flags(args, rest))
    return big_stack(_explain, values, rest[:n] or ["."], rest[n:], _build_flags(args, rest))


def _address(text: str) -> None:
    """Raises ValueError."""
    from rt0.explain.serve.server import address

    address(text)


def _serve(values: Values, patterns: list[str], given: list[str]) -> int:
    from collections.abc import Callable

    from rt0.cmd.buildflags import big_stack, options_from
    from rt0.cmd.program import load
    from rt0.explain.model import Request
    from rt0.explain.serve.job import Session
    from rt0.explain.serve.server import address, serve
    from rt0.explain.source import Build

    def build(edited: dict[str, str], progress: Callable[[str], None]) -> Build:
        options = options_from(values)
        options.json, options.auto_vcs = False, True
        return Build(lambda: load(values, patterns, options, edited), options, Request(), [], progress)

    options_from(values)  # what is wrong with the flags is said now
    return serve(Session(" ".join(patterns), given, seconds(values.text("timeout")), build, big_stack), address(values.text("serve")))


def _build_flags(args: list[str], rest: list[str]) -> list[str]:
    """The flags as they were given."""
    return args[: len(args) - len(rest)]


def _interrupted(number: int, frame: object) -> None:
    """ctrl-C while the program is watched ends the program, and the report is printed; at any other time it ends all."""
    from rt0.explain.trace.process import interrupt

    if not interrupt():
        raise KeyboardInterrupt


def _explain(values: Values, patterns: list[str], args: list[str], given: list[str]) -> int:
    from rt0.build.runindex import program_name
    from rt0.cmd.buildflags import options_from
    from rt0.cmd.output import write_executable
    from rt0.cmd.program import load
    from rt0.diag import fatal
    from rt0.explain.model import Request, to_json
    from rt0.explain.process import Process
    from rt0.explain.report import explain
    from rt0.explain.source import Build
    from rt0.explain.terminal import render

    sources: dict[str, str] = {}
    request = Request(split_steps(values.text("step")), values.text("func") or values.text("F"))
    if values.text("line"):
        request.file, request.line = split_line(values.text("line"))
    progress = Line()
    exe, timeout = values.text("exe"), seconds(values.text("timeout"))
    if exe:
        process = Process(exe, args, timeout)
        report = explain(None, process, request, exe, given, args, progress.show)
        progress.close()
    else:
        options = options_from(values)
        options.json, options.auto_vcs = False, True
        build = Build(lambda: load(values, patterns, options), options, request, args)
        process = Process("", args, timeout, lambda: (program_name(build.loaded), build.exe), progress.close)
        try:
            report = explain(build, process, request, " ".join(patterns), given, args, progress.show)
            sources = build.sources()
        finally:
            progress.close()
            build.close()
    if values.text("html"):
        from rt0.explain.page.render import page

        write_executable(values.text("html"), page(report, sources).encode("utf-8", "replace"), 0o666)
    if values.text("trace"):
        trace = process.trace()
        if trace is None:
            raise fatal("rt0: there is no execution trace: the program was not watched, or is none of rt0's")
        write_executable(values.text("trace"), trace, 0o666)
    if values.switch("json"):
        sys.stdout.write(to_json(report))
    elif values.text("html"):
        if report.stopped:
            print(f"rt0: the program does not compile: step {report.stopped} in {values.text('html')}", file=sys.stderr)
    else:
        colours = sys.stdout.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("NO_COLOR")
        for line in render(report, request, colours):
            sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")
        sys.stdout.buffer.flush()
    return 1 if report.stopped else 0


class Line:
    """The line of progress: the step that is being collected, on a terminal only."""

    def __init__(self) -> None:
        self.tty = sys.stderr.isatty()

    def show(self, step: str) -> None:
        if self.tty:
            from rt0.explain.steps import NAMES

            sys.stderr.write(f"\r\x1b[K[{NAMES.index(step) + 1}/{len(NAMES)}] {step}")
            sys.stderr.flush()

    def close(self) -> None:
        if self.tty:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
