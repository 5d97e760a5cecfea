"""One run of a program under limits: its output as it comes, and how it ended.

Traced, so that whatever it starts is known from its first instruction on, but let go at once: system calls and signals do not stop it, only the making and
the end of processes and threads do. Where the kernel does not permit ptrace, the program may not start other processes, and is looked at 50 times a second.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from rt0.explain.trace import confine
from rt0.explain.trace.process import Limits, NotPermitted, Tracee

Sink = Callable[[str, bytes], None]  # told "out" or "err", and the bytes


@dataclass(slots=True)
class Ending:
    """status: as wait4 tells, None unknown; over: the limit it went over, as words; seconds: on the clock."""

    status: int | None
    over: str
    seconds: float

    @property
    def words(self) -> str:
        if self.over:
            return f"ended after {self.seconds:.2f} s: {self.over}"
        if self.status is None:
            return "it ended"
        if os.WIFSIGNALED(self.status):
            number = os.WTERMSIG(self.status)
            return f"signal: {(signal.strsignal(number) or str(number)).lower()}"
        return f"exit code {os.WEXITSTATUS(self.status)}"


class _Output:
    """Both streams of a program, passed on in pieces until they are more than the limit."""

    def __init__(self, limit: int, sink: Sink, exceed: Callable[[str], None]) -> None:
        self.limit = limit
        self.total = 0
        self._sink = sink
        self.exceed = exceed
        self._lock = threading.Lock()
        self.fds: list[int] = []
        self._threads = []
        for name in ("out", "err"):
            r, w = os.pipe()
            self.fds.append(w)
            self._threads.append(threading.Thread(target=self._pump, args=(r, name), daemon=True))

    def start(self) -> None:
        """The program has its ends."""
        for fd in self.fds:
            os.close(fd)
        for t in self._threads:
            t.start()

    def _pump(self, r: int, name: str) -> None:
        with open(r, "rb", buffering=0) as pipe:
            while data := pipe.read(64 << 10):
                with self._lock:
                    part = data[: max(self.limit - self.total, 0)] if self.limit else data
                    self.total += len(data)
                    over = self.limit and self.total > self.limit
                if part:
                    self._sink(name, part)
                if over:
                    self.exceed(f"it wrote more than {self.limit >> 20} MB")

    def finish(self) -> None:
        for t in self._threads:
            t.join(2.0)


def run_program(path: str, argv: list[str], timeout: float, limits: Limits, sink: Sink) -> Ending:
    """Run to the end. Standard input is this process's. NotStarted when the file cannot be executed."""
    begun = time.perf_counter()
    tracee: Tracee | None = None

    def exceed(what: str) -> None:
        if tracee is not None:
            tracee.exceed(what)

    out = _Output(limits.output, sink, exceed)
    try:
        tracee = Tracee(argv, path, files=(0, out.fds[0], out.fds[1]), timeout=timeout, limits=limits)
    except NotPermitted:
        why: list[str] = []
        out.exceed = why.append
        try:
            pid = confine.start(path, argv, dict(os.environ), out.fds[0], out.fds[1], limits)
        finally:
            out.start()
        status, _, late, over = confine.wait(pid, timeout, limits, lambda: why[0] if why else "")
        out.finish()
        return Ending(status, _late(timeout) if late else over, time.perf_counter() - begun)
    except BaseException:
        out.start()
        raise
    out.start()
    try:
        tracee.calls_from = 1e-9  # not one system call is stopped for
        tracee.go(tracee.threads[tracee.pid])
    finally:
        tracee.close()
        out.finish()
    return Ending(tracee.status, tracee.over or (_late(timeout) if tracee.timed_out else ""), time.perf_counter() - begun)


def _late(timeout: float) -> str:
    return f"it was still running after the {timeout:g} s that -timeout allows"
