"""A process for LLVM that is a copy of this one, in place of a Python that starts anew: 10 ms and not 200, where LLVM is loaded already.

Only a process with one thread may be copied so; `rt0 explain -serve` makes some at the beginning of each job. `prepared` has those that wait for work,
by what they do; who needs one takes it from there and starts a process where there is none.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import IO


class Forked:
    """What subprocess.Popen gives of a process, as far as it is asked for here. stderr: a file that the process writes to."""

    def __init__(self, main: Callable[[], None]) -> None:
        """main: reads standard input and writes standard output, in the new process."""
        theirs_in, ours_in = os.pipe()
        ours_out, theirs_out = os.pipe()
        self.stderr: IO[bytes] = open(os.memfd_create("rt0-worker-stderr"), "r+b")  # noqa: SIM115
        self.returncode = 0  # once it was waited for, as subprocess.Popen has it
        self._ended = False
        self.pid = os.fork()
        if self.pid == 0:
            status = 1
            try:
                os.dup2(theirs_in, 0)
                os.dup2(theirs_out, 1)
                os.dup2(self.stderr.fileno(), 2)
                os.closerange(3, 65536)
                main()
                status = 0
            finally:
                os._exit(status)
        os.close(theirs_in)
        os.close(theirs_out)
        self.stdin: IO[bytes] = open(ours_in, "wb")  # noqa: SIM115
        self.stdout: IO[bytes] = open(ours_out, "rb")  # noqa: SIM115

    def kill(self) -> None:
        if not self._ended:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def wait(self) -> int:
        if not self._ended:
            self._ended = True
            try:
                self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            except ChildProcessError:
                self.returncode = -signal.SIGKILL
        return self.returncode


prepared: dict[str, list[Forked]] = {"worker": [], "observe": []}


def take(what: str) -> Forked | None:
    """One that waits for work, if there is one."""
    return prepared[what].pop() if prepared[what] else None
