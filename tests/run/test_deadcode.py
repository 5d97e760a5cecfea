"""Code that constants rule out is not compiled, as with the real go: the functions without a body that it calls are no link error."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Result, Rt0, go_run, golden

HERE = Path(__file__).parent / "deadcode"
GOLDEN = Path(__file__).parent / "golden" / "deadcode.json"


@pytest.mark.parametrize("level", [0, 2])
def test_links_and_runs(level: int, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    def record() -> dict[str, Any]:
        built = go_run(["build", "-o", str(tmp_path / "go"), "."], HERE)
        assert built.code == 0, built.err
        return Result(subprocess.run([tmp_path / "go"], capture_output=True, timeout=120)).record()

    want = golden(GOLDEN, "deadcode", request.config.getoption("--record") and level == 0, record)
    exe = tmp_path / "exe"
    built = rt0("build", f"-O{level}", "-o", str(exe), ".", cwd=HERE)
    assert (built.err, built.code) == ("", 0)
    assert Result(subprocess.run([exe], cwd=HERE, capture_output=True, timeout=120)).record() == want
