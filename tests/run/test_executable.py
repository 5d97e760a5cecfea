"""The executable as the tools see it: readelf, objdump, strip, gdb; the start sequence in its order; the same bytes every time."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT, Rt0

HELLO = ROOT / "examples" / "hello" / "main.go"

START_SEQUENCE = [
    "_rt0_amd64_linux", "runtime.rt0_go", "runtime.schedinit", "runtime.mallocinit", "runtime.gcinit", "runtime.procresize", "runtime.newproc",
    "runtime.mstart", "runtime.main", "runtime.gcenable", "main.main",
]  # fmt: skip


def tool(*args: str, cwd: Path | None = None) -> str:
    p = subprocess.run(args, cwd=cwd, capture_output=True, text=True, errors="replace", timeout=120)
    assert p.returncode == 0, p.stdout + p.stderr
    return p.stdout


@pytest.fixture
def hello(rt0: Rt0, tmp_path: Path) -> Path:
    shutil.copy(HELLO, tmp_path / "main.go")
    r = rt0("build", "-o", "hello", "main.go", cwd=tmp_path)
    assert (r.err, r.code) == ("", 0)
    return tmp_path / "hello"


def test_readelf(hello: Path) -> None:
    head = tool("readelf", "-hW", str(hello))
    assert re.search(r"Type:\s+EXEC", head) and "Advanced Micro Devices X86-64" in head
    entry = int(re.search(r"Entry point address:\s+(0x[0-9a-f]+)", head)[1], 16)  # type: ignore[index]
    symbols = tool("readelf", "-sW", str(hello))
    line = next(x for x in symbols.splitlines() if x.endswith(" _rt0_amd64_linux"))
    assert int(line.split()[1], 16) == entry
    segments = tool("readelf", "-lW", str(hello))
    assert "INTERP" not in segments and "RWE" not in segments
    warnings = subprocess.run(["readelf", "-aW", str(hello)], capture_output=True, text=True, errors="replace").stderr
    assert "rror" not in warnings and "arning" not in warnings, warnings


def test_objdump_and_strip(hello: Path) -> None:
    assert "<main.main>:" in tool("objdump", "-d", "--disassemble=main.main", str(hello))
    tool("strip", "-o", str(hello) + ".stripped", str(hello))
    assert tool(str(hello) + ".stripped") == "hello, world\n"


def test_start_sequence_in_gdb(hello: Path) -> None:
    script = ["set confirm off", "set pagination off", "set breakpoint pending off", "set language c", "set startup-with-shell off"]
    for name in START_SEQUENCE:
        script += [f"tbreak *'{name}'", "commands", "silent", f'printf "AT {name}\\n"', "continue", "end"]
    script += ["run", "quit"]
    (hello.parent / "cmds").write_text("\n".join(script) + "\n")
    # (gdb 13 may trip over the end of a program with several threads: what it printed before counts.)
    out = subprocess.run(["gdb", "-nx", "-batch", "-x", "cmds", str(hello)], cwd=hello.parent, capture_output=True, text=True, timeout=120).stdout
    assert re.findall(r"^AT (\S+)$", out, re.M) == START_SEQUENCE
    assert "hello, world" in out


def test_gdb_breaks_at_main_with_lines(hello: Path) -> None:
    args = ["gdb", "-nx", "-batch", "-ex", "set language c", "-ex", "set backtrace past-main on", "-ex", "break 'main.main'", "-ex", "run", "-ex", "backtrace", str(hello)]
    out = tool(*args, cwd=hello.parent)
    assert re.search(r"main\.main.* at .*main\.go:7", out), out
    assert re.search(r"#1 .*runtime[.\[]main", out), out


def test_same_bytes(rt0: Rt0, tmp_path: Path) -> None:
    """Two folders, two users' settings, one and two workers, an empty and a used cache: identical executables."""
    exes = []
    for i, (workers, env) in enumerate(((1, {"HOME": "/nonexistent", "LANG": "C", "TZ": "UTC"}), (2, {"HOME": str(tmp_path), "USER": "someone", "PYTHONHASHSEED": "7"}))):
        d = tmp_path / ("a" * (i + 1))
        d.mkdir()
        shutil.copy(HELLO, d / "main.go")
        r = rt0("build", "-O0", "-trimpath", f"-p={workers}", "-o", "out", "main.go", cwd=d, env=dict(env, RT0CACHE=str(d / "cache")))
        assert (r.err, r.code) == ("", 0)
        exes.append((d / "out").read_bytes())
    assert exes[0] == exes[1]


OTHER = """package main

import (
	"fmt"
	"strings"
)

type p struct{ a, b float64 }

func main() {
	fmt.Println(p{1, -2}, strings.Repeat("x", 3), fmt.Errorf("y %w", fmt.Errorf("z")))
}
"""


def test_same_bytes_from_a_used_cache(rt0: Rt0, tmp_path: Path) -> None:
    """As `rt0 run` builds: what another program left in the cache, in units of other functions, does not show in the executable."""
    flags = ("build", "-O1", "-trimpath", "-ldflags=-w", "-o", "out")
    exes = []
    for used in (False, True):
        d = tmp_path / ("used" if used else "cold")
        d.mkdir()
        shutil.copy(HELLO, d / "main.go")
        (d / "other.go").write_text(OTHER)
        for name in (["other.go"] if used else []) + ["main.go"]:
            r = rt0(*flags, name, cwd=d, env={"RT0CACHE": str(d / "cache")})
            assert (r.err, r.code) == ("", 0)
        exes.append((d / "out").read_bytes())
    assert exes[0] == exes[1]
