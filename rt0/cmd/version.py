"""`rt0 version`: rt0's version and the Go version whose library it compiles. Imports nothing heavy."""

from __future__ import annotations

import sys


def run(args: list[str]) -> int:
    from rt0.version import GO_VERSION, VERSION

    if args:
        print("usage: rt0 version\nRun 'rt0 help version' for details.", file=sys.stderr)
        return 2
    sys.stdout.write(f"rt0 version {VERSION} go{GO_VERSION} linux/amd64\n")
    return 0
