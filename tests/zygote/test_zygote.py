"""Builds forked from the resident process: as if there were none, and nothing stays behind."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rt0.zygote import client, place

ROOT = Path(__file__).parents[2]
HELLO = 'package main\n\nimport "os"\n\nfunc main() {\n\tvar b [9]byte\n\tn, _ := os.Stdin.Read(b[:])\n\tprintln(string(b[:n]), os.Getenv("SAID"), len(os.Args), %d)\n\tos.Exit(3)\n}\n'
BROKEN = "package main\n\nfunc main() { undefined() }\n"


class House:
    """A runtime folder of its own, and rt0 in it."""

    def __init__(self, runtime: str, cache: str, tree: Path = ROOT) -> None:
        self.env = {k: v for k, v in os.environ.items() if k not in ("CI", "RT0RESIDENT")}
        self.env |= {"XDG_RUNTIME_DIR": runtime, "RT0CACHE": cache, "PYTHONPATH": str(tree), "PYTHONSAFEPATH": "1"}
        self.runtime = Path(runtime)

    def rt0(self, *args: str, cwd: Path, stdin: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([sys.executable, "-m", "rt0", *args], cwd=cwd, env=self.env | env, input=stdin, capture_output=True, timeout=120)

    def servers(self) -> list[int]:
        """Processes whose command line names a socket of this folder, zombies aside."""
        out = []
        for p in Path("/proc").iterdir():
            if p.name.isdigit():
                try:
                    if f"{self.runtime}/rt0/".encode() in (p / "cmdline").read_bytes():
                        out.append(int(p.name))
                except OSError:
                    pass
        return out

    def one(self) -> int:
        """The server, when it listens."""
        until(lambda: any(p.is_socket() for p in (self.runtime / "rt0").iterdir()))
        (pid,) = self.servers()
        return pid


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "did not happen"
        time.sleep(0.02)


@pytest.fixture
def house(cache_dir: str) -> Iterator[House]:
    d = tempfile.mkdtemp(prefix="rt0z")  # a socket's path is short
    h = House(d, cache_dir)
    yield h
    for pid in h.servers():
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(d)


def write(folder: Path, text: str) -> None:
    """A main.go whose time differs from the last one's."""
    (folder / "main.go").write_text(text)


def test_a_fork_builds_as_a_process_of_its_own(house: House, tmp_path: Path) -> None:
    """Output, standard input, environment, arguments, exit code, errors and the executable are the same; `rt0 run` leaves the process, `rt0 build` uses it."""
    answers = []
    for resident in ("off", "auto", "auto"):
        write(tmp_path, HELLO % 1)
        first = house.rt0("run", "main.go", "x", cwd=tmp_path, stdin=b"in", SAID="yes", RT0RESIDENT=resident)
        write(tmp_path, BROKEN)
        broken = house.rt0("run", "main.go", cwd=tmp_path, RT0RESIDENT=resident)
        write(tmp_path, HELLO % 2)
        built = house.rt0("build", "-trimpath", "-o", "out", "main.go", cwd=tmp_path, RT0RESIDENT=resident)
        answers.append([(p.returncode, p.stdout, p.stderr) for p in (first, broken, built)] + [(tmp_path / "out").read_bytes()])
        assert len(house.servers()) == (resident == "auto")
        if resident == "auto":
            house.one()
        write(tmp_path, HELLO % 1)
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == (1, b"", b"in yes 2 1\nexit status 3\n")
    broken_errors = answers[0][1]
    assert isinstance(broken_errors, tuple) and b"undefined: undefined" in broken_errors[2]


def test_nothing_is_imported_after_the_fork(cache_dir: str) -> None:
    """What a build imports is there before: else every fork pays for it again."""
    script = """if True:
        import os, sys, tempfile
        from rt0 import resident
        from rt0.cmd import build, run
        resident.prepare()
        before = set(sys.modules)
        os.chdir(tempfile.mkdtemp())
        open("main.go", "w").write('package main\\n\\nimport "fmt"\\n\\nfunc main() { fmt.Println(1) }\\n')
        os.environ["RT0RESIDENT"] = "off"
        run.prepare(["main.go"])
        open("main.go", "a").write("\\nfunc f() {}\\n")
        run.prepare(["main.go"])
        build.build(["-o", "x", "main.go"])
        print(sorted(m for m in set(sys.modules) - before if m.startswith(("rt0.", "json", "hashlib", "tempfile"))))
    """
    env = dict(os.environ, PYTHONPATH=str(ROOT), RT0CACHE=cache_dir)
    assert subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, check=True).stdout.decode() == "[]\n"


