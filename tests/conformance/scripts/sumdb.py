"""A checksum database in memory: records, their Merkle tree (RFC 6962), tiles of height 8 and a signed note (golang.org/x/mod/sumdb, 1.27).

    /lookup/PATH@VERSION       "ID\n", the two go.sum lines, "\n", the signed tree
    /latest                    the signed tree: "go.sum database tree\nSIZE\nHASH\n\n— NAME SIGNATURE\n"
    /tile/8/LEVEL/N[.p/W]      W (256) hashes of 32 bytes: of the complete subtrees of 256**LEVEL records from N*256 on
    /tile/8/data/N[.p/W]       the records themselves, each followed by an empty line

Signatures are ed25519 (RFC 8032); the curve is rt0's, which tests/mod/test_ed25519.py holds against the RFC's vectors.
"""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections.abc import Callable

from rt0.mod import ed25519


def sign(seed: bytes, message: bytes) -> bytes:
    """The ed25519 signature of 64 bytes. seed: the private key of 32 bytes."""
    h = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(h[:32], "little") & (2**254 - 8) | 2**254
    public = ed25519.encode(ed25519.multiply(scalar, ed25519.BASE))
    r = int.from_bytes(hashlib.sha512(h[32:] + message).digest(), "little") % ed25519.ORDER
    point = ed25519.encode(ed25519.multiply(r, ed25519.BASE))
    k = int.from_bytes(hashlib.sha512(point + public + message).digest(), "little") % ed25519.ORDER
    return point + ((r + k * scalar) % ed25519.ORDER).to_bytes(32, "little")


class SumDB:
    """A database whose records come from gosum(path, version), which raises KeyError for a module it does not know.

    signer  "PRIVATE+KEY+NAME+HASH+KEY" (golang.org/x/mod/sumdb/note)
    """

    def __init__(self, signer: str, gosum: Callable[[str, str], bytes]) -> None:
        _, _, self.name, self.key_hash, key = signer.split("+", 4)
        self.seed = base64.b64decode(key)[1:]
        self.gosum = gosum
        self.lock = threading.Lock()
        self.records: list[bytes] = []
        self.ids: dict[tuple[str, str], int] = {}
        self.leaves: list[bytes] = []
        self.signed_trees: dict[int, bytes] = {}  # size -> note

    def lookup(self, path: str, version: str) -> int:
        """The number of the module's record, which is made when it is not there."""
        with self.lock:
            if (path, version) not in self.ids:
                record = self.gosum(path, version)
                self.ids[path, version] = len(self.records)
                self.records.append(record)
                self.leaves.append(hashlib.sha256(b"\0" + record).digest())
            return self.ids[path, version]

    def subtree(self, start: int, end: int) -> bytes:
        """The hash of the records from start up to end (RFC 6962, section 2.1)."""
        n = end - start
        if n == 0:
            return hashlib.sha256(b"").digest()
        if n == 1:
            return self.leaves[start]
        split = start + (1 << (n - 1).bit_length() - 1)
        return hashlib.sha256(b"\1" + self.subtree(start, split) + self.subtree(split, end)).digest()

    def signed(self) -> bytes:
        """The note with the tree of all records there are now."""
        with self.lock:
            size = len(self.records)
            if size not in self.signed_trees:
                text = f"go.sum database tree\n{size}\n{base64.b64encode(self.subtree(0, size)).decode()}\n"
                signature = base64.b64encode(bytes.fromhex(self.key_hash) + sign(self.seed, text.encode())).decode()
                self.signed_trees[size] = f"{text}\n\N{EM DASH} {self.name} {signature}\n".encode()
            return self.signed_trees[size]

    def tile(self, level: int, n: int, width: int) -> bytes:
        """raises KeyError when the tree is not that large"""
        each = 256**level
        first = n * 256
        if (first + width) * each > len(self.leaves):
            raise KeyError("tile")
        return b"".join(self.subtree(i * each, (i + 1) * each) for i in range(first, first + width))

    def serve(self, path: str) -> tuple[int, bytes]:
        """Status and body of a request for /lookup/..., /latest or /tile/...; status 404 for what is not there."""
        try:
            return 200, self._answer(path)
        except KeyError:
            return 404, b"not found\n"
        except ValueError as e:
            return 400, f"{e}\n".encode()

    def _answer(self, path: str) -> bytes:
        from tests.conformance.scripts.proxy import unescape

        if path == "/latest":
            return self.signed()
        if path.startswith("/lookup/"):
            name = path.removeprefix("/lookup/")
            if not re.fullmatch(r"[^@]+@v\d+\.\d+\.\d+(-[^@]*)?(\+incompatible)?", name):
                raise ValueError("invalid module@version syntax")
            module, _, version = name.partition("@")
            number = self.lookup(unescape(module), unescape(version))
            return f"{number}\n".encode() + self.records[number] + b"\n" + self.signed()
        m = re.fullmatch(r"/tile/8/(data|\d+)/((?:x\d{3}/)*\d{3})(?:\.p/(\d+))?", path)
        if m is None:
            raise ValueError("invalid tile syntax")
        n = int(m[2].replace("x", "").replace("/", ""))
        width = int(m[3] or 256)
        with self.lock:
            if m[1] != "data":
                return self.tile(int(m[1]), n, width)
            records = self.records[n * 256 : n * 256 + width]
            if len(records) < width:
                raise KeyError("records")
            return b"".join(r + b"\n" for r in records)
