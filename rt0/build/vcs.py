"""What `rt0 build` records of the git repository that a main module lies in: revision, time, whether files differ, and the module's version.

Follows setBuildInfo in cmd/go/internal/load/pkg.go, gitStatus in cmd/go/internal/vcs/vcs.go and the rules for versions in
cmd/go/internal/modfetch/coderepo.go (go1.27): the working directory, the package and the module must lie in one repository. The version is the
newest tag of the revision that fits the module's path, else a pseudo-version after the newest fitting tag before it. Other systems than git are not stamped.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass

_SEMVER = re.compile(r"v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?\Z")
_PSEUDO = re.compile(r"(?:.*\.)?\d{14}-[A-Za-z0-9]+\Z")
_ROOTS = (".git", ".hg", ".svn", ".bzr", ".fslckout", "_FOSSIL_")


class VcsError(Exception):
    """The status of a repository cannot be told."""


@dataclass(slots=True, frozen=True)
class Stamp:
    """settings: vcs lines of the build information; version: of the main module, "" when it has none."""

    settings: tuple[tuple[str, str], ...]
    version: str


def find_root(d: str) -> tuple[str, str]:
    """(repository's directory, name of the system's own folder in it) that d lies in; ("", "") for none."""
    while True:
        for name in _ROOTS:
            if os.path.lexists(os.path.join(d, name)):
                return d, name
        up = os.path.dirname(d)
        if up == d:
            return "", ""
        d = up


def stamp(cwd: str, package_dir: str, module_dir: str, module_path: str, required: bool) -> Stamp | None:
    """The stamp of a build; None when there is nothing to record.

    required  -buildvcs=true: what keeps the status from being told is an error (VcsError), not a reason to leave it out
    """
    repo, kind = find_root(cwd)
    if not repo or not (_below(module_dir, repo) or _below(repo, module_dir)):
        return None
    if kind != ".git":
        if required:
            raise VcsError(f"{repo} is not a git repository, and rt0 stamps no other")
        return None
    if shutil.which("git") is None:
        if required:
            raise VcsError('exec: "git": executable file not found in $PATH')
        return None
    for what, d in (("package", package_dir), ("module", module_dir)):
        other = find_root(d)[0]
        if other != repo:
            if required:
                raise VcsError(f'main {what} is in repository "{other}" but current directory is in repository "{repo}"')
            return None
    modified = bool(_git(repo, "status", "--porcelain").strip())
    settings = [("vcs", "git")]
    revision = ""
    seconds = 0
    try:
        revision, _, committed = _git(repo, "-c", "log.showsignature=false", "log", "-1", "--format=%H:%ct").strip().partition(":")
        seconds = int(committed or 0)
    except VcsError:  # a repository without commits: taken for that when there is something to commit
        if not modified:
            raise
    if revision:
        settings += [("vcs.revision", revision), ("vcs.time", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds)))]
    settings.append(("vcs.modified", str(modified).lower()))
    version = _version(repo, os.path.relpath(module_dir, repo), module_path, revision, seconds) if revision and _has_module(repo) else ""
    if version and modified:
        version += ".dirty" if version.endswith("+incompatible") else "+dirty"
    return Stamp(tuple(settings), version)


def _below(d: str, root: str) -> bool:
    return d == root or d.startswith(root.rstrip("/") + "/")


def _has_module(repo: str) -> bool:
    """Without a module at its root, go gives the repository's modules no version."""
    try:
        with open(os.path.join(repo, "go.mod"), encoding="utf-8", errors="replace") as f:
            return re.search(r"(?m)^[ \t]*module[ \t]+\S", f.read()) is not None
    except OSError:
        return False


def _git(repo: str, *args: str) -> str:
    env = dict(os.environ, GIT_TERMINAL_PROMPT="0", GIT_OPTIONAL_LOCKS="0", LC_ALL="C")
    try:
        p = subprocess.run(["git", *args], cwd=repo, env=env, capture_output=True, text=True, errors="replace", timeout=120)
    except (OSError, subprocess.SubprocessError) as e:
        raise VcsError(str(e)) from None
    if p.returncode:
        raise VcsError(f"exit status {p.returncode}")
    return p.stdout


def _version(repo: str, sub: str, path: str, revision: str, seconds: int) -> str:
    """The module version of a revision. sub: the module's directory in the repository."""
    m = re.search(r"/v([2-9]|[1-9]\d+)\Z", path) or re.match(r"gopkg\.in/.*\.v(\d+)\Z", path)
    major = int(m[1]) if m else None
    prefix = "" if sub == "." else sub + "/"
    if prefix:
        try:
            _git(repo, "cat-file", "-e", f"{revision}:{prefix}go.mod")
        except VcsError:  # the revision does not have the module yet
            return ""
    if m and prefix.endswith(f"v{major}/"):  # module in a folder named for its version: tags are those of the folder above
        prefix = prefix.removesuffix(f"v{major}/")

    def fitting(tags: str) -> list[tuple[tuple[int, int, int], tuple[object, ...], str]]:
        out = []
        for tag in tags.split():
            v = _SEMVER.match(tag.removeprefix(prefix)) if tag.startswith(prefix) else None
            if v is None or not (int(v[1]) == major if major is not None else int(v[1]) <= 1) or _PSEUDO.match(v[4] or ""):
                continue
            out.append(((int(v[1]), int(v[2]), int(v[3])), _prerelease(v[4]), tag.removeprefix(prefix)))
        return out

    here = fitting(_git(repo, "tag", "--points-at", revision))
    if here:
        return max(here)[2]
    stamp = time.strftime("%Y%m%d%H%M%S", time.gmtime(seconds)) + "-" + revision[:12]
    before = fitting(_git(repo, "tag", "--merged", revision))
    if not before:
        return f"v{major or 0}.0.0-{stamp}"
    (x, y, z), _, tag = max(before)
    return f"{tag}.0.{stamp}" if "-" in tag else f"v{x}.{y}.{z + 1}-0.{stamp}"


def _prerelease(text: str | None) -> tuple[object, ...]:
    """Sorts as semantic versions do: a release after its candidates, numbers before words."""
    if not text:
        return (1,)
    return (0, tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in text.split(".")))
