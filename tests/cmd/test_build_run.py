"""rt0 build and rt0 run: where executables go, which packages a command line means, how a program's end is reported. As go does it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rt0.build import runindex
from tests.conftest import ROOT, Rt0

HELLO = 'package main\n\nfunc main() { println("hello") }\n'
LIB = "package a\n\nfunc A() int { return 1 }\n"
USES = 'package main\n\nimport "example.com/m/a"\n\nfunc main() { println("NAME", a.A()) }\n'


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """example.com/m with a library a and the commands c1, c2/v2."""
    (tmp_path / "go.mod").write_text("module example.com/m\n\ngo 1.27\n")
    for name, text in (("a", LIB), ("cmd/c1", USES.replace("NAME", "c1")), ("cmd/c2/v2", USES.replace("NAME", "c2"))):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "x.go").write_text(text)
    return tmp_path


def settle(path: Path) -> None:
    """Wait until `path` is old enough to be trusted: the next change cannot carry the same time."""
    while time.time_ns() - path.stat().st_ctime_ns <= runindex.RACY_NS:
        time.sleep(0.001)


def ran(path: Path) -> str:
    return subprocess.run([str(path)], capture_output=True, text=True, timeout=60).stderr


def test_output(module: Path, rt0: Rt0) -> None:
    assert rt0("build", "./cmd/c1", cwd=module).record() == {"code": 0, "out": "", "err": ""}
    assert ran(module / "c1") == "c1 1\n"
    assert rt0("build", cwd=module / "cmd/c2/v2").code == 0
    assert ran(module / "cmd/c2/v2/c2") == "c2 1\n"  # v2 is a version, not a name
    assert rt0("build", "-o", "bin/", "./...", cwd=module).code == 0
    assert sorted(os.listdir(module / "bin")) == ["c1", "c2"]
    assert rt0("build", "-C", "cmd/c1", "-o", "../../w", "x.go", cwd=module).code == 0
    assert ran(module / "w") == "c1 1\n"
    assert rt0("build", "./...", cwd=module).record() == {"code": 0, "out": "", "err": ""}
    assert sorted(os.listdir(module)) == ["a", "bin", "c1", "cmd", "go.mod", "w"]


def test_output_that_cannot_be(module: Path, rt0: Rt0) -> None:
    for args, text in (
        (["-o", "file", "./..."], "rt0: cannot write multiple packages to non-directory file\n"),
        (["-o", "dir/", "./a"], "rt0: no main packages to build\n"),
        (["-o", "", "./cmd/c1"], 'rt0: build output "c1" already exists and is a directory\n'),
        (["a/x.go", "cmd/c1/x.go"], "named files must all be in one directory; have a and cmd/c1\n"),
        (["-C", "nowhere"], "rt0: chdir nowhere: no such file or directory\n"),
    ):
        (module / "c1").mkdir(exist_ok=True)
        assert rt0("build", *args, cwd=module).record() == {"code": 1, "out": "", "err": text}


def test_run_forms(module: Path, rt0: Rt0) -> None:
    for args in (["./cmd/c1"], ["example.com/m/cmd/c1", "arg", "x.go"], ["cmd/c1/x.go"], ["-C", "cmd/c1", "."]):
        assert rt0("run", *args, cwd=module).record() == {"code": 0, "out": "", "err": "c1 1\n"}
    for args, text in (
        ([], "rt0: no go files listed\n"),
        (["./cmd/..."], "rt0: pattern ./cmd/... matches multiple packages:\n\texample.com/m/cmd/c1\n\texample.com/m/cmd/c2/v2\n"),
        (["./a"], "package example.com/m/a is not a main package\n"),
        (["x_test.go"], "rt0: cannot run *_test.go files (x_test.go)\n"),
    ):
        assert rt0("run", *args, cwd=module).record() == {"code": 1, "out": "", "err": text}


def test_run_streams(rt0: Rt0, tmp_path: Path) -> None:
    """Arguments, standard input and the exit code go through; the second run takes the fast way."""
    text = 'package main\n\nimport "os"\n\nfunc main() {\n\tb := make([]byte, 9)\n\tn, _ := os.Stdin.Read(b)\n\tos.Stdout.Write(b[:n])\n\tprintln(os.Args[1])\n\tos.Exit(len(os.Args))\n}\n'
    (tmp_path / "x.go").write_text(text)
    settle(tmp_path / "x.go")
    for i in range(2):
        r = rt0("run", "x.go", f"-O{i}", "b.go", cwd=tmp_path, stdin=b"input")
        assert r.record() == {"code": 1, "out": "input", "err": f"-O{i}\nexit status 3\n"}


@pytest.mark.parametrize(("signal", "name"), [("KILL", "killed"), ("INT", "interrupt"), ("TERM", "terminated"), ("HUP", "hangup"), ("PIPE", "broken pipe")])
def test_signals_by_name(signal: str, name: str, rt0: Rt0, tmp_path: Path) -> None:
    (tmp_path / "x.go").write_text(HELLO)
    (tmp_path / "die").write_text(f"#!/bin/sh\nkill -{signal} $$\n")
    (tmp_path / "die").chmod(0o755)
    assert rt0("run", "-exec", "./die", "x.go", cwd=tmp_path).record() == {"code": 1, "out": "", "err": f"signal: {name}\n"}


def test_panic_status(rt0: Rt0, tmp_path: Path) -> None:
    (tmp_path / "x.go").write_text('package main\n\nfunc main() { panic("no") }\n')
    r = rt0("run", "x.go", cwd=tmp_path)
    assert r.code == 1 and r.err.startswith("panic: no\n\ngoroutine 1 [running]:\n") and r.err.endswith("exit status 2\n")


def test_a_change_is_seen(rt0: Rt0, tmp_path: Path) -> None:
    for word in ("one", "two", "two", "six"):
        (tmp_path / "x.go").write_text(HELLO.replace("hello", word))
        assert rt0("run", "x.go", cwd=tmp_path).err == word + "\n"
    (tmp_path / "x.go").unlink()
    assert rt0("run", "x.go", cwd=tmp_path).code == 1


def test_build_again(rt0: Rt0, tmp_path: Path) -> None:
    """An unchanged build writes the same file again, wherever it was told to."""
    (tmp_path / "x.go").write_text(HELLO)
    settle(tmp_path / "x.go")
    for args, name in (([], "x"), (["-o", "y"], "y"), (["-o=d/"], "d/x"), (["-o", os.devnull], "")):
        for _ in range(2):
            assert rt0("build", *args, "x.go", cwd=tmp_path).record() == {"code": 0, "out": "", "err": ""}
            if name:
                assert ran(tmp_path / name) == "hello\n"
                (tmp_path / name).unlink()
    (tmp_path / "x").mkdir()
    assert rt0("build", "x.go", cwd=tmp_path).code == 1


def test_flags_of_the_linker(rt0: Rt0, tmp_path: Path) -> None:
    (tmp_path / "x.go").write_text('package main\n\nvar v = "unset"\n\nvar w string\n\nfunc main() { println(v, w) }\n')
    assert rt0("build", "-o", "full", "x.go", cwd=tmp_path).code == 0
    assert rt0("build", "-o", "small", "-ldflags", "-s -w -X main.v=1 -X 'main.w=a b' -X main.none=2", "x.go", cwd=tmp_path).code == 0
    assert (ran(tmp_path / "full"), ran(tmp_path / "small")) == ("unset \n", "1 a b\n")
    assert (tmp_path / "small").stat().st_size < (tmp_path / "full").stat().st_size
    sections = subprocess.run(["readelf", "-SW", "small"], cwd=tmp_path, capture_output=True, text=True).stdout
    assert ".symtab" not in sections and ".debug" not in sections
    assert rt0("build", "-ldflags=-X main.v", "x.go", cwd=tmp_path).code == 1


def test_tags_and_goflags(rt0: Rt0, tmp_path: Path) -> None:
    (tmp_path / "x.go").write_text("package main\n\nfunc main() { println(name) }\n")
    (tmp_path / "on.go").write_text('//go:build special\n\npackage main\n\nconst name = "special"\n')
    (tmp_path / "off.go").write_text('//go:build !special\n\npackage main\n\nconst name = "plain"\n')
    (tmp_path / "go.mod").write_text("module m\n\ngo 1.27\n")
    assert rt0("run", ".", cwd=tmp_path).err == "plain\n"
    assert rt0("run", "-tags", "special", ".", cwd=tmp_path).err == "special\n"
    assert rt0("run", ".", cwd=tmp_path, env={"GOFLAGS": "-tags=special -mod=mod"}).err == "special\n"
    assert rt0("run", ".", cwd=tmp_path, env={"GOFLAGS": "special"}).code == 1


def test_v_x_n_work(rt0: Rt0, tmp_path: Path) -> None:
    (tmp_path / "x.go").write_text(HELLO.replace("hello", str(tmp_path)))  # not in the cache
    r = rt0("build", "-n", "x.go", cwd=tmp_path)
    assert r.code == 0 and "llvm -O2 command-line-arguments" in r.err and "link " in r.err
    assert sorted(os.listdir(tmp_path)) == ["x.go"]
    r = rt0("build", "-x", "-work", "x.go", cwd=tmp_path, env={"TMPDIR": str(tmp_path)})
    lines = r.err.splitlines()
    assert "check command-line-arguments" in lines and "command-line-arguments" in lines
    work = Path(next(line for line in lines if line.startswith("WORK=")).removeprefix("WORK="))
    assert {f.suffix for f in work.iterdir()} >= {".ll", ".o"}
    assert rt0("build", "-v", "x.go", cwd=tmp_path).err == ""  # up to date
    r = rt0("build", "-bench", "x.go", cwd=tmp_path)
    assert r.code == 0 and " MB peak of rt0" in r.err


def test_record_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes `runindex.find` believe a record, and what does not."""
    from types import SimpleNamespace

    from rt0.build import runindex
    from rt0.build.cache import Cache

    monkeypatch.setenv("RT0CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    user = tmp_path / "user"
    user.mkdir()
    (user / "x.go").write_text(HELLO)
    settle(user / "x.go")
    info = SimpleNamespace(path="command-line-arguments", go_files=[("./x.go", str(user / "x.go"))], standard=False)
    inputs = [str(user), str(user / "x.go"), str(user / "none")]
    loaded = SimpleNamespace(packages={"m": info}, main="m", context=SimpleNamespace(goroot="/nowhere"), inputs=lambda: inputs)
    cache = Cache(str(tmp_path / "cache"))

    def store() -> str:
        path = runindex.store(cache, ["x.go"], loaded, b"exe", "note")  # type: ignore[arg-type]
        assert path is not None and runindex.find(["x.go"]) == (path, "note")
        return path

    exe = store()
    assert runindex.find(["y.go"]) is None
    (user / "x.go").with_name("scratch").write_text("")
    assert runindex.find(["x.go"]) is None
    (user / "scratch").unlink()
    assert runindex.find(["x.go"]) == (exe, "note")
    (user / "none").mkdir()
    assert runindex.find(["x.go"]) is None
    (user / "none").rmdir()
    monkeypatch.setenv("GOAMD64", "v3")
    assert runindex.find(["x.go"]) is None
    monkeypatch.delenv("GOAMD64")
    Path(exe).write_bytes(b"bad")
    assert runindex.find(["x.go"]) is None
    assert store() == exe and Path(exe).read_bytes() == b"exe"
    os.utime(user / "x.go")
    assert runindex.find(["x.go"]) is None
    monkeypatch.setattr(runindex, "RACY_NS", 1 << 60)  # however long a busy machine takes from one line to the next
    (user / "x.go").write_text(HELLO)  # just changed: not trusted
    runindex.store(cache, ["x.go"], loaded, b"exe", "note")  # type: ignore[arg-type]
    assert runindex.find(["x.go"]) is None


def test_fast_path_imports_nothing() -> None:
    code = (
        f"import sys, os; sys.path.insert(0, {str(ROOT)!r}); before = set(sys.modules); import rt0.cmd.run, rt0.cmd.build; "
        "print(*sorted(set(sys.modules) - before))"
    )
    out = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert [m for m in out if not m.startswith("rt0") and m != "__future__"] == []


def test_fast_path_knows_the_flags() -> None:
    from rt0.build import runindex
    from rt0.cmd import run

    declared = {"-" + f.name: isinstance(f.default, bool) for f in run.flags().flags}
    shown = {"-a", "-n", "-x", "-work", "-bench", "-check", "-race", "-msan", "-asan", "-cover", "-linkshared", "-json"}
    short = {"-O0", "-O1", "-O2", "-O3"}
    assert {f for f, plain in declared.items() if plain} - shown == set(runindex.PLAIN) - short
    assert {f for f, plain in declared.items() if not plain} - {"-C", "-d", "-stop", "-exec", "-gcflags", "-overlay", "-modfile", "-toolexec"} == set(runindex.WITH_VALUE) | runindex.EITHER
    assert run.split(["-O2", "-tags", "x", "a.go", "b.go", "c", "d.go"]) == ["-O2", "-tags", "x", "a.go", "b.go"]
    assert run.split(["."]) == ["."] and run.split(["-x", "."]) == [] and run.split(["-exec=y", "."]) == []


def test_damaged_executable_is_not_run(rt0: Rt0, tmp_path: Path, cache_dir: str) -> None:
    (tmp_path / "x.go").write_text(HELLO)
    cache = tmp_path / "cache"
    shutil.copytree(cache_dir, cache)
    env = {"RT0CACHE": str(cache)}
    settle(tmp_path / "x.go")
    assert rt0("run", "x.go", cwd=tmp_path, env=env).err == "hello\n"
    for f in (cache / "exe").rglob("x"):
        data = f.read_bytes()
        f.write_bytes(data[: len(data) // 2])
    assert rt0("run", "x.go", cwd=tmp_path, env=env).err == "hello\n"
    shutil.rmtree(cache / "exe")
    assert rt0("run", "x.go", cwd=tmp_path, env=env).err == "hello\n"
