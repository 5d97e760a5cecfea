"""Order of evaluation: many small statements give what they give with the real go, at -O0 and -O2 (order_cases.py makes them)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import Result, Rt0, go_run, golden
from tests.run.order_cases import program

GOLDEN = Path(__file__).parent / "golden" / "order.json"
SEED, COUNT = 20, 500


@pytest.mark.parametrize("level", [0, 2])
def test_order(level: int, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    (tmp_path / "main.go").write_text(program(SEED, COUNT))
    want = golden(
        GOLDEN,
        "cases",
        request.config.getoption("--record") and level == 0,
        lambda: {"out": go_run(["run", "main.go"], tmp_path).out.splitlines()},
    )
    built = rt0("build", f"-O{level}", "-o", "main", "main.go", cwd=tmp_path)
    assert (built.err, built.code) == ("", 0)
    got = Result(subprocess.run([tmp_path / "main"], capture_output=True, timeout=120))
    assert got.code == 0, got.err
    text = program(SEED, COUNT)
    wrong = [f"{w}\n  rt0: {g}\n  {text.split(f'func case{n}() string {{')[1].splitlines()[2].strip()}"
             for n, (w, g) in enumerate(zip(want["out"], got.out.splitlines(), strict=True)) if w != g]  # fmt: skip
    assert not wrong, "\n".join(wrong)
