"""docs/TOUR.md: every command of the walk is run, in order, and prints what the walk shows.

A command is an indented line that begins with `$`; the indented or empty lines up to the next one, or to text, are its output. Numbers
that depend on everything else in the program are equal to each other: addresses, hashes, encodings, sizes of segments.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

TOUR = ROOT / "docs" / "TOUR.md"
BLOCK = re.compile(r"(?m)^    \$ (.*)\n((?:    (?!\$ ).*\n|\n(?=    (?!\$ )))*)")
VARIES = re.compile(r"\b0x[0-9a-f]+\b|\b[0-9a-f]{6,}\b|![0-9]+|#[0-9]+|(?<=size )\d+")


def plain(text: str) -> str:
    return "\n".join(re.sub(r" +", " ", VARIES.sub("?", line)).rstrip() for line in text.rstrip("\n").splitlines())


@pytest.mark.usefixtures("goroot")
def test_walk(tmp_path: Path, cache_dir: str, request: pytest.FixtureRequest) -> None:
    shutil.copytree(ROOT / "examples" / "hello", tmp_path, dirs_exist_ok=True)
    rt0 = tmp_path / "bin" / "rt0"
    rt0.parent.mkdir()
    rt0.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m rt0 "$@"\n')
    rt0.chmod(0o755)
    env = dict(os.environ, RT0CACHE=cache_dir, PYTHONPATH=str(ROOT), PATH=f"{rt0.parent}:{os.environ['PATH']}", LC_ALL="C")
    wrong = []
    count = 0

    def run(m: re.Match[str]) -> str:
        nonlocal count
        count += 1
        p = subprocess.run(["bash", "-o", "pipefail", "-c", m[1]], cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600)
        shown = "\n".join(line[4:] for line in m[2].splitlines())
        if plain(p.stdout) == plain(shown):
            return m[0]
        wrong.append(f"$ {m[1]}\n{p.stdout}")
        return f"    $ {m[1]}\n" + "".join(f"    {line}".rstrip() + "\n" for line in p.stdout.rstrip("\n").splitlines())

    text = TOUR.read_text()
    new = BLOCK.sub(run, text)
    if request.config.getoption("--update") and new != text:
        TOUR.write_text(new)
        return
    assert not wrong, "\n".join(wrong)
    assert count >= 12
