"""The entry of the command `rt0`: finds the verb and calls it. Imports only sys and os, so that `rt0 version` starts at once.

What holds: no Python traceback reaches the user. User errors come as CompileError and are printed as gc prints them; a bug
of rt0 is reported in one line with the way to see more (`RT0DEBUG=traceback=1`).
"""

from __future__ import annotations

import os
import sys


def _dispatch(argv: list[str]) -> int:
    from rt0.cmd import verbs

    if not argv:
        return verbs.usage(sys.stderr)
    name, args = argv[0], argv[1:]
    if name == "-C" or name.startswith("-C="):
        print("rt0: -C flag must be first flag after the subcommand", file=sys.stderr)
        return 2
    verb = verbs.find(name)
    if verb is None:
        print(f"rt0 {name}: unknown command\nRun 'rt0 help' for usage.", file=sys.stderr)
        return 2
    return verb(args)


def _guarded(argv: list[str]) -> int:
    """_dispatch with every exception turned into a message and an exit code."""
    try:
        return _dispatch(argv)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1
    except Exception as e:
        from rt0.diag import CompileError
        from rt0.cmd.report import report_bug, report_errors

        if isinstance(e, CompileError):
            return report_errors(e)
        if isinstance(e, OSError) and not isinstance(e, (ConnectionError, TimeoutError)):
            where = f"{e.filename}: " if e.filename else ""
            print(f"rt0: {where}{(e.strerror or str(e)).lower()}", file=sys.stderr)
            return 1
        return report_bug(e, argv)


def main() -> None:
    """Run the command line in sys.argv and exit."""
    code = _guarded(sys.argv[1:])
    try:
        sys.stdout.flush()
    except (BrokenPipeError, OSError):
        code = code or 1
    # Skip the interpreter's tear-down: freeing the trees of a large build takes longer than writing the result.
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
