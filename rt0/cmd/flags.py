"""Command-line flags in go's syntax: -flag, -flag=value, -flag value, with one or two dashes; "--" ends them.

A flag is declared once, with its help text, in a FlagSet; `rt0 help VERB` prints the declarations.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

from rt0.diag import fatal


@dataclass(slots=True)
class Flag:
    name: str
    default: Any  # bool: a switch; int; str; list: may be repeated
    help: str
    arg: str = ""  # name of the value in the help


@dataclass(slots=True)
class FlagSet:
    """Flags of one verb. usage: the line after "usage: "."""

    usage: str
    about: str
    flags: list[Flag] = field(default_factory=list)

    def add(self, name: str, default: Any, help: str, arg: str = "") -> None:
        self.flags.append(Flag(name, default, help, arg))

    def parse(self, args: list[str]) -> tuple[dict[str, Any], list[str]]:
        """({name: value}, remaining arguments). Raises CompileError with exit code 2 on wrong usage."""
        known = {f.name: f for f in self.flags}
        values: dict[str, Any] = {f.name: list(f.default) if isinstance(f.default, list) else f.default for f in self.flags}
        args = [*self._goflags(known), *args]
        i = 0
        while i < len(args):
            a = args[i]
            if len(a) < 2 or a[0] != "-":
                break
            i += 1
            if a == "--":
                break
            name, eq, value = a.lstrip("-").partition("=")
            f = known.get(name)
            if f is None and len(name) == 2 and name[0] == "O" and name[1] in "0123" and "O" in known:
                f, eq, value = known["O"], "=", name[1]
            if f is None:
                if name in ("h", "help"):
                    raise fatal(self.short_usage(), 2)
                raise fatal(f"flag provided but not defined: -{name}\n{self.short_usage()}", 2)
            if isinstance(f.default, bool):
                if eq and value.lower() not in ("1", "0", "t", "f", "true", "false"):
                    raise fatal(f'invalid boolean value "{value}" for -{name}: parse error\n{self.short_usage()}', 2)
                values[f.name] = not eq or value.lower() in ("1", "t", "true")
                continue
            if not eq:
                if i >= len(args):
                    raise fatal(f"flag needs an argument: -{name}\n{self.short_usage()}", 2)
                value = args[i]
                i += 1
            if isinstance(f.default, int):
                try:
                    values[f.name] = int(value, 0)
                except ValueError:
                    raise fatal(f'invalid value "{value}" for flag -{name}: parse error\n{self.short_usage()}', 2) from None
            elif isinstance(f.default, list):
                values[f.name].append(value)
            else:
                values[f.name] = value
        return values, args[i:]

    @staticmethod
    def _goflags(known: dict[str, Flag]) -> list[str]:
        """The flags in GOFLAGS that this verb knows: words of the form -flag or -flag=value."""
        out = []
        for word in os.environ.get("GOFLAGS", "").split():
            name = word.lstrip("-").partition("=")[0]
            if name == word or not name:
                raise fatal(f'rt0: parsing $GOFLAGS: non-flag "{word}"', 2)
            f = known.get(name)
            if f is not None and (isinstance(f.default, bool) or "=" in word):
                out.append(word)
        return out

    def short_usage(self) -> str:
        verb = self.usage.split()[1]
        return f"usage: {self.usage}\nRun 'rt0 help {verb}' for details."

    def help_text(self) -> str:
        lines = [f"usage: {self.usage}", "", self.about.strip(), ""]
        for f in self.flags:
            lines.append(f"\t-{f.name}{' ' + f.arg if f.arg else ''}")
            lines += ["\t\t" + line for line in f.help.splitlines()]
        return "\n".join(lines)
