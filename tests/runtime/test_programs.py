"""Programs that lean on the runtime print what they print with the real go."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Rt0, go_run, golden

PROGRAMS = Path(__file__).parent / "programs"
GOLDEN = Path(__file__).parent / "golden" / "programs.json"


@pytest.mark.parametrize("name", sorted(p.stem for p in PROGRAMS.glob("*.go")))
def test_program(name: str, rt0: Rt0, request: pytest.FixtureRequest) -> None:
    args = ["run", f"{name}.go"]
    want = golden(GOLDEN, name, request.config.getoption("--record"), lambda: go_run(args, PROGRAMS).record())
    assert rt0(*args, cwd=PROGRAMS).record() == want
