"""What a build tells its user while it works: -v, -x, -work, -bench and the line of progress. Errors are not its business (rt0/cmd/report.py)."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rt0.build.options import Options


@dataclass(slots=True)
class Stats:
    """What -bench prints. seconds: wall time per stage, each moment counted for the innermost stage only."""

    seconds: dict[str, float] = field(default_factory=dict)
    units: int = 0
    functions: int = 0
    _running: list[str] = field(default_factory=list)
    _since: float = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time of the block for `name`."""
        self._switch()
        self._running.append(name)
        self.seconds.setdefault(name, 0.0)
        try:
            yield
        finally:
            self._switch()
            self._running.pop()

    def _switch(self) -> None:
        now = time.perf_counter()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        self._since = now


class Log:
    """One build's messages. progress: called with a package's path whenever one of its units goes to LLVM."""

    __slots__ = ("_named", "options", "progress", "stats")

    def __init__(self, options: Options, progress: Callable[[str], None] | None = None) -> None:
        self.options = options
        self.progress = progress
        self.stats = Stats()
        self._named: set[str] = set()

    def command(self, text: str) -> None:
        """-x: a step."""
        if self.options.commands:
            print(text, file=sys.stderr)

    def compiled(self, path: str, ndefs: int) -> None:
        """A unit of the package with so many definitions was lowered. -v names the package once."""
        self.stats.units += 1
        self.stats.functions += ndefs
        if self.options.verbose and path not in self._named:
            self._named.add(path)
            print(path, file=sys.stderr)

    def submitted(self, path: str) -> None:
        """A unit of the package is on its way through LLVM."""
        if self.progress is not None:
            self.progress(path)

    def keep(self, path: str, name: str, data: bytes) -> None:
        """-work: write what was made of the package into the folder."""
        if self.options.workdir:
            with open(os.path.join(self.options.workdir, f"{path.replace('/', '_')}.{name}"), "wb") as f:
                f.write(data)
