"""Command-line flags in go's syntax: -flag, -flag=value, -flag value, with one or two dashes; "--" ends them.

A flag is declared once, with its help text, in a FlagSet; `rt0 help VERB` prints the declarations. GOFLAGS holds further flags, which those of the
command line override (cmd/go/internal/base/goflags.go, go1.27).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import takewhile

from rt0.cmd.pkgflags import split
from rt0.diag import fatal, go_quote

_TRUE = frozenset(("1", "t", "T", "true", "TRUE", "True"))
_FALSE = frozenset(("0", "f", "F", "false", "FALSE", "False"))

# flags of go's commands that rt0's have not: they may stand in GOFLAGS
_OTHER_COMMANDS = frozenset(
    "bench benchmem benchtime blockprofile blockprofilerate cache compiled count coverprofile cpu cpuprofile deps diff dir droppackage e export "
    "f failfast find fix fullpath fuzz fuzzcache fuzzminimizetime fuzztime go godebug h http i insecure json list m memprofile memprofilerate modcache "
    "module mutexprofile mutexprofilefraction outputdir parallel print r replace require retracted reuse run s short shuffle skip t test testcache "
    "timeout tool trace u unusedfuncs v vet vettool versions all c cmd src u w changed".split()
)


Value = bool | int | str | list[str]


@dataclass(slots=True)
class Flag:
    name: str
    default: Value  # bool: a switch; int; str; list: may be repeated
    help: str
    arg: str = ""  # name of the value in the help
    check: Callable[[str], object] | None = None  # raises ValueError for a text that is no value
    switch: bool = False  # a text that may be left out, for "true"


class Values:
    """What a command line gives the flags of a FlagSet: asked by name and by the kind that the flag was declared with."""

    __slots__ = ("_values",)

    def __init__(self, flags: list[Flag]) -> None:
        self._values: dict[str, Value] = {f.name: list(f.default) if isinstance(f.default, list) else f.default for f in flags}

    def set(self, name: str, value: Value) -> None:
        self._values[name] = value

    def switch(self, name: str) -> bool:
        v = self._values[name]
        assert isinstance(v, bool), name
        return v

    def raw(self, name: str) -> Value:
        """A flag's value, whatever its kind."""
        return self._values[name]

    def on(self, name: str) -> bool:
        """Whether the flag is a switch of this command, and on."""
        return self._values.get(name) is True

    def number(self, name: str) -> int:
        v = self._values[name]
        assert isinstance(v, int), name
        return v

    def text(self, name: str) -> str:
        v = self._values[name]
        assert isinstance(v, str), name
        return v

    def texts(self, name: str) -> list[str]:
        """All values of a flag that may be repeated."""
        v = self._values[name]
        assert isinstance(v, list), name
        return v

    def last(self, name: str) -> str:
        """The value that counts of a flag that may be repeated; "" when it was not given."""
        v = self.texts(name)
        return v[-1] if v else ""

    def given(self, name: str) -> bool:
        """Whether the flag has a value other than nothing."""
        return bool(self._values[name])


class UnknownFlag(Exception):
    """A flag that a FlagSet does not have."""

    def __init__(self, name: str, has_value: bool) -> None:
        self.name = name
        self.has_value = has_value


