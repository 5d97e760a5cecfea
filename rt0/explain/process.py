"""What the collectors of steps 12 to 20 ask: one watched run of the program, made when the first of them asks and kept.

The program's standard input is this process's; what it writes is passed on to standard error as it comes (trace/output.py) and quoted in step 20,
so that standard output holds the report alone.

Where the kernel does not permit ptrace the program runs all the same, unwatched, with GODEBUG=inittrace=1: its own runtime tells how long the
initialisation of each package took, wait4 how the program ended. `missing(step)` says so.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from functools import cached_property

from rt0.diag import fatal
from rt0.explain.trace.exectrace import to_file
from rt0.explain.trace.executable import Executable
from rt0.explain.trace.process import Limits, NotPermitted, NotStarted
from rt0.explain.trace.untraced import run_untraced
from rt0.explain.trace.watch import Run, watch
from rt0.obj.elf import FormatError

_KERNEL_ONLY = ("execve", "stack", "run")  # steps that need nothing of the executable's symbols
_UNTRACED = ("main", "run")  # steps of which an unwatched run tells something


class Process:
    """The run of one executable: a file, or the bytes that a build gives.

    path     the executable; "" when `image` gives its bytes
    image    called when the run is about to begin
    args     the program's arguments
    timeout  seconds until it is ended
    begins   called before the program begins to write
    """

    def __init__(self, path: str, args: list[str], timeout: float, image: Callable[[], tuple[str, bytes]] | None = None,
                 begins: Callable[[], None] | None = None, pass_to: int = 2, limits: Limits | None = None) -> None:  # fmt: skip
        self._path = path
        self._args = args
        self._timeout = timeout
        self._image = image
        self._begins = begins
        self._pass_to = pass_to
        self._limits = limits

    @cached_property
    def run(self) -> Run:
        """The watched run. Errors a user can mend (no such file, no executable) are fatal."""
        if self._image is None:
            return self._watch(self._path)
        name, data = self._image()
        folder = tempfile.mkdtemp(prefix="rt0-explain-")
        path = os.path.join(folder, name)
        try:
            with open(path, "wb") as f:
                f.write(data)
            os.chmod(path, 0o755)
            return self._watch(path)
        finally:
            with contextlib.suppress(OSError):
                os.unlink(path)
                os.rmdir(folder)

    def _watch(self, path: str) -> Run:
        exe = self._open(path)
        argv = [path, *self._args]
        if self._begins is not None:
            self._begins()
        try:
            try:
                return watch(exe, path, argv, timeout=self._timeout, pass_to=self._pass_to, limits=self._limits)
            except NotPermitted as e:
                run = run_untraced(exe, path, argv, self._timeout, self._pass_to, self._limits)
                run.trouble = f"{str(e)[0].upper()}{str(e)[1:]}, so the run could not be watched."
                return run
        except NotStarted as e:
            raise fatal(f"rt0: {e}") from None

    def trace(self) -> bytes | None:
        """The execution trace as a file; None when there is none."""
        r = self.run
        return to_file(r.trace, r.exe) if r.trace is not None else None

    @cached_property
    def data(self) -> bytes:
        """The bytes of the executable that was named."""
        return self._open(self._path).data

    @staticmethod
    def _open(path: str) -> Executable:
        try:
            return Executable(path)
        except OSError as e:
            raise fatal(f"rt0: {path}: {(e.strerror or str(e)).lower()}") from None
        except FormatError as e:
            raise fatal(f"rt0: {path}: {e}") from None

    def missing(self, step: str) -> str:
        """Why nothing, or not all, is known of a step; "" when nothing is missing."""
        r = self.run
        if r.untraced:
            more = {"main": " The figures are what the runtime itself prints with GODEBUG=inittrace=1.", "run": " What is known is what wait4(2) tells and what the program wrote."}
            return r.trouble + more.get(step, "")
        if r.trouble:
            return "" if step in _KERNEL_ONLY[:2] else r.trouble
        if r.exe.by_rt0 or step in _KERNEL_ONLY:
            return ""
        if not r.exe.field("g", "goid"):
            return "The executable has no debug information (-ldflags=-w), so where its runtime keeps its fields is not known and their values are missing."
        return ""

    def has_facts(self, step: str) -> bool:
        r = self.run
        return step in _UNTRACED if r.untraced else step in _KERNEL_ONLY or not r.trouble
