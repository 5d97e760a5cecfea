"""Build information is go's: flags, modules, and the state of a git repository."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Rt0
from tests.likego import write

MAIN = "package main\n\nfunc main() {}\n"
USES = 'package main\n\nimport (\n\t_ "example.com/dep"\n\t_ "example.com/local/p"\n)\n\nfunc main() {}\n'
MOD = (
    "module example.com/r\n\ngo 1.27\n\nrequire (\n\texample.com/dep v1.2.3\n\texample.com/local v0.1.0\n)\n\n"
    "replace example.com/local => ./local\n\nreplace example.com/dep => example.com/fork v1.5.0\n"
)
ALWAYS = ["build\t-buildmode=exe", "build\t-compiler=gc"]
TAIL = ["build\tCGO_ENABLED=0", "build\tGOARCH=amd64", "build\tGOOS=linux", "build\tGOAMD64=v1"]


def information(rt0: Rt0, exe: Path, d: Path, *args: str) -> list[str]:
    """Lines of `version -m` of a build in d, without the file's name."""
    r = rt0("build", "-O0", "-ldflags=-w", "-o", str(exe), *args, cwd=d)
    assert (r.err, r.code) == ("", 0)
    return [line[1:] for line in rt0("version", "-m", str(exe)).out.splitlines()[1:]]


def test_modules(rt0: Rt0, tmp_path: Path) -> None:
    d = tmp_path / "r"
    write(d, {
        "go.mod": MOD, "main.go": USES, "sub/main.go": MAIN, "local/go.mod": "module example.com/local\n\ngo 1.27\n", "local/p/p.go": "package p\n",
        "vendor/example.com/dep/d.go": "package dep\n", "vendor/example.com/local/p/p.go": "package p\n",
        "vendor/modules.txt": "# example.com/dep v1.2.3 => example.com/fork v1.5.0\n## explicit; go 1.20\nexample.com/dep\n"
        "# example.com/local v0.1.0 => ./local\n## explicit; go 1.27\nexample.com/local/p\n# example.com/local => ./local\n# example.com/dep => example.com/fork v1.5.0\n",
    })  # fmt: skip
    deps = ["dep\texample.com/dep\tv1.2.3", "=>\texample.com/fork\tv1.5.0\t", "", "dep\texample.com/local\tv0.1.0", "=>\t./local\t(devel)\t", ""]
    flags = [*ALWAYS, "build\t-ldflags=-w", *TAIL]
    assert information(rt0, tmp_path / "exe", d) == ["path\texample.com/r", "mod\texample.com/r\t(devel)\t", *deps, *flags]
    assert information(rt0, tmp_path / "exe", d, "./sub") == ["path\texample.com/r/sub", "mod\texample.com/r\t(devel)\t", *flags]
    assert information(rt0, tmp_path / "exe", d, "sub/main.go") == ["path\tcommand-line-arguments", *flags]
    more = information(rt0, tmp_path / "exe", d, "-trimpath", "-tags=x,y", "-gcflags=-N -l", "-asmflags=", "./sub")
    assert more[2:] == [
        "build\t-asmflags=", *ALWAYS, 'build\t-gcflags="-N -l"', "build\t-tags=x,y", "build\t-trimpath=true", *TAIL,
    ]  # fmt: skip


def test_git(rt0: Rt0, tmp_path: Path) -> None:
    d = tmp_path / "r"
    write(d, {"go.mod": "module example.com/r\n\ngo 1.27\n", "main.go": MAIN, "v/go.mod": "module example.com/r/v\n\ngo 1.27\n", "v/main.go": MAIN})
    when = {"GIT_AUTHOR_DATE": "2024-02-03T04:05:06Z", "GIT_COMMITTER_DATE": "2024-02-03T04:05:06Z"}

    def git(*args: str) -> str:
        p = subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@y", *args], cwd=d, env=os.environ | when, capture_output=True, text=True, check=True)
        return p.stdout.strip()

    def version(*args: str, cwd: Path = d) -> str:
        lines = information(rt0, tmp_path / "exe", cwd, *args)
        return next(x for x in lines if x.startswith("mod\t")).split("\t")[2]

    git("init", "-q")
    assert [x for x in information(rt0, tmp_path / "exe", d) if "vcs" in x] == ["build\tvcs=git", "build\tvcs.modified=true"]
    git("add", "go.mod", "main.go")
    git("commit", "-qm", "one")
    assert version("-buildvcs=false") == "(devel)"
    assert version(cwd=d / "v") == "(devel)"  # not in the revision yet
    git("add", "-A")
    git("commit", "-qm", "two")
    head = git("rev-parse", "HEAD")
    stamp = f"20240203040506-{head[:12]}"
    assert [x for x in information(rt0, tmp_path / "exe", d) if "vcs" in x] == [
        "build\tvcs=git", f"build\tvcs.revision={head}", "build\tvcs.time=2024-02-03T04:05:06Z", "build\tvcs.modified=false",
    ]  # fmt: skip
    assert version() == f"v0.0.0-{stamp}"
    assert version(cwd=d / "v") == f"v0.0.0-{stamp}"
    for tag in ("v1.2.3", "v1.2.4-rc.2", "v1.2.4-rc.10", "v2.0.0", "v/v0.5.0", "other"):
        git("tag", tag)
    assert (version(), version(cwd=d / "v")) == ("v1.2.4-rc.10", "v0.5.0")
    (d / "main.go").write_text(MAIN + "\n")
    assert version() == "v1.2.4-rc.10+dirty"
    git("commit", "-qam", "three")
    rev = git("rev-parse", "HEAD")[:12]
    assert (version(), version(cwd=d / "v")) == (f"v1.2.4-rc.10.0.20240203040506-{rev}", f"v0.5.1-0.20240203040506-{rev}")
    (d / "go.mod").write_text("module example.com/r/v2\n\ngo 1.27\n")
    git("commit", "-qam", "four")
    assert re.fullmatch(r"v2\.0\.1-0\.20240203040506-[0-9a-f]{12}", version())
    # `run` records nothing; a change of the repository alone is seen by the next build
    assert version() != (git("tag", "v2.1.0"), version())[1] == "v2.1.0"


@pytest.mark.parametrize("how", ["true", "auto"])
def test_repository_of_another_kind(how: str, rt0: Rt0, tmp_path: Path) -> None:
    d = tmp_path / "r"
    write(d, {"go.mod": "module example.com/r\n\ngo 1.27\n", "main.go": MAIN, ".hg/x": ""})
    r = rt0("build", f"-buildvcs={how}", "-o", "/dev/null", ".", cwd=d)
    assert (r.code, "error obtaining VCS status" in r.err) == ((1, True) if how == "true" else (0, False))
