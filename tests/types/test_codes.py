"""Every class of type error (rt0/types/codes.py) by its example; and the names that the Checker passes are those."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from rt0.diag import Diagnostic
from rt0.types import codes as registry
from rt0.types.codes import codes
from tests.types.errtest import check_files

TYPES = Path(registry.__file__).parent
NAME = re.compile(r"[A-Z][a-z]+([A-Z][a-zA-Z]*)+")
NO_CODES = {"SliceData", "StringData"}  # functions of package unsafe


def errors_of(example: str) -> list[Diagnostic]:
    texts = re.split(r"(?m)^-- .* --\n", example)
    if not re.search(r"(?m)^package ", texts[0]):
        texts[0] = "package p\n" + texts[0]
    return check_files([f"{i}.go" for i in range(len(texts))], [t.encode() for t in texts])


@pytest.mark.usefixtures("goroot")
@pytest.mark.parametrize("name", [c.name for c in codes().values() if c.example])
def test_example(name: str) -> None:
    got = errors_of(codes()[name].example)
    assert {d.code for d in got} == {name}, [(d.code, str(d)) for d in got]


def test_names() -> None:
    """What the Checker's files say is registered, and what is registered is said. (An Error refuses other names, too.)"""
    said = set()
    for path in TYPES.glob("*.py"):
        if path.name != "codes.py":
            tree = ast.parse(path.read_bytes())
            said |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and NAME.fullmatch(n.value)}
    assert said - NO_CODES == set(codes())


def test_entries() -> None:
    assert list(codes()) == sorted(codes())
    assert [c.name for c in codes().values() if not c.example] == ["InvalidSyntaxTree"]
    assert all(c.what.endswith(".") for c in codes().values())
    assert len(codes()) == len(re.findall(r"(?m)^[A-Z]\w+$", registry._ENTRIES))
