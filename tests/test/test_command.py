"""`rt0 test` on a module of small packages, through rt0 and (recorded) through the real go: what it prints, and its exit code.

Times, addresses and goroutine traces are left out of the comparison, and go vet, which rt0 does not run.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Result, Rt0, go_run, golden

HERE = Path(__file__).parent
MODULE = HERE / "testdata/m"
GOLDEN = HERE / "golden/command.json"

# name -> (folder, arguments)
CASES: dict[str, tuple[str, list[str]]] = {
    "all": (".", ["-count=1", "./a", "./b", "./c", "./cmd/...", "./d", "./e", "./internal/...", "./s1", "./s6/..."]),
    "verbose": (".", ["-count=1", "-v", "./a"]),
    "run": (".", ["-count=1", "-v", "-run=TestAdd/s", "./a"]),
    "one test": (".", ["-count=1", "-v", "-run", "^TestSecret$", "./a"]),
    "examples": (".", ["-count=1", "-v", "-run=Example", "./a", "./s3"]),
    "no tests to run": (".", ["-count=1", "-run=NoSuch", "./a", "./e"]),
    "list": (".", ["-list=.", "./a"]),
    "here": ("e", ["-v", "-short"]),
    "here, failing": ("c", ["-run=TestFail"]),
    "a command's": (".", ["-v", "-count=1", "./cmd/x"]),
    "files": (".", ["-v", "-run=TestAdd", "a/a.go", "a/a_test.go"]),
    "its own flags": (".", ["-count=1", "./a", "-nosuchflag"]),
    "arguments": (".", ["-count=1", "-v", "-run=TestOnly", "./e", "-args", "x", "-y"]),
    "no such package": (".", ["./a/nosuch", "fmt/nosuch"]),
    "no package": (".", ["-foo"]),
    "no value": (".", ["./a", "-run"]),
    "bad duration": (".", ["-timeout=abc", "./a"]),
    "bad shuffle": (".", ["-shuffle=x", "./a"]),
    "bad v": (".", ["-v=2", "./a"]),
    "unknown with -c": (".", ["-c", "-foo", "./a"]),
    "shuffled": (".", ["-count=1", "-shuffle=7", "-v", "-run=^Test", "./a"]),
    "several GOMAXPROCS": (".", ["-count=1", "-cpu=1,2", "-v", "-run=TestAdd", "./a"]),
    "timeout": (".", ["-timeout=500ms", "-run=TestSlow", "./s3"]),
    "json": (".", ["-count=1", "-json", "./a"]),
    "json, nothing built": (".", ["-count=1", "-json", "./d"]),
    "fuzz, many": (".", ["-fuzz=.", "./a", "./c"]),
    "profiles, many": (".", ["-cpuprofile=x", "./a", "./c"]),
}


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    d = tmp_path_factory.mktemp("test") / "m"
    shutil.copytree(MODULE, d)
    return d


def plain(text: str, module: Path) -> str:
    """Without what differs from run to run and between the two."""
    text = text.replace(str(module), "$DIR").replace("rt0 test", "go test").replace("rt0 help test'", "go help test' and 'go help testflag'")
    text = re.sub(r"\$DIR/\.\./\S*|/\S*/src/", "$ROOT/", text)
    text = re.sub(r"\d+\.\d+s", "Ts", text)
    text = re.sub(r"/tmp/\S*/b001/", "$WORK/", text)
    return re.sub(r"(?ms)^goroutine \d+ .*?(?=^FAIL|\Z)", "...\n", text)


def events(out: str) -> list[str]:
    """-json: the events without times, output joined; the end of a trace is left out."""
    joined: list[dict[str, Any]] = []
    for line in out.splitlines():
        e = {k: v for k, v in json.loads(line).items() if k not in ("Time", "Elapsed")}
        if joined and e["Action"] == "output" == joined[-1]["Action"] and all(e.get(k) == joined[-1].get(k) for k in ("Test", "OutputType", "Package")):
            joined[-1]["Output"] += e["Output"]
        else:
            joined.append(e)
    return [json.dumps(e, ensure_ascii=False) for e in joined]


def record(r: Result, module: Path, as_json: bool) -> dict[str, Any]:
    out = plain("\n".join(events(r.out)) if as_json else r.out, module)
    return {"code": r.code, "out": out, "err": plain(r.err, module)}


@pytest.mark.parametrize("name", CASES)
def test_like_go(name: str, rt0: Rt0, module: Path, request: pytest.FixtureRequest) -> None:
    folder, args = CASES[name]
    as_json = "-json" in args
    want = golden(GOLDEN, name, request.config.getoption("--record"), lambda: record(go_run(["test", "-vet=off", *args], module / folder), module, as_json))
    assert record(rt0("test", *args, cwd=module / folder), module, as_json) == want


def test_results_are_kept(rt0: Rt0, module: Path) -> None:
    """A result counts as long as the files and variables that the test asked for are as they were."""
    d = module / "a"
    (d / "testdata").mkdir(exist_ok=True)
    (d / "testdata/x.txt").write_text("1")
    os.utime(d / "testdata/x.txt", (time.time() - 100, time.time() - 100))

    def last(*args: str, **env: str) -> str:
        r = rt0("test", *args, "./a", cwd=module, env=env)
        return re.sub(r"\d+\.\d+s", "Ts", r.out.splitlines()[-1])

    ran, kept = "ok  \texample.com/m/a\tTs", "ok  \texample.com/m/a\t(cached)"
    assert last() in (ran, kept)
    assert last() == kept
    assert last("-run=TestSecret") == ran
    assert last("-run=TestSecret") == kept
    assert last(FAILME="1") == "FAIL"
    assert last() == kept
    os.utime(d / "testdata/x.txt", (time.time() - 50, time.time() - 50))
    assert last() == ran
    assert last() == kept
    assert last("-count=1") == ran
    assert rt0("clean", "-testcache", cwd=module).code == 0
    assert last() == ran
    assert last("-v") == ran
    assert last("-v") == kept


def test_program_is_kept(rt0: Rt0, module: Path, tmp_path: Path) -> None:
    exe = tmp_path / "a.test"
    r = rt0("test", "-c", "-o", str(exe), "./a", cwd=module)
    assert (r.code, r.out, r.err) == (0, "", "")
    assert os.access(exe, os.X_OK)
    assert not (module / "a.test").exists()


def test_results_are_not_kept_here(rt0: Rt0, module: Path) -> None:
    """Without packages nothing is kept."""
    for _ in range(2):
        assert re.fullmatch(r"(?s).*ok  \texample.com/m/e\t\d\.\d+s\n", rt0("test", cwd=module / "e").out)
