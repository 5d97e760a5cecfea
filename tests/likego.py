"""A command in a folder of its own, through rt0 and (recorded) through the real go: same exit code, output and messages.

The folder's name becomes $DIR, GOROOT $ROOT; where messages name the command they name go. Both are run with CGO_ENABLED=0.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Result, Rt0, golden

Files = Mapping[str, str | bytes]


def write(d: Path, files: Files) -> None:
    """Make the files; a name that ends in "@" is a symbolic link, its text the target."""
    for name, text in files.items():
        p = d / name.removesuffix("@")
        p.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("@"):
            p.symlink_to(str(text))
        else:
            p.write_bytes(text.encode() if isinstance(text, str) else text)


def shown(r: Result, d: Path, goroot: str) -> dict[str, Any]:
    def plain(text: str) -> str:
        for old, new in ((str(d), "$DIR"), (goroot, "$ROOT"), ("usage: rt0", "usage: go"), ("rt0 help", "go help"), ("rt0: ", "go: ")):
            text = text.replace(old, new)
        return text

    return {"code": r.code, "out": plain(r.out), "err": plain(r.err)}


def check(
    key: str, files: Files, args: list[str], book: Path, rt0: Rt0, tmp_path: Path, request: pytest.FixtureRequest, env: Mapping[str, str] | None = None, sub: str = "."
) -> None:
    """Run `args` in folder `sub` of `files` and compare with the recorded answer `key` of the golden file `book`."""
    goroot = rt0("env", "GOROOT").out.strip()
    environ = {"CGO_ENABLED": "0", "GOFLAGS": "", "GOAMD64": "", "GOPROXY": "off", **(env or {})}

    def ask() -> dict[str, Any]:
        d = tmp_path / "go"
        write(d, files)
        p = subprocess.run(["go", *args], cwd=d / sub, env=os.environ | environ, capture_output=True, timeout=600)
        root = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
        return shown(Result(p), d, root)

    want = golden(book, key, request.config.getoption("--record"), ask)
    d = tmp_path / "rt0"
    write(d, files)
    got = shown(rt0(*args, cwd=d / sub, env=environ), d, goroot)
    assert got == want, "\n".join(f"{k}:\n{got[k]}\nwant:\n{want[k]}" for k in want if got[k] != want[k])
