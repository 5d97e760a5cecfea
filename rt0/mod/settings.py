"""What the environment says about modules: variables, then what `go env -w` wrote, then the defaults of GOROOT/go.env (cmd/go/internal/cfg, go1.27)."""

from __future__ import annotations

import os
from functools import cache

from rt0.mod.path import match_prefix_patterns


def env_file() -> str:
    """Path of the file that `go env -w` writes; "" for none."""
    named = os.environ.get("GOENV", "")
    if named == "off":
        return ""
    if named:
        return named
    config = os.environ.get("XDG_CONFIG_HOME") or (os.path.join(os.environ["HOME"], ".config") if os.environ.get("HOME") else "")
    return os.path.join(config, "go", "env") if config else ""


def _read(path: str) -> dict[str, str]:
    out: dict[str, str] = {}
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as f:
            for line in f.read().split("\n"):
                key, eq, value = line.partition("=")
                if eq and key and "A" <= key[0] <= "Z" and key not in out:
                    out[key] = value.rstrip("\r")
    except OSError:
        pass
    return out


@cache
def _file(path: str) -> dict[str, str]:
    return _read(path) if path else {}


def getenv(name: str) -> str:
    """A variable, from wherever it is set; "" when it is nowhere."""
    return os.environ.get(name) or _file(env_file()).get(name, "")


def gopath() -> str:
    """GOPATH, a list; HOME/go by default."""
    return getenv("GOPATH") or (os.path.join(os.environ["HOME"], "go") if os.environ.get("HOME") else "")


def gomodcache() -> str:
    """The module cache; "" when it is nowhere."""
    first = gopath().partition(os.pathsep)[0]
    return getenv("GOMODCACHE") or (os.path.join(first, "pkg", "mod") if first else "")


def goproxy() -> str:
    return getenv("GOPROXY") or "https://proxy.golang.org,direct"


def gosumdb() -> str:
    return getenv("GOSUMDB") or "sum.golang.org"


def gonoproxy() -> str:
    return getenv("GONOPROXY") or getenv("GOPRIVATE")


def gonosumdb() -> str:
    return getenv("GONOSUMDB") or getenv("GOPRIVATE")


def use_sumdb(path: str) -> bool:
    """Whether the checksum database is asked about a module that go.sum does not know."""
    return gosumdb() != "off" and not match_prefix_patterns(gonosumdb(), path)


def find_gowork(start: str) -> str:
    """Path of the go.work that counts in a directory; "" for none. Raises ValueError for a GOWORK that is wrong."""
    named = getenv("GOWORK")
    if named == "off":
        return ""
    if named not in ("", "auto"):
        if not os.path.isabs(named):
            raise ValueError("invalid GOWORK: not an absolute path")
        return named
    d = os.path.abspath(start)
    while True:
        p = os.path.join(d, "go.work")
        if os.path.isfile(p):
            return p
        up = os.path.dirname(d)
        if up == d:
            return ""
        d = up


def short(path: str) -> str:
    """A path as messages have it: relative to the working directory when that is shorter."""
    if not os.path.isabs(path):
        return path
    rel = os.path.relpath(path, os.getcwd())
    return rel if len(rel) < len(path) else path
