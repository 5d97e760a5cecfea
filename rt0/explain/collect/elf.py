"""Step 11, from the file's bytes alone: `describe` reads any 64-bit executable for this machine, also one that gc made.

Field names and values: elf(5); System V ABI, chapters 4 and 5.
"""

from __future__ import annotations

from importlib.util import find_spec

from rt0.explain.facts.elf import ELFFacts, ELFField, ELFSection, ELFSegment, EntryInstruction
from rt0.explain.source import Build
from rt0.obj import elf
from rt0.obj.objdump import Disassembler, Image

# (name, bytes, meaning); of e_ident each part
_EHDR = (
    ("EI_MAG", 4, "magic number: this is an ELF file"), ("EI_CLASS", 1, "size of addresses"), ("EI_DATA", 1, "order of bytes"), ("EI_VERSION", 1, "version of the format"),
    ("EI_OSABI", 1, "operating system's conventions"), ("EI_ABIVERSION", 1, "their version"), ("EI_PAD", 7, "unused"),
    ("e_type", 2, "kind of file"), ("e_machine", 2, "processor it is for"), ("e_version", 4, "version of the format"),
    ("e_entry", 8, "address of the first instruction"), ("e_phoff", 8, "where the program headers begin in the file"), ("e_shoff", 8, "where the section headers begin"),
    ("e_flags", 4, "flags of the processor, none on this one"), ("e_ehsize", 2, "bytes of this header"), ("e_phentsize", 2, "bytes of a program header"),
    ("e_phnum", 2, "how many program headers"), ("e_shentsize", 2, "bytes of a section header"), ("e_shnum", 2, "how many section headers"),
    ("e_shstrndx", 2, "number of the section with the sections' names"),
)  # fmt: skip
_PHDR = (
    ("p_type", 4, "what the segment is"), ("p_flags", 4, "what may be done with its memory"), ("p_offset", 8, "where it begins in the file"),
    ("p_vaddr", 8, "where it is mapped"), ("p_paddr", 8, "physical address: not used"), ("p_filesz", 8, "bytes taken from the file"),
    ("p_memsz", 8, "bytes in memory; what the file does not have is zero"), ("p_align", 8, "address and offset agree modulo this"),
)  # fmt: skip
_VALUES = {
    ("EI_CLASS", 2): "64 bits", ("EI_DATA", 1): "little endian", ("EI_OSABI", 0): "System V", ("e_type", 2): "EXEC: runs at fixed addresses",
    ("e_type", 3): "DYN: runs at any address", ("e_machine", 62): "x86-64",
}  # fmt: skip
_SEGMENTS = {1: "LOAD", 2: "DYNAMIC", 3: "INTERP", 4: "NOTE", 6: "PHDR", 7: "TLS", 0x6474E550: "GNU_EH_FRAME", 0x6474E551: "GNU_STACK", 0x6474E552: "GNU_RELRO",
             0x6474E553: "GNU_PROPERTY", 0x65041580: "PAX_FLAGS"}  # fmt: skip
_SECTIONS = {0: "NULL", 1: "PROGBITS", 2: "SYMTAB", 3: "STRTAB", 4: "RELA", 5: "HASH", 6: "DYNAMIC", 7: "NOTE", 8: "NOBITS", 11: "DYNSYM"}

_MEANING = {
    ".text": "code", ".rodata": "constants", ".data.rel.ro": "constants that hold addresses: type descriptors, itabs, func values", ".data": "variables with a value",
    ".bss": "variables that begin as zero: memory only", ".rt0.gcroots": "where the collector finds pointers in variables", ".itablink": "addresses of all itabs",
    ".typelink": "addresses of all type descriptors", ".rt0.words": "what runs at start, in order", ".rt0.xstrings": "strings set by -X",
    ".gopclntab": "which function and line an address belongs to", ".go.buildinfo": "modules and flags: go version -m", ".symtab": "names and addresses, for debuggers and nm",
    ".strtab": "the symbols' names", ".shstrtab": "the sections' names", ".note.go.buildid": "Go's build id", ".note.gnu.build-id": "GNU's build id",
    ".noptrdata": "variables without pointers", ".noptrbss": "variables without pointers that begin as zero",
}  # fmt: skip

NINSTRUCTIONS = 12  # of the entry at most


def collect(source: Build) -> ELFFacts:
    return describe(source.exe, source.image)


def collect_file(exe: bytes) -> ELFFacts:
    """The same of a finished executable."""
    return describe(exe)


