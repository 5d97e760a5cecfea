"""Where a script runs: its folder $WORK, and the environment that cmd/go's script_test.go and go_test.go give it.

`go` is first in the script's PATH: for rt0 a small program that starts it with the cache and the modules of this repository.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.scripts.proxy import SUMDB_NAME, VERIFIER_KEY
from tests.conftest import ROOT

KEPT = ("LD_LIBRARY_PATH", "LIBRARY_PATH", "C_INCLUDE_PATH", "CC", "PYTHONPYCACHEPREFIX")


@dataclass(slots=True)
class Command:
    """The `go` under test: kind is "rt0" or "go"; bin the folder that holds it as `go`."""

    kind: str
    bin: Path
    goroot: str
    version: str  # "1.27.3"
    gocache: str

    @classmethod
    def make(cls, kind: str, folder: Path, cache: str, gocache: str) -> Command:
        """Put `go` into a folder. cache: RT0CACHE; gocache: GOCACHE of the real command ("": its own)."""
        folder.mkdir(parents=True, exist_ok=True)
        go = folder / "go"
        if kind == "go":
            found = shutil.which("go")
            if found is None:
                raise SystemExit("scripts: no go in PATH")
            root = subprocess.run([found, "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
            text = f'#!/bin/sh\nexec {shlex.quote(root)}/bin/go "$@"\n'
        else:
            text = (f"#!/bin/sh\nRT0RESIDENT=off RT0CACHE={shlex.quote(cache)} PYTHONPATH={shlex.quote(str(ROOT))} PYTHONSAFEPATH=1\n"
                    f'export RT0RESIDENT RT0CACHE PYTHONPATH PYTHONSAFEPATH\nexec {shlex.quote(sys.executable)} -m rt0 "$@"\n')
        go.write_text(text)
        go.chmod(0o755)
        ask = subprocess.run([go, "env", "GOROOT", "GOVERSION"], capture_output=True, text=True, check=True, env=dict(os.environ, GOTOOLCHAIN="local"))
        goroot, version = ask.stdout.split("\n")[:2]
        if not gocache and kind == "go":
            gocache = subprocess.run([go, "env", "GOCACHE"], capture_output=True, text=True, check=True).stdout.strip()
        return cls(kind, folder, goroot, version.split()[0].removeprefix("go"), gocache or cache)


def environment(command: Command, proxy_url: str) -> dict[str, str]:
    """The variables every script starts with, but for those of its own folder."""
    env = {
        "PATH": f"{command.bin}:{os.environ['PATH']}",
        "HOME": "/no-home",
        "CCACHE_DISABLE": "1",
        "GOARCH": "amd64",
        "TESTGO_GOHOSTARCH": "amd64",
        "GOCACHE": command.gocache,
        "GOCOVERDIR": "",
        "GODEBUG": "",
        "GOEXE": "",
        "GOEXPERIMENT": "",
        "GOOS": "linux",
        "TESTGO_GOHOSTOS": "linux",
        "GOPROXY": proxy_url,
        "GOPRIVATE": "",
        "GOROOT": command.goroot,
        "GOTRACEBACK": "system",
        "TESTGO_GOROOT": command.goroot,
        "TESTGO_EXE": str(command.bin / "go"),
        "GOSUMDB": VERIFIER_KEY,
        "TESTGO_SUMDB": SUMDB_NAME,
        "GONOPROXY": "",
        "GONOSUMDB": "",
        "GOVCS": "*:all",
        "devnull": os.devnull,
        "goversion": command.version,
        "HGRCPATH": "",
        "GOTOOLCHAIN": "auto",
        "newline": "\n",
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    env.update((k, os.environ[k]) for k in KEPT if k in os.environ)
    return env


def folders(work: Path) -> dict[str, str]:
    """Make what $WORK holds before the script's files come; the variables that name it."""
    for name in ("telemetry", "tmp", "gopath/src"):
        (work / name).mkdir(parents=True)
    return {"WORK": str(work), "TEST_TELEMETRY_DIR": str(work / "telemetry"), "TMPDIR": str(work / "tmp"), "GOPATH": str(work / "gopath")}


def remove(tree: Path) -> None:
    """Remove a folder with what is in it, also read-only folders of a module cache."""
    if tree.is_dir() and not tree.is_symlink():
        for parent, _, _ in os.walk(tree):
            os.chmod(parent, 0o777)
        shutil.rmtree(tree)
    else:
        tree.unlink(missing_ok=True)
