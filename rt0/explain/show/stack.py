"""Step 13 as text."""

from __future__ import annotations

from rt0.explain.facts.stack import StackFacts
from rt0.explain.model import Facts
from rt0.explain.show.figures import address, clipped, fitted, size
from rt0.explain.text import columns, count, dim, name, shown, strong


def brief(facts: Facts) -> list[str]:
    return fitted(_brief(facts))


def _brief(facts: Facts) -> list[str]:
    assert isinstance(facts, StackFacts)
    f = facts
    env = sum(w.what.startswith("envp") for w in f.words)
    return [f"argc {f.argc} at {address(f.rsp)}, {count(env, 'variable')} of environment, {count(len(f.auxv), 'entry', 'entries')} of auxiliary vector; "
            f"{size(f.high - f.rsp)} in use of a stack of {size(f.high - f.low)} that can grow"]  # fmt: skip


def lines(facts: Facts) -> list[str]:
    assert isinstance(facts, StackFacts)
    f = facts
    rows = [(dim("address"), dim("value"), dim("what"), "")]
    for w in f.words:
        rows.append((f"{w.addr:x}", address(w.value), name(w.what), shown(clipped(f'"{w.text}"' if w.what[:4] in ("argv", "envp") else w.text))))
    for a in f.auxv:
        rows.append((f"{a.addr:x}", address(a.value), name(a.name), shown(f"{a.meaning}{': ' if a.text else ''}{a.text}")))
    out = [strong(f"From the stack pointer, {f.rsp:#x}, upwards:"), "", *columns(rows), ""]
    out.append(f"{f.strings_start:x}-{f.strings_end:x}  the strings that argv and envp point to, {count(f.strings_end - f.strings_start, 'byte')}")
    out.append(f"{f.high:x}  the end of the stack")
    return out
