"""Which errors are printed when there are many, in which order, and with which positions, as the real go has it (recorded)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import likego
from tests.conftest import Rt0

BOOK = Path(__file__).parent / "golden" / "many_errors.json"
NAMES = "bytes fmt os sort strings strconv errors io math time unicode sync".split()
HEAD = "package main\n\nimport (\n" + "".join(f'\t"{p}"\n' for p in NAMES) + ")\n\n"
THREE = 'package main\n\nimport (\n\t"fmt"\n\t"os"\n\t"io"\n)\n\n'


def bad_vars(n: int, name: str = "a") -> str:
    return "".join(f'var {name}{i} int = ""\n' for i in range(n))


def unused(n: int) -> str:
    return "".join(f"\tvar a{i} int\n" for i in range(n))


def main(body: str) -> str:
    return f"func main() {{{body}}}\n"


SOURCES = {
    "imports alone": HEAD + main(" var x int "),
    "imports and others": HEAD + 'var a int = ""\nvar b int = ""\n' + main(" undefined1() "),
    "three imports, twelve others": THREE + bad_vars(12) + main(""),
    "three imports, eight others": THREE + bad_vars(8) + main(""),
    "variables": 'package main\n\nimport "fmt"\n\n' + main("\n" + unused(12)),
    "variables and others": 'package main\n\nimport "fmt"\n\n' + main("\n" + unused(12) + "\tnope()\n") + 'var z int = ""\n',
    "ten": "package main\n\n" + bad_vars(10) + main(""),
    "nine": "package main\n\n" + bad_vars(9) + main(""),
    **{f"column {n}": "package main\n\nfunc main() {" + " " * (n - 14) + "nope() }\n" for n in (253, 254, 255, 256, 300)},
    "columns past the end": "package main\n\nfunc main() { first();" + " " * 300 + "second(); third() }\n",
    "column of a syntax error": "package main\n\nfunc main() {" + " " * 300 + "x := := }\n",
    "column of a literal": "package main\n\nfunc main() {" + " " * 300 + "x := 'ab' }\n",
    "column in a continuation": "package main\n\nfunc f() {}" + " " * 300 + "\n" + " " * 300 + "func f() {}\n\nfunc main() {}\n",
    **{f"after the package clause {i}": f"package main{text}\nfunc main() {{ nope() }}\nfunc ) {{\n" for i, text in enumerate(
        ["\n'ab'", ";'ab", '\n\n"abc', "\n\n@", "\n\n0x", "\n\n`", '\n\n"\\q"', "\n\nvar x = 'ab'", "\n\nvar'ab'", "\n\n/*"])},
    "after the imports": "package main\n\nimport \"fmt\"\n\n'ab'\nfunc main() { nope() }\nfunc ) {\n",
    "line comments": "package main\n\n" + main("\n/*line z.go:100:1*/nope1()\n/*line b.go:5:1*/nope2()\n/*line b.go:3:9*/nope3()\nnope4()\n//line a.go:1\nnope5()\n"),
    "line comments without a name": "package main\n\n" + main("\n//line a.go:50\nnope1()\n//line a.go:10\nnope2()\n//line :7\nnope3()\n/*line :5:3*/nope4(); /*line x.go:5*/ nope5()\n"),
    "line comments going back": "package main\n\n" + main("\n" + "".join(f"//line a.go:{50 - i}\nnope{i}()\n" for i in range(14))),
    "line comments elsewhere": "package main\n\n" + main("\n//line ../x.go:3\nnope1()\n//line /y/x.go:3\nnope2()\n//line d/x.go:3\nnope3()\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", SOURCES)
def test_one_file(name: str, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    likego.check(name, {"go.mod": "module example.com/m\n\ngo 1.27\n", "a.go": SOURCES[name]}, ["build", "."], BOOK, rt0, tmp_path, request)


def test_two_files(rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    files = {"go.mod": "module m\n\ngo 1.27\n", "a.go": 'package main\n\nimport "fmt"\n\n' + bad_vars(5) + main(""), "b.go": 'package main\n\nimport "os"\n\n' + bad_vars(6, "b")}
    likego.check("two files", files, ["build", "."], BOOK, rt0, tmp_path, request)


def test_all_of_them(rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    files = {"go.mod": "module m\n\ngo 1.27\n", "a.go": SOURCES["three imports, twelve others"]}
    likego.check("all of them", files, ["build", "-gcflags=-e", "."], BOOK, rt0, tmp_path, request)


IMPORTS = [
    '"fmt', "`fmt", "'x'", "fmt", '"\\q"', "``", '""', "123", '"a b"', '"/a"', '"a\\x00"', '"a\\"', '"os\\x"', '"é"', '"a;b"', 'x "os', '. "os', "_ 5", '"fmt" "os"', '"fmt",', "(", '("os"',
    '"./x"', '"a//b"', '"fmt/"', '"*"', '"nosuch"', '"a.b/c"', "1.5", '"\\u00zz"', '"\\ud800"', '"\\777"', '"-a"', '"a."', '"con/x"', '"a/..."', '"a~1"', '"x/../y"', '"\\x6fs"',
]  # fmt: skip


@pytest.mark.parametrize("first", [True, False], ids=["first", "second"])
@pytest.mark.parametrize("literal", IMPORTS)
def test_import_literals(literal: str, first: bool, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """A malformed import says what is wrong with it, and nothing about the good one beside it."""
    lines = [f"import {literal}\n", 'import "os"\n']
    source = "package main\n\n" + "".join(lines if first else lines[::-1]) + "\nfunc main() { os.Exit(nope); var y int }\n"
    likego.check(f"import {literal} {first}", {"go.mod": "module m\n\ngo 1.27\n", "a.go": source}, ["build", "."], BOOK, rt0, tmp_path, request)
