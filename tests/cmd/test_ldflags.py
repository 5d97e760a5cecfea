"""-ldflags: what -X sets and what it refuses, quoting, patterns; as the real go does."""

from __future__ import annotations

from pathlib import Path

import pytest

from rt0.cmd import pkgflags
from tests.conftest import Rt0, go_run, golden

HERE = Path(__file__).parent
GOLDEN = HERE / "golden" / "ldflags.json"

CASES = [
    ["-X main.plain=a -X=main.init1=b -X main.alias=c"],
    ["-X main.num=a -X main.named=b -X main.ptr=x -X main.iface=x -X main.arr=x -X main.st=y -X main.g=1 -X main.unused=s"],
    ["-X main.c=a -X main.nosuch=b -X main.f=q -X nosuch.x=y -X main.main=1 -X example.com/x.plain=a"],
    ["-X example.com/x/dep.V=a -X example.com/x/v.v2.V=b"],
    ["-X example.com/x/dep.N=a -X example.com/x/v.v2.N=b -X example.com/x/dep.un=1"],
    ["-X 'main.plain=a b' -X \"main.init1=c'd\""],
    ["-X main.plain= -X main.init1=a=b -X main.other=z -X main.other=1"],
    ["-X main.plain=1", "-X main.other=2"],
    ["all=-X main.plain=1"],
    ["example.com/x=-X main.plain=1"],
    ["fmt=-X main.plain=1"],
    ['-X main.plain=a\\nb\\t"c√'],
]


@pytest.mark.parametrize("flags", CASES, ids=lambda f: " + ".join(f))
def test_like_go(flags: list[str], rt0: Rt0, request: pytest.FixtureRequest) -> None:
    args = ["run", *["-ldflags=" + f for f in flags], "."]
    cwd = HERE / "ldflags"
    want = golden(GOLDEN, " + ".join(flags), request.config.getoption("--record"), lambda: go_run(args, cwd).record())
    assert rt0(*args, cwd=cwd).record() == want


@pytest.mark.parametrize(("flags", "said"), [
    ("-X 'main.plain=a", """invalid value "-X 'main.plain=a" for flag -ldflags: unterminated ' string\n"""),
    ("foo", 'invalid value "foo" for flag -ldflags: missing =<value> in <pattern>=<value>\n'),
    ("-X plain=a", "# example.com/x\nlink: -X flag requires argument of the form importpath.name=value\n"),
    ("-X", "# example.com/x\nlink: -X flag requires argument of the form importpath.name=value\n"),
])  # fmt: skip
def test_refused(flags: str, said: str, rt0: Rt0) -> None:
    r = rt0("build", "-ldflags=" + flags, ".", cwd=HERE / "ldflags")
    assert r.code != 0 and r.err in (said, said + "usage: rt0 build [-o output] [build flags] [packages]\nRun 'rt0 help build' for details.\n")


def test_patterns() -> None:
    def match(pattern: str) -> bool:
        return pkgflags.matches(pattern, "example.com/x/y", "/src/x/y", False, "/src/x")

    assert [p for p in ("all", "example.com/x/y", "example.com/...", "example.com/x/y/...", "...", "./y", "./...", "..", "../...", "./y/...") if not match(p)] == [".."]
    assert not any(match(p) for p in ("std", "cmd", "fmt", "example.com/x", ".", "./z/...", "x/..."))
