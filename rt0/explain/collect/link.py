"""Step 10, from the demand walk (why each symbol is kept) and the finished link (where every byte comes from)."""

from __future__ import annotations

from rt0.build.builder import ROOTS
from rt0.build.linkstep import ENTRY
from rt0.build.symbols import owner_of
from rt0.diag import fatal
from rt0.explain.facts.link import FilePiece, Kept, LinkFacts
from rt0.explain.source import Build
from rt0.link.sizes import Piece, pieces
from rt0.lower.program import is_generic
from rt0.types.objects import Func, Var


def collect(source: Build) -> LinkFacts:
    demand, linked = source.demand, source.linked
    packages = source.loaded.packages
    facts = LinkFacts(len(linked.exe), linked.layout.bss.size, len(linked.layout.text.items), len(demand.live), _asked(source), 0)
    for symbol, (by, how) in demand.reasons().items():
        facts.why[symbol] = Kept(by, _root(source, symbol) if how == "root" else how)
    facts.dropped_methods = len(demand.uncalled())
    for path in source.packages:
        table = source.builder.program.state(path).table
        facts.dropped += [s for s, what in table.items() if isinstance(what, (Func, Var)) and s not in demand.live and not (isinstance(what, Func) and is_generic(what))]
    for p in pieces(linked):
        owner = owner_of(p.symbol) if p.section and p.symbol else ""
        owner = source.loaded.main if owner == "main" else owner
        facts.pieces.append(FilePiece(p.offset, p.size, p.section, owner if owner in packages else _shared(p), p.kind, p.symbol))
    return facts


def _asked(source: Build) -> str:
    """The live symbol that -func and -line name. Raises CompileError when the program has no such symbol."""
    func = source.region.func if source.region is not None else source.request.func
    if not func:
        return ""
    found = next((s for s in (source.symbol_of(func), func) if s in source.demand.live), "")
    if not found and source.request.steps == ["link"] and source.region is None:
        raise fatal(f"rt0: explain: no symbol {func} in the executable")
    return found or source.symbol_of(func)


def _shared(p: Piece) -> str:
    """What is no package's: descriptors of types that nobody declares and strings are shared by all."""
    return "(shared)" if p.symbol and p.section else ""


def _root(source: Build, symbol: str) -> str:
    if symbol == ENTRY:
        return "the entry: the kernel jumps there"
    if symbol in ("memcpy", "memmove", "memset", "__morestack"):
        return "LLVM calls it in the code it makes"
    if symbol in ROOTS:
        return "the runtime calls it"
    owner = next((path for path, step, _ in source.init_steps if step == symbol), "")
    return f"runs at start: initialises {owner}"
