"""Whose a symbol is."""

from __future__ import annotations

from rt0.abi.symbolpath import path_prefix
from rt0.load.load import LoadedProgram


def owner_of(symbol: str) -> str:
    """Import path of the package a symbol belongs to; "" for symbols without a package (`_rt0_amd64_linux`).

    `fmt.(*pp).printArg` -> fmt; `slices.Sort[go/token.Pos]` -> slices; `gopkg.in/yaml%2ev3.F` -> gopkg.in/yaml.v3.
    """
    head = symbol
    if head.startswith("type:"):  # descriptors of package-level types and of pointers to them; predeclared ones belong to the runtime
        head = head[5:].lstrip("*")
        if head == "unsafe.Pointer":
            return ""
    for stop in "[(":
        i = head.find(stop)
        if i >= 0:
            head = head[:i]
    dot = head.find(".", head.rfind("/") + 1)
    if dot < 0:
        return ""
    path = head[:dot]
    return path.replace("%2e", ".") if "%" in path else path


class Symbols:
    """The symbols of one program and the packages they may come from.

    main_path  what the symbols of the main package begin with
    pushed     symbol -> packages that define another's symbol, by //go:linkname
    """

    __slots__ = ("loaded", "main_path", "pushed")

    def __init__(self, loaded: LoadedProgram, main_path: str = "main") -> None:
        self.loaded = loaded
        self.main_path = main_path
        self.pushed: dict[str, list[str]] = {}
        for path, p in loaded.packages.items():
            for symbol in p.linknames.values():
                if owner_of(symbol) != path:
                    self.pushed.setdefault(symbol, []).append(path)

    def prefix(self, path: str) -> str:
        """What the symbols of a package begin with, dot included."""
        return path_prefix(self.main_path if path == self.loaded.main else path) + "."

    def candidates(self, symbol: str) -> list[str]:
        """Packages that may define the symbol: its owner, then those that push it."""
        owner = owner_of(symbol) or "runtime"
        if owner == "main":
            owner = self.loaded.main
        out = [owner] if owner in self.loaded.packages else []
        return out + [p for p in self.pushed.get(symbol, ()) if p != owner]
