"""`rt0 explain -serve`: who may ask, what is answered, and that nothing is left: no process, no file, however a run, a client or the server ends."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rt0.explain.serve.job import LIMITS
from rt0.explain.serve.server import MAX_BODY, MAX_JOBS, address
from rt0.explain.steps import NAMES
from tests.conftest import ROOT, Rt0
from tests.explain.test_page import CHROMIUM
from tests.explain.test_watch import NO_PTRACE

SOURCE = (Path(__file__).parent / "served.go").read_text()
TIMEOUT = 120.0  # so that no other limit is missed on a busy machine
HURRIED = 2.0  # for what never ends


class Served:
    """A server in a process of its own. All that comes of it carries `mark` in its environment."""

    def __init__(self, folder: Path, cache: str, *, ptrace: bool = True, timeout: float = TIMEOUT) -> None:
        self.mark = uuid.uuid4().hex
        self.folder = folder
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        (folder / "main.go").write_text(SOURCE)
        env = dict(os.environ, RT0CACHE=cache, PYTHONPATH=str(ROOT), RT0_TEST_MARK=self.mark, TMPDIR=str(self.temporary))
        start = ["-m", "rt0"] if ptrace else ["-c", NO_PTRACE]
        cmd = [sys.executable, *start, "explain", "-serve", "-timeout", f"{timeout:g}s", "main.go"]
        self.process = subprocess.Popen(cmd, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        m = re.search(r"http://([\d.]+):(\d+)(/[\w-]+/) ", line)
        assert m is not None, line + (self.process.stderr.read() if self.process.stderr and not line else "")
        self.url, self.host, self.port, self.path = m[0].strip(), m[1], int(m[2]), m[3]

    def ask(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> tuple[int, str]:
        c = http.client.HTTPConnection(self.host, self.port, timeout=300)
        c.putrequest(method, path, skip_host=bool(headers and "Host" in headers))
        for k, v in ({"Content-Length": str(len(body))} if body else {} | (headers or {})).items():
            c.putheader(k, v)
        for k, v in (headers or {}).items() if body else ():
            if k != "Content-Length":
                c.putheader(k, v)
        c.endheaders(body or None)
        r = c.getresponse()
        text = r.read().decode()
        c.close()
        return r.status, text

    def post(self, op: str, args: str = "", sources: dict[str, str] | None = None, stdin: str = "") -> list[dict[str, Any]]:
        """The lines of a job's answer."""
        body = json.dumps({"sources": sources or {}, "args": args, "stdin": stdin}).encode()
        status, text = self.ask("POST", self.path + op, body, {"Content-Type": "application/json"})
        assert status == 200, text
        return [json.loads(line) for line in text.splitlines()]

    def run(self, args: str, **more: Any) -> tuple[str, str, str]:
        """(standard output, standard error, how it ended)"""
        lines = self.post("run", args, **more)
        assert lines[-1] == {"done": True}, lines[-3:]
        return tuple("".join(str(x[k]) for x in lines if k in x) for k in ("out", "err", "end"))  # type: ignore[return-value]

    def left(self) -> list[str]:
        """Command lines of the processes that came of it, the server's and its nursery's not."""
        out = []
        for p in Path("/proc").iterdir():
            if p.name.isdigit():
                try:
                    env, line = (p / "environ").read_bytes(), (p / "cmdline").read_bytes()
                except OSError:
                    continue
                if self.mark.encode() in env:
                    out.append(f"{p.name} {line.decode()[-100:]}")
        return out

    def quiet(self, processes: int = 2) -> None:
        """Wait until only these are there, and no file."""
        for _ in range(150):
            left, files = self.left(), [os.path.join(d, n) for d, dirs, names in os.walk(self.temporary) for n in (*dirs, *names)]
            if len(left) == processes and len(files) == min(processes, 1):  # the nursery's folder
                return
            time.sleep(0.02)
        raise AssertionError((left, files))

    def end(self, sig: int) -> int:
        self.process.send_signal(sig)
        return self.process.wait(30)


