"""go.sum: the hashes of all modules that a build was made of, and what is done with one that does not fit (cmd/go/internal/modfetch/fetch.go, go1.27).

    PATH VERSION h1:HASH            of the module's zip
    PATH VERSION/go.mod h1:HASH     of its go.mod

A hash that is not in the file is asked of the checksum database and added; the file is written once, at the end, with what was used and is to be kept. In a
workspace the go.sum of every main module counts too, and go.work.sum takes what none of them has.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from threading import Lock

from rt0.diag import fatal
from rt0.mod import lockedfile, semver
from rt0.mod.cache import side_lock
from rt0.mod.path import ModError, Version, version_error
from rt0.mod.settings import use_sumdb

# The hash of an empty go.mod, which old versions of go recorded by mistake.
_EMPTY_GOMOD = "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY="

_ABOUT = """
For more information, see 'go help module-auth'.
"""
_REPLACED = """The bits may have been replaced on the origin server, or an attacker may
have intercepted the download attempt.
"""
MISMATCH = f"""

SECURITY ERROR
This download does NOT match an earlier download recorded in go.sum.
{_REPLACED}{_ABOUT}"""
SUMDB_MISMATCH = f"""

SECURITY ERROR
This download does NOT match the one reported by the checksum server.
{_REPLACED}{_ABOUT}"""
SUMDB_ABSENT = f"""

SECURITY ERROR
This download does NOT match one reported by the checksum server.
The checksum server has provided checksums, but the checksums do
not contain an entry for the download.
The checksum server may be malfunctioning, or an attacker may have
intercepted the checksum request.
The download cannot be verified.
{_ABOUT}"""
_UNKNOWN = f"""

SECURITY WARNING
This download is listed in go.sum, but using an unknown hash algorithm.
The download cannot be verified.
{_ABOUT}
"""

DIRTY = "updates to go.sum needed, disabled by -mod=readonly"


@dataclass(slots=True)
class _Status:
    """used: something was checked against the hash; dirty: the file has it not."""

    used: bool = False
    dirty: bool = False


def sum_key(m: Version) -> tuple[str, tuple[object, ...], str, str]:
    """The order of go.sum's lines."""
    v, slash, rest = m.version.partition("/")
    return m.path, semver.key(v), v, slash + rest


def gomod_key(m: Version) -> Version:
    """What go.sum calls the go.mod of a module."""
    return Version(m.path, m.version + "/go.mod")


