"""What LLVM leaves undefined and Go defines comes out as with the real go at every level of optimisation."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import Result, Rt0, go_run, golden

HERE = Path(__file__).parent
GOLDEN = HERE / "golden" / "defined.json"
DIR = HERE / "defined"


@pytest.mark.parametrize("opt", ["-O0", "-O1", "-O2", "-O3"])
def test_defined(opt: str, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    want = golden(GOLDEN, "defined", request.config.getoption("--record") and opt == "-O0", lambda: go_run(["run", "."], DIR).record())
    built = rt0("build", opt, "-o", str(tmp_path / "defined"), ".", cwd=DIR)
    assert (built.code, built.err) == (0, "")
    r = Result(subprocess.run([tmp_path / "defined"], cwd=DIR, capture_output=True))
    assert (r.code, r.err) == (0, "")
    assert r.out == want["out"]
