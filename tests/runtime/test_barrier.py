"""The collector marks while goroutines change what it looks at: nothing that is reachable is lost."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Rt0

HERE = Path(__file__).parent / "barrier"


@pytest.mark.parametrize("opt", ["-O0", "-O2"])
def test_nothing_is_lost(opt: str, rt0: Rt0, tmp_path: Path) -> None:
    """gccheckmark compares with what is marked at the end of each collection, clobberfree makes a lost object's checksum wrong; preemptstress steps through the
    write barrier's instructions."""
    exe = tmp_path / "stress"
    r = rt0("build", opt, "-o", str(exe), "stress.go", cwd=HERE)
    assert r.code == 0, r.err
    for procs, own in (("1", "gcstress=10"), ("2", "gcstress=40,preemptstress=200"), ("8", "gcstress=10")):
        env = {"GOMAXPROCS": procs, "GODEBUG": "gccheckmark=1,clobberfree=1", "RT0DEBUG": own}
        p = subprocess.run([exe, "1500"], env=env, capture_output=True, text=True, timeout=120)
        assert (p.returncode, p.stdout, p.stderr) == (0, "ok true\n", ""), (procs, own)


def test_gctrace_has_the_form_of_go(rt0: Rt0, tmp_path: Path) -> None:
    exe = tmp_path / "stress"
    r = rt0("build", "-O0", "-o", str(exe), "stress.go", cwd=HERE)
    assert r.code == 0, r.err
    for mode in ("gctrace=1", "gctrace=1,gcstoptheworld=1"):
        p = subprocess.run([exe, "500"], env={"GODEBUG": mode, "RT0DEBUG": "gcstress=10"}, capture_output=True, text=True, timeout=120)
        assert p.returncode == 0, p.stderr
        lines = p.stderr.splitlines()
        assert lines
        form = (
            r"gc \d+ @\d+\.\d{3}s \d+%: [\d.]+\+[\d.]+\+[\d.]+ ms clock, [\d.]+\+[\d.]+/[\d.]+/[\d.]+\+[\d.]+ ms cpu, "
            r"\d+->\d+->\d+ MB, \d+ MB goal, \d+ MB stacks, \d+ MB globals, \d+ P"
        )
        assert [s for s in lines if not re.fullmatch(form, s)] == []
