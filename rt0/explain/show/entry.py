"""Step 14 as text."""

from __future__ import annotations

from rt0.explain.facts.entry import EntryFacts
from rt0.explain.model import Facts
from rt0.explain.show.figures import address, fitted, instruction_lines
from rt0.explain.text import count, name, strong


def brief(facts: Facts) -> list[str]:
    return fitted(_brief(facts))


def _brief(facts: Facts) -> list[str]:
    assert isinstance(facts, EntryFacts)
    f = facts
    if not f.instructions:
        return []
    out = [f"{' > '.join(name(p) for p in f.path)}: {count(len(f.instructions), 'instruction')} of its own; DI = argc = {f.argc}, SI = argv = {address(f.argv)}"]
    if f.fs:
        out.append(f"FS set to {address(f.fs)}" + (", the block of m0" if f.m0 <= f.fs < f.m0 + 4096 else "") + f"; m0 at {address(f.m0)}, its g0 at {address(f.g0)}")
    return out


def lines(facts: Facts) -> list[str]:
    assert isinstance(facts, EntryFacts)
    f = facts
    out = [strong("Each instruction, and the registers that it changed:"), "", *instruction_lines(f.instructions), ""]
    out.append(f"argc {f.argc} in DI, argv {address(f.argv)} in SI")
    if f.fs:
        out.append(f"FS base {address(f.fs)}: thread-local storage of the main thread, in runtime.m0 ({address(f.m0)})")
    if f.g0:
        linked = "and g0 points back to it" if f.g0_m == f.m0 else f"g0 points to the M at {f.g0_m:#x}"
        out.append(f"runtime.g0 at {address(f.g0)}: the g that owns the stack the kernel made; m0 points to it {linked}")
    return out
