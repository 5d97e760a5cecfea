"""Stage 8, link: objects -> live symbols -> layout -> ELF executable.

takes    relocatable objects, the set of live symbols, word tables from the build
gives    a static ELF64 executable: text, rodata, pclntab, data, bss, symbol table, DWARF, build information
true     every reference resolves to one definition or the link fails with the symbol, who refers to it, and from which object;
         the same objects in the same order give the same bytes
read     `linker.py`, the story; `state.py`, what its steps share
"""
