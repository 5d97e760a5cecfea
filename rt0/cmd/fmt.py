"""`rt0 fmt [-n] [-x] [-mod mode] [packages]`: formats the packages' files with the official gofmt (`gofmt -l -w`) and prints the names of those it changed.

All .go files in a package's folder are formatted, tests and files that build constraints leave out among them (cmd/go/internal/fmtcmd, go1.27).
"""

from __future__ import annotations

import os
import subprocess
import sys

from rt0.cmd.flags import FlagSet

BATCH = 500  # files for one process


def flags() -> FlagSet:
    fs = FlagSet("rt0 fmt [-n] [-x] [packages]", "Formats the source files of the named packages with gofmt -l -w, and prints the names of those that changed.")
    fs.add("n", False, "print the commands, run none")
    fs.add("x", False, "print the commands as they run")
    fs.add("mod", "", "vendor, readonly or mod", "mode")
    return fs


def run(args: list[str]) -> int:
    from rt0.cmd.official import executable
    from rt0.load.find import Finder
    from rt0.load.load import BuildContext
    from rt0.load.workspace import Workspace

    values, patterns = flags().parse(args)
    context = BuildContext.default()
    context.mod = values.text("mod")
    if patterns and patterns[0].endswith(".go"):
        files = patterns
    else:
        ws = Workspace(context)
        folders: list[str] = []
        for pattern in patterns or ["."]:
            places = Finder(ws).expand(pattern)
            if not places:
                print(f'go: warning: "{pattern}" matched no packages', file=sys.stderr)
            folders += [d for _, d, _, _ in places if d not in folders]
        files = [ws.show(os.path.join(d, n)) for d in folders for n in ws.fs.names(d) if n.endswith(".go") and n[0] not in "_."]
    show = values.switch("n") or values.switch("x")
    gofmt = "gofmt" if values.switch("n") else executable("gofmt")
    code = 0
    for i in range(0, len(files), BATCH):
        command = [gofmt, "-l", "-w", *files[i : i + BATCH]]
        if show:
            print(" ".join(command), file=sys.stderr)
        if not values.switch("n"):
            status = subprocess.run(command).returncode
            if status:
                print(f"exit status {status}", file=sys.stderr)
                code = 1
    return code
