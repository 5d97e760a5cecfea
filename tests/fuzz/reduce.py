"""The smallest program that still differs: lines and brace-matched chunks are deleted, then expressions made simpler, while it stays legal and different.

Works on text, since generated programs have a statement a line and use every local where it is declared. What counts as the same difference
is the kind (runner.classify), so that one fault does not turn into another on the way. Each try costs one build with go and one with rt0.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.fuzz.generate import Files, bare, generate, module, write
from tests.fuzz.runner import build, classify, go_env, rt0_env, run


class Reducer:
    """One program and one level. `differs` is the question asked of every candidate."""

    def __init__(self, name: str, level: str, where: Path) -> None:
        self.name = name
        self.level = level
        self.where = where
        self.kind = ""
        self.tries = 0

    def difference(self, files: Files) -> str:
        """The kind of difference of a program, "" when it has none or is not legal."""
        self.tries += 1
        shutil.rmtree(self.where, ignore_errors=True)
        write(module({self.name: files}), self.where)
        if build(["go", "build", "-o", "go.exe", "."], self.where, go_env()):
            return ""
        want = run([str(self.where / "go.exe"), self.name])
        if want.code == -999:
            return ""
        level = "-O1" if self.level == "run" else self.level
        if build([sys.executable, "-m", "rt0", "build", level, "-o", "rt0.exe", "."], self.where, rt0_env()):
            return "build"
        got = run([str(self.where / "rt0.exe"), self.name])
        return "" if got.same(want) else classify(want, got)

    def differs(self, files: Files) -> bool:
        return self.difference(files) == self.kind

    def reduce(self, files: Files) -> Files:
        self.kind = self.difference(files)
        if not self.kind:
            return files
        for name in [n for n in files if n != "p.go"]:
            less = {k: v for k, v in files.items() if k != name}
            if self.differs(less):
                files = less
        before = -1
        while before != sum(map(len, files.values())):
            before = sum(map(len, files.values()))
            for name in sorted(files):
                if name.endswith(".go"):
                    files[name] = smaller(files[name], lambda text, name=name: self.differs(files | {name: text}))  # type: ignore[misc]
        return files


def chunks(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Ranges of lines that close the braces they open, the largest first."""
    found = []
    for i in range(len(lines)):
        depth = 0
        for j in range(i, len(lines)):
            depth += bare(lines[j])
            if depth < 0:
                break
            if depth == 0:
                found.append((i, j + 1))
                if bare(lines[i]) > 0:
                    break
                if j - i >= 8:
                    break
    yield from sorted(found, key=lambda r: r[0] - r[1])


def smaller(text: str, ok: Callable[[str], bool]) -> str:
    """text with all deleted that can be."""
    lines = text.split("\n")
    again = True
    while again:
        again = False
        for i, j in list(chunks(lines)):
            candidate = lines[:i] + lines[j:]
            if j > i and ok("\n".join(candidate)):
                lines, again = candidate, True
                break
            if bare(lines[i]) == 1 and j - i > 2 and ok("\n".join(lines[:i] + lines[i + 1 : j - 1] + lines[j:])):
                lines, again = lines[:i] + lines[i + 1 : j - 1] + lines[j:], True  # the block without its head
                break
    for i, line in enumerate(lines):
        for candidate_line in simpler(line):
            if ok("\n".join([*lines[:i], candidate_line, *lines[i + 1 :]])):
                lines[i] = candidate_line
                break
    return "\n".join(lines)


def simpler(line: str) -> Iterator[str]:
    """The line with one parenthesised operation replaced by one of its operands, an event by its value."""
    for m in re.finditer(r"\((\w+) [-+*/%&|^<>=!]+ (\w+)\)", line):
        for g in (1, 2):
            yield line[: m.start()] + m[g] + line[m.end() :]
    for m in re.finditer(r"pr\.(?:T\[[\w.]+\]\(\d+, |Id\[[\w.]+\]\()([\w.]+)\)", line):
        yield line[: m.start()] + m[1] + line[m.end() :]


def reduce_seed(seed: int, level: str, where: Path, without: frozenset[str]) -> int:
    name = f"p{seed}"
    r = Reducer(name, level, where / "reduce")
    files = r.reduce(generate(seed, name, without))
    if not r.kind:
        print(f"{seed}: no difference at {level}", file=sys.stderr)
        return 1
    write(module({name: files}), where / "reduced")
    for f, text in files.items():
        print(f"-- {f} --\n{text}")
    print(f"# {r.kind} at {level}; {sum(t.count(chr(10)) for t in files.values())} lines after {r.tries} tries; module in {where / 'reduced'}", file=sys.stderr)
    return 0
