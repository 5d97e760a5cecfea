"""From a command line straight to a cached executable.

After a successful `rt0 run` or `rt0 build`, `run/KEY` in the cache says which executable the command line gave and which files and folders
went into it, each with size, inode and the times of its last change. `find` believes it only while all of them are
untouched, the executable among them, and nothing relevant in the environment differs. Files that changed in the
last moments before the record was written are not trusted: their next change might carry the same time.

    line 1    the command line, working folder and environment it holds for
    line 2    path of the executable
    line 3    a note of the caller's: where `rt0 build` wrote it
    then      "SIZE.INODE.MTIME.CTIME PATH" per input and for the executable, "- PATH" for what must not exist,
              "=KEY PATH" for a folder of the user's: the program may well write into it, so only the names in it count
    last      "end"

This is the hottest path of the command, so the record is text and the key needs no hash: KEY is the first line's bytes
taken as a number, modulo a prime; two lines with the same KEY only displace each other. A change time (ctime) cannot be set by
ordinary means, so the executable's bytes are not read again. Nothing but `os` is imported (hashlib alone would cost 4 ms of about 35).
"""

from __future__ import annotations

import os

from rt0.build.cachedir import cache_dir

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rt0.build.cache import Cache
    from rt0.load.load import LoadedProgram

_ENV = ("GOROOT", "GOOS", "GOARCH", "GOAMD64", "GOFLAGS", "PATH", "GOEXPERIMENT", "GOWORK", "GO111MODULE", "GOPATH", "GOMODCACHE", "GOENV", "HOME", "PWD")
RACY_NS = 20_000_000
_PRIME = (1 << 127) - 1


def _facts(head: list[str]) -> str:
    """What the record holds for, as one line."""
    environ = os.environ
    return repr([os.getcwd(), head, [environ.get(n) for n in _ENV]]).replace("\n", "\\n")


def _number(text: str) -> str:
    return f"{int.from_bytes(text.encode('utf-8', 'surrogateescape'), 'little') % _PRIME:032x}"


def _record(root: str, facts: str) -> str:
    return f"{root}/run/{_number(facts)}"


def _names(path: str) -> str:
    """A key of the names in a folder."""
    return "=" + _number("/".join(sorted(os.listdir(path))))


# Flags that may stand in a command line for which a record is kept: those without and those with a value. The others mean work to do or to show.
PLAIN = frozenset(("-v", "-O0", "-O1", "-O2", "-O3", "-trimpath", "-verify", "-modcacherw"))
WITH_VALUE = frozenset(("-O", "-p", "-tags", "-asmflags", "-ldflags", "-mod", "-buildmode", "-pgo", "-compiler", "-gccgoflags", "-installsuffix", "-pkgdir"))
EITHER = frozenset(("-buildvcs",))  # with or without, and then no argument of its own


def flags_end(args: list[str], more: str = "") -> int:
    """Index of the first argument that is no flag; -1 when a flag keeps the command line from the fast way. more: one more flag with a value."""
    i, n = 0, len(args)
    while i < n and args[i][:1] == "-" and len(args[i]) > 1:
        a = args[i]
        if a[1] == "-":
            a = a[1:]
        name, eq, _ = a.partition("=")
        if name in WITH_VALUE or name == more:
            if not eq:
                i += 1
        elif name not in EITHER and (eq or name not in PLAIN):
            return -1
        i += 1
    return min(i, n)


def find(head: list[str]) -> tuple[str, str] | None:
    """(path of the executable, note) for an unchanged command line, else None."""
    root = cache_dir()
    if not root:
        return None
    facts = _facts(head)
    try:
        with open(_record(root, facts), encoding="utf-8", errors="surrogateescape") as f:
            lines = f.read().split("\n")
        if lines[0] != facts or lines[-1] != "end":
            return None
        stat = os.stat
        for line in lines[3:-1]:
            want, _, path = line.partition(" ")
            if want == "-":
                if os.path.exists(path):
                    return None
                continue
            if want[0] == "=":
                if _names(path) != want:
                    return None
                continue
            s = stat(path)
            if f"{s.st_size}.{s.st_ino}.{s.st_mtime_ns}.{s.st_ctime_ns}" != want:
                return None
        return lines[1], lines[2]
    except (OSError, IndexError):
        return None


def _stat_line(path: str, library: str) -> str:
    """The line of an input; library: GOROOT."""
    try:
        s = os.stat(path)
        if s.st_mode & 0o170000 == 0o040000 and not path.startswith(library):
            return f"{_names(path)} {path}"
    except OSError:
        return f"- {path}"
    return f"{s.st_size}.{s.st_ino}.{s.st_mtime_ns}.{s.st_ctime_ns} {path}"


def store(cache: Cache, head: list[str], loaded: LoadedProgram, exe: bytes, note: str = "") -> str | None:
    """Put the executable into the cache and record what it was made of. Its path there; None when the cache cannot be written.

    head  the verb, the build flags and the package of the command line; [] when the fast way is not open to it: no record
    """
    import hashlib
    import time

    digest = hashlib.sha256(exe).hexdigest()
    path = os.path.join(cache.root, "exe", digest[:2], digest, program_name(loaded))
    if not cache.root or (not _good(path, digest) and not cache.write(path, exe, raw=True, mode=0o755)):
        return None
    if not head or "\n" in path + note:
        return path
    from rt0.build.toolchain import own_files

    inputs = [p for p in dict.fromkeys([*own_files(), *loaded.inputs()]) if "\n" not in p]
    now = time.time_ns()
    user = [p for info in loaded.packages.values() if not info.standard for _, p in info.go_files]
    if any(now - os.stat(p).st_ctime_ns < RACY_NS for p in user):
        return path
    facts = _facts(head)
    library = loaded.context.goroot + "/"
    text = "\n".join([facts, path, note, *(_stat_line(p, library) for p in [*inputs, path]), "end"])
    cache.write(_record(cache.root, facts), text.encode("utf-8", "surrogateescape"), raw=True)
    return path


def _good(path: str, digest: str) -> bool:
    import hashlib

    try:
        with open(path, "rb") as f:
            return hashlib.sha256(f.read()).hexdigest() == digest and os.access(path, os.X_OK)
    except OSError:
        return False


def program_name(loaded: LoadedProgram) -> str:
    """The name `go build` and `go run` give the executable."""
    info = loaded.packages[loaded.main]
    if info.path == "command-line-arguments":
        return os.path.basename(info.go_files[0][0]).removesuffix(".go")
    return command_name(info.path)


def command_name(path: str) -> str:
    """The last element of an import path that is no version."""
    head, _, name = path.rpartition("/")
    if head and len(name) > 1 and name[0] == "v" and name[1:].isdigit() and name not in ("v0", "v1"):
        name = head.rpartition("/")[2]
    return name
