"""GODEBUG settings that a program is built with, with the real go's recorded answers: what is set, what has an effect, what is refused."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from rt0.load.gomod import compare_versions
from tests import likego
from tests.conftest import Rt0

BOOK = Path(__file__).parent / "golden" / "godebug.json"

# Prints the recorded settings; the effect of two of them, one of the runtime's own.
MAIN = """package main

import (
	"math/rand"
	"os"
	"runtime/debug"
)

func main() {
	info, _ := debug.ReadBuildInfo()
	for _, s := range info.Settings {
		if s.Key == "DefaultGODEBUG" {
			os.Stdout.WriteString(s.Value + "\\n")
		}
	}
	rand.Seed(1)
	a := rand.Int()
	rand.Seed(1)
	println(a == rand.Int())
	defer func() { println(recover() == nil) }()
	panic(nil)
}
"""


def module(version: str, more: str = "") -> str:
    return f"module example.com/m\n\ngo {version}\n{more}"


RUNS = {
    **{f"go {v}": {"go.mod": module(v), "a.go": MAIN} for v in ("1.16", "1.20", "1.20.5", "1.21", "1.21rc1", "1.23", "1.24", "1.27")},
    "no go line": {"go.mod": "module m\n", "a.go": MAIN},
    **{f"mod {text}": {"go.mod": module("1.27", text), "a.go": MAIN} for text in (
        "godebug panicnil=1\n", "godebug (\n\tpanicnil=1\n\trandseednop=0\n)\n", "godebug default=go1.20\n", "godebug x509sha1=0\n",
        "godebug panicnil=1\ngodebug panicnil=0\n", "godebug (\n\tdefault=go1.20\n\tpanicnil=0\n)\n")},
    **{f"line {text}": {"go.mod": module("1.26"), "a.go": text + MAIN} for text in (
        "//go:debug panicnil=1\n", "//go:debug panicnil=1\n\n", "//go:debug default=go1.20\n", "//go:debug\tpanicnil=1\n", "//go:debugx panicnil=1\n",
        "// go:debug panicnil=1\n", "/*\n//go:debug panicnil=1\n*/\n", "/* x */ //go:debug panicnil=1\n", "//go:debug panicnil=1\r\n", "//go:debug x509sha1=0\n",
        "//go:debug panicnil=1\n//go:debug randseednop=0\n")},
    "below the package clause": {"go.mod": module("1.27"), "a.go": MAIN + "\n//go:debug nosuch=1\n"},
    "line over mod": {"go.mod": module("1.27", "godebug panicnil=1\n"), "a.go": "//go:debug panicnil=0\n" + MAIN},
    "later file": {"go.mod": module("1.27"), "a.go": "//go:debug panicnil=0\n" + MAIN, "b.go": "//go:debug panicnil=1\n\npackage main\n"},
    "dependency": {"go.mod": module("1.27"), "a.go": MAIN.replace("import (", 'import (\n\t_ "example.com/m/p"'), "p/p.go": "//go:debug panicnil=1\n\npackage p\n"},
}  # fmt: skip

REFUSED = {
    **{f"mod {text}": {"go.mod": module("1.27", text), "a.go": MAIN} for text in (
        "godebug nosuch=1\n", "godebug panicnil\n", "godebug panicnil=1,2\n", "godebug default=go1.99\n", "godebug default=1.20\n", "godebug x509sha1=1\n",
        "godebug a b\n", 'godebug "panicnil=1"\n', "godebug nosuch=1\ngodebug other=2\n")},
    **{f"line {text}": {"go.mod": module("1.27"), "a.go": text + MAIN} for text in (
        "//go:debug nosuch=1\n", "//go:debug\n", "//go:debug panicnil\n", "//go:debug panicnil=1\n//go:debug panicnil=0\n", "//go:debug panicnil=1 x\n",
        "//go:debug panicnil = 1\n", "//go:debug panicnil=1,x\n", "//go:debug x509sha1=1\n", "//go:debug asynctimerchan=2\n", "//go:debug default=go1.99\n",
        "//go:debug default=1.20\n", "//go:debug nosuch=1\n//go:debug other=1\n", "/* x */ //go:debug nosuch=1\n")},
    "before type errors": {"go.mod": module("1.27"), "a.go": "//go:debug nosuch=1\n" + MAIN + 'var x int = ""\n'},
    "of a dependency": {"go.mod": module("1.27"), "a.go": MAIN.replace("import (", 'import (\n\t_ "example.com/m/p"'), "p/p.go": "//go:debug nosuch=1\n\npackage p\n"},
}  # fmt: skip


@pytest.mark.parametrize("name", RUNS)
def test_settings(name: str, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    likego.check(f"run {name}", RUNS[name], ["run", "."], BOOK, rt0, tmp_path, request)


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    likego.check(f"build {name}", REFUSED[name], ["build", "."], BOOK, rt0, tmp_path, request)


def test_outside_a_module(rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    likego.check("no module", {"a.go": MAIN}, ["run", "a.go"], BOOK, rt0, tmp_path, request)


def test_environment_wins(rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    likego.check("environment", RUNS["go 1.20"], ["run", "."], BOOK, rt0, tmp_path, request, {"GODEBUG": "panicnil=0,randseednop=1"})


def test_order_of_versions() -> None:
    names = ["1.16", "1.20rc1", "1.20", "1.20.1", "1.21", "1.21beta1", "1.21rc1", "1.21rc2", "1.21.0", "1.21.1", "1.22"]
    assert all(compare_versions(a, b) == -1 and compare_versions(b, a) == 1 for a, b in pairwise(names))
    assert compare_versions("1.21", "1.21") == 0
