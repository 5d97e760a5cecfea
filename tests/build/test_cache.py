"""The content-addressed cache: an entry is whole or missing, keys are unambiguous, and what decides a unit is in its key."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rt0.build import toolchain
from rt0.build.cache import Cache, key_of


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine is no failure
@given(st.binary(min_size=2, max_size=8), st.data())
def test_keys_are_unambiguous(text: bytes, data: st.DataObject) -> None:
    """The same bytes cut in two ways give two keys."""
    i, j = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=2, unique=True)))
    assert key_of(text[:i], text[i:]) != key_of(text[:j], text[j:])
    assert key_of(text[:i], text[i:]) == key_of(text[:i], text[i:])


def test_joined_parts_differ() -> None:
    assert len({key_of("ab", "c"), key_of("a", "bc"), key_of("abc"), key_of("abc", "")}) == 4


def test_entry_comes_back(tmp_path: Path) -> None:
    cache = Cache(str(tmp_path))
    key = key_of("x")
    cache.put(key, "kind", b"content")
    assert Cache(str(tmp_path)).get(key, "kind") == b"content"
    assert cache.get(key, "other") is None and cache.get(key_of("y"), "kind") is None


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "append"])
def test_damaged_entry_is_missing(tmp_path: Path, damage: str) -> None:
    cache = Cache(str(tmp_path))
    key = key_of("x")
    cache.put(key, "kind", b"content")
    path = Path(cache.path(key, "kind"))
    data = bytearray(path.read_bytes())
    if damage == "flip":
        data[-1] ^= 1
    path.write_bytes({"cut": data[:-1], "empty": bytearray(), "append": data + b"x", "flip": data}[damage])
    assert cache.get(key, "kind") is None
    assert not path.exists()  # and makes room for the next


def test_write_leaves_nothing_half_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails in the middle: no entry, no temporary file, and the build goes on without the cache."""
    cache = Cache(str(tmp_path))

    def fail(src: str, dst: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "rename", fail)
    assert not cache.write(cache.path(key_of("x"), "kind"), b"content")
    assert not cache.writable
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_no_folder_is_no_cache() -> None:
    cache = Cache("")
    cache.put(key_of("x"), "kind", b"content")
    assert cache.get(key_of("x"), "kind") is None


@pytest.mark.parametrize(("changed", "units_stay"), [("link/linker.py", True), ("cmd/build.py", True), ("lower/expr.py", False), ("goroot/src/runtime/chan.go", False)])
def test_toolchain_ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str, units_stay: bool) -> None:
    """Everything counts for an executable; the linker and the command do not count for a compiled unit."""
    root = tmp_path / "rt0"
    for name in ("link/linker.py", "cmd/build.py", "lower/expr.py", "goroot/src/runtime/chan.go"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("before")
    monkeypatch.setattr(toolchain, "ROOT", str(root))
    cache = Cache(str(tmp_path / "cache"))
    units, whole = toolchain.toolchain_ids(cache)
    assert toolchain.toolchain_ids(cache) == (units, whole)  # from the stamp
    (root / changed).write_text("afterwards")
    units2, whole2 = toolchain.toolchain_ids(cache)
    assert whole2 != whole
    assert (units2 == units) == units_stay
