"""The smallest program that still differs: delta debugging on declarations, then on statements, then on expressions, while it stays legal and different.

Works on text, since generated programs have a statement a line, use every local where it is declared and close what they open: a *unit* is the least run of
lines that does so, a declaration at the outermost level, a statement with its blocks inside. What counts as the same difference is its kind
(runner.classify), so that one fault does not turn into another on the way. Each try costs one build with go and, when that succeeds, one with rt0.

    reduce      whole files -> passes until nothing gets smaller
    hollow      functions whose body is not needed get `panic(0)`: what they referred to can go
    minimal     ddmin: the units of one list, halves first (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002)
    inside      the same for what stands between a unit's first and last line; the block without its head
    simpler     an expression for a larger one: an argument for the call, an operand for the operation, a constant
"""

from __future__ import annotations

import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.fuzz.generate import Files, bare, generate, indented, module, write
from tests.fuzz.runner import build, classify, go_env, rt0_env, run

Oracle = Callable[[Files], str]
Ok = Callable[[list[str]], bool]


class Toolchains:
    """The kind of difference of a program between go and rt0 at a level, "" when it has none or is not legal. extra: more flags for rt0 alone."""

    def __init__(self, name: str, level: str, where: Path, go: str = "1.27", extra: tuple[str, ...] = ()) -> None:
        self.name = name
        self.where = where
        self.go = go
        self.rt0 = [sys.executable, "-m", "rt0", "build", "-O1" if level == "run" else level, *extra, "-o", "rt0.exe", "."]
        self.main = where / "main.go"

    def __call__(self, files: Files) -> str:
        shutil.rmtree(self.where / self.name, ignore_errors=True)
        everything = module({self.name: files}, self.go)
        write(everything if not self.main.exists() else {n: t for n, t in everything.items() if n.startswith(self.name + "/")}, self.where)
        if build(["go", "build", "-o", "go.exe", "."], self.where, go_env()):
            return ""
        want = run([str(self.where / "go.exe"), self.name])
        if want.code == -999:
            return ""
        if build(self.rt0, self.where, rt0_env()):
            return "build"
        got = run([str(self.where / "rt0.exe"), self.name])
        return "" if got.same(want) else classify(want, got)


class Reducer:
    """A reduction. tries: how often the oracle was asked; until: when to stop (time.monotonic), 0 for never; limit: after how many tries."""

    def __init__(self, oracle: Oracle, until: float = 0, limit: int = 1 << 30) -> None:
        self.oracle = oracle
        self.until = until
        self.limit = limit
        self.kind = ""
        self.tries = 0
        self.seen: dict[str, bool] = {}

    def differs(self, files: Files) -> bool:
        key = repr(sorted(files.items()))
        if key not in self.seen:
            if self.tries >= self.limit or (self.until and time.monotonic() > self.until):
                return False
            self.tries += 1
            self.seen[key] = self.oracle(files) == self.kind
        return self.seen[key]

    def reduce(self, files: Files) -> Files:
        """The least files found that differ as `files` do; kind is "" when they do not."""
        self.kind = self.oracle(files)
        if not self.kind:
            return files
        names = sorted(n for n in files if n != "p.go")
        for name in names:
            less = {k: v for k, v in files.items() if k != name}
            if self.differs(less):
                files = less
        before = -1
        while before != sum(map(len, files.values())):
            before = sum(map(len, files.values()))
            for name in sorted(files, key=lambda n: (-len(files[n]), n)):
                if name.endswith(".go"):
                    files = files | {name: self.smaller(files, name)}
        return files

    def smaller(self, files: Files, name: str) -> str:
        """The text of one file with all gone that can go."""

        def ok(lines: list[str]) -> bool:
            return self.differs(files | {name: tidy(lines)})

        lines = files[name].strip("\n").split("\n")
        packed = [line for line in lines if line.strip()]
        if len(packed) < len(lines) and ok(packed):
            lines = packed
        lines = hollow(lines, ok)
        lines = minimal(units(lines), ok, [], [])
        lines = inside(lines, ok, [], [])
        for i in range(len(lines)):
            lines[i] = self.line(lines, i, ok)
        return tidy(lines)

    def line(self, lines: list[str], i: int, ok: Ok) -> str:
        """Line i as simple as it gets."""
        text, again = lines[i], True
        while again:
            again = False
            for candidate in simpler(text):
                if ok([*lines[:i], candidate, *lines[i + 1 :]]):
                    text, again = candidate, True
                    break
        return text


