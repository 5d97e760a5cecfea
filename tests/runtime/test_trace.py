"""The execution trace, read and validated by Go's own internal/trace (through `go tool trace`)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

SOURCE = Path(__file__).parent / "trace" / "trace.go"
ROUNDS = ["0", "1", "2", "3", "flight"]


@pytest.fixture(scope="module", params=[0, 2], ids=lambda n: f"O{n}")
def traces(request: pytest.FixtureRequest, cache_dir: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prefix of the files that the program wrote."""
    if not shutil.which("go"):
        pytest.skip("no go")
    d = tmp_path_factory.mktemp("trace")
    command = [sys.executable, "-m", "rt0", "build", f"-O{request.param}", "-o", str(d / "program"), SOURCE.name]
    built = subprocess.run(command, cwd=SOURCE.parent, env=dict(os.environ, RT0CACHE=cache_dir, PYTHONPATH=str(ROOT)), capture_output=True, text=True, timeout=600)
    assert (built.stderr, built.returncode) == ("", 0)
    p = subprocess.run([str(d / "program"), str(d / "t")], capture_output=True, text=True, timeout=120)
    assert (p.stderr, p.stdout, p.returncode) == ("", "done\n", 0)
    return d / "t"


@pytest.mark.parametrize("which", ROUNDS)
def test_valid(traces: Path, which: str) -> None:
    """The reader follows every goroutine, P and thread through its states and refuses what cannot be."""
    p = subprocess.run(["go", "tool", "trace", "-d=parsed", f"{traces}{which}"], capture_output=True, text=True, timeout=120)
    assert p.returncode == 0, p.stderr[:2000]
    events = [line for line in p.stdout.splitlines() if line.startswith("M=")]

    def count(pattern: str) -> int:
        return sum(bool(re.search(pattern, e)) for e in events)

    times = 2 if which == "3" else 1
    assert count(r"GoID=\d+ NotExist->Runnable") >= 31 * times
    assert count(r"GoID=\d+ Running->NotExist") >= 28 * times
    assert count(r' RegionBegin .*"region"') == count(r" RegionEnd ") == 3 * times
    assert sorted(re.findall(r'Message="(log \d)"', p.stdout)) == sorted(["log 0", "log 1", "log 2"] * times)
    assert count(r'Running->Waiting Reason="chan (send|receive)"') > 10 and count(r'Reason="sleep"') > 2
    assert count(r'RangeBegin .*"GC concurrent mark phase"') == count(r'RangeEnd .*"GC concurrent mark phase"') >= 3
    assert count(r"GoID=\d+ Running->Syscall") > 30 and count(r'Running->Runnable Reason="runtime.Gosched"') > 10
    if which != "flight":
        assert count(r' TaskBegin .*"the task"') == count(r" TaskEnd ") == 1
    if which == "3":
        assert count(" Sync ") == 3  # between generations and at both ends
    assert "main.everything" in p.stdout and "trace.go:" in p.stdout


def test_header(traces: Path) -> None:
    """A file begins with the version that Go 1.27 writes."""
    assert Path(f"{traces}0").read_bytes().startswith(b"go 1.26 trace\0\0\0")
