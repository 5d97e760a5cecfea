"""The way of a program through rt0, a line per stage. Folder name = stage name = dump name. Start reading here."""

from __future__ import annotations

# (stage, takes, gives)
STAGES = (
    ("load", "patterns on the command line", "packages, dependencies first"),  # rt0/load/load.py
    ("syntax", "bytes of a file", "tokens, then nodes with positions"),  # rt0/syntax/parser.py
    ("types", "nodes", "objects, types, constants, init order"),  # rt0/types/check.py
    ("lower", "checked nodes", "LLVM IR text and what each definition refers to"),  # rt0/lower/program.py
    ("llvm", "IR text", "an ELF object, or AT&T assembly"),  # rt0/llvm/codegen.py
    ("asm", "Plan 9 assembly", "an ELF object; and compiled code as Plan 9 assembly"),  # rt0/asm/assemble.py
    ("obj", "ELF objects", "sections, symbols, relocations, line tables"),  # rt0/obj/elf.py
    ("link", "objects and the live symbols", "the executable"),  # rt0/link/linker.py
)

# Around them: rt0/build/builder.py drives the stages; rt0/abi/ holds what they share; rt0/goroot/src/runtime/ is what the
# kernel then enters at _rt0_amd64_linux.
