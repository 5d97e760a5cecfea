"""`python -m rt0.resident SOCKET`: the process that rt0/zygote/ forks builds from; `rt0 run` starts it.

Everything a build imports is imported here, LLVM is loaded, and between builds the units of the last one are read and parsed (rt0/build/kept.py). What a fork does is what the command does in a process of its own:

    run       compile a program; the client runs it
    build     the verb whole
    worker    a process in which LLVM runs, for a build that is a fork itself
    stop      end
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator

from rt0.__main__ import finish, guarded
from rt0.zygote import client, server
from rt0.zygote.place import ROOT

# Beside what these import at their heads: what a build imports when it comes to it (tests/zygote/test_zygote.py says when something is missing).
MODULES = (
    "rt0.build.progress", "rt0.build.toolchain", "rt0.build.vcs", "rt0.cmd.output", "rt0.cmd.program", "rt0.cmd.report", "rt0.cmd.stages", "rt0.mod.settings", "hashlib", "json", "tempfile",
)


def prepare() -> tuple[dict[str, server.Kind], server.Learn]:
    """Load all that builds load; what forks do, and what to do with what they leave."""
    import importlib

    from rt0.build import worker
    from rt0.build.kept import KEPT
    from rt0.cmd import build, run
    from rt0.llvm import codegen

    for name in MODULES:
        importlib.import_module(name)
    codegen.load()

    def run_(args: list[str], fork: server.Child) -> int:
        def call(argv: list[str]) -> int:
            command, temporary = run.prepare(argv[1:])
            client.send(fork.connection, ("run", command, temporary))
            return 0

        return built(guarded(["run", *args], call), fork)

    def build_(args: list[str], fork: server.Child) -> int:
        return built(guarded(["build", *args], lambda argv: build.build(argv[1:])), fork)

    def built(code: int, fork: server.Child) -> int:
        if KEPT.used:
            fork.leave("\0".join(KEPT.used).encode())
        return finish(code)

    def worker_(args: list[str], fork: server.Child) -> int:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # ended at once, also in the middle of LLVM
        worker.main()
        return 0

    def learn(note: bytes) -> Iterator[None]:
        return KEPT.learn(note.decode().split("\0"))

    return {"run": run_, "build": build_, "worker": worker_, "stop": lambda args, fork: server.RETIRE}, learn


if __name__ == "__main__":
    server.run(sys.argv[1], prepare, ROOT)
