"""One LLVM module's text, while it is made.

A Unit collects definitions (functions and data), declarations of what they refer to, string literals, and a DefMeta per definition:
who needs whom, for the demand walk. `ref` is how any operand that names a symbol is made: it records the edge from the definition
being written (`cur`) and remembers that the symbol must be declared if this unit does not define it in the end.

Definitions that several units may make (instances, wrappers, type descriptors, strings) are "once": weak_odr in a comdat of their name.
A symbol is written at most once: ask `begin(symbol)` first. Work that a definition finds (closures, instances to make) is put on
`queue` and done by Program.lower after the current function, so recursion never nests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from rt0.abi.defrecord import DefRecord, Link
from rt0.abi.target import DATALAYOUT, TRIPLE

if TYPE_CHECKING:
    from rt0.lower.debuginfo import DebugInfo
    from rt0.lower.program import Program
    from rt0.lower.rangefor import RangeBody

CC = "x86_regcallcc"

# Attribute groups of every unit: 0 ordinary functions, 1 //go:nosplit, 3 noinline ordinary, 4 noinline nosplit,
# 5 declarations and calls, 6 returns_twice, 7 call sites of panics, 8 call sites that must stay calls
_GROUPS = """\
attributes #0 = { nounwind noredzone "split-stack" "frame-pointer"="all" "no-builtins" "disable-tail-calls"="true" }
attributes #1 = { nounwind noredzone "frame-pointer"="all" "no-builtins" "disable-tail-calls"="true" }
attributes #3 = { noinline nounwind noredzone "split-stack" "frame-pointer"="all" "no-builtins" "disable-tail-calls"="true" }
attributes #4 = { noinline nounwind noredzone "frame-pointer"="all" "no-builtins" "disable-tail-calls"="true" }
attributes #5 = { nounwind nomerge }
attributes #6 = { nounwind returns_twice nomerge }
attributes #7 = { nounwind noreturn cold nomerge }
attributes #8 = { nounwind noinline nomerge }
"""

# Metadata every unit has: number i is line i.
_METADATA: list[str] = []


def _metadata(text: str) -> str:
    """Its name in a unit's text."""
    _METADATA.append(text)
    return f"!{len(_METADATA) - 1}"


def _tbaa_tag(name: str) -> str:
    t = _metadata(f'!{{!"{name}", {_TBAA}, i64 0}}')
    return _metadata(f"!{{{t}, {t}, i64 0}}")


_TBAA = _metadata('!{!"rt0 tbaa"}')
TBAA_HEADER = _tbaa_tag("header")
TBAA_POINTER = _tbaa_tag("pointer")
TBAA_DATA = _tbaa_tag("data")
RANGE_LEN = _metadata("!{i64 0, i64 -9223372036854775808}")  # lengths and capacities are not negative
RANGE_BOOL = _metadata("!{i8 0, i8 2}")
NOTHING = _metadata("!{}")  # of marks that say all by being there
LIKELY = _metadata('!{!"branch_weights", i32 2000, i32 1}')  # a branch goes the first way


RefKind = Literal["func", "data"]


@dataclass(slots=True)
class DefMeta:
    """What the demand walk knows about one definition; docs/INTERFACES.md says what each field means."""

    refs: dict[str, None] = field(default_factory=dict)  # ordered set
    methods: list[list[str]] = field(default_factory=list)
    icalls: dict[str, None] = field(default_factory=dict)
    reflect_method: bool = False
    escape: list[list[int]] | None = None  # a function's escape summary: per parameter target, dereferences, target, dereferences ...
    link: Link = "strong"

    def to_json(self) -> DefRecord:
        d: DefRecord = {"refs": list(self.refs), "link": self.link}
        if self.methods:
            d["methods"] = self.methods
        if self.icalls:
            d["icalls"] = list(self.icalls)
        if self.escape is not None:
            d["escape"] = self.escape
        if self.reflect_method:
            d["reflect_method"] = True
        return d


def quote(symbol: str) -> str:
    """The symbol as an LLVM global name."""
    if '"' in symbol or "\\" in symbol:
        symbol = symbol.replace("\\", "\\5C").replace('"', "\\22")
    return f'@"{symbol}"'


def symbol_of(operand: str) -> str:
    """The symbol that `quote` made an operand of."""
    s = operand[2:-1]
    return s.replace("\\22", '"').replace("\\5C", "\\") if "\\" in s else s


