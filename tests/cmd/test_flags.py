"""Build flags that change where files come from or what is done, as the real go has them (recorded)."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from rt0.cmd.flags import FlagSet
from rt0.diag import CompileError
from tests import likego
from tests.conftest import Rt0

BOOK = Path(__file__).parent / "golden" / "flags.json"
MOD = "module example.com/m\n\ngo 1.27\n"
MAIN = 'package main\n\nimport (\n\t_ "embed"\n\t"example.com/m/p"\n\t"runtime"\n)\n\n//go:embed text\nvar text string\n\nfunc main() {\n\t_, f, _, _ := runtime.Caller(0)\n\tprintln(f, p.F(), text)\n}\n'
P = "package p\n\nfunc F() int { return 1 }\n"
TREE = {
    "go.mod": MOD, "main.go": MAIN, "text": "old", "p/p.go": P, "other/p2": P.replace("1", "2"), "other/main2": MAIN.replace("text)", 'text, "replaced")'), "other/t": "new",
    "other/broken": "package p\n\nvar x int = \"\"\n", "other/mod": "module example.com/m\n\ngo 1.20\n", "sub/x": "",
}  # fmt: skip


def overlay(**replace: str) -> str:
    return json.dumps({"Replace": {k.replace("__", "/").replace("_", "."): v for k, v in replace.items()}})


CASES: dict[str, tuple[dict[str, str], list[str], str]] = {
    "overlay": ({"o.json": overlay(p__p_go="other/p2", main_go="other/main2", text="other/t")}, ["run", "-overlay=o.json", "."], "."),
    "overlay adds": ({"o.json": overlay(p__q_go="other/q"), "other/q": 'package p\n\nfunc init() { println("q") }\n'}, ["run", "-overlay=o.json", "."], "."),
    "overlay adds a package": ({"o.json": overlay(q__q_go="other/q"), "other/q": "package q\n\nconst X = 7\n", "main.go": 'package main\n\nimport "example.com/m/q"\n\nfunc main() { println(q.X) }\n'}, ["run", "-overlay=o.json", "."], "."),
    "overlay removes": ({"o.json": overlay(p__p_go="")}, ["build", "-overlay=o.json", "."], "."),
    "overlay replaces go.mod": ({"o.json": overlay(go_mod="other/gone")}, ["build", "-overlay=o.json", "."], "."),
    "overlay from a folder": ({"o.json": json.dumps({"Replace": {"../p/p.go": "../other/p2"}})}, ["run", "-overlay=../o.json", ".."], "sub"),
    "overlay, no file": ({}, ["build", "-overlay=o.json", "."], "."),
    "overlay, no target": ({"o.json": overlay(p__p_go="other/none")}, ["build", "-overlay=o.json", "."], "."),
    "overlay, twice": ({"o.json": '{"Replace": {"a": "b", "./a": "c"}}'}, ["build", "-overlay=o.json", "."], "."),
    "overlay, below a file": ({"o.json": '{"Replace": {"a": "b", "a/c": "d"}}'}, ["build", "-overlay=o.json", "."], "."),
    "overlay, empty key": ({"o.json": '{"Replace": {"": "b"}}'}, ["build", "-overlay=o.json", "."], "."),
    "overlay, nothing": ({"o.json": "{}"}, ["run", "-overlay=o.json", "."], "."),
    "modfile": ({"alt.mod": "module example.com/other\n\ngo 1.27\n"}, ["build", "-modfile=alt.mod", "."], "."),
    "modfile, none": ({}, ["build", "-modfile=none.mod", "."], "."),
    "modfile, name": ({"alt": MOD}, ["build", "-modfile=alt", "."], "."),
    "mod": ({}, ["build", "-mod=other", "."], "."),
    "vendor": ({}, ["run", "-mod=vendor", "."], "."),
    "C": ({}, ["run", "-C", "..", "."], "sub"),
    "C of the command": ({}, ["-C", "..", "run", "."], "sub"),
    "C=": ({}, ["-C=..", "run", "-trimpath", "."], "sub"),
    "C, none": ({}, ["build", "-C", "none", "."], "."),
    "C late": ({}, ["build", "-v", "-C", "sub", "."], "."),
    "accepted": ({}, ["run", "-installsuffix=x", "-modcacherw", "-pkgdir=x", "-compiler=gc", "-gccgoflags=-x", "-mod=readonly", "-buildvcs", "-p=1", "."], "."),
    "unknown": ({}, ["build", "-nosuch", "."], "."),
    "compiler": ({}, ["build", "-compiler=x", "."], "."),
    "gcflags": ({}, ["build", "-gcflags=x", "."], "."),
    "tags": ({}, ["build", "-tags='x", "."], "."),
    "o folder": ({}, ["build", "-o", "bin/", "./..."], "."),
    "json": ({"main.go": 'package main\n\nfunc main() { println(x<y, "<&>\\u2028"+1) }\n'}, ["build", "-json", "."], "."),
    "json, nothing wrong": ({}, ["build", "-json", "."], "."),
    "json, link": ({"main.go": "package main\n"}, ["build", "-json", "."], "."),
    "json, run": ({"main.go": "package main\n\nfunc main() { x() }\n"}, ["run", "-json", "."], "."),
    "lang": ({"p/p.go": "package p\n\nfunc F() int { return len([]int{1}) }\n\nfunc G[T any]() {}\n"}, ["build", "-gcflags=example.com/m/p=-lang=go1.17", "."], "."),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_like_go(name: str, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    files, args, sub = CASES[name]
    likego.check(name, {**TREE, **files}, args, BOOK, rt0, tmp_path, request, sub=sub)


@pytest.mark.parametrize("flags", ["nosuch", "-nosuch", "-tags", "-v=maybe", "-p=x", "'-tags=a", "-", "--", "-=x", "---v", "-count=1 '-tags=a b'", "-x=y -run=z"])
def test_goflags(flags: str, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    likego.check(f"GOFLAGS {flags}", {"go.mod": MOD, "a.go": "package p\n"}, ["build", "."], BOOK, rt0, tmp_path, request, {"GOFLAGS": flags})


def test_a_dry_run_writes_nothing(rt0: Rt0, tmp_path: Path) -> None:
    """Also when all of the program is in the cache, executable included."""
    (tmp_path / "x.go").write_text("package main\n\nfunc main() { println(1) }\n")
    assert rt0("build", "-o", "out", "x.go", cwd=tmp_path).code == 0
    (tmp_path / "out").unlink()
    r = rt0("build", "-n", "-o", "out", "x.go", cwd=tmp_path)
    assert r.code == 0 and "link " in r.err and not (tmp_path / "out").exists()
    r = rt0("run", "-n", "x.go", cwd=tmp_path)
    assert r.code == 0 and "link " in r.err and r.out == ""


def test_notes(rt0: Rt0, tmp_path: Path) -> None:
    (tmp_path / "x.go").write_text("package main\n\nfunc main() {}\n")

    def notes(ldflags: str) -> str:
        assert rt0("build", "-O0", f"-ldflags=-w {ldflags}", "-o", "out", "x.go", cwd=tmp_path).err == ""
        subprocess.run(["./out"], cwd=tmp_path, check=True)
        return subprocess.run(["readelf", "-nW", "out"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    assert "Build ID: 0123abcd" in notes("-B 0x0123ABCD")
    both = notes("-buildid=some/id -B gobuildid")
    assert "Build ID: " in both and "73 6f 6d 65 2f 69 64" in both
    assert notes("") == notes("-B none") == ""
    for wrong in ("-B=12", "-B=0x1", "-B=0xzz", "-B=0x" + "00" * 33, "-linkmode=external", "-linkmode=x", "-T=1", "-buildmode=pie", "-race", "x"):
        r = rt0("build", f"-ldflags={wrong}" if wrong != "x" else "-ldflags=-w x", "-o", "out2", "x.go", cwd=tmp_path)
        assert r.code == 1 and r.err and not (tmp_path / "out2").exists()


def test_any_words() -> None:
    """A FlagSet answers every command line with values or a CompileError."""
    import random

    rnd = random.Random(3)
    parts = ["-", "--", "---", "=", "v", "O", "O2", "tags", "p", "C", "1", "x", " ", "'", '"', "é", "\n", "true", "0x", "_1", ""]
    fs = FlagSet("rt0 build", "")
    fs.add("v", False, "")
    fs.add("O", 2, "")
    fs.add("p", 1, "")
    fs.add("tags", "", "")
    for _ in range(3000):
        try:
            fs.parse(["".join(rnd.choices(parts, k=rnd.randrange(6))) for _ in range(rnd.randrange(4))])
        except CompileError:
            pass
