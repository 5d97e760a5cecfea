"""Figures of the steps that watch the run: times, sizes, addresses, lists of system calls and of instructions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rt0.explain.facts.process import Call, Instruction, Span, State
from rt0.explain.text import columns, count, dim, name, number, shown, wrap

BRIEF = 104  # characters of a line in the report of all steps, behind the step's name
WIDEST = 160  # characters of a line that shows a system call


def fitted(lines: Iterable[str]) -> list[str]:
    """Lines of a brief account, none wider than the report of all steps wants them."""
    return [part for line in lines for part in wrap(line, BRIEF)]


def duration(seconds: float) -> str:
    """12.3 µs, 4.567 ms, 1.23 s; - for unknown."""
    if seconds < 0:
        return "-"
    if seconds < 1e-3:
        return f"{seconds * 1e6:.1f} µs"
    return f"{seconds * 1e3:.3f} ms" if seconds < 1 else f"{seconds:.2f} s"


def moment(seconds: float) -> str:
    return f"{seconds * 1e3:.3f} ms"


def size(n: int) -> str:
    """4 KB, 512 GB: rounded to what people say; exact below 10 KB."""
    for unit, shift in (("TB", 40), ("GB", 30), ("MB", 20), ("KB", 10)):
        if n >= 10 << 10 and n >= 1 << shift:
            value = n / (1 << shift)
            return f"{value:.0f} {unit}" if value >= 100 or value == int(value) else f"{value:.1f} {unit}"
    return count(n, "byte")


def address(n: int) -> str:
    return number(f"{n:#x}")


def clipped(text: str) -> str:
    return text if len(text) <= WIDEST else text[: WIDEST - 3] + "..."


def call_names(calls: Iterable[Call]) -> str:
    """`mmap 4x, madvise`: the calls by name, in the order of their first time."""
    counts = Counter(c.name for c in calls)
    return ", ".join(f"{n}{f' {k}x' if k > 1 else ''}" for n, k in counts.items())


def call_lines(calls: list[Call], indent: str = "  ", limit: int = 40) -> list[str]:
    """A line a call: time, duration, text. More than two of a kind in a row, with other arguments, become one line."""
    rows: list[tuple[str, ...]] = []
    i = 0
    while i < len(calls) and len(rows) < limit:
        j = i
        while j < len(calls) and calls[j].name == calls[i].name:
            j += 1
        if j - i > 6:
            rows.append((indent + dim(moment(calls[i].at)), dim(duration(sum(c.took for c in calls[i:j]))), f"{calls[i].name}(...) {j - i} times: {dim(shown(clipped(calls[i].text)))} ..."))
            i = j
            continue
        c = calls[i]
        rows.append((indent + dim(moment(c.at)), dim(duration(c.took) if c.took else ""), shown(clipped(c.text))))
        i += 1
    out = columns(rows, right=(0, 1))
    if i < len(calls):
        out.append(f"{indent}{dim(f'and {len(calls) - i} more')}")
    return out


def span_row(s: Span, indent: str = "") -> tuple[str, ...]:
    return indent + name(s.name.removeprefix("runtime.")), moment(s.at), duration(s.took), duration(s.cpu), call_names(s.calls)


def instruction_lines(instructions: list[Instruction]) -> list[str]:
    """Instructions by function: address, bytes, text, what changed. Text is Plan 9's, else the source line, else nothing."""
    rows: list[tuple[str, ...]] = []
    out: list[str] = []
    function = ""
    for i in instructions:
        here = i.function.split("+")[0]
        if here != function:
            out += columns(rows)
            rows = []
            function = here
            out.append(f"{name(shown(here))} {dim(shown(f'{i.file}:{i.line}') if i.line else '')}")
        changed = " ".join(f"{register(r)}={v[1]:#x}" for r, v in i.changed.items() if r != "rsp")
        if "rsp" in i.changed:
            before, after = i.changed["rsp"]
            delta = after - before
            changed = f"SP{'+' if delta >= 0 else '-'}{abs(delta):#x} {changed}" if abs(delta) < 1 << 16 else f"SP={after:#x} {changed}"
        comment = i.source.partition("//")[2].strip()
        what = shown(clipped(i.call)) if i.call else changed.rstrip()
        rows.append((f"  {i.addr:x}", dim(i.code), shown(i.plan9 or i.source.partition("//")[0].strip()), what, dim(shown(f"// {comment}" if comment else ""))))
    return out + columns(rows)


def register(r: str) -> str:
    """Go's name of a register: AX of rax, FS of fs_base."""
    return r.removesuffix("_base").upper() if r.endswith("_base") else r.upper() if r[1].isdigit() else r[1:].upper()


def change(before: State | None, after: State | None) -> str:
    """What a function changed in the runtime's state: `heap kept 0 > 512 GB`."""
    if before is None or after is None:
        return ""
    out = []
    for label, b, a, is_size in (
        ("maxmcount", before.maxmcount, after.maxmcount, False),
        ("Ms", before.ms, after.ms, False),
        ("Ps", before.ps, after.ps, False),
        ("Gs", before.gs, after.gs, False),
        ("heap reserved", before.heap_reserved, after.heap_reserved, True),
        ("heap ready", before.heap_ready, after.heap_ready, True),
        ("address space", before.vm, after.vm, True),
    ):
        if b != a and a >= 0:
            out.append(f"{label} {(size(b) if is_size else f'{b:,}') if b > 0 else '0'} > {size(a) if is_size else f'{a:,}'}")
    return ", ".join(out)
