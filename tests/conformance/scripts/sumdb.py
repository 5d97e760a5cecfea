"""A checksum database in memory: records, their Merkle tree (RFC 6962), tiles of height 8 and a signed note (golang.org/x/mod/sumdb, 1.27).

    /lookup/PATH@VERSION       "ID\n", the two go.sum lines, "\n", the signed tree
    /latest                    the signed tree: "go.sum database tree\nSIZE\nHASH\n\n— NAME SIGNATURE\n"
    /tile/8/LEVEL/N[.p/W]      W (256) hashes of 32 bytes: of the complete subtrees of 256**LEVEL records from N*256 on
    /tile/8/data/N[.p/W]       the records themselves, each followed by an empty line

Signatures are ed25519 (RFC 8032), in plain integers: a few per run of the scripts.
"""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections.abc import Callable

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
BASE_Y = 4 * pow(5, P - 2, P) % P
Point = tuple[int, int, int, int]  # extended coordinates X, Y, Z, T of RFC 8032, section 5.1.4


def _base_point() -> Point:
    square = (BASE_Y * BASE_Y - 1) * pow(D * BASE_Y * BASE_Y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    x = P - x if x & 1 else x
    return x, BASE_Y, 1, x * BASE_Y % P


def _add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(n: int, p: Point) -> Point:
    out: Point = (0, 1, 1, 0)
    while n:
        if n & 1:
            out = _add(out, p)
        p = _add(p, p)
        n >>= 1
    return out


def _encode(p: Point) -> bytes:
    inverse = pow(p[2], P - 2, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def sign(seed: bytes, message: bytes) -> bytes:
    """The ed25519 signature of 64 bytes. seed: the private key of 32 bytes."""
    h = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(h[:32], "little") & (2**254 - 8) | 2**254
    base = _base_point()
    public = _encode(_times(scalar, base))
    r = int.from_bytes(hashlib.sha512(h[32:] + message).digest(), "little") % ORDER
    point = _encode(_times(r, base))
    k = int.from_bytes(hashlib.sha512(point + public + message).digest(), "little") % ORDER
    return point + ((r + k * scalar) % ORDER).to_bytes(32, "little")


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
