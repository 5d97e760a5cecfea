"""Programs that lean on the runtime do as with the real go: goroutines, preemption, panics, faults, signals, processes, network.

Compared are standard output, exit code (negative: the signal), and standard error without addresses, argument values, line offsets and
the runtime's own frames. `ends.go` has one ending per argument.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import Rt0, golden

HERE = Path(__file__).parent
DATA = HERE / "testdata"
GOLDEN = HERE / "golden" / "programs.json"

ENDS = [
    "nilfunc", "badaddr", "lock", "sleep", "stackall", "throwpanic", "procs", "exitgo", "mainexit", "paniconfault", "gopanicnil",
    "manythreads", "quit", "maxstack",
]  # fmt: skip
CASES = [(p.stem, "") for p in sorted(DATA.glob("*.go")) if p.stem != "ends"] + [("ends", a) for a in ENDS]


def clean(text: str) -> str:
    """What does not depend on code addresses, goroutine numbers and the compiler's inlining."""
    out = []
    for line in text.splitlines():
        if line.startswith("\t/") or re.match(r"\t\S+\.(go|s):\d+", line):
            continue
        line = re.sub(r"0x[0-9a-f]+", "0x", line)
        line = re.sub(r"goroutine (?!1\b)\d+", "goroutine N", line)
        line = re.sub(r" gp=0x m=\w+( mp=0x)?", "", line)
        line = re.sub(r"(m=)\d+( sigcode)", r"\1N\2", line)
        if re.match(r"[\w./%*()\[\]·-]+\(.*\)$", line):
            name = line[: line.rindex("(")] if line.endswith("(...)") else re.sub(r"\([^()]*(\{[^{}]*\}[^()]*)*\)$", "", line)
            if not name.startswith(("main.", "panic")):
                continue
            line = name
        out.append(line)
    if "runtime stack:" in out or any(x.startswith("SIGQUIT") for x in out):
        out = [x for x in out[: out.index("") + 1] if not x.startswith("runtime: sp=")]  # frames of a runaway stack differ
    blocks = "\n".join(out).split("\n\n")
    return "\n\n".join(b for b in blocks if "created by runtime." not in b)  # the runtime's own goroutines


def run(exe: Path, arg: str, cwd: Path) -> dict[str, Any]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("GO")}
    p = subprocess.run([str(exe), *([arg] if arg else [])], cwd=cwd, env=env, capture_output=True, timeout=60)
    out = clean(p.stdout.decode()) if arg == "stackall" else p.stdout.decode()
    return {"code": p.returncode, "out": out, "err": clean(p.stderr.decode())}


@pytest.mark.parametrize(("name", "arg"), CASES)
def test_program(name: str, arg: str, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    src = DATA / f"{name}.go"

    def ask() -> dict[str, Any]:
        exe = tmp_path / "go.exe"
        subprocess.run(["go", "build", "-o", str(exe), str(src)], check=True)
        return run(exe, arg, tmp_path)

    want = golden(GOLDEN, f"{name} {arg}".strip(), request.config.getoption("--record"), ask)
    exe = tmp_path / "rt0.exe"
    built = rt0("build", "-o", str(exe), str(src))
    assert built.code == 0, built.err
    assert run(exe, arg, tmp_path) == want