def test_it_ends_when_rt0_changes(cache_dir: str, tmp_path: Path) -> None:
    """A zygote with old modules builds nothing: the client does, and the next one is new."""
    tree = tmp_path / "tree"
    shutil.copytree(ROOT / "rt0", tree / "rt0")
    d = tempfile.mkdtemp(prefix="rt0z")
    h = House(d, cache_dir, tree)
    try:
        write(tmp_path, HELLO % 3)
        h.rt0("run", "main.go", cwd=tmp_path)
        old = h.one()
        verb = tree / "rt0" / "cmd" / "run.py"
        verb.write_text(verb.read_text().replace('f"exit status {code}"', 'f"status of exit {code}"'))
        write(tmp_path, HELLO % 4)
        p = h.rt0("run", "main.go", cwd=tmp_path)
        assert p.stderr == b"  1 4\nstatus of exit 3\n"
        until(lambda: old not in h.servers())
        assert len(h.servers()) <= 1
    finally:
        for pid in h.servers():
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(d)


def test_what_the_client_has_open_is_not_kept_open(house: House, tmp_path: Path) -> None:
    """Who waits for the end of a pipe that rt0 inherited does not wait for the zygote."""
    write(tmp_path, HELLO % 5)
    r, w = os.pipe()
    subprocess.run([sys.executable, "-m", "rt0", "run", "main.go"], cwd=tmp_path, env=house.env, stdin=subprocess.DEVNULL, capture_output=True, pass_fds=[w])
    os.close(w)
    house.one()
    assert os.read(r, 1) == b""
    os.close(r)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_a_build_ends_with_its_client(house: House, tmp_path: Path, number: signal.Signals, code: int) -> None:
    """Interrupted or killed: no fork of its is left, workers included."""
    write(tmp_path, HELLO % 6)
    house.rt0("run", "main.go", cwd=tmp_path)
    server = house.one()
    long = "package main\n\nimport (\n\t_ \"net/http\"\n)\n\nfunc main() {}\n"
    write(tmp_path, long)
    env = house.env | {"RT0CACHE": str(tmp_path / "cache")}
    p = subprocess.Popen([sys.executable, "-m", "rt0", "build", "-o", "x", "main.go"], cwd=tmp_path, env=env, stderr=subprocess.DEVNULL)
    until(lambda: len(house.servers()) >= 3)  # the build and a worker
    p.send_signal(number)
    assert p.wait() == code
    until(lambda: house.servers() == [server])


def test_a_fork_that_is_killed(house: House, tmp_path: Path) -> None:
    """The build ends with a message, its workers with it; the zygote goes on."""
    write(tmp_path, HELLO % 8)
    house.rt0("run", "main.go", cwd=tmp_path)
    server = house.one()
    write(tmp_path, "package main\n\nimport _ \"net/http\"\n\nfunc main() {}\n")
    env = house.env | {"RT0CACHE": str(tmp_path / "cache")}
    p = subprocess.Popen([sys.executable, "-m", "rt0", "build", "-o", "x", "main.go"], cwd=tmp_path, env=env, stderr=subprocess.PIPE)
    until(lambda: len(house.servers()) >= 3)
    os.kill(min(set(house.servers()) - {server}), signal.SIGKILL)  # the build; its workers were forked later
    _, err = p.communicate()
    assert (p.returncode, err) == (1, b"rt0: the build was ended from outside (signal 9): is memory short?\n")
    until(lambda: house.servers() == [server])


def test_who_gets_none(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that others can enter, a limit on this very process, RT0RESIDENT=off, CI."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(house.runtime))
    monkeypatch.delenv("RT0RESIDENT", raising=False)
    monkeypatch.delenv("CI", raising=False)
    assert place.address().startswith(f"{house.runtime}/rt0/") and place.mode() == place.AUTO
    os.mkdir(house.runtime / "rt0", 0o755)
    assert client.connect(place.address()) is None and not place.make_folder()
    monkeypatch.setenv("CI", "true")
    assert place.mode() == place.USE
    write(tmp_path, HELLO % 7)
    house.rt0("run", "main.go", cwd=tmp_path, CI="1")
    assert not house.servers()
    monkeypatch.setenv("RT0RESIDENT", "off")
    assert place.address() == ""
    monkeypatch.delenv("RT0RESIDENT")
    script = "from rt0.zygote import place; import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 36, 1 << 36)); print(repr(place.address()))"
    p = subprocess.run([sys.executable, "-c", script], env=dict(os.environ, PYTHONPATH=str(ROOT)), capture_output=True, text=True)
    assert p.stdout == "''\n" and resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY


def test_what_a_process_inherits_is_part_of_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds under another umask, on other processors or with other variables of Python's have another zygote."""
    monkeypatch.delenv("RT0RESIDENT", raising=False)
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    names = [place.address()]
    old = os.umask(0o027 if os.umask(0o022) != 0o027 else 0o077)
    names.append(place.address())
    os.umask(old)
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    names.append(place.address())
    assert len(set(names)) == 3


def test_it_ends_when_idle(house: House) -> None:
    script = "import sys\nfrom rt0 import resident\nfrom rt0.zygote import server\nserver.IDLE = 0.3\nserver.Server(sys.argv[1], {}, iter, [], []).serve()\n"
    path = f"{house.runtime}/rt0x"
    subprocess.run([sys.executable, "-c", script, path], env=house.env, check=True, timeout=60)
    assert not os.path.exists(path)
