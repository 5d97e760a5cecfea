"""Which symbols of the standard library a //go:linkname of another package, or its assembly, may refer to.

Go's linker allows it when the definition is marked: by `//go:linkname name` beside it, or because another package of std defines it
under this name. `//go:linknamestd` marks for std alone. A few names are for one package whatever their marks say. The rule is
(*Loader).checkLinkname of cmd/link/internal/loader/loader.go, go1.27; what it looks up in objects is read off GOROOT's sources here, not off
rt0's own runtime, so that a program is refused exactly when go refuses it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from rt0.load.constraint import ConstraintError, Tags

# Symbols that no package outside std may name: the keys of blockedLinknames, without those of other systems.
BLOCKED = frozenset(
    """
    go:fipsinfo crypto/internal/fips140.fatal crypto/internal/fips140.getIndicator crypto/internal/fips140.setIndicator crypto/internal/sysrand.fatal
    crypto/rand.fatal internal/runtime/maps.errNilAssign internal/runtime/maps.fatal internal/runtime/maps.newarray internal/runtime/maps.newobject
    internal/runtime/maps.rand internal/runtime/maps.typedmemclr internal/runtime/maps.typedmemmove internal/sync.fatal internal/sync.runtime_canSpin
    internal/sync.runtime_doSpin internal/sync.runtime_nanotime internal/sync.runtime_Semrelease internal/sync.runtime_SemacquireMutex
    internal/sync.throw internal/synctest.Run internal/synctest.Wait internal/synctest.acquire internal/synctest.release internal/synctest.inBubble
    runtime.getStaticuint64s sync.runtime_SemacquireWaitGroup time.runtimeNow time.runtimeNano runtime.mapaccess1 runtime.mapaccess1_fast32
    runtime.mapaccess1_fast64 runtime.mapaccess1_faststr runtime.mapdelete_fast32 runtime.mapdelete_fast64 runtime.mapdelete_faststr
    internal/cpu.riscvHWProbe internal/runtime/cgroup.throw internal/runtime/maps.typeString internal/synctest.IsInBubble internal/synctest.associate
    internal/synctest.disassociate internal/synctest.isAssociated runtime/trace.runtime_readTrace runtime/trace.runtime_traceClockUnitsPerSecond
    sync_test.runtime_blockUntilEmptyCleanupQueue time.runtimeIsBubbled unique.runtime_blockUntilEmptyCleanupQueue net.newWindowsFile
    testing/synctest.testingSynctestTest crypto/fips140.isBypassed crypto/fips140.setBypass crypto/fips140.unsetBypass crypto/subtle.setDITEnabled
    crypto/subtle.setDITDisabled internal/cpu.sysctlbynameBytes internal/cpu.sysctlbynameInt32 runtime.pprof_goroutineLeakProfileWithLabels
    runtime/pprof.runtime_goroutineLeakGC runtime/pprof.runtime_goroutineleakcount runtime/secret.appendSignalStacks runtime/secret.count
    runtime/secret.dec runtime/secret.eraseSecrets runtime/secret.getStack runtime/secret.inc syscall.rawsyscalln syscall.runtimeClearenv
    syscall.syscalln crypto/internal/rand.SetTestingReader testing.checkParallel runtime.addmoduledata
    """.split()
)

_LINKNAME = re.compile(rb"(?m)^[ \t]*//go:(linkname|linknamestd)[ \t]+(\S+)(?:[ \t]+(\S+))?[ \t\r]*$")
_FUNC = re.compile(rb"(?m)^func (?:\((?:\w+ )?(\*?)(\w+)(?:\[[^\]]*\])?\) )?(\w+)[\[(][^\n]*")
_VAR = re.compile(rb"(?m)^var (\w+(?:, \w+)*)")
_VARS = re.compile(rb"(?ms)^var \(\n(.*?)^\)")
_VAR_LINE = re.compile(rb"(?m)^\t(\w+(?:, \w+)*)")
_TEXT = re.compile("(?m)^[ \t]*(?:TEXT|GLOBL)[ \t]+(?:(\\S*?)·)?(\\w+)(?:<ABIInternal>)?\\(SB\\)".encode())


def owner_of(symbol: str) -> str:
    """Import path of the package a symbol names, "" for none."""
    dot = symbol.find(".", symbol.rfind("/") + 1)
    return symbol[:dot].replace("%2e", ".") if dot > 0 else ""


@dataclass(slots=True)
class _Package:
    """marks: name of a symbol in it, or whole symbol it pushes -> "linkname" or "linknamestd". defines: names with code or data of its own."""

    marks: dict[str, str] = field(default_factory=dict)
    pushes: dict[str, str] = field(default_factory=dict)
    defines: set[str] = field(default_factory=set)
    assembly: set[str] = field(default_factory=set)  # those of them that a .s file defines


class StdSymbols:
    """Facts about std's packages, read when somebody asks. packages: import paths of std that the program has."""

    def __init__(self, goroot: str, tags: Tags, packages: Iterable[str]) -> None:
        self.src = os.path.join(goroot, "src")
        self.tags = tags
        self.packages = sorted(packages)
        self.known: dict[str, _Package] = {}

    def may_refer(self, symbol: str) -> bool:
        """Whether a package outside std may refer to the symbol. Of what nobody defines the linker has its own to say."""
        if symbol in BLOCKED:
            return False
        owner = owner_of(symbol)
        if owner not in self.packages:
            return True
        p = self.package(owner)
        name = symbol[len(owner) + 1 :]
        mark = p.marks.get(name)
        if mark is None and name not in p.defines:
            mark = next((m for other in self.packages if (m := self.package(other).pushes.get(symbol)) is not None), "linkname")
        return mark == "linkname"

    def is_assembly(self, symbol: str) -> bool:
        owner = owner_of(symbol)
        return owner in self.packages and symbol[len(owner) + 1 :] in self.package(owner).assembly

    def package(self, path: str) -> _Package:
        p = self.known.get(path)
        if p is None:
            p = self.known[path] = _Package()
            d = os.path.join(self.src, path)
            try:
                names = sorted(os.listdir(d))
            except OSError:
                return p
            for name in names:
                if name.endswith((".go", ".s")) and not name.endswith("_test.go") and self.tags.name_matches(name):
                    with open(os.path.join(d, name), "rb") as f:
                        data = f.read()
                    if self.holds(data):
                        _read(p, path, data, name.endswith(".s"))
        return p

    def holds(self, data: bytes) -> bool:
        head = data[: max(data.find(b"\npackage "), 0)] or data[:4096]
        try:
            return b"//go:build" not in head or self.tags.header_matches(head)
        except ConstraintError:
            return False


