"""Sizes, offsets, leaves and pointer masks against what gc answers (testdata/layout.txt, recorded with the Go it names)."""

from __future__ import annotations

from pathlib import Path

from rt0.diag import FileSet
from rt0.lower.layout import SigABI, layout
from rt0.syntax.parser import parse_file
from rt0.types.check import Checker
from rt0.types.errors import ErrorList
from rt0.types.objects import Package, resolve
from rt0.types.types import TYP, Pointer, Slice, Type
from rt0.types.universe import UNSAFE

DATA = Path(__file__).parent / "testdata"


def check(name: str) -> Package:
    fset = FileSet()
    errors = ErrorList(10)
    src = fset.add(name, (DATA / name).read_bytes())
    file = parse_file(src, errors, False)
    pkg: Package = Checker(fset, "p", [file], lambda p: UNSAFE, go_version="go1.27", errors=errors, whole=True).check()
    assert not errors
    return pkg


def test_sizes() -> None:
    scope = check("layout.go").scope
    for line in (DATA / "layout.txt").read_text().splitlines():
        if line.startswith("#"):
            continue
        name, size, align, *rest = line.split()
        at = rest.index("ptr")
        obj = scope.lookup(name)
        assert obj is not None
        t = resolve(obj).type
        assert t is not None
        lay = layout(t)
        assert (lay.size, lay.align) == (int(size), int(align)), name
        if rest[:at]:
            assert lay.offsets == tuple(map(int, rest[:at])), name
        assert lay.ptrdata == int(rest[at + 1]), name


def test_leaves() -> None:
    s = layout(TYP["string"])
    assert s.is_flat and s.vals == ("ptr", "i64")
    b = layout(TYP["bool"])
    assert b.leaves == (("i8", 0),) and b.vals == ("i1",)
    assert layout(Slice(TYP["int"])).kinds == "pll"
    assert layout(TYP["complex64"]).vals == ("float", "float")


def test_mask_of_large_array() -> None:
    from rt0.types.types import Array

    lay = layout(Array(TYP["string"], 1000))
    assert not lay.is_flat
    assert lay.ptrmask() == b"\x55" * 249 + b"\x55"
    assert lay.ptrdata == 1999 * 8


def test_signature() -> None:
    i, s, e = TYP["int"], TYP["string"], Slice(TYP["int"])
    abi = SigABI([s, i], [e, i])
    assert abi.ll_params == ("ptr", "i64", "i64") and abi.ret == "{ptr, i64, i64, i64}" and not abi.out
    many: list[Type] = [e, e, e, e]
    abi = SigABI([Pointer(i)], many)
    assert abi.out and abi.ret == "void" and abi.ll_params == ("ptr", "ptr")
    assert SigABI([], [TYP["bool"]]).ret == "i1"
