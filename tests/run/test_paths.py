"""Where a program says it comes from: runtime.Caller, log, tracebacks and runtime.GOROOT, with and without -trimpath, in several folders."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT, Result, Rt0, go_run, golden

GOLDEN = Path(__file__).parent / "golden" / "paths.json"

MAIN = """package main

import (
	"log"
	"os"
	"runtime"
	"strings"

	"example.com/dep/inner"
	"example.com/m/sub"
)

func where() {
	_, file, line, _ := runtime.Caller(1)
	println(file, line)
}

func main() {
	where()
	println(sub.Where())
	println(inner.Where())
	log.New(os.Stderr, "", log.Llongfile).Print("long")
	log.New(os.Stderr, "", log.Lshortfile).Print("short")
	strings.Map(func(r rune) rune {
		pc := make([]uintptr, 5)
		frames := runtime.CallersFrames(pc[:runtime.Callers(1, pc)])
		for more := true; more; {
			var f runtime.Frame
			f, more = frames.Next()
			if !strings.Contains(f.File, "/runtime/") && !strings.HasPrefix(f.File, "runtime/") {
				println(f.Function, f.File)
			}
		}
		return r
	}, "x")
	println("goroot", runtime.GOROOT())
	func() {
//line foo.y:10
		where()
//line /abs/bar.y:20
		where()
//line ../../../../../../../../../up.y:30
		where()
//line sub/x.y:40:1
		where()
/*line :7:8*/ where()
//line ../beside.y:50
		where()
	}()
	panic("end")
}
"""
WHERE = 'package {}\n\nimport "runtime"\n\nfunc Where() string {{ _, file, _, _ := runtime.Caller(0); return file }}\n'
SOLO = "import (\n\t\"log\"\n\t\"os\"\n\t\"runtime\"\n\t\"strings\"\n)\n"


def tree(d: Path) -> None:
    """A module with a package of its own and a vendored one; beside it a file without module."""
    for name, text in {
        "m/go.mod": "module example.com/m\n\ngo 1.27\n\nrequire example.com/dep v1.2.3\n",
        "m/vendor/modules.txt": "# example.com/dep v1.2.3\n## explicit; go 1.20\nexample.com/dep/inner\n",
        "m/vendor/example.com/dep/inner/i.go": WHERE.format("inner"),
        "m/sub/s.go": WHERE.format("sub"),
        "m/main.go": MAIN,
        "solo/solo.go": re.sub(r"(?s)import \(.*?\)\n", SOLO, re.sub(r"(?m)^.*\b(sub|inner)\.Where.*\n", "", MAIN)),
    }.items():
        (d / name).parent.mkdir(parents=True, exist_ok=True)
        (d / name).write_text(text)


def shown(r: Result, d: Path, goroot: str) -> dict[str, object]:
    """What a run printed, its folders as $DIR and $ROOT; of the traceback the file names."""
    err = r.err.replace(str(d), "$DIR").replace(str(d.parent), "$UP").replace(goroot, "$ROOT")
    err = re.sub(r"^\t(.*?) \+0x.*$", r"\t\1", err, flags=re.M)
    return {"code": r.code, "err": err}


@pytest.mark.parametrize("trim", [False, True], ids=["whole", "trimpath"])
@pytest.mark.parametrize(("folder", "arg"), [("m", "."), ("m/sub", "../main.go"), ("solo", "solo.go"), (".", "solo/solo.go")])
def test_paths(folder: str, arg: str, trim: bool, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    tree(tmp_path)
    args = ["run", *(["-trimpath"] if trim else []), arg]
    cwd = tmp_path / folder

    def ask() -> dict[str, object]:
        env_goroot = go_run(["env", "GOROOT"], cwd).out.strip()
        return shown(go_run(args, cwd), tmp_path, env_goroot)

    want = golden(GOLDEN, " ".join([folder, *args]), request.config.getoption("--record"), ask)
    goroot = rt0("env", "GOROOT").out.strip()
    assert shown(rt0(*args, cwd=cwd, env={"GOROOT": goroot}), tmp_path, goroot) == want


def test_by_another_name(rt0: Rt0, tmp_path: Path) -> None:
    """A folder reached through a symbolic link is recorded by the name in PWD, as go does."""
    tree(tmp_path)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "solo")
    assert rt0("run", "solo.go", cwd=link, env={"PWD": str(link)}).err.startswith(f"{link}/solo.go ")
    assert rt0("run", "solo.go", cwd=link, env={"PWD": "/"}).err.startswith(f"{tmp_path}/solo/solo.go ")


def test_names_that_need_quoting(rt0: Rt0, tmp_path: Path) -> None:
    d = tmp_path / 'a "b" \\n é'
    d.mkdir()
    (d / "go.mod").write_text("module m\n\ngo 1.27\n")
    (d / "a.s").write_text('#include "textflag.h"\n\nTEXT ·f(SB), NOSPLIT, $0-0\n\tRET\n')
    (d / "a.go").write_text('package main\n\nimport "runtime"\n\nfunc f()\n\nfunc main() {\n\tf()\n\t_, file, _, _ := runtime.Caller(0)\n\tprintln(file)\n}\n')
    r = rt0("run", ".", cwd=d)
    assert (r.err, r.code) == (f"{d}/a.go\n", 0)


def test_trimmed_program_names_no_folder(rt0: Rt0, tmp_path: Path) -> None:
    """Built in two folders with -trimpath: the same bytes, and no path of this machine in them."""
    exes = []
    for name in ("a", "bb"):
        tree(tmp_path / name)
        (tmp_path / name / "m" / "main.go").write_text(re.sub(r"(?m)^//line .*\n", "", MAIN))
        r = rt0("build", "-O1", "-trimpath", "-o", "out", ".", cwd=tmp_path / name / "m")
        assert (r.err, r.code) == ("", 0)
        exes.append((tmp_path / name / "m" / "out").read_bytes())
    assert exes[0] == exes[1]
    for path in (str(tmp_path), str(ROOT), rt0("env", "GOROOT").out.strip()):
        assert os.fsencode(path) not in exes[0]


def test_debugger_finds_the_library(rt0: Rt0, tmp_path: Path) -> None:
    """Without -trimpath the line program names files where they are."""
    tree(tmp_path)
    assert rt0("build", "-O1", "-o", "out", "solo.go", cwd=tmp_path / "solo").code == 0
    data = (tmp_path / "solo" / "out").read_bytes()
    for path in (tmp_path / "solo", Path(rt0("env", "GOROOT").out.strip()) / "src" / "strings", ROOT / "rt0" / "goroot" / "src" / "runtime"):
        assert os.fsencode(path) in data


def test_same_text_in_two_folders(rt0: Rt0, tmp_path: Path) -> None:
    """A //line that leads out of the folder names a file by where the folder lies, also with -trimpath: what the cache has of another folder does not count."""
    text = 'package main\n\nimport "runtime"\n\nfunc main() {\n//line ../up.y:7\n\t_, f, _, _ := runtime.Caller(0)\n\tprintln(f)\n}\n'
    for name in ("one", "two"):
        d = tmp_path / name / "x"
        d.mkdir(parents=True)
        (d / "a.go").write_text(text)
        assert rt0("run", "-trimpath", "a.go", cwd=d).err == f"{tmp_path / name}/up.y\n"
