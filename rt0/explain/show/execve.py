"""Step 12 as text."""

from __future__ import annotations

from rt0.explain.facts.execve import ExecveFacts, Mapping
from rt0.explain.model import Facts
from rt0.explain.show.figures import address, fitted, size
from rt0.explain.text import columns, count, dim, good, name, shown, strong


def brief(facts: Facts) -> list[str]:
    return fitted(_brief(facts))


def _brief(facts: Facts) -> list[str]:
    assert isinstance(facts, ExecveFacts)
    f = facts
    kinds = [m.path for m in f.others if m.path in ("[stack]", "[vdso]", "[vvar]")]
    return [
        f"process {f.pid}: {count(len(f.loads), 'segment')} of the file in {count(sum(len(x.mappings) for x in f.loads), 'mapping')}, and {', '.join(kinds)}; "
        f"{size(f.vm)} of address space",
        f"its thread stands at {address(f.rip)}" + (", the entry of the file" if f.rip == f.entry + f.bias else ", in the dynamic loader") + f"; {f.policy}, on processor {f.processor}",
    ]  # fmt: skip


def lines(facts: Facts) -> list[str]:
    assert isinstance(facts, ExecveFacts)
    f = facts
    out = [f"execve({shown(f.path)}, [{', '.join(shown(a) for a in f.argv)}], ...)", ""]
    out.append(strong("The segments of the file, and what became of each in memory:"))
    out.append("")
    for s in f.loads:
        out.append(f"PT_LOAD {s.flags}  file {address(s.offset)} + {s.filesz:,} bytes, at {address(s.vaddr)}, {s.memsz:,} bytes of memory")
        out += columns(_row(m) for m in s.mappings)
    out += ["", strong("Besides:"), "", *columns(_row(m) for m in f.others), ""]
    where = f"where the heap of brk(2) would begin: {address(f.brk)} {dim('(Go takes its memory by mmap)')}" if f.brk else ""
    same = good("the same") if f.rip == f.entry + f.bias else "the dynamic loader's, which the file asks for and which begins first"
    out += [x for x in (
        where,
        f"e_entry {address(f.entry)}" + (f" + {address(f.bias)}, by which the kernel moved the file," if f.bias else "") + f" and the instruction pointer seen {address(f.rip)}: {same}",
        f"stack pointer {address(f.rsp)}",
        "",
        f"process {f.pid}, thread {f.tid}, made by process {f.parent}; {count(f.threads, 'thread')}",
        f"state: {f.state}; {name(f.policy)} with priority {f.priority}; last on processor {f.processor}",
        f"{size(f.vm)} of address space, {size(max(f.rss, 0))} of it in memory: the rest is read when it is touched",
    ) if x or x == ""]  # fmt: skip
    return out


def _row(m: Mapping) -> tuple[str, ...]:
    return f"  {m.start:x}-{m.end:x}", m.perms, f"{m.end - m.start:>10,}", f"{m.offset:#x}" if m.path.startswith("/") else "", shown(m.path), dim(shown(m.what))
