"""Results of tests in the cache: what a passing test printed, for as long as nothing changes that it looked at.

    key of a test      the executable and the arguments that may change what it prints
    its log            testing/internal/testdeps writes down which variables and files a test asked for
    key of its inputs  what these are like now

The log of the last run is found by the first key, the output by both. Files outside the module (GOROOT for std) do not count; a file that changed less
than two seconds ago cannot be told from its next change. Source: cmd/go/internal/test/test.go (tryCacheWithID, computeTestInputsID), go1.27.
"""

from __future__ import annotations

import os
import stat
import time

from rt0.build.cache import Cache, key_of

LOG_HEAD = b"# test log\n"
TOO_NEW = 2.0  # seconds
# arguments that may change the output, and those that change nothing
_COUNT = frozenset("benchtime cpu failfast fullpath list parallel run short skip timeout v".split())
_DO_NOT = frozenset(("outputdir",))


def cacheable(args: list[str]) -> list[str] | None:
    """The arguments of the test program that count; None when one of them forbids to keep the result."""
    out = []
    for a in args:
        name, eq, _ = a.partition("=")
        if not eq or not name.startswith("-test."):
            return None
        if name[6:] in _COUNT:
            out.append(a)
        elif name[6:] not in _DO_NOT:
            return None
    return out


class Results:
    """The kept results of one test program. root: files below it count."""

    __slots__ = ("cache", "cwd", "expired", "key", "root")

    def __init__(self, cache: Cache, exe_key: str, args: list[str], cwd: str, root: str) -> None:
        self.cache = cache
        self.cwd = cwd
        self.root = root
        self.key = key_of("test", exe_key, args)
        self.expired = expiry(cache)

    def find(self) -> bytes | None:
        """What the test printed the last time, its time replaced by "(cached)"; None when it has to run."""
        log = self.cache.get(self.key, "testlog")
        inputs = None if log is None else self._inputs(log)
        if inputs is None:
            return None
        saved = self.cache.get(key_of(self.key, inputs), "testout")
        if saved is None or len(saved) < 8 or int.from_bytes(saved[:8], "little") <= self.expired:
            return None
        out = saved[8:]
        at = out.rfind(b"\n", 0, len(out) - 1) + 1
        fields = out[at:].split(b"\t", 2)
        if len(fields) != 3 or fields[0] != b"ok  ":
            return None
        return out[:at] + b"ok  \t" + fields[1] + b"\t(cached)" + fields[2].lstrip(b"0123456789.s")

    def save(self, log: bytes, out: bytes) -> None:
        """Keep what a passing test printed."""
        inputs = self._inputs(log)
        if inputs is not None:
            self.cache.put(self.key, "testlog", log)
            self.cache.put(key_of(self.key, inputs), "testout", time.time_ns().to_bytes(8, "little") + out)

    def _inputs(self, log: bytes) -> str | None:
        """The key of what a log names; None for a damaged log, and when a file is too new."""
        if not log.startswith(LOG_HEAD) or not log.endswith(b"\n"):
            return None
        facts: list[str] = [f"GODEBUG {os.environ.get('GODEBUG')!r}"]
        cwd = self.cwd
        for line in os.fsdecode(log[len(LOG_HEAD) :]).split("\n"):
            if not line:
                continue
            op, space, name = line.partition(" ")
            if not space or op not in ("getenv", "chdir", "stat", "open"):
                return None
            if op == "getenv":
                facts.append(f"env {name} {os.environ.get(name)!r}")
                continue
            path = os.path.join(cwd, name)
            if op == "chdir":
                cwd = path
                facts.append(f"chdir {path} {_facts(path)}")
            elif os.path.normpath(path) == self.root or os.path.normpath(path).startswith(self.root + "/"):
                if op == "stat":
                    facts.append(f"stat {path} {_facts(path)} {_facts(path, False)}")
                else:
                    opened = _opened(path)
                    if opened is None:
                        return None
                    facts.append(f"open {path} {opened}")
        return key_of(*facts)


def _facts(path: str, follow: bool = True) -> str:
    """What tells a file from its next version."""
    try:
        s = os.stat(path, follow_symlinks=follow)
    except OSError as e:
        return f"error {e.errno}"
    return f"{s.st_size} {s.st_mode:o} {s.st_mtime_ns}"


def _opened(path: str) -> str | None:
    """The facts of an opened file, for a folder of what lies in it too; None when it is too new."""
    facts = [_facts(path)]
    try:
        s = os.stat(path)
        if stat.S_ISDIR(s.st_mode):
            facts += [f"{name} {_facts(os.path.join(path, name), False)}" for name in sorted(os.listdir(path))]
        elif stat.S_ISREG(s.st_mode) and time.time() - s.st_mtime < TOO_NEW:
            return None
    except OSError as e:
        facts.append(f"error {e.errno}")
    return "\n".join(facts)


# ---------------------------------------------------------------- rt0 clean -testcache


def _expiry_path(cache: Cache) -> str:
    return os.path.join(cache.root, "testexpire.txt")


def expiry(cache: Cache) -> int:
    """Results kept before this moment (nanoseconds) do not count."""
    try:
        with open(_expiry_path(cache), encoding="ascii") as f:
            return int(f.read())
    except (OSError, ValueError):
        return 0


def expire(cache: Cache) -> None:
    """Forget all results: what was kept up to now."""
    cache.write(_expiry_path(cache), f"{time.time_ns()}\n".encode(), raw=True)
