"""Programs about the language behave as with the real go: same output and exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Rt0, go_run, golden

HERE = Path(__file__).parent
GOLDEN = HERE / "golden" / "language.json"
PROGRAMS = sorted((HERE / "testdata").glob("*.go"))


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda p: p.stem)
def test_program(path: Path, rt0: Rt0, request: pytest.FixtureRequest) -> None:
    args = ["run", path.name]
    want = golden(GOLDEN, path.stem, request.config.getoption("--record"), lambda: go_run(args, path.parent, b"").record())
    assert rt0(*args, cwd=path.parent, stdin=b"").record() == want
