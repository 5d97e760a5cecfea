"""A pool of worker processes (worker.py), fed by one thread each: children of this process, or forked beside it when it is a fork of the zygote.

`submit` returns a Job at once; `Job.result()` waits. A worker that dies (LLVM aborted) fails only the job it was working on
and is replaced. Jobs start in the order of submission, assembly first; results do not depend on which worker ran them.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from typing import IO, Protocol

from rt0.build.messages import Request, read_answer, write_message
from rt0.diag import fatal
from rt0.llvm.forked import take
from rt0.zygote import client

FROM_OUTSIDE = (1, 2, 9, 15)  # SIGHUP, SIGINT, SIGKILL (also the kernel's, when memory is short), SIGTERM
NO_THREAD = "rt0: cannot start a thread: too little memory or too many processes (ulimit -v, ulimit -u)"


class Process(Protocol):
    """What a pool needs of a worker: subprocess.Popen has it, and a fork of the zygote."""

    @property
    def stdin(self) -> IO[bytes] | None: ...

    @property
    def stdout(self) -> IO[bytes] | None: ...

    @property
    def returncode(self) -> int: ...

    def kill(self) -> None: ...

    def wait(self) -> int: ...


_processes: set[Process] = set()  # of all pools


def kill_all() -> None:
    """End every worker at once: the user has interrupted the build."""
    for p in list(_processes):
        p.kill()


class WorkerError(Exception):
    """The job failed. kind: "user" (bad input), "llvm" (LLVM rejected it), "bug" (exception), "crash" (process died)."""

    def __init__(self, kind: str, text: str) -> None:
        Exception.__init__(self, text)
        self.kind = kind
        self.text = text


def _reason(e: Exception) -> WorkerError:
    """Why a worker's thread gives up."""
    if isinstance(e, MemoryError):
        return WorkerError("user", "rt0: out of memory")
    if isinstance(e, OSError):
        return WorkerError("user", f"cannot start a worker: {(e.strerror or str(e)).lower()}")
    return WorkerError("bug", f"{type(e).__name__}: {e}")


def _start(errfile: IO[bytes]) -> subprocess.Popen[bytes]:
    """A worker that is a child of this process."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    env = dict(os.environ, PYTHONPATH=os.pathsep.join([root, *filter(None, sys.path)]), PYTHONHASHSEED="0")
    return subprocess.Popen(
        [sys.executable, "-m", "rt0.build.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errfile, env=env, start_new_session=True,
    )


class Job:
    """One request on its way. result() gives the payload or raises WorkerError."""

    __slots__ = ("_done", "error", "header", "name", "out", "payload")

    def __init__(self, name: str, header: Request, payload: bytes) -> None:
        self.name = name
        self.header = header
        self.payload = payload
        self.out = b""
        self.error: WorkerError | None = None
        self._done = threading.Event()

    def finish(self, out: bytes = b"", error: WorkerError | None = None) -> None:
        self.out = out
        self.error = error
        self._done.set()

    def done(self) -> bool:
        return self._done.is_set()

    def result(self) -> bytes:
        self._done.wait()
        if self.error is not None:
            raise self.error
        return self.out


class Pool:
    """Worker processes, started when the first job arrives (or by `warm`)."""

    def __init__(self, size: int) -> None:
        self.size = max(1, size)
        self._queue: queue.PriorityQueue[tuple[int, int, Job | None]] = queue.PriorityQueue()
        self._serial = 0
        self._threads: list[threading.Thread] = []
        self._procs: set[Process] = set()
        self._closed = False

    def warm(self) -> None:
        """Start the processes now, so that LLVM loads while the front end works. Where the system allows fewer threads, as many as it does.

        raises    CompileError when it allows none"""
        while len(self._threads) < self.size:
            t = threading.Thread(target=self._serve, daemon=True, name=f"rt0-worker-{len(self._threads)}")
            try:
                t.start()
            except RuntimeError:
                self.size = len(self._threads)
                if not self.size:
                    raise fatal(NO_THREAD) from None
                break
            self._threads.append(t)

    def submit(self, name: str, header: Request, payload: bytes) -> Job:
        """Queue a request. Assembly goes before IR: the demand walk waits for it, since its references are read from the object."""
        self.warm()
        job = Job(name, header, payload)
        self._put(0 if header["op"] == "asm" else 1, job)
        return job

    def _put(self, priority: int, job: Job | None) -> None:
        self._serial += 1
        self._queue.put((priority, self._serial, job))

    def close(self) -> None:
        """End all workers; running jobs are lost."""
        self._closed = True
        for _ in self._threads:
            self._put(-1, None)
        for p in list(self._procs):
            p.kill()
            p.wait()

    def _spawn(self) -> tuple[Process, IO[bytes]]:
        proc: Process
        if (forked := take("worker")) is not None:
            proc, errfile = forked, forked.stderr
        else:
            errfile = open(os.memfd_create("rt0-worker-stderr"), "r+b")  # noqa: SIM115 what LLVM says before it dies
            proc = client.fork("worker", errfile.fileno()) or _start(errfile)
        self._procs.add(proc)
        _processes.add(proc)
        return proc, errfile

    def _serve(self) -> None:
        """One worker's thread. When no process can be started, or memory ends here, every job that comes this way fails with the reason:
        one without an answer would be waited for for ever."""
        try:
            self._feed()
        except Exception as e:
            error = _reason(e)
            while (job := self._queue.get()[2]) is not None:
                job.finish(error=error)

    def _feed(self) -> None:
        proc, errfile = self._spawn()
        while not self._closed:
            job = self._queue.get()[2]
            if job is None:
                break
            assert proc.stdin is not None and proc.stdout is not None
            msg = None
            try:
                write_message(proc.stdin, job.header, job.payload)
                msg = read_answer(proc.stdout)
            except (BrokenPipeError, OSError):
                pass
            except Exception as e:
                job.finish(error=_reason(e))
                raise
            if msg is None:
                if self._closed:
                    break
                proc.wait()
                errfile.seek(0)
                text = errfile.read().decode("utf-8", "replace").strip()
                how = f"exit status {proc.returncode}" if proc.returncode >= 0 else f"signal {-proc.returncode}"
                self._procs.discard(proc)
                _processes.discard(proc)
                if -proc.returncode in FROM_OUTSIDE:
                    what = f"rt0: the process that was to compile {job.name} was ended from outside (signal {-proc.returncode}): is memory short?"
                    job.finish(error=WorkerError("user", what))
                else:
                    job.finish(error=WorkerError("crash", f"worker died ({how})\n{text}"))
                proc, errfile = self._spawn()
            elif msg[0]["ok"]:
                job.finish(msg[1])
            else:
                job.finish(error=WorkerError(msg[0]["kind"], msg[0]["error"]))
        if proc.stdin is not None:
            try:
                proc.stdin.close()
            except OSError:
                pass
        self._procs.discard(proc)
