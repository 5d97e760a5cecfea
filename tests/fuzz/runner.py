"""Batches of generated programs through go and rt0: `run_batch` gives the differences.

A batch is one module; each compiler and level builds it once, then every program runs as a process of its own. A program is compared by
exit code, stdout and the panic text on stderr (up to the goroutine traces). A build that fails names its packages; those programs are taken
out and the rest is built again. What go refuses is a fault of the generator and counted as `illegal`.

RT0CACHE is shared by all batches, so std is compiled once. Every batch uses -O0 and one of the other levels or `rt0 run`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.generate import Files, generate, module, write

ROOT = Path(__file__).resolve().parent.parent.parent
TIMEOUT = 20.0


@dataclass(slots=True)
class Outcome:
    """What a program did. err: the first lines of stderr, before goroutine traces."""

    code: int
    out: bytes
    err: str

    def same(self, other: Outcome) -> bool:
        return (self.code, self.out, self.err) == (other.code, other.out, other.err)


@dataclass(slots=True)
class Difference:
    seed: int
    level: str
    what: str  # build, output, exit, panic, crash, hang
    detail: str


@dataclass(slots=True)
class Tally:
    programs: int = 0
    illegal: list[int] = field(default_factory=list)
    found: list[Difference] = field(default_factory=list)


def rt0_env(extra: dict[str, str] | None = None) -> dict[str, str]:
    return dict(os.environ, PYTHONPATH=str(ROOT)) | (extra or {})


def go_env() -> dict[str, str]:
    return dict(os.environ, GOFLAGS="", GOPROXY="off", CGO_ENABLED="0")


_ADDRESS = re.compile(r"0x[0-9a-f]+|goroutine \d+|\[signal [^\]]*\]")


def panic_text(err: str) -> str:
    """stderr without what is free to differ: goroutine traces, addresses."""
    text = re.split(r"\n\n?goroutine \d+|\ngoroutine ", "\n" + err)[0]
    return _ADDRESS.sub("ADDR", text).strip()[:2000]


def run(exe: list[str], cwd: Path | None = None, env: dict[str, str] | None = None, timeout: float = TIMEOUT) -> Outcome:
    try:
        p = subprocess.run(exe, cwd=cwd, capture_output=True, timeout=timeout, stdin=subprocess.DEVNULL, env=env)
    except subprocess.TimeoutExpired:
        return Outcome(-999, b"", "timeout")
    return Outcome(p.returncode, p.stdout, panic_text(p.stderr.decode("utf-8", "replace")))


def build(cmd: list[str], cwd: Path, env: dict[str, str]) -> str:
    """stderr when the build fails, "" when it does not."""
    try:
        p = subprocess.run(cmd, cwd=cwd, capture_output=True, timeout=900, env=env)
    except subprocess.TimeoutExpired:
        return "timeout"
    return "" if p.returncode == 0 else p.stderr.decode("utf-8", "replace") or f"exit {p.returncode}"


def blamed(text: str, names: list[str]) -> list[str]:
    """The programs a build's stderr names."""
    hits = set(re.findall(r"\bm?/?(p\d+)[/.\n]", text))
    return [n for n in names if n in hits]


def build_all(cmd: list[str], names: dict[str, Files], where: Path, env: dict[str, str], go: str) -> tuple[dict[str, Files], dict[str, str]]:
    """Build the programs; those that cannot be built are taken out: (left, name -> error)."""
    failed: dict[str, str] = {}
    left = dict(names)
    while left:
        write({"main.go": module(left, go)["main.go"]}, where)
        text = build(cmd, where, env)
        if not text:
            break
        bad = blamed(text, list(left))
        if not bad:
            if len(left) == 1:
                bad = list(left)
            else:
                half = dict(list(left.items())[: len(left) // 2])
                rest = {n: f for n, f in left.items() if n not in half}
                ok1, f1 = build_all(cmd, half, where, env, go)
                ok2, f2 = build_all(cmd, rest, where, env, go)
                failed |= f1 | f2
                left = ok1 | ok2
                if not f1 and not f2:
                    failed |= {next(iter(left)): "whole batch: " + text}
                    left.pop(next(iter(left)))
                continue
        for n in bad:
            failed[n] = text
            left.pop(n)
    return left, failed


def classify(want: Outcome, got: Outcome) -> str:
    if got.code == -999:
        return "hang"
    if "fatal error" in got.err or got.code < 0:
        return "crash"
    if want.out != got.out:
        return "output"
    return "exit" if want.code != got.code else "panic"


def first_difference(want: Outcome, got: Outcome) -> str:
    a, b = want.out.decode("utf-8", "replace").split("\n"), got.out.decode("utf-8", "replace").split("\n")
    for i, (x, y) in enumerate(zip([*a, "EOF"], [*b, "EOF"])):
        if x != y:
            return f"line {i + 1}: go {x[:160]!r} rt0 {y[:160]!r}"
    return f"go {want.code} {want.err[:300]!r} rt0 {got.code} {got.err[:300]!r}"


def levels_of(batch: int) -> list[str]:
    """-O0 always, where differences of the front end and of lower show at the least cost; the others in turn."""
    return ["-O0", ("-O2", "-O1", "-O2", "-O3", "run")[batch % 5]]


def run_batch(seeds: list[int], levels: list[str], where: Path, without: frozenset[str] = frozenset(), go: str = "1.27") -> Tally:
    """The programs of `seeds` in one module at `where`, through go and rt0 at `levels`."""
    shutil.rmtree(where, ignore_errors=True)
    names = {f"p{s}": generate(s, f"p{s}", without) for s in seeds}
    tally = Tally(len(seeds))
    write(module(names, go), where)
    left, failed = build_all(["go", "build", "-gcflags=-e", "-o", "go.exe", "."], names, where, go_env(), go)
    tally.illegal += [int(n[1:]) for n in failed]
    wants = {n: run([str(where / "go.exe"), n]) for n in left}
    for n in [n for n, w in wants.items() if w.code == -999]:
        del wants[n], left[n]
        tally.illegal.append(int(n[1:]))
    for level in levels:
        exe = where / f"rt0{level}.exe"
        cmd = [sys.executable, "-m", "rt0", "build", "-O1" if level == "run" else level, "-o", str(exe), "."]
        built, failed = build_all(cmd, left, where, rt0_env(), go)
        for n, text in failed.items():
            tally.found.append(Difference(int(n[1:]), level, "build", text[-600:]))
        for k, n in enumerate(built):
            got = run([str(exe), n])
            if level == "run" and k == 0:
                got = run([sys.executable, "-m", "rt0", "run", ".", n], where, rt0_env(), 300)  # builds first
                code = got.code
                ran = subprocess.run([sys.executable, "-m", "rt0", "run", ".", n], cwd=where, capture_output=True, timeout=300, env=rt0_env()) if code else None
                status = re.search(rb"exit status (\d+)\n$", ran.stderr) if ran else None
                got = Outcome(int(status[1]) if status else code, got.out, re.sub(r"\n?exit status \d+$", "", got.err))
            if not got.same(wants[n]):
                tally.found.append(Difference(int(n[1:]), level, classify(wants[n], got), first_difference(wants[n], got)))
    return tally
