"""Language versions: what a go.mod or a //go:build line says, in a form that compares."""

from __future__ import annotations

GoVersion = tuple[int, int]  # (1, 21); (0, 0): everything is allowed
ANY_VERSION: GoVersion = (0, 0)


def parse_version(v: str) -> GoVersion:
    """ "go1.21.3" or "1.21" as (1, 21); ANY_VERSION for anything else."""
    parts = v.removeprefix("go").split(".")
    try:
        major = int(parts[0])
        minor = parts[1] if len(parts) > 1 else "0"
        digits = ""
        for c in minor:
            if not c.isdigit():
                break
            digits += c
        return (major, int(digits or "0"))
    except ValueError:
        return ANY_VERSION
