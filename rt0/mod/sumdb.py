"""The checksum database: a log of hashes that can only grow, and whose answers prove themselves (golang.org/x/mod/sumdb, tlog and note, go1.27).

    /lookup/M@V     "ID\\nM V h1:...\\nM V/go.mod h1:...\\n\\n" and a signed tree: its size, and the hash over all records
    /tile/8/L/NNN   256 hashes of level 8*L, one below the other; .p/W when there are only W of them yet

A tree is signed with Ed25519. What was seen last stands in GOPATH/pkg/sumdb/NAME/latest: each new tree must contain it as its beginning, or the database has shown
different people different histories, which is reported with the proof. Tiles and records are kept in GOMODCACHE/cache/download/sumdb.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from rt0.diag import fatal
from rt0.mod import cache, lockedfile, settings, web
from rt0.mod.path import ModError, Version, escape_path, escape_version
from rt0.mod.proxies import proxies

_KNOWN: Final = {"sum.golang.org": "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"}
_HEIGHT: Final = 8
_SIZE: Final = 32  # bytes of a hash
_TREE: Final = b"go.sum database tree\n"


# ---------------------------------------------------------------- signed notes


class Verifier(NamedTuple):
    name: str
    hash: int
    key: bytes


def _valid_name(name: str) -> bool:
    return bool(name) and not any(c.isspace() for c in name) and "+" not in name


def verifier(text: str) -> Verifier:
    """From NAME+HASH+KEY. Raises ModError."""
    name, _, rest = text.partition("+")
    number, _, encoded = rest.partition("+")
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not re.fullmatch("[0-9a-fA-F]{8}", number) or not key or not _valid_name(name):
        raise ModError("malformed verifier id")
    if int(number, 16) != int.from_bytes(hashlib.sha256(f"{name}\n".encode() + key).digest()[:4], "big"):
        raise ModError("invalid verifier hash")
    if key[0] != 1:
        raise ModError("unknown verifier algorithm")
    if len(key) != 33:
        raise ModError("malformed verifier id")
    return Verifier(name, int(number, 16), key[1:])


def open_note(msg: bytes, known: Verifier) -> bytes:
    """The text of a note that `known` has signed. Raises ModError."""
    from rt0.mod.ed25519 import verify

    bad = ModError("malformed note")
    try:
        text = msg.decode()
    except UnicodeDecodeError:
        raise bad from None
    if any(c < " " and c != "\n" for c in text):
        raise bad
    split = msg.rfind(b"\n\n")
    if split < 0:
        raise bad
    body, signatures = msg[: split + 1], msg[split + 2 :]
    if not signatures.endswith(b"\n"):
        raise bad
    lines = signatures.decode().split("\n")[:-1]
    good = False
    for line in lines[:101]:
        if not line.startswith("— ") or len(lines) > 100:
            raise bad
        name, _, encoded = line[2:].partition(" ")
        try:
            sig = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            raise bad from None
        if not _valid_name(name) or len(sig) < 5:
            raise bad
        if name != known.name or int.from_bytes(sig[:4], "big") != known.hash or good:
            continue
        if not verify(known.key, body, sig[4:]):
            raise ModError(f'invalid signature for key {name}+{known.hash:08x}')
        good = True
    if not good:
        raise ModError("note has no verifiable signatures")
    return body


# ---------------------------------------------------------------- the tree


class Tree(NamedTuple):
    """size: number of records."""

    size: int
    hash: bytes


EMPTY: Final = Tree(0, hashlib.sha256(b"").digest())


def parse_tree(text: bytes) -> Tree:
    bad = ModError("malformed tree note")
    lines = text.split(b"\n", 3)
    if not text.startswith(_TREE) or len(lines) < 4 or len(text) > 1_000_000 or not re.fullmatch(rb"0|[1-9][0-9]{0,18}", lines[1]):
        raise bad
    try:
        h = base64.b64decode(lines[2], validate=True)
    except (binascii.Error, ValueError):
        raise bad from None
    if len(h) != _SIZE:
        raise bad
    return Tree(int(lines[1]), h)


def parse_record(msg: bytes) -> tuple[int, bytes, bytes]:
    """(number, text, the signed tree) of a record. Raises ModError."""
    number, newline, rest = msg.partition(b"\n")
    at = rest.find(b"\n\n")
    if not newline or not re.fullmatch(rb"[-+]?[0-9]{1,19}", number) or at < 0:
        raise ModError("malformed record data")
    text = rest[: at + 1]
    try:
        bad = any(c < " " and c != "\n" for c in text.decode()) or not text.strip(b"\n")
    except UnicodeDecodeError:
        bad = True
    if bad:
        raise ModError("malformed record data")
    return int(number), text, rest[at + 2 :]


def record_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\0" + data).digest()


def _node(a: bytes, b: bytes) -> bytes:
    return hashlib.sha256(b"\1" + a + b).digest()


def _over(data: bytes) -> bytes:
    """The hash over a power of two of hashes."""
    while len(data) > _SIZE:
        data = b"".join(_node(data[i : i + _SIZE], data[i + _SIZE : i + 2 * _SIZE]) for i in range(0, len(data), 2 * _SIZE))
    return data


Place = tuple[int, int]  # (level, number on that level) of a hash over 2**level records


def subtrees(lo: int, hi: int) -> list[Place]:
    """The complete trees that records lo to hi consist of, the largest first."""
    out = []
    while lo < hi:
        level = (hi - lo).bit_length() - 1
        out.append((level, lo >> level))
        lo += 1 << level
    return out


class Tile(NamedTuple):
    """Hashes n*256 to n*256+width of level 8*level."""

    level: int
    n: int
    width: int

    def path(self) -> str:
        n = self.n
        text = f"{n % 1000:03d}"
        while n >= 1000:
            n //= 1000
            text = f"x{n % 1000:03d}/{text}"
        part = "" if self.width == 1 << _HEIGHT else f".p/{self.width}"
        return f"tile/{_HEIGHT}/{self.level}/{text}{part}"


def _tile_for(place: Place) -> tuple[Tile, int, int]:
    """(the tile a hash is in, first and last hash of the tile that it is over)."""
    level, n = place
    t, inside = divmod(level, _HEIGHT)
    number = n << inside >> _HEIGHT
    n -= number << _HEIGHT >> inside
    return Tile(t, number, (n + 1) << inside), n << inside, (n + 1) << inside


def _parent(t: Tile, k: int, size: int) -> Tile | None:
    """The tile k levels above, as wide as the tree has it; None when it has none there."""
    level, n = t.level + k, t.n >> (k * _HEIGHT)
    top = size >> (level * _HEIGHT)
    if n << _HEIGHT >= top:
        return None
    return Tile(level, n, min(1 << _HEIGHT, top - (n << _HEIGHT)))


def _hash_in(t: Tile, data: bytes, place: Place) -> bytes:
    own, start, end = _tile_for(place)
    if (own.level, own.n) != (t.level, t.n) or own.width > t.width:
        raise ModError("downloaded inconsistent tile")
    return _over(data[start * _SIZE : end * _SIZE])


@dataclass(slots=True)
class Client:
    """One database. read: gets a path below the database's address."""

    key: Verifier
    read: Callable[[str], bytes]
    latest: Tree = EMPTY
    latest_note: bytes = b""
    started: bool = False
    lock: RLock = field(default_factory=RLock)
    tiles: dict[Tile, bytes] = field(default_factory=dict)
    saved: set[Tile] = field(default_factory=set)
    records: dict[str, bytes] = field(default_factory=dict)

    # ------------------------------------------------------------ files

    def _cached(self, file: str) -> str:
        return os.path.join(cache.root(), "cache", "download", "sumdb", self.key.name, file)

    def _read_cache(self, file: str) -> bytes | None:
        try:
            return lockedfile.read(self._cached(file)) or None
        except ModError:
            return None

    def _write_cache(self, file: str, data: bytes) -> None:
        path = self._cached(file)
        try:
            cache.make_dirs(os.path.dirname(path))
            lockedfile.transform(path, lambda _: data)
        except ModError:
            pass

    def _config(self) -> str:
        first = settings.gopath().partition(os.pathsep)[0]
        if not first:
            raise ModError("could not locate sumdb file: missing $GOPATH: module cache not found: neither GOMODCACHE nor GOPATH is set")
        return os.path.join(first, "pkg", "sumdb", self.key.name, "latest")

    def _read_latest(self) -> bytes:
        try:
            return lockedfile.read(self._config())
        except ModError as e:
            if e.missing:
                return b""
            raise

    # ------------------------------------------------------------ hashes

    def _tile(self, t: Tile) -> bytes:
        known = self.tiles.get(t)
        if known is not None:
            return known
        full = Tile(t.level, t.n, 1 << _HEIGHT)
        data = self._read_cache(t.path())
        if data is None and t != full and (whole := self._read_cache(full.path())) is not None:
            data = whole[: t.width * _SIZE]
        if data is not None:
            self.saved.add(t)
        else:
            try:
                data = self.read("/" + t.path())
            except ModError:
                if t == full:
                    raise
                data = self.read("/" + full.path())[: t.width * _SIZE]
        self.tiles[t] = data
        return data

    def hashes(self, tree: Tree, places: list[Place]) -> list[bytes]:
        """Hashes of the tree, each proven by the tree's own. Raises ModError."""
        order: dict[Tile, None] = {}
        tops = subtrees(0, tree.size)
        top_tiles: list[Tile] = []
        for place in tops:
            t = _parent(_tile_for(place)[0], 0, tree.size)
            assert t is not None
            order[t] = None
            top_tiles.append(t)
        count = len(order)
        own: list[Tile] = []
        for level, n in places:
            if (n + 1) << level > tree.size:
                raise ModError("indexes not in tree")
            t0 = _tile_for((level, n))[0]
            way: list[Tile] = []
            k = 0
            while (t := _parent(t0, k, tree.size)) is not None and t not in order:
                way.append(t)
                k += 1
            mine = way[0] if way else _parent(t0, 0, tree.size)
            assert mine is not None
            own.append(mine)
            for t in reversed(way):
                order[t] = None
        tiles = list(order)
        data = {t: self._tile(t) for t in tiles}
        for t in tiles:
            if len(data[t]) != t.width * _SIZE:
                raise ModError(f"TileReader returned bad result slice ({t.path()} len={len(data[t])}, want {t.width * _SIZE})")
        h = b""
        for place, t in reversed(list(zip(tops, top_tiles))):
            part = _hash_in(t, data[t], place)
            h = _node(part, h) if h else part
        if tree.size and h != tree.hash:
            raise self._inconsistent(tiles)
        for t in tiles[count:]:
            up = _parent(t, 1, tree.size)
            if up is None or up not in data or _hash_in(up, data[up], (up.level * _HEIGHT, t.n)) != _over(data[t]):
                raise self._inconsistent(tiles)
        for t in tiles:
            if t not in self.saved:
                self.saved.add(t)
                self._write_cache(t.path(), data[t])
        return [_hash_in(t, data[t], place) for t, place in zip(own, places)]

    def _inconsistent(self, tiles: list[Tile]) -> ModError:
        for t in tiles:
            self.tiles.pop(t, None)
        return ModError("downloaded inconsistent tile")

    def tree_hash(self, tree: Tree, size: int) -> bytes:
        """The hash that the first `size` records of the tree have."""
        if size == 0:
            return EMPTY.hash
        parts = self.hashes(tree, subtrees(0, size))
        h = parts.pop()
        while parts:
            h = _node(parts.pop(), h)
        return h

    # ------------------------------------------------------------ trees

    def _check_trees(self, older: Tree, old_note: bytes, newer: Tree, new_note: bytes) -> None:
        """Raises ModError when it cannot be told, CompileError when the newer tree does not begin with the older one."""
        try:
            h = self.tree_hash(newer, older.size)
        except ModError as e:
            against = "" if older.size == newer.size else f" against tree#{newer.size}"
            raise ModError(f"checking tree#{older.size}{against}: {e}") from None
        if h == older.hash:
            return

        def show(note: bytes) -> str:
            return note.decode("utf-8", "replace").replace("\n", "\n\t")

        proof = "".join("\n\t" + base64.b64encode(p).decode() for p in self._prove(newer, older.size))
        raise fatal(
            f"SECURITY ERROR\ngo.sum database server misbehavior detected!\n\nold database:\n\t{show(old_note)}\nnew database:\n\t{show(new_note)}\n"
            f"proof of misbehavior:\n\t{base64.b64encode(h).decode()}{proof}"
        )

    def _prove(self, tree: Tree, n: int) -> list[bytes]:
        """The proof that the first n records are the beginning of the tree (RFC 6962, 2.1.2)."""
        def over(lo: int, hi: int) -> bytes:
            parts = self.hashes(tree, subtrees(lo, hi))
            h = parts.pop()
            while parts:
                h = _node(parts.pop(), h)
            return h

        def prove(lo: int, hi: int) -> list[bytes]:
            if n == hi:
                return [] if lo == 0 else [over(lo, hi)]
            k = 1 << ((hi - lo - 1).bit_length() - 1)
            if n <= lo + k:
                return [*prove(lo, lo + k), over(lo + k, hi)]
            return [*prove(lo + k, hi), over(lo, lo + k)]

        return prove(0, tree.size)

    def _merge_here(self, msg: bytes) -> int:
        """Take a signed tree: -1 when it is older than the latest, 0 the same, 1 newer."""
        if not msg:
            return -1 if self.latest.size else 0
        try:
            text = open_note(msg, self.key)
        except ModError as e:
            raise ModError(f"reading tree note: {e}\nnote:\n{msg.decode('utf-8', 'replace')}") from None
        try:
            tree = parse_tree(text)
        except ModError as e:
            raise ModError(f"reading tree: {e}\ntree:\n{text.decode('utf-8', 'replace')}") from None
        if tree.size <= self.latest.size:
            self._check_trees(tree, msg, self.latest, self.latest_note)
            return -1 if tree.size < self.latest.size else 0
        self._check_trees(self.latest, self.latest_note, tree, msg)
        self.latest, self.latest_note = tree, msg
        return 1

    def _merge(self, msg: bytes) -> None:
        if self._merge_here(msg) <= 0:
            return
        for _ in range(100):
            old = self._read_latest()
            if self._merge_here(old) >= 0:
                return
            done = False

            def change(now: bytes, old: bytes = old) -> bytes | None:
                nonlocal done
                done = not now or now == old
                return self.latest_note if done else None

            path = self._config()
            cache.make_dirs(os.path.dirname(path))
            lockedfile.transform(path, change)
            if done:
                return

    # ------------------------------------------------------------ lookup

    def lookup(self, m: Version) -> list[str]:
        """The lines about m. Raises ModError."""
        with self.lock:
            try:
                return self._lookup(m)
            except ModError as e:
                raise ModError(f"{m}: {e}", e.missing) from None

    def _lookup(self, m: Version) -> list[str]:
        if not self.started:
            try:
                self._merge(self._read_latest())
            except ModError as e:
                raise ModError(f"initializing sumdb.Client: {e}") from None
            self.started = True
        name = f"/lookup/{escape_path(m.path)}@{escape_version(m.version.removesuffix('/go.mod'))}"
        text = self.records.get(name)
        if text is None:
            data = self._read_cache(name[1:])
            fresh = data is None
            if data is None:
                data = self.read(name)
            number, text, tree = parse_record(data)
            self._merge(tree)
            if not 0 <= number < self.latest.size:
                raise ModError(f"cannot validate record {number} in tree of size {self.latest.size}")
            if self.hashes(self.latest, [(0, number)])[0] != record_hash(text):
                raise ModError("cannot authenticate record data in server response")
            if fresh:
                self._write_cache(name[1:], data)
            self.records[name] = text
        return [line for line in text.decode().split("\n") if line.startswith(f"{m.path} {m.version} ")]


