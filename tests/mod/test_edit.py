"""`mod edit`, `mod init`, `work ...`: what is printed and what is written, byte for byte what go gives (recorded)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rt0.__main__ import guarded
from tests.conftest import go_run, golden

GOLDEN = Path(__file__).parent / "golden" / "edit.json"

PLAIN = """// Deprecated: use example.com/n
module  example.com/m   // the module

go 1.21
toolchain go1.22.0

require (
\tz.com/a v1.0.0 // indirect

\t// of b
\tb.com/b v1.2.0

\ta.com/c v0.0.0-20200101000000-abcdefabcdef // indirect; used in c
)
require d.com/d v2.0.0+incompatible
exclude d.com/d v1.0.0
replace (
\tz.com/a => ../a
\tz.com/a v1.1.0 => q.com/z v1.0.0
)
retract v1.0.1 // bad
retract [v1.0.2, v1.0.4]
godebug default=go1.20
tool b.com/b/cmd/x
ignore ./node_modules
// the end
"""
COMMENTS = """
// before


// module comment
module example.com/m // suffix
// after

require ( // opening
\t// first
\tb.com/b v1.2.0 // second
\t// third
) // closing

// alone
"""
WORK = """go 1.21

use (
\t./b
\t./a // a's
)
replace x.com/x => ./x
"""

# name -> (files, commands)
CASES: dict[str, tuple[dict[str, str], list[list[str]]]] = {
    "format": ({"go.mod": PLAIN}, [["mod", "edit", "-fmt"]]),
    "format comments": ({"go.mod": COMMENTS}, [["mod", "edit", "-fmt"]]),
    "json": ({"go.mod": PLAIN}, [["mod", "edit", "-json"]]),
    "print": ({"go.mod": PLAIN}, [["mod", "edit", "-print", "-go=1.22", "-toolchain=none", "-module=other.com/x"]]),
    "require": ({"go.mod": PLAIN}, [["mod", "edit", "-require=b.com/b@v1.3.0", "-require=n.com/n@v1.0.0", "-droprequire=z.com/a"]]),
    "versions": ({"go.mod": PLAIN}, [["mod", "edit", "-go=none", "-toolchain=go1.23.1"]]),
    "exclude": ({"go.mod": PLAIN}, [["mod", "edit", "-exclude=d.com/d@v1.2.0", "-exclude=d.com/d@v1.1.0", "-dropexclude=d.com/d@v1.0.0"]]),
    "replace": ({"go.mod": PLAIN}, [["mod", "edit", "-replace=z.com/a=./other", "-replace=n.com/n@v1.0.0=o.com/o@v1.2.3"]]),
    "drop replace": ({"go.mod": PLAIN}, [["mod", "edit", "-dropreplace=z.com/a@v1.1.0"], ["mod", "edit", "-dropreplace=z.com/a"]]),
    "retract": ({"go.mod": PLAIN}, [["mod", "edit", "-retract=v1.0.9", "-retract=[v1.1.0,v1.1.2]", "-dropretract=v1.0.1"]]),
    "tools": ({"go.mod": PLAIN}, [["mod", "edit", "-tool=a.com/t", "-droptool=b.com/b/cmd/x", "-ignore=x", "-dropignore=./node_modules"]]),
    "godebug": ({"go.mod": PLAIN}, [["mod", "edit", "-godebug=panicnil=1", "-godebug=default=go1.21"], ["mod", "edit", "-dropgodebug=default"]]),
    "odd edits": (
        {"go.mod": "module m.com/m\n"},
        [
            ["mod", "edit"],
            ["mod", "edit", "-json", "-print"],
            ["mod", "edit", "-require=x"],
            ["mod", "edit", "-require=x@"],
            ["mod", "edit", "-require=-x@v1.0.0"],
            ["mod", "edit", "-droprequire=a@v1"],
            ["mod", "edit", "-exclude=a.com/b@v1"],
            ["mod", "edit", "-exclude=a.com/b@v2.0.0"],
            ["mod", "edit", "-exclude=a.com/b/v2@v1.0.0"],
            ["mod", "edit", "-replace=a.com/b"],
            ["mod", "edit", "-replace=a.com/b=>c"],
            ["mod", "edit", "-replace=a.com/b=c"],
            ["mod", "edit", "-replace=a.com/b@v1.0.0 => ../c=d"],
            ["mod", "edit", "-retract=[v1.0.0]"],
            ["mod", "edit", "-retract=v1"],
            ["mod", "edit", "-go=one"],
            ["mod", "edit", "-toolchain=1.2"],
            ["mod", "edit", "-module=a b"],
            ["mod", "edit", "-module=go"],
            ["mod", "edit", "-godebug=x"],
            ["mod", "edit", "-fmt", "nowhere.mod"],
            ["mod", "edit", "-fmt", "a", "b"],
        ],
    ),
    "bad files": (
        {
            "a.mod": "module x\nrequire (\n\ta v1\n",
            "b.mod": "module x /* y */\n",
            "c.mod": 'module "x\nfoo bar\n',
            "d.mod": "module x\nfoo bar\nrequire a\ngo 1.x\nretract x y\nreplace a => b\nexclude a v1\nblock (\n\tx\n)\n",
            "e.mod": "module x\nrequire a v2.0.0\nrequire a/v2 v1.0.0\nrequire gopkg.in/x v1.0.0\nreplace a@v1 => ../b\ntool\n",
        },
        [["mod", "edit", "-fmt", f"{n}.mod"] for n in "abcde"],
    ),
    "init": ({}, [["mod", "init", "example.com/m"], ["mod", "init", "example.com/m"]]),
    "init with files": ({"sub/x.go": "package x\n"}, [["mod", "init", "example.com/m"]]),
    "init odd": (
        {},
        [["mod", "init", p] for p in ("a b", "./x", "example.com/v1", "example.com/x/v2.3", "gopkg.in/yaml", "gopkg.in/yaml/v3", "go", "a/../b", "x", "-")]
        + [["mod", "init", "a", "b"]],
    ),
    "init by comment": ({"x.go": 'package x // import "example.com/there"\n'}, [["mod", "init"]]),
    "work": ({"a/go.mod": "module a\ngo 1.22\n", "b/go.mod": "module b\n", "c/d/go.mod": "module d\ngo 1.25.1\n"},
             [["work", "init", "a", "./b"], ["work", "use", "-r", "c"], ["work", "use", "nowhere"], ["work", "init"]]),
    "work use drops": ({"go.work": WORK, "a/go.mod": "module a\n", "b/x": ""}, [["work", "use", "b"], ["work", "use", "a/go.mod"]]),
    "work edit": ({"go.work": WORK, "c/go.mod": "module c\n"},
                  [["work", "edit", "-use=c", "-dropuse=./b", "-replace=y@v1.0.0=z@v1.2.0", "-go=1.23", "-toolchain=go1.24.0"], ["work", "edit", "-json"],
                   ["work", "edit", "-dropreplace=x.com/x", "-godebug=a=b", "-print"], ["work", "edit"], ["work", "edit", "-fmt"]]),
    "no work": ({}, [["work", "use", "."], ["work", "edit", "-fmt"]]),
    "bad work": ({"go.work": "go 1.21\nuse a b\nuse (\n\tx y\n)\nfoo\nreplace x => y\n"}, [["work", "edit", "-fmt"], ["work", "use", "."]]),
}  # fmt: skip


def tree(d: Path) -> dict[str, str]:
    return {str(p.relative_to(d)): p.read_text() for p in sorted(d.rglob("go.*")) if p.is_file()}


@pytest.mark.parametrize("name", CASES)
def test_edit(name: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    files, commands = CASES[name]

    def fill(d: Path) -> None:
        d.mkdir()
        for path, text in files.items():
            (d / path).parent.mkdir(parents=True, exist_ok=True)
            (d / path).write_text(text)

    def clean(text: str, d: Path) -> str:
        return text.replace(str(d), "$DIR").replace("usage: rt0", "usage: go").replace("rt0 help", "go help")

    def ask() -> dict[str, Any]:
        d = tmp_path / "go"
        fill(d)
        monkeypatch.setenv("GOMODCACHE", str(tmp_path / "cache"))
        monkeypatch.setenv("PWD", str(d))
        runs = [go_run(c, d) for c in commands]
        return {"runs": [{k: clean(v, d) if isinstance(v, str) else v for k, v in r.record().items()} for r in runs], "tree": tree(d)}

    want = golden(GOLDEN, name, request.config.getoption("--record"), ask)
    d = tmp_path / "rt0"
    fill(d)
    monkeypatch.chdir(d)
    monkeypatch.setenv("PWD", str(d))
    monkeypatch.setenv("GOMODCACHE", str(tmp_path / "cache"))
    for c, one in zip(commands, want["runs"], strict=True):
        code = guarded(c)
        out = capfdbinary.readouterr()
        have = {"code": code, "out": clean(out.out.decode(), d), "err": clean(out.err.decode(), d)}
        assert have == one, " ".join(c)
    assert tree(d) == want["tree"]
