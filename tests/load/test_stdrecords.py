"""Packages of the standard library are remembered between loads, and read again when anything that had a say in them changed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rt0.load.model import BuildContext, PackageInfo
from rt0.load.read import Reader
from rt0.load.workspace import Workspace


class Shelf(dict[str, bytes]):
    def put(self, name: str, content: bytes) -> None:
        self[name] = content


FILES = {
    "goroot/src/p/a.go": "package p\n\nimport _ \"unsafe\"\n\n//go:linkname f q.f\nfunc f()\n",
    "goroot/src/p/windows.go": "//go:build windows\n\npackage p\n",
    "goroot/src/p/a.s": "TEXT ·f(SB),4,$16-8\nRET\n",
    "goroot/src/p/p_test.go": "package p\n",
    "over/p/b.go": "package p\n",
    "over/p/overlay.txt": "drop c.go\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


class Count:
    """Reads package p as a load would."""

    def __init__(self, tree: Path) -> None:
        self.tree = tree
        self.shelf = Shelf()

    def read(self, tags: tuple[str, ...] = ()) -> tuple[PackageInfo, bool]:
        """(the package, whether it came off the shelf)."""
        ctx = BuildContext.default(tags)
        ctx.goroot, ctx.overlay, ctx.shelf = str(self.tree / "goroot"), str(self.tree / "over"), self.shelf
        reader = Reader(Workspace(ctx))
        info = reader.read_package("p", str(self.tree / "goroot/src/p"), True, "")
        assert reader.records is not None
        found = reader.records.find("p") is not None and not reader._read
        reader.records.save()
        return info, found


CHANGES: dict[str, Callable[[Path], object]] = {
    "a file changes": lambda t: (t / "goroot/src/p/a.go").write_text("package p\n\nimport _ \"errors\"\n"),
    "a file that is left out changes": lambda t: (t / "goroot/src/p/windows.go").write_text("package p\n"),
    "a file comes": lambda t: (t / "goroot/src/p/n.go").write_text("package p\n"),
    "a file goes": lambda t: (t / "goroot/src/p/a.s").unlink(),
    "a file of the overlay comes": lambda t: (t / "over/p/a.go").write_text("package p\n"),
    "the overlay drops a file": lambda t: (t / "over/p/overlay.txt").write_text("drop a.s\n"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen(tree: Path, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rt0.load.stdrecords._FRESH_NS", 0)
    count = Count(tree)
    first, kept = count.read()
    assert not kept
    again, kept = count.read()
    assert kept and again == first and again.linknames == {"f": "q.f"} and [n for n, _ in again.left_out] == ["p_test.go", "windows.go"]
    CHANGES[change](tree)
    other, kept = count.read()
    assert not kept and other != first
    assert count.read() == (other, True)


def test_what_was_written_a_moment_ago_is_not_trusted(tree: Path) -> None:
    count = Count(tree)
    assert [count.read()[1] for _ in range(2)] == [False, False]
    old = time.time() - 100
    for name in FILES:
        os.utime(tree / name, (old, old))  # the change time is now all the same
    assert not count.read()[1]


def test_a_replaced_file_is_read(tree: Path) -> None:
    """Whoever replaced it: -overlay, or the editor of rt0 explain -serve."""
    ctx = BuildContext.default()
    ctx.shelf = Shelf()
    ctx.files = ctx.files.replaced({str(tree / "goroot/src/p/a.go"): str(tree / "over/p/b.go")})
    assert Reader(Workspace(ctx)).records is None


def test_tags_have_records_of_their_own(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rt0.load.stdrecords._FRESH_NS", 0)
    count = Count(tree)
    count.read()
    assert not count.read(("windows",))[1] and count.read()[1]
