"""Minimal version selection: of each module the highest version that anything requires (cmd/go/internal/mvs, go1.27; https://research.swtch.com/vgo-mvs)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

from rt0.mod import gover
from rt0.mod.path import InvalidVersion, ModError, Version, VersionError, version_error


def compare(path: str, a: str, b: str) -> int:
    """As gover.mod_compare; "" is the main module's version, higher than all. "none" is lower than all."""
    if not a or not b:
        return (not a) - (not b)
    if a == b:
        return 0
    if "none" in (a, b):
        return -1 if a == "none" else 1
    return gover.mod_compare(path, a, b)


class Graph:
    """Modules and what they require, as far as it was read. roots: selected whatever they require."""

    __slots__ = ("_selected", "required", "roots")

    def __init__(self, roots: list[Version]) -> None:
        self.roots = roots
        self.required: dict[Version, list[Version]] = {}
        self._selected: dict[str, str] = {}
        for m in roots:
            self._select(m)

    def _select(self, m: Version) -> None:
        old = self._selected.get(m.path, "none")
        if compare(m.path, old, m.version) < 0:
            self._selected[m.path] = m.version

    def require(self, m: Version, reqs: list[Version]) -> None:
        """Note what m requires."""
        self.required[m] = reqs
        for r in reqs:
            self._select(r)

    def selected(self, path: str) -> str:
        """The selected version, "none" for a module that nothing requires."""
        return self._selected.get(path, "none")

    def build_list(self) -> list[Version]:
        """The roots, then all other selected modules, by path."""
        out: list[Version] = []
        seen: set[str] = set()
        for r in self.roots:
            if r.path not in seen:
                seen.add(r.path)
                out.append(Version(r.path, self.selected(r.path)))
        rest = [Version(p, v) for p, v in self._selected.items() if p not in seen and v != "none"]
        return out + sorted(rest)

    def breadth_first(self) -> Iterator[Version]:
        """All modules that can be reached, each once."""
        queue = deque(self.roots)
        seen = set(self.roots)
        while queue:
            m = queue.popleft()
            yield m
            for r in self.required.get(m, ()):
                if r not in seen:
                    seen.add(r)
                    queue.append(r)

    def find_path(self, wanted: Callable[[Version], bool]) -> list[Version]:
        """The shortest way from a root to a module that is wanted; [] when there is none."""
        came: dict[Version, Version | None] = dict.fromkeys(self.roots)
        for m in self.breadth_first():
            if wanted(m):
                way = [m]
                while (up := came[way[-1]]) is not None:
                    way.append(up)
                return way[::-1]
            for r in self.required.get(m, ()):
                came.setdefault(r, m)
        return []


class BuildListError(ModError):
    """An error about a module, with the way that leads to it."""

    def __init__(self, cause: ModError, way: list[Version]) -> None:
        self.cause = cause
        self.module = way[-1]
        while way and not way[0].version:
            way = way[1:]
        if not way:
            text = str(cause)
        else:
            text = "".join(f"{m} requires\n\t" for m in way[:-1])
            m = way[-1]
            if isinstance(cause, VersionError):
                actual = cause.m
                if isinstance(cause.cause, InvalidVersion):
                    actual = Version(actual.path, cause.cause.version)
                text += str(cause) if actual == m else f"{m} (replaced by {actual}): {cause.cause}"
            else:
                text += str(version_error(m, cause))
        ModError.__init__(self, text, cause.missing)


Required = Callable[[Version], list[Version]]


def build_list(main: Version, required: Required) -> list[Version]:
    """The build list of one main module. Raises ModError."""
    return _graph(main, required).build_list()


def _graph(main: Version, required: Required) -> Graph:
    g = Graph([main])
    queue = deque([main])
    errors: dict[Version, ModError] = {}
    while queue:
        m = queue.popleft()
        if m in g.required or m in errors:
            continue
        try:
            reqs = required(m)
        except ModError as e:
            errors[m] = e
            continue
        g.require(m, reqs)
        queue += reqs
    if errors:
        way = g.find_path(lambda m: m in errors)
        raise BuildListError(errors[way[-1]], way)
    return g


def minimal(main: Version, base: list[str], required: Required) -> list[Version]:
    """The shortest list of requirements that gives main its build list and contains the modules of base. Raises ModError."""
    g = _graph(main, required)
    selected = g.build_list()
    order: list[Version] = []
    done: set[Version] = {main}
    for start in selected:
        stack: list[tuple[Version, int]] = [] if start in done else [(start, 0)]
        done.add(start)
        while stack:
            m, i = stack.pop()
            reqs = g.required.get(m, [])
            if i < len(reqs):
                stack.append((m, i + 1))
                if reqs[i] not in done:
                    done.add(reqs[i])
                    stack.append((reqs[i], 0))
            else:
                order.append(m)
    highest = {m.path: m.version for m in selected}
    have: set[Version] = set()

    def cover(m: Version) -> None:
        work = [m]
        while work:
            x = work.pop()
            if x not in have:
                have.add(x)
                work += g.required.get(x, [])

    out: list[Version] = []
    for path in dict.fromkeys(base):
        m = Version(path, highest[path])
        out.append(m)
        cover(m)
    for m in reversed(order):
        if highest.get(m.path) == m.version and m not in have:
            out.append(m)
            cover(m)
    return sorted(out)
