"""What lower writes and does for n of something grows with n, and a search among n constants with the logarithm of n: counted, not timed."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from types import FrameType

import pytest

from bench.growth import SHAPES
from tests.lower.harness import lower_snippet


def function(ir: str, name: str) -> list[str]:
    """The lines of one function."""
    m = re.search(r'^define [^\n]*@"' + re.escape(name) + r'"[^\n]*\n(.*?)^}', ir, re.M | re.S)
    assert m is not None
    return m[1].splitlines()


def longest_path(lines: list[str]) -> int:
    """The most instructions that one run of a function without loops executes."""
    blocks: dict[str, list[str]] = {}
    cur: list[str] = []
    for line in lines:
        if m := re.fullmatch(r"([\w.]+):", line):
            cur = blocks.setdefault(m[1], [])
        else:
            cur.append(line)
    cost: dict[str, int] = {}
    todo = ["entry"]
    while todo:
        b = todo[-1]
        nxt = re.findall(r"label %([\w.]+)", blocks[b][-1])
        missing = [x for x in nxt if x not in cost]
        if missing:
            todo += missing
        else:
            cost[b] = len(blocks[b]) + max((cost[x] for x in nxt), default=0)
            todo.pop()
    return cost["entry"]


def text(name: str, n: int) -> str:
    make, _ = SHAPES[name]
    return make(n)["main.go"]


@pytest.mark.parametrize("name", ["switch strings", "switch ints", "switch floats", "switch any", "switch types"])
def test_search_among_constants(name: str) -> None:
    small, large = [function(lower_snippet(text(name, n)).ir, "main.f") for n in (32, 512)]
    assert len(large) < 20 * len(small)
    assert longest_path(large) < longest_path(small) + 24


def calls(f: Callable[[], object]) -> int:
    """How many Python functions f calls."""
    count = 0

    def profile(frame: FrameType, event: str, arg: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(profile)
    try:
        f()
    finally:
        sys.setprofile(None)
    return count


# of n types that embed one another the k-th has a path of length k to what it promotes
GROWING = [name for name in SHAPES if name not in ("packages", "files", "errors", "embedding")]


@pytest.mark.parametrize("name", GROWING)
def test_work_is_linear(name: str) -> None:
    lower_snippet(text(name, 10))
    a, b, c = [calls(lambda n=n: lower_snippet(text(name, n))) for n in (10, 20, 40)]  # type: ignore[misc]
    assert c - b <= 3 * (b - a), (a, b, c)
