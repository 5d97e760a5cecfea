"""Programs of every kind, explained whole: the examples, and such as end badly, wait, or do not compile; and large ones, whose page stays small and right."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rt0.explain.source import DETAIL
from rt0.explain.steps import NAMES
from tests.conftest import ROOT, Rt0
from tests.run.test_examples import ARGS, EXAMPLES
from tests.run.test_examples import NAMES as PROGRAMS

MODES = Path(__file__).parent / "modes.go"


def explained(rt0: Rt0, folder: Path, *args: str, stdin: bytes = b"") -> dict[str, Any]:
    """The report; each of the 20 steps has its facts."""
    r = rt0("explain", "-json", "-O1", "main.go", *args, cwd=folder, stdin=stdin)
    assert r.code == 0, r.err
    report: dict[str, Any] = json.loads(r.out)
    assert [(s["name"], s["missing"]) for s in report["steps"] if not s["facts"] or s["missing"]] == []
    return {s["name"]: s["facts"] for s in report["steps"]}


@pytest.mark.parametrize("name", PROGRAMS)
def test_example(name: str, rt0: Rt0) -> None:
    """All steps of each example; what it wrote and how it ended is what it does alone."""
    d = EXAMPLES / name
    stdin = (d / "stdin.txt").read_bytes() if (d / "stdin.txt").exists() else b""
    f = explained(rt0, d, *ARGS.get(name, []), stdin=stdin)
    want = json.loads((ROOT / "tests" / "run" / "golden" / "examples.json").read_text())[name]
    assert f["run"]["out"] == want["out"] and (f["run"]["exit_code"] == 0) == (want["code"] == 0)
    assert f["link"]["size"] == sum(p["size"] for p in f["link"]["pieces"])
    assert f["run"]["traced"] and f["run"]["slices"]


@pytest.mark.parametrize(("mode", "ending"), [("panic", "panic: no way"), ("deadlock", "deadlock"), ("killed", "SIGKILL"), ("stdin", "exit code 0"), ("goroutines", "exit code 0")])
def test_ways_to_end(rt0: Rt0, tmp_path: Path, mode: str, ending: str) -> None:
    shutil.copy(MODES, tmp_path / "main.go")
    f = explained(rt0, tmp_path, mode, stdin=b"input")
    assert ending in f["run"]["ending"]
    assert mode != "stdin" or f["run"]["out"] == 'got "input"\n'
    assert mode != "goroutines" or (f["run"]["made_user"] == 51 and len({s["goid"] for s in f["run"]["slices"]}) >= 51)


@pytest.mark.parametrize(
    ("text", "step", "line", "error"),
    [("package main\n\nfunc main() {\n\tx := 1\n}\n", "types", 4, "declared and not used: x"), ("package main\n\nfunc main() {\n\t)\n}\n", "tree", 4, "syntax error")],
)
def test_error_in_place(rt0: Rt0, tmp_path: Path, text: str, step: str, line: int, error: str) -> None:
    """The steps up to the one that finds the error; the error with its line, in the report and in the terminal."""
    (tmp_path / "main.go").write_text(text)
    r = rt0("explain", "-json", "main.go", cwd=tmp_path)
    report = json.loads(r.out)
    assert r.code == 1 and report["stopped"] == step
    at = NAMES.index(step)
    assert all(s["facts"] for s in report["steps"][:at]) and not any(s["facts"] for s in report["steps"][at + 1 :])
    assert [(p["line"], p["source"]) for p in report["problems"]][:1] == [(line, text.splitlines()[line - 1])] and error in report["problems"][0]["text"]
    shown = rt0("explain", "main.go", cwd=tmp_path).out
    assert error in shown and f"{line} | {text.splitlines()[line - 1]}" in shown


def test_server(rt0: Rt0, tmp_path: Path) -> None:
    """A server on net/http, ended by -timeout. The library takes a minute to compile: only where RT0TEST_LONG is set."""
    if not os.environ.get("RT0TEST_LONG"):
        pytest.skip("RT0TEST_LONG is not set")
    (tmp_path / "main.go").write_text('package main\n\nimport (\n\t"fmt"\n\t"net"\n\t"net/http"\n)\n\nfunc main() {\n\tl, err := net.Listen("tcp", "127.0.0.1:0")\n'
                                      '\tfmt.Println("listening", err)\n\thttp.Serve(l, http.NotFoundHandler())\n}\n')  # fmt: skip
    r = rt0("explain", "-json", "-O1", "-timeout", "2s", "main.go", cwd=tmp_path)
    steps = {s["name"]: s["facts"] for s in json.loads(r.out)["steps"]}
    assert all(steps.values()) and "still running" in steps["run"]["ending"] and steps["run"]["out"] == "listening <nil>\n"
    assert any(w["reason"] == "IO wait" for w in steps["run"]["waiting"])


def test_large(cache_dir: str, tmp_path: Path) -> None:
    """50,000 lines: the page is under 20 MB, memory under 700 MB, figures are of the whole program, what is left out is said, and -func shows it."""
    n = 6250
    body = "".join(f"func f{i}(a int) int {{\n\tx := a*{i} + 1\n\tif x > {i} {{\n\t\tx -= a\n\t}}\n\treturn x\n}}\n\n" for i in range(n))
    main = f'package main\n\nfunc main() {{ println(f0(1), f{n - 1}(2)) }}\n\n'
    (tmp_path / "main.go").write_text(main + body)
    env = dict(os.environ, RT0CACHE=cache_dir, PYTHONPATH=str(ROOT))
    p = subprocess.Popen([sys.executable, "-m", "rt0", "explain", "-O1", "-html", "page.html", "main.go"], cwd=tmp_path, env=env, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(p.pid, 0)
    assert status == 0
    assert usage.ru_maxrss < 700 << 10, "kilobytes"
    text = (tmp_path / "page.html").read_text()
    assert len(text) < 20 << 20
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    assert data is not None
    report = json.loads(data[1])
    steps = {s["name"]: s for s in report["steps"]}
    assert steps["tokens"]["facts"]["files"][0]["lines"] == 8 * n + 4 and len(steps["tree"]["facts"]["files"][0]["functions"]) == n + 1
    assert {f["symbol"] for f in steps["asm"]["facts"]["functions"]} == {"main.main", "main.f0"} and steps["asm"]["facts"]["all"] == 3
    for name in ("tokens", "tree", "types", "escape", "ir", "asm", "object"):
        assert f"of its {n + 1:,} functions are shown in detail" in steps[name]["missing"] and "-func NAME" in steps[name]["missing"]
    assert len(steps["tree"]["facts"]["files"][0]["decls"]) < DETAIL
    more = subprocess.run([sys.executable, "-m", "rt0", "explain", "-O1", "-step", "asm", "-func", f"f{n - 1}", "main.go"], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert f"main.f{n - 1}" in more.stdout and more.returncode == 0