# ---------------------------------------------------------------- the one of GOSUMDB

_clients: dict[str, Client] = {}
_dial_lock = RLock()


def _dial() -> Client:
    """The database that GOSUMDB names. Raises ModError."""
    text = settings.gosumdb()
    if text == "sum.golang.google.cn":
        text = "sum.golang.org https://sum.golang.google.cn"
    if text == "off":
        raise ModError("checksum database disabled by GOSUMDB=off")
    words = text.split()
    if not words:
        raise ModError("missing GOSUMDB")
    if len(words) > 2:
        raise ModError("invalid GOSUMDB: too many fields")
    try:
        key = verifier(_KNOWN.get(words[0], words[0]))
    except ModError as e:
        raise ModError(f"invalid GOSUMDB: {e}") from None
    u = urlsplit(f"https://{key.name}")
    if not u.netloc or "@" in u.netloc or u.query or u.fragment or key.name.endswith("/"):
        raise ModError(f"invalid sumdb name (must be host[/path]): {key.name} {u.geturl()}")
    base = words[1] if len(words) > 1 else ""

    def read(path: str) -> bytes:
        nonlocal base
        if not base:
            base = _base(key.name)
        return web.get(web.join(base, path))

    return Client(key, read)


def _base(name: str) -> str:
    """Where the database is asked: through the first proxy that says it can, else itself."""
    error: ModError | None = None
    for p in proxies():
        if p.url in ("noproxy", "direct", "off"):
            continue
        base = web.join(p.url, f"sumdb/{name}")
        try:
            web.get(base + "/supported")
            return base
        except ModError as e:
            if not e.missing:
                error = error or e
                if not p.on_error:
                    break
    if error is not None:
        raise error
    return f"https://{name}"


def lookup(m: Version) -> tuple[str, list[str]]:
    """(name of the database, its lines about m). Raises ModError."""
    with _dial_lock:
        client = _clients.get(settings.gosumdb())
        if client is None:
            client = _clients[settings.gosumdb()] = _dial()
    return client.key.name, client.lookup(m)
