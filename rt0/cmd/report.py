"""How errors reach the user: gc's layout for user errors, one line for rt0's own bugs."""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING

from rt0.diag import CompileError, fatal

if TYPE_CHECKING:
    from rt0.build.log import Stats

MAX_ERRORS = 10
MAX_COLUMN = 254


def format_errors(err: CompileError, all_errors: bool = False) -> str:
    """`# pkg` and the errors, as the go command prints them.

    As gc does it (cmd/compile/internal/base/print.go, go1.27): the tenth error in the order of being found ends the list, what was found is sorted by
    position, and the last one found has `too many errors`. Columns from 255 on are not shown. Positions after different //line directives are in the order in which
    these were first reported. An error without a position is a message that is complete already (load's, or several packages' together): printed as it is.
    """
    lines = [f"# {err.package}"] if err.package else []
    ranks: dict[tuple[str, int], int] = {}
    found: list[tuple[tuple[int, int, int], str]] = []
    last = ""
    for d in err.errors:
        p = d.position
        if not p.filename and not p.line:
            lines.append(d.msg)
            continue
        col = min(p.col, MAX_COLUMN + 1)
        if p.col > MAX_COLUMN:
            p = p._replace(col=0)
        rank = ranks.setdefault((p.filename, p.base), len(ranks))
        found.append(((rank, p.line, col), f"{p}: {d.msg}"))
        if len(found) == MAX_ERRORS and not all_errors:
            last = f"{p}: too many errors"  # gc says so even when the tenth was the last
            break
    found.sort(key=lambda x: x[0])
    for i, (_, text) in enumerate(found):
        if not i or text != found[i - 1][1]:
            lines.append(text)
    return "\n".join([*lines, last] if last else lines)


def failed(errors: list[CompileError], all_errors: bool, as_json: bool, exit_code: int = 1) -> CompileError:
    """What to raise when packages did not build. With -json, the messages go to standard output now, an event a line (`go help buildjson`)."""
    if not as_json:
        return fatal("\n".join(format_errors(e, all_errors) for e in errors), exit_code)
    from rt0.load import gojson

    for e in errors:
        at = {"ImportPath": e.package} if e.package else {}
        for line in format_errors(e, all_errors).splitlines():
            print(gojson.write({**at, "Action": "build-output", "Output": line + "\n"}))
        print(gojson.write({**at, "Action": "build-fail"}))
    return CompileError([], exit_code=exit_code)


def report_errors(err: CompileError) -> int:
    """Print the errors; the exit code. A text that was asked for (exit code 0) goes to standard output."""
    text = format_errors(err)
    if text:
        print(text, file=sys.stderr if err.exit_code or text.startswith("go: warning") else sys.stdout)
    return err.exit_code


def report_exception(e: Exception, argv: list[str]) -> int:
    """Print what went wrong; the exit code."""
    if isinstance(e, CompileError):
        return report_errors(e)
    if isinstance(e, OSError) and not isinstance(e, (ConnectionError, TimeoutError)):
        where = f"{e.filename}: " if e.filename else ""
        print(f"rt0: {where}{(e.strerror or str(e)).lower()}", file=sys.stderr)
        return 1
    if isinstance(e, MemoryError) or (isinstance(e, ImportError) and ("failed to map" in str(e) or "annot allocate memory" in str(e))):
        print("rt0: out of memory", file=sys.stderr)
        return 2
    return report_bug(e, argv)


def report_bug(e: BaseException, argv: list[str]) -> int:
    """`rt0: internal error: ...` and the command that repeats it; the traceback only with RT0DEBUG=traceback=1."""
    import traceback

    if "traceback=1" in os.environ.get("RT0DEBUG", ""):
        traceback.print_exception(e)
    what = str(e) or type(e).__name__
    if type(e).__name__ != "InternalError":
        frames = traceback.extract_tb(e.__traceback__)[-1:]
        at = "".join(f" ({os.path.basename(f.filename)}:{f.lineno})" for f in frames)
        what = f"{type(e).__name__}: {what}{at}"
    print(f"rt0: internal error: {what}", file=sys.stderr)
    print(f"rt0: to repeat it: cd {shlex.quote(os.getcwd())} && RT0DEBUG=traceback=1 rt0 {shlex.join(argv)}", file=sys.stderr)
    return 1


def print_bench(load_seconds: float, stats: Stats) -> None:
    """-bench: seconds per stage as this process saw them, then the workers' CPU time and the peak of memory."""
    import resource

    for step, seconds in {"load": load_seconds, **stats.seconds}.items():
        print(f"{seconds:8.3f} s  {step}", file=sys.stderr)
    own, workers = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{own.ru_utime + own.ru_stime:8.3f} s  CPU of rt0, {workers.ru_utime + workers.ru_stime:.3f} s of its workers", file=sys.stderr)
    print(f"{own.ru_maxrss / 1024:8.1f} MB peak of rt0, {workers.ru_maxrss / 1024:.1f} MB of the largest worker", file=sys.stderr)
    print(f"{stats.units} units, {stats.functions} definitions compiled", file=sys.stderr)
