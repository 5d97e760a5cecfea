"""Stage 7, obj: ELF relocatable objects.

takes    the bytes LLVM's object emitter or the assembler made
gives    `Object`: sections, symbols, relocations, COMDAT groups; and objects with sections added (line tables)
true     nothing is copied before it is needed: section contents are slices of the file, relocations are decoded on demand
read     `elf.py`, then `dwarf.py` and `pctab.py` (DWARF line tables -> rt0's own)
"""
