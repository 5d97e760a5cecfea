"""The facts that compiler, linker and runtime share, each compared with its other homes: rt0/abi and rt0/lower against the runtime's Go
(types laid out by rt0 itself, constants as the Checker computes them) and its assembly (`#define` lines, displacements from FS).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from rt0.abi import pclntab
from rt0.abi import runtime_layout as rl
from rt0.build.frontend import Frontend
from rt0.load.load import BuildContext, load_program
from rt0.lower import itab, typedesc
from rt0.lower.layout import layout
from rt0.types.objects import Const, resolve
from rt0.types.types import Struct, Type

SRC = Path(__file__).parents[2] / "rt0" / "goroot" / "src"
ASM = (SRC / "runtime" / "asm_amd64.s").read_text()


@cache
def program() -> Frontend:
    """The packages are checked as far as they are asked."""
    return Frontend(load_program(BuildContext.default(), ["reflect", "runtime"]))


def go_type(package: str, name: str) -> Type:
    obj = program().package(package).scope.lookup(name)
    assert obj is not None, f"{package}.{name}"
    t = resolve(obj).type
    assert t is not None
    return t


def go_const(package: str, name: str) -> int:
    obj = program().package(package).scope.lookup(name)
    assert obj is not None, f"{package}.{name}"
    const = resolve(obj)
    assert isinstance(const, Const) and isinstance(const.val, int)
    return const.val


def offset(package: str, name: str, path: str) -> int:
    """Byte offset of a field, or of a field of a field: "sched.sp"."""
    t, at = go_type(package, name), 0
    for part in path.split("."):
        u = t.underlying()
        assert isinstance(u, Struct)
        i = next((i for i, f in enumerate(u.fields) if f.name == part), -1)
        assert i >= 0, f"{package}.{name} has no field {path}"
        at += layout(t).offsets[i]
        t = u.fields[i].type  # type: ignore[assignment]
    return at


@pytest.mark.parametrize(
    ("name", "path", "want"),
    [
        ("g", "_panic", rl.G_PANIC),
        ("_defer", "buf", rl.DEFER_BUF),
        ("m", "tls", 0),
    ],
)
def test_fields(name: str, path: str, want: int) -> None:
    assert offset("runtime", name, path) == want


def test_sizes() -> None:
    assert layout(go_type("runtime", "_defer")).size == rl.DEFER_SIZE
    assert layout(go_type("internal/abi", "UncommonType")).size == typedesc.UNCOMMON_SIZE
    assert offset("internal/abi", "ITab", "Fun") == itab.ITAB_FUN


def test_thread_block() -> None:
    """Its words as the runtime names them are those of compiled code, and every one that assembly touches has a name."""
    words = {name: go_const("runtime", name) * 8 for name in ("tlsSelf", "tlsG0SP", "tlsG", "tlsVDSO", "tlsWBNext", "tlsWBEnd", "tlsLimit")}
    assert (words["tlsG"], words["tlsLimit"]) == (rl.TLS_G, rl.TLS_STACK_LIMIT)
    assert go_const("runtime", "tlsWords") * 8 > max(words.values())
    used = set()
    for path in (SRC / "runtime").glob("*.s"):
        used |= {int(d, 0) for d in re.findall(r"\b(0x[0-9a-f]+|\d+)\(FS\)", re.sub(r"//.*", "", path.read_text()))}
    assert used == set(words.values())


# prefix of a #define -> struct; an underscore in the rest is a dot when a field of that name has fields itself
STRUCTS = {"g": "g", "m": "m", "seg": "stackseg"}


def test_defines() -> None:
    found = 0
    for prefix, rest, value in re.findall(r"(?m)^#define\s+(g|m|seg)_(\w+)\s+(\d+)\s*$", ASM):
        assert offset("runtime", STRUCTS[prefix], rest.replace("sched_", "sched.")) == int(value), f"{prefix}_{rest}"
        found += 1
    assert found >= 10
    slop = re.search(r"#define SLOP\s+(\d+)", ASM)
    assert slop is not None and int(slop[1]) == go_const("runtime", "stackSlop")


def test_calling_convention() -> None:
    assert go_const("internal/abi", "MaxFlatLeaves") == rl.MAX_FLAT_LEAVES
    assert go_const("internal/abi", "MaxResultLeaves") == rl.MAX_RESULT_LEAVES
    assert go_const("internal/abi", "NumIntRegs") == len(rl.INT_REGS)


def test_pclntab() -> None:
    assert go_const("runtime", "pclnMagic") == pclntab.MAGIC
    assert go_const("runtime", "pclnBucket") == pclntab.BUCKET
    assert go_const("runtime", "funcFlagAsm") == pclntab.FUNC_ASM
    assert go_const("runtime", "funcFlagWrapper") == pclntab.FUNC_WRAPPER
    assert layout(go_type("runtime", "pcHeader")).size == pclntab.HEADER.size
    assert layout(go_type("runtime", "funcEntry")).size == pclntab.FUNC.size


def test_kinds_and_flags() -> None:
    """What typedesc.py writes is what internal/abi reads."""
    for name, kind in typedesc.KIND.items():
        assert go_const("internal/abi", "UnsafePointer" if name == "unsafe.Pointer" else name.capitalize()) == kind
    for name in ("Array", "Chan", "Func", "Interface", "Map", "Pointer", "Slice", "Struct"):
        assert go_const("internal/abi", name) == getattr(typedesc, name.upper())
    flags = {"Uncommon": "UNCOMMON", "Named": "NAMED", "RegularMemory": "REGULAR", "GCMaskOnDemand": "ON_DEMAND", "DirectIface": "DIRECT"}
    for go, ours in flags.items():
        assert go_const("internal/abi", "TFlag" + go) == getattr(typedesc, "TFLAG_" + ours)


def test_map_constants() -> None:
    assert go_const("internal/abi", "MapGroupSlots") == typedesc.MAP_GROUP_SLOTS
    assert go_const("internal/abi", "MapMaxKeyBytes") == typedesc.MAP_MAX_KEY
    assert go_const("internal/abi", "MapMaxElemBytes") == typedesc.MAP_MAX_ELEM
    flags = {"NeedKeyUpdate": "NEED_KEY_UPDATE", "HashMightPanic": "HASH_MIGHT_PANIC", "IndirectKey": "INDIRECT_KEY", "IndirectElem": "INDIRECT_ELEM"}
    for go, ours in flags.items():
        assert go_const("internal/abi", "Map" + go) == getattr(typedesc, "MAP_" + ours)


@pytest.mark.parametrize("name", ["callDesc", "callLeaf"])
def test_records_of_calls(name: str) -> None:
    """reflect makes them, runtime.reflectcall reads them."""
    ours, theirs = go_type("reflect", name).underlying(), go_type("runtime", name).underlying()
    assert isinstance(ours, Struct) and isinstance(theirs, Struct)
    assert [f.name for f in ours.fields] == [f.name for f in theirs.fields]
    assert layout(ours).offsets == layout(theirs).offsets and layout(ours).size == layout(theirs).size


@pytest.mark.parametrize("struct", rl.RUNTIME_FIELDS)
def test_fields_that_explain_reads(struct: str) -> None:
    assert {path: offset("runtime", struct, path) for path in rl.RUNTIME_FIELDS[struct]} == rl.RUNTIME_FIELDS[struct]


def test_cpu_features_that_explain_reads() -> None:
    obj = program().package("internal/cpu").scope.lookup("X86")
    assert obj is not None
    t = resolve(obj).type
    assert t is not None
    u = t.underlying()
    assert isinstance(u, Struct)
    at = {f.name: layout(t).offsets[i] for i, f in enumerate(u.fields) if f.name != "_"}
    assert at == {name: rl.CPU_FEATURES_AT + i for i, name in enumerate(rl.CPU_FEATURES)}
    assert go_const("runtime", "numSpanClasses") == rl.NUM_SPAN_CLASSES
