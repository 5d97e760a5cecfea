"""The examples behave as with the real go: same standard output, standard error and exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT, Rt0, go_run, golden

EXAMPLES = ROOT / "examples"
GOLDEN = Path(__file__).parent / "golden" / "examples.json"
NAMES = sorted(d.name for d in EXAMPLES.iterdir() if (d / "main.go").exists())
ARGS = {"wordcount": ["sample.txt", "missing.txt"], "queens": ["-n", "8"], "matmul": ["120"]}


@pytest.mark.parametrize("name", NAMES)
def test_example(name: str, rt0: Rt0, request: pytest.FixtureRequest) -> None:
    d = EXAMPLES / name
    stdin = (d / "stdin.txt").read_bytes() if (d / "stdin.txt").exists() else b""
    args = ["run", "main.go", *ARGS.get(name, [])]
    want = golden(GOLDEN, name, request.config.getoption("--record"), lambda: go_run(args, d, stdin).record())
    assert rt0(*args, cwd=d, stdin=stdin).record() == want


def test_there_are_enough() -> None:
    assert len(NAMES) >= 11
