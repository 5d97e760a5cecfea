"""Step 7, from lower and from LLVM: the units of the build once more, as text."""

from __future__ import annotations

import difflib
import re

from rt0.explain.facts.ir import IRFacts, IRFunction, IRLine, IRPass
from rt0.explain.source import Build
from rt0.llvm import irtext
from rt0.llvm.observe import passes

PANICS = re.compile(r'call [^@]*@"?runtime\.panic(?:Index|Slice|divide|shift|mem|Overflow|nil|dottype|unsafe|wrap)\w*')


def collect(source: Build) -> IRFacts:
    facts = IRFacts(source.options.opt, 0, 0)
    for path in source.packages:
        for ir in source.ir(path):
            before = irtext.functions(ir)
            shown = [f for name, f in before.items() if _wanted(source, name, f)]
            if not shown:
                continue
            after = irtext.functions(source.builder.modules.compile(path, ir, "ir").decode())
            for f in shown:
                facts.functions.append(_function(source, ir, f, after.get(f.name)))
                facts.checks += sum(bool(PANICS.search(x.text)) for x in f.lines)
                facts.checks_left += sum(bool(PANICS.search(x.text)) for x in after[f.name].lines) if f.name in after else 0
    facts.functions.sort(key=lambda f: (f.file, f.line, f.symbol))
    return facts


def _wanted(source: Build, name: str, f: irtext.Function) -> bool:
    """Whether a function is one of those that are shown, or has something of the lines that are."""
    if not source.shows(name) or not source.shows_symbol(name):
        return False
    if source.region is None:
        return True
    files = [(source.recorded.get(x.file, x.file), x.line) for x in f.lines if x.line]
    return any(source.covers(file, line) for file, line in files)


def _function(source: Build, ir: str, f: irtext.Function, after: irtext.Function | None) -> IRFunction:
    head = f.lines[0]
    out = IRFunction(f.name, source.recorded.get(head.file, head.file), head.line, f.instructions, after.instructions if after else 0)
    out.lowered = [_line(source, x) for x in f.lines]
    out.optimised = [_line(source, x) for x in after.lines] if after else []
    if source.request.whole("ir") and source.region is not None:
        o = source.options
        last: list[str] = [x.text for x in f.lines]
        for p in passes(ir, o.opt, o.cpu(), o.variables(), f.name):
            now = [x.text for x in next(iter(irtext.functions(p.ir).values())).lines]
            changes = [d for d in difflib.unified_diff(last, now, lineterm="", n=0) if not d.startswith(("---", "+++", "@@"))]
            if changes:
                out.passes.append(IRPass(p.name, sum(map(irtext.is_instruction, now)), changes))
            last = now
    return out


def _line(source: Build, x: irtext.Line) -> IRLine:
    return IRLine(x.text, source.recorded.get(x.file, x.file), x.line, x.at_line)
