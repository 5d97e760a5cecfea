"""Step 6, from escape analysis with its trace, and from the remarks of LLVM's inliner."""

from __future__ import annotations

from rt0.build.cache import key_of
from rt0.build.listing import escape_decisions
from rt0.explain.facts.escape import Decided, EscapeFacts, InlineCall, Reason
from rt0.explain.source import Build
from rt0.llvm.observe import read_remarks, remarks


def collect(source: Build) -> EscapeFacts:
    source.checked()
    demand = source.demand  # from here on what functions of the library do with their parameters comes from the cache
    fset = source.builder.frontend.fset
    facts = EscapeFacts(source.options.opt >= 2)
    for path in source.packages:
        for d in escape_decisions(source.builder, path):
            at = fset.position(d.pos)
            if source.covers(at.filename, at.line):
                why = [Reason(p.filename, p.line, p.col, text) for p, text in ((fset.position(pos), text) for pos, text in d.why)]
                facts.decisions.append(Decided(at.filename, at.line, at.col, d.kind, d.name, d.heap, d.leaks, why))
    if facts.inliner and demand.live:
        facts.calls = _calls(source)
    return facts


def _calls(source: Build) -> list[InlineCall]:
    """The inliner's decisions about calls in functions of the packages that are shown. LLVM is asked once per unit: the cache keeps what it says."""
    out = []
    o, cache = source.options, source.product.cache
    for path in source.packages:
        prefix = source.builder.symbols.prefix(path)
        for ir in source.ir(path):
            key = key_of("remarks", source.builder.keys.toolchain, ir, o.opt, o.cpu(), o.variables())
            said = cache.get(key, "remarks")
            if said is None:
                said = remarks(ir, o.opt, o.cpu(), o.variables()).encode()
                cache.put(key, "remarks", said)
            for r in read_remarks(said.decode()):
                shown = source.recorded.get(r.file, r.file)
                if r.caller.startswith(prefix) and (source.covers(shown, r.line) or not r.file):
                    out.append(InlineCall(shown, r.line, r.callee, r.caller, r.inlined, r.reason))
    return sorted(out, key=lambda c: (c.caller, c.file, c.line, c.callee, c.inlined))