# ---------------------------------------------------------------- lines


def units(lines: list[str]) -> list[list[str]]:
    """The lines in runs that close what they open; an import group and a const group are one unit."""
    out: list[list[str]] = []
    run_of: list[str] = []
    depth = 0
    for line in lines:
        run_of.append(line)
        depth += bare(line) + parens(line)
        if depth <= 0:
            out.append(run_of)
            run_of, depth = [], 0
    return [*out, run_of] if run_of else out


def parens(line: str) -> int:
    """1 for a line that opens a declaration group, -1 for one that closes it."""
    s = line.strip()
    return 1 if re.fullmatch(r"(import|const|var|type) \(", s) else -1 if s == ")" else 0


def hollow(lines: list[str], ok: Ok) -> list[str]:
    """The lines with as many functions as can be left without their bodies, halves first."""
    found = units(lines)
    todo = [k for k, u in enumerate(found) if u[0].startswith("func ") and u[1:-1] not in ([], ["panic(0)"]) and len(u) > 2]
    size = len(todo)
    while size:
        for some in [todo[i : i + size] for i in range(0, len(todo), size)]:
            candidate = [[u[0], "panic(0)", "}"] if k in some else u for k, u in enumerate(found)]
            if ok(flat(candidate)):
                found = candidate
                todo = [k for k in todo if k not in some]
        size //= 2
    return flat(found)


def flat(found: list[list[str]]) -> list[str]:
    return [line for u in found for line in u]


