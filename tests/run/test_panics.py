"""Some 300 run-time panics, recovered and not: type, text and exit code as with the real go."""

from __future__ import annotations

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Result, Rt0, go_run, golden

HERE = Path(__file__).parent / "panics"
GOLDEN = Path(__file__).parent / "golden" / "panics.json"


def recovered(exe: Path) -> dict[str, Any]:
    return Result(subprocess.run([exe], capture_output=True, timeout=120)).record()


def uncaught(exe: Path) -> dict[str, Any]:
    """number of the panic -> [exit code, what is printed before the first goroutine's traceback]; addresses are left out."""

    def one(i: int) -> list[Any]:
        p = subprocess.run([exe, str(i)], capture_output=True, timeout=120)
        text = p.stderr.decode().split("\ngoroutine ")[0]
        return [p.returncode, re.sub(r"0x[0-9a-f]+", "0x", text)]

    n = subprocess.run([exe], capture_output=True, timeout=120).stdout.count(b"\n")
    with ThreadPoolExecutor(2) as pool:
        return {str(i): r for i, r in enumerate(pool.map(one, range(n)))}


@pytest.mark.parametrize(("level", "what"), [(0, "recovered"), (2, "recovered"), (2, "uncaught")])
def test_panics(level: int, what: str, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    run = recovered if what == "recovered" else uncaught

    def record() -> dict[str, Any]:
        assert go_run(["build", "-o", str(tmp_path / "go"), "."], HERE).code == 0
        return run(tmp_path / "go")

    want = golden(GOLDEN, what, request.config.getoption("--record") and level == (0 if what == "recovered" else 2), record)
    exe = tmp_path / "exe"
    built = rt0("build", f"-O{level}", "-o", str(exe), ".", cwd=HERE)
    assert (built.err, built.code) == ("", 0)
    assert run(exe) == want
