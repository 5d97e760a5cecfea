"""Official programs, compiled by rt0 when they are first asked for."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Rt0
from tests.likego import write

FILES = {
    "go.mod": "module m\n\ngo 1.27\n",
    "a.go": "package m\nfunc  F( ) int {return 1}\n",
    "a_test.go": 'package m\nimport "testing"\nfunc TestF(t *testing.T){}\n',
    "windows.go": "//go:build windows\npackage m\nfunc  G( ){}\n",
    "sub/b.go": "package sub\n\nvar  X = 1\n",
}


def test_fmt(rt0: Rt0, tmp_path: Path) -> None:
    """The files of the named packages are formatted, those left out of a build too; what is right already is not touched."""
    write(tmp_path, FILES)
    r = rt0("fmt", cwd=tmp_path)
    assert (r.code, r.out, r.err) == (0, "a.go\na_test.go\nwindows.go\n", "")
    assert (tmp_path / "a.go").read_text() == "package m\n\nfunc F() int { return 1 }\n"
    r = rt0("fmt", "-x", "./...", cwd=tmp_path)
    assert (r.code, r.out) == (0, "sub/b.go\n")
    assert r.err.endswith("/gofmt -l -w a.go a_test.go windows.go sub/b.go\n")
    write(tmp_path, {"a.go": "package m\nfunc {\n"})
    r = rt0("fmt", ".", cwd=tmp_path)
    assert (r.code, r.out, r.err) == (1, "", "a.go:2:6: expected 'IDENT', found '{'\nexit status 2\n")


def test_tool(rt0: Rt0, tmp_path: Path) -> None:
    """Its exit code is the program's."""
    write(tmp_path, {"x.go": "package  x\n"})
    r = rt0("tool", "gofmt", "-l", "x.go", cwd=tmp_path)
    assert (r.code, r.out, r.err) == (0, "x.go\n", "")
    r = rt0("tool", "gofmt", "nosuch.go", cwd=tmp_path)
    assert (r.code, r.out) == (2, "") and "nosuch.go" in r.err
    r = rt0("tool", "nosuch", cwd=tmp_path)
    assert (r.code, r.err) == (2, 'rt0: no such tool "nosuch"\n')
