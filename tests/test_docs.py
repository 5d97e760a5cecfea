"""Files and names that the documentation speaks of exist: README, CONTRIBUTING, docs/*.md, the runtime's HACKING.md, and the essays at the heads
of rt0's own files.

A file is one of the repository, named from its root, from rt0/, from the folder of the text or by its name alone; or one of Go's (below GOROOT/src, GOROOT/test,
or an ending of such a path), which is looked up where a GOROOT is at hand. A name is what stands between backquotes and consists of
identifiers, dots and perhaps `()`: each of its parts must be a word of the sources.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from rt0.diag import CompileError
from rt0.load.goroot import find_goroot

ROOT = Path(__file__).parents[1]
SOURCES = {".py", ".go", ".s", ".h", ".toml"}
FILE = re.compile(r"(?<![\w/.$*{}<\-])((?:[\w.+-]+/)*[\w+-]+(?:\.[\w+-]+)*\.(?:py|go|s|h|md|txt|txtar|toml|json))\b(?![/.\w]*\w)")
NAME = re.compile(r"`([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?:\(\))?|[A-Za-z_]\w*\(\)|[A-Za-z_]+_\w+|[A-Z][a-z]+[A-Z]\w*)`")

# Names that stand for a user's files, or for a file that a build makes.
EXAMPLES = {"FILE.go", "collect/NAME.py", "facts/NAME.py", "show/NAME.py", "tests/STAGE/NAME.txtar", "P/overlay.txt", "file.s", "files.go", "go_asm.h", "gone.go", "main.go", "other/file.go", "path/of/file.go", "x.go", "x.s"}


def documents() -> list[Path]:
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "rt0").rglob("*.md")]
    return sorted(found)


def heads() -> Iterator[tuple[Path, str]]:
    """(file, its essay)."""
    for path in sorted((ROOT / "rt0").rglob("*.py")):
        text = ast.get_docstring(ast.parse(path.read_bytes()))
        if text:
            yield path, text
    for path in sorted((ROOT / "rt0/goroot/src").rglob("*.*")):
        if path.suffix in (".go", ".s"):
            lines = [re.match(r"// ?(.*)|package .*|$", line) for line in path.read_text().splitlines()]
            end = next((i for i, m in enumerate(lines) if m is None), len(lines))
            yield path, "\n".join(m[1] or "" for m in lines[:end] if m is not None)


@cache
def files() -> tuple[frozenset[str], frozenset[str]]:
    """Paths of the repository from its root; names of its files."""
    paths = [p for p in ROOT.rglob("*") if p.is_file() and not {".git", "__pycache__"} & set(p.parts)]
    return frozenset(p.relative_to(ROOT).as_posix() for p in paths), frozenset(p.name for p in paths)


@cache
def go_files() -> frozenset[str] | None:
    """Every ending of a path of Go's files that begins behind a slash; None without a GOROOT."""
    try:
        goroot = Path(find_goroot()[0])
    except CompileError:
        return None
    out: set[str] = set()
    for p in (goroot / "src").rglob("*.*"):
        if p.suffix in SOURCES or p.suffix == ".txt":
            parts = p.relative_to(goroot).parts
            out.update("/".join(parts[i:]) for i in range(len(parts)))
    return frozenset(out)


@cache
def is_go_package(name: str) -> bool:
    return name not in ("runtime", "types", "syntax") and any(f"{name}/" in f for f in go_files() or ())


@cache
def words() -> frozenset[str]:
    out: set[str] = set()
    for path in ROOT.rglob("*"):
        if path.suffix in SOURCES and path.is_file() and path != Path(__file__) and "__pycache__" not in path.parts:
            out.update(re.findall(r"[A-Za-z_]\w*", path.read_text(errors="replace")))
    return frozenset(out)


def missing_files(path: Path, text: str) -> list[str]:
    paths, names = files()
    bad = []
    for m in FILE.finditer(text):
        name = m[1].removeprefix("./").removeprefix("GOROOT/src/")
        here = (path.parent / name).relative_to(ROOT).as_posix()
        if name in EXAMPLES or name.startswith("fixedbugs/") or name in paths or f"rt0/{name}" in paths or here in paths:
            continue
        if ("/" in name and any(p.endswith("/" + name) for p in paths)) or name in names:
            continue
        go = go_files()
        if go is not None and name not in go:
            bad.append(f"{path.relative_to(ROOT)}: no file {name}")
    return bad


def missing_names(path: Path, text: str) -> list[str]:
    bad = []
    for m in NAME.finditer(text):
        if FILE.fullmatch(m[1]) or is_go_package(m[1].partition(".")[0]):
            continue
        lost = [part for part in m[1].removesuffix("()").split(".") if part not in words()]
        if lost:
            bad.append(f"{path.relative_to(ROOT)}: `{m[1]}`: no {', '.join(lost)} in the sources")
    return bad


@pytest.mark.parametrize("path", documents(), ids=lambda p: p.name)
def test_documents(path: Path) -> None:
    text = path.read_text()
    if path.name == "BORDER.md":
        text = re.sub(r"(?m)^\| `.*?` \|", "| |", text)  # functions of Go's packages
    bad = missing_files(path, text) + missing_names(path, text)
    assert not bad, "\n".join(bad)


def test_border() -> None:
    """Every row of docs/BORDER.md names a function of the runtime's file that it names."""
    runtime = ROOT / "rt0/goroot/src/runtime"
    rows = re.findall(r"(?m)^\| `.*?` \| (\w+) \((\w+\.(?:go|s))\) \|", (ROOT / "docs/BORDER.md").read_text())
    bad = [f"{file}: no {f}" for f, file in rows if not (runtime / file).exists() or not re.search(rf"(func |var |·){f}\b", (runtime / file).read_text())]
    assert not bad, "\n".join(bad)
    assert len(rows) > 200


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/GLOSSARY.md", "docs/INTERFACES.md", "docs/TOUR.md"])
def test_lines_can_be_read(name: str) -> None:
    """Under 120 characters, but for what a program printed."""
    long = [f"{name}:{i}" for i, line in enumerate((ROOT / name).read_text().splitlines(), 1) if len(line) > 120 and not line.startswith("    ")]
    assert not long


def test_heads() -> None:
    bad = []
    for path, text in heads():
        bad += missing_files(path, text) + missing_names(path, text)
    assert not bad, "\n".join(bad)
