"""Units made of `.s` files: one per file, with a DefMeta per TEXT and GLOBL symbol read back from the object.

References come from the object's relocations, so they are exact.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from rt0.build.cache import key_of
from rt0.build.units import CompiledUnit
from rt0.build.workers import WorkerError
from rt0.diag import CompileError, Diagnostic, Position

if TYPE_CHECKING:
    from rt0.build.builder import Builder
    from rt0.load.load import PackageInfo

FUNC_VALUE_CALL = "runtime.asmcall"  # what indirect calls in assembly refer to (rt0/asm/translate.py)


def sources(b: Builder, path: str, info: PackageInfo) -> list[tuple[str, bytes, dict[str, Any]]]:
    """(display name, text, arguments of the assembler) of each `.s` file of the package."""
    out: list[tuple[str, bytes, dict[str, Any]]] = []
    defines: dict[str, str] | None = None
    for name, filename in info.s_files:
        with open(filename, "rb") as f:
            text = f.read()
        if b"go_asm.h" in text and defines is None:
            from rt0.build.goasm import go_asm_defines

            defines = go_asm_defines(b.package(path))
        out.append((name, text, {
            "path": filename, "pkg_path": b.symbol_prefix(path)[:-1], "debug_name": name, "recorded": info.recorded(name), "go_asm": defines or {},
            "goamd64": b.options.goamd64, "func_values": not info.standard, "include_dirs": [os.path.dirname(filename), *b.loaded.include_dirs],
        }))  # fmt: skip
    return out


def asm_units(b: Builder, path: str, info: PackageInfo) -> list[CompiledUnit]:
    """Assemble all `.s` files of a package, side by side in the workers."""
    jobs = []
    for name, text, header in sources(b, path, info):
        if b.options.commands:
            print(f"asm {name}", file=sys.stderr)
        jobs.append((name, b.pool.submit(name, {"op": "asm", **header}, text)))
    units = []
    for name, job in jobs:
        try:
            data = job.result()
        except WorkerError as e:
            if e.kind != "user":
                raise
            raise CompileError([Diagnostic(Position("", 0, 0), f"{e.text}\nasm: assembly of {name} failed")], package=path) from None
        defs = object_defs(data)
        if not info.standard:
            own = b.symbol_prefix(path)
            for symbol, d in defs.items():
                if FUNC_VALUE_CALL in d["refs"]:
                    check_func_values(b, path, symbol.removesuffix(".abi0").removeprefix(own))
                b.check_references(path, (r for ref in d["refs"] if not (r := ref.removesuffix(".abi0")).startswith(own)), symbol.removesuffix(".abi0"))
        unit = CompiledUnit(path, "asm-" + key_of(os.path.basename(name))[:16], defs, data=data)
        units.append(unit)
    return units


def check_func_values(b: Builder, path: str, name: str) -> None:
    """Assembly that calls indirectly may get func values without arguments and results only: others want theirs in rt0's registers, which are not gc's.

    name      the assembly function, in package `path`
    raises    CompileError at its declaration
    """
    from rt0.types.types import Signature, under

    pkg = b.package(path)
    f = pkg.funcs.get(name)
    if f is None or not isinstance(f.type, Signature):
        return
    for v in f.type.params.vars:
        t = under(v.type) if v.type is not None else None
        if isinstance(t, Signature) and (t.params.vars or t.results.vars):
            text = f"{name}: assembly that calls func values with arguments or results is not supported (parameter {v.name or '_'})"
            raise CompileError([Diagnostic(pkg.checker.fset.position(f.pos), text)], package=path)


def read_texts(b: Builder, path: str, info: PackageInfo) -> None:
    """Fill info.asm_text with what the preprocessed files define. Errors are left to the assembly itself."""
    from rt0.asm.assemble import go_asm_header, preprocess
    from rt0.asm.translate import Translator

    prefix = b.symbol_prefix(path)
    for name, text, h in sources(b, path, info):
        pp = preprocess(h["path"], text, include_dirs=h["include_dirs"], headers=go_asm_header(h["go_asm"]), debug_name=name, goamd64=h["goamd64"])
        tr = Translator(pp, h["pkg_path"], name)
        for f in tr.texts_only():
            symbol = f.name.removesuffix(".abi0")
            if not f.static and "." in symbol:
                info.take_text(symbol.removeprefix(prefix), symbol == f.name, f.frame, f.args)
        info.asm_data.update(d.name.removeprefix(prefix) for d in tr.data.values() if not d.static and d.size >= 0)


def object_defs(data: bytes) -> dict[str, dict[str, Any]]:
    """symbol -> DefMeta of an object whose symbols each have a section of their own."""
    from rt0.obj.elf import read_object

    return {symbol: {"refs": refs, "link": "strong"} for symbol, refs in read_object(data).references().items()}
