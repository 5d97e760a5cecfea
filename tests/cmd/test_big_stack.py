"""What a build changes of its process for deep sources is undone when it ends."""

from __future__ import annotations

import sys
import threading

import pytest

from rt0.build.workers import Pool
from rt0.cmd.buildflags import big_stack
from rt0.diag import CompileError


def deep(n: int) -> int:
    return 0 if n == 0 else 1 + deep(n - 1)


def test_limits_come_back() -> None:
    before = sys.getrecursionlimit(), threading.stack_size()
    assert big_stack(deep, 100_000) == 100_000
    with pytest.raises(ZeroDivisionError):
        big_stack(lambda: 1 // 0)
    assert (sys.getrecursionlimit(), threading.stack_size()) == before


def test_smaller_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system refuses the large stack, or any thread."""
    start = threading.Thread.start
    allowed = 64 << 20

    def refuse(t: threading.Thread) -> None:
        if threading.stack_size() > allowed:
            raise RuntimeError("can't start new thread")
        start(t)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    before = sys.getrecursionlimit(), threading.stack_size()
    assert big_stack(deep, 10_000) == 10_000
    allowed = 0
    with pytest.raises(CompileError, match="cannot start a thread"):
        big_stack(deep, 1)
    with pytest.raises(CompileError, match="cannot start a thread"):
        threading.stack_size(1 << 20)
        Pool(2).warm()
    threading.stack_size(before[1])
    assert (sys.getrecursionlimit(), threading.stack_size()) == before
