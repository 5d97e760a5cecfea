"""`rt0 work <command>`: maintenance of workspaces."""

from __future__ import annotations

from rt0.cmd.mod import group

COMMANDS: dict[str, tuple[str, str, str]] = {
    "edit": ("workedit", "edit", "edit go.work from tools or scripts"),
    "init": ("workedit", "init", "initialize workspace file"),
    "sync": ("worksync", "sync", "sync workspace build list to modules"),
    "use": ("workedit", "use", "add modules to workspace file"),
    "vendor": ("modvendor", "work_vendor", "make vendored copy of dependencies"),
}

USAGE = """Commands that look after a workspace: the modules that a go.work names, worked on together.

Usage:

\tgo work <command> [arguments]

The commands are:

{commands}

Use "go help work <command>" for more information about a command.
"""


def run(args: list[str]) -> int:
    return group("work", USAGE, COMMANDS, args)
