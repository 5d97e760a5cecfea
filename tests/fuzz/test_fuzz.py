"""The fuzzers' fixed share, with fixed seeds: mutated sources, mutated inputs; and what they found.

Random programs and mutants ask the real go and are skipped where there is none. What the fuzzers find leaves a small test here or beside its like.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from rt0.diag import FileSet
from rt0.syntax.parser import parse_file
from rt0.types.errors import ErrorList
from tests.conftest import Rt0
from tests.fuzz.generate import Files, generate
from tests.fuzz.reduce import Reducer, Toolchains
from tests.fuzz.runner import run_batch

needs_go = pytest.mark.skipif(shutil.which("go") is None, reason="asks the real go")


PROGRAMS = (146, 147, 308, 313, 318, 2035, 2079, 5075, 5089)  # seeds that differed once, all by the order of evaluation


@needs_go
def test_programs(tmp_path: Path, cache_dir: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RT0CACHE", cache_dir)
    tally = run_batch(list(PROGRAMS), ["-O0", "-O2"], tmp_path / "m")
    assert not tally.illegal
    assert not tally.found, "\n".join(f"{d.seed} {d.level} {d.what}: {d.detail}" for d in tally.found)


@needs_go
def test_mutants() -> None:
    from tests.fuzz.mutate import fuzz

    done, found = fuzz(7, 500, 0, 10, None)
    assert done == 500
    assert not found, "\n".join(found)


DOORS = ("asm", "obj", "link", "elf", "gomod", "embed", "constraint", "directive", "overlay", "tags", "ldflags", "line", "env")


def test_doors() -> None:
    from tests.fuzz.doors import fuzz_doors

    complaints: list[str] = []
    doors = fuzz_doors(1, 120, list(filter(None, DOORS)), complaints.append)
    assert not complaints, "\n".join(complaints)
    assert {name: t.tried for name, t in doors.items()} == dict.fromkeys(DOORS, 120)
    shallow = {name: t.ends for name, t in doors.items() if len(t.ends) < 3}  # mutants that all end alike have not been read
    assert not shallow


PLANTED = """package NAME

import (
	"m/pr"
	"strconv"
)

type T1 struct{ a, b int }

var g = T1{1, 2}

func used(n int) int {
	if n > 3 {
		v := []int{n, where * 2, 9}; _ = v
		for i, x := range v {
			pr.V(i, x)
		}
	} else {
		pr.S("no")
	}
	return n
}

func other(t T1) string {
	return strconv.Itoa(t.a + t.b)
}

func Main() {
	pr.V(other(g))
	pr.Try("t", 10, func() { pr.V(used(7)) })
	panic("end")
}
"""


def test_reduce_with_a_rule() -> None:
    """What is left is what the rule asks for, whatever stands around it."""

    def rule(files: Files) -> str:
        text = files["p.go"]
        errors = ErrorList(0)
        parse_file(FileSet().add("p.go", text.encode()), errors)
        return "output" if not errors and re.search(r"where \* 2", text) and "func used" in text and "package" in text else ""

    r = Reducer(rule)
    left = r.reduce({"p.go": PLANTED.replace("NAME", "p1"), "q.go": "package p1\n"})
    assert list(left) == ["p.go"]
    assert left["p.go"].split("\n")[:2] == ["package p1", "func used(n int) int {"]
    assert left["p.go"].count("\n") <= 4 and r.tries < 200, left["p.go"]


@needs_go
def test_reduce_with_both_toolchains(tmp_path: Path, cache_dir: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A difference planted by a build tag that only rt0 is given."""
    monkeypatch.setenv("RT0CACHE", cache_dir)
    files = {
        "p.go": PLANTED[: PLANTED.index("func Main")].replace("NAME", "p1") + "func Main() {\n\tpr.S(other(g))\n\tpr.V(1, where)\n}\n",
        "a.go": "//go:build !planted\n\npackage p1\n\nconst where = 1\n",
        "b.go": "//go:build planted\n\npackage p1\n\nconst where = 2\n",
    }
    r = Reducer(Toolchains("p1", "-O0", tmp_path, extra=("-tags=planted",)), limit=25)
    left = r.reduce(files)
    assert r.kind == "output" and set(left) == set(files)
    assert "used" not in left["p.go"] and "pr.S" not in left["p.go"] and "pr.V(1, where)" in left["p.go"], left["p.go"]


def test_generate_repeats() -> None:
    assert generate(5, "p5") == generate(5, "p5")


def test_include_name_with_nul(rt0: Rt0, tmp_path: Path) -> None:
    """A file name that no system call takes is a file that does not exist."""
    (tmp_path / "x.s").write_bytes(b'#include "a\x00b.h"\n')
    got = rt0("tool", "asm", "-o", "x.o", "x.s", cwd=tmp_path)
    assert got.code in (1, 2)
    assert "internal error" not in got.err