def quote_str(s: str) -> str:
    """A string inside double quotes (section and comdat names)."""
    if '"' in s or "\\" in s:
        s = s.replace("\\", "\\5C").replace('"', "\\22")
    return f'"{s}"'


_ESCAPED = [chr(i) if 32 <= i < 127 and chr(i) not in '"\\' else f"\\{i:02X}" for i in range(256)]


def c_string(data: bytes) -> str:
    """LLVM's c"..." constant for the bytes."""
    esc = _ESCAPED
    return 'c"' + "".join([esc[b] for b in data]) + '"'


class Unit:
    """See the file's text. `ir` is complete after `finish()`.

    text      finished definitions, in order
    defs      symbol -> DefMeta of everything defined here
    declared  symbol -> declaration text, for symbols referred to
    cur       DefMeta of the definition being written
    queue     thunks that write further definitions
    hidden    symbols whose definition the unit's own code must not see. At -O0 and -O1 (not Program.inline) these are all functions, variables and descriptors:
              what a function is compiled to must not depend on which others happen to be in its unit (alignment, attributes and initial values would
              show). Constants that every unit has that refers to them (string literals ...) may be seen.
    di        DebugInfo of the unit
    thunks    function -> how many closures of deferred and started calls it has; range_bodies: loop bodies written, by symbol; no_itab: itabs that
              cannot be, by symbol
    trace_args  symbol of a function with parameters -> what tracebacks print of them, in hexadecimal (traceargs.py)
    """

    __slots__ = ("cur", "declared", "defs", "di", "hidden", "inline_depth", "inlines", "ir", "nmeta", "no_itab", "path", "program", "queue",
                 "range_bodies", "started", "strings", "text", "thunks", "trace_args", "wanted")  # fmt: skip

    def __init__(self, program: Program, path: str) -> None:
        self.program = program
        self.path = path
        self.text: list[str] = []
        self.defs: dict[str, DefMeta] = {}
        self.declared: dict[str, str] = {}
        self.cur = DefMeta()
        self.queue: list[Callable[[], None]] = []
        self.started: set[str] = set()
        self.strings: dict[bytes, str] = {}
        self.hidden: set[str] = set()
        self.thunks: dict[str, int] = {}
        self.range_bodies: dict[str, RangeBody] = {}
        self.no_itab: set[str] = set()
        self.nmeta = len(_METADATA)
        self.ir = ""
        self.wanted: frozenset[str] = frozenset()  # what the demand walk asked this unit for
        self.inlines: dict[str, DefMeta] = {}  # bodies of other units' functions, for inlining only
        self.inline_depth = 0
        self.trace_args: dict[str, str] = {}
        self.di: DebugInfo = program.features.debug_info(program, self)

    # ------------------------------------------------------------ references

    def ref(self, symbol: str, kind: RefKind = "data") -> str:
        """The operand naming `symbol`, with the edge from the current definition recorded. kind: "func" or "data"; a function that is
        called should be declared with its real type by `ref_func`."""
        self.cur.refs[symbol] = None
        q = quote(symbol)
        have = self.declared.get(symbol)
        if have is None or "extern_weak" in have:
            if kind == "func":
                self.declared[symbol] = ""
            else:
                self.declared[symbol] = f"{q} = external dso_local global i8"
        return q

    def ref_func(self, symbol: str, ret: str, params: str, attrs: str = "") -> str:
        """The operand naming a function that is called with this type. params: comma-joined LLVM parameter types.

        What is known of a call (that it does not return ...) is said at the call: the first reference in the unit makes the declaration.
        """
        self.cur.refs[symbol] = None
        q = quote(symbol)
        have = self.declared.get(symbol)
        if not have or have.startswith("declare extern_weak"):
            self.declared[symbol] = f"declare dso_local {CC} {ret} {q}({params}) {attrs or '#5'}"
        return q

    def need_later(self, thunk: Callable[[], None]) -> None:
        self.queue.append(thunk)

    def run_queue(self) -> None:
        q = self.queue
        while q:
            q.pop()()

    # ------------------------------------------------------------ definitions

    def begin(self, symbol: str) -> bool:
        """True when the caller must now write the definition of `symbol`; False when it is written or being written."""
        if symbol in self.started:
            return False
        self.started.add(symbol)
        return True

    @contextmanager
    def defining(self, symbol: str, link: Link = "strong") -> Iterator[DefMeta]:
        """Collects the refs made inside the block as those of `symbol`."""
        saved = self.cur
        meta = self.defs.get(symbol)
        if meta is None:
            meta = self.defs[symbol] = DefMeta(link=link)
        self.cur = meta
        try:
            yield meta
        finally:
            self.cur = saved

    def definition(self, symbol: str, hidden: bool, data: bool = False) -> tuple[str, str]:
        """The name to define a symbol by, and its comdat clause. hidden: the definition gets a name of its own in the module (LLVM takes \\01 off when it
        writes the object), so that what refers to the symbol sees a declaration, as if it were in another module."""
        q = quote(symbol)
        if not hidden:
            return q, "comdat"
        self.hidden.add(symbol)
        if data and symbol not in self.declared:
            self.declared[symbol] = f"{q} = external dso_local global i8"
        return '@"\\01' + q[2:], f"comdat(${q[1:]})"

    def define_text(self, text: str) -> None:
        self.text.append(text)

    def define_data(self, symbol: str, ty: str, init: str, *, section: str, const: bool, align: int, once: bool = False,
                    dbg: str = "") -> None:
        """One datum: section is ".rodata", ".data.rel.ro", ".data", ".bss" (the symbol's name is added). Call it inside `defining`.
        dbg: what DebugInfo.package_variable gave."""
        q, comdat = self.definition(symbol, not self.program.inline and (not once or symbol.startswith(("type:", "go:itab."))), data=True)
        if once:
            comdat = ", " + comdat
            self.text.append(f"${quote(symbol)[1:]} = comdat any")
        else:
            comdat = ""
        self.text.append(f"{q} = {'weak_odr ' if once else ''}dso_local {'constant' if const else 'global'} {ty} {init}, "
                         f"section {quote_str(section + '.' + symbol)}{comdat}, align {align}{dbg}")  # fmt: skip

    def string(self, data: bytes) -> str:
        """The operand pointing at the bytes of a string constant (null for the empty one)."""
        if not data:
            return "null"
        sym = self.strings.get(data)
        if sym is None:
            sym = "go:string." + hashlib.sha256(data).hexdigest()[:24]
            self.strings[data] = sym
            if self.begin(sym):
                self.defs[sym] = DefMeta(link="once")
                self.define_data(sym, f"[{len(data)} x i8]", c_string(data), section=".rodata", const=True, align=1, once=True)
        self.cur.refs[sym] = None
        return quote(sym)

    def _merge_inlined(self) -> None:
        """What an inlined body needs, the function it is inlined into needs: whether LLVM inlines it is not known here."""
        inlines = self.inlines
        for meta in self.defs.values():
            work = [r for r in meta.refs if r in inlines]
            seen = set(work)
            while work:
                m = inlines[work.pop()]
                meta.icalls.update(m.icalls)
                meta.reflect_method |= m.reflect_method
                for r in m.refs:
                    meta.refs[r] = None
                    if r in inlines and r not in seen:
                        seen.add(r)
                        work.append(r)

    @contextmanager
    def inlining(self, symbol: str) -> Iterator[DefMeta]:
        """Collects the refs of a body that is carried for inlining."""
        saved = self.cur
        self.cur = self.inlines[symbol] = DefMeta()
        self.inline_depth += 1
        try:
            yield self.cur
        finally:
            self.cur = saved
            self.inline_depth -= 1

    def finish(self) -> str:
        """Join everything to the module's text."""
        defs, hidden = self.defs, self.hidden
        inlines = self.inlines
        if inlines:
            self._merge_inlined()
        out = [f'target datalayout = "{DATALAYOUT}"\ntarget triple = "{TRIPLE}"\n']
        out.extend(self.text)
        for sym, decl in self.declared.items():
            if (sym not in defs or sym in hidden) and sym not in inlines:
                out.append(decl or f"declare dso_local {CC} void {quote(sym)}() #5")
        out.append(_GROUPS)
        out.append(f"!rt0.tbaa = !{{{_TBAA}}}")
        out.extend(f"!{i} = {text}" for i, text in enumerate(_METADATA))
        out.extend(self.di.text())
        self.ir = "\n".join(out) + "\n"
        return self.ir
