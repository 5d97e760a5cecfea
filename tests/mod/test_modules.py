"""Modules from a proxy (of folders: file://) into the cache, into builds and back into go.mod and go.sum."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rt0.__main__ import guarded
from rt0.mod import semver, zips
from rt0.mod.path import ModError, Version, check_file_path, check_path, escape_path, unescape
from tests.conftest import ROOT, Rt0

MODULES: dict[tuple[str, str], dict[str, str]] = {
    ("example.com/a", "v1.0.0"): {"go.mod": "module example.com/a\n\ngo 1.21\n", "a.go": "package a\n\nconst V = 1\n"},
    ("example.com/a", "v1.1.0"): {"go.mod": "module example.com/a\n\ngo 1.21\n", "a.go": "package a\n\nconst V = 11\n"},
    ("example.com/a", "v1.2.0-pre"): {"go.mod": "module example.com/a\n\ngo 1.21\n", "a.go": "package a\n\nconst V = 12\n"},
    ("example.com/b", "v1.0.0"): {
        "go.mod": "module example.com/b\n\ngo 1.21\n\nrequire example.com/a v1.1.0\n",
        "b.go": 'package b\n\nimport "example.com/a"\n\nconst V = a.V\n',
        "b_test.go": 'package b\n\nimport _ "example.com/c"\n',
    },
    ("example.com/c", "v0.1.0"): {"go.mod": "module example.com/c\n", "c.go": "package c\n"},
}  # fmt: skip


def publish(root: Path, modules: dict[tuple[str, str], dict[str, str]]) -> str:
    """Write a proxy's folder; its URL."""
    for (path, version), files in modules.items():
        d = root / escape_path(path) / "@v"
        d.mkdir(parents=True, exist_ok=True)
        with (d / "list").open("a") as f:
            f.write(version + "\n")
        (d / f"{version}.info").write_text(f'{{"Version":"{version}","Time":"2024-01-02T03:04:05Z"}}')
        (d / f"{version}.mod").write_text(files.get("go.mod", f"module {path}\n"))
        with zipfile.ZipFile(d / f"{version}.zip", "w") as z:
            for name, text in files.items():
                z.writestr(f"{path}@{version}/{name}", text)
    return f"file://{root}"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module to work in, with a proxy and a cache of its own."""
    d = tmp_path / "main"
    d.mkdir()
    monkeypatch.chdir(d)
    for name, value in {
        "PWD": str(d), "GOPROXY": publish(tmp_path / "proxy", MODULES), "GOSUMDB": "off", "GOMODCACHE": str(tmp_path / "cache"), "GOFLAGS": "-modcacherw",
        "GOPATH": str(tmp_path / "gopath"), "GOENV": "off",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    return d


def write(d: Path, **files: str) -> None:
    for name, text in files.items():
        (d / name.replace("_", ".")).write_text(text)


MAIN = 'package main\n\nimport (\n\t"example.com/a"\n\t"example.com/b"\n)\n\nfunc main() { println(a.V, b.V) }\n'


def test_tidy_finds_what_is_imported(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write(home, go_mod="module m\n\ngo 1.21\n", main_go=MAIN)
    assert guarded(["mod", "tidy"]) == 0
    err = capfd.readouterr().err
    assert "go: finding module for package example.com/b\n" in err and "go: found example.com/a in example.com/a v1.1.0\n" in err
    assert (home / "go.mod").read_text() == "module m\n\ngo 1.21\n\nrequire (\n\texample.com/a v1.1.0\n\texample.com/b v1.0.0\n)\n\nrequire example.com/c v0.1.0 // indirect\n"
    names = [line.rsplit(" ", 1)[0].split(" ") for line in (home / "go.sum").read_text().splitlines()]
    assert names == [[m, v + x] for m, v in (("example.com/a", "v1.1.0"), ("example.com/b", "v1.0.0"), ("example.com/c", "v0.1.0")) for x in ("", "/go.mod")]
    assert guarded(["mod", "graph"]) == 0
    assert "example.com/b@v1.0.0 example.com/a@v1.1.0\n" in capfd.readouterr().out
    assert guarded(["mod", "why", "example.com/a"]) == 0
    assert capfd.readouterr().out == "# example.com/a\nm\nexample.com/a\n"


def test_build_needs_sums_and_takes_the_selected_version(home: Path, rt0: Rt0) -> None:
    write(home, go_mod="module m\n\ngo 1.21\n\nrequire (\n\texample.com/a v1.0.0\n\texample.com/b v1.0.0\n)\n", main_go=MAIN)
    p = rt0("build", cwd=home)
    assert (p.code, p.err) == (1, "go: updates to go.mod needed; to update it:\n\tgo mod tidy\n") or "missing go.sum entry" in p.err
    p = rt0("run", "-mod=mod", ".", cwd=home)
    assert p.err.endswith("11 11\n") and "go: downloading example.com/b v1.0.0\n" in p.err
    assert "example.com/a v1.1.0\n" in (home / "go.mod").read_text()
    p = rt0("run", ".", cwd=home)
    assert (p.code, p.err) == (0, "11 11\n")


def test_changed_archive_is_refused(home: Path, tmp_path: Path, rt0: Rt0) -> None:
    write(home, go_mod="module m\n\ngo 1.21\n\nrequire example.com/a v1.0.0\n", main_go='package main\n\nimport _ "example.com/a"\n\nfunc main() {}\n')
    write(home, go_sum="example.com/a v1.0.0 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nexample.com/a v1.0.0/go.mod " + zips.hash_gomod(b"module example.com/a\n\ngo 1.21\n") + "\n")
    p = rt0("build", cwd=home)
    assert p.code == 1 and "verifying example.com/a@v1.0.0: checksum mismatch\n\tdownloaded: h1:" in p.err and "SECURITY ERROR" in p.err
    assert not (tmp_path / "cache" / "example.com" / "a@v1.0.0").exists()
    assert [n for n in os.listdir(tmp_path / "cache/cache/download/example.com/a/@v") if n.endswith((".zip", ".tmp"))] == []


def test_missing_module_names_the_command(home: Path, rt0: Rt0) -> None:
    write(home, go_mod="module m\n\ngo 1.21\n", main_go=MAIN)
    p = rt0("build", cwd=home)
    assert p.err.startswith("main.go:4:2: no required module provides package example.com/a; to add it:\n\tgo get example.com/a\n")


def test_download_and_verify(home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write(home, go_mod="module m\n\ngo 1.21\n\nrequire example.com/a v1.0.0\n")
    assert guarded(["mod", "download", "-json"]) == 0
    out = capfd.readouterr().out
    assert f'"Dir": "{tmp_path}/cache/example.com/a@v1.0.0"' in out and '"Sum": "h1:' in out
    assert guarded(["mod", "verify"]) == 0
    assert capfd.readouterr().out == "all modules verified\n"
    (tmp_path / "cache/example.com/a@v1.0.0/a.go").chmod(0o644)
    (tmp_path / "cache/example.com/a@v1.0.0/a.go").write_text("package b\n")
    assert guarded(["mod", "verify"]) == 1
    assert "example.com/a v1.0.0: dir has been modified" in capfd.readouterr().err


def test_workspace(home: Path, rt0: Rt0) -> None:
    for name, text in {
        "go.work": "go 1.21\n\nuse (\n\t./x\n\t./y\n)\n", "x/go.mod": "module x.com/x\n\ngo 1.21\n", "y/go.mod": "module y.com/y\n\ngo 1.21\n",
        "x/x.go": 'package main\n\nimport "y.com/y"\n\nfunc main() { println(y.V) }\n', "y/y.go": "package y\n\nconst V = 7\n",
    }.items():  # fmt: skip
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text(text)
    p = rt0("run", "./x", cwd=home)
    assert (p.code, p.err) == (0, "7\n")
    p = rt0("run", ".", cwd=home / "x", env={"PWD": str(home / "x")})
    assert (p.code, p.err) == (0, "7\n")
    p = rt0("run", ".", cwd=home / "x", env={"PWD": str(home / "x"), "GOWORK": "off"})
    assert p.code == 1 and "no required module provides package y.com/y" in p.err


@pytest.mark.parametrize(
    "files, wrong",
    [
        ({"m.com/m@v1.0.0/../../evil": ""}, "malformed file path"),
        ({"m.com/m@v1.0.0/x/../../evil": ""}, "file path is not clean"),
        ({"m.com/m@v1.0.0//etc/x": ""}, "malformed file path|not clean"),
        ({"other@v1.0.0/x": ""}, "path does not have prefix"),
        ({"m.com/m@v1.0.0/a": "", "m.com/m@v1.0.0/A": ""}, "case-insensitive file name collision"),
        ({"m.com/m@v1.0.0/a": "", "m.com/m@v1.0.0/a/b": ""}, "both a file and a directory"),
        ({"m.com/m@v1.0.0/sub/go.mod": ""}, "go.mod file not in module root directory"),
        ({"m.com/m@v1.0.0/con": ""}, "disallowed as path element"),
    ],
)
def test_archives_that_would_do_harm(files: dict[str, str], wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "m.zip"
    with zipfile.ZipFile(path, "w") as z:
        for name, text in files.items():
            z.writestr(name, text)
    with pytest.raises(ModError, match=wrong):
        zips.unzip(str(tmp_path / "out" / "m"), Version("m.com/m", "v1.0.0"), str(path))
    assert not (tmp_path / "out" / "m").exists() and not (tmp_path / "evil").exists()


def test_damaged_archive(tmp_path: Path) -> None:
    path = tmp_path / "m.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("m.com/m@v1.0.0/a.go", "package a\n" * 100)
    data = path.read_bytes()
    for bad in (data[:40], b"", b"x" * 100, data[:45] + bytes(8) + data[53:]):
        path.write_bytes(bad)
        with pytest.raises(ModError):
            zips.unzip(str(tmp_path / f"out{len(bad)}"), Version("m.com/m", "v1.0.0"), str(path))


def test_versions_in_order() -> None:
    names = ["v0.0.0-20190101000000-abcdefabcdef", "v0.1.0-0.20190101000000-abcdefabcdef", "v0.1.0", "v1.0.0-alpha", "v1.0.0-alpha.1", "v1.0.0-alpha.beta",
             "v1.0.0-beta.2", "v1.0.0-beta.11", "v1.0.0", "v2.0.0+incompatible"]  # fmt: skip
    assert sorted(names[::2] + names[1::2], key=semver.key) == names
    assert semver.is_pseudo(names[0]) and semver.pseudo_base("v1.2.4-0.20190101000000-abcdefabcdef") == "v1.2.3"
    assert not semver.is_valid("v01.0.0") and not semver.is_valid("v1.0.0-01") and semver.canonical("v1") == "v1.0.0"


def test_paths() -> None:
    assert escape_path("github.com/Azure/go") == "github.com/!azure/go" and unescape("github.com/!azure/go") == "github.com/Azure/go"
    for bad in ("x", "-x.com/y", "x.com/../y", "x.com/y/v1", "x.com//y", "X.com/y", "x.com/con"):
        with pytest.raises(ModError):
            check_path(bad)
    with pytest.raises(ModError):
        check_file_path("a/b:c")


def test_run_at_a_version(home: Path, tmp_path: Path, rt0: Rt0) -> None:
    publish(tmp_path / "proxy", {("example.com/cmd", "v1.0.0"): {
        "go.mod": "module example.com/cmd\n\ngo 1.21\n\nrequire example.com/a v1.0.0\n",
        "main.go": 'package main\n\nimport "example.com/a"\n\nfunc main() { println(a.V) }\n'}})  # fmt: skip
    write(home, go_mod="module m\n\nbroken\n")  # of no concern
    p = rt0("run", "example.com/cmd@latest", cwd=home)
    assert p.code == 0 and p.err.endswith("example.com/a v1.0.0\n1\n")
    p = rt0("run", "example.com/cmd@v2", cwd=home)
    assert p.err == 'go: example.com/cmd@v2: no matching versions for query "v2"\n'


def test_get_adds_upgrades_downgrades_and_removes(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write(home, go_mod="module m\n\ngo 1.21\n", main_go="package main\n\nfunc main() {}\n")
    steps = [
        ("example.com/a@v1.0.0", "go: added example.com/a v1.0.0\n", "example.com/a v1.0.0 // indirect"),
        ("example.com/b", "go: upgraded example.com/a v1.0.0 => v1.1.0\ngo: added example.com/b v1.0.0\n", "example.com/b v1.0.0 // indirect"),
        ("example.com/a@v1.0.0", "go: downgraded example.com/a v1.1.0 => v1.0.0\ngo: removed example.com/b v1.0.0\n", "example.com/a v1.0.0 // indirect"),
        ("example.com/a@none", "go: removed example.com/a v1.0.0\n", "module m"),
    ]
    for arg, said, there in steps:
        assert guarded(["get", arg]) == 0
        err = "".join(line for line in capfd.readouterr().err.splitlines(True) if not line.startswith("go: downloading"))
        assert (err, there in (home / "go.mod").read_text()) == (said, True), arg
    assert guarded(["get", "example.com/a@v3"]) == 1
    assert 'no matching versions for query "v3"' in capfd.readouterr().err


def test_vendor(home: Path, capfd: pytest.CaptureFixture[str], rt0: Rt0) -> None:
    write(home, go_mod="module m\n\ngo 1.21\n\nrequire (\n\texample.com/a v1.1.0\n\texample.com/b v1.0.0\n)\n", main_go=MAIN)
    assert guarded(["mod", "tidy"]) == 0 and guarded(["mod", "vendor"]) == 0
    assert (home / "vendor/modules.txt").read_text() == (
        "# example.com/a v1.1.0\n## explicit; go 1.21\nexample.com/a\n# example.com/b v1.0.0\n## explicit; go 1.21\nexample.com/b\n# example.com/c v0.1.0\n## explicit\n"
    )
    assert sorted(p.name for p in (home / "vendor/example.com/b").iterdir()) == ["b.go"]
    assert rt0("run", ".", cwd=home, env={"GOPROXY": "off", "GOMODCACHE": str(home / "nothing")}).err == "11 11\n"


def count_files(d: Path) -> int:
    """Files of a tree that may change while it is looked at."""
    return sum(len(files) for _, _, files in os.walk(d))


def test_killed_downloads_leave_nothing_damaged(home: Path, tmp_path: Path) -> None:
    """kill -9 in the middle, then two at once: all is there, whole, and nothing else."""
    names = [f"example.com/k{i}" for i in range(12)]
    publish(tmp_path / "proxy", {(n, "v1.0.0"): {"go.mod": f"module {n}\n\ngo 1.21\n"} | {f"d{k}/a.go": "package a\n" for k in range(30)} for n in names})
    write(home, go_mod="module m\n\ngo 1.21\n\nrequire (\n" + "".join(f"\t{n} v1.0.0\n" for n in names) + ")\n")
    cmd = [sys.executable, "-m", "rt0", "mod", "download"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    for _ in range(3):
        p = subprocess.Popen(cmd, env=env, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        before = count_files(tmp_path / "cache")
        while p.poll() is None and time.monotonic() < deadline and count_files(tmp_path / "cache") <= before + 20:
            time.sleep(0.005)
        p.kill()
        p.wait()
    both = [subprocess.Popen(cmd, env=env, stderr=subprocess.PIPE) for _ in range(2)]
    assert [(p.communicate()[1], p.returncode) for p in both] == [(b"", 0), (b"", 0)]
    assert guarded(["mod", "verify"]) == 0
    assert len(list((tmp_path / "cache" / "example.com").rglob("*.go"))) == 12 * 30
    left = [p.name for p in (tmp_path / "cache").rglob("*") if p.name.endswith((".tmp", ".partial"))]
    assert not [n for n in left if not n.startswith(("v1.0.0.mod", "v1.0.0.info"))]  # a killed write of these leaves its temporary file, as with go


class _Loop(BaseHTTPRequestHandler):
    """Answers with a redirect to itself, a short body, an error with a text, or what is no JSON."""

    def do_GET(self) -> None:
        kind = self.path.split("/")[1]
        if kind == "loop":
            self.send_response(302)
            self.send_header("Location", self.path + "x")
            self.end_headers()
        elif kind == "early":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"v1.0.0")
        elif kind == "text":
            self.send_response(500)
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            self.wfile.write(b"out of order\n")
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"" if self.path.endswith("list") else b"invalid")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.mark.parametrize(
    "kind, said",
    [
        ("loop", "stopped after 10 redirects"),
        ("early", "unexpected EOF"),
        ("text", "500 Internal Server Error\n\tserver response: out of order"),
        ("json", "invalid response from proxy"),
    ],
)
def test_proxies_that_misbehave(kind: str, said: str, home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Loop)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        monkeypatch.setenv("GOPROXY", f"http://127.0.0.1:{server.server_address[1]}/{kind}")
        write(home, go_mod="module m\n\ngo 1.21\n")
        assert guarded(["get", "example.com/a@latest"]) == 1
        err = capfd.readouterr().err
        assert said in err and "Traceback" not in err and (home / "go.mod").read_text() == "module m\n\ngo 1.21\n"
    finally:
        server.shutdown()
        server.server_close()
