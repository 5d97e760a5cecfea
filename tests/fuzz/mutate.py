"""Mutated Go sources through both front ends: the verdict, the lines of the errors and the first message must agree.

Sources are small packages of GOROOT/src and the programs of tests/. A mutant is one package with one file changed by one to three mutations of
tokens or lines. gc's answer is `go tool compile -e` (about 10 ms); rt0's comes from the Checker in a process forked from one that has already
checked the original, so that only the mutant's own check is paid.

    Parent: std loaded once ─ fork per source: the original checked, its imports resolved ─ fork per mutant: parse, check, answer by pipe
"""

from __future__ import annotations

import gc
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import AnyStr

from rt0.build.frontend import Importer, check_sources
from rt0.cmd.report import format_errors
from rt0.diag import CompileError
from rt0.load.load import BuildContext
from tests.fuzz.runner import go_env

ROOT = Path(__file__).resolve().parent.parent.parent
LANG = "go1.27"
STD = (
    "errors", "path", "sort", "container/list", "container/heap", "container/ring", "bufio", "unicode/utf8", "text/tabwriter", "encoding/hex",
    "encoding/csv", "encoding/base64", "encoding/pem", "hash/fnv", "hash/adler32", "html", "slices", "maps", "cmp", "iter", "index/suffixarray",
    "text/scanner", "strings", "bytes", "unicode/utf16", "errors", "io", "context", "expvar", "log", "flag", "mime/quotedprintable", "net/textproto",
    "encoding/binary", "image/color", "image/draw", "math/cmplx", "regexp/syntax", "go/scanner", "go/token", "text/template/parse", "archive/tar",
)  # fmt: skip
TOKEN = re.compile(r"//[^\n]*|/\*.*?\*/|`[^`]*`|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|[A-Za-z_]\w*|\d[\w.]*|<<=|>>=|&\^=|\.\.\.|&&|\|\||<-|\+\+|--|[-+*/%&|^=!<>:]=|<<|>>|&\^|\n|[^\s\w]", re.S)
SPARE = (
    "( ) { } [ ] ; , . : := = == != < <- + - * / % & && | || ! ^ << ++ ... ~ break case chan const continue default defer else fallthrough for func go goto if "
    "import interface map package range return select struct switch type var int string error any nil true iota 0 1 -1 1e400 \"s\" 'c' 0x 1i _ x T len append "
    "make new 1<<70 .(type) []int{} func(){} struct{} [0]int map[string]int chan<- <-chan"
).split(" ")
OPERATORS = "+ - * / % & | ^ << >> &^ && || == != < <= > >= = := += -= <<= <- ++ --".split(" ")


@dataclass(slots=True)
class Source:
    """A package: its files' names and texts."""

    name: str
    files: list[tuple[str, str]]


@dataclass(slots=True)
class Answer:
    """What a front end said: (line, message) in the order printed."""

    errors: list[tuple[str, int, str]]
    crash: str = ""


def sources() -> Iterator[Source]:
    goroot = Path(BuildContext.default().goroot)
    for path in STD:
        d = goroot / "src" / path
        names = sorted(f.name for f in d.glob("*.go") if not f.name.endswith("_test.go"))
        texts = [(n, (d / n).read_text()) for n in names]
        plain = [(n, t) for n, t in texts if "//go:build" not in t and not re.search(r"_(linux|windows|darwin|plan9|js|amd64|arm64|s390x)", n)]
        if plain and len(plain) == len(texts) and sum(len(t) for _, t in plain) < 120_000:
            yield Source(path, plain)
    for f in sorted([*ROOT.glob("tests/run/testdata/*.go"), *ROOT.glob("tests/runtime/programs/*.go"), *ROOT.glob("examples/*/*.go")]):
        text = f.read_text()
        if len(text) < 40_000 and "//go:embed" not in text and '"C"' not in text:
            yield Source(f"{f.parent.name}/{f.stem}", [(f.name, text)])
    for folder in ("internal/types/testdata", "cmd/compile/internal/syntax/testdata"):  # most are in error already
        for f in sorted((goroot / "src" / folder).rglob("*.go")):
            text = f.read_bytes().decode("utf-8", "surrogateescape")
            if not re.match(r"// -\w", text) and len(text) < 40_000:
                yield Source(str(f.relative_to(goroot / "src" / folder.rpartition("/")[0])).removesuffix(".go"), [(f.name, text)])


# ---------------------------------------------------------------- mutations


def mutated(rnd: Random, text: str) -> str:
    """text after one to three mutations."""
    for _ in range(rnd.choice((1, 1, 1, 2, 3))):
        if rnd.random() < 0.2:
            lines = text.split("\n")
            mutate_lines(rnd, lines, lambda line: line.rstrip()[: rnd.randrange(len(line) + 1)])
            text = "\n".join(lines)
        else:
            text = mutate_tokens(rnd, text)
    return text


