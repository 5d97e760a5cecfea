"""Step 15 as text."""

from __future__ import annotations

from rt0.explain.facts.check import CheckFacts
from rt0.explain.model import Facts
from rt0.explain.show.figures import call_lines, fitted, size, span_row
from rt0.explain.text import columns, dim, name, wrap


def brief(facts: Facts) -> list[str]:
    return fitted(_brief(facts))


def _brief(facts: Facts) -> list[str]:
    assert isinstance(facts, CheckFacts)
    f = facts
    out = []
    if f.page_size > 0:
        huge = f", huge pages of {size(f.huge_page)}" if f.huge_page > 0 else ""
        out.append(f"pages of {size(f.page_size)}{huge}; {f.ncpu} processors; {len(f.cpu_features)} features of the processor, the newest of them "
                   f"{', '.join(name(x) for x in newest(f.cpu_features))}")  # fmt: skip
    return out


def newest(features: list[str]) -> list[str]:
    order = ("AVX512VBMI2", "AVX512VL", "AVX512F", "AVX2", "AVX", "SSE42", "SSE41", "SSSE3")
    return [*[f for f in order if f in features][:1], *[f for f in ("SHA", "AES", "BMI2") if f in features]]


def lines(facts: Facts) -> list[str]:
    assert isinstance(facts, CheckFacts)
    f = facts
    out = columns([tuple(dim(x) for x in ("function", "at", "took", "processor", "system calls")), *(span_row(s) for s in f.spans)], right=(1, 2, 3))
    for s in f.spans:
        if s.calls:
            out += ["", f"system calls of {name(s.name)}:", *call_lines(s.calls)]
    out.append("")
    rows = [("page size", size(f.page_size) if f.page_size > 0 else "not told by this executable", "AT_PAGESZ")]
    if f.huge_page > 0:
        rows.append(("huge page", size(f.huge_page), "/sys/kernel/mm/transparent_hugepage/hpage_pmd_size"))
    elif f.huge_page < 0:
        rows.append(("huge page", "this runtime does not ask: it tells the kernel where it wants none", "madvise in stackinit"))
    rows += [
        ("processors", f"{f.ncpu}: {', '.join(map(str, f.affinity[:16]))}{', ...' if len(f.affinity) > 16 else ''}" if f.ncpu > 0 else "-", "sched_getaffinity"),
        ("random", f.random, "AT_RANDOM: seeds hash functions and the random generator"),
        ("vdso", f"{f.vdso:#x}" if f.vdso else "none", "AT_SYSINFO_EHDR: its clock_gettime is called without entering the kernel"),
    ]
    out += columns([(a, b, dim(c)) for a, b, c in rows])
    if f.cpu_features:
        out += wrap(f"features: {' '.join(f.cpu_features)} " + dim("(CPUID, asked by internal/cpu in schedinit)"), 110)
    return out
