"""Step 20 as text."""

from __future__ import annotations

from collections import Counter

from rt0.explain.facts.newproc import Goroutine
from rt0.explain.facts.run import RunFacts, Waiting
from rt0.explain.model import Facts
from rt0.explain.show.figures import call_lines, duration, fitted, moment, size
from rt0.explain.text import bad, columns, count, dim, name, place, shown, strong, wrap

_LANES = 96  # characters of a lane
_LINES = 40  # of output, of goroutines, of slices
_MARKS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def brief(facts: Facts) -> list[str]:
    return fitted(_brief(facts))


def _brief(facts: Facts) -> list[str]:
    assert isinstance(facts, RunFacts)
    f = facts
    out = []
    if f.at >= 0:
        own = f"{count(f.made_user, 'goroutine')} of yours" if f.made_user != 1 else "one goroutine of yours"
        gcs = f", {count(f.ncollections, 'collection')}" if f.ncollections >= 0 else ""
        out.append(f"{own} and {f.made_system} of the runtime's on {count(len(f.threads), 'thread')}{gcs}, {count(f.ncalls, 'system call')} since main.main "
                   f"({duration(f.took)}){f'; {size(f.max_rss)} of memory at most' if f.max_rss > 0 else ''}")  # fmt: skip
    written = [f"{count(n, 'byte')} to {what}" for n, what in ((f.out_bytes, "standard output"), (f.err_bytes, "standard error")) if n]
    out.append((f"it wrote {' and '.join(written)}; " if written else "") + (f.ending[0].lower() + f.ending[1:] if written else f.ending))
    return out


def lines(facts: Facts) -> list[str]:
    assert isinstance(facts, RunFacts)
    f = facts
    out = _output(f)
    if not f.threads:
        return [*out, "", strong("The end: ") + f.ending, *_panic(f)]
    out += ["", strong("Goroutines:"), "", *_goroutines(f)]
    if f.slices:
        out += ["", strong("Who ran where, from the first goroutine to the end:"), "", *_lanes(f)]
    out += ["", strong("Threads:"), "", *_threads(f)]
    out += ["", strong("System calls of the whole run:"), "", *_counts(f)]
    if f.calls:
        out += ["", strong(f"The first of the {f.ncalls:,} since main.main:" if f.ncalls > _LINES else "Since main.main:"), "", *call_lines(f.calls, limit=_LINES)]
    if f.ncollections >= 0:
        pause = f", the world stopped for {duration(f.gc_pause)} in all" if f.ncollections and f.gc_pause >= 0 else ""
        out += ["", strong("Collections: ") + f"{f.ncollections}{pause}" + (f"; {size(f.heap_live)} of heap in use at the end" if f.heap_live >= 0 else "")]
        out += columns(((f"  {c.number}", moment(c.at), duration(c.took)) for c in f.collections[:_LINES]), right=(0, 1, 2))
    if f.signals:
        kinds = Counter(s.split()[0] for s in f.signals)
        out += ["", strong("Signals: ") + ", ".join(f"{k} {n}x" for k, n in kinds.items())]
    for c in f.children[:_LINES]:
        out.append(f"it started {shown(c)} {dim('(not watched itself)')}")
    if f.waiting:
        out += ["", strong("Goroutines at the end:"), "", *_waiting(f.waiting)]
    out += ["", strong("The end: ") + f.ending]
    out += _panic(f)
    out += ["", *wrap(dim(f"Times are those of the watched run: {duration(f.total)} by its own clock, {duration(f.wall)} on the wall, {f.stops:,} stops. Every stop "
                          "costs the program some microseconds that no figure leaves out; while one thread is looked at the others go on, and sysmon may take a goroutine that is held for one "
                          "that runs too long. The column `processor` is the kernel's own account of the thread."), 110)]  # fmt: skip
    return out


def _panic(f: RunFacts) -> list[str]:
    return ["", *(bad(shown(line)) for line in f.panic.rstrip("\n").split("\n")[:_LINES])] if f.panic else []


def _output(f: RunFacts) -> list[str]:
    out = []
    for text, n, what in ((f.out, f.out_bytes, "standard output"), (f.err, f.err_bytes, "standard error")):
        if n:
            out.append(strong(f"To {what}, {count(n, 'byte')}:"))
            all_lines = text.rstrip("\n").split("\n")
            out += [f"{dim('  |')} {shown(line)[:200]}" for line in all_lines[:_LINES]]
            if len(all_lines) > _LINES or n > len(text.encode("utf-8", "surrogateescape")):
                out.append(dim(f"  | ... ({n:,} bytes in all)"))
    return out or [dim("It wrote nothing.")]


