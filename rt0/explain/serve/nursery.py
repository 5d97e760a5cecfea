"""The process that jobs come from: it has loaded everything once, and forks.

It is made before the server has threads, has one itself, and does nothing but wait: for the next job (a socket, sent with SCM_RIGHTS), for the end of
one, for the end of the server. A job is a copy of it that runs `work(connection)` and exits. Forking costs 10 ms; loading all that a build
needs costs half a second, and importing it in the server's own process would leave no way to end a job that hangs.

A job's folder for temporary files is removed when the job has ended; so is the folder around all of them, in the end.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator

from rt0.build import worker
from rt0.build.kept import KEPT
from rt0.explain.serve.proctree import adopt_orphans, below, end_below
from rt0.explain.trace.confine import die_with_parent
from rt0.llvm import observe
from rt0.llvm.forked import Forked, prepared

UNITS = "units"  # a file in a job's folder: the units that it linked, which are read and parsed for the next while nobody waits (build/kept.py)
WORKERS = 2  # compilers that a job finds ready

Work = Callable[[socket.socket], None]


class Nursery:
    """The server's side. `job()` gives the connection to a new job; closing it ends the job."""

    def __init__(self, work: Work, warm: Callable[[], None]) -> None:
        """work: run in each job's process; warm: run once, in the nursery's. To be called from the main thread, before there are others."""
        self.folder = tempfile.mkdtemp(prefix="rt0-serve-")
        self._control, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = os.fork()
        if self.pid == 0:
            status = 1
            try:
                self._control.close()
                _nursery(other, work, warm, self.folder)
                status = 0
            finally:
                os._exit(status)
        other.close()

    def job(self) -> socket.socket:
        """Raises OSError when the nursery is gone."""
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [b"j"], [theirs.fileno()])
        return ours

    def close(self) -> None:
        """Nothing of it is left after this."""
        self._control.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        shutil.rmtree(self.folder, ignore_errors=True)


def _nursery(control: socket.socket, work: Work, warm: Callable[[], None], folder: str) -> None:
    os.setsid()  # ctrl-C is the server's
    die_with_its_server = os.getppid()
    for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(s, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    adopt_orphans()
    warm()
    gc.collect()
    gc.freeze()
    r, w = os.pipe()
    for fd in (r, w):
        os.set_blocking(fd, False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(w, warn_on_full_buffer=False)
    jobs: dict[int, str] = {}  # process -> its folder
    serial = 0
    poll = select.poll()
    poll.register(control, select.POLLIN)
    poll.register(r, select.POLLIN)
    lesson: Iterator[None] = iter(())
    learning = False
    while os.getppid() == die_with_its_server:
        ready = [fd for fd, _ in poll.poll(0 if learning and not jobs else 2000)]
        if not ready and learning and not jobs:
            learning = next(lesson, lesson) is None
            continue
        if r in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(r, 512)
        if units := _reap(jobs):
            lesson, learning = KEPT.learn(units), True
        if control.fileno() in ready:
            message, fds, _, _ = socket.recv_fds(control, 16, 1)
            if not message:
                break  # the server is gone
            serial += 1
            own = os.path.join(folder, str(serial))
            os.mkdir(own)
            pid = os.fork()
            if pid == 0:
                _job(control, fds[0], work, own, (r, w))
            os.close(fds[0])
            jobs[pid] = own
    end_below(os.getpid())
    shutil.rmtree(folder, ignore_errors=True)


def _reap(jobs: dict[int, str]) -> list[str]:
    """Jobs that have ended: what is left of them is removed. Any other child is an orphan that a job left behind. Gives the units that the last one linked."""
    units: list[str] = []
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            break
        if not pid:
            break
        if pid in jobs:
            end_below(os.getpid(), jobs.keys())
            folder = jobs.pop(pid)
            with contextlib.suppress(OSError), open(os.path.join(folder, UNITS), encoding="utf-8", errors="surrogateescape") as f:
                units = f.read().splitlines()
            shutil.rmtree(folder, ignore_errors=True)
    if any(p not in jobs for p in below(os.getpid(), jobs.keys())):
        end_below(os.getpid(), jobs.keys())
    return units


def _job(control: socket.socket, fd: int, work: Work, folder: str, pipe: tuple[int, int]) -> None:
    """The life of a job's process."""
    status = 1
    try:
        die_with_parent()
        signal.set_wakeup_fd(-1)
        for s in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(s, signal.SIG_DFL)
        control.close()
        for end in pipe:
            os.close(end)
        adopt_orphans()
        tempfile.tempdir = os.environ["TMPDIR"] = folder
        prepared["worker"] = [Forked(worker.main) for _ in range(WORKERS)]
        prepared["observe"] = [Forked(observe.main_forked)]
        with socket.socket(fileno=fd) as connection:
            work(connection)
        if KEPT.used:
            with open(os.path.join(folder, UNITS), "w", encoding="utf-8", errors="surrogateescape") as f:
                f.write("\n".join(KEPT.used))
        status = 0
    finally:
        end_below(os.getpid())
        os._exit(status)
