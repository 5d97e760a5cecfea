"""The entry of the command `rt0`: finds the verb and calls it. Imports only sys and os, so that `rt0 run` of an unchanged program starts at once.

What holds: no Python traceback reaches the user. User errors come as CompileError and are printed as gc prints them; a bug
of rt0 is reported in one line with the way to see more (`RT0DEBUG=traceback=1`).
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def _dispatch(argv: list[str]) -> int:
    if argv and (argv[0] in ("-C", "--C") or argv[0].startswith(("-C=", "--C="))):
        from rt0.cmd.verbs import change_dir

        argv = change_dir(argv)
    if argv and argv[0] == "run":  # these two before anything is imported: what is unchanged comes from the cache
        from rt0.cmd.run import run

        return run(argv[1:])
    if argv and argv[0] == "build":
        from rt0.cmd.build import run as build

        return build(argv[1:])
    from rt0.cmd import verbs

    if not argv:
        return verbs.usage(sys.stderr)
    name, args = argv[0], argv[1:]
    verb = verbs.find(name)
    if verb is None:
        print(f"rt0 {name}: unknown command\nRun 'rt0 help' for usage.", file=sys.stderr)
        return 2
    return verb(args)


def guarded(argv: list[str], call: Callable[[list[str]], int] = _dispatch) -> int:
    """Carry out a command line; every exception becomes a message and an exit code."""
    try:
        return call(argv)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1
    except Exception as e:
        from rt0.cmd.report import report_exception

        return report_exception(e, argv)


def open_standard() -> None:
    """Where standard input, output or error is closed, /dev/null, as for Go's programs: else the next file opened would be it."""
    for fd in (0, 1, 2):
        try:
            os.fstat(fd)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
    sys.stdin = sys.stdin or open(0, closefd=False)  # noqa: SIM115
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115


def finish(code: int) -> int:
    """Write out what is buffered; the exit code that this leaves."""
    try:
        sys.stdout.flush()
    except OSError as e:
        if code == 0 and not isinstance(e, BrokenPipeError):
            print(f"rt0: write standard output: {(e.strerror or str(e)).lower()}", file=sys.stderr)
        code = code or 1
    try:
        sys.stderr.flush()
    except OSError:
        code = code or 1
    return code


def main() -> None:
    """Run the command line in sys.argv and exit."""
    open_standard()
    # Skip the interpreter's tear-down: freeing the trees of a large build takes longer than writing the result.
    os._exit(finish(guarded(sys.argv[1:])))


if __name__ == "__main__":
    main()
