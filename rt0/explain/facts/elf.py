"""Step 11: the ELF file."""

from __future__ import annotations

from dataclasses import dataclass, field

from rt0.explain.model import Facts


@dataclass(slots=True)
class ELFField(Facts):
    """Some bytes of a header. name: as in elf(5); bytes: hex, in the order of the file; value: as people write it; meaning: in words."""

    offset: int
    size: int
    bytes: str
    name: str
    value: str
    meaning: str


@dataclass(slots=True)
class ELFSegment(Facts):
    """A program header. words: what the kernel does with it. sections: names of those that lie in it."""

    type: str
    flags: str
    offset: int
    addr: int
    file_size: int
    memory_size: int
    align: int
    words: str
    sections: list[str] = field(default_factory=list)
    fields: list[ELFField] = field(default_factory=list)


@dataclass(slots=True)
class ELFSection(Facts):
    name: str
    type: str
    flags: str
    addr: int
    offset: int
    size: int
    meaning: str


@dataclass(slots=True)
class EntryInstruction(Facts):
    addr: int
    code: str
    plan9: str
    intel: str
    symbol: str


@dataclass(slots=True)
class ELFFacts(Facts):
    """entry: instructions from e_entry on: the entry function and the one it goes on to."""

    size: int
    entry: int
    entry_symbol: str
    header: list[ELFField] = field(default_factory=list)
    segments: list[ELFSegment] = field(default_factory=list)
    sections: list[ELFSection] = field(default_factory=list)
    instructions: list[EntryInstruction] = field(default_factory=list)