@dataclass(slots=True)
class FlagSet:
    """Flags of one verb. usage: the line after "usage: "."""

    usage: str
    about: str
    flags: list[Flag] = field(default_factory=list)
    foreign: bool = False  # of another program: GOFLAGS is not its business, and it has no help
    second_prefix: str = ""  # flags are known with this in front of their names too

    def add(self, name: str, default: Value, help: str, arg: str = "", check: Callable[[str], object] | None = None,
            switch: bool = False) -> None:  # fmt: skip
        self.flags.append(Flag(name, default, help, arg, check, switch or isinstance(default, bool)))

    def parse(self, args: list[str]) -> tuple[Values, list[str]]:
        """(the flags' values, remaining arguments). Raises CompileError with exit code 2 on wrong usage."""
        values = self.start()
        i = 0
        while i < len(args) and len(args[i]) >= 2 and args[i][0] == "-":
            if args[i] == "--":
                i += 1
                break
            try:
                _, i = self.take(values, args, i)
            except UnknownFlag as e:
                if e.name in ("h", "help"):
                    raise fatal(self.short_usage(), 2) from None
                raise self.wrong(f"flag provided but not defined: -{e.name}") from None
        return values, args[i:]

    def start(self) -> Values:
        """The flags' values before the command line: their defaults, and what GOFLAGS says. Raises CompileError."""
        values = Values(self.flags)
        if not self.foreign:
            self._goflags({f.name: f for f in self.flags}, values)
        return values

    def take(self, values: Values, args: list[str], i: int) -> tuple[str, int]:
        """Give a flag the value that args[i] and, if need be, the next argument have for it: (the flag's name, index of what follows). args[i] begins with a
        dash and is neither "-" nor "--". Raises UnknownFlag, and CompileError with exit code 2 on wrong usage."""
        a = args[i]
        name, eq, value = a[2 if a[1] == "-" else 1 :].partition("=")
        if not name or name[0] == "-":
            raise self.wrong(f"bad flag syntax: {a}")
        f = self._find(name)
        if f is None and len(name) == 2 and name[0] == "O" and name[1] in "0123":
            f, eq, value = self._find("O"), "=", name[1]
        if f is None:
            raise UnknownFlag(name, bool(eq))
        i += 1
        if not eq and f.switch:
            value = "true"
        elif not eq:
            if i >= len(args):
                raise self.wrong(f"flag needs an argument: -{name}")
            value = args[i]
            i += 1
        try:
            if name == "C" and not self.foreign and args[0] is not a:
                raise ValueError("-C flag must be first flag on command line")
            self._set(f, values, value)
        except ValueError as e:
            what = "boolean value" if f.switch else "value"
            which = f"-{name}" if f.switch else f"flag -{name}"
            raise self.wrong(f"invalid {what} {go_quote(value)} for {which}: {e}") from None
        return f.name, i

    def _find(self, name: str) -> Flag | None:
        if self.second_prefix and name.startswith(self.second_prefix):
            name = name[len(self.second_prefix) :]
        return next((f for f in self.flags if f.name == name), None)

    @staticmethod
    def _set(f: Flag, values: Values, value: str) -> None:
        """Give a flag its value. Raises ValueError with what is wrong with the text."""
        if isinstance(f.default, bool):
            if value not in _TRUE and value not in _FALSE:
                raise ValueError("parse error")
            values.set(f.name, value in _TRUE)
            return
        if f.check is not None:
            f.check(value)
        if isinstance(f.default, int):
            try:
                number = int(value, 0) if value.isascii() and value == value.strip() else None
            except ValueError:
                number = None
            if number is None:
                raise ValueError("parse error")
            if not -(1 << 63) <= number < 1 << 63:
                raise ValueError("value out of range")
            values.set(f.name, number)
        elif isinstance(f.default, list):
            values.set(f.name, [*values.texts(f.name), value])
        else:
            values.set(f.name, value)

    def _goflags(self, known: dict[str, Flag], values: Values) -> None:
        """Take the flags in GOFLAGS that this verb knows: words of the form -flag or -flag=value."""
        text = os.environ.get("GOFLAGS", "")
        if not text:
            return
        try:
            words = split(text)
        except ValueError as e:
            raise fatal(f"go: parsing $GOFLAGS: {e}") from None
        mine: list[tuple[Flag, str, str]] = []
        for word in words:
            if word[:1] != "-" or word in ("-", "--") or word.startswith(("---", "-=", "--=")):
                raise fatal(f"go: parsing $GOFLAGS: non-flag {go_quote(word)}")
            shown, eq, value = word.partition("=")
            name = shown[2 if shown[1] == "-" else 1 :]
            f = known.get(name)
            if f is not None:
                mine.append((f, eq, value))
            elif name not in _OTHER_COMMANDS and name not in _every_flag():
                raise fatal(f"go: parsing $GOFLAGS: unknown flag -{name}")
        for f, eq, value in mine:
            if f.switch and not eq:
                value = "true"
            elif not eq:
                raise self.wrong(f"go: flag needs an argument: -{f.name} (from $GOFLAGS)")
            try:
                self._set(f, values, value)
            except ValueError as e:
                kind = "boolean value" if f.switch else "value"
                raise self.wrong(f"go: invalid {kind} {go_quote(value)} for flag -{f.name} (from $GOFLAGS): {e}") from None

    def wrong(self, msg: str) -> Exception:
        """The error of wrong usage, exit code 2."""
        return fatal(f"{msg}\n{self.short_usage()}", 2)

    def short_usage(self) -> str:
        if self.foreign:
            return f"usage: {self.usage}"
        verb = " ".join(takewhile(str.isalpha, self.usage.split()[1:3]))
        return f"usage: {self.usage}\nRun 'rt0 help {verb}' for details."

    def help_text(self) -> str:
        lines = [f"usage: {self.usage}", "", self.about.strip(), ""]
        for f in self.flags:
            lines.append(f"\t-{f.name}{' ' + f.arg if f.arg else ''}")
            lines += ["\t\t" + line for line in f.help.splitlines()]
        return "\n".join(lines)


def _every_flag() -> frozenset[str]:
    """The flags of rt0's own verbs."""
    from rt0.cmd.verbs import VERBS, module

    verbs = (module(name) for name, _ in VERBS.values())
    return frozenset(f.name for m in verbs if hasattr(m, "flags") for f in m.flags().flags)
