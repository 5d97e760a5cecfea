"""What the explained program writes: passed on as it comes, its beginning kept for the report.

The program's standard output and error are pipes whose other ends threads read here. Both are passed on to this process's standard error, so
that an interactive program can be used and standard output holds the report alone; a program that asks whether it writes to a terminal is told no.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable

KEPT = 64 << 10  # bytes of each stream


class Stream:
    """One stream: `fd` is for the program. kept: its beginning; total: bytes in all; told: called with the total after each piece."""

    def __init__(self, pass_to: int, told: Callable[[int], None] | None = None) -> None:
        r, self.fd = os.pipe()
        self.kept = b""
        self.total = 0
        self._told = told
        self._thread = threading.Thread(target=self._pump, args=(r, pass_to), daemon=True)
        self._thread.start()

    def _pump(self, r: int, pass_to: int) -> None:
        with open(r, "rb", buffering=0) as pipe:
            while data := pipe.read(64 << 10):
                self.total += len(data)
                if len(self.kept) < KEPT:
                    self.kept += data[: KEPT - len(self.kept)]
                if self._told is not None:
                    self._told(self.total)
                if pass_to >= 0:
                    with contextlib.suppress(OSError):  # nobody listens: the program goes on
                        view = memoryview(data)
                        while view:
                            view = view[os.write(pass_to, view) :]

    def started(self) -> None:
        """The program has its end of the pipe: ours is closed."""
        os.close(self.fd)

    def finish(self) -> None:
        """Wait for the last bytes; processes that the program left behind are gone by now."""
        self._thread.join(2.0)
