"""go.mod: what the real go says about files that are not right (recorded); and no file makes the reader fail in another way."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from rt0.diag import CompileError
from rt0.load.gomod import read_gomod
from tests import likego
from tests.conftest import Rt0

BOOK = Path(__file__).parent / "golden" / "gomod.json"
BASE = """// text
module example.com/m // more

go 1.21

toolchain go1.22.0

require (
	example.com/a v1.2.3 // indirect
	"example.com/b" v0.0.0-20200101000000-abcdefabcdef
)
require example.com/c/v2 v2.0.0

replace example.com/a => ../a
replace example.com/b v0.0.0-20200101000000-abcdefabcdef => example.com/d v1.0.0
exclude example.com/a v1.2.4
retract [v1.0.0, v1.1.0] // bad
retract v1.5.0
godebug (
	panicnil=1
)
tool example.com/a/cmd
ignore ./x
"""
HEAD = "module example.com/m\n\ngo 1.21\n"
BAD = [
    HEAD + "module x\n", HEAD + "go 1.22\n", HEAD + "toolchain\n", HEAD + "toolchain x\n", "module a b\n", "module (\n\ta\n\tb\n)\n", "module 'x'\n", 'module "x\n', "module `x\n`\n",
    'module "x', "go 1.21.x\n", HEAD + "require a\n", HEAD + "require a.b/c v2.0.0\n", HEAD + "require a.b/v2 v1.0.0\n",
    HEAD + "require a.b/v1 v1.0.0\n", HEAD + "require gopkg.in/x v1.0.0\n", HEAD + "require gopkg.in/x.v2 v1.0.0\n", HEAD + "require (\n\ta.b/c v1.0.0\n",
    HEAD + "require ( a.b/c v1.0.0 )\n", HEAD + "require (\n) x\n", HEAD + "/* x */\n", HEAD + "require x /* v1 */\n", HEAD + "replace a.b/c => x.y/z\n", HEAD + "replace a.b/c => ./x v1.0.0\n",
    HEAD + "replace a.b/c v1.0.0 ./x\n", HEAD + "replace a.b/c => x.y/z@v1.0.0\n", HEAD + "replace a.b/c => .\\x\n", HEAD + "retract\n", HEAD + "retract [v1.0.0 v1.1.0]\n",
    HEAD + "retract [v1.0.0, v1.1.0\n", HEAD + "retract v1.0.0 x\n", HEAD + "tool\n", HEAD + "ignore a b\n", HEAD + "nosuch x\n", HEAD + "nosuch (\n\tx\n)\n", HEAD + "go (\n\t1.2\n)\n",
    HEAD + "require x (\n)\n", HEAD + "  require x\n", HEAD + "\0\n", HEAD + "exclude a.b/c\n", HEAD + 'require "a\\qb" v1.0.0\n',
]  # fmt: skip
PIECES = ["(", ")", "[", "]", ",", "=>", '"', "`", "'", "//", "/*", "*/", "\n", " ", "\t", "\r", "v1.2.3", "1.21", "go", "module", "require", "replace", "x", "=", "../a", "{", "\\", "\0", "é"]


@pytest.mark.parametrize("text", BAD, ids=lambda t: repr(t.removeprefix(HEAD)))
def test_refused(text: str, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    likego.check(repr(text), {"go.mod": text, "a.go": "package p\n"}, ["build", "."], BOOK, rt0, tmp_path, request)


def test_whole(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text(BASE)
    mod = read_gomod(str(tmp_path / "go.mod"), "go.mod", "go1.27.3")
    assert (mod.path, mod.go_version, mod.godebug) == ("example.com/m", "1.21", [("panicnil", "1")])
    assert mod.requires == {"example.com/a": "v1.2.3", "example.com/b": "v0.0.0-20200101000000-abcdefabcdef", "example.com/c/v2": "v2.0.0"}
    assert mod.replaces == {"example.com/a": "../a", "example.com/b": "example.com/d"} and mod.replace_versions["example.com/b"] == "v1.0.0"


def test_any_file(tmp_path: Path) -> None:
    rnd = random.Random(5)
    path = tmp_path / "go.mod"
    for _ in range(1000):
        text = BASE
        for _ in range(rnd.randrange(1, 5)):
            i = rnd.randrange(len(text) + 1)
            text = text[:i] + rnd.choice(PIECES) + text[i + rnd.randrange(3) * rnd.randrange(9) :]
        path.write_bytes(text.encode())
        try:
            read_gomod(str(path), "go.mod", "go1.27.3")
        except CompileError:
            pass
