"""From what was recorded of a function or a system call to the facts about it."""

from __future__ import annotations

from collections.abc import Iterable

from rt0.explain.facts.process import Call, Span
from rt0.explain.trace import syscalls
from rt0.explain.trace.process import SystemCall
from rt0.explain.trace.watch import RawSpan


def call(c: SystemCall) -> Call:
    took = c.end - c.start if c.result is not None else 0.0
    return Call(c.tid, syscalls.name_of(c.number), syscalls.shown(c.number, c.args, c.texts, c.result), round(c.start, 9), round(took, 9), c.within)


def calls(found: Iterable[SystemCall]) -> list[Call]:
    return [call(c) for c in found]


def span(s: RawSpan, depth: int = 0) -> Span:
    took = s.end - s.start if s.end >= 0 else -1.0
    cpu = s.cpu_end - s.cpu_start if s.cpu_end >= 0 and s.cpu_start >= 0 else -1.0
    return Span(s.name, depth, round(s.start, 9), round(took, 9), round(cpu, 9), calls(s.calls), s.before, s.after)
