"""`//go:embed` patterns -> files, as the go command resolves them (cmd/go/internal/load, resolveEmbed).

A pattern is matched against paths below the package's directory with path.Match's rules: `*` and `?` do not cross a slash. A directory
stands for all files below it, except those whose names begin with "." or "_", unless the pattern has the prefix `all:`.
"""

from __future__ import annotations

import os
import re
from fnmatch import translate

_ARG = re.compile(r'\s*(?:`([^`]*)`|"((?:[^"\\]|\\.)*)"|([^\s`"]\S*))(?=\s|$)')


class EmbedError(Exception):
    """msg for the user; offset of the pattern from the first argument."""

    def __init__(self, msg: str, offset: int) -> None:
        self.msg = msg
        self.offset = offset


def _valid(pattern: str) -> bool:
    """io/fs.ValidPath, and not "."."""
    return (pattern != "" and all(p not in ("", ".", "..") for p in pattern.split("/"))) or pattern == "."


def _glob(d: str, pattern: str) -> list[str]:
    """Paths below d that match, relative, sorted."""
    found = [""]
    for part in pattern.split("/"):
        nxt: list[str] = []
        if not re.search(r"[*?\[\\]", part):
            nxt = [f"{f}/{part}".lstrip("/") for f in found if os.path.lexists(os.path.join(d, f, part))]
        else:
            rx = re.compile(translate(part.replace("[^", "[!")))
            for f in found:
                try:
                    names = sorted(os.listdir(os.path.join(d, f)))
                except OSError:
                    continue
                nxt += [f"{f}/{n}".lstrip("/") for n in names if rx.match(n)]
        found = nxt
    return found


def match_embed(d: str, args: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """[(pattern, [(name in the file system, absolute path)])] of the arguments of one directive. Raises EmbedError."""
    out: list[tuple[str, list[tuple[str, str]]]] = []
    pos = 0
    while pos < len(args):
        m = _ARG.match(args, pos)
        if m is None:
            break  # the compiler reports the malformed directive
        k = m.lastindex or 3
        pattern, at = m[k], m.start(k) - (k != 3)
        pos = m.end()
        bare = pattern.removeprefix("all:")
        if not _valid(bare):
            raise EmbedError(f"pattern {pattern}: invalid pattern syntax", at)
        files: dict[str, str] = {}
        matches = _glob(d, bare) if bare != "." else [""]
        if not matches:
            raise EmbedError(f"pattern {pattern}: no matching files found", at)
        for rel in matches:
            full = os.path.join(d, rel)
            if os.path.isdir(full) and not os.path.islink(full):
                count = 0
                for root, dirs, names in os.walk(full):
                    dirs.sort()
                    if not pattern.startswith("all:"):
                        dirs[:] = [x for x in dirs if x[0] not in "._"]
                        names = [x for x in names if x[0] not in "._"]
                    dirs[:] = [x for x in dirs if not os.path.isfile(os.path.join(root, x, "go.mod"))]
                    for n in sorted(names):
                        p = os.path.join(root, n)
                        if os.path.isfile(p) and not os.path.islink(p):
                            files[os.path.relpath(p, d)] = p
                            count += 1
                if not count:
                    raise EmbedError(f"pattern {pattern}: cannot embed directory {rel}: contains no embeddable files", at)
            elif os.path.isfile(full) and not os.path.islink(full):
                files[rel] = full
            else:
                raise EmbedError(f"pattern {pattern}: cannot embed irregular file {rel}", at)
        out.append((pattern, sorted(files.items())))
    return out
