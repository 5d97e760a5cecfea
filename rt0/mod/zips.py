"""Module archives: what may be in one, its h1: hash, and taking it apart (golang.org/x/mod/zip and sumdb/dirhash, go1.27).

Every name in the archive of M@V begins with M@V/. Nothing is written outside the target: names are checked before the first file is made, sizes while they are
written, so that neither a name with .. nor a file larger than it says does harm.
"""

from __future__ import annotations

import base64
import hashlib
import os
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterable

from rt0.diag import go_quote
from rt0.mod.lockedfile import os_error
from rt0.mod.path import ModError, Version, check, check_file_path
from rt0.mod.semver import canonical_version

MAX_ZIP = 500 << 20  # bytes, of the archive and of all its files together
MAX_GOMOD = 16 << 20
MAX_LICENSE = 16 << 20
_CHUNK = 1 << 20


def hash1(names: Iterable[str], digest: Callable[[str], str]) -> str:
    """h1: hash of files: SHA-256 over a line `DIGEST  NAME` of each, sorted. digest: SHA-256 of a file, in hex. Raises ModError."""
    h = hashlib.sha256()
    for name in sorted(names, key=lambda n: n.encode("utf-8", "surrogateescape")):
        if "\n" in name:
            raise ModError("dirhash: filenames with newlines are not supported")
        h.update(f"{digest(name)}  {name}\n".encode("utf-8", "surrogateescape"))
    return "h1:" + base64.b64encode(h.digest()).decode()


def hash_gomod(data: bytes) -> str:
    """The h1: hash of a go.mod alone."""
    return hash1(["go.mod"], lambda _: hashlib.sha256(data).hexdigest())


def _open(path: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, RuntimeError, EOFError, OverflowError):  # RuntimeError: a later version of the format
        raise ModError("zip: not a valid zip file") from None
    except OSError as e:
        raise os_error("open", path, e) from None


