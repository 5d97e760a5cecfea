"""The packages of a load and who imports whom: followed from each root, checked for cycles and forbidden imports, put in order."""

from __future__ import annotations

import heapq
import os
from itertools import pairwise

from rt0.diag import fatal
from rt0.load.find import Finder, PathError
from rt0.load.model import COMMAND_LINE, PackageInfo, closure
from rt0.load.read import NoFiles, Reader
from rt0.load.workspace import Workspace


class Graph:
    """The packages found so far and what is wrong with them.

    missing  errors found while resolving imports      seen_missing  import strings that one was reported for
    late     errors about how packages are used        misused       packages with an error in late
    broken   paths that could not be loaded
    """

    __slots__ = ("broken", "finder", "late", "missing", "misused", "packages", "reader", "seen_missing", "ws")

    def __init__(self, ws: Workspace, finder: Finder, reader: Reader) -> None:
        self.ws = ws
        self.finder = finder
        self.reader = reader
        self.packages: dict[str, PackageInfo] = {}
        self.missing: list[str] = []
        self.seen_missing: set[str] = set()
        self.late: list[str] = []
        self.misused: set[str] = set()
        self.broken: set[str] = set()

    def check(self) -> None:
        """Stop when something was wrong. Raises CompileError."""
        if self.missing or self.late:
            raise fatal("\n".join([*self.missing, *dict.fromkeys(self.late)]))

    def load(self, path: str, d: str, standard: bool, module: str) -> None:
        """Load a package and all it imports."""
        if path in self.packages or path in self.broken:
            return
        info = self.reader.read_package(path, d, standard, module)
        self.follow(info)

    def follow(self, info: PackageInfo, record: bool = True) -> None:
        """Record a package and load its imports, each one after those of its predecessors.

        record  not for a package with its tests: what it imports may import the package as others see it
        """
        packages = self.packages
        on_stack: dict[str, int] = {}
        if record:
            packages[info.path] = info
            on_stack[info.path] = 0
        # an explicit stack: (package, its sorted import strings, next one); a chain of imports may be long
        stack = [(info, sorted(info.imports), 0)]
        while stack:
            cur, specs, k = stack.pop()
            if k == len(specs):
                on_stack.pop(cur.path, None)
                continue
            stack.append((cur, specs, k + 1))
            spec = specs[k]
            try:
                path, d, standard, module = self.finder.resolve(spec, cur)
            except PathError as e:
                if cur.path == COMMAND_LINE and self.ws.ctx.verb == "compile":
                    del cur.imports[spec]
                    continue
                self.import_error(cur, spec, e.msg)
                if spec.startswith("./") or spec.startswith("../"):
                    self.misuse(cur, f'{self.import_position(cur, spec)}: local import "{spec}" in non-local package')
                del cur.imports[spec]
                continue
            cur.imports[spec] = path
            if path in on_stack:
                self.cycle([p for p, _, _ in stack], cur, spec, path)
                continue
            self.check_use(cur, spec, path)
            if path in packages or path in self.broken:
                continue
            try:
                dep = self.reader.read_package(path, d, standard, module)
            except NoFiles as e:
                self.broken.add(path)
                self.no_files(cur, spec, path, e.msg, [p for p, _, _ in stack])
                continue
            if dep.name == "main" and not standard:
                self.misuse(cur, f'{self.import_position(cur, spec)}: import "{path}" is a program, not an importable package')
            packages[path] = dep
            on_stack[path] = len(stack)
            stack.append((dep, sorted(dep.imports), 0))

    def import_position(self, info: PackageInfo, spec: str) -> str:
        p, offset = info.import_at[spec]
        return self.ws.at(p, offset)

    def import_error(self, info: PackageInfo, spec: str, msg: str) -> None:
        if spec in self.seen_missing:
            return
        self.seen_missing.add(spec)
        if info.standard and not spec:
            return
        self.missing.append(f"{self.import_position(info, spec)}: {msg}")

    def no_files(self, info: PackageInfo, spec: str, path: str, msg: str, stack: list[PackageInfo]) -> None:
        if msg.startswith("package "):
            trail = "".join(f"\n\timports {p.path}" for p in stack[1:])
            self.missing.append(f"package {stack[0].path}{trail}\n\timports {msg.removeprefix('package ')}")
        elif msg.startswith(f"{path}: no non-test"):
            self.missing.append(msg)
        elif msg.startswith("no Go files"):
            self.import_error(info, spec, f"no required module provides package {path}; to add it:\n\tgo get {path}" if not info.standard else msg)
        else:
            self.missing.append(f"{self.import_position(info, spec)}: {msg}")

    def cycle(self, stack: list[PackageInfo], cur: PackageInfo, spec: str, path: str) -> None:
        """`import cycle not allowed`, with the way from the root into the cycle and around it."""
        lines = [f"package {stack[0].path}"]
        for prev, p in pairwise(stack):
            via = next(s for s, t in prev.imports.items() if t == p.path)
            lines.append(f"\timports {p.path} from {os.path.basename(prev.import_at[via][0])}")
        lines.append(f"\timports {path} from {os.path.basename(cur.import_at[spec][0])}: import cycle not allowed")
        self.missing.append("\n".join(lines))

    def check_use(self, info: PackageInfo, spec: str, path: str) -> None:
        """The internal rule: P/internal/... may be imported by what is under P only."""
        if info.standard or "internal" not in path or self.ws.ctx.verb == "compile":
            return
        parts = path.split("/")
        i = max((k for k, part in enumerate(parts) if part == "internal"), default=-1)
        if i < 0:
            return
        parent = "/".join(parts[:i])
        importer = info.path
        if importer == COMMAND_LINE and self.ws.module is not None:
            importer = self.ws.package_path(info.dir) or importer
        allowed = bool(parent) and (importer == parent or importer.startswith(parent + "/")) and self.resolve_is_user(path)
        if not allowed:
            self.misuse(info, f"package {info.path}\n\t{self.import_position(info, spec)}: use of internal package {path} not allowed")

    def misuse(self, info: PackageInfo, msg: str) -> None:
        """An import that exists but may not be imported so; the go command reports one for each importing package."""
        if info.path not in self.misused:
            self.misused.add(info.path)
            self.late.append(msg)

    def resolve_is_user(self, path: str) -> bool:
        return "." in path.partition("/")[0] or not self.ws.std_dir(path)


def in_order(packages: dict[str, PackageInfo]) -> dict[str, PackageInfo]:
    """The packages in initialisation order, runtime's part first."""
    done: dict[str, PackageInfo] = {}
    for part in (closure(packages, ["runtime"]), set(packages)):
        todo = part - done.keys()
        waits: dict[str, int] = {}
        users: dict[str, list[str]] = {}
        heap: list[str] = []
        for p in todo:
            deps = {q for q in packages[p].imports.values() if q in todo}
            waits[p] = len(deps)
            for q in deps:
                users.setdefault(q, []).append(p)
            if not deps:
                heap.append(p)
        heapq.heapify(heap)
        while heap:
            p = heapq.heappop(heap)
            done[p] = packages[p]
            for u in users.get(p, ()):
                waits[u] -= 1
                if not waits[u]:
                    heapq.heappush(heap, u)
    return done
