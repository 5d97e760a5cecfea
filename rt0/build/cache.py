"""The content-addressed cache below RT0CACHE.

Layout: `KK/KEY-KIND`, KEY 64 hex digits of SHA-256, KK its first two; `units/KEY/` directories list the compiled units of one
package (see units.py). An entry is a 40-byte head (magic "rt0cache", 32 bytes SHA-256 of the rest) and the content.

What holds: an entry appears whole or not at all (written to a temporary name, then renamed), so builds may run side by side
and be killed at any moment; a damaged entry (bits flipped, truncated) fails its checksum, is removed and counts as
missing; nothing read from the cache is executed or unpickled before its checksum holds. A full disk or a read-only
folder disables writing for this build and costs only speed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil

from rt0.build.cachedir import cache_dir as cache_dir

MAGIC = b"rt0cache"


def key_of(*parts: object) -> str:
    """SHA-256 (hex) over parts (str, bytes, int, or JSON-able), unambiguously joined."""
    h = hashlib.sha256()
    for p in parts:
        b = p if isinstance(p, bytes) else p.encode() if isinstance(p, str) else json.dumps(p, sort_keys=True).encode()
        h.update(len(b).to_bytes(8, "little"))
        h.update(b)
    return h.hexdigest()


class Cache:
    __slots__ = ("_serial", "root", "writable")

    def __init__(self, root: str) -> None:
        self.root = root
        self.writable = bool(root)
        self._serial = 0

    def path(self, key: str, kind: str) -> str:
        return os.path.join(self.root, key[:2], f"{key}-{kind}")

    def get(self, key: str, kind: str) -> bytes | None:
        """The content of an entry, or None when it is missing or damaged."""
        return self.read(self.path(key, kind)) if self.root else None

    def read(self, path: str) -> bytes | None:
        try:
            with open(path, "rb") as f:
                data = f.read()
        except OSError:
            return None
        if data[:8] == MAGIC and hashlib.sha256(memoryview(data)[40:]).digest() == data[8:40]:
            return data[40:]
        try:
            os.unlink(path)
        except OSError:
            pass
        return None

    def put(self, key: str, kind: str, content: bytes) -> None:
        self.write(self.path(key, kind), content)

    def write(self, path: str, content: bytes, raw: bool = False, mode: int = 0o644) -> bool:
        """Write an entry atomically; raw leaves the head out (executables). False when the cache cannot be written."""
        if not self.writable:
            return False
        self._serial += 1
        tmp = f"{path}.{os.getpid()}.{self._serial}.tmp"
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            fd = os.open(tmp, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with open(fd, "wb") as f:
                if not raw:
                    f.write(MAGIC)
                    f.write(hashlib.sha256(content).digest())
                f.write(content)
            os.rename(tmp, path)
            return True
        except OSError:
            try:
                os.unlink(tmp)
            except OSError:
                pass
            self.writable = False
            return False

    def get_json(self, key: str, kind: str) -> object:
        """The value of an entry as JSON has it, or None."""
        data = self.get(key, kind)
        return None if data is None else json.loads(data)

    def put_json(self, key: str, kind: str, value: object) -> None:
        self.put(key, kind, json.dumps(value, separators=(",", ":"), sort_keys=True).encode())

    def clean(self) -> None:
        """Remove everything in the cache folder that is ours."""
        if not self.root or not os.path.isdir(self.root):
            return
        for name in os.listdir(self.root):
            p = os.path.join(self.root, name)
            if os.path.isdir(p) and (name in ("units", "exe", "run") or (len(name) == 2 and all(c in "0123456789abcdef" for c in name))):
                shutil.rmtree(p, ignore_errors=True)


class Shelf:
    """A cache as load wants one (load/model.py)."""

    __slots__ = ("_cache",)

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def get(self, name: str) -> bytes | None:
        return self._cache.get(key_of("shelf", name), "shelf")

    def put(self, name: str, content: bytes) -> None:
        self._cache.put(key_of("shelf", name), "shelf", content)
