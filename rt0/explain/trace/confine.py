"""A program without ptrace, in bounds all the same: started, looked at 50 times a second, ended at a limit.

Nobody could count the processes of a program that makes them faster than /proc can be read, and kill them. So where their number is limited the program may
make threads, but no processes: a filter of system calls (seccomp) answers EAGAIN, as the kernel does when there are too many.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import struct
import time
from collections.abc import Callable, Sequence

from rt0.explain.trace import procfs
from rt0.explain.trace.process import Limits, NotStarted

LOOK = 0.02  # seconds

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 1, 38, 22

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent() -> None:
    """SIGKILL for this process when the thread that made it ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


# The system calls that make a process fail with EAGAIN, clone only without CLONE_THREAD; clone3, whose flags lie in memory, is not there (ENOSYS).
# <linux/filter.h>, <linux/seccomp.h> (struct seccomp_data: number at 0, architecture at 4, low half of the first argument at 16); numbers of x86-64.
_LOAD, _EQUAL, _ANY, _RETURN = 0x20, 0x15, 0x45, 6
_ALLOW, _EAGAIN, _ENOSYS = 0x7FFF0000, 0x50000 | 11, 0x50000 | 38
_X86_64 = 0xC000003E
_CLONE, _FORK, _VFORK, _CLONE3, _CLONE_THREAD = 56, 57, 58, 435, 0x10000
_NO_PROCESSES = (
    (_LOAD, 0, 0, 4), (_EQUAL, 0, 9, _X86_64),
    (_LOAD, 0, 0, 0), (_EQUAL, 6, 0, _FORK), (_EQUAL, 5, 0, _VFORK), (_EQUAL, 5, 0, _CLONE3), (_EQUAL, 0, 2, _CLONE),
    (_LOAD, 0, 0, 16), (_ANY, 0, 1, _CLONE_THREAD), (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _EAGAIN), (_RETURN, 0, 0, _ENOSYS),
)  # fmt: skip


def forbid_processes() -> None:
    """From now on this process and what it executes may start threads, but no processes. OSError where the kernel cannot do that."""
    code = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *i) for i in _NO_PROCESSES))
    program = ctypes.create_string_buffer(struct.pack("<HxxxxxxQ", len(_NO_PROCESSES), ctypes.addressof(code)))
    for call in ((_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (_PR_SET_SECCOMP, 2, program, 0, 0)):
        if _libc.prctl(*call):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def start(path: str, argv: Sequence[str], env: dict[str, str], out: int, err: int, limits: Limits) -> int:
    """Its process id. It ends when the thread that calls this does. NotStarted when it cannot be executed."""
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            die_with_parent()
            for i, fd in ((1, out), (2, err)):
                os.dup2(fd, i)
            for sig in (signal.SIGPIPE, signal.SIGXFSZ):
                signal.signal(sig, signal.SIG_DFL)
            if limits.file:
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file, limits.file))
            if limits.tasks:
                forbid_processes()
            os.execve(path, list(argv), env)
        except OSError as e:
            os.write(w, (e.strerror or str(e)).lower().encode())
        finally:
            os._exit(127)
    os.close(w)
    with open(r, "rb") as pipe:
        trouble = pipe.read().decode("utf-8", "replace")  # execve closes the other end
    if trouble:
        os.waitpid(pid, 0)
        raise NotStarted(f"cannot execute {path}: {trouble}")
    return pid


def wait(pid: int, timeout: float, limits: Limits, over: Callable[[], str]) -> tuple[int, resource.struct_rusage, bool, str]:
    """(wait status, what it used, whether the time was over, the limit it went over). over: a limit that somebody else keeps, in words once it is passed."""
    begun = time.perf_counter()
    late, why = False, ""
    while True:
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            return status, usage, late, why
        late = bool(timeout) and time.perf_counter() - begun > timeout
        why = over()
        if limits.tasks and not why and _threads(pid) > limits.tasks:
            why = f"it had more than {limits.tasks} processes and threads at a time"
        if limits.memory and not why and procfs.resident_now(pid) > limits.memory:
            why = f"it had more than {limits.memory >> 20} MB in memory"
        if late or why:
            os.kill(pid, signal.SIGKILL)
            _, status, usage = os.wait4(pid, 0)
            return status, usage, late and not why, why
        time.sleep(min(LOOK, max(time.perf_counter() - begun, 0.001)))


def _threads(pid: int) -> int:
    with contextlib.suppress(OSError):
        return len(os.listdir(f"/proc/{pid}/task"))
    return 0
