"""From a build to a Report: runs the collectors of the steps that are asked for, in order, and stops where the program turns out to be wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from rt0.build.errors import BuildFailed
from rt0.diag import CompileError
from rt0.explain.model import SCHEMA, Facts, Problem, Report, Request, Step
from rt0.explain.process import Process
from rt0.explain.source import Build
from rt0.explain.steps import PROCESS, STEPS
from rt0.explain.trace.watch import Run
from rt0.obj.elf import DAMAGE, FormatError
from rt0.version import VERSION

DETAILED = ("tokens", "tree", "types", "escape", "ir", "asm", "object")  # steps that tell of a large program's functions some

Progress = Callable[[str], None]  # told the name of each step as it begins


def explain(build: Build | None, process: Process, request: Request, program: str, flags: list[str], args: list[str], progress: Progress) -> Report:
    """The report with all 20 steps; those that are not asked for have no facts and nothing missing. Without a build: of a finished executable.

    An error of the program ends it: the step that met it is `stopped`, the errors are `problems`, and the steps after it say so.
    """
    report = Report(SCHEMA, VERSION, program, flags, args, [Step(i.number, i.name, i.title, i.why) for i in STEPS])
    for info, step in zip(STEPS, report.steps):
        if report.stopped:
            step.missing = f"The program does not compile: see step {report.stopped}."
        elif request.wants(info.name):
            progress(info.name)
            start = time.perf_counter()
            try:
                if info.source == PROCESS:
                    collect_process(process, step)
                elif build is not None:
                    collect_build(build, step)
                else:
                    collect_executable(process, step)
            except BuildFailed as e:
                report.stopped, report.problems = info.name, [p for c in e.errors for p in problems(c, build)]
            except CompileError as e:
                if build is None:
                    raise
                report.stopped, report.problems = info.name, problems(e, build)
            step.seconds = round(time.perf_counter() - start, 4)
    return report


def collect_build(build: Build, step: Step) -> None:
    """Let the collector of one of steps 1 to 11 fill in its facts."""
    collect = collector(step.name)
    if collect is None:
        step.missing = "rt0 explain cannot tell anything about this step yet."
    else:
        step.facts = collect(build)
        if step.name in DETAILED and build.detail is not None:
            step.missing = build.detail.sentence


def collect_process(process: Process, step: Step) -> None:
    """Let the collector of one of steps 12 to 20 fill in its facts: from the run, which begins with the first of them."""
    step.missing = process.missing(step.name)
    if process.has_facts(step.name):
        collect: Callable[[Run], Facts] = import_module(f"rt0.explain.collect.{step.name}").collect
        step.facts = collect(process.run)


def collect_executable(process: Process, step: Step) -> None:
    """Steps 1 to 11 of a finished executable: those whose collector can tell something from the file alone (`collect_file`)."""
    module = f"rt0.explain.collect.{step.name}"
    collect: Callable[[bytes], Facts] | None = None
    if find_spec(module) is not None:
        collect = getattr(import_module(module), "collect_file", None)
    if collect is None:
        step.missing = "Only the executable was given: what it was made from and how is not known."
        return
    data = process.data
    try:
        step.facts = collect(data)
    except (FormatError, *DAMAGE) as e:
        step.missing = f"The file cannot be read as far as this step needs it: {e}."


def collector(step: str) -> Callable[[Build], Facts] | None:
    """`collect` of rt0/explain/collect/STEP.py."""
    module = f"rt0.explain.collect.{step}"
    if find_spec(module) is None:
        return None
    collect: Callable[[Build], Facts] = import_module(module).collect
    return collect


def problems(e: CompileError, build: Build | None) -> list[Problem]:
    """The errors, sorted by place, each with its line of the source."""
    out = []
    for d in sorted(e.errors, key=lambda d: (d.position.filename, d.position.line, d.position.col)):
        p = d.position
        out.append(Problem(e.package, p.filename, p.line, p.col, d.msg, source_line(build, p.filename, p.line)))
    return out


def source_line(build: Build | None, file: str, line: int) -> str:
    """A line of a file of the program, by the file's display name; "" when there is none."""
    if build is None or not file or not line or "loaded" not in build.__dict__:
        return ""
    for info in build.loaded.packages.values():
        for shown, path in info.go_files:
            if shown == file:
                try:
                    with open(path, "rb") as f:
                        lines = f.read().split(b"\n")
                except OSError:
                    return ""
                return lines[line - 1].decode("utf-8", "surrogateescape").rstrip("\r") if line <= len(lines) else ""
    return ""
