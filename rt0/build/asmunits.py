"""Units made of `.s` files: one per file, with a DefMeta per TEXT and GLOBL symbol read back from the object.

References come from the object's relocations, so they are exact.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from rt0.build.cache import key_of
from rt0.build.units import CompiledUnit

if TYPE_CHECKING:
    from rt0.build.builder import Builder
    from rt0.load.load import PackageInfo


def asm_units(b: Builder, path: str, info: PackageInfo) -> list[CompiledUnit]:
    """Assemble all `.s` files of a package, side by side in the workers."""
    jobs = []
    defines: dict[str, str] | None = None
    for name, filename in info.s_files:
        with open(filename, "rb") as f:
            text = f.read()
        if b"go_asm.h" in text and defines is None:
            from rt0.build.goasm import go_asm_defines

            defines = go_asm_defines(b.package(path))
        if b.options.commands:
            import sys

            print(f"asm {name}", file=sys.stderr)
        header = {
            "op": "asm", "path": filename, "pkg_path": b.symbol_prefix(path)[:-1], "debug_name": name, "recorded": info.recorded(filename), "goamd64": b.options.goamd64,
            "go_asm": defines or {},
            "include_dirs": [os.path.dirname(filename), *b.loaded.include_dirs],
        }
        jobs.append((name, b.pool.submit(name, header, text)))
    units = []
    for name, job in jobs:
        data = job.result()
        unit = CompiledUnit(path, "asm-" + key_of(os.path.basename(name))[:16], object_defs(data), data=data)
        units.append(unit)
    return units


def object_defs(data: bytes) -> dict[str, dict[str, Any]]:
    """symbol -> DefMeta of an object whose symbols each have a section of their own."""
    from rt0.obj.elf import read_object

    return {symbol: {"refs": refs, "link": "strong"} for symbol, refs in read_object(data).references().items()}
