"""How a build ends when it does not end with an executable."""

from __future__ import annotations

from rt0.build.workers import WorkerError
from rt0.diag import CompileError, Diagnostic, InternalError, Position


class BuildFailed(Exception):
    """Errors of several packages, in build order."""

    def __init__(self, errors: list[CompileError]) -> None:
        Exception.__init__(self)
        self.errors = errors


class DryRun(Exception):
    """-n has printed what it had to."""


class DamagedUnit(Exception):
    """A cached object failed its checksum and was dropped: build again."""


def link_error(main: str, *texts: str) -> CompileError:
    """Errors found when the program is put together; they are reported under the main package's path."""
    return CompileError([Diagnostic(Position("", 0, 0), text) for text in texts], package=main)


def worker_failed(e: WorkerError) -> Exception:
    """What to raise for a worker's error: the user's fault, or ours."""
    if e.kind == "user":
        return CompileError([Diagnostic(Position("", 0, 0), e.text)])
    return InternalError(f"llvm: {e.text}")
