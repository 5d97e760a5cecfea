"""What a build changes of its process for deep sources is undone when it ends."""

from __future__ import annotations

import sys
import threading

import pytest

from rt0.cmd.buildflags import big_stack


def deep(n: int) -> int:
    return 0 if n == 0 else 1 + deep(n - 1)


def test_limits_come_back() -> None:
    before = sys.getrecursionlimit(), threading.stack_size()
    assert big_stack(deep, 100_000) == 100_000
    with pytest.raises(ZeroDivisionError):
        big_stack(lambda: 1 // 0)
    assert (sys.getrecursionlimit(), threading.stack_size()) == before
