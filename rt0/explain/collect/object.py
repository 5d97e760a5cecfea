"""Step 9, from the objects of the build and what the linker made of them."""

from __future__ import annotations

from rt0.explain.facts.object import ObjectFacts, ObjectFile, ObjectSection, Relocation
from rt0.explain.source import Build
from rt0.link.layout import BASE
from rt0.link.state import Input
from rt0.obj import elf

_TYPES = {
    elf.R_64: ("R_X86_64_64", 8), elf.R_PC32: ("R_X86_64_PC32", 4), elf.R_PLT32: ("R_X86_64_PLT32", 4), elf.R_32: ("R_X86_64_32", 4),
    elf.R_32S: ("R_X86_64_32S", 4), elf.R_16: ("R_X86_64_16", 2), elf.R_8: ("R_X86_64_8", 1), elf.R_PC8: ("R_X86_64_PC8", 1),
    elf.R_PC64: ("R_X86_64_PC64", 8), elf.R_SIZE32: ("R_X86_64_SIZE32", 4), elf.R_SIZE64: ("R_X86_64_SIZE64", 8),
}  # fmt: skip


def collect(source: Build) -> ObjectFacts:
    _, _, objects = source.walked
    ln = source.linked.state
    facts = ObjectFacts(len(objects), sum(len(data) for _, data in objects))
    for inp in ln.inputs:
        package = inp.name.rpartition("(")[0]
        if package in source.packages:
            facts.files.append(_file(source, package, inp))
    return facts


def _file(source: Build, package: str, inp: Input) -> ObjectFile:
    obj = inp.obj
    defined = [i for i, sym in enumerate(obj.symbols) if obj.names[i] and sym[3] != elf.SHN_UNDEF and i >= obj.first_global]
    undefined = [i for i, sym in enumerate(obj.symbols) if obj.names[i] and sym[3] == elf.SHN_UNDEF]
    out = ObjectFile(package, inp.name, len(obj.data), len(obj.sections) - 1, len(defined), len(undefined), 0)
    names: dict[int, list[str]] = {}
    for i, (_, info, _, section_index, _, _) in enumerate(obj.symbols):
        if obj.names[i] and info & 15 != elf.STT_SECTION and section_index != elf.SHN_UNDEF:
            names.setdefault(section_index, []).append(obj.names[i])
    for s in obj.sections[1:]:
        out.nrelocations += sum(1 for _ in obj.relocations(s))
        if not s.flags & elf.SHF_ALLOC or not _shown(source, names.get(s.index, [])):
            continue
        section = ObjectSection(s.name, s.size, s.align, _flags(s.flags), bool(inp.live[s.index]), inp.addr[s.index], sorted(names.get(s.index, [])))
        section.relocations = [_relocation(source, inp, s, r) for r in obj.relocations(s)]
        out.sections.append(section)
    return out


def _shown(source: Build, names: list[str]) -> bool:
    """With -func and -line: the sections of that function and of the closures in it."""
    r = source.region
    if r is None:
        return source.detail is None or any(map(source.shows_symbol, names))
    name = source.symbol_of(r.func)
    return bool(r.func) and any(n == name or n.startswith((name + ".", name + "[", name + "·")) for n in names)


def _flags(flags: int) -> str:
    words = [(elf.SHF_ALLOC, "loaded"), (elf.SHF_WRITE, "writable"), (elf.SHF_EXECINSTR, "executable"), (elf.SHF_MERGE, "mergeable"), (elf.SHF_GROUP, "one of many copies")]
    return ", ".join(word for bit, word in words if flags & bit)


def _relocation(source: Build, inp: Input, s: elf.Section, r: elf.Reloc) -> Relocation:
    """One relocation, and what the linker wrote there."""
    offset, info, addend = r
    obj = inp.obj
    name, width = _TYPES.get(info & 0xFFFFFFFF, (str(info & 0xFFFFFFFF), 4))
    i = info >> 32
    symbol = obj.names[i] or obj.sections[obj.symbols[i][3]].name
    before = obj.contents(s)[offset : offset + width].hex()
    after, words = "", "the section is not in the executable"
    if inp.live[s.index] and s.type != elf.SHT_NOBITS:
        place = inp.addr[s.index] + offset
        value = source.linked.exe[place - BASE : place - BASE + width]
        after = value.hex()
        words = _words(info & 0xFFFFFFFF, width, symbol, addend, place, int.from_bytes(value, "little", signed=True))
    return Relocation(offset, name, symbol, addend, before, after, words)


def _words(kind: int, width: int, symbol: str, addend: int, place: int, value: int) -> str:
    """What the linker put at `place`: the rule of the psABI for the type, with numbers."""
    size = f"{width} byte{'s' if width > 1 else ''} at {place:#x}"
    if kind in (elf.R_PC32, elf.R_PLT32, elf.R_PC8, elf.R_PC64):
        target = place + value - addend
        rest = addend + width
        to = f"{symbol}{f'{rest:+d}' if rest else ''}"
        return f"{size} become the distance {value:#x} from the next byte on ({place + width:#x}) to {to}: the linker found it at {target:#x}"
    if kind in (elf.R_64, elf.R_32, elf.R_32S, elf.R_16, elf.R_8):
        if not value:
            return f"{size} stay zero: {symbol} is not in the program"
        return f"{size} become the address {value & (1 << 8 * width) - 1:#x} of {symbol}{f'{addend:+d}' if addend else ''}"
    return f"{size} become {value:#x}, from {symbol}{addend:+d}"

