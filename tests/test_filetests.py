"""Every stage's filetests: tests/<stage>/*.txtar, in the words of tests/filetest.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.filetest import run

TESTS = Path(__file__).parent
ARCHIVES = sorted(TESTS.glob("*/*.txtar"))


@pytest.mark.parametrize("path", ARCHIVES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_filetest(path: Path, tmp_path: Path, cache_dir: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.setenv("RT0CACHE", cache_dir)
    monkeypatch.setenv("RT0RESIDENT", "off")  # a fork would write to descriptor 1
    run(path, tmp_path, request.config.getoption("--update"))
