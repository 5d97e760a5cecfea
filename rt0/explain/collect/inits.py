"""Step 5, from the Checker's order, lower's steps, and the live symbols."""

from __future__ import annotations

from rt0.build.inits import initialisations
from rt0.build.linkstep import runtime_packages
from rt0.diag import CompileError
from rt0.explain.facts.inits import Init, InitPackage, InitsFacts
from rt0.explain.source import Build


def collect(source: Build) -> InitsFacts:
    source.checked()
    try:
        live: set[str] | None = source.demand.live
    except CompileError:  # the link will tell
        live = None
    facts = InitsFacts(live is not None)
    early = runtime_packages(source.loaded)
    packages: dict[str, InitPackage] = {}
    for path, symbol, _ in source.init_steps:
        p = packages.setdefault(path, InitPackage(path, [], 0, path in early))
        if live is None or symbol in live:
            p.steps.append(symbol)
        else:
            p.left_out += 1
    facts.packages = list(packages.values())
    for path in source.packages:
        for i in initialisations(source.builder, path):
            at = i.position
            if source.covers(at.filename, at.line):
                runs = bool(i.symbol) and (live is None or i.symbol in live)
                facts.own.append(Init(at.filename, at.line, i.names, i.text, i.kind, i.symbol, i.after, runs))
    return facts