def minimal(found: list[list[str]], ok: Ok, before: list[str], after: list[str]) -> list[str]:
    """The units that cannot be left out, as lines. before, after: what stands around them."""
    size = max(1, len(found) // 2)
    while found:
        i, gone = 0, False
        while i < len(found):
            rest = found[:i] + found[i + size :]
            if ok([*before, *flat(rest), *after]):
                found, gone = rest, True
            else:
                i += size
        if size == 1 and not gone:
            break
        size = max(1, min(size // 2, len(found) // 2)) if not gone or size > 1 else 1
    return flat(found)


def inside(lines: list[str], ok: Ok, before: list[str], after: list[str]) -> list[str]:
    """The lines with each unit's own lines reduced, from the last to the first: what is declared is used below."""
    found = units(lines)
    for k in range(len(found) - 1, -1, -1):
        u = found[k]
        if len(u) < 2 or bare(u[0]) <= 0:
            continue
        b, a = [*before, *flat(found[:k])], [*flat(found[k + 1 :]), *after]
        if before and ok([*b, *u[1:-1], *a]):  # the block without its head
            found[k] = inside(u[1:-1], ok, b, a)
            continue
        body = minimal(units(u[1:-1]), ok, [*b, u[0]], [u[-1], *a])
        body = inside(body, ok, [*b, u[0]], [u[-1], *a])
        found[k] = [u[0], *body, u[-1]]
    return flat(found)


def tidy(lines: list[str]) -> str:
    """The lines as a file without the imports that are not used."""
    text = "\n".join(lines)
    kept: list[str] = []
    for line in lines:
        m = re.fullmatch(r'(?:import )?(\S+ )?"([^"]+)"', line.strip())
        if m:
            name = (m[1] or m[2].rpartition("/")[2]).strip()
            if name not in (".", "_") and not re.search(rf"\b{name}\.", text):
                continue
        kept.append(line)
    return indented(kept).strip("\n") + "\n"


# ---------------------------------------------------------------- expressions


def simpler(line: str) -> Iterator[str]:
    """The line with a part gone or one of its expressions replaced by something smaller, the largest first."""
    parts = split(line, ";")
    if len(parts) > 1 and not line.strip().startswith("for "):
        for k in range(len(parts)):
            yield ";".join(parts[:k] + parts[k + 1 :]).strip()
    spans = sorted(groups(line), key=lambda s: s[0] - s[2])
    for start, opened, end in spans:
        pieces = split(line[opened + 1 : end - 1], ",")
        options = [p.strip() for p in pieces if p.strip()]
        if len(pieces) == 1:
            options += operands(pieces[0])
        for new in (*options, "0", "1", '""', "nil", "true"):
            if len(new) < end - start and new != line[start:end]:
                yield line[:start] + new + line[end:]
        if len(pieces) > 1:
            for k in range(len(pieces)):
                yield line[: opened + 1] + ",".join(pieces[:k] + pieces[k + 1 :]).strip() + line[end - 1 :]
    for m in re.finditer(r"\b\d\d+\b", line):
        yield line[: m.start()] + "1" + line[m.end() :]


def groups(line: str) -> Iterator[tuple[int, int, int]]:
    """(where the expression begins, its opening bracket, its end) of all brackets: a call begins with its function, a literal with its type."""
    stack: list[int] = []
    for i, c in outside_strings(line):
        if c in "([{":
            stack.append(i)
        elif c in ")]}" and stack:
            opened = stack.pop()
            head = re.search(r"[\w.\]\[*]*$", line[:opened])
            assert head is not None
            start = head.start()
            while line[start:opened].count("]") > line[start:opened].count("["):  # an index with an expression inside: without it
                start = line.index("]", start) + 1
            yield start, opened, i + 1


def past_quote(line: str, i: int) -> int:
    """The end of the string or rune that begins at i."""
    quote, i = line[i], i + 1
    while i < len(line) and line[i] != quote:
        i += 2 if line[i] == "\\" and quote != "`" else 1
    return i + 1


def outside_strings(text: str) -> Iterator[tuple[int, str]]:
    """(index, character) of what stands in no string or rune."""
    i = 0
    while i < len(text):
        if text[i] in "\"'`":
            i = past_quote(text, i)
        else:
            yield i, text[i]
            i += 1


def top_level(text: str) -> Iterator[tuple[int, str]]:
    """(index, character) of what stands in no bracket, string or rune; closing brackets of the outermost level too."""
    depth = 0
    for i, c in outside_strings(text):
        depth += (c in "([{") - (c in ")]}")
        if not depth:
            yield i, c


def split(text: str, by: str) -> list[str]:
    """text at the separators outside brackets and strings."""
    out, last = [], 0
    for i, c in top_level(text):
        if c == by:
            out.append(text[last:i])
            last = i + 1
    return [*out, text[last:]]


def operands(text: str) -> list[str]:
    """The two sides of the operation that text is, [] when it is none."""
    operator = re.compile(r" (?:[-+*/%&|^<>=!]{1,3}) ")
    for i, _ in top_level(text):
        if m := operator.match(text, i):
            return [text[:i].strip(), text[m.end() :].strip()]
    return []


def reduce_seed(seed: int, level: str, where: Path, without: frozenset[str], seconds: float = 0) -> int:
    name = f"p{seed}"
    shutil.rmtree(where / "reduce", ignore_errors=True)
    r = Reducer(Toolchains(name, level, where / "reduce"), time.monotonic() + seconds if seconds else 0)
    files = r.reduce(generate(seed, name, without))
    if not r.kind:
        print(f"{seed}: no difference at {level}", file=sys.stderr)
        return 1
    write(module({name: files}), where / "reduced")
    for f, text in files.items():
        print(f"-- {f} --\n{text}")
    print(f"# {r.kind} at {level}; {sum(t.count(chr(10)) for t in files.values())} lines after {r.tries} tries; module in {where / 'reduced'}", file=sys.stderr)
    return 0
