"""A Report as text for the terminal: all steps in about two screens, or everything of the steps that were asked for.

Plain text when it is piped. On a terminal the marks of text.py become colours of the terminal's own palette, so they fit light and dark ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec

from rt0.explain.model import Facts, Problem, Report, Request, Step
from rt0.explain.text import MARK, STYLES, bad, dim, name, place, shown, strong, wrap

WIDTH = 100  # characters of a line of prose
BRIEF = 107  # of a line in the report of all steps, behind the names

# ECMA-48, "SGR": what a terminal is told for each style
COLOURS = {"strong": "1", "dim": "2", "good": "32", "bad": "31", "name": "36", "number": "33", "place": "35"}


def render(report: Report, request: Request, colours: bool) -> Iterator[str]:
    """The lines of the report."""
    for line in _lines(report, request):
        yield _coloured(line) if colours else MARK.sub("", line)


def _coloured(line: str) -> str:
    return MARK.sub(lambda m: f"\x1b[{COLOURS[STYLES[m[1]]]}m" if m[1] else "\x1b[m", line)


def _lines(report: Report, request: Request) -> Iterator[str]:
    if not request.steps:
        yield from _overview(report)
        return
    for i, step in enumerate(s for s in report.steps if s.name in request.steps):
        if i:
            yield ""
        yield from _whole(step)
    if report.problems:
        yield ""
        yield from problem_lines(report.problems)


def _overview(report: Report) -> Iterator[str]:
    yield strong(f"{shown(report.program)}: from the first token to exit") + dim(f"   ({shown(report.version)})")
    for step, last in _grouped(report.steps):
        if last is not step:
            yield f"{step.number}-{last.number} {strong(f'{step.name} to {last.name}')}"
            for line in wrap(step.missing, BRIEF):
                yield f"{'':12} {dim(line)}"
            continue
        yield f"{step.number:>2} {strong(f'{step.name:<9}')} {_first(step)}"
        for line in _brief(step)[1:]:
            yield f"{'':12} {line}"
        if step.name == report.stopped:
            for line in problem_lines(report.problems):
                yield f"{'':12} {line}"
            break
    yield ""
    yield from wrap(f"More of a step: {name('rt0 explain -step NAME')}, of one function: {name('-func F')}, of one line: {name('-line FILE.go:N')}. "
                    f"All as JSON: {name('-json')}.", WIDTH)  # fmt: skip


def _grouped(steps: list[Step]) -> Iterator[tuple[Step, Step]]:
    """(first, last) of each run of steps that have no facts for the same reason; of other steps each alone."""
    i = 0
    while i < len(steps):
        j = i
        while j + 1 < len(steps) and steps[i].facts is None and steps[i].missing and steps[j + 1].facts is None and steps[j + 1].missing == steps[i].missing:
            j += 1
        yield steps[i], steps[j]
        i = j + 1


def _first(step: Step) -> str:
    brief = _brief(step)
    return brief[0] if brief else dim(step.title)


def _brief(step: Step) -> list[str]:
    """Two or three lines; why there are none."""
    out: list[str] = []
    show = shower(step.name, "brief")
    if step.facts is not None and show is not None:
        for line in show(step.facts):
            first, *more = wrap(line, BRIEF)
            out += [first, *("  " + m for m in more)]
    if step.missing:
        out += wrap(dim(step.missing), BRIEF)
    return out


def _whole(step: Step) -> Iterator[str]:
    yield strong(f"{step.number}. {step.name}: {step.title}")
    yield ""
    yield from wrap(step.why, WIDTH)
    yield ""
    show = shower(step.name, "lines")
    if step.facts is not None and show is not None:
        yield from show(step.facts)
    if step.missing:
        yield from wrap(step.missing, WIDTH)


def shower(step: str, what: str) -> Callable[[Facts], list[str]] | None:
    """`brief` or `lines` of rt0/explain/show/STEP.py."""
    module = f"rt0.explain.show.{step}"
    if find_spec(module) is None:
        return None
    show: Callable[[Facts], list[str]] = getattr(import_module(module), what)
    return show


def problem_lines(problems: list[Problem]) -> Iterator[str]:
    """Errors with the line of the source each is in, and a caret under the column."""
    package = ""
    for p in problems:
        if p.package != package:
            package = p.package
            yield dim(f"# {shown(package)}")
        where = f"{shown(p.file)}:{p.line}{f':{p.col}' if p.col else ''}" if p.file else ""
        first, *more = p.text.split("\n")
        yield (place(where) + ": " if where else "") + bad(shown(first))
        for line in more:
            yield shown(line)
        if p.source.strip():
            yield f"{dim(f'{p.line:>6} |')} {shown(p.source)}"
            if p.col:
                before = p.source.encode("utf-8", "surrogateescape")[: p.col - 1].decode("utf-8", "surrogateescape")
                pad = "".join(c if c == "\t" else " " * len(shown(c)) for c in before)
                yield f"{dim('       |')} {pad}{bad('^')}"