def mutate_lines(rnd: Random, lines: list[AnyStr], spoil: Callable[[AnyStr], AnyStr]) -> None:
    """One line goes, stands twice, changes places with another, or is spoiled."""
    i, j = rnd.randrange(len(lines)), rnd.randrange(len(lines))
    match rnd.randrange(4):
        case 0:
            del lines[i]
        case 1:
            lines.insert(j, lines[i])
        case 2:
            lines[i], lines[j] = lines[j], lines[i]
        case _:
            lines[i] = spoil(lines[i])


def mutate_tokens(rnd: Random, text: str) -> str:
    spans = [m.span() for m in TOKEN.finditer(text) if not text.startswith(("//", "/*", "\n"), m.start())]
    if len(spans) < 3:
        return text + "x"
    k = rnd.randrange(len(spans))
    if rnd.random() < 0.5:  # names and literals more often: what parses reaches the Checker
        k = max((rnd.randrange(len(spans)) for _ in range(3)), key=lambda i: text[spans[i][0]].isalnum() or text[spans[i][0]] in "\"'")
    a, b = spans[k]
    word = text[a:b]
    r = rnd.random()
    if r < 0.4 and (word[0].isalpha() or word[0] == "_"):
        names = [text[x:y] for x, y in (rnd.choice(spans) for _ in range(20)) if text[x].isalpha()]
        new = rnd.choice(names or ["x"])
    elif r < 0.5 and word in OPERATORS:
        new = rnd.choice(OPERATORS)
    elif r < 0.55:
        new = ""
    elif r < 0.6:
        new = word + " " + word
    elif r < 0.7 and k + 1 < len(spans):
        c, d = spans[k + 1]
        return text[:a] + text[c:d] + text[b:c] + word + text[d:]
    elif r < 0.85:
        new = rnd.choice(SPARE)
    elif r < 0.95:
        new = word + " " + rnd.choice(SPARE)
    elif r < 0.98:
        x, y = rnd.choice(spans)
        new = text[x:y]
    else:
        new = rnd.choice(("\x00", "\ufeff", "\x80", "é", "#", "$", "?", "\r", "/*", "`", '"', "'", "\\", "//line x.go:7\n", "0b2", "1_", "'ab'", '"\\q"'))
    return text[:a] + new + text[b:]


# ---------------------------------------------------------------- the two front ends


class Checked:
    """rt0's front end with what it has loaded so far."""

    def __init__(self) -> None:
        context = BuildContext.default()
        context.overlay = "/nonexistent"
        self.importer = Importer(context)

    def check(self, files: list[tuple[str, str]], path: str = "p") -> Answer:
        """Errors of the files as package `path`; a path is checked once per process, since instances are known by it."""
        errors = check_sources(self.importer, [(name, text.encode("utf-8", "surrogateescape")) for name, text in files], path, lang=LANG)
        return Answer(errors_in(format_errors(CompileError(errors), all_errors=True)))


_WHY_NOT = re.compile(r"^(could not import \S+) \(.*")  # the reason is the go command's
_LINE = re.compile(r"^(.*?):(\d+)(?::\d+)?: (.*)$")


def errors_in(text: str) -> list[tuple[str, int, str]]:
    """What a compiler printed."""
    out = []
    for line in text.split("\n"):
        m = _LINE.match(line)
        if m and not line.startswith("\t"):
            out.append((m[1], int(m[2]), _WHY_NOT.sub(r"\1", m[3])))
    return out


