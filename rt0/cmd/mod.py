"""`rt0 mod <command>`: maintenance of modules. A file per group of commands; each is imported when it is called."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rt0.diag import fatal

if TYPE_CHECKING:
    from collections.abc import Callable

# command -> (module below rt0.cmd, its function, what it does)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "download": ("moddownload", "download", "download modules to local cache"),
    "edit": ("modedit", "edit", "edit go.mod from tools or scripts"),
    "graph": ("modgraph", "graph", "print module requirement graph"),
    "init": ("modedit", "init", "initialize new module in current directory"),
    "tidy": ("modgraph", "tidy", "add missing and remove unused modules"),
    "vendor": ("modvendor", "vendor", "make vendored copy of dependencies"),
    "verify": ("moddownload", "verify", "verify dependencies have expected content"),
    "why": ("modgraph", "why", "explain why packages or modules are needed"),
}

USAGE = """Commands that look after modules: the go.mod and go.sum of the main module, and the module cache.

Usage:

\tgo mod <command> [arguments]

The commands are:

{commands}

Use "go help mod <command>" for more information about a command.
"""


def group(name: str, usage: str, commands: dict[str, tuple[str, str, str]], args: list[str]) -> int:
    """Carry out a command of a group of commands."""
    if not args or args[0] in ("-h", "-help", "--help"):
        width = max(map(len, commands)) + 4
        print(usage.format(commands="\n".join(f"\t{n:<{width}}{text}" for n, (_, _, text) in commands.items())), end="", file=sys.stderr)
        return 2
    entry = commands.get(args[0])
    if entry is None:
        raise fatal(f"go {name} {args[0]}: unknown command\nRun 'go help {name}' for usage.", 2)
    from rt0.cmd.verbs import module

    call: Callable[[list[str]], int] = getattr(module(entry[0]), entry[1])
    return call(args[1:])


def run(args: list[str]) -> int:
    return group("mod", USAGE, COMMANDS, args)
