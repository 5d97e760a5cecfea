"""Stage 6, asm: Plan 9 assembly <-> machine code.

takes    a `.s` file in Go's amd64 dialect (or, for the printer, the AT&T text LLVM emits)
gives    an ELF relocatable object (or Plan 9 text)
true     one section per symbol (`.text.SYM`, `.data.SYM`, `.rodata.SYM`, `.bss.SYM`), sizes and types in the symbol table,
         `.debug_line` and `.debug_info` that lead every instruction back to its `.s` line
read     `assemble.py` first: lex (preprocessor) -> parse (operands) -> translate (frames, symbols) -> att (instruction rules) -> mc

The dialect is that of `go tool asm` (https://go.dev/doc/asm): TEXT, DATA, GLOBL, PCDATA, FUNCDATA, PCALIGN, labels,
the pseudo registers FP, SP (with a name), SB, PC; `#include`, `#define` with arguments, `#ifdef`, `#ifndef`, `#else`, `#endif`, `#undef`.
What rt0 adds or does differently:

- Symbols. `TEXT ·f(SB)` defines `pkg.f.abi0` (arguments on the stack at FP); `TEXT ·f<ABIInternal>(SB)` defines `pkg.f`, with rt0's register
  convention (docs/INTERFACES.md). A name without any package (`_rt0_amd64_linux`, `__morestack`) is kept as it is, without `.abi0`.
  `CALL ·f(SB)`, `$·f(SB)`, `LEAQ ·f(SB)` refer to `pkg.f.abi0` unless the file says `<ABIInternal>` or defines `f` as data; of a Go function that is an
  entry made on demand, of data it is `pkg.f`. `<ABIInternal>` is for the packages Go allows it (parse.py). Loads and stores of `·x(SB)` refer to `pkg.x`. `·f·f(SB)` is the func value `pkg.f·f`.
- Thread block. FS points at the M's block (rt0/abi/runtime_layout.py). `(TLS)` and `off(TLS)` address the word that holds the current g:
  `MOVQ (TLS), R10` is getg(). go_tls.h's `get_tls(CX)` + `g(CX)` work too. Any word of the block is written with the segment register as base,
  `MOVQ 0x70(FS), R11`, or as an override, `MOVQ FS:0x70, R11`, `MOVQ FS:8(AX), R11`.
- A TEXT without NOSPLIT that calls, or has a frame of 128 bytes, checks the stack as Go's does, in the form of LLVM's split stacks. Bridges from Go have checked
  for the frame of the function they call already (docs/INTERFACES.md).
- A frame of N bytes is laid out as Go's assembler does: PUSHQ BP; MOVQ SP, BP; SUBQ $N, SP, undone at each RET.
  Go refuses a RET with more pushed than popped; rt0 does so too, except under NOFRAME, where code may switch stacks.
"""
