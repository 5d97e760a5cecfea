"""Goroutines stopped at random instructions, and the end of a process whose scheduler is broken."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT, Rt0

HERE = Path(__file__).parent / "preempt"


@pytest.mark.parametrize("opt", ["-O1", "-O2"])
def test_stops_anywhere(opt: str, rt0: Rt0, tmp_path: Path) -> None:
    """Every part of the program checks what it computes; a goroutine that goes on with the M or P it had before a stop breaks the scheduler at once."""
    exe = tmp_path / "everything"
    r = rt0("build", opt, "-o", str(exe), "everything.go", cwd=HERE)
    assert r.code == 0, r.err
    p = subprocess.run([exe, "1000"], env={"RT0DEBUG": "preemptstress=100"}, capture_output=True, text=True, timeout=120)
    assert (p.returncode, p.stderr) == (0, "")
    lines = p.stdout.splitlines()
    assert len(lines) == 16
    assert [s for s in lines if not s.endswith((" ok", "never got to run"))] == []


def test_throw_inside_throw_ends(rt0: Rt0) -> None:
    r = rt0("run", ".", cwd=HERE / "throwing", timeout=60)
    assert r.code == 2 or (r.code == 1 and "exit status 2" in r.err)
    assert 1 <= r.err.count("fatal error: ") <= 2, r.err


def test_generic_functions_of_the_runtime_leave_the_thread_alone() -> None:
    """They are written into their users' units, where a signal may stop them (preempt.go)."""
    for path in sorted((ROOT / "rt0/goroot/src/runtime").glob("*.go")):
        for m in re.finditer(r"^func (?:\([^)]*\[[^)]*\) )?\w+\[.*?^}", path.read_text(), re.M | re.S):
            assert not re.search(r"\.m\b", m.group()), f"{path.name}: {m.group().splitlines()[0]}"


def test_nobody_starves(rt0: Rt0) -> None:
    r = rt0("run", "fair.go", cwd=HERE, timeout=120)
    assert (r.code, r.out, r.err) == (0, "done\n", "")
