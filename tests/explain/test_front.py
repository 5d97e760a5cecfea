"""Steps 1 to 5: each figure against the source text, or against what the program does when it runs."""

from __future__ import annotations

import io
import json
import re
import struct
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import Symbol, SymbolTableSection

from tests.conftest import Rt0
from tests.explain.conftest import PROGRAM, Explained


def test_left_out(rt0: Rt0, tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module m\n\ngo 1.27\n")
    (tmp_path / "a.go").write_text("package main\n\nfunc main() {}\n")
    (tmp_path / "a_test.go").write_text("package main\n")
    (tmp_path / "b_windows_arm64.go").write_text("package main\n")
    (tmp_path / "c.go").write_text("//go:build ignore || (x && !y)\n\npackage main\n")
    (tmp_path / "_d.go").write_text("package main\n")
    facts = json.loads(rt0("explain", "-json", "-step", "load", cwd=tmp_path).out)["steps"][0]["facts"]
    own = [p for p in facts["packages"] if not p["standard"]]
    assert [[f["name"] for f in p["files"]] for p in own] == [["./a.go"]]
    assert {f["name"]: f["why"] for f in own[0]["left_out"]} == {
        "_d.go": "the name begins with _",
        "a_test.go": "a test",
        "b_windows_arm64.go": "the name is for windows/arm64",
        "c.go": "//go:build ignore || (x && !y)",
    }


def test_packages(explained: Explained) -> None:
    """Each package after those it imports, and for each a chain of imports that exist."""
    facts = explained.step("load")
    packages = {p["path"]: p for p in facts["packages"]}
    seen: set[str] = set()
    for path, p in packages.items():
        assert set(p["imports"]) <= seen, path
        seen.add(path)
        assert all(path in packages[by]["imports"] for by in p["imported_by"])
    for path, chain in facts["chains"].items():
        assert chain[0] == facts["main"] and chain[-1] == path
        assert all(b in packages[a]["imports"] for a, b in pairwise(chain))


def test_tokens(explained: Explained) -> None:
    """The tokens one after another are the source without white space and comments, each at its place."""
    (file,) = explained.step("tokens")["files"]
    source = PROGRAM.splitlines()
    for t in file["tokens"]:
        assert source[t["line"] - 1][t["col"] - 1 :].startswith(t["text"])
    text = re.sub(r"//.*", "", PROGRAM)
    strings = re.findall(r'"[^"]*"', text)
    assert "".join(t["text"] for t in file["tokens"]) == "".join(p for s in re.split(r'("[^"]*")', text) for p in ([s] if s in strings else s.split()))
    assert {t["value"] for t in file["tokens"] if t["kind"] == "int"} >= {"42", "70", "3"}
    assert (file["bytes"], file["lines"]) == (len(PROGRAM), len(source))


def nodes(x: dict[str, Any]) -> list[dict[str, Any]]:
    return [x, *(n for c in x["children"] for n in nodes(c))]


def test_tree(explained: Explained) -> None:
    """A node lies inside its parent; an identifier's range is the identifier; the text of a function is the function."""
    (file,) = explained.step("tree")["files"]
    source = PROGRAM.splitlines()
    assert file["nodes"] == sum(len(nodes(d)) for d in file["decls"])
    for d in file["decls"]:
        for x in nodes(d):
            for c in x["children"]:
                assert x["at"][:2] <= c["at"][:2] and c["at"][2:] <= x["at"][2:], (x["kind"], c["kind"], c["at"])
            if x["kind"] == "Ident":
                line, a, _, b = x["at"]
                assert source[line - 1][a - 1 : b - 1] == x["text"]
    main = next(d for d in file["decls"] if d["kind"] == "FuncDecl" and any(c["text"] == "main" for c in d["children"]))
    assert source[main["at"][0] - 1].startswith("func main()") and source[main["at"][2] - 1] == "}"


def test_types(explained: Explained) -> None:
    facts = explained.step("types")
    names = {n["name"]: n for n in facts["names"] if not n["defines"]}
    assert names["big"]["value"] == "4" and names["Map"]["args"] == ["string", "string"]
    assert names["Println"]["type"] == "func(a ...any) (n int, err error)" and names["Println"]["declared"].startswith("fmt/print.go:")
    assert {n["of"] for n in facts["names"] if n["name"] == "side"} == {"field"}
    square = next(t for t in facts["types"] if t["name"] == "Square")
    assert square["methods"] == ["Area() float64", "Grow(n int)", "String() string"] and square["pointer_only"] == ["Grow"]
    assert square["satisfies"] == ["Shape", "fmt.Stringer"] and square["satisfied_by_pointer"] == []


def test_inits(explained: Explained) -> None:
    """The order told is the order in which the program does it."""
    own = explained.step("inits")["own"]
    dynamic = [i["names"][0] for i in own if i["kind"] == "dynamic"]
    p = subprocess.run([str(explained.folder / "prog")], capture_output=True, text=True, check=True)
    assert [line.split()[0] for line in p.stdout.splitlines()[:2]] == dynamic == ["size", "table"]
    assert {tuple(i["names"]): i["kind"] for i in own}[("fixed",)] == "static"
    assert next(i for i in own if i["names"] == ["table"])["after"] == [["table", "build", "size"]]
    assert own[-1]["kind"] == "function" and own[-1]["runs"]


def test_inits_run(explained: Explained) -> None:
    """The steps, in their order, are those of the tables the runtime reads."""
    elf = ELFFile(io.BytesIO(explained.exe))
    symtab, words = elf.get_section_by_name(".symtab"), elf.get_section_by_name(".rt0.words")
    assert isinstance(symtab, SymbolTableSection) and words is not None
    symbols: list[Symbol] = list(symtab.iter_symbols())
    names = {s["st_value"]: s.name for s in symbols if s["st_info"]["type"] == "STT_FUNC"}
    for table, early in (("runtime.inittasks_runtime", True), ("runtime.inittasks_main", False)):
        at = next(s["st_value"] for s in symbols if s.name == table)
        n, *rest = struct.unpack_from("<128Q", words.data().ljust(8192, b"\0"), at - words["sh_addr"])
        told = [s for p in explained.step("inits")["packages"] if p["early"] == early for s in p["steps"]]
        assert [names[w] for w in rest[:n]] == told


def test_function_and_line(rt0: Rt0, tmp_path: Path) -> None:
    """-func and -line pick their part of every step."""
    (tmp_path / "main.go").write_text(PROGRAM)
    at = PROGRAM.splitlines().index("func keep(n *node) *node { return &node{n} }") + 1
    for args in (["-F", "keep"], ["-line", f"main.go:{at}"], ["-func", "main.keep"]):
        report = json.loads(rt0("explain", "-json", "-step", "tokens,tree,types", *args, "main.go", cwd=tmp_path).out)
        tokens, tree, types = (report["steps"][i]["facts"] for i in (1, 2, 3))
        assert {t["line"] for f in tokens["files"] for t in f["tokens"]} == {at}
        assert [d["kind"] for f in tree["files"] for d in f["decls"]] == ["FuncDecl"]
        assert {n["line"] for n in types["names"]} == {at}
    r = rt0("explain", "-F", "none", "main.go", cwd=tmp_path)
    assert r.code == 1 and "no function none in the program" in r.out


def test_does_not_compile(rt0: Rt0, tmp_path: Path) -> None:
    """The steps up to the error, which is shown at its place."""
    for text, step, error, line in (
        ("package main\n\nfunc main() {\n\tx := \n}\n", "tree", "syntax error: unexpected }, expected expression", "}"),
        ('package main\n\nfunc main() {\n\ty := 1 + "é"; var x int = "a"\n}\n', "types", 'cannot use "a"', "var x int"),
        ("package main\n\nfunc f()\n\nfunc main() { f() }\n", "types", "missing function body", "func f()"),
        ("package main\n\nfunc f() {}\n", "types", "function main is undeclared in the main package", ""),
    ):
        (tmp_path / "main.go").write_text(text)
        r = rt0("explain", "main.go", cwd=tmp_path)
        assert r.code == 1 and error in r.out and line in r.out, r.out
        lines = r.out.splitlines()
        numbered = [x.split()[1] for x in lines if x[:2].strip().isdigit() and "|" not in x and not x.startswith("     ")]
        assert numbered[-1] == step, r.out
        at = next((i for i, x in enumerate(lines) if line and "|" in x and line in x), -1)
        if at >= 0:
            assert lines[at + 1].rstrip().endswith("^")
