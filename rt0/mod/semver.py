"""Versions of modules: semantic versions with a v in front, and pseudo-versions for commits without a tag.

    v1.2.3            a release               v1.2.3-rc.1                          a prerelease, before it
    v2.0.0+incompatible   of a module path without /v2
    v0.0.0-20191109021931-daa7c04131f5        a commit: (1) no earlier version, (2) v1.2.4-0.TIME-REV after v1.2.3, (4) v1.2.3-pre.0.TIME-REV after v1.2.3-pre

Source: golang.org/x/mod/semver and module/pseudo.go, go1.27.
"""

from __future__ import annotations

import re
from functools import lru_cache

_NUMBER = r"(?:0|[1-9][0-9]*)"
_SEMVER = re.compile(
    rf"v({_NUMBER})(?:\.({_NUMBER})(?:\.({_NUMBER})(-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?)?\Z"
)
_PSEUDO = re.compile(r"v[0-9]+\.(?:0\.0-|\d+\.\d+-(?:[^+]*\.)?0\.)\d{14}-[A-Za-z0-9]+(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?\Z", re.ASCII)

# major, minor, patch, prerelease with its dash, build with its plus; a short form has "" for what is missing of the numbers
Parts = tuple[str, str, str, str, str]


@lru_cache(maxsize=4096)
def parse(v: str) -> Parts | None:
    """The parts of a version; None when it is none. v1 and v1.2 are versions."""
    m = _SEMVER.match(v)
    if m is None:
        return None
    pre = m[4] or ""
    if any(p.isdigit() and len(p) > 1 and p[0] == "0" for p in pre[1:].split(".")):
        return None
    return m[1], m[2] or "", m[3] or "", pre, m[5] or ""


def is_valid(v: str) -> bool:
    return parse(v) is not None


def canonical(v: str) -> str:
    """v with all three numbers and without build metadata; "" when it is no version."""
    p = parse(v)
    return "" if p is None else f"v{p[0]}.{p[1] or 0}.{p[2] or 0}{p[3]}"


def canonical_version(v: str) -> str:
    """`canonical`, but +incompatible stays (module.CanonicalVersion)."""
    return canonical(v) + ("+incompatible" if build(v) == "+incompatible" else "")


def major(v: str) -> str:
    p = parse(v)
    return "" if p is None else "v" + p[0]


def major_minor(v: str) -> str:
    p = parse(v)
    return "" if p is None else f"v{p[0]}.{p[1] or 0}"


def prerelease(v: str) -> str:
    p = parse(v)
    return "" if p is None else p[3]


def build(v: str) -> str:
    p = parse(v)
    return "" if p is None else p[4]


# What orders prereleases: none sorts last, numbers before words, the shorter list first.
_Key = tuple[int, int, int, int, tuple[tuple[int, int, str], ...]]


@lru_cache(maxsize=4096)
def key(v: str) -> _Key:
    """Sorts as versions do; a text that is no version sorts first."""
    p = parse(v)
    if p is None:
        return (-1, 0, 0, 0, ())
    parts = tuple((0, int(x), "") if x.isdigit() else (1, 0, x) for x in p[3][1:].split(".")) if p[3] else ()
    return (int(p[0]), int(p[1] or 0), int(p[2] or 0), 0 if p[3] else 1, parts)


def compare(a: str, b: str) -> int:
    """-1, 0 or 1; build metadata does not count."""
    x, y = key(a), key(b)
    return (x > y) - (x < y)


def is_pseudo(v: str) -> bool:
    return v.count("-") >= 2 and is_valid(v) and _PSEUDO.match(v) is not None


def _split_pseudo(v: str) -> tuple[str, str, str, str]:
    """(base, timestamp, revision, build) of a pseudo-version."""
    b = build(v)
    head, _, rev = v[: len(v) - len(b)].rpartition("-")
    dash, dot = head.rfind("-"), head.rfind(".")
    at = dot if dot > dash else dash
    return head[:at], head[at + 1 :], rev, b


def pseudo_time(v: str) -> str:
    """The time of a pseudo-version's commit, RFC 3339; "" when there is no such time."""
    t = _split_pseudo(v)[1]
    text = f"{t[:4]}-{t[4:6]}-{t[6:8]}T{t[8:10]}:{t[10:12]}:{t[12:]}Z"
    from datetime import datetime

    try:
        datetime.fromisoformat(text[:-1])
    except ValueError:
        return ""
    return text


def pseudo_rev(v: str) -> str:
    return _split_pseudo(v)[2]


def pseudo_base(v: str) -> str:
    """The version that a pseudo-version comes after; "" for none. Raises ValueError with what is wrong with it."""
    base, _, _, b = _split_pseudo(v)
    pre = prerelease(base)
    if not pre:
        if b:
            raise ValueError(f'lacks base version, but has build metadata "{b}"')
        return ""
    if pre == "-0":
        base = base.removesuffix(pre)
        head, _, patch = base.rpartition(".")
        if int(patch) == 0:
            raise ValueError(f"version before {base} would have negative patch number")
        return f"{head}.{int(patch) - 1}{b}"
    return base.removesuffix(".0") + b


def pseudo_version(major: str, older: str, timestamp: str, rev: str) -> str:
    """The pseudo-version of a commit. older: the latest version before it, "" for none; timestamp: YYYYMMDDhhmmss, UTC."""
    segment = f"{timestamp}-{rev}"
    b = build(older)
    older = canonical(older)
    if not older:
        return f"{major or 'v0'}.0.0-{segment}"
    if prerelease(older):
        return f"{older}.0.{segment}{b}"
    head, _, patch = older.rpartition(".")
    return f"{head}.{int(patch) + 1}-0.{segment}{b}"


def is_zero_pseudo(v: str) -> bool:
    return v == f"{major(v)}.0.0-00010101000000-000000000000"
