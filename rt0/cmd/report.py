"""How errors reach the user: gc's layout for user errors, one line for rt0's own bugs."""

from __future__ import annotations

import os
import shlex
import sys

from rt0.diag import CompileError

MAX_ERRORS = 10


def format_errors(err: CompileError, all_errors: bool = False) -> str:
    """`# pkg` and the errors sorted by position, at most ten and then `too many errors`, as the go command prints them.

    An error without a position is a message that is complete already (load's, or several packages' together): printed as it is.
    """
    lines = [f"# {err.package}"] if err.package else []
    seen: set[str] = set()
    n = 0
    for d in sorted(err.errors, key=lambda d: d.position):
        text = str(d)
        if text in seen:
            continue
        seen.add(text)
        lines.append(text)
        if not d.position.filename:
            continue
        n += 1
        if n == MAX_ERRORS and not all_errors:
            # gc says so even when the tenth was the last.
            lines.append(f"{d.position}: too many errors")
            break
    return "\n".join(lines)


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
    return 2 if isinstance(e, MemoryError) else 1
