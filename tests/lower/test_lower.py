"""Snippets and std packages through lower: LLVM's verifier accepts every module."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lower.harness import load_snippet, lower_snippet, verify

SNIPPETS = sorted([*(Path(__file__).parent / "testdata").glob("*.go"), *(Path(__file__).parent.parent / "run" / "testdata").glob("*.go")])


@pytest.mark.parametrize("path", SNIPPETS, ids=lambda p: p.stem)
def test_snippet_verifies(path: Path) -> None:
    assert verify(lower_snippet(path.read_text()).ir) == ""


def test_hello() -> None:
    unit = lower_snippet('package main\nfunc main() { println("hello") }\n')
    assert verify(unit.ir) == ""
    assert "runtime.printstring" in unit.defs["main.main"].refs
    assert any(s.startswith("go:string.") for s in unit.defs)


@pytest.mark.parametrize("path", ["errors", "strconv", "strings"])
def test_std_package(path: str) -> None:
    built = load_snippet(f'package main\nimport _ "{path}"\nfunc main() {{}}\n')
    assert verify(built.lower_all(path).ir) == ""