def describe(exe: bytes, image: Image | None = None) -> ELFFacts:
    """What the file says of itself. Raises elf.FormatError for what is no such file."""
    image = image or Image(exe)
    h = elf.EHDR.unpack_from(exe)
    facts = ELFFacts(len(exe), h[4], image.name_of(h[4]))
    facts.header = _fields(exe, 0, _EHDR)
    sections = [s for s in image.sections if s[1]]
    for s in sections:
        name = image.section_name(s)
        meaning = _MEANING.get(name, "for debuggers (DWARF)" if name.startswith((".debug_", ".zdebug_")) else "")
        facts.sections.append(ELFSection(name, _SECTIONS.get(s[1], f"{s[1]:#x}"), _section_flags(s[2]), s[3], s[4], s[5], meaning))
    for i in range(h[10]):
        at = h[5] + h[9] * i
        typ, flags, offset, addr, _, fsize, msize, align = elf.PHDR.unpack_from(exe, at)
        segment = ELFSegment(_SEGMENTS.get(typ, f"{typ:#x}"), _flags(flags), offset, addr, fsize, msize, align, "")
        segment.words = _words(segment)
        segment.fields = _fields(exe, at, _PHDR)
        segment.sections = [image.section_name(s) for s in sections if s[2] & elf.SHF_ALLOC and msize and addr <= s[3] and s[3] + s[5] <= addr + msize]
        facts.segments.append(segment)
    facts.instructions = _entry(image, h[4])
    return facts


def _fields(exe: bytes, at: int, layout: tuple[tuple[str, int, str], ...]) -> list[ELFField]:
    out = []
    for name, size, meaning in layout:
        raw = exe[at : at + size]
        value = int.from_bytes(raw, "little")
        out.append(ELFField(at, size, raw.hex(" "), name, _value(name, value, raw), meaning))
        at += size
    return out


def _value(name: str, value: int, raw: bytes) -> str:
    if name == "EI_MAG":
        return repr(raw.decode("latin-1"))
    if name == "p_type":
        return _SEGMENTS.get(value, f"{value:#x}")
    if name == "p_flags":
        return _flags(value)
    if (name, value) in _VALUES:
        return _VALUES[name, value]
    return f"{value:#x}" if name in ("e_entry", "p_offset", "p_vaddr", "p_paddr", "p_filesz", "p_memsz", "p_align", "e_flags") else str(value)


def _flags(flags: int) -> str:
    return "".join(c if flags & bit else "-" for bit, c in ((4, "r"), (2, "w"), (1, "x")))


def _section_flags(flags: int) -> str:
    return "".join(c for bit, c in ((elf.SHF_WRITE, "W"), (elf.SHF_ALLOC, "A"), (elf.SHF_EXECINSTR, "X"), (elf.SHF_MERGE, "M"), (elf.SHF_STRINGS, "S")) if flags & bit)


def _words(p: ELFSegment) -> str:
    if p.type == "LOAD":
        may = {"r-x": "code: may be read and executed", "r--": "constants: may only be read", "rw-": "variables: may be read and written"}.get(p.flags, p.flags)
        zero = p.memory_size - p.file_size
        return f"mapped at {p.addr:#x}, {p.file_size:,} bytes of the file{f' and {zero:,} zero bytes' if zero else ''}; {may}"
    if p.type == "GNU_STACK":
        return "the stack may not be executed" if "x" not in p.flags else "the stack may be executed"
    return {"NOTE": "a note about the build", "PHDR": "the program headers themselves", "INTERP": "path of the dynamic linker",
            "TLS": "where each thread's own variables begin"}.get(p.type, "")  # fmt: skip


def _entry(image: Image, entry: int) -> list[EntryInstruction]:
    """From the entry on, over the jumps that lead from one function to the next; none without capstone."""
    if find_spec("capstone") is None:
        return []
    decoder = Disassembler(image, intel=True)
    out: list[EntryInstruction] = []
    at = {addr: (addr, size, name, section) for addr, size, name, section in image.functions}
    names = {f[2]: f for f in image.functions}
    todo = at.get(entry)
    seen: set[int] = set()
    while todo is not None and todo[0] not in seen and len(out) < NINSTRUCTIONS:
        addr, size, name, section = todo
        seen.add(addr)
        todo = None
        for i in decoder.function(addr, size, section):
            out.append(EntryInstruction(i.addr, i.code.hex(), i.plan9, i.intel, name))
            if i.plan9.startswith("JMP"):
                todo = names.get(i.target)
            if i.plan9.startswith("JMP") or len(out) >= NINSTRUCTIONS:
                break
    return out
