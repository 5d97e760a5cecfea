"""What the compiler shows: -d=STAGE, -stop, -gcflags=-m, -S; help, env, version, clean and the tools."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from rt0.build.dump import DUMPS
from rt0.build.dumpflags import DETAILS
from rt0.cmd.official import PROGRAMS
from rt0.pipeline import STAGES
from tests.conftest import Rt0

PROGRAM = """package main

type T struct{ a, b int }

func (t *T) sum() int { return t.a + t.b }

func leak(p *int) *int { return p }

var sink *int

func f(n int) *T {
	x := 5
	sink = leak(&x)
	g := func() int { return n }
	return &T{g(), 1 << 3}
}

func main() { println(f(1).sum()) }
"""

# stage -> what -d=STAGE:f must show
SHOWS = {
    "load": "runtime (runtime) std",
    "syntax": "FuncDecl 11:6",
    "types": "15:19\t1 << 3\tconstant int = 8",
    "lower": 'define dso_local x86_regcallcc ptr @"main.f"(',
    "llvm": "define dso_local x86_regcallcc",
    "asm": "TEXT main.f(SB)",
    "obj": ".text.main.f size ",
    "link": " T main.f\n",
    "escape": ": stack",
    "inits": "command-line-arguments\n",
    "sizes": "main.f\n",
    "tokens": "\tname\tf\n",
    "why": "main.main refers to it\nmain.f",
}


@pytest.fixture
def program(tmp_path: Path) -> Path:
    (tmp_path / "x.go").write_text(PROGRAM)
    return tmp_path


def test_dumps(program: Path, rt0: Rt0) -> None:
    assert list(DUMPS) == [*(s[0] for s in STAGES), *DETAILS] == list(SHOWS)
    r = rt0("build", *(f"-d={stage}:f" for stage in SHOWS), "x.go", cwd=program)
    assert (r.err, r.code) == ("", 0)
    for text in SHOWS.values():
        assert text in r.out
    assert (program / "x").exists()


@pytest.mark.parametrize("stage", ["lower", "asm"])
def test_dump_of_one_function(stage: str, program: Path, rt0: Rt0) -> None:
    """A function's dump has its closures and nothing of its neighbours."""
    r = rt0("build", f"-stop={stage}", f"-d={stage}:f", "x.go", cwd=program)
    whole = rt0("build", f"-stop={stage}", f"-d={stage}", "x.go", cwd=program)
    for name, there in (("main.f", True), ("main.f.func1", True), ("main.leak", False)):
        text = {"lower": f'@"{name}"(', "asm": f"TEXT {name}(SB)"}[stage]
        defined = [line for line in r.out.splitlines() if text in line and line.startswith(("define dso_local", "TEXT"))]
        assert bool(defined) == there and text in whole.out


@pytest.mark.parametrize("stage", ["syntax", "types", "asm"])
def test_stop(stage: str, program: Path, rt0: Rt0) -> None:
    r = rt0("build", f"-stop={stage}", f"-d={stage}:(*T).sum", "x.go", cwd=program)
    assert (r.err, r.code) == ("", 0)
    assert "sum" in r.out
    assert os.listdir(program) == ["x.go"]


def test_dump_of_a_dependency(program: Path, rt0: Rt0) -> None:
    r = rt0("build", "-stop=types", "-d=syntax:internal/abi.FuncPCABI0", "x.go", cwd=program)
    assert r.out.startswith("FuncDecl ") and r.code == 0
    assert rt0("build", "-d=syntax:nosuch", "x.go", cwd=program).record() == {
        "code": 1, "out": "", "err": "-d: no function nosuch in the packages of the command line\n",
    }  # fmt: skip


def test_dump_help(rt0: Rt0, tmp_path: Path) -> None:
    r = rt0("build", "-d=help", cwd=tmp_path)
    assert r.code == 0 and all(f"\t{s[0]} " in r.out for s in STAGES)
    assert rt0("build", "-d=nosuch", cwd=tmp_path).code == 2
    assert rt0("build", "-stop=nosuch", cwd=tmp_path).code == 2


def test_escapes(program: Path, rt0: Rt0) -> None:
    """The lines of go build -gcflags=-m=1 -l, without those on inlining."""
    r = rt0("build", "-gcflags=-m", "x.go", cwd=program)
    assert r.err.splitlines() == [
        "# command-line-arguments",
        "./x.go:5:7: t does not escape",
        "./x.go:7:11: leaking param: p to result ~r0 level=0",
        "./x.go:12:2: moved to heap: x",
        "./x.go:14:7: func literal does not escape",
        "./x.go:15:9: &T{...} escapes to heap",
    ]


def test_assembly(program: Path, rt0: Rt0) -> None:
    r = rt0("build", "-S", "x.go", cwd=program)
    assert (r.err, r.code) == ("", 0)
    for name in ("main.main", "main.f", "main.f.func1", "main.(*T).sum"):
        assert f"TEXT {name}(SB)" in r.out
    assert f"// {program}/x.go:11" in r.out and "CALL __morestack(SB)" in r.out


def test_check(program: Path, rt0: Rt0) -> None:
    """Every module through LLVM's verifier, every object against its metadata."""
    assert rt0("run", "-O0", "-check", "x.go", cwd=program).record() == {"code": 0, "out": "", "err": "9\n"}


