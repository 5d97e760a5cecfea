"""Packages of the standard library, tested by their own tests."""

from __future__ import annotations

import re

from tests.conftest import Rt0


def test_own_tests(rt0: Rt0) -> None:
    r = rt0("test", "-short", "-count=1", "container/ring", "errors", "path", "unicode/utf8")
    lines = [re.sub(r"\d+\.\d+s", "Ts", line) for line in r.out.splitlines()]
    assert (r.code, lines, r.err) == (0, [f"ok  \t{p}\tTs" for p in ("container/ring", "errors", "path", "unicode/utf8")], "")
