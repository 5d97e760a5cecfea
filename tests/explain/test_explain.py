"""`rt0 explain` as a command, and that its layers fit together: steps, collectors, model, renderers."""

from __future__ import annotations

import json
from pathlib import Path

from rt0.explain.model import SCHEMA
from rt0.explain.steps import NAMES, STEPS
from tests.conftest import Rt0

MAIN = """package main

import "fmt"

func main() {
	fmt.Println("hello")
}
"""


def write(tmp_path: Path, text: str = MAIN) -> Path:
    (tmp_path / "main.go").write_text(text)
    return tmp_path


def test_report(rt0: Rt0, tmp_path: Path) -> None:
    """Every step has its line, in order; two screens at most; no colours in a pipe."""
    r = rt0("explain", "main.go", cwd=write(tmp_path))
    assert r.code == 0, r.err
    starts = [line[:12] for line in r.out.splitlines() if line[:2].strip().isdigit()]
    assert [s.split() for s in starts] == [[str(i), name] for i, name in enumerate(NAMES, 1)]
    assert "\x1b" not in r.out and "\x0e" not in r.out
    assert len(r.out.splitlines()) <= 100 and max(map(len, r.out.splitlines())) <= 120


def test_json(rt0: Rt0, tmp_path: Path) -> None:
    r = rt0("explain", "-json", "-O1", "-step", "load", "main.go", "a", "-b", cwd=write(tmp_path))
    assert r.code == 0, r.err
    report = json.loads(r.out)
    assert report["schema"] == SCHEMA and report["program"] == "main.go"
    assert report["flags"] == ["-json", "-O1", "-step", "load"] and report["args"] == ["a", "-b"]
    assert [s["name"] for s in report["steps"]] == NAMES
    assert all(s["why"] for s in report["steps"])


def test_one_step(rt0: Rt0, tmp_path: Path) -> None:
    r = rt0("explain", "-step", "load", "main.go", cwd=write(tmp_path))
    assert r.out.startswith("1. load: Which files belong to the program\n\nA program is made of packages")


def test_wrong_flags(rt0: Rt0, tmp_path: Path) -> None:
    cwd = write(tmp_path)
    for args, want in (
        (["-step", "lod"], 'no step "lod"'),
        (["-line", "main.go"], "want FILE.go:LINE"),
        (["-timeout", "2"], "want a duration"),
        (["-d=lower"], "-d is a flag of rt0 build"),
    ):
        r = rt0("explain", *args, "main.go", cwd=cwd)
        assert r.code == 2 and want in r.err, args


def test_no_program(rt0: Rt0, tmp_path: Path) -> None:
    (tmp_path / "p.go").write_text("package p\n")
    r = rt0("explain", "p.go", cwd=tmp_path)
    assert r.code == 1 and "package command-line-arguments is not a main package" in r.out


def test_why() -> None:
    """The paragraphs are prose of a readable length."""
    for s in STEPS:
        assert 200 < len(s.why) < 800 and s.why.endswith("."), s.name


def test_texts_of_the_program_do_not_command_the_terminal(rt0: Rt0, tmp_path: Path) -> None:
    """Escape sequences, marks of our own and right-to-left characters in literals and names come out visible."""
    text = 'package main\n\nconst s = "\x1b[31m\x0es\u202e\x9b"\n\nfunc main() { _ = len(s + "\\xff") }\n'
    (tmp_path / "main.go").write_text(text)
    r = rt0("explain", "-step", "tokens,tree,types,escape,ir,asm,object", "main.go", cwd=tmp_path)
    assert r.code == 0, r.err
    assert not {"\x1b", "\x0e", "\x0f", "\u202e", "\x9b"} & set(r.out)
    assert "\\x1b[31m\\x0es\\u202e\\x9b" in r.out
