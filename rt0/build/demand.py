"""The demand walk: from the entry symbol to the exact set of live symbols, compiling what no cached unit has.

Works in rounds. A round follows references through the metadata of known definitions; symbols that no unit defines are
collected by owner package, lowered as one unit per package, and sent to a worker at once; their metadata feeds the next
round. Method-table entries of descriptors and itabs are conditional: a method becomes live when a live definition calls its
key through an interface, or reflection may reach it. Pure variable initialisers become live with their variable.

What holds: the walk visits symbols in an order that depends on the program only, so units, their names and their content do
not depend on timing; a symbol without a provider is an error that names who refers to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from rt0.abi.defrecord import DefRecord
from rt0.abi.linksyms import INITTASKS_MAIN, INITTASKS_RUNTIME, LINKER_SYMBOLS
from rt0.build.units import CompiledUnit

_LINKER_DEFINES = frozenset((*LINKER_SYMBOLS, INITTASKS_RUNTIME, INITTASKS_MAIN))


class Source(Protocol):
    """What the walk needs of a build."""

    def cached(self, path: str) -> list[CompiledUnit]: ...
    def candidates(self, symbol: str) -> list[str]: ...
    def has_abi0(self, symbol: str) -> bool: ...
    def is_go_function(self, symbol: str) -> bool: ...
    def provide(self, path: str, symbols: list[str]) -> list[CompiledUnit]: ...


class MissingSymbol(Exception):
    """No package defines `symbol`; `referrer` refers to it ("" for a root)."""

    def __init__(self, symbol: str, referrer: str) -> None:
        Exception.__init__(self, symbol)
        self.symbol = symbol
        self.referrer = referrer


Record = list[tuple[str, str]]  # the units that a walk came to use: (package, unit), in the order in which they were found


class Demand:
    """The state of one walk.

    live      symbols that are needed
    used      id -> units that hold something live, in order of discovery
    added     all units that were looked at, in order; of several that define a symbol the first counts
    missing   symbol without known definition -> who wants it
    active    method keys called through interfaces
    pending   method key -> method symbols of live types whose key nobody has called yet
    waiting   variable symbol -> pure init steps that are needed with it
    roots     symbols that are needed in any case, in order
    steps     variable symbol -> all pure init steps for it
    """

    __slots__ = ("active", "added", "all_methods", "defs", "live", "loaded", "missing", "pending", "provider", "referrer",
                 "roots", "source", "steps", "used", "waiting", "work")  # fmt: skip

    def __init__(self, source: Source) -> None:
        self.source = source
        self.live: set[str] = set()
        self.defs: dict[str, DefRecord] = {}
        self.provider: dict[str, CompiledUnit] = {}  # symbol -> the unit whose definition counts
        self.added: list[CompiledUnit] = []
        self.used: dict[int, CompiledUnit] = {}
        self.loaded: set[str] = set()  # packages whose cached units are known
        self.work: list[str] = []
        self.missing: dict[str, str] = {}
        self.referrer: dict[str, str] = {}
        self.active: set[str] = set()
        self.pending: dict[str, list[str]] = {}
        self.all_methods = False
        self.waiting: dict[str, list[str]] = {}
        self.roots: list[str] = []
        self.steps: dict[str, list[str]] = {}

    def root(self, symbol: str) -> None:
        self.roots.append(symbol)
        self.push(symbol, "")

    def when_live(self, variable: str, step: str) -> None:
        """`step` is needed as soon as `variable` is."""
        self.steps.setdefault(variable, []).append(step)
        if variable in self.live:
            self.push(step, variable)
        else:
            self.waiting.setdefault(variable, []).append(step)

    def push(self, symbol: str, by: str) -> None:
        if symbol not in self.live:
            self.live.add(symbol)
            self.referrer[symbol] = by
            self.work.append(symbol)
            for step in self.waiting.pop(symbol, ()):
                self.push(step, symbol)

    def run(self) -> None:
        """Walk until nothing is missing. Raises MissingSymbol, or what lowering raises."""
        while True:
            while self.work:
                batch, self.work = self.work, []
                for symbol in batch:
                    self.visit(symbol)
            if not self.missing:
                return
            self.fill()

    def visit(self, symbol: str) -> None:
        d = self.defs.get(symbol)
        if d is None:
            if symbol in _LINKER_DEFINES:
                return
            d = self.known(symbol)
            if d is None:
                by = self.referrer.get(symbol, "")
                if symbol.endswith(".abi0") and not self.source.has_abi0(symbol) and not self.source.is_go_function(symbol[:-5]):
                    self.push(symbol[:-5], by)  # a variable's address: the linker falls back in the same way
                else:
                    self.missing[symbol] = by
                return
        self.expand(symbol, d)

    def known(self, symbol: str) -> DefRecord | None:
        """The metadata of a symbol that has been compiled in this build or before."""
        d = self.defs.get(symbol)
        if d is None:
            for path in self.source.candidates(symbol):
                if path not in self.loaded:
                    self.loaded.add(path)
                    for unit in self.source.cached(path):
                        self.add_unit(unit)
            d = self.defs.get(symbol)
        return d

    def expand(self, symbol: str, d: DefRecord) -> None:
        """Follow the edges of a live definition."""
        unit = self.provider[symbol]
        self.used.setdefault(id(unit), unit)
        live = self.live
        for ref in d["refs"]:
            if ref not in live:
                self.push(ref, symbol)
        for key in d.get("icalls", ()):
            if key not in self.active:
                self.active.add(key)
                for m in self.pending.pop(key, ()):
                    self.push(m, symbol)
        for key, *methods in d.get("methods", ()):
            if key in self.active or (self.all_methods and key[:1].isupper()):
                for m in methods:
                    self.push(m, symbol)
            else:
                self.pending.setdefault(key, []).extend(methods)
        if d.get("reflect_method") and not self.all_methods:
            self.all_methods = True
            for key in [k for k in self.pending if k[:1].isupper()]:
                for m in self.pending.pop(key):
                    self.push(m, symbol)

    def record(self) -> Record:
        """What to keep of a finished walk, for `recall`."""
        return [(u.package, u.name) for u in self.added if id(u) in self.used]

    def recall(self, units: list[CompiledUnit]) -> None:
        """Know just the units that an earlier walk came to use: this one then finds the same symbols, and misses none."""
        for unit in units:
            self.add_unit(unit)
            self.used[id(unit)] = unit
        self.loaded.update(u.package for u in units)

    def add_unit(self, unit: CompiledUnit) -> None:
        self.added.append(unit)
        for symbol, d in unit.defs.items():
            if symbol not in self.defs:
                self.defs[symbol] = d
                self.provider[symbol] = unit

    def reasons(self) -> dict[str, tuple[str, str]]:
        """Of a finished walk: live symbol -> (who keeps it, how). Following `who` gives the shortest chain to the entry, the first root; roots that no
        reference from there reaches, and what only they need, lead to such a root. `who` is "" for a root.
        """
        caller: dict[str, str] = {}  # method key -> who calls it through an interface
        for symbol in sorted(self.live):
            for key in self.defs[symbol].get("icalls", ()) if symbol in self.defs else ():
                caller.setdefault(key, symbol)
        out: dict[str, tuple[str, str]] = {}
        for root in self.roots:
            if root in out:
                continue
            out[root] = "", "root"
            work = [root]
            for symbol in work:
                for target, how in self._edges(symbol, caller):
                    if target in self.live and target not in out:
                        out[target] = symbol, how
                        work.append(target)
        return out

    def uncalled(self) -> set[str]:
        """Methods of live types that are not needed: nobody calls one of that name through an interface."""
        found = {m for s in self.live if s in self.defs for _, *methods in self.defs[s].get("methods", ()) for m in methods}
        return found - self.live

    def _edges(self, symbol: str, caller: dict[str, str]) -> Iterator[tuple[str, str]]:
        """What a live symbol keeps, and how."""
        for step in self.steps.get(symbol, ()):
            yield step, "computes it at start"
        d = self.defs.get(symbol)
        if d is None:
            if symbol.endswith(".abi0"):
                yield symbol[:-5], "refers to it"
            return
        for ref in d["refs"]:
            yield ref, "refers to it"
        for key, *methods in d.get("methods", ()):
            for m in methods:
                by = caller.get(key)
                yield m, f"has the method {key}, which {by} calls through an interface" if by else f"has the method {key}, which reflection may find"

    def fill(self) -> None:
        """Compile what is missing: one unit per package and round."""
        groups: dict[str, list[str]] = {}
        left, self.missing = self.missing, {}
        for symbol in left:
            candidates = self.source.candidates(symbol)
            if not candidates:
                raise MissingSymbol(symbol, left[symbol])
            groups.setdefault(candidates[0], []).append(symbol)
        while groups:
            again: dict[str, list[str]] = {}
            for path in sorted(groups):
                for unit in self.source.provide(path, sorted(groups[path])):
                    self.add_unit(unit)
                for symbol in groups[path]:
                    if symbol in self.defs:
                        continue
                    candidates = self.source.candidates(symbol)
                    i = candidates.index(path) + 1
                    if i >= len(candidates):
                        raise MissingSymbol(symbol, left[symbol])
                    again.setdefault(candidates[i], []).append(symbol)
            groups = again
        for symbol in left:
            self.expand(symbol, self.defs[symbol])


