"""`rt0 run [build flags] package [arguments...]`: compiles and runs a program.

An unchanged run goes straight to the cached executable: runindex.py remembers, per command line, which files went into it.
The program gets the terminal and its arguments; as with `go run`, a failing program's status is printed ("exit status 2")
and the exit code is 1; a signal is printed by name.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from rt0.build import runindex
from rt0.cmd.flags import FlagSet

FLAGS = FlagSet("rt0 run [build flags] package [arguments...]", "Compiles and runs the named main package.")


def _flags() -> FlagSet:
    if not FLAGS.flags:
        from rt0.cmd.buildflags import add_build_flags

        FLAGS.add("exec", "", "run the program through this command", "xprog")
        add_build_flags(FLAGS, 1)
    return FLAGS


def split(args: list[str]) -> tuple[list[str], list[str]]:
    """(build flags and package, the program's arguments), when no flag takes a separate value; else ([], [])."""
    i = 0
    while i < len(args) and args[i][:1] == "-":
        if "=" not in args[i] and args[i] not in ("-v", "-a", "-x", "-O0", "-O1", "-O2", "-O3"):
            return [], []
        i += 1
    start = i
    while i < len(args) and args[i].endswith(".go"):
        i += 1
    if i == start:
        i += 1
    return args[:i], args[i:]


def run(args: list[str]) -> int:
    head, rest = split(args)
    if head and "-a" not in head and "-x" not in head:
        exe = runindex.find(head)
        if exe is not None:
            return execute([exe, *rest])
    from rt0.cmd.buildflags import big_stack

    values, positional = _flags().parse(args)
    if values["C"]:
        os.chdir(values["C"])
    n = 0
    while n < len(positional) and positional[n].endswith(".go"):
        n += 1
    if not positional:
        positional, n = ["."], 1
    if n == 0:
        n = 1
    exe, temporary = big_stack(_prepare, values, positional[:n], head)
    try:
        prefix = values["exec"].split()
        return execute([*prefix, exe, *positional[n:]])
    finally:
        if temporary:
            os.unlink(exe)


def _prepare(values: dict[str, Any], patterns: list[str], head: list[str]) -> tuple[str, bool]:
    """Build; (path of the executable, whether it must be removed afterwards)."""
    from rt0.build.cache import Cache, cache_dir
    from rt0.cmd.build import write_executable
    from rt0.cmd.buildflags import build_program, load, options_from
    from rt0.diag import fatal

    options = options_from(values)
    options.strip_dwarf = True  # as go run
    loaded = load(values, patterns, options.tags)
    if len(loaded.roots) != 1 or loaded.packages[loaded.roots[0]].name != "main":
        if len(loaded.roots) > 1:
            raise fatal("pattern " + " ".join(patterns) + " matches multiple packages:\n\t" + "\n\t".join(loaded.roots))
        raise fatal(f"package {loaded.roots[0]} is not a main package")
    exe = build_program(loaded, options, values["bench"])
    cache = Cache(cache_dir())
    path = runindex.store(cache, head, loaded, exe)
    if path is not None:
        return path, False
    import tempfile

    d = tempfile.mkdtemp(prefix="rt0-run")
    path = os.path.join(d, "main")
    write_executable(path, exe)
    return path, True


def execute(argv: list[str]) -> int:
    """Run the program as a child; its exit code as `go run` reports it."""
    import signal

    sys.stdout.flush()
    # The terminal's signals reach the child too: wait for it to decide.
    for s in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(s, lambda *_: None)
    try:
        pid = os.posix_spawn(argv[0], argv, os.environ) if "/" in argv[0] else os.posix_spawnp(argv[0], argv, os.environ)
    except OSError as e:
        print(f"rt0 run: {argv[0]}: {(e.strerror or str(e)).lower()}", file=sys.stderr)
        return 1
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        n = os.WTERMSIG(status)
        core = " (core dumped)" if os.WCOREDUMP(status) else ""
        print(f"signal: {signal.strsignal(n) or n}".lower() + core, file=sys.stderr)
        return 1
    code = os.WEXITSTATUS(status)
    if code:
        print(f"exit status {code}", file=sys.stderr)
        return 1
    return 0
