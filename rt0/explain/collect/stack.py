"""Step 13, from the memory above the stack pointer before the first instruction.

The layout: argc, argv[0..], nil, envp[0..], nil, auxv pairs up to AT_NULL, then strings (x86-64 psABI, section 3.4.1).
"""

from __future__ import annotations

import struct

from rt0.explain.facts.stack import Aux, StackFacts, StackWord
from rt0.explain.trace import procfs
from rt0.explain.trace.watch import Run

_STRINGS = (15, 24, 31)  # AT_PLATFORM, AT_BASE_PLATFORM, AT_EXECFN
_DECIMAL = (4, 5, 6, 11, 12, 13, 14, 17, 23, 27, 28, 51)


def collect(source: Run) -> StackFacts:
    r = source
    assert r.regs is not None
    base, data = r.regs.rsp, r.stack
    words = [w for (w,) in struct.iter_unpack("<Q", data[: len(data) // 8 * 8])]

    def text(addr: int) -> str:
        if not base <= addr < base + len(data):
            return ""
        at = addr - base
        end = data.find(b"\0", at)
        return data[at : end if end >= 0 else len(data)].decode("utf-8", "surrogateescape")

    argc = words[0] & 0xFFFFFFFF
    facts = StackFacts(base, argc, [StackWord(base, words[0], "argc")])
    pointers = []
    i = 1
    for name in ("argv", "envp"):
        n = 0
        while i < len(words) and words[i]:
            facts.words.append(StackWord(base + 8 * i, words[i], f"{name}[{n}]", text(words[i])))
            pointers.append(words[i])
            i, n = i + 1, n + 1
        facts.words.append(StackWord(base + 8 * i, 0, "nil", f"the end of {name}"))
        i += 1
    while i + 1 < len(words):
        key, value = words[i], words[i + 1]
        name, meaning = procfs.AUX.get(key, (str(key), ""))
        facts.auxv.append(Aux(base + 8 * i, key, f"AT_{name}", value, meaning, _decoded(key, value, base, data, text(value), r)))
        i += 2
        if not key:
            break
    stack = next((m for m in r.maps if m.start <= base < m.end), None)
    if stack is not None:
        facts.low, facts.high = stack.start, stack.end
    if pointers:
        facts.strings_start = min(pointers)
        last = max(pointers)
        facts.strings_end = last + len(text(last).encode("utf-8", "surrogateescape")) + 1
    return facts


def _decoded(key: int, value: int, base: int, data: bytes, text: str, r: Run) -> str:
    if key in _STRINGS:
        return text
    if key == 25:  # AT_RANDOM
        return data[value - base : value - base + 16].hex() if base <= value < base + len(data) else ""
    if key in _DECIMAL:
        return str(value)
    if key in (3, 9):
        return r.exe.name_at(value) or (f"offset {r.exe.phoff} of the file" if key == 3 else "")
    if key == 33:
        return next((m.path for m in r.maps if m.start == value), "")
    return ""
