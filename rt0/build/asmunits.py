"""Units made of `.s` files: one per file, with what each TEXT and GLOBL symbol refers to read back from the object's relocations, so exactly."""

from __future__ import annotations

import os
from collections.abc import Iterator

from rt0.abi.defrecord import DefRecord
from rt0.build.cache import key_of
from rt0.build.frontend import Frontend
from rt0.build.goasm import go_asm_defines
from rt0.build.log import Log
from rt0.build.messages import Request
from rt0.build.options import Options
from rt0.build.references import References
from rt0.build.symbols import Symbols, owner_of
from rt0.build.units import CompiledUnit
from rt0.build.workers import Pool, WorkerError
from rt0.diag import CompileError, Diagnostic, Position
from rt0.load.load import LoadedProgram, PackageInfo
from rt0.obj.elf import read_object
from rt0.types.types import Signature, under

FUNC_VALUE_CALL = "runtime.asmcall"  # what indirect calls in assembly refer to (rt0/asm/translate.py)


class Assembly:
    """The `.s` files of one build's packages: what they define, and the units they become."""

    __slots__ = ("frontend", "loaded", "log", "options", "pool", "references", "symbols")

    def __init__(self, loaded: LoadedProgram, options: Options, symbols: Symbols, frontend: Frontend, references: References, pool: Pool, log: Log) -> None:
        self.loaded = loaded
        self.options = options
        self.symbols = symbols
        self.frontend = frontend
        self.references = references
        self.pool = pool
        self.log = log

    # ------------------------------------------------------------ what they define

    def defines(self, info: PackageInfo, symbol: str) -> bool:
        """Whether the symbol is defined by one of the package's .s files."""
        if not info.s_files:
            return False
        if owner_of(symbol) == "":
            return not symbol.startswith(("type:", "go:"))
        name = symbol.removeprefix(self.symbols.prefix(info.path))  # another package's symbol, pushed from here, keeps its own
        if name.endswith(".abi0"):
            return self.has_abi0(info, name[:-5]) or self.has_abi0(info, symbol[:-5])
        text = self.texts(info).get(name) or self.texts(info).get(symbol)
        return name in info.asm_data or (text is not None and text[0].endswith("internal"))

    def has_abi0(self, info: PackageInfo, name: str) -> bool:
        """Whether a TEXT of this name is an entry with arguments on the stack."""
        text = self.texts(info).get(name)
        return text is not None and text[0].startswith("0")

    def texts(self, info: PackageInfo) -> dict[str, tuple[str, int, int]]:
        """PackageInfo.asm_text; made by the assembler's preprocessor where load could not tell."""
        if not info.asm_exact:
            from rt0.build.asmtexts import read_texts

            info.asm_exact = True
            read_texts(info, self.symbols.prefix(info.path), self._sources(info))
        return info.asm_text

    # ------------------------------------------------------------ assembling

    def _sources(self, info: PackageInfo) -> Iterator[tuple[str, bytes, Request]]:
        """(display name, text, request) of each `.s` file of the package."""
        defines: dict[str, str] | None = None
        for name, filename in info.s_files:
            with open(filename, "rb") as f:
                text = f.read()
            if b"go_asm.h" in text and defines is None:
                defines = go_asm_defines(self.frontend.package(info.path))
            yield name, text, {
                "op": "asm", "path": filename, "pkg_path": self.symbols.prefix(info.path)[:-1], "debug_name": name, "recorded": info.recorded(name),
                "go_asm": defines or {}, "goamd64": self.options.goamd64,
                "func_values": not info.standard, "include_dirs": [os.path.dirname(filename), *self.loaded.include_dirs],
            }  # fmt: skip

    def units(self, info: PackageInfo) -> list[CompiledUnit]:
        """Assemble all `.s` files of a package, side by side in the workers. Raises CompileError, WorkerError."""
        jobs = []
        for name, text, request in self._sources(info):
            self.log.command(f"asm {name}")
            jobs.append((name, self.pool.submit(name, request, text)))
        units = []
        for name, job in jobs:
            try:
                data = job.result()
            except WorkerError as e:
                if e.kind != "user":
                    raise
                raise CompileError([Diagnostic(Position("", 0, 0), f"{e.text}\nasm: assembly of {name} failed")], package=info.path) from None
            defs = object_defs(data)
            if not info.standard:
                self._check(info.path, defs)
            units.append(CompiledUnit(info.path, "asm-" + key_of(os.path.basename(name))[:16], defs, data=data))
        return units

    def _check(self, path: str, defs: dict[str, DefRecord]) -> None:
        """What the package's assembly refers to in others may be named."""
        own = self.symbols.prefix(path)
        for symbol, d in defs.items():
            if FUNC_VALUE_CALL in d["refs"]:
                self._check_func_values(path, symbol.removesuffix(".abi0").removeprefix(own))
            others = [r for ref in d["refs"] if not (r := ref.removesuffix(".abi0")).startswith(own)]
            self.references.check(path, others, symbol.removesuffix(".abi0"))

    def _check_func_values(self, path: str, name: str) -> None:
        """Assembly that calls indirectly may get func values without arguments and results only: others want theirs in rt0's registers, which are not gc's.

        name      the assembly function, in package `path`
        raises    CompileError at its declaration
        """
        f = self.frontend.package(path).funcs.get(name)
        if f is None or not isinstance(f.type, Signature):
            return
        for v in f.type.params.vars:
            t = under(v.type) if v.type is not None else None
            if isinstance(t, Signature) and (t.params.vars or t.results.vars):
                text = f"{name}: assembly that calls func values with arguments or results is not supported (parameter {v.name or '_'})"
                raise CompileError([Diagnostic(self.frontend.fset.position(f.pos), text)], package=path)


def object_defs(data: bytes) -> dict[str, DefRecord]:
    """What an object defines whose symbols each have a section of their own."""
    return {symbol: {"refs": refs, "link": "strong"} for symbol, refs in read_object(data).references().items()}
