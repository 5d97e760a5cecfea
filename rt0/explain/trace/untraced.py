"""A run without ptrace, where the kernel does not permit it: the runtime prints the initialisation of packages, wait4 tells the end.

GODEBUG=inittrace=1 makes the runtime write a line a package to standard error:

    init fmt @0.21 ms, 0.004 ms clock, 32 bytes, 2 allocs

These lines are taken out of what the program wrote; they are passed on as they come like all of it.
"""

from __future__ import annotations

import os
import re
import signal
import threading
import time

from rt0.explain.trace.executable import Executable
from rt0.explain.trace.output import Stream
from rt0.explain.trace.process import NotStarted
from rt0.explain.trace.watch import Run

INIT = re.compile(rb"^init (\S+) @([0-9.]+) ms, ([0-9.]+) ms clock, (\d+) bytes, (\d+) allocs\n", re.M)


def run_untraced(exe: Executable, path: str, argv: list[str], timeout: float, pass_to: int) -> Run:
    """Run a program to its end or to the timeout. NotStarted when it cannot be executed."""
    run = Run(exe, path, argv, untraced=True)
    run.out, run.err = out, err = Stream(pass_to), Stream(pass_to)
    env = dict(os.environ)
    env["GODEBUG"] = ",".join(x for x in (env.get("GODEBUG", ""), "inittrace=1") if x)
    begun = time.perf_counter()
    try:
        try:
            actions = [(os.POSIX_SPAWN_DUP2, out.fd, 1), (os.POSIX_SPAWN_DUP2, err.fd, 2)]
            run.pid = os.posix_spawn(path, argv, env, file_actions=actions, setsigdef=(signal.SIGPIPE, signal.SIGXFSZ))
        except OSError as e:
            raise NotStarted(f"cannot execute {path}: {(e.strerror or str(e)).lower()}") from None
        finally:
            out.started()
            err.started()
        done = threading.Event()

        def expire() -> None:
            if not done.is_set():
                run.timed_out = True
                os.kill(run.pid, signal.SIGKILL)

        timer = threading.Timer(timeout, expire)
        timer.daemon = True
        if timeout > 0:
            timer.start()
        _, run.status, usage = os.wait4(run.pid, 0)
        done.set()
        timer.cancel()
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
