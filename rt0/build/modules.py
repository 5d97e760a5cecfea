"""LLVM modules on their way to a worker, compiled as the options say."""

from __future__ import annotations

from collections.abc import Mapping

from rt0.build.messages import Request
from rt0.build.options import Options
from rt0.build.workers import Job, Pool


class Modules:
    """Sends modules of one build to its pool."""

    __slots__ = ("options", "pool")

    def __init__(self, options: Options, pool: Pool) -> None:
        self.options = options
        self.pool = pool

    def submit(self, name: str, package: str, ir: str, want: str = "obj", args: Mapping[str, str] = {}) -> Job:
        """want: "obj", "asm" or "ir" (after optimisation). name: for messages. args: Unit.trace_args, for objects."""
        o = self.options
        request: Request = {
            "op": "ir", "opt": o.opt, "cpu": o.cpu(), "features": "", "want": want, "verify": o.verify, "package": package, "variables": o.variables(),
            "args": dict(args),
        }  # fmt: skip
        return self.pool.submit(name, request, ir.encode())

    def compile(self, package: str, ir: str, want: str = "obj") -> bytes:
        """The same, and wait. Raises WorkerError."""
        return self.submit(package, package, ir, want).result()
