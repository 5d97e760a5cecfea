"""The fuzzers' fixed share, with fixed seeds: mutated sources, mutated inputs; and what they found.

Random programs (`python -m tests.fuzz run`) join when rt0 evaluates a statement's operands in gc's order (docs/STATUS.md). Mutants ask the
real go and are skipped where there is none. What the fuzzers find leaves a small test here.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import Rt0
from tests.fuzz.generate import generate

needs_go = pytest.mark.skipif(shutil.which("go") is None, reason="asks the real go")


@needs_go
def test_mutants() -> None:
    from tests.fuzz.mutate import fuzz

    done, found = fuzz(7, 500, 0, 10, None)
    assert done == 500
    left = [f for f in found if "; expected package" not in f]  # gc names another line for the package clause that differs
    assert not left, "\n".join(left)


DOORS = ("asm", "obj", "link", "elf", "gomod", "embed", "constraint", "directive", "overlay", "tags", "ldflags", "line", "env")


def test_doors() -> None:
    from tests.fuzz.doors import fuzz_doors

    complaints: list[str] = []
    doors = fuzz_doors(1, 120, list(filter(None, DOORS)), complaints.append)
    assert not complaints, "\n".join(complaints)
    assert {name: t.tried for name, t in doors.items()} == dict.fromkeys(DOORS, 120)
    shallow = {name: t.ends for name, t in doors.items() if len(t.ends) < 3}  # mutants that all end alike have not been read
    assert not shallow


def test_generate_repeats() -> None:
    assert generate(5, "p5") == generate(5, "p5")


def test_include_name_with_nul(rt0: Rt0, tmp_path: Path) -> None:
    """A file name that no system call takes is a file that does not exist."""
    (tmp_path / "x.s").write_bytes(b'#include "a\x00b.h"\n')
    got = rt0("tool", "asm", "-o", "x.o", "x.s", cwd=tmp_path)
    assert got.code in (1, 2)
    assert "internal error" not in got.err
