"""`rt0 get [-t] [-u] [-tool] [build flags] [packages]`: changes what the main module requires, and downloads it."""

from __future__ import annotations

import sys

from rt0.cmd.flags import FlagSet
from rt0.cmd.modargs import stop
from rt0.cmd.modsession import guarded, new_flags, new_session
from rt0.mod.getting import Get


def flags() -> FlagSet:
    fs = new_flags("rt0 get [-t] [-u] [-tool] [build flags] [packages]", "Adds, upgrades, downgrades or (@none) removes modules that provide the packages.")
    fs.add("t", False, "count what tests of the packages import")
    fs.add("u", "", "upgrade what the packages import; -u=patch to the newest patch releases", "patch", switch=True)
    fs.add("tool", False, "add the packages as tools to go.mod")
    fs.add("v", False, "say what is tried")
    fs.add("d", False, "no longer does anything")
    fs.add("f", False, "no longer does anything")
    fs.add("fix", False, "no longer does anything")
    fs.add("insecure", False, "no longer supported")
    fs.add("m", False, "no longer supported")
    fs.add("mod", "", "accepted: mod", "mode")
    fs.add("tags", "", "build tags", "tag,list")
    return fs


def run(args: list[str]) -> int:
    values, rest = flags().parse(args)
    u = values.text("u")
    u = {"true": "upgrade", "false": ""}.get(u, u)
    if u not in ("", "upgrade", "patch"):
        raise stop(f"unknown upgrade flag -u={values.text('u')}")
    if values.switch("d"):
        print("go: -d flag is deprecated. -d=true is a no-op", file=sys.stderr)
    for name in ("f", "fix"):
        if values.switch(name):
            print(f"go: -{name} flag is a no-op", file=sys.stderr)
    if values.switch("m"):
        raise stop("-m flag is no longer supported")
    if values.switch("insecure"):
        raise stop("-insecure flag is no longer supported; use GOINSECURE instead")

    def get() -> int:
        s = new_session(values, "get", work=False, mod=values.text("mod"))
        s.state.allow_missing = True
        s.load()
        if not s.state.has_root():
            raise stop(
                "go.mod file not found in current directory or any parent directory.\n\t'go get' is no longer supported outside a module.\n"
                "\tTo build and install a command, use 'go install' with a version,\n\tlike 'go install example.com/cmd@latest'\n"
                "\tFor more information, see https://go.dev/doc/go-get-install-deprecation\n\tor run 'go help get' or 'go help install'."
            )
        return Get(s, u, values.switch("t"), values.switch("tool"), values.switch("v")).run(rest)

    return guarded(get)
