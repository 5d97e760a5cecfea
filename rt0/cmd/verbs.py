"""The verbs of the command line, in the order `rt0 help` prints them, and their lazy imports."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import TextIO

# name -> (module below rt0.cmd, what it does)
VERBS: dict[str, tuple[str, str]] = {
    "build": ("build", "compile packages and dependencies"),
    "clean": ("clean", "remove the build cache, or what builds left in package folders"),
    "env": ("env", "print rt0's environment information"),
    "explain": ("explain", "show how a program comes from source to exit, step by step"),
    "fmt": ("fmt", "gofmt (reformat) package sources"),
    "generate": ("generate", "generate Go files by processing source"),
    "get": ("get", "add dependencies to current module and install them"),
    "install": ("install", "compile and install packages and dependencies"),
    "list": ("list", "list packages or modules"),
    "mod": ("mod", "module maintenance"),
    "run": ("run", "compile and run a Go program"),
    "test": ("test", "test packages"),
    "tool": ("tool", "run a single stage (asm, check, compile, link, nm, objdump), or an official program"),
    "version": ("version", "print rt0's version, or what an executable was built from"),
    "work": ("work", "workspace maintenance"),
    "help": ("help", "explain a command"),
}

USAGE = """rt0 is a Go toolchain written in Python.

Usage:

\trt0 <command> [arguments]

The commands are:

{verbs}

Use "rt0 help <command>" for more information about a command.
"""


def change_dir(argv: list[str]) -> list[str]:
    """`rt0 -C dir VERB ...`: go there; the rest of the command line."""
    from rt0.cmd.chdir import enter
    from rt0.diag import fatal

    _, eq, d = argv[0].partition("=")
    rest = argv[1:] if eq else argv[2:]
    if not eq and len(argv) > 1:
        d = argv[1]
    if not d:
        raise fatal("flag needs an argument: -C", 2)
    enter(d)
    return rest


def find(name: str) -> Callable[[list[str]], int] | None:
    """The function that carries out a verb, imported on demand."""
    if name in ("-h", "-help", "--help"):
        name = "help"
    entry = VERBS.get(name)
    if entry is None:
        return None
    run: Callable[[list[str]], int] = module(entry[0]).run
    return run


def module(name: str) -> ModuleType:
    """The module rt0.cmd.NAME."""
    from importlib import import_module

    return import_module(f"rt0.cmd.{name}")


def usage(out: TextIO) -> int:
    """Print the list of verbs; the exit code: 0 when it was asked for."""
    width = max(map(len, VERBS)) + 4
    out.write(USAGE.format(verbs="\n".join(f"\t{n:<{width}}{text}" for n, (_, text) in VERBS.items())))
    return 0 if out is sys.stdout else 2
