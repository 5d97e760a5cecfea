"""Step 18 as text."""

from __future__ import annotations

from rt0.explain.facts.mstart import MstartFacts
from rt0.explain.model import Facts
from rt0.explain.show.figures import address, call_lines, call_names, fitted, instruction_lines, moment
from rt0.explain.text import columns, count, dim, name, strong


def brief(facts: Facts) -> list[str]:
    return fitted(_brief(facts))


def _brief(facts: Facts) -> list[str]:
    assert isinstance(facts, MstartFacts)
    f = facts
    if not f.arrivals:
        return []
    out = [f"{' > '.join(name(a.function.removeprefix('runtime.')) for a in f.arrivals)}: goroutine {f.goid} begins at {name(f.lands)}"]
    if f.g_sp:
        out.append(f"SP goes from {address(f.g0_sp)} (g0, the kernel's stack) to {address(f.g_sp)}; on the way {count(len(f.calls), 'system call')}"
                   + (f": {call_names(f.calls)}" if f.calls else ""))  # fmt: skip
    return out


def lines(facts: Facts) -> list[str]:
    assert isinstance(facts, MstartFacts)
    f = facts
    out = columns([(dim("function"), dim("at"), dim("stack pointer")), *((name(a.function), moment(a.at), address(a.rsp)) for a in f.arrivals)], right=(1,))
    if f.calls:
        out += ["", strong("System calls in between:"), *call_lines(f.calls)]
    if f.gogo:
        out += ["", strong("gogo, where the thread leaves g0's stack:"), "", *instruction_lines(f.gogo), ""]
        out.append(f"SP {address(f.g0_sp)} > {address(f.g_sp)}: goroutine {f.goid} runs, at {name(f.lands)}")
    return out
