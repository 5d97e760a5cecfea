"""Files named on the command line, and the JSON of -overlay, as the go command takes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import likego
from tests.conftest import Rt0

BOOK = Path(__file__).parent / "golden" / "command_line.json"
A = "package main\n\nvar a = log(\"a\")\n\nfunc log(s string) int { println(s); return 1 }\nfunc main() {}\n"
B = "package main\n\nvar b = log(\"b\")\n"
WRONG = {"a.go": A + "\nvar x int = nil\n", "b.go": B + "\nvar y int = nil\n"}


@pytest.mark.parametrize("args", [["run", "b.go", "a.go"], ["run", "a.go", "b.go"]])
def test_order_of_initialisation(args: list[str], rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    likego.check(" ".join(args), {"a.go": A, "b.go": B}, args, BOOK, rt0, tmp_path, request)


@pytest.mark.parametrize("args", [["build", "b.go", "a.go"], ["build", "b.go", "a.go", "b.go"]])
def test_order_of_errors(args: list[str], rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    likego.check(" ".join(args), WRONG, args, BOOK, rt0, tmp_path, request)


def test_order_of_tool_check(rt0: Rt0, tmp_path: Path) -> None:
    likego.write(tmp_path, WRONG)
    r = rt0("tool", "check", "b.go", "a.go", cwd=tmp_path)
    assert [line.split(":")[0] for line in r.err.splitlines()] == ["b.go", "a.go"]


@pytest.mark.parametrize("text", [
    "", "{", '{"Replace"', '{"Replace":{"a"}}', '{"Replace":{"a":1}}', '{"Replace":{"b":"x","a":[]}}', '{"Replace":"x"}', "[]", "null", "nulx", "tru",
    '{"Replace":{"a":"b",}}', '{"Replace":{"a":"b"}} x', "{'a':1}", r'{"a":"b\q"}', r'{"a":"\u12"}', r'{"a":"\u12', '{"a":"\n"}', '{"a":01}', '{"a":1.}', "[1 2]",
    '{"a":1 "b":2}', "\ufeff{}", '{"Replace":{"a":true}, "Other":3}', '{"a":"é"é}', "[" * 20000, r'{"Replace":{"x.go":"\u006e\ud83dx"}}',
])  # fmt: skip
def test_overlay(text: str, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    likego.check(f"overlay {text[:60]}", {"a.go": A, "o.json": text}, ["build", "-overlay=o.json", "-o", "x.exe", "a.go"], BOOK, rt0, tmp_path, request)
