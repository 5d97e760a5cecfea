"""`rt0 run [build flags] [-exec xprog] package [arguments...]`: compiles and runs a program.

An unchanged run goes straight to the cached executable: runindex.py remembers, per command line, which files went into it. Until that is
known nothing is imported but `os` and `sys`.
The program gets the terminal, the standard streams and its arguments; as with `go run`, a failing program's status is printed ("exit status 2")
and the exit code is 1; a signal is printed by name ("signal: killed").
"""

from __future__ import annotations

import os
import sys

from rt0.build import runindex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rt0.cmd.flags import FlagSet, Values


def flags() -> FlagSet:
    from rt0.cmd.buildflags import add_build_flags
    from rt0.cmd.flags import FlagSet

    fs = FlagSet(
        "rt0 run [build flags] [-exec xprog] package [arguments...]",
        "Compiles and runs the named main package: a list of .go files of one folder, a folder, or an import path.\n"
        "Code that is not in the cache yet is compiled with light optimisation (-O1) to start soon.",
    )
    fs.add("exec", "", "run the program through this command", "xprog")
    add_build_flags(fs, 1)
    return fs


def split(args: list[str]) -> list[str]:
    """The build flags and the package of a command line, without the program's arguments; [] when it needs the whole way."""
    start = i = runindex.flags_end(args)
    if start < 0:
        return []
    while i < len(args) and args[i].endswith(".go"):
        i += 1
    return args[: max(i, start + 1)]


def run(args: list[str]) -> int:
    head = split(args)
    if head:
        found = runindex.find(["run", *head])
        if found is not None:
            return execute([found[0], *args[len(head) :]])
    from rt0.zygote import client

    built = client.ask("run", args)
    if built is None:
        try:
            command, temporary = prepare(args)
        finally:
            client.leave(starts=True)
    elif built.code:
        return built.code
    else:
        command, temporary = built.command, built.temporary
    if not command:
        return 0
    try:
        return execute(command)
    finally:
        if temporary:
            os.unlink(temporary)
            os.rmdir(os.path.dirname(temporary))


def prepare(args: list[str]) -> tuple[list[str], str]:
    """(the command that runs the program, the executable when it is to be removed afterwards); no command when -n or -stop left nothing to run."""
    from rt0.cmd.buildflags import big_stack, change_dir
    from rt0.diag import fatal

    values, rest = flags().parse(args)
    change_dir(values)
    n = 0
    while n < len(rest) and rest[n].endswith(".go"):
        if rest[n].endswith("_test.go"):
            raise fatal(f"rt0: cannot run *_test.go files ({rest[n]})")
        n += 1
    if n == 0 and rest and not rest[0].startswith("-"):
        n = 1
    if n == 0:
        raise fatal("rt0: no go files listed")
    exe, temporary = big_stack(_prepare, values, rest[:n], split(args))
    if not exe:
        return [], ""
    return [*values.text("exec").split(), exe, *rest[n:]], exe if temporary else ""


def _prepare(values: Values, patterns: list[str], head: list[str]) -> tuple[str, bool]:
    """Build; (path of the executable, whether it must be removed afterwards). No path when -n or -stop left nothing to run."""
    from rt0.build.cache import Cache
    from rt0.build.cachedir import cache_dir
    from rt0.cmd.buildflags import options_from
    from rt0.cmd.output import write_executable
    from rt0.cmd.program import build_program, load
    from rt0.diag import fatal

    options = options_from(values)
    options.strip_dwarf = True  # as go run
    loaded = load(values, patterns, options)
    if len(loaded.roots) > 1:
        raise fatal("rt0: pattern " + " ".join(patterns) + " matches multiple packages:\n\t" + "\n\t".join(loaded.roots))
    if loaded.packages[loaded.roots[0]].name != "main":
        raise fatal(f"package {loaded.roots[0]} is not a main package")
    exe = build_program(loaded, options)
    if exe is None:
        return "", False
    path = runindex.store(Cache(cache_dir()), ["run", *head] if head and not loaded.context.at else [], loaded, exe)
    if path is not None:
        return path, False
    import tempfile

    path = os.path.join(tempfile.mkdtemp(prefix="rt0-run"), runindex.program_name(loaded))
    write_executable(path, exe)
    return path, True


def execute(argv: list[str]) -> int:
    """Run the program as a child; its exit code as `go run` reports it."""
    import _signal as signal  # type: ignore[import-not-found]  # the C module: `signal` itself costs a millisecond

    # The terminal's signals reach the child too: wait for it to decide.
    for s in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(s, _ignore)
    try:
        spawn = os.posix_spawn if "/" in argv[0] else os.posix_spawnp
        # Python ignores these two; the program is to find them as it would without rt0.
        pid = spawn(argv[0], argv, os.environ, setsigdef=(signal.SIGPIPE, signal.SIGXFSZ))
    except OSError as e:
        print(f"rt0: fork/exec {argv[0]}: {(e.strerror or str(e)).lower()}", file=sys.stderr)
        return 1
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        name = (signal.strsignal(number) or str(number)).lower()
        if name.startswith("real-time signal") or name.startswith("unknown"):
            name = f"signal {number}"
        core = " (core dumped)" if os.WCOREDUMP(status) else ""
        print(f"signal: {name}{core}", file=sys.stderr)
        return 1
    code = os.WEXITSTATUS(status)
    if code:
        print(f"exit status {code}", file=sys.stderr)
        return 1
    return 0


def _ignore(number: int, frame: object) -> None:
    """A Python-level handler, so that the child starts with the default disposition (SIG_IGN would be inherited)."""
