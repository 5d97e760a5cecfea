"""Step 8, from the executable's bytes and its line table; without capstone from LLVM's assembly."""

from __future__ import annotations

import re
from importlib.util import find_spec

from rt0.asm.printer import plan9_listing
from rt0.explain.facts.asm import AsmFacts, AsmFunction, AsmInstruction, AsmPlace
from rt0.explain.source import Build
from rt0.obj.objdump import Disassembler, Image

_LINE = re.compile(r"\t// (.+):(\d+)$")


def collect(source: Build) -> AsmFacts:
    image = source.image
    facts = AsmFacts(find_spec("capstone") is not None and bool(image.functions))
    if facts.decoded:
        decoder = Disassembler(image, intel=True)
        for addr, size, name, section in image.functions:
            if not size or not source.shows(name):
                continue
            facts.all += 1
            facts.bytes += size
            if not source.shows_symbol(name):
                continue
            f = AsmFunction(name, addr, size, *_place(source, image, addr))
            for i in decoder.function(addr, size, section):
                at = places(source, image, i.addr)
                if any(source.covers(p.file, p.line) for p in at):
                    f.instructions.append(AsmInstruction(i.addr, i.code.hex(), i.plan9, i.intel, i.target, at))
            if f.instructions:
                facts.functions.append(f)
    else:
        for path in source.packages:
            for ir in source.ir(path):
                facts.functions += _listed(source, plan9_listing(source.builder.modules.compile(path, ir, "asm").decode()))
    facts.functions.sort(key=lambda f: (f.file, f.line, f.addr, f.symbol))
    return facts


def places(source: Build, image: Image, addr: int) -> list[AsmPlace]:
    """The frames at an address, innermost first, with names of files as errors show them."""
    frames = image.lines.frames(addr) if image.lines else []
    return [AsmPlace(f.function, source.recorded.get(f.file, f.file), f.line) for f in frames]


def _place(source: Build, image: Image, addr: int) -> tuple[str, int]:
    at = places(source, image, addr)
    return (at[-1].file, at[-1].line) if at else ("", 0)


def _listed(source: Build, text: str) -> list[AsmFunction]:
    """Functions of a Plan 9 listing."""
    out: list[AsmFunction] = []
    file, line = "", 0
    for row in text.splitlines():
        if row.startswith("TEXT "):
            out.append(AsmFunction(row[5:].partition("(SB)")[0], 0, 0, "", 0))
            file, line = "", 0
        elif out and (m := _LINE.match(row)):
            file, line = source.recorded.get(m[1], m[1]), int(m[2])
            if not out[-1].line:
                out[-1].file, out[-1].line = file, line
        elif out and row.startswith("\t") and source.covers(file, line):
            out[-1].instructions.append(AsmInstruction(0, "", row.strip(), "", "", [AsmPlace(out[-1].symbol, file, line)] if line else []))
    return [f for f in out if f.instructions]