# The object goes into the scratch folder: gc removes what -o names when it finds errors, a device too if it may.
def ask_go(files: list[tuple[str, str]], where: Path, importcfg: Path) -> Answer:
    for name, text in files:
        (where / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    cmd = ["go", "tool", "compile"] if GO_COMPILE is None else [GO_COMPILE]
    args = [*cmd, "-e", "-p", "p", "-lang", LANG, "-importcfg", str(importcfg), "-o", "out.o", *(n for n, _ in files)]
    try:
        p = subprocess.run(args, cwd=where, capture_output=True, timeout=200, env=go_env())
    except subprocess.TimeoutExpired:
        return Answer([], SLOW)
    text = (p.stdout + p.stderr).decode("utf-8", "replace")
    out = errors_in(text)
    return Answer(out, "" if out or p.returncode == 0 else text[:300])


GO_COMPILE: str | None = None
SLOW = "took too long"


def fork_answer(checked: Checked, files: list[tuple[str, str]]) -> Answer:
    """checked.check in a fork, with an alarm and 2 GB of memory."""
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(r)
        signal.alarm(30)
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
        try:
            a = checked.check(files)
        except BaseException:
            a = Answer([], traceback.format_exc()[-700:])
        with os.fdopen(w, "w", errors="replace") as f:
            json.dump([a.errors, a.crash], f)
        os._exit(0)
    os.close(w)
    with os.fdopen(r) as f:
        text = f.read()
    _, status = os.waitpid(pid, 0)
    if not text:
        return Answer([], f"died or took too long: status {status}")
    errors, crash = json.loads(text)
    return Answer([(a, b, c) for a, b, c in errors], crash)


def compare(go: Answer, rt0: Answer) -> str:
    """"" when they agree."""
    if rt0.crash:
        return "crash: " + rt0.crash
    if go.crash:
        return "" if rt0.errors or "internal compiler error" in go.crash or go.crash == SLOW else f"go: {go.crash}"
    if bool(go.errors) != bool(rt0.errors):
        return f"verdict: go {go.errors[:2]} rt0 {rt0.errors[:2]}"
    if not go.errors:
        return ""
    if {e[:2] for e in go.errors} != {e[:2] for e in rt0.errors}:
        return f"lines: go {[e for e in go.errors if e[:2] not in {x[:2] for x in rt0.errors}][:3]} rt0 {[e for e in rt0.errors if e[:2] not in {x[:2] for x in go.errors}][:3]}"
    if go.errors[0] != rt0.errors[0]:
        return f"message: go {go.errors[0]} rt0 {rt0.errors[0]}"
    return ""


def make_importcfg(where: Path) -> Path:
    """An importcfg for all of std."""
    global GO_COMPILE
    cfg = where / "importcfg"
    text = subprocess.run(["go", "list", "-export", "-f", "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}", "std"], capture_output=True, text=True, env=go_env(), check=True).stdout
    cfg.write_text(text)
    tool = subprocess.run(["go", "tool", "-n", "compile"], capture_output=True, text=True, env=go_env()).stdout.strip()
    GO_COMPILE = tool or None
    return cfg


def mutants(source: Source, seed: int, n: int) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    for k in range(n):
        rnd = Random(f"{source.name}/{seed + k}")
        i = rnd.randrange(len(source.files))
        files = list(source.files)
        files[i] = (files[i][0], mutated(rnd, files[i][1]))
        yield seed + k, files


def run_source(checked: Checked, source: Source, seed: int, n: int, where: Path, cfg: Path, keep: Path | None) -> list[str]:
    """n mutants of a source: the differences, a text each."""
    go = ask_go(source.files, where, cfg)
    if go.crash or compare(go, fork_answer(checked, source.files)):
        return []  # needs what this door does not have (assembly, generated constants)
    checked.check(source.files, "original")
    gc.freeze()
    out: list[str] = []
    for k, files in mutants(source, seed, n):
        diff = compare(ask_go(files, where, cfg), fork_answer(checked, files))
        if diff:
            out.append(f"{source.name} {k} {diff}")
            if keep is not None:
                d = keep / f"{source.name.replace('/', '_')}-{k}"
                d.mkdir(parents=True, exist_ok=True)
                for name, text in files:
                    (d / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    return out


def fuzz(seed: int, count: int, seconds: float, per_source: int, keep: Path | None, log: bool = False) -> tuple[int, list[str]]:
    """(mutants tried, differences)."""
    sys.setrecursionlimit(20000)
    start = time.monotonic()
    done = 0
    found: list[str] = []
    with tempfile.TemporaryDirectory() as tmp:
        where = Path(tmp)
        cfg = make_importcfg(where)
        checked = Checked()
        checked.check([("w.go", 'package p\n\nimport (\n\t"fmt"\n\t"os"\n\t"strings"\n)\n\nvar _ = fmt.Sprint(os.Args, strings.ToUpper(""))\n')], "warm")
        all_sources = list(sources())
        Random(seed).shuffle(all_sources)
        while done < count and (not seconds or time.monotonic() - start < seconds):
            for source in all_sources:
                if done >= count or (seconds and time.monotonic() - start > seconds):
                    break
                n = min(per_source, count - done)
                found += in_fork(checked, source, seed, n, where, cfg, keep, log)
                done += n
                if log:
                    used = time.monotonic() - start
                    print(f"# {source.name} {seed}: {done} mutants, {len(found)} differ, {done * 60 / used:.0f} a minute", file=sys.stderr, flush=True)
            seed += per_source
    return done, found


def in_fork(checked: Checked, source: Source, seed: int, n: int, where: Path, cfg: Path, keep: Path | None, log: bool) -> list[str]:
    """run_source in a process of its own, so that what a source loads goes away with it."""
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(r)
        gc.disable()
        with os.fdopen(w, "w", errors="replace") as f:
            try:
                json.dump(run_source(checked, source, seed, n, where, cfg, keep), f)
            except BaseException:
                json.dump([f"{source.name}: {traceback.format_exc()[-600:]}"], f)
        os._exit(0)
    os.close(w)
    with os.fdopen(r) as f:
        text = f.read()
    os.waitpid(pid, 0)
    out: list[str] = json.loads(text) if text else [f"{source.name}: process died"]
    if log:
        for line in out:
            print(line, flush=True)
    return out


def mutate_command(seed: int, count: int, seconds: float) -> int:
    _, found = fuzz(seed, count, seconds, 20, Path("/tmp/rt0-mutants"), log=True)
    return 1 if found else 0
