"""Shared by all tests: the rt0 command with a cache of the session's own, and recorded answers of the real go.

`pytest --record` asks the real `go` again and rewrites the golden files; without it the suite needs no go. `pytest --update` rewrites the dumps of tests/filetest.py.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rt0.diag import CompileError
from rt0.load.goroot import find_goroot

ROOT = Path(__file__).resolve().parent.parent
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or every call of rt0 in the tests compiles its modules again
for _number in (signal.SIGINT, signal.SIGHUP):  # who starts the suite in the background (nohup, a shell's &) ignores them, and so would every program it runs
    if signal.getsignal(_number) == signal.SIG_IGN:
        signal.signal(_number, signal.SIG_DFL)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", action="store_true", help="ask the real go and rewrite the golden files")
    parser.addoption("--update", action="store_true", help="rewrite the expected dumps of the stage filetests")


@pytest.fixture(autouse=True)
def recursion_limit() -> Iterator[None]:
    """A test that raises the interpreter's limit does not decide what the next one finds too deep."""
    limit = sys.getrecursionlimit()
    yield
    sys.setrecursionlimit(limit)


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One cache for all tests of the session, also across pytest-xdist's processes: std is compiled once."""
    shared = os.environ.get("RT0_TEST_CACHE")
    if shared:
        return shared
    base = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        base = base.parent
    d = base / "rt0cache"
    d.mkdir(exist_ok=True)
    return str(d)


@pytest.fixture(scope="session")
def goroot() -> Path:
    """The standard library rt0 compiles; without one the test is skipped and says why."""
    try:
        return Path(find_goroot()[0])
    except CompileError as e:
        pytest.skip(str(e))


class Result:
    """What a command did."""

    def __init__(self, p: subprocess.CompletedProcess[bytes]) -> None:
        self.code = p.returncode
        self.out = p.stdout.decode("utf-8", "replace")
        self.err = p.stderr.decode("utf-8", "replace")
        assert "Traceback (most recent call last)" not in self.err, self.err

    def record(self) -> dict[str, Any]:
        return {"code": self.code, "out": self.out, "err": self.err}


Rt0 = Callable[..., Result]


os.environ["RT0RESIDENT"] = "use"  # no test starts a zygote by the way
WITH_ZYGOTE = "from rt0.zygote import client; client.{}()"


def zygote(do: str) -> None:
    """start or stop the process that the builds of the tests are forked from."""
    subprocess.run([sys.executable, "-c", WITH_ZYGOTE.format(do)], env=dict(os.environ, PYTHONPATH=str(ROOT)), check=False)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not os.environ.get("PYTEST_XDIST_WORKER"):
        zygote("stop")


@pytest.fixture(scope="session")
def rt0(cache_dir: str) -> Rt0:
    """rt0(*args, cwd=, env=, stdin=, timeout=) -> Result."""
    zygote("start")

    def call(*args: str, cwd: str | Path | None = None, env: dict[str, str] | None = None, stdin: bytes = b"", timeout: float = 600) -> Result:
        e = dict(os.environ, RT0CACHE=cache_dir, PYTHONPATH=str(ROOT)) | (env or {})
        cmd = [sys.executable, "-m", "rt0", *args]
        return Result(subprocess.run(cmd, cwd=cwd, env=e, input=stdin, capture_output=True, timeout=timeout))

    return call


def go_run(args: list[str], cwd: Path, stdin: bytes = b"") -> Result:
    """The same through the real go; only for --record."""
    env = dict(os.environ, GOFLAGS="", GOPROXY="off")
    return Result(subprocess.run(["go", *args], cwd=cwd, env=env, input=stdin, capture_output=True, timeout=600))


def golden(path: Path, key: str, record: bool, ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The recorded answer `key` of golden file `path`; with record, asked anew and written."""
    data: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    if record:
        data[key] = ask()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    value: dict[str, Any] = data[key]
    return value
