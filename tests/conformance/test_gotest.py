"""Go's own tests, through the conformance runner, where it lies beside the repository (it is not part of it).

xfail.txt names the tests of kind run and compile that do not pass yet, notapplicable.txt those that cannot, each with its reason. A fixed
sample of all others must pass; every entry of xfail.txt must still fail, but for those that may pass: one that passes is removed from the list.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

HERE = Path(__file__).parent
RUNNER = ROOT.parent / "shared" / "conformance"
SAMPLE, SEED = 60, 27


def entries(name: str) -> dict[str, str]:
    """"kind name" -> reason."""
    out = {}
    for line in (HERE / name).read_text().splitlines():
        if line and line[0] != "#":
            test, _, reason = line.partition("  # ")
            out[test] = reason
    return out


def run(tmp_path: Path, cache_dir: str, *options: str) -> dict[str, bool]:
    """test -> passed"""
    go = tmp_path / "rt0"
    go.write_text(f"#!/bin/sh\nRT0CACHE={cache_dir} PYTHONPATH={ROOT} exec {sys.executable} -m rt0 \"$@\"\n")
    go.chmod(0o755)
    results = tmp_path / "results.txt"
    cmd = [sys.executable, str(RUNNER), "gotest", "--go", str(go), "-j", "2", "--results", str(results), *options]
    subprocess.run(cmd, cwd=tmp_path, env=dict(os.environ, TMPDIR=str(tmp_path)), capture_output=True, timeout=1500)
    found = re.findall(r"^(PASS|FAIL) (\S+ \S+)", results.read_text(), re.M)
    return {test: verdict == "PASS" for verdict, test in found}


needs_runner = pytest.mark.skipif(not RUNNER.is_dir(), reason="the conformance runner is not here")


def test_every_entry_has_a_reason() -> None:
    for name in ("xfail.txt", "notapplicable.txt"):
        assert all(entries(name).values()), name


@needs_runner
def test_sample_passes(tmp_path: Path, cache_dir: str) -> None:
    known = entries("xfail.txt") | entries("notapplicable.txt")
    results = run(tmp_path, cache_dir, "--only", "^(run|compile) ", "--sample", str(SAMPLE), "--seed", str(SEED))
    assert len(results) == SAMPLE
    assert [t for t, ok in results.items() if not ok and t not in known] == []


@needs_runner
def test_xfail_still_fails(tmp_path: Path, cache_dir: str) -> None:
    names = [test for test, reason in entries("xfail.txt").items() if not reason.startswith("may pass")]
    pattern = "^(" + "|".join(map(re.escape, names)) + ")$"
    results = run(tmp_path, cache_dir, "--only", pattern, "--timeout", "15")
    assert [t for t, ok in results.items() if ok] == []
