"""What LLVM leaves undefined and Go defines comes out as with the real go at every level of optimisation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Rt0, go_run, golden

HERE = Path(__file__).parent
GOLDEN = HERE / "golden" / "defined.json"
DIR = HERE / "defined"


@pytest.mark.parametrize("opt", ["-O0", "-O1", "-O2", "-O3"])
def test_defined(opt: str, rt0: Rt0, request: pytest.FixtureRequest) -> None:
    want = golden(GOLDEN, "defined", request.config.getoption("--record") and opt == "-O0", lambda: go_run(["run", "."], DIR).record())
    r = rt0("run", opt, ".", cwd=DIR)
    assert (r.code, r.err) == (0, "")
    assert r.out == want["out"]