def _blocks(z: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterable[bytes]:
    """The contents, block by block, never much more than the entry says it has. Raises ModError: also for what Python's zipfile could read and go's cannot."""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ModError("zip: unsupported compression algorithm")
    left = info.file_size + 1
    try:
        with z.open(info) as f:
            while left > 0 and (data := f.read(min(_CHUNK, left))):
                left -= len(data)
                yield data
    except zipfile.BadZipFile as e:
        raise ModError("zip: checksum error" if "CRC" in str(e) else "zip: not a valid zip file") from None
    except (zlib.error, EOFError, RuntimeError):
        raise ModError("unexpected EOF") from None


def names_of(path: str) -> list[str]:
    """The names in an archive. Raises ModError."""
    with _open(path) as z:
        return [i.orig_filename for i in z.infolist()]


def hash_zip(path: str) -> str:
    """The h1: hash of an archive. Raises ModError."""
    with _open(path) as z:
        infos = {i.orig_filename: i for i in z.infolist()}

        def digest(name: str) -> str:
            h = hashlib.sha256()
            for data in _blocks(z, infos[name]):
                h.update(data)
            return h.hexdigest()

        return hash1((i.orig_filename for i in z.infolist()), digest)


def hash_dir(d: str, prefix: str) -> str:
    """The h1: hash of a directory, its files called prefix/... Raises ModError."""
    found: dict[str, str] = {}
    for folder, _, files in os.walk(d):
        for name in files:
            p = os.path.join(folder, name)
            found[f"{prefix}/{os.path.relpath(p, d)}"] = p

    def digest(name: str) -> str:
        try:
            with open(found[name], "rb") as f:
                return hashlib.sha256(f.read()).hexdigest()
        except OSError as e:
            raise os_error("open", found[name], e) from None

    return hash1(found, digest)


class _Collisions:
    """Names that some file systems take for the same. seen: folded name -> (name, whether it is a directory)."""

    def __init__(self) -> None:
        self.seen: dict[str, tuple[str, bool]] = {}

    def check(self, name: str, is_dir: bool) -> str:
        """What is wrong with one more name; "" for nothing."""
        while True:
            other = self.seen.setdefault(name.casefold(), (name, is_dir))
            if other[0] != name:
                return f"case-insensitive file name collision: {go_quote(other[0])} and {go_quote(name)}"
            if other[1] != is_dir:
                return f"entry {go_quote(name)} is both a file and a directory"
            name, is_dir = posixpath.dirname(name), True
            if not name:
                return ""


def _check(m: Version, z: zipfile.ZipFile, size: int) -> None:
    """Raises ModError with everything that is wrong with an archive of `size` bytes."""
    v = canonical_version(m.version)
    if v != m.version:
        raise ModError(f"version {go_quote(m.version)} is not canonical (should be {go_quote(v)})")
    check(m.path, m.version)
    if size > MAX_ZIP:
        raise ModError(f"module zip file is too large ({size} bytes; limit is {MAX_ZIP} bytes)")
    prefix = f"{m.path}@{m.version}/"
    errors: list[str] = []
    collisions = _Collisions()
    files: set[str] = set()
    total = 0
    for info in z.infolist():
        full = info.orig_filename
        if not full.startswith(prefix):
            errors.append(f"{full}: path does not have prefix {go_quote(prefix)}")
            continue
        name = full[len(prefix) :]
        if not name:
            continue
        is_dir = name.endswith("/")
        name = name.removesuffix("/")
        why = "" if posixpath.normpath(name) == name and not name.startswith("//") else "file path is not clean"
        if not why:
            try:
                check_file_path(name)
            except ModError as e:
                why = str(e)
        if not why:
            why = collisions.check(name, is_dir)
        if not why and not is_dir and name in files:
            why = f"multiple entries for file {go_quote(name)}"
        base = posixpath.basename(name)
        if not why and not is_dir and base.lower() == "go.mod":
            if base != name:
                why = "go.mod file not in module root directory"
            elif name != "go.mod":
                why = "go.mod files must have lowercase names"
        if why:
            errors.append(f"{full}: {why}")
            continue
        if is_dir:
            continue
        files.add(name)
        total += info.file_size
        for limited, limit in (("go.mod", MAX_GOMOD), ("LICENSE", MAX_LICENSE)):
            if name == limited and info.file_size > limit:
                errors.append(f"{full}: {name} file too large (max size is {limit} bytes)")
    if total > MAX_ZIP:
        raise ModError(f"total uncompressed size of module contents too large (max size is {MAX_ZIP} bytes)")
    if errors:
        raise ModError("\n".join(errors))


def unzip(d: str, m: Version, path: str) -> None:
    """Put the files of an archive into d, which must be empty or not there; files are read-only. Raises ModError."""
    try:
        _unzip(d, m, path)
    except ModError as e:
        raise ModError(f"unzip {path}: {e}") from None


def _unzip(d: str, m: Version, path: str) -> None:
    if os.path.isdir(d) and os.listdir(d):
        raise ModError(f"target directory {d} exists and is not empty")
    with _open(path) as z:
        _check(m, z, os.path.getsize(path))
        prefix = f"{m.path}@{m.version}/"
        try:
            os.makedirs(d, exist_ok=True)
            made = {d}
            for info in z.infolist():
                name = info.orig_filename[len(prefix) :]
                if not name or name.endswith("/"):
                    continue
                dst = os.path.join(d, name)
                folder = os.path.dirname(dst)
                if folder not in made:
                    os.makedirs(folder, exist_ok=True)
                    made.add(folder)
                size = 0
                with open(os.open(dst, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444), "wb") as f:
                    for data in _blocks(z, info):
                        size += len(data)
                        f.write(data)
                if size > info.file_size:
                    raise ModError(f"uncompressed size of file {info.orig_filename} is larger than declared size ({info.file_size} bytes)")
        except OSError as e:
            raise os_error("open", e.filename or d, e) from None