def _goroutines(f: RunFacts) -> list[str]:
    """Goroutines made by one statement for one function are one line."""
    groups: dict[tuple[str, str, int, str], list[Goroutine]] = {}
    for g in f.goroutines:
        groups.setdefault((g.entry, g.made_file, g.made_line, g.creator), []).append(g)
    rows = [tuple(dim(x) for x in ("goroutine", "runs", "made by", "at", "when"))]
    for (entry, file, line, creator), gs in list(groups.items())[:_LINES]:
        ids = str(gs[0].goid) if len(gs) == 1 else f"{gs[0].goid}-{gs[-1].goid} ({len(gs)})"
        rows.append((ids, (dim if gs[0].system else name)(shown(entry)), f"{gs[0].parent or 'g0'} in {shown(creator)}", place(shown(f"{_base(file)}:{line}")) if line else "", moment(gs[0].at)))
    out = columns(rows)
    if len(groups) > _LINES:
        out.append(dim(f"and {len(groups) - _LINES} more kinds"))
    if f.goroutines_until:
        out.append(f"Goroutines made after {moment(f.goroutines_until)} are not counted: so many stops would have slowed the program too much.")
    return out


def _base(file: str) -> str:
    return file.rpartition("/")[2]


def _lanes(f: RunFacts) -> list[str]:
    """A lane per thread: the goroutine that ran longest in each column's time, by the last digits of its number; dots: none."""
    start, end = f.slices[0].start, max(s.end for s in f.slices)
    width = max(end - start, 1e-9) / _LANES
    out = [dim(f"{moment(start)} to {moment(end)}, {duration(width)} a character; a digit or letter is a goroutine's number modulo {len(_MARKS)}, a dot none")]
    threads = list(dict.fromkeys(s.tid for s in f.slices))
    rows = []
    for tid in threads[:16]:
        owners: list[dict[int, float]] = [{} for _ in range(_LANES)]
        m = -1
        ps = set()
        for s in f.slices:
            if s.tid != tid:
                continue
            m = s.m
            ps.add(s.p)
            for c in range(int((s.start - start) / width), min(int((s.end - start) / width) + 1, _LANES)):
                lo, hi = start + c * width, start + (c + 1) * width
                owners[c][s.goid] = owners[c].get(s.goid, 0.0) + max(min(s.end, hi) - max(s.start, lo), 0.0)
        lane = "".join(_MARKS[max(o, key=lambda g: o[g]) % len(_MARKS)] if o else "." for o in owners)
        rows.append((f"M{m}" if m >= 0 else "M?", dim(f"thread {tid}"), lane, dim("P" + ",".join(str(p) for p in sorted(ps)))))
    out += columns(rows)
    if f.slices_until:
        out.append(f"Only until {moment(f.slices_until)}: so many stops would have slowed the program too much.")
    why = Counter(s.why for s in f.slices)
    out.append(f"{count(len(f.slices), 'slice')}, ended by: " + ", ".join(f"{w} {n}x" for w, n in why.most_common(12)))
    return out


def _threads(f: RunFacts) -> list[str]:
    rows = [tuple(dim(x) for x in ("thread", "M", "made by", "from", "to", "system calls", ""))]
    for t in f.threads[:_LINES]:
        rows.append((str(t.tid), f"M{t.m}" if t.m >= 0 else "", str(t.made_by or "execve"), moment(t.at), moment(t.end) if t.end is not None else "the end", str(t.calls), t.role))
    out = columns(rows, right=(3, 4, 5))
    if len(f.threads) > _LINES:
        out.append(dim(f"and {len(f.threads) - _LINES} more"))
    return out


def _counts(f: RunFacts) -> list[str]:
    out = columns([(f"  {c.name}", f"{c.count:,}", duration(c.took)) for c in f.counts[:_LINES]], right=(1, 2))
    if f.calls_until:
        out.append(f"Only until {moment(f.calls_until)}: there were too many to go on counting.")
    out.append(dim("Calls that the vdso answers, such as reading the clock, do not enter the kernel and are not among them."))
    return out


def _waiting(gs: list[Waiting]) -> list[str]:
    groups: dict[tuple[str, str, str, str, int], list[int]] = {}
    for g in gs:
        groups.setdefault((g.status if g.status != "waiting" else g.reason or "waiting", g.entry, g.where, g.file, g.line), []).append(g.goid)
    rows = []
    for (state, entry, where, file, line), ids in list(groups.items())[:_LINES]:
        at = f"in {shown(where)} {place(shown(f'{_base(file)}:{line}'))}" if where and where != entry else place(shown(f"{_base(file)}:{line}")) if line else ""
        rows.append((str(ids[0]) if len(ids) == 1 else f"{ids[0]}... ({len(ids)})", state, name(shown(entry)), at))
    return columns(rows)
