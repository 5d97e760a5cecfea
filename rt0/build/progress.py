"""One status line on a terminal when a build takes longer than half a second; nothing elsewhere."""

from __future__ import annotations

import time
from typing import TextIO

DELAY = 0.5  # seconds before the line appears
EVERY = 0.05  # seconds between two updates


class Progress:
    __slots__ = ("_count", "_last", "_shown", "_start", "_tty", "out")

    def __init__(self, out: TextIO, quiet: bool = False) -> None:
        self.out = out
        self._tty = not quiet and out.isatty()
        self._start = time.monotonic()
        self._last = 0.0
        self._shown = False
        self._count = 0

    def show(self, package: str) -> None:
        """`package` is being compiled."""
        self._count += 1
        if not self._tty:
            return
        now = time.monotonic()
        if now - self._start < DELAY or now - self._last < EVERY:
            return
        self._last = now
        self._shown = True
        self.out.write(f"\r\x1b[K[{self._count}] {package[:60]}")
        self.out.flush()

    def close(self) -> None:
        """Remove the line."""
        if self._shown:
            self.out.write("\r\x1b[K")
            self.out.flush()
            self._shown = False
