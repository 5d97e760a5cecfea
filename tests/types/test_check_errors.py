"""Error lists of whole packages against gc's: testdata/errors/NAME.go, NAME.txt recorded with `go build -gcflags=-e`.

`python tests/types/test_check_errors.py --record` asks go again. And Go's own type checker tests, where a GOROOT is found.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from rt0.types.errors import sorted_errors
from tests.types import errtest

DIR = Path(__file__).parent / "testdata" / "errors"


def record() -> None:
    for p in sorted(DIR.glob("*.go")):
        with tempfile.TemporaryDirectory() as d:
            shutil.copy(p, d)
            cmd = ["go", "build", "-gcflags=-e", "-o", os.path.join(d, "x"), "./" + p.name]
            r = subprocess.run(cmd, cwd=d, capture_output=True, text=True, env={**os.environ, "GO111MODULE": "off"})
            out = r.stderr.replace("command-line-arguments", "p").partition("\n")[2]
            p.with_suffix(".txt").write_text(out)


def test_package_clauses_differ() -> None:
    """The first file's counts; the others are named at their first line and not checked (as `go tool compile` has it)."""
    files = {"b.go": "// d\n\npackage new\n\nvar x int = \"a\"\n", "a.go": "// c\n\npackage strings\n\nvar y int = \"b\"\n"}
    errors = errtest.check_files(list(files), [text.encode() for text in files.values()])
    assert [str(e) for e in sorted_errors(errors)] == [
        "a.go:1:1: package strings; expected package new",
        'b.go:5:13: cannot use "a" (untyped string constant) as int value in variable declaration',
    ]


@pytest.mark.parametrize("name", sorted(p.name for p in DIR.glob("*.go")))
def test_errors(name: str) -> None:
    errors = errtest.check_files(["./" + name], [(DIR / name).read_bytes()])
    got = "".join(f"{e}\n" for e in sorted_errors(errors))
    assert got == (DIR / name).with_suffix(".txt").read_text()


FILES = ["check/typeparams.go", "check/typeinst0.go", "check/typeinst1.go", "check/builtins1.go", "check/cycles0.go", "check/constdecl.go", "check/const0.go", "check/init0.go", "check/init1.go", "check/issues1.go", "check/linalg.go", "check/map1.go", "check/slices.go", "check/lookup1.go", "check/mtypeparams.go", "check/tinference.go", "check/conversions0.go", "check/decls2", "check/importdecl0", "check/expr3.go", "examples/inference.go", "examples/inference2.go", "examples/types.go", "examples/typesets.go", "examples/constraints.go", "examples/functions.go", "spec/assignability.go", "spec/comparable1.19.go", "spec/conversions.go", "spec/comparisons.go", "fixedbugs/issue39634.go", "fixedbugs/issue39938.go", "fixedbugs/issue45985.go", "fixedbugs/issue47115.go", "fixedbugs/issue48529.go", "fixedbugs/issue48951.go", "fixedbugs/issue49043.go", "fixedbugs/issue49541.go", "fixedbugs/issue51229.go", "fixedbugs/issue51232.go", "fixedbugs/issue52915.go", "fixedbugs/issue53692.go", "fixedbugs/issue56665.go", "fixedbugs/issue58742.go", "fixedbugs/issue59956.go", "fixedbugs/issue60434.go", "fixedbugs/issue60747.go", "fixedbugs/issue66285.go", "fixedbugs/issue76478.go"]


@pytest.mark.parametrize("name", FILES)
def test_go_testdata(name: str, goroot: Path) -> None:
    errtest.define_assert()
    p = goroot / "src" / "internal" / "types" / "testdata" / name
    if not p.exists():
        pytest.skip("not in this GOROOT")
    wrong = errtest.run(sorted(p.glob("*.go")) if p.is_dir() else [p])
    # messages that gc drops because the line has the same one already
    assert not [w for w in wrong if not (w.startswith("missing") and _repeated(p, w))]


def _repeated(p: Path, w: str) -> bool:
    """Whether the missing error is expected more than once on its line."""
    _, name, line, text = w.split(":", 3)
    src = (p / name.strip() if p.is_dir() else p).read_text().split("\n")[int(line) - 1]
    return src.count("ERROR") > 1 and bool(text)


if __name__ == "__main__" and "--record" in sys.argv:
    record()
