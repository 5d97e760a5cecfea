"""Step 12, from /proc/PID before the first instruction, beside the file's program headers."""

from __future__ import annotations

from rt0.explain.facts.execve import ExecveFacts, Load, Mapping
from rt0.explain.trace import procfs
from rt0.explain.trace.watch import Run

PT_LOAD = 1
_OTHERS = {
    "[stack]": "the main thread's stack, which the kernel lets grow downwards",
    "[heap]": "what brk(2) manages; Go does not use it",
    "[vdso]": "code of the kernel for calls that need not enter it, such as clock_gettime",
    "[vvar]": "data that the vdso reads",
    "[vvar_vclock]": "clocks of the machine below that the vdso reads",
    "[vsyscall]": "an older form of the vdso, kept for old programs",
}


def collect(source: Run) -> ExecveFacts:
    r = source
    assert r.regs is not None and r.stat is not None
    s = r.stat
    facts = ExecveFacts(r.path, r.argv, r.pid, r.pid, s.parent, procfs.STATES.get(s.state, s.state), procfs.POLICIES.get(s.policy, str(s.policy)), s.priority,
                        s.processor, s.threads, r.exe.entry, r.regs.rip, r.bias, r.regs.rsp, s.brk, s.vm, s.rss)  # fmt: skip
    taken: set[int] = set()
    for seg in r.exe.segments:
        if seg.type != PT_LOAD:
            continue
        load = Load("".join(c if seg.flags & bit else " " for c, bit in (("R", 4), ("W", 2), ("E", 1))), seg.offset, seg.vaddr, seg.filesz, seg.memsz)
        first = (seg.vaddr + r.bias) // procfs.PAGE * procfs.PAGE
        end = seg.vaddr + r.bias + seg.memsz
        for m in r.maps:
            if m.start < end and first < m.end and m.start not in taken:
                taken.add(m.start)
                load.mappings.append(Mapping(m.start, m.end, m.perms, m.offset, m.path, "" if m.path else "not in the file: begins as zeros"))
        facts.loads.append(load)
    facts.others = [Mapping(m.start, m.end, m.perms, m.offset, m.path, _OTHERS.get(m.path, "")) for m in r.maps if m.start not in taken]
    return facts
