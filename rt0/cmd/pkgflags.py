"""Flags that carry flags for another tool: `-ldflags='-s -X main.v=1'`, `-ldflags=pattern=flags`.

The text is a list of words, split at spaces; a word may be quoted whole by ' or ", and nothing is unescaped. Before it may stand `pattern=`, which
says for which packages the words are meant; without, for those named on the command line. Of several flags the last that
matches a package counts, alone. Source: cmd/internal/quoted and cmd/go/internal/load/flag.go, go1.27.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

SPACE = " \t\n\r"


@dataclass(slots=True)
class PackageFlag:
    """pattern: "" for the packages of the command line."""

    pattern: str
    words: list[str]


def split(text: str) -> list[str]:
    """The words of a list of flags. Raises ValueError, with go's message, when a quote is not closed."""
    out = []
    i, n = 0, len(text)
    while i < n:
        if text[i] in SPACE:
            i += 1
        elif text[i] in "\"'":
            end = text.find(text[i], i + 1)
            if end < 0:
                raise ValueError(f"unterminated {text[i]} string")
            out.append(text[i + 1 : end])
            i = end + 1
        else:
            end = i
            while end < n and text[end] not in SPACE:
                end += 1
            out.append(text[i:end])
            i = end
    return out


def parse(text: str) -> PackageFlag:
    """One flag's value. Raises ValueError with go's message."""
    text = text.strip()
    pattern = ""
    if text and not text.startswith("-"):
        i = text.find("=")
        if i < 0:
            raise ValueError("missing =<value> in <pattern>=<value>")
        if i == 0:
            raise ValueError("missing <pattern> in <pattern>=<value>")
        if text[0] in "\"'":
            raise ValueError(f"parameter may not start with quote character {text[0]}")
        pattern, text = text[:i].strip(), text[i + 1 :]
    return PackageFlag(pattern, split(text))


def words_for(flags: list[PackageFlag], path: str, directory: str, standard: bool, cwd: str) -> list[str]:
    """The words meant for a package of the command line, given by import path and directory."""
    words: list[str] = []
    for f in flags:
        if not f.pattern or matches(f.pattern, path, directory, standard, cwd):
            words = f.words
    return words


def matches(pattern: str, path: str, directory: str, standard: bool, cwd: str) -> bool:
    if pattern == "all" or (pattern == "std" and standard) or (pattern == "cmd" and standard and path.startswith("cmd/")):
        return True
    if pattern in (".", "..") or pattern.startswith(("./", "../")):
        head, dots, tail = pattern.partition("...")
        base = os.path.normpath(os.path.join(cwd, head))
        if not dots:
            return directory == base
        return (directory + "/").startswith(base.rstrip("/") + "/") and (not tail or wildcard("..." + tail, directory))
    return wildcard(pattern, path)


def wildcard(pattern: str, path: str) -> bool:
    """`...` is any text; `x/...` matches x too."""
    text = re.escape(pattern).replace(r"\.\.\.", ".*")
    if text.endswith("/.*"):
        text = text[:-3] + "(/.*)?"
    return re.fullmatch(text, path) is not None