@pytest.fixture(scope="module")
def served(cache_dir: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    s = Served(tmp_path_factory.mktemp("served"), cache_dir)
    try:
        assert s.run("hello") == ("hello\n", "", "exit code 0")  # it is in the cache now
        yield s
        s.quiet()
    finally:
        assert s.end(signal.SIGTERM) == 0
    s.quiet(0)


def test_address() -> None:
    assert [address(x) for x in ("true", "8080", ":8080", "0.0.0.0:1", "[::1]:2", "host")] == [
        ("127.0.0.1", 0), ("127.0.0.1", 8080), ("127.0.0.1", 8080), ("0.0.0.0", 1), ("::1", 2), ("host", 0)]  # fmt: skip
    with pytest.raises(ValueError, match="HOST:PORT"):
        address("x:70000")


def test_who_may_ask(served: Served) -> None:
    """The page and the jobs are for who knows the token, under the server's own name, from no other origin, as JSON of a decent size."""
    post, kind = served.path + "run", {"Content-Type": "application/json"}
    own = f"{served.host}:{served.port}"
    body = json.dumps({"sources": {}, "args": "", "stdin": ""}).encode()
    wrong = served.path[:-3] + ("aa/" if served.path[-3:-1] != "aa" else "bb/")
    for method, path, data, headers, status, text in (
        ("GET", "/", b"", {}, 403, "wrong token"),
        ("GET", wrong, b"", {}, 403, "wrong token"),
        ("GET", "/%e4" * 22 + "/", b"", {}, 403, "wrong token"),
        ("POST", wrong + "run", body, kind, 403, "wrong token"),
        ("GET", served.path, b"", {"Host": "evil.example"}, 403, "Host"),
        ("GET", served.path, b"", {"Host": f"evil.example:{served.port}"}, 403, "Host"),
        ("POST", post, body, {**kind, "Host": f"evil.example:{served.port}"}, 403, "Host"),
        ("POST", post, body, {**kind, "Origin": "http://evil.example"}, 403, "origin"),
        ("POST", post, body, {**kind, "Origin": "null"}, 403, "origin"),
        ("POST", post, body, {**kind, "Origin": f"https://{own}"}, 403, "origin"),
        ("GET", served.path, b"", {"Origin": f"http://{served.host}:1"}, 403, "origin"),
        ("POST", post, body, {"Content-Type": "text/plain"}, 415, "application/json"),
        ("POST", post, b"x" * (MAX_BODY + 1), kind, 413, "more than 2 MB"),
        ("POST", post, b"[" * 100_000, kind, 400, "sources"),
        ("POST", post, b'{"sources": {"x": "y"}, "args": "", "stdin": ""}', kind, 400, "sources"),
        ("POST", post, b'{"sources": {}, "args": "\'", "stdin": ""}', kind, 400, "no closing quotation"),
        ("POST", served.path + "other", body, kind, 404, "explain and run"),
        ("GET", served.path + "x", b"", {}, 404, "only one page"),
    ):
        got = served.ask(method, path, data, headers)
        assert got[0] == status and text in got[1] and got[1].startswith("rt0 explain: "), (method, path, headers, got)
    assert served.ask("POST", post, b"", kind)[0] == 411
    for host in (own, f"localhost:{served.port}"):
        assert served.ask("POST", post, body, {**kind, "Host": host, "Origin": f"http://{host}"})[0] == 200
        status, text = served.ask("GET", served.path, b"", {"Host": host})
        assert status == 200 and "connect-src 'self'" in text and 'id="data"' in text


def test_explained_and_run(served: Served, rt0: Rt0) -> None:
    """What is edited is explained and run as the file with that text would be; the file stays as it is."""
    text = SOURCE.replace('fmt.Println("hello")', 'fmt.Println("edited")')
    lines = served.post("explain", "hello", {"./main.go": text})
    (report,) = [x["report"] for x in lines if "report" in x]
    assert [x["step"] for x in lines if "step" in x] == NAMES and all(s["facts"] and not s["missing"] for s in report["steps"])
    assert report["sources"] == {"./main.go": text} and (served.folder / "main.go").read_text() == SOURCE
    assert report["steps"][19]["facts"]["out"] == "edited\n"
    assert served.run("hello", sources={"./main.go": text}) == ("edited\n", "", "exit code 0")
    assert served.run("hello") == ("hello\n", "", "exit code 0")
    try:
        (served.folder / "main.go").write_text(text)
        assert rt0("build", "-O2", "-o", "prog", "main.go", cwd=served.folder).code == 0
    finally:
        (served.folder / "main.go").write_text(SOURCE)
    exe = (served.folder / "prog").read_bytes()
    assert report["steps"][9]["facts"]["size"] == len(exe)
    for f in report["steps"][7]["facts"]["functions"]:
        assert exe[f["addr"] - 0x400000 :].startswith(bytes.fromhex("".join(i["code"] for i in f["instructions"])))
    out, err, end = served.run("echo 'a b' c", stdin="some text")
    assert (out, err, end) == ('read "some text"\n', '["a b" "c"]\n', "exit code 3")


def test_errors_in_place(served: Served) -> None:
    bad = SOURCE.replace('fmt.Println("hello")', "fmt.Println(nothing)")
    line = bad[: bad.index("nothing")].count("\n") + 1
    (report,) = [x["report"] for x in served.post("explain", "", {"./main.go": bad}) if "report" in x]
    assert report["stopped"] == "types" and [(p["file"], p["line"], p["text"]) for p in report["problems"]] == [("./main.go", line, "undefined: nothing")]
    (problems,) = [x["problems"] for x in served.post("run", "", {"./main.go": bad}) if "problems" in x]
    assert problems[0]["line"] == line and "nothing" in problems[0]["source"]
    (report,) = [x["report"] for x in served.post("explain", "", {"./main.go": "package main\nimport \"no/such\"\nfunc main() {"}) if "report" in x]
    assert report["stopped"] and report["problems"]


@pytest.mark.parametrize(
    ("mode", "end"),
    [
        ("bomb", f"more than {LIMITS.tasks} processes and threads"),
        ("gigabyte", "it wrote more than 4 MB"),
        ("memory", "more than 1024 MB in memory"),
        ("daemon", "exit code 0"),
    ],
)
@pytest.mark.parametrize("op", ["run", "explain"])
def test_limits(served: Served, op: str, mode: str, end: str) -> None:
    """A clear answer, and nothing left: alone, and while it is watched."""
    if op == "run":
        out, _, told = served.run(mode)
        assert len(out) <= LIMITS.output
    else:
        (report,) = [x["report"] for x in served.post("explain", mode) if "report" in x]
        told = report["steps"][19]["facts"]["ending"]
        end = "left behind were ended: 1" if mode == "daemon" else end
    assert end in told
    served.quiet()


@pytest.fixture(scope="module")
def hurried(cache_dir: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    s = Served(tmp_path_factory.mktemp("hurried"), cache_dir, timeout=HURRIED)
    try:
        yield s
    finally:
        assert s.end(signal.SIGTERM) == 0
    s.quiet(0)


def test_endless(hurried: Served) -> None:
    assert "still running after the 2 s" in hurried.run("loop")[2]
    (report,) = [x["report"] for x in hurried.post("explain", "loop") if "report" in x]
    assert "still running after the time" in report["steps"][19]["facts"]["ending"]
    hurried.quiet()


def test_limits_without_ptrace(cache_dir: str, tmp_path: Path) -> None:
    """Where the kernel permits no ptrace, a program may start no others."""
    s = Served(tmp_path, cache_dir, ptrace=False, timeout=5)
    try:
        for mode, end in (("loop", "still running"), ("gigabyte", "it wrote more than"), ("daemon", "exit code 0")):
            out, _, told = s.run(mode)
            assert end in told and (mode != "daemon" or out == "left -1\n")
            s.quiet()
        (report,) = [x["report"] for x in s.post("explain", "bomb") if "report" in x]
        assert report["steps"][19]["facts"]["exit_code"] == 0
        s.quiet()
        assert s.run("echo x", stdin="text")[:2] == ('read "text"\n', '["x"]\n')
    finally:
        assert s.end(signal.SIGINT) == 0
    s.quiet(0)


def test_two_clients(served: Served) -> None:
    """Each gets its own program's answer; one too many is told so."""
    got: dict[int, tuple[str, str, str]] = {}
    threads = [threading.Thread(target=lambda i=i: got.__setitem__(i, served.run(f"echo {i}", stdin=f"in {i}"))) for i in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert got == {i: (f'read "in {i}"\n', f'["{i}"]\n', "exit code 3") for i in range(2)}
    begun = [connected(served, "sleep") for _ in range(MAX_JOBS)]
    status, text = served.ask("POST", served.path + "run", b'{"sources":{},"args":"","stdin":""}', {"Content-Type": "application/json"})
    assert status == 503 and "busy" in text
    for s in begun:
        s.close()
    served.quiet()


def connected(served: Served, mode: str) -> socket.socket:
    """A client whose program has begun to write."""
    body = json.dumps({"sources": {}, "args": mode, "stdin": ""})
    s = socket.create_connection((served.host, served.port), timeout=300)
    s.sendall(f"POST {served.path}run HTTP/1.1\r\nHost: {served.host}:{served.port}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
    data = b""
    while b"sleeping" not in data and b"looping" not in data:
        more = s.recv(4096)
        assert more, data
        data += more
    return s


def test_client_gone(served: Served) -> None:
    """In the middle of an answer, of a request, and without a word."""
    connected(served, "sleep").close()
    begun = time.monotonic()
    served.quiet()
    assert time.monotonic() - begun < TIMEOUT
    for text in ("", "POST", f"POST {served.path}explain HTTP/1.1\r\nHost: {served.host}:{served.port}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"):
        s = socket.create_connection((served.host, served.port))
        s.sendall(text.encode())
        s.close()
    assert served.run("hello")[0] == "hello\n"
    served.quiet()


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_server_killed(cache_dir: str, tmp_path: Path, sig: signal.Signals) -> None:
    s = Served(tmp_path, cache_dir)
    clients = [connected(s, "loop"), connected(s, "sleep")]
    assert s.end(sig) == (-sig if sig == signal.SIGKILL else 0)
    s.quiet(0)
    for c in clients:
        c.close()


def test_nursery_killed(cache_dir: str, tmp_path: Path) -> None:
    """The process that makes the jobs: they go with it, and the server says what has happened."""
    s = Served(tmp_path, cache_dir)
    client = connected(s, "sleep")
    nursery = int(Path(f"/proc/{s.process.pid}/task/{s.process.pid}/children").read_text().split()[0])
    os.kill(nursery, signal.SIGKILL)
    data = b""
    while more := client.recv(4096):
        data += more
    assert b"ended from outside" in data
    status, text = s.ask("POST", s.path + "run", b'{"sources":{},"args":"","stdin":""}', {"Content-Type": "application/json"})
    assert status == 500 and "start rt0 explain -serve again" in text
    assert s.end(signal.SIGTERM) == 0
    s.quiet(0)


def test_page(served: Served) -> None:
    """In a browser: the steps come, an error is shown in place, and is gone again; a run gets arguments and input and shows what it writes."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    if CHROMIUM is None:
        pytest.skip("no chromium")
    trouble: list[str] = []
    with sync_api.sync_playwright() as p:
        b = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = b.new_page(viewport={"width": 1400, "height": 900})
        page.on("console", lambda m: trouble.append(m.text))
        page.on("pageerror", lambda e: trouble.append(str(e)))
        page.on("request", lambda r: None if r.url.startswith((served.url, "data:")) else trouble.append(r.url))
        page.goto(served.url)
        state = page.locator("#state")
        page.locator("#state", has_text="all steps in").wait_for(timeout=60_000)
        assert page.locator("#steps section").count() == 20 and page.locator("#toc .none").count() == 0
        page.fill("#code", SOURCE.replace('fmt.Println("hello")', "fmt.Println(nothing)"))
        page.keyboard.press("Control+Enter")
        page.locator("#problems li").wait_for()
        assert "undefined: nothing" in page.inner_text("#problems") and "undefined: nothing" in page.inner_text(".back .wrong")
        page.locator("#state", has_text="does not compile: step types").wait_for()
        page.click("#problems button")
        page.keyboard.type('"fixed", ')
        page.fill("#args", "hello")
        page.fill("#code", SOURCE.replace('fmt.Println("hello")', 'fmt.Println("</pre><b>fixed")'))
        page.click("#explain")
        page.locator("#state", has_text="all steps in").wait_for()
        assert page.locator("#problems li").count() == 0 and "</pre><b>fixed" in page.inner_text("#step-run")
        page.fill("#args", "echo 'a b'")
        page.fill("#stdin", "input")
        page.click("#run")
        page.locator("#output", has_text="exit code 3").wait_for()
        assert '["a b"]' in page.inner_text("#output") and 'read "input"' in page.inner_text("#output")
        page.fill("#args", "sleep")
        page.click("#run")
        page.locator("#output", has_text="sleeping").wait_for()
        page.click("#stop")
        page.locator("#output", has_text="[stopped]").wait_for()
        page.click('#toc a[href="#step-link"]')
        assert state.inner_text() == "" and page.evaluate("location.hash") == "#step-link"
        b.close()
    assert trouble == []
    served.quiet()


def test_flags(rt0: Rt0, tmp_path: Path) -> None:
    (tmp_path / "main.go").write_text(SOURCE)
    for args, want in ((["-serve", "-json"], "does not take -json"), (["-serve=x:y"], "want HOST:PORT"), (["-serve=203.0.113.9:1"], "cannot assign requested address")):
        r = rt0("explain", *args, "main.go", cwd=tmp_path)
        assert r.code and want in r.err.splitlines()[0], r.err
    r = rt0("explain", "-serve", "nothere.go", cwd=tmp_path, timeout=30)
    assert r.code == 1 and "nothere.go" in r.err and not list(Path(tempfile.gettempdir()).glob("rt0-serve-*/1"))
