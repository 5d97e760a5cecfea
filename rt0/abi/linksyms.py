"""Names that compiled code, the demand walk and the linker write to one another: what the linker defines, and sections it gathers.

Source: the names are those of gc's linker (cmd/link/internal/ld/data.go, symtab.go) where it has the same thing; docs/INTERFACES.md, Symbols.
"""

from __future__ import annotations

# Addresses that the layout of the executable gives. They win over definitions in objects.
LINKER_SYMBOLS = (
    "runtime.text", "runtime.eabi0", "runtime.etext", "runtime.rodata", "runtime.erodata", "runtime.data", "runtime.edata", "runtime.bss", "runtime.ebss",
    "runtime.noptrdata", "runtime.enoptrdata", "runtime.noptrbss", "runtime.enoptrbss", "runtime.end", "runtime.pclntab", "runtime.epclntab",
    "runtime.findfunctab", "runtime.itabs", "runtime.eitabs", "runtime.types", "runtime.etypes", "runtime.typelinks", "runtime.etypelinks",
    "runtime.types_start", "runtime.types_end", "runtime.gcroots", "runtime.egcroots", "runtime.buildinfo",
    "_end", "end", "_etext", "_edata", "__bss_start",
)  # fmt: skip

# Word tables that the build hands to the linker: code pointers of initialisation, each list preceded by its length.
INITTASKS_RUNTIME = "runtime.inittasks_runtime"
INITTASKS_MAIN = "runtime.inittasks_main"

GCROOTS = ".rt0.gcroots"  # sections GCROOTS.V, merged into GCROOTS: {address, bytes, pointer mask} of variable V
