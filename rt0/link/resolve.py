"""Objects parsed, and one definition per global name: strong over weak, the first COMDAT group of a signature, duplicates are errors."""

from __future__ import annotations

from rt0.diag import CompileError, Diagnostic, Position
from rt0.link.state import Definition, Input, Link
from rt0.obj import elf


def load(ln: Link) -> None:
    """Parse the objects and choose one definition per global name."""
    defs = ln.globals
    comdats: dict[str, Input] = {}
    und, common, local = elf.SHN_UNDEF, elf.SHN_COMMON, elf.STB_LOCAL
    for name, data in ln.job.objects:
        try:
            obj = ln.job.read(data)
        except elf.FormatError as e:
            raise CompileError([Diagnostic(Position(name, 0, 0), str(e))]) from None
        inp = Input(len(ln.inputs), name, obj)
        ln.inputs.append(inp)
        discarded = inp.discarded
        for signature, members in obj.groups:
            if comdats.setdefault(signature, inp) is not inp:
                for m in members:
                    discarded[m] = 1
        names = obj.names
        symbols = obj.symbols
        nsec = len(discarded)
        for i in range(obj.first_global, len(symbols)):
            sym = symbols[i]
            shndx = sym[3]
            if shndx == und or sym[1] >> 4 == local:
                continue
            if shndx < nsec:
                if discarded[shndx]:
                    continue
            elif shndx == common:
                ln.error(f"{name}: common symbol {names[i]} is not supported")
                continue
            strong = sym[1] >> 4 == elf.STB_GLOBAL
            old = defs.get(names[i])
            if old is None or (strong and not old.strong):
                defs[names[i]] = Definition(inp, i, shndx, strong)
            elif strong and old.strong and old.inp is not inp and not (ln.job.live is not None and overlapping(name, old.inp.name)):
                ln.error(f"duplicated definition of symbol {names[i]}, from {name} and {old.inp.name}")
    ln.check()


def overlapping(a: str, b: str) -> bool:
    """Objects named "package(unit.o)" are units of one package that the demand walk compiled at different times.

    Such units may both define a function, and say the same: the first wins. Assembly files are units of another kind: they never overlap.
    """
    pa, _, ua = a.partition("(")
    pb, _, ub = b.partition("(")
    return bool(ua and ub) and pa == pb and not ua.startswith("asm-") and not ub.startswith("asm-")