class Sums:
    """The go.sum of one command.

    file        path; "" for a command without one: then nothing is checked but by the database
    workspace   paths of the main modules' go.sum, in a workspace
    """

    def __init__(self) -> None:
        self.file = ""
        self.workspace: list[str] = []
        self.tidy = False  # lines that are no good are passed over
        self.lock = Lock()
        self.have: dict[Version, list[str]] | None = None
        self.others: dict[str, dict[Version, list[str]]] = {}
        self.status: dict[tuple[Version, str], _Status] = {}
        self.overwrite = False

    def _init(self) -> dict[Version, list[str]] | None:
        if not self.file:
            return None
        if self.have is None:
            for name in self.workspace:
                self.others[name] = self._read(name)
            self.have = self._read(self.file)
        return self.have

    def _read(self, path: str) -> dict[Version, list[str]]:
        try:
            return self._parse(path, lockedfile.read(path))
        except ModError as e:
            if e.missing:
                return {}
            raise

    def _parse(self, path: str, data: bytes) -> dict[Version, list[str]]:
        out: dict[Version, list[str]] = {}
        for i, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n"), 1):
            f = line.split()
            if not f:
                continue
            if len(f) != 3:
                if self.tidy:
                    continue
                raise fatal(f"malformed go.sum:\n{path}:{i}: wrong number of fields {len(f)}\n")
            if f[2] != _EMPTY_GOMOD:
                out.setdefault(Version(f[0], f[1]), []).append(f[2])
        return out

    def _recorded(self, m: Version) -> list[str]:
        have = self._init()
        if have is None:
            return []
        found = [h for sums in (*self.others.values(), have) for h in sums.get(m, ()) if h.startswith("h1:")]
        return [h for h in found if not self.status.get((m, h), _Status()).dirty]

    def has(self, m: Version) -> bool:
        """Whether the file has a hash of m."""
        with self.lock:
            return bool(self._recorded(m))

    def recorded(self, m: Version) -> str | None:
        """The hash of m in the file, "" for none; None without a file or when two contradict each other."""
        with self.lock:
            if self._init() is None:
                return None
            found = set(self._recorded(m))
            return None if len(found) > 1 else next(iter(found), "")

    def _matches(self, m: Version, h: str) -> bool:
        """Whether the file has this hash. Raises CompileError when it has another."""
        have = self._init()
        assert have is not None
        short = "go.work.sum" if self.file.endswith("go.work.sum") else "go.sum"
        for old in have.get(m, ()):
            if old == h:
                return True
            if old.startswith("h1:"):
                raise fatal(f"verifying {m}: checksum mismatch\n\tdownloaded: {h}\n\t{short}:     {old}{MISMATCH}".removesuffix("\n"))
        found = False
        for name, sums in self.others.items():
            for old in sums.get(m, ()):
                if old == h:
                    found = True
                elif old.startswith("h1:"):
                    raise fatal(f"verifying {m}: checksum mismatch\n\tdownloaded: {h}\n\t{name}:     {old}{MISMATCH}".removesuffix("\n"))
        return found

    def _add(self, m: Version, h: str) -> None:
        if self._matches(m, h):
            return
        assert self.have is not None
        old = self.have.setdefault(m, [])
        if old:
            print(f"warning: verifying {m}: unknown hashes in go.sum: {', '.join(old)}; adding {h}{_UNKNOWN}", end="", file=sys.stderr)
        old.append(h)

    def check(self, m: Version, h: str) -> None:
        """Compare the hash of what was downloaded with the file's, or the database's. Raises CompileError on a mismatch with the file, ModError else."""
        with self.lock:
            inited = self._init() is not None
            done = inited and self._matches(m, h)
            if inited:
                self.status.setdefault((m, h), _Status()).used = True
        if done:
            return
        if use_sumdb(m.path):
            check_sumdb(m, h)
        if inited:
            with self.lock:
                self._add(m, h)
                self.status[m, h].dirty = True

    def check_gomod(self, m: Version, h: str) -> None:
        self.check(gomod_key(m), h)

    # ------------------------------------------------------------ writing

    def _in_others(self, m: Version) -> bool:
        return any(m in sums for sums in self.others.values())

    def _text(self, data: bytes, keep: set[Version]) -> bytes:
        assert self.have is not None
        if not self.overwrite:
            self.have = self._parse(self.file, data)
            for (m, h), st in list(self.status.items()):
                if st.used and not self._in_others(m):
                    self._add(m, h)
        lines: list[str] = []
        for m in sorted(self.have, key=sum_key):
            for h in sorted(set(self.have[m])):
                st = self.status.get((m, h), _Status())
                if (not st.dirty or (st.used and m in keep)) and not self._in_others(m):
                    lines.append(f"{m.path} {m.version} {h}\n")
        return "".join(lines).encode("utf-8", "surrogateescape")

    def write(self, keep: set[Version], readonly: bool) -> None:
        """Write the file if it needs new hashes of what is to be kept. Raises ModError."""
        with self.lock:
            if self.have is None:
                return
            dirty = any(
                (st := self.status.get((m, h))) is not None and st.dirty and (not st.used or m in keep) for m, hs in self.have.items() for h in hs
            )
            if not dirty:
                return
            if readonly:
                raise ModError(DIRTY)
            with side_lock():
                try:
                    lockedfile.transform(self.file, lambda old: self._text(old, keep))
                except ModError as e:
                    raise ModError(f"updating go.sum: {e}") from None
            self.status = {}
            self.overwrite = False

    def tidied(self, keep: set[Version]) -> tuple[bytes, bytes]:
        """(the file, what it would be)."""
        with self.lock:
            self._init()
            try:
                before = lockedfile.read(self.file)
            except ModError as e:
                if not e.missing:
                    raise fatal(f"reading go.sum: {e}") from None
                before = b""
            return before, self._text(before, keep)

    def trim(self, keep: set[Version]) -> None:
        """Forget the hashes of what is not kept."""
        with self.lock:
            have = self._init()
            if have is None:
                return
            for m, hs in have.items():
                if m not in keep:
                    for h in hs:
                        self.status[m, h] = _Status(False, True)
                    self.overwrite = True


def check_sumdb(m: Version, h: str) -> None:
    """Ask the checksum database. Raises ModError."""
    from rt0.mod.sumdb import lookup

    noun = "go.mod" if m.version.endswith("/go.mod") else "module"
    plain = Version(m.path, m.version.removesuffix("/go.mod"))
    try:
        db, lines = lookup(m)
    except ModError as e:
        raise version_error(plain, ModError(f"verifying {noun}: {e}")) from None
    for line in lines:
        if line == f"{m.path} {m.version} {h}":
            return
        if line.startswith(f"{m.path} {m.version} h1:"):
            other = line.split(" ")[2]
            raise version_error(plain, ModError(f"verifying {noun}: checksum mismatch\n\tdownloaded: {h}\n\t{db}: {other}{SUMDB_MISMATCH}"))
    raise version_error(plain, ModError(f"verifying {noun}: checksum missing from sumdb response{SUMDB_ABSENT}"))


def sum_file(gomod: str) -> str:
    """The go.sum that belongs to a go.mod."""
    return os.path.splitext(gomod)[0] + ".sum" if gomod.endswith(".mod") else gomod + ".sum"
