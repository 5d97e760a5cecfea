"""What a program can see of its own frames is the same at every optimisation level, and as with the real go."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import Result, Rt0, go_run, golden

HERE = Path(__file__).parent / "levels"
GOLDEN = Path(__file__).parent / "golden" / "levels.json"


CASES = [("lines", 0), ("lines", 1), ("lines", 2), ("lines", 3), ("recover", 0), ("recover", 2), ("zerosize", 0), ("zerosize", 2), ("switches", 0), ("switches", 2), ("nan", 0), ("nan", 1), ("nan", 2), ("nan", 3), ("literals", 0), ("literals", 2)]


@pytest.mark.parametrize(("name", "level"), CASES)
def test_program(name: str, level: int, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    want = golden(GOLDEN, name, request.config.getoption("--record") and level == 0, lambda: go_run(["run", f"{name}.go"], HERE).record())
    exe = tmp_path / name
    built = rt0("build", f"-O{level}", "-o", str(exe), f"{name}.go", cwd=HERE)
    assert (built.err, built.code) == ("", 0)
    assert Result(subprocess.run([exe], cwd=HERE, capture_output=True, timeout=120)).record() == want
