"""`rt0 env [-json] [NAME...]`: the settings a build uses, in go env's layout."""

from __future__ import annotations

import os
import sys

from rt0.cmd.flags import FlagSet


def flags() -> FlagSet:
    fs = FlagSet("rt0 env [-json] [var ...]", "Prints the environment of rt0, or the values of the named variables.")
    fs.add("json", False, "print as JSON")
    return fs


def settings() -> dict[str, str]:
    from rt0.build.cachedir import cache_dir
    from rt0.load.gomod import find_gomod
    from rt0.load.goroot import find_goroot
    from rt0.version import VERSION

    goroot, version = find_goroot()
    values = {
        "CGO_ENABLED": "0",
        "GOAMD64": os.environ.get("GOAMD64", "v1"),
        "GOARCH": "amd64",
        "GOEXE": "",
        "GOFLAGS": os.environ.get("GOFLAGS", ""),
        "GOHOSTARCH": "amd64",
        "GOHOSTOS": "linux",
        "GOMOD": find_gomod(os.getcwd()) or os.devnull,
        "GOOS": "linux",
        "GOROOT": goroot,
        "GOVERSION": version,
        "RT0CACHE": cache_dir(),
        "RT0VERSION": VERSION,
    }
    return values


def run(args: list[str]) -> int:
    given, names = flags().parse(args)
    values = settings()
    if given.switch("json"):
        import json

        print(json.dumps({n: values.get(n, "") for n in names} if names else values, indent="\t"))
    elif names:
        for n in names:
            print(values.get(n, ""))
    else:
        for n, v in values.items():
            sys.stdout.write(f"{n}='{v}'\n")
    return 0
