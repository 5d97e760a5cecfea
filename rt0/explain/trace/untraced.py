"""A run without ptrace, where the kernel does not permit it: the runtime prints the initialisation of packages, wait4 tells the end.

GODEBUG=inittrace=1 makes the runtime write a line a package to standard error:

    init fmt @0.21 ms, 0.004 ms clock, 32 bytes, 2 allocs

These lines are taken out of what the program wrote; they are passed on as they come like all of it.
"""

from __future__ import annotations

import os
import re
import time

from rt0.explain.trace.confine import start, wait
from rt0.explain.trace.executable import Executable
from rt0.explain.trace.output import Stream
from rt0.explain.trace.process import Limits
from rt0.explain.trace.watch import Run

INIT = re.compile(rb"^init (\S+) @([0-9.]+) ms, ([0-9.]+) ms clock, (\d+) bytes, (\d+) allocs\n", re.M)


def run_untraced(exe: Executable, path: str, argv: list[str], timeout: float, pass_to: int, limits: Limits | None = None) -> Run:
    """Run a program to its end, to the timeout, or to a limit. NotStarted when it cannot be executed."""
    limits = limits or Limits()
    run = Run(exe, path, argv, untraced=True)

    def over() -> str:
        return f"it wrote more than {limits.output >> 20} MB" if limits.output and out.total + err.total > limits.output else ""

    run.out, run.err = out, err = Stream(pass_to), Stream(pass_to)
    env = dict(os.environ)
    env["GODEBUG"] = ",".join(x for x in (env.get("GODEBUG", ""), "inittrace=1") if x)
    begun = time.perf_counter()
    try:
        try:
            run.pid = start(path, argv, env, out.fd, err.fd, limits)
        finally:
            out.started()
            err.started()
        run.status, usage, run.timed_out, run.over = wait(run.pid, timeout, limits, over)
        run.rusage = usage.ru_utime, usage.ru_stime, usage.ru_maxrss, usage.ru_minflt, usage.ru_nivcsw
    finally:
        out.finish()
        err.finish()
    run.took = run.wall = time.perf_counter() - begun
    for m in INIT.finditer(err.kept):
        run.printed_inits.append((m[1].decode("utf-8", "replace"), float(m[2]), float(m[3]), int(m[4]), int(m[5])))
        err.total -= len(m[0])
    err.kept = INIT.sub(b"", err.kept)
    return run
