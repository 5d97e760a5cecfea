"""What the zygote keeps of units is what is in the cache, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from rt0.build import kept
from rt0.build.cache import Cache
from rt0.build.kept import Kept
from rt0.llvm.codegen import compile_ir
from rt0.obj.elf import FormatError

IR = 'target triple = "x86_64-unknown-linux-gnu"\ndefine i32 @f() {\n  ret i32 1\n}\n'


@pytest.fixture
def unit(tmp_path: Path) -> tuple[Cache, str]:
    """A unit in a cache: its path without extension."""
    cache = Cache(str(tmp_path))
    path = str(tmp_path / "units/key/name")
    cache.write(path + ".meta", b'{"f":{"refs":["g"]}}')
    cache.write(path + ".o", compile_ir(IR))
    return cache, path


def test_learned_units_are_not_read_again(unit: tuple[Cache, str], monkeypatch: pytest.MonkeyPatch) -> None:
    cache, path = unit
    k = Kept()
    assert len(list(k.learn([path, path + "nosuch"]))) == 2
    monkeypatch.setattr(Cache, "read", lambda self, path: pytest.fail("read"))
    meta, obj = k.read(cache, path + ".meta"), k.read(cache, path + ".o")
    assert meta is not None and obj is not None
    assert k.records_of(meta) is k.records_of(meta) == {"f": {"refs": ["g"]}}
    assert k.object_of(obj) is k.object_of(obj) and "f" in k.object_of(obj).names
    list(k.learn([]))
    assert not k.files and not k.objects and not k.records


def test_a_file_that_changed_is_read(unit: tuple[Cache, str]) -> None:
    cache, path = unit
    k = Kept()
    list(k.learn([path]))
    cache.write(path + ".meta", b"{}")
    data = k.read(cache, path + ".meta")
    assert data == b"{}" and k.records_of(data) == {}
    with open(path + ".o", "r+b") as f:
        f.seek(60)
        f.write(b"damage")
    assert k.read(cache, path + ".o") is None and not Path(path + ".o").exists()
    with pytest.raises(FormatError):
        k.object_of(b"not an object")


def test_a_program_that_is_too_large_is_not_kept(unit: tuple[Cache, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 100)
    k = Kept()
    list(k.learn([unit[1]]))
    assert not k.files
