"""Bad input: gc's messages, sorted, with its exit codes; never a Python traceback, never a damaged cache.

The texts are those of the real go (`go build -o /dev/null`), recorded.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT, Rt0, go_run, golden

GOLDEN = Path(__file__).parent / "golden" / "bad_input.json"

MAIN = "package main\n\n"
CASES: dict[str, bytes | str] = {
    "undefined": MAIN + "func main() { x = 1; y() }\n",
    "mismatched": MAIN + 'func main() {\n\tvar a int = 1\n\tvar s = "x"\n\t_ = a + s\n\t_ = a == s\n}\n',
    "assign": MAIN + 'func main() {\n\tvar a int = "x"\n\ta = 1.5\n\tvar b uint8 = 256\n\t_, _ = a, b\n}\n',
    "unused": MAIN + 'import (\n\t"fmt"\n\t"os"\n)\n\nfunc main() {\n\tx := 1\n\tvar y string\n\tos.Exit(0)\n}\n',
    "missing return": MAIN + "func f(x int) int {\n\tif x > 0 {\n\t\treturn 1\n\t}\n}\n\nfunc main() { f(1) }\n",
    "argument count": MAIN + "func f(a int, b string) (int, error) { return 0, nil }\n\nfunc main() {\n\tf(1)\n\tf(1, \"a\", 2)\n\tx := f(1, \"a\")\n\t_ = x\n}\n",
    "return count": MAIN + "func f() (int, string) { return 1 }\n\nfunc g() { return 1 }\n\nfunc main() { f(); g() }\n",
    "duplicates": MAIN + "var a int\n\nfunc a() {}\n\ntype T struct{ x, x int }\n\nfunc (T) m() {}\nfunc (T) m() {}\n\nfunc main() { b := 1; b := 2; _ = b }\n",
    "too many": MAIN + "func main() {\n" + "".join(f"\tundefined{i}()\n" for i in range(15)) + "}\n",
    "sorted": MAIN + "func main() { a() }\n\nvar x int = \"s\"\n\nfunc g() { b() }\n",
    "missing method": MAIN + 'import "io"\n\ntype T struct{}\n\nfunc (T) Write(p []byte) int { return 0 }\n\nfunc main() {\n\tvar w io.Writer = T{}\n\t_ = w\n}\n',
    "pointer method": MAIN + "type I interface{ M() }\n\ntype T struct{}\n\nfunc (*T) M() {}\n\nfunc main() {\n\tvar i I = T{}\n\t_ = i\n}\n",
    "syntax": MAIN + "func main() {\n\tx := [3]int{1, 2\n\t}\n\tfor i := 0; i < 3; i++\n\t{\n\t}\n}\n",
    "syntax two": MAIN + "func main() {\n\tif x {\n\t}}\n}\n\nfunc f( {\n",
    "unterminated string": MAIN + 'func main() {\n\tprintln("abc)\n}\n',
    "unterminated raw": MAIN + "func main() {\n\tprintln(`abc)\n}\n",
    "unterminated comment": MAIN + "func main() {} /* x\n",
    "bad literal": MAIN + "func main() { println(0x, 08, 1_, 'ab', '', \"\\q\") }\n",
    "no main": MAIN + "func f() {}\n",
    "not main": "package foo\n\nfunc F() {}\n",
    "empty": "",
    "no package": "func main() {}\n",
    "import cycle of types": MAIN + "type T struct{ t T }\n\ntype U [2]U\n\nfunc main() {}\n",
    "init cycle": MAIN + "var a = b\nvar b = f()\n\nfunc f() int { return a }\n\nfunc main() {}\n",
    "missing package": MAIN + 'import "nosuchpackage"\n\nfunc main() { nosuchpackage.F() }\n',
    "missing module": MAIN + 'import "example.com/none/x"\n\nfunc main() { x.F() }\n',
    "unexported": MAIN + 'import "strings"\n\nfunc main() { strings.explode("", 1); strings.Nope() }\n',
    "const overflow": MAIN + "const c = 1 << 100\n\nvar x int8 = 200\n\nfunc main() { println(c, 10/0, -1<<3, uint(-1)) }\n",
    "break": MAIN + "func main() {\n\tbreak\n\tcontinue\n\tgoto L\n\tM:\n}\n",
    "type switch": MAIN + "func main() {\n\tvar x int\n\tswitch x.(type) {\n\t}\n\tvar e error\n\tswitch e.(type) {\n\tcase int:\n\t}\n\tswitch 1 {\n\tcase 1, 1:\n\t}\n}\n",
    "generics": MAIN + "func F[T int | string](x T) T { return x }\n\nfunc G[K comparable, V any](m map[K]V) {}\n\nfunc main() {\n\tF(1.5)\n\tF[bool](true)\n\tG[[]int](nil)\n\tG()\n}\n",
    "misuse": MAIN + "func main() {\n\t1 + 2\n\tlen(\"a\")\n\tx := nil\n\tvar f func()\n\t_ = f == f\n\t*3\n\tdefer 1\n\tgo println\n}\n",
    "nul byte": (MAIN + "func main() {}\n").encode() + b"var x = 1\x00\n",
    "not utf-8": (MAIN + "func main() { println(\"").encode() + b"\xff\xfe" + b'") }\n',
    "bom inside": (MAIN + "func main() {}\n").encode() + b"\xef\xbb\xbf\n",
    "import c": MAIN + 'import "unsafe"\n\nfunc main() { var p unsafe.Pointer = 5; _ = p }\n',
}


@pytest.mark.parametrize("name", list(CASES))
def test_messages(name: str, rt0: Rt0, tmp_path: Path, goroot: Path, request: pytest.FixtureRequest) -> None:
    text = CASES[name]
    (tmp_path / "main.go").write_bytes(text if isinstance(text, bytes) else text.encode())
    args = ["build", "-o", "out", "main.go"]

    def ask() -> dict[str, object]:
        return {k: v for k, v in go_run(args, tmp_path).record().items() if k != "out"}

    want = golden(GOLDEN, name, request.config.getoption("--record"), ask)
    got = rt0(*args, cwd=tmp_path)
    assert (got.err, got.code) == (want["err"].replace("GOROOT_PLACE", str(goroot)), want["code"])


def test_missing_file(rt0: Rt0, tmp_path: Path) -> None:
    r = rt0("run", "nothing.go", cwd=tmp_path)
    assert r.code == 1 and ("no required module provides package nothing.go" in r.err or "no such file" in r.err)


def test_import_cycle(rt0: Rt0, tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module m\n\ngo 1.27\n")
    for a, b in (("a", "b"), ("b", "a")):
        (tmp_path / a).mkdir()
        (tmp_path / a / "x.go").write_text(f'package {a}\n\nimport _ "m/{b}"\n')
    (tmp_path / "main.go").write_text('package main\n\nimport _ "m/a"\n\nfunc main() {}\n')
    r = rt0("build", ".", cwd=tmp_path)
    assert r.code == 1
    assert "import cycle not allowed" in r.err


@pytest.mark.parametrize("args", [["build", "-nosuchflag"], ["run", "-O", "9", "x.go"], ["build", "-o"], ["nosuchverb"], ["tool", "nosuchtool"]])
def test_wrong_usage_is_2(args: list[str], rt0: Rt0) -> None:
    r = rt0(*args)
    assert r.code == 2 and r.err


def test_deep_nesting(rt0: Rt0, tmp_path: Path) -> None:
    n = 10_000
    (tmp_path / "main.go").write_text(MAIN + "func main() { println(" + "(" * n + "42" + ")" * n + ") }\n")
    r = rt0("run", "main.go", cwd=tmp_path)
    assert (r.err, r.code) == ("42\n", 0)


def test_five_megabyte_line(rt0: Rt0, tmp_path: Path) -> None:
    (tmp_path / "main.go").write_text(MAIN + 'func main() { println(len("' + "x" * 5_000_000 + '")) }\n')
    r = rt0("run", "main.go", cwd=tmp_path)
    assert (r.err, r.code) == ("5000000\n", 0)


def test_unexported_names(rt0: Rt0, tmp_path: Path) -> None:
    """gc tells "not exported" from "undefined" by the export data: what exported types and inlined functions mention is in it, names of fields are not."""
    (tmp_path / "p").mkdir()
    (tmp_path / "go.mod").write_text("module m\n\ngo 1.27\n")
    (tmp_path / "p" / "p.go").write_text("package p\n\ntype field int\ntype used int\ntype called int\ntype T struct {\n\tfield int\n\tx used\n}\n\nfunc F(t T) int { return t.field }\n")
    (tmp_path / "main.go").write_text(MAIN + 'import "m/p"\n\nvar _ p.field\nvar _ p.used\nvar _ p.called\n\nfunc main() {}\n')
    got = rt0("build", ".", cwd=tmp_path)
    assert got.err == "# m\n./main.go:5:9: undefined: p.field\n./main.go:6:9: name used not exported by package p\n./main.go:7:9: undefined: p.called\n"


def test_unwritable_output(rt0: Rt0, tmp_path: Path) -> None:
    (tmp_path / "main.go").write_text(MAIN + "func main() {}\n")
    (tmp_path / "dir").mkdir()
    (tmp_path / "dir" / "x").mkdir()
    r = rt0("build", "-o", "/proc/nothing/out", "main.go", cwd=tmp_path)
    assert r.code == 1 and r.err
    r = rt0("build", "-o", "/sys/x", "main.go", cwd=tmp_path)
    assert r.code == 1 and r.err


def test_full_disk(rt0: Rt0, tmp_path: Path) -> None:
    """With the cache and the output on a full disk (a file size limit stands in for it) the build says so; nothing is left half-written."""
    (tmp_path / "main.go").write_text(MAIN + "func main() {}\n")
    code = (
        "import resource,signal,sys,runpy;signal.signal(signal.SIGXFSZ,signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE,(1000,1000));sys.argv=['rt0','build','-o','out','main.go'];runpy.run_module('rt0',run_name='__main__')"
    )
    env = dict(os.environ, RT0CACHE=str(tmp_path / "cache"), PYTHONPATH=str(ROOT), PYTHONDONTWRITEBYTECODE="1")
    p = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=600)
    assert p.returncode == 1
    assert "Traceback" not in p.stderr and "file too large" in p.stderr
    assert not (tmp_path / "out").exists()
    assert not list((tmp_path / "cache").rglob("*.tmp"))


def test_damaged_cache(rt0: Rt0, tmp_path: Path) -> None:
    """Every entry of the cache flipped or cut: the build repairs them and the program is the same.

    The cache begins empty: units are cut by what was demanded together, so the bytes are the same for the same history only.
    """
    (tmp_path / "main.go").write_text(MAIN + 'func main() { println("ok") }\n')
    cache = tmp_path / "cache"
    env = {"RT0CACHE": str(cache)}
    assert rt0("build", "-O0", "-o", "one", "main.go", cwd=tmp_path, env=env).code == 0
    for i, f in enumerate(sorted(p for p in cache.rglob("*") if p.is_file())):
        data = bytearray(f.read_bytes())
        if i % 2 and data:
            data[len(data) // 2] ^= 0x10
        else:
            del data[len(data) // 2 :]
        f.write_bytes(data)
    r = rt0("build", "-O0", "-o", "two", "main.go", cwd=tmp_path, env=env)
    assert (r.err, r.code) == ("", 0)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_interrupt(tmp_path: Path) -> None:
    """ctrl-C during a build: it ends at once, without a traceback, and the cache it leaves serves the next build."""
    (tmp_path / "main.go").write_text(MAIN + 'import "fmt"\n\nfunc main() { fmt.Println("ok") }\n')
    env = dict(os.environ, RT0CACHE=str(tmp_path / "cache"), PYTHONPATH=str(ROOT))
    p = subprocess.Popen([sys.executable, "-m", "rt0", "build", "-O0", "-o", "x", "main.go"], cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while p.poll() is None and not list((tmp_path / "cache").rglob("*.o")) and time.monotonic() < deadline:
        time.sleep(0.01)  # until the first compiled unit is in the cache: the build is then in its middle
    p.send_signal(signal.SIGINT)
    _, err = p.communicate(timeout=20)
    assert p.returncode not in (0, None) and "Traceback" not in err
    assert not (tmp_path / "x").exists()
    p2 = subprocess.run([sys.executable, "-m", "rt0", "build", "-O0", "-o", "x", "main.go"], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert (p2.stderr, p2.returncode) == ("", 0)
    assert subprocess.run([str(tmp_path / "x")], capture_output=True, text=True).stdout == "ok\n"


def workers(of: int) -> list[int]:
    """Process ids of the workers of rt0's process `of`."""
    tasks = [int(x) for t in Path(f"/proc/{of}/task").iterdir() for x in (t / "children").read_text().split()]
    return [pid for pid in tasks if b"rt0.build.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_killed_worker(tmp_path: Path) -> None:
    """A worker that somebody kills (the kernel, when memory is short) is no bug of rt0; the next build is right."""
    (tmp_path / "main.go").write_text(MAIN + 'func main() { println("ok") }\n')
    env = dict(os.environ, RT0CACHE=str(tmp_path / "cache"), PYTHONPATH=str(ROOT), RT0RESIDENT="off")
    build = [sys.executable, "-m", "rt0", "build", "-O0", "-p=1", "-o", "x", "main.go"]
    p = subprocess.Popen(build, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not list((tmp_path / "cache").rglob("*.o")) and p.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    for pid in workers(p.pid):
        os.kill(pid, signal.SIGKILL)
    _, err = p.communicate(timeout=60)
    assert p.returncode == 1 and "ended from outside (signal 9)" in err and "internal error" not in err, err
    assert not (tmp_path / "x").exists()
    p2 = subprocess.run(build, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert (p2.stderr, p2.returncode) == ("", 0)
    assert subprocess.run([str(tmp_path / "x")], capture_output=True, text=True).stderr == "ok\n"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_standard_files(closed: str, cache_dir: str, tmp_path: Path) -> None:
    """A closed standard file is /dev/null: no traceback, and no file of the build takes its number."""
    (tmp_path / "main.go").write_text(MAIN + "func main() { println(1) }\n")
    env = dict(os.environ, RT0CACHE=cache_dir, PYTHONPATH=str(ROOT))
    for args in ("version", "env", "build -v -o x main.go", "run main.go"):
        p = subprocess.run(f"{sys.executable} -m rt0 {args} {closed}", shell=True, cwd=tmp_path, env=env, capture_output=True, text=True)
        assert p.returncode == 0 and "rror" not in p.stderr, (args, p.stderr)
    assert subprocess.run([str(tmp_path / "x")], capture_output=True, text=True).stderr == "1\n"


@pytest.mark.parametrize("size", [100 << 20, 600 << 20, 800 << 20])
def test_little_memory(size: int, cache_dir: str, tmp_path: Path) -> None:
    """Under a limit of the address space the build succeeds or says what is short."""
    (tmp_path / "main.go").write_text(MAIN + "func main() { println(2) }\n")
    env = dict(os.environ, RT0CACHE=cache_dir, PYTHONPATH=str(ROOT))
    command = [sys.executable, "-m", "rt0", "build", "-O0", "-o", "x", "main.go"]
    p = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size)))
    assert "internal error" not in p.stderr and "Traceback" not in p.stderr, p.stderr
    assert p.returncode == 0 or "memory" in p.stderr, p.stderr


@pytest.mark.parametrize("kind", ["link", "folder", "loop"])
def test_unreadable_source(kind: str, rt0: Rt0, tmp_path: Path) -> None:
    """A source that cannot be read (permissions do not stop root, so: a link to nowhere, a folder, a link to itself)."""
    f = tmp_path / "main.go"
    if kind == "folder":
        f.mkdir()
    else:
        f.symlink_to("nowhere.go" if kind == "link" else "main.go")
    r = rt0("build", "main.go", cwd=tmp_path)
    assert r.code == 1 and "main.go" in r.err and "internal error" not in r.err, r.err