def _read(p: _Package, path: str, data: bytes, asm: bool) -> None:
    if asm:
        for pkg, name in _TEXT.findall(data):
            if pkg.decode("utf-8", "replace").replace("∕", "/") in ("", path):
                p.defines.add(name.decode())
                p.assembly.add(name.decode())
        return
    bodies: set[str] = set()
    for m in _FUNC.finditer(data):
        star, recv, last = (x.decode() if x else "" for x in m.groups())
        line = m.group().partition(b" //")[0].rstrip()
        if line.endswith((b"{", b"}", b"(", b",")):  # a signature over several lines has a body in all of std
            bodies.add((f"(*{recv})." if star else f"{recv}." if recv else "") + last)
    p.defines |= bodies
    variables: set[str] = set()
    for text in [*_VAR.findall(data), *(x for block in _VARS.findall(data) for x in _VAR_LINE.findall(block))]:
        variables.update(x.strip().decode() for x in text.split(b","))
    p.defines |= variables
    for verb, local, target in _LINKNAME.findall(data):
        name, symbol, mark = local.decode(), target.decode(), verb.decode()
        if not symbol:
            p.marks[name] = mark
        elif symbol.startswith(path + "."):  # also of a method, through a declaration without body
            p.marks[symbol[len(path) + 1 :]] = mark
        elif name in bodies or name in variables:
            p.pushes[symbol] = mark
            p.defines.discard(name)  # its symbol is the other one