def test_tools(program: Path, rt0: Rt0) -> None:
    assert [t for t in rt0("tool").out.split() if t not in PROGRAMS] == ["asm", "check", "compile", "link", "nm", "objdump"]
    assert rt0("tool", "compile", "-p", "main", "-o", "x.o", "x.go", cwd=program).record() == {"code": 0, "out": "", "err": ""}
    assert " T main.f\n" in rt0("tool", "nm", "x.o", cwd=program).out
    (program / "ret.s").write_text("TEXT \u00b7start(SB), 4, $0\n\tMOVQ $60, AX\n\tMOVQ $7, DI\n\tSYSCALL\n\tRET\n")
    assert rt0("tool", "asm", "-p", "main", "-o", "ret.o", "ret.s", cwd=program).record() == {"code": 0, "out": "", "err": ""}
    symbol = rt0("tool", "nm", "ret.o", cwd=program).out.split()[-1]
    assert rt0("tool", "link", "-E", symbol, "-o", "ret", "ret.o", cwd=program).record() == {"code": 0, "out": "", "err": ""}
    assert subprocess.run([str(program / "ret")], timeout=60).returncode == 7
    assert rt0("tool", "check", "x.go", cwd=program).record() == {"code": 0, "out": "", "err": ""}
    (program / "y.go").write_text("package main\n\nfunc main() { x }\n")
    assert rt0("tool", "check", "y.go", cwd=program).record() == {"code": 2, "out": "", "err": "y.go:3:15: undefined: x\n"}
    assert rt0("tool", "nosuch").record() == {"code": 2, "out": "", "err": 'rt0: no such tool "nosuch"\n'}


def test_version(program: Path, rt0: Rt0) -> None:
    assert rt0("version").out.startswith("rt0 version ")
    assert rt0("build", "-tags=t", "x.go", cwd=program).code == 0
    want = f"x: {rt0('env', 'GOVERSION').out.strip()}\n\tpath\tcommand-line-arguments\n\tbuild\t-buildmode=exe\n\tbuild\t-compiler=gc\n"
    got = rt0("version", "-m", "x", cwd=program).out
    assert got.startswith(want) and "\tbuild\t-tags=t\n" in got
    if shutil.which("go"):
        assert subprocess.run(["go", "version", "-m", "x"], cwd=program, capture_output=True, text=True).stdout == got
    assert rt0("version", "none", cwd=program).record() == {"code": 1, "out": "", "err": "stat none: no such file or directory\n"}
    assert rt0("version", "x.go", cwd=program).record() == {"code": 0, "out": "", "err": ""}  # go passes over what cannot be executed


def test_env(rt0: Rt0, tmp_path: Path) -> None:
    assert rt0("env", "GOOS", "NOSUCH", "GOARCH", cwd=tmp_path).out == "linux\n\namd64\n"
    values = json.loads(rt0("env", "-json", cwd=tmp_path).out)
    assert values["GOMOD"] == os.devnull and os.path.isdir(values["GOROOT"])
    assert f"GOROOT='{values['GOROOT']}'\n" in rt0("env", cwd=tmp_path).out


def test_clean(program: Path, rt0: Rt0) -> None:
    cache = program / "cache"
    env = {"RT0CACHE": str(cache)}
    for name in ("ab/key-exe", "units/key/u.o", "run/key", "exe/ab/key/x", "other/file"):
        (cache / name).parent.mkdir(parents=True)
        (cache / name).write_text("")
    assert rt0("clean", "-n", "-cache", cwd=program, env=env).out == f"rm -r {cache}\n"
    assert len(list(cache.iterdir())) == 5
    assert rt0("clean", "-cache", cwd=program, env=env).code == 0
    assert [f.name for f in cache.iterdir()] == ["other"]
    (program / "x").write_text("")
    assert rt0("clean", "-x", "x.go", cwd=program).out == "rm -f x\n"
    assert not (program / "x").exists() and (program / "x.go").exists()


def test_help(rt0: Rt0) -> None:
    assert "Use \"rt0 help <command>\"" in rt0("help").out
    assert rt0().code == 2
    for verb in ("build", "clean", "env", "run", "version"):
        r = rt0("help", verb)
        assert r.code == 0 and r.out.startswith(f"usage: rt0 {verb}")
    assert "compile -p path" in rt0("help", "tool").out
    assert rt0("help", "nosuch").record() == {"code": 2, "out": "", "err": "rt0 help nosuch: unknown help topic. Run 'rt0 help'.\n"}


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (["build", "-O"], "flag needs an argument: -O"),
        (["build", "-O9"], "flag provided but not defined: -O9"),
        (["build", "-O=9"], 'invalid value "9" for flag -O: want 0 to 3'),
        (["build", "-p=99999999999999999999"], 'invalid value "99999999999999999999" for flag -p: value out of range'),
        (["build", "-v=maybe"], 'invalid boolean value "maybe" for -v: parse error'),
        (["build", "-h"], "usage: rt0 build"),
        (["build", "-race"], "rt0: -race requires cgo"),
        (["build", "-v", "-C", "."], 'invalid value "." for flag -C: -C flag must be first flag on command line'),
        (["build", "---v"], "bad flag syntax: ---v"),
        (["build", "-buildvcs=x"], 'invalid boolean value "x" for -buildvcs: value is neither '),
        (["build", "-tags='x"], "invalid value \"'x\" for flag -tags: unterminated ' string"),
        (["clean", "-nosuch"], "flag provided but not defined: -nosuch"),
        (["nosuch"], "rt0 nosuch: unknown command"),
    ],
)
def test_usage_errors(args: list[str], text: str, rt0: Rt0, tmp_path: Path) -> None:
    r = rt0(*args, cwd=tmp_path)
    assert r.code == 2 and r.err.startswith(text) and not r.out
