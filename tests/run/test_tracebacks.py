"""What programs that crash print is what they print with the real go: each program in tracebacks/ has many ends, and takes the name of one.

The golden answers are from `go build -gcflags="-N -l"`, where every argument has its value. Other levels inline what may be inlined, so the functions of interest
are //go:noinline. A word that is printed has gc's value; at -O0 all are, at other levels those that LLVM happens to keep, the others are _. What cannot be the
same is left out: offsets of pcs, addresses, arguments of library functions, lines of package runtime's files, numbers of goroutines other than 1.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Rt0, go_run, golden

HERE = Path(__file__).parent / "tracebacks"
GOLDEN = Path(__file__).parent / "golden" / "tracebacks.json"
CASE = re.compile(r'^\t"([\w/=,]+)":', re.MULTILINE)  # of the table of a program
FRAME = re.compile(r"^[^\s(].*\(.*\)$")
WORD = re.compile(r"(?:0x[0-9a-f]+|PTR|\b_\b)\??")
LIBRARY = re.compile(r"^(?:(\S+)\(.*\)|(created by .*))\n\t\S*/src/((?!runtime/\w+\.)\S+:\d+|runtime/\w+\.\w+):?\d*(?: \+OFF)?(?: fp=.*)?$", re.MULTILINE)
MEMORY = re.compile(r"^(runtime: sp=).*$|^(\.\.\.)\d+( frames elided...)$", re.MULTILINE)

PROGRAMS = ["args", "panics", "states"]

# Not gc's values: a capacity; the place of a dictionary, which we do not have; captured variables as arguments; the entry value of one that is assigned.
OTHER_VALUES = {"strs", "listPointer", "listValue", "direct"}


def normal(text: str) -> str:
    """A crash's text without what differs between two builds of one program."""
    if " gp=0x" in text:  # the runtime's goroutines follow, and are its own affair
        text = "\n\n".join(p for p in text.split("\n\n") if not p.startswith("goroutine") or p.startswith("goroutine 1 "))
    ids: dict[str, str] = {"1": "1"}
    text = re.sub(r"\+0x[0-9a-f]+", "+OFF", text)
    text = LIBRARY.sub(r"\1\2\n\t\3", text).replace(str(HERE) + "/", "")
    text = re.sub(r"\bgoroutine (\d+)", lambda m: "goroutine " + ids.setdefault(m[1], f"g{len(ids)}"), text)
    text = text.replace("mcleanup.go", "mfinal.go").replace("runtime.morestack\n\truntime/asm_amd64.s\n", "")
    text = re.sub(r" m=\d+ ", " m=N ", text)
    return re.sub(r" fp=\S+ sp=\S+ pc=\S+", " fp= sp= pc=", MEMORY.sub(r"\1\2\3", re.sub(r"0x[0-9a-f]{6,}", "PTR", text)))


def shapes(text: str) -> str:
    """The same with every word of an argument as W."""
    return "\n".join(WORD.sub("W", line) if FRAME.match(line) else line for line in text.split("\n"))


def values(text: str) -> list[str]:
    """The words of the frames in order."""
    return [w.rstrip("?") for line in text.split("\n") if FRAME.match(line) for w in WORD.findall(line)]


def ends(exe: Path, source: Path) -> dict[str, list[str | int]]:
    """Case -> exit code, what it printed on stdout and stderr. A case's name may say more: name/GOTRACEBACK=all."""
    out: dict[str, list[str | int]] = {}
    for case in CASE.findall(source.read_text()):
        name, _, env = case.partition("/")
        more = dict(x.split("=") for x in env.split(",") if x)
        p = subprocess.run([exe, name], capture_output=True, text=True, timeout=60, env={**os.environ, **more})
        out[case] = [p.returncode, normal(p.stdout), normal(p.stderr)]
    return out


@pytest.mark.parametrize("level", [0, 2])
@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str, level: int, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    source = HERE / f"{name}.go"

    def with_go() -> dict[str, list[str | int]]:
        built = go_run(["build", "-gcflags=-N -l", "-o", str(tmp_path / "go"), source.name], HERE)
        assert built.code == 0, built.err
        return ends(tmp_path / "go", source)

    want: dict[str, list[str | int]] = golden(GOLDEN, name, request.config.getoption("--record") and level == 0, with_go)
    built = rt0("build", f"-O{level}", "-o", str(tmp_path / "exe"), source.name, cwd=HERE)
    assert (built.err, built.code) == ("", 0)
    got = ends(tmp_path / "exe", source)
    kept = 0  # words with a value
    for case, answer in want.items():
        assert [shapes(str(x)) for x in got[case]] == [shapes(str(x)) for x in answer], case
        if name == "args" and case not in OTHER_VALUES:
            mine, gc = values(str(got[case][2])), values(str(answer[2]))
            assert all(a == b or (a == "_" and level) for a, b in zip(mine, gc, strict=True)), f"{case}: {mine} {gc}"
            kept += len([a for a in mine if a != "_"])
    assert name != "args" or kept > (150 if level == 0 else 20)
