"""rt0 tool compile: files are judged as gc's compiler judges them, not as the go command does when it loads a package."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Rt0

HEAD = "package p\n\n"

ACCEPTED = {
    "no body": HEAD + "func f(int) int\n\nvar g = f\n",
    "constraint": "//go:build ignore\n\n" + HEAD + "func f() {}\n",
    "main without main": "package main\n",
    "internal": HEAD + 'import _ "internal/abi"\n',
}

ERRORS = {
    'import "bogus/x"\n\nvar _ int = "a"\n': [
        "3:8: could not import bogus/x (file not found)",
        '5:13: cannot use "a" (untyped string constant) as int value in variable declaration',
    ],
    'import "foo"\nimport "foo"\n': [
        '3:8: could not import foo (file not found)',
        "4:8: foo redeclared in this block\n\tx.go:3:8: other declaration of foo",
    ],
    'import ""\nimport "a b"\nimport "/a"\n': [
        "3:8: invalid import path (empty string)",
        "4:8: invalid import path (invalid character U+0020 ' ')",
        "5:8: could not import /a (import path cannot be absolute path)",
    ],
    "import _ `\nx`\n": ["3:10: invalid import path (invalid character U+000A)"],
    'import _ "embed"\n\nfunc f() {\n\t//go:embed x\n\tvar s string\n\t_ = s\n}\n': ["6:4: go:embed cannot apply to var inside func"],
    "func f(x [2000000000]byte) {}\n": ["3:6: stack frame too large (>1GB): 0 MB locals + 1907 MB args"],
    "type t [400e6]byte\n\nfunc f() { g(h(), h()) }\nfunc g(t, t)\nfunc h() t\n": [
        "5:6: stack frame too large (>1GB): 762 MB locals + 0 MB args + 762 MB callee"
    ],
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(tmp_path: Path, rt0: Rt0, name: str) -> None:
    (tmp_path / "x.go").write_text(ACCEPTED[name])
    assert rt0("tool", "compile", "-p=p", "-o", "x.o", "x.go", cwd=tmp_path).record() == {"code": 0, "out": "", "err": ""}
    assert (tmp_path / "x.o").read_bytes()[:4] == b"\x7fELF"


@pytest.mark.parametrize("text", ERRORS)
def test_errors(tmp_path: Path, rt0: Rt0, text: str) -> None:
    (tmp_path / "x.go").write_text(HEAD + text)
    result = rt0("tool", "compile", "-p=p", "-e", "-o", "x.o", "x.go", cwd=tmp_path)
    assert (result.err, result.code) == ("".join(f"x.go:{e}\n" for e in ERRORS[text]), 2)


def test_complete(tmp_path: Path, rt0: Rt0) -> None:
    (tmp_path / "x.go").write_text(ACCEPTED["no body"])
    assert rt0("tool", "compile", "-p=p", "-complete", "-o", "x.o", "x.go", cwd=tmp_path).err == "x.go:3:6: missing function body\n"


def test_old_language(tmp_path: Path, rt0: Rt0) -> None:
    (tmp_path / "x.go").write_text(HEAD + 'import (\n\t_ "embed"\n\t_ "unsafe"\n)\n\n//go:linkname x y\n\n//go:embed x.go\nvar s string\n')
    want = "x.go:10:3: go:embed requires go1.16 or later (-lang was set to go1.15; check go.mod)\n"
    assert rt0("tool", "compile", "-lang=go1.15", "-p=p", "-o", "x.o", "x.go", cwd=tmp_path).err == want
    want = "x.go:8:3: //go:linkname must refer to declared function or variable\n"
    assert rt0("tool", "compile", "-p=p", "-o", "x.o", "x.go", cwd=tmp_path).err == want
